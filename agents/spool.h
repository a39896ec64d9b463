/* Batches that the daemon has not confirmed yet, on disk: SQLite, WAL, flushed at each commit.
 *
 * What put() and keep() have taken survives a power cut. Batches are numbered from 1 without gaps
 * or repeats; boot_id names the file that counts them. Past its maximum the oldest batches go,
 * never the one that peek() has given; how many samples that were, and of which time, stands in the
 * next batch. One process, which the file's lock sees to; one thread. */
#ifndef VG_SPOOL_H
#define VG_SPOOL_H

#include "agents/batch.h"

#define VG_SPOOL_REFUSED_MAX 100 /* batches kept that the daemon would not take; older ones go */

struct vg_spool;

/* Makes the file when it is not there. One that does not hold together is set aside as
 * PATH.broken, with an entry in the log, and a new one begun. VG_ECONFLICT: another process has it;
 * VG_EINVALID: it lies on a network file system, or is another program's; VG_EIO. */
VG_MUST_CHECK int vg_spool_open(struct vg_spool **out, const char *path, int64_t bytes_max,
				struct vg_err *err);
void vg_spool_close(struct vg_spool *spool);
const char *vg_spool_boot_id(const struct vg_spool *spool); /* 32 hex digits */

/* Makes the batch durable as the next one. The batch is as it was, also on failure: VG_EFULL
 * (disk), VG_EIO, VG_ENOMEM. */
VG_MUST_CHECK int vg_spool_put(struct vg_spool *spool, const struct vg_batch *batch,
			       int64_t sent_ms, struct vg_err *err);
/* Makes durable what the batch has got since it was last kept, so that a crash does not take it;
 * put() does the same and more. The batch is the one that will be put or lost next. Errors as for
 * put(). */
VG_MUST_CHECK int vg_spool_keep(struct vg_spool *spool, struct vg_batch *batch, struct vg_err *err);
/* After open: what was kept and neither put nor lost, into an empty batch. */
VG_MUST_CHECK int vg_spool_resume(struct vg_spool *spool, struct vg_batch *batch,
				  struct vg_err *err);
/* Samples that could not be put: told with the next batch that can. */
void vg_spool_lose(struct vg_spool *spool, const struct vg_span *span);

struct vg_spooled {
	int64_t number;
	char *body; /* malloc'ed, NUL-terminated; the caller frees it */
	size_t length;
};
/* The oldest batch; VG_ENOTFOUND when there is none. It stays until it is deleted or refused. */
VG_MUST_CHECK int vg_spool_peek(struct vg_spool *spool, struct vg_spooled *out, struct vg_err *err);
VG_MUST_CHECK int vg_spool_delete(struct vg_spool *spool, int64_t number, struct vg_err *err);
/* Sets it aside, with what the daemon said. */
VG_MUST_CHECK int vg_spool_refuse(struct vg_spool *spool, int64_t number, int64_t now_ms,
				  const char *why, struct vg_err *err);

struct vg_spool_state {
	int64_t batches;	/* waiting */
	int64_t bytes;		/* of the file in use */
	struct vg_span dropped; /* that no batch has told of yet */
};
VG_MUST_CHECK int vg_spool_get_state(struct vg_spool *spool, struct vg_spool_state *out,
				     struct vg_err *err);

#endif
