/* remote.c - one call to the daemon, and its refusals in words.
 *
 * Where the daemon is: --socket or VINGA_SOCKET; else --url or the fixed port on this machine with
 * the token of VINGA_TOKEN_FILE. */
#include "cli/remote.h"

#include "cli/verdicts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_DEFAULT "http://127.0.0.1:8620"
#define TOKEN_MAX   4096

/* First line of a file, without its end. */
static int
read_token(const struct vg_cli *cli, const char *path, char *token)
{
	FILE *file = fopen(path, "r");
	bool read = file != NULL && fgets(token, TOKEN_MAX, file) != NULL;

	if (file != NULL)
		(void)fclose(file);
	if (!read)
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "token file %s: expected a file with a token in its first line",
				   path);
	token[strcspn(token, "\r\n")] = '\0';
	return 0;
}

static int
connect_daemon(struct vg_cli *cli)
{
	const char *socket = vg_cli_value(cli, "socket", getenv("VINGA_SOCKET"));
	const char *token_file = vg_cli_value(cli, "token-file", getenv("VINGA_TOKEN_FILE"));
	char token[TOKEN_MAX] = "";
	struct vg_client_options options = {.url = vg_cli_value(cli, "url", URL_DEFAULT)};
	struct vg_err err = {0};
	int rc;

	if (cli->client != NULL)
		return 0;
	if (!vg_cli_flag(cli, "url") && socket != NULL && *socket != '\0')
		options.socket = socket;
	if (options.socket == NULL && token_file != NULL &&
	    (rc = read_token(cli, token_file, token)) != 0)
		return rc;
	if (*token != '\0')
		options.token = token;
	rc = vg_client_new(&cli->client, &options, &err);
	return rc == 0 ? 0 : vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "%s", err.text);
}

/* A problem that has `member` is handed over instead of told. */
static int
refused(const struct vg_cli *cli, const struct vg_reply *reply, const char *member, json_t **taken)
{
	json_t *problem = json_loadb(reply->body, reply->length, 0, NULL);
	const char *detail = json_string_value(json_object_get(problem, "detail"));
	const char *title = json_string_value(json_object_get(problem, "title"));
	char words[VG_VERDICT_WORDS_MAX];
	int code = VG_EXIT_DIFFERS;

	if (reply->status >= 500)
		code = VG_EXIT_UNREACHABLE;
	else if (reply->status == 400 || reply->status == 413 || reply->status == 415 ||
		 reply->status == 422)
		code = VG_EXIT_MALFORMED;
	if (member != NULL && json_object_get(problem, member) != NULL) {
		*taken = problem;
		return code;
	}
	if (reply->status == 401)
		detail = "the daemon does not know who asks; use its socket, or VINGA_TOKEN_FILE "
			 "with --url";
	(void)vg_cli_fail(cli, code, "%s (HTTP %ld)",
			  detail != NULL  ? vg_verdict_words(detail, words)
			  : title != NULL ? title
					  : "refused",
			  reply->status);
	json_decref(problem);
	return code;
}

static int
parse_reply(const struct vg_cli *cli, const struct vg_reply *answer, json_t **reply)
{
	json_error_t why;

	*reply = json_loadb(answer->body, answer->length, JSON_DECODE_ANY, &why);
	return *reply != NULL ? 0
			      : vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "the reply is no JSON: %s",
					    why.text);
}

int
vg_remote_try(struct vg_cli *cli, const char *method, const char *path, const char *type,
	      const void *bytes, size_t length, const char *member, json_t **reply,
	      json_t **problem)
{
	struct vg_reply answer;
	struct vg_err err = {0};
	int rc = connect_daemon(cli);

	*reply = NULL;
	if (rc != 0)
		return rc;
	rc = vg_client_request(cli->client, method, path, type, bytes, length, &answer, &err);
	if (rc != 0)
		return vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "%s; `vinga doctor` looks closer",
				   err.text);
	if (answer.status < 200 || answer.status > 299)
		rc = refused(cli, &answer, member, problem);
	else
		rc = parse_reply(cli, &answer, reply);
	vg_reply_free(&answer);
	return rc;
}

int
vg_remote_poll(struct vg_cli *cli, const char *path, json_t **reply, struct vg_err *away)
{
	struct vg_reply answer;
	int rc = connect_daemon(cli);

	*reply = NULL;
	away->text[0] = '\0';
	if (rc != 0)
		return rc;
	if (vg_client_request(cli->client, "GET", path, NULL, NULL, 0, &answer, away) != 0)
		return VG_EXIT_UNREACHABLE;
	if (answer.status >= 500) {
		(void)vg_err_set(away, VG_EIO, "HTTP %ld", answer.status);
		rc = VG_EXIT_UNREACHABLE;
	} else if (answer.status < 200 || answer.status > 299) {
		rc = refused(cli, &answer, NULL, NULL);
	} else {
		rc = parse_reply(cli, &answer, reply);
	}
	vg_reply_free(&answer);
	return rc;
}

int
vg_remote_send(struct vg_cli *cli, const char *method, const char *path, const char *type,
	       const void *bytes, size_t length, json_t **reply)
{
	return vg_remote_try(cli, method, path, type, bytes, length, NULL, reply, NULL);
}

int
vg_remote_call(struct vg_cli *cli, const char *method, const char *path, const json_t *body,
	       json_t **reply)
{
	char *text = NULL;
	int rc;

	if (body == NULL)
		return vg_remote_send(cli, method, path, NULL, NULL, 0, reply);
	text = json_dumps(body, JSON_COMPACT);
	if (text == NULL)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	rc = vg_remote_send(cli, method, path, "application/json", text, strlen(text), reply);
	free(text);
	return rc;
}

int
vg_remote_fetch(struct vg_cli *cli, const char *path, char **text, size_t *length)
{
	struct vg_reply answer;
	struct vg_err err = {0};
	int rc = connect_daemon(cli);

	if (rc != 0)
		return rc;
	if (vg_client_request(cli->client, "GET", path, NULL, NULL, 0, &answer, &err) != 0)
		return vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "%s; `vinga doctor` looks closer",
				   err.text);
	if (answer.status < 200 || answer.status > 299)
		rc = refused(cli, &answer, NULL, NULL);
	*length = answer.length;
	*text = rc == 0 ? strndup(answer.body, answer.length) : NULL;
	vg_reply_free(&answer);
	if (rc == 0 && *text == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	return rc;
}

static bool
path_add(struct vg_path *path, const char *before, const char *name, const char *value)
{
	char *escaped = vg_client_escape(value);
	size_t used = strlen(path->text), room = sizeof(path->text) - used;
	bool fits = escaped != NULL && (size_t)snprintf(path->text + used, room, "%s%s%s", before,
							name, escaped) < room;

	free(escaped);
	return fits;
}

bool
vg_path_start(struct vg_path *path, const char *text)
{
	path->query = false;
	return (size_t)snprintf(path->text, sizeof(path->text), "%s", text) < sizeof(path->text);
}

bool
vg_path_part(struct vg_path *path, const char *part)
{
	return path_add(path, "/", "", part);
}

bool
vg_path_query(struct vg_path *path, const char *name, const char *value)
{
	char pair[64];

	if (value == NULL)
		return true;
	(void)snprintf(pair, sizeof(pair), "%s=", name);
	if (!path_add(path, path->query ? "&" : "?", pair, value))
		return false;
	path->query = true;
	return true;
}

/* Printing. */

int
vg_print_json(const struct vg_cli *cli, const json_t *json)
{
	if (json_dumpf(json, stdout, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) != 0 ||
	    putchar('\n') == EOF)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "standard output: write failed");
	return VG_EXIT_OK;
}

void
vg_put_judged(json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *word = json_is_true(json_object_get(row, "withdrawn")) ? "återtagen"
				   : json_is_true(json_object_get(row, "waits"))   ? "väntar"
										   : "godkänd";

		(void)json_object_set_new(row, "judged", json_string(word));
	}
}

const json_t *
vg_reply_rows(const json_t *reply)
{
	const char *name;
	json_t *value;

	if (json_is_array(reply))
		return reply;
	json_object_foreach((json_t *)(uintptr_t)reply, name, value)
	{
		if (json_is_array(value))
			return value;
	}
	return NULL;
}

int
vg_remote_list(struct vg_cli *cli, const char *path, const struct vg_column *columns)
{
	json_t *reply;
	int rc = vg_remote_call(cli, "GET", path, NULL, &reply);

	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		vg_print_table(vg_reply_rows(reply), columns);
	json_decref(reply);
	return rc;
}
