/* A connection to Redis on the daemon's loop: hiredis, with our own events.
 *
 * What is here is what hiredis 0.14 leaves to its user: addresses that need no resolver, events
 * whose allocation is looked at, and the loop's priority of sinks. */
#ifndef VG_REDIS_LINK_H
#define VG_REDIS_LINK_H

#include "lib/base/err.h"

#include <hiredis/async.h>

struct event_base;

#define VG_REDIS_PATH_MAX 107 /* bytes of a socket's path: what the kernel takes */

/* "unix:/run/redis/redis.sock", "127.0.0.1:6379" or "[::1]:6379". */
struct vg_redis_address {
	char host[VG_REDIS_PATH_MAX + 1]; /* or the path */
	int port;			  /* 0 = a path */
};
/* VG_EINVALID says what was expected. */
VG_MUST_CHECK int vg_redis_address_parse(struct vg_redis_address *out, const char *text,
					 struct vg_err *err);

/* Begins to connect; whether it comes about is said to the context's onConnect, which the caller
 * sets at once. The context is freed by hiredis: after onConnect with an error, after onDisconnect,
 * or by redisAsyncFree. VG_EIO, VG_ENOMEM. */
VG_MUST_CHECK int vg_redis_link(redisAsyncContext **out, const struct vg_redis_address *address,
				struct event_base *base, struct vg_err *err);

#endif
