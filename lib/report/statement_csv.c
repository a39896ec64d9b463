/* statement_csv.c - the statement as a table: a row for each line, and one for each amount that is
 * no line, so that the column of amounts adds up to what is to be paid. */
#include "lib/report/statement.h"

#include "core/fee.h"
#include "lib/report/csv_row.h"
#include "lib/report/grid.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

#define COLUMNS 29

/* The heads for people, and for programs: these are the names that the model has. */
static const char *const heads[2][COLUMNS] = {[VG_CSV_EXCEL] = {"nummer",
								"läge",
								"månad",
								"kommunkod",
								"kommun",
								"kundnummer",
								"rad",
								"slag",
								"ärende",
								"kommunens_referens",
								"källans_referens",
								"avser_månad",
								"typ",
								"tjänst",
								"åtkomst",
								"utförare",
								"förvaltning",
								"prioritet",
								"öppnat (svensk tid)",
								"till_andra_linjen (svensk tid)",
								"löst (svensk tid)",
								"skäl",
								"skäl_före",
								"rättar_nummer",
								"rättar_rad",
								"beslut",
								"orsakspart",
								"belopp_kr",
								"belopp_öre"},
					      [VG_CSV_MACHINE] = {"number",
								  "state",
								  "month",
								  "municipality",
								  "name",
								  "customer",
								  "no",
								  "kind",
								  "ticket",
								  "municipality_ref",
								  "source_ref",
								  "fee_month",
								  "type",
								  "service",
								  "access",
								  "provider",
								  "administration",
								  "priority",
								  "opened",
								  "second_line",
								  "event",
								  "reason",
								  "reason_before",
								  "corrects_number",
								  "corrects_no",
								  "act",
								  "cause",
								  "amount",
								  "amount_ore"}};

/* Öre as kronor without groups: what a spreadsheet, or a program, takes for a number. */
static char *
amount_text(int64_t ore, enum vg_csv_form form, char *out)
{
	uint64_t all = ore < 0 ? -(uint64_t)ore : (uint64_t)ore;

	(void)snprintf(out, VG_NUMBER_MAX, "%s%" PRIu64 "%c%02d", ore < 0 ? "-" : "", all / 100,
		       form == VG_CSV_EXCEL ? ',' : '.', (int)(all % 100));
	return out;
}

/* A word of the model as the form has it: for people in Swedish, for programs as it is. */
static const char *
say(enum vg_csv_form form, const char *(*words)(const char *), const char *word)
{
	return form == VG_CSV_EXCEL && *word != '\0' ? words(word) : word;
}

/* A row without its line: what is the same in all of them. */
static void
begin_row(enum vg_csv_form form, const json_t *model, const char *row[COLUMNS])
{
	const json_t *municipality = json_object_get(model, "municipality");

	for (size_t i = 0; i < COLUMNS; i++)
		row[i] = "";
	row[0] = vg_grid_text(model, "number");
	row[1] = say(form, vg_statement_state_words, vg_grid_text(model, "state"));
	row[2] = vg_grid_text(model, "month");
	row[3] = vg_grid_text(municipality, "code");
	row[4] = vg_grid_text(municipality, "name");
	row[5] = vg_grid_text(municipality, "customer");
}

static void
put_line(FILE *out, enum vg_csv_form form, const json_t *model, const json_t *line)
{
	static const char *const texts[] = {"type",	"service",	  "access",
					    "provider", "administration", "priority"};
	const json_t *corrects = json_object_get(line, "corrects");
	char text[7][VG_NUMBER_MAX];
	const char *row[COLUMNS];

	begin_row(form, model, row);
	row[6] = vg_csv_integer(vg_grid_int(line, "no"), text[0]);
	row[7] = say(form, vg_line_kind_words, vg_grid_text(line, "kind"));
	row[8] = vg_grid_text(line, "ticket");
	row[9] = vg_grid_text(line, "municipality_ref");
	row[10] = vg_grid_text(json_array_get(json_object_get(line, "refs"), 0), "ref");
	row[11] = vg_grid_text(line, "month");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		row[12 + i] = vg_grid_text(line, texts[i]);
	row[18] = vg_csv_time(form, line, "opened_ms", text[1]);
	row[19] = vg_csv_time(form, line, "second_line_ms", text[2]);
	row[20] = vg_csv_time(form, line, "event_ms", text[3]);
	row[12] = say(form, vg_type_words, row[12]);
	row[21] = say(form, vg_fee_reason_words_of, vg_grid_text(line, "reason"));
	row[22] = say(form, vg_fee_reason_words_of, vg_grid_text(line, "reason_before"));
	row[23] = vg_grid_text(corrects, "number");
	if (corrects != NULL)
		row[24] = vg_csv_integer(vg_grid_int(corrects, "no"), text[4]);
	row[25] = vg_grid_text(line, "act");
	row[26] = say(form, vg_party_words_sv, vg_grid_text(line, "cause"));
	row[27] = amount_text(vg_grid_int(line, "amount_ore"), form, text[5]);
	row[28] = vg_csv_integer(vg_grid_int(line, "amount_ore"), text[6]);
	vg_csv_row(out, form, row, COLUMNS);
}

static void
put_amount(FILE *out, enum vg_csv_form form, const json_t *model, const char *kind, int64_t ore)
{
	char kronor[VG_NUMBER_MAX], whole[VG_NUMBER_MAX];
	const char *row[COLUMNS];

	begin_row(form, model, row);
	row[7] = say(form, vg_line_kind_words, kind);
	row[11] = vg_grid_text(model, "month");
	row[27] = amount_text(ore, form, kronor);
	row[28] = vg_csv_integer(ore, whole);
	vg_csv_row(out, form, row, COLUMNS);
}

int
vg_statement_csv(const json_t *model, enum vg_csv_form form, FILE *out)
{
	const json_t *fee = json_object_get(model, "fee"), *sums = json_object_get(fee, "sums"),
		     *line;
	int64_t between = vg_grid_int(sums, "support_ore") - vg_grid_int(sums, "gross_ore") -
			  vg_grid_int(sums, "adjusted_ore");
	size_t i;

	vg_csv_begin(out, form);
	vg_csv_row(out, form, heads[form], COLUMNS);
	json_array_foreach(json_object_get(fee, "lines"), i, line)
	{
		put_line(out, form, model, line);
	}
	if (between != 0)
		put_amount(out, form, model, "cap", between);
	put_amount(out, form, model, "operation", vg_grid_int(sums, "operation_ore"));
	if (vg_grid_int(sums, "vat_ore") != 0)
		put_amount(out, form, model, "vat", vg_grid_int(sums, "vat_ore"));
	if (vg_grid_int(sums, "rounding_ore") != 0)
		put_amount(out, form, model, "rounding", vg_grid_int(sums, "rounding_ore"));
	return ferror(out) ? VG_EIO : 0;
}
