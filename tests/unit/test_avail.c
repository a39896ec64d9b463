/* Cells: the vectors of semantics.md 9.2, the month of 4.1, and what makes a figure. */
#include "tests/unit/avail_support.h"

#define OCTOBER	 (2026 * 12 + 9)
#define NOVEMBER (2026 * 12 + 10)

/* A service of every municipality seen by one trace: its states hold from row to row. */
static struct vg_agreement *
traced_agreement(void)
{
	static const struct rule_line line = {"trace", "site", 0, "journal", NULL, "*", true};
	struct vg_agreement *agreement = avail_agreement();

	agreement->municipality[1].vantage = VG_VANTAGE_CENTRAL;
	avail_add_probe(agreement, &line);
	return agreement;
}

static struct avail_world
traced_world(void)
{
	return avail_world(traced_agreement());
}

static void
trace_ms(struct avail_world *world, int64_t at_ms, char state)
{
	struct vg_sample sample = avail_sample("site", at_ms, state);

	avail_report(world, "trace", "", at_ms, &sample, 1);
}

static void
trace(struct avail_world *world, const char *at, char state)
{
	trace_ms(world, support_at(at), state);
}

static void
outage(struct avail_world *world, const char *from, const char *to)
{
	trace(world, from, 'c');
	trace(world, to, 'o');
}

static struct vg_avail_cell
november(struct avail_world *world)
{
	trace(world, "2026-12-02 00:00", 'o');
	return avail_cell_of(world->core, 2026, 11, world->now_ms, NULL, "1480");
}

/* num / den truncated to so many thousandths of a percent. */
static int64_t
millis(int64_t num, int64_t den)
{
	return num * 100000 / den;
}

/* The vectors. */

static void
a1_the_month_of_25_hours_and_a_window_of_five(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-09-01 00:00", 'o');
	avail_approve_window(&world, avail_window(&world, "", support_at("2026-10-25 00:00"),
						  support_at("2026-10-25 04:00")));
	outage(&world, "2026-10-07 10:00", "2026-10-07 10:37");
	outage(&world, "2026-10-25 01:00", "2026-10-25 01:30"); /* in the window */
	trace(&world, "2026-11-02 00:00", 'o');
	cell = avail_cell_of(world.core, 2026, 10, world.now_ms, NULL, "1480");
	assert_int_equal(cell.period_s, 2682000);
	assert_int_equal(cell.excluded_s, 18000);
	assert_int_equal(cell.base_s, 2664000);
	assert_int_equal(cell.num, 2661780);
	assert_int_equal(cell.den, 2664000);
	assert_int_equal(cell.outages, 1);
	assert_int_equal(cell.restore_s, 37 * 60);
	assert_int_equal(cell.verdict, VG_AVAIL_MET);
	vg_core_free(world.core);
}

static void
a3_overlapping_outages_are_united(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	trace(&world, "2026-12-01 12:00", 'o');
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "", support_at("2026-11-10 10:00"),
		     support_at("2026-11-10 11:00"), VG_PARTY_VGR);
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "1480", support_at("2026-11-10 10:30"),
		     support_at("2026-11-10 11:15"), VG_PARTY_UNKNOWN);
	cell = november(&world);
	assert_int_equal(cell.base_s, 2592000);
	assert_int_equal(cell.down_s, 75 * 60);
	assert_int_equal(cell.outages, 1);
	assert_int_equal(cell.provisional_s, 75 * 60);
	assert_int_equal(millis(cell.num, cell.den), 99826);
	vg_core_free(world.core);
}

static void
a4_no_data_under_either_policy(void **state)
{
	static const struct {
		enum vg_unknown_policy policy;
		int64_t millis;
	} cases[] = {{VG_UNKNOWN_EXCLUDE, 99859}, {VG_UNKNOWN_AS_UP, 99861}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vg_agreement *agreement = traced_agreement();
		struct avail_world world;
		struct vg_avail_cell cell;

		agreement->unknown_policy = cases[i].policy;
		world = avail_world(agreement);
		trace(&world, "2026-10-01 00:00", 'o');
		trace(&world, "2026-11-03 00:00", 'u');
		trace(&world, "2026-11-03 06:00", 'o');
		outage(&world, "2026-11-05 10:00", "2026-11-05 11:00");
		cell = november(&world);
		assert_int_equal(millis(cell.num, cell.den), cases[i].millis);
		assert_int_equal(millis(cell.low_num, cell.low_den), 99027);
		assert_int_equal(millis(cell.base_s - cell.unknown_s, cell.base_s), 99166);
		vg_core_free(world.core);
	}
}

static void
a6_what_was_before_the_membership_is_outside(void **state)
{
	struct vg_agreement *agreement = traced_agreement();
	struct avail_world world;
	struct vg_avail_cell cell;

	(void)state;
	agreement->municipality[0].go_live_ms = support_at("2026-11-16 00:00");
	world = avail_world(agreement);
	trace(&world, "2026-10-01 00:00", 'o');
	outage(&world, "2026-11-10 10:00", "2026-11-10 12:00");
	outage(&world, "2026-11-20 10:00", "2026-11-20 10:30");
	cell = november(&world);
	assert_int_equal(cell.base_s, 1296000);
	assert_int_equal(cell.outside_s, 1296000);
	assert_int_equal(cell.outages, 1);
	assert_int_equal(millis(cell.num, cell.den), 99861);
	vg_core_free(world.core);
}

static void
a7_an_outage_outside_agreed_hours_is_none(void **state)
{
	struct vg_agreement *agreement = traced_agreement();
	struct avail_world world;
	struct vg_avail_cell cell;

	(void)state;
	agreement->cal[1]->n = 0; /* midsommarafton closes the day: nothing is open */
	agreement->service[0].hours = agreement->cal[1];
	world = avail_world(agreement);
	trace(&world, "2026-06-01 00:00", 'o');
	outage(&world, "2026-06-19 08:00", "2026-06-19 12:00");
	trace(&world, "2026-07-02 00:00", 'o');
	cell = avail_cell_of(world.core, 2026, 6, world.now_ms, NULL, "1480");
	assert_int_equal(cell.down_s, 0);
	assert_int_equal(cell.outages, 0);
	assert_int_equal(cell.verdict, VG_AVAIL_NOT_APPLICABLE);
	vg_core_free(world.core);
}

/* semantics.md 4.1, in a month of 43 200 minutes. */
static void
one_month_by_four_formulas(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	avail_approve_window(&world, avail_window(&world, "", support_at("2026-11-08 00:00"),
						  support_at("2026-11-08 04:00")));
	outage(&world, "2026-11-08 00:00", "2026-11-08 04:00");
	outage(&world, "2026-11-12 10:00", "2026-11-12 12:00");
	trace(&world, "2026-11-20 10:00", 'w');
	trace(&world, "2026-11-20 11:00", 'o');
	cell = november(&world);
	assert_int_equal(cell.base_s, 42960 * 60);
	assert_int_equal(cell.down_s, 120 * 60);
	assert_int_equal(cell.degraded_s, 60 * 60);
	assert_int_equal(millis(cell.num, cell.den), 99720);
	assert_int_equal(cell.twin_num[VG_TWIN_CHECKMK] * 1000000 / cell.twin_den[VG_TWIN_CHECKMK],
			 990277);
	assert_int_equal(cell.twin_num[VG_TWIN_CHECKMK], (43200 - 420) * 60);
	assert_int_equal(cell.twin_den[VG_TWIN_CHECKMK], 43200 * 60);
	assert_int_equal(cell.twin_num[VG_TWIN_ZABBIX], (42960 - 180) * 60);
	assert_int_equal(cell.twin_den[VG_TWIN_ZABBIX], 42960 * 60);
	assert_int_equal(cell.twin_num[VG_TWIN_ICINGA], (43200 - 120) * 60);
	assert_int_equal(cell.twin_den[VG_TWIN_ICINGA], 43200 * 60);
	assert_int_equal(cell.budget_month_s, 42960 * 60 * 2 / 1000 - 7200);
	assert_int_equal(cell.verdict, VG_AVAIL_MISSED);
	vg_core_free(world.core);
}

/* Edges of a period. */

static void
an_outage_counts_where_it_starts_and_its_time_where_it_lies(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	outage(&world, "2026-10-31 23:30", "2026-11-01 01:15");
	cell = avail_cell_of(world.core, 2026, 10, world.now_ms, NULL, "1480");
	assert_int_equal(cell.outages, 1);
	assert_int_equal(cell.down_s, 30 * 60);
	assert_int_equal(cell.ended, 0);
	assert_true(cell.running);
	cell = november(&world);
	assert_int_equal(cell.outages, 0);
	assert_int_equal(cell.down_s, 75 * 60);
	assert_int_equal(cell.ended, 1);
	assert_int_equal(cell.restore_s, 105 * 60);
	assert_false(cell.running);
	vg_core_free(world.core);
}

static void
a_running_outage_counts_before_it_ends(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	trace(&world, "2026-11-02 00:00", 'o');
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "", support_at("2026-11-01 23:00"),
		     INT64_MAX, VG_PARTY_SUPPLIER);
	avail_tick(&world, support_at("2026-11-02 00:30"));
	cell = avail_cell_of(world.core, 2026, 11, world.now_ms, NULL, "1480");
	assert_int_equal(cell.down_s, 90 * 60);
	assert_int_equal(cell.outages, 1);
	assert_true(cell.running);
	assert_int_equal(cell.longest_s, 90 * 60);
	assert_int_equal(cell.budget_earned_s, cell.base_s * 2 / 1000 - 5400);
	assert_int_equal(cell.budget_month_s, 2592000 * 2 / 1000 - 5400);
	vg_core_free(world.core);
}

static void
two_outages_close_together_are_one_in_number_only(void **state)
{
	static const struct {
		int64_t join_gap_s;
		int64_t outages, restore_s;
	} cases[] = {{300, 1, 14 * 60}, {240, 2, 10 * 60}, {0, 2, 10 * 60}};
	static const struct rule_line line = {"a", "web", 60, "journal", NULL, "*", true};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct vg_agreement *agreement = avail_agreement();
		int64_t from_ms = support_at("2026-11-02 10:00");
		struct avail_world world;
		struct vg_avail_cell cell;

		agreement->join_gap_s = cases[i].join_gap_s;
		avail_add_probe(agreement, &line);
		world = avail_world(agreement);
		avail_run(&world, "a", "web", from_ms, MINUTE_MS,
			  "oooooooocccccoooocccccoooooooooooo");
		cell = avail_cell_of(world.core, 2026, 11, world.now_ms, NULL, "1480");
		assert_int_equal(cell.down_s, 600);
		assert_int_equal(cell.outages, cases[i].outages);
		assert_int_equal(cell.restore_s, cases[i].restore_s);
		assert_int_equal(cell.ended, cases[i].outages);
		vg_core_free(world.core);
	}
}

/* Windows. */

struct window_case {
	const char *entered, *announced; /* NULL = not stated */
	const char *agreed_by;
	enum vg_window_category category;
	bool approved, withdrawn;
	int64_t excluded_s, provisional_s, emergency_s;
};

static void
plan_case(struct avail_world *world, const struct window_case *x)
{
	struct vg_event event = avail_event(world, VG_KIND_WINDOW_PLANNED, support_at(x->entered));
	int64_t time[1][2] = {{support_at("2026-11-20 01:00"), support_at("2026-11-20 03:00")}};
	char id[32];

	event.body.window = (struct vg_window_body){
		.window = "",
		.name = "w",
		.services = "journal",
		.channels = "",
		.municipalities = "1480",
		.category = x->category,
		.announced_ms = x->announced != NULL ? support_at(x->announced) : -1,
		.agreed_by = x->agreed_by,
		.rrule = "",
		.uid = "",
		.reason = "test",
		.times = 1,
		.time = time};
	assert_true(avail_step(world, &event) <= VG_VERDICT_FLAGGED);
	snprintf(id, sizeof(id), "W-%lld", (long long)event.seq);
	if (x->approved)
		avail_approve(world, VG_KIND_WINDOW_APPROVED, id);
	if (!x->withdrawn)
		return;
	event = avail_event(world, VG_KIND_WINDOW_WITHDRAWN, support_at("2026-11-21 00:00"));
	event.body.window = (struct vg_window_body){.window = id, .reason = "misused"};
	assert_true(avail_step(world, &event) <= VG_VERDICT_FLAGGED);
}

static void
add_span(int64_t from_ms, int64_t to_ms, void *arg)
{
	*(int64_t *)arg += (to_ms - from_ms) / 1000;
}

/* The stretches behind excluded_s. */
static int64_t
spans_s(const struct avail_world *world, const struct vg_avail_cell *cell)
{
	int64_t seconds = 0;

	assert_int_equal(vg_avail_excluded(world->core, &cell->scope, cell->from_ms, cell->to_ms,
					   add_span, &seconds),
			 0);
	return seconds;
}

static void
a_window_leaves_time_out_when_it_was_planned_in_time_and_approved(void **state)
{
	static const struct window_case cases[] = {
		{"2026-11-09 00:00", NULL, "", VG_WINDOW_PLANNED, true, false, 7200, 0, 0},
		{"2026-11-10 01:00", NULL, "", VG_WINDOW_PLANNED, true, false, 7200, 0, 0},
		{"2026-11-10 01:01", NULL, "", VG_WINDOW_PLANNED, true, false, 0, 0, 0},
		{"2026-11-19 00:00", NULL, "1480", VG_WINDOW_PLANNED, true, false, 7200, 0, 0},
		{"2026-11-09 00:00", NULL, "", VG_WINDOW_PLANNED, false, false, 0, 0, 0},
		/* after the fact: at once, but it waits for the second person */
		{"2026-11-22 00:00", "2026-11-01 00:00", "", VG_WINDOW_PLANNED, false, false, 7200,
		 7200, 0},
		{"2026-11-22 00:00", NULL, "1480", VG_WINDOW_PLANNED, true, false, 7200, 0, 0},
		/* taken back after it began: its time returns at once */
		{"2026-11-09 00:00", NULL, "", VG_WINDOW_PLANNED, true, true, 0, 7200, 0},
		{"2026-11-20 00:30", NULL, "", VG_WINDOW_EMERGENCY, true, false, 0, 0, 7200},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct avail_world world = traced_world();
		struct vg_avail_cell cell;

		trace(&world, "2026-10-01 00:00", 'o');
		plan_case(&world, &cases[i]);
		cell = november(&world);
		if (cell.excluded_s != cases[i].excluded_s ||
		    cell.provisional_s != cases[i].provisional_s ||
		    cell.emergency_s != cases[i].emergency_s)
			fail_msg("window %zu: excluded %lld, provisional %lld, emergency %lld", i,
				 (long long)cell.excluded_s, (long long)cell.provisional_s,
				 (long long)cell.emergency_s);
		assert_int_equal(spans_s(&world, &cell), cell.excluded_s);
		cell = avail_cell_of(world.core, 2026, 11, world.now_ms, NULL, "1489");
		assert_int_equal(cell.excluded_s, 0);
		vg_core_free(world.core);
	}
}

static void
an_overrun_is_down_and_an_outage_of_its_own(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	avail_approve_window(&world, avail_window(&world, "", support_at("2026-11-08 00:00"),
						  support_at("2026-11-08 04:00")));
	outage(&world, "2026-11-08 00:10", "2026-11-08 04:20");
	cell = november(&world);
	assert_int_equal(cell.down_s, 20 * 60);
	assert_int_equal(cell.outages, 1);
	assert_int_equal(cell.restore_s, 20 * 60);
	vg_core_free(world.core);
}

/* Down in a window and, after a minute's joined gap outside it, again: the outage begins there. */
static void
what_is_up_in_a_joined_gap_begins_no_outage(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	avail_window(&world, "", support_at("2026-11-08 00:00"), support_at("2026-11-08 00:20"));
	avail_approve_window(&world, world.seq);
	outage(&world, "2026-11-08 00:10", "2026-11-08 00:20");
	outage(&world, "2026-11-08 00:21", "2026-11-08 00:30");
	cell = november(&world);
	assert_int_equal(cell.down_s, 9 * 60);
	assert_int_equal(cell.outages, 1);
	assert_int_equal(cell.restore_s, 9 * 60);
	vg_core_free(world.core);
}

/* The night to the 8th of November, for some channels of every service. */
static void
leave_night_out(struct avail_world *world, const char *channels)
{
	avail_approve_window(world,
			     avail_window_of(world, "", channels, support_at("2026-11-08 00:00"),
					     support_at("2026-11-08 04:00")));
}

/* A window of the mobile channel says nothing of a service that has no channels. */
static void
a_window_of_a_channel_is_none_of_a_service_without(void **state)
{
	struct vg_agreement *agreement = traced_agreement();
	struct avail_world world;

	(void)state;
	avail_add_channel(agreement, "mobile");
	avail_add_service(agreement, "mail", false);
	agreement->service[1].channels = 1;
	world = avail_world(agreement);
	trace(&world, "2026-10-01 00:00", 'o');
	leave_night_out(&world, "mobile");
	assert_int_equal(november(&world).excluded_s, 0);
	vg_core_free(world.core);
}

/* All channels together are left out of Base where every channel of the service is. */
static void
a_window_of_some_channels_leaves_only_those_out(void **state)
{
	static const struct {
		const char *channels;
		int64_t excluded[3]; /* of app, of mobile, of all together */
	} cases[] = {{"mobile", {0, 4 * 3600, 0}},
		     {"app mobile", {4 * 3600, 4 * 3600, 4 * 3600}},
		     {"", {4 * 3600, 4 * 3600, 4 * 3600}},
		     {"app web", {4 * 3600, 0, 0}}};
	static const char *const channels[] = {"app", "mobile", NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_agreement *agreement = traced_agreement();
		struct avail_world world;

		avail_add_channel(agreement, "app");
		avail_add_channel(agreement, "mobile");
		avail_add_channel(agreement, "web"); /* which the service has not */
		agreement->service[0].channels = 3;
		avail_add_service(agreement, "mail", false);
		agreement->service[1].channels = 4;
		world = avail_world(agreement);
		trace(&world, "2026-10-01 00:00", 'o');
		leave_night_out(&world, cases[i].channels);
		trace(&world, "2026-12-02 00:00", 'o');
		for (size_t k = 0; k < 3; k++) {
			struct vg_avail_cell cell = avail_cell_of(
				world.core, 2026, 11, world.now_ms, channels[k], "1480");

			assert_int_equal(cell.excluded_s, cases[i].excluded[k]);
		}
		vg_core_free(world.core);
	}
}

/* What is judged of October's end changes November: the outage that went on then begins there. */
static void
a_record_at_a_months_end_changes_the_next_one_too(void **state)
{
	struct avail_world world = traced_world();
	struct marked marked = {0};
	int64_t midnight_ms = support_at("2026-11-01 00:00");

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	outage(&world, "2026-10-31 23:30", "2026-11-01 01:15");
	assert_int_equal(november(&world).outages, 0);
	assert_int_equal(november(&world).restore_s, 105 * 60);
	avail_record(&world, VG_EFFECT_REFUTE, "journal", "", "", support_at("2026-10-31 23:00"),
		     midnight_ms, VG_PARTY_UNKNOWN);
	vg_core_changed_since(world.core, world.seq - 1, count_marked, &marked);
	assert_int_equal(marked.first, OCTOBER);
	assert_int_equal(marked.last, OCTOBER + 2);
	assert_int_equal(november(&world).outages, 1);
	assert_int_equal(november(&world).restore_s, 75 * 60);
	vg_core_free(world.core);
}

/* Policies. */

static void
an_external_cause_has_its_own_line(void **state)
{
	static const struct {
		enum vg_external_policy policy;
		int64_t base_s, external_s, excluded_s;
	} cases[] = {{VG_EXTERNAL_AS_UP, 2592000, 3600, 0},
		     {VG_EXTERNAL_EXCLUDE, 2592000 - 3600, 0, 3600}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vg_agreement *agreement = traced_agreement();
		struct avail_world world;
		struct vg_avail_cell cell;

		agreement->external_policy = cases[i].policy;
		world = avail_world(agreement);
		trace(&world, "2026-10-01 00:00", 'o');
		outage(&world, "2026-11-05 10:00", "2026-11-05 11:00");
		outage(&world, "2026-11-06 10:00", "2026-11-06 11:00");
		avail_record(&world, VG_EFFECT_CAUSE, "journal", "", "1480",
			     support_at("2026-11-05 10:00"), INT64_MAX, VG_PARTY_MUNICIPALITY);
		cell = november(&world);
		assert_int_equal(cell.base_s, cases[i].base_s);
		assert_int_equal(cell.external_s, cases[i].external_s);
		assert_int_equal(cell.excluded_s, cases[i].excluded_s);
		assert_int_equal(cell.down_s, 3600);
		assert_int_equal(cell.outages, 1);
		vg_core_free(world.core);
	}
}

static void
degraded_time_has_the_weight_that_is_agreed(void **state)
{
	static const struct {
		int64_t weight_ppm, num, den;
	} cases[] = {{0, 2592000, 2592000},
		     {1000000, 2592000 - 3600, 2592000},
		     {250000, (2592000 - 900) * INT64_C(1000000), 2592000 * INT64_C(1000000)}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct vg_agreement *agreement = traced_agreement();
		struct avail_world world;
		struct vg_avail_cell cell;

		agreement->degraded_ppm = cases[i].weight_ppm;
		world = avail_world(agreement);
		trace(&world, "2026-10-01 00:00", 'o');
		trace(&world, "2026-11-05 10:00", 'w');
		trace(&world, "2026-11-05 11:00", 'o');
		cell = november(&world);
		assert_int_equal(cell.degraded_s, 3600);
		assert_int_equal(cell.num, cases[i].num);
		assert_int_equal(cell.den, cases[i].den);
		vg_core_free(world.core);
	}
}

static void
too_little_measured_gives_no_verdict(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell;

	(void)state;
	trace(&world, "2026-11-05 00:00", 'o');
	cell = november(&world);
	assert_int_equal(cell.unknown_s, 4 * 86400);
	assert_int_equal(cell.verdict, VG_AVAIL_INSUFFICIENT);
	cell = avail_cell_of(world.core, 2026, 10, world.now_ms, NULL, "1480");
	assert_int_equal(cell.den, 0);
	assert_int_equal(cell.verdict, VG_AVAIL_NOT_APPLICABLE);
	vg_core_free(world.core);
}

/* Several cells. */

struct sums {
	struct vg_avail_cell sum, region;
	int cells;
};

static void
add_cell(const struct vg_avail_cell *cell, void *arg)
{
	struct sums *sums = arg;

	if (cell->scope.municipality == NULL) {
		sums->region = *cell;
		return;
	}
	sums->cells++;
	sums->sum.period_s += cell->period_s;
	sums->sum.base_s += cell->base_s;
	sums->sum.up_s += cell->up_s;
	sums->sum.down_s += cell->down_s;
	sums->sum.unknown_s += cell->unknown_s;
	sums->sum.excluded_s += cell->excluded_s;
	sums->sum.outages += cell->outages;
}

static void
days_sum_to_their_month(void **state)
{
	struct avail_world world = traced_world();
	struct sums days = {.cells = 0}, month = {.cells = 0};
	struct vg_scope filter = {"journal", NULL, "1480"};
	int day = 0;

	(void)state;
	trace(&world, "2026-10-03 10:00", 'o');
	outage(&world, "2026-10-07 23:00", "2026-10-09 01:00");
	outage(&world, "2026-10-24 23:30", "2026-10-25 05:00");
	trace(&world, "2026-11-02 00:00", 'o');
	while (vg_avail_month(world.core, OCTOBER, day, world.now_ms, &filter, add_cell, &days) ==
	       0)
		day++;
	assert_int_equal(day, 31);
	assert_int_equal(
		vg_avail_month(world.core, OCTOBER, -1, world.now_ms, &filter, add_cell, &month),
		0);
	assert_memory_equal(&days.sum, &month.sum, sizeof(days.sum));
	assert_int_equal(month.sum.outages, 2);
	vg_core_free(world.core);
}

static void
read_users(struct avail_world *world, const char *municipality, int64_t users)
{
	struct vg_event event = avail_event(world, VG_KIND_USERS_READ, world->now_ms);

	event.has_municipality = true;
	event.municipality = municipality;
	event.body.users = (struct vg_users_body){support_days(2026, 10, 1), users, 0, "licensed", ""};
	assert_int_equal(avail_step(world, &event), VG_VERDICT_TAKEN);
}

static void
the_region_is_weighted_by_users_and_plain(void **state)
{
	struct avail_world world = traced_world();
	struct sums sums = {.cells = 0};

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	trace(&world, "2026-12-02 00:00", 'o');
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "1480", support_at("2026-11-02 00:00"),
		     support_at("2026-11-05 00:00"), VG_PARTY_VGR);
	assert_int_equal(
		vg_avail_month(world.core, NOVEMBER, -1, world.now_ms, NULL, add_cell, &sums), 0);
	assert_int_equal(sums.cells, 2);
	assert_int_equal(sums.region.base_s, sums.sum.base_s);
	assert_int_equal(sums.region.down_s, 3 * 86400);
	assert_int_equal(sums.region.den, 0); /* nobody counted users */
	assert_int_equal(sums.region.users, -1);
	assert_int_equal(sums.region.unweighted_num, 950000000); /* (0.9 + 1) / 2 */
	read_users(&world, "1480", 300);
	read_users(&world, "1489", 100);
	assert_int_equal(
		vg_avail_month(world.core, NOVEMBER, -1, world.now_ms, NULL, add_cell, &sums), 0);
	assert_int_equal(sums.region.num, 925000000);
	assert_int_equal(sums.region.den, 1000000000);
	assert_int_equal(sums.region.users, 400);
	assert_int_equal(sums.region.user_seconds, 300 * 3 * 86400);
	assert_int_equal(sums.region.verdict, VG_AVAIL_MISSED);
	vg_core_free(world.core);
}

static void
a_service_that_is_called_off_has_cells_for_those_who_did(void **state)
{
	struct vg_agreement *agreement = traced_agreement();
	struct avail_world world;
	struct sums sums = {.cells = 0};

	(void)state;
	agreement->calloffs = 1;
	agreement->calloff = support_array(1, sizeof(*agreement->calloff));
	agreement->calloff[0] = (struct vg_calloff){support_copy("1489"), 0,
						    support_at("2026-11-11 00:00"), INT64_MAX};
	world = avail_world(agreement);
	trace(&world, "2026-10-01 00:00", 'o');
	trace(&world, "2026-12-02 00:00", 'o');
	assert_int_equal(
		vg_avail_month(world.core, OCTOBER, -1, world.now_ms, NULL, add_cell, &sums), 0);
	assert_int_equal(sums.cells, 0);
	assert_int_equal(
		vg_avail_month(world.core, NOVEMBER, -1, world.now_ms, NULL, add_cell, &sums), 0);
	assert_int_equal(sums.cells, 1);
	assert_int_equal(sums.sum.base_s, 20 * 86400);
	assert_int_equal(
		vg_avail_month(world.core, 1990 * 12, -1, world.now_ms, NULL, add_cell, &sums),
		-1004);
	vg_core_free(world.core);
}

static void
an_exception_has_its_own_hours_and_target(void **state)
{
	struct vg_agreement *agreement = traced_agreement();
	struct avail_world world;
	struct vg_avail_cell cell;

	(void)state;
	agreement->exceptions = 1;
	agreement->exception = support_array(1, sizeof(*agreement->exception));
	agreement->exception[0] = (struct vg_exception){
		support_copy("1480"), 0, vg_agreement_cal(agreement, "vardag_0730_1630"), 990000};
	world = avail_world(agreement);
	trace(&world, "2026-10-01 00:00", 'o');
	outage(&world, "2026-11-02 07:00", "2026-11-02 08:00");
	cell = november(&world);
	assert_int_equal(cell.base_s, 21 * 9 * 3600);
	assert_int_equal(cell.down_s, 1800);
	assert_int_equal(cell.target_ppm, 990000);
	cell = avail_cell_of(world.core, 2026, 11, world.now_ms, NULL, "1489");
	assert_int_equal(cell.base_s, 2592000);
	assert_int_equal(cell.target_ppm, 998000);
	vg_core_free(world.core);
}

/* Metamorphic rules, semantics.md 4.3. */

static void
events_over_unmeasured_time_change_nothing(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell before, after;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	trace(&world, "2026-11-03 00:00", 'u');
	trace(&world, "2026-11-03 06:00", 'o');
	outage(&world, "2026-11-05 10:00", "2026-11-05 11:00");
	before = november(&world);
	avail_window(&world, "", support_at("2026-11-03 01:00"), support_at("2026-11-03 02:00"));
	avail_record(&world, VG_EFFECT_CAUSE, "journal", "", "", support_at("2026-11-03 02:00"),
		     support_at("2026-11-03 05:00"), VG_PARTY_THIRD_PARTY);
	avail_record(&world, VG_EFFECT_REFUTE, "journal", "", "", support_at("2026-11-03 02:00"),
		     support_at("2026-11-03 03:00"), VG_PARTY_UNKNOWN);
	after = november(&world);
	assert_int_equal(before.num, after.num);
	assert_int_equal(before.den, after.den);
	assert_int_equal(before.down_s, after.down_s);
	assert_int_equal(before.outages, after.outages);
	assert_int_equal(before.restore_s, after.restore_s);
	vg_core_free(world.core);
}

static void
an_outage_in_two_touching_parts_is_the_same_outage(void **state)
{
	struct vg_avail_cell cell[2];

	(void)state;
	for (int parts = 1; parts <= 2; parts++) {
		struct avail_world world = traced_world();
		int64_t from_ms = support_at("2026-11-05 10:00");

		trace(&world, "2026-10-01 00:00", 'o');
		trace(&world, "2026-12-01 00:00", 'o');
		for (int i = 0; i < parts; i++)
			avail_record(&world, VG_EFFECT_DOWN, "journal", "", "",
				     from_ms + i * HOUR_MS, from_ms + (3 - parts + i) * HOUR_MS,
				     VG_PARTY_VGR);
		cell[parts - 1] = november(&world);
		vg_core_free(world.core);
	}
	assert_int_equal(cell[0].down_s, 7200);
	assert_int_equal(cell[1].down_s, 7200);
	assert_int_equal(cell[1].outages, 1);
	assert_int_equal(cell[0].restore_s, cell[1].restore_s);
}

static void
down_never_raises_and_a_window_over_up_never_raises(void **state)
{
	struct avail_world world = traced_world();
	struct vg_avail_cell cell[3];

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	outage(&world, "2026-11-05 10:00", "2026-11-05 11:00");
	cell[0] = november(&world);
	avail_window(&world, "", support_at("2026-11-09 01:00"), support_at("2026-11-09 05:00"));
	cell[1] = november(&world);
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "", support_at("2026-11-12 02:00"),
		     support_at("2026-11-12 05:00"), VG_PARTY_SUPPLIER);
	cell[2] = november(&world);
	for (int i = 0; i < 2; i++)
		assert_true(cell[i + 1].num * cell[i].den <= cell[i].num * cell[i + 1].den);
	vg_core_free(world.core);
}

/* What was seen. */

static void
a_month_to_come_needs_no_end_of_time(void **state)
{
	static const struct rule_line line = {"a", "web", 60, "journal", NULL, "1480", true};
	struct vg_agreement *agreement = avail_agreement();
	struct avail_world world;
	struct vg_avail_cell cell;

	(void)state;
	avail_add_probe(agreement, &line);
	world = avail_world(agreement);
	avail_run(&world, "a", "web", support_at("2026-11-10 10:00"), MINUTE_MS, "ooocu");
	avail_record(&world, VG_EFFECT_DOWN, "journal", "", "1480", support_at("2026-11-10 10:04"),
		     INT64_MAX, VG_PARTY_VGR);
	for (int month = 11; month <= 12; month++) {
		cell = avail_cell_of(world.core, 2026, month, INT64_MAX, NULL, "1480");
		assert_int_equal(cell.period_s, cell.outside_s + cell.excluded_s + cell.base_s);
		assert_true(cell.running);
	}
	assert_int_equal(cell.down_s, cell.base_s);
	vg_core_free(world.core);
}

static void
keep_seen(const struct vg_outage_seen *seen, void *arg)
{
	struct vg_outage_seen **next = arg;

	*(*next)++ = *seen;
}

static void
outages_are_seen_whole_with_their_explanation(void **state)
{
	struct avail_world world = traced_world();
	struct vg_outage_seen seen[8], *next = seen;
	struct vg_scope filter = {"journal", NULL, "1480"};
	int64_t id;

	(void)state;
	trace(&world, "2026-10-01 00:00", 'o');
	outage(&world, "2026-10-31 20:00", "2026-11-01 02:00");
	outage(&world, "2026-11-03 10:00", "2026-11-03 11:00");
	outage(&world, "2026-11-30 22:00", "2026-12-01 20:00");
	trace(&world, "2026-12-02 00:00", 'o');
	id = avail_record(&world, VG_EFFECT_CAUSE, "journal", "", "1480",
			  support_at("2026-11-03 10:00"), INT64_MAX, VG_PARTY_SUPPLIER);
	assert_int_equal(vg_outages_seen(world.core, support_at("2026-11-01 00:00"),
					 support_at("2026-12-01 00:00"), &filter, keep_seen, &next),
			 0);
	assert_int_equal(next - seen, 3);
	assert_int_equal(seen[0].from_ms, support_at("2026-10-31 20:00"));
	assert_int_equal(seen[0].counted_s, 2 * 3600);
	assert_int_equal(seen[1].record, id);
	assert_int_equal(seen[1].cause, VG_PARTY_SUPPLIER);
	assert_true(seen[1].provisional);
	assert_int_equal(seen[2].to_ms, support_at("2026-12-01 20:00"));
	assert_int_equal(seen[2].counted_s, 2 * 3600);
	assert_false(seen[2].running);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a1_the_month_of_25_hours_and_a_window_of_five),
		cmocka_unit_test(a3_overlapping_outages_are_united),
		cmocka_unit_test(a4_no_data_under_either_policy),
		cmocka_unit_test(a6_what_was_before_the_membership_is_outside),
		cmocka_unit_test(a7_an_outage_outside_agreed_hours_is_none),
		cmocka_unit_test(one_month_by_four_formulas),
		cmocka_unit_test(an_outage_counts_where_it_starts_and_its_time_where_it_lies),
		cmocka_unit_test(a_running_outage_counts_before_it_ends),
		cmocka_unit_test(two_outages_close_together_are_one_in_number_only),
		cmocka_unit_test(a_window_leaves_time_out_when_it_was_planned_in_time_and_approved),
		cmocka_unit_test(an_overrun_is_down_and_an_outage_of_its_own),
		cmocka_unit_test(what_is_up_in_a_joined_gap_begins_no_outage),
		cmocka_unit_test(a_window_of_a_channel_is_none_of_a_service_without),
		cmocka_unit_test(a_window_of_some_channels_leaves_only_those_out),
		cmocka_unit_test(a_record_at_a_months_end_changes_the_next_one_too),
		cmocka_unit_test(an_external_cause_has_its_own_line),
		cmocka_unit_test(degraded_time_has_the_weight_that_is_agreed),
		cmocka_unit_test(too_little_measured_gives_no_verdict),
		cmocka_unit_test(days_sum_to_their_month),
		cmocka_unit_test(the_region_is_weighted_by_users_and_plain),
		cmocka_unit_test(a_service_that_is_called_off_has_cells_for_those_who_did),
		cmocka_unit_test(an_exception_has_its_own_hours_and_target),
		cmocka_unit_test(events_over_unmeasured_time_change_nothing),
		cmocka_unit_test(an_outage_in_two_touching_parts_is_the_same_outage),
		cmocka_unit_test(down_never_raises_and_a_window_over_up_never_raises),
		cmocka_unit_test(a_month_to_come_needs_no_end_of_time),
		cmocka_unit_test(outages_are_seen_whole_with_their_explanation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
