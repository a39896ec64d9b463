/* agreement_json.c - an agreement version written as JSON.
 *
 * The expansion is most of it: calendars are written as open and closed stretches in turn, days as
 * runs of equal length, so that ten years of working days take tens of kilobytes. agreement_read.c
 * is the way back. */
#include "lib/json/agreement_json.h"

#include "core/event.h"
#include "lib/json/agreement_fee.h"
#include "lib/json/agreement_words.h"

#include <string.h>

const char *const vg_agreement_retarget_words[] = {[VG_RETARGET_KEEP_BREACH] = "keep_breach",
						   [VG_RETARGET_LAST_PRIORITY] = "last_priority",
						   NULL};
const char *const vg_agreement_clock_words[] = {[VG_RESOLUTION_END_TO_END] = "end_to_end",
						[VG_RESOLUTION_SECOND_LINE] = "second_line",
						NULL};
const char *const vg_agreement_reason_words[] = {
#define X(constant, word) [VG_REASON_##constant] = word,
	VG_REASONS(X)
#undef X
		[VG_REASON_COUNT] = NULL,
};

const char *const vg_agreement_vantage_words[] = {
	[VG_VANTAGE_LOCAL] = "local", [VG_VANTAGE_CENTRAL] = "central", NULL};
const char *const vg_agreement_unknown_words[] = {
	[VG_UNKNOWN_EXCLUDE] = "exclude", [VG_UNKNOWN_AS_UP] = "as_up", NULL};
const char *const vg_agreement_external_words[] = {
	[VG_EXTERNAL_AS_UP] = "as_up", [VG_EXTERNAL_EXCLUDE] = "exclude", NULL};
const char *const vg_agreement_occasion_words[] = {"escalation", "outage", "window", "alarm", NULL};
const char *const vg_agreement_ticket_words[] = {[VG_SEVERITY_CLEARED] = "none",
						 [VG_SEVERITY_INDETERMINATE] = "indeterminate",
						 [VG_SEVERITY_WARNING] = "warning",
						 [VG_SEVERITY_MINOR] = "minor",
						 [VG_SEVERITY_MAJOR] = "major",
						 [VG_SEVERITY_CRITICAL] = "critical",
						 NULL};

/* A value under construction; a failed step makes the whole NULL at the end. */
struct writer {
	json_t *value;
	bool ok;
};

static struct writer
write_object(void)
{
	json_t *value = json_object();

	return (struct writer){value, value != NULL};
}

static struct writer
write_array(void)
{
	json_t *value = json_array();

	return (struct writer){value, value != NULL};
}

/* Takes `value`, NULL included. */
static void
put(struct writer *w, const char *member, json_t *value)
{
	if (json_object_set_new(w->value, member, value) != 0)
		w->ok = false;
}

static void
put_text(struct writer *w, const char *member, const char *text)
{
	put(w, member, json_string(text));
}

static void
put_int(struct writer *w, const char *member, int64_t value)
{
	put(w, member, json_integer(value));
}

/* What is as it would be if nobody had stated it is said by leaving it out: so an agreement from
 * before there was such a thing has the same bytes as ever. */
static void
put_unless(struct writer *w, const char *member, int64_t value, int64_t absent)
{
	if (value != absent)
		put_int(w, member, value);
}

/* A text that may be missing. */
static void
put_stated(struct writer *w, const char *member, const char *text)
{
	if (text != NULL && *text != '\0')
		put_text(w, member, text);
}

static void
add(struct writer *w, json_t *value)
{
	if (json_array_append_new(w->value, value) != 0)
		w->ok = false;
}

static void
add_int(struct writer *w, int64_t value)
{
	add(w, json_integer(value));
}

static json_t *
finish(struct writer *w)
{
	if (w->ok)
		return w->value;
	json_decref(w->value);
	return NULL;
}

static int64_t
whole_s(int64_t ms)
{
	VG_ASSERT(ms % 1000 == 0);
	return ms / 1000;
}

static json_t *
cal_to_json(const struct vg_cal *cal)
{
	struct writer w = write_object(), open = write_array();
	int64_t at_ms = cal->from_ms;

	for (size_t i = 0; i < cal->n; i++) {
		add_int(&open, whole_s(cal->start_ms[i] - at_ms));
		add_int(&open, whole_s(cal->end_ms[i] - cal->start_ms[i]));
		at_ms = cal->end_ms[i];
	}
	put_text(&w, "name", cal->name);
	put(&w, "always", json_boolean(cal->always));
	put_int(&w, "from_ms", cal->from_ms);
	put_int(&w, "to_ms", cal->to_ms);
	put(&w, "open", finish(&open));
	return finish(&w);
}

static json_t *
cals_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->cals; i++)
		add(&list, cal_to_json(agreement->cal[i]));
	return finish(&list);
}

static json_t *
months_to_json(const struct vg_agreement *agreement)
{
	struct writer w = write_object(), lengths = write_array();

	for (size_t i = 0; i < agreement->months; i++)
		add_int(&lengths,
			whole_s(agreement->month_start_ms[i + 1] - agreement->month_start_ms[i]));
	put_int(&w, "first", agreement->first_month);
	put_int(&w, "start_ms", agreement->month_start_ms[0]);
	put(&w, "length_s", finish(&lengths));
	return finish(&w);
}

/* Lengths as [count, length, ...]; working days as the lengths of runs in turn, the first one not
 * working. */
static json_t *
days_to_json(const struct vg_agreement *agreement)
{
	struct writer w = write_object(), lengths = write_array(), working = write_array();
	int64_t run_s = 0, run = 0, turn = 0, length_s;
	uint8_t is_working = 0;

	for (size_t i = 0; i < agreement->days; i++) {
		length_s = whole_s(agreement->day_start_ms[i + 1] - agreement->day_start_ms[i]);
		if (i > 0 && length_s != run_s) {
			add_int(&lengths, run);
			add_int(&lengths, run_s);
			run = 0;
		}
		run_s = length_s;
		run++;
		if (agreement->day_working[i] != is_working) {
			add_int(&working, turn);
			is_working = agreement->day_working[i];
			turn = 0;
		}
		turn++;
	}
	add_int(&lengths, run);
	add_int(&lengths, run_s);
	add_int(&working, turn);
	put_int(&w, "first", agreement->first_day);
	put_int(&w, "start_ms", agreement->day_start_ms[0]);
	put(&w, "length_s", finish(&lengths));
	put(&w, "working", finish(&working));
	return finish(&w);
}

static json_t *
municipalities_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->municipalities; i++) {
		const struct vg_municipality *municipality = &agreement->municipality[i];
		struct writer w = write_object();

		put_text(&w, "code", municipality->code);
		put_text(&w, "name", municipality->name);
		put_text(&w, "federation", municipality->federation);
		put_text(&w, "size", municipality->size);
		put_unless(&w, "go_live_ms", municipality->go_live_ms, INT64_MIN);
		put_unless(&w, "end_ms", municipality->end_ms, INT64_MAX);
		if (municipality->vantage == VG_VANTAGE_LOCAL)
			put_text(&w, "vantage", vg_agreement_vantage_words[municipality->vantage]);
		put_unless(&w, "signed_day", municipality->signed_day, INT64_MIN);
		put_unless(&w, "leaving_ms", municipality->leaving_ms, INT64_MAX);
		put_unless(&w, "fee_from", municipality->fee_from, 0);
		put_stated(&w, "customer", municipality->customer);
		put_stated(&w, "reference", municipality->reference);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
providers_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->providers; i++) {
		struct writer w = write_object();

		put_text(&w, "id", agreement->provider[i].id);
		put_text(&w, "name", agreement->provider[i].name);
		put_text(&w, "municipality", agreement->provider[i].municipality);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
channels_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->channels; i++) {
		struct writer w = write_object();

		put_text(&w, "id", agreement->channel[i].id);
		put_text(&w, "name", agreement->channel[i].name);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
service_channels_to_json(const struct vg_agreement *agreement, const struct vg_service *service)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->channels; i++)
		if ((service->channels >> i & 1) != 0)
			add(&list, json_string(agreement->channel[i].id));
	return finish(&list);
}

static json_t *
edges_to_json(const struct vg_agreement *agreement, const struct vg_service *service)
{
	struct writer list = write_array();

	for (size_t i = 0; i < service->edges; i++) {
		struct writer w = write_object();

		put_text(&w, "service", agreement->service[service->edge[i].service].id);
		put(&w, "hard", json_boolean(service->edge[i].hard));
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
services_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->services; i++) {
		const struct vg_service *service = &agreement->service[i];
		struct writer w = write_object();

		put_text(&w, "id", service->id);
		put_text(&w, "name", service->name);
		if (service->hours != NULL && strcmp(service->hours->name, "24x7") != 0)
			put_text(&w, "hours", service->hours->name);
		put_unless(&w, "target_ppm", service->target_ppm, VG_AVAILABILITY_TARGET_PPM);
		if (service->component)
			put(&w, "component", json_true());
		if (service->channels != 0)
			put(&w, "channels", service_channels_to_json(agreement, service));
		if (service->edges > 0)
			put(&w, "depends", edges_to_json(agreement, service));
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
probes_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->probes; i++) {
		const struct vg_probe_rule *probe = &agreement->probe[i];
		struct writer w = write_object();

		put_text(&w, "agent", probe->agent);
		put_text(&w, "name", probe->name);
		if (probe->reference) {
			put(&w, "reference", json_true());
		} else {
			put_text(&w, "service", agreement->service[probe->service].id);
			put_text(&w, "municipality", probe->municipality);
		}
		if (probe->channel >= 0)
			put_text(&w, "channel", agreement->channel[probe->channel].id);
		if (probe->vantage == VG_VANTAGE_LOCAL)
			put_text(&w, "vantage", vg_agreement_vantage_words[probe->vantage]);
		if (probe->trace)
			put(&w, "trace", json_true());
		put_unless(&w, "interval_ms", probe->interval_ms, VG_PROBE_INTERVAL_MS);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
calloffs_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->calloffs; i++) {
		const struct vg_calloff *calloff = &agreement->calloff[i];
		struct writer w = write_object();

		put_text(&w, "service", agreement->service[calloff->service].id);
		put_text(&w, "municipality", calloff->municipality);
		put_unless(&w, "from_ms", calloff->from_ms, INT64_MIN);
		put_unless(&w, "to_ms", calloff->to_ms, INT64_MAX);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
exceptions_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->exceptions; i++) {
		const struct vg_exception *exception = &agreement->exception[i];
		struct writer w = write_object();

		put_text(&w, "service", agreement->service[exception->service].id);
		put_text(&w, "municipality", exception->municipality);
		if (exception->hours != NULL)
			put_text(&w, "hours", exception->hours->name);
		put_unless(&w, "target_ppm", exception->target_ppm, -1);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
occasions_to_json(unsigned occasions)
{
	struct writer list = write_array();

	for (size_t i = 0; vg_agreement_occasion_words[i] != NULL; i++)
		if ((occasions >> i & 1) != 0)
			add(&list, json_string(vg_agreement_occasion_words[i]));
	return finish(&list);
}

static json_t *
duties_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->duties; i++) {
		const struct vg_duty *duty = &agreement->duty[i];
		struct writer w = write_object();

		put_text(&w, "name", duty->name);
		put_text(&w, "municipality", duty->municipality);
		put_text(&w, "channel", duty->channel);
		put_text(&w, "address", duty->address);
		put_int(&w, "repeat_ms", duty->repeat_ms);
		put_int(&w, "repeats_max", duty->repeats_max);
		if (duty->occasions != VG_OCCASION_ESCALATION)
			put(&w, "on", occasions_to_json(duty->occasions));
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
targets_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->targets; i++) {
		const struct vg_target *target = &agreement->target[i];
		struct writer w = write_object();

		put_text(&w, "name", target->name);
		put_unless(&w, "response_ms", target->response_ms, -1);
		put_unless(&w, "resolution_ms", target->resolution_ms, -1);
		put_int(&w, "share_ppm", target->share_ppm);
		put_text(&w, "calendar", target->cal->name);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
priorities_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->priorities; i++)
		add(&list, json_string(agreement->priority[i]));
	return finish(&list);
}

static json_t *
matrix_to_json(const struct vg_agreement *agreement)
{
	struct writer rows = write_array();

	for (size_t impact = 0; impact < VG_LEVELS; impact++) {
		struct writer row = write_array();

		for (size_t urgency = 0; urgency < VG_LEVELS; urgency++)
			add_int(&row, agreement->matrix[impact][urgency]);
		add(&rows, finish(&row));
	}
	return finish(&rows);
}

static json_t *
availability_to_json(const struct vg_agreement *agreement)
{
	struct vg_agreement defaults = {.refs = 1};
	struct writer w = write_object();

	vg_agreement_set_defaults(&defaults);
	put_unless(&w, "slot_ms", agreement->slot_ms, defaults.slot_ms);
	put_unless(&w, "confirm_slots", agreement->confirm_slots, defaults.confirm_slots);
	put_unless(&w, "join_gap_s", agreement->join_gap_s, defaults.join_gap_s);
	put_unless(&w, "flap_changes", agreement->flap_changes, defaults.flap_changes);
	put_unless(&w, "flap_window_ms", agreement->flap_window_ms, defaults.flap_window_ms);
	put_unless(&w, "degraded_ppm", agreement->degraded_ppm, defaults.degraded_ppm);
	put_unless(&w, "coverage_ppm", agreement->coverage_ppm, defaults.coverage_ppm);
	put_unless(&w, "window_notice_days", agreement->window_notice_days,
		   defaults.window_notice_days);
	if (agreement->unknown_policy != defaults.unknown_policy)
		put_text(&w, "unknown", vg_agreement_unknown_words[agreement->unknown_policy]);
	if (agreement->external_policy != defaults.external_policy)
		put_text(&w, "external_cause",
			 vg_agreement_external_words[agreement->external_policy]);
	return finish(&w);
}

/* A part that an agreement need not have. `part` is taken. */
static void
put_part(struct writer *w, const char *member, json_t *part)
{
	if (part != NULL && json_array_size(part) == 0 && json_object_size(part) == 0)
		json_decref(part);
	else
		put(w, member, part);
}

static json_t *
alarm_files_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->alarm_files; i++) {
		struct writer w = write_object();

		put_text(&w, "name", agreement->alarm_file[i].name);
		put_text(&w, "text", agreement->alarm_file[i].text);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
alarm_silences_to_json(const struct vg_agreement *agreement)
{
	struct writer list = write_array();

	for (size_t i = 0; i < agreement->alarm_silences; i++) {
		struct writer w = write_object();

		put_text(&w, "source", agreement->alarm_silence[i].source);
		put_int(&w, "silence_ms", agreement->alarm_silence[i].silence_ms);
		add(&list, finish(&w));
	}
	return finish(&list);
}

static json_t *
alarms_to_json(const struct vg_agreement *agreement)
{
	struct vg_agreement defaults = {.refs = 1};
	struct writer w = write_object();

	vg_agreement_set_defaults(&defaults);
	put_part(&w, "files", alarm_files_to_json(agreement));
	put_part(&w, "silences", alarm_silences_to_json(agreement));
	put_unless(&w, "transient_ms", agreement->alarm_transient_ms, defaults.alarm_transient_ms);
	put_unless(&w, "major_municipalities", agreement->major_municipalities,
		   defaults.major_municipalities);
	put_unless(&w, "major_window_ms", agreement->major_window_ms, defaults.major_window_ms);
	if (agreement->alarm_ticket_severity != defaults.alarm_ticket_severity)
		put_text(&w, "tickets",
			 vg_agreement_ticket_words[agreement->alarm_ticket_severity]);
	return finish(&w);
}

static json_t *
rules_to_json(const struct vg_agreement *agreement)
{
	struct writer w = write_object(), reasons = write_array();

	for (size_t i = 0; i < VG_REASON_COUNT; i++)
		if ((agreement->pause_reasons & UINT32_C(1) << i) != 0)
			add(&reasons, json_string(vg_agreement_reason_words[i]));
	put_text(&w, "retarget", vg_agreement_retarget_words[agreement->retarget]);
	put_text(&w, "resolution_clock", vg_agreement_clock_words[agreement->resolution_clock]);
	put(&w, "pause_reasons", finish(&reasons));
	put_unless(&w, "max_pause_days", agreement->max_pause_days, -1);
	put_int(&w, "min_n", agreement->min_n);
	put(&w, "count_open_overdue", json_boolean(agreement->count_open_overdue));
	put_int(&w, "reopen_window_days", agreement->reopen_window_days);
	put_part(&w, "availability", availability_to_json(agreement));
	return finish(&w);
}

json_t *
vg_agreement_to_json(const struct vg_agreement *agreement)
{
	struct writer w = write_object();

	VG_ASSERT(agreement->months > 0 && agreement->days > 0);
	put_text(&w, "name", agreement->name);
	put_text(&w, "version", agreement->version);
	put_text(&w, "zone", agreement->zone);
	put_text(&w, "tzdata", agreement->tzdata);
	put_int(&w, "valid_from_ms", agreement->valid_from_ms);
	put_unless(&w, "valid_to_ms", agreement->valid_to_ms, INT64_MAX);
	put(&w, "months", months_to_json(agreement));
	put(&w, "days", days_to_json(agreement));
	put(&w, "calendars", cals_to_json(agreement));
	put(&w, "municipalities", municipalities_to_json(agreement));
	put_part(&w, "providers", providers_to_json(agreement));
	put_part(&w, "channels", channels_to_json(agreement));
	put(&w, "services", services_to_json(agreement));
	put_part(&w, "probes", probes_to_json(agreement));
	put_part(&w, "calloffs", calloffs_to_json(agreement));
	put_part(&w, "exceptions", exceptions_to_json(agreement));
	put(&w, "priorities", priorities_to_json(agreement));
	put(&w, "matrix", matrix_to_json(agreement));
	put(&w, "targets", targets_to_json(agreement));
	put(&w, "duty", duties_to_json(agreement));
	put(&w, "rules", rules_to_json(agreement));
	put_part(&w, "alarms", alarms_to_json(agreement));
	if (agreement->fee.agreed)
		put(&w, "fee", vg_agreement_fee_to_json(&agreement->fee));
	return finish(&w);
}
