/* agreement_read.c - an agreement version from the JSON that agreement_json.c writes.
 *
 * The hard thing is doubt: the bytes may come from anybody with the right to apply an agreement, so
 * every count, order and sum is checked before the core sees it. */
#include "lib/json/agreement_json.h"

#include "core/event.h"
#include "lib/json/agreement_words.h"

#include <stdlib.h>
#include <string.h>

#define INSTANT_MAX_MS	INT64_C(253402300799999) /* the end of year 9999 */
#define SPAN_MAX_S	(INT64_C(86400) * 366 * (VG_AGREEMENT_YEARS_MAX + 1))
#define DURATION_MAX_MS (INT64_C(86400000) * 366)
#define DAYS_MAX	(366 * VG_AGREEMENT_YEARS_MAX)
#define MONTHS_MAX	(12 * VG_AGREEMENT_YEARS_MAX)
#define DAY_MAX_S	(2 * 86400)
#define MONTH_MAX_S	(33 * 86400)
#define COUNT_MAX	1000000
#define WHOLE		SIZE_MAX

/* `where` and `index` are the part being read, for messages; WHOLE is the part itself. The first
 * error stops the reading. */
struct reader {
	struct vg_agreement *agreement;
	struct vg_err *err;
	const char *where;
	size_t index;
};

static int
refuse_saying(const struct reader *r, const char *saying, const char *what)
{
	if (r->index == WHOLE)
		return vg_err_set(r->err, VG_EINVALID, "agreement.%s: %s%s", r->where, saying,
				  what);
	return vg_err_set(r->err, VG_EINVALID, "agreement.%s[%zu]: %s%s", r->where, r->index,
			  saying, what);
}

static int
refuse(const struct reader *r, const char *expected)
{
	return refuse_saying(r, "expected ", expected);
}

static void
enter(struct reader *r, const char *where)
{
	r->where = where;
	r->index = WHOLE;
}

static int
no_memory(const struct reader *r)
{
	return vg_err_set(r->err, VG_ENOMEM, "agreement: out of memory");
}

/* Strict json_unpack of an object: every member named, none left over, types as they should be. */
static int
unpack(const struct reader *r, const json_t *json, const char *format, ...)
{
	json_error_t error;
	va_list args;
	int rc;

	va_start(args, format);
	/* The value is only read; the parameter is not const for the sake of the "o" forms. */
	rc = json_vunpack_ex((json_t *)(uintptr_t)json, &error, JSON_STRICT, format, args);
	va_end(args);
	if (rc == 0)
		return 0;
	return refuse_saying(r, "", error.text);
}

/* A list of at most `max` elements. */
static int
open_list(struct reader *r, const char *where, const json_t *json, size_t max, size_t *count)
{
	enter(r, where);
	if (!json_is_array(json))
		return refuse(r, "a list");
	if (json_array_size(json) > max)
		return vg_err_set(r->err, VG_ELIMIT,
				  "agreement.%s: expected at most %zu, found %zu", where, max,
				  json_array_size(json));
	*count = json_array_size(json);
	return 0;
}

static int
copy_text(const struct reader *r, const char *text, char **out)
{
	if (strlen(text) > VG_AGREEMENT_TEXT_MAX)
		return refuse(r, "texts of at most 200 bytes");
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return refuse(r, "texts without control characters");
	return (*out = strdup(text)) == NULL ? no_memory(r) : 0;
}

static int
check_range(const struct reader *r, int64_t value, int64_t min, int64_t max, const char *expected)
{
	return value < min || value > max ? refuse(r, expected) : 0;
}

static int
check_instant(const struct reader *r, int64_t ms)
{
	return check_range(r, ms, -INSTANT_MAX_MS, INSTANT_MAX_MS,
			   "instants in ms before the year 10000");
}

/* An integer of a list of integers. */
static int
element(struct reader *r, const json_t *list, size_t index, int64_t min, int64_t max, int64_t *out)
{
	const json_t *value = json_array_get(list, index);

	r->index = index;
	if (!json_is_integer(value))
		return refuse(r, "an integer");
	*out = json_integer_value(value);
	return check_range(r, *out, min, max, "an integer in its range");
}

static int
find_word(const struct reader *r, const char *word, const char *const *words, int *out)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0) {
			*out = i;
			return 0;
		}
	return refuse(r, "a known word");
}

static int
read_months(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t first, start_ms;
	const json_t *lengths;
	int64_t length_s;
	size_t count;
	int rc;

	if ((rc = unpack(r, json, "{s:I, s:I, s:o}", "first", &first, "start_ms", &start_ms,
			 "length_s", &lengths)) != 0 ||
	    (rc = check_range(r, first, 0, 9999 * 12, "a month's number")) != 0 ||
	    (rc = check_instant(r, start_ms)) != 0 ||
	    (rc = open_list(r, "months.length_s", lengths, MONTHS_MAX, &count)) != 0)
		return rc;
	if (count == 0)
		return refuse(r, "at least one month");
	if ((agreement->month_start_ms = calloc(count + 1, sizeof(int64_t))) == NULL)
		return no_memory(r);
	agreement->first_month = (int)first;
	agreement->months = count;
	agreement->month_start_ms[0] = start_ms;
	for (size_t i = 0; i < count; i++) {
		if ((rc = element(r, lengths, i, 1, MONTH_MAX_S, &length_s)) != 0)
			return rc;
		agreement->month_start_ms[i + 1] = agreement->month_start_ms[i] + length_s * 1000;
	}
	return 0;
}

static int
read_day_lengths(struct reader *r, const json_t *lengths)
{
	struct vg_agreement *agreement = r->agreement;
	int64_t run, length_s;
	size_t count;
	int rc;

	if ((rc = open_list(r, "days.length_s", lengths, 2 * DAYS_MAX, &count)) != 0)
		return rc;
	if (count == 0 || count % 2 != 0)
		return refuse(r, "pairs of count and length");
	for (size_t i = 0; i < count; i += 2) {
		if ((rc = element(r, lengths, i, 1, DAYS_MAX - (int64_t)agreement->days, &run)) !=
			    0 ||
		    (rc = element(r, lengths, i + 1, 1, DAY_MAX_S, &length_s)) != 0)
			return rc;
		for (; run > 0; run--, agreement->days++)
			agreement->day_start_ms[agreement->days + 1] =
				agreement->day_start_ms[agreement->days] + length_s * 1000;
	}
	return 0;
}

static int
read_day_working(struct reader *r, const json_t *working)
{
	struct vg_agreement *agreement = r->agreement;
	size_t count, day = 0;
	uint8_t is_working = 0;
	int64_t turn;
	int rc;

	if ((rc = open_list(r, "days.working", working, DAYS_MAX + 1, &count)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++, is_working = !is_working) {
		/* Only the first turn may be empty. */
		if ((rc = element(r, working, i, i == 0 ? 0 : 1, (int64_t)(agreement->days - day),
				  &turn)) != 0)
			return rc;
		for (; turn > 0; turn--)
			agreement->day_working[day++] = is_working;
	}
	return day == agreement->days ? 0 : refuse(r, "as many days as have a length");
}

static int
read_days(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	const json_t *lengths, *working;
	json_int_t first, start_ms;
	int rc;

	if ((rc = unpack(r, json, "{s:I, s:I, s:o, s:o}", "first", &first, "start_ms", &start_ms,
			 "length_s", &lengths, "working", &working)) != 0 ||
	    (rc = check_range(r, first, -4000000, 4000000, "a day's number")) != 0 ||
	    (rc = check_instant(r, start_ms)) != 0)
		return rc;
	agreement->day_start_ms = calloc(DAYS_MAX + 1, sizeof(int64_t));
	agreement->day_working = calloc(DAYS_MAX, 1);
	if (agreement->day_start_ms == NULL || agreement->day_working == NULL)
		return no_memory(r);
	agreement->first_day = first;
	agreement->day_start_ms[0] = start_ms;
	if ((rc = read_day_lengths(r, lengths)) != 0)
		return rc;
	return read_day_working(r, working);
}

/* The stretches of one calendar into `start_ms` and `end_ms`, which have room for them. */
static int
read_open(struct reader *r, const json_t *open, size_t count, int64_t from_ms, int64_t to_ms,
	  int64_t *start_ms, int64_t *end_ms)
{
	int64_t at_ms = from_ms, gap_s, length_s;
	int rc;

	for (size_t i = 0; i < count; i += 2) {
		if ((rc = element(r, open, i, 0, SPAN_MAX_S, &gap_s)) != 0 ||
		    (rc = element(r, open, i + 1, 1, SPAN_MAX_S, &length_s)) != 0)
			return rc;
		start_ms[i / 2] = at_ms + gap_s * 1000;
		end_ms[i / 2] = at_ms = start_ms[i / 2] + length_s * 1000;
		if (at_ms > to_ms)
			return refuse(r, "stretches that end by to_ms");
	}
	return 0;
}

static int
read_cal(struct reader *r, const json_t *json, size_t *intervals)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t from_ms, to_ms;
	const char *name;
	char *copy = NULL;
	const json_t *open;
	int64_t *start_ms = NULL, *end_ms = NULL;
	size_t count;
	int always, rc;

	if ((rc = unpack(r, json, "{s:s, s:b, s:I, s:I, s:o}", "name", &name, "always", &always,
			 "from_ms", &from_ms, "to_ms", &to_ms, "open", &open)) != 0 ||
	    (rc = check_instant(r, from_ms)) != 0 || (rc = check_instant(r, to_ms)) != 0)
		return rc;
	if (from_ms > to_ms)
		return refuse(r, "to_ms after from_ms");
	if (agreement->cals > 0 && strcmp(agreement->cal[agreement->cals - 1]->name, name) >= 0)
		return refuse(r, "calendars in the order of their names");
	if ((rc = copy_text(r, name, &copy)) != 0)
		return rc;
	if ((rc = open_list(r, "calendars.open", open,
			    2 * (VG_AGREEMENT_INTERVALS_MAX - *intervals), &count)) != 0)
		goto out;
	if (count % 2 != 0 || (always && count > 0)) {
		rc = refuse(r, "pairs of gap and length, none for a calendar that is always open");
		goto out;
	}
	*intervals += count / 2;
	start_ms = calloc(count / 2 + 1, sizeof(*start_ms));
	end_ms = calloc(count / 2 + 1, sizeof(*end_ms));
	if (start_ms == NULL || end_ms == NULL) {
		rc = no_memory(r);
		goto out;
	}
	if ((rc = read_open(r, open, count, from_ms, to_ms, start_ms, end_ms)) != 0)
		goto out;
	agreement->cal[agreement->cals] =
		vg_cal_new(copy, always != 0, from_ms, to_ms, count / 2, start_ms, end_ms);
	if (agreement->cal[agreement->cals] == NULL)
		rc = no_memory(r);
	else
		agreement->cals++;
out:
	free(copy);
	free(start_ms);
	free(end_ms);
	return rc;
}

static int
read_cals(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	const struct vg_cal *always;
	size_t count, intervals = 0;
	int rc;

	if ((rc = open_list(r, "calendars", json, VG_AGREEMENT_CALS_MAX, &count)) != 0)
		return rc;
	if ((agreement->cal = calloc(count + 1, sizeof(struct vg_cal *))) == NULL)
		return no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->where = "calendars";
		r->index = i;
		if ((rc = read_cal(r, json_array_get(json, i), &intervals)) != 0)
			return rc;
	}
	always = vg_agreement_cal(agreement, "24x7");
	enter(r, "calendars");
	return always != NULL && always->always ? 0 : refuse(r, "24x7 among them");
}

static int
read_municipality(struct reader *r, const json_t *json, struct vg_municipality *out)
{
	json_int_t go_live_ms = INT64_MIN, end_ms = INT64_MAX;
	const char *code, *name, *federation, *size;
	int rc;

	if ((rc = unpack(r, json, "{s:s, s:s, s:s, s:s, s?I, s?I}", "code", &code, "name", &name,
			 "federation", &federation, "size", &size, "go_live_ms", &go_live_ms,
			 "end_ms", &end_ms)) != 0 ||
	    (rc = copy_text(r, code, &out->code)) != 0 ||
	    (rc = copy_text(r, name, &out->name)) != 0 ||
	    (rc = copy_text(r, federation, &out->federation)) != 0 ||
	    (rc = copy_text(r, size, &out->size)) != 0)
		return rc;
	out->go_live_ms = go_live_ms;
	out->end_ms = end_ms;
	if (strlen(code) != 4 || strspn(code, "0123456789") != 4)
		return refuse(r, "a code of four digits");
	if (strcmp(size, "small") != 0 && strcmp(size, "medium") != 0 && strcmp(size, "large") != 0)
		return refuse(r, "size small, medium or large");
	if (end_ms <= go_live_ms)
		return refuse(r, "end_ms after go_live_ms");
	return 0;
}

static int
read_municipalities(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	struct vg_municipality *list;
	size_t count;
	int rc;

	if ((rc = open_list(r, "municipalities", json, VG_AGREEMENT_MUNICIPALITIES_MAX, &count)) !=
	    0)
		return rc;
	if ((agreement->municipality = list = calloc(count + 1, sizeof(*list))) == NULL)
		return no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->municipalities++;
		if ((rc = read_municipality(r, json_array_get(json, i), &list[i])) != 0)
			return rc;
		if (i > 0 && strcmp(list[i - 1].code, list[i].code) >= 0)
			return refuse(r, "municipalities in the order of their codes");
	}
	return 0;
}

static int
read_services(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	struct vg_service *list;
	const char *id, *name;
	size_t count;
	int rc;

	if ((rc = open_list(r, "services", json, VG_AGREEMENT_SERVICES_MAX, &count)) != 0)
		return rc;
	if ((agreement->service = list = calloc(count + 1, sizeof(*list))) == NULL)
		return no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->services++;
		if ((rc = unpack(r, json_array_get(json, i), "{s:s, s:s}", "id", &id, "name",
				 &name)) != 0 ||
		    (rc = copy_text(r, id, &list[i].id)) != 0 ||
		    (rc = copy_text(r, name, &list[i].name)) != 0)
			return rc;
		if (i > 0 && strcmp(list[i - 1].id, list[i].id) >= 0)
			return refuse(r, "services in the order of their ids");
	}
	return 0;
}

static int
read_duty(struct reader *r, const json_t *json, struct vg_duty *out)
{
	const char *name, *municipality, *channel, *address;
	json_int_t repeat_ms, repeats_max;
	int rc;

	if ((rc = unpack(r, json, "{s:s, s:s, s:s, s:s, s:I, s:I}", "name", &name, "municipality",
			 &municipality, "channel", &channel, "address", &address, "repeat_ms",
			 &repeat_ms, "repeats_max", &repeats_max)) != 0 ||
	    (rc = copy_text(r, name, &out->name)) != 0 ||
	    (rc = copy_text(r, municipality, &out->municipality)) != 0 ||
	    (rc = copy_text(r, channel, &out->channel)) != 0 ||
	    (rc = copy_text(r, address, &out->address)) != 0 ||
	    (rc = check_range(r, repeat_ms, 0, DURATION_MAX_MS, "repeat_ms of at most 366 days")) !=
		    0 ||
	    (rc = check_range(r, repeats_max, 0, COUNT_MAX, "a count of repeats")) != 0)
		return rc;
	out->repeat_ms = repeat_ms;
	out->repeats_max = repeats_max;
	if (strcmp(channel, "webhook") != 0 && strcmp(channel, "mail") != 0)
		return refuse(r, "channel webhook or mail");
	if (strcmp(municipality, "*") != 0 &&
	    vg_agreement_municipality(r->agreement, municipality) == NULL)
		return refuse(r, "a municipality of the agreement, or *");
	return 0;
}

static int
read_duties(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	size_t count;
	int rc;

	if ((rc = open_list(r, "duty", json, VG_AGREEMENT_DUTIES_MAX, &count)) != 0)
		return rc;
	if ((agreement->duty = calloc(count + 1, sizeof(*agreement->duty))) == NULL)
		return no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->duties++;
		if ((rc = read_duty(r, json_array_get(json, i), &agreement->duty[i])) != 0)
			return rc;
	}
	return 0;
}

static int
read_priorities(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	const char *name;
	size_t count;
	int rc;

	if ((rc = open_list(r, "priorities", json, VG_PRIORITY_MAX, &count)) != 0)
		return rc;
	if (count == 0)
		return refuse(r, "at least one priority");
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		if ((name = json_string_value(json_array_get(json, i))) == NULL)
			return refuse(r, "text");
		if (vg_agreement_priority(agreement, name) >= 0)
			return refuse(r, "each priority once");
		if ((rc = copy_text(r, name, &agreement->priority[i])) != 0)
			return rc;
		agreement->priorities++;
	}
	return 0;
}

static int
read_matrix(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	int64_t priority;
	size_t count;
	int rc;

	if ((rc = open_list(r, "matrix", json, VG_LEVELS, &count)) != 0)
		return rc;
	if (count != VG_LEVELS)
		return refuse(r, "four rows");
	for (size_t impact = 0; impact < VG_LEVELS; impact++) {
		const json_t *row = json_array_get(json, impact);

		if (json_array_size(row) != VG_LEVELS)
			return refuse(r, "four columns");
		for (size_t urgency = 0; urgency < VG_LEVELS; urgency++) {
			if ((rc = element(r, row, urgency, 0, (int64_t)agreement->priorities - 1,
					  &priority)) != 0)
				return rc;
			agreement->matrix[impact][urgency] = (uint8_t)priority;
		}
	}
	return 0;
}

static int
read_target(struct reader *r, const json_t *json, struct vg_target *out)
{
	json_int_t response_ms = -1, resolution_ms = -1, share_ppm;
	const char *name, *cal;
	int rc;

	if ((rc = unpack(r, json, "{s:s, s?I, s?I, s:I, s:s}", "name", &name, "response_ms",
			 &response_ms, "resolution_ms", &resolution_ms, "share_ppm", &share_ppm,
			 "calendar", &cal)) != 0 ||
	    (rc = check_range(r, response_ms, -1, DURATION_MAX_MS,
			      "response_ms of at most 366 days")) != 0 ||
	    (rc = check_range(r, resolution_ms, -1, DURATION_MAX_MS,
			      "resolution_ms of at most 366 days")) != 0 ||
	    (rc = check_range(r, share_ppm, 0, 1000000, "share_ppm of at most 1000000")) != 0)
		return rc;
	if (vg_agreement_priority(r->agreement, name) < 0 && strcmp(name, "request") != 0)
		return refuse(r, "a priority's name, or request");
	if ((out->cal = vg_agreement_cal(r->agreement, cal)) == NULL)
		return refuse(r, "a calendar of the agreement");
	out->response_ms = response_ms;
	out->resolution_ms = resolution_ms;
	out->share_ppm = share_ppm;
	return copy_text(r, name, &out->name);
}

static int
read_targets(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	struct vg_target *list;
	size_t count;
	int rc;

	if ((rc = open_list(r, "targets", json, agreement->priorities + 1, &count)) != 0)
		return rc;
	if ((agreement->target = list = calloc(count + 1, sizeof(*list))) == NULL)
		return no_memory(r);
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		agreement->targets++;
		if ((rc = read_target(r, json_array_get(json, i), &list[i])) != 0)
			return rc;
		if (i > 0 && strcmp(list[i - 1].name, list[i].name) >= 0)
			return refuse(r, "targets in the order of their names");
	}
	return 0;
}

static int
read_pause_reasons(struct reader *r, const json_t *json)
{
	const char *word;
	size_t count;
	int found, rc;

	if ((rc = open_list(r, "rules.pause_reasons", json, VG_REASON_COUNT, &count)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		r->index = i;
		if ((word = json_string_value(json_array_get(json, i))) == NULL)
			return refuse(r, "text");
		if ((rc = find_word(r, word, vg_agreement_reason_words, &found)) != 0)
			return rc;
		r->agreement->pause_reasons |= UINT32_C(1) << found;
	}
	return 0;
}

static int
read_rules(struct reader *r, const json_t *json)
{
	struct vg_agreement *agreement = r->agreement;
	json_int_t max_pause_days = -1, min_n, reopen_window_days;
	int count_open_overdue, retarget = 0, clock = 0, rc;
	const char *retarget_word, *clock_word;
	const json_t *reasons;

	enter(r, "rules");
	if ((rc = unpack(r, json, "{s:s, s:s, s:o, s?I, s:I, s:b, s:I}", "retarget", &retarget_word,
			 "resolution_clock", &clock_word, "pause_reasons", &reasons,
			 "max_pause_days", &max_pause_days, "min_n", &min_n, "count_open_overdue",
			 &count_open_overdue, "reopen_window_days", &reopen_window_days)) != 0 ||
	    (rc = find_word(r, retarget_word, vg_agreement_retarget_words, &retarget)) != 0 ||
	    (rc = find_word(r, clock_word, vg_agreement_clock_words, &clock)) != 0 ||
	    (rc = check_range(r, max_pause_days, -1, COUNT_MAX, "max_pause_days in its range")) !=
		    0 ||
	    (rc = check_range(r, min_n, 0, COUNT_MAX, "min_n in its range")) != 0 ||
	    (rc = check_range(r, reopen_window_days, 0, COUNT_MAX,
			      "reopen_window_days in its range")) != 0)
		return rc;
	agreement->retarget = (enum vg_retarget)retarget;
	agreement->resolution_clock = (enum vg_resolution_clock)clock;
	agreement->max_pause_days = max_pause_days;
	agreement->min_n = min_n;
	agreement->count_open_overdue = count_open_overdue != 0;
	agreement->reopen_window_days = reopen_window_days;
	return read_pause_reasons(r, reasons);
}

static int
read_head(struct reader *r, const char *name, const char *version, const char *zone,
	  const char *tzdata)
{
	struct vg_agreement *agreement = r->agreement;
	int rc;

	if ((rc = copy_text(r, name, &agreement->name)) != 0 ||
	    (rc = copy_text(r, version, &agreement->version)) != 0 ||
	    (rc = copy_text(r, zone, &agreement->zone)) != 0 ||
	    (rc = copy_text(r, tzdata, &agreement->tzdata)) != 0)
		return rc;
	return name[0] == '\0' ? refuse(r, "a name") : 0;
}

static int
read_validity(struct reader *r, int64_t from_ms, int64_t to_ms)
{
	struct vg_agreement *agreement = r->agreement;

	agreement->valid_from_ms = from_ms;
	agreement->valid_to_ms = to_ms;
	enter(r, "valid_from_ms");
	if (to_ms <= from_ms)
		return refuse(r, "valid_to_ms after valid_from_ms");
	if (vg_agreement_day_of(agreement, from_ms) == INT64_MIN ||
	    vg_agreement_month_of(agreement, from_ms) < 0)
		return refuse(r, "an instant inside the expanded months and days");
	return 0;
}

static int
read_agreement(struct reader *r, const json_t *json)
{
	const json_t *months, *days, *cals, *municipalities, *services, *priorities, *matrix,
		*targets, *duty, *rules;
	const char *name, *version, *zone, *tzdata;
	json_int_t valid_from_ms, valid_to_ms = INT64_MAX;
	int rc;

	if ((rc = unpack(r, json,
			 "{s:s, s:s, s:s, s:s, s:I, s?I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:o}",
			 "name", &name, "version", &version, "zone", &zone, "tzdata", &tzdata,
			 "valid_from_ms", &valid_from_ms, "valid_to_ms", &valid_to_ms, "months",
			 &months, "days", &days, "calendars", &cals, "municipalities",
			 &municipalities, "services", &services, "priorities", &priorities,
			 "matrix", &matrix, "targets", &targets, "duty", &duty, "rules", &rules)) !=
		    0 ||
	    (rc = read_head(r, name, version, zone, tzdata)) != 0)
		return rc;
	enter(r, "months");
	if ((rc = read_months(r, months)) != 0)
		return rc;
	enter(r, "days");
	if ((rc = read_days(r, days)) != 0 ||
	    (rc = read_validity(r, valid_from_ms, valid_to_ms)) != 0 ||
	    (rc = read_cals(r, cals)) != 0 || (rc = read_municipalities(r, municipalities)) != 0 ||
	    (rc = read_services(r, services)) != 0 || (rc = read_priorities(r, priorities)) != 0 ||
	    (rc = read_matrix(r, matrix)) != 0 || (rc = read_targets(r, targets)) != 0 ||
	    (rc = read_duties(r, duty)) != 0)
		return rc;
	return read_rules(r, rules);
}

struct vg_agreement *
vg_agreement_from_json(const json_t *json, struct vg_err *err)
{
	struct reader r = {
		.agreement = vg_agreement_new(), .err = err, .where = "body", .index = WHOLE};

	if (r.agreement == NULL) {
		(void)no_memory(&r);
		return NULL;
	}
	if (read_agreement(&r, json) != 0) {
		vg_agreement_unref(r.agreement);
		return NULL;
	}
	return r.agreement;
}
