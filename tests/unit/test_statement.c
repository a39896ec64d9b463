/* The statement: a small story of two months, closed one after the other, and what is printed of
 * it; every sum is added up again from its rows. */
#include "lib/report/statement.h"

#include "lib/civil/civil.h"
#include "lib/report/report.h"
#include "tests/unit/golden_support.h"
#include "tests/unit/statement_support.h"

static int64_t
sum_of_lines(const json_t *model, const char *kind)
{
	const json_t *line;
	int64_t sum = 0;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(model, "fee"), "lines"), i, line)
	{
		assert_int_equal(int_of(line, "no"), i + 1);
		if (strcmp(text_of(line, "kind"), kind) == 0)
			sum += int_of(line, "amount_ore");
	}
	return sum;
}

/* What must hold of every statement. */
static void
check_sums(const json_t *model)
{
	const json_t *sums = sums_of(model), *year;
	const json_t *fee = json_object_get(model, "fee");
	int64_t support = 0, operation = 0;
	size_t i;

	assert_int_equal(int_of(sums, "gross_ore"), sum_of_lines(model, "counted"));
	assert_int_equal(int_of(sums, "adjusted_ore"),
			 sum_of_lines(model, "credit") + sum_of_lines(model, "debit"));
	json_array_foreach(json_object_get(fee, "years"), i, year)
	{
		support += int_of(json_object_get(year, "net_ore"), text_of(fee, "mode"));
		operation += int_of(year, "operation_ore");
	}
	assert_int_equal(int_of(sums, "support_ore"), support);
	assert_int_equal(int_of(sums, "operation_ore"), operation);
	assert_int_equal(int_of(sums, "total_ore"), support + operation + int_of(sums, "vat_ore") +
							    int_of(sums, "rounding_ore"));
}

static void
a_draft_is_what_is_closed(void **state)
{
	struct world world = january();
	json_t *draft = model_of(&world, "1489", MONTH(2026, 1)), *closed;

	(void)state;
	assert_string_equal(text_of(draft, "state"), "draft");
	assert_string_equal(text_of(draft, "number"), "");
	check_sums(draft);
	close_month(&world, MONTH(2026, 1));
	closed = model_of(&world, "1489", MONTH(2026, 1));
	assert_string_equal(text_of(closed, "state"), "closed");
	assert_string_equal(text_of(closed, "number"), "2026-01/1489/1");
	assert_int_equal(int_of(closed, "as_of_seq"), vg_core_seq(world.core));
	assert_string_equal(text_of(json_object_get(closed, "closing"), "approved_by"), "two");
	check_sums(closed);
	assert_true(json_equal(json_object_get(draft, "fee"), json_object_get(closed, "fee")));
	assert_true(json_equal(json_object_get(draft, "cells"), json_object_get(closed, "cells")));
	json_decref(draft);
	json_decref(closed);
	vg_core_free(world.core);
}

static void
the_cap_and_corrections_are_told(void **state)
{
	struct world world = february();
	json_t *model = model_of(&world, "1489", MONTH(2026, 2));
	const json_t *sums = sums_of(model), *lines, *line, *previous;

	(void)state;
	check_sums(model);
	/* The year: A2, B0, B1 and B2 make 100 000 öre, the cap is 75 000; January billed 50 000.
	 */
	assert_int_equal(int_of(sums, "gross_ore"), 75000);
	assert_int_equal(int_of(sums, "adjusted_ore"), -25000);
	assert_int_equal(int_of(sums, "capped_ore"), 25000);
	assert_int_equal(int_of(sums, "support_ore"), 25000);
	assert_int_equal(int_of(sums, "counted"), 3);
	assert_int_equal(int_of(sums, "corrected"), 1);
	lines = json_object_get(json_object_get(model, "fee"), "lines");
	line = json_array_get(lines, json_array_size(lines) - 1);
	assert_string_equal(text_of(line, "kind"), "credit");
	assert_string_equal(text_of(line, "reason"), "vgr_cause");
	assert_string_equal(text_of(line, "reason_before"), "countable");
	assert_string_equal(text_of(json_object_get(line, "corrects"), "number"), "2026-01/1489/1");
	assert_int_equal(int_of(json_object_get(line, "corrects"), "no"), 1);
	previous = json_object_get(model, "previous");
	assert_string_equal(text_of(previous, "number"), "2026-01/1489/1");
	assert_string_equal(text_of(previous, "sha256"), SHA);
	json_decref(model);
	vg_core_free(world.core);
}

/* A line's hash is of the rows that it follows from: another municipality's change none. */
static void
others_move_nothing(void **state)
{
	struct world world = january();
	json_t *before = model_of(&world, "1489", MONTH(2026, 1)), *after;

	(void)state;
	fee_ticket(&world, "X1", "1480", "2026-02-02 10:00", "");
	fee_users(&world, "1480", "2026-02-03", 90);
	after = model_of(&world, "1489", MONTH(2026, 1));
	assert_int_not_equal(int_of(before, "as_of_seq"), int_of(after, "as_of_seq"));
	(void)json_object_del(before, "as_of_seq");
	(void)json_object_del(after, "as_of_seq");
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	vg_core_free(world.core);
}

static void
one_alone_is_the_one_among_all(void **state)
{
	struct world world = february();
	struct vg_err err = {0};
	json_t *all = vg_statement_models(world.core, MONTH(2026, 2), "", HEAD, &err);
	const json_t *models, *model;
	int64_t total = 0;
	size_t i;

	(void)state;
	assert_non_null(all);
	models = json_object_get(all, "municipalities");
	assert_int_equal(json_array_size(models), 2);
	json_array_foreach(models, i, model)
	{
		json_t *alone =
			model_of(&world, text_of(json_object_get(model, "municipality"), "code"),
				 MONTH(2026, 2));

		assert_true(json_equal(alone, model));
		total += int_of(sums_of(model), "total_ore");
		json_decref(alone);
	}
	assert_int_equal(int_of(json_object_get(all, "total"), "total_ore"), total);
	json_decref(all);
	vg_core_free(world.core);
}

static void
who_is_no_member_has_none(void **state)
{
	struct world world = january();
	struct vg_err err = {0};

	(void)state;
	assert_null(vg_statement_model(world.core, "9999", MONTH(2026, 1), HEAD, &err));
	assert_int_equal(err.code, VG_ENOTFOUND);
	assert_non_null(strstr(err.text, "2026-01"));
	assert_null(vg_statement_model(world.core, "1489", MONTH(1999, 1), HEAD, &err));
	assert_int_equal(err.code, VG_ENOTFOUND);
	vg_core_free(world.core);
}

/* --- out of memory --- */

static long allocations_left;

static void *
failing_malloc(size_t size)
{
	return allocations_left-- > 0 ? malloc(size) : NULL;
}

/* JSON's memory ends at one allocation after another: no model then, but an error. */
static void
memory_may_end_anywhere(void **state)
{
	struct world world = february();
	json_t *model = NULL;
	long size = 1;

	(void)state;
	json_set_alloc_funcs(failing_malloc, free);
	while (model == NULL) {
		struct vg_err err = {0};

		allocations_left = size;
		model = vg_statement_model(world.core, "1489", MONTH(2026, 2), HEAD, &err);
		assert_int_equal(err.code, model != NULL ? 0 : VG_ENOMEM);
		size += 1 + size / 60;
	}
	json_set_alloc_funcs(malloc, free);
	json_decref(model);
	vg_core_free(world.core);
}

/* --- printed forms --- */

static char *
page_of(const json_t *model, enum vg_language language, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	assert_non_null(out);
	assert_int_equal(vg_statement_html(model, language, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *
table_of(const json_t *model, enum vg_csv_form form, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	assert_non_null(out);
	assert_int_equal(vg_statement_csv(model, form, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
the_bytes_are_the_golden_ones(void **state)
{
	struct world world = february();
	json_t *model, *read;
	char *bytes, *again;
	size_t length, size;

	(void)state;
	close_month(&world, MONTH(2026, 2));
	model = model_of(&world, "1489", MONTH(2026, 2));
	bytes = vg_report_canonical(model, &length);
	assert_non_null(bytes);
	golden_equal("statement.json", bytes, length);
	read = json_loadb(bytes, length, 0, NULL);
	free(bytes);
	bytes = page_of(model, VG_SWEDISH, &length);
	golden_equal("statement.html", bytes, length);
	again = page_of(read, VG_SWEDISH, &size); /* from the file as from memory */
	assert_int_equal(size, length);
	assert_memory_equal(bytes, again, size);
	free(bytes);
	free(again);
	bytes = page_of(model, VG_ENGLISH, &length);
	golden_equal("statement-en.html", bytes, length);
	free(bytes);
	bytes = table_of(model, VG_CSV_EXCEL, &length);
	golden_equal("statement.csv", bytes, length);
	free(bytes);
	bytes = table_of(model, VG_CSV_MACHINE, &length);
	golden_equal("statement-machine.csv", bytes, length);
	free(bytes);
	json_decref(model);
	json_decref(read);
	vg_core_free(world.core);
}

/* The machine's table: its last column adds up to the total. */
static void
the_table_adds_up(void **state)
{
	struct world world = february();
	json_t *model = model_of(&world, "1489", MONTH(2026, 2));
	size_t length;
	char *text = table_of(model, VG_CSV_MACHINE, &length), *rest = text, *line;
	int64_t sum = 0;

	(void)state;
	(void)strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		sum += strtoll(strrchr(line, ',') + 1, NULL, 10);
	assert_int_equal(sum, int_of(sums_of(model), "total_ore"));
	free(text);
	json_decref(model);
	vg_core_free(world.core);
}

/* Nothing Swedish is left on the English page but names, and the öre. */
static void
english_is_english(void **state)
{
	static const char *const names[] = {"Alingsås", "Vårdstöd", "öre", "Öre"};
	static const char *const letters[] = {"å", "ä", "ö", "Å", "Ä", "Ö", "”"};
	struct world world = february();
	json_t *model = model_of(&world, "1489", MONTH(2026, 2));
	size_t length;
	char *html = page_of(model, VG_ENGLISH, &length), *at;

	(void)state;
	assert_non_null(strstr(html, "<html lang=en>"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		while ((at = strstr(html, names[i])) != NULL)
			memset(at, ' ', strlen(names[i]));
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if ((at = strstr(html, letters[i])) != NULL)
			fail_msg("Swedish: %.60s", at);
	free(html);
	json_decref(model);
	vg_core_free(world.core);
}

static void
what_people_write_is_no_markup(void **state)
{
	struct world world = february();
	json_t *model = model_of(&world, "1489", MONTH(2026, 2));
	size_t length;
	char *html = page_of(model, VG_SWEDISH, &length);

	(void)state;
	assert_null(strstr(html, "<nyckel>"));
	assert_non_null(strstr(html, "Byte av &lt;nyckel&gt;"));
	free(html);
	json_decref(model);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_is_what_is_closed),
		cmocka_unit_test(the_cap_and_corrections_are_told),
		cmocka_unit_test(others_move_nothing),
		cmocka_unit_test(one_alone_is_the_one_among_all),
		cmocka_unit_test(who_is_no_member_has_none),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(the_bytes_are_the_golden_ones),
		cmocka_unit_test(the_table_adds_up),
		cmocka_unit_test(english_is_english),
		cmocka_unit_test(what_people_write_is_no_markup),
	};
	struct vg_err err = {0};

	if (vg_civil_set_zone("Europe/Stockholm", &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
