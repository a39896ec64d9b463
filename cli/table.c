/* table.c - rows as tables, as wide as the terminal.
 *
 * The hard thing is the narrow terminal: a table whose lines wrap is read by nobody, and neither is
 * one whose numbers are cut. So columns that say nothing go first, then those that the caller can
 * spare, and then texts are cut, the longest most. What is piped is never cut. */
#include "cli/table.h"

#include "lib/report/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MAX  24
#define GAP	     2	/* blanks between columns */
#define TEXT_ENOUGH  14 /* letters of a text that tell enough for another column to stay */
#define TEXT_MIN     4
#define HEADING_MIN  6
#define ID_MAX	     24 /* a wider first column is no id, which would be of no use cut */
#define NAME_MIN     8	/* letters of a name that can tell both of its ends */
#define TERMINAL_MIN 40 /* a narrower one is taken for this wide */

/* --- texts --- */

static bool
is_instant(const char *text)
{
	return strlen(text) == 20 && text[10] == 'T' && text[19] == 'Z';
}

/* An amount of money: in kronor for people. */
static bool
is_ore(const char *member)
{
	const size_t length = strlen(member);

	return length > 4 && strcmp(member + length - 4, "_ore") == 0;
}

const char *
vg_value_text(const char *member, const json_t *value, char out[VG_WORDS_MAX])
{
	const char *text = json_string_value(value);

	if (text != NULL)
		return is_instant(text) ? vg_words_local(text, out) : vg_words_value(member, text);
	if (json_is_boolean(value))
		return json_is_true(value) ? "ja" : "nej";
	out[0] = '\0';
	if (json_is_integer(value) && is_ore(member))
		return vg_kronor_text(json_integer_value(value), out);
	if (json_is_integer(value))
		(void)snprintf(out, VG_WORDS_MAX, "%" JSON_INTEGER_FORMAT,
			       json_integer_value(value));
	return out;
}

/* "resolution.due", "refs.0.ref": NULL when there is nothing. */
static const json_t *
find_member(const json_t *object, const char *path)
{
	char name[64];

	while (object != NULL && *path != '\0') {
		size_t length = strcspn(path, ".");

		(void)snprintf(name, sizeof(name), "%.*s", (int)length, path);
		object = json_is_array(object) ? json_array_get(object, strtoul(name, NULL, 10))
					       : json_object_get(object, name);
		path += length + (path[length] == '.');
	}
	return object;
}

/* Letters, not bytes. */
static int
width_of(const char *text)
{
	int width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

void
vg_put_padded(const char *text, int width, bool right)
{
	int blanks = width - width_of(text);

	if (blanks < 0)
		blanks = 0;
	if (right)
		printf("%*s%s", blanks, "", text);
	else
		printf("%s%*s", text, blanks, "");
}

/* Bytes of the first so many letters. */
static size_t
bytes_of(const char *text, int letters)
{
	size_t i = 0;

	for (; text[i] != '\0'; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 && letters-- == 0)
			break;
	return i;
}

void
vg_put_cut(const char *text, int width)
{
	if (width_of(text) <= width)
		(void)fputs(text, stdout);
	else
		printf("%.*s…", (int)bytes_of(text, width - 1), text);
}

int
vg_terminal_width(void)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return INT_MAX;
	return size.ws_col > TERMINAL_MIN ? size.ws_col : TERMINAL_MIN;
}

/* --- tables --- */

struct shown {
	const char *member, *heading;
	int width;  /* in letters, of the heading, too */
	int values; /* of what stands below the heading */
	bool text;  /* may be cut */
	bool right; /* numbers, which are compared digit by digit */
};

struct table {
	const json_t *rows;
	struct shown column[COLUMNS_MAX];
	int count;
};

/* "resolution.state" of a row, for people. */
static const char *
cell_text(const json_t *row, const char *path, char out[VG_WORDS_MAX])
{
	const char *dot = strrchr(path, '.');

	return vg_value_text(dot != NULL ? dot + 1 : path, find_member(row, path), out);
}

static void
measure(const struct table *table, struct shown *column)
{
	const char *dot = strrchr(column->member, '.');
	const json_t *row;
	size_t i;

	json_array_foreach(table->rows, i, row)
	{
		const json_t *value = find_member(row, column->member);
		char text[VG_WORDS_MAX];
		const int wide = width_of(
			vg_value_text(dot != NULL ? dot + 1 : column->member, value, text));

		column->text |= json_is_string(value) && !is_instant(json_string_value(value));
		column->right |= json_is_integer(value);
		if (wide > column->values)
			column->values = wide;
	}
	column->right &= !column->text;
	column->width = width_of(column->heading);
	if (column->values > column->width)
		column->width = column->values;
}

/* Of the whole line when no text is wider than `text_max`. */
static int
line_width(const struct table *table, int text_max)
{
	int width = -GAP;

	for (int c = 0; c < table->count; c++) {
		const struct shown *column = &table->column[c];
		const int own = column->width;

		width += GAP + (column->text && own > text_max ? text_max : own);
	}
	return width;
}

static void
leave_out(struct table *table, int at)
{
	table->count--;
	memmove(&table->column[at], &table->column[at + 1],
		(size_t)(table->count - at) * sizeof(table->column[0]));
}

static void
leave_out_empty(struct table *table)
{
	for (int c = table->count - 1; c > 0; c--)
		if (table->column[c].values == 0)
			leave_out(table, c);
}

/* True: it was there. */
static bool
leave_out_spare(struct table *table, const char *member, const char **heading)
{
	for (int c = 1; c < table->count; c++)
		if (strcmp(table->column[c].member, member) == 0) {
			*heading = table->column[c].heading;
			leave_out(table, c);
			return true;
		}
	return false;
}

/* Texts as wide as there is room for, the longest cut most; what is left over is the last one's. */
static void
cut_texts(struct table *table, int room)
{
	struct shown *last = &table->column[table->count - 1];
	int text_max = TEXT_MIN, left;

	while (line_width(table, text_max + 1) <= room && text_max < room)
		text_max++;
	left = room - line_width(table, text_max);
	for (int c = 0; c < table->count; c++) {
		struct shown *column = &table->column[c];

		if (column->text && column->width > text_max)
			column->width = text_max + (column == last && left > 0 ? left : 0);
	}
}

/* Of numbers and instants it is the heading that may be cut. */
static void
cut_headings(struct table *table)
{
	for (int c = 1; c < table->count; c++) {
		struct shown *column = &table->column[c];
		const int values = column->values > HEADING_MIN ? column->values : HEADING_MIN;

		if (!column->text && values < column->width)
			column->width = values;
	}
}

/* Makes it fit; *without = headings of what was left out of `spare`. */
static void
fit(struct table *table, const char *const *spare, const char *without[COLUMNS_MAX + 1])
{
	const int room = vg_terminal_width();
	int left_out = 0;

	if (line_width(table, INT_MAX) > room) {
		leave_out_empty(table);
		cut_headings(table);
		for (; spare != NULL && *spare != NULL && left_out < COLUMNS_MAX &&
		       line_width(table, TEXT_ENOUGH) > room;
		     spare++)
			left_out += leave_out_spare(table, *spare, &without[left_out]);
		cut_texts(table, room);
	}
	without[left_out] = NULL;
}

/* A name, such as of a host and a port on it, tells most at both its ends. */
static void
put_name_cut(const char *text, int width)
{
	const int letters = width_of(text), tail = (width - 1) / 2;

	printf("%.*s…%s", (int)bytes_of(text, width - 1 - tail), text,
	       text + bytes_of(text, letters - tail));
}

/* A cell and the blanks after it, of which the last of a line needs none. */
static void
put_cell(const struct table *table, int c, const char *text, bool name)
{
	const int width = table->column[c].width, wide = width_of(text);
	const int blanks = wide < width ? width - wide : 0;
	const bool right = table->column[c].right;

	if (right)
		printf("%*s", blanks, "");
	if (name && wide > width && width >= NAME_MIN && strchr(text, ' ') == NULL)
		put_name_cut(text, width);
	else
		vg_put_cut(text, width);
	if (c < table->count - 1)
		printf("%*s", GAP + (right ? 0 : blanks), "");
}

static void
put_rows(const struct table *table)
{
	char text[VG_WORDS_MAX];
	const json_t *row;
	size_t i;

	for (int c = 0; c < table->count; c++)
		put_cell(table, c, table->column[c].heading, false);
	putchar('\n');
	json_array_foreach(table->rows, i, row)
	{
		for (int c = 0; c < table->count; c++)
			put_cell(table, c, cell_text(row, table->column[c].member, text), true);
		putchar('\n');
	}
}

void
vg_print_table_spare(const json_t *rows, const struct vg_column *columns, const char *const *spare)
{
	struct table table = {.rows = rows};
	const char *without[COLUMNS_MAX + 1];

	if (json_array_size(rows) == 0) {
		puts("inga");
		return;
	}
	for (; columns->member != NULL && table.count < COLUMNS_MAX; columns++, table.count++) {
		struct shown *column = &table.column[table.count];

		*column = (struct shown){.member = columns->member,
					 .heading = vg_words_member(columns->heading)};
		measure(&table, column);
	}
	if (table.column[0].width <= ID_MAX)
		table.column[0].text = false;
	fit(&table, spare, without);
	put_rows(&table);
	for (size_t i = 0; without[i] != NULL; i++)
		printf("%s%s", i == 0 ? "Får inte plats: " : ", ", without[i]);
	if (without[0] != NULL)
		puts(".");
}

void
vg_print_table(const json_t *rows, const struct vg_column *columns)
{
	vg_print_table_spare(rows, columns, NULL);
}

void
vg_print_members(const json_t *object)
{
	char text[VG_WORDS_MAX];
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		const char *shown = vg_value_text(name, value, text);

		if (*shown == '\0')
			continue;
		vg_put_padded(vg_words_member(name), 28, false);
		printf(" %s\n", shown);
	}
}
