/* fee/plan.c - which tickets stand in a month's statements, gathered in one walk over them all.
 *
 * Each ticket's decision is held against what the book says of it. What agrees stays; what differs
 * is credited where it was billed, and billed where it is now. The hard thing is a ticket that
 * moves: it may be billed by its new municipality only when the old one's credit goes with the same
 * closing, so what holds a statement back is known before the walk begins. */
#include "core/fee/private.h"

#include <stdlib.h>
#include <string.h>

/* What the book says of a ticket: a line in force, or what an opening knows of it. */
struct booking {
	const struct vg_fee_line *line; /* NULL = by an opening */
	const char *municipality;	/* NULL = nothing bills it */
	int month;
	int64_t price_ore;
};

/* A ticket in the walk. */
struct visit {
	const struct vg_ticket *ticket;
	const struct vg_fee_decision *decision;
	const struct vg_opening_ticket *opened; /* NULL = none, or it was credited */
	const struct vg_opening_ticket *row;	/* whether credited or not */
};

/* Slots. */

static int
compare_slots(const void *a, const void *b)
{
	return strcmp(((const struct vg_fee_slot *)a)->municipality,
		      ((const struct vg_fee_slot *)b)->municipality);
}

static struct vg_fee_slot *
slot_of(const struct vg_fee_plan *plan, const char *municipality)
{
	struct vg_fee_slot key = {.municipality = municipality};

	return plan->slots == 0
		       ? NULL
		       : bsearch(&key, plan->slot, plan->slots, sizeof(key), compare_slots);
}

bool
vg_fee_is_member(const struct vg_core *core, const char *municipality, int month)
{
	const struct vg_agreement *agreement = vg_fee_agreement(core, municipality, month);
	const struct vg_municipality *party;
	struct vg_fee_month known;

	if (agreement == NULL || !vg_fee_month(core, municipality, month, &known))
		return false;
	party = vg_agreement_municipality(agreement, municipality);
	if (known.live_days > 0 || agreement->fee.join_month != VG_JOIN_NONE || party == NULL)
		return known.live_days > 0;
	return party->go_live_ms < vg_agreement_month_start_ms(agreement, month + 1) &&
	       vg_fee_end_ms(&agreement->fee, party) >
		       vg_agreement_month_start_ms(agreement, month);
}

/* Billed before, and away since then. */
static bool
is_former(const struct vg_core *core, const char *municipality, int month)
{
	const struct vg_statement *newest = vg_fee_previous(core, municipality, VG_MONTH_END);

	return newest != NULL && newest->month < month &&
	       !vg_fee_is_member(core, municipality, month);
}

static bool
is_closed(const struct vg_core *core, const char *municipality, int month)
{
	const struct vg_statement *own = vg_fee_statement(core, municipality, month);

	return own != NULL && own->state == VG_STATEMENT_CLOSED;
}

/* The code as an agreement spells it, which lasts as long as the core; NULL = none knows it. */
static const char *
known_code(const struct vg_core *core, const char *code)
{
	for (size_t i = core->versions; i-- > 0;) {
		const struct vg_municipality *party =
			vg_agreement_municipality(core->version[i]->agreement, code);

		if (party != NULL)
			return party->code;
	}
	return NULL;
}

static int
add_slot(struct vg_fee_plan *plan, size_t *size, const char *code)
{
	if (code == NULL)
		return 0;
	if (vg_core_reserve((void **)&plan->slot, size, plan->slots + 1, sizeof(*plan->slot)) != 0)
		return VG_CORE_ENOMEM;
	plan->slot[plan->slots++] = (struct vg_fee_slot){.municipality = code};
	return 0;
}

/* Everybody whom the month may concern, or those that the list names and some agreement knows;
 * ascending, each once. */
static int
add_slots(struct vg_fee_plan *plan, const char *municipalities)
{
	const struct vg_core *core = plan->core;
	bool all = municipalities[0] == '\0';
	char id[VG_LIST_ID_SIZE];
	size_t size = 0, kept = 0;
	int rc = 0;

	while (vg_list_next(&municipalities, id) && rc == 0)
		rc = add_slot(plan, &size, known_code(core, id));
	for (size_t i = 0; all && i < core->versions && rc == 0; i++) {
		const struct vg_agreement *agreement = core->version[i]->agreement;

		for (size_t k = 0; k < agreement->municipalities && rc == 0; k++) {
			const char *code = agreement->municipality[k].code;

			if (vg_fee_is_member(core, code, plan->month) ||
			    is_former(core, code, plan->month) ||
			    is_closed(core, code, plan->month))
				rc = add_slot(plan, &size, code);
		}
	}
	if (plan->slots > 1)
		qsort(plan->slot, plan->slots, sizeof(*plan->slot), compare_slots);
	for (size_t i = 0; i < plan->slots; i++) {
		if (kept == 0 || compare_slots(&plan->slot[kept - 1], &plan->slot[i]) != 0)
			plan->slot[kept++] = plan->slot[i];
	}
	plan->slots = kept;
	return rc;
}

/* Its trial begins with the membership; what came before is billed by nobody. */
static int
trial_from(const struct vg_core *core, const struct vg_fee_slot *slot)
{
	const struct vg_municipality *party =
		vg_agreement_municipality(slot->agreement, slot->municipality);

	return party != NULL ? vg_core_month_of(core, party->go_live_ms) : VG_MONTH_NONE;
}

static int
fill_slot(const struct vg_core *core, struct vg_fee_slot *slot, int month)
{
	int year = month / 12;

	slot->agreement = vg_fee_agreement(core, slot->municipality, month);
	(void)vg_fee_month(core, slot->municipality, month, &slot->month);
	slot->first = slot->month.trial ? trial_from(core, slot)
					: vg_fee_first_month(core, slot->municipality);
	if (slot->month.trial && slot->first < year * 12)
		slot->first = year * 12;
	slot->former = is_former(core, slot->municipality, month);
	vg_fee_slot_hold(core, slot);
	if (slot->first < VG_MONTH_FIRST || slot->first > month)
		return 0;
	slot->settles = !slot->month.trial && (slot->holds & 1U << VG_HOLD_PREVIOUS_OPEN) == 0;
	slot->first_year = slot->first / 12;
	slot->years = (size_t)(year - slot->first_year + 1);
	slot->sum = calloc(slot->years, sizeof(*slot->sum));
	return slot->sum != NULL ? 0 : VG_CORE_ENOMEM;
}

static void
free_slot(struct vg_fee_slot *slot)
{
	free(slot->sum);
	free(slot->row);
}

/* Whether the slot's statement is made at all. */
static bool
is_live(const struct vg_fee_slot *slot)
{
	return slot != NULL && slot->years > 0 && (slot->holds & 1U << VG_HOLD_CLOSED) == 0;
}

int
vg_fee_year_from(const struct vg_core *core, const struct vg_fee_slot *slot, int year)
{
	const struct vg_act *opening = vg_fee_opening(core, slot->municipality);

	if (year > slot->first_year ||
	    (!slot->month.trial && opening != NULL && opening->month / 12 == year))
		return year * 12;
	return slot->first;
}

/* Lines. */

static void
add_gross(const struct vg_fee_plan *plan, struct vg_fee_slot *slot, int month, int64_t price_ore)
{
	int year = month / 12 - slot->first_year;

	if (year < 0 || month > plan->month)
		return;
	slot->sum[year].gross_ore = vg_ore_add(slot->sum[year].gross_ore, price_ore);
	if (month < plan->month)
		slot->sum[year].before_ore = vg_ore_add(slot->sum[year].before_ore, price_ore);
}

static int
add_row(struct vg_fee_plan *plan, struct vg_fee_slot *slot, const struct visit *visit,
	const struct vg_fee_line *what)
{
	const struct vg_fee_decision *decision = visit->decision;
	struct vg_fee_row *row;

	if (vg_core_reserve((void **)&slot->row, &slot->row_size, slot->rows + 1, sizeof(*row)) !=
	    0)
		return VG_CORE_ENOMEM;
	row = &slot->row[slot->rows++];
	row->at_ms = decision->at_ms;
	row->line = *what;
	row->line.municipality = slot->municipality;
	row->line.ticket = visit->ticket->id;
	row->line.reason = (int)decision->reason;
	row->line.act = decision->act;
	row->line.cause_blank = decision->cause_blank;
	row->line.counts_by_links = decision->counts_by_links;
	row->line.bypassed_first_line = decision->bypassed_first_line;
	plan->lines++;
	return 0;
}

static int
add_own(struct vg_fee_plan *plan, struct vg_fee_slot *slot, const struct visit *visit,
	enum vg_fee_line_kind kind, int64_t amount_ore)
{
	struct vg_fee_line line = {.kind = (int)kind,
				   .month = plan->month,
				   .amount_ore = amount_ore,
				   .reason_before = -1};

	if (visit->decision->counts_by_links)
		slot->by_links_ore = vg_ore_add(slot->by_links_ore, visit->decision->price_ore);
	return add_row(plan, slot, visit, &line);
}

/* The newest line by which the municipality itself listed the ticket. */
static const struct vg_fee_line *
listed_by(const struct vg_fee_slot *slot, const struct vg_ticket *ticket)
{
	const struct vg_fee_line *line = ticket->fee_listed;

	return line != NULL && strcmp(line->municipality, slot->municipality) == 0 ? line : NULL;
}

static int
add_credit(struct vg_fee_plan *plan, struct vg_fee_slot *slot, const struct visit *visit,
	   const struct booking *booking)
{
	struct vg_fee_line line = {.kind = VG_LINE_CREDIT,
				   .month = booking->month,
				   .amount_ore = -booking->price_ore,
				   .reason_before = VG_FEE_COUNTABLE};

	if (booking->line != NULL) {
		line.reason_before = booking->line->reason;
		line.corrects = booking->line->id;
	}
	return add_row(plan, slot, visit, &line);
}

static int
add_billing(struct vg_fee_plan *plan, struct vg_fee_slot *slot, const struct visit *visit)
{
	const struct vg_fee_decision *decision = visit->decision;
	const struct vg_fee_line *listed = listed_by(slot, visit->ticket);
	struct vg_fee_line line = {.kind = VG_LINE_DEBIT,
				   .month = decision->month,
				   .amount_ore = decision->price_ore,
				   .reason_before = -1};

	add_gross(plan, slot, decision->month, decision->price_ore);
	if (decision->month == plan->month)
		return add_own(plan, slot, visit, VG_LINE_COUNTED, decision->price_ore);
	if (!slot->settles)
		return 0;
	if (listed != NULL) {
		line.reason_before = listed->reason;
		line.corrects = listed->id;
	}
	return add_row(plan, slot, visit, &line);
}

static int
add_not_counted(struct vg_fee_plan *plan, struct vg_fee_slot *slot, const struct visit *visit)
{
	const struct vg_fee_decision *decision = visit->decision;
	struct vg_fee_line line = {
		.kind = VG_LINE_LATE, .month = decision->month, .reason_before = -1};

	if (decision->month == plan->month)
		return add_own(plan, slot, visit, VG_LINE_NOT_COUNTED, 0);
	if (!slot->settles || decision->month < slot->first || decision->month > plan->month ||
	    listed_by(slot, visit->ticket) != NULL)
		return 0;
	return add_row(plan, slot, visit, &line);
}

/* The walk. */

/* What bills the ticket. An opening's row comes before a line: by it the ticket was billed first.
 */
static struct booking
booking_of(const struct visit *visit)
{
	const struct vg_fee_line *line = visit->ticket->fee_billed;
	const struct vg_opening_ticket *opened = visit->opened;

	if (opened != NULL)
		return (struct booking){NULL, opened->municipality, opened->month,
					opened->price_ore};
	if (line != NULL)
		return (struct booking){line, line->municipality, line->month, line->amount_ore};
	return (struct booking){.municipality = NULL};
}

/* Whether the decision says what is booked. Of what an opening billed only the debtor is judged
 * again: its month and price are those of another book, and where no rules judge, it stands. */
static bool
stands(const struct booking *booking, const struct vg_fee_decision *decision)
{
	if (booking->line == NULL &&
	    (!decision->ended || (decision->reason != VG_FEE_GONE && decision->agreement == NULL)))
		return true;
	if (!decision->ended || !decision->counts ||
	    strcmp(booking->municipality, decision->municipality) != 0)
		return false;
	return booking->line == NULL ||
	       (booking->month == decision->month && booking->price_ore == decision->price_ore);
}

/* A line beside an opening's row: two tickets turned out to be one, and both were billed. */
static int
credit_surplus(struct vg_fee_plan *plan, const struct visit *visit)
{
	const struct vg_fee_line *line = visit->ticket->fee_billed;
	struct vg_fee_decision decision = *visit->decision;
	struct visit again = {visit->ticket, &decision, NULL, visit->row};
	struct booking booking;
	struct vg_fee_slot *slot;

	if (line == NULL || visit->opened == NULL)
		return 0;
	decision.reason = VG_FEE_DUPLICATE;
	booking = booking_of(&again);
	slot = slot_of(plan, booking.municipality);
	return is_live(slot) && slot->settles ? add_credit(plan, slot, &again, &booking) : 0;
}

/* Whether the slot may bill the ticket now: it counts there in a month that is billed, or that an
 * opening billed before. */
static bool
may_bill(const struct vg_fee_slot *slot, const struct visit *visit)
{
	const struct vg_fee_decision *decision = visit->decision;

	if (decision->month > slot->month.month)
		return false;
	return decision->month >= slot->first ||
	       (visit->row != NULL && !slot->month.trial &&
		decision->month / 12 >= slot->first_year &&
		strcmp(visit->row->municipality, slot->municipality) == 0);
}

/* Lists the ticket where it is decided to be. */
static int
list_now(struct vg_fee_plan *plan, const struct visit *visit, const struct booking *booking)
{
	const struct vg_fee_decision *decision = visit->decision;
	struct vg_fee_slot *payer = NULL, *biller = NULL;

	if (decision->ended && decision->month != VG_MONTH_NONE)
		payer = slot_of(plan, decision->municipality);
	if (!is_live(payer))
		return 0;
	if (!decision->counts)
		return add_not_counted(plan, payer, visit);
	if (visit->opened != NULL && visit->ticket->fee_billed != NULL)
		return 0; /* billed twice: both are credited first */
	if (booking->municipality != NULL) {
		biller = slot_of(plan, booking->municipality);
		if (biller != payer && (!is_live(biller) || biller->held || !biller->settles))
			return 0;
	}
	return may_bill(payer, visit) ? add_billing(plan, payer, visit) : 0;
}

static int
visit_ticket(struct vg_fee_plan *plan, const struct vg_ticket *ticket)
{
	const struct vg_fee_memo *memo = vg_fee_remember(plan->core, ticket);
	struct visit visit = {ticket, &memo->decision,
			      ticket->fee_opening_over ? NULL : memo->opened, memo->opened};
	struct booking booking = booking_of(&visit);
	struct vg_fee_slot *biller;
	int rc;

	if (booking.municipality == NULL)
		return list_now(plan, &visit, &booking);
	if ((rc = credit_surplus(plan, &visit)) != 0)
		return rc;
	biller = slot_of(plan, booking.municipality);
	if (stands(&booking, visit.decision)) {
		if (is_live(biller))
			add_gross(plan, biller, booking.month, booking.price_ore);
		return 0;
	}
	if (is_live(biller) && biller->settles)
		rc = add_credit(plan, biller, &visit, &booking);
	return rc != 0 ? rc : list_now(plan, &visit, &booking);
}

/* A month that is closed for everybody asks nothing of them. */
static int
visit_tickets(struct vg_fee_plan *plan)
{
	size_t live = 0;
	int rc = 0;

	for (size_t i = 0; i < plan->slots; i++)
		live += is_live(&plan->slot[i]);
	for (size_t i = 0; live > 0 && i < plan->core->tickets && rc == 0; i++)
		rc = visit_ticket(plan, plan->core->ticket[i]);
	return rc;
}

/* Rows of approved openings whose tickets are not known here stand as they are. */
static void
add_unknown_openings(struct vg_fee_plan *plan)
{
	const struct vg_items *rows = &plan->core->items[VG_OBJECT_OPENING_TICKET];

	for (size_t i = 0; i < rows->n; i++) {
		const struct vg_opening_ticket *row = &rows->item[i]->of.opening_ticket;
		struct vg_fee_slot *slot = slot_of(plan, row->municipality);

		if (is_live(slot) && !slot->month.trial &&
		    vg_fee_act_stands(plan->core, row->act) &&
		    vg_core_ref_find_text(plan->core, row->source, row->ref) == NULL)
			add_gross(plan, slot, row->month, row->price_ore);
	}
}

/* A former member with nothing to settle is none; nobody asks for its statement but by name. */
static int
leave_out_settled(struct vg_fee_plan *plan, bool unasked)
{
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < plan->slots && rc == 0; i++) {
		struct vg_fee_slot *slot = &plan->slot[i];
		bool differs = true;

		if (slot->former)
			rc = vg_fee_slot_differs(plan, slot, &differs);
		if (!differs) {
			slot->holds |= 1U << VG_HOLD_NOT_MEMBER;
			slot->held = true;
		}
	}
	for (size_t i = 0; i < plan->slots && unasked && rc == 0; i++) {
		struct vg_fee_slot *slot = &plan->slot[i];

		if (slot->former && (slot->holds & 1U << VG_HOLD_NOT_MEMBER) != 0)
			free_slot(slot);
		else
			plan->slot[kept++] = *slot;
	}
	if (unasked && rc == 0)
		plan->slots = kept;
	return rc;
}

static bool
has_fee(const struct vg_core *core, int month)
{
	return month >= VG_MONTH_FIRST && month < VG_MONTH_END - 1 &&
	       vg_fee_agreement(core, "", month) != NULL;
}

int
vg_fee_plan_make(const struct vg_core *core, int month, const char *municipalities,
		 struct vg_fee_plan *out)
{
	int rc;

	*out = (struct vg_fee_plan){.core = core, .month = month};
	if (!has_fee(core, month))
		return VG_CORE_ENOTFOUND;
	if ((rc = vg_fee_memo_ready(core)) != 0 || (rc = add_slots(out, municipalities)) != 0)
		return rc;
	for (size_t i = 0; i < out->slots && rc == 0; i++)
		rc = fill_slot(core, &out->slot[i], month);
	if (rc == 0)
		rc = visit_tickets(out);
	if (rc != 0)
		return rc;
	add_unknown_openings(out);
	return leave_out_settled(out, municipalities[0] == '\0');
}

void
vg_fee_plan_free(struct vg_fee_plan *plan)
{
	for (size_t i = 0; i < plan->slots; i++)
		free_slot(&plan->slot[i]);
	free(plan->slot);
	plan->slot = NULL;
	plan->slots = 0;
}
