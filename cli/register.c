/* register.c - registers from CSV: user readings, contacts, resource aliases.
 *
 * The first row names the columns. Each row becomes one event with an identity made from its
 * content, so a file that is sent twice changes nothing the second time. Nothing is sent before the
 * whole file has been read and found in order. */
#include "cli/commands.h"
#include "cli/remote.h"
#include "core/event.h"
#include "lib/civil/civil.h"
#include "lib/crypto/crypto.h"
#include "lib/csv/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS_MAX    100000
#define COLUMNS_MAX 32
#define ERRORS_MAX  20
#define BATCH	    500

struct reading {
	struct vg_cli *cli;
	const char *path;
	const char *name; /* of the register; NULL = user readings */
	bool users;
	char *column[COLUMNS_MAX];
	size_t columns;
	json_t *rows; /* events */
	int errors;
	int64_t sent, taken, repeats;
};

static void __attribute__((format(printf, 3, 4)))
complain(struct reading *reading, int64_t line, const char *format, ...)
{
	va_list args;

	if (reading->errors++ >= ERRORS_MAX)
		return;
	fprintf(stderr, "%s:%" PRId64 ": ", reading->path, line);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void
read_header(struct reading *reading, const struct vg_csv_row *row)
{
	if (row->count > COLUMNS_MAX) {
		complain(reading, row->line, "expected at most %d columns", COLUMNS_MAX);
		return;
	}
	for (size_t i = 0; i < row->count; i++) {
		const char *name = row->field[i];

		if (i == 0 && strncmp(name, "\xef\xbb\xbf", 3) == 0)
			name += 3;
		reading->column[i] = strdup(name);
		reading->columns = i + 1;
	}
}

/* A local date as the instant of its midnight; -1 when it is none. */
static int64_t
midnight_ms(const char *text)
{
	struct vg_civil day = {0};
	int end = 0;

	if (sscanf(text, "%4d-%2d-%2d%n", &day.year, &day.month, &day.day, &end) != 3 ||
	    text[end] != '\0' || !vg_civil_valid_date(day.year, day.month, day.day))
		return -1;
	return vg_civil_to_utc_ms(&day);
}

static void
put_number(struct reading *reading, int64_t line, json_t *body, const char *name, const char *text)
{
	char *end;
	int64_t number = strtoll(text, &end, 10);

	if (end == text || *end != '\0' || number < 0)
		complain(reading, line, "%s: \"%s\": expected a whole number", name, text);
	else
		(void)json_object_set_new(body, name, json_integer(number));
}

/* One field of a row: known columns have their place, all others of contacts and aliases go into
 * the value. */
static void
put_field(struct reading *reading, int64_t line, json_t *body, json_t *value, const char *name,
	  const char *text)
{
	char member[32];
	int64_t at_ms;

	if (*text == '\0')
		return;
	if (reading->users && (strcmp(name, "users") == 0 || strcmp(name, "private_users") == 0)) {
		put_number(reading, line, body, name, text);
	} else if (!reading->users &&
		   (strcmp(name, "valid_from") == 0 || strcmp(name, "valid_to") == 0)) {
		at_ms = midnight_ms(text);
		if (at_ms < 0)
			complain(reading, line, "%s: \"%s\": expected a date as 2026-01-31", name,
				 text);
		(void)snprintf(member, sizeof(member), "%s_ms", name);
		(void)json_object_set_new(body, member, json_integer(at_ms));
	} else if (strcmp(name, "municipality") == 0 ||
		   (reading->users && (strcmp(name, "day") == 0 || strcmp(name, "rule") == 0 ||
				       strcmp(name, "approver") == 0)) ||
		   (!reading->users && strcmp(name, "key") == 0)) {
		if (json_object_set_new(body, name, json_string(text)) != 0)
			complain(reading, line, "%s: expected text in UTF-8", name);
	} else if (reading->users) {
		complain(reading, line,
			 "column \"%s\": expected municipality, day, users, private_users, rule, "
			 "approver",
			 name);
	} else if (json_object_set_new(value, name, json_string(text)) != 0) {
		complain(reading, line, "%s: expected text in UTF-8", name);
	}
}

static void
require(struct reading *reading, int64_t line, const json_t *body, const char *const *names)
{
	for (; *names != NULL; names++)
		if (json_object_get(body, *names) == NULL)
			complain(reading, line, "%s: expected a value", *names);
}

/* When the reading was made or the entry began to hold, so that a file that is sent again says the
 * same; now for what lies ahead, since nothing can have happened in the future. */
static int64_t
occurred_ms(const struct reading *reading, const json_t *body)
{
	int64_t at_ms = reading->users
				? midnight_ms(json_string_value(json_object_get(body, "day")))
				: json_integer_value(json_object_get(body, "valid_from_ms"));
	int64_t now_ms = (int64_t)time(NULL) * 1000;

	return at_ms >= 0 && at_ms < now_ms ? at_ms : now_ms;
}

/* The event around a row: its identity is a digest of what it says. Takes the body over; NULL = out
 * of memory. */
static json_t *
make_event(const struct reading *reading, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
	json_t *event, *municipality;
	uint8_t digest[VG_SHA256_LEN];
	char id[10 + VG_HEX_LEN(VG_SHA256_LEN)] = "register:";

	vg_sha256(text != NULL ? text : "", text != NULL ? strlen(text) : 0, digest);
	(void)vg_hex(digest, sizeof(digest), id + 9);
	free(text);
	event = json_pack("{si ss ss sI}", "v", VG_EVENT_VERSION, "kind",
			  reading->users ? "users.read" : "register.set", "event_id", id,
			  "occurred_ms", (json_int_t)occurred_ms(reading, body));
	municipality = json_object_get(body, "municipality");
	if (municipality != NULL)
		(void)json_object_set(event, "municipality", municipality);
	(void)json_object_del(body, "municipality");
	if (json_object_set_new(event, "body", body) == 0)
		return event;
	json_decref(event);
	return NULL;
}

static bool
on_row(const struct vg_csv_row *row, void *arg)
{
	static const char *const users[] = {"municipality", "day", "users", "rule", NULL};
	static const char *const others[] = {"key", "valid_from_ms", NULL};
	struct reading *reading = arg;
	json_t *body, *value;

	if (row->error != NULL) {
		complain(reading, row->line, "%s", row->error);
		return true;
	}
	if (reading->columns == 0) {
		read_header(reading, row);
		return reading->errors == 0;
	}
	if (row->count != reading->columns) {
		complain(reading, row->line, "%zu fields, expected %zu as in the first row",
			 row->count, reading->columns);
		return true;
	}
	if (json_array_size(reading->rows) == ROWS_MAX) {
		complain(reading, row->line, "expected at most %d rows", ROWS_MAX);
		return false;
	}
	body = reading->name != NULL ? json_pack("{ss}", "name", reading->name) : json_object();
	value = json_object();
	for (size_t i = 0; i < row->count; i++)
		put_field(reading, row->line, body, value, reading->column[i], row->field[i]);
	if (reading->users && json_object_get(body, "rule") == NULL)
		(void)json_object_set_new(body, "rule", json_string("licensed"));
	require(reading, row->line, body, reading->users ? users : others);
	if (reading->users)
		json_decref(value);
	else
		(void)json_object_set_new(body, "value", value);
	if (reading->errors == 0 &&
	    json_array_append_new(reading->rows, make_event(reading, body)) != 0)
		complain(reading, row->line, "out of memory");
	else if (reading->errors > 0)
		json_decref(body);
	return true;
}

static int
read_file(struct reading *reading)
{
	const char *delimiter = vg_cli_value(reading->cli, "delimiter", ";");
	struct vg_csv *csv = NULL;
	FILE *file = fopen(reading->path, "rb");
	char bytes[65536];
	size_t length;
	int rc = 0;

	if (file == NULL)
		return vg_cli_fail(reading->cli, VG_EXIT_MALFORMED, "%s: %s", reading->path,
				   strerror(errno));
	if (strlen(delimiter) != 1)
		rc = vg_cli_fail(reading->cli, VG_EXIT_USAGE,
				 "--delimiter: expected one character");
	else if ((csv = vg_csv_new(*delimiter, on_row, reading)) == NULL)
		rc = vg_cli_fail(reading->cli, VG_EXIT_DIFFERS, "out of memory");
	while (rc == 0 && (length = fread(bytes, 1, sizeof(bytes), file)) > 0)
		rc = vg_csv_feed(csv, bytes, length);
	if (rc == 0)
		rc = vg_csv_end(csv);
	vg_csv_free(csv);
	(void)fclose(file);
	if (rc < 0)
		return vg_cli_fail(reading->cli, VG_EXIT_DIFFERS, "out of memory");
	if (rc > 1)
		return rc;
	if (reading->errors > 0)
		return vg_cli_fail(reading->cli, VG_EXIT_MALFORMED,
				   "%s: %d errors; nothing was sent", reading->path,
				   reading->errors);
	return 0;
}

/* The same identity with other content is a repeat too: the identity is a digest, so only the
 * instant can differ. */
static int
count_results(struct reading *reading, const json_t *reply)
{
	const json_t *row;
	size_t i;
	int rc = 0;

	json_array_foreach(json_object_get(reply, "results"), i, row)
	{
		int64_t status = json_integer_value(json_object_get(row, "status"));
		const char *detail = json_string_value(json_object_get(row, "detail"));

		if (status == 201)
			reading->taken++;
		else if (status == 200 ||
			 (status == 409 && json_object_get(row, "verdict") == NULL))
			reading->repeats++;
		else
			rc = vg_cli_fail(reading->cli,
					 status == 503 ? VG_EXIT_UNREACHABLE : VG_EXIT_MALFORMED,
					 "row %lld: %s",
					 (long long)(reading->sent + (int64_t)i + 1),
					 detail != NULL ? detail : "refused");
	}
	return rc;
}

/* Rows [first, first + BATCH) as NDJSON. */
static int
send_batch(struct reading *reading, size_t first)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	json_t *reply = NULL;
	int rc = 0;

	if (out == NULL)
		return vg_cli_fail(reading->cli, VG_EXIT_DIFFERS, "out of memory");
	for (size_t i = first; i < first + BATCH && i < json_array_size(reading->rows) && rc == 0;
	     i++)
		if (json_dumpf(json_array_get(reading->rows, i), out, JSON_COMPACT) != 0 ||
		    fputc('\n', out) == EOF)
			rc = VG_ENOMEM;
	if (fclose(out) != 0 || rc != 0)
		rc = vg_cli_fail(reading->cli, VG_EXIT_DIFFERS, "out of memory");
	else
		rc = vg_remote_send(reading->cli, "POST", "/api/v1/events", "application/x-ndjson",
				    text, length, &reply);
	if (rc == 0)
		rc = count_results(reading, reply);
	reading->sent = (int64_t)(first + BATCH);
	json_decref(reply);
	free(text);
	return rc;
}

static int
register_file(struct vg_cli *cli, const char *name)
{
	struct reading reading = {.cli = cli,
				  .path = cli->operand[0],
				  .name = name,
				  .users = name == NULL,
				  .rows = json_array()};
	int rc;

	vg_cli_default_zone();
	rc = read_file(&reading);
	for (size_t first = 0; first < json_array_size(reading.rows) && rc == 0; first += BATCH)
		rc = send_batch(&reading, first);
	if (rc == 0)
		printf("%s: %" PRId64 " rows taken, %" PRId64 " repeats\n", reading.path,
		       reading.taken, reading.repeats);
	for (size_t i = 0; i < reading.columns; i++)
		free(reading.column[i]);
	json_decref(reading.rows);
	return rc;
}

int
vg_run_register_users(struct vg_cli *cli)
{
	return register_file(cli, NULL);
}

int
vg_run_register_contacts(struct vg_cli *cli)
{
	return register_file(cli, "contacts");
}

int
vg_run_register_aliases(struct vg_cli *cli)
{
	return register_file(cli, "aliases");
}
