/* store.c - the writer's transactions.
 *
 * The hard thing is exactly once: a connection may die while COMMIT is on its way. So nothing is
 * believed but ledger.position, which moves in the same transaction as the rows and only from the
 * place where this writer left it; after a reconnect it says what is there. COPY cannot write to
 * tables with row-level security, so objects and titles go through temporary tables. */
#include "daemon/store/store.h"

#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITER_LOCK "8620"	/* advisory lock, per database */
#define SQL_MAX	    4096	/* the longest statement names a table's columns twice */
#define TITLE_KEEP  "12 months" /* semantics.md 7.4 */

/* Formats a statement and runs it. */
__attribute__((format(printf, 4, 5))) static int
run(struct vg_store *store, int64_t *affected, struct vg_err *err, const char *format, ...)
{
	char sql[SQL_MAX];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	VG_ASSERT(length > 0 && (size_t)length < sizeof(sql));
	return vg_pg_exec(store->pg, sql, NULL, 0, affected, err);
}

__attribute__((format(printf, 5, 6))) static int
copy(struct vg_store *store, const char *text, size_t length, struct vg_err *err,
     const char *format, ...)
{
	char sql[SQL_MAX];
	va_list args;
	int used;

	va_start(args, format);
	used = vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	VG_ASSERT(used > 0 && (size_t)used < sizeof(sql));
	return vg_pg_copy(store->pg, sql, text, length, err);
}

static int
on_flag(int columns, const char *const *names, const char *const *values, void *arg)
{
	bool *flag = arg;

	(void)columns;
	(void)names;
	*flag = values[0] != NULL && values[0][0] == 't';
	return 0;
}

static int
take_lock(struct vg_store *store, struct vg_err *err)
{
	bool taken = false;
	int rc;

	rc = vg_pg_query(store->pg, "select pg_try_advisory_lock(" WRITER_LOCK ")", NULL, 0,
			 on_flag, &taken, err);
	if (rc == 0 && !taken)
		return vg_err_set(err, VG_EIO, "pg: another daemon writes to this database");
	return rc;
}

static int
make_staging(struct vg_store *store, struct vg_err *err)
{
	size_t i;
	int rc;

	rc = run(store, NULL, err,
		 "create temporary table stage_title on commit delete rows as"
		 " select " VG_CHUNK_TITLE_COLUMNS " from side.title with no data");
	for (i = 0; i < VG_TABLE_COUNT && rc == 0; i++) {
		const struct vg_table_info *table = &vg_table_info[i];

		rc = run(store, NULL, err,
			 "create temporary table stage_%s on commit delete rows as"
			 " select %s from %s.%s with no data",
			 table->name, table->columns, table->schema, table->name);
		if (rc == 0)
			rc = run(store, NULL, err,
				 "create temporary table gone_%s on commit delete rows as"
				 " select %s from %s.%s with no data",
				 table->name, table->key, table->schema, table->name);
	}
	return rc;
}

int
vg_store_open(struct vg_store *store, const char *conninfo, struct vg_err *err)
{
	int rc;

	memset(store, 0, sizeof(*store));
	store->kept_day = -1;
	if ((rc = vg_pg_open(&store->pg, conninfo, "vingad", err)) != 0)
		return rc;
	if ((rc = run(store, NULL, err, "set statement_timeout = '60s'")) != 0 ||
	    (rc = take_lock(store, err)) != 0 || (rc = make_staging(store, err)) != 0 ||
	    (rc = vg_pg_position(store->pg, &store->position, err)) != 0)
		vg_store_close(store);
	return rc;
}

void
vg_store_close(struct vg_store *store)
{
	vg_pg_close(store->pg);
	store->pg = NULL;
}

struct first_row {
	bool found;
	int64_t seq;
	bool main_lane;
	uint8_t h[VG_SHA256_LEN];
};

static bool
on_first_row(const struct vg_journal_row *row, void *arg)
{
	struct first_row *first = arg;

	first->found = true;
	first->seq = row->seq;
	first->main_lane = strcmp(row->lane, VG_LANE_MAIN) == 0;
	memcpy(first->h, row->h, sizeof(first->h));
	return false;
}

static int
first_row(struct vg_journal_reader *reader, int64_t after_seq, struct first_row *first,
	  struct vg_err *err)
{
	int64_t found;

	memset(first, 0, sizeof(*first));
	found = vg_journal_read(reader, after_seq, INT64_MAX, 1, on_first_row, first, err);
	return found < 0 ? (int)found : 0;
}

int
vg_store_join(const struct vg_store *store, struct vg_journal_reader *reader, const char *instance,
	      struct vg_err *err)
{
	const struct vg_pg_position *position = &store->position;
	struct first_row row;
	int rc;

	if ((rc = first_row(reader, position->seq > 0 ? position->seq - 1 : 0, &row, err)) != 0)
		return rc;
	if (!row.found) {
		if ((rc = first_row(reader, 0, &row, err)) != 0)
			return rc;
		if (row.found)
			return vg_err_set(err, VG_EBROKEN,
					  "PostgreSQL has ledger rows up to %" PRId64
					  ", the journal ends before: it is an older copy",
					  position->seq);
		return 0;
	}
	if (row.seq > position->seq + 1)
		return vg_err_set(
			err, VG_EBROKEN,
			"ledger rows %" PRId64 " to %" PRId64
			" are missing: PostgreSQL ends before them, the journal begins after them",
			position->seq + 1, row.seq - 1);
	if (row.seq == position->seq && strcmp(position->instance, instance) != 0)
		return vg_err_set(err, VG_EBROKEN,
				  "PostgreSQL was written from journal %s, this is journal %s",
				  position->instance, instance);
	if (row.seq == position->seq && row.main_lane &&
	    memcmp(row.h, position->head, sizeof(row.h)) != 0)
		return vg_err_set(err, VG_EBROKEN,
				  "ledger row %" PRId64
				  " has another hash in PostgreSQL than in the journal",
				  position->seq);
	return 0;
}

/* Ends the transaction as `rc` says; a rollback that fails closes with the connection. */
static int
end(struct vg_store *store, int rc, struct vg_err *err)
{
	if (rc == 0)
		return run(store, NULL, err, "commit");
	(void)run(store, NULL, NULL, "rollback");
	return rc;
}

/* Moves the position from where this writer left it; see the file's head. */
static int
move_position(struct vg_store *store, const struct vg_pg_position *to, struct vg_err *err)
{
	const struct vg_pg_position *from = &store->position;
	char old_head[VG_HEX_LEN(VG_SHA256_LEN)], new_head[VG_HEX_LEN(VG_SHA256_LEN)];
	char numbers[4][24];
	const char *const params[] = {to->instance,   numbers[0], new_head, numbers[1],
				      from->instance, numbers[2], old_head, numbers[3]};
	int64_t moved = 0;
	int rc;

	(void)vg_hex(from->head, sizeof(from->head), old_head);
	(void)vg_hex(to->head, sizeof(to->head), new_head);
	(void)snprintf(numbers[0], sizeof(numbers[0]), "%" PRId64, to->seq);
	(void)snprintf(numbers[1], sizeof(numbers[1]), "%" PRId64, to->read_seq);
	(void)snprintf(numbers[2], sizeof(numbers[2]), "%" PRId64, from->seq);
	(void)snprintf(numbers[3], sizeof(numbers[3]), "%" PRId64, from->read_seq);
	rc = vg_pg_exec(store->pg,
			"update ledger.position"
			" set instance = $1, seq = $2::bigint, hash = decode($3, 'hex'),"
			" read_seq = $4::bigint"
			" where instance = $5 and seq = $6::bigint and hash = decode($7, 'hex')"
			" and read_seq = $8::bigint",
			params, 8, &moved, err);
	if (rc == 0 && moved != 1)
		return vg_err_set(err, VG_EBROKEN,
				  "ledger.position is not where this daemon left it (row %" PRId64
				  "): something else wrote to it",
				  from->seq);
	return rc;
}

/* Once a day of reception: partitions for its month and three ahead, and titles past their time. */
static int
keep_house(struct vg_store *store, const struct vg_chunk *chunk, struct vg_err *err)
{
	int rc;

	if (chunk->day == store->kept_day)
		return 0;
	rc = run(store, NULL, err, "select ledger.make_partitions('%s', 3)", chunk->month);
	if (rc == 0)
		rc = run(store, NULL, err, "select side.purge(now())");
	if (rc == 0)
		store->kept_day = chunk->day;
	return rc;
}

static int
write_rows(struct vg_store *store, const char *table, const struct vg_text *rows,
	   struct vg_err *err)
{
	if (rows->length == 0)
		return 0;
	return copy(store, rows->data, rows->length, err,
		    "copy ledger.%s (" VG_CHUNK_ROW_COLUMNS ") from stdin", table);
}

static int
write_titles(struct vg_store *store, const struct vg_chunk *chunk, struct vg_err *err)
{
	int rc;

	if (chunk->titles.length == 0)
		return 0;
	rc = copy(store, chunk->titles.data, chunk->titles.length, err,
		  "copy pg_temp.stage_title (" VG_CHUNK_TITLE_COLUMNS ") from stdin");
	if (rc != 0)
		return rc;
	return run(store, NULL, err,
		   "insert into side.title (" VG_CHUNK_TITLE_COLUMNS ", keep_until)"
		   " select " VG_CHUNK_TITLE_COLUMNS ", received_at + interval '" TITLE_KEEP
		   "' from pg_temp.stage_title");
}

int
vg_store_write_chunk(struct vg_store *store, const struct vg_chunk *chunk, const char *instance,
		     struct vg_err *err)
{
	struct vg_pg_position to = store->position;
	int rc;

	VG_ASSERT(chunk->count > 0);
	(void)snprintf(to.instance, sizeof(to.instance), "%s", instance);
	to.seq = chunk->seq;
	memcpy(to.head, chunk->head, sizeof(to.head));
	if ((rc = keep_house(store, chunk, err)) != 0 || (rc = run(store, NULL, err, "begin")) != 0)
		return rc;
	if ((rc = move_position(store, &to, err)) == 0 &&
	    (rc = write_rows(store, "row", &chunk->rows, err)) == 0 &&
	    (rc = write_rows(store, "raw", &chunk->raw, err)) == 0 &&
	    (rc = write_rows(store, "alarm", &chunk->alarm, err)) == 0)
		rc = write_titles(store, chunk, err);
	if ((rc = end(store, rc, err)) != 0)
		return vg_err_wrap(err, rc, "ledger rows %" PRId64 " to %" PRId64,
				   store->position.seq + 1, to.seq);
	store->position = to;
	return 0;
}

/* The changed objects' old rows go, their new ones come. */
static int
replace_rows(struct vg_store *store, const struct vg_table_info *table,
	     const struct vg_rows_table *rows, struct vg_err *err)
{
	const char *schema = table->schema, *name = table->name;
	const char *key = table->key, *columns = table->columns;
	int rc = 0;

	if (rows->keys_length > 0) {
		rc = copy(store, rows->keys, rows->keys_length, err,
			  "copy pg_temp.gone_%s from stdin", name);
		if (rc == 0)
			rc = run(store, NULL, err,
				 "delete from %s.%s where %s in (select %s from pg_temp.gone_%s)",
				 schema, name, key, key, name);
	}
	if (rc == 0 && rows->length > 0) {
		rc = copy(store, rows->copy, rows->length, err,
			  "copy pg_temp.stage_%s (%s) from stdin", name, columns);
		if (rc == 0)
			rc = run(store, NULL, err,
				 "insert into %s.%s (%s) select %s from pg_temp.stage_%s", schema,
				 name, columns, columns, name);
	}
	return rc == 0 ? 0 : vg_err_wrap(err, rc, "table %s.%s", schema, name);
}

int
vg_store_write_objects(struct vg_store *store, const struct vg_rows *rows, struct vg_err *err)
{
	struct vg_pg_position to = store->position;
	size_t i;
	int rc;

	VG_ASSERT(rows->from_seq == to.read_seq && rows->to_seq <= to.seq);
	to.read_seq = rows->to_seq;
	if ((rc = run(store, NULL, err, "begin")) != 0)
		return rc;
	rc = move_position(store, &to, err);
	for (i = 0; i < VG_TABLE_COUNT && rc == 0; i++)
		rc = replace_rows(store, &vg_table_info[i], &rows->table[i], err);
	if ((rc = end(store, rc, err)) == 0)
		store->position = to;
	return rc;
}
