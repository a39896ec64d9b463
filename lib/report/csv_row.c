/* csv_row.c - fields and rows in two forms.
 *
 * The hard thing is text that a spreadsheet takes for a formula: in the form for Excel a field that
 * begins with = + - @ gets a leading apostrophe. Numbers are made here and never begin so, but for
 * a minus before digits. */
#include "lib/report/csv_row.h"

#include "lib/civil/civil.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

void
vg_csv_begin(FILE *out, enum vg_csv_form form)
{
	if (form == VG_CSV_EXCEL)
		fputs("\xef\xbb\xbf", out);
}

static bool
is_number(const char *text)
{
	size_t length = strspn(text + (*text == '-'), "0123456789,.");

	return length > 0 && text[(*text == '-') + length] == '\0';
}

static void
put_field(FILE *out, enum vg_csv_form form, const char *text)
{
	const char *special = form == VG_CSV_EXCEL ? ";\"\r\n" : ",\"\r\n";

	if (form == VG_CSV_EXCEL && *text != '\0' && strchr("=+-@\t\r", *text) != NULL &&
	    !is_number(text)) {
		fputs("\"'", out);
	} else if (strpbrk(text, special) == NULL) {
		fputs(text, out);
		return;
	} else {
		fputc('"', out);
	}
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

void
vg_csv_row(FILE *out, enum vg_csv_form form, const char *const *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			fputc(form == VG_CSV_EXCEL ? ';' : ',', out);
		put_field(out, form, fields[i]);
	}
	fputs(form == VG_CSV_EXCEL ? "\r\n" : "\n", out);
}

char *
vg_csv_integer(int64_t value, char *out)
{
	(void)snprintf(out, VG_NUMBER_MAX, "%" PRId64, value);
	return out;
}

char *
vg_csv_instant(const json_t *object, const char *member, char *out)
{
	const json_t *value = json_object_get(object, member);

	out[0] = '\0';
	return value != NULL ? vg_civil_iso(json_integer_value(value), out, VG_NUMBER_MAX) : out;
}

char *
vg_csv_time(enum vg_csv_form form, const json_t *object, const char *member, char *out)
{
	char *letter = strchr(vg_csv_instant(object, member, out), 'T');

	if (form == VG_CSV_EXCEL && letter != NULL) {
		*letter = ' ';
		letter[sizeof(" 17:00:05") - 1] = '\0';
	}
	return out;
}
