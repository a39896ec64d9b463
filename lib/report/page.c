/* page.c - text, instants and numbers in HTML. */
#include "lib/report/page.h"

#include "lib/civil/civil.h"
#include "lib/report/grid.h"
#include "lib/report/text.h"

#include <string.h>

void
vg_page_text(FILE *out, const char *text)
{
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
vg_page_instant(FILE *out, int64_t at_ms)
{
	char iso[32];

	(void)vg_civil_iso(at_ms, iso, sizeof(iso));
	fprintf(out, "<time datetime=\"%s\">%.10s %.8s</time>", iso, iso, iso + 11);
}

void
vg_page_number(FILE *out, int64_t number)
{
	char text[VG_NUMBER_MAX];

	fprintf(out, "<td class=n>%s</td>", vg_number_text(number, text));
}

const char *
vg_page_mark(const char *verdict)
{
	if (strcmp(verdict, "met") == 0)
		return "✓ ";
	return strcmp(verdict, "missed") == 0 ? "✕ " : "";
}

void
vg_page_cell(FILE *out, const char *text)
{
	fputs("<td>", out);
	vg_page_text(out, *text != '\0' ? text : "–");
	fputs("</td>", out);
}

void
vg_page_share(FILE *out, int64_t num, int64_t den)
{
	char text[VG_NUMBER_MAX];

	if (*vg_share_text(num, den, text) == '\0')
		fputs("<td class=n>–</td>", out);
	else
		fprintf(out, "<td class=n>%s\xc2\xa0%%</td>", text);
}

void
vg_page_at(FILE *out, int64_t at_ms)
{
	fputs("<td class=v>", out);
	vg_page_instant(out, at_ms);
	fputs("</td>", out);
}

void
vg_page_length(FILE *out, int64_t seconds)
{
	char text[VG_NUMBER_MAX];

	fprintf(out, "<td class=n>%s</td>", vg_length_text(seconds, text));
}

void
vg_page_table(FILE *out, const char *caption, const char *const *heads, size_t texts)
{
	fprintf(out,
		"<div class=wide tabindex=0 role=region aria-label=\"%s\"><table><caption>%s"
		"</caption><thead><tr>",
		caption, caption);
	for (size_t i = 0; heads[i] != NULL; i++)
		fprintf(out, "<th scope=col%s>%s</th>", i < texts ? "" : " class=n", heads[i]);
	fputs("</tr></thead><tbody>\n", out);
}

void
vg_page_table_end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

void
vg_page_service(FILE *out, const json_t *model, const json_t *row)
{
	fputs("<tr><th scope=row>", out);
	vg_page_text(out, vg_grid_name(model, "services", vg_grid_text(row, "service")));
	fputs("</th>", out);
}

void
vg_page_channel(FILE *out, const json_t *model, const json_t *row)
{
	const char *channel = json_string_value(json_object_get(row, "channel"));

	vg_page_cell(out, channel == NULL ? "alla" : vg_grid_name(model, "channels", channel));
}

void
vg_page_municipality(FILE *out, const json_t *model, const json_t *row)
{
	const char *code = vg_grid_text(row, "municipality");

	vg_page_cell(out, *code != '\0' ? vg_grid_municipality(model, code) : "Hela regionen");
}
