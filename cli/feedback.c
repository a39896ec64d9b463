/* feedback.c - what came in on the accessibility of the public pages, and its answers.
 *
 * The daemon knows the words of those that came in since it started; the others are read from the
 * side store, which a reader of PostgreSQL may see. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "lib/pg/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/api/v1/feedback"

static bool
lacks_words(const json_t *row)
{
	return !json_is_string(json_object_get(row, "text")) &&
	       !json_is_string(json_object_get(row, "answered"));
}

/* Contact on the first line, then the text. */
static int
on_title(int columns, const char *const *names, const char *const *values, void *arg)
{
	const char *text = columns == 1 && values[0] != NULL ? strchr(values[0], '\n') : NULL;
	json_t *row = arg;

	(void)names;
	if (text == NULL)
		return 0;
	(void)json_object_set_new(row, "text", json_string(text + 1));
	if (text != values[0])
		(void)json_object_set_new(row, "contact",
					  json_stringn(values[0], (size_t)(text - values[0])));
	return 0;
}

/* What cannot be read stays unknown: the list itself is worth having. */
static void
read_words(const struct vg_cli *cli, json_t *rows)
{
	struct vg_pg *pg = NULL;
	struct vg_err err = {0};
	json_t *row;
	size_t i;
	int rc = 0;

	json_array_foreach(rows, i, row)
	{
		const char *id = json_string_value(json_object_get(row, "id"));
		const char *const params[] = {id != NULL ? id + 2 : "0"};

		if (!lacks_words(row))
			continue;
		if (pg == NULL)
			rc = vg_replay_open(cli, &pg);
		if (rc == 0)
			rc = vg_pg_query(pg, "select title from side.title where seq = $1", params,
					 1, on_title, row, &err);
		if (rc != 0)
			break;
	}
	if (pg != NULL)
		vg_pg_close(pg);
}

static void
print_one(const json_t *row)
{
	const char *text = json_string_value(json_object_get(row, "text"));
	const char *contact = json_string_value(json_object_get(row, "contact"));
	const char *answered = json_string_value(json_object_get(row, "answered"));
	char at[VG_WORDS_MAX];

	printf("%s  %s", json_string_value(json_object_get(row, "id")),
	       vg_words_local(json_string_value(json_object_get(row, "received")), at));
	if (answered != NULL)
		printf("  besvarad %s av %s", vg_words_local(answered, at),
		       json_string_value(json_object_get(row, "answered_by")));
	if (contact != NULL)
		printf("  kontakt: %s", contact);
	printf("\n%s\n", text != NULL	    ? text
			 : answered != NULL ? json_string_value(json_object_get(row, "answer"))
					    : "(texten är inte känd här)");
}

int
vg_run_feedback_list(struct vg_cli *cli)
{
	struct vg_path path;
	json_t *reply, *rows, *row;
	size_t i;
	int rc;

	if (!vg_path_start(&path, PATH) ||
	    !vg_path_query(&path, "state", vg_cli_flag(cli, "all") ? NULL : "open") ||
	    !vg_path_query(&path, "limit", vg_cli_value(cli, "limit", NULL)) ||
	    !vg_path_query(&path, "cursor", vg_cli_value(cli, "cursor", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "feedback");
	read_words(cli, rows);
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else if (json_array_size(rows) == 0) {
		puts(vg_cli_flag(cli, "all")
			     ? "Inga synpunkter."
			     : "Ingen synpunkt väntar på svar; --all visar de besvarade.");
	} else {
		json_array_foreach(rows, i, row) print_one(row);
	}
	json_decref(reply);
	return rc;
}

int
vg_run_feedback_answer(struct vg_cli *cli)
{
	json_t *body = json_object();
	struct vg_path path;
	int rc = vg_body_require(cli, "text", "what was answered; it stands in the ledger");

	if (rc == 0)
		rc = vg_body_text(cli, body, "text", "answer");
	if (rc == 0 && (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]) ||
			!vg_path_part(&path, "answer")))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
	if (rc == 0)
		return vg_body_post(cli, path.text, body, cli->operand[0]);
	json_decref(body);
	return rc;
}
