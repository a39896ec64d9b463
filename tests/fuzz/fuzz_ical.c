/* No calendar file, whatever it holds, crashes the reader; what it takes is ordered and written
 * again. No rule does, from whatever start it is walked. */
#include "lib/ical/ical.h"

#include "lib/civil/civil.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct vg_ical_window *window)
{
	VG_ASSERT(window->times <= VG_ICAL_TIMES_MAX && *window->uid != '\0');
	for (size_t i = 0; i < window->times; i++) {
		struct vg_ical_item item = {.uid = window->uid,
					    .name = window->name,
					    .services = window->services,
					    .from_ms = window->time[i][0],
					    .to_ms = window->time[i][1],
					    .status = window->status};
		char *text;

		VG_ASSERT(item.from_ms < item.to_ms);
		VG_ASSERT(i == 0 || window->time[i - 1][1] <= item.from_ms);
		text = i == 0 ? vg_ical_write(&item, 1) : NULL;
		free(text);
	}
}

/* The bytes as two ends and a rule. */
static void
walk(const uint8_t *data, size_t size)
{
	int64_t time[VG_ICAL_TIMES_MAX][2], end_ms[2];
	char *rule;
	size_t times;
	bool open;

	if (size < sizeof(end_ms) ||
	    (rule = strndup((const char *)data + sizeof(end_ms), size - sizeof(end_ms))) == NULL)
		return;
	memcpy(end_ms, data, sizeof(end_ms));
	if (vg_ical_expand(end_ms[0], end_ms[1], rule, time, &times, &open, NULL) == 0) {
		VG_ASSERT(times > 0 && time[0][0] == end_ms[0]);
		for (size_t i = 0; i < times; i++)
			VG_ASSERT(time[i][0] < time[i][1] &&
				  (i == 0 || time[i - 1][1] <= time[i][0]));
	}
	free(rule);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vg_ical_window *window;
	size_t count;

	if (vg_civil_set_zone("Europe/Stockholm", NULL) != 0)
		return 0;
	walk(data, size);
	if (vg_ical_read((const char *)data, size, &window, &count, NULL) == 0) {
		for (size_t i = 0; i < count; i++)
			check(&window[i]);
		vg_ical_windows_free(window, count);
	}
	return 0;
}
