/* statement.c - one municipality's month as one JSON object of integers.
 *
 * The hard thing is that a municipality must be able to make it again from its own rows and the
 * shared ones: so cells, lines and prices are its own, and what a row of somebody else's could move
 * is not here. What has not happened is left out, never null. */
#include "lib/report/statement.h"

#include "lib/report/avail.h"
#include "lib/report/parts.h"
#include "lib/report/report.h"

#include <stdio.h>
#include <string.h>

const struct vg_fee_line *
vg_basis_line(const struct vg_basis *basis, size_t index)
{
	if (basis->draft == NULL)
		return vg_fee_line(basis->core, basis->statement, index);
	return index < basis->draft->lines ? &basis->draft->line[index] : NULL;
}

const struct vg_fee_year *
vg_basis_year(const struct vg_basis *basis, size_t index)
{
	if (basis->draft == NULL)
		return vg_fee_year(basis->core, basis->statement, index);
	return index < basis->draft->years ? &basis->draft->year[index] : NULL;
}

char *
vg_statement_number(const char *municipality, int month, char *out)
{
	(void)snprintf(out, VG_STATEMENT_NUMBER_MAX, "%04d-%02d/%.290s/1", month / 12,
		       month % 12 + 1, municipality);
	return out;
}

/* A draft that a closing has held stands in the book as held until a later one takes it. */
const char *
vg_statement_state(const struct vg_basis *basis)
{
	const struct vg_statement *statement = basis->statement, *stored;

	if (statement->trial)
		return "trial";
	if (basis->draft == NULL)
		return "closed";
	stored = vg_fee_statement(basis->core, statement->municipality, statement->month);
	return stored != NULL && basis->draft->held ? "held" : "draft";
}

/* Walking the municipalities of a month. */

struct walk {
	const struct vg_core *core;
	vg_basis_cb *on_basis;
	void *arg;
};

static int
walk_draft(const struct vg_fee_draft *draft, void *arg)
{
	struct walk *walk = arg;
	const struct vg_statement *stored =
		vg_fee_statement(walk->core, draft->statement.municipality, draft->statement.month);
	struct vg_basis basis = {walk->core, &draft->statement, draft};

	if (stored != NULL && stored->state == VG_STATEMENT_CLOSED)
		basis = (struct vg_basis){walk->core, stored, NULL};
	else if ((draft->statement.holds & 1 << VG_HOLD_NOT_MEMBER) != 0)
		return 0;
	walk->on_basis(&basis, walk->arg);
	return 0;
}

int
vg_statement_each(const struct vg_core *core, int month, const char *municipalities,
		  vg_basis_cb *on_basis, void *arg)
{
	struct walk walk = {core, on_basis, arg};
	const struct vg_statement *closed = vg_fee_statement(core, municipalities, month);

	if (closed != NULL && closed->state == VG_STATEMENT_CLOSED) { /* one alone: no drafts */
		on_basis(&(struct vg_basis){core, closed, NULL}, arg);
		return 0;
	}
	return vg_fee_drafts(core, month, municipalities, walk_draft, &walk);
}

/* Sums. */

json_t *
vg_statement_sums(struct maker *maker, const struct vg_statement *statement)
{
	json_t *sums = json_object();

	put_int(maker, sums, "counted", statement->counted);
	put_int(maker, sums, "not_counted", statement->not_counted);
	put_int(maker, sums, "corrected", statement->corrected);
	put_int(maker, sums, "gross_ore", statement->gross_ore);
	put_int(maker, sums, "adjusted_ore", statement->adjusted_ore);
	put_int(maker, sums, "capped_ore", statement->capped_ore);
	put_int(maker, sums, "support_ore", statement->support_ore);
	put_int(maker, sums, "operation_ore", statement->operation_ore);
	put_int(maker, sums, "vat_ore", statement->vat_ore);
	put_int(maker, sums, "rounding_ore", statement->rounding_ore);
	put_int(maker, sums, "total_ore", statement->total_ore);
	put_int(maker, sums, "blank_count", statement->blank_count);
	put_int(maker, sums, "blank_ore", statement->blank_ore);
	put_int(maker, sums, "by_links_ore", statement->by_links_ore);
	return sums;
}

void
vg_statement_add(struct maker *maker, json_t *total, const json_t *sums)
{
	const char *member;
	json_t *value;

	json_object_foreach((json_t *)sums, member, value)
	{
		put_int(maker, total, member,
			json_integer_value(json_object_get(total, member)) +
				json_integer_value(value));
	}
}

/* The fee. */

static const struct vg_agreement *
agreement_of(const struct vg_core *core, int64_t seq)
{
	for (size_t i = 0; i < vg_core_agreement_count(core); i++)
		if (vg_core_agreement(core, i)->seq == seq)
			return vg_core_agreement(core, i);
	return NULL;
}

static const struct vg_users_reading *
reading_of(const struct vg_core *core, int64_t seq)
{
	const struct vg_users_reading *reading = NULL;

	for (size_t i = 0; seq != 0 && (reading = vg_core_item(core, VG_OBJECT_USERS, i)) != NULL;
	     i++)
		if (reading->seq == seq)
			return reading;
	return NULL;
}

static void
put_users(struct maker *maker, json_t *fee, const struct vg_basis *basis)
{
	const struct vg_users_reading *reading =
		reading_of(basis->core, basis->statement->reading_seq);

	put_int(maker, fee, "users", basis->statement->users);
	if (reading == NULL)
		return;
	put_int(maker, fee, "private_users", reading->private_users);
	put_text(maker, fee, "user_rule", reading->rule);
	put_text(maker, fee, "approver", reading->approver);
	put_int(maker, fee, "reading_seq", reading->seq);
	put_day(maker, fee, "reading_day", reading->day);
}

/* The series and the rates that made the price: those of the years after the signing. */
static void
put_index(struct maker *maker, json_t *fee, const struct vg_basis *basis,
	  const struct vg_agreement *agreement, const struct vg_municipality *municipality)
{
	json_t *index, *rates;
	struct vg_fee_price price;
	int year, month, day;

	if (agreement->fee.index == NULL || *agreement->fee.index == '\0' || municipality == NULL ||
	    municipality->signed_day == INT64_MIN)
		return;
	vg_civil_from_days(municipality->signed_day, &year, &month, &day);
	vg_fee_price(basis->core, municipality->code, basis->statement->month, &price);
	rates = json_array();
	for (int i = 1; i <= price.rates; i++) {
		const struct vg_act *act = vg_fee_rate(basis->core, agreement->fee.index, year + i);

		if (act != NULL)
			append(maker, rates,
			       json_pack("{si sI so}", "year", act->year, "rate_ppb",
					 (json_int_t)act->amount_ore, "act",
					 json_sprintf("P-%" PRId64, act->id)));
	}
	index = json_pack("{ss so}", "name", agreement->fee.index, "rates", rates);
	put_day(maker, index, "signed", municipality->signed_day);
	if (price.missing_year != 0)
		put_int(maker, index, "missing_year", price.missing_year);
	put(maker, fee, "index", index);
}

static json_t *
year_json(struct maker *maker, const struct vg_fee_year *year)
{
	json_t *row = json_object(), *net = json_object();

	for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++)
		put_int(maker, net, vg_fee_mode_name((enum vg_fee_mode)mode), year->net_ore[mode]);
	put_int(maker, row, "year", year->year);
	put_int(maker, row, "gross_ore", year->gross_ore);
	put_int(maker, row, "cap_ore", year->cap_ore);
	put_int(maker, row, "billed_ore", year->billed_ore);
	put_int(maker, row, "operation_billed_ore", year->operation_billed_ore);
	put_int(maker, row, "operation_ore", year->operation_ore);
	put(maker, row, "net_ore", net);
	return row;
}

static const struct vg_fee_year *
find_year(const struct vg_basis *basis, int year)
{
	const struct vg_fee_year *row;

	for (size_t i = 0; (row = vg_basis_year(basis, i)) != NULL; i++)
		if (row->year == year)
			return row;
	return NULL;
}

/* What that month's statement billed of this fee year; nothing when it is not closed. */
static void
put_month_billed(struct maker *maker, json_t *row, const struct vg_basis *basis, int month)
{
	const struct vg_statement *statement = basis->statement;
	struct vg_basis then = *basis;
	const struct vg_fee_year *year;

	if (month != statement->month)
		then = (struct vg_basis){
			basis->core, vg_fee_statement(basis->core, statement->municipality, month),
			NULL};
	if (month > statement->month || then.statement == NULL ||
	    (then.draft == NULL && then.statement->state != VG_STATEMENT_CLOSED) ||
	    then.statement->trial != statement->trial)
		return;
	year = find_year(&then, statement->month / 12);
	if (year == NULL)
		return;
	put_int(maker, row, "net_ore", year->net_ore[then.statement->mode]);
	put_int(maker, row, "operation_ore", year->operation_ore);
}

/* All months of the fee year, so that the cap can be added up from them; those after the
 * statement's are as foreseen. */
static json_t *
months_json(struct maker *maker, const struct vg_basis *basis)
{
	json_t *months = json_array();
	int first = basis->statement->month / 12 * 12;

	for (int month = first; month < first + 12; month++) {
		struct vg_fee_month of;
		json_t *row;

		if (!vg_fee_month(basis->core, basis->statement->municipality, month, &of))
			continue;
		row = json_object();
		put_month(maker, row, "month", month);
		put_int(maker, row, "users", of.users);
		put_int(maker, row, "live_days", of.live_days);
		put_int(maker, row, "days", of.days);
		put_int(maker, row, "ticket_price_ore", of.price.ticket_ore);
		put_int(maker, row, "support_price_ore", of.price.support_ore);
		put_int(maker, row, "operation_price_ore", of.price.operation_ore);
		put_true(maker, row, "late", of.late && month <= basis->statement->month);
		put_true(maker, row, "trial", of.trial);
		put_month_billed(maker, row, basis, month);
		append(maker, months, row);
	}
	return months;
}

/* What each mode would have this statement bill, all fee years together. */
static json_t *
modes_json(struct maker *maker, const struct vg_basis *basis)
{
	json_t *modes = json_array();

	for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++) {
		const struct vg_fee_year *year;
		json_t *row = json_object();
		int64_t net_ore = 0;

		for (size_t i = 0; (year = vg_basis_year(basis, i)) != NULL; i++)
			net_ore += year->net_ore[mode];
		put(maker, row, "mode", json_string(vg_fee_mode_name((enum vg_fee_mode)mode)));
		put_int(maker, row, "net_ore", net_ore);
		put_true(maker, row, "in_force", mode == basis->statement->mode);
		append(maker, modes, row);
	}
	return modes;
}

/* Tickets per user, as the cells have them: the figure that the price of 1,0 rests on. */
static json_t *
per_user_json(struct maker *maker, const json_t *cells)
{
	static const struct {
		enum vg_kpi kpi;
		const char *member;
	} figures[] = {{VG_KPI_PER_USER_YEAR, "month"}, {VG_KPI_PER_USER_T12, "twelve"}};
	json_t *per_user = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const char *kpi = json_string_value(json_object_get(cell, "kpi"));

		for (size_t f = 0; f < sizeof(figures) / sizeof(figures[0]); f++)
			if (json_object_get(cell, "priority") == NULL &&
			    strcmp(kpi, vg_kpi_info[figures[f].kpi].name) == 0)
				put(maker, per_user, figures[f].member,
				    json_pack("{sO sO}", "num", json_object_get(cell, "num"), "den",
					      json_object_get(cell, "den")));
	}
	return per_user;
}

static json_t *
fee_json(struct maker *maker, const struct vg_basis *basis, const json_t *cells)
{
	const struct vg_statement *statement = basis->statement;
	const struct vg_agreement *agreement = agreement_of(basis->core, statement->agreement);
	json_t *fee = json_object(), *years = json_array();
	const struct vg_fee_year *year;

	put(maker, fee, "mode", json_string(vg_fee_mode_name((enum vg_fee_mode)statement->mode)));
	put_users(maker, fee, basis);
	put_int(maker, fee, "ticket_price_ore", statement->ticket_price_ore);
	put_int(maker, fee, "support_price_ore", statement->support_price_ore);
	put_int(maker, fee, "operation_price_ore", statement->operation_price_ore);
	if (agreement != NULL) {
		put_index(maker, fee, basis, agreement,
			  vg_agreement_municipality(agreement, statement->municipality));
		put(maker, fee, "rules", vg_statement_rules(maker, &agreement->fee));
	}
	put(maker, fee, "lines", vg_statement_lines(maker, basis));
	for (size_t i = 0; (year = vg_basis_year(basis, i)) != NULL; i++)
		append(maker, years, year_json(maker, year));
	put(maker, fee, "years", years);
	put(maker, fee, "months", months_json(maker, basis));
	put(maker, fee, "sums", vg_statement_sums(maker, statement));
	put(maker, fee, "modes", modes_json(maker, basis));
	put(maker, fee, "per_user", per_user_json(maker, cells));
	return fee;
}

/* Around the fee: who, when, what is noted, what persons say. */

static json_t *
municipality_json(struct maker *maker, const struct vg_basis *basis)
{
	const struct vg_agreement *agreement =
		agreement_of(basis->core, basis->statement->agreement);
	const struct vg_municipality *municipality =
		agreement != NULL
			? vg_agreement_municipality(agreement, basis->statement->municipality)
			: NULL;
	json_t *row = json_object();

	put(maker, row, "code", json_string(basis->statement->municipality));
	put(maker, row, "name",
	    json_string(municipality != NULL ? municipality->name
					     : basis->statement->municipality));
	if (municipality != NULL) {
		put_text(maker, row, "customer", municipality->customer);
		put_text(maker, row, "reference", municipality->reference);
	}
	return row;
}

static json_t *
closing_json(struct maker *maker, const struct vg_basis *basis)
{
	const struct vg_statement *statement = basis->statement;
	int64_t day = vg_fee_closing_day(basis->core, statement->month);
	json_t *row = json_object();

	if (day >= 0)
		put_day(maker, row, "day", day);
	if (basis->draft != NULL)
		return row;
	put_text(maker, row, "author", statement->author);
	put_text(maker, row, "approved_by", statement->approved_by);
	put_true(maker, row, "automatic",
		 statement->approved_by == NULL || *statement->approved_by == '\0');
	put_int(maker, row, "closed_ms", statement->closed_ms);
	return row;
}

/* The statement before, when it has been made available: its bytes are part of this one's. */
static void
put_previous(struct maker *maker, json_t *model, const struct vg_basis *basis)
{
	const struct vg_statement *statement = basis->statement,
				  *before = vg_fee_previous(basis->core, statement->municipality,
							    statement->month);
	char number[VG_STATEMENT_NUMBER_MAX];
	const char *sha;
	json_t *row;

	if (basis->draft == NULL)
		sha = statement->previous_sha256;
	else
		sha = before != NULL ? before->model_sha256 : NULL;
	if (sha == NULL || *sha == '\0')
		return;
	row = json_pack("{ss}", "sha256", sha);
	if (before != NULL)
		put(maker, row, "number",
		    json_string(vg_statement_number(before->municipality, before->month, number)));
	put(maker, model, "previous", row);
}

json_t *
vg_statement_notes(struct maker *maker, const struct vg_statement *statement)
{
	json_t *notes = json_array();

	for (int hold = 0; hold < VG_HOLD_COUNT; hold++)
		if ((statement->holds & 1 << hold) != 0)
			append(maker, notes, json_string(vg_fee_hold_name((enum vg_fee_hold)hold)));
	return notes;
}

json_t *
vg_statement_comments(struct maker *maker, const struct vg_core *core, int month,
		      const char *municipality)
{
	json_t *array = json_array();
	const struct vg_comment *comment;

	for (size_t i = 0; (comment = vg_core_item(core, VG_OBJECT_COMMENT, i)) != NULL; i++) {
		json_t *row;

		if (comment->month != month ||
		    (municipality != NULL && strcmp(comment->municipality, municipality) != 0))
			continue;
		row = json_object();
		put_id(maker, row, "id", 'C', comment->id);
		if (municipality == NULL)
			put_text(maker, row, "municipality", comment->municipality);
		put_text(maker, row, "kpi", comment->kpi);
		put_text(maker, row, "service", comment->service);
		put_text(maker, row, "cause", comment->cause);
		put_text(maker, row, "action", comment->action);
		put_text(maker, row, "owner", comment->owner);
		if (comment->due_day >= 0)
			put_day(maker, row, "due_day", comment->due_day);
		put_text(maker, row, "author", comment->author);
		put_int(maker, row, "made_ms", comment->made_ms);
		append(maker, array, row);
	}
	return array;
}

static json_t *
objection_json(struct maker *maker, const struct vg_basis *basis,
	       const struct vg_objection *objection)
{
	char number[VG_STATEMENT_NUMBER_MAX];
	json_t *row = json_object();

	put_id(maker, row, "id", 'D', objection->id);
	put(maker, row, "number",
	    json_string(
		    vg_statement_number(basis->statement->municipality, objection->month, number)));
	if (objection->ticket != 0)
		put_id(maker, row, "ticket", 'V', objection->ticket);
	put_text(maker, row, "reason", objection->reason);
	put_text(maker, row, "author", objection->author);
	put_int(maker, row, "raised_ms", objection->raised_ms);
	put(maker, row, "state",
	    json_string(vg_objection_state_name((enum vg_objection_state)objection->state)));
	if (objection->state == VG_OBJECTION_OPEN)
		return row;
	put_text(maker, row, "answer", objection->answer);
	put_text(maker, row, "decided_by", objection->decided_by);
	put_int(maker, row, "decided_ms", objection->decided_ms);
	return row;
}

/* What is open, and what has been decided since the month began. */
static json_t *
objections_json(struct maker *maker, const struct vg_basis *basis, int64_t from_ms)
{
	json_t *array = json_array();
	const struct vg_objection *objection;

	for (size_t i = 0; (objection = vg_core_item(basis->core, VG_OBJECT_OBJECTION, i)) != NULL;
	     i++)
		if (strcmp(objection->municipality, basis->statement->municipality) == 0 &&
		    (objection->state == VG_OBJECTION_OPEN || objection->decided_ms >= from_ms))
			append(maker, array, objection_json(maker, basis, objection));
	return array;
}

/* The rows of `array` whose municipality it is. */
static json_t *
own_rows(struct maker *maker, const json_t *array, const char *municipality)
{
	json_t *own = json_array();
	json_t *row;
	size_t i;

	json_array_foreach(array, i, row)
	{
		const char *of = json_string_value(json_object_get(row, "municipality"));

		if (of != NULL && strcmp(of, municipality) == 0)
			append(maker, own, json_incref(row));
	}
	return own;
}

/* The models of a month: figures of all municipalities are computed once. */
struct making {
	struct maker maker;
	const struct vg_core *core;
	const char *head;
	json_t *cells, *availability; /* of every municipality that is asked for */
	int64_t from_ms, to_ms, evaluated_ms;
	json_t *models, *total;
};

static void
add_model(const struct vg_basis *basis, void *arg)
{
	struct making *making = arg;
	struct maker *maker = &making->maker;
	const struct vg_statement *statement = basis->statement;
	json_t *model = json_object(),
	       *cells = own_rows(maker, making->cells, statement->municipality);
	char number[VG_STATEMENT_NUMBER_MAX];

	put(maker, model, "format", json_string(VG_STATEMENT_FORMAT));
	put_int(maker, model, "rule_rev", VG_RULE_REV);
	put(maker, model, "state", json_string(vg_statement_state(basis)));
	if (basis->draft == NULL && !statement->trial)
		put(maker, model, "number",
		    json_string(vg_statement_number(statement->municipality, statement->month,
						    number)));
	put_month(maker, model, "month", statement->month);
	put(maker, model, "municipality", municipality_json(maker, basis));
	put_int(maker, model, "from_ms", making->from_ms);
	put_int(maker, model, "to_ms", making->to_ms);
	put_int(maker, model, "evaluated_ms", making->evaluated_ms);
	put_int(maker, model, "as_of_seq",
		basis->draft == NULL ? statement->as_of_seq : vg_core_seq(basis->core));
	put(maker, model, "head", json_string(making->head));
	put(maker, model, "agreement", vg_report_agreements(basis->core, statement->month));
	vg_report_put_names(maker, model, basis->core, making->evaluated_ms - 1);
	put_previous(maker, model, basis);
	put(maker, model, "closing", closing_json(maker, basis));
	put(maker, model, "notes", vg_statement_notes(maker, statement));
	put(maker, model, "fee", fee_json(maker, basis, cells));
	put(maker, model, "cells", cells);
	put(maker, model, "availability",
	    own_rows(maker, making->availability, statement->municipality));
	put(maker, model, "comments",
	    vg_statement_comments(maker, basis->core, statement->month, statement->municipality));
	put(maker, model, "objections", objections_json(maker, basis, making->from_ms));
	vg_statement_add(maker, making->total,
			 json_object_get(json_object_get(model, "fee"), "sums"));
	append(maker, making->models, model);
}

/* Cells of one municipality, or with "" of all. */
static bool
make_cells(struct making *making, int month, const char *municipality, struct vg_err *err)
{
	static const unsigned splits[] = {VG_BY_MUNICIPALITY | VG_BY_PRIORITY, VG_BY_MUNICIPALITY};
	const char *only = *municipality != '\0' ? municipality : NULL;
	const struct vg_kpi_key key = {.municipality = only};
	const struct vg_scope scope = {.municipality = only};

	making->cells = vg_report_cells(making->core, month, making->evaluated_ms, &key, splits,
					sizeof(splits) / sizeof(splits[0]), err);
	making->availability = making->cells == NULL
				       ? NULL
				       : vg_avail_cells(making->core, month, -1,
							making->evaluated_ms, &scope, err);
	return making->availability != NULL;
}

/* Fills `models` and `total`; 0, or the code that is in *err. */
static int
make_models(struct making *making, int month, const char *municipalities, struct vg_err *err)
{
	const char *only = strchr(municipalities, ' ') == NULL ? municipalities : "";
	int rc;

	making->from_ms = vg_report_start_ms(making->core, month);
	making->to_ms = vg_report_instant_ms(making->core, month, INT64_MAX);
	making->evaluated_ms =
		vg_report_instant_ms(making->core, month, vg_core_received_ms(making->core));
	if (making->to_ms < 0)
		return vg_err_set(err, VG_ENOTFOUND, "no agreement covers %04d-%02d", month / 12,
				  month % 12 + 1);
	if (!make_cells(making, month, only, err))
		return err->code;
	rc = vg_statement_each(making->core, month, municipalities, add_model, making);
	if (rc == 0 && making->maker.failed)
		rc = VG_ENOMEM;
	if (rc == VG_ENOTFOUND)
		return vg_err_set(err, rc, "no agreement with a fee covers %04d-%02d", month / 12,
				  month % 12 + 1);
	return rc == 0 ? 0 : vg_err_set(err, rc, "out of memory");
}

static void
forget(struct making *making)
{
	json_decref(making->cells);
	json_decref(making->availability);
	json_decref(making->models);
	json_decref(making->total);
}

json_t *
vg_statement_models(const struct vg_core *core, int month, const char *municipalities,
		    const char *head, struct vg_err *err)
{
	struct making making = {
		.core = core, .head = head, .models = json_array(), .total = json_object()};
	struct vg_err own = {0};
	json_t *out = NULL;
	int rc = make_models(&making, month, municipalities, err != NULL ? err : &own);

	if (rc == 0)
		out = made(&making.maker,
			   json_pack("{sO sO}", "municipalities", making.models, "total",
				     making.total),
			   err);
	forget(&making);
	return out;
}

json_t *
vg_statement_model(const struct vg_core *core, const char *municipality, int month,
		   const char *head, struct vg_err *err)
{
	struct making making = {
		.core = core, .head = head, .models = json_array(), .total = json_object()};
	struct vg_err own = {0};
	json_t *model = NULL;
	int rc = make_models(&making, month, municipality, err != NULL ? err : &own);

	if (rc == 0)
		model = json_incref(json_array_get(making.models, 0));
	if (rc == 0 && model == NULL)
		(void)vg_err_set(err, VG_ENOTFOUND, "%s is not a member in %04d-%02d", municipality,
				 month / 12, month % 12 + 1);
	forget(&making);
	return model;
}
