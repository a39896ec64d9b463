/* A row of notices in the making: copies, equal ones counted once. Private to notices.c. */
#ifndef VG_LOT_H
#define VG_LOT_H

#include "core/event.h"

#define VG_LOT_BYTES_MAX (400 * 1024) /* of texts; written down they take at most twice that */

struct vg_lot;
/* An empty one; NULL = out of memory. */
struct vg_lot *vg_lot_new(void);
void vg_lot_free(struct vg_lot *lot); /* NULL is allowed */

/* 1 = the lot has no room for it, and is as before; 0, VG_ENOMEM, or VG_ELIMIT: over 64 KiB of
 * text. What is equal to the newest notice of the same alarm in everything but times and count, and
 * has no id, is counted there. */
VG_MUST_CHECK int vg_lot_put(struct vg_lot *lot, const struct vg_notice *notice);

/* Borrowed until the next put. */
const struct vg_notice *vg_lot_notices(const struct vg_lot *lot, size_t *count);

#endif
