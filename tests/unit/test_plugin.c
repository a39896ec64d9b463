/* test_plugin.c - what check plugins print and how they judge, by the monitoring plugins'
 * guidelines. */
#include "plugins/checks/plugin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct range_case {
	const char *text;
	double value;
	bool alerts;
} ranges[] = {
	{"10", -0.5, true},	{"10", 0, false},	{"10", 10, false},    {"10", 10.5, true},
	{"10:", 9.9, true},	{"10:", 10, false},	{"10:", 1e9, false},  {"~:10", -1e9, false},
	{"~:10", 10, false},	{"~:10", 11, true},	{"10:20", 9, true},   {"10:20", 15, false},
	{"10:20", 21, true},	{"@10:20", 9, false},	{"@10:20", 10, true}, {"@10:20", 20, true},
	{"@10:20", 21, false},	{"@10", 5, true},	{"-5:5", -6, true},   {"-5:5", -5, false},
	{"99.8:", 99.79, true}, {"99.8:", 99.8, false}, {":5", -1, true},     {":5", 5, false},
};

static void
a_range_alerts_outside_or_inside(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct vg_range range;

		assert_true(vg_range_parse(ranges[i].text, &range));
		if (vg_range_alerts(&range, ranges[i].value) != ranges[i].alerts)
			fail_msg("%s at %g", ranges[i].text, ranges[i].value);
	}
}

static void
what_is_no_range_is_refused(void **state)
{
	static const char *const wrong[] = {"",	      "@",     "a",   "10:a", "20:10", "10:20:30",
					    "10 20",  "99,8:", "~",   "10:~", "nan",   "inf:",
					    "1e999:", "0x10",  " 10", "10 "};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct vg_range range;

		if (vg_range_parse(wrong[i], &range) || range.set)
			fail_msg("\"%s\" was taken", wrong[i]);
	}
}

static void
the_worst_state_is_kept_and_every_text(void **state)
{
	struct vg_plugin plugin = {.label = "TEST"};

	(void)state;
	vg_plugin_say(&plugin, VG_PLUGIN_OK, "a");
	assert_int_equal(plugin.state, VG_PLUGIN_OK);
	vg_plugin_say(&plugin, VG_PLUGIN_UNKNOWN, "b");
	assert_int_equal(plugin.state, VG_PLUGIN_UNKNOWN);
	vg_plugin_say(&plugin, VG_PLUGIN_WARNING, "c");
	assert_int_equal(plugin.state, VG_PLUGIN_WARNING);
	vg_plugin_say(&plugin, VG_PLUGIN_CRITICAL, "d\ne|f");
	vg_plugin_say(&plugin, VG_PLUGIN_UNKNOWN, "g");
	assert_int_equal(plugin.state, VG_PLUGIN_CRITICAL);
	assert_string_equal(plugin.text, "a, b, c, d e f, g");
}

static void
a_long_text_is_cut_between_characters(void **state)
{
	struct vg_plugin plugin = {.label = "TEST"};
	size_t length;

	(void)state;
	vg_plugin_say(&plugin, VG_PLUGIN_OK, "x");
	for (int i = 0; i < 1000; i++)
		vg_plugin_say(&plugin, VG_PLUGIN_OK, "å");
	length = strlen(plugin.text);
	assert_in_range(length, VG_PLUGIN_TEXT_MAX - 8, VG_PLUGIN_TEXT_MAX);
	assert_true(plugin.text[length - 1] == ' ' || plugin.text[length - 1] == ',' ||
		    (unsigned char)plugin.text[length - 1] == 0xA5);
}

static void
perfdata_is_quoted_and_never_cut_in_two(void **state)
{
	struct vg_plugin plugin = {.label = "TEST"};
	size_t length = 0;

	(void)state;
	vg_plugin_perf(&plugin, &(struct vg_perf){.label = "time",
						  .unit = "s",
						  .value = 0.25,
						  .decimals = 3,
						  .warning = "1",
						  .critical = "~:2",
						  .min = "0"});
	vg_plugin_perf(&plugin, &(struct vg_perf){.label = "journal 1489",
						  .unit = "%",
						  .value = 99.912,
						  .decimals = 3,
						  .min = "0",
						  .max = "100"});
	assert_string_equal(plugin.perfdata, "time=0.250s;1;~:2;0; 'journal 1489'=99.912%;;;0;100");
	for (int i = 0; i < 1000; i++) {
		vg_plugin_perf(&plugin, &(struct vg_perf){.label = "label", .unit = ""});
		if (strlen(plugin.perfdata) == length)
			break;
		length = strlen(plugin.perfdata);
	}
	assert_string_equal(plugin.perfdata + length - 11, "label=0;;;;");
}

static void
detail_is_whole_lines(void **state)
{
	struct vg_plugin plugin = {.label = "TEST"};
	size_t length;

	(void)state;
	vg_plugin_more(&plugin, "%s nere", "port 1");
	vg_plugin_more(&plugin, "a|b\tc");
	assert_string_equal(plugin.more, "port 1 nere\na b c\n");
	for (int i = 0; i < 1000; i++)
		vg_plugin_more(&plugin, "line %03d", i);
	length = strlen(plugin.more);
	assert_in_range(length, VG_PLUGIN_MORE_MAX - 9, VG_PLUGIN_MORE_MAX);
	assert_int_equal(plugin.more[length - 1], '\n');
	assert_int_equal(plugin.more[length - 10], '\n');
	assert_string_equal(plugin.text, "");
	assert_int_equal(plugin.state, VG_PLUGIN_OK);
}

static void
a_state_only_gets_worse(void **state)
{
	struct vg_plugin plugin = {.label = "TEST"};

	(void)state;
	vg_plugin_worsen(&plugin, VG_PLUGIN_CRITICAL);
	vg_plugin_worsen(&plugin, VG_PLUGIN_UNKNOWN);
	vg_plugin_worsen(&plugin, VG_PLUGIN_OK);
	assert_int_equal(plugin.state, VG_PLUGIN_CRITICAL);
	assert_string_equal(plugin.text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_alerts_outside_or_inside),
		cmocka_unit_test(what_is_no_range_is_refused),
		cmocka_unit_test(the_worst_state_is_kept_and_every_text),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
		cmocka_unit_test(perfdata_is_quoted_and_never_cut_in_two),
		cmocka_unit_test(detail_is_whole_lines),
		cmocka_unit_test(a_state_only_gets_worse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
