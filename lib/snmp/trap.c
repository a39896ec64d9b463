/* trap.c - from a datagram to a message.
 *
 * The hard thing is whom to believe. A community is a secret of a kind, from where it may come; of
 * a user the library checks digest, time and cipher, and here it is checked besides that it is one
 * of ours, with that engine, as well protected as was asked, and that an inform names our engine,
 * since only then is its time ours to check. The library makes a record for every engine that an
 * unknown trap names unless it is told that it is the authority; it is told so, and so strangers
 * cost no memory. */
#include "lib/snmp/trap.h"

#include "lib/crypto/crypto.h"
#include "lib/snmp/value.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names and values of one message. */
#define TEXTS_SIZE  (VG_MESSAGE_VALUES_MAX * (MAX_OID_LEN * 11 + VG_MESSAGE_VALUE_MAX) + 4096)
#define ANSWER_SIZE 2048 /* to begin with: the library lets it grow */
#define PARTY_OPEN  "capture"

const char *const vg_snmp_refusal_words[] = {
#define X(constant, word) word,
	VG_SNMP_REFUSALS(X)
#undef X
};

struct vg_snmp_reader {
	const struct vg_snmp_access *access;
	struct vg_snmp_engine own;
	netsnmp_session session; /* what the library's functions want to know; never opened */
	netsnmp_pdu *pdu;	 /* of the newest datagram */
	uint8_t *bytes;		 /* of it: the library decrypts in place */
	u_char *answer;
	size_t answer_size;
	char peer[INET6_ADDRSTRLEN], engine[VG_HEX_LEN(VG_SNMP_ENGINE_MAX)];
	struct vg_snmp_texts texts;
	char text[TEXTS_SIZE];
	struct vg_message_value value[VG_MESSAGE_VALUES_MAX];
};

static const oid oid_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const oid oid_trap[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const oid oid_enterprise[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 3, 0};
static const oid oid_address[] = {1, 3, 6, 1, 6, 3, 18, 1, 3, 0};
static const oid oid_standard_traps[] = {1, 3, 6, 1, 6, 3, 1, 1, 5};

struct vg_snmp_reader *
vg_snmp_reader_new(const struct vg_snmp_access *access, const struct vg_snmp_engine *own)
{
	struct vg_snmp_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	reader->access = access;
	reader->own = *own;
	reader->bytes = malloc(VG_SNMP_DATAGRAM_MAX);
	reader->answer_size = ANSWER_SIZE;
	reader->answer = malloc(reader->answer_size);
	if (reader->bytes == NULL || reader->answer == NULL) {
		vg_snmp_reader_free(reader);
		return NULL;
	}
	snmp_sess_init(&reader->session);
	reader->session.version = SNMP_DEFAULT_VERSION;
	reader->session.isAuthoritative = SNMP_SESS_AUTHORITATIVE;
	reader->session.rcvMsgMaxSize = reader->session.sndMsgMaxSize = VG_SNMP_DATAGRAM_MAX;
	return reader;
}

void
vg_snmp_reader_free(struct vg_snmp_reader *reader)
{
	if (reader == NULL)
		return;
	snmp_free_pdu(reader->pdu);
	free(reader->answer);
	free(reader->bytes);
	free(reader);
}

void
vg_snmp_reader_set(struct vg_snmp_reader *reader, const struct vg_snmp_access *access)
{
	reader->access = access;
}

static void
refuse(struct vg_snmp_trap *out, enum vg_snmp_refusal why)
{
	out->taken = false;
	out->refusal = why;
}

/* --- addresses --- */

static unsigned
address_text(const struct sockaddr *from, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)from;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)from;

	if (from->sa_family == AF_INET) {
		(void)inet_ntop(AF_INET, &v4->sin_addr, out, INET6_ADDRSTRLEN);
		return ntohs(v4->sin_port);
	}
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		(void)inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, INET6_ADDRSTRLEN);
	else
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, out, INET6_ADDRSTRLEN);
	return ntohs(v6->sin6_port);
}

/* --- variables --- */

static bool
is_oid(const netsnmp_variable_list *variable, const oid *name, size_t length)
{
	return variable->name_length == length &&
	       memcmp(variable->name, name, length * sizeof(oid)) == 0;
}
#define IS_OID(variable, name) is_oid((variable), (name), sizeof(name) / sizeof((name)[0]))

static void
add_value(struct vg_snmp_reader *reader, struct vg_message *message, const char *name,
	  const char *value)
{
	if (message->count == VG_MESSAGE_VALUES_MAX) {
		message->cut++;
		return;
	}
	reader->value[message->count++] = (struct vg_message_value){name, value};
}

static void
add_variables(struct vg_snmp_reader *reader, struct vg_message *message)
{
	const netsnmp_variable_list *variable = reader->pdu->variables;
	struct vg_snmp_texts *texts = &reader->texts;
	const char *value;

	for (; variable != NULL; variable = variable->next_variable) {
		if (IS_OID(variable, oid_uptime))
			continue;
		if (IS_OID(variable, oid_trap)) {
			if (variable->type == ASN_OBJECT_ID)
				message->trap = vg_snmp_value_text(texts, variable);
			continue;
		}
		if (message->count == VG_MESSAGE_VALUES_MAX) {
			message->cut++;
			continue;
		}
		value = vg_snmp_value_text(texts, variable);
		if (IS_OID(variable, oid_address) && variable->type == ASN_IPADDRESS)
			message->host = value;
		add_value(reader, message,
			  vg_snmp_oid_text(texts, variable->name, variable->name_length), value);
	}
}

/* RFC 3584, 3.1: what the v1 trap would have been in v2. */
static void
convert_v1(struct vg_snmp_reader *reader, struct vg_message *message)
{
	const netsnmp_pdu *pdu = reader->pdu;
	struct vg_snmp_texts *texts = &reader->texts;
	const u_char *agent = pdu->agent_addr;
	oid trap[MAX_OID_LEN];
	size_t length = 0;
	char *text;

	if (pdu->trap_type >= SNMP_TRAP_COLDSTART &&
	    pdu->trap_type < SNMP_TRAP_ENTERPRISESPECIFIC) {
		length = sizeof(oid_standard_traps) / sizeof(oid);
		memcpy(trap, oid_standard_traps, sizeof(oid_standard_traps));
		trap[length++] = (oid)pdu->trap_type + 1;
	} else if (pdu->enterprise_length <= MAX_OID_LEN - 2) {
		length = pdu->enterprise_length;
		memcpy(trap, pdu->enterprise, length * sizeof(oid));
		trap[length++] = 0;
		trap[length++] = (oid)pdu->specific_type;
	}
	message->trap = vg_snmp_oid_text(texts, trap, length);
	if (pdu->enterprise_length > 0)
		add_value(reader, message,
			  vg_snmp_oid_text(texts, oid_enterprise,
					   sizeof(oid_enterprise) / sizeof(oid)),
			  vg_snmp_oid_text(texts, pdu->enterprise, pdu->enterprise_length));
	if (agent[0] == 0 && agent[1] == 0 && agent[2] == 0 && agent[3] == 0)
		return;
	text = texts->at; /* TEXTS_SIZE has room for what a v1 trap has besides its values */
	texts->at += INET_ADDRSTRLEN;
	message->host = inet_ntop(AF_INET, agent, text, INET_ADDRSTRLEN);
}

static void
make_message(struct vg_snmp_reader *reader, int64_t at_ms, struct vg_snmp_trap *out)
{
	struct vg_message *message = &out->message;

	message->form = VG_MESSAGE_TRAP;
	message->at_ms = at_ms;
	message->peer = reader->peer;
	message->host = "";
	message->trap = "0.0"; /* a notification that does not say which: kept as unknown */
	message->value = reader->value;
	if (reader->pdu->command == SNMP_MSG_TRAP)
		convert_v1(reader, message);
	add_variables(reader, message);
	out->taken = true;
}

/* --- informs --- */

static uint32_t
digest_text(uint32_t hash, const char *text)
{
	do /* FNV-1a, the ends of texts among it */
		hash = (hash ^ (uint8_t)*text) * 16777619U;
	while (*text++ != '\0');
	return hash;
}

/* Devices that start anew begin to count anew: so what is said counts too. */
static void
name_inform(struct vg_snmp_reader *reader, unsigned port, struct vg_snmp_trap *out)
{
	const netsnmp_pdu *pdu = reader->pdu;
	const netsnmp_variable_list *first = pdu->variables;
	uint32_t hash = digest_text(2166136261U, out->message.trap);
	char context[VG_HEX_LEN(VG_SNMP_ENGINE_MAX)];

	if (first != NULL && IS_OID(first, oid_uptime) && first->type == ASN_TIMETICKS)
		hash = (hash ^ (uint32_t)*first->val.integer) * 16777619U;
	for (size_t i = 0; i < out->message.count; i++)
		hash = digest_text(digest_text(hash, reader->value[i].name),
				   reader->value[i].value);
	if (pdu->version == SNMP_VERSION_3 && pdu->contextEngineIDLen > 0 &&
	    pdu->contextEngineIDLen <= VG_SNMP_ENGINE_MAX &&
	    (pdu->contextEngineIDLen != reader->own.length ||
	     memcmp(pdu->contextEngineID, reader->own.id, reader->own.length) != 0))
		(void)snprintf(out->id, sizeof(out->id), "%s/%ld/%08x",
			       vg_hex(pdu->contextEngineID, pdu->contextEngineIDLen, context),
			       pdu->reqid, hash);
	else
		(void)snprintf(out->id, sizeof(out->id), "[%s]:%u/%ld/%08x", reader->peer, port,
			       pdu->reqid, hash);
}

/* Encodes what the PDU has been made into. */
static void
encode(struct vg_snmp_reader *reader, struct vg_snmp_trap *out)
{
	size_t length = 0;

	if (snmp_build(&reader->answer, &reader->answer_size, &length, &reader->session,
		       reader->pdu) != 0)
		return;
	out->answer = reader->answer + reader->answer_size - length; /* it is built from its end */
	out->answer_length = length;
}

static void
answer_inform(struct vg_snmp_reader *reader, struct vg_snmp_trap *out)
{
	reader->pdu->command = SNMP_MSG_RESPONSE;
	reader->pdu->errstat = SNMP_ERR_NOERROR;
	reader->pdu->errindex = 0;
	encode(reader, out);
}

/* --- versions --- */

static bool
is_notification(const netsnmp_pdu *pdu)
{
	return pdu->version == SNMP_VERSION_1
		       ? pdu->command == SNMP_MSG_TRAP
		       : pdu->command == SNMP_MSG_TRAP2 || pdu->command == SNMP_MSG_INFORM;
}

static bool
let_in(struct vg_snmp_trap *out, const struct vg_snmp_party *party)
{
	out->source = party->source;
	out->actor = party->actor;
	return true;
}

static bool
check_community(struct vg_snmp_reader *reader, const struct sockaddr *from,
		struct vg_snmp_trap *out)
{
	const netsnmp_pdu *pdu = reader->pdu;
	const struct vg_snmp_party *party;
	bool known;

	if (reader->access == NULL)
		return true;
	party = vg_snmp_access_community(reader->access, pdu->community, pdu->community_len, from,
					 &known);
	if (party != NULL)
		return let_in(out, party);
	refuse(out, known ? VG_SNMP_REFUSED_ADDRESS : VG_SNMP_REFUSED_COMMUNITY);
	return false;
}

static enum vg_snmp_refusal
refusal_of(const netsnmp_pdu *pdu, int error)
{
	switch (error) {
	case SNMPERR_USM_UNKNOWNENGINEID:
		return pdu->securityEngineIDLen == 0 ? VG_SNMP_REFUSED_DISCOVERY
						     : VG_SNMP_REFUSED_ENGINE;
	case SNMPERR_USM_UNKNOWNSECURITYNAME:
		return VG_SNMP_REFUSED_USER;
	case SNMPERR_USM_AUTHENTICATIONFAILURE:
		return VG_SNMP_REFUSED_PASSWORD;
	case SNMPERR_USM_DECRYPTIONERROR:
		return VG_SNMP_REFUSED_PRIVACY;
	case SNMPERR_USM_NOTINTIMEWINDOW:
		return VG_SNMP_REFUSED_TIME;
	case SNMPERR_USM_UNSUPPORTEDSECURITYLEVEL:
		return VG_SNMP_REFUSED_LEVEL;
	case SNMPERR_UNKNOWN_SEC_MODEL:
		return VG_SNMP_REFUSED_VERSION;
	default:
		return VG_SNMP_REFUSED_MALFORMED;
	}
}

/* Tells a sender that awaits an answer what is wrong: so it learns our engine, and its time. */
static void
report(struct vg_snmp_reader *reader, int error, struct vg_snmp_trap *out)
{
	netsnmp_pdu *pdu = reader->pdu;

	if ((pdu->flags & SNMP_MSG_FLAG_RPRT_BIT) != 0 &&
	    snmpv3_make_report(pdu, error) == SNMPERR_SUCCESS)
		encode(reader, out);
}

static enum vg_snmp_level
level_of(const netsnmp_pdu *pdu)
{
	return pdu->securityLevel == SNMP_SEC_LEVEL_AUTHPRIV	 ? VG_SNMP_AUTH_PRIV
	       : pdu->securityLevel == SNMP_SEC_LEVEL_AUTHNOPRIV ? VG_SNMP_AUTH
								 : VG_SNMP_NO_AUTH;
}

static bool
is_own_engine(const struct vg_snmp_reader *reader)
{
	const netsnmp_pdu *pdu = reader->pdu;

	return pdu->securityEngineIDLen == reader->own.length &&
	       memcmp(pdu->securityEngineID, reader->own.id, reader->own.length) == 0;
}

/* Of what the library has found to be true: whether it is somebody whom we let in. */
static int
check_user(struct vg_snmp_reader *reader, const struct sockaddr *from, struct vg_snmp_trap *out)
{
	const netsnmp_pdu *pdu = reader->pdu;
	bool own = is_own_engine(reader);
	const struct vg_snmp_user *user;

	if (own != (pdu->command == SNMP_MSG_INFORM)) {
		refuse(out, VG_SNMP_REFUSED_ENGINE);
		return SNMPERR_USM_UNKNOWNENGINEID;
	}
	user = vg_snmp_access_user(reader->access, pdu->securityEngineID,
				   own ? 0 : pdu->securityEngineIDLen, pdu->securityName);
	if (user == NULL) {
		refuse(out, VG_SNMP_REFUSED_USER);
		return SNMPERR_USM_UNKNOWNSECURITYNAME;
	}
	if (level_of(pdu) < user->level) {
		refuse(out, VG_SNMP_REFUSED_LEVEL);
		return SNMPERR_USM_UNSUPPORTEDSECURITYLEVEL;
	}
	if (!vg_snmp_party_may(&user->party, from)) {
		refuse(out, VG_SNMP_REFUSED_ADDRESS);
		return SNMPERR_GENERR; /* nothing is reported */
	}
	(void)let_in(out, &user->party);
	return 0;
}

static void
name_sender(struct vg_snmp_reader *reader, struct vg_snmp_trap *out)
{
	const netsnmp_pdu *pdu = reader->pdu;

	if (pdu->securityEngineID != NULL && pdu->securityEngineIDLen <= VG_SNMP_ENGINE_MAX)
		out->engine =
			vg_hex(pdu->securityEngineID, pdu->securityEngineIDLen, reader->engine);
	if (pdu->securityName != NULL)
		out->user = pdu->securityName;
}

/* The library goes on to decode what it does not believe; a capture shows it. */
static bool
check_v3(struct vg_snmp_reader *reader, int error, const struct sockaddr *from,
	 struct vg_snmp_trap *out)
{
	netsnmp_pdu *pdu = reader->pdu;

	name_sender(reader, out);
	if (reader->access == NULL && pdu->securityLevel != SNMP_SEC_LEVEL_AUTHPRIV &&
	    is_notification(pdu))
		return true;
	if (error != 0) {
		refuse(out, refusal_of(pdu, error));
	} else if (reader->access == NULL || !is_notification(pdu)) {
		refuse(out, VG_SNMP_REFUSED_KIND);
		return false;
	} else {
		error = check_user(reader, from, out);
	}
	if (error != 0)
		report(reader, error, out);
	return error == 0;
}

static bool
check(struct vg_snmp_reader *reader, int error, const struct sockaddr *from,
      struct vg_snmp_trap *out)
{
	const netsnmp_pdu *pdu = reader->pdu;

	if (pdu->version == SNMP_VERSION_3)
		return check_v3(reader, error, from, out);
	if (pdu->version != SNMP_VERSION_1 && pdu->version != SNMP_VERSION_2c)
		refuse(out, error != 0 && pdu->version == SNMPERR_BAD_VERSION
				    ? VG_SNMP_REFUSED_MALFORMED
				    : VG_SNMP_REFUSED_VERSION);
	else if (error != 0)
		refuse(out, VG_SNMP_REFUSED_MALFORMED);
	else if (!is_notification(pdu))
		refuse(out, VG_SNMP_REFUSED_KIND);
	else
		return check_community(reader, from, out);
	return false;
}

void
vg_snmp_read(struct vg_snmp_reader *reader, const uint8_t *bytes, size_t length,
	     const struct sockaddr *from, int64_t at_ms, struct vg_snmp_trap *out)
{
	unsigned port = address_text(from, reader->peer);
	int error;

	memset(out, 0, sizeof(*out));
	out->source = out->actor = PARTY_OPEN;
	out->engine = out->user = "";
	snmp_free_pdu(reader->pdu);
	reader->pdu = calloc(1, sizeof(*reader->pdu));
	if (reader->pdu == NULL || length == 0 || length > VG_SNMP_DATAGRAM_MAX) {
		refuse(out, VG_SNMP_REFUSED_MALFORMED);
		return;
	}
	reader->texts = (struct vg_snmp_texts){reader->text, reader->text + sizeof(reader->text)};
	memcpy(reader->bytes, bytes, length);
	error = snmp_parse(NULL, &reader->session, reader->pdu, reader->bytes, length);
	if (!check(reader, error, from, out))
		return;
	make_message(reader, at_ms, out);
	if (reader->pdu->command == SNMP_MSG_INFORM) {
		name_inform(reader, port, out);
		if (reader->access != NULL)
			answer_inform(reader, out);
	}
}
