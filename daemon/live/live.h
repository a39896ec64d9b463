/* The live core: what is durable is applied in order, and whoever asked gets the verdict.
 *
 * Everything that enters the ledger goes through vg_live_submit, from HTTP, the outbox or the daemon itself. Loop thread only. */
#ifndef VG_LIVE_H
#define VG_LIVE_H

#include "core/core.h"
#include "lib/journal/journal.h"
#include "lib/json/event_json.h"

struct vg_live;

struct vg_live_result {
	enum vg_record_outcome outcome; /* DURABLE, REPEAT (first answer's seq), CONFLICT, FAILED */
	int64_t seq;
	int error;		   /* FAILED */
	struct vg_verdict verdict; /* DURABLE: the core's; REPEAT of a command: as the core now knows it */
};
typedef void vg_live_done_cb(const struct vg_live_result *result, void *arg);

/* Takes over *parsed (also on failure). source, actor and the like are already set. `done` is called from the loop after the commit and the
 * core's step, never before submit returns; NULL when nobody waits. VG_EFULL, VG_EIO: nothing was taken, done will not be called. */
VG_MUST_CHECK int vg_live_submit(struct vg_live *live, struct vg_parsed_event *parsed, bool own, vg_live_done_cb *done,
	void *arg, struct vg_err *err);

const struct vg_core *vg_live_core(const struct vg_live *live);
struct vg_journal *vg_live_journal(const struct vg_live *live);
/* Wall clock, UTC ms. */
int64_t vg_live_now_ms(const struct vg_live *live);

/* Keyed digests for what must not stand in the ledger (title, note, requester): hex HMAC-SHA-256 with the installation's key. */
char *vg_live_digest(const struct vg_live *live, const char *text, char out[65]);

#endif
