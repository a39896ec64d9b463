/* core_ticket.c - tickets are given facts, and computed again.
 *
 * What follows from a ticket's facts outside itself: its deadline, the months that it counts in,
 * whether it is shown at all. The hard thing is to do no more than one computation per event:
 * replay is a million of them a second. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

bool
vg_core_is_revoked(const struct vg_core *core, uint32_t import)
{
	size_t low = 0, high = core->revokeds;

	if (import == 0)
		return false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (core->revoked[mid] < import)
			low = mid + 1;
		else
			high = mid;
	}
	return low < core->revokeds && core->revoked[low] == import;
}

bool
vg_core_fact_counts(const struct vg_core *core, const struct vg_fact *fact)
{
	return !fact->voided && !vg_core_is_revoked(core, fact->import);
}

void
vg_core_ticket_reaches(struct vg_core *core, const struct vg_ticket *ticket, int was_to)
{
	struct vg_reach *reach = &core->reach[ticket->index / VG_REACH_TICKETS];

	reach->open += (ticket->month_to == VG_MONTH_OPEN) - (was_to == VG_MONTH_OPEN);
	if (ticket->month_from != VG_MONTH_NONE && ticket->month_from < reach->from)
		reach->from = ticket->month_from;
	if (ticket->month_to != VG_MONTH_OPEN && ticket->month_to > reach->to)
		reach->to = ticket->month_to;
}

size_t
vg_core_ticket_near(const struct vg_core *core, size_t i, int month)
{
	while (i < core->tickets && i % VG_REACH_TICKETS == 0) {
		const struct vg_reach *reach = &core->reach[i / VG_REACH_TICKETS];

		if (month >= reach->from && (reach->open > 0 || month <= reach->to))
			return i;
		i += VG_REACH_TICKETS;
	}
	return i < core->tickets ? i : core->tickets;
}

int
vg_core_ticket_add(struct vg_core *core, int64_t id, struct vg_ticket **out)
{
	size_t reaches = core->tickets / VG_REACH_TICKETS + 1;
	struct vg_ticket *ticket;

	if (vg_core_reserve((void **)&core->ticket, &core->tickets_size, core->tickets + 1,
			    sizeof(struct vg_ticket *)) != 0 ||
	    vg_core_reserve((void **)&core->reach, &core->reaches_size, reaches,
			    sizeof(struct vg_reach)) != 0 ||
	    (ticket = calloc(1, sizeof(*ticket))) == NULL)
		return VG_CORE_ENOMEM;
	ticket->link.type = VG_OBJECT_TICKET;
	ticket->id = id;
	ticket->core = core;
	ticket->deadline_ms = -1;
	ticket->heap_index = VG_HEAP_NOWHERE;
	ticket->month_from = ticket->month_to = VG_MONTH_NONE;
	ticket->index = (uint32_t)core->tickets;
	if (ticket->index % VG_REACH_TICKETS == 0)
		core->reach[reaches - 1] = (struct vg_reach){VG_MONTH_OPEN, VG_MONTH_NONE, 0};
	core->ticket[core->tickets++] = ticket;
	*out = ticket;
	return 0;
}

void
vg_core_ticket_free(struct vg_ticket *ticket)
{
	for (uint32_t i = 0; i < ticket->facts; i++)
		free(ticket->fact[i]);
	free(ticket->fact);
	free(ticket);
}

/* Facts mostly come in order, so the place is looked for from the end. */
int
vg_core_ticket_insert(struct vg_core *core, struct vg_ticket *ticket, struct vg_fact *fact)
{
	size_t size = ticket->facts_max;
	uint32_t i = ticket->facts;

	if (ticket->facts >= VG_TICKET_FACTS_MAX) {
		ticket->truncated = true;
		free(fact);
		return 0;
	}
	if (vg_core_reserve((void **)&ticket->fact, &size, i + 1, sizeof(struct vg_fact *)) != 0) {
		free(fact);
		return VG_CORE_ENOMEM;
	}
	core->fact_bytes +=
		(size - ticket->facts_max) * sizeof(struct vg_fact *) + vg_fact_bytes(fact);
	ticket->facts_max = (uint32_t)size;
	while (i > 0 && vg_fact_compare(ticket->fact[i - 1], fact) > 0)
		i--;
	memmove(&ticket->fact[i + 1], &ticket->fact[i],
		(ticket->facts - i) * sizeof(struct vg_fact *));
	ticket->fact[i] = fact;
	ticket->facts++;
	return 0;
}

int64_t
vg_core_ticket_now_ms(const struct vg_core *core, const struct vg_ticket *ticket)
{
	int64_t last_ms = ticket->facts > 0 ? ticket->fact[ticket->facts - 1]->at_ms : INT64_MIN;

	return last_ms > core->received_ms ? last_ms : core->received_ms;
}

void
vg_core_ticket_set_vanished(struct vg_core *core, struct vg_ticket *ticket)
{
	bool vanished = true;

	for (uint32_t i = 0; i < ticket->facts && vanished; i++)
		vanished = !vg_core_fact_counts(core, ticket->fact[i]);
	if (vanished != ticket->vanished)
		core->vanished = vanished ? core->vanished + 1 : core->vanished - 1;
	ticket->vanished = vanished;
}

static int
set_deadline(struct vg_core *core, struct vg_ticket *ticket, int64_t at_ms)
{
	struct vg_heap_entry entry = {at_ms, ticket->id, ticket, &ticket->heap_index};

	ticket->deadline_ms = at_ms;
	if (at_ms < 0) {
		vg_heap_remove(&core->deadlines, &ticket->heap_index);
		return 0;
	}
	return vg_heap_put(&core->deadlines, &entry);
}

static int
lesser(int a, int b)
{
	return a == VG_MONTH_NONE || (b != VG_MONTH_NONE && b < a) ? b : a;
}

static void
find_months(const struct vg_core *core, struct vg_ticket *ticket, const struct vg_ticket_view *view)
{
	ticket->month_from = ticket->month_to = VG_MONTH_NONE;
	if (ticket->vanished)
		return;
	ticket->month_from = vg_core_month_of(core, view->created_ms);
	if (ticket->month_from != VG_MONTH_NONE)
		ticket->month_to =
			view->open ? VG_MONTH_OPEN : vg_core_month_of(core, view->last_ms);
}

/* Marks the months between the first that what happened at from_ms can touch and the last that the
 * ticket touches, as it was or as it is. */
static int
mark_months_of(struct vg_core *core, struct vg_ticket *ticket, int64_t from_ms,
	       const struct vg_ticket_view *view)
{
	int was_from = ticket->month_from, was_to = ticket->month_to;
	int first, last = ticket->vanished ? VG_MONTH_NONE : vg_core_month_of(core, view->last_ms);

	find_months(core, ticket, view);
	vg_core_ticket_reaches(core, ticket, was_to);
	first = vg_core_month_of(core, from_ms);
	if (from_ms == INT64_MIN || was_from != ticket->month_from)
		first = lesser(was_from, ticket->month_from);
	if (core->current_month > last &&
	    (was_to == VG_MONTH_OPEN || ticket->month_to == VG_MONTH_OPEN))
		last = core->current_month;
	else if (was_to != VG_MONTH_OPEN && was_to > last)
		last = was_to;
	return vg_core_mark_months(core, first, last);
}

int
vg_core_ticket_settle(struct vg_core *core, struct vg_ticket *ticket, int64_t from_ms,
		      struct vg_ticket_view *view)
{
	struct vg_ticket_view own;
	int rc;

	if (view == NULL)
		view = &own;
	vg_core_mark(core, &ticket->link, &ticket->changed_seq);
	vg_core_ticket_set_vanished(core, ticket);
	if (!ticket->vanished) {
		vg_ticket_view(core, ticket, vg_core_ticket_now_ms(core, ticket), view, NULL, NULL);
		if (!view->open)
			vg_core_notifications_end(core, ticket);
	}
	if ((rc = mark_months_of(core, ticket, from_ms, view)) != 0 ||
	    (rc = vg_fee_ticket_settled(core, ticket, ticket->vanished ? 0 : view->set)) != 0)
		return rc;
	return set_deadline(core, ticket, ticket->vanished ? -1 : view->next_deadline_ms);
}

int
vg_core_ticket_remonth(struct vg_core *core, struct vg_ticket *ticket)
{
	struct vg_ticket_view view;

	if (ticket->vanished)
		return 0;
	vg_ticket_view(core, ticket, vg_core_ticket_now_ms(core, ticket), &view, NULL, NULL);
	return mark_months_of(core, ticket, INT64_MIN, &view);
}

int
vg_core_fire_deadlines(struct vg_core *core)
{
	const struct vg_heap_entry *top;

	while ((top = vg_heap_top(&core->deadlines)) != NULL && top->at_ms <= core->received_ms) {
		struct vg_ticket *ticket = top->owner;
		int64_t at_ms = top->at_ms;
		int rc = vg_core_ticket_settle(core, ticket, at_ms, NULL);

		if (rc != 0)
			return rc;
		VG_ASSERT(ticket->deadline_ms == -1 || ticket->deadline_ms > at_ms);
	}
	return 0;
}

int
vg_core_ticket_merge(struct vg_core *core, struct vg_ticket *older, struct vg_ticket *younger)
{
	int rc;

	for (uint32_t i = 0; i < younger->facts; i++) {
		struct vg_fact *fact = younger->fact[i];

		core->fact_bytes -= vg_fact_bytes(fact);
		if ((rc = vg_core_ticket_insert(core, older, fact)) != 0) {
			memmove(younger->fact, &younger->fact[i + 1],
				(younger->facts - i - 1) * sizeof(struct vg_fact *));
			younger->facts -= i + 1;
			return rc;
		}
	}
	younger->facts = 0;
	younger->merged_into = older->id;
	for (uint16_t i = 0; i < younger->refs && older->refs < VG_TICKET_REFS_MAX; i++)
		older->ref[older->refs++] = younger->ref[i];
	if (older->title_digest == 0)
		older->title_digest = younger->title_digest;
	vg_core_notifications_move(core, younger, older);
	return vg_core_ticket_settle(core, younger, INT64_MIN, NULL);
}
