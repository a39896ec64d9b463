/* Golden bytes: what a program made once and must make again.
 *
 * They lie in tests/data/statement. With VINGA_GOLDEN=write in the environment they are written
 * anew, for a person to read the difference before it is committed. */
#ifndef VG_TEST_GOLDEN_SUPPORT_H
#define VG_TEST_GOLDEN_SUPPORT_H

#include "tests/unit/core_support.h"

SUPPORT char *
golden_read(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(1 << 20);

	assert_non_null(bytes);
	if (file == NULL)
		fail_msg("%s cannot be read", path);
	*length = fread(bytes, 1, 1 << 20, file);
	assert_int_equal(fclose(file), 0);
	return bytes;
}

/* `bytes` are those of tests/data/statement/<name>. */
SUPPORT void
golden_equal(const char *name, const char *bytes, size_t length)
{
	const char *write = getenv("VINGA_GOLDEN");
	char path[512], *want;
	size_t size, at = 0, line = 1;

	snprintf(path, sizeof path, "%s/statement/%s", VG_TEST_DATA, name);
	if (write != NULL && strcmp(write, "write") == 0) {
		FILE *file = fopen(path, "wb");

		assert_non_null(file);
		assert_int_equal(fwrite(bytes, 1, length, file), length);
		assert_int_equal(fclose(file), 0);
	}
	want = golden_read(path, &size);
	while (at < size && at < length && want[at] == bytes[at])
		line += want[at++] == '\n';
	if (size != length || at < size)
		fail_msg("%s differs at byte %zu, line %zu: %.60s", name, at, line, bytes + at);
	free(want);
}

#endif
