/* The newest turns of a stream, so that who was away for a moment goes on where it left.
 *
 * Turns are numbered from 1 without holes, and shared: a turn lives for as long as the ring or
 * somebody who is being sent it holds it. Pure; loop thread only. */
#ifndef VG_FEED_RING_H
#define VG_FEED_RING_H

#include "core/assert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_RING_TURNS_MAX 1024
#define VG_RING_BYTES_MAX (256 * 1024) /* as much as may wait for one reader */

struct vg_turn {
	size_t holders;
	size_t length;
	char text[];
};
/* With one holder, its text to be written by the caller; NULL = out of memory. */
struct vg_turn *vg_turn_new(size_t length);
struct vg_turn *vg_turn_hold(struct vg_turn *turn); /* returns turn */
void vg_turn_drop(struct vg_turn *turn);	    /* the last holder frees it */

struct vg_ring {
	struct vg_turn *turn[VG_RING_TURNS_MAX]; /* number n at n % VG_RING_TURNS_MAX */
	uint64_t last;				 /* number of the newest; 0 = none yet */
	size_t turns, bytes;			 /* that are held */
};

/* Zeroed at start. Takes the turn over as number last + 1; past a maximum the oldest go. A turn
 * larger than VG_RING_BYTES_MAX is held alone. */
void vg_ring_put(struct vg_ring *ring, struct vg_turn *turn);
/* Whether every turn after number `after` is held; none is, when it is the last. */
bool vg_ring_has_after(const struct vg_ring *ring, uint64_t after);
/* A turn that is held: last - turns < number <= last. Not given away: hold it. */
struct vg_turn *vg_ring_get(const struct vg_ring *ring, uint64_t number);
void vg_ring_fini(struct vg_ring *ring);

#endif
