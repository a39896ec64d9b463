/* outage_detail.c - one outage record with all that is known beside it: what was measured, by which
 * probes, alarms and tickets of the same time, what was told, and whether it counts.
 *
 * Nothing links most of these to the record but time and service, so each list says what it was
 * chosen by (docs/api.md), and how much was looked at is bounded. */
#include "daemon/api/picture.h"

#include "core/alarm.h"
#include "core/disturbance.h"
#include "daemon/api/alarms.h"
#include "daemon/api/judge.h"

#include <inttypes.h>
#include <string.h>

#define AROUND_MS     (INT64_C(15) * 60 * 1000) /* before and after, that probes are shown of */
#define SPAN_MAX_MS   (INT64_C(92) * 24 * 60 * 60 * 1000) /* of a longer record its end is told */
#define LOOKED_AT_MAX 20000				  /* alarms, and changes of objects */
#define ROWS_MAX      200				  /* of each list */

struct detail {
	const struct vg_call *call;
	const struct vg_core *core;
	const struct vg_outage_record *record;
	const struct vg_agreement *agreement; /* in force when it began; NULL = none */
	int64_t from_ms, to_ms;
	int64_t counted_s; /* of what was measured */
	bool cut;	   /* there is more than a list holds, or than was looked at */
};

static bool
has_room(struct detail *d, const json_t *list)
{
	if (json_array_size(list) < ROWS_MAX)
		return true;
	d->cut = true;
	return false;
}

static bool
concerns(const struct detail *d, const char *municipality)
{
	return vg_judge_has_id(d->record->municipalities, municipality) &&
	       vg_may_see(d->call->who, municipality);
}

/* As measured. */

struct rows {
	struct detail *d;
	json_t *list;
	const char *source, *probe; /* of runs */
};

static void
on_seen(const struct vg_outage_seen *outage, void *arg)
{
	const struct rows *rows = arg;

	if (outage->scope.channel != NULL || !concerns(rows->d, outage->scope.municipality))
		return;
	rows->d->counted_s += outage->counted_s;
	if (has_room(rows->d, rows->list))
		json_array_append_new(rows->list, vg_json_outage_seen(outage));
}

/* NULL = out of memory. */
static json_t *
seen_json(struct detail *d)
{
	const struct vg_scope filter = {.service = d->record->service};
	struct rows rows = {.d = d, .list = json_array()};

	if (d->from_ms >= d->to_ms ||
	    vg_outages_seen(d->core, d->from_ms, d->to_ms, &filter, on_seen, &rows) == 0)
		return rows.list;
	json_decref(rows.list);
	return NULL;
}

static void
on_run(const struct vg_run *run, void *arg)
{
	const struct rows *rows = arg;

	if (has_room(rows->d, rows->list))
		json_array_append_new(
			rows->list,
			json_pack("{s:s, s:s, s:s, s:o, s:o, s:I}", "source", rows->source, "probe",
				  rows->probe, "state", vg_sample_words[run->state], "first",
				  vg_json_time(run->first_ms), "last", vg_json_time(run->last_ms),
				  "samples", (json_int_t)run->count));
}

/* Whether it measures the service in one of the record's municipalities. */
static bool
measures(const struct detail *d, const struct vg_probe_rule *probe)
{
	if (probe->reference ||
	    strcmp(d->agreement->service[probe->service].id, d->record->service) != 0)
		return false;
	return strcmp(probe->municipality, "*") == 0 || concerns(d, probe->municipality);
}

static json_t *
probes_json(struct detail *d)
{
	const size_t probes = d->agreement == NULL ? 0 : d->agreement->probes;
	struct rows rows = {.d = d, .list = json_array()};

	for (size_t i = 0; i < probes; i++) {
		const struct vg_probe_rule *probe = &d->agreement->probe[i];

		rows.source = probe->agent;
		rows.probe = probe->name;
		if (measures(d, probe) && has_room(d, rows.list) &&
		    vg_probe_runs(d->core, probe->agent, probe->name, d->from_ms - AROUND_MS,
				  d->to_ms + AROUND_MS, on_run, &rows) == VG_ENOMEM)
			d->cut = true;
	}
	return rows.list;
}

/* Of the same time. */

static bool
is_beside(const struct detail *d, const struct vg_alarm *alarm)
{
	return alarm->merged_into == 0 && strcmp(alarm->service, d->record->service) == 0 &&
	       alarm->raised_ms < d->to_ms &&
	       (alarm->cleared_ms == -1 || alarm->cleared_ms > d->from_ms) &&
	       vg_alarm_concerns(d->core, alarm, d->call->who->municipality,
				 vg_live_now_ms(d->call->api->live));
}

/* The newest first. */
static json_t *
alarms_json(struct detail *d)
{
	size_t left = vg_item_count(d->core, VG_OBJECT_ALARM);
	json_t *list = json_array();

	for (int looked_at = 0; left > 0 && looked_at < LOOKED_AT_MAX; looked_at++) {
		const struct vg_alarm *alarm = vg_core_item(d->core, VG_OBJECT_ALARM, --left);

		if (is_beside(d, alarm) && has_room(d, list))
			json_array_append_new(
				list, json_pack("{s:o, s:s, s:s, s:s, s:o, s:o}", "id",
						vg_json_alarm_name(alarm->id), "severity",
						vg_severity_words[alarm->worst], "resource",
						alarm->resource, "text", alarm->text, "raised",
						vg_json_time(alarm->raised_ms), "cleared",
						vg_json_time(alarm->cleared_ms)));
	}
	d->cut = d->cut || left > 0;
	return list;
}

static json_t *
windows_json(struct detail *d)
{
	const struct vg_window *window;
	json_t *list = json_array();

	for (size_t i = 0; (window = vg_core_item(d->core, VG_OBJECT_WINDOW, i)) != NULL; i++)
		if (!window->withdrawn && window->from_ms < d->to_ms &&
		    window->to_ms > d->from_ms &&
		    vg_judge_has_id(window->services, d->record->service) &&
		    (*d->call->who->municipality == '\0' ||
		     vg_judge_has_id(window->municipalities, d->call->who->municipality)) &&
		    has_room(d, list))
			json_array_append_new(list, vg_json_window_brief(window));
	return list;
}

/* What names it. */

struct search {
	struct rows rows;
	int64_t looked_at, seq;
};

static bool
names(const struct detail *d, const struct vg_ticket_view *view)
{
	const char *outage = view->text[VG_TF_OUTAGE];
	int64_t id, n;

	return outage != NULL && vg_judge_id(outage, 'O', &id, &n) && id == d->record->id &&
	       vg_may_see(d->call->who, view->text[VG_TF_MUNICIPALITY]);
}

static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct search *search = arg;
	struct detail *d = search->rows.d;
	struct vg_ticket_view view;

	if (search->looked_at++ == LOOKED_AT_MAX || !has_room(d, search->rows.list)) {
		d->cut = true;
		return false;
	}
	if (object->type != VG_OBJECT_TICKET)
		return true;
	vg_ticket_view(d->core, object->of.ticket, vg_live_now_ms(d->call->api->live), &view, NULL,
		       NULL);
	if (names(d, &view))
		json_array_append_new(search->rows.list,
				      json_pack("{s:o, s:s, s:b, s:s?}", "id",
						json_sprintf("V-%" PRId64, view.id), "status",
						vg_word(VG_TF_STATUS, view.status), "open",
						view.open, "municipality",
						view.text[VG_TF_MUNICIPALITY]));
	return true;
}

/* A ticket that names the record said so after it was made. */
static json_t *
tickets_json(struct detail *d)
{
	struct search search = {.rows = {.d = d, .list = json_array()}};

	vg_core_changed_since(d->core, d->record->id, on_changed, &search);
	return search.rows.list;
}

static json_t *
disturbances_json(struct detail *d)
{
	const struct vg_disturbance *it;
	json_t *list = json_array();

	for (size_t i = 0; (it = vg_core_item(d->core, VG_OBJECT_DISTURBANCE, i)) != NULL; i++)
		if (it->outage == d->record->id && it->published_ms != -1 &&
		    (*d->call->who->municipality == '\0' ||
		     vg_judge_has_id(it->municipalities, d->call->who->municipality)) &&
		    has_room(d, list))
			json_array_append_new(
				list, json_pack("{s:o, s:s, s:s, s:o}", "id",
						json_sprintf("S-%" PRId64, it->id), "state",
						vg_disturbance_state_name(
							(enum vg_disturbance_state)it->state),
						"title", it->title, "published",
						vg_json_time(it->published_ms)));
	return list;
}

/* Why it counts, or does not: the first reason that holds. */
static const char *
why(const struct detail *d)
{
	const int cause = d->record->cause;

	if (d->record->withdrawn)
		return "withdrawn";
	if (*d->record->approved_by == '\0')
		return "waits_for_second_person";
	if (d->record->effect == VG_EFFECT_REFUTE)
		return "refuted";
	if (cause != VG_PARTY_UNKNOWN && cause != VG_PARTY_VGR && cause != VG_PARTY_SUPPLIER)
		return "cause_outside_provider";
	return d->counted_s == 0 ? "not_in_agreed_time" : "counts";
}

void
vg_get_outage(struct vg_call *call)
{
	struct detail d = {.call = call, .core = vg_live_core(call->api->live)};
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	json_t *object, *seen;

	if ((d.record = vg_call_outage(call)) == NULL)
		return;
	d.to_ms = d.record->to_ms < now_ms ? d.record->to_ms : now_ms;
	d.from_ms = d.record->from_ms;
	if (d.to_ms - d.from_ms > SPAN_MAX_MS) {
		d.from_ms = d.to_ms - SPAN_MAX_MS;
		d.cut = true;
	}
	d.agreement = vg_core_agreement_at(d.core, d.from_ms);
	if ((seen = seen_json(&d)) == NULL) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	object = vg_json_outage_record(d.record);
	json_object_update_new(object,
			       json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "seen", seen, "probes",
					 probes_json(&d), "alarms", alarms_json(&d), "tickets",
					 tickets_json(&d), "disturbances", disturbances_json(&d),
					 "windows", windows_json(&d)));
	json_object_update_new(object,
			       json_pack("{s:I, s:s, s:b}", "counted_s", (json_int_t)d.counted_s,
					 "why", why(&d), "cut", d.cut));
	vg_reply_json(call->request, 200, vg_json_with_seq(call, object));
}
