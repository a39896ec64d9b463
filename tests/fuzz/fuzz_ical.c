/* No calendar file, whatever it holds, crashes the reader; what it takes is ordered and written
 * again. */
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vg_ical_window *window;
	size_t count;

	if (vg_civil_set_zone("Europe/Stockholm", NULL) != 0)
		return 0;
	if (vg_ical_read((const char *)data, size, &window, &count, NULL) == 0) {
		for (size_t i = 0; i < count; i++)
			check(&window[i]);
		vg_ical_windows_free(window, count);
	}
	return 0;
}
