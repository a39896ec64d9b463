/* append.c - one group of records: recognise repeats, number, hash, insert, commit.
 *
 * The hard thing is that identity and number are decided inside the transaction that makes them
 * durable: `seen` is looked up and written in it, so a repeat within the group is recognised as one
 * of an earlier group is, and a group that fails leaves neither number nor identity behind. */
#include "lib/journal/db.h"

#include "core/ut.h"

#include <string.h>

#define ID_MAX 64 /* a longer event_id is known by its digest */

/* What stands for the event's id in `seen`: the text itself, not a digest of it. Ids that follow
 * one another then lie together, and a group touches few pages instead of one for each record
 * (measured: a quarter of the bytes written). */
static void
identity_of(const char *event_id, char id[ID_MAX + 16])
{
	size_t length = strlen(event_id);
	uint8_t digest[VG_SHA256_LEN];

	if (length <= ID_MAX) {
		memcpy(id, event_id, length + 1);
		return;
	}
	vg_sha256(event_id, length, digest);
	memcpy(id, "sha256:", 7); /* 71 bytes: no event_id that is kept as it is looks like this */
	(void)vg_hex(digest, sizeof(digest), id + 7);
}

static void
bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	if (text == NULL)
		(void)sqlite3_bind_null(statement, index);
	else
		(void)sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

/* Received now, as the ledger will say: its time never runs backwards. */
static int64_t
stored_received_ms(const struct vg_jdb *db, const struct vg_record *record)
{
	return record->received_ms > db->last_received_ms ? record->received_ms
							  : db->last_received_ms;
}

/* Sets *repeat and the item's result when this identity is known and has not expired. */
static int
recognise(struct vg_jdb *db, struct vg_jdb_item *item, const char *id, bool *repeat,
	  struct vg_err *err)
{
	sqlite3_stmt *seen = db->statement[VG_JDB_FIND_SEEN];
	int rc = 0, step;

	bind_text(seen, 1, item->record.source);
	bind_text(seen, 2, id);
	step = sqlite3_step(seen);
	if (step == SQLITE_ROW &&
	    (sqlite3_column_type(seen, 2) == SQLITE_NULL ||
	     sqlite3_column_int64(seen, 2) > stored_received_ms(db, &item->record))) {
		*repeat = true;
		item->result.seq = sqlite3_column_int64(seen, 0);
		item->result.outcome = memcmp(sqlite3_column_blob(seen, 1), item->repeat_digest,
					      VG_SHA256_LEN) == 0
					       ? VG_RECORD_REPEAT
					       : VG_RECORD_CONFLICT;
	} else if (step != SQLITE_ROW && step != SQLITE_DONE) {
		rc = vg_jdb_fail(db, err, "look up an identity");
	}
	(void)sqlite3_reset(seen);
	return rc;
}

/* expires_ms 0 = never. */
static int
put_seen(struct vg_jdb *db, const char *source, const char *id, int64_t seq,
	 const uint8_t digest[VG_SHA256_LEN], int64_t expires_ms, struct vg_err *err)
{
	sqlite3_stmt *seen = db->statement[VG_JDB_PUT_SEEN];

	bind_text(seen, 1, source);
	bind_text(seen, 2, id);
	(void)sqlite3_bind_int64(seen, 3, seq);
	(void)sqlite3_bind_blob(seen, 4, digest, VG_SHA256_LEN, SQLITE_STATIC);
	if (expires_ms != 0)
		(void)sqlite3_bind_int64(seen, 5, expires_ms);
	else
		(void)sqlite3_bind_null(seen, 5);
	return vg_jdb_run(db, VG_JDB_PUT_SEEN, "remember an identity", err);
}

int
vg_journal_remember(struct vg_jdb *file, const char *source, const char *event_id, int64_t seq,
		    const uint8_t repeat_digest[VG_SHA256_LEN], int64_t expires_ms,
		    struct vg_err *err)
{
	char id[ID_MAX + 16];

	VG_ASSERT(event_id[0] != '\0');
	identity_of(event_id, id);
	return put_seen(file, source, id, seq, repeat_digest, expires_ms, err);
}

static int
put_row(struct vg_jdb *db, const struct vg_jdb_item *item, const uint8_t d[VG_SHA256_LEN],
	const uint8_t h[VG_SHA256_LEN], struct vg_err *err)
{
	const struct vg_record *record = &item->record;
	sqlite3_stmt *row = db->statement[VG_JDB_PUT_ROW];

	(void)sqlite3_bind_int64(row, 1, item->result.seq);
	(void)sqlite3_bind_int64(row, 2, item->result.received_ms);
	bind_text(row, 3, record->lane);
	bind_text(row, 4, record->kind);
	bind_text(row, 5, record->source);
	bind_text(row, 6, record->event_id);
	bind_text(row, 7, record->municipality);
	(void)sqlite3_bind_int64(row, 8, record->occurred_ms);
	(void)sqlite3_bind_text(row, 9, record->bytes, (int)record->length, SQLITE_STATIC);
	(void)sqlite3_bind_blob(row, 10, d, VG_SHA256_LEN, SQLITE_STATIC);
	(void)sqlite3_bind_blob(row, 11, h, VG_SHA256_LEN, SQLITE_STATIC);
	return vg_jdb_run(db, VG_JDB_PUT_ROW, "append a row", err);
}

static int
put_side(struct vg_jdb *db, enum vg_jdb_statement id, int64_t seq, const char *text,
	 struct vg_err *err)
{
	if (text == NULL)
		return 0;
	(void)sqlite3_bind_int64(db->statement[id], 1, seq);
	bind_text(db->statement[id], 2, text);
	return vg_jdb_run(db, id, "append a side text", err);
}

/* The lane of that name, a new one for a new name; NULL when there are too many. */
static struct vg_jdb_lane *
take_lane(struct vg_jdb *db, const char *name)
{
	struct vg_jdb_lane *lane = vg_jdb_find_lane(db, name);

	if (lane == NULL && db->lanes < VG_JOURNAL_LANES_MAX) {
		lane = &db->lane[db->lanes++];
		*lane = (struct vg_jdb_lane){0};
		memcpy(lane->name, name, strlen(name) + 1);
	}
	return lane;
}

/* The record names a lane's rows: those after them are open now. */
static void
seal_lane(struct vg_jdb *db, const struct vg_record *record)
{
	struct vg_jdb_lane *lane =
		record->sealed_lane == NULL ? NULL : vg_jdb_find_lane(db, record->sealed_lane);

	if (lane == NULL || record->sealed_rows == 0)
		return;
	lane->sealed_seq = record->sealed_seq;
	lane->open_rows -= record->sealed_rows;
	lane->changed = true;
}

/* The next number, the lane's next link. */
static int
append_new(struct vg_jdb *db, struct vg_jdb_item *item, struct vg_jdb_lane *lane,
	   struct vg_err *err)
{
	struct vg_record_result *result = &item->result;
	uint8_t d[VG_SHA256_LEN], h[VG_SHA256_LEN];
	int rc;

	result->outcome = VG_RECORD_DURABLE;
	result->seq = db->last_seq + 1;
	result->received_ms = stored_received_ms(db, &item->record);
	vg_ledger_digest(result->seq, result->received_ms, item->record.bytes, item->record.length,
			 d);
	vg_ledger_chain(lane->head, d, h);
	if ((rc = put_row(db, item, d, h, err)) != 0 ||
	    (rc = put_side(db, VG_JDB_PUT_TITLE, result->seq, item->record.title, err)) != 0 ||
	    (rc = put_side(db, VG_JDB_PUT_NOTE, result->seq, item->record.note, err)) != 0)
		return rc;
	memcpy(lane->head, h, sizeof(h));
	lane->seq = db->last_seq = result->seq;
	lane->received_ms = db->last_received_ms = result->received_ms;
	lane->open_rows++;
	lane->changed = true;
	seal_lane(db, &item->record);
	return 0;
}

static int
append_one(struct vg_jdb *db, struct vg_jdb_item *item, struct vg_err *err)
{
	bool identified = item->record.event_id[0] != '\0', repeat = false;
	struct vg_jdb_lane *lane;
	char id[ID_MAX + 16];
	int rc;

	if (identified) {
		identity_of(item->record.event_id, id);
		if ((rc = recognise(db, item, id, &repeat, err)) != 0)
			return rc;
	}
	if (repeat)
		return 0;
	if ((lane = take_lane(db, item->record.lane)) == NULL) {
		item->result.outcome = VG_RECORD_FAILED;
		item->result.error = VG_ELIMIT;
		return 0;
	}
	if ((rc = append_new(db, item, lane, err)) != 0)
		return rc;
	if (!identified)
		return 0;
	return put_seen(db, item->record.source, id, item->result.seq, item->repeat_digest,
			item->record.identity_ms > 0
				? item->result.received_ms + item->record.identity_ms
				: 0,
			err);
}

static int
put_lanes(struct vg_jdb *db, struct vg_err *err)
{
	sqlite3_stmt *row = db->statement[VG_JDB_PUT_LANE];
	int rc;

	for (size_t i = 0; i < db->lanes; i++) {
		struct vg_jdb_lane *lane = &db->lane[i];

		if (!lane->changed)
			continue;
		bind_text(row, 1, lane->name);
		(void)sqlite3_bind_int64(row, 2, lane->seq);
		(void)sqlite3_bind_int64(row, 3, lane->received_ms);
		(void)sqlite3_bind_blob(row, 4, lane->head, VG_SHA256_LEN, SQLITE_STATIC);
		(void)sqlite3_bind_int64(row, 5, lane->sealed_seq);
		(void)sqlite3_bind_int64(row, 6, lane->open_rows);
		if ((rc = vg_jdb_run(db, VG_JDB_PUT_LANE, "write a lane's head", err)) != 0)
			return rc;
		lane->changed = false;
	}
	return 0;
}

int
vg_journal_continue(struct vg_jdb *file, const char *name, const struct vg_journal_lane *lane,
		    struct vg_err *err)
{
	struct vg_jdb_lane *own =
		strlen(name) <= VG_JOURNAL_LANE_MAX ? take_lane(file, name) : NULL;

	if (own == NULL)
		return vg_err_set(err, VG_ELIMIT,
				  "lane %.80s: expected at most %d lanes, with names of at most %d "
				  "bytes",
				  name, VG_JOURNAL_LANES_MAX, VG_JOURNAL_LANE_MAX);
	own->seq = lane->seq;
	memcpy(own->head, lane->head, sizeof(own->head));
	own->sealed_seq = lane->sealed_seq;
	own->open_rows = lane->open_rows;
	own->changed = true;
	return 0;
}

int
vg_jdb_begin_ledger(struct vg_jdb *db, const struct vg_journal_options *options, struct vg_err *err)
{
	struct vg_journal_start start = {0};
	struct vg_jdb_lane *lane = take_lane(db, VG_LANE_MAIN);
	int rc = options->on_new != NULL ? options->on_new(db, &start, options->arg, err) : 0;

	lane->seq = start.after_seq;
	lane->received_ms = start.received_ms;
	memcpy(lane->head, start.head, sizeof(lane->head));
	lane->changed = true;
	if (rc == 0)
		rc = put_lanes(db, err);
	if (rc == 0)
		rc = vg_jdb_run(db, VG_JDB_COMMIT, "commit a new file", err);
	if (rc != 0)
		vg_jdb_rollback(db);
	return rc;
}

int
vg_jdb_append(struct vg_jdb *db, struct vg_jdb_item *items, struct vg_err *err)
{
	struct vg_jdb_item *item;
	int rc;

	if ((rc = vg_jdb_begin(db, err)) != 0)
		return rc;
	DL_FOREACH(items, item)
	if ((rc = append_one(db, item, err)) != 0)
		break;
	if (rc == 0)
		rc = put_lanes(db, err);
	if (rc == 0)
		rc = vg_jdb_run(db, VG_JDB_COMMIT, "commit", err);
	if (rc != 0)
		vg_jdb_rollback(db);
	return rc;
}
