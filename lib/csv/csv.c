/* csv.c - rows with line numbers on top of libcsv.
 *
 * libcsv knows no lines and stops at its first error. So it is fed at most one physical line at a
 * time: the reader then always knows the line, and after an error it starts afresh with the next
 * one. libcsv strips blanks around fields and takes lone carriage returns for row ends; the first
 * is turned off, the second kept. */
#include "lib/csv/csv.h"

#include <csv.h>

#include <stdlib.h>
#include <string.h>

#define BLOCK	(64 * 1024) /* libcsv grows its field by this; 128 bytes at a time is quadratic */
#define OPTIONS (CSV_STRICT | CSV_STRICT_FINI)

struct vg_csv {
	struct csv_parser parser;
	vg_csv_row_cb *on_row;
	void *arg;
	int64_t line;	   /* being read */
	int64_t row_line;  /* where the current row began; 0 = between rows */
	size_t row_bytes;  /* fed since then */
	const char *error; /* of the current row */
	bool skipping;	   /* the rest of the line belongs to a row that was given up */
	bool stopped, out_of_memory;
	char *text; /* the row's fields, each with its NUL */
	size_t text_used, text_size;
	size_t count;
	size_t offset[VG_CSV_FIELDS_MAX];
	size_t length[VG_CSV_FIELDS_MAX];
	char *field[VG_CSV_FIELDS_MAX];
};

static int
no_space(unsigned char c)
{
	(void)c;
	return 0;
}

struct vg_csv *
vg_csv_new(char delimiter, vg_csv_row_cb *on_row, void *arg)
{
	struct vg_csv *csv = calloc(1, sizeof(*csv));

	VG_ASSERT(on_row != NULL);
	if (csv == NULL)
		return NULL;
	if (csv_init(&csv->parser, OPTIONS) != 0) {
		free(csv);
		return NULL;
	}
	csv_set_delim(&csv->parser, (unsigned char)delimiter);
	csv_set_space_func(&csv->parser, no_space);
	csv_set_blk_size(&csv->parser, BLOCK);
	csv->on_row = on_row;
	csv->arg = arg;
	csv->line = 1;
	return csv;
}

void
vg_csv_free(struct vg_csv *csv)
{
	if (csv == NULL)
		return;
	csv_free(&csv->parser);
	free(csv->text);
	free(csv);
}

static void
begin_row(struct vg_csv *csv)
{
	csv->row_line = 0;
	csv->row_bytes = 0;
	csv->error = NULL;
	csv->count = 0;
	csv->text_used = 0;
}

static bool
reserve(struct vg_csv *csv, size_t more)
{
	size_t size = csv->text_size == 0 ? 4096 : csv->text_size;
	char *text;

	while (size - csv->text_used < more)
		size *= 2;
	if (size == csv->text_size)
		return true;
	if ((text = realloc(csv->text, size)) == NULL)
		return false;
	csv->text = text;
	csv->text_size = size;
	return true;
}

static void
on_field(void *bytes, size_t length, void *arg)
{
	struct vg_csv *csv = arg;

	if (csv->stopped || csv->out_of_memory || csv->error != NULL)
		return;
	if (csv->count == VG_CSV_FIELDS_MAX) {
		csv->error = "more than 1024 fields; is the delimiter right?";
		return;
	}
	if (!reserve(csv, length + 1)) {
		csv->out_of_memory = true;
		return;
	}
	if (length > 0)
		memcpy(csv->text + csv->text_used, bytes, length);
	csv->text[csv->text_used + length] = '\0';
	csv->offset[csv->count] = csv->text_used;
	csv->length[csv->count] = length;
	csv->count++;
	csv->text_used += length + 1;
}

static void
hand_over(struct vg_csv *csv)
{
	struct vg_csv_row row = {.line = csv->row_line, .error = csv->error};
	if (csv->error == NULL) {
		for (size_t i = 0; i < csv->count; i++)
			csv->field[i] = csv->text + csv->offset[i];
		row.count = csv->count;
		row.field = csv->field;
		row.length = csv->length;
	}
	csv->stopped = !csv->on_row(&row, csv->arg);
	begin_row(csv);
}

static void
on_row_end(int terminator, void *arg)
{
	struct vg_csv *csv = arg;

	(void)terminator;
	if (csv->stopped || csv->out_of_memory)
		return;
	hand_over(csv);
}

/* Gives up on the current row; libcsv begins anew, which csv_fini does only without its strictness.
 */
static void
fail_row(struct vg_csv *csv, const char *why)
{
	(void)csv_set_opts(&csv->parser, 0);
	(void)csv_fini(&csv->parser, NULL, NULL, NULL);
	(void)csv_set_opts(&csv->parser, OPTIONS);
	csv->skipping = true;
	if (csv->out_of_memory || csv->stopped)
		return;
	csv->error = why;
	hand_over(csv);
}

static int
state_code(const struct vg_csv *csv)
{
	return csv->out_of_memory ? VG_ENOMEM : csv->stopped ? 1 : 0;
}

static void
feed_piece(struct vg_csv *csv, const char *bytes, size_t length)
{
	if (csv->row_line == 0)
		csv->row_line = csv->line;
	csv->row_bytes += length;
	if (csv->row_bytes > VG_CSV_ROW_MAX)
		fail_row(csv, "longer than 1 MiB; is there a quote that is never closed?");
	else if (csv_parse(&csv->parser, bytes, length, on_field, on_row_end, csv) != length) {
		if (csv_error(&csv->parser) == CSV_EPARSE)
			fail_row(csv, "a quote stands inside a field; expected it doubled and the "
				      "field in quotes");
		else
			csv->out_of_memory = true;
	}
}

/* Bytes up to and with the first line feed or carriage return. */
static size_t
piece_length(const char *bytes, size_t length)
{
	const char *feed = memchr(bytes, '\n', length);
	size_t line = feed != NULL ? (size_t)(feed - bytes) + 1 : length;
	const char *carriage_return = memchr(bytes, '\r', line);

	return carriage_return != NULL ? (size_t)(carriage_return - bytes) + 1 : line;
}

/* Only a quoted field runs on into the next line. */
static void
end_line(struct vg_csv *csv)
{
	csv->line++;
	csv->skipping = false;
	if (!csv->parser.quoted)
		begin_row(csv);
}

int
vg_csv_feed(struct vg_csv *csv, const char *bytes, size_t length)
{
	while (length > 0 && state_code(csv) == 0) {
		size_t piece = piece_length(bytes, length);

		if (!csv->skipping)
			feed_piece(csv, bytes, piece);
		if (bytes[piece - 1] == '\n')
			end_line(csv);
		bytes += piece;
		length -= piece;
	}
	return state_code(csv);
}

int
vg_csv_end(struct vg_csv *csv)
{
	if (state_code(csv) == 0 && csv_fini(&csv->parser, on_field, on_row_end, csv) != 0)
		fail_row(csv, "the file ends inside a quoted field");
	return state_code(csv);
}
