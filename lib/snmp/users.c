/* users.c - users and their keys, as net-snmp holds them.
 *
 * The hard thing is the time that keys cost: a pass phrase becomes one by hashing a megabyte. The
 * users of a fleet mostly share theirs, so the key of the user before is kept and only tied to the
 * next engine, which costs nothing (pitfalls.md S10, S12). */
#include "lib/snmp/access.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stdlib.h>
#include <string.h>

#define KEY_SIZE 128 /* room for the longest, which the library may extend in place */

/* The key of a pass phrase before it is tied to an engine. */
struct master {
	int auth;
	const char *secret; /* NULL = none yet */
	u_char key[USM_LENGTH_KU_HASHBLOCK];
	size_t length;
};
struct masters {
	struct master auth, priv;
};

/* The key of a user, malloc'ed; NULL = the library makes none. */
static u_char *
make_key(struct master *master, const struct vg_snmp_user *user, const char *secret,
	 const struct usmUser *made, size_t *length)
{
	u_int oid_length = (u_int)made->authProtocolLen;
	u_char *key = malloc(KEY_SIZE);

	*length = KEY_SIZE;
	if (key == NULL)
		return NULL;
	if (master->secret == NULL || master->auth != user->auth ||
	    strcmp(master->secret, secret) != 0) {
		master->secret = NULL;
		master->length = sizeof(master->key);
		if (generate_Ku(made->authProtocol, oid_length, (const u_char *)secret,
				strlen(secret), master->key, &master->length) != SNMPERR_SUCCESS) {
			free(key);
			return NULL;
		}
		master->auth = user->auth;
		master->secret = secret;
	}
	if (generate_kul(made->authProtocol, oid_length, made->engineID, made->engineIDLen,
			 master->key, master->length, key, length) != SNMPERR_SUCCESS) {
		free(key);
		return NULL;
	}
	return key;
}

static bool
set_protocol(oid **out, size_t *out_length, const oid *protocol, size_t length)
{
	free(*out);
	*out = protocol == NULL ? NULL : snmp_duplicate_objid(protocol, length);
	*out_length = length;
	return *out != NULL;
}

static bool
set_auth(struct masters *masters, const struct vg_snmp_user *user, struct usmUser *made)
{
	size_t length = 0;
	const oid *protocol = sc_get_auth_oid(user->auth, &length);

	if (!set_protocol(&made->authProtocol, &made->authProtocolLen, protocol, length))
		return false;
	if (user->auth == NETSNMP_USMAUTH_NOAUTH)
		return true;
	made->authKey = make_key(&masters->auth, user, user->auth_secret, made, &made->authKeyLen);
	return made->authKey != NULL;
}

/* A hash shorter than the cipher's key is extended; of a longer one the beginning is used. */
static bool
set_priv(struct masters *masters, const struct vg_snmp_user *user, struct usmUser *made)
{
	const netsnmp_priv_alg_info *cipher = sc_get_priv_alg_bytype((u_int)user->priv);
	size_t length;

	if (cipher == NULL || !set_protocol(&made->privProtocol, &made->privProtocolLen,
					    cipher->alg_oid, (size_t)cipher->oid_len))
		return false;
	if (user->priv == USM_CREATE_USER_PRIV_NONE)
		return true;
	length = (size_t)cipher->proper_length;
	if (user->priv == USM_CREATE_USER_PRIV_DES)
		length *= 2; /* the second half goes into the initialisation vector */
	made->privKey = make_key(&masters->priv, user, user->priv_secret, made, &made->privKeyLen);
	if (made->privKey == NULL ||
	    (made->privKeyLen < length && usm_extend_user_kul(made, KEY_SIZE) != SNMPERR_SUCCESS) ||
	    made->privKeyLen < length)
		return false;
	made->privKeyLen = length;
	return true;
}

/* An engine that sends traps is in time whatever its first message says; from then on the library
 * keeps its time, also when users are read anew. */
static void
know_engine(const uint8_t *engine, size_t length)
{
	if (search_enginetime_list(engine, (u_int)length) == NULL)
		(void)set_enginetime(engine, (u_int)length, 0, 0, TRUE);
}

static int
add_user(struct masters *masters, const struct vg_snmp_user *user, const struct vg_snmp_engine *own)
{
	struct usmUser *made = usm_create_user();

	if (made == NULL)
		return VG_ENOMEM;
	made->engineIDLen = user->engine_length > 0 ? user->engine_length : own->length;
	made->engineID = malloc(made->engineIDLen);
	made->name = strdup(user->name);
	made->secName = strdup(user->name);
	if (made->engineID == NULL || made->name == NULL || made->secName == NULL) {
		(void)usm_free_user(made);
		return VG_ENOMEM;
	}
	memcpy(made->engineID, user->engine_length > 0 ? user->engine : own->id, made->engineIDLen);
	made->userStatus = RS_ACTIVE;
	made->userStorageType = ST_READONLY;
	if (!set_auth(masters, user, made) || !set_priv(masters, user, made)) {
		(void)usm_free_user(made);
		return VG_EINVALID;
	}
	know_engine(made->engineID, made->engineIDLen);
	(void)usm_add_user(made);
	return 0;
}

int
vg_snmp_access_use(const struct vg_snmp_access *access, const struct vg_snmp_engine *own,
		   struct vg_err *err)
{
	struct masters masters = {.auth = {0}};
	size_t count;
	const struct vg_snmp_user *user = vg_snmp_access_users(access, &count);
	int rc = 0;

	vg_snmp_forget_users();
	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = add_user(&masters, &user[i], own);
		if (rc != 0)
			(void)vg_err_set(err, rc, "snmp: the keys of user %s cannot be made",
					 user[i].name);
	}
	explicit_bzero(&masters, sizeof(masters));
	return rc;
}
