/* rows_copy.c - values as COPY text: tabs between columns, \N for null, backslash escapes.
 *
 * Dates are made by integer arithmetic: the read model holds UTC, and this library asks no zone. */
#include "lib/rows/rows_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS	  INT64_C(86400000)
#define DAY_LEAST (-719162) /* 0001-01-01 */
#define DAY_MOST  2932896   /* 9999-12-31 */

static void
put(struct vg_rows_writer *writer, const char *bytes, size_t length)
{
	struct vg_rows_table *table = writer->table;
	size_t size = table->size;
	char *grown;

	if (writer->rc != 0 || length == 0)
		return;
	while (table->length + length > size)
		size = size == 0 ? 4096 : size * 2;
	if (size != table->size) {
		grown = realloc(table->copy, size);
		if (grown == NULL) {
			writer->rc = VG_ENOMEM;
			return;
		}
		table->copy = grown;
		table->size = size;
	}
	memcpy(table->copy + table->length, bytes, length);
	table->length += length;
	writer->bytes += length;
}

static void
put_value(struct vg_rows_writer *writer, const char *text)
{
	if (writer->column++ > 0)
		put(writer, "\t", 1);
	put(writer, text, strlen(text));
}

void
vg_row_begin(struct vg_rows_writer *writer, enum vg_table table)
{
	writer->table = &writer->rows->table[table];
	writer->column = 0;
	writer->columns = 1;
	for (const char *c = vg_table_info[table].columns; *c != '\0'; c++)
		writer->columns += *c == ',';
}

void
vg_row_end(struct vg_rows_writer *writer)
{
	VG_ASSERT(writer->column == writer->columns);
	put(writer, "\n", 1);
	writer->table->rows++;
}

void
vg_row_null(struct vg_rows_writer *writer)
{
	put_value(writer, "\\N");
}

void
vg_row_text(struct vg_rows_writer *writer, const char *text)
{
	static const char special[] = "\\\t\n\r\b\f\v", letters[] = "\\tnrbfv";

	if (text == NULL) {
		vg_row_null(writer);
		return;
	}
	put_value(writer, "");
	while (*text != '\0') {
		size_t plain = strcspn(text, special);

		put(writer, text, plain);
		text += plain;
		if (*text != '\0') {
			char escape[2] = {'\\', letters[strchr(special, *text) - special]};

			put(writer, escape, 2);
			text++;
		}
	}
}

void
vg_row_ids(struct vg_rows_writer *writer, const char *ids)
{
	put_value(writer, "{");
	for (; *ids != '\0'; ids++)
		put(writer, *ids == ' ' ? "," : ids, 1);
	put(writer, "}", 1);
}

void
vg_row_name(struct vg_rows_writer *writer, const char *text)
{
	vg_row_text(writer, text == NULL || text[0] == '\0' ? NULL : text);
}

void
vg_row_number(struct vg_rows_writer *writer, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	put_value(writer, text);
}

void
vg_row_natural(struct vg_rows_writer *writer, int64_t number)
{
	if (number == -1)
		vg_row_null(writer);
	else
		vg_row_number(writer, number);
}

void
vg_row_flag(struct vg_rows_writer *writer, bool flag)
{
	put_value(writer, flag ? "t" : "f");
}

/* A day's Gregorian date; years are counted from March, so that the leap day comes last. */
static void
date_of(int64_t day, int *year, int *month, int *date)
{
	int64_t shifted = day + 719468, era = shifted / 146097, of_era = shifted % 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*date = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

static int64_t
day_of(int64_t at_ms)
{
	return at_ms / DAY_MS - (at_ms % DAY_MS < 0);
}

void
vg_row_instant(struct vg_rows_writer *writer, int64_t at_ms)
{
	int64_t day = day_of(at_ms), rest_ms = at_ms - day * DAY_MS;
	int year, month, date, second = (int)(rest_ms / 1000);
	char text[48];

	if (day < DAY_LEAST || day > DAY_MOST) {
		put_value(writer, at_ms < 0 ? "-infinity" : "infinity");
		return;
	}
	date_of(day, &year, &month, &date);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, date,
		 second / 3600, second / 60 % 60, second % 60, (int)(rest_ms % 1000));
	put_value(writer, text);
}

void
vg_row_moment(struct vg_rows_writer *writer, int64_t at_ms)
{
	if (at_ms == -1)
		vg_row_null(writer);
	else
		vg_row_instant(writer, at_ms);
}

void
vg_row_day(struct vg_rows_writer *writer, int64_t day)
{
	int year, month, date;
	char text[40];

	if (day < DAY_LEAST || day > DAY_MOST) {
		put_value(writer, day < 0 ? "-infinity" : "infinity");
		return;
	}
	date_of(day, &year, &month, &date);
	snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, date);
	put_value(writer, text);
}

void
vg_row_month(struct vg_rows_writer *writer, int month)
{
	char text[32];

	snprintf(text, sizeof(text), "%04d-%02d-01", month / 12, month % 12 + 1);
	put_value(writer, text);
}

static int
put_key(struct vg_rows_table *table, const char *text, size_t length)
{
	if (table->keys_length + length > table->keys_size) {
		size_t size = table->keys_size * 2 + 256;
		char *grown = realloc(table->keys, size);

		if (grown == NULL)
			return VG_ENOMEM;
		table->keys = grown;
		table->keys_size = size;
	}
	memcpy(table->keys + table->keys_length, text, length);
	table->keys_length += length;
	return 0;
}

void
vg_row_key(struct vg_rows_writer *writer, enum vg_table table, int64_t key)
{
	char text[32];
	int length;

	if (strcmp(vg_table_info[table].key, "month") == 0)
		length = snprintf(text, sizeof(text), "%04d-%02d-01\n", (int)(key / 12),
				  (int)(key % 12) + 1);
	else
		length = snprintf(text, sizeof(text), "%" PRId64 "\n", key);
	if (writer->rc == 0)
		writer->rc = put_key(&writer->rows->table[table], text, (size_t)length);
}

void
vg_row_key_text(struct vg_rows_writer *writer, enum vg_table table, const char *key)
{
	struct vg_rows_table *rows = &writer->rows->table[table];

	for (; writer->rc == 0 && *key != '\0'; key++) {
		if (*key == '\\') /* COPY's own; ids hold none of its other letters */
			writer->rc = put_key(rows, key, 1);
		if (writer->rc == 0)
			writer->rc = put_key(rows, key, 1);
	}
	if (writer->rc == 0)
		writer->rc = put_key(rows, "\n", 1);
}
