/* What the probes of a file look like, one by one and together: for comparing with another
 * product's figures. */
#ifndef VG_TRACE_H
#define VG_TRACE_H

#include "cli/cli.h"
#include "lib/mapping/mapping.h"

/* Profile of a file whose mapping gives samples, printed as JSON. Exit code. */
int vg_trace_profile(struct vg_cli *cli, struct vg_mapping *mapping, const char *path);

#endif
