/* Built-in HTTP probes: how many a second, what one costs, and how much memory it holds.
 *
 * usage: bench_probes [SECONDS]   (of each part; D 5)
 *
 * The limit is a bare loop of connect, write, read to the end, close against the same server in the
 * same run; with TLS, the same by OpenSSL alone, in full and with verification. The aim is 1,000
 * probes a minute under 2 % of a core. The servers are processes of their own, so the figures are
 * the prober's alone. */
#include "agents/engine.h"
#include "bench/tls_peer.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE	   50	 /* under way in the burst */
#define PER_MINUTE 1000	 /* of the paced part */
#define CONFIGURED 10000 /* for memory */
#define WAITING	   500
#define TIMEOUT_MS 60000
#define MINUTE_US  60000000

struct bench {
	struct event_base *base;
	struct vg_engine *engine;
	const struct vg_check_type *type;
	void *settings;
	int64_t end_us, ok, failed;
	bool again; /* a run that is over begins the next */
};

static int64_t
cpu_us(void)
{
	struct rusage use;

	(void)getrusage(RUSAGE_SELF, &use);
	return (int64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 +
	       use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct evbuffer *body = evbuffer_new();

	(void)arg;
	VG_ASSERT(body != NULL && evbuffer_add_printf(body, "ok\n") > 0);
	evhttp_send_reply(request, HTTP_OK, "OK", body);
	evbuffer_free(body);
}

/* A child that answers on *port until it is killed. */
static pid_t
start_server(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	pid_t child;

	VG_ASSERT(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0 &&
		  listen(fd, 1000) == 0 &&
		  getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	*port = ntohs(address.sin_port);
	child = fork();
	VG_ASSERT(child >= 0);
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		struct event_base *base = event_base_new();
		struct evhttp *http = evhttp_new(base);

		VG_ASSERT(http != NULL && evhttp_accept_socket(http, fd) == 0);
		evhttp_set_gencb(http, on_request, NULL);
		(void)event_base_dispatch(base);
		_exit(0);
	}
	(void)close(fd);
	return child;
}

/* With ca_file: over TLS. */
static void *
configure(const struct vg_check_type *type, int port, const char *ca_file)
{
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml;
	char text[200];
	void *settings;

	if (ca_file == NULL)
		(void)snprintf(text, sizeof(text), "url: http://127.0.0.1:%d/health\n", port);
	else
		(void)snprintf(text, sizeof(text),
			       "url: https://localhost:%d/health\nhost_address: 127.0.0.1\n"
			       "ca_file: %s\n",
			       port, ca_file);
	yaml = vg_yaml_load_bytes("bench", text, strlen(text), &errors);
	VG_ASSERT(yaml != NULL);
	settings = type->configure(vg_yaml_root(yaml), &errors);
	VG_ASSERT(settings != NULL);
	vg_yaml_free(yaml);
	return settings;
}

static void on_done(const struct vg_check_result *result, void *arg);

static struct vg_check_run *
begin(struct bench *bench, const void *settings)
{
	char why[VG_CHECK_TEXT_MAX + 1];
	struct vg_check_run *run =
		bench->type->start(bench->engine, settings, TIMEOUT_MS, on_done, bench, why);

	VG_ASSERT(run != NULL);
	return run;
}

static void
on_done(const struct vg_check_result *result, void *arg)
{
	struct bench *bench = arg;

	bench->ok += result->state == VG_CHECK_OK;
	bench->failed += result->state != VG_CHECK_OK;
	if (bench->again && vg_engine_now_us() < bench->end_us)
		(void)begin(bench, bench->settings);
}

static void
report(const char *what, int64_t count, int64_t us, int64_t used_us)
{
	printf("%-28s %8" PRId64 " in %" PRId64 " ms: %" PRId64 "/s, %" PRId64 " us of CPU each\n",
	       what, count, us / 1000, count * 1000000 / us, count > 0 ? used_us / count : 0);
}

/* As fast as it goes. Returns the CPU time of one in microseconds. */
static int64_t
burst(struct bench *bench, const char *what, int64_t seconds)
{
	int64_t from_us = vg_engine_now_us(), used_us = cpu_us();

	bench->ok = 0;
	bench->again = true;
	bench->end_us = from_us + seconds * 1000000;
	for (int i = 0; i < AT_ONCE; i++)
		(void)begin(bench, bench->settings);
	(void)event_base_dispatch(bench->base);
	used_us = cpu_us() - used_us;
	report(what, bench->ok, vg_engine_now_us() - from_us, used_us);
	return used_us / (bench->ok > 0 ? bench->ok : 1);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct bench *bench = arg;

	(void)fd;
	(void)what;
	if (vg_engine_now_us() < bench->end_us)
		(void)begin(bench, bench->settings);
	else
		(void)event_base_loopbreak(bench->base);
}

/* A thousand a minute. */
static void
paced(struct bench *bench, const char *what, int64_t seconds)
{
	const struct timeval step = {0, MINUTE_US / PER_MINUTE};
	struct event *turn = event_new(bench->base, -1, EV_PERSIST, on_turn, bench);
	int64_t from_us = vg_engine_now_us(), used_us = cpu_us(), us;

	bench->ok = 0;
	bench->again = false;
	bench->end_us = from_us + seconds * 1000000;
	VG_ASSERT(turn != NULL && event_add(turn, &step) == 0);
	(void)event_base_dispatch(bench->base);
	event_free(turn);
	us = vg_engine_now_us() - from_us;
	used_us = cpu_us() - used_us;
	report(what, bench->ok, us, used_us);
	printf("%-28s %" PRId64 ".%02" PRId64 " %% of a core (aim: under 2 %%)\n", "",
	       used_us * 100 / us, used_us * 10000 / us % 100);
}

/* What no prober can do without. */
static void
ask(struct tls_bare *none, int port)
{
	static const char request[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n"
				      "Connection: close\r\n\r\n";
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				      .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char answer[4096];

	(void)none;
	VG_ASSERT(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	VG_ASSERT(write(fd, request, sizeof(request) - 1) == (ssize_t)sizeof(request) - 1);
	while (read(fd, answer, sizeof(answer)) > 0)
		continue;
	(void)close(fd);
}

static int64_t
bare(const char *what, void (*ask_once)(struct tls_bare *, int), struct tls_bare *client, int port,
     int64_t seconds)
{
	int64_t from_us = vg_engine_now_us(), used_us = cpu_us(), count = 0;

	for (; vg_engine_now_us() < from_us + seconds * 1000000; count++)
		ask_once(client, port);
	used_us = cpu_us() - used_us;
	report(what, count, vg_engine_now_us() - from_us, used_us);
	return used_us / (count > 0 ? count : 1);
}

/* Bytes of a configured probe, and of one that is under way (against a peer that never answers). */
static void
memory(struct bench *bench, int port)
{
	static void *settings[CONFIGURED];
	static struct vg_check_run *runs[WAITING];
	size_t before = mallinfo2().uordblks, configured, waiting;

	for (size_t i = 0; i < CONFIGURED; i++)
		settings[i] = configure(bench->type, port, NULL);
	configured = mallinfo2().uordblks - before;
	before += configured;
	for (size_t i = 0; i < WAITING; i++)
		runs[i] = begin(bench, settings[i]);
	for (int i = 0; i < 20; i++)
		(void)event_base_loop(bench->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	waiting = mallinfo2().uordblks - before;
	for (size_t i = 0; i < WAITING; i++)
		bench->type->cancel(runs[i]);
	for (size_t i = 0; i < CONFIGURED; i++)
		bench->type->unconfigure(settings[i]);
	printf("%-28s %zu bytes configured, %zu under way\n", "memory of a probe",
	       configured / CONFIGURED, waiting / WAITING);
}

/* The same at the pace of a thousand a minute: caches are as cold as a prober's. */
static void
bare_paced(const char *what, void (*ask_once)(struct tls_bare *, int), struct tls_bare *client,
	   int port, int64_t seconds)
{
	const struct timespec step = {0, MINUTE_US / PER_MINUTE * 1000};
	int64_t from_us = vg_engine_now_us(), used_us = cpu_us(), count = 0;

	for (; vg_engine_now_us() < from_us + seconds * 1000000; count++) {
		ask_once(client, port);
		(void)nanosleep(&step, NULL);
	}
	report(what, count, vg_engine_now_us() - from_us, cpu_us() - used_us);
}

static void
compare(int64_t limit_us, int64_t cost_us)
{
	cost_us = cost_us > 0 ? cost_us : 1;
	printf("%-28s %" PRId64 ".%02" PRId64 "\n", "CPU of the bare loop to ours",
	       limit_us / cost_us, limit_us * 100 / cost_us % 100);
}

static void
over_tls(struct bench *bench, const struct tls_peer *peer, const char *ca_file, int64_t seconds)
{
	struct tls_bare *client = tls_bare_new(ca_file);
	int64_t limit_us = bare("bare TLS", tls_bare_ask, client, peer->port, seconds), cost_us;

	(void)bare("bare TLS, new context each", tls_bare_ask_anew, client, peer->port, seconds);
	bare_paced("bare TLS, 1,000 a minute", tls_bare_ask, client, peer->port, seconds);
	tls_bare_free(client);
	bench->settings = configure(bench->type, peer->port, ca_file);
	cost_us = burst(bench, "TLS probes, 50 at once", seconds);
	compare(limit_us, cost_us);
	paced(bench, "TLS probes, 1,000 a minute", seconds);
	bench->type->unconfigure(bench->settings);
}

static const struct vg_check_type *
http_type(void)
{
	size_t i = 0;

	while (strcmp(vg_check_types[i]->name, "http") != 0)
		i++;
	return vg_check_types[i];
}

int
main(int argc, char **argv)
{
	int64_t seconds = argc == 2 ? strtoll(argv[1], NULL, 10) : 5, cost_us, limit_us;
	struct bench bench = {.type = http_type()};
	struct tls_peer peer;
	int port;
	pid_t server;

	if (argc > 2 || seconds < 1 || seconds > 600) {
		fprintf(stderr, "usage: bench_probes [SECONDS] (1 to 600)\n");
		return 2;
	}
	tls_peer_start(&peer);
	server = start_server(&port);
	bench.base = event_base_new();
	bench.engine = bench.base != NULL ? vg_engine_new(bench.base, NULL) : NULL;
	VG_ASSERT(bench.engine != NULL);
	bench.settings = configure(bench.type, port, NULL);
	limit_us = bare("bare connect, write, read", ask, NULL, port, seconds);
	cost_us = burst(&bench, "probes, 50 at once", seconds);
	compare(limit_us, cost_us);
	paced(&bench, "probes, 1,000 a minute", seconds);
	(void)kill(server, SIGSTOP);
	memory(&bench, port);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	bench.type->unconfigure(bench.settings);
	printf("A private authority:\n");
	over_tls(&bench, &peer, peer.private_ca, seconds);
	printf("All that the system trusts:\n");
	over_tls(&bench, &peer, peer.bundle, seconds);
	tls_peer_stop(&peer);
	if (bench.failed > 0)
		fprintf(stderr, "%" PRId64 " probes failed\n", bench.failed);
	vg_engine_free(bench.engine);
	event_base_free(bench.base);
	return bench.failed > 0;
}
