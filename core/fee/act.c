/* fee/act.c - what two principals decide: rates, costs, overrides, openings, closings.
 *
 * One proposes, another approves, and only then it holds. The hard thing is who the second one may
 * be: another principal, or the calendar where the agreement lets it; or nobody, where one person
 * is enough. What is in order is judged when it is approved, too. */
#include "core/fee/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_MIN     1970
#define YEAR_MAX     2199
#define RATE_MIN_PPB INT64_C(-999999999)
#define RATE_MAX_PPB INT64_C(1000000000)

static int
refuse(struct vg_verdict *out, const char *reason)
{
	return vg_verdict_set(out, VG_VERDICT_REFUSED, "%s", reason);
}

struct vg_month_text
vg_month_text(int month)
{
	struct vg_month_text text;

	snprintf(text.at, sizeof(text.at), "%04d-%02d", month / 12 % 10000, month % 12 + 1);
	return text;
}

/* Look-ups. */

struct vg_item *
vg_fee_act_item(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.act.id = id};

	return vg_item_find(core, VG_OBJECT_ACT, &key);
}

const struct vg_act *
vg_fee_act(const struct vg_core *core, int64_t id)
{
	const struct vg_item *item = vg_fee_act_item(core, id);

	return item != NULL ? &item->of.act : NULL;
}

bool
vg_fee_act_stands(const struct vg_core *core, int64_t id)
{
	const struct vg_item *item = vg_fee_act_item(core, id);

	return item != NULL && item->of.act.state == VG_ACT_APPROVED;
}

/* Place of the first yearly act that is not before (index, year). */
static size_t
yearly_place(const struct vg_fee_book *book, const char *index, int year)
{
	size_t low = 0, high = book->yearlies;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(book->yearly[mid]->index, index);

		if (order < 0 || (order == 0 && book->yearly[mid]->year < year))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_yearly(const struct vg_fee_book *book, size_t place, const char *index, int year)
{
	return place < book->yearlies && book->yearly[place]->year == year &&
	       strcmp(book->yearly[place]->index, index) == 0;
}

const struct vg_act *
vg_fee_rate(const struct vg_core *core, const char *index, int year)
{
	const struct vg_fee_book *book = core->fee_book;
	size_t i = yearly_place(book, index, year);

	return index[0] != '\0' && is_yearly(book, i, index, year) ? book->yearly[i] : NULL;
}

const struct vg_act *
vg_fee_cost(const struct vg_core *core, int year)
{
	const struct vg_fee_book *book = core->fee_book;
	size_t i = yearly_place(book, "", year);

	return is_yearly(book, i, "", year) ? book->yearly[i] : NULL;
}

const struct vg_act *
vg_fee_override_of(const struct vg_ticket *ticket)
{
	const struct vg_act *act = ticket->fee_override;

	return act != NULL && act->outcome != VG_OVERRIDE_RULES ? act : NULL;
}

const struct vg_act *
vg_fee_override(const struct vg_core *core, int64_t ticket)
{
	const struct vg_ticket *found = vg_core_ticket_exact(core, ticket);

	return found != NULL ? vg_fee_override_of(found) : NULL;
}

/* What follows from an approved act. */

static int
take_yearly(struct vg_fee_book *book, const struct vg_act *act)
{
	size_t i = yearly_place(book, act->index, act->year);

	if (is_yearly(book, i, act->index, act->year)) {
		if (act->changed_seq > book->yearly[i]->changed_seq)
			book->yearly[i] = act;
		return 0;
	}
	if (vg_core_reserve((void **)&book->yearly, &book->yearly_size, book->yearlies + 1,
			    sizeof(*book->yearly)) != 0)
		return VG_CORE_ENOMEM;
	memmove(&book->yearly[i + 1], &book->yearly[i],
		(book->yearlies - i) * sizeof(*book->yearly));
	book->yearly[i] = act;
	book->yearlies++;
	return 0;
}

static void
take_override(struct vg_core *core, const struct vg_act *act)
{
	struct vg_ticket *ticket = vg_core_ticket_exact(core, act->ticket);

	if (ticket != NULL &&
	    (ticket->fee_override == NULL || ticket->fee_override->changed_seq < act->changed_seq))
		ticket->fee_override = act;
}

int
vg_fee_act_take(struct vg_core *core, const struct vg_act *act)
{
	if (act->kind == VG_ACT_CLOSE)
		return 0;
	if (act->changed_seq > core->fee_book->rules_seq)
		core->fee_book->rules_seq = act->changed_seq;
	if (act->kind == VG_ACT_RATE || act->kind == VG_ACT_COST)
		return take_yearly(core->fee_book, act);
	if (act->kind == VG_ACT_OPENING)
		return vg_fee_opening_take(core, act);
	take_override(core, act);
	return 0;
}

static void
mark_ticket(struct vg_core *core, struct vg_ticket *ticket)
{
	if (ticket != NULL)
		vg_core_mark(core, &ticket->link, &ticket->changed_seq);
}

/* Those whose price or place in the fee the act may change. */
static void
mark_tickets(struct vg_core *core, const struct vg_act *act)
{
	if (act->ticket != 0)
		mark_ticket(core, vg_core_ticket_exact(core, act->ticket));
	for (size_t i = 0; act->kind == VG_ACT_RATE && i < core->tickets; i++) {
		if (core->ticket[i]->month_to >= act->year * 12)
			mark_ticket(core, core->ticket[i]);
	}
	if (act->kind == VG_ACT_OPENING)
		vg_fee_opening_mark(core, act);
}

/* Proposals: what each kind must hold. */

static bool
year_holds(const struct vg_act_body *body, struct vg_verdict *out)
{
	if (body->year >= YEAR_MIN && body->year <= YEAR_MAX)
		return true;
	vg_verdict_set(out, VG_VERDICT_REFUSED, "year %d: expected %d to %d", body->year, YEAR_MIN,
		       YEAR_MAX);
	return false;
}

bool
vg_fee_money_holds(int64_t ore, const char *what, struct vg_verdict *out)
{
	if (ore >= 0 && ore <= VG_MONEY_MAX_ORE)
		return true;
	vg_verdict_set(out, VG_VERDICT_REFUSED, "%s of %lld öre: expected 0 to %lld", what,
		       (long long)ore, (long long)VG_MONEY_MAX_ORE);
	return false;
}

static bool
rate_holds(const struct vg_act_body *body, struct vg_act *act, struct vg_verdict *out)
{
	if (!year_holds(body, out))
		return false;
	if (body->index == NULL || body->index[0] == '\0') {
		refuse(out, "a rate is of an index: its name is missing");
		return false;
	}
	if (body->rate_ppb < RATE_MIN_PPB || body->rate_ppb > RATE_MAX_PPB) {
		vg_verdict_set(out, VG_VERDICT_REFUSED, "rate %lld ppb: expected %lld to %lld",
			       (long long)body->rate_ppb, (long long)RATE_MIN_PPB,
			       (long long)RATE_MAX_PPB);
		return false;
	}
	act->index = body->index;
	act->amount_ore = body->rate_ppb;
	return true;
}

static bool
override_holds(const struct vg_core *core, const struct vg_event *event, struct vg_act *act,
	       struct vg_verdict *out)
{
	const struct vg_act_body *body = &event->body.act;
	const struct vg_ticket *ticket =
		vg_core_ticket_find_text(core, event->source, body->ticket);

	if (ticket == NULL)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "no ticket %.100s", body->ticket);
	else if (act->reason == NULL || act->reason[0] == '\0')
		refuse(out, "a reason is needed: it stands beside the ticket that it decides on");
	else {
		act->ticket = out->ticket = ticket->id;
		act->outcome = (int)body->outcome;
		return true;
	}
	return false;
}

bool
vg_fee_scope_holds(const struct vg_core *core, int month, const char *municipalities,
		   struct vg_verdict *out)
{
	char id[VG_LIST_ID_SIZE];
	const struct vg_agreement *agreement = NULL;

	if (month >= VG_MONTH_FIRST && month < VG_MONTH_END)
		agreement = vg_fee_agreement(core, "", month);
	if (agreement == NULL) {
		vg_verdict_set(out, VG_VERDICT_REFUSED, "no agreement with a fee covers month %s",
			       vg_month_text(month).at);
		return false;
	}
	while (vg_list_next(&municipalities, id)) {
		agreement = vg_fee_agreement(core, id, month);
		if (vg_agreement_municipality(agreement, id) != NULL ||
		    vg_fee_first_closed(core, id) >= 0)
			continue;
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "agreement %.40s %.20s has no municipality "
			       "%.60s",
			       agreement->name, agreement->version, id);
		return false;
	}
	return true;
}

int
vg_fee_act_add(struct vg_core *core, const struct vg_act *act, struct vg_verdict *out)
{
	if (vg_items_full(core, VG_OBJECT_ACT, out, "acts"))
		return 0;
	return vg_item_add(core, VG_OBJECT_ACT, act, NULL);
}

/* Decisions. */

static int
settle(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
       enum vg_act_state state, const char *actor)
{
	struct vg_act *act = &item->of.act;

	act->state = (int)state;
	act->decided_ms = event->received_ms;
	if (vg_item_set_text(core, &act->decided_by, actor) != 0 ||
	    vg_item_set_text(core, &act->decided_reason, event->body.act.reason) != 0)
		return VG_CORE_ENOMEM;
	vg_item_mark(core, item);
	return 0;
}

/* An override where one person is enough: it holds from now on. */
static int
propose_override(struct vg_core *core, const struct vg_event *event, struct vg_act *act,
		 struct vg_verdict *out)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, event->received_ms);
	struct vg_item *item;
	int rc;

	if (!override_holds(core, event, act, out))
		return 0;
	if ((rc = vg_fee_act_add(core, act, out)) != 0 || out->code != VG_VERDICT_TAKEN)
		return rc;
	if (agreement == NULL || !agreement->fee.agreed || agreement->fee.override_two)
		return 0;
	item = vg_fee_act_item(core, act->id);
	if ((rc = settle(core, item, event, VG_ACT_APPROVED, event->actor)) != 0 ||
	    (rc = vg_fee_act_take(core, &item->of.act)) != 0)
		return rc;
	mark_tickets(core, &item->of.act);
	return 0;
}

static int
propose(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_act_body *body = &event->body.act;
	struct vg_act act = {.id = event->seq,
			     .state = VG_ACT_WAITING,
			     .author = event->actor,
			     .proposed_ms = event->received_ms,
			     .decided_ms = -1,
			     .reason = body->reason,
			     .document = body->document,
			     .decided_day = body->decided_day};

	if (event->actor[0] == '\0')
		return refuse(out, "nobody proposes this: an act has an author");
	if (event->kind == VG_KIND_OVERRIDE_PROPOSED) {
		act.kind = VG_ACT_OVERRIDE;
		return propose_override(core, event, &act, out);
	}
	if (event->kind == VG_KIND_OPENING_PROPOSED) {
		act.kind = VG_ACT_OPENING;
		return vg_fee_opening_propose(core, event, &act, out);
	}
	if (event->kind == VG_KIND_RATE_PROPOSED) {
		act.kind = VG_ACT_RATE;
		act.year = body->year;
		return rate_holds(body, &act, out) ? vg_fee_act_add(core, &act, out) : 0;
	}
	if (event->kind == VG_KIND_COST_PROPOSED) {
		act.kind = VG_ACT_COST;
		act.year = body->year;
		act.amount_ore = body->cost_ore;
		return year_holds(body, out) && vg_fee_money_holds(body->cost_ore, "a cost", out)
			       ? vg_fee_act_add(core, &act, out)
			       : 0;
	}
	act.kind = VG_ACT_CLOSE;
	act.month = body->month;
	act.municipalities = body->municipalities != NULL ? body->municipalities : "";
	return vg_fee_scope_holds(core, act.month, act.municipalities, out)
		       ? vg_fee_act_add(core, &act, out)
		       : 0;
}

/* The calendar may be the second person of a closing from its day on, where that is agreed. */
static bool
calendar_may(const struct vg_core *core, const struct vg_act *act, int64_t now_ms,
	     struct vg_verdict *out)
{
	const struct vg_agreement *agreement = NULL;
	int64_t day = -1;

	if (act->kind == VG_ACT_CLOSE) {
		agreement = vg_fee_agreement(core, "", act->month);
		day = vg_fee_closing_day(core, act->month);
	}
	if (agreement == NULL || !agreement->fee.automatic_close)
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "P-%lld needs a second person: the agreement lets no calendar "
			       "approve it",
			       (long long)act->id);
	else if (day < 0 || vg_agreement_day_of(agreement, now_ms) < day)
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "P-%lld: the calendar approves %s from working day %lld of the "
			       "month after",
			       (long long)act->id, vg_month_text(act->month).at,
			       (long long)agreement->fee.close_working_day);
	else
		return true;
	return false;
}

static bool
may_approve(const struct vg_core *core, const struct vg_act *act, const struct vg_event *event,
	    struct vg_verdict *out)
{
	if (event->body.act.automatic)
		return calendar_may(core, act, event->received_ms, out);
	if (event->actor[0] != '\0' && strcmp(event->actor, act->author) != 0)
		return true;
	vg_verdict_set(out, VG_VERDICT_REFUSED,
		       "P-%lld was proposed by %.100s: a second principal must approve it",
		       (long long)act->id, act->author);
	return false;
}

static int
approve(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
	struct vg_verdict *out)
{
	const char *actor = event->body.act.automatic ? "" : event->actor;
	struct vg_act *act = &item->of.act;
	int rc;

	if (!may_approve(core, act, event, out) ||
	    (act->kind == VG_ACT_OPENING && !vg_fee_opening_stands(core, act, out)))
		return 0;
	if (act->kind == VG_ACT_CLOSE) {
		rc = vg_fee_close(core, event, act, out);
		return rc != 0 || out->code != VG_VERDICT_TAKEN
			       ? rc
			       : settle(core, item, event, VG_ACT_APPROVED, actor);
	}
	if ((rc = settle(core, item, event, VG_ACT_APPROVED, actor)) != 0 ||
	    (rc = vg_fee_act_take(core, act)) != 0)
		return rc;
	mark_tickets(core, act);
	return act->kind == VG_ACT_OBJECTION ? vg_fee_objection_settle(core, act, actor, true) : 0;
}

/* A rejected opening's tickets may be named again. */
static int
reject(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
       struct vg_verdict *out)
{
	struct vg_act *act = &item->of.act;
	int rc;

	if (event->actor[0] == '\0' || event->body.act.reason == NULL ||
	    event->body.act.reason[0] == '\0')
		return refuse(out, "who rejects says why");
	if ((rc = settle(core, item, event, VG_ACT_REJECTED, event->actor)) != 0)
		return rc;
	if (act->kind == VG_ACT_OPENING)
		vg_fee_opening_drop(core, act);
	return act->kind == VG_ACT_OBJECTION
		       ? vg_fee_objection_settle(core, act, event->actor, false)
		       : 0;
}

int
vg_fee_act_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_item *item;
	int64_t id, n;

	if (event->kind != VG_KIND_ACT_APPROVED && event->kind != VG_KIND_ACT_REJECTED)
		return propose(core, event, out);
	item = vg_own_id(event->body.act.act, 'P', &id, &n) && n < 0 ? vg_fee_act_item(core, id)
								     : NULL;
	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no act %.60s: expected P- and its number",
				      event->body.act.act);
	if (item->of.act.state != VG_ACT_WAITING)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "P-%lld is %s already, by %.100s",
				      (long long)id,
				      vg_act_state_name((enum vg_act_state)item->of.act.state),
				      item->of.act.decided_by[0] != '\0' ? item->of.act.decided_by
									 : "the calendar");
	return event->kind == VG_KIND_ACT_APPROVED ? approve(core, item, event, out)
						   : reject(core, item, event, out);
}
