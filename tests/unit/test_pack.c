/* Evidence packs: which rows of a ledger go into one, and that no byte of one can be changed. */
#include "core/core.h"
#include "lib/crypto/crypto.h"
#include "lib/json/event_json.h"
#include "lib/pack/check.h"
#include "lib/pack/own.h"
#include "lib/pack/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define SALT	 "00112233445566778899aabbccddeeff"
#define FIRST_MS INT64_C(1790000000000)
#define CODE	 "1489"

/* A ledger of lane main, its rows from sequence 1 on, a second apart. */
struct entry {
	const char *kind, *municipality; /* NULL = none is stated */
	const char *body;
	bool own; /* of 1489's */
};

static const struct entry ledger[] = {
	/* 1 */ {"ticket.reported", CODE, "{\"ref\":\"T1\",\"status\":\"new\"}", true},
	/* 2: of another, and named by one of its own */
	{"ticket.reported", "1480", "{\"ref\":\"T2\",\"status\":\"new\"}", true},
	/* 3: moved here later */
	{"ticket.reported", "1480", "{\"ref\":\"T3\",\"status\":\"new\"}", true},
	/* 4: nobody's, a parent of one of its own */
	{"ticket.reported", NULL, "{\"ref\":\"T4\",\"status\":\"new\"}", true},
	/* 5 */ {"ticket.corrected", CODE, "{\"ticket\":\"T3\",\"reason\":\"flytt\"}", true},
	/* 6 */
	{"ticket.reported", NULL, "{\"ref\":\"T1\",\"major_incident\":\"T4\",\"reopen_of\":\"T2\"}",
	 true},
	/* 7 */ {"tick", NULL, "{}", false},
	/* 8 */
	{"users.read", CODE, "{\"day\":\"2026-09-01\",\"users\":130,\"rule\":\"licensed\"}", true},
	/* 9 */
	{"users.read", "1480", "{\"day\":\"2026-09-01\",\"users\":90,\"rule\":\"licensed\"}",
	 false},
	/* 10: of all */
	{"outage.recorded", NULL,
	 "{\"effect\":\"down\",\"service\":\"journal\",\"from_ms\":1,\"to_ms\":9,\"cause\":\"vgr\","
	 "\"reason\":\"r\"}",
	 true},
	/* 11: of another */
	{"outage.recorded", NULL,
	 "{\"effect\":\"down\",\"service\":\"journal\",\"municipalities\":[\"1480\"],\"from_ms\":1,"
	 "\"to_ms\":9,\"cause\":\"vgr\",\"reason\":\"r\"}",
	 false},
	/* 12: of another at first */
	{"outage.recorded", NULL,
	 "{\"effect\":\"down\",\"service\":\"journal\",\"municipalities\":[\"1480\"],\"from_ms\":1,"
	 "\"to_ms\":9,\"cause\":\"vgr\",\"reason\":\"r\"}",
	 true},
	/* 13 */
	{"outage.corrected", NULL,
	 "{\"outage\":\"O-12\",\"municipalities\":[\"1480\",\"1489\"],\"reason\":\"r\"}", true},
	/* 14 */ {"outage.approved", NULL, "{\"outage\":\"O-11\"}", false},
	/* 15 */ {"outage.approved", NULL, "{\"outage\":\"O-12\"}", true},
	/* 16 */
	{"rate.proposed", NULL,
	 "{\"index\":\"vgr\",\"year\":2027,\"rate_ppb\":25000000,\"decided\":\"2026-11-20\","
	 "\"document\":\"RS 1\",\"reason\":\"r\"}",
	 true},
	/* 17 */ {"act.approved", NULL, "{\"act\":\"P-16\"}", true},
	/* 18: on what one of its own names */
	{"override.proposed", NULL,
	 "{\"ticket\":\"V-2\",\"outcome\":\"not_counted\",\"reason\":\"r\"}", true},
	/* 19 */ {"act.approved", NULL, "{\"act\":\"P-18\"}", true},
	/* 20 */
	{"override.proposed", NULL,
	 "{\"ticket\":\"V-1\",\"outcome\":\"not_counted\",\"reason\":\"r\"}", true},
	/* 21 */ {"act.approved", NULL, "{\"act\":\"P-20\"}", true},
	/* 22 */
	{"opening.proposed", "1480",
	 "{\"month\":\"2026-09\",\"support_ore\":0,\"operation_ore\":0,\"tickets\":[],\"reason\":"
	 "\"r\"}",
	 false},
	/* 23 */ {"close.proposed", NULL, "{\"month\":\"2026-09\",\"reason\":\"r\"}", true},
	/* 24 */
	{"objection.raised", CODE, "{\"month\":\"2026-09\",\"ticket\":\"V-1\",\"reason\":\"r\"}",
	 true},
	/* 25 */
	{"objection.decided", NULL, "{\"objection\":\"D-24\",\"accepted\":false,\"reason\":\"r\"}",
	 true},
	/* 26: the region's words */
	{"comment.made", NULL,
	 "{\"month\":\"2026-09\",\"kpi\":\"availability\",\"cause\":\"c\",\"action\":\"a\","
	 "\"owner\":\"o\"}",
	 true},
	/* 27 */
	{"comment.made", "1480",
	 "{\"month\":\"2026-09\",\"kpi\":\"availability\",\"cause\":\"c\",\"action\":\"a\","
	 "\"owner\":\"o\"}",
	 false},
	/* 28: a window of its own, and of others as well */
	{"window.planned", NULL,
	 "{\"name\":\"n\",\"category\":\"planned\",\"municipalities\":[\"1480\",\"1489\"],"
	 "\"times\":[[1,2]],\"announced_ms\":0}",
	 true},
	/* 29 */ {"window.approved", NULL, "{\"window\":\"W-28.1\"}", true},
};
#define ROWS (sizeof(ledger) / sizeof(ledger[0]))

/* The event of a row, with the memory behind it. */
static void
parse_entry(size_t i, struct vg_parsed_event *out)
{
	char municipality[40] = "", *text;
	struct vg_err err = {0};

	if (ledger[i].municipality != NULL)
		(void)snprintf(municipality, sizeof(municipality), "\"municipality\":\"%s\",",
			       ledger[i].municipality);
	if (asprintf(&text,
		     "{\"v\":1,\"kind\":\"%s\",\"occurred_ms\":%lld,\"source\":\"s\",\"event_id\":"
		     "\"e%zu\",\"actor\":\"p%zu\",%s\"body\":%s}",
		     ledger[i].kind, (long long)FIRST_MS, i, i % 3, municipality,
		     ledger[i].body) < 0)
		abort();
	if (vg_event_parse(text, strlen(text), out, &err) != 0)
		fail_msg("row %zu: %s", i + 1, err.text);
	out->event.seq = (int64_t)i + 1;
	out->event.received_ms = FIRST_MS + (int64_t)i * 1000;
	free(text);
}

static struct vg_pack_own *
own_rows(void)
{
	struct vg_pack_own *own = vg_pack_own_new(CODE);
	struct vg_core *core = vg_core_new();

	assert_true(own != NULL && core != NULL);
	for (size_t i = 0; i < ROWS; i++) {
		struct vg_parsed_event parsed;
		struct vg_verdict verdict;

		parse_entry(i, &parsed);
		assert_int_equal(vg_core_step(core, &parsed.event, &verdict), 0);
		assert_int_equal(vg_pack_own_see(own, core, &parsed.event, verdict.ticket), 0);
		vg_parsed_event_free(&parsed);
	}
	assert_int_equal(vg_pack_own_settle(own, core), 0);
	vg_core_free(core);
	return own;
}

static void
rows_that_its_figures_follow_from_are_its_own(void **state)
{
	struct vg_pack_own *own = own_rows();

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		if (vg_pack_own_has(own, (int64_t)i + 1) != ledger[i].own)
			fail_msg("row %zu, %s: expected %s", i + 1, ledger[i].kind,
				 ledger[i].own ? "its own" : "another's");
	assert_false(vg_pack_own_has(own, ROWS + 1));
	vg_pack_own_free(own);
}

/* The ledger as a pack in memory. */
static char *
make_pack(size_t *length)
{
	struct vg_pack_own *own = own_rows();
	struct vg_pack_writer *writer;
	struct vg_pack_row row = {.line = 0};
	uint8_t head[VG_SHA256_LEN] = {0};
	json_t *none = json_array();
	char *text = NULL;
	FILE *file = open_memstream(&text, length);

	assert_int_equal(vg_pack_writer_new(&writer, file, CODE, NULL), 0);
	for (size_t i = 0; i < ROWS; i++) {
		struct vg_parsed_event parsed;
		char *bytes;

		parse_entry(i, &parsed);
		bytes = vg_event_canonical(&parsed.event, SALT, &row.length);
		row.own = vg_pack_own_has(own, parsed.event.seq);
		row.seq = parsed.event.seq;
		row.received_ms = parsed.event.received_ms;
		row.bytes = bytes;
		vg_ledger_digest(row.seq, row.received_ms, bytes, row.length, row.d);
		vg_ledger_chain(head, row.d, row.h);
		memcpy(head, row.h, sizeof(head));
		assert_int_equal(vg_pack_write(writer, &row, NULL), 0);
		free(bytes);
		vg_parsed_event_free(&parsed);
	}
	assert_int_equal(vg_pack_write_end(writer, none, NULL), 0);
	vg_pack_writer_free(writer);
	vg_pack_own_free(own);
	json_decref(none);
	assert_int_equal(fclose(file), 0);
	return text;
}

/* What a check finds in bytes; the fault's place in *check. */
static bool
check_bytes(const char *bytes, size_t length, struct vg_pack_check *check)
{
	FILE *file = fmemopen((void *)bytes, length, "r");
	bool holds;

	assert_non_null(file);
	holds = vg_pack_check(check, file);
	assert_int_equal(fclose(file), 0);
	vg_pack_check_fini(check);
	return holds;
}

static void
a_pack_that_nobody_touched_holds(void **state)
{
	struct vg_pack_check check = {.anchor = NULL};
	size_t length;
	char *text = make_pack(&length);

	(void)state;
	assert_true(check_bytes(text, length, &check));
	assert_int_equal(check.place.rows, ROWS);
	assert_string_equal(check.municipality, CODE);
	assert_non_null(strstr(text, "\\\"ref\\\":\\\"T1\\\""));
	assert_null(strstr(text, "\\\"users\\\":90")); /* another municipality's */
	free(text);
}

static int64_t
line_at(const char *text, size_t offset)
{
	int64_t line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

/* The line of the change is named; of a change in the first line, that one or the checksum's. */
static void
every_byte_that_is_changed_is_found(void **state)
{
	static const int flips[] = {0x01, 0x20, 0x80};
	size_t length;
	char *text = make_pack(&length);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		struct vg_pack_check check = {.anchor = NULL};
		int64_t line = line_at(text, i);
		int flip = flips[i % 3];

		text[i] = (char)(text[i] ^ flip);
		if (check_bytes(text, length, &check))
			fail_msg("byte %zu, flipped by %#x: the pack holds", i, (unsigned)flip);
		if (check.place.line != line && !(line == 1 && check.fault == VG_PACK_FAULT_SUM))
			fail_msg("byte %zu of line %lld was flipped, line %lld is named: %s", i,
				 (long long)line, (long long)check.place.line,
				 vg_pack_fault_english(check.fault));
		text[i] = (char)(text[i] ^ flip);
	}
	free(text);
}

static void
every_place_at_which_a_pack_is_cut_is_found(void **state)
{
	size_t length;
	char *text = make_pack(&length);

	(void)state;
	for (size_t i = 1; i < length; i++) {
		struct vg_pack_check check = {.anchor = NULL};

		assert_false(check_bytes(text, i, &check));
		assert_true(check.fault == VG_PACK_FAULT_CUT ||
			    check.fault == VG_PACK_FAULT_FORMAT);
	}
	free(text);
}

/* Writes the pack's lines in another order: order[n] is the line that stands in place n, 0 ends. */
static void
expect_moved(const char *text, const int *order, enum vg_pack_fault fault, int64_t line)
{
	struct vg_pack_check check = {.anchor = NULL};
	char *moved = NULL;
	size_t length;
	FILE *file = open_memstream(&moved, &length);

	for (size_t n = 0; order[n] != 0; n++) {
		const char *at = text;

		for (int i = 1; i < order[n]; i++)
			at = strchr(at, '\n') + 1;
		(void)fwrite(at, 1, (size_t)(strchr(at, '\n') - at) + 1, file);
	}
	assert_int_equal(fclose(file), 0);
	assert_false(check_bytes(moved, length, &check));
	assert_int_equal(check.fault, fault);
	assert_int_equal(check.place.line, line);
	free(moved);
}

static void
rows_that_are_moved_dropped_or_repeated_are_found(void **state)
{
	int order[ROWS + 4] = {0}, end = ROWS + 2;
	size_t length;
	char *text = make_pack(&length);

	(void)state;
	for (int row = 2; row < end; row++) {
		int n = 0;

		for (int i = 1; i <= end; i++) /* swapped with the next */
			order[n++] = i == row && row + 1 < end ? row + 1
				     : i == row + 1 && i < end ? row
							       : i;
		order[n] = 0;
		if (row + 1 < end)
			expect_moved(text, order, VG_PACK_FAULT_CHAIN, row);
		n = 0;
		for (int i = 1; i <= end; i++) { /* repeated */
			order[n++] = i;
			if (i == row)
				order[n++] = i;
		}
		order[n] = 0;
		expect_moved(text, order, VG_PACK_FAULT_CHAIN, row + 1);
		n = 0;
		for (int i = 1; i <= end; i++) /* dropped */
			if (i != row)
				order[n++] = i;
		order[n] = 0;
		expect_moved(text, order, row + 1 < end ? VG_PACK_FAULT_CHAIN : VG_PACK_FAULT_END,
			     row);
	}
	free(text);
}

static void
expect_fault(const char *text, size_t length, enum vg_pack_fault fault, int64_t line)
{
	struct vg_pack_check check = {.anchor = NULL};

	assert_false(check_bytes(text, length, &check));
	if (check.fault != fault || check.place.line != line)
		fail_msg("%.60s: line %lld: %s", text, (long long)check.place.line,
			 vg_pack_fault_english(check.fault));
}

#define HEADER "{\"format\":\"vinga.evidence/1\",\"municipality\":\"1489\"}\n"
#define ZEROS  "0000000000000000000000000000000000000000000000000000000000000000"

static void
what_is_no_pack_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text;
		enum vg_pack_fault fault;
		int64_t line;
	} cases[] = {
		{"\n", VG_PACK_FAULT_FORMAT, 1},
		{"[]\n", VG_PACK_FAULT_FORMAT, 1},
		{"{\"format\":\"vinga.evidence/2\",\"municipality\":\"1489\"}\n",
		 VG_PACK_FAULT_FORMAT, 1},
		{"{\"format\":\"vinga.evidence/1\",\"municipality\":\"\"}\n", VG_PACK_FAULT_MEMBERS,
		 1},
		{"{\"format\": \"vinga.evidence/1\",\"municipality\":\"1489\"}\n",
		 VG_PACK_FAULT_FORMAT, 1},
		{HEADER, VG_PACK_FAULT_CUT, 2},
		{HEADER "{}\n", VG_PACK_FAULT_MEMBERS, 2},
		{HEADER "{\"d\":\"" ZEROS "\",\"h\":\"" ZEROS "\"}\n", VG_PACK_FAULT_CHAIN, 2},
		{HEADER "{\"d\":\"" ZEROS "\",\"h\":\"00\"}\n", VG_PACK_FAULT_MEMBERS, 2},
		{HEADER "{\"b\":\"\",\"h\":\"" ZEROS "\",\"r\":-1,\"s\":1}\n",
		 VG_PACK_FAULT_MEMBERS, 2},
		{HEADER "{\"b\":\"\",\"h\":\"" ZEROS "\",\"r\":1,\"s\":0}\n", VG_PACK_FAULT_MEMBERS,
		 2},
		{HEADER "{\"b\":\"\",\"h\":\"" ZEROS "\",\"r\":1,\"s\":1.0}\n",
		 VG_PACK_FAULT_MEMBERS, 2},
		{HEADER "{\"b\":\"\",\"b\":\"\"}\n", VG_PACK_FAULT_JSON, 2},
		{HEADER "{\"end\":0,\"statements\":[]}\n", VG_PACK_FAULT_MEMBERS, 2},
		{HEADER "{\"end\":{\"head\":\"" ZEROS "\",\"own\":0,\"rows\":1,\"sha256\":\"" ZEROS
			"\"},\"statements\":[]}\n",
		 VG_PACK_FAULT_END, 2},
		{HEADER "{\"end\":{\"head\":\"" ZEROS "\",\"own\":0,\"rows\":0,\"sha256\":\"" ZEROS
			"\"},\"statements\":[]}\n",
		 VG_PACK_FAULT_SUM, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_fault(cases[i].text, strlen(cases[i].text), cases[i].fault, cases[i].line);
}

static void
a_line_has_a_longest_length(void **state)
{
	size_t length = VG_PACK_LINE_MAX + 2;
	char *text = malloc(length);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', length);
	expect_fault(text, length, VG_PACK_FAULT_LONG, 1);
	free(text);
}

/* A chain that holds says nothing of what its rows mean. */
static void
bytes_that_are_no_event_are_refused(void **state)
{
	struct vg_pack_row row = {
		.own = true, .seq = 7, .received_ms = 1, .bytes = "{}", .length = 2};
	uint8_t head[VG_SHA256_LEN] = {0};
	struct vg_pack_check check = {.anchor = NULL};
	struct vg_pack_writer *writer;
	json_t *none = json_array();
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	(void)state;
	assert_int_equal(vg_pack_writer_new(&writer, file, CODE, NULL), 0);
	vg_ledger_digest(row.seq, row.received_ms, row.bytes, row.length, row.d);
	vg_ledger_chain(head, row.d, row.h);
	assert_int_equal(vg_pack_write(writer, &row, NULL), 0);
	assert_int_equal(vg_pack_write_end(writer, none, NULL), 0);
	vg_pack_writer_free(writer);
	json_decref(none);
	assert_int_equal(fclose(file), 0);
	assert_false(check_bytes(text, length, &check));
	assert_int_equal(check.fault, VG_PACK_FAULT_EVENT);
	assert_int_equal(check.place.seq, 7);
	assert_true(check.err.text[0] != '\0');
	free(text);
}

static void
a_head_without_its_statement_does_not_hold(void **state)
{
	struct vg_pack_anchor anchor = {.month = 2026 * 12 + 8, .head = ZEROS};
	struct vg_pack_check check = {.anchor = &anchor, .anchors = 1};
	size_t length;
	char *text = make_pack(&length);

	(void)state;
	assert_false(check_bytes(text, length, &check));
	assert_int_equal(check.fault, VG_PACK_FAULT_NONE);
	assert_false(anchor.found);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_its_figures_follow_from_are_its_own),
		cmocka_unit_test(a_pack_that_nobody_touched_holds),
		cmocka_unit_test(every_byte_that_is_changed_is_found),
		cmocka_unit_test(every_place_at_which_a_pack_is_cut_is_found),
		cmocka_unit_test(rows_that_are_moved_dropped_or_repeated_are_found),
		cmocka_unit_test(what_is_no_pack_is_refused_with_its_line),
		cmocka_unit_test(a_line_has_a_longest_length),
		cmocka_unit_test(bytes_that_are_no_event_are_refused),
		cmocka_unit_test(a_head_without_its_statement_does_not_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
