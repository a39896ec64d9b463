/* A file that the command line names, read whole. */
#ifndef VG_CLI_WHOLE_H
#define VG_CLI_WHOLE_H

#include "cli/cli.h"

/* The bytes, to be freed; NULL after the complaint: it cannot be read, or is longer than `max`
 * bytes, a whole number of MiB. */
char *vg_whole_file(const struct vg_cli *cli, const char *path, size_t max, size_t *length);

#endif
