/* Masking any bytes: what is left holds no number, and masking it again changes nothing. */
#include "lib/redact/redact.h"

#include "core/assert.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length, again, hits, more;
	char *once = vg_redact_mask((const char *)data, size, &vg_redact_default, &length, &hits);
	char *twice;

	VG_ASSERT(once != NULL && length <= size);
	twice = vg_redact_mask(once, length, &vg_redact_default, &again, &more);
	VG_ASSERT(twice != NULL && more == 0 && again == length &&
		  memcmp(once, twice, length) == 0);
	free(once);
	free(twice);
	return 0;
}
