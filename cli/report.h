/* The month's report as files, and what the ledger keeps of it. */
#ifndef VG_CLI_REPORT_H
#define VG_CLI_REPORT_H

#include "cli/cli.h"
#include "lib/report/report.h"

/* A report that is to be made. */
struct vg_report_order {
	const char *directory;
	const char *scope; /* as in struct vg_report_body: "" = the whole region */
	int month;
	bool english; /* page and workbook; a table has a form of its own for programs */
	bool published;
};

/* Makes the model from a core that stands at a chain head, its corrections told from `before` (NULL
 * = it tells of none), writes every form of it to the directory, and records in the ledger that it
 * was made; of a published one, with its files. Exit code. */
int vg_report_make(struct vg_cli *cli, const struct vg_report_order *order,
		   const struct vg_core *core, const char *head, const struct vg_core *before);

/* Makes and publishes the reports of the region and of each federation to <directory>/<month>/, and
 * each municipality's to <directory>/<month>/<code>/, for every month in which each member's
 * statement has been published: as of the row that closed the month. Those that were published
 * before are left alone. `now`: where it looks for what is due. *count of them. Exit code. */
int vg_report_publish(struct vg_cli *cli, const char *directory, const struct vg_core *now,
		      size_t *count);

#endif
