/* Events as JSON: what is taken, what is refused and with which words, and that bytes are
 * canonical. */
#include "lib/json/event_json.h"

#include "lib/crypto/crypto.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SALT "00112233445566778899aabbccddeeff"
#define HEAD                                                                                       \
	"{\"v\":1,\"kind\":\"ticket.reported\",\"occurred_ms\":1456722600000,\"source\":\"itsm\"," \
	"\"event_id\":\"a/1\","

static const struct refusal {
	const char *name, *input, *want;
} refusals[] = {
	{"truncated", "{\"v\":1,", "column"},
	{"empty", "", "expected one JSON object"},
	{"a list", "[]", "expected one JSON object"},
	{"two documents", "{} {}", "end of file expected"},
	{"duplicate key", "{\"v\":1,\"v\":1}", "duplicate object key"},
	{"not UTF-8", "{\"v\":\"\xff\"}", "unable to decode byte 0xff"},
	{"no version", "{\"kind\":\"tick\"}", "v: expected this member, which is missing"},
	{"later version", "{\"v\":2,\"kind\":\"tick\",\"occurred_ms\":1,\"body\":{}}",
	 "v: expected an integer from 1 to 1"},
	{"unknown kind", "{\"v\":1,\"kind\":\"ticket.eaten\",\"occurred_ms\":1,\"body\":{}}",
	 "\"ticket.eaten\" is no kind"},
	{"instant as real", "{\"v\":1,\"kind\":\"tick\",\"occurred_ms\":1.5,\"body\":{}}",
	 "occurred_ms: expected an integer"},
	{"instant too late",
	 "{\"v\":1,\"kind\":\"tick\",\"occurred_ms\":99999999999999,\"body\":{}}",
	 "occurred_ms: expected"},
	{"no body", "{\"v\":1,\"kind\":\"tick\",\"occurred_ms\":1}", "body: expected this member"},
	{"body is text", "{\"v\":1,\"kind\":\"tick\",\"occurred_ms\":1,\"body\":\"x\"}",
	 "body: expected an object"},
	{"unknown envelope member",
	 "{\"v\":1,\"kind\":\"tick\",\"occurred_ms\":1,\"body\":{},\"x\":1}", "x: no such member"},
	{"unknown body member", HEAD "\"body\":{\"ref\":\"1\",\"prio\":\"P1\"}}",
	 "body.prio: no such member"},
	{"no reference", HEAD "\"body\":{}}", "body.ref: expected this member"},
	{"empty rule",
	 "{\"v\":1,\"kind\":\"users.read\",\"occurred_ms\":1,\"body\":{\"day\":\"2026-01-01\","
	 "\"users\":1,\"rule\":\"\"}}",
	 "body.rule: expected text that is not empty"},
	{"empty reference", HEAD "\"body\":{\"ref\":\"\"}}",
	 "body.ref: expected text that is not empty"},
	{"unknown status", HEAD "\"body\":{\"ref\":\"1\",\"status\":\"done\"}}",
	 "body.status: expected one of new acknowledged"},
	{"line four", HEAD "\"body\":{\"ref\":\"1\",\"support_line\":4}}",
	 "body.support_line: expected an integer from 1 to 3"},
	{"flag as text", HEAD "\"body\":{\"ref\":\"1\",\"test\":\"yes\"}}",
	 "body.test: expected true or false"},
	{"null field", HEAD "\"body\":{\"ref\":\"1\",\"group\":null}}",
	 "body.group: expected a string"},
	{"control character", HEAD "\"body\":{\"ref\":\"a\\u0007\"}}",
	 "body.ref: expected text without control"},
	{"NUL in text", HEAD "\"body\":{\"ref\":\"a\\u0000\"}}", "NUL"},
	{"bad also", HEAD "\"body\":{\"ref\":\"1\",\"also\":[{\"source\":\"x\"}]}}",
	 "body.also.ref: expected this member"},
	{"bad salt", HEAD "\"salt\":\"zz\",\"body\":{\"ref\":\"1\"}}",
	 "salt: expected 32 lower-case hex"},
	{"no such date",
	 "{\"v\":1,\"kind\":\"users.read\",\"occurred_ms\":1,\"body\":{\"day\":\"2026-02-30\","
	 "\"users\":1,\"rule\":\"licensed\"}}",
	 "body.day: expected a date"},
	{"real in a register",
	 "{\"v\":1,\"kind\":\"register.set\",\"occurred_ms\":1,\"body\":{\"name\":\"contacts\","
	 "\"key\":\"k\",\"valid_from_ms\":0,\"value\":{\"x\":[1.5]}}}",
	 "body.value: expected an object without fractions"},
};

static void
bad_input_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct vg_parsed_event parsed;
		struct vg_err err = {0};
		int rc =
			vg_event_parse(refusals[i].input, strlen(refusals[i].input), &parsed, &err);

		if (rc != VG_EINVALID || strstr(err.text, refusals[i].want) == NULL)
			fail_msg("%s: rc %d, \"%s\"; expected \"%s\"", refusals[i].name, rc,
				 err.text, refusals[i].want);
	}
}

static void
depth_and_size_are_bounded(void **state)
{
	size_t length = 5 * 1024 * 1024;
	char *deep = malloc(length);
	struct vg_parsed_event parsed;
	struct vg_err err = {0};

	(void)state;
	assert_non_null(deep);
	memset(deep, '[', length);
	assert_int_equal(vg_event_parse(deep, length, &parsed, &err), VG_ELIMIT);
	assert_int_equal(vg_event_parse(deep, 100000, &parsed, &err), VG_EINVALID);
	free(deep);
}

static void
an_event_over_its_maximum_is_refused(void **state)
{
	size_t length = VG_EVENT_BYTES_MAX + 100;
	char *text = malloc(length + 1);
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	static const char valid[] = HEAD "\"body\":{\"ref\":\"1\"}}";

	(void)state;
	assert_non_null(text);
	memset(text, ' ', length);
	memcpy(text, valid, sizeof(valid) - 1);
	assert_int_equal(vg_event_parse(text, length, &parsed, &err), VG_ELIMIT);
	free(text);
}

static const char *const round_trips[] = {
	"{\"body\":{\"also\":[{\"ref\":\"K-7\",\"source\":\"kommun\"}],\"by_person\":true,"
	"\"group\":\"\",\"opened_ms\":1456722600000,"
	"\"pending_reason\":\"pending_requester\",\"priority\":\"P3\",\"ref\":\"INC1\",\"status\":"
	"\"pending\",\"support_line\":2},"
	"\"event_id\":\"INC1/"
	"2\",\"import\":\"abc\",\"kind\":\"ticket.reported\",\"municipality\":null,\"occurred_ms\":"
	"1456722600000,"
	"\"salt\":\"" SALT "\",\"source\":\"itsm\",\"source_order\":2,\"v\":1}",
	"{\"actor\":\"op\",\"body\":{\"reason\":\"felaktig tid "
	"\xc3\xa5\",\"ticket\":\"V-1\",\"voids\":7},\"event_id\":\"c\","
	"\"kind\":\"ticket.corrected\",\"municipality\":\"1489\",\"occurred_ms\":5,\"salt\":\"" SALT
	"\",\"source\":\"operator\","
	"\"source_order\":0,\"v\":1}",
	"{\"body\":{\"field\":\"state\",\"mapping\":\"jira\",\"payload\":{\"a\":[1,\"x\"],\"b\":{}}"
	",\"reason\":\"unknown\",\"value\":\"\"},"
	"\"event_id\":\"q\",\"kind\":\"intake.quarantined\",\"occurred_ms\":5,\"salt\":\"" SALT
	"\",\"source\":\"jira\",\"source_order\":0,\"v\":1}",
	"{\"body\":{\"day\":\"2026-01-01\",\"private_users\":3,\"rule\":\"licensed\",\"users\":130}"
	",\"event_id\":\"u\",\"kind\":\"users.read\","
	"\"municipality\":\"1489\",\"occurred_ms\":5,\"salt\":\"" SALT
	"\",\"source\":\"operator\",\"source_order\":0,\"v\":1}",
	"{\"body\":{\"approver\":\"Objektledare\",\"day\":\"2026-01-01\",\"private_users\":0,"
	"\"rule\":"
	"\"licensed\",\"users\":130},\"event_id\":\"u\",\"kind\":\"users.read\","
	"\"municipality\":\"1489\",\"occurred_ms\":5,\"salt\":\"" SALT
	"\",\"source\":\"operator\",\"source_order\":0,\"v\":1}",
	"{\"body\":{\"alarm\":\"A-1024\",\"major_incident\":\"INC9\",\"ref\":\"INC1\",\"window\":"
	"\"W-7.1\"},\"event_id\":\"l\",\"kind\":\"ticket.reported\",\"occurred_ms\":5,\"salt\":"
	"\"" SALT "\",\"source\":\"itsm\",\"source_order\":0,\"v\":1}",
	"{\"body\":{\"as_of_seq\":9,\"head\":\"" SALT SALT "\",\"model_sha256\":\"" SALT SALT
	"\",\"month\":\"2016-04\"},\"event_id\":\"r\","
	"\"kind\":\"report.made\",\"occurred_ms\":5,\"salt\":\"" SALT
	"\",\"source\":\"operator\",\"source_order\":0,\"v\":1}",
	"{\"body\":{\"as_of_seq\":9,\"before_seq\":4,\"files\":[{\"bytes\":12,\"name\":"
	"\"vinga-2016-04-GR.html\",\"sha256\":\"" SALT SALT "\"}],\"head\":\"" SALT SALT
	"\",\"model_sha256\":\"" SALT SALT
	"\",\"month\":\"2016-04\",\"scope\":\"federation:GR\"},\"event_id\":\"r\","
	"\"kind\":\"report.made\",\"occurred_ms\":5,\"salt\":\"" SALT
	"\",\"source\":\"operator\",\"source_order\":0,\"v\":1}",
};

static void
canonical_bytes_survive_parsing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(round_trips) / sizeof(round_trips[0]); i++) {
		struct vg_parsed_event parsed;
		struct vg_err err = {0};
		size_t length;
		char *bytes;

		if (vg_event_parse(round_trips[i], strlen(round_trips[i]), &parsed, &err) != 0)
			fail_msg("%zu: %s", i, err.text);
		assert_string_equal(parsed.salt, SALT);
		bytes = vg_event_canonical(&parsed.event, parsed.salt, &length);
		assert_non_null(bytes);
		assert_string_equal(bytes, round_trips[i]);
		assert_int_equal(length, strlen(bytes));
		free(bytes);
		vg_parsed_event_free(&parsed);
	}
}

static void
free_text_never_stands_in_canonical_bytes(void **state)
{
	static const char input[] =
		HEAD "\"body\":{\"ref\":\"1\",\"title\":\"hemligt\",\"note\":\"ring\\nmig\"}}";
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	size_t length;
	char *bytes;

	(void)state;
	assert_int_equal(vg_event_parse(input, sizeof(input) - 1, &parsed, &err), 0);
	assert_string_equal(parsed.title, "hemligt");
	assert_string_equal(parsed.note, "ring\nmig");
	bytes = vg_event_canonical(&parsed.event, SALT, &length);
	assert_non_null(bytes);
	assert_null(strstr(bytes, "hemligt"));
	assert_null(strstr(bytes, "ring"));
	free(bytes);
	vg_parsed_event_free(&parsed);
}

/* The writer is our own: a JSON library must read its bytes, and would write them the same. */
static void
canonical_bytes_are_what_a_json_library_would_write(void **state)
{
	static const char input[] =
		HEAD "\"body\":{\"ref\":\"\\\"a\\\\b/"
		     "\xc3\xa5\xf0\x9f\x98\x80\",\"group\":\"<&'>\",\"test\":false,"
		     "\"opened_ms\":0,\"source_reopenings\":2147483647}}";
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	size_t length;
	char *bytes, *again;
	json_t *object;

	(void)state;
	if (vg_event_parse(input, sizeof(input) - 1, &parsed, &err) != 0)
		fail_msg("%s", err.text);
	bytes = vg_event_canonical(&parsed.event, SALT, &length);
	assert_non_null(bytes);
	object = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	again = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(bytes, again);
	free(again);
	json_decref(object);
	free(bytes);
	vg_parsed_event_free(&parsed);
}

static void
digest_of(const char *input, uint8_t out[32])
{
	struct vg_parsed_event parsed;
	struct vg_err err = {0};

	if (vg_event_parse(input, strlen(input), &parsed, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(vg_event_repeat_digest(&parsed.event, out), 0);
	vg_parsed_event_free(&parsed);
}

static void
a_repeat_is_known_whatever_its_spelling(void **state)
{
	uint8_t a[32], b[32], c[32];

	(void)state;
	digest_of(HEAD "\"body\":{\"ref\":\"1\",\"status\":\"new\"}}", a);
	digest_of("{ \"salt\":\"" SALT "\",\"body\":{\"status\":\"n\\u0065w\",\"ref\":\"1\"},"
		  "\"import\":\"i\",\"actor\":\"x\","
		  "\"event_id\":\"a/"
		  "1\",\"source\":\"itsm\",\"occurred_ms\":1456722600000,\"kind\":\"ticket."
		  "reported\","
		  "\"v\":1}",
		  b);
	digest_of(HEAD "\"body\":{\"ref\":\"1\",\"status\":\"closed\"}}", c);
	assert_memory_equal(a, b, 32);
	assert_memory_not_equal(a, c, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_input_is_refused_with_its_place),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(an_event_over_its_maximum_is_refused),
		cmocka_unit_test(canonical_bytes_survive_parsing),
		cmocka_unit_test(canonical_bytes_are_what_a_json_library_would_write),
		cmocka_unit_test(free_text_never_stands_in_canonical_bytes),
		cmocka_unit_test(a_repeat_is_known_whatever_its_spelling),
	};
	return cmocka_run_group_tests_name("event_json", tests, NULL, NULL);
}
