/* datagram.c - datagram sockets that are read in bulk.
 *
 * The hard thing is to count what was lost. The kernel attaches its counter of drops to datagrams
 * (SO_RXQ_OVFL), but then the drops at the end of a blast stay unknown until somebody sends again;
 * the same counter can be asked for at any moment (SO_MEMINFO), so it is asked for every second. */
#include "daemon/intake/datagram.h"

#include "daemon/intake/passed.h"
#include "lib/base/log.h"

#include <event2/event.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ADDRESS_MAX   64
#define PASSED_PREFIX "systemd:"
#define CONTROL_BYTES CMSG_SPACE(sizeof(struct in6_pktinfo))

struct source {
	struct vg_datagrams *owner;
	size_t index;
	int fd, family;
	struct event *readable;
	uint32_t dropped; /* as far as it was told */
	char address[ADDRESS_MAX];
};

union control {
	struct cmsghdr aligned;
	char bytes[CONTROL_BYTES];
};

struct vg_datagrams {
	struct vg_datagrams_options options;
	struct source source[VG_DATAGRAMS_SOCKETS_MAX];
	size_t sources;
	bool paused;
	struct event *every_second;
	uint8_t *bytes; /* VG_DATAGRAMS_BATCH times bytes_max */
	struct mmsghdr header[VG_DATAGRAMS_BATCH];
	struct iovec vector[VG_DATAGRAMS_BATCH];
	union control control[VG_DATAGRAMS_BATCH];
	struct vg_datagram datagram[VG_DATAGRAMS_BATCH];
};

char *
vg_address_text(const union vg_address *address, char out[INET6_ADDRSTRLEN])
{
	const struct in6_addr *v6 = &address->v6.sin6_addr;

	out[0] = '\0';
	if (address->any.sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &address->v4.sin_addr, out, INET6_ADDRSTRLEN);
	else if (address->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(v6))
		(void)inet_ntop(AF_INET, &v6->s6_addr[12], out, INET6_ADDRSTRLEN);
	else if (address->any.sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, v6, out, INET6_ADDRSTRLEN);
	return out;
}

/* --- reading --- */

static void
map_v4(const struct in_addr *v4, struct in6_addr *out)
{
	*out = (struct in6_addr){0};
	out->s6_addr[10] = out->s6_addr[11] = 0xFF;
	memcpy(&out->s6_addr[12], v4, sizeof(*v4));
}

/* Which of our addresses the datagram came to. */
static void
read_local(struct msghdr *message, struct vg_datagram_path *path)
{
	path->local = (struct in6_addr){0};
	path->interface = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			map_v4(&info.ipi_spec_dst, &path->local);
			path->interface = info.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			path->local = info.ipi6_addr;
			path->interface = (int)info.ipi6_ifindex;
		}
	}
}

static void
prepare(struct vg_datagrams *d)
{
	for (size_t i = 0; i < VG_DATAGRAMS_BATCH; i++) {
		d->vector[i] = (struct iovec){.iov_base = d->bytes + i * d->options.bytes_max,
					      .iov_len = d->options.bytes_max};
		d->header[i].msg_hdr = (struct msghdr){
			.msg_name = &d->datagram[i].path.peer,
			.msg_namelen = sizeof(d->datagram[i].path.peer),
			.msg_iov = &d->vector[i],
			.msg_iovlen = 1,
			.msg_control = &d->control[i],
			.msg_controllen = sizeof(d->control[i]),
		};
	}
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct source *source = arg;
	struct vg_datagrams *d = source->owner;
	int count;

	(void)what;
	prepare(d);
	count = recvmmsg(fd, d->header, VG_DATAGRAMS_BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < count; i++) {
		struct vg_datagram *datagram = &d->datagram[i];

		datagram->bytes = d->vector[i].iov_base;
		datagram->length = d->header[i].msg_len;
		datagram->cut = (d->header[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
		datagram->path.socket = source->index;
		read_local(&d->header[i].msg_hdr, &datagram->path);
	}
	if (count > 0)
		d->options.on_batch(d->datagram, (size_t)count, d->options.arg);
}

/* --- what was lost --- */

static uint32_t
drops_of(int fd)
{
	uint32_t counters[SK_MEMINFO_VARS] = {0};
	socklen_t length = sizeof(counters);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, counters, &length) != 0)
		return 0;
	return counters[SK_MEMINFO_DROPS];
}

static void
on_second(evutil_socket_t fd, short what, void *arg)
{
	struct vg_datagrams *d = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < d->sources; i++) {
		struct source *source = &d->source[i];
		uint32_t now = drops_of(source->fd), more = now - source->dropped;

		source->dropped = now;
		if (more > 0 && d->options.on_drops != NULL)
			d->options.on_drops(source->address, more, d->options.arg);
	}
}

/* --- sockets --- */

/* What the kernel holds for a socket; it tells twice of what it was asked for. */
static void
set_buffer(const struct source *source)
{
	static const int wanted = VG_DATAGRAMS_BUFFER;
	int got = 0;
	socklen_t length = sizeof(got);

	if (setsockopt(source->fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) != 0)
		(void)setsockopt(source->fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
	if (getsockopt(source->fd, SOL_SOCKET, SO_RCVBUF, &got, &length) == 0 && got / 2 < wanted)
		vg_log(VG_LOG_WARNING, "datagrams.small_buffer",
		       VG_LOG_TEXT("address", source->address), VG_LOG_INT("bytes", got / 2),
		       VG_LOG_INT("wanted", wanted),
		       VG_LOG_TEXT("next", "raise net.core.rmem_max, or storms are dropped early"));
}

static int
ask_local_address(const struct source *source)
{
	static const int on = 1;

	if (source->family == AF_INET6)
		return setsockopt(source->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	return setsockopt(source->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
}

/* Takes fd over, also when it fails. */
static int
add_socket(struct vg_datagrams *d, int fd, int family, const char *address, struct vg_err *err)
{
	struct source *source = &d->source[d->sources];

	if (d->sources == VG_DATAGRAMS_SOCKETS_MAX) {
		(void)close(fd);
		return vg_err_set(err, VG_ELIMIT, "%s: more than %d addresses", address,
				  VG_DATAGRAMS_SOCKETS_MAX);
	}
	*source = (struct source){.owner = d, .index = d->sources, .fd = fd, .family = family};
	(void)snprintf(source->address, sizeof(source->address), "%s", address);
	set_buffer(source);
	source->dropped = drops_of(fd);
	source->readable =
		event_new(d->options.base, fd, EV_READ | EV_PERSIST, on_readable, source);
	if (ask_local_address(source) != 0 || source->readable == NULL ||
	    (!d->paused && event_add(source->readable, NULL) != 0)) {
		int rc = vg_err_set(err, -errno, "%s: %s", address, strerror(errno));

		if (source->readable != NULL)
			event_free(source->readable);
		(void)close(fd);
		return rc;
	}
	d->sources++;
	return 0;
}

static int
take_passed(struct vg_datagrams *d, const char *address, struct vg_err *err)
{
	int fds[VG_PASSED_MAX], rc = 0;
	int count = vg_passed_sockets(address + strlen(PASSED_PREFIX), SOCK_DGRAM, fds, err);

	if (count < 0)
		return count;
	for (int i = 0; i < count; i++) {
		union vg_address bound = {0};
		socklen_t length = sizeof(bound);

		if (rc == 0 && (evutil_make_socket_nonblocking(fds[i]) != 0 ||
				getsockname(fds[i], &bound.any, &length) != 0))
			rc = vg_err_set(err, -errno, "%s: %s", address, strerror(errno));
		if (rc == 0)
			rc = add_socket(d, fds[i], bound.any.sa_family, address, err);
		else
			(void)close(fds[i]);
	}
	return rc;
}

int
vg_datagrams_listen(struct vg_datagrams *d, const char *address, struct vg_err *err)
{
	static const int on = 1;
	union vg_address to = {0};
	int fd, length = sizeof(to);

	if (strncmp(address, PASSED_PREFIX, strlen(PASSED_PREFIX)) == 0)
		return take_passed(d, address, err);
	if (evutil_parse_sockaddr_port(address, &to.any, &length) != 0 || to.v4.sin_port == 0)
		return vg_err_set(err, VG_EINVALID,
				  "\"%s\": expected a numeric address and port such as "
				  "127.0.0.1:8162, or systemd:NAME",
				  address);
	fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
	    (to.any.sa_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
	    bind(fd, &to.any, (socklen_t)length) != 0) {
		int rc = vg_err_set(err, -errno, "cannot listen on %s: %s", address,
				    strerror(errno));

		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	return add_socket(d, fd, to.any.sa_family, address, err);
}

/* --- sending --- */

/* Puts our address into the control part; false when it is not known. */
static bool
write_local(struct msghdr *message, int family, const struct vg_datagram_path *path)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(message);

	if (path->interface == 0)
		return false;
	if (family == AF_INET) {
		struct in_pktinfo info = {0};

		memcpy(&info.ipi_spec_dst, &path->local.s6_addr[12], sizeof(info.ipi_spec_dst));
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		message->msg_controllen = CMSG_SPACE(sizeof(info));
	} else {
		struct in6_pktinfo info = {.ipi6_addr = path->local};

		if (IN6_IS_ADDR_LINKLOCAL(&path->local))
			info.ipi6_ifindex = (unsigned)path->interface;
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		message->msg_controllen = CMSG_SPACE(sizeof(info));
	}
	return true;
}

int
vg_datagrams_send(struct vg_datagrams *d, const struct vg_datagram_path *path, const void *bytes,
		  size_t length, struct vg_err *err)
{
	const struct source *source = &d->source[path->socket];
	union vg_address peer = path->peer;
	union control control = {0};
	struct iovec vector = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
	struct msghdr message = {
		.msg_name = &peer,
		.msg_namelen = peer.any.sa_family == AF_INET ? sizeof(peer.v4) : sizeof(peer.v6),
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	char text[INET6_ADDRSTRLEN];

	VG_ASSERT(path->socket < d->sources);
	if (!write_local(&message, source->family, path)) {
		message.msg_control = NULL;
		message.msg_controllen = 0;
	}
	if (sendmsg(source->fd, &message, MSG_DONTWAIT) >= 0)
		return 0;
	return vg_err_set(err, -errno, "%s: cannot answer %s: %s", source->address,
			  vg_address_text(&peer, text), strerror(errno));
}

/* --- life --- */

void
vg_datagrams_pause(struct vg_datagrams *d)
{
	for (size_t i = 0; i < d->sources && !d->paused; i++)
		(void)event_del(d->source[i].readable);
	d->paused = true;
}

void
vg_datagrams_resume(struct vg_datagrams *d)
{
	for (size_t i = 0; i < d->sources && d->paused; i++)
		(void)event_add(d->source[i].readable, NULL);
	d->paused = false;
}

int
vg_datagrams_new(struct vg_datagrams **out, const struct vg_datagrams_options *options,
		 struct vg_err *err)
{
	static const struct timeval second = {1, 0};
	struct vg_datagrams *d = calloc(1, sizeof(*d));

	VG_ASSERT(options->bytes_max > 0 && options->on_batch != NULL);
	if (d == NULL)
		return vg_err_set(err, VG_ENOMEM, "datagrams: out of memory");
	d->options = *options;
	d->bytes = reallocarray(NULL, VG_DATAGRAMS_BATCH, options->bytes_max);
	d->every_second = event_new(options->base, -1, EV_PERSIST, on_second, d);
	if (d->bytes == NULL || d->every_second == NULL ||
	    event_add(d->every_second, &second) != 0) {
		vg_datagrams_free(d);
		return vg_err_set(err, VG_ENOMEM, "datagrams: out of memory");
	}
	*out = d;
	return 0;
}

void
vg_datagrams_free(struct vg_datagrams *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->sources; i++) {
		event_free(d->source[i].readable);
		(void)close(d->source[i].fd);
	}
	if (d->every_second != NULL)
		event_free(d->every_second);
	free(d->bytes);
	free(d);
}
