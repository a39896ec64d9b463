/* get.c - questions to an SNMP agent.
 *
 * The library's single-session calls do the work. The hard thing is what an agent may answer: less
 * than it was asked for, objects in no order, or errors about the user in a report; each becomes an
 * error that says whose it is, so that a wrong secret does not look like a dead device. */
#include "lib/snmp/get.h"

#include "lib/alarm/rules.h"
#include "lib/snmp/library.h"
#include "lib/snmp/value.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPETITIONS  25
#define TEXTS_BYTES  ((size_t)VG_SNMP_GET_MAX * (VG_MESSAGE_VALUE_MAX + 1000))
#define PEER_MAX     (NI_MAXHOST + 16)
#define SECRET_BYTES 8 /* at least, RFC 3414 11.2 */

struct vg_snmp_getter {
	struct snmp_session wanted;
	void *session;
	char peer[PEER_MAX];
	char host[200]; /* as given, for errors */
	int64_t wait_ms;
	char texts[TEXTS_BYTES];
};

/* --- opening --- */

static int
find_host(struct vg_snmp_getter *getter, const struct vg_snmp_target *target, struct vg_err *err)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
	struct addrinfo *found = NULL;
	char numeric[NI_MAXHOST];
	int rc = getaddrinfo(target->host, NULL, &hints, &found);

	if (rc == 0)
		rc = getnameinfo(found->ai_addr, found->ai_addrlen, numeric, sizeof(numeric), NULL,
				 0, NI_NUMERICHOST);
	if (rc == 0)
		(void)snprintf(getter->peer, sizeof(getter->peer),
			       found->ai_family == AF_INET6 ? "udp6:[%s]:%d" : "udp:%s:%d", numeric,
			       target->port);
	if (found != NULL)
		freeaddrinfo(found);
	if (rc != 0)
		return vg_err_set(err, VG_EINVALID, "cannot find %s: %s", target->host,
				  gai_strerror(rc));
	return 0;
}

/* The key that a secret makes, as the library wants it in a session. */
static int
make_key(const struct snmp_session *s, const char *what, const char *secret, u_char *key,
	 size_t *length, struct vg_err *err)
{
	*length = USM_AUTH_KU_LEN;
	if (secret == NULL || strlen(secret) < SECRET_BYTES)
		return vg_err_set(err, VG_EINVALID, "%s: expected at least %d bytes", what,
				  SECRET_BYTES);
	if (generate_Ku(s->securityAuthProto, (u_int)s->securityAuthProtoLen,
			(const u_char *)secret, strlen(secret), key, length) != SNMPERR_SUCCESS)
		return vg_err_set(err, VG_EINVALID, "%s: no key can be made of it", what);
	return 0;
}

static int
set_user(struct vg_snmp_getter *getter, const struct vg_snmp_target *target, struct vg_err *err)
{
	struct snmp_session *s = &getter->wanted;
	int type, rc;

	s->version = SNMP_VERSION_3;
	s->securityModel = SNMP_SEC_MODEL_USM;
	s->securityName = (char *)(uintptr_t)target->user;
	s->securityNameLen = strlen(target->user);
	s->contextName = (char *)(uintptr_t)target->context;
	s->contextNameLen = strlen(target->context);
	s->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	if (target->auth == NULL)
		return target->priv == NULL ? 0
					    : vg_err_set(err, VG_EINVALID,
							 "encryption wants authentication, too");
	type = usm_lookup_auth_type(target->auth);
	if (type <= 0)
		return vg_err_set(err, VG_EINVALID,
				  "\"%s\": expected MD5, SHA, SHA-224, SHA-256, SHA-384 or SHA-512",
				  target->auth);
	s->securityAuthProto = sc_get_auth_oid(type, &s->securityAuthProtoLen);
	s->securityLevel = SNMP_SEC_LEVEL_AUTHNOPRIV;
	rc = make_key(s, "authentication secret", target->auth_secret, s->securityAuthKey,
		      &s->securityAuthKeyLen, err);
	if (rc != 0 || target->priv == NULL)
		return rc;
	type = usm_lookup_priv_type(target->priv);
	if (type <= 0)
		return vg_err_set(err, VG_EINVALID, "\"%s\": expected DES, AES, AES-192 or AES-256",
				  target->priv);
	s->securityPrivProto = sc_get_priv_oid(type, &s->securityPrivProtoLen);
	s->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
	return make_key(s, "encryption secret", target->priv_secret, s->securityPrivKey,
			&s->securityPrivKeyLen, err);
}

/* What the library says after a call that failed. */
static int
failed(const struct vg_snmp_getter *getter, struct vg_err *err)
{
	char *text = NULL;
	int code = 0, system_code = 0, rc = VG_EPROTO;

	if (getter->session != NULL)
		snmp_sess_error(getter->session, &system_code, &code, &text);
	else
		snmp_error(&(struct snmp_session){.s_snmp_errno = snmp_errno}, &system_code, &code,
			   &text);
	switch (code) {
	case SNMPERR_TIMEOUT:
		rc = vg_err_set(err, VG_EIO, "%s does not answer (waited %lld s)", getter->host,
				(long long)(getter->wait_ms + 999) / 1000);
		break;
	case SNMPERR_UNKNOWN_USER_NAME:
	case SNMPERR_AUTHENTICATION_FAILURE:
	case SNMPERR_UNSUPPORTED_SEC_LEVEL:
	case SNMPERR_DECRYPTION_ERR:
		rc = vg_err_set(err, VG_EDENIED, "%s does not let this user in: %s", getter->host,
				text != NULL ? text : "no reason");
		break;
	default:
		rc = vg_err_set(err, VG_EPROTO, "%s: %s", getter->host,
				text != NULL ? text : "no reason");
		break;
	}
	free(text);
	return rc;
}

int
vg_snmp_getter_new(struct vg_snmp_getter **out, const struct vg_snmp_target *target,
		   struct vg_err *err)
{
	struct vg_snmp_getter *getter = calloc(1, sizeof(*getter));
	struct vg_snmp_engine engine;
	int rc;

	if (getter == NULL)
		return vg_err_set(err, VG_ENOMEM, "snmp: out of memory");
	vg_snmp_engine_new(&engine);
	vg_snmp_start(&engine);
	snmp_sess_init(&getter->wanted);
	(void)snprintf(getter->host, sizeof(getter->host), "%s", target->host);
	getter->wait_ms = target->timeout_ms * target->tries;
	getter->wanted.timeout = (long)(target->timeout_ms * 1000);
	getter->wanted.retries = target->tries - 1;
	if ((rc = find_host(getter, target, err)) != 0)
		goto fail;
	getter->wanted.peername = getter->peer;
	if (target->community != NULL) {
		getter->wanted.version = SNMP_VERSION_2c;
		getter->wanted.community = (u_char *)(uintptr_t)target->community;
		getter->wanted.community_len = strlen(target->community);
	} else if ((rc = set_user(getter, target, err)) != 0) {
		goto fail;
	}
	getter->session = snmp_sess_open(&getter->wanted);
	if (getter->session == NULL) {
		rc = failed(getter, err);
		goto fail;
	}
	*out = getter;
	return 0;
fail:
	vg_snmp_getter_free(getter);
	return rc;
}

void
vg_snmp_getter_free(struct vg_snmp_getter *getter)
{
	if (getter == NULL)
		return;
	if (getter->session != NULL)
		(void)snmp_sess_close(getter->session);
	explicit_bzero(&getter->wanted, sizeof(getter->wanted));
	free(getter);
}

/* --- questions --- */

static int
read_oid(const char *text, oid *out, size_t *length, struct vg_err *err)
{
	const char *at = text + (*text == '.');
	char *end;

	for (*length = 0; *length < MAX_OID_LEN; at = end + 1) {
		unsigned long arc = strtoul(at, &end, 10);

		if (*at < '0' || *at > '9' || arc > UINT32_MAX || (*end != '.' && *end != '\0'))
			break;
		out[(*length)++] = arc;
		if (*end == '\0' && *length >= 2)
			return 0;
		if (*end == '\0')
			break;
	}
	return vg_err_set(err, VG_EINVALID, "\"%.200s\": expected an OID such as 1.3.6.1.2.1.1.3.0",
			  text);
}

/* Sends `question`, which it takes over. */
static int
ask(struct vg_snmp_getter *getter, netsnmp_pdu *question, netsnmp_pdu **answer, struct vg_err *err)
{
	int rc;

	*answer = NULL;
	if (snmp_sess_synch_response(getter->session, question, answer) != STAT_SUCCESS) {
		rc = failed(getter, err);
	} else if ((*answer)->errstat != SNMP_ERR_NOERROR) {
		rc = vg_err_set(err, VG_EPROTO, "%s answers: %s", getter->host,
				snmp_errstring((int)(*answer)->errstat));
	} else {
		return 0;
	}
	if (*answer != NULL)
		snmp_free_pdu(*answer);
	*answer = NULL;
	return rc;
}

static bool
exists(const netsnmp_variable_list *variable)
{
	return variable->type != SNMP_NOSUCHOBJECT && variable->type != SNMP_NOSUCHINSTANCE &&
	       variable->type != SNMP_ENDOFMIBVIEW && variable->type != ASN_NULL;
}

static struct vg_snmp_got
got_of(struct vg_snmp_texts *texts, const netsnmp_variable_list *variable)
{
	struct vg_snmp_got got = {
		.oid = vg_snmp_oid_text(texts, variable->name, variable->name_length),
		.rest = "",
		.exists = exists(variable),
		.text = "",
	};
	char *end;

	if (!got.exists)
		return got;
	got.text = vg_snmp_value_text(texts, variable);
	if (variable->type == ASN_OBJECT_ID || variable->type == ASN_IPADDRESS)
		return got;
	got.number = strtod(got.text, &end);
	/* octets are a number when they read as one: many agents have fractions so */
	got.is_number = end != got.text && *end == '\0' &&
			got.text[strspn(got.text, "0123456789+-.eE")] == '\0';
	return got;
}

int
vg_snmp_get(struct vg_snmp_getter *getter, const char *const *name, size_t count,
	    struct vg_snmp_got *out, struct vg_err *err)
{
	struct vg_snmp_texts texts = {getter->texts, getter->texts + sizeof(getter->texts)};
	netsnmp_pdu *question = snmp_pdu_create(SNMP_MSG_GET), *answer;
	const netsnmp_variable_list *variable;
	size_t done = 0;
	int rc = 0;

	VG_ASSERT(count > 0 && count <= VG_SNMP_GET_MAX);
	if (question == NULL)
		return vg_err_set(err, VG_ENOMEM, "snmp: out of memory");
	for (size_t i = 0; i < count && rc == 0; i++) {
		oid arcs[MAX_OID_LEN];
		size_t length;

		if ((rc = read_oid(name[i], arcs, &length, err)) == 0)
			(void)snmp_add_null_var(question, arcs, length);
	}
	if (rc != 0) {
		snmp_free_pdu(question);
		return rc;
	}
	if ((rc = ask(getter, question, &answer, err)) != 0)
		return rc;
	for (variable = answer->variables; variable != NULL && done < count;
	     variable = variable->next_variable)
		out[done++] = got_of(&texts, variable);
	snmp_free_pdu(answer);
	if (done < count)
		return vg_err_set(err, VG_EPROTO, "%s answers %zu of %zu values", getter->host,
				  done, count);
	return 0;
}

/* --- walks --- */

struct walk {
	struct vg_snmp_getter *getter;
	oid root[MAX_OID_LEN], last[MAX_OID_LEN];
	size_t root_length, last_length;
	size_t given, max;
	vg_snmp_walk_cb *on_value;
	void *arg;
	bool over;
};

static int
give(struct walk *walk, const netsnmp_variable_list *variable, size_t root_text, struct vg_err *err)
{
	struct vg_snmp_texts texts = {walk->getter->texts,
				      walk->getter->texts + sizeof(walk->getter->texts)};
	struct vg_snmp_got got;

	if (!exists(variable) || snmp_oidtree_compare(variable->name, variable->name_length,
						      walk->root, walk->root_length) != 0) {
		walk->over = true;
		return 0;
	}
	if (snmp_oid_compare(variable->name, variable->name_length, walk->last,
			     walk->last_length) <= 0)
		return vg_err_set(err, VG_EPROTO, "%s goes in circles below what was asked for",
				  walk->getter->host);
	if (walk->given++ == walk->max)
		return vg_err_set(err, VG_ELIMIT, "%s has more than %zu values", walk->getter->host,
				  walk->max);
	got = got_of(&texts, variable);
	if (got.oid[root_text] == '.')
		got.rest = got.oid + root_text + 1;
	walk->on_value(&got, walk->arg);
	memcpy(walk->last, variable->name, variable->name_length * sizeof(oid));
	walk->last_length = variable->name_length;
	return 0;
}

static int
walk_on(struct walk *walk, size_t root_text, struct vg_err *err)
{
	netsnmp_pdu *question = snmp_pdu_create(SNMP_MSG_GETBULK), *answer;
	int rc;

	if (question == NULL)
		return vg_err_set(err, VG_ENOMEM, "snmp: out of memory");
	question->non_repeaters = 0;
	question->max_repetitions = REPETITIONS;
	(void)snmp_add_null_var(question, walk->last, walk->last_length);
	if ((rc = ask(walk->getter, question, &answer, err)) != 0)
		return rc;
	walk->over = answer->variables == NULL;
	for (const netsnmp_variable_list *variable = answer->variables;
	     variable != NULL && rc == 0 && !walk->over; variable = variable->next_variable)
		rc = give(walk, variable, root_text, err);
	snmp_free_pdu(answer);
	return rc;
}

int
vg_snmp_walk(struct vg_snmp_getter *getter, const char *name, size_t max, vg_snmp_walk_cb *on_value,
	     void *arg, struct vg_err *err)
{
	struct walk walk = {.getter = getter, .max = max, .on_value = on_value, .arg = arg};
	struct vg_snmp_texts texts = {getter->texts, getter->texts + sizeof(getter->texts)};
	size_t root_text;
	int rc = read_oid(name, walk.root, &walk.root_length, err);

	if (rc != 0)
		return rc;
	root_text = strlen(vg_snmp_oid_text(&texts, walk.root, walk.root_length));
	memcpy(walk.last, walk.root, sizeof(walk.last));
	walk.last_length = walk.root_length;
	while (rc == 0 && !walk.over)
		rc = walk_on(&walk, root_text, err);
	return rc;
}
