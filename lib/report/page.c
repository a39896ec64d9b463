/* page.c - text, instants and numbers in HTML. */
#include "lib/report/page.h"

#include "lib/civil/civil.h"
#include "lib/report/text.h"

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
