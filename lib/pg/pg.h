/* PostgreSQL with plain blocking libpq: reading evidence (CLI, verify, replay at start), and what
 * the daemon's writer (daemon/store/) needs. The one place that knows libpq.
 *
 * Errors say by their code who must act: VG_EIO = the server is away, busy or out of room, so that
 * the same may work later on a new connection; VG_EDENIED = the role has no right; VG_EINVALID =
 * the server refuses the statement or a row, and will again. A connection belongs to one thread at
 * a time. */
#ifndef VG_PG_H
#define VG_PG_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_pg;
/* conninfo as libpq takes it; sets timezone=UTC, application_name, search_path. Gives up after 4 s
 * per address. */
VG_MUST_CHECK int vg_pg_open(struct vg_pg **out, const char *conninfo, const char *application,
			     struct vg_err *err);
void vg_pg_close(struct vg_pg *pg);

struct vg_ledger_row {
	int64_t seq, received_ms, occurred_ms;
	const char *lane, *kind, *source, *event_id, *municipality; /* municipality NULL = none */
	const char *bytes;
	size_t length;
	uint8_t d[32], h[32];
};
/* Return 0 to go on, a negative code to end with it. */
typedef int vg_ledger_row_cb(const struct vg_ledger_row *row, void *arg);

/* The ledger's rows with after_seq < seq <= to_seq of all lanes, ascending, fetched in chunks. Raw
 * rows past their age may be missing among them (vg_pg_raw_dropped). */
VG_MUST_CHECK int vg_pg_ledger(struct vg_pg *pg, int64_t after_seq, int64_t to_seq,
			       vg_ledger_row_cb *on_row, void *arg, struct vg_err *err);
/* Committed position: newest seq and lane main's head; seq 0 = empty ledger. */
struct vg_pg_position {
	char instance[33];
	int64_t seq, read_seq;
	uint8_t head[32];
};
VG_MUST_CHECK int vg_pg_position(struct vg_pg *pg, struct vg_pg_position *out, struct vg_err *err);

/* Raw rows (samples) that ledger.drop_raw has dropped by their age, of all lanes. */
VG_MUST_CHECK int vg_pg_raw_dropped(struct vg_pg *pg, int64_t *rows, struct vg_err *err);

/* One query, results as text, row by row as they arrive; `on_row` gets `columns` values (NULL = SQL
 * null), valid during the call, and ends the query with a negative code. params: param_count texts,
 * NULL = SQL null. */
typedef int vg_pg_row_cb(int columns, const char *const *names, const char *const *values,
			 void *arg);
VG_MUST_CHECK int vg_pg_query(struct vg_pg *pg, const char *sql, const char *const *params,
			      int param_count, vg_pg_row_cb *on_row, void *arg, struct vg_err *err);

/* One statement without rows; *affected (may be NULL) = rows touched. */
VG_MUST_CHECK int vg_pg_exec(struct vg_pg *pg, const char *sql, const char *const *params,
			     int param_count, int64_t *affected, struct vg_err *err);
/* `sql` is COPY ... FROM STDIN; text is its data in COPY text format. */
VG_MUST_CHECK int vg_pg_copy(struct vg_pg *pg, const char *sql, const char *text, size_t length,
			     struct vg_err *err);

/* For waiting while idle: the socket, and whether the connection still stands after what it has
 * said is read. */
int vg_pg_fd(const struct vg_pg *pg);
bool vg_pg_alive(struct vg_pg *pg);
/* From another thread: makes a call that blocks fail now. The connection is of no use afterwards.
 */
void vg_pg_interrupt(struct vg_pg *pg);

#endif
