/* statement_html.c - the statement as one page: first what it costs and why in one sentence, then
 * what each figure is summed from, last how it was computed and how to check it.
 *
 * Every amount is a link to the table that it is the sum of. The hard thing is the cap: the month's
 * tickets and corrections rarely come to what is billed, and the row that stands between must say
 * by its own number why. */
#include "lib/report/statement_html.h"

#include "core/fee.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

/* --- head --- */

static void
put_lead(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	int64_t counted = vg_grid_int(sheet->sums, "counted"),
		not_counted = vg_grid_int(sheet->sums, "not_counted"),
		corrected = vg_grid_int(sheet->sums, "corrected");
	char one[VG_NUMBER_MAX], two[VG_NUMBER_MAX], three[VG_NUMBER_MAX];

	fputs("<p class=lead>", page->out);
	fprintf(page->out, "%s %s", vg_say_number(page, vg_number_text(counted, one)),
		vg_say_count(page, counted, "ärende räknas", "ärenden räknas"));
	fprintf(page->out, vg_say(page, " och %s räknas inte."),
		vg_say_number(page, vg_number_text(not_counted, two)));
	if (corrected > 0)
		fprintf(page->out, " %s %s.", vg_say_number(page, vg_number_text(corrected, one)),
			vg_say_count(page, corrected, "tidigare ärende rättas",
				     "tidigare ärenden rättas"));
	fputc(' ', page->out);
	fprintf(page->out,
		vg_say(page,
		       "Supporten är %s kr och drift och förvaltning %s kr: tillsammans %s kr "
		       "exklusive moms."),
		vg_say_number(page, vg_kronor_text(vg_grid_int(sheet->sums, "support_ore"), one)),
		vg_say_number(page, vg_kronor_text(vg_grid_int(sheet->sums, "operation_ore"), two)),
		vg_say_number(page,
			      vg_kronor_text(vg_grid_int(sheet->sums, "support_ore") +
						     vg_grid_int(sheet->sums, "operation_ore"),
					     three)));
	fputs("</p>\n", page->out);
}

/* What is missing or was carried forward, in the words of enum vg_fee_hold. */
static void
put_notes(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(page->model, "notes"), i, note)
	{
		for (int hold = 0; hold < VG_HOLD_COUNT; hold++)
			if (strcmp(vg_fee_hold_name((enum vg_fee_hold)hold),
				   json_string_value(note)) == 0)
				fprintf(page->out, "<p class=note>%s: %s.</p>\n",
					vg_say(page, "Att veta"),
					vg_say(page, vg_fee_hold_words((enum vg_fee_hold)hold)));
	}
}

static void
put_fact(const struct vg_page *page, const char *words, const char *text)
{
	if (*text == '\0')
		return;
	fprintf(page->out, "<dt>%s</dt><dd>", vg_say(page, words));
	vg_page_text(page, text);
	fputs("</dd>", page->out);
}

static void
put_closing(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	const json_t *closing = json_object_get(page->model, "closing");

	if (json_object_get(closing, "closed_ms") == NULL) {
		if (json_object_get(closing, "day") == NULL)
			return;
		fprintf(page->out, "<dt>%s</dt><dd>", vg_say(page, "Fastställs"));
		vg_page_day(page, vg_grid_text(closing, "day"));
		fputs("</dd>", page->out);
		return;
	}
	fprintf(page->out, "<dt>%s</dt><dd>", vg_say(page, "Fastställt"));
	vg_page_instant(page, vg_grid_int(closing, "closed_ms"));
	fputs("</dd>", page->out);
	put_fact(page, "Föreslaget av", vg_grid_text(closing, "author"));
	put_fact(page, "Godkänt av",
		 json_is_true(json_object_get(closing, "automatic"))
			 ? vg_say(page, "kalendern, enligt avtalet")
			 : vg_grid_text(closing, "approved_by"));
}

static void
put_facts(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	const json_t *municipality = json_object_get(page->model, "municipality");
	char users[VG_NUMBER_MAX];

	fputs("<dl>", page->out);
	put_fact(page, "Kommunkod", vg_grid_text(municipality, "code"));
	put_fact(page, "Kundnummer", vg_grid_text(municipality, "customer"));
	put_fact(page, "Kommunens referens", vg_grid_text(municipality, "reference"));
	put_closing(sheet);
	fprintf(page->out, "<dt>%s</dt><dd><a href=\"#aret\">%s</a>", vg_say(page, "Användare"),
		vg_say_number(page, vg_number_text(vg_grid_int(sheet->fee, "users"), users)));
	if (vg_grid_int(sheet->fee, "private_users") > 0) {
		fputs(", ", page->out);
		fprintf(page->out, vg_say(page, "varav %s hos privata utförare"),
			vg_say_number(page, vg_number_text(vg_grid_int(sheet->fee, "private_users"),
							   users)));
	}
	if (json_object_get(sheet->fee, "reading_day") != NULL) {
		fprintf(page->out, ", %s ", vg_say(page, "uppgift per"));
		vg_page_day(page, vg_grid_text(sheet->fee, "reading_day"));
	}
	fputs("</dd></dl>\n", page->out);
}

static void
put_contents(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	static const char *const parts[][2] = {{"belopp", "Belopp"},
					       {"aret", "Så står året"},
					       {"rader", "Ärenden som räknas"},
					       {"inte-rader", "Ärenden som inte räknas"},
					       {"rattelser", "Rättelser"},
					       {"nyckeltal", "Nyckeltal"},
					       {"lagen", "Andra prislägen"},
					       {"regler", "Så räknas det"},
					       {"bevis", "Kontrollera"}};

	fprintf(page->out, "<nav aria-label=\"%s\"><ul>", vg_say(page, "Innehåll"));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		fprintf(page->out, "<li><a href=\"#%s\">%s</a></li>", parts[i][0],
			vg_say(page, parts[i][1]));
	fputs("</ul></nav>", page->out);
}

static void
put_header(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	const char *state = vg_grid_text(page->model, "state"),
		   *name = vg_grid_text(json_object_get(page->model, "municipality"), "name");
	char month[VG_NUMBER_MAX], title[512];

	(void)vg_page_month(page, sheet->month, month);
	(void)snprintf(title, sizeof(title), "%s, %.300s, %s", vg_say(page, "Avgiftsunderlag"),
		       name, month);
	vg_page_begin(page, title);
	fprintf(page->out, "<header><p class=kicker>Vinga · %s", vg_say(page, "avgiftsunderlag"));
	if (json_object_get(page->model, "number") != NULL) {
		fprintf(page->out, " · %s ", vg_say(page, "nummer"));
		vg_page_text(page, vg_grid_text(page->model, "number"));
	}
	fputs("</p><h1>", page->out);
	vg_page_text(page, name);
	fprintf(page->out, ", %s</h1>\n<p class=\"banner %s\">%s</p>\n", month, state,
		vg_say(page, vg_statement_state_words(state)));
	put_lead(sheet);
	put_notes(sheet);
	put_facts(sheet);
	put_contents(sheet);
	fputs("</header>\n<main>\n", page->out);
}

/* --- amounts --- */

/* One amount; `anchor` is the table that it is summed from, "" = it is made of rows above. */
static void
put_amount(const struct vg_page *page, const char *words, const char *anchor, int64_t ore, bool sum)
{
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<tr%s><th scope=row>%s</th><td class=n>", sum ? " class=sum" : "",
		vg_say(page, words));
	if (*anchor != '\0')
		fprintf(page->out, "<a href=\"#%s\">", anchor);
	fprintf(page->out, "%s\xc2\xa0%s", vg_say_number(page, vg_kronor_text(ore, text)),
		vg_say(page, "kr"));
	fputs(*anchor != '\0' ? "</a></td></tr>\n" : "</td></tr>\n", page->out);
}

/* What stands between the month's tickets and what is billed, by the mode in force. */
static const char *
between_words(const struct vg_sheet *sheet, int64_t ore)
{
	if (strcmp(vg_grid_text(sheet->fee, "mode"), vg_fee_mode_name(VG_FEE_PER_TICKET_CAPPED)) !=
	    0)
		return "Fast avgift i stället för ärenden";
	return ore < 0 ? "Över årets tak, debiteras inte" : "Tidigare över taket, ryms nu";
}

static void
put_amounts(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"Post", "Belopp", NULL};
	const struct vg_page *page = &sheet->page;
	int64_t gross = vg_grid_int(sheet->sums, "gross_ore"),
		adjusted = vg_grid_int(sheet->sums, "adjusted_ore"),
		support = vg_grid_int(sheet->sums, "support_ore"),
		operation = vg_grid_int(sheet->sums, "operation_ore"),
		vat = vg_grid_int(sheet->sums, "vat_ore"),
		rounding = vg_grid_int(sheet->sums, "rounding_ore"),
		between = support - gross - adjusted;

	vg_page_section(page, "belopp", "Belopp");
	vg_page_table(page, "Månadens belopp; varje tal leder till det som det är summan av", heads,
		      1);
	put_amount(page, "Månadens ärenden", "rader", gross, false);
	put_amount(page, "Rättelser av tidigare månader", "rattelser", adjusted, false);
	if (between != 0)
		put_amount(page, between_words(sheet, between), "aret", between, false);
	put_amount(page, "Support", "aret", support, true);
	put_amount(page, "Drift och förvaltning", "aret", operation, false);
	put_amount(page, "Summa exklusive moms", "", support + operation, true);
	if (vat != 0)
		put_amount(page, "Moms", "regler", vat, false);
	if (rounding != 0)
		put_amount(page, "Öresavrundning", "regler", rounding, false);
	if (vat != 0 || rounding != 0)
		put_amount(page, "Att betala", "", vg_grid_int(sheet->sums, "total_ore"), true);
	vg_page_table_end(page);
	fputs("</section>\n", page->out);
}

/* --- figures --- */

static void
put_availability(const struct vg_page *page)
{
	static const char *const heads[] = {
		"Tjänst",   "Kanal",   "Utfall", "Tillgänglighet", "Mål",
		"Täckning", "Avbrott", "Nere",	 "Servicefönster", NULL};
	const json_t *cells = json_object_get(page->model, "availability"), *cell;
	size_t i;

	if (json_array_size(cells) == 0)
		return;
	vg_page_table(page, "Tillgänglighet; omätt tid ingår inte i andelen", heads, 3);
	json_array_foreach(cells, i, cell)
	{
		const char *verdict = vg_grid_text(cell, "verdict");
		int64_t base = vg_grid_int(cell, "base_s");

		vg_page_service(page, cell);
		vg_page_channel(page, cell);
		fprintf(page->out, "<td class=\"v %s\">%s%s</td>", verdict, vg_page_mark(verdict),
			vg_say(page, vg_avail_verdict_words(verdict)));
		vg_page_share(page, vg_grid_int(cell, "num"), vg_grid_int(cell, "den"));
		vg_page_share(page, vg_grid_int(cell, "target_ppm"),
			      json_object_get(cell, "target_ppm") != NULL ? 1000000 : 0);
		vg_page_share(page, base - vg_grid_int(cell, "unknown_s"), base);
		vg_page_number(page, vg_grid_int(cell, "outages"));
		vg_page_length(page, vg_grid_int(cell, "down_s"));
		vg_page_length(page, vg_grid_int(cell, "excluded_s"));
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
}

/* The municipality's monthly report lies beside a closed statement, by a name that is always the
 * same; "" while there is none. */
static void
report_name(const struct vg_sheet *sheet, char out[64])
{
	const json_t *model = sheet->page.model;

	out[0] = '\0';
	if (strcmp(vg_grid_text(model, "state"), "closed") == 0)
		(void)snprintf(out, 64, "vinga-%.7s-%.8s.html", vg_grid_text(model, "month"),
			       vg_grid_text(json_object_get(model, "municipality"), "code"));
}

static int
put_figures(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	struct vg_grid grid;
	char report[64], href[80];
	int rc = vg_grid_init(&grid, page->model);

	report_name(sheet, report);
	(void)snprintf(href, sizeof(href), "%s%s", report, *report != '\0' ? "#kpi-" : "");
	vg_page_section(page, "nyckeltal", "Nyckeltal");
	if (rc == 0 && grid.municipalities > 0)
		vg_page_kpis(page, &grid.municipality[0],
			     "Kommunens ärenden; tider i täljaren är sekunder", href);
	else
		fprintf(page->out, "<p>%s</p>\n",
			vg_say(page, "Kommunen hade inga ärenden under månaden."));
	fprintf(page->out, "<p>%s",
		vg_say(page, "Ärendena bakom varje nyckeltal står i kommunens månadsrapport"));
	if (*report != '\0')
		fprintf(page->out, ", <a href=\"%s\">%s</a>", report, report);
	fputs(".</p>\n", page->out);
	put_availability(page);
	fputs("</section>\n", page->out);
	vg_grid_fini(&grid);
	return rc;
}

static void
put_comments(const struct vg_sheet *sheet)
{
	const json_t *comments = json_object_get(sheet->page.model, "comments");

	if (json_array_size(comments) == 0)
		return;
	vg_page_section(&sheet->page, "kommentarer", "Kommentarer");
	vg_page_comments(&sheet->page, comments);
	fputs("</section>\n", sheet->page.out);
}

static int
put_body(const struct vg_sheet *sheet)
{
	int rc;

	put_amounts(sheet);
	vg_sheet_year(sheet);
	vg_sheet_lines(sheet);
	vg_sheet_not_counted(sheet);
	vg_sheet_corrections(sheet);
	vg_sheet_objections(sheet);
	rc = put_figures(sheet);
	put_comments(sheet);
	vg_sheet_modes(sheet);
	vg_sheet_rules(sheet);
	vg_sheet_evidence(sheet);
	fputs("</main>\n", sheet->page.out);
	vg_page_end(&sheet->page);
	return rc;
}

int
vg_statement_html(const json_t *model, enum vg_language language, FILE *out)
{
	struct vg_sheet sheet = {.page = {out, model, language},
				 .fee = json_object_get(model, "fee"),
				 .month = vg_page_month_of(model, "month")};
	int rc;

	sheet.sums = json_object_get(sheet.fee, "sums");
	put_header(&sheet);
	rc = put_body(&sheet);
	return rc == 0 && ferror(out) ? VG_EIO : rc;
}
