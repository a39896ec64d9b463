/* sheet.c - the frame of a public page, and how it says states, times and names.
 *
 * Nothing is styled inline and no script is sent, so that the page lives under the strictest policy
 * a browser knows. The hard thing is the hour that comes twice in October: there the clock says
 * which of the two it means. */
#include "daemon/status/sheet.h"

#include "daemon/api/judge.h"
#include "lib/civil/civil.h"

#include <stdarg.h>
#include <string.h>

#define MINUTE_MS (INT64_C(60) * 1000)
#define HOUR_MS	  (60 * MINUTE_MS)

const char *
vg_sheet_root(const struct vg_sheet *sheet)
{
	return sheet->page.language == VG_ENGLISH ? "/en" : "";
}

void
vg_sheet_say(const struct vg_sheet *sheet, const char *swedish, ...)
{
	va_list args;

	va_start(args, swedish);
	(void)vfprintf(sheet->page.out, vg_say(&sheet->page, swedish), args);
	va_end(args);
}

static void
say(const struct vg_sheet *sheet, const char *swedish)
{
	vg_page_text(&sheet->page, vg_say(&sheet->page, swedish));
}

/* --- frame --- */

static void
put_menu(const struct vg_sheet *sheet, const char *menu)
{
	static const struct {
		const char *path, *name;
	} entries[] = {{"/status", "Läget nu"},
		       {"/status/kommun", "Kommuner"},
		       {"/tillganglighet", "Tillgänglighetsredogörelse"}};
	FILE *out = sheet->page.out;

	fprintf(out, "<nav aria-label=\"%s\"><ul>", vg_say(&sheet->page, "Sidor"));
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		fprintf(out, "<li><a href=\"%s%s\"%s>", vg_sheet_root(sheet), entries[i].path,
			strcmp(menu, entries[i].path) == 0 ? " aria-current=page" : "");
		say(sheet, entries[i].name);
		fputs("</a></li>", out);
	}
	fputs("</ul></nav>", out);
}

static void
put_feed_links(const struct vg_sheet *sheet)
{
	const bool local = sheet->place != NULL;

	fprintf(sheet->page.out,
		"<link rel=alternate type=\"application/atom+xml\" href=\"/status%s%s/feed.atom\" "
		"title=\"Atom\">",
		local ? "/kommun/" : "", local ? sheet->place->code : "");
}

void
vg_sheet_begin(const struct vg_sheet *sheet, const char *title, const char *menu)
{
	const bool english = sheet->page.language == VG_ENGLISH;
	FILE *out = sheet->page.out;

	fprintf(out,
		"<!DOCTYPE html>\n<html lang=%s>\n<head><meta charset=utf-8>"
		"<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>",
		english ? "en" : "sv");
	vg_page_text(&sheet->page, title);
	fprintf(out,
		" – %s</title>\n<link rel=icon href=\"/status/icon.svg\">"
		"<link rel=stylesheet href=\"/status/style.css\">"
		"<link rel=alternate hreflang=sv href=\"%s\">"
		"<link rel=alternate hreflang=en href=\"/en%s\">",
		vg_say(&sheet->page, "Driftinformation"), sheet->path, sheet->path);
	put_feed_links(sheet);
	fprintf(out, "</head>\n<body>\n<a class=skip href=\"#innehall\">%s</a>\n<header><div>",
		vg_say(&sheet->page, "Hoppa till innehållet"));
	fprintf(out, "<p class=product><a href=\"%s/status\">%s</a></p>", vg_sheet_root(sheet),
		vg_say(&sheet->page, "Driftinformation"));
	put_menu(sheet, menu);
	fprintf(out,
		"<p class=language><a href=\"%s%s\" lang=%s hreflang=%s>%s</a></p></div></header>\n"
		"<main id=innehall tabindex=-1>\n",
		english ? "" : "/en", sheet->path, english ? "sv" : "en", english ? "sv" : "en",
		english ? "På svenska" : "In English");
}

void
vg_sheet_end(const struct vg_sheet *sheet)
{
	const bool local = sheet->place != NULL;
	const char *at = local ? "/kommun/" : "", *code = local ? sheet->place->code : "";
	FILE *out = sheet->page.out;

	fputs("</main>\n<footer><div><p>", out);
	say(sheet, "Läget");
	fputs(" ", out);
	vg_sheet_moment(sheet, sheet->now_ms - sheet->now_ms % MINUTE_MS);
	fputs(". ", out);
	say(sheet, "Alla tider är svensk tid (Europe/Stockholm).");
	fprintf(out,
		"</p><p>%s: <a href=\"/status%s%s/feed.atom\">%s</a> · "
		"<a href=\"/status%s%s/windows.ics\">%s</a></p><p>",
		vg_say(&sheet->page, "Prenumerera"), at, code,
		vg_say(&sheet->page, "störningar (Atom)"), at, code,
		vg_say(&sheet->page, "servicefönster (kalender)"));
	say(sheet, "Sidan räknas ur samma mätning som avtalets uppföljning, och sparar inget om "
		   "den som läser.");
	fputs("</p></div></footer>\n</body>\n</html>\n", out);
}

/* --- states --- */

const char *
vg_sheet_mark(enum vg_display state)
{
	static const char *const marks[VG_DISPLAY_COUNT] = {[VG_DISPLAY_OK] = "✓",
							    [VG_DISPLAY_MAINT] = "◷",
							    [VG_DISPLAY_UNKNOWN] = "?",
							    [VG_DISPLAY_DEGRADED] = "▲",
							    [VG_DISPLAY_DOWN] = "✕"};

	return marks[state];
}

/* Its words stand here in both languages: elsewhere "Avbrott" heads a list of outages. */
void
vg_sheet_state(const struct vg_sheet *sheet, enum vg_display state)
{
	static const char *const words[VG_DISPLAY_COUNT][2] = {
		[VG_DISPLAY_OK] = {"Normal", "Normal"},
		[VG_DISPLAY_MAINT] = {"Planerat", "Planned"},
		[VG_DISPLAY_UNKNOWN] = {"Ingen data", "No data"},
		[VG_DISPLAY_DEGRADED] = {"Störning", "Disturbance"},
		[VG_DISPLAY_DOWN] = {"Avbrott", "Outage"},
	};

	fprintf(sheet->page.out,
		"<span class=\"state %s\"><span aria-hidden=true>%s</span> %s</span>",
		vg_display_name(state), vg_sheet_mark(state),
		words[state][sheet->page.language == VG_ENGLISH]);
}

/* --- times --- */

/* Which of an hour that comes twice; "" = it comes once. */
static const char *
season(int64_t at_ms)
{
	const int offset_s = vg_civil_offset_s(at_ms);

	if (vg_civil_offset_s(at_ms + HOUR_MS) == offset_s - 3600)
		return "(sommartid)";
	return vg_civil_offset_s(at_ms - HOUR_MS) == offset_s + 3600 ? "(normaltid)" : "";
}

char *
vg_sheet_instant(int64_t at_ms, char out[VG_INSTANT_MAX])
{
	const int64_t seconds = at_ms / 1000, rest = seconds % 86400;
	int year, month, day;

	vg_civil_from_days(seconds / 86400, &year, &month, &day);
	(void)snprintf(out, VG_INSTANT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
		       (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
	return out;
}

static void
put_datetime(const struct vg_sheet *sheet, int64_t at_ms)
{
	char text[VG_INSTANT_MAX];

	fprintf(sheet->page.out, "<time datetime=\"%s\">", vg_sheet_instant(at_ms, text));
}

static void
put_clock(const struct vg_sheet *sheet, int64_t at_ms, const struct vg_civil *local)
{
	const char *which = season(at_ms);

	fprintf(sheet->page.out, sheet->page.language == VG_ENGLISH ? "%02d:%02d" : "%02d.%02d",
		local->hour, local->minute);
	if (*which != '\0')
		fprintf(sheet->page.out, " %s", vg_say(&sheet->page, which));
}

static const char *
month_name(const struct vg_sheet *sheet, int month)
{
	static const char *const names[12] = {"januari",   "februari", "mars",	   "april",
					      "maj",	   "juni",     "juli",	   "augusti",
					      "september", "oktober",  "november", "december"};

	return vg_say(&sheet->page, names[month - 1]);
}

void
vg_sheet_moment(const struct vg_sheet *sheet, int64_t at_ms)
{
	struct vg_civil local;

	vg_civil_from_utc_ms(at_ms, &local);
	put_datetime(sheet, at_ms);
	fprintf(sheet->page.out, "%d %s %s ", local.day, month_name(sheet, local.month),
		vg_say(&sheet->page, "kl."));
	put_clock(sheet, at_ms, &local);
	fputs("</time>", sheet->page.out);
}

void
vg_sheet_clock(const struct vg_sheet *sheet, int64_t at_ms)
{
	struct vg_civil local;

	vg_civil_from_utc_ms(at_ms, &local);
	put_datetime(sheet, at_ms);
	put_clock(sheet, at_ms, &local);
	fputs("</time>", sheet->page.out);
}

void
vg_sheet_day(const struct vg_sheet *sheet, int64_t day)
{
	int year, month, of_month;

	vg_civil_from_days(day, &year, &month, &of_month);
	fprintf(sheet->page.out, "<time datetime=\"%04d-%02d-%02d\">%d %s</time>", year, month,
		of_month, of_month, month_name(sheet, month));
}

/* --- names --- */

static const char *
service_name(const struct vg_agreement *agreement, const char *id)
{
	const struct vg_service *service =
		agreement != NULL ? vg_agreement_service(agreement, id) : NULL;

	return service != NULL ? service->name : id;
}

static const char *
place_name(const struct vg_agreement *agreement, const char *code)
{
	const struct vg_municipality *place =
		agreement != NULL ? vg_agreement_municipality(agreement, code) : NULL;

	return place != NULL ? place->name : code;
}

static void
put_names(const struct vg_sheet *sheet, const char *ids, const char *all,
	  const char *(*name)(const struct vg_agreement *agreement, const char *id))
{
	char id[VG_NAME_MAX + 1];

	if (*ids == '\0')
		say(sheet, all);
	while (*ids != '\0') {
		const size_t length = strcspn(ids, " ");

		(void)snprintf(id, sizeof(id), "%.*s", (int)length, ids);
		vg_page_text(&sheet->page, name(sheet->agreement, id));
		ids += length;
		ids += *ids == ' ';
		if (*ids != '\0')
			fputs(", ", sheet->page.out);
	}
}

void
vg_sheet_services(const struct vg_sheet *sheet, const char *ids)
{
	put_names(sheet, ids, "Alla tjänster", service_name);
}

void
vg_sheet_places(const struct vg_sheet *sheet, const char *ids)
{
	put_names(sheet, ids, "Alla kommuner", place_name);
}

/* å, ä and ö after z, in that order; other letters by their bytes. */
static int
weight(const char **at)
{
	static const unsigned char last[][2] = {{0xa5, 0x85}, {0xa4, 0x84}, {0xb6, 0x96}};
	const unsigned char c = (unsigned char)*(*at)++;
	const unsigned char next = (unsigned char)**at;

	for (size_t i = 0; c == 0xc3 && i < sizeof(last) / sizeof(last[0]); i++)
		if (next == last[i][0] || next == last[i][1]) {
			(*at)++;
			return 256 + (int)i;
		}
	return c;
}

int
vg_swedish_compare(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		const int order = weight(&a) - weight(&b);

		if (order != 0)
			return order;
	}
	return (*a != '\0') - (*b != '\0');
}

/* --- texts of people --- */

/* The one to show, and whether it is in another language than the page. */
static const char *
chosen(const struct vg_sheet *sheet, const char *swedish, const char *english, bool *foreign)
{
	const bool wants = sheet->page.language == VG_ENGLISH;

	*foreign = wants && *english == '\0';
	return wants && *english != '\0' ? english : swedish;
}

void
vg_sheet_prose(const struct vg_sheet *sheet, const char *swedish, const char *english)
{
	FILE *out = sheet->page.out;
	char line[VG_DISTURBANCE_TEXT_MAX + 1];
	bool foreign, open = false;
	const char *text = chosen(sheet, swedish, english, &foreign);

	while (*text != '\0') {
		const size_t length = strcspn(text, "\n");

		(void)snprintf(line, sizeof(line), "%.*s", (int)length, text);
		line[strcspn(line, "\r")] = '\0';
		if (*line != '\0') {
			fputs(open ? "<br>" : foreign ? "<p lang=sv>" : "<p>", out);
			vg_page_text(&sheet->page, line);
			open = true;
		} else if (open) {
			fputs("</p>", out);
			open = false;
		}
		text += length;
		text += *text == '\n';
	}
	if (open)
		fputs("</p>", out);
}

void
vg_sheet_phrase(const struct vg_sheet *sheet, const char *swedish, const char *english)
{
	bool foreign;
	const char *text = chosen(sheet, swedish, english, &foreign);

	if (foreign)
		fputs("<span lang=sv>", sheet->page.out);
	vg_page_text(&sheet->page, text);
	if (foreign)
		fputs("</span>", sheet->page.out);
}

/* --- what is shown --- */

bool
vg_sheet_concerns(const struct vg_sheet *sheet, const char *municipalities)
{
	return sheet->place == NULL || vg_judge_has_id(municipalities, sheet->place->code);
}

const struct vg_disturbance *
vg_sheet_next(const struct vg_sheet *sheet, size_t *at)
{
	const struct vg_disturbance *it;

	if (*at == SIZE_MAX)
		for (*at = 0; vg_core_item(sheet->core, VG_OBJECT_DISTURBANCE, *at) != NULL;)
			(*at)++;
	while (*at > 0) {
		it = vg_core_item(sheet->core, VG_OBJECT_DISTURBANCE, --*at);
		if (it->published_ms != -1 && vg_sheet_concerns(sheet, it->municipalities))
			return it;
	}
	return NULL;
}

int64_t
vg_disturbance_told_ms(const struct vg_disturbance *disturbance)
{
	if (disturbance->closed_ms != -1)
		return disturbance->closed_ms;
	return disturbance->updated_ms != -1 ? disturbance->updated_ms : disturbance->published_ms;
}

bool
vg_sheet_shows_window(const struct vg_sheet *sheet, const struct vg_window *window)
{
	return *window->approved_by != '\0' && !window->withdrawn &&
	       vg_sheet_concerns(sheet, window->municipalities);
}
