/* comment.c - a person's words on a missed target: cause, action, who answers for it, and by when.
 */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/remote.h"

#include <stdio.h>

#define PATH "/api/v1/comments"

int
vg_run_comment_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {
		{"id", "comment"},    {"municipality", "municipality"},
		{"kpi", "kpi"},	      {"service", "service"},
		{"cause", "cause"},   {"action", "action"},
		{"owner", "owner"},   {"due", "due_day"},
		{"author", "author"}, {"made", "made"},
		{NULL, NULL}};
	struct vg_path path;
	json_t *reply, *rows;
	int rc;

	if (!vg_path_start(&path, PATH) || !vg_path_query(&path, "month", cli->operand[0]) ||
	    !vg_path_query(&path, "municipality", vg_cli_value(cli, "municipality", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "comments");
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else if (json_array_size(rows) == 0)
		puts("Inga kommentarer till den månaden.");
	else
		vg_print_table(rows, columns);
	json_decref(reply);
	return rc;
}

int
vg_run_comment_make(struct vg_cli *cli)
{
	static const char *const required[][2] = {
		{"kpi", "the figure that it is about, or availability"},
		{"cause", "why the target was missed"},
		{"action", "what is done about it"},
		{"owner", "the function that answers for it"}};
	static const char *const texts[] = {"municipality", "kpi",   "service", "cause",
					    "action",	    "owner", "due"};
	json_t *body = json_pack("{ss}", "month", cli->operand[0]);
	int month, rc = vg_cli_month(cli, cli->operand[0], &month);

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]) && rc == 0; i++)
		rc = vg_body_require(cli, required[i][0], required[i][1]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && rc == 0; i++)
		rc = vg_body_text(cli, body, texts[i], texts[i]);
	if (rc == 0)
		return vg_body_post(cli, PATH, body, cli->operand[0]);
	json_decref(body);
	return rc;
}
