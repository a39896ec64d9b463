/* html_evidence.c - what the report's figures were added up from: each KPI by municipality, and
 * each municipality's tickets with the figures that they are part of. */
#include "lib/report/page.h"

#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

static void
put_parts_row(const struct vg_page *page, enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	fputs("</th><td class=n>", page->out);
	vg_page_figure(page, kpi, cell);
	fputs("</td>", page->out);
	vg_page_parts(page, kpi, cell);
	fputs("</tr>\n", page->out);
}

/* Whether a municipality puts anything into the figure. */
static bool
has_part(enum vg_kpi kpi, const struct vg_grid_cell *cell)
{
	bool count = vg_kpi_info[kpi].unit == VG_UNIT_COUNT;

	return cell->cell != NULL &&
	       (cell->num != 0 || cell->left_out != 0 || (!count && cell->den != 0));
}

/* The region's figure of one KPI, added up from the municipalities. */
static void
put_kpi(const struct vg_page *page, const struct vg_grid *grid, enum vg_kpi kpi)
{
	static const char *const heads[] = {"Kommun",  "Värde",	  "Täljare",
					    "Nämnare", "Utanför", NULL};
	const char *label = vg_say(page, vg_kpi_info[kpi].label);
	FILE *out = page->out;
	size_t parts = 0;

	if (grid->whole.kpi[kpi].cell == NULL)
		return;
	fprintf(out, "<h3 id=\"kpi-%s\">%s</h3>\n", vg_kpi_info[kpi].name, label);
	for (size_t i = 0; i < grid->municipalities; i++)
		parts += has_part(kpi, &grid->municipality[i].kpi[kpi]);
	if (parts == 0) {
		fprintf(out, "<p>%s</p>\n", vg_say(page, "Ingen kommun har något värde."));
		return;
	}
	vg_page_table(page,
		      vg_kpi_info[kpi].unit == VG_UNIT_MS
			      ? "Kommuner med värde; en kvantil tas ur alla ärenden och är ingen "
				"summa"
			      : "Kommuner med värde",
		      heads, 1);
	for (size_t i = 0; i < grid->municipalities; i++) {
		const struct vg_grid_row *row = &grid->municipality[i];

		if (!has_part(kpi, &row->kpi[kpi]))
			continue;
		vg_page_between(page, "<tr><th scope=row><a href=\"#k-", row->key, "\">");
		vg_page_text(page, *row->key != '\0' ? row->name : vg_say(page, row->name));
		fputs("</a>", out);
		put_parts_row(page, kpi, &row->kpi[kpi]);
	}
	fputs("</tbody><tfoot><tr><th scope=row>", out);
	vg_page_text(page, vg_page_whole(page));
	put_parts_row(page, kpi, &grid->whole.kpi[kpi]);
	fputs("</tfoot></table></div>\n", out);
}

static void
put_hours(const struct vg_page *page, const json_t *ticket, const char *member)
{
	const json_t *value = json_object_get(ticket, member);
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<td class=n>%s</td>",
		value != NULL ? vg_say_number(page, vg_figure_text(VG_KPI_RESOLUTION_MEAN,
								   json_integer_value(value), 1,
								   true, text))
			      : "–");
}

/* Which figures a ticket is part of: "åtgärdstid inom mål 1/1" as short as can be. */
static void
put_marks(const struct vg_page *page, const json_t *ticket)
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
		fprintf(page->out, "%s%s", between, vg_say(page, marks[i].mark));
		if (vg_kpi_info[marks[i].kpi].unit == VG_UNIT_SHARE)
			fprintf(page->out, " %" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
				json_integer_value(json_array_get(pair, 0)),
				json_integer_value(json_array_get(pair, 1)));
		between = ", ";
	}
	fputs("</td>", page->out);
}

static void
put_ticket(const struct vg_page *page, const json_t *ticket)
{
	const json_t *stated = json_object_get(ticket, "stated");
	const char *own = vg_grid_text(stated, "municipality_ref");
	const char *verdict = vg_grid_text(ticket, "verdict");
	FILE *out = page->out;

	fputs("<tr><th scope=row>", out);
	vg_page_text(page, vg_grid_text(ticket, "id"));
	fputs("<small> ", out);
	vg_page_text(page,
		     *own != '\0' ? own
				  : vg_grid_text(json_array_get(json_object_get(ticket, "refs"), 0),
						 "ref"));
	fputs("</small></th>", out);
	vg_page_cell(page, vg_grid_text(ticket, "priority"));
	vg_page_at_member(page, ticket, "created_ms");
	vg_page_at_member(page, ticket, "resolved_ms");
	put_hours(page, ticket, "elapsed_ms");
	put_hours(page, ticket, "target_ms");
	fprintf(out, "<td class=\"v %s\">%s</td>", verdict, vg_say(page, vg_sla_words(verdict)));
	put_marks(page, ticket);
	fputs("</tr>\n", out);
}

static void
put_tickets(const struct vg_page *page, const char *municipality)
{
	static const char *const heads[] = {"Ärende", "Prioritet", "Öppnat", "Löst",
					    "Tid, h", "Mål, h",	   "Utfall", "Ingår i"};
	const json_t *ticket;
	FILE *out = page->out;
	size_t i;

	vg_page_between(page, "<div class=wide tabindex=0 role=group aria-labelledby=\"k-",
			municipality, "\">");
	vg_page_between(page, "<table id=\"t-", municipality, "\">");
	fprintf(out, "<caption>%s</caption><thead><tr>", vg_say(page, "Ärenden"));
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		fprintf(out, "<th scope=col%s>%s</th>", i == 4 || i == 5 ? " class=n" : "",
			vg_say(page, heads[i]));
	fputs("</tr></thead><tbody>\n", out);
	json_array_foreach(json_object_get(page->model, "tickets"), i, ticket)
	{
		if (strcmp(vg_grid_text(json_object_get(ticket, "stated"), "municipality"),
			   municipality) == 0)
			put_ticket(page, ticket);
	}
	vg_page_table_end(page);
}

static void
put_municipality(const struct vg_page *page, const struct vg_grid_row *row)
{
	FILE *out = page->out;
	char anchor[256]; /* a source names a municipality in at most 200 bytes */

	(void)snprintf(anchor, sizeof(anchor), "#t-%s", row->key);
	vg_page_between(page, "<section aria-labelledby=\"k-", row->key, "\">");
	vg_page_between(page, "<h3 id=\"k-", row->key, "\">");
	vg_page_text(page, *row->key != '\0' ? row->name : vg_say(page, row->name));
	if (*row->key != '\0')
		vg_page_between(page, " (", row->key, ")");
	fputs("</h3>\n", out);
	vg_page_kpis(page, row, "Månadens nyckeltal; tider i täljaren är sekunder", anchor);
	put_tickets(page, row->key);
	fputs("</section>\n", out);
}

/* A municipality's own report has its tickets on paper too; the region's would be a book of them.
 */
static void
put_municipalities(const struct vg_page *page, const struct vg_grid *grid)
{
	const json_t *scope = json_object_get(page->model, "scope");
	bool own = strcmp(vg_grid_text(scope, "kind"), "municipality") == 0;

	if (!own)
		fprintf(page->out, "<p class=paper>%s</p>\n<div class=screen>",
			vg_say(page, "Alla ärenden, kommun för kommun, står i webbsidan och i "
				     "tabellen över ärenden."));
	vg_page_section(page, "arenden", "Ärenden per kommun");
	for (size_t i = 0; i < grid->municipalities; i++)
		put_municipality(page, &grid->municipality[i]);
	fputs(own ? "</section>\n" : "</section></div>\n", page->out);
}

void
vg_page_evidence(const struct vg_page *page, const struct vg_grid *grid)
{
	vg_page_section(page, "underlag", "Underlag per nyckeltal");
	for (int i = 0; i < VG_KPI_COUNT; i++)
		put_kpi(page, grid, (enum vg_kpi)i);
	fputs("</section>\n", page->out);
	put_municipalities(page, grid);
}
