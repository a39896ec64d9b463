/* page.c - text, instants, numbers and tables in HTML. */
#include "lib/report/page.h"

#include "lib/civil/civil.h"
#include "lib/report/text.h"

#include <stdlib.h>
#include <string.h>

const char *
vg_say(const struct vg_page *page, const char *swedish)
{
	return vg_words(page->language, swedish);
}

char *
vg_say_number(const struct vg_page *page, char *text)
{
	return vg_words_number(page->language, text);
}

const char *
vg_say_count(const struct vg_page *page, int64_t count, const char *one, const char *many)
{
	return vg_words(page->language, count == 1 ? one : many);
}

void
vg_page_begin(const struct vg_page *page, const char *title)
{
	fprintf(page->out,
		"<!DOCTYPE html>\n<html lang=%s>\n<head><meta charset=utf-8>"
		"<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>",
		page->language == VG_ENGLISH ? "en" : "sv");
	vg_page_text(page, title);
	fprintf(page->out, " – Vinga</title>\n<style>%s</style></head>\n<body>\n", vg_page_style);
}

void
vg_page_section(const struct vg_page *page, const char *id, const char *heading)
{
	fprintf(page->out, "<section aria-labelledby=%s><h2 id=%s>%s</h2>\n", id, id,
		vg_say(page, heading));
}

const char *
vg_page_whole(const struct vg_page *page)
{
	const char *name = vg_grid_text(json_object_get(page->model, "scope"), "name");

	return *name != '\0' ? name : vg_say(page, "Hela regionen");
}

void
vg_page_end(const struct vg_page *page)
{
	fputs("</body>\n</html>\n", page->out);
}

void
vg_page_text(const struct vg_page *page, const char *text)
{
	FILE *out = page->out;

	for (; *text != '\0'; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
}

void
vg_page_between(const struct vg_page *page, const char *before, const char *text, const char *after)
{
	fputs(before, page->out);
	vg_page_text(page, text);
	fputs(after, page->out);
}

void
vg_page_instant(const struct vg_page *page, int64_t at_ms)
{
	char iso[32];

	(void)vg_civil_iso(at_ms, iso, sizeof(iso));
	fprintf(page->out, "<time datetime=\"%s\">%.10s %.8s</time>", iso, iso, iso + 11);
}

void
vg_page_day(const struct vg_page *page, const char *day)
{
	fprintf(page->out, "<time datetime=\"%.10s\">%.10s</time>", day, day);
}

const char *
vg_page_mark(const char *verdict)
{
	if (strcmp(verdict, "met") == 0)
		return "✓ ";
	return strcmp(verdict, "missed") == 0 ? "✕ " : "";
}

char *
vg_page_month(const struct vg_page *page, int month, char *out)
{
	static const char *const names[12] = {"januari",   "februari", "mars",	   "april",
					      "maj",	   "juni",     "juli",	   "augusti",
					      "september", "oktober",  "november", "december"};

	(void)snprintf(out, VG_NUMBER_MAX, "%s %d", vg_say(page, names[month % 12]), month / 12);
	return out;
}

int
vg_page_month_of(const json_t *object, const char *member)
{
	const char *text = vg_grid_text(object, member);

	return (int)strtol(text, NULL, 10) * 12 +
	       (strlen(text) > 5 ? (int)strtol(text + 5, NULL, 10) - 1 : 0);
}

void
vg_page_cell(const struct vg_page *page, const char *text)
{
	fputs("<td>", page->out);
	vg_page_text(page, *text != '\0' ? text : "–");
	fputs("</td>", page->out);
}

void
vg_page_number(const struct vg_page *page, int64_t number)
{
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<td class=n>%s</td>",
		vg_say_number(page, vg_number_text(number, text)));
}

void
vg_page_money(const struct vg_page *page, int64_t ore)
{
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<td class=n>%s\xc2\xa0%s</td>",
		vg_say_number(page, vg_kronor_text(ore, text)), vg_say(page, "kr"));
}

void
vg_page_share(const struct vg_page *page, int64_t num, int64_t den)
{
	char text[VG_NUMBER_MAX];

	if (*vg_say_number(page, vg_share_text(num, den, text)) == '\0')
		fputs("<td class=n>–</td>", page->out);
	else
		fprintf(page->out, "<td class=n>%s\xc2\xa0%%</td>", text);
}

void
vg_page_at(const struct vg_page *page, int64_t at_ms)
{
	fputs("<td class=v>", page->out);
	vg_page_instant(page, at_ms);
	fputs("</td>", page->out);
}

void
vg_page_at_narrow(const struct vg_page *page, const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);
	char iso[32];

	if (value == NULL) {
		fputs("<td class=v>–</td>", page->out);
		return;
	}
	(void)vg_civil_iso(json_integer_value(value), iso, sizeof(iso));
	fprintf(page->out,
		"<td class=v><time datetime=\"%s\">%.10s <small>%.8s</small></time></td>", iso, iso,
		iso + 11);
}

void
vg_page_at_member(const struct vg_page *page, const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	if (value != NULL)
		vg_page_at(page, json_integer_value(value));
	else
		fputs("<td class=v>–</td>", page->out);
}

void
vg_page_length(const struct vg_page *page, int64_t seconds)
{
	char text[VG_NUMBER_MAX];

	fprintf(page->out, "<td class=n>%s</td>",
		vg_say_number(page, vg_length_text(seconds, text)));
}

void
vg_page_table(const struct vg_page *page, const char *caption, const char *const *heads,
	      size_t texts)
{
	FILE *out = page->out;

	fputs("<div class=wide tabindex=0 role=group aria-label=\"", out);
	vg_page_text(page, vg_say(page, caption));
	fputs("\"><table><caption>", out);
	vg_page_text(page, vg_say(page, caption));
	fputs("</caption><thead><tr>", out);
	for (size_t i = 0; heads[i] != NULL; i++) {
		fprintf(out, "<th scope=col%s>", i < texts ? "" : " class=n");
		vg_page_text(page, vg_say(page, heads[i]));
		fputs("</th>", out);
	}
	fputs("</tr></thead><tbody>\n", out);
}

void
vg_page_table_end(const struct vg_page *page)
{
	fputs("</tbody></table></div>\n", page->out);
}

void
vg_page_service(const struct vg_page *page, const json_t *row)
{
	fputs("<tr><th scope=row>", page->out);
	vg_page_text(page, vg_grid_name(page->model, "services", vg_grid_text(row, "service")));
	fputs("</th>", page->out);
}

void
vg_page_channel(const struct vg_page *page, const json_t *row)
{
	const char *channel = json_string_value(json_object_get(row, "channel"));

	vg_page_cell(page, channel == NULL ? vg_say(page, "alla")
					   : vg_grid_name(page->model, "channels", channel));
}

void
vg_page_municipality(const struct vg_page *page, const json_t *row)
{
	const char *code = vg_grid_text(row, "municipality");

	vg_page_cell(page, *code != '\0' ? vg_grid_municipality(page->model, code)
					 : vg_say(page, "Hela regionen"));
}
