/* statement_appendix.c - what a statement prints about itself: what other modes would have cost,
 * what rests on a blank cause, the rules with their settings, and how to check it all. */
#include "lib/report/statement_html.h"

#include "core/fee.h"
#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

static const char *
mode_words(const char *mode)
{
	static const char *const words[VG_FEE_MODE_COUNT] = {
		[VG_FEE_PER_TICKET_CAPPED] = "Per ärende, med årets tak",
		[VG_FEE_FLAT_PER_USER] = "Fast avgift per användare",
		[VG_FEE_PER_TICKET_UNCAPPED] = "Per ärende, utan tak"};

	for (int i = 0; i < VG_FEE_MODE_COUNT; i++)
		if (strcmp(vg_fee_mode_name((enum vg_fee_mode)i), mode) == 0)
			return words[i];
	return mode;
}

/* --- modes and causes --- */

static void
put_causes(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	int64_t count = vg_grid_int(sheet->sums, "blank_count");
	char number[VG_NUMBER_MAX], ore[VG_NUMBER_MAX];

	fprintf(page->out, "<h3>%s</h3>\n<p>", vg_say(page, "Orsakspart"));
	fprintf(page->out,
		vg_say(page, "%s av de ärenden som räknas saknar orsakspart, tillsammans %s kr. "),
		vg_say_number(page, vg_number_text(count, number)),
		vg_say_number(page, vg_kronor_text(vg_grid_int(sheet->sums, "blank_ore"), ore)));
	fprintf(page->out,
		vg_say(page, "Om orsak hos VGR eller leverantör bara räknades genom länkar till "
			     "avbrott, fönster och larm vore månadens ärenden %s kr."),
		vg_say_number(page, vg_kronor_text(vg_grid_int(sheet->sums, "by_links_ore"), ore)));
	fputs("</p>\n", page->out);
}

static void
put_per_user(const struct vg_sheet *sheet)
{
	static const struct {
		const char *member, *words;
		enum vg_kpi kpi;
	} rows[] = {{"month", "Månaden uppräknad till ett år", VG_KPI_PER_USER_YEAR},
		    {"twelve", "Rullande tolv månader", VG_KPI_PER_USER_T12}};
	static const char *const heads[] = {"Ärenden per användare och år", "Värde", NULL};
	const struct vg_page *page = &sheet->page;
	char text[VG_NUMBER_MAX];

	vg_page_table(page,
		      "Priset per ärende vilar på ett antaget tal ärenden per användare och år",
		      heads, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *pair =
			json_object_get(json_object_get(sheet->fee, "per_user"), rows[i].member);

		fprintf(page->out, "<tr><th scope=row>%s</th><td class=n>%s</td></tr>\n",
			vg_say(page, rows[i].words),
			*vg_say_number(page,
				       vg_figure_text(rows[i].kpi, vg_grid_int(pair, "num"),
						      vg_grid_int(pair, "den"), true, text)) != '\0'
				? text
				: "–");
	}
	vg_page_table_end(page);
}

void
vg_sheet_modes(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"Prisläge", "Gäller", "Support denna månad", NULL};
	const struct vg_page *page = &sheet->page;
	const json_t *mode;
	size_t i;

	vg_page_section(page, "lagen", "Andra prislägen");
	vg_page_table(page, "Samma ärenden och användare i alla tre lägen", heads, 2);
	json_array_foreach(json_object_get(sheet->fee, "modes"), i, mode)
	{
		bool in_force = json_is_true(json_object_get(mode, "in_force"));

		fprintf(page->out, "<tr><th scope=row>%s</th><td>%s</td>",
			vg_say(page, mode_words(vg_grid_text(mode, "mode"))),
			in_force ? vg_say(page, "ja") : "–");
		vg_page_money(page, vg_grid_int(mode, "net_ore"));
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
	put_causes(sheet);
	put_per_user(sheet);
	fputs("</section>\n", page->out);
}

/* --- the rules --- */

/* A setting as it is written: kronor, true and false, words between commas. */
static void
put_setting(const struct vg_page *page, const char *name, const json_t *value)
{
	size_t length = strlen(name);
	char text[VG_NUMBER_MAX];
	const json_t *word;
	size_t i;

	if (json_is_boolean(value)) {
		fputs(vg_say(page, json_is_true(value) ? "ja" : "nej"), page->out);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, word)
			fprintf(page->out, "%s%s", i > 0 ? ", " : "", json_string_value(word));
	} else if (json_is_string(value)) {
		vg_page_text(page, json_string_value(value));
	} else if (length > 4 && strcmp(name + length - 4, "_ore") == 0) {
		fprintf(page->out, "%s\xc2\xa0%s",
			vg_say_number(page, vg_kronor_text(json_integer_value(value), text)),
			vg_say(page, "kr"));
	} else if (strcmp(name, "tickets_per_user_ppm") == 0) {
		(void)vg_say_number(page,
				    vg_figure_text(VG_KPI_PER_USER_T12, json_integer_value(value),
						   1000000, true, text));
		fputs(text, page->out);
	} else if (strcmp(name, "vat_ppm") == 0) {
		fprintf(page->out, "%s\xc2\xa0%%",
			vg_say_number(page,
				      vg_share_text(json_integer_value(value), 1000000, text)));
	} else if (strcmp(name, "misroute_ms") == 0) {
		fputs(vg_say_number(page, vg_length_text(json_integer_value(value) / 1000, text)),
		      page->out);
	} else {
		fputs(vg_say_number(page, vg_number_text(json_integer_value(value), text)),
		      page->out);
	}
}

/* Every setting, in the order in which it matters. */
static const struct {
	const char *name, *words;
} settings[] = {
	{"billing_event", "Debiteras när ärendet"},
	{"chargeable_types", "Ärendetyper som debiteras"},
	{"exclude_sources", "Beställare som inte debiteras"},
	{"exclude_test", "Test och utbildning undantas"},
	{"count_duplicates", "Dubbletter räknas"},
	{"count_split", "Delade ärenden"},
	{"count_cancelled", "Återtagna ärenden räknas"},
	{"exclude_vgr_cause", "Orsak hos VGR eller leverantör undantas"},
	{"exclude_vgr_problem", "Problem hos VGR eller leverantör undantas"},
	{"misroute_ms", "Felskickat: högst så mycket arbete"},
	{"reopen_days", "Återöppning: dagar från första lösning"},
	{"bill_leaving", "Kommun som lämnar debiteras till slutet"},
	{"override_two", "Särskilt beslut kräver två personer"},
	{"support_ore", "Support per användare och år före index"},
	{"operation_ore", "Drift per användare och år före index"},
	{"tickets_per_user_ppm", "Antagna ärenden per användare och år"},
	{"index", "Index"},
	{"index_mode", "Index räknas upp"},
	{"index_rounding", "Index avrundas"},
	{"index_negative", "Index får vara negativt"},
	{"user_rule", "Vad en användare är"},
	{"user_reading_day", "Användare läses av dag"},
	{"join_month", "Månad då kommunen ansluts"},
	{"round_total_krona", "Summan avrundas till krona"},
	{"vat_ppm", "Moms"},
	{"late_reading", "Sen användaruppgift"},
	{"waiting_approval", "Något väntar på andra person"},
	{"quarantine", "Ärenden i karantän"},
	{"close_working_day", "Fastställs arbetsdag"},
	{"automatic_close", "Kalendern får fastställa"},
	{"objection_days", "Dagar för invändning"},
	{"objection_one_person_ore", "Invändning som en person får bifalla"},
};

static void
put_settings(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"Regel", "Inställning", "Värde", NULL};
	const struct vg_page *page = &sheet->page;

	vg_page_table(page, "Avtalets inställningar, med avtalets egna namn", heads, 3);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const json_t *value =
			json_object_get(json_object_get(sheet->fee, "rules"), settings[i].name);

		if (value == NULL)
			continue;
		fprintf(page->out, "<tr><th scope=row>%s</th><td><code>%s</code></td><td>",
			vg_say(page, settings[i].words), settings[i].name);
		put_setting(page, settings[i].name, value);
		fputs("</td></tr>\n", page->out);
	}
	vg_page_table_end(page);
}

static void
put_rates(const struct vg_sheet *sheet)
{
	static const char *const heads[] = {"År", "Beslut", "Förändring", NULL};
	const json_t *index = json_object_get(sheet->fee, "index"), *rate;
	const struct vg_page *page = &sheet->page;
	size_t i;

	if (index == NULL)
		return;
	vg_page_table(page, "Index efter det att kommunen tecknade avtal", heads, 2);
	json_array_foreach(json_object_get(index, "rates"), i, rate)
	{
		int64_t ppb = vg_grid_int(rate, "rate_ppb"), size = ppb < 0 ? -ppb : ppb;

		fprintf(page->out,
			"<tr><th scope=row>%" PRId64 "</th><td>%s</td>"
			"<td class=n>%s%" PRId64 ",%07d\xc2\xa0%%</td></tr>\n",
			vg_grid_int(rate, "year"), vg_grid_text(rate, "act"),
			ppb < 0 ? "\xe2\x88\x92" : "", size / 10000000, (int)(size % 10000000));
	}
	vg_page_table_end(page);
	if (json_object_get(index, "missing_year") != NULL) {
		fputs("<p class=note>", page->out);
		fprintf(page->out,
			vg_say(page, "Index för %" PRId64 " saknas; det senaste priset används."),
			vg_grid_int(index, "missing_year"));
		fputs("</p>\n", page->out);
	}
}

static const char *
event_words(const struct vg_sheet *sheet)
{
	const char *event = vg_grid_text(json_object_get(sheet->fee, "rules"), "billing_event");

	if (strcmp(event, "second_line_at") == 0)
		return "Det hör till den månad då det nådde andra linjen.";
	if (strcmp(event, "closed") == 0)
		return "Det hör till den månad då det stängdes efter att ha nått andra linjen.";
	return "Det hör till den månad då det löstes efter att ha nått andra linjen.";
}

static const char *
year_words(const struct vg_sheet *sheet)
{
	const char *mode = vg_grid_text(sheet->fee, "mode");

	if (strcmp(mode, vg_fee_mode_name(VG_FEE_FLAT_PER_USER)) == 0)
		return "Årets support är taket, månad för månad, hur många ärendena än är.";
	if (strcmp(mode, vg_fee_mode_name(VG_FEE_PER_TICKET_UNCAPPED)) == 0)
		return "Årets support är ärendenas pris; taket gäller inte.";
	return "Årets support är det lägsta av ärendenas pris och taket.";
}

void
vg_sheet_rules(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	char ticket[VG_NUMBER_MAX], user[VG_NUMBER_MAX], operation[VG_NUMBER_MAX];

	vg_page_section(page, "regler", "Så räknas det");
	fprintf(page->out, "<p>%s: %s.</p>\n<p>", vg_say(page, "Prisläge"),
		vg_say(page, mode_words(vg_grid_text(sheet->fee, "mode"))));
	fprintf(page->out,
		vg_say(page, "Ett ärende kostar %s kr. Taket är %s kr per användare och år, och "
			     "drift och förvaltning %s kr per användare och år."),
		vg_say_number(page,
			      vg_kronor_text(vg_grid_int(sheet->fee, "ticket_price_ore"), ticket)),
		vg_say_number(page,
			      vg_kronor_text(vg_grid_int(sheet->fee, "support_price_ore"), user)),
		vg_say_number(page, vg_kronor_text(vg_grid_int(sheet->fee, "operation_price_ore"),
						   operation)));
	fprintf(page->out, "</p>\n<p>%s %s</p>\n<p>%s %s</p>\n",
		vg_say(page, "Varje ärende prövas mot skälen i ordning, och det första som gäller "
			     "avgör. Ett ärende debiteras högst en gång."),
		vg_say(page, event_words(sheet)), vg_say(page, year_words(sheet)),
		vg_say(page, "Månaden debiterar skillnaden mellan vad året borde ha kostat "
			     "hittills och vad som har debiterats; den kan vara negativ. Belopp är "
			     "hela ören, avrundade en gång, hälften från noll."));
	put_settings(sheet);
	put_rates(sheet);
	fputs("</section>\n", page->out);
}

/* --- evidence --- */

void
vg_sheet_evidence(const struct vg_sheet *sheet)
{
	const struct vg_page *page = &sheet->page;
	const json_t *previous = json_object_get(page->model, "previous");

	vg_page_section(page, "bevis", "Kontrollera");
	fprintf(page->out, "<p>%s</p>\n",
		vg_say(page,
		       "Underlaget är gjort ur liggarens rader och kan göras om. Hashen är av "
		       "modellen, den JSON-fil som sidan är tryckt ur; kommunen kan själv "
		       "räkna om den med vinga-check."));
	vg_page_provenance(page);
	fprintf(page->out, "<dl><dt>%s</dt><dd>", vg_say(page, "Föregående underlag"));
	if (previous == NULL) {
		fputs(vg_say(page, "inget"), page->out);
	} else {
		vg_page_text(page, vg_grid_text(previous, "number"));
		fprintf(page->out, " <code>%s</code>", vg_grid_text(previous, "sha256"));
	}
	fputs("</dd></dl>\n</section>\n", page->out);
}
