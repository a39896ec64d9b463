/* Any bytes as an HL7 acknowledgement, and as a message of the configuration. */
#include "agents/checks/mllp_message.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char stamp[] = "20261122050607", id[] = "VG0123456789ABCDEF";
	struct vg_mllp_ack ack;
	struct vg_err err = {0};
	char *text = malloc(size + 1), *request = NULL;
	size_t length = 0;
	int rc;

	VG_ASSERT(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	rc = vg_mllp_ack_parse((const char *)data, size, &ack, &err);
	VG_ASSERT(rc == 0 ? strlen(ack.code) == 2 && vg_mllp_complete((const char *)data, size)
			  : rc == VG_EPROTO && err.text[0] != '\0');
	rc = vg_mllp_request(&request, &length, text, stamp, id, &err);
	VG_ASSERT((rc == 0) == (request != NULL));
	VG_ASSERT(rc != 0 ||
		  (vg_mllp_complete(request, length) && !vg_mllp_complete(request, length - 1) &&
		   memmem(request, length, stamp, strlen(stamp)) != NULL &&
		   memmem(request, length, id, strlen(id)) != NULL));
	free(request);
	free(text);
	return 0;
}
