/* take.c - events on their way into the ledger.
 *
 * A request waits here while its events are made durable; the answer is written when the journal
 * and the core have spoken. The hard thing is that an answer must say for each event what became of
 * it: taken, a repeat, refused by the core, or not even submitted, and in a batch all of these side
 * by side. */
#include "daemon/api/take.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sets who says what was read, and checks it; `rc` is what reading it gave. */
static int
check_read(struct vg_call *call, const struct vg_import *import, int rc,
	   struct vg_parsed_event *out, int *status, struct vg_err *err)
{
	const char *source = import != NULL ? import->source : call->who->source;

	if (rc == 0) {
		struct vg_event *event = &out->event;

		if (*event->source != '\0' && strcmp(event->source, source) != 0)
			rc = vg_err_set(
				err, VG_EINVALID,
				"source: \"%.60s\" is not yours; expected \"%s\" or nothing",
				event->source, source);
		else if (*event->import != '\0' &&
			 (import == NULL || strcmp(event->import, import->id) != 0))
			rc = vg_err_set(err, VG_EINVALID,
					"import: set by the address alone; expected nothing");
		event->source = source;
		event->actor = call->who->name;
		event->import = import != NULL ? import->id : "";
		/* who is bound to one municipality need not name it; a ticket must not become
		 * nobody's, nor a comment the region's */
		if (!event->has_municipality && *call->who->municipality != '\0' &&
		    (event->kind == VG_KIND_TICKET_REPORTED ||
		     event->kind == VG_KIND_OBJECTION_RAISED ||
		     event->kind == VG_KIND_COMMENT_MADE)) {
			event->has_municipality = true;
			event->municipality = call->who->municipality;
		}
		if (rc == 0)
			rc = vg_take_check_event(call, event, err);
		if (rc == 0 && import == NULL)
			rc = vg_take_check_references(call->who, event, err);
		if (rc != 0)
			vg_parsed_event_free(out);
	}
	*status = rc == 0 ? 0 : vg_status_of(rc, vg_err_text(err, rc));
	return rc;
}

int
vg_take_read(struct vg_call *call, const char *bytes, size_t length, const struct vg_import *import,
	     struct vg_parsed_event *out, int *status, struct vg_err *err)
{
	int rc = vg_event_parse(bytes, length, out, err);

	return check_read(call, import, rc, out, status, err);
}

int
vg_take_read_body(struct vg_call *call, enum vg_kind kind, const char *bytes, size_t length,
		  struct vg_parsed_event *out, int *status, struct vg_err *err)
{
	int rc =
		vg_event_parse_body(kind, vg_live_now_ms(call->api->live), bytes, length, out, err);

	return check_read(call, NULL, rc, out, status, err);
}

/* Answers. */

const char *
vg_verdict_word(enum vg_verdict_code code)
{
	switch (code) {
	case VG_VERDICT_TAKEN:
		return "taken";
	case VG_VERDICT_FLAGGED:
		return "flagged";
	case VG_VERDICT_REFUSED:
		return "refused";
	case VG_VERDICT_OVERLOAD:
		break;
	}
	return "overload";
}

static int
outcome_status(const struct vg_live_result *result)
{
	switch (result->outcome) {
	case VG_RECORD_DURABLE:
		return result->verdict.code == VG_VERDICT_REFUSED ? 409 : 201;
	case VG_RECORD_REPEAT:
		return 200;
	case VG_RECORD_CONFLICT:
		return 409;
	case VG_RECORD_FAILED:
		break;
	}
	return 503;
}

static void
put_verdict(json_t *object, const struct vg_live_result *result)
{
	const struct vg_verdict *verdict = &result->verdict;
	char id[32];

	if (verdict->ticket > 0) {
		(void)snprintf(id, sizeof(id), "V-%" PRId64, verdict->ticket);
		json_object_set_new(object, "ticket", json_string(id));
	}
	if (result->outcome == VG_RECORD_REPEAT) {
		json_object_set_new(object, "verdict", json_string("repeat"));
		return;
	}
	json_object_set_new(object, "verdict", json_string(vg_verdict_word(verdict->code)));
	if (verdict->faults != 0)
		json_object_set_new(object, "faults", vg_json_faults(verdict->faults));
	if (verdict->text[0] != '\0')
		json_object_set_new(object, "detail", json_string(verdict->text));
}

/* What became of one event; *status says how it is answered. New reference. */
static json_t *
outcome_json(const struct vg_live_result *result, int *status)
{
	json_t *object = json_object();

	*status = outcome_status(result);
	json_object_set_new(object, "status", json_integer(*status));
	if (result->outcome != VG_RECORD_FAILED)
		json_object_set_new(object, "seq", json_integer(result->seq));
	if (result->outcome == VG_RECORD_DURABLE || result->outcome == VG_RECORD_REPEAT)
		put_verdict(object, result);
	else if (result->outcome == VG_RECORD_CONFLICT)
		json_object_set_new(object, "detail",
				    json_string("event_id: the same identity came before with "
						"other content; seq is the first one's"));
	else
		json_object_set_new(object, "detail",
				    json_string(vg_err_text(NULL, result->error)));
	return object;
}

/* One event, one answer. */
struct single {
	struct vg_call call;
	const char *member, *prefix; /* what the event made, "outage" and "O-"; NULL = not told */
	bool same_bytes; /* the identity is a digest of the content: a conflict is a repeat */
	struct vg_take how;
};

static void
on_single_done(const struct vg_live_result *result, void *arg)
{
	struct single *single = arg;
	struct vg_live_result settled = *result;
	json_t *object;
	int status;

	if (single->same_bytes && settled.outcome == VG_RECORD_CONFLICT)
		settled.outcome = VG_RECORD_REPEAT;
	object = outcome_json(&settled, &status);
	if (status == 201 && single->how.status != 0)
		status = single->how.status;
	if (status < 400 && single->how.render != NULL && settled.verdict.ticket > 0) {
		json_decref(object);
		object = single->how.render(&single->call, settled.verdict.ticket);
	} else if (status >= 400) {
		json_object_set_new(object, "type", json_string("about:blank"));
		json_object_set_new(object, "title",
				    json_string(status == 409 ? "In conflict with what is there"
							      : "Try again later"));
	} else {
		json_object_del(object, "status");
	}
	if (status < 400 && single->member != NULL)
		json_object_set_new(object, single->member,
				    json_sprintf("%s%" PRId64, single->prefix, result->seq));
	if (single->how.extra != NULL)
		json_object_update(object, single->how.extra);
	vg_reply_json(single->call.request, status, object);
	json_decref(single->how.extra);
	free(single);
}

/* Submits and leaves the request to on_single_done; answers at once when nothing was taken. */
static void
submit_single(struct vg_call *call, struct vg_parsed_event *parsed, const struct single *want)
{
	struct single *single = malloc(sizeof(*single));
	struct vg_err err = {0};
	int rc;

	if (single == NULL) {
		vg_parsed_event_free(parsed);
		json_decref(want->how.extra);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	*single = *want;
	single->call = *call;
	rc = vg_live_submit(call->api->live, parsed, false, on_single_done, single, &err);
	if (rc != 0) {
		const char *text = vg_err_text(&err, rc);

		json_decref(single->how.extra);
		free(single);
		vg_reply_problem(call->request, vg_status_of(rc, text), "%s", text);
	}
}

void
vg_take_event(struct vg_call *call, const struct vg_event *event, const struct vg_take *how)
{
	const struct single want = {.same_bytes = true, .how = *how};
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	size_t length;
	char *bytes = vg_event_canonical(event, "", &length);
	int rc = bytes == NULL ? VG_ENOMEM : vg_event_parse(bytes, length, &parsed, &err);

	free(bytes);
	if (rc != 0) {
		const char *text = vg_err_text(&err, rc);

		json_decref(how->extra);
		vg_reply_problem(call->request, vg_status_of(rc, text), "%s", text);
		return;
	}
	parsed.title = how->title;
	submit_single(call, &parsed, &want);
}

/* Moves a member from the body to the envelope. */
static void
lift(json_t *envelope, json_t *body, const char *member)
{
	json_t *value = json_object_get(body, member);

	if (value != NULL) {
		json_object_set(envelope, member, value);
		json_object_del(body, member);
	}
}

void
vg_take_command(struct vg_call *call, enum vg_kind kind, json_t *body)
{
	vg_take_named(call, kind, body, NULL, NULL);
}

void
vg_take_named(struct vg_call *call, enum vg_kind kind, json_t *body, const char *member,
	      const char *prefix)
{
	const struct single want = {.member = member,
				    .prefix = prefix,
				    .same_bytes = kind == VG_KIND_AGREEMENT_APPLIED};
	/* source_order: an act comes after what was reported for the same second, and a repeat that
	 * states the same time is the same */
	const json_t *stated = json_object_get(body, "occurred_ms");
	const json_int_t at_ms = json_is_integer(stated) ? json_integer_value(stated)
							 : vg_live_now_ms(call->api->live);
	json_t *envelope =
		json_pack("{s:i, s:s, s:I, s:I}", "v", VG_EVENT_VERSION, "kind", vg_kind_name(kind),
			  "occurred_ms", at_ms, "source_order", at_ms);
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	int status, rc;
	char *bytes;

	lift(envelope, body, "event_id");
	lift(envelope, body, "occurred_ms");
	lift(envelope, body, "source_order");
	lift(envelope, body, "municipality");
	json_object_set_new(envelope, "body", body);
	bytes = envelope == NULL ? NULL : json_dumps(envelope, JSON_COMPACT);
	json_decref(envelope);
	if (bytes == NULL) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	rc = vg_take_read(call, bytes, strlen(bytes), NULL, &parsed, &status, &err);
	free(bytes);
	if (rc != 0)
		vg_reply_problem(call->request, status, "%s", vg_err_text(&err, rc));
	else
		submit_single(call, &parsed, &want);
}

/* Batches. */

struct batch;
struct line {
	struct batch *batch;
	size_t index;
};
struct batch {
	struct vg_request *request;
	json_t *results; /* one object a line, in order */
	size_t outstanding;
	size_t taken, repeats, refused;
	struct line line[VG_BATCH_LINES_MAX];
};

static void
batch_put(struct batch *batch, size_t index, int status, json_t *object)
{
	if (status == 201)
		batch->taken++;
	else if (status == 200)
		batch->repeats++;
	else
		batch->refused++;
	if (object == NULL) /* what was echoed is no UTF-8 */
		object = json_pack("{s:i}", "status", status);
	json_object_set_new(object, "line", json_integer((json_int_t)index + 1));
	json_array_set_new(batch->results, index, object);
}

/* Drops one reason to wait; the last one answers. */
static void
batch_release(struct batch *batch)
{
	if (--batch->outstanding > 0)
		return;
	vg_reply_json(batch->request, 200,
		      json_pack("{s:I, s:I, s:I, s:o}", "taken", (json_int_t)batch->taken,
				"repeats", (json_int_t)batch->repeats, "refused",
				(json_int_t)batch->refused, "results", batch->results));
	free(batch);
}

static void
on_line_done(const struct vg_live_result *result, void *arg)
{
	struct line *line = arg;
	int status;
	json_t *object = outcome_json(result, &status);

	batch_put(line->batch, line->index, status, object);
	batch_release(line->batch);
}

static void
take_line(struct vg_call *call, const struct vg_import *import, struct batch *batch, size_t index,
	  const char *bytes, size_t length)
{
	struct line *line = &batch->line[index];
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	int status, rc;

	*line = (struct line){batch, index};
	rc = vg_take_read(call, bytes, length, import, &parsed, &status, &err);
	if (rc == 0) {
		batch->outstanding++;
		rc = vg_live_submit(call->api->live, &parsed, false, on_line_done, line, &err);
		if (rc == 0)
			return;
		batch->outstanding--;
		status = vg_status_of(rc, vg_err_text(&err, rc));
	}
	batch_put(batch, index, status,
		  json_pack("{s:i, s:s}", "status", status, "detail", vg_err_text(&err, rc)));
}

static size_t
count_lines(const char *bytes, size_t length)
{
	size_t lines = 0;

	for (size_t i = 0; i < length; i++)
		lines += bytes[i] == '\n';
	return lines + (length > 0 && bytes[length - 1] != '\n');
}

void
vg_take_batch(struct vg_call *call, const struct vg_import *import)
{
	const char *bytes, *end;
	struct batch *batch;
	size_t length, lines;

	bytes = vg_request_body(call->request, &length);
	end = bytes + length;
	lines = count_lines(bytes, length);
	if (lines == 0 || lines > VG_BATCH_LINES_MAX) {
		vg_reply_problem(call->request, lines == 0 ? 400 : 413,
				 "expected 1 to %d lines, each one JSON event", VG_BATCH_LINES_MAX);
		return;
	}
	batch = calloc(1, sizeof(*batch));
	if (batch == NULL || (batch->results = json_array()) == NULL) {
		free(batch);
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	for (size_t i = 0; i < lines; i++)
		json_array_append_new(batch->results, json_null());
	batch->request = call->request;
	batch->outstanding = 1; /* this loop itself */
	for (size_t i = 0; i < lines; i++) {
		const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));

		if (stop == NULL)
			stop = end;
		take_line(call, import, batch, i, bytes, (size_t)(stop - bytes));
		bytes = stop + 1;
	}
	batch_release(batch);
}

void
vg_post_events(struct vg_call *call)
{
	static const char *const types[] = {"application/json", "application/x-ndjson", NULL};
	const char *type = vg_head_header(vg_request_head(call->request), "Content-Type");
	const struct single want = {0};
	struct vg_parsed_event parsed;
	struct vg_err err = {0};
	const char *bytes;
	size_t length;
	int status, rc;

	if (!vg_call_type_is(call, types))
		return;
	if (strcasestr(type, "ndjson") != NULL) {
		vg_take_batch(call, NULL);
		return;
	}
	bytes = vg_request_body(call->request, &length);
	rc = vg_take_read(call, bytes, length, NULL, &parsed, &status, &err);
	if (rc != 0)
		vg_reply_problem(call->request, status, "%s", vg_err_text(&err, rc));
	else
		submit_single(call, &parsed, &want);
}
