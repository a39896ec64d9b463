/* whatif.c - what would be otherwise with another rule, price, cause or decision. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/plan.h"
#include "cli/replay.h"
#include "cli/whole.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_MAX_BYTES (1024 * 1024)

/* The event that an option gives: JSON, or a file of it after "@". */
static int
append_event(struct vg_cli *cli, json_t *events, const char *text)
{
	size_t length = strlen(text);
	char *file = NULL;
	json_error_t error;
	json_t *event;

	if (*text == '@' &&
	    (text = file = vg_whole_file(cli, text + 1, EVENT_MAX_BYTES, &length)) == NULL)
		return VG_EXIT_MALFORMED;
	event = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	free(file);
	if (!json_is_object(event) || !json_is_object(json_object_get(event, "body"))) {
		json_decref(event);
		return vg_cli_fail(cli, VG_EXIT_MALFORMED,
				   "--event: expected {\"kind\": \"...\", \"body\": {...}}%s%s",
				   event == NULL ? "; " : "", event == NULL ? error.text : "");
	}
	if (json_object_get(event, "actor") == NULL)
		(void)json_object_set_new(event, "actor",
					  json_sprintf("what-if %zu", json_array_size(events)));
	(void)json_array_append_new(events, event);
	return 0;
}

/* "cause_party=vgr": a word, a number, or true and false. */
static int
put_field(const struct vg_cli *cli, json_t *body, const char *text)
{
	const char *equals = strchr(text, '=');
	char name[64], *end;
	json_t *value;
	long long number;

	if (equals == NULL || equals == text || (size_t)(equals - text) >= sizeof(name))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--set %s: expected FIELD=VALUE", text);
	memcpy(name, text, (size_t)(equals - text));
	name[equals - text] = '\0';
	number = strtoll(equals + 1, &end, 10);
	if (equals[1] != '\0' && *end == '\0')
		value = json_integer(number);
	else if (strcmp(equals + 1, "true") == 0 || strcmp(equals + 1, "false") == 0)
		value = json_boolean(equals[1] == 't');
	else
		value = json_string(equals + 1);
	if (json_object_set_new(body, name, value) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--set %s: expected text in UTF-8",
				   name);
	return 0;
}

/* A correction of the ticket that --ticket names. */
static int
append_correction(struct vg_cli *cli, json_t *events, const char *ticket)
{
	json_t *body = json_pack("{ss ss}", "ticket", ticket, "reason", "what-if");
	int rc = 0;

	for (int i = 0; i < cli->givens && rc == 0; i++)
		if (strcmp(cli->given[i].name, "set") == 0)
			rc = put_field(cli, body, cli->given[i].value);
	(void)json_array_append_new(events, json_pack("{ss ss so}", "kind", "ticket.corrected",
						      "actor", "what-if", "body", body));
	return rc;
}

static int
whatif_agreement(struct vg_cli *cli, const char *directory)
{
	struct vg_agreement *agreement = vg_replay_agreement(cli, directory);
	int rc = agreement != NULL ? vg_plan_agreement(cli, agreement) : VG_EXIT_MALFORMED;

	vg_agreement_unref(agreement);
	return rc;
}

int
vg_run_whatif(struct vg_cli *cli)
{
	const char *agreement = vg_cli_value(cli, "agreement", NULL);
	const char *ticket = vg_cli_value(cli, "ticket", NULL);
	json_t *events = json_array();
	int rc = 0;

	if (ticket != NULL)
		rc = append_correction(cli, events, ticket);
	for (int i = 0; i < cli->givens && rc == 0; i++)
		if (strcmp(cli->given[i].name, "event") == 0)
			rc = append_event(cli, events, cli->given[i].value);
	if (rc == 0 && (agreement != NULL) == (json_array_size(events) > 0))
		rc = vg_cli_fail(cli, VG_EXIT_USAGE,
				 "expected --agreement DIR, --ticket V-... with --set, or --event");
	if (rc == 0 && json_array_size(events) > VG_PLAN_EVENTS_MAX)
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "at most %d events", VG_PLAN_EVENTS_MAX);
	if (rc == 0)
		rc = agreement != NULL ? whatif_agreement(cli, agreement) : vg_plan(cli, events);
	json_decref(events);
	return rc;
}
