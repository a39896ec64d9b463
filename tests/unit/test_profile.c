/* Profiles: counts over a few tickets, and the figures of a set of durations. */
#include "tests/unit/core_support.h"

#include "core/profile.h"

static void
figures_of_durations_round_once(void **state)
{
	int64_t seconds[] = {0, 60, 3600, 36000};
	struct vg_durations durations = {seconds, 4, 4};
	struct vg_durations none = {NULL, 0, 0};

	(void)state;
	assert_int_equal(vg_durations_nearest_rank(&durations, 50), 167);
	assert_int_equal(vg_durations_nearest_rank(&durations, 51), 10000);
	assert_int_equal(vg_durations_mean(&durations), 27542); /* 9915 s */
	assert_int_equal(vg_durations_mean(&none), -1);
	assert_int_equal(vg_durations_nearest_rank(&none, 50), -1);
	assert_int_equal(vg_share_ppm(2, 3), 666667);
	assert_int_equal(vg_share_ppm(1, 0), 0);
}

static void
live(struct world *world)
{
	report(world, "T1", DAYS(3) + 480,
	       "status=new line=1 priority=P1 municipality=1489 source_status=New "
	       "source_priority=critical source_sla_met=1");
	report(world, "T1", DAYS(3) + 540, "status=pending pending_reason=pending_requester");
	report(world, "T1", DAYS(3) + 570, "status=resolved source_status=Done");
	report(world, "T2", DAYS(34),
	       "status=new line=1 priority=P2 municipality=- group=a "
	       "source_status=New");
	report(world, "T2", DAYS(34) + 10, "line=2 group=b source_reassignments=1");
	report(world, "T2", DAYS(34) + 20, "line=1 group=a");
}

static void
tickets_are_counted_in_the_whole_and_in_their_groups(void **state)
{
	static const char *const cals[] = {"24x7", "vardag_0730_1630"};
	static const struct {
		enum vg_profile_count count;
		int64_t want;
	} rows[] = {
		{VG_PROFILE_CASES, 2},		{VG_PROFILE_EVENTS, 6},
		{VG_PROFILE_RESOLVED, 1},	{VG_PROFILE_FIRST_LINE, 1},
		{VG_PROFILE_ESCALATED, 1},	{VG_PROFILE_PINGPONG, 1},
		{VG_PROFILE_HANDOVERS, 2},	{VG_PROFILE_SECOND_LINE, 1},
		{VG_PROFILE_SOURCE_SLA_MET, 1}, {VG_PROFILE_SOURCE_REASSIGNED, 1},
		{VG_PROFILE_TARGET_JUDGED, 1},	{VG_PROFILE_TARGET_MET, 1},
	};
	struct world world = world_new();
	struct vg_profile profile;

	(void)state;
	live(&world);
	assert_int_equal(vg_profile_make(world.core, cals, 2, &profile), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(profile.whole.count[rows[i].count], rows[i].want);
	assert_int_equal(profile.whole.gross[0].n, 1);
	assert_int_equal(profile.whole.gross[0].second[0], 90 * 60);
	assert_int_equal(profile.whole.net[1].second[0], 60 * 60);
	assert_int_equal(profile.by[VG_PROFILE_BY_PRIORITY].n, 2);
	assert_string_equal(profile.by[VG_PROFILE_BY_PRIORITY].group[0].name, "P2");
	assert_string_equal(profile.by[VG_PROFILE_BY_PRIORITY].group[1].name, "critical");
	assert_string_equal(profile.by[VG_PROFILE_BY_MUNICIPALITY].group[0].name, "");
	assert_string_equal(profile.by[VG_PROFILE_BY_MONTH].group[1].name, "2016-02");
	assert_int_equal(profile.statuses.n, 2);
	assert_string_equal(profile.statuses.word[1].word, "New");
	assert_int_equal(profile.statuses.word[1].count, 2);
	assert_int_equal(profile.events_by_line[0], 2);
	assert_int_equal(profile.highest_line[2], 1);
	assert_int_equal(profile.resolving_line[1], 1);
	assert_int_equal(profile.first_ms, at_ms(DAYS(3) + 480));
	vg_profile_fini(&profile);
	vg_core_free(world.core);
}

static void
an_unknown_calendar_is_refused(void **state)
{
	static const char *const cals[] = {"24x7", "24x7", "24x7", "24x7", "24x7"};
	static const char *const unknown[] = {"night"};
	struct world world = world_new();
	struct vg_profile profile;

	(void)state;
	assert_int_equal(vg_profile_make(world.core, unknown, 1, &profile), -1004);
	assert_int_equal(vg_profile_make(world.core, cals, 5, &profile), -1002);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_of_durations_round_once),
		cmocka_unit_test(tickets_are_counted_in_the_whole_and_in_their_groups),
		cmocka_unit_test(an_unknown_calendar_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
