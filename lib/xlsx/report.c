/* report.c - the monthly report as a workbook: the region, its municipalities, their fee, what has
 * been corrected, every cell and every ticket.
 *
 * The hard thing is that a sheet must not say more than the model: a figure that has no data is an
 * empty cell, never a nought. */
#include "lib/report/grid.h"
#include "lib/report/text.h"
#include "lib/report/words.h"
#include "lib/xlsx/sheets.h"
#include "lib/xlsx/xlsx.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Municipalities. */

static const struct vg_column place_columns[] = {
	{"Kommunkod", VG_CELL_TEXT, NULL, NULL, 11, false},
	{"Kommun", VG_CELL_TEXT, NULL, NULL, 20, false},
	{"Inkomna ärenden", VG_CELL_COUNT, NULL, NULL, 16, false},
	{"Lösta ärenden", VG_CELL_COUNT, NULL, NULL, 16, false},
	{"Ärendebalans", VG_CELL_COUNT, NULL, NULL, 14, false},
	{"Åtgärdstid inom mål", VG_CELL_PERCENT, NULL, NULL, 20, false},
	{"Täljare", VG_CELL_COUNT, NULL, NULL, 12, false},
	{"Nämnare", VG_CELL_COUNT, NULL, NULL, 12, false},
	{"Utfall", VG_CELL_TEXT, NULL, NULL, 18, false},
	{"Svarstid inom mål", VG_CELL_PERCENT, NULL, NULL, 18, false},
	{"Åtgärdstid median h", VG_CELL_DECIMAL, NULL, NULL, 20, false},
	{"Andel till andra linjen", VG_CELL_PERCENT, NULL, NULL, 22, false},
	{"Ärenden med datafel", VG_CELL_COUNT, NULL, NULL, 20, false},
};
#define PLACE_COLUMNS SIZE(place_columns)

static struct vg_cell
value_of(const struct vg_grid_row *row, enum vg_kpi kpi)
{
	const struct vg_grid_cell *cell = &row->kpi[kpi];

	return cell->cell != NULL ? vg_kpi_value(kpi, cell->num, cell->den) : vg_cell_text(NULL);
}

static void
fill_place(const struct vg_book *book, const struct vg_grid_row *row, struct vg_cell *cell)
{
	const struct vg_grid_cell *met = &row->kpi[VG_KPI_RESOLUTION_MET];

	*cell++ = vg_cell_text(row->key);
	*cell++ = vg_cell_text(row->name);
	*cell++ = value_of(row, VG_KPI_INFLOW);
	*cell++ = value_of(row, VG_KPI_OUTFLOW);
	*cell++ = value_of(row, VG_KPI_BACKLOG);
	*cell++ = value_of(row, VG_KPI_RESOLUTION_MET);
	*cell++ = vg_cell_number(VG_CELL_COUNT, met->num, met->cell != NULL);
	*cell++ = vg_cell_number(VG_CELL_COUNT, met->den, met->cell != NULL);
	*cell++ = vg_cell_text(
		met->cell != NULL ? vg_book_say(book, vg_kpi_verdict_words(met->verdict)) : NULL);
	*cell++ = value_of(row, VG_KPI_RESPONSE_MET);
	*cell++ = value_of(row, VG_KPI_RESOLUTION_P50);
	*cell++ = value_of(row, VG_KPI_ESCALATION_SHARE);
	*cell++ = value_of(row, VG_KPI_DATA_FAULTS);
}

/* Returns where the names and the shares within target are, for the summary's chart. */
static struct vg_area
put_places(struct vg_book *book, const struct vg_grid *grid, struct vg_area *names)
{
	struct vg_sheet sheet = vg_sheet_begin(book, "Kommuner");
	struct vg_cell *cell = calloc(grid->municipalities * PLACE_COLUMNS + 1, sizeof(*cell));

	if (cell == NULL) {
		vg_book_no_memory(book);
	} else {
		for (size_t i = 0; i < grid->municipalities; i++)
			fill_place(book, &grid->municipality[i], cell + i * PLACE_COLUMNS);
		vg_sheet_cells(&sheet, place_columns, PLACE_COLUMNS, cell, grid->municipalities);
	}
	free(cell);
	*names = vg_sheet_area(&sheet, place_columns, PLACE_COLUMNS, "Kommun");
	return vg_sheet_area(&sheet, place_columns, PLACE_COLUMNS, "Åtgärdstid inom mål");
}

/* The fee. */

static void
put_state(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(vg_words(from->language,
				     vg_statement_state_words(vg_grid_text(from->row, "state"))));
}

#define AMOUNT(head, member, width)                                                                \
	{head, VG_CELL_KRONOR, member, NULL, width, true},                                         \
	{                                                                                          \
		head " öre", VG_CELL_ORE, member, NULL, width + 4, true                            \
	}
static const struct vg_column fee_columns[] = {
	{"Kommunkod", VG_CELL_TEXT, "code", NULL, 11, false},
	{"Kommun", VG_CELL_TEXT, "name", NULL, 20, false},
	{"Status", VG_CELL_TEXT, NULL, put_state, 16, false},
	{"Underlagets nummer", VG_CELL_TEXT, "number", NULL, 20, false},
	{"Räknas", VG_CELL_COUNT, "sums.counted", NULL, 10, true},
	{"Räknas inte", VG_CELL_COUNT, "sums.not_counted", NULL, 12, true},
	AMOUNT("Månadens ärenden", "sums.gross_ore", 18),
	AMOUNT("Rättelser", "sums.adjusted_ore", 14),
	AMOUNT("Över taket i år", "sums.capped_ore", 16),
	AMOUNT("Support", "sums.support_ore", 14),
	AMOUNT("Drift och förvaltning", "sums.operation_ore", 22),
	AMOUNT("Moms", "sums.vat_ore", 12),
	AMOUNT("Öresavrundning", "sums.rounding_ore", 16),
	AMOUNT("Att debitera", "sums.total_ore", 16),
};
#undef AMOUNT

static void
put_fee(struct vg_book *book, const json_t *model)
{
	const json_t *rows = json_object_get(json_object_get(model, "fee"), "municipalities");
	struct vg_sheet sheet;

	if (rows == NULL)
		return;
	sheet = vg_sheet_begin(book, "Avgiftsunderlag");
	vg_sheet_table(&sheet, fee_columns, SIZE(fee_columns), rows, NULL);
}

/* The year's income against its cost, and what nobody is billed for. */
static void
put_year(struct vg_book *book, const json_t *model)
{
	static const struct {
		const char *label, *member;
	} rows[] = {{"Debiterad support", "support_ore"},
		    {"Debiterad drift och förvaltning", "operation_ore"},
		    {"Fastställd kostnad för året", "cost_ore"},
		    {"Planerad kostnad för ett år", "reference_ore"}};
	static const unsigned widths[] = {50, 22};
	const json_t *fee = json_object_get(model, "fee"), *year = json_object_get(fee, "year"),
		     *nobodys = json_object_get(fee, "unattributed");
	struct vg_sheet sheet;

	if (year == NULL)
		return;
	sheet = vg_sheet_begin(book, "Intäkt mot kostnad");
	vg_sheet_widths(&sheet, widths, SIZE(widths));
	vg_sheet_pair(&sheet, "Avgiftsår",
		      vg_cell_number(VG_CELL_COUNT, vg_grid_int(year, "year"), 1));
	for (size_t i = 0; i < SIZE(rows); i++)
		if (json_object_get(year, rows[i].member) != NULL)
			vg_sheet_pair(&sheet, rows[i].label,
				      vg_cell_number(VG_CELL_KRONOR,
						     vg_grid_int(year, rows[i].member), 1));
	vg_sheet_pair(&sheet, "Räknade ärenden utan känd kommun",
		      vg_cell_number(VG_CELL_COUNT, vg_grid_int(nobodys, "count"), 1));
}

/* A municipality beside its groups. */

static void
put_group(const struct vg_source *from, struct vg_cell *out)
{
	const char *kind = vg_grid_text(from->row, "kind"), *name = vg_grid_text(from->row, "name");

	if (strcmp(kind, "size") == 0)
		name = vg_words(from->language, vg_size_words(name));
	else if (strcmp(kind, "federation") == 0)
		(void)snprintf(from->room, VG_BOOK_ROOM, "%s %s",
			       vg_words(from->language, "Kommunalförbundet"), name);
	*out = vg_cell_text(strcmp(kind, "federation") == 0 ? from->room : name);
}

static void
put_group_tickets(const struct vg_source *from, struct vg_cell *out)
{
	const json_t *pair = json_object_get(from->row, "tickets");

	*out = vg_cell_number(VG_CELL_DECIMAL, json_integer_value(json_array_get(pair, 0)),
			      json_integer_value(json_array_get(pair, 1)));
}

/* Per user, cut to whole öre. */
static void
put_group_money(const struct vg_source *from, const char *member, struct vg_cell *out)
{
	const json_t *pair = json_object_get(from->row, member);

	*out = vg_cell_number(VG_CELL_KRONOR,
			      json_integer_value(json_array_get(pair, 0)) /
				      json_integer_value(json_array_get(pair, 1)),
			      1);
}

static void
put_group_support(const struct vg_source *from, struct vg_cell *out)
{
	put_group_money(from, "support", out);
}

static void
put_group_operation(const struct vg_source *from, struct vg_cell *out)
{
	put_group_money(from, "operation", out);
}

static const struct vg_column peer_columns[] = {
	{"Grupp", VG_CELL_TEXT, NULL, put_group, 28, false},
	{"Kommuner", VG_CELL_COUNT, "municipalities", NULL, 12, false},
	{"Användare", VG_CELL_COUNT, "users", NULL, 12, false},
	{"Ärenden per användare", VG_CELL_DECIMAL, NULL, put_group_tickets, 24, false},
	{"Support per användare", VG_CELL_KRONOR, NULL, put_group_support, 24, false},
	{"Drift och förvaltning per användare", VG_CELL_KRONOR, NULL, put_group_operation, 36,
	 false},
};

static void
put_peers(struct vg_book *book, const json_t *model)
{
	const json_t *rows = json_object_get(json_object_get(model, "fee"), "peers");
	struct vg_sheet sheet;

	if (rows == NULL)
		return;
	sheet = vg_sheet_begin(book, "Jämfört med andra");
	vg_sheet_table(&sheet, peer_columns, SIZE(peer_columns), rows, NULL);
}

/* Corrections. */

static void
put_figure(const struct vg_source *from, struct vg_cell *out)
{
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(from->row, "kpi"));

	*out = vg_cell_text(kpi != VG_KPI_COUNT ? vg_words(from->language, vg_kpi_info[kpi].label)
						: vg_grid_name(from->model, "services",
							       vg_grid_text(from->row, "service")));
}

static void
put_place(const struct vg_source *from, struct vg_cell *out)
{
	const json_t *code = json_object_get(from->row, "municipality");

	*out = vg_cell_text(code != NULL
				    ? vg_grid_municipality(from->model, json_string_value(code))
				    : vg_words(from->language, "alla"));
}

/* A KPI in its own way, availability in percent. */
static struct vg_cell
figure_of(const struct vg_source *from, const char *member)
{
	const json_t *value = json_object_get(from->row, member);
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(from->row, "kpi"));
	int64_t num = vg_grid_int(value, "num"), den = vg_grid_int(value, "den");

	if (value == NULL || kpi == VG_KPI_COUNT)
		return vg_cell_number(VG_CELL_PERCENT, num, den);
	return vg_kpi_value(kpi, num, den);
}

static struct vg_cell
verdict_of(const struct vg_source *from, const char *member)
{
	const json_t *value = json_object_get(from->row, member);
	const char *verdict = vg_grid_text(value, "verdict");
	bool kpi = json_object_get(from->row, "kpi") != NULL;

	if (value == NULL)
		return vg_cell_text(NULL);
	return vg_cell_text(vg_words(from->language, kpi ? vg_kpi_verdict_words(verdict)
							 : vg_avail_verdict_words(verdict)));
}

static void
put_was(const struct vg_source *from, struct vg_cell *out)
{
	*out = figure_of(from, "was");
}

static void
put_is(const struct vg_source *from, struct vg_cell *out)
{
	*out = figure_of(from, "is");
}

static void
put_verdict_was(const struct vg_source *from, struct vg_cell *out)
{
	*out = verdict_of(from, "was");
}

static void
put_verdict_is(const struct vg_source *from, struct vg_cell *out)
{
	*out = verdict_of(from, "is");
}

static const struct vg_column correction_columns[] = {
	{"Månad", VG_CELL_TEXT, "month", NULL, 10, false},
	{"Kommunkod", VG_CELL_TEXT, "municipality", NULL, 11, false},
	{"Kommun", VG_CELL_TEXT, NULL, put_place, 18, false},
	{"Figur", VG_CELL_TEXT, NULL, put_figure, 34, false},
	{"Var", VG_CELL_DECIMAL, NULL, put_was, 12, false},
	{"Är", VG_CELL_DECIMAL, NULL, put_is, 12, false},
	{"Skillnad", VG_CELL_PPM, "difference_ppm", NULL, 12, false},
	{"Utfall var", VG_CELL_TEXT, NULL, put_verdict_was, 22, false},
	{"Utfall är", VG_CELL_TEXT, NULL, put_verdict_is, 22, false},
	{"Täljare var", VG_CELL_COUNT, "was.num", NULL, 14, false},
	{"Nämnare var", VG_CELL_COUNT, "was.den", NULL, 14, false},
	{"Täljare är", VG_CELL_COUNT, "is.num", NULL, 14, false},
	{"Nämnare är", VG_CELL_COUNT, "is.den", NULL, 14, false},
};

static void
put_corrections(struct vg_book *book, const json_t *model)
{
	const json_t *rows = json_object_get(model, "corrections");
	struct vg_sheet sheet;

	if (rows == NULL)
		return;
	sheet = vg_sheet_begin(book, "Rättelser");
	vg_sheet_table(&sheet, correction_columns, SIZE(correction_columns), rows, NULL);
}

/* Tickets. */

static void
put_ref(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(
		vg_grid_text(json_array_get(json_object_get(from->row, "refs"), 0), "ref"));
}

static void
put_ticket_place(const struct vg_source *from, struct vg_cell *out)
{
	const json_t *stated = json_object_get(from->row, "stated");

	*out = vg_cell_text(
		vg_grid_municipality(from->model, vg_grid_text(stated, "municipality")));
}

static void
put_hours(const struct vg_source *from, const char *member, struct vg_cell *out)
{
	const json_t *value = json_object_get(from->row, member);

	*out = vg_cell_number(VG_CELL_DECIMAL, json_integer_value(value),
			      value != NULL ? 3600000 : 0);
}

static void
put_elapsed(const struct vg_source *from, struct vg_cell *out)
{
	put_hours(from, "elapsed_ms", out);
}

static void
put_target(const struct vg_source *from, struct vg_cell *out)
{
	put_hours(from, "target_ms", out);
}

static void
put_sla(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(
		vg_words(from->language, vg_sla_words(vg_grid_text(from->row, "verdict"))));
}

static const struct vg_column ticket_columns[] = {
	{"Ärende", VG_CELL_TEXT, "id", NULL, 12, false},
	{"Källans referens", VG_CELL_TEXT, NULL, put_ref, 20, false},
	{"Kommunens referens", VG_CELL_TEXT, "stated.municipality_ref", NULL, 20, false},
	{"Kommunkod", VG_CELL_TEXT, "stated.municipality", NULL, 11, false},
	{"Kommun", VG_CELL_TEXT, NULL, put_ticket_place, 18, false},
	{"Tjänst", VG_CELL_TEXT, "stated.service", NULL, 18, false},
	{"Prioritet", VG_CELL_TEXT, "priority", NULL, 10, false},
	{"Status", VG_CELL_TEXT, "status", NULL, 12, false},
	{"Öppnat", VG_CELL_INSTANT, "created_ms", NULL, 28, false},
	{"Till andra linjen", VG_CELL_INSTANT, "second_line_ms", NULL, 36, false},
	{"Löst", VG_CELL_INSTANT, "resolved_ms", NULL, 28, false},
	{"Högsta linje", VG_CELL_COUNT, "highest_line", NULL, 12, false},
	{"Åtgärdstid h", VG_CELL_DECIMAL, NULL, put_elapsed, 14, false},
	{"Mål h", VG_CELL_DECIMAL, NULL, put_target, 10, false},
	{"Utfall", VG_CELL_TEXT, NULL, put_sla, 18, false},
};

static void
put_tickets(struct vg_book *book, const json_t *model)
{
	struct vg_sheet sheet = vg_sheet_begin(book, "Ärenden");

	vg_sheet_table(&sheet, ticket_columns, SIZE(ticket_columns),
		       json_object_get(model, "tickets"), NULL);
}

/* The summary. */

static void
put_summary(struct vg_sheet *sheet, const json_t *model, const struct vg_grid *grid)
{
	static const enum vg_kpi shown[] = {VG_KPI_INFLOW,	  VG_KPI_OUTFLOW,
					    VG_KPI_BACKLOG,	  VG_KPI_RESOLUTION_MET,
					    VG_KPI_RESPONSE_MET,  VG_KPI_RESOLUTION_P50,
					    VG_KPI_PER_USER_YEAR, VG_KPI_DATA_FAULTS};
	static const struct vg_column columns[] = {
		{"Nyckeltal", VG_CELL_TEXT, NULL, NULL, 44, false},
		{"Värde", VG_CELL_DECIMAL, NULL, NULL, 22, false},
		{"Enhet", VG_CELL_TEXT, NULL, NULL, 24, false},
		{"Mål", VG_CELL_PPM, NULL, NULL, 12, false},
		{"Utfall", VG_CELL_TEXT, NULL, NULL, 20, false}};
	struct vg_cell cell[SIZE(shown)][SIZE(columns)];

	for (size_t i = 0; i < SIZE(shown); i++) {
		const struct vg_grid_cell *of = &grid->whole.kpi[shown[i]];
		bool target = of->cell != NULL && of->target_ppm >= 0;

		cell[i][0] = vg_cell_text(vg_book_say(sheet->book, vg_kpi_info[shown[i]].label));
		cell[i][1] = value_of(&grid->whole, shown[i]);
		cell[i][2] = vg_cell_text(vg_book_say(sheet->book, vg_figure_unit(shown[i])));
		cell[i][3] = vg_cell_number(VG_CELL_PPM, of->target_ppm, target);
		cell[i][4] = vg_cell_text(
			target ? vg_book_say(sheet->book, vg_kpi_verdict_words(of->verdict))
			       : NULL);
	}
	vg_sheet_pair(sheet, "Månad", vg_cell_text(vg_grid_text(model, "month")));
	vg_sheet_pair(sheet, "Siffrorna gäller till",
		      vg_cell_number(VG_CELL_INSTANT, vg_grid_int(model, "evaluated_ms"), 1));
	vg_sheet_pair(sheet, "Uppgifter i karantän, inte medräknade",
		      vg_cell_number(VG_CELL_COUNT, vg_grid_int(model, "quarantined"), 1));
	vg_sheet_gap(sheet);
	vg_sheet_cells(sheet, columns, SIZE(columns), cell[0], SIZE(shown));
}

static void
put_chart(struct vg_sheet *sheet, const struct vg_grid *grid, struct vg_area names,
	  struct vg_area values)
{
	size_t met = 0, missed = 0;
	char text[VG_BOOK_ROOM];

	if (grid->municipalities == 0)
		return;
	for (size_t i = 0; i < grid->municipalities; i++) {
		const struct vg_grid_cell *cell = &grid->municipality[i].kpi[VG_KPI_RESOLUTION_MET];

		met += cell->cell != NULL && strcmp(cell->verdict, "met") == 0;
		missed += cell->cell != NULL && strcmp(cell->verdict, "missed") == 0;
	}
	(void)snprintf(text, sizeof(text),
		       vg_book_say(sheet->book, "Stapeldiagram, andel ärenden med åtgärdstid inom "
						"mål per kommun: %zu uppfyllde målet, %zu inte. "
						"Talen står på bladet Kommuner."),
		       met, missed);
	vg_sheet_chart(sheet, vg_book_say(sheet->book, "Åtgärdstid inom mål per kommun"), text,
		       names, values, VG_CELL_PERCENT);
}

static const struct vg_how how[] = {
	{"Värde", "Täljare delad med nämnare, i den enhet som står bredvid. Tomt: inga underlag.",
	 "3.1"},
	{"Andelar", "Procent visas med tre decimaler som skurits av, aldrig avrundats uppåt.",
	 "3.1"},
	{"Utanför", "Ärenden som regeln lämnar utanför nämnaren.", "3.4"},
	{"Åtgärdstid", "Tid som räknas enligt avtalets kalender, utan pauser.", "3.4"},
	{"Tillgänglighet",
	 "Tid uppe delad med avtalad tid som mätts. Minst: som om all omätt tid "
	 "vore nere.",
	 "3.2"},
	{"Rättelser",
	 "Tidigare rapporter ändras aldrig. Figurer med mål som blivit andra sedan "
	 "månaden före fastställdes står med vad som var och vad som är.",
	 "2.6"},
	{"Öre", "Beloppen är hela öre. Kronor är samma belopp delat med hundra.", "2.7"},
};

static void
put_sheets(struct vg_book *book, const json_t *model, const struct vg_grid *grid, const char *title)
{
	struct vg_sheet summary = vg_sheet_begin(book, "Sammanfattning");
	static const unsigned widths[] = {50, 22, 24, 12, 20};
	struct vg_area names, values;

	vg_sheet_widths(&summary, widths, SIZE(widths));
	vg_sheet_title(&summary, title);
	put_summary(&summary, model, grid);
	values = put_places(book, grid, &names);
	put_chart(&summary, grid, names, values);
	put_fee(book, model);
	put_year(book, model);
	put_peers(book, model);
	put_corrections(book, model);
	vg_sheet_kpis(book, model, VG_SHEET_OF_ALL);
	vg_sheet_availability(book, model, VG_SHEET_OF_ALL);
	put_tickets(book, model);
	vg_sheet_comments(book, model);
	vg_sheet_how(book, model, how, SIZE(how), NULL, "agreements");
}

int
vg_xlsx_report(const json_t *model, enum vg_language language, FILE *out, struct vg_err *err)
{
	struct vg_grid grid;
	struct vg_book *book;
	char title[200];
	int rc;

	if (vg_grid_init(&grid, model) != 0) {
		vg_grid_fini(&grid);
		return vg_err_set(err, VG_ENOMEM, "workbook: out of memory");
	}
	(void)snprintf(title, sizeof(title), "%s %.7s",
		       vg_words(language, "Ärenden och servicenivåer"),
		       vg_grid_text(model, "month"));
	rc = vg_book_open(&book, model, language, title, vg_grid_int(model, "evaluated_ms"), err);
	if (rc == 0) {
		put_sheets(book, model, &grid, title);
		rc = vg_book_close(book, out, err);
	}
	vg_grid_fini(&grid);
	return rc;
}
