/* feedback.c - what people wrote of the public pages' accessibility, for those who answer.
 *
 * The ledger has no word of it. The words are told from memory as long as they wait for an answer
 * and the daemon runs; after a restart they are in PostgreSQL alone, in side.title. */
#include "daemon/api/fee.h"
#include "daemon/api/judge.h"

#include "core/disturbance.h"
#include "daemon/status/status.h"

#include <string.h>

/* Contact stands on the first line, empty when none was given. */
static void
put_words(json_t *object, const char *words)
{
	const char *text = words != NULL ? strchr(words, '\n') : NULL;

	json_object_set_new(object, "text", text != NULL ? json_string(text + 1) : json_null());
	json_object_set_new(object, "contact",
			    text != NULL && text != words
				    ? json_stringn(words, (size_t)(text - words))
				    : json_null());
}

static json_t *
feedback_json(const struct vg_call *call, const struct vg_feedback *feedback)
{
	json_t *object = json_pack(
		"{s:o, s:b, s:o, s:o, s:o, s:o}", "id", vg_json_named('T', feedback->id),
		"with_contact", feedback->contact, "received", vg_json_time(feedback->received_ms),
		"answered", vg_json_time(feedback->answered_ms), "answer",
		vg_json_text(feedback->answer), "answered_by", vg_json_text(feedback->answered_by));

	put_words(object, vg_public_feedback_text(call->api->pages, feedback->id));
	return object;
}

/* Whoever is bound to a municipality answers nobody. */
static bool
speaks(struct vg_call *call)
{
	if (*call->who->municipality == '\0')
		return true;
	vg_reply_problem(call->request, 403, "%s speaks for %s only: feedback is the region's",
			 call->who->name, call->who->municipality);
	return false;
}

/* The newest first; state=open or answered. */
void
vg_get_feedback(struct vg_call *call)
{
	static const char *const states[] = {"open", "answered", NULL};
	const struct vg_core *core = vg_live_core(call->api->live);
	struct vg_page page;
	int64_t last = 0;
	json_t *rows;

	if (!speaks(call) || !vg_page_read(call, states, -1, &page))
		return;
	rows = json_array();
	for (size_t i = vg_item_count(core, VG_OBJECT_FEEDBACK);
	     i-- > 0 && (int64_t)json_array_size(rows) < page.limit;) {
		const struct vg_feedback *it = vg_core_item(core, VG_OBJECT_FEEDBACK, i);

		if (it->id >= page.below ||
		    (page.state >= 0 && page.state != (it->answered_ms != -1)))
			continue;
		json_array_append_new(rows, feedback_json(call, it));
		last = it->id;
	}
	vg_page_reply(call, &page, "feedback", rows, last);
}

void
vg_post_feedback_answer(struct vg_call *call)
{
	json_t *object;

	if (!speaks(call) || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "feedback", json_string(call->param[0]));
	vg_take_command(call, VG_KIND_FEEDBACK_ANSWERED, object);
}
