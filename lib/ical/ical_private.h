/* Between the parts of lib/ical. A wall time is seconds since 1970-01-01 00:00 on a clock without a
 * zone; an event's frame says whether that clock shows UTC or local time. */
#ifndef VG_ICAL_PRIVATE_H
#define VG_ICAL_PRIVATE_H

#include "lib/ical/ical.h"

#include <libical/ical.h>

#define VG_ICAL_DAY_S 86400

struct vg_ical_frame {
	bool utc;
	bool date; /* whole days */
};

int64_t vg_ical_instant_ms(int64_t wall_s, struct vg_ical_frame frame);
/* 0, or VG_EINVALID when it is no time of a day that exists. */
VG_MUST_CHECK int vg_ical_wall(struct icaltimetype time, int64_t *wall_s, struct vg_err *err);
struct icaltimetype vg_ical_time(int64_t wall_s);

/* Walks a rule from its first wall time; `walls` has room for VG_ICAL_TIMES_MAX. Errors as
 * vg_ical_expand. */
VG_MUST_CHECK int vg_ical_walk(int64_t start_s, struct vg_ical_frame frame, const char *rrule,
			       int64_t *walls, size_t *count, bool *open, struct vg_err *err);

/* Ascending, without what is empty; VG_EINVALID when two overlap. */
VG_MUST_CHECK int vg_ical_order(int64_t (*time)[2], size_t *count, struct vg_err *err);

#endif
