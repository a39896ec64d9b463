/* Events of alarms as JSON: notices, what people do with alarms, resources and proposals. */
#include "tests/unit/event_json_support.h"

/* --- what is refused --- */

#define NOTICE(members)                                                                            \
	"{\"notices\":[{\"at_ms\":1,\"resource\":\"a\",\"type\":\"t\",\"severity\":\"minor\"},"    \
	"{\"at_ms\":5,\"resource\":\"sw1/"                                                         \
	"1\",\"type\":\"link-down\",\"severity\":\"major\"" members "}]}"
#define ROW(members) "{\"resources\":[{\"name\":\"a\"},{\"name\":\"b\"" members "}]}"

static const struct refusal refusals[] = {
	{"alarms.reported", "{}", "body.notices: expected this member, which is missing"},
	{"alarms.reported", "{\"notices\":{}}", "body.notices: expected a list of at most 1000"},
	{"alarms.reported", "{\"notices\":[7]}",
	 "body.notices[0]: expected an object {at_ms, resource, type, severity, ...}"},
	{"alarms.reported", "{\"notices\":[{}]}",
	 "body.notices[0].at_ms: expected this member, which is missing"},
	{"alarms.reported", "{\"notices\":[{\"at_ms\":1,\"resource\":\"a\",\"type\":\"t\"}]}",
	 "body.notices[0].severity: expected this member, which is missing"},
	{"alarms.reported", "{\"notices\":[],\"repeats\":1}",
	 "body.repeats: expected true or false"},
	{"alarms.reported", "{\"notices\":[],\"sent\":1}", "body.sent: no such member"},
	{"alarms.reported", NOTICE(",\"host\":\"x\""),
	 "body.notices[1].host: no such member is known here"},
	{"alarms.reported",
	 "{\"notices\":[{\"at_ms\":1.5,\"resource\":\"a\",\"type\":\"t\",\"severity\":\"minor\"}]}",
	 "body.notices[0].at_ms: expected an integer from 0 to 4102444800000"},
	{"alarms.reported",
	 "{\"notices\":[{\"at_ms\":1,\"resource\":\"\",\"type\":\"t\",\"severity\":\"minor\"}]}",
	 "body.notices[0].resource: expected a text of 1 to 200 bytes without control"},
	{"alarms.reported",
	 "{\"notices\":[{\"at_ms\":1,\"resource\":\"a\",\"type\":\"t\",\"severity\":\"down\"}]}",
	 "body.notices[0].severity: expected cleared, indeterminate, warning, minor, major or "
	 "critical"},
	{"alarms.reported",
	 "{\"notices\":[{\"at_ms\":1,\"resource\":\"a\",\"type\":\"t\",\"severity\":3}]}",
	 "body.notices[0].severity: expected cleared, indeterminate"},
	{"alarms.reported", NOTICE(",\"category\":\"Security\""),
	 "body.notices[1].category: expected other, availability, performance"},
	{"alarms.reported", NOTICE(",\"count\":0"),
	 "body.notices[1].count: expected an integer from 1 to 1000000000"},
	{"alarms.reported", NOTICE(",\"last_ms\":4"),
	 "body.notices[1].last_ms: expected an integer from 0 to 4102444800000, not before at_ms"},
	{"alarms.reported", NOTICE(",\"text\":\"a\\nb\""),
	 "body.notices[1].text: expected a text of at most 2000 bytes without control"},
	{"alarms.reported", NOTICE(",\"detail\":\"a\\u0007\""),
	 "body.notices[1].detail: expected a text of at most 4000 bytes without control"},
	{"alarms.reported", NOTICE(",\"qualifier\":null"),
	 "body.notices[1].qualifier: expected a text of at most 200 bytes"},
	{"alarms.reported", NOTICE(",\"service\":\"a b\""),
	 "body.notices[1].service: expected letters a-z, digits and . _ - only"},
	{"alarms.reported", NOTICE(",\"transient\":\"yes\""),
	 "body.notices[1].transient: expected true or false"},
	{"alarm.acknowledged", "{\"reason\":\"r\"}",
	 "body.alarm: expected this member, which is missing"},
	{"alarm.acknowledged", "{\"alarm\":\"A-1\",\"until_ms\":9}", "body.until_ms: no such"},
	{"alarm.shelved", "{\"alarm\":\"A-1\",\"until_ms\":null}",
	 "body.until_ms: expected an integer from 0 to 4102444800000"},
	{"alarm.closed", "{\"alarm\":\"A-1\",\"false_alarm\":1}",
	 "body.false_alarm: expected true or false"},
	{"alarm.closed", "{\"alarm\":\"A 1\"}", "body.alarm: expected letters a-z, digits"},
	{"resources.mapped", "{\"resources\":[]}",
	 "body.resources: expected at least one row {name, ...}"},
	{"resources.mapped", "{\"resources\":[1]}", "body.resources[0].name: expected a row"},
	{"resources.mapped", "{\"resources\":[{\"name\":\"\"}]}",
	 "body.resources[0].name: expected text that is not empty"},
	{"resources.mapped", ROW(",\"service\":\"a b\""),
	 "body.resources[1].service: expected letters a-z"},
	{"resources.mapped", ROW(",\"municipalities\":\"1489\""),
	 "body.resources[1].municipalities: expected a list of at most 2000"},
	{"resources.mapped", ROW(",\"municipalities\":[\"1489\",7]"),
	 "body.resources[1].municipalities[1]: expected a string"},
	{"resources.mapped", ROW(",\"removed\":0"),
	 "body.resources[1].removed: expected true or false"},
	{"resources.mapped", ROW(",\"host\":\"x\""), "body.resources[1].host: no such member"},
	{"proposal.accepted", "{\"proposal\":\"F-1\",\"cause\":\"weather\"}",
	 "body.cause: expected unknown, vgr, supplier"},
	{"proposal.refused", "{\"proposal\":\"F-1\"}",
	 "body.reason: expected this member, which is missing"},
	{"proposal.refused", "{\"proposal\":\"F-1\",\"reason\":\"r\",\"cause\":\"vgr\"}",
	 "body.cause: no such member"},
};

static void
bad_input_is_refused_with_its_place(void **state)
{
	(void)state;
	expect_refusals(refusals, sizeof(refusals) / sizeof(refusals[0]));
}

/* --- canonical bytes --- */

static const struct spelling spellings[] = {
	{"alarms.reported",
	 "{\"notices\":[{\"at_ms\":5,\"category\":\"availability\",\"count\":3,\"detail\":\"a = "
	 "1\\n\\tb = \\\"\xc3\xa5\\\"\",\"id\":\"80001f88/7\",\"last_ms\":9,\"municipality\":"
	 "\"1489\",\"peer\":\"192.0.2.7\",\"qualifier\":\"3\",\"resource\":\"sw1/Gi0/3\",\"rule\":"
	 "\"standard/link-down\",\"service\":\"journal\",\"severity\":\"major\",\"text\":\"Länk "
	 "nere\",\"transient\":true,\"type\":\"link-down\"},{\"at_ms\":6,\"resource\":\"sw1\","
	 "\"severity\":\"cleared\",\"type\":\"trap:1.3.6.1.4.1.9\"}],\"repeats\":true}",
	 NULL},
	{"alarms.reported",
	 "{\"repeats\":false,\"notices\":[{\"type\":\"t\",\"severity\":\"warning\",\"resource\":"
	 "\"a\",\"at_ms\":5,\"last_ms\":5,\"count\":1,\"category\":\"other\",\"transient\":false,"
	 "\"text\":\"\",\"service\":\"\"}]}",
	 "{\"notices\":[{\"at_ms\":5,\"resource\":\"a\",\"severity\":\"warning\",\"type\":\"t\"}]"
	 "}"},
	{"alarms.reported", "{\"notices\":[]}", NULL},
	{"alarm.acknowledged", "{\"alarm\":\"A-1024\"}", NULL},
	{"alarm.acknowledged", "{\"alarm\":\"A-1024\",\"reason\":\"r\"}", NULL},
	{"alarm.shelved", "{\"alarm\":\"A-1024\",\"reason\":\"r\",\"until_ms\":9}", NULL},
	{"alarm.shelved", "{\"alarm\":\"A-1024\",\"reason\":\"r\"}", NULL},
	{"alarm.unshelved", "{\"alarm\":\"A-1024\",\"reason\":\"\"}", "{\"alarm\":\"A-1024\"}"},
	{"alarm.closed", "{\"alarm\":\"A-1024\",\"false_alarm\":true,\"reason\":\"r\"}", NULL},
	{"alarm.closed", "{\"false_alarm\":false,\"alarm\":\"A-1024\"}", "{\"alarm\":\"A-1024\"}"},
	{"resources.mapped",
	 "{\"resources\":[{\"municipalities\":[\"1480\",\"1489\"],\"name\":\"sw1.example\","
	 "\"parent\":\"core1\",\"resource\":\"sw1\",\"service\":\"network\"},{\"name\":\"old\","
	 "\"removed\":true}]}",
	 NULL},
	{"resources.mapped",
	 "{\"resources\":[{\"name\":\"a\",\"municipalities\":[\"1489\",\"1401\",\"1489\"]},{"
	 "\"name\":\"b\",\"municipalities\":[],\"removed\":false},{\"name\":\"c\","
	 "\"municipalities\":[\"1480\"],\"service\":\"\"}]}",
	 "{\"resources\":[{\"municipalities\":[\"1401\",\"1489\"],\"name\":\"a\"},{\"name\":\"b\"}"
	 ",{\"municipalities\":[\"1480\"],\"name\":\"c\"}]}"},
	{"proposal.accepted", "{\"cause\":\"supplier\",\"proposal\":\"F-16\",\"reason\":\"r\"}",
	 NULL},
	{"proposal.accepted", "{\"proposal\":\"F-16\",\"cause\":\"unknown\"}",
	 "{\"proposal\":\"F-16\"}"},
	{"proposal.refused", "{\"proposal\":\"F-16\",\"reason\":\"r\"}", NULL},
};

static void
one_event_has_one_spelling(void **state)
{
	(void)state;
	expect_one_spelling(spellings, sizeof(spellings) / sizeof(spellings[0]));
}

static void
canonical_bytes_are_what_a_json_library_would_write(void **state)
{
	(void)state;
	expect_what_a_library_writes(spellings, sizeof(spellings) / sizeof(spellings[0]));
}

/* Every character that is escaped, at every distance from the beginning of a text. */
static void
escapes_are_found_wherever_they_stand(void **state)
{
	static const char *const pieces[] = {"\"",	 "\\", "\n", "\t", "\r",
					     "\xc3\xa5", "!",  "[",  "]"};
	struct vg_notice notice = {.at_ms = 1,
				   .last_ms = 1,
				   .count = 1,
				   .resource = "a",
				   .type = "t",
				   .qualifier = "",
				   .service = "",
				   .municipality = "",
				   .text = "",
				   .rule = "",
				   .peer = "",
				   .id = ""};
	struct vg_event event = {.kind = VG_KIND_ALARMS_REPORTED,
				 .source = "s",
				 .event_id = "e",
				 .actor = "",
				 .municipality = "",
				 .import = "",
				 .body.notices = {.count = 1, .notice = &notice}};

	(void)state;
	for (size_t i = 0; i < 9 * 20; i++) {
		struct vg_parsed_event parsed;
		char detail[64], *bytes;
		size_t length;

		(void)snprintf(detail, sizeof(detail), "%.*s%s%.*s", (int)(i / 9),
			       "abcdefghijklmnopqrstuvwxyz", pieces[i % 9], (int)(20 - i / 9),
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		notice.detail = detail;
		bytes = vg_event_canonical(&event, SALT, &length);
		assert_int_equal(vg_event_parse(bytes, length, &parsed, NULL), 0);
		assert_string_equal(parsed.event.body.notices.notice[0].detail, detail);
		vg_parsed_event_free(&parsed);
		free(bytes);
	}
}

/* --- what the typed form says --- */

static void
a_notice_says_what_was_stated_and_nothing_else(void **state)
{
	struct vg_parsed_event parsed;
	const struct vg_notices_body *body = &parsed.event.body.notices;

	(void)state;
	parse(spellings[0].kind, spellings[0].body, &parsed);
	assert_true(body->repeats);
	assert_int_equal(body->count, 2);
	assert_int_equal(body->notice[0].last_ms, 9);
	assert_int_equal(body->notice[0].category, VG_ALARM_AVAILABILITY);
	assert_int_equal(body->notice[0].severity, VG_SEVERITY_MAJOR);
	assert_true(body->notice[0].transient);
	assert_string_equal(body->notice[0].detail, "a = 1\n\tb = \"\xc3\xa5\"");
	assert_int_equal(body->notice[1].at_ms, 6);
	assert_int_equal(body->notice[1].last_ms, 6);
	assert_int_equal(body->notice[1].count, 1);
	assert_int_equal(body->notice[1].category, VG_ALARM_OTHER);
	assert_int_equal(body->notice[1].severity, VG_SEVERITY_CLEARED);
	assert_false(body->notice[1].transient);
	assert_string_equal(body->notice[1].qualifier, "");
	assert_string_equal(body->notice[1].rule, "");
	vg_parsed_event_free(&parsed);
}

static void
resources_have_their_own_lists(void **state)
{
	struct vg_parsed_event parsed;
	const struct vg_resources_body *body = &parsed.event.body.resources;

	(void)state;
	parse(spellings[11].kind, spellings[11].body, &parsed);
	assert_int_equal(body->count, 3);
	assert_string_equal(body->row[0].municipalities, "1401 1489");
	assert_string_equal(body->row[1].municipalities, "");
	assert_string_equal(body->row[2].municipalities, "1480");
	vg_parsed_event_free(&parsed);
}

static void
what_a_person_does_has_no_end_unless_stated(void **state)
{
	struct vg_parsed_event parsed;

	(void)state;
	parse("alarm.shelved", "{\"alarm\":\"A-1\"}", &parsed);
	assert_true(parsed.event.body.alarm.until_ms == INT64_MAX);
	assert_false(parsed.event.body.alarm.false_alarm);
	vg_parsed_event_free(&parsed);
	parse("proposal.accepted", "{\"proposal\":\"F-1\",\"cause\":\"vgr\"}", &parsed);
	assert_int_equal(parsed.event.body.proposal.cause, VG_PARTY_VGR);
	assert_string_equal(parsed.event.body.proposal.reason, "");
	vg_parsed_event_free(&parsed);
}

/* --- notices that were made in memory --- */

/* The event of `count` notices with as many bytes of detail. */
static struct vg_event
made(struct vg_notice *notice, size_t count, const char *detail)
{
	for (size_t i = 0; i < count; i++)
		notice[i] = (struct vg_notice){.at_ms = 1790000000000 + (int64_t)i,
					       .last_ms = 1790000000000 + (int64_t)i,
					       .count = 1,
					       .resource = "sw1/3",
					       .type = "link-down",
					       .qualifier = "",
					       .severity = VG_SEVERITY_MAJOR,
					       .service = "",
					       .municipality = "",
					       .text = "Länk nere",
					       .rule = "standard/link-down",
					       .peer = "192.0.2.7",
					       .detail = detail,
					       .id = ""};
	return (struct vg_event){.kind = VG_KIND_ALARMS_REPORTED,
				 .occurred_ms = 5,
				 .source = "snmp",
				 .event_id = "e",
				 .actor = "vingad",
				 .municipality = "",
				 .import = "",
				 .body.notices = {.count = count, .notice = notice}};
}

static void
a_copy_is_what_parsing_would_have_given(void **state)
{
	struct vg_notice notice[3];
	struct vg_event event = made(notice, 3, "a = 1\nb = 2");
	struct vg_parsed_event copied, parsed;
	char *bytes[2];
	size_t length[2];

	(void)state;
	notice[1].qualifier = "q";
	notice[2].transient = true;
	notice[2].category = VG_ALARM_BACKUP;
	assert_int_equal(vg_event_copy_notices(&event, &copied, NULL), 0);
	bytes[0] = vg_event_canonical(&event, SALT, &length[0]);
	memset(notice, 0, sizeof(notice)); /* the copy is its own */
	bytes[1] = vg_event_canonical(&copied.event, SALT, &length[1]);
	assert_string_equal(bytes[0], bytes[1]);
	vg_parsed_event_free(&copied);
	assert_int_equal(vg_event_parse(bytes[0], length[0], &parsed, NULL), 0);
	free(bytes[1]);
	bytes[1] = vg_event_canonical(&parsed.event, SALT, &length[1]);
	assert_string_equal(bytes[0], bytes[1]);
	vg_parsed_event_free(&parsed);
	free(bytes[0]);
	free(bytes[1]);
}

static void
a_copy_refuses_what_could_not_be_read_again(void **state)
{
	static const char long_text[202] = {[0 ... 200] = 'a'};
	static const struct {
		size_t offset;
		const char *text, *want;
	} cases[] = {
		{offsetof(struct vg_notice, resource), "", "body.notices[1].resource: expected"},
		{offsetof(struct vg_notice, type), "a\nb", "body.notices[1].type: expected"},
		{offsetof(struct vg_notice, qualifier), long_text, "body.notices[1].qualifier: "},
		{offsetof(struct vg_notice, text), "\xe5", "body.notices[1].text: expected"},
		{offsetof(struct vg_notice, detail), "a\xc3", "body.notices[1].detail: expected"},
		{offsetof(struct vg_notice, service), "a b", "body.notices[1].service: expected"},
	};
	struct vg_notice notice[2];
	struct vg_parsed_event copied;
	struct vg_event event;
	struct vg_err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		event = made(notice, 2, "");
		*(const char **)(void *)((char *)&notice[1] + cases[i].offset) = cases[i].text;
		assert_int_equal(vg_event_copy_notices(&event, &copied, &err), VG_EINVALID);
		if (strncmp(err.text, cases[i].want, strlen(cases[i].want)) != 0)
			fail_msg("\"%s\"; expected \"%s\"", err.text, cases[i].want);
	}
	event = made(notice, 2, "");
	notice[1].last_ms = notice[1].at_ms - 1;
	assert_int_equal(vg_event_copy_notices(&event, &copied, &err), VG_EINVALID);
	assert_non_null(strstr(err.text, "body.notices[1].last_ms: expected"));
	event = made(notice, 2, "");
	notice[0].count = 0;
	assert_int_equal(vg_event_copy_notices(&event, &copied, &err), VG_EINVALID);
	assert_non_null(strstr(err.text, "body.notices[0].count: expected"));
	event = made(notice, 2, "");
	event.source = "a\tb";
	assert_int_equal(vg_event_copy_notices(&event, &copied, &err), VG_EINVALID);
	assert_string_equal(err.text,
			    "source: expected a text of at most 200 bytes without control "
			    "characters");
}

/* --- how much --- */

static void
a_row_has_room_for_a_thousand_notices(void **state)
{
	static struct vg_notice notice[VG_NOTICES_MAX];
	static char detail[601];
	struct vg_event event = made(notice, VG_NOTICES_MAX, memset(detail, 'a', 600));
	struct vg_parsed_event parsed;
	char *bytes;
	size_t length;

	(void)state;
	assert_int_equal(vg_event_bytes_max(VG_KIND_ALARMS_REPORTED), VG_NOTICES_BYTES_MAX);
	assert_int_equal(vg_event_bytes_max(VG_KIND_RESOURCES_MAPPED), VG_RESOURCES_BYTES_MAX);
	assert_int_equal(vg_event_bytes_max(VG_KIND_ALARM_SHELVED), VG_EVENT_BYTES_MAX);
	bytes = vg_event_canonical(&event, SALT, &length);
	assert_non_null(bytes);
	assert_true(length < VG_NOTICES_BYTES_MAX);
	assert_int_equal(vg_event_parse(bytes, length, &parsed, NULL), 0);
	assert_int_equal(parsed.event.body.notices.count, VG_NOTICES_MAX);
	vg_parsed_event_free(&parsed);
	bytes = realloc(bytes, VG_NOTICES_BYTES_MAX + 1);
	assert_non_null(bytes);
	memset(bytes + length, ' ', VG_NOTICES_BYTES_MAX + 1 - length);
	assert_int_equal(vg_event_parse(bytes, VG_NOTICES_BYTES_MAX + 1, &parsed, NULL), VG_ELIMIT);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_input_is_refused_with_its_place),
		cmocka_unit_test(one_event_has_one_spelling),
		cmocka_unit_test(canonical_bytes_are_what_a_json_library_would_write),
		cmocka_unit_test(escapes_are_found_wherever_they_stand),
		cmocka_unit_test(a_notice_says_what_was_stated_and_nothing_else),
		cmocka_unit_test(resources_have_their_own_lists),
		cmocka_unit_test(what_a_person_does_has_no_end_unless_stated),
		cmocka_unit_test(a_copy_is_what_parsing_would_have_given),
		cmocka_unit_test(a_copy_refuses_what_could_not_be_read_again),
		cmocka_unit_test(a_row_has_room_for_a_thousand_notices),
	};
	return cmocka_run_group_tests_name("event_alarm_json", tests, NULL, NULL);
}
