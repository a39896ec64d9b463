/* avail/quorum.c - what the probes of a scope say together, at every instant.
 *
 * Time is continuous here: what a probe says changes where a run begins, and where its newest
 * sample has become too old, so the quorum is computed between these instants and nowhere else. The
 * hard thing is several strands of one probe (live samples and an import, or two imports) that
 * speak at the same time: inside a run samples come all the time, so a strand within a run is newer
 * than one that is between runs; among equals the worst speaks. */
#include "core/timeline.h"

#include <stdlib.h>
#include <string.h>

#define SILENT	     (-1)
#define SAMPLES_COME INT64_MAX

/* One strand of one probe, walked from left to right. */
struct voice {
	size_t meter;
	const struct vg_strand *strand;
	size_t day, run;  /* the next run to begin */
	int64_t hold_ms;  /* how long a newest sample speaks; INT64_MAX = until the next */
	int64_t until_ms; /* what follows holds until here */
	int state;	  /* enum vg_sample_state, or SILENT */
	int64_t since_ms; /* newest sample; SAMPLES_COME inside a run */
};

/* One probe of the scope, or one reference target of its agent. */
struct meter {
	const struct vg_probe_rule *rule;
	int state; /* at the instant */
	int64_t since_ms;
	size_t agent;
};

struct agent {
	const char *source;
	bool reports, works; /* of its reference targets: any reports, any does not fail */
};

struct sweep {
	const struct vg_core *core;
	const struct vg_scope *scope;
	struct meter *meter;
	size_t meters, meters_size;
	struct voice *voice;
	size_t voices, voices_size;
	struct agent *agent;
	size_t agents, agents_size;
	const struct vg_outage_record **refute; /* records that refute what was measured here */
	size_t refutes, refutes_size;
	bool exact;
};

int
vg_measures_add(struct vg_measures *list, const struct vg_measured *piece)
{
	struct vg_measured *last = list->n > 0 ? &list->at[list->n - 1] : NULL;

	if (last != NULL && last->state == piece->state && last->rewritten == piece->rewritten &&
	    last->flapping == piece->flapping && last->pending == piece->pending) {
		last->to_ms = piece->to_ms;
		return 0;
	}
	if (vg_core_reserve((void **)&list->at, &list->size, list->n + 1, sizeof(*piece)) != 0)
		return VG_CORE_ENOMEM;
	list->at[list->n++] = *piece;
	return 0;
}

int64_t
vg_version_end_ms(const struct vg_core *core, int64_t at_ms)
{
	int64_t end_ms = INT64_MAX;

	for (size_t i = 0; i < core->versions; i++) {
		const struct vg_agreement *agreement = core->version[i]->agreement;

		if (agreement->valid_from_ms > at_ms && agreement->valid_from_ms < end_ms)
			end_ms = agreement->valid_from_ms;
		if (agreement->valid_to_ms > at_ms && agreement->valid_to_ms < end_ms)
			end_ms = agreement->valid_to_ms;
	}
	return end_ms;
}

int64_t
vg_join_gap_ms(const struct vg_core *core, const struct vg_scope *scope, int64_t at_ms)
{
	const struct vg_agreement *rules = vg_core_agreement_at(core, at_ms);
	const struct vg_service *service =
		rules != NULL ? vg_agreement_service(rules, scope->service) : NULL;

	for (size_t i = 0; service != NULL && i < rules->probes; i++) {
		const struct vg_probe_rule *rule = &rules->probe[i];

		if (rule->trace && rule->service == (uint32_t)(service - rules->service) &&
		    (strcmp(rule->municipality, "*") == 0 ||
		     strcmp(rule->municipality, scope->municipality) == 0))
			return 0;
	}
	return rules != NULL ? rules->join_gap_s * 1000 : 0;
}

bool
vg_record_holds(const struct vg_outage_record *record, const struct vg_scope *scope)
{
	return !record->withdrawn && strcmp(record->service, scope->service) == 0 &&
	       (record->channel[0] == '\0' || strcmp(record->channel, scope->channel) == 0) &&
	       vg_list_holds(record->municipalities, scope->municipality);
}

/* Voices. */

/* The next run of a strand; NULL = none. */
static const struct vg_run *
next_run(const struct voice *voice)
{
	const struct vg_run *run;
	size_t runs;

	if (voice->day == voice->strand->days)
		return NULL;
	run = vg_day_runs(voice->strand->day[voice->day], &runs);
	return &run[voice->run];
}

static void
pass_run(struct voice *voice)
{
	size_t runs;

	vg_day_runs(voice->strand->day[voice->day], &runs);
	if (++voice->run == runs) {
		voice->run = 0;
		voice->day++;
	}
}

/* Between runs: the newest sample speaks for a while. */
static void
hold(struct voice *voice, const struct vg_run *past, int64_t at_ms)
{
	const struct vg_run *next = next_run(voice);
	int64_t begin_ms = next != NULL ? next->first_ms : INT64_MAX;
	int64_t end_ms = past == NULL ? INT64_MIN : INT64_MAX;

	if (past != NULL && voice->hold_ms != INT64_MAX)
		end_ms = past->last_ms + voice->hold_ms;
	if (next == NULL && past != NULL && voice->hold_ms == INT64_MAX)
		end_ms = past->last_ms; /* a trace says nothing after its last row */
	voice->state = end_ms > at_ms ? (int)past->state : SILENT;
	voice->since_ms = past != NULL ? past->last_ms : INT64_MIN;
	voice->until_ms = end_ms > at_ms && end_ms < begin_ms ? end_ms : begin_ms;
}

/* Says what the voice says at at_ms, which is not before where it was. */
static void
advance(struct voice *voice, const struct vg_run *past, int64_t at_ms)
{
	const struct vg_run *next = next_run(voice);

	while (next != NULL && next->first_ms <= at_ms) {
		past = next;
		pass_run(voice);
		next = next_run(voice);
	}
	if (past == NULL || past->last_ms <= at_ms) {
		hold(voice, past, at_ms);
		return;
	}
	voice->state = (int)past->state;
	voice->since_ms = SAMPLES_COME;
	voice->until_ms = past->last_ms;
}

/* The run before the one that is next; NULL = none. */
static const struct vg_run *
run_before(const struct voice *voice)
{
	size_t day = voice->day, runs;
	const struct vg_run *run;

	if (voice->run > 0)
		return &vg_day_runs(voice->strand->day[day], &runs)[voice->run - 1];
	if (day == 0)
		return NULL;
	run = vg_day_runs(voice->strand->day[day - 1], &runs);
	return &run[runs - 1];
}

static int
add_voice(struct sweep *sweep, const struct vg_strand *strand, int64_t from_ms)
{
	struct voice voice = {.meter = sweep->meters - 1, .strand = strand};
	const struct vg_probe_rule *rule = sweep->meter[voice.meter].rule;

	if (vg_core_reserve((void **)&sweep->voice, &sweep->voices_size, sweep->voices + 1,
			    sizeof(voice)) != 0)
		return VG_CORE_ENOMEM;
	voice.hold_ms = rule->trace || rule->interval_ms > INT64_MAX / 4 ? INT64_MAX
									 : 2 * rule->interval_ms;
	voice.day = vg_strand_lower(strand, vg_floor_div(from_ms, VG_PROBE_DAY_MS));
	advance(&voice, run_before(&voice), from_ms);
	sweep->voice[sweep->voices++] = voice;
	return 0;
}

/* Meters. */

static int
agent_of(struct sweep *sweep, const char *source, size_t *out, bool *fresh)
{
	size_t i = 0;

	while (i < sweep->agents && strcmp(sweep->agent[i].source, source) != 0)
		i++;
	*out = i;
	*fresh = i == sweep->agents;
	if (!*fresh)
		return 0;
	if (vg_core_reserve((void **)&sweep->agent, &sweep->agents_size, i + 1,
			    sizeof(*sweep->agent)) != 0)
		return VG_CORE_ENOMEM;
	sweep->agent[sweep->agents++] = (struct agent){.source = source};
	return 0;
}

static int
add_meter(struct sweep *sweep, const struct vg_probe_rule *rule, size_t agent, int64_t from_ms)
{
	const struct vg_probe *probe = vg_probe_find(sweep->core, rule->agent, rule->name);
	const struct vg_strand *strand = probe != NULL ? probe->strand : NULL;
	int rc = 0;

	if (vg_core_reserve((void **)&sweep->meter, &sweep->meters_size, sweep->meters + 1,
			    sizeof(*sweep->meter)) != 0)
		return VG_CORE_ENOMEM;
	sweep->meter[sweep->meters++] = (struct meter){.rule = rule, .agent = agent};
	for (; strand != NULL && rc == 0; strand = strand->next) {
		if (strand->days > 0 && vg_strand_counts(sweep->core, strand))
			rc = add_voice(sweep, strand, from_ms);
	}
	return rc;
}

static bool
measures(const struct vg_probe_rule *rule, uint32_t service, int channel,
	 const struct vg_municipality *party)
{
	return !rule->reference && rule->service == service && rule->vantage == party->vantage &&
	       (rule->channel == -1 || rule->channel == channel) &&
	       (strcmp(rule->municipality, "*") == 0 ||
		strcmp(rule->municipality, party->code) == 0);
}

static int
add_references(struct sweep *sweep, const struct vg_agreement *rules, int64_t from_ms)
{
	int rc = 0;

	for (size_t i = 0; i < rules->probes && rc == 0; i++) {
		const struct vg_probe_rule *rule = &rules->probe[i];
		size_t agent = 0;

		if (!rule->reference)
			continue;
		while (agent < sweep->agents &&
		       strcmp(sweep->agent[agent].source, rule->agent) != 0)
			agent++;
		if (agent < sweep->agents)
			rc = add_meter(sweep, rule, agent, from_ms);
	}
	return rc;
}

/* The probes of the agreed vantage, and the reference targets of their agents. */
static int
add_meters(struct sweep *sweep, const struct vg_agreement *rules, int64_t from_ms)
{
	const struct vg_scope *scope = sweep->scope;
	const struct vg_service *service = vg_agreement_service(rules, scope->service);
	const struct vg_municipality *party = vg_agreement_municipality(rules, scope->municipality);
	int channel = vg_agreement_channel(rules, scope->channel);
	int rc = 0;

	if (service == NULL || party == NULL)
		return 0;
	for (size_t i = 0; i < rules->probes && rc == 0; i++) {
		const struct vg_probe_rule *rule = &rules->probe[i];
		size_t agent;
		bool fresh;

		if (!measures(rule, (uint32_t)(service - rules->service), channel, party))
			continue;
		sweep->exact = sweep->exact || rule->trace;
		if ((rc = agent_of(sweep, rule->agent, &agent, &fresh)) == 0)
			rc = add_meter(sweep, rule, agent, from_ms);
	}
	return rc != 0 ? rc : add_references(sweep, rules, from_ms);
}

/* What is said at an instant. */

static bool
speaks_before(const struct voice *voice, const struct meter *meter)
{
	if (voice->state == SILENT)
		return false;
	if (meter->state == SILENT || voice->since_ms != meter->since_ms)
		return meter->state == SILENT || voice->since_ms > meter->since_ms;
	return vg_sample_rank((enum vg_sample_state)voice->state) >
	       vg_sample_rank((enum vg_sample_state)meter->state);
}

static bool
is_refuted(const struct sweep *sweep, const struct vg_probe_rule *rule, int64_t at_ms)
{
	for (size_t i = 0; i < sweep->refutes; i++) {
		const struct vg_outage_record *record = sweep->refute[i];

		if (record->from_ms <= at_ms && at_ms < record->to_ms &&
		    (record->source[0] == '\0' || strcmp(record->source, rule->agent) == 0) &&
		    (record->probe[0] == '\0' || strcmp(record->probe, rule->name) == 0))
			return true;
	}
	return false;
}

/* Lets every meter say what the voice of its newest sample says. */
static void
listen(struct sweep *sweep, int64_t at_ms)
{
	for (size_t i = 0; i < sweep->agents; i++)
		sweep->agent[i].reports = sweep->agent[i].works = false;
	for (size_t i = 0; i < sweep->meters; i++)
		sweep->meter[i].state = SILENT;
	for (size_t i = 0; i < sweep->voices; i++) {
		const struct voice *voice = &sweep->voice[i];
		struct meter *meter = &sweep->meter[voice->meter];

		if (speaks_before(voice, meter)) {
			meter->state = voice->state;
			meter->since_ms = voice->since_ms;
		}
	}
	for (size_t i = 0; i < sweep->meters; i++) {
		struct meter *meter = &sweep->meter[i];
		struct agent *agent = &sweep->agent[meter->agent];

		if (meter->state == VG_SAMPLE_UNKNOWN)
			meter->state = SILENT;
		if (meter->rule->reference) {
			agent->reports = agent->reports || meter->state != SILENT;
			agent->works = agent->works || (meter->state != SILENT &&
							meter->state != VG_SAMPLE_CRITICAL);
		} else if (meter->state != SILENT && is_refuted(sweep, meter->rule, at_ms)) {
			meter->state = SILENT;
		}
	}
}

/* semantics.md 3.1.2 */
static enum vg_avail_state
vote(const struct sweep *sweep)
{
	size_t n = 0, reporting = 0, failing = 0, warning = 0, least;

	for (size_t i = 0; i < sweep->meters; i++) {
		const struct meter *meter = &sweep->meter[i];
		const struct agent *agent = &sweep->agent[meter->agent];

		if (meter->rule->reference)
			continue;
		n++;
		if (meter->state == SILENT ||
		    (meter->state == VG_SAMPLE_CRITICAL && agent->reports && !agent->works))
			continue;
		reporting++;
		failing += meter->state == VG_SAMPLE_CRITICAL;
		warning += meter->state == VG_SAMPLE_WARNING;
	}
	if (reporting == 0 || reporting < (n + 1) / 2)
		return VG_AVAIL_NO_DATA;
	least = reporting / 2 + 1;
	if (least < 2 && reporting >= 2)
		least = 2;
	if (failing >= least)
		return VG_AVAIL_DOWN;
	return failing + warning > 0 ? VG_AVAIL_DEGRADED : VG_AVAIL_UP;
}

/* Where a refutation begins or ends next. */
static int64_t
refuted_until(const struct sweep *sweep, int64_t at_ms, int64_t end_ms)
{
	for (size_t i = 0; i < sweep->refutes; i++) {
		const struct vg_outage_record *record = sweep->refute[i];

		if (record->from_ms > at_ms && record->from_ms < end_ms)
			end_ms = record->from_ms;
		if (record->to_ms > at_ms && record->to_ms < end_ms)
			end_ms = record->to_ms;
	}
	return end_ms;
}

static int
find_refutes(struct sweep *sweep)
{
	const struct vg_items *items = &sweep->core->items[VG_OBJECT_OUTAGE];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_outage_record *record = &items->item[i]->of.outage;

		if (record->effect != VG_EFFECT_REFUTE || !vg_record_holds(record, sweep->scope))
			continue;
		if (vg_core_reserve((void **)&sweep->refute, &sweep->refutes_size,
				    sweep->refutes + 1, sizeof(*sweep->refute)) != 0)
			return VG_CORE_ENOMEM;
		sweep->refute[sweep->refutes++] = record;
	}
	return 0;
}

static int
walk(struct sweep *sweep, const struct vg_agreement *rules, int64_t from_ms, int64_t to_ms,
     struct vg_measures *out)
{
	bool exact = sweep->exact || rules == NULL || rules->confirm_slots <= 1;
	int rc = 0;

	while (from_ms < to_ms && rc == 0) {
		struct vg_measured piece = {.from_ms = from_ms, .rules = rules, .exact = exact};

		piece.to_ms = refuted_until(sweep, from_ms, to_ms);
		for (size_t i = 0; i < sweep->voices; i++) {
			if (sweep->voice[i].until_ms < piece.to_ms)
				piece.to_ms = sweep->voice[i].until_ms;
		}
		listen(sweep, from_ms);
		piece.state = vote(sweep);
		rc = vg_measures_add(out, &piece);
		from_ms = piece.to_ms;
		for (size_t i = 0; i < sweep->voices; i++) {
			struct voice *voice = &sweep->voice[i];

			if (voice->until_ms <= from_ms)
				advance(voice, run_before(voice), from_ms);
		}
	}
	return rc;
}

int
vg_quorum(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms, int64_t to_ms,
	  struct vg_measures *out)
{
	struct sweep sweep = {.core = core, .scope = scope};
	int rc = find_refutes(&sweep);

	while (from_ms < to_ms && rc == 0) {
		const struct vg_agreement *rules = vg_core_agreement_at(core, from_ms);
		int64_t end_ms = vg_version_end_ms(core, from_ms);

		if (end_ms > to_ms)
			end_ms = to_ms;
		sweep.meters = sweep.voices = sweep.agents = 0;
		sweep.exact = false;
		if (rules != NULL)
			rc = add_meters(&sweep, rules, from_ms);
		if (rc == 0)
			rc = walk(&sweep, rules, from_ms, end_ms, out);
		from_ms = end_ms;
	}
	free(sweep.meter);
	free(sweep.voice);
	free(sweep.agent);
	free(sweep.refute);
	return rc;
}
