/* fee/rule.c - which tickets are paid for, and why (semantics.md 2.3).
 *
 * A ticket's course gives the billing event, and with it the month, the owner and the version that
 * judges; then the rows are asked in order, and the first that holds decides. The hard thing is the
 * ninth: it is also answered as if nobody had stated a cause, since the party that is paid often
 * does. */
#include "core/alarm.h"
#include "core/fee/course.h"
#include "core/fee/private.h"
#include "core/kpi/private.h"

#include <string.h>

/* --- what it is linked to --- */

static enum vg_party
cause_of(const struct vg_core *core, const struct vg_ticket *ticket)
{
	const struct vg_fact *fact = vg_fact_stating(core, ticket, VG_TF_CAUSE);

	return fact != NULL ? (enum vg_party)vg_fact_number(fact, VG_TF_CAUSE) : VG_PARTY_UNKNOWN;
}

static bool
is_providers(int64_t party)
{
	return party == VG_PARTY_VGR || party == VG_PARTY_SUPPLIER;
}

/* The occurrence that a name is of; of a whole window the first that is not withdrawn, or the last.
 * NULL = none is known. */
static const struct vg_window *
window_of(const struct vg_core *core, const char *name)
{
	const struct vg_items *items = &core->items[VG_OBJECT_WINDOW];
	const struct vg_window *window = NULL;
	struct vg_item key = {.of.window.n = 0};
	int64_t n;

	if (!vg_own_id(name, 'W', &key.of.window.series, &n))
		return NULL;
	if (n >= 0)
		return vg_core_window(core, key.of.window.series, n);
	for (size_t i = vg_items_place(core, VG_OBJECT_WINDOW, &key);
	     i < items->n && items->item[i]->of.window.series == key.of.window.series; i++) {
		window = &items->item[i]->of.window;
		if (!window->withdrawn)
			break;
	}
	return window;
}

/* An alarm that is no longer kept, since it gave way to newer ones, still was one: all that is
 * asked of it is that it was raised before somebody named it. */
static bool
alarm_holds(const struct vg_core *core, const char *name, int64_t named_seq)
{
	const struct vg_alarm *alarm = vg_core_alarm_named(core, name);
	int64_t id, n;

	if (alarm != NULL)
		return !alarm->false_alarm;
	return vg_own_id(name, 'A', &id, &n) && n < 0 && id >= VG_ALARM_ID_STEP &&
	       id / VG_ALARM_ID_STEP < named_seq;
}

/* Whether an outage record, a window or an alarm is a cause on the provider's side. */
static bool
cause_holds(const struct vg_course *c, enum vg_ticket_field field)
{
	const char *name = vg_course_text(c, field);
	const struct vg_outage_record *record;
	const struct vg_window *window;

	switch (name[0]) {
	case 'O':
		record = vg_core_outage_named(c->core, name);
		return record != NULL && !record->withdrawn && is_providers(record->cause);
	case 'W':
		window = window_of(c->core, name);
		return window != NULL && !window->withdrawn;
	case 'A':
		return alarm_holds(c->core, name, vg_fact_stating(c->core, c->ticket, field)->seq);
	default:
		return false;
	}
}

static bool
has_cause_link(const struct vg_course *c)
{
	const struct vg_ticket *major = vg_course_linked(c, VG_TF_MAJOR_INCIDENT);
	enum vg_party cause;

	if (cause_holds(c, VG_TF_OUTAGE) || cause_holds(c, VG_TF_WINDOW) ||
	    cause_holds(c, VG_TF_ALARM))
		return true;
	if (major == NULL)
		return false;
	cause = cause_of(c->core, major);
	return is_providers(cause) || cause == VG_PARTY_UNKNOWN;
}

/* --- rows --- */

/* Time in second line, in progress, over all facts. */
static int64_t
work_ms(const struct vg_course *c)
{
	int64_t sum_ms = 0, from_ms = c->created_ms;
	int64_t number[VG_TF_COUNT] = {0};
	int line = c->first_line;

	for (uint32_t i = 0; i < c->ticket->facts; i++) {
		const struct vg_fact *fact = c->ticket->fact[i];
		int64_t at_ms = vg_later_ms(fact->at_ms, c->created_ms);

		if (!vg_core_fact_counts(c->core, fact))
			continue;
		if (line == VG_LINE_SECOND && number[VG_TF_STATUS] == VG_STATUS_IN_PROGRESS)
			sum_ms += at_ms - from_ms;
		from_ms = at_ms;
		vg_fact_fold(fact, number);
		if (vg_stated_line(fact, number) != 0)
			line = vg_stated_line(fact, number);
	}
	return sum_ms;
}

static bool
is_misrouted(const struct vg_course *c, const struct vg_fee_rules *fee)
{
	return c->handed_back && c->resolving_line == 1 && work_ms(c) <= fee->misroute_ms;
}

/* Calendar days from the other's first resolution; the last of them is inside. */
static bool
is_reopening(const struct vg_course *c, const struct vg_agreement *agreement)
{
	const struct vg_ticket *other = vg_course_linked(c, VG_TF_REOPEN_OF);
	struct vg_course before;
	int64_t days;

	if (other == NULL)
		return false;
	vg_course_read(c->core, other, &before);
	if (before.done_ms == VG_NEVER || c->created_ms < before.done_ms)
		return false;
	days = vg_kpi_days_between(agreement, before.done_ms, c->created_ms);
	return days <= agreement->fee.reopen_days;
}

static bool
is_live(const struct vg_agreement *agreement, const char *municipality, int64_t at_ms)
{
	const struct vg_municipality *party = vg_agreement_municipality(agreement, municipality);

	return municipality[0] == '\0' || (party != NULL && at_ms >= party->go_live_ms &&
					   at_ms < vg_fee_end_ms(&agreement->fee, party));
}

static bool
is_excluded(const struct vg_course *c, const struct vg_fee_rules *fee)
{
	return (fee->exclude_sources >> c->number[VG_TF_REQUESTER] & 1) != 0;
}

/* Problems, changes, events, complaints and the reports that the law asks for never are. */
static bool
is_chargeable(const struct vg_course *c, const struct vg_fee_rules *fee)
{
	uint32_t ever = 1U << VG_TYPE_INCIDENT | 1U << VG_TYPE_SERVICE_REQUEST;

	return ((fee->chargeable_types & ever) >> c->number[VG_TF_TYPE] & 1) != 0;
}

/* Rows 3 to 8. */
static enum vg_fee_reason
reason_by_kind(const struct vg_course *c, const struct vg_fee_rules *fee)
{
	int64_t requester = c->number[VG_TF_REQUESTER];

	if (is_excluded(c, fee))
		return requester == VG_REQUESTER_ALARM || requester == VG_REQUESTER_PROBE
			       ? VG_FEE_ALARM
			       : VG_FEE_INTERNAL;
	if (!is_chargeable(c, fee))
		return VG_FEE_TYPE;
	if (c->second_ms == VG_NEVER)
		return VG_FEE_FIRST_LINE_ONLY;
	if (!fee->count_duplicates && (vg_course_names_another(c, VG_TF_DUPLICATE_OF) ||
				       vg_course_names_another(c, VG_TF_PARENT)))
		return VG_FEE_DUPLICATE;
	if (fee->count_split == VG_SPLIT_PARENT && vg_course_names_another(c, VG_TF_SPLIT_FROM))
		return VG_FEE_SPLIT_CHILD;
	if (!fee->count_cancelled && vg_course_is_cancelled(c))
		return VG_FEE_CANCELLED;
	return VG_FEE_COUNTABLE;
}

/* Rows 10 to 14. */
static enum vg_fee_reason
reason_by_way(const struct vg_course *c, const struct vg_fee_decision *decision)
{
	const struct vg_agreement *agreement = decision->agreement;
	const struct vg_fee_rules *fee = &agreement->fee;
	const struct vg_ticket *problem =
		fee->exclude_vgr_problem ? vg_course_linked(c, VG_TF_PROBLEM) : NULL;

	if (problem != NULL && is_providers(cause_of(c->core, problem)))
		return VG_FEE_VGR_PROBLEM;
	if (is_misrouted(c, fee))
		return VG_FEE_MISROUTED;
	if (is_reopening(c, agreement))
		return VG_FEE_REOPEN;
	return is_live(agreement, decision->municipality, decision->at_ms) ? VG_FEE_COUNTABLE
									   : VG_FEE_NOT_LIVE;
}

static void
settle(struct vg_fee_decision *out, enum vg_fee_reason reason)
{
	out->reason = reason;
	out->counts = out->counts_by_links = reason == VG_FEE_COUNTABLE;
}

/* Rows 3 to 14. By its own cause party alone a ticket is left out in one reading of row 9. */
static void
judge(const struct vg_course *c, struct vg_fee_decision *out)
{
	const struct vg_fee_rules *fee = &out->agreement->fee;
	enum vg_fee_reason reason = reason_by_kind(c, fee);
	bool own_cause = fee->exclude_vgr_cause && is_providers(c->number[VG_TF_CAUSE]);

	if (reason == VG_FEE_COUNTABLE)
		reason = fee->exclude_vgr_cause && has_cause_link(c) ? VG_FEE_VGR_CAUSE
								     : reason_by_way(c, out);
	else
		own_cause = false;
	settle(out, reason);
	if (own_cause) {
		out->reason = VG_FEE_VGR_CAUSE;
		out->counts = false;
	}
}

static void
overrule(struct vg_fee_decision *out, const struct vg_act *act)
{
	out->reason = VG_FEE_OVERRIDE;
	out->counts = out->counts_by_links = act->outcome == VG_OVERRIDE_COUNTS;
	out->act = act->objection != 0 ? act->objection : act->id;
}

/* --- decisions --- */

/* As stated; else its provider's, in the version that judges. */
static const char *
owner_of(const struct vg_course *c, const struct vg_agreement *agreement)
{
	const char *municipality = vg_course_text(c, VG_TF_MUNICIPALITY);
	const struct vg_provider *provider;

	if (municipality[0] != '\0' || agreement == NULL)
		return municipality;
	provider = vg_agreement_provider(agreement, vg_course_text(c, VG_TF_PROVIDER));
	return provider != NULL ? provider->municipality : "";
}

static bool
is_bypass(const struct vg_course *c)
{
	return c->first_line == VG_LINE_SECOND &&
	       (c->number[VG_TF_ON_BEHALF] != 1 || c->number[VG_TF_FIRST_LINE_CALLED] != 1);
}

/* The version that judges what is placed at an instant; NULL = none with a fee. */
static const struct vg_agreement *
judging(const struct vg_course *c, int64_t at_ms)
{
	const struct vg_agreement *agreement =
		at_ms != VG_NEVER ? vg_core_agreement_at(c->core, at_ms) : NULL;

	return agreement != NULL && agreement->fee.agreed ? agreement : NULL;
}

static void
describe(const struct vg_course *c, struct vg_fee_decision *out)
{
	out->agreement = judging(c, out->at_ms);
	out->municipality = owner_of(c, out->agreement);
	if (out->agreement != NULL)
		out->month = vg_agreement_month_of(out->agreement, out->at_ms);
	out->cause_blank = c->number[VG_TF_CAUSE] == VG_PARTY_UNKNOWN;
	out->bypassed_first_line = is_bypass(c);
	if (out->month >= 0 && out->municipality[0] != '\0') {
		struct vg_fee_price price;

		vg_fee_price(c->core, out->municipality, out->month, &price);
		out->price_ore = price.ticket_ore;
	}
}

void
vg_fee_decide(const struct vg_core *core, const struct vg_ticket *ticket,
	      struct vg_fee_decision *out)
{
	const struct vg_act *act;
	struct vg_course c;
	int64_t at_ms;

	*out = (struct vg_fee_decision){
		.ticket = ticket->id, .municipality = "", .at_ms = -1, .month = -1};
	if (ticket->vanished) {
		out->ended = true;
		settle(out, VG_FEE_GONE);
		return;
	}
	vg_course_read(core, ticket, &c);
	at_ms = vg_course_place_ms(&c);
	if (at_ms == VG_NEVER)
		return;
	out->ended = true;
	out->at_ms = at_ms;
	describe(&c, out);
	act = vg_fee_override_of(ticket);
	if (out->agreement == NULL || out->month < 0)
		settle(out, VG_FEE_NOT_LIVE);
	else if (out->agreement->fee.exclude_test && c.number[VG_TF_TEST] == 1)
		settle(out, VG_FEE_TEST);
	else if (act != NULL)
		overrule(out, act);
	else
		judge(&c, out);
}

const struct vg_opening_ticket *
vg_fee_opened(const struct vg_core *core, const struct vg_ticket *ticket)
{
	for (size_t i = 0; core->items[VG_OBJECT_OPENING_TICKET].n > 0 && i < ticket->refs; i++) {
		struct vg_ref ref = vg_ticket_ref(ticket, i);
		struct vg_item key = {.of.opening_ticket = {.source = ref.source, .ref = ref.ref}};
		const struct vg_item *item = vg_item_find(core, VG_OBJECT_OPENING_TICKET, &key);

		if (item != NULL)
			return &item->of.opening_ticket;
	}
	return NULL;
}

/* --- the rows that a decision follows from --- */

#define ROWS_MAX 16 /* an agreement, an act, three causes and three tickets: two each at most */
struct rows {
	int64_t seq[ROWS_MAX];
	size_t n;
};

/* At its place; one that is there, or is 0, is left out. */
static void
add_row(struct rows *rows, int64_t seq)
{
	size_t i = rows->n;

	while (i > 0 && rows->seq[i - 1] > seq)
		i--;
	if (seq == 0 || (i > 0 && rows->seq[i - 1] == seq))
		return;
	VG_ASSERT(rows->n < ROWS_MAX);
	memmove(&rows->seq[i + 1], &rows->seq[i], (rows->n - i) * sizeof(rows->seq[0]));
	rows->seq[i] = seq;
	rows->n++;
}

/* What was stated first, and what changed it last. */
static void
add_cause_rows(struct rows *rows, const struct vg_core *core, const char *name)
{
	const struct vg_outage_record *record = vg_core_outage_named(core, name);
	const struct vg_window *window = window_of(core, name);
	const struct vg_alarm *alarm = vg_core_alarm_named(core, name);

	if (record != NULL) {
		add_row(rows, record->id);
		add_row(rows, record->changed_seq);
	}
	if (window != NULL) {
		add_row(rows, window->series);
		add_row(rows, window->changed_seq);
	}
	if (alarm != NULL)
		add_row(rows, alarm->id / VG_ALARM_ID_STEP);
}

/* The ticket of a cause, and who stated its party last. */
static void
add_party_rows(struct rows *rows, const struct vg_core *core, const struct vg_ticket *other)
{
	const struct vg_fact *fact;

	if (other == NULL)
		return;
	add_row(rows, other->id);
	if ((fact = vg_fact_stating(core, other, VG_TF_CAUSE)) != NULL)
		add_row(rows, fact->seq);
}

/* The ticket before, and its first resolution. */
static void
add_reopened_rows(struct rows *rows, const struct vg_core *core, const struct vg_ticket *other)
{
	struct vg_course before;

	if (other == NULL)
		return;
	vg_course_read(core, other, &before);
	add_row(rows, other->id);
	add_row(rows, before.done_seq);
}

void
vg_fee_decision_rows(const struct vg_core *core, const struct vg_ticket *ticket,
		     vg_fee_row_cb *on_row, void *arg)
{
	const struct vg_act *act = vg_fee_override_of(ticket);
	const struct vg_agreement *agreement;
	struct rows rows = {.n = 0};
	struct vg_course c;

	if (ticket->vanished)
		return;
	vg_course_read(core, ticket, &c);
	agreement = judging(&c, vg_course_place_ms(&c));
	if (agreement != NULL)
		add_row(&rows, agreement->seq);
	if (act != NULL)
		add_row(&rows, act->id);
	add_cause_rows(&rows, core, vg_course_text(&c, VG_TF_OUTAGE));
	add_cause_rows(&rows, core, vg_course_text(&c, VG_TF_WINDOW));
	add_cause_rows(&rows, core, vg_course_text(&c, VG_TF_ALARM));
	add_party_rows(&rows, core, vg_course_linked(&c, VG_TF_MAJOR_INCIDENT));
	add_party_rows(&rows, core, vg_course_linked(&c, VG_TF_PROBLEM));
	add_reopened_rows(&rows, core, vg_course_linked(&c, VG_TF_REOPEN_OF));
	for (size_t i = 0; i < rows.n; i++)
		on_row(rows.seq[i], arg);
}
