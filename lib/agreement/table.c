/* table.c - CSV files beside an agreement, as a spreadsheet writes them.
 *
 * A row is made into a map of nodes, so that a table in the YAML and one in a CSV file have one
 * reader and one set of messages. */
#include "lib/agreement/load.h"

#include "lib/csv/csv.h"
#include "lib/csv/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSV_BYTES_MAX	(1 << 20)
#define READ_MIN	4 /* the least that vg_input_read wants room for */
#define COLUMNS_MAX	16
#define COLUMN_TEXT_MAX 200

struct reading {
	struct vg_load *load;
	const char *file;
	const char *const *known; /* NULL-ended */
	vg_load_row_cb *on_row;
	size_t columns;
	const char *column[COLUMNS_MAX]; /* the header's names, owned; 0 columns = it comes next */
};

static size_t
characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

/* The row's cells as nodes with their places; a cell without text is a key that is not there. */
struct row_map {
	struct vg_yaml_node map, cell[COLUMNS_MAX];
	const char *key[COLUMNS_MAX];
	const struct vg_yaml_node *item[COLUMNS_MAX];
};

static void
make_map(struct row_map *out, const struct reading *reading, const struct vg_csv_row *row,
	 bool header)
{
	struct vg_yaml_node place_of_row = {.type = VG_YAML_SCALAR,
					    .file = reading->file,
					    .line = (int)row->line,
					    .column = 1,
					    .quoted = true};
	struct vg_yaml_node *map = &out->map;
	size_t before = 1;

	*map = place_of_row;
	map->type = VG_YAML_MAP;
	for (size_t i = 0; i < row->count && i < COLUMNS_MAX; i++) {
		out->cell[i] = place_of_row;
		out->cell[i].text = row->field[i];
		out->cell[i].column = (int)before;
		before += characters(row->field[i]) + 1;
		if (row->field[i][0] == '\0')
			continue;
		out->key[map->count] = header ? row->field[i] : reading->column[i];
		out->item[map->count++] = &out->cell[i];
	}
	map->key = out->key;
	map->key_node = out->item;
	map->item = out->item;
}

/* "code, name and size" */
static const char *
list_columns(const char *const *known, char out[COLUMN_TEXT_MAX])
{
	size_t used = 0;

	for (size_t i = 0; known[i] != NULL && used < COLUMN_TEXT_MAX; i++) {
		const char *before = i == 0 ? "" : known[i + 1] == NULL ? " and " : ", ";

		used += (size_t)snprintf(out + used, COLUMN_TEXT_MAX - used, "%s%s", before,
					 known[i]);
	}
	return out;
}

static bool
read_header(struct reading *reading, const struct vg_csv_row *row)
{
	struct vg_load *load = reading->load;
	struct row_map header = {0};
	char expected[COLUMN_TEXT_MAX];
	size_t errors_before = load->errors->count;

	if (row->count > COLUMNS_MAX) {
		vg_yaml_error(load->errors,
			      &(struct vg_yaml_node){.file = reading->file, .line = 1, .column = 1},
			      "expected at most %d columns, found %zu", COLUMNS_MAX, row->count);
		return false;
	}
	make_map(&header, reading, row, true);
	(void)vg_yaml_only(&header.map, load->errors, reading->known);
	for (size_t i = 0; i < header.map.count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(header.key[i], header.key[k]) == 0)
				vg_yaml_error(load->errors, header.item[i],
					      "column \"%s\" is there twice", header.key[i]);
	if (header.map.count != row->count)
		vg_yaml_error(load->errors, &header.map, "a column has no name; expected %s",
			      list_columns(reading->known, expected));
	for (size_t i = 0; i < row->count; i++)
		if ((reading->column[reading->columns] = vg_load_copy(load, row->field[i])) != NULL)
			reading->columns++;
	return load->errors->count == errors_before;
}

static bool
on_csv_row(const struct vg_csv_row *row, void *arg)
{
	struct reading *reading = arg;
	struct row_map cells = {0};
	const struct vg_yaml_node at = {.file = reading->file, .line = (int)row->line, .column = 1};

	if (row->error != NULL) {
		vg_yaml_error(reading->load->errors, &at, "%s", row->error);
		return true;
	}
	if (reading->columns == 0)
		return read_header(reading, row);
	if (row->count != reading->columns) {
		vg_yaml_error(reading->load->errors, &at,
			      "expected %zu cells as in the header, found %zu", reading->columns,
			      row->count);
		return true;
	}
	make_map(&cells, reading, row, false);
	reading->on_row(reading->load, &cells.map);
	return true;
}

/* A spreadsheet set to Swedish writes semicolons. */
static char
delimiter_of(const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '\n', length);
	size_t header = end == NULL ? length : (size_t)(end - bytes);

	return memchr(bytes, ';', header) != NULL ? ';' : ',';
}

static void
parse_csv(struct reading *reading, const char *bytes, size_t length)
{
	struct vg_csv *csv = vg_csv_new(delimiter_of(bytes, length), on_csv_row, reading);
	struct vg_yaml_errors *errors = reading->load->errors;
	const struct vg_yaml_node at = {.file = reading->file, .line = 1, .column = 1};
	char expected[COLUMN_TEXT_MAX];
	int rc = VG_ENOMEM;

	if (csv != NULL && (rc = vg_csv_feed(csv, bytes, length)) == 0)
		rc = vg_csv_end(csv);
	if (rc < 0)
		vg_yaml_error(errors, &at, "out of memory");
	else if (reading->columns == 0 && rc == 0)
		vg_yaml_error(errors, &at, "the file is empty; expected a header with %s",
			      list_columns(reading->known, expected));
	vg_csv_free(csv);
	for (size_t i = 0; i < reading->columns; i++)
		free((char *)reading->column[i]);
}

/* The whole file; *length past bytes_max means that it is longer. There is room for READ_MIN bytes
 * more. */
static int
read_whole(const char *path, char *bytes, size_t bytes_max, size_t *length, struct vg_err *err)
{
	struct vg_input *input;
	size_t got = 1;
	int rc;

	if ((rc = vg_input_open(&input, path, NULL, err)) != 0)
		return rc;
	for (*length = 0; rc == 0 && got > 0 && *length <= bytes_max; *length += got)
		if ((rc = vg_input_read(input, bytes + *length, bytes_max + READ_MIN - *length,
					&got, err)) != 0)
			got = 0;
	vg_input_close(input);
	return rc;
}

char *
vg_load_file(struct vg_load *load, const struct vg_yaml_node *node, const char *key,
	     size_t bytes_max, size_t *length, char **path)
{
	struct vg_err err = {0};
	char *bytes;

	if (!vg_load_is(load, node, VG_YAML_SCALAR, key) || !vg_load_is_id(load, node, key) ||
	    (bytes = vg_load_take(load, bytes_max + READ_MIN, 1)) == NULL)
		return NULL;
	if (asprintf(path, "%s/%s", load->directory, node->text) < 0) {
		free(bytes);
		vg_yaml_error(load->errors, node, "out of memory");
		return NULL;
	}
	if (read_whole(*path, bytes, bytes_max, length, &err) != 0)
		vg_yaml_error(load->errors, node, "%s: %s", key, err.text);
	else if (*length > bytes_max)
		vg_yaml_error(load->errors, node, "%s: %s has more than %zu bytes", key, node->text,
			      bytes_max);
	else
		return bytes;
	free(*path);
	free(bytes);
	return NULL;
}

void
vg_load_table(struct vg_load *load, const struct vg_yaml_node *node, const char *key,
	      const char *const *columns, vg_load_row_cb *on_row)
{
	struct reading reading = {.load = load, .known = columns, .on_row = on_row};
	char *bytes, *path;
	size_t length;

	bytes = vg_load_file(load, node, key, CSV_BYTES_MAX, &length, &path);
	if (bytes == NULL)
		return;
	reading.file = path;
	parse_csv(&reading, bytes, length);
	free(path);
	free(bytes);
}
