/* Who asks, and what they may: principals from one file, bearer tokens, and the peer of the Unix
 * socket. */
#ifndef VG_AUTH_H
#define VG_AUTH_H

#include "daemon/api/roles.h"
#include "daemon/http/server.h"
#include "lib/yaml/yaml.h"

#define VG_PRINCIPALS_MAX 1000
#define VG_SIGNERS_MAX	  64 /* of these with `hmac`: each costs a digest of what claims to be its */

/* Source of what signed-in people state; a municipality's have "people.<code>", so that nobody
 * speaks of another's tickets by their reference. */
#define VG_PEOPLE_SOURCE "people"

struct vg_principal {
	const char *name;
	const char *source;	  /* what its events are from */
	const char *municipality; /* its scope; "" = all */
	const char *references;	  /* shell pattern of references that are never taken for identity
				   * numbers; "" = none */
	unsigned roles, rights;	  /* rights: those of the roles */
	/* Of one that signs with a time in a header: a signature is good for one request and so
	 * long before and after that time. NULL = it does not. */
	const char *signature_header, *timestamp_header;
	int64_t window_ms;
};

struct vg_auth;
/* Reads the principals file; "" = none, then only the Unix socket is let in. NULL when anything is
 * wrong. */
struct vg_auth *vg_auth_load(const char *path, struct vg_yaml_errors *errors);
void vg_auth_free(struct vg_auth *auth);
/* The principal behind a request's own credentials; NULL = none, or a token or signature that
 * nobody has. Webhooks (POST /api/v1/hooks/...) may also be signed, or carry their token in a
 * header or query of the principal's choice (docs/webhooks.md). */
const struct vg_principal *vg_auth_find(const struct vg_auth *auth,
					const struct vg_request *request);
/* The operator, when the peer of the Unix socket is root or the daemon's own user and has no
 * credentials of its own; else NULL. */
const struct vg_principal *vg_auth_operator(const struct vg_request *request);
/* Whether Vinga itself, or people who sign in, speak under a name or source: nobody else may. */
bool vg_auth_is_reserved(const char *name);

#endif
