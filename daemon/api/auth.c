/* auth.c - principals.
 *
 * The file holds SHA-256 of the tokens, never a token. A token is long and random, so its digest
 * may be looked up as it is; comparing in constant time keeps even the digest from being guessed
 * byte by byte. What a webhook may say of itself in other ways counts on its own address alone: the
 * weaker a credential, the less it opens. */
#include "daemon/api/auth.h"

#include "daemon/api/secret.h"
#include "lib/crypto/crypto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define TOKEN_MAX	  1000 /* bytes, with the name before it */
#define WINDOW_DEFAULT_MS (INT64_C(5) * 60 * 1000)
#define WINDOW_MAX_MS	  (INT64_C(60) * 60 * 1000)

/* How one signs: HMAC-SHA-256 of the body or, with a time, of TIME SEPARATOR BODY. */
struct hmac {
	const char *hook; /* the address it signs for; NULL = none */
	const char *header, *prefix, *separator;
	bool base64; /* else hex */
	size_t length;
	uint8_t secret[VG_SECRET_MAX];
};

struct principal {
	struct vg_principal view;
	bool has_token;
	uint8_t token[VG_SHA256_LEN];
	const char *token_header, *token_query; /* for webhooks; "" = none */
	struct hmac *hmac;			/* NULL = none */
};

struct vg_auth {
	struct vg_yaml *yaml; /* keeps the strings alive; NULL = no file */
	size_t count;
	struct principal *principal;
};

static const struct vg_principal the_operator = {.name = "operator",
						 .source = "operator",
						 .municipality = "",
						 .references = "",
						 .roles = VG_ROLE_ADMIN,
						 .rights = VG_RIGHTS_OF_ADMIN};

static void
read_hmac(const struct vg_yaml_node *map, struct principal *out, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {
		"hook",	  "secret_file", "header", "algorithm",	       "format",
		"prefix", "separator",	 "window", "timestamp_header", NULL};
	static const char *const formats[] = {"hex", "base64", NULL};
	static const char *const algorithms[] = {"sha256", NULL};
	struct hmac *hmac = out->hmac = calloc(1, sizeof(*hmac));
	const char *path, *timestamp;

	if (hmac == NULL || map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "hmac: expected {hook, secret_file, header}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	hmac->hook = vg_yaml_get_text(map, "hook", true, "", errors);
	hmac->header = vg_yaml_get_text(map, "header", true, "", errors);
	hmac->prefix = vg_yaml_get_text(map, "prefix", false, "", errors);
	hmac->separator = vg_yaml_get_text(map, "separator", false, ".", errors);
	hmac->base64 = vg_yaml_get_word(map, "format", formats, 0, errors) == 1;
	(void)vg_yaml_get_word(map, "algorithm", algorithms, 0, errors);
	timestamp = vg_yaml_get_text(map, "timestamp_header", false, NULL, errors);
	out->view.window_ms =
		vg_yaml_get_duration_ms(map, "window", false, WINDOW_DEFAULT_MS, errors);
	if (out->view.window_ms <= 0 || out->view.window_ms > WINDOW_MAX_MS)
		vg_yaml_error(errors, map, "window: expected at most 1h");
	if (timestamp == NULL && vg_yaml_find(map, "window") != NULL)
		vg_yaml_error(errors, map, "window: expected a timestamp_header with it");
	if (timestamp != NULL) {
		out->view.signature_header = hmac->header;
		out->view.timestamp_header = timestamp;
	}
	path = vg_yaml_get_text(map, "secret_file", true, NULL, errors);
	if (path != NULL)
		hmac->length = vg_secret_read(map, path, hmac->secret, errors);
}

static void
read_credentials(const struct vg_yaml_node *map, struct principal *out,
		 struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *hmac = vg_yaml_find(map, "hmac");
	const char *token = vg_yaml_get_text(map, "token_sha256", hmac == NULL, NULL, errors);

	out->has_token = token != NULL;
	if (token != NULL && vg_unhex(token, out->token, sizeof(out->token)) != 0)
		vg_yaml_error(
			errors, map,
			"token_sha256: expected 64 hex digits (printf %%s TOKEN | sha256sum)");
	out->token_header = vg_yaml_get_text(map, "token_header", false, "", errors);
	out->token_query = vg_yaml_get_text(map, "token_query", false, "", errors);
	if (token == NULL && (*out->token_header != '\0' || *out->token_query != '\0'))
		vg_yaml_error(errors, map, "token_header, token_query: expected a token_sha256");
	if (hmac != NULL)
		read_hmac(hmac, out, errors);
}

static bool
is_same(const struct principal *a, const struct principal *b)
{
	return strcmp(a->view.name, b->view.name) == 0 ||
	       (a->has_token && b->has_token && memcmp(a->token, b->token, sizeof(a->token)) == 0);
}

bool
vg_auth_is_reserved(const char *name)
{
	return strcmp(name, "vinga") == 0 || strcmp(name, "operator") == 0 ||
	       strcmp(name, VG_PEOPLE_SOURCE) == 0 ||
	       strncmp(name, VG_PEOPLE_SOURCE ".", strlen(VG_PEOPLE_SOURCE ".")) == 0;
}

static void
read_principal(struct vg_auth *auth, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {
		"name",	      "token_sha256", "roles",	      "municipality", "source",
		"references", "hmac",	      "token_header", "token_query",  NULL};
	struct principal *out = &auth->principal[auth->count];
	size_t signers = 0;

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "expected a principal {name, token_sha256, roles}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	out->view.name = vg_yaml_get_text(map, "name", true, "", errors);
	out->view.source = vg_yaml_get_text(map, "source", false, out->view.name, errors);
	out->view.municipality = vg_yaml_get_text(map, "municipality", false, "", errors);
	out->view.references = vg_yaml_get_text(map, "references", false, "", errors);
	read_credentials(map, out, errors);
	out->view.roles = vg_roles_read(map, errors);
	out->view.rights = vg_roles_rights(out->view.roles);
	vg_roles_check(map, out->view.roles, out->view.municipality, errors);
	if (vg_auth_is_reserved(out->view.source))
		vg_yaml_error(errors, map, "source: \"%s\" is Vinga's own", out->view.source);
	for (size_t i = 0; i < auth->count; i++)
		if (is_same(&auth->principal[i], out))
			vg_yaml_error(errors, map, "name or token stands twice in the file");
	auth->count++;
	for (size_t i = 0; i < auth->count; i++)
		signers += auth->principal[i].hmac != NULL;
	if (signers > VG_SIGNERS_MAX)
		vg_yaml_error(errors, map, "hmac: expected at most %d principals with it",
			      VG_SIGNERS_MAX);
}

static void
read_principals(struct vg_auth *auth, const struct vg_yaml_node *root,
		struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"principals", NULL};
	const struct vg_yaml_node *list;

	if (root->type != VG_YAML_MAP || !vg_yaml_only(root, errors, known)) {
		if (root->type != VG_YAML_MAP)
			vg_yaml_error(errors, root, "expected principals: [...]");
		return;
	}
	list = vg_yaml_find(root, "principals");
	if (list == NULL || list->type != VG_YAML_LIST || list->count > VG_PRINCIPALS_MAX) {
		vg_yaml_error(errors, root, "principals: expected a list of at most %d",
			      VG_PRINCIPALS_MAX);
		return;
	}
	auth->principal = calloc(list->count + 1, sizeof(*auth->principal));
	for (size_t i = 0; auth->principal != NULL && i < list->count; i++)
		read_principal(auth, list->item[i], errors);
}

struct vg_auth *
vg_auth_load(const char *path, struct vg_yaml_errors *errors)
{
	struct vg_auth *auth = calloc(1, sizeof(*auth));
	size_t before = errors->count;

	if (auth == NULL || *path == '\0')
		return auth;
	auth->yaml = vg_yaml_load_file(path, errors);
	if (auth->yaml != NULL)
		read_principals(auth, vg_yaml_root(auth->yaml), errors);
	if (auth->yaml == NULL || errors->count > before) {
		vg_auth_free(auth);
		return NULL;
	}
	return auth;
}

void
vg_auth_free(struct vg_auth *auth)
{
	if (auth == NULL)
		return;
	if (auth->yaml != NULL)
		vg_yaml_free(auth->yaml);
	for (size_t i = 0; i < auth->count; i++)
		free(auth->principal[i].hmac);
	free(auth->principal);
	free(auth);
}

/* --- requests --- */

static const struct principal *
find_token(const struct vg_auth *auth, const char *token)
{
	const struct principal *found = NULL;
	uint8_t digest[VG_SHA256_LEN];

	vg_sha256(token, strlen(token), digest);
	for (size_t i = 0; i < auth->count; i++)
		if (auth->principal[i].has_token &&
		    vg_equal_secret(auth->principal[i].token, digest, sizeof(digest)))
			found = &auth->principal[i];
	return found;
}

/* Base64 with its padding; -1 = it is none, or longer than `size`. */
static int
unbase64(const char *text, size_t length, uint8_t *out, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	size_t used = 0, pad = 0;

	if (length == 0 || length % 4 != 0)
		return -1;
	while (pad < 2 && text[length - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < length - pad; i++) {
		const char *digit = text[i] == '\0' ? NULL : strchr(digits, text[i]);

		if (digit == NULL)
			return -1;
		bits = bits << 6 | (uint32_t)(digit - digits);
		if (i % 4 == 0)
			continue;
		if (used == size)
			return -1;
		out[used++] = (uint8_t)(bits >> (2 * (3 - i % 4)));
	}
	return (int)used;
}

/* "Basic ...": the principal's name and its token. */
static const struct principal *
find_basic(const struct vg_auth *auth, const char *text)
{
	char both[TOKEN_MAX + 1], *token;
	const struct principal *found;
	int length = unbase64(text, strlen(text), (uint8_t *)both, TOKEN_MAX);

	if (length < 0 || memchr(both, '\0', (size_t)length) != NULL)
		return NULL;
	both[length] = '\0';
	if ((token = strchr(both, ':')) == NULL)
		return NULL;
	*token++ = '\0';
	found = find_token(auth, token);
	return found != NULL && strcmp(found->view.name, both) == 0 ? found : NULL;
}

/* What the request is said to be from and of; NULL = it is no webhook. */
static const char *
hook_of(const struct vg_head *head)
{
	return head->method == VG_POST && head->segments == 4 &&
			       strcmp(head->segment[0], "api") == 0 &&
			       strcmp(head->segment[1], "v1") == 0 &&
			       strcmp(head->segment[2], "hooks") == 0
		       ? head->segment[3]
		       : NULL;
}

/* Whether a time in seconds or milliseconds lies within the window around now. */
static bool
is_timely(const char *text, int64_t window_ms)
{
	struct timespec now;
	int64_t at_ms, now_ms;
	char *end;

	at_ms = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || strlen(text) > 14)
		return false;
	at_ms *= strlen(text) <= 11 ? 1000 : 1;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	return at_ms >= now_ms - window_ms && at_ms <= now_ms + window_ms;
}

/* The digest of what should have been signed. False: out of memory. */
static bool
digest_of(const struct hmac *hmac, const char *timestamp, const struct vg_request *request,
	  uint8_t out[VG_SHA256_LEN])
{
	size_t length, head = timestamp == NULL ? 0 : strlen(timestamp) + strlen(hmac->separator);
	const char *body = vg_request_body(request, &length);
	char *signed_bytes;

	if (timestamp == NULL) {
		vg_hmac_sha256(hmac->secret, hmac->length, body, length, out);
		return true;
	}
	if ((signed_bytes = malloc(head + length + 1)) == NULL)
		return false;
	(void)snprintf(signed_bytes, head + 1, "%s%s", timestamp, hmac->separator);
	memcpy(signed_bytes + head, body, length);
	vg_hmac_sha256(hmac->secret, hmac->length, signed_bytes, head + length, out);
	free(signed_bytes);
	return true;
}

/* A header may hold several signatures with commas between them, while a secret is replaced. */
static bool
holds_signature(const struct hmac *hmac, const char *header, const uint8_t want[VG_SHA256_LEN])
{
	size_t prefix = strlen(hmac->prefix);
	bool found = false;

	while (*header != '\0') {
		size_t length;
		char text[2 * VG_SHA256_LEN + 1];
		uint8_t said[VG_SHA256_LEN];

		header += strspn(header, ", ");
		length = strcspn(header, ", ");
		if (length >= prefix && strncmp(header, hmac->prefix, prefix) == 0 &&
		    length - prefix < sizeof(text)) {
			memcpy(text, header + prefix, length - prefix);
			text[length - prefix] = '\0';
			if (hmac->base64 ? unbase64(text, length - prefix, said, sizeof(said)) ==
						   VG_SHA256_LEN
					 : vg_unhex(text, said, sizeof(said)) == 0)
				found = vg_equal_secret(said, want, sizeof(said)) || found;
		}
		header += length;
	}
	return found;
}

static bool
has_signed(const struct principal *principal, const char *hook, const struct vg_request *request)
{
	const struct vg_head *head = vg_request_head(request);
	const struct hmac *hmac = principal->hmac;
	const char *said, *timestamp = NULL;
	uint8_t want[VG_SHA256_LEN];

	if (hmac == NULL || strcmp(hmac->hook, hook) != 0 ||
	    (said = vg_head_header(head, hmac->header)) == NULL)
		return false;
	if (principal->view.timestamp_header != NULL) {
		timestamp = vg_head_header(head, principal->view.timestamp_header);
		if (timestamp == NULL || !is_timely(timestamp, principal->view.window_ms))
			return false;
	}
	return digest_of(hmac, timestamp, request, want) && holds_signature(hmac, said, want);
}

/* A webhook that names itself in a way of its principal's choice. */
static const struct principal *
find_hook(const struct vg_auth *auth, const char *hook, const struct vg_request *request)
{
	const struct vg_head *head = vg_request_head(request);

	for (size_t i = 0; i < auth->count; i++) {
		const struct principal *principal = &auth->principal[i];
		const char *token = NULL;

		if (*principal->token_header != '\0')
			token = vg_head_header(head, principal->token_header);
		if (token == NULL && *principal->token_query != '\0')
			token = vg_head_query(head, principal->token_query);
		if (token != NULL && find_token(auth, token) == principal)
			return principal;
		if (has_signed(principal, hook, request))
			return principal;
	}
	return NULL;
}

const struct vg_principal *
vg_auth_find(const struct vg_auth *auth, const struct vg_request *request)
{
	const struct vg_head *head = vg_request_head(request);
	const char *header = vg_head_header(head, "Authorization"), *hook = hook_of(head);
	const struct principal *found = NULL;

	if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0)
		found = find_token(auth, header + 7);
	else if (header != NULL && hook != NULL && strncasecmp(header, "Basic ", 6) == 0)
		found = find_basic(auth, header + 6);
	else if (header == NULL && hook != NULL)
		found = find_hook(auth, hook, request);
	return found != NULL ? &found->view : NULL;
}

const struct vg_principal *
vg_auth_operator(const struct vg_request *request)
{
	uid_t uid;

	if (vg_head_header(vg_request_head(request), "Authorization") == NULL &&
	    vg_request_peer_uid(request, &uid) && (uid == 0 || uid == geteuid()))
		return &the_operator;
	return NULL;
}
