/* alarm_act.c - what people do with alarms: one, those that are named, or all of a resource or a
 * service.
 *
 * Of many, one refusal (somebody else was there before) stops none of the others; the exit code
 * tells that there was one. */
#include "cli/alarm_view.h"
#include "cli/body.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH	 "/api/v1/alarms"
#define PAGE_MAX "1000"

static int
make_path(const struct vg_cli *cli, struct vg_path *path, const char *id, const char *verb)
{
	if (vg_path_start(path, PATH) && vg_path_part(path, id) && vg_path_part(path, verb))
		return 0;
	return vg_cli_fail(cli, VG_EXIT_USAGE, "%.40s...: the id is too long", id);
}

/* Takes the body over; rc = what came of making it. */
static int
act(struct vg_cli *cli, const char *verb, json_t *body, int rc)
{
	int worst = rc;

	for (int i = 0; i < cli->operands && (rc == 0 || rc == VG_EXIT_DIFFERS); i++) {
		struct vg_path path;

		rc = make_path(cli, &path, cli->operand[i], verb);
		if (rc == 0)
			rc = vg_body_post(cli, path.text, json_incref(body), cli->operand[i]);
		if (rc != 0)
			worst = rc;
	}
	json_decref(body);
	return worst;
}

/* --- acknowledging all --- */

struct taking {
	struct vg_cli *cli;
	const json_t *body;
	json_int_t taken, before, refused;
};

static int
take_one(struct taking *taking, const json_t *alarm)
{
	struct vg_path path;
	json_t *reply = NULL;
	int rc;

	if (strcmp(vg_alarm_text(alarm, "operator"), "ack") == 0) {
		taking->before++;
		return 0;
	}
	rc = make_path(taking->cli, &path, vg_alarm_text(alarm, "id"), "acknowledge");
	if (rc == 0)
		rc = vg_remote_call(taking->cli, "POST", path.text, taking->body, &reply);
	json_decref(reply);
	taking->taken += rc == 0;
	taking->refused += rc == VG_EXIT_DIFFERS;
	return rc == VG_EXIT_DIFFERS ? 0 : rc;
}

/* One page of the list; *next = where the one after it begins, 0 = it was the last. */
static int
take_page(struct taking *taking, json_int_t *next)
{
	static const char *const names[] = {"resource", "service"};
	char cursor[32];
	struct vg_path path;
	json_t *reply, *alarm;
	bool fits = vg_path_start(&path, PATH) && vg_path_query(&path, "limit", PAGE_MAX);
	size_t i;
	int rc;

	(void)snprintf(cursor, sizeof(cursor), "%" JSON_INTEGER_FORMAT, *next);
	for (i = 0; i < 2; i++)
		fits = fits &&
		       vg_path_query(&path, names[i], vg_cli_value(taking->cli, names[i], NULL));
	if (!fits || (*next != 0 && !vg_path_query(&path, "cursor", cursor)))
		return vg_cli_fail(taking->cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(taking->cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	json_array_foreach(json_object_get(reply, "alarms"), i, alarm)
	{
		if (rc == 0)
			rc = take_one(taking, alarm);
	}
	*next = json_integer_value(json_object_get(reply, "next"));
	json_decref(reply);
	return rc;
}

static int
print_taken(const struct taking *taking)
{
	json_t *object;
	int rc;

	if (!vg_cli_flag(taking->cli, "json")) {
		printf("%" JSON_INTEGER_FORMAT " larm kvitterade", taking->taken);
		if (taking->before > 0)
			printf(", %" JSON_INTEGER_FORMAT " var det redan", taking->before);
		if (taking->refused > 0)
			printf(", %" JSON_INTEGER_FORMAT " gick inte", taking->refused);
		puts("");
		return VG_EXIT_OK;
	}
	object = json_pack("{s:I, s:I, s:I}", "acknowledged", taking->taken, "before",
			   taking->before, "refused", taking->refused);
	rc = vg_print_json(taking->cli, object);
	json_decref(object);
	return rc;
}

/* All that are shown of a resource, a service or both. Takes the body over. */
static int
take_all(struct vg_cli *cli, json_t *body)
{
	struct taking taking = {.cli = cli, .body = body};
	json_int_t next = 0;
	int rc, printed;

	do
		rc = take_page(&taking, &next);
	while (rc == 0 && next != 0);
	json_decref(body);
	if (rc != 0 && taking.taken == 0)
		return rc;
	printed = print_taken(&taking);
	if (rc == 0)
		rc = printed;
	return rc == 0 && taking.refused > 0 ? VG_EXIT_DIFFERS : rc;
}

int
vg_run_alarm_ack(struct vg_cli *cli)
{
	const bool all = vg_cli_flag(cli, "resource") || vg_cli_flag(cli, "service");
	json_t *body;
	int rc;

	if (all == (cli->operands > 0))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "expected either ID... or --resource or --service");
	body = json_object();
	rc = vg_body_text(cli, body, "reason", "reason");
	if (rc == 0 && all)
		return take_all(cli, body);
	return act(cli, "acknowledge", body, rc);
}

/* --- the others --- */

int
vg_run_alarm_shelve(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = vg_body_require(cli, "reason", "why nobody needs to look at it");

	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	if (rc == 0)
		rc = vg_body_instant(cli, body, "until", "until_ms");
	return act(cli, "shelve", body, rc);
}

int
vg_run_alarm_unshelve(struct vg_cli *cli)
{
	json_t *body = json_object();

	return act(cli, "unshelve", body, vg_body_text(cli, body, "reason", "reason"));
}

int
vg_run_alarm_close(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = vg_body_require(cli, "reason", "what was wrong, or why nothing was");

	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	if (vg_cli_flag(cli, "false-alarm"))
		(void)json_object_set_new(body, "false_alarm", json_true());
	return act(cli, "close", body, rc);
}

int
vg_run_alarm_ticket(struct vg_cli *cli)
{
	struct vg_path path;
	json_t *body, *reply;
	int rc;

	rc = make_path(cli, &path, cli->operand[0], "ticket");
	if (rc != 0)
		return rc;
	body = json_object();
	rc = vg_remote_call(cli, "POST", path.text, body, &reply);
	json_decref(body);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		printf("%s: ärende %s (liggarens rad %" JSON_INTEGER_FORMAT ")\n", cli->operand[0],
		       vg_alarm_text(reply, "ticket"),
		       json_integer_value(json_object_get(reply, "seq")));
	json_decref(reply);
	return rc;
}
