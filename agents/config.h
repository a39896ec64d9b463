/* The agent's settings: one YAML file, read at start and, its probes, again at SIGHUP. What a probe
 * measures is not here but in the agreement, because it decides figures. */
#ifndef VG_AGENT_CONFIG_H
#define VG_AGENT_CONFIG_H

#include "agents/check.h"

#define VG_AGENT_PROBES_MAX	10000
#define VG_AGENT_PROBE_NAME_MAX 64 /* bytes */

struct vg_agent_probe {
	const char *name; /* a-z, digits and . _ - only; unique */
	const struct vg_check_type *type;
	void *settings; /* what type->configure made */
	int64_t interval_ms, timeout_ms;
};

struct vg_agent_config {
	const char *daemon;				       /* "https://vinga.example.org" */
	const char *token_file;				       /* the bearer token, one line */
	const char *ca_file, *client_certificate, *client_key; /* "" = none */
	const char *spool;				       /* path */
	int64_t spool_bytes_max, send_every_ms, running_max;
	struct vg_agent_probe *probe; /* by name */
	size_t probes;
	struct vg_yaml *yaml; /* keeps the strings alive */
};

/* Reads and checks. False when anything is wrong: errors says what and where, and *out holds
 * nothing. */
bool vg_agent_config_load(struct vg_agent_config *out, const char *path,
			  struct vg_yaml_errors *errors);
/* No run of its probes may be under way. */
void vg_agent_config_fini(struct vg_agent_config *config);

/* NULL = there is none of that name; *near is then the nearest, or NULL. */
const struct vg_agent_probe *vg_agent_config_find(const struct vg_agent_config *config,
						  const char *name, const char **near);

#endif
