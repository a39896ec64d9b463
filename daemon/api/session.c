/* session.c - who I am, signing in, signing out.
 *
 * Signing in cannot ask for a token that only a session has; what keeps another site's page from
 * signing somebody in is that a JSON body from there is asked about first, which is never granted,
 * and the origin that browsers send. */
#include "daemon/api/api.h"
#include "lib/password/password.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The cookie is the browser's until it is closed; how long it is good is the daemon's to know. */
#define COOKIE_LINE                                                                                \
	"Set-Cookie: " VG_SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s%s\r\n"
#define EXTRA_MAX 300

struct signing {
	struct vg_api *api;
	struct vg_request *request;
};

static void
cookie_line(const struct vg_api *api, const struct vg_request *request, const char *token,
	    char out[EXTRA_MAX])
{
	(void)snprintf(out, EXTRA_MAX, COOKIE_LINE "Cache-Control: no-store\r\n", token,
		       *token == '\0' ? "; Max-Age=0" : "",
		       vg_sign_is_secure(api->sign, request) ? "; Secure" : "");
}

/* `object` is stolen. */
static void
reply(struct vg_request *request, int status, const char *extra, json_t *object)
{
	char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(object);
	if (text == NULL)
		vg_reply_json(request, 503, NULL);
	else
		vg_request_reply(request, status,
				 status >= 400 ? "application/problem+json" : "application/json",
				 extra, text, strlen(text));
	free(text);
}

static json_t *
names_json(const char *name(unsigned bit), unsigned set)
{
	json_t *names = json_array();

	for (unsigned i = 0; name(i) != NULL; i++)
		if ((set & 1U << i) != 0)
			json_array_append_new(names, json_string(name(i)));
	return names;
}

static json_t *
me_json(const struct vg_api *api, const struct vg_caller *caller)
{
	const struct vg_principal *who = caller->who;
	char csrf[VG_CSRF_LEN];
	const bool needs = vg_sign_csrf(api->sign, caller, csrf);

	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:s, s:I, s:o}", "name", who->name,
			 "roles", names_json(vg_role_name, who->roles), "rights",
			 names_json(vg_right_name, who->rights), "municipality",
			 *who->municipality != '\0' ? json_string(who->municipality) : json_null(),
			 "csrf", needs ? json_string(csrf) : json_null(), "by",
			 vg_by_word(caller->by), "expires",
			 vg_json_time(vg_sign_expires_ms(api->sign, caller->session)), "purpose",
			 api->purpose, "seq", (json_int_t)vg_core_seq(vg_live_core(api->live)),
			 "asof", vg_json_time(vg_live_now_ms(api->live)));
}

void
vg_get_me(struct vg_call *call)
{
	const struct vg_caller caller = {
		.who = call->who, .by = call->by, .session = call->session};

	vg_reply_json(call->request, 200, me_json(call->api, &caller));
}

/* Signing in. */

static void
reply_refused(struct vg_request *request, const struct vg_sign_result *result)
{
	char extra[EXTRA_MAX];

	(void)snprintf(extra, sizeof(extra), "Cache-Control: no-store\r\n");
	if (result->retry_s > 0)
		(void)snprintf(extra, sizeof(extra),
			       "Cache-Control: no-store\r\nRetry-After: %lld\r\n",
			       (long long)result->retry_s);
	reply(request, result->status, extra,
	      json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank", "title",
			result->status == 401 ? "Not signed in" : "Try again later", "status",
			result->status, "detail", result->detail));
}

static void
on_signed(const struct vg_sign_result *result, void *arg)
{
	struct signing *signing = arg;
	const struct vg_caller caller = {
		.who = result->who, .by = VG_BY_SESSION, .session = result->session};
	char extra[EXTRA_MAX];

	if (result->status != 201) {
		reply_refused(signing->request, result);
	} else {
		cookie_line(signing->api, signing->request, result->token, extra);
		reply(signing->request, 201, extra, me_json(signing->api, &caller));
		vg_password_forget(extra, sizeof(extra));
	}
	free(signing);
}

/* A text member of at most `max` bytes; NULL: the call is answered. */
static const char *
read_member(struct vg_call *call, const json_t *object, const char *name, size_t max)
{
	const json_t *member = json_object_get(object, name);

	if (json_is_string(member) && json_string_length(member) > 0 &&
	    json_string_length(member) <= max)
		return json_string_value(member);
	vg_reply_problem(call->request, 422, "%s: expected a text of 1 to %zu bytes", name, max);
	return NULL;
}

void
vg_post_session(struct vg_call *call)
{
	json_t *object;
	const char *name, *password = NULL, *why;
	struct signing *signing;

	if (!vg_sign_same_origin(call->api->sign, call->request, &why)) {
		vg_reply_problem(call->request, 403, "%s", why);
		return;
	}
	if ((object = vg_call_object(call)) == NULL)
		return;
	name = read_member(call, object, "name", VG_ACCOUNT_NAME_MAX);
	if (name != NULL)
		password = read_member(call, object, "password", VG_PASSWORD_MAX);
	if (password != NULL && (signing = malloc(sizeof(*signing))) == NULL)
		vg_reply_json(call->request, 503, NULL);
	else if (password != NULL) {
		*signing = (struct signing){.api = call->api, .request = call->request};
		vg_sign_in(call->api->sign, call->request, name, password, on_signed, signing);
	}
	json_decref(object);
}

void
vg_post_session_end(struct vg_call *call)
{
	json_t *object = vg_call_object(call);
	char extra[EXTRA_MAX];

	if (object == NULL)
		return;
	json_decref(object);
	vg_sign_out(call->api->sign, call->session);
	cookie_line(call->api, call->request, "", extra);
	reply(call->request, 200, extra, json_pack("{s:b}", "signed_out", call->session != 0));
}
