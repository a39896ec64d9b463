/* rows_disturbance.c - disturbance information and feedback in the read model.
 *
 * Messages are rows of their own, never replaced by later ones: what was told, to whom and when. */
#include "core/disturbance.h"
#include "lib/rows/rows_private.h"

static void
write_disturbance(struct vg_rows_writer *writer, const struct vg_disturbance *disturbance)
{
	vg_row_key(writer, VG_TABLE_DISTURBANCE, disturbance->id);
	vg_row_begin(writer, VG_TABLE_DISTURBANCE);
	vg_row_number(writer, disturbance->id);
	vg_row_number(writer, disturbance->changed_seq);
	vg_row_text(writer,
		    vg_disturbance_state_name((enum vg_disturbance_state)disturbance->state));
	vg_row_text(writer, vg_disturbance_words[disturbance->kind]);
	vg_row_ids(writer, disturbance->services);
	vg_row_ids(writer, disturbance->municipalities);
	vg_row_text(writer, disturbance->title);
	vg_row_text(writer, disturbance->text);
	vg_row_name(writer, disturbance->advice);
	vg_row_name(writer, disturbance->title_en);
	vg_row_name(writer, disturbance->text_en);
	vg_row_name(writer, disturbance->advice_en);
	vg_row_instant(writer, disturbance->started_ms);
	vg_row_moment(writer, disturbance->next_update_ms);
	vg_row_moment(writer, disturbance->ended_ms);
	vg_row_natural(writer, disturbance->outage > 0 ? disturbance->outage : -1);
	vg_row_text(writer, disturbance->author);
	vg_row_instant(writer, disturbance->created_ms);
	vg_row_moment(writer, disturbance->published_ms);
	vg_row_moment(writer, disturbance->updated_ms);
	vg_row_moment(writer, disturbance->closed_ms);
	vg_row_number(writer, disturbance->messages);
	vg_row_end(writer);
}

static void
write_message(struct vg_rows_writer *writer, const struct vg_disturbance_message *message)
{
	vg_row_key(writer, VG_TABLE_DISTURBANCE_MESSAGE, message->seq);
	vg_row_begin(writer, VG_TABLE_DISTURBANCE_MESSAGE);
	vg_row_number(writer, message->seq);
	vg_row_number(writer, message->changed_seq);
	vg_row_number(writer, message->disturbance);
	vg_row_number(writer, message->n);
	vg_row_instant(writer, message->at_ms);
	vg_row_ids(writer, message->services);
	vg_row_ids(writer, message->municipalities);
	vg_row_text(writer, message->title);
	vg_row_text(writer, message->text);
	vg_row_name(writer, message->advice);
	vg_row_name(writer, message->title_en);
	vg_row_name(writer, message->text_en);
	vg_row_name(writer, message->advice_en);
	vg_row_moment(writer, message->next_update_ms);
	vg_row_flag(writer, message->closing);
	vg_row_text(writer, message->author);
	vg_row_end(writer);
}

static void
write_feedback(struct vg_rows_writer *writer, const struct vg_feedback *feedback)
{
	vg_row_key(writer, VG_TABLE_FEEDBACK, feedback->id);
	vg_row_begin(writer, VG_TABLE_FEEDBACK);
	vg_row_number(writer, feedback->id);
	vg_row_number(writer, feedback->changed_seq);
	vg_row_name(writer, feedback->text_digest);
	vg_row_flag(writer, feedback->contact);
	vg_row_instant(writer, feedback->received_ms);
	vg_row_moment(writer, feedback->answered_ms);
	vg_row_name(writer, feedback->answer);
	vg_row_name(writer, feedback->answered_by);
	vg_row_end(writer);
}

void
vg_rows_disturbance(struct vg_rows_writer *writer, const struct vg_object *object)
{
	if (object->type == VG_OBJECT_DISTURBANCE)
		write_disturbance(writer, object->of.disturbance);
	else if (object->type == VG_OBJECT_DISTURBANCE_MESSAGE)
		write_message(writer, object->of.disturbance_message);
	else
		write_feedback(writer, object->of.feedback);
}
