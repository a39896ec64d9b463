/* story.c - one disturbance with everything that was told of it, the newest first. */
#include "daemon/status/sheet.h"

#include "daemon/api/judge.h"

#include <inttypes.h>
#include <string.h>

static const struct vg_disturbance *
disturbance_of(const struct vg_core *core, const char *text)
{
	const struct vg_disturbance *it = NULL;
	int64_t id, n;

	if (vg_judge_id(text, 'S', &id, &n) && n < 0)
		it = vg_disturbance(core, id);
	return it != NULL && it->published_ms != -1 ? it : NULL;
}

static enum vg_display
state_of(const struct vg_disturbance *it)
{
	if (it->state == VG_DISTURBANCE_CLOSED)
		return VG_DISPLAY_OK;
	return it->kind == VG_DISTURBANCE_PLANNED ? VG_DISPLAY_MAINT : VG_DISPLAY_DEGRADED;
}

static void
put_head(const struct vg_sheet *sheet, const struct vg_disturbance *it)
{
	FILE *out = sheet->page.out;
	const bool closed = it->state == VG_DISTURBANCE_CLOSED;

	fprintf(out, "<p class=\"headline %s\">", vg_display_name(state_of(it)));
	if (closed)
		fprintf(out, "<span class=sentence>✓ %s ", vg_say(&sheet->page, "Avslutat"));
	else
		vg_sheet_state(sheet, state_of(it));
	if (closed)
		vg_sheet_moment(sheet, it->ended_ms);
	fputs(closed ? "</span></p>" : "</p>", out);
	fprintf(out, "<dl><dt>%s</dt><dd>", vg_say(&sheet->page, "Berör"));
	vg_sheet_services(sheet, it->services);
	fputs(" · ", out);
	vg_sheet_places(sheet, it->municipalities);
	fprintf(out, "</dd><dt>%s</dt><dd>",
		vg_say(&sheet->page, it->started_ms > sheet->now_ms ? "Börjar" : "Sedan"));
	vg_sheet_moment(sheet, it->started_ms);
	fputs("</dd></dl>\n", out);
}

static void
put_message(const struct vg_sheet *sheet, const struct vg_disturbance *it,
	    const struct vg_disturbance_message *message, bool newest)
{
	FILE *out = sheet->page.out;

	fprintf(out, "<li class=card><h2>");
	vg_sheet_moment(sheet, message->at_ms);
	if (message->closing)
		fprintf(out, " – %s", vg_say(&sheet->page, "avslutat"));
	fputs("</h2>", out);
	if (strcmp(message->title, it->title) != 0) {
		fputs("<p><b>", out);
		vg_sheet_phrase(sheet, message->title, message->title_en);
		fputs("</b></p>", out);
	}
	vg_sheet_prose(sheet, message->text, message->text_en);
	if (*message->advice != '\0' || *message->advice_en != '\0') {
		fprintf(out, "<h3>%s</h3>", vg_say(&sheet->page, "Vad du kan göra"));
		vg_sheet_prose(sheet, message->advice, message->advice_en);
	}
	if (message->next_update_ms != -1) {
		fprintf(out, "<p class=soft>%s ", vg_say(&sheet->page, "Nästa besked senast"));
		vg_sheet_moment(sheet, message->next_update_ms);
		if (newest && vg_disturbance_is_overdue(it, sheet->now_ms))
			fprintf(out, " – <strong>▲ %s</strong>",
				vg_say(&sheet->page, "uppdatering försenad"));
		fputs("</p>", out);
	}
	fputs("</li>\n", out);
}

static void
render_story(const struct vg_sheet *sheet)
{
	const struct vg_disturbance *it =
		disturbance_of(sheet->core, strrchr(sheet->path, '/') + 1);
	const bool english = sheet->page.language == VG_ENGLISH && *it->title_en != '\0';
	const struct vg_disturbance_message *message;

	vg_sheet_begin(sheet, english ? it->title_en : it->title, "");
	fputs("<h1>", sheet->page.out);
	vg_sheet_phrase(sheet, it->title, it->title_en);
	fputs("</h1>\n", sheet->page.out);
	put_head(sheet, it);
	fputs("<ol class=story>\n", sheet->page.out);
	for (int64_t n = it->messages - 1; n >= 0; n--)
		if ((message = vg_disturbance_message(sheet->core, it->id, n)) != NULL)
			put_message(sheet, it, message, n == it->messages - 1);
	fputs("</ol>\n", sheet->page.out);
	vg_sheet_end(sheet);
}

void
vg_get_story(struct vg_call *call)
{
	const struct vg_disturbance *it;
	struct vg_sheet sheet;

	if (!vg_sheet_open(call, &sheet))
		return;
	it = disturbance_of(sheet.core, call->param[0]);
	if (it == NULL) {
		vg_sheet_not_found(call, &sheet);
		return;
	}
	(void)snprintf(sheet.path, sizeof(sheet.path), "/status/S-%" PRId64, it->id);
	vg_sheet_answer(call, &sheet, NULL, render_story);
}
