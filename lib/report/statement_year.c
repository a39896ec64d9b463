/* statement_year.c - how the fee year stands: what its tickets come to, what its cap allows, and
 * what has been billed, month by month. */
#include "lib/report/statement_html.h"

#include "lib/report/chart.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

#define MONTHS 12

static const json_t *
year_row(const struct vg_sheet *sheet, int64_t year)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(sheet->fee, "years"), i, row)
	{
		if (vg_grid_int(row, "year") == year)
			return row;
	}
	return NULL;
}

static int64_t
year_net(const struct vg_sheet *sheet, const json_t *year)
{
	return vg_grid_int(json_object_get(year, "net_ore"), vg_grid_text(sheet->fee, "mode"));
}

/* --- the chart --- */

/* Billed in the fee year up to each month, backwards from this statement's own; a month that no
 * closed statement tells of ends it. */
static void
billed_so_far(const struct vg_sheet *sheet, const json_t *year, int64_t billed[MONTHS])
{
	const json_t *month, *by_month[MONTHS] = {NULL};
	int64_t sum = vg_grid_int(year, "billed_ore") + year_net(sheet, year);
	size_t i;

	for (int m = 0; m < MONTHS; m++)
		billed[m] = VG_CHART_NONE;
	json_array_foreach(json_object_get(sheet->fee, "months"), i, month)
	{
		by_month[vg_page_month_of(month, "month") % 12] = month;
	}
	for (int m = sheet->month % 12; m >= 0; m--) {
		if (by_month[m] == NULL || json_object_get(by_month[m], "net_ore") == NULL)
			return;
		billed[m] = sum;
		sum -= vg_grid_int(by_month[m], "net_ore");
	}
}

static void
put_chart(const struct vg_sheet *sheet, const json_t *year)
{
	static const char *const short_months[MONTHS] = {"jan", "feb", "mar", "apr", "maj", "jun",
							 "jul", "aug", "sep", "okt", "nov", "dec"};
	const struct vg_page *page = &sheet->page;
	const char *label[MONTHS];
	int64_t billed[MONTHS], cap[MONTHS];
	char desc[400], so_far[VG_NUMBER_MAX], most[VG_NUMBER_MAX], title[200];
	const struct vg_chart_series series[] = {
		{vg_say(page, "Debiterat hittills"), false, billed},
		{vg_say(page, "Årets tak"), true, cap}};
	const struct vg_chart chart = {.id = "aret-bild",
				       .title = title,
				       .desc = desc,
				       .subject = vg_say(page, "Månad"),
				       .points = MONTHS,
				       .series = 2,
				       .label = label,
				       .of = series,
				       .text = vg_kronor_text};

	billed_so_far(sheet, year, billed);
	for (int m = 0; m < MONTHS; m++) {
		cap[m] = vg_grid_int(year, "cap_ore");
		label[m] = vg_say(page, short_months[m]);
	}
	(void)snprintf(
		title, sizeof(title),
		vg_say(page, "Support %" PRId64 ": debiterat hittills och årets tak, kronor"),
		vg_grid_int(year, "year"));
	(void)snprintf(desc, sizeof(desc),
		       vg_say(page, "Till och med månaden är %s kr debiterade av högst %s kr."),
		       vg_say_number(page, vg_kronor_text(vg_grid_int(year, "billed_ore") +
								  year_net(sheet, year),
							  so_far)),
		       vg_say_number(page, vg_kronor_text(vg_grid_int(year, "cap_ore"), most)));
	vg_chart(page, &chart);
}

/* --- tables --- */

static void
put_years(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"Avgiftsår",	   "Årets ärenden",
					    "Årets tak",	   "Debiterat före",
					    "Support denna månad", "Drift debiterad före",
					    "Drift denna månad",   NULL};
	static const char *const amounts[] = {"gross_ore", "cap_ore", "billed_ore"};
	const struct vg_page *page = &sheet->page;
	const json_t *year;
	size_t i;

	vg_page_table(page, "Vad året borde ha kostat hittills, mindre vad det har debiterats",
		      heads, 1);
	json_array_foreach(json_object_get(sheet->fee, "years"), i, year)
	{
		fprintf(page->out, "<tr><th scope=row>%" PRId64 "</th>", vg_grid_int(year, "year"));
		for (size_t a = 0; a < sizeof(amounts) / sizeof(amounts[0]); a++)
			vg_page_money(page, vg_grid_int(year, amounts[a]));
		vg_page_money(page, year_net(sheet, year));
		vg_page_money(page, vg_grid_int(year, "operation_billed_ore"));
		vg_page_money(page, vg_grid_int(year, "operation_ore"));
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
}

static const char *
month_remark(const struct vg_sheet *sheet, const json_t *month)
{
	if (json_is_true(json_object_get(month, "trial")))
		return "provkörning";
	if (json_is_true(json_object_get(month, "late")))
		return "tidigare uppgift används";
	return vg_page_month_of(month, "month") > sheet->month ? "prognos" : "";
}

static void
put_month(const struct vg_sheet *sheet, const json_t *month)
{
	static const char *const prices[] = {"ticket_price_ore", "support_price_ore",
					     "operation_price_ore"};
	static const char *const billed[] = {"net_ore", "operation_ore"};
	const struct vg_page *page = &sheet->page;
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<tr><th scope=row class=v>%s</th>",
		vg_page_month(page, vg_page_month_of(month, "month"), text));
	vg_page_cell(page, vg_say(page, month_remark(sheet, month)));
	vg_page_number(page, vg_grid_int(month, "users"));
	fprintf(page->out, "<td class=n>%" PRId64 "/%" PRId64 "</td>",
		vg_grid_int(month, "live_days"), vg_grid_int(month, "days"));
	for (size_t i = 0; i < sizeof(prices) / sizeof(prices[0]); i++)
		vg_page_money(page, vg_grid_int(month, prices[i]));
	for (size_t i = 0; i < sizeof(billed) / sizeof(billed[0]); i++)
		if (json_object_get(month, billed[i]) != NULL)
			vg_page_money(page, vg_grid_int(month, billed[i]));
		else
			fputs("<td class=n>–</td>", page->out);
	fputs("</tr>\n", page->out);
}

static void
put_months(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"Månad",
					    "Anmärkning",
					    "Användare",
					    "Dagar",
					    "Pris per ärende",
					    "Support per användare och år",
					    "Drift per användare och år",
					    "Debiterad support",
					    "Debiterad drift",
					    NULL};
	const json_t *month;
	size_t i;

	fprintf(sheet->page.out, "<p>%s</p>\n",
		vg_say(&sheet->page,
		       "Taket är summan över året av användare × dagar anslutna/dagar × pris per "
		       "användare / 12, avrundad en gång. Driften räknas likadant till och med "
		       "månaden."));
	vg_page_table(&sheet->page, "Månaderna som taket räknas ur", heads, 2);
	json_array_foreach(json_object_get(sheet->fee, "months"), i, month)
	{
		put_month(sheet, month);
	}
	vg_page_table_end(&sheet->page);
}

void
vg_sheet_year(const struct vg_sheet *sheet)
{
	const json_t *year = year_row(sheet, sheet->month / 12);

	vg_page_section(&sheet->page, "aret", "Så står året");
	if (year != NULL)
		put_chart(sheet, year);
	put_years(sheet);
	put_months(sheet);
	fputs("</section>\n", sheet->page.out);
}
