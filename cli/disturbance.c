/* disturbance.c - what is told of disturbances: drafted, published, updated, closed. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/remote.h"

#include <stdio.h>
#include <string.h>

#define PATH "/api/v1/disturbances"

static int
too_long(const struct vg_cli *cli)
{
	return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
}

/* --- looking --- */

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* Ids with commas, or "alla". */
static void
put_ids(json_t *row, const char *member, const char *as)
{
	char text[400] = "";
	const json_t *id;
	size_t i, used = 0;

	json_array_foreach(json_object_get(row, member), i, id)
	{
		if (used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 i > 0 ? ", " : "", json_string_value(id));
	}
	(void)json_object_set_new(row, as, json_string(i > 0 ? text : "alla"));
}

static void
dress(json_t *row)
{
	const bool overdue = json_is_true(json_object_get(row, "overdue"));

	(void)json_object_set_new(
		row, "standing",
		json_string(vg_words_value("disturbance_state",
					   overdue ? "overdue" : text_of(row, "state"))));
	put_ids(row, "municipalities", "whom");
	put_ids(row, "services", "what");
}

int
vg_run_disturbance_list(struct vg_cli *cli)
{
	static const char *const queries[] = {"state", "municipality", "limit", "cursor"};
	static const struct vg_column columns[] = {
		{"id", "disturbance"}, {"standing", "standing"},
		{"started", "start"},  {"next_update", "next_update"},
		{"what", "services"},  {"whom", "municipalities"},
		{"title", "title"},    {NULL, NULL}};
	struct vg_path path;
	json_t *reply, *rows, *row;
	bool fits = vg_path_start(&path, PATH);
	size_t i;
	int rc;

	for (i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		fits = fits &&
		       vg_path_query(&path, queries[i], vg_cli_value(cli, queries[i], NULL));
	if (!fits)
		return too_long(cli);
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "disturbances");
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else if (json_array_size(rows) == 0) {
		puts("Ingen störningsinformation.");
	} else {
		json_array_foreach(rows, i, row) dress(row);
		vg_print_table(rows, columns);
	}
	json_decref(reply);
	return rc;
}

static void
print_message(const json_t *message)
{
	char at[VG_WORDS_MAX], next[VG_WORDS_MAX];
	const char *advice = text_of(message, "advice");

	printf("\n%s, %s%s\n%s\n", vg_words_local(text_of(message, "at"), at),
	       text_of(message, "author"),
	       json_is_true(json_object_get(message, "closing")) ? ", avslutat" : "",
	       text_of(message, "text"));
	if (*advice != '\0')
		printf("Vad man kan göra: %s\n", advice);
	if (json_is_string(json_object_get(message, "next_update")))
		printf("Nästa besked senast %s\n",
		       vg_words_local(text_of(message, "next_update"), next));
}

int
vg_run_disturbance_show(struct vg_cli *cli)
{
	struct vg_path path;
	json_t *reply, *messages, *message;
	size_t i;
	int rc;

	if (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]))
		return too_long(cli);
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else {
		messages = json_incref(json_object_get(reply, "messages"));
		dress(reply);
		(void)json_object_set(reply, "municipalities", json_object_get(reply, "whom"));
		(void)json_object_set(reply, "services", json_object_get(reply, "what"));
		(void)json_object_del(reply, "whom");
		(void)json_object_del(reply, "what");
		(void)json_object_del(reply, "state");
		vg_print_members(reply);
		json_array_foreach(messages, i, message) print_message(message);
		json_decref(messages);
	}
	json_decref(reply);
	return rc;
}

/* --- saying --- */

static int
put_content(const struct vg_cli *cli, json_t *body)
{
	static const char *const texts[][2] = {{"kind", "kind"},	   {"title", "title"},
					       {"text", "text"},	   {"advice", "advice"},
					       {"title-en", "title_en"},   {"text-en", "text_en"},
					       {"advice-en", "advice_en"}, {"outage", "outage"}};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		rc = vg_body_text(cli, body, texts[i][0], texts[i][1]);
	if (rc == 0)
		rc = vg_body_list(cli, body, "service", "services");
	if (rc == 0)
		rc = vg_body_list(cli, body, "municipality", "municipalities");
	if (rc == 0)
		rc = vg_body_instant(cli, body, "started", "started_ms");
	return rc != 0 ? rc : vg_body_instant(cli, body, "next-update", "next_update_ms");
}

/* Posts the body, which it takes over, to the operand's address. */
static int
post(struct vg_cli *cli, const char *verb, json_t *body, int rc)
{
	struct vg_path path;

	if (rc == 0 && (!vg_path_start(&path, PATH) ||
			(verb != NULL &&
			 (!vg_path_part(&path, cli->operand[0]) || !vg_path_part(&path, verb)))))
		rc = too_long(cli);
	if (rc == 0)
		return vg_body_post(cli, path.text, body, verb != NULL ? cli->operand[0] : "");
	json_decref(body);
	return rc;
}

int
vg_run_disturbance_draft(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = cli->operands > 0 ? 0 : vg_body_require(cli, "title", "what it is, in a line");

	if (rc == 0)
		rc = put_content(cli, body);
	return post(cli, cli->operands > 0 ? "draft" : NULL, body, rc);
}

int
vg_run_disturbance_publish(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = put_content(cli, body);

	return post(cli, "publish", body, rc);
}

int
vg_run_disturbance_close(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = vg_body_require(cli, "text", "how it ended");

	if (rc == 0)
		rc = vg_body_text(cli, body, "text", "text");
	if (rc == 0)
		rc = vg_body_text(cli, body, "text-en", "text_en");
	if (rc == 0)
		rc = vg_body_instant(cli, body, "ended", "ended_ms");
	return post(cli, "close", body, rc);
}
