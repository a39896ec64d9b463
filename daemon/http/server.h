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
/* No new connections, idle ones closed; requests in work go on. */
void vg_server_drain(struct vg_server *server);
size_t vg_server_in_work(const struct vg_server *server); /* requests not yet answered */
void vg_server_free(struct vg_server *server);		  /* cuts what is left */

struct vg_server_counts {
	size_t connections;
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
 * CRLF, or "". The body is copied. */
void vg_request_reply(struct vg_request *request, int status, const char *type, const char *extra,
		      const char *body, size_t length);

#endif
