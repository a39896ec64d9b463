/* plan.c - what an event would do to the figures.
 *
 * The ledger is replayed, the figures of the months that the event reaches are taken, the core
 * takes it as its next event, and they are taken again. The hard thing is the instant: a month that
 * has begun is evaluated now, where a window to come changes its budget alone, and one that has not
 * at its end. */
#include "cli/plan.h"

#include "cli/figures.h"
#include "cli/plan_print.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/verdicts.h"
#include "lib/civil/civil.h"
#include "lib/json/event_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct plan {
	struct vg_cli *cli;
	struct vg_replayed replayed;
	int64_t now_ms;
	int month[VG_FIGURES_MONTHS_MAX];
	size_t months;
	json_t *was, *changes;
};

/* --- the event --- */

static int
add_month(struct plan *plan, int month)
{
	for (size_t i = 0; i < plan->months; i++)
		if (plan->month[i] == month)
			return 0;
	if (plan->months == VG_FIGURES_MONTHS_MAX)
		return vg_cli_fail(plan->cli, VG_EXIT_MALFORMED,
				   "the time reaches over more than %d months",
				   VG_FIGURES_MONTHS_MAX);
	plan->month[plan->months++] = month;
	return 0;
}

static int
add_months(struct plan *plan, int64_t from_ms, int64_t to_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(plan->replayed.core);
	int first = vg_agreement_month_of(agreement, from_ms),
	    last = vg_agreement_month_of(agreement, to_ms - 1), rc = 0;

	if (first < 0 || last < first)
		return vg_cli_fail(plan->cli, VG_EXIT_MALFORMED,
				   "the time lies outside the agreement's calendar");
	for (int month = first; month <= last && rc == 0; month++)
		rc = add_month(plan, month);
	return rc;
}

/* Those that --month names; without any, this month and the one before it, which is still to be
 * closed. */
static int
add_asked(struct plan *plan)
{
	int now =
		vg_agreement_month_of(vg_core_agreement_latest(plan->replayed.core), plan->now_ms);
	int month, rc = 0;

	for (int i = 0; i < plan->cli->givens && rc == 0; i++) {
		if (strcmp(plan->cli->given[i].name, "month") != 0)
			continue;
		rc = vg_cli_month(plan->cli, plan->cli->given[i].value, &month);
		if (rc == 0)
			rc = add_month(plan, month);
	}
	if (rc == 0 && plan->months == 0 && now > 0) {
		plan->month[plan->months++] = now - 1;
		plan->month[plan->months++] = now;
	}
	return rc;
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

static bool
is_about_availability(enum vg_kind kind)
{
	return kind >= VG_KIND_OUTAGE_RECORDED && kind <= VG_KIND_WINDOW_WITHDRAWN;
}

/* The months whose availability the event can change; of another event, those that were asked for.
 */
static int
reach(struct plan *plan, const struct vg_event *event)
{
	const struct vg_outage_body *outage = &event->body.outage;
	const struct vg_window_body *window = &event->body.window;
	int rc = 0;

	if (!is_about_availability(event->kind))
		return add_asked(plan);
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

/* "W-?" and the like, the number that the first event will get, made known. */
static void
put_number(json_t *body, int64_t first_seq)
{
	const char *member, *text;
	json_t *value;

	json_object_foreach(body, member, value)
	{
		text = json_string_value(value);
		if (text != NULL && strlen(text) == 3 && strcmp(text + 1, "-?") == 0)
			(void)json_object_set_new(body, member,
						  json_sprintf("%c-%" PRId64, *text, first_seq));
	}
}

/* The envelope around {kind, actor, municipality?, body}, with "?" put in its place. */
static int
parse(const struct plan *plan, const json_t *event, int64_t first_seq,
      struct vg_parsed_event *parsed)
{
	json_t *whole = json_pack(
		"{si sO sI ss sO* sO* sO}", "v", VG_EVENT_VERSION, "kind",
		json_object_get(event, "kind"), "occurred_ms", (json_int_t)plan->now_ms, "source",
		"vinga", "actor", json_object_get(event, "actor"), "municipality",
		json_object_get(event, "municipality"), "body", json_object_get(event, "body"));
	struct vg_err err = {0};
	char *text = NULL;
	int rc;

	put_number(json_object_get(whole, "body"), first_seq);
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

/* All events, in order; the figures as they were are taken before the first. */
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
	plan->was = vg_figures(plan->replayed.core, plan->month, plan->months, plan->now_ms);
	for (i = 0; i < count && rc == 0; i++)
		rc = step(plan, &parsed[i]);
	for (i = 0; i < count; i++)
		vg_parsed_event_free(&parsed[i]);
	return rc;
}

static int
take_agreement(struct plan *plan, struct vg_agreement *agreement)
{
	int rc = add_asked(plan);

	if (rc != 0)
		return rc;
	plan->was = vg_figures(plan->replayed.core, plan->month, plan->months, plan->now_ms);
	if (vg_replay_apply(plan->replayed.core, agreement, ++plan->replayed.seq, plan->now_ms) !=
	    0)
		return vg_cli_fail(plan->cli, VG_EXIT_DIFFERS, "out of memory");
	return 0;
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
verdicts_turned(const json_t *changes)
{
	const json_t *change;
	int turned = 0;
	size_t i;

	json_array_foreach(changes, i, change) turned +=
		!json_equal(json_object_get(json_object_get(change, "was"), "verdict"),
			    json_object_get(json_object_get(change, "is"), "verdict"));
	return turned;
}

static int
print_plan(struct plan *plan)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(plan->replayed.core);
	json_t *is = vg_figures(plan->replayed.core, plan->month, plan->months, plan->now_ms);
	const json_t *cells;
	int turned;

	if (plan->was == NULL || is == NULL) {
		json_decref(is);
		return vg_cli_fail(plan->cli, VG_EXIT_DIFFERS, "out of memory");
	}
	plan->changes = vg_figures_changes(plan->was, is);
	json_decref(is);
	cells = json_object_get(plan->changes, "availability");
	turned = verdicts_turned(cells) + verdicts_turned(json_object_get(plan->changes, "kpi"));
	if (vg_cli_flag(plan->cli, "json")) {
		(void)json_object_set_new(plan->changes, "seq", json_integer(plan->replayed.seq));
		(void)json_object_set_new(plan->changes, "verdicts", json_integer(turned));
		return vg_print_json(plan->cli, plan->changes);
	}
	vg_plan_print(cells, agreement);
	vg_figures_print(plan->changes, agreement);
	printf("Celler som skulle ändras: %zu, i månader: %zu; utfall som skulle vändas: %d. Inget "
	       "är skrivet.\n",
	       json_array_size(cells) + json_array_size(json_object_get(plan->changes, "kpi")),
	       plan->months, turned);
	return VG_EXIT_OK;
}

static int
finish(struct plan *plan, int rc)
{
	if (rc == 0)
		rc = print_plan(plan);
	json_decref(plan->was);
	json_decref(plan->changes);
	vg_replay_fini(&plan->replayed);
	return rc;
}

int
vg_plan(struct vg_cli *cli, const json_t *events)
{
	struct plan plan = {.cli = cli};
	int rc = replay(&plan);

	return finish(&plan, rc == 0 ? take(&plan, events) : rc);
}

int
vg_plan_agreement(struct vg_cli *cli, struct vg_agreement *agreement)
{
	struct plan plan = {.cli = cli};
	int rc = replay(&plan);

	return finish(&plan, rc == 0 ? take_agreement(&plan, agreement) : rc);
}
