/* event_disturbance_read.c - bodies of disturbance information, and of feedback on our pages.
 *
 * What is published is read by anybody, so each text has its bound here, in the ledger and on the
 * page alike. */
#include "lib/json/event_reader.h"

/* Paragraphs; "" when absent. */
static const char *
read_lines(struct vg_reader *reader, const char *member)
{
	const json_t *value = vg_reader_take(reader, member, false);

	return value != NULL
		       ? vg_reader_as_text(reader, member, value, VG_DISTURBANCE_TEXT_MAX, true)
		       : "";
}

static void
read_content(struct vg_reader *reader, struct vg_disturbance_body *body)
{
	body->kind = (enum vg_disturbance_kind)vg_reader_word(
		reader, "kind", false, vg_disturbance_words, VG_DISTURBANCE_FAULT);
	body->services = vg_reader_ids(reader, "services");
	body->municipalities = vg_reader_ids(reader, "municipalities");
	body->title = vg_reader_name(reader, "title", VG_DISTURBANCE_TITLE_MAX);
	body->advice = read_lines(reader, "advice");
	body->title_en = vg_reader_text(reader, "title_en", false, VG_DISTURBANCE_TITLE_MAX);
	body->advice_en = read_lines(reader, "advice_en");
	body->started_ms = vg_reader_int(reader, "started_ms", true, 0, VG_INSTANT_MAX_MS, 0);
	body->next_update_ms =
		vg_reader_int(reader, "next_update_ms", false, 0, VG_INSTANT_MAX_MS, -1);
	body->outage = vg_reader_text(reader, "outage", false, VG_NAME_MAX);
	if (*body->outage != '\0' && !vg_reader_is_id(body->outage))
		vg_reader_fail(reader, "outage", "O-<number>");
}

void
vg_read_disturbance(struct vg_reader *reader, enum vg_kind kind, struct vg_disturbance_body *body)
{
	*body = (struct vg_disturbance_body){.disturbance = "",
					     .services = "",
					     .municipalities = "",
					     .title = "",
					     .advice = "",
					     .title_en = "",
					     .advice_en = "",
					     .outage = "",
					     .next_update_ms = -1,
					     .ended_ms = -1};
	if (kind != VG_KIND_DISTURBANCE_DRAFTED ||
	    json_object_get(reader->object, "disturbance") != NULL)
		body->disturbance = vg_reader_id(reader, "disturbance", true, VG_NAME_MAX);
	body->text = read_lines(reader, "text");
	body->text_en = read_lines(reader, "text_en");
	if (kind == VG_KIND_DISTURBANCE_CLOSED)
		body->ended_ms = vg_reader_int(reader, "ended_ms", true, 0, VG_INSTANT_MAX_MS, 0);
	else
		read_content(reader, body);
}

void
vg_read_feedback(struct vg_reader *reader, enum vg_kind kind, struct vg_feedback_body *body)
{
	*body = (struct vg_feedback_body){.text_digest = "", .feedback = "", .answer = ""};
	if (kind == VG_KIND_FEEDBACK_RECEIVED) {
		body->text_digest = vg_reader_hex(reader, "text_digest", false, 64);
		body->contact = vg_reader_flag(reader, "contact");
		return;
	}
	body->feedback = vg_reader_id(reader, "feedback", true, VG_NAME_MAX);
	body->answer = vg_reader_name(reader, "answer", VG_TEXT_MAX);
}
