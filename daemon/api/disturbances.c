/* disturbances.c - what is told of disturbances: drafted, published, updated, closed.
 *
 * The event states the whole message, but who updates one need only say what is new: the rest is
 * taken from what stands. The promise of the next update alone is never taken over, since it is the
 * one thing that has to be thought of each time. */
#include "daemon/api/fee.h"
#include "daemon/api/judge.h"

#include "core/disturbance.h"

#include <string.h>

/* --- seen --- */

static bool
writes(const struct vg_principal *who)
{
	return (who->rights & VG_RIGHT_CORRECT) != 0 && *who->municipality == '\0';
}

/* What was published is for whom it concerns, what was not for those who publish. */
static bool
may_see(const struct vg_principal *who, const struct vg_disturbance *disturbance)
{
	if (disturbance->published_ms == -1)
		return writes(who);
	return *who->municipality == '\0' ||
	       vg_judge_has_id(disturbance->municipalities, who->municipality);
}

static json_t *
message_json(const struct vg_disturbance_message *message)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:s}", "seq",
			 (json_int_t)message->seq, "at", vg_json_time(message->at_ms), "services",
			 vg_judge_ids(message->services), "municipalities",
			 vg_judge_ids(message->municipalities), "title", message->title, "text",
			 message->text, "advice", message->advice, "title_en", message->title_en,
			 "text_en", message->text_en, "advice_en", message->advice_en,
			 "next_update", vg_json_time(message->next_update_ms), "closing",
			 message->closing, "author", message->author);
}

static json_t *
messages_json(const struct vg_core *core, const struct vg_disturbance *disturbance)
{
	const struct vg_disturbance_message *message;
	json_t *list = json_array();

	for (int64_t n = 0; (message = vg_disturbance_message(core, disturbance->id, n)) != NULL;
	     n++)
		json_array_append_new(list, message_json(message));
	return list;
}

static json_t *
content_json(const struct vg_disturbance *disturbance)
{
	return json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "kind",
			 vg_disturbance_words[disturbance->kind], "services",
			 vg_judge_ids(disturbance->services), "municipalities",
			 vg_judge_ids(disturbance->municipalities), "title", disturbance->title,
			 "text", disturbance->text, "advice", disturbance->advice, "title_en",
			 disturbance->title_en, "text_en", disturbance->text_en, "advice_en",
			 disturbance->advice_en, "outage", vg_json_named('O', disturbance->outage));
}

json_t *
vg_json_disturbance(const struct vg_core *core, const struct vg_disturbance *disturbance,
		    int64_t now_ms)
{
	json_t *object = content_json(disturbance);

	json_object_update_new(
		object,
		json_pack("{s:o, s:s, s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:I}", "id",
			  vg_json_named('S', disturbance->id), "state",
			  vg_disturbance_state_name((enum vg_disturbance_state)disturbance->state),
			  "started", vg_json_time(disturbance->started_ms), "next_update",
			  vg_json_time(disturbance->next_update_ms), "ended",
			  vg_json_time(disturbance->ended_ms), "overdue",
			  vg_disturbance_is_overdue(disturbance, now_ms), "author",
			  disturbance->author, "created", vg_json_time(disturbance->created_ms),
			  "published", vg_json_time(disturbance->published_ms), "updated",
			  vg_json_time(disturbance->updated_ms), "closed",
			  vg_json_time(disturbance->closed_ms), "messages",
			  messages_json(core, disturbance), "changed_seq",
			  (json_int_t)disturbance->changed_seq));
	return object;
}

/* The newest first; without `state` all of them. */
void
vg_get_disturbances(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	const char *states[VG_DISTURBANCE_STATE_COUNT + 1] = {NULL};
	struct vg_scope filter;
	struct vg_page page;
	int64_t last = 0;
	json_t *rows;

	for (int i = 0; i < VG_DISTURBANCE_STATE_COUNT; i++)
		states[i] = vg_disturbance_state_name((enum vg_disturbance_state)i);
	if (!vg_judge_filter(call, &filter) || !vg_page_read(call, states, -1, &page))
		return;
	rows = json_array();
	for (size_t i = vg_item_count(core, VG_OBJECT_DISTURBANCE);
	     i-- > 0 && (int64_t)json_array_size(rows) < page.limit;) {
		const struct vg_disturbance *it = vg_core_item(core, VG_OBJECT_DISTURBANCE, i);

		if (it->id >= page.below || (page.state >= 0 && it->state != page.state) ||
		    !may_see(call->who, it) ||
		    (filter.municipality != NULL &&
		     !vg_judge_has_id(it->municipalities, filter.municipality)))
			continue;
		json_array_append_new(rows, vg_json_disturbance(core, it, now_ms));
		last = it->id;
	}
	vg_page_reply(call, &page, "disturbances", rows, last);
}

/* By the path; NULL: the call is answered. */
static const struct vg_disturbance *
disturbance_of_path(struct vg_call *call)
{
	const struct vg_disturbance *disturbance = NULL;
	int64_t id, n;

	if (vg_judge_id(call->param[0], 'S', &id, &n) && n < 0)
		disturbance = vg_disturbance(vg_live_core(call->api->live), id);
	if (disturbance != NULL && may_see(call->who, disturbance))
		return disturbance;
	vg_reply_problem(call->request, 404, "no disturbance %.40s; expected S-<number>",
			 call->param[0]);
	return NULL;
}

void
vg_get_disturbance(struct vg_call *call)
{
	const struct vg_disturbance *disturbance = disturbance_of_path(call);

	if (disturbance != NULL)
		vg_reply_json(call->request, 200,
			      vg_json_with_seq(
				      call, vg_json_disturbance(vg_live_core(call->api->live),
								disturbance,
								vg_live_now_ms(call->api->live))));
}

/* --- said --- */

/* Times that people write become instants. False: the call is answered, the object freed. */
static bool
settle(struct vg_call *call, json_t *object)
{
	static const char *const times[][2] = {{"started", "started_ms"},
					       {"next_update", "next_update_ms"},
					       {"ended", "ended_ms"}};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (!vg_judge_time(call, object, times[i][0], times[i][1])) {
			json_decref(object);
			return false;
		}
	return true;
}

static void
put_instant(json_t *object, const char *member, int64_t at_ms)
{
	if (json_object_get(object, member) == NULL)
		json_object_set_new(object, member, json_integer(at_ms));
}

void
vg_post_disturbance(struct vg_call *call)
{
	json_t *object = vg_call_object(call);

	if (object == NULL || !settle(call, object))
		return;
	put_instant(object, "started_ms", vg_live_now_ms(call->api->live));
	vg_take_named(call, VG_KIND_DISTURBANCE_DRAFTED, object, "disturbance", "S-");
}

/* What stands, with what the body says laid over it. */
static void
restate(struct vg_call *call, enum vg_kind kind)
{
	const struct vg_disturbance *disturbance = disturbance_of_path(call);
	json_t *given, *whole;

	if (disturbance == NULL || (given = vg_call_object(call)) == NULL || !settle(call, given))
		return;
	whole = content_json(disturbance);
	if (disturbance->outage == 0)
		json_object_del(whole, "outage");
	put_instant(whole, "started_ms", disturbance->started_ms);
	if (disturbance->state == VG_DISTURBANCE_DRAFT && disturbance->next_update_ms != -1)
		put_instant(whole, "next_update_ms", disturbance->next_update_ms);
	json_object_update_new(whole, given);
	json_object_set_new(whole, "disturbance", json_string(call->param[0]));
	vg_take_command(call, kind, whole);
}

void
vg_post_disturbance_draft(struct vg_call *call)
{
	restate(call, VG_KIND_DISTURBANCE_DRAFTED);
}

void
vg_post_disturbance_publish(struct vg_call *call)
{
	restate(call, VG_KIND_DISTURBANCE_PUBLISHED);
}

void
vg_post_disturbance_close(struct vg_call *call)
{
	json_t *object;

	if (disturbance_of_path(call) == NULL || (object = vg_call_object(call)) == NULL ||
	    !settle(call, object))
		return;
	put_instant(object, "ended_ms", vg_live_now_ms(call->api->live));
	json_object_set_new(object, "disturbance", json_string(call->param[0]));
	vg_take_command(call, VG_KIND_DISTURBANCE_CLOSED, object);
}
