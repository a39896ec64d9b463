/* Timelines, rule by rule, as text: "U300 D120! N60" = up 300 s, down 120 s rewritten, no data. */
#include "tests/unit/avail_support.h"

#define START "2026-11-02 10:00"

static const struct rule_line web = {"a", "web", 60, "journal", NULL, "1480", true};

static struct avail_world
one_probe(int64_t confirm_slots)
{
	struct vg_agreement *agreement = avail_agreement();

	agreement->confirm_slots = confirm_slots;
	avail_add_probe(agreement, &web);
	return avail_world(agreement);
}

static void
expect(struct avail_world *world, const char *channel, int64_t to_ms, const char *want)
{
	struct avail_text text;
	const char *got = avail_timeline(world, channel, "1480", support_at(START), to_ms, &text);

	if (strcmp(got, want) != 0)
		fail_msg("got  %s\nwant %s", got, want);
}

/* One sample a minute from START on; the timeline to `end_s` after it. */
static void
short_runs_and_silence(void **state)
{
	static const struct {
		int64_t confirm_slots;
		const char *samples;
		int64_t end_s;
		const char *want;
	} cases[] = {
		{2, "oooooccccooo", 660, "U300 D240 U120"},
		{2, "ooooocoooooo", 660, "U300 U60! U300"},
		{1, "ooooocoooooo", 660, "U300 D60 U300"},
		{3, "oooooccooooo", 660, "U300 U120! U240"},
		/* neighbours differ: as measured */
		{2, "oooooowccccc", 660, "U360 X60 D240"},
		/* a short stretch of up between two of down is rewritten too */
		{2, "ooooocccoccc", 660, "U300 D180 D60! D120"},
		/* the newest waits for what follows it */
		{2, "oooooc", 330, "U300 D30?"},
		{2, "oooooc", 360, "U300 D60?"},
		{2, "ooooocc", 420, "U300 D120"},
		/* silent from two intervals after the newest sample on */
		{2, "ooo....ooo", 540, "U240 N180 U120"},
		{2, "ooouuuuooo", 540, "U180 N240 U120"},
		{2, "ooo.oooo", 420, "U420"},
		/* silence is skipped when neighbours are compared, and never rewritten */
		{3, "oooo.c....ooo", 720, "U300 U120! N180 U120?"},
		{3, "oooo.c....ccc", 720, "U300 D120 N180 D120?"},
		{2, "ccccu..cccc", 600, "D240 N180 D180"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct avail_world world = one_probe(cases[i].confirm_slots);
		int64_t start_ms = support_at(START);

		avail_run(&world, "a", "web", start_ms, MINUTE_MS, cases[i].samples);
		avail_tick(&world, start_ms + cases[i].end_s * 1000);
		expect(&world, NULL, start_ms + cases[i].end_s * 1000, cases[i].want);
		vg_core_free(world.core);
	}
}

static void
down_every_other_minute_is_flapping_and_counts(void **state)
{
	struct avail_world world = one_probe(2);
	int64_t start_ms = support_at(START);

	(void)state;
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "oooocococooooo");
	/* six changes within ten minutes */
	expect(&world, NULL, start_ms + 780 * 1000, "U240 D60~ U60~ D60~ U60~ D60~ U240~");
	vg_core_free(world.core);
}

static void
four_changes_are_not_flapping(void **state)
{
	struct avail_world world = one_probe(2);
	int64_t start_ms = support_at(START);

	(void)state;
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "oooococooooo");
	expect(&world, NULL, start_ms + 660 * 1000, "U240 U60! U60 U60! U240");
	vg_core_free(world.core);
}

static void
a_confirmed_outage_begins_with_the_first_failing_sample(void **state)
{
	struct avail_world world = one_probe(2);
	int64_t start_ms = support_at(START);

	(void)state;
	avail_fill(&world, "a", "web", start_ms, start_ms + 300 * 1000, MINUTE_MS, 'o');
	avail_fill(&world, "a", "web", start_ms + 290700, start_ms + 600 * 1000, MINUTE_MS, 'c');
	avail_fill(&world, "a", "web", start_ms + 611900, start_ms + 900 * 1000, MINUTE_MS, 'o');
	/* 290.7 s and 611.9 s are floored, once */
	expect(&world, NULL, start_ms + 840 * 1000, "U290 D321 U229");
	vg_core_free(world.core);
}

/* Four probes at the same instants. */
static void
the_quorum_is_one_of_reporting_probes(void **state)
{
	static const struct {
		const char *says; /* letters of p1..p4; '.' = silent; as many as there are */
		const char *want;
	} cases[] = {
		{"o", "U240"},	  {"c", "D240"},    {"w", "X240"},    {"u", "N240"},
		{"oo", "U240"},	  {"oc", "X240"},   {"cc", "D240"},   {"c.", "D240"},
		{"o.", "U240"},	  {"ooc", "X240"},  {"occ", "D240"},  {"c..", "N240"},
		{"oc.", "X240"},  {"cc.", "D240"},  {"oow", "X240"},  {"oocc", "X240"},
		{"occc", "D240"}, {"cc..", "D240"}, {"c...", "N240"}, {"cu.c", "D240"},
	};
	static const char *const names[] = {"p1", "p2", "p3", "p4"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_agreement *agreement = avail_agreement();
		int64_t start_ms = support_at(START);
		struct avail_world world;

		for (size_t k = 0; k < strlen(cases[i].says); k++) {
			struct rule_line line = {"a", names[k], 60, "journal", NULL, "*", true};

			avail_add_probe(agreement, &line);
		}
		world = avail_world(agreement);
		for (size_t k = 0; k < strlen(cases[i].says); k++) {
			if (cases[i].says[k] != '.')
				avail_fill(&world, "a", names[k], start_ms, start_ms + 300000,
					   MINUTE_MS, cases[i].says[k]);
		}
		avail_tick(&world, start_ms + 240000);
		expect(&world, NULL, start_ms + 240000, cases[i].want);
		vg_core_free(world.core);
	}
}

static void
only_the_agreed_vantage_decides(void **state)
{
	static const struct rule_line local = {"l", "web", 60, "journal", NULL, "1480", false};
	struct vg_agreement *agreement = avail_agreement();
	int64_t start_ms = support_at(START);
	struct avail_world world;

	(void)state;
	avail_add_probe(agreement, &web);
	avail_add_probe(agreement, &local);
	world = avail_world(agreement);
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "oooooo");
	avail_run(&world, "l", "web", start_ms, MINUTE_MS, "cccccc");
	expect(&world, NULL, start_ms + 300000, "U300");
	vg_core_free(world.core);
}

static void
a_failure_says_nothing_while_the_agents_own_line_fails(void **state)
{
	static const struct rule_line lines[] = {{"a", "web", 60, "journal", NULL, "1480", true},
						 {"a", "gateway", 60, NULL, NULL, NULL, false},
						 {"a", "host", 60, NULL, NULL, NULL, false}};
	static const struct {
		const char *gateway, *host, *want;
	} cases[] = {
		{"cccccc", "cccccc", "N300"}, {"cccccc", "oooooo", "D300"},
		{"cccccc", "......", "N300"}, {"......", "......", "D300"},
		{"uuuuuu", "cccccc", "N300"}, {"wwwwww", "cccccc", "D300"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_agreement *agreement = avail_agreement();
		int64_t start_ms = support_at(START);
		struct avail_world world;

		for (size_t k = 0; k < 3; k++)
			avail_add_probe(agreement, &lines[k]);
		world = avail_world(agreement);
		avail_run(&world, "a", "web", start_ms, MINUTE_MS, "cccccc");
		avail_run(&world, "a", "gateway", start_ms, MINUTE_MS, cases[i].gateway);
		avail_run(&world, "a", "host", start_ms, MINUTE_MS, cases[i].host);
		expect(&world, NULL, start_ms + 300000, cases[i].want);
		vg_core_free(world.core);
	}
}

/* What a component's outage does, and what people's judgements do over it. */

static struct avail_world
needing_world(bool hard)
{
	static const struct rule_line net = {"a", "net", 60, "net", NULL, "1480", true};
	struct vg_agreement *agreement = avail_agreement();

	avail_add_service(agreement, "net", true);
	avail_add_edge(agreement, "journal", "net", hard);
	avail_add_probe(agreement, &web);
	avail_add_probe(agreement, &net);
	return avail_world(agreement);
}

static void
a_component_takes_what_needs_it_down(void **state)
{
	static const struct {
		bool hard;
		const char *own, *net, *want;
	} cases[] = {
		{true, "oooooooooo", "ooocccoooo", "U180 D180@net U180"},
		{false, "oooooooooo", "ooocccoooo", "U180 X180@net U180"},
		{true, "oooccccooo", "ooocccoooo", "U180 D180@net D60 U120"},
		{false, "oooccccooo", "ooocccoooo", "U180 D240 U120"},
		{true, "oooooooooo", "oouuuuuooo", "U540"}, /* no data goes nowhere */
		{true, "oooooooooo", "oowwwwwooo", "U540"},
		{true, "uuuuuuuuuu", "ooocccoooo", "N180 D180@net N180"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct avail_world world = needing_world(cases[i].hard);
		int64_t start_ms = support_at(START);

		avail_run(&world, "a", "web", start_ms, MINUTE_MS, cases[i].own);
		avail_run(&world, "a", "net", start_ms, MINUTE_MS, cases[i].net);
		expect(&world, NULL, start_ms + 540000, cases[i].want);
		vg_core_free(world.core);
	}
}

static void
the_cause_of_a_component_is_that_of_what_needs_it(void **state)
{
	struct avail_world world = needing_world(true);
	int64_t start_ms = support_at(START);

	(void)state;
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "oooooooooo");
	avail_run(&world, "a", "net", start_ms, MINUTE_MS, "ooocccoooo");
	avail_record(&world, VG_EFFECT_CAUSE, "net", "", "", start_ms + 200000, INT64_MAX,
		     VG_PARTY_SUPPLIER);
	expect(&world, NULL, start_ms + 540000, "U180 D20@net D160*/supplier@net U180");
	avail_record(&world, VG_EFFECT_CAUSE, "journal", "", "1480", start_ms + 180000, INT64_MAX,
		     VG_PARTY_VGR);
	expect(&world, NULL, start_ms + 540000, "U180 D180*/vgr@net U180");
	vg_core_free(world.core);
}

static void
people_add_and_refute(void **state)
{
	static const struct {
		enum vg_outage_effect effect;
		int64_t from_s, to_s;
		enum vg_party cause;
		const char *want;
	} cases[] = {
		{VG_EFFECT_DOWN, 60, 120, VG_PARTY_UNKNOWN, "U60 D60* U60 D180 U180"},
		{VG_EFFECT_DOWN, 120, 240, VG_PARTY_VGR, "U120 D120*/vgr D120 U180"},
		{VG_EFFECT_DEGRADED, 60, 240, VG_PARTY_VGR, "U60 X120*/vgr D180 U180"},
		{VG_EFFECT_CAUSE, 0, 540, VG_PARTY_MUNICIPALITY, "U180 D180*/municipality U180"},
		{VG_EFFECT_CAUSE, 0, -1, VG_PARTY_MUNICIPALITY, "U180 D180 U180"},
		{VG_EFFECT_CAUSE, 240, -1, VG_PARTY_MUNICIPALITY,
		 "U180 D60 D120*/municipality U180"},
		{VG_EFFECT_REFUTE, 120, 300, VG_PARTY_UNKNOWN, "U120 N180 D60 U180"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct avail_world world = one_probe(1);
		int64_t start_ms = support_at(START);

		avail_run(&world, "a", "web", start_ms, MINUTE_MS, "ooocccoooo");
		avail_record(&world, cases[i].effect, "journal", "", "1480",
			     start_ms + cases[i].from_s * 1000,
			     cases[i].to_s < 0 ? INT64_MAX : start_ms + cases[i].to_s * 1000,
			     cases[i].cause);
		expect(&world, NULL, start_ms + 540000, cases[i].want);
		vg_core_free(world.core);
	}
}

static void
an_open_cause_follows_its_outage_over_months_and_versions(void **state)
{
	struct avail_world world = one_probe(2);
	int64_t start_ms = support_at(START), late_ms = start_ms + 3 * DAY_MS;
	struct vg_agreement *second = avail_agreement();
	struct vg_event event;
	struct avail_text text;

	(void)state;
	avail_add_probe(second, &web);
	free(second->version);
	second->version = support_copy("2");
	second->valid_from_ms = start_ms + DAY_MS + 500;
	event = avail_event(&world, VG_KIND_AGREEMENT_APPLIED, start_ms);
	event.body.agreement = second;
	avail_step(&world, &event);
	vg_agreement_unref(second);
	avail_fill(&world, "a", "web", start_ms, late_ms, MINUTE_MS, 'c');
	avail_fill(&world, "a", "web", late_ms, late_ms + 300000, MINUTE_MS, 'o');
	avail_record(&world, VG_EFFECT_CAUSE, "journal", "", "", start_ms + 600000, INT64_MAX,
		     VG_PARTY_SUPPLIER);
	assert_string_equal(
		avail_timeline(&world, NULL, "1480", late_ms - 3600000, late_ms + 240000, &text),
		"D3600*/supplier U240");
	assert_string_equal(avail_timeline(&world, NULL, "1480", start_ms, late_ms + 240000, &text),
			    "D600 D258600*/supplier U240");
	vg_core_free(world.core);
}

/* Channels. */
static void
all_channels_together(void **state)
{
	static const struct {
		const char *app, *web, *want;
	} cases[] = {
		{"oooooo", "oooooo", "U300"}, {"cccccc", "cccccc", "D300"},
		{"cccccc", "oooooo", "X300"}, {"uuuuuu", "oooooo", "N300"},
		{"uuuuuu", "cccccc", "X300"}, {"wwwwww", "oooooo", "X300"},
	};
	static const struct rule_line lines[] = {{"a", "app", 60, "journal", "app", "1480", true},
						 {"a", "web", 60, "journal", "web", "1480", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_agreement *agreement = avail_agreement();
		int64_t start_ms = support_at(START);
		struct avail_world world;
		struct avail_text text;
		struct vg_scope scope = {"journal", "", "1480"};

		avail_add_channel(agreement, "app");
		avail_add_channel(agreement, "web");
		agreement->service[0].channels = 3;
		avail_add_probe(agreement, &lines[0]);
		avail_add_probe(agreement, &lines[1]);
		world = avail_world(agreement);
		avail_run(&world, "a", "app", start_ms, MINUTE_MS, cases[i].app);
		avail_run(&world, "a", "web", start_ms, MINUTE_MS, cases[i].web);
		expect(&world, NULL, start_ms + 300000, cases[i].want);
		assert_int_equal(vg_timeline(world.core, &scope, start_ms, start_ms + 1000,
					     avail_tell_piece, &text),
				 -1004);
		scope.channel = "fax";
		assert_int_equal(vg_timeline(world.core, &scope, start_ms, start_ms + 1000,
					     avail_tell_piece, &text),
				 -1004);
		vg_core_free(world.core);
	}
}

/* One channel is down by the municipality's doing, the other degraded by the provider's. */
static void
a_degradation_is_not_hidden_by_anothers_outage(void **state)
{
	static const struct rule_line lines[] = {{"a", "app", 60, "journal", "app", "1480", true},
						 {"a", "web", 60, "journal", "web", "1480", true}};
	struct vg_agreement *agreement = avail_agreement();
	int64_t start_ms = support_at(START);
	struct avail_world world;

	(void)state;
	avail_add_channel(agreement, "app");
	avail_add_channel(agreement, "web");
	agreement->service[0].channels = 3;
	avail_add_probe(agreement, &lines[0]);
	avail_add_probe(agreement, &lines[1]);
	world = avail_world(agreement);
	avail_run(&world, "a", "app", start_ms, MINUTE_MS, "cccccccccc");
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "ooowwwwccc");
	avail_record(&world, VG_EFFECT_CAUSE, "journal", "app", "1480", start_ms, start_ms + 540000,
		     VG_PARTY_MUNICIPALITY);
	expect(&world, NULL, start_ms + 540000, "X180*/municipality X240* D120*");
	vg_core_free(world.core);
}

/* Now. */
static void
a_new_state_is_shown_and_the_confirmed_one_stands(void **state)
{
	struct avail_world world = one_probe(2);
	struct vg_scope scope = {"journal", NULL, "1480"};
	int64_t start_ms = support_at(START);
	struct vg_avail_now now;

	(void)state;
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "ooooooooooccc");
	assert_int_equal(vg_avail_at(world.core, &scope, start_ms + 630000, &now), 0);
	assert_int_equal(now.piece.state, VG_AVAIL_DOWN);
	assert_int_equal(now.confirmed, VG_AVAIL_DOWN); /* by what came after */
	vg_core_free(world.core);
	world = one_probe(2);
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "ooooooooooc");
	assert_int_equal(vg_avail_at(world.core, &scope, start_ms + 600000, &now), 0);
	assert_true(now.piece.pending);
	assert_int_equal(now.piece.state, VG_AVAIL_DOWN);
	assert_int_equal(now.confirmed, VG_AVAIL_UP);
	assert_int_equal(now.since_ms, start_ms);
	assert_true(now.agreed_time);
	assert_int_equal(now.window, 0);
	avail_run(&world, "a", "web", start_ms + 660000, MINUTE_MS, "c");
	avail_tick(&world, start_ms + 720000);
	assert_int_equal(vg_avail_at(world.core, &scope, start_ms + 720000, &now), 0);
	assert_int_equal(now.confirmed, VG_AVAIL_DOWN);
	assert_int_equal(now.since_ms, start_ms + 600000);
	vg_core_free(world.core);
}

static void
an_outage_is_known_since_it_began_months_ago(void **state)
{
	static const struct rule_line line = {"t", "site", 0, "journal", NULL, "1480", true};
	struct vg_agreement *agreement = avail_agreement();
	struct vg_scope scope = {"journal", NULL, "1480"};
	struct avail_world world;
	struct vg_avail_now now;

	(void)state;
	avail_add_probe(agreement, &line);
	world = avail_world(agreement);
	avail_run(&world, "t", "site", support_at("2026-03-01 12:00"), 100 * DAY_MS, "coo");
	assert_int_equal(vg_avail_at(world.core, &scope, support_at("2026-06-01 12:00"), &now), 0);
	assert_int_equal(now.confirmed, VG_AVAIL_DOWN);
	assert_int_equal(now.since_ms, support_at("2026-03-01 12:00"));
	assert_int_equal(vg_avail_at(world.core, &scope, support_at("2026-09-01 12:00"), &now), 0);
	assert_int_equal(now.confirmed, VG_AVAIL_UP);
	assert_int_equal(now.since_ms, -1);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_runs_and_silence),
		cmocka_unit_test(down_every_other_minute_is_flapping_and_counts),
		cmocka_unit_test(four_changes_are_not_flapping),
		cmocka_unit_test(a_confirmed_outage_begins_with_the_first_failing_sample),
		cmocka_unit_test(the_quorum_is_one_of_reporting_probes),
		cmocka_unit_test(only_the_agreed_vantage_decides),
		cmocka_unit_test(a_failure_says_nothing_while_the_agents_own_line_fails),
		cmocka_unit_test(a_component_takes_what_needs_it_down),
		cmocka_unit_test(the_cause_of_a_component_is_that_of_what_needs_it),
		cmocka_unit_test(people_add_and_refute),
		cmocka_unit_test(an_open_cause_follows_its_outage_over_months_and_versions),
		cmocka_unit_test(all_channels_together),
		cmocka_unit_test(a_degradation_is_not_hidden_by_anothers_outage),
		cmocka_unit_test(a_new_state_is_shown_and_the_confirmed_one_stands),
		cmocka_unit_test(an_outage_is_known_since_it_began_months_ago),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
