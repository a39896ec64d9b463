/* proposal.c - what alarms together say of a service, for a person to accept or refuse. */
#include "core/core_private.h"

int
vg_core_proposal_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	(void)core;
	return vg_verdict_set(out, VG_VERDICT_REFUSED,
			      "no proposal %.60s: expected F- and its number",
			      event->body.proposal.proposal);
}
