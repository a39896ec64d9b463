/* check_types.c - the table of check types. */
#include "agents/check.h"

extern const struct vg_check_type vg_check_plugin, vg_check_http, vg_check_fhir, vg_check_tcp,
	vg_check_mllp, vg_check_ldap, vg_check_icmp, vg_check_dns;

const struct vg_check_type *const vg_check_types[] = {
	&vg_check_plugin, &vg_check_http, &vg_check_fhir, &vg_check_tcp, &vg_check_mllp,
	&vg_check_ldap,	  &vg_check_icmp, &vg_check_dns,  NULL,
};
