/* book.c - libxlsxwriter, so that no failure passes unseen and equal models give equal bytes.
 *
 * The hard thing is what a spreadsheet does to figures: its numbers are doubles, rounded when they
 * are shown. So shares are cut to what is shown before they become doubles (99,8999 % must never
 * read 99,900 %), and money stands as whole öre beside the kronor. */
#include "lib/xlsx/book.h"

#include "lib/civil/civil.h"
#include "lib/report/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#define DIRECTORY "/vinga-xlsx.XXXXXX"

struct vg_book {
	lxw_workbook *workbook;
	const json_t *model;
	enum vg_language language;
	lxw_format *format[VG_CELL_FORM_COUNT];
	lxw_format *title, *note, *label, *head, *head_of_numbers;
	int rc; /* the first failure, told in err */
	struct vg_err err;
	char directory[64], path[96];
};

static void
fail(struct vg_book *book, int rc, const char *what, const char *why)
{
	if (book->rc == 0)
		book->rc = vg_err_set(&book->err, rc, "%s: %s", what, why);
}

static void
check(struct vg_book *book, lxw_error error, const char *what)
{
	if (error == LXW_ERROR_MEMORY_MALLOC_FAILED)
		fail(book, VG_ENOMEM, what, "out of memory");
	else if (error != LXW_NO_ERROR)
		fail(book, VG_EIO, what, lxw_strerror(error));
}

/* Opening and closing. */

static bool
add_format(struct vg_book *book, lxw_format **out)
{
	*out = workbook_add_format(book->workbook);
	if (*out == NULL)
		fail(book, VG_ENOMEM, "workbook", "out of memory");
	return *out != NULL;
}

static void
make_formats(struct vg_book *book)
{
	static const char *const shown[VG_CELL_FORM_COUNT] = {
		[VG_CELL_COUNT] = "#,##0",     [VG_CELL_ORE] = "0",
		[VG_CELL_KRONOR] = "#,##0.00", [VG_CELL_DECIMAL] = "#,##0.000",
		[VG_CELL_PERCENT] = "0.000%",  [VG_CELL_PPM] = "0.000%",
		[VG_CELL_DAY] = "yyyy-mm-dd",  [VG_CELL_INSTANT] = "yyyy-mm-dd hh:mm:ss",
	};
	lxw_format **const others[] = {&book->title, &book->note, &book->label, &book->head,
				       &book->head_of_numbers};

	for (int i = 0; i < VG_CELL_FORM_COUNT; i++)
		if (add_format(book, &book->format[i]) && shown[i] != NULL)
			format_set_num_format(book->format[i], shown[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		(void)add_format(book, others[i]);
	if (book->rc != 0)
		return;
	format_set_indent(book->format[VG_CELL_TEXT], 1);
	format_set_bold(book->title);
	format_set_font_size(book->title, 16);
	format_set_italic(book->note);
	format_set_bold(book->label);
	format_set_bold(book->head);
	format_set_indent(book->head, 1);
	format_set_bottom(book->head, LXW_BORDER_THIN);
	format_set_bold(book->head_of_numbers);
	format_set_align(book->head_of_numbers, LXW_ALIGN_RIGHT);
	format_set_bottom(book->head_of_numbers, LXW_BORDER_THIN);
}

static void
begin_workbook(struct vg_book *book, const char *title, int64_t created_ms)
{
	lxw_workbook_options options = {.tmpdir = book->directory};
	lxw_doc_properties properties = {.title = (char *)(uintptr_t)title,
					 .company = (char *)(uintptr_t) "Vinga",
					 .created = (time_t)(created_ms / 1000)};

	(void)snprintf(book->path, sizeof(book->path), "%s/book.xlsx", book->directory);
	book->workbook = workbook_new_opt(book->path, &options);
	if (book->workbook == NULL) {
		fail(book, VG_ENOMEM, "workbook", "out of memory");
		return;
	}
	check(book, workbook_set_properties(book->workbook, &properties), "properties");
	make_formats(book);
}

int
vg_book_open(struct vg_book **out, const json_t *model, enum vg_language language,
	     const char *title, int64_t created_ms, struct vg_err *err)
{
	struct vg_book *book = calloc(1, sizeof(*book));

	*out = NULL;
	if (book == NULL)
		return vg_err_set(err, VG_ENOMEM, "workbook: out of memory");
	book->model = model;
	book->language = language;
	(void)snprintf(book->directory, sizeof(book->directory), "%s", P_tmpdir DIRECTORY);
	if (mkdtemp(book->directory) == NULL) {
		book->directory[0] = '\0';
		fail(book, VG_EIO, P_tmpdir, "no private directory can be made there");
	} else {
		begin_workbook(book, title, created_ms);
	}
	if (book->rc != 0)
		return vg_book_close(book, NULL, err);
	*out = book;
	return 0;
}

static void
copy_out(struct vg_book *book, FILE *out)
{
	char bytes[16384];
	FILE *file = fopen(book->path, "rb");
	size_t length;

	if (file == NULL) {
		fail(book, VG_EIO, book->path, "cannot be read back");
		return;
	}
	while ((length = fread(bytes, 1, sizeof(bytes), file)) > 0)
		if (fwrite(bytes, 1, length, out) != length)
			break;
	if (ferror(file) != 0 || ferror(out) != 0)
		fail(book, VG_EIO, "workbook", "the file cannot be written");
	(void)fclose(file);
}

int
vg_book_close(struct vg_book *book, FILE *out, struct vg_err *err)
{
	int rc;

	if (book->workbook != NULL && book->rc == 0) {
		check(book, workbook_close(book->workbook), "workbook");
		if (book->rc == 0)
			copy_out(book, out);
	} else {
		lxw_workbook_free(book->workbook);
	}
	if (book->directory[0] != '\0') {
		(void)unlink(book->path);
		(void)rmdir(book->directory);
	}
	rc = book->rc;
	if (rc != 0)
		(void)vg_err_set(err, rc, "%s", book->err.text);
	free(book);
	return rc;
}

const char *
vg_book_say(const struct vg_book *book, const char *swedish)
{
	return vg_words(book->language, swedish);
}

void
vg_book_no_memory(struct vg_book *book)
{
	fail(book, VG_ENOMEM, "workbook", "out of memory");
}

/* Sheets and single cells. */

struct vg_sheet
vg_sheet_begin(struct vg_book *book, const char *name)
{
	struct vg_sheet sheet = {.book = book, .name = vg_book_say(book, name)};

	if (book->rc != 0)
		return sheet;
	check(book, workbook_validate_sheet_name(book->workbook, sheet.name), sheet.name);
	if (book->rc == 0) {
		sheet.worksheet = workbook_add_worksheet(book->workbook, sheet.name);
		if (sheet.worksheet == NULL)
			fail(book, VG_ENOMEM, sheet.name, "out of memory");
	}
	if (book->rc == 0) {
		worksheet_set_landscape(sheet.worksheet);
		worksheet_set_paper(sheet.worksheet, 9); /* A4 */
	}
	return sheet;
}

/* As much of a text as a cell holds, cut between characters. */
static lxw_error
put_text(struct vg_sheet *sheet, uint16_t column, const char *text, lxw_format *format)
{
	static const char more[] = "…";
	size_t length = strlen(text), end = VG_BOOK_TEXT_MAX - (sizeof(more) - 1);
	char *cut;
	lxw_error error;

	if (length <= VG_BOOK_TEXT_MAX)
		return worksheet_write_string(sheet->worksheet, sheet->row, column, text, format);
	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	cut = malloc(end + sizeof(more));
	if (cut == NULL)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	memcpy(cut, text, end);
	memcpy(cut + end, more, sizeof(more));
	error = worksheet_write_string(sheet->worksheet, sheet->row, column, cut, format);
	free(cut);
	return error;
}

static lxw_error
put_instant(struct vg_sheet *sheet, uint16_t column, int64_t at_ms, lxw_format *format)
{
	struct vg_civil local;
	lxw_datetime at;

	vg_civil_from_utc_ms(at_ms, &local);
	at = (lxw_datetime){.year = local.year,
			    .month = local.month,
			    .day = local.day,
			    .hour = local.hour,
			    .min = local.minute,
			    .sec = local.second};
	return worksheet_write_datetime(sheet->worksheet, sheet->row, column, &at, format);
}

/* A text that is no date stays text. */
static lxw_error
put_day(struct vg_sheet *sheet, uint16_t column, const char *text, lxw_format *format)
{
	lxw_datetime day = {0};

	if (sscanf(text, "%4d-%2d-%2d", &day.year, &day.month, &day.day) != 3 ||
	    !vg_civil_valid_date(day.year, day.month, day.day))
		return put_text(sheet, column, text, format);
	return worksheet_write_datetime(sheet->worksheet, sheet->row, column, &day, format);
}

/* The number that a cell holds, cut to what it shows. */
static double
number_of(const struct vg_cell *cell)
{
	switch (cell->form) {
	case VG_CELL_KRONOR:
		return (double)cell->num / 100;
	case VG_CELL_DECIMAL:
		return (double)(int64_t)((vg_wide)cell->num * 1000 / cell->den) / 1000;
	case VG_CELL_PERCENT:
		return (double)(int64_t)((vg_wide)cell->num * 100000 / cell->den) / 100000;
	case VG_CELL_PPM:
		return (double)(cell->num / 10) / 100000;
	case VG_CELL_EMPTY:
	case VG_CELL_TEXT:
	case VG_CELL_COUNT:
	case VG_CELL_ORE:
	case VG_CELL_INSTANT:
	case VG_CELL_DAY:
	case VG_CELL_FORM_COUNT:
		break;
	}
	return (double)cell->num;
}

static void
put_cell(struct vg_sheet *sheet, uint16_t column, const struct vg_cell *cell)
{
	struct vg_book *book = sheet->book;
	lxw_format *format = book->format[cell->form];
	lxw_error error = LXW_NO_ERROR;

	if (book->rc != 0 || cell->form == VG_CELL_EMPTY)
		return;
	if (cell->form == VG_CELL_TEXT)
		error = put_text(sheet, column, cell->text, format);
	else if (cell->form == VG_CELL_DAY)
		error = put_day(sheet, column, cell->text, format);
	else if (cell->form == VG_CELL_INSTANT)
		error = put_instant(sheet, column, cell->num, format);
	else if (cell->formula != NULL)
		error = worksheet_write_formula_num(sheet->worksheet, sheet->row, column,
						    cell->formula, format, number_of(cell));
	else
		error = worksheet_write_number(sheet->worksheet, sheet->row, column,
					       number_of(cell), format);
	check(book, error, sheet->name);
}

/* A label; of an instant with its zone. Returns out. */
static const char *
head_text(const struct vg_book *book, const char *head, enum vg_cell_form form, char *out,
	  size_t size)
{
	if (form == VG_CELL_INSTANT)
		(void)snprintf(out, size, "%s (%s)", vg_book_say(book, head), vg_civil_zone());
	else
		(void)snprintf(out, size, "%s", vg_book_say(book, head));
	return out;
}

static void
put_line(struct vg_sheet *sheet, const char *text, lxw_format *format)
{
	if (sheet->book->rc == 0)
		check(sheet->book, put_text(sheet, 0, text, format), sheet->name);
	sheet->row++;
}

void
vg_sheet_title(struct vg_sheet *sheet, const char *text)
{
	if (sheet->book->rc == 0)
		worksheet_fit_to_pages(sheet->worksheet, 1, 0);
	put_line(sheet, text, sheet->book->title);
}

void
vg_sheet_gap(struct vg_sheet *sheet)
{
	sheet->row++;
}

void
vg_sheet_note(struct vg_sheet *sheet, const char *text)
{
	put_line(sheet, text, sheet->book->note);
}

void
vg_sheet_values(struct vg_sheet *sheet, const char *label, const struct vg_cell *value,
		size_t values)
{
	char text[VG_BOOK_HEAD_MAX];

	for (size_t i = 0; i < values; i++)
		put_cell(sheet, (uint16_t)(1 + i), &value[i]);
	put_line(sheet, head_text(sheet->book, label, value[0].form, text, sizeof(text)),
		 sheet->book->label);
}

void
vg_sheet_pair(struct vg_sheet *sheet, const char *label, struct vg_cell value)
{
	if (value.form != VG_CELL_EMPTY)
		vg_sheet_values(sheet, label, &value, 1);
}

void
vg_sheet_widths(struct vg_sheet *sheet, const unsigned *width, size_t columns)
{
	for (size_t i = 0; i < columns && sheet->book->rc == 0; i++)
		check(sheet->book,
		      worksheet_set_column(sheet->worksheet, (lxw_col_t)i, (lxw_col_t)i, width[i],
					   NULL),
		      sheet->name);
}

/* Tables. */

static const json_t *
member_of(const json_t *row, const char *path)
{
	const char *dot;

	while ((dot = strchr(path, '.')) != NULL) {
		row = json_object_getn(row, path, (size_t)(dot - path));
		path = dot + 1;
	}
	return json_object_get(row, path);
}

static struct vg_cell
cell_of(const struct vg_book *book, const struct vg_column *column, const json_t *row, char *room)
{
	struct vg_cell cell = {.den = 1};
	const json_t *value;

	if (column->cell != NULL) {
		column->cell(&(struct vg_source){book->model, row, book->language, room}, &cell);
		return cell;
	}
	value = member_of(row, column->member);
	cell.text = json_string_value(value);
	cell.num = json_integer_value(value);
	if (cell.text != NULL ? *cell.text != '\0' : json_is_integer(value))
		cell.form = column->form;
	return cell;
}

/* Under the table, not in it: Excel's own row of totals names columns in a way that LibreOffice
 * cannot compute. */
static void
put_sums(struct vg_sheet *sheet, const struct vg_column *column, size_t columns)
{
	char range[LXW_MAX_CELL_RANGE_LENGTH], formula[VG_BOOK_FORMULA_MAX];
	bool summed = false;

	for (size_t i = 0; i < columns; i++) {
		struct vg_cell cell = {
			.form = column[i].form, .num = sheet->sum[i], .den = 1, .formula = formula};

		if (!column[i].summed)
			continue;
		lxw_rowcol_to_range(range, sheet->first, (lxw_col_t)i, sheet->last, (lxw_col_t)i);
		(void)snprintf(formula, sizeof(formula), "=SUBTOTAL(109,%s)", range);
		put_cell(sheet, (uint16_t)i, &cell);
		summed = true;
	}
	if (summed)
		put_line(sheet, vg_book_say(sheet->book, "Summa"), sheet->book->label);
}

/* The table object over rows that are written, and their sums. */
static void
frame_table(struct vg_sheet *sheet, const struct vg_column *column, size_t columns, uint32_t head)
{
	struct vg_book *book = sheet->book;
	lxw_table_column frame[VG_BOOK_COLUMNS_MAX] = {{0}}, *frames[VG_BOOK_COLUMNS_MAX + 1] = {0};
	char heads[VG_BOOK_COLUMNS_MAX][VG_BOOK_HEAD_MAX];
	lxw_table_options options = {.columns = frames,
				     .style_type = LXW_TABLE_STYLE_TYPE_LIGHT,
				     .style_type_number = 9};

	for (size_t i = 0; i < columns; i++) {
		frame[i].header = (char *)(uintptr_t)head_text(book, column[i].head, column[i].form,
							       heads[i], sizeof(heads[i]));
		frame[i].header_format =
			column[i].form == VG_CELL_TEXT ? book->head : book->head_of_numbers;
		frames[i] = &frame[i];
	}
	sheet->first = head + 1;
	sheet->last = sheet->row - 1;
	check(book,
	      worksheet_add_table(sheet->worksheet, head, 0, sheet->last, (lxw_col_t)(columns - 1),
				  &options),
	      sheet->name);
	put_sums(sheet, column, columns);
}

static void
begin_table(struct vg_sheet *sheet, const struct vg_column *column, size_t columns)
{
	unsigned width[VG_BOOK_COLUMNS_MAX];

	VG_ASSERT(columns > 0 && columns <= VG_BOOK_COLUMNS_MAX);
	if (sheet->row == 0) {
		worksheet_freeze_panes(sheet->worksheet, 1, 0);
		check(sheet->book, worksheet_repeat_rows(sheet->worksheet, 0, 0), sheet->name);
		for (size_t i = 0; i < columns; i++)
			width[i] = column[i].width;
		vg_sheet_widths(sheet, width, columns);
	}
	memset(sheet->sum, 0, sizeof(sheet->sum));
	sheet->row++;
}

void
vg_sheet_table(struct vg_sheet *sheet, const struct vg_column *column, size_t columns,
	       const json_t *rows, vg_row_cb *wanted)
{
	uint32_t head = sheet->row;
	const json_t *row;
	char room[VG_BOOK_ROOM];
	size_t i;

	if (sheet->book->rc != 0)
		return;
	begin_table(sheet, column, columns);
	json_array_foreach(rows, i, row)
	{
		if (wanted != NULL && !wanted(row))
			continue;
		if (sheet->row - head > VG_BOOK_ROWS_MAX) {
			fail(sheet->book, VG_ELIMIT, sheet->name,
			     "more rows than a sheet is given; the CSV file has them all");
			return;
		}
		for (size_t c = 0; c < columns; c++) {
			struct vg_cell cell = cell_of(sheet->book, &column[c], row, room);

			put_cell(sheet, (uint16_t)c, &cell);
			if (column[c].summed &&
			    __builtin_add_overflow(sheet->sum[c], cell.num, &sheet->sum[c]))
				fail(sheet->book, VG_ELIMIT, sheet->name, "a sum is too large");
		}
		sheet->row++;
	}
	if (sheet->row == head + 1)
		sheet->row++;
	frame_table(sheet, column, columns, head);
}

void
vg_sheet_cells(struct vg_sheet *sheet, const struct vg_column *column, size_t columns,
	       const struct vg_cell *cell, size_t rows)
{
	uint32_t head = sheet->row;

	if (sheet->book->rc != 0)
		return;
	begin_table(sheet, column, columns);
	for (size_t i = 0; i < rows; i++, sheet->row++)
		for (size_t c = 0; c < columns; c++)
			put_cell(sheet, (uint16_t)c, &cell[i * columns + c]);
	if (rows == 0)
		sheet->row++;
	frame_table(sheet, column, columns, head);
}

struct vg_area
vg_sheet_area(const struct vg_sheet *sheet, const struct vg_column *column, size_t columns,
	      const char *head)
{
	struct vg_area area = {.sheet = sheet->name, .first = sheet->first, .last = sheet->last};

	while (area.column < columns && strcmp(column[area.column].head, head) != 0)
		area.column++;
	VG_ASSERT(area.column < columns);
	area.sum = sheet->sum[area.column];
	return area;
}

char *
vg_area_sum(struct vg_area area, char *out)
{
	char range[LXW_MAX_CELL_RANGE_LENGTH];

	lxw_rowcol_to_range(range, area.first, area.column, area.last, area.column);
	(void)snprintf(out, VG_BOOK_FORMULA_MAX, "=SUM('%s'!%s)", area.sheet, range);
	return out;
}

void
vg_sheet_chart(struct vg_sheet *sheet, const char *title, const char *description,
	       struct vg_area names, struct vg_area values, enum vg_cell_form form)
{
	struct vg_book *book = sheet->book;
	lxw_chart_options options = {
		.x_scale = 2, .y_scale = 1.2, .description = (char *)(uintptr_t)description};
	lxw_chart_series *series;
	lxw_chart *chart;

	if (book->rc != 0)
		return;
	chart = workbook_add_chart(book->workbook, LXW_CHART_COLUMN);
	series = chart != NULL ? chart_add_series(chart, NULL, NULL) : NULL;
	if (series == NULL) {
		fail(book, VG_ENOMEM, sheet->name, "out of memory");
		return;
	}
	chart_series_set_categories(series, names.sheet, names.first, names.column, names.last,
				    names.column);
	chart_series_set_values(series, values.sheet, values.first, values.column, values.last,
				values.column);
	chart_title_set_name(chart, title);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
	chart_axis_set_num_format(chart->y_axis, form == VG_CELL_KRONOR ? "#,##0" : "0%");
	if (form == VG_CELL_PERCENT)
		chart_axis_set_max(chart->y_axis, 1);
	check(book,
	      worksheet_insert_chart_opt(sheet->worksheet, sheet->row + 1, 0, chart, &options),
	      sheet->name);
}
