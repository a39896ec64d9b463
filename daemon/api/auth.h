/* Who asks, and what they may: principals from one file, bearer tokens, and the peer of the Unix
 * socket. */
#ifndef VG_AUTH_H
#define VG_AUTH_H

#include "daemon/http/server.h"
#include "lib/yaml/yaml.h"

#define VG_PRINCIPALS_MAX 1000
#define VG_SIGNERS_MAX	  64 /* of these with `hmac`: each costs a digest of what claims to be its */

/* What a route wants. Roles (semantics.md 7.5) are sets of these. */
enum vg_right {
	VG_RIGHT_OPEN = 0,    /* nobody in particular, on loopback and the Unix socket */
	VG_RIGHT_INGEST = 1,  /* send events of its own source */
	VG_RIGHT_READ = 2,    /* tickets, figures, lists */
	VG_RIGHT_WORK = 4,    /* register, escalate, acknowledge */
	VG_RIGHT_CORRECT = 8, /* correct facts, imports, quarantine, registers, reports, comments */
	VG_RIGHT_AGREEMENT = 16, /* apply an agreement version */
	VG_RIGHT_FINANCE =
		32, /* decide on the fee, of all municipalities: prices, closing, invoices */
	VG_RIGHT_OBJECT = 64, /* object to its municipality's statements */
	VG_RIGHT_PUBLIC = 256 /* of routes alone: anybody from anywhere, without credentials */
};

struct vg_principal {
	const char *name;
	const char *source;	  /* what its events are from */
	const char *municipality; /* its scope; "" = all */
	const char *references;	  /* shell pattern of references that are never taken for identity
				   * numbers; "" = none */
	unsigned rights;
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
/* The principal behind a request; NULL = none, or a token or signature that nobody has. Webhooks
 * (POST /api/v1/hooks/...) may also be signed, or carry their token in a header or query of the
 * principal's choice (docs/webhooks.md). */
const struct vg_principal *vg_auth_find(const struct vg_auth *auth,
					const struct vg_request *request);

#endif
