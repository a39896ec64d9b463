/* access.c - the accessibility statement, the form for what is wrong with it, and the register of
 * what came in.
 *
 * Anybody may write, in their own words and maybe with their name: the words go to the side store,
 * the ledger holds a digest, and the register has number and dates alone. A field that no person
 * sees catches programs; they are thanked, and nothing is kept. */
#include "daemon/status/form.h"
#include "daemon/status/sheet.h"

#include "daemon/api/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX    2000 /* bytes */
#define CONTACT_MAX 200
#define ROWS_MAX    200 /* of the register, the newest */

/* What the page says above the form after something was sent. */
struct outcome {
	int status;
	const char *swedish; /* NULL = nothing was sent */
};

/* --- the statement --- */

static void
put_list(const struct vg_sheet *sheet, const char *const *swedish)
{
	fputs("<ul>", sheet->page.out);
	for (; *swedish != NULL; swedish++)
		fprintf(sheet->page.out, "<li>%s</li>", vg_say(&sheet->page, *swedish));
	fputs("</ul>\n", sheet->page.out);
}

static void
put_part(const struct vg_sheet *sheet, const char *heading, const char *text)
{
	fprintf(sheet->page.out, "<h2>%s</h2><p>%s</p>\n", vg_say(&sheet->page, heading),
		vg_say(&sheet->page, text));
}

static void
put_statement(const struct vg_sheet *sheet)
{
	static const char *const tested[] = {
		"Automatisk granskning med axe av varje sida, i ljust, mörkt och tvingade färger.",
		"Uträknad kontrast: minst 4,5 för text och 3 för ramar kring lägen och fält.",
		"Ingen rullning i sidled på 320 bildpunkters bredd.",
		"Sidorna går att läsa och formuläret att skicka utan JavaScript.", NULL};
	static const char *const not_tested[] = {
		"Ingen skärmläsare har körts.",
		"Inga användare med funktionsnedsättning har provat sidorna.",
		"Personers egna texter i störningsinformation granskas inte för klarspråk, och kan "
		"sakna engelsk översättning.",
		NULL};

	put_part(
		sheet, "Hur tillgängliga är sidorna?",
		"Driftinformationen ska kunna läsas av alla. Sidorna är byggda för att följa lagen "
		"om tillgänglighet till digital offentlig service (DOS-lagen) och WCAG 2.2 nivå "
		"AA. Vi känner inte till någon brist mot kraven, men allt är inte prövat.");
	put_part(sheet, "Så har vi prövat",
		 "Vi har själva prövat sidorna, senast den 22 november "
		 "2026:");
	put_list(sheet, tested);
	put_part(sheet, "Det här är inte prövat",
		 "Det kan finnas brister som vi inte känner till:");
	put_list(sheet, not_tested);
	put_part(sheet, "Behöver du innehållet på ett annat sätt?",
		 "Skriv till oss i formuläret nedan. Vi svarar så snart vi kan; i registret längst "
		 "ned syns när synpunkter har besvarats.");
	put_part(sheet, "Tillsyn",
		 "Myndigheten för digital förvaltning, Digg, har ansvar för tillsynen över "
		 "DOS-lagen. Är du inte nöjd med hur vi hanterar dina synpunkter kan du anmäla det "
		 "till Digg på digg.se/tdosanmalan.");
	put_part(sheet, "Om redogörelsen",
		 "Redogörelsen gjordes den 22 november 2026. Den gäller de öppna sidorna under "
		 "/status och denna sida.");
}

/* --- the form --- */

static void
put_outcome(const struct vg_sheet *sheet, const struct outcome *outcome)
{
	if (outcome->swedish != NULL)
		fprintf(sheet->page.out, "<p class=\"headline %s\" role=%s>%s</p>\n",
			outcome->status < 400 ? "ok" : "degraded",
			outcome->status < 400 ? "status" : "alert",
			vg_say(&sheet->page, outcome->swedish));
}

static void
put_form(const struct vg_sheet *sheet)
{
	FILE *out = sheet->page.out;

	fprintf(out,
		"<section aria-labelledby=synpunkt><h2 id=synpunkt>%s</h2>"
		"<form method=post action=\"%s/tillganglighet\" accept-charset=utf-8>"
		"<p><label for=text>%s</label><span id=text-hjalp class=soft>%s</span>"
		"<textarea id=text name=text rows=6 required maxlength=1000 "
		"aria-describedby=text-hjalp></textarea></p>",
		vg_say(&sheet->page, "Berätta om ett hinder"), vg_sheet_root(sheet),
		vg_say(&sheet->page, "Vad är svårt att använda, och på vilken sida?"),
		vg_say(&sheet->page,
		       "Högst 1 000 tecken. Skriv inga personnummer och inget om patienter."));
	fprintf(out,
		"<p><label for=kontakt>%s</label><span id=kontakt-hjalp class=soft>%s</span>"
		"<input id=kontakt name=kontakt maxlength=100 autocomplete=email "
		"aria-describedby=kontakt-hjalp></p>"
		"<p class=off aria-hidden=true><label for=webb>%s</label><input id=webb name=webb "
		"tabindex=-1 autocomplete=off></p>"
		"<p><button type=submit>%s</button></p></form></section>\n",
		vg_say(&sheet->page, "Hur vi når dig, om du vill ha svar"),
		vg_say(&sheet->page, "Frivilligt: e-post eller telefon. Uppgiften visas bara för "
				     "den som svarar och raderas efter tolv månader."),
		vg_say(&sheet->page, "Lämna tomt"), vg_say(&sheet->page, "Skicka"));
}

/* --- the register --- */

static size_t
feedback_count(const struct vg_core *core)
{
	size_t n = 0;

	while (vg_core_item(core, VG_OBJECT_FEEDBACK, n) != NULL)
		n++;
	return n;
}

static void
put_register_row(const struct vg_sheet *sheet, const struct vg_feedback *feedback)
{
	FILE *out = sheet->page.out;

	fprintf(out, "<tr><th scope=row>T-%" PRId64 "</th><td>", feedback->id);
	vg_sheet_moment(sheet, feedback->received_ms);
	fputs("</td><td>", out);
	if (feedback->answered_ms != -1)
		vg_sheet_moment(sheet, feedback->answered_ms);
	else
		fputs(vg_say(&sheet->page, "inte än"), out);
	fputs("</td></tr>\n", out);
}

static void
put_register(const struct vg_sheet *sheet)
{
	const size_t n = feedback_count(sheet->core);
	FILE *out = sheet->page.out;

	fprintf(out, "<section aria-labelledby=register><h2 id=register>%s</h2>\n",
		vg_say(&sheet->page, "Inkomna synpunkter"));
	if (n == 0) {
		fprintf(out, "<p>%s</p></section>\n", vg_say(&sheet->page, "Inga har kommit in."));
		return;
	}
	fprintf(out,
		"<div class=wide tabindex=0 role=group aria-labelledby=register><table><caption "
		"class=off>%s</caption><thead><tr><th scope=col>%s</th><th scope=col>%s</th>"
		"<th scope=col>%s</th></tr></thead><tbody>\n",
		vg_say(&sheet->page, "Inkomna synpunkter"), vg_say(&sheet->page, "Nummer"),
		vg_say(&sheet->page, "Kom in"), vg_say(&sheet->page, "Besvarad"));
	for (size_t i = n; i-- > 0 && n - i <= ROWS_MAX;)
		put_register_row(sheet, vg_core_item(sheet->core, VG_OBJECT_FEEDBACK, i));
	fputs("</tbody></table></div></section>\n", out);
}

/* --- the page --- */

static void
put_page(const struct vg_sheet *sheet, const struct outcome *outcome)
{
	const char *title = vg_say(&sheet->page, "Tillgänglighetsredogörelse");

	vg_sheet_begin(sheet, title, "/tillganglighet");
	fprintf(sheet->page.out, "<h1>%s</h1>\n", title);
	put_outcome(sheet, outcome);
	put_statement(sheet);
	put_form(sheet);
	put_register(sheet);
	vg_sheet_end(sheet);
}

static void
render_page(const struct vg_sheet *sheet)
{
	static const struct outcome nothing = {200, NULL};

	put_page(sheet, &nothing);
}

void
vg_get_accessibility(struct vg_call *call)
{
	struct vg_sheet sheet;

	if (vg_sheet_open(call, &sheet))
		vg_sheet_answer(call, &sheet, NULL, render_page);
}

/* --- what comes in --- */

static void
render_thanks(const struct vg_sheet *sheet)
{
	static const struct outcome outcome = {
		201, "Tack! Synpunkten har kommit in och står i registret nedan."};

	put_page(sheet, &outcome);
}

static void
render_empty(const struct vg_sheet *sheet)
{
	static const struct outcome outcome = {
		422, "Synpunkten togs inte emot: skriv en text på högst 1 000 tecken, och kontakt "
		     "på högst 100."};

	put_page(sheet, &outcome);
}

static void
render_often(const struct vg_sheet *sheet)
{
	static const struct outcome outcome = {
		429, "Synpunkten togs inte emot: försök igen om en timme."};

	put_page(sheet, &outcome);
}

static void
render_failed(const struct vg_sheet *sheet)
{
	static const struct outcome outcome = {
		503, "Synpunkten togs inte emot: försök igen om en stund."};

	put_page(sheet, &outcome);
}

struct waiting {
	struct vg_call call;
	char text[CONTACT_MAX + TEXT_MAX + 2]; /* contact, line end, text */
};

static void
answer(struct vg_call *call, int status, vg_sheet_cb *render)
{
	struct vg_sheet sheet;

	if (vg_sheet_open(call, &sheet))
		vg_sheet_answer_once(call, &sheet, status, render);
}

static void
on_taken(const struct vg_live_result *result, void *arg)
{
	struct waiting *waiting = arg;
	struct vg_call *call = &waiting->call;
	const bool taken =
		result->outcome == VG_RECORD_DURABLE && result->verdict.code == VG_VERDICT_TAKEN;

	if (taken)
		vg_feedback_desk_keep(call->api->pages->desk, vg_live_core(call->api->live),
				      result->seq, waiting->text);
	answer(call, taken ? 201 : 503, taken ? render_thanks : render_failed);
	free(waiting);
}

/* Submits what was written; the answer comes when it is durable. */
static void
take(struct vg_call *call, const char *contact, const char *text)
{
	const struct vg_event event = {.kind = VG_KIND_FEEDBACK_RECEIVED,
				       .occurred_ms = vg_live_now_ms(call->api->live),
				       .source = VG_OWN_SOURCE,
				       .event_id = "",
				       .actor = "",
				       .import = "",
				       .municipality = "",
				       .body.feedback = {.text_digest = "",
							 .contact = *contact != '\0',
							 .feedback = "",
							 .answer = ""}};
	struct waiting *waiting = calloc(1, sizeof(*waiting));
	struct vg_err err = {0};
	int rc = VG_ENOMEM;

	if (waiting != NULL) {
		waiting->call = *call;
		(void)snprintf(waiting->text, sizeof(waiting->text), "%s\n%s", contact, text);
		rc = vg_live_submit_event(call->api->live, &event, waiting->text, NULL, false,
					  on_taken, waiting, &err);
	}
	if (rc == 0)
		return;
	free(waiting);
	answer(call, 503, render_failed);
}

void
vg_post_accessibility(struct vg_call *call)
{
	static const char *const types[] = {"application/x-www-form-urlencoded", NULL};
	char text[TEXT_MAX + 1], contact[CONTACT_MAX + 1], trap[CONTACT_MAX + 1];
	const char *bytes;
	size_t length;

	if (!vg_call_type_is(call, types))
		return;
	bytes = vg_request_body(call->request, &length);
	if (!vg_form_field(bytes, length, "text", text, sizeof(text)) ||
	    !vg_form_field(bytes, length, "kontakt", contact, sizeof(contact)) ||
	    text[strspn(text, " \t\n")] == '\0' || strchr(contact, '\n') != NULL)
		answer(call, 422, render_empty);
	else if (!vg_form_field(bytes, length, "webb", trap, sizeof(trap)) || *trap != '\0')
		answer(call, 201, render_thanks);
	else if (!vg_feedback_desk_lets(call->api->pages->desk, call->request,
					vg_live_now_ms(call->api->live)))
		answer(call, 429, render_often);
	else
		take(call, contact, text);
}
