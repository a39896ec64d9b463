/* html_fee.c - the report's fee by municipality, what has been put right since earlier months,
 * administrations, and what alarms did. Sums are those of the statements; the statement itself is a
 * page of its own. */
#include "lib/report/page.h"

#include "lib/report/chart.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

static const json_t *
fee_of(const struct vg_page *page)
{
	return json_object_get(page->model, "fee");
}

void
vg_page_fee_lead(const struct vg_page *page)
{
	const json_t *total = json_object_get(fee_of(page), "total");
	char support[VG_NUMBER_MAX], operation[VG_NUMBER_MAX], number[VG_NUMBER_MAX];

	if (total == NULL)
		return;
	fprintf(page->out, "<p><a href=\"#avgift\">%s</a>: ", vg_say(page, "Avgiftsunderlag"));
	fprintf(page->out,
		vg_say(page, "support %s kr och drift och förvaltning %s kr för %s kommuner, "
			     "exklusive moms."),
		vg_say_number(page, vg_kronor_text(vg_grid_int(total, "support_ore"), support)),
		vg_say_number(page, vg_kronor_text(vg_grid_int(total, "operation_ore"), operation)),
		vg_say_number(page, vg_number_text((int64_t)json_array_size(json_object_get(
							   fee_of(page), "municipalities")),
						   number)));
	fputs("</p>\n", page->out);
}

static void
put_fee_sums(const struct vg_page *page, const json_t *sums)
{
	static const char *const amounts[] = {"gross_ore", "adjusted_ore", "capped_ore",
					      "support_ore", "operation_ore"};

	vg_page_number(page, vg_grid_int(sums, "counted"));
	vg_page_number(page, vg_grid_int(sums, "not_counted"));
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		vg_page_money(page, vg_grid_int(sums, amounts[i]));
	vg_page_money(page, vg_grid_int(sums, "support_ore") + vg_grid_int(sums, "operation_ore"));
	fputs("</tr>\n", page->out);
}

/* The year's income against what it cost, and against what VGR plans with: kommunallagen asks that
 * no more is taken than it costs. */
static void
put_year(const struct vg_page *page)
{
	const json_t *year = json_object_get(fee_of(page), "year");
	int64_t income = vg_grid_int(year, "support_ore") + vg_grid_int(year, "operation_ore");
	static const struct {
		const char *member, *words;
	} rows[] = {{"support_ore", "Debiterad support"},
		    {"operation_ore", "Debiterad drift och förvaltning"},
		    {"cost_ore", "Fastställd kostnad för året"},
		    {"reference_ore", "Planerad kostnad för ett år"}};
	char text[VG_NUMBER_MAX];

	if (year == NULL)
		return;
	fprintf(page->out, "<h3>%s %" PRId64 "</h3>\n<dl>", vg_say(page, "Intäkt mot kostnad"),
		vg_grid_int(year, "year"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (json_object_get(year, rows[i].member) != NULL)
			fprintf(page->out, "<dt>%s</dt><dd>%s\xc2\xa0%s</dd>",
				vg_say(page, rows[i].words),
				vg_say_number(
					page,
					vg_kronor_text(vg_grid_int(year, rows[i].member), text)),
				vg_say(page, "kr"));
	if (vg_grid_int(year, "reference_ore") > 0)
		fprintf(page->out, "<dt>%s</dt><dd>%s\xc2\xa0%%</dd>",
			vg_say(page, "Debiterat av den planerade"),
			vg_say_number(
				page,
				vg_share_text(income, vg_grid_int(year, "reference_ore"), text)));
	fputs("</dl>\n", page->out);
}

/* Tickets that somebody must say whose they are. */
static void
put_unattributed(const struct vg_page *page)
{
	const json_t *row = json_object_get(fee_of(page), "unattributed");
	char count[VG_NUMBER_MAX], own[VG_NUMBER_MAX];

	if (vg_grid_int(row, "count") == 0)
		return;
	fputs("<p class=note>", page->out);
	fprintf(page->out,
		vg_say(page, "Ärenden som räknas men som ingen kommun är känd för: %s, varav %s av "
			     "månadens. De debiteras ingen förrän någon anger kommunen."),
		vg_say_number(page, vg_number_text(vg_grid_int(row, "count"), count)),
		vg_say_number(page, vg_number_text(vg_grid_int(row, "own"), own)));
	fputs("</p>\n", page->out);
}

/* What each municipality is to pay, of the first VG_CHART_POINTS_MAX; one alone is no picture. */
static void
put_chart(const struct vg_page *page, const json_t *rows)
{
	size_t count = json_array_size(rows) < VG_CHART_POINTS_MAX ? json_array_size(rows)
								   : VG_CHART_POINTS_MAX;
	int64_t support[VG_CHART_POINTS_MAX], operation[VG_CHART_POINTS_MAX];
	const struct vg_chart_series series[] = {
		{vg_say(page, "Support"), false, support},
		{vg_say(page, "Drift och förvaltning"), false, operation}};
	const char *label[VG_CHART_POINTS_MAX];
	const struct vg_chart chart = {
		.id = "avgift-bild",
		.title = vg_say(page, "Månadens avgift per kommun, kronor"),
		.desc = vg_say(page, "Support och drift och förvaltning för varje kommun; talen "
				     "står i tabellen."),
		.subject = vg_say(page, "Kommun"),
		.points = count,
		.series = 2,
		.label = label,
		.of = series,
		.text = vg_kronor_text};

	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i), *sums = json_object_get(row, "sums");

		label[i] = vg_grid_text(row, "name");
		support[i] = vg_grid_int(sums, "support_ore");
		operation[i] = vg_grid_int(sums, "operation_ore");
	}
	if (count > 1)
		vg_chart(page, &chart);
}

void
vg_page_fee(const struct vg_page *page)
{
	static const char *const heads[] = {"Kommun",
					    "Läge",
					    "Räknas",
					    "Räknas inte",
					    "Månadens ärenden",
					    "Rättelser",
					    "Över taket i år",
					    "Support",
					    "Drift och förvaltning",
					    "Summa",
					    NULL};
	const json_t *rows = json_object_get(fee_of(page), "municipalities"), *row;
	size_t i;

	if (fee_of(page) == NULL)
		return;
	vg_page_section(page, "avgift", "Avgiftsunderlag");
	put_chart(page, rows);
	vg_page_table(page,
		      "Per kommun, exklusive moms; kommunens eget underlag visar varje ärende",
		      heads, 2);
	json_array_foreach(rows, i, row)
	{
		fputs("<tr><th scope=row>", page->out);
		vg_page_text(page, vg_grid_text(row, "name"));
		fprintf(page->out, "</th><td>%s",
			vg_say(page, vg_statement_state_words(vg_grid_text(row, "state"))));
		if (json_object_get(row, "number") != NULL) {
			fputs("<small>", page->out);
			vg_page_text(page, vg_grid_text(row, "number"));
			fputs("</small>", page->out);
		}
		fputs("</td>", page->out);
		put_fee_sums(page, json_object_get(row, "sums"));
	}
	fputs("</tbody><tfoot><tr><th scope=row>", page->out);
	vg_page_text(page, vg_page_whole(page));
	fputs("</th><td></td>", page->out);
	put_fee_sums(page, json_object_get(fee_of(page), "total"));
	fputs("</tfoot></table></div>\n", page->out);
	put_unattributed(page);
	vg_page_peers(page);
	put_year(page);
	fputs("</section>\n", page->out);
}

/* --- corrections --- */

/* num/den as the row's figure is read: a KPI its own way, availability in percent. */
static void
put_value(const struct vg_page *page, const json_t *row, const json_t *value)
{
	enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(row, "kpi"));
	const char *verdict = vg_grid_text(value, "verdict");
	struct vg_grid_cell cell = vg_grid_cell(value);
	char text[VG_NUMBER_MAX];

	fputs("<td class=n>", page->out);
	if (value == NULL)
		fputs("–", page->out);
	else if (kpi != VG_KPI_COUNT)
		vg_page_figure(page, kpi, &cell);
	else
		fprintf(page->out, "%s\xc2\xa0%%",
			*vg_say_number(page, vg_share_text(cell.num, cell.den, text)) != '\0'
				? text
				: "–");
	if (value != NULL)
		fprintf(page->out,
			"<small>%" PRId64 "/%" PRId64 " <span class=\"%s\">%s%s</span>"
			"</small>",
			cell.num, cell.den, verdict, vg_page_mark(verdict),
			vg_say(page, kpi != VG_KPI_COUNT ? vg_kpi_verdict_words(verdict)
							 : vg_avail_verdict_words(verdict)));
	fputs("</td>", page->out);
}

/* In percentage points, cut to three decimals; shares only. */
static void
put_difference(const struct vg_page *page, const json_t *row)
{
	const json_t *difference = json_object_get(row, "difference_ppm");
	int64_t ppm = json_integer_value(difference), size = ppm < 0 ? -ppm : ppm;
	char text[VG_NUMBER_MAX];

	if (difference == NULL)
		fputs("<td class=n>–</td>", page->out);
	else
		fprintf(page->out, "<td class=n>%s%s</td>", ppm < 0 ? "\xe2\x88\x92" : "+",
			vg_say_number(page, vg_share_text(size, 1000000, text)));
}

/* "3 figurer är andra än de var, och 1 utfall har vänt." */
static void
put_corrections_lead(const struct vg_page *page, const json_t *rows)
{
	const json_t *row;
	size_t turned = 0, i;

	json_array_foreach(rows, i, row) turned += json_is_true(json_object_get(row, "turned"));
	if (json_array_size(rows) == 0) {
		fprintf(page->out, "<p>%s</p>\n",
			vg_say(page, "Ingen figur med mål har ändrats sedan månaden före "
				     "fastställdes."));
		return;
	}
	fputs("<p>", page->out);
	fprintf(page->out,
		vg_say(page,
		       "Antal figurer som är andra än de var: %zu. Av dem har utfallet vänt i "
		       "%zu."),
		json_array_size(rows), turned);
	fputs("</p>\n", page->out);
}

void
vg_page_corrections(const struct vg_page *page)
{
	static const char *const heads[] = {
		"Månad", "Kommun", "Figur", "Utfall", "Var", "Är", "Skillnad, procentenheter",
		NULL};
	const json_t *rows = json_object_get(page->model, "corrections"), *row;
	char month[VG_NUMBER_MAX];
	size_t i;

	if (rows == NULL)
		return;
	vg_page_section(page, "rattelser", "Rättelser av tidigare månader");
	put_corrections_lead(page, rows);
	if (json_array_size(rows) > 0)
		vg_page_table(page, "De tolv månaderna före; tidigare rapporter ändras inte", heads,
			      4);
	json_array_foreach(rows, i, row)
	{
		enum vg_kpi kpi = vg_grid_kpi(vg_grid_text(row, "kpi"));

		fprintf(page->out, "<tr><th scope=row>%s</th>",
			vg_page_month(page, vg_page_month_of(row, "month"), month));
		vg_page_municipality(page, row);
		vg_page_cell(page, kpi != VG_KPI_COUNT
					   ? vg_say(page, vg_kpi_info[kpi].label)
					   : vg_grid_name(page->model, "services",
							  vg_grid_text(row, "service")));
		vg_page_cell(page, vg_say(page, json_is_true(json_object_get(row, "turned"))
							? "vände"
							: "oförändrat"));
		put_value(page, row, json_object_get(row, "was"));
		put_value(page, row, json_object_get(row, "is"));
		put_difference(page, row);
		fputs("</tr>\n", page->out);
	}
	if (json_array_size(rows) > 0)
		vg_page_table_end(page);
	fputs("</section>\n", page->out);
}

/* --- administrations and alarms --- */

void
vg_page_administrations(const struct vg_page *page)
{
	static const char *const heads[] = {
		"Kommun",	"Förvaltning",	       "Inkomna ärenden",   "Lösta ärenden",
		"Ärendebalans", "Åtgärdstid inom mål", "Svarstid inom mål", NULL};
	static const char *const shares[] = {"resolution_met", "response_met"};
	const json_t *rows = json_object_get(page->model, "administrations"), *row;
	size_t i;

	if (json_array_size(rows) == 0)
		return;
	vg_page_section(page, "forvaltningar", "Per förvaltning");
	vg_page_table(page, "Ärenden som anger kommunens förvaltning", heads, 2);
	json_array_foreach(rows, i, row)
	{
		fputs("<tr><th scope=row>", page->out);
		vg_page_text(page,
			     vg_grid_municipality(page->model, vg_grid_text(row, "municipality")));
		fputs("</th>", page->out);
		vg_page_cell(page, vg_grid_text(row, "administration"));
		vg_page_number(page, vg_grid_int(row, "inflow"));
		vg_page_number(page, vg_grid_int(row, "outflow"));
		vg_page_number(page, vg_grid_int(row, "backlog"));
		for (size_t s = 0; s < sizeof(shares) / sizeof(shares[0]); s++) {
			const json_t *pair = json_object_get(row, shares[s]);

			vg_page_share(page, json_integer_value(json_array_get(pair, 0)),
				      json_integer_value(json_array_get(pair, 1)));
		}
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
	fputs("</section>\n", page->out);
}

bool
vg_page_has_alarms(const struct vg_page *page)
{
	const json_t *effect = json_object_get(page->model, "alarm_effect");

	return vg_grid_int(effect, "alarms") > 0 || vg_grid_int(effect, "outages") > 0;
}

void
vg_page_alarm_effect(const struct vg_page *page)
{
	static const struct {
		const char *member, *words;
	} counts[] = {{"alarms", "Larm"},
		      {"notices", "Larmmeddelanden"},
		      {"tickets", "Larm som blev ärenden"},
		      {"closed", "Stängda av en person"},
		      {"false_alarms", "Av dem falska"},
		      {"acknowledged", "Kvitterade"},
		      {"outages", "Uppmätta avbrott"},
		      {"outages_ticketed", "Av dem med ärende från användare"},
		      {"detected_first", "Av dem upptäckta före första ärendet"}};
	static const char *const heads[] = {"Mått", "Antal", NULL};
	const json_t *effect = json_object_get(page->model, "alarm_effect");
	char text[VG_NUMBER_MAX];

	if (!vg_page_has_alarms(page))
		return;
	vg_page_section(page, "larm", "Vad larmen gjorde");
	vg_page_table(page, "Larm som kom under månaden", heads, 1);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		fprintf(page->out, "<tr><th scope=row>%s</th>", vg_say(page, counts[i].words));
		vg_page_number(page, vg_grid_int(effect, counts[i].member));
		fputs("</tr>\n", page->out);
	}
	if (json_object_get(effect, "ack_median_ms") != NULL)
		fprintf(page->out, "<tr><th scope=row>%s</th><td class=n>%s</td></tr>\n",
			vg_say(page, "Tid till kvittens, median"),
			vg_say_number(
				page,
				vg_length_text(vg_grid_int(effect, "ack_median_ms") / 1000, text)));
	vg_page_table_end(page);
	fputs("</section>\n", page->out);
}
