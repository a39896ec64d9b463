/* plan_print.c - changed cells on the terminal.
 *
 * A window over a region changes hundreds of cells in the same way. The hard thing is to say that
 * once without hiding anything: cells are held together by the very lines that tell of their
 * change, and the scopes of each group are folded, channels first and municipalities within. */
#include "cli/plan_print.h"

#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MONTH_LETTERS 7 /* of "2026-11" */
#define NAMED_MAX     6 /* so many municipalities are named, more are counted */

static int64_t
int_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* The cell as it would be, or was when there would be none. */
static const json_t *
cell_of(const json_t *change)
{
	const json_t *is = json_object_get(change, "is");

	return is != NULL ? is : json_object_get(change, "was");
}

static void
print_municipality(const struct vg_agreement *agreement, const char *code)
{
	const struct vg_municipality *known = vg_agreement_municipality(agreement, code);

	if (*code == '\0')
		printf("hela regionen");
	else
		printf("%s (%s)", known != NULL ? known->name : "kommun", code);
}

/* --- verdicts --- */

static const char *
share_or_dash(const json_t *cell, char out[VG_NUMBER_MAX])
{
	(void)vg_share_text(int_of(cell, "num"), int_of(cell, "den"), out);
	return *out != '\0' ? out : "-";
}

static void
print_verdict(const json_t *change, const struct vg_agreement *agreement)
{
	const json_t *was = json_object_get(change, "was"), *is = json_object_get(change, "is");
	const json_t *cell = cell_of(change);
	char a[VG_NUMBER_MAX], b[VG_NUMBER_MAX];

	printf("  %s  %s, ", text_of(cell, "month"), text_of(cell, "service"));
	if (*text_of(cell, "channel") != '\0')
		printf("kanal %s, ", text_of(cell, "channel"));
	print_municipality(agreement, text_of(cell, "municipality"));
	printf(": %s -> %s (%s -> %s %%)\n", vg_avail_verdict_words(text_of(was, "verdict")),
	       vg_avail_verdict_words(text_of(is, "verdict")), share_or_dash(was, a),
	       share_or_dash(is, b));
}

static void
print_verdicts(const json_t *changes, const struct vg_agreement *agreement)
{
	const json_t *change;
	bool any = false;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		if (strcmp(text_of(json_object_get(change, "was"), "verdict"),
			   text_of(json_object_get(change, "is"), "verdict")) == 0)
			continue;
		if (!any)
			puts("Utfall som vänds:");
		any = true;
		print_verdict(change, agreement);
	}
}

/* --- groups --- */

static void
put_seconds(FILE *out, const char *label, const json_t *was, const json_t *is, const char *member)
{
	char a[VG_NUMBER_MAX], b[VG_NUMBER_MAX];

	if (int_of(was, member) != int_of(is, member))
		fprintf(out, "    %s %s -> %s s\n", label, vg_number_text(int_of(was, member), a),
			vg_number_text(int_of(is, member), b));
}

static void
put_change(FILE *out, const json_t *was, const json_t *is)
{
	static const char *const seconds[][2] = {{"avtalad tid utan fönster", "base_s"},
						 {"fönster", "excluded_s"},
						 {"nere", "down_s"},
						 {"nedsatt", "degraded_s"},
						 {"av yttre orsak", "external_s"},
						 {"omätt", "unknown_s"},
						 {"väntar på andra person", "provisional_s"},
						 {"kvar av månadens budget", "budget_month_s"}};
	char a[VG_NUMBER_MAX], b[VG_NUMBER_MAX];
	const char *before = share_or_dash(was, a), *after = share_or_dash(is, b);

	if (strcmp(before, after) != 0)
		fprintf(out, "    tillgänglighet %s -> %s %%\n", before, after);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		put_seconds(out, seconds[i][0], was, is, seconds[i][1]);
	if (int_of(was, "outages") != int_of(is, "outages"))
		fprintf(out, "    avbrott %" PRId64 " -> %" PRId64 "\n", int_of(was, "outages"),
			int_of(is, "outages"));
}

/* Month and lines of a change, malloc'ed: equal for all cells that are printed together. */
static char *
change_text(const json_t *change)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return NULL;
	fprintf(out, "%s\n", text_of(cell_of(change), "month"));
	put_change(out, json_object_get(change, "was"), json_object_get(change, "is"));
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* The object or array under a key, made when it is not there. */
static json_t *
under(json_t *object, const char *key, json_t *(*make)(void))
{
	if (json_object_get(object, key) == NULL)
		(void)json_object_set_new_nocheck(object, key, make());
	return json_object_get(object, key);
}

/* {change's text: {service: {channel: [municipality, ...]}}}, in the order of the cells. */
static json_t *
groups_of(const json_t *changes)
{
	json_t *groups = json_object();
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		const json_t *cell = cell_of(change);
		const char *channel = text_of(cell, "channel");
		char *text = change_text(change);
		json_t *services;

		if (text == NULL)
			continue;
		services = under(groups, text, json_object);
		(void)json_array_append_new(
			under(under(services, text_of(cell, "service"), json_object),
			      *channel != '\0' ? channel : "*", json_array),
			json_string(text_of(cell, "municipality")));
		free(text);
	}
	return groups;
}

static void
print_municipalities(const json_t *codes, const struct vg_agreement *agreement)
{
	size_t count = json_array_size(codes), i;
	bool region = count > 0 && *json_string_value(json_array_get(codes, count - 1)) == '\0';
	const json_t *code;

	if (count > NAMED_MAX) {
		printf("%zu kommuner%s", count - region, region ? " och hela regionen" : "");
		return;
	}
	json_array_foreach(codes, i, code)
	{
		printf("%s", i > 0 ? ", " : "");
		print_municipality(agreement, json_string_value(code));
	}
}

/* A line for the channels that have the same municipalities. */
static void
print_service(const char *service, const json_t *channels, const struct vg_agreement *agreement)
{
	json_t *folded = json_object(), *codes, *names;
	const char *channel, *key;

	json_object_foreach((json_t *)(uintptr_t)channels, channel, codes)
	{
		char *text = json_dumps(codes, JSON_COMPACT);

		if (text != NULL)
			(void)json_array_append_new(
				under(folded, text, json_array),
				json_string(strcmp(channel, "*") == 0 ? "alla kanaler" : channel));
		free(text);
	}
	json_object_foreach(folded, key, names)
	{
		const json_t *name;
		size_t i;

		printf("  %s, ", service);
		json_array_foreach(names, i, name)
			printf("%s%s", i > 0 ? ", " : "", json_string_value(name));
		printf(": ");
		codes = json_loads(key, 0, NULL);
		print_municipalities(codes, agreement);
		json_decref(codes);
		putchar('\n');
	}
	json_decref(folded);
}

static void
print_group(const char *text, const json_t *services, const struct vg_agreement *agreement)
{
	const char *lines = strchr(text, '\n') + 1, *service;
	json_t *channels;

	json_object_foreach((json_t *)(uintptr_t)services, service, channels)
		print_service(service, channels, agreement);
	printf("%s", *lines != '\0'
			     ? lines
			     : "    inget av detta, men annat i cellen (--json visar allt)\n");
}

void
vg_plan_print(const json_t *changes, const struct vg_agreement *agreement)
{
	json_t *groups = groups_of(changes), *services;
	const char *text, *month = "";

	print_verdicts(changes, agreement);
	json_object_foreach(groups, text, services)
	{
		if (strncmp(month, text, MONTH_LETTERS) != 0)
			printf("%.*s\n", MONTH_LETTERS, text);
		month = text;
		print_group(text, services, agreement);
	}
	json_decref(groups);
}
