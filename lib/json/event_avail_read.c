/* event_avail_read.c - bodies of samples, sealed days, outage records and service windows.
 *
 * The hard thing is the batch of samples: a thousand small arrays that come in by the minute from
 * every municipality, so nothing is formatted and nothing allocated for one of them until it is
 * wrong. */
#include "lib/json/event_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOT_ID_MAX    100 /* leaves room for the batch in an event id */
#define LATENCY_MAX_MS INT64_C(86400000)
#define LANE_MAX       (VG_NAME_MAX + 6) /* "probe:" and a source */

/* "samples[3][2]: expected ..."; cell SIZE_MAX = the row itself. */
static bool
fail_at(struct vg_reader *reader, const char *list, size_t row, size_t cell, const char *expected)
{
	char member[VG_NAME_MAX + 64];

	if (cell == SIZE_MAX)
		(void)snprintf(member, sizeof(member), "%s[%zu]", list, row);
	else
		(void)snprintf(member, sizeof(member), "%s[%zu][%zu]", list, row, cell);
	vg_reader_fail(reader, member, expected);
	return false;
}

/* An integer of a row. */
static bool
read_cell(struct vg_reader *reader, const char *list, size_t row, size_t cell, const json_t *value,
	  int64_t min, int64_t max, int64_t *out)
{
	char expected[96];

	if (json_is_integer(value)) {
		*out = json_integer_value(value);
		if (*out >= min && *out <= max)
			return true;
	}
	(void)snprintf(expected, sizeof(expected), "an integer from %lld to %lld", (long long)min,
		       (long long)max);
	return fail_at(reader, list, row, cell, expected);
}

static bool
read_state(struct vg_reader *reader, const char *list, size_t row, size_t cell, const json_t *value,
	   enum vg_sample_state *out)
{
	const char *word = json_string_value(value);

	for (int i = 0; word != NULL && i < VG_SAMPLE_STATE_COUNT; i++)
		if (strcmp(vg_sample_words[i], word) == 0) {
			*out = (enum vg_sample_state)i;
			return true;
		}
	return fail_at(reader, list, row, cell, "ok, warning, critical or unknown");
}

/* --- samples.reported --- */

static bool
read_text(struct vg_reader *reader, size_t row, const json_t *value, const char **out)
{
	if (json_is_string(value) && json_string_length(value) <= VG_SAMPLE_TEXT_MAX &&
	    vg_reader_is_clean(json_string_value(value), false)) {
		*out = json_string_value(value);
		return true;
	}
	return fail_at(reader, "samples", row, 4,
		       "a text of at most 200 bytes without control characters");
}

static bool
read_probe(struct vg_reader *reader, size_t row, const json_t *value, const char **out)
{
	if (json_is_string(value) && json_string_length(value) <= VG_NAME_MAX &&
	    vg_reader_is_id(json_string_value(value))) {
		*out = json_string_value(value);
		return true;
	}
	return fail_at(reader, "samples", row, 0,
		       "a probe's name: letters a-z, digits and . _ - only, at most 200 bytes");
}

/* [probe, at_ms, state, latency_ms or null, text]: the last two may be left out. */
static bool
read_sample(struct vg_reader *reader, size_t row, const json_t *json, struct vg_sample *out)
{
	size_t cells = json_array_size(json); /* 0 when it is no array */

	if (cells < 3 || cells > 5)
		return fail_at(reader, "samples", row, SIZE_MAX,
			       "[probe, at_ms, state, latency_ms or null, text]");
	out->latency_ms = -1;
	out->text = "";
	if (!read_probe(reader, row, json_array_get(json, 0), &out->probe) ||
	    !read_cell(reader, "samples", row, 1, json_array_get(json, 1), 0, VG_INSTANT_MAX_MS,
		       &out->at_ms) ||
	    !read_state(reader, "samples", row, 2, json_array_get(json, 2), &out->state))
		return false;
	if (cells > 3 && !json_is_null(json_array_get(json, 3)) &&
	    !read_cell(reader, "samples", row, 3, json_array_get(json, 3), 0, LATENCY_MAX_MS,
		       &out->latency_ms))
		return false;
	return cells < 5 || read_text(reader, row, json_array_get(json, 4), &out->text);
}

/* [count, from_ms, to_ms] */
static void
read_dropped(struct vg_reader *reader, struct vg_samples_body *body)
{
	const json_t *list = vg_reader_take(reader, "dropped", false);
	int64_t value[3];

	if (list == NULL)
		return;
	if (json_array_size(list) != 3) {
		vg_reader_fail(reader, "dropped", "[count, from_ms, to_ms]");
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		char member[16];

		(void)snprintf(member, sizeof(member), "dropped[%zu]", i);
		value[i] = vg_reader_as_int(reader, member, json_array_get(list, i), i == 0,
					    i == 0 ? INT64_MAX : VG_INSTANT_MAX_MS);
	}
	if (value[2] < value[1])
		vg_reader_fail(reader, "dropped[2]", "an instant not before dropped[1]");
	body->dropped = value[0];
	body->dropped_from_ms = value[1];
	body->dropped_to_ms = value[2];
}

void
vg_read_samples(struct vg_reader *reader, struct vg_samples_body *body)
{
	const json_t *list;
	struct vg_sample *sample;
	size_t count;

	body->boot_id = vg_reader_id(reader, "boot_id", true, BOOT_ID_MAX);
	body->batch = vg_reader_int(reader, "batch", true, 0, INT64_MAX, 0);
	body->sent_ms = vg_reader_int(reader, "sent_ms", true, 0, VG_INSTANT_MAX_MS, 0);
	read_dropped(reader, body);
	list = vg_reader_list(reader, "samples", true, VG_SAMPLES_MAX);
	count = json_array_size(list);
	if ((sample = vg_reader_memory(reader, count, sizeof(*sample))) == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		if (!read_sample(reader, i, json_array_get(list, i), &sample[i]))
			return;
	body->sample = sample;
	body->count = count;
}

/* --- raw.sealed --- */

static int
by_probe_and_start(const void *left, const void *right)
{
	const struct vg_sealed_run *a = left, *b = right;
	int order = strcmp(a->probe, b->probe);

	if (order == 0)
		order = (a->first_ms > b->first_ms) - (a->first_ms < b->first_ms);
	return order;
}

/* [first_ms, last_ms, state, count] */
static bool
read_run(struct vg_reader *reader, const char *list, size_t row, const json_t *json,
	 struct vg_sealed_run *out)
{
	if (json_array_size(json) != 4)
		return fail_at(reader, list, row, SIZE_MAX, "[first_ms, last_ms, state, count]");
	return read_cell(reader, list, row, 0, json_array_get(json, 0), 0, VG_INSTANT_MAX_MS,
			 &out->first_ms) &&
	       read_cell(reader, list, row, 1, json_array_get(json, 1), out->first_ms,
			 VG_INSTANT_MAX_MS, &out->last_ms) &&
	       read_state(reader, list, row, 2, json_array_get(json, 2), &out->state) &&
	       read_cell(reader, list, row, 3, json_array_get(json, 3), 1, INT64_MAX, &out->count);
}

/* All probes' runs; NULL after an error. */
static struct vg_sealed_run *
read_runs(struct vg_reader *reader, const json_t *probes, size_t total)
{
	struct vg_sealed_run *run = vg_reader_memory(reader, total, sizeof(*run));
	char list[VG_NAME_MAX + 16];
	const char *name;
	json_t *rows;
	size_t at = 0;

	if (run == NULL)
		return NULL;
	json_object_foreach((json_t *)(uintptr_t)probes, name, rows)
	{
		(void)snprintf(list, sizeof(list), "probes.%s", name);
		for (size_t i = 0; i < json_array_size(rows); i++, at++) {
			run[at].probe = name;
			if (!read_run(reader, list, i, json_array_get(rows, i), &run[at]))
				return NULL;
		}
	}
	qsort(run, total, sizeof(*run), by_probe_and_start);
	for (size_t i = 1; i < total; i++)
		if (by_probe_and_start(&run[i - 1], &run[i]) == 0) {
			(void)snprintf(list, sizeof(list), "probes.%s", run[i].probe);
			vg_reader_fail(reader, list, "runs that begin at different instants");
			return NULL;
		}
	return run;
}

/* How many runs there are; every probe has a sound name and at least one. */
static size_t
count_runs(struct vg_reader *reader, const json_t *probes)
{
	const char *name;
	json_t *rows;
	size_t total = 0;

	json_object_foreach((json_t *)(uintptr_t)probes, name, rows)
	{
		char member[VG_NAME_MAX + 16];

		(void)snprintf(member, sizeof(member), "probes.%.200s", name);
		if (strlen(name) > VG_NAME_MAX || !vg_reader_is_id(name))
			vg_reader_fail(reader, member,
				       "a name of letters a-z, digits and . _ - only");
		if (json_array_size(rows) == 0)
			vg_reader_fail(reader, member, "a list of at least one run");
		total += json_array_size(rows);
	}
	return total;
}

void
vg_read_sealed(struct vg_reader *reader, struct vg_sealed_body *body)
{
	const json_t *probes;
	size_t total;

	body->lane = vg_reader_name(reader, "lane", LANE_MAX);
	body->day = vg_reader_day(reader, "day");
	body->first_seq = vg_reader_int(reader, "first_seq", true, 0, INT64_MAX, 0);
	body->last_seq = vg_reader_int(reader, "last_seq", true, 0, INT64_MAX, 0);
	body->rows = vg_reader_int(reader, "rows", true, 0, INT64_MAX, 0);
	body->head = vg_reader_hex(reader, "head", false, 64);
	if (body->last_seq < body->first_seq)
		vg_reader_fail(reader, "last_seq", "a sequence not before first_seq");
	probes = vg_reader_take(reader, "probes", true);
	if (probes != NULL && !json_is_object(probes))
		vg_reader_fail(reader, "probes", "an object of lists of runs");
	total = count_runs(reader, probes);
	if (reader->rc == 0 && (body->run = read_runs(reader, probes, total)) != NULL)
		body->count = total;
}

/* --- outages --- */

static const struct {
	const char *member;
	unsigned bit;
} corrections[] = {
	{"effect", VG_OUTAGE_SET_EFFECT}, {"channel", VG_OUTAGE_SET_CHANNEL},
	{"from_ms", VG_OUTAGE_SET_FROM},  {"municipalities", VG_OUTAGE_SET_MUNICIPALITIES},
	{"to_ms", VG_OUTAGE_SET_TO},	  {"cause", VG_OUTAGE_SET_CAUSE},
};

/* What outage.recorded states whole and outage.corrected in part. */
static void
read_outage_facts(struct vg_reader *reader, bool whole, struct vg_outage_body *body)
{
	const json_t *end;

	for (size_t i = 0; i < sizeof(corrections) / sizeof(corrections[0]); i++)
		if (whole || json_object_get(reader->object, corrections[i].member) != NULL)
			body->set |= corrections[i].bit;
	body->effect = (enum vg_outage_effect)vg_reader_word(reader, "effect", whole,
							     vg_effect_words, VG_EFFECT_DOWN);
	body->channel = vg_reader_text(reader, "channel", false, VG_NAME_MAX);
	if (*body->channel != '\0' && !vg_reader_is_id(body->channel))
		vg_reader_fail(reader, "channel", "letters a-z, digits and . _ - only");
	body->municipalities = vg_reader_ids(reader, "municipalities");
	body->from_ms = vg_reader_int(reader, "from_ms", whole, 0, VG_INSTANT_MAX_MS, 0);
	end = vg_reader_take(reader, "to_ms", false);
	if (end != NULL && !json_is_null(end))
		body->to_ms = vg_reader_as_int(reader, "to_ms", end, 0, VG_INSTANT_MAX_MS);
	body->cause = (enum vg_party)vg_reader_word(reader, "cause", false, vg_party_words,
						    VG_PARTY_UNKNOWN);
}

void
vg_read_outage(struct vg_reader *reader, enum vg_kind kind, struct vg_outage_body *body)
{
	*body = (struct vg_outage_body){.outage = "",
					.service = "",
					.channel = "",
					.municipalities = "",
					.reason = "",
					.source = "",
					.probe = "",
					.to_ms = INT64_MAX};
	if (kind == VG_KIND_OUTAGE_RECORDED) {
		body->service = vg_reader_id(reader, "service", true, VG_NAME_MAX);
		body->source = vg_reader_text(reader, "source", false, VG_NAME_MAX);
		body->probe = vg_reader_text(reader, "probe", false, VG_NAME_MAX);
	} else {
		body->outage = vg_reader_id(reader, "outage", true, VG_NAME_MAX);
	}
	if (kind == VG_KIND_OUTAGE_RECORDED || kind == VG_KIND_OUTAGE_CORRECTED)
		read_outage_facts(reader, kind == VG_KIND_OUTAGE_RECORDED, body);
	if (kind != VG_KIND_OUTAGE_APPROVED)
		body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
}

/* --- windows --- */

/* [[from_ms, to_ms], ...] */
static void
read_times(struct vg_reader *reader, struct vg_window_body *body)
{
	const json_t *list = vg_reader_list(reader, "times", true, VG_WINDOW_TIMES_MAX);
	size_t count = json_array_size(list);
	int64_t(*time)[2], from_ms = 0;

	if (list != NULL && count == 0)
		vg_reader_fail(reader, "times", "at least one [from_ms, to_ms]");
	if ((time = vg_reader_memory(reader, count, sizeof(*time))) == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(list, i);

		if (json_array_size(row) != 2) {
			(void)fail_at(reader, "times", i, SIZE_MAX, "[from_ms, to_ms]");
			return;
		}
		if (!read_cell(reader, "times", i, 0, json_array_get(row, 0), from_ms,
			       VG_INSTANT_MAX_MS, &time[i][0]) ||
		    !read_cell(reader, "times", i, 1, json_array_get(row, 1), time[i][0] + 1,
			       VG_INSTANT_MAX_MS, &time[i][1]))
			return;
		from_ms = time[i][1]; /* ascending, not overlapping */
	}
	body->time = (const int64_t(*)[2])time;
	body->times = count;
}

static void
read_plan(struct vg_reader *reader, struct vg_window_body *body)
{
	body->name = vg_reader_name(reader, "name", VG_NAME_MAX);
	body->services = vg_reader_ids(reader, "services");
	body->channels = vg_reader_ids(reader, "channels");
	body->municipalities = vg_reader_ids(reader, "municipalities");
	read_times(reader, body);
	body->category = (enum vg_window_category)vg_reader_word(
		reader, "category", true, vg_category_words, VG_WINDOW_PLANNED);
	body->announced_ms = vg_reader_int(reader, "announced_ms", false, 0, VG_INSTANT_MAX_MS, -1);
	body->agreed_by = vg_reader_text(reader, "agreed_by", false, VG_NAME_MAX);
	body->rrule = vg_reader_text(reader, "rrule", false, VG_TEXT_MAX);
	body->uid = vg_reader_text(reader, "uid", false, VG_NAME_MAX);
	body->reason = vg_reader_text(reader, "reason", false, VG_TEXT_MAX);
}

void
vg_read_window(struct vg_reader *reader, enum vg_kind kind, struct vg_window_body *body)
{
	*body = (struct vg_window_body){.window = "",
					.name = "",
					.services = "",
					.channels = "",
					.municipalities = "",
					.agreed_by = "",
					.rrule = "",
					.uid = "",
					.reason = "",
					.announced_ms = -1};
	if (kind == VG_KIND_WINDOW_PLANNED) {
		read_plan(reader, body);
		return;
	}
	body->window = vg_reader_id(reader, "window", true, VG_NAME_MAX);
	if (kind == VG_KIND_WINDOW_STARTED || kind == VG_KIND_WINDOW_ENDED)
		body->at_ms = vg_reader_int(reader, "at_ms", true, 0, VG_INSTANT_MAX_MS, 0);
	if (kind == VG_KIND_WINDOW_WITHDRAWN)
		body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
}
