/* html_peers.c - a municipality's fee beside that of its size category and its federation. */
#include "lib/report/page.h"

#include "lib/report/text.h"

#include <string.h>

/* "Kommunen själv", "Små kommuner", "Kommunalförbundet GR". */
static void
put_name(const struct vg_page *page, const json_t *group)
{
	const char *kind = vg_grid_text(group, "kind"), *name = vg_grid_text(group, "name");

	fputs("<tr><th scope=row>", page->out);
	if (strcmp(kind, "federation") == 0)
		fprintf(page->out, "%s ", vg_say(page, "Kommunalförbundet"));
	vg_page_text(page, strcmp(kind, "size") == 0 ? vg_say(page, vg_size_words(name)) : name);
	fputs("</th>", page->out);
}

/* [öre, users] as kronor per user, cut to whole öre. */
static void
put_money(const struct vg_page *page, const json_t *group, const char *member)
{
	const json_t *pair = json_object_get(group, member);

	vg_page_money(page, json_integer_value(json_array_get(pair, 0)) /
				    json_integer_value(json_array_get(pair, 1)));
}

void
vg_page_peers(const struct vg_page *page)
{
	static const char *const heads[] = {"Grupp",
					    "Kommuner",
					    "Användare",
					    "Ärenden per användare",
					    "Support per användare",
					    "Drift och förvaltning per användare",
					    NULL};
	const json_t *groups = json_object_get(json_object_get(page->model, "fee"), "peers"),
		     *group;
	size_t i;

	if (json_array_size(groups) == 0)
		return;
	fprintf(page->out, "<h3 id=\"jamforelse\">%s</h3>\n", vg_say(page, "Jämfört med andra"));
	vg_page_table(page,
		      "Månaden per användare; en grupp räknas bara när den har tillräckligt många "
		      "kommuner med underlag, kommunen själv inräknad",
		      heads, 1);
	json_array_foreach(groups, i, group)
	{
		const json_t *tickets = json_object_get(group, "tickets");
		char text[VG_NUMBER_MAX];

		put_name(page, group);
		vg_page_number(page, vg_grid_int(group, "municipalities"));
		vg_page_number(page, vg_grid_int(group, "users"));
		fprintf(page->out, "<td class=n>%s</td>",
			vg_say_number(page,
				      vg_figure_text(VG_KPI_PER_USER_T12,
						     json_integer_value(json_array_get(tickets, 0)),
						     json_integer_value(json_array_get(tickets, 1)),
						     true, text)));
		put_money(page, group, "support");
		put_money(page, group, "operation");
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
}
