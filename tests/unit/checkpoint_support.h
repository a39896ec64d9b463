/* A core's checkpoint as bytes, whole or damaged. */
#ifndef VG_TEST_CHECKPOINT_SUPPORT_H
#define VG_TEST_CHECKPOINT_SUPPORT_H

#include "tests/unit/core_support.h"

struct bytes {
	uint8_t *at;
	size_t n, size;
};

SUPPORT int
append(const void *bytes, size_t length, void *arg)
{
	struct bytes *out = arg;

	if (out->n + length > out->size) {
		out->size = (out->n + length) * 2;
		out->at = realloc(out->at, out->size);
		assert_non_null(out->at);
	}
	memcpy(out->at + out->n, bytes, length);
	out->n += length;
	return 0;
}

/* To be freed. */
SUPPORT struct bytes
save(const struct vg_core *core)
{
	struct bytes out = {0};

	assert_int_equal(vg_core_save(core, append, &out), 0);
	return out;
}

/* The checksum after damage: FNV-1a over all but itself. */
SUPPORT void
seal(uint8_t *bytes, size_t n)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n - 8; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < 8; i++)
		bytes[n - 8 + i] = (uint8_t)(sum >> 8 * i);
}

#endif
