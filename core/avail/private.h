/* What cells and outages are counted from; for core/avail*.c only. */
#ifndef VG_AVAIL_PRIVATE_H
#define VG_AVAIL_PRIVATE_H

#include "core/timeline.h"

#include <string.h>

/* A stretch of time and what it counts as (semantics.md 3.2): Base = agreed and not window. */
struct vg_base_part {
	int64_t from_ms, to_ms;
	bool agreed;	  /* inside agreed hours and membership */
	bool window;	  /* an approved planned window */
	bool emergency;	  /* an emergency window: leaves nothing out */
	bool provisional; /* by a window, or its withdrawal, that waits for the second person */
};
struct vg_base {
	struct vg_base_part *part;
	size_t n, size;
	const struct vg_window *planned; /* one that is looked at as if it stood in the core; NULL =
					    none. Borrowed, and kept */
};
/* The parts of [from_ms, to_ms), whole seconds, in order and without gap. `base` is emptied first.
 * A window of some channels leaves nothing out of all of them together. */
VG_MUST_CHECK int vg_base_make(const struct vg_core *core, const struct vg_scope *scope,
			       int64_t from_ms, int64_t to_ms, struct vg_base *base);
/* Whether a window leaves time out of Base. */
bool vg_base_window_counts(const struct vg_core *core, const struct vg_window *window);
/* The window that runs at an instant, planned and approved; NULL = none. */
const struct vg_window *vg_base_window_at(const struct vg_core *core, const struct vg_scope *scope,
					  int64_t at_ms);

/* One service in one municipality over a period, with as much before and after it as its outages
 * need. */
struct vg_avail_view {
	struct vg_timelines timelines;
	struct vg_pieces pieces; /* begin at or before from_ms, end at or after to_ms */
	struct vg_base base;	 /* from the same instant on, to the period's end at least */
	struct vg_outage_span {
		int64_t from_ms, to_ms; /* joined */
		int64_t base_ms;	/* its first instant in Base; INT64_MAX = never */
		int64_t agreed_s;	/* from there to the evaluation, inside agreed time */
		size_t piece;		/* its first */
	} * outage;
	size_t outages, outages_size;
	int64_t from_ms, to_ms; /* to_ms = evaluation, at most the period's end */
	int64_t known_ms;	/* pieces end here */
};
void vg_avail_view_fini(struct vg_avail_view *view);
/* Fills it for [from_ms, end_ms) as evaluated at eval_ms > from_ms, with the outages that touch
 * [from_ms, to_ms]: of causes that count against the provider, or of all, and then to their
 * ends. What was filled before is reused. */
VG_MUST_CHECK int vg_avail_view_make(struct vg_avail_view *view, const struct vg_core *core,
				     const struct vg_scope *scope, int64_t from_ms, int64_t end_ms,
				     int64_t eval_ms, bool all_causes);

/* Whether the service is promised there at some time of [from_ms, to_ms). */
bool vg_avail_promised(const struct vg_agreement *rules, const struct vg_service *service,
		       const char *municipality, int64_t from_ms, int64_t to_ms);
/* The channels of a service that the filter (may be NULL) asks for, then NULL for all together. */
size_t vg_avail_channels(const struct vg_agreement *rules, const struct vg_service *service,
			 const struct vg_scope *filter,
			 const char *channel[VG_AGREEMENT_CHANNELS_MAX + 1]);
static inline bool
vg_avail_passes(const char *filter, const char *value)
{
	return filter == NULL || strcmp(filter, value) == 0;
}

#endif
