/* How a service in a municipality is shown: one word, and since when, wherever it is shown. */
#ifndef VG_DISPLAY_H
#define VG_DISPLAY_H

#include "core/avail.h"

#include <jansson.h>

/* In order of badness: the worst of several is the greatest. */
enum vg_display {
	VG_DISPLAY_OK,
	VG_DISPLAY_MAINT, /* a planned window runs now, whatever is measured */
	VG_DISPLAY_UNKNOWN,
	VG_DISPLAY_DEGRADED,
	VG_DISPLAY_DOWN,
	VG_DISPLAY_COUNT
};
const char *vg_display_name(enum vg_display state); /* ok, maint, unknown, degraded, down */
/* Of a scope at an instant: the window, else the confirmed state. */
enum vg_display vg_display_state(const struct vg_avail_now *now);

/* A cell of the matrix. Texts are the agreement's, good for as long as the core. */
struct vg_cell {
	const char *service, *municipality;
	enum vg_display state;
	int64_t since_ms;	      /* of the state; -1 = ok or unknown for over a day */
	enum vg_avail_state measured; /* other than confirmed while pending */
	bool pending;
	enum vg_party cause; /* of what is measured, when that is down or degraded */
	int64_t record;	     /* outage record that set it; 0 = none */
	int64_t window;	     /* seq of the window that runs now; 0 = none */
	int32_t window_n;
};
typedef void vg_cell_cb(const struct vg_cell *cell, void *arg);

/* Each service and component of the agreement in force, in its order, in each municipality that is
 * its member at the instant, in the agreement's order; `filter` as in vg_avail_month, its channel
 * is not looked at. Returns 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_cells_at(const struct vg_core *core, const struct vg_scope *filter,
			      int64_t at_ms, vg_cell_cb *on_cell, void *arg);
/* A row of GET /api/v1/matrix and of the stream's event `state`; NULL = out of memory. */
json_t *vg_json_cell(const struct vg_cell *cell);

#endif
