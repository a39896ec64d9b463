/* signal_look_alarm.c - what the alarms of one service say together. */
#include "core/core_private.h"

int
vg_core_alarm_changed(struct vg_core *core, struct vg_item *alarm)
{
	(void)core;
	(void)alarm;
	return 0;
}

int
vg_look_at_alarms(struct vg_core *core, struct vg_watch *watch)
{
	return vg_look_next(core, watch, 0, INT64_MAX);
}
