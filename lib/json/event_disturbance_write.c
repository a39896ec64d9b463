/* event_disturbance_write.c - canonical bodies of disturbance information and feedback.
 *
 * A text that says nothing, and a list of all, are not there; nor is a promise that was not made.
 */
#include "lib/json/event_writer.h"

static void
add_content(struct vg_members *members, const struct vg_disturbance_body *body)
{
	vg_add_string(members, "kind", vg_disturbance_words[body->kind]);
	vg_add_ids(members, "services", body->services);
	vg_add_ids(members, "municipalities", body->municipalities);
	vg_add_string(members, "title", body->title);
	vg_add_text(members, "advice", body->advice);
	vg_add_text(members, "title_en", body->title_en);
	vg_add_text(members, "advice_en", body->advice_en);
	vg_add_integer(members, "started_ms", body->started_ms);
	if (body->next_update_ms >= 0)
		vg_add_integer(members, "next_update_ms", body->next_update_ms);
	vg_add_text(members, "outage", body->outage);
}

void
vg_add_disturbance(struct vg_members *members, enum vg_kind kind,
		   const struct vg_disturbance_body *body)
{
	vg_add_text(members, "disturbance", body->disturbance);
	vg_add_text(members, "text", body->text);
	vg_add_text(members, "text_en", body->text_en);
	if (kind == VG_KIND_DISTURBANCE_CLOSED)
		vg_add_integer(members, "ended_ms", body->ended_ms);
	else
		add_content(members, body);
}

void
vg_add_feedback(struct vg_members *members, enum vg_kind kind, const struct vg_feedback_body *body)
{
	if (kind == VG_KIND_FEEDBACK_RECEIVED) {
		vg_add_text(members, "text_digest", body->text_digest);
		if (body->contact)
			vg_add(members, "contact", VG_MEMBER_BOOLEAN, 1, NULL);
	} else {
		vg_add_string(members, "feedback", body->feedback);
		vg_add_string(members, "answer", body->answer);
	}
}
