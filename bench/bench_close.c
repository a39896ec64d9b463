/* Closing: a month of 50,000 tickets and 10 million samples, for 49 municipalities.
 *
 * The month comes after so many years of smaller ones, each closed and made available in its turn.
 * Its drafts, and their models with KPI and availability cells, are held against what neither can
 * do without: one view of each of the month's tickets, and one reading of each of its runs; and the
 * models against a copy of their JSON too. What the years have made slower is seen by the last
 * month of the first year and of the last. Times are the processor's. usage: bench_close [YEARS]
 * (default 1, at most 10: they take 2 GiB) */
#include "core/avail.h"
#include "core/fee.h"
#include "lib/agreement/agreement_yaml.h"
#include "lib/base/err.h"
#include "lib/report/report.h"
#include "lib/report/statement.h"

#include <malloc.h>
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

static const char head[] = "0000000000000000000000000000000000000000000000000000000000000000";

static struct vg_core *core;
static struct vg_agreement *agreement;
static int64_t seq;

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
fail(const char *what)
{
	fprintf(stderr, "bench_close: %s\n", what);
	return 1;
}

static bool
load_agreement(char *text, int first)
{
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml;
	int n = snprintf(
		text, TEXT_MAX,
		"name: bench\nversion: \"1\"\nvalid_from: %04d-%02d-01\nzone: Europe/Stockholm\n"
		"holidays: {closed: [public_holiday]}\n"
		"priorities: [P1]\nmatrix:\n  - [P1, P1, P1, P1]\n  - [P1, P1, P1, P1]\n"
		"  - [P1, P1, P1, P1]\n  - [P1, P1, P1, P1]\n"
		"targets:\n  P1: {response: 15min, resolution: 4h, share: 90 %%, calendar: 24x7}\n"
		"fee: {support_price: 250 kr}\nservices:\n",
		first / 12, first % 12 + 1);

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
	return agreement != NULL;
}

static int
step(struct vg_event *event, enum vg_kind kind, int64_t at_ms, const char *municipality)
{
	event->kind = kind;
	event->seq = ++seq;
	event->occurred_ms = event->received_ms = at_ms;
	event->actor = event->actor != NULL ? event->actor : "";
	event->import = "";
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
put_month(int month, int64_t count, int64_t *number)
{
	int64_t from_ms = vg_agreement_month_start_ms(agreement, month);
	int64_t length_ms = vg_agreement_month_start_ms(agreement, month + 1) - from_ms - DAY_MS;

	for (int64_t i = 0; i < count; i++)
		if (put_ticket((*number)++, from_ms + length_ms / count * i) != 0)
			return -1;
	return 0;
}

/* A reading for each municipality, on the first of the month. */
static int
put_users(int month)
{
	int64_t at_ms = vg_agreement_month_start_ms(agreement, month);
	int64_t day = vg_agreement_day_of(agreement, at_ms);

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
put_samples(int month, int64_t *samples)
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

/* Proposed by one and approved by another as soon as it is over; *ns is what the second takes. */
static int
close_month(int month, int64_t *ns)
{
	int64_t at_ms = vg_agreement_month_start_ms(agreement, month + 1), began;
	struct vg_event event = {.source = "bench", .event_id = "", .actor = "anna"};
	char act[32];
	int rc;

	event.body.act =
		(struct vg_act_body){.month = month, .municipalities = "", .reason = "over"};
	if ((rc = step(&event, VG_KIND_CLOSE_PROPOSED, at_ms, "")) != 0)
		return rc;
	snprintf(act, sizeof(act), "P-%lld", (long long)seq);
	event.actor = "bo";
	event.body.act = (struct vg_act_body){.act = act, .reason = ""};
	began = now_ns();
	rc = step(&event, VG_KIND_ACT_APPROVED, at_ms, "");
	*ns = now_ns() - began;
	return rc;
}

/* Makes the closed statements available; -1 when one is not closed. */
static int
publish_month(int month)
{
	int64_t at_ms = vg_agreement_month_start_ms(agreement, month + 1);
	int rc = 0;

	for (int m = 0; m < MUNICIPALITIES && rc == 0; m++) {
		struct vg_event event = {.source = "bench", .event_id = ""};
		const struct vg_statement *statement;
		char municipality[16];

		snprintf(municipality, sizeof(municipality), "%d", 1400 + m);
		event.body.statement =
			(struct vg_statement_body){.month = month, .model_sha256 = head};
		rc = step(&event, VG_KIND_STATEMENT_PUBLISHED, at_ms, municipality);
		statement = vg_fee_statement(core, municipality, month);
		if (statement == NULL || statement->published_ms < 0)
			return -1;
	}
	return rc;
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

static double
ms(int64_t ns)
{
	return (double)ns / 1e6;
}

/* A big tree that is freed is put in order here, and not within what is measured next. */
static void
forget(json_t *tree)
{
	json_decref(tree);
	(void)malloc_trim(0);
}

/* Drafts and models of the open month. */
static int
measure_month(int64_t samples)
{
	int64_t counted = 0, sum = 0, began, drafts_ns, models_ns, copy_ns, limit;
	struct vg_err err = {0};
	json_t *models, *copy;

	began = now_ns();
	if (vg_fee_drafts(core, MONTH, "", count_draft, &counted) != 0)
		return fail("no drafts");
	drafts_ns = now_ns() - began;
	began = now_ns();
	models = vg_statement_models(core, MONTH, "", head, &err);
	models_ns = now_ns() - began;
	if (models == NULL)
		return fail(err.text);
	began = now_ns();
	copy = json_deep_copy(models);
	copy_ns = now_ns() - began;
	forget(copy);
	forget(models);
	limit = limit_ns(vg_agreement_month_start_ms(agreement, MONTH), &sum);
	printf("closing month: %lld tickets counted, %lld samples\n", (long long)counted,
	       (long long)samples);
	printf("49 drafts: %.0f ms, 49 models with all cells: %.0f ms; limit: %.0f ms (%lld), with "
	       "a "
	       "copy of the models %.0f ms; ratios %.1f and %.1f\n",
	       ms(drafts_ns), ms(models_ns), ms(limit), (long long)(sum % 10), ms(limit + copy_ns),
	       (double)drafts_ns / (double)limit, (double)models_ns / (double)(limit + copy_ns));
	return 0;
}

/* What a closed month costs: to close, and to print. */
struct cost {
	int64_t close_ns, statements_ns, report_ns;
};

static int
measure_closed(int month, struct cost *cost)
{
	struct vg_err err = {0};
	int64_t began = now_ns();
	json_t *models = vg_statement_models(core, month, "", head, &err), *report;

	cost->statements_ns = now_ns() - began;
	forget(models);
	began = now_ns();
	report = vg_report_model(core, month, INT64_MAX, head, &err);
	cost->report_ns = now_ns() - began;
	forget(report);
	return models != NULL && report != NULL ? 0 : fail(err.text);
}

static void
tell_years(int years, const struct cost *first, const struct cost *last)
{
	printf("a month of %d tickets in year 1 and in year %d: close %.0f and %.0f ms, its "
	       "statements %.0f and %.0f ms, its report %.0f and %.0f ms; ratios %.1f, %.1f and "
	       "%.1f\n",
	       TICKETS / 12, years, ms(first->close_ns), ms(last->close_ns),
	       ms(first->statements_ns), ms(last->statements_ns), ms(first->report_ns),
	       ms(last->report_ns), (double)last->close_ns / (double)first->close_ns,
	       (double)last->statements_ns / (double)first->statements_ns,
	       (double)last->report_ns / (double)first->report_ns);
}

/* Years of months, each closed; the last of the first and of the last year are measured. */
static int
put_history(int years, int64_t *number)
{
	struct cost cost = {0}, first = {0};
	int start = MONTH - 12 * years, rc = 0;

	for (int month = start; month < MONTH && rc == 0; month++) {
		rc = put_users(month);
		if (rc == 0)
			rc = put_month(month, TICKETS / 12, number);
		if (rc == 0)
			rc = close_month(month, &cost.close_ns);
		if (rc == 0)
			rc = publish_month(month);
		if (rc == 0 && (month == start + 11 || month == MONTH - 1))
			rc = measure_closed(month, &cost);
		if (month == start + 11)
			first = cost;
	}
	if (rc == 0)
		tell_years(years, &first, &cost);
	return rc;
}

static size_t
count_lines(int month)
{
	size_t lines = 0;

	for (int m = 0; m < MUNICIPALITIES; m++) {
		const struct vg_statement *statement;
		char municipality[16];

		snprintf(municipality, sizeof(municipality), "%d", 1400 + m);
		statement = vg_fee_statement(core, municipality, month);
		lines += statement != NULL ? (size_t)(statement->counted + statement->not_counted)
					   : 0;
	}
	return lines;
}

/* Closes the measured month; `empty` is the core before its first ticket, `full` before samples. */
static int
measure_memory(int64_t tickets, size_t empty, size_t full)
{
	size_t before = vg_core_memory_bytes(core), lines, line_bytes;
	int64_t ns;

	if (close_month(MONTH, &ns) != 0 || (lines = count_lines(MONTH)) == 0)
		return fail("the month was not closed");
	line_bytes = (vg_core_memory_bytes(core) - before) / lines;
	full -= ((size_t)tickets - lines) * line_bytes;
	printf("closed in %.0f ms; memory: a fee line %zu bytes, a ticket of two facts with what "
	       "is "
	       "remembered of its decision %zu bytes\n",
	       ms(ns), line_bytes, (full - empty) / (size_t)tickets);
	return 0;
}

static int
measure(int years)
{
	int64_t number = 0, samples = 0;
	size_t empty = vg_core_memory_bytes(core), full;
	int rc = put_history(years, &number);

	if (rc == 0)
		rc = put_users(MONTH);
	if (rc == 0)
		rc = put_month(MONTH, TICKETS, &number);
	full = vg_core_memory_bytes(core);
	if (rc == 0)
		rc = put_samples(MONTH, &samples);
	if (rc == 0)
		rc = measure_month(samples);
	return rc == 0 ? measure_memory(number, empty, full) : fail("a step failed");
}

int
main(int argc, char **argv)
{
	char *text = malloc(TEXT_MAX);
	struct vg_event event = {.source = "bench", .event_id = ""};
	int years = argc > 1 ? atoi(argv[1]) : 1, rc;
	bool loaded;

	if (years < 1 || years > 10)
		return fail("expected 1 to 10 years");
	loaded = text != NULL && load_agreement(text, MONTH - 12 * years);
	free(text);
	core = vg_core_new();
	if (!loaded || core == NULL)
		return fail("no agreement or no memory");
	event.body.agreement = agreement;
	event.body.agreement_reason = "";
	rc = step(&event, VG_KIND_AGREEMENT_APPLIED,
		  vg_agreement_month_start_ms(agreement, MONTH - 12 * years), "");
	rc = rc == 0 ? measure(years) : fail("out of memory");
	vg_core_free(core);
	vg_agreement_unref(agreement);
	return rc;
}
