/* statements.c - a month's fee basis of each municipality: closed ones as they stand in the ledger,
 * open ones as they would be closed now.
 *
 * The hard thing is cost: a draft looks at every ticket. So a month is drafted in one pass for all
 * municipalities, and not at all once everything in it is closed. */
#include "daemon/api/fee.h"

#include <string.h>

#define PAGE_LINES 10000

/* --- one statement --- */

static bool
is_closed(const struct vg_statement *statement)
{
	return statement != NULL && statement->state == VG_STATEMENT_CLOSED;
}

/* "2026-10/1489/1"; null: it has none, since it is open or of a trial. */
static json_t *
number_json(const struct vg_statement *statement)
{
	if (!is_closed(statement) || statement->trial)
		return json_null();
	return json_sprintf("%04d-%02d/%s/1", statement->month / 12, statement->month % 12 + 1,
			    statement->municipality);
}

static json_t *
holds_json(int holds)
{
	json_t *list = json_array();

	for (int i = 0; i < VG_HOLD_COUNT; i++)
		if (holds & (1 << i))
			json_array_append_new(
				list, json_pack("{s:s, s:s}", "name",
						vg_fee_hold_name((enum vg_fee_hold)i), "words",
						vg_fee_hold_words((enum vg_fee_hold)i)));
	return list;
}

static void
put_sums(json_t *object, const struct vg_statement *statement)
{
	const struct {
		const char *name;
		int64_t value;
	} sums[] = {
		{"users", statement->users},
		{"ticket_price_ore", statement->ticket_price_ore},
		{"support_price_ore", statement->support_price_ore},
		{"operation_price_ore", statement->operation_price_ore},
		{"counted", statement->counted},
		{"not_counted", statement->not_counted},
		{"corrected", statement->corrected},
		{"gross_ore", statement->gross_ore},
		{"adjusted_ore", statement->adjusted_ore},
		{"capped_ore", statement->capped_ore},
		{"support_ore", statement->support_ore},
		{"operation_ore", statement->operation_ore},
		{"vat_ore", statement->vat_ore},
		{"rounding_ore", statement->rounding_ore},
		{"total_ore", statement->total_ore},
		{"blank_count", statement->blank_count},
		{"blank_ore", statement->blank_ore},
		{"by_links_ore", statement->by_links_ore},
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		json_object_set_new(object, sums[i].name, json_integer(sums[i].value));
}

/* When and by whom it was closed, made available and invoiced. */
static void
put_course(json_t *object, const struct vg_statement *statement)
{
	const bool closed = is_closed(statement);

	json_object_update_new(
		object,
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "as_of_seq",
			  closed ? json_integer(statement->as_of_seq) : json_null(), "author",
			  vg_json_text(closed ? statement->author : ""), "approved_by",
			  vg_json_text(closed ? statement->approved_by : ""), "closed",
			  vg_json_time(closed ? statement->closed_ms : -1), "published",
			  vg_json_time(closed ? statement->published_ms : -1), "model_sha256",
			  vg_json_text(closed ? statement->model_sha256 : ""), "previous_sha256",
			  vg_json_text(closed ? statement->previous_sha256 : ""), "invoice",
			  vg_json_text(closed ? statement->invoice : ""), "invoice_day",
			  vg_json_day(closed && *statement->invoice != '\0' ? statement->invoice_day
									    : -1)));
}

/* `state` may be that of an earlier closing that was held, `held` what one would be now. */
static json_t *
statement_json(const struct vg_statement *statement, int state, bool held)
{
	static const char *const states[] = {"draft", "held", "closed"};
	json_t *object = json_pack(
		"{s:o, s:s, s:o, s:s, s:b, s:b, s:o, s:s, s:o, s:I}", "number",
		number_json(statement), "municipality", statement->municipality, "month",
		vg_judge_month_name(statement->month), "state", states[state], "held", held,
		"trial", statement->trial, "holds", holds_json(statement->holds), "mode",
		vg_fee_mode_name((enum vg_fee_mode)statement->mode), "reading_seq",
		statement->reading_seq == 0 ? json_null() : json_integer(statement->reading_seq),
		"agreement_seq", (json_int_t)statement->agreement);

	put_sums(object, statement);
	put_course(object, statement);
	return object;
}

/* As it would be closed now; a closing that was held is remembered. */
static json_t *
draft_json(const struct vg_core *core, const struct vg_fee_draft *draft)
{
	const struct vg_statement *before =
		vg_fee_statement(core, draft->statement.municipality, draft->statement.month);

	return statement_json(&draft->statement,
			      before != NULL ? before->state : VG_STATEMENT_DRAFT, draft->held);
}

/* --- lines and years, of the core or of a draft --- */

struct source {
	const struct vg_statement *closed;
	const struct vg_fee_draft *draft; /* when that is NULL */
};

static const struct vg_fee_line *
line_at(const struct vg_core *core, const struct source *from, size_t i)
{
	if (from->closed != NULL)
		return vg_fee_line(core, from->closed, i);
	return i < from->draft->lines ? &from->draft->line[i] : NULL;
}

static const struct vg_fee_year *
year_at(const struct vg_core *core, const struct source *from, size_t i)
{
	if (from->closed != NULL)
		return vg_fee_year(core, from->closed, i);
	return i < from->draft->years ? &from->draft->year[i] : NULL;
}

/* What the support would come to in each pricing mode, and how many lines each reason takes out of
 * what counts. */
static void
put_digest(const struct vg_core *core, const struct source *from, json_t *object)
{
	int64_t net_ore[VG_FEE_MODE_COUNT] = {0}, count[VG_FEE_REASON_COUNT] = {0};
	json_t *modes = json_object(), *reasons = json_object();
	const struct vg_fee_line *line;
	const struct vg_fee_year *year;

	for (size_t i = 0; (year = year_at(core, from, i)) != NULL; i++)
		for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++)
			net_ore[mode] += year->net_ore[mode];
	for (size_t i = 0; (line = line_at(core, from, i)) != NULL; i++)
		count[line->reason] += line->kind == VG_LINE_NOT_COUNTED;
	for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++)
		json_object_set_new(modes, vg_fee_mode_name((enum vg_fee_mode)mode),
				    json_integer(net_ore[mode]));
	for (int reason = 0; reason < VG_FEE_REASON_COUNT; reason++)
		if (count[reason] > 0)
			json_object_set_new(reasons, vg_fee_reason_name((enum vg_fee_reason)reason),
					    json_integer(count[reason]));
	json_object_set_new(object, "net_ore", modes);
	json_object_set_new(object, "not_counted_by", reasons);
}

/* --- a month --- */

struct month {
	const struct vg_core *core;
	json_t *rows;
};

/* Takes over the row. */
static void
add_row(const struct vg_core *core, const struct source *from, json_t *row, json_t *rows)
{
	put_digest(core, from, row);
	json_array_append_new(rows, row);
}

static void
add_closed(const struct vg_core *core, const struct vg_statement *closed, json_t *rows)
{
	add_row(core, &(struct source){.closed = closed},
		statement_json(closed, closed->state, false), rows);
}

static int
on_summary(const struct vg_fee_draft *draft, void *arg)
{
	const struct month *list = arg;
	const struct vg_statement *closed =
		vg_fee_statement(list->core, draft->statement.municipality, draft->statement.month);

	if (is_closed(closed))
		add_closed(list->core, closed, list->rows);
	else
		add_row(list->core, &(struct source){.draft = draft}, draft_json(list->core, draft),
			list->rows);
	return 0;
}

/* All members' statements when each is closed; NULL = some may not be. */
static json_t *
closed_rows(const struct vg_core *core, const struct vg_scope *filter, int month, int64_t from_ms,
	    int64_t to_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, from_ms);
	json_t *rows = json_array();

	for (size_t i = 0; agreement != NULL && i < agreement->municipalities; i++) {
		const struct vg_municipality *party = &agreement->municipality[i];
		const struct vg_statement *statement = vg_fee_statement(core, party->code, month);

		if (filter->municipality != NULL && strcmp(filter->municipality, party->code) != 0)
			continue;
		if (is_closed(statement)) {
			add_closed(core, statement, rows);
		} else if (party->go_live_ms < to_ms && party->end_ms > from_ms) {
			json_decref(rows);
			return NULL;
		}
	}
	return rows;
}

static void
reply_no_fee(struct vg_call *call, int month, int rc)
{
	if (rc == VG_ENOTFOUND)
		vg_reply_problem(call->request, 404,
				 "no agreement with a fee covers the month %04d-%02d", month / 12,
				 month % 12 + 1);
	else
		vg_reply_json(call->request, 503, NULL);
}

void
vg_get_statements(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	struct month list = {.core = core};
	struct vg_scope filter;
	int64_t from_ms, to_ms;
	int month, rc = 0;

	if (!vg_judge_filter(call, &filter) ||
	    !vg_judge_month(call, true, &month, &from_ms, &to_ms))
		return;
	list.rows = closed_rows(core, &filter, month, from_ms, to_ms);
	if (list.rows == NULL) {
		list.rows = json_array();
		rc = vg_fee_drafts(core, month,
				   filter.municipality != NULL ? filter.municipality : "",
				   on_summary, &list);
	}
	if (rc != 0) {
		json_decref(list.rows);
		reply_no_fee(call, month, rc);
		return;
	}
	vg_reply_json(
		call->request, 200,
		vg_json_with_seq(call, json_pack("{s:o, s:o}", "month", vg_judge_month_name(month),
						 "statements", list.rows)));
}

/* --- one whole --- */

struct whole {
	const struct vg_core *core;
	int64_t offset;
	json_t *object;	  /* NULL = not found yet */
	json_t *disputed; /* ids of lines */
};

/* "P-.." or "D-..": an override, or an objection that was accepted. */
static json_t *
behind_json(const struct vg_core *core, int64_t id)
{
	return vg_json_named(vg_api_by_id(core, VG_OBJECT_OBJECTION, id) != NULL ? 'D' : 'P', id);
}

/* {number, no} of the line that another corrects. */
static json_t *
corrects_json(const struct vg_core *core, int64_t id, int month)
{
	const struct vg_fee_line *line = vg_api_by_id(core, VG_OBJECT_FEE_LINE, id);
	const struct vg_statement *of = NULL;

	if (line == NULL)
		return json_null();
	for (int m = line->month; of == NULL && m <= month; m++) {
		of = vg_fee_statement(core, line->municipality, m);
		if (of != NULL && of->id != line->statement)
			of = NULL;
	}
	return json_pack("{s:o, s:I}", "number", of == NULL ? json_null() : number_json(of), "no",
			 (json_int_t)line->no);
}

static bool
is_disputed(const struct whole *whole, int64_t line)
{
	for (size_t i = 0; i < json_array_size(whole->disputed); i++)
		if (json_integer_value(json_array_get(whole->disputed, i)) == line)
			return true;
	return false;
}

static json_t *
line_json(const struct whole *whole, const struct vg_fee_line *line, int month)
{
	const struct vg_ticket *ticket = vg_core_ticket(whole->core, line->ticket);
	json_t *row = json_pack("{s:I, s:s, s:o, s:o, s:I, s:s, s:o}", "no", (json_int_t)line->no,
				"kind", vg_fee_line_kind_name((enum vg_fee_line_kind)line->kind),
				"ticket", vg_json_named('V', line->ticket), "month",
				vg_judge_month_name(line->month), "amount_ore",
				(json_int_t)line->amount_ore, "reason",
				vg_fee_reason_name((enum vg_fee_reason)line->reason), "refs",
				ticket == NULL ? json_array() : vg_json_refs(ticket));

	if (line->reason_before >= 0)
		json_object_set_new(
			row, "reason_before",
			json_string(vg_fee_reason_name((enum vg_fee_reason)line->reason_before)));
	if (line->corrects != 0)
		json_object_set_new(row, "corrects",
				    corrects_json(whole->core, line->corrects, month));
	if (line->act != 0)
		json_object_set_new(row, "act", behind_json(whole->core, line->act));
	json_object_update_new(row,
			       json_pack("{s:b, s:b, s:b, s:b}", "cause_blank", line->cause_blank,
					 "counts_by_links", line->counts_by_links,
					 "bypassed_first_line", line->bypassed_first_line,
					 "disputed", is_disputed(whole, line->id)));
	return row;
}

static json_t *
year_json(const struct vg_fee_year *year)
{
	json_t *net = json_object();

	for (int i = 0; i < VG_FEE_MODE_COUNT; i++)
		json_object_set_new(net, vg_fee_mode_name((enum vg_fee_mode)i),
				    json_integer(year->net_ore[i]));
	return json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:o}", "year", year->year, "gross_ore",
			 (json_int_t)year->gross_ore, "cap_ore", (json_int_t)year->cap_ore,
			 "billed_ore", (json_int_t)year->billed_ore, "operation_billed_ore",
			 (json_int_t)year->operation_billed_ore, "operation_ore",
			 (json_int_t)year->operation_ore, "net_ore", net);
}

/* Takes over the summary, and puts lines and years into it. */
static void
put_whole(struct whole *whole, const struct source *from, int month, json_t *summary)
{
	json_t *lines = json_array(), *years = json_array();
	const struct vg_fee_line *line;
	const struct vg_fee_year *year;
	size_t at = (size_t)whole->offset;

	for (; (line = line_at(whole->core, from, at)) != NULL &&
	       at < (size_t)whole->offset + PAGE_LINES;
	     at++)
		json_array_append_new(lines, line_json(whole, line, month));
	for (size_t i = 0; (year = year_at(whole->core, from, i)) != NULL; i++)
		json_array_append_new(years, year_json(year));
	json_object_set_new(summary, "lines", lines);
	json_object_set_new(summary, "years", years);
	json_object_set_new(summary, "next",
			    line == NULL ? json_null() : json_integer((json_int_t)at));
	whole->object = summary;
}

static int
on_draft(const struct vg_fee_draft *draft, void *arg)
{
	struct whole *whole = arg;
	const struct source from = {.draft = draft};

	put_whole(whole, &from, draft->statement.month, draft_json(whole->core, draft));
	return 0;
}

/* Lines of a statement that somebody objects to, and nobody has decided. */
static json_t *
disputed_lines(const struct vg_core *core, const char *municipality, int month)
{
	json_t *lines = json_array();
	const struct vg_objection *objection;

	for (size_t i = 0; (objection = vg_core_item(core, VG_OBJECT_OBJECTION, i)) != NULL; i++)
		if (objection->state == VG_OBJECTION_OPEN && objection->month == month &&
		    strcmp(objection->municipality, municipality) == 0)
			json_array_append_new(lines, json_integer(objection->line));
	return lines;
}

/* Month and municipality of the path. False: the call is answered. */
static bool
read_path(struct vg_call *call, int *month)
{
	*month = vg_month_parse(call->param[0]);
	if (*month >= 0 && vg_may_see(call->who, call->param[1]))
		return true;
	if (*month < 0)
		vg_reply_problem(call->request, 404, "no month %.20s; expected a month as 2016-04",
				 call->param[0]);
	else
		vg_reply_problem(call->request, 403, "municipality: %s may see %s only",
				 call->who->name, call->who->municipality);
	return false;
}

void
vg_get_statement(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	struct whole whole = {.core = core};
	struct source from = {0};
	int month, rc = 0;

	if (!read_path(call, &month) ||
	    !vg_call_number(call, "offset", 0, VG_CORE_FEE_LINES_MAX, &whole.offset))
		return;
	whole.disputed = disputed_lines(core, call->param[1], month);
	from.closed = vg_fee_statement(core, call->param[1], month);
	if (is_closed(from.closed))
		put_whole(&whole, &from, month,
			  statement_json(from.closed, from.closed->state, false));
	else
		rc = vg_fee_drafts(core, month, call->param[1], on_draft, &whole);
	json_decref(whole.disputed);
	if (whole.object != NULL)
		vg_reply_json(call->request, 200, vg_json_with_seq(call, whole.object));
	else if (rc != 0)
		reply_no_fee(call, month, rc);
	else
		vg_reply_problem(call->request, 404, "no statement of %.40s for %.20s",
				 call->param[1], call->param[0]);
}

/* --- what becomes of a closed one --- */

static void
post_about(struct vg_call *call, enum vg_kind kind)
{
	json_t *object;
	int month;

	if (!read_path(call, &month) || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "month", json_string(call->param[0]));
	json_object_set_new(object, "municipality", json_string(call->param[1]));
	vg_take_command(call, kind, object);
}

void
vg_post_published(struct vg_call *call)
{
	post_about(call, VG_KIND_STATEMENT_PUBLISHED);
}

void
vg_post_invoice(struct vg_call *call)
{
	post_about(call, VG_KIND_INVOICE_RECORDED);
}
