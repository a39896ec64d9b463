/* html_outage.c - outages in the report, what persons say of them, and service windows.
 *
 * What is down in a whole region at once is one outage to its readers and 49 to the count: rows
 * that differ by their municipality alone are told as one. */
#include "lib/report/grid.h"
#include "lib/report/page.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <string.h>

/* Equal outages of several municipalities have one key; numbers last, so that no text can run into
 * another. */
static json_t *
group_key(const json_t *row)
{
	return json_sprintf(
		"%s/%s/%s/%s/%s/%d/%d/%" PRId64 "/%" PRId64 "/%" PRId64,
		vg_grid_text(row, "service"),
		json_object_get(row, "channel") != NULL ? vg_grid_text(row, "channel") : "*",
		vg_grid_text(row, "cause"), vg_grid_text(row, "record"), vg_grid_text(row, "root"),
		json_is_true(json_object_get(row, "running")),
		json_is_true(json_object_get(row, "provisional")), vg_grid_int(row, "from_ms"),
		vg_grid_int(row, "to_ms"), vg_grid_int(row, "counted_s"));
}

/* {key: [outage, ...]} in the order of the first of each; NULL = out of memory. */
static json_t *
group_outages(const json_t *outages)
{
	json_t *groups = json_object(), *row;
	size_t i;

	json_array_foreach(outages, i, row)
	{
		json_t *name = group_key(row), *group;
		const char *key = json_string_value(name);

		if (key != NULL && json_object_get(groups, key) == NULL)
			(void)json_object_set_new(groups, key, json_array());
		group = key != NULL ? json_object_get(groups, key) : NULL;
		json_decref(name);
		if (group == NULL || json_array_append(group, row) != 0) {
			json_decref(groups);
			return NULL;
		}
	}
	return groups;
}

/* One municipality by name, several by their number and, unfolded, their names. */
static void
put_municipalities(const struct vg_page *page, const json_t *group)
{
	size_t count = json_array_size(group), i;
	const json_t *row;

	if (count == 1) {
		vg_page_municipality(page, json_array_get(group, 0));
		return;
	}
	fprintf(page->out, "<td><details><summary>%zu %s</summary>", count,
		vg_say(page, "kommuner"));
	json_array_foreach(group, i, row)
	{
		fputs(i > 0 ? ", " : "", page->out);
		vg_page_text(page,
			     vg_grid_municipality(page->model, vg_grid_text(row, "municipality")));
	}
	fputs("</details></td>", page->out);
}

static void
put_group(const struct vg_page *page, const json_t *group)
{
	const json_t *row = json_array_get(group, 0);
	const char *record = vg_grid_text(row, "record");

	vg_page_service(page, row);
	vg_page_channel(page, row);
	put_municipalities(page, group);
	vg_page_at(page, vg_grid_int(row, "from_ms"));
	if (json_is_true(json_object_get(row, "running")))
		vg_page_cell(page, vg_say(page, "pågår"));
	else
		vg_page_at(page, vg_grid_int(row, "to_ms"));
	vg_page_cell(page, vg_say(page, vg_party_words_sv(vg_grid_text(row, "cause"))));
	fputs("<td>", page->out);
	vg_page_text(page, *record != '\0' ? record : vg_say(page, "mätning"));
	if (json_is_true(json_object_get(row, "provisional")))
		fprintf(page->out, ", %s", vg_say(page, "väntar på andra person"));
	fputs("</td>", page->out);
	vg_page_cell(page, vg_grid_name(page->model, "services", vg_grid_text(row, "root")));
	vg_page_length(page, vg_grid_int(row, "counted_s"));
	fputs("</tr>\n", page->out);
}

int
vg_page_outages(const struct vg_page *page)
{
	static const char *const heads[] = {"Tjänst", "Kanal",	"Kommun",      "Från",	 "Till",
					    "Orsak",  "Enligt", "Kommer från", "Räknas", NULL};
	const json_t *outages = json_object_get(page->model, "outages");
	json_t *groups, *group;
	const char *key;

	if (json_array_size(outages) == 0) {
		fprintf(page->out, "<p>%s</p>\n", vg_say(page, "Inga avbrott mättes."));
		return 0;
	}
	groups = group_outages(outages);
	if (groups == NULL)
		return VG_ENOMEM;
	vg_page_table(page, "Avbrott som rör månaden, hela; lika i flera kommuner står en gång",
		      heads, 8);
	json_object_foreach(groups, key, group) put_group(page, group);
	vg_page_table_end(page);
	json_decref(groups);
	return 0;
}

/* Names of ids in one cell; "alla" when none is named. */
static void
put_ids(const struct vg_page *page, const json_t *row, const char *member)
{
	const json_t *ids = json_object_get(row, member), *id;
	size_t i;

	fputs("<td>", page->out);
	json_array_foreach(ids, i, id)
	{
		const char *text = json_string_value(id);

		fputs(i > 0 ? ", " : "", page->out);
		vg_page_text(page, strcmp(member, "services") == 0
					   ? vg_grid_name(page->model, member, text)
					   : vg_grid_municipality(page->model, text));
	}
	fputs(json_array_size(ids) == 0 ? vg_say(page, "alla") : "", page->out);
	fputs("</td>", page->out);
}

static const char *
judged(const json_t *row)
{
	if (json_is_true(json_object_get(row, "withdrawn")))
		return "återtagen";
	return json_is_true(json_object_get(row, "waiting")) ? "väntar på andra person" : "godkänd";
}

void
vg_page_windows(const struct vg_page *page)
{
	static const char *const heads[] = {"Fönster", "Namn", "Tjänster", "Kommuner", "Från",
					    "Till",    "Slag", "Läge",	   NULL};
	const json_t *windows = json_object_get(page->model, "windows"), *row;
	size_t i;

	if (json_array_size(windows) == 0)
		return;
	fprintf(page->out, "<h3>%s</h3>\n", vg_say(page, "Servicefönster"));
	vg_page_table(page, "Planerade, akuta och återtagna", heads, 8);
	json_array_foreach(windows, i, row)
	{
		fprintf(page->out, "<tr><th scope=row>%s</th>", vg_grid_text(row, "id"));
		vg_page_cell(page, vg_grid_text(row, "name"));
		put_ids(page, row, "services");
		put_ids(page, row, "municipalities");
		vg_page_at(page, vg_grid_int(row, "from_ms"));
		vg_page_at(page, vg_grid_int(row, "to_ms"));
		vg_page_cell(page,
			     vg_say(page, strcmp(vg_grid_text(row, "category"), "emergency") == 0
						  ? "akut"
						  : "planerat"));
		vg_page_cell(page, vg_say(page, judged(row)));
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
}

void
vg_page_records(const struct vg_page *page)
{
	static const char *const heads[] = {"Bedömning", "Verkan", "Tjänst", "Kommuner", "Från",
					    "Till",	 "Orsak",  "Läge",   NULL};
	static const char *const effects[][2] = {{"down", "nere"},
						 {"degraded", "nedsatt"},
						 {"cause", "orsak"},
						 {"refute", "felmätt"}};
	const json_t *records = json_object_get(page->model, "outage_records"), *row;
	size_t i;

	if (json_array_size(records) == 0)
		return;
	fprintf(page->out, "<h3>%s</h3>\n", vg_say(page, "Personers bedömningar"));
	vg_page_table(page, "Gäller genast; en andra person godkänner", heads, 8);
	json_array_foreach(records, i, row)
	{
		const char *effect = vg_grid_text(row, "effect");

		fprintf(page->out, "<tr><th scope=row>%s</th>", vg_grid_text(row, "id"));
		for (size_t e = 0; e < sizeof(effects) / sizeof(effects[0]); e++)
			if (strcmp(effects[e][0], effect) == 0)
				vg_page_cell(page, vg_say(page, effects[e][1]));
		vg_page_cell(page,
			     vg_grid_name(page->model, "services", vg_grid_text(row, "service")));
		put_ids(page, row, "municipalities");
		vg_page_at(page, vg_grid_int(row, "from_ms"));
		if (json_object_get(row, "to_ms") != NULL)
			vg_page_at(page, vg_grid_int(row, "to_ms"));
		else
			vg_page_cell(page, vg_say(page, "tills vidare"));
		vg_page_cell(page, vg_say(page, vg_party_words_sv(vg_grid_text(row, "cause"))));
		vg_page_cell(page, vg_say(page, judged(row)));
		fputs("</tr>\n", page->out);
	}
	vg_page_table_end(page);
}
