/* avail/probe_seal.c - sealing: a day's runs into the ledger, so that its raw samples may go.
 *
 * The runs of a seal are the core's own. The hard thing is the replay after the raw rows are gone:
 * the seal then says all, so its runs take the place of every sample that it covers, and what came
 * after the seal's last row is laid upon them, in a live core and in a replay alike. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

#define SEAL_AFTER_MS (INT64_C(24) * 3600 * 1000) /* of the day's end */

static int
compare_due(const struct vg_strand_day *a, const struct vg_seal_due *b)
{
	int order;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	order = strcmp(a->strand->probe->source, b->source);
	return order != 0 ? order : strcmp(a->strand->import_text, b->import);
}

bool
vg_seal_next(const struct vg_core *core, int64_t now_ms, struct vg_seal_due *out)
{
	const struct vg_strand_day *day;
	bool found = false;

	DL_FOREACH(core->probes.open, day)
	{
		if ((day->day + 1) * VG_PROBE_DAY_MS + SEAL_AFTER_MS > now_ms ||
		    (found && compare_due(day, out) >= 0))
			continue;
		*out = (struct vg_seal_due){day->strand->probe->source, day->strand->import_text,
					    day->day};
		found = true;
	}
	return found;
}

static const struct vg_strand_day *
open_day(const struct vg_probe *probe, const struct vg_seal_due *due)
{
	const struct vg_strand *strand = probe->strand;
	size_t i;

	while (strand != NULL && strcmp(strand->import_text, due->import) != 0)
		strand = strand->next;
	if (strand == NULL)
		return NULL;
	i = vg_strand_lower(strand, due->day);
	return i < strand->days && strand->day[i]->day == due->day && strand->day[i]->raws > 0
		       ? strand->day[i]
		       : NULL;
}

static int
append_runs(const struct vg_strand_day *day, struct vg_sealed_run **list, size_t *n, size_t *size)
{
	if (vg_core_reserve((void **)list, size, *n + day->runs, sizeof(**list)) != 0)
		return VG_CORE_ENOMEM;
	for (size_t i = 0; i < day->runs; i++)
		(*list)[(*n)++] = (struct vg_sealed_run){day->strand->probe->name,
							 day->run[i].first_ms, day->run[i].last_ms,
							 day->run[i].count, day->run[i].state};
	return 0;
}

int
vg_seal_runs(const struct vg_core *core, const struct vg_seal_due *due, struct vg_sealed_run **run,
	     size_t *count)
{
	size_t size = 0;
	int rc = 0;

	*run = NULL;
	*count = 0;
	for (size_t i = 0; i < core->probes.n && rc == 0; i++) {
		const struct vg_probe *probe = core->probes.probe[i];
		const struct vg_strand_day *day =
			strcmp(probe->source, due->source) == 0 ? open_day(probe, due) : NULL;

		if (day != NULL)
			rc = append_runs(day, run, count, &size);
	}
	if (rc != 0) {
		free(*run);
		*run = NULL;
		*count = 0;
	}
	return rc;
}

/* Sealing. */

static int64_t
count_samples(const struct vg_run *run, size_t runs)
{
	int64_t samples = 0;

	for (size_t i = 0; i < runs; i++)
		samples += run[i].count;
	return samples;
}

/* A seal that was not made of runs would make figures of nothing. */
static bool
are_runs(const struct vg_sealed_run *run, size_t runs, int64_t day)
{
	int64_t before_ms = day * VG_PROBE_DAY_MS - 1;

	for (size_t i = 0; i < runs; i++) {
		if (run[i].first_ms <= before_ms || run[i].last_ms < run[i].first_ms)
			return false;
		before_ms = run[i].last_ms;
	}
	return before_ms < (day + 1) * VG_PROBE_DAY_MS;
}

/* The day's runs before and after, for what the seal changed. */
static bool
same_runs(const struct vg_run *a, size_t a_n, const struct vg_run *b, size_t b_n)
{
	bool same = a_n == b_n;

	for (size_t i = 0; same && i < a_n; i++)
		same = a[i].first_ms == b[i].first_ms && a[i].last_ms == b[i].last_ms &&
		       a[i].state == b[i].state;
	return same;
}

static void
drop_covered(struct vg_strand_day *day, int64_t last_seq)
{
	size_t kept = 0;

	for (size_t i = 0; i < day->raws; i++) {
		if (day->raw[i].seq > last_seq)
			day->raw[kept++] = day->raw[i];
	}
	day->raws = kept;
	if (kept > 0)
		return;
	free(day->raw);
	day->raw = NULL;
	day->raws_size = 0;
	free(day->run);
	day->run = NULL;
	day->runs = day->runs_size = 0;
}

/* Puts the seal's runs in the place of what the day had. Takes over `sealed`. */
static int
replace(struct vg_core *core, struct vg_strand_day *day, struct vg_run *sealed, size_t runs,
	int64_t last_seq)
{
	size_t had, have;
	const struct vg_run *run = vg_day_runs(day, &had);
	int64_t samples = count_samples(run, had);
	bool same = same_runs(run, had, sealed, runs);
	int rc;

	core->probes.bytes += (runs - day->sealed_runs) * sizeof(*sealed);
	free(day->sealed_run);
	day->sealed_run = sealed;
	day->sealed_runs = runs;
	drop_covered(day, last_seq);
	if (day->raws > 0 && (rc = vg_day_derive(day)) != 0)
		return rc;
	vg_day_set_open(core, day, day->raws > 0);
	run = vg_day_runs(day, &have);
	day->strand->samples += count_samples(run, have) - samples;
	if (run[have - 1].last_ms > day->strand->last_ms)
		day->strand->last_ms = run[have - 1].last_ms;
	if (run[0].first_ms < core->probes.first_ms)
		core->probes.first_ms = run[0].first_ms;
	vg_core_mark(core, &day->link, &day->changed_seq);
	if (same)
		return 0;
	return vg_core_mark_availability(core, vg_day_known_ms(day));
}

static int
seal_probe(struct vg_core *core, const struct vg_event *event, const struct vg_sealed_run *first,
	   size_t runs, struct vg_verdict *out)
{
	const struct vg_sealed_body *body = &event->body.sealed;
	const char *source = strchr(body->lane, ':') != NULL ? strchr(body->lane, ':') + 1 : "";
	struct vg_probe *probe = vg_probe_find(core, source, first->probe);
	int64_t last_seq = body->last_seq > 0 ? body->last_seq : event->seq - 1;
	struct vg_strand *strand;
	struct vg_strand_day *day;
	struct vg_run *sealed;
	int rc;

	if (!are_runs(first, runs, body->day))
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "probe %.60s: its runs are not ascending within day %lld",
				      first->probe, (long long)body->day);
	if ((probe == NULL && core->probes.n >= VG_CORE_PROBES_MAX) ||
	    core->probes.days >= VG_CORE_DAYS_MAX)
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD,
				      "more than %d probes or %d days of them", VG_CORE_PROBES_MAX,
				      VG_CORE_DAYS_MAX);
	if ((probe == NULL && (rc = vg_probe_put(core, source, first->probe, &probe)) != 0) ||
	    (rc = vg_strand_put(core, probe, event->import, &strand)) != 0 ||
	    (rc = vg_day_put(core, strand, body->day, &day)) != 0)
		return rc;
	sealed = calloc(runs, sizeof(*sealed));
	if (sealed == NULL)
		return VG_CORE_ENOMEM;
	for (size_t i = 0; i < runs; i++)
		sealed[i] = (struct vg_run){first[i].first_ms, first[i].last_ms, first[i].count,
					    first[i].state, true};
	return replace(core, day, sealed, runs, last_seq);
}

int
vg_core_seal_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_sealed_body *body = &event->body.sealed;
	size_t i = 0;
	int rc = 0;

	while (i < body->count && rc == 0) {
		size_t first = i;

		while (i < body->count && strcmp(body->run[i].probe, body->run[first].probe) == 0)
			i++;
		rc = seal_probe(core, event, &body->run[first], i - first, out);
	}
	return rc;
}
