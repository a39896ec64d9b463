/* statement.c - one municipality's month as a workbook.
 *
 * The hard thing is that a sum is a formula that anybody can follow to the rows, and at the same
 * time the model's own number: each formula carries that number as its stored value, so that a
 * reader that does not compute shows the same as one that does. */
#include "lib/report/grid.h"
#include "lib/report/text.h"
#include "lib/report/words.h"
#include "lib/xlsx/sheets.h"
#include "lib/xlsx/xlsx.h"

#include <inttypes.h>
#include <string.h>

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The Swedish word of a pair list; the word itself when it is not there. */
static const char *
translate(const struct vg_source *from, const char *const (*pairs)[2], size_t count,
	  const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(pairs[i][0], word) == 0)
			return vg_words(from->language, pairs[i][1]);
	return word;
}

static const char *const modes[][2] = {{"per_ticket_capped", "per ärende med tak"},
				       {"flat_per_user", "fast avgift per användare"},
				       {"per_ticket_uncapped", "per ärende utan tak"}};

/* Lines. */

static const char *
reason_words(const struct vg_source *from, const char *member)
{
	return vg_words(from->language, vg_fee_reason_words_of(vg_grid_text(from->row, member)));
}

static void
put_reason(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(reason_words(from, "reason"));
}

static void
put_reason_before(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(reason_words(from, "reason_before"));
}

static void
put_kind(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(
		vg_words(from->language, vg_line_kind_words(vg_grid_text(from->row, "kind"))));
}

static void
put_type(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(
		vg_words(from->language, vg_type_words(vg_grid_text(from->row, "type"))));
}

static void
put_cause(const struct vg_source *from, struct vg_cell *out)
{
	*out = vg_cell_text(
		vg_words(from->language, vg_party_words_sv(vg_grid_text(from->row, "cause"))));
}

/* Every source's reference: "itsm INC0012345". */
static void
put_refs(const struct vg_source *from, struct vg_cell *out)
{
	const json_t *ref;
	size_t i, used = 0;

	from->room[0] = '\0';
	json_array_foreach(json_object_get(from->row, "refs"), i, ref)
	{
		int length = snprintf(from->room + used, VG_BOOK_ROOM - used, "%s%s %s",
				      used > 0 ? "; " : "", vg_grid_text(ref, "source"),
				      vg_grid_text(ref, "ref"));

		if (length < 0 || (size_t)length >= VG_BOOK_ROOM - used)
			break;
		used += (size_t)length;
	}
	*out = vg_cell_text(from->room);
}

/* "ja" where the member is true. */
static void
put_yes(const struct vg_source *from, const char *member, struct vg_cell *out)
{
	if (json_is_true(json_object_get(from->row, member)))
		*out = vg_cell_text(vg_words(from->language, "ja"));
}

static void
put_disputed(const struct vg_source *from, struct vg_cell *out)
{
	put_yes(from, "disputed", out);
}

static void
put_blank(const struct vg_source *from, struct vg_cell *out)
{
	put_yes(from, "cause_blank", out);
}

static void
put_bypassed(const struct vg_source *from, struct vg_cell *out)
{
	put_yes(from, "bypassed_first_line", out);
}

/* What every list of lines begins with, and what tells of the ticket. */
#define LINE_HEAD                                                                                  \
	{"Rad", VG_CELL_COUNT, "no", NULL, 7, false},                                              \
		{"Ärende", VG_CELL_TEXT, "ticket", NULL, 12, false},                               \
		{"Er referens", VG_CELL_TEXT, "municipality_ref", NULL, 18, false},                \
	{                                                                                          \
		"Källans referens", VG_CELL_TEXT, NULL, put_refs, 26, false                        \
	}
#define LINE_TICKET                                                                                \
	{"Öppnat", VG_CELL_INSTANT, "opened_ms", NULL, 28, false},                                 \
		{"Till andra linjen", VG_CELL_INSTANT, "second_line_ms", NULL, 36, false},         \
		{"Löst", VG_CELL_INSTANT, "resolved_ms", NULL, 28, false},                         \
		{"Ärendetyp", VG_CELL_TEXT, NULL, put_type, 18, false},                            \
		{"Tjänst", VG_CELL_TEXT, "service", NULL, 18, false},                              \
		{"Kanal", VG_CELL_TEXT, "channel", NULL, 12, false},                               \
		{"Utförare", VG_CELL_TEXT, "provider", NULL, 18, false},                           \
		{"Förvaltning", VG_CELL_TEXT, "administration", NULL, 20, false},                  \
		{"Prioritet", VG_CELL_TEXT, "priority", NULL, 10, false},                          \
		{"Orsak hos", VG_CELL_TEXT, NULL, put_cause, 14, false},                           \
		{"Orsak inte angiven", VG_CELL_TEXT, NULL, put_blank, 18, false},                  \
		{"Förbi första linjen", VG_CELL_TEXT, NULL, put_bypassed, 18, false},              \
	{                                                                                          \
		"Beslut", VG_CELL_TEXT, "act", NULL, 10, false                                     \
	}
#define LINE_MONEY                                                                                 \
	{"Kronor", VG_CELL_KRONOR, "amount_ore", NULL, 14, true},                                  \
	{                                                                                          \
		"Öre", VG_CELL_ORE, "amount_ore", NULL, 12, true                                   \
	}
#define LINE_PROOF                                                                                 \
	{                                                                                          \
		"Beslutsunderlagets SHA-256", VG_CELL_TEXT, "input_sha256", NULL, 68, false        \
	}

static const struct vg_column counted_columns[] = {
	LINE_HEAD,  LINE_TICKET, {"Omstridd", VG_CELL_TEXT, NULL, put_disputed, 10, false},
	LINE_MONEY, LINE_PROOF,
};
static const struct vg_column other_columns[] = {
	LINE_HEAD,
	{"Skäl", VG_CELL_TEXT, NULL, put_reason, 34, false},
	LINE_TICKET,
	LINE_PROOF,
};
static const struct vg_column corrected_columns[] = {
	LINE_HEAD,
	{"Slag", VG_CELL_TEXT, NULL, put_kind, 22, false},
	{"Avgiftsmånad", VG_CELL_TEXT, "month", NULL, 13, false},
	{"Rättar underlag", VG_CELL_TEXT, "corrects.number", NULL, 18, false},
	{"Rättar rad", VG_CELL_COUNT, "corrects.no", NULL, 10, false},
	{"Var", VG_CELL_TEXT, NULL, put_reason_before, 34, false},
	{"Är", VG_CELL_TEXT, NULL, put_reason, 34, false},
	{"Beslut", VG_CELL_TEXT, "act", NULL, 10, false},
	LINE_MONEY,
	LINE_PROOF,
};

static bool
is_counted(const json_t *row)
{
	return strcmp(vg_grid_text(row, "kind"), "counted") == 0;
}

static bool
is_not_counted(const json_t *row)
{
	return strcmp(vg_grid_text(row, "kind"), "not_counted") == 0;
}

static bool
is_corrected(const json_t *row)
{
	return !is_counted(row) && !is_not_counted(row);
}

/* Years and months. */

static const struct vg_column year_columns[] = {
	{"Avgiftsår", VG_CELL_ORE, "year", NULL, 11, false},
	{"Brutto", VG_CELL_KRONOR, "gross_ore", NULL, 16, false},
	{"Tak", VG_CELL_KRONOR, "cap_ore", NULL, 16, false},
	{"Debiterat före", VG_CELL_KRONOR, "billed_ore", NULL, 16, false},
	{"Per ärende med tak", VG_CELL_KRONOR, "net_ore.per_ticket_capped", NULL, 20, true},
	{"Per ärende med tak öre", VG_CELL_ORE, "net_ore.per_ticket_capped", NULL, 22, true},
	{"Fast per användare", VG_CELL_KRONOR, "net_ore.flat_per_user", NULL, 20, true},
	{"Fast per användare öre", VG_CELL_ORE, "net_ore.flat_per_user", NULL, 22, true},
	{"Per ärende utan tak", VG_CELL_KRONOR, "net_ore.per_ticket_uncapped", NULL, 20, true},
	{"Per ärende utan tak öre", VG_CELL_ORE, "net_ore.per_ticket_uncapped", NULL, 22, true},
	{"Drift debiterad före", VG_CELL_KRONOR, "operation_billed_ore", NULL, 20, false},
	{"Drift och förvaltning", VG_CELL_KRONOR, "operation_ore", NULL, 20, true},
	{"Drift och förvaltning öre", VG_CELL_ORE, "operation_ore", NULL, 24, true},
};
static const struct vg_column month_columns[] = {
	{"Månad", VG_CELL_TEXT, "month", NULL, 10, false},
	{"Användare", VG_CELL_COUNT, "users", NULL, 12, false},
	{"Anslutna dagar", VG_CELL_COUNT, "live_days", NULL, 14, false},
	{"Dagar", VG_CELL_COUNT, "days", NULL, 8, false},
	{"Pris per ärende", VG_CELL_KRONOR, "ticket_price_ore", NULL, 16, false},
	{"Support per användare och år", VG_CELL_KRONOR, "support_price_ore", NULL, 28, false},
	{"Drift per användare och år", VG_CELL_KRONOR, "operation_price_ore", NULL, 28, false},
	{"Debiterad support", VG_CELL_KRONOR, "net_ore", NULL, 18, true},
	{"Debiterad drift", VG_CELL_KRONOR, "operation_ore", NULL, 18, true},
};

/* The summary. */

/* Where the other sheets have what the summary adds up. */
struct sources {
	struct vg_area gross[2], adjusted[2], support[2], operation[2]; /* kronor, öre */
	struct vg_area months, billed;
};

static void
put_head(struct vg_sheet *sheet, const struct vg_source *from)
{
	const json_t *model = from->model, *fee = json_object_get(model, "fee"),
		     *municipality = json_object_get(model, "municipality"),
		     *closing = json_object_get(model, "closing");
	char title[400];

	(void)snprintf(title, sizeof(title), "%s, %.200s, %.7s",
		       vg_words(from->language, "Avgiftsunderlag"),
		       vg_grid_text(municipality, "name"), vg_grid_text(model, "month"));
	vg_sheet_title(sheet, title);
	vg_sheet_pair(sheet, "Status",
		      vg_cell_text(vg_words(from->language, vg_statement_state_words(vg_grid_text(
								    model, "state")))));
	vg_sheet_pair(sheet, "Underlagets nummer", vg_cell_text(vg_grid_text(model, "number")));
	vg_sheet_pair(sheet, "Kommunkod", vg_cell_text(vg_grid_text(municipality, "code")));
	vg_sheet_pair(sheet, "Kundnummer", vg_cell_text(vg_grid_text(municipality, "customer")));
	vg_sheet_pair(sheet, "Er referens", vg_cell_text(vg_grid_text(municipality, "reference")));
	if (json_object_get(closing, "closed_ms") != NULL)
		vg_sheet_pair(
			sheet, "Fastställt",
			vg_cell_number(VG_CELL_INSTANT, vg_grid_int(closing, "closed_ms"), 1));
	vg_sheet_pair(sheet, "Föreslaget av", vg_cell_text(vg_grid_text(closing, "author")));
	vg_sheet_pair(sheet, "Godkänt av", vg_cell_text(vg_grid_text(closing, "approved_by")));
	vg_sheet_pair(sheet, "Avgiften räknas",
		      vg_cell_text(translate(from, modes, SIZE(modes), vg_grid_text(fee, "mode"))));
	vg_sheet_pair(sheet, "Användare",
		      vg_cell_number(VG_CELL_COUNT, vg_grid_int(fee, "users"), 1));
	vg_sheet_pair(sheet, "Pris per ärende, kronor",
		      vg_cell_number(VG_CELL_KRONOR, vg_grid_int(fee, "ticket_price_ore"), 1));
	vg_sheet_pair(sheet, "Räknade ärenden utan angiven orsak",
		      vg_cell_number(VG_CELL_COUNT,
				     vg_grid_int(json_object_get(fee, "sums"), "blank_count"), 1));
}

static void
put_notes(struct vg_sheet *sheet, const struct vg_source *from)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(from->model, "notes"), i, note)
	{
		for (int hold = 0; hold < VG_HOLD_COUNT; hold++)
			if (strcmp(vg_fee_hold_name((enum vg_fee_hold)hold),
				   json_string_value(note)) == 0)
				vg_sheet_note(sheet,
					      vg_words(from->language,
						       vg_fee_hold_words((enum vg_fee_hold)hold)));
	}
	vg_sheet_note(sheet, vg_words(from->language, "Alla belopp är exklusive moms där inget "
						      "annat sägs."));
}

#define AMOUNTS	       7
#define AMOUNTS_BILLED 4 /* the last ones make up the total */

/* Under the table of amounts, in its columns: not every amount is a part of it. */
static void
put_total(struct vg_sheet *sheet, int64_t total_ore)
{
	struct vg_area billed = {.sheet = sheet->name,
				 .first = sheet->last + 1 - AMOUNTS_BILLED,
				 .last = sheet->last};
	struct vg_cell total[2];
	char formula[2][VG_BOOK_FORMULA_MAX];

	for (int which = 0; which < 2; which++) {
		billed.column = (uint16_t)(1 + which);
		total[which] =
			vg_cell_number(which == 0 ? VG_CELL_KRONOR : VG_CELL_ORE, total_ore, 1);
		total[which].formula = vg_area_sum(billed, formula[which]);
	}
	vg_sheet_values(sheet, "Att debitera", total, 2);
}

/* A formula for that amount, in kronor (0) or öre (1). None where it would not give the model's own
 * number, as when an earlier year is settled by another mode. */
static const char *
amount_formula(const struct sources *sources, int amount, int which, int64_t ore, char *out)
{
	const struct vg_area *const areas[AMOUNTS] = {sources->gross, sources->adjusted, NULL,
						      sources->support, sources->operation};

	if (areas[amount] == NULL || areas[amount][which].sum != ore)
		return NULL;
	return vg_area_sum(areas[amount][which], out);
}

static void
put_amounts(struct vg_sheet *sheet, const struct vg_source *from, const struct sources *sources)
{
	static const struct {
		const char *name, *member, *how;
	} amounts[AMOUNTS] = {
		{"Månadens räknade ärenden", "gross_ore", "summan av bladet Rader"},
		{"Rättelser av tidigare månader", "adjusted_ore", "summan av bladet Rättelser"},
		{"Över taket hittills i år", "capped_ore", "brutto som inte debiteras"},
		{"Support", "support_ore",
		 "avgiftsårets mål minus vad som debiterats före, bladet Avgiftsår"},
		{"Drift och förvaltning", "operation_ore", "bladet Avgiftsår"},
		{"Moms", "vat_ore", "en gång, på summan"},
		{"Öresavrundning", "rounding_ore", "till hela kronor när avtalet säger så"}};
	static const struct vg_column columns[] = {
		{"Post", VG_CELL_TEXT, NULL, NULL, 40, false},
		{"Kronor", VG_CELL_KRONOR, NULL, NULL, 22, false},
		{"Öre", VG_CELL_ORE, NULL, NULL, 16, false},
		{"Så räknas den", VG_CELL_TEXT, NULL, NULL, 60, false}};
	const json_t *sums = json_object_get(json_object_get(from->model, "fee"), "sums");
	char formula[2][AMOUNTS][VG_BOOK_FORMULA_MAX];
	struct vg_cell cell[AMOUNTS][SIZE(columns)];

	for (int i = 0; i < AMOUNTS; i++) {
		int64_t ore = vg_grid_int(sums, amounts[i].member);

		cell[i][0] = vg_cell_text(vg_words(from->language, amounts[i].name));
		for (int which = 0; which < 2; which++) {
			cell[i][1 + which] = vg_cell_number(columns[1 + which].form, ore, 1);
			cell[i][1 + which].formula =
				amount_formula(sources, i, which, ore, formula[which][i]);
		}
		cell[i][3] = vg_cell_text(vg_words(from->language, amounts[i].how));
	}
	vg_sheet_cells(sheet, columns, SIZE(columns), cell[0], AMOUNTS);
	put_total(sheet, vg_grid_int(sums, "total_ore"));
}

static void
put_chart(struct vg_sheet *sheet, const struct vg_source *from, const struct sources *sources)
{
	const json_t *month;
	char text[VG_BOOK_ROOM];
	size_t i, used;

	used = (size_t)snprintf(text, sizeof(text), "%s",
				vg_words(from->language, "Stapeldiagram, kronor per månad:"));
	json_array_foreach(json_object_get(json_object_get(from->model, "fee"), "months"), i, month)
	{
		int64_t ore = vg_grid_int(month, "net_ore");
		int length;

		if (json_object_get(month, "net_ore") == NULL)
			continue;
		length = snprintf(text + used, sizeof(text) - used,
				  " %s %s%" PRId64 ",%02" PRId64 ";", vg_grid_text(month, "month"),
				  ore < 0 ? "-" : "", (ore < 0 ? -ore : ore) / 100,
				  (ore < 0 ? -ore : ore) % 100);
		if (length < 0 || (size_t)length >= sizeof(text) - used)
			break;
		used += (size_t)length;
	}
	vg_sheet_chart(sheet, vg_words(from->language, "Debiterad support per månad"), text,
		       sources->months, sources->billed, VG_CELL_KRONOR);
}

static void
put_summary(struct vg_sheet *sheet, const struct vg_source *from, const struct sources *sources)
{
	static const unsigned widths[] = {44, 22, 16, 60};

	vg_sheet_widths(sheet, widths, SIZE(widths));
	put_head(sheet, from);
	put_notes(sheet, from);
	vg_sheet_gap(sheet);
	put_amounts(sheet, from, sources);
	put_chart(sheet, from, sources);
}

/* The sheets. */

static void
put_lines(struct vg_book *book, const json_t *lines, struct sources *sources)
{
	struct vg_sheet sheet = vg_sheet_begin(book, "Rader");

#define AREA(columns, head) vg_sheet_area(&sheet, columns, SIZE(columns), head)
	vg_sheet_table(&sheet, counted_columns, SIZE(counted_columns), lines, is_counted);
	sources->gross[0] = AREA(counted_columns, "Kronor");
	sources->gross[1] = AREA(counted_columns, "Öre");
	sheet = vg_sheet_begin(book, "Ej räknade");
	vg_sheet_table(&sheet, other_columns, SIZE(other_columns), lines, is_not_counted);
	sheet = vg_sheet_begin(book, "Rättelser");
	vg_sheet_table(&sheet, corrected_columns, SIZE(corrected_columns), lines, is_corrected);
	sources->adjusted[0] = AREA(corrected_columns, "Kronor");
	sources->adjusted[1] = AREA(corrected_columns, "Öre");
}

static void
put_years(struct vg_book *book, const json_t *fee, struct sources *sources)
{
	static const char *const net[][3] = {
		{"per_ticket_capped", "Per ärende med tak", "Per ärende med tak öre"},
		{"flat_per_user", "Fast per användare", "Fast per användare öre"},
		{"per_ticket_uncapped", "Per ärende utan tak", "Per ärende utan tak öre"}};
	struct vg_sheet sheet = vg_sheet_begin(book, "Avgiftsår");

	vg_sheet_table(&sheet, year_columns, SIZE(year_columns), json_object_get(fee, "years"),
		       NULL);
	for (size_t i = 0; i < SIZE(net); i++)
		if (i == 0 || strcmp(net[i][0], vg_grid_text(fee, "mode")) == 0) {
			sources->support[0] = AREA(year_columns, net[i][1]);
			sources->support[1] = AREA(year_columns, net[i][2]);
		}
	sources->operation[0] = AREA(year_columns, "Drift och förvaltning");
	sources->operation[1] = AREA(year_columns, "Drift och förvaltning öre");
	sheet = vg_sheet_begin(book, "Månader");
	vg_sheet_table(&sheet, month_columns, SIZE(month_columns), json_object_get(fee, "months"),
		       NULL);
	sources->months = AREA(month_columns, "Månad");
	sources->billed = AREA(month_columns, "Debiterad support");
#undef AREA
}

static const struct vg_how how[] = {
	{"Rader",
	 "Ett ärende räknas när det nått andra linjen och lösts, och ingen regel undantar "
	 "det. Den första regel som gäller avgör, och varje ärende räknas högst en gång.",
	 "2.3"},
	{"Ej räknade", "Ärenden vars avgiftsmånad är denna och som en regel undantar, med skälet.",
	 "2.3"},
	{"Rättelser",
	 "Fastställda underlag ändras aldrig. Det som blivit känt senare står här, med vad som var "
	 "och vad som är, och pekar på den rad som rättas.",
	 "2.6"},
	{"Tak",
	 "Användare gånger pris, månad för månad, delat med tolv. En avrundning till hela "
	 "öre.",
	 "2.5"},
	{"Support",
	 "Det året borde ha kostat till och med månaden, minus det som debiterats före. "
	 "Ett negativt belopp är en kredit.",
	 "2.5"},
	{"Öre", "Beloppen är hela öre. Kronor är samma belopp delat med hundra.", "2.7"},
	{"Andelar", "Procent visas med tre decimaler som skurits av, aldrig avrundats uppåt.",
	 "3.1"},
};

int
vg_xlsx_statement(const json_t *model, enum vg_language language, FILE *out, struct vg_err *err)
{
	const json_t *fee = json_object_get(model, "fee");
	const struct vg_source from = {.model = model, .language = language};
	struct sources sources;
	struct vg_sheet summary;
	struct vg_book *book;
	char title[400];
	int rc;

	(void)snprintf(title, sizeof(title), "%s %.200s %.7s",
		       vg_words(language, "Avgiftsunderlag"),
		       vg_grid_text(json_object_get(model, "municipality"), "name"),
		       vg_grid_text(model, "month"));
	rc = vg_book_open(&book, model, language, title, vg_grid_int(model, "evaluated_ms"), err);
	if (rc != 0)
		return rc;
	summary = vg_sheet_begin(book, "Sammanfattning");
	put_lines(book, json_object_get(fee, "lines"), &sources);
	put_years(book, fee, &sources);
	vg_sheet_kpis(book, model, VG_SHEET_OF_ONE);
	vg_sheet_availability(book, model, VG_SHEET_OF_ONE);
	vg_sheet_comments(book, model);
	vg_sheet_how(book, model, how, SIZE(how), json_object_get(fee, "rules"), "agreement");
	put_summary(&summary, &from, &sources);
	return vg_book_close(book, out, err);
}
