/* front.c - how things stand: one sentence, what is told of disturbances, planned windows, and each
 * service with its last 90 days; for all, or for one municipality.
 *
 * What people publish and what is measured stand side by side. The hard thing is that they may
 * differ: then the sentence says the worse of the two, and neither is hidden. */
#include "daemon/status/sheet.h"

#include "daemon/api/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WINDOWS_MAX   10
#define WINDOWS_AHEAD (INT64_C(60) * 24 * 60 * 60 * 1000)
#define ENDED_MAX     5
#define ENDED_FOR_MS  (INT64_C(7) * 24 * 60 * 60 * 1000)

/* --- how things stand --- */

/* A service in the municipalities of the page. */
struct stand {
	const struct vg_service *service;
	int64_t in[VG_DISPLAY_COUNT], places;
	enum vg_display worst;
	char hit[VG_SCOPE_TEXT_MAX + 1]; /* codes of those that are at the worst; cut at its end */
};
struct stands {
	const struct vg_sheet *sheet;
	size_t n;
	struct stand *stand;
	int64_t told; /* disturbances that go on */
	enum vg_display worst;
};

static struct stand *
stand_of(struct stands *stands, const char *service)
{
	for (size_t i = 0; i < stands->n; i++)
		if (strcmp(stands->stand[i].service->id, service) == 0)
			return &stands->stand[i];
	return NULL;
}

static void
add_hit(struct stand *stand, const char *code)
{
	const size_t used = strlen(stand->hit);

	if (used + strlen(code) + 2 <= sizeof(stand->hit))
		(void)snprintf(stand->hit + used, sizeof(stand->hit) - used, "%s%s",
			       used > 0 ? " " : "", code);
}

static void
on_cell(const struct vg_cell *cell, void *arg)
{
	struct stand *stand = stand_of(arg, cell->service);

	if (stand == NULL)
		return;
	stand->in[cell->state]++;
	stand->places++;
	if (cell->state > stand->worst) {
		stand->worst = cell->state;
		stand->hit[0] = '\0';
	}
	if (cell->state == stand->worst)
		add_hit(stand, cell->municipality);
}

static void
count_told(struct stands *stands)
{
	const struct vg_disturbance *it;
	size_t at = SIZE_MAX;

	while ((it = vg_sheet_next(stands->sheet, &at)) != NULL)
		stands->told +=
			it->state == VG_DISTURBANCE_PUBLISHED && it->kind == VG_DISTURBANCE_FAULT;
}

/* To be freed with free(stands->stand). */
static void
look(const struct vg_sheet *sheet, struct stands *stands)
{
	const struct vg_agreement *agreement = sheet->agreement;
	const struct vg_scope filter = {.municipality =
						sheet->place != NULL ? sheet->place->code : NULL};

	*stands = (struct stands){.sheet = sheet};
	if (agreement != NULL)
		stands->stand = calloc(agreement->services + 1, sizeof(*stands->stand));
	for (size_t i = 0; stands->stand != NULL && i < agreement->services; i++)
		if (!agreement->service[i].component)
			stands->stand[stands->n++].service = &agreement->service[i];
	if (stands->n > 0 && vg_cells_at(sheet->core, &filter, sheet->now_ms, on_cell, stands) != 0)
		stands->n = 0;
	for (size_t i = 0; i < stands->n; i++)
		if (stands->stand[i].places > 0 && stands->stand[i].worst > stands->worst)
			stands->worst = stands->stand[i].worst;
	count_told(stands);
}

/* --- the sentence --- */

static void
put_hit_services(const struct stands *stands)
{
	const char *between = "";

	for (size_t i = 0; i < stands->n; i++) {
		const struct stand *stand = &stands->stand[i];

		if (stand->places == 0 || stand->worst != stands->worst)
			continue;
		fputs(between, stands->sheet->page.out);
		vg_page_text(&stands->sheet->page, stand->service->name);
		between = ", ";
	}
}

static enum vg_display
headline_state(const struct stands *stands)
{
	if (stands->told > 0 && stands->worst < VG_DISPLAY_DEGRADED)
		return VG_DISPLAY_DEGRADED;
	return stands->n == 0 ? VG_DISPLAY_UNKNOWN : stands->worst;
}

/* How many municipalities are hit at the worst, whichever the service. */
static int64_t
places_hit(const struct stands *stands)
{
	char all[VG_SCOPE_TEXT_MAX + 1] = "";
	char code[VG_NAME_MAX + 1];
	size_t used = 0;
	int64_t n = 0;

	for (size_t i = 0; i < stands->n; i++) {
		const char *at =
			stands->stand[i].worst == stands->worst ? stands->stand[i].hit : "";

		while (*at != '\0') {
			const size_t length = strcspn(at, " ");

			(void)snprintf(code, sizeof(code), "%.*s", (int)length, at);
			at += length + (at[length] == ' ');
			if ((used > 0 && vg_judge_has_id(all, code)) ||
			    used + length + 2 > sizeof(all))
				continue;
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
						 used > 0 ? " " : "", code);
			n++;
		}
	}
	return n;
}

/* "Avbrott i 2 kommuner: Journal, Utskrift." */
static void
put_worst(const struct stands *stands)
{
	const bool down = stands->worst == VG_DISPLAY_DOWN;
	const int64_t places = places_hit(stands);

	if (stands->sheet->place != NULL)
		vg_sheet_say(stands->sheet, down ? "Avbrott: " : "Störning: ");
	else if (places == 1)
		vg_sheet_say(stands->sheet,
			     down ? "Avbrott i en kommun: " : "Störning i en kommun: ");
	else
		vg_sheet_say(stands->sheet,
			     down ? "Avbrott i %" PRId64 " kommuner: "
				  : "Störning i %" PRId64 " kommuner: ",
			     places);
	put_hit_services(stands);
	fputs(".", stands->sheet->page.out);
}

static void
put_sentence(const struct stands *stands)
{
	const struct vg_sheet *sheet = stands->sheet;

	if (stands->n == 0) {
		vg_sheet_say(sheet, "Ingen mätning finns ännu.");
	} else if (stands->worst == VG_DISPLAY_DOWN || stands->worst == VG_DISPLAY_DEGRADED) {
		put_worst(stands);
	} else if (stands->told > 0) {
		vg_sheet_say(sheet,
			     stands->told == 1 ? "En störning pågår." : "Flera störningar pågår.");
	} else if (stands->worst == VG_DISPLAY_MAINT) {
		vg_sheet_say(sheet, "Planerat arbete pågår: ");
		put_hit_services(stands);
		fputs(".", sheet->page.out);
	} else if (stands->worst == VG_DISPLAY_UNKNOWN) {
		vg_sheet_say(sheet, "Inga kända avbrott, men mätning saknas för ");
		put_hit_services(stands);
		fputs(".", sheet->page.out);
	} else {
		vg_sheet_say(sheet, "Inga kända avbrott eller störningar.");
	}
}

static void
put_headline(const struct stands *stands)
{
	const enum vg_display state = headline_state(stands);
	FILE *out = stands->sheet->page.out;

	fprintf(out,
		"<p class=\"headline %s\"><span class=\"state %s\" aria-hidden=true>%s</span> "
		"<span class=sentence>",
		vg_display_name(state), vg_display_name(state), vg_sheet_mark(state));
	put_sentence(stands);
	fputs("</span></p>\n", out);
}

/* --- disturbances --- */

static void
put_promise(const struct vg_sheet *sheet, const struct vg_disturbance *it)
{
	FILE *out = sheet->page.out;

	if (it->next_update_ms == -1)
		return;
	fputs("<dt>", out);
	vg_sheet_say(sheet, "Nästa besked");
	fputs("</dt><dd>", out);
	if (vg_disturbance_is_overdue(it, sheet->now_ms)) {
		fputs("<strong>▲ ", out);
		vg_sheet_say(sheet, "uppdatering försenad");
		fputs("</strong>, ", out);
		vg_sheet_say(sheet, "utlovad");
		fputs(" ", out);
	} else {
		vg_sheet_say(sheet, "senast");
		fputs(" ", out);
	}
	vg_sheet_moment(sheet, it->next_update_ms);
	fputs("</dd>", out);
}

static void
put_facts(const struct vg_sheet *sheet, const struct vg_disturbance *it)
{
	FILE *out = sheet->page.out;

	fprintf(out, "<dl><dt>%s</dt><dd>", vg_say(&sheet->page, "Berör"));
	vg_sheet_services(sheet, it->services);
	fputs(" · ", out);
	vg_sheet_places(sheet, it->municipalities);
	fprintf(out, "</dd><dt>%s</dt><dd>",
		vg_say(&sheet->page, it->started_ms > sheet->now_ms ? "Börjar" : "Sedan"));
	vg_sheet_moment(sheet, it->started_ms);
	fputs("</dd>", out);
	put_promise(sheet, it);
	fputs("</dl>", out);
}

static void
put_disturbance(const struct vg_sheet *sheet, const struct vg_disturbance *it)
{
	const bool planned = it->kind == VG_DISTURBANCE_PLANNED;
	FILE *out = sheet->page.out;

	fprintf(out, "<article class=\"card %s\"><h3>", planned ? "maint" : "degraded");
	vg_sheet_state(sheet, planned ? VG_DISPLAY_MAINT : VG_DISPLAY_DEGRADED);
	fprintf(out, " <a href=\"%s/status/S-%" PRId64 "\">", vg_sheet_root(sheet), it->id);
	vg_sheet_phrase(sheet, it->title, it->title_en);
	fputs("</a></h3>", out);
	vg_sheet_prose(sheet, it->text, it->text_en);
	if (*it->advice != '\0' || *it->advice_en != '\0') {
		fprintf(out, "<h4>%s</h4>", vg_say(&sheet->page, "Vad du kan göra"));
		vg_sheet_prose(sheet, it->advice, it->advice_en);
	}
	put_facts(sheet, it);
	fputs("</article>\n", out);
}

/* Those that go on, of one kind, the newest first; returns whether there are any. */
static bool
put_kind(const struct vg_sheet *sheet, enum vg_disturbance_kind kind)
{
	const struct vg_disturbance *it;
	size_t at = SIZE_MAX;
	bool any = false;

	while ((it = vg_sheet_next(sheet, &at)) != NULL)
		if (it->state == VG_DISTURBANCE_PUBLISHED && it->kind == (int)kind) {
			put_disturbance(sheet, it);
			any = true;
		}
	return any;
}

static void
put_active(const struct vg_sheet *sheet)
{
	bool any;

	fprintf(sheet->page.out, "<section aria-labelledby=pagar><h2 id=pagar>%s</h2>\n",
		vg_say(&sheet->page, "Vad vi vet nu"));
	any = put_kind(sheet, VG_DISTURBANCE_FAULT);
	any = put_kind(sheet, VG_DISTURBANCE_PLANNED) || any;
	if (!any)
		fprintf(sheet->page.out, "<p class=soft>%s</p>",
			vg_say(&sheet->page, "Ingen störningsinformation är publicerad."));
	fputs("</section>\n", sheet->page.out);
}

static void
put_ended(const struct vg_sheet *sheet)
{
	FILE *out = sheet->page.out;
	const struct vg_disturbance *it;
	size_t at = SIZE_MAX;
	int n = 0;

	while (n < ENDED_MAX && (it = vg_sheet_next(sheet, &at)) != NULL) {
		if (it->state != VG_DISTURBANCE_CLOSED ||
		    it->closed_ms < sheet->now_ms - ENDED_FOR_MS)
			continue;
		if (n++ == 0)
			fprintf(out,
				"<section aria-labelledby=avslutat><h2 id=avslutat>%s</h2><ul "
				"class=plain>\n",
				vg_say(&sheet->page, "Avslutat de senaste sju dagarna"));
		fprintf(out, "<li><a href=\"%s/status/S-%" PRId64 "\">", vg_sheet_root(sheet),
			it->id);
		vg_sheet_phrase(sheet, it->title, it->title_en);
		fputs("</a> <span class=soft>", out);
		vg_sheet_moment(sheet, it->ended_ms);
		fputs("</span></li>\n", out);
	}
	if (n > 0)
		fputs("</ul></section>\n", out);
}

/* --- windows --- */

static int
by_start(const void *a, const void *b)
{
	const struct vg_window *x = *(const struct vg_window *const *)a;
	const struct vg_window *y = *(const struct vg_window *const *)b;

	return (x->from_ms > y->from_ms) - (x->from_ms < y->from_ms);
}

/* The next ones by their start, at most WINDOWS_MAX; returns how many. */
static size_t
next_windows(const struct vg_sheet *sheet, const struct vg_window *out[WINDOWS_MAX + 1])
{
	const struct vg_window *window;
	size_t n = 0;

	for (size_t i = 0; (window = vg_core_item(sheet->core, VG_OBJECT_WINDOW, i)) != NULL; i++) {
		if (window->to_ms <= sheet->now_ms || window->ended_ms != -1 ||
		    window->from_ms > sheet->now_ms + WINDOWS_AHEAD ||
		    !vg_sheet_shows_window(sheet, window))
			continue;
		out[n++] = window;
		qsort(out, n, sizeof(*out), by_start);
		n = n > WINDOWS_MAX ? WINDOWS_MAX : n;
	}
	return n;
}

static void
put_window(const struct vg_sheet *sheet, const struct vg_window *window)
{
	FILE *out = sheet->page.out;

	fputs("<li>", out);
	vg_sheet_state(sheet, VG_DISPLAY_MAINT);
	fputs(" <b>", out);
	vg_page_text(&sheet->page, window->name);
	fputs("</b><br>", out);
	vg_sheet_moment(sheet, window->from_ms);
	fputs(" – ", out);
	if (vg_agreement_day_of(sheet->agreement, window->from_ms) ==
	    vg_agreement_day_of(sheet->agreement, window->to_ms - 1))
		vg_sheet_clock(sheet, window->to_ms);
	else
		vg_sheet_moment(sheet, window->to_ms);
	fputs("<br><span class=soft>", out);
	vg_sheet_services(sheet, window->services);
	fputs(" · ", out);
	vg_sheet_places(sheet, window->municipalities);
	fputs("</span></li>\n", out);
}

static void
put_windows(const struct vg_sheet *sheet)
{
	const struct vg_window *window[WINDOWS_MAX + 1];
	const size_t n = sheet->agreement != NULL ? next_windows(sheet, window) : 0;
	FILE *out = sheet->page.out;

	fprintf(out, "<section aria-labelledby=planerat><h2 id=planerat>%s</h2>\n",
		vg_say(&sheet->page, "Planerade servicefönster"));
	fputs(n > 0 ? "<ul class=windows>" : "", out);
	for (size_t i = 0; i < n; i++)
		put_window(sheet, window[i]);
	if (n > 0)
		fputs("</ul>", out);
	else
		fprintf(out, "<p class=soft>%s</p>",
			vg_say(&sheet->page, "Inga är planerade de närmaste 60 dagarna."));
	fputs("</section>\n", out);
}

/* --- services --- */

static void
put_stand(const struct vg_sheet *sheet, const struct stand *stand)
{
	FILE *out = sheet->page.out;

	fputs("<li><h3>", out);
	vg_page_text(&sheet->page, stand->service->name);
	fputs("</h3><p class=now>", out);
	vg_sheet_state(sheet, stand->worst);
	if (sheet->place == NULL && stand->worst != VG_DISPLAY_OK) {
		fputs(" <span class=soft>", out);
		vg_sheet_say(sheet, "i %" PRId64 " av %" PRId64 " kommuner",
			     stand->in[stand->worst], stand->places);
		if (stand->worst >= VG_DISPLAY_DEGRADED) {
			fputs(": ", out);
			vg_sheet_places(sheet, stand->hit);
		}
		fputs("</span>", out);
	}
	fputs("</p>", out);
	vg_sheet_history(sheet, stand->service);
	fputs("</li>\n", out);
}

static void
put_services(const struct stands *stands)
{
	const struct vg_sheet *sheet = stands->sheet;
	FILE *out = sheet->page.out;

	fprintf(out,
		"<section aria-labelledby=tjanster><h2 id=tjanster>%s</h2><p class=soft>%s</p>"
		"<ul class=services>\n",
		vg_say(&sheet->page, "Tjänster, nu och 90 dagar bakåt"),
		vg_say(&sheet->page, "Hög stapel är avbrott, halvhög störning, låg normalt och den "
				     "lägsta ingen data. Planerade servicefönster är inte med."));
	for (size_t i = 0; i < stands->n; i++)
		if (stands->stand[i].places > 0)
			put_stand(sheet, &stands->stand[i]);
	fputs("</ul></section>\n", out);
}

static void
render_front(const struct vg_sheet *sheet)
{
	const char *title =
		sheet->place != NULL ? sheet->place->name : vg_say(&sheet->page, "Läget nu");
	struct stands stands;

	look(sheet, &stands);
	vg_sheet_begin(sheet, title, sheet->place != NULL ? "" : "/status");
	fputs("<h1>", sheet->page.out);
	vg_page_text(&sheet->page, title);
	fputs("</h1>\n", sheet->page.out);
	put_headline(&stands);
	put_active(sheet);
	put_windows(sheet);
	put_services(&stands);
	put_ended(sheet);
	vg_sheet_end(sheet);
	free(stands.stand);
}

void
vg_get_front(struct vg_call *call)
{
	struct vg_sheet sheet;

	if (vg_sheet_open(call, &sheet))
		vg_sheet_answer(call, &sheet, NULL, render_front);
}

/* --- municipalities --- */

struct place {
	const struct vg_municipality *municipality;
	enum vg_display worst;
};
struct places {
	const struct vg_agreement *agreement;
	size_t n;
	struct place *place;
};

static int
by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return vg_swedish_compare(x->municipality->name, y->municipality->name);
}

static void
on_place(const struct vg_cell *cell, void *arg)
{
	struct places *places = arg;
	const struct vg_service *service = vg_agreement_service(places->agreement, cell->service);

	for (size_t i = 0; i < places->n && !service->component; i++)
		if (strcmp(places->place[i].municipality->code, cell->municipality) == 0 &&
		    cell->state > places->place[i].worst)
			places->place[i].worst = cell->state;
}

static void
put_places(const struct vg_sheet *sheet, struct places *places)
{
	FILE *out = sheet->page.out;

	if (vg_cells_at(sheet->core, NULL, sheet->now_ms, on_place, places) != 0)
		return;
	qsort(places->place, places->n, sizeof(*places->place), by_name);
	fputs("<ul class=places>\n", out);
	for (size_t i = 0; i < places->n; i++) {
		const struct place *place = &places->place[i];

		fprintf(out, "<li><a href=\"%s/status/kommun/%s\">", vg_sheet_root(sheet),
			place->municipality->code);
		vg_page_text(&sheet->page, place->municipality->name);
		fputs("</a> ", out);
		vg_sheet_state(sheet, place->worst);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
}

static void
render_places(const struct vg_sheet *sheet)
{
	const char *title = vg_say(&sheet->page, "Kommuner");
	struct places places = {.agreement = sheet->agreement};

	vg_sheet_begin(sheet, title, "/status/kommun");
	fprintf(sheet->page.out, "<h1>%s</h1>\n", title);
	if (sheet->agreement != NULL)
		places.place = calloc(sheet->agreement->municipalities + 1, sizeof(*places.place));
	for (size_t i = 0; places.place != NULL && i < sheet->agreement->municipalities; i++)
		places.place[places.n++].municipality = &sheet->agreement->municipality[i];
	if (places.n > 0)
		put_places(sheet, &places);
	vg_sheet_end(sheet);
	free(places.place);
}

void
vg_get_places(struct vg_call *call)
{
	struct vg_sheet sheet;

	if (vg_sheet_open(call, &sheet))
		vg_sheet_answer(call, &sheet, NULL, render_places);
}
