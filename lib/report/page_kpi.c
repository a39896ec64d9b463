/* page_kpi.c - KPI cells as they are read: value with unit, verdict, and the table of a subject. */
#include "lib/report/page.h"

#include "lib/report/text.h"

#include <string.h>

#define OWN "#kpi-" /* the end of an address that each KPI has its own of */

void
vg_page_figure(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	char text[VG_NUMBER_MAX];

	(void)vg_say_number(page, vg_figure_text(kpi, cell->num, cell->den, true, text));
	if (cell->cell == NULL || *text == '\0') {
		fputs("–", page->out);
		return;
	}
	fputs(text, page->out);
	if (vg_figure_of(kpi) != VG_FIGURE_COUNT && vg_figure_of(kpi) != VG_FIGURE_RATIO)
		fprintf(page->out, "\xc2\xa0%s", vg_say(page, vg_figure_unit(kpi)));
}

void
vg_page_verdict(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	char text[VG_NUMBER_MAX];

	if (cell->cell == NULL)
		return;
	fprintf(page->out, "<span class=\"v %s\">%s%s</span>", cell->verdict,
		vg_page_mark(cell->verdict), vg_say(page, vg_kpi_verdict_words(cell->verdict)));
	if (cell->rolling_den > 0)
		fprintf(page->out, "<small>%s: %s %s</small>", vg_say(page, "12 mån"),
			vg_say_number(page, vg_figure_text(kpi, cell->rolling_num,
							   cell->rolling_den, true, text)),
			vg_say(page, vg_figure_unit(kpi)));
}

/* Denominators mean something for all but plain counts and percentiles. */
static bool
has_denominator(enum vg_kpi kpi)
{
	return vg_kpi_info[kpi].unit == VG_UNIT_SHARE || vg_kpi_info[kpi].unit == VG_UNIT_MEAN_MS;
}

void
vg_page_parts(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	vg_page_number(page, vg_figure_numerator(kpi, cell->num));
	if (has_denominator(kpi))
		vg_page_number(page, cell->den);
	else
		fputs("<td class=n>–</td>", page->out);
	vg_page_number(page, cell->left_out);
}

static void
put_row(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell,
	const char *href)
{
	FILE *out = page->out;
	size_t length = strlen(href);
	bool link = length > 0,
	     own = length >= strlen(OWN) && strcmp(href + length - strlen(OWN), OWN) == 0;

	fprintf(out, "<tr><th scope=row>%s</th><td class=n>", vg_say(page, vg_kpi_info[kpi].label));
	if (link) {
		vg_page_between(page, "<a href=\"", href, own ? vg_kpi_info[kpi].name : "");
		fputs("\">", out);
	}
	vg_page_figure(page, kpi, cell);
	fputs(link ? "</a>" : "", out);
	if (vg_figure_of(kpi) == VG_FIGURE_RATIO)
		fprintf(out, "<small>%s</small>", vg_say(page, vg_figure_unit(kpi)));
	fputs("</td>", out);
	vg_page_parts(page, kpi, cell);
	vg_page_share(page, cell->target_ppm, cell->target_ppm >= 0 ? 1000000 : 0);
	fputs("<td>", out);
	vg_page_verdict(page, kpi, cell);
	fprintf(out, "</td><td>%s</td></tr>\n", vg_kpi_info[kpi].rule);
}

void
vg_page_kpis(const struct vg_page *page, const struct vg_grid_row *row, const char *caption,
	     const char *href)
{
	static const char *const heads[] = {"Nyckeltal", "Värde", "Täljare", "Nämnare",
					    "Utanför",	 "Mål",	  NULL};
	static const char *const last[] = {"Utfall", "Regel"};
	FILE *out = page->out;

	fprintf(out, "<div class=wide tabindex=0 role=group aria-label=\"%s\"><table><caption>%s",
		vg_say(page, caption), vg_say(page, caption));
	fputs("</caption><thead><tr>", out);
	for (size_t i = 0; heads[i] != NULL; i++)
		fprintf(out, "<th scope=col%s>%s</th>", i == 0 ? "" : " class=n",
			vg_say(page, heads[i]));
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		fprintf(out, "<th scope=col>%s</th>", vg_say(page, last[i]));
	fputs("</tr></thead><tbody>\n", out);
	for (int i = 0; i < VG_KPI_COUNT; i++)
		if (row->kpi[i].cell != NULL)
			put_row(page, (enum vg_kpi)i, &row->kpi[i], href);
	vg_page_table_end(page);
}
