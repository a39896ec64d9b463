/* The people file: whom to believe about who somebody is, and what that somebody may
 * (docs/people.md). */
#ifndef VG_PEOPLE_H
#define VG_PEOPLE_H

#include "daemon/api/auth.h"
#include "daemon/api/secret.h"
#include "lib/base/network.h"
#include "lib/crypto/crypto.h"

#define VG_ACCOUNTS_MAX	      1000
#define VG_ACCOUNT_NAME_MAX   64 /* bytes */
#define VG_GROUPS_MAX	      1000
#define VG_PROXY_NETWORKS_MAX 64
#define VG_PEOPLE_SOURCE_LEN  16 /* bytes of "people.1489", with its NUL */

/* A local account: for demonstration, or for the day when nothing else lets anybody in. */
struct vg_account {
	struct vg_principal who;
	char source[VG_PEOPLE_SOURCE_LEN];
	const char *password; /* Argon2id, passed vg_password_check */
	bool one_time, break_glass;
	uint8_t stamp[VG_SHA256_LEN]; /* of all that the file says of it */
};

/* What a group of the proxy means. */
struct vg_group {
	const char *name;
	unsigned roles;
	const char *municipality; /* "" = all */
};

struct vg_proxy_rules {
	size_t networks;
	struct vg_network network[VG_PROXY_NETWORKS_MAX];
	bool unix_socket; /* its peers are proxies too */
	uint8_t secret[VG_SECRET_MAX];
	size_t secret_length;		       /* 0 = none */
	const char *user, *groups, *assurance; /* header names; assurance "" = not looked at */
	int at_least;			       /* level of assurance; 0 = any */
	size_t count;
	struct vg_group *group;
};

struct vg_people {
	struct vg_yaml *yaml;	     /* keeps the strings alive; NULL = no file, nobody signs in */
	struct vg_proxy_rules proxy; /* no networks: there is none */
	size_t accounts;
	struct vg_account *account;
	int64_t idle_ms, longest_ms; /* of sessions */
};

/* Reads the file; "" = none. `production`: accounts must be for break-glass. NULL when anything is
 * wrong. */
struct vg_people *vg_people_load(const char *path, bool production, struct vg_yaml_errors *errors);
void vg_people_free(struct vg_people *people);

/* NULL = none. */
const struct vg_account *vg_people_find(const struct vg_people *people, const char *name);
const struct vg_group *vg_people_group(const struct vg_people *people, const char *name,
				       size_t length);

/* "loa3", "http://id.sambi.se/loa/loa3": the digit behind the last "loa"; 0 = none. */
int vg_people_assurance(const char *text);
/* "people" or, of a municipality's, "people.1489". */
void vg_people_source(const char *municipality, char out[VG_PEOPLE_SOURCE_LEN]);

#endif
