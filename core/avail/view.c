/* avail/view.c - a period's timeline, its countable time, and its outages.
 *
 * The hard thing is the edge: an outage belongs to the period that holds its first instant in Base,
 * and ends where no further one joins it, and both may lie outside the period. */
#include "core/avail/private.h"

#include <stdlib.h>
#include <string.h>

#define REACH_MS (INT64_C(24) * 3600 * 1000)

void
vg_avail_view_fini(struct vg_avail_view *view)
{
	vg_timelines_fini(&view->timelines);
	free(view->pieces.piece);
	free(view->base.part);
	free(view->outage);
}

static bool
is_outage(const struct vg_avail_piece *piece, bool all_causes)
{
	return piece->state == VG_AVAIL_DOWN && (all_causes || vg_avail_counts(piece));
}

/* Whether an outage may begin before the pieces do. */
static bool
begins_before(const struct vg_avail_view *view, int64_t gap_ms, bool all_causes)
{
	int64_t from_ms = view->pieces.piece[0].from_ms;

	for (size_t i = 0; i < view->pieces.n; i++) {
		const struct vg_avail_piece *piece = &view->pieces.piece[i];

		if (piece->from_ms > from_ms && piece->from_ms - from_ms >= gap_ms)
			return false;
		if (is_outage(piece, all_causes))
			return true;
	}
	return false;
}

/* Whether the outage at the period's end may go on after the pieces do. */
static bool
goes_on(const struct vg_avail_view *view, int64_t gap_ms)
{
	size_t i = view->pieces.n;
	int64_t known_ms = view->pieces.piece[i - 1].to_ms;

	while (i > 0 && view->pieces.piece[i - 1].state != VG_AVAIL_DOWN)
		i--;
	return i > 0 && known_ms - view->pieces.piece[i - 1].to_ms <= gap_ms;
}

static int
find_outages(struct vg_avail_view *view, int64_t gap_ms, bool all_causes)
{
	for (size_t i = 0; i < view->pieces.n; i++) {
		const struct vg_avail_piece *piece = &view->pieces.piece[i];
		struct vg_outage_span *last =
			view->outages > 0 ? &view->outage[view->outages - 1] : NULL;

		if (!is_outage(piece, all_causes))
			continue;
		if (last != NULL &&
		    (last->to_ms == piece->from_ms || piece->from_ms - last->to_ms < gap_ms)) {
			last->to_ms = piece->to_ms;
			continue;
		}
		if (vg_core_reserve((void **)&view->outage, &view->outages_size, view->outages + 1,
				    sizeof(*view->outage)) != 0)
			return VG_CORE_ENOMEM;
		view->outage[view->outages++] =
			(struct vg_outage_span){piece->from_ms, piece->to_ms, INT64_MAX, 0, i};
	}
	return 0;
}

/* The first instant of it in Base; what was up in a joined gap begins no outage. */
static int64_t
first_in_base_ms(const struct vg_avail_view *view, const struct vg_outage_span *outage,
		 bool all_causes)
{
	size_t part = 0;

	for (size_t i = outage->piece; i < view->pieces.n; i++) {
		const struct vg_avail_piece *piece = &view->pieces.piece[i];

		if (piece->from_ms >= outage->to_ms)
			break;
		if (!is_outage(piece, all_causes))
			continue;
		for (; part < view->base.n && view->base.part[part].from_ms < piece->to_ms;
		     part++) {
			const struct vg_base_part *base = &view->base.part[part];

			if (base->to_ms <= piece->from_ms || !base->agreed || base->window)
				continue;
			return base->from_ms > piece->from_ms ? base->from_ms : piece->from_ms;
		}
		part -= part > 0; /* it may reach into the next piece */
	}
	return INT64_MAX;
}

static void
measure_outage(const struct vg_avail_view *view, struct vg_outage_span *outage, bool all_causes)
{
	int64_t end_ms = outage->to_ms < view->to_ms ? outage->to_ms : view->to_ms;

	outage->base_ms = first_in_base_ms(view, outage, all_causes);
	for (size_t i = 0; i < view->base.n; i++) {
		const struct vg_base_part *part = &view->base.part[i];
		int64_t from_ms = part->from_ms > outage->base_ms ? part->from_ms : outage->base_ms;
		int64_t to_ms = part->to_ms < end_ms ? part->to_ms : end_ms;

		if (part->agreed && from_ms < to_ms)
			outage->agreed_s += (to_ms - from_ms) / 1000;
	}
}

/* Keeps those that touch the period. */
static void
select_outages(struct vg_avail_view *view, bool all_causes)
{
	size_t kept = 0;

	for (size_t i = 0; i < view->outages; i++) {
		struct vg_outage_span *outage = &view->outage[i];

		if (outage->to_ms <= view->from_ms || outage->from_ms >= view->to_ms)
			continue;
		measure_outage(view, outage, all_causes);
		view->outage[kept++] = *outage;
	}
	view->outages = kept;
}

int
vg_avail_view_make(struct vg_avail_view *view, const struct vg_core *core,
		   const struct vg_scope *scope, int64_t from_ms, int64_t end_ms, int64_t eval_ms,
		   bool all_causes)
{
	int64_t gap_ms = vg_join_gap_ms(core, scope, from_ms);
	int64_t low_ms = from_ms, reach_ms = REACH_MS;
	int rc;

	view->from_ms = from_ms;
	view->to_ms = eval_ms < end_ms ? eval_ms : end_ms;
	view->known_ms = end_ms + (gap_ms > 1000 ? gap_ms : 1000);
	if (view->known_ms > eval_ms)
		view->known_ms = eval_ms;
	view->timelines.core = core;
	view->timelines.known_ms = core->received_ms > eval_ms ? core->received_ms : eval_ms;
	view->outages = 0;
	while ((rc = vg_timeline_make(&view->timelines, scope, low_ms, view->known_ms,
				      &view->pieces)) == 0) {
		if (begins_before(view, gap_ms, all_causes))
			low_ms = from_ms - reach_ms;
		else if (all_causes && view->known_ms < eval_ms && goes_on(view, gap_ms))
			view->known_ms = eval_ms - view->known_ms > reach_ms
						 ? view->known_ms + reach_ms
						 : eval_ms;
		else
			break;
		reach_ms *= 2;
	}
	if (rc == 0)
		rc = vg_base_make(core, scope, low_ms,
				  view->known_ms > end_ms ? view->known_ms : end_ms, &view->base);
	if (rc == 0)
		rc = find_outages(view, gap_ms, all_causes);
	if (rc == 0)
		select_outages(view, all_causes);
	return rc;
}
