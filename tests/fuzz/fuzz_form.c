/* Any bytes as a form: a value is UTF-8 that fits, and has no control characters but line ends and
 * tabs. */
#include "daemon/status/form.h"
#include "lib/base/utf8.h"
#include "core/assert.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	char out[64];

	VG_ASSERT(bytes != NULL);
	memcpy(bytes, data, size);
	if (vg_form_field(bytes, size, "text", out, sizeof(out))) {
		VG_ASSERT(strlen(out) < sizeof(out));
		VG_ASSERT(vg_utf8_valid(out, strlen(out)) == strlen(out));
		for (const char *at = out; *at != '\0'; at++)
			VG_ASSERT((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t');
	}
	free(bytes);
	return 0;
}
