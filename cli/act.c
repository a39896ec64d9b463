/* act.c - what two persons decide about the fee: what waits, what was decided, and deciding it.
 *
 * Rates, costs, overrides, openings, closings and large objections are proposed in places of their
 * own; here they are one list, since whoever approves wants to see all that waits. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/remote.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH	  "/api/v1/acts"
#define WHAT_MAX  160
#define CODES_MAX 60

static const char *
text_of(const json_t *act, const char *member)
{
	const char *text = json_string_value(json_object_get(act, member));

	return text != NULL ? text : "";
}

static int64_t
number_of(const json_t *act, const char *member)
{
	return json_integer_value(json_object_get(act, member));
}

/* Billionths as percent, exactly: 25 000 000 is "2,5 %". */
static void
put_percent(int64_t ppb, char *out, size_t size)
{
	const int64_t scale = 10000000;
	const int64_t all = ppb < 0 ? -ppb : ppb;
	char decimals[16];
	size_t length = (size_t)snprintf(decimals, sizeof(decimals), "%07" PRId64, all % scale);

	while (length > 0 && decimals[length - 1] == '0')
		decimals[--length] = '\0';
	(void)snprintf(out, size, "%s%" PRId64 "%s%s %%", ppb < 0 ? "\u2212" : "", all / scale,
		       length > 0 ? "," : "", decimals);
}

static void
put_closing(const json_t *act, char *out, size_t size)
{
	const json_t *codes = json_object_get(act, "municipalities"), *code;
	char list[CODES_MAX] = "";
	size_t used = 0, i;

	json_array_foreach(codes, i, code)
	{
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, " %s",
						 json_string_value(code));
	}
	if (used >= sizeof(list))
		(void)snprintf(list, sizeof(list), " %zu kommuner", json_array_size(codes));
	(void)snprintf(out, size, "%s:%s", text_of(act, "month"),
		       used == 0 ? " alla kommuner" : list);
}

/* What it decides, on one line. */
static void
put_what(const json_t *act, char *out, size_t size)
{
	const char *kind = text_of(act, "kind");
	char money[VG_NUMBER_MAX], more[VG_NUMBER_MAX], percent[VG_NUMBER_MAX];

	*out = '\0';
	if (strcmp(kind, "rate") == 0) {
		put_percent(number_of(act, "rate_ppb"), percent, sizeof(percent));
		(void)snprintf(out, size, "%s %" PRId64 ": %s", text_of(act, "index"),
			       number_of(act, "year"), percent);
	} else if (strcmp(kind, "cost") == 0) {
		(void)snprintf(out, size, "%" PRId64 ": %s kr", number_of(act, "year"),
			       vg_kronor_text(number_of(act, "cost_ore"), money));
	} else if (strcmp(kind, "override") == 0) {
		(void)snprintf(out, size, "%s: %s", text_of(act, "ticket"),
			       vg_words_value("override", text_of(act, "outcome")));
	} else if (strcmp(kind, "opening") == 0) {
		(void)snprintf(out, size, "%s från %s: support %s kr, drift %s kr",
			       text_of(act, "municipality"), text_of(act, "month"),
			       vg_kronor_text(number_of(act, "support_ore"), money),
			       vg_kronor_text(number_of(act, "operation_ore"), more));
	} else if (strcmp(kind, "close") == 0) {
		put_closing(act, out, size);
	} else if (strcmp(kind, "objection") == 0) {
		(void)snprintf(out, size, "%s: %s kr", text_of(act, "objection"),
			       vg_kronor_text(number_of(act, "amount_ore"), money));
	}
}

/* Members for people beside those of the daemon. */
static void
dress(json_t *act)
{
	char what[WHAT_MAX];

	put_what(act, what, sizeof(what));
	(void)json_object_set_new(act, "what", json_string(what));
	(void)json_object_set_new(act, "standing",
				  json_string(vg_words_value("act_state", text_of(act, "state"))));
	if (json_is_true(json_object_get(act, "automatic")))
		(void)json_object_set_new(act, "decided_by", json_string("kalendern"));
	(void)json_object_set_new(act, "kind",
				  json_string(vg_words_value("act_kind", text_of(act, "kind"))));
}

int
vg_run_act_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {{"id", "act"},
						   {"kind", "kind"},
						   {"what", "what"},
						   {"author", "author"},
						   {"proposed", "proposed"},
						   {"standing", "standing"},
						   {"decided_by", "decided_by"},
						   {"reason", "reason"},
						   {NULL, NULL}};
	static const char *const spare[] = {"proposed", "decided_by", NULL};
	struct vg_path path;
	json_t *reply, *rows, *row;
	size_t i;
	int rc;

	if (!vg_path_start(&path, PATH) ||
	    !vg_path_query(&path, "state", vg_cli_flag(cli, "all") ? "all" : NULL) ||
	    !vg_path_query(&path, "limit", vg_cli_value(cli, "limit", NULL)) ||
	    !vg_path_query(&path, "cursor", vg_cli_value(cli, "cursor", NULL)))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "acts");
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else if (json_array_size(rows) == 0) {
		puts(vg_cli_flag(cli, "all") ? "Inga beslut än."
					     : "Inget väntar; --all visar det som är avgjort.");
	} else {
		json_array_foreach(rows, i, row) dress(row);
		vg_print_table_spare(rows, columns, spare);
	}
	json_decref(reply);
	return rc;
}

/* The path of an act, and of what is done to it. */
static int
act_path(const struct vg_cli *cli, const char *verb, struct vg_path *path)
{
	if (vg_path_start(path, PATH) && vg_path_part(path, cli->operand[0]) &&
	    (verb == NULL || vg_path_part(path, verb)))
		return 0;
	return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long");
}

int
vg_run_act_show(struct vg_cli *cli)
{
	static const char *const shown[] = {"id",	  "kind",     "what",	       "document",
					    "author",	  "proposed", "reason",	       "standing",
					    "decided_by", "decided",  "decided_reason"};
	struct vg_path path;
	json_t *reply, *members;
	int rc = act_path(cli, NULL, &path);

	if (rc == 0)
		rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else {
		dress(reply);
		members = json_object();
		for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
			if (json_object_get(reply, shown[i]) != NULL)
				(void)json_object_set(members, shown[i],
						      json_object_get(reply, shown[i]));
		vg_print_members(members);
		json_decref(members);
	}
	json_decref(reply);
	return rc;
}

static int
decide(struct vg_cli *cli, const char *verb)
{
	json_t *body = json_object();
	struct vg_path path;
	int rc = vg_body_text(cli, body, "reason", "reason");

	if (rc == 0)
		rc = act_path(cli, verb, &path);
	if (rc == 0)
		return vg_body_post(cli, path.text, body, cli->operand[0]);
	json_decref(body);
	return rc;
}

int
vg_run_act_approve(struct vg_cli *cli)
{
	return decide(cli, "approve");
}

int
vg_run_act_reject(struct vg_cli *cli)
{
	const int rc = vg_body_require(cli, "reason", "a rejection must say why");

	return rc != 0 ? rc : decide(cli, "reject");
}
