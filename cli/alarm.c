/* alarm.c - the list of what needs a look, alarm by alarm or as groups, and one alarm with its
 * history. */
#include "cli/alarm_view.h"
#include "cli/commands.h"
#include "lib/yaml/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH	  "/api/v1/alarms"
#define MINUTE_MS 60000
#define DAY_MS	  86400000

static int
too_long(const struct vg_cli *cli)
{
	return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
}

/* --- lists --- */

/* Puts the options that have the name of a query into the path. */
static bool
put_queries(const struct vg_cli *cli, struct vg_path *path)
{
	static const char *const names[] = {"severity", "service", "municipality", "resource",
					    "type",	"source",  "category",	   "text",
					    "hidden",	"limit",   "cursor",	   "group"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!vg_path_query(path, names[i], vg_cli_value(cli, names[i], NULL)))
			return false;
	return true;
}

/* --within, in whole minutes, as the daemon asks for them. */
static int
put_within(const struct vg_cli *cli, struct vg_path *path)
{
	const char *text = vg_cli_value(cli, "within", NULL);
	char minutes[32];
	int64_t ms;

	if (text == NULL)
		return 0;
	if (!vg_yaml_parse_duration(text, &ms) || ms < MINUTE_MS || ms > DAY_MS ||
	    ms % MINUTE_MS != 0)
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "--within %s: expected whole minutes up to a day, such as 15min "
				   "or 2h",
				   text);
	if (!vg_cli_flag(cli, "group"))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "--within is for groups: --group says "
				   "which");
	(void)snprintf(minutes, sizeof(minutes), "%" PRId64, ms / MINUTE_MS);
	return vg_path_query(path, "minutes", minutes) ? 0 : too_long(cli);
}

/* Why nothing is in the list; one further question tells a quiet region from one that nobody has
 * connected yet. */
static int
print_none(struct vg_cli *cli)
{
	json_t *reply;
	int rc = vg_remote_call(cli, "GET", PATH "/sources", NULL, &reply);

	if (rc != 0)
		return rc;
	if (json_array_size(json_object_get(reply, "sources")) == 0)
		puts("Inga larm: ingen källa har skickat något än. docs/alarms.md säger hur man "
		     "ansluter en.");
	else if (vg_cli_flag(cli, "ended") || vg_cli_flag(cli, "all"))
		puts("Inga larm som passar.");
	else
		printf("Inga aktiva larm%s. --hidden all visar dolda, --ended de som har "
		       "upphört.\n",
		       cli->givens > 0 ? " som passar" : "");
	json_decref(reply);
	return VG_EXIT_OK;
}

static int
print_alarms(struct vg_cli *cli, json_t *reply)
{
	static const struct vg_column columns[] = {
		{"id", "alarm"},	  {"severity", "severity"},   {"raised", "raised"},
		{"resource", "resource"}, {"kind", "kind"},	      {"count", "notices"},
		{"service", "service"},	  {"whom", "municipalities"}, {"standing", "standing"},
		{"ticket", "ticket"},	  {"text", "text"},	      {NULL, NULL}};
	static const char *const spare[] = {"count", "whom", "ticket", "service", NULL};
	json_t *rows = json_object_get(reply, "alarms"), *row;
	const json_t *next = json_object_get(reply, "next");
	size_t i;

	if (json_array_size(rows) == 0 && !json_is_integer(next))
		return print_none(cli);
	json_array_foreach(rows, i, row) vg_alarm_dress(row);
	vg_print_table_spare(rows, columns, spare);
	if (json_is_integer(next))
		printf("Fler finns: --cursor %" JSON_INTEGER_FORMAT "\n", json_integer_value(next));
	return VG_EXIT_OK;
}

static int
print_groups(struct vg_cli *cli, json_t *reply)
{
	static const struct vg_column columns[] = {{"group", "group"},
						   {"worst", "severity"},
						   {"alarms", "alarms"},
						   {"notices", "notices"},
						   {"last", "last_heard"},
						   {"first.id", "first"},
						   {"first.type", "kind"},
						   {"newest.id", "newest"},
						   {"newest.type", "kind"},
						   {"newest.text", "text"},
						   {NULL, NULL}};
	static const char *const spare[] = {"first.id", "newest.type", "newest.id", "notices",
					    NULL};
	json_t *rows = json_object_get(reply, "groups"), *row;
	const json_int_t left_out = json_integer_value(json_object_get(reply, "left_out"));
	size_t i;

	if (json_array_size(rows) == 0)
		return print_none(cli);
	json_array_foreach(rows, i, row)
	{
		if (*vg_alarm_text(row, "group") == '\0')
			(void)json_object_set_new(row, "group", json_string("okänd"));
	}
	vg_print_table_spare(rows, columns, spare);
	if (left_out > 0)
		printf("%" JSON_INTEGER_FORMAT " larm till ryms inte i grupperna.\n", left_out);
	return VG_EXIT_OK;
}

int
vg_run_alarm_list(struct vg_cli *cli)
{
	const char *state = vg_cli_flag(cli, "all")	? "all"
			    : vg_cli_flag(cli, "ended") ? "ended"
							: NULL;
	struct vg_path path;
	json_t *reply;
	int rc;

	if (!vg_path_start(&path, PATH) || !put_queries(cli, &path) ||
	    !vg_path_query(&path, "state", state))
		return too_long(cli);
	rc = put_within(cli, &path);
	if (rc == 0)
		rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		rc = vg_cli_flag(cli, "group") ? print_groups(cli, reply)
					       : print_alarms(cli, reply);
	json_decref(reply);
	return rc;
}

int
vg_run_alarm_sources(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {
		{"source", "source"}, {"received", "last_heard"}, {"notices", "notices"},
		{"events", "rows"},   {"silent", "silent"},	  {NULL, NULL}};

	return vg_remote_list(cli, PATH "/sources", columns);
}

/* --- one alarm --- */

/* NULL reply: an exit code was returned. */
static int
get_alarm(struct vg_cli *cli, json_t **reply)
{
	struct vg_path path;

	if (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]))
		return too_long(cli);
	return vg_remote_call(cli, "GET", path.text, NULL, reply);
}

static void
print_history(json_t *alarm)
{
	static const struct vg_column columns[] = {
		{"at", "time"}, {"received", "received"}, {"what", "what"}, {"actor", "by"},
		{"seq", "seq"}, {"text", "text"},	  {NULL, NULL}};
	json_t *rows = json_object_get(alarm, "history"), *row;
	const json_int_t changes = json_integer_value(json_object_get(alarm, "changes"));
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *severity = vg_alarm_text(row, "severity");

		(void)json_object_set_new(
			row, "what",
			json_string(*severity != '\0'
					    ? vg_words_value("severity", severity)
					    : vg_words_value("operator",
							     vg_alarm_text(row, "operator"))));
	}
	vg_print_table(rows, columns);
	if (changes > (json_int_t)json_array_size(rows))
		printf("%" JSON_INTEGER_FORMAT " ändringar i allt; de äldsta visas inte.\n",
		       changes);
}

int
vg_run_alarm_history(struct vg_cli *cli)
{
	json_t *reply;
	int rc = get_alarm(cli, &reply);

	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, json_object_get(reply, "history"));
	else
		print_history(reply);
	json_decref(reply);
	return rc;
}

/* Members in the order in which a reader asks: what, how bad, since when, whom, what was done. */
static void
print_alarm(json_t *alarm)
{
	static const char *const members[] = {
		"id",	      "standing",     "severity", "worst",    "resource",    "stated",
		"type",	      "qualifier",    "category", "text",     "raised",	     "received",
		"last",	      "cleared",      "count",	  "changes",  "service",     "whom",
		"sources",    "rule",	      "peer",	  "actor",    "reason",	     "operator_at",
		"until",      "acknowledged", "ticket",	  "previous", "merged_into", "proposals",
		"raised_seq", "last_seq"};
	char text[VG_WORDS_MAX], list[400];

	vg_alarm_dress(alarm);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const json_t *value = json_object_get(alarm, members[i]);
		const char *shown = json_is_array(value)
					    ? vg_alarm_join(value, "", list, sizeof(list))
					    : vg_value_text(members[i], value, text);
		const char *name = strcmp(members[i], "whom") == 0    ? "municipalities"
				   : strcmp(members[i], "count") == 0 ? "notices"
								      : members[i];

		if (*shown == '\0')
			continue;
		vg_put_padded(vg_words_member(name), 28, false);
		printf(" %s\n", shown);
	}
	puts("\nHistorik");
	print_history(alarm);
}

int
vg_run_alarm_show(struct vg_cli *cli)
{
	const bool asked = vg_cli_flag(cli, "evidence");
	json_t *reply, *evidence = NULL;
	int rc;

	if (!asked && vg_cli_flag(cli, "limit"))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--limit is for --evidence");
	rc = get_alarm(cli, &reply);
	if (rc != 0)
		return rc;
	if (asked)
		rc = vg_alarm_evidence(cli, reply, &evidence);
	if (rc == 0 && vg_cli_flag(cli, "json")) {
		if (asked)
			(void)json_object_set(reply, "evidence", evidence);
		rc = vg_print_json(cli, reply);
	} else if (rc == 0) {
		print_alarm(reply);
		if (asked)
			vg_alarm_print_evidence(reply, evidence);
	}
	json_decref(evidence);
	json_decref(reply);
	return rc;
}
