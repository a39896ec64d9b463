/* Rows, lines and errors of the CSV reader, whatever the size of the pieces. */
#include "lib/csv/csv.h"
#include "lib/csv/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
	char text[4096];
	size_t used;
	int rows, stop_after;
};

/* "line: [field][field]" or "line! error". */
static bool
note_row(const struct vg_csv_row *row, void *arg)
{
	struct seen *seen = arg;
	char *out = seen->text;
	size_t size = sizeof(seen->text);

	seen->used += (size_t)snprintf(out + seen->used, size - seen->used, "%d%s", (int)row->line,
				       row->error != NULL ? "!" : ":");
	if (row->error != NULL)
		seen->used +=
			(size_t)snprintf(out + seen->used, size - seen->used, "%.28s", row->error);
	for (size_t i = 0; i < row->count; i++) {
		assert_int_equal(row->field[i][row->length[i]], '\0');
		seen->used += (size_t)snprintf(out + seen->used, size - seen->used, "[%s]",
					       row->field[i]);
	}
	seen->used += (size_t)snprintf(out + seen->used, size - seen->used, "\n");
	return ++seen->rows != seen->stop_after;
}

static int
read_pieces(const char *text, size_t piece, char delimiter, struct seen *seen)
{
	struct vg_csv *csv = vg_csv_new(delimiter, note_row, seen);
	size_t length = strlen(text);
	int rc = 0;

	assert_non_null(csv);
	for (size_t at = 0; at < length && rc == 0; at += piece)
		rc = vg_csv_feed(csv, text + at, length - at < piece ? length - at : piece);
	if (rc == 0)
		rc = vg_csv_end(csv);
	vg_csv_free(csv);
	return rc;
}

static const struct csv_case {
	const char *text;
	char delimiter;
	const char *want;
} cases[] = {
	{"a,b\n1,2\n", ',', "1:[a][b]\n2:[1][2]\n"},
	{"a;b\r\n1;\r\n", ';', "1:[a][b]\n2:[1][]\n"},
	{"a,b\n\n\n1,2", ',', "1:[a][b]\n4:[1][2]\n"},
	{"a\r\n\r\nb\r\n", ',', "1:[a]\n3:[b]\n"},
	{" a , b\n", ',', "1:[ a ][ b]\n"},
	{"\"x\ny\",1\nz,2\n", ',', "1:[x\ny][1]\n3:[z][2]\n"},
	{"\"say \"\"hi\"\"\",1\n", ',', "1:[say \"hi\"][1]\n"},
	{"a\nb\"c,1\nd\n", ',', "1:[a]\n2!a quote stands inside a fiel\n3:[d]\n"},
	{"a\n\"b\"c,1,2\nd\n", ',', "1:[a]\n2!a quote stands inside a fiel\n3:[d]\n"},
	{"a\n\"b\nc\n", ',', "1:[a]\n2!the file ends inside a quote\n"},
	{"", ',', ""},
	{"\n\n", ',', ""},
	{"a\rb,1\rc", ',', "1:[a]\n1:[b][1]\n1:[c]\n"},
	{"a\rb\"\r", ',', "1:[a]\n1!a quote stands inside a fiel\n"},
	{"r\xE4ksm\xF6rg\xE5s,1\n", ',', "1:[r\xE4ksm\xF6rg\xE5s][1]\n"},
};

static void
rows_are_the_same_in_pieces_of_any_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t piece = 1; piece <= 20; piece++) {
			struct seen seen = {.used = 0};

			assert_int_equal(
				read_pieces(cases[i].text, piece, cases[i].delimiter, &seen), 0);
			assert_string_equal(seen.text, cases[i].want);
		}
	}
}

static void
the_callback_can_stop(void **state)
{
	struct seen seen = {.stop_after = 2};

	(void)state;
	assert_int_equal(read_pieces("a\nb\nc\nd\n", 100, ',', &seen), 1);
	assert_string_equal(seen.text, "1:[a]\n2:[b]\n");
}

static void
an_open_quote_costs_at_most_one_mebibyte(void **state)
{
	size_t length = VG_CSV_ROW_MAX + 100;
	char *text = malloc(length + 1);
	struct seen seen = {.used = 0};

	(void)state;
	assert_non_null(text);
	memset(text, 'x', length);
	memcpy(text, "a\n\"b\n", 5);
	memcpy(text + length - 5, "\nc,d\n", 6);
	assert_int_equal(read_pieces(text, 4096, ',', &seen), 0);
	assert_string_equal(seen.text, "1:[a]\n2!longer than 1 MiB; is there \n4:[c][d]\n");
	free(text);
}

static void
too_many_fields_are_an_error(void **state)
{
	char text[2 * VG_CSV_FIELDS_MAX + 8];
	struct seen seen = {.used = 0};

	(void)state;
	memset(text, ',', sizeof(text));
	memcpy(text + sizeof(text) - 6, "\na,b\n", 6);
	assert_int_equal(read_pieces(text, 100, ',', &seen), 0);
	assert_string_equal(seen.text, "1!more than 1024 fields; is th\n2:[a][b]\n");
}

static void
write_file(const char *path, const void *bytes, size_t length)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, length, f), length);
	assert_int_equal(fclose(f), 0);
}

static size_t
read_file(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t got;

	assert_non_null(f);
	got = fread(out, 1, size, f);
	(void)fclose(f);
	return got;
}

/* Reads to the end; the number of bytes, or the error. */
static int64_t
drain(const char *path, struct vg_err *err)
{
	struct vg_input *input = NULL;
	char buffer[64 * 1024];
	int64_t sum = 0, total = 0;
	size_t got = 1;
	int rc;

	if ((rc = vg_input_open(&input, path, &total, err)) != 0)
		return rc;
	while ((rc = vg_input_read(input, buffer, sizeof(buffer), &got, err)) == 0 && got > 0)
		sum += (int64_t)got;
	if (rc == 0)
		assert_int_equal(vg_input_done(input), total);
	vg_input_close(input);
	return rc != 0 ? rc : sum;
}

static void
gzip_is_read_to_its_true_end(void **state)
{
	const char *path = VG_TEST_DATA "/uci-incident/incident_event_log.shared.csv.gz";
	static char bytes[2 << 20];
	char cut[] = "/tmp/vinga-test-csv-XXXXXX";
	size_t length = read_file(path, bytes, sizeof(bytes));
	struct vg_err err = {0};
	int fd = mkstemp(cut);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	assert_true(drain(path, &err) > 10000000);
	write_file(cut, bytes, length / 2);
	assert_int_equal(drain(cut, &err), VG_EIO);
	assert_non_null(strstr(err.text, "end too early"));
	bytes[length / 3] ^= 0x5A;
	write_file(cut, bytes, length);
	assert_int_equal(drain(cut, &err), VG_EIO);
	assert_int_equal(unlink(cut), 0);
}

static void
byte_order_marks_and_odd_files(void **state)
{
	char path[] = "/tmp/vinga-test-csv-XXXXXX";
	struct vg_err err = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	write_file(path,
		   "\xEF\xBB\xBF"
		   "abc",
		   6);
	assert_int_equal(drain(path, &err), 3);
	write_file(path, "\xEF\xBB\xBF", 3);
	assert_int_equal(drain(path, &err), 0);
	write_file(path, "", 0);
	assert_int_equal(drain(path, &err), 0);
	write_file(path,
		   "\xFF\xFE"
		   "a\0",
		   4);
	assert_int_equal(drain(path, &err), VG_EINVALID);
	assert_non_null(strstr(err.text, "expected UTF-8"));
	assert_int_equal(unlink(path), 0);
	assert_true(drain(path, &err) < 0);
	assert_int_equal(drain("/tmp", &err), VG_EINVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_the_same_in_pieces_of_any_size),
		cmocka_unit_test(the_callback_can_stop),
		cmocka_unit_test(an_open_quote_costs_at_most_one_mebibyte),
		cmocka_unit_test(too_many_fields_are_an_error),
		cmocka_unit_test(gzip_is_read_to_its_true_end),
		cmocka_unit_test(byte_order_marks_and_odd_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
