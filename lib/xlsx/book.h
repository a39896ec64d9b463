/* A workbook as sheets of labelled values and tables. Private to lib/xlsx, whose other files call
 * libxlsxwriter through it only. Headers, labels and names are given in Swedish and put in the
 * book's language (lib/report/words.h).
 *
 * The first failure is kept, later calls do nothing, and closing tells it: so the sheets read as a
 * list of what stands on them. */
#ifndef VG_XLSX_BOOK_H
#define VG_XLSX_BOOK_H

#include "lib/base/err.h"
#include "lib/report/statement.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define VG_BOOK_ROWS_MAX    200000 /* of a table; they are all in memory until the book is written */
#define VG_BOOK_COLUMNS_MAX 32	   /* of a table */
#define VG_BOOK_TEXT_MAX    32767  /* bytes of a cell; a longer text ends in "…" */
#define VG_BOOK_FORMULA_MAX 256
#define VG_BOOK_ROOM	    1024 /* bytes of a text that is made for a cell */
#define VG_BOOK_HEAD_MAX    128	 /* bytes of a header or a label; a longer one is cut */

enum vg_cell_form {
	VG_CELL_EMPTY,
	VG_CELL_TEXT,
	VG_CELL_COUNT,	 /* a whole number */
	VG_CELL_ORE,	 /* whole öre, shown as such */
	VG_CELL_KRONOR,	 /* whole öre, shown as kronor */
	VG_CELL_DECIMAL, /* num / den, cut to three decimals */
	VG_CELL_PERCENT, /* num / den in percent, cut to three decimals as everywhere */
	VG_CELL_PPM,	 /* millionths, shown as VG_CELL_PERCENT */
	VG_CELL_INSTANT, /* milliseconds UTC, shown in local time */
	VG_CELL_DAY,	 /* text "2026-11-06", shown as a date */
	VG_CELL_FORM_COUNT
};

/* den: of DECIMAL and PERCENT, above 0. formula: "=..." with `num` as its stored value; NULL =
 * none. Texts are borrowed until the call returns. */
struct vg_cell {
	enum vg_cell_form form;
	const char *text;
	int64_t num, den;
	const char *formula;
};

/* EMPTY when there is no text. */
static inline struct vg_cell
vg_cell_text(const char *text)
{
	struct vg_cell cell = {.form = VG_CELL_TEXT, .text = text, .den = 1};

	return text != NULL && *text != '\0' ? cell : (struct vg_cell){.form = VG_CELL_EMPTY};
}

/* EMPTY when den is 0: no data are no figure. */
static inline struct vg_cell
vg_cell_number(enum vg_cell_form form, int64_t num, int64_t den)
{
	struct vg_cell cell = {.form = form, .num = num, .den = den};

	return den > 0 ? cell : (struct vg_cell){.form = VG_CELL_EMPTY};
}

struct vg_book;
struct vg_sheet {
	struct vg_book *book;
	void *worksheet;
	const char *name;
	uint32_t row;	      /* the next free one */
	uint32_t first, last; /* the newest table's rows of values */
	int64_t sum[VG_BOOK_COLUMNS_MAX];
};

/* A cell that is more than a member by its form. `out` is EMPTY at the call. */
struct vg_source {
	const json_t *model, *row;
	enum vg_language language;
	char *room; /* VG_BOOK_ROOM bytes for a text that is made */
};
typedef void vg_cell_cb(const struct vg_source *from, struct vg_cell *out);
struct vg_column {
	const char *head; /* in Swedish; of instants, the zone is put after it */
	enum vg_cell_form form;
	const char *member; /* "a.b": of an object within; absent = an empty cell */
	vg_cell_cb *cell;   /* instead of `member`; NULL = none */
	unsigned width;	    /* in characters */
	bool summed;	    /* has a sum under the table: COUNT, ORE, KRONOR */
};

/* Where a column of a table has its values, for formulas and charts, and what they add up to. */
struct vg_area {
	const char *sheet;
	uint32_t first, last; /* rows, from 0 */
	uint16_t column;
	int64_t sum;
};

/* A book with a title, dated created_ms (UTC milliseconds), in a private directory. 0, VG_EIO or
 * VG_ENOMEM; *out is NULL then. */
VG_MUST_CHECK int vg_book_open(struct vg_book **out, const json_t *model, enum vg_language language,
			       const char *title, int64_t created_ms, struct vg_err *err);
/* Writes the book to `out` unless something failed before, and frees everything. The first failure.
 */
VG_MUST_CHECK int vg_book_close(struct vg_book *book, FILE *out, struct vg_err *err);

/* What is said in Swedish, in the book's language. */
const char *vg_book_say(const struct vg_book *book, const char *swedish)
	__attribute__((format_arg(2)));
/* The caller ran out of memory: the book will not be written. */
void vg_book_no_memory(struct vg_book *book);

/* A sheet's name, in Swedish, and its translation have at most 31 characters, none of []:*?/\ */
struct vg_sheet vg_sheet_begin(struct vg_book *book, const char *name);
void vg_sheet_title(struct vg_sheet *sheet, const char *text);
void vg_sheet_gap(struct vg_sheet *sheet); /* an empty row */
void vg_sheet_note(struct vg_sheet *sheet, const char *text);
/* A row: the label, then its values; an EMPTY value has none. */
void vg_sheet_pair(struct vg_sheet *sheet, const char *label, struct vg_cell value);
void vg_sheet_values(struct vg_sheet *sheet, const char *label, const struct vg_cell *value,
		     size_t values);
void vg_sheet_widths(struct vg_sheet *sheet, const unsigned *width, size_t columns);

/* A table of the rows that are wanted (NULL: all), from the sheet's next row on; on row 0 its
 * header is frozen. Without rows it has an empty one, since a table must have a row. */
typedef bool vg_row_cb(const json_t *row);
void vg_sheet_table(struct vg_sheet *sheet, const struct vg_column *column, size_t columns,
		    const json_t *rows, vg_row_cb *wanted);
/* The same of cells that are there already, row by row; no column is summed. */
void vg_sheet_cells(struct vg_sheet *sheet, const struct vg_column *column, size_t columns,
		    const struct vg_cell *cell, size_t rows);
/* The values of the column with that header in the sheet's newest table. */
struct vg_area vg_sheet_area(const struct vg_sheet *sheet, const struct vg_column *column,
			     size_t columns, const char *head);
/* "=SUM('Sheet'!K2:K11)"; out has VG_BOOK_FORMULA_MAX bytes. Returns out. */
char *vg_area_sum(struct vg_area area, char *out);

/* Columns, one series, below the sheet's next row. `description` is what a screen reader says. */
void vg_sheet_chart(struct vg_sheet *sheet, const char *title, const char *description,
		    struct vg_area names, struct vg_area values, enum vg_cell_form form);

#endif
