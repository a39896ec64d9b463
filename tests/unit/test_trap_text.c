/* Traps as text, in the forms in which snmptrapd and its handlers write them. */
#include "lib/alarm/trap_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct vg_rules *rules;
static struct vg_trap_text *trap;

static int
set_up(void **state)
{
	struct vg_yaml_errors errors = {.count = 0};

	(void)state;
	rules = vg_rules_load(VG_SOURCE_DIR "/plugins/alarms", NULL, NULL, &errors);
	trap = malloc(sizeof(*trap));
	assert_non_null(rules);
	assert_non_null(trap);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	vg_rules_free(rules);
	free(trap);
	return 0;
}

static int
parse(const char *text, struct vg_err *err)
{
	return vg_trap_text_parse(trap, rules, text, strlen(text), err);
}

#define HEAD "sw-1.example.net\nUDP: [192.0.2.1]:1024->[192.0.2.2]:162\n"

static void
a_handlers_text_becomes_a_message(void **state)
{
	const struct vg_message *m = &trap->message;
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(parse(HEAD "DISMAN-EVENT-MIB::sysUpTimeInstance 0:0:15:22.68\n"
				    "SNMPv2-MIB::snmpTrapOID.0 IF-MIB::linkDown\n"
				    "IF-MIB::ifIndex.3 3\n"
				    "IF-MIB::ifDescr.3 \"Gigabit Ethernet 0/3\"\n"
				    "SNMP-COMMUNITY-MIB::snmpTrapCommunity.0 \"secret\"\n",
			       &err),
			 0);
	assert_int_equal(m->form, VG_MESSAGE_TRAP);
	assert_string_equal(m->host, "sw-1.example.net");
	assert_string_equal(m->peer, "192.0.2.1");
	assert_string_equal(m->trap, "1.3.6.1.6.3.1.1.5.3");
	assert_int_equal(m->count, 2);
	assert_string_equal(m->value[0].name, "1.3.6.1.2.1.2.2.1.1.3");
	assert_string_equal(m->value[0].value, "3");
	assert_string_equal(m->value[1].name, "1.3.6.1.2.1.2.2.1.2.3");
	assert_string_equal(m->value[1].value, "Gigabit Ethernet 0/3");
}

/* One value's line, and what it is. */
static const struct value_case {
	const char *line, *name, *value;
} values[] = {
	{"IF-MIB::ifIndex.3 = INTEGER: 3", "1.3.6.1.2.1.2.2.1.1.3", "3"},
	{"IF-MIB::ifOperStatus.3 = INTEGER: down(2)", "1.3.6.1.2.1.2.2.1.8.3", "2"},
	{"IF-MIB::ifOperStatus.3 down", "1.3.6.1.2.1.2.2.1.8.3", "down"},
	{".1.3.6.1.2.1.2.2.1.8.3 = INTEGER: 2", "1.3.6.1.2.1.2.2.1.8.3", "2"},
	{"iso.3.6.1.2.1.2.2.1.8.3 = INTEGER: 2", "1.3.6.1.2.1.2.2.1.8.3", "2"},
	{"IF-MIB::ifDescr.3 = STRING: \"eth (main)(1)\"", "1.3.6.1.2.1.2.2.1.2.3", "eth (main)(1)"},
	{"IF-MIB::ifDescr.3 = STRING: IF-MIB::linkDown", "1.3.6.1.2.1.2.2.1.2.3",
	 "IF-MIB::linkDown"},
	{"IF-MIB::ifDescr.3 \\\"de ad \\\"", "1.3.6.1.2.1.2.2.1.2.3", "de ad"},
	{"IF-MIB::ifDescr.3 \"", "1.3.6.1.2.1.2.2.1.2.3", "\""},
	{"IF-MIB::ifDescr.3 =", "1.3.6.1.2.1.2.2.1.2.3", "="},
	{"IF-MIB::ifDescr.3", "1.3.6.1.2.1.2.2.1.2.3", ""},
	{"IF-MIB::ifLastChange.3 = Timeticks: (2940) 0:00:29.40", "1.3.6.1.2.1.2.2.1.9.3", "2940"},
	{"UPS-MIB::upsAlarmDescr.7 = OID: UPS-MIB::upsAlarmOnBattery", "1.3.6.1.2.1.33.1.6.2.1.2.7",
	 "1.3.6.1.2.1.33.1.6.3.2"},
	{"UPS-MIB::upsAlarmDescr.7 UPS-MIB::upsAlarmOnBattery", "1.3.6.1.2.1.33.1.6.2.1.2.7",
	 "1.3.6.1.2.1.33.1.6.3.2"},
	{"IF-MIB::ifPhysAddress.3 fe80::1", "1.3.6.1.2.1.2.2.1.6.3", "fe80::1"},
	{"NO-MIB::thing.\"a b\".1 x y", "NO-MIB::thing.\"a b\".1", "x y"},
	{"OTHER-MIB::ifIndex.3 3", "1.3.6.1.2.1.2.2.1.1.3", "3"},
};

static void
values_come_in_many_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[400] = HEAD "SNMPv2-MIB::snmpTrapOID.0 = OID: IF-MIB::linkDown\n";
		struct vg_err err = {0};

		strncat(text, values[i].line, sizeof(text) - strlen(text) - 1);
		assert_int_equal(parse(text, &err), 0);
		assert_string_equal(trap->message.trap, "1.3.6.1.6.3.1.1.5.3");
		assert_int_equal(trap->message.count, 1);
		assert_string_equal(trap->value[0].name, values[i].name);
		assert_string_equal(trap->value[0].value, values[i].value);
	}
}

static void
a_value_goes_on_in_the_next_line(void **state)
{
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(parse(HEAD "SNMPv2-MIB::snmpTrapOID.0 IF-MIB::linkDown\n"
				    "IF-MIB::ifDescr.3 = STRING: one\n"
				    "two three\n"
				    "IF-MIB::ifIndex.3 3\n",
			       &err),
			 0);
	assert_int_equal(trap->message.count, 2);
	assert_string_equal(trap->value[0].value, "one two three");
}

static void
an_unknown_sender_and_name_stay(void **state)
{
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(parse("<UNKNOWN>\nUDP/IPv6: [2001:db8::1]:1024->[::1]:162\n"
			       "SNMPv2-MIB::snmpTrapOID.0 NO-MIB::noTrap\n",
			       &err),
			 0);
	assert_string_equal(trap->message.host, "");
	assert_string_equal(trap->message.peer, "2001:db8::1");
	assert_string_equal(trap->message.trap, "NO-MIB::noTrap");
}

static void
what_is_too_much_is_counted(void **state)
{
	static char text[20000] = HEAD "SNMPv2-MIB::snmpTrapOID.0 IF-MIB::linkDown\n";
	struct vg_err err = {0};

	(void)state;
	for (int i = 0; i < VG_MESSAGE_VALUES_MAX + 5; i++)
		strncat(text, "IF-MIB::ifIndex.3 3\n", sizeof(text) - strlen(text) - 1);
	assert_int_equal(parse(text, &err), 0);
	assert_int_equal(trap->message.count, VG_MESSAGE_VALUES_MAX);
	assert_int_equal(trap->message.cut, 5);
}

static void
what_is_no_trap_is_an_error(void **state)
{
	static const char *const texts[] = {"", "sw-1\n", HEAD, HEAD "IF-MIB::ifIndex.3 3\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct vg_err err = {0};

		assert_int_equal(parse(texts[i], &err), VG_EINVALID);
		assert_int_equal(strncmp(err.text, "expected ", 9), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(a_handlers_text_becomes_a_message),
		cmocka_unit_test(values_come_in_many_forms),
		cmocka_unit_test(a_value_goes_on_in_the_next_line),
		cmocka_unit_test(an_unknown_sender_and_name_stay),
		cmocka_unit_test(what_is_too_much_is_counted),
		cmocka_unit_test(what_is_no_trap_is_an_error),
	};

	return cmocka_run_group_tests(all, set_up, tear_down);
}
