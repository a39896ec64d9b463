/* Checkpoints: the core's state as one local file, so that a restart replays minutes and not years.
 *
 * The file is renamed into place after fsync. A checkpoint is a shortcut, never evidence: one that
 * is of another format, cut short, or does not join the journal is passed over. */
#ifndef VG_CHECKPOINT_H
#define VG_CHECKPOINT_H

#include "core/core.h"
#include "lib/base/err.h"

/* Where in which journal the state stands. */
struct vg_checkpoint_mark {
	char instance[33];
	int64_t seq;
	char head[65]; /* hex chain head of lane main at seq; "" = unknown */
};

/* The newest checkpoint in `directory`; NULL when there is none that can be used. Caller frees the
 * core. */
struct vg_core *vg_checkpoint_read(const char *directory, struct vg_checkpoint_mark *mark);
/* Hex head of the journal's row `seq`; false when the row is not there. Blocks. */
bool vg_checkpoint_head_at(const char *journal_path, int64_t seq, char out[65]);

/* Writes checkpoints in a short-lived thread, one at a time. */
struct vg_checkpoint_writer;
VG_MUST_CHECK int vg_checkpoint_writer_new(struct vg_checkpoint_writer **out, const char *directory,
					   const char *journal_path, struct vg_err *err);
void vg_checkpoint_writer_free(struct vg_checkpoint_writer *writer); /* waits for a running one */
/* Serialises the core now, writes later. VG_ELIMIT while one is being written. */
VG_MUST_CHECK int vg_checkpoint_begin(struct vg_checkpoint_writer *writer,
				      const struct vg_core *core, const char *instance,
				      struct vg_err *err);
/* Readable when the running one has ended. */
int vg_checkpoint_fd(const struct vg_checkpoint_writer *writer);
/* Waits for the running one. 0 with its sequence (or 0 when none was running), or what went wrong.
 */
VG_MUST_CHECK int vg_checkpoint_end(struct vg_checkpoint_writer *writer, int64_t *seq,
				    struct vg_err *err);

#endif
