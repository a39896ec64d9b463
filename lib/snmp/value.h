/* Values of variables as text. Inside lib/snmp. */
#ifndef VG_SNMP_VALUE_H
#define VG_SNMP_VALUE_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stddef.h>

/* Memory for texts: what does not fit is "". */
struct vg_snmp_texts {
	char *at, *end;
};

/* "1.3.6.1.2.1.1.3.0" */
const char *vg_snmp_oid_text(struct vg_snmp_texts *texts, const oid *name, size_t length);
/* As struct vg_message_value says, cut at VG_MESSAGE_VALUE_MAX. */
const char *vg_snmp_value_text(struct vg_snmp_texts *texts, const netsnmp_variable_list *variable);

#endif
