/* Samples as the core keeps them: arrival, runs, sealing, imports, marks. Runs are shown as
 * "o 0-240 5": state, first and last second after START, count; a star = sealed. */
#include "tests/unit/avail_support.h"

#define START "2026-11-02 10:00"

static const struct rule_line web = {"a", "web", 60, "journal", NULL, "1480", true};

static struct avail_world
one_probe(void)
{
	struct vg_agreement *agreement = avail_agreement();

	avail_add_probe(agreement, &web);
	return avail_world(agreement);
}

struct runs_text {
	char at[2000];
	size_t n;
};

static void
tell_run(const struct vg_run *run, struct runs_text *text)
{
	int64_t start_ms = support_at(START);

	text->n +=
		(size_t)snprintf(text->at + text->n, sizeof(text->at) - text->n,
				 "%s%c %lld-%lld %lld%s", text->n > 0 ? ", " : "",
				 "owcu"[run->state], (long long)(run->first_ms - start_ms) / 1000,
				 (long long)(run->last_ms - start_ms) / 1000, (long long)run->count,
				 run->sealed ? "*" : "");
}

static void
on_run(const struct vg_run *run, void *arg)
{
	tell_run(run, arg);
}

static void
expect_joined(const struct avail_world *world, const char *want)
{
	struct runs_text text = {.n = 0};

	assert_int_equal(vg_probe_runs(world->core, "a", "web", 0, INT64_MAX / 2, on_run, &text),
			 0);
	assert_string_equal(text.at, want);
}

struct days_text {
	struct runs_text text;
	int days, sealed;
};

static bool
tell_day(const struct vg_object *object, void *arg)
{
	struct days_text *days = arg;

	if (object->type != VG_OBJECT_PROBE_DAY)
		return true;
	days->days++;
	days->sealed += object->of.day.sealed;
	for (size_t i = 0; i < object->of.day.runs; i++)
		tell_run(&object->of.day.run[i], &days->text);
	return true;
}

/* The runs of the one day there is. */
static void
expect_day(const struct avail_world *world, bool sealed, const char *want)
{
	struct days_text days = {.days = 0};

	vg_core_changed_since(world->core, 0, tell_day, &days);
	assert_int_equal(days.days, 1);
	assert_string_equal(days.text.at, want);
	assert_int_equal(days.sealed, sealed);
}

static enum vg_verdict_code
late(struct avail_world *world, int64_t second, char state, int64_t received_ms)
{
	struct vg_sample sample = avail_sample("web", support_at(START) + second * 1000, state);

	return avail_report(world, "a", "", received_ms, &sample, 1);
}

/* The event that seals the first due day, with the runs of now. Free its runs. */
static struct vg_event
make_seal(struct avail_world *world)
{
	struct vg_seal_due due;
	struct vg_sealed_run *run;
	size_t count;
	struct vg_event event;

	assert_true(vg_seal_next(world->core, INT64_MAX / 2, &due));
	assert_int_equal(vg_seal_runs(world->core, &due, &run, &count), 0);
	event = avail_event(world, VG_KIND_RAW_SEALED, world->now_ms);
	event.import = due.import;
	event.body.sealed = (struct vg_sealed_body){.lane = "probe:a",
						    .day = due.day,
						    .last_seq = event.seq - 1,
						    .head = "",
						    .count = count,
						    .run = run};
	return event;
}

static void
seal(struct avail_world *world)
{
	struct vg_event event = make_seal(world);

	assert_int_equal(avail_step(world, &event), VG_VERDICT_TAKEN);
	free((void *)event.body.sealed.run);
}

static void
runs_do_not_depend_on_the_order_of_arrival(void **state)
{
	static const char letters[] = "oooccco..ow..oo";
	struct vg_sample sample[sizeof(letters)];
	uint64_t seed = 7;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; letters[i] != '\0'; i++) {
		if (letters[i] != '.')
			sample[n++] = avail_sample(
				"web", support_at(START) + (int64_t)i * MINUTE_MS, letters[i]);
	}
	for (int round = 0; round < 20; round++) {
		struct avail_world world = one_probe();

		for (size_t i = 0; i < n; i++)
			avail_report(&world, "a", "", support_at(START) + HOUR_MS, &sample[i], 1);
		expect_day(&world, false,
			   "o 0-120 3, c 180-300 3, o 360-360 1, o 540-540 1, "
			   "w 600-600 1, o 780-840 2");
		vg_core_free(world.core);
		for (size_t i = n - 1; i > 0; i--) {
			size_t k = (size_t)support_below(&seed, (int64_t)i + 1);
			struct vg_sample swap = sample[i];

			sample[i] = sample[k];
			sample[k] = swap;
		}
	}
}

static void
the_worst_of_one_instant_speaks(void **state)
{
	static const char *const orders[] = {"ouc", "cou", "uco"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct avail_world world = one_probe();

		for (size_t k = 0; k < 3; k++)
			late(&world, 0, orders[i][k], support_at(START));
		expect_day(&world, false, "c 0-0 3");
		vg_core_free(world.core);
	}
}

static void
samples_far_ahead_are_not_used(void **state)
{
	struct avail_world world = one_probe();
	const struct vg_agent *agent;

	(void)state;
	assert_int_equal(late(&world, 600, 'o', support_at(START)), VG_VERDICT_TAKEN);
	assert_int_equal(late(&world, 601, 'c', support_at(START)), VG_VERDICT_FLAGGED);
	assert_non_null(strstr(world.verdict.text, "more than 10 minutes in the future"));
	assert_int_equal(late(&world, 0, 'o', support_at(START) + 24 * HOUR_MS + 1),
			 VG_VERDICT_TAKEN);
	agent = vg_core_agent(world.core, "a");
	assert_int_equal(agent->samples, 2);
	assert_int_equal(agent->ahead, 1);
	assert_int_equal(agent->late, 1);
	vg_core_free(world.core);
}

static bool
keep_seen(const struct vg_probe_seen *seen, void *arg)
{
	struct vg_probe_seen **next = arg;

	*(*next)++ = *seen;
	return true;
}

static void
an_unnamed_probe_is_kept_until_an_agreement_names_it(void **state)
{
	struct avail_world world = avail_world(avail_agreement());
	struct vg_agreement *second = avail_agreement();
	struct vg_probe_seen seen[2], *next = seen;
	struct vg_event event;
	struct avail_text text;
	int64_t start_ms = support_at(START);

	(void)state;
	assert_int_equal(late(&world, 0, 'o', start_ms), VG_VERDICT_FLAGGED);
	assert_non_null(strstr(world.verdict.text, "no agreement names probe web of a"));
	avail_run(&world, "a", "web", start_ms + MINUTE_MS, MINUTE_MS, "ooo");
	assert_string_equal(
		avail_timeline(&world, NULL, "1480", start_ms, start_ms + 180000, &text), "N180");
	avail_add_probe(second, &web);
	free(second->version);
	second->version = support_copy("2");
	event = avail_event(&world, VG_KIND_AGREEMENT_APPLIED, world.now_ms);
	event.body.agreement = second;
	avail_step(&world, &event);
	vg_agreement_unref(second);
	assert_string_equal(
		avail_timeline(&world, NULL, "1480", start_ms, start_ms + 180000, &text), "U180");
	vg_probes_seen(world.core, keep_seen, &next);
	assert_int_equal(next - seen, 1);
	assert_true(seen[0].agreed);
	assert_int_equal(seen[0].samples, 4);
	assert_int_equal(seen[0].first_ms, start_ms);
	assert_int_equal(seen[0].last_ms, start_ms + 180000);
	assert_int_equal(seen[0].last_state, VG_SAMPLE_OK);
	vg_core_free(world.core);
}

static void
runs_follow_a_new_interval(void **state)
{
	struct avail_world world = avail_world(avail_agreement());
	struct rule_line slow = web;
	struct vg_agreement *second = avail_agreement();
	struct vg_event event;
	int64_t start_ms = support_at(START);

	(void)state;
	avail_run(&world, "a", "web", start_ms, 5 * MINUTE_MS, "oooo");
	expect_day(&world, false, "o 0-0 1, o 300-300 1, o 600-600 1, o 900-900 1");
	slow.interval_s = 300;
	avail_add_probe(second, &slow);
	free(second->version);
	second->version = support_copy("2");
	event = avail_event(&world, VG_KIND_AGREEMENT_APPLIED, world.now_ms);
	event.body.agreement = second;
	avail_step(&world, &event);
	vg_agreement_unref(second);
	expect_day(&world, false, "o 0-900 4");
	vg_core_free(world.core);
}

/* Sealing. */

static void
a_day_is_due_24_hours_after_its_end_and_again_when_something_comes(void **state)
{
	struct avail_world world = one_probe();
	int64_t start_ms = support_at(START);
	int64_t due_ms = (start_ms / DAY_MS + 2) * DAY_MS;
	struct vg_seal_due due;

	(void)state;
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "ooooo");
	assert_false(vg_seal_next(world.core, due_ms - 1, &due));
	assert_true(vg_seal_next(world.core, due_ms, &due));
	assert_string_equal(due.source, "a");
	assert_string_equal(due.import, "");
	assert_int_equal(due.day, start_ms / DAY_MS);
	seal(&world);
	expect_day(&world, true, "o 0-240 5*");
	assert_false(vg_seal_next(world.core, INT64_MAX / 2, &due));
	late(&world, 90, 'o', due_ms);
	expect_day(&world, false, "o 0-240 6");
	assert_true(vg_seal_next(world.core, due_ms, &due));
	seal(&world);
	expect_day(&world, true, "o 0-240 6*");
	vg_core_free(world.core);
}

static void
a_late_sample_cuts_the_sealed_run_that_it_falls_into(void **state)
{
	static const struct {
		int64_t second;
		char state;
		const char *want;
	} cases[] = {
		{90, 'c', "o 0-89 4, c 90-90 1, o 150-240 1"},
		{200, 'c', "o 0-199 4, c 200-200 1, o 240-240 1"},
		{0, 'c', "c 0-0 1, o 60-240 5"},
		{240, 'c', "o 0-239 5, c 240-240 1"},
		{240, 'u', "o 0-240 6"}, /* outranked at its instant */
		{300, 'o', "o 0-300 6"},
		{400, 'o', "o 0-240 5*, o 400-400 1"},
		{250, 'w', "o 0-240 5*, w 250-250 1"},
		{-100, 'o', "o -100-240 6"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct avail_world world = one_probe();

		avail_run(&world, "a", "web", support_at(START), MINUTE_MS, "ooooo");
		seal(&world);
		late(&world, cases[i].second, cases[i].state, world.now_ms + 3 * DAY_MS);
		expect_day(&world, false, cases[i].want);
		seal(&world);
		vg_core_free(world.core);
	}
}

/* The live core has the raw samples that the seal covers, a replay after the retention has not. */
static void
what_comes_between_a_seal_and_its_row_is_not_lost(void **state)
{
	struct avail_world live = one_probe(), replay = one_probe();
	struct vg_event event;

	(void)state;
	avail_run(&live, "a", "web", support_at(START), MINUTE_MS, "ooooo");
	event = make_seal(&live);
	replay.seq = live.seq;
	late(&live, 300, 'c', live.now_ms + 3 * DAY_MS);
	late(&replay, 300, 'c', live.now_ms);
	event.seq = ++live.seq;
	event.received_ms = live.now_ms;
	avail_step(&live, &event);
	avail_step(&replay, &event);
	expect_day(&live, false, "o 0-240 5*, c 300-300 1");
	expect_day(&replay, false, "o 0-240 5*, c 300-300 1");
	free((void *)event.body.sealed.run);
	vg_core_free(live.core);
	vg_core_free(replay.core);
}

static void
a_seal_stands_for_raw_rows_that_are_gone(void **state)
{
	struct avail_world world = one_probe();
	int64_t start_ms = support_at(START);
	struct vg_sealed_run run[] = {
		{"web", start_ms, start_ms + 240000, 5, VG_SAMPLE_OK},
		{"web", start_ms + 300000, start_ms + 600000, 6, VG_SAMPLE_CRITICAL}};
	struct vg_event event = avail_event(&world, VG_KIND_RAW_SEALED, start_ms + 3 * DAY_MS);
	struct avail_text text;

	(void)state;
	event.body.sealed = (struct vg_sealed_body){.lane = "probe:a",
						    .day = start_ms / DAY_MS,
						    .last_seq = event.seq - 1,
						    .head = "",
						    .count = 2,
						    .run = run};
	assert_int_equal(avail_step(&world, &event), VG_VERDICT_TAKEN);
	expect_day(&world, true, "o 0-240 5*, c 300-600 6*");
	assert_string_equal(
		avail_timeline(&world, NULL, "1480", start_ms, start_ms + 780000, &text),
		"U300 D420 N60");
	run[1].first_ms = start_ms + 240000; /* not after the run before */
	event.seq = ++world.seq;
	assert_int_equal(avail_step(&world, &event), VG_VERDICT_REFUSED);
	assert_non_null(strstr(world.verdict.text, "not ascending"));
	vg_core_free(world.core);
}

/* Imports. */

static void
import_step(struct avail_world *world, enum vg_kind kind, const char *id)
{
	struct vg_event event = avail_event(world, kind, world->now_ms);

	event.body.import_ = (struct vg_import_body){.id = id,
						     .source = "a",
						     .file = "f.csv",
						     .file_sha256 = id,
						     .mapping_sha256 = "m",
						     .reason = ""};
	assert_int_equal(avail_step(world, &event), VG_VERDICT_TAKEN);
}

static void
a_revoked_import_counts_no_longer(void **state)
{
	struct avail_world world = one_probe();
	int64_t start_ms = support_at(START);
	struct vg_sample old = avail_sample("web", start_ms + 60000, 'c');
	struct vg_probe_seen seen[2], *next = seen;
	struct vg_seal_due due;
	struct avail_text text;

	(void)state;
	import_step(&world, VG_KIND_IMPORT_STARTED, "i1");
	avail_report(&world, "a", "i1", start_ms + 600000, &old, 1);
	avail_tick(&world, start_ms + 600000);
	assert_null(vg_core_agent(world.core, "a"));
	assert_string_equal(
		avail_timeline(&world, NULL, "1480", start_ms, start_ms + 600000, &text),
		"N60 D120 N420");
	assert_true(vg_seal_next(world.core, INT64_MAX / 2, &due));
	assert_string_equal(due.import, "i1");
	seal(&world);
	import_step(&world, VG_KIND_IMPORT_REVOKED, "i1");
	assert_string_equal(
		avail_timeline(&world, NULL, "1480", start_ms, start_ms + 600000, &text), "N600");
	vg_probes_seen(world.core, keep_seen, &next);
	assert_int_equal(next - seen, 0);
	vg_core_free(world.core);
}

static void
of_several_strands_the_newest_speaks(void **state)
{
	struct avail_world world = one_probe();
	int64_t start_ms = support_at(START);
	struct vg_sample old[] = {avail_sample("web", start_ms + 30000, 'c'),
				  avail_sample("web", start_ms + 330000, 'c')};
	struct avail_text text;

	(void)state;
	import_step(&world, VG_KIND_IMPORT_STARTED, "i1");
	avail_run(&world, "a", "web", start_ms, MINUTE_MS, "oooo...o");
	avail_report(&world, "a", "i1", world.now_ms, old, 2);
	/* inside the live run its samples are newer; when its newest is too old the import's one
	 * speaks, until the live ones come back. 30 s of silence hold no slot's end. */
	assert_string_equal(
		avail_timeline(&world, NULL, "1480", start_ms, start_ms + 420000, &text),
		"U330 D90");
	expect_joined(&world, "o 0-180 4, c 30-30 1, c 330-330 1, o 420-420 1");
	vg_core_free(world.core);
}

static void
runs_of_a_trace_join_over_any_gap(void **state)
{
	struct rule_line line = web;
	struct vg_agreement *agreement = avail_agreement();
	struct avail_world world;

	(void)state;
	line.interval_s = 0;
	avail_add_probe(agreement, &line);
	world = avail_world(agreement);
	avail_run(&world, "a", "web", support_at(START), DAY_MS, "oooco");
	expect_joined(&world, "o 0-172800 3, c 259200-259200 1, o 345600-345600 1");
	assert_int_equal(vg_probe_runs(world.core, "a", "none", 0, 1, on_run, NULL), -1004);
	vg_core_free(world.core);
}

/* Checkpoints. */

struct bytes {
	uint8_t at[64 * 1024];
	size_t n;
};

static int
append_bytes(const void *bytes, size_t length, void *arg)
{
	struct bytes *out = arg;

	assert_true(out->n + length <= sizeof(out->at));
	memcpy(out->at + out->n, bytes, length);
	out->n += length;
	return 0;
}

/* FNV-1a over all but the sum itself, so that damage reaches the parser. */
static void
set_sum(struct bytes *bytes)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < bytes->n - 8; i++)
		sum = (sum ^ bytes->at[i]) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < 8; i++)
		bytes->at[bytes->n - 8 + i] = (uint8_t)(sum >> 8 * i);
}

/* Raw and sealed days, a late sample, an import, a text. */
static struct avail_world
rich_world(void)
{
	struct avail_world world = one_probe();
	struct vg_sample old = avail_sample("web", support_at(START) - DAY_MS, 'c');

	avail_run(&world, "a", "web", support_at(START), MINUTE_MS, "ooocccoo");
	import_step(&world, VG_KIND_IMPORT_STARTED, "i1");
	avail_report(&world, "a", "i1", world.now_ms, &old, 1);
	seal(&world);
	seal(&world);
	late(&world, 30, 'c', world.now_ms + DAY_MS);
	avail_run(&world, "a", "other", support_at(START) + DAY_MS, MINUTE_MS, "oowwoc");
	return world;
}

static void
a_damaged_checkpoint_of_probes_is_survived(void **state)
{
	static struct bytes whole, damaged, again;
	struct avail_world world = rich_world();
	struct vg_avail_cell cell;
	uint64_t seed = 1;
	int loaded = 0;

	(void)state;
	whole.n = 0;
	assert_int_equal(vg_core_save(world.core, append_bytes, &whole), 0);
	vg_core_free(world.core);
	for (int round = 0; round < 3000; round++) {
		struct vg_core *core;

		damaged = whole;
		for (int hit = 0; hit <= round % 2; hit++) /* probes are the tail */
			damaged.at[whole.n - 9 - (size_t)support_below(&seed, 200)] =
				(uint8_t)support_random(&seed);
		set_sum(&damaged);
		core = vg_core_load(damaged.at, damaged.n);
		if (core == NULL)
			continue;
		loaded++;
		again.n = 0;
		assert_int_equal(vg_core_save(core, append_bytes, &again), 0);
		assert_int_equal(again.n, damaged.n);
		assert_memory_equal(again.at, damaged.at, again.n);
		assert_int_equal(vg_avail_month(core, 2026 * 12 + 10, -1, vg_core_received_ms(core),
						NULL, avail_keep_cell, &cell),
				 0);
		vg_core_free(core);
	}
	assert_true(loaded > 100);
}

/* Marks. */

struct marks {
	int64_t month_seq, day_seq;
};

static bool
find_marks(const struct vg_object *object, void *arg)
{
	struct marks *marks = arg;

	if (object->type == VG_OBJECT_AVAILABILITY && object->of.month == 2026 * 12 + 10)
		marks->month_seq = object->changed_seq;
	if (object->type == VG_OBJECT_PROBE_DAY)
		marks->day_seq = object->changed_seq;
	return true;
}

static struct marks
marks_of(const struct avail_world *world)
{
	struct marks marks = {0, 0};

	vg_core_changed_since(world->core, 0, find_marks, &marks);
	return marks;
}

static void
a_month_is_marked_when_the_shape_changes_and_now_and_then(void **state)
{
	struct avail_world world = one_probe();
	int64_t marked;

	(void)state;
	avail_run(&world, "a", "web", support_at(START), MINUTE_MS, "oo");
	marked = marks_of(&world).month_seq;
	assert_true(marked > 0);
	late(&world, 120, 'o', support_at(START) + 120000);
	late(&world, 180, 'o', support_at(START) + 180000);
	assert_int_equal(marks_of(&world).day_seq, world.seq);
	assert_int_equal(marks_of(&world).month_seq, marked);
	late(&world, 240, 'c', support_at(START) + 240000);
	assert_int_equal(marks_of(&world).month_seq, world.seq);
	late(&world, 90, 'o', support_at(START) + 240000);
	assert_int_equal(marks_of(&world).month_seq, world.seq);
	late(&world, 300, 'c', support_at(START) + 300000);
	assert_int_not_equal(marks_of(&world).month_seq, world.seq);
	late(&world, 360, 'c', support_at(START) + 360000);
	assert_int_equal(marks_of(&world).month_seq, world.seq);
	vg_core_free(world.core);
}

/* A trace's row holds until the next one, so that one changes every month between them. */
static void
the_months_that_a_trace_held_through_are_marked(void **state)
{
	static const struct rule_line line = {"a", "web", 0, "journal", NULL, "*", true};
	struct vg_agreement *agreement = avail_agreement();
	struct avail_world world;
	struct marked marked = {0};
	struct vg_sample row;

	(void)state;
	avail_add_probe(agreement, &line);
	world = avail_world(agreement);
	row = avail_sample("web", support_at("2026-03-10 12:00"), 'o');
	avail_report(&world, "a", "", support_at("2026-11-20 12:00"), &row, 1);
	row = avail_sample("web", support_at("2026-07-10 12:00"), 'o');
	avail_report(&world, "a", "", support_at("2026-11-20 12:00"), &row, 1);
	vg_core_changed_since(world.core, world.seq - 1, count_marked, &marked);
	assert_int_equal(marked.first, 2026 * 12 + 2);
	assert_int_equal(marked.last, 2026 * 12 + 10);
	vg_core_free(world.core);
}

/* The sealed day's runs wait to be made again while the next day's sample is taken. */
static void
one_batch_may_be_late_for_a_sealed_day_and_go_on_to_the_next(void **state)
{
	struct avail_world world = one_probe();
	struct vg_sample sample[2];

	(void)state;
	avail_run(&world, "a", "web", support_at(START), MINUTE_MS, "ooooo");
	seal(&world);
	sample[0] = avail_sample("web", support_at(START) + 90000, 'c');
	sample[1] = avail_sample("web", support_at(START) + DAY_MS, 'o');
	assert_int_equal(avail_report(&world, "a", "", support_at(START) + 3 * DAY_MS, sample, 2),
			 VG_VERDICT_TAKEN);
	assert_int_equal(marks_of(&world).month_seq, world.seq);
	vg_core_free(world.core);
}

static void
a_month_that_ends_is_marked_though_nothing_comes(void **state)
{
	struct avail_world world = one_probe();

	(void)state;
	avail_run(&world, "a", "web", support_at(START), MINUTE_MS, "oo");
	avail_tick(&world, support_at("2026-11-30 23:59"));
	assert_int_not_equal(marks_of(&world).month_seq, world.seq);
	avail_tick(&world, support_at("2026-12-01 00:00"));
	assert_int_equal(marks_of(&world).month_seq, world.seq);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_do_not_depend_on_the_order_of_arrival),
		cmocka_unit_test(the_worst_of_one_instant_speaks),
		cmocka_unit_test(samples_far_ahead_are_not_used),
		cmocka_unit_test(an_unnamed_probe_is_kept_until_an_agreement_names_it),
		cmocka_unit_test(runs_follow_a_new_interval),
		cmocka_unit_test(
			a_day_is_due_24_hours_after_its_end_and_again_when_something_comes),
		cmocka_unit_test(a_late_sample_cuts_the_sealed_run_that_it_falls_into),
		cmocka_unit_test(what_comes_between_a_seal_and_its_row_is_not_lost),
		cmocka_unit_test(a_seal_stands_for_raw_rows_that_are_gone),
		cmocka_unit_test(a_revoked_import_counts_no_longer),
		cmocka_unit_test(of_several_strands_the_newest_speaks),
		cmocka_unit_test(runs_of_a_trace_join_over_any_gap),
		cmocka_unit_test(a_damaged_checkpoint_of_probes_is_survived),
		cmocka_unit_test(a_month_is_marked_when_the_shape_changes_and_now_and_then),
		cmocka_unit_test(the_months_that_a_trace_held_through_are_marked),
		cmocka_unit_test(one_batch_may_be_late_for_a_sealed_day_and_go_on_to_the_next),
		cmocka_unit_test(a_month_that_ends_is_marked_though_nothing_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
