/* The live core: what is durable is applied in order, and whoever asked gets the verdict.
 *
 * Everything that enters the ledger goes through vg_live_submit, from HTTP, the outbox or the
 * daemon itself. Loop thread only. */
#ifndef VG_LIVE_H
#define VG_LIVE_H

#include "core/core.h"
#include "lib/journal/journal.h"
#include "lib/json/event_json.h"

#define VG_OWN_SOURCE "vinga" /* source of the daemon's own events */
/* How long an agent's batch is known, so that it is recognised when it comes again. */
#define VG_LIVE_BATCH_KNOWN_MS (INT64_C(30) * 24 * 60 * 60 * 1000)

struct event_base;
struct vg_live;

/* Called after a group of events has been applied; note texts of the group are passed by on_note.
 */
typedef void vg_live_applied_cb(void *arg);
/* What an escalating person wrote, masked, with the sequence of its event; borrowed during the
 * call. */
typedef void vg_live_note_cb(int64_t seq, const char *note, void *arg);
/* The title that row `seq` gives a ticket, masked; borrowed during the call. */
typedef void vg_live_title_cb(int64_t ticket, int64_t seq, const char *title, void *arg);

struct vg_live_options {
	struct event_base *base;
	const char *state_dir;
	const char *conninfo; /* "" = no database */
	int64_t journal_bytes_max, journal_keep_ms;
	void (*progress)(const char *what,
			 int64_t seq); /* during a long start; NULL = nobody looks */
	vg_live_applied_cb *on_applied;
	vg_live_note_cb *on_note;
	vg_live_title_cb *on_title;
	void *arg;
};

/* Opens journal and checkpoint, replays, and hooks into the loop. Blocks until the core stands at
 * the journal's end. VG_EBROKEN: evidence does not hold together, a person must act. */
VG_MUST_CHECK int vg_live_start(struct vg_live **out, const struct vg_live_options *options,
				struct vg_err *err);
/* Waits until all that was submitted is answered; the loop stands still, for a commit or two as a
 * rule. False: the journal did not answer within five seconds. Not from a done callback. */
bool vg_live_settle(struct vg_live *live);
/* Takes the last results, writes a checkpoint and closes the journal. Nobody may wait for an answer
 * any more. */
void vg_live_stop(struct vg_live *live);

struct vg_live_result {
	enum vg_record_outcome outcome; /* DURABLE, REPEAT (first answer's seq), CONFLICT, FAILED */
	int64_t seq;
	int error; /* FAILED */
	struct vg_verdict
		verdict; /* DURABLE: the core's; REPEAT: taken, with the ticket as known now */
};
typedef void vg_live_done_cb(const struct vg_live_result *result, void *arg);

/* Takes over *parsed (also on failure). source, actor and the like are already set. Free text is
 * masked here, and titles and notes leave the event for the side store, so nothing gets past it.
 * `done` is called from the loop after the commit and the core's step, never before submit returns;
 * NULL when nobody waits. VG_EFULL, VG_EIO: nothing was taken, done will not be called. */
VG_MUST_CHECK int vg_live_submit(struct vg_live *live, struct vg_parsed_event *parsed, bool own,
				 vg_live_done_cb *done, void *arg, struct vg_err *err);
/* The same for an event whose strings are somebody else's; title and note as in vg_parsed_event. */
VG_MUST_CHECK int vg_live_submit_event(struct vg_live *live, const struct vg_event *event,
				       const char *title, const char *note, bool own,
				       vg_live_done_cb *done, void *arg, struct vg_err *err);

const struct vg_core *vg_live_core(const struct vg_live *live);
struct vg_journal *vg_live_journal(const struct vg_live *live);
const char *vg_live_journal_path(const struct vg_live *live);
size_t vg_live_in_flight(const struct vg_live *live);	    /* submitted, not yet answered */
int64_t vg_live_checkpoint_seq(const struct vg_live *live); /* newest that is on disk; 0 = none */
uint64_t vg_live_masked(const struct vg_live *live); /* identity numbers masked since start */
/* Wall clock, UTC ms. */
int64_t vg_live_now_ms(const struct vg_live *live);

/* Keyed digests for what must not stand in the ledger (title, note, requester): hex HMAC-SHA-256
 * with the installation's key. */
char *vg_live_digest(const struct vg_live *live, const char *text, char out[65]);

#endif
