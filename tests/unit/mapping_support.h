/* Mapping files for tests: the shipped ones, and small ones as text. */
#ifndef VG_TEST_MAPPING_SUPPORT_H
#define VG_TEST_MAPPING_SUPPORT_H

#include "lib/mapping/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SUPPORT	 __attribute__((unused)) static
#define MAPPINGS VG_SOURCE_DIR "/plugins/mappings/"

SUPPORT struct vg_mapping *
load(const char *path)
{
	struct vg_yaml_errors errors = {.count = 0};
	struct vg_mapping *mapping = vg_mapping_load(path, &errors);

	if (mapping == NULL)
		fail_msg("%s", errors.count > 0 ? errors.text[0] : "no error was told");
	assert_int_equal(errors.count, 0);
	return mapping;
}

/* A new file of that name, whose end is XXXXXX. */
SUPPORT void
write_bytes(char *path, const char *bytes, size_t length)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), (ssize_t)length);
	assert_int_equal(close(fd), 0);
}

SUPPORT void
write_file(char *path, const char *text)
{
	write_bytes(path, text, strlen(text));
}

/* A mapping of these lines. */
SUPPORT struct vg_mapping *
load_text(const char *text)
{
	char path[] = "/tmp/vinga-test-mapping-XXXXXX";
	struct vg_mapping *mapping;

	write_file(path, text);
	mapping = load(path);
	assert_int_equal(unlink(path), 0);
	return mapping;
}

#endif
