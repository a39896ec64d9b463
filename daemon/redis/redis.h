/* Live state to Redis, for other front ends: hashes of how things stand, channels and a stream of
 * what changes (docs/redis.md).
 *
 * State-based as every sink: Redis holds the position, `vinga:seq`, and each transaction moves it
 * together with what it tells, only from where this daemon left it. At most one transaction is
 * under way, of at most VG_REDIS_BYTES_MAX; nothing is queued behind it. When Redis is away the
 * daemon does without, and tells the whole state when it is back. Loop thread only. */
#ifndef VG_REDIS_H
#define VG_REDIS_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define VG_REDIS_BYTES_MAX    (1 << 20) /* of one transaction: all that may wait to be sent */
#define VG_REDIS_PASSWORD_MAX 512

struct event_base;
struct vg_api;
struct vg_redis;

struct vg_redis_options {
	struct event_base *base;
	struct vg_api *api;	   /* must outlive it */
	const char *address;	   /* as `redis` of the settings */
	const char *password_file; /* "" = none; its first line is the password */
};
/* Connects from the loop, never at once. VG_EINVALID: the address; VG_EIO: the password's file. */
VG_MUST_CHECK int vg_redis_new(struct vg_redis **out, const struct vg_redis_options *options,
			       struct vg_err *err);
/* Something was applied. Cheap; any number of times. */
void vg_redis_poke(struct vg_redis *redis);
void vg_redis_free(struct vg_redis *redis); /* NULL is allowed */

/* Whether a setting can be an address; VG_EINVALID says what was expected. */
VG_MUST_CHECK int vg_redis_check_address(const char *address, struct vg_err *err);

enum vg_redis_status {
	VG_REDIS_AWAY,	     /* tried again after 1 to 60 s */
	VG_REDIS_CONNECTING, /* until it has said what it holds */
	VG_REDIS_TELLING,    /* a transaction is under way */
	VG_REDIS_CURRENT,
};
const char *vg_redis_status_name(enum vg_redis_status status); /* away, connecting, ... */
struct vg_redis_state {
	enum vg_redis_status status;
	int64_t seq; /* that Redis has been told of; 0 = not known */
	uint64_t connects, transactions, messages;
	size_t waiting_bytes; /* of the transaction under way: all that waits */
	size_t left_out;      /* cells past VG_BOARD_CELLS_MAX */
	char text[200];	      /* what is wrong, "" = nothing */
};
void vg_redis_get_state(const struct vg_redis *redis, struct vg_redis_state *out);

#endif
