/* proposals.c - what alarms together propose: an outage or a major incident, for a person to accept
 * or refuse. */
#include "daemon/api/alarms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_DEFAULT 100
#define PAGE_MAX     1000

static json_t *
proposal_json(const struct vg_proposal *proposal)
{
	json_t *object = json_pack(
		"{s:o, s:s, s:s, s:o, s:o, s:I, s:o, s:o}", "id",
		json_sprintf("F-%" PRId64, proposal->id), "kind",
		vg_proposal_kind_words[proposal->kind], "service", proposal->service,
		"municipalities", vg_judge_ids(proposal->municipalities), "alarms",
		vg_judge_ids(proposal->alarms), "alarm_count", (json_int_t)proposal->alarm_count,
		"from", vg_json_time(proposal->from_ms), "to", vg_json_time(proposal->to_ms));

	json_object_update_new(
		object,
		json_pack("{s:s, s:s, s:s, s:o, s:o, s:I}", "state",
			  vg_proposal_state_words[proposal->state], "actor", proposal->actor,
			  "reason", proposal->reason, "decided", vg_json_time(proposal->decided_ms),
			  "made",
			  *proposal->made == '\0' ? json_null() : json_string(proposal->made),
			  "changed_seq", (json_int_t)proposal->changed_seq));
	return object;
}

/* Whether it concerns the principal's municipality, if it is bound to one. */
static bool
may_see(const struct vg_call *call, const struct vg_proposal *proposal)
{
	return *call->who->municipality == '\0' ||
	       (*proposal->municipalities != '\0' &&
		vg_judge_has_id(proposal->municipalities, call->who->municipality));
}

/* The newest first; state=all has those too that were decided or lapsed. */
void
vg_get_proposals(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const char *state = vg_call_query(call, "state");
	const bool all = state != NULL && strcmp(state, "all") == 0;
	int64_t limit = PAGE_DEFAULT;
	json_t *rows;

	if (state != NULL && !all && strcmp(state, "open") != 0) {
		vg_reply_problem(call->request, 400, "state: expected open or all");
		return;
	}
	if (!vg_call_number(call, "limit", 1, PAGE_MAX, &limit))
		return;
	rows = json_array();
	for (size_t i = vg_item_count(core, VG_OBJECT_PROPOSAL);
	     i-- > 0 && (int64_t)json_array_size(rows) < limit;) {
		const struct vg_proposal *proposal = vg_core_item(core, VG_OBJECT_PROPOSAL, i);

		if ((all || proposal->state == VG_PROPOSAL_OPEN) && may_see(call, proposal))
			json_array_append_new(rows, proposal_json(proposal));
	}
	vg_reply_json(call->request, 200,
		      vg_json_with_seq(call, json_pack("{s:o}", "proposals", rows)));
}

/* By the path; NULL: the call is answered. */
static const struct vg_proposal *
find_proposal(struct vg_call *call)
{
	const struct vg_proposal *proposal = NULL;
	int64_t id, n;

	if (vg_judge_id(call->param[0], 'F', &id, &n) && n < 0)
		proposal = vg_core_proposal(vg_live_core(call->api->live), id);
	if (proposal != NULL && may_see(call, proposal))
		return proposal;
	vg_reply_problem(call->request, 404, "no proposal %.40s; expected F-<number>",
			 call->param[0]);
	return NULL;
}

/* Its alarms as they stand now; those that gave way to newer ones are left out. */
static json_t *
members_json(const struct vg_call *call, const struct vg_proposal *proposal)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	const char *names = proposal->alarms;
	json_t *rows = json_array();

	while (*names != '\0') {
		const size_t length = strcspn(names, " ");
		const struct vg_alarm *alarm;
		char name[VG_ALARM_NAME_MAX];
		struct vg_alarm_now now;

		(void)snprintf(name, sizeof(name), "%.*s", (int)length, names);
		alarm = vg_core_alarm_named(core, name);
		if (alarm != NULL) {
			vg_alarm_at(core, alarm, now_ms, &now);
			json_array_append_new(rows, vg_json_alarm(core, alarm, &now));
		}
		names += length;
		names += *names == ' ';
	}
	return rows;
}

void
vg_get_proposal(struct vg_call *call)
{
	const struct vg_proposal *proposal = find_proposal(call);
	json_t *object;

	if (proposal == NULL)
		return;
	object = proposal_json(proposal);
	json_object_set_new(object, "members", members_json(call, proposal));
	vg_reply_json(call->request, 200, vg_json_with_seq(call, object));
}

static void
decide(struct vg_call *call, enum vg_kind kind)
{
	const struct vg_proposal *proposal = find_proposal(call);
	const bool outage = proposal != NULL && proposal->kind == VG_PROPOSAL_OUTAGE &&
			    kind == VG_KIND_PROPOSAL_ACCEPTED;
	json_t *object;

	if (proposal == NULL || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "proposal", json_string(call->param[0]));
	vg_take_named(call, kind, object, outage ? "outage" : NULL, "O-");
}

void
vg_post_proposal_accept(struct vg_call *call)
{
	decide(call, VG_KIND_PROPOSAL_ACCEPTED);
}

void
vg_post_proposal_refuse(struct vg_call *call)
{
	decide(call, VG_KIND_PROPOSAL_REFUSED);
}
