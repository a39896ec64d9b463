/* html_avail.c - availability in the report: each service's figures, the seconds behind them, how
 * its outages were, and other products' formulas.
 *
 * A row of seconds has every second of its period, so that a reader can add it up. The hard thing
 * is what was not measured: it must be told, and must not fill pages with rows that say nothing, so
 * municipalities without any figure are named in one sentence. */
#include "lib/report/avail.h"
#include "lib/report/grid.h"
#include "lib/report/page.h"
#include "lib/report/text.h"

#include <string.h>

/* Cells [first, end) of the model, which are of one service, or of one municipality of it. */
struct span {
	const json_t *model, *cells;
	size_t first, end;
};

static bool
is_measured(const json_t *cell)
{
	return vg_grid_int(cell, "base_s") > vg_grid_int(cell, "unknown_s");
}

/* Whether any of its cells has a figure. */
static bool
any_measured(const struct span *span)
{
	for (size_t i = span->first; i < span->end; i++)
		if (is_measured(json_array_get(span->cells, i)))
			return true;
	return false;
}

/* The next span within `whole` after span->end whose cells have the same member; false at its end.
 * Begin with first = end = whole->first. */
static bool
next_span(const struct span *whole, const char *member, struct span *span)
{
	const char *value;

	span->first = span->end;
	if (span->first >= whole->end)
		return false;
	value = vg_grid_text(json_array_get(whole->cells, span->first), member);
	while (span->end < whole->end &&
	       strcmp(vg_grid_text(json_array_get(whole->cells, span->end), member), value) == 0)
		span->end++;
	return true;
}

static struct span
start_of(const struct span *whole)
{
	struct span span = *whole;

	span.end = span.first;
	return span;
}

static const json_t *
first_cell(const struct span *span)
{
	return json_array_get(span->cells, span->first);
}

static bool
is_region(const json_t *cell)
{
	return json_object_get(cell, "municipality") == NULL;
}

static bool
has_channels(const struct span *service)
{
	for (size_t i = service->first; i < service->end; i++)
		if (*vg_grid_text(json_array_get(service->cells, i), "channel") != '\0')
			return true;
	return false;
}

/* --- figures and seconds of a service --- */

typedef void put_row_cb(const struct vg_page *page, const json_t *cell);

static void
put_figures(const struct vg_page *page, const json_t *cell)
{
	int64_t base = vg_grid_int(cell, "base_s"), den = vg_grid_int(cell, "unweighted_den");
	const char *verdict = vg_grid_text(cell, "verdict");
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<td class=\"v %s\">%s%s%s</td>", verdict, vg_page_mark(verdict),
		vg_say(page, vg_avail_verdict_words(verdict)),
		json_is_true(json_object_get(cell, "running")) ? vg_say(page, ", pågår") : "");
	if (*vg_say_number(page, vg_share_text(vg_grid_int(cell, "num"), vg_grid_int(cell, "den"),
					       text)) == '\0')
		fputs("<td class=n>–", page->out);
	else
		fprintf(page->out, "<td class=n>%s\xc2\xa0%%", text);
	if (den > 0)
		fprintf(page->out, "<small>%s %s\xc2\xa0%%</small>", vg_say(page, "oviktad"),
			vg_say_number(page, vg_share_text(vg_grid_int(cell, "unweighted_num"), den,
							  text)));
	fputs("</td>", page->out);
	vg_page_share(page, vg_grid_int(cell, "low_num"), vg_grid_int(cell, "low_den"));
	vg_page_share(page, base - vg_grid_int(cell, "unknown_s"), base);
	vg_page_share(page, vg_grid_int(cell, "target_ppm"),
		      json_object_get(cell, "target_ppm") != NULL ? 1000000 : 0);
	vg_page_number(page, vg_grid_int(cell, "outages"));
	vg_page_length(page, vg_grid_int(cell, "down_s"));
	if (json_object_get(cell, "budget_month_s") != NULL)
		vg_page_length(page, vg_grid_int(cell, "budget_month_s"));
	else
		fputs("<td class=n>–</td>", page->out);
}

static void
put_seconds(const struct vg_page *page, const json_t *cell)
{
	static const char *const seconds[] = {"period_s",   "outside_s", "excluded_s",
					      "base_s",	    "up_s",	 "external_s",
					      "degraded_s", "down_s",	 "unknown_s"};

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		vg_page_number(page, vg_grid_int(cell, seconds[i]));
}

/* The rows of the region, or those of the municipalities that have figures. */
static void
put_rows(const struct vg_page *page, const struct span *service, bool region, put_row_cb *put_row)
{
	struct span place = start_of(service);
	bool channels = has_channels(service);

	while (next_span(service, "municipality", &place)) {
		const char *code = vg_grid_text(first_cell(&place), "municipality");

		if (is_region(first_cell(&place)) != region || !any_measured(&place))
			continue;
		for (size_t i = place.first; i < place.end; i++) {
			const json_t *cell = json_array_get(place.cells, i);

			fputs("<tr><th scope=row>", page->out);
			vg_page_text(page, region ? vg_say(page, "Hela regionen")
						  : vg_grid_municipality(place.model, code));
			fputs("</th>", page->out);
			if (channels)
				vg_page_channel(page, cell);
			put_row(page, cell);
			fputs("</tr>\n", page->out);
		}
	}
}

/* `heads` begin with municipality and channel, which is left out where there is none; `texts` of
 * them are of words. */
static void
put_table(const struct vg_page *page, const struct span *service, const char *caption,
	  const char *const *heads, size_t texts, put_row_cb *put_row)
{
	const char *kept[16] = {heads[0]};
	size_t skip = has_channels(service) ? 1 : 2, count = 1;

	while (heads[skip] != NULL && count < sizeof(kept) / sizeof(kept[0]) - 1)
		kept[count++] = heads[skip++];
	vg_page_table(page, caption, kept, has_channels(service) ? texts : texts - 1);
	put_rows(page, service, true, put_row);
	put_rows(page, service, false, put_row);
	vg_page_table_end(page);
}

/* Municipalities of a service that have no figure, by name. */
static void
put_unmeasured(const struct vg_page *page, const struct span *service)
{
	struct span place = start_of(service);
	size_t count = 0;

	while (next_span(service, "municipality", &place)) {
		const char *code = vg_grid_text(first_cell(&place), "municipality");

		if (*code == '\0' || any_measured(&place))
			continue;
		fputs(count == 0 ? "<p>" : ", ", page->out);
		if (count == 0)
			fputs(vg_say(page, "Ej tillämpligt, för att inget mättes eller ingen tid "
					   "var avtalad: "),
			      page->out);
		vg_page_text(page, vg_grid_municipality(place.model, code));
		count++;
	}
	if (count > 0)
		fprintf(page->out, " (%zu %s).</p>\n", count,
			vg_say_count(page, (int64_t)count, "kommun", "kommuner"));
}

static void
put_service(const struct vg_page *page, const struct span *service)
{
	static const char *const figures[] = {"Kommun", "Kanal",       "Utfall", "Tillgänglighet",
					      "Minst",	"Täckning",    "Mål",	 "Avbrott",
					      "Nere",	"Budget kvar", NULL};
	static const char *const seconds[] = {"Kommun",	 "Kanal", "Månaden", "Utanför",
					      "Fönster", "Bas",	  "Uppe",    "Yttre orsak",
					      "Nedsatt", "Nere",  "Omätt",   NULL};

	fputs("<h3>", page->out);
	vg_page_text(page, vg_grid_name(service->model, "services",
					vg_grid_text(first_cell(service), "service")));
	fputs("</h3>\n", page->out);
	put_table(page, service, "Tillgänglighet och utfall; regionen är vägd med antal användare",
		  figures, 3, put_figures);
	put_unmeasured(page, service);
	fprintf(page->out, "<details><summary>%s</summary>\n", vg_say(page, "Sekunderna bakom"));
	put_table(
		page, service,
		"Månaden = utanför avtalad tid + fönster + bas; bas = uppe + yttre orsak + nedsatt "
		"+ nere + omätt",
		seconds, 2, put_seconds);
	fputs("</details>\n", page->out);
}

/* --- how outages were --- */

static void
put_mean(const struct vg_page *page, int64_t seconds, int64_t over_s)
{
	char text[VG_NUMBER_MAX];

	if (seconds < 0 && over_s < 0)
		fputs("<td class=n>–</td>", page->out);
	else
		fprintf(page->out, "<td class=n>%s%s</td>", seconds < 0 ? "&gt;\xc2\xa0" : "",
			vg_say_number(page, vg_length_text(seconds < 0 ? over_s : seconds, text)));
}

static void
put_mean_row(const struct vg_page *page, const json_t *cell)
{
	struct vg_outage_means mean = vg_avail_means(cell);

	vg_page_service(page, cell);
	vg_page_municipality(page, cell);
	vg_page_number(page, vg_grid_int(cell, "outages"));
	vg_page_number(page, vg_grid_int(cell, "ended"));
	vg_page_length(page, vg_grid_int(cell, "longest_s"));
	put_mean(page, mean.mtrs_s, -1);
	put_mean(page, mean.mtbf_s, mean.over_s);
	put_mean(page, mean.mtbsi_s, mean.over_s);
	if (json_object_get(cell, "user_seconds") != NULL)
		vg_page_number(page, vg_grid_int(cell, "user_seconds") / 60);
	else
		fputs("<td class=n>–</td>", page->out);
	fputs("</tr>\n", page->out);
}

/* A service as a whole that had an outage in the month. */
static bool
had_outage(const json_t *cell)
{
	return json_object_get(cell, "channel") == NULL &&
	       (vg_grid_int(cell, "outages") > 0 || vg_grid_int(cell, "ended") > 0);
}

static void
put_means(const struct vg_page *page)
{
	static const char *const heads[] = {"Tjänst",	       "Kommun", "Antal", "Slutade",
					    "Längsta",	       "MTRS",	 "MTBF",  "MTBSI",
					    "Användarminuter", NULL};
	const json_t *cells = json_object_get(page->model, "availability"), *cell;
	size_t i, rows = 0;

	json_array_foreach(cells, i, cell) rows += had_outage(cell);
	if (rows == 0)
		return;
	vg_page_table(page, "Avbrott per tjänst och kommun, alla kanaler", heads, 2);
	json_array_foreach(cells, i, cell)
	{
		if (had_outage(cell))
			put_mean_row(page, cell);
	}
	vg_page_table_end(page);
	fprintf(page->out, "<p>%s</p>\n",
		vg_say(page, "MTRS är medeltiden till återställd tjänst, av avbrott som slutade i "
			     "månaden; "
			     "MTBF medeltiden från det att tjänsten är återställd till nästa "
			     "avbrott; MTBSI från "
			     "avbrotts början till nästa början; allt i avtalad tid. Där inget "
			     "avbrott började är "
			     "de två senare längre än hela basen. Användarminuter är minuter nere "
			     "gånger antal "
			     "användare."));
}

/* --- the same seconds elsewhere --- */

static void
put_comparison(const struct vg_page *page)
{
	static const char *const heads[] = {"Tjänst", "Kanal",	"Kommun",  "Vinga",
					    "Zabbix", "Icinga", "Checkmk", NULL};
	static const char *const products[] = {"zabbix", "icinga", "checkmk"};
	const json_t *cell;
	size_t i;

	fprintf(page->out, "<details><summary>%s</summary>\n",
		vg_say(page, "Samma sekunder med andra produkters formler"));
	vg_page_table(page, "Räknat om ur samma underlag; ersätter aldrig avtalets siffra", heads,
		      3);
	json_array_foreach(json_object_get(page->model, "availability"), i, cell)
	{
		if (!is_measured(cell))
			continue;
		vg_page_service(page, cell);
		vg_page_channel(page, cell);
		vg_page_municipality(page, cell);
		vg_page_share(page, vg_grid_int(cell, "num"), vg_grid_int(cell, "den"));
		for (size_t p = 0; p < sizeof(products) / sizeof(products[0]); p++) {
			const json_t *pair =
				json_object_get(json_object_get(cell, "compare"), products[p]);

			vg_page_share(page, json_integer_value(json_array_get(pair, 0)),
				      json_integer_value(json_array_get(pair, 1)));
		}
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
	fputs("</details>\n", page->out);
}

/* --- the section --- */

/* How services stand, all channels together and municipality by municipality. */
static void
put_lead(const struct vg_page *page, const json_t *cells)
{
	static const char *const verdicts[] = {"met", "missed", "insufficient", "no_target",
					       "not_applicable"};
	size_t count[sizeof(verdicts) / sizeof(verdicts[0])] = {0}, all = 0, i;
	const char *between = ": ";
	const json_t *cell;

	json_array_foreach(cells, i, cell)
	{
		if (is_region(cell) || json_object_get(cell, "channel") != NULL)
			continue;
		all++;
		for (size_t v = 0; v < sizeof(verdicts) / sizeof(verdicts[0]); v++)
			count[v] += strcmp(vg_grid_text(cell, "verdict"), verdicts[v]) == 0;
	}
	fputs("<p>", page->out);
	fprintf(page->out, vg_say(page, "Räknat per tjänst och kommun, %zu utfall"), all);
	for (size_t v = 0; v < sizeof(verdicts) / sizeof(verdicts[0]); v++) {
		if (count[v] == 0)
			continue;
		fprintf(page->out, "%s%zu %s", between, count[v],
			vg_say(page, vg_avail_verdict_words(verdicts[v])));
		between = ", ";
	}
	fputs(".</p>\n", page->out);
}

/* Services without any figure, in one sentence. */
static void
put_silent(const struct vg_page *page, const struct span *all)
{
	struct span service = start_of(all);
	bool any = false;

	while (next_span(all, "service", &service)) {
		if (any_measured(&service))
			continue;
		fputs(any ? ", " : "<p class=note>", page->out);
		if (!any)
			fputs(vg_say(page,
				     "Inte uppmätta i någon kommun under månaden, och därför ej "
				     "tillämpliga: "),
			      page->out);
		vg_page_text(page, vg_grid_name(all->model, "services",
						vg_grid_text(first_cell(&service), "service")));
		any = true;
	}
	fputs(any ? ".</p>\n" : "", page->out);
}

int
vg_page_availability(const struct vg_page *page)
{
	const json_t *cells = json_object_get(page->model, "availability");
	const struct span all = {page->model, cells, 0, json_array_size(cells)};
	struct span service = start_of(&all);
	bool measured = any_measured(&all);
	int rc = 0;

	if (all.end == 0)
		return 0;
	fprintf(page->out,
		"<section aria-labelledby=tillganglighet><h2 id=tillganglighet>%s</h2>\n",
		vg_say(page, "Tillgänglighet"));
	if (measured) {
		put_lead(page, cells);
		fprintf(page->out, "<p>%s <code>vinga-%s-availability.csv</code>.</p>\n",
			vg_say(page,
			       "”Minst” räknar omätt tid som nere; ”täckning” är hur stor del av "
			       "basen som mättes; ”budget kvar” är vad målet tillåter under hela "
			       "månaden, minus det som var nere. Allt står i"),
			vg_grid_text(page->model, "month"));
	}
	put_silent(page, &all);
	while (next_span(&all, "service", &service))
		if (any_measured(&service))
			put_service(page, &service);
	if (measured || json_array_size(json_object_get(page->model, "outages")) > 0) {
		fprintf(page->out, "<h3>%s</h3>\n", vg_say(page, "Avbrott"));
		put_means(page);
		rc = vg_page_outages(page);
	}
	vg_page_records(page);
	vg_page_windows(page);
	if (measured)
		put_comparison(page);
	fputs("</section>\n", page->out);
	return rc;
}
