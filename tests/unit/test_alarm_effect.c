/* Alarm effect: what alarms were worth, held against a slow count of what was put into the world.
 */
#include "tests/unit/proposal_support.h"

#define ALL_OK	 "arkiv=ok gateway=ok katalog=ok web=ok"
#define WEB_DOWN "arkiv=ok gateway=ok katalog=ok web=critical"

static struct vg_alarm_effect
effect_of(const struct world *world, int64_t from, int64_t to, const char *service,
	  const char *municipality)
{
	struct vg_alarm_effect effect;

	assert_int_equal(vg_core_alarm_effect(world->core, at_ms(from), at_ms(to), service,
					      municipality, &effect),
			 0);
	return effect;
}

static void
user_reports(struct world *world, int64_t minute, const char *municipality)
{
	char ref[32], fields[200];

	snprintf(ref, sizeof(ref), "T%lld", (long long)world->seq);
	snprintf(fields, sizeof(fields),
		 "status=new type=incident requester_class=user service=vard municipality=%s",
		 municipality);
	report(world, ref, minute, fields);
}

static void
nothing_has_no_effect(void **state)
{
	struct world world = voice_world();
	struct vg_alarm_effect effect = effect_of(&world, 0, 100, "", "");

	(void)state;
	assert_int_equal(effect.alarms, 0);
	assert_int_equal(effect.outages, 0);
	assert_int_equal(effect.ack_median_ms, -1);
	assert_int_equal(effect.ack_max_ms, -1);
	vg_core_free(world.core);
}

static void
alarms_are_counted_by_what_became_of_them(void **state)
{
	struct world world = voice_world();
	struct vg_event event;
	struct vg_alarm_effect effect;
	const struct vg_alarm *alarm;
	char name[32];

	(void)state;
	alarm = voice(&world, 10, "srv1 host-down critical service=vard in=1480");
	act(&world, VG_KIND_ALARM_ACKNOWLEDGED, alarm, 12, -1);
	voice(&world, 13, "srv1 host-down minor service=vard in=1480");
	snprintf(name, sizeof(name), "A-%lld", (long long)alarm->id);
	event = world_event(&world, VG_KIND_TICKET_REPORTED, 14);
	event.source = VG_ALARM_TICKET_SOURCE;
	event.body.ticket = (struct vg_ticket_body){.ref = name, .title_digest = ""};
	assert_null(vg_core_alarm_ticket(world.core, alarm));
	world_step(&world, &event);
	assert_non_null(vg_core_alarm_ticket(world.core, alarm));
	alarm = voice(&world, 20, "srv2 disk-full major service=arkiv");
	act(&world, VG_KIND_ALARM_ACKNOWLEDGED, alarm, 30, -1);
	alarm = voice(&world, 40, "srv3 disk-full warning");
	event = world_event(&world, VG_KIND_ALARM_CLOSED, 41);
	snprintf(name, sizeof(name), "A-%lld", (long long)alarm->id);
	event.body.alarm = (struct vg_alarm_body){
		.alarm = name, .reason = "test", .until_ms = INT64_MAX, .false_alarm = true};
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	voice(&world, 60, "srv4 disk-full warning");

	effect = effect_of(&world, 0, 60, "", "");
	assert_int_equal(effect.alarms, 3);
	assert_int_equal(effect.by_severity[VG_SEVERITY_CRITICAL], 1);
	assert_int_equal(effect.by_severity[VG_SEVERITY_MAJOR], 1);
	assert_int_equal(effect.by_severity[VG_SEVERITY_WARNING], 1);
	assert_int_equal(effect.notices, 4);
	assert_int_equal(effect.tickets, 1);
	assert_int_equal(effect.closed, 1);
	assert_int_equal(effect.false_alarms, 1);
	assert_int_equal(effect.acknowledged, 2);
	assert_int_equal(effect.ack_sum_ms, 12 * MINUTE_MS);
	assert_int_equal(effect.ack_median_ms, 6 * MINUTE_MS);
	assert_int_equal(effect.ack_max_ms, 10 * MINUTE_MS);
	assert_int_equal(effect_of(&world, 0, 61, "", "").alarms, 4);
	assert_int_equal(effect_of(&world, 11, 60, "", "").alarms, 2);
	assert_int_equal(effect_of(&world, 0, 61, "vard", "").alarms, 1);
	assert_int_equal(effect_of(&world, 0, 61, "", "1480").alarms, 2);
	assert_int_equal(effect_of(&world, 0, 61, "", "1489").alarms, 1);
	vg_core_free(world.core);
}

/* Down from 10, confirmed at 12: a user's word at 11 is before it, one at 13 is not. */
static void
the_confirmation_by_probes_detects(void **state)
{
	for (int64_t minute = 10; minute < 15; minute++) {
		struct world world = voice_world();
		struct vg_alarm_effect effect;

		samples_until(&world, 0, 10, ALL_OK);
		for (int64_t at = 10; at < 15; at++) {
			samples_event(&world, at, WEB_DOWN);
			if (at == minute)
				user_reports(&world, at, "1489");
		}
		samples_until(&world, 15, 20, ALL_OK);
		effect = effect_of(&world, 0, 20, "vard", "1489");
		assert_int_equal(effect.outages, 1);
		assert_int_equal(effect.outages_ticketed, 1);
		assert_int_equal(effect.detected_first, minute > 12);
		vg_core_free(world.core);
	}
	(void)state;
}

/* A person's record is no detection; an alarm, up to five minutes before its start, is. */
static void
a_record_detects_nothing_but_an_alarm_does(void **state)
{
	static const struct {
		int64_t alarm, detected;
		const char *of;
	} cases[] = {
		{4, 0, "service=vard"},		 {5, 1, "service=vard"},
		{14, 1, "service=vard in=1489"}, {14, 0, "service=vard in=1480"},
		{14, 0, "service=arkiv"},	 {14, 0, ""},
		{15, 0, "service=vard"},	 {31, 0, "service=vard"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world = voice_world();
		struct vg_outage_body body = outage_body(10, 30);
		struct vg_alarm_effect effect;
		char line[100];

		snprintf(line, sizeof(line), "srv1 host-down minor %s", cases[i].of);
		if (cases[i].alarm <= 15)
			voice(&world, cases[i].alarm, line);
		user_reports(&world, 15, "1489");
		if (cases[i].alarm > 15)
			voice(&world, cases[i].alarm, line);
		body.municipalities = "1489";
		assert_true(outage_event(&world, VG_KIND_OUTAGE_RECORDED, &body, "anna", 40) <=
			    VG_VERDICT_FLAGGED);
		effect = effect_of(&world, 0, 60, "", "");
		assert_int_equal(effect.outages, 1);
		assert_int_equal(effect.outages_ticketed, 1);
		if (effect.detected_first != cases[i].detected)
			fail_msg("alarm at %lld, %s", (long long)cases[i].alarm, cases[i].of);
		assert_int_equal(effect_of(&world, 11, 60, "", "").outages, 0);
		vg_core_free(world.core);
	}
}

static void
other_tickets_are_no_users_of_the_outage(void **state)
{
	static const char *const tickets[] = {
		"type=incident requester_class=vgr service=vard municipality=1489",
		"type=service_request requester_class=user service=vard municipality=1489",
		"type=incident requester_class=user service=arkiv municipality=1489",
		"type=incident requester_class=user service=vard municipality=1480",
		"type=incident requester_class=user service=vard",
		"type=incident service=vard municipality=1489",
	};
	struct world world = voice_world();
	struct vg_outage_body body = outage_body(10, 30);
	char ref[16];

	(void)state;
	for (size_t i = 0; i < sizeof(tickets) / sizeof(tickets[0]); i++) {
		snprintf(ref, sizeof(ref), "T%zu", i);
		report(&world, ref, 15, tickets[i]);
	}
	user_reports(&world, 9, "1489");
	user_reports(&world, 31, "1489");
	body.municipalities = "1489";
	outage_event(&world, VG_KIND_OUTAGE_RECORDED, &body, "anna", 40);
	assert_int_equal(effect_of(&world, 0, 60, "", "").outages, 1);
	assert_int_equal(effect_of(&world, 0, 60, "", "").outages_ticketed, 0);
	user_reports(&world, 30, "1489");
	assert_int_equal(effect_of(&world, 0, 60, "", "").outages_ticketed, 1);
	vg_core_free(world.core);
}

/* The slow count: episodes of an hour, each with an outage of vard in 1489 at minute 10, and what
 * was said in it. */
#define EPISODES 60
#define THINGS	 6

struct episode {
	int64_t length;		      /* minutes down; 1 is too short to count */
	int64_t ticket[THINGS];	      /* minutes of users' tickets; -1 = none */
	int64_t alarm[THINGS];	      /* minutes of alarms of vard; -1 = none */
	bool elsewhere[2 * THINGS];   /* tickets, alarms: of 1480 */
	int64_t acknowledged[THINGS]; /* minutes after the alarm; -1 = never */
};

static struct episode
draw_episode(uint64_t *seed)
{
	struct episode episode = {.length = 1 + support_below(seed, 20)};

	for (int i = 0; i < THINGS; i++) {
		bool ticket = support_below(seed, 3) == 0, alarm = support_below(seed, 4) == 0;

		episode.ticket[i] = ticket ? support_below(seed, 40) : -1;
		episode.alarm[i] = alarm ? support_below(seed, 40) : -1;
		episode.elsewhere[i] = support_below(seed, 4) == 0;
		episode.elsewhere[THINGS + i] = support_below(seed, 4) == 0;
		episode.acknowledged[i] = support_below(seed, 2) == 0 ? support_below(seed, 9) : -1;
	}
	return episode;
}

static void
live_minute(struct world *world, const struct episode *episode, int number, int64_t minute)
{
	int64_t now = number * 60 + minute;
	const struct vg_alarm *alarm;
	char line[100];

	samples_event(world, now,
		      minute >= 10 && minute < 10 + episode->length ? WEB_DOWN : ALL_OK);
	for (int i = 0; i < THINGS; i++) {
		snprintf(line, sizeof(line), "e%d-%d host-down minor service=vard%s", number, i,
			 episode->elsewhere[THINGS + i] ? " in=1480" : "");
		if (episode->alarm[i] == minute)
			voice(world, now, line);
		if (episode->ticket[i] == minute)
			user_reports(world, now, episode->elsewhere[i] ? "1480" : "1489");
		if (episode->alarm[i] >= 0 && episode->acknowledged[i] >= 0 &&
		    episode->alarm[i] + episode->acknowledged[i] == minute) {
			snprintf(line, sizeof(line), "e%d-%d", number, i);
			alarm = vg_core_alarm_of(world->core, line, "host-down", "");
			act(world, VG_KIND_ALARM_ACKNOWLEDGED, alarm, now, -1);
		}
	}
}

/* Adds what an episode is worth, by the words of the definition. */
static void
count_slowly(const struct episode *episode, struct vg_alarm_effect *want)
{
	int64_t ticket = INT64_MAX, told = 12, end = 10 + episode->length;

	for (int i = 0; i < THINGS; i++) {
		int64_t said = episode->ticket[i], alarm = episode->alarm[i];

		if (said >= 10 && said <= end && !episode->elsewhere[i] && said < ticket)
			ticket = said;
		if (alarm >= 5 && alarm <= end && !episode->elsewhere[THINGS + i] && alarm < told)
			told = alarm;
		if (alarm < 0)
			continue;
		want->alarms++;
		if (episode->acknowledged[i] >= 0) {
			want->acknowledged++;
			want->ack_sum_ms += episode->acknowledged[i] * MINUTE_MS;
			if (episode->acknowledged[i] * MINUTE_MS > want->ack_max_ms)
				want->ack_max_ms = episode->acknowledged[i] * MINUTE_MS;
		}
	}
	if (episode->length < 2)
		return;
	want->outages++;
	want->outages_ticketed += ticket != INT64_MAX;
	want->detected_first += ticket != INT64_MAX && told < ticket;
}

static void
the_figures_are_those_of_a_slow_count(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 4; seed++) {
		struct world world = voice_world();
		struct vg_alarm_effect want = {.ack_max_ms = -1}, got;
		uint64_t draws = seed;

		for (int number = 0; number < EPISODES; number++) {
			struct episode episode = draw_episode(&draws);

			for (int64_t minute = 0; minute < 60; minute++)
				live_minute(&world, &episode, number, minute);
			count_slowly(&episode, &want);
		}
		got = effect_of(&world, 0, EPISODES * 60, "vard", "1489");
		assert_int_equal(got.outages, want.outages);
		assert_int_equal(got.outages_ticketed, want.outages_ticketed);
		assert_int_equal(got.detected_first, want.detected_first);
		assert_true(want.detected_first > 0 && want.detected_first < want.outages_ticketed);
		got = effect_of(&world, 0, EPISODES * 60, "", "");
		assert_int_equal(got.alarms, want.alarms);
		assert_int_equal(got.acknowledged, want.acknowledged);
		assert_int_equal(got.ack_sum_ms, want.ack_sum_ms);
		assert_int_equal(got.ack_max_ms, want.ack_max_ms);
		vg_core_free(world.core);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_has_no_effect),
		cmocka_unit_test(alarms_are_counted_by_what_became_of_them),
		cmocka_unit_test(the_confirmation_by_probes_detects),
		cmocka_unit_test(a_record_detects_nothing_but_an_alarm_does),
		cmocka_unit_test(other_tickets_are_no_users_of_the_outage),
		cmocka_unit_test(the_figures_are_those_of_a_slow_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
