/* Recurrence over the Sundays of the clock change, calendar files as other programs write them, and
 * the feed. */
#include "lib/ical/ical.h"

#include "lib/civil/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int64_t
at(const char *iso)
{
	int64_t at_ms;

	assert_int_equal(vg_civil_parse(iso, "iso", &at_ms, NULL), 0);
	return at_ms;
}

/* --- rules --- */

static void
weekly_night_lasts_five_hours_when_the_clock_goes_back(void **state)
{
	int64_t time[VG_ICAL_TIMES_MAX][2];
	size_t times;
	bool open;

	(void)state;
	assert_int_equal(vg_ical_expand(at("2026-10-18T00:00:00"), at("2026-10-18T04:00:00"),
					"FREQ=WEEKLY;COUNT=3", time, &times, &open, NULL),
			 0);
	assert_int_equal(times, 3);
	assert_false(open);
	assert_int_equal(time[1][0], at("2026-10-25T00:00:00"));
	assert_int_equal(time[1][1] - time[1][0], 5 * 3600000);
	assert_int_equal(time[2][0], at("2026-11-01T00:00:00"));
	assert_int_equal(time[2][1] - time[2][0], 4 * 3600000);
}

static void
spring_gap_takes_the_offset_before_it(void **state)
{
	int64_t time[VG_ICAL_TIMES_MAX][2];
	size_t times;
	bool open;

	(void)state;
	assert_int_equal(vg_ical_expand(at("2025-03-29T02:30:00"), at("2025-03-29T05:00:00"),
					"FREQ=DAILY;COUNT=2", time, &times, &open, NULL),
			 0);
	assert_int_equal(time[1][0], INT64_C(1743298200000)); /* semantics.md 6 */
	/* from 02:00 to 03:00 there is nothing on that day */
	assert_int_equal(vg_ical_expand(at("2025-03-29T02:00:00"), at("2025-03-29T03:00:00"),
					"FREQ=DAILY;COUNT=3", time, &times, &open, NULL),
			 0);
	assert_int_equal(times, 2);
	assert_int_equal(time[1][0], at("2025-03-31T02:00:00"));
}

static void
ambiguous_hour_means_the_first(void **state)
{
	int64_t time[VG_ICAL_TIMES_MAX][2];
	size_t times;
	bool open;

	(void)state;
	assert_int_equal(vg_ical_expand(at("2025-10-25T02:30:00"), at("2025-10-25T02:45:00"),
					"FREQ=DAILY;COUNT=2", time, &times, &open, NULL),
			 0);
	assert_int_equal(time[1][0], INT64_C(1761438600000)); /* semantics.md 6 */
}

static void
until_in_utc_ends_a_local_rule(void **state)
{
	static const struct {
		const char *until;
		size_t times;
	} cases[] = {
		{"20261101T230000Z", 2}, /* 00:00 on the 2nd is 23:00 UTC on the 1st: still inside
					  */
		{"20261101T225959Z", 1}, {"20261102T000000", 2}, {"20261102", 2},
		{"20261108", 2},	 {"20261109", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time[VG_ICAL_TIMES_MAX][2];
		char rule[80];
		size_t times;
		bool open;

		(void)snprintf(rule, sizeof(rule), "FREQ=WEEKLY;UNTIL=%s", cases[i].until);
		assert_int_equal(vg_ical_expand(at("2026-10-26T00:00:00"),
						at("2026-10-26T01:00:00"), rule, time, &times,
						&open, NULL),
				 0);
		assert_int_equal(times, cases[i].times);
	}
}

static void
endless_rule_is_walked_three_years_and_says_so(void **state)
{
	int64_t time[VG_ICAL_TIMES_MAX][2];
	size_t times;
	bool open;

	(void)state;
	assert_int_equal(vg_ical_expand(at("2026-01-04T22:00:00"), at("2026-01-05T02:00:00"),
					"FREQ=WEEKLY;BYDAY=SU", time, &times, &open, NULL),
			 0);
	assert_true(open);
	assert_in_range(times, 156, 158);
}

static void
bad_rules_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *rule, *word;
	} cases[] = {
		{"WEEKLY", "expected one as"},
		{"FREQ=SOMETIMES", "expected one as"},
		{"FREQ=HOURLY;COUNT=2", "DAILY"},
		{"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "DAILY"},
		{"FREQ=DAILY", "more than 366"},
		{"FREQ=WEEKLY;BYDAY=MO;COUNT=3", "start is no occurrence"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rule"},
		{"FREQ=WEEKLY;UNTIL=20261399", "rule"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time[VG_ICAL_TIMES_MAX][2];
		struct vg_err err = {0};
		size_t times;
		bool open;

		assert_int_not_equal(vg_ical_expand(at("2026-10-25T00:00:00"),
						    at("2026-10-25T04:00:00"), cases[i].rule, time,
						    &times, &open, &err),
				     0);
		if (strstr(err.text, cases[i].word) == NULL)
			fail_msg("%s: \"%s\"", cases[i].rule, err.text);
	}
}

static void
ends_out_of_all_time_are_refused(void **state)
{
	static const int64_t cases[][2] = {
		{-1, 3600000}, {INT64_MIN, 0}, {0, VG_ICAL_END_MS + 1}, {INT64_MAX - 1, INT64_MAX}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time[VG_ICAL_TIMES_MAX][2];
		struct vg_err err = {0};
		size_t times;
		bool open;

		assert_int_not_equal(vg_ical_expand(cases[i][0], cases[i][1], "FREQ=DAILY;COUNT=2",
						    time, &times, &open, &err),
				     0);
		assert_non_null(strstr(err.text, "from 1970 to 2099"));
	}
}

static void
overlapping_occurrences_are_refused(void **state)
{
	int64_t time[VG_ICAL_TIMES_MAX][2];
	struct vg_err err = {0};
	size_t times;
	bool open;

	(void)state;
	assert_int_equal(vg_ical_expand(at("2026-10-20T00:00:00"), at("2026-10-21T04:00:00"),
					"FREQ=DAILY;COUNT=2", time, &times, &open, &err),
			 VG_EINVALID);
	assert_non_null(strstr(err.text, "before the one before it has ended"));
}

/* --- files --- */

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//SV\r\n"
#define TAIL "END:VCALENDAR\r\n"

static int
read_text(const char *events, struct vg_ical_window **window, size_t *count, struct vg_err *err)
{
	char text[4000];

	(void)snprintf(text, sizeof(text), HEAD "%s" TAIL, events);
	return vg_ical_read(text, strlen(text), window, count, err);
}

static void
file_of_several_events_is_read(void **state)
{
	struct vg_ical_window *window;
	struct vg_err err = {0};
	size_t count;

	(void)state;
	assert_int_equal(
		read_text("BEGIN:VEVENT\r\nUID:b\r\nDTSTAMP:20261001T000000Z\r\n"
			  "SUMMARY:Byte av lagring\\, steg 1\r\nSEQUENCE:2\r\nSTATUS:TENTATIVE\r\n"
			  "DTSTART;TZID=Europe/Stockholm:20261018T000000\r\n"
			  "DTEND;TZID=Europe/Stockholm:20261018T040000\r\n"
			  "RRULE:FREQ=WEEKLY;COUNT=4\r\n"
			  "EXDATE;TZID=Europe/Stockholm:20261101T000000\r\n"
			  "CATEGORIES:natverk,katalog\r\nCATEGORIES:katalog\r\nEND:VEVENT\r\n"
			  "BEGIN:VEVENT\r\nUID:b\r\nDTSTAMP:20261001T000000Z\r\n"
			  "RECURRENCE-ID;TZID=Europe/Stockholm:20261108T000000\r\n"
			  "DTSTART;TZID=Europe/Stockholm:20261108T010000\r\n"
			  "DURATION:PT2H\r\nEND:VEVENT\r\n"
			  "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20261001T000000Z\r\n"
			  "DTSTART;VALUE=DATE:20261025\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n",
			  &window, &count, &err),
		0);
	assert_int_equal(count, 2);
	assert_string_equal(window[0].uid, "a");
	assert_int_equal(window[0].status, VG_ICAL_CANCELLED);
	assert_int_equal(window[0].times, 1);
	assert_int_equal(window[0].time[0][1] - window[0].time[0][0], 25 * 3600000);
	assert_string_equal(window[1].name, "Byte av lagring, steg 1");
	assert_string_equal(window[1].services, "katalog natverk");
	assert_string_equal(window[1].rrule, "FREQ=WEEKLY;COUNT=4");
	assert_int_equal(window[1].status, VG_ICAL_TENTATIVE);
	assert_int_equal(window[1].sequence, 2);
	assert_int_equal(window[1].times, 3);
	assert_int_equal(window[1].time[0][0], at("2026-10-18T00:00:00"));
	assert_int_equal(window[1].time[1][1], at("2026-10-25T04:00:00"));
	assert_int_equal(window[1].time[2][0], at("2026-11-08T01:00:00"));
	assert_int_equal(window[1].time[2][1], at("2026-11-08T03:00:00"));
	vg_ical_windows_free(window, count);
}

static void
utc_and_exact_durations_hold_over_the_change(void **state)
{
	struct vg_ical_window *window;
	size_t count;

	(void)state;
	assert_int_equal(
		read_text("BEGIN:VEVENT\r\nUID:u\r\nDTSTART:20261024T220000Z\r\n"
			  "DTEND:20261025T030000Z\r\nRDATE:20261031T220000Z\r\nEND:VEVENT\r\n"
			  "BEGIN:VEVENT\r\nUID:v\r\nDTSTART:20261025T000000\r\nDURATION:PT4H\r\n"
			  "END:VEVENT\r\n"
			  "BEGIN:VEVENT\r\nUID:w\r\nDTSTART:20261025T000000\r\nDURATION:P1D\r\n"
			  "END:VEVENT\r\n",
			  &window, &count, NULL),
		0);
	assert_int_equal(count, 3);
	assert_int_equal(window[0].times, 2);
	assert_int_equal(window[0].time[1][0], at("2026-10-31T22:00:00Z"));
	assert_int_equal(window[0].time[1][1] - window[0].time[1][0], 5 * 3600000);
	assert_int_equal(window[1].time[0][1] - window[1].time[0][0], 4 * 3600000);
	assert_int_equal(window[2].time[0][1] - window[2].time[0][0], 25 * 3600000);
	vg_ical_windows_free(window, count);
}

/* Exceptions and additions may be written on another clock than the event's own. */
static void
times_on_another_clock_name_the_same_instants(void **state)
{
	struct vg_ical_window *window;
	size_t count;

	(void)state;
	assert_int_equal(
		read_text(
			"BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=Europe/Stockholm:20261018T000000\r\n"
			"DURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE:20261024T220000Z\r\n"
			"RDATE:20261031T230000Z,20261101T230000Z\r\nEND:VEVENT\r\n"
			"BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20261018T000000Z\r\n"
			"DURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"
			"EXDATE;TZID=Europe/Stockholm:20261025T020000\r\n"
			"RDATE;VALUE=PERIOD:20261102T000000Z/20261102T020000Z,"
			"20261103T000000Z/PT30M\r\nEND:VEVENT\r\n",
			&window, &count, NULL),
		0);
	assert_int_equal(count, 2);
	assert_int_equal(window[0].times, 3); /* what is added on the 1st is there already */
	assert_int_equal(window[0].time[0][0], at("2026-10-18T00:00:00"));
	assert_int_equal(window[0].time[1][0], at("2026-11-01T00:00:00"));
	assert_int_equal(window[0].time[2][0], at("2026-11-02T00:00:00"));
	assert_int_equal(window[1].times, 4);
	assert_int_equal(window[1].time[1][0], at("2026-11-01T00:00:00Z"));
	assert_int_equal(window[1].time[2][1] - window[1].time[2][0], 2 * 3600000);
	assert_int_equal(window[1].time[3][1] - window[1].time[3][0], 1800000);
	vg_ical_windows_free(window, count);
}

static void
higher_sequence_holds(void **state)
{
	struct vg_ical_window *window;
	size_t count;

	(void)state;
	assert_int_equal(read_text("BEGIN:VEVENT\r\nUID:a\r\nSEQUENCE:1\r\nSUMMARY:ny\r\n"
				   "DTSTART:20261020T000000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
				   "BEGIN:VEVENT\r\nUID:a\r\nSEQUENCE:0\r\nSUMMARY:gammal\r\n"
				   "DTSTART:20261019T000000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n",
				   &window, &count, NULL),
			 0);
	assert_int_equal(count, 1);
	assert_string_equal(window[0].name, "ny");
	vg_ical_windows_free(window, count);
}

static void
malformed_files_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *events, *word;
	} cases[] = {
		{"BEGIN:VEVENT\r\nDTSTART:20261020T000000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n",
		 "event 1: expected a UID"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDURATION:PT1H\r\nEND:VEVENT\r\n", "expected a DTSTART"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261020T000000Z\r\nEND:VEVENT\r\n",
		 "expected an end after its start"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261020T000000Z\r\nDTEND:20261019T000000Z\r\n"
		 "END:VEVENT\r\n",
		 "expected an end after its start"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=America/New_York:20261020T000000\r\n"
		 "DURATION:PT1H\r\nEND:VEVENT\r\n",
		 "expected Europe/Stockholm"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261040T000000Z\r\nDURATION:PT1H\r\n"
		 "END:VEVENT\r\n",
		 "event 1"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:i morgon\r\nDURATION:PT1H\r\nEND:VEVENT\r\n",
		 "event 1"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261020T000000Z\r\nDURATION:PT1H\r\n"
		 "RRULE:FREQ=DAILY\r\nEND:VEVENT\r\n",
		 "more than 366"},
		{"BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20261020T000000Z\r\n"
		 "DTSTART:20261020T000000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n",
		 "no event of this UID"},
		{"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261020T000000Z\r\nDURATION:PT1H\r\n"
		 "STATUS:KLART\r\nEND:VEVENT\r\n",
		 "event 1"},
	};
	struct vg_ical_window *window;
	struct vg_err err = {0};
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_not_equal(read_text(cases[i].events, &window, &count, &err), 0);
		if (strstr(err.text, cases[i].word) == NULL)
			fail_msg("case %zu: \"%s\"", i, err.text);
	}
	assert_int_equal(vg_ical_read("hej", 3, &window, &count, &err), VG_EINVALID);
	assert_non_null(strstr(err.text, "BEGIN:VCALENDAR"));
}

static void
names_of_zones_by_other_programs_are_known(void **state)
{
	static const char *const zones[] = {"W. Europe Standard Time",
					    "/citadel.org/20250101_1/Europe/Stockholm"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vg_ical_window *window;
		char event[400];
		size_t count;

		(void)snprintf(event, sizeof(event),
			       "BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=\"%s\":20261020T000000\r\n"
			       "DURATION:PT1H\r\nEND:VEVENT\r\n",
			       zones[i]);
		assert_int_equal(read_text(event, &window, &count, NULL), 0);
		assert_int_equal(window[0].time[0][0], at("2026-10-20T00:00:00"));
		vg_ical_windows_free(window, count);
	}
}

static void
feed_reads_back_as_it_was_written(void **state)
{
	const struct vg_ical_item items[] = {
		{.uid = "W-12.0",
		 .name = "Byte av lagring; steg 1, med en rubrik som är så lång att raden måste "
			 "vikas på åtminstone ett ställe",
		 .services = "katalog natverk",
		 .from_ms = at("2026-10-25T00:00:00"),
		 .to_ms = at("2026-10-25T04:00:00"),
		 .stamp_ms = at("2026-10-01T00:00:00Z"),
		 .sequence = 7,
		 .status = VG_ICAL_CONFIRMED},
		{.uid = "W-12.1",
		 .name = "x",
		 .services = "",
		 .from_ms = at("2026-11-25T00:00:00"),
		 .to_ms = at("2026-11-25T04:00:00"),
		 .stamp_ms = at("2026-10-01T00:00:00Z"),
		 .status = VG_ICAL_CANCELLED},
	};
	struct vg_ical_window *window;
	char *text = vg_ical_write(items, 2);
	size_t count;

	(void)state;
	assert_non_null(text);
	for (const char *line = text, *end; *line != '\0'; line = end + 2) {
		end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_in_range(end - line, 1, 75);
	}
	assert_int_equal(vg_ical_read(text, strlen(text), &window, &count, NULL), 0);
	assert_int_equal(count, 2);
	assert_string_equal(window[0].name, items[0].name);
	assert_string_equal(window[0].services, "katalog natverk");
	assert_int_equal(window[0].time[0][0], items[0].from_ms);
	assert_int_equal(window[0].time[0][1], items[0].to_ms);
	assert_int_equal(window[0].sequence, 7);
	assert_int_equal(window[1].status, VG_ICAL_CANCELLED);
	vg_ical_windows_free(window, count);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weekly_night_lasts_five_hours_when_the_clock_goes_back),
		cmocka_unit_test(spring_gap_takes_the_offset_before_it),
		cmocka_unit_test(ambiguous_hour_means_the_first),
		cmocka_unit_test(until_in_utc_ends_a_local_rule),
		cmocka_unit_test(endless_rule_is_walked_three_years_and_says_so),
		cmocka_unit_test(bad_rules_are_refused_with_a_reason),
		cmocka_unit_test(ends_out_of_all_time_are_refused),
		cmocka_unit_test(overlapping_occurrences_are_refused),
		cmocka_unit_test(file_of_several_events_is_read),
		cmocka_unit_test(utc_and_exact_durations_hold_over_the_change),
		cmocka_unit_test(times_on_another_clock_name_the_same_instants),
		cmocka_unit_test(higher_sequence_holds),
		cmocka_unit_test(malformed_files_are_refused_with_a_reason),
		cmocka_unit_test(names_of_zones_by_other_programs_are_known),
		cmocka_unit_test(feed_reads_back_as_it_was_written),
	};

	if (vg_civil_set_zone("Europe/Stockholm", NULL) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
