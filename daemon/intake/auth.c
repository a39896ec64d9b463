/* auth.c - principals.
 *
 * The file holds SHA-256 of the tokens, never a token. A token is long and random, so its digest
 * may be looked up as it is; comparing in constant time keeps even the digest from being guessed
 * byte by byte. */
#include "daemon/intake/auth.h"

#include "lib/crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define READ_WORK (VG_RIGHT_READ | VG_RIGHT_WORK)
#define EVERYTHING                                                                                 \
	(VG_RIGHT_INGEST | VG_RIGHT_READ | VG_RIGHT_WORK | VG_RIGHT_CORRECT | VG_RIGHT_AGREEMENT)

static const struct role {
	const char *name;
	unsigned rights;
} roles[] = {
	{"ingest", VG_RIGHT_INGEST},
	{"kommun_read", VG_RIGHT_READ},
	{"kommun_first_line", VG_RIGHT_INGEST | READ_WORK},
	{"provider_read", VG_RIGHT_READ},
	{"federation_read", VG_RIGHT_READ},
	{"vastkom_read", VG_RIGHT_READ},
	{"vgr_second_line", VG_RIGHT_INGEST | READ_WORK},
	{"vgr_duty_manager", READ_WORK | VG_RIGHT_CORRECT},
	{"vgr_sla_manager", READ_WORK | VG_RIGHT_CORRECT | VG_RIGHT_AGREEMENT},
	{"auditor", VG_RIGHT_READ},
	{"admin", EVERYTHING},
};

struct principal {
	struct vg_principal view;
	uint8_t token[VG_SHA256_LEN];
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
						 .rights = EVERYTHING};

static void
read_roles(const struct vg_yaml_node *map, struct principal *out, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(map, "roles");
	const char *known[sizeof(roles) / sizeof(roles[0]) + 1] = {0};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		known[i] = roles[i].name;
	if (list == NULL || list->type != VG_YAML_LIST || list->count == 0) {
		vg_yaml_error(errors, list == NULL ? map : list,
			      "roles: expected a list such as [ingest]");
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->item[i]->type == VG_YAML_SCALAR ? list->item[i]->text : "";
		const char *nearest = vg_yaml_nearest(name, known);
		unsigned rights = 0;

		for (size_t j = 0; j < sizeof(roles) / sizeof(roles[0]); j++)
			if (strcmp(roles[j].name, name) == 0)
				rights = roles[j].rights;
		if (rights == 0)
			vg_yaml_error(errors, list->item[i], "\"%s\" is no role%s%s", name,
				      nearest != NULL ? "; nearest is " : "",
				      nearest != NULL ? nearest : "");
		out->view.rights |= rights;
	}
}

static void
read_principal(struct vg_auth *auth, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"name",   "token_sha256", "roles", "municipality",
					    "source", "references",   NULL};
	struct principal *out = &auth->principal[auth->count];
	const char *token;

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "expected a principal {name, token_sha256, roles}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	out->view.name = vg_yaml_get_text(map, "name", true, "", errors);
	out->view.source = vg_yaml_get_text(map, "source", false, out->view.name, errors);
	out->view.municipality = vg_yaml_get_text(map, "municipality", false, "", errors);
	out->view.references = vg_yaml_get_text(map, "references", false, "", errors);
	token = vg_yaml_get_text(map, "token_sha256", true, "", errors);
	if (vg_unhex(token, out->token, sizeof(out->token)) != 0)
		vg_yaml_error(
			errors, map,
			"token_sha256: expected 64 hex digits (printf %%s TOKEN | sha256sum)");
	read_roles(map, out, errors);
	if (strcmp(out->view.source, "vinga") == 0 || strcmp(out->view.source, "operator") == 0)
		vg_yaml_error(errors, map, "source: \"%s\" is Vinga's own", out->view.source);
	for (size_t i = 0; i < auth->count; i++)
		if (strcmp(auth->principal[i].view.name, out->view.name) == 0 ||
		    memcmp(auth->principal[i].token, out->token, sizeof(out->token)) == 0)
			vg_yaml_error(errors, map, "name or token stands twice in the file");
	auth->count++;
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
	free(auth->principal);
	free(auth);
}

static const struct vg_principal *
find_token(const struct vg_auth *auth, const char *token)
{
	const struct vg_principal *found = NULL;
	uint8_t digest[VG_SHA256_LEN];

	vg_sha256(token, strlen(token), digest);
	for (size_t i = 0; i < auth->count; i++)
		if (vg_equal_secret(auth->principal[i].token, digest, sizeof(digest)))
			found = &auth->principal[i].view;
	return found;
}

const struct vg_principal *
vg_auth_find(const struct vg_auth *auth, const struct vg_request *request)
{
	const char *header = vg_head_header(vg_request_head(request), "Authorization");
	uid_t uid;

	if (header != NULL)
		return strncasecmp(header, "Bearer ", 7) == 0 ? find_token(auth, header + 7) : NULL;
	if (vg_request_peer_uid(request, &uid) && (uid == 0 || uid == geteuid()))
		return &the_operator;
	return NULL;
}
