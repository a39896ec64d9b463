/* Cells: the vectors of semantics.md 9.2 and the month of 4.1. */
#include "tests/unit/avail_support.h"

/* A service of 1480 seen by one trace: all is up but where the test says. */
static struct avail_world
traced_world(void)
{
	static const struct rule_line line = {"trace", "site", 0, "journal", NULL, "*", true};
	struct vg_agreement *agreement = avail_agreement();

	avail_add_probe(agreement, &line);
	return avail_world(agreement);
}

static void
trace(struct avail_world *world, const char *at, char state)
{
	struct vg_sample sample = avail_sample("site", support_at(at), state);

	avail_report(world, "trace", "", sample.at_ms, &sample, 1);
}

static void
outage_by_trace(struct avail_world *world, const char *from, const char *to)
{
	trace(world, from, 'c');
	trace(world, to, 'o');
}

static void
month_of_a1(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-09-01 00:00", 'o');
	avail_approve_window(&world, avail_window(&world, "", support_at("2026-10-25 00:00"),
						  support_at("2026-10-25 04:00")));
	outage_by_trace(&world, "2026-10-07 10:00", "2026-10-07 10:37");
	outage_by_trace(&world, "2026-10-25 01:00", "2026-10-25 01:30"); /* in the window */
	trace(&world, "2026-11-02 00:00", 'o');
	cell = avail_cell_of(world.core, 2026, 10, world.now_ms, NULL, "1480");
	assert_int_equal(cell.base_s, 2664000);
	assert_int_equal(cell.excluded_s, 18000);
	assert_int_equal(cell.down_s, 37 * 60);
	assert_int_equal(cell.num, 2661780);
	assert_int_equal(cell.den, 2664000);
	assert_int_equal(cell.outages, 1);
	assert_int_equal(cell.verdict, VG_AVAIL_MET);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(month_of_a1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
