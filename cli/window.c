/* window.c - service windows: planned with their price shown, approved, started, ended, withdrawn,
 * and exchanged with calendars.
 *
 * A plan shows which cells and verdicts the window would change once it is approved, and sends
 * nothing before --submit says so. Recurring windows are walked out here, so that what is approved
 * is a list of instants and not a rule that somebody may read otherwise. */
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/plan.h"
#include "cli/remote.h"
#include "cli/whole.h"
#include "lib/civil/civil.h"
#include "lib/ical/ical.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/api/v1/windows"

static int
too_long(const struct vg_cli *cli)
{
	return vg_cli_fail(cli, VG_EXIT_USAGE, "the options are too long for one request");
}

/* Lists of ids as texts, for the table. */
static void
join_ids(json_t *row, const char *member)
{
	char text[200] = "";
	const json_t *list = json_object_get(row, member), *id;
	size_t i, used = 0;

	json_array_foreach(list, i, id)
	{
		if (used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 i > 0 ? " " : "", json_string_value(id));
	}
	(void)json_object_set_new(row, member, json_string(*text != '\0' ? text : "alla"));
}

/* Whether it touches the service of --service. */
static bool
touches(const json_t *window, const char *service)
{
	const json_t *list = json_object_get(window, "services"), *id;
	size_t i;

	json_array_foreach(list, i, id)
	{
		if (strcmp(json_string_value(id), service) == 0)
			return true;
	}
	return json_array_size(list) == 0;
}

int
vg_run_window_list(struct vg_cli *cli)
{
	static const struct vg_column columns[] = {{"id", "window"},
						   {"name", "name"},
						   {"from", "start"},
						   {"to", "end"},
						   {"category", "category"},
						   {"services", "services"},
						   {"municipalities", "municipalities"},
						   {"judged", "judged"},
						   {"author", "author"},
						   {"approved_by", "approved_by"},
						   {NULL, NULL}};
	const char *service = vg_cli_value(cli, "service", NULL);
	struct vg_path path;
	json_t *reply, *rows;
	int rc;

	if (!vg_path_start(&path, PATH) ||
	    !vg_path_query(&path, "month", vg_cli_value(cli, "month", NULL)))
		return too_long(cli);
	rc = vg_remote_call(cli, "GET", path.text, NULL, &reply);
	if (rc != 0)
		return rc;
	rows = json_object_get(reply, "windows");
	for (size_t i = json_array_size(rows); service != NULL && i-- > 0;)
		if (!touches(json_array_get(rows, i), service))
			(void)json_array_remove(rows, i);
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else {
		vg_put_judged(rows);
		for (size_t i = 0; i < json_array_size(rows); i++) {
			join_ids(json_array_get(rows, i), "services");
			join_ids(json_array_get(rows, i), "municipalities");
		}
		vg_print_table(rows, columns);
	}
	json_decref(reply);
	return rc;
}

/* --- planning --- */

static json_t *
times_json(const int64_t (*time)[2], size_t times)
{
	json_t *list = json_array();

	for (size_t i = 0; i < times; i++)
		(void)json_array_append_new(
			list, json_pack("[I,I]", (json_int_t)time[i][0], (json_int_t)time[i][1]));
	return list;
}

/* --from, --to and --rrule as occurrences. */
static int
put_times(const struct vg_cli *cli, json_t *body)
{
	const char *rrule = vg_cli_value(cli, "rrule", NULL);
	int64_t time[VG_ICAL_TIMES_MAX][2], from_ms, to_ms;
	struct vg_err err = {0};
	size_t times = 1;
	bool open = false;
	int rc = vg_body_read_instant(cli, "from", -1, &from_ms);

	if (rc == 0)
		rc = vg_body_read_instant(cli, "to", -1, &to_ms);
	if (rc != 0)
		return rc;
	if (from_ms < 0 || to_ms <= from_ms)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--to: expected a time after --from");
	time[0][0] = from_ms;
	time[0][1] = to_ms;
	if (rrule != NULL && vg_ical_expand(from_ms, to_ms, rrule, time, &times, &open, &err) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "--rrule: %s", err.text);
	if (open)
		fprintf(stderr, "vinga: regeln har inget slut; %zu tillfällen på %d år planeras\n",
			times, VG_ICAL_YEARS_MAX);
	(void)json_object_set_new(body, "times", times_json((const int64_t(*)[2])time, times));
	return 0;
}

/* Shows what approval would change; sends with --submit. Takes the body over. */
static int
plan_and_submit(struct vg_cli *cli, json_t *body)
{
	json_t *events = json_pack("[{ss ss sO}, {ss ss s{ss}}]", "kind", "window.planned", "actor",
				   "plan", "body", body, "kind", "window.approved", "actor",
				   "plan, second person", "body", "window", "W-?");
	int rc = events != NULL ? vg_plan(cli, events)
				: vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");

	json_decref(events);
	if (rc == 0 && vg_cli_flag(cli, "submit"))
		return vg_body_post(cli, PATH, body, "fönster");
	json_decref(body);
	return rc;
}

int
vg_run_window_plan(struct vg_cli *cli)
{
	static const char *const texts[][2] = {{"name", "name"},
					       {"agreed-by", "agreed_by"},
					       {"rrule", "rrule"},
					       {"reason", "reason"},
					       {"uid", "uid"}};
	json_t *body = json_pack("{ss}", "category",
				 vg_cli_flag(cli, "emergency") ? "emergency" : "planned");
	int rc = vg_body_require(cli, "name", "what is done");

	if (rc == 0)
		rc = vg_body_require(cli, "from", "when it starts, such as 2026-11-29T00:00");
	if (rc == 0)
		rc = vg_body_require(cli, "to", "when it ends");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && rc == 0; i++)
		rc = vg_body_text(cli, body, texts[i][0], texts[i][1]);
	if (rc == 0)
		rc = vg_body_list(cli, body, "service", "services");
	if (rc == 0)
		rc = vg_body_list(cli, body, "channel", "channels");
	if (rc == 0)
		rc = vg_body_list(cli, body, "municipality", "municipalities");
	if (rc == 0)
		rc = vg_body_instant(cli, body, "announced", "announced_ms");
	if (rc == 0)
		rc = put_times(cli, body);
	if (rc == 0)
		return plan_and_submit(cli, body);
	json_decref(body);
	return rc;
}

/* --- acts --- */

static int
act(struct vg_cli *cli, const char *kind, const char *verb, json_t *body, int rc)
{
	struct vg_path path;
	json_t *events;

	if (rc == 0 && vg_cli_flag(cli, "plan")) {
		(void)json_object_set_new(body, "window", json_string(cli->operand[0]));
		events = json_pack("[{ss ss so}]", "kind", kind, "actor", "plan, second person",
				   "body", body);
		rc = vg_plan(cli, events);
		json_decref(events);
		return rc;
	}
	if (rc == 0 && (!vg_path_start(&path, PATH) || !vg_path_part(&path, cli->operand[0]) ||
			!vg_path_part(&path, verb)))
		rc = too_long(cli);
	if (rc == 0)
		return vg_body_post(cli, path.text, body, cli->operand[0]);
	json_decref(body);
	return rc;
}

int
vg_run_window_approve(struct vg_cli *cli)
{
	return act(cli, "window.approved", "approve", json_object(), 0);
}

int
vg_run_window_start(struct vg_cli *cli)
{
	json_t *body = json_object();

	return act(cli, "window.started", "start", body, vg_body_instant(cli, body, "at", "at_ms"));
}

int
vg_run_window_end(struct vg_cli *cli)
{
	json_t *body = json_object();

	return act(cli, "window.ended", "end", body, vg_body_instant(cli, body, "at", "at_ms"));
}

int
vg_run_window_withdraw(struct vg_cli *cli)
{
	json_t *body = json_object();
	int rc = vg_body_require(cli, "reason", "a withdrawal must say why");

	if (rc == 0)
		rc = vg_body_text(cli, body, "reason", "reason");
	return act(cli, "window.withdrawn", "withdraw", body, rc);
}

/* --- calendars --- */

/* "a b c" as a list. */
static json_t *
ids_json(const char *ids)
{
	json_t *list = json_array();

	while (*ids != '\0') {
		size_t length = strcspn(ids, " ");

		(void)json_array_append_new(list, json_stringn(ids, length));
		ids += length + (ids[length] == ' ');
	}
	return list;
}

/* One event of a calendar as window.planned; NULL when a text is not UTF-8. */
static json_t *
window_body(const struct vg_cli *cli, const struct vg_ical_window *window)
{
	json_t *body = json_pack(
		"{ss ss ss so}", "name", *window->name != '\0' ? window->name : window->uid,
		"category", vg_cli_flag(cli, "emergency") ? "emergency" : "planned", "uid",
		window->uid, "times", times_json((const int64_t(*)[2])window->time, window->times));

	if (body == NULL)
		return NULL;
	if (*window->services != '\0')
		(void)json_object_set_new(body, "services", ids_json(window->services));
	if (*window->rrule != '\0')
		(void)json_object_set_new(body, "rrule", json_string(window->rrule));
	return body;
}

static int
import_one(struct vg_cli *cli, const struct vg_ical_window *window)
{
	json_t *body;
	int rc = 0;

	if (window->status == VG_ICAL_CANCELLED || window->times == 0) {
		printf("%s: %s, lämnas\n", window->uid,
		       window->times == 0 ? "utan tillfällen" : "inställt");
		return 0;
	}
	body = window_body(cli, window);
	if (body == NULL)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: expected text in UTF-8",
				   window->uid);
	rc = vg_body_list(cli, body, "municipality", "municipalities");
	printf("%s: %s, %zu tillfällen\n", window->uid, window->name, window->times);
	if (rc == 0)
		return plan_and_submit(cli, body);
	json_decref(body);
	return rc;
}

int
vg_run_window_import(struct vg_cli *cli)
{
	struct vg_ical_window *window = NULL;
	struct vg_err err = {0};
	size_t length = 0, count = 0;
	char *text = vg_whole_file(cli, cli->operand[0], VG_ICAL_BYTES_MAX, &length);
	int rc = VG_EXIT_OK;

	if (text == NULL)
		return VG_EXIT_MALFORMED;
	vg_cli_default_zone();
	if (vg_ical_read(text, length, &window, &count, &err) != 0)
		rc = vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: %s", cli->operand[0], err.text);
	free(text);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = import_one(cli, &window[i]);
	vg_ical_windows_free(window, count);
	return rc;
}

int
vg_run_window_export(struct vg_cli *cli)
{
	char *text = NULL;
	size_t length = 0;
	int rc = vg_remote_fetch(cli, PATH ".ics", &text, &length);

	if (rc == 0 && fwrite(text, 1, length, stdout) != length)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "standard output: write failed");
	free(text);
	return rc;
}
