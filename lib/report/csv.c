/* csv.c - the model as tables: for a Swedish Excel in Swedish, and for programs with the model's
 * own words, in English, where a cell of all municipalities, services or priorities is of "*". */
#include "lib/report/avail.h"
#include "lib/report/csv_row.h"
#include "lib/report/grid.h"
#include "lib/report/report.h"
#include "lib/report/text.h"
#include "lib/report/words.h"

#include <inttypes.h>
#include <string.h>

/* A file that is being written. */
struct table {
	FILE *out;
	enum vg_csv_form form;
};

static void
put_row(const struct table *table, const char *const *fields, size_t count)
{
	vg_csv_row(table->out, table->form, fields, count);
}

static const char *
either(const struct table *table, const char *excel, const char *machine)
{
	return table->form == VG_CSV_EXCEL ? excel : machine;
}

static const char *
say(const struct table *table, const char *swedish)
{
	return vg_words(table->form == VG_CSV_EXCEL ? VG_SWEDISH : VG_ENGLISH, swedish);
}

/* A figure with the form's decimal sign. Returns text. */
static char *
decimal(const struct table *table, char *text)
{
	char *comma = table->form == VG_CSV_MACHINE ? strchr(text, ',') : NULL;

	if (comma != NULL)
		*comma = '.';
	return text;
}

/* A dimension of a cell: all, none, or the thing's name. */
static const char *
dimension(const struct table *table, const json_t *cell, const char *member)
{
	const char *text = json_string_value(json_object_get(cell, member));

	if (text == NULL)
		return either(table, "alla", "*");
	return *text != '\0' ? text : either(table, "utan", "");
}

static const char *
line_words(const struct table *table, const json_t *cell, char *out)
{
	const json_t *line = json_object_get(cell, "line");

	if (line == NULL)
		return either(table, "alla", "*");
	return json_integer_value(line) < 0 ? either(table, "okänd", "")
					    : vg_csv_integer(json_integer_value(line), out);
}

/* Its name; of a cell of all, as dimension has it. */
static const char *
municipality(const struct table *table, const json_t *model, const json_t *cell)
{
	const char *code = json_string_value(json_object_get(cell, "municipality"));

	return code != NULL ? say(table, vg_grid_municipality(model, code))
			    : either(table, "alla", "*");
}

static void
put_cell(const struct table *table, const json_t *model, const json_t *row)
{
	char value[VG_NUMBER_MAX], num[VG_NUMBER_MAX], den[VG_NUMBER_MAX], left[VG_NUMBER_MAX],
		target[VG_NUMBER_MAX], line[VG_NUMBER_MAX], rev[VG_NUMBER_MAX], seq[VG_NUMBER_MAX],
		rolling[VG_NUMBER_MAX] = "";
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(row, "kpi"));
	struct vg_grid_cell cell = vg_grid_cell(row);

	if (kpi == VG_KPI_COUNT)
		return;
	target[0] = '\0';
	if (cell.target_ppm >= 0)
		(void)vg_figure_text(VG_KPI_RESOLUTION_MET, cell.target_ppm, 1000000, false,
				     target);
	if (cell.rolling_den > 0)
		(void)vg_figure_text(kpi, cell.rolling_num, cell.rolling_den, false, rolling);
	put_row(table,
		(const char *const[]){
			vg_grid_text(model, "month"),
			dimension(table, row, "municipality"),
			municipality(table, model, row),
			dimension(table, row, "service"),
			dimension(table, row, "priority"),
			line_words(table, row, line),
			vg_grid_text(row, "kpi"),
			say(table, vg_kpi_info[kpi].label),
			decimal(table, vg_figure_text(kpi, cell.num, cell.den, false, value)),
			say(table, vg_figure_unit(kpi)),
			vg_csv_integer(vg_figure_numerator(kpi, cell.num), num),
			vg_csv_integer(cell.den, den),
			vg_csv_integer(cell.left_out, left),
			decimal(table, target),
			either(table, vg_kpi_verdict_words(cell.verdict), cell.verdict),
			decimal(table, rolling),
			vg_kpi_info[kpi].rule,
			vg_csv_integer(vg_grid_int(model, "rule_rev"), rev),
			vg_csv_integer(vg_grid_int(model, "as_of_seq"), seq),
			vg_grid_text(model, "head")},
		20);
}

int
vg_report_cells_csv(const json_t *model, enum vg_csv_form form, FILE *out)
{
	static const char *const heads[][20] = {
		[VG_CSV_EXCEL] = {"månad",     "kommunkod",    "kommun",	"tjänst",
				  "prioritet", "linje",	       "nyckeltal",	"benämning",
				  "värde",     "enhet",	       "täljare",	"nämnare",
				  "utanför",   "mål_%",	       "utfall",	"rullande_12_mån",
				  "regel",     "regelversion", "liggarens_rad", "kedjehuvud"},
		[VG_CSV_MACHINE] = {"month",	"municipality",	  "name",      "service",
				    "priority", "line",		  "kpi",       "label",
				    "value",	"unit",		  "num",       "den",
				    "left_out", "target_percent", "verdict",   "rolling",
				    "rule",	"rule_rev",	  "as_of_seq", "head"},
	};
	const struct table table = {out, form};
	const json_t *row;
	size_t i;

	vg_csv_begin(out, form);
	put_row(&table, heads[form], 20);
	json_array_foreach(json_object_get(model, "cells"), i, row) put_cell(&table, model, row);
	return ferror(out) ? VG_EIO : 0;
}

static char *
seconds(const json_t *object, const char *member, char *out)
{
	const json_t *value = json_object_get(object, member);

	out[0] = '\0';
	return value != NULL ? vg_csv_integer(json_integer_value(value) / 1000, out) : out;
}

static void
put_faults(const json_t *ticket, char *out, size_t size)
{
	const json_t *fault;
	size_t i, used = 0;

	out[0] = '\0';
	json_array_foreach(json_object_get(ticket, "faults"), i, fault)
	{
		int length = snprintf(out + used, size - used, "%s%s", used > 0 ? " " : "",
				      json_string_value(fault));

		if (length < 0 || (size_t)length >= size - used)
			return;
		used += (size_t)length;
	}
}

static void
put_ticket(const struct table *table, const json_t *model, const json_t *ticket)
{
	char text[6][VG_NUMBER_MAX], faults[512];
	const json_t *stated = json_object_get(ticket, "stated");
	const char *code = vg_grid_text(stated, "municipality"),
		   *verdict = vg_grid_text(ticket, "verdict");

	put_faults(ticket, faults, sizeof(faults));
	put_row(table,
		(const char *const[]){
			vg_grid_text(model, "month"), vg_grid_text(ticket, "id"),
			vg_grid_text(json_array_get(json_object_get(ticket, "refs"), 0), "ref"),
			vg_grid_text(stated, "municipality_ref"), code,
			say(table, vg_grid_municipality(model, code)),
			vg_grid_text(stated, "service"), vg_grid_text(ticket, "priority"),
			vg_grid_text(ticket, "status"),
			vg_csv_instant(ticket, "created_ms", text[0]),
			vg_csv_instant(ticket, "second_line_ms", text[1]),
			vg_csv_instant(ticket, "resolved_ms", text[2]),
			vg_csv_integer(vg_grid_int(ticket, "highest_line"), text[3]),
			seconds(ticket, "elapsed_ms", text[4]),
			seconds(ticket, "target_ms", text[5]),
			either(table, vg_sla_words(verdict), verdict), faults},
		17);
}

int
vg_report_tickets_csv(const json_t *model, enum vg_csv_form form, FILE *out)
{
	static const char *const heads[][17] = {
		[VG_CSV_EXCEL] = {"månad", "ärende", "källans_referens", "kommunens_referens",
				  "kommunkod", "kommun", "tjänst", "prioritet", "status", "öppnat",
				  "till_andra_linjen", "löst", "högsta_linje", "åtgärdstid_s",
				  "mål_s", "utfall", "datafel"},
		[VG_CSV_MACHINE] = {"month", "ticket", "ref", "municipality_ref", "municipality",
				    "name", "service", "priority", "status", "opened",
				    "second_line", "resolved", "highest_line", "elapsed_s",
				    "target_s", "verdict", "faults"},
	};
	const struct table table = {out, form};
	const json_t *ticket;
	size_t i;

	vg_csv_begin(out, form);
	put_row(&table, heads[form], 17);
	json_array_foreach(json_object_get(model, "tickets"), i, ticket)
		put_ticket(&table, model, ticket);
	return ferror(out) ? VG_EIO : 0;
}

/* Seconds and counts of an availability cell, in the order of their columns. */
static const char *const avail_numbers[] = {
	"period_s",   "outside_s",     "excluded_s",	 "base_s",	   "up_s",
	"external_s", "degraded_s",    "down_s",	 "unknown_s",	   "rewritten_s",
	"flapping_s", "provisional_s", "emergency_s",	 "outages",	   "ended",
	"restore_s",  "longest_s",     "budget_month_s", "budget_earned_s"};
#define AVAIL_NUMBERS (sizeof(avail_numbers) / sizeof(avail_numbers[0]))
static const char *const avail_products[] = {"zabbix", "icinga", "checkmk"};
#define AVAIL_PRODUCTS (sizeof(avail_products) / sizeof(avail_products[0]))
#define AVAIL_TEXTS    12
#define AVAIL_MEANS    4
#define AVAIL_COLUMNS  (AVAIL_TEXTS + AVAIL_NUMBERS + AVAIL_PRODUCTS + AVAIL_MEANS)

/* A mean, "" where there is none. Without an outage a distance is longer than all agreed time,
 * which is text and enters no sum of a spreadsheet. */
static char *
mean_text(int64_t seconds, int64_t over_s, char *out)
{
	out[0] = '\0';
	if (seconds >= 0)
		return vg_csv_integer(seconds, out);
	if (over_s >= 0)
		(void)snprintf(out, VG_NUMBER_MAX, "> %" PRId64, over_s);
	return out;
}

/* Time to restore, between failures and between incidents, and what users lost. */
static void
put_means(const json_t *cell, const char **row, char (*text)[VG_NUMBER_MAX])
{
	struct vg_outage_means mean = vg_avail_means(cell);

	row[0] = mean_text(mean.mtrs_s, -1, text[0]);
	row[1] = mean_text(mean.mtbf_s, mean.over_s, text[1]);
	row[2] = mean_text(mean.mtbsi_s, mean.over_s, text[2]);
	row[3] = json_object_get(cell, "user_seconds") != NULL
			 ? vg_csv_integer(vg_grid_int(cell, "user_seconds") / 60, text[3])
			 : "";
}

static void
put_availability(const struct table *table, const json_t *model, const json_t *cell)
{
	char text[AVAIL_COLUMNS][VG_NUMBER_MAX];
	const char *verdict = vg_grid_text(cell, "verdict");
	int64_t base = vg_grid_int(cell, "base_s");
	bool target = json_object_get(cell, "target_ppm") != NULL;
	const char *row[AVAIL_COLUMNS] = {
		vg_grid_text(model, "month"),
		vg_grid_text(cell, "service"),
		dimension(table, cell, "channel"),
		dimension(table, cell, "municipality"),
		municipality(table, model, cell),
		vg_share_text(vg_grid_int(cell, "num"), vg_grid_int(cell, "den"), text[5]),
		vg_share_text(vg_grid_int(cell, "unweighted_num"),
			      vg_grid_int(cell, "unweighted_den"), text[6]),
		vg_share_text(vg_grid_int(cell, "low_num"), vg_grid_int(cell, "low_den"), text[7]),
		vg_share_text(base - vg_grid_int(cell, "unknown_s"), base, text[8]),
		vg_share_text(vg_grid_int(cell, "target_ppm"), target ? 1000000 : 0, text[9]),
		either(table, vg_avail_verdict_words(verdict), verdict),
		json_is_true(json_object_get(cell, "running")) ? either(table, "pågår", "running")
							       : ""};

	for (size_t i = 0; i < AVAIL_NUMBERS; i++)
		row[AVAIL_TEXTS + i] = json_object_get(cell, avail_numbers[i]) != NULL
					       ? vg_csv_integer(vg_grid_int(cell, avail_numbers[i]),
								text[AVAIL_TEXTS + i])
					       : "";
	for (size_t i = 0; i < AVAIL_PRODUCTS; i++) {
		const json_t *pair =
			json_object_get(json_object_get(cell, "compare"), avail_products[i]);
		size_t at = AVAIL_TEXTS + AVAIL_NUMBERS + i;

		row[at] = vg_share_text(json_integer_value(json_array_get(pair, 0)),
					json_integer_value(json_array_get(pair, 1)), text[at]);
	}
	put_means(cell, row + AVAIL_COLUMNS - AVAIL_MEANS, text + AVAIL_COLUMNS - AVAIL_MEANS);
	for (size_t i = 0; i < AVAIL_COLUMNS; i++)
		if (row[i] == text[i])
			(void)decimal(table, text[i]);
	put_row(table, row, AVAIL_COLUMNS);
}

int
vg_report_availability_csv(const json_t *model, enum vg_csv_form form, FILE *out)
{
	static const char *const heads[][AVAIL_COLUMNS] = {
		[VG_CSV_EXCEL] = {"månad",
				  "tjänst",
				  "kanal",
				  "kommunkod",
				  "kommun",
				  "tillgänglighet_%",
				  "oviktad_%",
				  "minst_%",
				  "täckning_%",
				  "mål_%",
				  "utfall",
				  "pågår",
				  "period_s",
				  "utanför_s",
				  "fönster_s",
				  "bas_s",
				  "uppe_s",
				  "yttre_orsak_s",
				  "nedsatt_s",
				  "nere_s",
				  "omätt_s",
				  "utjämnat_s",
				  "fladder_s",
				  "preliminärt_s",
				  "akuta_fönster_s",
				  "avbrott",
				  "avslutade",
				  "återställning_s",
				  "längsta_s",
				  "budget_månad_s",
				  "budget_hittills_s",
				  "zabbix_%",
				  "icinga_%",
				  "checkmk_%",
				  "mtrs_s",
				  "mtbf_s",
				  "mtbsi_s",
				  "användarminuter"},
		[VG_CSV_MACHINE] = {"month",
				    "service",
				    "channel",
				    "municipality",
				    "name",
				    "percent",
				    "unweighted_percent",
				    "low_percent",
				    "coverage_percent",
				    "target_percent",
				    "verdict",
				    "running",
				    "period_s",
				    "outside_s",
				    "excluded_s",
				    "base_s",
				    "up_s",
				    "external_s",
				    "degraded_s",
				    "down_s",
				    "unknown_s",
				    "rewritten_s",
				    "flapping_s",
				    "provisional_s",
				    "emergency_s",
				    "outages",
				    "ended",
				    "restore_s",
				    "longest_s",
				    "budget_month_s",
				    "budget_earned_s",
				    "zabbix_percent",
				    "icinga_percent",
				    "checkmk_percent",
				    "mtrs_s",
				    "mtbf_s",
				    "mtbsi_s",
				    "user_minutes"},
	};
	const struct table table = {out, form};
	const json_t *cell;
	size_t i;

	vg_csv_begin(out, form);
	put_row(&table, heads[form], AVAIL_COLUMNS);
	json_array_foreach(json_object_get(model, "availability"), i, cell)
		put_availability(&table, model, cell);
	return ferror(out) ? VG_EIO : 0;
}
