/* Agreements: what the loader makes of good ones, what it says about bad ones, and the way through
 * JSON and back. */
#include "core/event.h"
#include "lib/agreement/agreement_yaml.h"
#include "lib/civil/civil.h"
#include "lib/json/agreement_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR_MS	      INT64_C(3600000)
#define UNTIL_2030_MS INT64_C(1893452400000) /* 2030-01-01 in Stockholm */

static int64_t
ms(int year, int month, int day, int hour, int minute)
{
	struct vg_civil local = {year, month, day, hour, minute, 0};

	return vg_civil_to_utc_ms(&local);
}

static struct vg_agreement *
load_shipped(const char *directory, int64_t until_ms)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement = vg_agreement_load(directory, until_ms, &errors);

	if (errors.count > 0)
		fail_msg("%s", errors.text[0]);
	assert_non_null(agreement);
	return agreement;
}

#define SAMPLE VG_SOURCE_DIR "/agreements/sample"
#define UCI    VG_SOURCE_DIR "/agreements/uci"

/* --- the shipped agreements --- */

static void
sample_holds_the_defaults(void **state)
{
	struct vg_agreement *a = load_shipped(SAMPLE, 0);
	const struct vg_municipality *alingsas = vg_agreement_municipality(a, "1489");
	const struct vg_target *p3 = vg_agreement_target(a, "P3");

	(void)state;
	assert_string_equal(a->name, "sample-2016");
	assert_string_equal(a->zone, "Europe/Stockholm");
	assert_int_equal(a->valid_from_ms, ms(2016, 1, 1, 0, 0));
	assert_int_equal(a->valid_to_ms, INT64_MAX);
	assert_int_equal(a->municipalities, 49);
	assert_string_equal(alingsas->name, "Alingsås");
	assert_string_equal(alingsas->federation, "GR");
	assert_string_equal(alingsas->size, "medium");
	assert_int_equal(alingsas->go_live_ms, ms(2016, 1, 1, 0, 0));
	assert_int_equal(alingsas->end_ms, INT64_MAX);
	assert_int_equal(a->priorities, 4);
	assert_int_equal(a->matrix[0][2], 1);
	assert_int_equal(a->matrix[3][3], 3);
	assert_int_equal(p3->response_ms, 4 * HOUR_MS);
	assert_int_equal(p3->resolution_ms, 24 * HOUR_MS);
	assert_int_equal(p3->share_ppm, 900000);
	assert_string_equal(p3->cal->name, "vardag_0730_1630");
	assert_int_equal(a->retarget, VG_RETARGET_KEEP_BREACH);
	assert_int_equal(a->pause_reasons, 1u << VG_REASON_REQUESTER |
						   1u << VG_REASON_MUNICIPALITY |
						   1u << VG_REASON_SCHEDULED);
	assert_int_equal(a->max_pause_days, 10);
	assert_int_equal(a->min_n, 10);
	assert_false(a->count_open_overdue);
	assert_int_equal(a->reopen_window_days, 14);
	assert_int_equal(a->duties, 2);
	assert_string_equal(a->duty[0].municipality, "*");
	assert_int_equal(a->duty[0].repeat_ms, HOUR_MS / 4);
	assert_int_equal(a->duty[1].repeats_max, 0);
	vg_agreement_unref(a);
}

static void
reference_agreement_holds_its_rules(void **state)
{
	struct vg_agreement *a = load_shipped(UCI, 0);
	const struct vg_cal *business = vg_agreement_cal(a, "business");
	const struct vg_cal *eves = vg_agreement_cal(a, "business_eves");

	(void)state;
	assert_int_equal(a->valid_from_ms, ms(2010, 1, 1, 0, 0));
	assert_int_equal(a->retarget, VG_RETARGET_LAST_PRIORITY);
	assert_int_equal(a->max_pause_days, -1);
	assert_int_equal(a->pause_reasons, 1u << VG_REASON_REQUESTER);
	assert_int_equal(vg_agreement_target(a, "P4")->resolution_ms, 45 * HOUR_MS);
	assert_int_equal(vg_agreement_target(a, "P4")->response_ms, -1);
	assert_int_equal(a->municipalities, 49);
	assert_int_equal(a->municipality[0].go_live_ms, INT64_MIN);
	/* Midsummer Eve 2011 was Friday 24 June; Easter Monday 25 April. */
	assert_int_equal(vg_cal_between_ms(business, ms(2011, 6, 24, 0, 0), ms(2011, 6, 25, 0, 0)),
			 9 * HOUR_MS);
	assert_int_equal(vg_cal_between_ms(eves, ms(2011, 6, 24, 0, 0), ms(2011, 6, 25, 0, 0)), 0);
	assert_int_equal(vg_cal_between_ms(business, ms(2011, 4, 25, 0, 0), ms(2011, 4, 26, 0, 0)),
			 0);
	assert_int_equal(vg_cal_between_ms(business, ms(2011, 4, 26, 7, 0), ms(2011, 4, 26, 9, 0)),
			 HOUR_MS);
	vg_agreement_unref(a);
}

static void
expansion_spans_whole_years(void **state)
{
	struct vg_agreement *short_one = load_shipped(SAMPLE, 0);
	struct vg_agreement *long_one = load_shipped(SAMPLE, UNTIL_2030_MS + 1);

	(void)state;
	assert_int_equal(short_one->first_month, 2015 * 12);
	assert_int_equal(short_one->months, 4 * 12);
	assert_int_equal(short_one->month_start_ms[48], ms(2019, 1, 1, 0, 0));
	assert_int_equal(short_one->first_day, vg_civil_days(2015, 1, 1));
	assert_int_equal(short_one->days, 4 * 365 + 1);
	assert_int_equal(long_one->month_start_ms[long_one->months], ms(2031, 1, 1, 0, 0));
	assert_int_equal(long_one->day_start_ms[long_one->days], ms(2031, 1, 1, 0, 0));
	assert_int_equal(vg_agreement_cal(long_one, "utokad")->to_ms, ms(2031, 1, 1, 0, 0));
	vg_agreement_unref(short_one);
	vg_agreement_unref(long_one);
	long_one = load_shipped(SAMPLE, UNTIL_2030_MS);
	assert_int_equal(long_one->month_start_ms[long_one->months], UNTIL_2030_MS);
	vg_agreement_unref(long_one);
}

static void
months_and_days_follow_the_clock_changes(void **state)
{
	struct vg_agreement *a = load_shipped(SAMPLE, UNTIL_2030_MS);
	const struct {
		int month;
		int64_t hours;
	} cases[] = {{2, 672}, {3, 743}, {10, 745}, {11, 720}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int month = 2026 * 12 + cases[i].month - 1;

		assert_int_equal((vg_agreement_month_start_ms(a, month + 1) -
				  vg_agreement_month_start_ms(a, month)) /
					 HOUR_MS,
				 cases[i].hours);
	}
	for (size_t i = 0; i < a->days; i++) {
		int64_t length = a->day_start_ms[i + 1] - a->day_start_ms[i];

		assert_true(length == 24 * HOUR_MS || length == 23 * HOUR_MS ||
			    length == 25 * HOUR_MS);
	}
	vg_agreement_unref(a);
}

static void
working_days_are_counted(void **state)
{
	static const struct {
		int year;
		int64_t want;
	} cases[] = {{2025, 249}, {2026, 251}, {2027, 253}, {2028, 251}};
	struct vg_agreement *a = load_shipped(SAMPLE, UNTIL_2030_MS);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t first = vg_civil_days(cases[i].year, 1, 1) - a->first_day;
		int64_t end = vg_civil_days(cases[i].year + 1, 1, 1) - a->first_day, working = 0;
		const struct vg_cal *cal = vg_agreement_cal(a, "vardag_0730_1630");

		for (int64_t day = first; day < end; day++)
			working += a->day_working[day];
		assert_int_equal(working, cases[i].want);
		/* Nine hours on every one of them, clock changes or not. */
		assert_int_equal(
			vg_cal_between_ms(cal, a->day_start_ms[first], a->day_start_ms[end]),
			cases[i].want * 9 * HOUR_MS);
	}
	vg_agreement_unref(a);
}

/* --- the way through JSON --- */

static void
json_gives_the_same_version(void **state)
{
	static const char *const directories[] = {SAMPLE, UCI};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vg_agreement *a = load_shipped(directories[i], UNTIL_2030_MS), *b;
		json_t *there = vg_agreement_to_json(a), *again;
		char *text = json_dumps(there, JSON_COMPACT | JSON_SORT_KEYS);
		struct vg_err err = {0};

		assert_true(strlen(text) < 160 * 1024);
		if ((b = vg_agreement_from_json(there, &err)) == NULL)
			fail_msg("%s", err.text);
		assert_int_equal(b->months, a->months);
		assert_memory_equal(b->month_start_ms, a->month_start_ms,
				    (a->months + 1) * sizeof(int64_t));
		assert_int_equal(b->days, a->days);
		assert_memory_equal(b->day_start_ms, a->day_start_ms,
				    (a->days + 1) * sizeof(int64_t));
		assert_memory_equal(b->day_working, a->day_working, a->days);
		assert_int_equal(b->cals, a->cals);
		for (size_t k = 0; k < a->cals; k++) {
			assert_int_equal(b->cal[k]->n, a->cal[k]->n);
			assert_int_equal(b->cal[k]->always, a->cal[k]->always);
			assert_memory_equal(b->cal[k]->start_ms, a->cal[k]->start_ms,
					    a->cal[k]->n * sizeof(int64_t));
			assert_memory_equal(b->cal[k]->end_ms, a->cal[k]->end_ms,
					    a->cal[k]->n * sizeof(int64_t));
		}
		again = vg_agreement_to_json(b);
		assert_true(json_equal(there, again));
		json_decref(there);
		json_decref(again);
		free(text);
		vg_agreement_unref(a);
		vg_agreement_unref(b);
	}
}

/* One member changed: a path of names and indices, the JSON to put there ("" = take it away), and
 * the message. */
static const struct {
	const char *path[4];
	const char *json, *want;
} hostile[] = {
	{{"name"}, "", "agreement.body: Object item not found: name"},
	{{"name"}, "7", "agreement.body: Expected string, got integer"},
	{{"name"}, "\"\"", "agreement.body: expected a name"},
	{{"name"}, "\"a\\nb\"", "agreement.body: expected texts without control characters"},
	{{"extra"}, "1", "agreement.body: 1 object item(s) left unpacked: extra"},
	{{"valid_to_ms"}, "5", "agreement.valid_from_ms: expected valid_to_ms after valid_from_ms"},
	{{"valid_from_ms"},
	 "5",
	 "agreement.valid_from_ms: expected an instant inside the expanded months and "
	 "days"},
	{{"months", "first"}, "-1", "agreement.months: expected a month's number"},
	{{"months", "start_ms"},
	 "9000000000000000000",
	 "agreement.months: expected instants in ms before the year 10000"},
	{{"months", "length_s"}, "[]", "agreement.months.length_s: expected at least one month"},
	{{"months", "length_s", "0"},
	 "0",
	 "agreement.months.length_s[0]: expected an integer in its range"},
	{{"days", "length_s"},
	 "[1,86400,1]",
	 "agreement.days.length_s: expected pairs of count and length"},
	{{"days", "length_s", "0"},
	 "1000000000",
	 "agreement.days.length_s[0]: expected an integer in its range"},
	{{"days", "working"},
	 "[1]",
	 "agreement.days.working[0]: expected as many days as have a length"},
	{{"days", "working", "3"},
	 "0",
	 "agreement.days.working[3]: expected an integer in its range"},
	{{"days", "working", "0"}, "\"1\"", "agreement.days.working[0]: expected an integer"},
	{{"calendars"}, "[]", "agreement.calendars: expected 24x7 among them"},
	{{"calendars"}, "{}", "agreement.calendars: expected a list"},
	{{"calendars", "1", "name"},
	 "\"0\"",
	 "agreement.calendars[1]: expected calendars in the order of their names"},
	{{"calendars", "1", "to_ms"}, "0", "agreement.calendars[1]: expected to_ms after from_ms"},
	{{"calendars", "1", "open"},
	 "[1]",
	 "agreement.calendars.open: expected pairs of gap and length, none for a "
	 "calendar that is always open"},
	{{"calendars", "1", "open", "2"},
	 "-1",
	 "agreement.calendars.open[2]: expected an integer in its range"},
	{{"calendars", "1", "open", "2"},
	 "1000000000",
	 "agreement.calendars.open[3]: expected stretches that end by to_ms"},
	{{"municipalities", "0"}, "null", "agreement.municipalities[0]: Expected object, got null"},
	{{"municipalities", "0", "code"},
	 "\"14\"",
	 "agreement.municipalities[0]: expected a code of four digits"},
	{{"municipalities", "1", "code"},
	 "\"1401\"",
	 "agreement.municipalities[1]: expected municipalities in the order of their "
	 "codes"},
	{{"municipalities", "1", "size"},
	 "\"big\"",
	 "agreement.municipalities[1]: expected size small, medium or large"},
	{{"municipalities", "1", "end_ms"},
	 "0",
	 "agreement.municipalities[1]: expected end_ms after go_live_ms"},
	{{"services", "1", "id"},
	 "\"a\"",
	 "agreement.services[1]: expected services in the order of their ids"},
	{{"priorities"}, "[]", "agreement.priorities: expected at least one priority"},
	{{"priorities"},
	 "[1,2,3,4,5,6,7,8,9]",
	 "agreement.priorities: expected at most 8, found 9"},
	{{"priorities", "1"}, "\"P1\"", "agreement.priorities[1]: expected each priority once"},
	{{"matrix", "0", "0"}, "4", "agreement.matrix[0]: expected an integer in its range"},
	{{"matrix", "1"}, "7", "agreement.matrix[3]: expected four columns"},
	{{"targets", "0", "calendar"},
	 "\"x\"",
	 "agreement.targets[0]: expected a calendar of the agreement"},
	{{"targets", "0", "name"},
	 "\"P9\"",
	 "agreement.targets[0]: expected a priority's name, or request"},
	{{"targets", "1", "name"},
	 "\"P1\"",
	 "agreement.targets[1]: expected targets in the order of their names"},
	{{"targets", "0", "share_ppm"},
	 "1000001",
	 "agreement.targets[0]: expected share_ppm of at most 1000000"},
	{{"duty", "0", "channel"},
	 "\"fax\"",
	 "agreement.duty[0]: expected channel webhook or mail"},
	{{"duty", "0", "municipality"},
	 "\"0001\"",
	 "agreement.duty[0]: expected a municipality of the agreement, or *"},
	{{"rules", "retarget"}, "\"x\"", "agreement.rules: expected a known word"},
	{{"rules", "pause_reasons"},
	 "[\"x\"]",
	 "agreement.rules.pause_reasons[0]: expected a known word"},
	{{"rules", "min_n"}, "-1", "agreement.rules: expected min_n in its range"},
};

static void
change(json_t *root, const char *const *path, const char *text)
{
	json_t *at = root,
	       *value = text[0] == '\0' ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);
	size_t last = 0;

	while (last < 3 && path[last + 1] != NULL)
		last++;
	for (size_t i = 0; i < last; i++)
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(path[i]))
				       : json_object_get(at, path[i]);
	assert_non_null(at);
	if (value == NULL)
		assert_int_equal(json_object_del(at, path[last]), 0);
	else if (json_is_array(at))
		assert_int_equal(json_array_set_new(at, (size_t)atoi(path[last]), value), 0);
	else
		assert_int_equal(json_object_set_new(at, path[last], value), 0);
}

static void
hostile_json_is_refused_with_its_place(void **state)
{
	struct vg_agreement *a = load_shipped(SAMPLE, 0);
	json_t *whole = vg_agreement_to_json(a);

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		json_t *copy = json_deep_copy(whole);
		struct vg_err err = {0};

		change(copy, hostile[i].path, hostile[i].json);
		if (vg_agreement_from_json(copy, &err) != NULL)
			fail_msg("accepted: %s", hostile[i].want);
		assert_string_equal(err.text, hostile[i].want);
		json_decref(copy);
	}
	json_decref(whole);
	vg_agreement_unref(a);
}

/* --- errors --- */

/* A small agreement that loads; tests replace one of its lines. */
static const char *const good_lines[] = {
	"name: test",			       /* 1 */
	"version: \"1\"",		       /* 2 */
	"valid_from: 2026-01-01",	       /* 3 */
	"rules: {}",			       /* 4 */
	"holidays: {}",			       /* 5 */
	"calendars:",			       /* 6 */
	"  kontor:",			       /* 7 */
	"    hours: { mon-fri: 07:30-16:30 }", /* 8 */
	"priorities: [P1, P2]",		       /* 9 */
	"matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], "
	"[P2, P2, P2, P2], [P2, P2, P2, P2]]",			      /* 10 */
	"targets:",						      /* 11 */
	"  P1: { resolution: 4h, share: 90 %, calendar: 24x7 }",      /* 12 */
	"  P2: { response: 1h, share: 90 %, calendar: kontor }",      /* 13 */
	"  request: { response: 1h, share: 90 %, calendar: kontor }", /* 14 */
	"services: { a: Tjänst }",				      /* 15 */
	"municipalities:",					      /* 16 */
	"  - { code: 1489, name: Alingsås, size: medium }",	      /* 17 */
	"duty: []",						      /* 18 */
};
#define GOOD_LINES (sizeof(good_lines) / sizeof(good_lines[0]))

static const struct {
	size_t line; /* that is replaced; 0 = none */
	const char *text;
	const char *want[3]; /* NULL-ended */
} faults[] = {
	{1,
	 "name: två ord",
	 {"t.yaml:1:7: name: expected letters a-z, digits and . _ - only, found \"två "
	  "ord\""}},
	{1, "name:", {"t.yaml:1:6: name: expected text, found nothing"}},
	{1,
	 "naem: test",
	 {"t.yaml:1:1: key \"naem\" is not known; did you mean \"name\"?",
	  "t.yaml:1:1: name is missing; expected text"}},
	{2, "version: \"\"", {"t.yaml:2:10: version: expected text, found nothing"}},
	{2, "version: \"a\\u0007b\"", {"t.yaml:2:10: version: a control character is not allowed"}},
	{3,
	 "valid_from: 2026-13-01",
	 {"t.yaml:3:13: valid_from: expected a date such as 2026-01-31, found "
	  "\"2026-13-01\""}},
	{3,
	 "valid_from: 1999-01-01",
	 {"t.yaml:3:13: valid_from: expected a date from 2006-01-01 to 2099-12-31"}},
	{3, "{valid_from: 2026-01-01}: 1", {"t.yaml:3:1: a key is a map; expected a name"}},
	{4,
	 "valid_to: 2026-01-01",
	 {"t.yaml:4:11: valid_to: expected a date after valid_from (it is the first day "
	  "that is not covered)"}},
	{4,
	 "zone: Europe/Stokholm",
	 {"t.yaml:4:7: zone \"Europe/Stokholm\": cannot read "
	  "/usr/share/zoneinfo/Europe/Stokholm: No such "
	  "file or directory; expected an IANA name such as Europe/Stockholm"}},
	{4, "rules: []", {"t.yaml:4:8: rules: expected keys and values, found a list"}},
	{4,
	 "rules: { retarget: keep_braech }",
	 {"t.yaml:4:20: retarget: expected keep_breach or last_priority, found "
	  "\"keep_braech\"; did you mean "
	  "\"keep_breach\"?"}},
	{4,
	 "rules: { max_puase: none }",
	 {"t.yaml:4:10: key \"max_puase\" is not known; did you mean \"max_pause\"?"}},
	{4,
	 "rules: { max_pause: 10 days }",
	 {"t.yaml:4:21: max_pause: expected \"none\" or 1 to 250 working days such as \"10 "
	  "working days\", found "
	  "\"10 days\""}},
	{4,
	 "rules: { max_pause: 0 working days }",
	 {"t.yaml:4:21: max_pause: expected \"none\" or 1 to 250 working days such as \"10 "
	  "working days\", found "
	  "\"0 working days\""}},
	{4,
	 "rules: { reopen_window: 14 }",
	 {"t.yaml:4:25: reopen_window: expected 0 to 366 days such as \"14 days\", found "
	  "\"14\""}},
	{4,
	 "rules: { pause_reasons: [pending_reqester] }",
	 {"t.yaml:4:26: pause_reasons: expected pending_requester, pending_municipality, "
	  "scheduled_by_requester, pending_supplier, pending_change or pending_vgr, found "
	  "\"pending_reqester\"; did you mean \"pending_requester\"?"}},
	{4,
	 "rules: { min_n: many }",
	 {"t.yaml:4:17: min_n: expected a whole number from 1 to 1000000, found "
	  "\"many\""}},
	{4,
	 "rules: { count_open_overdue: NO }",
	 {"t.yaml:4:30: count_open_overdue: expected yes or no, found \"NO\""}},
	{5,
	 "holidays: { closed: [helg] }",
	 {"t.yaml:5:22: closed: expected bridge_day, half_day, eve or public_holiday, "
	  "found \"helg\""}},
	{5,
	 "holidays: { eves: [julafton, Midsomarafton] }",
	 {"t.yaml:5:20: eves: expected Midsommarafton, Julafton, Nyårsafton, Påskafton or "
	  "Pingstafton, found "
	  "\"julafton\"; did you mean \"Julafton\"?",
	  "t.yaml:5:30: eves: expected Midsommarafton, Julafton, Nyårsafton, "
	  "Påskafton or Pingstafton, "
	  "found \"Midsomarafton\"; did you mean \"Midsommarafton\"?"}},
	{5,
	 "holidays: { half_day_close_at: 25:00 }",
	 {"t.yaml:5:32: half_day_close_at: expected \"none\" or a time such as 12:00, "
	  "found \"25:00\""}},
	{5,
	 "holidays: { also_closed: [2026-02-30] }",
	 {"t.yaml:5:27: also_closed: expected a date such as 2026-01-31, found "
	  "\"2026-02-30\""}},
	{7,
	 "  24x7:",
	 {"t.yaml:7:3: calendar \"24x7\" is always there; leave it out",
	  "t.yaml:13:46: calendar: expected 24x7, found \"kontor\"",
	  "t.yaml:14:51: calendar: expected 24x7, found \"kontor\""}},
	{7,
	 "  kontro:",
	 {"t.yaml:13:46: calendar: expected 24x7 or kontro, found \"kontor\"; did you mean "
	  "\"kontro\"?",
	  "t.yaml:14:51: calendar: expected 24x7 or kontro, found \"kontor\"; did "
	  "you mean \"kontro\"?"}},
	{8,
	 "    hours: { man-fre: 07:30-16:30 }",
	 {"t.yaml:8:14: hours: expected days such as mon, sat or mon-fri, found "
	  "\"man-fre\""}},
	{8,
	 "    hours: { fri-mon: 07:30-16:30 }",
	 {"t.yaml:8:14: hours: expected days such as mon, sat or mon-fri, found "
	  "\"fri-mon\""}},
	{8,
	 "    hours: { mon-fri: 07.30-16.30 }",
	 {"t.yaml:8:23: hours: expected a time span such as 07:30-16:30, found "
	  "\"07.30-16.30\""}},
	{8,
	 "    hours: { mon-fri: 22:00-06:00 }",
	 {"t.yaml:8:23: hours: 22:00-06:00 ends before it starts; hours past midnight "
	  "belong to the next day"}},
	{8,
	 "    hours: { mon-fri: [08:00-12:00, 11:00-17:00] }",
	 {"t.yaml:8:37: hours: 11:00-17:00 starts before 08:00-12:00 has ended"}},
	{8,
	 "    hours: { mon-fri: 07:30-16:30, wed: 08:00-12:00 }",
	 {"t.yaml:8:36: hours: wed has a day that line 8 has already"}},
	{8,
	 "    hour: { mon-fri: 07:30-16:30 }",
	 {"t.yaml:8:5: key \"hour\" is not known; did you mean \"hours\"?",
	  "t.yaml:8:5: hours is missing"}},
	{9,
	 "priorities: []",
	 {"t.yaml:9:13: priorities: expected 1 to 8 names, the gravest first, found 0"}},
	{9, "priorities: [P1, P2, P1]", {"t.yaml:9:22: priorities: \"P1\" is there twice"}},
	{9,
	 "priorities: [P1, P2, request]",
	 {"t.yaml:9:22: priorities: \"request\" is the name of the target for service "
	  "requests"}},
	{10,
	 "matrix: [[P1, P1, P1]]",
	 {"t.yaml:10:9: matrix: expected 4 rows (impact 1 to 4), found 1"}},
	{10,
	 "matrix: [[P1], [P1, P1, P1, P3], [P2, P2, P2, P2], [P2, P2, P2, P2]]",
	 {"t.yaml:10:10: matrix: expected 4 priorities in a row (urgency 1 to 4), found 1",
	  "t.yaml:10:29: matrix: expected P1 or P2, found \"P3\"; did you mean "
	  "\"P1\"?"}},
	{12,
	 "  p1: { resolution: 4h, share: 90 %, calendar: 24x7 }",
	 {"t.yaml:12:3: targets: expected P1, P2 or request, found \"p1\"; did you mean "
	  "\"P1\"?"}},
	{12,
	 "  P1: { share: 90 %, calendar: 24x7 }",
	 {"t.yaml:12:7: target P1: expected response, resolution or both"}},
	{12,
	 "  P1: { resolution: 4, share: 90, calendar: 24x8 }",
	 {"t.yaml:12:21: resolution: expected a duration such as 30s, 15min, 4h or 1h30m "
	  "(at most 366 days), "
	  "found \"4\"",
	  "t.yaml:12:31: share: expected a share from 0 % to 100 % with at most four "
	  "decimals, such as "
	  "99.95 %, found \"90\"",
	  "t.yaml:12:45: calendar: expected 24x7 or kontor, found \"24x8\"; did you "
	  "mean \"24x7\"?"}},
	{12,
	 "  P1: { resolution: 4h }",
	 {"t.yaml:12:7: share is missing; expected a share from 0 % to 100 % with at most "
	  "four decimals, such "
	  "as 99.95 %",
	  "t.yaml:12:7: calendar is missing; expected the name of one"}},
	{15,
	 "services: { å: Tjänst }",
	 {"t.yaml:15:13: services: expected letters a-z, digits and . _ - only, found "
	  "\"å\""}},
	{16,
	 "municipalities_file: finns-inte.csv\nx:",
	 {"t.yaml:17:1: key \"x\" is not known; expected name, version, valid_from, "
	  "valid_to, zone, rules, holidays, "
	  "calendars, priorities, matrix, targets, channels, services, municipalities, "
	  "municipalities_file, providers, providers_file, probes, calloffs, calloffs_file, "
	  "exceptions, duty, alarms or fee",
	  "t.yaml:16:22: municipalities_file: ./finns-inte.csv: No such file or "
	  "directory"}},
	{17,
	 "  - { code: 148, name: Alingsås, size: stor }",
	 {"t.yaml:17:40: size: expected small, medium or large, found \"stor\"",
	  "t.yaml:17:13: code: expected four digits such as 1480, found \"148\""}},
	{17,
	 "  - { code: 1489, name: Alingsås, size: medium, go_live: 2026-02-01, end: "
	 "2026-02-01 }",
	 {"t.yaml:17:75: end: expected a date after go_live (it is the first day that is "
	  "not covered)"}},
	{17,
	 "  - { code: 1489, name: A, size: medium }\n  - { code: 1489, name: B, size: small }",
	 {"t.yaml:18:13: municipality 1489 is there twice"}},
	{17,
	 "  - { code: 1489, name: A }",
	 {"t.yaml:17:5: size is missing; expected small, medium or large"}},
	{18,
	 "duty: [{ name: Jour, municipality: 1480, channel: webhook, address: 'ftp://x' }]",
	 {"t.yaml:18:36: municipality: expected \"all\" or the code of a municipality of "
	  "this agreement, found "
	  "\"1480\"",
	  "t.yaml:18:69: address: expected a URL that begins with http:// or "
	  "https://, found \"ftp://x\""}},
	{18,
	 "duty: [{ name: Jour, channel: mial, address: jour, repeat: 5s }]",
	 {"t.yaml:18:31: channel: expected webhook or mail, found \"mial\"; did you mean "
	  "\"mail\"?",
	  "t.yaml:18:60: repeat: expected at least 10s"}},
	{18,
	 "duty: [{ name: Jour, channel: mail, address: jour }]",
	 {"t.yaml:18:46: address: expected a mail address, found \"jour\""}},
};

/* The good agreement with one line replaced; the caller frees. */
static char *
text_with(size_t line, const char *text)
{
	char *bytes = calloc(1, 4096);
	size_t used = 0;

	assert_non_null(bytes);
	for (size_t i = 0; i < GOOD_LINES; i++)
		used += (size_t)snprintf(bytes + used, 4096 - used, "%s\n",
					 i + 1 == line ? text : good_lines[i]);
	assert_true(used < 4096);
	return bytes;
}

static struct vg_agreement *
load_text(const char *bytes, const char *directory, struct vg_yaml_errors *errors)
{
	struct vg_yaml *yaml = vg_yaml_load_bytes("t.yaml", bytes, strlen(bytes), errors);
	struct vg_agreement *agreement = NULL;

	if (yaml != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), directory, 0, errors);
	vg_yaml_free(yaml);
	return agreement;
}

static void
faults_are_told_with_place_and_nearest_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct vg_yaml_errors errors = {0};
		char *bytes = text_with(faults[i].line, faults[i].text);
		size_t want = 0;

		if (load_text(bytes, ".", &errors) != NULL)
			fail_msg("accepted: %s", faults[i].text);
		for (; want < 3 && faults[i].want[want] != NULL; want++) {
			assert_true(want < errors.count);
			assert_string_equal(errors.text[want], faults[i].want[want]);
		}
		if (errors.count != want)
			fail_msg("more than expected: %s", errors.text[want]);
		vg_yaml_errors_free(&errors);
		free(bytes);
	}
}

static void
all_faults_are_told_at_once(void **state)
{
	struct vg_yaml_errors errors = {0};

	(void)state;
	assert_null(load_text("a: 1\n", ".", &errors));
	assert_int_equal(errors.count, 8);
	vg_yaml_errors_free(&errors);
	assert_null(load_text("[]\n", ".", &errors));
	assert_string_equal(errors.text[0],
			    "t.yaml:1:1: the agreement: expected keys and values, found a list");
	vg_yaml_errors_free(&errors);
	assert_null(vg_agreement_load("/nowhere", 0, &errors));
	assert_string_equal(
		errors.text[0],
		"/nowhere/agreement.yaml:1:1: cannot be opened: No such file or directory");
	vg_yaml_errors_free(&errors);
}

/* --- calendars --- */

static struct vg_agreement *
load_good(size_t line, const char *text, struct vg_yaml_errors *errors)
{
	char *bytes = text_with(line, text);
	struct vg_agreement *agreement = load_text(bytes, ".", errors);

	if (agreement == NULL)
		fail_msg("%s", errors->text[0]);
	free(bytes);
	return agreement;
}

static void
edges_in_the_changing_hour_are_warned_of(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *a =
		load_good(8, "    hours: { sun: [00:00-02:30, 03:00-05:00] }", &errors);
	const struct vg_cal *cal = vg_agreement_cal(a, "kontor");

	(void)state;
	assert_int_equal(errors.count, 2);
	assert_string_equal(
		errors.text[0],
		"t.yaml:8:20: warning: hours: 02:30 does not exist on 2025-03-30, when the "
		"clocks change; the offset before the change is used");
	assert_string_equal(
		errors.text[1],
		"t.yaml:8:20: warning: hours: 02:30 comes twice on 2025-10-26, when the "
		"clocks change; the first is used");
	vg_yaml_errors_free(&errors);
	/* Spring: 00:00-03:30 and what is left of 03:00-05:00. Autumn: until the first 02:30, then
	 * from 03:00. */
	assert_int_equal(vg_cal_between_ms(cal, ms(2025, 3, 30, 0, 0), ms(2025, 3, 31, 0, 0)),
			 4 * HOUR_MS);
	assert_int_equal(vg_cal_between_ms(cal, ms(2025, 10, 26, 0, 0), ms(2025, 10, 27, 0, 0)),
			 9 * HOUR_MS / 2);
	assert_int_equal(vg_cal_between_ms(cal, ms(2025, 10, 19, 0, 0), ms(2025, 10, 20, 0, 0)),
			 9 * HOUR_MS / 2);
	vg_agreement_unref(a);
}

static void
whole_days_grow_together_and_follow_the_clock(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *a = load_good(
		8, "    hours: { mon-sun: 00:00-24:00 }\n    holidays: { closed: [] }", &errors);
	const struct vg_cal *cal = vg_agreement_cal(a, "kontor");

	(void)state;
	assert_int_equal(errors.count, 0);
	assert_int_equal(cal->n, 1);
	assert_int_equal(cal->end_ms[0] - cal->start_ms[0], cal->to_ms - cal->from_ms);
	vg_agreement_unref(a);
}

static void
holiday_settings_close_and_open(void **state)
{
	static const struct {
		const char *holidays;
		int year, month, day;
		int64_t want_min;
	} cases[] = {
		{"{}", 2026, 6, 19, 0}, /* Midsummer Eve */
		{"{ eves: [Julafton] }", 2026, 6, 19, 540},
		{"{ closed: [public_holiday] }", 2026, 12, 24, 540},
		{"{}", 2026, 12, 25, 0},
		{"{}", 2026, 1, 5, 540}, /* half day and bridge day */
		{"{ half_day_close_at: 12:00 }", 2026, 1, 5, 270},
		{"{ half_day_close_at: 07:00 }", 2026, 1, 5, 0},
		{"{ half_day_close_at: none }", 2026, 1, 5, 540},
		{"{ closed: [half_day] }", 2026, 1, 5, 0},
		{"{ closed: [bridge_day] }", 2026, 1, 5, 0},
		{"{ also_closed: [2026-03-03] }", 2026, 3, 3, 0},
		{"{ not_closed: [2026-06-19] }", 2026, 6, 19, 540},
		{"{ not_closed: [2026-12-25], also_closed: [2026-12-25] }", 2026, 12, 25, 540},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_yaml_errors errors = {0};
		char text[120];
		struct vg_agreement *a;
		int64_t from_ms = ms(cases[i].year, cases[i].month, cases[i].day, 0, 0), got, day;

		(void)snprintf(text, sizeof(text), "holidays: %s", cases[i].holidays);
		a = load_good(5, text, &errors);
		got = vg_cal_between_ms(vg_agreement_cal(a, "kontor"), from_ms,
					from_ms + 24 * HOUR_MS) /
		      60000;
		if (got != cases[i].want_min)
			fail_msg("%s: %lld minutes", cases[i].holidays, (long long)got);
		day = vg_agreement_day_of(a, from_ms) - a->first_day;
		assert_int_equal(a->day_working[day],
				 got > 0 || strstr(cases[i].holidays, "07:00") != NULL);
		vg_agreement_unref(a);
	}
}

static void
priorities_without_a_target_are_warned_of(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *a = load_good(13, "", &errors);

	(void)state;
	assert_int_equal(errors.count, 1);
	assert_string_equal(
		errors.text[0],
		"t.yaml:12:3: warning: targets: none for P2; its tickets are measured but "
		"not judged");
	vg_yaml_errors_free(&errors);
	vg_agreement_unref(a);
}

/* --- municipalities from a file --- */

static const struct {
	const char *csv;
	const char *want[2]; /* after the directory; NULL = loads */
} files[] = {
	{"code,name,federation,size,go_live,end\n1489,Alingsås,GR,medium,2016-01-01,\n", {NULL}},
	{"\xef\xbb\xbf"
	 "code;name;size\r\n1489;Alingsås;medium\r\n",
	 {NULL}},
	{"size,code,name\n\nmedium,1489,\"Alingsås\"", {NULL}},
	{"",
	 {":1:1: the file is empty; expected a header with code, name, federation, size, "
	  "go_live, end, vantage, signed, leaving, fee_from, customer and reference"}},
	{"code,namn,size\n1489,Alingsås,medium\n",
	 {":1:6: key \"namn\" is not known; did you mean \"name\"?"}},
	{"code,name,size,size\n", {":1:16: column \"size\" is there twice"}},
	{"code,,size\n",
	 {":1:1: a column has no name; expected code, name, federation, size, go_live, "
	  "end, vantage, signed, leaving, fee_from, customer and reference"}},
	{"code,name,size\n1489,Alingsås\n", {":2:1: expected 3 cells as in the header, found 2"}},
	{"code,name,size\n1489,Alingsås,mediun\n148,B,small\n",
	 {":2:15: size: expected small, medium or large, found \"mediun\"; did you mean "
	  "\"medium\"?",
	  ":3:1: code: expected four digits such as 1480, found \"148\""}},
	{"code,name,size\n1489,,medium\n", {":2:1: name is missing; expected text"}},
	{"code,name,size,go_live\n1489,A,medium,1/1 2016\n",
	 {":2:15: go_live: expected a date such as 2026-01-31, found \"1/1 2016\""}},
};

static void
municipality_files_are_read_or_refused(void **state)
{
	char directory[] = "/tmp/vinga-test-XXXXXX", path[64], want[300];
	char *bytes = text_with(16, "municipalities_file: m.csv\n#");

	(void)state;
	*strstr(bytes, "  - { code") = '#';
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/m.csv", directory);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct vg_yaml_errors errors = {0};
		struct vg_agreement *a;
		size_t count = 0;
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		assert_true(fputs(files[i].csv, file) >= 0);
		assert_int_equal(fclose(file), 0);
		a = load_text(bytes, directory, &errors);
		for (; count < 2 && files[i].want[count] != NULL; count++) {
			assert_true(count < errors.count);
			(void)snprintf(want, sizeof(want), "%s%s", path, files[i].want[count]);
			assert_string_equal(errors.text[count], want);
		}
		if (errors.count != count)
			fail_msg("more than expected: %s", errors.text[count]);
		if (count == 0)
			assert_string_equal(vg_agreement_municipality(a, "1489")->name, "Alingsås");
		vg_agreement_unref(a);
		vg_yaml_errors_free(&errors);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
	free(bytes);
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
		cmocka_unit_test(sample_holds_the_defaults),
		cmocka_unit_test(reference_agreement_holds_its_rules),
		cmocka_unit_test(expansion_spans_whole_years),
		cmocka_unit_test(months_and_days_follow_the_clock_changes),
		cmocka_unit_test(working_days_are_counted),
		cmocka_unit_test(json_gives_the_same_version),
		cmocka_unit_test(hostile_json_is_refused_with_its_place),
		cmocka_unit_test(faults_are_told_with_place_and_nearest_name),
		cmocka_unit_test(all_faults_are_told_at_once),
		cmocka_unit_test(edges_in_the_changing_hour_are_warned_of),
		cmocka_unit_test(whole_days_grow_together_and_follow_the_clock),
		cmocka_unit_test(holiday_settings_close_and_open),
		cmocka_unit_test(priorities_without_a_target_are_warned_of),
		cmocka_unit_test(municipality_files_are_read_or_refused),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
