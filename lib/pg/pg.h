/* PostgreSQL for reading evidence (CLI, verify, replay at start) with plain blocking libpq. The daemon's writer is daemon/store/. */
#ifndef VG_PG_H
#define VG_PG_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_pg;
/* conninfo as libpq takes it; sets timezone=UTC, application_name, search_path. */
VG_MUST_CHECK int vg_pg_open(struct vg_pg **out, const char *conninfo, const char *application, struct vg_err *err);
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

/* The ledger's rows with after_seq < seq <= to_seq, ascending, fetched in chunks. */
VG_MUST_CHECK int vg_pg_ledger(struct vg_pg *pg, int64_t after_seq, int64_t to_seq, vg_ledger_row_cb *on_row, void *arg,
	struct vg_err *err);
/* Committed position: newest seq and lane main's head; seq 0 = empty ledger. */
struct vg_pg_position {
	char instance[33];
	int64_t seq, read_seq;
	uint8_t head[32];
};
VG_MUST_CHECK int vg_pg_position(struct vg_pg *pg, struct vg_pg_position *out, struct vg_err *err);

/* One query, results as text; `on_row` gets `columns` values (NULL = SQL null). params NULL-ended or NULL. */
typedef int vg_pg_row_cb(int columns, const char *const *names, const char *const *values, void *arg);
VG_MUST_CHECK int vg_pg_query(struct vg_pg *pg, const char *sql, const char *const *params, int param_count,
	vg_pg_row_cb *on_row, void *arg, struct vg_err *err);

#endif
