/* What the live stream keeps: the ring of its newest turns, and the state table against the one
 * before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/feed/board.h"
#include "daemon/feed/ring.h"

#include <string.h>

/* The ring. */

/* A turn that says its number, of `length` bytes at least. */
static void
put(struct vg_ring *ring, size_t length)
{
	struct vg_turn *turn = vg_turn_new(length < 32 ? 32 : length);

	assert_non_null(turn);
	(void)snprintf(turn->text, turn->length, "%llu", (unsigned long long)ring->last + 1);
	vg_ring_put(ring, turn);
}

static void
assert_holds(const struct vg_ring *ring, uint64_t first)
{
	char text[32];

	for (uint64_t n = first; n <= ring->last; n++) {
		(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
		assert_string_equal(vg_ring_get(ring, n)->text, text);
	}
	assert_int_equal(ring->turns, ring->last - first + 1);
	assert_true(vg_ring_has_after(ring, first - 1));
	assert_false(first >= 2 && vg_ring_has_after(ring, first - 2));
}

static void
a_new_ring_has_seen_nothing(void **state)
{
	struct vg_ring ring = {.last = 0};

	(void)state;
	assert_true(vg_ring_has_after(&ring, 0));
	assert_false(vg_ring_has_after(&ring, 1));
	vg_ring_fini(&ring);
}

static void
the_newest_turns_are_kept_by_number(void **state)
{
	struct vg_ring ring = {.last = 0};

	(void)state;
	for (int i = 0; i < VG_RING_TURNS_MAX; i++)
		put(&ring, 0);
	assert_holds(&ring, 1);
	for (int i = 0; i < VG_RING_TURNS_MAX + 7; i++)
		put(&ring, 0);
	assert_int_equal(ring.last, 2 * VG_RING_TURNS_MAX + 7);
	assert_holds(&ring, VG_RING_TURNS_MAX + 8);
	assert_true(vg_ring_has_after(&ring, ring.last));
	assert_false(vg_ring_has_after(&ring, ring.last + 1));
	vg_ring_fini(&ring);
}

static void
the_oldest_go_when_bytes_are_too_many(void **state)
{
	struct vg_ring ring = {.last = 0};

	(void)state;
	for (int i = 0; i < 9; i++)
		put(&ring, VG_RING_BYTES_MAX / 4);
	assert_holds(&ring, 6);
	assert_int_equal(ring.bytes, VG_RING_BYTES_MAX);
	put(&ring, 100);
	assert_holds(&ring, 7);
	vg_ring_fini(&ring);
}

static void
a_turn_larger_than_the_ring_stands_alone(void **state)
{
	struct vg_ring ring = {.last = 0};

	(void)state;
	put(&ring, 100);
	put(&ring, VG_RING_BYTES_MAX + 1);
	assert_holds(&ring, 2);
	put(&ring, 100);
	assert_holds(&ring, 3);
	vg_ring_fini(&ring);
}

static void
a_turn_outlives_the_ring_while_it_is_held(void **state)
{
	struct vg_ring ring = {.last = 0};
	struct vg_turn *turn;

	(void)state;
	put(&ring, 0);
	turn = vg_turn_hold(vg_ring_get(&ring, 1));
	for (int i = 0; i < VG_RING_TURNS_MAX; i++)
		put(&ring, 0);
	vg_ring_fini(&ring);
	assert_int_equal(turn->holders, 1);
	assert_string_equal(turn->text, "1");
	vg_turn_drop(turn);
}

/* The board. */

static struct vg_cell
cell(const char *service, const char *municipality, enum vg_display state)
{
	return (struct vg_cell){.service = service,
				.municipality = municipality,
				.state = state,
				.since_ms = -1,
				.measured = VG_AVAIL_UP};
}

static enum vg_board_news
look(struct vg_board *board, const struct vg_cell *cells, size_t count)
{
	vg_board_begin(board);
	for (size_t i = 0; i < count; i++)
		vg_board_put(board, &cells[i]);
	return vg_board_end(board);
}

static void
the_first_look_is_another_table(void **state)
{
	const struct vg_cell cells[] = {cell("mail", "1489", VG_DISPLAY_OK)};
	struct vg_board board = {.rows = 0};

	(void)state;
	assert_int_equal(look(&board, NULL, 0), VG_BOARD_SAME);
	assert_int_equal(look(&board, cells, 1), VG_BOARD_OTHER);
	assert_int_equal(look(&board, cells, 1), VG_BOARD_SAME);
	vg_board_fini(&board);
}

static void
rows_that_change_are_marked_once(void **state)
{
	struct vg_cell cells[] = {cell("mail", "1480", VG_DISPLAY_OK),
				  cell("mail", "1489", VG_DISPLAY_OK),
				  cell("web", "1489", VG_DISPLAY_OK)};
	struct vg_board board = {.rows = 0};

	(void)state;
	assert_int_equal(look(&board, cells, 3), VG_BOARD_OTHER);
	cells[1].state = VG_DISPLAY_DOWN;
	assert_int_equal(look(&board, cells, 3), VG_BOARD_CHANGED);
	assert_false(board.row[0].changed);
	assert_true(board.row[1].changed);
	assert_int_equal(board.row[1].cell.state, VG_DISPLAY_DOWN);
	assert_false(board.row[2].changed);
	assert_int_equal(look(&board, cells, 3), VG_BOARD_SAME);
	assert_false(board.row[1].changed);
	vg_board_fini(&board);
}

static void
whatever_a_row_shows_is_a_change(void **state)
{
	const struct vg_cell before = cell("mail", "1489", VG_DISPLAY_OK);
	struct vg_cell after[8];
	struct vg_board board = {.rows = 0};

	(void)state;
	for (size_t i = 0; i < 8; i++)
		after[i] = before;
	after[0].state = VG_DISPLAY_MAINT;
	after[1].since_ms = 1000;
	after[2].measured = VG_AVAIL_DOWN;
	after[3].pending = true;
	after[4].cause = VG_PARTY_THIRD_PARTY;
	after[5].record = 7;
	after[6].window = 5;
	after[7].window_n = 1;
	for (size_t i = 0; i < 8; i++) {
		(void)look(&board, &before, 1);
		assert_int_equal(look(&board, &after[i], 1), VG_BOARD_CHANGED);
	}
	vg_board_fini(&board);
}

static void
other_places_are_another_table(void **state)
{
	const struct vg_cell cells[] = {cell("mail", "1480", VG_DISPLAY_OK),
					cell("mail", "1489", VG_DISPLAY_OK),
					cell("web", "1489", VG_DISPLAY_OK)};
	struct vg_board board = {.rows = 0};

	(void)state;
	(void)look(&board, cells, 2);
	assert_int_equal(look(&board, cells, 3), VG_BOARD_OTHER);
	assert_int_equal(look(&board, cells, 2), VG_BOARD_OTHER);
	assert_int_equal(look(&board, cells + 1, 2), VG_BOARD_OTHER);
	assert_int_equal(look(&board, cells + 1, 2), VG_BOARD_SAME);
	vg_board_fini(&board);
}

static void
past_the_maximum_each_table_is_another(void **state)
{
	const struct vg_cell one = cell("mail", "1489", VG_DISPLAY_OK);
	struct vg_board board = {.rows = 0};

	(void)state;
	for (int times = 0; times < 3; times++) {
		vg_board_begin(&board);
		for (size_t i = 0; i <= VG_BOARD_CELLS_MAX; i++)
			vg_board_put(&board, &one);
		assert_int_equal(vg_board_end(&board), VG_BOARD_OTHER);
		assert_int_equal(board.rows, VG_BOARD_CELLS_MAX);
	}
	vg_board_fini(&board);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_ring_has_seen_nothing),
		cmocka_unit_test(the_newest_turns_are_kept_by_number),
		cmocka_unit_test(the_oldest_go_when_bytes_are_too_many),
		cmocka_unit_test(a_turn_larger_than_the_ring_stands_alone),
		cmocka_unit_test(a_turn_outlives_the_ring_while_it_is_held),
		cmocka_unit_test(the_first_look_is_another_table),
		cmocka_unit_test(rows_that_change_are_marked_once),
		cmocka_unit_test(whatever_a_row_shows_is_a_change),
		cmocka_unit_test(other_places_are_another_table),
		cmocka_unit_test(past_the_maximum_each_table_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
