/* Any bytes as the head of a request: read or refused, and never past their end. */
#include "daemon/http/head.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char end[] = "\r\n\r\n";
	struct vg_head head;
	struct vg_err err = {0};
	char *bytes = malloc(size + sizeof(end));
	int status;

	VG_ASSERT(bytes != NULL);
	memcpy(bytes, data, size);
	memcpy(bytes + size, end, sizeof(end));
	status = vg_head_parse(bytes, size + sizeof(end) - 1, &head, &err);
	VG_ASSERT(status == 0 || (status >= 400 && status <= 505 && err.text[0] != '\0'));
	VG_ASSERT(status != 0 || !(head.chunked && head.content_length >= 0));
	free(bytes);
	return 0;
}
