/* Guessing, made slow: failures are counted by what was tried and by whence, and past a maximum
 * nobody may try for the rest of a minute. Pure: the caller knows the time. */
#ifndef VG_GUARD_H
#define VG_GUARD_H

#include "lib/base/err.h"

#include <stdint.h>

#define VG_GUARD_NAME_MAX    5	   /* attempts a minute on one account */
#define VG_GUARD_ADDRESS_MAX 30	   /* from one address */
#define VG_GUARD_KEYS_MAX    20000 /* counted at once; past it the oldest are forgotten */
#define VG_GUARD_KEY_LEN     80	   /* bytes, with the NUL; a longer key is cut */

struct vg_guard;
struct vg_guard *vg_guard_new(void); /* NULL = out of memory */
void vg_guard_free(struct vg_guard *guard);

/* Counts an attempt on a key, of which a minute has `max`. Returns 0, or the milliseconds until the
 * next is allowed; then it is not counted. Out of memory: nothing is allowed for a minute. */
int64_t vg_guard_take(struct vg_guard *guard, const char *key, unsigned max, int64_t now_ms);
/* The attempt was no failure. */
void vg_guard_give_back(struct vg_guard *guard, const char *key);

#endif
