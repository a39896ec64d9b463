/* alarm/act.c - what people do with an alarm: acknowledge, shelve, take off the shelf, close.
 *
 * None of it touches the fault: an alarm that was closed goes on being active until its source says
 * otherwise, and is hidden. The hard thing is the one who acts on what is no longer so, because a
 * colleague was faster: that is refused, with what is so. */
#include "core/core_private.h"

#include <string.h>

static int
refuse(struct vg_verdict *out, const struct vg_alarm *alarm, const char *reason)
{
	return vg_verdict_set(out, VG_VERDICT_REFUSED, "A-%lld %s", (long long)alarm->id, reason);
}

static enum vg_alarm_operator
operator_of(enum vg_kind kind)
{
	if (kind == VG_KIND_ALARM_ACKNOWLEDGED)
		return VG_OPERATOR_ACK;
	if (kind == VG_KIND_ALARM_SHELVED)
		return VG_OPERATOR_SHELVED;
	if (kind == VG_KIND_ALARM_UNSHELVED)
		return VG_OPERATOR_UNSHELVED;
	return VG_OPERATOR_CLOSED;
}

static bool
is_shelved(const struct vg_core *core, const struct vg_alarm *alarm)
{
	return alarm->operator_ == VG_OPERATOR_SHELVED && core->received_ms < alarm->until_ms;
}

static bool
shelving_holds(const struct vg_core *core, const struct vg_alarm *alarm,
	       const struct vg_alarm_body *body, struct vg_verdict *out)
{
	if (body->reason[0] == '\0')
		refuse(out, alarm, "is not shelved without a reason");
	else if (body->until_ms <= core->received_ms)
		refuse(out, alarm, "cannot be shelved until an instant that has passed");
	else if (is_shelved(core, alarm) && body->until_ms == alarm->until_ms)
		refuse(out, alarm, "is shelved until then already");
	else
		return true;
	return false;
}

/* Whether the alarm stands so that this can be done with it; otherwise the verdict says why not. */
static bool
act_holds(const struct vg_core *core, const struct vg_alarm *alarm, enum vg_alarm_operator act,
	  const struct vg_alarm_body *body, struct vg_verdict *out)
{
	if (alarm->merged_into != 0)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "A-%lld was merged into A-%lld",
			       (long long)alarm->id, (long long)alarm->merged_into);
	else if (alarm->operator_ == VG_OPERATOR_CLOSED)
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "A-%lld was closed by %.100s: raised again, it is a new alarm",
			       (long long)alarm->id, alarm->actor);
	else if (act == VG_OPERATOR_ACK && alarm->operator_ == VG_OPERATOR_ACK)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "A-%lld was acknowledged by %.100s already",
			       (long long)alarm->id, alarm->actor);
	else if (act == VG_OPERATOR_ACK && is_shelved(core, alarm))
		refuse(out, alarm, "is shelved: take it off the shelf first");
	else if (act == VG_OPERATOR_UNSHELVED && !is_shelved(core, alarm))
		refuse(out, alarm, "is not shelved");
	else
		return act != VG_OPERATOR_SHELVED || shelving_holds(core, alarm, body, out);
	return false;
}

static int
act_on(struct vg_core *core, struct vg_item *item, enum vg_alarm_operator act,
       const struct vg_event *event)
{
	const struct vg_alarm_body *body = &event->body.alarm;
	struct vg_alarm *alarm = &item->of.alarm;
	struct vg_alarm_change line = {.at_ms = core->received_ms,
				       .severity = -1,
				       .operator_ = (int)act,
				       .actor = event->actor,
				       .text = body->reason,
				       .until_ms =
					       act == VG_OPERATOR_SHELVED ? body->until_ms : -1};
	int rc;

	if ((rc = vg_alarm_log(core, item, &line)) != 0)
		return rc;
	alarm->operator_ = (int)act;
	alarm->operator_ms = core->received_ms;
	alarm->until_ms = line.until_ms;
	alarm->false_alarm = act == VG_OPERATOR_CLOSED && body->false_alarm;
	if (act == VG_OPERATOR_ACK && alarm->acked_ms < 0)
		alarm->acked_ms = core->received_ms;
	if ((rc = vg_item_set_text(core, &alarm->actor, event->actor)) != 0 ||
	    (rc = vg_item_set_text(core, &alarm->reason, body->reason)) != 0)
		return rc;
	vg_item_mark(core, item);
	vg_fee_cause_changed(core, 'A', alarm->id);
	return vg_core_alarm_changed(core, item);
}

int
vg_core_alarm_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_alarm_body *body = &event->body.alarm;
	const struct vg_alarm *alarm = vg_core_alarm_named(core, body->alarm);
	enum vg_alarm_operator act = operator_of(event->kind);

	if (alarm == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no alarm %.60s: expected A- and its number", body->alarm);
	if (!act_holds(core, alarm, act, body, out))
		return 0;
	return act_on(core, vg_alarm_item(core, alarm->id), act, event);
}
