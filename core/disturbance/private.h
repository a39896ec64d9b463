/* Steps and checks of disturbances and feedback, for core.c and the checkpoint. */
#ifndef VG_DISTURBANCE_PRIVATE_H
#define VG_DISTURBANCE_PRIVATE_H

#include "core/core_private.h"

VG_MUST_CHECK int vg_disturbance_step(struct vg_core *core, const struct vg_event *event,
				      struct vg_verdict *out);
VG_MUST_CHECK int vg_feedback_step(struct vg_core *core, const struct vg_event *event,
				   struct vg_verdict *out);
/* What must hold for a loaded item of either. */
bool vg_disturbance_item_holds(const struct vg_core *core, enum vg_object_type type,
			       const struct vg_item *item);

#endif
