/* How a finance system wants its file: which rows a statement becomes, their coding, and the
 * columns. docs/finance.md tells the form of the file that says so. */
#ifndef VG_LAYOUT_H
#define VG_LAYOUT_H

#include "cli/cli.h"

struct vg_layout;
/* NULL after the complaints, which name file, line and column. */
struct vg_layout *vg_layout_load(const char *path);
void vg_layout_free(struct vg_layout *layout);

/* The whole file from statements (as the daemon's list has them), in their order, and what the
 * agreement says of their municipalities. *bytes is malloc'ed, in the layout's encoding. 0, or an
 * exit code after a complaint for each statement that cannot be written: then there is no file. */
VG_MUST_CHECK int vg_layout_print(const struct vg_cli *cli, const struct vg_layout *layout,
				  const json_t *statements, const json_t *agreement, char **bytes,
				  size_t *length);

#endif
