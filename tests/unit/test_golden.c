/* The golden ledger: what was once published comes out of it for ever, and each municipality can
 * make its own statements again from its own pack. */
#include "tests/golden/golden.h"

#include "lib/pack/check.h"

#include <stdarg.h>
#include <stddef.h>

#include <setjmp.h>

#include <cmocka.h>

#define ALINGSAS 2 /* of golden_codes */

static FILE *
open_data(const char *name)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/golden/%s", VG_TEST_DATA, name);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s: cannot be read", path);
	return file;
}

static struct golden *
read_golden(vg_closed_cb *on_made, void *arg)
{
	struct golden *golden = golden_new(on_made, arg);
	struct vg_pack_reader *reader;
	FILE *file = open_data("ledger.ndjson");
	enum vg_pack_fault fault = vg_pack_open(&reader, file);
	struct vg_pack_row row;
	bool more = true;

	while (fault == VG_PACK_FAULT_NONE &&
	       (fault = vg_pack_next(reader, &row, &more)) == VG_PACK_FAULT_NONE && more) {
		struct vg_err err = {0};
		char *bytes = strndup(row.bytes, row.length);

		assert_non_null(bytes);
		if (golden_row(golden, row.seq, row.received_ms, bytes, row.length, &err) != 0)
			fail_msg("row %lld: %s", (long long)row.seq, err.text);
	}
	if (fault != VG_PACK_FAULT_NONE)
		fail_msg("ledger.ndjson: %s", vg_pack_fault_english(fault));
	vg_pack_close(reader);
	(void)fclose(file);
	return golden;
}

/* --- statements --- */

struct published {
	FILE *file;
	char *line;
	size_t size, count;
};

static int
compare_model(const struct vg_closed_statement *statement, const struct vg_core *core,
	      const json_t *model, void *arg)
{
	struct published *published = arg;
	ssize_t length = getline(&published->line, &published->size, published->file);
	size_t made_length;
	char *made = vg_report_canonical(model, &made_length);

	(void)core;
	assert_non_null(made);
	assert_true(length > 0);
	for (size_t i = 0; i + 1 < (size_t)length && i < made_length; i++)
		if (made[i] != published->line[i])
			fail_msg("%s %d-%02d: published \"...%.60s\", made \"...%.60s\"",
				 statement->municipality, statement->month / 12,
				 statement->month % 12 + 1, published->line + (i < 30 ? 0 : i - 30),
				 made + (i < 30 ? 0 : i - 30));
	assert_int_equal(made_length, length - 1);
	free(made);
	published->count++;
	return 0;
}

static void
statements_come_out_as_they_were_published(void **state)
{
	struct published published = {.file = open_data("statements.ndjson")};
	struct golden *golden = read_golden(compare_model, &published);
	const struct vg_closed_statement *statement;
	size_t trials = 0;

	(void)state;
	for (size_t i = 0; (statement = vg_closed_get(golden->closed, i)) != NULL; i++) {
		assert_int_equal(vg_closed_state(statement), VG_CLOSED_SAME);
		trials += statement->trial;
	}
	assert_int_equal(published.count, 11);
	assert_int_equal(trials, 2);
	assert_int_equal(getline(&published.line, &published.size, published.file), -1);
	free(published.line);
	(void)fclose(published.file);
	golden_free(golden);
}

static void
one_month_can_be_made_alone(void **state)
{
	struct golden *golden = golden_new(NULL, NULL), *whole = read_golden(NULL, NULL);
	struct vg_closed *march = vg_closed_new("", 2026 * 12 + 2, NULL, NULL);
	const struct vg_closed_statement *statement;

	(void)state;
	vg_closed_free(golden->closed);
	golden->closed = march;
	for (size_t i = 0; i < whole->rows; i++)
		assert_int_equal(golden_row(golden, whole->row[i].seq, whole->row[i].received_ms,
					    strdup(whole->row[i].bytes), whole->row[i].length,
					    NULL),
				 0);
	for (size_t i = 0; (statement = vg_closed_get(march, i)) != NULL; i++)
		assert_int_equal(vg_closed_state(statement), statement->month == 2026 * 12 + 2
								     ? VG_CLOSED_SAME
								     : VG_CLOSED_UNMADE);
	golden_free(golden);
	golden_free(whole);
}

/* --- packs --- */

static char *
pack_of(struct golden *golden, size_t which, size_t *length)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, length);

	golden_pack(golden, which, false, file);
	assert_int_equal(fclose(file), 0);
	return text;
}

/* What a check finds, its statements still there. */
static bool
check_text(const char *text, size_t length, struct vg_pack_check *check)
{
	FILE *file = fmemopen((void *)text, length, "r");
	bool holds;

	assert_non_null(file);
	holds = vg_pack_check(check, file);
	(void)fclose(file);
	return holds;
}

static void
each_municipality_can_prove_its_own(void **state)
{
	static const size_t statements[GOLDEN_CODES] = {3, 4, 4};
	struct golden *golden = read_golden(NULL, NULL);

	(void)state;
	for (size_t i = 0; i < GOLDEN_CODES; i++) {
		struct vg_pack_check check = {.anchor = NULL};
		size_t length, count = 0;
		char *text = pack_of(golden, i, &length);

		assert_true(check_text(text, length, &check));
		while (vg_closed_get(check.closed, count) != NULL)
			count++;
		assert_int_equal(count, statements[i]);
		assert_true(check.place.own < check.place.rows);
		vg_pack_check_fini(&check);
		free(text);
	}
	golden_free(golden);
}

static void
a_pack_is_the_same_bytes_again(void **state)
{
	struct golden *golden = read_golden(NULL, NULL);
	FILE *file = open_data("pack-1489.ndjson");
	size_t length;
	char *text = pack_of(golden, ALINGSAS, &length);

	(void)state;
	for (size_t i = 0; i < length; i++)
		if (getc(file) != (unsigned char)text[i])
			fail_msg("byte %zu differs: \"%.60s\"", i, text + i);
	assert_int_equal(getc(file), EOF);
	(void)fclose(file);
	free(text);
	golden_free(golden);
}

/* Of a municipality that nothing was ever moved to: no byte of the others' rows. */
static void
a_pack_tells_nothing_of_others(void **state)
{
	struct golden *golden = read_golden(NULL, NULL);
	struct vg_pack_reader *reader;
	struct vg_pack_row row;
	bool more = true;
	size_t length;
	char *text = pack_of(golden, 0, &length);
	FILE *file = fmemopen(text, length, "r");

	(void)state;
	assert_int_equal(vg_pack_open(&reader, file), VG_PACK_FAULT_NONE);
	while (vg_pack_next(reader, &row, &more) == VG_PACK_FAULT_NONE && more) {
		struct vg_parsed_event parsed;

		if (!row.own)
			continue;
		assert_int_equal(vg_event_parse(row.bytes, row.length, &parsed, NULL), 0);
		if (parsed.event.has_municipality)
			assert_string_equal(parsed.event.municipality, "1441");
		if (parsed.event.kind == VG_KIND_TICKET_REPORTED)
			assert_true(strncmp(parsed.event.body.ticket.ref, "1441", 4) == 0);
		vg_parsed_event_free(&parsed);
	}
	assert_false(more);
	vg_pack_close(reader);
	(void)fclose(file);
	free(text);
	golden_free(golden);
}

/* The row's bytes are changed, and the chain is made to fit from there on: as one would who can
 * write the whole ledger again, but not what was printed. */
static void
forge(struct golden *golden, const char *from, const char *to)
{
	uint8_t head[VG_SHA256_LEN] = {0};
	bool done = false;

	assert_int_equal(strlen(from), strlen(to));
	for (size_t i = 0; i < golden->rows; i++) {
		struct vg_pack_row *row = &golden->row[i];
		char *at = done ? NULL : strstr((char *)row->bytes, from);

		if (at != NULL)
			memcpy(at, to, strlen(to));
		done = done || at != NULL;
		vg_ledger_digest(row->seq, row->received_ms, row->bytes, row->length, row->d);
		vg_ledger_chain(head, row->d, row->h);
		memcpy(head, row->h, sizeof(head));
	}
	assert_true(done);
}

static void
a_chain_that_was_made_to_fit_does_not_make_the_figures_fit(void **state)
{
	struct golden *golden = read_golden(NULL, NULL);
	const struct vg_closed_statement *statement = vg_closed_get(golden->closed, 4);
	struct vg_pack_anchor anchor = {.month = 2026 * 12 + 1};
	struct vg_pack_check before = {.anchor = &anchor, .anchors = 1},
			     after = {.anchor = &anchor, .anchors = 1};
	size_t length;
	char *text = pack_of(golden, ALINGSAS, &length);

	(void)state;
	assert_string_equal(statement->municipality, "1489");
	assert_int_equal(statement->month, anchor.month);
	memcpy(anchor.head, statement->head, sizeof(anchor.head));
	assert_true(check_text(text, length, &before));
	assert_true(anchor.found && anchor.holds);
	vg_pack_check_fini(&before);
	free(text);

	forge(golden, "\"users\":132", "\"users\":142");
	text = pack_of(golden, ALINGSAS, &length);
	anchor.found = anchor.holds = false;
	assert_false(check_text(text, length, &after));
	assert_int_equal(after.fault, VG_PACK_FAULT_NONE);
	assert_true(anchor.found);
	assert_false(anchor.holds);
	for (size_t i = 1; (statement = vg_closed_get(after.closed, i)) != NULL; i++)
		assert_int_equal(vg_closed_state(statement), VG_CLOSED_DIFFERS);
	vg_pack_check_fini(&after);
	free(text);
	golden_free(golden);
}

/* Bytes here and there, each by another bit; each byte of a small pack is flipped in test_pack. */
static void
a_byte_that_is_changed_is_found(void **state)
{
	struct golden *golden = read_golden(NULL, NULL);
	size_t length;
	char *text = pack_of(golden, ALINGSAS, &length);

	(void)state;
	for (size_t i = 0; i < length; i += 15469) {
		struct vg_pack_check check = {.anchor = NULL};
		char was = text[i];

		text[i] = (char)(was ^ (1 << i % 8));
		assert_false(check_text(text, length, &check));
		assert_int_not_equal(check.fault, VG_PACK_FAULT_NONE);
		vg_pack_check_fini(&check);
		text[i] = was;
	}
	free(text);
	golden_free(golden);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_come_out_as_they_were_published),
		cmocka_unit_test(one_month_can_be_made_alone),
		cmocka_unit_test(each_municipality_can_prove_its_own),
		cmocka_unit_test(a_pack_is_the_same_bytes_again),
		cmocka_unit_test(a_pack_tells_nothing_of_others),
		cmocka_unit_test(a_chain_that_was_made_to_fit_does_not_make_the_figures_fit),
		cmocka_unit_test(a_byte_that_is_changed_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
