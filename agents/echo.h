/* ICMP echo over unprivileged ping sockets: one for each family, shared by all who ping.
 *
 * A reply finds its asker by a random cookie in its payload: no answer to another process, or to a
 * run that is over, is ever counted. One thread. */
#ifndef VG_ECHO_H
#define VG_ECHO_H

#include "lib/base/err.h"

#include "core/ut.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct event_base;
struct vg_echoes;

/* One who waits for replies; in the caller's memory from vg_echo_join to vg_echo_leave. */
struct vg_echo {
	/* From the loop; the same reply may come twice. */
	void (*on_reply)(uint16_t sequence, void *arg);
	void *arg;
	uint64_t cookie;
	UT_hash_handle hh;
};

struct vg_echoes *vg_echoes_new(struct event_base *base); /* NULL = out of memory */
void vg_echoes_free(struct vg_echoes *echoes);

/* Opens the socket of AF_INET or AF_INET6 when it is not open yet. VG_EDENIED: the kernel does not
 * let this user ping (net.ipv4.ping_group_range). */
VG_MUST_CHECK int vg_echoes_open(struct vg_echoes *echoes, int family, struct vg_err *err);
/* False = out of memory: it has not joined. */
VG_MUST_CHECK bool vg_echo_join(struct vg_echoes *echoes, struct vg_echo *echo);
void vg_echo_leave(struct vg_echoes *echoes, struct vg_echo *echo);
/* One request. The family's socket is open. 0 or -errno (such as -ENETUNREACH); a full socket
 * buffer counts as sent and lost. */
VG_MUST_CHECK int vg_echo_send(struct vg_echoes *echoes, const struct vg_echo *echo,
			       uint16_t sequence, const struct sockaddr *to, socklen_t length);

#endif
