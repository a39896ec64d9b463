/* The slow oracle of availability: semantics.md 3.1 to 3.3 from raw samples, half second by half
 * second, slot by slot and second by second, sharing nothing with the core but the agreement.
 *
 * A stage of twelve hours around midnight between October and November 2026 holds every sample;
 * outside it there are none. Instants of samples are whole half seconds, so a tick is one. */
#ifndef VG_TEST_AVAIL_ORACLE_H
#define VG_TEST_AVAIL_ORACLE_H

#include "tests/unit/avail_support.h"

#define TICK_MS	      INT64_C(500)
#define STAGE_HOURS   12
#define STAGE_TICKS   (STAGE_HOURS * 3600 * 2)
#define STAGE_SECONDS (STAGE_HOURS * 3600)

enum { ORACLE_SAMPLES_MAX = 20000, ORACLE_RECORDS_MAX = 8, ORACLE_WINDOWS_MAX = 4 };

struct oracle_sample {
	const char *source, *probe;
	int64_t at_ms;
	int state;
};
struct oracle_record {
	int64_t id, from_ms, to_ms; /* INT64_MAX = open */
	int effect, cause;
	const char *service, *channel, *municipality; /* "" = all */
	const char *source, *probe;
	bool approved;
};
struct oracle_window {
	int64_t from_ms, to_ms;
	const char *service;
	bool counts;
};
struct oracle {
	const struct vg_agreement *rules;
	int64_t start_ms, known_ms; /* of the stage; what lies after known is not known */
	struct oracle_sample sample[ORACLE_SAMPLES_MAX];
	size_t samples;
	struct oracle_record record[ORACLE_RECORDS_MAX];
	size_t records;
	struct oracle_window window[ORACLE_WINDOWS_MAX];
	size_t windows;
};

/* One second of a timeline. */
struct oracle_second {
	uint8_t state, cause;
	bool rewritten, flapping, provisional;
	int64_t record;
	const char *root;
};

#define SILENCE 9

SUPPORT int
oracle_worse(int a, int b)
{
	static const int rank[] = {1, 2, 3, 0};

	return rank[a] >= rank[b] ? a : b;
}

/* What a probe says at every tick. */
SUPPORT void
oracle_probe(const struct oracle *oracle, const struct vg_probe_rule *rule, uint8_t *says)
{
	int64_t *newest = support_array(STAGE_TICKS, sizeof(int64_t));
	int64_t at = -1;

	for (size_t i = 0; i < STAGE_TICKS; i++)
		newest[i] = -1;
	memset(says, SILENCE, STAGE_TICKS);
	for (size_t i = 0; i < oracle->samples; i++) {
		const struct oracle_sample *x = &oracle->sample[i];
		int64_t tick = (x->at_ms - oracle->start_ms) / TICK_MS;

		if (strcmp(x->source, rule->agent) != 0 || strcmp(x->probe, rule->name) != 0)
			continue;
		says[tick] =
			(uint8_t)(newest[tick] < 0 ? x->state : oracle_worse(says[tick], x->state));
		newest[tick] = tick;
	}
	for (int64_t i = 0; i < STAGE_TICKS; i++) {
		if (newest[i] == i)
			at = i;
		else if (at >= 0 && (i - at) * TICK_MS < 2 * rule->interval_ms)
			says[i] = says[at];
	}
	for (size_t i = 0; i < STAGE_TICKS; i++) {
		if (says[i] == VG_SAMPLE_UNKNOWN)
			says[i] = SILENCE;
	}
	free(newest);
}

SUPPORT bool
oracle_speaks_of(const struct oracle_record *record, const char *service, const char *channel,
		 const char *municipality)
{
	return strcmp(record->service, service) == 0 &&
	       (record->channel[0] == '\0' || strcmp(record->channel, channel) == 0) &&
	       (record->municipality[0] == '\0' || strcmp(record->municipality, municipality) == 0);
}

/* The quorum at every tick, one of UNXD's places. */
SUPPORT void
oracle_quorum(const struct oracle *oracle, const char *service, const char *channel,
	      const char *municipality, uint8_t *q)
{
	const struct vg_agreement *rules = oracle->rules;
	const struct vg_municipality *party = vg_agreement_municipality(rules, municipality);
	uint8_t *says[16];
	bool takes_part[16];

	assert_true(rules->probes <= 16);
	for (size_t i = 0; i < rules->probes; i++) {
		const struct vg_probe_rule *rule = &rules->probe[i];

		says[i] = support_array(STAGE_TICKS, 1);
		oracle_probe(oracle, rule, says[i]);
		takes_part[i] = !rule->reference && rule->vantage == party->vantage &&
				strcmp(rules->service[rule->service].id, service) == 0 &&
				(rule->channel < 0 ||
				 strcmp(rules->channel[rule->channel].id, channel) == 0) &&
				(strcmp(rule->municipality, "*") == 0 ||
				 strcmp(rule->municipality, municipality) == 0);
	}
	for (size_t t = 0; t < STAGE_TICKS; t++) {
		int64_t now_ms = oracle->start_ms + (int64_t)t * TICK_MS;
		int n = 0, reporting = 0, fails = 0, warns = 0, least;

		for (size_t i = 0; i < rules->probes; i++) {
			int refs = 0, refs_fail = 0;
			bool refuted = false;

			if (!takes_part[i])
				continue;
			n++;
			for (size_t k = 0; k < rules->probes; k++) {
				if (!rules->probe[k].reference ||
				    strcmp(rules->probe[k].agent, rules->probe[i].agent) != 0)
					continue;
				refs += says[k][t] != SILENCE;
				refs_fail += says[k][t] == VG_SAMPLE_CRITICAL;
			}
			for (size_t k = 0; k < oracle->records; k++) {
				const struct oracle_record *x = &oracle->record[k];

				if (x->effect == VG_EFFECT_REFUTE && x->from_ms <= now_ms &&
				    now_ms < x->to_ms &&
				    oracle_speaks_of(x, service, channel, municipality) &&
				    (x->probe[0] == '\0' ||
				     (strcmp(x->probe, rules->probe[i].name) == 0 &&
				      strcmp(x->source, rules->probe[i].agent) == 0)))
					refuted = true;
			}
			if (says[i][t] == SILENCE || refuted)
				continue;
			if (says[i][t] == VG_SAMPLE_CRITICAL && refs > 0 && refs == refs_fail)
				continue;
			reporting++;
			fails += says[i][t] == VG_SAMPLE_CRITICAL;
			warns += says[i][t] == VG_SAMPLE_WARNING;
		}
		least = reporting / 2 + 1;
		if (least < (reporting < 2 ? reporting : 2))
			least = 2;
		if (reporting < 1 || 2 * reporting < n)
			q[t] = VG_AVAIL_NO_DATA;
		else if (fails >= least)
			q[t] = VG_AVAIL_DOWN;
		else
			q[t] = fails + warns > 0 ? VG_AVAIL_DEGRADED : VG_AVAIL_UP;
	}
	for (size_t i = 0; i < rules->probes; i++)
		free(says[i]);
}

/* A run of equal slots. */
struct oracle_slots {
	int64_t from_tick; /* where the quorum changed to what its first slot's end shows */
	int64_t slots;
	int measured, counts;
	bool flapping, rewritten;
};

SUPPORT size_t
oracle_slots(const struct oracle *oracle, const uint8_t *q, struct oracle_slots *run)
{
	int64_t slot = oracle->rules->slot_ms / TICK_MS;
	int64_t known = (oracle->known_ms - oracle->start_ms) / TICK_MS;
	size_t n = 1;

	run[0] = (struct oracle_slots){.slots = 1000, /* before the stage */
				       .measured = VG_AVAIL_NO_DATA,
				       .counts = VG_AVAIL_NO_DATA};
	if (oracle->rules->confirm_slots <= 1)
		slot = 1;
	for (int64_t end = slot; end <= known; end += slot) {
		int64_t from = end - 1;

		if (run[n - 1].measured == q[end - 1]) {
			run[n - 1].slots++;
			continue;
		}
		while (from > 0 && q[from - 1] == q[end - 1])
			from--;
		run[n++] = (struct oracle_slots){from, 1, q[end - 1], q[end - 1], false, false};
	}
	if (known % slot != 0 &&
	    q[known - 1] != run[n - 1].measured) { /* not at a slot's end yet */
		int64_t from = known - 1;

		while (q[from - 1] == q[known - 1])
			from--;
		run[n++] = (struct oracle_slots){from, 0, q[known - 1], q[known - 1], false, false};
	}
	return n;
}

SUPPORT void
oracle_flapping(const struct oracle *oracle, struct oracle_slots *run, size_t n)
{
	size_t *change = support_array(n + 1, sizeof(size_t)), changes = 0;
	size_t many = (size_t)oracle->rules->flap_changes;
	int before = -1;

	for (size_t i = 0; i < n; i++) {
		if (run[i].measured == VG_AVAIL_NO_DATA)
			continue;
		if (before >= 0 && before != run[i].measured)
			change[changes++] = i;
		before = run[i].measured;
	}
	for (size_t a = 0; a + many <= changes; a++) {
		int64_t length = run[change[a + many - 1]].from_tick - run[change[a]].from_tick;

		for (size_t k = a;
		     length * TICK_MS <= oracle->rules->flap_window_ms && k < a + many; k++)
			run[change[k]].flapping = true;
	}
	free(change);
}

SUPPORT void
oracle_short(const struct oracle *oracle, struct oracle_slots *run, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t left = i, right = i + 1;

		if (run[i].measured == VG_AVAIL_NO_DATA || run[i].flapping ||
		    run[i].slots >= oracle->rules->confirm_slots)
			continue;
		while (left > 0 && run[left - 1].measured == VG_AVAIL_NO_DATA)
			left--;
		while (right < n && run[right].measured == VG_AVAIL_NO_DATA)
			right++;
		if (left == 0 || right == n || run[left - 1].counts != run[right].measured ||
		    run[right].measured == run[i].measured)
			continue;
		run[i].counts = run[right].measured;
		run[i].rewritten = true;
	}
}

SUPPORT void
oracle_own(const struct oracle *oracle, const char *service, const char *channel,
	   const char *municipality, struct oracle_second *second)
{
	uint8_t *q = support_array(STAGE_TICKS, 1);
	struct oracle_slots *run = support_array(STAGE_TICKS + 2, sizeof(*run));
	size_t n, at = 0;

	oracle_quorum(oracle, service, channel, municipality, q);
	n = oracle_slots(oracle, q, run);
	oracle_flapping(oracle, run, n);
	if (oracle->rules->confirm_slots > 1)
		oracle_short(oracle, run, n);
	for (size_t s = 0; s < STAGE_SECONDS; s++) {
		while (at + 1 < n && run[at + 1].from_tick / 2 <= (int64_t)s)
			at++;
		second[s] = (struct oracle_second){.state = (uint8_t)run[at].counts,
						   .root = "",
						   .rewritten = run[at].rewritten,
						   .flapping = run[at].flapping};
	}
	free(q);
	free(run);
}

SUPPORT void oracle_all(const struct oracle *oracle, const char *service, const char *municipality,
			struct oracle_second *second);

SUPPORT void
oracle_needs(const struct oracle *oracle, const char *id, const char *municipality,
	     struct oracle_second *second)
{
	const struct vg_service *service = vg_agreement_service(oracle->rules, id);

	for (int hard = 1; hard >= 0; hard--) {
		for (size_t i = 0; i < service->edges; i++) {
			const char *needed = oracle->rules->service[service->edge[i].service].id;
			struct oracle_second *below;

			if (service->edge[i].hard != (hard == 1))
				continue;
			below = support_array(STAGE_SECONDS, sizeof(*below));
			oracle_all(oracle, needed, municipality, below);
			for (size_t s = 0; s < STAGE_SECONDS; s++) {
				struct oracle_second *x = &second[s];
				uint8_t least = hard == 1 ? VG_AVAIL_DOWN : VG_AVAIL_DEGRADED;

				if (below[s].state != VG_AVAIL_DOWN || x->state > least ||
				    x->root[0] != '\0')
					continue;
				if (x->state != least)
					x->rewritten = false;
				x->state = least;
				x->cause = below[s].cause;
				x->record = below[s].record;
				x->provisional = below[s].provisional;
				x->flapping = x->flapping || below[s].flapping;
				x->root = below[s].root[0] != '\0' ? below[s].root : needed;
			}
			free(below);
		}
	}
}

/* Where an open cause ends: with the outage, gaps below join_gap_s joined. */
SUPPORT int64_t
oracle_follow(const struct oracle *oracle, const struct oracle_second *second, int64_t from_s)
{
	int64_t known_s = (oracle->known_ms - oracle->start_ms) / 1000;
	int64_t end_s = from_s;

	if (from_s < 0 || from_s >= known_s || second[from_s].state != VG_AVAIL_DOWN)
		return from_s;
	for (int64_t s = from_s; s < known_s; s++) {
		if (second[s].state == VG_AVAIL_DOWN)
			end_s = s + 1;
		else if (s + 1 - end_s >= oracle->rules->join_gap_s)
			break;
	}
	return end_s;
}

SUPPORT void
oracle_channel(const struct oracle *oracle, const char *service, const char *channel,
	       const char *municipality, struct oracle_second *second)
{
	struct oracle_second *measured = support_array(STAGE_SECONDS, sizeof(*measured));

	oracle_own(oracle, service, channel, municipality, second);
	oracle_needs(oracle, service, municipality, second);
	memcpy(measured, second, STAGE_SECONDS * sizeof(*second));
	for (int pass = 0; pass < 2; pass++) { /* states first, explanations after them */
		for (size_t i = 0; i < oracle->records; i++) {
			const struct oracle_record *x = &oracle->record[i];
			int64_t from_s = (x->from_ms - oracle->start_ms) / 1000;
			int64_t to_s = x->to_ms == INT64_MAX ? STAGE_SECONDS
							     : (x->to_ms - oracle->start_ms) / 1000;

			if (x->effect == VG_EFFECT_REFUTE ||
			    !oracle_speaks_of(x, service, channel, municipality))
				continue;
			if (x->effect == VG_EFFECT_CAUSE && x->to_ms == INT64_MAX)
				to_s = oracle_follow(oracle, measured, from_s);
			for (int64_t s = from_s; s < to_s; s++) {
				struct oracle_second *y = &second[s];
				uint8_t was = measured[s].state;

				if (pass == 0 && x->effect == VG_EFFECT_DOWN)
					y->state = VG_AVAIL_DOWN;
				if (pass == 0 && x->effect == VG_EFFECT_DEGRADED &&
				    y->state < VG_AVAIL_DEGRADED)
					y->state = VG_AVAIL_DEGRADED;
				if (pass == 0 && y->state != was) {
					y->root = "";
					y->rewritten = false;
				}
				if (pass == 0)
					continue;
				if (x->effect == VG_EFFECT_CAUSE
					    ? was < VG_AVAIL_DEGRADED
					    : y->state != (x->effect == VG_EFFECT_DOWN
								   ? VG_AVAIL_DOWN
								   : VG_AVAIL_DEGRADED))
					continue;
				if (x->effect == VG_EFFECT_CAUSE || x->cause != VG_PARTY_UNKNOWN)
					y->cause = (uint8_t)x->cause;
				y->provisional = y->provisional || !x->approved;
			}
		}
	}
	free(measured);
}

/* Takes one more channel into all of them; `down` is how much its being down is worth. */
SUPPORT void
oracle_join(struct oracle_second *all, const struct oracle_second *one, bool first,
	    enum vg_avail_state down)
{
	struct oracle_second old = *all;
	enum vg_avail_state was = old.state == VG_AVAIL_DOWN ? down : old.state;
	enum vg_avail_state is = one->state == VG_AVAIL_DOWN ? down : one->state;
	bool had = old.cause < VG_PARTY_MUNICIPALITY, has = one->cause < VG_PARTY_MUNICIPALITY;

	if (first || is > was || (is == was && has && !had) ||
	    (is == was && has == had && one->state > old.state))
		*all = *one;
	if (first)
		return;
	all->rewritten = old.rewritten || one->rewritten;
	all->flapping = old.flapping || one->flapping;
	all->provisional = old.provisional || one->provisional;
}

/* All channels together: where all are down, and where they are not. */
SUPPORT void
oracle_all(const struct oracle *oracle, const char *id, const char *municipality,
	   struct oracle_second *second)
{
	const struct vg_service *service = vg_agreement_service(oracle->rules, id);
	struct oracle_second *one, *some;
	bool first = true, *not_down;

	if (service->channels == 0) {
		oracle_channel(oracle, id, "", municipality, second);
		return;
	}
	one = support_array(STAGE_SECONDS, sizeof(*one));
	some = support_array(STAGE_SECONDS, sizeof(*some));
	not_down = support_array(STAGE_SECONDS, sizeof(*not_down));
	for (size_t c = 0; c < oracle->rules->channels; c++) {
		if ((service->channels >> c & 1) == 0)
			continue;
		oracle_channel(oracle, id, oracle->rules->channel[c].id, municipality, one);
		for (size_t s = 0; s < STAGE_SECONDS; s++) {
			not_down[s] = not_down[s] || one[s].state != VG_AVAIL_DOWN;
			oracle_join(&second[s], &one[s], first, VG_AVAIL_DOWN);
			oracle_join(&some[s], &one[s], first, VG_AVAIL_DEGRADED);
		}
		first = false;
	}
	for (size_t s = 0; s < STAGE_SECONDS; s++) {
		if (!not_down[s])
			continue;
		second[s] = some[s];
		if (second[s].state == VG_AVAIL_DOWN)
			second[s].state = VG_AVAIL_DEGRADED;
	}
	free(not_down);
	free(some);
	free(one);
}

/* Whether a second is in agreed hours, and whether a window cuts it out. */
SUPPORT bool
oracle_agreed(const struct oracle *oracle, const char *id, const char *municipality, int64_t s)
{
	const struct vg_service *service = vg_agreement_service(oracle->rules, id);
	int64_t at_ms = oracle->start_ms + s * 1000;

	return vg_cal_between_ms(vg_agreement_hours(oracle->rules, service, municipality), at_ms,
				 at_ms + 1000) == 1000;
}

SUPPORT bool
oracle_window(const struct oracle *oracle, const char *id, int64_t s)
{
	int64_t at_ms = oracle->start_ms + s * 1000;

	for (size_t i = 0; i < oracle->windows; i++) {
		const struct oracle_window *w = &oracle->window[i];

		if (w->counts && at_ms >= w->from_ms && at_ms < w->to_ms &&
		    (w->service[0] == '\0' || strcmp(w->service, id) == 0))
			return true;
	}
	return false;
}

SUPPORT bool
oracle_counts_as_down(const struct oracle_second *x)
{
	return x->state == VG_AVAIL_DOWN && x->cause < VG_PARTY_MUNICIPALITY;
}

SUPPORT void
oracle_outage(const struct oracle *oracle, const char *id, const char *municipality,
	      const struct oracle_second *second, int64_t from_s, int64_t to_s, int64_t begin_s,
	      int64_t end_s, struct vg_avail_cell *cell)
{
	int64_t known_s = (oracle->known_ms - oracle->start_ms) / 1000;
	int64_t base_s = from_s, length_s = 0;

	while (base_s < to_s && (!oracle_counts_as_down(&second[base_s]) ||
				 !oracle_agreed(oracle, id, municipality, base_s) ||
				 oracle_window(oracle, id, base_s)))
		base_s++;
	if (base_s == to_s || base_s >= end_s || to_s <= begin_s)
		return;
	for (int64_t s = base_s; s < to_s && s < end_s; s++)
		length_s += oracle_agreed(oracle, id, municipality, s);
	cell->outages += base_s >= begin_s;
	if (length_s > cell->longest_s)
		cell->longest_s = length_s;
	if (to_s > end_s || to_s == known_s) {
		cell->running = true;
	} else {
		cell->ended++;
		cell->restore_s += length_s;
	}
}

/* The cell's seconds and outages over [from_ms, to_ms), which lies partly on the stage. */
SUPPORT struct vg_avail_cell
oracle_cell(const struct oracle *oracle, const char *id, const char *municipality,
	    const struct oracle_second *second, int64_t from_ms, int64_t to_ms)
{
	const struct vg_service *service = vg_agreement_service(oracle->rules, id);
	const struct vg_cal *cal = vg_agreement_hours(oracle->rules, service, municipality);
	struct vg_avail_cell cell = {.period_s = (to_ms - from_ms) / 1000};
	int64_t known_s = (oracle->known_ms - oracle->start_ms) / 1000;
	int64_t begin_s = (from_ms - oracle->start_ms) / 1000;
	int64_t end_s = (to_ms - oracle->start_ms) / 1000;
	int64_t down_from_s = -1, down_to_s = -1;

	if (begin_s < 0) {
		cell.unknown_s = vg_cal_between_ms(cal, from_ms, oracle->start_ms) / 1000;
		cell.base_s = cell.unknown_s;
		cell.outside_s = -begin_s - cell.base_s;
	}
	for (int64_t s = 0; s < known_s; s++) {
		const struct oracle_second *x = &second[s];
		bool provider = x->cause < VG_PARTY_MUNICIPALITY;

		if (oracle_counts_as_down(x)) {
			if (down_to_s >= 0 && s > down_to_s &&
			    s - down_to_s >= oracle->rules->join_gap_s) {
				oracle_outage(oracle, id, municipality, second, down_from_s,
					      down_to_s, begin_s, end_s, &cell);
				down_to_s = -1;
			}
			down_from_s = down_to_s < 0 ? s : down_from_s;
			down_to_s = s + 1;
		}
		if (s < begin_s || s >= end_s)
			continue;
		if (!oracle_agreed(oracle, id, municipality, s)) {
			cell.outside_s++;
		} else if (oracle_window(oracle, id, s)) {
			cell.excluded_s++;
		} else {
			cell.base_s++;
			cell.rewritten_s += x->rewritten;
			cell.flapping_s += x->flapping;
			cell.up_s += x->state == VG_AVAIL_UP;
			cell.unknown_s += x->state == VG_AVAIL_NO_DATA;
			cell.external_s += x->state >= VG_AVAIL_DEGRADED && !provider;
			cell.down_s += oracle_counts_as_down(x);
			cell.degraded_s += x->state == VG_AVAIL_DEGRADED && provider;
		}
	}
	if (down_to_s >= 0)
		oracle_outage(oracle, id, municipality, second, down_from_s, down_to_s, begin_s,
			      end_s, &cell);
	return cell;
}

#endif
