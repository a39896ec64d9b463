/* Workbooks of a statement and of the monthly report, printed from their models and from nothing
 * else: the same model gives the same bytes.
 *
 * Every list is a table object with headers in a frozen row, money stands in kronor and, in a
 * column of its own, in whole öre, instants are dates in local time with the zone in the header,
 * and sums are formulas that carry the model's value. Text from the model is never a formula. */
#ifndef VG_XLSX_H
#define VG_XLSX_H

#include "lib/base/err.h"
#include "lib/report/statement.h"

#include <jansson.h>
#include <stdio.h>

/* The zone must be set (vg_civil_set_zone). Temporary files are in a private directory below
 * P_tmpdir, and gone when the function returns. 0; VG_ELIMIT when a list has more rows than
 * VG_BOOK_ROWS_MAX; VG_ENOMEM; VG_EIO when a file or `out` fails. What was written to `out` before
 * a failure is no workbook. */
VG_MUST_CHECK int vg_xlsx_statement(const json_t *model, enum vg_language language, FILE *out,
				    struct vg_err *err);
VG_MUST_CHECK int vg_xlsx_report(const json_t *model, enum vg_language language, FILE *out,
				 struct vg_err *err);

#endif
