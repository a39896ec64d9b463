/* samples.c - what agents and others have measured, and who they are.
 *
 * A batch is the body of an event, and is read once, by the event's own parser, since a thousand
 * samples a request are the everyday case. The hard thing is
 * that what is answered is true after a cut at any moment: 200 means durable, and a batch that
 * comes again gets the sequence of the first. */
#include "daemon/api/take.h"

#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One request on its way. */
struct batch {
	struct vg_request *request;
	int64_t number;
	char id[VG_EVENT_ID_MAX + 1]; /* "<boot_id>/<batch>" */
};

static void
on_batch_done(const struct vg_live_result *result, void *arg)
{
	struct batch *batch = arg;
	const bool repeat = result->outcome == VG_RECORD_REPEAT;

	if (result->outcome == VG_RECORD_CONFLICT)
		vg_reply_problem(batch->request, 409,
				 "batch: %s came before with other content, as row %" PRId64,
				 batch->id, result->seq);
	else if (result->outcome == VG_RECORD_FAILED)
		vg_reply_problem(batch->request, 503, "%s",
				 result->error == VG_ELIMIT ? "too many senders of samples"
							    : vg_err_text(NULL, result->error));
	else
		vg_reply_json(batch->request, 200,
			      json_pack("{s:I, s:I, s:s, s:s}", "seq", (json_int_t)result->seq,
					"batch", (json_int_t)batch->number, "verdict",
					repeat ? "repeat" : vg_verdict_word(result->verdict.code),
					"text", result->verdict.text));
	free(batch);
}

/* Submits what was read; the event's identity lives with the request until it is answered. */
static void
submit(struct vg_call *call, struct vg_parsed_event *parsed, bool identified)
{
	struct vg_event *event = &parsed->event;
	const struct vg_samples_body *body = &event->body.samples;
	struct batch *batch = calloc(1, sizeof(*batch));
	struct vg_err err = {0};
	int rc;

	if (batch == NULL) {
		vg_parsed_event_free(parsed);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	batch->request = call->request;
	batch->number = body->batch;
	(void)snprintf(batch->id, sizeof(batch->id), "%s/%" PRId64, body->boot_id, body->batch);
	event->event_id = identified ? batch->id : "";
	event->occurred_ms = body->sent_ms;
	rc = vg_live_submit(call->api->live, parsed, false, on_batch_done, batch, &err);
	if (rc != 0) {
		free(batch);
		vg_reply_problem(call->request, vg_status_of(rc, vg_err_text(&err, rc)), "%s",
				 vg_err_text(&err, rc));
	}
}

/* The sender's clock is judged sample by sample, so the event's instant is ours until it has passed
 * the door. */
static void
take_body(struct vg_call *call, const char *body, size_t length, bool identified)
{
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	int status;
	int rc = vg_take_read_body(call, VG_KIND_SAMPLES_REPORTED, body, length, &parsed, &status,
				   &err);

	if (rc != 0)
		vg_reply_problem(call->request, status, "%s", vg_err_text(&err, rc));
	else
		submit(call, &parsed, identified);
}

void
vg_post_batch(struct vg_call *call)
{
	static const char *const types[] = {"application/json", NULL};
	const char *bytes;
	size_t length;

	if (!vg_call_type_is(call, types))
		return;
	bytes = vg_request_body(call->request, &length);
	take_body(call, bytes, length, true);
}

/* Samples without an agent: one call. */

/* What is stated of a probe's scope must be what the agreement says of it. */
static bool
is_as_agreed(const char *stated, const char *agreed)
{
	return stated == NULL || strcmp(stated, agreed) == 0;
}

static bool
refuse_scope(struct vg_call *call, size_t index, const char *member, const char *agreed)
{
	if (*agreed != '\0')
		vg_reply_problem(call->request, 422,
				 "samples[%zu].%s: expected %s, as the agreement says, or nothing",
				 index, member, agreed);
	else
		vg_reply_problem(call->request, 422,
				 "samples[%zu].%s: the agreement says none for this probe; "
				 "expected nothing",
				 index, member);
	return false;
}

static bool
check_scope(struct vg_call *call, size_t index, const json_t *object)
{
	static const char *const members[] = {"service", "channel", "municipality", "vantage"};
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(call->api->live));
	const char *name = json_string_value(json_object_get(object, "probe"));
	const struct vg_probe_rule *rule = NULL;
	const char *stated[4], *agreed[4] = {"", "", "", ""};
	bool any = false;

	for (size_t i = 0; i < 4; i++) {
		const json_t *value = json_object_get(object, members[i]);

		stated[i] = json_string_value(value);
		if (value != NULL && stated[i] == NULL)
			return refuse_scope(call, index, members[i], "a text");
		any |= value != NULL;
	}
	if (!any)
		return true;
	if (agreement != NULL && name != NULL)
		rule = vg_agreement_probe(agreement, call->who->source, name);
	if (rule == NULL) {
		vg_reply_problem(call->request, 422,
				 "samples[%zu].probe: the agreement names no probe \"%.60s\" of "
				 "\"%s\", so it has no scope; expected one of its probes",
				 index, name == NULL ? "" : name, call->who->source);
		return false;
	}
	if (!rule->reference) {
		agreed[0] = agreement->service[rule->service].id;
		agreed[1] = rule->channel < 0 ? "" : agreement->channel[rule->channel].id;
		agreed[2] = strcmp(rule->municipality, "*") == 0 ? "all" : rule->municipality;
		agreed[3] = rule->vantage == VG_VANTAGE_LOCAL ? "local" : "central";
	}
	for (size_t i = 0; i < 4; i++)
		if (!is_as_agreed(stated[i], agreed[i]))
			return refuse_scope(call, index, members[i], agreed[i]);
	return true;
}

/* When it was measured: as stated, else now. False when it is no time: then the call is answered.
 */
static bool
read_at(struct vg_call *call, size_t index, const json_t *object, int64_t *at_ms)
{
	const json_t *at = json_object_get(object, "at");
	struct vg_err err = {0};

	*at_ms = vg_live_now_ms(call->api->live);
	if (at == NULL || (json_is_string(at) && vg_parse_time(json_string_value(at), at_ms, &err)))
		return true;
	vg_reply_problem(
		call->request, 422,
		"samples[%zu].at: expected a time as 2026-11-20T08:30:00+01:00, or nothing "
		"for now",
		index);
	return false;
}

static bool
knows_members(struct vg_call *call, size_t index, const json_t *object)
{
	static const char *const known[] = {"probe",	  "state",	  "at",
					    "latency_ms", "text",	  "service",
					    "channel",	  "municipality", "vantage"};
	const char *member;
	json_t *value;

	if (!json_is_object(object)) {
		vg_reply_problem(call->request, 422, "samples[%zu]: expected an object", index);
		return false;
	}
	json_object_foreach((json_t *)object, member, value)
	{
		size_t i = 0;

		while (i < sizeof(known) / sizeof(known[0]) && strcmp(known[i], member) != 0)
			i++;
		if (i == sizeof(known) / sizeof(known[0])) {
			vg_reply_problem(call->request, 422,
					 "samples[%zu].%.60s: no such member; expected probe, "
					 "state, at, latency_ms, text, service, channel, "
					 "municipality, vantage",
					 index, member);
			return false;
		}
	}
	return true;
}

/* One sample as the row of a batch: the event's parser judges probe, state, latency and text. */
static json_t *
sample_row(struct vg_call *call, size_t index, const json_t *object)
{
	json_t *row, *latency, *text;
	int64_t at_ms;

	if (!knows_members(call, index, object) || !read_at(call, index, object, &at_ms) ||
	    !check_scope(call, index, object))
		return NULL;
	row = json_array();
	latency = json_object_get(object, "latency_ms");
	text = json_object_get(object, "text");
	json_array_append(row, json_object_get(object, "probe"));
	if (json_array_size(row) == 0)
		json_array_append_new(row, json_null());
	json_array_append_new(row, json_integer(at_ms));
	json_array_append_new(row, json_incref(json_object_get(object, "state") == NULL
						       ? json_null()
						       : json_object_get(object, "state")));
	if (latency != NULL || text != NULL)
		json_array_append_new(row, latency == NULL ? json_null() : json_incref(latency));
	if (text != NULL)
		json_array_append(row, text);
	return row;
}

/* False when a row is wrong: then the call is answered. */
static bool
put_rows(struct vg_call *call, const json_t *list, json_t *rows)
{
	size_t count = json_is_array(list) ? json_array_size(list) : 1;

	if (count == 0 || count > VG_SAMPLES_MAX) {
		vg_reply_problem(call->request, count == 0 ? 422 : 413,
				 "samples: expected 1 to %d, in a list", VG_SAMPLES_MAX);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *row =
			sample_row(call, i, json_is_array(list) ? json_array_get(list, i) : list);

		if (row == NULL)
			return false;
		json_array_append_new(rows, row);
	}
	return true;
}

/* Each call is a batch of its own and is not known again: the same sample twice says the same. */
static void
take_list(struct vg_call *call, const json_t *list)
{
	uint8_t random[16];
	char boot_id[VG_HEX_LEN(sizeof(random))];
	json_t *rows = json_array(), *body;
	char *text;

	if (!put_rows(call, list, rows)) {
		json_decref(rows);
		return;
	}
	vg_random(random, sizeof(random));
	body = json_pack("{s:s, s:i, s:I, s:o}", "boot_id", vg_hex(random, sizeof(random), boot_id),
			 "batch", 1, "sent_ms", (json_int_t)vg_live_now_ms(call->api->live),
			 "samples", rows);
	text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
	json_decref(body);
	if (text == NULL)
		vg_reply_json(call->request, 503, NULL);
	else
		take_body(call, text, strlen(text), false);
	free(text);
}

void
vg_post_samples(struct vg_call *call)
{
	static const char *const types[] = {"application/json", NULL};
	json_error_t why;
	const char *bytes;
	json_t *list;
	size_t length;

	if (!vg_call_type_is(call, types))
		return;
	bytes = vg_request_body(call->request, &length);
	list = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &why);
	if (list == NULL)
		vg_reply_problem(call->request, 400,
				 "line %d, column %d: %s; expected a sample or a list of them",
				 why.line, why.column, why.text);
	else
		take_list(call, list);
	json_decref(list);
}
