/* Alarms at the edges: counts that are full, a register that is full, rules that nobody gave or
 * that go further than what is remembered, and things that begin at the same instant. */
#include "tests/unit/alarm_support.h"

#include "core/core_private.h"

/* Counts. */

static bool
take_notices(const struct vg_unmapped *unmapped, void *arg)
{
	*(int64_t *)arg = unmapped->notices;
	return true;
}

static void
counts_stop_at_the_greatest_number(void **state)
{
	struct world world = alarm_world();
	const struct vg_alarm_source *source;
	int64_t notices = 0;

	(void)state;
	alarms_event(&world, "snmp", 10, "sw/1 x minor n=9223372036854775807;sw/2 x minor n=3");
	alarms_event(&world, "snmp", 11, "sw/1 x minor n=9");
	assert_int_equal(alarm_of(&world, "sw/1", "x")->count, INT64_MAX);
	source = vg_core_item(world.core, VG_OBJECT_ALARM_SOURCE, 0);
	assert_non_null(source);
	assert_int_equal(source->notices, INT64_MAX);
	assert_int_equal(source->events, 2);
	assert_int_equal(vg_core_unmapped(world.core, take_notices, &notices), 0);
	assert_int_equal(notices, INT64_MAX);
	vg_core_free(world.core);
}

/* Rules. */

/* Changes of a host's alarm, a minute apart, until it flaps. */
static int
changes_until_it_flaps(struct world *world, const char *host, int64_t minutes)
{
	char line[64];

	for (int changes = 1; changes < 100; changes++) {
		snprintf(line, sizeof(line), "%s x %s", host,
			 changes % 2 == 1 ? "major" : "cleared");
		alarms_event(world, "snmp", minutes + changes, line);
		if (alarm_now(world, host, "x").flapping)
			return changes;
	}
	return 0;
}

static void
before_any_agreement_the_usual_rules_hold(void **state)
{
	struct vg_agreement *agreement = alarm_agreement("1");
	struct world world = {.seq = 1};

	(void)state;
	agreement->valid_from_ms = at_ms(DAYS(2));
	agreement->flap_changes = 3;
	world.core = support_core(agreement);
	assert_int_equal(changes_until_it_flaps(&world, "sw1", 10), VG_FLAP_CHANGES);
	assert_int_equal(changes_until_it_flaps(&world, "sw2", DAYS(3)), 3);
	vg_core_free(world.core);
}

static void
flapping_is_told_from_what_is_remembered(void **state)
{
	struct vg_agreement *agreement = alarm_agreement("1");
	struct world world = {.seq = 1};

	(void)state;
	agreement->flap_changes = 50;
	agreement->flap_window_ms = 100 * MINUTE_MS;
	world.core = support_core(agreement);
	assert_int_equal(changes_until_it_flaps(&world, "sw1", 10), VG_ALARM_FLAP_RING);
	vg_core_free(world.core);
}

/* What the collector asks. */

static void
what_is_news_is_asked_for_now(void **state)
{
	struct world world = alarm_world();
	char again[] = "sw x major transient", worse[] = "sw x critical transient";
	struct vg_notice notice = support_notice(again, 10), other = support_notice(worse, 10);

	(void)state;
	alarms_event(&world, "snmp", 10, "sw x major transient");
	assert_false(vg_core_notice_is_news(world.core, "snmp", &notice, at_ms(11)));
	assert_true(vg_core_notice_is_news(world.core, "snmp", &other, at_ms(11)));
	/* a clock that went back is no earlier than what was received */
	assert_false(vg_core_notice_is_news(world.core, "snmp", &notice, at_ms(0)));
	/* it ran out: the same words raise it anew */
	notice.at_ms = notice.last_ms = at_ms(200);
	assert_true(vg_core_notice_is_news(world.core, "snmp", &notice, at_ms(200)));
	vg_core_free(world.core);
}

/* Windows. */

static void
approve(struct world *world, int64_t from, int64_t to)
{
	const int64_t time[][2] = {{at_ms(from), at_ms(to)}};
	struct vg_window_body body = window_body(time, 1);
	char name[32];

	body.services = "vard";
	body.municipalities = "1489";
	window_event(world, VG_KIND_WINDOW_PLANNED, &body, "anna", 5);
	snprintf(name, sizeof(name), "W-%lld", (long long)world->seq);
	window_command(world, VG_KIND_WINDOW_APPROVED, name, "bo", 6, 0);
	assert_int_equal(world->verdict.code, VG_VERDICT_TAKEN);
}

static void
of_windows_that_begin_together_each_hides_to_its_end(void **state)
{
	struct world world = alarm_world();

	(void)state;
	approve(&world, DAYS(20), DAYS(20) + 60);
	approve(&world, DAYS(20), DAYS(20) + 180);
	approve(&world, DAYS(20), DAYS(20) + 120);
	alarms_event(&world, "snmp", DAYS(20) + 1, "a x major svc=vard mun=1489");
	for (int64_t minute = 1; minute < 180; minute += 60) {
		tick(&world, DAYS(20) + minute);
		assert_true(alarm_now(&world, "a", "x").hidden == VG_ALARM_WINDOW);
	}
	tick(&world, DAYS(20) + 180);
	assert_true(alarm_now(&world, "a", "x").hidden == VG_ALARM_SHOWN);
	vg_core_free(world.core);
}

/* The register. */

static enum vg_verdict_code
map_names(struct world *world, size_t from, size_t count)
{
	static char name[VG_RESOURCES_MAX][16];
	static struct vg_resource_row row[VG_RESOURCES_MAX];
	struct vg_event event = world_event(world, VG_KIND_RESOURCES_MAPPED, 10);

	for (size_t i = 0; i < count; i++) {
		snprintf(name[i], sizeof(name[i]), "h%07zu", from + i);
		row[i] = (struct vg_resource_row){.name = name[i],
						  .resource = "",
						  .service = "",
						  .municipalities = "",
						  .parent = ""};
	}
	event.body.resources = (struct vg_resources_body){count, row};
	return world_step(world, &event);
}

static void
a_register_that_is_full_takes_what_it_knows(void **state)
{
	struct world world = alarm_world();

	(void)state;
	for (size_t i = 0; i < VG_CORE_RESOURCES_MAX; i += VG_RESOURCES_MAX)
		assert_int_equal(map_names(&world, i, VG_RESOURCES_MAX), VG_VERDICT_TAKEN);
	assert_int_equal(map_names(&world, VG_CORE_RESOURCES_MAX - 1, 2), VG_VERDICT_OVERLOAD);
	assert_non_null(strstr(world.verdict.text, "100000"));
	assert_null(vg_core_resource(world.core, "h0100000"));
	resources_event(&world, 11, "h0000000 sw1");
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	assert_string_equal(vg_core_resource(world.core, "H0000000/1")->resource, "sw1");
	vg_core_free(world.core);
}

static void
a_resource_without_a_name_is_refused(void **state)
{
	struct world world = alarm_world();

	(void)state;
	resources_event(&world, 10, "sw1;- sw1");
	assert_refused(&world, "a resource has a name");
	assert_null(vg_core_resource(world.core, "sw1"));
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_stop_at_the_greatest_number),
		cmocka_unit_test(before_any_agreement_the_usual_rules_hold),
		cmocka_unit_test(flapping_is_told_from_what_is_remembered),
		cmocka_unit_test(what_is_news_is_asked_for_now),
		cmocka_unit_test(of_windows_that_begin_together_each_hides_to_its_end),
		cmocka_unit_test(a_register_that_is_full_takes_what_it_knows),
		cmocka_unit_test(a_resource_without_a_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
