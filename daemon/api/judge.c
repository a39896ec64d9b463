/* judge.c - what outages, windows and figures of availability share. */
#include "daemon/api/judge.h"

#include "daemon/api/alarms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an event states of municipalities, and what the thing that it names is about; NULL = it
 * states nothing, or names nothing that is there. */
struct reach {
	const char *stated, *about;
};

static struct reach
reach_of_outage(const struct vg_core *core, const struct vg_event *event)
{
	const struct vg_outage_body *body = &event->body.outage;
	const struct vg_outage_record *record;
	struct reach reach = {NULL, NULL};
	int64_t id, n;

	if (event->kind == VG_KIND_OUTAGE_RECORDED || (body->set & VG_OUTAGE_SET_MUNICIPALITIES))
		reach.stated = body->municipalities;
	if (event->kind != VG_KIND_OUTAGE_RECORDED && vg_judge_id(body->outage, 'O', &id, &n) &&
	    (record = vg_core_outage(core, id)) != NULL)
		reach.about = record->municipalities;
	return reach;
}

static struct reach
reach_of_window(const struct vg_core *core, const struct vg_event *event)
{
	const struct vg_window_body *body = &event->body.window;
	const struct vg_window *window;
	struct reach reach = {NULL, NULL};
	int64_t series, n;

	if (event->kind == VG_KIND_WINDOW_PLANNED)
		reach.stated = body->municipalities;
	else if (vg_judge_id(body->window, 'W', &series, &n) &&
		 (window = vg_core_window(core, series, n < 0 ? 0 : n)) != NULL)
		reach.about = window->municipalities;
	return reach;
}

/* Whoever an alarm concerns may acknowledge it; what takes it out of the list takes it out of
 * others' too. */
static bool
may_act(const struct vg_core *core, const struct vg_principal *who, const struct vg_event *event)
{
	const struct vg_alarm *alarm = vg_core_alarm_named(core, event->body.alarm.alarm);

	if (alarm == NULL)
		return true;
	if (event->kind == VG_KIND_ALARM_ACKNOWLEDGED)
		return vg_alarm_concerns(core, alarm, who->municipality, event->occurred_ms);
	return strcmp(alarm->municipalities, who->municipality) == 0;
}

static struct reach
reach_of_proposal(const struct vg_core *core, const struct vg_event *event)
{
	const struct vg_proposal *proposal = NULL;
	struct reach reach = {NULL, NULL};
	int64_t id, n;

	if (vg_judge_id(event->body.proposal.proposal, 'F', &id, &n) && n < 0)
		proposal = vg_core_proposal(core, id);
	if (proposal != NULL)
		reach.about = proposal->municipalities;
	return reach;
}

/* What a source says of resources that it shares with others concerns its own municipality. */
static bool
may_report(const struct vg_principal *who, const struct vg_notices_body *body)
{
	for (size_t i = 0; i < body->count; i++)
		if (*body->notice[i].municipality != '\0' &&
		    strcmp(body->notice[i].municipality, who->municipality) != 0)
			return false;
	return true;
}

static bool
may_map(const struct vg_principal *who, const struct vg_resources_body *body)
{
	for (size_t i = 0; i < body->count; i++)
		if (strcmp(body->row[i].municipalities, who->municipality) != 0)
			return false;
	return true;
}

bool
vg_judge_may(const struct vg_core *core, const struct vg_principal *who,
	     const struct vg_event *event)
{
	struct reach reach = {NULL, NULL};

	if (*who->municipality == '\0')
		return true;
	if (event->kind >= VG_KIND_OUTAGE_RECORDED && event->kind <= VG_KIND_OUTAGE_WITHDRAWN)
		reach = reach_of_outage(core, event);
	if (event->kind >= VG_KIND_WINDOW_PLANNED && event->kind <= VG_KIND_WINDOW_WITHDRAWN)
		reach = reach_of_window(core, event);
	if (event->kind == VG_KIND_PROPOSAL_ACCEPTED || event->kind == VG_KIND_PROPOSAL_REFUSED)
		reach = reach_of_proposal(core, event);
	if (event->kind >= VG_KIND_ALARM_ACKNOWLEDGED && event->kind <= VG_KIND_ALARM_CLOSED)
		return may_act(core, who, event);
	if (event->kind == VG_KIND_ALARMS_REPORTED)
		return may_report(who, &event->body.notices);
	if (event->kind == VG_KIND_RESOURCES_MAPPED)
		return may_map(who, &event->body.resources);
	return (reach.stated == NULL || strcmp(reach.stated, who->municipality) == 0) &&
	       (reach.about == NULL || strcmp(reach.about, who->municipality) == 0);
}

bool
vg_judge_time(struct vg_call *call, json_t *object, const char *member, const char *ms_member)
{
	const json_t *value = json_object_get(object, member);
	struct vg_err err = {0};
	int64_t at_ms;

	if (value == NULL)
		return true;
	if (json_is_null(value)) {
		json_object_set_new(object, ms_member, json_null());
	} else if (json_is_string(value) && vg_parse_time(json_string_value(value), &at_ms, &err)) {
		json_object_set_new(object, ms_member, json_integer(at_ms));
	} else {
		vg_reply_problem(call->request, 422,
				 "%s: expected a time as 2026-11-20T08:30:00+01:00", member);
		return false;
	}
	json_object_del(object, member);
	return true;
}

json_t *
vg_judge_ids(const char *ids)
{
	json_t *list = json_array();

	while (*ids != '\0') {
		size_t length = strcspn(ids, " ");

		json_array_append_new(list, json_stringn(ids, length));
		ids += length;
		ids += *ids == ' ';
	}
	return list;
}

bool
vg_judge_has_id(const char *ids, const char *id)
{
	const size_t length = strlen(id);

	if (*ids == '\0')
		return true;
	for (; *ids != '\0'; ids += *ids == ' ') {
		const size_t next = strcspn(ids, " ");

		if (next == length && memcmp(ids, id, length) == 0)
			return true;
		ids += next;
	}
	return false;
}

/* Digits to a number, and *end behind them; -1 = none, or too many. */
static int64_t
take_number(const char *text, const char **end)
{
	const size_t digits = strspn(text, "0123456789");

	*end = text + digits;
	return digits == 0 || digits > 15 ? -1 : strtoll(text, NULL, 10);
}

bool
vg_judge_id(const char *text, char letter, int64_t *number, int64_t *n)
{
	const char *end;

	*n = -1;
	if (text[0] != letter || text[1] != '-' || (*number = take_number(text + 2, &end)) < 0)
		return false;
	if (*end == '.' && (*n = take_number(end + 1, &end)) < 0)
		return false;
	return *end == '\0';
}

void
vg_judge_put_scope(json_t *object, const struct vg_scope *scope)
{
	json_object_set_new(object, "service", json_string(scope->service));
	if (scope->channel != NULL)
		json_object_set_new(object, "channel", json_string(scope->channel));
	json_object_set_new(object, "municipality",
			    scope->municipality == NULL ? json_null()
							: json_string(scope->municipality));
}

bool
vg_judge_filter(struct vg_call *call, struct vg_scope *filter)
{
	*filter = (struct vg_scope){
		.service = vg_call_query(call, "service"),
		.channel = vg_call_query(call, "channel"),
		.municipality = vg_call_query(call, "municipality"),
	};
	if (filter->municipality == NULL && *call->who->municipality != '\0')
		filter->municipality = call->who->municipality;
	if (filter->municipality == NULL || vg_may_see(call->who, filter->municipality))
		return true;
	vg_reply_problem(call->request, 403, "municipality: %s may see %s only", call->who->name,
			 call->who->municipality);
	return false;
}

bool
vg_judge_month(struct vg_call *call, bool wanted, int *month, int64_t *from_ms, int64_t *to_ms)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(call->api->live));
	const char *text = vg_call_query(call, "month");

	*month = -1;
	if (text != NULL)
		*month = vg_month_parse(text);
	else if (!wanted && agreement != NULL)
		*month = vg_agreement_month_of(agreement, vg_live_now_ms(call->api->live));
	if (*month < 0 && (text != NULL || wanted)) {
		vg_reply_problem(call->request, 400, "month: expected a month as 2016-04");
		return false;
	}
	*from_ms = agreement == NULL ? -1 : vg_agreement_month_start_ms(agreement, *month);
	*to_ms = agreement == NULL ? -1 : vg_agreement_month_start_ms(agreement, *month + 1);
	if (*from_ms != -1 && *to_ms != -1)
		return true;
	vg_reply_problem(call->request, 404, "no agreement covers the month %.20s",
			 text != NULL ? text : "that is now");
	return false;
}

json_t *
vg_judge_month_name(int month)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%04d-%02d", month / 12, month % 12 + 1);
	return json_string(text);
}
