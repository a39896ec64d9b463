/* Words in two languages: every pair is found, and says something in both. */
#include "lib/report/words.h"

#include "core/fee.h"
#include "core/kpi.h"
#include "tests/unit/core_support.h"

static void
the_table_is_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < vg_word_pair_count; i++) {
		assert_true(*vg_word_pairs[i][0] != '\0' && *vg_word_pairs[i][1] != '\0');
		if (i > 0 && strcmp(vg_word_pairs[i - 1][0], vg_word_pairs[i][0]) >= 0)
			fail_msg("\"%s\" stands after \"%s\"", vg_word_pairs[i][0],
				 vg_word_pairs[i - 1][0]);
	}
}

static void
each_pair_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < vg_word_pair_count; i++) {
		assert_string_equal(vg_words(VG_ENGLISH, vg_word_pairs[i][0]), vg_word_pairs[i][1]);
		assert_string_equal(vg_words(VG_SWEDISH, vg_word_pairs[i][0]), vg_word_pairs[i][0]);
	}
	assert_string_equal(vg_words(VG_ENGLISH, "no such text"), "no such text");
}

/* What %-directives a text has, in order: a translation must have the same. */
static void
directives(const char *text, char out[32])
{
	size_t used = 0;

	for (; (text = strchr(text, '%')) != NULL && used < 31; text++)
		out[used++] = text[1];
	out[used] = '\0';
}

static void
both_take_the_same_arguments(void **state)
{
	char swedish[32], english[32];

	(void)state;
	for (size_t i = 0; i < vg_word_pair_count; i++) {
		directives(vg_word_pairs[i][0], swedish);
		directives(vg_word_pairs[i][1], english);
		assert_string_equal(swedish, english);
	}
}

#define NBSP  "\xc2\xa0"
#define MINUS "\xe2\x88\x92"

static void
numbers_are_written_as_the_language_does(void **state)
{
	static const char *const pairs[][2] = {
		{MINUS "1" NBSP "234" NBSP "567,50", MINUS "1,234,567.50"},
		{"99,620" NBSP "%", "99.620" NBSP "%"},
		{"9" NBSP "h 00" NBSP "min 05" NBSP "s", "9" NBSP "h 00" NBSP "min 05" NBSP "s"},
		{"12", "12"},
		{"", ""}};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "%s", pairs[i][0]);
		assert_string_equal(vg_words_number(VG_SWEDISH, text), pairs[i][0]);
		assert_string_equal(vg_words_number(VG_ENGLISH, text), pairs[i][1]);
	}
}

static void
has_english(const char *swedish)
{
	for (size_t i = 0; i < vg_word_pair_count; i++)
		if (strcmp(vg_word_pairs[i][0], swedish) == 0)
			return;
	fail_msg("\"%s\" has no English", swedish);
}

static void
words_of_the_core_are_there(void **state)
{
	(void)state;
	for (int i = 0; i < VG_KPI_COUNT; i++)
		has_english(vg_kpi_info[i].label);
	for (int i = 0; i < VG_FEE_REASON_COUNT; i++)
		has_english(vg_fee_reason_words((enum vg_fee_reason)i));
	for (int i = 0; i < VG_HOLD_COUNT; i++)
		has_english(vg_fee_hold_words((enum vg_fee_hold)i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_in_order),
		cmocka_unit_test(each_pair_is_found),
		cmocka_unit_test(both_take_the_same_arguments),
		cmocka_unit_test(words_of_the_core_are_there),
		cmocka_unit_test(numbers_are_written_as_the_language_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
