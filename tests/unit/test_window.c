/* Service windows: one object per occurrence, approved by a second person, and a figure's past
 * changed only on grounds older than the change. */
#include "tests/unit/object_support.h"

#define PLAN(world, body, minutes)                                                                 \
	window_event(world, VG_KIND_WINDOW_PLANNED, body, "anna", minutes)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Saturdays at noon, two hours each, from the third week of January 2016 on. */
static const int64_t saturdays[][2] = {
	{WORLD_START_MS + 15 * DAY_MS + 12 * HOUR_MS, WORLD_START_MS + 15 * DAY_MS + 14 * HOUR_MS},
	{WORLD_START_MS + 22 * DAY_MS + 12 * HOUR_MS, WORLD_START_MS + 22 * DAY_MS + 14 * HOUR_MS},
	{WORLD_START_MS + 29 * DAY_MS + 12 * HOUR_MS, WORLD_START_MS + 29 * DAY_MS + 14 * HOUR_MS}};
#define NOON(week) (DAYS(15 + 7 * (week)) + 12 * 60)

static void
every_occurrence_is_an_object_of_its_own(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, COUNT(saturdays));
	const struct vg_window *window;

	(void)state;
	body.rrule = "FREQ=WEEKLY;COUNT=3";
	body.uid = "patch@example.org";
	body.services = "vard";
	assert_int_equal(PLAN(&world, &body, 10), VG_VERDICT_TAKEN);
	for (int64_t n = 0; n < 3; n++) {
		window = vg_core_window(world.core, 2, n);
		assert_non_null(window);
		assert_ptr_equal(vg_core_item(world.core, VG_OBJECT_WINDOW, (size_t)n), window);
		assert_int_equal(window->from_ms, at_ms(NOON(n)));
		assert_int_equal(window->to_ms, at_ms(NOON(n) + 120));
		assert_int_equal(window->planned_ms, at_ms(10));
		assert_int_equal(window->announced_ms, at_ms(10));
		assert_int_equal(window->started_ms, -1);
		assert_string_equal(window->services, "vard");
		assert_string_equal(window->uid, "patch@example.org");
		assert_string_equal(window->approved_by, "");
	}
	assert_null(vg_core_window(world.core, 2, 3));
	assert_null(vg_core_window(world.core, 1, 0));
	vg_core_free(world.core);
}

static void
a_second_person_approves_one_occurrence_or_all_of_them(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, COUNT(saturdays));

	(void)state;
	PLAN(&world, &body, 10);
	window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2", "anna", 11, 0);
	assert_refused(&world, "a second principal must approve it");
	assert_int_equal(window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2.1", "bo", 12, 0),
			 VG_VERDICT_TAKEN);
	assert_string_equal(vg_core_window(world.core, 2, 0)->approved_by, "");
	assert_string_equal(vg_core_window(world.core, 2, 1)->approved_by, "bo");
	assert_int_equal(window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2", "cecilia", 13, 0),
			 VG_VERDICT_TAKEN);
	assert_string_equal(vg_core_window(world.core, 2, 1)->approved_by, "bo");
	assert_string_equal(vg_core_window(world.core, 2, 2)->approved_by, "cecilia");
	window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2", "bo", 14, 0);
	assert_refused(&world, "W-2.0 waits for no approval");
	vg_core_free(world.core);
}

static void
a_plan_that_cannot_be_is_refused_with_what_was_expected(void **state)
{
	static const int64_t empty[][2] = {{WORLD_START_MS + DAY_MS, WORLD_START_MS + DAY_MS}};
	static const int64_t across[][2] = {
		{WORLD_START_MS + DAY_MS, WORLD_START_MS + 3 * DAY_MS},
		{WORLD_START_MS + 2 * DAY_MS, WORLD_START_MS + 4 * DAY_MS}};
	static const int64_t late[][2] = {
		{WORLD_START_MS + 800 * DAY_MS, WORLD_START_MS + 801 * DAY_MS}};
	static const struct {
		const char *word;
		const int64_t (*time)[2];
		size_t times;
		struct vg_window_body body;
	} cases[] = {
		{"1 to 366 occurrences, not 0", saturdays, 0, {0}},
		{"1 to 366 occurrences, not 367", saturdays, 367, {0}},
		{"occurrence 0 of the window must begin before it ends", empty, 1, {0}},
		{"occurrence 1 of the window must not begin before the one before it has ended",
		 across,
		 2,
		 {0}},
		{"occurrence 0 of the window lies outside the years of agreement test 1",
		 late,
		 1,
		 {0}},
		{"has no service journal", saturdays, 3, {.services = "journal vard"}},
		{"has no channel fax", saturdays, 3, {.channels = "fax"}},
		{"has no municipality 9999", saturdays, 3, {.municipalities = "9999"}},
		{"cannot have been announced in the future",
		 saturdays,
		 3,
		 {.announced_ms = WORLD_START_MS + DAY_MS}},
	};
	struct world world = object_world();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct vg_window_body body = window_body(cases[i].time, cases[i].times);

		if (cases[i].body.services != NULL)
			body.services = cases[i].body.services;
		if (cases[i].body.channels != NULL)
			body.channels = cases[i].body.channels;
		if (cases[i].body.municipalities != NULL)
			body.municipalities = cases[i].body.municipalities;
		if (cases[i].body.announced_ms != 0)
			body.announced_ms = cases[i].body.announced_ms;
		assert_int_equal(PLAN(&world, &body, 10), VG_VERDICT_REFUSED);
		assert_refused(&world, cases[i].word);
	}
	assert_null(vg_core_item(world.core, VG_OBJECT_WINDOW, 0));
	vg_core_free(world.core);
}

static void
short_notice_is_told_when_it_leaves_no_time_out(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, COUNT(saturdays));

	(void)state;
	assert_int_equal(PLAN(&world, &body, NOON(0) - DAYS(10)), VG_VERDICT_TAKEN);
	assert_int_equal(PLAN(&world, &body, NOON(0) - DAYS(10) + 1), VG_VERDICT_FLAGGED);
	assert_string_equal(world.verdict.text, "W-3.0 was announced less than 10 days before: "
						"without agreed_by it leaves no time out");
	body.announced_ms = at_ms(0);
	assert_int_equal(PLAN(&world, &body, NOON(0) - 1), VG_VERDICT_TAKEN);
	body.announced_ms = -1;
	body.agreed_by = "driftchef";
	assert_int_equal(PLAN(&world, &body, NOON(0) - 1), VG_VERDICT_TAKEN);
	body.agreed_by = "";
	body.category = VG_WINDOW_EMERGENCY;
	assert_int_equal(PLAN(&world, &body, NOON(0) - 1), VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

/* The clock went forward in the night to 27 March 2016. */
static void
notice_is_counted_in_local_days(void **state)
{
	int64_t april[][2] = {{support_at("2016-04-01 12:00"), support_at("2016-04-01 14:00")}};
	struct world world = object_world();
	struct vg_window_body body = window_body(april, 1);

	(void)state;
	body.announced_ms = support_at("2016-03-22 12:00");
	assert_int_equal(PLAN(&world, &body, DAYS(85)), VG_VERDICT_TAKEN);
	body.announced_ms++;
	assert_int_equal(PLAN(&world, &body, DAYS(85)), VG_VERDICT_FLAGGED);
	vg_core_free(world.core);
}

static void
a_window_after_the_fact_needs_a_ground_older_than_itself(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, 1);

	(void)state;
	PLAN(&world, &body, DAYS(20));
	assert_refused(&world, "entered after its start needs a reason");
	body.reason = "forgotten";
	PLAN(&world, &body, DAYS(20));
	assert_refused(&world, "needs announced at least 10 days before it, or agreed_by");
	body.announced_ms = at_ms(NOON(0) - DAYS(9));
	PLAN(&world, &body, DAYS(20));
	assert_refused(&world, "needs announced at least 10 days before it, or agreed_by");
	body.announced_ms = at_ms(NOON(0) - DAYS(10));
	assert_int_equal(PLAN(&world, &body, DAYS(20)), VG_VERDICT_TAKEN);
	body.announced_ms = -1;
	body.agreed_by = "driftchef 1489";
	assert_int_equal(PLAN(&world, &body, DAYS(20)), VG_VERDICT_TAKEN);
	body.agreed_by = "";
	body.category = VG_WINDOW_EMERGENCY;
	assert_int_equal(PLAN(&world, &body, DAYS(20)), VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

static void
work_begins_once_and_ends_after_that(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, COUNT(saturdays));
	int64_t noon = NOON(0);

	(void)state;
	PLAN(&world, &body, 10);
	window_command(&world, VG_KIND_WINDOW_STARTED, "W-2", "bo", noon, noon);
	assert_refused(&world, "W-2 has 3 occurrences: name the one, such as W-2.0");
	window_command(&world, VG_KIND_WINDOW_ENDED, "W-2.0", "bo", noon, noon);
	assert_refused(&world, "W-2.0 was not begun: it cannot end");
	window_command(&world, VG_KIND_WINDOW_STARTED, "W-2.0", "bo", noon, noon + 11);
	assert_refused(&world, "W-2.0 cannot have begun in the future");
	assert_int_equal(
		window_command(&world, VG_KIND_WINDOW_STARTED, "W-2.0", "bo", noon + 5, noon + 4),
		VG_VERDICT_TAKEN);
	window_command(&world, VG_KIND_WINDOW_STARTED, "W-2.0", "bo", noon + 6, noon + 5);
	assert_refused(&world, "W-2.0 was begun already");
	window_command(&world, VG_KIND_WINDOW_ENDED, "W-2.0", "bo", noon + 6, noon + 4);
	assert_refused(&world, "W-2.0 must end after it began");
	window_command(&world, VG_KIND_WINDOW_ENDED, "W-2.0", "bo", noon + 6, noon + 17);
	assert_refused(&world, "W-2.0 cannot have ended in the future");
	assert_int_equal(
		window_command(&world, VG_KIND_WINDOW_ENDED, "W-2.0", "bo", noon + 60, noon + 60),
		VG_VERDICT_TAKEN);
	window_command(&world, VG_KIND_WINDOW_ENDED, "W-2.0", "bo", noon + 61, noon + 61);
	assert_refused(&world, "W-2.0 was ended already");
	assert_int_equal(vg_core_window(world.core, 2, 0)->started_ms, at_ms(noon + 4));
	assert_int_equal(vg_core_window(world.core, 2, 0)->ended_ms, at_ms(noon + 60));
	window_command(&world, VG_KIND_WINDOW_STARTED, "W-2.1", "bo", NOON(1) + 120, NOON(1) + 120);
	assert_refused(&world, "W-2.1 was to end before that: it cannot begin");
	window_command(&world, VG_KIND_WINDOW_WITHDRAWN, "W-2.2", "bo", NOON(2) - 60, 0);
	window_command(&world, VG_KIND_WINDOW_STARTED, "W-2.2", "bo", NOON(2), NOON(2));
	assert_refused(&world, "W-2.2 was withdrawn: it cannot begin");
	vg_core_free(world.core);
}

/* Between the first two occurrences: the first gives its time back and waits, the others have
 * nothing to give. */
static void
a_withdrawal_waits_only_where_time_was_left_out(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, COUNT(saturdays));
	const struct vg_window *window;

	(void)state;
	PLAN(&world, &body, 10);
	window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2", "bo", 11, 0);
	assert_int_equal(window_command(&world, VG_KIND_WINDOW_WITHDRAWN, "W-2", "bo", DAYS(17), 0),
			 VG_VERDICT_TAKEN);
	for (int64_t n = 0; n < 3; n++) {
		window = vg_core_window(world.core, 2, n);
		assert_true(window->withdrawn);
		assert_string_equal(window->withdrawn_by, "bo");
		assert_string_equal(window->withdrawn_reason, "a reason");
		assert_string_equal(window->withdrawal_approved_by, n == 0 ? "" : "bo");
	}
	window_command(&world, VG_KIND_WINDOW_WITHDRAWN, "W-2", "anna", DAYS(17), 0);
	assert_refused(&world, "W-2.0 was withdrawn already");
	window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2", "bo", DAYS(17), 0);
	assert_refused(&world, "W-2.0 was stated by the same: a second principal");
	assert_int_equal(
		window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2", "anna", DAYS(17), 0),
		VG_VERDICT_TAKEN);
	assert_string_equal(vg_core_window(world.core, 2, 0)->withdrawal_approved_by, "anna");
	vg_core_free(world.core);
}

static void
a_withdrawal_says_why(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, 1);

	(void)state;
	PLAN(&world, &body, 10);
	body = (struct vg_window_body){.window = "W-2.0", .reason = ""};
	window_event(&world, VG_KIND_WINDOW_WITHDRAWN, &body, "anna", 11);
	assert_refused(&world, "W-2.0 is withdrawn with a reason");
	vg_core_free(world.core);
}

static void
only_a_window_that_is_there_can_be_spoken_of(void **state)
{
	static const char *const names[] = {"W-3",    "W-2.3", "W-2.", "O-2",
					    "W-2.0.", "",      "W-x",  "W-2.99999999999999999999"};
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, COUNT(saturdays));

	(void)state;
	PLAN(&world, &body, 10);
	for (size_t i = 0; i < COUNT(names); i++) {
		window_command(&world, VG_KIND_WINDOW_APPROVED, names[i], "bo", 11, 0);
		assert_refused(&world, "expected W-, its number");
	}
	vg_core_free(world.core);
}

static void
a_window_marks_the_months_that_it_changes(void **state)
{
	struct world world = object_world();
	struct vg_window_body body = window_body(saturdays, COUNT(saturdays));
	struct marked marked;

	(void)state;
	body.agreed_by = "driftchef";
	body.reason = "forgotten";
	PLAN(&world, &body, DAYS(60));
	marked = marked_since(&world, world.seq - 1);
	assert_int_equal(marked.count, 3);
	assert_int_equal(marked.first, JANUARY);
	window_command(&world, VG_KIND_WINDOW_APPROVED, "W-2.0", "bo", DAYS(60), 0);
	assert_int_equal(marked_since(&world, world.seq - 1).count, 3);
	window_command(&world, VG_KIND_WINDOW_WITHDRAWN, "W-2.1", "bo", DAYS(60), 0);
	assert_int_equal(marked_since(&world, world.seq - 1).count, 3);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_occurrence_is_an_object_of_its_own),
		cmocka_unit_test(a_second_person_approves_one_occurrence_or_all_of_them),
		cmocka_unit_test(a_plan_that_cannot_be_is_refused_with_what_was_expected),
		cmocka_unit_test(short_notice_is_told_when_it_leaves_no_time_out),
		cmocka_unit_test(notice_is_counted_in_local_days),
		cmocka_unit_test(a_window_after_the_fact_needs_a_ground_older_than_itself),
		cmocka_unit_test(work_begins_once_and_ends_after_that),
		cmocka_unit_test(a_withdrawal_waits_only_where_time_was_left_out),
		cmocka_unit_test(a_withdrawal_says_why),
		cmocka_unit_test(only_a_window_that_is_there_can_be_spoken_of),
		cmocka_unit_test(a_window_marks_the_months_that_it_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
