/* told.c - disturbance information as the wall and the municipalities' pages carry it. */
#include "daemon/api/told.h"

#include "core/disturbance.h"
#include "daemon/api/alarms.h"
#include "daemon/api/judge.h"

/* The published ones from the newest on, by the index of the last that was told; NULL = no more. */
static const struct vg_disturbance *
next_published(const struct vg_core *core, size_t *below)
{
	while (*below > 0) {
		const struct vg_disturbance *it =
			vg_core_item(core, VG_OBJECT_DISTURBANCE, --*below);

		if (it->state == VG_DISTURBANCE_PUBLISHED)
			return it;
	}
	return NULL;
}

json_t *
vg_json_told(const struct vg_core *core, const char *municipality, int64_t now_ms)
{
	size_t below = vg_item_count(core, VG_OBJECT_DISTURBANCE);
	const struct vg_disturbance *it;
	json_t *list = json_array();

	while (json_array_size(list) < VG_TOLD_MAX && (it = next_published(core, &below)) != NULL)
		if (municipality == NULL || vg_judge_has_id(it->municipalities, municipality))
			json_array_append_new(list, vg_json_disturbance(core, it, now_ms));
	return list;
}

const struct vg_disturbance *
vg_told_of(const struct vg_core *core, const struct vg_cell *cell)
{
	size_t below = vg_item_count(core, VG_OBJECT_DISTURBANCE);
	const struct vg_disturbance *it, *found = NULL;

	while ((it = next_published(core, &below)) != NULL) {
		if (cell->record > 0 && it->outage == cell->record)
			return it;
		if (found == NULL && vg_judge_has_id(it->services, cell->service) &&
		    vg_judge_has_id(it->municipalities, cell->municipality))
			found = it;
	}
	return found;
}
