/* outbox.c - libcurl on the loop.
 *
 * libcurl says which sockets and which time it waits for, libevent waits, and finished transfers
 * are gathered after each turn. The hard thing is libcurl's rule that nothing may be added or
 * removed inside its callbacks: so those only set events, and all work is done in turn(). */
#include "daemon/outbox/outbox.h"

#include "core/ut.h"
#include "daemon/outbox/message.h"
#include "lib/base/log.h"

#include <curl/curl.h>
#include <event2/event.h>

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PER_EVENT	    16 /* a notification's id is its event's sequence times this, plus an index */
#define CONNECT_TIMEOUT_MS  5000L
#define TRANSFER_TIMEOUT_MS 15000L
#define ANSWER_MAX	    65536 /* bytes of a webhook's answer, which nobody reads */
#define RESUBMIT_MS	    30000 /* when the result itself could not be recorded */
#define SUBJECT_MAX	    120

/* A notification that waits, as last seen in the core. */
struct waiting {
	int64_t id, next_ms;
	bool busy; /* under way, or its result is not applied yet */
	UT_hash_handle hh;
};

struct note {
	int64_t seq;
	char *text;
	UT_hash_handle hh;
};

struct transfer {
	struct vg_outbox *outbox;
	struct transfer *prev, *next;
	int64_t id;
	CURL *easy;
	char *body;
	struct curl_slist *headers, *recipients;
	curl_mime *mime;
	size_t received;
	char error[CURL_ERROR_SIZE];
};

struct vg_outbox {
	struct vg_outbox_options options;
	struct vg_live *live;
	CURLM *multi;
	struct event *on_time, *on_due;
	struct waiting *waiting;
	struct note *notes;
	struct transfer *transfers;
	size_t transfer_count;
	int64_t seen_seq; /* objects changed up to here are looked at */
	bool paused;
	struct vg_complaint unrecorded; /* results that the journal does not take */
};

/* Transfers. */

static void
transfer_free(struct transfer *transfer)
{
	if (transfer->easy != NULL)
		curl_easy_cleanup(transfer->easy);
	curl_mime_free(transfer->mime);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->recipients);
	free(transfer->body);
	free(transfer);
}

static size_t
swallow(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;

	(void)bytes;
	transfer->received += size * count;
	return transfer->received > ANSWER_MAX ? 0 : size * count;
}

/* An address of an agreement must not reach the machine's cloud metadata or a group. */
static bool
is_forbidden(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		uint32_t ip =
			ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);

		return ip >> 16 == 0xa9fe || ip >> 28 == 0xe || ip >> 24 == 0;
	}
	if (address->sa_family == AF_INET6) {
		const struct in6_addr *ip =
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

		return IN6_IS_ADDR_LINKLOCAL(ip) || IN6_IS_ADDR_MULTICAST(ip) ||
		       IN6_IS_ADDR_UNSPECIFIED(ip);
	}
	return true;
}

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)arg;
	if (purpose == CURLSOCKTYPE_IPCXN && is_forbidden(&address->addr))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool
add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static bool
set_common(struct transfer *t, const char *url, const char *protocols)
{
	return curl_easy_setopt(t->easy, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS) ==
		       CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, TRANSFER_TIMEOUT_MS) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, swallow) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_PROXY, "") == CURLE_OK;
}

static bool
set_webhook(struct transfer *t, const struct vg_notification *n, const char *note, int64_t now_ms)
{
	t->body = vg_message_json(vg_live_core(t->outbox->live), n, note, now_ms);
	return t->body != NULL && set_common(t, n->address, "http,https") &&
	       add_line(&t->headers, "Content-Type: application/json") &&
	       add_line(&t->headers, "Expect:") &&
	       curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->body) == CURLE_OK;
}

static bool
set_mail_headers(struct transfer *t, const struct vg_notification *n, int64_t now_ms)
{
	char subject[SUBJECT_MAX], line[SUBJECT_MAX + 400];

	vg_message_subject(vg_live_core(t->outbox->live), n, now_ms, subject, sizeof(subject));
	(void)snprintf(line, sizeof(line), "Subject: %s", subject);
	if (!add_line(&t->headers, line))
		return false;
	(void)snprintf(line, sizeof(line), "From: Vinga <%.200s>", t->outbox->options.smtp_from);
	if (!add_line(&t->headers, line))
		return false;
	(void)snprintf(line, sizeof(line), "To: %.200s", n->address);
	if (!add_line(&t->headers, line))
		return false;
	(void)snprintf(line, sizeof(line),
		       "Message-ID: <vinga.%" PRId64 ".%" PRId64 "@vinga.invalid>", n->id, now_ms);
	return add_line(&t->headers, line) &&
	       add_line(&t->headers, "Auto-Submitted: auto-generated");
}

static bool
set_mail(struct transfer *t, const struct vg_notification *n, const char *note, int64_t now_ms)
{
	curl_mimepart *part;

	t->body = vg_message_mail(vg_live_core(t->outbox->live), n, note, now_ms);
	t->mime = curl_mime_init(t->easy);
	part = t->mime == NULL ? NULL : curl_mime_addpart(t->mime);
	return t->body != NULL && part != NULL &&
	       curl_mime_data(part, t->body, CURL_ZERO_TERMINATED) == CURLE_OK &&
	       curl_mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
	       curl_mime_encoder(part, "quoted-printable") == CURLE_OK &&
	       set_mail_headers(t, n, now_ms) && add_line(&t->recipients, n->address) &&
	       set_common(t, t->outbox->options.smtp_url, "smtp,smtps") &&
	       curl_easy_setopt(t->easy, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_MAIL_FROM, t->outbox->options.smtp_from) ==
		       CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_MAIL_RCPT, t->recipients) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_MIMEPOST, t->mime) == CURLE_OK;
}

/* Results. */

static void schedule(struct vg_outbox *outbox);

struct told {
	struct vg_outbox *outbox;
	int64_t id;
};

static void
set_idle(struct vg_outbox *outbox, int64_t id, int64_t not_before_ms)
{
	struct waiting *waiting;

	HASH_FIND(hh, outbox->waiting, &id, sizeof(id), waiting);
	if (waiting == NULL)
		return;
	waiting->busy = false;
	if (waiting->next_ms < not_before_ms)
		waiting->next_ms = not_before_ms;
}

static void
on_told(const struct vg_live_result *result, void *arg)
{
	struct told *told = arg;
	struct vg_outbox *outbox = told->outbox;

	set_idle(outbox, told->id,
		 result->outcome == VG_RECORD_FAILED ? vg_live_now_ms(outbox->live) + RESUBMIT_MS
						     : 0);
	free(told);
}

/* error NULL = delivered. */
static void
tell(struct vg_outbox *outbox, int64_t id, const char *error)
{
	const int64_t now_ms = vg_live_now_ms(outbox->live);
	const struct vg_event event = {
		.kind = error == NULL ? VG_KIND_NOTIFICATION_DELIVERED
				      : VG_KIND_NOTIFICATION_FAILED,
		.occurred_ms = now_ms,
		.source = VG_OWN_SOURCE,
		.event_id = "",
		.actor = "",
		.import = "",
		.municipality = "",
		.body.notification = {.notification = id,
				      .error = error == NULL ? "" : error,
				      .at_ms = now_ms},
	};
	struct told *told = malloc(sizeof(*told));
	struct vg_err err = {0};
	int rc = VG_ENOMEM;

	if (told != NULL) {
		*told = (struct told){outbox, id};
		rc = vg_live_submit_event(outbox->live, &event, NULL, NULL, true, on_told, told,
					  &err);
	}
	if (rc == 0) {
		vg_complain(&outbox->unrecorded, "notification.result_waits", NULL, vg_steady_ms());
		return;
	}
	free(told);
	vg_complain(&outbox->unrecorded, "notification.result_waits", vg_err_text(&err, rc),
		    vg_steady_ms());
	set_idle(outbox, id, now_ms + RESUBMIT_MS);
}

/* Notes. */

static void
drop_note(struct vg_outbox *outbox, struct note *note)
{
	HASH_DEL(outbox->notes, note);
	free(note->text);
	free(note);
}

/* Once nobody waits for a first delivery any more, what the caller wrote is forgotten everywhere.
 */
static void
forget_note(struct vg_outbox *outbox, int64_t seq)
{
	const struct vg_core *core = vg_live_core(outbox->live);
	struct note *note;

	for (int i = 0; i < PER_EVENT; i++) {
		const struct vg_notification *other =
			vg_core_notification(core, seq * PER_EVENT + i);

		if (other != NULL && other->state == VG_DELIVERY_PENDING && other->delivered_ms < 0)
			return;
	}
	HASH_FIND(hh, outbox->notes, &seq, sizeof(seq), note);
	if (note == NULL)
		return;
	drop_note(outbox, note);
	vg_journal_forget_side(vg_live_journal(outbox->live), 0, &seq, 1);
}

void
vg_outbox_keep_note(struct vg_outbox *outbox, int64_t seq, const char *text)
{
	struct note *note;

	if (outbox == NULL || HASH_COUNT(outbox->notes) >= VG_OUTBOX_NOTES_MAX)
		return;
	note = calloc(1, sizeof(*note));
	if (note == NULL || (note->text = strdup(text)) == NULL) {
		free(note);
		return;
	}
	note->seq = seq;
	HASH_ADD(hh, outbox->notes, seq, sizeof(note->seq), note);
}

static bool
on_note_row(const struct vg_journal_row *row, void *arg)
{
	if (row->note != NULL)
		vg_outbox_keep_note(arg, row->seq, row->note);
	return false;
}

/* Beginning and ending. */

static const char *
begin(struct vg_outbox *outbox, const struct vg_notification *n)
{
	const bool mail = strcmp(n->channel, "mail") == 0;
	const int64_t seq = n->id / PER_EVENT, now_ms = vg_live_now_ms(outbox->live);
	struct transfer *transfer;
	struct note *note;
	bool ok;

	if (mail && *outbox->options.smtp_url == '\0')
		return "no mail server is set (smtp_url)";
	HASH_FIND(hh, outbox->notes, &seq, sizeof(seq), note);
	transfer = calloc(1, sizeof(*transfer));
	if (transfer == NULL)
		return "out of memory";
	transfer->outbox = outbox;
	transfer->id = n->id;
	transfer->easy = curl_easy_init();
	ok = transfer->easy != NULL &&
	     (mail ? set_mail : set_webhook)(transfer, n, note == NULL ? NULL : note->text,
					     now_ms) &&
	     curl_multi_add_handle(outbox->multi, transfer->easy) == CURLM_OK;
	if (!ok) {
		transfer_free(transfer);
		return "the address or the settings cannot be used";
	}
	DL_APPEND(outbox->transfers, transfer);
	outbox->transfer_count++;
	return NULL;
}

static void
finish(struct vg_outbox *outbox, struct transfer *transfer, CURLcode code)
{
	char error[CURL_ERROR_SIZE + 40];
	long status = 0;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK)
		(void)snprintf(error, sizeof(error), "%s",
			       transfer->error[0] != '\0' ? transfer->error
							  : curl_easy_strerror(code));
	else
		(void)snprintf(error, sizeof(error), "the receiver answered %ld", status);
	(void)curl_multi_remove_handle(outbox->multi, transfer->easy);
	DL_DELETE(outbox->transfers, transfer);
	outbox->transfer_count--;
	tell(outbox, transfer->id, code == CURLE_OK && status / 100 == 2 ? NULL : error);
	transfer_free(transfer);
}

static void
gather(struct vg_outbox *outbox)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(outbox->multi, &left)) != NULL) {
		struct transfer *transfer = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		finish(outbox, transfer, message->data.result);
	}
}

/* libcurl's wishes. */

static void
turn(struct vg_outbox *outbox, curl_socket_t fd, int what)
{
	int running;

	(void)curl_multi_socket_action(outbox->multi, fd, what, &running);
	gather(outbox);
	schedule(outbox);
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	turn(arg, fd,
	     (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	turn(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* The event is found by curl's own pointer to it, never by its number, which may be another's by
 * now. */
static int
want_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct vg_outbox *outbox = arg;
	struct event *event = socket_arg;
	short wanted = EV_PERSIST;

	(void)easy;
	if (event != NULL)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		wanted |= what & CURL_POLL_IN ? EV_READ : 0;
		wanted |= what & CURL_POLL_OUT ? EV_WRITE : 0;
		event = event_new(outbox->options.base, fd, wanted, on_socket, outbox);
		if (event == NULL || event_priority_set(event, 2) != 0 ||
		    event_add(event, NULL) != 0)
			return -1;
	}
	return curl_multi_assign(outbox->multi, fd, event) == CURLM_OK ? 0 : -1;
}

static int
want_time(CURLM *multi, long timeout_ms, void *arg)
{
	const struct timeval wait = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
	struct vg_outbox *outbox = arg;

	(void)multi;
	return timeout_ms < 0 ? event_del(outbox->on_time) : event_add(outbox->on_time, &wait);
}

/* What is due. */

static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct vg_outbox *outbox = arg;
	const struct vg_notification *n = object->of.notification;
	struct waiting *waiting;

	if (object->type != VG_OBJECT_NOTIFICATION)
		return true;
	HASH_FIND(hh, outbox->waiting, &n->id, sizeof(n->id), waiting);
	if (n->state == VG_DELIVERY_PENDING) {
		if (waiting == NULL && (waiting = calloc(1, sizeof(*waiting))) != NULL) {
			waiting->id = n->id;
			HASH_ADD(hh, outbox->waiting, id, sizeof(waiting->id), waiting);
		}
		if (waiting != NULL)
			waiting->next_ms = n->next_ms;
	} else if (waiting != NULL) {
		HASH_DEL(outbox->waiting, waiting);
		free(waiting);
	}
	if (n->delivered_ms >= 0 || n->state != VG_DELIVERY_PENDING)
		forget_note(outbox, n->id / PER_EVENT);
	return true;
}

static void
look(struct vg_outbox *outbox)
{
	const struct vg_core *core = vg_live_core(outbox->live);

	vg_core_changed_since(core, outbox->seen_seq, on_changed, outbox);
	outbox->seen_seq = vg_core_seq(core);
}

static struct waiting *
first_due(struct vg_outbox *outbox)
{
	struct waiting *first = NULL;

	for (struct waiting *w = outbox->waiting; w != NULL; w = w->hh.next)
		if (!w->busy && (first == NULL || w->next_ms < first->next_ms ||
				 (w->next_ms == first->next_ms && w->id < first->id)))
			first = w;
	return first;
}

static void
schedule(struct vg_outbox *outbox)
{
	struct waiting *first;

	while (!outbox->paused && outbox->transfer_count < VG_OUTBOX_TRANSFERS_MAX &&
	       (first = first_due(outbox)) != NULL) {
		const struct vg_notification *n =
			vg_core_notification(vg_live_core(outbox->live), first->id);
		int64_t wait_ms = first->next_ms - vg_live_now_ms(outbox->live);
		const char *error;

		if (wait_ms > 0) {
			struct timeval wait = {0, 0};

			if (wait_ms > 60000)
				wait_ms = 60000; /* the wall clock may step */
			wait.tv_sec = wait_ms / 1000;
			wait.tv_usec = wait_ms % 1000 * 1000;
			(void)event_add(outbox->on_due, &wait);
			return;
		}
		first->busy = true;
		error = begin(outbox, n);
		if (error != NULL)
			tell(outbox, n->id, error);
	}
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	schedule(arg);
}

void
vg_outbox_poke(struct vg_outbox *outbox)
{
	look(outbox);
	schedule(outbox);
}

void
vg_outbox_pause(struct vg_outbox *outbox)
{
	outbox->paused = true;
}

/* Life. */

static void
read_notes(struct vg_outbox *outbox)
{
	struct vg_journal_reader *reader;

	if (outbox->waiting == NULL ||
	    vg_journal_reader_open(&reader, vg_live_journal_path(outbox->live), NULL) != 0)
		return;
	for (struct waiting *w = outbox->waiting; w != NULL; w = w->hh.next) {
		int64_t seq = w->id / PER_EVENT;
		struct note *note;

		HASH_FIND(hh, outbox->notes, &seq, sizeof(seq), note);
		if (note == NULL &&
		    vg_journal_read(reader, seq - 1, seq, 1, on_note_row, outbox, NULL) < 0)
			break;
	}
	vg_journal_reader_close(reader);
}

int
vg_outbox_new(struct vg_outbox **out, const struct vg_outbox_options *options, struct vg_live *live,
	      struct vg_err *err)
{
	static const struct timeval at_once = {0, 0};
	struct vg_outbox *outbox = calloc(1, sizeof(*outbox));

	if (outbox == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(outbox);
		return vg_err_set(err, VG_ENOMEM, "outbox: out of memory");
	}
	outbox->options = *options;
	outbox->live = live;
	outbox->multi = curl_multi_init();
	outbox->on_time = event_new(options->base, -1, 0, on_time, outbox);
	outbox->on_due = event_new(options->base, -1, 0, on_due, outbox);
	if (outbox->multi == NULL || outbox->on_time == NULL || outbox->on_due == NULL ||
	    curl_multi_setopt(outbox->multi, CURLMOPT_SOCKETFUNCTION, want_socket) != CURLM_OK ||
	    curl_multi_setopt(outbox->multi, CURLMOPT_SOCKETDATA, outbox) != CURLM_OK ||
	    curl_multi_setopt(outbox->multi, CURLMOPT_TIMERFUNCTION, want_time) != CURLM_OK ||
	    curl_multi_setopt(outbox->multi, CURLMOPT_TIMERDATA, outbox) != CURLM_OK ||
	    curl_multi_setopt(outbox->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
			      (long)VG_OUTBOX_TRANSFERS_MAX) != CURLM_OK) {
		vg_outbox_free(outbox);
		return vg_err_set(err, VG_ENOMEM, "outbox: out of memory");
	}
	look(outbox);
	read_notes(outbox);
	(void)event_add(outbox->on_due, &at_once);
	*out = outbox;
	return 0;
}

void
vg_outbox_free(struct vg_outbox *outbox)
{
	struct transfer *transfer, *next_transfer;
	struct waiting *waiting, *next_waiting;
	struct note *note, *next_note;

	DL_FOREACH_SAFE(outbox->transfers, transfer, next_transfer)
	{
		(void)curl_multi_remove_handle(outbox->multi, transfer->easy);
		transfer_free(transfer);
	}
	HASH_ITER(hh, outbox->waiting, waiting, next_waiting)
	{
		HASH_DEL(outbox->waiting, waiting);
		free(waiting);
	}
	HASH_ITER(hh, outbox->notes, note, next_note)
	drop_note(outbox, note);
	if (outbox->multi != NULL)
		(void)curl_multi_cleanup(outbox->multi);
	if (outbox->on_time != NULL)
		event_free(outbox->on_time);
	if (outbox->on_due != NULL)
		event_free(outbox->on_due);
	free(outbox);
	curl_global_cleanup();
}
