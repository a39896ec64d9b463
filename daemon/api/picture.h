/* How everything stands, kept for as long as nothing has changed: what the wall, the matrix and the
 * municipalities' pages are drawn from, so that many readers cost what one costs. */
#ifndef VG_PICTURE_H
#define VG_PICTURE_H

#include "daemon/api/api.h"
#include "daemon/api/display.h"

#define VG_PICTURE_NOW_MS   1000  /* a cell is at most so old: time alone changes states */
#define VG_PICTURE_MONTH_MS 10000 /* and a figure of the month */
/* How far back the end of the last outage is looked for. */
#define VG_PICTURE_PAST_MS (INT64_C(31) * 24 * 60 * 60 * 1000)

/* When the last outage of a promised service ended in a municipality. */
struct vg_ended {
	const char *municipality;
	int64_t at_ms;
};

struct vg_picture {
	/* Cells of now, in the agreement's order: services, and in each municipalities. */
	int64_t seq, at_ms;
	struct vg_cell *cell;
	size_t cells, cells_size;
	/* The month that is now, evaluated now: for each promised service all channels together,
	 * municipalities by code and then the region. month -1 = no agreement covers it. */
	int64_t month_seq, month_at_ms;
	int month;
	struct vg_avail_cell *share;
	size_t shares, shares_size;
	struct vg_ended *ended;
	size_t endeds, endeds_size;
	bool failed; /* memory ran out while it was drawn */
};

struct vg_picture *vg_picture_new(void); /* NULL = out of memory */
void vg_picture_free(struct vg_picture *picture);

/* The cells as of the core's last row and this second; borrowed until the loop's next turn. NULL =
 * out of memory. */
const struct vg_picture *vg_picture_now(struct vg_api *api);
/* The same with the month's figures. */
const struct vg_picture *vg_picture_month(struct vg_api *api);

/* A window in short: id, name, services, municipalities, from, to (overview.c). */
json_t *vg_json_window_brief(const struct vg_window *window);
/* {ok, degraded, down, maint, unknown} (matrix.c). */
json_t *vg_json_display_counts(const int64_t count[VG_DISPLAY_COUNT]);
/* A figure of the month with all that it rests on (docs/api.md, "A share"). The budget of the
 * region is that of the municipality where least of it is left. */
json_t *vg_json_share(const struct vg_core *core, const struct vg_picture *picture,
		      const struct vg_avail_cell *cell);
/* The cell of a service (NULL = any) in a municipality (NULL = the region) that stands worst
 * against its target: with a verdict, and of those with the least margin. NULL = there is none. */
const struct vg_avail_cell *vg_picture_share(const struct vg_picture *picture, const char *service,
					     const char *municipality);

#endif
