/* rows_alarm.c - alarms in the read model: instances, their history, who sends them, what resources
 * are called, and proposals.
 *
 * Only what is stored in the core is written. Whether an alarm is active or shown depends on the
 * instant that asks: the views of schema report say it of those that end by themselves. */
#include "core/alarm.h"
#include "lib/rows/rows_private.h"

/* Null for what is not there: objects are numbered from 1. */
static void
write_object(struct vg_rows_writer *writer, int64_t id)
{
	vg_row_natural(writer, id > 0 ? id : -1);
}

/* How long it is shelved; null when it is not. */
static void
write_until(struct vg_rows_writer *writer, int operator_, int64_t until_ms)
{
	if (operator_ == VG_OPERATOR_SHELVED)
		vg_row_instant(writer, until_ms);
	else
		vg_row_null(writer);
}

static void
write_act(struct vg_rows_writer *writer, const struct vg_alarm *alarm)
{
	vg_row_text(writer, vg_operator_words[alarm->operator_]);
	vg_row_name(writer, alarm->actor);
	vg_row_name(writer, alarm->reason);
	vg_row_moment(writer, alarm->operator_ms);
	write_until(writer, alarm->operator_, alarm->until_ms);
	vg_row_moment(writer, alarm->acked_ms);
	vg_row_flag(writer, alarm->false_alarm);
}

void
vg_rows_alarm(struct vg_rows_writer *writer, const struct vg_alarm *alarm)
{
	vg_row_key(writer, VG_TABLE_ALARM, alarm->id);
	vg_row_begin(writer, VG_TABLE_ALARM);
	vg_row_number(writer, alarm->id);
	vg_row_number(writer, alarm->changed_seq);
	vg_row_text(writer, alarm->resource);
	vg_row_text(writer, alarm->type);
	vg_row_text(writer, alarm->qualifier);
	vg_row_text(writer, alarm->stated);
	vg_row_ids(writer, alarm->sources);
	vg_row_name(writer, alarm->service);
	vg_row_ids(writer, alarm->municipalities);
	vg_row_text(writer, vg_severity_words[alarm->severity]);
	vg_row_text(writer, vg_severity_words[alarm->worst]);
	vg_row_text(writer, vg_alarm_category_words[alarm->category]);
	vg_row_flag(writer, alarm->transient);
	vg_row_text(writer, alarm->text);
	vg_row_name(writer, alarm->rule);
	vg_row_name(writer, alarm->peer);
	vg_row_instant(writer, alarm->raised_ms);
	vg_row_instant(writer, alarm->received_ms);
	vg_row_instant(writer, alarm->last_ms);
	vg_row_number(writer, alarm->last_seq);
	vg_row_moment(writer, alarm->cleared_ms);
	vg_row_number(writer, alarm->count);
	vg_row_number(writer, alarm->changes);
	write_act(writer, alarm);
	write_object(writer, alarm->previous);
	write_object(writer, alarm->merged_into);
	vg_row_end(writer);
}

void
vg_rows_alarm_change(struct vg_rows_writer *writer, const struct vg_alarm_change *change)
{
	bool act = change->severity < 0;

	vg_row_key(writer, VG_TABLE_ALARM_CHANGE, change->id);
	vg_row_begin(writer, VG_TABLE_ALARM_CHANGE);
	vg_row_number(writer, change->id);
	vg_row_number(writer, change->changed_seq);
	vg_row_number(writer, change->alarm);
	vg_row_instant(writer, change->at_ms);
	vg_row_instant(writer, change->received_ms);
	vg_row_text(writer, act ? NULL : vg_severity_words[change->severity]);
	vg_row_text(writer, act ? vg_operator_words[change->operator_] : NULL);
	vg_row_name(writer, change->actor);
	vg_row_name(writer, change->text);
	write_until(writer, act ? change->operator_ : VG_OPERATOR_NONE, change->until_ms);
	vg_row_end(writer);
}

void
vg_rows_alarm_source(struct vg_rows_writer *writer, const struct vg_alarm_source *source)
{
	vg_row_key_text(writer, VG_TABLE_ALARM_SOURCE, source->source);
	vg_row_begin(writer, VG_TABLE_ALARM_SOURCE);
	vg_row_text(writer, source->source);
	vg_row_number(writer, source->changed_seq);
	vg_row_instant(writer, source->received_ms);
	vg_row_number(writer, source->notices);
	vg_row_number(writer, source->events);
	vg_row_flag(writer, source->silent);
	vg_row_end(writer);
}

void
vg_rows_resource(struct vg_rows_writer *writer, const struct vg_resource *resource)
{
	vg_row_key_text(writer, VG_TABLE_RESOURCE, resource->name);
	vg_row_begin(writer, VG_TABLE_RESOURCE);
	vg_row_text(writer, resource->name);
	vg_row_number(writer, resource->changed_seq);
	vg_row_number(writer, resource->seq);
	vg_row_text(writer, resource->resource);
	vg_row_name(writer, resource->service);
	vg_row_ids(writer, resource->municipalities);
	vg_row_name(writer, resource->parent);
	vg_row_text(writer, resource->author);
	vg_row_flag(writer, resource->removed);
	vg_row_end(writer);
}

void
vg_rows_proposal(struct vg_rows_writer *writer, const struct vg_proposal *proposal)
{
	vg_row_key(writer, VG_TABLE_PROPOSAL, proposal->id);
	vg_row_begin(writer, VG_TABLE_PROPOSAL);
	vg_row_number(writer, proposal->id);
	vg_row_number(writer, proposal->changed_seq);
	vg_row_text(writer, vg_proposal_kind_words[proposal->kind]);
	vg_row_text(writer, proposal->service);
	vg_row_ids(writer, proposal->municipalities);
	vg_row_ids(writer, proposal->alarms);
	vg_row_number(writer, proposal->alarm_count);
	vg_row_instant(writer, proposal->from_ms);
	vg_row_moment(writer, proposal->to_ms);
	vg_row_text(writer, vg_proposal_state_words[proposal->state]);
	vg_row_name(writer, proposal->actor);
	vg_row_name(writer, proposal->reason);
	vg_row_moment(writer, proposal->decided_ms);
	vg_row_name(writer, proposal->made);
	vg_row_end(writer);
}
