/* How things stand now, counted: for status, metrics and the state itself. */
#ifndef VG_STATE_H
#define VG_STATE_H

#include "core/alarm.h"
#include "core/avail.h"
#include "daemon/api/api.h"

#include <stdio.h>

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

/* Alarms that have not ended, and who sends them (alarm_counts.c). */
struct vg_alarm_counts {
	int64_t active;			       /* shown or hidden */
	int64_t shown[VG_SEVERITY_COUNT];      /* by severity */
	int64_t hidden[VG_ALARM_HIDDEN_COUNT]; /* by the reason */
	int64_t acknowledged;		       /* of those shown */
	int64_t unmapped;		       /* of those active: nobody knows their service */
	int64_t sources, silent;
	int64_t notices;   /* since the first */
	int64_t proposals; /* that wait for a decision */
};
void vg_state_alarms(const struct vg_core *core, int64_t now_ms, struct vg_alarm_counts *out);
json_t *vg_alarm_counts_json(const struct vg_core *core, int64_t now_ms);
/* In OpenMetrics' text form, with what the listeners count. */
void vg_alarm_metrics(const struct vg_api *api, int64_t now_ms, FILE *out);

/* Agents by source, each with its probes; `source` NULL = all (agents.c). */
json_t *vg_agents_json(const struct vg_core *core, const char *source);

#endif
