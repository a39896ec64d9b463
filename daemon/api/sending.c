/* sending.c - one webhook from its bytes to its answer.
 *
 * A document's alarms may lie in several rows of several commits, beside rows in quarantine; the
 * sender gets one answer when the last of them is durable. What went wrong on the way makes it a
 * 503, and the sender will come again: then what was taken already is counted again as repeats,
 * which change no alarm. */
#include "daemon/api/sending.h"

#include "core/ut.h"
#include "daemon/intake/notices.h"
#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- repetitions --- */

struct replay {
	struct replay *prev, *next; /* by age */
	UT_hash_handle hh;
	uint8_t key[VG_SHA256_LEN];
	int64_t until_ms;
	int64_t seq; /* 0 = still on its way */
};

struct vg_replays {
	struct replay *all, *oldest;
	size_t users; /* sendings, and whoever made it */
};

struct vg_replays *
vg_replays_new(void)
{
	struct vg_replays *replays = calloc(1, sizeof(*replays));

	if (replays != NULL)
		replays->users = 1;
	return replays;
}

static void
forget(struct vg_replays *replays, struct replay *replay)
{
	HASH_DEL(replays->all, replay);
	DL_DELETE(replays->oldest, replay);
	free(replay);
}

static void
leave(struct vg_replays *replays)
{
	if (replays == NULL || --replays->users > 0)
		return;
	while (replays->oldest != NULL)
		forget(replays, replays->oldest);
	free(replays);
}

void
vg_replays_free(struct vg_replays *replays)
{
	leave(replays);
}

static struct replay *
find_replay(struct vg_replays *replays, const uint8_t key[VG_SHA256_LEN])
{
	struct replay *found = NULL;

	HASH_FIND(hh, replays->all, key, VG_SHA256_LEN, found);
	return found;
}

/* Whoever is past its window; of those that are left, the oldest when there are too many. */
static void
make_room(struct vg_replays *replays, int64_t now_ms)
{
	while (replays->oldest != NULL &&
	       (replays->oldest->until_ms < now_ms || HASH_COUNT(replays->all) >= VG_REPLAYS_MAX))
		forget(replays, replays->oldest);
}

static bool
remember(struct vg_replays *replays, const uint8_t key[VG_SHA256_LEN], int64_t until_ms)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	if (replay == NULL)
		return false;
	memcpy(replay->key, key, sizeof(replay->key));
	replay->until_ms = until_ms;
	HASH_ADD(hh, replays->all, key, VG_SHA256_LEN, replay);
	if (replay->hh.tbl == NULL) {
		free(replay);
		return false;
	}
	DL_APPEND(replays->oldest, replay);
	return true;
}

/* --- a sending --- */

struct vg_sending {
	struct vg_call call;
	struct vg_replays *replays;
	bool is_signed;
	uint8_t key[VG_SHA256_LEN]; /* of a signed one */
	int64_t now_ms;
	size_t pending; /* that are not durable yet; one more until the end */
	size_t notices, aside, ignored, repeated;
	int64_t seq;					      /* newest */
	int error;					      /* why not all is durable */
	int status;					      /* refused; 0 = not */
	char why[VG_ERR_TEXT_MAX];			      /* it is refused */
	char field[VG_NAME_MAX + 1], reason[VG_ERR_TEXT_MAX]; /* of the first row put aside */
};

/* What a signed request is known by; false: it is not signed. */
static bool
key_of(const struct vg_call *call, uint8_t key[VG_SHA256_LEN])
{
	const struct vg_head *head = vg_request_head(call->request);
	const struct vg_principal *who = call->who;
	const char *signature, *timestamp;
	struct vg_sha256_state *state;

	if (who->timestamp_header == NULL || vg_head_header(head, "Authorization") != NULL ||
	    (signature = vg_head_header(head, who->signature_header)) == NULL ||
	    (timestamp = vg_head_header(head, who->timestamp_header)) == NULL ||
	    (state = vg_sha256_begin()) == NULL)
		return false;
	vg_sha256_add(state, who->name, strlen(who->name) + 1);
	vg_sha256_add(state, signature, strlen(signature) + 1);
	vg_sha256_add(state, timestamp, strlen(timestamp));
	vg_sha256_end(state, key);
	return true;
}

/* Whether it was answered: it came before. */
static bool
answered_before(struct vg_sending *d)
{
	const struct replay *replay;

	make_room(d->replays, d->now_ms);
	replay = find_replay(d->replays, d->key);
	if (replay == NULL) {
		/* a time ahead of ours is good for twice the window */
		if (remember(d->replays, d->key, d->now_ms + 2 * d->call.who->window_ms))
			return false;
		vg_reply_json(d->call.request, 503, NULL);
	} else if (replay->seq == 0) {
		vg_reply_problem(d->call.request, 503,
				 "the same signed request is being taken in; send it again later");
	} else {
		vg_reply_json(d->call.request, 200,
			      json_pack("{s:s, s:I}", "verdict", "repeat", "seq",
					(json_int_t)replay->seq));
	}
	return true;
}

struct vg_sending *
vg_sending_begin(const struct vg_call *call, struct vg_replays *replays)
{
	struct vg_sending *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		vg_reply_json(call->request, 503, NULL);
		return NULL;
	}
	d->call = *call;
	d->replays = replays;
	d->now_ms = vg_live_now_ms(call->api->live);
	d->pending = 1;
	d->is_signed = key_of(call, d->key);
	if (d->is_signed && answered_before(d)) {
		free(d);
		return NULL;
	}
	replays->users++;
	return d;
}

/* --- answers --- */

static void
settle_replay(struct vg_sending *d, int status)
{
	struct replay *replay = d->is_signed ? find_replay(d->replays, d->key) : NULL;

	if (replay == NULL)
		return;
	if (status < 300)
		replay->seq = d->seq > 0 ? d->seq : vg_core_seq(vg_live_core(d->call.api->live));
	else
		forget(d->replays, replay);
}

static json_t *
counts_json(const struct vg_sending *d)
{
	const char *verdict = d->notices > 0	? "taken"
			      : d->aside > 0	? "quarantined"
			      : d->repeated > 0 ? "repeat"
						: "ignored";
	json_t *object = json_pack("{s:s, s:I, s:I, s:I}", "verdict", verdict, "notices",
				   (json_int_t)d->notices, "quarantined", (json_int_t)d->aside,
				   "ignored", (json_int_t)d->ignored);

	if (d->seq > 0)
		json_object_set_new(object, "seq", json_integer(d->seq));
	if (d->aside > 0) {
		json_object_set_new(object, "field", json_string(d->field));
		json_object_set_new(object, "reason", json_string(d->reason));
	}
	return object;
}

/* The usual answer, of a storm: without a tree. */
static void
answer_taken(const struct vg_sending *d)
{
	char text[120];
	int length = snprintf(text, sizeof(text),
			      "{\"ignored\":%zu,\"notices\":%zu,\"quarantined\":0,\"seq\":%" PRId64
			      ",\"verdict\":\"taken\"}",
			      d->ignored, d->notices, d->seq);

	vg_request_reply(d->call.request, 200, "application/json", "Cache-Control: no-store\r\n",
			 text, (size_t)length);
}

static void
answer(struct vg_sending *d)
{
	int status = d->status;

	if (status != 0) {
		vg_reply_problem(d->call.request, status, "%s", d->why);
	} else if (d->error != 0) {
		status = 503;
		vg_reply_problem(d->call.request, status, "not all of it is durable: %s",
				 vg_err_text(NULL, d->error));
	} else if (d->notices > 0 && d->aside == 0) {
		answer_taken(d);
	} else {
		status = d->notices > 0 || d->repeated > 0 ? 200 : 202;
		vg_reply_json(d->call.request, status, counts_json(d));
	}
	settle_replay(d, status);
	leave(d->replays);
	free(d);
}

static void
release(struct vg_sending *d)
{
	if (--d->pending == 0)
		answer(d);
}

void
vg_sending_end(struct vg_sending *d)
{
	release(d);
}

void
vg_sending_refuse(struct vg_sending *d, int status, const char *format, ...)
{
	va_list args;

	if (d->status != 0)
		return;
	d->status = status;
	va_start(args, format);
	(void)vsnprintf(d->why, sizeof(d->why), format, args);
	va_end(args);
}

bool
vg_sending_is_refused(const struct vg_sending *d)
{
	return d->status != 0;
}

/* --- what is delivered --- */

static void
on_notices(int64_t seq, int error, void *arg)
{
	struct vg_sending *d = arg;

	if (seq > d->seq)
		d->seq = seq;
	if (seq <= 0)
		d->error = error;
	release(d);
}

static void
set_time(const struct vg_core *core, struct vg_notice *notice, bool since, int64_t now_ms)
{
	const struct vg_alarm *alarm;

	if (notice->at_ms <= 0 || notice->at_ms > now_ms)
		notice->at_ms = now_ms;
	if (since && notice->severity != VG_SEVERITY_CLEARED && notice->at_ms < now_ms) {
		alarm = vg_core_alarm_of(core, notice->resource, notice->type, notice->qualifier);
		if (alarm != NULL && alarm->cleared_ms >= notice->at_ms)
			notice->at_ms = now_ms;
	}
	notice->last_ms = notice->at_ms;
}

/* Who is bound to one municipality need not name it, and cannot name another. */
static bool
set_municipality(struct vg_sending *d, struct vg_notice *notice)
{
	const char *own = d->call.who->municipality;

	if (*own == '\0' || strcmp(own, notice->municipality) == 0)
		return true;
	if (*notice->municipality != '\0') {
		vg_sending_refuse(d, 403, "municipality: %s speaks for %s only", d->call.who->name,
				  own);
		return false;
	}
	notice->municipality = own;
	return true;
}

bool
vg_sending_complete(struct vg_sending *d, struct vg_notice *notice, size_t count, bool since)
{
	const struct vg_core *core = vg_live_core(d->call.api->live);

	for (size_t i = 0; i < count; i++) {
		set_time(core, &notice[i], since, d->now_ms);
		if (!set_municipality(d, &notice[i]))
			return false;
	}
	return true;
}

void
vg_sending_notices(struct vg_sending *d, const char *source, struct vg_notice *notice, size_t count,
		   bool since)
{
	if (!vg_sending_complete(d, notice, count, since))
		return;
	for (size_t i = 0; i < count && d->error == 0; i += VG_NOTICES_MAX) {
		size_t some = count - i < VG_NOTICES_MAX ? count - i : VG_NOTICES_MAX;
		struct vg_err err = {0};
		int rc = vg_notices_add(d->call.api->notices, source, d->call.who->name, notice + i,
					some, on_notices, d, &err);

		if (rc == 0) {
			d->pending++;
			d->notices += some;
		} else if (rc == VG_EINVALID) {
			vg_sending_refuse(d, 422, "%s", vg_err_text(&err, rc));
			return;
		} else {
			d->error = rc;
		}
	}
}

static void
on_event(const struct vg_live_result *result, struct vg_sending *d, size_t *count)
{
	/* the identity is a digest or the sender's own: the same with other bytes is a repeat */
	if (result->outcome == VG_RECORD_FAILED)
		d->error = result->error;
	else if (result->outcome == VG_RECORD_DURABLE)
		*count += 1;
	else
		d->repeated++;
	if (result->outcome != VG_RECORD_FAILED && result->seq > d->seq)
		d->seq = result->seq;
	release(d);
}

static void
on_taken(const struct vg_live_result *result, void *arg)
{
	struct vg_sending *d = arg;

	on_event(result, d, &d->notices);
}

static void
on_aside(const struct vg_live_result *result, void *arg)
{
	struct vg_sending *d = arg;
	size_t known = 0;

	on_event(result, d, &known);
}

static void
submit(struct vg_sending *d, const struct vg_event *event, vg_live_done_cb *done)
{
	struct vg_err err = {0};
	int rc;

	d->pending++;
	rc = vg_live_submit_event(d->call.api->live, event, NULL, NULL, false, done, d, &err);
	if (rc == 0)
		return;
	d->pending--;
	if (rc == VG_EINVALID || rc == VG_ELIMIT)
		vg_sending_refuse(d, 422, "%s", vg_err_text(&err, rc));
	else
		d->error = rc;
}

void
vg_sending_event(struct vg_sending *d, const struct vg_event *event)
{
	submit(d, event, on_taken);
}

void
vg_sending_aside(struct vg_sending *d, const char *source, const char *mapping,
		 const struct vg_mapped_row *row)
{
	const struct vg_event event = {
		.kind = VG_KIND_INTAKE_QUARANTINED,
		.occurred_ms = d->now_ms,
		.source = source,
		.event_id = row->event.event_id,
		.actor = d->call.who->name,
		.municipality = "",
		.import = "",
		.body.quarantine = {.mapping = mapping,
				    .reason = row->reason,
				    .field = row->field,
				    .value = row->value,
				    .payload = row->payload},
	};

	if (d->aside++ == 0) {
		(void)snprintf(d->field, sizeof(d->field), "%s", row->field);
		(void)snprintf(d->reason, sizeof(d->reason), "%s", row->reason);
	}
	submit(d, &event, on_aside);
}

void
vg_sending_ignored(struct vg_sending *d, size_t count)
{
	d->ignored += count;
}
