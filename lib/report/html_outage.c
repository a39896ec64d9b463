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
put_municipalities(FILE *out, const json_t *model, const json_t *group)
{
	size_t count = json_array_size(group), i;
	const json_t *row;

	if (count == 1) {
		vg_page_municipality(out, model, json_array_get(group, 0));
		return;
	}
	fprintf(out, "<td><details><summary>%zu kommuner</summary>", count);
	json_array_foreach(group, i, row)
	{
		fputs(i > 0 ? ", " : "", out);
		vg_page_text(out, vg_grid_municipality(model, vg_grid_text(row, "municipality")));
	}
	fputs("</details></td>", out);
}

static void
put_group(FILE *out, const json_t *model, const json_t *group)
{
	const json_t *row = json_array_get(group, 0);
	const char *record = vg_grid_text(row, "record");

	vg_page_service(out, model, row);
	vg_page_channel(out, model, row);
	put_municipalities(out, model, group);
	vg_page_at(out, vg_grid_int(row, "from_ms"));
	if (json_is_true(json_object_get(row, "running")))
		vg_page_cell(out, "pågår");
	else
		vg_page_at(out, vg_grid_int(row, "to_ms"));
	vg_page_cell(out, vg_party_words_sv(vg_grid_text(row, "cause")));
	fputs("<td>", out);
	vg_page_text(out, *record != '\0' ? record : "mätning");
	fputs(json_is_true(json_object_get(row, "provisional")) ? ", väntar på andra person</td>"
								: "</td>",
	      out);
	vg_page_cell(out, vg_grid_name(model, "services", vg_grid_text(row, "root")));
	vg_page_length(out, vg_grid_int(row, "counted_s"));
	fputs("</tr>\n", out);
}

int
vg_page_outages(FILE *out, const json_t *model)
{
	static const char *const heads[] = {"Tjänst", "Kanal",	"Kommun",      "Från",	 "Till",
					    "Orsak",  "Enligt", "Kommer från", "Räknas", NULL};
	const json_t *outages = json_object_get(model, "outages");
	json_t *groups, *group;
	const char *key;

	if (json_array_size(outages) == 0) {
		fputs("<p>Inga avbrott mättes.</p>\n", out);
		return 0;
	}
	groups = group_outages(outages);
	if (groups == NULL)
		return VG_ENOMEM;
	vg_page_table(out, "Avbrott som rör månaden, hela; lika i flera kommuner står en gång",
		      heads, 8);
	json_object_foreach(groups, key, group) put_group(out, model, group);
	vg_page_table_end(out);
	json_decref(groups);
	return 0;
}

/* Names of ids in one cell; "alla" when none is named. */
static void
put_ids(FILE *out, const json_t *model, const json_t *row, const char *member)
{
	const json_t *ids = json_object_get(row, member), *id;
	size_t i;

	fputs("<td>", out);
	json_array_foreach(ids, i, id)
	{
		const char *text = json_string_value(id);

		fputs(i > 0 ? ", " : "", out);
		vg_page_text(out, strcmp(member, "services") == 0
					  ? vg_grid_name(model, member, text)
					  : vg_grid_municipality(model, text));
	}
	fputs(json_array_size(ids) == 0 ? "alla</td>" : "</td>", out);
}

static const char *
judged(const json_t *row)
{
	if (json_is_true(json_object_get(row, "withdrawn")))
		return "återtagen";
	return json_is_true(json_object_get(row, "waiting")) ? "väntar på andra person" : "godkänd";
}

void
vg_page_windows(FILE *out, const json_t *model)
{
	static const char *const heads[] = {"Fönster", "Namn", "Tjänster", "Kommuner", "Från",
					    "Till",    "Slag", "Läge",	   NULL};
	const json_t *windows = json_object_get(model, "windows"), *row;
	size_t i;

	if (json_array_size(windows) == 0)
		return;
	fputs("<h3>Servicefönster</h3>\n", out);
	vg_page_table(out, "Planerade, akuta och återtagna", heads, 8);
	json_array_foreach(windows, i, row)
	{
		fprintf(out, "<tr><th scope=row>%s</th>", vg_grid_text(row, "id"));
		vg_page_cell(out, vg_grid_text(row, "name"));
		put_ids(out, model, row, "services");
		put_ids(out, model, row, "municipalities");
		vg_page_at(out, vg_grid_int(row, "from_ms"));
		vg_page_at(out, vg_grid_int(row, "to_ms"));
		vg_page_cell(out, strcmp(vg_grid_text(row, "category"), "emergency") == 0
					  ? "akut"
					  : "planerat");
		vg_page_cell(out, judged(row));
		fputs("</tr>\n", out);
	}
	vg_page_table_end(out);
}

void
vg_page_records(FILE *out, const json_t *model)
{
	static const char *const heads[] = {"Bedömning", "Verkan", "Tjänst", "Kommuner", "Från",
					    "Till",	 "Orsak",  "Läge",   NULL};
	static const char *const effects[][2] = {{"down", "nere"},
						 {"degraded", "nedsatt"},
						 {"cause", "orsak"},
						 {"refute", "felmätt"}};
	const json_t *records = json_object_get(model, "outage_records"), *row;
	size_t i;

	if (json_array_size(records) == 0)
		return;
	fputs("<h3>Personers bedömningar</h3>\n", out);
	vg_page_table(out, "Gäller genast; en andra person godkänner", heads, 8);
	json_array_foreach(records, i, row)
	{
		const char *effect = vg_grid_text(row, "effect");

		fprintf(out, "<tr><th scope=row>%s</th>", vg_grid_text(row, "id"));
		for (size_t e = 0; e < sizeof(effects) / sizeof(effects[0]); e++)
			if (strcmp(effects[e][0], effect) == 0)
				vg_page_cell(out, effects[e][1]);
		vg_page_cell(out, vg_grid_name(model, "services", vg_grid_text(row, "service")));
		put_ids(out, model, row, "municipalities");
		vg_page_at(out, vg_grid_int(row, "from_ms"));
		if (json_object_get(row, "to_ms") != NULL)
			vg_page_at(out, vg_grid_int(row, "to_ms"));
		else
			vg_page_cell(out, "tills vidare");
		vg_page_cell(out, vg_party_words_sv(vg_grid_text(row, "cause")));
		vg_page_cell(out, judged(row));
		fputs("</tr>\n", out);
	}
	vg_page_table_end(out);
}
