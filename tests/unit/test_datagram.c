/* Datagram sockets against the real kernel: bulk, cutting, answers, and what was dropped. */
#include "daemon/intake/datagram.h"

#include <event2/event.h>

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BYTES_MAX 100

struct rig {
	struct event_base *base;
	struct vg_datagrams *datagrams;
	size_t received, batches, cuts, largest;
	uint32_t drops;
	struct vg_datagram_path path;
	char first[BYTES_MAX + 1];
	char address[64]; /* with a port that was free */
};

/* `host` with a port that nobody uses. */
static void
free_address(const char *host, char out[64])
{
	union vg_address to = {0};
	int fd, length = sizeof(to);
	socklen_t bound = sizeof(to);

	assert_int_equal(evutil_parse_sockaddr_port(host, &to.any, &length), 0);
	fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, &to.any, (socklen_t)length), 0);
	assert_int_equal(getsockname(fd, &to.any, &bound), 0);
	(void)close(fd);
	(void)snprintf(out, 64, "%s:%d", host, ntohs(to.v4.sin_port));
}

static void
on_batch(const struct vg_datagram *datagram, size_t count, void *arg)
{
	struct rig *rig = arg;

	if (rig->received == 0) {
		memcpy(rig->first, datagram->bytes, datagram->length);
		rig->first[datagram->length] = '\0';
		rig->path = datagram->path;
	}
	for (size_t i = 0; i < count; i++)
		rig->cuts += datagram[i].cut ? 1 : 0;
	rig->received += count;
	rig->batches++;
	rig->largest = count > rig->largest ? count : rig->largest;
}

static void
on_drops(const char *address, uint32_t count, void *arg)
{
	struct rig *rig = arg;

	assert_non_null(strchr(address, ':'));
	rig->drops += count;
	(void)event_base_loopbreak(rig->base);
}

static void
start(struct rig *rig, const char *host)
{
	struct vg_datagrams_options options = {
		.bytes_max = BYTES_MAX, .on_batch = on_batch, .on_drops = on_drops, .arg = rig};
	struct vg_err err = {0};

	*rig = (struct rig){.base = event_base_new()};
	options.base = rig->base;
	assert_int_equal(vg_datagrams_new(&rig->datagrams, &options, &err), 0);
	free_address(host, rig->address);
	if (vg_datagrams_listen(rig->datagrams, rig->address, &err) != 0)
		fail_msg("%s", err.text);
}

static void
stop(struct rig *rig)
{
	vg_datagrams_free(rig->datagrams);
	event_base_free(rig->base);
}

/* A sender that is connected to the rig. */
static int
sender_to(const struct rig *rig, const char *host)
{
	union vg_address to = {0};
	char address[64];
	int fd, length = sizeof(to);

	(void)snprintf(address, sizeof(address), "%s%s", host, strrchr(rig->address, ':'));
	assert_int_equal(evutil_parse_sockaddr_port(address, &to.any, &length), 0);
	fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, &to.any, (socklen_t)length), 0);
	return fd;
}

static void
much_is_read_in_few_calls(void **state)
{
	struct rig rig;
	int fd;

	(void)state;
	start(&rig, "127.0.0.1");
	fd = sender_to(&rig, "127.0.0.1");
	for (int i = 0; i < 200; i++)
		assert_int_equal(send(fd, "hello", 5, 0), 5);
	while (rig.received < 200)
		(void)event_base_loop(rig.base, EVLOOP_ONCE);
	assert_int_equal(rig.largest, VG_DATAGRAMS_BATCH);
	assert_int_equal(rig.batches, 4);
	assert_string_equal(rig.first, "hello");
	(void)close(fd);
	stop(&rig);
}

static void
what_is_longer_is_cut(void **state)
{
	char much[BYTES_MAX + 1] = {0};
	struct rig rig;
	int fd;

	(void)state;
	start(&rig, "127.0.0.1");
	fd = sender_to(&rig, "127.0.0.1");
	assert_int_equal(send(fd, much, BYTES_MAX, 0), BYTES_MAX);
	assert_int_equal(send(fd, much, BYTES_MAX + 1, 0), BYTES_MAX + 1);
	assert_int_equal(send(fd, much, 0, 0), 0);
	while (rig.received < 3)
		(void)event_base_loop(rig.base, EVLOOP_ONCE);
	assert_int_equal(rig.cuts, 1);
	(void)close(fd);
	stop(&rig);
}

/* The sender is connected, so it takes only what comes from the address that it asked: a socket on
 * every address has to answer from that one. */
static void
an_answer_comes_from_the_address_that_was_asked(void **state)
{
	static const struct {
		const char *listen, *ask, *peer;
	} cases[] = {
		{"0.0.0.0", "127.0.0.77", "127.0.0.1"},
		{"[::]", "[::1]", "::1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char answer[8] = "", peer[INET6_ADDRSTRLEN];
		struct vg_err err = {0};
		struct rig rig;
		int fd;

		start(&rig, cases[i].listen);
		fd = sender_to(&rig, cases[i].ask);
		assert_int_equal(send(fd, "who", 3, 0), 3);
		(void)event_base_loop(rig.base, EVLOOP_ONCE);
		assert_string_equal(vg_address_text(&rig.path.peer, peer), cases[i].peer);
		if (vg_datagrams_send(rig.datagrams, &rig.path, "me", 2, &err) != 0)
			fail_msg("%s", err.text);
		assert_int_equal(recv(fd, answer, sizeof(answer), 0), 2);
		(void)close(fd);
		stop(&rig);
	}
}

static void
drops_are_counted_while_paused(void **state)
{
	char bytes[BYTES_MAX] = {0};
	struct rig rig;
	size_t sent = 0;
	int fd;

	(void)state;
	start(&rig, "127.0.0.1");
	fd = sender_to(&rig, "127.0.0.1");
	vg_datagrams_pause(rig.datagrams);
	for (; sent < 100000; sent++)
		assert_int_equal(send(fd, bytes, sizeof(bytes), 0), (ssize_t)sizeof(bytes));
	(void)event_base_dispatch(rig.base); /* ends when drops are told */
	assert_int_equal(rig.received, 0);
	assert_true(rig.drops > 0 && rig.drops < sent);
	vg_datagrams_resume(rig.datagrams);
	while (rig.received + rig.drops < sent)
		assert_int_equal(event_base_loop(rig.base, EVLOOP_ONCE), 0);
	assert_int_equal(rig.received + rig.drops, sent);
	(void)close(fd);
	stop(&rig);
}

static void
what_is_no_address_is_refused(void **state)
{
	static const char *const wrong[] = {"localhost:514",   "127.0.0.1",    "127.0.0.1:0",
					    "127.0.0.1:70000", "systemd:snmp", ""};
	struct rig rig;

	(void)state;
	start(&rig, "127.0.0.1");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct vg_err err = {0};

		assert_int_not_equal(vg_datagrams_listen(rig.datagrams, wrong[i], &err), 0);
		assert_true(err.text[0] != '\0');
	}
	for (int i = 1; i <= VG_DATAGRAMS_SOCKETS_MAX; i++) {
		char address[64];

		free_address("127.0.0.1", address);
		assert_int_equal(vg_datagrams_listen(rig.datagrams, address, NULL),
				 i < VG_DATAGRAMS_SOCKETS_MAX ? 0 : VG_ELIMIT);
	}
	stop(&rig);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(much_is_read_in_few_calls),
		cmocka_unit_test(what_is_longer_is_cut),
		cmocka_unit_test(an_answer_comes_from_the_address_that_was_asked),
		cmocka_unit_test(drops_are_counted_while_paused),
		cmocka_unit_test(what_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
