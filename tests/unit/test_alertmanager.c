/* Alertmanager's documents: recorded ones, ones that are wrong in one way each, and the reader
 * against a parser that builds a tree. */
#include "lib/mapping/alertmanager.h"
#include "lib/mapping/scan.h"

#include <jansson.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define PAYLOADS VG_TEST_DATA "/alarm-webhooks/"
#define SHARED	 VG_SOURCE_DIR "/../shared/data/alarm-webhooks/" /* not ours to ship */

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *bytes;

	if (f == NULL)
		return NULL;
	bytes = calloc(1, 1 << 16);
	assert_non_null(bytes);
	assert_true(fread(bytes, 1, (1 << 16) - 1, f) > 0);
	assert_int_equal(fclose(f), 0);
	return bytes;
}

/* "resource | type | qualifier | severity category | time | text", and the service when known. */
static void
tell(const struct vg_notice *notice, char *out, size_t size)
{
	time_t at = notice->at_ms / 1000;
	char when[32] = "-";
	struct tm tm;

	assert_int_equal(notice->count, 1);
	assert_false(notice->transient);
	assert_true(notice->last_ms == notice->at_ms);
	assert_string_equal(notice->rule, "alertmanager");
	if (notice->at_ms != 0)
		assert_true(strftime(when, sizeof(when), "%FT%TZ", gmtime_r(&at, &tm)) > 0);
	(void)snprintf(out, size, "%s | %s | %s | %s %s | %s | %s%s%s%s%s\n", notice->resource,
		       notice->type, notice->qualifier, vg_severity_words[notice->severity],
		       vg_alarm_category_words[notice->category], when, notice->text,
		       *notice->service != '\0' ? " of " : "", notice->service,
		       *notice->municipality != '\0' ? " in " : "", notice->municipality);
}

static void
expect_known(const char *bytes, const struct vg_agreement *agreement, const char *want)
{
	struct vg_alertmanager *am = vg_alertmanager_new();
	struct vg_err err = {0};
	struct vg_notice *notice;
	char told[8192] = "";
	size_t count;

	assert_non_null(am);
	for (int i = 0; i < 2; i++) { /* its memory is used again */
		int rc = vg_alertmanager_read(am, bytes, strlen(bytes), agreement, &notice, &count,
					      &err);

		told[0] = '\0';
		if (rc != 0)
			(void)snprintf(told, sizeof(told), "%s", vg_err_text(&err, rc));
		for (size_t k = 0; rc == 0 && k < count; k++)
			tell(&notice[k], told + strlen(told), sizeof(told) - strlen(told));
		assert_string_equal(told, want);
	}
	vg_alertmanager_free(am);
}

static void
expect(const char *bytes, const char *want)
{
	expect_known(bytes, NULL, want);
}

static void
recorded_documents_become_their_alarms(void **state)
{
	static const struct {
		const char *directory, *file, *want;
	} cases[] = {
		{PAYLOADS, "alerta-prometheus-v3-alert.json",
		 "host2 | failedConnect | __name__=ping_success,environment=Production,job=pinger,"
		 "monitor=testlab,service=System,severity=critical,timeout=600 | critical other | "
		 "2016-08-01T10:27:08Z | Connect fail\n"},
		{PAYLOADS, "goalert-prometheusalertmanager1.json",
		 "testalert | TestAlert |  | indeterminate other | - | My alert summary\n"},
		{PAYLOADS, "prometheus-msteams-prom-post-request.json",
		 "instance-with-hyphen_and_underscore | high_memory_load | "
		 "job=docker_nodes,monitor="
		 "master,severity=warning | warning other | 2018-03-07T11:33:21Z | Server High "
		 "Memory usage\n"},
		{SHARED, "oncall-alertmanager.json",
		 "localhost | InstanceDown | group=production,instance=localhost:8081,job=node,"
		 "severity=critical | critical other | 2023-06-12T08:24:38Z | localhost:8081 of "
		 "job "
		 "node has been down for more than 1 minute.\n"
		 "localhost | InstanceDown | group=canary,instance=localhost:8082,job=node,"
		 "severity=critical | critical other | 2023-06-12T08:24:38Z | localhost:8082 of "
		 "job "
		 "node has been down for more than 1 minute.\n"},
		{SHARED, "oncall-legacy-alertmanager.json",
		 "testalert | TestAlert | region=eu-1,severity=critical | critical other | "
		 "2018-12-25T15:47:47Z | This alert was sent by user for demonstration purposes\n"},
		{SHARED, "oncall-grafana.json",
		 "testalert | TestAlert | region=eu-1 | indeterminate other | 2018-12-25T15:47:47Z "
		 "| This alert was sent by user for demonstration purposes\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[600];
		char *bytes;

		(void)snprintf(path, sizeof(path), "%s%s", cases[i].directory, cases[i].file);
		bytes = read_file(path);
		if (bytes != NULL)
			expect(bytes, cases[i].want);
		else if (strcmp(cases[i].directory, SHARED) == 0)
			print_message("left out: %s is not there\n", cases[i].file);
		else
			fail_msg("%s is not there", cases[i].file);
		free(bytes);
	}
}

#define ALERT(members) "{\"status\":\"firing\",\"alerts\":[{" members "}]}"
#define NAMED(labels)  ALERT("\"labels\":{\"alertname\":\"A\"" labels "}")

static void
each_member_is_read_as_it_is_meant(void **state)
{
	static const struct {
		const char *bytes, *want;
	} cases[] = {
		/* resolved: cleared, by the end; a raised one by its start */
		{"{\"alerts\":[{\"endsAt\":\"2026-01-02T03:04:05Z\",\"startsAt\":\"2026-01-01T00:"
		 "00:"
		 "00Z\",\"labels\":{\"severity\":\"critical\",\"alertname\":\"A\"},\"status\":"
		 "\"resolved\"}]}",
		 "a | A | severity=critical | cleared other | 2026-01-02T03:04:05Z | A\n"},
		{ALERT("\"status\":\"resolved\",\"endsAt\":\"0001-01-01T00:00:00Z\",\"labels\":{"
		       "\"alertname\":\"A\"}"),
		 "a | A |  | cleared other | - | A\n"},
		{NAMED(",\"severity\":\"error\""),
		 "a | A | severity=error | major other | - | A\n"},
		{NAMED(",\"severity\":\"page\",\"category\":\"capacity\""),
		 "a | A | category=capacity,severity=page | indeterminate capacity | - | A\n"},
		{NAMED(",\"job\":\"J\",\"node\":\"N1\",\"instance\":\"\""),
		 "n1 | A | instance=,job=J | indeterminate other | - | A\n"},
		{NAMED(",\"instance\":\"http://web:80/x\""),
		 "web | A | instance=http://web:80/x | indeterminate other | - | A\n"},
		/* labels that look alike stay apart */
		{NAMED(",\"a\":\"1,b=2\""), "a | A | a=1\\,b=2 | indeterminate other | - | A\n"},
		{NAMED(",\"a\":\"1\",\"b\":\"2\""),
		 "a | A | a=1,b=2 | indeterminate other | - | A\n"},
		{ALERT("\"annotations\":{\"title\":\"T\",\"message\":\"a\\nb "
		       "\\u00e5\\ud83d\\ude00\"},"
		       "\"labels\":{\"alertname\":\"\\u0041\"}"),
		 "a | A |  | indeterminate other | - | a b å😀\n"},
		{ALERT("\"annotations\":null,\"labels\":{\"alertname\":\"A\"},\"values\":{\"B\":"
		       "[1,-2.5e+3,true,false,null,{}]}"),
		 "a | A |  | indeterminate other | - | A\n"},
		{"{\"alerts\":[]}", ""},
		{"{\"alerts\":[{\"labels\":{\"alertname\":\"A\"}}],\"status\":\"firing\"}",
		 "alerts.0.status: expected firing or resolved"},
		{NAMED("") " x", "line 1, column 61: expected nothing after the document"},
		{"{}", "alerts: expected a list of alerts"},
		{"[]", "line 1, column 1: expected an object"},
		{"{\"alerts\":[{\"status\":\"on fire\",\"labels\":{\"alertname\":\"A\"}}]}",
		 "alerts.0.status: expected firing or resolved"},
		/* what is said badly is said */
		{ALERT("\"labels\":{}"), "alert | alert |  | indeterminate other | - | alert\n"},
		{NAMED(",\"instance\":\" \""), "a | A | instance= | indeterminate other | - | A\n"},
		{NAMED(",\"x\":1"), "line 1, column 61: expected a string"},
		{NAMED(",\"alertname\":\"B\""), "alerts.0.labels: a name stands twice"},
		{ALERT("\"startsAt\":\"yesterday\",\"labels\":{\"alertname\":\"A\"}"),
		 "a | A |  | indeterminate other | - | A\n"},
		{"{\"alerts\":[\n{\"labels\":\n7}]}", "line 3, column 1: expected an object"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(cases[i].bytes, cases[i].want);
}

static void
services_are_those_of_the_agreement(void **state)
{
	static const char bytes[] = NAMED(",\"service\":\"portal\",\"municipality\":\"1489\"");
	struct vg_agreement *agreement = vg_agreement_new();

	(void)state;
	assert_non_null(agreement);
	expect_known(bytes, agreement,
		     "a | A | municipality=1489,service=portal | indeterminate other | - | A\n");
	agreement->service = calloc(1, sizeof(*agreement->service));
	agreement->municipality = calloc(1, sizeof(*agreement->municipality));
	assert_non_null(agreement->service);
	assert_non_null(agreement->municipality);
	agreement->services = agreement->municipalities = 1;
	agreement->service[0].id = strdup("portal");
	agreement->municipality[0].code = strdup("1489");
	expect_known(bytes, agreement,
		     "a | A | municipality=1489,service=portal | indeterminate other | - | A of "
		     "portal in 1489\n");
	vg_agreement_unref(agreement);
}

static void
limits_are_told_or_kept(void **state)
{
	struct vg_alertmanager *am = vg_alertmanager_new();
	size_t used = 0, count, size = 1 << 20;
	struct vg_err err = {0};
	struct vg_notice *notice;
	char *doc = malloc(size);

	(void)state;
	assert_non_null(am);
	assert_non_null(doc);
	used = (size_t)snprintf(doc, size, "{\"status\":\"firing\",\"alerts\":[");
	for (int i = 0; i <= VG_ALERTS_MAX; i++)
		used += (size_t)snprintf(doc + used, size - used,
					 "%s{\"labels\":{\"alertname\":\"A\",\"i\":\"%d\"}}",
					 i == 0 ? "" : ",", i);
	(void)snprintf(doc + used, size - used, "]}");
	assert_int_equal(vg_alertmanager_read(am, doc, strlen(doc), NULL, &notice, &count, &err),
			 VG_ELIMIT);

	used = (size_t)snprintf(doc, size, ALERT("\"labels\":{\"alertname\":\"A\""));
	used = (size_t)(strstr(doc, "}]}") - doc);
	for (int i = 0; i < VG_ALERT_LABELS_MAX; i++)
		used += (size_t)snprintf(doc + used, size - used, ",\"l%d\":\"v\"", i);
	(void)snprintf(doc + used, size - used, "}}]}");
	assert_int_equal(vg_alertmanager_read(am, doc, strlen(doc), NULL, &notice, &count, &err),
			 VG_EINVALID);
	assert_non_null(strstr(err.text, "alerts.0.labels: expected at most 128"));

	(void)snprintf(doc, size,
		       "{\"status\":\"firing\",\"alerts\":[{\"labels\":{\"alertname\":\"A\",\"l\":"
		       "\"%0300000d\"},\"annotations\":{\"summary\":\"%05000d\"}}]}",
		       1, 1);
	assert_int_equal(vg_alertmanager_read(am, doc, strlen(doc), NULL, &notice, &count, &err),
			 0);
	assert_int_equal(strlen(notice->qualifier), 200);
	assert_int_equal(strlen(notice->text), 2000);
	assert_true(strlen(notice->detail) <= VG_NOTICE_DETAIL_MAX);
	free(doc);
	vg_alertmanager_free(am);
}

static void
a_detail_tells_all_that_was_said(void **state)
{
	static const char bytes[] = ALERT(
		"\"labels\":{\"alertname\":\"A\",\"job\":\"j\"},\"annotations\":{\"runbook\":\"http"
		"://x\"},\"startsAt\":\"2026-01-02T03:04:05Z\",\"generatorURL\":\"http:\\/\\/p\","
		"\"fingerprint\":\"f\"");
	struct vg_alertmanager *am = vg_alertmanager_new();
	struct vg_err err = {0};
	struct vg_notice *notice;
	size_t count;

	(void)state;
	assert_non_null(am);
	assert_int_equal(
		vg_alertmanager_read(am, bytes, strlen(bytes), NULL, &notice, &count, &err), 0);
	assert_string_equal(notice->detail,
			    "labels.alertname = A\nlabels.job = j\nannotations.runbook = http://x\n"
			    "startsAt = 2026-01-02T03:04:05Z\ngeneratorURL = http://p\n"
			    "fingerprint = f");
	vg_alertmanager_free(am);
}

/* --- the reader against jansson --- */

static uint64_t random_state = 20260901;

static uint32_t
next_random(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % below;
}

static bool
scan_takes(const char *bytes, size_t length)
{
	struct vg_scan scan;

	vg_scan_begin(&scan, bytes, length);
	return vg_scan_skip(&scan) && vg_scan_end(&scan);
}

/* What jansson has limits for, of numbers alone, is not what JSON is. */
static bool
jansson_takes(const char *bytes, size_t length, bool *number)
{
	json_error_t why = {0};
	json_t *json = json_loadb(bytes, length, JSON_DECODE_ANY, &why);
	enum json_error_code code = json == NULL ? json_error_code(&why) : json_error_unknown;

	*number = code == json_error_numeric_overflow;
	json_decref(json);
	return json != NULL;
}

static void
broken_documents_are_refused_as_a_tree_would(void **state)
{
	static const char pieces[] =
		"{}[]\",:\\u00e5dD8eE+-.0123456789tfn \n\t\xC3\xA5\x80\xED\x01";
	static const char seed[] =
		"{\"a\":[1,-2.5e+3,\"x\\u00e5\\ud83d\\ude00\\n\",{}],\"b\":{\"c\":null,\"d\":true},"
		"\"å\":\"\\\\\\\"\",\"e\":[[],[false]]}";
	char text[sizeof(seed)];
	size_t taken = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		size_t length = sizeof(seed) - 1;
		bool number, jansson;

		memcpy(text, seed, sizeof(seed));
		for (uint32_t k = next_random(3); k < 3; k++)
			text[next_random((uint32_t)length)] =
				pieces[next_random(sizeof(pieces) - 1)];
		if (next_random(8) == 0)
			length = next_random((uint32_t)length);
		jansson = jansson_takes(text, length, &number);
		if (!number && scan_takes(text, length) != jansson)
			fail_msg("jansson %s: %.*s", jansson ? "takes" : "refuses", (int)length,
				 text);
		taken += jansson;
	}
	assert_true(taken > 1000);
}

static void
levels_have_an_end(void **state)
{
	char text[2 * VG_SCAN_DEPTH_MAX + 4];

	(void)state;
	for (size_t depth = VG_SCAN_DEPTH_MAX; depth <= VG_SCAN_DEPTH_MAX + 1; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		assert_int_equal(scan_takes(text, 2 * depth), depth == VG_SCAN_DEPTH_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_documents_become_their_alarms),
		cmocka_unit_test(each_member_is_read_as_it_is_meant),
		cmocka_unit_test(services_are_those_of_the_agreement),
		cmocka_unit_test(limits_are_told_or_kept),
		cmocka_unit_test(a_detail_tells_all_that_was_said),
		cmocka_unit_test(broken_documents_are_refused_as_a_tree_would),
		cmocka_unit_test(levels_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
