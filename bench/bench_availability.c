/* Availability: samples into the core, and a month of cells out of a year of sealed days.
 *
 * 49 municipalities, 10 services, one probe each a minute. The year comes as sealed days, as a
 * ledger whose raw rows are gone gives it; one probe-day in a hundred has an outage. The limits in
 * the same run are loops that only copy the samples, and that only read every run of the month.
 * usage: bench_availability [DAYS] */
#include "core/avail.h"
#include "lib/agreement/agreement_yaml.h"
#include "lib/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MUNICIPALITIES 49
#define SERVICES       10
#define PROBES	       (MUNICIPALITIES * SERVICES)
#define DAY_MS	       INT64_C(86400000)
#define MINUTE_MS      INT64_C(60000)
#define FIRST_DAY      INT64_C(20454) /* 2026-01-01 */
#define FIRST_MONTH    (2026 * 12)
#define TEXT_MAX       (1 << 20)
#define BATCH	       (SERVICES * 10)

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
fail(const char *what)
{
	fprintf(stderr, "bench_availability: %s\n", what);
	return 1;
}

/* Agents and probes are named after what they measure. */
static struct {
	char agent[MUNICIPALITIES][32];
	char lane[MUNICIPALITIES][48];
	char probe[SERVICES][24];
} names;

static void
make_names(void)
{
	for (int m = 0; m < MUNICIPALITIES; m++) {
		snprintf(names.agent[m], sizeof(names.agent[m]), "agent-%d", 1400 + m);
		snprintf(names.lane[m], sizeof(names.lane[m]), "probe:agent-%d", 1400 + m);
	}
	for (int s = 0; s < SERVICES; s++)
		snprintf(names.probe[s], sizeof(names.probe[s]), "service%d", s);
}

static struct vg_agreement *
load_agreement(char *text)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement = NULL;
	struct vg_yaml *yaml;
	int n = snprintf(
		text, TEXT_MAX,
		"name: bench\nversion: \"1\"\nvalid_from: 2026-01-01\nzone: Europe/Stockholm\n"
		"holidays: {closed: [public_holiday]}\n"
		"priorities: [P1]\nmatrix:\n  - [P1, P1, P1, P1]\n  - [P1, P1, P1, P1]\n"
		"  - [P1, P1, P1, P1]\n  - [P1, P1, P1, P1]\n"
		"targets:\n  P1: {response: 15min, resolution: 4h, share: 90 %%, calendar: 24x7}\n"
		"services:\n");

	for (int s = 0; s < SERVICES; s++)
		n += snprintf(text + n, (size_t)(TEXT_MAX - n),
			      "  %s: {name: Tjänst, availability: 99.8 %%}\n", names.probe[s]);
	n += snprintf(text + n, (size_t)(TEXT_MAX - n), "municipalities:\n");
	for (int m = 0; m < MUNICIPALITIES; m++)
		n += snprintf(text + n, (size_t)(TEXT_MAX - n),
			      "  - {code: \"%d\", name: Kommun, federation: GR, size: small, "
			      "go_live: 2026-01-01}\n",
			      1400 + m);
	n += snprintf(text + n, (size_t)(TEXT_MAX - n), "probes:\n");
	for (int m = 0; m < MUNICIPALITIES; m++) {
		for (int s = 0; s < SERVICES; s++)
			n += snprintf(text + n, (size_t)(TEXT_MAX - n),
				      "  - {agent: %s, probe: %s, service: %s, municipality: "
				      "\"%d\", vantage: local, interval: 60s}\n",
				      names.agent[m], names.probe[s], names.probe[s], 1400 + m);
	}
	yaml = vg_yaml_load_bytes("bench", text, (size_t)n, &errors);
	if (yaml != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), ".",
						   (FIRST_DAY + 800) * DAY_MS, &errors);
	for (size_t i = 0; agreement == NULL && i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	vg_yaml_errors_free(&errors);
	vg_yaml_free(yaml);
	return agreement;
}

static struct vg_event
event_of(enum vg_kind kind, const char *source, int64_t received_ms)
{
	static int64_t seq;

	return (struct vg_event){.kind = kind,
				 .seq = ++seq,
				 .received_ms = received_ms,
				 .occurred_ms = received_ms,
				 .source = source,
				 .event_id = "",
				 .actor = source,
				 .municipality = "",
				 .import = ""};
}

/* One sealed day of one agent; one probe-day in a hundred is cut by an outage of ten minutes. */
static int
seal(struct vg_core *core, int m, int64_t day)
{
	struct vg_sealed_run run[SERVICES * 3];
	struct vg_event event =
		event_of(VG_KIND_RAW_SEALED, "vinga", (FIRST_DAY + day + 2) * DAY_MS);
	int64_t start_ms = (FIRST_DAY + day) * DAY_MS;
	size_t n = 0;

	for (int s = 0; s < SERVICES; s++) {
		bool outage = (m * 7 + s * 13 + day * 31) % 100 == 0;
		int64_t at_ms = start_ms + (outage ? 700 * MINUTE_MS : 1439 * MINUTE_MS);

		run[n++] = (struct vg_sealed_run){names.probe[s], start_ms, at_ms,
						  (at_ms - start_ms) / MINUTE_MS + 1, VG_SAMPLE_OK};
		if (!outage)
			continue;
		run[n++] = (struct vg_sealed_run){names.probe[s], at_ms + MINUTE_MS,
						  at_ms + 10 * MINUTE_MS, 10, VG_SAMPLE_CRITICAL};
		run[n++] = (struct vg_sealed_run){names.probe[s], at_ms + 11 * MINUTE_MS,
						  start_ms + 1439 * MINUTE_MS, 728, VG_SAMPLE_OK};
	}
	event.body.sealed = (struct vg_sealed_body){
		.lane = names.lane[m], .day = FIRST_DAY + day, .head = "", .count = n, .run = run};
	return vg_core_step(core, &event, NULL);
}

/* Samples of ten minutes of one agent, as one batch. */
static int
report(struct vg_core *core, int m, int64_t from_ms, int64_t batch)
{
	struct vg_sample sample[BATCH];
	struct vg_event event =
		event_of(VG_KIND_SAMPLES_REPORTED, names.agent[m], from_ms + 10 * MINUTE_MS);

	for (int i = 0; i < BATCH; i++)
		sample[i] = (struct vg_sample){names.probe[i % SERVICES],
					       from_ms + i / SERVICES * MINUTE_MS, VG_SAMPLE_OK, 12,
					       ""};
	event.body.samples = (struct vg_samples_body){
		.boot_id = "b", .batch = batch, .count = BATCH, .sample = sample};
	return vg_core_step(core, &event, NULL);
}

static int64_t
copies_ns(int64_t samples)
{
	struct vg_sample *copy = malloc((size_t)samples * 16);
	int64_t started = now_ns(), i;

	if (copy == NULL)
		return -1;
	for (i = 0; i < samples; i++)
		memcpy((char *)copy + i * 16, &i, sizeof(i));
	started = now_ns() - started;
	free(copy);
	return started;
}

static void
on_cell(const struct vg_avail_cell *cell, void *arg)
{
	int64_t *sum = arg;

	sum[0]++;
	sum[1] += cell->down_s;
}

static int
month(const struct vg_core *core, int number, int64_t eval_ms, const char *what)
{
	int64_t sum[2] = {0, 0}, started = now_ns();

	if (vg_avail_month(core, number, -1, eval_ms, NULL, on_cell, sum) != 0)
		return fail("no month");
	printf("a month's availability %s: %.1f ms for %lld cells (%lld down seconds); aim under "
	       "1000 ms\n",
	       what, (double)(now_ns() - started) / 1e6, (long long)sum[0], (long long)sum[1]);
	return 0;
}

/* How every scope stands, as the status page asks. */
static int
now(const struct vg_core *core, int64_t at_ms)
{
	int64_t started = now_ns();
	char code[24];

	for (int m = 0; m < MUNICIPALITIES; m++) {
		snprintf(code, sizeof(code), "%d", 1400 + m);
		for (int s = 0; s < SERVICES; s++) {
			struct vg_scope scope = {names.probe[s], NULL, code};
			struct vg_avail_now state;

			if (vg_avail_at(core, &scope, at_ms, &state) != 0 ||
			    state.confirmed != VG_AVAIL_UP)
				return fail("a scope that is up was expected");
		}
	}
	printf("how all %d scopes stand: %.1f ms\n", PROBES, (double)(now_ns() - started) / 1e6);
	return 0;
}

int
main(int argc, char **argv)
{
	int64_t days = argc > 1 ? strtoll(argv[1], NULL, 10) : 365, started, took, samples;
	struct vg_core *core = vg_core_new();
	char *text = malloc(TEXT_MAX);
	struct vg_event event;

	make_names();
	event = event_of(VG_KIND_AGREEMENT_APPLIED, "bench", FIRST_DAY * DAY_MS);
	event.body.agreement_reason = "";
	if (core == NULL || text == NULL || days < 1 || days > 365 ||
	    (event.body.agreement = load_agreement(text)) == NULL ||
	    vg_core_step(core, &event, NULL) != 0)
		return fail("cannot begin");
	vg_agreement_unref(event.body.agreement);
	started = now_ns();
	for (int64_t day = 0; day < days; day++) {
		for (int m = 0; m < MUNICIPALITIES; m++) {
			if (seal(core, m, day) != 0)
				return fail("out of memory");
		}
	}
	took = now_ns() - started;
	printf("sealed days: %lld probe-days in %.0f ms; %.0f bytes each\n",
	       (long long)(days * PROBES), (double)took / 1e6,
	       (double)vg_core_memory_bytes(core) / (double)(days * PROBES));
	if (month(core, FIRST_MONTH, INT64_MAX, "of sealed days") != 0)
		return 1;
	samples = MUNICIPALITIES * 144 * BATCH;
	started = now_ns();
	for (int64_t part = 0; part < 144; part++) {
		for (int m = 0; m < MUNICIPALITIES; m++) {
			if (report(core, m, (FIRST_DAY + days) * DAY_MS + part * 10 * MINUTE_MS,
				   part) != 0)
				return fail("out of memory");
		}
	}
	took = now_ns() - started;
	printf("samples: %.0f/s into the core; bare copies %.0f/s; ratio %.2f; aim 500000/s\n",
	       (double)samples * 1e9 / (double)took,
	       (double)samples * 1e9 / (double)copies_ns(samples),
	       (double)copies_ns(samples) / (double)took);
	if (now(core, (FIRST_DAY + days + 1) * DAY_MS) != 0)
		return 1;
	vg_core_free(core);
	free(text);
	return 0;
}
