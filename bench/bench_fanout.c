/* The limit for the live stream: a bare epoll loop that writes what one peer sends to all others,
 * and waits for none. The first line that a peer sends says what it is: "in" or "out"; the latter
 * is answered by an empty line.
 * usage: bench_fanout PORT */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEERS_MAX 4096
#define EVENTS	  64

static int out[PEERS_MAX];
static size_t outs;

static int
listen_on(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 1024) != 0)
		return -1;
	return fd;
}

static void
watch(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		(void)close(fd);
}

static void
on_peer(int fd)
{
	char bytes[65536];
	ssize_t length = recv(fd, bytes, sizeof(bytes), 0);

	if (length <= 0) {
		(void)close(fd);
	} else if (length == 4 && memcmp(bytes, "out\n", 4) == 0) {
		if (outs < PEERS_MAX && send(fd, "\n", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
			out[outs++] = fd;
	} else if (length != 3 || memcmp(bytes, "in\n", 3) != 0) {
		for (size_t i = 0; i < outs; i++)
			(void)send(out[i], bytes, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
}

int
main(int argc, char **argv)
{
	long port = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	int epoll = epoll_create1(0), on = 1;
	int listener = port > 0 && port < 65536 ? listen_on((uint16_t)port) : -1;
	struct epoll_event event[EVENTS];

	if (epoll < 0 || listener < 0) {
		fprintf(stderr, "usage: bench_fanout PORT (a free one)\n");
		return 2;
	}
	watch(epoll, listener);
	for (;;) {
		int n = epoll_wait(epoll, event, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			int fd = event[i].data.fd;

			if (fd == listener) {
				fd = accept(listener, NULL, NULL);
				if (fd < 0)
					continue;
				(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
				watch(epoll, fd);
			} else {
				on_peer(fd);
			}
		}
	}
}
