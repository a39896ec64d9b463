/* avail/probe_run.c - samples of a day as runs: unbroken stretches of one state.
 *
 * Runs must say what the samples said, at every instant, though a late sample may come when the
 * samples around it are gone. While a day was never sealed its runs are made from the samples
 * alone. After that a late sample cuts the run that it falls into: where the run's other samples
 * lay is no longer known, so the run is taken to go on one interval after it. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

int
vg_sample_rank(enum vg_sample_state state)
{
	static const int rank[VG_SAMPLE_STATE_COUNT] = {
		[VG_SAMPLE_UNKNOWN] = 0,
		[VG_SAMPLE_OK] = 1,
		[VG_SAMPLE_WARNING] = 2,
		[VG_SAMPLE_CRITICAL] = 3,
	};

	return rank[state];
}

const struct vg_run *
vg_day_runs(const struct vg_strand_day *day, size_t *runs)
{
	*runs = day->raws > 0 ? day->runs : day->sealed_runs;
	return day->raws > 0 ? day->run : day->sealed_run;
}

int64_t
vg_day_gap_ms(const struct vg_core *core, const struct vg_strand_day *day)
{
	const struct vg_probe *probe = day->strand->probe;
	int64_t from_ms = day->day * VG_PROBE_DAY_MS;
	int64_t least_ms = INT64_MAX;
	bool named = false;

	for (size_t i = 0; i < core->versions; i++) {
		const struct vg_agreement *agreement = core->version[i]->agreement;
		const struct vg_probe_rule *rule;

		if (agreement->valid_to_ms <= from_ms ||
		    agreement->valid_from_ms >= from_ms + VG_PROBE_DAY_MS)
			continue;
		rule = vg_agreement_probe(agreement, probe->source, probe->name);
		if (rule == NULL)
			continue;
		named = true;
		if (!rule->trace && rule->interval_ms < least_ms)
			least_ms = rule->interval_ms;
	}
	if (!named)
		least_ms = VG_PROBE_INTERVAL_MS;
	return least_ms < INT64_MAX / 2 ? 2 * least_ms : INT64_MAX;
}

static int64_t
raw_ms(const struct vg_strand_day *day, const struct vg_raw *raw)
{
	return day->day * VG_PROBE_DAY_MS + raw->at;
}

/* Inserts `count` empty places before run i. */
static int
open_runs(struct vg_strand_day *day, size_t i, size_t count)
{
	if (vg_core_reserve((void **)&day->run, &day->runs_size, day->runs + count,
			    sizeof(*day->run)) != 0)
		return VG_CORE_ENOMEM;
	memmove(&day->run[i + count], &day->run[i], (day->runs - i) * sizeof(*day->run));
	day->runs += count;
	return 0;
}

static void
close_run(struct vg_strand_day *day, size_t i)
{
	day->runs--;
	memmove(&day->run[i], &day->run[i + 1], (day->runs - i) * sizeof(*day->run));
}

int
vg_day_extend(struct vg_strand_day *day, int64_t at_ms, enum vg_sample_state state, int64_t count)
{
	struct vg_run *last = day->runs > 0 ? &day->run[day->runs - 1] : NULL;

	if (last != NULL && last->state == state && at_ms - last->last_ms <= day->gap_ms) {
		last->last_ms = at_ms;
		last->count += count;
		return 0;
	}
	if (open_runs(day, day->runs, 1) != 0)
		return VG_CORE_ENOMEM;
	day->run[day->runs - 1] = (struct vg_run){at_ms, at_ms, count, state, false};
	return 0;
}

/* Samples at the same instant are one, and the worst of them speaks. */
static int
make_runs(struct vg_strand_day *day)
{
	size_t i = 0;
	int rc = 0;

	day->runs = 0;
	while (i < day->raws && rc == 0) {
		size_t first = i;
		enum vg_sample_state worst = (enum vg_sample_state)day->raw[i].state;

		for (; i < day->raws && day->raw[i].at == day->raw[first].at; i++) {
			enum vg_sample_state state = (enum vg_sample_state)day->raw[i].state;

			if (vg_sample_rank(state) > vg_sample_rank(worst))
				worst = state;
		}
		rc = vg_day_extend(day, raw_ms(day, &day->raw[first]), worst, (int64_t)(i - first));
	}
	return rc;
}

static bool
joins(const struct vg_strand_day *day, size_t i, size_t next)
{
	return day->run[i].state == day->run[next].state &&
	       day->run[next].first_ms - day->run[i].last_ms <= day->gap_ms;
}

/* A late sample between runs: it lengthens a neighbour, joins two, or stands alone. */
static int
insert_late(struct vg_strand_day *day, size_t i, int64_t at_ms, enum vg_sample_state state)
{
	if (open_runs(day, i, 1) != 0)
		return VG_CORE_ENOMEM;
	day->run[i] = (struct vg_run){at_ms, at_ms, 1, state, false};
	if (i + 1 < day->runs && joins(day, i, i + 1)) {
		day->run[i].last_ms = day->run[i + 1].last_ms;
		day->run[i].count += day->run[i + 1].count;
		close_run(day, i + 1);
	}
	if (i > 0 && joins(day, i - 1, i)) {
		day->run[i - 1].last_ms = day->run[i].last_ms;
		day->run[i - 1].count += day->run[i].count;
		day->run[i - 1].sealed = false;
		close_run(day, i);
	}
	return 0;
}

/* A late sample inside run i that says something else: before it the run stands, after it the run
 * goes on one interval later, at the latest with its last sample. */
static int
split_run(struct vg_strand_day *day, size_t i, int64_t at_ms, enum vg_sample_state state)
{
	struct vg_run whole = day->run[i];
	int64_t interval_ms = day->gap_ms / 2;
	bool before = at_ms > whole.first_ms, after = at_ms < whole.last_ms;

	if (open_runs(day, i, (size_t)before + (size_t)after) != 0)
		return VG_CORE_ENOMEM;
	if (before)
		day->run[i++] = (struct vg_run){whole.first_ms, at_ms - 1, whole.count - after,
						whole.state, false};
	day->run[i++] = (struct vg_run){at_ms, at_ms, 1, state, false};
	if (after)
		day->run[i] = (struct vg_run){
			interval_ms < whole.last_ms - at_ms ? at_ms + interval_ms : whole.last_ms,
			whole.last_ms, before ? 1 : whole.count, whole.state, false};
	return 0;
}

static int
apply_late(struct vg_strand_day *day, int64_t at_ms, enum vg_sample_state state)
{
	size_t i = 0;
	struct vg_run *run;

	while (i < day->runs && day->run[i].last_ms < at_ms)
		i++;
	run = &day->run[i];
	if (i == day->runs || run->first_ms > at_ms)
		return insert_late(day, i, at_ms, state);
	run->sealed = false;
	if (run->state != state && ((at_ms != run->first_ms && at_ms != run->last_ms) ||
				    vg_sample_rank(state) > vg_sample_rank(run->state)))
		return split_run(day, i, at_ms, state);
	run->count++;
	return 0;
}

int
vg_day_derive(struct vg_strand_day *day)
{
	int rc = 0;

	if (day->sealed_runs == 0)
		return make_runs(day);
	day->runs = 0;
	if (open_runs(day, 0, day->sealed_runs) != 0)
		return VG_CORE_ENOMEM;
	memcpy(day->run, day->sealed_run, day->sealed_runs * sizeof(*day->run));
	for (size_t i = 0; i < day->raws && rc == 0; i++)
		rc = apply_late(day, raw_ms(day, &day->raw[i]),
				(enum vg_sample_state)day->raw[i].state);
	return rc;
}
