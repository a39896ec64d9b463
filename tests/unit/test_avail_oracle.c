/* Random worlds, from seeds, against the slow oracle: timelines second by second and cells field by
 * field, whatever order the samples came in, sealed or not, before and after a checkpoint. */
#include "tests/unit/avail_oracle.h"

#include <stdlib.h>

static const char *const municipalities[] = {"1480", "1489"};
static const struct {
	const char *service, *channel;
} scopes[] = {{"journal", "app"}, {"journal", "web"}, {"journal", NULL},
	      {"kat", NULL},	  {"net", NULL},      {"plan", NULL}};
enum { SCOPES = sizeof(scopes) / sizeof(scopes[0]) };

struct stage {
	struct oracle oracle;
	struct avail_world world;
	struct vg_agreement *rules; /* outlives the core */
	struct oracle_second *want[SCOPES][2];
	uint64_t seed;
};

static int64_t
below(struct stage *stage, int64_t limit)
{
	return support_below(&stage->seed, limit);
}

/* Agreement. */

static void
add_probes(struct stage *stage, struct vg_agreement *agreement)
{
	static const struct rule_line lines[] = {
		{"a1", "gw", 60, NULL, NULL, NULL, false},
		{"a1", "gw2", 60, NULL, NULL, NULL, false},
		{"a1", "app", 60, "journal", "app", "1489", false},
		{"a1", "web", 60, "journal", NULL, "1489", false},
		{"a2", "app", 30, "journal", NULL, "1489", false},
		{"c", "app", 60, "journal", "app", "*", true},
		{"c", "web", 45, "journal", "web", "1480", true},
		{"c", "net", 60, "net", NULL, "*", true},
		{"a1", "net", 60, "net", NULL, "1489", false},
		{"c", "kat", 60, "kat", NULL, "1480", true},
		{"a2", "kat", 120, "kat", NULL, "1489", false},
		{"c", "plan", 60, "plan", NULL, "*", true},
		{"c", "plan2", 60, "plan", NULL, "1480", true},
		{"c", "plan3", 90, "plan", NULL, "1480", true},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (below(stage, 5) > 0)
			avail_add_probe(agreement, &lines[i]);
	}
}

static struct vg_agreement *
random_agreement(struct stage *stage)
{
	struct vg_agreement *agreement = avail_agreement();
	static const int64_t slots_ms[] = {60000, 30000, 10000};

	avail_add_service(agreement, "kat", true);
	avail_add_service(agreement, "net", true);
	avail_add_service(agreement, "plan", false);
	avail_add_channel(agreement, "app");
	avail_add_channel(agreement, "web");
	agreement->service[0].channels = 3;
	if (below(stage, 3) == 0)
		agreement->service[3].hours = vg_agreement_cal(agreement, "vardag_0730_1630");
	avail_add_edge(agreement, "journal", "kat", below(stage, 2) == 0);
	avail_add_edge(agreement, "journal", "net", true);
	avail_add_edge(agreement, "kat", "net", below(stage, 2) == 0);
	if (below(stage, 2) == 0)
		avail_add_edge(agreement, "plan", "net", false);
	add_probes(stage, agreement);
	agreement->slot_ms = slots_ms[below(stage, 3)];
	agreement->confirm_slots = 1 + below(stage, 3);
	agreement->flap_changes = 3 + below(stage, 4);
	agreement->flap_window_ms = (5 + below(stage, 10)) * MINUTE_MS;
	agreement->join_gap_s = below(stage, 2) == 0 ? 300 : 60 * below(stage, 20);
	agreement->degraded_ppm = below(stage, 3) == 0 ? 300000 : 0;
	if (below(stage, 3) == 0)
		agreement->unknown_policy = VG_UNKNOWN_AS_UP;
	return agreement;
}

/* Samples. A probe is well for a while, then something else for a while, or says nothing. */

static void
sample_probe(struct stage *stage, const struct vg_probe_rule *rule)
{
	struct oracle *oracle = &stage->oracle;
	int64_t at_ms = oracle->start_ms + TICK_MS * (1 + below(stage, 7200));
	int64_t left = 0;
	int state = VG_SAMPLE_OK, mood = (int)below(stage, 4);
	bool silent = false;

	while (at_ms < oracle->known_ms && oracle->samples < ORACLE_SAMPLES_MAX) {
		if (left-- <= 0) {
			bool well = below(stage, 2) == 0;

			left = below(stage, well ? 60 : mood == 0 ? 3 : 20);
			silent = !well && below(stage, 6) == 0;
			state = well ? VG_SAMPLE_OK : (int)below(stage, 4);
			if (!well && below(stage, 2) == 0)
				state = VG_SAMPLE_CRITICAL;
		}
		if (!silent)
			oracle->sample[oracle->samples++] =
				(struct oracle_sample){rule->agent, rule->name, at_ms, state};
		if (!silent && below(stage, 200) == 0) /* twice at the same instant */
			oracle->sample[oracle->samples++] = (struct oracle_sample){
				rule->agent, rule->name, at_ms, (int)below(stage, 4)};
		at_ms += rule->interval_ms + TICK_MS * (below(stage, 9) - 4);
		if (below(stage, 40) == 0)
			at_ms += TICK_MS * below(stage, 500);
	}
	if (oracle->samples > ORACLE_SAMPLES_MAX - 2)
		fail_msg("more samples than the stage holds");
}

static void
shuffle(struct stage *stage)
{
	struct oracle *oracle = &stage->oracle;
	size_t reach = below(stage, 2) == 0 ? 20 : oracle->samples;

	for (size_t i = 0; i + 1 < oracle->samples; i++) {
		size_t left = oracle->samples - i;
		size_t k = i + (size_t)below(stage, (int64_t)(left < reach ? left : reach));
		struct oracle_sample swap = oracle->sample[i];

		oracle->sample[i] = oracle->sample[k];
		oracle->sample[k] = swap;
	}
}

static int
compare_samples(const void *a, const void *b)
{
	const struct oracle_sample *x = a, *y = b;

	return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* Batches of one source each, in the order of the list. */
static void
report_samples(struct stage *stage)
{
	struct oracle *oracle = &stage->oracle;
	size_t i = 0;

	while (i < oracle->samples) {
		struct vg_sample batch[50];
		const char *source = oracle->sample[i].source;
		size_t n = 0;

		while (i < oracle->samples && n < 50 &&
		       strcmp(oracle->sample[i].source, source) == 0) {
			const struct oracle_sample *x = &oracle->sample[i++];

			batch[n++] = avail_sample(x->probe, x->at_ms, "owcu"[x->state]);
		}
		avail_report(&stage->world, source, "", oracle->known_ms, batch, n);
	}
}

/* Records and windows. */

static void
add_record(struct stage *stage)
{
	struct oracle *oracle = &stage->oracle;
	static const char *const named[] = {"journal", "journal", "kat", "net", "plan"};
	struct oracle_record *x = &oracle->record[oracle->records];
	int64_t length_ms = TICK_MS * (1 + below(stage, 10000));

	*x = (struct oracle_record){.effect = (int)below(stage, VG_EFFECT_COUNT),
				    .service = named[below(stage, 5)],
				    .channel = "",
				    .municipality = "",
				    .source = "",
				    .probe = ""};
	x->from_ms = oracle->start_ms + TICK_MS * below(stage, STAGE_TICKS - 12000);
	x->to_ms = below(stage, 3) == 0 ? INT64_MAX : x->from_ms + length_ms;
	if (x->to_ms == INT64_MAX && x->effect != VG_EFFECT_CAUSE)
		x->to_ms = x->from_ms + length_ms;
	if (x->to_ms != INT64_MAX && x->to_ms > oracle->known_ms)
		x->to_ms = oracle->known_ms;
	x->cause = (int)below(stage, VG_PARTY_COUNT);
	if (x->effect == VG_EFFECT_CAUSE && x->cause == VG_PARTY_UNKNOWN)
		x->cause = VG_PARTY_VGR;
	if (strcmp(x->service, "journal") == 0 && below(stage, 3) == 0)
		x->channel = "web";
	if (below(stage, 2) == 0)
		x->municipality = municipalities[below(stage, 2)];
	if (x->effect == VG_EFFECT_REFUTE)
		x->cause = VG_PARTY_UNKNOWN;
	x->id = avail_record(&stage->world, (enum vg_outage_effect)x->effect, x->service,
			     x->channel, x->municipality, x->from_ms, x->to_ms,
			     (enum vg_party)x->cause);
	if (below(stage, 2) == 0) {
		char id[32];

		snprintf(id, sizeof(id), "O-%lld", (long long)x->id);
		avail_approve(&stage->world, VG_KIND_OUTAGE_APPROVED, id);
		x->approved = true;
	}
	oracle->records++;
}

static void
add_window(struct stage *stage)
{
	struct oracle *oracle = &stage->oracle;
	struct oracle_window *x = &oracle->window[oracle->windows++];

	x->service = below(stage, 2) == 0 ? "" : "journal";
	x->from_ms = oracle->start_ms + 1000 * below(stage, STAGE_SECONDS - 7200);
	x->to_ms = x->from_ms + 1000 * (1 + below(stage, 7200));
	x->counts = true; /* entered after the fact */
	avail_window(&stage->world, x->service, x->from_ms, x->to_ms);
}

/* A version that says the same from some instant of the stage on: it changes nothing. */
static void
apply_again(struct stage *stage, uint64_t agreement_seed)
{
	struct vg_event event =
		avail_event(&stage->world, VG_KIND_AGREEMENT_APPLIED, stage->oracle.start_ms);
	uint64_t seed = stage->seed;
	struct vg_agreement *second;

	stage->seed = agreement_seed;
	second = random_agreement(stage);
	stage->seed = seed;
	free(second->version);
	second->version = support_copy("2");
	second->valid_from_ms = stage->oracle.start_ms + below(stage, STAGE_SECONDS * 1000);
	event.body.agreement = second;
	assert_int_equal(avail_step(&stage->world, &event), VG_VERDICT_TAKEN);
	vg_agreement_unref(second);
}

static struct stage *
stage_new(uint64_t seed)
{
	struct stage *stage = support_array(1, sizeof(*stage));
	struct vg_agreement *agreement;
	uint64_t agreement_seed;

	stage->seed = seed;
	stage->oracle.start_ms = support_at("2026-10-31 18:00");
	stage->oracle.known_ms =
		stage->oracle.start_ms + 11 * HOUR_MS + TICK_MS * 2 * below(stage, 3000);
	agreement_seed = stage->seed;
	agreement = random_agreement(stage);
	stage->oracle.rules = stage->rules = vg_agreement_ref(agreement);
	stage->world = avail_world(agreement);
	for (int64_t n = below(stage, 3); n > 1; n--)
		apply_again(stage, agreement_seed);
	for (size_t i = 0; i < agreement->probes; i++)
		sample_probe(stage, &agreement->probe[i]);
	qsort(stage->oracle.sample, stage->oracle.samples, sizeof(struct oracle_sample),
	      compare_samples);
	if (below(stage, 3) > 0)
		shuffle(stage);
	report_samples(stage);
	for (int64_t n = below(stage, ORACLE_RECORDS_MAX); n > 0; n--)
		add_record(stage);
	for (int64_t n = below(stage, ORACLE_WINDOWS_MAX); n > 0; n--)
		add_window(stage);
	return stage;
}

static void
stage_free(struct stage *stage)
{
	for (size_t i = 0; i < SCOPES; i++) {
		free(stage->want[i][0]);
		free(stage->want[i][1]);
	}
	vg_core_free(stage->world.core);
	vg_agreement_unref(stage->rules);
	free(stage);
}

/* Comparison. */

struct check {
	const struct stage *stage;
	const struct oracle_second *second;
	const char *what;
	int64_t at_ms;
};

static void
check_piece(const struct vg_avail_piece *piece, void *arg)
{
	struct check *check = arg;

	if (check->at_ms != piece->from_ms)
		fail_msg("%s: a gap", check->what);
	for (; check->at_ms < piece->to_ms; check->at_ms += 1000) {
		int64_t s = (check->at_ms - check->stage->oracle.start_ms) / 1000;
		const struct oracle_second *x = &check->second[s];

		if (x->state != piece->state || x->cause != (int)piece->cause ||
		    strcmp(x->root, piece->root) != 0 || x->rewritten != piece->rewritten ||
		    x->flapping != piece->flapping || x->provisional != piece->provisional)
			fail_msg("%s, second %lld: %d cause %d root '%s' %d%d%d, the oracle says "
				 "%d cause %d root '%s' %d%d%d",
				 check->what, (long long)s, (int)piece->state, (int)piece->cause,
				 piece->root, piece->rewritten, piece->flapping, piece->provisional,
				 x->state, x->cause, x->root, x->rewritten, x->flapping,
				 x->provisional);
	}
}

static void
check_timeline(struct stage *stage, size_t i, const char *municipality,
	       const struct oracle_second *second, const char *what)
{
	struct vg_scope scope = {scopes[i].service, scopes[i].channel, municipality};
	struct oracle *oracle = &stage->oracle;
	int64_t cut_ms =
		oracle->start_ms +
		1000 * (1 + below(stage, (oracle->known_ms - oracle->start_ms) / 1000 - 2));
	struct check check = {stage, second, what, oracle->start_ms};

	assert_int_equal(vg_timeline(stage->world.core, &scope, oracle->start_ms, oracle->known_ms,
				     check_piece, &check),
			 0);
	assert_int_equal(check.at_ms, oracle->known_ms);
	check.at_ms = oracle->start_ms; /* two halves are the whole */
	assert_int_equal(vg_timeline(stage->world.core, &scope, oracle->start_ms, cut_ms,
				     check_piece, &check),
			 0);
	assert_int_equal(vg_timeline(stage->world.core, &scope, cut_ms, oracle->known_ms,
				     check_piece, &check),
			 0);
}

static void
check_cell(struct stage *stage, size_t i, const char *municipality,
	   const struct oracle_second *second, int month, const char *what)
{
	struct vg_scope filter = {scopes[i].service, scopes[i].channel, municipality};
	struct vg_avail_cell cell = {.from_ms = -1}, want;

	assert_int_equal(vg_avail_month(stage->world.core, month, -1, stage->oracle.known_ms,
					&filter, avail_keep_cell, &cell),
			 0);
	want = oracle_cell(&stage->oracle, scopes[i].service, municipality, second, cell.from_ms,
			   cell.to_ms);
#define SAME(field)                                                                                \
	if (cell.field != want.field)                                                              \
	fail_msg("%s, month %d: " #field " %lld, the oracle says %lld", what, month,               \
		 (long long)cell.field, (long long)want.field)
	SAME(period_s);
	SAME(outside_s);
	SAME(excluded_s);
	SAME(base_s);
	SAME(up_s);
	SAME(external_s);
	SAME(degraded_s);
	SAME(down_s);
	SAME(unknown_s);
	SAME(rewritten_s);
	SAME(flapping_s);
	SAME(outages);
	SAME(ended);
	SAME(restore_s);
	SAME(longest_s);
	SAME(running);
#undef SAME
}

static void
ask_oracle(struct stage *stage)
{
	for (size_t i = 0; i < SCOPES; i++) {
		for (size_t m = 0; m < 2; m++) {
			struct oracle_second *second =
				support_array(STAGE_SECONDS, sizeof(*second));

			if (scopes[i].channel != NULL)
				oracle_channel(&stage->oracle, scopes[i].service, scopes[i].channel,
					       municipalities[m], second);
			else
				oracle_all(&stage->oracle, scopes[i].service, municipalities[m],
					   second);
			stage->want[i][m] = second;
		}
	}
}

static void
check_all(struct stage *stage, uint64_t seed, const char *when)
{
	for (size_t i = 0; i < SCOPES; i++) {
		const struct vg_service *service =
			vg_agreement_service(stage->oracle.rules, scopes[i].service);

		for (size_t m = 0; m < 2; m++) {
			const struct oracle_second *second = stage->want[i][m];
			char what[100];

			snprintf(what, sizeof(what), "seed %llu %s: %s %s %s",
				 (unsigned long long)seed, when, scopes[i].service,
				 scopes[i].channel != NULL ? scopes[i].channel : "*",
				 municipalities[m]);
			check_timeline(stage, i, municipalities[m], second, what);
			if (service->component)
				continue;
			check_cell(stage, i, municipalities[m], second, 2026 * 12 + 9, what);
			check_cell(stage, i, municipalities[m], second, 2026 * 12 + 10, what);
		}
	}
}

static int
append_bytes(const void *bytes, size_t length, void *arg)
{
	struct {
		uint8_t *at;
		size_t n;
	} *out = arg;

	out->at = realloc(out->at, out->n + length);
	assert_non_null(out->at);
	memcpy(out->at + out->n, bytes, length);
	out->n += length;
	return 0;
}

static void
reload(struct stage *stage)
{
	struct {
		uint8_t *at;
		size_t n;
	} a = {NULL, 0}, b = {NULL, 0};

	assert_int_equal(vg_core_save(stage->world.core, append_bytes, &a), 0);
	vg_core_free(stage->world.core);
	stage->world.core = vg_core_load(a.at, a.n);
	assert_non_null(stage->world.core);
	assert_int_equal(vg_core_save(stage->world.core, append_bytes, &b), 0);
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.at, b.at, a.n);
	free(a.at);
	free(b.at);
}

/* Seals everything that is due at now_ms; returns how many days. */
static int
seal_all(struct stage *stage, int64_t now_ms)
{
	struct vg_seal_due due;
	int sealed = 0;

	while (vg_seal_next(stage->world.core, now_ms, &due)) {
		char lane[64];
		struct vg_sealed_run *run;
		size_t count;
		struct vg_event event;

		assert_int_equal(vg_seal_runs(stage->world.core, &due, &run, &count), 0);
		assert_true(count > 0);
		snprintf(lane, sizeof(lane), "probe:%s", due.source);
		event = avail_event(&stage->world, VG_KIND_RAW_SEALED, stage->world.now_ms);
		event.import = due.import;
		event.body.sealed = (struct vg_sealed_body){.lane = lane,
							    .day = due.day,
							    .last_seq = event.seq - 1,
							    .head = "",
							    .count = count,
							    .run = run};
		assert_int_equal(avail_step(&stage->world, &event), VG_VERDICT_TAKEN);
		free(run);
		sealed++;
	}
	return sealed;
}

/* What the worlds held, so that a run of poor ones is noticed. */
enum {
	SEEN_REWRITTEN = VG_AVAIL_STATE_COUNT,
	SEEN_FLAPPING,
	SEEN_ROOT,
	SEEN_CAUSE,
	SEEN_PROVISIONAL,
	SEEN_COUNT
};

static void
count_seen(const struct stage *stage, int64_t seen[SEEN_COUNT])
{
	for (size_t i = 0; i < SCOPES; i++) {
		for (size_t s = 0; s < STAGE_SECONDS; s++) {
			const struct oracle_second *x = &stage->want[i][1][s];

			seen[x->state]++;
			seen[SEEN_REWRITTEN] += x->rewritten;
			seen[SEEN_FLAPPING] += x->flapping;
			seen[SEEN_ROOT] += x->root[0] != '\0';
			seen[SEEN_CAUSE] += x->cause != VG_PARTY_UNKNOWN;
			seen[SEEN_PROVISIONAL] += x->provisional;
		}
	}
}

/* VG_TEST_SEED=17 or VG_TEST_SEED=1-500 in the environment: those worlds instead. */
static void
core_equals_the_oracle(void **state)
{
	int64_t seen[SEEN_COUNT] = {0};
	char *rest = NULL;
	const char *given = getenv("VG_TEST_SEED");
	uint64_t first = given != NULL ? strtoull(given, &rest, 10) : 1;
	uint64_t last = given != NULL ? first : 8;

	(void)state;
	if (rest != NULL && *rest == '-')
		last = strtoull(rest + 1, NULL, 10);
	for (uint64_t seed = first; seed <= last; seed++) {
		struct stage *stage = stage_new(seed);

		ask_oracle(stage);
		count_seen(stage, seen);
		check_all(stage, seed, "live");
		reload(stage);
		assert_true(seal_all(stage, stage->oracle.known_ms + 2 * DAY_MS) > 0);
		assert_int_equal(seal_all(stage, INT64_MAX / 2), 0);
		check_all(stage, seed, "sealed");
		reload(stage);
		check_all(stage, seed, "loaded");
		stage_free(stage);
	}
	for (int i = 0; i < SEEN_COUNT && given == NULL; i++)
		if (seen[i] <= 1000)
			fail_msg("only %lld seconds of kind %d", (long long)seen[i], i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(core_equals_the_oracle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
