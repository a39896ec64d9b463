/* enter.c - name and password to a session.
 *
 * The hard thing is to tell nothing by time: a name that nobody has costs one look at a real
 * account's password too, always the same account's for the same name, and says the same. The
 * password is looked at on the worker, since that takes a tenth of a second on purpose. */
#include "daemon/sign/enter.h"

#include "daemon/sign/once.h"
#include "daemon/work/work.h"
#include "lib/base/log.h"
#include "lib/password/password.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_RETRY_S 5

/* One sign-in on its way. `fits` and `used` are the worker's to say. */
struct attempt {
	struct vg_sign *sign;
	vg_sign_done_cb *done;
	void *arg;
	char name[VG_ACCOUNT_NAME_MAX + 1], password[VG_PASSWORD_MAX + 1];
	char hash[VG_PASSWORD_HASH_LEN], once_path[4096];
	char name_key[VG_GUARD_KEY_LEN], address_key[VG_GUARD_KEY_LEN];
	bool known, one_time;
	bool looked_at, fits, used; /* used: a one-time password that was good before */
	bool broken;		    /* its use could not be written down */
	char why[VG_ERR_TEXT_MAX];
};

static void
answer(struct attempt *attempt, const struct vg_sign_result *result)
{
	attempt->done(result, attempt->arg);
	vg_password_forget(attempt, sizeof(*attempt));
	free(attempt);
}

static void
refuse(struct attempt *attempt, int status, int64_t retry_s, const char *detail)
{
	const struct vg_sign_result result = {
		.status = status, .retry_s = retry_s, .detail = detail};

	answer(attempt, &result);
}

/* From where. Neighbours in a /64 are one, since each of them has as many addresses as it likes. */

static void
text_of_address(const struct sockaddr_storage *from, char out[INET6_ADDRSTRLEN])
{
	struct sockaddr_in6 v6 = {0};

	if (from->ss_family == AF_INET) {
		(void)inet_ntop(AF_INET,
				&((const struct sockaddr_in *)(const void *)from)->sin_addr, out,
				INET6_ADDRSTRLEN);
		return;
	}
	memcpy(&v6, from, sizeof(v6));
	if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
		memset(v6.sin6_addr.s6_addr + 8, 0, 8);
	(void)inet_ntop(AF_INET6, &v6.sin6_addr, out, INET6_ADDRSTRLEN);
}

/* What the proxy has added to the list itself: its last entry. False: no address. */
static bool
read_forwarded(const struct vg_request *request, struct sockaddr_storage *out)
{
	const char *list = vg_head_header(vg_request_head(request), "X-Forwarded-For");
	const char *last = list == NULL ? NULL : strrchr(list, ',');

	if (list == NULL)
		return false;
	last = last == NULL ? list : last + 1;
	last += strspn(last, " \t");
	*out = (struct sockaddr_storage){.ss_family = AF_INET};
	if (inet_pton(AF_INET, last, &((struct sockaddr_in *)(void *)out)->sin_addr) == 1)
		return true;
	out->ss_family = AF_INET6;
	return inet_pton(AF_INET6, last, &((struct sockaddr_in6 *)(void *)out)->sin6_addr) == 1;
}

static void
key_of_address(const struct vg_sign *sign, const struct vg_request *request,
	       char out[VG_GUARD_KEY_LEN])
{
	char text[INET6_ADDRSTRLEN] = "unix";
	struct sockaddr_storage from;

	if ((vg_proxy_is_trusted(sign->proxy, request) && read_forwarded(request, &from)) ||
	    vg_request_peer(request, &from))
		text_of_address(&from, text);
	(void)snprintf(out, VG_GUARD_KEY_LEN, "from %s", text);
}

/* On the worker. */
static void
look(void *arg)
{
	struct attempt *attempt = arg;
	struct vg_err err = {0};
	int rc;

	attempt->fits =
		vg_password_fits(attempt->hash, attempt->password, strlen(attempt->password)) &&
		attempt->known;
	attempt->looked_at = true;
	if (!attempt->fits || !attempt->one_time)
		return;
	rc = vg_once_use(attempt->once_path, attempt->hash, &err);
	attempt->used = rc == VG_ECONFLICT;
	attempt->broken = rc != 0 && !attempt->used;
	(void)snprintf(attempt->why, sizeof(attempt->why), "%s", vg_err_text(&err, rc));
}

/* The account as it is now, if it is still the one whose password was looked at. */
static const struct vg_account *
find_account(const struct attempt *attempt)
{
	const struct vg_account *account = vg_people_find(attempt->sign->people, attempt->name);

	return account != NULL && strcmp(account->password, attempt->hash) == 0 ? account : NULL;
}

static void
enter(struct attempt *attempt, const struct vg_account *account)
{
	struct vg_sign *sign = attempt->sign;
	char token[VG_SESSION_TOKEN_LEN];
	const struct vg_session *session =
		vg_sessions_open(sign->sessions, account, vg_steady_ms(), token);
	struct vg_sign_result result = {.status = 201, .who = &account->who, .token = token};

	if (session == NULL) {
		refuse(attempt, 503, BUSY_RETRY_S, "out of memory");
		return;
	}
	result.session = session->id;
	vg_guard_give_back(sign->guard, attempt->name_key);
	vg_guard_give_back(sign->guard, attempt->address_key);
	sign->signed_in++;
	vg_log(account->break_glass ? VG_LOG_WARNING : VG_LOG_INFO,
	       account->break_glass ? "sign.break_glass" : "sign.in",
	       VG_LOG_TEXT("name", account->who.name));
	vg_audit_note(sign->options.live, VG_ACCESS_SIGNED_IN, account->who.name, VG_BY_SESSION,
		      account->break_glass ? "break glass" : "");
	answer(attempt, &result);
	vg_password_forget(token, sizeof(token));
}

static void
on_looked(void *arg)
{
	struct attempt *attempt = arg;
	struct vg_sign *sign = attempt->sign;
	const struct vg_account *account = find_account(attempt);

	sign->waiting--;
	if (!attempt->looked_at) {
		refuse(attempt, 503, BUSY_RETRY_S, "the daemon stops");
	} else if (attempt->broken) {
		vg_log(VG_LOG_ERROR, "sign.failed", VG_LOG_TEXT("why", attempt->why));
		refuse(attempt, 503, BUSY_RETRY_S,
		       "that the password is used could not be written down; see the log");
	} else if (!attempt->fits || attempt->used || account == NULL) {
		sign->refused++;
		vg_audit_refused(sign->refusals, attempt->known ? attempt->name : "", VG_BY_SESSION,
				 attempt->used ? "used before" : "", vg_steady_ms());
		refuse(attempt, 401, 0, "name or password is wrong, or was good for one sign-in");
	} else {
		enter(attempt, account);
	}
}

/* Milliseconds until it may be tried; 0 = now, and it is counted. */
static int64_t
take_turn(struct attempt *attempt)
{
	struct vg_guard *guard = attempt->sign->guard;
	const int64_t now_ms = vg_steady_ms();
	int64_t wait_ms = vg_guard_take(guard, attempt->address_key, VG_GUARD_ADDRESS_MAX, now_ms);

	return wait_ms > 0 ? wait_ms
			   : vg_guard_take(guard, attempt->name_key, VG_GUARD_NAME_MAX, now_ms);
}

/* The account whose password is looked at: the name's, or the one that stands in for it. */
static const struct vg_account *
choose(const struct vg_people *people, const char *name)
{
	const struct vg_account *account = vg_people_find(people, name);
	uint8_t digest[VG_SHA256_LEN];

	if (account != NULL || people->accounts == 0)
		return account;
	vg_sha256(name, strlen(name), digest);
	return &people->account[((size_t)digest[0] << 8 | digest[1]) % people->accounts];
}

static void
begin(struct attempt *attempt, const struct vg_account *account)
{
	struct vg_sign *sign = attempt->sign;
	struct vg_err err;

	attempt->known = strcmp(account->who.name, attempt->name) == 0;
	attempt->one_time = account->one_time;
	(void)snprintf(attempt->hash, sizeof(attempt->hash), "%s", account->password);
	(void)snprintf(attempt->once_path, sizeof(attempt->once_path), "%s", sign->once_path);
	if (sign->waiting >= VG_SIGN_WAITING_MAX ||
	    vg_work_submit(sign->options.work, look, on_looked, attempt, &err) != 0) {
		vg_guard_give_back(sign->guard, attempt->name_key);
		vg_guard_give_back(sign->guard, attempt->address_key);
		refuse(attempt, 503, BUSY_RETRY_S, "too many sign in at once");
		return;
	}
	sign->waiting++;
}

void
vg_sign_in(struct vg_sign *sign, const struct vg_request *request, const char *name,
	   const char *password, vg_sign_done_cb *done, void *arg)
{
	const struct vg_account *account = choose(sign->people, name);
	struct attempt *attempt = calloc(1, sizeof(*attempt));
	const struct vg_sign_result full = {
		.status = 503, .retry_s = BUSY_RETRY_S, .detail = "out of memory"};
	int64_t wait_ms;

	if (attempt == NULL) {
		done(&full, arg);
		return;
	}
	attempt->sign = sign;
	attempt->done = done;
	attempt->arg = arg;
	(void)snprintf(attempt->name, sizeof(attempt->name), "%s", name);
	(void)snprintf(attempt->password, sizeof(attempt->password), "%s", password);
	(void)snprintf(attempt->name_key, sizeof(attempt->name_key), "name %s", name);
	key_of_address(sign, request, attempt->address_key);
	if ((wait_ms = take_turn(attempt)) > 0)
		refuse(attempt, 429, (wait_ms + 999) / 1000,
		       "tried too often; wait before the next attempt");
	else if (account == NULL)
		refuse(attempt, 401, 0, "there are no local accounts here");
	else
		begin(attempt, account);
}
