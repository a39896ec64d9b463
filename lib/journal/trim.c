/* trim.c - what the journal lets go, in steps small enough that intake hardly notices.
 *
 * Only the oldest rows go, so the rows that stay are always one unbroken range up to the newest,
 * and what has gone is known from its first number alone. */
#include "lib/journal/db.h"

static int
delete_where(struct vg_jdb *db, enum vg_jdb_statement id, int64_t first, int64_t second,
	     struct vg_err *err)
{
	sqlite3_stmt *statement = db->statement[id];

	(void)sqlite3_bind_int64(statement, 1, first);
	if (sqlite3_bind_parameter_count(statement) > 1)
		(void)sqlite3_bind_int64(statement, 2, second);
	return vg_jdb_run(db, id, "trim", err);
}

/* Ends the transaction that the caller has begun: commits, or rolls back after an error. */
static int
finish(struct vg_jdb *db, int rc, struct vg_err *err)
{
	if (rc == 0)
		rc = vg_jdb_run(db, VG_JDB_COMMIT, "commit a trim", err);
	if (rc != 0)
		vg_jdb_rollback(db);
	return rc;
}

/* DELETE leaves free pages inside the file; this gives them back. */
static int
shrink(struct vg_jdb *db, struct vg_err *err)
{
	return sqlite3_exec(db->handle, "PRAGMA incremental_vacuum(1024)", NULL, NULL, NULL) ==
			       SQLITE_OK
		       ? 0
		       : vg_jdb_fail(db, err, "shrink the file");
}

int
vg_jdb_trim(struct vg_jdb *db, int64_t up_to_seq, int64_t before_ms, int64_t now_ms, bool *more,
	    struct vg_err *err)
{
	int64_t last = db->first_seq + VG_JDB_STEP - 1;
	int rows = 0, rc;

	if ((rc = vg_jdb_begin(db, err)) != 0)
		return rc;
	if (last > up_to_seq)
		last = up_to_seq;
	if ((rc = delete_where(db, VG_JDB_TRIM_ROWS, last, before_ms, err)) == 0) {
		rows = sqlite3_changes(db->handle);
		rc = delete_where(db, VG_JDB_TRIM_TITLES, db->first_seq + rows, 0, err);
	}
	if (rc == 0)
		rc = delete_where(db, VG_JDB_TRIM_NOTES, db->first_seq + rows, 0, err);
	if (rc == 0)
		rc = delete_where(db, VG_JDB_TRIM_SEEN, now_ms, VG_JDB_STEP, err);
	*more = rows == VG_JDB_STEP || sqlite3_changes(db->handle) == VG_JDB_STEP;
	if ((rc = finish(db, rc, err)) != 0)
		return rc;
	db->first_seq += rows;
	return shrink(db, err);
}

int
vg_jdb_forget(struct vg_jdb *db, int64_t up_to_seq_title, const int64_t *note_seq, size_t notes,
	      bool *more, struct vg_err *err)
{
	int rc;

	if ((rc = vg_jdb_begin(db, err)) != 0)
		return rc;
	rc = delete_where(db, VG_JDB_FORGET_TITLES, up_to_seq_title, VG_JDB_STEP, err);
	*more = sqlite3_changes(db->handle) == VG_JDB_STEP;
	for (size_t i = 0; i < notes && rc == 0; i++)
		rc = delete_where(db, VG_JDB_FORGET_NOTE, note_seq[i], 0, err);
	return finish(db, rc, err);
}
