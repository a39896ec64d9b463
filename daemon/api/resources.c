/* resources.c - what names of resources mean: the register, and what no register knows. */
#include "daemon/api/alarms.h"

#include "daemon/api/take.h"

#include <string.h>
#include <strings.h>

#define PAGE_DEFAULT 500
#define PAGE_MAX     5000

/* The register. */

static bool
may_see(const struct vg_call *call, const struct vg_resource *resource)
{
	return *call->who->municipality == '\0' ||
	       (*resource->municipalities != '\0' &&
		vg_judge_has_id(resource->municipalities, call->who->municipality));
}

static json_t *
resource_json(const struct vg_resource *resource)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:I}", "name", resource->name, "resource",
			 resource->resource, "service", resource->service, "municipalities",
			 vg_judge_ids(resource->municipalities), "parent", resource->parent,
			 "author", resource->author, "stated_seq", (json_int_t)resource->seq);
}

/* In order of name. */
void
vg_get_resources(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	int64_t limit = PAGE_DEFAULT, offset = 0;
	const struct vg_resource *resource;
	json_t *rows;
	size_t i;

	if (!vg_call_number(call, "limit", 1, PAGE_MAX, &limit) ||
	    !vg_call_number(call, "offset", 0, VG_CORE_RESOURCES_MAX, &offset))
		return;
	rows = json_array();
	for (i = (size_t)offset; (resource = vg_core_item(core, VG_OBJECT_RESOURCE, i)) != NULL &&
				 (int64_t)json_array_size(rows) < limit;
	     i++)
		if (!resource->removed && may_see(call, resource))
			json_array_append_new(rows, resource_json(resource));
	vg_reply_json(
		call->request, 200,
		vg_json_with_seq(call, json_pack("{s:o, s:o}", "resources", rows, "next",
						 resource == NULL ? json_null()
								  : json_integer((json_int_t)i))));
}

struct unmapped {
	json_t *rows;
	int64_t limit;
};

static bool
on_unmapped(const struct vg_unmapped *unmapped, void *arg)
{
	struct unmapped *list = arg;
	const struct vg_alarm *newest = unmapped->newest;

	json_array_append_new(
		list->rows,
		json_pack("{s:s, s:I, s:I, s:o, s:{s:o, s:s, s:s, s:s}}", "host", unmapped->host,
			  "alarms", (json_int_t)unmapped->alarms, "notices",
			  (json_int_t)unmapped->notices, "last", vg_json_time(unmapped->last_ms),
			  "newest", "id", vg_json_alarm_name(newest->id), "type", newest->type,
			  "severity", vg_severity_words[newest->severity], "text", newest->text));
	return (int64_t)json_array_size(list->rows) < list->limit;
}

void
vg_get_unmapped(struct vg_call *call)
{
	struct unmapped list = {.limit = 100};

	if (!vg_call_number(call, "limit", 1, PAGE_MAX, &list.limit))
		return;
	if (*call->who->municipality != '\0') {
		vg_reply_problem(call->request, 403,
				 "%s sees what concerns %s; what is unmapped concerns nobody yet",
				 call->who->name, call->who->municipality);
		return;
	}
	list.rows = json_array();
	if (vg_core_unmapped(vg_live_core(call->api->live), on_unmapped, &list) != 0) {
		json_decref(list.rows);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	vg_reply_json(call->request, 200,
		      vg_json_with_seq(call, json_pack("{s:o}", "unmapped", list.rows)));
}

void
vg_post_resources(struct vg_call *call)
{
	static const char *const types[] = {"application/json", "text/csv", NULL};
	const char *type = vg_head_header(vg_request_head(call->request), "Content-Type");
	json_t *object;

	if (!vg_call_type_is(call, types))
		return;
	if (strncasecmp(type, "text/csv", 8) == 0) {
		vg_post_resource_table(call);
		return;
	}
	object = vg_call_object(call);
	if (object != NULL)
		vg_take_command(call, VG_KIND_RESOURCES_MAPPED, object);
}
