/* Brings the spool's batches to the daemon: in order, one at a time, over one kept connection.
 *
 * A batch leaves the spool when the daemon has confirmed that it is durable. What cannot be
 * delivered now is tried again after 1 s, then after twice the time, at most 60 s, with a random
 * part so that agents do not come all at once. One thread. */
#ifndef VG_SENDER_H
#define VG_SENDER_H

#include "agents/engine.h"
#include "agents/spool.h"

#define VG_SENDER_WAIT_MIN_MS  1000
#define VG_SENDER_WAIT_MAX_MS  60000
#define VG_SENDER_CLOCK_OFF_MS 5000 /* more than this is complained of */

struct vg_sender;

/* The engine and the spool outlive it; of the settings it keeps copies. */
VG_MUST_CHECK int vg_sender_new(struct vg_sender **out, struct vg_engine *engine,
				struct vg_spool *spool, const struct vg_agent_config *config,
				struct vg_err *err);
void vg_sender_free(struct vg_sender *sender);

/* Something may wait in the spool. */
void vg_sender_poke(struct vg_sender *sender);

struct vg_sender_counts {
	int64_t sent, refused, failures; /* batches since the start; failures: attempts in vain */
};
void vg_sender_get_counts(const struct vg_sender *sender, struct vg_sender_counts *out);

#endif
