/* One thread for what would hold the loop: passwords, files, questions to a database that may not
 * answer.
 *
 * A job is two functions and an argument. `run` is called on the worker and touches nothing that
 * the loop touches; `done` is called on the loop afterwards. Jobs run one after the other, in the
 * order in which they were given. */
#ifndef VG_WORK_H
#define VG_WORK_H

#include "lib/base/err.h"

#include <stddef.h>

struct event_base;
struct vg_work;

#define VG_WORK_MAX 256 /* jobs that wait; the next one is refused with VG_EFULL */

typedef void vg_work_cb(void *arg);

/* Loop thread only, like all here. */
VG_MUST_CHECK int vg_work_new(struct vg_work **out, struct event_base *base, struct vg_err *err);
/* VG_EFULL, VG_ENOMEM: nothing was taken, neither function will be called. */
VG_MUST_CHECK int vg_work_submit(struct vg_work *work, vg_work_cb *run, vg_work_cb *done, void *arg,
				 struct vg_err *err);
size_t vg_work_waiting(const struct vg_work *work); /* given, and not yet done */
/* Waits for the job that runs. Of the others only `done` is called, so that each argument is freed
 * exactly once; `done` must bear that `run` was not called. NULL is allowed. */
void vg_work_free(struct vg_work *work);

#endif
