/* CSV (RFC 4180, any one-character delimiter) by rows, with the line on which each row begins
 * (libcsv).
 *
 * Bytes are pushed in pieces of any size. A row that cannot be read is handed over as an error with
 * its line, and reading goes on with the next line. Fields are bytes as they stand: encoding and
 * meaning are the reader's business. */
#ifndef VG_CSV_H
#define VG_CSV_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_CSV_ROW_MAX                                                                             \
	(1 << 20) /* bytes of a row: a quote that is never closed must not swallow the file */
#define VG_CSV_FIELDS_MAX 1024

struct vg_csv_row {
	int64_t line;	   /* of the row's first byte, from 1 */
	const char *error; /* NULL, or why the row could not be read; then there are no fields */
	size_t count;
	char *const *field; /* NUL-terminated, borrowed until the callback returns */
	const size_t *length;
};

/* Returns false to stop. Empty lines are not rows. */
typedef bool vg_csv_row_cb(const struct vg_csv_row *row, void *arg);

struct vg_csv;
/* NULL = out of memory. */
struct vg_csv *vg_csv_new(char delimiter, vg_csv_row_cb *on_row, void *arg);
void vg_csv_free(struct vg_csv *csv);

/* 0, 1 when the callback stopped, or VG_ENOMEM. */
VG_MUST_CHECK int vg_csv_feed(struct vg_csv *csv, const char *bytes, size_t length);
/* The end of the input: hands over a last row without line break. Same codes. */
VG_MUST_CHECK int vg_csv_end(struct vg_csv *csv);

#endif
