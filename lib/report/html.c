/* html.c - the report as one page that can be read, printed and kept by itself.
 *
 * No scripts, no outside files. Every figure stands with numerator, denominator, rule and verdict,
 * and is a link to the table that it was added up from: region to KPI by municipality, municipality
 * to its tickets. The hard thing is that sentences must not say more than the rows do, so each is
 * made from the rows. */
#include "lib/civil/civil.h"
#include "lib/report/grid.h"
#include "lib/report/page.h"
#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

struct page {
	FILE *out;
	const json_t *model;
	struct vg_grid grid;
	int month;
	bool ended;
};

static const char style[] =
	":root{color-scheme:light "
	"dark;--ink:#16202a;--soft:#51606e;--paper:#fff;--tint:#f3f6f8;--line:#d3dbe2;"
	"--link:#0b5394;--good:#1d6b37;--bad:#a3261c;--calm:#51606e}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#a9b6c2;--paper:#12181e;--"
	"tint:#1b232b;"
	"--line:#36424e;--link:#8ec1f5;--good:#7fd49a;--bad:#ff9d93;--calm:#a9b6c2}}"
	"*{box-sizing:border-box}html{scroll-padding-top:1rem}"
	"body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,\"Segoe "
	"UI\",Roboto,sans-serif}"
	"header,main,footer{max-width:80rem;margin:0 auto;padding:1.5rem 1.25rem}"
	"header{border-bottom:3px solid var(--link)}"
	"h1{font-size:2.1rem;line-height:1.15;margin:.2rem 0 "
	".6rem}h2{font-size:1.4rem;margin:2.5rem 0 .5rem}"
	"h3{font-size:1.1rem;margin:2rem 0 .4rem}.kicker{color:var(--soft);margin:0}"
	"a{color:var(--link)}a:focus-visible{outline:3px solid var(--link);outline-offset:2px}"
	".lead{font-size:1.15rem;max-width:46rem}.note{border-left:4px solid "
	"var(--link);background:var(--tint);"
	"padding:.6rem .9rem;max-width:46rem}"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem "
	"1rem;font-size:.9rem;margin:1rem 0 0}"
	"dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}code{font-size:.9em}"
	".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem;margin:."
	"5rem 0 1rem}"
	"caption{text-align:left;color:var(--soft);padding:.3rem 0}"
	"th,td{padding:.35rem .6rem;border-bottom:1px solid "
	"var(--line);text-align:left;vertical-align:top}"
	"thead th{background:var(--tint);border-bottom:2px solid var(--line);font-weight:600}"
	"tbody "
	"th{font-weight:500}td.n,th.n{text-align:right}td.n{font-variant-numeric:tabular-nums;"
	"white-space:nowrap}"
	"td small{display:block;color:var(--soft)}.met{color:var(--good)}.missed{color:var(--bad)}"
	".too_few,.not_applicable,.no_target,.insufficient{color:var(--calm)}.v{white-space:nowrap}"
	".wide th:first-child{position:sticky;left:0;min-width:8rem}.wide tbody "
	"th{background:var(--paper)}"
	"summary{cursor:pointer;color:var(--link);margin:.4rem 0}td details "
	"summary{margin:0}nav "
	"ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;list-style:none;margin:1rem "
	"0 0}"
	"@media "
	"print{:root{--ink:#000;--paper:#fff;--link:#000;--soft:#333;--tint:#eee}nav{display:none}"
	"body{font-size:9.5pt}header,main,footer{max-width:none;padding:0}table{font-size:8pt}tr{"
	"break-inside:avoid}"
	"thead{display:table-header-group}h2,h3{break-after:avoid}a{text-decoration:none}.wide{"
	"overflow:visible}.wide th:first-child{position:static}"
	"details::details-content{content-visibility:visible}}";

static void
put_instant_member(struct page *page, const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	fputs("<td class=v>", page->out);
	if (value != NULL)
		vg_page_instant(page->out, json_integer_value(value));
	else
		fputs("–", page->out);
	fputs("</td>", page->out);
}

/* "93,333 %", "4,391 h", "–". */
static void
put_value(struct page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	char text[VG_NUMBER_MAX];

	(void)vg_figure_text(kpi, cell->num, cell->den, true, text);
	if (cell->cell == NULL || *text == '\0') {
		fputs("–", page->out);
		return;
	}
	fputs(text, page->out);
	if (vg_figure_of(kpi) != VG_FIGURE_COUNT && vg_figure_of(kpi) != VG_FIGURE_RATIO)
		fprintf(page->out, "\xc2\xa0%s", vg_figure_unit(kpi));
}

static void
put_verdict(struct page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	char text[VG_NUMBER_MAX];

	if (cell->cell == NULL)
		return;
	fprintf(page->out, "<span class=\"v %s\">%s%s</span>", cell->verdict,
		vg_page_mark(cell->verdict), vg_kpi_verdict_words(cell->verdict));
	if (cell->rolling_den > 0)
		fprintf(page->out, "<small>12 mån: %s %s</small>",
			vg_figure_text(kpi, cell->rolling_num, cell->rolling_den, true, text),
			vg_figure_unit(kpi));
}

/* Denominators mean something for all but plain counts and percentiles. */
static bool
has_denominator(enum vg_kpi kpi)
{
	return vg_kpi_info[kpi].unit == VG_UNIT_SHARE || vg_kpi_info[kpi].unit == VG_UNIT_MEAN_MS;
}

static void
put_parts(struct page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	vg_page_number(page->out, vg_figure_numerator(kpi, cell->num));
	if (has_denominator(kpi))
		vg_page_number(page->out, cell->den);
	else
		fputs("<td class=n>–</td>", page->out);
	vg_page_number(page->out, cell->left_out);
}

static void
put_target(struct page *page, const struct vg_grid_cell *cell)
{
	char text[VG_NUMBER_MAX];

	if (cell->target_ppm < 0)
		fputs("<td class=n>–</td>", page->out);
	else
		fprintf(page->out, "<td class=n>%s\xc2\xa0%%</td>",
			vg_figure_text(VG_KPI_RESOLUTION_MET, cell->target_ppm, 1000000, true,
				       text));
}

/* The table of every KPI of one subject. Values link to `#kpi-<name>`, or to `#<anchor>` when that
 * is given. */
static void
put_kpi_table(struct page *page, const struct vg_grid_row *row, const char *caption,
	      const char *anchor)
{
	FILE *out = page->out;

	fputs("<div class=wide><table><caption>", out);
	vg_page_text(page->out, caption);
	fputs("</caption><thead><tr><th scope=col>Nyckeltal</th><th scope=col class=n>Värde</th>"
	      "<th scope=col class=n>Täljare</th><th scope=col class=n>Nämnare</th>"
	      "<th scope=col class=n>Utanför</th><th scope=col class=n>Mål</th><th "
	      "scope=col>Utfall</th>"
	      "<th scope=col>Regel</th></tr></thead><tbody>\n",
	      out);
	for (int i = 0; i < VG_KPI_COUNT; i++) {
		const struct vg_grid_cell *cell = &row->kpi[i];
		enum vg_kpi kpi = (enum vg_kpi)i;

		if (cell->cell == NULL)
			continue;
		fprintf(out, "<tr><th scope=row>%s</th><td class=n><a href=\"#%s%s\">",
			vg_kpi_info[i].label, anchor != NULL ? anchor : "kpi-",
			anchor != NULL ? "" : vg_kpi_info[i].name);
		put_value(page, kpi, cell);
		fputs("</a>", out);
		if (vg_figure_of(kpi) == VG_FIGURE_RATIO)
			fprintf(out, "<small>%s</small>", vg_figure_unit(kpi));
		fputs("</td>", out);
		put_parts(page, kpi, cell);
		put_target(page, cell);
		fputs("<td>", out);
		put_verdict(page, kpi, cell);
		fprintf(out, "</td><td>%s</td></tr>\n", vg_kpi_info[i].rule);
	}
	fputs("</tbody></table></div>\n", out);
}

/* What the overviews show, a column each. */
static const enum vg_kpi overview[] = {
	VG_KPI_INFLOW,	     VG_KPI_OUTFLOW,	    VG_KPI_BACKLOG,	     VG_KPI_RESOLUTION_MET,
	VG_KPI_RESPONSE_MET, VG_KPI_RESOLUTION_P50, VG_KPI_ESCALATION_SHARE, VG_KPI_DATA_FAULTS};
#define OVERVIEW (sizeof(overview) / sizeof(overview[0]))

static void
put_overview_cell(struct page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	char num[VG_NUMBER_MAX], den[VG_NUMBER_MAX];

	fputs("<td class=n>", page->out);
	put_value(page, kpi, cell);
	if (cell->cell != NULL && vg_kpi_info[kpi].unit == VG_UNIT_SHARE)
		fprintf(page->out, "<small>%s av %s</small>",
			vg_number_text(vg_figure_numerator(kpi, cell->num), num),
			vg_number_text(cell->den, den));
	if (cell->cell != NULL && strcmp(cell->verdict, "no_target") != 0 &&
	    strcmp(cell->verdict, "not_applicable") != 0) {
		fputs("<small>", page->out);
		put_verdict(page, kpi, cell);
		fputs("</small>", page->out);
	}
	fputs("</td>", page->out);
}

static void
put_overview(struct page *page, const struct vg_grid_row *rows, size_t count, const char *caption,
	     const char *subject, const char *anchor)
{
	FILE *out = page->out;

	fprintf(out,
		"<div class=wide tabindex=0 role=region "
		"aria-label=\"%s\"><table><caption>%s</caption>"
		"<thead><tr><th scope=col>%s</th>",
		subject, caption, subject);
	for (size_t i = 0; i < OVERVIEW; i++)
		fprintf(out, "<th scope=col class=n>%s</th>", vg_kpi_info[overview[i]].label);
	fputs("</tr></thead><tbody>\n", out);
	for (size_t r = 0; r < count; r++) {
		fputs("<tr><th scope=row>", out);
		if (anchor != NULL)
			fprintf(out, "<a href=\"#%s%s\">", anchor, rows[r].key);
		vg_page_text(page->out, rows[r].name);
		fputs(anchor != NULL ? "</a></th>" : "</th>", out);
		for (size_t i = 0; i < OVERVIEW; i++)
			put_overview_cell(page, overview[i], &rows[r].kpi[overview[i]]);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void
put_summary(struct page *page)
{
	const struct vg_grid_row *whole = &page->grid.whole;
	const struct vg_grid_cell *met = &whole->kpi[VG_KPI_RESOLUTION_MET];
	char in[VG_NUMBER_MAX], outflow[VG_NUMBER_MAX], open[VG_NUMBER_MAX], num[VG_NUMBER_MAX],
		den[VG_NUMBER_MAX];

	fprintf(page->out, "<p class=lead>%s ärenden kom in, %s löstes och %s var öppna %s.",
		vg_number_text(whole->kpi[VG_KPI_INFLOW].num, in),
		vg_number_text(whole->kpi[VG_KPI_OUTFLOW].num, outflow),
		vg_number_text(whole->kpi[VG_KPI_BACKLOG].num, open),
		page->ended ? "vid månadens slut" : "när siffrorna togs fram");
	if (met->den > 0) {
		fprintf(page->out, " Åtgärdstiden hölls i %s av %s lösta ärenden med mål (",
			vg_number_text(met->num, num), vg_number_text(met->den, den));
		put_value(page, VG_KPI_RESOLUTION_MET, met);
		fprintf(page->out, "): %s.", vg_kpi_verdict_words(met->verdict));
	}
	fputs("</p>\n", page->out);
}

static void
put_provenance(struct page *page)
{
	const json_t *agreement;
	char sha[65], number[VG_NUMBER_MAX];
	FILE *out = page->out;
	size_t i;

	fprintf(out, "<dl><dt>Underlag</dt><dd>liggaren till och med rad %s, mottagen ",
		vg_number_text(vg_grid_int(page->model, "as_of_seq"), number));
	vg_page_instant(page->out, vg_grid_int(page->model, "as_of_ms"));
	fprintf(out, "</dd><dt>Kedjehuvud</dt><dd><code>%s</code></dd>",
		vg_grid_text(page->model, "head"));
	if (vg_report_sha256(page->model, sha) == 0)
		fprintf(out, "<dt>Modellens SHA-256</dt><dd><code>%s</code></dd>", sha);
	fprintf(out, "<dt>Regelversion</dt><dd>%" PRId64 "</dd><dt>Avtal</dt><dd>",
		vg_grid_int(page->model, "rule_rev"));
	json_array_foreach(json_object_get(page->model, "agreements"), i, agreement)
	{
		fputs(i > 0 ? "; " : "", out);
		vg_page_text(page->out, vg_grid_text(agreement, "name"));
		fputs(", version ", out);
		vg_page_text(page->out, vg_grid_text(agreement, "version"));
		fprintf(out, " (rad %" PRId64 ")", vg_grid_int(agreement, "seq"));
	}
	fputs("</dd><dt>Tider</dt><dd>", out);
	vg_page_text(page->out,
		     vg_grid_text(json_array_get(json_object_get(page->model, "agreements"), 0),
				  "zone"));
	fprintf(out,
		"; åtgärdstider är tid som räknas enligt avtalet</dd><dt>Kontrollera</dt>"
		"<dd><code>vinga verify %s</code></dd></dl>\n",
		vg_grid_text(page->model, "month"));
}

/* A month without tickets has no figure but 0: the first sentence says so, and tables would not say
 * more. */
static bool
has_tickets(const struct page *page)
{
	int64_t sum = 0;

	for (int i = 0; i < VG_KPI_COUNT; i++)
		sum += page->grid.whole.kpi[i].num;
	return sum != 0 || json_array_size(json_object_get(page->model, "tickets")) > 0;
}

static void
put_header(struct page *page)
{
	char month[VG_NUMBER_MAX];
	FILE *out = page->out;
	int64_t quarantined = vg_grid_int(page->model, "quarantined");

	(void)vg_month_text(page->month, month);
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=sv>\n<head><meta charset=utf-8>"
		"<meta name=viewport content=\"width=device-width,initial-scale=1\">"
		"<title>Ärenden och servicenivåer %s – "
		"Vinga</title>\n<style>%s</style></head>\n<body>\n<header>"
		"<p class=kicker>Vinga · månadsrapport</p><h1>Ärenden och servicenivåer, %s</h1>\n",
		month, style, month);
	put_summary(page);
	if (!page->ended) {
		fputs("<p class=note>Månaden är inte slut: siffrorna gäller till och med ", out);
		vg_page_instant(page->out, vg_grid_int(page->model, "evaluated_ms"));
		fputs(".</p>\n", out);
	}
	if (quarantined > 0)
		fprintf(out,
			"<p class=note>%" PRId64 " uppgifter från källorna ligger i karantän och "
			"är inte med i siffrorna.</p>\n",
			quarantined);
	put_provenance(page);
	fputs("<nav aria-label=Innehåll><ul>", out);
	if (json_array_size(json_object_get(page->model, "availability")) > 0)
		fputs("<li><a href=\"#tillganglighet\">Tillgänglighet</a></li>", out);
	if (has_tickets(page))
		fputs("<li><a href=\"#region\">Ärenden i regionen</a></li><li><a "
		      "href=\"#prioritet\">Per prioritet</a></li><li><a href=\"#kommuner\">Per "
		      "kommun</a></li>"
		      "<li><a href=\"#underlag\">Underlag per nyckeltal</a></li><li><a "
		      "href=\"#arenden\">Alla ärenden</a></li>",
		      out);
	fputs("</ul></nav></header>\n<main>\n", out);
}

/* The region's figure of one KPI, added up from the municipalities. */
static void
put_kpi_evidence(struct page *page, enum vg_kpi kpi)
{
	const struct vg_grid_cell *whole = &page->grid.whole.kpi[kpi];
	FILE *out = page->out;

	if (whole->cell == NULL)
		return;
	fprintf(out,
		"<h3 id=\"kpi-%s\">%s</h3>\n<div class=wide><table><caption>Per kommun; regel "
		"%s%s</caption>"
		"<thead><tr><th scope=col>Kommun</th><th scope=col class=n>Värde</th><th scope=col "
		"class=n>Täljare</th>"
		"<th scope=col class=n>Nämnare</th><th scope=col "
		"class=n>Utanför</th></tr></thead><tbody>\n",
		vg_kpi_info[kpi].name, vg_kpi_info[kpi].label, vg_kpi_info[kpi].rule,
		vg_kpi_info[kpi].unit == VG_UNIT_MS
			? "; en kvantil tas ur alla ärenden och är ingen summa"
			: "");
	for (size_t i = 0; i < page->grid.municipalities; i++) {
		const struct vg_grid_row *row = &page->grid.municipality[i];

		if (row->kpi[kpi].cell == NULL)
			continue;
		fprintf(out, "<tr><th scope=row><a href=\"#k-%s\">", row->key);
		vg_page_text(page->out, row->name);
		fputs("</a></th><td class=n>", out);
		put_value(page, kpi, &row->kpi[kpi]);
		fputs("</td>", out);
		put_parts(page, kpi, &row->kpi[kpi]);
		fputs("</tr>\n", out);
	}
	fputs("</tbody><tfoot><tr><th scope=row>Hela regionen</th><td class=n>", out);
	put_value(page, kpi, whole);
	fputs("</td>", out);
	put_parts(page, kpi, whole);
	fputs("</tr></tfoot></table></div>\n", out);
}

static void
put_hours(struct page *page, const json_t *ticket, const char *member)
{
	const json_t *value = json_object_get(ticket, member);
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<td class=n>%s</td>",
		value != NULL ? vg_figure_text(VG_KPI_RESOLUTION_MEAN, json_integer_value(value), 1,
					       true, text)
			      : "–");
}

/* Which figures a ticket is part of: "åtgärdstid inom mål 1/1" as short as can be. */
static void
put_marks(struct page *page, const json_t *ticket)
{
	static const struct {
		enum vg_kpi kpi;
		const char *mark;
	} marks[] = {{VG_KPI_INFLOW, "in"},
		     {VG_KPI_OUTFLOW, "ut"},
		     {VG_KPI_BACKLOG, "balans"},
		     {VG_KPI_OPEN_OVERDUE, "överskriden"},
		     {VG_KPI_RESOLUTION_MET, "åtgärd"},
		     {VG_KPI_RESPONSE_MET, "svar"},
		     {VG_KPI_FIRST_LINE_SHARE, "första linjen"},
		     {VG_KPI_ESCALATION_SHARE, "till andra linjen"},
		     {VG_KPI_BOUNCE_SHARE, "åter"},
		     {VG_KPI_REOPEN_SHARE, "återöppnat"},
		     {VG_KPI_SOURCE_AGREES, "källan"},
		     {VG_KPI_DATA_FAULTS, "datafel"}};
	const json_t *evidence = json_object_get(ticket, "evidence");
	const char *between = "";

	fputs("<td>", page->out);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const json_t *pair = json_object_get(evidence, vg_kpi_info[marks[i].kpi].name);

		if (pair == NULL)
			continue;
		fprintf(page->out, "%s%s", between, marks[i].mark);
		if (vg_kpi_info[marks[i].kpi].unit == VG_UNIT_SHARE)
			fprintf(page->out, " %" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
				json_integer_value(json_array_get(pair, 0)),
				json_integer_value(json_array_get(pair, 1)));
		between = ", ";
	}
	fputs("</td>", page->out);
}

static void
put_ticket(struct page *page, const json_t *ticket)
{
	const json_t *stated = json_object_get(ticket, "stated");
	const char *own = vg_grid_text(stated, "municipality_ref");
	const char *verdict = vg_grid_text(ticket, "verdict");
	FILE *out = page->out;

	fputs("<tr><th scope=row>", out);
	vg_page_text(page->out, vg_grid_text(ticket, "id"));
	fputs("<small> ", out);
	vg_page_text(page->out,
		     *own != '\0' ? own
				  : vg_grid_text(json_array_get(json_object_get(ticket, "refs"), 0),
						 "ref"));
	fputs("</small></th><td>", out);
	vg_page_text(page->out, vg_grid_text(ticket, "priority"));
	fputs("</td>", out);
	put_instant_member(page, ticket, "created_ms");
	put_instant_member(page, ticket, "resolved_ms");
	put_hours(page, ticket, "elapsed_ms");
	put_hours(page, ticket, "target_ms");
	fprintf(out, "<td class=\"v %s\">%s</td>", verdict, vg_sla_words(verdict));
	put_marks(page, ticket);
	fputs("</tr>\n", out);
}

static void
put_municipality(struct page *page, const struct vg_grid_row *row)
{
	const json_t *ticket;
	FILE *out = page->out;
	char anchor[32];
	size_t i;

	(void)snprintf(anchor, sizeof(anchor), "t-%.20s", row->key);
	fprintf(out, "<section aria-labelledby=\"k-%s\"><h3 id=\"k-%s\">", row->key, row->key);
	vg_page_text(page->out, row->name);
	if (*row->key != '\0')
		fprintf(out, " (%s)", row->key);
	fputs("</h3>\n", out);
	put_kpi_table(page, row, "Månadens nyckeltal; tider i täljaren är sekunder", anchor);
	fprintf(out,
		"<div class=wide><table id=\"t-%s\"><caption>Ärenden; tid och mål i "
		"timmar</caption><thead><tr>"
		"<th scope=col>Ärende</th><th scope=col>Prioritet</th><th scope=col>Öppnat</th><th "
		"scope=col>Löst</th>"
		"<th scope=col class=n>Tid</th><th scope=col class=n>Mål</th><th "
		"scope=col>Utfall</th>"
		"<th scope=col>Ingår i</th></tr></thead><tbody>\n",
		row->key);
	json_array_foreach(json_object_get(page->model, "tickets"), i, ticket)
	{
		if (strcmp(vg_grid_text(json_object_get(ticket, "stated"), "municipality"),
			   row->key) == 0)
			put_ticket(page, ticket);
	}
	fputs("</tbody></table></div></section>\n", out);
}

/* What the month's tickets come to: figures by region, priority and municipality, and the tickets.
 */
static void
put_tickets(struct page *page)
{
	FILE *out = page->out;

	fputs("<section aria-labelledby=region><h2 id=region>Ärenden i hela regionen</h2>\n", out);
	put_kpi_table(page, &page->grid.whole, "Månadens nyckeltal; tider i täljaren är sekunder",
		      NULL);
	fputs("</section>\n<section aria-labelledby=prioritet><h2 id=prioritet>Per "
	      "prioritet</h2>\n",
	      out);
	put_overview(page, page->grid.priority, page->grid.priorities, "Nyckeltal per prioritet",
		     "Prioritet", NULL);
	fputs("</section>\n<section aria-labelledby=kommuner><h2 id=kommuner>Per kommun</h2>\n",
	      out);
	put_overview(page, page->grid.municipality, page->grid.municipalities,
		     "Nyckeltal per kommun; namnet leder till kommunens tabell och ärenden",
		     "Kommun", "k-");
	fputs("</section>\n<section aria-labelledby=underlag><h2 id=underlag>Underlag per "
	      "nyckeltal</h2>\n",
	      out);
	for (int i = 0; i < VG_KPI_COUNT; i++)
		put_kpi_evidence(page, (enum vg_kpi)i);
	fputs("</section>\n<h2 id=arenden>Ärenden per kommun</h2>\n", out);
	for (size_t i = 0; i < page->grid.municipalities; i++)
		put_municipality(page, &page->grid.municipality[i]);
}

static int
put_body(struct page *page)
{
	FILE *out = page->out;
	int rc = vg_page_availability(out, page->model);

	if (has_tickets(page))
		put_tickets(page);
	fputs("</main>\n<footer><p class=kicker>Procenttal är avkortade, aldrig avrundade; "
	      "utfallet avgörs på heltalen i täljare "
	      "och nämnare. ”Utanför” är ärenden som regeln inte "
	      "räknar.</p></footer>\n</body>\n</html>\n",
	      out);
	return rc;
}

int
vg_report_html(const json_t *model, FILE *out)
{
	struct page page = {.out = out, .model = model};
	int year = 0, month = 0, rc;

	(void)sscanf(vg_grid_text(model, "month"), "%d-%d", &year, &month);
	page.month = year * 12 + month - 1;
	page.ended = vg_grid_int(model, "evaluated_ms") == vg_grid_int(model, "to_ms");
	rc = vg_grid_init(&page.grid, model);
	if (rc == 0) {
		put_header(&page);
		rc = put_body(&page);
		if (ferror(out))
			rc = VG_EIO;
	}
	vg_grid_fini(&page.grid);
	return rc;
}
