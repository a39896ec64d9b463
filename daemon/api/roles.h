/* Roles (semantics.md 7.5): words for sets of rights, in files and answers. */
#ifndef VG_ROLES_H
#define VG_ROLES_H

#include "lib/yaml/yaml.h"

/* What a route wants. */
enum vg_right {
	VG_RIGHT_OPEN = 0,    /* nobody in particular, on loopback and the Unix socket */
	VG_RIGHT_INGEST = 1,  /* send events of its own source */
	VG_RIGHT_READ = 2,    /* tickets, figures, lists */
	VG_RIGHT_WORK = 4,    /* register, escalate, acknowledge */
	VG_RIGHT_CORRECT = 8, /* correct facts, imports, quarantine, registers, reports, comments */
	VG_RIGHT_AGREEMENT = 16, /* apply an agreement version */
	VG_RIGHT_FINANCE =
		32, /* decide on the fee, of all municipalities: prices, closing, invoices */
	VG_RIGHT_OBJECT = 64,  /* object to its municipality's statements */
	VG_RIGHT_AUDIT = 128,  /* who signed in, and who took out what */
	VG_RIGHT_PUBLIC = 256, /* of routes alone: anybody from anywhere, without credentials */
	VG_RIGHT_SIGNED = 512  /* of routes alone: whoever has credentials, whatever its rights */
};

/* Who runs the system decides nothing of the fee. */
#define VG_RIGHTS_OF_ADMIN                                                                         \
	(VG_RIGHT_INGEST | VG_RIGHT_READ | VG_RIGHT_WORK | VG_RIGHT_CORRECT | VG_RIGHT_AGREEMENT | \
	 VG_RIGHT_AUDIT)
#define VG_ROLE_ADMIN 4096 /* its bit */

/* `roles: [...]` of a map as a set of bits, one a role; an error when it is none, or holds what is
 * no role. */
unsigned vg_roles_read(const struct vg_yaml_node *map, struct vg_yaml_errors *errors);
/* An error when roles and municipality ("" = all) do not go together: the fee is decided for all
 * alike, and each objects for itself. */
void vg_roles_check(const struct vg_yaml_node *map, unsigned roles, const char *municipality,
		    struct vg_yaml_errors *errors);
unsigned vg_roles_rights(unsigned roles);
/* The roles among these that let nobody see a ticket. */
unsigned vg_roles_without_tickets(unsigned roles);

/* By bit, from 0; NULL after the last. */
const char *vg_role_name(unsigned bit);
/* "read", "work" ... by bit of enum vg_right; NULL after the last that a role can have. */
const char *vg_right_name(unsigned bit);

#endif
