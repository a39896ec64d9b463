/* Events of availability as JSON: samples, sealed days, outage records and service windows. */
#include "tests/unit/event_json_support.h"

/* --- what is refused --- */

#define SAMPLES(rows)                                                                              \
	"{\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":9,\"samples\":[[\"web\",1,\"ok\"]," rows "]}"
#define SEALED(probes)                                                                             \
	"{\"lane\":\"probe:s\",\"day\":\"2026-11-21\",\"first_seq\":1,\"last_seq\":2,\"rows\":2,"  \
	"\"probes\":" probes "}"
#define OUTAGE(members)                                                                            \
	"{\"effect\":\"down\",\"service\":\"a\",\"from_ms\":1,\"reason\":\"r\"" members "}"
#define WINDOW(times) "{\"name\":\"n\",\"category\":\"planned\",\"times\":" times "}"

static const struct refusal refusals[] = {
	{"samples.reported", "{}", "body.boot_id: expected this member, which is missing"},
	{"samples.reported", "{\"boot_id\":\"a/b\",\"batch\":1,\"sent_ms\":1,\"samples\":[]}",
	 "body.boot_id: expected letters a-z, digits and . _ - only"},
	{"samples.reported", SAMPLES("7"),
	 "body.samples[1]: expected [probe, at_ms, state, latency_ms or null, text]"},
	{"samples.reported", SAMPLES("[\"web\",1]"), "body.samples[1]: expected [probe, at_ms"},
	{"samples.reported", SAMPLES("[\"web\",1,\"ok\",1,\"\",2]"), "body.samples[1]: expected"},
	{"samples.reported", SAMPLES("[\"we b\",1,\"ok\"]"),
	 "body.samples[1][0]: expected a probe's name: letters a-z, digits"},
	{"samples.reported", SAMPLES("[7,1,\"ok\"]"), "body.samples[1][0]: expected a probe's"},
	{"samples.reported", SAMPLES("[\"web\",\"1\",\"ok\"]"),
	 "body.samples[1][1]: expected an integer from 0 to 4102444800000"},
	{"samples.reported", SAMPLES("[\"web\",1.5,\"ok\"]"), "body.samples[1][1]: expected an"},
	{"samples.reported", SAMPLES("[\"web\",1,\"OK\"]"),
	 "body.samples[1][2]: expected ok, warning, critical or unknown"},
	{"samples.reported", SAMPLES("[\"web\",1,0]"), "body.samples[1][2]: expected ok, warning"},
	{"samples.reported", SAMPLES("[\"web\",1,\"ok\",-1]"),
	 "body.samples[1][3]: expected an integer from 0 to 86400000"},
	{"samples.reported", SAMPLES("[\"web\",1,\"ok\",null,\"a\\u0007\"]"),
	 "body.samples[1][4]: expected a text of at most 200 bytes without control"},
	{"samples.reported", SAMPLES("[\"web\",1,\"ok\",null,null]"),
	 "body.samples[1][4]: expected a text"},
	{"samples.reported",
	 "{\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":1,\"samples\":[],\"dropped\":[0,1,2]}",
	 "body.dropped[0]: expected an integer from 1"},
	{"samples.reported",
	 "{\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":1,\"samples\":[],\"dropped\":[1,2,1]}",
	 "body.dropped[2]: expected an instant not before dropped[1]"},
	{"samples.reported",
	 "{\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":1,\"samples\":[],\"dropped\":7}",
	 "body.dropped: expected [count, from_ms, to_ms]"},
	{"samples.reported",
	 "{\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":1,\"samples\":[],\"host\":\"x\"}",
	 "body.host: no such member is known here"},
	{"raw.sealed", SEALED("[]"), "body.probes: expected an object of lists of runs"},
	{"raw.sealed", SEALED("{\"web\":[]}"), "body.probes.web: expected a list of at least one"},
	{"raw.sealed", SEALED("{\"w b\":[[1,1,\"ok\",1]]}"), "body.probes.w b: expected a name"},
	{"raw.sealed", SEALED("{\"web\":[[1,1,\"ok\"]]}"),
	 "body.probes.web[0]: expected [first_ms, last_ms, state, count]"},
	{"raw.sealed", SEALED("{\"web\":[[5,4,\"ok\",1]]}"),
	 "body.probes.web[0][1]: expected an integer from 5"},
	{"raw.sealed", SEALED("{\"web\":[[5,5,\"up\",1]]}"),
	 "body.probes.web[0][2]: expected ok, warning, critical or unknown"},
	{"raw.sealed", SEALED("{\"web\":[[5,5,\"ok\",0]]}"), "body.probes.web[0][3]: expected an"},
	{"raw.sealed", SEALED("{\"web\":[[5,5,\"ok\",1],[5,6,\"critical\",1]]}"),
	 "body.probes.web: expected runs that begin at different instants"},
	{"outage.recorded", "{\"effect\":\"gone\"}",
	 "body.service: expected this member, which is missing"},
	{"outage.recorded",
	 "{\"effect\":\"gone\",\"service\":\"a\",\"from_ms\":1,\"reason\":\"r\"}",
	 "body.effect: expected down, degraded, cause or refute"},
	{"outage.recorded", OUTAGE(",\"cause\":\"weather\""),
	 "body.cause: expected unknown, vgr, supplier, municipality, third_party or force_majeure"},
	{"outage.recorded", OUTAGE(",\"municipalities\":\"1489\""),
	 "body.municipalities: expected a list of at most 2000"},
	{"outage.recorded", OUTAGE(",\"municipalities\":[\"1489\",7]"),
	 "body.municipalities[1]: expected a string"},
	{"outage.recorded", OUTAGE(",\"channel\":\"a b\""), "body.channel: expected letters"},
	{"outage.recorded", OUTAGE(",\"channel\":null"), "body.channel: expected a string"},
	{"outage.recorded", OUTAGE(",\"outage\":\"O-1\""), "body.outage: no such member"},
	{"outage.corrected", "{\"outage\":\"O-1\"}", "body.reason: expected this member"},
	{"outage.corrected", "{\"outage\":\"O-1\",\"reason\":\"r\",\"service\":\"a\"}",
	 "body.service: no such member"},
	{"outage.approved", "{\"outage\":\"O-1\",\"reason\":\"r\"}", "body.reason: no such member"},
	{"window.planned", WINDOW("[]"), "body.times: expected at least one [from_ms, to_ms]"},
	{"window.planned", WINDOW("[[1,2],[3]]"), "body.times[1]: expected [from_ms, to_ms]"},
	{"window.planned", WINDOW("[[1,1]]"), "body.times[0][1]: expected an integer from 2"},
	{"window.planned", WINDOW("[[1,5],[4,6]]"), "body.times[1][0]: expected an integer from 5"},
	{"window.planned", "{\"name\":\"n\",\"category\":\"secret\",\"times\":[[1,2]]}",
	 "body.category: expected planned or emergency"},
	{"window.planned", "{\"name\":\"\",\"category\":\"planned\",\"times\":[[1,2]]}",
	 "body.name: expected text that is not empty"},
	{"window.started", "{\"window\":\"W-1\"}", "body.at_ms: expected this member"},
	{"window.ended", "{\"at_ms\":1}", "body.window: expected this member"},
	{"window.withdrawn", "{\"window\":\"W-1.2\"}", "body.reason: expected this member"},
};

static void
bad_input_is_refused_with_its_place(void **state)
{
	(void)state;
	expect_refusals(refusals, sizeof(refusals) / sizeof(refusals[0]));
}

/* A batch of `count` samples with texts of `text` bytes, and spaces up to `length` bytes. */
static int
parse_batch(size_t count, size_t text, size_t length)
{
	static const char head[] =
		"{\"v\":1,\"kind\":\"samples.reported\",\"occurred_ms\":5,\"source\":\"s\","
		"\"event_id\":\"e\",\"body\":{\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":9,"
		"\"samples\":[";
	size_t room = sizeof(head) + count * (text + 64) + length;
	char *bytes = malloc(room), *at = bytes + sizeof(head) - 1;
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	int rc;

	assert_non_null(bytes);
	memcpy(bytes, head, sizeof(head));
	for (size_t i = 0; i < count; i++)
		at += snprintf(at, room - (size_t)(at - bytes),
			       "%s[\"probe-%zu\",1790000000000,\"ok\",12,\"%0*d\"]",
			       i > 0 ? "," : "", i, (int)text, 0);
	at = stpcpy(at, "]}}");
	while ((size_t)(at - bytes) < length)
		*at++ = ' ';
	rc = vg_event_parse(bytes, (size_t)(at - bytes), &parsed, &err);
	if (rc == 0)
		vg_parsed_event_free(&parsed);
	free(bytes);
	return rc;
}

static void
each_kind_has_its_own_maximum(void **state)
{
	(void)state;
	assert_int_equal(parse_batch(1000, 200, 0), 0); /* the longest texts have room */
	assert_int_equal(parse_batch(1001, 10, 0), VG_EINVALID);
	assert_int_equal(parse_batch(1, 201, 0), VG_EINVALID);
	assert_int_equal(parse_batch(1, 1, VG_SAMPLES_BYTES_MAX), 0);
	assert_int_equal(parse_batch(1, 1, VG_SAMPLES_BYTES_MAX + 1), VG_ELIMIT);
	assert_int_equal(vg_event_bytes_max(VG_KIND_RAW_SEALED), VG_SEAL_BYTES_MAX);
	assert_int_equal(vg_event_bytes_max(VG_KIND_AGREEMENT_APPLIED), VG_AGREEMENT_BYTES_MAX);
	assert_int_equal(vg_event_bytes_max(VG_KIND_WINDOW_PLANNED), VG_EVENT_BYTES_MAX);
}

/* --- canonical bytes --- */

static const struct spelling spellings[] = {
	{"samples.reported",
	 "{\"batch\":7,\"boot_id\":\"0af1\",\"dropped\":[12,100,200],\"samples\":[[\"web\",3,"
	 "\"ok\",12,\"HTTP 200 \\\"\xc3\xa5\\\"\"],[\"web\",1,\"critical\",null,\"timeout\"],"
	 "[\"db\",2,\"unknown\"],[\"db\",2,\"warning\",0]],\"sent_ms\":9}",
	 NULL},
	{"samples.reported",
	 "{\"sent_ms\":9,\"samples\":[[\"a\",1,\"ok\",null],[\"a\",2,\"ok\",null,\"\"],[\"a\",3,"
	 "\"ok\",4,\"\"]],\"boot_id\":\"b\",\"batch\":0}",
	 "{\"batch\":0,\"boot_id\":\"b\",\"samples\":[[\"a\",1,\"ok\"],[\"a\",2,\"ok\"],[\"a\",3,"
	 "\"ok\",4]],\"sent_ms\":9}"},
	{"samples.reported", "{\"batch\":1,\"boot_id\":\"b\",\"samples\":[],\"sent_ms\":9}", NULL},
	{"raw.sealed",
	 "{\"day\":\"2026-11-21\",\"first_seq\":3,\"head\":\"" SALT SALT
	 "\",\"lane\":\"probe:agent-1489\",\"last_seq\":90,\"probes\":{\"db\":[[5,5,\"ok\",1]],"
	 "\"web\":[[1,4,\"ok\",3],[6,6,\"critical\",1]]},\"rows\":88}",
	 NULL},
	{"raw.sealed",
	 "{\"lane\":\"main\",\"day\":\"2026-11-21\",\"first_seq\":0,\"last_seq\":0,\"rows\":0,"
	 "\"probes\":{\"web\":[[6,6,\"critical\",1],[1,4,\"ok\",3]],\"db\":[[5,5,\"ok\",1]]}}",
	 "{\"day\":\"2026-11-21\",\"first_seq\":0,\"lane\":\"main\",\"last_seq\":0,\"probes\":{"
	 "\"db\":[[5,5,\"ok\",1]],\"web\":[[1,4,\"ok\",3],[6,6,\"critical\",1]]},\"rows\":0}"},
	{"raw.sealed",
	 "{\"day\":\"2026-11-21\",\"first_seq\":0,\"lane\":\"probe:s\",\"last_seq\":0,\"probes\":{}"
	 ",\"rows\":0}",
	 NULL},
	{"outage.recorded",
	 "{\"cause\":\"supplier\",\"channel\":\"mobile\",\"effect\":\"degraded\",\"from_ms\":1,"
	 "\"municipalities\":[\"1480\",\"1489\"],\"reason\":\"r\",\"service\":\"journal\","
	 "\"to_ms\":9}",
	 NULL},
	{"outage.recorded",
	 "{\"effect\":\"refute\",\"service\":\"a\",\"channel\":\"\",\"from_ms\":1,\"to_ms\":null,"
	 "\"cause\":\"unknown\",\"municipalities\":[],\"reason\":\"r\",\"source\":\"agent-1489\","
	 "\"probe\":\"web\"}",
	 "{\"effect\":\"refute\",\"from_ms\":1,\"probe\":\"web\",\"reason\":\"r\",\"service\":"
	 "\"a\",\"source\":\"agent-1489\"}"},
	{"outage.corrected",
	 "{\"cause\":\"unknown\",\"channel\":\"\",\"effect\":\"down\",\"from_ms\":0,"
	 "\"municipalities\":[],\"outage\":\"O-12\",\"reason\":\"r\",\"to_ms\":null}",
	 NULL},
	{"outage.corrected", "{\"outage\":\"O-12\",\"reason\":\"r\",\"to_ms\":7}", NULL},
	{"outage.corrected",
	 "{\"outage\":\"O-12\",\"reason\":\"r\",\"municipalities\":[\"1489\",\"1401\",\"1489\"]}",
	 "{\"municipalities\":[\"1401\",\"1489\"],\"outage\":\"O-12\",\"reason\":\"r\"}"},
	{"outage.approved", "{\"outage\":\"O-12\"}", NULL},
	{"outage.withdrawn", "{\"outage\":\"O-12\",\"reason\":\"r\"}", NULL},
	{"window.planned",
	 "{\"agreed_by\":\"1489\",\"announced_ms\":0,\"category\":\"emergency\",\"channels\":["
	 "\"mobile\"],\"municipalities\":[\"1489\"],\"name\":\"Byte av server\",\"reason\":\"r\","
	 "\"rrule\":\"FREQ=WEEKLY\",\"services\":[\"a\",\"b\"],\"times\":[[1,2],[2,3],[9,10]],"
	 "\"uid\":\"u@x\"}",
	 NULL},
	{"window.planned", "{\"category\":\"planned\",\"name\":\"n\",\"times\":[[1,2]]}", NULL},
	{"window.approved", "{\"window\":\"W-1\"}", NULL},
	{"window.started", "{\"at_ms\":4,\"window\":\"W-1.0\"}", NULL},
	{"window.ended", "{\"at_ms\":4,\"window\":\"W-1.0\"}", NULL},
	{"window.withdrawn", "{\"reason\":\"r\",\"window\":\"W-1\"}", NULL},
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
samples_keep_their_order_and_what_they_lack(void **state)
{
	struct vg_parsed_event parsed;
	const struct vg_samples_body *body = &parsed.event.body.samples;

	(void)state;
	parse(spellings[0].kind, spellings[0].body, &parsed);
	assert_string_equal(body->boot_id, "0af1");
	assert_int_equal(body->batch, 7);
	assert_int_equal(body->dropped, 12);
	assert_int_equal(body->dropped_from_ms, 100);
	assert_int_equal(body->dropped_to_ms, 200);
	assert_int_equal(body->count, 4);
	assert_int_equal(body->sample[0].at_ms, 3);
	assert_int_equal(body->sample[0].latency_ms, 12);
	assert_string_equal(body->sample[1].text, "timeout");
	assert_int_equal(body->sample[1].latency_ms, -1);
	assert_int_equal(body->sample[1].state, VG_SAMPLE_CRITICAL);
	assert_string_equal(body->sample[2].text, "");
	assert_string_equal(body->sample[3].probe, "db");
	assert_int_equal(body->sample[3].latency_ms, 0);
	vg_parsed_event_free(&parsed);
}

static void
sealed_runs_come_sorted(void **state)
{
	struct vg_parsed_event parsed;
	const struct vg_sealed_body *body = &parsed.event.body.sealed;

	(void)state;
	parse(spellings[4].kind, spellings[4].body, &parsed);
	assert_int_equal(body->day, 20778);
	assert_int_equal(body->count, 3);
	assert_string_equal(body->run[0].probe, "db");
	assert_string_equal(body->run[1].probe, "web");
	assert_int_equal(body->run[1].first_ms, 1);
	assert_int_equal(body->run[1].last_ms, 4);
	assert_int_equal(body->run[1].count, 3);
	assert_int_equal(body->run[2].state, VG_SAMPLE_CRITICAL);
	assert_string_equal(body->head, "");
	vg_parsed_event_free(&parsed);
}

static void
a_correction_says_what_it_states(void **state)
{
	struct vg_parsed_event parsed;
	const struct vg_outage_body *body = &parsed.event.body.outage;

	(void)state;
	parse("outage.corrected", "{\"outage\":\"O-1\",\"reason\":\"r\",\"to_ms\":null}", &parsed);
	assert_int_equal(body->set, VG_OUTAGE_SET_TO);
	assert_int_equal(body->to_ms, INT64_MAX);
	vg_parsed_event_free(&parsed);
	parse("outage.corrected",
	      "{\"outage\":\"O-1\",\"reason\":\"r\",\"municipalities\":[\"1489\",\"1401\"],"
	      "\"cause\":\"vgr\"}",
	      &parsed);
	assert_int_equal(body->set, VG_OUTAGE_SET_MUNICIPALITIES | VG_OUTAGE_SET_CAUSE);
	assert_string_equal(body->municipalities, "1401 1489");
	assert_int_equal(body->cause, VG_PARTY_VGR);
	vg_parsed_event_free(&parsed);
	parse("outage.recorded", OUTAGE(""), &parsed);
	assert_int_equal(body->set, VG_OUTAGE_SET_EFFECT | VG_OUTAGE_SET_CHANNEL |
					    VG_OUTAGE_SET_MUNICIPALITIES | VG_OUTAGE_SET_FROM |
					    VG_OUTAGE_SET_TO | VG_OUTAGE_SET_CAUSE);
	assert_int_equal(body->to_ms, INT64_MAX);
	assert_string_equal(body->municipalities, "");
	vg_parsed_event_free(&parsed);
}

static void
a_window_has_its_times_and_scope(void **state)
{
	struct vg_parsed_event parsed;
	const struct vg_window_body *body = &parsed.event.body.window;

	(void)state;
	parse("window.planned",
	      "{\"name\":\"n\",\"category\":\"planned\",\"services\":[\"b\",\"a\"],\"times\":[[1,"
	      "2],[5,9]]}",
	      &parsed);
	assert_string_equal(body->services, "a b");
	assert_string_equal(body->channels, "");
	assert_int_equal(body->announced_ms, -1);
	assert_int_equal(body->times, 2);
	assert_int_equal(body->time[1][0], 5);
	assert_int_equal(body->time[1][1], 9);
	vg_parsed_event_free(&parsed);
}

static void
lists_of_ids_are_bounded(void **state)
{
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	char list[12000], *at = list, *body, *text;

	(void)state;
	for (int i = 0; i < 801; i++)
		at += snprintf(at, 12, "%s\"%04d\"", i > 0 ? "," : "", i);
	assert_true(asprintf(&body, "{\"outage\":\"O-1\",\"reason\":\"r\",\"municipalities\":[%s]}",
			     list) > 0);
	text = event_of("outage.corrected", body);
	assert_int_equal(vg_event_parse(text, strlen(text), &parsed, &err), VG_EINVALID);
	assert_non_null(strstr(err.text, "body.municipalities: expected ids of at most 4000"));
	free(text);
	free(body);
}

/* --- a body alone --- */

#define BATCH "{\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":9,\"samples\":[[\"web\",1,\"ok\"]]}"

static void
a_body_alone_is_the_same_event(void **state)
{
	struct vg_parsed_event whole, alone;
	size_t lengths[2];
	char *bytes[2];

	(void)state;
	parse("samples.reported", BATCH, &whole);
	assert_int_equal(vg_event_parse_body(VG_KIND_SAMPLES_REPORTED, 5, BATCH, strlen(BATCH),
					     &alone, NULL),
			 0);
	alone.event.source = "s";
	alone.event.event_id = "e";
	bytes[0] = vg_event_canonical(&whole.event, SALT, &lengths[0]);
	bytes[1] = vg_event_canonical(&alone.event, SALT, &lengths[1]);
	assert_string_equal(bytes[0], bytes[1]);
	free(bytes[0]);
	free(bytes[1]);
	vg_parsed_event_free(&whole);
	vg_parsed_event_free(&alone);
}

static void
a_body_is_one_object_and_no_envelope(void **state)
{
	static const struct {
		const char *body, *want;
	} cases[] = {
		{BATCH ",\"salt\":\"00\"", "line 1, column 65: "},
		{BATCH ",\"source_order\":7,\"x\":{", "line 1, column 65: "},
		{BATCH "}", "line 1, column 65: "},
		{"", "line 1, column 0: "},
		{"[" BATCH "]", "expected one JSON object"},
		{"{\"body\":" BATCH "}", "body.boot_id: expected this member, which is missing"},
		{"{\"import\":\"i\","
		 "\"boot_id\":\"b\",\"batch\":1,\"sent_ms\":9,\"samples\":[]}",
		 "body."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_parsed_event parsed;
		struct vg_err err = {0};

		assert_int_equal(vg_event_parse_body(VG_KIND_SAMPLES_REPORTED, 5, cases[i].body,
						     strlen(cases[i].body), &parsed, &err),
				 VG_EINVALID);
		if (strncmp(err.text, cases[i].want, strlen(cases[i].want)) != 0)
			fail_msg("%s: %s", cases[i].body, err.text);
	}
}

static void
a_body_ends_where_its_bytes_do(void **state)
{
	static const char body[] = BATCH "\0,\"salt\":\"00\"";
	struct vg_parsed_event parsed;
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(vg_event_parse_body(VG_KIND_SAMPLES_REPORTED, 5, body, sizeof(body) - 1,
					     &parsed, &err),
			 VG_EINVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_input_is_refused_with_its_place),
		cmocka_unit_test(each_kind_has_its_own_maximum),
		cmocka_unit_test(one_event_has_one_spelling),
		cmocka_unit_test(canonical_bytes_are_what_a_json_library_would_write),
		cmocka_unit_test(samples_keep_their_order_and_what_they_lack),
		cmocka_unit_test(sealed_runs_come_sorted),
		cmocka_unit_test(a_correction_says_what_it_states),
		cmocka_unit_test(a_window_has_its_times_and_scope),
		cmocka_unit_test(lists_of_ids_are_bounded),
		cmocka_unit_test(a_body_alone_is_the_same_event),
		cmocka_unit_test(a_body_is_one_object_and_no_envelope),
		cmocka_unit_test(a_body_ends_where_its_bytes_do),
	};
	return cmocka_run_group_tests_name("event_avail_json", tests, NULL, NULL);
}
