/* What an agreement says of alarms: files of rules, silent sources, major incidents and tickets,
 * from YAML and through JSON. */
#include "core/core.h"
#include "lib/agreement/agreement_yaml.h"
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

#define MINUTE_MS INT64_C(60000)

/* A small agreement that loads; its last line is the section of alarms. */
static const char head[] =
	"name: test\n"
	"version: \"1\"\n"
	"valid_from: 2026-01-01\n"
	"calendars: {}\n"
	"priorities: [P1]\n"
	"matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]\n"
	"targets: { P1: { resolution: 4h, share: 90 %, calendar: 24x7 }, "
	"request: { response: 1h, share: 90 %, calendar: 24x7 } }\n"
	"municipalities: [{ code: 1489, name: Alingsås, size: medium }]\n"
	"services: { journal: Journal }\n"
	"duty: [{ name: Jour, channel: mail, address: jour@example.org, on: [alarm] }]\n";

#define RULES                                                                                      \
	"# Regler\n"                                                                               \
	"rules:\n"                                                                                 \
	"  - { name: ups, trap: 1.3.6.1.2.1.33.2.1, type: power-on-battery, severity: major }\n"

static char directory[] = "/tmp/vinga-test-XXXXXX";

static int
make_directory(void **state)
{
	char path[64];
	FILE *file;

	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/regler.yaml", directory);
	if ((file = fopen(path, "w")) == NULL || fputs(RULES, file) < 0 || fclose(file) != 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/latin.yaml", directory);
	if ((file = fopen(path, "w")) == NULL || fputs("# Sk\xf6vde\n", file) < 0 ||
	    fclose(file) != 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/stor.yaml", directory);
	if ((file = fopen(path, "w")) == NULL ||
	    ftruncate(fileno(file), VG_AGREEMENT_ALARM_FILE_BYTES + 1) != 0 || fclose(file) != 0)
		return -1;
	return 0;
}

static int
remove_directory(void **state)
{
	static const char *const names[] = {"regler.yaml", "latin.yaml", "stor.yaml"};
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		(void)unlink(path);
	}
	return rmdir(directory);
}

static struct vg_agreement *
load(const char *section, struct vg_yaml_errors *errors)
{
	struct vg_agreement *agreement = NULL;
	struct vg_yaml *yaml;
	char *bytes;
	int length = asprintf(&bytes, "%s%s\n", head, section);

	assert_true(length > 0);
	yaml = vg_yaml_load_bytes("t.yaml", bytes, (size_t)length, errors);
	if (yaml != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), directory, 0, errors);
	vg_yaml_free(yaml);
	free(bytes);
	return agreement;
}

static struct vg_agreement *
load_good(const char *section)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement = load(section, &errors);

	if (errors.count > 0)
		fail_msg("%s", errors.text[0]);
	assert_non_null(agreement);
	return agreement;
}

#define WHOLE                                                                                      \
	"alarms: { rules: [regler.yaml], sources: [{ source: zabbix, silent_after: 15min }, "      \
	"{ source: nagios, silent_after: 1h }], transient: 30min, major_incident: "                \
	"{ municipalities: 4, within: 10min }, tickets: major }"

static void
check_whole(const struct vg_agreement *a)
{
	assert_int_equal(a->alarm_files, 1);
	assert_string_equal(a->alarm_file[0].name, "regler.yaml");
	assert_string_equal(a->alarm_file[0].text, RULES);
	assert_int_equal(a->alarm_silences, 2);
	assert_string_equal(a->alarm_silence[0].source, "nagios");
	assert_int_equal(a->alarm_silence[0].silence_ms, 60 * MINUTE_MS);
	assert_string_equal(a->alarm_silence[1].source, "zabbix");
	assert_int_equal(a->alarm_silence[1].silence_ms, 15 * MINUTE_MS);
	assert_int_equal(a->alarm_transient_ms, 30 * MINUTE_MS);
	assert_int_equal(a->major_municipalities, 4);
	assert_int_equal(a->major_window_ms, 10 * MINUTE_MS);
	assert_int_equal(a->alarm_ticket_severity, VG_SEVERITY_MAJOR);
	assert_int_equal(a->duty[0].occasions, VG_OCCASION_ALARM);
}

static void
check_defaults(const struct vg_agreement *a)
{
	assert_int_equal(a->alarm_files, 0);
	assert_int_equal(a->alarm_silences, 0);
	assert_int_equal(a->alarm_transient_ms, 60 * MINUTE_MS);
	assert_int_equal(a->major_municipalities, 3);
	assert_int_equal(a->major_window_ms, 15 * MINUTE_MS);
	assert_int_equal(a->alarm_ticket_severity, 0);
}

static void
the_section_is_read(void **state)
{
	struct vg_agreement *a = load_good(WHOLE);

	(void)state;
	check_whole(a);
	vg_agreement_unref(a);
}

static void
what_is_not_stated_has_its_default(void **state)
{
	static const char *const sections[] = {"", "alarms: {}", "alarms: { tickets: none }"};

	(void)state;
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		struct vg_agreement *a = load_good(sections[i]);

		check_defaults(a);
		vg_agreement_unref(a);
	}
}

static const struct fault {
	const char *section, *want;
} faults[] = {
	{"alarms: []", "t.yaml:11:9: alarms: expected keys and values, found a list"},
	{"alarms: { regler: [] }",
	 "t.yaml:11:11: key \"regler\" is not known; did you mean \"rules\"?"},
	{"alarms: { rules: regler.yaml }", "t.yaml:11:18: rules: expected a list, found text"},
	{"alarms: { rules: [../regler.yaml] }",
	 "t.yaml:11:19: rules: expected letters a-z, digits and . _ - only"},
	{"alarms: { rules: [borta.yaml] }", "borta.yaml: No such file or directory"},
	{"alarms: { rules: [stor.yaml] }",
	 "t.yaml:11:19: rules: stor.yaml has more than 262144 bytes"},
	{"alarms: { rules: [latin.yaml] }", "latin.yaml:1:1: not UTF-8 text; expected a file of"},
	{"alarms: { rules: [regler.yaml, regler.yaml] }",
	 "t.yaml:11:32: rules: \"regler.yaml\" is there twice"},
	{"alarms: { sources: [{ silent_after: 5min }] }", "t.yaml:11:21: source is missing"},
	{"alarms: { sources: [{ source: zabbix }] }",
	 "t.yaml:11:21: silent_after is missing; expected a time such as 15min"},
	{"alarms: { sources: [{ source: a, silent_after: 1s }] }",
	 "t.yaml:11:48: silent_after: expected whole seconds from 30s to 2592000s"},
	{"alarms: { sources: [{ source: a, silent_after: 5min }, { source: a, silent_after: 6min "
	 "}] }",
	 "t.yaml:11:66: source a is there twice"},
	{"alarms: { transient: 10s }",
	 "t.yaml:11:22: transient: expected whole seconds from 60s to 2592000s"},
	{"alarms: { major_incident: { municipalities: 1 } }",
	 "t.yaml:11:45: municipalities: expected a whole number from 2 to"},
	{"alarms: { major_incident: { within: 2d } }", "t.yaml:11:37: within: expected"},
	{"alarms: { tickets: crit }", "t.yaml:11:20: tickets: expected none, warning, minor, major "
				      "or critical, found \"crit\""},
};

static void
faults_are_told_with_their_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct vg_yaml_errors errors = {0};

		assert_null(load(faults[i].section, &errors));
		if (errors.count == 0 || strstr(errors.text[0], faults[i].want) == NULL)
			fail_msg("%s: \"%s\"; expected \"%s\"", faults[i].section,
				 errors.count > 0 ? errors.text[0] : "", faults[i].want);
		vg_yaml_errors_free(&errors);
	}
}

/* --- JSON --- */

static void
json_gives_the_same_version(void **state)
{
	static const char *const sections[] = {WHOLE, ""};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vg_agreement *a = load_good(sections[i]), *b;
		json_t *there = vg_agreement_to_json(a), *again;
		struct vg_err err = {0};

		assert_non_null(there);
		if ((b = vg_agreement_from_json(there, &err)) == NULL)
			fail_msg("%s", err.text);
		if (i == 0)
			check_whole(b);
		else
			check_defaults(b);
		assert_int_equal(json_object_get(there, "alarms") == NULL, i == 1);
		again = vg_agreement_to_json(b);
		assert_true(json_equal(there, again));
		json_decref(there);
		json_decref(again);
		vg_agreement_unref(a);
		vg_agreement_unref(b);
	}
}

static const struct fault json_faults[] = {
	{"[]", "agreement.alarms: "},
	{"{\"sources\":[]}", "agreement.alarms: "},
	{"{\"files\":{}}", "agreement.alarms.files: expected a list"},
	{"{\"files\":[{\"name\":\"a/b\",\"text\":\"\"}]}",
	 "agreement.alarms.files[0]: expected ids of letters"},
	{"{\"files\":[{\"name\":\"a\",\"text\":\"\\u0007\"}]}",
	 "agreement.alarms.files[0]: expected a text of at most 256 KiB without control"},
	{"{\"silences\":[{\"source\":\"b\",\"silence_ms\":60000},{\"source\":\"a\","
	 "\"silence_ms\":60000}]}",
	 "agreement.alarms.silences[1]: expected sources in the order of their names"},
	{"{\"silences\":[{\"source\":\"b\",\"silence_ms\":0}]}",
	 "agreement.alarms.silences[0]: expected silence_ms from a second"},
	{"{\"transient_ms\":0}", "agreement.alarms: expected transient_ms from a second"},
	{"{\"major_municipalities\":1}", "agreement.alarms: expected major_municipalities"},
	{"{\"major_window_ms\":86400001}", "agreement.alarms: expected major_window_ms"},
	{"{\"tickets\":\"all\"}", "agreement.alarms: expected a known word"},
};

static void
json_that_nobody_wrote_is_refused(void **state)
{
	struct vg_agreement *a = load_good("");
	json_t *json = vg_agreement_to_json(a);

	(void)state;
	for (size_t i = 0; i < sizeof(json_faults) / sizeof(json_faults[0]); i++) {
		struct vg_err err = {0};
		json_t *section = json_loads(json_faults[i].section, 0, NULL);

		assert_non_null(section);
		assert_int_equal(json_object_set_new(json, "alarms", section), 0);
		assert_null(vg_agreement_from_json(json, &err));
		if (strncmp(err.text, json_faults[i].want, strlen(json_faults[i].want)) != 0)
			fail_msg("%s: \"%s\"; expected \"%s\"", json_faults[i].section, err.text,
				 json_faults[i].want);
	}
	json_decref(json);
	vg_agreement_unref(a);
}

/* --- checkpoint --- */

struct saved {
	char bytes[1 << 20];
	size_t length;
};

static int
on_bytes(const void *bytes, size_t length, void *arg)
{
	struct saved *saved = arg;

	assert_true(saved->length + length <= sizeof(saved->bytes));
	memcpy(saved->bytes + saved->length, bytes, length);
	saved->length += length;
	return 0;
}

static void
a_checkpoint_keeps_the_section(void **state)
{
	static struct saved saved;
	struct vg_agreement *a = load_good(WHOLE);
	struct vg_event event = {.kind = VG_KIND_AGREEMENT_APPLIED,
				 .seq = 1,
				 .received_ms = a->valid_from_ms,
				 .occurred_ms = a->valid_from_ms,
				 .source = "vinga",
				 .event_id = "",
				 .actor = "",
				 .municipality = "",
				 .import = "",
				 .body = {.agreement = a, .agreement_reason = "r"}};
	struct vg_core *core = vg_core_new(), *loaded;
	struct vg_verdict verdict;

	(void)state;
	a->seq = 1;
	assert_int_equal(vg_core_step(core, &event, &verdict), 0);
	assert_int_equal(vg_core_save(core, on_bytes, &saved), 0);
	loaded = vg_core_load(saved.bytes, saved.length);
	assert_non_null(loaded);
	check_whole(vg_core_agreement_latest(loaded));
	vg_core_free(core);
	vg_core_free(loaded);
	vg_agreement_unref(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_section_is_read),
		cmocka_unit_test(what_is_not_stated_has_its_default),
		cmocka_unit_test(faults_are_told_with_their_place),
		cmocka_unit_test(json_gives_the_same_version),
		cmocka_unit_test(json_that_nobody_wrote_is_refused),
		cmocka_unit_test(a_checkpoint_keeps_the_section),
	};
	return cmocka_run_group_tests_name("agreement_alarms", tests, make_directory,
					   remove_directory);
}
