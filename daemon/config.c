/* config.c - the settings file.
 *
 * One table of keys serves reading and the list of known names. The hard thing is to stay small:
 * whatever can change a figure belongs to the agreement, so only paths, addresses and limits are
 * here. */
#include "daemon/config.h"

#include "daemon/intake/senders.h"
#include "daemon/redis/redis.h"

#include <stddef.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static const struct text_key {
	const char *name;
	size_t offset;
	const char *fallback;
} texts[] = {
	{"purpose", offsetof(struct vg_config, purpose), "production"},
	{"state_dir", offsetof(struct vg_config, state_dir), "/var/lib/vinga"},
	{"listen", offsetof(struct vg_config, listen), "127.0.0.1:8620"},
	{"socket", offsetof(struct vg_config, socket), "/run/vinga/vinga.sock"},
	{"database", offsetof(struct vg_config, database), ""},
	{"mappings", offsetof(struct vg_config, mappings), ""},
	{"principals", offsetof(struct vg_config, principals), ""},
	{"alarm_rules", offsetof(struct vg_config, alarm_rules), ""},
	{"oid_names", offsetof(struct vg_config, oid_names), ""},
	{"zone", offsetof(struct vg_config, zone), "Europe/Stockholm"},
	{"snmp_listen", offsetof(struct vg_config, snmp_listen), ""},
	{"snmp_access", offsetof(struct vg_config, snmp_access), ""},
	{"smtp_url", offsetof(struct vg_config, smtp_url), ""},
	{"smtp_from", offsetof(struct vg_config, smtp_from), ""},
	{"syslog_listen", offsetof(struct vg_config, syslog_listen), ""},
	{"syslog_from", offsetof(struct vg_config, syslog_from), "127.0.0.0/8 ::1"},
	{"people", offsetof(struct vg_config, people), ""},
	{"web_root", offsetof(struct vg_config, web_root), ""},
	{"reports", offsetof(struct vg_config, reports), ""},
	{"redis", offsetof(struct vg_config, redis), ""},
	{"redis_password_file", offsetof(struct vg_config, redis_password_file), ""},
};

static const struct number_key {
	const char *name;
	size_t offset;
	int64_t min, max, fallback;
} numbers[] = {
	{"journal_mib_max", offsetof(struct vg_config, journal_bytes_max), 64, 1 << 20, 8192},
	{"journal_keep_days", offsetof(struct vg_config, journal_keep_ms), 1, 365, 14},
	{"connections_max", offsetof(struct vg_config, connections_max), 16, 100000, 12000},
	{"connections_per_address_max", offsetof(struct vg_config, per_address_max), 1, 100000,
	 100},
};

#define TEXTS	(sizeof(texts) / sizeof(texts[0]))
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static void
read_keys(struct vg_config *out, const struct vg_yaml_node *root, struct vg_yaml_errors *errors)
{
	const char *known[TEXTS + NUMBERS + 1] = {0};

	for (size_t i = 0; i < TEXTS; i++)
		known[i] = texts[i].name;
	for (size_t i = 0; i < NUMBERS; i++)
		known[TEXTS + i] = numbers[i].name;
	if (!vg_yaml_only(root, errors, known))
		return;
	for (size_t i = 0; i < TEXTS; i++) {
		const char **text = (const char **)((char *)out + texts[i].offset);

		*text = vg_yaml_get_text(root, texts[i].name, false, texts[i].fallback, errors);
	}
	for (size_t i = 0; i < NUMBERS; i++) {
		int64_t *number = (int64_t *)((char *)out + numbers[i].offset);

		*number = vg_yaml_get_int(root, numbers[i].name, false, numbers[i].min,
					  numbers[i].max, numbers[i].fallback, errors);
	}
}

static void
take_defaults(struct vg_config *out)
{
	for (size_t i = 0; i < TEXTS; i++)
		*(const char **)((char *)out + texts[i].offset) = texts[i].fallback;
	for (size_t i = 0; i < NUMBERS; i++)
		*(int64_t *)((char *)out + numbers[i].offset) = numbers[i].fallback;
}

static void
check(const struct vg_config *config, const struct vg_yaml_node *root,
      struct vg_yaml_errors *errors)
{
	struct vg_senders senders;
	struct vg_err err = {0};

	if (strcmp(config->purpose, "production") != 0 &&
	    strcmp(config->purpose, "demonstration") != 0)
		vg_yaml_error(errors, root, "purpose: expected production or demonstration");
	if (*config->state_dir != '/')
		vg_yaml_error(errors, root, "state_dir: expected an absolute path");
	if (*config->listen == '\0' && *config->socket == '\0')
		vg_yaml_error(errors, root, "listen or socket: expected at least one of them");
	if (*config->snmp_listen != '\0' && *config->snmp_access == '\0')
		vg_yaml_error(errors, root,
			      "snmp_access: expected a file, since snmp_listen is set");
	if ((*config->smtp_url == '\0') != (*config->smtp_from == '\0'))
		vg_yaml_error(errors, root, "smtp_url and smtp_from: expected both or none");
	if (*config->redis != '\0' && vg_redis_check_address(config->redis, &err) != 0)
		vg_yaml_error(errors, root, "%s", err.text);
	if (vg_senders_parse(&senders, config->syslog_from, &err) != 0)
		vg_yaml_error(errors, root, "syslog_from: %s", err.text);
}

bool
vg_config_load(struct vg_config *out, const char *path, struct vg_yaml_errors *errors)
{
	size_t before = errors->count;

	memset(out, 0, sizeof(*out));
	take_defaults(out);
	if (path != NULL) {
		const struct vg_yaml_node *root;

		out->yaml = vg_yaml_load_file(path, errors);
		if (out->yaml == NULL)
			return false;
		root = vg_yaml_root(out->yaml);
		if (root->type != VG_YAML_MAP)
			vg_yaml_error(errors, root, "expected settings as key: value");
		else
			read_keys(out, root, errors);
		if (errors->count == before)
			check(out, root, errors);
	}
	out->journal_bytes_max <<= 20;
	out->journal_keep_ms *= DAY_MS;
	return errors->count == before;
}

void
vg_config_fini(struct vg_config *config)
{
	if (config->yaml != NULL)
		vg_yaml_free(config->yaml);
	config->yaml = NULL;
}
