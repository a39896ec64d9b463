/* Questions to an SNMP agent, v2c and v3: GET and walks, one after the other. A call waits for its
 * answer, so this is for a program that does nothing else (plugins/checks/check_device.c). */
#ifndef VG_SNMP_GET_H
#define VG_SNMP_GET_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_SNMP_GET_MAX 32 /* OIDs of one question */

struct vg_snmp_target {
	const char *host; /* name or numeric address */
	int port;
	int64_t timeout_ms;	 /* of one try */
	int tries;		 /* >= 1 */
	const char *community;	 /* NULL = v3 */
	const char *user;	 /* v3 */
	const char *auth;	 /* "MD5", "SHA", "SHA-224" ... "SHA-512"; NULL = none */
	const char *auth_secret; /* at least 8 bytes */
	const char *priv;	 /* "DES", "AES", "AES-192", "AES-256"; NULL = none; wants auth */
	const char *priv_secret;
	const char *context; /* "" = the default one */
};

/* What an agent says of one OID. Lent until the next question. */
struct vg_snmp_got {
	const char *oid;  /* numeric, with its instance */
	const char *rest; /* of a walk: what follows the OID that was walked; else "" */
	bool exists;	  /* false: there is no such object or instance; the rest is empty */
	bool is_number;
	double number;
	const char *text; /* as struct vg_message_value has it: numbers in decimal, octets as text
			     or hex */
};

struct vg_snmp_getter;
/* Looks the host up, and asks a v3 agent for its engine. VG_EINVALID: an unknown protocol, a secret
 * that is too short, a name that does not resolve; VG_EIO: no answer; VG_EDENIED: the agent does
 * not know the user or the secret is another. Sets the library up, once a process. */
VG_MUST_CHECK int vg_snmp_getter_new(struct vg_snmp_getter **out,
				     const struct vg_snmp_target *target, struct vg_err *err);
void vg_snmp_getter_free(struct vg_snmp_getter *getter);

/* Fills in *out for each OID, in their order. VG_EINVALID names what is no OID; VG_EIO: no answer;
 * VG_EPROTO: the agent refuses or answers something else; VG_EDENIED. */
VG_MUST_CHECK int vg_snmp_get(struct vg_snmp_getter *getter, const char *const *oid, size_t count,
			      struct vg_snmp_got *out, struct vg_err *err);

typedef void vg_snmp_walk_cb(const struct vg_snmp_got *got, void *arg);
/* Gives all that lies below `oid` in the agent's order. VG_ELIMIT: more than `max` values; what was
 * given until then stands. VG_EPROTO also when the agent goes in circles. */
VG_MUST_CHECK int vg_snmp_walk(struct vg_snmp_getter *getter, const char *oid, size_t max,
			       vg_snmp_walk_cb *on_value, void *arg, struct vg_err *err);

#endif
