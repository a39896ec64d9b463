/* whole.c - a file that the command line names, read whole. */
#include "cli/whole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
vg_whole_file(const struct vg_cli *cli, const char *path, size_t max, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *bytes = file != NULL ? malloc(max + 1) : NULL;
	bool whole = false;

	if (bytes != NULL) {
		*length = fread(bytes, 1, max + 1, file);
		whole = !ferror(file);
	}
	if (!whole)
		(void)vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: %s", path, strerror(errno));
	else if (*length > max)
		(void)vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: expected at most %zu MiB", path,
				  max >> 20);
	if (file != NULL)
		(void)fclose(file);
	if (whole && *length <= max)
		return bytes;
	free(bytes);
	return NULL;
}
