/* The writer's side of PostgreSQL: one connection that holds the writer's lock, and the two
 * transactions that move ledger.position. Blocking; used by the sink's thread alone.
 *
 * Errors: VG_EIO, VG_ENOMEM = try again on a new connection; VG_EBROKEN = position and journal (or
 * position and writer) do not agree: a person must act; VG_EINVALID, VG_EDENIED = refused by the
 * server (lib/pg/pg.h). */
#ifndef VG_STORE_H
#define VG_STORE_H

#include "daemon/store/chunk.h"
#include "lib/rows/rows.h"

struct vg_store {
	struct vg_pg *pg;
	struct vg_pg_position position; /* as committed */
	int64_t kept_day; /* for which partitions and retention were seen to; -1 = none yet */
};

/* Connects, takes the lock, prepares the staging tables, reads the position. VG_EIO also when
 * another writer has the lock. On failure nothing is left open. */
VG_MUST_CHECK int vg_store_open(struct vg_store *store, const char *conninfo, struct vg_err *err);
void vg_store_close(struct vg_store *store);

/* Whether the journal can continue the position. A journal of another instance may only do so when
 * it begins right after the position. */
VG_MUST_CHECK int vg_store_join(const struct vg_store *store, struct vg_journal_reader *reader,
				const char *instance, struct vg_err *err);

/* Each is one transaction with the conditional update of the position; after an error nothing of it
 * is there, or (VG_EIO) the position tells after a reconnect whether it is. */
VG_MUST_CHECK int vg_store_write_chunk(struct vg_store *store, const struct vg_chunk *chunk,
				       const char *instance, struct vg_err *err);
VG_MUST_CHECK int vg_store_write_objects(struct vg_store *store, const struct vg_rows *rows,
					 struct vg_err *err);

#endif
