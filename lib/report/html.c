/* html.c - the report as one page that can be read, printed and kept by itself.
 *
 * No scripts, no outside files. Every figure stands with numerator, denominator, rule and verdict,
 * and is a link to the table that it was added up from: region to KPI by municipality, municipality
 * to its tickets. The hard thing is that sentences must not say more than the rows do, so each is
 * made from the rows. */
#include "lib/report/chart.h"
#include "lib/report/grid.h"
#include "lib/report/page.h"
#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

struct report {
	struct vg_page page;
	struct vg_grid grid;
	int month;
	bool ended;
};

/* What the overviews show, a column each. */
static const enum vg_kpi overview[] = {
	VG_KPI_INFLOW,	     VG_KPI_OUTFLOW,	    VG_KPI_BACKLOG,	     VG_KPI_RESOLUTION_MET,
	VG_KPI_RESPONSE_MET, VG_KPI_RESOLUTION_P50, VG_KPI_ESCALATION_SHARE, VG_KPI_DATA_FAULTS};
#define OVERVIEW (sizeof(overview) / sizeof(overview[0]))

static void
put_overview_cell(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	char num[VG_NUMBER_MAX], den[VG_NUMBER_MAX];

	fputs("<td class=n>", page->out);
	vg_page_figure(page, kpi, cell);
	if (cell->cell != NULL && vg_kpi_info[kpi].unit == VG_UNIT_SHARE)
		fprintf(page->out, "<small>%s %s %s</small>",
			vg_say_number(page,
				      vg_number_text(vg_figure_numerator(kpi, cell->num), num)),
			vg_say(page, "av"), vg_say_number(page, vg_number_text(cell->den, den)));
	if (cell->cell != NULL && strcmp(cell->verdict, "no_target") != 0 &&
	    strcmp(cell->verdict, "not_applicable") != 0) {
		fputs("<small>", page->out);
		vg_page_verdict(page, kpi, cell);
		fputs("</small>", page->out);
	}
	fputs("</td>", page->out);
}

static void
put_overview(const struct vg_page *page, const struct vg_grid_row *rows, size_t count,
	     const char *caption, const char *subject, const char *anchor)
{
	const char *heads[OVERVIEW + 2] = {subject};

	for (size_t i = 0; i < OVERVIEW; i++)
		heads[i + 1] = vg_kpi_info[overview[i]].label;
	vg_page_table(page, caption, heads, 1);
	for (size_t r = 0; r < count; r++) {
		fputs("<tr><th scope=row>", page->out);
		if (anchor != NULL) {
			fprintf(page->out, "<a href=\"#%s", anchor);
			vg_page_between(page, "", rows[r].key, "\">");
		}
		vg_page_text(page,
			     *rows[r].key != '\0' ? rows[r].name : vg_say(page, rows[r].name));
		fputs(anchor != NULL ? "</a></th>" : "</th>", page->out);
		for (size_t i = 0; i < OVERVIEW; i++)
			put_overview_cell(page, overview[i], &rows[r].kpi[overview[i]]);
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
}

static char *
percent_text(int64_t ppm, char *out)
{
	size_t length;

	(void)vg_share_text(ppm, 1000000, out);
	length = strlen(out);
	(void)snprintf(out + length, VG_NUMBER_MAX - length, "\xc2\xa0%%");
	return out;
}

/* The share of tickets that were resolved in time, beside its target; one bar is no picture. */
static void
put_chart(const struct vg_page *page, const struct vg_grid *grid)
{
	int64_t share[VG_CHART_POINTS_MAX], target[VG_CHART_POINTS_MAX];
	const struct vg_chart_series series[] = {
		{vg_say(page, "Åtgärdstid inom mål"), false, share},
		{vg_say(page, "Mål"), true, target}};
	const char *label[VG_CHART_POINTS_MAX];
	struct vg_chart chart = {.id = "kommuner-bild",
				 .title = vg_say(page, "Åtgärdstid inom mål per kommun"),
				 .desc = vg_say(page,
						"Andel lösta ärenden med mål som löstes i tid, "
						"och målet; talen står i tabellen."),
				 .subject = vg_say(page, "Kommun"),
				 .series = 2,
				 .label = label,
				 .of = series,
				 .text = percent_text};

	for (size_t i = 0; i < grid->municipalities && chart.points < VG_CHART_POINTS_MAX; i++) {
		const struct vg_grid_cell *met = &grid->municipality[i].kpi[VG_KPI_RESOLUTION_MET];

		if (met->den == 0)
			continue;
		label[chart.points] = grid->municipality[i].name;
		share[chart.points] = met->num * 1000000 / met->den;
		target[chart.points++] = met->target_ppm >= 0 ? met->target_ppm : VG_CHART_NONE;
	}
	if (chart.points > 1)
		vg_chart(page, &chart);
}

static void
put_summary(const struct report *report)
{
	const struct vg_page *page = &report->page;
	const struct vg_grid_row *whole = &report->grid.whole;
	const struct vg_grid_cell *met = &whole->kpi[VG_KPI_RESOLUTION_MET];
	char in[VG_NUMBER_MAX], outflow[VG_NUMBER_MAX], open[VG_NUMBER_MAX], num[VG_NUMBER_MAX],
		den[VG_NUMBER_MAX];

	fputs("<p class=lead>", page->out);
	fprintf(page->out, vg_say(page, "%s ärenden kom in, %s löstes och %s var öppna %s."),
		vg_say_number(page, vg_number_text(whole->kpi[VG_KPI_INFLOW].num, in)),
		vg_say_number(page, vg_number_text(whole->kpi[VG_KPI_OUTFLOW].num, outflow)),
		vg_say_number(page, vg_number_text(whole->kpi[VG_KPI_BACKLOG].num, open)),
		report->ended ? vg_say(page, "vid månadens slut")
			      : vg_say(page, "när siffrorna togs fram"));
	if (met->den > 0) {
		fputc(' ', page->out);
		fprintf(page->out,
			vg_say(page, "Åtgärdstiden hölls i %s av %s lösta ärenden med mål"),
			vg_say_number(page, vg_number_text(met->num, num)),
			vg_say_number(page, vg_number_text(met->den, den)));
		fputs(" (", page->out);
		vg_page_figure(page, VG_KPI_RESOLUTION_MET, met);
		fprintf(page->out, "): %s.", vg_say(page, vg_kpi_verdict_words(met->verdict)));
	}
	fputs("</p>\n", page->out);
}

/* A month without tickets has no figure but 0: the first sentence says so, and tables would not say
 * more. */
static bool
has_tickets(const struct report *report)
{
	int64_t sum = 0;

	for (int i = 0; i < VG_KPI_COUNT; i++)
		sum += report->grid.whole.kpi[i].num;
	return sum != 0 || json_array_size(json_object_get(report->page.model, "tickets")) > 0;
}

static bool
has(const struct report *report, const char *member)
{
	const json_t *part = json_object_get(report->page.model, member);

	return json_array_size(part) > 0 || json_object_size(part) > 0;
}

static void
put_contents(const struct report *report)
{
	const struct vg_page *page = &report->page;
	bool tickets = has_tickets(report);
	const struct {
		bool there;
		const char *anchor, *words;
	} parts[] = {{has(report, "availability"), "tillganglighet", "Tillgänglighet"},
		     {tickets, "region", "Ärenden"},
		     {tickets, "prioritet", "Per prioritet"},
		     {tickets, "kommuner", "Per kommun"},
		     {has(report, "administrations"), "forvaltningar", "Per förvaltning"},
		     {has(report, "fee"), "avgift", "Avgiftsunderlag"},
		     {has(report, "corrections"), "rattelser", "Rättelser"},
		     {has(report, "comments"), "kommentarer", "Kommentarer"},
		     {vg_page_has_alarms(page), "larm", "Larm"},
		     {tickets, "underlag", "Underlag per nyckeltal"},
		     {tickets, "arenden", "Alla ärenden"}};

	fprintf(page->out, "<nav aria-label=\"%s\"><ul>", vg_say(page, "Innehåll"));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].there)
			fprintf(page->out, "<li><a href=\"#%s\">%s</a></li>", parts[i].anchor,
				vg_say(page, parts[i].words));
	fputs("</ul></nav>", page->out);
}

/* What the figures do not have, or not yet. */
static void
put_notes(const struct report *report)
{
	const struct vg_page *page = &report->page;
	int64_t quarantined = vg_grid_int(page->model, "quarantined");

	if (!report->ended) {
		fprintf(page->out, "<p class=note>%s ",
			vg_say(page, "Månaden är inte slut: siffrorna gäller till och med"));
		vg_page_instant(page, vg_grid_int(page->model, "evaluated_ms"));
		fputs(".</p>\n", page->out);
	}
	if (quarantined == 0)
		return;
	fputs("<p class=note>", page->out);
	fprintf(page->out,
		vg_say(page,
		       "%" PRId64 " uppgifter från källorna ligger i karantän och är inte med "
		       "i siffrorna."),
		quarantined);
	fputs("</p>\n", page->out);
}

static void
put_header(const struct report *report)
{
	const struct vg_page *page = &report->page;
	char month[VG_NUMBER_MAX], title[512];

	(void)snprintf(title, sizeof(title), "%s, %s", vg_say(page, "Ärenden och servicenivåer"),
		       vg_page_month(page, report->month, month));
	vg_page_begin(page, title);
	fprintf(page->out, "<header><p class=kicker>Vinga · %s", vg_say(page, "månadsrapport"));
	if (json_object_get(page->model, "scope") != NULL) {
		fputs(" · ", page->out);
		vg_page_text(page, vg_page_whole(page));
	}
	fprintf(page->out, "</p><h1>%s</h1>\n", title);
	put_summary(report);
	vg_page_fee_lead(page);
	put_notes(report);
	vg_page_provenance(page);
	put_contents(report);
	fputs("</header>\n<main>\n", page->out);
}

/* What the month's tickets come to: figures by region, priority and municipality. */
static void
put_figures(const struct report *report)
{
	const struct vg_page *page = &report->page;
	const struct vg_grid *grid = &report->grid;

	vg_page_section(page, "region",
			json_object_get(page->model, "scope") != NULL ? "Ärenden"
								      : "Ärenden i hela regionen");
	vg_page_kpis(page, &grid->whole, "Månadens nyckeltal; tider i täljaren är sekunder",
		     "#kpi-");
	fputs("</section>\n", page->out);
	vg_page_section(page, "prioritet", "Per prioritet");
	put_overview(page, grid->priority, grid->priorities, "Nyckeltal per prioritet", "Prioritet",
		     NULL);
	fputs("</section>\n", page->out);
	vg_page_section(page, "kommuner", "Per kommun");
	put_chart(page, grid);
	put_overview(page, grid->municipality, grid->municipalities,
		     "Nyckeltal per kommun; namnet leder till kommunens tabell och ärenden",
		     "Kommun", "k-");
	fputs("</section>\n", page->out);
}

static int
put_body(const struct report *report)
{
	const struct vg_page *page = &report->page;
	bool tickets = has_tickets(report);
	int rc = vg_page_availability(page);

	if (tickets)
		put_figures(report);
	vg_page_administrations(page);
	vg_page_fee(page);
	vg_page_corrections(page);
	if (has(report, "comments")) {
		vg_page_section(page, "kommentarer", "Kommentarer");
		vg_page_comments(page, json_object_get(page->model, "comments"));
		fputs("</section>\n", page->out);
	}
	vg_page_alarm_effect(page);
	if (tickets)
		vg_page_evidence(page, &report->grid);
	fprintf(page->out, "</main>\n<footer><p class=kicker>%s</p></footer>\n",
		vg_say(page, "Procenttal är avkortade, aldrig avrundade; utfallet avgörs på "
			     "heltalen i täljare och nämnare. ”Utanför” är ärenden som regeln inte "
			     "räknar."));
	vg_page_end(page);
	return rc;
}

int
vg_report_html_in(const json_t *model, enum vg_language language, FILE *out)
{
	struct report report = {.page = {out, model, language}};
	int rc;

	report.month = vg_page_month_of(model, "month");
	report.ended = vg_grid_int(model, "evaluated_ms") == vg_grid_int(model, "to_ms");
	rc = vg_grid_init(&report.grid, model);
	if (rc == 0) {
		put_header(&report);
		rc = put_body(&report);
		if (ferror(out))
			rc = VG_EIO;
	}
	vg_grid_fini(&report.grid);
	return rc;
}

int
vg_report_html(const json_t *model, FILE *out)
{
	return vg_report_html_in(model, VG_SWEDISH, out);
}
