/* plan.c - what an event would do to availability.
 *
 * The ledger is replayed, the cells of the months that the event reaches are computed, the core
 * takes it as its next event, and they are computed again. The hard thing is the instant: a
 * month that has begun is evaluated now, where a window to come changes its budget alone, and one
 * that has not at its end. */
#include "cli/plan.h"

#include "cli/plan_print.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/verdicts.h"
#include "lib/civil/civil.h"
#include "lib/json/event_json.h"
#include "lib/report/avail.h"
#include "lib/report/report.h"
#include "lib/report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MONTHS_MAX 480

struct plan {
	struct vg_cli *cli;
	struct vg_replayed replayed;
	int64_t now_ms;
	int month[MONTHS_MAX];
	size_t months;
	json_t *was[MONTHS_MAX]; /* object: cell by name */
	json_t *changes;
	int verdicts;
};

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* --- cells --- */

static json_t *
cells_by_name(const struct plan *plan, int month)
{
	const struct vg_core *core = plan->replayed.core;
	bool begun = vg_report_start_ms(core, month) < plan->now_ms;
	json_t *cells =
		vg_avail_cells(core, month, -1, begun ? plan->now_ms : INT64_MAX, NULL, NULL);
	json_t *named = json_object(), *cell;
	char name[1024];
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const json_t *channel = json_object_get(cell, "channel");

		(void)snprintf(name, sizeof(name), "%s/%s%s/%s", text_of(cell, "service"),
			       channel != NULL ? "" : "*", text_of(cell, "channel"),
			       text_of(cell, "municipality"));
		(void)json_object_set(named, name, cell);
	}
	json_decref(cells);
	return named;
}

static void
compare_month(struct plan *plan, size_t index)
{
	json_t *is = cells_by_name(plan, plan->month[index]), *cell;
	int month = plan->month[index];
	const char *name;

	json_object_foreach(is, name, cell)
	{
		json_t *was = json_object_get(plan->was[index], name);

		if (was == NULL || json_equal(was, cell))
			continue;
		if (strcmp(text_of(was, "verdict"), text_of(cell, "verdict")) != 0)
			plan->verdicts++;
		(void)json_array_append_new(
			plan->changes,
			json_pack("{so sO sO}", "month",
				  json_sprintf("%04d-%02d", month / 12, month % 12 + 1), "was", was,
				  "is", cell));
	}
	json_decref(is);
}

/* --- the event --- */

static int
add_months(struct plan *plan, int64_t from_ms, int64_t to_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(plan->replayed.core);
	int first = vg_agreement_month_of(agreement, from_ms),
	    last = vg_agreement_month_of(agreement, to_ms - 1);

	if (first < 0 || last < first)
		return vg_cli_fail(plan->cli, VG_EXIT_MALFORMED,
				   "the time lies outside the agreement's calendar");
	for (int month = first; month <= last; month++) {
		size_t i = 0;

		while (i < plan->months && plan->month[i] != month)
			i++;
		if (i == MONTHS_MAX)
			return vg_cli_fail(plan->cli, VG_EXIT_MALFORMED,
					   "the time reaches over more than %d months", MONTHS_MAX);
		if (i == plan->months)
			plan->month[plan->months++] = month;
	}
	return 0;
}

static int
reach_outage(struct plan *plan, int64_t from_ms, int64_t to_ms)
{
	int64_t end_ms = to_ms < plan->now_ms ? to_ms : plan->now_ms;

	return add_months(plan, from_ms, end_ms > from_ms ? end_ms : from_ms + 1);
}

/* An outage record or the occurrences of a window that the body names. */
static int
reach_named(struct plan *plan, const char *id)
{
	struct vg_core *core = plan->replayed.core;
	int64_t series = strtoll(id + 2, NULL, 10);
	const struct vg_outage_record *record = vg_core_outage(core, series);
	const struct vg_window *window;
	int rc = 0;

	if (*id == 'O' && record != NULL)
		return reach_outage(plan, record->from_ms, record->to_ms);
	for (int64_t n = 0; (window = vg_core_window(core, series, n)) != NULL && rc == 0; n++)
		rc = add_months(plan, window->from_ms, window->to_ms);
	return rc;
}

/* The months whose cells the event can change. */
static int
reach(struct plan *plan, const struct vg_event *event)
{
	const struct vg_outage_body *outage = &event->body.outage;
	const struct vg_window_body *window = &event->body.window;
	int rc = 0;

	if (event->kind == VG_KIND_OUTAGE_RECORDED)
		return reach_outage(plan, outage->from_ms, outage->to_ms);
	if (event->kind == VG_KIND_OUTAGE_CORRECTED && (outage->set & VG_OUTAGE_SET_FROM) != 0)
		rc = reach_outage(plan, outage->from_ms, plan->now_ms);
	if (event->kind == VG_KIND_OUTAGE_CORRECTED || event->kind == VG_KIND_OUTAGE_APPROVED ||
	    event->kind == VG_KIND_OUTAGE_WITHDRAWN)
		return rc == 0 ? reach_named(plan, outage->outage) : rc;
	if (event->kind != VG_KIND_WINDOW_PLANNED)
		return reach_named(plan, window->window);
	for (size_t i = 0; i < window->times && rc == 0; i++)
		rc = add_months(plan, window->time[i][0], window->time[i][1]);
	return rc;
}

/* The envelope around {kind, actor, body}, with "?" put in its place. */
static int
parse(const struct plan *plan, const json_t *event, int64_t first_seq,
      struct vg_parsed_event *parsed)
{
	json_t *whole =
		json_pack("{si sO sI ss sO sO}", "v", VG_EVENT_VERSION, "kind",
			  json_object_get(event, "kind"), "occurred_ms", (json_int_t)plan->now_ms,
			  "source", "vinga", "actor", json_object_get(event, "actor"), "body",
			  json_object_get(event, "body"));
	json_t *body = json_object_get(whole, "body");
	const char *window = json_string_value(json_object_get(body, "window"));
	struct vg_err err = {0};
	char *text = NULL;
	int rc;

	if (window != NULL && strcmp(window, "W-?") == 0)
		(void)json_object_set_new(body, "window", json_sprintf("W-%" PRId64, first_seq));
	if (whole != NULL)
		text = json_dumps(whole, JSON_COMPACT);
	json_decref(whole);
	if (text == NULL)
		return vg_cli_fail(plan->cli, VG_EXIT_MALFORMED, "expected text in UTF-8");
	rc = vg_event_parse(text, strlen(text), parsed, &err);
	free(text);
	return rc == 0 ? 0 : vg_cli_fail(plan->cli, VG_EXIT_MALFORMED, "%s", err.text);
}

static int
step(struct plan *plan, struct vg_parsed_event *parsed)
{
	struct vg_verdict verdict;
	char words[VG_VERDICT_WORDS_MAX];

	parsed->event.seq = ++plan->replayed.seq;
	parsed->event.received_ms = plan->now_ms;
	if (vg_core_step(plan->replayed.core, &parsed->event, &verdict) != 0)
		return vg_cli_fail(plan->cli, VG_EXIT_DIFFERS, "out of memory");
	if (verdict.code == VG_VERDICT_REFUSED || verdict.code == VG_VERDICT_OVERLOAD)
		return vg_cli_fail(plan->cli, VG_EXIT_DIFFERS, "skulle nekas: %s",
				   vg_verdict_words(verdict.text, words));
	if (verdict.code == VG_VERDICT_FLAGGED && !vg_cli_flag(plan->cli, "json"))
		printf("Anmärkning: %s\n", vg_verdict_words(verdict.text, words));
	return 0;
}

/* All events, in order; the cells as they were are taken before the first. */
static int
take(struct plan *plan, const json_t *events)
{
	struct vg_parsed_event parsed[VG_PLAN_EVENTS_MAX];
	int64_t first_seq = plan->replayed.seq + 1;
	size_t count = 0;
	const json_t *event;
	size_t i;
	int rc = 0;

	VG_ASSERT(json_array_size(events) <= VG_PLAN_EVENTS_MAX);
	json_array_foreach(events, i, event)
	{
		rc = parse(plan, event, first_seq, &parsed[i]);
		if (rc != 0)
			break;
		count++;
		rc = reach(plan, &parsed[i].event);
		if (rc != 0)
			break;
	}
	for (i = 0; i < plan->months; i++)
		plan->was[i] = cells_by_name(plan, plan->month[i]);
	for (i = 0; i < count && rc == 0; i++)
		rc = step(plan, &parsed[i]);
	for (i = 0; i < count; i++)
		vg_parsed_event_free(&parsed[i]);
	return rc;
}

static int
replay(struct plan *plan)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	const struct vg_agreement *agreement;
	struct vg_pg *pg = NULL;
	struct vg_err err = {0};
	int rc = vg_replay_open(plan->cli, &pg);

	if (rc == 0)
		rc = vg_replay_ledger(plan->cli, pg, &all, &plan->replayed);
	vg_pg_close(pg);
	if (rc != 0)
		return rc;
	if (plan->replayed.broken > 0)
		return vg_cli_fail(plan->cli, VG_EXIT_DIFFERS, "the ledger does not hold together");
	agreement = vg_core_agreement_latest(plan->replayed.core);
	if (agreement == NULL)
		return vg_cli_fail(plan->cli, VG_EXIT_DIFFERS, "no agreement has been applied");
	if (vg_civil_set_zone(agreement->zone, &err) != 0)
		return vg_cli_fail(plan->cli, VG_EXIT_DIFFERS, "%s", err.text);
	plan->now_ms = (int64_t)time(NULL) * 1000;
	if (plan->now_ms < plan->replayed.received_ms)
		plan->now_ms = plan->replayed.received_ms;
	return 0;
}

static int
print_plan(struct plan *plan)
{
	json_t *out;
	int rc;

	for (size_t i = 0; i < plan->months; i++)
		compare_month(plan, i);
	if (!vg_cli_flag(plan->cli, "json")) {
		vg_plan_print(plan->changes, vg_core_agreement_latest(plan->replayed.core));
		printf("Celler som skulle ändras: %zu, i månader: %zu; utfall som skulle vändas: "
		       "%d. Inget är skrivet.\n",
		       json_array_size(plan->changes), plan->months, plan->verdicts);
		return VG_EXIT_OK;
	}
	out = json_pack("{sI si sO}", "seq", (json_int_t)plan->replayed.seq, "verdicts",
			plan->verdicts, "changes", plan->changes);
	rc = vg_print_json(plan->cli, out);
	json_decref(out);
	return rc;
}

int
vg_plan(struct vg_cli *cli, const json_t *events)
{
	struct plan plan = {.cli = cli, .changes = json_array()};
	int rc = replay(&plan);

	if (rc == 0)
		rc = take(&plan, events);
	if (rc == 0)
		rc = print_plan(&plan);
	for (size_t i = 0; i < plan.months; i++)
		json_decref(plan.was[i]);
	json_decref(plan.changes);
	vg_replay_fini(&plan.replayed);
	return rc;
}
