/* checkpoint/agreement.c - an agreement version in a checkpoint.
 *
 * Ten years of opening hours are the bulk of it: instants are written as steps from the one before,
 * in seconds' worth of few bytes. What is loaded must keep every order that the look-ups rely on.
 */
#include "core/checkpoint/private.h"

#include <stdlib.h>
#include <string.h>

#define LIST_MAX 1000000

/* Ascending instants; *last is the instant before. */
static void
step_from(struct vg_codec *codec, int64_t *last, int64_t *at_ms, int64_t least)
{
	int64_t step = codec->loading ? 0 : *at_ms - *last;

	vg_codec_number(codec, &step, least, INT64_MAX / 4);
	if (codec->loading)
		*at_ms = *last + step;
	*last = *at_ms;
	if (codec->loading)
		vg_codec_require(codec, *last < INT64_MAX / 4);
}

static void
codec_starts(struct vg_codec *codec, size_t *count, int64_t **start_ms)
{
	int64_t last = 0;

	vg_codec_count(codec, count, LIST_MAX);
	if (codec->loading)
		*start_ms = vg_codec_array(codec, *count + 1, sizeof(**start_ms));
	if (codec->rc != 0)
		return;
	VG_CODEC(codec, (*start_ms)[0], INT64_MIN / 4, INT64_MAX / 4);
	last = (*start_ms)[0];
	for (size_t i = 1; i <= *count && codec->rc == 0; i++)
		step_from(codec, &last, &(*start_ms)[i], 1);
}

static void
codec_civil(struct vg_codec *codec, struct vg_agreement *agreement)
{
	VG_CODEC(codec, agreement->first_month, -120000, 120000);
	codec_starts(codec, &agreement->months, &agreement->month_start_ms);
	VG_CODEC(codec, agreement->first_day, -4000000, 4000000);
	codec_starts(codec, &agreement->days, &agreement->day_start_ms);
	if (codec->loading)
		agreement->day_working = vg_codec_array(codec, agreement->days, 1);
	for (size_t i = 0; i < agreement->days && codec->rc == 0; i++)
		VG_CODEC(codec, agreement->day_working[i], 0, 1);
}

struct intervals {
	char *name;
	bool always;
	int64_t from_ms, to_ms;
	size_t n;
	int64_t *start_ms, *end_ms;
};

static void
codec_intervals(struct vg_codec *codec, struct intervals *x)
{
	int64_t last;

	vg_codec_text(codec, &x->name);
	VG_CODEC(codec, x->always, 0, 1);
	VG_CODEC_INT64(codec, x->from_ms);
	VG_CODEC_INT64(codec, x->to_ms);
	vg_codec_count(codec, &x->n, LIST_MAX);
	if (codec->loading) {
		x->start_ms = vg_codec_array(codec, x->n, sizeof(int64_t));
		x->end_ms = vg_codec_array(codec, x->n, sizeof(int64_t));
	}
	last = x->from_ms;
	if (x->n > 0)
		vg_codec_require(codec, last > INT64_MIN / 4 && last < INT64_MAX / 4);
	for (size_t i = 0; i < x->n && codec->rc == 0; i++) {
		step_from(codec, &last, &x->start_ms[i], 0);
		if (codec->rc == 0)
			step_from(codec, &last, &x->end_ms[i], 1);
	}
}

static void
codec_cal(struct vg_codec *codec, struct vg_cal **cal)
{
	struct intervals x = {0};

	if (!codec->loading) {
		x = (struct intervals){(*cal)->name,  (*cal)->always, (*cal)->from_ms,
				       (*cal)->to_ms, (*cal)->n,      (*cal)->start_ms,
				       (*cal)->end_ms};
		codec_intervals(codec, &x);
		return;
	}
	codec_intervals(codec, &x);
	if (codec->rc == 0) {
		*cal = vg_cal_new(x.name, x.always, x.from_ms, x.to_ms, x.n, x.start_ms, x.end_ms);
		vg_codec_require(codec, *cal != NULL);
	}
	free(x.name);
	free(x.start_ms);
	free(x.end_ms);
}

static void
codec_cals(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->cals, LIST_MAX);
	if (codec->loading)
		agreement->cal = vg_codec_array(codec, agreement->cals, sizeof(*agreement->cal));
	if (agreement->cal == NULL)
		agreement->cals = 0;
	for (size_t i = 0; i < agreement->cals && codec->rc == 0; i++) {
		codec_cal(codec, &agreement->cal[i]);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(codec, strcmp(agreement->cal[i - 1]->name,
						       agreement->cal[i]->name) < 0);
	}
	if (codec->rc == 0)
		vg_codec_require(codec, vg_agreement_cal(agreement, "24x7") != NULL);
}

/* One that may not be set: then it is as an empty one. */
static void
codec_optional(struct vg_codec *codec, char **text)
{
	char none[] = "", *empty = none;

	vg_codec_text(codec, codec->loading || *text != NULL ? text : &empty);
}

static void
codec_party_of_fee(struct vg_codec *codec, struct vg_municipality *party)
{
	VG_CODEC_INT64(codec, party->signed_day);
	VG_CODEC_INT64(codec, party->leaving_ms);
	VG_CODEC(codec, party->fee_from, 0, VG_MONTH_END - 1);
	codec_optional(codec, &party->customer);
	codec_optional(codec, &party->reference);
}

static void
codec_municipalities(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->municipalities, LIST_MAX);
	if (codec->loading)
		agreement->municipality = vg_codec_array(codec, agreement->municipalities,
							 sizeof(*agreement->municipality));
	if (agreement->municipality == NULL)
		agreement->municipalities = 0;
	for (size_t i = 0; i < agreement->municipalities && codec->rc == 0; i++) {
		struct vg_municipality *x = &agreement->municipality[i];

		vg_codec_text(codec, &x->code);
		vg_codec_text(codec, &x->name);
		vg_codec_text(codec, &x->federation);
		vg_codec_text(codec, &x->size);
		VG_CODEC_INT64(codec, x->go_live_ms);
		VG_CODEC_INT64(codec, x->end_ms);
		VG_CODEC(codec, x->vantage, VG_VANTAGE_LOCAL, VG_VANTAGE_CENTRAL);
		codec_party_of_fee(codec, x);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(codec, strcmp(x[-1].code, x->code) < 0);
	}
}

static void
codec_providers(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->providers, VG_AGREEMENT_PROVIDERS_MAX);
	if (codec->loading)
		agreement->provider =
			vg_codec_array(codec, agreement->providers, sizeof(*agreement->provider));
	if (agreement->provider == NULL)
		agreement->providers = 0;
	for (size_t i = 0; i < agreement->providers && codec->rc == 0; i++) {
		struct vg_provider *x = &agreement->provider[i];

		vg_codec_text(codec, &x->id);
		vg_codec_text(codec, &x->name);
		vg_codec_text(codec, &x->municipality);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(codec, strcmp(x[-1].id, x->id) < 0);
	}
}

static size_t
cal_index(const struct vg_agreement *agreement, const struct vg_cal *cal)
{
	for (size_t i = 0; i < agreement->cals; i++) {
		if (agreement->cal[i] == cal)
			return i;
	}
	return agreement->cals;
}

/* A calendar is borrowed from the version, so it is written as its place there; one past the end =
 * none. */
static void
codec_cal_of(struct vg_codec *codec, const struct vg_agreement *agreement,
	     const struct vg_cal **out)
{
	size_t cal = codec->loading ? 0 : cal_index(agreement, *out);

	VG_CODEC(codec, cal, 0, (int64_t)agreement->cals);
	if (codec->loading && codec->rc == 0)
		*out = cal < agreement->cals ? agreement->cal[cal] : NULL;
}

static void
codec_channels(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->channels, VG_AGREEMENT_CHANNELS_MAX);
	if (codec->loading)
		agreement->channel =
			vg_codec_array(codec, agreement->channels, sizeof(*agreement->channel));
	if (agreement->channel == NULL)
		agreement->channels = 0;
	for (size_t i = 0; i < agreement->channels && codec->rc == 0; i++) {
		vg_codec_text(codec, &agreement->channel[i].id);
		vg_codec_text(codec, &agreement->channel[i].name);
	}
}

static void
codec_service_of(struct vg_codec *codec, const struct vg_agreement *agreement, uint32_t *service)
{
	VG_CODEC(codec, *service, 0,
		 agreement->services > 0 ? (int64_t)agreement->services - 1 : 0);
}

static void
codec_edges(struct vg_codec *codec, const struct vg_agreement *agreement,
	    struct vg_service *service)
{
	vg_codec_count(codec, &service->edges, VG_AGREEMENT_EDGES_MAX);
	if (codec->loading)
		service->edge = vg_codec_array(codec, service->edges, sizeof(*service->edge));
	if (service->edge == NULL)
		service->edges = 0;
	for (size_t i = 0; i < service->edges && codec->rc == 0; i++) {
		codec_service_of(codec, agreement, &service->edge[i].service);
		VG_CODEC(codec, service->edge[i].hard, 0, 1);
	}
}

/* The core follows dependencies without looking for a cycle. */
static bool
has_cycle(const struct vg_agreement *agreement)
{
	uint32_t cycle[VG_AGREEMENT_SERVICES_MAX];

	return vg_agreement_cycle(agreement, cycle) > 0;
}

static void
codec_services(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->services, VG_AGREEMENT_SERVICES_MAX);
	if (codec->loading)
		agreement->service =
			vg_codec_array(codec, agreement->services, sizeof(*agreement->service));
	if (agreement->service == NULL)
		agreement->services = 0;
	for (size_t i = 0; i < agreement->services && codec->rc == 0; i++) {
		struct vg_service *x = &agreement->service[i];

		vg_codec_text(codec, &x->id);
		vg_codec_text(codec, &x->name);
		VG_CODEC(codec, x->component, 0, 1);
		VG_CODEC(codec, x->channels, 0, (INT64_C(1) << agreement->channels) - 1);
		codec_cal_of(codec, agreement, &x->hours);
		VG_CODEC(codec, x->target_ppm, -1, 1000000);
		codec_edges(codec, agreement, x);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(codec, strcmp(x[-1].id, x->id) < 0);
	}
	if (codec->loading && codec->rc == 0)
		vg_codec_require(codec, !has_cycle(agreement));
}

static void
codec_probes(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->probes, VG_AGREEMENT_PROBES_MAX);
	if (codec->loading)
		agreement->probe =
			vg_codec_array(codec, agreement->probes, sizeof(*agreement->probe));
	if (agreement->probe == NULL)
		agreement->probes = 0;
	for (size_t i = 0; i < agreement->probes && codec->rc == 0; i++) {
		struct vg_probe_rule *x = &agreement->probe[i];

		vg_codec_text(codec, &x->agent);
		vg_codec_text(codec, &x->name);
		VG_CODEC(codec, x->reference, 0, 1);
		VG_CODEC(codec, x->trace, 0, 1);
		codec_service_of(codec, agreement, &x->service);
		VG_CODEC(codec, x->channel, -1, (int64_t)agreement->channels - 1);
		vg_codec_text(codec, &x->municipality);
		VG_CODEC(codec, x->vantage, VG_VANTAGE_LOCAL, VG_VANTAGE_CENTRAL);
		VG_CODEC(codec, x->interval_ms, 0, INT64_MAX / 4);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(codec, strcmp(x[-1].agent, x->agent) < 0 ||
							(strcmp(x[-1].agent, x->agent) == 0 &&
							 strcmp(x[-1].name, x->name) < 0));
	}
}

static void
codec_calloffs(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->calloffs, VG_AGREEMENT_CALLOFFS_MAX);
	if (codec->loading)
		agreement->calloff =
			vg_codec_array(codec, agreement->calloffs, sizeof(*agreement->calloff));
	if (agreement->calloff == NULL)
		agreement->calloffs = 0;
	for (size_t i = 0; i < agreement->calloffs && codec->rc == 0; i++) {
		struct vg_calloff *x = &agreement->calloff[i];

		vg_codec_text(codec, &x->municipality);
		codec_service_of(codec, agreement, &x->service);
		VG_CODEC_INT64(codec, x->from_ms);
		VG_CODEC_INT64(codec, x->to_ms);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(
				codec, x[-1].service < x->service ||
					       (x[-1].service == x->service &&
						strcmp(x[-1].municipality, x->municipality) <= 0));
	}
}

static void
codec_exceptions(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->exceptions, VG_AGREEMENT_EXCEPTIONS_MAX);
	if (codec->loading)
		agreement->exception =
			vg_codec_array(codec, agreement->exceptions, sizeof(*agreement->exception));
	if (agreement->exception == NULL)
		agreement->exceptions = 0;
	for (size_t i = 0; i < agreement->exceptions && codec->rc == 0; i++) {
		struct vg_exception *x = &agreement->exception[i];

		vg_codec_text(codec, &x->municipality);
		codec_service_of(codec, agreement, &x->service);
		codec_cal_of(codec, agreement, &x->hours);
		VG_CODEC(codec, x->target_ppm, -1, 1000000);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(codec,
					 x[-1].service < x->service ||
						 (x[-1].service == x->service &&
						  strcmp(x[-1].municipality, x->municipality) < 0));
	}
}

static void
codec_targets(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->targets, VG_PRIORITY_MAX + 1);
	if (codec->loading)
		agreement->target =
			vg_codec_array(codec, agreement->targets, sizeof(*agreement->target));
	if (agreement->target == NULL)
		agreement->targets = 0;
	for (size_t i = 0; i < agreement->targets && codec->rc == 0; i++) {
		struct vg_target *x = &agreement->target[i];

		vg_codec_text(codec, &x->name);
		VG_CODEC(codec, x->response_ms, -1, INT64_MAX / 4);
		VG_CODEC(codec, x->resolution_ms, -1, INT64_MAX / 4);
		VG_CODEC(codec, x->share_ppm, INT64_MIN, INT64_MAX);
		codec_cal_of(codec, agreement, &x->cal);
	}
}

static void
codec_priorities(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->priorities, VG_PRIORITY_MAX);
	for (size_t i = 0; i < agreement->priorities && codec->rc == 0; i++)
		vg_codec_text(codec, &agreement->priority[i]);
	for (size_t i = 0; i < VG_LEVELS * VG_LEVELS; i++)
		VG_CODEC(codec, agreement->matrix[i / VG_LEVELS][i % VG_LEVELS], 0,
			 agreement->priorities > 0 ? (int64_t)agreement->priorities - 1 : 0);
}

static void
codec_duties(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->duties, LIST_MAX);
	if (codec->loading)
		agreement->duty =
			vg_codec_array(codec, agreement->duties, sizeof(*agreement->duty));
	if (agreement->duty == NULL)
		agreement->duties = 0;
	for (size_t i = 0; i < agreement->duties && codec->rc == 0; i++) {
		struct vg_duty *x = &agreement->duty[i];

		vg_codec_text(codec, &x->name);
		vg_codec_text(codec, &x->municipality);
		vg_codec_text(codec, &x->channel);
		vg_codec_text(codec, &x->address);
		VG_CODEC(codec, x->occasions, 0, 15);
		VG_CODEC(codec, x->repeat_ms, 0, INT64_MAX / 4);
		VG_CODEC_INT64(codec, x->repeats_max);
	}
}

static void
codec_rules(struct vg_codec *codec, struct vg_agreement *agreement)
{
	VG_CODEC(codec, agreement->retarget, VG_RETARGET_KEEP_BREACH, VG_RETARGET_LAST_PRIORITY);
	VG_CODEC(codec, agreement->resolution_clock, VG_RESOLUTION_END_TO_END,
		 VG_RESOLUTION_SECOND_LINE);
	VG_CODEC(codec, agreement->pause_reasons, 0, UINT32_MAX);
	VG_CODEC(codec, agreement->max_pause_days, -1, INT32_MAX);
	VG_CODEC_INT64(codec, agreement->min_n);
	VG_CODEC(codec, agreement->count_open_overdue, 0, 1);
	VG_CODEC(codec, agreement->reopen_window_days, INT32_MIN, INT32_MAX);
}

static void
codec_availability_rules(struct vg_codec *codec, struct vg_agreement *agreement)
{
	VG_CODEC(codec, agreement->slot_ms, 0, INT32_MAX);
	VG_CODEC(codec, agreement->confirm_slots, 0, INT32_MAX);
	VG_CODEC(codec, agreement->join_gap_s, 0, INT32_MAX);
	VG_CODEC(codec, agreement->flap_changes, 0, INT32_MAX);
	VG_CODEC(codec, agreement->flap_window_ms, 0, INT32_MAX);
	VG_CODEC(codec, agreement->degraded_ppm, 0, 1000000);
	VG_CODEC(codec, agreement->coverage_ppm, 0, 1000000);
	VG_CODEC(codec, agreement->window_notice_days, 0, INT32_MAX);
	VG_CODEC(codec, agreement->unknown_policy, VG_UNKNOWN_EXCLUDE, VG_UNKNOWN_AS_UP);
	VG_CODEC(codec, agreement->external_policy, VG_EXTERNAL_AS_UP, VG_EXTERNAL_EXCLUDE);
}

static void
codec_alarm_files(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->alarm_files, VG_AGREEMENT_ALARM_FILES_MAX);
	if (codec->loading)
		agreement->alarm_file = vg_codec_array(codec, agreement->alarm_files,
						       sizeof(*agreement->alarm_file));
	if (agreement->alarm_file == NULL)
		agreement->alarm_files = 0;
	for (size_t i = 0; i < agreement->alarm_files && codec->rc == 0; i++) {
		vg_codec_text(codec, &agreement->alarm_file[i].name);
		vg_codec_text(codec, &agreement->alarm_file[i].text);
	}
}

static void
codec_alarm_silences(struct vg_codec *codec, struct vg_agreement *agreement)
{
	vg_codec_count(codec, &agreement->alarm_silences, VG_AGREEMENT_ALARM_SOURCES_MAX);
	if (codec->loading)
		agreement->alarm_silence = vg_codec_array(codec, agreement->alarm_silences,
							  sizeof(*agreement->alarm_silence));
	if (agreement->alarm_silence == NULL)
		agreement->alarm_silences = 0;
	for (size_t i = 0; i < agreement->alarm_silences && codec->rc == 0; i++) {
		struct vg_alarm_silence *x = &agreement->alarm_silence[i];

		vg_codec_text(codec, &x->source);
		VG_CODEC(codec, x->silence_ms, 0, INT64_MAX / 4);
		if (i > 0 && codec->rc == 0)
			vg_codec_require(codec, strcmp(x[-1].source, x->source) < 0);
	}
}

static void
codec_alarm_rules(struct vg_codec *codec, struct vg_agreement *agreement)
{
	codec_alarm_files(codec, agreement);
	codec_alarm_silences(codec, agreement);
	VG_CODEC(codec, agreement->alarm_transient_ms, 0, INT64_MAX / 4);
	VG_CODEC(codec, agreement->major_municipalities, 0, INT32_MAX);
	VG_CODEC(codec, agreement->major_window_ms, 0, INT64_MAX / 4);
	VG_CODEC(codec, agreement->alarm_ticket_severity, 0, INT32_MAX);
}

static void
codec_fee_counting(struct vg_codec *codec, struct vg_fee_rules *fee)
{
	VG_CODEC(codec, fee->billing_event, VG_BILLING_RESOLVED, VG_BILLING_CLOSED);
	VG_CODEC(codec, fee->chargeable_types, 0, UINT32_MAX);
	VG_CODEC(codec, fee->exclude_sources, 0, UINT32_MAX);
	VG_CODEC(codec, fee->exclude_test, 0, 1);
	VG_CODEC(codec, fee->count_duplicates, 0, 1);
	VG_CODEC(codec, fee->count_split, VG_SPLIT_PARENT, VG_SPLIT_EACH);
	VG_CODEC(codec, fee->count_cancelled, 0, 1);
	VG_CODEC(codec, fee->exclude_vgr_cause, 0, 1);
	VG_CODEC(codec, fee->exclude_vgr_problem, 0, 1);
	VG_CODEC(codec, fee->misroute_ms, -1, INT64_MAX / 4);
	VG_CODEC(codec, fee->reopen_days, INT32_MIN, INT32_MAX);
	VG_CODEC(codec, fee->bill_leaving, 0, 1);
	VG_CODEC(codec, fee->override_two, 0, 1);
}

static void
codec_fee_prices(struct vg_codec *codec, struct vg_fee_rules *fee)
{
	VG_CODEC(codec, fee->mode, VG_FEE_PER_TICKET_CAPPED, VG_FEE_MODE_COUNT - 1);
	VG_CODEC(codec, fee->support_ore, 0, VG_AGREEMENT_PRICE_MAX_ORE);
	VG_CODEC(codec, fee->operation_ore, 0, VG_AGREEMENT_PRICE_MAX_ORE);
	VG_CODEC(codec, fee->tickets_per_user_ppm, fee->agreed ? 1 : 0, INT32_MAX);
	codec_optional(codec, &fee->index);
	VG_CODEC(codec, fee->index_mode, VG_INDEX_JANUARY, VG_INDEX_ANNIVERSARY);
	VG_CODEC(codec, fee->index_rounding, VG_INDEX_ORE_FROM_BASE, VG_INDEX_CHAIN);
	VG_CODEC(codec, fee->index_negative, 0, 1);
	VG_CODEC(codec, fee->vat_ppm, -1, INT32_MAX);
	VG_CODEC(codec, fee->round_total_krona, 0, 1);
	VG_CODEC(codec, fee->cost_reference_ore, 0, VG_MONEY_MAX_ORE);
	VG_CODEC(codec, fee->peer_group, 0, INT32_MAX);
}

static void
codec_fee_closing(struct vg_codec *codec, struct vg_fee_rules *fee)
{
	codec_optional(codec, &fee->user_rule);
	VG_CODEC(codec, fee->reading_day, fee->agreed ? 1 : 0, 28);
	VG_CODEC(codec, fee->late_reading, VG_MISSING_CARRY, VG_MISSING_HOLD);
	VG_CODEC(codec, fee->waiting_approval, VG_MISSING_CARRY, VG_MISSING_HOLD);
	VG_CODEC(codec, fee->quarantine, VG_MISSING_CARRY, VG_MISSING_HOLD);
	VG_CODEC(codec, fee->join_month, VG_JOIN_PRORATA_DAYS, VG_JOIN_FULL);
	VG_CODEC(codec, fee->close_working_day, 0, INT32_MAX);
	VG_CODEC(codec, fee->automatic_close, 0, 1);
	VG_CODEC(codec, fee->objection_days, 0, INT32_MAX);
	VG_CODEC(codec, fee->objection_one_person_ore, 0, VG_MONEY_MAX_ORE);
}

void
vg_codec_agreement(struct vg_codec *codec, struct vg_agreement **out)
{
	struct vg_agreement *agreement = *out;

	if (codec->loading && (agreement = vg_agreement_new()) == NULL) {
		codec->rc = VG_CORE_ENOMEM;
		return;
	}
	vg_codec_text(codec, &agreement->name);
	vg_codec_text(codec, &agreement->version);
	vg_codec_text(codec, &agreement->zone);
	vg_codec_text(codec, &agreement->tzdata);
	VG_CODEC(codec, agreement->seq, 0, INT64_MAX);
	VG_CODEC_INT64(codec, agreement->valid_from_ms);
	VG_CODEC_INT64(codec, agreement->valid_to_ms);
	codec_civil(codec, agreement);
	codec_cals(codec, agreement);
	codec_channels(codec, agreement);
	codec_municipalities(codec, agreement);
	codec_services(codec, agreement);
	codec_probes(codec, agreement);
	codec_calloffs(codec, agreement);
	codec_exceptions(codec, agreement);
	codec_priorities(codec, agreement);
	codec_targets(codec, agreement);
	codec_duties(codec, agreement);
	codec_rules(codec, agreement);
	codec_availability_rules(codec, agreement);
	codec_alarm_rules(codec, agreement);
	codec_providers(codec, agreement);
	VG_CODEC(codec, agreement->fee.agreed, 0, 1);
	codec_fee_counting(codec, &agreement->fee);
	codec_fee_prices(codec, &agreement->fee);
	codec_fee_closing(codec, &agreement->fee);
	*out = agreement;
	if (codec->loading && codec->rc != 0) {
		vg_agreement_unref(agreement);
		*out = NULL;
	}
}
