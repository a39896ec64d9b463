/* sheet.c - CSV files that the command line names.
 *
 * Columns are found by their names, so that a person may order them as is handy, and a name that is
 * not known is refused: a column that is passed over in silence is one that somebody counted on. */
#include "cli/sheet.h"

#include "cli/whole.h"
#include "lib/csv/csv.h"
#include "lib/yaml/yaml.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHEET_BYTES_MAX (16 << 20)

struct sheet {
	const struct vg_cli *cli;
	const char *path;
	const char *const *columns;
	size_t count;			    /* of columns */
	size_t place[VG_SHEET_COLUMNS_MAX]; /* of each column in a row */
	bool header;			    /* it has been read */
	vg_sheet_row_cb *on_row;
	void *arg;
	int rc;
};

static bool
read_header(struct sheet *sheet, const struct vg_csv_row *row)
{
	bool found[VG_SHEET_COLUMNS_MAX] = {false};

	sheet->header = true;
	for (size_t i = 0; i < row->count; i++) {
		const char *near = vg_yaml_nearest(row->field[i], sheet->columns);
		size_t c = 0;

		while (c < sheet->count && strcmp(sheet->columns[c], row->field[i]) != 0)
			c++;
		if (c == sheet->count || found[c]) {
			sheet->rc = vg_cli_fail(
				sheet->cli, VG_EXIT_MALFORMED,
				"%s:%" PRId64 ": column \"%.60s\" %s%s%s%s", sheet->path, row->line,
				row->field[i], c < sheet->count ? "is there twice" : "is not known",
				c == sheet->count && near != NULL ? "; did you mean \"" : "",
				c == sheet->count && near != NULL ? near : "",
				c == sheet->count && near != NULL ? "\"?" : "");
			return false;
		}
		found[c] = true;
		sheet->place[c] = i;
	}
	for (size_t c = 0; c < sheet->count && sheet->rc == 0; c++)
		if (!found[c])
			sheet->rc = vg_cli_fail(sheet->cli, VG_EXIT_MALFORMED,
						"%s:%" PRId64 ": column \"%s\" is missing",
						sheet->path, row->line, sheet->columns[c]);
	return sheet->rc == 0;
}

static bool
on_csv_row(const struct vg_csv_row *row, void *arg)
{
	struct sheet *sheet = arg;
	const char *cell[VG_SHEET_COLUMNS_MAX] = {NULL};

	if (row->error != NULL)
		sheet->rc = vg_cli_fail(sheet->cli, VG_EXIT_MALFORMED, "%s:%" PRId64 ": %s",
					sheet->path, row->line, row->error);
	else if (!sheet->header)
		return read_header(sheet, row);
	else if (row->count != sheet->count)
		sheet->rc = vg_cli_fail(sheet->cli, VG_EXIT_MALFORMED,
					"%s:%" PRId64 ": expected %zu cells, found %zu",
					sheet->path, row->line, sheet->count, row->count);
	for (size_t c = 0; c < sheet->count && sheet->rc == 0; c++)
		cell[c] = row->field[sheet->place[c]];
	if (sheet->rc == 0)
		sheet->rc = sheet->on_row(sheet->cli, row->line, cell, sheet->arg);
	return sheet->rc == 0;
}

/* A spreadsheet set to Swedish writes semicolons. */
static char
delimiter_of(const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '\n', length);

	return memchr(bytes, ';', end == NULL ? length : (size_t)(end - bytes)) != NULL ? ';' : ',';
}

int
vg_sheet_read(const struct vg_cli *cli, const char *path, const char *const *columns,
	      vg_sheet_row_cb *on_row, void *arg)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct sheet sheet = {
		.cli = cli, .path = path, .columns = columns, .on_row = on_row, .arg = arg};
	size_t length = 0, start;
	char *bytes = vg_whole_file(cli, path, SHEET_BYTES_MAX, &length);
	struct vg_csv *csv;
	int rc = VG_ENOMEM;

	if (bytes == NULL)
		return VG_EXIT_MALFORMED;
	while (columns[sheet.count] != NULL)
		sheet.count++;
	start = length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
	csv = vg_csv_new(delimiter_of(bytes, length), on_csv_row, &sheet);
	if (csv != NULL && (rc = vg_csv_feed(csv, bytes + start, length - start)) == 0)
		rc = vg_csv_end(csv);
	vg_csv_free(csv);
	free(bytes);
	if (rc < 0)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	if (sheet.rc == 0 && !sheet.header)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: the file is empty", path);
	return sheet.rc;
}
