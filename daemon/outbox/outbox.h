/* The outbox: notifications that the core wants delivered go out as webhook or mail, and what
 * became of them comes back into the ledger as the daemon's own event.
 *
 * When to try, again, and until when is the core's decision; the outbox only tries. What the caller
 * wrote is held in memory from the escalation to its delivery and then forgotten, here and in the
 * journal. */
#ifndef VG_OUTBOX_H
#define VG_OUTBOX_H

#include "daemon/live/live.h"

#define VG_OUTBOX_TRANSFERS_MAX 8    /* under way at once */
#define VG_OUTBOX_NOTES_MAX	1000 /* beyond: the message says where the text can be read */

struct vg_outbox;
struct vg_outbox_options {
	struct event_base *base;
	const char *smtp_url, *smtp_from; /* "" = mail fails with that reason */
};

/* Also reads the notes of what is pending from the journal (blocks; before the loop runs). */
VG_MUST_CHECK int vg_outbox_new(struct vg_outbox **out, const struct vg_outbox_options *options,
				struct vg_live *live, struct vg_err *err);
void vg_outbox_free(
	struct vg_outbox *outbox); /* cuts what is under way: it is tried again after the start */
void vg_outbox_pause(struct vg_outbox *outbox); /* nothing new is begun */
/* The core has changed: looks for what is due. NULL is allowed for both, before there is an outbox.
 */
void vg_outbox_poke(struct vg_outbox *outbox);
void vg_outbox_keep_note(struct vg_outbox *outbox, int64_t seq, const char *note);

#endif
