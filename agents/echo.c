/* echo.c - ping sockets.
 *
 * The kernel fills in identifier and checksum and hands back only replies to its own identifier,
 * with the ICMP header first. The hard thing is what may lie in them: a reply counts only when it
 * has our length, type and a cookie that is waited for. */
#include "agents/echo.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define PADDING	    40	/* to the 56 bytes of payload that ping(8) sends */
#define ROUND_MAX   256 /* replies that are read before others on the loop have their turn */
#define FAMILIES    2
#define RECEIVE_MAX (256 << 10) /* bytes that the kernel keeps for us in a burst */

struct packet {
	uint8_t type, code;
	uint16_t checksum, identifier, sequence;
	uint64_t cookie;
	uint8_t padding[PADDING + 8];
};
_Static_assert(sizeof(struct packet) == 64, "an echo request without holes");

struct vg_echoes {
	struct event_base *base;
	struct event *ready[FAMILIES]; /* NULL = not open */
	struct vg_echo *waiting;       /* by cookie */
};

static size_t
index_of(int family)
{
	return family == AF_INET6 ? 1 : 0;
}

struct vg_echoes *
vg_echoes_new(struct event_base *base)
{
	struct vg_echoes *echoes = calloc(1, sizeof(*echoes));

	if (echoes != NULL)
		echoes->base = base;
	return echoes;
}

static void
close_event(struct event *event)
{
	evutil_socket_t fd;

	if (event == NULL)
		return;
	fd = event_get_fd(event);
	event_free(event);
	(void)close(fd);
}

void
vg_echoes_free(struct vg_echoes *echoes)
{
	if (echoes == NULL)
		return;
	VG_ASSERT(echoes->waiting == NULL);
	for (size_t i = 0; i < FAMILIES; i++)
		close_event(echoes->ready[i]);
	free(echoes);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct vg_echoes *echoes = arg;

	(void)what;
	for (int i = 0; i < ROUND_MAX; i++) {
		struct packet packet;
		struct vg_echo *echo;
		ssize_t length = recv(fd, &packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);

		if (length < 0)
			return;
		if (length != (ssize_t)sizeof(packet) ||
		    (packet.type != ICMP_ECHOREPLY && packet.type != ICMP6_ECHO_REPLY))
			continue;
		HASH_FIND(hh, echoes->waiting, &packet.cookie, sizeof(packet.cookie), echo);
		if (echo != NULL)
			echo->on_reply(ntohs(packet.sequence), echo->arg);
	}
}

int
vg_echoes_open(struct vg_echoes *echoes, int family, struct vg_err *err)
{
	static const int room = RECEIVE_MAX;
	struct event **ready = &echoes->ready[index_of(family)];
	int fd;

	if (*ready != NULL)
		return 0;
	fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    family == AF_INET6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return vg_err_set(err, VG_EDENIED,
				  "this user may not ping; expected its group within "
				  "net.ipv4.ping_group_range (sysctl)");
	if (fd < 0)
		return vg_err_set(err, -errno, "ping socket: %s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	*ready = event_new(echoes->base, fd, EV_READ | EV_PERSIST, on_readable, echoes);
	if (*ready == NULL || event_add(*ready, NULL) != 0) {
		if (*ready != NULL)
			event_free(*ready);
		*ready = NULL;
		(void)close(fd);
		return vg_err_set(err, VG_ENOMEM, "ping socket: out of memory");
	}
	return 0;
}

bool
vg_echo_join(struct vg_echoes *echoes, struct vg_echo *echo)
{
	struct vg_echo *other;

	do {
		if (getrandom(&echo->cookie, sizeof(echo->cookie), 0) != sizeof(echo->cookie))
			echo->cookie++;
		HASH_FIND(hh, echoes->waiting, &echo->cookie, sizeof(echo->cookie), other);
	} while (other != NULL);
	HASH_ADD(hh, echoes->waiting, cookie, sizeof(echo->cookie), echo);
	return echo->hh.tbl != NULL;
}

void
vg_echo_leave(struct vg_echoes *echoes, struct vg_echo *echo)
{
	HASH_DEL(echoes->waiting, echo);
}

int
vg_echo_send(struct vg_echoes *echoes, const struct vg_echo *echo, uint16_t sequence,
	     const struct sockaddr *to, socklen_t length)
{
	struct event *ready = echoes->ready[index_of(to->sa_family)];
	struct packet packet = {
		.type = to->sa_family == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.sequence = htons(sequence),
		.cookie = echo->cookie,
	};

	VG_ASSERT(ready != NULL);
	if (sendto(event_get_fd(ready), &packet, sizeof(packet), 0, to, length) >= 0 ||
	    errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return 0;
	return -errno;
}
