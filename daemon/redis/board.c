/* board.c - one table against the next.
 *
 * Rows come in one order, so two tables of the same agreement are compared place by place. When
 * the places themselves are others (a new agreement, a municipality that joins), the whole table is
 * told again: that is rare, and a merge would be the harder half of this file. */
#include "daemon/redis/board.h"

#include "lib/base/err.h"

#include <stdlib.h>
#include <string.h>

struct next {
	struct vg_redis_board board;
	bool out_of_memory;
};

static bool
make_room(struct vg_redis_board *board)
{
	const size_t size = board->size == 0 ? 512 : board->size * 2;
	struct vg_redis_row *row;

	if (board->rows < board->size)
		return true;
	row = reallocarray(board->row, size, sizeof(*row));
	if (row == NULL)
		return false;
	board->row = row;
	board->size = size;
	return true;
}

static void
on_cell(const struct vg_cell *cell, void *arg)
{
	struct next *next = arg;

	if (next->board.rows == VG_REDIS_CELLS_MAX)
		next->board.left_out++;
	else if (!make_room(&next->board))
		next->out_of_memory = true;
	else
		next->board.row[next->board.rows++] = (struct vg_redis_row){*cell, true};
}

static bool
same_place(const struct vg_cell *a, const struct vg_cell *b)
{
	return strcmp(a->service, b->service) == 0 && strcmp(a->municipality, b->municipality) == 0;
}

static bool
same_state(const struct vg_cell *a, const struct vg_cell *b)
{
	return a->state == b->state && a->since_ms == b->since_ms && a->measured == b->measured &&
	       a->pending == b->pending && a->cause == b->cause && a->record == b->record &&
	       a->window == b->window && a->window_n == b->window_n;
}

static enum vg_redis_look
compare(const struct vg_redis_board *before, struct vg_redis_board *now)
{
	enum vg_redis_look found = VG_REDIS_SAME;

	if (before->rows != now->rows)
		return VG_REDIS_OTHER;
	for (size_t i = 0; i < now->rows; i++)
		if (!same_place(&before->row[i].cell, &now->row[i].cell))
			return VG_REDIS_OTHER;
	for (size_t i = 0; i < now->rows; i++) {
		now->row[i].untold = before->row[i].untold ||
				     !same_state(&before->row[i].cell, &now->row[i].cell);
		if (now->row[i].untold)
			found = VG_REDIS_CHANGED;
	}
	return found;
}

int
vg_redis_board_look(struct vg_redis_board *board, const struct vg_core *core, int64_t at_ms,
		    enum vg_redis_look *found)
{
	struct next next = {.out_of_memory = false};
	int rc = vg_cells_at(core, NULL, at_ms, on_cell, &next);

	if (rc != 0 || next.out_of_memory) {
		free(next.board.row);
		return VG_ENOMEM;
	}
	*found = compare(board, &next.board);
	free(board->row);
	*board = next.board;
	return 0;
}

void
vg_redis_board_forget(struct vg_redis_board *board)
{
	for (size_t i = 0; i < board->rows; i++)
		board->row[i].untold = true;
}

void
vg_redis_board_fini(struct vg_redis_board *board)
{
	free(board->row);
	memset(board, 0, sizeof(*board));
}
