/* Events of the fee as JSON: acts, objections, statements, comments. */
#include "tests/unit/event_json_support.h"

/* --- what is refused --- */

static const struct refusal refusals[] = {
	{"rate.proposed", "{}", "body.reason: expected this member, which is missing"},
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"\",\"rate_ppb\":25000000,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 "body.index: expected letters a-z, digits and . _ - only"},
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":-1000000000,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 "body.rate_ppb: expected an integer from -999999999 to 1000000000"},
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":2.5,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 "body.rate_ppb: expected an integer from"},
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":25000000,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":1969}",
	 "body.year: expected an integer from 1970 to 2100"},
	{"rate.proposed",
	 "{\"decided\":\"2026-02-30\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":25000000,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 "body.decided: expected a date as 2026-01-31"},
	{"rate.proposed",
	 "{\"decided\":\"1969-12-31\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":25000000,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 "body.decided: expected a date from 1970-01-01 on"},
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"index\":\"vgr\",\"rate_ppb\":25000000,\"reason\":"
	 "\"Beslutad uppräkning\",\"year\":2027}",
	 "body.document: expected this member, which is missing"},
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":25000000,\"reason\":\"\",\"year\":2027}",
	 "body.reason: expected text that is not empty"},
	{"rate.proposed",
	 "{\"cost_ore\":1,\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":25000000,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 "body.cost_ore: no such member is known here"},
	{"cost.proposed",
	 "{\"cost_ore\":-1,\"decided\":\"2027-02-01\",\"document\":\"RS "
	 "2027-00111\",\"reason\":\"Bokslut\",\"year\":2026}",
	 "body.cost_ore: expected an integer from 0 to 100000000000000"},
	{"cost.proposed",
	 "{\"cost_ore\":2950000000,\"decided\":\"2027-02-01\",\"document\":\"RS "
	 "2027-00111\",\"index\":\"vgr\",\"reason\":\"Bokslut\",\"year\":2026}",
	 "body.index: no such member is known here"},
	{"override.proposed",
	 "{\"outcome\":\"maybe\",\"reason\":\"Följdfel av bytet\",\"ticket\":\"V-12\"}",
	 "body.outcome: expected counts, not_counted or as_rules"},
	{"override.proposed", "{\"outcome\":\"not_counted\",\"reason\":\"Följdfel av bytet\"}",
	 "body.ticket: expected this member, which is missing"},
	{"opening.proposed",
	 "{\"month\":\"2026-13\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[{\"month\":\"2026-10\",\"price_ore\":25000,\"ref\":\"INC-7\","
	 "\"source\":\"itsm\"},{\"month\":\"2026-09\",\"price_ore\":25000,\"ref\":\"INC-9\","
	 "\"source\":\"itsm\"}]}",
	 "body.month: expected a month as 2026-01"},
	{"opening.proposed",
	 "{\"month\":\"2026-1\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[{\"month\":\"2026-10\",\"price_ore\":25000,\"ref\":\"INC-7\","
	 "\"source\":\"itsm\"},{\"month\":\"2026-09\",\"price_ore\":25000,\"ref\":\"INC-9\","
	 "\"source\":\"itsm\"}]}",
	 "body.month: expected a month as 2026-01"},
	{"opening.proposed",
	 "{\"month\":\" "
	 "2026-1\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":2950000,"
	 "\"tickets\":[{\"month\":\"2026-10\",\"price_ore\":25000,\"ref\":\"INC-7\",\"source\":"
	 "\"itsm\"},{\"month\":\"2026-09\",\"price_ore\":25000,\"ref\":\"INC-9\",\"source\":"
	 "\"itsm\"}]}",
	 "body.month: expected a month as 2026-01"},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":{}}",
	 "body.tickets: expected a list of at most 1000"},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[7]}",
	 "body.tickets[0].source: expected a row {source, ref, month, price_ore}, an object"},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[{\"month\":\"2026-10\",\"price_ore\":25000,\"ref\":\"INC-7\","
	 "\"source\":\"itsm\"},{\"month\":\"2026-10\",\"price_ore\":25000,\"ref\":\"\",\"source\":"
	 "\"itsm\"}]}",
	 "body.tickets[1].ref: expected text that is not empty"},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[{\"month\":\"2026-00\",\"price_ore\":25000,\"ref\":\"INC-7\","
	 "\"source\":\"itsm\"}]}",
	 "body.tickets[0].month: expected a month as 2026-01"},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[{\"month\":\"2026-10\",\"price_ore\":\"250\",\"ref\":\"INC-7\","
	 "\"source\":\"itsm\"}]}",
	 "body.tickets[0].price_ore: expected an integer from 0 to 100000000000000"},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[{\"month\":\"2026-10\",\"price_ore\":25000,\"ref\":\"INC-7\","
	 "\"source\":\"itsm\",\"title\":\"x\"}]}",
	 "body.tickets[0].title: no such member is known here"},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"municipalities\":[\"1489\"],\"operation_ore\":18958333,"
	 "\"reason\":\"Övertag\",\"support_ore\":2950000,\"tickets\":[{\"month\":\"2026-10\","
	 "\"price_ore\":25000,\"ref\":\"INC-7\",\"source\":\"itsm\"},{\"month\":\"2026-09\","
	 "\"price_ore\":25000,\"ref\":\"INC-9\",\"source\":\"itsm\"}]}",
	 "body.municipalities: no such member is known here"},
	{"close.proposed",
	 "{\"month\":202610,\"municipalities\":[\"1480\",\"1489\"],\"reason\":\"Femte "
	 "arbetsdagen\"}",
	 "body.month: expected a string"},
	{"close.proposed",
	 "{\"month\":\"2026-10\",\"municipalities\":\"1489\",\"reason\":\"Femte arbetsdagen\"}",
	 "body.municipalities: expected a list of at most 2000"},
	{"close.proposed",
	 "{\"month\":\"2026-10\",\"municipalities\":[\"14 89\"],\"reason\":\"Femte arbetsdagen\"}",
	 "body.municipalities[0]: expected letters a-z, digits and . _ - only"},
	{"act.approved", "{\"act\":\"P 1\"}",
	 "body.act: expected letters a-z, digits and . _ - only"},
	{"act.approved", "{\"act\":\"P-1\",\"automatic\":1}",
	 "body.automatic: expected true or false"},
	{"act.rejected", "{\"act\":\"P-1\"}",
	 "body.reason: expected this member, which is missing"},
	{"act.rejected", "{\"act\":\"P-12\",\"automatic\":true,\"reason\":\"Fel år\"}",
	 "body.automatic: no such member is known here"},
	{"objection.raised", "{\"month\":\"2026-10\",\"reason\":\"\",\"ticket\":\"V-12\"}",
	 "body.reason: expected text that is not empty"},
	{"objection.raised",
	 "{\"line\":4,\"month\":\"2026-10\",\"reason\":\"Orsaken låg hos "
	 "VGR\",\"ticket\":\"V-12\"}",
	 "body.line: no such member is known here"},
	{"objection.decided", "{\"objection\":\"D-40\",\"reason\":\"Stämmer\"}",
	 "body.accepted: expected this member, which is missing"},
	{"objection.decided",
	 "{\"accepted\":\"yes\",\"objection\":\"D-40\",\"reason\":\"Stämmer\"}",
	 "body.accepted: expected true or false"},
	{"report.made",
	 "{\"month\":\"2026-10\",\"as_of_seq\":9,\"head\":\"" SALT SALT
	 "\",\"model_sha256\":\"" SALT SALT "\",\"scope\":\"kommun:1489\"}",
	 "body.scope: expected federation:CODE, municipality:CODE or administration:NAME"},
	{"report.made",
	 "{\"month\":\"2026-10\",\"as_of_seq\":9,\"head\":\"" SALT SALT
	 "\",\"model_sha256\":\"" SALT SALT "\",\"before_seq\":10}",
	 "body.before_seq: expected an integer from 1 to 9"},
	{"statement.published",
	 "{\"files\":[{\"bytes\":81234,\"name\":\"2026-10-1489.json\",\"sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"},{\"bytes\":0,"
	 "\"name\":\"2026-10-1489.pdf\",\"sha256\":"
	 "\"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210\"}],\"model_sha256\":"
	 "\"ab\",\"month\":\"2026-10\"}",
	 "body.model_sha256: expected 64 lower-case hex digits"},
	{"statement.published",
	 "{\"files\":[],\"model_sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"month\":\"2026-"
	 "10\"}",
	 "body.files: expected at least one {name, sha256, bytes}"},
	{"statement.published",
	 "{\"files\":[\"a\"],\"model_sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"month\":\"2026-"
	 "10\"}",
	 "body.files[0].name: expected a file {name, sha256, bytes}, an object"},
	{"statement.published",
	 "{\"files\":[{\"bytes\":81234,\"name\":\"2026-10-1489.json\",\"sha256\":"
	 "\"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF\"}],\"model_sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"month\":\"2026-"
	 "10\"}",
	 "body.files[0].sha256: expected 64 lower-case hex digits"},
	{"statement.published",
	 "{\"files\":[{\"bytes\":81234,\"name\":\"2026-10-1489.json\",\"sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"},{\"bytes\":-1,"
	 "\"name\":\"2026-10-1489.json\",\"sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}],\"model_sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"month\":\"2026-"
	 "10\"}",
	 "body.files[1].bytes: expected an integer from 0 to 9223372036854775807"},
	{"statement.published",
	 "{\"files\":[{\"bytes\":81234,\"name\":\"2026-10-1489.json\",\"sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"},{\"bytes\":0,"
	 "\"name\":\"2026-10-1489.pdf\",\"sha256\":"
	 "\"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210\"}],\"invoice\":\"1\","
	 "\"model_sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
	 "\"month\":\"2026-10\"}",
	 "body.invoice: no such member is known here"},
	{"invoice.recorded", "{\"day\":\"2026-11-12\",\"invoice\":\"\",\"month\":\"2026-10\"}",
	 "body.invoice: expected text that is not empty"},
	{"invoice.recorded",
	 "{\"day\":\"12.11.2026\",\"invoice\":\"F-2026-118\",\"month\":\"2026-10\"}",
	 "body.day: expected a date as 2026-01-31"},
	{"comment.made",
	 "{\"action\":\"Byte av kort\",\"cause\":\"Fel i "
	 "lastdelaren\",\"due\":\"2026-12-15\",\"kpi\":\"P "
	 "1\",\"month\":\"2026-10\",\"owner\":\"Drift nät\",\"service\":\"journal\"}",
	 "body.kpi: expected letters a-z, digits and . _ - only"},
	{"comment.made",
	 "{\"action\":\"Byte av kort\",\"cause\":\"Fel i "
	 "lastdelaren\",\"due\":\"2026-12-15\",\"kpi\":\"resolution_p1\",\"month\":\"2026-10\","
	 "\"owner\":\"Drift nät\",\"service\":\"a b\"}",
	 "body.service: expected letters a-z, digits and . _ - only"},
	{"comment.made",
	 "{\"action\":\"Byte av kort\",\"cause\":\"Fel i "
	 "lastdelaren\",\"due\":\"2026-12-15\",\"kpi\":\"resolution_p1\",\"month\":\"2026-10\","
	 "\"service\":\"journal\"}",
	 "body.owner: expected this member, which is missing"},
	{"comment.made",
	 "{\"action\":\"Byte av kort\",\"cause\":\"Fel i "
	 "lastdelaren\",\"due\":\"soon\",\"kpi\":\"resolution_p1\",\"month\":\"2026-10\",\"owner\":"
	 "\"Drift nät\",\"service\":\"journal\"}",
	 "body.due: expected a date as 2026-01-31"},
	{"comment.made",
	 "{\"action\":\"Byte av kort\",\"cause\":\"Fel i "
	 "lastdelaren\",\"kpi\":\"resolution_p1\",\"month\":\"2026-10\",\"owner\":\"Drift "
	 "nät\",\"reason\":\"r\",\"service\":\"journal\"}",
	 "body.reason: no such member is known here"},
};

static void
bad_input_is_refused_with_its_place(void **state)
{
	(void)state;
	expect_refusals(refusals, sizeof(refusals) / sizeof(refusals[0]));
}

/* --- canonical bytes --- */

static const struct spelling spellings[] = {
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":25000000,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 NULL},
	{"cost.proposed",
	 "{\"cost_ore\":2950000000,\"decided\":\"2027-02-01\",\"document\":\"RS "
	 "2027-00111\",\"reason\":\"Bokslut\",\"year\":2026}",
	 NULL},
	{"override.proposed",
	 "{\"outcome\":\"not_counted\",\"reason\":\"Följdfel av bytet\",\"ticket\":\"V-12\"}",
	 NULL},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[{\"month\":\"2026-10\",\"price_ore\":25000,\"ref\":\"INC-7\","
	 "\"source\":\"itsm\"},{\"month\":\"2026-09\",\"price_ore\":25000,\"ref\":\"INC-9\","
	 "\"source\":\"itsm\"}]}",
	 NULL},
	{"close.proposed",
	 "{\"month\":\"2026-10\",\"municipalities\":[\"1480\",\"1489\"],\"reason\":\"Femte "
	 "arbetsdagen\"}",
	 NULL},
	{"act.approved", "{\"act\":\"P-12\",\"automatic\":true,\"reason\":\"Kontrollerad\"}", NULL},
	{"act.rejected", "{\"act\":\"P-12\",\"reason\":\"Fel år\"}", NULL},
	{"objection.raised",
	 "{\"month\":\"2026-10\",\"reason\":\"Orsaken låg hos VGR\",\"ticket\":\"V-12\"}", NULL},
	{"objection.decided", "{\"accepted\":true,\"objection\":\"D-40\",\"reason\":\"Stämmer\"}",
	 NULL},
	{"statement.published",
	 "{\"files\":[{\"bytes\":81234,\"name\":\"2026-10-1489.json\",\"sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"},{\"bytes\":0,"
	 "\"name\":\"2026-10-1489.pdf\",\"sha256\":"
	 "\"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210\"}],\"model_sha256\":"
	 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"month\":\"2026-"
	 "10\"}",
	 NULL},
	{"invoice.recorded",
	 "{\"day\":\"2026-11-12\",\"invoice\":\"F-2026-118\",\"month\":\"2026-10\"}", NULL},
	{"comment.made",
	 "{\"action\":\"Byte av kort\",\"cause\":\"Fel i "
	 "lastdelaren\",\"due\":\"2026-12-15\",\"kpi\":\"resolution_p1\",\"month\":\"2026-10\","
	 "\"owner\":\"Drift nät\",\"service\":\"journal\"}",
	 NULL},
	{"override.proposed",
	 "{\"outcome\":\"as_rules\",\"reason\":\"Följdfel av bytet\",\"ticket\":\"V-12\"}", NULL},
	{"opening.proposed",
	 "{\"month\":\"2026-11\",\"operation_ore\":18958333,\"reason\":\"Övertag\",\"support_ore\":"
	 "2950000,\"tickets\":[]}",
	 NULL},
	{"close.proposed",
	 "{\"reason\":\"r\",\"month\":\"2026-10\",\"municipalities\":[\"1489\",\"1480\",\"1489\"]}",
	 "{\"month\":\"2026-10\",\"municipalities\":[\"1480\",\"1489\"],\"reason\":\"r\"}"},
	{"close.proposed", "{\"reason\":\"r\",\"municipalities\":[],\"month\":\"2026-10\"}",
	 "{\"month\":\"2026-10\",\"reason\":\"r\"}"},
	{"act.approved", "{\"reason\":\"\",\"automatic\":false,\"act\":\"P-1\"}",
	 "{\"act\":\"P-1\"}"},
	{"objection.raised", "{\"ticket\":\"\",\"month\":\"2026-10\",\"reason\":\"r\"}",
	 "{\"month\":\"2026-10\",\"reason\":\"r\"}"},
	{"objection.decided", "{\"reason\":\"r\",\"objection\":\"D-1\",\"accepted\":false}",
	 "{\"accepted\":false,\"objection\":\"D-1\",\"reason\":\"r\"}"},
	{"comment.made",
	 "{\"action\":\"a\",\"cause\":\"c\",\"kpi\":\"availability\",\"month\":\"2026-10\","
	 "\"owner\":\"o\",\"service\":\"\"}",
	 "{\"action\":\"a\",\"cause\":\"c\",\"kpi\":\"availability\",\"month\":\"2026-10\","
	 "\"owner\":\"o\"}"},
	{"rate.proposed",
	 "{\"decided\":\"2026-11-20\",\"document\":\"RS "
	 "2026-01234\",\"index\":\"vgr\",\"rate_ppb\":-999999999,\"reason\":\"Beslutad "
	 "uppräkning\",\"year\":2027}",
	 NULL},
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

/* --- what the typed form says --- */

static void
an_opening_is_that_of_the_municipality_around_it(void **state)
{
	static const char input[] =
		"{\"v\":1,\"kind\":\"opening.proposed\",\"occurred_ms\":5,\"municipality\":"
		"\"1489\",\"body\":{\"month\":\"2026-11\",\"support_ore\":1,\"operation_ore\":2,"
		"\"tickets\":[{\"source\":\"itsm\",\"ref\":\"7\",\"month\":\"2026-10\","
		"\"price_ore\":25000}],\"reason\":\"r\"}}";
	struct vg_parsed_event parsed;
	const struct vg_act_body *body = &parsed.event.body.act;

	(void)state;
	assert_int_equal(vg_event_parse(input, sizeof(input) - 1, &parsed, NULL), 0);
	assert_string_equal(body->municipalities, "1489");
	assert_int_equal(body->month, 2026 * 12 + 10);
	assert_int_equal(body->support_ore, 1);
	assert_int_equal(body->operation_ore, 2);
	assert_int_equal(body->count, 1);
	assert_int_equal(body->row[0].month, 2026 * 12 + 9);
	assert_int_equal(body->row[0].price_ore, 25000);
	vg_parsed_event_free(&parsed);
}

static void
what_is_not_said_is_empty(void **state)
{
	struct vg_parsed_event parsed;

	(void)state;
	parse("act.approved", "{\"act\":\"P-1\"}", &parsed);
	assert_string_equal(parsed.event.body.act.reason, "");
	assert_string_equal(parsed.event.body.act.municipalities, "");
	assert_false(parsed.event.body.act.automatic);
	vg_parsed_event_free(&parsed);
	parse("close.proposed", "{\"month\":\"2026-10\",\"reason\":\"r\"}", &parsed);
	assert_string_equal(parsed.event.body.act.municipalities, "");
	assert_string_equal(parsed.event.body.act.act, "");
	vg_parsed_event_free(&parsed);
	parse("comment.made",
	      "{\"month\":\"2026-10\",\"kpi\":\"k\",\"cause\":\"c\",\"action\":\"a\",\"owner\":"
	      "\"o\"}",
	      &parsed);
	assert_int_equal(parsed.event.body.comment.due_day, -1);
	assert_string_equal(parsed.event.body.comment.service, "");
	vg_parsed_event_free(&parsed);
}

/* --- bounds --- */

/* The body with `count` times the item in its list. */
static char *
body_with(const char *head, const char *item, size_t count)
{
	size_t room = strlen(head) + count * (strlen(item) + 1) + 3;
	char *text = malloc(room), *at;

	assert_non_null(text);
	at = stpcpy(text, head);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*at++ = ',';
		at = stpcpy(at, item);
	}
	(void)stpcpy(at, "]}");
	return text;
}

static void
expect_count(const char *kind, const char *head, const char *item, size_t most, const char *want)
{
	struct vg_parsed_event parsed;
	char *body = body_with(head, item, most);
	struct refusal refusal = {.kind = kind, .want = want};

	parse(kind, body, &parsed);
	vg_parsed_event_free(&parsed);
	free(body);
	body = body_with(head, item, most + 1);
	refusal.body = body;
	expect_refusals(&refusal, 1);
	free(body);
}

static void
lists_have_their_most(void **state)
{
	(void)state;
	expect_count(
		"opening.proposed",
		"{\"month\":\"2026-11\",\"support_ore\":0,\"operation_ore\":0,\"reason\":\"r\","
		"\"tickets\":[",
		"{\"source\":\"itsm\",\"ref\":\"INC0000000000000000000000000000000000000\","
		"\"month\":\"2026-10\",\"price_ore\":25000}",
		VG_OPENING_TICKETS_MAX, "body.tickets: expected a list of at most 1000");
	expect_count("statement.published",
		     "{\"month\":\"2026-10\",\"model_sha256\":\"" SALT SALT "\",\"files\":[",
		     "{\"name\":\"a\",\"sha256\":\"" SALT SALT "\",\"bytes\":1}",
		     VG_PUBLISHED_FILES_MAX, "body.files: expected a list of at most 32");
	assert_int_equal(vg_event_bytes_max(VG_KIND_OPENING_PROPOSED), VG_OPENING_BYTES_MAX);
	assert_int_equal(vg_event_bytes_max(VG_KIND_CLOSE_PROPOSED), VG_EVENT_BYTES_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_input_is_refused_with_its_place),
		cmocka_unit_test(one_event_has_one_spelling),
		cmocka_unit_test(canonical_bytes_are_what_a_json_library_would_write),
		cmocka_unit_test(an_opening_is_that_of_the_municipality_around_it),
		cmocka_unit_test(what_is_not_said_is_empty),
		cmocka_unit_test(lists_have_their_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
