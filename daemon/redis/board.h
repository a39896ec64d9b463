/* The state table as Redis was told it: what differs from it is what there is to tell.
 *
 * Nothing is queued while Redis is away or slow: a cell that changed three times is told once, as
 * it is. */
#ifndef VG_REDIS_BOARD_H
#define VG_REDIS_BOARD_H

#include "daemon/api/display.h"

/* Cells of one board: 49 municipalities with 400 services. What is past it is left out, and counted
 * in `left_out`. */
#define VG_REDIS_CELLS_MAX 20000

struct vg_redis_row {
	struct vg_cell cell;
	bool untold; /* differs from what Redis was told */
};
struct vg_redis_board {
	struct vg_redis_row *row; /* by service, then municipality: the agreement's order */
	size_t rows, size;
	size_t left_out;
};

enum vg_redis_look {
	VG_REDIS_SAME,	  /* nothing to tell */
	VG_REDIS_CHANGED, /* some rows are untold */
	VG_REDIS_OTHER,	  /* other services or municipalities than before: all rows are untold */
};

/* Zeroed at start. Takes how things stand at an instant; VG_ENOMEM: the board is as it was. */
VG_MUST_CHECK int vg_redis_board_look(struct vg_redis_board *board, const struct vg_core *core,
				      int64_t at_ms, enum vg_redis_look *found);
void vg_redis_board_forget(struct vg_redis_board *board); /* all rows are untold */
void vg_redis_board_fini(struct vg_redis_board *board);

#endif
