/* c-ares on the event loop: one channel for one run.
 *
 * A channel of its own sees the system's settings as they are now, and what one run asks never
 * waits for another's. One thread. */
#ifndef VG_LOOKUP_H
#define VG_LOOKUP_H

#include <ares.h>
#include <stdint.h>

struct event_base;
struct vg_lookup;

/* servers  "192.0.2.1:53" or "[2001:db8::1]:53"; NULL = the system's, with its search list and
 *          /etc/hosts
 * tries    how often a server is asked within timeout_ms
 * Returns NULL when memory is out or c-ares cannot be set up. */
struct vg_lookup *vg_lookup_new(struct event_base *base, const char *servers, int tries,
				int64_t timeout_ms);
/* Queries under way are called back with ARES_EDESTRUCTION. Not from within a callback. */
void vg_lookup_free(struct vg_lookup *lookup);
/* For ares_query and its like, which may call back at once. Call vg_lookup_wait after them. */
ares_channel vg_lookup_channel(const struct vg_lookup *lookup);
/* Arms the timer for what was asked. */
void vg_lookup_wait(struct vg_lookup *lookup);

#endif
