/* Alarms: from raising to clearing, what people do, what hides them, whose names mean the same. */
#include "tests/unit/alarm_support.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alarm_lives_from_raise_to_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
