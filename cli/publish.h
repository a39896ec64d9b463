/* Statements as files, and their publication. */
#ifndef VG_PUBLISH_H
#define VG_PUBLISH_H

#include "cli/cli.h"
#include "cli/files.h"
#include "lib/report/statement.h"

/* Writes every form of a statement's model to the directory. *made (may be NULL) is the list of
 * files with their hashes, the caller's. Exit code. */
int vg_statement_write(struct vg_cli *cli, const char *directory, const json_t *model,
		       json_t **made);
/* Publishes every closed statement of the month (0 = of all) that is not, of the municipality (NULL
 * = of all): files to <directory>/<month>/<code>/, and the event. *count of them. Exit code. */
int vg_publish(struct vg_cli *cli, const char *directory, int month, const char *municipality,
	       size_t *count);

#endif
