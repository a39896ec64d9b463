/* page_proof.c - from what a page was made, so that it can be made again; and what persons say,
 * which cannot be. */
#include "lib/report/page.h"

#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>

static void
put_agreements(const struct vg_page *page)
{
	const json_t *agreements = json_object_get(page->model, "agreements"), *agreement;
	size_t i;

	if (agreements == NULL)
		agreements = json_object_get(page->model, "agreement");
	fprintf(page->out, "<dt>%s</dt><dd>", vg_say(page, "Avtal"));
	json_array_foreach(agreements, i, agreement)
	{
		fputs(i > 0 ? "; " : "", page->out);
		vg_page_text(page, vg_grid_text(agreement, "name"));
		fputs(", version ", page->out);
		vg_page_text(page, vg_grid_text(agreement, "version"));
		fprintf(page->out, " (%s %" PRId64 ")", vg_say(page, "rad"),
			vg_grid_int(agreement, "seq"));
	}
	fprintf(page->out, "</dd><dt>%s</dt><dd>", vg_say(page, "Tider"));
	vg_page_text(page, vg_grid_text(json_array_get(agreements, 0), "zone"));
	fprintf(page->out, "; %s</dd>",
		vg_say(page, "åtgärdstider är tid som räknas enligt avtalet"));
}

void
vg_page_provenance(const struct vg_page *page)
{
	const json_t *as_of = json_object_get(page->model, "as_of_ms");
	char sha[65], number[VG_NUMBER_MAX];
	FILE *out = page->out;

	fprintf(out, "<dl><dt>%s</dt><dd>%s %s", vg_say(page, "Underlag"),
		vg_say(page, "liggaren till och med rad"),
		vg_say_number(page, vg_number_text(vg_grid_int(page->model, "as_of_seq"), number)));
	if (as_of != NULL) {
		fprintf(out, ", %s ", vg_say(page, "mottagen"));
		vg_page_instant(page, json_integer_value(as_of));
	}
	fprintf(out, "</dd><dt>%s</dt><dd><code>%s</code></dd>", vg_say(page, "Kedjehuvud"),
		vg_grid_text(page->model, "head"));
	if (vg_report_sha256(page->model, sha) == 0)
		fprintf(out, "<dt>%s</dt><dd><code>%s</code></dd>",
			vg_say(page, "Modellens SHA-256"), sha);
	fprintf(out, "<dt>%s</dt><dd>%" PRId64 "</dd>", vg_say(page, "Regelversion"),
		vg_grid_int(page->model, "rule_rev"));
	put_agreements(page);
	fprintf(out, "<dt>%s</dt><dd><code>vinga verify %s</code></dd></dl>\n",
		vg_say(page, "Kontrollera"), vg_grid_text(page->model, "month"));
}

/* "Orsak: ..." */
static void
put_said(const struct vg_page *page, const json_t *comment, const char *words, const char *member)
{
	const char *text = vg_grid_text(comment, member);

	if (*text == '\0')
		return;
	fprintf(page->out, "<p>%s: ", vg_say(page, words));
	vg_page_text(page, text);
	fputs("</p>", page->out);
}

/* What it is about: "Svarstid inom mål, Alingsås", "Tillgänglighet, Journal". */
static void
put_subject(const struct vg_page *page, const json_t *comment)
{
	const char *kpi = vg_grid_text(comment, "kpi"), *service = vg_grid_text(comment, "service"),
		   *municipality = vg_grid_text(comment, "municipality");
	enum vg_kpi known = vg_grid_kpi(kpi);

	fputs("<p>", page->out);
	vg_page_text(page, vg_say(page, known != VG_KPI_COUNT ? vg_kpi_info[known].label
							      : "Tillgänglighet"));
	if (*service != '\0') {
		fputs(", ", page->out);
		vg_page_text(page, vg_grid_name(page->model, "services", service));
	}
	if (*municipality != '\0') {
		fputs(", ", page->out);
		vg_page_text(page, vg_grid_municipality(page->model, municipality));
	}
	fprintf(page->out, " (%s)</p>", vg_grid_text(comment, "id"));
}

void
vg_page_comments(const struct vg_page *page, const json_t *comments)
{
	const json_t *comment;
	size_t i;

	fprintf(page->out, "<p>%s</p>\n",
		vg_say(page, "Skrivet av förvaltningen, inte beräknat; ändras inte efter att "
			     "underlaget har fastställts."));
	json_array_foreach(comments, i, comment)
	{
		fputs("<blockquote>", page->out);
		put_subject(page, comment);
		put_said(page, comment, "Orsak", "cause");
		put_said(page, comment, "Åtgärd", "action");
		put_said(page, comment, "Ansvarig", "owner");
		if (json_object_get(comment, "due_day") != NULL) {
			fprintf(page->out, "<p>%s: ", vg_say(page, "Klart senast"));
			vg_page_day(page, vg_grid_text(comment, "due_day"));
			fputs("</p>", page->out);
		}
		fprintf(page->out, "<p><small>%s, ", vg_say(page, "Kommentar från förvaltningen"));
		vg_page_text(page, vg_grid_text(comment, "author"));
		fputs(", ", page->out);
		vg_page_instant(page, vg_grid_int(comment, "made_ms"));
		fputs("</small></p></blockquote>\n", page->out);
	}
}
