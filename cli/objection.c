/* objection.c - what a municipality objects to in a statement, and how it was decided. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/remote.h"

#include <stdio.h>
#include <string.h>

#define PATH "/api/v1/objections"

static void
dress(json_t *objection)
{
	const char *state = json_string_value(json_object_get(objection, "state"));

	(void)json_object_set_new(
		objection, "standing",
		json_string(vg_words_value("objection_state", state != NULL ? state : "")));
	if (!json_is_string(json_object_get(objection, "ticket")))
		(void)json_object_set_new(objection, "ticket", json_string("antalet användare"));
}

int
vg_run_objection_list(struct vg_cli *cli)
{
	static const char *const queries[] = {"month", "municipality", "limit", "cursor"};
	static const struct vg_column columns[] = {
		{"id", "objection"},	      {"municipality", "municipality"},
		{"month", "month"},	      {"ticket", "ticket"},
		{"raised", "raised_at"},      {"standing", "standing"},
		{"decided_by", "decided_by"}, {"reason", "reason"},
		{"answer", "answer"},	      {NULL, NULL}};
	struct vg_path path;
	json_t *reply, *rows, *row;
	bool fits = vg_path_start(&path, PATH) &&
		    vg_path_query(&path, "state", vg_cli_flag(cli, "all") ? "all" : "open");
	size_t i;
	int rc;

	for (i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		fits = fits &&
		       vg_path_query(&path, queries[i], vg_cli_value(cli, queries[i], NULL));
	if (!fits)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "objections");
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else if (json_array_size(rows) == 0) {
		puts(vg_cli_flag(cli, "all") ? "Inga invändningar."
					     : "Ingen invändning väntar; --all visar de avgjorda.");
	} else {
		json_array_foreach(rows, i, row) dress(row);
		vg_print_table(rows, columns);
	}
	json_decref(reply);
	return rc;
}

int
vg_run_objection_raise(struct vg_cli *cli)
{
	json_t *body = json_object();
	int month, rc = vg_cli_month(cli, cli->operand[0], &month);

	if (rc == 0)
		rc = vg_body_require(cli, "reason", "what is wrong with it");
	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	if (rc == 0)
		rc = vg_body_text(cli, body, "municipality", "municipality");
	if (rc == 0)
		(void)json_object_set_new(body, "month", json_string(cli->operand[0]));
	if (rc == 0 && cli->operands > 1 &&
	    json_object_set_new(body, "ticket", json_string(cli->operand[1])) != 0)
		rc = vg_cli_fail(cli, VG_EXIT_MALFORMED, "TICKET: expected text in UTF-8");
	if (rc == 0)
		return vg_body_post(cli, PATH, body, cli->operand[0]);
	json_decref(body);
	return rc;
}

static int
decide(struct vg_cli *cli, bool accepted)
{
	json_t *body = json_pack("{sb}", "accepted", accepted);
	struct vg_path path;
	int rc = vg_body_require(cli, "reason", "the answer to the municipality");

	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	if (rc == 0 && (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]) ||
			!vg_path_part(&path, "decide")))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	if (rc == 0)
		return vg_body_post(cli, path.text, body, cli->operand[0]);
	json_decref(body);
	return rc;
}

int
vg_run_objection_accept(struct vg_cli *cli)
{
	return decide(cli, true);
}

int
vg_run_objection_reject(struct vg_cli *cli)
{
	return decide(cli, false);
}
