/* What is said through Redis, as JSON texts.
 *
 * Nothing in them is about a person: no titles, no notes, no requester, no references of other
 * tools. Every message has "kind", "seq" (of the live core) and "asof". */
#ifndef VG_REDIS_MESSAGE_H
#define VG_REDIS_MESSAGE_H

#include "daemon/api/display.h"

struct vg_disturbance;

struct vg_redis_now {
	const struct vg_core *core;
	int64_t at_ms;
};

/* All are malloc'ed, for the caller to free; NULL = out of memory. */
char *vg_redis_cell_text(const struct vg_redis_now *now, const struct vg_cell *cell);
char *vg_redis_ticket_text(const struct vg_redis_now *now, const struct vg_ticket *ticket);
/* Of one that is or was public. Its words are on the public page. */
char *vg_redis_disturbance_text(const struct vg_redis_now *now,
				const struct vg_disturbance *disturbance);
/* The whole table has been written: who keeps a copy reads it again. */
char *vg_redis_full_text(const struct vg_redis_now *now, size_t cells, size_t left_out);
/* So many tickets changed in one sequence that these are not named: to be read from the API. */
char *vg_redis_left_out_text(const struct vg_redis_now *now, int64_t tickets);

#endif
