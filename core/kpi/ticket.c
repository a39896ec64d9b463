/* kpi/ticket.c - what one ticket puts into one month.
 *
 * States (open, resolved, verdicts) are those of the month's last instant: what happens later
 * belongs to later months, so a month that has passed does not change by itself. The hard thing is
 * the creation: it may be told after the month's end by the first fact about the ticket, so
 * creation and arrival in second line are read from all that is known now. */
#include "core/kpi/private.h"

#include <string.h>

int
vg_kpi_span_find(const struct vg_core *core, int month, int64_t eval_ms, struct vg_kpi_span *out)
{
	for (size_t i = core->versions; i-- > 0;) {
		const struct vg_agreement *agreement = core->version[i]->agreement;
		int64_t at = (int64_t)month - agreement->first_month;

		if (at < 0 || at >= (int64_t)agreement->months)
			continue;
		out->month = month;
		out->start_ms = agreement->month_start_ms[at];
		out->end_ms = agreement->month_start_ms[at + 1];
		out->instant_ms = eval_ms < out->end_ms ? eval_ms : out->end_ms;
		out->at_ms = eval_ms < out->end_ms ? eval_ms : out->end_ms - 1;
		out->rules = vg_core_agreement_at(core, out->at_ms);
		if (out->rules == NULL)
			out->rules = agreement;
		return 0;
	}
	return VG_CORE_ENOTFOUND;
}

/* Outside the version's days a day counts 24 hours. */
int64_t
vg_kpi_days_between(const struct vg_agreement *rules, int64_t from_ms, int64_t to_ms)
{
	int64_t from = vg_agreement_day_of(rules, from_ms), to = vg_agreement_day_of(rules, to_ms);

	if (from == INT64_MIN || to == INT64_MIN)
		return (to_ms - from_ms) / (24 * 3600 * INT64_C(1000));
	return to - from;
}

static bool
within(const struct vg_kpi_span *span, int64_t at_ms)
{
	return at_ms >= span->start_ms && at_ms < span->end_ms && at_ms <= span->at_ms;
}

static void
count(struct vg_kpi_record *record, enum vg_kpi kpi, bool reached)
{
	record->counts |= VG_KPI_BIT(kpi);
	if (reached)
		record->reached |= VG_KPI_BIT(kpi);
}

static void
count_or_leave(struct vg_kpi_record *record, enum vg_kpi kpi, bool counts, bool reached)
{
	if (counts)
		count(record, kpi, reached);
	else
		record->left_out |= VG_KPI_BIT(kpi);
}

/* Whether a step between neighbouring known lines goes from 2 to 1, up to the instant. */
static bool
was_handed_back(const struct vg_core *core, const struct vg_ticket *ticket, int64_t at_ms)
{
	int64_t line = 0;

	for (uint32_t i = 0; i < ticket->facts && ticket->fact[i]->at_ms <= at_ms; i++) {
		const struct vg_fact *fact = ticket->fact[i];
		int64_t stated;

		if ((fact->set & VG_TF_BIT(VG_TF_LINE)) == 0 || !vg_core_fact_counts(core, fact))
			continue;
		stated = vg_fact_number(fact, VG_TF_LINE);
		if (line == 2 && stated == 1)
			return true;
		if (stated >= 1 && stated <= 3)
			line = stated;
	}
	return false;
}

static bool
is_done(int64_t status)
{
	return status == VG_STATUS_RESOLVED || status == VG_STATUS_CLOSED;
}

/* When the ticket first left a resolved state; -1 = never, up to the instant. */
static int64_t
first_reopened_ms(const struct vg_core *core, const struct vg_ticket *ticket, int64_t at_ms)
{
	bool done = false;

	for (uint32_t i = 0; i < ticket->facts && ticket->fact[i]->at_ms <= at_ms; i++) {
		const struct vg_fact *fact = ticket->fact[i];

		if ((fact->set & VG_TF_BIT(VG_TF_STATUS)) == 0 || !vg_core_fact_counts(core, fact))
			continue;
		if (is_done(vg_fact_number(fact, VG_TF_STATUS)))
			done = true;
		else if (done)
			return fact->at_ms;
	}
	return -1;
}

static bool
was_reopened_in_window(const struct vg_core *core, const struct vg_ticket *ticket,
		       const struct vg_kpi_span *span, const struct vg_ticket_view *view)
{
	int64_t reopened_ms;

	if (view->reopens == 0)
		return false;
	reopened_ms = first_reopened_ms(core, ticket, span->at_ms);
	return reopened_ms >= 0 &&
	       vg_kpi_days_between(span->rules, view->first_resolved_ms, reopened_ms) <=
		       span->rules->reopen_window_days;
}

static bool
is_judged(enum vg_sla sla)
{
	return sla == VG_SLA_MET || sla == VG_SLA_MISSED;
}

static void
count_source_verdict(struct vg_kpi_record *record, const struct vg_ticket_view *view)
{
	bool says = (view->set & VG_TF_BIT(VG_TF_SAYS_SLA_MET)) != 0;
	bool said_met = says && view->current[VG_TF_SAYS_SLA_MET] != 0;
	enum vg_sla sla = view->resolution.sla;

	count_or_leave(record, VG_KPI_SOURCE_SLA_MET, says, said_met);
	count_or_leave(record, VG_KPI_SOURCE_AGREES, says && is_judged(sla),
		       said_met == (sla == VG_SLA_MET));
}

static void
count_resolved(const struct vg_core *core, const struct vg_ticket *ticket,
	       const struct vg_kpi_span *span, const struct vg_ticket_view *view,
	       struct vg_kpi_record *record)
{
	enum vg_sla resolution = view->resolution.sla;
	enum vg_sla response = view->clock[VG_CLOCK_RESPONSE].sla;
	uint32_t unmeasured = 1U << VG_FAULT_OUTSIDE_CALENDAR | 1U << VG_FAULT_NO_AGREEMENT;
	bool measured = view->resolution.start_ms >= 0 && (view->faults & unmeasured) == 0;
	bool second_line = view->second_line_ms >= 0;

	count(record, VG_KPI_OUTFLOW, true);
	count_or_leave(record, VG_KPI_RESOLUTION_MET, is_judged(resolution),
		       resolution == VG_SLA_MET);
	count_or_leave(record, VG_KPI_RESPONSE_MET, is_judged(response), response == VG_SLA_MET);
	count_or_leave(record, VG_KPI_RESOLUTION_MEAN, measured, measured);
	count_or_leave(record, VG_KPI_RESOLUTION_P50, measured, measured);
	count_or_leave(record, VG_KPI_RESOLUTION_P90, measured, measured);
	record->elapsed_ms = view->resolution.elapsed_ms;
	count_or_leave(record, VG_KPI_FIRST_LINE_SHARE, view->highest_line > 0, !second_line);
	count_or_leave(record, VG_KPI_REASSIGNMENTS, second_line, second_line);
	record->group_changes = view->group_changes_second_line;
	count(record, VG_KPI_REOPEN_SHARE, was_reopened_in_window(core, ticket, span, view));
	count_source_verdict(record, view);
}

static void
count_backlog(const struct vg_kpi_span *span, const struct vg_ticket_view *view, int64_t created_ms,
	      struct vg_kpi_record *record)
{
	static const int64_t bucket_ends[] = {1, 5, 10, 30};
	int64_t days = vg_kpi_days_between(span->rules, created_ms, span->at_ms);
	bool overdue = view->open && view->resolution.sla == VG_SLA_OVERDUE;
	int bucket = 0;

	while (bucket < 4 && days > bucket_ends[bucket])
		bucket++;
	count(record, VG_KPI_BACKLOG, true);
	count(record, VG_KPI_BACKLOG_AGE_P50, true);
	count(record, VG_KPI_BACKLOG_AGE_P90, true);
	count(record, (enum vg_kpi)(VG_KPI_BACKLOG_0_1 + bucket), true);
	record->age_ms = days * 24 * 3600 * 1000;
	if (!overdue)
		return;
	count(record, VG_KPI_OPEN_OVERDUE, true);
	if (span->rules->count_open_overdue)
		count(record, VG_KPI_RESOLUTION_MET, false);
}

static const char *
text_of(const struct vg_ticket_view *view, enum vg_ticket_field field)
{
	return view->text[field] != NULL ? view->text[field] : "";
}

static void
set_key(struct vg_kpi_record *record, const struct vg_ticket_view *view)
{
	const struct vg_target *target =
		view->agreement == NULL || view->sla_class[0] == '\0'
			? NULL
			: vg_agreement_target(view->agreement, view->sla_class);

	record->key = (struct vg_kpi_key){text_of(view, VG_TF_MUNICIPALITY),
					  text_of(view, VG_TF_SERVICE), view->sla_class,
					  view->highest_line > 0 ? view->highest_line : -1};
	record->share_ppm = target != NULL ? target->share_ppm : -1;
}

int64_t
vg_kpi_record_number(const struct vg_kpi_record *record, enum vg_kpi kpi)
{
	if ((record->reached & VG_KPI_BIT(kpi)) == 0)
		return 0;
	if (kpi == VG_KPI_RESOLUTION_MEAN || kpi == VG_KPI_RESOLUTION_P50 ||
	    kpi == VG_KPI_RESOLUTION_P90)
		return record->elapsed_ms;
	if (kpi == VG_KPI_BACKLOG_AGE_P50 || kpi == VG_KPI_BACKLOG_AGE_P90)
		return record->age_ms;
	return kpi == VG_KPI_REASSIGNMENTS ? record->group_changes : 1;
}

bool
vg_kpi_record_make(const struct vg_core *core, const struct vg_ticket *ticket,
		   const struct vg_kpi_span *span, struct vg_kpi_record *out)
{
	struct vg_ticket_view then, later;
	const struct vg_ticket_view *now = &then;
	bool begun;

	vg_ticket_view(core, ticket, span->at_ms, &then, NULL, NULL);
	if (ticket->fact[ticket->facts - 1]->at_ms > span->at_ms) {
		vg_ticket_view(core, ticket, INT64_MAX, &later, NULL, NULL);
		now = &later;
	}
	begun = then.created_ms >= 0;
	*out = (struct vg_kpi_record){.ticket = ticket->id};
	set_key(out, begun ? &then : now);
	out->first_line_known = now->first_line == 1 || now->deescalations > 0;
	if (within(span, now->created_ms)) {
		count(out, VG_KPI_INFLOW, true);
		count_or_leave(out, VG_KPI_ESCALATION_SHARE, now->highest_line > 0,
			       now->second_line_ms >= 0 && now->second_line_ms <= span->at_ms);
	}
	if (begun && then.resolved && within(span, then.resolved_ms))
		count_resolved(core, ticket, span, &then, out);
	if (now->created_ms <= span->at_ms && (!begun || then.open))
		count_backlog(span, &then, now->created_ms, out);
	if (within(span, now->second_line_ms)) {
		count(out, VG_KPI_SECOND_LINE, true);
		count(out, VG_KPI_BOUNCE_SHARE, was_handed_back(core, ticket, span->at_ms));
	}
	if (out->counts != 0 && (then.faults & VG_FAULTS_OF_DATA) != 0)
		count(out, VG_KPI_DATA_FAULTS, true);
	return out->counts != 0;
}
