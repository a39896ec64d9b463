/* library.c - net-snmp set up without files.
 *
 * The hard thing is what init_snmp does unasked: it reads /etc/snmp, the home directory and the
 * environment, makes a directory for certificates, parses MIBs, makes users without keys and sets
 * the locale. Each is prevented or undone here (pitfalls.md S2, S8). */
#include "lib/snmp/library.h"

#include "lib/base/log.h"
#include "lib/base/replace.h"
#include "lib/crypto/crypto.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE	       "/dev/null/none" /* below a file no directory can be made or read */
#define ENGINE_TEXT    128		/* bytes of the file, more than it ever has */
#define LOG_EVERY_MS   1000
#define RANDOM_ID_SIZE 12

/* --- the engine's file --- */

void
vg_snmp_engine_new(struct vg_snmp_engine *out)
{
	/* RFC 3411: the enterprise (net-snmp's 8072), then format 5, octets of our choice */
	static const uint8_t head[] = {0x80, 0x00, 0x1f, 0x88, 0x05};

	memset(out, 0, sizeof(*out));
	memcpy(out->id, head, sizeof(head));
	vg_random(out->id + sizeof(head), RANDOM_ID_SIZE);
	out->length = sizeof(head) + RANDOM_ID_SIZE;
	out->boots = 1;
}

static int
parse_engine(struct vg_snmp_engine *out, const char *text, const char *path, struct vg_err *err)
{
	char hex[2 * VG_SNMP_ENGINE_MAX + 1];
	int end = 0;
	size_t length;

	memset(out, 0, sizeof(*out));
	if (sscanf(text, "engine %64[0-9a-f]\nboots %" SCNd64 "\n%n", hex, &out->boots, &end) !=
		    2 ||
	    end == 0 || text[end] != '\0')
		return vg_err_set(
			err, VG_EINVALID,
			"%s: expected lines \"engine HEX\" and \"boots N\"; without the "
			"file this becomes a new engine, which senders of informs discover",
			path);
	length = strlen(hex);
	out->length = length / 2;
	if (length < 10 || length % 2 != 0 || vg_unhex(hex, out->id, out->length) != 0)
		return vg_err_set(err, VG_EINVALID, "%s: engine: expected 10 to 64 hex digits",
				  path);
	if (out->boots < 1 || out->boots >= VG_SNMP_BOOTS_MAX)
		return vg_err_set(err, VG_EINVALID, "%s: boots: expected 1 to %d", path,
				  VG_SNMP_BOOTS_MAX - 1);
	return 0;
}

static int
store_engine(const struct vg_snmp_engine *engine, const char *path, struct vg_err *err)
{
	char text[ENGINE_TEXT], hex[VG_HEX_LEN(VG_SNMP_ENGINE_MAX)];
	struct iovec part = {.iov_base = text};
	int rc;

	part.iov_len = (size_t)snprintf(text, sizeof(text), "engine %s\nboots %" PRId64 "\n",
					vg_hex(engine->id, engine->length, hex), engine->boots);
	rc = vg_replace_file(path, &part, 1);
	if (rc != 0)
		return vg_err_set(err, VG_EIO, "cannot write %s: %s", path, strerror(-rc));
	return 0;
}

int
vg_snmp_engine_load(struct vg_snmp_engine *out, const char *path, struct vg_err *err)
{
	char text[ENGINE_TEXT] = "";
	FILE *file = fopen(path, "re");
	int rc = 0;

	if (file == NULL && errno != ENOENT)
		return vg_err_set(err, VG_EIO, "cannot read %s: %s", path, strerror(errno));
	if (file == NULL) {
		vg_snmp_engine_new(out);
	} else {
		text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
		(void)fclose(file);
		rc = parse_engine(out, text, path, err);
		out->boots++;
	}
	return rc != 0 ? rc : store_engine(out, path, err);
}

/* --- the library --- */

/* What a peer can provoke again and again is told once a second. */
static int
on_log(int major, int minor, void *message, void *arg)
{
	static int64_t told_ms = -LOG_EVERY_MS, untold;
	const struct snmp_log_message *line = message;
	int64_t now = vg_steady_ms();
	char text[300];

	(void)major;
	(void)minor;
	(void)arg;
	if (line->priority > LOG_WARNING)
		return 0;
	if (now - told_ms < LOG_EVERY_MS) {
		untold++;
		return 0;
	}
	(void)snprintf(text, sizeof(text), "%.*s", (int)strcspn(line->msg, "\n"), line->msg);
	vg_log(VG_LOG_WARNING, "snmp.library", VG_LOG_TEXT("text", text),
	       VG_LOG_INT("untold", untold));
	told_ms = now;
	untold = 0;
	return 0;
}

static void
prevent(void)
{
	(void)setenv("MIBS", "", 1);
	netsnmp_set_mib_directory(NOWHERE);
	set_configuration_directory(NOWHERE);
	set_persistent_directory(NOWHERE);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
	/* RFC 5343's question would be answered through a session, and we have none */
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_NO_DISCOVERY, 1);
}

void
vg_snmp_forget_users(void)
{
	struct usmUser *user;

	while ((user = usm_get_userList()) != NULL) {
		(void)usm_remove_user(user);
		(void)usm_free_user(user);
	}
}

void
vg_snmp_start(const struct vg_snmp_engine *engine)
{
	static bool started;
	char boots[24];

	if (started)
		return;
	started = true;
	prevent();
	snmp_disable_log(); /* what it says of the directories that it does not find */
	(void)set_exact_engineID(engine->id, engine->length);
	init_snmp("vinga");
	(void)setlocale(LC_CTYPE, "C");
	(void)netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_WARNING);
	(void)snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, NULL);
	/* the library believes in a first start; its own reader of the count adds one */
	(void)snprintf(boots, sizeof(boots), "%" PRId64, engine->boots - 1);
	engineBoots_conf("engineBoots", boots);
	(void)set_enginetime(engine->id, (u_int)engine->length, (u_int)engine->boots,
			     (u_int)snmpv3_local_snmpEngineTime(), TRUE);
	vg_snmp_forget_users(); /* those that it knows by itself have no keys */
}
