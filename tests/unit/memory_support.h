/* Out of memory: allocations that fail on purpose, one after the other. Programs that use it are
 * linked with --wrap for each allocating function, see tests/CMakeLists.txt. */
#ifndef VG_TEST_MEMORY_SUPPORT_H
#define VG_TEST_MEMORY_SUPPORT_H

#include "lib/base/err.h"
#include "tests/unit/core_support.h"

static long left; /* allocations up to and with the one that fails; 0 = none fails */

static bool
fails(void)
{
	return left > 0 && --left == 0;
}

#define WRAP(name, parameters, ...)                                                                \
	void *__real_##name parameters;                                                            \
	void *__wrap_##name parameters;                                                            \
	void *__wrap_##name parameters                                                             \
	{                                                                                          \
		return fails() ? NULL : __real_##name(__VA_ARGS__);                                \
	}

WRAP(malloc, (size_t size), size)
WRAP(calloc, (size_t n, size_t size), n, size)
WRAP(realloc, (void *memory, size_t size), memory, size)
WRAP(reallocarray, (void *memory, size_t n, size_t size), memory, n, size)
WRAP(strdup, (const char *text), text)

struct saved {
	uint8_t at[256 * 1024];
	size_t n;
};

SUPPORT int
keep_bytes(const void *bytes, size_t length, void *arg)
{
	struct saved *out = arg;

	assert_true(out->n + length <= sizeof(out->at));
	memcpy(out->at + out->n, bytes, length);
	out->n += length;
	return 0;
}

/* What any life ends with. Returns 0, or VG_ENOMEM. */
SUPPORT int
save_and_load(const struct vg_core *core)
{
	static struct saved bytes;
	struct vg_core *loaded;
	int rc;

	bytes.n = 0;
	if ((rc = vg_core_save(core, keep_bytes, &bytes)) != 0)
		return rc;
	if ((loaded = vg_core_load(bytes.at, bytes.n)) == NULL)
		return VG_ENOMEM;
	vg_core_free(loaded);
	return 0;
}

/* Lives a core's life; returns 0 or what a step or a reader returned. */
typedef int life_cb(struct vg_core *core, void *arg);

static int
live_with(long failing, life_cb *life, void *arg, bool *reached)
{
	struct vg_core *core;
	int rc = VG_ENOMEM;

	left = failing;
	if ((core = vg_core_new()) != NULL)
		rc = life(core, arg);
	*reached = left == 0;
	left = 0;
	vg_core_free(core);
	return rc;
}

/* The life with the n-th allocation failing, for every n, of which there are more than `least`. */
SUPPORT void
fail_each_allocation(life_cb *life, void *arg, long least)
{
	bool reached;
	long n = 0;

	assert_int_equal(live_with(0, life, arg, &reached), 0);
	do {
		int rc = live_with(++n, life, arg, &reached);

		if (rc != (reached ? VG_ENOMEM : 0))
			fail_msg("allocation %ld fails: returned %d", n, rc);
	} while (reached);
	assert_true(n > least);
}

#endif
