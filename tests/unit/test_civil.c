/* Local time and UTC: every hour of 68 years, both clock changes, and the patterns that other
 * systems write. */
#include "lib/civil/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HOUR_S	3600
#define FIRST_S 0L	    /* 1970-01-01T00:00Z */
#define END_S	2145916800L /* 2038-01-01T00:00Z */

static struct vg_civil
civil_of(const struct tm *tm)
{
	return (struct vg_civil){tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday,
				 tm->tm_hour,	     tm->tm_min,     tm->tm_sec};
}

static void
every_hour_is_what_the_c_library_says(void **state)
{
	(void)state;
	for (time_t at = FIRST_S; at < END_S; at += HOUR_S) {
		struct vg_civil local;
		struct tm tm;

		assert_non_null(localtime_r(&at, &tm));
		vg_civil_from_utc_ms(at * 1000, &local);
		assert_int_equal(local.year, tm.tm_year + 1900);
		assert_int_equal(local.month, tm.tm_mon + 1);
		assert_int_equal(local.day, tm.tm_mday);
		assert_int_equal(local.hour, tm.tm_hour);
		assert_int_equal(local.minute, tm.tm_min);
		assert_int_equal(vg_civil_offset_s(at * 1000), tm.tm_gmtoff);
		assert_int_equal(
			vg_civil_weekday(vg_civil_days(local.year, local.month, local.day)),
			(tm.tm_wday + 6) % 7);
	}
}

static void
every_hour_comes_back_or_is_the_second_of_two(void **state)
{
	int doubled = 0;

	(void)state;
	for (time_t at = FIRST_S; at < END_S; at += HOUR_S) {
		time_t earlier = at - HOUR_S;
		struct vg_civil local;
		struct tm tm, before;
		int64_t back;

		assert_non_null(localtime_r(&at, &tm));
		assert_non_null(localtime_r(&earlier, &before));
		local = civil_of(&tm);
		back = vg_civil_to_utc_ms(&local);
		if (before.tm_hour == tm.tm_hour) {
			doubled++;
			assert_int_equal(back, (at - HOUR_S) * 1000);
		} else {
			assert_int_equal(back, at * 1000);
		}
	}
	assert_int_equal(doubled, 2037 - 1980 + 1); /* Sweden has changed clocks since 1980 */
}

static void
changed_hours_follow_rfc_5545(void **state)
{
	static const struct {
		struct vg_civil local;
		int64_t want_s;
	} cases[] = {
		{{2025, 3, 30, 1, 59, 59}, 1743296399},	 {{2025, 3, 30, 2, 0, 0}, 1743296400},
		{{2025, 3, 30, 2, 30, 0}, 1743298200},	 {{2025, 3, 30, 3, 0, 0}, 1743296400},
		{{2025, 10, 26, 1, 59, 59}, 1761436799}, {{2025, 10, 26, 2, 30, 0}, 1761438600},
		{{2025, 10, 26, 3, 0, 0}, 1761444000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(vg_civil_to_utc_ms(&cases[i].local), cases[i].want_s * 1000);
}

static int64_t
month_start_ms(int year, int month)
{
	struct vg_civil local = {year, month, 1, 0, 0, 0};

	return vg_civil_to_utc_ms(&local);
}

static void
months_have_their_hours(void **state)
{
	(void)state;
	assert_int_equal((month_start_ms(2026, 3) - month_start_ms(2026, 2)) / 3600000, 672);
	assert_int_equal((month_start_ms(2026, 4) - month_start_ms(2026, 3)) / 3600000, 743);
	assert_int_equal((month_start_ms(2026, 11) - month_start_ms(2026, 10)) / 3600000, 745);
	assert_int_equal((month_start_ms(2026, 12) - month_start_ms(2026, 11)) / 3600000, 720);
}

static void
days_count_without_gap_from_year_1_to_9999(void **state)
{
	int64_t last = vg_civil_days(9999, 12, 31);
	int year, month, day, next_year, next_month, next_day;

	(void)state;
	assert_int_equal(vg_civil_days(1970, 1, 1), 0);
	assert_int_equal(vg_civil_days(2000, 3, 1), 11017);
	vg_civil_from_days(vg_civil_days(1, 1, 1), &year, &month, &day);
	for (int64_t days = vg_civil_days(1, 1, 1); days < last; days++) {
		assert_int_equal(vg_civil_days(year, month, day), days);
		vg_civil_from_days(days + 1, &next_year, &next_month, &next_day);
		if (next_day == day + 1)
			assert_true(next_month == month && next_year == year);
		else
			assert_true(next_day == 1 && !vg_civil_valid_date(year, month, day + 1));
		year = next_year;
		month = next_month;
		day = next_day;
	}
	assert_true(year == 9999 && month == 12 && day == 31);
}

static void
dates_that_do_not_exist_are_seen(void **state)
{
	(void)state;
	assert_true(vg_civil_valid_date(2024, 2, 29));
	assert_true(vg_civil_valid_date(2000, 2, 29));
	assert_false(vg_civil_valid_date(1900, 2, 29));
	assert_false(vg_civil_valid_date(2026, 2, 29));
	assert_false(vg_civil_valid_date(2026, 4, 31));
	assert_false(vg_civil_valid_date(2026, 13, 1));
	assert_false(vg_civil_valid_date(2026, 0, 1));
	assert_false(vg_civil_valid_date(2026, 1, 0));
	assert_false(vg_civil_valid_date(0, 1, 1));
	assert_false(vg_civil_valid_date(10000, 1, 1));
}

static void
iso_text_carries_the_offset(void **state)
{
	char text[32];

	(void)state;
	assert_string_equal(vg_civil_iso(1793732400000, text, sizeof(text)),
			    "2026-11-03T20:00:00+01:00");
	assert_string_equal(vg_civil_iso(1761438600000, text, sizeof(text)),
			    "2025-10-26T02:30:00+02:00");
	assert_string_equal(vg_civil_iso(1761442200999, text, sizeof(text)),
			    "2025-10-26T02:30:00+01:00");
	assert_string_equal(vg_civil_iso(-1, text, sizeof(text)), "1970-01-01T00:59:59+01:00");
}

static const struct {
	const char *text, *pattern;
	int64_t want_ms;
} readable[] = {
	{"27/3/2016 02:59", "%d/%m/%Y %H:%M", 1459043940000}, /* 2016-03-27T01:59Z: the gap */
	{"29/2/2016 1:16", "%d/%m/%Y %H:%M", 1456704960000},
	{"29/02/2016 01:16", "%d/%m/%Y %H:%M", 1456704960000},
	{"30/10/2016 02:30", "%d/%m/%Y %H:%M", 1477787400000}, /* the first of two */
	{"2016-03-27T01:59:00Z", "iso", 1459043940000},
	{"2016-03-27T03:59:00+02:00", "iso", 1459043940000},
	{"2016-03-27T03:59+0200", "iso", 1459043940000},
	{"2016-03-26T20:29:00.000-05:30", "iso", 1459043940000},
	{"2016-03-27 03:59:00", "iso", 1459043940000},
	{"2016-03-27 03:59:00.5", "iso", 1459043940500},
	{"2016-03-27T03:59:00,123456789+02:00", "iso", 1459043940123},
	{"2012-05-03T09:32:54+02:00", "%Y-%m-%dT%H:%M:%S%z", 1336030374000},
	{"20160327 035900", "%Y%m%d %H%M%S", 1459043940000},
	{"27.3.2016", "%d.%m.%Y", 1459033200000},
	{"12.30.05.2016-01-02", "%H.%M.%S.%Y-%m-%d", 1451734205000},
	{"100% 2016-01-01", "100%% %Y-%m-%d", 1451602800000},
	{"1459043940", "epoch_s", 1459043940000},
	{"-1", "epoch_s", -1000},
	{"1459043940123", "epoch_ms", 1459043940123},
	{"1969-12-31T23:59:59.999Z", "iso", -1},
};

static void
patterns_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++) {
		struct vg_err err = {0};
		int64_t at_ms = 0;

		if (vg_civil_parse(readable[i].text, readable[i].pattern, &at_ms, &err) != 0)
			fail_msg("%s", err.text);
		if (at_ms != readable[i].want_ms)
			fail_msg("%s: %lld", readable[i].text, (long long)at_ms);
	}
}

static const struct {
	const char *text, *pattern, *want;
} unreadable[] = {
	{"31/2/2016 10:00", "%d/%m/%Y %H:%M",
	 "time \"31/2/2016 10:00\": there is no day 2016-02-31"},
	{"3/14/2016 10:00", "%d/%m/%Y %H:%M",
	 "time \"3/14/2016 10:00\": character 3: expected a month from 1 to 12, found "
	 "\"14/2016 10:00\""},
	{"3/1/16 10:00", "%d/%m/%Y %H:%M",
	 "time \"3/1/16 10:00\": character 5: expected a year of four digits, found \"16 "
	 "10:00\""},
	{"3/1/2016 24:00", "%d/%m/%Y %H:%M",
	 "time \"3/1/2016 24:00\": character 10: expected an hour from 0 to 23, found "
	 "\"24:00\""},
	{"3/1/2016 10:60", "%d/%m/%Y %H:%M",
	 "time \"3/1/2016 10:60\": character 13: expected a minute from 0 to 59, found "
	 "\"60\""},
	{"3/1/2016", "%d/%m/%Y %H:%M",
	 "time \"3/1/2016\": character 9: expected \" \", found the end"},
	{"3/1/2016 10:00 ", "%d/%m/%Y %H:%M",
	 "time \"3/1/2016 10:00 \": character 15: expected the end, found \" \""},
	{"", "%d/%m/%Y", "time \"\": character 1: expected a day from 1 to 31, found the end"},
	{"2016-03-27", "iso",
	 "time \"2016-03-27\": character 11: expected \"T\" and the time of day, found the "
	 "end"},
	{"2016-03-27T10:00:00 CET", "iso",
	 "time \"2016-03-27T10:00:00 CET\": character 20: expected Z or an offset such as "
	 "+01:00, found \" CET\""},
	{"2016-03-27T10:00:00+1", "iso",
	 "time \"2016-03-27T10:00:00+1\": character 21: expected Z or an offset such as "
	 "+01:00, found \"1\""},
	{"NaN", "epoch_s", "time \"NaN\": character 1: expected digits, found \"NaN\""},
	{"99999999999999999999", "epoch_ms",
	 "time \"99999999999999999999\": expected at most 253402300799000 (the year 9999)"},
	{"10:00", "%H:%M", "time pattern \"%H:%M\": expected %Y, %m and %d in it"},
	{"2016", "%Y%", "time pattern \"%Y%\": ends in a lone %"},
	{"2016", "%y", "time pattern: \"%y\" is not known; expected %d %m %Y %H %M %S %z or %%"},
};

static void
unreadable_text_says_what_was_expected_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]); i++) {
		struct vg_err err = {0};
		int64_t at_ms;

		assert_int_equal(
			vg_civil_parse(unreadable[i].text, unreadable[i].pattern, &at_ms, &err),
			VG_EINVALID);
		assert_string_equal(err.text, unreadable[i].want);
	}
}

static void
zone_is_checked_and_kept(void **state)
{
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(vg_civil_set_zone("Europe/Stockholm", &err), 0);
	assert_int_equal(vg_civil_set_zone("Europe/Stokholm", &err), VG_EINVALID);
	assert_string_equal(
		err.text,
		"zone \"Europe/Stokholm\": cannot read "
		"/usr/share/zoneinfo/Europe/Stokholm: No such file or directory; expected "
		"an IANA name such as Europe/Stockholm");
	assert_int_equal(vg_civil_set_zone("../../../etc/passwd", &err), VG_EINVALID);
	assert_int_equal(vg_civil_set_zone("", &err), VG_EINVALID);
	assert_int_equal(vg_civil_set_zone("zone.tab", &err), VG_EINVALID);
	assert_int_equal(vg_civil_set_zone("America/New_York", &err), VG_ECONFLICT);
	assert_string_equal(err.text, "zone \"America/New_York\": this process already keeps "
				      "Europe/Stockholm time");
	assert_true(strlen(vg_civil_tzdata_version()) >= 5);
}

static int
set_zone(void **state)
{
	(void)state;
	return vg_civil_set_zone("Europe/Stockholm", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hour_is_what_the_c_library_says),
		cmocka_unit_test(every_hour_comes_back_or_is_the_second_of_two),
		cmocka_unit_test(changed_hours_follow_rfc_5545),
		cmocka_unit_test(months_have_their_hours),
		cmocka_unit_test(days_count_without_gap_from_year_1_to_9999),
		cmocka_unit_test(dates_that_do_not_exist_are_seen),
		cmocka_unit_test(iso_text_carries_the_offset),
		cmocka_unit_test(patterns_are_read),
		cmocka_unit_test(unreadable_text_says_what_was_expected_where),
		cmocka_unit_test(zone_is_checked_and_kept),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
