/* The agreement of availability: channels, services and what they need, probes, call-offs and
 * exceptions, from YAML and through JSON. */
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

#define TEXT_MAX 8192

/* A small agreement that loads; tests replace one of its lines. */
static const char *const good_lines[] = {
	"name: test",						      /* 1 */
	"version: \"1\"",					      /* 2 */
	"valid_from: 2026-01-01",				      /* 3 */
	"rules: {}",						      /* 4 */
	"calendars: { kontor: { hours: { mon-fri: 07:30-16:30 } } }", /* 5 */
	"priorities: [P1]",					      /* 6 */
	"matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]",
	"targets:",						      /* 8 */
	"  P1: { resolution: 4h, share: 90 %, calendar: 24x7 }",      /* 9 */
	"  request: { response: 1h, share: 90 %, calendar: kontor }", /* 10 */
	"municipalities:",					      /* 11 */
	"  - { code: 1489, name: Alingsås, size: medium }",	      /* 12 */
	"  - { code: 1401, name: Härryda, size: medium }",	      /* 13 */
	"channels: { mobile: Mobil, app: Publicerad app }",	      /* 14 */
	"services:",						      /* 15 */
	"  natverk: { name: Nät, component: yes }",		      /* 16 */
	"  journal: { name: Journal, channels: [mobile, app], hours: kontor,",
	"             depends: { natverk: hard, katalog: soft } }", /* 18 */
	"  katalog: Katalog",					    /* 19 */
	"probes:",						    /* 20 */
	"  - { agent: b, probe: web, service: journal, channel: mobile, municipality: 1489, "
	"vantage: local, interval: 5s }", /* 21 */
	"  - { agent: a, probe: web, service: journal, municipality: all, vantage: central }",
	"  - { agent: b, probe: gw, reference: yes }",			/* 23 */
	"exceptions:",							/* 24 */
	"  - { municipality: 1489, service: katalog, hours: kontor }",	/* 25 */
	"duty:",							/* 26 */
	"  - { name: Jour, channel: mail, address: jour@example.org }", /* 27 */
	"calloffs:",							/* 28 */
	"  - { municipality: 1489, service: journal, go_live: 2026-02-01, end: 2026-03-01 }",
	"  - { municipality: 1489, service: journal, go_live: 2026-04-01 }", /* 30 */
};
#define GOOD_LINES    (sizeof(good_lines) / sizeof(good_lines[0]))
#define CALLOFFS_LINE 28

/* The first `lines` of them. */
static struct vg_agreement *
load_some(size_t lines, size_t line, const char *text, const char *directory,
	  struct vg_yaml_errors *errors)
{
	char bytes[TEXT_MAX];
	struct vg_agreement *agreement = NULL;
	struct vg_yaml *yaml;
	size_t used = 0;

	for (size_t i = 0; i < lines; i++)
		used += (size_t)snprintf(bytes + used, sizeof(bytes) - used, "%s\n",
					 i + 1 == line ? text : good_lines[i]);
	assert_true(used < sizeof(bytes));
	yaml = vg_yaml_load_bytes("t.yaml", bytes, used, errors);
	if (yaml != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), directory, 0, errors);
	vg_yaml_free(yaml);
	return agreement;
}

static struct vg_agreement *
load(size_t line, const char *text, struct vg_yaml_errors *errors)
{
	return load_some(GOOD_LINES, line, text, ".", errors);
}

static struct vg_agreement *
load_good(size_t line, const char *text)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement = load(line, text, &errors);

	if (errors.count > 0)
		fail_msg("%s", errors.text[0]);
	assert_non_null(agreement);
	return agreement;
}

static int64_t
midnight_ms(int year, int month, int day)
{
	struct vg_civil local = {year, month, day, 0, 0, 0};

	return vg_civil_to_utc_ms(&local);
}

/* --- what is read --- */

static void
services_have_channels_hours_targets_and_needs(void **state)
{
	struct vg_agreement *a = load_good(0, "");
	const struct vg_service *journal = vg_agreement_service(a, "journal");
	const struct vg_service *katalog = vg_agreement_service(a, "katalog");
	const struct vg_service *natverk = vg_agreement_service(a, "natverk");

	(void)state;
	assert_int_equal(a->channels, 2);
	assert_string_equal(a->channel[0].id, "app");
	assert_string_equal(a->channel[0].name, "Publicerad app");
	assert_int_equal(journal->channels, 3);
	assert_string_equal(journal->hours->name, "kontor");
	assert_int_equal(journal->target_ppm, 998000);
	assert_int_equal(journal->edges, 2);
	assert_ptr_equal(&a->service[journal->edge[0].service], katalog);
	assert_false(journal->edge[0].hard);
	assert_ptr_equal(&a->service[journal->edge[1].service], natverk);
	assert_true(journal->edge[1].hard);
	assert_string_equal(katalog->name, "Katalog");
	assert_int_equal(katalog->channels, 0);
	assert_string_equal(katalog->hours->name, "24x7");
	assert_int_equal(katalog->target_ppm, 998000);
	assert_true(natverk->component);
	assert_int_equal(natverk->target_ppm, -1);
	vg_agreement_unref(a);
}

static void
probes_are_sorted_and_settle_the_vantage(void **state)
{
	struct vg_agreement *a = load_good(0, "");
	const struct vg_probe_rule *local = vg_agreement_probe(a, "b", "web");
	const struct vg_probe_rule *central = vg_agreement_probe(a, "a", "web");
	const struct vg_probe_rule *gateway = vg_agreement_probe(a, "b", "gw");

	(void)state;
	assert_int_equal(a->probes, 3);
	assert_int_equal(local->vantage, VG_VANTAGE_LOCAL);
	assert_string_equal(local->municipality, "1489");
	assert_int_equal(local->interval_ms, 5000);
	assert_int_equal(local->channel, vg_agreement_channel(a, "mobile"));
	assert_string_equal(central->municipality, "*");
	assert_int_equal(central->channel, -1);
	assert_int_equal(central->interval_ms, 60000);
	assert_true(gateway->reference);
	assert_string_equal(gateway->municipality, "");
	assert_int_equal(vg_agreement_municipality(a, "1489")->vantage, VG_VANTAGE_LOCAL);
	assert_int_equal(vg_agreement_municipality(a, "1401")->vantage, VG_VANTAGE_CENTRAL);
	vg_agreement_unref(a);
	a = load_good(12, "  - { code: 1489, name: A, size: medium, vantage: central }");
	assert_int_equal(vg_agreement_municipality(a, "1489")->vantage, VG_VANTAGE_CENTRAL);
	vg_agreement_unref(a);
	a = load_good(22, "  - { agent: upptime, probe: site, service: katalog, municipality: all, "
			  "vantage: central, trace: yes }");
	assert_true(vg_agreement_probe(a, "upptime", "site")->trace);
	vg_agreement_unref(a);
}

static void
promises_name_municipality_and_service(void **state)
{
	struct vg_agreement *a = load_good(
		25, "  - { municipality: 1489, service: katalog, availability: \"99,95 %\" }");
	const struct vg_service *journal = vg_agreement_service(a, "journal");
	const struct vg_service *katalog = vg_agreement_service(a, "katalog");
	int64_t from_ms, to_ms;

	(void)state;
	assert_int_equal(a->calloffs, 2);
	assert_true(vg_agreement_member(a, journal, "1489", 0, &from_ms, &to_ms));
	assert_int_equal(from_ms, midnight_ms(2026, 2, 1));
	assert_int_equal(to_ms, midnight_ms(2026, 3, 1));
	assert_true(vg_agreement_member(a, journal, "1489", 1, &from_ms, &to_ms));
	assert_int_equal(from_ms, midnight_ms(2026, 4, 1));
	assert_int_equal(to_ms, INT64_MAX);
	assert_false(vg_agreement_member(a, journal, "1401", 0, &from_ms, &to_ms));
	assert_true(vg_agreement_member(a, katalog, "1401", 0, &from_ms, &to_ms));
	assert_int_equal(vg_agreement_target_ppm(a, katalog, "1489"), 999500);
	assert_int_equal(vg_agreement_target_ppm(a, katalog, "1401"), 998000);
	assert_string_equal(vg_agreement_hours(a, katalog, "1489")->name, "24x7");
	vg_agreement_unref(a);
	a = load_good(0, "");
	assert_string_equal(vg_agreement_hours(a, vg_agreement_service(a, "katalog"), "1489")->name,
			    "kontor");
	vg_agreement_unref(a);
}

static void
assert_defaults(const struct vg_agreement *a)
{
	assert_int_equal(a->slot_ms, 60000);
	assert_int_equal(a->confirm_slots, 2);
	assert_int_equal(a->join_gap_s, 300);
	assert_int_equal(a->flap_changes, 5);
	assert_int_equal(a->flap_window_ms, 600000);
	assert_int_equal(a->degraded_ppm, 0);
	assert_int_equal(a->coverage_ppm, 950000);
	assert_int_equal(a->window_notice_days, 10);
	assert_int_equal(a->unknown_policy, VG_UNKNOWN_EXCLUDE);
	assert_int_equal(a->external_policy, VG_EXTERNAL_AS_UP);
}

static void
rules_have_defaults_and_can_be_stated(void **state)
{
	struct vg_agreement *a = load_good(0, "");

	(void)state;
	assert_defaults(a);
	assert_int_equal(a->duty[0].occasions, VG_OCCASION_ESCALATION);
	vg_agreement_unref(a);
	a = load_good(4,
		      "rules: { slot: 10s, confirm_slots: 1, join_gap: 0s, flap_changes: 4, "
		      "flap_window: 5min, degraded_weight: 50 %, unknown: as_up, external_cause: "
		      "exclude, coverage: 90 %, window_notice: 1 day, availability: \"99,5 %\" }");
	assert_int_equal(a->slot_ms, 10000);
	assert_int_equal(a->confirm_slots, 1);
	assert_int_equal(a->join_gap_s, 0);
	assert_int_equal(a->flap_changes, 4);
	assert_int_equal(a->flap_window_ms, 300000);
	assert_int_equal(a->degraded_ppm, 500000);
	assert_int_equal(a->unknown_policy, VG_UNKNOWN_AS_UP);
	assert_int_equal(a->external_policy, VG_EXTERNAL_EXCLUDE);
	assert_int_equal(a->coverage_ppm, 900000);
	assert_int_equal(a->window_notice_days, 1);
	assert_int_equal(vg_agreement_service(a, "katalog")->target_ppm, 995000);
	vg_agreement_unref(a);
	a = load_good(4, "rules: { availability: none }");
	assert_int_equal(vg_agreement_service(a, "katalog")->target_ppm, -1);
	vg_agreement_unref(a);
	a = load_good(27,
		      "  - { name: Jour, channel: mail, address: jour@example.org, on: [window, "
		      "outage] }");
	assert_int_equal(a->duty[0].occasions, VG_OCCASION_OUTAGE | VG_OCCASION_WINDOW);
	vg_agreement_unref(a);
}

/* --- what is refused --- */

static const struct {
	size_t line; /* that is replaced */
	const char *text;
	const char *want[3]; /* NULL-ended */
} faults[] = {
	{4,
	 "rules: { slot: 1500ms }",
	 {"t.yaml:4:16: slot: expected whole seconds from 1s to 3600s"}},
	{4,
	 "rules: { confirm_slots: 0 }",
	 {"t.yaml:4:25: confirm_slots: expected a whole number from 1 to 60, found \"0\""}},
	{4,
	 "rules: { window_notice: soon }",
	 {"t.yaml:4:25: window_notice: expected 0 to 366 days such as \"10 days\", found "
	  "\"soon\""}},
	{4,
	 "rules: { unknown: up }",
	 {"t.yaml:4:19: unknown: expected exclude or as_up, found \"up\""}},
	{12,
	 "  - { code: 1489, name: A, size: medium, vantage: lokal }",
	 {"t.yaml:12:51: vantage: expected local or central, found \"lokal\"; did you mean "
	  "\"local\"?"}},
	{14,
	 "channels: { mo bile: Mobil, app: A, mobile: B }",
	 {"t.yaml:14:13: channels: expected letters a-z, digits and . _ - only, found \"mo "
	  "bile\""}},
	{17,
	 "  journal: { name: Journal, channels: [mobil, app], hours: kontr,",
	 {"t.yaml:17:40: channels: expected app or mobile, found \"mobil\"; did you mean "
	  "\"mobile\"?",
	  "t.yaml:17:60: hours: expected 24x7 or kontor, found \"kontr\"; did you mean \"kontor\"?",
	  "t.yaml:21:56: channel: expected app, found \"mobile\""}},
	{16,
	 "  natverk: { name: Nät, component: yes, availability: 99 % }",
	 {"t.yaml:16:12: natverk: a component is promised to nobody; expected neither hours nor "
	  "availability"}},
	{18,
	 "             depends: { natverket: hard, katalog: sort } }",
	 {"t.yaml:18:25: depends: expected journal, katalog or natverk, found \"natverket\"; did "
	  "you mean \"natverk\"?",
	  "t.yaml:18:51: katalog: expected soft or hard, found \"sort\"; did you mean \"soft\"?"}},
	{19,
	 "  katalog: { name: Katalog, depends: { journal: soft } }",
	 {"t.yaml:17:12: depends: journal needs katalog needs journal: a service cannot need "
	  "itself"}},
	{19,
	 "  katalog: { name: Katalog, depends: { katalog: hard } }",
	 {"t.yaml:19:12: depends: katalog needs katalog: a service cannot need itself"}},
	{21,
	 "  - { agent: b, probe: web, service: jurnal, municipality: 1489, vantage: local }",
	 {"t.yaml:21:38: service: expected journal, katalog or natverk, found \"jurnal\"; did you "
	  "mean \"journal\"?"}},
	{21,
	 "  - { agent: b, probe: web, service: katalog, channel: app, municipality: 1489, "
	 "vantage: local }",
	 {"t.yaml:21:56: channel: katalog has no channels"}},
	{21,
	 "  - { agent: b, probe: web, service: katalog, municipality: 1490, vantage: local }",
	 {"t.yaml:21:61: municipality: expected \"all\" or the code of a municipality of this "
	  "agreement, found \"1490\""}},
	{21,
	 "  - { agent: b, probe: web, service: katalog, municipality: all, vantage: local }",
	 {"t.yaml:21:61: municipality: a local probe stands in one municipality; expected its "
	  "code"}},
	{21,
	 "  - { agent: b, probe: web }",
	 {"t.yaml:21:5: service is missing; expected what it measures, or reference: yes",
	  "t.yaml:21:5: municipality is missing; expected a code, or all",
	  "t.yaml:21:5: vantage is missing; expected local or central"}},
	{21,
	 "  - { agent: b c, probe: web, service: katalog, municipality: 1489, vantage: local }",
	 {"t.yaml:21:14: agent: expected letters a-z, digits and . _ - only, found \"b c\""}},
	{21,
	 "  - { agent: b, probe: web, service: katalog, municipality: 1489, vantage: local, "
	 "interval: 100ms }",
	 {"t.yaml:21:93: interval: expected 1s to 24h"}},
	{21,
	 "  - { agent: b, probe: web, service: katalog, municipality: 1489, vantage: local, "
	 "interval: 5s, trace: yes }",
	 {"t.yaml:21:93: interval: a trace holds until its next row; expected none"}},
	{22,
	 "  - { agent: b, probe: web, service: katalog, municipality: 1401, vantage: local }",
	 {"t.yaml:22:5: probe web of agent b is there twice; line 21 has it too"}},
	{23,
	 "  - { agent: b, probe: gw, reference: yes, service: katalog, trace: yes }",
	 {"t.yaml:23:53: service: a reference target measures its agent's own line; expected no "
	  "service",
	  "t.yaml:23:69: trace: a reference target measures its agent's own line; expected no "
	  "trace"}},
	{25,
	 "  - { municipality: 1489, service: natverk }",
	 {"t.yaml:25:5: expected hours, availability or both",
	  "t.yaml:25:36: service: natverk is a component, which is promised to nobody"}},
	{25,
	 "  - { municipality: 1489, service: katalog, hours: kontor }\n"
	 "  - { municipality: 1489, service: katalog, availability: 99 % }",
	 {"t.yaml:26:5: municipality 1489 has an exception for katalog already"}},
	{30,
	 "  - { municipality: 1489, service: journal, go_live: 2026-02-28 }",
	 {"t.yaml:30:5: municipality 1489 has called off journal twice at the same time; line 29 "
	  "has it too"}},
	{30,
	 "  - { service: natverk, end: 2026-02-28, municipality: all }",
	 {"t.yaml:30:56: municipality: expected the code of a municipality of this agreement, "
	  "found \"all\"",
	  "t.yaml:30:16: service: natverk is a component, which is promised to nobody"}},
	{27,
	 "  - { name: Jour, channel: mail, address: jour@example.org, on: [outrage] }",
	 {"t.yaml:27:66: on: expected escalation, outage, window or alarm, found \"outrage\"; did "
	  "you "
	  "mean \"outage\"?"}},
	{27,
	 "  - { name: Jour, channel: mail, address: jour@example.org, on: [] }",
	 {"t.yaml:27:65: on: expected at least one of escalation, outage, window and alarm"}},
};

static void
faults_are_told_with_place_and_nearest_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct vg_yaml_errors errors = {0};
		size_t want = 0;

		if (load(faults[i].line, faults[i].text, &errors) != NULL)
			fail_msg("accepted: %s", faults[i].text);
		for (; want < 3 && faults[i].want[want] != NULL; want++) {
			assert_true(want < errors.count);
			assert_string_equal(errors.text[want], faults[i].want[want]);
		}
		if (errors.count != want)
			fail_msg("more than expected: %s", errors.text[want]);
		vg_yaml_errors_free(&errors);
	}
}

/* --- the file of call-offs --- */

static const struct {
	const char *csv;
	const char *want; /* NULL = it loads */
} files[] = {
	{"municipality;service;go_live;end\n1489;journal;2026-02-01;\n1401;journal;;2026-05-01\n",
	 NULL},
	{"municipality,service\n1489,jurnal\n",
	 "c.csv:2:6: service: expected journal, katalog or natverk, found \"jurnal\"; did you mean "
	 "\"journal\"?"},
	{"municipality,service,go_live,end\n1489,journal,,\n1401,journal,,\n1489,journal,2027-01-"
	 "01,\n",
	 "c.csv:4:1: municipality 1489 has called off journal twice at the same time; line 2 has "
	 "it too"},
	{"municipality,service\n1489,\n", "c.csv:2:1: service is missing; expected the id of a "
					  "service"},
	{"municipality,tjanst\n", "c.csv:1:14: key \"tjanst\" is not known; expected "
				  "municipality, service, go_live or end"},
};

static void
calloff_files_are_read_or_refused(void **state)
{
	char directory[] = "/tmp/vinga-test-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/c.csv", directory);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct vg_yaml_errors errors = {0};
		struct vg_agreement *a;
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		assert_true(fputs(files[i].csv, file) >= 0);
		assert_int_equal(fclose(file), 0);
		a = load_some(CALLOFFS_LINE, CALLOFFS_LINE, "calloffs_file: c.csv", directory,
			      &errors);
		if (files[i].want != NULL) {
			assert_null(a);
			assert_int_equal(errors.count, 1);
			assert_non_null(strstr(errors.text[0], files[i].want));
		} else {
			assert_non_null(a);
			assert_int_equal(a->calloffs, 2);
			assert_string_equal(a->calloff[0].municipality, "1401");
			assert_int_equal(a->calloff[0].from_ms, INT64_MIN);
		}
		vg_agreement_unref(a);
		vg_yaml_errors_free(&errors);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
}

/* --- JSON --- */

static void
json_gives_the_same_version(void **state)
{
	static const char rules[] =
		"rules: { slot: 10s, confirm_slots: 1, join_gap: 0s, flap_changes: 4, flap_window: "
		"5min, degraded_weight: 50 %, unknown: as_up, external_cause: exclude, coverage: "
		"90 %, window_notice: 1 day, availability: none }";

	(void)state;
	for (size_t line = 0; line <= 4; line += 4) {
		struct vg_agreement *a = load_good(line, rules), *b;
		json_t *there = vg_agreement_to_json(a), *again;
		struct vg_err err = {0};

		assert_non_null(there);
		if ((b = vg_agreement_from_json(there, &err)) == NULL)
			fail_msg("%s", err.text);
		assert_int_equal(b->slot_ms, a->slot_ms);
		assert_int_equal(b->external_policy, a->external_policy);
		assert_int_equal(b->service[0].target_ppm, a->service[0].target_ppm);
		assert_int_equal(b->service[0].edges, 2);
		assert_int_equal(b->probes, 3);
		assert_int_equal(b->probe[2].vantage, VG_VANTAGE_LOCAL);
		assert_int_equal(b->municipality[1].vantage, VG_VANTAGE_LOCAL);
		assert_int_equal(b->calloff[1].from_ms, a->calloff[1].from_ms);
		assert_string_equal(b->exception[0].hours->name, "kontor");
		again = vg_agreement_to_json(b);
		assert_true(json_equal(there, again));
		json_decref(there);
		json_decref(again);
		vg_agreement_unref(a);
		vg_agreement_unref(b);
	}
}

/* An agreement that was applied before availability was known: it has the defaults, and keeps its
 * bytes. */
static void
older_versions_are_read_and_keep_their_bytes(void **state)
{
	static const char *const since[] = {"channels", "probes", "calloffs", "exceptions"};
	struct vg_agreement *a = load_good(0, ""), *b;
	json_t *json = vg_agreement_to_json(a), *again, *services, *one;
	char *was, *is;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(since) / sizeof(since[0]); i++)
		assert_int_equal(json_object_del(json, since[i]), 0);
	services = json_object_get(json, "services");
	json_array_foreach(services, i, one)
	{
		(void)json_object_del(one, "channels");
		(void)json_object_del(one, "hours");
		(void)json_object_del(one, "target_ppm");
		(void)json_object_del(one, "depends");
		(void)json_object_del(one, "component");
	}
	(void)json_object_del(json_array_get(json_object_get(json, "municipalities"), 1),
			      "vantage");
	was = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	assert_null(strstr(was, "availability"));
	assert_null(strstr(was, "\"on\""));
	b = vg_agreement_from_json(json, NULL);
	assert_non_null(b);
	assert_defaults(b);
	assert_int_equal(b->duty[0].occasions, VG_OCCASION_ESCALATION);
	assert_int_equal(b->service[0].target_ppm, 998000);
	assert_string_equal(b->service[0].hours->name, "24x7");
	assert_int_equal(b->municipality[1].vantage, VG_VANTAGE_CENTRAL);
	again = vg_agreement_to_json(b);
	is = json_dumps(again, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(was, is);
	free(was);
	free(is);
	json_decref(json);
	json_decref(again);
	vg_agreement_unref(a);
	vg_agreement_unref(b);
}

/* One member of the good agreement's JSON replaced: list, index, member. */
static const struct {
	const char *list;
	size_t index;
	const char *member, *json, *want;
} hostile[] = {
	{"channels", 0, "id", "\"x y\"",
	 "agreement.channels[0]: expected ids of letters a-z, digits and . _ - only"},
	{"channels", 0, "id", "\"z\"",
	 "agreement.channels[1]: expected channels in the order of their ids"},
	{"services", 0, "channels", "[\"tv\"]",
	 "agreement.services[0]: expected channels of the agreement"},
	{"services", 0, "channels", "7", "agreement.services[0]: expected channels as a list"},
	{"services", 0, "hours", "\"x\"",
	 "agreement.services[0]: expected a calendar of the agreement"},
	{"services", 0, "target_ppm", "1000001",
	 "agreement.services[0]: expected target_ppm of at most 1000000"},
	{"services", 0, "depends", "[{\"service\":\"x\",\"hard\":true}]",
	 "agreement.services[0]: expected a service of the agreement"},
	{"services", 0, "depends",
	 "[{\"service\":\"natverk\",\"hard\":true},{\"service\":\"katalog\",\"hard\":true}]",
	 "agreement.services[0]: expected depends in the order of the ids"},
	{"services", 1, "depends", "[{\"service\":\"journal\",\"hard\":true}]",
	 "agreement.services: expected dependencies without a cycle"},
	{"probes", 0, "agent", "\"x\"",
	 "agreement.probes[1]: expected probes in the order of agent and name"},
	{"probes", 0, "service", "\"x\"",
	 "agreement.probes[0]: expected a service of the agreement"},
	{"probes", 0, "municipality", "\"0000\"",
	 "agreement.probes[0]: expected a municipality of the agreement"},
	{"probes", 0, "vantage", "\"local\"",
	 "agreement.probes[0]: expected one municipality for a local probe"},
	{"probes", 0, "reference", "true",
	 "agreement.probes[0]: expected no trace and no scope for a reference target"},
	{"probes", 1, "reference", "false",
	 "agreement.probes[1]: expected a service and a municipality"},
	{"probes", 0, "interval_ms", "1",
	 "agreement.probes[0]: expected interval_ms from 1000 to 86400000"},
	{"probes", 2, "service", "\"katalog\"",
	 "agreement.probes[2]: expected a channel of the service"},
	{"calloffs", 0, "to_ms", "0", "agreement.calloffs[0]: expected to_ms after from_ms"},
	{"calloffs", 1, "from_ms", "0",
	 "agreement.calloffs[1]: expected call-offs in order, not overlapping"},
	{"exceptions", 0, "municipality", "\"1\"",
	 "agreement.exceptions[0]: expected a municipality of the agreement"},
	{"duty", 0, "on", "[]", "agreement.duty[0]: expected a list of at least one occasion"},
	{"duty", 0, "on", "[\"x\"]", "agreement.duty[0]: expected a known word"},
	{"municipalities", 0, "vantage", "\"x\"",
	 "agreement.municipalities[0]: expected a known word"},
	{"rules", SIZE_MAX, "availability", "{\"slot_ms\":1500}",
	 "agreement.rules.availability: expected slot_ms and flap_window_ms in whole seconds"},
	{"rules", SIZE_MAX, "availability", "{\"slot_ms\":0}",
	 "agreement.rules.availability: expected slot_ms from 1000 to 3600000"},
	{"rules", SIZE_MAX, "availability", "{\"unknown\":\"up\"}",
	 "agreement.rules.availability: expected a known word"},
	{"rules", SIZE_MAX, "availability", "{\"slots\":1}",
	 "agreement.rules.availability: 1 object item(s) left unpacked: slots"},
};

static void
hostile_json_is_refused_with_its_place(void **state)
{
	struct vg_agreement *a = load_good(0, "");
	json_t *whole = vg_agreement_to_json(a);

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		json_t *copy = json_deep_copy(whole), *at = json_object_get(copy, hostile[i].list);
		struct vg_err err = {0};

		if (hostile[i].index != SIZE_MAX)
			at = json_array_get(at, hostile[i].index);
		assert_int_equal(
			json_object_set_new(at, hostile[i].member,
					    json_loads(hostile[i].json, JSON_DECODE_ANY, NULL)),
			0);
		if (vg_agreement_from_json(copy, &err) != NULL)
			fail_msg("accepted: %s", hostile[i].want);
		assert_string_equal(err.text, hostile[i].want);
		json_decref(copy);
	}
	json_decref(whole);
	vg_agreement_unref(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services_have_channels_hours_targets_and_needs),
		cmocka_unit_test(probes_are_sorted_and_settle_the_vantage),
		cmocka_unit_test(promises_name_municipality_and_service),
		cmocka_unit_test(rules_have_defaults_and_can_be_stated),
		cmocka_unit_test(faults_are_told_with_place_and_nearest_name),
		cmocka_unit_test(calloff_files_are_read_or_refused),
		cmocka_unit_test(json_gives_the_same_version),
		cmocka_unit_test(older_versions_are_read_and_keep_their_bytes),
		cmocka_unit_test(hostile_json_is_refused_with_its_place),
	};
	return cmocka_run_group_tests_name("agreement_avail", tests, NULL, NULL);
}
