/* SNMP traps and informs into notices of alarms (docs/snmp.md).
 *
 * Sources are those of the access file's communities and users. An inform is answered when it is
 * durable, however often it was repeated until then; a trap that there was no room for is counted,
 * and the loss is an alarm of its own. Loop thread only. */
#ifndef VG_INTAKE_SNMP_H
#define VG_INTAKE_SNMP_H

#include "daemon/intake/datagram.h"
#include "daemon/intake/notices.h"
#include "lib/snmp/trap.h"

#include <stdio.h>

struct vg_snmp_intake;
struct vg_snmp_options {
	struct event_base *base;
	struct vg_live *live;
	struct vg_notices *notices;
	const struct vg_snmp_engine *engine; /* vg_snmp_start was called with it */
	struct vg_snmp_access *access;	     /* taken over, also on failure */
	const char *listen;		     /* "127.0.0.1:8162 systemd:NAME", several by space */
};
/* VG_EINVALID: an address or the access is wrong. */
VG_MUST_CHECK int vg_snmp_intake_new(struct vg_snmp_intake **out,
				     const struct vg_snmp_options *options, struct vg_err *err);
/* Nothing may be with the collector any more. NULL is allowed. */
void vg_snmp_intake_free(struct vg_snmp_intake *intake);
/* Reads no more, so that what waits can become durable before the end. */
void vg_snmp_intake_stop(struct vg_snmp_intake *intake);
/* Other communities and users from now on; taken over, also on failure, and then the old ones stay.
 */
VG_MUST_CHECK int vg_snmp_intake_reload(struct vg_snmp_intake *intake,
					struct vg_snmp_access *access, struct vg_err *err);
/* In OpenMetrics' text form. */
void vg_snmp_intake_print(const struct vg_snmp_intake *intake, FILE *out);

#endif
