/* syslog.c - syslog over UDP and TCP into notices.
 *
 * The hard thing is a storm. Nothing is read for which the collector would have no room: then the
 * kernel holds datagrams and says how many it dropped, and TCP senders wait. A datagram socket's
 * turn is 64 messages and a connection's 16 KiB, so nobody keeps others waiting. */
#include "daemon/intake/syslog.h"

#include "core/ut.h"
#include "daemon/intake/passed.h"
#include "daemon/intake/senders.h"
#include "lib/base/log.h"
#include "lib/syslog/syslog.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOURCE	     "syslog"
#define OWN_RESOURCE "vinga/syslog:"
#define LOST	     "datagrams-lost"
#define QUIET_S	     60 /* without drops, then the alarms of them are cleared */
#define ROOM_MS	     10 /* between looks whether there is room again */
#define TCP_MAX	     8
#define BACKLOG	     128
#define ADDRESS_MAX  80
#define SYSTEMD	     "systemd:"

struct connection {
	struct vg_syslog_listener *owner;
	struct bufferevent *stream_in;
	union vg_address peer;
	struct vg_syslog_stream stream;
	struct connection *prev, *next;
};

struct vg_syslog_listener {
	struct vg_syslog_options options;
	struct vg_senders senders;
	struct vg_datagrams *datagrams;
	struct evconnlistener *tcp[TCP_MAX];
	size_t tcps;
	struct connection *connections;
	struct event *on_room, *on_quiet;
	bool paused;
	size_t lossy; /* addresses with an alarm of drops */
	char lossy_address[VG_DATAGRAMS_SOCKETS_MAX][ADDRESS_MAX];
	struct vg_complaint refusing;
	struct vg_syslog_counts counts;
	struct vg_syslog message; /* in hand */
	struct vg_syslog_alarm alarm;
};

/* --- messages --- */

static enum vg_judged
judge(struct vg_syslog_listener *listener, const char *peer, int64_t now_ms, struct vg_notice *out)
{
	const struct vg_syslog *line = &listener->message;
	const struct vg_message message = {
		.form = VG_MESSAGE_SYSLOG,
		.at_ms = line->at_ms >= 0 && line->at_ms < now_ms ? line->at_ms : now_ms,
		.peer = peer,
		.host = line->host,
		.trap = "",
		.count = line->values,
		.value = line->value,
		.cut = line->values_cut,
	};

	if (vg_syslog_alarm(&listener->alarm, line, peer, now_ms, out))
		return VG_JUDGED_NOTICE;
	return vg_rules_judge(vg_notices_rules(listener->options.notices), &message, out);
}

static void
take_message(struct vg_syslog_listener *listener, const union vg_address *from, const char *bytes,
	     size_t length, bool cut)
{
	int64_t now_ms = vg_live_now_ms(listener->options.live);
	char peer[INET6_ADDRSTRLEN];
	struct vg_notice notice;

	listener->counts.lines++;
	listener->counts.cut += cut ? 1 : 0;
	vg_syslog_parse(&listener->message, bytes, length, now_ms);
	switch (judge(listener, vg_address_text(from, peer), now_ms, &notice)) {
	case VG_JUDGED_NOTICE:
		notice.id = "";
		if (vg_notices_add(listener->options.notices, SOURCE, SOURCE, &notice, 1, NULL,
				   NULL, NULL) == 0)
			listener->counts.notices++;
		else
			listener->counts.lost++;
		break;
	case VG_JUDGED_UNKNOWN:
		listener->counts.unknown++;
		break;
	case VG_JUDGED_IGNORED:
		listener->counts.ignored++;
		break;
	}
}

/* Whether this address is heard; who is not is told of in the log. */
static bool
is_allowed(struct vg_syslog_listener *listener, const union vg_address *from)
{
	char why[INET6_ADDRSTRLEN + 60], peer[INET6_ADDRSTRLEN];

	if (vg_senders_allow(&listener->senders, from))
		return true;
	listener->counts.refused++;
	(void)snprintf(why, sizeof(why), "%s is in no network of syslog_from",
		       vg_address_text(from, peer));
	vg_complain(&listener->refusing, "syslog.refuses", why, vg_steady_ms());
	return false;
}

/* --- room --- */

static void
set_paused(struct vg_syslog_listener *listener, bool paused)
{
	static const struct timeval soon = {0, ROOM_MS * 1000};
	struct connection *c;

	if (paused == listener->paused)
		return;
	listener->paused = paused;
	if (paused) {
		vg_datagrams_pause(listener->datagrams);
		(void)evtimer_add(listener->on_room, &soon);
	} else {
		vg_datagrams_resume(listener->datagrams);
	}
	DL_FOREACH(listener->connections, c)
	{
		if (paused)
			(void)bufferevent_disable(c->stream_in, EV_READ);
		else
			(void)bufferevent_enable(c->stream_in, EV_READ);
	}
}

static void
look_for_room(struct vg_syslog_listener *listener)
{
	if (!vg_notices_has_room(listener->options.notices))
		set_paused(listener, true);
}

static void
on_room(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval soon = {0, ROOM_MS * 1000};
	struct vg_syslog_listener *listener = arg;

	(void)fd;
	(void)what;
	if (vg_notices_has_room(listener->options.notices))
		set_paused(listener, false);
	else
		(void)evtimer_add(listener->on_room, &soon);
}

/* --- UDP --- */

static void
on_batch(const struct vg_datagram *datagram, size_t count, void *arg)
{
	struct vg_syslog_listener *listener = arg;

	for (size_t i = 0; i < count; i++)
		if (is_allowed(listener, &datagram[i].path.peer))
			take_message(listener, &datagram[i].path.peer,
				     (const char *)datagram[i].bytes, datagram[i].length,
				     datagram[i].cut);
	look_for_room(listener);
}

/* Remembers that the address has an alarm; all have room. */
static void
note_lossy(struct vg_syslog_listener *listener, const char *address)
{
	for (size_t i = 0; i < listener->lossy; i++)
		if (strcmp(listener->lossy_address[i], address) == 0)
			return;
	(void)snprintf(listener->lossy_address[listener->lossy++], ADDRESS_MAX, "%s", address);
}

static void
on_drops(const char *address, uint32_t count, void *arg)
{
	static const struct timeval quiet = {QUIET_S, 0};
	struct vg_syslog_listener *listener = arg;
	char resource[ADDRESS_MAX + sizeof(OWN_RESOURCE)];

	listener->counts.dropped += count;
	note_lossy(listener, address);
	(void)snprintf(resource, sizeof(resource), OWN_RESOURCE "%s", address);
	vg_notices_own(listener->options.notices, resource, LOST, VG_SEVERITY_MAJOR, count,
		       "Syslograder kastas: det kommer fler än som hinner läsas");
	(void)evtimer_add(listener->on_quiet, &quiet);
}

static void
on_quiet(evutil_socket_t fd, short what, void *arg)
{
	struct vg_syslog_listener *listener = arg;

	(void)fd;
	(void)what;
	while (listener->lossy > 0) {
		char resource[ADDRESS_MAX + sizeof(OWN_RESOURCE)];

		(void)snprintf(resource, sizeof(resource), OWN_RESOURCE "%s",
			       listener->lossy_address[--listener->lossy]);
		vg_notices_own(listener->options.notices, resource, LOST, VG_SEVERITY_CLEARED, 1,
			       "Inga syslograder har kastats på en minut");
	}
}

/* --- TCP --- */

static void
connection_free(struct connection *c)
{
	DL_DELETE(c->owner->connections, c);
	c->owner->counts.connections--;
	bufferevent_free(c->stream_in);
	free(c);
}

static void
on_message(const char *bytes, size_t length, bool cut, void *arg)
{
	struct connection *c = arg;

	take_message(c->owner, &c->peer, bytes, length, cut);
}

static void
tell_broken(struct connection *c, const char *why)
{
	char peer[INET6_ADDRSTRLEN];

	c->owner->counts.broken++;
	vg_log(VG_LOG_WARNING, "syslog.broken",
	       VG_LOG_TEXT("peer", vg_address_text(&c->peer, peer)), VG_LOG_TEXT("why", why),
	       VG_LOG_TEXT("next", "the connection is closed"));
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct connection *c = arg;
	struct evbuffer *input = bufferevent_get_input(bev);
	struct vg_syslog_listener *listener = c->owner;
	struct evbuffer_iovec piece;
	struct vg_err err = {0};

	while (evbuffer_peek(input, -1, NULL, &piece, 1) > 0) {
		if (vg_syslog_stream_take(&c->stream, piece.iov_base, piece.iov_len, on_message, c,
					  &err) != 0) {
			tell_broken(c, err.text);
			connection_free(c);
			break;
		}
		(void)evbuffer_drain(input, piece.iov_len);
	}
	look_for_room(listener);
}

static void
on_end(struct bufferevent *bev, short what, void *arg)
{
	struct connection *c = arg;

	(void)bev;
	if (!vg_syslog_stream_end(&c->stream, on_message, c))
		tell_broken(c, what & BEV_EVENT_TIMEOUT
				       ? "nothing came for an hour, and the message is not whole"
				       : "it ended within a message");
	connection_free(c);
}

static size_t
connections_of(const struct vg_syslog_listener *listener, const union vg_address *peer)
{
	char text[INET6_ADDRSTRLEN], other[INET6_ADDRSTRLEN];
	const struct connection *c;
	size_t count = 0;

	(void)vg_address_text(peer, text);
	DL_FOREACH(listener->connections, c)
	{
		if (strcmp(vg_address_text(&c->peer, other), text) == 0)
			count++;
	}
	return count;
}

/* Takes fd over, unless it returns NULL. */
static struct connection *
connection_new(struct vg_syslog_listener *listener, evutil_socket_t fd,
	       const union vg_address *peer)
{
	static const struct timeval idle = {VG_SYSLOG_IDLE_S, 0};
	struct connection *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->owner = listener;
	c->peer = *peer;
	c->stream_in = bufferevent_socket_new(listener->options.base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->stream_in == NULL) {
		free(c);
		return NULL;
	}
	bufferevent_setcb(c->stream_in, on_read, NULL, on_end, c);
	(void)bufferevent_set_timeouts(c->stream_in, &idle, NULL);
	(void)bufferevent_disable(c->stream_in, EV_WRITE);
	return c;
}

static void
on_connection(struct evconnlistener *accepting, evutil_socket_t fd, struct sockaddr *address,
	      int length, void *arg)
{
	static const int on = 1;
	struct vg_syslog_listener *listener = arg;
	union vg_address peer = {0};
	struct connection *c = NULL;

	(void)accepting;
	if ((size_t)length <= sizeof(peer))
		memcpy(&peer, address, (size_t)length);
	if (!is_allowed(listener, &peer)) {
		(void)close(fd);
		return;
	}
	if (listener->counts.connections < VG_SYSLOG_CONNECTIONS_MAX &&
	    connections_of(listener, &peer) < VG_SYSLOG_PER_ADDRESS_MAX)
		c = connection_new(listener, fd, &peer);
	if (c == NULL) {
		listener->counts.connections_cut++;
		(void)close(fd);
		return;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	DL_APPEND(listener->connections, c);
	listener->counts.connections++;
	if (!listener->paused)
		(void)bufferevent_enable(c->stream_in, EV_READ);
}

/* --- listening --- */

/* Takes `accepting` over, also when it fails. */
static int
add_tcp(struct vg_syslog_listener *listener, struct evconnlistener *accepting, const char *address,
	struct vg_err *err)
{
	if (accepting == NULL)
		return vg_err_set(err, -errno, "cannot listen on tcp:%s: %s", address,
				  strerror(errno));
	if (listener->tcps == TCP_MAX) {
		evconnlistener_free(accepting);
		return vg_err_set(err, VG_ELIMIT, "tcp:%s: more than %d addresses", address,
				  TCP_MAX);
	}
	listener->tcp[listener->tcps++] = accepting;
	return 0;
}

/* Takes fd over; systemd gives it blocking. */
static int
listen_on_fd(struct vg_syslog_listener *listener, int fd, const char *address, struct vg_err *err)
{
	struct evconnlistener *accepting = NULL;

	if (evutil_make_socket_nonblocking(fd) == 0)
		accepting = evconnlistener_new(listener->options.base, on_connection, listener,
					       LEV_OPT_CLOSE_ON_FREE, 0, fd);
	if (accepting == NULL)
		(void)close(fd);
	return add_tcp(listener, accepting, address, err);
}

static int
listen_passed(struct vg_syslog_listener *listener, const char *address, struct vg_err *err)
{
	int fds[VG_PASSED_MAX], rc = 0;
	int count = vg_passed_sockets(address + strlen(SYSTEMD), SOCK_STREAM, fds, err);

	if (count < 0)
		return count;
	for (int i = 0; i < count; i++) {
		if (rc == 0)
			rc = listen_on_fd(listener, fds[i], address, err);
		else
			(void)close(fds[i]);
	}
	return rc;
}

static int
listen_tcp(struct vg_syslog_listener *listener, const char *address, struct vg_err *err)
{
	unsigned options = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
	union vg_address to = {0};
	int length = sizeof(to);

	if (strncmp(address, SYSTEMD, strlen(SYSTEMD)) == 0)
		return listen_passed(listener, address, err);
	if (evutil_parse_sockaddr_port(address, &to.any, &length) != 0 || to.v4.sin_port == 0)
		return vg_err_set(err, VG_EINVALID,
				  "\"tcp:%s\": expected a numeric address and port such as "
				  "tcp:127.0.0.1:8514, or tcp:systemd:NAME",
				  address);
	if (to.any.sa_family == AF_INET6)
		options |= LEV_OPT_BIND_IPV6ONLY;
	return add_tcp(listener,
		       evconnlistener_new_bind(listener->options.base, on_connection, listener,
					       options, BACKLOG, &to.any, length),
		       address, err);
}

static int
listen_all(struct vg_syslog_listener *listener, struct vg_err *err)
{
	const char *list = listener->options.listen;

	for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
		size_t length = strcspn(list, " ");
		char word[ADDRESS_MAX] = "";
		int rc;

		if (length < sizeof(word))
			memcpy(word, list, length);
		if (strncmp(word, "udp:", 4) == 0)
			rc = vg_datagrams_listen(listener->datagrams, word + 4, err);
		else if (strncmp(word, "tcp:", 4) == 0)
			rc = listen_tcp(listener, word + 4, err);
		else
			rc = vg_err_set(err, VG_EINVALID,
					"\"%.*s\": expected udp:ADDRESS:PORT or tcp:ADDRESS:PORT",
					(int)length, list);
		if (rc != 0)
			return vg_err_wrap(err, rc, "syslog_listen");
		list += length;
	}
	return 0;
}

/* --- life --- */

int
vg_syslog_listener_new(struct vg_syslog_listener **out, const struct vg_syslog_options *options,
		       struct vg_err *err)
{
	struct vg_syslog_listener *listener = calloc(1, sizeof(*listener));
	struct vg_datagrams_options datagrams = {
		.base = options->base,
		.bytes_max = VG_SYSLOG_BYTES_MAX,
		.on_batch = on_batch,
		.on_drops = on_drops,
		.arg = listener,
	};
	int rc;

	if (listener == NULL)
		return vg_err_set(err, VG_ENOMEM, "syslog: out of memory");
	listener->options = *options;
	listener->on_room = evtimer_new(options->base, on_room, listener);
	listener->on_quiet = evtimer_new(options->base, on_quiet, listener);
	if (listener->on_room == NULL || listener->on_quiet == NULL)
		rc = vg_err_set(err, VG_ENOMEM, "syslog: out of memory");
	else if ((rc = vg_senders_parse(&listener->senders, options->from, err)) != 0)
		rc = vg_err_wrap(err, rc, "syslog_from");
	else if ((rc = vg_datagrams_new(&listener->datagrams, &datagrams, err)) == 0)
		rc = listen_all(listener, err);
	if (rc != 0) {
		vg_syslog_listener_free(listener);
		return rc;
	}
	*out = listener;
	return 0;
}

void
vg_syslog_listener_free(struct vg_syslog_listener *listener)
{
	if (listener == NULL)
		return;
	while (listener->connections != NULL)
		connection_free(listener->connections);
	while (listener->tcps > 0)
		evconnlistener_free(listener->tcp[--listener->tcps]);
	vg_datagrams_free(listener->datagrams);
	if (listener->on_room != NULL)
		event_free(listener->on_room);
	if (listener->on_quiet != NULL)
		event_free(listener->on_quiet);
	vg_syslog_alarm_fini(&listener->alarm);
	free(listener);
}

void
vg_syslog_listener_get_counts(const struct vg_syslog_listener *listener,
			      struct vg_syslog_counts *out)
{
	*out = listener->counts;
}
