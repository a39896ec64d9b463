/* Workbooks: equal bytes, full disks, texts and lists beyond their maximum. What stands in them is
 * read by tests/integration/test_report_files.py. */
#include "lib/civil/civil.h"
#include "lib/xlsx/book.h"
#include "lib/xlsx/xlsx.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

typedef int print_cb(const json_t *model, enum vg_language language, FILE *out, struct vg_err *err);

static json_t *
read_model(const char *text)
{
	json_t *model = json_loads(text, 0, NULL);

	assert_non_null(model);
	return model;
}

static json_t *
small_statement(void)
{
	return read_model("{\"month\":\"2026-10\",\"municipality\":{\"code\":\"1489\",\"name\":"
			  "\"Alingsås\"},\"state\":\"draft\",\"evaluated_ms\":1793487600000,"
			  "\"fee\":{\"lines\":[{\"no\":1,\"kind\":\"counted\",\"ticket\":\"V-1\","
			  "\"municipality_ref\":\"=1+1\",\"amount_ore\":25000}],"
			  "\"rules\":{\"zeta\":1,\"alpha\":[\"incident\"]}}}");
}

static char *
printed(print_cb *print, const json_t *model, size_t *length)
{
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, length);
	struct vg_err err = {0};

	assert_non_null(out);
	assert_int_equal(print(model, VG_SWEDISH, out, &err), 0);
	assert_int_equal(fclose(out), 0);
	assert_true(*length > 4 && memcmp(bytes, "PK\3\4", 4) == 0);
	return bytes;
}

/* A model that was read has its members in another order than one that was made. */
static void
order_of_members_changes_no_byte(void **state)
{
	json_t *model = small_statement(), *sorted;
	char *canonical = json_dumps(model, JSON_SORT_KEYS), *one, *other;
	size_t length, size;

	(void)state;
	sorted = read_model(canonical);
	one = printed(vg_xlsx_statement, model, &length);
	other = printed(vg_xlsx_statement, sorted, &size);
	assert_int_equal(length, size);
	assert_memory_equal(one, other, length);
	free(one);
	free(other);
	free(canonical);
	json_decref(sorted);
	json_decref(model);
}

static void
a_model_without_rows_is_a_workbook(void **state)
{
	json_t *model = read_model("{\"month\":\"2026-10\"}");
	size_t length;

	(void)state;
	free(printed(vg_xlsx_statement, model, &length));
	free(printed(vg_xlsx_report, model, &length));
	json_decref(model);
}

static void
a_full_disk_is_told(void **state)
{
	json_t *model = small_statement();
	FILE *full = fopen("/dev/full", "w");
	struct vg_err err = {0};

	(void)state;
	assert_non_null(full);
	assert_int_equal(setvbuf(full, NULL, _IONBF, 0), 0);
	assert_int_equal(vg_xlsx_statement(model, VG_SWEDISH, full, &err), VG_EIO);
	assert_string_equal(err.text, "workbook: the file cannot be written");
	(void)fclose(full);
	json_decref(model);
}

static void
a_text_beyond_a_cell_is_cut_between_characters(void **state)
{
	json_t *model = small_statement(), *comment = json_object(), *comments = json_array();
	char *text = malloc(2 * VG_BOOK_TEXT_MAX + 1);
	size_t length;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < VG_BOOK_TEXT_MAX; i++)
		memcpy(text + 2 * i, "å", 2);
	text[2 * VG_BOOK_TEXT_MAX] = '\0';
	assert_int_equal(json_object_set_new(comment, "cause", json_string(text)), 0);
	assert_int_equal(json_array_append_new(comments, comment), 0);
	assert_int_equal(json_object_set_new(model, "comments", comments), 0);
	free(printed(vg_xlsx_statement, model, &length));
	free(text);
	json_decref(model);
}

static void
a_list_beyond_its_maximum_is_refused(void **state)
{
	json_t *model = small_statement(), *line = read_model("{\"kind\":\"counted\"}");
	json_t *lines = json_object_get(json_object_get(model, "fee"), "lines");
	struct vg_err err = {0};
	char *bytes = NULL;
	size_t length;
	FILE *out = open_memstream(&bytes, &length);

	(void)state;
	assert_non_null(out);
	while (json_array_size(lines) <= VG_BOOK_ROWS_MAX)
		assert_int_equal(json_array_append(lines, line), 0);
	assert_int_equal(vg_xlsx_statement(model, VG_SWEDISH, out, &err), VG_ELIMIT);
	assert_string_equal(err.text,
			    "Rader: more rows than a sheet is given; the CSV file has them all");
	assert_int_equal(fclose(out), 0);
	assert_int_equal(length, 0);
	free(bytes);
	json_decref(line);
	json_decref(model);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_members_changes_no_byte),
		cmocka_unit_test(a_model_without_rows_is_a_workbook),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(a_text_beyond_a_cell_is_cut_between_characters),
		cmocka_unit_test(a_list_beyond_its_maximum_is_refused),
	};
	struct vg_err err;

	if (vg_civil_set_zone("Europe/Stockholm", &err) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
