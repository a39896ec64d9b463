/* A trap as text, as snmptrapd hands it to a handler: the sender's name, "UDP:
 * [address]:port->...", then a line "NAME VALUE" or "NAME = TYPE: VALUE" for each value. For trying
 * rules on what was kept elsewhere. */
#ifndef VG_ALARM_TRAP_TEXT_H
#define VG_ALARM_TRAP_TEXT_H

#include "lib/alarm/rules.h"

#define VG_TRAP_TEXT_MAX  200000 /* bytes of one trap */
#define VG_TRAP_TEXT_NAME 512	 /* bytes of a name; more are cut */

/* Large: not for the stack. */
struct vg_trap_text {
	struct vg_message message; /* points into what follows; at_ms is 0 */
	struct vg_message_value value[VG_MESSAGE_VALUES_MAX];
	char host[256], peer[64], trap[VG_TRAP_TEXT_NAME];
	char names[VG_MESSAGE_VALUES_MAX][VG_TRAP_TEXT_NAME];
	char values[VG_MESSAGE_VALUES_MAX][VG_MESSAGE_VALUE_MAX + 1];
};

/* Names become numbers as far as `rules` knows them; an unknown one stays as it is written, with
 * message.trap as well. The community is left out. VG_EINVALID: there is no snmpTrapOID, or fewer
 * than three lines; VG_ELIMIT. */
VG_MUST_CHECK int vg_trap_text_parse(struct vg_trap_text *out, const struct vg_rules *rules,
				     const char *text, size_t length, struct vg_err *err);

#endif
