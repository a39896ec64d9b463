/* objections.c - what a municipality objects to in a statement, and what became of it. */
#include "daemon/api/fee.h"

#include <string.h>

static json_t *
objection_json(const struct vg_objection *objection)
{
	json_t *object = json_pack(
		"{s:o, s:s, s:o, s:o, s:s, s:s, s:o, s:s}", "id", vg_json_named('D', objection->id),
		"municipality", objection->municipality, "month",
		vg_judge_month_name(objection->month), "ticket",
		vg_json_named('V', objection->ticket), "reason", objection->reason, "author",
		objection->author, "raised", vg_json_time(objection->raised_ms), "state",
		vg_objection_state_name((enum vg_objection_state)objection->state));

	json_object_update_new(
		object,
		json_pack("{s:o, s:o, s:o, s:o, s:I}", "answer", vg_json_text(objection->answer),
			  "decided_by", vg_json_text(objection->decided_by), "decided",
			  vg_json_time(*objection->decided_by == '\0' ? -1 : objection->decided_ms),
			  "act", vg_json_named('P', objection->act), "changed_seq",
			  (json_int_t)objection->changed_seq));
	return object;
}

struct wanted {
	const char *municipality; /* NULL = any */
	int month;		  /* -1 = any */
};

/* Month and municipality of the query. False: the call is answered. */
static bool
read_wanted(struct vg_call *call, struct wanted *out)
{
	const char *month = vg_call_query(call, "month");
	struct vg_scope filter;

	if (!vg_judge_filter(call, &filter))
		return false;
	out->municipality = filter.municipality;
	out->month = month == NULL ? -1 : vg_month_parse(month);
	if (month == NULL || out->month >= 0)
		return true;
	vg_reply_problem(call->request, 400, "month: expected a month as 2016-04");
	return false;
}

static bool
fits(const struct wanted *wanted, const struct vg_page *page, const struct vg_objection *objection)
{
	return objection->id < page->below &&
	       (page->state < 0 || objection->state == page->state) &&
	       (wanted->month < 0 || objection->month == wanted->month) &&
	       (wanted->municipality == NULL ||
		strcmp(wanted->municipality, objection->municipality) == 0);
}

/* The newest first; without `state` all of them. */
void
vg_get_objections(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const char *states[VG_OBJECTION_STATE_COUNT + 1] = {NULL};
	struct wanted wanted;
	struct vg_page page;
	int64_t last = 0;
	json_t *rows;

	for (int i = 0; i < VG_OBJECTION_STATE_COUNT; i++)
		states[i] = vg_objection_state_name((enum vg_objection_state)i);
	if (!read_wanted(call, &wanted) || !vg_page_read(call, states, -1, &page))
		return;
	rows = json_array();
	for (size_t i = vg_item_count(core, VG_OBJECT_OBJECTION);
	     i-- > 0 && (int64_t)json_array_size(rows) < page.limit;) {
		const struct vg_objection *objection = vg_core_item(core, VG_OBJECT_OBJECTION, i);

		if (!fits(&wanted, &page, objection))
			continue;
		json_array_append_new(rows, objection_json(objection));
		last = objection->id;
	}
	vg_page_reply(call, &page, "objections", rows, last);
}

void
vg_post_objection(struct vg_call *call)
{
	json_t *object = vg_call_object(call);

	if (object != NULL)
		vg_take_named(call, VG_KIND_OBJECTION_RAISED, object, "objection", "D-");
}

/* By the path; NULL: the call is answered. */
static const struct vg_objection *
objection_of_path(struct vg_call *call)
{
	const struct vg_objection *objection = NULL;
	int64_t id, n;

	if (vg_judge_id(call->param[0], 'D', &id, &n) && n < 0)
		objection = vg_api_by_id(vg_live_core(call->api->live), VG_OBJECT_OBJECTION, id);
	if (objection != NULL && vg_may_see(call->who, objection->municipality))
		return objection;
	vg_reply_problem(call->request, 404, "no objection %.40s; expected D-<number>",
			 call->param[0]);
	return NULL;
}

void
vg_get_objection(struct vg_call *call)
{
	const struct vg_objection *objection = objection_of_path(call);

	if (objection != NULL)
		vg_reply_json(call->request, 200,
			      vg_json_with_seq(call, objection_json(objection)));
}

void
vg_post_objection_decide(struct vg_call *call)
{
	json_t *object;

	if (objection_of_path(call) == NULL || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "objection", json_string(call->param[0]));
	vg_take_command(call, VG_KIND_OBJECTION_DECIDED, object);
}
