/* Any bytes: parsed or refused; what parses has canonical bytes that parse to themselves. */
#include "lib/json/event_json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
