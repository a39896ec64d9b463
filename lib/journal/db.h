/* The journal's SQLite side, private to lib/journal: one connection, used by one thread.
 *
 * Functions return 0 or a negative code with the words in *err. VG_EFULL and VG_EIO may pass (the
 * next attempt starts anew); after `dead` nothing may be written through this connection again. */
#ifndef VG_JOURNAL_DB_H
#define VG_JOURNAL_DB_H

#include "lib/crypto/crypto.h"
#include "lib/journal/journal.h"

#include <sqlite3.h>

#define VG_JDB_STEP	  1024 /* rows that one step of trimming or forgetting removes */
#define VG_JDB_CHECK_ROWS 256  /* newest rows whose digests and chain are checked at open */
#define VG_JDB_CHECK_BYTES_MAX                                                                     \
	(1LL << 30) /* quick_check reads everything: larger files skip it                          \
		     */
#define VG_JDB_BUSY_MS 5000

enum vg_jdb_statement {
	VG_JDB_BEGIN,
	VG_JDB_COMMIT,
	VG_JDB_FIND_SEEN,
	VG_JDB_PUT_SEEN,
	VG_JDB_PUT_ROW,
	VG_JDB_PUT_TITLE,
	VG_JDB_PUT_NOTE,
	VG_JDB_PUT_LANE,
	VG_JDB_GET_FIRST,
	VG_JDB_GET_PAGES,
	VG_JDB_TRIM_ROWS,
	VG_JDB_TRIM_SEEN,
	VG_JDB_TRIM_TITLES,
	VG_JDB_TRIM_NOTES,
	VG_JDB_FORGET_TITLES,
	VG_JDB_FORGET_NOTE,
	VG_JDB_STATEMENTS
};

/* The newest row of a lane. The greatest seq of all lanes is the newest of the journal: numbers are
 * never given again, even when every row has been trimmed. */
struct vg_jdb_lane {
	char name[VG_JOURNAL_LANE_MAX + 1];
	int64_t seq, received_ms;
	uint8_t head[VG_SHA256_LEN];
	int64_t sealed_seq, open_rows; /* newest row that a seal covers; rows after it */
	bool changed;		       /* in the open transaction */
};

struct vg_jdb {
	sqlite3 *handle;
	sqlite3_stmt *statement[VG_JDB_STATEMENTS];
	char *path;
	char instance[33];
	int64_t first_seq, last_seq, last_received_ms;
	struct vg_jdb_lane lane[VG_JOURNAL_LANES_MAX]; /* [0] is VG_LANE_MAIN */
	size_t lanes;
	int64_t page_size, pages;
	int64_t wal_pages, wal_pages_max; /* in use; more than max asks for a checkpoint */
	bool stale; /* a transaction was rolled back: lanes and numbers must be read again */
	bool dead;  /* an error that no retry can mend */
};

/* A record on its way: made by submit, freed when its result is taken. */
struct vg_jdb_item {
	struct vg_jdb_item *prev, *next; /* utlist */
	struct vg_record record;	 /* its pointers lead into text[] */
	struct vg_record_result result;
	size_t bytes; /* about what it takes, in memory and in the file */
	uint8_t repeat_digest[VG_SHA256_LEN];
	char text[];
};

/* db.c: the connection. */
VG_MUST_CHECK int vg_jdb_open(struct vg_jdb **out, const struct vg_journal_options *options,
			      struct vg_err *err);
void vg_jdb_close(struct vg_jdb *db);
/* What went wrong in the last call, as code and words; knows which errors are final. */
int vg_jdb_fail(struct vg_jdb *db, struct vg_err *err, const char *doing);
/* Steps a statement that gives no rows, and resets it. */
VG_MUST_CHECK int vg_jdb_run(struct vg_jdb *db, enum vg_jdb_statement id, const char *doing,
			     struct vg_err *err);
VG_MUST_CHECK int vg_jdb_begin(struct vg_jdb *db, struct vg_err *err);
void vg_jdb_rollback(struct vg_jdb *db);
VG_MUST_CHECK int vg_jdb_load(struct vg_jdb *db, struct vg_err *err);
/* Moves the WAL into the file when it has grown past its maximum; the next commit then begins it
 * anew. `shorten`: now, and give its space back. A reader in the way is no error. */
VG_MUST_CHECK int vg_jdb_checkpoint(struct vg_jdb *db, bool shorten, struct vg_err *err);
VG_MUST_CHECK int vg_jdb_measure(struct vg_jdb *db, struct vg_err *err);
int64_t vg_jdb_bytes(const struct vg_jdb *db);
struct vg_jdb_lane *vg_jdb_find_lane(struct vg_jdb *db, const char *name); /* NULL = none */

/* schema.c: settings and tables. *made: the file is new, and the transaction that makes it is open
 * until vg_jdb_begin_ledger has ended it. */
VG_MUST_CHECK int vg_jdb_settle(struct vg_jdb *db, const struct vg_journal_options *options,
				bool *made, struct vg_err *err);
extern const char *const vg_jdb_sql[VG_JDB_STATEMENTS];

/* check.c: does the file hold together? VG_EBROKEN when not. */
VG_MUST_CHECK int vg_jdb_check(struct vg_jdb *db, struct vg_err *err);

/* append.c: what a new file starts with. */
VG_MUST_CHECK int vg_jdb_begin_ledger(struct vg_jdb *db, const struct vg_journal_options *options,
				      struct vg_err *err);
/* Makes a whole list durable, or nothing of it, and fills in the results. */
VG_MUST_CHECK int vg_jdb_append(struct vg_jdb *db, struct vg_jdb_item *items, struct vg_err *err);

/* trim.c: one step each; *more tells whether another is needed. */
VG_MUST_CHECK int vg_jdb_trim(struct vg_jdb *db, int64_t up_to_seq, int64_t before_ms,
			      int64_t now_ms, bool *more, struct vg_err *err);
VG_MUST_CHECK int vg_jdb_forget(struct vg_jdb *db, int64_t up_to_seq_title, const int64_t *note_seq,
				size_t notes, bool *more, struct vg_err *err);

#endif
