/* matrix.c - every service against every municipality: the state of each cell, and how many of each
 * service are in each state. */
#include "daemon/api/picture.h"

#include "daemon/api/judge.h"

#include <string.h>

json_t *
vg_json_display_counts(const int64_t count[VG_DISPLAY_COUNT])
{
	json_t *object = json_object();

	for (int state = 0; state < VG_DISPLAY_COUNT; state++)
		json_object_set_new(object, vg_display_name((enum vg_display)state),
				    json_integer(count[state]));
	return object;
}

static bool
fits(const struct vg_cell *cell, const struct vg_scope *filter)
{
	return (filter->service == NULL || strcmp(filter->service, cell->service) == 0) &&
	       (filter->municipality == NULL ||
		strcmp(filter->municipality, cell->municipality) == 0);
}

/* The service whose cells begin at *at, which is moved past them; those that fit go to `rows`. NULL
 * = none does. */
static json_t *
service_json(const struct vg_picture *picture, const struct vg_service *service,
	     const struct vg_scope *filter, size_t *at, json_t *rows)
{
	int64_t count[VG_DISPLAY_COUNT] = {0};
	bool any = false;

	for (; *at < picture->cells && strcmp(picture->cell[*at].service, service->id) == 0;
	     (*at)++) {
		const struct vg_cell *cell = &picture->cell[*at];

		if (!fits(cell, filter))
			continue;
		any = true;
		count[cell->state]++;
		json_array_append_new(rows, vg_json_cell(cell));
	}
	return any ? json_pack("{s:s, s:s, s:b, s:o}", "id", service->id, "name", service->name,
			       "component", service->component, "counts",
			       vg_json_display_counts(count))
		   : NULL;
}

void
vg_get_matrix(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_picture *picture;
	const struct vg_agreement *agreement;
	json_t *services, *cells;
	struct vg_scope filter;
	size_t at = 0;

	if (!vg_judge_filter(call, &filter))
		return;
	if ((picture = vg_picture_now(call->api)) == NULL) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	agreement = vg_core_agreement_at(core, picture->at_ms);
	services = json_array();
	cells = json_array();
	for (size_t i = 0; agreement != NULL && i < agreement->services; i++) {
		json_t *service =
			service_json(picture, &agreement->service[i], &filter, &at, cells);

		if (service != NULL)
			json_array_append_new(services, service);
	}
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:o, s:I, s:o}", "services", services, "cells", cells, "seq",
				(json_int_t)picture->seq, "asof", vg_json_time(picture->at_ms)));
}
