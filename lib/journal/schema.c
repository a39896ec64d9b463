/* schema.c - settings, tables and statements of the journal's file.
 *
 * The hard thing is the order: auto_vacuum only takes hold before the first page is written, and a
 * PRAGMA that is refused says nothing. So every setting is read back and compared. */
#include "lib/journal/db.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FORMAT	   "2"
#define OLD_FORMAT "1" /* renewed when it is opened */

static const struct setting {
	const char *pragma;
	const char *answer; /* what reading it back must give */
} settings[] = {
	{"auto_vacuum=INCREMENTAL", "2"}, {"journal_mode=WAL", "wal"},
	{"synchronous=FULL", "2"},	  {"foreign_keys=ON", "1"},
	{"temp_store=MEMORY", "2"},	  {"mmap_size=0", "0"},
	{"trusted_schema=OFF", "0"},	  {"secure_delete=ON", "1"},
	{"cache_size=-8192", "-8192"},
};

#define LANE_SEALED_SEQ "sealed_seq INTEGER NOT NULL DEFAULT 0"
#define LANE_OPEN_ROWS	"open_rows INTEGER NOT NULL DEFAULT 0"

static const char schema[] =
	"CREATE TABLE meta("
	" key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE lane("
	" name TEXT PRIMARY KEY, seq INTEGER NOT NULL, received_ms INTEGER NOT NULL,"
	" head BLOB NOT NULL CHECK (length(head) = 32)," LANE_SEALED_SEQ ", " LANE_OPEN_ROWS
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE ledger("
	" seq INTEGER PRIMARY KEY CHECK (seq > 0), received_ms INTEGER NOT NULL,"
	" lane TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, event_id TEXT NOT NULL,"
	" municipality TEXT, occurred_ms INTEGER NOT NULL, bytes TEXT NOT NULL,"
	" d BLOB NOT NULL CHECK (length(d) = 32), h BLOB NOT NULL CHECK (length(h) = 32)) STRICT;"
	"CREATE TABLE seen("
	" source TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,"
	" digest BLOB NOT NULL CHECK (length(digest) = 32), expires_ms INTEGER,"
	" PRIMARY KEY (source, id)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX seen_expires ON seen(expires_ms) WHERE expires_ms IS NOT NULL;"
	"CREATE TABLE side_title(seq INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
	"CREATE TABLE side_note(seq INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;";

const char *const vg_jdb_sql[VG_JDB_STATEMENTS] = {
	[VG_JDB_BEGIN] = "BEGIN IMMEDIATE",
	[VG_JDB_COMMIT] = "COMMIT",
	[VG_JDB_FIND_SEEN] = "SELECT seq, digest, expires_ms FROM seen"
			     " WHERE source = ?1 AND id = ?2",
	[VG_JDB_PUT_SEEN] = "INSERT OR REPLACE INTO seen(source, id, seq, digest, expires_ms)"
			    " VALUES (?1, ?2, ?3, ?4, ?5)",
	[VG_JDB_PUT_ROW] = "INSERT INTO ledger(seq, received_ms, lane, kind, source, event_id,"
			   " municipality, occurred_ms, bytes, d, h)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[VG_JDB_PUT_TITLE] = "INSERT INTO side_title(seq, text) VALUES (?1, ?2)",
	[VG_JDB_PUT_NOTE] = "INSERT INTO side_note(seq, text) VALUES (?1, ?2)",
	[VG_JDB_PUT_LANE] = "INSERT OR REPLACE INTO lane(name, seq, received_ms, head,"
			    " sealed_seq, open_rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[VG_JDB_GET_FIRST] = "SELECT min(seq) FROM ledger",
	[VG_JDB_GET_PAGES] = "PRAGMA page_count",
	[VG_JDB_TRIM_ROWS] = "DELETE FROM ledger WHERE seq <= ?1 AND received_ms < ?2",
	[VG_JDB_TRIM_SEEN] = "DELETE FROM seen WHERE (source, id) IN"
			     " (SELECT source, id FROM seen WHERE expires_ms <= ?1 LIMIT ?2)",
	[VG_JDB_TRIM_TITLES] = "DELETE FROM side_title WHERE seq < ?1",
	[VG_JDB_TRIM_NOTES] = "DELETE FROM side_note WHERE seq < ?1",
	[VG_JDB_FORGET_TITLES] = "DELETE FROM side_title WHERE seq IN"
				 " (SELECT seq FROM side_title WHERE seq <= ?1 LIMIT ?2)",
	[VG_JDB_FORGET_NOTE] = "DELETE FROM side_note WHERE seq = ?1",
};

/* Runs sql whose first row's first column is text; "" when there is no row. */
static int
ask(struct vg_jdb *db, const char *sql, char *out, size_t size, struct vg_err *err)
{
	sqlite3_stmt *statement = NULL;
	const char *text = NULL;
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		text = (const char *)sqlite3_column_text(statement, 0);
	(void)snprintf(out, size, "%s", text != NULL ? text : "");
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : vg_jdb_fail(db, err, sql);
	sqlite3_finalize(statement);
	return rc;
}

static int
execute(struct vg_jdb *db, const char *sql, const char *doing, struct vg_err *err)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : vg_jdb_fail(db, err, doing);
}

static int
apply(struct vg_jdb *db, const struct setting *setting, struct vg_err *err)
{
	char sql[80], answer[32];
	int rc;

	(void)snprintf(sql, sizeof(sql), "PRAGMA %s", setting->pragma);
	if ((rc = execute(db, sql, sql, err)) != 0)
		return rc;
	sql[strcspn(sql, "=")] = '\0';
	if ((rc = ask(db, sql, answer, sizeof(answer), err)) != 0)
		return rc;
	if (strcmp(answer, setting->answer) != 0)
		return vg_err_set(err, VG_EIO, "%s: SQLite does not take %s: it answers \"%s\"",
				  db->path, setting->pragma, answer);
	return 0;
}

/* Sizes follow from the file's maximum: the hard stop of the file, and how far the WAL may grow
 * before it is moved into the file. */
static int
apply_sizes(struct vg_jdb *db, int64_t bytes_max, struct vg_err *err)
{
	char sql[80], answer[32];
	int64_t pages_max;
	int rc;

	if ((rc = ask(db, "PRAGMA page_size", answer, sizeof(answer), err)) != 0)
		return rc;
	if (sscanf(answer, "%" SCNd64, &db->page_size) != 1 || db->page_size <= 0)
		return vg_err_set(err, VG_EBROKEN, "%s: page size \"%s\"", db->path, answer);
	pages_max = bytes_max / db->page_size;
	db->wal_pages_max = pages_max / 64 < 4096 ? pages_max / 64 : 4096;
	(void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count=%" PRId64, pages_max);
	if ((rc = ask(db, sql, answer, sizeof(answer), err)) != 0)
		return rc;
	(void)snprintf(sql, sizeof(sql), "PRAGMA journal_size_limit=%" PRId64,
		       2 * db->wal_pages_max * db->page_size);
	return ask(db, sql, answer, sizeof(answer), err);
}

/* In a transaction that stays open: a file has all that it starts with, or nothing. */
static int
create(struct vg_jdb *db, struct vg_err *err)
{
	uint8_t random[16];
	char instance[VG_HEX_LEN(sizeof(random))];
	char *sql;
	int rc;

	vg_random(random, sizeof(random));
	sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s"
			      "INSERT INTO meta VALUES ('format', '%s'), ('instance', '%s')",
			      schema, FORMAT, vg_hex(random, sizeof(random), instance));
	if (sql == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	rc = execute(db, sql, "make the tables", err);
	sqlite3_free(sql);
	if (rc == 0)
		memcpy(db->instance, instance, sizeof(instance));
	return rc;
}

/* Is there anything in the file, and is it ours? Asked before a setting could change it. */
static int
look(struct vg_jdb *db, bool *empty, struct vg_err *err)
{
	char tables[16], ours[16];
	int rc;

	if ((rc = ask(db, "SELECT count(*) FROM sqlite_schema", tables, sizeof(tables), err)) !=
		    0 ||
	    (rc = ask(db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('meta', 'ledger')",
		      ours, sizeof(ours), err)) != 0)
		return rc;
	*empty = strcmp(tables, "0") == 0;
	if (!*empty && strcmp(ours, "2") != 0)
		return vg_err_set(err, VG_EINVALID, "%s is another program's database", db->path);
	return 0;
}

/* The file's own word about what it is. *old: it is of the format before this one. */
static int
identify(struct vg_jdb *db, bool *old, struct vg_err *err)
{
	char format[16];
	int rc;

	if ((rc = ask(db, "SELECT value FROM meta WHERE key = 'format'", format, sizeof(format),
		      err)) != 0)
		return rc;
	*old = strcmp(format, OLD_FORMAT) == 0;
	if (!*old && strcmp(format, FORMAT) != 0)
		return vg_err_set(err, VG_EINVALID,
				  "%s has format \"%s\", this program knows format " FORMAT,
				  db->path, format);
	if ((rc = ask(db, "SELECT value FROM meta WHERE key = 'instance'", db->instance,
		      sizeof(db->instance), err)) != 0)
		return rc;
	if (strlen(db->instance) != sizeof(db->instance) - 1)
		return vg_err_set(err, VG_EBROKEN, "%s has no instance id", db->path);
	return 0;
}

/* Format 1 knew of no sealing, and had no lane but main. */
static int
renew(struct vg_jdb *db, struct vg_err *err)
{
	return execute(db,
		       "BEGIN IMMEDIATE;"
		       "ALTER TABLE lane ADD COLUMN " LANE_SEALED_SEQ ";"
		       "ALTER TABLE lane ADD COLUMN " LANE_OPEN_ROWS ";"
		       "UPDATE meta SET value = '" FORMAT "' WHERE key = 'format'; COMMIT",
		       "renew the tables", err);
}

int
vg_jdb_settle(struct vg_jdb *db, const struct vg_journal_options *options, bool *made,
	      struct vg_err *err)
{
	bool old = false;
	int rc;

	if ((rc = look(db, made, err)) != 0 || (!*made && (rc = identify(db, &old, err)) != 0))
		return rc;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if ((rc = apply(db, &settings[i], err)) != 0)
			return rc;
	if ((rc = apply_sizes(db, options->bytes_max, err)) != 0)
		return rc;
	if (*made)
		return create(db, err);
	return old ? renew(db, err) : 0;
}
