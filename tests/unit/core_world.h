/* A small world for tests of the core: an agreement of two years in UTC, and events written as
 * short text.
 *
 * Facts are written as "status=new line=1 priority=P3 municipality=1489": names and words as in the
 * event's JSON, line for support_line, "-" for the empty string. Instants are minutes after
 * 2016-01-01T00:00Z unless they end in _ms. */
#ifndef VG_TEST_CORE_WORLD_H
#define VG_TEST_CORE_WORLD_H

#include "core/core.h"
#include "core/kpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORLD_START_MS INT64_C(1451606400000) /* 2016-01-01T00:00:00Z, a Friday */
#define MINUTE_MS      INT64_C(60000)
#define HOUR_MS	       (60 * MINUTE_MS)
#define DAY_MS	       (24 * HOUR_MS)
#define WORLD_DAYS     731 /* 2016 and 2017 */
#define WORLD_MONTHS   24
#define JANUARY	       (2016 * 12)
#define DAYS(n)	       ((n)*24 * 60)

struct world {
	struct vg_core *core;
	int64_t seq;
	int64_t now; /* received, minutes; never falls */
	struct vg_verdict verdict;
};

static inline int64_t
at_ms(int64_t minutes)
{
	return WORLD_START_MS + minutes * MINUTE_MS;
}

static inline void *
alloc(size_t n, size_t size)
{
	void *memory = calloc(n, size);

	assert_non_null(memory);
	return memory;
}

static inline char *
copy_text(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	return copy;
}

static inline void
world_months(struct vg_agreement *agreement)
{
	static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t start_ms = WORLD_START_MS;

	agreement->first_month = JANUARY;
	agreement->months = WORLD_MONTHS;
	agreement->month_start_ms = alloc(WORLD_MONTHS + 1, sizeof(int64_t));
	for (int i = 0; i <= WORLD_MONTHS; i++) {
		agreement->month_start_ms[i] = start_ms;
		start_ms += (lengths[i % 12] + (i == 1)) * DAY_MS; /* 2016 is a leap year */
	}
	agreement->first_day = WORLD_START_MS / DAY_MS;
	agreement->days = WORLD_DAYS;
	agreement->day_start_ms = alloc(WORLD_DAYS + 1, sizeof(int64_t));
	agreement->day_working = alloc(WORLD_DAYS, 1);
	for (int i = 0; i <= WORLD_DAYS; i++)
		agreement->day_start_ms[i] = WORLD_START_MS + i * DAY_MS;
	for (int i = 0; i < WORLD_DAYS; i++)
		agreement->day_working[i] = (i + 4) % 7 < 5; /* day 0 is a Friday */
}

/* 24x7, and Monday to Friday 08-17. */
static inline void
world_cals(struct vg_agreement *agreement)
{
	int64_t *start_ms = alloc(WORLD_DAYS, sizeof(int64_t));
	int64_t *end_ms = alloc(WORLD_DAYS, sizeof(int64_t));
	int64_t to_ms = WORLD_START_MS + WORLD_DAYS * DAY_MS;
	size_t n = 0;

	for (int i = 0; i < WORLD_DAYS; i++) {
		if (agreement->day_working[i] == 0)
			continue;
		start_ms[n] = agreement->day_start_ms[i] + 8 * HOUR_MS;
		end_ms[n++] = agreement->day_start_ms[i] + 17 * HOUR_MS;
	}
	agreement->cals = 2;
	agreement->cal = alloc(2, sizeof(*agreement->cal));
	agreement->cal[0] = vg_cal_new("24x7", true, WORLD_START_MS, to_ms, 0, NULL, NULL);
	agreement->cal[1] = vg_cal_new("office", false, WORLD_START_MS, to_ms, n, start_ms, end_ms);
	assert_non_null(agreement->cal[0]);
	assert_non_null(agreement->cal[1]);
	free(start_ms);
	free(end_ms);
}

static inline void
world_targets(struct vg_agreement *agreement)
{
	static const uint8_t matrix[VG_LEVELS][VG_LEVELS] = {
		{0, 0, 1, 2}, {0, 1, 2, 2}, {1, 2, 2, 3}, {2, 2, 3, 3}};
	static const int64_t response_min[] = {15, 30, 240, 480};
	static const int64_t resolution_h[] = {4, 8, 24, 40};

	memcpy(agreement->matrix, matrix, sizeof(matrix));
	agreement->priorities = 4;
	agreement->targets = 4;
	agreement->target = alloc(4, sizeof(*agreement->target));
	for (int i = 0; i < 4; i++) {
		char name[] = {'P', (char)('1' + i), '\0'};

		agreement->priority[i] = copy_text(name);
		agreement->target[i] = (struct vg_target){
			copy_text(name), response_min[i] * MINUTE_MS, resolution_h[i] * HOUR_MS,
			900000, agreement->cal[i >= 2]};
	}
}

static inline struct vg_agreement *
world_agreement(const char *version)
{
	struct vg_agreement *agreement = vg_agreement_new();

	assert_non_null(agreement);
	agreement->name = copy_text("test");
	agreement->version = copy_text(version);
	agreement->zone = copy_text("UTC");
	agreement->tzdata = copy_text("");
	agreement->valid_from_ms = WORLD_START_MS;
	agreement->valid_to_ms = INT64_MAX;
	world_months(agreement);
	world_cals(agreement);
	world_targets(agreement);
	agreement->municipalities = 2;
	agreement->municipality = alloc(2, sizeof(*agreement->municipality));
	agreement->municipality[0] =
		(struct vg_municipality){copy_text("1480"), copy_text("Göteborg"),
					 copy_text("GR"),   copy_text("large"),
					 INT64_MIN,	    INT64_MAX};
	agreement->municipality[1] =
		(struct vg_municipality){copy_text("1489"), copy_text("Alingsås"),
					 copy_text("GR"),   copy_text("medium"),
					 INT64_MIN,	    INT64_MAX};
	agreement->services = 1;
	agreement->service = alloc(1, sizeof(*agreement->service));
	agreement->service[0] = (struct vg_service){copy_text("vard"), copy_text("Vårdstöd")};
	agreement->duties = 2;
	agreement->duty = alloc(2, sizeof(*agreement->duty));
	agreement->duty[0] =
		(struct vg_duty){copy_text("all"),     copy_text("*"),
				 copy_text("webhook"), copy_text("http://127.0.0.1:1/"),
				 10 * MINUTE_MS,       2};
	agreement->duty[1] = (struct vg_duty){copy_text("alingsas"),
					      copy_text("1489"),
					      copy_text("mail"),
					      copy_text("jour@example.org"),
					      0,
					      0};
	agreement->pause_reasons = 1U << VG_REASON_REQUESTER | 1U << VG_REASON_MUNICIPALITY |
				   1U << VG_REASON_SCHEDULED;
	agreement->max_pause_days = 10;
	agreement->min_n = 2;
	agreement->reopen_window_days = 14;
	return agreement;
}

/* An event that is complete but for its body. */
static inline struct vg_event
world_event(struct world *world, enum vg_kind kind, int64_t minutes)
{
	static char event_id[32];

	if (minutes > world->now)
		world->now = minutes;
	snprintf(event_id, sizeof(event_id), "e%lld", (long long)world->seq + 1);
	return (struct vg_event){.kind = kind,
				 .seq = ++world->seq,
				 .received_ms = at_ms(world->now),
				 .occurred_ms = at_ms(minutes),
				 .source = "tool",
				 .event_id = event_id,
				 .actor = "robot",
				 .municipality = "",
				 .import = ""};
}

static inline enum vg_verdict_code
world_step(struct world *world, const struct vg_event *event)
{
	assert_int_equal(vg_core_step(world->core, event, &world->verdict), 0);
	assert_int_equal(vg_core_seq(world->core), event->seq);
	return world->verdict.code;
}

static inline enum vg_verdict_code
world_apply(struct world *world, struct vg_agreement *agreement)
{
	struct vg_event event = world_event(world, VG_KIND_AGREEMENT_APPLIED, world->now);
	enum vg_verdict_code code;

	event.body.agreement = agreement;
	code = world_step(world, &event);
	vg_agreement_unref(agreement);
	return code;
}

static inline struct world
world_new(void)
{
	struct world world = {.core = vg_core_new()};

	assert_non_null(world.core);
	assert_int_equal(world_apply(&world, world_agreement("1")), VG_VERDICT_TAKEN);
	return world;
}

static inline void
state_field(struct vg_ticket_fields *fields, const char *name, const char *value, char *kept)
{
	enum vg_ticket_field field =
		vg_ticket_field_find(strcmp(name, "line") == 0 ? "support_line" : name);

	assert_int_not_equal(field, VG_TF_COUNT);
	fields->set |= VG_TF_BIT(field);
	strcpy(kept, strcmp(value, "-") == 0 ? "" : value);
	fields->text[field] = kept;
	if (vg_ticket_field_info[field].form == VG_FORM_WORD)
		fields->number[field] = vg_word_find(field, value);
	else if (vg_ticket_field_info[field].form == VG_FORM_TIME)
		fields->number[field] = at_ms(atoll(value));
	else
		fields->number[field] = atoll(value);
}

/* Reads "name=value name=value" into fields; `store` keeps the texts. */
static inline void
state_fields(struct vg_ticket_fields *fields, const char *text, char store[16][64])
{
	char name[64], value[64];
	int used, i = 0;

	fields->set = 0;
	while (sscanf(text, " %63[a-z_]=%63s%n", name, value, &used) == 2) {
		assert_true(i < 16);
		state_field(fields, name, value, store[i++]);
		text += used;
	}
}

/* A report of "tool" about one of its tickets. */
static inline enum vg_verdict_code
report(struct world *world, const char *ref, int64_t minutes, const char *fields)
{
	struct vg_event event = world_event(world, VG_KIND_TICKET_REPORTED, minutes);
	char store[16][64];

	event.body.ticket = (struct vg_ticket_body){.ref = ref, .title_digest = ""};
	state_fields(&event.body.ticket.fields, fields, store);
	return world_step(world, &event);
}

/* A command about a ticket, named as a person would. */
static inline enum vg_verdict_code
command(struct world *world, enum vg_kind kind, const char *ticket, int64_t minutes, int64_t voids,
	const char *fields)
{
	struct vg_event event = world_event(world, kind, minutes);
	char store[16][64];

	event.body.ticket =
		(struct vg_ticket_body){.ticket = ticket, .voids = voids, .reason = "test"};
	state_fields(&event.body.ticket.fields, fields, store);
	return world_step(world, &event);
}

static inline enum vg_verdict_code
import_event(struct world *world, enum vg_kind kind, const char *id, const char *sha256)
{
	struct vg_event event = world_event(world, kind, world->now);

	event.body.import_ = (struct vg_import_body){.id = id,
						     .source = "tool",
						     .file = "f.csv",
						     .file_sha256 = sha256,
						     .mapping_sha256 = "m",
						     .reason = "",
						     .rows = 3,
						     .taken = 2,
						     .quarantined = 1};
	return world_step(world, &event);
}

static inline struct vg_ticket_view
view_of(const struct world *world, const char *ref)
{
	struct vg_ticket_view view;
	const struct vg_ticket *ticket = vg_core_ticket_by_ref(world->core, "tool", ref);

	assert_non_null(ticket);
	vg_ticket_view(world->core, ticket, vg_core_received_ms(world->core), &view, NULL, NULL);
	return view;
}

#endif
