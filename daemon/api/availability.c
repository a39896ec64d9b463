/* availability.c - the cells of a month or a day, and the pieces that they are made of. */
#include "daemon/api/judge.h"

#include "lib/rows/agreed.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* The members of a cell that are whole numbers, as they stand in it. */
#define NUMBER(member)                                                                             \
	{                                                                                          \
#member, offsetof(struct vg_avail_cell, member)                                    \
	}
static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	NUMBER(period_s),    NUMBER(outside_s),	  NUMBER(excluded_s), NUMBER(base_s),
	NUMBER(up_s),	     NUMBER(external_s),  NUMBER(degraded_s), NUMBER(down_s),
	NUMBER(unknown_s),   NUMBER(rewritten_s), NUMBER(flapping_s), NUMBER(provisional_s),
	NUMBER(emergency_s), NUMBER(num),	  NUMBER(den),	      NUMBER(low_num),
	NUMBER(low_den),     NUMBER(outages),	  NUMBER(ended),      NUMBER(restore_s),
	NUMBER(longest_s),
};

/* Those where -1 says that there is none. */
static const struct {
	const char *name;
	size_t offset;
} naturals[] = {NUMBER(target_ppm), NUMBER(users), NUMBER(user_seconds)};
#undef NUMBER

static int64_t
number_at(const struct vg_avail_cell *cell, size_t offset)
{
	return *(const int64_t *)(const void *)((const char *)cell + offset);
}

static json_t *
twins_json(const struct vg_avail_cell *cell)
{
	json_t *twins = json_object();

	for (int i = 0; i < VG_TWIN_COUNT; i++)
		json_object_set_new(twins, vg_twin_names[i],
				    json_pack("[I, I]", (json_int_t)cell->twin_num[i],
					      (json_int_t)cell->twin_den[i]));
	return twins;
}

static json_t *
coverage_json(const struct vg_avail_cell *cell)
{
	return cell->base_s == 0
		       ? json_null()
		       : json_integer((cell->base_s - cell->unknown_s) * 1000000 / cell->base_s);
}

struct cells {
	const struct vg_principal *who;
	bool whole_month;
	json_t *rows;
};

/* What may still be down; none without a target, and for the region. */
static void
put_budgets(json_t *row, const struct vg_avail_cell *cell, bool whole_month)
{
	const bool any = cell->target_ppm >= 0 && cell->scope.municipality != NULL;

	json_object_set_new(row, "budget_month_s",
			    any && whole_month ? json_integer(cell->budget_month_s) : json_null());
	json_object_set_new(row, "budget_earned_s",
			    any ? json_integer(cell->budget_earned_s) : json_null());
}

static void
on_cell(const struct vg_avail_cell *cell, void *arg)
{
	const struct cells *cells = arg;
	json_t *row;

	if (!vg_may_see(cells->who, cell->scope.municipality))
		return;
	row = json_pack("{s:o, s:o, s:o, s:s, s:b, s:o}", "from", vg_json_time(cell->from_ms), "to",
			vg_json_time(cell->to_ms), "coverage_ppm", coverage_json(cell), "verdict",
			vg_avail_verdict_name(cell->verdict), "running", cell->running, "compare",
			twins_json(cell));
	vg_judge_put_scope(row, &cell->scope);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(row, numbers[i].name,
				    json_integer(number_at(cell, numbers[i].offset)));
	for (size_t i = 0; i < sizeof(naturals) / sizeof(naturals[0]); i++) {
		const int64_t number = number_at(cell, naturals[i].offset);

		json_object_set_new(row, naturals[i].name,
				    number < 0 ? json_null() : json_integer(number));
	}
	put_budgets(row, cell, cells->whole_month);
	if (cell->scope.municipality == NULL) {
		json_object_set_new(row, "unweighted_num", json_integer(cell->unweighted_num));
		json_object_set_new(row, "unweighted_den", json_integer(cell->unweighted_den));
	}
	json_array_append_new(cells->rows, row);
}

void
vg_get_availability(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	struct cells cells = {.who = call->who};
	struct vg_scope filter;
	int64_t from_ms, to_ms, day = 0;
	int month, rc;

	if (!vg_judge_filter(call, &filter) ||
	    !vg_judge_month(call, true, &month, &from_ms, &to_ms) ||
	    !vg_call_number(call, "day", 1, 31, &day))
		return;
	cells.whole_month = day == 0;
	cells.rows = json_array();
	rc = vg_avail_month(core, month, (int)day - 1, now_ms, &filter, on_cell, &cells);
	if (rc != 0) {
		json_decref(cells.rows);
		if (rc == VG_ENOTFOUND)
			vg_reply_problem(call->request, 404,
					 "no agreement covers that month, or it has no such day");
		else
			vg_reply_json(call->request, 503, NULL);
		return;
	}
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:o, s:o, s:o, s:I}", "month", vg_judge_month_name(month),
				"day", day == 0 ? json_null() : json_integer(day), "evaluated_at",
				vg_json_time(now_ms < to_ms ? now_ms : to_ms), "cells", cells.rows,
				"seq", (json_int_t)vg_core_seq(core)));
}

/* The evidence. */

json_t *
vg_judge_piece(const struct vg_avail_piece *piece)
{
	char id[32];

	(void)snprintf(id, sizeof(id), "O-%" PRId64, piece->record);
	return json_pack("{s:o, s:o, s:I, s:s, s:s, s:o, s:s, s:b, s:b, s:b, s:b}", "from",
			 vg_json_time(piece->from_ms), "to", vg_json_time(piece->to_ms), "seconds",
			 (json_int_t)((piece->to_ms - piece->from_ms) / 1000), "state",
			 vg_avail_state_name(piece->state), "cause", vg_party_words[piece->cause],
			 "record", piece->record > 0 ? json_string(id) : json_null(), "root",
			 piece->root, "rewritten", piece->rewritten, "flapping", piece->flapping,
			 "provisional", piece->provisional, "pending", piece->pending);
}

static void
on_piece(const struct vg_avail_piece *piece, void *arg)
{
	json_array_append_new(arg, vg_judge_piece(piece));
}

static void
on_span(int64_t from_ms, int64_t to_ms, void *arg)
{
	json_array_append_new(arg, json_pack("{s:o, s:o, s:I}", "from", vg_json_time(from_ms), "to",
					     vg_json_time(to_ms), "seconds",
					     (json_int_t)((to_ms - from_ms) / 1000)));
}

void
vg_get_timeline(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	json_t *pieces, *excluded, *agreed, *answer;
	struct vg_scope scope;
	int64_t from_ms, to_ms;
	int month, rc = 0;

	if (!vg_judge_filter(call, &scope) || !vg_judge_month(call, true, &month, &from_ms, &to_ms))
		return;
	if (scope.service == NULL || scope.municipality == NULL) {
		vg_reply_problem(call->request, 400, "%s: expected one",
				 scope.service == NULL ? "service" : "municipality");
		return;
	}
	to_ms = to_ms < now_ms ? to_ms : now_ms;
	pieces = json_array();
	excluded = json_array();
	if (from_ms < to_ms)
		rc = vg_timeline(core, &scope, from_ms, to_ms, on_piece, pieces);
	if (from_ms < to_ms && rc == 0)
		rc = vg_avail_excluded(core, &scope, from_ms, to_ms, on_span, excluded);
	if (rc != 0) {
		json_decref(pieces);
		json_decref(excluded);
		if (rc == VG_ENOTFOUND)
			vg_reply_problem(call->request, 404,
					 "the agreement has no such service, channel or "
					 "municipality");
		else
			vg_reply_json(call->request, 503, NULL);
		return;
	}
	agreed = json_array();
	vg_agreed_time(core, scope.service, scope.municipality, from_ms, to_ms, on_span, agreed);
	answer = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "month",
			   vg_judge_month_name(month), "from", vg_json_time(from_ms), "to",
			   vg_json_time(to_ms), "pieces", pieces, "agreed", agreed, "excluded",
			   excluded, "seq", (json_int_t)vg_core_seq(core));
	vg_judge_put_scope(answer, &scope);
	vg_reply_json(call->request, 200, answer);
}
