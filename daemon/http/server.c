/* server.c - connections and their bounds.
 *
 * A connection reads a head, then a body, then waits for the answer without reading on; so a
 * request lives exactly as long as its connection stands in ANSWERING, and nothing frees it
 * meanwhile. A stream is an answer that goes on: it reads again, only to see its peer leave. The
 * hard thing is time: a sender of one byte a second is always busy, so deadlines are absolute per
 * phase and one janitor looks after all of them. */
#include "daemon/http/server.h"

#include "core/ut.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LISTENERS_MAX  4
#define BACKLOG	       1024
#define JANITOR_MS     250
#define PAUSE_MS       100 /* of accepting, when file descriptors have run out */
#define ADDRESS_TEXT   INET6_ADDRSTRLEN
#define CHUNK_LINE_MAX 64
#define LINGER_MS      2000
/* A stream's peer is asked for a sign of life after so long, and given up when it gives none. */
#define STREAM_IDLE_S	  30
#define STREAM_ASK_S	  10
#define STREAM_ASKS	  3
#define STREAM_LOST_MS	  60000
#define STREAM_SEND_BYTES (64 * 1024)

/* STREAMING: the answer goes on. CLOSING: the last answer is being written. LINGERING: it has left,
 * and what the peer still sends is thrown away for a moment, since closing on unread bytes would
 * reset the answer under way. */
enum phase {
	READING_HEAD,
	READING_BODY,
	READING_CHUNKS,
	ANSWERING,
	WRITING,
	STREAMING,
	CLOSING,
	LINGERING
};

struct address {
	char text[ADDRESS_TEXT];
	size_t connections;
	UT_hash_handle hh;
};

/* A connection, and the request on it. */
struct vg_request {
	struct vg_server *server;
	struct bufferevent *bev;
	struct address *address; /* NULL = exempt */
	struct vg_request *prev, *next;
	enum phase phase;
	int64_t deadline_ms; /* monotonic */
	bool started;	     /* the head's first byte has come */
	bool local, has_uid;
	uid_t uid;
	char *head_bytes;
	struct vg_head head;
	size_t body_max;
	int64_t chunk_left; /* of the running chunk; -1 = a size line comes, -2 = the last empty
			       line */
	struct evbuffer *body;
	const char *body_text; /* the whole body, with a NUL behind it */
	size_t body_length;
	vg_stream_gone_cb *on_gone; /* of a stream */
	void *gone_arg;
};

struct vg_server {
	struct vg_server_options options;
	struct evconnlistener *listener[LISTENERS_MAX];
	size_t listeners;
	struct event *janitor, *resume;
	struct vg_request *connections;
	struct address *addresses;
	struct vg_server_counts counts;
	size_t in_work;
	bool draining;
	char unix_path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *
status_words(int status)
{
	static const struct {
		int status;
		const char *words;
	} table[] = {{200, "OK"},
		     {201, "Created"},
		     {202, "Accepted"},
		     {304, "Not Modified"},
		     {400, "Bad Request"},
		     {401, "Unauthorized"},
		     {403, "Forbidden"},
		     {404, "Not Found"},
		     {405, "Method Not Allowed"},
		     {408, "Request Timeout"},
		     {409, "Conflict"},
		     {411, "Length Required"},
		     {413, "Content Too Large"},
		     {414, "URI Too Long"},
		     {415, "Unsupported Media Type"},
		     {417, "Expectation Failed"},
		     {422, "Unprocessable Content"},
		     {429, "Too Many Requests"},
		     {431, "Request Header Fields Too Large"},
		     {500, "Internal Server Error"},
		     {501, "Not Implemented"},
		     {503, "Service Unavailable"},
		     {505, "HTTP Version Not Supported"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].status == status)
			return table[i].words;
	return "Unknown";
}

/* Connections. */

static void
forget_request(struct vg_request *c)
{
	free(c->head_bytes);
	c->head_bytes = NULL;
	if (c->body != NULL)
		evbuffer_free(c->body);
	c->body = NULL;
}

static void
connection_free(struct vg_request *c)
{
	struct vg_server *server = c->server;

	if (c->phase == ANSWERING)
		server->in_work--;
	if (c->phase == STREAMING)
		server->counts.streams--;
	DL_DELETE(server->connections, c);
	server->counts.connections--;
	if (c->address != NULL && --c->address->connections == 0) {
		HASH_DEL(server->addresses, c->address);
		free(c->address);
	}
	forget_request(c);
	bufferevent_free(c->bev);
	free(c);
}

static void
expect_head(struct vg_request *c)
{
	forget_request(c);
	c->phase = READING_HEAD;
	c->started = false;
	c->deadline_ms = now_ms() + c->server->options.idle_ms;
}

/* Answers outside of any handler, and closes. */
static void
refuse(struct vg_request *c, int status, const char *detail)
{
	char body[VG_ERR_TEXT_MAX + 200];
	int length = snprintf(
		body, sizeof(body),
		"{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}\n",
		status_words(status), status, detail);

	if (c->phase == ANSWERING)
		c->server->in_work--;
	if (status == 408)
		c->server->counts.timeouts++;
	else
		c->server->counts.bad_requests++;
	c->phase = CLOSING;
	c->deadline_ms = now_ms() + c->server->options.head_ms;
	(void)bufferevent_disable(c->bev, EV_READ);
	if (evbuffer_add_printf(bufferevent_get_output(c->bev),
				"HTTP/1.1 %d %s\r\nContent-Type: "
				"application/problem+json\r\nContent-Length: %d\r\n"
				"Connection: close\r\n\r\n%s",
				status, status_words(status), length, body) < 0)
		connection_free(c);
}

static void
request_complete(struct vg_request *c)
{
	struct vg_server *server = c->server;

	c->body_length = evbuffer_get_length(c->body);
	c->body_text = evbuffer_add(c->body, "", 1) == 0
			       ? (const char *)evbuffer_pullup(c->body, -1)
			       : NULL;
	if (c->body_text == NULL) {
		refuse(c, 503, "out of memory");
		return;
	}
	c->phase = ANSWERING;
	(void)bufferevent_disable(c->bev, EV_READ);
	server->counts.requests++;
	server->in_work++;
	server->options.on_request(c, server->options.arg);
}

/* Reading. Each step returns true when the next may be tried on the bytes that are left. */

static bool
read_head(struct vg_request *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	struct evbuffer_ptr end;
	struct vg_err err;
	size_t length;
	int status;

	if (!c->started && evbuffer_get_length(in) > 0) {
		c->started = true;
		c->deadline_ms = now_ms() + c->server->options.head_ms;
	}
	end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
	length = end.pos < 0 ? evbuffer_get_length(in) : (size_t)end.pos + 4;
	if (length > VG_HEAD_BYTES_MAX) {
		refuse(c, 431, "the head is larger than 16 KiB");
		return false;
	}
	if (end.pos < 0)
		return false;
	c->head_bytes = malloc(length + 1);
	if (c->head_bytes == NULL || evbuffer_remove(in, c->head_bytes, length) != (int)length) {
		refuse(c, 503, "out of memory");
		return false;
	}
	c->head_bytes[length] = '\0';
	status = vg_head_parse(c->head_bytes, length, &c->head, &err);
	if (status != 0) {
		refuse(c, status, err.text);
		return false;
	}
	return true;
}

static bool
begin_body(struct vg_request *c)
{
	const struct vg_head *head = &c->head;

	c->body_max = c->server->options.body_max(c, c->server->options.arg);
	c->body = evbuffer_new();
	if (c->body == NULL) {
		refuse(c, 503, "out of memory");
		return false;
	}
	if (head->content_length > (int64_t)c->body_max) {
		refuse(c, 413, "the body is larger than this address takes");
		return false;
	}
	c->deadline_ms = now_ms() + c->server->options.body_ms;
	c->phase = head->chunked ? READING_CHUNKS : READING_BODY;
	c->chunk_left = -1;
	if (head->expect_continue && (head->chunked || head->content_length > 0))
		(void)evbuffer_add_printf(bufferevent_get_output(c->bev),
					  "HTTP/1.1 100 Continue\r\n\r\n");
	return true;
}

static bool
read_body(struct vg_request *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	int64_t wanted = c->head.content_length < 0 ? 0 : c->head.content_length;
	size_t left = (size_t)wanted - evbuffer_get_length(c->body);

	if (left > 0 && evbuffer_remove_buffer(in, c->body, left) < 0) {
		refuse(c, 503, "out of memory");
		return false;
	}
	if (evbuffer_get_length(c->body) == (size_t)wanted)
		request_complete(c);
	return false;
}

/* A size line, or the empty line after a chunk. NULL = more bytes are needed, or the answer was
 * sent. */
static char *
read_chunk_line(struct vg_request *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	char *line = evbuffer_readln(in, NULL, EVBUFFER_EOL_CRLF_STRICT);

	if (line == NULL && evbuffer_get_length(in) > CHUNK_LINE_MAX)
		refuse(c, 400, "chunk: expected a size line of hex digits and CRLF");
	return line;
}

static bool
read_chunks(struct vg_request *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	char *line;
	int64_t size;

	if (c->chunk_left > 0) {
		int moved = evbuffer_remove_buffer(in, c->body, (size_t)c->chunk_left);

		c->chunk_left -= moved > 0 ? moved : 0;
		return moved > 0 && evbuffer_get_length(in) > 0;
	}
	if ((line = read_chunk_line(c)) == NULL)
		return false;
	if (c->chunk_left == 0 || c->chunk_left == -2) {
		bool last = c->chunk_left == -2, empty = *line == '\0';

		free(line);
		c->chunk_left = -1;
		if (!empty)
			refuse(c, 400,
			       last ? "chunk: trailers are refused"
				    : "chunk: longer than its size says");
		else if (last)
			request_complete(c);
		return empty && !last;
	}
	size = vg_chunk_size(line);
	free(line);
	if (size < 0 || evbuffer_get_length(c->body) + (size_t)size > c->body_max) {
		refuse(c, size < 0 ? 400 : 413,
		       size < 0 ? "chunk: expected a size line of hex digits"
				: "the body is larger than this address takes");
		return false;
	}
	c->chunk_left = size == 0 ? -2 : size;
	return true;
}

static void
on_readable(struct bufferevent *bev, void *arg)
{
	struct vg_request *c = arg;
	bool more = true;

	if (c->phase == LINGERING || c->phase == STREAMING)
		(void)evbuffer_drain(bufferevent_get_input(bev), SIZE_MAX);
	while (more) {
		if (c->phase == READING_HEAD)
			more = read_head(c) && begin_body(c);
		else if (c->phase == READING_BODY)
			more = read_body(c);
		else if (c->phase == READING_CHUNKS)
			more = read_chunks(c);
		else
			more = false;
	}
}

static void
linger(struct vg_request *c)
{
	c->phase = LINGERING;
	c->deadline_ms = now_ms() + LINGER_MS;
	(void)shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	(void)bufferevent_enable(c->bev, EV_READ);
}

/* The answer has left. */
static void
on_written(struct bufferevent *bev, void *arg)
{
	struct vg_request *c = arg;

	if (c->phase == CLOSING || (c->phase == WRITING && c->server->draining)) {
		linger(c);
		return;
	}
	if (c->phase != WRITING)
		return; /* 100 Continue */
	expect_head(c);
	(void)bufferevent_enable(bev, EV_READ);
	if (evbuffer_get_length(bufferevent_get_input(bev)) > 0)
		bufferevent_trigger(bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
}

static void
stream_gone(struct vg_request *c)
{
	vg_stream_gone_cb *on_gone = c->on_gone;
	void *arg = c->gone_arg;

	connection_free(c);
	on_gone(arg);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct vg_request *c = arg;

	(void)bev;
	(void)what;
	if (c->phase == STREAMING)
		stream_gone(c);
	else if (c->phase != ANSWERING)
		connection_free(c);
}

/* Accepting. */

/* Counts the peer; false when its address has too many connections. */
static bool
admit(struct vg_server *server, const struct sockaddr *peer, struct vg_request *c)
{
	char text[ADDRESS_TEXT] = "";
	struct address *address;

	if (peer->sa_family == AF_UNIX) {
		struct ucred who;
		socklen_t length = sizeof(who);

		c->local = true;
		c->has_uid = getsockopt(bufferevent_getfd(c->bev), SOL_SOCKET, SO_PEERCRED, &who,
					&length) == 0;
		c->uid = who.uid;
		return true;
	}
	if (peer->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)peer;

		c->local = ntohl(in->sin_addr.s_addr) >> 24 == 127;
		(void)inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
	} else {
		const struct sockaddr_in6 *in = (const void *)peer;

		c->local = IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
		(void)inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof(text));
	}
	if (c->local)
		return true;
	HASH_FIND_STR(server->addresses, text, address);
	if (address == NULL && (address = calloc(1, sizeof(*address))) != NULL) {
		(void)snprintf(address->text, sizeof(address->text), "%s", text);
		HASH_ADD_STR(server->addresses, text, address);
	}
	if (address == NULL || address->connections >= server->options.per_address_max)
		return false;
	address->connections++;
	c->address = address;
	return true;
}

/* Over the maximum: one attempt to say so, and away. */
static void
turn_away(struct vg_server *server, evutil_socket_t fd)
{
	static const char body[] =
		"{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
		"\"detail\":\"no connection left\"}\n";
	char answer[400];
	int length = snprintf(
		answer, sizeof(answer),
		"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
		"Content-Type: application/problem+json\r\nContent-Length: %zu\r\n\r\n%s",
		sizeof(body) - 1, body);

	server->counts.refused++;
	(void)send(fd, answer, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)close(fd);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *peer, int length,
	  void *arg)
{
	struct vg_server *server = arg;
	struct vg_request *c;
	const int on = 1;

	(void)listener;
	(void)length;
	server->counts.accepted++;
	if (server->counts.connections >= server->options.connections_max ||
	    (c = calloc(1, sizeof(*c))) == NULL) {
		turn_away(server, fd);
		return;
	}
	if (peer->sa_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->server = server;
	c->bev = bufferevent_socket_new(server->options.base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL) {
		free(c);
		turn_away(server, fd);
		return;
	}
	DL_APPEND(server->connections, c);
	server->counts.connections++;
	expect_head(c);
	c->deadline_ms = now_ms() + server->options.head_ms;
	bufferevent_setcb(c->bev, on_readable, on_written, on_event, c);
	/* what is read ahead of the parser is bounded: the largest head, or a piece of a body */
	bufferevent_setwatermark(c->bev, EV_READ, 0, VG_HEAD_BYTES_MAX * 4);
	if (!admit(server, peer, c)) {
		server->counts.refused++;
		refuse(c, 503, "too many connections from this address");
	} else if (bufferevent_enable(c->bev, EV_READ) != 0) {
		connection_free(c);
	}
}

static void
pause_listeners(struct vg_server *server, bool pause)
{
	for (size_t i = 0; i < server->listeners; i++)
		(void)(pause ? evconnlistener_disable : evconnlistener_enable)(server->listener[i]);
}

static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	static const struct timeval pause = {0, PAUSE_MS * 1000};
	struct vg_server *server = arg;

	(void)listener;
	server->counts.refused++;
	pause_listeners(server, true);
	(void)event_add(server->resume, &pause);
}

static void
on_resume(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pause_listeners(arg, false);
}

static void
on_janitor(evutil_socket_t fd, short what, void *arg)
{
	struct vg_server *server = arg;
	struct vg_request *c, *next;
	int64_t now = now_ms();

	(void)fd;
	(void)what;
	DL_FOREACH_SAFE(server->connections, c, next)
	{
		if (c->phase == ANSWERING || c->phase == STREAMING || now < c->deadline_ms)
			continue;
		if (c->phase == READING_HEAD && c->started)
			refuse(c, 408, "the head did not come within its time");
		else if (c->phase == READING_BODY || c->phase == READING_CHUNKS)
			refuse(c, 408, "the body did not come within its time");
		else
			connection_free(c);
	}
}

/* Life of the server. */

int
vg_server_new(struct vg_server **out, const struct vg_server_options *options, struct vg_err *err)
{
	static const struct timeval every = {0, JANITOR_MS * 1000};
	struct vg_server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	server->options = *options;
	server->janitor = event_new(options->base, -1, EV_PERSIST, on_janitor, server);
	server->resume = event_new(options->base, -1, 0, on_resume, server);
	if (server->janitor == NULL || server->resume == NULL ||
	    event_add(server->janitor, &every) != 0) {
		vg_server_free(server);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	*out = server;
	return 0;
}

static int
listen_on(struct vg_server *server, const struct sockaddr *address, socklen_t length,
	  const char *name, struct vg_err *err)
{
	struct evconnlistener *listener;

	VG_ASSERT(server->listeners < LISTENERS_MAX);
	listener = evconnlistener_new_bind(server->options.base, on_accept, server,
					   LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
						   LEV_OPT_REUSEABLE,
					   BACKLOG, address, (int)length);
	if (listener == NULL)
		return vg_err_set(err, -errno, "cannot listen on %s: %s", name, strerror(errno));
	evconnlistener_set_error_cb(listener, on_accept_error);
	server->listener[server->listeners++] = listener;
	return 0;
}

int
vg_server_listen(struct vg_server *server, const char *address, struct vg_err *err)
{
	struct sockaddr_storage storage;
	int length = sizeof(storage);

	if (evutil_parse_sockaddr_port(address, (struct sockaddr *)&storage, &length) != 0 ||
	    ntohs(((struct sockaddr_in *)&storage)->sin_port) == 0)
		return vg_err_set(err, VG_EINVALID,
				  "listen: \"%s\": expected a numeric address and port such as "
				  "127.0.0.1:8620",
				  address);
	return listen_on(server, (struct sockaddr *)&storage, (socklen_t)length, address, err);
}

int
vg_server_listen_unix(struct vg_server *server, const char *path, struct vg_err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t before;
	int rc;

	if (strlen(path) >= sizeof(address.sun_path))
		return vg_err_set(err, VG_EINVALID, "socket: \"%s\": expected at most %zu bytes",
				  path, sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, strlen(path) + 1);
	(void)unlink(path);
	before = umask(0111);
	rc = listen_on(server, (struct sockaddr *)&address, sizeof(address), path, err);
	(void)umask(before);
	if (rc == 0)
		memcpy(server->unix_path, path, strlen(path) + 1);
	return rc;
}

static void
drain_stream(struct vg_request *c)
{
	vg_stream_gone_cb *on_gone = c->on_gone;
	void *arg = c->gone_arg;

	vg_stream_end(c);
	on_gone(arg);
}

void
vg_server_drain(struct vg_server *server)
{
	struct vg_request *c, *next;

	server->draining = true;
	(void)event_del(server->resume);
	while (server->listeners > 0)
		evconnlistener_free(server->listener[--server->listeners]);
	if (server->unix_path[0] != '\0')
		(void)unlink(server->unix_path);
	DL_FOREACH_SAFE(server->connections, c, next)
	{
		if (c->phase == STREAMING)
			drain_stream(c);
		else if (c->phase <= READING_CHUNKS)
			connection_free(c);
	}
}

size_t
vg_server_in_work(const struct vg_server *server)
{
	return server->in_work;
}

void
vg_server_free(struct vg_server *server)
{
	struct vg_request *c, *next;

	vg_server_drain(server);
	DL_FOREACH_SAFE(server->connections, c, next)
	connection_free(c);
	if (server->janitor != NULL)
		event_free(server->janitor);
	if (server->resume != NULL)
		event_free(server->resume);
	free(server);
}

void
vg_server_get_counts(const struct vg_server *server, struct vg_server_counts *out)
{
	*out = server->counts;
}

/* Requests. */

const struct vg_head *
vg_request_head(const struct vg_request *request)
{
	return &request->head;
}

const char *
vg_request_body(const struct vg_request *request, size_t *length)
{
	*length = request->body_length;
	return request->body_text;
}

bool
vg_request_is_local(const struct vg_request *request)
{
	return request->local;
}

bool
vg_request_peer_uid(const struct vg_request *request, uid_t *uid)
{
	*uid = request->uid;
	return request->has_uid;
}

bool
vg_request_peer(const struct vg_request *request, struct sockaddr_storage *out)
{
	socklen_t length = sizeof(*out);

	return getpeername(bufferevent_getfd(request->bev), (struct sockaddr *)out, &length) == 0 &&
	       out->ss_family != AF_UNIX;
}

/* Writes the head of an answer that leaves the server with this phase. False: memory is out, and
 * the connection is no more. `framing`: the lines that say how long the body is. */
static bool
put_head(struct vg_request *request, int status, const char *framing, const char *extra, bool close)
{
	struct vg_server *server = request->server;
	char date[40];

	VG_ASSERT(request->phase == ANSWERING);
	(void)evutil_date_rfc1123(date, sizeof(date), NULL); /* agents compare their clocks */
	server->in_work--;
	request->phase = close ? CLOSING : WRITING;
	request->deadline_ms = now_ms() + server->options.idle_ms;
	if (evbuffer_add_printf(bufferevent_get_output(request->bev),
				"HTTP/1.1 %d %s\r\nDate: %s\r\n%s%s%s\r\n", status,
				status_words(status), date, framing,
				close ? "Connection: close\r\n" : "", extra) > 0)
		return true;
	connection_free(request);
	return false;
}

void
vg_request_reply(struct vg_request *request, int status, const char *type, const char *extra,
		 const char *body, size_t length)
{
	bool close = !request->head.keep_alive || request->server->draining;
	bool bare = request->head.method == VG_HEAD || status == 304;
	char framing[200] = "";

	if (status != 304)
		(void)snprintf(framing, sizeof(framing),
			       "Content-Type: %s\r\nContent-Length: %zu\r\n", type, length);
	if (put_head(request, status, framing, extra, close) && !bare &&
	    evbuffer_add(bufferevent_get_output(request->bev), body, length) != 0)
		connection_free(request);
}

/* Streams. */

/* So that a peer that is gone without a word is found out, and the kernel queues no megabytes for a
 * slow one; a Unix socket takes the last alone. */
static void
set_up_stream(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {{SOL_SOCKET, SO_KEEPALIVE, 1},
		       {IPPROTO_TCP, TCP_KEEPIDLE, STREAM_IDLE_S},
		       {IPPROTO_TCP, TCP_KEEPINTVL, STREAM_ASK_S},
		       {IPPROTO_TCP, TCP_KEEPCNT, STREAM_ASKS},
		       {IPPROTO_TCP, TCP_USER_TIMEOUT, STREAM_LOST_MS},
		       {SOL_SOCKET, SO_SNDBUF, STREAM_SEND_BYTES}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
				 sizeof(options[i].value));
}

bool
vg_request_stream(struct vg_request *request, const char *type, const char *extra,
		  vg_stream_gone_cb *on_gone, void *arg)
{
	struct vg_server *server = request->server;
	bool wanted = request->head.method != VG_HEAD && !server->draining;
	char framing[200];

	(void)snprintf(framing, sizeof(framing), "Content-Type: %s\r\n", type);
	if (!put_head(request, 200, framing, extra, true) || !wanted)
		return false;
	request->phase = STREAMING;
	request->on_gone = on_gone;
	request->gone_arg = arg;
	server->counts.streams++;
	forget_request(request);
	set_up_stream(bufferevent_getfd(request->bev));
	(void)evbuffer_drain(bufferevent_get_input(request->bev), SIZE_MAX);
	if (bufferevent_enable(request->bev, EV_READ) == 0)
		return true;
	connection_free(request);
	return false;
}

size_t
vg_stream_send(struct vg_request *stream, const void *bytes, size_t length,
	       vg_stream_release_cb *release, void *arg)
{
	struct evbuffer *out = bufferevent_get_output(stream->bev);

	VG_ASSERT(stream->phase == STREAMING);
	if (evbuffer_add_reference(out, bytes, length, release, arg) == 0)
		return evbuffer_get_length(out);
	release(bytes, length, arg);
	return SIZE_MAX;
}

void
vg_stream_end(struct vg_request *stream)
{
	VG_ASSERT(stream->phase == STREAMING);
	stream->server->counts.streams--;
	stream->phase = CLOSING;
	stream->deadline_ms = now_ms() + stream->server->options.head_ms;
	(void)bufferevent_disable(stream->bev, EV_READ);
	if (evbuffer_get_length(bufferevent_get_output(stream->bev)) == 0)
		linger(stream);
}

void
vg_stream_cut(struct vg_request *stream)
{
	VG_ASSERT(stream->phase == STREAMING);
	connection_free(stream);
}
