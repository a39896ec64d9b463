/* window_effect.c - what a service window would do, asked before it is planned.
 *
 * Figures are computed twice, without it and with it, by the code that computes them for everybody;
 * nothing is written anywhere. */
#include "daemon/api/picture.h"

#include "daemon/api/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MAX      20
#define COLLISIONS_MAX 50
#define LENGTH_MAX_MS  (INT64_C(31) * 24 * 60 * 60 * 1000)

struct pair {
	struct vg_avail_cell before, after;
};

struct effect {
	struct vg_call *call;
	const struct vg_core *core;
	const struct vg_agreement *agreement;
	struct vg_window window; /* as if it stood in the core */
	char services[VG_SCOPE_TEXT_MAX + 1], municipalities[VG_SCOPE_TEXT_MAX + 1];
	int64_t now_ms;
	/* Of all that it hits. */
	bool late, counts;
	int64_t agreed_s, excluded_s; /* the most of any cell */
	int64_t towns, users;
	struct pair *pair; /* of the month in which it begins */
	size_t pairs, pairs_size, next;
	bool failed;
};

/* The question. */

typedef int check_id(const struct vg_agreement *agreement, const char *member, const char *id,
		     struct vg_err *err);

/* "a,b" or "a b" as a list of ids that the agreement knows; false: the call is answered. */
static bool
read_ids(struct effect *e, const char *member, const char *text, check_id *check,
	 char out[VG_SCOPE_TEXT_MAX + 1])
{
	char id[VG_NAME_MAX + 1];
	struct vg_err err = {0};
	size_t used = 0;

	while (text != NULL && *text != '\0') {
		const size_t length = strcspn(text, ", ");

		(void)snprintf(id, sizeof(id), "%.*s", (int)length, text);
		if (length >= sizeof(id) || used + length + 2 > VG_SCOPE_TEXT_MAX + 1 ||
		    check(e->agreement, member, id, &err) != 0) {
			vg_reply_problem(e->call->request, 422, "%s%s",
					 *err.text != '\0' ? "" : member,
					 *err.text != '\0' ? err.text : ": too long");
			return false;
		}
		used += (size_t)snprintf(out + used, VG_SCOPE_TEXT_MAX + 1 - used, "%s%s",
					 used > 0 ? " " : "", id);
		text += length;
		text += *text != '\0';
	}
	return true;
}

static bool
read_services(struct effect *e)
{
	e->window.services = e->services;
	return read_ids(e, "service", vg_call_query(e->call, "service"), vg_take_check_service,
			e->services);
}

/* Who is bound to a municipality asks about that one alone. */
static bool
read_municipalities(struct effect *e)
{
	const char *own = e->call->who->municipality;
	const char *text = vg_call_query(e->call, "municipality");

	e->window.municipalities = e->municipalities;
	if (*own != '\0' && text != NULL && strcmp(text, own) != 0) {
		vg_reply_problem(e->call->request, 403, "municipality: %s may see %s only",
				 e->call->who->name, own);
		return false;
	}
	return read_ids(e, "municipality", text == NULL && *own != '\0' ? own : text,
			vg_take_check_municipality, e->municipalities);
}

static bool
read_instant(struct effect *e, const char *name, int64_t *at_ms)
{
	const char *text = vg_call_query(e->call, name);
	struct vg_err err = {0};

	if (text == NULL && *at_ms >= 0)
		return true;
	if (text != NULL && vg_parse_time(text, at_ms, &err))
		return true;
	vg_reply_problem(e->call->request, 400, "%s: expected a time as 2026-11-29T22:00:00Z",
			 name);
	return false;
}

static bool
read_times(struct effect *e)
{
	struct vg_window *window = &e->window;

	window->from_ms = window->to_ms = -1;
	window->announced_ms = e->now_ms;
	if (!read_instant(e, "from", &window->from_ms) || !read_instant(e, "to", &window->to_ms) ||
	    !read_instant(e, "announced", &window->announced_ms))
		return false;
	if (window->from_ms < window->to_ms && window->to_ms - window->from_ms <= LENGTH_MAX_MS)
		return true;
	vg_reply_problem(e->call->request, 400,
			 "to: expected a time after from, at most 31 days later");
	return false;
}

static bool
read_category(struct effect *e)
{
	const char *text = vg_call_query(e->call, "category");

	for (int i = 0; vg_category_words[i] != NULL; i++)
		if (text == NULL || strcmp(text, vg_category_words[i]) == 0) {
			e->window.category = i;
			return true;
		}
	vg_reply_problem(e->call->request, 400, "category: expected planned or emergency");
	return false;
}

static bool
read_window(struct effect *e)
{
	const char *agreed_by = vg_call_query(e->call, "agreed_by");

	e->window.name = e->window.channels = "";
	e->window.rrule = e->window.uid = e->window.reason = "";
	e->window.author = e->window.approved_by = "what-if";
	e->window.withdrawn_by = e->window.withdrawn_reason = "";
	e->window.withdrawal_approved_by = "";
	e->window.agreed_by = agreed_by == NULL ? "" : agreed_by;
	e->window.planned_ms = e->now_ms;
	e->window.started_ms = e->window.ended_ms = -1;
	if (!read_times(e) || !read_category(e))
		return false;
	e->agreement = vg_core_agreement_at(e->core, e->window.from_ms);
	if (e->agreement != NULL)
		return read_services(e) && read_municipalities(e);
	vg_reply_problem(e->call->request, 404, "no agreement covers that time");
	return false;
}

/* What it hits. */

static bool
hits(const struct effect *e, const struct vg_service *service, const char *municipality)
{
	int64_t from_ms, to_ms;

	if (service->component || !vg_judge_has_id(e->services, service->id) ||
	    !vg_judge_has_id(e->municipalities, municipality))
		return false;
	for (size_t i = 0;
	     vg_agreement_member(e->agreement, service, municipality, i, &from_ms, &to_ms); i++)
		if (from_ms < e->window.to_ms && to_ms > e->window.from_ms)
			return true;
	return false;
}

static int64_t
users_of(const struct effect *e, const char *municipality)
{
	const int64_t day = vg_agreement_day_of(e->agreement, e->window.from_ms);
	const struct vg_users_reading *reading =
		day == INT64_MIN ? NULL : vg_core_users_at(e->core, municipality, day);

	return reading == NULL ? 0 : reading->users;
}

/* Adds a municipality, when the window hits a service of it. */
static int
add_town(struct effect *e, const char *code)
{
	bool hit = false;
	int rc = 0;

	for (size_t i = 0; i < e->agreement->services && rc == 0; i++) {
		const struct vg_service *service = &e->agreement->service[i];
		const struct vg_scope scope = {.service = service->id, .municipality = code};
		struct vg_window_effect one;

		if (!hits(e, service, code))
			continue;
		rc = vg_avail_window_effect(e->core, &e->window, &scope, &one);
		hit = true;
		e->late = !one.in_notice;
		e->counts = one.counts;
		if (one.agreed_s > e->agreed_s)
			e->agreed_s = one.agreed_s;
		if (one.excluded_s > e->excluded_s)
			e->excluded_s = one.excluded_s;
	}
	e->towns += hit;
	e->users += hit ? users_of(e, code) : 0;
	return rc;
}

/* The month. */

static bool
is_hit(const struct effect *e, const struct vg_avail_cell *cell)
{
	return cell->scope.channel == NULL && cell->scope.municipality != NULL &&
	       vg_judge_has_id(e->services, cell->scope.service) &&
	       vg_judge_has_id(e->municipalities, cell->scope.municipality);
}

static void
on_before(const struct vg_avail_cell *cell, void *arg)
{
	struct effect *e = arg;

	if (!is_hit(e, cell) || e->failed)
		return;
	if (e->pairs == e->pairs_size) {
		const size_t size = e->pairs_size == 0 ? 64 : e->pairs_size * 2;
		struct pair *grown = reallocarray(e->pair, size, sizeof(*grown));

		e->failed = grown == NULL;
		if (e->failed)
			return;
		e->pair = grown;
		e->pairs_size = size;
	}
	e->pair[e->pairs++].before = *cell;
}

/* In the same order. */
static void
on_after(const struct vg_avail_cell *cell, void *arg)
{
	struct effect *e = arg;

	if (is_hit(e, cell) && e->next < e->pairs)
		e->pair[e->next++].after = *cell;
}

/* Those where least is left first. */
static int
compare_pairs(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	return (a->after.budget_month_s > b->after.budget_month_s) -
	       (a->after.budget_month_s < b->after.budget_month_s);
}

/* 0, or VG_ENOMEM; of a month that has not begun there is nothing. */
static int
compute(struct effect *e)
{
	const bool one = *e->municipalities != '\0' && strchr(e->municipalities, ' ') == NULL;
	const struct vg_scope filter = {.municipality = one ? e->municipalities : NULL};
	const int month = vg_agreement_month_of(e->agreement, e->window.from_ms);
	int rc = 0;

	for (size_t i = 0; i < e->agreement->municipalities && rc == 0; i++)
		if (vg_judge_has_id(e->municipalities, e->agreement->municipality[i].code))
			rc = add_town(e, e->agreement->municipality[i].code);
	if (rc == 0)
		rc = vg_avail_month(e->core, month, -1, e->now_ms, &filter, on_before, e);
	if (rc == 0)
		rc = vg_avail_month_if(e->core, &e->window, month, -1, e->now_ms, &filter, on_after,
				       e);
	if (e->pairs > 0)
		qsort(e->pair, e->pairs, sizeof(e->pair[0]), compare_pairs);
	return rc == VG_ENOMEM || e->failed ? VG_ENOMEM : 0;
}

/* The answer. */

static bool
touch(const char *a, const char *b)
{
	char id[VG_NAME_MAX + 1];

	if (*a == '\0' || *b == '\0')
		return true;
	while (*a != '\0') {
		const size_t length = strcspn(a, " ");

		(void)snprintf(id, sizeof(id), "%.*s", (int)length, a);
		if (vg_judge_has_id(b, id))
			return true;
		a += length;
		a += *a == ' ';
	}
	return false;
}

/* Windows of the same time that share a service and a municipality with it. */
static json_t *
collisions_json(const struct effect *e)
{
	const struct vg_window *other;
	json_t *list = json_array();

	for (size_t i = 0; json_array_size(list) < COLLISIONS_MAX &&
			   (other = vg_core_item(e->core, VG_OBJECT_WINDOW, i)) != NULL;
	     i++)
		if (!other->withdrawn && other->from_ms < e->window.to_ms &&
		    other->to_ms > e->window.from_ms && touch(e->services, other->services) &&
		    touch(e->municipalities, other->municipalities))
			json_array_append_new(list, vg_json_window_brief(other));
	return list;
}

static json_t *
cells_json(const struct effect *e)
{
	const struct vg_picture frame = {
		.month = vg_agreement_month_of(e->agreement, e->window.from_ms),
		.month_at_ms = e->now_ms,
	};
	json_t *list = json_array();

	for (size_t i = 0; i < e->pairs && i < CELLS_MAX; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:o, s:o}", "service",
					e->pair[i].before.scope.service, "municipality",
					e->pair[i].before.scope.municipality, "before",
					vg_json_share(e->core, &frame, &e->pair[i].before), "after",
					vg_json_share(e->core, &frame, &e->pair[i].after)));
	return list;
}

/* Local days from the announcement to the window. */
static int64_t
days_ahead(const struct effect *e)
{
	const int64_t then = vg_agreement_day_of(e->agreement, e->window.from_ms);
	const int64_t told = vg_agreement_day_of(e->agreement, e->window.announced_ms);

	return then == INT64_MIN || told == INT64_MIN ? 0 : then - told;
}

void
vg_get_window_effect(struct vg_call *call)
{
	struct effect e = {.call = call,
			   .core = vg_live_core(call->api->live),
			   .now_ms = vg_live_now_ms(call->api->live)};

	if (!read_window(&e))
		return;
	if (compute(&e) != 0) {
		free(e.pair);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	vg_reply_json(call->request, 200,
		      json_pack("{s:b, s:I, s:I, s:o, s:I, s:I, s:b, s:I, s:I, s:o, s:I, s:I, s:o}",
				"late", e.late, "days_ahead", (json_int_t)days_ahead(&e),
				"notice_days", (json_int_t)e.agreement->window_notice_days,
				"collisions", collisions_json(&e), "agreed_s",
				(json_int_t)e.agreed_s, "excluded_s", (json_int_t)e.excluded_s,
				"counts", e.counts, "municipalities", (json_int_t)e.towns, "users",
				(json_int_t)e.users, "cells", cells_json(&e), "left_out",
				(json_int_t)(e.pairs > CELLS_MAX ? e.pairs - CELLS_MAX : 0), "seq",
				(json_int_t)vg_core_seq(e.core), "asof", vg_json_time(e.now_ms)));
	free(e.pair);
}
