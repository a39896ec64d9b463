/* strip.c - 90 days as a strip of bars, and the same days as a table.
 *
 * The bars differ in height and frame as well as in colour, and each day that was not normal has
 * its row in the table behind the strip. */
#include "daemon/status/sheet.h"

#include "lib/report/text.h"

#include <inttypes.h>

#define STEP   4 /* from one bar to the next, in the picture's own units */
#define HEIGHT 32

#define HEAD_DOWN     "Avbrott, längst i en kommun"
#define HEAD_DEGRADED "Störning, längst i en kommun"

/* How a day is shown: by the worst of it. */
static enum vg_display
shown(const struct vg_history_day *day)
{
	if (day->down > 0)
		return VG_DISPLAY_DOWN;
	if (day->degraded > 0)
		return VG_DISPLAY_DEGRADED;
	return day->places == 0 || day->unknown == day->places ? VG_DISPLAY_UNKNOWN : VG_DISPLAY_OK;
}

static void
put_bar(FILE *out, int at, enum vg_display state)
{
	static const int height[VG_DISPLAY_COUNT] = {[VG_DISPLAY_OK] = 8,
						     [VG_DISPLAY_MAINT] = 8,
						     [VG_DISPLAY_UNKNOWN] = 4,
						     [VG_DISPLAY_DEGRADED] = 20,
						     [VG_DISPLAY_DOWN] = HEIGHT};

	fprintf(out, "<rect class=%s x=%d y=%d width=%d height=%d />", vg_display_name(state),
		at * STEP, HEIGHT - height[state], STEP - 1, height[state]);
}

static void
put_summary(const struct vg_sheet *sheet, const int64_t days[VG_DISPLAY_COUNT])
{
	vg_sheet_say(sheet,
		     "Avbrott %" PRId64 " dagar, störning %" PRId64 ", ingen data %" PRId64
		     ", normalt %" PRId64,
		     days[VG_DISPLAY_DOWN], days[VG_DISPLAY_DEGRADED], days[VG_DISPLAY_UNKNOWN],
		     days[VG_DISPLAY_OK]);
}

static void
put_strip(const struct vg_sheet *sheet, const struct vg_service *service,
	  const struct vg_history_day day[VG_HISTORY_DAYS])
{
	int64_t days[VG_DISPLAY_COUNT] = {0};
	FILE *out = sheet->page.out;

	for (int i = 0; i < VG_HISTORY_DAYS; i++)
		days[shown(&day[i])]++;
	fprintf(out,
		"<svg class=strip viewBox=\"0 0 %d %d\" preserveAspectRatio=none role=img "
		"aria-labelledby=\"s-%s\"><title id=\"s-%s\">",
		VG_HISTORY_DAYS * STEP - 1, HEIGHT, service->id, service->id);
	vg_page_text(&sheet->page, service->name);
	vg_sheet_say(sheet, ", de senaste 90 dagarna: ");
	put_summary(sheet, days);
	fputs("</title>", out);
	for (int i = 0; i < VG_HISTORY_DAYS; i++)
		put_bar(out, i, shown(&day[i]));
	fputs("</svg><p class=ends><span>", out);
	vg_sheet_day(sheet, day[0].day);
	fputs("</span><span>", out);
	vg_sheet_say(sheet, "I dag");
	fputs("</span></p>", out);
}

/* Days in a row without data are one row. */
static int
last_like(const struct vg_history_day day[VG_HISTORY_DAYS], int at)
{
	int last = at;

	if (shown(&day[at]) != VG_DISPLAY_UNKNOWN)
		return at;
	while (last + 1 < VG_HISTORY_DAYS && shown(&day[last + 1]) == VG_DISPLAY_UNKNOWN)
		last++;
	return last;
}

/* A cell of a number under its head, which stands beside it on a narrow screen; "" = none. */
static void
put_number(const struct vg_sheet *sheet, const char *head, const char *text)
{
	fprintf(sheet->page.out, "<td class=n data-head=\"%s\">%s</td>", vg_say(&sheet->page, head),
		*text != '\0' ? text : "–");
}

static void
put_length(const struct vg_sheet *sheet, const char *head, int64_t seconds)
{
	char text[VG_NUMBER_MAX] = "";

	if (seconds > 0)
		(void)vg_say_number(&sheet->page, vg_length_text(seconds, text));
	put_number(sheet, head, text);
}

static void
put_row(const struct vg_sheet *sheet, const struct vg_history_day *first,
	const struct vg_history_day *last)
{
	char hit[VG_NUMBER_MAX] = "";
	FILE *out = sheet->page.out;

	fputs("<tr><th scope=row>", out);
	vg_sheet_day(sheet, first->day);
	if (last != first) {
		fputs(" – ", out);
		vg_sheet_day(sheet, last->day);
	}
	fputs("</th><td>", out);
	vg_sheet_state(sheet, shown(first));
	fputs("</td>", out);
	put_length(sheet, HEAD_DOWN, first->down_s);
	put_length(sheet, HEAD_DEGRADED, first->degraded_s);
	if (first->hit > 0)
		(void)vg_number_text(first->hit, hit);
	if (sheet->place == NULL)
		put_number(sheet, "Kommuner", hit);
	fputs("</tr>\n", out);
}

static void
put_heads(const struct vg_sheet *sheet, const struct vg_service *service)
{
	FILE *out = sheet->page.out;

	fputs("<div class=wide tabindex=0 role=group aria-label=\"", out);
	vg_page_text(&sheet->page, service->name);
	fprintf(out, "\"><table class=days><caption>%s</caption><thead><tr><th scope=col>%s</th>",
		vg_say(&sheet->page, "Dagar som inte var normala"), vg_say(&sheet->page, "Dag"));
	fprintf(out,
		"<th scope=col>%s</th><th scope=col class=n>%s</th><th scope=col class=n>%s</th>",
		vg_say(&sheet->page, "Läge"), vg_say(&sheet->page, HEAD_DOWN),
		vg_say(&sheet->page, HEAD_DEGRADED));
	if (sheet->place == NULL)
		fprintf(out, "<th scope=col class=n>%s</th>", vg_say(&sheet->page, "Kommuner"));
	fputs("</tr></thead><tbody>\n", out);
}

static void
put_table(const struct vg_sheet *sheet, const struct vg_service *service,
	  const struct vg_history_day day[VG_HISTORY_DAYS])
{
	FILE *out = sheet->page.out;
	bool any = false;

	fprintf(out,
		"<details><summary>%s<span class=off>: ", vg_say(&sheet->page, "Visa dagarna"));
	vg_page_text(&sheet->page, service->name);
	fputs("</span></summary>", out);
	for (int i = VG_HISTORY_DAYS - 1; i >= 0; i--)
		any = any || shown(&day[i]) != VG_DISPLAY_OK;
	if (any)
		put_heads(sheet, service);
	else
		fprintf(out, "<p>%s</p>", vg_say(&sheet->page, "Alla 90 dagar var normala."));
	for (int i = 0; i < VG_HISTORY_DAYS; i++) {
		const int last = last_like(day, i);

		if (shown(&day[i]) != VG_DISPLAY_OK)
			put_row(sheet, &day[i], &day[last]);
		i = last;
	}
	fputs(any ? "</tbody></table></div></details>" : "</details>", out);
}

void
vg_sheet_history(const struct vg_sheet *sheet, const struct vg_service *service)
{
	struct vg_history_day day[VG_HISTORY_DAYS];

	if (!vg_history_of(sheet, service, day)) {
		fprintf(sheet->page.out, "<p class=soft>%s</p>",
			vg_say(&sheet->page, "Dagarna är inte räknade än."));
		return;
	}
	put_strip(sheet, service, day);
	put_table(sheet, service, day);
}
