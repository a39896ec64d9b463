/* How much waits for a person: what needs a second one, and what is to be decided. */
#ifndef VG_WAITING_H
#define VG_WAITING_H

#include "daemon/api/auth.h"

struct vg_core;

/* Acts, objections, outage records, windows (a series is one) and proposals that wait, that the
 * principal has the right to decide on, and that it did not state itself. */
int64_t vg_waiting_count(const struct vg_core *core, const struct vg_principal *who);

#endif
