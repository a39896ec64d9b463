/* outage.c - outages: what was measured, and what persons say of it.
 *
 * A measured outage has no number, since it is computed anew each time; its key says where and from
 * when. What a person says (a record, "O-12") holds at once and waits for a second person. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/plan.h"
#include "cli/remote.h"
#include "lib/civil/civil.h"
#include "lib/report/avail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH "/api/v1/outages"

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

/* Gives a measured outage its key. */
static int
put_key(const struct vg_cli *cli, json_t *row)
{
	const struct vg_scope scope = {text_of(row, "service"),
				       json_string_value(json_object_get(row, "channel")),
				       text_of(row, "municipality")};
	char key[VG_OUTAGE_KEY_MAX];
	struct vg_err err = {0};
	int64_t from_ms;

	if (vg_civil_parse(text_of(row, "from"), "iso", &from_ms, &err) != 0)
		return vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "the reply: %s", err.text);
	(void)json_object_set_new(row, "key", json_string(vg_outage_key(&scope, from_ms, key)));
	if (json_is_true(json_object_get(row, "running")))
		(void)json_object_set_new(row, "to", json_null());
	return 0;
}

static int
get_outages(struct vg_cli *cli, json_t **reply)
{
	static const char *const queries[] = {"month", "service", "channel", "municipality"};
	struct vg_path path;
	json_t *row;
	size_t i;
	int rc;

	if (!vg_path_start(&path, PATH))
		return too_long(cli);
	for (i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		if (!vg_path_query(&path, queries[i], vg_cli_value(cli, queries[i], NULL)))
			return too_long(cli);
	rc = vg_remote_call(cli, "GET", path.text, NULL, reply);
	vg_cli_default_zone();
	json_array_foreach(json_object_get(*reply, "outages"), i, row)
	{
		if (rc == 0)
			rc = put_key(cli, row);
	}
	vg_put_judged(json_object_get(*reply, "records"));
	if (rc != 0)
		json_decref(*reply);
	return rc;
}

/* Keeps what goes on: measured outages that run, records without an end. */
static void
keep_open(json_t *rows)
{
	for (size_t i = json_array_size(rows); i-- > 0;) {
		const json_t *row = json_array_get(rows, i);

		if (!json_is_true(json_object_get(row, "running")) &&
		    (json_object_get(row, "id") == NULL ||
		     json_is_string(json_object_get(row, "to")) ||
		     json_is_true(json_object_get(row, "withdrawn"))))
			(void)json_array_remove(rows, i);
	}
}

static void
print_lists(const json_t *reply)
{
	static const struct vg_column measured[] = {
		{"key", "outage"},	    {"from", "start"},	{"to", "end"},
		{"counted_s", "counted_s"}, {"cause", "cause"}, {"record", "record"},
		{"running", "running"},	    {NULL, NULL}};
	static const struct vg_column records[] = {{"id", "record"},
						   {"effect", "effect"},
						   {"service", "service"},
						   {"channel", "access"},
						   {"from", "start"},
						   {"to", "end"},
						   {"cause", "cause"},
						   {"judged", "judged"},
						   {"author", "author"},
						   {"approved_by", "approved_by"},
						   {NULL, NULL}};

	puts("Uppmätta avbrott");
	vg_print_table(json_object_get(reply, "outages"), measured);
	puts("\nPersoners bedömningar");
	vg_print_table(json_object_get(reply, "records"), records);
}

int
vg_run_outage_list(struct vg_cli *cli)
{
	json_t *reply;
	int rc = get_outages(cli, &reply);

	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "open")) {
		keep_open(json_object_get(reply, "outages"));
		keep_open(json_object_get(reply, "records"));
	}
	if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, reply);
	else
		print_lists(reply);
	json_decref(reply);
	return rc;
}

/* The row of a list whose member has this text; NULL = none. Borrowed. */
static json_t *
find_row(const json_t *list, const char *member, const char *text)
{
	json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		const char *value = json_string_value(json_object_get(row, member));

		if (value != NULL && strcmp(value, text) == 0)
			return row;
	}
	return NULL;
}

int
vg_run_outage_show(struct vg_cli *cli)
{
	json_t *reply, *row;
	int rc = get_outages(cli, &reply);

	if (rc != 0)
		return rc;
	row = find_row(json_object_get(reply, "records"), "id", cli->operand[0]);
	if (row == NULL)
		row = find_row(json_object_get(reply, "outages"), "key", cli->operand[0]);
	if (row == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS,
				 "%s: no such outage; `vinga outage list` has their keys, --month "
				 "names an earlier month",
				 cli->operand[0]);
	else if (vg_cli_flag(cli, "json"))
		rc = vg_print_json(cli, row);
	else
		vg_print_members(row);
	json_decref(reply);
	return rc;
}

/* --- saying --- */

/* Shows with --plan what it would do; else sends it. Takes the body over. */
static int
plan_or_post(struct vg_cli *cli, const char *kind, const char *path, json_t *body)
{
	const char *name = cli->operands > 0 ? cli->operand[0] : "avbrott";
	json_t *events;
	int rc;

	if (!vg_cli_flag(cli, "plan"))
		return vg_body_post(cli, path, body, name);
	events = json_pack("[{ss ss so}]", "kind", kind, "actor", "plan", "body", body);
	if (events == NULL)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	rc = vg_plan(cli, events);
	json_decref(events);
	return rc;
}

/* Options that several of the commands have. */
static int
put_options(const struct vg_cli *cli, json_t *body)
{
	int rc = vg_body_text(cli, body, "channel", "channel");

	if (rc == 0)
		rc = vg_body_list(cli, body, "municipality", "municipalities");
	if (rc == 0)
		rc = vg_body_instant(cli, body, "from", "from_ms");
	if (rc == 0)
		rc = vg_body_instant(cli, body, "to", "to_ms");
	if (rc == 0)
		rc = vg_body_text(cli, body, "cause", "cause");
	return rc == 0 ? vg_body_text(cli, body, "reason", "reason") : rc;
}

int
vg_run_outage_record(struct vg_cli *cli)
{
	const char *effect = vg_cli_flag(cli, "degraded") ? "degraded" : "down";
	json_t *body = json_pack("{ss}", "effect", effect);
	int rc = vg_body_require(cli, "service", "which service was out");

	if (rc == 0)
		rc = vg_body_require(cli, "from", "since when, such as 2026-11-20T10:00");
	if (rc == 0)
		rc = vg_body_require(cli, "reason", "a record must say why");
	if (rc == 0)
		rc = vg_body_text(cli, body, "service", "service");
	if (rc == 0)
		rc = put_options(cli, body);
	if (rc == 0)
		return plan_or_post(cli, "outage.recorded", PATH, body);
	json_decref(body);
	return rc;
}

/* A record about the measured outage whose key is the operand, with its scope and start. */
static json_t *
about_measured(const struct vg_cli *cli, const char *effect)
{
	char text[VG_OUTAGE_KEY_MAX];
	struct vg_scope scope;
	int64_t from_ms;

	if ((size_t)snprintf(text, sizeof(text), "%s", cli->operand[0]) >= sizeof(text) ||
	    !vg_outage_key_read(text, &scope, &from_ms)) {
		(void)vg_cli_fail(cli, VG_EXIT_MALFORMED,
				  "%s: expected the key of a measured outage, as `vinga outage "
				  "list` prints it",
				  cli->operand[0]);
		return NULL;
	}
	return json_pack("{ss ss ss* s[s] sI}", "effect", effect, "service", scope.service,
			 "channel", scope.channel, "municipalities", scope.municipality, "from_ms",
			 (json_int_t)from_ms);
}

/* Without an end a cause follows the measured outage, however long it lasts. */
int
vg_run_outage_confirm(struct vg_cli *cli)
{
	json_t *body;
	int rc = vg_body_require(cli, "cause", "who caused it");

	if (rc == 0)
		rc = vg_body_require(cli, "reason", "a judgement must say why");
	if (rc != 0)
		return rc;
	vg_cli_default_zone();
	body = about_measured(cli, "cause");
	if (body == NULL)
		return VG_EXIT_MALFORMED;
	rc = put_options(cli, body);
	if (rc == 0)
		return plan_or_post(cli, "outage.recorded", PATH, body);
	json_decref(body);
	return rc;
}

/* Where the measured outage ends: what comes after it was not wrong. */
static int
put_measured_end(struct vg_cli *cli, json_t *body)
{
	struct vg_err err = {0};
	const char *text;
	json_t *reply, *row;
	int64_t to_ms;
	int rc = get_outages(cli, &reply);

	if (rc != 0)
		return rc;
	row = find_row(json_object_get(reply, "outages"), "key", cli->operand[0]);
	text = json_string_value(json_object_get(row, "to"));
	if (row != NULL && text == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_USAGE,
				 "%s goes on: --to says until when it was wrong", cli->operand[0]);
	else if (row == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS,
				 "%s: no such outage; --month names an earlier month, or give "
				 "--to",
				 cli->operand[0]);
	else if (vg_civil_parse(text, "iso", &to_ms, &err) != 0)
		rc = vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "the reply: %s", err.text);
	else
		(void)json_object_set_new(body, "to_ms", json_integer(to_ms));
	json_decref(reply);
	return rc;
}

int
vg_run_outage_refute(struct vg_cli *cli)
{
	const char *probe = vg_cli_value(cli, "probe", NULL), *slash = NULL;
	json_t *body;
	int rc = vg_body_require(cli, "reason", "say why the measurement is wrong");

	if (rc == 0 && probe != NULL && (slash = strchr(probe, '/')) == NULL)
		rc = vg_cli_fail(cli, VG_EXIT_USAGE, "--probe %s: expected AGENT/PROBE", probe);
	if (rc != 0)
		return rc;
	vg_cli_default_zone();
	body = about_measured(cli, "refute");
	if (body == NULL)
		return VG_EXIT_MALFORMED;
	if (slash != NULL) {
		(void)json_object_set_new(body, "source",
					  json_stringn(probe, (size_t)(slash - probe)));
		(void)json_object_set_new(body, "probe", json_string(slash + 1));
	}
	rc = vg_cli_flag(cli, "to") ? 0 : put_measured_end(cli, body);
	if (rc == 0)
		rc = put_options(cli, body);
	if (rc == 0)
		return plan_or_post(cli, "outage.recorded", PATH, body);
	json_decref(body);
	return rc;
}

/* An act on a record: the body names it for the plan, the path for the daemon. */
static int
act(struct vg_cli *cli, const char *kind, const char *verb, json_t *body, int rc)
{
	struct vg_path path;

	if (rc == 0 && (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]) ||
			!vg_path_part(&path, verb)))
		rc = too_long(cli);
	if (rc == 0 && vg_cli_flag(cli, "plan"))
		(void)json_object_set_new(body, "outage", json_string(cli->operand[0]));
	if (rc == 0)
		return plan_or_post(cli, kind, path.text, body);
	json_decref(body);
	return rc;
}

int
vg_run_outage_correct(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = vg_body_require(cli, "reason", "a correction must say why");

	if (rc == 0)
		rc = put_options(cli, body);
	if (rc == 0)
		rc = vg_body_text(cli, body, "effect", "effect");
	if (rc == 0 && vg_cli_flag(cli, "open"))
		(void)json_object_set_new(body, "to_ms", json_null());
	return act(cli, "outage.corrected", "correct", body, rc);
}

int
vg_run_outage_approve(struct vg_cli *cli)
{
	return act(cli, "outage.approved", "approve", json_object(), 0);
}

int
vg_run_outage_withdraw(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = vg_body_require(cli, "reason", "a withdrawal must say why");

	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	return act(cli, "outage.withdrawn", "withdraw", body, rc);
}
