/* Who asks: machines by token, the operator by the socket, people by a proxy's word or by a session
 * of their own (docs/people.md).
 *
 * A browser sends cookies and a proxy's headers by itself, also for a page that somebody else has
 * made. So what such a request changes needs a token that only our own pages know, and an origin
 * that is ours. Loop thread only. */
#ifndef VG_SIGN_H
#define VG_SIGN_H

#include "daemon/sign/audit.h"
#include "daemon/sign/proxy.h"
#include "daemon/sign/sessions.h"

struct vg_live;
struct vg_work;
struct vg_sign;

#define VG_SIGN_WAITING_MAX 16 /* sign-ins whose password is being looked at */
#define VG_CSRF_LEN	    33 /* bytes of a token, with its NUL */

struct vg_sign_options {
	struct vg_work *work;
	struct vg_live *live;
	const char *state_dir;
	void (*on_ended)(uint64_t session, void *arg); /* its streams end with it */
	void *arg;
};
/* Takes over `people`, also when it fails. */
VG_MUST_CHECK int vg_sign_new(struct vg_sign **out, const struct vg_sign_options *options,
			      struct vg_people *people, struct vg_err *err);
void vg_sign_free(struct vg_sign *sign);
/* Other people hold from now; takes them over. Sessions of accounts that are gone or changed end.
 * No request may be in work. VG_ENOMEM: the old ones hold. */
VG_MUST_CHECK int vg_sign_replace(struct vg_sign *sign, struct vg_people *people,
				  struct vg_err *err);
/* Once a second: ends sessions, and writes down what was gathered. */
void vg_sign_turn(struct vg_sign *sign);
/* The daemon stops, and the journal still takes rows: writes down what was gathered. */
void vg_sign_stop(struct vg_sign *sign);

struct vg_caller {
	const struct vg_principal *who; /* NULL = nobody; borrowed until the request is answered */
	enum vg_by by;
	uint64_t session;	    /* 0 = none */
	char why[VG_PROXY_WHY_MAX]; /* nobody, and known: why it may nothing; else "" */
};
void vg_sign_find(struct vg_sign *sign, const struct vg_auth *auth,
		  const struct vg_request *request, struct vg_caller *out);

/* UTC ms at which a session ends if it is not used again; -1 = none. */
int64_t vg_sign_expires_ms(const struct vg_sign *sign, uint64_t session);

/* The token that a page must send along when it changes something, for callers by session or proxy.
 * The same until the session ends, or the daemon is restarted. False: the caller needs none. */
bool vg_sign_csrf(const struct vg_sign *sign, const struct vg_caller *caller,
		  char out[VG_CSRF_LEN]);
/* Whether a request comes from a page of this address as far as the browser tells. */
bool vg_sign_same_origin(const struct vg_sign *sign, const struct vg_request *request,
			 const char **why);
/* The same, and with the caller's token; callers by token or socket always pass. */
bool vg_sign_may_change(const struct vg_sign *sign, const struct vg_request *request,
			const struct vg_caller *caller, const char **why);
/* Whether the browser reaches us by TLS, as a proxy that is believed says. */
bool vg_sign_is_secure(const struct vg_sign *sign, const struct vg_request *request);

/* Signing in with name and password. `done` is called once, from the loop and maybe before this
 * returns. */
struct vg_sign_result {
	int status;	    /* 201, 401, 429, 503 */
	int64_t retry_s;    /* 429 and 503 */
	const char *detail; /* not 201 */
	/* 201 */
	const struct vg_principal *who;
	uint64_t session;
	const char *token; /* for the cookie */
};
typedef void vg_sign_done_cb(const struct vg_sign_result *result, void *arg);
void vg_sign_in(struct vg_sign *sign, const struct vg_request *request, const char *name,
		const char *password, vg_sign_done_cb *done, void *arg);
void vg_sign_out(struct vg_sign *sign, uint64_t session);

struct vg_sign_counts {
	size_t sessions;
	uint64_t signed_in, refused, foreign_headers;
};
void vg_sign_get_counts(const struct vg_sign *sign, struct vg_sign_counts *out);

#endif
