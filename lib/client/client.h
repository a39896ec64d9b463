/* HTTP to the daemon, one connection, blocking: over its Unix socket, or over TCP with a bearer
 * token (libcurl). */
#ifndef VG_CLIENT_H
#define VG_CLIENT_H

#include "lib/base/err.h"

#include <stddef.h>

#define VG_CLIENT_REPLY_MAX  (256u << 20) /* a longer reply is VG_ELIMIT */
#define VG_CLIENT_TIMEOUT_MS 120000	  /* of one request */

struct vg_client_options {
	const char *socket; /* path; NULL = TCP */
	const char *url; /* "http://127.0.0.1:8620"; with a socket only the host name is taken from
			    it */
	const char *token; /* bearer token; NULL = none */
};

struct vg_reply {
	long status; /* HTTP */
	char *body;  /* NUL-terminated; never NULL after success */
	size_t length;
};
void vg_reply_free(struct vg_reply *reply);

struct vg_client;
/* Copies the options; connects with the first request. */
VG_MUST_CHECK int vg_client_new(struct vg_client **out, const struct vg_client_options *options,
				struct vg_err *err);
void vg_client_free(struct vg_client *client);

/* One request; `path` with its query, `type` and `body` NULL for none. Any HTTP status is success
 * here. VG_EIO: nobody answers there; VG_ELIMIT: the reply is too long. The caller frees the reply.
 */
VG_MUST_CHECK int vg_client_request(struct vg_client *client, const char *method, const char *path,
				    const char *type, const void *body, size_t length,
				    struct vg_reply *reply, struct vg_err *err);

/* Text as part of a path or query, percent-encoded; malloc'ed; NULL = out of memory. */
char *vg_client_escape(const char *text);

#endif
