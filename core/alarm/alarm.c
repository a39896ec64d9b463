/* alarm/alarm.c - alarms for everybody: by id, by name, by key. */
#include "core/alarm.h"

#include "core/core_private.h"

#include <string.h>

const char *const vg_operator_words[] = {"none", "ack", "closed", "shelved", "un-shelved", NULL};

const struct vg_alarm *
vg_core_alarm(const struct vg_core *core, int64_t id)
{
	const struct vg_item *item = vg_alarm_item(core, id);

	return item != NULL ? &item->of.alarm : NULL;
}

const struct vg_alarm *
vg_core_alarm_named(const struct vg_core *core, const char *name)
{
	int64_t id, n;

	return vg_own_id(name, 'A', &id, &n) && n < 0 ? vg_core_alarm(core, id) : NULL;
}

int64_t
vg_alarm_change_seq(const struct vg_alarm_change *change)
{
	if (change->id % 2 == 0)
		return change->alarm / VG_ALARM_ID_STEP;
	return change->id / VG_ALARM_LINE_STEP;
}

const struct vg_alarm *
vg_core_alarm_of(const struct vg_core *core, const char *resource, const char *type,
		 const char *qualifier)
{
	char name[VG_RESOURCE_TEXT_SIZE];
	struct vg_alarm_key key = {name, type, qualifier};
	const struct vg_item *item;

	vg_core_resource_name(core, resource, name);
	item = vg_alarm_newest(core, &key);
	return item != NULL ? &item->of.alarm : NULL;
}
