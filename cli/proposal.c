/* proposal.c - what alarms together propose: an outage or a major incident, for a person to decide.
 */
#include "cli/alarm_view.h"
#include "cli/body.h"
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#define PATH "/api/v1/proposals"

static void
dress(json_t *proposal)
{
	const char *kind = vg_alarm_text(proposal, "kind");
	char codes[200];

	(void)json_object_set_new(proposal, "kind", json_string(vg_words_value("proposal", kind)));
	(void)json_object_set_new(
		proposal, "state",
		json_string(vg_words_value("proposal_state", vg_alarm_text(proposal, "state"))));
	(void)json_object_set_new(
		proposal, "whom",
		json_string(vg_alarm_join(json_object_get(proposal, "municipalities"), "alla",
					  codes, sizeof(codes))));
}

int
vg_run_proposal_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {
		{"id", "proposal"},	    {"kind", "kind"},	   {"service", "service"},
		{"whom", "municipalities"}, {"from", "start"},	   {"to", "end"},
		{"alarm_count", "alarms"},  {"state", "standing"}, {"actor", "by"},
		{"made", "made_what"},	    {NULL, NULL}};
	struct vg_path path;
	json_t *reply, *rows, *row;
	size_t i;
	int rc;

	if (!vg_path_start(&path, PATH) ||
	    !vg_path_query(&path, "state", vg_cli_flag(cli, "all") ? "all" : NULL) ||
	    !vg_path_query(&path, "limit", vg_cli_value(cli, "limit", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "proposals");
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else if (json_array_size(rows) == 0) {
		puts(vg_cli_flag(cli, "all") ? "Inga förslag än."
					     : "Inga förslag väntar; --all visar de tidigare.");
	} else {
		json_array_foreach(rows, i, row) dress(row);
		vg_print_table(rows, columns);
	}
	json_decref(reply);
	return rc;
}

int
vg_run_proposal_show(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {
		{"id", "alarm"},	  {"severity", "severity"}, {"raised", "raised"},
		{"resource", "resource"}, {"kind", "kind"},	    {"whom", "municipalities"},
		{"standing", "standing"}, {"text", "text"},	    {NULL, NULL}};
	struct vg_path path;
	json_t *reply, *rows, *row;
	size_t i;
	int rc;

	if (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "members");
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else {
		dress(reply);
		(void)json_object_set_new(reply, "municipalities",
					  json_string(vg_alarm_text(reply, "whom")));
		(void)json_object_del(reply, "whom");
		vg_print_members(reply);
		puts("\nLarm");
		json_array_foreach(rows, i, row) vg_alarm_dress(row);
		vg_print_table(rows, columns);
	}
	json_decref(reply);
	return rc;
}

static int
decide(struct vg_cli *cli, const char *verb, json_t *body, int rc)
{
	struct vg_path path;

	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	if (rc == 0 && (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]) ||
			!vg_path_part(&path, verb)))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	if (rc == 0)
		return vg_body_post(cli, path.text, body, cli->operand[0]);
	json_decref(body);
	return rc;
}

int
vg_run_proposal_accept(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = vg_body_require(cli, "reason", "why it is so");

	if (rc == 0)
		rc = vg_body_text(cli, body, "cause", "cause");
	return decide(cli, "accept", body, rc);
}

int
vg_run_proposal_refuse(struct vg_cli *cli)
{
	return decide(cli, "refuse", json_object(),
		      vg_body_require(cli, "reason", "why it is not so"));
}
