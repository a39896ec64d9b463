/* outages.c - what was measured as down, and what persons say of it. */
#include "daemon/api/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct list {
	const struct vg_call *call;
	json_t *rows;
};

json_t *
vg_json_outage_seen(const struct vg_outage_seen *outage)
{
	json_t *row = json_pack("{s:o, s:o, s:I, s:I, s:b, s:b, s:s, s:s}", "from",
				vg_json_time(outage->from_ms), "to", vg_json_time(outage->to_ms),
				"length_s", (json_int_t)((outage->to_ms - outage->from_ms) / 1000),
				"counted_s", (json_int_t)outage->counted_s, "running",
				outage->running, "provisional", outage->provisional, "cause",
				vg_party_words[outage->cause], "root", outage->root);
	char id[32];

	(void)snprintf(id, sizeof(id), "O-%" PRId64, outage->record);
	json_object_set_new(row, "record", outage->record > 0 ? json_string(id) : json_null());
	vg_judge_put_scope(row, &outage->scope);
	return row;
}

static void
on_seen(const struct vg_outage_seen *outage, void *arg)
{
	json_array_append_new(arg, vg_json_outage_seen(outage));
}

static bool
waits(const struct vg_outage_record *record)
{
	return *record->approved_by == '\0' && !record->withdrawn;
}

json_t *
vg_json_outage_record(const struct vg_outage_record *record)
{
	char id[32];

	(void)snprintf(id, sizeof(id), "O-%" PRId64, record->id);
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "id",
		id, "effect", vg_effect_words[record->effect], "service", record->service,
		"channel", record->channel, "municipalities", vg_judge_ids(record->municipalities),
		"from", vg_json_time(record->from_ms), "to", vg_json_time(record->to_ms), "cause",
		vg_party_words[record->cause], "reason", record->reason, "source", record->source,
		"probe", record->probe, "author", record->author, "approved_by",
		record->approved_by, "waits", waits(record), "withdrawn", record->withdrawn);
}

static bool
fits(const struct vg_outage_record *record, const struct vg_scope *filter, int64_t from_ms,
     int64_t to_ms)
{
	return record->from_ms < to_ms && record->to_ms > from_ms &&
	       (filter->service == NULL || strcmp(filter->service, record->service) == 0) &&
	       (filter->municipality == NULL ||
		vg_judge_has_id(record->municipalities, filter->municipality));
}

static json_t *
records_json(const struct vg_core *core, const struct vg_scope *filter, int64_t from_ms,
	     int64_t to_ms, bool waiting)
{
	const struct vg_outage_record *record;
	json_t *rows = json_array();

	for (size_t i = 0; (record = vg_core_item(core, VG_OBJECT_OUTAGE, i)) != NULL; i++)
		if (fits(record, filter, from_ms, to_ms) && (!waiting || waits(record)))
			json_array_append_new(rows, vg_json_outage_record(record));
	return rows;
}

/* state=waiting: records alone, of any month, that wait for the second person. */
static bool
read_waiting(struct vg_call *call, bool *waiting)
{
	const char *state = vg_call_query(call, "state");

	*waiting = state != NULL && strcmp(state, "waiting") == 0;
	if (state == NULL || *waiting)
		return true;
	vg_reply_problem(call->request, 400, "state: expected waiting, or nothing");
	return false;
}

void
vg_get_outages(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	struct vg_scope filter;
	int64_t from_ms, to_ms;
	json_t *seen;
	bool waiting;
	int month, rc = 0;

	if (!vg_judge_filter(call, &filter) || !read_waiting(call, &waiting) ||
	    !vg_judge_month(call, false, &month, &from_ms, &to_ms))
		return;
	seen = json_array();
	if (waiting) {
		from_ms = INT64_MIN;
		to_ms = INT64_MAX;
	} else if (from_ms < now_ms) {
		rc = vg_outages_seen(core, from_ms, to_ms < now_ms ? to_ms : now_ms, &filter,
				     on_seen, seen);
	}
	if (rc != 0) {
		json_decref(seen);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:o, s:o, s:I, s:o}", "month", vg_judge_month_name(month),
				"outages", seen, "records",
				records_json(core, &filter, from_ms, to_ms, waiting), "seq",
				(json_int_t)vg_core_seq(core), "asof", vg_json_time(now_ms)));
}

static void
state(struct vg_call *call, enum vg_kind kind, json_t *object)
{
	if (vg_judge_time(call, object, "from", "from_ms") &&
	    vg_judge_time(call, object, "to", "to_ms"))
		vg_take_named(call, kind, object, kind == VG_KIND_OUTAGE_RECORDED ? "outage" : NULL,
			      "O-");
	else
		json_decref(object);
}

void
vg_post_outage(struct vg_call *call)
{
	json_t *object = vg_call_object(call);

	if (object != NULL)
		state(call, VG_KIND_OUTAGE_RECORDED, object);
}

const struct vg_outage_record *
vg_call_outage(struct vg_call *call)
{
	const struct vg_outage_record *record = NULL;
	int64_t id, n;

	if (vg_judge_id(call->param[0], 'O', &id, &n) && n < 0)
		record = vg_core_outage(vg_live_core(call->api->live), id);
	if (record != NULL && (*call->who->municipality == '\0' ||
			       vg_judge_has_id(record->municipalities, call->who->municipality)))
		return record;
	vg_reply_problem(call->request, 404, "no outage record %.40s; expected O-<number>",
			 call->param[0]);
	return NULL;
}

static void
post_about(struct vg_call *call, enum vg_kind kind)
{
	json_t *object;

	if (vg_call_outage(call) == NULL || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "outage", json_string(call->param[0]));
	if (kind == VG_KIND_OUTAGE_CORRECTED)
		state(call, kind, object);
	else
		vg_take_command(call, kind, object);
}

void
vg_post_outage_correct(struct vg_call *call)
{
	post_about(call, VG_KIND_OUTAGE_CORRECTED);
}

void
vg_post_outage_approve(struct vg_call *call)
{
	post_about(call, VG_KIND_OUTAGE_APPROVED);
}

void
vg_post_outage_withdraw(struct vg_call *call)
{
	post_about(call, VG_KIND_OUTAGE_WITHDRAWN);
}
