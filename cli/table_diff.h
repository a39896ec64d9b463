/* The read model against what the ledger gives: row by row, compared by PostgreSQL itself in its
 * own types. */
#ifndef VG_TABLE_DIFF_H
#define VG_TABLE_DIFF_H

#include "cli/replay.h"

/* All tables, all rows. Differences are printed, at most 20 for each table, and counted into
 * *differences. Exit code. */
int vg_table_diff_all(struct vg_cli *cli, struct vg_pg *pg, const struct vg_replayed *replayed,
		      int64_t *differences);
/* The month's KPI cells and the tickets that were alive in it. */
int vg_table_diff_month(struct vg_cli *cli, struct vg_pg *pg, const struct vg_replayed *replayed,
			int month, int64_t *differences);
/* Makes schema `name` and fills it with copies of all tables as the ledger gives them. Exit code.
 */
int vg_table_shadow(struct vg_cli *cli, struct vg_pg *pg, const struct vg_replayed *replayed,
		    const char *name);

#endif
