/* The state table as it was told last, and what differs from it.
 *
 * A look goes through all cells: begin, put each, end. Then the rows that changed are marked. Pure:
 * who looks asks vg_cells_at. */
#ifndef VG_FEED_BOARD_H
#define VG_FEED_BOARD_H

#include "daemon/api/display.h"

#define VG_BOARD_CELLS_MAX 20000 /* 290 municipalities with 68 services */

struct vg_board_row {
	struct vg_cell cell;
	bool changed; /* in the last look */
};
struct vg_board {
	struct vg_board_row *row; /* in the order in which they were put */
	size_t rows, room;
	size_t looked; /* rows of the look that goes on */
	bool changed, other;
};

enum vg_board_news {
	VG_BOARD_SAME,
	VG_BOARD_CHANGED, /* some rows have changed */
	VG_BOARD_OTHER,	  /* the places themselves are others than before, some did not fit in
			     VG_BOARD_CELLS_MAX or in memory: the marks say nothing */
};

/* Zeroed at start. */
void vg_board_begin(struct vg_board *board);
void vg_board_put(struct vg_board *board, const struct vg_cell *cell);
enum vg_board_news vg_board_end(struct vg_board *board);
void vg_board_fini(struct vg_board *board);

#endif
