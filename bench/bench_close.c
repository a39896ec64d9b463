/* Closing: a month of 50,000 tickets and 10 million samples, for 49 municipalities.
 *
 * The statements' drafts, and their models with KPI and availability cells, are made from a core
 * that holds so many years of such months before it. The limit in the same run is what neither can
 * do without: one view of each of the month's tickets, and one reading of each of its runs. usage:
 * bench_close [YEARS] (default 1; ten years of tickets need some 15 GiB) */
#include "core/avail.h"
#include "core/fee.h"
#include "lib/agreement/agreement_yaml.h"
#include "lib/base/err.h"
#include "lib/report/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MUNICIPALITIES 49
#define SERVICES       5
#define TICKETS	       50000 /* of the closing month; a twelfth of it in each month before */
#define DAY_MS	       INT64_C(86400000)
#define MINUTE_MS      INT64_C(60000)
#define MONTH	       (2026 * 12 + 8) /* September: thirty days */
#define TEXT_MAX       (1 << 20)
#define UNTIL_MS       INT64_C(1830294000000) /* 2028-01-01 */
#define BATCH	       (SERVICES * 200)

static struct vg_core *core;
static int64_t seq;

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
	fprintf(stderr, "bench_close: %s\n", what);
	return 1;
}

static struct vg_agreement *
load_agreement(char *text)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agreement *agreement = NULL;
	struct vg_yaml *yaml;
	int n = snprintf(
		text, TEXT_MAX,
		"name: bench\nversion: \"1\"\nvalid_from: 2015-01-01\nzone: Europe/Stockholm\n"
		"holidays: {closed: [public_holiday]}\n"
		"priorities: [P1]\nmatrix:\n  - [P1, P1, P1, P1]\n  - [P1, P1, P1, P1]\n"
		"  - [P1, P1, P1, P1]\n  - [P1, P1, P1, P1]\n"
		"targets:\n  P1: {response: 15min, resolution: 4h, share: 90 %%, calendar: 24x7}\n"
		"fee: {support_price: 250 kr}\nservices:\n");

	for (int s = 0; s < SERVICES; s++)
		n += snprintf(text + n, (size_t)(TEXT_MAX - n),
			      "  service%d: {name: Tjänst, availability: 99.8 %%}\n", s);
	n += snprintf(text + n, (size_t)(TEXT_MAX - n), "municipalities:\n");
	for (int m = 0; m < MUNICIPALITIES; m++)
		n += snprintf(text + n, (size_t)(TEXT_MAX - n),
			      "  - {code: \"%d\", name: Kommun, size: small}\n", 1400 + m);
	n += snprintf(text + n, (size_t)(TEXT_MAX - n), "probes:\n");
	for (int m = 0; m < MUNICIPALITIES; m++)
		for (int s = 0; s < SERVICES; s++)
			n += snprintf(text + n, (size_t)(TEXT_MAX - n),
				      "  - {agent: agent-%d, probe: service%d, service: service%d, "
				      "municipality: \"%d\", vantage: local, interval: 60s}\n",
				      1400 + m, s, s, 1400 + m);
	yaml = vg_yaml_load_bytes("bench", text, (size_t)n, &errors);
	if (yaml != NULL)
		agreement = vg_agreement_from_yaml(vg_yaml_root(yaml), ".", UNTIL_MS, &errors);
	for (size_t i = 0; agreement == NULL && i < errors.count; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	vg_yaml_free(yaml);
	vg_yaml_errors_free(&errors);
	return agreement;
}

static int
step(struct vg_event *event, enum vg_kind kind, int64_t at_ms, const char *municipality)
{
	event->kind = kind;
	event->seq = ++seq;
	event->occurred_ms = event->received_ms = at_ms;
	event->actor = event->import = "";
	event->municipality = municipality;
	event->has_municipality = *municipality != '\0';
	return vg_core_step(core, event, NULL);
}

/* Handed to second line when it is opened, resolved three hours later. */
static int
put_ticket(int64_t number, int64_t at_ms)
{
	char ref[32], municipality[16], service[24], id[40];
	struct vg_event event = {.source = "bench", .event_id = id};
	struct vg_ticket_fields *fields = &event.body.ticket.fields;

	snprintf(ref, sizeof(ref), "INC%lld", (long long)number);
	snprintf(municipality, sizeof(municipality), "%d", 1400 + (int)(number % MUNICIPALITIES));
	snprintf(service, sizeof(service), "service%d", (int)(number % SERVICES));
	event.body.ticket.ref = ref;
	event.body.ticket.title_digest = "";
	fields->set = VG_TF_BIT(VG_TF_STATUS) | VG_TF_BIT(VG_TF_LINE) | VG_TF_BIT(VG_TF_PRIORITY) |
		      VG_TF_BIT(VG_TF_SERVICE);
	fields->number[VG_TF_STATUS] = VG_STATUS_IN_PROGRESS;
	fields->number[VG_TF_LINE] = 2;
	fields->text[VG_TF_PRIORITY] = "P1";
	fields->text[VG_TF_SERVICE] = service;
	snprintf(id, sizeof(id), "%s/1", ref);
	if (step(&event, VG_KIND_TICKET_REPORTED, at_ms, municipality) != 0)
		return -1;
	fields->set = VG_TF_BIT(VG_TF_STATUS) | VG_TF_BIT(VG_TF_CAUSE);
	fields->number[VG_TF_STATUS] = VG_STATUS_RESOLVED;
	fields->number[VG_TF_CAUSE] = number % 10 == 0 ? VG_PARTY_VGR : VG_PARTY_MUNICIPALITY;
	snprintf(id, sizeof(id), "%s/2", ref);
	return step(&event, VG_KIND_TICKET_REPORTED, at_ms + 10800000, municipality);
}

static int
put_month(const struct vg_agreement *agreement, int month, int64_t count, int64_t *number)
{
	int64_t from_ms = vg_agreement_month_start_ms(agreement, month);
	int64_t length_ms = vg_agreement_month_start_ms(agreement, month + 1) - from_ms - DAY_MS;

	for (int64_t i = 0; i < count; i++)
		if (put_ticket((*number)++, from_ms + length_ms / count * i) != 0)
			return -1;
	return 0;
}

/* A reading for each municipality, on the first of the year. */
static int
put_users(int64_t day, int64_t at_ms)
{
	for (int m = 0; m < MUNICIPALITIES; m++) {
		struct vg_event event = {.source = "bench", .event_id = ""};
		char municipality[16];

		snprintf(municipality, sizeof(municipality), "%d", 1400 + m);
		event.body.users = (struct vg_users_body){day, 500 + m, 0, "licensed", ""};
		if (step(&event, VG_KIND_USERS_READ, at_ms, municipality) != 0)
			return -1;
	}
	return 0;
}

/* Every probe each minute, 200 minutes a batch; one probe in a hundred is down for an hour a day.
 */
static int
put_samples(const struct vg_agreement *agreement, int month, int64_t *samples)
{
	static struct vg_sample sample[BATCH];
	static char name[SERVICES][24];
	int64_t from_ms = vg_agreement_month_start_ms(agreement, month);
	int64_t to_ms = vg_agreement_month_start_ms(agreement, month + 1), batch = 0;

	for (int s = 0; s < SERVICES; s++)
		snprintf(name[s], sizeof(name[s]), "service%d", s);
	for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += 200 * MINUTE_MS) {
		batch++;
		for (int m = 0; m < MUNICIPALITIES; m++) {
			char agent[32];
			struct vg_event event = {.source = agent, .event_id = ""};

			snprintf(agent, sizeof(agent), "agent-%d", 1400 + m);
			for (int i = 0; i < BATCH; i++) {
				int64_t when_ms = at_ms + i / SERVICES * MINUTE_MS;
				bool down = (m * SERVICES + i % SERVICES) % 100 == 7 &&
					    when_ms / 3600000 % 24 == 10;

				sample[i] = (struct vg_sample){
					name[i % SERVICES], when_ms,
					down ? VG_SAMPLE_CRITICAL : VG_SAMPLE_OK, 10, ""};
			}
			event.body.samples = (struct vg_samples_body){
				.boot_id = "b", .batch = batch, .count = BATCH, .sample = sample};
			if (step(&event, VG_KIND_SAMPLES_REPORTED, at_ms + 200 * MINUTE_MS, "") !=
			    0)
				return -1;
			*samples += BATCH;
		}
	}
	return 0;
}

/* --- what is measured --- */

static int
count_draft(const struct vg_fee_draft *draft, void *arg)
{
	*(int64_t *)arg += draft->statement.counted;
	return 0;
}

static bool
read_runs(const struct vg_object *object, void *arg)
{
	if (object->type == VG_OBJECT_PROBE_DAY)
		for (size_t i = 0; i < object->of.day.runs; i++)
			*(int64_t *)arg += object->of.day.run[i].last_ms;
	return true;
}

static int64_t
limit_ns(int64_t first_ms, int64_t *sum)
{
	int64_t began = now_ns();
	const struct vg_ticket *ticket = NULL;
	struct vg_ticket_view view;

	while ((ticket = vg_core_ticket_next(core, ticket)) != NULL) {
		struct vg_fact_view fact;

		vg_ticket_fact(core, ticket, 0, &fact);
		if (fact.at_ms < first_ms)
			continue;
		vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
		*sum += view.resolved_ms;
	}
	vg_core_changed_since(core, 0, read_runs, sum);
	return now_ns() - began;
}

static int
measure(const struct vg_agreement *agreement, int64_t samples, int64_t tickets)
{
	static char head[65];
	int64_t counted = 0, sum = 0, began, drafts_ns, models_ns, limit;
	struct vg_err err = {0};
	json_t *models;

	began = now_ns();
	if (vg_fee_drafts(core, MONTH, "", count_draft, &counted) != 0)
		return fail("no drafts");
	drafts_ns = now_ns() - began;
	memset(head, '0', sizeof(head) - 1);
	began = now_ns();
	models = vg_statement_models(core, MONTH, "", head, &err);
	models_ns = now_ns() - began;
	if (models == NULL)
		return fail(err.text);
	json_decref(models);
	limit = limit_ns(vg_agreement_month_start_ms(agreement, MONTH), &sum);
	printf("%lld tickets in all, %lld counted in the month, %lld samples\n", (long long)tickets,
	       (long long)counted, (long long)samples);
	printf("49 drafts: %.0f ms, 49 models with all cells: %.0f ms; limit: %.0f ms (%lld); "
	       "ratios %.1f and %.1f\n",
	       (double)drafts_ns / 1e6, (double)models_ns / 1e6, (double)limit / 1e6,
	       (long long)(sum % 10), (double)drafts_ns / (double)limit,
	       (double)models_ns / (double)limit);
	return 0;
}

int
main(int argc, char **argv)
{
	char *text = malloc(TEXT_MAX);
	struct vg_agreement *agreement = text != NULL ? load_agreement(text) : NULL;
	struct vg_event event = {.source = "bench", .event_id = ""};
	int years = argc > 1 ? atoi(argv[1]) : 1;
	int64_t number = 0, samples = 0;
	int first = MONTH - 12 * years, rc;

	free(text);
	core = vg_core_new();
	if (agreement == NULL || core == NULL || years < 1 || years > 10)
		return fail("expected 1 to 10 years");
	event.body.agreement = agreement;
	event.body.agreement_reason = "";
	rc = step(&event, VG_KIND_AGREEMENT_APPLIED, vg_agreement_month_start_ms(agreement, first),
		  "");
	for (int month = first; month <= MONTH && rc == 0; month++) {
		int64_t at_ms = vg_agreement_month_start_ms(agreement, month);

		if (month % 12 == 0 || month == first)
			rc = put_users(vg_agreement_day_of(agreement, at_ms), at_ms);
		if (rc == 0)
			rc = put_month(agreement, month, month == MONTH ? TICKETS : TICKETS / 12,
				       &number);
	}
	if (rc == 0)
		rc = put_samples(agreement, MONTH, &samples);
	rc = rc == 0 ? measure(agreement, samples, number) : fail("out of memory");
	vg_core_free(core);
	vg_agreement_unref(agreement);
	return rc;
}
