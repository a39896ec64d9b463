/* roles.c - one table of roles. Their order is that of their bits; answers and files have names
 * alone. */
#include "daemon/api/roles.h"

#include <string.h>

#define READ_WORK (VG_RIGHT_READ | VG_RIGHT_WORK)

static const struct role {
	const char *name;
	unsigned rights;
} roles_known[] = {
	{"ingest", VG_RIGHT_INGEST},
	{"kommun_read", VG_RIGHT_READ},
	{"kommun_first_line", VG_RIGHT_INGEST | READ_WORK},
	{"kommun_finance", VG_RIGHT_READ | VG_RIGHT_OBJECT},
	{"provider_read", VG_RIGHT_READ},
	{"federation_read", VG_RIGHT_READ},
	{"vastkom_read", VG_RIGHT_READ},
	{"vgr_second_line", VG_RIGHT_INGEST | READ_WORK},
	{"vgr_duty_manager", READ_WORK | VG_RIGHT_CORRECT},
	{"vgr_sla_manager", READ_WORK | VG_RIGHT_CORRECT | VG_RIGHT_AGREEMENT},
	{"vgr_finance", VG_RIGHT_READ | VG_RIGHT_FINANCE},
	{"auditor", VG_RIGHT_READ | VG_RIGHT_AUDIT},
	{"admin", VG_RIGHTS_OF_ADMIN},
};

#define ROLES (sizeof(roles_known) / sizeof(roles_known[0]))

_Static_assert(VG_ROLE_ADMIN == 1U << (ROLES - 1), "admin is the last role");

static unsigned
role_find(const char *name)
{
	for (unsigned i = 0; i < ROLES; i++)
		if (strcmp(roles_known[i].name, name) == 0)
			return 1U << i;
	return 0;
}

unsigned
vg_roles_read(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(map, "roles");
	const char *known[ROLES + 1] = {0};
	unsigned roles = 0;

	for (size_t i = 0; i < ROLES; i++)
		known[i] = roles_known[i].name;
	if (list == NULL || list->type != VG_YAML_LIST || list->count == 0) {
		vg_yaml_error(errors, list == NULL ? map : list,
			      "roles: expected a list such as [ingest]");
		return 0;
	}
	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->item[i]->type == VG_YAML_SCALAR ? list->item[i]->text : "";
		const char *nearest = vg_yaml_nearest(name, known);
		const unsigned role = role_find(name);

		if (role == 0)
			vg_yaml_error(errors, list->item[i], "\"%s\" is no role%s%s", name,
				      nearest != NULL ? "; nearest is " : "",
				      nearest != NULL ? nearest : "");
		roles |= role;
	}
	return roles;
}

void
vg_roles_check(const struct vg_yaml_node *map, unsigned roles, const char *municipality,
	       struct vg_yaml_errors *errors)
{
	const unsigned rights = vg_roles_rights(roles);
	const bool bound = *municipality != '\0';

	if ((rights & VG_RIGHT_FINANCE) && bound)
		vg_yaml_error(errors, map,
			      "municipality: vgr_finance decides for all municipalities; expected "
			      "none");
	if ((rights & VG_RIGHT_AUDIT) && bound)
		vg_yaml_error(errors, map,
			      "municipality: auditor and admin see all municipalities; expected "
			      "none");
	if ((rights & VG_RIGHT_OBJECT) && !bound)
		vg_yaml_error(
			errors, map,
			"municipality: kommun_finance objects for one; expected its SCB code");
}

unsigned
vg_roles_rights(unsigned roles)
{
	unsigned rights = 0;

	for (unsigned i = 0; i < ROLES; i++)
		rights |= (roles & 1U << i) != 0 ? roles_known[i].rights : 0;
	return rights;
}

unsigned
vg_roles_without_tickets(unsigned roles)
{
	for (unsigned i = 0; i < ROLES; i++)
		if ((roles_known[i].rights & VG_RIGHT_READ) != 0)
			roles &= ~(1U << i);
	return roles;
}

const char *
vg_role_name(unsigned bit)
{
	return bit < ROLES ? roles_known[bit].name : NULL;
}

const char *
vg_right_name(unsigned bit)
{
	static const char *const names[] = {"ingest",	 "read",    "work",   "correct",
					    "agreement", "finance", "object", "audit"};

	return bit < sizeof(names) / sizeof(names[0]) ? names[bit] : NULL;
}
