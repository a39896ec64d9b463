/* Traps and informs: captured ones, made ones, hostile ones, and who is let in. */
#include "lib/capture/capture.h"
#include "lib/crypto/crypto.h"
#include "lib/snmp/trap.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>

#define DATA VG_TEST_DATA "/snmp-traps/"

static struct vg_snmp_engine engine;
static char directory[] = "/tmp/vg-snmp-XXXXXX";

static const char *
in_directory(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *out = path[turn++ % 4];

	(void)snprintf(out, sizeof(path[0]), "%s/%s", directory, name);
	return out;
}

static const char *
write_file(const char *name, const char *text)
{
	const char *path = in_directory(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

static int
set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(directory));
	vg_snmp_engine_new(&engine);
	vg_snmp_start(&engine);
	return 0;
}

static int
tear_down(void **state)
{
	char command[160];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

static struct sockaddr_in
address(const char *text, int port)
{
	struct sockaddr_in out = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	assert_int_equal(inet_pton(AF_INET, text, &out.sin_addr), 1);
	return out;
}

/* --- captures --- */

struct seen {
	struct vg_snmp_reader *reader;
	size_t taken, refused[VG_SNMP_REFUSAL_COUNT];
	char trap[200], host[64];
	size_t values;
};

static bool
on_captured(const struct vg_captured *datagram, void *arg)
{
	struct seen *seen = arg;
	struct vg_snmp_trap trap;

	vg_snmp_read(seen->reader, datagram->bytes, datagram->length, &datagram->from.any,
		     datagram->at_ms, &trap);
	if (trap.taken) {
		seen->taken++;
		(void)snprintf(seen->trap, sizeof(seen->trap), "%s", trap.message.trap);
		(void)snprintf(seen->host, sizeof(seen->host), "%s", trap.message.host);
		seen->values = trap.message.count;
	} else {
		seen->refused[trap.refusal]++;
	}
	return true;
}

static int64_t
read_capture(const char *path, struct seen *out)
{
	int64_t count;

	memset(out, 0, sizeof(*out));
	out->reader = vg_snmp_reader_new(NULL, &engine);
	assert_non_null(out->reader);
	count = vg_capture_read(path, on_captured, out, NULL);
	vg_snmp_reader_free(out->reader);
	return count;
}

static void
captured_trap_of_v1_is_converted(void **state)
{
	struct seen seen;

	(void)state;
	assert_int_equal(read_capture(DATA "zeek-snmpv1_trap.pcap", &seen), 1);
	assert_int_equal(seen.taken, 1);
	assert_string_equal(seen.trap, "1.3.6.1.6.3.1.1.5.1");
	assert_true(seen.host[0] != '\0');
}

static void
captured_questions_are_no_notifications(void **state)
{
	struct seen seen;

	(void)state;
	assert_true(read_capture(DATA "zeek-snmpv1_get.pcap", &seen) > 1);
	assert_int_equal(seen.taken, 0);
	assert_int_equal(read_capture(DATA "zeek-snmpv2_get_bulk.pcap", &seen), 2);
	assert_int_equal(seen.refused[VG_SNMP_REFUSED_KIND], 2);
	assert_true(read_capture(DATA "zeek-snmpv3_get_next.pcap", &seen) > 1);
	assert_int_equal(seen.taken, 0);
}

static void
broken_packets_are_malformed(void **state)
{
	static const char *const files[] = {DATA "tcpdump-snmp-heapoverflow-1.pcap",
					    DATA "tcpdump-ip-snmp-leftshift-unsigned.pcap",
					    DATA "zeek-snmp-oid-subidentifier-too-long.pcap"};
	struct seen seen;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		assert_true(read_capture(files[i], &seen) >= 0);
		assert_int_equal(seen.taken, 0);
	}
}

/* file, name, hex */
static void
captured_packets_of_gosnmp(void **state)
{
	FILE *file = fopen(DATA "gosnmp-packets.tsv", "r");
	char line[4096], hex[2100], name[64];
	size_t taken = 0, hidden = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		struct seen seen;

		if (sscanf(line, "%*s %63s %2099[0-9a-f]", name, hex) != 2)
			continue;
		assert_int_equal(read_capture(write_file("gosnmp.hex", hex), &seen), 1);
		if (seen.taken == 1)
			assert_string_equal(seen.trap, "1.3.6.1.2.1.1");
		taken += seen.taken;
		hidden += seen.refused[VG_SNMP_REFUSED_USER] + seen.refused[VG_SNMP_REFUSED_ENGINE];
	}
	(void)fclose(file);
	assert_int_equal(taken, 2);
	assert_int_equal(hidden, 1);
}

/* The member of a flat JSON line; what follows is cut off by the caller's buffer. */
static bool
member(const char *line, const char *name, char *out, size_t size)
{
	char key[40];
	const char *at;

	(void)snprintf(key, sizeof(key), "\"%s\": \"", name);
	at = strstr(line, key);
	if (at == NULL)
		return false;
	at += strlen(key);
	(void)snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
	return true;
}

static void
traps_of_many_vendors_get_their_oid(void **state)
{
	FILE *file = fopen(VG_SOURCE_DIR "/../shared/data/snmp-traps/librenms-traps.jsonl", "r");
	static char line[65536], hex[16384];
	size_t traps = 0;

	(void)state;
	if (file == NULL) {
		print_message("librenms-traps.jsonl is not beside the source: skipped\n");
		skip();
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		struct seen seen;

		if (!member(line, "wire_hex", hex, sizeof(hex)))
			continue;
		assert_int_equal(read_capture(write_file("trap.hex", hex), &seen), 1);
		assert_int_equal(seen.taken, 1);
		assert_int_equal(strncmp(seen.trap, "1.3.6.1.", 8), 0);
		traps++;
	}
	(void)fclose(file);
	assert_int_equal(traps, 88);
}

static void
text_that_is_no_capture_is_refused_with_its_line(void **state)
{
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(
		vg_capture_read(write_file("no.hex", "# none\n30 0g\n"), on_captured, NULL, &err),
		VG_EINVALID);
	assert_non_null(strstr(err.text, "no.hex:2: expected"));
	assert_int_equal(vg_capture_read(in_directory("absent"), on_captured, NULL, &err),
			 VG_ENOTFOUND);
}

/* --- made ones --- */

static const oid link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
static const oid trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const oid uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const oid some[] = {1, 3, 6, 1, 4, 1, 99999, 1, 7};

static void
add(netsnmp_pdu *pdu, const oid *name, size_t length, u_char type, const void *value, size_t size)
{
	assert_non_null(snmp_pdu_add_variable(pdu, name, length, type, value, size));
}
#define ADD(pdu, name, type, value, size)                                                          \
	add((pdu), (name), sizeof(name) / sizeof(oid), (type), (value), (size))

static netsnmp_pdu *
notification(int command, const char *community)
{
	netsnmp_pdu *pdu = snmp_pdu_create(command);
	long ticks = 4711;

	assert_non_null(pdu);
	pdu->version = SNMP_VERSION_2c;
	pdu->reqid = 77;
	pdu->community = (u_char *)strdup(community);
	pdu->community_len = strlen(community);
	ADD(pdu, uptime, ASN_TIMETICKS, &ticks, sizeof(ticks));
	ADD(pdu, trap_oid, ASN_OBJECT_ID, link_down, sizeof(link_down));
	return pdu;
}

/* Frees the PDU. */
static void
encode_and_read(struct vg_snmp_reader *reader, netsnmp_pdu *pdu, const char *from,
		struct vg_snmp_trap *out)
{
	struct sockaddr_in peer = address(from, 5555);
	netsnmp_session session;
	size_t size = 4096, length = 0;
	u_char *bytes = malloc(size);

	snmp_sess_init(&session);
	session.version = pdu->version;
	assert_int_equal(snmp_build(&bytes, &size, &length, &session, pdu), 0);
	snmp_free_pdu(pdu);
	vg_snmp_read(reader, bytes + size - length, length, (const struct sockaddr *)&peer, 1000,
		     out);
	free(bytes);
}

static struct vg_snmp_access *
load(const char *text)
{
	struct vg_yaml_errors errors = {0};
	struct vg_snmp_access *access =
		vg_snmp_access_load(write_file("access.yaml", text), &errors);

	for (size_t i = 0; i < errors.count; i++)
		print_message("%s\n", errors.text[i]);
	vg_yaml_errors_free(&errors);
	assert_non_null(access);
	return access;
}

static const char communities[] = "communities:\n"
				  "  - community: public\n    source: net\n"
				  "    from: [192.0.2.0/25, \"2001:db8::/32\"]\n"
				  "  - community: other\n    source: elsewhere\n";

static void
trap_of_v2_becomes_a_message(void **state)
{
	struct vg_snmp_access *access = load(communities);
	struct vg_snmp_reader *reader = vg_snmp_reader_new(access, &engine);
	netsnmp_pdu *pdu = notification(SNMP_MSG_TRAP2, "public");
	static const u_char mac[] = {0xde, 0xad, 0, 0xef}, ip[] = {198, 51, 100, 7};
	struct vg_snmp_trap trap;
	long number = -5;

	(void)state;
	ADD(pdu, some, ASN_INTEGER, &number, sizeof(number));
	ADD(pdu, some, ASN_OCTET_STR, "Växjö\r\nrad 2", strlen("Växjö\r\nrad 2"));
	ADD(pdu, some, ASN_OCTET_STR, mac, sizeof(mac));
	ADD(pdu, some, ASN_IPADDRESS, ip, sizeof(ip));
	ADD(pdu, some, ASN_OBJECT_ID, some, sizeof(some));
	encode_and_read(reader, pdu, "192.0.2.9", &trap);
	assert_true(trap.taken);
	assert_string_equal(trap.source, "net");
	assert_string_equal(trap.message.trap, "1.3.6.1.6.3.1.1.5.3");
	assert_string_equal(trap.message.peer, "192.0.2.9");
	assert_string_equal(trap.message.host, "");
	assert_int_equal(trap.message.at_ms, 1000);
	assert_int_equal(trap.message.count, 5);
	assert_string_equal(trap.message.value[0].name, "1.3.6.1.4.1.99999.1.7");
	assert_string_equal(trap.message.value[0].value, "-5");
	assert_string_equal(trap.message.value[1].value, "Växjö  rad 2");
	assert_string_equal(trap.message.value[2].value, "de ad 00 ef");
	assert_string_equal(trap.message.value[3].value, "198.51.100.7");
	assert_string_equal(trap.message.value[4].value, "1.3.6.1.4.1.99999.1.7");
	assert_int_equal(trap.answer_length, 0);
	assert_string_equal(trap.id, "");
	vg_snmp_reader_free(reader);
	vg_snmp_access_free(access);
}

static void
trap_of_v1_is_of_its_enterprise(void **state)
{
	struct vg_snmp_access *access = load(communities);
	struct vg_snmp_reader *reader = vg_snmp_reader_new(access, &engine);
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_TRAP);
	static const u_char agent[] = {203, 0, 113, 5};
	struct vg_snmp_trap trap;

	(void)state;
	pdu->version = SNMP_VERSION_1;
	pdu->community = (u_char *)strdup("public");
	pdu->community_len = 6;
	pdu->enterprise = snmp_duplicate_objid(some, 8);
	pdu->enterprise_length = 8;
	pdu->trap_type = SNMP_TRAP_ENTERPRISESPECIFIC;
	pdu->specific_type = 42;
	memcpy(pdu->agent_addr, agent, sizeof(agent));
	encode_and_read(reader, pdu, "192.0.2.9", &trap);
	assert_true(trap.taken);
	assert_string_equal(trap.message.trap, "1.3.6.1.4.1.99999.1.0.42");
	assert_string_equal(trap.message.host, "203.0.113.5");
	assert_string_equal(trap.message.value[0].name, "1.3.6.1.6.3.1.1.4.3.0");
	vg_snmp_reader_free(reader);
	vg_snmp_access_free(access);
}

static void
too_many_and_too_long_values_are_cut(void **state)
{
	struct vg_snmp_access *access = load(communities);
	struct vg_snmp_reader *reader = vg_snmp_reader_new(access, &engine);
	netsnmp_pdu *pdu = notification(SNMP_MSG_TRAP2, "other");
	struct vg_snmp_trap trap;
	char text[1500];

	(void)state;
	memset(text, 'x', sizeof(text));
	ADD(pdu, some, ASN_OCTET_STR, text, sizeof(text));
	memset(text, 0xff, sizeof(text));
	for (int i = 0; i < VG_MESSAGE_VALUES_MAX + 2; i++)
		ADD(pdu, some, ASN_OCTET_STR, text, 300);
	encode_and_read(reader, pdu, "198.51.100.1", &trap);
	assert_true(trap.taken);
	assert_int_equal(trap.message.count, VG_MESSAGE_VALUES_MAX);
	assert_int_equal(trap.message.cut, 3);
	assert_int_equal(strlen(trap.message.value[0].value), VG_MESSAGE_VALUE_MAX);
	for (size_t i = 1; i < trap.message.count; i++)
		assert_int_equal(strncmp(trap.message.value[i].value, "ff ff", 5), 0);
	vg_snmp_reader_free(reader);
	vg_snmp_access_free(access);
}

static void
communities_are_let_in_from_their_networks(void **state)
{
	static const struct {
		const char *community, *from;
		int want; /* -1 = taken */
	} cases[] = {
		{"public", "192.0.2.127", -1},
		{"public", "192.0.2.128", VG_SNMP_REFUSED_ADDRESS},
		{"other", "203.0.113.1", -1},
		{"Public", "192.0.2.1", VG_SNMP_REFUSED_COMMUNITY},
		{"publi", "192.0.2.1", VG_SNMP_REFUSED_COMMUNITY},
		{"", "192.0.2.1", VG_SNMP_REFUSED_COMMUNITY},
	};
	struct vg_snmp_access *access = load(communities);
	struct vg_snmp_reader *reader = vg_snmp_reader_new(access, &engine);
	struct vg_snmp_trap trap;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		encode_and_read(reader, notification(SNMP_MSG_TRAP2, cases[i].community),
				cases[i].from, &trap);
		assert_int_equal(trap.taken ? -1 : (int)trap.refusal, cases[i].want);
	}
	encode_and_read(reader, notification(SNMP_MSG_GET, "other"), "192.0.2.1", &trap);
	assert_false(trap.taken);
	assert_int_equal(trap.refusal, VG_SNMP_REFUSED_KIND);
	vg_snmp_reader_free(reader);
	vg_snmp_access_free(access);
}

static void
inform_of_v2_has_an_answer_and_a_name(void **state)
{
	struct vg_snmp_access *access = load(communities);
	struct vg_snmp_reader *reader = vg_snmp_reader_new(access, &engine);
	netsnmp_pdu *pdu = notification(SNMP_MSG_INFORM, "public");
	struct vg_snmp_trap trap;
	char first[VG_SNMP_ID_MAX];
	long number = 1;

	(void)state;
	encode_and_read(reader, pdu, "192.0.2.9", &trap);
	assert_true(trap.taken);
	assert_int_equal(strncmp(trap.id, "[192.0.2.9]:5555/77/", 20), 0);
	assert_true(trap.answer_length > 20);
	(void)strcpy(first, trap.id);
	encode_and_read(reader, notification(SNMP_MSG_INFORM, "public"), "192.0.2.9", &trap);
	assert_string_equal(trap.id, first);
	pdu = notification(SNMP_MSG_INFORM, "public"); /* same number, other content */
	ADD(pdu, some, ASN_INTEGER, &number, sizeof(number));
	encode_and_read(reader, pdu, "192.0.2.9", &trap);
	assert_string_not_equal(trap.id, first);
	vg_snmp_reader_free(reader);
	vg_snmp_access_free(access);
}

/* --- users --- */

#define SENDER "80001f8805aabbccddeeff"

static netsnmp_pdu *
notification_v3(int command, const char *user, int level, const uint8_t *id, size_t length)
{
	netsnmp_pdu *pdu = notification(command, "");

	pdu->version = SNMP_VERSION_3;
	pdu->securityModel = SNMP_SEC_MODEL_USM;
	pdu->securityLevel = level;
	pdu->securityName = strdup(user);
	pdu->securityNameLen = strlen(user);
	pdu->securityEngineID = netsnmp_memdup(id, length);
	pdu->securityEngineIDLen = length;
	pdu->contextEngineID = netsnmp_memdup(id, length);
	pdu->contextEngineIDLen = length;
	pdu->contextName = strdup("");
	pdu->msgMaxSize = VG_SNMP_DATAGRAM_MAX;
	pdu->msgid = 5;
	return pdu;
}

static struct vg_snmp_access *
load_users(void)
{
	static char text[1200];
	const char *auth = write_file("auth", "authphrase\n"),
		   *priv = write_file("priv", "privphrase");

	(void)snprintf(text, sizeof(text),
		       "users:\n"
		       "  - {user: strong, engine: %s, auth: sha512, auth_file: %s, priv: aes256, "
		       "priv_file: %s, source: s1}\n"
		       "  - {user: strong, auth: sha, auth_file: %s, priv: des, priv_file: %s, "
		       "source: s2}\n"
		       "  - {user: middle, engine: %s, auth: md5, auth_file: %s, source: s3}\n"
		       "  - {user: middle, auth: sha256, auth_file: %s, level: noAuthNoPriv, "
		       "source: s5}\n"
		       "  - {user: open, engine: %s, source: s4, from: [192.0.2.1]}\n",
		       SENDER, auth, priv, auth, priv, SENDER, auth, auth, SENDER);
	return load(text);
}

static void
users_are_let_in_as_their_engine_and_level_say(void **state)
{
	struct vg_snmp_access *access = load_users();
	struct vg_snmp_reader *reader = vg_snmp_reader_new(access, &engine);
	static const struct {
		int command;
		const char *user;
		int level;
		bool own; /* names our engine */
		const char *from;
		int want; /* -1 = taken */
		const char *source;
	} cases[] = {
		{SNMP_MSG_TRAP2, "strong", SNMP_SEC_LEVEL_AUTHPRIV, false, "192.0.2.1", -1, "s1"},
		{SNMP_MSG_INFORM, "strong", SNMP_SEC_LEVEL_AUTHPRIV, true, "192.0.2.1", -1, "s2"},
		{SNMP_MSG_TRAP2, "middle", SNMP_SEC_LEVEL_AUTHNOPRIV, false, "192.0.2.1", -1, "s3"},
		{SNMP_MSG_TRAP2, "open", SNMP_SEC_LEVEL_NOAUTH, false, "192.0.2.1", -1, "s4"},
		{SNMP_MSG_INFORM, "middle", SNMP_SEC_LEVEL_NOAUTH, true, "192.0.2.1", -1, "s5"},
		{SNMP_MSG_TRAP2, "open", SNMP_SEC_LEVEL_NOAUTH, false, "192.0.2.2",
		 VG_SNMP_REFUSED_ADDRESS, NULL},
		{SNMP_MSG_TRAP2, "strong", SNMP_SEC_LEVEL_AUTHNOPRIV, false, "192.0.2.1",
		 VG_SNMP_REFUSED_LEVEL, NULL},
		{SNMP_MSG_TRAP2, "strong", SNMP_SEC_LEVEL_AUTHPRIV, true, "192.0.2.1",
		 VG_SNMP_REFUSED_ENGINE, NULL}, /* traps are of the sender's engine */
		{SNMP_MSG_INFORM, "strong", SNMP_SEC_LEVEL_AUTHPRIV, false, "192.0.2.1",
		 VG_SNMP_REFUSED_ENGINE, NULL}, /* and informs for ours */
	};
	uint8_t sender[sizeof(SENDER) / 2];
	struct vg_snmp_trap trap;

	(void)state;
	assert_int_equal(vg_unhex(SENDER, sender, sizeof(sender)), 0);
	assert_int_equal(vg_snmp_access_use(access, &engine, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		encode_and_read(reader,
				notification_v3(cases[i].command, cases[i].user, cases[i].level,
						cases[i].own ? engine.id : sender,
						cases[i].own ? engine.length : sizeof(sender)),
				cases[i].from, &trap);
		assert_int_equal(trap.taken ? -1 : (int)trap.refusal, cases[i].want);
		if (cases[i].source != NULL) {
			assert_string_equal(trap.source, cases[i].source);
			assert_string_equal(trap.actor, cases[i].user);
			assert_string_equal(trap.message.trap, "1.3.6.1.6.3.1.1.5.3");
		}
		assert_int_equal(trap.answer_length > 0, cases[i].command == SNMP_MSG_INFORM);
	}
	vg_snmp_reader_free(reader);
	vg_snmp_access_free(access);
}

static void
strangers_are_named_and_cost_no_memory(void **state)
{
	struct vg_snmp_access *access = load_users();
	struct vg_snmp_reader *reader = vg_snmp_reader_new(access, &engine);
	uint8_t stranger[9] = {0x80, 0, 0, 1, 5, 1, 2, 3, 4};
	struct vg_snmp_trap trap;

	(void)state;
	assert_int_equal(vg_snmp_access_use(access, &engine, NULL), 0);
	encode_and_read(reader,
			notification_v3(SNMP_MSG_TRAP2, "", SNMP_SEC_LEVEL_NOAUTH, stranger,
					sizeof(stranger)),
			"192.0.2.1", &trap);
	assert_false(trap.taken);
	assert_int_equal(trap.refusal, VG_SNMP_REFUSED_ENGINE);
	assert_string_equal(trap.engine, "800000010501020304");
	assert_int_equal(trap.answer_length, 0); /* a trap is not answered */
	assert_null(search_enginetime_list(stranger, sizeof(stranger)));
	vg_snmp_reader_free(reader);
	vg_snmp_access_free(access);
}

static void
errors_of_the_access_file_say_what_and_where(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"communities: [{community: a}]", "access.yaml:1:15: source"},
		{"communities: [{source: a}]", "expected one of community and community_file"},
		{"communities: [{community: a, source: vinga}]", "Vinga's own"},
		{"communities: [{community: a, source: b, from: [300.1.1.1]}]",
		 "access.yaml:1:48: from: expected a network"},
		{"communities: [{community: a, source: b, from: [10.0.0.0/33]}]",
		 "expected a network"},
		{"users: [{user: u, source: s, auth: sha}]", "auth_file"},
		{"users: [{user: u, source: s, auth: sha1}]", "sha"},
		{"users: [{user: u, source: s, auth: sha, auth_file: /absent}]",
		 "cannot read /absent"},
		{"users: [{user: u, source: s, level: authPriv}]", "level: authPriv needs"},
		{"users: [{user: u, source: s, engine: 0x80}]", "engine: expected 10 to 64"},
		{"users: [{user: u, source: s}, {user: u, source: t}]", "stands twice"},
		{"user: []", "users"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_yaml_errors errors = {0};

		assert_null(vg_snmp_access_load(write_file("access.yaml", cases[i].text), &errors));
		assert_true(errors.count > 0);
		if (strstr(errors.text[0], cases[i].want) == NULL)
			fail_msg("%s: got %s", cases[i].text, errors.text[0]);
		vg_yaml_errors_free(&errors);
	}
}

static void
engine_counts_its_starts(void **state)
{
	struct vg_snmp_engine first, second;
	const char *path = in_directory("engine");
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(vg_snmp_engine_load(&first, path, &err), 0);
	assert_int_equal(first.boots, 1);
	assert_int_equal(vg_snmp_engine_load(&second, path, &err), 0);
	assert_int_equal(second.boots, 2);
	assert_int_equal(second.length, first.length);
	assert_memory_equal(second.id, first.id, first.length);
	assert_int_equal(vg_snmp_engine_load(&first, write_file("engine", "boots 3\n"), &err),
			 VG_EINVALID);
	assert_non_null(strstr(err.text, "expected lines"));
	assert_int_equal(
		vg_snmp_engine_load(&first, write_file("engine", "engine 80\nboots 3\n"), &err),
		VG_EINVALID);
	assert_int_equal(vg_snmp_engine_load(&first, in_directory("absent/engine"), &err), VG_EIO);
}

/* Any change of a byte, and any cut, of every kind of message. */
static void
damaged_datagrams_are_read_or_refused(void **state)
{
	struct vg_snmp_access *access = load_users();
	struct vg_snmp_reader *readers[2] = {vg_snmp_reader_new(access, &engine),
					     vg_snmp_reader_new(NULL, &engine)};
	struct sockaddr_in peer = address("192.0.2.1", 1);
	netsnmp_pdu *pdus[] = {notification(SNMP_MSG_TRAP2, "public"),
			       notification_v3(SNMP_MSG_INFORM, "strong", SNMP_SEC_LEVEL_AUTHPRIV,
					       engine.id, engine.length),
			       notification_v3(SNMP_MSG_INFORM, "middle", SNMP_SEC_LEVEL_NOAUTH,
					       engine.id, engine.length)};
	struct vg_snmp_trap trap;

	(void)state;
	assert_int_equal(vg_snmp_access_use(access, &engine, NULL), 0);
	for (size_t p = 0; p < sizeof(pdus) / sizeof(pdus[0]); p++) {
		size_t size = 4096, length = 0;
		u_char *bytes = malloc(size), *copy;
		netsnmp_session session;

		snmp_sess_init(&session);
		assert_int_equal(snmp_build(&bytes, &size, &length, &session, pdus[p]), 0);
		copy = malloc(length);
		for (size_t i = 0; i < length; i++)
			for (int flip = 1; flip < 256; flip <<= 1) {
				memcpy(copy, bytes + size - length, length);
				copy[i] ^= (u_char)flip;
				for (int r = 0; r < 2; r++)
					vg_snmp_read(readers[r], copy, flip == 1 ? i : length,
						     (const struct sockaddr *)&peer, 1, &trap);
			}
		free(copy);
		free(bytes);
		snmp_free_pdu(pdus[p]);
	}
	vg_snmp_reader_free(readers[0]);
	vg_snmp_reader_free(readers[1]);
	vg_snmp_access_free(access);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captured_trap_of_v1_is_converted),
		cmocka_unit_test(captured_questions_are_no_notifications),
		cmocka_unit_test(broken_packets_are_malformed),
		cmocka_unit_test(captured_packets_of_gosnmp),
		cmocka_unit_test(traps_of_many_vendors_get_their_oid),
		cmocka_unit_test(text_that_is_no_capture_is_refused_with_its_line),
		cmocka_unit_test(trap_of_v2_becomes_a_message),
		cmocka_unit_test(trap_of_v1_is_of_its_enterprise),
		cmocka_unit_test(too_many_and_too_long_values_are_cut),
		cmocka_unit_test(communities_are_let_in_from_their_networks),
		cmocka_unit_test(inform_of_v2_has_an_answer_and_a_name),
		cmocka_unit_test(users_are_let_in_as_their_engine_and_level_say),
		cmocka_unit_test(strangers_are_named_and_cost_no_memory),
		cmocka_unit_test(errors_of_the_access_file_say_what_and_where),
		cmocka_unit_test(engine_counts_its_starts),
		cmocka_unit_test(damaged_datagrams_are_read_or_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
