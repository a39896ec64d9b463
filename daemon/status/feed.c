/* feed.c - disturbances as an Atom feed (RFC 4287), and windows as a calendar.
 *
 * An entry is a disturbance and keeps its id through all messages, so that a reader shows one thing
 * that changes. The id is a keyed digest of the number, the same as long as this installation has
 * its key: numbers begin at one everywhere, and two regions' feeds may meet in one reader. */
#include "daemon/api/calendar.h"
#include "daemon/status/sheet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 50

static void
put_instant(FILE *out, int64_t at_ms)
{
	char text[VG_INSTANT_MAX];

	fputs(vg_sheet_instant(at_ms, text), out);
}

/* <id> of a name: a UUID of our own making (RFC 9562, version 8). */
static void
put_id(const struct vg_sheet *sheet, const char *name)
{
	char hex[65];

	(void)vg_live_digest(sheet->pages->live, name, hex);
	fprintf(sheet->page.out, "<id>urn:uuid:%.8s-%.4s-8%.3s-a%.3s-%.12s</id>", hex, hex + 8,
		hex + 12, hex + 15, hex + 18);
}

static int
newest_first(const void *a, const void *b)
{
	const int64_t x = vg_disturbance_told_ms(*(const struct vg_disturbance *const *)a);
	const int64_t y = vg_disturbance_told_ms(*(const struct vg_disturbance *const *)b);

	return (x < y) - (x > y);
}

/* Those told of last, the newest first; returns how many. */
static size_t
gather(const struct vg_sheet *sheet, const struct vg_disturbance *out[ENTRIES_MAX + 1])
{
	const struct vg_disturbance *it;
	size_t at = SIZE_MAX, n = 0;

	while ((it = vg_sheet_next(sheet, &at)) != NULL) {
		out[n++] = it;
		qsort(out, n, sizeof(*out), newest_first);
		n = n > ENTRIES_MAX ? ENTRIES_MAX : n;
	}
	return n;
}

static void
put_content(const struct vg_sheet *sheet, const struct vg_disturbance *it)
{
	const struct vg_disturbance_message *last =
		vg_disturbance_message(sheet->core, it->id, it->messages - 1);
	FILE *out = sheet->page.out;

	fputs("<content type=\"text\">", out);
	vg_page_text(&sheet->page, last != NULL ? last->text : it->text);
	if (last != NULL && *last->advice != '\0')
		vg_page_between(&sheet->page, "\n\n", last->advice, "");
	fputs("\n\nBerör: ", out);
	vg_sheet_services(sheet, it->services);
	fputs(" · ", out);
	vg_sheet_places(sheet, it->municipalities);
	fputs("</content>", out);
}

static void
put_entry(const struct vg_sheet *sheet, const struct vg_disturbance *it)
{
	const char *state = it->state == VG_DISTURBANCE_CLOSED	 ? "Avslutat: "
			    : it->kind == VG_DISTURBANCE_PLANNED ? "Planerat: "
								 : "Störning: ";
	FILE *out = sheet->page.out;
	char name[32];

	(void)snprintf(name, sizeof(name), "S-%" PRId64, it->id);
	fputs("<entry>", out);
	put_id(sheet, name);
	vg_page_between(&sheet->page, "<title>", state, "");
	vg_page_between(&sheet->page, "", it->title, "</title>");
	fputs("<published>", out);
	put_instant(out, it->published_ms);
	fputs("</published><updated>", out);
	put_instant(out, vg_disturbance_told_ms(it));
	fprintf(out, "</updated><link rel=\"alternate\" type=\"text/html\" href=\"/status/%s\"/>",
		name);
	put_content(sheet, it);
	fputs("</entry>\n", out);
}

static void
render_feed(const struct vg_sheet *sheet)
{
	const struct vg_disturbance *entry[ENTRIES_MAX + 1];
	const size_t n = gather(sheet, entry);
	FILE *out = sheet->page.out;
	char page[VG_SHEET_PATH_MAX];

	(void)snprintf(page, sizeof(page), "%s", sheet->path);
	*strrchr(page, '/') = '\0';
	fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	      "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"sv\">",
	      out);
	put_id(sheet, page);
	vg_page_between(&sheet->page, "<title>Driftinformation", sheet->place != NULL ? ": " : "",
			"");
	vg_page_between(&sheet->page, "", sheet->place != NULL ? sheet->place->name : "",
			"</title>");
	fputs("<updated>", out);
	put_instant(out, n > 0 ? vg_disturbance_told_ms(entry[0]) : 0);
	fprintf(out,
		"</updated><author><name>Driftinformation</name></author>"
		"<link rel=\"self\" type=\"application/atom+xml\" href=\"%s\"/>"
		"<link rel=\"alternate\" type=\"text/html\" href=\"%s\"/>\n",
		sheet->path, page);
	for (size_t i = 0; i < n; i++)
		put_entry(sheet, entry[i]);
	fputs("</feed>\n", out);
}

void
vg_get_front_feed(struct vg_call *call)
{
	struct vg_sheet sheet;

	if (vg_sheet_open(call, &sheet))
		vg_sheet_answer(call, &sheet, "application/atom+xml; charset=utf-8", render_feed);
}

/* --- calendar --- */

/* What nobody has approved yet is nobody's business out there. */
static bool
is_public(const struct vg_window *window, const void *arg)
{
	return *window->approved_by != '\0' && vg_sheet_concerns(arg, window->municipalities);
}

static void
render_calendar(const struct vg_sheet *sheet)
{
	char *text = vg_calendar(sheet->core, sheet->now_ms, is_public, sheet);

	fputs(text != NULL ? text : "", sheet->page.out);
	free(text);
}

void
vg_get_front_calendar(struct vg_call *call)
{
	struct vg_sheet sheet;

	if (vg_sheet_open(call, &sheet))
		vg_sheet_answer(call, &sheet, "text/calendar; charset=utf-8", render_calendar);
}
