/* Service windows as iCalendar, of which whoever asks may see some. */
#ifndef VG_CALENDAR_H
#define VG_CALENDAR_H

#include "core/core.h"

#define VG_CALENDAR_MAX	    5000 /* occurrences; the newest series are left out first */
#define VG_CALENDAR_PAST_MS (INT64_C(31) * 24 * 60 * 60 * 1000)

typedef bool vg_calendar_shows(const struct vg_window *window, const void *arg);

/* Windows that ended at most a month ago and that `shows` lets through; a withdrawn one stays, as
 * cancelled, since calendars forget nothing by themselves. Free it; NULL = out of memory. */
char *vg_calendar(const struct vg_core *core, int64_t now_ms, vg_calendar_shows *shows,
		  const void *arg);

#endif
