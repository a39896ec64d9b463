/* check_device.c - how is a device, by SNMP: values, interfaces, power, storage, sensors?
 *
 * An agent that does not answer and one that does not know the community are the same silence, so
 * neither says that the device is down: the check could not be made, and the result is unknown.
 * Secrets come from files, since a command line is read by everybody on the machine. */
#include "plugins/checks/device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_MAX   255
#define TRIES	     3
#define ALL_TRIES_MS 900 /* of each second of the time limit, for one question */

enum {
	OPTION_COMMUNITY = 256,
	OPTION_AUTH,
	OPTION_AUTH_FILE,
	OPTION_PRIV,
	OPTION_PRIV_FILE,
	OPTION_CONTEXT,
	OPTION_EXPECT,
	OPTION_UNIT,
	OPTION_DIVIDE,
	OPTION_TYPE,
	OPTION_MINUTES,
	OPTION_MEMORY,
	OPTION_SWAP,
};

struct check {
	struct vg_device device;
	struct vg_snmp_target target;
	void (*mode)(struct vg_device *device);
	const char *community_file, *auth_file, *priv_file;
	char community[SECRET_MAX + 1], auth_secret[SECRET_MAX + 1], priv_secret[SECRET_MAX + 1];
};

static const struct vg_plugin_option options[] = {
	{'H', "host", "NAME", "the device, as name or address; must be given"},
	{'m', "mode", "WORD", "get, interfaces, ups, storage or sensors; must be given"},
	{'p', "port", "NUMBER", "1 to 65535 (161)"},
	{OPTION_COMMUNITY, "community-file", "FILE", "v2c: holds the community (public)"},
	{'u', "user", "NAME", "v3: the user; without it v2c is used"},
	{OPTION_AUTH, "auth", "WORD", "v3: md5, sha, sha-224, sha-256, sha-384 or sha-512"},
	{OPTION_AUTH_FILE, "auth-file", "FILE", "v3: holds the secret of authentication"},
	{OPTION_PRIV, "priv", "WORD", "v3: des, aes, aes-192 or aes-256"},
	{OPTION_PRIV_FILE, "priv-file", "FILE", "v3: holds the secret of encryption"},
	{OPTION_CONTEXT, "context", "NAME", "v3: the context (the default one)"},
	{'f', "filter", "REGEX", "only rows whose name this is found in"},
	{'o', "oid", "[NAME=]OID", "get: numeric OID, up to 16 times"},
	{OPTION_EXPECT, "expect", "TEXT", "get: what the value must be"},
	{OPTION_UNIT, "unit", "TEXT", "get: unit of the number, such as C or %"},
	{OPTION_DIVIDE, "divide", "NUMBER", "get: divide by 1 to 1000000 (1), as for tenths"},
	{OPTION_TYPE, "type", "WORD", "sensors: only these, such as celsius or rpm"},
	{OPTION_MINUTES, "minutes", "RANGE,RANGE", "ups: time left, such as 15:,5:"},
	{OPTION_MEMORY, "memory", "RANGE,RANGE", "storage: look at memory, too; percent used"},
	{OPTION_SWAP, "swap", "RANGE,RANGE", "storage: look at virtual memory, too; percent used"},
	{0},
};

/* --- options --- */

static void
take_mode(struct vg_plugin *plugin, struct check *check, const char *value)
{
	static const struct {
		const char *word;
		void (*mode)(struct vg_device *device);
	} modes[] = {{"get", vg_device_get},
		     {"interfaces", vg_device_interfaces},
		     {"ups", vg_device_ups},
		     {"storage", vg_device_storage},
		     {"sensors", vg_device_sensors}};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].word, value) == 0)
			check->mode = modes[i].mode;
	if (check->mode == NULL)
		vg_plugin_usage(plugin,
				"--mode %s: expected get, interfaces, ups, storage or sensors",
				value);
}

/* "temperature=1.3.6..." or an OID alone, which is then its own name. */
static void
take_oid(struct vg_plugin *plugin, struct vg_device *device, const char *value)
{
	const char *equals = strchr(value, '=');
	char *label = equals != NULL ? strndup(value, (size_t)(equals - value)) : NULL;

	if (device->oids == VG_DEVICE_OIDS_MAX)
		vg_plugin_usage(plugin, "--oid: expected at most %d", VG_DEVICE_OIDS_MAX);
	device->oid[device->oids] = equals != NULL ? equals + 1 : value;
	device->label[device->oids++] = label != NULL ? label : value;
}

static void
take_filter(struct vg_plugin *plugin, struct vg_device *device, const char *value)
{
	if (device->filtered)
		regfree(&device->filter);
	if (regcomp(&device->filter, value, REG_EXTENDED | REG_NOSUB) != 0)
		vg_plugin_usage(plugin, "--filter %s: expected an extended regular expression",
				value);
	device->filtered = true;
}

static void
take_limits(struct vg_plugin *plugin, const char *option, const char *value,
	    struct vg_device_limits *out)
{
	const char *comma = strchr(value, ',');
	char *warning = comma != NULL ? strndup(value, (size_t)(comma - value)) : NULL;

	if (warning == NULL || !vg_range_parse(warning, &out->warning) ||
	    !vg_range_parse(comma + 1, &out->critical))
		vg_plugin_usage(
			plugin,
			"--%s %s: expected two ranges with a comma, such as 90,95 or 15:,5:",
			option, value);
}

static void
take_of_v3(struct check *check, int code, const char *value)
{
	switch (code) {
	case 'u':
		check->target.user = value;
		break;
	case OPTION_AUTH:
		check->target.auth = value;
		break;
	case OPTION_AUTH_FILE:
		check->auth_file = value;
		break;
	case OPTION_PRIV:
		check->target.priv = value;
		break;
	case OPTION_PRIV_FILE:
		check->priv_file = value;
		break;
	default:
		check->target.context = value;
		break;
	}
}

static void
take_of_mode(struct vg_plugin *plugin, struct vg_device *device, int code, const char *value)
{
	switch (code) {
	case 'o':
		take_oid(plugin, device, value);
		break;
	case OPTION_EXPECT:
		device->expect = value;
		break;
	case OPTION_UNIT:
		device->unit = value;
		break;
	case OPTION_DIVIDE:
		device->divide = (double)vg_plugin_number(plugin, "divide", value, 1, 1000000);
		break;
	case OPTION_TYPE:
		device->type = value;
		break;
	case OPTION_MINUTES:
		take_limits(plugin, "minutes", value, &device->minutes);
		break;
	case OPTION_MEMORY:
		take_limits(plugin, "memory", value, &device->memory);
		break;
	default:
		take_limits(plugin, "swap", value, &device->swap);
		break;
	}
}

static void
take(struct vg_plugin *plugin, int code, const char *value)
{
	struct check *check = plugin->arg;

	switch (code) {
	case 'H':
		check->device.host = check->target.host = value;
		break;
	case 'm':
		take_mode(plugin, check, value);
		break;
	case 'p':
		check->target.port = (int)vg_plugin_number(plugin, "port", value, 1, 65535);
		break;
	case 'f':
		take_filter(plugin, &check->device, value);
		break;
	case OPTION_COMMUNITY:
		check->community_file = value;
		break;
	case 'u':
	case OPTION_AUTH:
	case OPTION_AUTH_FILE:
	case OPTION_PRIV:
	case OPTION_PRIV_FILE:
	case OPTION_CONTEXT:
		take_of_v3(check, code, value);
		break;
	default:
		take_of_mode(plugin, &check->device, code, value);
		break;
	}
}

/* --- secrets --- */

/* The first line of a file. */
static const char *
read_secret(const struct vg_plugin *plugin, const char *option, const char *path, char *out)
{
	FILE *file = fopen(path, "re");

	if (file == NULL)
		vg_plugin_usage(plugin, "--%s: cannot read %s: %s", option, path, strerror(errno));
	if (fgets(out, SECRET_MAX + 1, file) == NULL)
		*out = '\0';
	(void)fclose(file);
	out[strcspn(out, "\r\n")] = '\0';
	if (*out == '\0')
		vg_plugin_usage(plugin, "--%s: %s holds nothing", option, path);
	return out;
}

static void
read_secrets(const struct vg_plugin *plugin, struct check *check)
{
	struct vg_snmp_target *target = &check->target;

	if (target->user == NULL) {
		target->community = "public";
		if (check->community_file != NULL)
			target->community = read_secret(plugin, "community-file",
							check->community_file, check->community);
		return;
	}
	if ((target->auth == NULL) != (check->auth_file == NULL) ||
	    (target->priv == NULL) != (check->priv_file == NULL))
		vg_plugin_usage(plugin,
				"--auth and --auth-file, --priv and --priv-file: expected both or "
				"none");
	if (check->auth_file != NULL)
		target->auth_secret =
			read_secret(plugin, "auth-file", check->auth_file, check->auth_secret);
	if (check->priv_file != NULL)
		target->priv_secret =
			read_secret(plugin, "priv-file", check->priv_file, check->priv_secret);
}

int
main(int argc, char **argv)
{
	struct check check = {
		.target = {.port = 161, .tries = TRIES, .context = ""},
		.device = {.unit = "", .divide = 1},
	};
	struct vg_plugin plugin = {
		.name = "check_device",
		.label = "DEVICE",
		.summary = "Asks a device by SNMP (v2c, v3) how it is.",
		.options = options,
		.thresholds = "-w and -c are compared with: get, the value; interfaces, how many "
			      "are down "
			      "(any is\ncritical without them); ups, the load in percent; storage, "
			      "percent "
			      "used (90 and 95\nwithout them); sensors, the values of --type.",
		.at_timeout = VG_PLUGIN_UNKNOWN,
		.take = take,
		.arg = &check};
	struct vg_err err = {0};

	check.device.plugin = &plugin;
	vg_plugin_begin(&plugin, argc, argv);
	if (check.target.host == NULL)
		vg_plugin_usage(&plugin, "--host: must be given");
	if (check.mode == NULL)
		vg_plugin_usage(&plugin, "--mode: must be given");
	read_secrets(&plugin, &check);
	check.target.timeout_ms = (int64_t)plugin.timeout_s * ALL_TRIES_MS / TRIES;
	vg_device_must(&check.device, vg_snmp_getter_new(&check.device.getter, &check.target, &err),
		       &err);
	check.mode(&check.device);
	vg_snmp_getter_free(check.device.getter);
	if (check.device.filtered)
		regfree(&check.device.filter);
	vg_plugin_end(&plugin);
}
