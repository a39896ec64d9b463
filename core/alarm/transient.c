/* alarm/transient.c - the end of alarms that nothing clears: so long after the last that was said.
 *
 * Nobody says that such an alarm has ended, so once an hour those that have are given their end:
 * otherwise they would lie among the open ones until their key says something again, which may be
 * never. The hard thing is the notice that comes late, from before that end. It is taken as it
 * would have been without the sweep, so what a ledger comes to does not depend on when events came.
 */
#include "core/core_private.h"

#define HOUR_MS (INT64_C(60) * 60 * 1000)

bool
vg_alarm_has_ended(const struct vg_alarm_rules *rules, const struct vg_alarm_kept *kept,
		   int64_t at_ms)
{
	if (kept->ran_out)
		return at_ms >= vg_after_ms(kept->alarm.last_ms, rules->transient_ms);
	return vg_alarm_ended_ms(rules, &kept->alarm, at_ms) >= 0;
}

bool
vg_alarm_carry_on(struct vg_alarm_kept *kept)
{
	bool ran_out = kept->ran_out;

	if (ran_out)
		kept->alarm.cleared_ms = -1;
	kept->ran_out = false;
	return ran_out;
}

int
vg_alarm_settle_run_out(struct vg_core *core, struct vg_item *item, int64_t at_ms)
{
	struct vg_alarm_rules rules = vg_alarm_rules_at(core, core->received_ms);
	struct vg_alarm *alarm = &item->of.alarm;
	int64_t ended_ms = vg_alarm_ended_ms(&rules, alarm, at_ms);

	item->of.kept.ran_out = false;
	if (alarm->cleared_ms >= 0 || ended_ms < 0)
		return 0;
	alarm->cleared_ms = ended_ms;
	return vg_alarm_settle(core, item);
}

void
vg_alarms_settle_swept(struct vg_core *core)
{
	const struct vg_items *items = &core->items[VG_OBJECT_ALARM];

	for (size_t i = 0; i < items->n; i++)
		items->item[i]->of.kept.ran_out = false;
}

/* Settling may take what is over out of the list; what stands before a place stays before it, so
 * the list is walked from its end. */
int
vg_alarms_sweep(struct vg_core *core, int64_t before_ms)
{
	const struct vg_alarms *alarms = &core->alarms;
	int rc = 0;

	if (core->received_ms / HOUR_MS == before_ms / HOUR_MS)
		return 0;
	for (size_t left = alarms->opens; left > 0 && rc == 0; left--) {
		struct vg_item *item = left <= alarms->opens ? alarms->open[left - 1] : NULL;

		if (item == NULL || !item->of.kept.open)
			continue;
		rc = vg_alarm_settle_run_out(core, item, core->received_ms);
		item->of.kept.ran_out = item->of.alarm.cleared_ms >= 0;
	}
	return rc;
}
