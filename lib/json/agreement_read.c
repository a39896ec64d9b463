/* agreement_read.c - an agreement version from the JSON that agreement_json.c writes.
 *
 * The hard thing is doubt: the bytes may come from anybody with the right to apply an agreement, so
 * every count, order and sum is checked before the core sees it. */
#include "lib/json/agreement_json.h"

#include "core/event.h"
#include "lib/json/agreement_fee.h"
#include "lib/json/agreement_words.h"
#include "lib/json/unpack.h"

#include <stdlib.h>
#include <string.h>

#define SPAN_MAX_S	 (INT64_C(86400) * 366 * (VG_AGREEMENT_YEARS_MAX + 1))
#define DURATION_MAX_MS	 (INT64_C(86400000) * 366)
#define DAYS_MAX	 (366 * VG_AGREEMENT_YEARS_MAX)
#define MONTHS_MAX	 (12 * VG_AGREEMENT_YEARS_MAX)
#define DAY_MAX_S	 (2 * 86400)
#define MONTH_MAX_S	 (33 * 86400)
#define COUNT_MAX	 1000000
#define DAY_NUMBER_MAX	 4000000 /* past the year 9999 */
#define MONTH_NUMBER_MAX (9999 * 12)

static int
read_months(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t first, start_ms;
	const json_t *lengths;
	int64_t length_s;
	size_t count;
	int rc;

	if ((rc = vg_unpack(r, json, "{s:I, s:I, s:o}", "first", &first, "start_ms", &start_ms,
			    "length_s", &lengths)) != 0 ||
	    (rc = vg_unpack_range(r, first, 0, MONTH_NUMBER_MAX, "a month's number")) != 0 ||
	    (rc = vg_unpack_instant(r, start_ms)) != 0 ||
	    (rc = vg_unpack_list(r, "months.length_s", lengths, MONTHS_MAX, &count)) != 0)
		return rc;
	if (count == 0)
		return vg_unpack_refuse(r, "at least one month");
	if ((agreement->month_start_ms = calloc(count + 1, sizeof(int64_t))) == NULL)
		return vg_unpack_no_memory(r);
	agreement->first_month = (int)first;
	agreement->months = count;
	agreement->month_start_ms[0] = start_ms;
	for (size_t i = 0; i < count; i++) {
		if ((rc = vg_unpack_element(r, lengths, i, 1, MONTH_MAX_S, &length_s)) != 0)
			return rc;
		agreement->month_start_ms[i + 1] = agreement->month_start_ms[i] + length_s * 1000;
	}
	return 0;
}

static int
read_day_lengths(struct vg_unpack *r, const json_t *lengths)
{
	struct vg_agreement *agreement = r->agreement;
	int64_t run, length_s;
	size_t count;
	int rc;

	if ((rc = vg_unpack_list(r, "days.length_s", lengths, 2 * DAYS_MAX, &count)) != 0)
		return rc;
	if (count == 0 || count % 2 != 0)
		return vg_unpack_refuse(r, "pairs of count and length");
	for (size_t i = 0; i < count; i += 2) {
		if ((rc = vg_unpack_element(r, lengths, i, 1, DAYS_MAX - (int64_t)agreement->days,
					    &run)) != 0 ||
		    (rc = vg_unpack_element(r, lengths, i + 1, 1, DAY_MAX_S, &length_s)) != 0)
			return rc;
		for (; run > 0; run--, agreement->days++)
			agreement->day_start_ms[agreement->days + 1] =
				agreement->day_start_ms[agreement->days] + length_s * 1000;
	}
	return 0;
}

static int
read_day_working(struct vg_unpack *r, const json_t *working)
{
	struct vg_agreement *agreement = r->agreement;
	size_t count, day = 0;
	uint8_t is_working = 0;
	int64_t turn;
	int rc;

	if ((rc = vg_unpack_list(r, "days.working", working, DAYS_MAX + 1, &count)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++, is_working = !is_working) {
		/* Only the first turn may be empty. */
		if ((rc = vg_unpack_element(r, working, i, i == 0 ? 0 : 1,
					    (int64_t)(agreement->days - day), &turn)) != 0)
			return rc;
		for (; turn > 0; turn--)
			agreement->day_working[day++] = is_working;
	}
	return day == agreement->days ? 0 : vg_unpack_refuse(r, "as many days as have a length");
}

static int
read_days(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	const json_t *lengths, *working;
	json_int_t first, start_ms;
	int rc;

	if ((rc = vg_unpack(r, json, "{s:I, s:I, s:o, s:o}", "first", &first, "start_ms", &start_ms,
			    "length_s", &lengths, "working", &working)) != 0 ||
	    (rc = vg_unpack_range(r, first, -DAY_NUMBER_MAX, DAY_NUMBER_MAX, "a day's number")) !=
		    0 ||
	    (rc = vg_unpack_instant(r, start_ms)) != 0)
		return rc;
	agreement->day_start_ms = calloc(DAYS_MAX + 1, sizeof(int64_t));
	agreement->day_working = calloc(DAYS_MAX, 1);
	if (agreement->day_start_ms == NULL || agreement->day_working == NULL)
		return vg_unpack_no_memory(r);
	agreement->first_day = first;
	agreement->day_start_ms[0] = start_ms;
	if ((rc = read_day_lengths(r, lengths)) != 0)
		return rc;
	return read_day_working(r, working);
}

/* The stretches of one calendar into `start_ms` and `end_ms`, which have room for them. */
static int
read_open(struct vg_unpack *r, const json_t *open, size_t count, int64_t from_ms, int64_t to_ms,
	  int64_t *start_ms, int64_t *end_ms)
{
	int64_t at_ms = from_ms, gap_s, length_s;
	int rc;

	for (size_t i = 0; i < count; i += 2) {
		if ((rc = vg_unpack_element(r, open, i, 0, SPAN_MAX_S, &gap_s)) != 0 ||
		    (rc = vg_unpack_element(r, open, i + 1, 1, SPAN_MAX_S, &length_s)) != 0)
			return rc;
		start_ms[i / 2] = at_ms + gap_s * 1000;
		end_ms[i / 2] = at_ms = start_ms[i / 2] + length_s * 1000;
		if (at_ms > to_ms)
			return vg_unpack_refuse(r, "stretches that end by to_ms");
	}
	return 0;
}

static int
read_cal(struct vg_unpack *r, const json_t *json, size_t *intervals)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t from_ms, to_ms;
	const char *name;
	char *copy = NULL;
	const json_t *open;
	int64_t *start_ms = NULL, *end_ms = NULL;
	size_t count;
	int always, rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:b, s:I, s:I, s:o}", "name", &name, "always", &always,
			    "from_ms", &from_ms, "to_ms", &to_ms, "open", &open)) != 0 ||
	    (rc = vg_unpack_instant(r, from_ms)) != 0 || (rc = vg_unpack_instant(r, to_ms)) != 0)
		return rc;
	if (from_ms > to_ms)
		return vg_unpack_refuse(r, "to_ms after from_ms");
	if (agreement->cals > 0 && strcmp(agreement->cal[agreement->cals - 1]->name, name) >= 0)
		return vg_unpack_refuse(r, "calendars in the order of their names");
	if ((rc = vg_unpack_text(r, name, &copy)) != 0)
		return rc;
	if ((rc = vg_unpack_list(r, "calendars.open", open,
				 2 * (VG_AGREEMENT_INTERVALS_MAX - *intervals), &count)) != 0)
		goto out;
	if (count % 2 != 0 || (always && count > 0)) {
		rc = vg_unpack_refuse(
			r, "pairs of gap and length, none for a calendar that is always open");
		goto out;
	}
	*intervals += count / 2;
	start_ms = calloc(count / 2 + 1, sizeof(*start_ms));
	end_ms = calloc(count / 2 + 1, sizeof(*end_ms));
	if (start_ms == NULL || end_ms == NULL) {
		rc = vg_unpack_no_memory(r);
		goto out;
	}
	if ((rc = read_open(r, open, count, from_ms, to_ms, start_ms, end_ms)) != 0)
		goto out;
	agreement->cal[agreement->cals] =
		vg_cal_new(copy, always != 0, from_ms, to_ms, count / 2, start_ms, end_ms);
	if (agreement->cal[agreement->cals] == NULL)
		rc = vg_unpack_no_memory(r);
	else
		agreement->cals++;
out:
	free(copy);
	free(start_ms);
	free(end_ms);
	return rc;
}

static int
read_cals(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	const struct vg_cal *always;
	size_t count, intervals = 0;
	int rc;

	if ((rc = vg_unpack_list(r, "calendars", json, VG_AGREEMENT_CALS_MAX, &count)) != 0)
		return rc;
	if ((agreement->cal = calloc(count + 1, sizeof(struct vg_cal *))) == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->where = "calendars";
		r->index = i;
		if ((rc = read_cal(r, json_array_get(json, i), &intervals)) != 0)
			return rc;
	}
	always = vg_agreement_cal(agreement, "24x7");
	vg_unpack_enter(r, "calendars");
	return always != NULL && always->always ? 0 : vg_unpack_refuse(r, "24x7 among them");
}

/* What its fee follows from. */
static int
read_municipality_fee(struct vg_unpack *r, json_int_t signed_day, json_int_t leaving_ms,
		      json_int_t fee_from, struct vg_municipality *out)
{
	int rc;

	if ((signed_day != INT64_MIN &&
	     (rc = vg_unpack_range(r, signed_day, -DAY_NUMBER_MAX, DAY_NUMBER_MAX,
				   "a day's number as signed_day")) != 0) ||
	    (rc = vg_unpack_range(r, fee_from, 0, MONTH_NUMBER_MAX,
				  "a month's number as fee_from")) != 0)
		return rc;
	if (leaving_ms <= out->go_live_ms)
		return vg_unpack_refuse(r, "leaving_ms after go_live_ms");
	out->signed_day = signed_day;
	out->leaving_ms = leaving_ms;
	out->fee_from = (int)fee_from;
	return 0;
}

static int
read_municipality(struct vg_unpack *r, const json_t *json, struct vg_municipality *out)
{
	json_int_t go_live_ms = INT64_MIN, end_ms = INT64_MAX, signed_day = INT64_MIN,
		   leaving_ms = INT64_MAX, fee_from = 0;
	const char *code, *name, *federation, *size, *customer = "", *reference = "";
	const char *vantage_word = vg_agreement_vantage_words[VG_VANTAGE_CENTRAL];
	int vantage, rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:s, s:s, s:s, s?I, s?I, s?s, s?I, s?I, s?I, s?s, s?s}",
			    "code", &code, "name", &name, "federation", &federation, "size", &size,
			    "go_live_ms", &go_live_ms, "end_ms", &end_ms, "vantage", &vantage_word,
			    "signed_day", &signed_day, "leaving_ms", &leaving_ms, "fee_from",
			    &fee_from, "customer", &customer, "reference", &reference)) != 0 ||
	    (rc = vg_unpack_text(r, code, &out->code)) != 0 ||
	    (rc = vg_unpack_text(r, name, &out->name)) != 0 ||
	    (rc = vg_unpack_text(r, federation, &out->federation)) != 0 ||
	    (rc = vg_unpack_text(r, size, &out->size)) != 0 ||
	    (rc = vg_unpack_text(r, customer, &out->customer)) != 0 ||
	    (rc = vg_unpack_text(r, reference, &out->reference)) != 0 ||
	    (rc = vg_unpack_word(r, vantage_word, vg_agreement_vantage_words, &vantage)) != 0)
		return rc;
	out->vantage = (enum vg_vantage)vantage;
	out->go_live_ms = go_live_ms;
	out->end_ms = end_ms;
	if (strlen(code) != 4 || strspn(code, "0123456789") != 4)
		return vg_unpack_refuse(r, "a code of four digits");
	if (strcmp(size, "small") != 0 && strcmp(size, "medium") != 0 && strcmp(size, "large") != 0)
		return vg_unpack_refuse(r, "size small, medium or large");
	if (end_ms <= go_live_ms)
		return vg_unpack_refuse(r, "end_ms after go_live_ms");
	return read_municipality_fee(r, signed_day, leaving_ms, fee_from, out);
}

static int
read_municipalities(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	struct vg_municipality *list;
	size_t count;
	int rc;

	if ((rc = vg_unpack_list(r, "municipalities", json, VG_AGREEMENT_MUNICIPALITIES_MAX,
				 &count)) != 0)
		return rc;
	if ((agreement->municipality = list = calloc(count + 1, sizeof(*list))) == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->municipalities++;
		if ((rc = read_municipality(r, json_array_get(json, i), &list[i])) != 0)
			return rc;
		if (i > 0 && strcmp(list[i - 1].code, list[i].code) >= 0)
			return vg_unpack_refuse(r, "municipalities in the order of their codes");
	}
	return 0;
}

static int
read_provider(struct vg_unpack *r, const json_t *json, struct vg_provider *out)
{
	const char *id, *name, *municipality;
	int rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:s, s:s}", "id", &id, "name", &name, "municipality",
			    &municipality)) != 0 ||
	    (rc = vg_unpack_text(r, id, &out->id)) != 0 ||
	    (rc = vg_unpack_text(r, name, &out->name)) != 0 ||
	    (rc = vg_unpack_text(r, municipality, &out->municipality)) != 0)
		return rc;
	return vg_agreement_municipality(r->agreement, municipality) != NULL
		       ? 0
		       : vg_unpack_refuse(r, "a municipality of the agreement");
}

static int
read_providers(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	struct vg_provider *list;
	size_t count;
	int rc;

	if (json == NULL)
		return 0;
	if ((rc = vg_unpack_list(r, "providers", json, VG_AGREEMENT_PROVIDERS_MAX, &count)) != 0)
		return rc;
	if ((agreement->provider = list = calloc(count + 1, sizeof(*list))) == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->providers++;
		if ((rc = read_provider(r, json_array_get(json, i), &list[i])) != 0)
			return rc;
		if (i > 0 && strcmp(list[i - 1].id, list[i].id) >= 0)
			return vg_unpack_refuse(r, "providers in the order of their ids");
	}
	return 0;
}

/* Absent: escalations alone. */
static int
read_occasions(struct vg_unpack *r, const json_t *json, unsigned *out)
{
	int rc, word;

	*out = json == NULL ? VG_OCCASION_ESCALATION : 0;
	for (size_t i = 0; i < json_array_size(json); i++) {
		const char *text = json_string_value(json_array_get(json, i));

		if (text == NULL)
			return vg_unpack_refuse(r, "words");
		if ((rc = vg_unpack_word(r, text, vg_agreement_occasion_words, &word)) != 0)
			return rc;
		*out |= 1U << word;
	}
	return *out != 0 ? 0 : vg_unpack_refuse(r, "a list of at least one occasion");
}

static int
read_duty(struct vg_unpack *r, const json_t *json, struct vg_duty *out)
{
	const char *name, *municipality, *channel, *address;
	const json_t *on = NULL;
	json_int_t repeat_ms, repeats_max;
	int rc;

	if ((rc = vg_unpack(r, json, "{s:s, s:s, s:s, s:s, s:I, s:I, s?o}", "name", &name,
			    "municipality", &municipality, "channel", &channel, "address", &address,
			    "repeat_ms", &repeat_ms, "repeats_max", &repeats_max, "on", &on)) !=
		    0 ||
	    (rc = vg_unpack_text(r, name, &out->name)) != 0 ||
	    (rc = vg_unpack_text(r, municipality, &out->municipality)) != 0 ||
	    (rc = vg_unpack_text(r, channel, &out->channel)) != 0 ||
	    (rc = vg_unpack_text(r, address, &out->address)) != 0 ||
	    (rc = vg_unpack_range(r, repeat_ms, 0, DURATION_MAX_MS,
				  "repeat_ms of at most 366 days")) != 0 ||
	    (rc = vg_unpack_range(r, repeats_max, 0, COUNT_MAX, "a count of repeats")) != 0)
		return rc;
	out->repeat_ms = repeat_ms;
	out->repeats_max = repeats_max;
	if ((rc = read_occasions(r, on, &out->occasions)) != 0)
		return rc;
	if (strcmp(channel, "webhook") != 0 && strcmp(channel, "mail") != 0)
		return vg_unpack_refuse(r, "channel webhook or mail");
	if (strcmp(municipality, "*") != 0 &&
	    vg_agreement_municipality(r->agreement, municipality) == NULL)
		return vg_unpack_refuse(r, "a municipality of the agreement, or *");
	return 0;
}

static int
read_duties(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	size_t count;
	int rc;

	if ((rc = vg_unpack_list(r, "duty", json, VG_AGREEMENT_DUTIES_MAX, &count)) != 0)
		return rc;
	if ((agreement->duty = calloc(count + 1, sizeof(*agreement->duty))) == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->duties++;
		if ((rc = read_duty(r, json_array_get(json, i), &agreement->duty[i])) != 0)
			return rc;
	}
	return 0;
}

static int
read_priorities(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	const char *name;
	size_t count;
	int rc;

	if ((rc = vg_unpack_list(r, "priorities", json, VG_PRIORITY_MAX, &count)) != 0)
		return rc;
	if (count == 0)
		return vg_unpack_refuse(r, "at least one priority");
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		if ((name = json_string_value(json_array_get(json, i))) == NULL)
			return vg_unpack_refuse(r, "text");
		if (vg_agreement_priority(agreement, name) >= 0)
			return vg_unpack_refuse(r, "each priority once");
		if ((rc = vg_unpack_text(r, name, &agreement->priority[i])) != 0)
			return rc;
		agreement->priorities++;
	}
	return 0;
}

static int
read_matrix(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	int64_t priority;
	size_t count;
	int rc;

	if ((rc = vg_unpack_list(r, "matrix", json, VG_LEVELS, &count)) != 0)
		return rc;
	if (count != VG_LEVELS)
		return vg_unpack_refuse(r, "four rows");
	for (size_t impact = 0; impact < VG_LEVELS; impact++) {
		const json_t *row = json_array_get(json, impact);

		if (json_array_size(row) != VG_LEVELS)
			return vg_unpack_refuse(r, "four columns");
		for (size_t urgency = 0; urgency < VG_LEVELS; urgency++) {
			if ((rc = vg_unpack_element(r, row, urgency, 0,
						    (int64_t)agreement->priorities - 1,
						    &priority)) != 0)
				return rc;
			agreement->matrix[impact][urgency] = (uint8_t)priority;
		}
	}
	return 0;
}

static int
read_target(struct vg_unpack *r, const json_t *json, struct vg_target *out)
{
	json_int_t response_ms = -1, resolution_ms = -1, share_ppm;
	const char *name, *cal;
	int rc;

	if ((rc = vg_unpack(r, json, "{s:s, s?I, s?I, s:I, s:s}", "name", &name, "response_ms",
			    &response_ms, "resolution_ms", &resolution_ms, "share_ppm", &share_ppm,
			    "calendar", &cal)) != 0 ||
	    (rc = vg_unpack_range(r, response_ms, -1, DURATION_MAX_MS,
				  "response_ms of at most 366 days")) != 0 ||
	    (rc = vg_unpack_range(r, resolution_ms, -1, DURATION_MAX_MS,
				  "resolution_ms of at most 366 days")) != 0 ||
	    (rc = vg_unpack_range(r, share_ppm, 0, 1000000, "share_ppm of at most 1000000")) != 0)
		return rc;
	if (vg_agreement_priority(r->agreement, name) < 0 && strcmp(name, "request") != 0)
		return vg_unpack_refuse(r, "a priority's name, or request");
	if ((out->cal = vg_agreement_cal(r->agreement, cal)) == NULL)
		return vg_unpack_refuse(r, "a calendar of the agreement");
	out->response_ms = response_ms;
	out->resolution_ms = resolution_ms;
	out->share_ppm = share_ppm;
	return vg_unpack_text(r, name, &out->name);
}

static int
read_targets(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	struct vg_target *list;
	size_t count;
	int rc;

	if ((rc = vg_unpack_list(r, "targets", json, agreement->priorities + 1, &count)) != 0)
		return rc;
	if ((agreement->target = list = calloc(count + 1, sizeof(*list))) == NULL)
		return vg_unpack_no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->targets++;
		if ((rc = read_target(r, json_array_get(json, i), &list[i])) != 0)
			return rc;
		if (i > 0 && strcmp(list[i - 1].name, list[i].name) >= 0)
			return vg_unpack_refuse(r, "targets in the order of their names");
	}
	return 0;
}

static int
read_pause_reasons(struct vg_unpack *r, const json_t *json)
{
	const char *word;
	size_t count;
	int found, rc;

	if ((rc = vg_unpack_list(r, "rules.pause_reasons", json, VG_REASON_COUNT, &count)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		if ((word = json_string_value(json_array_get(json, i))) == NULL)
			return vg_unpack_refuse(r, "text");
		if ((rc = vg_unpack_word(r, word, vg_agreement_reason_words, &found)) != 0)
			return rc;
		r->agreement->pause_reasons |= UINT32_C(1) << found;
	}
	return 0;
}

/* The rules of availability; what is left out is the default that the agreement has already. */
static int
read_availability(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t slot_ms = agreement->slot_ms, confirm_slots = agreement->confirm_slots,
		   join_gap_s = agreement->join_gap_s, flap_changes = agreement->flap_changes,
		   flap_window_ms = agreement->flap_window_ms,
		   degraded_ppm = agreement->degraded_ppm, coverage_ppm = agreement->coverage_ppm,
		   notice_days = agreement->window_notice_days;
	const char *unknown = vg_agreement_unknown_words[agreement->unknown_policy],
		   *external = vg_agreement_external_words[agreement->external_policy];
	int unknown_word, external_word, rc;

	if (json == NULL)
		return 0;
	vg_unpack_enter(r, "rules.availability");
	if ((rc = vg_unpack(r, json, "{s?I, s?I, s?I, s?I, s?I, s?I, s?I, s?I, s?s, s?s}",
			    "slot_ms", &slot_ms, "confirm_slots", &confirm_slots, "join_gap_s",
			    &join_gap_s, "flap_changes", &flap_changes, "flap_window_ms",
			    &flap_window_ms, "degraded_ppm", &degraded_ppm, "coverage_ppm",
			    &coverage_ppm, "window_notice_days", &notice_days, "unknown", &unknown,
			    "external_cause", &external)) != 0 ||
	    (rc = vg_unpack_range(r, slot_ms, 1000, 3600000, "slot_ms from 1000 to 3600000")) !=
		    0 ||
	    (rc = vg_unpack_range(r, confirm_slots, 1, 60, "confirm_slots from 1 to 60")) != 0 ||
	    (rc = vg_unpack_range(r, join_gap_s, 0, 86400, "join_gap_s from 0 to 86400")) != 0 ||
	    (rc = vg_unpack_range(r, flap_changes, 2, 1000, "flap_changes from 2 to 1000")) != 0 ||
	    (rc = vg_unpack_range(r, flap_window_ms, 1000, 86400000,
				  "flap_window_ms from 1000 to 86400000")) != 0 ||
	    (rc = vg_unpack_range(r, degraded_ppm, 0, 1000000, "degraded_ppm to 1000000")) != 0 ||
	    (rc = vg_unpack_range(r, coverage_ppm, 0, 1000000, "coverage_ppm to 1000000")) != 0 ||
	    (rc = vg_unpack_range(r, notice_days, 0, 366, "window_notice_days to 366")) != 0 ||
	    (rc = vg_unpack_word(r, unknown, vg_agreement_unknown_words, &unknown_word)) != 0 ||
	    (rc = vg_unpack_word(r, external, vg_agreement_external_words, &external_word)) != 0)
		return rc;
	if (slot_ms % 1000 != 0 || flap_window_ms % 1000 != 0)
		return vg_unpack_refuse(r, "slot_ms and flap_window_ms in whole seconds");
	agreement->slot_ms = slot_ms;
	agreement->confirm_slots = confirm_slots;
	agreement->join_gap_s = join_gap_s;
	agreement->flap_changes = flap_changes;
	agreement->flap_window_ms = flap_window_ms;
	agreement->degraded_ppm = degraded_ppm;
	agreement->coverage_ppm = coverage_ppm;
	agreement->window_notice_days = notice_days;
	agreement->unknown_policy = (enum vg_unknown_policy)unknown_word;
	agreement->external_policy = (enum vg_external_policy)external_word;
	return 0;
}

static int
read_rules(struct vg_unpack *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t max_pause_days = -1, min_n, reopen_window_days;
	int count_open_overdue, retarget = 0, clock = 0, rc;
	const char *retarget_word, *clock_word;
	const json_t *reasons, *availability = NULL;

	vg_unpack_enter(r, "rules");
	if ((rc = vg_unpack(r, json, "{s:s, s:s, s:o, s?I, s:I, s:b, s:I, s?o}", "retarget",
			    &retarget_word, "resolution_clock", &clock_word, "pause_reasons",
			    &reasons, "max_pause_days", &max_pause_days, "min_n", &min_n,
			    "count_open_overdue", &count_open_overdue, "reopen_window_days",
			    &reopen_window_days, "availability", &availability)) != 0 ||
	    (rc = vg_unpack_word(r, retarget_word, vg_agreement_retarget_words, &retarget)) != 0 ||
	    (rc = vg_unpack_word(r, clock_word, vg_agreement_clock_words, &clock)) != 0 ||
	    (rc = vg_unpack_range(r, max_pause_days, -1, COUNT_MAX,
				  "max_pause_days in its range")) != 0 ||
	    (rc = vg_unpack_range(r, min_n, 0, COUNT_MAX, "min_n in its range")) != 0 ||
	    (rc = vg_unpack_range(r, reopen_window_days, 0, COUNT_MAX,
				  "reopen_window_days in its range")) != 0)
		return rc;
	agreement->retarget = (enum vg_retarget)retarget;
	agreement->resolution_clock = (enum vg_resolution_clock)clock;
	agreement->max_pause_days = max_pause_days;
	agreement->min_n = min_n;
	agreement->count_open_overdue = count_open_overdue != 0;
	agreement->reopen_window_days = reopen_window_days;
	if ((rc = read_pause_reasons(r, reasons)) != 0)
		return rc;
	return read_availability(r, availability);
}

static int
read_head(struct vg_unpack *r, const char *name, const char *version, const char *zone,
	  const char *tzdata)
{
	struct vg_agreement *agreement = r->agreement;
	int rc;

	if ((rc = vg_unpack_text(r, name, &agreement->name)) != 0 ||
	    (rc = vg_unpack_text(r, version, &agreement->version)) != 0 ||
	    (rc = vg_unpack_text(r, zone, &agreement->zone)) != 0 ||
	    (rc = vg_unpack_text(r, tzdata, &agreement->tzdata)) != 0)
		return rc;
	return name[0] == '\0' ? vg_unpack_refuse(r, "a name") : 0;
}

static int
read_validity(struct vg_unpack *r, int64_t from_ms, int64_t to_ms)
{
	struct vg_agreement *agreement = r->agreement;

	agreement->valid_from_ms = from_ms;
	agreement->valid_to_ms = to_ms;
	vg_unpack_enter(r, "valid_from_ms");
	if (to_ms <= from_ms)
		return vg_unpack_refuse(r, "valid_to_ms after valid_from_ms");
	if (vg_agreement_day_of(agreement, from_ms) == INT64_MIN ||
	    vg_agreement_month_of(agreement, from_ms) < 0)
		return vg_unpack_refuse(r, "an instant inside the expanded months and days");
	return 0;
}

static int
read_agreement(struct vg_unpack *r, const json_t *json)
{
	const json_t *months, *days, *cals, *municipalities, *services, *priorities, *matrix,
		*targets, *duty, *rules, *channels = NULL, *probes = NULL, *calloffs = NULL,
					 *exceptions = NULL, *alarms = NULL, *fee = NULL,
					 *providers = NULL;
	const char *name, *version, *zone, *tzdata;
	json_int_t valid_from_ms, valid_to_ms = INT64_MAX;
	int rc;

	if ((rc = vg_unpack(
		     r, json,
		     "{s:s, s:s, s:s, s:s, s:I, s?I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		     "s:o, s:o, s?o, s?o, s?o, s?o, s?o, s?o, s?o}",
		     "name", &name, "version", &version, "zone", &zone, "tzdata", &tzdata,
		     "valid_from_ms", &valid_from_ms, "valid_to_ms", &valid_to_ms, "months",
		     &months, "days", &days, "calendars", &cals, "municipalities", &municipalities,
		     "services", &services, "priorities", &priorities, "matrix", &matrix, "targets",
		     &targets, "duty", &duty, "rules", &rules, "channels", &channels, "probes",
		     &probes, "calloffs", &calloffs, "exceptions", &exceptions, "alarms", &alarms,
		     "fee", &fee, "providers", &providers)) != 0 ||
	    (rc = read_head(r, name, version, zone, tzdata)) != 0)
		return rc;
	vg_unpack_enter(r, "months");
	if ((rc = read_months(r, months)) != 0)
		return rc;
	vg_unpack_enter(r, "days");
	if ((rc = read_days(r, days)) != 0 ||
	    (rc = read_validity(r, valid_from_ms, valid_to_ms)) != 0 ||
	    (rc = read_cals(r, cals)) != 0 || (rc = read_municipalities(r, municipalities)) != 0 ||
	    (rc = read_providers(r, providers)) != 0 ||
	    (rc = vg_unpack_channels(r, channels)) != 0 ||
	    (rc = vg_unpack_services(r, services)) != 0 ||
	    (rc = read_priorities(r, priorities)) != 0 || (rc = read_matrix(r, matrix)) != 0 ||
	    (rc = read_targets(r, targets)) != 0 || (rc = read_duties(r, duty)) != 0 ||
	    (rc = vg_unpack_probes(r, probes)) != 0 ||
	    (rc = vg_unpack_calloffs(r, calloffs)) != 0 ||
	    (rc = vg_unpack_exceptions(r, exceptions)) != 0 ||
	    (rc = vg_unpack_alarms(r, alarms)) != 0 || (rc = vg_unpack_fee(r, fee)) != 0)
		return rc;
	return read_rules(r, rules);
}

struct vg_agreement *
vg_agreement_from_json(const json_t *json, struct vg_err *err)
{
	struct vg_unpack r = {.agreement = vg_agreement_new(),
			      .err = err,
			      .where = "body",
			      .index = VG_UNPACK_WHOLE};

	if (r.agreement == NULL) {
		(void)vg_unpack_no_memory(&r);
		return NULL;
	}
	vg_agreement_set_defaults(r.agreement);
	if (read_agreement(&r, json) != 0) {
		vg_agreement_unref(r.agreement);
		return NULL;
	}
	return r.agreement;
}
