/* display.c - the matrix's cells: how each service in each municipality is shown now. */
#include "daemon/api/display.h"

#include "daemon/api/api.h"
#include "daemon/api/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
vg_display_name(enum vg_display state)
{
	static const char *const names[VG_DISPLAY_COUNT] = {
		[VG_DISPLAY_OK] = "ok",		  [VG_DISPLAY_MAINT] = "maint",
		[VG_DISPLAY_UNKNOWN] = "unknown", [VG_DISPLAY_DEGRADED] = "degraded",
		[VG_DISPLAY_DOWN] = "down",
	};

	return names[state];
}

enum vg_display
vg_display_state(const struct vg_avail_now *now)
{
	static const enum vg_display shown[VG_AVAIL_STATE_COUNT] = {
		[VG_AVAIL_UP] = VG_DISPLAY_OK,
		[VG_AVAIL_NO_DATA] = VG_DISPLAY_UNKNOWN,
		[VG_AVAIL_DEGRADED] = VG_DISPLAY_DEGRADED,
		[VG_AVAIL_DOWN] = VG_DISPLAY_DOWN,
	};

	return now->window > 0 ? VG_DISPLAY_MAINT : shown[now->confirmed];
}

static int64_t
window_start_ms(const struct vg_core *core, const struct vg_avail_now *now)
{
	const struct vg_window *window = vg_core_window(core, now->window, now->window_n);

	if (window == NULL)
		return now->since_ms;
	return window->started_ms >= 0 ? window->started_ms : window->from_ms;
}

static int
see_cell(const struct vg_core *core, const struct vg_scope *scope, int64_t at_ms,
	 struct vg_cell *cell)
{
	struct vg_avail_now now;
	int rc = vg_avail_at(core, scope, at_ms, &now);

	if (rc != 0)
		return rc;
	*cell = (struct vg_cell){
		.service = scope->service,
		.municipality = scope->municipality,
		.state = vg_display_state(&now),
		.since_ms = now.window > 0 ? window_start_ms(core, &now) : now.since_ms,
		.measured = now.piece.state,
		.pending = now.piece.pending,
		.cause = now.piece.cause,
		.record = now.piece.record,
		.window = now.window,
		.window_n = now.window_n,
	};
	return 0;
}

static bool
is_member(const struct vg_agreement *agreement, const struct vg_service *service, const char *code,
	  int64_t at_ms)
{
	int64_t from_ms, to_ms;

	for (size_t i = 0; vg_agreement_member(agreement, service, code, i, &from_ms, &to_ms);
	     i++) {
		if (from_ms <= at_ms && at_ms < to_ms)
			return true;
	}
	return false;
}

static bool
fits(const char *wanted, const char *id)
{
	return wanted == NULL || strcmp(wanted, id) == 0;
}

int
vg_cells_at(const struct vg_core *core, const struct vg_scope *filter, int64_t at_ms,
	    vg_cell_cb *on_cell, void *arg)
{
	static const struct vg_scope all = {NULL, NULL, NULL};
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);
	const size_t services = agreement == NULL ? 0 : agreement->services;

	filter = filter == NULL ? &all : filter;
	for (size_t i = 0; i < services; i++) {
		const struct vg_service *service = &agreement->service[i];

		for (size_t m = 0; m < agreement->municipalities; m++) {
			const char *code = agreement->municipality[m].code;
			const struct vg_scope scope = {service->id, NULL, code};
			struct vg_cell cell;

			if (!fits(filter->service, service->id) ||
			    !fits(filter->municipality, code) ||
			    !is_member(agreement, service, code, at_ms))
				continue;
			if (see_cell(core, &scope, at_ms, &cell) != 0)
				return VG_ENOMEM;
			on_cell(&cell, arg);
		}
	}
	return 0;
}

json_t *
vg_json_cell(const struct vg_cell *cell)
{
	const bool bad = cell->measured == VG_AVAIL_DOWN || cell->measured == VG_AVAIL_DEGRADED;
	char window[64], record[32];

	(void)snprintf(window, sizeof(window), "W-%" PRId64 ".%" PRId32, cell->window,
		       cell->window_n);
	(void)snprintf(record, sizeof(record), "O-%" PRId64, cell->record);
	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:b, s:s?, s:s?, s:s?}", "service",
			 cell->service, "municipality", cell->municipality, "state",
			 vg_display_name(cell->state), "since", vg_json_time(cell->since_ms),
			 "measured", vg_avail_state_name(cell->measured), "pending", cell->pending,
			 "window", cell->window > 0 ? window : NULL, "cause",
			 bad ? vg_party_words[cell->cause] : NULL, "record",
			 cell->record > 0 ? record : NULL);
}
