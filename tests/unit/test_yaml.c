/* What YAML allows and an agreement must not, each with its exact message; and typed values. */
#include "lib/yaml/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *bytes, *want;
} traps[] = {
	{"a: 1\nb: 2\na: 3\n", "f:3:1: key \"a\" is there twice; the first is on line 1"},
	{"x:\n  k: { p: 1, q: 2, p: 3 }\n",
	 "f:2:20: key \"p\" is there twice; the first is on line 2"},
	{"a: &here 1\n",
	 "f:1:4: anchor \"&here\" is not allowed; write the value where it is used"},
	{"a: &l [1]\n", "f:1:4: anchor \"&l\" is not allowed; write the value where it is used"},
	{"a: *here\n",
	 "f:1:4: alias \"*here\" is not allowed; a text that begins with * needs quotes"},
	{"a: !!int 3\n",
	 "f:1:4: tag \"tag:yaml.org,2002:int\" is not allowed; every value is plain text"},
	{"a: !x {b: 1}\n", "f:1:4: tag \"!x\" is not allowed; every value is plain text"},
	{"a:\n  <<: {b: 1}\n", "f:2:3: merge key \"<<\" is not allowed; write the members out"},
	{"a: 1\n---\nb: 2\n", "f:2:1: a second document begins; expected one in a file"},
	{"%YAML 1.1\n---\na: 1\n", "f:1:1: a % directive is not allowed"},
	{"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n",
	 "f:1:17: nested too deeply; expected at most 16 levels"},
	{"", "f:1:1: the file is empty; expected keys and values"},
	{"# nothing but this\n", "f:1:1: the file is empty; expected keys and values"},
	{"? [a, b]\n: 1\n", "f:1:3: a key is a list; expected a name"},
	{"? {a: b}\n: 1\n", "f:1:3: a key is a map; expected a name"},
	{"\"\": 1\n", "f:1:1: a key is empty; expected a name before the colon"},
	{"a: \"x\\0y\"\n", "f:1:4: a NUL character is not allowed in text"},
	{"a:\n\tb: 1\n", "f:2:1: found character that cannot start any token (indent with spaces, "
			 "never tabs; a text that begins with % @ ` needs quotes)"},
	{"a: b: c\n",
	 "f:1:5: mapping values are not allowed in this context (a text with a colon and "
	 "a space needs quotes)"},
	{"a: [1, 2\n", "f:2:1: did not find expected ',' or ']'"},
	{"a: 1\nb: \xff\n", "f:2:4: invalid leading UTF-8 octet; expected UTF-8 text"},
	{"\xc3\xa5: 1\n\xc3\xa4\xc3\xb6: \xc0\x80\n",
	 "f:2:5: invalid length of a UTF-8 sequence; expected UTF-8 text"},
};

static void
assert_first_error(const struct vg_yaml_errors *errors, const char *want)
{
	assert_true(errors->count >= 1);
	assert_string_equal(errors->text[0], want);
}

static void
traps_are_refused_with_their_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
		struct vg_yaml_errors errors = {0};

		assert_null(
			vg_yaml_load_bytes("f", traps[i].bytes, strlen(traps[i].bytes), &errors));
		assert_int_equal(errors.count, 1);
		assert_first_error(&errors, traps[i].want);
		vg_yaml_errors_free(&errors);
	}
}

static void
too_large_a_file_is_refused(void **state)
{
	struct vg_yaml_errors errors = {0};
	size_t length = VG_YAML_BYTES_MAX + 1;
	char *bytes = malloc(length);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, '#', length);
	assert_null(vg_yaml_load_bytes("f", bytes, length, &errors));
	assert_first_error(&errors, "f:1:1: the file has more than 4194304 bytes");
	vg_yaml_errors_free(&errors);
	for (size_t i = 0; i < length; i++)
		bytes[i] = "- \n"[i % 3];
	assert_null(vg_yaml_load_bytes("f", bytes, 900000, &errors));
	assert_first_error(&errors,
			   "f:200000:2: too many values; expected at most 200000 in a file");
	vg_yaml_errors_free(&errors);
	free(bytes);
}

static void
a_missing_file_is_named(void **state)
{
	struct vg_yaml_errors errors = {0};

	(void)state;
	assert_null(vg_yaml_load_file("/nowhere/a.yaml", &errors));
	assert_first_error(&errors,
			   "/nowhere/a.yaml:1:1: cannot be opened: No such file or directory");
	vg_yaml_errors_free(&errors);
	assert_null(vg_yaml_load_file("/", &errors));
	assert_first_error(&errors, "/:1:1: cannot be read: Is a directory");
	vg_yaml_errors_free(&errors);
}

static void
scalars_stay_text(void **state)
{
	static const char bytes[] =
		"land: NO\nstreck: ~\noktal: 010\ncitat: \"1\"\nlista: [ja, {x: y}]\n";
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml = vg_yaml_load_bytes("f", bytes, strlen(bytes), &errors);
	const struct vg_yaml_node *root, *list;

	(void)state;
	assert_non_null(yaml);
	root = vg_yaml_root(yaml);
	assert_int_equal(root->type, VG_YAML_MAP);
	assert_int_equal(root->count, 5);
	assert_string_equal(vg_yaml_find(root, "land")->text, "NO");
	assert_string_equal(vg_yaml_find(root, "streck")->text, "~");
	assert_string_equal(vg_yaml_find(root, "oktal")->text, "010");
	assert_true(vg_yaml_find(root, "citat")->quoted);
	assert_false(vg_yaml_find(root, "land")->quoted);
	assert_null(vg_yaml_find(root, "Land"));
	list = vg_yaml_find(root, "lista");
	assert_int_equal(list->count, 2);
	assert_string_equal(vg_yaml_find(list->item[1], "x")->text, "y");
	assert_int_equal(list->item[1]->line, 5);
	assert_int_equal(list->item[1]->column, 13);
	assert_null(vg_yaml_find(list, "x"));
	vg_yaml_free(yaml);
}

static void
errors_past_twenty_are_counted(void **state)
{
	const struct vg_yaml_node at = {.file = "f", .line = 7, .column = 9};
	struct vg_yaml_errors errors = {0};

	(void)state;
	for (int i = 0; i < 25; i++)
		vg_yaml_error(&errors, &at, "number %d", i);
	assert_int_equal(errors.count, 25);
	assert_string_equal(errors.text[19], "f:7:9: number 19");
	vg_yaml_errors_free(&errors);
	assert_int_equal(errors.count, 0);
}

/* --- typed values --- */

enum getter { INT, BOOL, DURATION, PPM, ORE, RATIO, WORD, DATE, MONTH };

static const char *const words[] = {"keep_breach", "last_priority", NULL};

static int64_t
get(enum getter getter, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	switch (getter) {
	case INT:
		return vg_yaml_get_int(map, "v", true, -5, 1000, -9, errors);
	case BOOL:
		return vg_yaml_get_bool(map, "v", false, errors);
	case DURATION:
		return vg_yaml_get_duration_ms(map, "v", true, -9, errors);
	case PPM:
		return vg_yaml_get_ppm(map, "v", true, -9, errors);
	case ORE:
		return vg_yaml_get_ore(map, "v", true, 3000000000, -9, errors);
	case RATIO:
		return vg_yaml_get_ratio_ppm(map, "v", 10000000, -9, errors);
	case WORD:
		return vg_yaml_get_word(map, "v", words, -9, errors);
	case MONTH:
		return vg_yaml_get_month(map, "v", -9, errors);
	case DATE:
	default:
		return vg_yaml_get_date(map, "v", true, -9, errors);
	}
}

static const struct {
	enum getter getter;
	const char *text;
	int64_t want;
} values[] = {
	{INT, "0", 0},
	{INT, "1000", 1000},
	{INT, "-5", -5},
	{INT, "\"12\"", 12},
	{BOOL, "yes", 1},
	{BOOL, "true", 1},
	{BOOL, "no", 0},
	{DURATION, "500ms", 500},
	{DURATION, "30s", 30000},
	{DURATION, "15min", 900000},
	{DURATION, "5m", 300000},
	{DURATION, "4h", 14400000},
	{DURATION, "4 h", 14400000},
	{DURATION, "1h30m", 5400000},
	{DURATION, "1 h 30 min", 5400000},
	{DURATION, "0s", 0},
	{PPM, "90 %", 900000},
	{PPM, "90%", 900000},
	{PPM, "99,8 %", 998000},
	{PPM, "99.95\xc2\xa0%", 999500},
	{PPM, "0.0001 %", 1},
	{PPM, "100 %", 1000000},
	{PPM, "0 %", 0},
	{ORE, "250 kr", 25000},
	{ORE, "0 kr", 0},
	{ORE, "1234,5 kr", 123450},
	{ORE, "1 234.50 kr", 123450},
	{ORE, "30 000 000 kr", 3000000000},
	{ORE,
	 "1\xc2\xa0"
	 "750\xc2\xa0kr",
	 175000},
	{RATIO, "1,0", 1000000},
	{RATIO, "1", 1000000},
	{RATIO, "0.000001", 1},
	{RATIO, "10", 10000000},
	{WORD, "last_priority", 1},
	{MONTH, "2026-10", 2026 * 12 + 9},
	{DATE, "1970-01-01", 0},
	{DATE, "2024-02-29", 19782},
	{DATE, "2016-01-01", 16801},
};

static const struct {
	enum getter getter;
	const char *text, *want;
} wrong[] = {
	{INT, "1001", "v: expected a whole number from -5 to 1000, found \"1001\""},
	{INT, "010", "v: expected a whole number from -5 to 1000, found \"010\""},
	{INT, "1.0", "v: expected a whole number from -5 to 1000, found \"1.0\""},
	{INT, "1e3", "v: expected a whole number from -5 to 1000, found \"1e3\""},
	{INT, "\"-\"", "v: expected a whole number from -5 to 1000, found \"-\""},
	{INT, "99999999999999999999999",
	 "v: expected a whole number from -5 to 1000, found \"99999999999999999999999\""},
	{INT, "", "v: expected a whole number from -5 to 1000, found nothing"},
	{INT, "[1]", "v: expected a whole number from -5 to 1000, found a list"},
	{INT, "{a: 1}", "v: expected a whole number from -5 to 1000, found a map"},
	{BOOL, "NO", "v: expected yes or no, found \"NO\""},
	{BOOL, "1", "v: expected yes or no, found \"1\""},
	{DURATION, "15",
	 "v: expected a duration such as 30s, 15min, 4h or 1h30m (at most 366 days), "
	 "found \"15\""},
	{DURATION, "30m1h",
	 "v: expected a duration such as 30s, 15min, 4h or 1h30m (at most 366 "
	 "days), found \"30m1h\""},
	{DURATION, "9999h",
	 "v: expected a duration such as 30s, 15min, 4h or 1h30m (at most 366 "
	 "days), found \"9999h\""},
	{DURATION, "1.5h",
	 "v: expected a duration such as 30s, 15min, 4h or 1h30m (at most 366 "
	 "days), found \"1.5h\""},
	{PPM, "90",
	 "v: expected a share from 0 % to 100 % with at most four decimals, such as 99.95 "
	 "%, found \"90\""},
	{PPM, "100.1 %",
	 "v: expected a share from 0 % to 100 % with at most four decimals, such as "
	 "99.95 %, found \"100.1 %\""},
	{PPM, "9.99999 %",
	 "v: expected a share from 0 % to 100 % with at most four decimals, such as "
	 "99.95 %, found \"9.99999 %\""},
	{ORE, "250",
	 "v: expected at most 30000000 kronor, such as 250 kr or 1 234,50 kr, found \"250\""},
	{ORE, "250 öre",
	 "v: expected at most 30000000 kronor, such as 250 kr or 1 234,50 kr, found \"250 öre\""},
	{ORE, "-1 kr",
	 "v: expected at most 30000000 kronor, such as 250 kr or 1 234,50 kr, found \"-1 kr\""},
	{ORE, "1,234 kr",
	 "v: expected at most 30000000 kronor, such as 250 kr or 1 234,50 kr, found \"1,234 kr\""},
	{ORE, "1 23 kr",
	 "v: expected at most 30000000 kronor, such as 250 kr or 1 234,50 kr, found \"1 23 kr\""},
	{ORE, "30 000 000,01 kr",
	 "v: expected at most 30000000 kronor, such as 250 kr or 1 234,50 kr, found \"30 000 "
	 "000,01 kr\""},
	{ORE, "99999999999999999999 kr",
	 "v: expected at most 30000000 kronor, such as 250 kr or 1 234,50 kr, found "
	 "\"99999999999999999999 kr\""},
	{RATIO, "0", "v: expected a number above 0 and at most 10, such as 1,0, found \"0\""},
	{RATIO, "0,0", "v: expected a number above 0 and at most 10, such as 1,0, found \"0,0\""},
	{RATIO, "10,1", "v: expected a number above 0 and at most 10, such as 1,0, found \"10,1\""},
	{RATIO, "1,0000001",
	 "v: expected a number above 0 and at most 10, such as 1,0, found \"1,0000001\""},
	{RATIO, "1 0", "v: expected a number above 0 and at most 10, such as 1,0, found \"1 0\""},
	{RATIO, "en", "v: expected a number above 0 and at most 10, such as 1,0, found \"en\""},
	{MONTH, "2026-13", "v: expected a month such as 2026-01, found \"2026-13\""},
	{MONTH, "2026-00", "v: expected a month such as 2026-01, found \"2026-00\""},
	{MONTH, "2026-1", "v: expected a month such as 2026-01, found \"2026-1\""},
	{MONTH, "2026-10-01", "v: expected a month such as 2026-01, found \"2026-10-01\""},
	{WORD, "last_priorty",
	 "v: expected keep_breach or last_priority, found \"last_priorty\"; did "
	 "you mean \"last_priority\"?"},
	{WORD, "none", "v: expected keep_breach or last_priority, found \"none\""},
	{DATE, "2026-02-29", "v: expected a date such as 2026-01-31, found \"2026-02-29\""},
	{DATE, "2026-1-31", "v: expected a date such as 2026-01-31, found \"2026-1-31\""},
	{DATE, "20260131", "v: expected a date such as 2026-01-31, found \"20260131\""},
	{DATE, "2026-01-31T00:00",
	 "v: expected a date such as 2026-01-31, found \"2026-01-31T00:00\""},
};

static struct vg_yaml *
load_value(const char *text, struct vg_yaml_errors *errors)
{
	char bytes[200];
	struct vg_yaml *yaml;

	(void)snprintf(bytes, sizeof(bytes), "v: %s\n", text);
	yaml = vg_yaml_load_bytes("f", bytes, strlen(bytes), errors);
	assert_non_null(yaml);
	return yaml;
}

static void
values_are_read_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct vg_yaml_errors errors = {0};
		struct vg_yaml *yaml = load_value(values[i].text, &errors);
		int64_t got = get(values[i].getter, vg_yaml_root(yaml), &errors);

		if (errors.count > 0)
			fail_msg("%s", errors.text[0]);
		if (got != values[i].want)
			fail_msg("%s: %lld", values[i].text, (long long)got);
		vg_yaml_free(yaml);
	}
}

static void
wrong_values_say_what_was_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct vg_yaml_errors errors = {0};
		struct vg_yaml *yaml = load_value(wrong[i].text, &errors);
		int64_t got = get(wrong[i].getter, vg_yaml_root(yaml), &errors);

		assert_int_equal(got, wrong[i].getter == BOOL ? 0 : -9);
		assert_int_equal(errors.count, 1);
		assert_memory_equal(errors.text[0], "f:1:", 4);
		assert_string_equal(strchr(errors.text[0], ' ') + 1, wrong[i].want);
		vg_yaml_errors_free(&errors);
		vg_yaml_free(yaml);
	}
}

static void
absent_values_are_errors_when_required(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml = vg_yaml_load_bytes("f", "x: 1\n", 5, &errors);
	const struct vg_yaml_node *root = vg_yaml_root(yaml);

	(void)state;
	assert_int_equal(vg_yaml_get_int(root, "v", false, 0, 9, 4, &errors), 4);
	assert_string_equal(vg_yaml_get_text(root, "v", false, "d", &errors), "d");
	assert_int_equal(vg_yaml_get_word(root, "v", words, 1, &errors), 1);
	assert_int_equal(errors.count, 0);
	assert_null(vg_yaml_get_text(root, "v", true, NULL, &errors));
	assert_first_error(&errors, "f:1:1: v is missing; expected text");
	vg_yaml_errors_free(&errors);
	vg_yaml_free(yaml);
}

static void
unknown_keys_bring_the_nearest(void **state)
{
	static const char *const known[] = {"valid_from", "valid_to", "zone", NULL};
	static const char bytes[] = "vaild_from: 1\nzone: 2\n\"Valid_To\": 3\nsomething: 4\n";
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml = vg_yaml_load_bytes("f", bytes, strlen(bytes), &errors);

	(void)state;
	assert_false(vg_yaml_only(vg_yaml_root(yaml), &errors, known));
	assert_int_equal(errors.count, 3);
	assert_string_equal(errors.text[0],
			    "f:1:1: key \"vaild_from\" is not known; did you mean \"valid_from\"?");
	assert_string_equal(errors.text[1],
			    "f:3:1: key \"Valid_To\" is not known; did you mean \"valid_to\"?");
	assert_string_equal(
		errors.text[2],
		"f:4:1: key \"something\" is not known; expected valid_from, valid_to or zone");
	vg_yaml_errors_free(&errors);
	vg_yaml_free(yaml);
}

static void
nearest_is_near(void **state)
{
	static const char *const known[] = {"P1", "P2", "request", "vardag_0730_1630", NULL};

	(void)state;
	assert_string_equal(vg_yaml_nearest("p1", known), "P1");
	assert_string_equal(vg_yaml_nearest("reqeust", known), "request");
	assert_string_equal(vg_yaml_nearest("vardag_0730-1630", known), "vardag_0730_1630");
	assert_null(vg_yaml_nearest("X", known));
	assert_null(vg_yaml_nearest("", known));
	assert_null(vg_yaml_nearest("utokad", known));
	assert_null(
		vg_yaml_nearest("a word that is far longer than any name could ever be", known));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(traps_are_refused_with_their_place),
		cmocka_unit_test(too_large_a_file_is_refused),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(scalars_stay_text),
		cmocka_unit_test(errors_past_twenty_are_counted),
		cmocka_unit_test(values_are_read_exactly),
		cmocka_unit_test(wrong_values_say_what_was_expected),
		cmocka_unit_test(absent_values_are_errors_when_required),
		cmocka_unit_test(unknown_keys_bring_the_nearest),
		cmocka_unit_test(nearest_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
