/* The daemon's settings: one YAML file, read at start. What changes figures is not here
 * (architecture 6). */
#ifndef VG_CONFIG_H
#define VG_CONFIG_H

#include "lib/yaml/yaml.h"

struct vg_config {
	const char
		*purpose; /* "production", or "demonstration": only that takes sources "demo.*" */
	const char *state_dir;	 /* journal, checkpoint, key */
	const char *listen;	 /* "127.0.0.1:8620"; "" = Unix socket only */
	const char *socket;	 /* path; "" = none */
	const char *database;	 /* conninfo; "" = none: the journal keeps everything */
	const char *mappings;	 /* directory of SOURCE.yaml for hooks; "" = no hooks */
	const char *principals;	 /* file; "" = none */
	const char *alarm_rules; /* directory of alarm rules besides the agreement's; "" = none */
	const char *oid_names;	 /* compiled names of OIDs; "" = none */
	const char *zone;
	const char *smtp_url, *smtp_from; /* "" = no mail is sent */
	const char *snmp_listen; /* "127.0.0.1:8162 [::1]:8162", several by space; "" = not used */
	const char *snmp_access; /* file of communities and users */
	const char *syslog_listen; /* "udp:127.0.0.1:8514 tcp:127.0.0.1:8514"; "" = not used */
	const char *syslog_from;   /* networks that may send syslog, several by space */
	const char *people;	   /* file: how people sign in; "" = they do not */
	const char *web_root;	   /* directory of the built web application; "" = none */
	const char *reports;	   /* directory of published files; "" = none are served */
	const char *redis;	   /* "unix:/run/redis/redis.sock" or "127.0.0.1:6379"; "" = none */
	const char *redis_password_file; /* its first line is the password; "" = none */
	int64_t journal_bytes_max, journal_keep_ms;
	int64_t connections_max, per_address_max;
	struct vg_yaml *yaml; /* keeps the strings alive */
};

/* Reads and checks; path NULL = the defaults. False when anything is wrong: errors says what and
 * where. */
bool vg_config_load(struct vg_config *out, const char *path, struct vg_yaml_errors *errors);
void vg_config_fini(struct vg_config *config);

#endif
