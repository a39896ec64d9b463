/* alarm_ticket.c - tickets of alarms and of accepted major incidents.
 *
 * What is due follows from the core alone: an alarm that is severe enough, active, shown and
 * without a ticket. The hard thing is what becomes due without any change of it, when a window ends
 * that hid an alarm: then all open ones are looked at again. */
#include "daemon/api/alarm_ticket.h"

#include "daemon/api/alarms.h"
#include "daemon/api/take.h"
#include "lib/base/log.h"
#include "lib/base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define AGAIN_MS (INT64_C(60) * 1000) /* after it, where nobody knows when */

/* A ticket's event, with the strings that it borrows. */
struct ticket {
	struct vg_event event;
	char ref[VG_ALARM_NAME_MAX], event_id[VG_ALARM_NAME_MAX + 8];
	char title[VG_TEXT_MAX + 1];
};

static void
put_number(struct vg_ticket_fields *fields, enum vg_ticket_field field, int64_t number)
{
	fields->set |= VG_TF_BIT(field);
	fields->number[field] = number;
}

static void
put_text(struct vg_ticket_fields *fields, enum vg_ticket_field field, const char *text)
{
	if (*text == '\0')
		return;
	fields->set |= VG_TF_BIT(field);
	fields->text[field] = text;
}

static const struct vg_agreement *
rules_at(const struct vg_core *core, int64_t at_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);

	return agreement != NULL ? agreement : vg_core_agreement_latest(core);
}

/* The agreement's priorities from the highest on: critical, major, minor, all others. */
static const char *
priority_of(const struct vg_agreement *agreement, int severity)
{
	size_t index = 3;

	if (severity >= VG_SEVERITY_MINOR)
		index = (size_t)(VG_SEVERITY_CRITICAL - severity);
	if (agreement == NULL || agreement->priorities == 0)
		return "";
	return agreement
		->priority[index < agreement->priorities ? index : agreement->priorities - 1];
}

/* All but the priority and what the ticket is called; `letter` and `id` name what it is of. */
static void
fill(struct ticket *ticket, char letter, int64_t id, const char *service,
     const char *municipalities, const char *actor, int64_t now_ms)
{
	const bool one = *municipalities != '\0' && strchr(municipalities, ' ') == NULL;
	struct vg_ticket_fields *fields = &ticket->event.body.ticket.fields;

	(void)snprintf(ticket->ref, sizeof(ticket->ref), "%c-%" PRId64, letter, id);
	(void)snprintf(ticket->event_id, sizeof(ticket->event_id), "ticket:%s", ticket->ref);
	ticket->event = (struct vg_event){.kind = VG_KIND_TICKET_REPORTED,
					  .occurred_ms = now_ms,
					  .source = VG_ALARM_TICKET_SOURCE,
					  .event_id = ticket->event_id,
					  .actor = actor,
					  .has_municipality = one,
					  .municipality = one ? municipalities : "",
					  .import = "",
					  .body.ticket = {.ref = ticket->ref, .title_digest = ""}};
	put_number(fields, VG_TF_STATUS, VG_STATUS_NEW);
	put_number(fields, VG_TF_TYPE, VG_TYPE_INCIDENT);
	put_number(fields, VG_TF_CHANNEL, VG_CHANNEL_API);
	put_number(fields, VG_TF_REQUESTER, VG_REQUESTER_ALARM);
	put_text(fields, VG_TF_SERVICE, service);
}

static void
fill_alarm(struct ticket *ticket, const struct vg_core *core, const struct vg_alarm *alarm,
	   const char *actor, int64_t now_ms)
{
	fill(ticket, 'A', alarm->id, alarm->service, alarm->municipalities, actor, now_ms);
	put_text(&ticket->event.body.ticket.fields, VG_TF_PRIORITY,
		 priority_of(rules_at(core, now_ms),
			     alarm->cleared_ms < 0 ? alarm->severity : alarm->worst));
	(void)snprintf(ticket->title, sizeof(ticket->title), "%s: %s", alarm->resource,
		       *alarm->text != '\0' ? alarm->text : alarm->type);
	ticket->title[vg_utf8_valid(ticket->title, strlen(ticket->title))] = '\0'; /* half a one */
}

static void
fill_major(struct ticket *ticket, const struct vg_core *core, const struct vg_proposal *proposal,
	   int64_t now_ms)
{
	fill(ticket, 'F', proposal->id, proposal->service, proposal->municipalities,
	     proposal->actor, now_ms);
	put_text(&ticket->event.body.ticket.fields, VG_TF_PRIORITY,
		 priority_of(rules_at(core, now_ms), VG_SEVERITY_CRITICAL));
	(void)snprintf(ticket->title, sizeof(ticket->title), "Allvarlig incident: %.200s",
		       proposal->service);
}

/* By themselves. */

static void
on_made(const struct vg_live_result *result, void *arg)
{
	struct vg_alarm_tickets *tickets = arg;

	tickets->in_flight--;
	if (result->outcome != VG_RECORD_FAILED)
		return;
	tickets->again_ms = 0;
	vg_log(VG_LOG_WARNING, "alarm_ticket.waits",
	       VG_LOG_TEXT("why", vg_err_text(NULL, result->error)));
}

/* False when nothing more can be submitted now. What the ledger cannot take is told and left. */
static bool
submit(struct vg_api *api, const struct ticket *ticket)
{
	struct vg_alarm_tickets *tickets = &api->alarm_tickets;
	struct vg_err err = {0};
	int rc;

	if (tickets->in_flight >= VG_ALARM_TICKETS_MAX)
		return false;
	rc = vg_live_submit_event(api->live, &ticket->event, ticket->title, NULL, false, on_made,
				  tickets, &err);
	if (rc == 0)
		tickets->in_flight++;
	else if (rc == VG_EFULL || rc == VG_EIO || rc == VG_ENOMEM)
		return false;
	else
		vg_log(VG_LOG_ERROR, "alarm_ticket.refused", VG_LOG_TEXT("ref", ticket->ref),
		       VG_LOG_TEXT("why", vg_err_text(&err, rc)));
	return true;
}

struct turn {
	struct vg_api *api;
	const struct vg_core *core;
	int64_t now_ms;
	int severity; /* from it up; 0 = none */
	bool full;    /* the rest waits */
};

static void
look_again(struct turn *turn, int64_t at_ms)
{
	struct vg_alarm_tickets *tickets = &turn->api->alarm_tickets;

	if (at_ms == INT64_MAX)
		at_ms = turn->now_ms + AGAIN_MS;
	if (at_ms < tickets->again_ms)
		tickets->again_ms = at_ms;
}

static bool
is_due(struct turn *turn, const struct vg_alarm *alarm)
{
	struct vg_alarm_now now;

	if (turn->severity == 0 || alarm->severity < turn->severity || alarm->cleared_ms >= 0)
		return false;
	vg_alarm_at(turn->core, alarm, turn->now_ms, &now);
	if (!now.active)
		return false;
	if (now.hidden != VG_ALARM_SHOWN)
		look_again(turn, now.until_ms);
	return now.hidden == VG_ALARM_SHOWN && vg_core_alarm_ticket(turn->core, alarm) == NULL;
}

static bool
on_alarm(const struct vg_alarm *alarm, void *arg)
{
	struct turn *turn = arg;
	struct ticket ticket;

	if (!is_due(turn, alarm))
		return true;
	fill_alarm(&ticket, turn->core, alarm, "", turn->now_ms);
	turn->full = !submit(turn->api, &ticket);
	return !turn->full;
}

static bool
on_proposal(const struct vg_proposal *proposal, struct turn *turn)
{
	struct ticket ticket;

	if (proposal->kind != VG_PROPOSAL_MAJOR || proposal->state != VG_PROPOSAL_ACCEPTED)
		return true;
	fill_major(&ticket, turn->core, proposal, turn->now_ms);
	if (vg_core_ticket_by_ref(turn->core, VG_ALARM_TICKET_SOURCE, ticket.ref) == NULL)
		turn->full = !submit(turn->api, &ticket);
	return !turn->full;
}

static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct turn *turn = arg;

	if (object->type == VG_OBJECT_ALARM)
		(void)on_alarm(object->of.alarm, turn);
	else if (object->type == VG_OBJECT_PROPOSAL)
		(void)on_proposal(object->of.proposal, turn);
	else if (object->type == VG_OBJECT_AGREEMENT)
		turn->api->alarm_tickets.again_ms = 0; /* it may ask for more */
	if (turn->full)				       /* others of the same row may wait too */
		turn->api->alarm_tickets.seen_seq = object->changed_seq - 1;
	return !turn->full;
}

static void
look_at_changes(struct turn *turn)
{
	struct vg_alarm_tickets *tickets = &turn->api->alarm_tickets;

	vg_core_changed_since(turn->core, tickets->seen_seq, on_changed, turn);
	if (turn->full)
		return;
	tickets->seen_seq = vg_core_seq(turn->core);
	if (turn->now_ms >= tickets->again_ms)
		tickets->sweep_from = 0;
}

static bool
on_open(const struct vg_alarm *alarm, void *arg)
{
	struct turn *turn = arg;
	struct vg_alarm_tickets *tickets = &turn->api->alarm_tickets;

	if (alarm->id < tickets->sweep_from)
		return true;
	(void)on_alarm(alarm, turn);
	if (turn->full)
		tickets->sweep_from = alarm->id;
	return !turn->full;
}

/* Goes on where it found no room before; what changes meanwhile is looked at afterwards. */
static void
sweep(struct turn *turn)
{
	struct vg_alarm_tickets *tickets = &turn->api->alarm_tickets;
	const struct vg_proposal *proposal;

	if (tickets->sweep_from == 0) {
		tickets->seen_seq = vg_core_seq(turn->core);
		tickets->again_ms = INT64_MAX;
	}
	for (size_t i = 0;
	     !turn->full && (proposal = vg_core_item(turn->core, VG_OBJECT_PROPOSAL, i)) != NULL;
	     i++)
		(void)on_proposal(proposal, turn);
	if (!turn->full)
		vg_core_alarms_open(turn->core, on_open, turn);
	if (!turn->full)
		tickets->sweep_from = INT64_MAX;
}

/* Those under way are answered first: until then the core does not know that they have a ticket. */
void
vg_alarm_ticket_turn(struct vg_api *api)
{
	struct vg_alarm_tickets *tickets = &api->alarm_tickets;
	const struct vg_core *core = vg_live_core(api->live);
	struct turn turn = {.api = api, .core = core, .now_ms = vg_live_now_ms(api->live)};
	const struct vg_agreement *agreement = rules_at(core, turn.now_ms);

	if (tickets->in_flight > 0)
		return;
	turn.severity = agreement != NULL ? agreement->alarm_ticket_severity : 0;
	if (tickets->sweep_from == INT64_MAX)
		look_at_changes(&turn);
	if (!turn.full && tickets->sweep_from < INT64_MAX)
		sweep(&turn);
}

/* By a person's word. */

/* Nothing is to be said: the alarm says it all. False: the call is answered. */
static bool
says_nothing(struct vg_call *call)
{
	json_t *object = vg_call_object(call);
	bool nothing = json_object_size(object) == 0;

	if (object == NULL)
		return false;
	if (!nothing)
		vg_reply_problem(call->request, 422, "%.60s: not known here; expected {}",
				 json_object_iter_key(json_object_iter(object)));
	json_decref(object);
	return nothing;
}

void
vg_post_alarm_ticket(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_alarm *alarm = vg_call_alarm(call);
	const struct vg_ticket *known;
	struct vg_take how = {0};
	struct ticket ticket;

	if (alarm == NULL || !says_nothing(call))
		return;
	known = vg_core_alarm_ticket(core, alarm);
	if (known != NULL) {
		vg_reply_json(call->request, 200,
			      json_pack("{s:s, s:I, s:o, s:s}", "alarm", call->param[0], "seq",
					(json_int_t)vg_ticket_id(known), "ticket",
					json_sprintf("V-%" PRId64, vg_ticket_id(known)), "verdict",
					"repeat"));
		return;
	}
	fill_alarm(&ticket, core, alarm, call->who->name, vg_live_now_ms(call->api->live));
	how.title = ticket.title;
	how.extra = json_pack("{s:s}", "alarm", call->param[0]);
	vg_take_event(call, &ticket.event, &how);
}
