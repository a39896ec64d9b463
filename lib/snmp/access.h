/* Who may send notifications: communities (v1, v2c) and users (v3), from one YAML file
 * (docs/snmp.md). Secrets lie in files of their own. */
#ifndef VG_SNMP_ACCESS_H
#define VG_SNMP_ACCESS_H

#include "lib/base/network.h"
#include "lib/snmp/library.h"
#include "lib/yaml/yaml.h"

#include <stdbool.h>
#include <sys/socket.h>

#define VG_SNMP_COMMUNITIES_MAX 256
#define VG_SNMP_USERS_MAX	1000
#define VG_SNMP_NETWORKS_MAX	64 /* of one community or user */
#define VG_SNMP_SECRET_MAX	255
#define VG_SNMP_USER_MAX	32 /* RFC 3414 */

enum vg_snmp_level { VG_SNMP_NO_AUTH, VG_SNMP_AUTH, VG_SNMP_AUTH_PRIV, VG_SNMP_LEVEL_COUNT };
extern const char *const vg_snmp_level_words[]; /* noAuthNoPriv, authNoPriv, authPriv */

/* What a community or a user is let in as. */
struct vg_snmp_party {
	const char *source; /* what its events are from */
	const char *actor;  /* whom they name: a user, or the source of a community */
	size_t networks;    /* that it may send from; 0 = any */
	struct vg_network *network;
};
struct vg_snmp_community {
	struct vg_snmp_party party;
	char secret[VG_SNMP_SECRET_MAX + 1];
	size_t length;
};
struct vg_snmp_user {
	struct vg_snmp_party party;
	const char *name;
	uint8_t engine[VG_SNMP_ENGINE_MAX];
	size_t engine_length;	  /* 0 = this engine's own, for informs */
	enum vg_snmp_level level; /* the least that it must use */
	int auth, priv;		  /* as the library numbers them */
	char auth_secret[VG_SNMP_SECRET_MAX + 1], priv_secret[VG_SNMP_SECRET_MAX + 1];
};

struct vg_snmp_access;
/* Reads and checks the file and those that it names; "" = nobody may. NULL when anything is wrong:
 * errors says what and where. The library is not touched. */
struct vg_snmp_access *vg_snmp_access_load(const char *path, struct vg_yaml_errors *errors);
void vg_snmp_access_free(struct vg_snmp_access *access);
/* Users, ascending by engine and name. Borrowed. */
const struct vg_snmp_user *vg_snmp_access_users(const struct vg_snmp_access *access, size_t *count);

/* Makes the library's users these, after vg_snmp_start (users.c). Costs some 5 ms for each secret
 * that is not that of the user before. VG_EINVALID: the library does not take one, and then some
 * are missing. */
VG_MUST_CHECK int vg_snmp_access_use(const struct vg_snmp_access *access,
				     const struct vg_snmp_engine *own, struct vg_err *err);

/* The community; from that address, if any of that name may. *known tells whether there is one by
 * that name at all. NULL = none. */
const struct vg_snmp_party *vg_snmp_access_community(const struct vg_snmp_access *access,
						     const void *community, size_t length,
						     const struct sockaddr *from, bool *known);
/* The user of an engine (length 0 = our own). NULL = none. */
const struct vg_snmp_user *vg_snmp_access_user(const struct vg_snmp_access *access,
					       const void *engine, size_t engine_length,
					       const char *name);
bool vg_snmp_party_may(const struct vg_snmp_party *party, const struct sockaddr *from);

#endif
