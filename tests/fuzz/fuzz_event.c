/* Any bytes: parsed or refused; what parses has canonical bytes that parse to themselves, and
 * notices that parse can be copied. */
#include "lib/json/event_json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_copy(const struct vg_event *event, const char *bytes)
{
	struct vg_parsed_event copy;
	size_t length;
	char *same;

	VG_ASSERT(vg_event_copy_notices(event, &copy, NULL) == 0);
	same = vg_event_canonical(&copy.event, "00112233445566778899aabbccddeeff", &length);
	VG_ASSERT(same != NULL && strcmp(bytes, same) == 0);
	free(same);
	vg_parsed_event_free(&copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vg_parsed_event first, second;
	size_t length, again;
	char *bytes, *same;

	if (vg_event_parse((const char *)data, size, &first, NULL) != 0)
		return 0;
	bytes = vg_event_canonical(&first.event, "00112233445566778899aabbccddeeff", &length);
	VG_ASSERT(bytes != NULL);
	if (first.event.kind == VG_KIND_ALARMS_REPORTED)
		check_copy(&first.event, bytes);
	if (length <= vg_event_bytes_max(first.event.kind)) {
		VG_ASSERT(vg_event_parse(bytes, length, &second, NULL) == 0);
		same = vg_event_canonical(&second.event, second.salt, &again);
		VG_ASSERT(same != NULL && again == length && memcmp(bytes, same, length) == 0);
		free(same);
		vg_parsed_event_free(&second);
	}
	free(bytes);
	vg_parsed_event_free(&first);
	return 0;
}
