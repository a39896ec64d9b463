/* The journal: durable intake in one SQLite file, written by one thread, committed in groups
 * (architecture 3, docs/journal.md).
 *
 * The loop thread submits, the journal thread dedups, numbers, hashes, appends and commits, and
 * hands results back through a completion queue and an eventfd. Nothing is acknowledged before its
 * result has come back. Readers (sinks, replay) open their own read-only handle. */
#ifndef VG_JOURNAL_H
#define VG_JOURNAL_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_LANE_MAIN  "main"
#define VG_LANE_ALARM "alarm"  /* notices that were no news */
#define VG_LANE_PROBE "probe:" /* and the source: one lane per agent */
/* Submitted, result not yet taken: more = VG_EFULL, and memory stays below QUEUE_BYTES_MAX. */
#define VG_JOURNAL_QUEUE_MAX	   65536
#define VG_JOURNAL_QUEUE_BYTES_MAX (64 << 20)
#define VG_JOURNAL_GROUP_MAX	   1024	     /* records in one commit */
#define VG_JOURNAL_RECORD_MAX	   (8 << 20) /* bytes of one record with all its texts */
#define VG_JOURNAL_LANE_MAX	   63	     /* bytes of a lane's name */
#define VG_JOURNAL_LANES_MAX	   512	     /* main, alarm and one per agent */
#define VG_JOURNAL_FORGET_MAX	   4096	     /* notes to forget that wait for the journal thread */
#define VG_JOURNAL_BYTES_MIN	   (16 << 20)

struct vg_jdb; /* the file, while it is being made */

/* Where a new journal starts: after the last row of the ledger that it goes on with. */
struct vg_journal_start {
	int64_t after_seq;   /* 0 = an empty ledger */
	int64_t received_ms; /* of that row: the first new row gets no less */
	uint8_t head[32];    /* of lane main */
};
/* Asked once, when the file is new, in the transaction that makes it: fills in *start (zeros until
 * then) and gives what rows up to there have used as identities to vg_journal_remember. Not 0: the
 * file is not made, and opening fails with that code. */
typedef int vg_journal_new_cb(struct vg_jdb *file, struct vg_journal_start *start, void *arg,
			      struct vg_err *err);
/* The event of row `seq` had this identity: what comes again under it is a repeat of that row, or
 * in conflict with it, until expires_ms (0 = for ever). event_id is not "". */
VG_MUST_CHECK int vg_journal_remember(struct vg_jdb *file, const char *source, const char *event_id,
				      int64_t seq, const uint8_t repeat_digest[32],
				      int64_t expires_ms, struct vg_err *err);

/* A lane's newest row, and how far it has been sealed. */
struct vg_journal_lane {
	int64_t seq;
	uint8_t head[32];
	int64_t sealed_seq; /* newest row that a seal covers; 0 = none */
	int64_t open_rows;  /* rows of the lane after it */
};
/* A lane besides main that the new file goes on with. VG_ELIMIT: too many lanes, or too long a
 * name. */
VG_MUST_CHECK int vg_journal_continue(struct vg_jdb *file, const char *name,
				      const struct vg_journal_lane *lane, struct vg_err *err);

struct vg_journal_options {
	const char *path;  /* the file, such as /var/lib/vinga/journal.db; its directory exists */
	int64_t bytes_max; /* file and WAL (D 8 GiB, least 16 MiB); 5 % are kept for own records */
	int64_t keep_ms;   /* rows stay this long past PostgreSQL's commit (D 14 days) */
	vg_journal_new_cb *on_new; /* NULL = a new journal starts an empty ledger */
	void *arg;		   /* of on_new */
};

/* One record to make durable. Everything is copied by submit. */
struct vg_record {
	const char *lane;
	const char *source, *event_id; /* identity; event_id "" = never deduplicated */
	const uint8_t *repeat_digest;  /* 32 bytes: what a repeat must equal */
	int64_t received_ms;
	const char *kind, *municipality; /* derived columns; municipality NULL = none */
	int64_t occurred_ms;
	const char *bytes; /* canonical JSON */
	size_t length;
	const char *title, *note; /* side store; NULL = none */
	bool own;		  /* the daemon's own: may use the last 5 % */
	int64_t identity_ms; /* how long the identity is known from reception on; 0 = for ever */
	const char *sealed_lane;	 /* the lane that this record seals; NULL = none */
	int64_t sealed_seq, sealed_rows; /* up to this row, so many since the seal before */
	void *context;			 /* comes back with the result */
};

enum vg_record_outcome {
	VG_RECORD_DURABLE,
	VG_RECORD_REPEAT,   /* same identity, same digest: nothing was written */
	VG_RECORD_CONFLICT, /* same identity, another digest: nothing was written */
	VG_RECORD_FAILED,
};

struct vg_record_result {
	void *context;
	enum vg_record_outcome outcome;
	int64_t seq;	     /* DURABLE: its own; REPEAT, CONFLICT: the first one's */
	int64_t received_ms; /* DURABLE: as stored, never less than the previous row's */
	int error;	     /* FAILED: VG_EFULL, VG_EIO, VG_EBROKEN; VG_ELIMIT = too many lanes */
};

struct vg_journal;

/* Opens or creates, checks (quick_check, digests and chain of the newest rows), and starts the
 * thread. VG_EBROKEN: the file is damaged; the caller says so and ends: moving it aside is a
 * person's decision. VG_EINVALID: an option, or a file of another format or on a network. */
VG_MUST_CHECK int vg_journal_open(struct vg_journal **out, const struct vg_journal_options *options,
				  struct vg_err *err);
/* Commits what is queued, stops the thread, closes. Results that nobody took are dropped. NULL is
 * allowed. */
void vg_journal_close(struct vg_journal *journal);

/* Readable when results wait. */
int vg_journal_fd(const struct vg_journal *journal);
/* Queues one record. When nothing was taken: VG_EFULL, the queue or the file is at its maximum;
 * VG_EIO, the journal has failed for good; VG_ELIMIT, the record is too large; VG_ENOMEM. */
VG_MUST_CHECK int vg_journal_submit(struct vg_journal *journal, const struct vg_record *record,
				    struct vg_err *err);
/* Up to `max` results in order of submission. Returns how many. Clears the eventfd when none is
 * left. */
size_t vg_journal_results(struct vg_journal *journal, struct vg_record_result *out, size_t max);

/* PostgreSQL has committed up to committed_seq: rows received more than keep_ms before now_ms and
 * at or below min(committed_seq, checkpoint_seq) may go, and identities that expired. Asynchronous,
 * in small steps. */
void vg_journal_trim(struct vg_journal *journal, int64_t committed_seq, int64_t checkpoint_seq,
		     int64_t now_ms);
/* The titles of rows up to up_to_seq_title, and the notes of these rows, are delivered or stored
 * elsewhere: forget them. Asynchronous; notes past VG_JOURNAL_FORGET_MAX go when their row goes. */
void vg_journal_forget_side(struct vg_journal *journal, int64_t up_to_seq_title,
			    const int64_t *note_seq, size_t notes);

struct vg_journal_state {
	/* last_seq = newest durable, 0 = none; no rows held: first_seq = last_seq + 1. */
	int64_t first_seq, last_seq;
	uint8_t head[32];	  /* of lane main */
	int64_t bytes, bytes_max; /* file and WAL */
	int64_t queued;		  /* submitted and not yet committed */
	char instance[33];	  /* random, made with the file */
	bool full;		  /* at its maximum, or the disk is; ends by itself */
	bool failed;   /* an error that ended writing: nothing is acknowledged any more */
	char why[200]; /* of full or failed */
	uint64_t commits, records, repeats, conflicts;
};
void vg_journal_get_state(struct vg_journal *journal, struct vg_journal_state *out);

/* Reading, on any thread, each with its own handle. */
struct vg_journal_reader;
struct vg_journal_row {
	int64_t seq, received_ms, occurred_ms;
	const char *lane, *kind, *source, *event_id, *municipality; /* municipality NULL = none */
	const char *bytes;
	size_t length;
	const uint8_t *d, *h;	  /* 32 bytes each */
	const char *title, *note; /* NULL = none or forgotten */
};
/* Return false to stop. The row is valid during the call. */
typedef bool vg_journal_row_cb(const struct vg_journal_row *row, void *arg);
/* VG_ENOTFOUND: there is no such file. The reader belongs to one thread at a time. */
VG_MUST_CHECK int vg_journal_reader_open(struct vg_journal_reader **out, const char *path,
					 struct vg_err *err);
void vg_journal_reader_close(struct vg_journal_reader *reader);
/* Rows with after_seq < seq <= to_seq, at most `max`, ascending, in short read transactions: none
 * is open while on_row runs, so on_row may take its time. Returns how many rows on_row has seen, or
 * a negative code: VG_EIO, VG_ENOMEM, VG_EBROKEN (a row between two others is missing). */
VG_MUST_CHECK int64_t vg_journal_read(struct vg_journal_reader *reader, int64_t after_seq,
				      int64_t to_seq, int64_t max, vg_journal_row_cb *on_row,
				      void *arg, struct vg_err *err);
/* How a lane stands as committed; all zero when it has no row yet. */
VG_MUST_CHECK int vg_journal_read_lane(struct vg_journal_reader *reader, const char *name,
				       struct vg_journal_lane *out, struct vg_err *err);

#endif
