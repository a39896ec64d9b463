/* A CSV file that the command line names, as a spreadsheet saves it: a header, then rows. */
#ifndef VG_SHEET_H
#define VG_SHEET_H

#include "cli/cli.h"

#define VG_SHEET_COLUMNS_MAX 8

/* Cells in the order of the columns that were asked for, borrowed until the callback returns. An
 * exit code other than 0 ends the reading. */
typedef int vg_sheet_row_cb(const struct vg_cli *cli, int64_t line, const char *const *cell,
			    void *arg);

/* Reads at most 16 MiB of UTF-8 with semicolons or commas. `columns` end with NULL; each must be in
 * the header, in any order, and no other may. 0, or an exit code after the complaint with file and
 * line. */
int vg_sheet_read(const struct vg_cli *cli, const char *path, const char *const *columns,
		  vg_sheet_row_cb *on_row, void *arg);

#endif
