/* The way into PostgreSQL: a thread with blocking libpq that copies durable ledger rows from the
 * journal, then the changed objects of the core. It may lag for days and holds nothing in memory
 * meanwhile.
 *
 * Ledger rows go by COPY in chunks, each in a transaction that moves ledger.position only where
 * instance, seq and hash match (architecture 3.6); then the read model's objects past read_seq,
 * which the loop hands over as COPY text (lib/rows). */
#ifndef VG_SINK_H
#define VG_SINK_H

#include "lib/base/err.h"
#include "lib/rows/rows.h"

#include <stdbool.h>
#include <stdint.h>

struct vg_sink;

enum vg_sink_status {
	VG_SINK_CONNECTING, /* PostgreSQL is away, not deployed or has another writer: tried again
			       with back-off up to 10 s */
	VG_SINK_CATCHING_UP,
	VG_SINK_CURRENT,
	VG_SINK_GAP,	 /* PostgreSQL is behind the journal's first row, or has another hash or
			    instance: a person must act */
	VG_SINK_REFUSED, /* PostgreSQL refused a row: stopped; never skipped */
};

struct vg_sink_state {
	enum vg_sink_status status;
	int64_t ledger_seq, read_seq; /* committed */
	char text[300];		      /* what is wrong and what happens next, "" = nothing */
	uint64_t transactions, rows;
};

struct vg_sink_options {
	const char *conninfo;	  /* as libpq takes it */
	const char *journal_path; /* as vg_journal_reader_open takes it */
	const char *instance;	  /* the journal's (vg_journal_get_state), 1 to 32 characters */
};

/* Starts the thread. `fd` (vg_sink_fd) becomes readable when the sink wants objects or its state
 * has changed. */
VG_MUST_CHECK int vg_sink_start(struct vg_sink **out, const struct vg_sink_options *options,
				struct vg_err *err);
void
vg_sink_stop(struct vg_sink *sink); /* lets the running transaction end, at most 5 s, then closes */
int vg_sink_fd(const struct vg_sink *sink);
/* The journal is durable up to seq, and the core has applied it. Cheap; any number of times. */
void vg_sink_offer(struct vg_sink *sink, int64_t durable_seq);
/* When fd is readable: clears it, and tells whether objects past *after_seq are wanted; the loop
 * then collects them and gives them. What is not given is asked for again within about a second. */
bool vg_sink_wants(struct vg_sink *sink, int64_t *after_seq);
/* What *rows holds passes to the sink, and *rows is left empty. Rows that do not begin at the
 * wanted sequence are dropped. */
void vg_sink_give(struct vg_sink *sink, struct vg_rows *rows);
void vg_sink_get_state(struct vg_sink *sink, struct vg_sink_state *out);

#endif
