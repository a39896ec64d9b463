/* ticket/survey.c - what only the whole list of a ticket's facts tells.
 *
 * The last stated opening is the creation, also when facts lie before it. The first known line and
 * class hold from creation. The resolution is the first fact of the last unbroken run of resolved
 * or closed; a fact that states no status breaks no run, and cancelled or rejected ends the ticket
 * without one. */
#include "core/ticket/private.h"

#include <string.h>

enum vg_outcome
vg_outcome_of(enum vg_status status)
{
	if (status == VG_STATUS_RESOLVED || status == VG_STATUS_CLOSED)
		return VG_OUTCOME_RESOLVED;
	if (status == VG_STATUS_CANCELLED || status == VG_STATUS_REJECTED)
		return VG_OUTCOME_DROPPED;
	return VG_OUTCOME_OPEN;
}

void
vg_history_collect(struct vg_history *history, const struct vg_core *core,
		   const struct vg_ticket *ticket, int64_t at_ms)
{
	uint32_t i;

	VG_ASSERT(ticket->facts <= VG_TICKET_FACTS_MAX);
	history->n = 0;
	history->next_ms = -1;
	for (i = 0; i < ticket->facts; i++) {
		const struct vg_fact *fact = ticket->fact[i];

		if (!vg_core_fact_counts(core, fact))
			continue;
		if (fact->at_ms > at_ms) {
			history->next_ms = fact->at_ms;
			break;
		}
		history->fact[history->n++] = fact;
	}
}

/* The last statement of a time; -1 = none. */
static int64_t
last_stated_ms(const struct vg_history *history, enum vg_ticket_field field)
{
	for (uint32_t i = history->n; i-- > 0;)
		if ((history->fact[i]->set & VG_TF_BIT(field)) != 0)
			return vg_floor_to_second_ms(vg_fact_number(history->fact[i], field));
	return -1;
}

/* The opening as stated, else the first fact; a matter that came in before somebody typed it began
 * when the caller called (semantics.md 3.4, one matter in several tools). */
int64_t
vg_history_created_ms(const struct vg_history *history)
{
	int64_t opened_ms = last_stated_ms(history, VG_TF_OPENED);
	int64_t received_ms = last_stated_ms(history, VG_TF_RECEIVED);

	if (opened_ms < 0)
		opened_ms = history->fact[0]->at_ms;
	return received_ms >= 0 && received_ms < opened_ms ? received_ms : opened_ms;
}

int
vg_stated_line(const struct vg_fact *fact, const int64_t number[VG_TF_COUNT])
{
	int64_t line = number[VG_TF_LINE];

	if ((fact->set & VG_TF_BIT(VG_TF_LINE)) == 0 || line < 1 || line > VG_LINE_SUPPLIER)
		return 0;
	return (int)line;
}

void
vg_survey_facts(struct vg_survey *survey, const struct vg_history *history,
		const struct vg_core *core, int64_t created_ms, int64_t at_ms,
		struct vg_ticket_view *out)
{
	struct vg_class_track track;
	uint32_t i;

	memset(survey, 0, sizeof *survey);
	survey->created_ms = created_ms;
	vg_class_track_init(&track, core, survey->created_ms);
	for (i = 0; i < history->n; i++) {
		const struct vg_fact *fact = history->fact[i];
		enum vg_outcome outcome;
		bool known = track.class.name[0] != '\0';

		vg_fact_fold(fact, out->current);
		out->set |= fact->set;
		if (survey->first_line == 0)
			survey->first_line = vg_stated_line(fact, out->current);
		outcome = vg_outcome_of((enum vg_status)out->current[VG_TF_STATUS]);
		if (outcome != survey->outcome)
			survey->final = i;
		survey->outcome = outcome;
		vg_class_track_follow(&track, core, out->current,
				      vg_later_ms(fact->at_ms, survey->created_ms));
		if (!known)
			survey->first_class = track.class;
	}
	survey->last_class = track.class;
	if (survey->outcome != VG_OUTCOME_OPEN)
		at_ms = history->fact[survey->final]->at_ms;
	else if (at_ms == INT64_MAX)
		at_ms = history->fact[history->n - 1]->at_ms;
	survey->end_ms = vg_later_ms(at_ms, survey->created_ms);
}
