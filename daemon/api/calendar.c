/* calendar.c - windows of the core become entries of a calendar. */
#include "daemon/api/calendar.h"

#include "lib/ical/ical.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct calendar {
	struct vg_ical_item item[VG_CALENDAR_MAX];
	char uid[VG_CALENDAR_MAX][48];
	size_t count;
};

static void
put(struct calendar *calendar, const struct vg_window *window)
{
	char *uid = calendar->uid[calendar->count];

	(void)snprintf(uid, sizeof(calendar->uid[0]), "W-%" PRId64 ".%" PRId64, window->series,
		       window->n);
	calendar->item[calendar->count++] = (struct vg_ical_item){
		.uid = uid,
		.name = window->name,
		.services = window->services,
		.from_ms = window->from_ms,
		.to_ms = window->to_ms,
		.stamp_ms = window->planned_ms,
		.sequence = window->changed_seq,
		.status = window->withdrawn		 ? VG_ICAL_CANCELLED
			  : *window->approved_by == '\0' ? VG_ICAL_TENTATIVE
							 : VG_ICAL_CONFIRMED,
	};
}

char *
vg_calendar(const struct vg_core *core, int64_t now_ms, vg_calendar_shows *shows, const void *arg)
{
	struct calendar *calendar = calloc(1, sizeof(*calendar));
	const struct vg_window *window;
	char *text;

	if (calendar == NULL)
		return NULL;
	for (size_t i = 0; calendar->count < VG_CALENDAR_MAX &&
			   (window = vg_core_item(core, VG_OBJECT_WINDOW, i)) != NULL;
	     i++)
		if (window->to_ms > now_ms - VG_CALENDAR_PAST_MS && shows(window, arg))
			put(calendar, window);
	text = vg_ical_write(calendar->item, calendar->count);
	free(calendar);
	return text;
}
