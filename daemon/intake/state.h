/* How things stand now, counted: for status, metrics and the state itself. */
#ifndef VG_STATE_H
#define VG_STATE_H

#include "core/avail.h"
#include "daemon/intake/api.h"

/* A service in the municipalities that it is promised to. */
struct vg_service_counts {
	const char *service;
	int64_t in_state[VG_AVAIL_STATE_COUNT]; /* municipalities, by confirmed state */
	enum vg_avail_state worst;
};
typedef void vg_service_counts_cb(const struct vg_service_counts *counts, void *arg);
/* Every service that is promised to somebody; components are not. */
void vg_state_count(const struct vg_core *core, int64_t at_ms, vg_service_counts_cb *on_service,
		    void *arg);

/* Signals that are raised now, by kind. */
void vg_state_signals(const struct vg_core *core, int64_t raised[VG_SIGNAL_KIND_COUNT]);

/* Agents by source, each with its probes; `source` NULL = all (agents.c). */
json_t *vg_agents_json(const struct vg_core *core, const char *source);

#endif
