/* avail/seen.c - outages as they were measured and judged, and one probe by itself. */
#include "core/avail/private.h"

#include <stdlib.h>
#include <string.h>

struct seen_run {
	const struct vg_core *core;
	int64_t from_ms, to_ms;
	vg_outage_seen_cb *on_outage;
	void *arg;
	struct vg_avail_view view;
};

/* Seconds of the outage that count as down within the span. */
static int64_t
counted_s(const struct vg_avail_view *view, const struct vg_outage_span *outage)
{
	int64_t seconds = 0;
	size_t part = 0;

	for (size_t i = outage->piece; i < view->pieces.n; i++) {
		const struct vg_avail_piece *piece = &view->pieces.piece[i];

		if (piece->from_ms >= outage->to_ms)
			break;
		if (piece->state != VG_AVAIL_DOWN || !vg_avail_counts(piece))
			continue;
		while (part < view->base.n && view->base.part[part].to_ms <= piece->from_ms)
			part++;
		for (size_t k = part; k < view->base.n && view->base.part[k].from_ms < piece->to_ms;
		     k++) {
			const struct vg_base_part *base = &view->base.part[k];
			int64_t from_ms =
				base->from_ms > piece->from_ms ? base->from_ms : piece->from_ms;
			int64_t to_ms = base->to_ms < piece->to_ms ? base->to_ms : piece->to_ms;

			from_ms = from_ms > view->from_ms ? from_ms : view->from_ms;
			to_ms = to_ms < view->to_ms ? to_ms : view->to_ms;
			if (base->agreed && !base->window && from_ms < to_ms)
				seconds += (to_ms - from_ms) / 1000;
		}
	}
	return seconds;
}

/* The explanation of the whole is that of the first part that a record speaks of, else of its
 * beginning. */
static void
explain(const struct vg_avail_view *view, const struct vg_outage_span *outage,
	struct vg_outage_seen *seen)
{
	const struct vg_avail_piece *told = &view->pieces.piece[outage->piece];

	for (size_t i = outage->piece;
	     i < view->pieces.n && view->pieces.piece[i].from_ms < outage->to_ms; i++) {
		const struct vg_avail_piece *piece = &view->pieces.piece[i];

		if (piece->state != VG_AVAIL_DOWN)
			continue;
		if (told->record == 0 && piece->record != 0)
			told = piece;
		seen->provisional = seen->provisional || piece->provisional;
	}
	seen->cause = told->cause;
	seen->record = told->record;
	seen->root = told->root;
}

static int
tell_scope(struct seen_run *run, const struct vg_service *service, const struct vg_scope *scope)
{
	struct vg_avail_view *view = &run->view;
	int rc = vg_avail_view_make(
		view, run->core, scope, run->from_ms, run->to_ms,
		run->core->received_ms > run->to_ms ? run->core->received_ms : run->to_ms, true);

	for (size_t i = 0; i < view->outages && rc == 0; i++) {
		const struct vg_outage_span *outage = &view->outage[i];
		struct vg_outage_seen seen = {
			.scope = *scope,
			.from_ms = outage->from_ms,
			.to_ms = outage->to_ms,
			.counted_s = service->component ? 0 : counted_s(view, outage),
			.running = outage->to_ms == view->known_ms};

		explain(view, outage, &seen);
		run->on_outage(&seen, run->arg);
	}
	return rc;
}

static int
tell_service(struct seen_run *run, const struct vg_agreement *rules,
	     const struct vg_service *service, const struct vg_scope *filter)
{
	const char *channel[VG_AGREEMENT_CHANNELS_MAX + 1];
	size_t channels = vg_avail_channels(rules, service, filter, channel);
	int rc = 0;

	for (size_t i = 0; i < channels; i++) {
		for (size_t m = 0; m < rules->municipalities && rc == 0; m++) {
			struct vg_scope scope = {service->id, channel[i],
						 rules->municipality[m].code};

			if (vg_avail_passes(filter != NULL ? filter->municipality : NULL,
					    scope.municipality) &&
			    (service->component ||
			     vg_avail_promised(rules, service, scope.municipality, run->from_ms,
					       run->to_ms)))
				rc = tell_scope(run, service, &scope);
		}
	}
	return rc;
}

int
vg_outages_seen(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
		const struct vg_scope *filter, vg_outage_seen_cb *on_outage, void *arg)
{
	struct seen_run run = {.core = core,
			       .from_ms = vg_floor_to_second_ms(from_ms),
			       .to_ms = vg_floor_to_second_ms(to_ms),
			       .on_outage = on_outage,
			       .arg = arg};
	const struct vg_agreement *rules = vg_core_agreement_at(core, to_ms - 1);
	int rc = 0;

	if (rules == NULL)
		rules = vg_core_agreement_latest(core);
	if (rules == NULL || run.from_ms >= run.to_ms)
		return 0;
	for (size_t i = 0; i < rules->services && rc == 0; i++) {
		if (vg_avail_passes(filter != NULL ? filter->service : NULL, rules->service[i].id))
			rc = tell_service(&run, rules, &rules->service[i], filter);
	}
	vg_avail_view_fini(&run.view);
	return rc;
}

/* One probe by itself. */

struct joiner {
	struct vg_run run;
	bool any;
	vg_run_cb *on_run;
	void *arg;
};

/* How long a sample of the probe speaks where no agreement is asked: as the newest that names it
 * says. */
static int64_t
hold_ms(const struct vg_core *core, const struct vg_probe *probe)
{
	for (size_t i = core->versions; i-- > 0;) {
		const struct vg_probe_rule *rule =
			vg_agreement_probe(core->version[i]->agreement, probe->source, probe->name);

		if (rule != NULL)
			return rule->trace ? INT64_MAX : 2 * rule->interval_ms;
	}
	return INT64_C(2) * VG_PROBE_INTERVAL_MS;
}

static void
join_run(struct joiner *joiner, const struct vg_run *run, int64_t gap_ms)
{
	struct vg_run *last = &joiner->run;

	if (joiner->any && last->state == run->state && run->first_ms - last->last_ms <= gap_ms) {
		last->last_ms = run->last_ms > last->last_ms ? run->last_ms : last->last_ms;
		last->count += run->count;
		last->sealed = last->sealed && run->sealed;
		return;
	}
	if (joiner->any)
		joiner->on_run(last, joiner->arg);
	*last = *run;
	joiner->any = true;
}

static int
compare_runs(const void *a, const void *b)
{
	const struct vg_run *x = a, *y = b;

	if (x->first_ms != y->first_ms)
		return x->first_ms < y->first_ms ? -1 : 1;
	return (x->last_ms > y->last_ms) - (x->last_ms < y->last_ms);
}

/* The runs that touch the span, of every strand that counts, in order of time. */
static int
gather_runs(const struct vg_core *core, const struct vg_probe *probe, int64_t from_ms,
	    int64_t to_ms, struct vg_run **out, size_t *n)
{
	size_t size = 0;

	for (const struct vg_strand *strand = probe->strand; strand != NULL;
	     strand = strand->next) {
		if (!vg_strand_counts(core, strand))
			continue;
		for (size_t i = vg_strand_lower(strand, vg_floor_div(from_ms, VG_PROBE_DAY_MS));
		     i < strand->days; i++) {
			size_t runs;
			const struct vg_run *run = vg_day_runs(strand->day[i], &runs);

			if (vg_core_reserve((void **)out, &size, *n + runs, sizeof(**out)) != 0)
				return VG_CORE_ENOMEM;
			for (size_t k = 0; k < runs; k++) {
				if (run[k].last_ms >= from_ms && run[k].first_ms < to_ms)
					(*out)[(*n)++] = run[k];
			}
		}
	}
	return 0;
}

int
vg_probe_runs(const struct vg_core *core, const char *source, const char *probe_name,
	      int64_t from_ms, int64_t to_ms, vg_run_cb *on_run, void *arg)
{
	const struct vg_probe *probe = vg_probe_find(core, source, probe_name);
	struct joiner joiner = {.on_run = on_run, .arg = arg};
	struct vg_run *run = NULL;
	size_t n = 0;
	int rc;

	if (probe == NULL)
		return VG_CORE_ENOTFOUND;
	rc = gather_runs(core, probe, from_ms, to_ms, &run, &n);
	if (rc == 0 && n > 0) {
		int64_t gap_ms = hold_ms(core, probe);

		qsort(run, n, sizeof(*run), compare_runs);
		for (size_t i = 0; i < n; i++)
			join_run(&joiner, &run[i], gap_ms);
		on_run(&joiner.run, arg);
	}
	free(run);
	return rc;
}
