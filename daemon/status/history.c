/* history.c - the last 90 local days of each service in each municipality: how long it was down,
 * degraded or not measured, planned windows left out.
 *
 * The core's timelines tell it, but to walk three months of all of them takes longer than the loop
 * may stand still. So they are counted a few each second, the one that was counted longest ago
 * first; today's figures are at most as old as one such round. */
#include "daemon/status/sheet.h"

#include "daemon/api/judge.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX     20000 /* services x municipalities, 1 kB each; past it no days are shown */
#define TURN_MS	      20    /* of the loop, each second */
#define ROUND_MS      (INT64_C(10) * 1000) /* from the beginning of one round to the next */
#define UNKNOWN_MIN_S (12 * 60 * 60)	   /* from so much on a day counts as not measured */
#define DAY_S	      (24 * 60 * 60)

struct day {
	uint32_t promised_s, down_s, degraded_s, unknown_s;
};
struct pair {
	uint32_t service, municipality; /* indexes in the agreement */
	int64_t last_day;		/* of day[]; 0 = not counted yet */
	struct day day[VG_HISTORY_DAYS];
};
struct vg_history {
	int64_t agreement;  /* seq of the version that it is laid out by; 0 = none */
	int64_t last_day;   /* today */
	int64_t round_ms;   /* when the present round began */
	size_t pairs, next; /* next: to be counted */
	struct pair *pair;
	bool complete; /* every pair was counted once */
};

struct vg_history *
vg_history_new(void)
{
	return calloc(1, sizeof(struct vg_history));
}

void
vg_history_free(struct vg_history *history)
{
	if (history != NULL)
		free(history->pair);
	free(history);
}

/* --- counting --- */

struct count {
	const struct vg_core *core;
	const struct vg_agreement *agreement;
	const char *service, *municipality;
	int64_t first_day; /* of pair->day[0] */
	struct pair *pair;
};

static bool
is_window_of(const struct count *count, const struct vg_window *window)
{
	return *window->approved_by != '\0' && !window->withdrawn &&
	       window->category == VG_WINDOW_PLANNED && *window->channels == '\0' &&
	       vg_judge_has_id(window->services, count->service) &&
	       vg_judge_has_id(window->municipalities, count->municipality);
}

/* The end of the part of [from, to) that no planned window covers; *from moves past those that
 * cover its beginning. */
static int64_t
clear_to_ms(const struct count *count, int64_t *from_ms, int64_t to_ms)
{
	const struct vg_window *window;
	int64_t clear_ms = to_ms;

	for (size_t i = 0; (window = vg_core_item(count->core, VG_OBJECT_WINDOW, i)) != NULL; i++) {
		if (window->to_ms <= *from_ms || window->from_ms >= to_ms ||
		    !is_window_of(count, window))
			continue;
		if (window->from_ms <= *from_ms)
			*from_ms = window->to_ms;
		else if (window->from_ms < clear_ms)
			clear_ms = window->from_ms;
	}
	return clear_ms;
}

static void
add(struct day *day, enum vg_avail_state state, uint32_t seconds)
{
	if (state == VG_AVAIL_DOWN)
		day->down_s += seconds;
	else if (state == VG_AVAIL_DEGRADED)
		day->degraded_s += seconds;
	else if (state == VG_AVAIL_NO_DATA)
		day->unknown_s += seconds;
}

/* Lays a stretch over the days that it touches. */
static void
spread(struct count *count, enum vg_avail_state state, int64_t from_ms, int64_t to_ms)
{
	const struct vg_agreement *agreement = count->agreement;

	while (from_ms < to_ms) {
		const int64_t day = vg_agreement_day_of(agreement, from_ms);
		const int64_t at = day - count->first_day;
		int64_t end_ms;

		if (day == INT64_MIN || at < 0 || at >= VG_HISTORY_DAYS)
			return;
		end_ms = agreement->day_start_ms[day - agreement->first_day + 1];
		if (end_ms > to_ms)
			end_ms = to_ms;
		add(&count->pair->day[at], state, (uint32_t)((end_ms - from_ms) / 1000));
		from_ms = end_ms;
	}
}

static void
on_piece(const struct vg_avail_piece *piece, void *arg)
{
	struct count *count = arg;
	int64_t from_ms = piece->from_ms;

	if (piece->state == VG_AVAIL_UP)
		return;
	while (from_ms < piece->to_ms) {
		const int64_t to_ms = clear_to_ms(count, &from_ms, piece->to_ms);

		if (from_ms < to_ms)
			spread(count, piece->state, from_ms, to_ms);
		from_ms = to_ms > from_ms ? to_ms : from_ms;
	}
}

static int64_t
day_start_ms(const struct vg_agreement *agreement, int64_t day)
{
	const int64_t at = day - agreement->first_day;

	return agreement->day_start_ms[at < 0 ? 0 : at];
}

/* The whole seconds of each day in which the service is promised. */
static void
promise(struct count *count, int64_t from_ms, int64_t to_ms)
{
	for (int i = 0; i < VG_HISTORY_DAYS; i++) {
		int64_t begin_ms = day_start_ms(count->agreement, count->first_day + i);
		int64_t end_ms = day_start_ms(count->agreement, count->first_day + i + 1);

		begin_ms = begin_ms > from_ms ? begin_ms : from_ms;
		end_ms = end_ms < to_ms ? end_ms : to_ms;
		if (begin_ms < end_ms)
			count->pair->day[i].promised_s += (uint32_t)((end_ms - begin_ms) / 1000);
	}
}

static void
count_pair(struct vg_history *history, const struct vg_core *core,
	   const struct vg_agreement *agreement, int64_t now_ms)
{
	struct pair *pair = &history->pair[history->next];
	const struct vg_service *service = &agreement->service[pair->service];
	const char *code = agreement->municipality[pair->municipality].code;
	const struct vg_scope scope = {.service = service->id, .municipality = code};
	struct count count = {.core = core,
			      .agreement = agreement,
			      .service = service->id,
			      .municipality = code,
			      .first_day = history->last_day - VG_HISTORY_DAYS + 1,
			      .pair = pair};
	const int64_t first_ms = day_start_ms(agreement, count.first_day);
	int64_t from_ms, to_ms;

	memset(pair->day, 0, sizeof(pair->day));
	pair->last_day = history->last_day;
	for (size_t i = 0; vg_agreement_member(agreement, service, code, i, &from_ms, &to_ms);
	     i++) {
		from_ms = from_ms > first_ms ? from_ms : first_ms;
		to_ms = to_ms < now_ms ? to_ms : now_ms;
		to_ms -= to_ms % 1000;
		if (from_ms >= to_ms)
			continue;
		promise(&count, from_ms, to_ms);
		if (vg_timeline(core, &scope, from_ms, to_ms, on_piece, &count) != 0)
			return;
	}
}

/* --- rounds --- */

/* One pair for each service that is promised, in each municipality. */
static bool
lay_out(struct vg_history *history, const struct vg_agreement *agreement)
{
	size_t promised = 0;

	for (size_t i = 0; i < agreement->services; i++)
		promised += !agreement->service[i].component;
	free(history->pair);
	*history = (struct vg_history){.agreement = agreement->seq};
	if (promised * agreement->municipalities > PAIRS_MAX)
		return false;
	history->pair = calloc(promised * agreement->municipalities + 1, sizeof(*history->pair));
	for (uint32_t i = 0; history->pair != NULL && i < agreement->services; i++)
		for (uint32_t k = 0;
		     !agreement->service[i].component && k < agreement->municipalities; k++)
			history->pair[history->pairs++] =
				(struct pair){.service = i, .municipality = k};
	return history->pair != NULL;
}

void
vg_history_turn(struct vg_history *history, const struct vg_core *core, int64_t now_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, now_ms);
	const int64_t began_ms = vg_steady_ms();
	const int64_t today =
		agreement != NULL ? vg_agreement_day_of(agreement, now_ms) : INT64_MIN;

	if (today == INT64_MIN)
		return;
	if (history->agreement != agreement->seq && !lay_out(history, agreement))
		return;
	if (history->next == history->pairs || history->last_day != today) {
		if (history->last_day == today && began_ms - history->round_ms < ROUND_MS)
			return;
		history->next = 0;
		history->last_day = today;
		history->round_ms = began_ms;
	}
	while (history->next < history->pairs && vg_steady_ms() - began_ms < TURN_MS) {
		count_pair(history, core, agreement, now_ms);
		history->next++;
	}
	history->complete =
		history->complete || (history->pairs > 0 && history->next == history->pairs);
}

/* --- asking --- */

static void
sum_day(struct vg_history_day *sum, const struct day *day)
{
	if (day->promised_s == 0)
		return;
	sum->places++;
	sum->down += day->down_s > 0;
	sum->degraded += day->degraded_s > 0;
	sum->hit += day->down_s > 0 || day->degraded_s > 0;
	sum->unknown += day->unknown_s >= UNKNOWN_MIN_S || day->unknown_s == day->promised_s;
	if (day->down_s > sum->down_s)
		sum->down_s = day->down_s;
	if (day->degraded_s > sum->degraded_s)
		sum->degraded_s = day->degraded_s;
}

/* One that was counted before midnight ends a day earlier than the others. */
static void
add_pair(const struct vg_history *history, const struct pair *pair,
	 struct vg_history_day out[VG_HISTORY_DAYS])
{
	const int64_t late = history->last_day - pair->last_day;

	for (int64_t i = late; i >= 0 && i < VG_HISTORY_DAYS; i++)
		sum_day(&out[i - late], &pair->day[i]);
}

bool
vg_history_of(const struct vg_sheet *sheet, const struct vg_service *service,
	      struct vg_history_day out[VG_HISTORY_DAYS])
{
	const struct vg_history *history = sheet->pages->history;
	const struct vg_agreement *agreement = sheet->agreement;

	if (agreement == NULL || !history->complete || history->agreement != agreement->seq)
		return false;
	for (int i = 0; i < VG_HISTORY_DAYS; i++)
		out[i] =
			(struct vg_history_day){.day = history->last_day - VG_HISTORY_DAYS + 1 + i};
	for (size_t i = 0; i < history->pairs; i++) {
		const struct pair *pair = &history->pair[i];

		if (&agreement->service[pair->service] != service ||
		    (sheet->place != NULL &&
		     &agreement->municipality[pair->municipality] != sheet->place))
			continue;
		add_pair(history, pair, out);
	}
	return true;
}
