/* Sheets that statement and report share: key figures, availability, comments, how it is counted.
 * Private to lib/xlsx. */
#ifndef VG_XLSX_SHEETS_H
#define VG_XLSX_SHEETS_H

#include "core/kpi.h"
#include "lib/xlsx/book.h"

/* Whose cells they are: a statement's need no column for it. */
enum vg_sheet_of { VG_SHEET_OF_ONE, VG_SHEET_OF_ALL };

/* The model's "cells", "availability" and "comments"; no sheet when there are no comments. */
void vg_sheet_kpis(struct vg_book *book, const json_t *model, enum vg_sheet_of of);
void vg_sheet_availability(struct vg_book *book, const json_t *model, enum vg_sheet_of of);
void vg_sheet_comments(struct vg_book *book, const json_t *model);

/* "Så räknas det": how a figure comes about. rule: a section of the rules. */
struct vg_how {
	const char *what, *how, *rule;
};
/* Those, the fee's settings (NULL = none), and what the workbook was made from. agreements: the
 * member that lists them. */
void vg_sheet_how(struct vg_book *book, const json_t *model, const struct vg_how *how, size_t hows,
		  const json_t *settings, const char *agreements);

/* The value of a KPI in its unit (vg_figure_unit). */
struct vg_cell vg_kpi_value(enum vg_kpi kpi, int64_t num, int64_t den);

#endif
