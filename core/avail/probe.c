/* avail/probe.c - samples are taken in: probes, their strands, and their days.
 *
 * The hard thing is arrival: batches come late, twice, or out of order, and the state may depend on
 * nothing but which samples there are. So raw samples stand in order of time, and runs are made of
 * them; only a sample that comes last, as nearly all do, just lengthens the newest run. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

#define LATE_MS (INT64_C(24) * 3600 * 1000)
#define MARK_MS (INT64_C(5) * 60 * 1000)

void
vg_core_probes_init(struct vg_probes *probes)
{
	probes->first_ms = INT64_MAX;
	probes->marked_ms = INT64_MIN;
}

static void
free_strand(struct vg_strand *strand)
{
	for (size_t i = 0; i < strand->days; i++) {
		struct vg_strand_day *day = strand->day[i];

		free(day->sealed_run);
		free(day->raw);
		free(day->run);
		free(day);
	}
	free(strand->day);
	free(strand->last_text);
	free(strand);
}

void
vg_core_probes_free(struct vg_core *core)
{
	struct vg_probes *probes = &core->probes;

	HASH_CLEAR(hh, probes->table);
	for (size_t i = 0; i < probes->n; i++) {
		struct vg_probe *probe = probes->probe[i];

		while (probe->strand != NULL) {
			struct vg_strand *next = probe->strand->next;

			free_strand(probe->strand);
			probe->strand = next;
		}
		free(probe);
	}
	free(probes->probe);
}

size_t
vg_core_probes_bytes(const struct vg_core *core)
{
	size_t bytes = core->probes.bytes;
	const struct vg_strand_day *day;

	DL_FOREACH(core->probes.open, day)
	bytes += day->raws_size * sizeof(*day->raw) + day->runs_size * sizeof(*day->run);
	return bytes;
}

/* Probes. */

static int
compare_probes(const struct vg_probe *a, const struct vg_probe *b)
{
	int order = strcmp(a->source, b->source);

	return order != 0 ? order : strcmp(a->name, b->name);
}

struct vg_probe *
vg_probe_find(const struct vg_core *core, const char *source, const char *name)
{
	int64_t source_id = vg_pool_find(core->pool, source);
	int64_t name_id = vg_pool_find(core->pool, name);
	struct vg_probe_id id = {(uint32_t)source_id, (uint32_t)name_id};
	struct vg_probe *probe = NULL;

	if (source_id >= 0 && name_id >= 0)
		HASH_FIND(hh, core->probes.table, &id, sizeof(id), probe);
	return probe;
}

static void
insert_sorted(struct vg_probes *probes, struct vg_probe *probe)
{
	size_t low = 0, high = probes->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_probes(probes->probe[mid], probe) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	memmove(&probes->probe[low + 1], &probes->probe[low],
		(probes->n - low) * sizeof(struct vg_probe *));
	probes->probe[low] = probe;
	probes->n++;
}

int
vg_probe_put(struct vg_core *core, const char *source, const char *name, struct vg_probe **out)
{
	struct vg_probes *probes = &core->probes;
	const struct vg_agreement *latest = vg_core_agreement_latest(core);
	int64_t source_id = vg_pool_put(core->pool, source);
	int64_t name_id = vg_pool_put(core->pool, name);
	struct vg_probe *probe;

	if (source_id < 0 || name_id < 0 ||
	    vg_core_reserve((void **)&probes->probe, &probes->size, probes->n + 1,
			    sizeof(struct vg_probe *)) != 0 ||
	    (probe = calloc(1, sizeof(*probe))) == NULL)
		return VG_CORE_ENOMEM;
	probe->id = (struct vg_probe_id){(uint32_t)source_id, (uint32_t)name_id};
	HASH_ADD(hh, probes->table, id, sizeof(probe->id), probe);
	if (probe->hh.tbl == NULL) {
		free(probe);
		return VG_CORE_ENOMEM;
	}
	probe->source = vg_pool_get(core->pool, probe->id.source);
	probe->name = vg_pool_get(core->pool, probe->id.name);
	probe->agreed = latest != NULL && vg_agreement_probe(latest, source, name) != NULL;
	insert_sorted(probes, probe);
	probes->bytes += sizeof(*probe);
	*out = probe;
	return 0;
}

/* Strands and days. */

bool
vg_strand_counts(const struct vg_core *core, const struct vg_strand *strand)
{
	return !vg_core_is_revoked(core, strand->import);
}

int
vg_strand_put(struct vg_core *core, struct vg_probe *probe, const char *import,
	      struct vg_strand **out)
{
	int64_t id = vg_pool_put(core->pool, import);
	struct vg_strand **at = &probe->strand, *strand;

	if (id < 0)
		return VG_CORE_ENOMEM;
	while (*at != NULL && (*at)->import != (uint32_t)id)
		at = &(*at)->next;
	if (*at == NULL) {
		strand = calloc(1, sizeof(*strand));
		if (strand == NULL)
			return VG_CORE_ENOMEM;
		strand->last_text = strdup("");
		if (strand->last_text == NULL) {
			free(strand);
			return VG_CORE_ENOMEM;
		}
		strand->probe = probe;
		strand->import = (uint32_t)id;
		strand->import_text = vg_pool_get(core->pool, (uint32_t)id);
		strand->last_ms = INT64_MIN;
		strand->last_latency_ms = -1;
		core->probes.bytes += sizeof(*strand);
		*at = strand;
	}
	*out = *at;
	return 0;
}

size_t
vg_strand_lower(const struct vg_strand *strand, int64_t day)
{
	size_t low = 0, high = strand->days;

	if (high > 0 && strand->day[high - 1]->day < day)
		return high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strand->day[mid]->day < day)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Of the day before, raw samples may wait for their runs until the batch is in. */
int64_t
vg_day_known_ms(const struct vg_strand_day *day)
{
	size_t i = vg_strand_lower(day->strand, day->day);
	const struct vg_strand_day *before = i > 0 ? day->strand->day[i - 1] : NULL;
	int64_t known_ms, raw_ms;

	if (before == NULL)
		return day->day * VG_PROBE_DAY_MS;
	known_ms = before->day * VG_PROBE_DAY_MS;
	raw_ms = known_ms + (before->raws > 0 ? before->raw[before->raws - 1].at : 0);
	if (before->sealed_runs > 0)
		known_ms = before->sealed_run[before->sealed_runs - 1].last_ms;
	return raw_ms > known_ms ? raw_ms : known_ms;
}

int
vg_day_put(struct vg_core *core, struct vg_strand *strand, int64_t number,
	   struct vg_strand_day **out)
{
	size_t i = vg_strand_lower(strand, number);
	struct vg_strand_day *day;

	if (i < strand->days && strand->day[i]->day == number) {
		*out = strand->day[i];
		return 0;
	}
	if (vg_core_reserve((void **)&strand->day, &strand->days_size, strand->days + 1,
			    sizeof(struct vg_strand_day *)) != 0 ||
	    (day = calloc(1, sizeof(*day))) == NULL)
		return VG_CORE_ENOMEM;
	day->link.type = VG_OBJECT_PROBE_DAY;
	day->strand = strand;
	day->day = number;
	day->gap_ms = vg_day_gap_ms(core, day);
	memmove(&strand->day[i + 1], &strand->day[i],
		(strand->days - i) * sizeof(struct vg_strand_day *));
	strand->day[i] = day;
	strand->days++;
	core->probes.days++;
	core->probes.bytes += sizeof(*day) + sizeof(day);
	*out = day;
	return 0;
}

void
vg_day_set_open(struct vg_core *core, struct vg_strand_day *day, bool open)
{
	if (open && day->prev == NULL)
		DL_APPEND(core->probes.open, day);
	if (!open && day->prev != NULL) {
		DL_DELETE(core->probes.open, day);
		day->prev = day->next = NULL;
	}
}

struct vg_probe_day
vg_day_object(const struct vg_strand_day *day)
{
	struct vg_probe_day object = {.source = day->strand->probe->source,
				      .name = day->strand->probe->name,
				      .import = day->strand->import_text,
				      .day = day->day,
				      .sealed = day->raws == 0};

	object.run = vg_day_runs(day, &object.runs);
	return object;
}

/* One batch. */

struct batch {
	struct vg_core *core;
	const struct vg_event *event;
	struct vg_verdict *out;
	int64_t taken, late, ahead;
	const char *unnamed; /* a probe that no agreement names */
	bool full;	     /* a maximum was reached */
	int64_t from_ms;     /* what is said from here on changed; INT64_MAX = nothing */
	struct vg_strand_day *broken[VG_SAMPLES_MAX]; /* got a sample that was not the newest */
	size_t brokens;
};

static int
insert_raw(struct vg_strand_day *day, const struct vg_raw *raw)
{
	size_t i = day->raws;

	if (vg_core_reserve((void **)&day->raw, &day->raws_size, day->raws + 1, sizeof(*raw)) != 0)
		return VG_CORE_ENOMEM;
	while (i > 0 && day->raw[i - 1].at > raw->at)
		i--;
	memmove(&day->raw[i + 1], &day->raw[i], (day->raws - i) * sizeof(*raw));
	day->raw[i] = *raw;
	day->raws++;
	return 0;
}

/* Between two days of samples a trace holds, and silence parts no short run from its neighbours: so
 * what is said changes from the sample before the day on. */
static void
touch(struct batch *batch, const struct vg_strand_day *day)
{
	int64_t from_ms = vg_day_known_ms(day);

	if (from_ms < batch->from_ms)
		batch->from_ms = from_ms;
}

/* Notes that a day's runs are to be made again when the batch is in. */
static void
note_broken(struct batch *batch, struct vg_strand_day *day)
{
	for (size_t i = batch->brokens; i-- > 0;) {
		if (batch->broken[i] == day)
			return;
	}
	batch->broken[batch->brokens++] = day;
}

static int
add_sample(struct batch *batch, struct vg_strand_day *day, const struct vg_sample *sample)
{
	struct vg_core *core = batch->core;
	struct vg_raw raw = {batch->event->seq,
			     (uint32_t)(sample->at_ms - day->day * VG_PROBE_DAY_MS), sample->state};
	bool newest =
		day->sealed_runs == 0 && (day->raws == 0 || day->raw[day->raws - 1].at < raw.at);
	size_t runs = day->runs;

	if (insert_raw(day, &raw) != 0)
		return VG_CORE_ENOMEM;
	vg_day_set_open(core, day, true);
	if (!newest)
		note_broken(batch, day);
	else if (vg_day_extend(day, sample->at_ms, sample->state, 1) != 0)
		return VG_CORE_ENOMEM;
	if (!newest || day->runs != runs)
		touch(batch, day);
	vg_core_mark(core, &day->link, &day->changed_seq);
	return 0;
}

static int
set_last(struct vg_strand *strand, const struct vg_sample *sample)
{
	char *text;

	if (sample->at_ms < strand->last_ms)
		return 0;
	strand->last_ms = sample->at_ms;
	strand->last_latency_ms = sample->latency_ms;
	if (strcmp(strand->last_text, sample->text) == 0)
		return 0;
	text = strdup(sample->text);
	if (text == NULL)
		return VG_CORE_ENOMEM;
	free(strand->last_text);
	strand->last_text = text;
	return 0;
}

/* What the newest sample says; VG_SAMPLE_STATE_COUNT = there is none. */
static enum vg_sample_state
newest_state(const struct vg_strand *strand)
{
	const struct vg_run *run;
	size_t runs;

	if (strand->days == 0)
		return VG_SAMPLE_STATE_COUNT;
	run = vg_day_runs(strand->day[strand->days - 1], &runs);
	return runs > 0 ? run[runs - 1].state : VG_SAMPLE_STATE_COUNT;
}

/* Asks once a batch for a look at what rests on the probe. */
static int
stir(struct batch *batch, struct vg_probe *probe)
{
	if (probe->stirred_seq == batch->event->seq)
		return 0;
	probe->stirred_seq = batch->event->seq;
	return vg_core_probe_changed(batch->core, probe->source, probe->name);
}

static int
take_sample(struct batch *batch, const struct vg_sample *sample)
{
	struct vg_core *core = batch->core;
	struct vg_probe *probe = vg_probe_find(core, batch->event->source, sample->probe);
	enum vg_sample_state before;
	struct vg_strand *strand;
	struct vg_strand_day *day;
	int rc;

	if ((probe == NULL && core->probes.n >= VG_CORE_PROBES_MAX) ||
	    core->probes.days >= VG_CORE_DAYS_MAX) {
		batch->full = true;
		return 0;
	}
	if ((probe == NULL &&
	     (rc = vg_probe_put(core, batch->event->source, sample->probe, &probe)) != 0) ||
	    (rc = vg_strand_put(core, probe, batch->event->import, &strand)) != 0)
		return rc;
	before = newest_state(strand);
	if ((rc = vg_day_put(core, strand, vg_floor_div(sample->at_ms, VG_PROBE_DAY_MS), &day)) !=
		    0 ||
	    (rc = add_sample(batch, day, sample)) != 0 || (rc = set_last(strand, sample)) != 0)
		return rc;
	strand->samples++;
	if (sample->at_ms < core->probes.first_ms)
		core->probes.first_ms = sample->at_ms;
	if (!probe->agreed)
		batch->unnamed = probe->name;
	batch->taken++;
	return before == newest_state(strand) ? 0 : stir(batch, probe);
}

/* Marks what the batch changed: where runs got another shape, and else the current month now and
 * then, since its newest stretch grows. */
static int
mark(struct batch *batch)
{
	struct vg_core *core = batch->core;
	int64_t now_ms = core->received_ms;

	if (batch->from_ms != INT64_MAX)
		return vg_core_mark_availability(core, batch->from_ms);
	if (batch->taken == 0 ||
	    (core->probes.marked_ms != INT64_MIN && now_ms - core->probes.marked_ms < MARK_MS))
		return 0;
	core->probes.marked_ms = now_ms;
	return vg_core_mark_availability(core, now_ms);
}

static int
tell(struct batch *batch)
{
	struct vg_verdict *out = batch->out;

	if (batch->full)
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD,
				      "%lld of %zu samples taken: more than %d probes or %d days "
				      "of them",
				      (long long)batch->taken, batch->event->body.samples.count,
				      VG_CORE_PROBES_MAX, VG_CORE_DAYS_MAX);
	if (batch->ahead > 0)
		return vg_verdict_set(out, VG_VERDICT_FLAGGED,
				      "%lld samples lie more than 10 minutes in the future and are "
				      "not used: set the clock of %.60s",
				      (long long)batch->ahead, batch->event->source);
	if (batch->unnamed != NULL)
		return vg_verdict_set(out, VG_VERDICT_FLAGGED,
				      "no agreement names probe %.60s of %.60s: kept, and counted "
				      "when one does",
				      batch->unnamed, batch->event->source);
	return 0;
}

static int
take_batch(struct batch *batch)
{
	const struct vg_samples_body *body = &batch->event->body.samples;
	int64_t received_ms = batch->event->received_ms;
	const struct vg_agent *agent;
	int rc = 0;

	for (size_t i = 0; i < body->count && rc == 0; i++) {
		const struct vg_sample *sample = &body->sample[i];

		if (sample->at_ms > received_ms + VG_AHEAD_MAX_MS) {
			batch->ahead++;
			continue;
		}
		batch->late += sample->at_ms < received_ms - LATE_MS;
		rc = take_sample(batch, sample);
	}
	for (size_t i = 0; i < batch->brokens && rc == 0; i++) {
		if ((rc = vg_day_derive(batch->broken[i])) == 0)
			rc = stir(batch, batch->broken[i]->strand->probe);
	}
	if (rc == 0)
		rc = vg_core_agent_note(batch->core, batch->event, batch->taken, batch->late,
					batch->ahead, &agent);
	return rc != 0 ? rc : mark(batch);
}

int
vg_core_samples_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct batch batch;
	int rc;

	if (event->kind == VG_KIND_RAW_SEALED)
		return vg_core_seal_step(core, event, out);
	if (event->import[0] == '\0' && vg_core_agent(core, event->source) == NULL &&
	    vg_items_full(core, VG_OBJECT_AGENT, out, "agents"))
		return 0;
	VG_ASSERT(event->body.samples.count <= VG_SAMPLES_MAX);
	batch.core = core;
	batch.event = event;
	batch.out = out;
	batch.taken = batch.late = batch.ahead = 0;
	batch.unnamed = NULL;
	batch.full = false;
	batch.from_ms = INT64_MAX;
	batch.brokens = 0;
	rc = take_batch(&batch);
	return rc != 0 ? rc : tell(&batch);
}

int64_t
vg_core_first_known_ms(const struct vg_core *core)
{
	const struct vg_items *items = &core->items[VG_OBJECT_OUTAGE];
	int64_t at_ms = core->probes.first_ms;

	for (size_t i = 0; i < items->n; i++) {
		if (items->item[i]->of.outage.from_ms < at_ms)
			at_ms = items->item[i]->of.outage.from_ms;
	}
	return at_ms;
}

/* A new version may name other probes, or other intervals. */
int
vg_core_probes_rejudge(struct vg_core *core, const struct vg_agreement *agreement)
{
	struct vg_probes *probes = &core->probes;
	int64_t from_ms = agreement->valid_from_ms, first_ms = vg_core_first_known_ms(core);
	struct vg_strand_day *day;

	for (size_t i = 0; i < probes->n; i++)
		probes->probe[i]->agreed = vg_agreement_probe(agreement, probes->probe[i]->source,
							      probes->probe[i]->name) != NULL;
	DL_FOREACH(probes->open, day)
	{
		int64_t gap_ms = vg_day_gap_ms(core, day);

		if (gap_ms == day->gap_ms)
			continue;
		day->gap_ms = gap_ms;
		if (vg_day_derive(day) != 0)
			return VG_CORE_ENOMEM;
		vg_core_mark(core, &day->link, &day->changed_seq);
	}
	if (from_ms < first_ms)
		from_ms = first_ms;
	return vg_core_mark_availability(core, from_ms);
}

int
vg_core_probes_revoked(struct vg_core *core, uint32_t import)
{
	for (size_t i = 0; i < core->probes.n; i++) {
		const struct vg_strand *strand = core->probes.probe[i]->strand;
		int rc;

		while (strand != NULL && strand->import != import)
			strand = strand->next;
		if (strand == NULL)
			continue;
		rc = vg_core_mark_availability(core, strand->day[0]->day * VG_PROBE_DAY_MS);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool
tell_probe(const struct vg_probe *probe, vg_probe_seen_cb *visit, const struct vg_core *core,
	   void *arg)
{
	struct vg_probe_seen seen = {.source = probe->source,
				     .name = probe->name,
				     .first_ms = INT64_MAX,
				     .last_ms = INT64_MIN,
				     .last_text = "",
				     .agreed = probe->agreed};

	for (const struct vg_strand *strand = probe->strand; strand != NULL;
	     strand = strand->next) {
		const struct vg_run *run;
		size_t runs;

		if (!vg_strand_counts(core, strand))
			continue;
		seen.samples += strand->samples;
		run = vg_day_runs(strand->day[0], &runs);
		if (run[0].first_ms < seen.first_ms)
			seen.first_ms = run[0].first_ms;
		if (strand->last_ms <= seen.last_ms)
			continue;
		run = vg_day_runs(strand->day[strand->days - 1], &runs);
		seen.last_ms = run[runs - 1].last_ms;
		seen.last_state = run[runs - 1].state;
		seen.last_latency_ms = strand->last_latency_ms;
		seen.last_text = strand->last_text;
	}
	return seen.samples == 0 || visit(&seen, arg);
}

void
vg_probes_seen(const struct vg_core *core, vg_probe_seen_cb *visit, void *arg)
{
	for (size_t i = 0; i < core->probes.n; i++) {
		if (!tell_probe(core->probes.probe[i], visit, core, arg))
			return;
	}
}
