/* proxy.c - headers of a reverse proxy to a principal.
 *
 * The hard thing is that a header is only a claim. It counts when the other end of the connection
 * is the proxy, which must overwrite what its own clients send; one that appends instead shows two
 * headers of a name, and then neither is believed. Principals are kept, since requests and streams
 * point to them. */
#include "daemon/sign/proxy.h"

#include "core/ut.h"
#include "lib/base/log.h"
#include "lib/base/utf8.h"
#include "lib/redact/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SECRET_HEADER "X-Vinga-Proxy"
#define LOG_EVERY_MS  60000
#define KEY_MAX	      (VG_PROXY_NAME_MAX + 32) /* roles, municipality, name */

struct interned {
	struct vg_proxied proxied;
	char key[KEY_MAX], name[VG_PROXY_NAME_MAX + 1], source[VG_PEOPLE_SOURCE_LEN];
	UT_hash_handle hh;
};

struct vg_proxy {
	const struct vg_people *people;
	struct interned *interned;
	uint64_t foreign;
	int64_t log_not_before_ms;
};

struct vg_proxy *
vg_proxy_new(const struct vg_people *people)
{
	struct vg_proxy *proxy = calloc(1, sizeof(*proxy));

	if (proxy != NULL)
		proxy->people = people;
	return proxy;
}

void
vg_proxy_free(struct vg_proxy *proxy)
{
	struct interned *interned, *next;

	if (proxy == NULL)
		return;
	HASH_ITER(hh, proxy->interned, interned, next)
	{
		HASH_DEL(proxy->interned, interned);
		free(interned);
	}
	free(proxy);
}

uint64_t
vg_proxy_foreign(const struct vg_proxy *proxy)
{
	return proxy->foreign;
}

/* Whom to believe. */

static bool
is_its_address(const struct vg_proxy_rules *rules, const struct vg_request *request)
{
	struct sockaddr_storage peer;
	uid_t uid;

	if (vg_request_peer_uid(request, &uid))
		return rules->unix_socket;
	if (!vg_request_peer(request, &peer))
		return false;
	for (size_t i = 0; i < rules->networks; i++)
		if (vg_network_has(&rules->network[i], (const struct sockaddr *)&peer))
			return true;
	return false;
}

static bool
has_its_secret(const struct vg_proxy_rules *rules, const struct vg_request *request)
{
	const char *said = vg_head_header(vg_request_head(request), SECRET_HEADER);

	if (rules->secret_length == 0)
		return true;
	return said != NULL && strlen(said) == rules->secret_length &&
	       vg_equal_secret(said, rules->secret, rules->secret_length);
}

bool
vg_proxy_is_trusted(const struct vg_proxy *proxy, const struct vg_request *request)
{
	const struct vg_proxy_rules *rules = &proxy->people->proxy;

	return is_its_address(rules, request) && has_its_secret(rules, request);
}

/* How many headers of a name there are. */
static size_t
count_headers(const struct vg_request *request, const char *name)
{
	const struct vg_head *head = vg_request_head(request);
	size_t count = 0;

	for (size_t i = 0; *name != '\0' && i < head->headers; i++)
		count += strcasecmp(head->header[i].name, name) == 0;
	return count;
}

static bool
has_claims(const struct vg_proxy_rules *rules, const struct vg_request *request)
{
	return count_headers(request, rules->user) + count_headers(request, rules->groups) +
		       count_headers(request, rules->assurance) +
		       count_headers(request, SECRET_HEADER) >
	       0;
}

bool
vg_proxy_has_passed(const struct vg_proxy *proxy, const struct vg_request *request)
{
	static const char *const usual[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto",
					    "X-Forwarded-Host", "Via"};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (count_headers(request, usual[i]) > 0)
			return true;
	return has_claims(&proxy->people->proxy, request);
}

static void
count_foreign(struct vg_proxy *proxy)
{
	const int64_t now_ms = vg_steady_ms();

	proxy->foreign++;
	if (now_ms < proxy->log_not_before_ms)
		return;
	proxy->log_not_before_ms = now_ms + LOG_EVERY_MS;
	vg_log(VG_LOG_WARNING, "sign.headers_ignored",
	       VG_LOG_TEXT("why", "a proxy's headers came from elsewhere, or without its secret"),
	       VG_LOG_INT("requests", (int64_t)proxy->foreign));
}

/* Who it is, and what that one may. */

struct claim {
	const char *name;
	unsigned roles;
	const char *municipality; /* NULL = no known group yet */
};

static bool
check_name(const char *name, char why[VG_PROXY_WHY_MAX])
{
	const size_t length = strlen(name);
	size_t start, end;

	if (length > VG_PROXY_NAME_MAX || vg_utf8_valid(name, length) != length ||
	    vg_auth_is_reserved(name))
		(void)snprintf(why, VG_PROXY_WHY_MAX,
			       "the user's name: expected at most %d bytes of UTF-8, and not a "
			       "name of Vinga's own",
			       VG_PROXY_NAME_MAX);
	else if (vg_redact_find(name, length, 0, &vg_redact_default, &start, &end) != VG_ID_NONE)
		(void)snprintf(why, VG_PROXY_WHY_MAX,
			       "the user's name holds an identity number; expected an HSA-id or "
			       "a mail address");
	else
		return true;
	return false;
}

/* A person has one scope: groups that give two say nothing that could be relied on. */
static bool
add_group(struct claim *claim, const struct vg_group *group, char why[VG_PROXY_WHY_MAX])
{
	if (claim->municipality != NULL && strcmp(claim->municipality, group->municipality) != 0) {
		(void)snprintf(why, VG_PROXY_WHY_MAX,
			       "the groups of %.100s speak for both %s and %s; expected one",
			       claim->name,
			       *claim->municipality != '\0' ? claim->municipality : "all",
			       *group->municipality != '\0' ? group->municipality : "all");
		return false;
	}
	claim->municipality = group->municipality;
	claim->roles |= group->roles;
	return true;
}

static bool
read_groups(const struct vg_people *people, const char *list, struct claim *claim,
	    char why[VG_PROXY_WHY_MAX])
{
	for (const char *at = list; *at != '\0';) {
		const struct vg_group *group;
		size_t length;

		at += strspn(at, ", \t");
		length = strcspn(at, ",");
		while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
			length--;
		group = vg_people_group(people, at, length);
		if (group != NULL && !add_group(claim, group, why))
			return false;
		at += strcspn(at, ",");
	}
	if (claim->municipality != NULL)
		return true;
	(void)snprintf(why, VG_PROXY_WHY_MAX,
		       "none of the groups of %.100s has a right here: %.150s", claim->name,
		       *list != '\0' ? list : "(none)");
	return false;
}

/* Who is not surely enough the one it says sees no ticket. */
static bool
check_assurance(const struct vg_proxy_rules *rules, const struct vg_request *request,
		struct claim *claim, char why[VG_PROXY_WHY_MAX])
{
	const char *said = rules->at_least == 0
				   ? NULL
				   : vg_head_header(vg_request_head(request), rules->assurance);

	if (rules->at_least == 0 || (said != NULL && vg_people_assurance(said) >= rules->at_least))
		return true;
	claim->roles = vg_roles_without_tickets(claim->roles);
	if (claim->roles != 0)
		return true;
	(void)snprintf(why, VG_PROXY_WHY_MAX,
		       "assurance \"%.60s\" of %.100s: expected at least loa%d for roles that see "
		       "tickets",
		       said != NULL ? said : "", claim->name, rules->at_least);
	return false;
}

static struct vg_proxied *
intern(struct vg_proxy *proxy, const struct claim *claim)
{
	struct interned *interned;
	struct vg_principal *who;
	char key[KEY_MAX];

	(void)snprintf(key, sizeof(key), "%x %s %s", claim->roles, claim->municipality,
		       claim->name);
	HASH_FIND_STR(proxy->interned, key, interned);
	if (interned != NULL)
		return &interned->proxied;
	if (HASH_COUNT(proxy->interned) >= VG_PROXY_PEOPLE_MAX ||
	    (interned = calloc(1, sizeof(*interned))) == NULL)
		return NULL;
	memcpy(interned->key, key, sizeof(key));
	(void)snprintf(interned->name, sizeof(interned->name), "%s", claim->name);
	vg_people_source(claim->municipality, interned->source);
	who = &interned->proxied.who;
	who->name = interned->name;
	who->source = interned->source;
	who->municipality = claim->municipality;
	who->references = "";
	who->roles = claim->roles;
	who->rights = vg_roles_rights(claim->roles);
	HASH_ADD_STR(proxy->interned, key, interned);
	if (interned->hh.tbl != NULL)
		return &interned->proxied;
	free(interned);
	return NULL;
}

static bool
is_doubled(const struct vg_proxy_rules *rules, const struct vg_request *request)
{
	return count_headers(request, rules->user) > 1 ||
	       count_headers(request, rules->groups) > 1 ||
	       count_headers(request, rules->assurance) > 1 ||
	       count_headers(request, SECRET_HEADER) > 1;
}

enum vg_proxy_answer
vg_proxy_find(struct vg_proxy *proxy, const struct vg_request *request, struct vg_proxied **out,
	      char why[VG_PROXY_WHY_MAX])
{
	const struct vg_proxy_rules *rules = &proxy->people->proxy;
	const char *name = vg_head_header(vg_request_head(request), rules->user);
	const char *groups = vg_head_header(vg_request_head(request), rules->groups);
	struct claim claim = {.name = name};

	if (!has_claims(rules, request))
		return VG_PROXY_NOBODY;
	if (!vg_proxy_is_trusted(proxy, request)) {
		count_foreign(proxy);
		return VG_PROXY_NOBODY;
	}
	if (name == NULL || *name == '\0')
		return VG_PROXY_NOBODY;
	if (is_doubled(rules, request)) {
		(void)snprintf(why, VG_PROXY_WHY_MAX,
			       "a header of the proxy stands twice: it must overwrite what its "
			       "clients send");
		return VG_PROXY_REFUSED;
	}
	if (!check_name(name, why) ||
	    !read_groups(proxy->people, groups != NULL ? groups : "", &claim, why) ||
	    !check_assurance(rules, request, &claim, why)) {
		/* what it quotes may be no UTF-8, or cut within a character; rows and answers must
		 * be */
		why[vg_utf8_valid(why, strlen(why))] = '\0';
		return VG_PROXY_REFUSED;
	}
	if ((*out = intern(proxy, &claim)) != NULL)
		return VG_PROXY_KNOWN;
	(void)snprintf(why, VG_PROXY_WHY_MAX,
		       "more than %d people since the people file was read; reload the daemon",
		       VG_PROXY_PEOPLE_MAX);
	return VG_PROXY_REFUSED;
}
