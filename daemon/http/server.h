/* The HTTP server: connections, their limits and deadlines, and one request at a time on each.
 *
 * libevent carries the bytes, head.h reads the requests. libevent's own evhttp is not used: it
 * accepts connections itself, so that neither their number nor their age can be bounded, and its
 * reader is lenient where requests can be smuggled (docs/dependencies.md). Loop thread only. */
#ifndef VG_SERVER_H
#define VG_SERVER_H

#include "daemon/http/head.h"

#include <sys/socket.h>
#include <sys/types.h>

struct event_base;
struct vg_server;
struct vg_request;

#define VG_BODY_BYTES_MAX (1024 * 1024)

struct vg_server_options {
	struct event_base *base;
	size_t connections_max; /* D 12,000; the next one is answered 503 and closed */
	size_t per_address_max; /* D 100; loopback and Unix socket exempt */
	int head_ms, body_ms;	/* from first byte wanted to last one there: D 10 s, 30 s */
	int idle_ms;		/* between requests, and for a reader of the answer: D 60 s */
	/* The head is there: how large a body may be taken. */
	size_t (*body_max)(const struct vg_request *request, void *arg);
	/* The whole request is there. It must be answered once, now or later, by vg_request_reply.
	 */
	void (*on_request)(struct vg_request *request, void *arg);
	void *arg;
};

VG_MUST_CHECK int vg_server_new(struct vg_server **out, const struct vg_server_options *options,
				struct vg_err *err);
/* "127.0.0.1:8620" or "[::1]:8620": numeric addresses only. */
VG_MUST_CHECK int vg_server_listen(struct vg_server *server, const char *address,
				   struct vg_err *err);
/* A Unix socket that everybody may connect to (who it is, is checked); an old one is replaced. */
VG_MUST_CHECK int vg_server_listen_unix(struct vg_server *server, const char *path,
					struct vg_err *err);
/* No new connections, idle ones closed, streams ended; requests in work go on. */
void vg_server_drain(struct vg_server *server);
size_t vg_server_in_work(const struct vg_server *server); /* requests not yet answered */
void vg_server_free(struct vg_server *server);		  /* cuts what is left */

struct vg_server_counts {
	size_t connections; /* streams among them */
	size_t streams;
	uint64_t accepted, refused, requests, timeouts, bad_requests;
};
void vg_server_get_counts(const struct vg_server *server, struct vg_server_counts *out);

const struct vg_head *vg_request_head(const struct vg_request *request);
const char *vg_request_body(const struct vg_request *request, size_t *length); /* NUL after it */
/* Who is at the other end. */
bool vg_request_is_local(const struct vg_request *request); /* loopback or Unix socket */
bool vg_request_peer_uid(const struct vg_request *request, uid_t *uid); /* Unix socket only */
/* The address at the other end of a TCP connection; false: a Unix socket, or it has gone. */
bool vg_request_peer(const struct vg_request *request, struct sockaddr_storage *out);

/* Answers and ends the request: do not touch it afterwards. `extra`: whole header lines, each with
 * CRLF, or "". The body is copied; 304 has none. */
void vg_request_reply(struct vg_request *request, int status, const char *type, const char *extra,
		      const char *body, size_t length);

/* Streams: an answer whose end is not known. The head goes out now, bytes follow as they are sent,
 * and the connection is closed at the end. A stream has no deadline; a TCP peer that no longer
 * acknowledges is given up after a minute. What the peer sends is thrown away. */

/* The stream is no more: its peer has left or the server ends it. Not called after vg_stream_end or
 * vg_stream_cut. */
typedef void vg_stream_gone_cb(void *arg);
/* Bytes of vg_stream_send are no longer needed. */
typedef void vg_stream_release_cb(const void *bytes, size_t length, void *arg);

/* Answers 200 and leaves the request open for the functions below, until on_gone; its head and body
 * are no more. False: it is answered, must not be touched, and on_gone will not be called: HEAD,
 * the server drains, or memory is out. */
VG_MUST_CHECK bool vg_request_stream(struct vg_request *request, const char *type,
				     const char *extra, vg_stream_gone_cb *on_gone, void *arg);
/* `bytes` are read until `release` is called, once, maybe before this returns; many streams may so
 * share them. Returns how many bytes wait for the peer, SIZE_MAX when memory is out: then bytes are
 * missing, and the caller cuts. Never calls on_gone. */
VG_MUST_CHECK size_t vg_stream_send(struct vg_request *stream, const void *bytes, size_t length,
				    vg_stream_release_cb *release, void *arg);
/* Ends it when what was sent has left; or at once, whatever has not. Not to be touched afterwards.
 */
void vg_stream_end(struct vg_request *stream);
void vg_stream_cut(struct vg_request *stream);

#endif
