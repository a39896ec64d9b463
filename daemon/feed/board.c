/* board.c - the state table against the one before.
 *
 * Cells come in the agreement's order, so both tables are compared place by place, in one array.
 * Other places come with another agreement, or with a municipality that joins: then everything is
 * to be read again anyway. */
#include "daemon/feed/board.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 512

static bool
make_room(struct vg_board *board)
{
	const size_t room = board->room == 0 ? ROOM_FIRST : board->room * 2;
	struct vg_board_row *row;

	if (board->looked == VG_BOARD_CELLS_MAX)
		return false;
	if (board->looked < board->room)
		return true;
	row = reallocarray(board->row, room, sizeof(*row));
	if (row == NULL)
		return false;
	board->row = row;
	board->room = room;
	return true;
}

static bool
is_same_place(const struct vg_cell *a, const struct vg_cell *b)
{
	return strcmp(a->service, b->service) == 0 && strcmp(a->municipality, b->municipality) == 0;
}

static bool
is_same_state(const struct vg_cell *a, const struct vg_cell *b)
{
	return a->state == b->state && a->since_ms == b->since_ms && a->measured == b->measured &&
	       a->pending == b->pending && a->cause == b->cause && a->record == b->record &&
	       a->window == b->window && a->window_n == b->window_n;
}

void
vg_board_begin(struct vg_board *board)
{
	board->looked = 0;
	board->changed = false;
	board->other = false;
}

void
vg_board_put(struct vg_board *board, const struct vg_cell *cell)
{
	struct vg_board_row *row;

	if (!make_room(board)) {
		board->other = true;
		return;
	}
	row = &board->row[board->looked++];
	if (board->looked > board->rows || !is_same_place(&row->cell, cell)) {
		board->other = true;
	} else {
		row->changed = !is_same_state(&row->cell, cell);
		board->changed |= row->changed;
	}
	row->cell = *cell;
}

enum vg_board_news
vg_board_end(struct vg_board *board)
{
	if (board->looked != board->rows)
		board->other = true;
	board->rows = board->looked;
	if (board->other)
		return VG_BOARD_OTHER;
	return board->changed ? VG_BOARD_CHANGED : VG_BOARD_SAME;
}

void
vg_board_fini(struct vg_board *board)
{
	free(board->row);
	*board = (struct vg_board){.row = NULL};
}
