/* The log: lines that cannot be broken, and complaints that do not repeat themselves. */
#include "lib/base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2]; /* the log writes to ends[1] */

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	vg_log_to(ends[1]);
	return vg_log_init(NULL, NULL, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	vg_log_to(STDERR_FILENO);
	return close(ends[0]) | close(ends[1]);
}

/* What has been written since the last call; the first line's time, which varies, is left out. */
static const char *
written(void)
{
	static char text[3 * VG_LOG_LINE_MAX];
	ssize_t length = read(ends[0], text, sizeof(text) - 1);
	char *zone;

	text[length < 0 ? 0 : length] = '\0';
	zone = strstr(text, "Z");
	if (zone == NULL)
		return text;
	return zone[1] == '"' ? zone + 3 : zone + 2;
}

static char *
mask_digits(const char *text, size_t length)
{
	char *copy = strdup(text);

	for (size_t i = 0; copy != NULL && i < length; i++)
		if (copy[i] >= '0' && copy[i] <= '9')
			copy[i] = '#';
	return copy;
}

static char *
mask_nothing(const char *text, size_t length)
{
	(void)text;
	(void)length;
	return NULL;
}

static void
entry_is_one_line_of_text(void **state)
{
	(void)state;
	vg_log(VG_LOG_WARNING, "journal.full", VG_LOG_TEXT("path", "/var/lib/vinga/journal.db"),
	       VG_LOG_TEXT("why", "disk är \"full\"\nnow"), VG_LOG_INT("seq", -5),
	       VG_LOG_TEXT("none", NULL));
	assert_string_equal(written(),
			    "level=warning event=journal.full path=/var/lib/vinga/journal.db "
			    "why=\"disk är \\\"full\\\"\\u000anow\" seq=-5 none=\"\"\n");
	vg_log(VG_LOG_INFO, "started");
	assert_string_equal(written(), "level=info event=started\n");
}

static void
entry_is_one_line_of_json(void **state)
{
	(void)state;
	assert_int_equal(vg_log_init("json", NULL, NULL), 0);
	vg_log(VG_LOG_INFO, "x", VG_LOG_TEXT("a", "\x01\\\xff\xc3\xa5\xed\xa0\x80\xe2\x82"),
	       VG_LOG_INT("b", 7));
	assert_string_equal(
		written(),
		"\"level\":\"info\",\"event\":\"x\","
		"\"a\":\"\\u0001\\\\\\u00ffå\\u00ed\\u00a0\\u0080\\u00e2\\u0082\",\"b\":7}\n");
}

static void
lower_levels_are_left_out(void **state)
{
	(void)state;
	assert_int_equal(vg_log_init("error", NULL, NULL), 0);
	vg_log(VG_LOG_WARNING, "x");
	assert_string_equal(written(), "");
	vg_log(VG_LOG_ERROR, "x");
	assert_string_equal(written(), "level=error event=x\n");
}

static void
unknown_setting_is_named(void **state)
{
	struct vg_err err;

	(void)state;
	assert_int_equal(vg_log_init("json,loud", NULL, &err), VG_EINVALID);
	assert_string_equal(err.text,
			    "VINGA_LOG: \"loud\" is none of json, text, info, warning, error");
}

static void
every_text_is_masked(void **state)
{
	(void)state;
	assert_int_equal(vg_log_init(NULL, mask_digits, NULL), 0);
	vg_log(VG_LOG_INFO, "x", VG_LOG_TEXT("who", "a12b"), VG_LOG_INT("n", 12));
	assert_string_equal(written(), "level=info event=x who=\"a##b\" n=12\n");
	assert_int_equal(vg_log_init(NULL, mask_nothing, NULL), 0);
	vg_log(VG_LOG_INFO, "x", VG_LOG_TEXT("who", "a12b"));
	assert_string_equal(written(), "level=info event=x who=\"(not masked, left out)\"\n");
}

static void
long_value_is_cut_between_characters(void **state)
{
	char value[3000];
	const char *line;

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(value); i += 2)
		memcpy(value + i, "å", 3);
	vg_log(VG_LOG_INFO, "x", VG_LOG_TEXT("a", value), VG_LOG_INT("b", 1));
	line = written();
	assert_non_null(strstr(line, "åå...\" b=1\n"));
	assert_true(strlen(line) < VG_LOG_VALUE_MAX + 50);
}

static void
long_line_is_cut_and_stays_whole_json(void **state)
{
	char value[3000];
	const char *line;

	(void)state;
	memset(value, '\n', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(vg_log_init("json", NULL, NULL), 0);
	vg_log(VG_LOG_INFO, "x", VG_LOG_TEXT("a", value), VG_LOG_TEXT("b", value),
	       VG_LOG_TEXT("c", value), VG_LOG_TEXT("d", value), VG_LOG_TEXT("e", value),
	       VG_LOG_TEXT("f", value), VG_LOG_TEXT("g", value), VG_LOG_INT("h", 1));
	line = written();
	assert_true(strlen(line) <= VG_LOG_LINE_MAX);
	assert_non_null(strstr(line, "\",\"cut\":1}\n"));
	assert_null(strstr(line, "\"h\""));
}

static void
reader_that_has_stopped_costs_lines_not_time(void **state)
{
	const char *line;

	(void)state;
	for (int i = 0; i < 5000; i++)
		vg_log(VG_LOG_INFO, "x");
	while (*written() != '\0')
		;
	vg_log(VG_LOG_INFO, "y");
	line = written();
	assert_non_null(strstr(line, "event=y dropped_before="));
	vg_log(VG_LOG_INFO, "z");
	assert_string_equal(written(), "level=info event=z\n");
}

static void
complaint_backs_off_and_ends(void **state)
{
	static const int64_t said_at_min[] = {0, 1, 3, 7, 15, 31, 63, 123, 183};
	struct vg_complaint complaint = {0};
	size_t said = 0;
	char want[80];

	(void)state;
	vg_complain(&complaint, "x", NULL, 0);
	assert_string_equal(written(), "");
	for (int64_t second = 0; second <= 183 * 60; second++) {
		const char *line;

		vg_complain(&complaint, "x", "away", 1000 * second);
		if (*(line = written()) == '\0')
			continue;
		assert_int_equal(second, 60 * said_at_min[said++]);
		(void)snprintf(want, sizeof(want), "level=warning event=x why=away since_s=%d\n",
			       (int)second);
		assert_string_equal(line, want);
	}
	assert_int_equal(said, sizeof(said_at_min) / sizeof(said_at_min[0]));
	vg_complain(&complaint, "x", "", 11000000);
	assert_string_equal(written(), "level=info event=x state=over lasted_s=11000\n");
	vg_complain(&complaint, "x", "", 11000001);
	assert_string_equal(written(), "");
	vg_complain(&complaint, "x", "again", 11000002);
	assert_string_equal(written(), "level=warning event=x why=again since_s=0\n");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(entry_is_one_line_of_text),
		T(entry_is_one_line_of_json),
		T(lower_levels_are_left_out),
		T(unknown_setting_is_named),
		T(every_text_is_masked),
		T(long_value_is_cut_between_characters),
		T(long_line_is_cut_and_stays_whole_json),
		T(reader_that_has_stopped_costs_lines_not_time),
		T(complaint_backs_off_and_ends),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
