/* config.c - the settings file.
 *
 * Common keys are read here, a check type's own keys by its row in the table of types. The hard
 * thing is that every key is known to exactly one of them: a probe's map may hold the common keys
 * and those of its own type, and anything else is named with the nearest of both. */
#include "agents/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX	40 /* of one probe, common and own */
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789._-"

static const struct text_key {
	const char *name;
	size_t offset;
	const char *fallback;
} texts[] = {
	{"daemon", offsetof(struct vg_agent_config, daemon), "http://127.0.0.1:8620"},
	{"token_file", offsetof(struct vg_agent_config, token_file), "/etc/vinga-agent/token"},
	{"ca_file", offsetof(struct vg_agent_config, ca_file), ""},
	{"client_certificate", offsetof(struct vg_agent_config, client_certificate), ""},
	{"client_key", offsetof(struct vg_agent_config, client_key), ""},
	{"spool", offsetof(struct vg_agent_config, spool), "/var/lib/vinga-agent/spool.db"},
};

static const char *const known[] = {
	"daemon", "token_file",	   "ca_file",	 "client_certificate", "client_key",
	"spool",  "spool_mib_max", "send_every", "running_max",	       "probes",
	NULL};
static const char *const common_keys[] = {"type", "interval", "timeout", NULL};

static int64_t
get_duration(const struct vg_yaml_node *map, const char *key, int64_t min_ms, int64_t max_ms,
	     int64_t fallback_ms, struct vg_yaml_errors *errors)
{
	int64_t value = vg_yaml_get_duration_ms(map, key, false, fallback_ms, errors);
	const struct vg_yaml_node *at = vg_yaml_find(map, key);

	if (at != NULL && (value < min_ms || value > max_ms)) {
		vg_yaml_error(errors, at, "%s: expected %lld ms to %lld s", key, (long long)min_ms,
			      (long long)(max_ms / 1000));
		return fallback_ms;
	}
	return value;
}

/* The keys of the file but its probes. */
static void
read_keys(struct vg_agent_config *out, const struct vg_yaml_node *root,
	  struct vg_yaml_errors *errors)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char **text = (const char **)((char *)out + texts[i].offset);

		*text = vg_yaml_get_text(root, texts[i].name, false, texts[i].fallback, errors);
	}
	out->spool_bytes_max = vg_yaml_get_int(root, "spool_mib_max", false, 1, 4096, 256, errors)
			       << 20;
	out->send_every_ms = get_duration(root, "send_every", 1000, 600000, 10000, errors);
	out->running_max = vg_yaml_get_int(root, "running_max", false, 1, 1000, 50, errors);
	if (strncmp(out->daemon, "http://", 7) != 0 && strncmp(out->daemon, "https://", 8) != 0)
		vg_yaml_error(errors, root, "daemon: expected https://HOST[:PORT] or http://...");
	if ((*out->client_certificate == '\0') != (*out->client_key == '\0'))
		vg_yaml_error(errors, root,
			      "client_certificate and client_key: expected both or none");
	if (*out->spool != '/' || *out->token_file != '/')
		vg_yaml_error(errors, root, "spool and token_file: expected absolute paths");
}

/* NULL after an error. */
static const struct vg_check_type *
read_type(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const char *words[KEYS_MAX] = {0}, *word;
	const struct vg_yaml_node *at = vg_yaml_find(map, "type");
	const char *near;

	for (size_t i = 0; vg_check_types[i] != NULL; i++) {
		VG_ASSERT(i < KEYS_MAX - 1);
		words[i] = vg_check_types[i]->name;
	}
	word = vg_yaml_get_text(map, "type", true, NULL, errors);
	if (word == NULL)
		return NULL;
	for (size_t i = 0; words[i] != NULL; i++)
		if (strcmp(word, words[i]) == 0)
			return vg_check_types[i];
	near = vg_yaml_nearest(word, words);
	vg_yaml_error(errors, at, "type \"%.40s\" is not known%s%s%s", word,
		      near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
		      near != NULL ? "\"?" : "");
	return NULL;
}

static bool
only_keys_of(const struct vg_check_type *type, const struct vg_yaml_node *map,
	     struct vg_yaml_errors *errors)
{
	const char *keys[KEYS_MAX] = {0};
	size_t count = 0;

	for (size_t i = 0; common_keys[i] != NULL; i++)
		keys[count++] = common_keys[i];
	for (size_t i = 0; type->keys[i] != NULL; i++) {
		VG_ASSERT(count < KEYS_MAX - 1);
		keys[count++] = type->keys[i];
	}
	return vg_yaml_only(map, errors, keys);
}

static void
read_probe(struct vg_agent_probe *out, const struct vg_yaml_node *key,
	   const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	size_t before = errors->count, length = strlen(key->text);

	out->name = key->text;
	if (length > VG_AGENT_PROBE_NAME_MAX || strspn(key->text, NAME_CHARACTERS) != length)
		vg_yaml_error(errors, key,
			      "probe \"%.80s\": expected a name of at most %d letters a-z, "
			      "digits and . _ -",
			      key->text, VG_AGENT_PROBE_NAME_MAX);
	if (map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map, "probe \"%.64s\": expected its type and keys",
			      key->text);
		return;
	}
	out->type = read_type(map, errors);
	if (out->type == NULL || !only_keys_of(out->type, map, errors))
		return;
	out->interval_ms = get_duration(map, "interval", 1000, 86400000, 60000, errors);
	out->timeout_ms =
		get_duration(map, "timeout", 100, 3600000,
			     out->interval_ms > 10000 ? 10000 : out->interval_ms / 2, errors);
	if (out->timeout_ms >= out->interval_ms)
		vg_yaml_error(errors, vg_yaml_find(map, "timeout"),
			      "timeout: expected less than the interval");
	if (errors->count == before)
		out->settings = out->type->configure(map, errors);
	if (errors->count == before && out->settings == NULL)
		vg_yaml_error(errors, map, "out of memory");
}

static int
by_name(const void *left, const void *right)
{
	const struct vg_agent_probe *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void
read_probes(struct vg_agent_config *out, const struct vg_yaml_node *root,
	    struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *map = vg_yaml_find(root, "probes");

	if (map == NULL || map->type != VG_YAML_MAP) {
		vg_yaml_error(errors, map != NULL ? map : root,
			      "probes: expected a map of names and what each of them checks");
		return;
	}
	if (map->count > VG_AGENT_PROBES_MAX) {
		vg_yaml_error(errors, map, "probes: %zu of them; expected at most %d", map->count,
			      VG_AGENT_PROBES_MAX);
		return;
	}
	out->probe = calloc(map->count + 1, sizeof(*out->probe));
	if (out->probe == NULL) {
		vg_yaml_error(errors, map, "out of memory");
		return;
	}
	out->probes = map->count;
	for (size_t i = 0; i < map->count; i++)
		read_probe(&out->probe[i], map->key_node[i], map->item[i], errors);
	qsort(out->probe, out->probes, sizeof(*out->probe), by_name);
}

bool
vg_agent_config_load(struct vg_agent_config *out, const char *path, struct vg_yaml_errors *errors)
{
	size_t before = errors->count;
	const struct vg_yaml_node *root;

	memset(out, 0, sizeof(*out));
	out->yaml = vg_yaml_load_file(path, errors);
	if (out->yaml == NULL)
		return false;
	root = vg_yaml_root(out->yaml);
	if (root->type != VG_YAML_MAP) {
		vg_yaml_error(errors, root, "expected settings as key: value");
	} else if (vg_yaml_only(root, errors, known)) {
		read_keys(out, root, errors);
		read_probes(out, root, errors);
	}
	if (errors->count == before)
		return true;
	vg_agent_config_fini(out);
	return false;
}

void
vg_agent_config_fini(struct vg_agent_config *config)
{
	for (size_t i = 0; i < config->probes; i++)
		if (config->probe[i].settings != NULL)
			config->probe[i].type->unconfigure(config->probe[i].settings);
	free(config->probe);
	vg_yaml_free(config->yaml);
	memset(config, 0, sizeof(*config));
}

const struct vg_agent_probe *
vg_agent_config_find(const struct vg_agent_config *config, const char *name, const char **near)
{
	const struct vg_agent_probe wanted = {.name = name}, *found;
	const char **names;

	*near = NULL;
	found = config->probes == 0
			? NULL
			: bsearch(&wanted, config->probe, config->probes, sizeof(wanted), by_name);
	if (found != NULL || (names = calloc(config->probes + 1, sizeof(*names))) == NULL)
		return found;
	for (size_t i = 0; i < config->probes; i++)
		names[i] = config->probe[i].name;
	*near = vg_yaml_nearest(name, names);
	free(names);
	return NULL;
}
