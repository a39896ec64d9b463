/* resource_table.c - registers of resources that people keep in a table.
 *
 * A table is checked whole before anything is taken, so that a slip in row 800 does not leave 799
 * others behind. Rows that say what is known already make no event. The hard thing is a table that
 * needs several events: all are read before the first is sent, they are handed over together, and
 * if the journal has no room for the last ones the answer says how far it came; sending the same
 * table again puts in the rest. */
#include "daemon/api/alarms.h"

#include "daemon/api/take.h"
#include "lib/csv/csv.h"
#include "lib/yaml/yaml.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX   VG_CORE_RESOURCES_MAX
#define PARTS_MAX  400				   /* events of one table */
#define PART_BYTES (VG_RESOURCES_BYTES_MAX - 8192) /* rows of one event, as JSON */
#define ERRORS_MAX 20

enum column { NAME, RESOURCE, SERVICE, MUNICIPALITIES, PARENT, COLUMN_COUNT };
static const char *const column_words[] = {"name",	     "resource", "service",
					   "municipalities", "parent",	 NULL};

struct table {
	struct vg_call *call;
	const struct vg_core *core;
	const struct vg_agreement *agreement; /* NULL = none, then nothing is unknown */
	size_t columns;
	enum column column[COLUMN_COUNT];
	json_t *lines;	   /* line of each name */
	json_t *parts;	   /* lists of at most VG_RESOURCES_MAX rows, a body each */
	size_t part_bytes; /* of the newest */
	json_t *errors;
	int64_t rows, unchanged, wrong;
};

static void __attribute__((format(printf, 4, 5)))
complain(struct table *table, int64_t line, size_t column, const char *format, ...)
{
	char text[VG_ERR_TEXT_MAX];
	json_t *row;
	va_list args;

	if (table->wrong++ >= ERRORS_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	row = json_pack("{s:I, s:I, s:s}", "line", (json_int_t)line, "column", (json_int_t)column,
			"detail", text);
	if (row == NULL) /* what was echoed is no UTF-8 */
		row = json_pack("{s:I, s:I, s:s}", "line", (json_int_t)line, "column",
				(json_int_t)column, "detail", "expected text in UTF-8");
	json_array_append_new(table->errors, row);
}

static void
read_header(struct table *table, const struct vg_csv_row *row)
{
	bool seen[COLUMN_COUNT] = {false};

	for (size_t i = 0; i < row->count; i++) {
		const char *name = row->field[i], *nearest;
		size_t which = 0;

		if (i == 0 && strncmp(name, "\xef\xbb\xbf", 3) == 0)
			name += 3;
		while (which < COLUMN_COUNT && strcmp(name, column_words[which]) != 0)
			which++;
		if (which == COLUMN_COUNT) {
			nearest = vg_yaml_nearest(name, column_words);
			complain(table, row->line, i + 1, "\"%.60s\" is no column; expected %s%s",
				 name,
				 nearest != NULL ? "" : "name, resource, service, municipalities, ",
				 nearest != NULL ? nearest : "parent");
		} else if (seen[which]) {
			complain(table, row->line, i + 1, "column %s stands there twice", name);
		} else {
			seen[which] = true;
			table->column[table->columns++] = (enum column)which;
		}
	}
	if (!seen[NAME])
		complain(table, row->line, 1, "expected a column \"name\"");
}

/* Codes between spaces or commas as a list of ids: ascending, each once. */
static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *
codes_json(char *text)
{
	const char *code[VG_AGREEMENT_MUNICIPALITIES_MAX];
	json_t *list = json_array();
	size_t count = 0;
	char *rest = NULL;

	for (char *one = strtok_r(text, " ,", &rest);
	     one != NULL && count < VG_AGREEMENT_MUNICIPALITIES_MAX;
	     one = strtok_r(NULL, " ,", &rest))
		code[count++] = one;
	qsort(code, count, sizeof(code[0]), by_text);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(code[i], code[i - 1]) != 0)
			json_array_append_new(list, json_string(code[i]));
	return list;
}

/* The text of a list of ids. */
static void
join(const json_t *list, char *out, size_t size)
{
	const json_t *id;
	size_t i, used = 0;

	*out = '\0';
	json_array_foreach(list, i, id)
	{
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "",
						 json_string_value(id));
	}
}

static int
check_codes(const struct table *table, const json_t *codes, struct vg_err *err)
{
	const json_t *code;
	size_t i;
	int rc = 0;

	json_array_foreach(codes, i, code)
	{
		if (rc == 0)
			rc = vg_take_check_municipality(table->agreement, "municipalities",
							json_string_value(code), err);
	}
	return rc;
}

static bool
has_controls(const char *text)
{
	while (*text != '\0' && (unsigned char)*text >= ' ' && *text != 0x7f)
		text++;
	return *text != '\0';
}

/* One field into the row; what is wrong with it is told with its place. */
static void
put_field(struct table *table, json_t *object, const struct vg_csv_row *row, size_t i)
{
	const enum column column = table->column[i];
	char *text = row->field[i];
	struct vg_err err = {0};
	json_t *value;
	int rc = 0;

	if (*text == '\0')
		return;
	if (strlen(text) != row->length[i] || has_controls(text) ||
	    (column != MUNICIPALITIES && row->length[i] > VG_NAME_MAX)) {
		complain(table, row->line, i + 1,
			 "%s: expected at most %d bytes of text without control characters",
			 column_words[column], VG_NAME_MAX);
		return;
	}
	if (column == NAME || column == PARENT)
		for (char *letter = text; *letter != '\0'; letter++)
			*letter = (char)tolower((unsigned char)*letter);
	value = column == MUNICIPALITIES ? codes_json(text) : json_string(text);
	if (value == NULL) {
		complain(table, row->line, i + 1, "%s: expected text in UTF-8",
			 column_words[column]);
		return;
	}
	if (table->agreement != NULL && column == SERVICE)
		rc = vg_take_check_service(table->agreement, "service", text, &err);
	else if (table->agreement != NULL && column == MUNICIPALITIES)
		rc = check_codes(table, value, &err);
	else if (column == NAME || column == RESOURCE)
		rc = vg_take_check_reference(table->call->who, column_words[column], text, &err);
	if (rc != 0)
		complain(table, row->line, i + 1, "%s", vg_err_text(&err, rc));
	json_object_set_new(object, column_words[column], value);
}

static bool
is_text(const json_t *object, const char *member, const char *known)
{
	const char *text = json_string_value(json_object_get(object, member));

	return strcmp(text != NULL ? text : "", known) == 0;
}

/* Whether the register says that already. */
static bool
is_known(const struct table *table, const json_t *object, const char *name)
{
	const struct vg_resource *known = vg_core_resource(table->core, name);
	char codes[VG_SCOPE_TEXT_MAX];

	if (known == NULL || known->removed || strcmp(known->name, name) != 0)
		return false;
	join(json_object_get(object, "municipalities"), codes, sizeof(codes));
	return (is_text(object, "resource", known->resource) ||
		(json_object_get(object, "resource") == NULL &&
		 strcmp(known->resource, known->name) == 0)) &&
	       is_text(object, "service", known->service) &&
	       is_text(object, "parent", known->parent) &&
	       strcmp(codes, known->municipalities) == 0;
}

/* Takes the row over. */
static void
keep(struct table *table, json_t *object)
{
	json_t *part = json_array_get(table->parts, json_array_size(table->parts) - 1);
	const size_t bytes = json_dumpb(object, NULL, 0, JSON_COMPACT) + 1;

	if (part == NULL || json_array_size(part) == VG_RESOURCES_MAX ||
	    table->part_bytes + bytes > PART_BYTES) {
		part = json_array();
		json_array_append_new(table->parts, part);
		table->part_bytes = 0;
	}
	table->part_bytes += bytes;
	json_array_append_new(part, object);
}

/* The name that a row is about; NULL = it has none. What is wrong with it is told. */
static const char *
check_name(struct table *table, const struct vg_csv_row *row, const json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "name"));
	const json_t *line = name == NULL ? NULL : json_object_get(table->lines, name);
	size_t place = 0;

	while (table->column[place] != NAME)
		place++;
	if (name == NULL)
		complain(table, row->line, place + 1, "name: expected a value");
	else if (line != NULL)
		complain(table, row->line, place + 1, "name: \"%.60s\" stands in line %lld already",
			 name, (long long)json_integer_value(line));
	else if (is_text(object, "parent", name))
		complain(table, row->line, place + 1,
			 "parent: \"%.60s\" is not reached through itself", name);
	else
		json_object_set_new(table->lines, name, json_integer(row->line));
	return name;
}

static void
read_row(struct table *table, const struct vg_csv_row *row)
{
	json_t *object = json_object();
	const char *name;

	for (size_t i = 0; i < row->count; i++)
		put_field(table, object, row, i);
	name = check_name(table, row, object);
	if (table->wrong == 0 && !is_known(table, object, name)) {
		keep(table, object);
		return;
	}
	table->unchanged++;
	json_decref(object);
}

static bool
on_row(const struct vg_csv_row *row, void *arg)
{
	struct table *table = arg;

	if (row->error != NULL) {
		complain(table, row->line, 1, "%s", row->error);
	} else if (table->columns == 0) {
		read_header(table, row);
		return table->wrong == 0;
	} else if (row->count != table->columns) {
		complain(table, row->line, row->count, "%zu fields; expected %zu as in line 1",
			 row->count, table->columns);
	} else if (table->rows++ == ROWS_MAX) {
		complain(table, row->line, 1, "expected at most %d rows", ROWS_MAX);
		return false;
	} else {
		read_row(table, row);
	}
	return true;
}

/* 0, or VG_ENOMEM. */
static int
read_table(struct table *table)
{
	const char *bytes, *line_end;
	struct vg_csv *csv;
	size_t length;
	int rc;

	bytes = vg_request_body(table->call->request, &length);
	line_end = memchr(bytes, '\n', length);
	csv = vg_csv_new(
		memchr(bytes, ';', line_end == NULL ? length : (size_t)(line_end - bytes)) != NULL
			? ';'
			: ',',
		on_row, table);
	if (csv == NULL)
		return VG_ENOMEM;
	rc = vg_csv_feed(csv, bytes, length);
	if (rc == 0)
		rc = vg_csv_end(csv);
	vg_csv_free(csv);
	if (rc >= 0 && table->columns == 0 && table->wrong == 0)
		complain(table, 1, 1, "expected a first line with the names of the columns");
	return rc < 0 ? rc : 0;
}

static void
reply_errors(struct table *table)
{
	const json_t *first = json_array_get(table->errors, 0);
	const char *detail = json_string_value(json_object_get(first, "detail"));
	json_t *object = json_pack(
		"{s:s, s:s, s:i, s:o, s:O, s:O, s:O, s:I}", "type", "about:blank", "title",
		"Does not follow the rules", "status", 422, "detail",
		json_sprintf("line %lld, column %lld: %s; nothing was taken",
			     (long long)json_integer_value(json_object_get(first, "line")),
			     (long long)json_integer_value(json_object_get(first, "column")),
			     detail),
		"line", json_object_get(first, "line"), "column", json_object_get(first, "column"),
		"errors", table->errors, "wrong", (json_int_t)table->wrong);

	vg_reply_json(table->call->request, 422, object);
}

/* Its events on their way. */
struct upload {
	struct vg_request *request;
	size_t outstanding, parts, durable;
	int64_t rows, taken, unchanged, seq;
	char refusal[200]; /* of the first part that was not taken; "" = all were */
	int status;	   /* that it is answered with */
	struct upload_part {
		struct upload *upload;
		struct vg_parsed_event event;
		int64_t rows;
	} part[PARTS_MAX];
};

static void
release(struct upload *upload)
{
	if (--upload->outstanding > 0)
		return;
	if (*upload->refusal != '\0')
		vg_reply_problem(upload->request, upload->status,
				 "%lld of %lld rows were taken, and no more: %s; the table can be "
				 "sent again",
				 (long long)upload->taken,
				 (long long)(upload->rows - upload->unchanged), upload->refusal);
	else
		vg_reply_json(upload->request, upload->parts == 0 ? 200 : 201,
			      json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "verdict", "taken", "seq",
					(json_int_t)upload->seq, "rows", (json_int_t)upload->rows,
					"taken", (json_int_t)upload->taken, "unchanged",
					(json_int_t)upload->unchanged, "events",
					(json_int_t)upload->durable));
	free(upload);
}

static void
note_refusal(struct upload *upload, int status, const char *text)
{
	if (*upload->refusal != '\0')
		return;
	(void)snprintf(upload->refusal, sizeof(upload->refusal), "%s", text);
	upload->status = status;
}

static void
on_done(const struct vg_live_result *result, void *arg)
{
	struct upload_part *part = arg;
	struct upload *upload = part->upload;

	if (result->outcome != VG_RECORD_DURABLE)
		note_refusal(upload, 503, vg_err_text(NULL, result->error));
	else if (result->verdict.code != VG_VERDICT_TAKEN)
		note_refusal(upload, result->verdict.code == VG_VERDICT_REFUSED ? 409 : 503,
			     result->verdict.text);
	else
		upload->taken += part->rows;
	if (result->outcome == VG_RECORD_DURABLE) {
		upload->durable++;
		upload->seq = result->seq;
	}
	release(upload);
}

/* A part as an event, read as any other. */
static int
read_part(struct vg_call *call, struct upload *upload, json_t *rows, struct vg_err *err)
{
	struct upload_part *part = &upload->part[upload->parts];
	json_t *body = json_pack("{s:O}", "resources", rows);
	char *bytes = json_dumps(body, JSON_COMPACT);
	int status, rc = VG_ENOMEM;

	part->upload = upload;
	part->rows = (int64_t)json_array_size(rows);
	if (bytes != NULL)
		rc = vg_take_read_body(call, VG_KIND_RESOURCES_MAPPED, bytes, strlen(bytes),
				       &part->event, &status, err);
	free(bytes);
	json_decref(body);
	upload->parts += rc == 0;
	return rc;
}

/* All parts, or none is sent. False: the call is answered. */
static bool
read_parts(struct table *table, struct upload *upload)
{
	struct vg_err err = {0};
	json_t *rows;
	size_t i;
	int rc = 0;

	json_array_foreach(table->parts, i, rows)
	{
		if (rc == 0 && upload->parts == PARTS_MAX)
			rc = vg_err_set(&err, VG_ELIMIT, "expected at most %d events of rows",
					PARTS_MAX);
		if (rc == 0)
			rc = read_part(table->call, upload, rows, &err);
	}
	if (rc == 0)
		return true;
	while (upload->parts > 0)
		vg_parsed_event_free(&upload->part[--upload->parts].event);
	vg_reply_problem(table->call->request, vg_status_of(rc, vg_err_text(&err, rc)), "%s",
			 vg_err_text(&err, rc));
	return false;
}

static void
submit_table(struct table *table)
{
	struct upload *upload = calloc(1, sizeof(*upload));
	struct vg_err err = {0};
	int rc = 0;

	if (upload == NULL) {
		vg_reply_json(table->call->request, 503, NULL);
		return;
	}
	if (!read_parts(table, upload)) {
		free(upload);
		return;
	}
	upload->request = table->call->request;
	upload->rows = table->rows;
	upload->unchanged = table->unchanged;
	upload->seq = vg_core_seq(table->core);
	upload->outstanding = upload->parts + 1; /* this loop itself */
	for (size_t i = 0; i < upload->parts; i++) {
		struct upload_part *part = &upload->part[i];

		if (rc != 0)
			vg_parsed_event_free(&part->event);
		else
			rc = vg_live_submit(table->call->api->live, &part->event, false, on_done,
					    part, &err);
		if (rc != 0) {
			note_refusal(upload, 503, vg_err_text(&err, rc));
			upload->outstanding--;
		}
	}
	release(upload);
}

void
vg_post_resource_table(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	struct table table = {.call = call,
			      .core = core,
			      .agreement = vg_core_agreement_latest(core),
			      .lines = json_object(),
			      .parts = json_array(),
			      .errors = json_array()};

	if (read_table(&table) != 0)
		vg_reply_json(call->request, 503, NULL);
	else if (table.wrong > 0)
		reply_errors(&table);
	else
		submit_table(&table);
	json_decref(table.lines);
	json_decref(table.parts);
	json_decref(table.errors);
}
