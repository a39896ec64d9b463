/* A mapping tried on a file, against a core of its own: nothing is sent anywhere. */
#ifndef VG_DRY_RUN_H
#define VG_DRY_RUN_H

#include "cli/cli.h"
#include "core/core.h"
#include "lib/mapping/mapping.h"

/* What the file gives: *out is the core with all its tickets, the caller's. An exit code. */
int vg_dry_core(struct vg_cli *cli, struct vg_mapping *mapping, const char *path,
		struct vg_core **out);
/* Prints shares per municipality, line and priority, and the commonest values that the mapping does
 * not know. */
int vg_dry_run(struct vg_cli *cli, struct vg_mapping *mapping, const char *path);

#endif
