/* Which rows of the ledger are a municipality's own: those that its figures follow from.
 *
 * Its tickets' rows (of every ticket that ever was its, and what is decided on them), those of
 * tickets, records, windows and alarms that these name, whoever they are of; its readings,
 * registers, quarantined rows, acts, objections, statements and comments; outage records and
 * windows whose scope has it; what was published of disturbances that concerned it; and what all
 * share: agreements, rates, costs, closings, imports, and seals of agents that measure for it. What
 * a row is, is known only when all rows are: a ticket's municipality may be told last. So the
 * ledger is gone through first, and rows are asked for afterwards. */
#ifndef VG_PACK_OWN_H
#define VG_PACK_OWN_H

#include "core/core.h"

struct vg_pack_own;

/* NULL = out of memory. */
struct vg_pack_own *vg_pack_own_new(const char *municipality);
void vg_pack_own_free(struct vg_pack_own *own);
/* After each step of the core: the event, and the ticket that the verdict named. 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_pack_own_see(struct vg_pack_own *own, const struct vg_core *core,
				  const struct vg_event *event, int64_t ticket);
/* After the last. 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_pack_own_settle(struct vg_pack_own *own, const struct vg_core *core);
/* Only after vg_pack_own_settle. */
bool vg_pack_own_has(const struct vg_pack_own *own, int64_t seq);

#endif
