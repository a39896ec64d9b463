/* Rows of CSV. Private to lib/report. */
#ifndef VG_REPORT_CSV_ROW_H
#define VG_REPORT_CSV_ROW_H

#include "lib/report/statement.h"

/* What a file begins with: a byte order mark in the form for Excel. */
void vg_csv_begin(FILE *out, enum vg_csv_form form);
void vg_csv_row(FILE *out, enum vg_csv_form form, const char *const *fields, size_t count);
/* Numbers and instants as fields; out has VG_NUMBER_MAX bytes. Return out. */
char *vg_csv_integer(int64_t value, char *out);
/* Local time with its offset; "" when the member is not there. */
char *vg_csv_instant(const json_t *object, const char *member, char *out);
/* The same as the form has it: Excel takes "2016-04-30 17:00:05" for a time, and none with an
 * offset. */
char *vg_csv_time(enum vg_csv_form form, const json_t *object, const char *member, char *out);

#endif
