/* whole.c - a table file as one text, read at once and cut up where it stands. */
#include "lib/alarm/whole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int
read_open(FILE *file, const char *path, size_t max, char **out, struct vg_err *err)
{
	struct stat st;
	size_t length;

	if (fstat(fileno(file), &st) != 0 || !S_ISREG(st.st_mode))
		return vg_err_set(err, VG_EINVALID, "%s: expected a plain file", path);
	if ((size_t)st.st_size > max)
		return vg_err_set(err, VG_ELIMIT, "%s: expected at most %zu MiB", path, max >> 20);
	if ((*out = malloc((size_t)st.st_size + 1)) == NULL)
		return vg_err_set(err, VG_ENOMEM, "%s: out of memory", path);
	length = fread(*out, 1, (size_t)st.st_size, file);
	(*out)[length] = '\0';
	if (ferror(file))
		return vg_err_set(err, VG_EIO, "%s: it cannot be read", path);
	if (strlen(*out) != length)
		return vg_err_set(err, VG_EINVALID, "%s: expected text, but it has a NUL byte",
				  path);
	return 0;
}

int
vg_whole_read(const char *path, size_t max, char **out, struct vg_err *err)
{
	FILE *file = fopen(path, "re");
	int rc;

	*out = NULL;
	if (file == NULL)
		return vg_err_set(err, -errno, "%s: %s", path, strerror(errno));
	rc = read_open(file, path, max, out, err);
	(void)fclose(file);
	if (rc != 0) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

char *
vg_whole_line(char **at)
{
	char *line = *at, *end;

	if (*line == '\0')
		return NULL;
	end = line + strcspn(line, "\n");
	*at = *end == '\n' ? end + 1 : end;
	*end = '\0';
	return line;
}
