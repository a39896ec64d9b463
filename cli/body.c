/* body.c - options of the command line as members of a request's body. */
#include "cli/body.h"

#include "cli/remote.h"
#include "cli/verdicts.h"
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int
vg_body_text(const struct vg_cli *cli, json_t *body, const char *option, const char *member)
{
	const char *text = vg_cli_value(cli, option, NULL);

	if (text != NULL && json_object_set_new(body, member, json_string(text)) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--%s: expected text in UTF-8", option);
	return 0;
}

int
vg_body_read_instant(const struct vg_cli *cli, const char *option, int64_t fallback_ms,
		     int64_t *at_ms)
{
	const char *text = vg_cli_value(cli, option, NULL);
	struct vg_err err = {0};

	*at_ms = fallback_ms;
	if (text == NULL)
		return 0;
	vg_cli_default_zone();
	if (vg_civil_parse(text, "iso", at_ms, &err) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--%s: %s", option, err.text);
	return 0;
}

int
vg_body_instant(const struct vg_cli *cli, json_t *body, const char *option, const char *member)
{
	int64_t at_ms;
	int rc = vg_body_read_instant(cli, option, -1, &at_ms);

	if (rc == 0 && vg_cli_flag(cli, option))
		(void)json_object_set_new(body, member, json_integer(at_ms));
	return rc;
}

int
vg_body_list(const struct vg_cli *cli, json_t *body, const char *option, const char *member)
{
	json_t *list = json_array();

	for (int i = 0; i < cli->givens; i++)
		if (strcmp(cli->given[i].name, option) == 0 &&
		    json_array_append_new(list, json_string(cli->given[i].value)) != 0) {
			json_decref(list);
			return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--%s: expected text in UTF-8",
					   option);
		}
	if (json_array_size(list) > 0)
		(void)json_object_set(body, member, list);
	json_decref(list);
	return 0;
}

int
vg_body_require(const struct vg_cli *cli, const char *option, const char *why)
{
	return vg_cli_flag(cli, option) ? 0
					: vg_cli_fail(cli, VG_EXIT_USAGE, "--%s: %s", option, why);
}

/* "P-17: taget (liggarens rad 17)", and what the core says of it. */
static void
print_taken(const json_t *reply, const char *name)
{
	static const char *const named[] = {"outage", "window", "act", "objection", "comment",
					    "disturbance"};
	const char *verdict = json_string_value(json_object_get(reply, "verdict")),
		   *detail = json_string_value(json_object_get(reply, "detail")), *id = NULL;
	char words[VG_VERDICT_WORDS_MAX];

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]) && id == NULL; i++)
		id = json_string_value(json_object_get(reply, named[i]));
	printf("%s: %s (liggarens rad %" JSON_INTEGER_FORMAT ")\n", id != NULL ? id : name,
	       vg_words_value("verdict", verdict != NULL ? verdict : ""),
	       json_integer_value(json_object_get(reply, "seq")));
	if (detail != NULL && *detail != '\0')
		puts(vg_verdict_words(detail, words));
}

int
vg_body_post(struct vg_cli *cli, const char *path, json_t *body, const char *name)
{
	json_t *reply;
	int rc = vg_remote_call(cli, "POST", path, body, &reply);

	json_decref(body);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		print_taken(reply, name);
	json_decref(reply);
	return rc;
}

int
vg_body_propose(struct vg_cli *cli, const char *path, json_t *body, const char *name)
{
	int rc = vg_body_post(cli, path, body, name);

	if (rc == 0 && !vg_cli_flag(cli, "json"))
		puts("Det gäller när en annan person har godkänt det: vinga act approve.");
	return rc;
}
