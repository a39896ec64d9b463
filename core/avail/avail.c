/* avail/avail.c - cells: what a service was worth in a municipality over a period.
 *
 * Every second of the period falls into one tally, by what it counts as and by what was measured;
 * all figures are sums of tallies, so they add up by construction. The formulas of other products
 * are further sums of the same tallies. Rule: semantics.md 3.2, 3.3, 4.1. */
#include "core/avail/private.h"

#include "core/kpi/private.h"

#include <stdlib.h>
#include <string.h>

#define PPM	INT64_C(1000000)
#define BILLION INT64_C(1000000000)

const char *const vg_twin_names[VG_TWIN_COUNT] = {"zabbix", "icinga", "checkmk"};

const char *
vg_avail_verdict_name(enum vg_avail_verdict verdict)
{
	static const char *const names[] = {
		[VG_AVAIL_NO_TARGET] = "no_target",
		[VG_AVAIL_MET] = "met",
		[VG_AVAIL_MISSED] = "missed",
		[VG_AVAIL_INSUFFICIENT] = "insufficient",
		[VG_AVAIL_NOT_APPLICABLE] = "not_applicable",
	};

	VG_ASSERT((size_t)verdict < sizeof(names) / sizeof(names[0]));
	return names[verdict];
}

/* Seconds of a period in agreed time, by whether a window cuts them out and what was so. */
struct tally {
	int64_t in[2][VG_AVAIL_STATE_COUNT];
	int64_t external[VG_AVAIL_STATE_COUNT]; /* part of in[0]: causes outside the provider */
};

static void
tally_part(struct tally *tally, struct vg_avail_cell *cell, const struct vg_base_part *part,
	   const struct vg_avail_piece *piece, int64_t seconds)
{
	cell->period_s += seconds;
	if (!part->agreed) {
		cell->outside_s += seconds;
		return;
	}
	tally->in[part->window][piece->state] += seconds;
	if (part->provisional || piece->provisional)
		cell->provisional_s += seconds;
	if (part->window)
		return;
	if (part->emergency)
		cell->emergency_s += seconds;
	if (piece->state >= VG_AVAIL_DEGRADED && !vg_avail_counts(piece))
		tally->external[piece->state] += seconds;
	cell->rewritten_s += piece->rewritten ? seconds : 0;
	cell->flapping_s += piece->flapping ? seconds : 0;
}

static void
tally_all(const struct vg_avail_view *view, struct tally *tally, struct vg_avail_cell *cell)
{
	size_t piece = 0, part = 0;
	int64_t at_ms = view->from_ms;

	while (at_ms < view->to_ms) {
		int64_t end_ms = view->to_ms;

		while (view->pieces.piece[piece].to_ms <= at_ms)
			piece++;
		while (view->base.part[part].to_ms <= at_ms)
			part++;
		if (view->pieces.piece[piece].to_ms < end_ms)
			end_ms = view->pieces.piece[piece].to_ms;
		if (view->base.part[part].to_ms < end_ms)
			end_ms = view->base.part[part].to_ms;
		tally_part(tally, cell, &view->base.part[part], &view->pieces.piece[piece],
			   (end_ms - at_ms) / 1000);
		at_ms = end_ms;
	}
}

static int64_t
sum_of(const int64_t in[VG_AVAIL_STATE_COUNT])
{
	return in[VG_AVAIL_UP] + in[VG_AVAIL_NO_DATA] + in[VG_AVAIL_DEGRADED] + in[VG_AVAIL_DOWN];
}

static void
set_seconds(struct vg_avail_cell *cell, const struct tally *tally, const struct vg_agreement *rules)
{
	int64_t external_s = tally->external[VG_AVAIL_DEGRADED] + tally->external[VG_AVAIL_DOWN];

	cell->excluded_s = sum_of(tally->in[1]);
	cell->base_s = sum_of(tally->in[0]);
	cell->up_s = tally->in[0][VG_AVAIL_UP];
	cell->unknown_s = tally->in[0][VG_AVAIL_NO_DATA];
	cell->degraded_s = tally->in[0][VG_AVAIL_DEGRADED] - tally->external[VG_AVAIL_DEGRADED];
	cell->down_s = tally->in[0][VG_AVAIL_DOWN] - tally->external[VG_AVAIL_DOWN];
	if (rules->external_policy == VG_EXTERNAL_EXCLUDE) {
		cell->excluded_s += external_s;
		cell->base_s -= external_s;
	} else {
		cell->external_s = external_s;
	}
}

/* Numerators and denominators stay in seconds unless degraded time has a weight between 0 and 1. */
static void
set_shares(struct vg_avail_cell *cell, const struct vg_agreement *rules)
{
	int64_t scale = rules->degraded_ppm % PPM != 0 ? PPM : 1;
	int64_t lost = scale * cell->down_s + rules->degraded_ppm * scale / PPM * cell->degraded_s;
	int64_t measured_s = cell->base_s - cell->unknown_s;

	cell->low_den = scale * cell->base_s;
	cell->low_num = scale * measured_s - lost;
	if (measured_s == 0)
		return;
	cell->den = scale * measured_s;
	if (rules->unknown_policy == VG_UNKNOWN_AS_UP)
		cell->den = scale * cell->base_s;
	cell->num = cell->den - lost;
}

static void
set_verdict(struct vg_avail_cell *cell, int64_t coverage_ppm)
{
	if (cell->den == 0)
		cell->verdict = VG_AVAIL_NOT_APPLICABLE;
	else if (cell->target_ppm < 0)
		cell->verdict = VG_AVAIL_NO_TARGET;
	else if ((cell->base_s - cell->unknown_s) * PPM < coverage_ppm * cell->base_s)
		cell->verdict = VG_AVAIL_INSUFFICIENT;
	else if (cell->num * PPM >= cell->target_ppm * cell->den)
		cell->verdict = VG_AVAIL_MET;
	else
		cell->verdict = VG_AVAIL_MISSED;
}

static void
set_twins(struct vg_avail_cell *cell, const struct tally *tally)
{
	const int64_t *in = tally->in[0], *window = tally->in[1];

	cell->twin_num[VG_TWIN_ZABBIX] = in[VG_AVAIL_UP];
	cell->twin_den[VG_TWIN_ZABBIX] = sum_of(in) - in[VG_AVAIL_NO_DATA];
	cell->twin_num[VG_TWIN_ICINGA] = in[VG_AVAIL_UP] + in[VG_AVAIL_DEGRADED] + sum_of(window);
	cell->twin_den[VG_TWIN_ICINGA] = sum_of(in) - in[VG_AVAIL_NO_DATA] + sum_of(window);
	cell->twin_num[VG_TWIN_CHECKMK] = in[VG_AVAIL_UP] + window[VG_AVAIL_UP];
	cell->twin_den[VG_TWIN_CHECKMK] =
		sum_of(in) - in[VG_AVAIL_NO_DATA] + sum_of(window) - window[VG_AVAIL_NO_DATA];
}

/* Base of what remains of the period, as planned now. */
static int64_t
rest_s(const struct vg_avail_view *view, int64_t end_ms)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < view->base.n; i++) {
		const struct vg_base_part *part = &view->base.part[i];
		int64_t from_ms = part->from_ms > view->to_ms ? part->from_ms : view->to_ms;
		int64_t to_ms = part->to_ms < end_ms ? part->to_ms : end_ms;

		if (from_ms < to_ms && part->agreed && !part->window)
			seconds += (to_ms - from_ms) / 1000;
	}
	return seconds;
}

static int64_t
budget_s(int64_t base_s, const struct vg_avail_cell *cell)
{
	return base_s * (PPM - cell->target_ppm) / PPM - cell->down_s;
}

static void
set_outages(struct vg_avail_cell *cell, const struct vg_avail_view *view)
{
	for (size_t i = 0; i < view->outages; i++) {
		const struct vg_outage_span *outage = &view->outage[i];

		if (outage->base_ms == INT64_MAX || outage->base_ms >= view->to_ms)
			continue;
		cell->outages += outage->base_ms >= view->from_ms;
		if (outage->agreed_s > cell->longest_s)
			cell->longest_s = outage->agreed_s;
		if (outage->to_ms > view->to_ms || outage->to_ms == view->known_ms) {
			cell->running = true;
		} else {
			cell->ended++;
			cell->restore_s += outage->agreed_s;
		}
	}
}

/* The cells of a period. */

struct run {
	const struct vg_core *core;
	const struct vg_agreement *rules;
	int64_t from_ms, end_ms, eval_ms;
	bool month; /* not a day of it */
	const struct vg_scope *filter;
	vg_avail_cell_cb *on_cell;
	void *arg;
	struct vg_avail_view view;
	/* of the service that is being told: each channel, then all together */
	const char *channel[VG_AGREEMENT_CHANNELS_MAX + 1];
	size_t channels;
	struct region {
		struct vg_avail_cell sum;
		int64_t cells;	     /* with a share */
		int64_t shares, low; /* in billionths */
		int64_t users;	     /* of those with a share */
		int64_t weighted, weighted_low;
	} region[VG_AGREEMENT_CHANNELS_MAX + 1];
};

static int64_t
users_of(const struct run *run, const char *municipality)
{
	int64_t day = vg_agreement_day_of(run->rules, run->from_ms);
	const struct vg_users_reading *reading =
		day != INT64_MIN ? vg_core_users_at(run->core, municipality, day) : NULL;

	return reading != NULL ? reading->users : -1;
}

static int
make_cell(struct run *run, const struct vg_service *service, const struct vg_scope *scope,
	  struct vg_avail_cell *cell)
{
	struct tally tally = {.external = {0}};
	int rc = vg_avail_view_make(&run->view, run->core, scope, run->from_ms, run->end_ms,
				    run->eval_ms, false);

	*cell = (struct vg_avail_cell){.scope = *scope,
				       .from_ms = run->from_ms,
				       .to_ms = run->view.to_ms,
				       .budget_month_s = -1,
				       .budget_earned_s = -1};
	if (rc != 0)
		return rc;
	cell->target_ppm = vg_agreement_target_ppm(run->rules, service, scope->municipality);
	tally_all(&run->view, &tally, cell);
	set_seconds(cell, &tally, run->rules);
	set_shares(cell, run->rules);
	set_verdict(cell, run->rules->coverage_ppm);
	set_twins(cell, &tally);
	set_outages(cell, &run->view);
	cell->users = users_of(run, scope->municipality);
	cell->user_seconds = cell->users >= 0 ? cell->users * cell->down_s : -1;
	if (cell->target_ppm < 0)
		return 0;
	cell->budget_earned_s = budget_s(cell->base_s, cell);
	if (run->month)
		cell->budget_month_s =
			budget_s(cell->base_s + rest_s(&run->view, run->end_ms), cell);
	return 0;
}

static void
add_seconds(struct vg_avail_cell *sum, const struct vg_avail_cell *cell)
{
	sum->to_ms = cell->to_ms;
	sum->period_s += cell->period_s;
	sum->outside_s += cell->outside_s;
	sum->excluded_s += cell->excluded_s;
	sum->base_s += cell->base_s;
	sum->up_s += cell->up_s;
	sum->external_s += cell->external_s;
	sum->degraded_s += cell->degraded_s;
	sum->down_s += cell->down_s;
	sum->unknown_s += cell->unknown_s;
	sum->rewritten_s += cell->rewritten_s;
	sum->flapping_s += cell->flapping_s;
	sum->provisional_s += cell->provisional_s;
	sum->emergency_s += cell->emergency_s;
	sum->outages += cell->outages;
	sum->ended += cell->ended;
	sum->restore_s += cell->restore_s;
	sum->running = sum->running || cell->running;
	if (cell->longest_s > sum->longest_s)
		sum->longest_s = cell->longest_s;
	if (cell->users >= 0) {
		sum->users = (sum->users > 0 ? sum->users : 0) + cell->users;
		sum->user_seconds =
			(sum->user_seconds > 0 ? sum->user_seconds : 0) + cell->user_seconds;
	}
	for (int twin = 0; twin < VG_TWIN_COUNT; twin++) {
		sum->twin_num[twin] += cell->twin_num[twin];
		sum->twin_den[twin] += cell->twin_den[twin];
	}
}

/* num / den in billionths, floored. */
static int64_t
billionths(int64_t num, int64_t den)
{
	return (int64_t)((__int128)num * BILLION / den);
}

static void
add_to_region(struct region *region, const struct vg_avail_cell *cell)
{
	int64_t share, low;

	add_seconds(&region->sum, cell);
	if (cell->den == 0)
		return;
	share = billionths(cell->num, cell->den);
	low = billionths(cell->low_num, cell->low_den);
	region->cells++;
	region->shares += share;
	region->low += low;
	if (cell->users <= 0)
		return;
	region->users += cell->users;
	region->weighted += share * cell->users;
	region->weighted_low += low * cell->users;
}

/* The region: shares of municipalities, each as it is, weighted by users and plain. */
static void
tell_region(struct run *run, const struct vg_service *service, size_t channel)
{
	struct region *region = &run->region[channel];
	struct vg_avail_cell *cell = &region->sum;

	cell->scope = (struct vg_scope){service->id, run->channel[channel], NULL};
	cell->from_ms = run->from_ms;
	cell->target_ppm = service->target_ppm;
	cell->budget_month_s = cell->budget_earned_s = -1;
	if (region->cells > 0) {
		cell->unweighted_num = region->shares / region->cells;
		cell->unweighted_den = BILLION;
	}
	if (region->users > 0) {
		cell->num = region->weighted / region->users;
		cell->low_num = region->weighted_low / region->users;
		cell->den = cell->low_den = BILLION;
	}
	set_verdict(cell, run->rules->coverage_ppm);
	run->on_cell(cell, run->arg);
}

static int
tell_service(struct run *run, const struct vg_service *service)
{
	const char *only = run->filter != NULL ? run->filter->municipality : NULL;
	bool any = false;
	int rc = 0;

	run->channels = vg_avail_channels(run->rules, service, run->filter, run->channel);
	memset(run->region, 0, sizeof(run->region));
	for (size_t i = 0; i < run->channels; i++)
		run->region[i].sum.users = run->region[i].sum.user_seconds = -1;
	for (size_t m = 0; m < run->rules->municipalities; m++) {
		const char *code = run->rules->municipality[m].code;

		if (!vg_avail_passes(only, code) ||
		    !vg_avail_promised(run->rules, service, code, run->from_ms, run->end_ms))
			continue;
		any = true;
		for (size_t i = 0; i < run->channels; i++) {
			struct vg_scope scope = {service->id, run->channel[i], code};
			struct vg_avail_cell cell;

			if ((rc = make_cell(run, service, &scope, &cell)) != 0)
				return rc;
			run->on_cell(&cell, run->arg);
			add_to_region(&run->region[i], &cell);
		}
	}
	for (size_t i = 0; i < run->channels && any && only == NULL; i++)
		tell_region(run, service, i);
	return 0;
}

/* Narrows a month to one local day of it; false when there is no such day. */
static bool
narrow(struct run *run, int day)
{
	int64_t first = vg_agreement_day_of(run->rules, run->from_ms);
	size_t i;

	if (first == INT64_MIN)
		return false;
	i = (size_t)(first - run->rules->first_day) + (size_t)day;
	if (i >= run->rules->days || run->rules->day_start_ms[i] >= run->end_ms)
		return false;
	run->from_ms = run->rules->day_start_ms[i];
	run->end_ms = run->rules->day_start_ms[i + 1];
	return true;
}

/* Nothing is known later than a little after the newest event, so no evaluation need be more than a
 * day past that and the period's end: a timeline is not looked for in all time to come. */
static int64_t
evaluation_ms(const struct vg_core *core, int64_t end_ms, int64_t eval_ms)
{
	int64_t last_ms = core->received_ms + VG_AHEAD_MAX_MS;

	last_ms = (last_ms > end_ms ? last_ms : end_ms) + VG_PROBE_DAY_MS;
	return vg_floor_to_second_ms(eval_ms < last_ms ? eval_ms : last_ms);
}

int
vg_avail_month(const struct vg_core *core, int month, int day, int64_t eval_ms,
	       const struct vg_scope *filter, vg_avail_cell_cb *on_cell, void *arg)
{
	return vg_avail_month_if(core, NULL, month, day, eval_ms, filter, on_cell, arg);
}

int
vg_avail_month_if(const struct vg_core *core, const struct vg_window *planned, int month, int day,
		  int64_t eval_ms, const struct vg_scope *filter, vg_avail_cell_cb *on_cell,
		  void *arg)
{
	struct run run = {.core = core, .filter = filter, .on_cell = on_cell, .arg = arg};
	struct vg_kpi_span span;
	int rc = vg_kpi_span_find(core, month, eval_ms, &span);

	if (rc != 0)
		return rc;
	run.rules = span.rules;
	run.from_ms = span.start_ms;
	run.end_ms = span.end_ms;
	run.month = day < 0;
	run.view.base.planned = planned;
	run.eval_ms = evaluation_ms(core, span.end_ms, eval_ms);
	if (day >= 0 && !narrow(&run, day))
		return VG_CORE_ENOTFOUND;
	if (run.eval_ms <= run.from_ms)
		return 0;
	for (size_t i = 0; i < run.rules->services && rc == 0; i++) {
		const struct vg_service *service = &run.rules->service[i];

		if (!service->component &&
		    vg_avail_passes(filter != NULL ? filter->service : NULL, service->id))
			rc = tell_service(&run, service);
	}
	vg_avail_view_fini(&run.view);
	return rc;
}
