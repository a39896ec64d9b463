/* When probes run: spread, without drift, never piled up, never more than allowed. The clock is a
 * variable; the checks are rows of a table of their own. */
#include "agents/schedule.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PROBES 1200
#define MINUTE 60000

/* A check that is over when the test says so. */
struct vg_check_run {
	vg_check_done_cb *done;
	void *arg;
	struct vg_check_run **place;
};

struct target {
	struct vg_check_run *run; /* NULL = none is under way */
	int starts, cancels;
	bool cannot_start;
};

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	struct target *target = (struct target *)(uintptr_t)settings;
	struct vg_check_run *run;

	(void)engine;
	(void)timeout_ms;
	target->starts++;
	assert_null(target->run); /* a probe never runs twice at a time */
	if (target->cannot_start) {
		(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "no such thing");
		return NULL;
	}
	run = calloc(1, sizeof(*run));
	assert_non_null(run);
	*run = (struct vg_check_run){done, arg, &target->run};
	target->run = run;
	return run;
}

static void
cancel(struct vg_check_run *run)
{
	struct target *target = (struct target *)(void *)run->place; /* its first member */

	target->cancels++;
	target->run = NULL;
	free(run);
}

static const struct vg_check_type type = {.name = "test", .start = start, .cancel = cancel};

static void
answer(struct target *target, enum vg_check_state state)
{
	const struct vg_check_result result = {.state = state, .latency_ms = 7};
	struct vg_check_run *run = target->run;

	target->run = NULL;
	run->done(&result, run->arg);
	free(run);
}

struct rig {
	struct vg_agent_probe probe[PROBES];
	struct target target[PROBES];
	char name[PROBES][32];
	struct vg_schedule *schedule;
	struct vg_schedule_options options;
	int64_t now_ms;
	int samples, changes, ready;
	struct vg_check_result last;
	int64_t last_at_ms;
};

static void
on_sample(const struct vg_agent_sample *sample, void *arg)
{
	struct rig *rig = arg;

	rig->samples++;
	rig->changes += sample->changed;
	rig->last = *sample->result;
	rig->last_at_ms = sample->at_ms;
}

static void
on_ready(void *arg)
{
	((struct rig *)arg)->ready++;
}

static struct vg_schedule *
make(struct rig *rig)
{
	struct vg_schedule *schedule = NULL;

	assert_int_equal(vg_schedule_new(&schedule, &rig->options, rig->now_ms, NULL), 0);
	return schedule;
}

/* `count` probes of one interval, named so that their order is that of their numbers. */
static struct rig *
set_up(size_t count, int64_t interval_ms, int64_t timeout_ms)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(rig->name[i], sizeof(rig->name[i]), "probe-%04zu", i);
		rig->probe[i] = (struct vg_agent_probe){.name = rig->name[i],
							.type = &type,
							.settings = &rig->target[i],
							.interval_ms = interval_ms,
							.timeout_ms = timeout_ms};
	}
	rig->now_ms = 123456789;
	rig->options = (struct vg_schedule_options){.probe = rig->probe,
						    .probes = count,
						    .plugins_max = 50,
						    .on_sample = on_sample,
						    .on_ready = on_ready,
						    .arg = rig};
	rig->schedule = make(rig);
	return rig;
}

static void
tear_down(struct rig *rig)
{
	vg_schedule_free(rig->schedule);
	free(rig);
}

static void
turn(struct rig *rig)
{
	vg_schedule_turn(rig->schedule, rig->now_ms, rig->now_ms + 1000000000);
}

/* To the next time when something is due. */
static void
step(struct rig *rig)
{
	rig->now_ms = vg_schedule_next_ms(rig->schedule);
	turn(rig);
}

static struct vg_schedule_counts
counts(const struct rig *rig)
{
	struct vg_schedule_counts out;

	vg_schedule_get_counts(rig->schedule, &out);
	return out;
}

static void
probes_are_spread_over_their_interval(void **state)
{
	struct rig *rig = set_up(PROBES, MINUTE, 10000);
	const int64_t begin_ms = rig->now_ms;
	int per_second[60] = {0};

	(void)state;
	while (vg_schedule_next_ms(rig->schedule) < begin_ms + MINUTE) {
		int before = rig->samples;

		step(rig);
		for (size_t i = 0; i < PROBES; i++)
			if (rig->target[i].run != NULL)
				answer(&rig->target[i], VG_CHECK_OK);
		per_second[(rig->now_ms - begin_ms) / 1000] += rig->samples - before;
	}
	assert_int_equal(rig->samples, PROBES);
	for (int i = 0; i < 60; i++)
		assert_in_range(per_second[i], 1, 50); /* 20 in the mean */
	tear_down(rig);
}

static void
turns_do_not_drift_and_keep_their_place_over_a_restart(void **state)
{
	struct rig *rig = set_up(1, MINUTE, 10000);
	int64_t first_ms;

	(void)state;
	step(rig);
	first_ms = rig->now_ms;
	for (int i = 1; i <= 100; i++) {
		rig->now_ms += 37; /* the answer, and so the next look, comes later each time */
		answer(&rig->target[0], VG_CHECK_OK);
		assert_int_equal(vg_schedule_next_ms(rig->schedule), first_ms + i * MINUTE);
		rig->now_ms = vg_schedule_next_ms(rig->schedule) + i; /* a busy loop comes late */
		turn(rig);
	}
	answer(&rig->target[0], VG_CHECK_OK);
	vg_schedule_free(rig->schedule);
	rig->now_ms += 12345;
	rig->schedule = make(rig);
	assert_int_equal((vg_schedule_next_ms(rig->schedule) - first_ms) % MINUTE, 0);
	assert_in_range(vg_schedule_next_ms(rig->schedule) - rig->now_ms, 0, MINUTE - 1);
	tear_down(rig);
}

static void
a_sample_has_the_time_when_its_run_began(void **state)
{
	struct rig *rig = set_up(1, MINUTE, 10000);
	int64_t began_ms;

	(void)state;
	step(rig);
	began_ms = rig->now_ms + 1000000000;
	rig->now_ms += 4321;
	answer(&rig->target[0], VG_CHECK_WARNING);
	assert_int_equal(rig->last_at_ms, began_ms);
	assert_int_equal(rig->last.state, VG_CHECK_WARNING);
	assert_int_equal(rig->last.latency_ms, 7);
	tear_down(rig);
}

static void
a_run_past_its_timeout_is_given_up_as_critical(void **state)
{
	struct rig *rig = set_up(1, MINUTE, 10000);

	(void)state;
	step(rig);
	assert_int_equal(vg_schedule_next_ms(rig->schedule),
			 rig->now_ms + 10000 + VG_SCHEDULE_GRACE_MS);
	step(rig);
	assert_int_equal(rig->target[0].cancels, 1);
	assert_int_equal(rig->samples, 1);
	assert_int_equal(rig->last.state, VG_CHECK_CRITICAL);
	assert_string_equal(rig->last.text, "no answer within 10000 ms");
	assert_int_equal(counts(rig).given_up, 1);
	step(rig);
	assert_int_equal(rig->target[0].starts, 2);
	tear_down(rig);
}

static void
what_cannot_be_started_is_unknown(void **state)
{
	struct rig *rig = set_up(1, MINUTE, 10000);

	(void)state;
	rig->target[0].cannot_start = true;
	step(rig);
	assert_int_equal(rig->last.state, VG_CHECK_UNKNOWN);
	assert_string_equal(rig->last.text, "no such thing");
	assert_int_equal(counts(rig).running, 0);
	tear_down(rig);
}

static void
a_turn_that_finds_its_probe_running_is_skipped(void **state)
{
	/* the grace makes it possible: the timeout ends after the next turn */
	struct rig *rig = set_up(1, 1000, 999);

	(void)state;
	step(rig);
	step(rig);
	assert_int_equal(rig->target[0].starts, 1);
	assert_int_equal(counts(rig).skipped, 1);
	answer(&rig->target[0], VG_CHECK_OK);
	step(rig);
	assert_int_equal(rig->target[0].starts, 2);
	tear_down(rig);
}

static void
turns_missed_while_the_machine_slept_are_made_once(void **state)
{
	struct rig *rig = set_up(1, MINUTE, 10000);
	int64_t due_ms = vg_schedule_next_ms(rig->schedule);

	(void)state;
	rig->now_ms = due_ms + 10 * MINUTE + 5;
	turn(rig);
	assert_int_equal(rig->target[0].starts, 1);
	answer(&rig->target[0], VG_CHECK_OK);
	assert_int_equal(vg_schedule_next_ms(rig->schedule), due_ms + 11 * MINUTE);
	tear_down(rig);
}

static void
no_more_run_than_allowed_and_the_others_wait_in_their_order(void **state)
{
	struct rig *rig = set_up(PROBES, MINUTE, 50000);
	int64_t due_ms[PROBES];

	(void)state;
	for (size_t i = 0; i < PROBES; i++) { /* alone, each would be due then */
		struct vg_schedule_options one = rig->options;
		struct vg_schedule *alone = NULL;

		one.probe = &rig->probe[i];
		one.probes = 1;
		assert_int_equal(vg_schedule_new(&alone, &one, rig->now_ms, NULL), 0);
		due_ms[i] = vg_schedule_next_ms(alone);
		vg_schedule_free(alone);
	}
	rig->now_ms += MINUTE - 1; /* all are due */
	turn(rig);
	assert_int_equal(counts(rig).running, VG_SCHEDULE_BUILT_IN_MAX);
	assert_int_equal(counts(rig).waiting, PROBES - VG_SCHEDULE_BUILT_IN_MAX);
	for (size_t i = 0; i < PROBES; i++)
		for (size_t j = 0; rig->target[i].starts == 0 && j < PROBES; j++)
			assert_true(rig->target[j].starts == 0 || due_ms[j] <= due_ms[i]);
	for (size_t i = 0; i < PROBES; i++)
		if (rig->target[i].run != NULL)
			answer(&rig->target[i], VG_CHECK_OK);
	assert_int_equal(rig->ready, VG_SCHEDULE_BUILT_IN_MAX);
	turn(rig);
	assert_int_equal(counts(rig).running, PROBES - VG_SCHEDULE_BUILT_IN_MAX);
	assert_int_equal(counts(rig).waiting, 0);
	tear_down(rig);
}

static void
only_a_change_of_state_counts_as_one(void **state)
{
	static const enum vg_check_state answers[] = {VG_CHECK_OK, VG_CHECK_OK, VG_CHECK_CRITICAL,
						      VG_CHECK_CRITICAL, VG_CHECK_OK};
	struct rig *rig = set_up(1, MINUTE, 10000);

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		step(rig);
		answer(&rig->target[0], answers[i]);
	}
	assert_int_equal(rig->samples, 5);
	assert_int_equal(rig->changes, 3); /* the first, down, up */
	tear_down(rig);
}

static void
a_reload_keeps_states_and_begins_again_what_it_gave_up(void **state)
{
	struct rig *rig = set_up(2, MINUTE, 50000);
	struct vg_schedule *after;

	(void)state;
	rig->now_ms += MINUTE - 1;
	turn(rig);
	answer(&rig->target[0], VG_CHECK_OK);
	rig->now_ms += 1000;
	after = make(rig);
	vg_schedule_inherit(after, rig->schedule);
	vg_schedule_free(rig->schedule);
	rig->schedule = after;
	assert_int_equal(rig->target[1].cancels, 1);
	turn(rig);
	assert_int_equal(rig->target[1].starts, 2);
	assert_int_equal(counts(rig).running, 1);
	answer(&rig->target[1], VG_CHECK_OK);
	step(rig);
	while (rig->target[0].run == NULL)
		step(rig);
	rig->changes = 0;
	answer(&rig->target[0], VG_CHECK_OK);
	assert_int_equal(rig->changes, 0);
	tear_down(rig);
}

static void
ten_thousand_steps_of_mixed_probes_hold(void **state)
{
	struct rig *rig = set_up(300, MINUTE, 500);
	uint32_t random = 1;

	(void)state;
	vg_schedule_free(rig->schedule);
	for (size_t i = 0; i < 300; i++) {
		rig->probe[i].interval_ms = 1000 + 977 * (int64_t)(i % 50);
		rig->probe[i].timeout_ms = rig->probe[i].interval_ms - 1;
	}
	rig->schedule = make(rig);
	for (int i = 0; i < 10000; i++) {
		int64_t before_ms = rig->now_ms;

		step(rig);
		assert_true(rig->now_ms >= before_ms);
		assert_true(vg_schedule_next_ms(rig->schedule) > rig->now_ms);
		random = random * 1664525u + 1013904223u;
		if (rig->target[random % 300].run != NULL)
			answer(&rig->target[random % 300], random >> 30);
	}
	assert_int_equal(counts(rig).runs, rig->samples + (int64_t)counts(rig).running);
	tear_down(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probes_are_spread_over_their_interval),
		cmocka_unit_test(turns_do_not_drift_and_keep_their_place_over_a_restart),
		cmocka_unit_test(a_sample_has_the_time_when_its_run_began),
		cmocka_unit_test(a_run_past_its_timeout_is_given_up_as_critical),
		cmocka_unit_test(what_cannot_be_started_is_unknown),
		cmocka_unit_test(a_turn_that_finds_its_probe_running_is_skipped),
		cmocka_unit_test(turns_missed_while_the_machine_slept_are_made_once),
		cmocka_unit_test(no_more_run_than_allowed_and_the_others_wait_in_their_order),
		cmocka_unit_test(only_a_change_of_state_counts_as_one),
		cmocka_unit_test(a_reload_keeps_states_and_begins_again_what_it_gave_up),
		cmocka_unit_test(ten_thousand_steps_of_mixed_probes_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
