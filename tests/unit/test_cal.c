/* Business time (semantics.md 3.4, 6; vector A7): edges by table, the rest by properties against a
 * minute count. */
#include "tests/unit/core_support.h"

#define ROUNDS 4000

/* Two days 08-16 with ten minutes between two intervals of the first: 08:00-12:00, 12:10-16:00,
 * then 08:00-16:00. */
static struct vg_cal *
two_days(void)
{
	static const int64_t start_ms[] = {8 * HOUR_MS, 12 * HOUR_MS + 10 * MINUTE_MS,
					   32 * HOUR_MS};
	static const int64_t end_ms[] = {12 * HOUR_MS, 16 * HOUR_MS, 40 * HOUR_MS};

	return vg_cal_new("two", false, 0, 2 * DAY_MS, 3, start_ms, end_ms);
}

static const struct due_case {
	const char *sentence;
	int64_t from_min, target_min, due_min;
} due_cases[] = {
	{"a target inside one interval", 8 * 60, 60, 9 * 60},
	{"a target used up exactly at closing is due at closing", 8 * 60, 240, 12 * 60},
	{"the last target before the night is due at the night's closing", 8 * 60, 470, 16 * 60},
	{"one minute more is due after the next opening", 8 * 60, 471, 32 * 60 + 1},
	{"a start in closed time counts from the next opening", 20 * 60, 30, 32 * 60 + 30},
	{"a start at closing counts from the next opening", 16 * 60, 1, 32 * 60 + 1},
	{"a start before all intervals", 0, 1, 8 * 60 + 1},
	{"a target of 0 in open time is due at the start", 9 * 60, 0, 9 * 60},
	{"a target of 0 in closed time is due at the start", 20 * 60, 0, 20 * 60},
	{"all open time there is", 0, 950, 40 * 60},
	{"more than the expansion has", 0, 951, -1},
	{"a start past the last closing", 41 * 60, 1, -1},
};

static void
due_is_the_earliest_instant_that_uses_the_target_up(void **state)
{
	struct vg_cal *cal = two_days();
	size_t i;

	(void)state;
	assert_non_null(cal);
	for (i = 0; i < sizeof due_cases / sizeof due_cases[0]; i++) {
		const struct due_case *c = &due_cases[i];
		int64_t want_ms = c->due_min < 0 ? -1 : c->due_min * MINUTE_MS;
		int64_t due_ms =
			vg_cal_due_ms(cal, c->from_min * MINUTE_MS, c->target_min * MINUTE_MS);

		if (due_ms != want_ms)
			fail_msg("%s: due %lld, expected %lld", c->sentence, (long long)due_ms,
				 (long long)want_ms);
	}
	vg_cal_free(cal);
}

static const struct between_case {
	const char *sentence;
	int64_t from_min, to_min, open_min;
} between_cases[] = {
	{"inside one interval", 9 * 60, 10 * 60, 60},
	{"over a short break", 11 * 60, 13 * 60, 110},
	{"over the night", 15 * 60, 33 * 60, 120},
	{"closed time only", 17 * 60, 31 * 60, 0},
	{"half-open: the closing itself is not open", 12 * 60, 12 * 60 + 10, 0},
	{"backwards", 10 * 60, 9 * 60, 0},
	{"the same instant", 9 * 60, 9 * 60, 0},
	{"all, and beyond the expansion", -100, 100 * 60, 950},
};

static void
between_counts_open_time_only(void **state)
{
	struct vg_cal *cal = two_days();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof between_cases / sizeof between_cases[0]; i++) {
		const struct between_case *c = &between_cases[i];
		int64_t open_ms =
			vg_cal_between_ms(cal, c->from_min * MINUTE_MS, c->to_min * MINUTE_MS);

		if (open_ms != c->open_min * MINUTE_MS)
			fail_msg("%s: %lld ms", c->sentence, (long long)open_ms);
	}
	vg_cal_free(cal);
}

static void
unsound_intervals_are_refused(void **state)
{
	static const struct {
		int64_t start_ms[2], end_ms[2];
	} cases[] = {
		{{1000, 2000}, {3000, 4000}},  /* overlap */
		{{3000, 1000}, {4000, 2000}},  /* order */
		{{1000, 3000}, {1000, 4000}},  /* empty */
		{{1000, 3000}, {2000, 11000}}, /* past the expansion */
		{{-1000, 3000}, {2000, 4000}}, /* before it */
	};
	static const int64_t start_ms[] = {1000, 2000}, end_ms[] = {2000, 3000};
	struct vg_cal *cal;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_null(
			vg_cal_new("bad", false, 0, 10000, 2, cases[i].start_ms, cases[i].end_ms));
	assert_null(vg_cal_new("backwards", false, 10, 0, 0, NULL, NULL));
	cal = vg_cal_new("adjacent", false, 0, 10000, 2, start_ms, end_ms);
	assert_non_null(cal);
	assert_int_equal(vg_cal_between_ms(cal, 1500, 2500), 1000);
	vg_cal_free(cal);
	vg_cal_free(NULL);
}

static void
around_the_clock_is_always_open(void **state)
{
	struct vg_cal *cal = vg_cal_new("24x7", true, 0, 0, 0, NULL, NULL);
	struct vg_cal *never = vg_cal_new("never", false, 0, 1000, 0, NULL, NULL);

	(void)state;
	assert_int_equal(vg_cal_between_ms(cal, -5000, 7000), 12000);
	assert_int_equal(vg_cal_due_ms(cal, 7000, 5000), 12000);
	assert_int_equal(vg_cal_due_ms(cal, INT64_MAX - 1, 5000), -1);
	assert_int_equal(vg_cal_between_ms(never, 0, 1000), 0);
	assert_int_equal(vg_cal_due_ms(never, 0, 1), -1);
	vg_cal_free(cal);
	vg_cal_free(never);
}

/* Random intervals on whole seconds; some touch each other. */
static struct vg_cal *
random_cal(uint64_t *seed)
{
	enum { INTERVALS = 60 };
	int64_t start_ms[INTERVALS], end_ms[INTERVALS], at_ms = 0;
	int64_t n = support_below(seed, INTERVALS) + 1, i;

	for (i = 0; i < n; i++) {
		start_ms[i] = at_ms += support_below(seed, 5) * support_below(seed, 4000) * 1000;
		end_ms[i] = at_ms += (support_below(seed, 6000) + 1) * 1000;
	}
	return vg_cal_new("random", false, 0, at_ms + DAY_MS, (size_t)n, start_ms, end_ms);
}

static void
elapsed_to_the_due_instant_is_the_target(void **state)
{
	uint64_t seed = 34;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct vg_cal *cal = random_cal(&seed);
		int64_t from_ms = support_below(&seed, cal->to_ms / 1000) * 1000;
		int64_t open_ms = vg_cal_between_ms(cal, from_ms, cal->to_ms);
		int64_t target_ms = support_below(&seed, open_ms / 1000 + 1) * 1000;
		int64_t due_ms = vg_cal_due_ms(cal, from_ms, target_ms);

		assert_true(due_ms >= from_ms);
		assert_int_equal(vg_cal_between_ms(cal, from_ms, due_ms), target_ms);
		if (due_ms > from_ms)
			assert_true(vg_cal_between_ms(cal, from_ms, due_ms - 1) < target_ms);
		assert_int_equal(vg_cal_due_ms(cal, from_ms, open_ms + 1), -1);
		vg_cal_free(cal);
	}
}

static void
elapsed_is_additive(void **state)
{
	uint64_t seed = 35;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct vg_cal *cal = random_cal(&seed);
		int64_t a = support_below(&seed, cal->to_ms), b = support_below(&seed, cal->to_ms);
		int64_t c = support_below(&seed, cal->to_ms);

		if (a <= b && b <= c)
			assert_int_equal(vg_cal_between_ms(cal, a, b) +
						 vg_cal_between_ms(cal, b, c),
					 vg_cal_between_ms(cal, a, c));
		vg_cal_free(cal);
	}
}

/* Open minutes by looking at the wall clock once a minute. */
static int64_t
slow_count(unsigned weekdays, int64_t open_ms, int64_t close_ms, int64_t from_ms, int64_t to_ms)
{
	int64_t at_ms, count = 0;

	for (at_ms = from_ms; at_ms < to_ms; at_ms += MINUTE_MS) {
		int64_t local_ms = at_ms + support_offset_ms(at_ms);
		int64_t wall_ms = local_ms % DAY_MS;

		count += (weekdays >> support_weekday(local_ms / DAY_MS) & 1) != 0 &&
			 wall_ms >= open_ms && wall_ms < close_ms;
	}
	return count * MINUTE_MS;
}

/* Hours that hold the changed hour, end before it, begin after it, and the ordinary ones of the
 * agreement. */
static const struct wall_hours {
	const char *name;
	unsigned weekdays;
	int64_t open_min, close_min;
} wall_hours[] = {
	{"vardag_0730_1630", 0x1f, 7 * 60 + 30, 16 * 60 + 30},
	{"alla_0100_0400", 0x7f, 60, 240},
	{"alla_0000_2400", 0x7f, 0, 1440},
	{"sondag_0300_0500", 0x40, 180, 300},
};

static void
elapsed_equals_a_count_minute_by_minute_over_both_clock_changes(void **state)
{
	static const int64_t months[] = {3, 10};
	uint64_t seed = 36;
	size_t i, m, round;

	(void)state;
	for (i = 0; i < sizeof wall_hours / sizeof wall_hours[0]; i++) {
		const struct wall_hours *h = &wall_hours[i];
		struct vg_cal *cal = support_cal(h->name, h->weekdays, h->open_min * MINUTE_MS,
						 h->close_min * MINUTE_MS, support_days(2026, 1, 1),
						 support_days(2027, 1, 1));

		for (round = 0; round < 200; round++) {
			int64_t change_ms;
			int64_t from_ms, to_ms, want_ms;

			m = round % 2;
			change_ms = support_change_ms(2026, (int)months[m]);
			from_ms = change_ms - support_below(&seed, 4 * 1440) * MINUTE_MS;
			to_ms = change_ms + support_below(&seed, 4 * 1440) * MINUTE_MS;
			want_ms = slow_count(h->weekdays, h->open_min * MINUTE_MS,
					     h->close_min * MINUTE_MS, from_ms, to_ms);
			assert_int_equal(vg_cal_between_ms(cal, from_ms, to_ms), want_ms);
			if (want_ms > 0)
				assert_true(vg_cal_due_ms(cal, from_ms, want_ms) <= to_ms);
		}
		vg_cal_free(cal);
	}
}

static void
a_night_shift_has_two_hours_in_march_and_four_in_october(void **state)
{
	struct vg_cal *cal = support_cal("natt", 0x7f, HOUR_MS, 4 * HOUR_MS,
					 support_days(2026, 1, 1), support_days(2027, 1, 1));

	(void)state;
	assert_int_equal(vg_cal_between_ms(cal, support_at("2026-03-29 00:00"),
					   support_at("2026-03-30 00:00")),
			 2 * HOUR_MS);
	assert_int_equal(vg_cal_between_ms(cal, support_at("2026-10-25 00:00"),
					   support_at("2026-10-26 00:00")),
			 4 * HOUR_MS);
	vg_cal_free(cal);
}

static const struct working_day_case {
	const char *sentence, *from;
	int64_t days;
	const char *want;
} working_day_cases[] = {
	{"the same time on the next working day", "2026-03-02 10:00", 1, "2026-03-03 10:00"},
	{"ten working days are two weeks", "2026-03-02 10:00", 10, "2026-03-16 10:00"},
	{"a Friday's next working day is Monday", "2026-03-06 16:59", 1, "2026-03-09 16:59"},
	{"from a Saturday", "2026-03-07 12:00", 1, "2026-03-09 12:00"},
	{"the wall's time of day over the spring change", "2026-03-27 10:00", 1,
	 "2026-03-30 10:00"},
	{"the wall's time of day over the autumn change", "2026-10-23 23:30", 1,
	 "2026-10-26 23:30"},
	{"from the 23-hour day after its change", "2026-03-29 12:00", 1, "2026-03-30 12:00"},
	{"from the 25-hour day after its change", "2026-10-25 12:00", 1, "2026-10-26 12:00"},
	{"from the 25-hour day before its change", "2026-10-25 01:30", 1, "2026-10-26 01:30"},
	{"none", "2026-03-07 12:00", 0, "2026-03-07 12:00"},
};

static void
working_days_keep_the_time_of_day(void **state)
{
	struct vg_agreement *agreement = support_agreement();
	char got[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof working_day_cases / sizeof working_day_cases[0]; i++) {
		const struct working_day_case *c = &working_day_cases[i];
		int64_t at_ms =
			vg_agreement_add_working_days_ms(agreement, support_at(c->from), c->days);

		if (at_ms != support_at(c->want))
			fail_msg("%s: %s", c->sentence, support_local(at_ms, got));
	}
	assert_int_equal(
		vg_agreement_add_working_days_ms(agreement, support_at("2030-12-30 12:00"), 5), -1);
	assert_int_equal(vg_agreement_add_working_days_ms(agreement, 0, 1), -1);
	vg_agreement_unref(agreement);
}

static void
days_and_months_are_local(void **state)
{
	struct vg_agreement *agreement = support_agreement();
	int october = 2026 * 12 + 9;
	int64_t november_ms = support_at("2026-11-01 00:00");

	(void)state;
	/* Vector E14: 2026-10-31T23:59:59+01:00 is October. */
	assert_int_equal(vg_agreement_month_of(agreement, november_ms - 1000), october);
	assert_int_equal(vg_agreement_month_of(agreement, november_ms), october + 1);
	assert_int_equal(vg_agreement_month_start_ms(agreement, october + 1), november_ms);
	assert_int_equal(november_ms - vg_agreement_month_start_ms(agreement, october),
			 745 * HOUR_MS);
	assert_int_equal(vg_agreement_month_start_ms(agreement, SUPPORT_END_YEAR * 12),
			 support_at("2031-01-01 00:00"));
	assert_int_equal(vg_agreement_month_start_ms(agreement, SUPPORT_END_YEAR * 12 + 1), -1);
	assert_int_equal(vg_agreement_month_start_ms(agreement, SUPPORT_FIRST_YEAR * 12 - 1), -1);
	assert_int_equal(vg_agreement_month_of(agreement, 0), -1);
	assert_int_equal(vg_agreement_day_of(agreement, november_ms - 1),
			 support_days(2026, 10, 31));
	assert_int_equal(vg_agreement_day_of(agreement, november_ms), support_days(2026, 11, 1));
	assert_true(vg_agreement_day_of(agreement, 0) == INT64_MIN);
	vg_agreement_unref(agreement);
}

static void
look_ups_find_what_is_there_and_nothing_else(void **state)
{
	struct vg_agreement *agreement = support_agreement();
	struct vg_agreement *empty = vg_agreement_new();

	(void)state;
	assert_string_equal(vg_agreement_cal(agreement, "24x7")->name, "24x7");
	assert_null(vg_agreement_cal(agreement, "utokad"));
	assert_string_equal(vg_agreement_municipality(agreement, "1489")->name, "Alingsås");
	assert_null(vg_agreement_municipality(agreement, "1488"));
	assert_string_equal(vg_agreement_service(agreement, "vard")->name, "Vårdstöd");
	assert_null(vg_agreement_service(agreement, "mail"));
	assert_int_equal(vg_agreement_target(agreement, "request")->resolution_ms, 40 * HOUR_MS);
	assert_null(vg_agreement_target(agreement, "P5"));
	assert_int_equal(vg_agreement_priority(agreement, "P4"), 3);
	assert_int_equal(vg_agreement_priority(agreement, "P5"), -1);
	assert_ptr_equal(vg_agreement_ref(agreement), agreement);
	vg_agreement_unref(agreement);
	vg_agreement_unref(agreement);
	assert_null(vg_agreement_cal(empty, "24x7"));
	assert_null(vg_agreement_municipality(empty, "1489"));
	assert_null(vg_agreement_service(empty, "journal"));
	assert_int_equal(vg_agreement_month_of(empty, 0), -1);
	vg_agreement_unref(empty);
	vg_agreement_unref(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due_is_the_earliest_instant_that_uses_the_target_up),
		cmocka_unit_test(between_counts_open_time_only),
		cmocka_unit_test(unsound_intervals_are_refused),
		cmocka_unit_test(around_the_clock_is_always_open),
		cmocka_unit_test(elapsed_to_the_due_instant_is_the_target),
		cmocka_unit_test(elapsed_is_additive),
		cmocka_unit_test(elapsed_equals_a_count_minute_by_minute_over_both_clock_changes),
		cmocka_unit_test(a_night_shift_has_two_hours_in_march_and_four_in_october),
		cmocka_unit_test(working_days_keep_the_time_of_day),
		cmocka_unit_test(days_and_months_are_local),
		cmocka_unit_test(look_ups_find_what_is_there_and_nothing_else),
	};

	return cmocka_run_group_tests_name("cal", tests, NULL, NULL);
}
