/* Replay: how many events a second the core takes, and what an open ticket weighs.
 *
 * 200,000 tickets with six facts each under a Monday to Friday calendar; strings are as long as
 * real ones. The events are made in batches outside the clock, as replay gets them from a reader.
 * The limit in the same run is a loop that only copies the same facts to new memory. usage:
 * bench_replay [TICKETS] */
#include "core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FACTS	6
#define BATCH	60
#define DAY_MS	INT64_C(86400000)
#define BASE_MS (INT64_C(19700) * DAY_MS)

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct made {
	struct vg_event event;
	char ref[32], id[48];
};

static struct vg_agreement *
agreement(void)
{
	enum { DAYS = 730 };
	static int64_t start[DAYS], end[DAYS];
	struct vg_agreement *a = vg_agreement_new();
	size_t n = 0;

	if (a == NULL)
		return NULL;
	a->name = strdup("bench");
	a->version = strdup("1");
	a->zone = strdup("UTC");
	a->tzdata = strdup("");
	a->valid_to_ms = INT64_MAX;
	a->pause_reasons = 1U << VG_REASON_REQUESTER;
	a->max_pause_days = -1;
	a->first_day = BASE_MS / DAY_MS;
	a->days = DAYS;
	a->day_start_ms = calloc(DAYS + 1, sizeof(int64_t));
	a->day_working = calloc(DAYS, 1);
	a->months = DAYS / 30;
	a->first_month = 2023 * 12 + 11;
	a->month_start_ms = calloc(a->months + 1, sizeof(int64_t));
	for (int64_t day = 0; day <= DAYS; day++) {
		a->day_start_ms[day] = BASE_MS + day * DAY_MS;
		if (day % 30 == 0 && (size_t)(day / 30) <= a->months)
			a->month_start_ms[day / 30] = BASE_MS + day * DAY_MS;
		if (day < DAYS && day % 7 < 5) {
			a->day_working[day] = 1;
			start[n] = BASE_MS + day * DAY_MS + 8 * 3600000;
			end[n++] = BASE_MS + day * DAY_MS + 17 * 3600000;
		}
	}
	a->cals = 2;
	a->cal = calloc(2, sizeof(*a->cal));
	a->cal[0] = vg_cal_new("24x7", true, BASE_MS, BASE_MS + DAYS * DAY_MS, 0, NULL, NULL);
	a->cal[1] = vg_cal_new("weekdays", false, BASE_MS, BASE_MS + DAYS * DAY_MS, n, start, end);
	a->priorities = 2;
	a->targets = 2;
	a->target = calloc(2, sizeof(*a->target));
	for (int i = 0; i < 2; i++) {
		a->priority[i] = strdup(i == 0 ? "P2" : "P3");
		a->target[i] = (struct vg_target){.name = strdup(a->priority[i]),
						  .response_ms = 3600000,
						  .resolution_ms = 86400000,
						  .share_ppm = 900000,
						  .cal = a->cal[i]};
	}
	return a;
}

static void
make_fact(struct made *made, int64_t number)
{
	static const enum vg_status status[FACTS] = {VG_STATUS_NEW,	    VG_STATUS_ACKNOWLEDGED,
						     VG_STATUS_IN_PROGRESS, VG_STATUS_PENDING,
						     VG_STATUS_IN_PROGRESS, VG_STATUS_IN_PROGRESS};
	struct vg_event *event = &made->event;
	struct vg_ticket_fields *fields = &event->body.ticket.fields;
	int64_t ticket = number / FACTS, step = number % FACTS;

	snprintf(made->ref, sizeof(made->ref), "INC%07lld", (long long)ticket);
	snprintf(made->id, sizeof(made->id), "INC%07lld/%lld", (long long)ticket, (long long)step);
	event->kind = VG_KIND_TICKET_REPORTED;
	event->seq = number + 2;
	event->occurred_ms = BASE_MS + ticket * 120000 + step * 1800000;
	event->received_ms = BASE_MS + 600 * DAY_MS;
	event->source = "itsm";
	event->actor = "itsm";
	event->import = "";
	event->event_id = made->id;
	event->source_order = step;
	event->has_municipality = true;
	event->municipality = ticket % 2 ? "1489" : "1480";
	event->body.ticket.ref = made->ref;
	event->body.ticket.ticket = event->body.ticket.title_digest = event->body.ticket.reason =
		"";
	event->body.ticket.also_count = 0;
	fields->set = VG_TF_BIT(VG_TF_STATUS) | VG_TF_BIT(VG_TF_REASON) | VG_TF_BIT(VG_TF_LINE) |
		      VG_TF_BIT(VG_TF_GROUP) | VG_TF_BIT(VG_TF_PRIORITY) | VG_TF_BIT(VG_TF_TYPE) |
		      VG_TF_BIT(VG_TF_ASSIGNED) | VG_TF_BIT(VG_TF_OPENED);
	fields->number[VG_TF_STATUS] = status[step];
	fields->number[VG_TF_REASON] = step == 3 ? VG_REASON_REQUESTER : VG_REASON_NONE;
	fields->number[VG_TF_LINE] = step < 2 ? 1 : 2;
	fields->text[VG_TF_GROUP] = step < 2 ? "Servicedesk" : "VGR Applikation";
	fields->text[VG_TF_PRIORITY] = ticket % 10 == 0 ? "P2" : "P3";
	fields->number[VG_TF_TYPE] = VG_TYPE_INCIDENT;
	fields->number[VG_TF_ASSIGNED] = step > 0;
	fields->number[VG_TF_OPENED] = BASE_MS + ticket * 120000;
}

/* Nanoseconds that the core took for all events; -1 = it failed. */
static int64_t
replay(struct vg_core *core, int64_t events)
{
	static struct made batch[BATCH];
	struct vg_verdict verdict;
	int64_t spent_ns = 0;

	for (int64_t at = 0; at < events; at += BATCH) {
		int64_t n = events - at < BATCH ? events - at : BATCH, started;

		for (int64_t i = 0; i < n; i++)
			make_fact(&batch[i], at + i);
		started = now_ns();
		for (int64_t i = 0; i < n; i++) {
			if (vg_core_step(core, &batch[i].event, &verdict) != 0 ||
			    verdict.code > VG_VERDICT_FLAGGED)
				return -1;
		}
		spent_ns += now_ns() - started;
	}
	return spent_ns;
}

/* The same for copies of what the facts state. */
static int64_t
copy(void **copies, int64_t events)
{
	static struct made batch[BATCH];
	int64_t started;

	for (int64_t i = 0; i < BATCH; i++)
		make_fact(&batch[i], i);
	started = now_ns();
	for (int64_t i = 0; i < events; i++) {
		copies[i] = malloc(128);
		if (copies[i] == NULL)
			return -1;
		memcpy(copies[i], &batch[i % BATCH].event, 128);
	}
	return now_ns() - started;
}

int
main(int argc, char **argv)
{
	int64_t tickets = argc > 1 ? strtoll(argv[1], NULL, 10) : 200000, events = tickets * FACTS,
		core_ns, copy_ns;
	struct vg_core *core = vg_core_new();
	struct vg_agreement *a = agreement();
	struct vg_event event = {.kind = VG_KIND_AGREEMENT_APPLIED,
				 .seq = 1,
				 .source = "",
				 .event_id = "",
				 .actor = "",
				 .municipality = "",
				 .import = "",
				 .received_ms = BASE_MS};
	struct vg_verdict verdict;
	void **copies = calloc((size_t)events, sizeof(*copies));

	if (core == NULL || a == NULL || tickets < 1 || copies == NULL)
		return 2;
	event.body.agreement = a;
	event.body.agreement_reason = "";
	if (vg_core_step(core, &event, &verdict) != 0)
		return 1;
	core_ns = replay(core, events);
	copy_ns = copy(copies, events);
	if (core_ns < 0 || copy_ns < 0)
		return 1;
	printf("replay: %lld events/s; bare copies %lld/s; ratio %.3f; aim 1000000 events/s\n",
	       (long long)(events * 1000000000 / core_ns),
	       (long long)(events * 1000000000 / copy_ns), (double)copy_ns / (double)core_ns);
	printf("memory: %lld bytes an open ticket of %d facts (core's own count); aim 1024\n",
	       (long long)((int64_t)vg_core_memory_bytes(core) / tickets), FACTS);
	for (int64_t i = 0; i < events; i++)
		free(copies[i]);
	free(copies);
	vg_core_free(core);
	vg_agreement_unref(a);
	return 0;
}
