/* people.c - the people file.
 *
 * The hard thing is what a wrong file opens: whatever is doubtful (an account without a costly
 * password, a group that means two things, a municipality that is no code) is an error here, so
 * that nobody has to ask later. */
#include "daemon/sign/people.h"

#include "lib/password/password.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS	   (INT64_C(60) * 1000)
#define HOUR_MS		   (60 * MINUTE_MS)
#define SESSION_MS_MAX	   (24 * HOUR_MS)
#define IDLE_DEFAULT_MS	   (30 * MINUTE_MS)
#define LONGEST_DEFAULT_MS (10 * HOUR_MS)

void
vg_people_source(const char *municipality, char out[VG_PEOPLE_SOURCE_LEN])
{
	(void)snprintf(out, VG_PEOPLE_SOURCE_LEN, "%s%s%.4s", VG_PEOPLE_SOURCE,
		       *municipality != '\0' ? "." : "", municipality);
}

int
vg_people_assurance(const char *text)
{
	int level = 0;

	for (const char *at = strstr(text, "loa"); at != NULL; at = strstr(at + 1, "loa"))
		level = at[3] >= '1' && at[3] <= '4' && at[4] == '\0' ? at[3] - '0' : 0;
	return level;
}

static const char *
read_municipality(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const char *code = vg_yaml_get_text(map, "municipality", false, "", errors);

	if (*code == '\0' || (strlen(code) == 4 && strspn(code, "0123456789") == 4))
		return code;
	vg_yaml_error(errors, map, "municipality: \"%s\": expected an SCB code such as 1489", code);
	return "";
}

/* A list of at most `max` maps; NULL = absent, or an error was told. */
static const struct vg_yaml_node *
find_list(const struct vg_yaml_node *map, const char *name, size_t max,
	  struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(map, name);

	if (list == NULL || (list->type == VG_YAML_LIST && list->count <= max))
		return list;
	vg_yaml_error(errors, list, "%s: expected a list of at most %zu", name, max);
	return NULL;
}

/* The proxy. */

static void
read_networks(struct vg_proxy_rules *out, const struct vg_yaml_node *map,
	      struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = find_list(map, "from", VG_PROXY_NETWORKS_MAX, errors);

	if (list == NULL || list->count == 0)
		vg_yaml_error(errors, map, "from: expected a list such as [127.0.0.1/32]");
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct vg_yaml_node *item = list->item[i];
		const char *text = item->type == VG_YAML_SCALAR ? item->text : "";

		if (strcmp(text, "unix") == 0)
			out->unix_socket = true;
		else if (vg_network_parse(text, &out->network[out->networks]))
			out->networks++;
		else
			vg_yaml_error(errors, item,
				      "\"%s\" is no network; expected such as 192.0.2.7/32, or "
				      "unix",
				      text);
	}
}

static void
read_group(struct vg_proxy_rules *out, const struct vg_yaml_node *map,
	   struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"group", "roles", "municipality", NULL};
	struct vg_group *group = &out->group[out->count];

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "expected {group, roles}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	group->name = vg_yaml_get_text(map, "group", true, "", errors);
	group->roles = vg_roles_read(map, errors);
	group->municipality = read_municipality(map, errors);
	vg_roles_check(map, group->roles, group->municipality, errors);
	for (size_t i = 0; i < out->count; i++)
		if (strcmp(out->group[i].name, group->name) == 0)
			vg_yaml_error(errors, map, "group \"%s\" stands twice", group->name);
	out->count++;
}

static void
read_groups(struct vg_proxy_rules *out, const struct vg_yaml_node *map,
	    struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = find_list(map, "groups_map", VG_GROUPS_MAX, errors);

	if (list == NULL || (out->group = calloc(list->count + 1, sizeof(*out->group))) == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		read_group(out, list->item[i], errors);
}

static void
read_proxy(struct vg_proxy_rules *out, const struct vg_yaml_node *map,
	   struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"from",	 "secret_file", "user",	      "groups",
					    "assurance", "at_least",	"groups_map", NULL};
	const char *secret, *at_least;

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "proxy: expected {from, user, groups, groups_map}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	read_networks(out, map, errors);
	out->user = vg_yaml_get_text(map, "user", false, out->user, errors);
	out->groups = vg_yaml_get_text(map, "groups", false, out->groups, errors);
	out->assurance = vg_yaml_get_text(map, "assurance", false, "", errors);
	at_least = vg_yaml_get_text(map, "at_least", false, "", errors);
	out->at_least = vg_people_assurance(at_least);
	if (*at_least != '\0' && out->at_least == 0)
		vg_yaml_error(errors, map, "at_least: \"%s\": expected loa1 to loa4", at_least);
	if ((*at_least != '\0') != (*out->assurance != '\0'))
		vg_yaml_error(errors, map, "assurance, at_least: expected both or none");
	secret = vg_yaml_get_text(map, "secret_file", false, NULL, errors);
	if (secret != NULL)
		out->secret_length = vg_secret_read(map, secret, out->secret, errors);
	read_groups(out, map, errors);
}

/* Accounts. */

static bool
is_account_name(const char *name)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@";
	const size_t length = strlen(name);

	return length > 0 && length <= VG_ACCOUNT_NAME_MAX && strspn(name, letters) == length &&
	       !vg_auth_is_reserved(name);
}

static void
stamp(struct vg_account *account)
{
	struct vg_sha256_state *state = vg_sha256_begin();

	VG_ASSERT(state != NULL);
	vg_sha256_add(state, account->who.name, strlen(account->who.name) + 1);
	vg_sha256_add(state, account->who.municipality, strlen(account->who.municipality) + 1);
	vg_sha256_add(state, account->password, strlen(account->password) + 1);
	vg_sha256_add(state, &account->who.roles, sizeof(account->who.roles));
	vg_sha256_add(state, &account->one_time, sizeof(account->one_time));
	vg_sha256_add(state, &account->break_glass, sizeof(account->break_glass));
	vg_sha256_end(state, account->stamp);
}

static void
read_account(struct vg_people *people, const struct vg_yaml_node *map, bool production,
	     struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"name",	"password",    "roles", "municipality",
					    "one_time", "break_glass", NULL};
	struct vg_account *account = &people->account[people->accounts];
	struct vg_principal *who = &account->who;
	struct vg_err err = {0};

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "expected an account {name, password, roles}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	who->name = vg_yaml_get_text(map, "name", true, "", errors);
	who->municipality = read_municipality(map, errors);
	who->roles = vg_roles_read(map, errors);
	who->rights = vg_roles_rights(who->roles);
	who->references = "";
	vg_people_source(who->municipality, account->source);
	who->source = account->source;
	vg_roles_check(map, who->roles, who->municipality, errors);
	account->password = vg_yaml_get_text(map, "password", true, "", errors);
	account->one_time = vg_yaml_get_bool(map, "one_time", false, errors);
	account->break_glass = vg_yaml_get_bool(map, "break_glass", false, errors);
	if (!is_account_name(who->name))
		vg_yaml_error(errors, map,
			      "name: \"%s\": expected 1 to %d letters, digits, or ._-@, and not a "
			      "name of Vinga's own",
			      who->name, VG_ACCOUNT_NAME_MAX);
	if (vg_password_check(account->password, &err) != 0)
		vg_yaml_error(errors, map, "password: %s", err.text);
	if (production && !account->break_glass)
		vg_yaml_error(errors, map,
			      "account %s: with purpose production people come by the proxy; "
			      "expected break_glass: yes",
			      who->name);
	if (vg_people_find(people, who->name) != NULL)
		vg_yaml_error(errors, map, "account \"%s\" stands twice", who->name);
	stamp(account);
	people->accounts++;
}

static void
read_sessions(struct vg_people *people, const struct vg_yaml_node *map,
	      struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"idle", "longest", NULL};

	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "sessions: expected {idle, longest}");
		return;
	}
	(void)vg_yaml_only(map, errors, known);
	people->idle_ms = vg_yaml_get_duration_ms(map, "idle", false, people->idle_ms, errors);
	people->longest_ms =
		vg_yaml_get_duration_ms(map, "longest", false, people->longest_ms, errors);
	if (people->idle_ms < 1000 || people->longest_ms < people->idle_ms ||
	    people->longest_ms > SESSION_MS_MAX)
		vg_yaml_error(errors, map, "sessions: expected 1s <= idle <= longest <= 24h");
}

static void
read_people(struct vg_people *people, const struct vg_yaml_node *root, bool production,
	    struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"proxy", "accounts", "sessions", NULL};
	const struct vg_yaml_node *proxy, *sessions, *list;

	if (root->type != VG_YAML_MAP || !vg_yaml_only(root, errors, known)) {
		if (root->type != VG_YAML_MAP)
			vg_yaml_error(errors, root, "expected proxy, accounts and sessions");
		return;
	}
	if ((proxy = vg_yaml_find(root, "proxy")) != NULL)
		read_proxy(&people->proxy, proxy, errors);
	if ((sessions = vg_yaml_find(root, "sessions")) != NULL)
		read_sessions(people, sessions, errors);
	list = find_list(root, "accounts", VG_ACCOUNTS_MAX, errors);
	if (list == NULL ||
	    (people->account = calloc(list->count + 1, sizeof(*people->account))) == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		read_account(people, list->item[i], production, errors);
}

struct vg_people *
vg_people_load(const char *path, bool production, struct vg_yaml_errors *errors)
{
	struct vg_people *people = calloc(1, sizeof(*people));
	const size_t before = errors->count;

	if (people == NULL)
		return NULL;
	people->idle_ms = IDLE_DEFAULT_MS;
	people->longest_ms = LONGEST_DEFAULT_MS;
	people->proxy.user = "X-Remote-User";
	people->proxy.groups = "X-Remote-Groups";
	people->proxy.assurance = "";
	if (*path == '\0')
		return people;
	people->yaml = vg_yaml_load_file(path, errors);
	if (people->yaml != NULL)
		read_people(people, vg_yaml_root(people->yaml), production, errors);
	if (people->yaml == NULL || errors->count > before) {
		vg_people_free(people);
		return NULL;
	}
	return people;
}

void
vg_people_free(struct vg_people *people)
{
	if (people == NULL)
		return;
	if (people->yaml != NULL)
		vg_yaml_free(people->yaml);
	vg_password_forget(people->proxy.secret, sizeof(people->proxy.secret));
	free(people->proxy.group);
	free(people->account);
	free(people);
}

const struct vg_account *
vg_people_find(const struct vg_people *people, const char *name)
{
	for (size_t i = 0; i < people->accounts; i++)
		if (strcmp(people->account[i].who.name, name) == 0)
			return &people->account[i];
	return NULL;
}

const struct vg_group *
vg_people_group(const struct vg_people *people, const char *name, size_t length)
{
	for (size_t i = 0; i < people->proxy.count; i++)
		if (strlen(people->proxy.group[i].name) == length &&
		    memcmp(people->proxy.group[i].name, name, length) == 0)
			return &people->proxy.group[i];
	return NULL;
}
