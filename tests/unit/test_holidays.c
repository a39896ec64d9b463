/* The Swedish year against the reference table of 2019 to 2035, and Easter against its known dates.
 */
#include "lib/civil/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIRST_YEAR 2019
#define LAST_YEAR  2035
#define ROWS_MAX   64

/* Cuts a line's next cell off; NULL-free since the file is ours. */
static char *
next_cell(char **at)
{
	char *cell = *at, *end = cell + strcspn(cell, ",\n");

	*at = *end == '\0' ? end : end + 1;
	*end = '\0';
	return cell;
}

static enum vg_day_kind
kind_of(const char *word)
{
	if (strcmp(word, "public_holiday") == 0)
		return VG_DAY_PUBLIC_HOLIDAY;
	if (strcmp(word, "eve") == 0)
		return VG_DAY_EVE;
	if (strcmp(word, "half_day") == 0)
		return VG_DAY_HALF;
	assert_string_equal(word, "bridge_day");
	return VG_DAY_BRIDGE;
}

static bool
has_row(int year, int64_t day, enum vg_day_kind kind, const char *name)
{
	struct vg_holiday rows[ROWS_MAX];
	size_t count = vg_holidays(year, rows, ROWS_MAX);

	for (size_t i = 0; i < count; i++)
		if (rows[i].day == day && rows[i].kind == kind && strcmp(rows[i].name, name) == 0)
			return true;
	return false;
}

static void
all_rows_equal_the_reference(void **state)
{
	FILE *file = fopen(VG_TEST_DATA "/reference/holidays-se.csv", "r");
	size_t want = 0, got = 0;
	char line[200];

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file) != NULL) {
		char *at = line, *date = next_cell(&at), *name, *kind;
		int year, month, day;

		(void)next_cell(&at);
		name = next_cell(&at);
		kind = next_cell(&at);
		assert_int_equal(sscanf(date, "%d-%d-%d", &year, &month, &day), 3);
		if (!has_row(year, vg_civil_days(year, month, day), kind_of(kind), name))
			fail_msg("%s %s %s is missing", date, name, kind);
		want++;
	}
	(void)fclose(file);
	for (int year = FIRST_YEAR; year <= LAST_YEAR; year++)
		got += vg_holidays(year, NULL, 0);
	assert_int_equal(want, 452);
	assert_int_equal(got, want);
}

static void
rows_ascend_and_respect_the_maximum(void **state)
{
	struct vg_holiday rows[ROWS_MAX];

	(void)state;
	for (int year = 1990; year < 2150; year++) {
		size_t count = vg_holidays(year, rows, ROWS_MAX), holidays = 0;

		assert_in_range(count, 24, ROWS_MAX);
		for (size_t i = 0; i < count; i++) {
			assert_true(i == 0 || rows[i - 1].day <= rows[i].day);
			holidays += rows[i].kind == VG_DAY_PUBLIC_HOLIDAY;
		}
		assert_int_equal(holidays, 13);
		rows[1].name = NULL;
		assert_int_equal(vg_holidays(year, rows, 1), count);
		assert_null(rows[1].name);
	}
}

static void
easter_falls_on_its_known_dates(void **state)
{
	/* Among them the earliest, the latest, and years of the two exceptions (1954, 1981, 2049,
	 * 2076). */
	static const struct {
		int year, month, day;
	} cases[] = {{1818, 3, 22}, {1943, 4, 25}, {1954, 4, 18}, {1961, 4, 2},	 {1981, 4, 19},
		     {2000, 4, 23}, {2008, 3, 23}, {2016, 3, 27}, {2025, 4, 20}, {2026, 4, 5},
		     {2038, 4, 25}, {2049, 4, 18}, {2076, 4, 19}, {2100, 3, 28}, {2285, 3, 22}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!has_row(cases[i].year,
			     vg_civil_days(cases[i].year, cases[i].month, cases[i].day),
			     VG_DAY_PUBLIC_HOLIDAY, "Påskdagen"))
			fail_msg("Easter of %d", cases[i].year);
}

static void
one_date_may_have_two_rows(void **state)
{
	(void)state;
	assert_true(has_row(2026, vg_civil_days(2026, 1, 5), VG_DAY_BRIDGE, "Klämdag"));
	assert_true(has_row(2026, vg_civil_days(2026, 1, 5), VG_DAY_HALF, "Trettondagsafton"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_rows_equal_the_reference),
		cmocka_unit_test(rows_ascend_and_respect_the_maximum),
		cmocka_unit_test(easter_falls_on_its_known_dates),
		cmocka_unit_test(one_date_may_have_two_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
