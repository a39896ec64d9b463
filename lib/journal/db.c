/* db.c - the journal's connection to SQLite: open, errors, transactions, size.
 *
 * The hard thing is to know what an error means. A full disk passes: roll back, say so, try again
 * with the next record. A failed fsync does not: the kernel may have dropped the pages, and asking
 * again may get a yes for nothing, so the connection is dead. When the file is opened anew, the WAL
 * is moved into it and synced before anything is read, so what recovery has found is on the disk.
 */
#include "lib/journal/db.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#define WAL_FRAME_HEADER 24

int
vg_jdb_fail(struct vg_jdb *db, struct vg_err *err, const char *doing)
{
	int extended = sqlite3_extended_errcode(db->handle);
	int os = sqlite3_system_errno(db->handle);
	int code = VG_EIO;

	if ((extended & 0xff) == SQLITE_FULL)
		code = VG_EFULL;
	if ((extended & 0xff) == SQLITE_CORRUPT || (extended & 0xff) == SQLITE_NOTADB ||
	    (extended & 0xff) == SQLITE_CONSTRAINT)
		code = VG_EBROKEN;
	db->dead |= code == VG_EBROKEN || extended == SQLITE_IOERR_FSYNC ||
		    extended == SQLITE_IOERR_DIR_FSYNC;
	return vg_err_set(err, code, "%s: %s: %s (SQLite %d%s%s)", db->path, doing,
			  sqlite3_errmsg(db->handle), extended, os != 0 ? ", " : "",
			  os != 0 ? strerror(os) : "");
}

int
vg_jdb_run(struct vg_jdb *db, enum vg_jdb_statement id, const char *doing, struct vg_err *err)
{
	int rc = sqlite3_step(db->statement[id]) == SQLITE_DONE ? 0 : vg_jdb_fail(db, err, doing);

	(void)sqlite3_reset(db->statement[id]);
	return rc;
}

int
vg_jdb_begin(struct vg_jdb *db, struct vg_err *err)
{
	int rc;

	VG_ASSERT(sqlite3_get_autocommit(db->handle) && !db->dead);
	if (db->stale && (rc = vg_jdb_load(db, err)) != 0)
		return rc;
	return vg_jdb_run(db, VG_JDB_BEGIN, "begin", err);
}

/* SQLite rolls back by itself after some errors; what it cannot roll back it may not go on with. */
void
vg_jdb_rollback(struct vg_jdb *db)
{
	if (!sqlite3_get_autocommit(db->handle) &&
	    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
		db->dead = true;
	db->stale = true;
}

struct vg_jdb_lane *
vg_jdb_find_lane(struct vg_jdb *db, const char *name)
{
	for (size_t i = 0; i < db->lanes; i++)
		if (strcmp(db->lane[i].name, name) == 0)
			return &db->lane[i];
	return NULL;
}

static int
load_lane(struct vg_jdb *db, sqlite3_stmt *row, struct vg_err *err)
{
	struct vg_jdb_lane *lane = &db->lane[db->lanes];
	const char *name = (const char *)sqlite3_column_text(row, 0);
	const void *head = sqlite3_column_blob(row, 3);

	if (db->lanes == VG_JOURNAL_LANES_MAX || name == NULL ||
	    strlen(name) > VG_JOURNAL_LANE_MAX || sqlite3_column_bytes(row, 3) != VG_SHA256_LEN)
		return vg_err_set(err, VG_EBROKEN, "%s: table lane is damaged at lane %zu",
				  db->path, db->lanes + 1);
	*lane = (struct vg_jdb_lane){.seq = sqlite3_column_int64(row, 1),
				     .received_ms = sqlite3_column_int64(row, 2),
				     .sealed_seq = sqlite3_column_int64(row, 4),
				     .open_rows = sqlite3_column_int64(row, 5)};
	memcpy(lane->name, name, strlen(name));
	memcpy(lane->head, head, VG_SHA256_LEN);
	if (lane->seq > db->last_seq)
		db->last_seq = lane->seq;
	if (lane->received_ms > db->last_received_ms)
		db->last_received_ms = lane->received_ms;
	db->lanes++;
	return 0;
}

static int
load_lanes(struct vg_jdb *db, struct vg_err *err)
{
	sqlite3_stmt *row = NULL;
	int rc, step = SQLITE_ERROR;

	db->lanes = 0;
	db->last_seq = 0;
	db->last_received_ms = 0;
	rc = sqlite3_prepare_v2(
		db->handle,
		"SELECT name, seq, received_ms, head, sealed_seq, open_rows FROM lane"
		" ORDER BY name <> '" VG_LANE_MAIN "', name",
		-1, &row, NULL);
	if (rc == SQLITE_OK)
		rc = 0;
	while (rc == 0 && (step = sqlite3_step(row)) == SQLITE_ROW)
		rc = load_lane(db, row, err);
	if (rc >= 0 && step != SQLITE_DONE)
		rc = vg_jdb_fail(db, err, "read the lanes");
	sqlite3_finalize(row);
	if (rc == 0 && (db->lanes == 0 || strcmp(db->lane[0].name, VG_LANE_MAIN) != 0))
		rc = vg_err_set(err, VG_EBROKEN, "%s: lane main is missing", db->path);
	return rc;
}

/* One number of a statement without parameters; `none` when it gives NULL. */
static int
get_number(struct vg_jdb *db, enum vg_jdb_statement id, int64_t none, int64_t *out,
	   struct vg_err *err)
{
	sqlite3_stmt *statement = db->statement[id];
	int rc = 0;

	if (sqlite3_step(statement) != SQLITE_ROW)
		rc = vg_jdb_fail(db, err, "read the file's state");
	else
		*out = sqlite3_column_type(statement, 0) == SQLITE_NULL
			       ? none
			       : sqlite3_column_int64(statement, 0);
	(void)sqlite3_reset(statement);
	return rc;
}

int
vg_jdb_load(struct vg_jdb *db, struct vg_err *err)
{
	int rc;

	if ((rc = load_lanes(db, err)) != 0)
		return rc;
	if ((rc = get_number(db, VG_JDB_GET_FIRST, db->last_seq + 1, &db->first_seq, err)) != 0)
		return rc;
	db->stale = false;
	return 0;
}

int
vg_jdb_measure(struct vg_jdb *db, struct vg_err *err)
{
	return get_number(db, VG_JDB_GET_PAGES, 0, &db->pages, err);
}

int64_t
vg_jdb_bytes(const struct vg_jdb *db)
{
	return db->pages * db->page_size + db->wal_pages * (db->page_size + WAL_FRAME_HEADER);
}

static int
on_wal(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct vg_jdb *db = arg;

	(void)handle;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

int
vg_jdb_checkpoint(struct vg_jdb *db, bool shorten, struct vg_err *err)
{
	int mode = shorten ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
	int rc, pages = 0, moved = 0;

	if (db->wal_pages <= (shorten ? 0 : db->wal_pages_max))
		return 0;
	/* A reader may hold the WAL: intake does not wait for it. */
	(void)sqlite3_busy_timeout(db->handle, 0);
	rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, mode, &pages, &moved);
	(void)sqlite3_busy_timeout(db->handle, VG_JDB_BUSY_MS);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		return vg_jdb_fail(db, err, "move the WAL into the file");
	db->wal_pages = pages == moved ? 0 : pages;
	return 0;
}

/* Locks and shared memory do not hold on network file systems (pitfalls J14). */
static int
require_local_file(const char *path, struct vg_err *err)
{
	struct statfs where;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return vg_err_set(err, VG_EIO, "%s cannot be made: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd); /* empty and new: no lock of SQLite is lost by it */
	if (statfs(path, &where) != 0)
		return vg_err_set(err, VG_EIO, "%s: %s", path, strerror(errno));
	switch ((unsigned long)where.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case CEPH_SUPER_MAGIC:
	case CODA_SUPER_MAGIC:
	case AFS_SUPER_MAGIC:
	case V9FS_MAGIC:
		return vg_err_set(
			err, VG_EINVALID,
			"%s lies on a network file system; the journal needs a local disk", path);
	default:
		return 0;
	}
}

static int
connect_file(struct vg_jdb *db, struct vg_err *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(db->path, &db->handle, flags, NULL);

	if (db->handle == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	if (rc != SQLITE_OK)
		return vg_jdb_fail(db, err, "open");
	(void)sqlite3_busy_timeout(db->handle, VG_JDB_BUSY_MS);
	(void)sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, VG_JOURNAL_RECORD_MAX + 65536);
	(void)sqlite3_wal_hook(db->handle, on_wal, db); /* no automatic checkpoints any more */
	return 0;
}

/* After recovery: what stands in the WAL may never have been synced. */
static int
sync_recovered(struct vg_jdb *db, struct vg_err *err)
{
	int rc =
		sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	return rc == SQLITE_OK ? 0 : vg_jdb_fail(db, err, "sync what recovery found");
}

static int
prepare_all(struct vg_jdb *db, struct vg_err *err)
{
	for (int i = 0; i < VG_JDB_STATEMENTS; i++)
		if (sqlite3_prepare_v3(db->handle, vg_jdb_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
				       &db->statement[i], NULL) != SQLITE_OK)
			return vg_jdb_fail(db, err, vg_jdb_sql[i]);
	return 0;
}

static int
open_steps(struct vg_jdb *db, const struct vg_journal_options *options, struct vg_err *err)
{
	bool made = false;
	int rc;

	if ((rc = require_local_file(db->path, err)) != 0 || (rc = connect_file(db, err)) != 0 ||
	    (rc = vg_jdb_settle(db, options, &made, err)) != 0 ||
	    (rc = prepare_all(db, err)) != 0 ||
	    (made && (rc = vg_jdb_begin_ledger(db, options, err)) != 0) ||
	    (rc = sync_recovered(db, err)) != 0 || (rc = vg_jdb_load(db, err)) != 0 ||
	    (rc = vg_jdb_measure(db, err)) != 0)
		return rc;
	return vg_jdb_check(db, err);
}

int
vg_jdb_open(struct vg_jdb **out, const struct vg_journal_options *options, struct vg_err *err)
{
	struct vg_jdb *db = calloc(1, sizeof(*db));
	int rc;

	if (db == NULL || (db->path = strdup(options->path)) == NULL) {
		free(db);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	if ((rc = open_steps(db, options, err)) != 0) {
		vg_jdb_close(db);
		return rc;
	}
	*out = db;
	return 0;
}

void
vg_jdb_close(struct vg_jdb *db)
{
	if (db == NULL)
		return;
	for (int i = 0; i < VG_JDB_STATEMENTS; i++)
		sqlite3_finalize(db->statement[i]);
	if (db->dead) /* its pages cannot be trusted: leave the WAL to the next open's recovery */
		(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
					(int *)NULL);
	VG_ASSERT(sqlite3_close(db->handle) == SQLITE_OK);
	free(db->path);
	free(db);
}
