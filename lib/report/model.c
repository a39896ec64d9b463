/* model.c - the month as one JSON object of integers.
 *
 * The hard thing is that the same ledger prefix must give the same bytes for ever: nothing here
 * depends on a clock, a locale or an order of hashing; what has not happened is left out, never
 * null. */
#include "lib/report/report.h"

#include "core/alarm.h"
#include "lib/crypto/crypto.h"
#include "lib/report/avail.h"
#include "lib/report/parts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int64_t
vg_report_instant_ms(const struct vg_core *core, int month, int64_t eval_ms)
{
	for (size_t i = vg_core_agreement_count(core); i > 0; i--) {
		int64_t end =
			vg_agreement_month_start_ms(vg_core_agreement(core, i - 1), month + 1);

		if (end >= 0 &&
		    vg_agreement_month_start_ms(vg_core_agreement(core, i - 1), month) >= 0)
			return eval_ms < end ? eval_ms : end;
	}
	return -1;
}

int64_t
vg_report_start_ms(const struct vg_core *core, int month)
{
	for (size_t i = vg_core_agreement_count(core); i > 0; i--) {
		int64_t start = vg_agreement_month_start_ms(vg_core_agreement(core, i - 1), month);

		if (start >= 0)
			return start;
	}
	return -1;
}

json_t *
vg_report_agreements(const struct vg_core *core, int month)
{
	struct maker maker = {false};
	json_t *array = json_array();
	int64_t from = vg_report_start_ms(core, month),
		to = vg_report_instant_ms(core, month, INT64_MAX);

	for (size_t i = 0; i < vg_core_agreement_count(core); i++) {
		const struct vg_agreement *agreement = vg_core_agreement(core, i);
		json_t *row;

		if (agreement->valid_from_ms >= to || agreement->valid_to_ms <= from)
			continue;
		row = json_object();
		put_text(&maker, row, "name", agreement->name);
		put_text(&maker, row, "version", agreement->version);
		put_text(&maker, row, "zone", agreement->zone);
		put_text(&maker, row, "tzdata", agreement->tzdata);
		put_int(&maker, row, "seq", agreement->seq);
		put_int(&maker, row, "valid_from_ms", agreement->valid_from_ms);
		if (agreement->valid_to_ms != INT64_MAX)
			put_int(&maker, row, "valid_to_ms", agreement->valid_to_ms);
		append(&maker, array, row);
	}
	return made(&maker, array, NULL);
}

/* Cells. */

struct cell_list {
	struct maker maker;
	json_t *array;
};

static void
add_cell(const struct vg_kpi_cell *cell, void *arg)
{
	struct cell_list *list = arg;
	struct maker *maker = &list->maker;
	json_t *row = json_object();

	put(maker, row, "kpi", json_string(vg_kpi_info[cell->kpi].name));
	if (cell->key.municipality != NULL)
		put(maker, row, "municipality", json_string(cell->key.municipality));
	if (cell->key.service != NULL)
		put(maker, row, "service", json_string(cell->key.service));
	if (cell->key.priority != NULL)
		put(maker, row, "priority", json_string(cell->key.priority));
	if (cell->key.line != 0)
		put_int(maker, row, "line", cell->key.line);
	put_int(maker, row, "num", cell->num);
	put_int(maker, row, "den", cell->den);
	put_int(maker, row, "left_out", cell->left_out);
	put_known(maker, row, "target_ppm", cell->target_ppm);
	put(maker, row, "verdict", json_string(vg_kpi_verdict_name(cell->verdict)));
	put(maker, row, "rule", json_string(vg_kpi_info[cell->kpi].rule));
	if (cell->verdict == VG_KPI_TOO_FEW) {
		put_int(maker, row, "rolling_num", cell->rolling_num);
		put_int(maker, row, "rolling_den", cell->rolling_den);
	}
	append(maker, list->array, row);
}

json_t *
vg_report_cells(const struct vg_core *core, int month, int64_t eval_ms,
		const struct vg_kpi_key *filter, const unsigned *splits, size_t split_count,
		struct vg_err *err)
{
	struct cell_list list = {.array = json_array()};
	int rc;

	if (splits == NULL) {
		splits = vg_kpi_stored_splits;
		split_count = sizeof(vg_kpi_stored_splits) / sizeof(vg_kpi_stored_splits[0]);
	}
	rc = vg_kpi_month(core, month, eval_ms, filter, splits, split_count, add_cell, NULL, &list);
	if (rc != 0) {
		json_decref(list.array);
		(void)vg_err_set(err, rc, "%s",
				 rc == VG_ENOTFOUND ? "no agreement covers this month"
						    : "out of memory");
		return NULL;
	}
	return made(&list.maker, list.array, err);
}

/* Evidence: everything that tickets put in, sorted by ticket. */

struct evidence_list {
	bool failed;
	size_t count, size;
	struct vg_kpi_evidence *row;
};

static void
add_evidence(const struct vg_kpi_evidence *evidence, void *arg)
{
	struct evidence_list *list = arg;

	if (list->failed)
		return;
	if (list->count == list->size) {
		size_t size = list->size == 0 ? 1024 : list->size * 2;
		struct vg_kpi_evidence *row = reallocarray(list->row, size, sizeof(*row));

		if (row == NULL) {
			list->failed = true;
			return;
		}
		list->row = row;
		list->size = size;
	}
	list->row[list->count++] = *evidence;
}

static int
by_ticket(const void *left, const void *right)
{
	const struct vg_kpi_evidence *a = left, *b = right;

	if (a->ticket != b->ticket)
		return a->ticket < b->ticket ? -1 : 1;
	return (int)a->kpi - (int)b->kpi;
}

static int
collect_evidence(const struct vg_core *core, int month, int64_t eval_ms,
		 const struct vg_kpi_key *filter, struct evidence_list *list)
{
	static const unsigned whole = 0;
	int rc = vg_kpi_month(core, month, eval_ms, filter, &whole, 1, NULL, add_evidence, list);

	if (rc == 0 && list->failed)
		rc = VG_ENOMEM;
	if (rc == 0 && list->count > 0)
		qsort(list->row, list->count, sizeof(*list->row), by_ticket);
	return rc;
}

/* Tickets. */

static void
put_clock(struct maker *maker, json_t *object, const struct vg_clock_state *clock)
{
	put(maker, object, "verdict", json_string(vg_sla_name(clock->sla)));
	put_int(maker, object, "elapsed_ms", clock->elapsed_ms);
	if (clock->target_ms >= 0) {
		put_int(maker, object, "target_ms", clock->target_ms);
		put_int(maker, object, "remaining_ms", clock->remaining_ms);
	}
	put_known(maker, object, "due_ms", clock->due_ms);
	put_text(maker, object, "breached_as", clock->breached_as);
}

static json_t *
clocks_json(struct maker *maker, const struct vg_ticket_view *view)
{
	json_t *clocks = json_object();

	for (int i = 0; i < VG_CLOCK_COUNT; i++) {
		const struct vg_clock_state *clock = &view->clock[i];
		json_t *row = json_object();

		put_clock(maker, row, clock);
		put_known(maker, row, "start_ms", clock->start_ms);
		put_known(maker, row, "end_ms", clock->end_ms);
		put(maker, clocks, vg_clock_name((enum vg_clock)i), row);
	}
	return clocks;
}

/* What was stated, as the last statement left it; "" states "none" and is kept. */
static json_t *
stated_json(struct maker *maker, const struct vg_ticket_view *view)
{
	json_t *stated = json_object();

	for (int i = 0; i < VG_TF_COUNT; i++) {
		const struct vg_field_info *field = &vg_ticket_field_info[i];

		if ((view->set & VG_TF_BIT(i)) == 0)
			continue;
		if (field->form == VG_FORM_STR)
			put(maker, stated, field->name, json_string(view->text[i]));
		else if (field->form == VG_FORM_WORD)
			put(maker, stated, field->name,
			    json_string(vg_word((enum vg_ticket_field)i, view->current[i])));
		else if (field->form == VG_FORM_FLAG)
			put(maker, stated, field->name, json_boolean(view->current[i] != 0));
		else
			put_int(maker, stated, field->name, view->current[i]);
	}
	return stated;
}

static void
put_life(struct maker *maker, json_t *object, const struct vg_ticket_view *view)
{
	put(maker, object, "status", json_string(vg_word(VG_TF_STATUS, (int64_t)view->status)));
	put(maker, object, "open", json_boolean(view->open));
	put_text(maker, object, "priority", view->priority);
	put_text(maker, object, "sla_class", view->sla_class);
	put_known(maker, object, "created_ms", view->created_ms);
	put_known(maker, object, "received_at_ms", view->received_at_ms);
	put_known(maker, object, "second_line_ms", view->second_line_ms);
	put_known(maker, object, "acknowledged_ms", view->acknowledged_ms);
	put_known(maker, object, "first_resolved_ms", view->first_resolved_ms);
	put_known(maker, object, "resolved_ms", view->resolved_ms);
	put_known(maker, object, "last_ms", view->last_ms);
	put_int(maker, object, "line", view->line);
	put_int(maker, object, "first_line", view->first_line);
	put_int(maker, object, "highest_line", view->highest_line);
	put_int(maker, object, "resolving_line", view->resolving_line);
	put(maker, object, "first_line_only", json_boolean(view->first_line_only));
	put_int(maker, object, "escalations", view->escalations);
	put_int(maker, object, "deescalations", view->deescalations);
	put_int(maker, object, "handovers", view->handovers);
	put_int(maker, object, "reopens", view->reopens);
}

json_t *
vg_report_refs(struct maker *maker, const struct vg_ticket *ticket)
{
	json_t *refs = json_array();

	for (size_t i = 0; i < vg_ticket_ref_count(ticket); i++) {
		struct vg_ref ref = vg_ticket_ref(ticket, i);
		json_t *row = json_object();

		put(maker, row, "source", json_string(ref.source));
		put(maker, row, "ref", json_string(ref.ref));
		append(maker, refs, row);
	}
	return refs;
}

static json_t *
ticket_json(struct maker *maker, const struct vg_core *core, const struct vg_ticket *ticket,
	    int64_t instant_ms, bool clocks)
{
	struct vg_ticket_view view;
	json_t *object = json_object(), *sides = json_object(), *faults = json_array();
	char id[32];

	vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
	if (view.open)
		vg_ticket_view(core, ticket, view.last_ms > instant_ms ? view.last_ms : instant_ms,
			       &view, NULL, NULL);
	(void)snprintf(id, sizeof(id), "V-%lld", (long long)vg_ticket_id(ticket));
	put(maker, object, "id", json_string(id));
	put(maker, object, "refs", vg_report_refs(maker, ticket));
	put_life(maker, object, &view);
	put_clock(maker, object, &view.resolution);
	for (int i = 0; i < VG_SIDE_COUNT; i++)
		put_int(maker, sides, vg_side_name((enum vg_side)i), view.side_ms[i]);
	put(maker, object, "sides_ms", sides);
	for (int i = 0; i < VG_FAULT_COUNT; i++)
		if ((view.faults & (UINT32_C(1) << i)) != 0)
			append(maker, faults, json_string(vg_fault_name((enum vg_fault)i)));
	put(maker, object, "faults", faults);
	put(maker, object, "stated", stated_json(maker, &view));
	if (view.agreement != NULL)
		put_text(maker, object, "agreement", view.agreement->version);
	if (clocks)
		put(maker, object, "clocks", clocks_json(maker, &view));
	return object;
}

static json_t *
evidence_json(struct maker *maker, const struct vg_kpi_evidence *row, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		put(maker, object, vg_kpi_info[row[i].kpi].name,
		    json_pack("[I,I]", (json_int_t)row[i].num, (json_int_t)row[i].den));
	return object;
}

/* Of a month, those that gave evidence: a step for each of them, and not for each that there is. */
static const struct vg_ticket *
next_ticket(const struct vg_core *core, const struct evidence_list *list, size_t at,
	    enum vg_report_scope scope, const struct vg_ticket *after)
{
	if (scope == VG_REPORT_TICKETS_ALL)
		return vg_core_ticket_next(core, after);
	return at < list->count ? vg_core_ticket(core, list->row[at].ticket) : NULL;
}

json_t *
vg_report_tickets(const struct vg_core *core, int month, int64_t eval_ms,
		  const struct vg_kpi_key *filter, enum vg_report_scope scope, struct vg_err *err)
{
	struct evidence_list list = {0};
	struct maker maker = {false};
	json_t *array = json_array();
	int64_t instant_ms = vg_report_instant_ms(core, month, eval_ms);
	const struct vg_ticket *ticket = NULL;
	size_t at = 0;

	if (collect_evidence(core, month, eval_ms, filter, &list) != 0)
		maker.failed = true;
	while ((ticket = next_ticket(core, &list, at, scope, ticket)) != NULL && !maker.failed) {
		size_t first = at;
		json_t *object;

		while (at < list.count && list.row[at].ticket == vg_ticket_id(ticket))
			at++;
		object = ticket_json(&maker, core, ticket, instant_ms,
				     scope == VG_REPORT_TICKETS_ALL);
		put(&maker, object, "evidence",
		    evidence_json(&maker, list.row + first, at - first));
		append(&maker, array, object);
	}
	free(list.row);
	return made(&maker, array, err);
}

/* The whole. */

const struct vg_agreement *
vg_report_agreement_at(const struct vg_core *core, int64_t at_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);

	return agreement != NULL ? agreement : vg_core_agreement_latest(core);
}

static json_t *
municipalities_json(struct maker *maker, const struct vg_core *core, int64_t at_ms)
{
	const struct vg_agreement *agreement = vg_report_agreement_at(core, at_ms);
	json_t *array = json_array();

	for (size_t i = 0; agreement != NULL && i < agreement->municipalities; i++) {
		json_t *row = json_object();

		put(maker, row, "code", json_string(agreement->municipality[i].code));
		put(maker, row, "name", json_string(agreement->municipality[i].name));
		append(maker, array, row);
	}
	return array;
}

void
vg_report_put_names(struct maker *maker, json_t *model, const struct vg_core *core, int64_t at_ms)
{
	const struct vg_agreement *agreement = vg_report_agreement_at(core, at_ms);
	json_t *services = json_array(), *channels = json_array();

	for (size_t i = 0; agreement != NULL && i < agreement->services; i++)
		append(maker, services,
		       json_pack("{ss ss}", "id", agreement->service[i].id, "name",
				 agreement->service[i].name));
	for (size_t i = 0; agreement != NULL && i < agreement->channels; i++)
		append(maker, channels,
		       json_pack("{ss ss}", "id", agreement->channel[i].id, "name",
				 agreement->channel[i].name));
	put(maker, model, "services", services);
	put(maker, model, "channels", channels);
}

static int64_t
count_quarantined(const struct vg_core *core)
{
	const struct vg_quarantined *row;
	int64_t count = 0;

	for (size_t i = 0; (row = vg_core_item(core, VG_OBJECT_QUARANTINED, i)) != NULL; i++)
		count += !row->retaken;
	return count;
}

/* What is made by functions of their own, each of which may fail. */
static bool
put_parts(json_t *model, const struct vg_core *core, int month, int64_t eval_ms, struct vg_err *err)
{
	int64_t from_ms = vg_report_start_ms(core, month),
		to_ms = vg_report_instant_ms(core, month, INT64_MAX),
		instant_ms = vg_report_instant_ms(core, month, eval_ms);
	json_t *part;
	bool whole;

#define PUT(member, value)                                                                         \
	((part = (value)) != NULL && json_object_set_new_nocheck(model, member, part) == 0)
	whole = PUT("cells", vg_report_cells(core, month, eval_ms, NULL, NULL, 0, err)) &&
		PUT("tickets", vg_report_tickets(core, month, eval_ms, NULL,
						 VG_REPORT_TICKETS_OF_MONTH, err)) &&
		PUT("availability", vg_avail_cells(core, month, -1, eval_ms, NULL, err)) &&
		PUT("outages", vg_avail_outages(core, from_ms, instant_ms, NULL, err)) &&
		PUT("outage_records", vg_avail_records(core, from_ms, to_ms, err)) &&
		PUT("windows", vg_avail_windows(core, from_ms, to_ms, err));
#undef PUT
	return whole;
}

/* What the month's alarms did; nothing where alarms are not known municipality by municipality. */
static bool
put_alarm_effect(json_t *model, const struct vg_core *core, int month, int64_t eval_ms,
		 const struct vg_report_wish *wish, struct vg_err *err)
{
	static const struct {
		const char *member;
		size_t offset;
	} numbers[] = {
#define NUMBER(name) {#name, offsetof(struct vg_alarm_effect, name)}
		NUMBER(alarms),	    NUMBER(notices),	      NUMBER(tickets),
		NUMBER(closed),	    NUMBER(false_alarms),     NUMBER(acknowledged),
		NUMBER(ack_sum_ms), NUMBER(ack_median_ms),    NUMBER(ack_max_ms),
		NUMBER(outages),    NUMBER(outages_ticketed), NUMBER(detected_first),
#undef NUMBER
	};
	struct vg_alarm_effect effect;
	struct maker maker = {false};
	json_t *row;

	if (wish->kind != VG_REPORT_REGION && wish->kind != VG_REPORT_MUNICIPALITY)
		return true;
	if (vg_core_alarm_effect(core, vg_report_start_ms(core, month),
				 vg_report_instant_ms(core, month, eval_ms), "", wish->code,
				 &effect) != 0) {
		(void)vg_err_set(err, VG_ENOMEM, "out of memory");
		return false;
	}
	row = json_object();
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t number;

		memcpy(&number, (const char *)&effect + numbers[i].offset, sizeof(number));
		put_known(&maker, row, numbers[i].member, number);
	}
	put(&maker, model, "alarm_effect", row);
	return !maker.failed || vg_err_set(err, VG_ENOMEM, "out of memory") == 0;
}

/* What came with format 3: the fee, what is put right, comments, alarms, administrations. */
static bool
put_later_parts(json_t *model, const struct vg_core *core, int month, int64_t eval_ms,
		const struct vg_report_wish *wish, struct vg_err *err)
{
	struct maker maker = {false};

	if (!vg_report_put_fee(model, core, month, err) ||
	    !put_alarm_effect(model, core, month, eval_ms, wish, err))
		return false;
	put(&maker, model, "comments", vg_statement_comments(&maker, core, month, NULL));
	if (wish->before != NULL) {
		json_t *rows = vg_report_corrections(wish->before, core, month, err);

		if (rows == NULL)
			return false;
		put(&maker, model, "corrections", rows);
	}
	if (maker.failed)
		return vg_err_set(err, VG_ENOMEM, "out of memory") == 0;
	return vg_report_narrow(model, core, month, wish, err) &&
	       vg_report_put_administrations(model, err);
}

json_t *
vg_report_model_of(const struct vg_core *core, int month, int64_t eval_ms, const char *head,
		   const struct vg_report_wish *wish, struct vg_err *err)
{
	struct maker maker = {false};
	int64_t instant_ms = vg_report_instant_ms(core, month, eval_ms);
	json_t *model = json_object();

	if (!put_parts(model, core, month, eval_ms, err)) {
		json_decref(model);
		return NULL;
	}
	put(&maker, model, "format", json_string(VG_REPORT_FORMAT));
	put_month(&maker, model, "month", month);
	put_int(&maker, model, "from_ms", vg_report_start_ms(core, month));
	put_int(&maker, model, "to_ms", vg_report_instant_ms(core, month, INT64_MAX));
	put_int(&maker, model, "evaluated_ms", instant_ms);
	put_int(&maker, model, "as_of_seq", vg_core_seq(core));
	put_int(&maker, model, "as_of_ms", vg_core_received_ms(core));
	put(&maker, model, "head", json_string(head));
	put_int(&maker, model, "rule_rev", VG_RULE_REV);
	put_int(&maker, model, "quarantined", count_quarantined(core));
	put(&maker, model, "agreements", vg_report_agreements(core, month));
	put(&maker, model, "municipalities", municipalities_json(&maker, core, instant_ms - 1));
	vg_report_put_names(&maker, model, core, instant_ms - 1);
	if (!put_later_parts(model, core, month, eval_ms, wish, err)) {
		json_decref(model);
		return NULL;
	}
	return made(&maker, model, err);
}

json_t *
vg_report_model(const struct vg_core *core, int month, int64_t eval_ms, const char *head,
		struct vg_err *err)
{
	static const struct vg_report_wish region = {VG_REPORT_REGION, "", NULL};

	return vg_report_model_of(core, month, eval_ms, head, &region, err);
}

/* A format is the one before it and more members; what it had already keeps name, place and
 * meaning, or a report that was made of it could never be made again. */
bool
vg_report_earlier(json_t *model)
{
	static const struct {
		const char *format, *before;
		const char *added[8];
	} formats[] = {
		{VG_REPORT_FORMAT,
		 "vinga.report/2",
		 {"administrations", "alarm_effect", "comments", "corrections", "fee", "scope"}},
		{"vinga.report/2",
		 "vinga.report/1",
		 {"availability", "outages", "outage_records", "windows", "services", "channels"}}};
	const char *format = json_string_value(json_object_get(model, "format"));

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (format == NULL || strcmp(formats[i].format, format) != 0)
			continue;
		for (size_t m = 0; formats[i].added[m] != NULL; m++)
			(void)json_object_del(model, formats[i].added[m]);
		return json_object_set_new(model, "format", json_string(formats[i].before)) == 0;
	}
	return false;
}

char *
vg_report_canonical(const json_t *json, size_t *length)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);

	*length = text != NULL ? strlen(text) : 0;
	return text;
}

int
vg_report_sha256(const json_t *model, char out[65])
{
	uint8_t digest[VG_SHA256_LEN];
	size_t length;
	char *text = vg_report_canonical(model, &length);

	if (text == NULL)
		return VG_ENOMEM;
	vg_sha256(text, length, digest);
	free(text);
	(void)vg_hex(digest, sizeof(digest), out);
	return 0;
}
