/* Notices of alarms on their way into the ledger: every listener and webhook gives them here.
 *
 * What comes while a commit is under way is written together as soon as it has ended: one row for
 * each source and kind of row, so that a storm costs rows by the commit and not by the trap. Equal
 * notices of one row are one with a count. What changes no alarm goes to lane `alarm`, everything
 * else to `main`. Loop thread only. */
#ifndef VG_NOTICES_H
#define VG_NOTICES_H

#include "core/alarm.h"
#include "daemon/live/live.h"
#include "lib/alarm/rules.h"

/* Taken and not yet durable; more = VG_EFULL, and who can should stop reading before that. */
#define VG_NOTICES_WAITING_MAX 65536
#define VG_NOTICES_SOURCES_MAX VG_CORE_SOURCES_MAX

struct vg_notices;
struct vg_notices_options {
	struct event_base *base;
	struct vg_live *live;
	const char *rules;     /* directory of shipped rules; "" = none */
	const char *oid_names; /* compiled file; "" = none */
};
VG_MUST_CHECK int vg_notices_new(struct vg_notices **out, const struct vg_notices_options *options,
				 struct vg_err *err);
void vg_notices_free(struct vg_notices *notices);

/* The rules in force: shipped ones and those of the newest agreement. Ask anew for every message.
 */
struct vg_rules *vg_notices_rules(struct vg_notices *notices);

/* seq > 0: all of it is durable, the newest row is that; else `error` says why it is not. */
typedef void vg_notices_done_cb(int64_t seq, int error, void *arg);
/* Takes copies; at most VG_NOTICES_MAX at a time. `done` (NULL = nobody waits) is called later,
 * from the loop. `source` is who said it, from its credential; `actor` the principal's name.
 * VG_EFULL: nothing was taken. */
VG_MUST_CHECK int vg_notices_add(struct vg_notices *notices, const char *source, const char *actor,
				 const struct vg_notice *notice, size_t count,
				 vg_notices_done_cb *done, void *arg, struct vg_err *err);
/* Whether a listener should go on reading; false from three quarters of the maximum on. */
bool vg_notices_has_room(const struct vg_notices *notices);
size_t vg_notices_waiting(const struct vg_notices *notices);

/* Raises or clears an alarm of the daemon's own (source "vinga"), such as datagrams that the kernel
 * dropped: count = how many. */
void vg_notices_own(struct vg_notices *notices, const char *resource, const char *type,
		    enum vg_severity severity, int64_t count, const char *text);

#endif
