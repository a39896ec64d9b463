/* fee_step.c - what persons decide about the fee: acts that two principals share, objections,
 * statements that are made available, comments. */
#include "core/core_private.h"

int
vg_fee_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	(void)core;
	(void)event;
	return vg_verdict_set(out, VG_VERDICT_REFUSED, "not known yet");
}
