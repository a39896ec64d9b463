/* What the addresses of alarms share: which alarms a question is about, who may see them, and how
 * one is told. */
#ifndef VG_ALARMS_H
#define VG_ALARMS_H

#include "core/alarm.h"
#include "daemon/api/judge.h"

#define VG_ALARM_NAME_MAX 32
/* "A-<id>". Returns out. */
char *vg_alarm_name(int64_t id, char out[VG_ALARM_NAME_MAX]);
/* The same as JSON; null for 0. */
json_t *vg_json_alarm_name(int64_t id);

/* Whether an alarm concerns a municipality: it is named, or nobody is and the alarm's service is
 * promised to it now. "" = everybody, who sees unmapped alarms too. */
bool vg_alarm_concerns(const struct vg_core *core, const struct vg_alarm *alarm,
		       const char *municipality, int64_t now_ms);

enum vg_alarm_stage { VG_ALARMS_ACTIVE, VG_ALARMS_ENDED, VG_ALARMS_ALL };
/* What a question asks for. Strings are the request's but municipality, so that who waits for an
 * answer may outlive its principal. */
struct vg_alarm_filter {
	const struct vg_core *core;
	int64_t now_ms;
	int severity_min, category, hidden; /* category, hidden: -1 = any */
	enum vg_alarm_stage stage;
	const char *service, *resource, *type, *source, *text; /* NULL = any */
	char municipality[VG_NAME_MAX + 1];		       /* "" = any */
};
/* From the query. Hidden alarms are left out unless asked for, ended ones likewise. False: the call
 * is answered. */
bool vg_alarm_filter_read(struct vg_call *call, struct vg_alarm_filter *out);
/* By what the alarm holds, and by how it stands now; the first costs little and goes first. */
bool vg_alarm_filter_fits(const struct vg_alarm_filter *filter, const struct vg_alarm *alarm);
bool vg_alarm_filter_stands(const struct vg_alarm_filter *filter, const struct vg_alarm_now *now);

/* The alarm that the path names, when the caller may see it. NULL: the call is answered. */
const struct vg_alarm *vg_call_alarm(struct vg_call *call);

json_t *vg_json_alarm(const struct vg_core *core, const struct vg_alarm *alarm,
		      const struct vg_alarm_now *now);

/* How many items of a type the core holds. */
size_t vg_item_count(const struct vg_core *core, enum vg_object_type type);
/* Puts the row that an answer knows last, and when. Returns object. */
json_t *vg_json_with_seq(const struct vg_call *call, json_t *object);

/* The answer when group=resource, service or municipality is asked for (alarm_groups.c). */
void vg_reply_alarm_groups(struct vg_call *call, const struct vg_alarm_filter *filter,
			   const char *group);

/* A register of resources as a table, CSV (resource_table.c). */
vg_handler vg_post_resource_table;

#endif
