/* resource.c - what names of resources mean: which service and municipalities they serve, and which
 * names are one and the same. */
#include "cli/alarm_view.h"
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/whole.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH	  "/api/v1/resources"
#define BYTES_MAX ((size_t)4 * 1024 * 1024)

/* --- looking --- */

int
vg_run_resource_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {{"name", "name"},
						   {"resource", "resource"},
						   {"service", "service"},
						   {"whom", "municipalities"},
						   {"parent", "through"},
						   {"author", "author"},
						   {NULL, NULL}};
	struct vg_path path;
	json_t *reply, *row;
	char codes[200];
	size_t i;
	int rc;

	if (!vg_path_start(&path, PATH) ||
	    !vg_path_query(&path, "limit", vg_cli_value(cli, "limit", NULL)) ||
	    !vg_path_query(&path, "offset", vg_cli_value(cli, "offset", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
		json_decref(reply);
		return rc;
	}
	json_array_foreach(json_object_get(reply, "resources"), i, row)
	{
		const bool served = *vg_alarm_text(row, "service") != '\0';

		if (*vg_alarm_text(row, "resource") == '\0')
			(void)json_object_set(row, "resource", json_object_get(row, "name"));
		(void)json_object_set_new(
			row, "whom",
			json_string(vg_alarm_join(json_object_get(row, "municipalities"),
						  served ? "alla" : "", codes, sizeof(codes))));
	}
	vg_print_table(json_object_get(reply, "resources"), columns);
	if (json_is_integer(json_object_get(reply, "next")))
		printf("Fler finns: --offset %" JSON_INTEGER_FORMAT "\n",
		       json_integer_value(json_object_get(reply, "next")));
	json_decref(reply);
	return VG_EXIT_OK;
}

int
vg_run_resource_unmapped(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {
		{"host", "host"},	 {"alarms", "alarms"},	  {"notices", "notices"},
		{"last", "last_heard"},	 {"newest.id", "newest"}, {"newest.severity", "severity"},
		{"newest.type", "kind"}, {"newest.text", "text"}, {NULL, NULL}};
	struct vg_path path;
	json_t *reply, *rows;
	int rc;

	if (!vg_path_start(&path, PATH "/unmapped") ||
	    !vg_path_query(&path, "limit", vg_cli_value(cli, "limit", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "unmapped");
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else if (json_array_size(rows) == 0)
		puts("Inga: registret känner varje värd som larmar.");
	else
		vg_print_table(rows, columns);
	json_decref(reply);
	return rc;
}

/* --- stating --- */

/* One row of the register. Takes it over. */
static int
state(struct vg_cli *cli, json_t *row)
{
	(void)json_object_set_new(row, "name", json_string(cli->operand[0]));
	return vg_body_post(cli, PATH, json_pack("{s:[o]}", "resources", row), cli->operand[0]);
}

int
vg_run_resource_set(struct vg_cli *cli)
{
	json_t *row = json_object();
	int rc = vg_body_text(cli, row, "resource", "resource");

	if (rc == 0)
		rc = vg_body_text(cli, row, "service", "service");
	if (rc == 0)
		rc = vg_body_list(cli, row, "municipality", "municipalities");
	if (rc == 0)
		rc = vg_body_text(cli, row, "parent", "parent");
	if (rc == 0 && json_object_size(row) == 0)
		rc = vg_cli_fail(cli, VG_EXIT_USAGE,
				 "expected --service, --resource, --municipality or --parent");
	if (rc == 0)
		return state(cli, row);
	json_decref(row);
	return rc;
}

int
vg_run_resource_remove(struct vg_cli *cli)
{
	return state(cli, json_pack("{s:b}", "removed", 1));
}

/* --- tables --- */

/* Every error with its place in the file, as compilers tell them. */
static int
print_errors(const struct vg_cli *cli, const json_t *problem)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(problem, "errors"), i, row)
	{
		fprintf(stderr, "%s:%" JSON_INTEGER_FORMAT ":%" JSON_INTEGER_FORMAT ": %s\n",
			cli->operand[0], json_integer_value(json_object_get(row, "line")),
			json_integer_value(json_object_get(row, "column")),
			vg_alarm_text(row, "detail"));
	}
	return vg_cli_fail(cli, VG_EXIT_MALFORMED,
			   "%s: %" JSON_INTEGER_FORMAT " errors; nothing was taken",
			   cli->operand[0], json_integer_value(json_object_get(problem, "wrong")));
}

int
vg_run_resource_import(struct vg_cli *cli)
{
	json_t *reply = NULL, *problem = NULL;
	size_t length = 0;
	char *bytes = vg_whole_file(cli, cli->operand[0], BYTES_MAX, &length);
	int rc;

	if (bytes == NULL)
		return VG_EXIT_MALFORMED;
	rc = vg_remote_try(cli, "POST", PATH, "text/csv", bytes, length, "errors", &reply,
			   &problem);
	free(bytes);
	if (problem != NULL) {
		rc = print_errors(cli, problem);
		json_decref(problem);
	}
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		printf("%s: %" JSON_INTEGER_FORMAT " rader, %" JSON_INTEGER_FORMAT
		       " nya eller ändrade, %" JSON_INTEGER_FORMAT " som förut\n",
		       cli->operand[0], json_integer_value(json_object_get(reply, "rows")),
		       json_integer_value(json_object_get(reply, "taken")),
		       json_integer_value(json_object_get(reply, "unchanged")));
	json_decref(reply);
	return rc;
}
