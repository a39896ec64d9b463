/* event_avail_write.c - canonical bodies of samples, sealed days, outage records and windows.
 *
 * What a sender may leave out or say in two ways has one form here: no latency and no text end the
 * sample early, an empty list of ids is not there, and the cause "unknown" is not said when an
 * outage is recorded. */
#include "lib/json/event_writer.h"

#include <string.h>

/* --- samples.reported --- */

static void
put_state(struct vg_json_text *text, enum vg_sample_state state)
{
	vg_put_id(text, vg_sample_words[state], strlen(vg_sample_words[state]));
}

static void
put_sample(struct vg_json_text *text, const struct vg_sample *sample)
{
	bool has_text = *sample->text != '\0';

	vg_put_char(text, '[');
	vg_put_id(text, sample->probe, strlen(sample->probe));
	vg_put_char(text, ',');
	vg_put_integer(text, sample->at_ms);
	vg_put_char(text, ',');
	put_state(text, sample->state);
	if (sample->latency_ms >= 0) {
		vg_put_char(text, ',');
		vg_put_integer(text, sample->latency_ms);
	} else if (has_text) {
		vg_put_bytes(text, ",null", 5);
	}
	if (has_text) {
		vg_put_char(text, ',');
		vg_put_string(text, sample->text);
	}
	vg_put_char(text, ']');
}

void
vg_add_samples(struct vg_members *members, const struct vg_samples_body *body)
{
	struct vg_json_text *text;

	vg_add_string(members, "boot_id", body->boot_id);
	vg_add_integer(members, "batch", body->batch);
	vg_add_integer(members, "sent_ms", body->sent_ms);
	if (body->dropped > 0) {
		text = vg_add_json(members, "dropped");
		vg_put_char(text, '[');
		vg_put_integer(text, body->dropped);
		vg_put_char(text, ',');
		vg_put_integer(text, body->dropped_from_ms);
		vg_put_char(text, ',');
		vg_put_integer(text, body->dropped_to_ms);
		vg_put_char(text, ']');
	}
	text = vg_add_json(members, "samples");
	vg_put_char(text, '[');
	for (size_t i = 0; i < body->count; i++) {
		vg_put_next(text, i);
		put_sample(text, &body->sample[i]);
	}
	vg_put_char(text, ']');
}

/* --- raw.sealed --- */

static void
put_run(struct vg_json_text *text, const struct vg_sealed_run *run)
{
	vg_put_char(text, '[');
	vg_put_integer(text, run->first_ms);
	vg_put_char(text, ',');
	vg_put_integer(text, run->last_ms);
	vg_put_char(text, ',');
	put_state(text, run->state);
	vg_put_char(text, ',');
	vg_put_integer(text, run->count);
	vg_put_char(text, ']');
}

/* Runs come sorted by probe, so the object's members do too. */
static void
put_runs(struct vg_json_text *text, const struct vg_sealed_run *run, size_t count)
{
	vg_put_char(text, '{');
	for (size_t i = 0; i < count; i++) {
		bool another = i == 0 || strcmp(run[i - 1].probe, run[i].probe) != 0;

		if (another && i > 0)
			vg_put_char(text, ']');
		vg_put_next(text, i);
		if (another) {
			vg_put_id(text, run[i].probe, strlen(run[i].probe));
			vg_put_bytes(text, ":[", 2);
		}
		put_run(text, &run[i]);
	}
	if (count > 0)
		vg_put_char(text, ']');
	vg_put_char(text, '}');
}

void
vg_add_sealed(struct vg_members *members, const struct vg_sealed_body *body)
{
	vg_add_string(members, "lane", body->lane);
	vg_add_day(members, "day", body->day);
	vg_add_integer(members, "first_seq", body->first_seq);
	vg_add_integer(members, "last_seq", body->last_seq);
	vg_add_integer(members, "rows", body->rows);
	vg_add_text(members, "head", body->head);
	put_runs(vg_add_json(members, "probes"), body->run, body->count);
}

/* --- outages and windows --- */

static void
add_recorded(struct vg_members *members, const struct vg_outage_body *body)
{
	vg_add_string(members, "effect", vg_effect_words[body->effect]);
	vg_add_string(members, "service", body->service);
	vg_add_text(members, "channel", body->channel);
	vg_add_ids(members, "municipalities", body->municipalities);
	vg_add_integer(members, "from_ms", body->from_ms);
	if (body->to_ms != INT64_MAX)
		vg_add_integer(members, "to_ms", body->to_ms);
	if (body->cause != VG_PARTY_UNKNOWN)
		vg_add_string(members, "cause", vg_party_words[body->cause]);
	vg_add_text(members, "source", body->source);
	vg_add_text(members, "probe", body->probe);
}

/* What is stated may be "all" or "open again", so it is said even when it is empty. */
static void
add_corrected(struct vg_members *members, const struct vg_outage_body *body)
{
	if ((body->set & VG_OUTAGE_SET_EFFECT) != 0)
		vg_add_string(members, "effect", vg_effect_words[body->effect]);
	if ((body->set & VG_OUTAGE_SET_CHANNEL) != 0)
		vg_add_string(members, "channel", body->channel);
	if ((body->set & VG_OUTAGE_SET_MUNICIPALITIES) != 0)
		vg_put_ids(vg_add_json(members, "municipalities"), body->municipalities);
	if ((body->set & VG_OUTAGE_SET_FROM) != 0)
		vg_add_integer(members, "from_ms", body->from_ms);
	if ((body->set & VG_OUTAGE_SET_TO) != 0)
		vg_add(members, "to_ms",
		       body->to_ms == INT64_MAX ? VG_MEMBER_NOTHING : VG_MEMBER_INTEGER,
		       body->to_ms, NULL);
	if ((body->set & VG_OUTAGE_SET_CAUSE) != 0)
		vg_add_string(members, "cause", vg_party_words[body->cause]);
}

void
vg_add_outage(struct vg_members *members, enum vg_kind kind, const struct vg_outage_body *body)
{
	if (kind == VG_KIND_OUTAGE_RECORDED)
		add_recorded(members, body);
	else
		vg_add_string(members, "outage", body->outage);
	if (kind == VG_KIND_OUTAGE_CORRECTED)
		add_corrected(members, body);
	if (kind != VG_KIND_OUTAGE_APPROVED)
		vg_add_string(members, "reason", body->reason);
}

static void
add_plan(struct vg_members *members, const struct vg_window_body *body)
{
	struct vg_json_text *times;

	vg_add_string(members, "name", body->name);
	vg_add_ids(members, "services", body->services);
	vg_add_ids(members, "channels", body->channels);
	vg_add_ids(members, "municipalities", body->municipalities);
	vg_add_string(members, "category", vg_category_words[body->category]);
	if (body->announced_ms >= 0)
		vg_add_integer(members, "announced_ms", body->announced_ms);
	vg_add_text(members, "agreed_by", body->agreed_by);
	vg_add_text(members, "rrule", body->rrule);
	vg_add_text(members, "uid", body->uid);
	vg_add_text(members, "reason", body->reason);
	times = vg_add_json(members, "times");
	vg_put_char(times, '[');
	for (size_t i = 0; i < body->times; i++) {
		vg_put_next(times, i);
		vg_put_char(times, '[');
		vg_put_integer(times, body->time[i][0]);
		vg_put_char(times, ',');
		vg_put_integer(times, body->time[i][1]);
		vg_put_char(times, ']');
	}
	vg_put_char(times, ']');
}

void
vg_add_window(struct vg_members *members, enum vg_kind kind, const struct vg_window_body *body)
{
	if (kind == VG_KIND_WINDOW_PLANNED) {
		add_plan(members, body);
		return;
	}
	vg_add_string(members, "window", body->window);
	if (kind == VG_KIND_WINDOW_STARTED || kind == VG_KIND_WINDOW_ENDED)
		vg_add_integer(members, "at_ms", body->at_ms);
	if (kind == VG_KIND_WINDOW_WITHDRAWN)
		vg_add_string(members, "reason", body->reason);
}
