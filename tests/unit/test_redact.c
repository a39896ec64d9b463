/* Identity numbers: every published test number in every written form is masked, and what only
 * looks like one is not. */
#include "lib/redact/redact.h"

#include "lib/csv/input.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct vg_redact_rules strict = {.mask_invalid_luhn = false};

static enum vg_identity
kind_of(const char *text, const struct vg_redact_rules *rules)
{
	size_t start, end;

	return vg_redact_find(text, strlen(text), 0, rules, &start, &end);
}

static void
assert_masked(const char *text, const char *want)
{
	size_t length, hits;
	char *out = vg_redact_mask(text, strlen(text), &vg_redact_default, &length, &hits);

	assert_non_null(out);
	assert_string_equal(out, want);
	assert_int_equal(strlen(out), length);
	free(out);
}

/* The written forms of a number yyyymmddNNNC. */
static void
assert_all_forms(const char *number)
{
	static const char *const separators[] = {"",
						 "-",
						 "+",
						 " ",
						 " - ",
						 "\xC2\xA0",
						 "\xE2\x80\x90",
						 "\xE2\x80\x91",
						 "\xE2\x80\x92",
						 "\xE2\x80\x93",
						 "\xE2\x80\x94",
						 "\xE2\x80\x95",
						 " \xE2\x80\x93 ",
						 "\xE2\x88\x92"};

	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++) {
		char text[80];

		for (int skip = 0; skip <= 2; skip += 2) {
			(void)snprintf(text, sizeof(text), "x %.*s%s%s.", 8 - skip, number + skip,
				       separators[i], number + 8);
			assert_masked(text, "x [PNR].");
		}
	}
}

static void
every_test_number_of_the_tax_agency_is_masked(void **state)
{
	struct vg_input *input = NULL;
	static char bytes[1 << 20];
	size_t length = 0, got = 1, count = 0;

	(void)state;
	assert_int_equal(vg_input_open(&input,
				       VG_TEST_DATA "/personnummer/skatteverket-test-pins.txt.gz",
				       NULL, NULL),
			 0);
	while (got > 0) {
		assert_int_equal(vg_input_read(input, bytes + length, sizeof(bytes) - 1 - length,
					       &got, NULL),
				 0);
		length += got;
	}
	vg_input_close(input);
	for (char *line = strtok(bytes, "\n"); line != NULL; line = strtok(NULL, "\n"), count++)
		assert_all_forms(line);
	assert_int_equal(count, 20532);
}

static json_t *
load(const char *name)
{
	char path[512];
	json_t *json;

	(void)snprintf(path, sizeof(path), "%s/personnummer/%s", VG_TEST_DATA, name);
	json = json_load_file(path, 0, NULL);
	assert_non_null(json);
	return json;
}

static const char *const forms[] = {"long_format", "short_format", "separated_format",
				    "separated_long"};

static void
every_valid_number_of_the_common_set_is_masked(void **state)
{
	json_t *list = load("list.json"), *item;
	size_t i;

	(void)state;
	json_array_foreach(list, i, item)
	{
		for (size_t f = 0; f < 4; f++)
			if (json_is_true(json_object_get(item, "valid")))
				assert_masked(json_string_value(json_object_get(item, forms[f])),
					      "[PNR]");
	}
	json_decref(list);
}

static void
interim_numbers_are_masked(void **state)
{
	json_t *list = load("interim.json"), *item;
	size_t i;

	(void)state;
	json_array_foreach(list, i, item)
	{
		for (size_t f = 0; f < 4 && json_is_true(json_object_get(item, "valid")); f++) {
			const char *text = json_string_value(json_object_get(item, forms[f]));

			assert_masked(text, "[PNR]");
		}
	}
	json_decref(list);
}

static void
coordination_numbers_are_masked(void **state)
{
	json_t *list = load("allCoords.json"), *item;
	size_t i;

	(void)state;
	json_array_foreach(list, i, item)
	{
		assert_all_forms(json_string_value(item));
		assert_int_equal(kind_of(json_string_value(item), &strict), VG_ID_COORDINATION);
	}
	assert_true(json_array_size(list) > 1000);
	json_decref(list);
}

static void
organisation_numbers_are_left(void **state)
{
	json_t *list = load("orgnumber.json"), *item;
	size_t i;

	(void)state;
	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(json_object_get(item, "short_format"));

		assert_masked(text, text);
		text = json_string_value(json_object_get(item, "separated_format"));
		assert_masked(text, text);
	}
	assert_true(json_array_size(list) > 5);
	json_decref(list);
}

static const struct kind_case {
	const char *text;
	enum vg_identity want, want_strict;
} kinds[] = {
	/* VGR's published reserve numbers, and forms of them */
	{"19810829M071", VG_ID_RESERVE, VG_ID_RESERVE},
	{"19450829K088", VG_ID_RESERVE, VG_ID_RESERVE},
	{"19930829X802", VG_ID_RESERVE, VG_ID_RESERVE},
	{"19930829-x802", VG_ID_RESERVE, VG_ID_RESERVE},
	{"19930829X803", VG_ID_INTERIM,
	 VG_ID_INTERIM}, /* wrong check digit: an interim form still */
	/* other regions' */
	{"992012345674", VG_ID_RESERVE, VG_ID_RESERVE},
	{"992012345675", VG_ID_NONE, VG_ID_NONE},
	{"19640823A234", VG_ID_RESERVE, VG_ID_RESERVE},
	{"640823-TF23", VG_ID_RESERVE, VG_ID_RESERVE},
	{"640823TF23", VG_ID_NONE, VG_ID_NONE},
	{"19640823 A234", VG_ID_NONE, VG_ID_NONE},
	/* Inera's test series */
	{"199001322383", VG_ID_TEST, VG_ID_TEST},
	{"19900159-0000", VG_ID_TEST, VG_ID_TEST},
	{"199013322383", VG_ID_NONE, VG_ID_NONE},
	{"199001312383", VG_ID_NONE, VG_ID_NONE}, /* a real day: the check digit decides */
	/* lower certainty: month or day not known, check digit needed */
	{"196400602386", VG_ID_COORDINATION, VG_ID_COORDINATION},
	{"640060-2386", VG_ID_COORDINATION, VG_ID_COORDINATION},
	{"640060-2387", VG_ID_NONE, VG_ID_NONE},
	/* wrong check digit: the dash form only, and only when the rule says so */
	{"640230-1234", VG_ID_NONE, VG_ID_NONE},
	{"640223-1235", VG_ID_PERSONAL, VG_ID_NONE},
	{"640223+1235", VG_ID_PERSONAL, VG_ID_NONE},
	{"19640283-1234", VG_ID_COORDINATION, VG_ID_NONE},
	{"6402231235", VG_ID_NONE, VG_ID_NONE},
	{"640223 1235", VG_ID_NONE, VG_ID_NONE},
	{"1964-02-23-1235", VG_ID_NONE, VG_ID_NONE},
	{"1964-02-23-1234", VG_ID_PERSONAL, VG_ID_PERSONAL},
	/* 29 February: of some century */
	{"000229-1234", VG_ID_PERSONAL, VG_ID_NONE},
	{"010229-1234", VG_ID_NONE, VG_ID_NONE},
	{"19000229-1234", VG_ID_NONE, VG_ID_NONE},
	{"17640223-1235", VG_ID_NONE, VG_ID_NONE},
	/* dates, times, ticket ids, phones, HSA-ids, organisation numbers, longer runs */
	{"2024-03-15T14:30:00+01:00", VG_ID_NONE, VG_ID_NONE},
	{"20240315T143000Z", VG_ID_NONE, VG_ID_NONE},
	{"20240315T1430", VG_ID_NONE, VG_ID_NONE},
	{"INC0000057 CHG0001656", VG_ID_NONE, VG_ID_NONE},
	{"070-123 45 67, 0701234567, +46 31 123 45 67, +46701234567", VG_ID_NONE, VG_ID_NONE},
	{"SE2321000131-E000000000123", VG_ID_NONE, VG_ID_NONE},
	{"SE165565594230-1003", VG_ID_NONE, VG_ID_NONE},
	{"232100-0131", VG_ID_NONE, VG_ID_NONE},
	{"556703-7485 5567037485", VG_ID_NONE, VG_ID_NONE},
	{"1890010198021", VG_ID_NONE, VG_ID_NONE},
	{"0189001019802", VG_ID_NONE, VG_ID_NONE},
	{"900101-98021", VG_ID_NONE, VG_ID_NONE},
	{"0900101-9802", VG_ID_NONE, VG_ID_NONE},
	{"", VG_ID_NONE, VG_ID_NONE},
};

static void
each_kind_is_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kind_of(kinds[i].text, &vg_redact_default) != kinds[i].want ||
		    kind_of(kinds[i].text, &strict) != kinds[i].want_strict)
			fail_msg("%s: %d %d", kinds[i].text,
				 kind_of(kinds[i].text, &vg_redact_default),
				 kind_of(kinds[i].text, &strict));
	}
}

static void
text_around_numbers_is_kept(void **state)
{
	(void)state;
	assert_masked("18900101-9802", "[PNR]");
	assert_masked("r\xC3\xB6r 189001019802 och 1890-01-01-9802, 890101+9802!",
		      "r\xC3\xB6r [PNR] och [PNR], [PNR]!");
	assert_masked("pnr189001019802x", "pnr[PNR]x");
	assert_masked("2024 189001019802", "2024 [PNR]");
	assert_masked("189001019802 189001019802", "[PNR] [PNR]");
	assert_masked("18900101\r\n9802", "[PNR]");
	assert_masked("18900101-\n9802", "[PNR]");
	assert_masked("[PNR]", "[PNR]");
	assert_masked("\xE2\x80", "\xE2\x80");
	assert_masked("890101\xE2", "890101\xE2");
}

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Text made of the pieces that matter; whatever it is, masking leaves nothing to find and changes
 * nothing a second time. */
static void
masked_text_holds_no_number(void **state)
{
	static const char *const pieces[] = {"1",	 "9",
					     "0",	 "64",
					     "1964",	 "0223",
					     "640223",	 "19640223",
					     "1234",	 "2386",
					     "-",	 "+",
					     " ",	 "\xE2\x80\x93",
					     "\xC2\xA0", "T",
					     "M07",	 "M071",
					     "x",	 "189001019802",
					     "[",	 "]"};
	uint32_t seed = 20161103;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		char text[256] = "";
		size_t length, again, hits, start, end;
		char *once, *twice;

		for (uint32_t n = next_random(&seed) % 9; n > 0; n--)
			(void)strcat(
				text,
				pieces[next_random(&seed) % (sizeof(pieces) / sizeof(pieces[0]))]);
		once = vg_redact_mask(text, strlen(text), &vg_redact_default, &length, &hits);
		assert_non_null(once);
		if (vg_redact_find(once, length, 0, &vg_redact_default, &start, &end) != VG_ID_NONE)
			fail_msg("%s became %s", text, once);
		twice = vg_redact_mask(once, length, &vg_redact_default, &again, &hits);
		assert_non_null(twice);
		assert_string_equal(once, twice);
		assert_int_equal(hits, 0);
		free(once);
		free(twice);
	}
}

/* Three hostile texts of 4 MiB; a quadratic reader would need hours where this needs milliseconds.
 */
static void
hostile_text_costs_linear_time(void **state)
{
	static const char *const units[] = {"9", "640223   ", "19640223-123"};
	size_t size = 4 << 20, start, end;
	char *text = malloc(size);
	clock_t before = clock();

	(void)state;
	assert_non_null(text);
	for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
		size_t unit = strlen(units[u]);

		for (size_t i = 0; i < size; i++)
			text[i] = units[u][i % unit];
		assert_int_equal(vg_redact_find(text, size, 0, &vg_redact_default, &start, &end),
				 VG_ID_NONE);
	}
	assert_true(clock() - before < 20 * CLOCKS_PER_SEC);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_test_number_of_the_tax_agency_is_masked),
		cmocka_unit_test(every_valid_number_of_the_common_set_is_masked),
		cmocka_unit_test(interim_numbers_are_masked),
		cmocka_unit_test(coordination_numbers_are_masked),
		cmocka_unit_test(organisation_numbers_are_left),
		cmocka_unit_test(each_kind_is_told_apart),
		cmocka_unit_test(text_around_numbers_is_kept),
		cmocka_unit_test(masked_text_holds_no_number),
		cmocka_unit_test(hostile_text_costs_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
