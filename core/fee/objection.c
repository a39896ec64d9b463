/* fee/objection.c - a municipality objects to a line of its statement, or to its users; VGR
 * decides.
 *
 * An accepted objection changes no statement: it is an act that takes the ticket out of what
 * counts, and the next statement credits it. Small ones are accepted by one person, larger ones by
 * two. The hard thing is which line is meant: the one of that statement that bills the ticket now.
 */
#include "core/fee/private.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static int
refuse(struct vg_verdict *out, const char *reason)
{
	return vg_verdict_set(out, VG_VERDICT_REFUSED, "%s", reason);
}

static struct vg_item *
objection_item(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.objection.id = id};

	return vg_item_find(core, VG_OBJECT_OBJECTION, &key);
}

/* Raising. */

/* The version by whose rules a statement was closed. */
static const struct vg_fee_rules *
rules_of(const struct vg_core *core, const struct vg_statement *statement)
{
	for (size_t i = core->versions; i-- > 0;) {
		if (core->version[i]->agreement->seq == statement->agreement)
			return &core->version[i]->agreement->fee;
	}
	return NULL;
}

/* Whole days from when it was made available; the last of them is inside. */
static bool
is_late(const struct vg_core *core, const struct vg_statement *statement, int64_t now_ms)
{
	const struct vg_fee_rules *rules = rules_of(core, statement);
	const struct vg_agreement *latest = vg_core_agreement_latest(core);
	int64_t from = INT64_MIN, now = INT64_MIN, days = rules != NULL ? rules->objection_days : 0;

	if (latest != NULL) {
		from = vg_agreement_day_of(latest, statement->published_ms);
		now = vg_agreement_day_of(latest, now_ms);
	}
	if (from == INT64_MIN || now == INT64_MIN)
		return (now_ms - statement->published_ms) / DAY_MS > days;
	return now - from > days;
}

/* The statement that may be objected to; NULL after a refusal. */
static const struct vg_statement *
objectionable(const struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	int month = event->body.objection.month;
	const char *municipality = event->has_municipality ? event->municipality : "";
	const struct vg_statement *statement = vg_fee_statement(core, municipality, month);

	if (municipality[0] == '\0')
		refuse(out, "an objection is a municipality's: it states none");
	else if (statement == NULL || statement->state != VG_STATEMENT_CLOSED || statement->trial)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "%.60s has no closed statement of %s",
			       municipality, vg_month_text(month).at);
	else if (statement->published_ms == -1)
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "the statement of %s is not made available yet",
			       vg_month_text(month).at);
	else if (is_late(core, statement, event->received_ms))
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "too late: objections to %s were taken for %lld days",
			       vg_month_text(month).at,
			       (long long)rules_of(core, statement)->objection_days);
	else
		return statement;
	return NULL;
}

/* The line of the statement that bills the ticket, named by its own id even after it was merged;
 * NULL after a refusal. */
static const struct vg_fee_line *
disputed_line(const struct vg_core *core, const struct vg_event *event,
	      const struct vg_statement *statement, struct vg_verdict *out)
{
	const char *text = event->body.objection.ticket;
	const struct vg_ticket *ticket;
	const struct vg_fee_line *line;
	int64_t id, n;

	if (vg_own_id(text, 'V', &id, &n) && n < 0)
		ticket = vg_core_ticket_exact(core, id);
	else
		ticket = vg_core_ticket_find_text(core, event->source, text);
	if (ticket == NULL) {
		vg_verdict_set(out, VG_VERDICT_REFUSED, "no ticket %.100s", text);
		return NULL;
	}
	out->ticket = ticket->id;
	line = ticket->fee_billed;
	if (line != NULL && line->statement == statement->id)
		return line;
	vg_verdict_set(out, VG_VERDICT_REFUSED,
		       "ticket V-%lld is not billed by the statement of %s: nothing of it is in "
		       "force there",
		       (long long)ticket->id, vg_month_text(statement->month).at);
	return NULL;
}

/* The objection to the same that is open, or accepted and still to be credited; NULL = none. */
static const struct vg_objection *
same_before(const struct vg_core *core, const struct vg_objection *objection)
{
	const struct vg_items *items = &core->items[VG_OBJECT_OBJECTION];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_objection *other = &items->item[i]->of.objection;
		bool stands = other->state == VG_OBJECTION_OPEN ||
			      (other->state == VG_OBJECTION_ACCEPTED && other->line != 0);

		if (stands && other->line == objection->line && other->month == objection->month &&
		    strcmp(other->municipality, objection->municipality) == 0)
			return other;
	}
	return NULL;
}

static int
raise(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_objection_body *body = &event->body.objection;
	const struct vg_statement *statement = objectionable(core, event, out);
	struct vg_objection objection = {.id = event->seq,
					 .municipality = event->municipality,
					 .month = body->month,
					 .reason = body->reason,
					 .author = event->actor,
					 .raised_ms = event->received_ms,
					 .state = VG_OBJECTION_OPEN,
					 .decided_ms = -1};
	const struct vg_objection *other;
	const struct vg_fee_line *line;

	if (statement == NULL)
		return 0;
	if (body->reason == NULL || body->reason[0] == '\0')
		return refuse(out, "an objection says why");
	if (body->ticket != NULL && body->ticket[0] != '\0') {
		if ((line = disputed_line(core, event, statement, out)) == NULL)
			return 0;
		objection.ticket = line->ticket;
		objection.line = line->id;
	}
	if ((other = same_before(core, &objection)) != NULL)
		return vg_verdict_set(
			out, VG_VERDICT_REFUSED, "objection D-%lld to the same is %s already",
			(long long)other->id,
			vg_objection_state_name((enum vg_objection_state)other->state));
	if (vg_items_full(core, VG_OBJECT_OBJECTION, out, "objections"))
		return 0;
	return vg_item_add(core, VG_OBJECT_OBJECTION, &objection, NULL);
}

/* Deciding. */

static int
end(struct vg_core *core, struct vg_item *item, enum vg_objection_state state, const char *actor,
    const char *answer)
{
	struct vg_objection *objection = &item->of.objection;

	objection->state = (int)state;
	objection->decided_ms = core->received_ms;
	if (vg_item_set_text(core, &objection->decided_by, actor) != 0 ||
	    vg_item_set_text(core, &objection->answer, answer) != 0)
		return VG_CORE_ENOMEM;
	vg_item_mark(core, item);
	return 0;
}

int
vg_fee_objection_settle(struct vg_core *core, const struct vg_act *act, const char *actor,
			bool approved)
{
	struct vg_item *item = objection_item(core, act->objection);

	if (item == NULL)
		return 0;
	if (approved)
		return end(core, item, VG_OBJECTION_ACCEPTED, actor, act->reason);
	item->of.objection.act = 0;
	vg_item_mark(core, item);
	return 0;
}

/* The act that takes the ticket out of what counts: approved at once, or it waits for the second
 * person. */
static int
add_act(struct vg_core *core, struct vg_item *item, const struct vg_event *event, int64_t at_stake,
	bool alone, struct vg_verdict *out)
{
	struct vg_objection *objection = &item->of.objection;
	struct vg_act act = {.id = event->seq,
			     .kind = VG_ACT_OBJECTION,
			     .state = alone ? VG_ACT_APPROVED : VG_ACT_WAITING,
			     .author = event->actor,
			     .decided_by = alone ? event->actor : "",
			     .proposed_ms = event->received_ms,
			     .decided_ms = alone ? event->received_ms : -1,
			     .reason = event->body.objection.reason,
			     .municipalities = objection->municipality,
			     .month = objection->month,
			     .amount_ore = at_stake,
			     .decided_day = -1,
			     .ticket = objection->ticket,
			     .outcome = VG_OVERRIDE_NOT,
			     .objection = objection->id};
	struct vg_ticket *ticket = vg_core_ticket_exact(core, objection->ticket);
	struct vg_item *added;
	int rc;

	if (vg_items_full(core, VG_OBJECT_ACT, out, "acts"))
		return 0;
	if ((rc = vg_item_add(core, VG_OBJECT_ACT, &act, &added)) != 0)
		return rc;
	objection->act = act.id;
	vg_item_mark(core, item);
	if (!alone)
		return vg_verdict_set(out, VG_VERDICT_TAKEN, "P-%lld waits for a second principal",
				      (long long)act.id);
	if ((rc = vg_fee_act_take(core, &added->of.act)) != 0)
		return rc;
	if (ticket != NULL)
		vg_core_mark(core, &ticket->link, &ticket->changed_seq);
	return end(core, item, VG_OBJECTION_ACCEPTED, event->actor, event->body.objection.reason);
}

/* Users are put right by a reading; a line that is no longer in force is credited already. */
static int
accept(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
       struct vg_verdict *out)
{
	const struct vg_objection *objection = &item->of.objection;
	const struct vg_fee_line *line =
		objection->ticket != 0 ? vg_fee_billed(core, objection->ticket) : NULL;
	const struct vg_statement *statement =
		vg_fee_statement(core, objection->municipality, objection->month);
	const struct vg_fee_rules *rules = statement != NULL ? rules_of(core, statement) : NULL;

	if (line == NULL || line->id != objection->line)
		return end(core, item, VG_OBJECTION_ACCEPTED, event->actor,
			   event->body.objection.reason);
	return add_act(core, item, event, line->amount_ore,
		       rules != NULL && line->amount_ore <= rules->objection_one_person_ore, out);
}

static int
decide(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
       struct vg_verdict *out)
{
	const struct vg_objection *objection = &item->of.objection;
	const struct vg_objection_body *body = &event->body.objection;
	long long id = (long long)objection->id;

	if (objection->state != VG_OBJECTION_OPEN)
		return vg_verdict_set(
			out, VG_VERDICT_REFUSED, "D-%lld is %s already, by %.100s", id,
			vg_objection_state_name((enum vg_objection_state)objection->state),
			objection->decided_by);
	if (objection->act != 0)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "D-%lld waits for a second principal: decide on P-%lld", id,
				      (long long)objection->act);
	if (event->actor[0] == '\0' || strcmp(event->actor, objection->author) == 0)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "D-%lld was raised by %.100s: another principal decides on "
				      "it",
				      id, objection->author);
	if (body->reason == NULL || body->reason[0] == '\0')
		return refuse(out, "who decides on an objection says why");
	if (body->accepted)
		return accept(core, item, event, out);
	return end(core, item, VG_OBJECTION_REJECTED, event->actor, body->reason);
}

int
vg_fee_objection_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_item *item;
	int64_t id, n;

	if (event->kind == VG_KIND_OBJECTION_RAISED)
		return raise(core, event, out);
	item = vg_own_id(event->body.objection.objection, 'D', &id, &n) && n < 0
		       ? objection_item(core, id)
		       : NULL;
	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no objection %.60s: expected D- and its number",
				      event->body.objection.objection);
	return decide(core, item, event, out);
}
