/* check.c - whether the journal's file holds together, before anything is appended to it.
 *
 * SQLite's own check sees damaged pages, not a changed byte in a text. So the newest rows are also
 * hashed again: each digest must fit its bytes, each link the one before, and the last link of each
 * lane the head that the next row will be chained to. Older rows are the business of `verify`. */
#include "lib/journal/db.h"

#include <string.h>

static int
quick_check(struct vg_jdb *db, struct vg_err *err)
{
	sqlite3_stmt *check = NULL;
	const char *answer = NULL;
	int rc = sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &check, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(check);
	if (rc != SQLITE_ROW)
		rc = vg_jdb_fail(db, err, "quick_check");
	else if ((answer = (const char *)sqlite3_column_text(check, 0)) == NULL ||
		 strcmp(answer, "ok") != 0)
		rc = vg_err_set(err, VG_EBROKEN, "%s is damaged: %s", db->path,
				answer != NULL ? answer : "no answer");
	else
		rc = 0;
	sqlite3_finalize(check);
	return rc;
}

/* What the walk over the newest rows knows of a lane. */
struct walked {
	bool known;
	int64_t seq;
	uint8_t head[VG_SHA256_LEN];
};

static int
broken(const struct vg_jdb *db, int64_t seq, const char *what, struct vg_err *err)
{
	return vg_err_set(err, VG_EBROKEN, "%s: row %lld: %s", db->path, (long long)seq, what);
}

static int
check_row(struct vg_jdb *db, sqlite3_stmt *row, struct walked *walked, struct vg_err *err)
{
	int64_t seq = sqlite3_column_int64(row, 0);
	const char *name = (const char *)sqlite3_column_text(row, 2);
	struct vg_jdb_lane *lane = name != NULL ? vg_jdb_find_lane(db, name) : NULL;
	uint8_t d[VG_SHA256_LEN], h[VG_SHA256_LEN];
	struct walked *at;

	if (lane == NULL)
		return broken(db, seq, "its lane is not in table lane", err);
	if (sqlite3_column_bytes(row, 4) != VG_SHA256_LEN ||
	    sqlite3_column_bytes(row, 5) != VG_SHA256_LEN)
		return broken(db, seq, "a digest is not of 32 bytes", err);
	vg_ledger_digest(seq, sqlite3_column_int64(row, 1), sqlite3_column_blob(row, 3),
			 (size_t)sqlite3_column_bytes(row, 3), d);
	if (memcmp(d, sqlite3_column_blob(row, 4), sizeof(d)) != 0)
		return broken(db, seq, "d does not fit its bytes", err);
	at = &walked[lane - db->lane];
	vg_ledger_chain(at->head, d, h);
	if (at->known && memcmp(h, sqlite3_column_blob(row, 5), sizeof(h)) != 0)
		return broken(db, seq, "h does not continue its lane's chain", err);
	at->known = true;
	at->seq = seq;
	memcpy(at->head, sqlite3_column_blob(row, 5), sizeof(at->head));
	return 0;
}

static int
check_heads(const struct vg_jdb *db, int64_t from_seq, const struct walked *walked,
	    struct vg_err *err)
{
	for (size_t i = 0; i < db->lanes; i++) {
		const struct vg_jdb_lane *lane = &db->lane[i];

		if (lane->seq < from_seq && !walked[i].known)
			continue; /* its newest row is older than the walk, or trimmed */
		if (!walked[i].known || walked[i].seq != lane->seq ||
		    memcmp(walked[i].head, lane->head, sizeof(lane->head)) != 0)
			return vg_err_set(err, VG_EBROKEN,
					  "%s: lane %s ends at row %lld by table lane, at row %lld "
					  "by the rows",
					  db->path, lane->name, (long long)lane->seq,
					  (long long)walked[i].seq);
	}
	return 0;
}

static int
check_newest(struct vg_jdb *db, struct vg_err *err)
{
	static const char sql[] = "SELECT seq, received_ms, lane, bytes, d, h FROM ledger"
				  " WHERE seq >= ?1 ORDER BY seq";
	struct walked walked[VG_JOURNAL_LANES_MAX] = {0};
	int64_t from = db->last_seq - VG_JDB_CHECK_ROWS + 1, next;
	sqlite3_stmt *row = NULL;
	int rc = 0, step = SQLITE_ERROR;

	if (from < db->first_seq)
		from = db->first_seq;
	next = from;
	if (sqlite3_prepare_v2(db->handle, sql, -1, &row, NULL) != SQLITE_OK)
		return vg_jdb_fail(db, err, "check the newest rows");
	(void)sqlite3_bind_int64(row, 1, from);
	while (rc == 0 && (step = sqlite3_step(row)) == SQLITE_ROW) {
		if (next > db->last_seq)
			rc = broken(db, next, "is newer than every lane's newest row", err);
		else if (sqlite3_column_int64(row, 0) != next)
			rc = broken(db, next, "is missing", err);
		else
			rc = check_row(db, row, walked, err);
		next++;
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = vg_jdb_fail(db, err, "check the newest rows");
	sqlite3_finalize(row);
	if (rc == 0 && next != db->last_seq + 1)
		rc = broken(db, next, "is missing", err);
	return rc == 0 ? check_heads(db, from, walked, err) : rc;
}

int
vg_jdb_check(struct vg_jdb *db, struct vg_err *err)
{
	int rc;

	if (db->pages * db->page_size <= VG_JDB_CHECK_BYTES_MAX && (rc = quick_check(db, err)) != 0)
		return rc;
	return check_newest(db, err);
}
