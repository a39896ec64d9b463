/* A fast sender of SNMP notifications, for the daemon and for snmptrapd alike.
 *
 * usage: bench_snmp traps PORT RATE SECONDS       v2c linkDown on 1,000 interfaces, so many a
 * second bench_snmp informs PORT COUNT WINDOW     v3 authPriv (user bench, SHA, AES), so many,
 * WINDOW at a time without an answer
 *
 * Everything is encoded before the clock starts. Prints the datagrams sent and the seconds; for
 * informs only what was answered counts, and what is not answered in a second is sent again. It
 * shares the machine's cores with whom it measures. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define INTERFACES 1000
#define BATCH	   64
#define SIZE_MAX_  512 /* bytes of one datagram here */
#define RESEND_NS  1000000000

struct packet {
	uint8_t bytes[SIZE_MAX_];
	size_t length;
	size_t request_at; /* where the four bytes of the request-id lie; traps */
	int64_t sent_ns;   /* informs; 0 = not yet, -1 = answered */
};

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
die(const char *what)
{
	fprintf(stderr, "bench_snmp: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int
connect_to(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fd;
}

static void
add(netsnmp_pdu *pdu, const oid *name, size_t length, u_char type, const void *value, size_t size)
{
	if (snmp_pdu_add_variable(pdu, name, length, type, value, size) == NULL)
		die("encode");
}

static netsnmp_pdu *
link_down(int command, long interface)
{
	static const oid uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
	static const oid trap[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
	static const oid down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
	oid column[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, (oid)interface};
	const long ticks = 123456, admin = 1, oper = 2;
	netsnmp_pdu *pdu = snmp_pdu_create(command);

	if (pdu == NULL)
		die("encode");
	add(pdu, uptime, 9, ASN_TIMETICKS, &ticks, sizeof(ticks));
	add(pdu, trap, 11, ASN_OBJECT_ID, down, sizeof(down));
	add(pdu, column, 11, ASN_INTEGER, &interface, sizeof(interface));
	column[9] = 7;
	add(pdu, column, 11, ASN_INTEGER, &admin, sizeof(admin));
	column[9] = 8;
	add(pdu, column, 11, ASN_INTEGER, &oper, sizeof(oper));
	return pdu;
}

/* Frees the PDU. */
static void
encode(netsnmp_session *session, netsnmp_pdu *pdu, struct packet *out)
{
	size_t size = SIZE_MAX_, length = 0;
	u_char *bytes = malloc(size);

	if (snmp_build(&bytes, &size, &length, session, pdu) != 0 || length > SIZE_MAX_)
		die("encode");
	memcpy(out->bytes, bytes + size - length, length);
	out->length = length;
	free(bytes);
	snmp_free_pdu(pdu);
}

/* --- traps --- */

static void
make_traps(struct packet *packet)
{
	static const uint8_t request[] = {0x02, 0x04, 0x55, 0x55, 0x55, 0x55};
	netsnmp_session session;

	snmp_sess_init(&session);
	session.version = SNMP_VERSION_2c;
	session.community = (u_char *)"public";
	session.community_len = 6;
	for (int i = 0; i < INTERFACES; i++) {
		netsnmp_pdu *pdu = link_down(SNMP_MSG_TRAP2, i + 1);
		const uint8_t *at;

		pdu->version = SNMP_VERSION_2c;
		pdu->reqid = 0x55555555;
		encode(&session, pdu, &packet[i]);
		at = memmem(packet[i].bytes, packet[i].length, request, sizeof(request));
		packet[i].request_at = (size_t)(at - packet[i].bytes) + 2;
	}
}

static void
send_batch(int fd, struct packet *packet, int64_t first)
{
	struct mmsghdr header[BATCH] = {0};
	struct iovec vector[BATCH];
	int done = 0;

	for (int i = 0; i < BATCH; i++) {
		struct packet *one = &packet[(first + i) % INTERFACES];
		uint32_t request = htonl((uint32_t)(first + i) & 0x7fffffff);

		memcpy(one->bytes + one->request_at, &request, sizeof(request));
		vector[i] = (struct iovec){one->bytes, one->length};
		header[i].msg_hdr.msg_iov = &vector[i];
		header[i].msg_hdr.msg_iovlen = 1;
	}
	while (done < BATCH) {
		int n = sendmmsg(fd, header + done, (unsigned)(BATCH - done), 0);

		if (n < 0 && errno != EINTR && errno != ECONNREFUSED)
			die("sendmmsg");
		done += n > 0 ? n : 0;
	}
}

static int
send_traps(int port, int64_t rate, int64_t seconds)
{
	static struct packet packet[INTERFACES];
	int fd = connect_to(port);
	int64_t total = rate * seconds / BATCH * BATCH, start_ns;

	make_traps(packet);
	start_ns = now_ns();
	for (int64_t sent = 0; sent < total; sent += BATCH) {
		int64_t due_ns = start_ns + sent * 1000000000 / rate, wait_ns = due_ns - now_ns();

		if (wait_ns > 50000)
			nanosleep(&(struct timespec){.tv_nsec = wait_ns}, NULL);
		send_batch(fd, packet, sent);
	}
	printf("%lld %.3f\n", (long long)total, (double)(now_ns() - start_ns) / 1e9);
	return 0;
}

/* --- informs --- */

/* A session of net-snmp's own learns the engine and its time by one inform. */
static netsnmp_session *
meet(int port)
{
	netsnmp_session wanted, *session;
	netsnmp_pdu *answer = NULL;
	char peer[40];

	snmp_sess_init(&wanted);
	(void)snprintf(peer, sizeof(peer), "udp:127.0.0.1:%d", port);
	wanted.version = SNMP_VERSION_3;
	wanted.peername = peer;
	wanted.securityName = (char *)(uintptr_t) "bench";
	wanted.securityNameLen = 5;
	wanted.securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
	wanted.securityAuthProto =
		sc_get_auth_oid(NETSNMP_USMAUTH_HMACSHA1, &wanted.securityAuthProtoLen);
	wanted.securityPrivProto =
		sc_get_priv_oid(USM_CREATE_USER_PRIV_AES, &wanted.securityPrivProtoLen);
	wanted.securityAuthKeyLen = wanted.securityPrivKeyLen = USM_AUTH_KU_LEN;
	if (generate_Ku(wanted.securityAuthProto, (u_int)wanted.securityAuthProtoLen,
			(const u_char *)"bench-auth-phrase", 17, wanted.securityAuthKey,
			&wanted.securityAuthKeyLen) != 0 ||
	    generate_Ku(wanted.securityAuthProto, (u_int)wanted.securityAuthProtoLen,
			(const u_char *)"bench-priv-phrase", 17, wanted.securityPrivKey,
			&wanted.securityPrivKeyLen) != 0)
		die("keys");
	session = snmp_open(&wanted);
	if (session == NULL ||
	    snmp_synch_response(session, link_down(SNMP_MSG_INFORM, 1), &answer) != STAT_SUCCESS)
		die("no answer to the first inform");
	snmp_free_pdu(answer);
	return session;
}

static struct packet *
make_informs(netsnmp_session *session, long count)
{
	struct packet *packet = calloc((size_t)count, sizeof(*packet));

	if (packet == NULL)
		die("memory");
	for (long i = 0; i < count; i++) {
		netsnmp_pdu *pdu = link_down(SNMP_MSG_INFORM, i % INTERFACES + 1);

		pdu->version = SNMP_VERSION_3;
		pdu->msgid = i + 0x10000000;
		pdu->reqid = i + 1;
		pdu->securityModel = SNMP_SEC_MODEL_USM;
		pdu->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
		pdu->securityName = strdup("bench");
		pdu->securityNameLen = 5;
		pdu->securityEngineIDLen = pdu->contextEngineIDLen = session->securityEngineIDLen;
		pdu->securityEngineID =
			netsnmp_memdup(session->securityEngineID, session->securityEngineIDLen);
		pdu->contextEngineID =
			netsnmp_memdup(session->securityEngineID, session->securityEngineIDLen);
		pdu->contextName = strdup("");
		pdu->msgMaxSize = 65507;
		encode(session, pdu, &packet[i]);
	}
	return packet;
}

/* The msgID of an answer: 30 LL 02 01 03 30 LL 02 04 <four bytes>. */
static long
message_of(const uint8_t *bytes, size_t length)
{
	static const uint8_t version[] = {0x02, 0x01, 0x03, 0x30};
	const uint8_t *at = memmem(bytes, length < 20 ? length : 20, version, sizeof(version));

	if (at == NULL || at + 11 > bytes + length || at[5] != 0x02 || at[6] != 0x04)
		return -1;
	return ((long)at[7] << 24 | (long)at[8] << 16 | (long)at[9] << 8 | at[10]) - 0x10000000;
}

/* What has come, up to a batch; waits for the first. */
static long
take_answers(int fd, struct packet *packet, long count)
{
	static uint8_t bytes[BATCH][SIZE_MAX_];
	struct mmsghdr header[BATCH] = {0};
	struct iovec vector[BATCH];
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	long fresh = 0;
	int n;

	for (int i = 0; i < BATCH; i++) {
		vector[i] = (struct iovec){bytes[i], SIZE_MAX_};
		header[i].msg_hdr.msg_iov = &vector[i];
		header[i].msg_hdr.msg_iovlen = 1;
	}
	(void)poll(&readable, 1, 100);
	n = recvmmsg(fd, header, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++) {
		long which = message_of(bytes[i], header[i].msg_len);

		if (which < 0 || which >= count || packet[which].sent_ns <= 0)
			continue;
		packet[which].sent_ns = -1;
		fresh++;
	}
	return fresh;
}

static int
send_informs(int port, long count, long window)
{
	netsnmp_session *session = meet(port);
	struct packet *packet = make_informs(session, count);
	int fd = connect_to(port);
	long oldest = 0, next = 0, answered = 0, again = 0;
	int64_t start_ns = now_ns();

	while (answered < count) {
		int64_t now = now_ns();

		for (; next < count && next - answered < window; next++) {
			packet[next].sent_ns = now;
			if (send(fd, packet[next].bytes, packet[next].length, 0) < 0)
				die("send");
		}
		answered += take_answers(fd, packet, count);
		while (oldest < next && packet[oldest].sent_ns < 0)
			oldest++;
		if (oldest < next && now - packet[oldest].sent_ns > RESEND_NS) {
			packet[oldest].sent_ns = now;
			again++;
			(void)send(fd, packet[oldest].bytes, packet[oldest].length, 0);
		}
	}
	printf("%ld %.3f %ld\n", answered, (double)(now_ns() - start_ns) / 1e9, again);
	free(packet);
	(void)snmp_close(session);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	(void)setenv("MIBS", "", 1);
	set_configuration_directory("/dev/null/none");
	set_persistent_directory("/dev/null/none");
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	snmp_disable_log();
	init_snmp("bench");
	if (strcmp(argv[1], "traps") == 0)
		return send_traps(atoi(argv[2]), atoll(argv[3]), atoll(argv[4]));
	return send_informs(atoi(argv[2]), atol(argv[3]), atol(argv[4]));
}
