/* sheets.c - the sheets that statement and report share. */
#include "lib/xlsx/sheets.h"

#include "lib/civil/civil.h"
#include "lib/report/grid.h"
#include "lib/report/report.h"
#include "lib/report/text.h"
#include "lib/report/words.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_MS 3600000
#define DAY_MS	86400000

#define SETTINGS_MAX 64 /* the agreement has half as many; more are not shown */

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Key figures. */

struct vg_cell
vg_kpi_value(enum vg_kpi kpi, int64_t num, int64_t den)
{
	int64_t of = vg_kpi_info[kpi].unit == VG_UNIT_MS && den > 0 ? 1 : den;

	switch (vg_figure_of(kpi)) {
	case VG_FIGURE_PERCENT:
		return vg_cell_number(VG_CELL_PERCENT, num, den);
	case VG_FIGURE_RATIO:
		return vg_cell_number(VG_CELL_DECIMAL, num, den);
	case VG_FIGURE_HOURS:
		return vg_cell_number(VG_CELL_DECIMAL, num, of * HOUR_MS);
	case VG_FIGURE_DAYS:
		return vg_cell_number(VG_CELL_DECIMAL, num, of * DAY_MS);
	case VG_FIGURE_COUNT:
		break;
	}
	return vg_cell_number(VG_CELL_COUNT, num, 1);
}

static void
put_kpi_name(const struct vg_source *from, struct vg_cell *out)
{
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(from->row, "kpi"));

	*out = vg_cell_text(kpi != VG_KPI_COUNT ? vg_words(from->language, vg_kpi_info[kpi].label)
						: vg_grid_text(from->row, "kpi"));
}

static void
put_kpi_value(const struct vg_source *from, struct vg_cell *out)
{
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(from->row, "kpi"));

	if (kpi != VG_KPI_COUNT)
		*out = vg_kpi_value(kpi, vg_grid_int(from->row, "num"),
				    vg_grid_int(from->row, "den"));
}

static void
put_kpi_rolling(const struct vg_source *from, struct vg_cell *out)
{
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(from->row, "kpi"));

	if (kpi != VG_KPI_COUNT && vg_grid_int(from->row, "rolling_den") > 0)
		*out = vg_kpi_value(kpi, vg_grid_int(from->row, "rolling_num"),
				    vg_grid_int(from->row, "rolling_den"));
}

static void
put_kpi_unit(const struct vg_source *from, struct vg_cell *out)
{
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(from->row, "kpi"));

	if (kpi != VG_KPI_COUNT)
		*out = vg_cell_text(vg_words(from->language, vg_figure_unit(kpi)));
}

static void
put_kpi_verdict(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(
		vg_words(from->language, vg_kpi_verdict_words(vg_grid_text(from->row, "verdict"))));
}

/* What a cell is about in one dimension: "alla" where it is not split, "utan" where there is none.
 */
static void
put_dimension(const struct vg_source *from, const char *member, const char *text,
	      struct vg_cell *out)
{
	const char *code = json_string_value(json_object_get(from->row, member));

	if (code == NULL)
		*out = vg_cell_text(vg_words(from->language, "alla"));
	else
		*out = vg_cell_text(*code != '\0' ? text : vg_words(from->language, "utan"));
}

static void
put_municipality(const struct vg_source *from, struct vg_cell *out)
{
	put_dimension(from, "municipality",
		      vg_grid_municipality(from->model, vg_grid_text(from->row, "municipality")),
		      out);
}

static void
put_service(const struct vg_source *from, struct vg_cell *out)
{
	put_dimension(from, "service",
		      vg_grid_name(from->model, "services", vg_grid_text(from->row, "service")),
		      out);
}

static void
put_channel(const struct vg_source *from, struct vg_cell *out)
{
	put_dimension(from, "channel",
		      vg_grid_name(from->model, "channels", vg_grid_text(from->row, "channel")),
		      out);
}

static void
put_priority(const struct vg_source *from, struct vg_cell *out)
{
	put_dimension(from, "priority", vg_grid_text(from->row, "priority"), out);
}

#define KPI_OF_ALL 3 /* columns that say whose a cell is */
static const struct vg_column kpi_columns[] = {
	{"Kommunkod", VG_CELL_TEXT, "municipality", NULL, 11, false},
	{"Kommun", VG_CELL_TEXT, NULL, put_municipality, 18, false},
	{"Tjänst", VG_CELL_TEXT, NULL, put_service, 18, false},
	{"Nyckeltal", VG_CELL_TEXT, NULL, put_kpi_name, 38, false},
	{"Prioritet", VG_CELL_TEXT, NULL, put_priority, 10, false},
	{"Värde", VG_CELL_DECIMAL, NULL, put_kpi_value, 13, false},
	{"Enhet", VG_CELL_TEXT, NULL, put_kpi_unit, 20, false},
	{"Täljare", VG_CELL_COUNT, "num", NULL, 14, false},
	{"Nämnare", VG_CELL_COUNT, "den", NULL, 14, false},
	{"Utanför", VG_CELL_COUNT, "left_out", NULL, 10, false},
	{"Mål", VG_CELL_PPM, "target_ppm", NULL, 10, false},
	{"Utfall", VG_CELL_TEXT, NULL, put_kpi_verdict, 18, false},
	{"Tolv månader", VG_CELL_DECIMAL, NULL, put_kpi_rolling, 14, false},
	{"Regel", VG_CELL_TEXT, "rule", NULL, 8, false},
};

void
vg_sheet_kpis(struct vg_book *book, const json_t *model, enum vg_sheet_of of)
{
	struct vg_sheet sheet = vg_sheet_begin(book, "Nyckeltal");
	size_t from = of == VG_SHEET_OF_ALL ? 0 : KPI_OF_ALL;

	vg_sheet_table(&sheet, kpi_columns + from, SIZE(kpi_columns) - from,
		       json_object_get(model, "cells"), NULL);
}

/* Availability. */

static void
put_availability(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_number(VG_CELL_PERCENT, vg_grid_int(from->row, "num"),
			      vg_grid_int(from->row, "den"));
}

static void
put_lowest(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_number(VG_CELL_PERCENT, vg_grid_int(from->row, "low_num"),
			      vg_grid_int(from->row, "low_den"));
}

static void
put_coverage(const struct vg_source *from, struct vg_cell *out)
{
	int64_t base = vg_grid_int(from->row, "base_s");

	*out = vg_cell_number(VG_CELL_PERCENT, base - vg_grid_int(from->row, "unknown_s"), base);
}

static void
put_avail_verdict(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(vg_words(from->language,
				     vg_avail_verdict_words(vg_grid_text(from->row, "verdict"))));
}

#define AVAIL_OF_ALL 2
static const struct vg_column avail_columns[] = {
	{"Kommunkod", VG_CELL_TEXT, "municipality", NULL, 11, false},
	{"Kommun", VG_CELL_TEXT, NULL, put_municipality, 18, false},
	{"Tjänst", VG_CELL_TEXT, NULL, put_service, 24, false},
	{"Kanal", VG_CELL_TEXT, NULL, put_channel, 18, false},
	{"Tillgänglighet", VG_CELL_PERCENT, NULL, put_availability, 15, false},
	{"Minst", VG_CELL_PERCENT, NULL, put_lowest, 11, false},
	{"Täckning", VG_CELL_PERCENT, NULL, put_coverage, 11, false},
	{"Mål", VG_CELL_PPM, "target_ppm", NULL, 11, false},
	{"Utfall", VG_CELL_TEXT, NULL, put_avail_verdict, 24, false},
	{"Bas s", VG_CELL_COUNT, "base_s", NULL, 13, false},
	{"Uppe s", VG_CELL_COUNT, "up_s", NULL, 13, false},
	{"Nere s", VG_CELL_COUNT, "down_s", NULL, 11, false},
	{"Nedsatt s", VG_CELL_COUNT, "degraded_s", NULL, 11, false},
	{"Yttre orsak s", VG_CELL_COUNT, "external_s", NULL, 13, false},
	{"Omätt s", VG_CELL_COUNT, "unknown_s", NULL, 11, false},
	{"Fönster s", VG_CELL_COUNT, "excluded_s", NULL, 11, false},
	{"Avbrott", VG_CELL_COUNT, "outages", NULL, 10, false},
	{"Längsta s", VG_CELL_COUNT, "longest_s", NULL, 11, false},
	{"Användarsekunder", VG_CELL_COUNT, "user_seconds", NULL, 18, false},
};

void
vg_sheet_availability(struct vg_book *book, const json_t *model, enum vg_sheet_of of)
{
	struct vg_sheet sheet = vg_sheet_begin(book, "Tillgänglighet");
	size_t from = of == VG_SHEET_OF_ALL ? 0 : AVAIL_OF_ALL;

	vg_sheet_table(&sheet, avail_columns + from, SIZE(avail_columns) - from,
		       json_object_get(model, "availability"), NULL);
}

/* Comments. */

static const struct vg_column comment_columns[] = {
	{"Kommentar", VG_CELL_TEXT, "id", NULL, 12, false},
	{"Kommunkod", VG_CELL_TEXT, "municipality", NULL, 11, false},
	{"Nyckeltal", VG_CELL_TEXT, NULL, put_kpi_name, 34, false},
	{"Tjänst", VG_CELL_TEXT, NULL, put_service, 18, false},
	{"Orsak", VG_CELL_TEXT, "cause", NULL, 50, false},
	{"Åtgärd", VG_CELL_TEXT, "action", NULL, 50, false},
	{"Ansvarig", VG_CELL_TEXT, "owner", NULL, 24, false},
	{"Klart", VG_CELL_DAY, "due_day", NULL, 12, false},
	{"Skrivet av", VG_CELL_TEXT, "author", NULL, 18, false},
	{"Skrivet", VG_CELL_INSTANT, "made_ms", NULL, 30, false},
};

void
vg_sheet_comments(struct vg_book *book, const json_t *model)
{
	const json_t *rows = json_object_get(model, "comments");
	struct vg_sheet sheet;

	if (json_array_size(rows) == 0)
		return;
	sheet = vg_sheet_begin(book, "Kommentarer");
	vg_sheet_table(&sheet, comment_columns, SIZE(comment_columns), rows, NULL);
}

/* How it is counted. */

/* A setting as the agreement writes it: words of a list, "yes" or "no", a number. */
static const char *
setting_text(const json_t *value, char *room)
{
	const json_t *word;
	size_t i, used = 0;

	if (json_is_string(value))
		return json_string_value(value);
	room[0] = '\0';
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	json_array_foreach(value, i, word)
	{
		int length = snprintf(room + used, VG_BOOK_ROOM - used, "%s%s",
				      used > 0 ? ", " : "", json_string_value(word));

		if (length < 0 || (size_t)length >= VG_BOOK_ROOM - used)
			break;
		used += (size_t)length;
	}
	return room;
}

static int
by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* In order of name, wherever the model comes from. */
static void
put_settings(struct vg_sheet *sheet, const json_t *settings)
{
	const char *name[SETTINGS_MAX], *member;
	char room[VG_BOOK_ROOM];
	size_t count = 0;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)settings, member, value) if (count < SETTINGS_MAX)
		name[count++] = member;
	qsort(name, count, sizeof(*name), by_name);
	for (size_t i = 0; i < count; i++) {
		value = json_object_get(settings, name[i]);
		vg_sheet_pair(sheet, name[i],
			      json_is_integer(value)
				      ? vg_cell_number(VG_CELL_COUNT, json_integer_value(value), 1)
				      : vg_cell_text(setting_text(value, room)));
	}
}

static void
put_origin(struct vg_sheet *sheet, const json_t *model, const char *agreements)
{
	const json_t *agreement;
	char text[VG_BOOK_ROOM], sha[65];
	size_t i;

	json_array_foreach(json_object_get(model, agreements), i, agreement)
	{
		(void)snprintf(text, sizeof(text), "%.300s, version %.100s",
			       vg_grid_text(agreement, "name"), vg_grid_text(agreement, "version"));
		vg_sheet_pair(sheet, "Avtal", vg_cell_text(text));
	}
	if (vg_report_sha256(model, sha) == 0)
		vg_sheet_pair(sheet, "Modellens SHA-256", vg_cell_text(sha));
	vg_sheet_pair(sheet, "Kedjehuvud", vg_cell_text(vg_grid_text(model, "head")));
	vg_sheet_pair(sheet, "Liggarens rad",
		      vg_cell_number(VG_CELL_COUNT, vg_grid_int(model, "as_of_seq"), 1));
	vg_sheet_pair(sheet, "Regelversion",
		      vg_cell_number(VG_CELL_COUNT, vg_grid_int(model, "rule_rev"), 1));
	vg_sheet_pair(sheet, "Tidszon", vg_cell_text(vg_civil_zone()));
	(void)snprintf(text, sizeof(text), "vinga verify %.7s", vg_grid_text(model, "month"));
	vg_sheet_pair(sheet, "Kontrollera", vg_cell_text(text));
}

void
vg_sheet_how(struct vg_book *book, const json_t *model, const struct vg_how *how, size_t hows,
	     const json_t *settings, const char *agreements)
{
	static const struct vg_column columns[] = {
		{"Uppgift", VG_CELL_TEXT, NULL, NULL, 30, false},
		{"Så räknas den", VG_CELL_TEXT, NULL, NULL, 100, false},
		{"Regel", VG_CELL_TEXT, NULL, NULL, 10, false}};
	struct vg_sheet sheet = vg_sheet_begin(book, "Så räknas det");
	struct vg_cell *cell = calloc(hows * SIZE(columns), sizeof(*cell));

	if (cell == NULL) {
		vg_book_no_memory(book);
		return;
	}
	for (size_t i = 0; i < hows; i++) {
		cell[i * 3] = vg_cell_text(vg_book_say(book, how[i].what));
		cell[i * 3 + 1] = vg_cell_text(vg_book_say(book, how[i].how));
		cell[i * 3 + 2] = vg_cell_text(how[i].rule);
	}
	vg_sheet_cells(&sheet, columns, SIZE(columns), cell, hows);
	free(cell);
	vg_sheet_gap(&sheet);
	put_origin(&sheet, model, agreements);
	if (settings != NULL) {
		vg_sheet_gap(&sheet);
		vg_sheet_note(&sheet, vg_book_say(book, "Avtalets inställningar för avgiften"));
		put_settings(&sheet, settings);
	}
}
