/* Builders for tests of the core: Swedish wall time, agreements, and events written as one line of
 * words.
 *
 * "status=in_progress line=2 priority=P3 municipality=-" states ticket fields by their own names;
 * "line" is short for support_line and "-" is the empty string. Tests of one ticket write the local
 * time first, "2026-03-02 10:00 status=new"; tests of the whole fold live in a world that counts
 * minutes from the first of January 2016, local time. Holidays are left out here: what they close
 * is decided in lib/civil. */
#ifndef VG_TEST_CORE_SUPPORT_H
#define VG_TEST_CORE_SUPPORT_H

#include "core/core.h"
#include "core/kpi.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define SUPPORT __attribute__((unused)) static

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)

#define SUPPORT_FIRST_YEAR 2014
#define SUPPORT_END_YEAR   2031

#define WORLD_START_MS	 INT64_C(1451602800000) /* 2016-01-01 00:00 local, a Friday */
#define WORLD_FIRST_YEAR 2016
#define WORLD_MONTHS	 24
#define JANUARY		 (WORLD_FIRST_YEAR * 12)
#define DAYS(n)		 ((n)*24 * 60)

/* Seeded numbers: the same on every machine. */
SUPPORT uint64_t
support_random(uint64_t *seed)
{
	uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

SUPPORT int64_t
support_below(uint64_t *seed, int64_t limit)
{
	return (int64_t)(support_random(seed) % (uint64_t)limit);
}

/* Days since 1970-01-01 of a date. */
SUPPORT int64_t
support_days(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t y = year - 1;
	int64_t days = y * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] + day - 1;

	if (month > 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
		days++;
	return days - 719162;
}

/* 0 = Monday. */
SUPPORT int
support_weekday(int64_t days)
{
	return (int)(((days + 3) % 7 + 7) % 7);
}

/* Summer time begins and ends at 01:00 UTC on the last Sunday of March and of October. */
SUPPORT int64_t
support_change_ms(int year, int month)
{
	int64_t last = support_days(year, month, 31);

	return (last - (support_weekday(last) + 1) % 7) * DAY_MS + HOUR_MS;
}

SUPPORT int
support_year(int64_t at_ms)
{
	int year = 1970 + (int)(at_ms / (365 * DAY_MS));

	while (support_days(year, 1, 1) * DAY_MS > at_ms)
		year--;
	return year;
}

SUPPORT int64_t
support_offset_ms(int64_t at_ms)
{
	int year = support_year(at_ms);
	bool summer = at_ms >= support_change_ms(year, 3) && at_ms < support_change_ms(year, 10);

	return summer ? 2 * HOUR_MS : HOUR_MS;
}

/* Local wall time to UTC: the first occurrence of a double hour, the offset before a gap. */
SUPPORT int64_t
support_local_ms(int64_t day, int64_t wall_ms)
{
	int64_t summer_ms = day * DAY_MS + wall_ms - 2 * HOUR_MS;
	int64_t winter_ms = summer_ms + HOUR_MS;

	return support_offset_ms(summer_ms) == 2 * HOUR_MS ? summer_ms : winter_ms;
}

/* Reads "2026-03-02 10:00[:30]" or with a T. *length = characters taken. */
SUPPORT int64_t
support_at_length(const char *text, int *length)
{
	int year, month, day, hour, minute, second = 0, more = 0;

	if (sscanf(text, "%4d-%2d-%2d%*[ T]%2d:%2d%n", &year, &month, &day, &hour, &minute,
		   length) != 5)
		fail_msg("not an instant: %s", text);
	if (sscanf(text + *length, ":%2d%n", &second, &more) == 1)
		*length += more;
	return support_local_ms(support_days(year, month, day),
				hour * HOUR_MS + minute * MINUTE_MS + second * INT64_C(1000));
}

SUPPORT int64_t
at_ms(int64_t minutes)
{
	return WORLD_START_MS + minutes * MINUTE_MS;
}

SUPPORT int64_t
support_at(const char *text)
{
	int length;

	return support_at_length(text, &length);
}

/* "2026-03-02 10:00", with seconds when there are any. */
SUPPORT const char *
support_local(int64_t at_ms, char out[32])
{
	int64_t local_ms = at_ms + support_offset_ms(at_ms);
	int year = support_year(local_ms), month = 12;
	int64_t days = local_ms / DAY_MS, rest = local_ms % DAY_MS;
	int second = (int)(rest / 1000 % 60);

	while (support_days(year, month, 1) > days)
		month--;
	snprintf(out, 32, "%d-%02d-%02d %02d:%02d", year, month,
		 (int)(days - support_days(year, month, 1)) + 1, (int)(rest / HOUR_MS),
		 (int)(rest / MINUTE_MS % 60));
	if (second != 0)
		snprintf(out + strlen(out), 32 - strlen(out), ":%02d", second);
	return out;
}

/* Calendars. */

/* Open from open_ms to close_ms of the wall on each weekday in the set (bit 0 = Monday), [from_day,
 * to_day). */
SUPPORT struct vg_cal *
support_cal(const char *name, unsigned weekdays, int64_t open_ms, int64_t close_ms,
	    int64_t from_day, int64_t to_day)
{
	size_t n = 0, size = (size_t)(to_day - from_day);
	int64_t *start_ms = malloc(size * sizeof *start_ms);
	int64_t *end_ms = malloc(size * sizeof *end_ms);
	struct vg_cal *cal;
	int64_t day;

	assert_true(start_ms != NULL && end_ms != NULL);
	for (day = from_day; day < to_day; day++) {
		if ((weekdays >> support_weekday(day) & 1) == 0)
			continue;
		start_ms[n] = support_local_ms(day, open_ms);
		end_ms[n++] = support_local_ms(day, close_ms);
	}
	cal = vg_cal_new(name, false, support_local_ms(from_day, 0), support_local_ms(to_day, 0), n,
			 start_ms, end_ms);
	assert_non_null(cal);
	free(start_ms);
	free(end_ms);
	return cal;
}

/* Agreements. */

SUPPORT char *
support_copy(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	return copy;
}

SUPPORT void *
support_array(size_t count, size_t size)
{
	void *array = calloc(count, size);

	assert_non_null(array);
	return array;
}

SUPPORT void
support_expand(struct vg_agreement *agreement, int first_year, int end_year)
{
	size_t i;

	agreement->first_month = first_year * 12;
	agreement->months = (size_t)(end_year - first_year) * 12;
	agreement->month_start_ms = support_array(agreement->months + 1, sizeof(int64_t));
	for (i = 0; i <= agreement->months; i++) {
		int month = agreement->first_month + (int)i;

		agreement->month_start_ms[i] =
			support_local_ms(support_days(month / 12, month % 12 + 1, 1), 0);
	}
	agreement->first_day = support_days(first_year, 1, 1);
	agreement->days = (size_t)(support_days(end_year, 1, 1) - agreement->first_day);
	agreement->day_start_ms = support_array(agreement->days + 1, sizeof(int64_t));
	agreement->day_working = support_array(agreement->days, sizeof(uint8_t));
	for (i = 0; i <= agreement->days; i++) {
		int64_t day = agreement->first_day + (int64_t)i;

		agreement->day_start_ms[i] = support_local_ms(day, 0);
		if (i < agreement->days)
			agreement->day_working[i] = support_weekday(day) < 5;
	}
}

SUPPORT void
support_targets(struct vg_agreement *agreement)
{
	static const struct {
		const char *name, *cal;
		int64_t response_ms, resolution_ms;
	} rows[] = {
		{"P1", "24x7", 15 * MINUTE_MS, 4 * HOUR_MS},
		{"P2", "24x7", 30 * MINUTE_MS, 8 * HOUR_MS},
		{"P3", "vardag_0730_1630", 4 * HOUR_MS, 24 * HOUR_MS},
		{"P4", "vardag_0730_1630", 8 * HOUR_MS, 40 * HOUR_MS},
		{"request", "vardag_0730_1630", 8 * HOUR_MS, 40 * HOUR_MS},
	};
	static const uint8_t matrix[VG_LEVELS][VG_LEVELS] = {
		{0, 0, 1, 2}, {0, 1, 2, 2}, {1, 2, 2, 3}, {2, 2, 3, 3}};
	size_t i;

	agreement->priorities = 4;
	for (i = 0; i < 4; i++)
		agreement->priority[i] = support_copy(rows[i].name);
	memcpy(agreement->matrix, matrix, sizeof matrix);
	agreement->targets = sizeof rows / sizeof rows[0];
	agreement->target = support_array(agreement->targets, sizeof agreement->target[0]);
	for (i = 0; i < agreement->targets; i++) {
		struct vg_target *target = &agreement->target[i];

		target->name = support_copy(rows[i].name);
		target->response_ms = rows[i].response_ms;
		target->resolution_ms = rows[i].resolution_ms;
		target->share_ppm = 900000;
		target->cal = vg_agreement_cal(agreement, rows[i].cal);
		assert_non_null(target->cal);
	}
}

SUPPORT void
support_parties(struct vg_agreement *agreement)
{
	agreement->municipalities = 2;
	agreement->municipality = support_array(2, sizeof agreement->municipality[0]);
	agreement->municipality[0] = (struct vg_municipality){
		.code = support_copy("1480"),
		.name = support_copy("Göteborg"),
		.federation = support_copy("GR"),
		.size = support_copy("large"),
		.go_live_ms = INT64_MIN,
		.end_ms = INT64_MAX,
		.vantage = VG_VANTAGE_CENTRAL,
	};
	agreement->municipality[1] = (struct vg_municipality){
		.code = support_copy("1489"),
		.name = support_copy("Alingsås"),
		.federation = support_copy("GR"),
		.size = support_copy("medium"),
		.go_live_ms = INT64_MIN,
		.end_ms = INT64_MAX,
		.vantage = VG_VANTAGE_LOCAL,
	};
	agreement->services = 1;
	agreement->service = support_array(1, sizeof agreement->service[0]);
	agreement->service[0] = (struct vg_service){
		.id = support_copy("vard"), .name = support_copy("Vårdstöd"), .target_ppm = -1};
	agreement->duties = 2;
	agreement->duty = support_array(2, sizeof agreement->duty[0]);
	agreement->duty[0] = (struct vg_duty){
		.name = support_copy("all"),
		.municipality = support_copy("*"),
		.channel = support_copy("webhook"),
		.address = support_copy("http://127.0.0.1:1/"),
		.occasions = VG_OCCASION_ESCALATION,
		.repeat_ms = 10 * MINUTE_MS,
		.repeats_max = 2,
	};
	agreement->duty[1] = (struct vg_duty){
		.name = support_copy("alingsas"),
		.municipality = support_copy("1489"),
		.channel = support_copy("mail"),
		.address = support_copy("jour@example.org"),
		.occasions = VG_OCCASION_ESCALATION,
	};
}

/* The targets, matrix and rules of semantics.md 3.4 and 3.6, expanded over [first_year, end_year)
 * without holidays; always valid. */
SUPPORT struct vg_agreement *
support_agreement_over(int first_year, int end_year)
{
	struct vg_agreement *agreement = vg_agreement_new();

	assert_non_null(agreement);
	agreement->name = support_copy("test");
	agreement->version = support_copy("1");
	agreement->zone = support_copy("Europe/Stockholm");
	agreement->tzdata = support_copy("");
	agreement->valid_from_ms = INT64_MIN;
	agreement->valid_to_ms = INT64_MAX;
	support_expand(agreement, first_year, end_year);
	agreement->cals = 2;
	agreement->cal = support_array(2, sizeof agreement->cal[0]);
	agreement->cal[0] = vg_cal_new("24x7", true, 0, 0, 0, NULL, NULL);
	assert_non_null(agreement->cal[0]);
	agreement->cal[1] =
		support_cal("vardag_0730_1630", 0x1f, 7 * HOUR_MS + 30 * MINUTE_MS,
			    16 * HOUR_MS + 30 * MINUTE_MS, support_days(first_year, 1, 1),
			    support_days(end_year, 1, 1));
	support_targets(agreement);
	support_parties(agreement);
	agreement->retarget = VG_RETARGET_KEEP_BREACH;
	agreement->resolution_clock = VG_RESOLUTION_END_TO_END;
	agreement->pause_reasons = 1U << VG_REASON_REQUESTER | 1U << VG_REASON_MUNICIPALITY |
				   1U << VG_REASON_SCHEDULED;
	agreement->max_pause_days = 10;
	agreement->min_n = 10;
	agreement->reopen_window_days = 14;
	return agreement;
}

SUPPORT struct vg_agreement *
support_agreement(void)
{
	return support_agreement_over(SUPPORT_FIRST_YEAR, SUPPORT_END_YEAR);
}

/* Events. */

/* A fact of ticket T1 from source "tool", with no fields yet. `id` is borrowed. */
SUPPORT struct vg_event
support_event(int64_t seq, int64_t at_ms, const char *id)
{
	struct vg_event event;

	memset(&event, 0, sizeof event);
	event.kind = VG_KIND_TICKET_REPORTED;
	event.seq = seq;
	event.received_ms = at_ms;
	event.occurred_ms = at_ms;
	event.source = "tool";
	event.event_id = id;
	event.actor = "tester";
	event.municipality = "";
	event.import = "";
	event.body.ticket.ref = "T1";
	event.body.ticket.ticket = "T1";
	event.body.ticket.title_digest = "";
	event.body.ticket.reason = "";
	return event;
}

SUPPORT void
support_number(struct vg_event *event, enum vg_ticket_field field, int64_t number)
{
	event->body.ticket.fields.set |= VG_TF_BIT(field);
	event->body.ticket.fields.number[field] = number;
}

SUPPORT void
support_text(struct vg_event *event, enum vg_ticket_field field, const char *text)
{
	event->body.ticket.fields.set |= VG_TF_BIT(field);
	event->body.ticket.fields.text[field] = text;
}

/* States one field by its name. `value` is borrowed. */
SUPPORT void
support_field(struct vg_ticket_fields *fields, const char *name, const char *value)
{
	enum vg_ticket_field field =
		vg_ticket_field_find(strcmp(name, "line") == 0 ? "support_line" : name);

	if (field == VG_TF_COUNT)
		fail_msg("no field %s", name);
	fields->set |= VG_TF_BIT(field);
	switch (vg_ticket_field_info[field].form) {
	case VG_FORM_WORD:
		fields->number[field] = vg_word_find(field, value);
		if (fields->number[field] < 0)
			fail_msg("%s has no word %s", name, value);
		break;
	case VG_FORM_INT:
	case VG_FORM_FLAG:
		fields->number[field] = strtoll(value, NULL, 10);
		break;
	case VG_FORM_STR:
		fields->text[field] = strcmp(value, "-") == 0 ? "" : value;
		break;
	case VG_FORM_TIME: /* an instant, or minutes of the world */
		fields->number[field] = strchr(value, 'T') != NULL
						? support_at(value)
						: at_ms(strtoll(value, NULL, 10));
		break;
	}
}

/* Reads "status=new group=A". The words are kept in `store`, which must outlive the fields. */
SUPPORT void
support_fields(struct vg_ticket_fields *fields, const char *text, char store[256])
{
	char *word, *rest;

	assert_true(strlen(text) < 256);
	memcpy(store, text, strlen(text) + 1);
	fields->set = 0;
	for (word = strtok_r(store, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(word, '=');

		if (value == NULL)
			fail_msg("not a field: %s", word);
		*value++ = '\0';
		support_field(fields, word, value);
	}
}

/* Reads "2026-03-02 10:00 status=new group=A". The words are kept in `store`, which must outlive
 * the event. */
SUPPORT struct vg_event
support_fact(int64_t seq, const char *line, char store[256])
{
	int length;
	int64_t occurred_ms = support_at_length(line, &length);
	struct vg_event event = support_event(seq, occurred_ms, "");

	assert_true(strlen(line + length) < 200);
	support_fields(&event.body.ticket.fields, line + length, store);
	snprintf(store + 200, 56, "e%lld", (long long)seq);
	event.event_id = store + 200;
	event.source_order = seq;
	return event;
}

/* A core that has applied the version, which it takes over. */
SUPPORT struct vg_core *
support_core(struct vg_agreement *agreement)
{
	struct vg_core *core = vg_core_new();
	struct vg_verdict verdict;
	struct vg_event event = support_event(1, 0, "agreement");

	assert_non_null(core);
	event.kind = VG_KIND_AGREEMENT_APPLIED;
	event.body.agreement = agreement;
	assert_int_equal(vg_core_step(core, &event, &verdict), 0);
	assert_int_equal(verdict.code, VG_VERDICT_TAKEN);
	vg_agreement_unref(agreement);
	return core;
}

/* Applies an event that must not be refused. */
SUPPORT struct vg_verdict
support_step(struct vg_core *core, struct vg_event *event)
{
	struct vg_verdict verdict;

	if (event->received_ms < vg_core_received_ms(core))
		event->received_ms = vg_core_received_ms(core);
	assert_int_equal(vg_core_step(core, event, &verdict), 0);
	if (verdict.code != VG_VERDICT_TAKEN && verdict.code != VG_VERDICT_FLAGGED)
		fail_msg("event %lld: %s", (long long)event->seq, verdict.text);
	return verdict;
}

/* The world: a core in 2016 and 2017, and what happens in it. */

struct world {
	struct vg_core *core;
	int64_t seq;
	int64_t now; /* received, minutes; never falls */
	struct vg_verdict verdict;
};

/* Two tickets are enough for a verdict here. */
SUPPORT struct vg_agreement *
world_agreement(const char *version)
{
	struct vg_agreement *agreement =
		support_agreement_over(WORLD_FIRST_YEAR, WORLD_FIRST_YEAR + WORLD_MONTHS / 12);

	free(agreement->version);
	agreement->version = support_copy(version);
	agreement->valid_from_ms = WORLD_START_MS;
	agreement->min_n = 2;
	return agreement;
}

SUPPORT struct world
world_new(void)
{
	return (struct world){.core = support_core(world_agreement("1")), .seq = 1};
}

/* An event that is complete but for its body. */
SUPPORT struct vg_event
world_event(struct world *world, enum vg_kind kind, int64_t minutes)
{
	static char event_id[32];
	struct vg_event event;

	if (minutes > world->now)
		world->now = minutes;
	snprintf(event_id, sizeof event_id, "e%lld", (long long)world->seq + 1);
	event = support_event(++world->seq, at_ms(minutes), event_id);
	event.kind = kind;
	event.received_ms = at_ms(world->now);
	return event;
}

SUPPORT enum vg_verdict_code
world_step(struct world *world, const struct vg_event *event)
{
	assert_int_equal(vg_core_step(world->core, event, &world->verdict), 0);
	assert_int_equal(vg_core_seq(world->core), event->seq);
	return world->verdict.code;
}

/* Applies the version, which it takes over. */
SUPPORT enum vg_verdict_code
world_apply(struct world *world, struct vg_agreement *agreement)
{
	struct vg_event event = world_event(world, VG_KIND_AGREEMENT_APPLIED, world->now);
	enum vg_verdict_code code;

	event.body.agreement = agreement;
	code = world_step(world, &event);
	vg_agreement_unref(agreement);
	return code;
}

/* A report of "tool" about one of its tickets. */
SUPPORT enum vg_verdict_code
report(struct world *world, const char *ref, int64_t minutes, const char *fields)
{
	struct vg_event event = world_event(world, VG_KIND_TICKET_REPORTED, minutes);
	char store[256];

	event.body.ticket = (struct vg_ticket_body){.ref = ref, .title_digest = ""};
	support_fields(&event.body.ticket.fields, fields, store);
	return world_step(world, &event);
}

/* A command about a ticket, named as a person would. */
SUPPORT enum vg_verdict_code
command(struct world *world, enum vg_kind kind, const char *ticket, int64_t minutes, int64_t voids,
	const char *fields)
{
	struct vg_event event = world_event(world, kind, minutes);
	char store[256];

	event.body.ticket =
		(struct vg_ticket_body){.ticket = ticket, .voids = voids, .reason = "test"};
	support_fields(&event.body.ticket.fields, fields, store);
	return world_step(world, &event);
}

SUPPORT enum vg_verdict_code
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

SUPPORT struct vg_ticket_view
view_of(const struct world *world, const char *ref)
{
	struct vg_ticket_view view;
	const struct vg_ticket *ticket = vg_core_ticket_by_ref(world->core, "tool", ref);

	assert_non_null(ticket);
	vg_ticket_view(world->core, ticket, vg_core_received_ms(world->core), &view, NULL, NULL);
	return view;
}

/* The months of availability that are marked. */
struct marked {
	int first, last;
	size_t count;
};

SUPPORT bool
count_marked(const struct vg_object *object, void *arg)
{
	struct marked *marked = arg;

	if (object->type != VG_OBJECT_AVAILABILITY)
		return true;
	if (marked->count++ == 0 || object->of.month < marked->first)
		marked->first = object->of.month;
	if (object->of.month > marked->last)
		marked->last = object->of.month;
	return true;
}

#endif
