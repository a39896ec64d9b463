/* The signal of critical alarms: one for a service however many there are, as long as one of them
 * is shown. */
#include "tests/unit/proposal_support.h"

/* The newest signal of a service's alarms; NULL = none was raised. */
static const struct vg_signal *
newest(const struct world *world, const char *service)
{
	const struct vg_signal *signal, *found = NULL;

	for (size_t i = 0; (signal = vg_core_item(world->core, VG_OBJECT_SIGNAL, i)) != NULL; i++) {
		if (signal->kind == VG_SIGNAL_ALARM && strcmp(signal->service, service) == 0)
			found = signal;
	}
	return found;
}

static bool
stands(const struct world *world, const char *service)
{
	const struct vg_signal *signal = newest(world, service);

	return signal != NULL && signal->to_ms == -1;
}

static void
map_resource(struct world *world, int64_t minutes, const char *name, const char *service,
	     const char *parent)
{
	struct vg_event event = world_event(world, VG_KIND_RESOURCES_MAPPED, minutes);
	struct vg_resource_row row = {.name = name,
				      .resource = "",
				      .service = service,
				      .municipalities = "",
				      .parent = parent};

	event.body.resources = (struct vg_resources_body){.count = 1, .row = &row};
	if (world_step(world, &event) > VG_VERDICT_FLAGGED)
		fail_msg("%s: %s", name, world->verdict.text);
}

static void
a_service_has_one_signal_that_grows_and_ends_with_its_last_alarm(void **state)
{
	struct world world = voice_world();

	(void)state;
	assert_string_equal(vg_signal_name(VG_SIGNAL_ALARM), "alarm");
	voice(&world, 10, "srv1 host-down critical service=vard in=1480");
	assert_true(stands(&world, "vard"));
	assert_string_equal(newest(&world, "vard")->municipalities, "1480");
	assert_string_equal(newest(&world, "vard")->subject, "");
	assert_int_equal(newest(&world, "vard")->from_ms, at_ms(10));
	assert_int_equal(how_many(&world, VG_OBJECT_NOTIFICATION), 1);
	voice(&world, 11, "srv2 host-down critical service=vard in=1489");
	assert_string_equal(newest(&world, "vard")->municipalities, "1480 1489");
	assert_int_equal(how_many(&world, VG_OBJECT_NOTIFICATION), 2);
	voice(&world, 12, "srv1 host-down cleared service=vard");
	assert_true(stands(&world, "vard"));
	voice(&world, 13, "srv2 host-down cleared service=vard");
	assert_false(stands(&world, "vard"));
	assert_int_equal(newest(&world, "vard")->to_ms, at_ms(13));
	assert_int_equal(how_many(&world, VG_OBJECT_SIGNAL), 1);
	vg_core_free(world.core);
}

static void
a_major_alarm_calls_nobody_until_it_is_critical(void **state)
{
	struct world world = voice_world();

	(void)state;
	voice(&world, 10, "srv1 disk-full major service=vard");
	assert_int_equal(how_many(&world, VG_OBJECT_SIGNAL), 0);
	voice(&world, 11, "srv1 disk-full critical service=vard");
	assert_true(stands(&world, "vard"));
	assert_string_equal(newest(&world, "vard")->municipalities, "1480 1489");
	voice(&world, 12, "srv1 disk-full minor service=vard");
	assert_false(stands(&world, "vard"));
	vg_core_free(world.core);
}

static void
alarms_of_no_known_service_have_a_signal_of_their_own_until_they_are_mapped(void **state)
{
	struct world world = voice_world();

	(void)state;
	voice(&world, 10, "srv1 host-down critical");
	assert_true(stands(&world, ""));
	assert_string_equal(newest(&world, "")->municipalities, "");
	map_resource(&world, 11, "srv1", "vard", "");
	assert_false(stands(&world, ""));
	assert_true(stands(&world, "vard"));
	vg_core_free(world.core);
}

static void
a_shelved_alarm_calls_again_when_its_shelving_ends(void **state)
{
	struct world world = voice_world();
	const struct vg_alarm *alarm;

	(void)state;
	alarm = voice(&world, 10, "srv1 host-down critical service=vard");
	act(&world, VG_KIND_ALARM_SHELVED, alarm, 11, 60);
	assert_false(stands(&world, "vard"));
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(60));
	tick_due(&world);
	assert_true(stands(&world, "vard"));
	act(&world, VG_KIND_ALARM_CLOSED, alarm, 70, -1);
	assert_false(stands(&world, "vard"));
	tick(&world, DAYS(2));
	assert_false(stands(&world, "vard"));
	vg_core_free(world.core);
}

static void
an_acknowledged_alarm_is_still_so(void **state)
{
	struct world world = voice_world();

	(void)state;
	act(&world, VG_KIND_ALARM_ACKNOWLEDGED,
	    voice(&world, 10, "srv1 host-down critical service=vard"), 11, -1);
	assert_true(stands(&world, "vard"));
	vg_core_free(world.core);
}

/* The window runs from minute 60 to 120. */
static void
a_window_hides_the_signal_while_it_runs(void **state)
{
	static const int64_t time[1][2] = {
		{WORLD_START_MS + 60 * MINUTE_MS, WORLD_START_MS + 120 * MINUTE_MS}};
	struct world world = voice_world();
	struct vg_window_body window = window_body(time, 1);
	char name[32];

	(void)state;
	window.services = "vard";
	window.agreed_by = "driftchef";
	assert_true(window_event(&world, VG_KIND_WINDOW_PLANNED, &window, "anna", 5) <=
		    VG_VERDICT_FLAGGED);
	snprintf(name, sizeof(name), "W-%lld", (long long)world.seq);
	assert_int_equal(window_command(&world, VG_KIND_WINDOW_APPROVED, name, "bo", 6, 0),
			 VG_VERDICT_TAKEN);
	voice(&world, 10, "srv1 host-down critical service=vard");
	voice(&world, 10, "srv2 host-down critical service=arkiv");
	assert_true(stands(&world, "vard") && stands(&world, "arkiv"));
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(60));
	tick_due(&world);
	assert_false(stands(&world, "vard"));
	assert_true(stands(&world, "arkiv"));
	tick(&world, 119);
	assert_false(stands(&world, "vard"));
	tick(&world, 120);
	assert_true(stands(&world, "vard"));
	vg_core_free(world.core);
}

static void
a_transient_alarm_runs_out_with_its_signal(void **state)
{
	struct world world = voice_world();

	(void)state;
	voice(&world, 10, "srv1 backup-failed critical service=vard transient");
	assert_true(stands(&world, "vard"));
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(70));
	tick_due(&world);
	assert_false(stands(&world, "vard"));
	assert_int_equal(vg_core_next_deadline_ms(world.core), INT64_MAX);
	vg_core_free(world.core);
}

static void
what_lies_behind_a_resource_that_is_down_calls_nobody(void **state)
{
	struct world world = voice_world();

	(void)state;
	map_resource(&world, 5, "srv1", "vard", "sw1");
	voice(&world, 10, "srv1 host-down critical");
	assert_true(stands(&world, "vard"));
	voice(&world, 11, "sw1 host-down major");
	assert_false(stands(&world, "vard"));
	voice(&world, 12, "sw1 host-down cleared");
	assert_true(stands(&world, "vard"));
	vg_core_free(world.core);
}

/* Raised and cleared each minute: five changes make it flap, quiet from minute 14 to 24. */
static void
an_alarm_that_flaps_calls_nobody_until_it_is_quiet(void **state)
{
	struct world world = voice_world();
	size_t before;

	(void)state;
	for (int64_t minute = 10; minute < 14; minute += 2) {
		voice(&world, minute, "srv1 link-down critical service=vard");
		voice(&world, minute + 1, "srv1 link-down cleared service=vard");
	}
	before = how_many(&world, VG_OBJECT_SIGNAL);
	voice(&world, 14, "srv1 link-down critical service=vard");
	assert_false(stands(&world, "vard"));
	assert_int_equal(how_many(&world, VG_OBJECT_SIGNAL), before);
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(24));
	tick_due(&world);
	assert_true(stands(&world, "vard"));
	vg_core_free(world.core);
}

static void
a_new_agreement_is_looked_at(void **state)
{
	struct world world = voice_world();
	struct vg_agreement *agreement = voice_agreement("2");

	(void)state;
	voice(&world, 10, "srv1 backup-failed critical service=vard transient");
	agreement->alarm_transient_ms = 10 * MINUTE_MS;
	world.now = 25;
	world_apply(&world, agreement);
	assert_false(stands(&world, "vard"));
	vg_core_free(world.core);
}

#define STORM 1000

/* A storm is looked at in the event that began it, then fifty milliseconds later. */
static void
a_storm_calls_each_duty_once_and_is_looked_at_now_and_then(void **state)
{
	static struct vg_notice notice[STORM];
	static char store[STORM][256];
	struct world world = voice_world();
	struct vg_event event;
	char line[100];

	(void)state;
	for (int i = 0; i < STORM; i++) {
		snprintf(line, sizeof(line), "srv%d host-down critical service=vard in=1480", i);
		notice[i] = voice_notice(line, 10, store[i]);
	}
	voices(&world, 10, notice, STORM);
	assert_true(stands(&world, "vard"));
	assert_int_equal(how_many(&world, VG_OBJECT_NOTIFICATION), 1);
	voice(&world, 10, "srv7 host-down critical service=vard in=1489");
	voice(&world, 10, "new host-down critical service=vard in=1489");
	assert_string_equal(newest(&world, "vard")->municipalities, "1480");
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(10) + STORM / 20);
	voice(&world, 10, "other host-down critical service=arkiv in=1489");
	assert_true(stands(&world, "arkiv"));
	tick_due(&world);
	assert_string_equal(newest(&world, "vard")->municipalities, "1480 1489");
	for (int i = 0; i < STORM; i++)
		notice[i].severity = VG_SEVERITY_CLEARED;
	event = world_event(&world, VG_KIND_ALARMS_REPORTED, 12);
	event.source = "zabbix";
	event.body.notices = (struct vg_notices_body){.count = STORM, .notice = notice};
	world_step(&world, &event);
	assert_true(stands(&world, "vard"));
	voice(&world, 13, "new host-down cleared service=vard");
	assert_false(stands(&world, "vard"));
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_has_one_signal_that_grows_and_ends_with_its_last_alarm),
		cmocka_unit_test(a_major_alarm_calls_nobody_until_it_is_critical),
		cmocka_unit_test(
			alarms_of_no_known_service_have_a_signal_of_their_own_until_they_are_mapped),
		cmocka_unit_test(a_shelved_alarm_calls_again_when_its_shelving_ends),
		cmocka_unit_test(an_acknowledged_alarm_is_still_so),
		cmocka_unit_test(a_window_hides_the_signal_while_it_runs),
		cmocka_unit_test(a_transient_alarm_runs_out_with_its_signal),
		cmocka_unit_test(what_lies_behind_a_resource_that_is_down_calls_nobody),
		cmocka_unit_test(an_alarm_that_flaps_calls_nobody_until_it_is_quiet),
		cmocka_unit_test(a_new_agreement_is_looked_at),
		cmocka_unit_test(a_storm_calls_each_duty_once_and_is_looked_at_now_and_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
