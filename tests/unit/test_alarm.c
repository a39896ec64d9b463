/* Alarms: from raising to clearing, what people do, what hides them, whose names mean the same. */
#include "tests/unit/alarm_support.h"
#include "tests/unit/checkpoint_support.h"

#include "core/core_private.h"

/* The life of an alarm. */

static void
an_alarm_lives_from_raise_to_clear(void **state)
{
	struct world world = alarm_world();
	const struct vg_alarm *alarm;

	(void)state;
	alarms_event(&world, "snmp", 10, "sw1/Gi1 link-down major text=down");
	assert_alarm(&world, "sw1/Gi1", "link-down",
		     "A-2048 sw1/Gi1 major 1x changes=1 active shown");
	alarms_event(&world, "zabbix", 11, "sw1/Gi1 link-down major n=5");
	alarms_event(&world, "snmp", 12, "sw1/Gi1 link-down critical text=worse");
	assert_alarm(&world, "sw1/Gi1", "link-down",
		     "A-2048 sw1/Gi1 critical 7x changes=2 active shown");
	alarms_event(&world, "snmp", 13, "sw1/Gi1 link-down cleared at=12");
	assert_alarm(&world, "sw1/Gi1", "link-down",
		     "A-2048 sw1/Gi1 critical 8x changes=3 ended shown");
	alarm = alarm_of(&world, "sw1/Gi1", "link-down");
	assert_string_equal(alarm->sources, "snmp zabbix");
	assert_string_equal(alarm->text, "worse");
	assert_int_equal(alarm->raised_ms, at_ms(10));
	assert_int_equal(alarm->cleared_ms, at_ms(12));
	assert_int_equal(alarm->last_ms, at_ms(12));
	assert_int_equal(alarm->last_seq, world.seq);
	assert_int_equal(vg_core_alarms_open_count(world.core), 0);
	alarms_event(&world, "snmp", 40, "sw1/Gi1 link-down minor;sw2 link-down minor");
	assert_alarm(&world, "sw1/Gi1", "link-down",
		     "A-6144 sw1/Gi1 minor 1x changes=1 active shown");
	assert_int_equal(alarm_of(&world, "sw1/Gi1", "link-down")->previous, 2048);
	assert_int_equal(alarm_of(&world, "sw2", "link-down")->id, 6145);
	assert_int_equal(vg_core_alarms_open_count(world.core), 2);
	vg_core_free(world.core);
}

static void
a_clear_matches_the_whole_key(void **state)
{
	struct world world = alarm_world();

	(void)state;
	alarms_event(&world, "snmp", 10, "ups battery-low major q=a");
	alarms_event(&world, "snmp", 11, "ups battery-low cleared;ups battery-low cleared q=b");
	assert_int_equal(vg_core_alarms_open_count(world.core), 1);
	assert_null(vg_core_alarm_of(world.core, "ups", "battery-low", ""));
	assert_int_equal(vg_core_alarm_of(world.core, "ups", "battery-low", "a")->count, 1);
	alarms_event(&world, "snmp", 12, "ups battery-low cleared q=a;ups battery-low cleared q=a");
	assert_int_equal(vg_core_alarms_open_count(world.core), 0);
	assert_int_equal(vg_core_alarm_of(world.core, "ups", "battery-low", "a")->count, 2);
	assert_int_equal(vg_core_alarm_of(world.core, "ups", "battery-low", "a")->changes, 2);
	vg_core_free(world.core);
}

static void
a_transient_alarm_runs_out(void **state)
{
	struct world world = alarm_world();

	(void)state;
	alarms_event(&world, "syslog", 10, "fw login-failed minor transient");
	alarms_event(&world, "syslog", 69, "fw login-failed minor transient");
	assert_alarm(&world, "fw", "login-failed", "A-2048 fw minor 2x changes=1 active shown");
	tick(&world, 121);
	tick(&world, 129);
	assert_alarm(&world, "fw", "login-failed", "A-2048 fw minor 2x changes=1 ended shown");
	assert_int_equal(alarm_now(&world, "fw", "login-failed").ended_ms, at_ms(129));
	assert_int_equal(alarm_of(&world, "fw", "login-failed")->cleared_ms, -1);
	alarms_event(&world, "syslog", 130, "fw login-failed cleared");
	assert_int_equal(alarm_of(&world, "fw", "login-failed")->count, 2);
	alarms_event(&world, "syslog", 131, "fw login-failed minor transient");
	assert_alarm(&world, "fw", "login-failed", "A-7168 fw minor 1x changes=1 active shown");
	/* whoever can clear it makes it one that is cleared */
	alarms_event(&world, "zabbix", 132, "fw login-failed minor");
	tick(&world, 1000);
	assert_alarm(&world, "fw", "login-failed", "A-7168 fw minor 2x changes=1 active shown");
	vg_core_free(world.core);
}

static void
what_comes_too_late_is_counted_and_changes_nothing(void **state)
{
	struct world world = alarm_world();

	(void)state;
	alarms_event(&world, "snmp", 10, "sw link-down major");
	alarms_event(&world, "snmp", 20, "sw link-down critical");
	alarms_event(&world, "snmp", 21, "sw link-down cleared at=15;sw link-down minor at=19");
	assert_alarm(&world, "sw", "link-down", "A-2048 sw critical 4x changes=2 active shown");
	/* another source has another clock */
	alarms_event(&world, "zabbix", 22, "sw link-down cleared at=5");
	assert_alarm(&world, "sw", "link-down", "A-2048 sw critical 5x changes=3 ended shown");
	assert_int_equal(alarm_of(&world, "sw", "link-down")->cleared_ms, at_ms(10));
	/* nothing happens before it is told */
	alarms_event(&world, "snmp", 40, "sw2 link-down major at=60 last=70");
	assert_int_equal(alarm_of(&world, "sw2", "link-down")->raised_ms, at_ms(40));
	assert_int_equal(alarm_of(&world, "sw2", "link-down")->last_ms, at_ms(40));
	vg_core_free(world.core);
}

/* Five changes in ten minutes. */
static void
start_flapping(struct world *world)
{
	alarms_event(world, "snmp", 10, "sw link-down major");
	alarms_event(world, "snmp", 11, "sw link-down cleared");
	alarms_event(world, "snmp", 12, "sw link-down major");
	alarms_event(world, "snmp", 13, "sw link-down cleared");
	assert_false(alarm_now(world, "sw", "link-down").flapping);
	alarms_event(world, "snmp", 14, "sw link-down major");
	assert_true(alarm_now(world, "sw", "link-down").flapping);
}

static void
an_alarm_that_flaps_stays_one_until_it_is_quiet(void **state)
{
	struct world world = alarm_world();

	(void)state;
	start_flapping(&world);
	assert_alarm(&world, "sw", "link-down", "A-6144 sw major 1x changes=1 active flapping");
	alarms_event(&world, "snmp", 20, "sw link-down cleared");
	alarms_event(&world, "snmp", 29, "sw link-down minor");
	assert_alarm(&world, "sw", "link-down", "A-6144 sw minor 3x changes=3 active flapping");
	assert_int_equal(alarm_now(&world, "sw", "link-down").until_ms, at_ms(39));
	alarms_event(&world, "snmp", 38, "sw link-down cleared");
	tick(&world, 47);
	assert_alarm(&world, "sw", "link-down", "A-6144 sw minor 4x changes=4 ended flapping");
	tick(&world, 48);
	assert_alarm(&world, "sw", "link-down", "A-6144 sw minor 4x changes=4 ended shown");
	alarms_event(&world, "snmp", 48, "sw link-down major");
	assert_int_equal(alarm_of(&world, "sw", "link-down")->previous, 6144);
	assert_int_equal(alarm_of(&world, "sw", "link-down")->changes, 1);
	assert_true(alarm_now(&world, "sw", "link-down").hidden == VG_ALARM_SHOWN);
	vg_core_free(world.core);
}

static void
a_closed_alarm_that_flaps_is_a_new_one_when_it_is_raised(void **state)
{
	struct world world = alarm_world();

	(void)state;
	start_flapping(&world);
	alarm_act(&world, VG_KIND_ALARM_CLOSED, "A-6144", 15, "", 0);
	alarms_event(&world, "snmp", 16, "sw link-down cleared");
	alarms_event(&world, "snmp", 17, "sw link-down major");
	assert_alarm(&world, "sw", "link-down", "A-9216 sw major 1x changes=1 active flapping");
	tick(&world, 27);
	assert_alarm(&world, "sw", "link-down", "A-9216 sw major 1x changes=1 active shown");
	vg_core_free(world.core);
}

/* People. */

static void
people_acknowledge_shelve_and_close(void **state)
{
	struct world world = alarm_world();
	const struct vg_alarm *alarm;

	(void)state;
	alarms_event(&world, "snmp", 10, "sw link-down major;ups battery-low minor");
	alarm = vg_core_alarm(world.core, 2048);
	assert_int_equal(alarm_act(&world, VG_KIND_ALARM_ACKNOWLEDGED, "A-2048", 12, "", 0),
			 VG_VERDICT_TAKEN);
	assert_int_equal(alarm->operator_, VG_OPERATOR_ACK);
	assert_int_equal(alarm->acked_ms, at_ms(12));
	assert_string_equal(alarm->actor, "tester");
	alarm_act(&world, VG_KIND_ALARM_ACKNOWLEDGED, "A-2048", 13, "", 0);
	assert_refused(&world, "was acknowledged by tester already");
	alarm_act(&world, VG_KIND_ALARM_UNSHELVED, "A-2048", 13, "", 0);
	assert_refused(&world, "is not shelved");
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-2048", 13, "", 20);
	assert_refused(&world, "without a reason");
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-2048", 13, "spare part", 13);
	assert_refused(&world, "an instant that has passed");
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-2048", 13, "spare part", 20);
	assert_alarm(&world, "sw", "link-down", "A-2048 sw major 1x changes=1 active shelved");
	assert_int_equal(alarm_now(&world, "sw", "link-down").until_ms, at_ms(20));
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-2048", 14, "spare part", 20);
	assert_refused(&world, "until then already");
	alarm_act(&world, VG_KIND_ALARM_ACKNOWLEDGED, "A-2048", 14, "", 0);
	assert_refused(&world, "is shelved");
	assert_int_equal(alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-2048", 14, "no part yet", 30),
			 VG_VERDICT_TAKEN);
	tick(&world, 30);
	assert_alarm(&world, "sw", "link-down", "A-2048 sw major 1x changes=1 active shown");
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-2048", 31, "for good", -1);
	alarm_act(&world, VG_KIND_ALARM_UNSHELVED, "A-2048", 32, "", 0);
	assert_int_equal(alarm->operator_, VG_OPERATOR_UNSHELVED);
	alarm_act(&world, VG_KIND_ALARM_CLOSED, "A-2048", 33, "", 0);
	assert_alarm(&world, "sw", "link-down", "A-2048 sw major 1x changes=1 active closed");
	alarm_act(&world, VG_KIND_ALARM_CLOSED, "A-2048", 34, "", 0);
	assert_refused(&world, "was closed by tester");
	alarms_event(&world, "snmp", 50, "sw link-down cleared");
	alarms_event(&world, "snmp", 70, "sw link-down major");
	assert_true(alarm_now(&world, "sw", "link-down").hidden == VG_ALARM_SHOWN);
	assert_string_not_equal(alarm_of(&world, "sw", "link-down")->actor, "tester");
	alarm_act(&world, VG_KIND_ALARM_CLOSED, "A-7", 71, "", 0);
	assert_refused(&world, "no alarm A-7");
	alarm_act(&world, VG_KIND_ALARM_CLOSED, "A-2048.1", 71, "", 0);
	assert_refused(&world, "no alarm A-2048.1");
	vg_core_free(world.core);
}

/* History. */

struct lines {
	char text[512];
	size_t n;
};

static bool
add_line(const struct vg_alarm_change *change, void *arg)
{
	struct lines *lines = arg;
	size_t used = strlen(lines->text);

	lines->n++;
	if (used < sizeof(lines->text) - 80)
		snprintf(lines->text + used, sizeof(lines->text) - used, "%s %s by %s (%s)",
			 used > 0 ? "," : "",
			 change->severity >= 0 ? vg_severity_words[change->severity]
					       : vg_operator_words[change->operator_],
			 change->actor, change->text);
	return true;
}

static void
history_tells_changes_and_acts_newest_first(void **state)
{
	struct world world = alarm_world();
	struct lines lines = {0};

	(void)state;
	alarms_event(&world, "snmp", 10, "sw link-down minor text=down");
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-2048", 11, "wait", 20);
	alarms_event(&world, "zabbix", 12, "sw link-down major text=worse;sw link-down major");
	alarms_event(&world, "snmp", 13, "sw link-down cleared text=up");
	vg_core_alarm_history(world.core, alarm_of(&world, "sw", "link-down"), add_line, &lines);
	assert_string_equal(lines.text, " cleared by snmp (up), major by zabbix (worse),"
					" shelved by tester (wait), minor by snmp (down)");
	vg_core_free(world.core);
}

static void
a_history_has_room_for_people(void **state)
{
	struct world world = alarm_world();
	struct lines lines = {0};
	const struct vg_alarm *alarm;

	(void)state;
	for (int i = 0; i < 300; i++)
		alarms_event(&world, "snmp", 10 + i,
			     i % 2 == 0 ? "sw link-down major" : "sw link-down cleared");
	alarm = alarm_of(&world, "sw", "link-down");
	assert_int_equal(alarm->changes, 300 - 4);
	vg_core_alarm_history(world.core, alarm, add_line, &lines);
	assert_int_equal(lines.n, 150);
	for (int i = 0; i < 60; i++) {
		alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-6144", 400, "wait", -1);
		alarm_act(&world, VG_KIND_ALARM_UNSHELVED, "A-6144", 400, "", 0);
	}
	lines.n = 0;
	vg_core_alarm_history(world.core, alarm, add_line, &lines);
	assert_int_equal(lines.n, VG_ALARM_CHANGES_MAX);
	vg_core_free(world.core);
}

/* In a new hour, and with those who follow it. */
static void
what_ran_out_is_swept_from_the_open_ones(void **state)
{
	struct world world = alarm_world();
	const struct vg_alarm *alarm;

	(void)state;
	assert_int_equal(at_ms(60) % HOUR_MS, 0);
	alarms_event(&world, "syslog", 10, "fw login-failed major transient;sw x major");
	alarm = alarm_of(&world, "fw", "login-failed");
	tick(&world, 60);
	tick(&world, 119);
	assert_int_equal(vg_core_alarms_open_count(world.core), 2);
	assert_int_equal(alarm->cleared_ms, -1);
	tick(&world, 120);
	assert_int_equal(alarm->cleared_ms, at_ms(70));
	assert_int_equal(alarm->changed_seq, world.seq);
	assert_int_equal(alarm->changes, 1);
	assert_int_equal(vg_core_alarms_open_count(world.core), 1);
	assert_int_equal(alarm_of(&world, "sw", "x")->cleared_ms, -1);
	vg_core_free(world.core);
}

static void
a_late_notice_does_what_it_did_before_the_sweep(void **state)
{
	struct world world = alarm_world();
	struct vg_notice late = {.at_ms = at_ms(50),
				 .last_ms = at_ms(50),
				 .count = 1,
				 .resource = "fw",
				 .type = "x",
				 .qualifier = "",
				 .severity = VG_SEVERITY_MINOR,
				 .transient = true,
				 .service = "",
				 .municipality = "",
				 .text = ""};
	const struct vg_alarm *alarm;

	(void)state;
	alarms_event(&world, "syslog", 10, "fw x minor transient");
	alarm = alarm_of(&world, "fw", "x");
	tick(&world, 140);
	assert_int_equal(alarm->cleared_ms, at_ms(70));
	/* from before its end: said again, it ends later */
	assert_false(vg_core_notice_is_news(world.core, "syslog", &late, at_ms(141)));
	alarms_event(&world, "syslog", 141, "fw x minor transient at=50");
	assert_ptr_equal(alarm_of(&world, "fw", "x"), alarm);
	assert_int_equal(alarm->count, 2);
	tick(&world, 210);
	assert_int_equal(alarm->cleared_ms, at_ms(110));
	/* a worse one, and a clearing */
	alarms_event(&world, "syslog", 211, "fw x major transient at=100");
	assert_int_equal(alarm->changes, 2);
	tick(&world, 280);
	assert_int_equal(alarm->cleared_ms, at_ms(160));
	alarms_event(&world, "syslog", 281, "fw x cleared at=150");
	assert_int_equal(alarm->cleared_ms, at_ms(150));
	/* from after it: another alarm */
	alarms_event(&world, "syslog", 282, "fw x minor transient at=170");
	assert_int_equal(alarm_of(&world, "fw", "x")->previous, alarm->id);
	vg_core_free(world.core);
}

/* The raising stands in the alarm alone until there is more to tell, and says the same. */
static void
a_raising_is_a_line_of_its_own_when_more_is_told(void **state)
{
	struct world world = alarm_world();
	const struct vg_alarm_change *line;
	struct lines lines = {0};

	(void)state;
	alarms_event(&world, "snmp", 10, "sw link-down minor text=down");
	alarms_event(&world, "beat", 11, "sw link-down minor text=again svc=vard");
	assert_null(vg_core_item(world.core, VG_OBJECT_ALARM_CHANGE, 0));
	vg_core_alarm_history(world.core, alarm_of(&world, "sw", "link-down"), add_line, &lines);
	assert_string_equal(lines.text, " minor by snmp (down)");
	alarms_event(&world, "beat", 12, "sw link-down major text=worse");
	line = vg_core_item(world.core, VG_OBJECT_ALARM_CHANGE, 0);
	assert_string_equal(line->actor, "snmp");
	assert_string_equal(line->text, "down");
	assert_int_equal(line->severity, VG_SEVERITY_MINOR);
	assert_int_equal(line->at_ms, at_ms(10));
	assert_int_equal(line->received_ms, at_ms(10));
	assert_int_equal(vg_alarm_change_seq(line), 2);
	line = vg_core_item(world.core, VG_OBJECT_ALARM_CHANGE, 1);
	assert_string_equal(line->text, "worse");
	assert_int_equal(vg_alarm_change_seq(line), 4);
	vg_core_free(world.core);
}

/* Names. */

static void
two_names_of_one_resource_are_one_alarm(void **state)
{
	struct world world = alarm_world();

	(void)state;
	resources_event(&world, 5, "10.0.0.1 sw1;SW1.example.org sw1;sw9 - vard 1480,1489");
	alarms_event(&world, "snmp", 10, "10.0.0.1/Gi1 link-down major");
	alarms_event(&world, "zabbix", 11, "sw1.EXAMPLE.org/Gi1 link-down major");
	assert_alarm(&world, "sw1/Gi1", "link-down",
		     "A-3072 sw1/Gi1 major 2x changes=1 active shown");
	assert_string_equal(alarm_of(&world, "10.0.0.1/Gi1", "link-down")->sources, "snmp zabbix");
	assert_string_equal(alarm_of(&world, "sw1/Gi1", "link-down")->stated, "10.0.0.1/Gi1");
	/* said again, it changes nothing */
	resources_event(&world, 11, "10.0.0.1 sw1");
	assert_int_equal(vg_core_resource(world.core, "10.0.0.1/x")->changed_seq, 2);
	alarms_event(&world, "zabbix", 12, "sw1.example.org/Gi1 link-down cleared");
	assert_int_equal(vg_core_alarms_open_count(world.core), 0);
	vg_core_free(world.core);
}

static void
a_name_that_is_told_later_joins_open_alarms(void **state)
{
	struct world world = alarm_world();
	struct lines lines = {0};

	(void)state;
	alarms_event(&world, "snmp", 10, "10.0.0.1 host-down major;10.0.0.1 fan-failure minor");
	alarms_event(&world, "zabbix", 11, "sw1 host-down minor n=3");
	resources_event(&world, 12, "10.0.0.1 sw1");
	/* nothing of sw1 was open: it moves */
	assert_alarm(&world, "sw1", "fan-failure", "A-2049 sw1 minor 1x changes=1 active shown");
	/* something was: it goes over, and the worse of both holds */
	assert_alarm(&world, "sw1", "host-down", "A-3072 sw1 major 4x changes=2 active shown");
	assert_string_equal(alarm_of(&world, "sw1", "host-down")->sources, "snmp zabbix");
	assert_int_equal(vg_core_alarm(world.core, 2048)->merged_into, 3072);
	assert_int_equal(vg_core_alarm(world.core, 2048)->cleared_ms, at_ms(12));
	assert_int_equal(vg_core_alarm(world.core, 2048)->count, 0);
	vg_core_alarm_history(world.core, vg_core_alarm(world.core, 2048), add_line, &lines);
	assert_string_equal(lines.text, " cleared by vinga (merged into A-3072), major by snmp ()");
	alarm_act(&world, VG_KIND_ALARM_CLOSED, "A-2048", 13, "", 0);
	assert_refused(&world, "was merged into A-3072");
	assert_int_equal(vg_core_alarms_open_count(world.core), 2);
	/* and back again */
	resources_event(&world, 14, "10.0.0.1 removed");
	assert_alarm(&world, "10.0.0.1", "fan-failure",
		     "A-2049 10.0.0.1 minor 1x changes=1 active shown");
	assert_null(vg_core_alarm_of(world.core, "sw1", "fan-failure", ""));
	assert_int_equal(alarm_of(&world, "10.0.0.1", "host-down")->id, 2048);
	assert_int_equal(alarm_of(&world, "sw1", "host-down")->id, 3072);
	vg_core_free(world.core);
}

static void
the_register_says_which_service_an_alarm_is_of(void **state)
{
	struct world world = alarm_world();
	const struct vg_alarm *alarm;

	(void)state;
	alarms_event(&world, "snmp", 10, "sw1/Gi1 link-down major;sw1 fan-failure minor svc=arkiv");
	alarm = alarm_of(&world, "sw1/Gi1", "link-down");
	assert_string_equal(alarm->service, "");
	resources_event(&world, 11, "sw1 - vard 1480,1489;sw1/gi1 - - 1480");
	assert_string_equal(alarm->service, "vard");
	assert_string_equal(alarm->municipalities, "1480");
	assert_int_equal(alarm->changed_seq, world.seq);
	alarm = alarm_of(&world, "sw1", "fan-failure");
	assert_string_equal(alarm->service, "arkiv");
	assert_string_equal(alarm->municipalities, "1480 1489");
	alarms_event(&world, "snmp", 12, "sw1/Gi2 link-down major mun=1489");
	assert_string_equal(alarm_of(&world, "sw1/Gi2", "link-down")->service, "vard");
	assert_string_equal(alarm_of(&world, "sw1/Gi2", "link-down")->municipalities, "1489");
	resources_event(&world, 13, "sw1 removed");
	assert_string_equal(alarm_of(&world, "sw1/Gi2", "link-down")->service, "");
	assert_string_equal(alarm_of(&world, "sw1/Gi2", "link-down")->municipalities, "1489");
	assert_string_equal(alarm->service, "arkiv");
	vg_core_free(world.core);
}

static bool
is_called_for(const struct world *world, const char *service)
{
	return vg_signal_find(world->core, VG_SIGNAL_ALARM, service, "") != NULL;
}

static void
what_the_register_says_moves_the_signal(void **state)
{
	struct world world = alarm_world();

	(void)state;
	alarms_event(&world, "snmp", 10,
		     "sw1 host-down critical;r1 host-down major cat=availability");
	assert_true(is_called_for(&world, ""));
	resources_event(&world, 11, "sw1 - vard");
	assert_false(is_called_for(&world, ""));
	assert_true(is_called_for(&world, "vard"));
	resources_event(&world, 12, "sw1 - vard - r1");
	assert_false(is_called_for(&world, "vard"));
	resources_event(&world, 13, "sw1 removed");
	assert_true(is_called_for(&world, ""));
	alarms_event(&world, "zabbix", 14, "sw1 host-down critical svc=arkiv");
	assert_false(is_called_for(&world, ""));
	assert_true(is_called_for(&world, "arkiv"));
	vg_core_free(world.core);
}

static void
a_register_that_says_nonsense_is_refused_whole(void **state)
{
	struct world world = alarm_world();

	(void)state;
	resources_event(&world, 10, "sw1 - vard;sw2 - nosuch");
	assert_refused(&world, "no service nosuch");
	assert_null(vg_core_resource(world.core, "sw1"));
	resources_event(&world, 10, "sw1 - vard 9999");
	assert_refused(&world, "no municipality 9999");
	resources_event(&world, 10, "sw1 - - - sw1");
	assert_refused(&world, "its own parent");
	resources_event(&world, 10, "sw1 removed");
	assert_refused(&world, "no resource sw1");
	vg_core_free(world.core);
}

static bool
add_unmapped(const struct vg_unmapped *unmapped, void *arg)
{
	struct lines *lines = arg;
	size_t used = strlen(lines->text);

	snprintf(lines->text + used, sizeof(lines->text) - used, "%s %lld %lld A-%lld;",
		 unmapped->host, (long long)unmapped->alarms, (long long)unmapped->notices,
		 (long long)unmapped->newest->id);
	return ++lines->n < 3;
}

static void
hosts_that_nobody_knows_are_listed_commonest_first(void **state)
{
	struct world world = alarm_world();
	struct lines lines = {0};

	(void)state;
	resources_event(&world, 5, "known");
	alarms_event(&world, "snmp", 10,
		     "b link-down minor;a/1 link-down minor;a/2 link-down minor;known x minor;"
		     "c link-down minor n=9;d link-down minor");
	alarms_event(&world, "vinga", 10, "self x minor");
	assert_int_equal(vg_core_unmapped(world.core, add_unmapped, &lines), 0);
	assert_string_equal(lines.text, "a 2 2 A-3074;c 1 9 A-3076;b 1 1 A-3072;");
	vg_core_free(world.core);
}

/* What hides an alarm. */

static void
an_approved_window_hides_the_alarms_of_its_scope(void **state)
{
	struct world world = alarm_world();
	const int64_t time[][2] = {{at_ms(DAYS(20)), at_ms(DAYS(20) + 60)}};
	struct vg_window_body body = window_body(time, 1);
	char name[32];

	(void)state;
	body.services = "vard";
	body.municipalities = "1489";
	window_event(&world, VG_KIND_WINDOW_PLANNED, &body, "anna", 5);
	snprintf(name, sizeof(name), "W-%lld", (long long)world.seq);
	alarms_event(&world, "snmp", DAYS(20) + 1,
		     "a link-down major svc=vard mun=1489;b link-down major svc=vard;"
		     "c link-down major svc=vard mun=1480;d link-down major;"
		     "e link-down major svc=arkiv mun=1489");
	assert_true(alarm_now(&world, "a", "link-down").hidden == VG_ALARM_SHOWN);
	window_command(&world, VG_KIND_WINDOW_APPROVED, name, "bo", DAYS(20) + 2, 0);
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	assert_true(alarm_now(&world, "a", "link-down").hidden == VG_ALARM_WINDOW);
	assert_int_equal(alarm_now(&world, "a", "link-down").until_ms, at_ms(DAYS(20) + 60));
	assert_int_equal(alarm_now(&world, "a", "link-down").ref, world.seq - 2);
	for (const char *other = "bcde"; *other != '\0'; other++) {
		const char host[] = {*other, '\0'};

		assert_true(alarm_now(&world, host, "link-down").hidden == VG_ALARM_SHOWN);
	}
	tick(&world, DAYS(20) + 60);
	assert_true(alarm_now(&world, "a", "link-down").hidden == VG_ALARM_SHOWN);
	vg_core_free(world.core);
}

static void
a_parent_that_is_down_hides_what_is_behind_it(void **state)
{
	struct world world = alarm_world();

	(void)state;
	resources_event(&world, 5, "r1;10.0.0.2 sw1 - - r1;sw1 - - - r1;ap1 - - - 10.0.0.2/Gi3");
	alarms_event(&world, "snmp", 10, "ap1/radio link-down minor cat=availability");
	alarms_event(&world, "snmp", 11, "r1 fan-failure critical;sw1 x minor cat=availability");
	assert_true(alarm_now(&world, "ap1/radio", "link-down").hidden == VG_ALARM_SHOWN);
	alarms_event(
		&world, "snmp", 12,
		"r1/Gi1 y major cat=availability;r1/Gi0 x critical cat=availability transient");
	assert_true(alarm_now(&world, "ap1/radio", "link-down").hidden == VG_ALARM_PARENT);
	assert_int_equal(alarm_now(&world, "ap1/radio", "link-down").ref,
			 alarm_of(&world, "r1/Gi1", "y")->id);
	assert_true(alarm_now(&world, "r1", "fan-failure").hidden == VG_ALARM_SHOWN);
	alarms_event(&world, "snmp", 13, "sw1 x major cat=availability");
	assert_int_equal(alarm_now(&world, "ap1/radio", "link-down").ref,
			 alarm_of(&world, "sw1", "x")->id);
	assert_true(alarm_now(&world, "sw1", "x").hidden == VG_ALARM_PARENT);
	alarms_event(&world, "snmp", 14, "r1/Gi1 y minor;sw1 x cleared");
	assert_true(alarm_now(&world, "ap1/radio", "link-down").hidden == VG_ALARM_SHOWN);
	/* a circle ends */
	resources_event(&world, 20, "r1 - - - ap1");
	alarms_event(&world, "snmp", 21, "ap1 y critical cat=availability");
	assert_true(alarm_now(&world, "ap1/radio", "link-down").hidden == VG_ALARM_SHOWN);
	assert_true(alarm_now(&world, "r1/Gi1", "y").hidden == VG_ALARM_PARENT);
	vg_core_free(world.core);
}

static void
of_several_that_take_a_host_down_the_oldest_is_named(void **state)
{
	struct world world = alarm_world();
	static const char *const order[] = {"c", "a", "d", "b", "e"};
	char line[64];

	(void)state;
	resources_event(&world, 5, "ap1 - - - r1");
	alarms_event(&world, "snmp", 10,
		     "ap1 x minor;r1/a y minor cat=availability;"
		     "r1/b y minor cat=availability;"
		     "r1/c y minor cat=availability;"
		     "r1/d y minor cat=availability;"
		     "r1/e y minor cat=availability");
	for (int i = 0; i < 5; i++) {
		snprintf(line, sizeof(line), "r1/%s y major", order[i]);
		alarms_event(&world, "snmp", 11, line);
	}
	for (char c = 'a'; c <= 'e'; c++) {
		snprintf(line, sizeof(line), "r1/%c", c);
		assert_int_equal(alarm_now(&world, "ap1", "x").ref,
				 alarm_of(&world, line, "y")->id);
		snprintf(line, sizeof(line), "r1/%c y cleared", c);
		alarms_event(&world, "snmp", 12, line);
	}
	assert_true(alarm_now(&world, "ap1", "x").hidden == VG_ALARM_SHOWN);
	vg_core_free(world.core);
}

/* Sources. */

/* A world in which "beat" must be heard of every half hour. */
static struct world
beating_world(void)
{
	struct vg_agreement *agreement = expecting(alarm_agreement("1"), "beat", 30);

	return (struct world){.core = support_core(agreement), .seq = 1};
}

static const struct vg_alarm_source *
source_of(const struct world *world, const char *name)
{
	const struct vg_alarm_source *source;

	for (size_t i = 0; (source = vg_core_item(world->core, VG_OBJECT_ALARM_SOURCE, i)) != NULL;
	     i++) {
		if (strcmp(source->source, name) == 0)
			return source;
	}
	fail_msg("no source %s", name);
	return NULL;
}

static void
a_source_that_falls_silent_is_an_alarm(void **state)
{
	struct world world = beating_world();
	const struct vg_alarm *alarm;

	(void)state;
	alarms_event(&world, "beat", 10, "x y minor n=3");
	alarms_event(&world, "snmp", 10, "x y minor");
	assert_int_equal(source_of(&world, "beat")->notices, 3);
	assert_int_equal(source_of(&world, "beat")->events, 1);
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(40));
	tick(&world, 39);
	assert_null(vg_core_alarm_of(world.core, "beat", "source-silent", ""));
	tick(&world, 40);
	alarm = alarm_of(&world, "beat", "source-silent");
	assert_int_equal(alarm->id, world.seq * 1024 + 1000);
	assert_int_equal(alarm->severity, VG_SEVERITY_MAJOR);
	assert_int_equal(alarm->category, VG_ALARM_AVAILABILITY);
	assert_string_equal(alarm->sources, "vinga");
	assert_string_equal(alarm->text, "no event from beat for 1800 s");
	assert_true(source_of(&world, "beat")->silent);
	alarms_event(&world, "beat", 50, "x y cleared");
	assert_int_equal(alarm->cleared_ms, at_ms(50));
	assert_false(source_of(&world, "beat")->silent);
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(80));
	vg_core_free(world.core);
}

static void
a_source_that_never_says_anything_is_silent_too(void **state)
{
	struct world world = beating_world();

	(void)state;
	world.now = 100;
	world_apply(&world, expecting(alarm_agreement("2"), "beat", 5));
	tick(&world, 104);
	assert_int_equal(source_of(&world, "beat")->events, 0);
	assert_true(source_of(&world, "beat")->silent); /* the first version was from long ago */
	assert_true(alarm_now(&world, "beat", "source-silent").active);
	/* a version that expects nothing of it ends that */
	world_apply(&world, expecting(alarm_agreement("3"), "other", 30));
	assert_false(alarm_now(&world, "beat", "source-silent").active);
	tick(&world, 135);
	assert_true(alarm_now(&world, "other", "source-silent").active);
	vg_core_free(world.core);
}

static void
many_that_fall_silent_at_once_are_told_one_event_after_another(void **state)
{
	struct world world = beating_world();
	struct vg_agreement *agreement = alarm_agreement("2");
	char name[16];
	size_t told = 0;

	(void)state;
	agreement->alarm_silences = 60;
	agreement->alarm_silence = support_array(60, sizeof(*agreement->alarm_silence));
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "s%02d", i);
		agreement->alarm_silence[i] =
			(struct vg_alarm_silence){support_copy(name), 10 * MINUTE_MS};
	}
	world.now = 100;
	world_apply(&world, agreement);
	tick(&world, 120);
	assert_int_equal(vg_core_alarms_open_count(world.core), 24);
	tick(&world, 121);
	tick(&world, 122);
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "s%02d", i);
		told += vg_core_alarm_of(world.core, name, "source-silent", "") != NULL;
	}
	assert_int_equal(told, 60);
	vg_core_free(world.core);
}

static void
what_a_version_to_come_expects_is_expected_from_then_on(void **state)
{
	struct world world = beating_world();
	struct vg_agreement *agreement = expecting(alarm_agreement("2"), "other", 30);

	(void)state;
	agreement->valid_from_ms = at_ms(200);
	world.now = 100;
	world_apply(&world, agreement);
	tick(&world, 229);
	assert_null(vg_core_alarm_of(world.core, "other", "source-silent", ""));
	tick(&world, 230);
	assert_true(alarm_now(&world, "other", "source-silent").active);
	vg_core_free(world.core);
}

/* Limits. */

static void
ended_alarms_give_way_to_new_ones(void **state)
{
	struct world world = alarm_world();
	char line[64];

	(void)state;
	world.core->alarms.most = 20;
	for (int i = 0; i < 20; i++) {
		snprintf(line, sizeof(line), "h%02d x minor%s", i, i % 4 == 0 ? " transient" : "");
		alarms_event(&world, "snmp", 10, line);
		if (i % 4 == 1) {
			snprintf(line, sizeof(line), "h%02d x cleared", i);
			alarms_event(&world, "snmp", 11, line);
		}
	}
	/* a tenth and one more at once: the oldest that have ended */
	alarms_event(&world, "snmp", 12, "new x minor");
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	assert_null(vg_core_alarm_of(world.core, "h01", "x", ""));
	assert_null(vg_core_alarm_of(world.core, "h05", "x", ""));
	assert_null(vg_core_alarm_of(world.core, "h09", "x", ""));
	assert_non_null(vg_core_alarm_of(world.core, "h13", "x", ""));
	assert_int_equal(vg_core_alarms_open_count(world.core), 16);
	alarms_event(&world, "snmp", 13, "new2 x minor;new3 x minor");
	tick(&world, 61);
	alarms_event(&world, "snmp", 100, "new4 x minor;h16 x cleared");
	/* those that ran out count as ended */
	assert_null(vg_core_alarm_of(world.core, "h00", "x", ""));
	assert_int_equal(alarm_of(&world, "h16", "x")->cleared_ms, -1);
	vg_core_free(world.core);
}

static void
instances_of_one_key_give_way_together(void **state)
{
	struct world world = alarm_world();

	(void)state;
	for (int i = 0; i < 58; i += 2) {
		alarms_event(&world, "snmp", 20 * i, i < 6 ? "a x minor" : "b x minor");
		alarms_event(&world, "snmp", 20 * i + 20, i < 6 ? "a x cleared" : "b x cleared");
	}
	assert_int_equal(alarm_of(&world, "a", "x")->previous, 4096);
	world.core->alarms.most = 29; /* so many there are: three at once go */
	alarms_event(&world, "snmp", 2000, "c x minor");
	assert_null(vg_core_alarm_of(world.core, "a", "x", ""));
	alarms_event(&world, "snmp", 2001, "a x minor");
	assert_int_equal(alarm_of(&world, "a", "x")->previous, 0);
	vg_core_free(world.core);
}

static void
where_all_are_active_a_new_one_is_overload(void **state)
{
	struct world world = alarm_world();

	(void)state;
	world.core->alarms.most = 3;
	alarms_event(&world, "snmp", 10, "a x minor;b x minor;c x minor");
	alarms_event(&world, "snmp", 11, "d x minor;a x major");
	assert_int_equal(world.verdict.code, VG_VERDICT_OVERLOAD);
	assert_null(vg_core_alarm_of(world.core, "d", "x", ""));
	assert_int_equal(alarm_of(&world, "a", "x")->severity, VG_SEVERITY_MAJOR);
	alarms_event(&world, "snmp", 12, "b x cleared");
	alarms_event(&world, "snmp", 13, "d x minor");
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	assert_null(vg_core_alarm_of(world.core, "b", "x", ""));
	assert_non_null(vg_core_alarm_of(world.core, "d", "x", ""));
	vg_core_free(world.core);
}

static void
the_oldest_lines_of_histories_give_way(void **state)
{
	struct world world = alarm_world();
	struct lines lines = {0};

	(void)state;
	world.core->alarms.changes_most = 10;
	alarms_event(&world, "snmp", 10, "a x minor");
	for (int i = 0; i < 6; i++)
		alarms_event(&world, "snmp", 11 + 20 * i,
			     i % 2 == 0 ? "b x minor;a x major" : "b x cleared;a x critical");
	vg_core_alarm_history(world.core, alarm_of(&world, "a", "x"), add_line, &lines);
	assert_string_equal(lines.text,
			    " critical by snmp (), major by snmp (), critical by snmp (), "
			    "major by snmp (), critical by snmp ()");
	assert_int_equal(alarm_of(&world, "a", "x")->changes, 7);
	assert_null(vg_core_item(world.core, VG_OBJECT_ALARM_CHANGE, 10));
	vg_core_free(world.core);
}

/* Checkpoints. */

/* A core that was saved and loaded goes on like one that was not. */
static void
a_core_from_its_checkpoint_goes_on_the_same(void **state)
{
	static const char *const lines[] = {
		"a x minor;a/1 x major cat=availability;b x minor transient",
		"a x cleared;10.0.0.1/1 x critical cat=availability;c x minor svc=vard",
		"a x major;b x minor;10.0.0.1/1 x cleared",
		"a x cleared;c x major cat=availability mun=1480",
		"10.0.0.1/1 x major cat=availability;a x minor;b x cleared",
	};
	struct world world = beating_world(), loaded;
	struct bytes first, second;

	(void)state;
	loaded = world;
	for (int i = 0; i < 40; i++) {
		struct world *const worlds[] = {&world, &loaded};

		first = save(world.core);
		if (i > 0)
			vg_core_free(loaded.core);
		loaded = world;
		loaded.core = vg_core_load(first.at, first.n);
		assert_non_null(loaded.core);
		loaded.core->alarms.most = world.core->alarms.most;
		second = save(loaded.core);
		assert_int_equal(first.n, second.n);
		assert_memory_equal(first.at, second.at, first.n);
		assert_int_equal(vg_core_memory_bytes(loaded.core) > 0, 1);
		free(first.at);
		free(second.at);
		for (int w = 0; w < 2; w++) {
			if (i % 10 == 5)
				resources_event(worlds[w], 10 + i,
						i < 10 ? "10.0.0.1 a - - c" : "10.0.0.1 removed");
			else if (i % 10 == 7)
				alarm_act(worlds[w], VG_KIND_ALARM_SHELVED, "A-2048", 10 + i,
					  "wait", 100 + i);
			else
				alarms_event(worlds[w], i % 3 == 0 ? "beat" : "snmp",
					     10 + i * i / 4, lines[i % 5]);
			if (i == 33)
				worlds[w]->core->alarms.most =
					worlds[w]->core->items[VG_OBJECT_ALARM].n;
		}
		first = save(world.core);
		second = save(loaded.core);
		assert_int_equal(first.n, second.n);
		assert_memory_equal(first.at, second.at, first.n);
		free(first.at);
		free(second.at);
	}
	vg_core_free(loaded.core);
	vg_core_free(world.core);
}

/* Whatever loads must bear to be looked at, and to go on. */
static void
bear(struct vg_core *core)
{
	struct world world = {core, vg_core_seq(core), 1000000, {0}};
	const struct vg_alarm *alarm;
	struct lines lines = {0};
	struct vg_alarm_now now;

	for (size_t i = 0; (alarm = vg_core_item(core, VG_OBJECT_ALARM, i)) != NULL; i++) {
		vg_alarm_at(core, alarm, at_ms(world.now), &now);
		vg_core_alarm_history(core, alarm, add_line, &lines);
	}
	lines = (struct lines){0};
	assert_int_equal(vg_core_unmapped(core, add_unmapped, &lines), 0);
	alarms_event(&world, "snmp", 1000000,
		     "a x cleared;b x minor;a x major;10.0.0.1/1 x cleared;c x critical");
	resources_event(&world, 1000001, "10.0.0.1 c;b c");
	tick(&world, 1000100);
}

static void
damage_under_a_right_checksum_is_refused_or_borne(void **state)
{
	struct world world = beating_world();
	struct bytes bytes;
	uint64_t seed = 1;
	int borne = 0;

	(void)state;
	resources_event(&world, 5, "10.0.0.1 a - - c;b - vard 1480;old;old removed");
	alarms_event(&world, "snmp", 10, "a x minor;10.0.0.1/1 x major cat=availability;c x minor");
	alarms_event(&world, "beat", 11, "b x critical;a x cleared;b y minor transient");
	alarm_act(&world, VG_KIND_ALARM_SHELVED, "A-3072", 12, "wait", 100);
	alarms_event(&world, "snmp", 90, "a x minor;b y minor;c x cleared");
	resources_event(&world, 91, "c a");
	bytes = save(world.core);
	vg_core_free(world.core);
	for (int round = 0; round < 4000; round++) {
		uint8_t *copy = support_array(bytes.n, 1);
		struct vg_core *core;

		memcpy(copy, bytes.at, bytes.n);
		/* what is about alarms stands towards the end */
		for (int hit = 0; hit <= round % 3; hit++)
			copy[bytes.n - 9 - (size_t)support_below(&seed, 1800)] =
				(uint8_t)support_random(&seed);
		seal(copy, bytes.n);
		core = vg_core_load(copy, bytes.n);
		if (core != NULL) {
			struct bytes again = save(core);

			assert_int_equal(again.n, bytes.n);
			assert_memory_equal(again.at, copy, bytes.n);
			free(again.at);
			bear(core);
			vg_core_free(core);
			borne++;
		}
		free(copy);
	}
	assert_in_range(borne, 100, 3900);
	free(bytes.at);
}

/* Memory. */

static void
an_active_alarm_takes_less_than_a_kibibyte(void **state)
{
	struct world world = alarm_world();
	enum { ALARMS = 20000 };
	size_t before = vg_core_memory_bytes(world.core);
	char resource[64];
	struct vg_notice notice = {.count = 1,
				   .resource = resource,
				   .type = "link-down",
				   .qualifier = "",
				   .severity = VG_SEVERITY_MAJOR,
				   .category = VG_ALARM_AVAILABILITY,
				   .service = "vard",
				   .municipality = "1489",
				   .text = "Interface GigabitEthernet1/0/12 changed state to down",
				   .rule = "standard/link-down",
				   .peer = "192.0.2.17",
				   .detail = "",
				   .id = ""};
	size_t each;

	(void)state;
	for (int i = 0; i < ALARMS; i++) {
		struct vg_event event = world_event(&world, VG_KIND_ALARMS_REPORTED, 10);

		event.source = "snmp";
		notice.at_ms = notice.last_ms = event.received_ms;
		event.body.notices = (struct vg_notices_body){.count = 1, .notice = &notice};
		snprintf(resource, sizeof(resource), "sw-%05d.example.org/Gi1/0/12", i);
		world_step(&world, &event);
	}
	each = (vg_core_memory_bytes(world.core) - before) / ALARMS;
	print_message("%zu bytes an active alarm with its history\n", each);
	assert_true(each < 1024);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alarm_lives_from_raise_to_clear),
		cmocka_unit_test(a_clear_matches_the_whole_key),
		cmocka_unit_test(a_transient_alarm_runs_out),
		cmocka_unit_test(what_comes_too_late_is_counted_and_changes_nothing),
		cmocka_unit_test(an_alarm_that_flaps_stays_one_until_it_is_quiet),
		cmocka_unit_test(a_closed_alarm_that_flaps_is_a_new_one_when_it_is_raised),
		cmocka_unit_test(people_acknowledge_shelve_and_close),
		cmocka_unit_test(history_tells_changes_and_acts_newest_first),
		cmocka_unit_test(a_history_has_room_for_people),
		cmocka_unit_test(a_raising_is_a_line_of_its_own_when_more_is_told),
		cmocka_unit_test(what_ran_out_is_swept_from_the_open_ones),
		cmocka_unit_test(a_late_notice_does_what_it_did_before_the_sweep),
		cmocka_unit_test(two_names_of_one_resource_are_one_alarm),
		cmocka_unit_test(a_name_that_is_told_later_joins_open_alarms),
		cmocka_unit_test(the_register_says_which_service_an_alarm_is_of),
		cmocka_unit_test(what_the_register_says_moves_the_signal),
		cmocka_unit_test(a_register_that_says_nonsense_is_refused_whole),
		cmocka_unit_test(hosts_that_nobody_knows_are_listed_commonest_first),
		cmocka_unit_test(an_approved_window_hides_the_alarms_of_its_scope),
		cmocka_unit_test(a_parent_that_is_down_hides_what_is_behind_it),
		cmocka_unit_test(of_several_that_take_a_host_down_the_oldest_is_named),
		cmocka_unit_test(a_source_that_falls_silent_is_an_alarm),
		cmocka_unit_test(a_source_that_never_says_anything_is_silent_too),
		cmocka_unit_test(many_that_fall_silent_at_once_are_told_one_event_after_another),
		cmocka_unit_test(what_a_version_to_come_expects_is_expected_from_then_on),
		cmocka_unit_test(ended_alarms_give_way_to_new_ones),
		cmocka_unit_test(instances_of_one_key_give_way_together),
		cmocka_unit_test(where_all_are_active_a_new_one_is_overload),
		cmocka_unit_test(the_oldest_lines_of_histories_give_way),
		cmocka_unit_test(a_core_from_its_checkpoint_goes_on_the_same),
		cmocka_unit_test(damage_under_a_right_checksum_is_refused_or_borne),
		cmocka_unit_test(an_active_alarm_takes_less_than_a_kibibyte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
