/* sender.c - from the spool to the daemon.
 *
 * One batch at a time: peek, post, and by the answer delete, set aside or try again. The hard thing
 * is which answers are final. Only what the daemon says about the batch itself is (taken, taken
 * before, malformed); everything else may be a proxy, a wrong token or an old daemon, and is tried
 * again with the same bytes for as long as the spool has room. */
#include "agents/sender.h"

#include "agents/daemon.h"
#include "lib/base/log.h"
#include "lib/crypto/crypto.h"

#include <event2/event.h>
#include <jansson.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH	 "/api/v1/agents/batches"
#define SAID_MAX 300 /* bytes of the daemon's words in the log */

struct vg_sender {
	struct vg_engine *engine;
	struct vg_spool *spool;
	struct vg_engine_job job;
	CURL *easy;
	struct curl_slist *headers;
	char *token_file;
	struct event *again;
	struct vg_spooled batch; /* under way; body NULL = none */
	struct vg_daemon_reply reply;
	bool waits; /* until `again` */
	int64_t wait_ms;
	struct vg_sender_counts counts;
	struct vg_complaint unsent, clock, flagged;
};

enum verdict { TAKEN, REPEATED, REFUSED, LATER };

static enum verdict
judge(long status)
{
	if (status >= 200 && status < 300)
		return TAKEN;
	if (status == 409)
		return REPEATED;
	return status == 400 || status == 413 || status == 422 ? REFUSED : LATER;
}

static void
forget_batch(struct vg_sender *s)
{
	free(s->batch.body);
	s->batch = (struct vg_spooled){0};
}

/* Half of the time for certain, the other half by chance. */
static void
wait_longer(struct vg_sender *s, const char *why)
{
	struct timeval wait;
	uint32_t random;
	int64_t ms;

	vg_complain(&s->unsent, "batch.waits", why, vg_steady_ms());
	s->counts.failures++;
	s->wait_ms = s->wait_ms == 0 ? VG_SENDER_WAIT_MIN_MS : s->wait_ms * 2;
	if (s->wait_ms > VG_SENDER_WAIT_MAX_MS)
		s->wait_ms = VG_SENDER_WAIT_MAX_MS;
	vg_random(&random, sizeof(random));
	ms = s->wait_ms / 2 + (int64_t)random % (s->wait_ms / 2 + 1);
	wait = (struct timeval){ms / 1000, ms % 1000 * 1000};
	s->waits = true;
	(void)event_add(s->again, &wait);
}

/* Begins the next one, unless there is none or it has to wait. */
static void
send_next(struct vg_sender *s)
{
	struct vg_err err = {0};
	int rc;

	if (s->batch.body != NULL || s->waits)
		return;
	if ((rc = vg_spool_peek(s->spool, &s->batch, &err)) == VG_ENOTFOUND)
		return;
	s->reply.length = 0;
	s->reply.error[0] = '\0';
	if (rc == 0)
		rc = vg_daemon_authorize(s->easy, s->token_file, &s->headers, &err);
	if (rc == 0 &&
	    (curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)s->batch.length) != CURLE_OK ||
	     curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, s->batch.body) != CURLE_OK ||
	     !vg_engine_begin(s->engine, s->easy, &s->job)))
		rc = vg_err_set(&err, VG_ENOMEM, "out of memory");
	if (rc == 0)
		return;
	forget_batch(s);
	wait_longer(s, vg_err_text(&err, rc));
}

/* The daemon has said its word about the batch: it leaves the queue. */
static int
settle(struct vg_sender *s, enum verdict verdict, const char *said, struct vg_err *err)
{
	if (verdict == REFUSED) {
		s->counts.refused++;
		vg_log(VG_LOG_ERROR, "batch.refused", VG_LOG_INT("batch", s->batch.number),
		       VG_LOG_INT("status", s->reply.status), VG_LOG_TEXT("said", said),
		       VG_LOG_TEXT("next", "it is kept aside in the spool, table refused"));
		return vg_spool_refuse(s->spool, s->batch.number, vg_wall_ms(), said, err);
	}
	if (verdict == REPEATED)
		vg_log(VG_LOG_ERROR, "batch.other", VG_LOG_INT("batch", s->batch.number),
		       VG_LOG_TEXT("said", said),
		       VG_LOG_TEXT("next", "the daemon has another batch of this number: dropped"));
	s->counts.sent += verdict == TAKEN;
	return vg_spool_delete(s->spool, s->batch.number, err);
}

static void
check_clock(struct vg_sender *s)
{
	char why[120];
	int64_t offset_ms = s->reply.clock_offset_ms;
	bool off = s->reply.has_clock &&
		   (offset_ms > VG_SENDER_CLOCK_OFF_MS || offset_ms < -VG_SENDER_CLOCK_OFF_MS);

	(void)snprintf(why, sizeof(why), "this clock is %" PRId64 " s %s the daemon's",
		       (offset_ms < 0 ? -offset_ms : offset_ms) / 1000,
		       offset_ms < 0 ? "behind" : "ahead of");
	vg_complain(&s->clock, "clock.off", off ? why : NULL, vg_steady_ms());
}

/* {"verdict":"flagged","text":...}: taken, but something about it is not as agreed. */
static void
check_verdict(struct vg_sender *s)
{
	json_t *reply = json_loads(s->reply.length > 0 ? s->reply.text : "", 0, NULL);
	const char *verdict = json_string_value(json_object_get(reply, "verdict"));
	const char *text = json_string_value(json_object_get(reply, "text"));
	bool flagged = verdict != NULL && strcmp(verdict, "flagged") == 0;

	vg_complain(&s->flagged, "batch.flagged", flagged ? text : NULL, vg_steady_ms());
	json_decref(reply);
}

static void
on_finished(CURLcode code, void *arg)
{
	struct vg_sender *s = arg;
	char said[SAID_MAX + 1], why[SAID_MAX + 100];
	enum verdict verdict = LATER;
	struct vg_err err = {0};
	int rc = 0;

	vg_daemon_finish(s->easy, code, &s->reply, vg_wall_ms());
	vg_engine_end(s->engine, s->easy);
	(void)snprintf(said, sizeof(said), "%s", s->reply.length > 0 ? s->reply.text : "");
	if (code == CURLE_OK) {
		verdict = judge(s->reply.status);
		check_clock(s);
		(void)snprintf(why, sizeof(why), "the daemon answers %ld: %s", s->reply.status,
			       said);
	} else {
		(void)snprintf(why, sizeof(why), "%s", s->reply.error);
	}
	if (verdict == TAKEN)
		check_verdict(s);
	if (verdict != LATER)
		rc = settle(s, verdict, said, &err);
	forget_batch(s);
	if (verdict == LATER || rc != 0) {
		wait_longer(s, rc != 0 ? vg_err_text(&err, rc) : why);
		return;
	}
	s->wait_ms = 0;
	vg_complain(&s->unsent, "batch.waits", NULL, vg_steady_ms());
	send_next(s);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct vg_sender *s = arg;

	(void)fd;
	(void)what;
	s->waits = false;
	send_next(s);
}

void
vg_sender_poke(struct vg_sender *s)
{
	send_next(s);
}

int
vg_sender_new(struct vg_sender **out, struct vg_engine *engine, struct vg_spool *spool,
	      const struct vg_agent_config *config, struct vg_err *err)
{
	struct vg_sender *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return vg_err_set(err, VG_ENOMEM, "sender: out of memory");
	s->engine = engine;
	s->spool = spool;
	s->job = (struct vg_engine_job){on_finished, s};
	s->token_file = strdup(config->token_file);
	s->easy = vg_daemon_handle(config, PATH, &s->reply);
	s->again = event_new(vg_engine_base(engine), -1, 0, on_again, s);
	if (s->token_file == NULL || s->easy == NULL || s->again == NULL) {
		vg_sender_free(s);
		return vg_err_set(err, VG_ENOMEM,
				  "sender: out of memory, or a TLS file cannot be read");
	}
	*out = s;
	return 0;
}

void
vg_sender_free(struct vg_sender *s)
{
	if (s == NULL)
		return;
	if (s->batch.body != NULL)
		vg_engine_end(s->engine, s->easy);
	if (s->easy != NULL)
		curl_easy_cleanup(s->easy);
	curl_slist_free_all(s->headers);
	if (s->again != NULL)
		event_free(s->again);
	forget_batch(s);
	free(s->reply.text);
	free(s->token_file);
	free(s);
}

void
vg_sender_get_counts(const struct vg_sender *s, struct vg_sender_counts *out)
{
	*out = s->counts;
}
