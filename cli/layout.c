/* layout.c - statements as rows for a finance system, by a file that says how.
 *
 * The hard thing is what must not happen in silence: an amount that no row of the layout takes, or
 * an invoice without a customer, ends the whole export before a byte is written. */
#include "cli/layout.h"

#include "core/agreement.h"
#include "lib/yaml/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 40
#define TEXT_MAX    200
/* Each "{name}", which is the shortest of its kind, may become a name of the agreement. */
#define FILLED_MAX ((TEXT_MAX / 6 + 1) * VG_AGREEMENT_TEXT_MAX)

/* What a statement is made of; each becomes one row, when it is not 0. */
static const char *const part_words[] = {"support", "operation", "vat", "rounding", NULL};
#define PARTS 4

/* X(constant, word): what a column may hold. */
#define VALUES(X)                                                                                  \
	X(CUSTOMER, "customer")                                                                    \
	X(REFERENCE, "reference")                                                                  \
	X(MUNICIPALITY, "municipality")                                                            \
	X(NAME, "name")                                                                            \
	X(NUMBER, "number")                                                                        \
	X(MONTH, "month")                                                                          \
	X(ARTICLE, "article")                                                                      \
	X(TEXT, "text")                                                                            \
	X(ACCOUNT, "account")                                                                      \
	X(COST_CENTRE, "cost_centre")                                                              \
	X(ACTIVITY, "activity")                                                                    \
	X(UNIT, "unit")                                                                            \
	X(QUANTITY, "quantity")                                                                    \
	X(PRICE, "price")                                                                          \
	X(AMOUNT, "amount")
enum value {
#define X(constant, word) VALUE_##constant,
	VALUES(X)
#undef X
		VALUE_COUNT
};
static const char *const value_words[] = {
#define X(constant, word) [VALUE_##constant] = word,
	VALUES(X)
#undef X
		[VALUE_COUNT] = NULL,
};

struct part {
	bool stated;			 /* the layout says what becomes of it */
	bool none;			 /* namely nothing */
	const char *coding[VALUE_COUNT]; /* ARTICLE to UNIT */
};

struct column {
	const char *name;
	const char *fixed; /* NULL = `value` */
	enum value value;
};

enum encoding { UTF_8, UTF_8_BOM, ISO_8859_1 };

struct vg_layout {
	struct vg_yaml *yaml; /* whose texts these are */
	char delimiter;
	char decimal;
	bool header, crlf;
	enum encoding encoding;
	struct part part[PARTS];
	size_t columns;
	struct column column[COLUMNS_MAX];
};

/* --- reading --- */

static const char *
short_text(const struct vg_yaml_node *map, const char *key, const char *fallback,
	   struct vg_yaml_errors *errors)
{
	const char *text = vg_yaml_get_text(map, key, fallback == NULL, fallback, errors);

	if (text != NULL && (strlen(text) > TEXT_MAX || strpbrk(text, "\r\n") != NULL)) {
		vg_yaml_error(errors, vg_yaml_find(map, key),
			      "%s: expected at most %d bytes on one line", key, TEXT_MAX);
		return "";
	}
	return text != NULL ? text : "";
}

static void
read_part(struct vg_layout *layout, const struct vg_yaml_node *rows, int index,
	  struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"article",	"text", "account", "cost_centre",
					    "activity", "unit", NULL};
	const struct vg_yaml_node *map = vg_yaml_find(rows, part_words[index]);
	struct part *part = &layout->part[index];

	if (map == NULL)
		return;
	part->stated = true;
	part->none = map->type == VG_YAML_SCALAR && strcmp(map->text, "none") == 0;
	if (part->none)
		return;
	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "%s: expected keys and values, or none",
			      part_words[index]);
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	for (int v = VALUE_ARTICLE; v <= VALUE_UNIT; v++)
		part->coding[v] = short_text(map, value_words[v], "", errors);
}

static void
read_column(struct vg_layout *layout, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"name", "value", "fixed", NULL};
	struct column *column = &layout->column[layout->columns];

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "columns: expected { name, value } or { name, fixed }");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	if ((vg_yaml_find(map, "value") == NULL) == (vg_yaml_find(map, "fixed") == NULL))
		vg_yaml_error(errors, map, "columns: expected either value or fixed");
	column->name = short_text(map, "name", NULL, errors);
	if (vg_yaml_find(map, "fixed") != NULL)
		column->fixed = short_text(map, "fixed", NULL, errors);
	column->value = (enum value)vg_yaml_get_word(map, "value", value_words, 0, errors);
	layout->columns++;
}

static void
read_columns(struct vg_layout *layout, const struct vg_yaml_node *root,
	     struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(root, "columns");

	if (list == NULL || list->type != VG_YAML_LIST || list->count == 0) {
		vg_yaml_error(errors, list != NULL ? list : root,
			      "columns: expected a list of at least one column");
		return;
	}
	if (list->count > COLUMNS_MAX) {
		vg_yaml_error(errors, list, "columns: expected at most %d, found %zu", COLUMNS_MAX,
			      list->count);
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		read_column(layout, list->item[i], errors);
}

static void
read_form(struct vg_layout *layout, const struct vg_yaml_node *root, struct vg_yaml_errors *errors)
{
	static const char *const delimiters[] = {"semicolon", "comma", "tab", NULL};
	static const char *const decimals[] = {"comma", "point", NULL};
	static const char *const line_ends[] = {"lf", "crlf", NULL};
	static const char *const encodings[] = {
		[UTF_8] = "utf-8", [UTF_8_BOM] = "utf-8-bom", [ISO_8859_1] = "iso-8859-1", NULL};

	layout->delimiter = ";,\t"[vg_yaml_get_word(root, "delimiter", delimiters, 0, errors)];
	layout->decimal = ",."[vg_yaml_get_word(root, "decimal", decimals, 0, errors)];
	layout->crlf = vg_yaml_get_word(root, "line_end", line_ends, 0, errors) == 1;
	layout->encoding =
		(enum encoding)vg_yaml_get_word(root, "encoding", encodings, UTF_8, errors);
	layout->header = vg_yaml_get_bool(root, "header", true, errors);
}

static void
read_layout(struct vg_layout *layout, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"name",	"delimiter", "decimal",
					    "line_end", "encoding",  "header",
					    "rows",	"columns",   NULL};
	const struct vg_yaml_node *root = vg_yaml_root(layout->yaml), *rows;

	if (root->type != VG_YAML_MAP) {
		vg_yaml_error(errors, root, "expected keys and values");
		return;
	}
	(void)vg_yaml_only(root, errors, known);
	(void)short_text(root, "name", NULL, errors);
	read_form(layout, root, errors);
	rows = vg_yaml_find(root, "rows");
	if (rows == NULL || rows->type != VG_YAML_MAP) {
		vg_yaml_error(
			errors, rows != NULL ? rows : root,
			"rows: expected support, operation, vat and rounding with their coding");
		return;
	}
	(void)vg_yaml_only(rows, errors, part_words);
	for (int i = 0; i < PARTS; i++)
		read_part(layout, rows, i, errors);
	read_columns(layout, root, errors);
}

struct vg_layout *
vg_layout_load(const char *path)
{
	struct vg_layout *layout = calloc(1, sizeof(*layout));
	struct vg_yaml_errors errors = {0};

	if (layout != NULL && (layout->yaml = vg_yaml_load_file(path, &errors)) != NULL)
		read_layout(layout, &errors);
	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	if (layout == NULL || errors.count > 0) {
		vg_yaml_errors_free(&errors);
		vg_layout_free(layout);
		return NULL;
	}
	return layout;
}

void
vg_layout_free(struct vg_layout *layout)
{
	if (layout == NULL)
		return;
	vg_yaml_free(layout->yaml);
	free(layout);
}

/* --- writing --- */

/* One row: a part of a statement of a municipality. */
struct row {
	const struct vg_layout *layout;
	const struct part *part;
	const json_t *statement, *municipality;
	int64_t quantity, price_ore, amount_ore;
};

static const char *
member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

static int64_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* Quoted when it must be. */
static void
put_cell(const struct vg_layout *layout, const char *text, FILE *out)
{
	const char special[] = {layout->delimiter, '"', '\r', '\n', '\0'};

	if (text[strcspn(text, special)] == '\0') {
		(void)fputs(text, out);
		return;
	}
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', out);
		(void)fputc(*text, out);
	}
	(void)fputc('"', out);
}

static void
money_text(const struct vg_layout *layout, int64_t ore, char *out, size_t size)
{
	const int64_t all = ore < 0 ? -ore : ore;

	(void)snprintf(out, size, "%s%" PRId64 "%c%02" PRId64, ore < 0 ? "-" : "", all / 100,
		       layout->decimal, all % 100);
}

/* "Support {month}" with what stands in braces. */
static void
fill_in(const struct row *row, const char *text, char *out, size_t size)
{
	const struct {
		const char *word, *value;
	} words[] = {{"{month}", member(row->statement, "month")},
		     {"{number}", member(row->statement, "number")},
		     {"{municipality}", member(row->statement, "municipality")},
		     {"{name}", member(row->municipality, "name")}};
	const size_t count = sizeof(words) / sizeof(words[0]);
	size_t used = 0;

	while (*text != '\0' && used + 1 < size) {
		size_t w = 0;

		while (w < count && strncmp(text, words[w].word, strlen(words[w].word)) != 0)
			w++;
		if (w < count) {
			used += (size_t)snprintf(out + used, size - used, "%s", words[w].value);
			text += strlen(words[w].word);
		} else {
			out[used++] = *text++;
		}
	}
	out[used < size ? used : size - 1] = '\0';
}

static void
put_value(const struct row *row, enum value value, FILE *out)
{
	const struct vg_layout *layout = row->layout;
	char text[FILLED_MAX + 1];

	switch (value) {
	case VALUE_CUSTOMER:
	case VALUE_REFERENCE:
	case VALUE_NAME:
		put_cell(layout, member(row->municipality, value_words[value]), out);
		return;
	case VALUE_MUNICIPALITY:
	case VALUE_NUMBER:
	case VALUE_MONTH:
		put_cell(layout, member(row->statement, value_words[value]), out);
		return;
	case VALUE_TEXT:
		fill_in(row, row->part->coding[value], text, sizeof(text));
		put_cell(layout, text, out);
		return;
	case VALUE_ARTICLE:
	case VALUE_ACCOUNT:
	case VALUE_COST_CENTRE:
	case VALUE_ACTIVITY:
	case VALUE_UNIT:
		put_cell(layout, row->part->coding[value], out);
		return;
	case VALUE_QUANTITY:
		(void)fprintf(out, "%" PRId64, row->quantity);
		return;
	case VALUE_PRICE:
	case VALUE_AMOUNT:
		money_text(layout, value == VALUE_PRICE ? row->price_ore : row->amount_ore, text,
			   sizeof(text));
		put_cell(layout, text, out);
		return;
	case VALUE_COUNT:
		return;
	}
}

static void
end_line(const struct vg_layout *layout, FILE *out)
{
	(void)fputs(layout->crlf ? "\r\n" : "\n", out);
}

static void
put_row(const struct row *row, FILE *out)
{
	const struct vg_layout *layout = row->layout;

	for (size_t i = 0; i < layout->columns; i++) {
		if (i > 0)
			(void)fputc(layout->delimiter, out);
		if (layout->column[i].fixed != NULL)
			put_cell(layout, layout->column[i].fixed, out);
		else
			put_value(row, layout->column[i].value, out);
	}
	end_line(layout, out);
}

static void
put_header(const struct vg_layout *layout, FILE *out)
{
	for (size_t i = 0; i < layout->columns; i++) {
		if (i > 0)
			(void)fputc(layout->delimiter, out);
		put_cell(layout, layout->column[i].name, out);
	}
	end_line(layout, out);
}

/* Support is so many tickets at their price when that is what it comes to; after a cap, a credit or
 * a correction it is one of the amount, as everything else is. */
static void
set_quantity(struct row *row, int part)
{
	const int64_t counted = number(row->statement, "counted"),
		      price_ore = number(row->statement, "ticket_price_ore");

	row->quantity = 1;
	row->price_ore = row->amount_ore;
	if (part == 0 && counted > 0 && price_ore > 0 && row->amount_ore % price_ore == 0 &&
	    row->amount_ore / price_ore == counted) {
		row->quantity = counted;
		row->price_ore = price_ore;
	}
}

static int
put_statement(const struct vg_cli *cli, struct row *row, FILE *out)
{
	static const char *const amounts[PARTS] = {"support_ore", "operation_ore", "vat_ore",
						   "rounding_ore"};
	const char *code = member(row->statement, "municipality");
	int rc = 0;

	for (int i = 0; i < PARTS; i++) {
		row->part = &row->layout->part[i];
		row->amount_ore = number(row->statement, amounts[i]);
		if (row->amount_ore == 0 || row->part->none)
			continue;
		if (!row->part->stated) {
			rc = vg_cli_fail(cli, VG_EXIT_MALFORMED,
					 "%s: the layout has no row for %s, which is %" PRId64
					 " öre; expected its coding, or none",
					 code, part_words[i], row->amount_ore);
			continue;
		}
		set_quantity(row, i);
		put_row(row, out);
	}
	return rc;
}

static const json_t *
municipality_of(const json_t *agreement, const char *code)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(agreement, "municipalities"), i, row)
	{
		if (strcmp(member(row, "code"), code) == 0)
			return row;
	}
	return NULL;
}

static bool
wants_customer(const struct vg_layout *layout)
{
	for (size_t i = 0; i < layout->columns; i++)
		if (layout->column[i].fixed == NULL && layout->column[i].value == VALUE_CUSTOMER)
			return true;
	return false;
}

static int
put_statements(const struct vg_cli *cli, const struct vg_layout *layout, const json_t *statements,
	       const json_t *agreement, FILE *out)
{
	const json_t *statement;
	size_t i;
	int rc = 0;

	if (layout->header)
		put_header(layout, out);
	json_array_foreach(statements, i, statement)
	{
		const char *code = member(statement, "municipality");
		struct row row = {.layout = layout,
				  .statement = statement,
				  .municipality = municipality_of(agreement, code)};

		if (wants_customer(layout) && *member(row.municipality, "customer") == '\0')
			rc = vg_cli_fail(
				cli, VG_EXIT_MALFORMED,
				"%s: the agreement has no customer number; state it in the "
				"column customer of the municipalities, and apply it",
				code);
		else if (put_statement(cli, &row, out) != 0)
			rc = VG_EXIT_MALFORMED;
	}
	return rc;
}

/* UTF-8 in place to one byte a letter; a letter that has none is an error. */
static int
to_latin_1(const struct vg_cli *cli, char *bytes, size_t *length)
{
	size_t to = 0;

	for (size_t i = 0; i < *length; i++) {
		const unsigned char lead = (unsigned char)bytes[i];

		if (lead < 0x80) {
			bytes[to++] = bytes[i];
		} else if ((lead & 0xfe) == 0xc2 && i + 1 < *length) {
			bytes[to++] = (char)((lead & 3) << 6 | (bytes[++i] & 0x3f));
		} else {
			return vg_cli_fail(cli, VG_EXIT_MALFORMED,
					   "a text has letters that ISO 8859-1 does not have; "
					   "expected another encoding");
		}
	}
	*length = to;
	return 0;
}

int
vg_layout_print(const struct vg_cli *cli, const struct vg_layout *layout, const json_t *statements,
		const json_t *agreement, char **bytes, size_t *length)
{
	FILE *out = open_memstream(bytes, length);
	bool whole;
	int rc;

	if (out == NULL)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	if (layout->encoding == UTF_8_BOM)
		(void)fputs("\xef\xbb\xbf", out);
	rc = put_statements(cli, layout, statements, agreement, out);
	whole = !ferror(out);
	if ((fclose(out) != 0 || !whole) && rc == 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	if (rc == 0 && layout->encoding == ISO_8859_1)
		rc = to_latin_1(cli, *bytes, length);
	if (rc != 0) {
		free(*bytes);
		*bytes = NULL;
	}
	return rc;
}
