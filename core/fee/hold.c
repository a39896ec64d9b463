/* fee/hold.c - what keeps a municipality's month from being closed, or is printed on its statement.
 *
 * Some of it always holds; what may be carried forward instead is the agreement's choice. The hard
 * thing is to hold back no more than the one municipality that something concerns: whatever waits
 * is asked for whom it matters, and whether it reaches back into the month. */
#include "core/fee/private.h"

#include <string.h>

#define HOLD(hold) (1U << VG_HOLD_##hold)

#define ALWAYS                                                                                     \
	(HOLD(NOT_ENDED) | HOLD(NO_FEE) | HOLD(NOT_MEMBER) | HOLD(CLOSED) | HOLD(PREVIOUS_OPEN) |  \
	 HOLD(PREVIOUS_UNPUBLISHED) | HOLD(NO_SIGNING) | HOLD(NO_RATE) | HOLD(NO_READING))

unsigned
vg_fee_holding(const struct vg_agreement *agreement, unsigned holds)
{
	unsigned holding = ALWAYS;

	if (agreement->fee.late_reading == VG_MISSING_HOLD)
		holding |= HOLD(LATE_READING);
	if (agreement->fee.waiting_approval == VG_MISSING_HOLD)
		holding |= HOLD(WAITS_APPROVAL);
	if (agreement->fee.quarantine == VG_MISSING_HOLD)
		holding |= HOLD(QUARANTINE);
	return holds & holding;
}

/* What waits for a second person. */

static bool
outage_waits(const struct vg_core *core, const char *municipality, int64_t end_ms)
{
	const struct vg_items *items = &core->items[VG_OBJECT_OUTAGE];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_outage_record *record = &items->item[i]->of.outage;

		if (record->approved_by[0] == '\0' && record->from_ms < end_ms &&
		    vg_list_holds(record->municipalities, municipality))
			return true;
	}
	return false;
}

/* Entered when it had begun, or taken back, and nobody else has agreed. */
static bool
window_waits(const struct vg_core *core, const char *municipality, int64_t end_ms)
{
	const struct vg_items *items = &core->items[VG_OBJECT_WINDOW];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_window *window = &items->item[i]->of.window;
		bool waits = window->withdrawn ? window->withdrawal_approved_by[0] == '\0'
					       : window->approved_by[0] == '\0' &&
							 window->planned_ms > window->from_ms;

		if (waits && window->from_ms < end_ms &&
		    vg_list_holds(window->municipalities, municipality))
			return true;
	}
	return false;
}

/* Rates and closings wait for nobody's month: a missing rate holds by itself. */
static bool
act_concerns(const struct vg_core *core, const struct vg_act *act, const char *municipality,
	     int month)
{
	const struct vg_ticket *ticket;
	const struct vg_fee_memo *memo;

	if (act->kind == VG_ACT_OPENING || act->kind == VG_ACT_OBJECTION)
		return act->month <= month && strcmp(act->municipalities, municipality) == 0;
	if (act->kind != VG_ACT_OVERRIDE ||
	    (ticket = vg_core_ticket_exact(core, act->ticket)) == NULL)
		return false;
	memo = vg_fee_remember(core, ticket);
	return memo->decision.ended && memo->decision.month <= month &&
	       strcmp(memo->decision.municipality, municipality) == 0;
}

static bool
act_waits(const struct vg_core *core, const char *municipality, int month)
{
	const struct vg_items *items = &core->items[VG_OBJECT_ACT];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_act *act = &items->item[i]->of.act;

		if (act->state == VG_ACT_WAITING && act_concerns(core, act, municipality, month))
			return true;
	}
	return false;
}

static bool
is_quarantined(const struct vg_core *core, const char *municipality, int64_t end_ms)
{
	const struct vg_items *items = &core->items[VG_OBJECT_QUARANTINED];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_quarantined *fact = &items->item[i]->of.quarantined;

		if (!fact->retaken && fact->occurred_ms < end_ms &&
		    strcmp(fact->municipality, municipality) == 0)
			return true;
	}
	return false;
}

/* All of it. */

/* Months when it was away have nothing to close. */
static unsigned
hold_by_statements(const struct vg_core *core, const struct vg_fee_slot *slot)
{
	const char *municipality = slot->municipality;
	int month = slot->month.month;
	const struct vg_statement *own = vg_fee_statement(core, municipality, month);
	const struct vg_statement *before = vg_fee_previous(core, municipality, month);

	if (own != NULL && own->state == VG_STATEMENT_CLOSED)
		return HOLD(CLOSED);
	if (slot->month.trial || slot->first < VG_MONTH_FIRST)
		return 0;
	for (int k = before != NULL ? before->month + 1 : slot->first; k < month; k++) {
		if (vg_fee_is_member(core, municipality, k))
			return HOLD(PREVIOUS_OPEN);
	}
	return before != NULL && before->published_ms == -1 ? HOLD(PREVIOUS_UNPUBLISHED) : 0;
}

/* Nobody reads the users of one that has left. */
static unsigned
hold_by_month(const struct vg_fee_slot *slot)
{
	const struct vg_fee_month *month = &slot->month;
	unsigned holds = 0;

	if (month->price.no_signing)
		holds |= HOLD(NO_SIGNING);
	if (month->price.missing_year != 0)
		holds |= HOLD(NO_RATE);
	if (month->reading_seq == 0 && !slot->former)
		holds |= HOLD(NO_READING);
	if (month->late && !slot->former)
		holds |= HOLD(LATE_READING);
	if (month->trial)
		holds |= HOLD(TRIAL);
	return holds;
}

void
vg_fee_slot_hold(const struct vg_core *core, struct vg_fee_slot *slot)
{
	int month = slot->month.month;
	int64_t end_ms = vg_agreement_month_start_ms(slot->agreement, month + 1);

	slot->held = true;
	if (end_ms == -1) {
		slot->holds = HOLD(NO_FEE);
		return;
	}
	slot->holds = hold_by_statements(core, slot) | hold_by_month(slot);
	if (core->received_ms < end_ms)
		slot->holds |= HOLD(NOT_ENDED);
	if (!slot->former && !vg_fee_is_member(core, slot->municipality, month))
		slot->holds |= HOLD(NOT_MEMBER);
	if (outage_waits(core, slot->municipality, end_ms) ||
	    window_waits(core, slot->municipality, end_ms) ||
	    act_waits(core, slot->municipality, month))
		slot->holds |= HOLD(WAITS_APPROVAL);
	if (is_quarantined(core, slot->municipality, end_ms))
		slot->holds |= HOLD(QUARANTINE);
	slot->held = vg_fee_holding(slot->agreement, slot->holds) != 0;
}
