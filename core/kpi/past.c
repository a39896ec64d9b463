/* kpi/past.c - what a past month gives to the twelve-month figures of later months.
 *
 * The same records as in its own cells, but only the sums under each key that those figures need.
 * Each month is looked back at eleven times, and making the records is nearly all the work, so the
 * sums are remembered with the month. The hard thing is when to forget: whatever may change a
 * month's cells marks the month (core_month.c), and marking forgets. */
#include "core/kpi/private.h"

#include <string.h>

const enum vg_kpi vg_kpi_rolling[VG_KPI_ROLLING] = {VG_KPI_RESOLUTION_MET, VG_KPI_RESPONSE_MET,
						    VG_KPI_SECOND_LINE};

static int
compare_text(const char *a, const char *b)
{
	return a == b ? 0 : a == NULL ? -1 : b == NULL ? 1 : strcmp(a, b);
}

int
vg_kpi_compare_keys(const struct vg_kpi_key *a, const struct vg_kpi_key *b)
{
	int order;

	if ((order = compare_text(a->municipality, b->municipality)) != 0 ||
	    (order = compare_text(a->service, b->service)) != 0 ||
	    (order = compare_text(a->priority, b->priority)) != 0)
		return order;
	return (a->line > b->line) - (a->line < b->line);
}

/* A ticket gives something to a past month's rolling figures only by what happened then. */
static bool
has_event_in(const struct vg_ticket *ticket, const struct vg_kpi_span *span)
{
	uint32_t i = 0;

	if (ticket->month_from == span->month) /* created then, told of perhaps later */
		return true;
	while (i < ticket->facts && ticket->fact[i]->at_ms < span->start_ms)
		i++;
	return i < ticket->facts && ticket->fact[i]->at_ms < span->end_ms;
}

bool
vg_kpi_touches(const struct vg_ticket *ticket, const struct vg_kpi_span *span)
{
	return !ticket->vanished && ticket->month_from <= span->month &&
	       ticket->month_to >= span->month;
}

/* The month's sum under a key, added when it is not there; NULL = out of memory. */
static struct vg_kpi_past *
past_under(struct vg_month *month, const struct vg_kpi_key *key)
{
	size_t low = 0, high = month->pasts;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (vg_kpi_compare_keys(&month->past[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < month->pasts && vg_kpi_compare_keys(&month->past[low].key, key) == 0)
		return &month->past[low];
	if (vg_core_reserve((void **)&month->past, &month->pasts_size, month->pasts + 1,
			    sizeof(*month->past)) != 0)
		return NULL;
	memmove(&month->past[low + 1], &month->past[low],
		(month->pasts - low) * sizeof(*month->past));
	month->past[low] = (struct vg_kpi_past){.key = *key};
	month->pasts++;
	return &month->past[low];
}

static int
remember_record(struct vg_month *month, const struct vg_kpi_record *record)
{
	struct vg_kpi_past *past = NULL;

	for (int i = 0; i < VG_KPI_ROLLING; i++) {
		if ((record->counts & VG_KPI_BIT(vg_kpi_rolling[i])) == 0)
			continue;
		if (past == NULL && (past = past_under(month, &record->key)) == NULL)
			return VG_CORE_ENOMEM;
		past->den[i]++;
		past->num[i] += (record->reached & VG_KPI_BIT(vg_kpi_rolling[i])) != 0;
	}
	return 0;
}

int
vg_kpi_remember(const struct vg_core *core, const struct vg_kpi_span *span, struct vg_month *month)
{
	for (size_t i = vg_core_ticket_near(core, 0, span->month); i < core->tickets;
	     i = vg_core_ticket_near(core, i + 1, span->month)) {
		const struct vg_ticket *ticket = core->ticket[i];
		struct vg_kpi_record record;

		if (vg_kpi_touches(ticket, span) && has_event_in(ticket, span) &&
		    vg_kpi_record_make(core, ticket, span, &record) &&
		    remember_record(month, &record) != 0)
			return VG_CORE_ENOMEM;
	}
	month->remembers = true;
	return 0;
}
