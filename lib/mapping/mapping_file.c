/* mapping_file.c - documents and whole files to rows.
 *
 * CSV rows find their columns by the header's names; NDJSON is cut into lines; a JSON file is read
 * whole. A file with a wrong header is refused at once, a wrong row or line is one malformed row,
 * and reading goes on. */
#include "lib/mapping/mapping_private.h"

#include "lib/csv/csv.h"
#include "lib/csv/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE	      (64 * 1024)
#define JSON_FILE_MAX (64 << 20)
#define COLUMN_ABSENT SIZE_MAX

/* One file on its way through a run. */
struct reading {
	struct vg_mapping_run *run;
	const struct vg_mapping *mapping;
	const char *path;
	vg_mapped_row_cb *on_row;
	void *arg;
	struct vg_err *err;
	int rc; /* 0, 1 stopped, or a code */
	bool has_header;
	size_t header_count;
	size_t index[COLUMNS_MAX]; /* of each named column in the file's rows */
	int64_t line;
	char *bytes; /* NDJSON: the line so far; JSON: the file so far */
	size_t used, size;
	bool too_long;
};

/* --- documents --- */

bool
vg_mapping_is_payload(const struct vg_document_node *node)
{
	return vg_document_find(node, "@row") != NULL;
}

int64_t
vg_mapping_number(const struct vg_document_node *node, const char *key, int64_t max)
{
	const struct vg_document_node *member = vg_document_find(node, key);
	char number[VG_DOCUMENT_NUMBER_MAX];
	const char *text = member == NULL ? NULL : vg_document_text(member, number);
	long long value = text == NULL ? 0 : strtoll(text, NULL, 10);

	return value > 0 && value < max ? value : 0;
}

static void
map_node(struct vg_mapping_run *run, const struct vg_document_node *node, int64_t line,
	 struct vg_mapped_row *out)
{
	const struct vg_mapping *m = run->mapping;
	struct raw_row raw = {.line = line};

	if (vg_mapping_is_payload(node)) {
		raw.row = vg_mapping_number(node, "@row", INT32_MAX);
		raw.repeat = vg_mapping_number(node, "@repeat", INT32_MAX);
	}
	for (size_t i = 0; i < m->columns; i++) {
		const char *name = m->column[i]->text;
		const struct vg_document_node *member = vg_document_find(node, name);

		if (member == NULL)
			continue;
		if ((raw.value[i] = vg_document_text(member, run->number[i])) == NULL) {
			vg_mapping_malformed(run, line, name, NULL,
					     "is a list or an object; expected text or a number",
					     out);
			return;
		}
		raw.length[i] = strlen(raw.value[i]);
	}
	vg_mapping_row(run, &raw, out);
}

struct only {
	const struct vg_document_node *node;
	size_t count;
};

static bool
count_document(const struct vg_document_node *node, void *arg)
{
	struct only *only = arg;

	only->node = node;
	only->count++;
	return true;
}

const struct vg_document_node *
vg_mapping_list(const struct vg_mapping *m, const struct vg_document_node *root)
{
	char number[VG_DOCUMENT_NUMBER_MAX];
	const struct vg_document_node *list =
		m->documents != NULL ? vg_document_find(root, m->documents) : NULL;

	if (list != NULL && vg_document_text(list, number) == NULL)
		return list;
	return vg_document_is_list(root) ? root : NULL;
}

void
vg_mapping_document(struct vg_mapping_run *run, const char *bytes, size_t length, int64_t line,
		    struct vg_mapped_row *out)
{
	const struct vg_document_node *root, *list;
	struct vg_document *document = NULL;
	struct only only = {.count = 1};
	struct vg_err err = {0};

	if (run->mapping->target == TARGET_ALARMS || length > DOCUMENT_MAX) {
		vg_mapping_malformed(run, line, "", NULL,
				     length > DOCUMENT_MAX ? "longer than 1 MiB"
							   : "the mapping is of alarms",
				     out);
		return;
	}
	if (vg_document_parse(&document, bytes, length, &err) != 0) {
		vg_mapping_malformed(run, line, "", NULL, vg_err_text(&err, err.code), out);
		return;
	}
	only.node = root = vg_document_root(document);
	if (!vg_mapping_is_payload(root) && (list = vg_mapping_list(run->mapping, root)) != NULL) {
		only.count = 0;
		(void)vg_document_each(list, count_document, &only);
	}
	if (only.count == 1)
		map_node(run, only.node, line, out);
	else
		vg_mapping_malformed(run, line, "", NULL,
				     "the document holds several tickets, or none; expected one",
				     out);
	run->document = document;
}

/* --- CSV --- */

static void
hand_over(struct reading *r, const struct vg_mapped_row *row)
{
	if (!r->on_row(row, r->arg))
		r->rc = 1;
}

static size_t
find_column(const struct vg_csv_row *header, const char *name, size_t *times)
{
	size_t found = COLUMN_ABSENT;

	*times = 0;
	for (size_t i = 0; i < header->count; i++) {
		if (strcmp(header->field[i], name) == 0) {
			found = found == COLUMN_ABSENT ? i : found;
			(*times)++;
		}
	}
	return found;
}

static void
refuse_column(struct reading *r, const struct vg_csv_row *header, const struct vg_yaml_node *column,
	      size_t times)
{
	const char *known[VG_CSV_FIELDS_MAX + 1], *near;

	for (size_t i = 0; i < header->count; i++)
		known[i] = header->field[i];
	known[header->count] = NULL;
	near = vg_yaml_nearest(column->text, known);
	r->rc = vg_err_set(r->err, VG_EINVALID,
			   "%s: line %lld: %s column \"%.60s\", which %s:%d:%d names%s%.60s%s",
			   r->path, (long long)header->line, times == 0 ? "no" : "more than one",
			   column->text, column->file, column->line, column->column,
			   times == 0 && near != NULL ? "; did it mean \"" : "",
			   times == 0 && near != NULL ? near : "",
			   times == 0 && near != NULL ? "\"?" : "");
}

static void
read_header(struct reading *r, const struct vg_csv_row *header)
{
	r->has_header = true;
	r->header_count = header->count;
	if (header->error != NULL)
		r->rc = vg_err_set(r->err, VG_EINVALID, "%s: line %lld: the header: %s", r->path,
				   (long long)header->line, header->error);
	for (size_t i = 0; r->rc == 0 && i < r->mapping->columns; i++) {
		size_t times;

		r->index[i] = find_column(header, r->mapping->column[i]->text, &times);
		if (times != 1)
			refuse_column(r, header, r->mapping->column[i], times);
	}
}

static bool
on_csv_row(const struct vg_csv_row *row, void *arg)
{
	struct reading *r = arg;
	struct raw_row raw = {.line = row->line};
	struct vg_mapped_row out;
	char reason[80];

	if (!r->has_header) {
		read_header(r, row);
		return r->rc == 0;
	}
	if (row->error != NULL) {
		vg_mapping_malformed(r->run, row->line, "", NULL, row->error, &out);
	} else if (row->count != r->header_count) {
		(void)snprintf(reason, sizeof(reason),
			       "has %zu fields; expected %zu as in the header", row->count,
			       r->header_count);
		vg_mapping_malformed(r->run, row->line, "", NULL, reason, &out);
	} else {
		for (size_t i = 0; i < r->mapping->columns; i++) {
			raw.value[i] = row->field[r->index[i]];
			raw.length[i] = row->length[r->index[i]];
		}
		vg_mapping_row(r->run, &raw, &out);
	}
	hand_over(r, &out);
	return r->rc == 0;
}

/* --- NDJSON and JSON --- */

static void
append(struct reading *r, const char *bytes, size_t length, size_t max)
{
	size_t size = r->size == 0 ? PIECE : r->size;
	char *grown;

	if (r->too_long || length > max - r->used) {
		r->too_long = true;
		return;
	}
	while (size - r->used < length)
		size *= 2;
	if (size != r->size) {
		if ((grown = realloc(r->bytes, size)) == NULL) {
			r->rc = vg_err_set(r->err, VG_ENOMEM, "out of memory");
			return;
		}
		r->bytes = grown;
		r->size = size;
	}
	memcpy(r->bytes + r->used, bytes, length);
	r->used += length;
}

static void
end_line(struct reading *r)
{
	struct vg_mapped_row out;
	size_t blanks = 0;

	while (blanks < r->used && strchr(" \t\r", r->bytes[blanks]) != NULL)
		blanks++;
	r->line++;
	if (r->too_long)
		vg_mapping_malformed(r->run, r->line, "", NULL, "longer than 1 MiB", &out);
	else if (blanks < r->used)
		vg_mapping_document(r->run, r->bytes, r->used, r->line, &out);
	if (r->too_long || blanks < r->used)
		hand_over(r, &out);
	r->used = 0;
	r->too_long = false;
}

static void
feed_lines(struct reading *r, const char *bytes, size_t length)
{
	while (length > 0 && r->rc == 0) {
		const char *newline = memchr(bytes, '\n', length);
		size_t piece = newline != NULL ? (size_t)(newline - bytes) : length;

		append(r, bytes, piece, DOCUMENT_MAX);
		if (newline == NULL || r->rc != 0)
			return;
		end_line(r);
		bytes = newline + 1;
		length -= piece + 1;
	}
}

static bool
on_document(const struct vg_document_node *node, void *arg)
{
	struct reading *r = arg;
	struct vg_mapped_row out;

	map_node(r->run, node, ++r->line, &out);
	hand_over(r, &out);
	return r->rc == 0;
}

/* A JSON file's tickets; their "line" is their place in the list. */
static void
read_whole(struct reading *r)
{
	const struct vg_document_node *root, *list;
	struct vg_document *document = NULL;
	int rc;

	if (r->too_long) {
		r->rc = vg_err_set(
			r->err, VG_ELIMIT,
			"%s: longer than 64 MiB; expected less, or one document a line (ndjson)",
			r->path);
		return;
	}
	if ((rc = vg_document_parse(&document, r->bytes == NULL ? "" : r->bytes, r->used,
				    r->err)) != 0) {
		r->rc = vg_err_wrap(r->err, rc, "%s", r->path);
		return;
	}
	root = vg_document_root(document);
	if (!vg_mapping_is_payload(root) && (list = vg_mapping_list(r->mapping, root)) != NULL)
		(void)vg_document_each(list, on_document, r);
	else
		(void)on_document(root, r);
	vg_document_free(document);
}

/* --- files --- */

static void
feed(struct reading *r, struct vg_csv *csv, const char *bytes, size_t length)
{
	int rc;

	if (r->mapping->format == FORMAT_NDJSON)
		feed_lines(r, bytes, length);
	else if (r->mapping->format == FORMAT_JSON)
		append(r, bytes, length, JSON_FILE_MAX);
	else if ((rc = vg_csv_feed(csv, bytes, length)) != 0 && r->rc == 0)
		r->rc = rc < 0 ? vg_err_set(r->err, rc, "out of memory") : rc;
}

static void
finish(struct reading *r, struct vg_csv *csv)
{
	int rc;

	if (r->mapping->format == FORMAT_NDJSON) {
		end_line(r);
	} else if (r->mapping->format == FORMAT_JSON) {
		read_whole(r);
	} else {
		if ((rc = vg_csv_end(csv)) != 0 && r->rc == 0)
			r->rc = rc < 0 ? vg_err_set(r->err, rc, "out of memory") : rc;
		if (r->rc == 0 && !r->has_header)
			r->rc = vg_err_set(
				r->err, VG_EINVALID,
				"%s: the file is empty; expected a header with the columns' names",
				r->path);
	}
}

static void
read_all(struct reading *r, struct vg_input *input, struct vg_csv *csv, int64_t *done_bytes)
{
	char *piece = malloc(PIECE);
	size_t got = 1;
	int rc = 0;

	if (piece == NULL)
		r->rc = vg_err_set(r->err, VG_ENOMEM, "out of memory");
	while (r->rc == 0 && got > 0) {
		if ((rc = vg_input_read(input, piece, PIECE, &got, r->err)) != 0) {
			r->rc = rc;
			break;
		}
		if (done_bytes != NULL)
			*done_bytes = vg_input_done(input);
		feed(r, csv, piece, got);
	}
	free(piece);
	if (r->rc == 0)
		finish(r, csv);
}

int
vg_mapping_file(struct vg_mapping_run *run, const char *path, vg_mapped_row_cb *on_row, void *arg,
		int64_t *done_bytes, int64_t *total_bytes, struct vg_err *err)
{
	struct reading r = {.run = run,
			    .mapping = run->mapping,
			    .path = path,
			    .on_row = on_row,
			    .arg = arg,
			    .err = err};
	struct vg_input *input = NULL;
	struct vg_csv *csv = NULL;

	VG_ASSERT(run != NULL && path != NULL && on_row != NULL);
	if (r.mapping->target == TARGET_ALARMS)
		return vg_err_set(err, VG_EINVALID,
				  "%s: the mapping is of alarms, which come by webhook; expected "
				  "one of tickets or samples",
				  path);
	if ((r.rc = vg_input_open(&input, path, total_bytes, err)) != 0)
		return r.rc;
	if (r.mapping->format == FORMAT_CSV &&
	    (csv = vg_csv_new(r.mapping->delimiter, on_csv_row, &r)) == NULL)
		r.rc = vg_err_set(err, VG_ENOMEM, "out of memory");
	if (r.rc == 0)
		read_all(&r, input, csv, done_bytes);
	vg_csv_free(csv);
	vg_input_close(input);
	free(r.bytes);
	return r.rc;
}
