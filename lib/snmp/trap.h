/* Traps and informs: from a datagram to a message that rules can judge, and to what is answered.
 *
 * net-snmp's own functions decode, check and encode (v1, v2c, v3 with USM); there is no session and
 * no socket of the library, so a datagram costs no more than its decoding. After vg_snmp_start;
 * loop thread only. */
#ifndef VG_SNMP_TRAP_H
#define VG_SNMP_TRAP_H

#include "lib/alarm/rules.h"
#include "lib/snmp/access.h"

#define VG_SNMP_DATAGRAM_MAX 65507
#define VG_SNMP_ID_MAX	     160 /* bytes of what an inform is known by */

/* Why a datagram is not taken: X(constant, word). */
#define VG_SNMP_REFUSALS(X)                                                                        \
	X(MALFORMED, "malformed")     /* no SNMP message, or a broken one */                       \
	X(VERSION, "version")	      /* neither v1, v2c nor v3 with USM */                        \
	X(KIND, "not_a_notification") /* somebody asks us, or answers */                           \
	X(COMMUNITY, "unknown_community")                                                          \
	X(ADDRESS, "wrong_address") /* known, but not from there */                                \
	X(ENGINE, "unknown_engine") /* of a trap; of an inform: not ours */                        \
	X(USER, "unknown_user")                                                                    \
	X(PASSWORD, "wrong_password") /* the digest is wrong */                                    \
	X(PRIVACY, "wrong_privacy")   /* it cannot be decrypted */                                 \
	X(TIME, "not_in_time")	      /* replayed, or the sender has lost its count */             \
	X(LEVEL, "level_too_low")     /* less protected than is asked of the user */               \
	X(DISCOVERY, "discovery")     /* a v3 sender asks who we are: no fault */

enum vg_snmp_refusal {
#define X(constant, word) VG_SNMP_REFUSED_##constant,
	VG_SNMP_REFUSALS(X)
#undef X
		VG_SNMP_REFUSAL_COUNT
};
extern const char *const vg_snmp_refusal_words[];

/* What became of a datagram. Everything is the reader's, until its next datagram. */
struct vg_snmp_trap {
	bool taken;
	enum vg_snmp_refusal refusal; /* not taken */
	struct vg_message message;    /* taken */
	const char *source, *actor;   /* of the credential */
	/* Taken: the answer to an inform, to be sent when it is durable. Not taken: what tells a v3
	 * sender why, to be sent at once. Length 0 = none. */
	const uint8_t *answer;
	size_t answer_length;
	/* An inform: what its repetition is known by, from the sender (its engine, or address and
	 * port), the request's number and what it says; "" = a trap. */
	char id[VG_SNMP_ID_MAX];
	const char *engine, *user; /* v3: what the sender named, the engine in hex; "" = not */
};

struct vg_snmp_reader;
/* access NULL = any community, and whatever v3 says openly: for captures. Both are borrowed. NULL =
 * out of memory. */
struct vg_snmp_reader *vg_snmp_reader_new(const struct vg_snmp_access *access,
					  const struct vg_snmp_engine *own);
void vg_snmp_reader_free(struct vg_snmp_reader *reader);
/* Access read anew; vg_snmp_access_use is the caller's. */
void vg_snmp_reader_set(struct vg_snmp_reader *reader, const struct vg_snmp_access *access);

/* `length` is at most VG_SNMP_DATAGRAM_MAX; `from` IPv4 or IPv6. */
void vg_snmp_read(struct vg_snmp_reader *reader, const uint8_t *bytes, size_t length,
		  const struct sockaddr *from, int64_t at_ms, struct vg_snmp_trap *out);

#endif
