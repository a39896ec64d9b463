/* comments.c - a person's words on a missed target: cause, action, owner and day. */
#include "daemon/api/fee.h"

#include <string.h>

static json_t *
comment_json(const struct vg_comment *comment)
{
	return json_pack(
		"{s:o, s:o, s:o, s:s, s:o, s:s, s:s, s:s, s:o, s:s, s:o}", "id",
		vg_json_named('C', comment->id), "month", vg_judge_month_name(comment->month),
		"municipality", vg_json_text(comment->municipality), "kpi", comment->kpi, "service",
		vg_json_text(comment->service), "cause", comment->cause, "action", comment->action,
		"owner", comment->owner, "due", vg_json_day(comment->due_day), "author",
		comment->author, "made", vg_json_time(comment->made_ms));
}

/* A municipality's own, and the region's, which are about all. */
static bool
fits(const struct vg_comment *comment, int month, const char *municipality)
{
	return (month < 0 || comment->month == month) &&
	       (municipality == NULL || *comment->municipality == '\0' ||
		strcmp(comment->municipality, municipality) == 0);
}

/* The newest first. */
void
vg_get_comments(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const char *text = vg_call_query(call, "month");
	const int month = text == NULL ? -1 : vg_month_parse(text);
	struct vg_scope filter;
	struct vg_page page;
	int64_t last = 0;
	json_t *rows;

	if (text != NULL && month < 0) {
		vg_reply_problem(call->request, 400, "month: expected a month as 2016-04");
		return;
	}
	if (!vg_judge_filter(call, &filter) || !vg_page_read(call, NULL, -1, &page))
		return;
	rows = json_array();
	for (size_t i = vg_item_count(core, VG_OBJECT_COMMENT);
	     i-- > 0 && (int64_t)json_array_size(rows) < page.limit;) {
		const struct vg_comment *comment = vg_core_item(core, VG_OBJECT_COMMENT, i);

		if (comment->id >= page.below || !fits(comment, month, filter.municipality))
			continue;
		json_array_append_new(rows, comment_json(comment));
		last = comment->id;
	}
	vg_page_reply(call, &page, "comments", rows, last);
}

void
vg_post_comment(struct vg_call *call)
{
	json_t *object = vg_call_object(call);

	if (object != NULL)
		vg_take_named(call, VG_KIND_COMMENT_MADE, object, "comment", "C-");
}
