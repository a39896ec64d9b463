/* Sealing: a source's day of samples becomes runs in lane main, a day after its end (semantics.md
 * 4.4), and again when something came to it later. From then on its raw rows may be dropped. */
#ifndef VG_SEAL_H
#define VG_SEAL_H

#include "daemon/live/live.h"

#define VG_SEAL_TURN_MS 50 /* after which a turn begins no further day */

struct vg_sealer;

VG_MUST_CHECK int vg_sealer_new(struct vg_sealer **out, struct vg_live *live, struct vg_err *err);
void vg_sealer_free(struct vg_sealer *sealer);

/* Once a second: seals what is due, a few days at most; after a long stop the rest follows turn by
 * turn. The loop stands still for the commits. Not from a done callback. */
void vg_sealer_turn(struct vg_sealer *sealer);

uint64_t vg_sealer_days(const struct vg_sealer *sealer); /* sealed since start */

#endif
