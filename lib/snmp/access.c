/* access.c - communities and users, read from their file.
 *
 * The hard thing is to say what is wrong before it matters: a user with an unusable pass phrase
 * would be refused by day and night without anybody knowing why, so it does not get past here. */
#include "lib/snmp/access.h"

#include "lib/crypto/crypto.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PHRASE_MIN 8 /* RFC 3414, 11.2 */

const char *const vg_snmp_level_words[] = {"noAuthNoPriv", "authNoPriv", "authPriv", NULL};

static const char *const auth_words[] = {"none",   "md5",    "sha",    "sha224",
					 "sha256", "sha384", "sha512", NULL};
static const int auth_types[] = {NETSNMP_USMAUTH_NOAUTH,	NETSNMP_USMAUTH_HMACMD5,
				 NETSNMP_USMAUTH_HMACSHA1,	NETSNMP_USMAUTH_HMAC128SHA224,
				 NETSNMP_USMAUTH_HMAC192SHA256, NETSNMP_USMAUTH_HMAC256SHA384,
				 NETSNMP_USMAUTH_HMAC384SHA512};
static const char *const priv_words[] = {"none", "des", "aes", "aes192", "aes256", NULL};
static const int priv_types[] = {USM_CREATE_USER_PRIV_NONE, USM_CREATE_USER_PRIV_DES,
				 USM_CREATE_USER_PRIV_AES, USM_CREATE_USER_PRIV_AES192,
				 USM_CREATE_USER_PRIV_AES256};

struct vg_snmp_access {
	struct vg_yaml *yaml; /* keeps the strings alive; NULL = no file */
	size_t communities, users;
	struct vg_snmp_community *community;
	struct vg_snmp_user *user; /* ascending by engine and name */
};

bool
vg_snmp_party_may(const struct vg_snmp_party *party, const struct sockaddr *from)
{
	if (party->networks == 0)
		return true;
	for (size_t i = 0; i < party->networks; i++)
		if (vg_network_has(&party->network[i], from))
			return true;
	return false;
}

/* --- the file --- */

static void
read_networks(const struct vg_yaml_node *map, struct vg_snmp_party *out,
	      struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(map, "from");

	if (list == NULL)
		return;
	if (list->type != VG_YAML_LIST || list->count == 0 || list->count > VG_SNMP_NETWORKS_MAX) {
		vg_yaml_error(errors, list, "from: expected a list of 1 to %d networks",
			      VG_SNMP_NETWORKS_MAX);
		return;
	}
	out->network = calloc(list->count, sizeof(*out->network));
	if (out->network == NULL) {
		vg_yaml_error(errors, list, "out of memory");
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct vg_yaml_node *item = list->item[i];

		if (item->type != VG_YAML_SCALAR ||
		    !vg_network_parse(item->text, &out->network[out->networks++]))
			vg_yaml_error(
				errors, item,
				"from: expected a network such as 10.0.0.0/8 or \"fd00::/8\"");
	}
}

static void
read_source(const struct vg_yaml_node *map, struct vg_snmp_party *out,
	    struct vg_yaml_errors *errors)
{
	out->source = vg_yaml_get_text(map, "source", true, "", errors);
	if (strcmp(out->source, "vinga") == 0 || strcmp(out->source, "operator") == 0)
		vg_yaml_error(errors, map, "source: \"%s\" is Vinga's own", out->source);
}

/* The first line of the file that map[key] names. */
static void
read_secret(const struct vg_yaml_node *map, const char *key, size_t min,
	    char out[VG_SNMP_SECRET_MAX + 1], struct vg_yaml_errors *errors)
{
	const char *path = vg_yaml_get_text(map, key, true, "", errors);
	char line[VG_SNMP_SECRET_MAX + 3];
	FILE *file;

	if (*path == '\0')
		return;
	file = fopen(path, "re");
	if (file == NULL) {
		vg_yaml_error(errors, map, "%s: cannot read %s: %s", key, path, strerror(errno));
		return;
	}
	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	(void)fclose(file);
	line[strcspn(line, "\r\n")] = '\0';
	if (strlen(line) < min || strlen(line) > VG_SNMP_SECRET_MAX)
		vg_yaml_error(errors, map, "%s: expected one line of %zu to %d bytes in %s", key,
			      min, VG_SNMP_SECRET_MAX, path);
	else
		memcpy(out, line, strlen(line) + 1);
	explicit_bzero(line, sizeof(line));
}

static void
read_community(const struct vg_yaml_node *map, struct vg_snmp_community *out,
	       struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"community", "community_file", "source", "from", NULL};
	const char *text;

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "expected a community {community_file, source, from}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	read_source(map, &out->party, errors);
	out->party.actor = out->party.source;
	read_networks(map, &out->party, errors);
	text = vg_yaml_get_text(map, "community", false, "", errors);
	if ((*text == '\0') == (vg_yaml_find(map, "community_file") == NULL))
		vg_yaml_error(errors, map, "expected one of community and community_file");
	else if (strlen(text) > VG_SNMP_SECRET_MAX)
		vg_yaml_error(errors, map, "community: expected at most %d bytes",
			      VG_SNMP_SECRET_MAX);
	else if (*text != '\0')
		memcpy(out->secret, text, strlen(text) + 1);
	else
		read_secret(map, "community_file", 1, out->secret, errors);
	out->length = strlen(out->secret);
}

static void
read_engine(const struct vg_yaml_node *map, struct vg_snmp_user *out, struct vg_yaml_errors *errors)
{
	const char *hex = vg_yaml_get_text(map, "engine", false, "", errors);
	size_t digits;

	if (strncmp(hex, "0x", 2) == 0)
		hex += 2;
	digits = strlen(hex);
	if (digits == 0)
		return;
	out->engine_length = digits / 2;
	if (digits % 2 != 0 || digits < 10 || digits > sizeof(out->engine) * 2 ||
	    vg_unhex(hex, out->engine, out->engine_length) != 0)
		vg_yaml_error(errors, map, "engine: expected 10 to %zu hex digits",
			      sizeof(out->engine) * 2);
}

static void
read_user(const struct vg_yaml_node *map, struct vg_snmp_user *out, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"user",  "engine",	  "auth",   "auth_file", "priv",
					    "level", "priv_file", "source", "from",	 NULL};
	int auth, priv;
	enum vg_snmp_level most;

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "expected a user {user, auth, auth_file, source}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	read_source(map, &out->party, errors);
	read_networks(map, &out->party, errors);
	out->party.actor = out->name = vg_yaml_get_text(map, "user", true, "", errors);
	if (strlen(out->name) > VG_SNMP_USER_MAX)
		vg_yaml_error(errors, map, "user: expected at most %d bytes", VG_SNMP_USER_MAX);
	read_engine(map, out, errors);
	auth = vg_yaml_get_word(map, "auth", auth_words, 0, errors);
	priv = vg_yaml_get_word(map, "priv", priv_words, 0, errors);
	out->auth = auth_types[auth];
	out->priv = priv_types[priv];
	if (priv != 0 && auth == 0)
		vg_yaml_error(errors, map, "priv: there is none without auth");
	if (auth != 0)
		read_secret(map, "auth_file", PHRASE_MIN, out->auth_secret, errors);
	if (priv != 0)
		read_secret(map, "priv_file", PHRASE_MIN, out->priv_secret, errors);
	most = priv != 0 ? VG_SNMP_AUTH_PRIV : auth != 0 ? VG_SNMP_AUTH : VG_SNMP_NO_AUTH;
	out->level = (enum vg_snmp_level)vg_yaml_get_word(map, "level", vg_snmp_level_words,
							  (int)most, errors);
	if (out->level > most)
		vg_yaml_error(errors, map, "level: %s needs %s", vg_snmp_level_words[out->level],
			      auth == 0 ? "auth and auth_file" : "priv and priv_file");
}

static int
compare_engines(const void *a, size_t a_length, const void *b, size_t b_length)
{
	if (a_length != b_length)
		return a_length < b_length ? -1 : 1;
	return memcmp(a, b, a_length);
}

static int
compare_users(const void *a, const void *b)
{
	const struct vg_snmp_user *x = a, *y = b;
	int order = compare_engines(x->engine, x->engine_length, y->engine, y->engine_length);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static const struct vg_yaml_node *
find_list(const struct vg_yaml_node *root, const char *key, size_t max,
	  struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(root, key);

	if (list != NULL && (list->type != VG_YAML_LIST || list->count > max)) {
		vg_yaml_error(errors, list, "%s: expected a list of at most %zu", key, max);
		return NULL;
	}
	return list;
}

static void
read_access(struct vg_snmp_access *access, const struct vg_yaml_node *root,
	    struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"communities", "users", NULL};
	const struct vg_yaml_node *communities, *users;

	if (root->type != VG_YAML_MAP) {
		vg_yaml_error(errors, root, "expected communities: [...] and users: [...]");
		return;
	}
	(void)vg_yaml_only(root, errors, known);
	communities = find_list(root, "communities", VG_SNMP_COMMUNITIES_MAX, errors);
	users = find_list(root, "users", VG_SNMP_USERS_MAX, errors);
	access->communities = communities == NULL ? 0 : communities->count;
	access->users = users == NULL ? 0 : users->count;
	access->community = calloc(access->communities + 1, sizeof(*access->community));
	access->user = calloc(access->users + 1, sizeof(*access->user));
	if (access->community == NULL || access->user == NULL) {
		vg_yaml_error(errors, root, "out of memory");
		access->communities = access->users = 0;
		return;
	}
	for (size_t i = 0; i < access->communities; i++)
		read_community(communities->item[i], &access->community[i], errors);
	for (size_t i = 0; i < access->users; i++)
		read_user(users->item[i], &access->user[i], errors);
}

static void
sort_users(struct vg_snmp_access *access, const struct vg_yaml_node *root,
	   struct vg_yaml_errors *errors)
{
	qsort(access->user, access->users, sizeof(*access->user), compare_users);
	for (size_t i = 1; i < access->users; i++)
		if (compare_users(&access->user[i - 1], &access->user[i]) == 0)
			vg_yaml_error(errors, root, "users: %s stands twice with one engine",
				      access->user[i].name);
}

struct vg_snmp_access *
vg_snmp_access_load(const char *path, struct vg_yaml_errors *errors)
{
	struct vg_snmp_access *access = calloc(1, sizeof(*access));
	size_t before = errors->count;

	if (access == NULL || *path == '\0')
		return access;
	access->yaml = vg_yaml_load_file(path, errors);
	if (access->yaml != NULL)
		read_access(access, vg_yaml_root(access->yaml), errors);
	if (errors->count == before)
		sort_users(access, vg_yaml_root(access->yaml), errors);
	if (access->yaml == NULL || errors->count > before) {
		vg_snmp_access_free(access);
		return NULL;
	}
	return access;
}

void
vg_snmp_access_free(struct vg_snmp_access *access)
{
	if (access == NULL)
		return;
	for (size_t i = 0; i < access->communities; i++)
		free(access->community[i].party.network);
	for (size_t i = 0; i < access->users; i++)
		free(access->user[i].party.network);
	if (access->community != NULL)
		explicit_bzero(access->community, access->communities * sizeof(*access->community));
	if (access->user != NULL)
		explicit_bzero(access->user, access->users * sizeof(*access->user));
	free(access->community);
	free(access->user);
	if (access->yaml != NULL)
		vg_yaml_free(access->yaml);
	free(access);
}

const struct vg_snmp_user *
vg_snmp_access_users(const struct vg_snmp_access *access, size_t *count)
{
	*count = access->users;
	return access->user;
}

const struct vg_snmp_party *
vg_snmp_access_community(const struct vg_snmp_access *access, const void *community, size_t length,
			 const struct sockaddr *from, bool *known)
{
	*known = false;
	for (size_t i = 0; i < access->communities; i++) {
		const struct vg_snmp_community *one = &access->community[i];

		if (one->length != length || !vg_equal_secret(one->secret, community, length))
			continue;
		*known = true;
		if (vg_snmp_party_may(&one->party, from))
			return &one->party;
	}
	return NULL;
}

const struct vg_snmp_user *
vg_snmp_access_user(const struct vg_snmp_access *access, const void *engine, size_t engine_length,
		    const char *name)
{
	struct vg_snmp_user wanted = {.name = name, .engine_length = engine_length};

	if (engine_length > sizeof(wanted.engine))
		return NULL;
	memcpy(wanted.engine, engine, engine_length);
	return bsearch(&wanted, access->user, access->users, sizeof(*access->user), compare_users);
}
