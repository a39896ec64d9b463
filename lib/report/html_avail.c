/* html_avail.c - availability in the report: cells, outages, windows, and other products' formulas.
 *
 * Each row has every second of its period, so that a reader can add it up: outside agreed time,
 * windows, and the base with its parts. */
#include "lib/report/grid.h"
#include "lib/report/page.h"
#include "lib/report/text.h"

#include <string.h>

static void
put_heads(FILE *out, const char *caption, const char *const *heads, size_t texts)
{
	fprintf(out, "<div class=wide><table><caption>%s</caption><thead><tr>", caption);
	for (size_t i = 0; heads[i] != NULL; i++)
		fprintf(out, "<th scope=col%s>%s</th>", i < texts ? "" : " class=n", heads[i]);
	fputs("</tr></thead><tbody>\n", out);
}

static void
put_end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

static void
put_text(FILE *out, const char *text)
{
	fputs("<td>", out);
	vg_page_text(out, *text != '\0' ? text : "–");
	fputs("</td>", out);
}

static void
put_share(FILE *out, int64_t num, int64_t den)
{
	char text[VG_NUMBER_MAX];

	if (*vg_share_text(num, den, text) == '\0')
		fputs("<td class=n>–</td>", out);
	else
		fprintf(out, "<td class=n>%s\xc2\xa0%%</td>", text);
}

static void
put_instant(FILE *out, int64_t at_ms)
{
	fputs("<td class=v>", out);
	vg_page_instant(out, at_ms);
	fputs("</td>", out);
}

/* Service, channel and municipality of a row. */
static void
put_scope(FILE *out, const json_t *model, const json_t *row)
{
	const char *channel = json_string_value(json_object_get(row, "channel"));
	const char *code = vg_grid_text(row, "municipality");

	fputs("<tr><th scope=row>", out);
	vg_page_text(out, vg_grid_text(row, "service"));
	fputs("</th>", out);
	put_text(out, channel == NULL ? "alla" : channel);
	put_text(out, *code != '\0' ? vg_grid_municipality(model, code) : "Hela regionen");
}

/* --- cells --- */

static void
put_cell(FILE *out, const json_t *model, const json_t *cell)
{
	static const char *const seconds[] = {"outside_s",  "excluded_s", "base_s",   "external_s",
					      "degraded_s", "down_s",	  "unknown_s"};
	int64_t base = vg_grid_int(cell, "base_s");
	const char *verdict = vg_grid_text(cell, "verdict");

	put_scope(out, model, cell);
	put_share(out, vg_grid_int(cell, "num"), vg_grid_int(cell, "den"));
	put_share(out, vg_grid_int(cell, "unweighted_num"), vg_grid_int(cell, "unweighted_den"));
	put_share(out, vg_grid_int(cell, "low_num"), vg_grid_int(cell, "low_den"));
	put_share(out, base - vg_grid_int(cell, "unknown_s"), base);
	put_share(out, vg_grid_int(cell, "target_ppm"),
		  json_object_get(cell, "target_ppm") != NULL ? 1000000 : 0);
	fprintf(out, "<td><span class=\"v %s\">%s%s</span></td>", verdict,
		vg_avail_verdict_words(verdict),
		json_is_true(json_object_get(cell, "running")) ? ", pågår" : "");
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		vg_page_number(out, vg_grid_int(cell, seconds[i]));
	vg_page_number(out, vg_grid_int(cell, "outages"));
	vg_page_number(out, vg_grid_int(cell, "longest_s"));
	if (json_object_get(cell, "budget_month_s") != NULL)
		vg_page_number(out, vg_grid_int(cell, "budget_month_s"));
	else
		fputs("<td class=n>–</td>", out);
	fputs("</tr>\n", out);
}

/* The rows of the region, or those of the municipalities. */
static void
put_cells(FILE *out, const json_t *model, const char *caption, bool region)
{
	static const char *const heads[] = {
		"Tjänst",  "Kanal",    "Kommun",      "Tillgänglighet", "Oviktad",
		"Minst",   "Täckning", "Mål",	      "Utfall",		"Utanför",
		"Fönster", "Bas",      "Yttre orsak", "Nedsatt",	"Nere",
		"Omätt",   "Avbrott",  "Längsta",     "Budget kvar",	NULL};
	const json_t *cell;
	size_t i;

	put_heads(out, caption, heads, 3);
	json_array_foreach(json_object_get(model, "availability"), i, cell)
	{
		if ((json_object_get(cell, "municipality") == NULL) == region)
			put_cell(out, model, cell);
	}
	put_end(out);
}

/* What other products would print of the same seconds. */
static void
put_comparison(FILE *out, const json_t *model)
{
	static const char *const heads[] = {"Tjänst", "Kanal",	"Kommun",  "Vinga",
					    "Zabbix", "Icinga", "Checkmk", NULL};
	static const char *const products[] = {"zabbix", "icinga", "checkmk"};
	const json_t *cell;
	size_t i;

	fputs("<details><summary>Samma sekunder med andra produkters formler</summary>\n", out);
	put_heads(out, "Räknat om ur samma underlag; ersätter aldrig avtalets siffra", heads, 3);
	json_array_foreach(json_object_get(model, "availability"), i, cell)
	{
		put_scope(out, model, cell);
		put_share(out, vg_grid_int(cell, "num"), vg_grid_int(cell, "den"));
		for (size_t p = 0; p < sizeof(products) / sizeof(products[0]); p++) {
			const json_t *pair =
				json_object_get(json_object_get(cell, "compare"), products[p]);

			put_share(out, json_integer_value(json_array_get(pair, 0)),
				  json_integer_value(json_array_get(pair, 1)));
		}
		fputs("</tr>\n", out);
	}
	put_end(out);
	fputs("</details>\n", out);
}

/* --- outages and windows --- */

static void
put_outages(FILE *out, const json_t *model)
{
	static const char *const heads[] = {"Tjänst", "Kanal",	"Kommun",      "Från",	    "Till",
					    "Orsak",  "Enligt", "Kommer från", "Räknas, s", NULL};
	const json_t *outages = json_object_get(model, "outages"), *row;
	size_t i;

	fputs("<h3>Avbrott</h3>\n", out);
	if (json_array_size(outages) == 0) {
		fputs("<p>Inga avbrott mättes.</p>\n", out);
		return;
	}
	put_heads(out, "Uppmätta avbrott som rör månaden, hela", heads, 8);
	json_array_foreach(outages, i, row)
	{
		bool provisional = json_is_true(json_object_get(row, "provisional"));

		put_scope(out, model, row);
		put_instant(out, vg_grid_int(row, "from_ms"));
		if (json_is_true(json_object_get(row, "running")))
			put_text(out, "pågår");
		else
			put_instant(out, vg_grid_int(row, "to_ms"));
		put_text(out, vg_party_words_sv(vg_grid_text(row, "cause")));
		fputs("<td>", out);
		vg_page_text(out, *vg_grid_text(row, "record") != '\0' ? vg_grid_text(row, "record")
								       : "mätning");
		fputs(provisional ? ", väntar på andra person</td>" : "</td>", out);
		put_text(out, vg_grid_text(row, "root"));
		vg_page_number(out, vg_grid_int(row, "counted_s"));
		fputs("</tr>\n", out);
	}
	put_end(out);
}

/* Ids in one cell; "alla" when none is named. */
static void
put_ids(FILE *out, const json_t *row, const char *member)
{
	const json_t *ids = json_object_get(row, member), *id;
	size_t i;

	fputs("<td>", out);
	json_array_foreach(ids, i, id)
	{
		fputs(i > 0 ? ", " : "", out);
		vg_page_text(out, json_string_value(id));
	}
	fputs(json_array_size(ids) == 0 ? "alla</td>" : "</td>", out);
}

static const char *
judged(const json_t *row)
{
	if (json_is_true(json_object_get(row, "withdrawn")))
		return "återtagen";
	return json_is_true(json_object_get(row, "waiting")) ? "väntar på andra person" : "godkänd";
}

static void
put_windows(FILE *out, const json_t *model)
{
	static const char *const heads[] = {"Fönster", "Namn", "Tjänster", "Kommuner", "Från",
					    "Till",    "Slag", "Läge",	   NULL};
	const json_t *windows = json_object_get(model, "windows"), *row;
	size_t i;

	if (json_array_size(windows) == 0)
		return;
	fputs("<h3>Servicefönster</h3>\n", out);
	put_heads(out, "Planerade, akuta och återtagna", heads, 8);
	json_array_foreach(windows, i, row)
	{
		fprintf(out, "<tr><th scope=row>%s</th>", vg_grid_text(row, "id"));
		put_text(out, vg_grid_text(row, "name"));
		put_ids(out, row, "services");
		put_ids(out, row, "municipalities");
		put_instant(out, vg_grid_int(row, "from_ms"));
		put_instant(out, vg_grid_int(row, "to_ms"));
		put_text(out, strcmp(vg_grid_text(row, "category"), "emergency") == 0 ? "akut"
										      : "planerat");
		put_text(out, judged(row));
		fputs("</tr>\n", out);
	}
	put_end(out);
}

static void
put_records(FILE *out, const json_t *model)
{
	static const char *const heads[] = {"Bedömning", "Verkan", "Tjänst", "Kommuner", "Från",
					    "Till",	 "Orsak",  "Läge",   NULL};
	static const char *const effects[][2] = {{"down", "nere"},
						 {"degraded", "nedsatt"},
						 {"cause", "orsak"},
						 {"refute", "felmätt"}};
	const json_t *records = json_object_get(model, "outage_records"), *row;
	size_t i;

	if (json_array_size(records) == 0)
		return;
	fputs("<h3>Personers bedömningar</h3>\n", out);
	put_heads(out, "Gäller genast; en andra person godkänner", heads, 8);
	json_array_foreach(records, i, row)
	{
		const char *effect = vg_grid_text(row, "effect");

		fprintf(out, "<tr><th scope=row>%s</th>", vg_grid_text(row, "id"));
		for (size_t e = 0; e < sizeof(effects) / sizeof(effects[0]); e++)
			if (strcmp(effects[e][0], effect) == 0)
				put_text(out, effects[e][1]);
		put_text(out, vg_grid_text(row, "service"));
		put_ids(out, row, "municipalities");
		put_instant(out, vg_grid_int(row, "from_ms"));
		if (json_object_get(row, "to_ms") != NULL)
			put_instant(out, vg_grid_int(row, "to_ms"));
		else
			put_text(out, "tills vidare");
		put_text(out, vg_party_words_sv(vg_grid_text(row, "cause")));
		put_text(out, judged(row));
		fputs("</tr>\n", out);
	}
	put_end(out);
}

void
vg_page_availability(FILE *out, const json_t *model)
{
	if (json_array_size(json_object_get(model, "availability")) == 0)
		return;
	fputs("<section aria-labelledby=tillganglighet><h2 id=tillganglighet>Tillgänglighet</h2>\n"
	      "<p>Utanför avtalad tid + fönster + bas = månaden; basen är uppe + yttre orsak + "
	      "nedsatt + nere + omätt, allt i sekunder. ”Minst” räknar omätt tid som nere.</p>\n",
	      out);
	put_cells(out, model, "Hela regionen: vägd med antal användare, och oviktad", true);
	put_cells(out, model, "Per tjänst, kanal och kommun", false);
	put_outages(out, model);
	put_records(out, model);
	put_windows(out, model);
	put_comparison(out, model);
	fputs("</section>\n", out);
}
