/* table_diff.c - the read model compared with a replay, or filled anew beside it.
 *
 * Our rows go to PostgreSQL as text and are cast there, so that two spellings of one instant cannot
 * differ; it needs no right but to read. The hard thing is what may rightly differ: the running
 * clocks of what is open were evaluated when the row was written, and cells of a month that runs
 * were too. Those columns are left out, and nothing else. */
#include "cli/table_diff.h"

#include "lib/report/report.h"
#include "lib/rows/rows.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_BYTES (8u << 20)
#define SQL_MAX	    32768
#define COLUMNS_MAX 96
#define SHOWN_MAX   "20"

/* Columns whose value depends on when the row was evaluated, where `running` is true. */
static const struct running {
	enum vg_table table;
	const char *running, *columns;
} running_columns[] = {
	{VG_TABLE_TICKET, "open",
	 ",sla,elapsed_ms,due_at,remaining_ms,breached_as,faults,side_first_line_ms,side_second_"
	 "line_ms,"
	 "side_supplier_ms,side_waiting_requester_ms,side_waiting_municipality_ms,side_scheduled_"
	 "ms,side_resolved_ms,"},
	{VG_TABLE_CLOCK, "end_at is null", ",sla,elapsed_ms,due_at,remaining_ms,breached_as,"},
	{VG_TABLE_KPI_CELL, "true", ",as_of_seq,"},
	{VG_TABLE_AVAILABILITY, "true", ",as_of_seq,"},
};

struct diff {
	struct vg_cli *cli;
	struct vg_pg *pg;
	const struct vg_replayed *replayed;
	const char *where[VG_TABLE_COUNT]; /* what is compared of a table; NULL = nothing */
	int64_t *differences;
	int64_t shown[VG_TABLE_COUNT], rows[VG_TABLE_COUNT];
	char *type[VG_TABLE_COUNT][COLUMNS_MAX];
	enum vg_table table; /* the one that a query is about */
	struct vg_err err;
};

/* A bounded SQL text; what does not fit is remembered. */
struct sql {
	char text[SQL_MAX];
	size_t used;
	bool failed;
};

static void __attribute__((format(printf, 2, 3))) add(struct sql *sql, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(sql->text + sql->used, sizeof(sql->text) - sql->used, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof(sql->text) - sql->used)
		sql->failed = true;
	else
		sql->used += (size_t)length;
}

/* Calls for each name in "a,b,c". */
typedef void column_cb(struct sql *sql, const struct diff *diff, enum vg_table table, size_t index,
		       const char *name);

static size_t
each_column(struct sql *sql, const struct diff *diff, enum vg_table table, column_cb *on_column)
{
	const char *at = vg_table_info[table].columns;
	size_t index = 0;
	char name[64];

	while (*at != '\0') {
		size_t length = strcspn(at, ",");

		VG_ASSERT(length < sizeof(name) && index < COLUMNS_MAX);
		(void)snprintf(name, sizeof(name), "%.*s", (int)length, at);
		if (on_column != NULL) {
			add(sql, "%s", index > 0 ? ", " : "");
			on_column(sql, diff, table, index, name);
		}
		index++;
		at += length + (at[length] == ',');
	}
	return index;
}

static void
cast_column(struct sql *sql, const struct diff *diff, enum vg_table table, size_t index,
	    const char *name)
{
	add(sql, "(r->>%zu)::%s as \"%s\"", index, diff->type[table][index], name);
}

static void
steady_column(struct sql *sql, const struct diff *diff, enum vg_table table, size_t index,
	      const char *name)
{
	char quoted[70];

	(void)snprintf(quoted, sizeof(quoted), ",%s,", name);
	for (size_t i = 0; i < sizeof(running_columns) / sizeof(running_columns[0]); i++)
		if (running_columns[i].table == table &&
		    strstr(running_columns[i].columns, quoted) != NULL) {
			add(sql, "case when not (%s) then \"%s\" end as \"%s\"",
			    running_columns[i].running, name, name);
			return;
		}
	(void)diff;
	(void)index;
	add(sql, "\"%s\"", name);
}

static int
on_type(int columns, const char *const *names, const char *const *values, void *arg)
{
	struct diff *diff = arg;
	const char *at = vg_table_info[diff->table].columns;
	size_t length = strlen(values[0]);

	(void)columns;
	(void)names;
	for (size_t index = 0; *at != '\0'; index++) {
		size_t long_ = strcspn(at, ",");

		if (long_ == length && strncmp(at, values[0], length) == 0) {
			free(diff->type[diff->table][index]);
			diff->type[diff->table][index] = strdup(values[1]);
			return 0;
		}
		at += long_ + (at[long_] == ',');
	}
	return 0;
}

static int
read_types(struct diff *diff)
{
	for (int t = 0; t < VG_TABLE_COUNT; t++) {
		char name[80];
		const char *const params[] = {name};
		size_t columns;
		int rc;

		diff->table = (enum vg_table)t;
		(void)snprintf(name, sizeof(name), "%s.%s", vg_table_info[t].schema,
			       vg_table_info[t].name);
		rc = vg_pg_query(
			diff->pg,
			"select attname, format_type(atttypid, atttypmod) from "
			"pg_catalog.pg_attribute"
			" where attrelid = $1::regclass and attnum > 0 and not attisdropped",
			params, 1, on_type, diff, &diff->err);
		if (rc != 0)
			return rc;
		columns = each_column(NULL, diff, diff->table, NULL);
		for (size_t i = 0; i < columns; i++)
			if (diff->type[t][i] == NULL)
				return vg_err_set(
					&diff->err, VG_EBROKEN,
					"%s lacks a column of this version; deploy the schema",
					name);
	}
	return 0;
}

/* COPY text to [["a",null],...]: one array for each row. */
static json_t *
copy_field(const char *at, const char **end)
{
	char *text = malloc(strcspn(at, "\t\n") + 1);
	size_t used = 0;
	json_t *value;

	if (text == NULL)
		return NULL;
	if (strncmp(at, "\\N", 2) == 0 && (at[2] == '\t' || at[2] == '\n')) {
		free(text);
		*end = at + 2;
		return json_null();
	}
	for (; *at != '\t' && *at != '\n' && *at != '\0'; at++) {
		static const char letters[] = "bfnrtv", meanings[] = "\b\f\n\r\t\v";
		const char *letter;

		if (*at != '\\') {
			text[used++] = *at;
			continue;
		}
		at++;
		letter = *at != '\0' ? strchr(letters, *at) : NULL;
		text[used++] = letter != NULL ? meanings[letter - letters] : *at;
	}
	*end = at;
	value = json_stringn(text, used);
	free(text);
	return value;
}

static char *
copy_to_json(const char *copy, size_t length)
{
	const char *at = copy, *stop = copy + length;
	json_t *rows = json_array(), *row;
	char *text = NULL;
	bool ok = rows != NULL;

	while (ok && at < stop) {
		row = json_array();
		while (ok && at < stop && *at != '\n') {
			ok = json_array_append_new(row, copy_field(at, &at)) == 0;
			at += *at == '\t';
		}
		at++;
		ok = json_array_append_new(rows, row) == 0 && ok;
	}
	if (ok)
		text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	return text;
}

static int
on_difference(int columns, const char *const *names, const char *const *values, void *arg)
{
	struct diff *diff = arg;

	(void)columns;
	(void)names;
	if (values[1] == NULL) {
		*diff->differences += strtoll(values[2], NULL, 10);
		diff->rows[diff->table] += strtoll(values[3], NULL, 10);
		return 0;
	}
	if (diff->shown[diff->table]++ < strtoll(SHOWN_MAX, NULL, 10))
		printf("%s.%s: only %s: %.600s\n", vg_table_info[diff->table].schema,
		       vg_table_info[diff->table].name, values[0], values[1]);
	return 0;
}

/* Both directions for the objects of one batch, and how many rows of them the table has. */
static int
compare_batch(struct diff *diff, const char *copy, size_t length)
{
	const struct vg_table_info *info = &vg_table_info[diff->table];
	struct sql *sql = calloc(1, sizeof(*sql));
	char *json = copy_to_json(copy, length);
	const char *params[1] = {json};
	int rc = VG_ENOMEM;

	if (sql == NULL || json == NULL)
		goto out;
	add(sql, "with raw as materialized (select ");
	each_column(sql, diff, diff->table, cast_column);
	add(sql, " from json_array_elements($1::json) r), ours as (select ");
	each_column(sql, diff, diff->table, steady_column);
	add(sql, " from raw where %s), theirs as (select ", diff->where[diff->table]);
	each_column(sql, diff, diff->table, steady_column);
	add(sql,
	    " from %s.%s where (%s) and \"%s\" in (select distinct \"%s\" from raw)),"
	    " d as (select 'in the ledger' as side, to_jsonb(a) as row from (table ours except all "
	    "table theirs) a"
	    " union all select 'in the database', to_jsonb(b) from (table theirs except all table "
	    "ours) b)"
	    " (select side, row::text, null, null from d order by row, side limit " SHOWN_MAX ")"
	    " union all select null, null, (select count(*) from d)::text, (select count(*) from "
	    "theirs)::text",
	    info->schema, info->name, diff->where[diff->table], info->key, info->key);
	rc = sql->failed
		     ? vg_err_set(&diff->err, VG_ELIMIT, "the comparison of %s is too long",
				  info->name)
		     : vg_pg_query(diff->pg, sql->text, params, 1, on_difference, diff, &diff->err);
out:
	free(sql);
	free(json);
	return rc;
}

struct count {
	int64_t rows;
};

static int
on_count(int columns, const char *const *names, const char *const *values, void *arg)
{
	(void)columns;
	(void)names;
	((struct count *)arg)->rows = strtoll(values[0], NULL, 10);
	return 0;
}

/* At its maximum the core lets the oldest ended alarms and the oldest lines of their history go, a
 * tenth at once; the database keeps them. */
static bool
may_hold_more(const struct diff *diff, int table)
{
	return (table == VG_TABLE_ALARM && diff->rows[table] >= VG_CORE_ALARMS_MAX / 10 * 9) ||
	       (table == VG_TABLE_ALARM_CHANGE &&
		diff->rows[table] >= VG_CORE_CHANGES_MAX / 10 * 9);
}

/* Rows of objects that the ledger knows nothing of. */
static int
compare_counts(struct diff *diff)
{
	for (int t = 0; t < VG_TABLE_COUNT; t++) {
		struct count count = {0};
		char sql[600];
		int rc;

		if (diff->where[t] == NULL)
			continue;
		(void)snprintf(sql, sizeof(sql), "select count(*) from %s.%s where %s",
			       vg_table_info[t].schema, vg_table_info[t].name, diff->where[t]);
		rc = vg_pg_query(diff->pg, sql, NULL, 0, on_count, &count, &diff->err);
		if (rc != 0)
			return rc;
		if (count.rows == diff->rows[t] ||
		    (count.rows > diff->rows[t] && may_hold_more(diff, t)))
			continue;
		printf("%s.%s: %" PRId64 " rows belong to nothing in the ledger\n",
		       vg_table_info[t].schema, vg_table_info[t].name, count.rows - diff->rows[t]);
		*diff->differences += count.rows - diff->rows[t];
	}
	return 0;
}

typedef int batch_cb(struct diff *diff, const char *copy, size_t length);

/* Every object of the core as rows, batch by batch. */
static int
each_batch(struct diff *diff, batch_cb *on_batch)
{
	bool more = true;
	int64_t after = 0;
	int rc = 0;

	while (rc == 0 && more) {
		struct vg_rows rows = {0};

		rc = vg_rows_collect(diff->replayed->core, after, diff->replayed->received_ms,
				     BATCH_BYTES, &rows);
		after = rows.to_seq;
		more = rows.more;
		for (int t = 0; t < VG_TABLE_COUNT && rc == 0; t++) {
			diff->table = (enum vg_table)t;
			if (rows.table[t].rows > 0 && diff->where[t] != NULL)
				rc = on_batch(diff, rows.table[t].copy, rows.table[t].length);
		}
		vg_rows_free(&rows);
	}
	return rc;
}

static int
finish(struct diff *diff, int rc)
{
	for (int t = 0; t < VG_TABLE_COUNT; t++)
		for (size_t i = 0; i < COLUMNS_MAX; i++)
			free(diff->type[t][i]);
	return rc == 0 ? 0
		       : vg_cli_fail(diff->cli, vg_cli_exit_of(rc), "%s",
				     vg_err_text(&diff->err, rc));
}

static int
compare(struct diff *diff)
{
	int rc = read_types(diff);

	if (rc == 0)
		rc = each_batch(diff, compare_batch);
	if (rc == 0)
		rc = compare_counts(diff);
	return finish(diff, rc);
}

/* Cells of months that have ended: those do not move with the clock. */
static void
ended_months(const struct vg_replayed *replayed, char *out, size_t size)
{
	const struct vg_agreement *latest = vg_core_agreement_latest(replayed->core);
	int month = latest != NULL ? vg_agreement_month_of(latest, replayed->received_ms) : -1;

	if (month < 0)
		(void)snprintf(out, size, "true");
	else
		(void)snprintf(out, size, "month < date '%04d-%02d-01'", month / 12,
			       month % 12 + 1);
}

/* What is compared of the tables that are replaced month by month. */
static void
set_months(struct diff *diff, const char *where)
{
	for (int t = 0; t < VG_TABLE_COUNT; t++)
		if (strcmp(vg_table_info[t].key, "month") == 0)
			diff->where[t] = where;
}

int
vg_table_diff_all(struct vg_cli *cli, struct vg_pg *pg, const struct vg_replayed *replayed,
		  int64_t *differences)
{
	struct diff diff = {.cli = cli, .pg = pg, .replayed = replayed, .differences = differences};
	char ended[64];

	for (int t = 0; t < VG_TABLE_COUNT; t++)
		diff.where[t] = "true";
	ended_months(replayed, ended, sizeof(ended));
	set_months(&diff, ended);
	return compare(&diff);
}

int
vg_table_diff_month(struct vg_cli *cli, struct vg_pg *pg, const struct vg_replayed *replayed,
		    int month, int64_t *differences)
{
	struct diff diff = {.cli = cli, .pg = pg, .replayed = replayed, .differences = differences};
	int64_t to_ms = vg_report_instant_ms(replayed->core, month, INT64_MAX);
	int64_t from_ms = vg_report_instant_ms(replayed->core, month - 1, INT64_MAX);
	char cells[200], tickets[300], ended[64];

	if (to_ms < 0)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "no agreement covers this month");
	ended_months(replayed, ended, sizeof(ended));
	(void)snprintf(cells, sizeof(cells), "month = date '%04d-%02d-01' and %s", month / 12,
		       month % 12 + 1, ended);
	(void)snprintf(tickets, sizeof(tickets),
		       "created_at < to_timestamp(%" PRId64 ") and "
		       "(resolved_at is null or resolved_at >= to_timestamp(%" PRId64 "))",
		       to_ms / 1000, (from_ms < 0 ? 0 : from_ms) / 1000);
	set_months(&diff, cells);
	diff.where[VG_TABLE_TICKET] = tickets;
	if (replayed->received_ms < to_ms)
		printf("the month is not over: its cells move with the clock and are not "
		       "compared\n");
	return compare(&diff);
}

/* Shadow schema. */

static int
shadow_batch(struct diff *diff, const char *copy, size_t length)
{
	char sql[4096];

	(void)snprintf(sql, sizeof(sql), "copy \"%s\".%s (%s) from stdin", diff->where[diff->table],
		       vg_table_info[diff->table].name, vg_table_info[diff->table].columns);
	return vg_pg_copy(diff->pg, sql, copy, length, &diff->err);
}

int
vg_table_shadow(struct vg_cli *cli, struct vg_pg *pg, const struct vg_replayed *replayed,
		const char *name)
{
	struct diff diff = {.cli = cli, .pg = pg, .replayed = replayed};
	char sql[400];
	int rc;

	if (*name == '\0' || strlen(name) > 60 ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "--shadow %s: expected a name of a-z, 0-9 and _", name);
	rc = vg_pg_exec(pg, "rollback", NULL, 0, NULL,
			&diff.err); /* the view that was for reading */
	if (rc == 0)
		rc = vg_pg_exec(pg, "begin", NULL, 0, NULL, &diff.err);
	(void)snprintf(sql, sizeof(sql), "create schema \"%s\"", name);
	if (rc == 0)
		rc = vg_pg_exec(pg, sql, NULL, 0, NULL, &diff.err);
	for (int t = 0; t < VG_TABLE_COUNT && rc == 0; t++) {
		diff.where[t] = name;
		(void)snprintf(
			sql, sizeof(sql), "create table \"%s\".%s (like %s.%s including all)", name,
			vg_table_info[t].name, vg_table_info[t].schema, vg_table_info[t].name);
		rc = vg_pg_exec(pg, sql, NULL, 0, NULL, &diff.err);
	}
	if (rc == 0)
		rc = each_batch(&diff, shadow_batch);
	if (rc == 0)
		rc = vg_pg_exec(pg, "commit", NULL, 0, NULL, &diff.err);
	if (rc == 0)
		printf("schema %s holds the read model of %" PRId64 " rows, chain head %s\n", name,
		       replayed->seq, replayed->head);
	return finish(&diff, rc);
}
