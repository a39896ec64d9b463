/* sign.c - from a request to who asks.
 *
 * The order is that of certainty: credentials that somebody chose to send come before those that a
 * browser sends by itself, and the operator of the socket comes last, since a proxy may stand at
 * the socket too. */
#include "daemon/sign/sign.h"

#include "daemon/live/live.h"
#include "daemon/sign/enter.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Life. */

static void
on_session_end(const struct vg_session *session, enum vg_session_end why, void *arg)
{
	static const char *const words[] = {"signed_out", "idle", "longest", "changed", "room"};

	const struct vg_sign *sign = arg;

	vg_log(VG_LOG_INFO, "sign.ended", VG_LOG_TEXT("name", session->account->who.name),
	       VG_LOG_TEXT("why", words[why]));
	vg_audit_note(sign->options.live,
		      why == VG_SESSION_OUT ? VG_ACCESS_SIGNED_OUT : VG_ACCESS_EXPIRED,
		      session->account->who.name, VG_BY_SESSION,
		      why == VG_SESSION_OUT ? "" : words[why]);
	sign->options.on_ended(session->id, sign->options.arg);
}

int
vg_sign_new(struct vg_sign **out, const struct vg_sign_options *options, struct vg_people *people,
	    struct vg_err *err)
{
	struct vg_sign *sign = calloc(1, sizeof(*sign));

	if (sign == NULL) {
		vg_people_free(people);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	sign->options = *options;
	sign->people = people;
	sign->sessions = vg_sessions_new(on_session_end, sign);
	sign->guard = vg_guard_new();
	sign->refusals = vg_audit_refusals_new(options->live);
	sign->proxy = vg_proxy_new(people);
	vg_random(sign->csrf_key, sizeof(sign->csrf_key));
	(void)snprintf(sign->once_path, sizeof(sign->once_path), "%s/used-passwords",
		       options->state_dir);
	if (sign->sessions == NULL || sign->guard == NULL || sign->refusals == NULL ||
	    sign->proxy == NULL) {
		vg_sign_free(sign);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	vg_sessions_limit(sign->sessions, people->idle_ms, people->longest_ms);
	*out = sign;
	return 0;
}

void
vg_sign_free(struct vg_sign *sign)
{
	if (sign == NULL)
		return;
	vg_sessions_free(sign->sessions);
	vg_guard_free(sign->guard);
	vg_audit_refusals_free(sign->refusals);
	vg_proxy_free(sign->proxy);
	vg_people_free(sign->people);
	free(sign);
}

int
vg_sign_replace(struct vg_sign *sign, struct vg_people *people, struct vg_err *err)
{
	struct vg_proxy *proxy = vg_proxy_new(people);

	if (proxy == NULL) {
		vg_people_free(people);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	vg_sessions_move(sign->sessions, people);
	vg_sessions_limit(sign->sessions, people->idle_ms, people->longest_ms);
	sign->foreign += vg_proxy_foreign(sign->proxy);
	vg_proxy_free(sign->proxy);
	vg_people_free(sign->people);
	sign->proxy = proxy;
	sign->people = people;
	return 0;
}

void
vg_sign_turn(struct vg_sign *sign)
{
	vg_sessions_turn(sign->sessions, vg_steady_ms());
	vg_audit_turn(sign->refusals, vg_steady_ms());
}

void
vg_sign_stop(struct vg_sign *sign)
{
	vg_audit_turn(sign->refusals, INT64_MAX);
}

/* Who asks. */

static const struct vg_session *
find_session(struct vg_sign *sign, const struct vg_request *request)
{
	const char *cookies = vg_head_header(vg_request_head(request), "Cookie");
	char token[VG_SESSION_TOKEN_LEN];

	if (cookies == NULL || !vg_session_cookie(cookies, token))
		return NULL;
	return vg_sessions_use(sign->sessions, token, vg_steady_ms());
}

/* A proxy tells of no sign-in: it is one when somebody comes who has not been here for the time
 * after which a session would have ended. */
static void
note_proxied(struct vg_sign *sign, struct vg_proxied *proxied)
{
	const int64_t now_ms = vg_steady_ms();

	if (proxied->used_ms == 0 || now_ms - proxied->used_ms >= sign->people->idle_ms)
		vg_audit_note(sign->options.live, VG_ACCESS_SIGNED_IN, proxied->who.name,
			      VG_BY_PROXY, "");
	proxied->used_ms = now_ms;
}

static bool
find_person(struct vg_sign *sign, const struct vg_request *request, struct vg_caller *out)
{
	const struct vg_session *session = find_session(sign, request);
	struct vg_proxied *proxied;
	enum vg_proxy_answer answer;

	if (session != NULL) {
		out->who = &session->account->who;
		out->by = VG_BY_SESSION;
		out->session = session->id;
		return true;
	}
	answer = vg_proxy_find(sign->proxy, request, &proxied, out->why);
	if (answer == VG_PROXY_KNOWN) {
		out->who = &proxied->who;
		out->by = VG_BY_PROXY;
		note_proxied(sign, proxied);
	} else if (answer == VG_PROXY_REFUSED) {
		vg_audit_refused(sign->refusals, "", VG_BY_PROXY, out->why, vg_steady_ms());
	}
	return answer != VG_PROXY_NOBODY;
}

void
vg_sign_find(struct vg_sign *sign, const struct vg_auth *auth, const struct vg_request *request,
	     struct vg_caller *out)
{
	*out = (struct vg_caller){.who = vg_auth_find(auth, request)};
	if (out->who != NULL)
		out->by = VG_BY_TOKEN;
	else if (vg_head_header(vg_request_head(request), "Authorization") == NULL &&
		 !find_person(sign, request, out) && !vg_proxy_has_passed(sign->proxy, request) &&
		 (out->who = vg_auth_operator(request)) != NULL)
		out->by = VG_BY_SOCKET;
}

int64_t
vg_sign_expires_ms(const struct vg_sign *sign, uint64_t id)
{
	const struct vg_session *session = vg_sessions_find(sign->sessions, id);
	int64_t idle_ms, longest_ms;

	if (session == NULL)
		return -1;
	idle_ms = session->used_ms + sign->people->idle_ms;
	longest_ms = session->made_ms + sign->people->longest_ms;
	return vg_live_now_ms(sign->options.live) - vg_steady_ms() +
	       (idle_ms < longest_ms ? idle_ms : longest_ms);
}

void
vg_sign_out(struct vg_sign *sign, uint64_t session)
{
	vg_sessions_close(sign->sessions, session);
}

/* Whose page it is that asks. */

bool
vg_sign_csrf(const struct vg_sign *sign, const struct vg_caller *caller, char out[VG_CSRF_LEN])
{
	const struct vg_session *session = vg_sessions_find(sign->sessions, caller->session);
	uint8_t digest[VG_SHA256_LEN];

	if (session != NULL)
		vg_hmac_sha256(sign->csrf_key, sizeof(sign->csrf_key), session->digest,
			       sizeof(session->digest), digest);
	else if (caller->by == VG_BY_PROXY)
		vg_hmac_sha256(sign->csrf_key, sizeof(sign->csrf_key), caller->who->name,
			       strlen(caller->who->name), digest);
	else
		return false;
	(void)vg_hex(digest, (VG_CSRF_LEN - 1) / 2, out);
	return true;
}

bool
vg_sign_is_secure(const struct vg_sign *sign, const struct vg_request *request)
{
	const char *scheme = vg_head_header(vg_request_head(request), "X-Forwarded-Proto");

	return scheme != NULL && strcmp(scheme, "https") == 0 &&
	       vg_proxy_is_trusted(sign->proxy, request);
}

bool
vg_sign_same_origin(const struct vg_sign *sign, const struct vg_request *request, const char **why)
{
	const struct vg_head *head = vg_request_head(request);
	const char *site = vg_head_header(head, "Sec-Fetch-Site");
	const char *origin = vg_head_header(head, "Origin"), *host = vg_head_header(head, "Host");
	const char *scheme = vg_sign_is_secure(sign, request) ? "https://" : "http://";

	*why = "Sec-Fetch-Site: the request comes from another site's page";
	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	*why = "Origin: the request comes from another site's page, or the proxy does not pass "
	       "Host and X-Forwarded-Proto on";
	return origin == NULL || (host != NULL && strncmp(origin, scheme, strlen(scheme)) == 0 &&
				  strcmp(origin + strlen(scheme), host) == 0);
}

bool
vg_sign_may_change(const struct vg_sign *sign, const struct vg_request *request,
		   const struct vg_caller *caller, const char **why)
{
	const char *said = vg_head_header(vg_request_head(request), "X-CSRF-Token");
	char want[VG_CSRF_LEN];

	if (!vg_sign_csrf(sign, caller, want))
		return true;
	if (!vg_sign_same_origin(sign, request, why))
		return false;
	*why = "X-CSRF-Token: expected the csrf of GET /api/v1/me";
	return said != NULL && strlen(said) == strlen(want) &&
	       vg_equal_secret(said, want, strlen(want));
}

void
vg_sign_get_counts(const struct vg_sign *sign, struct vg_sign_counts *out)
{
	*out = (struct vg_sign_counts){
		.sessions = vg_sessions_count(sign->sessions),
		.signed_in = sign->signed_in,
		.refused = sign->refused,
		.foreign_headers = sign->foreign + vg_proxy_foreign(sign->proxy),
	};
}
