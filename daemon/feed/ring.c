/* ring.c - the newest turns of a stream. */
#include "daemon/feed/ring.h"

#include <stdlib.h>

struct vg_turn *
vg_turn_new(size_t length)
{
	struct vg_turn *turn = malloc(sizeof(*turn) + length);

	if (turn != NULL) {
		turn->holders = 1;
		turn->length = length;
	}
	return turn;
}

struct vg_turn *
vg_turn_hold(struct vg_turn *turn)
{
	turn->holders++;
	return turn;
}

void
vg_turn_drop(struct vg_turn *turn)
{
	if (--turn->holders == 0)
		free(turn);
}

static void
drop_oldest(struct vg_ring *ring)
{
	const uint64_t oldest = ring->last - ring->turns + 1;
	struct vg_turn *turn = ring->turn[oldest % VG_RING_TURNS_MAX];

	ring->bytes -= turn->length;
	ring->turns--;
	vg_turn_drop(turn);
}

void
vg_ring_put(struct vg_ring *ring, struct vg_turn *turn)
{
	while (ring->turns > 0 &&
	       (ring->turns == VG_RING_TURNS_MAX || ring->bytes + turn->length > VG_RING_BYTES_MAX))
		drop_oldest(ring);
	ring->turn[++ring->last % VG_RING_TURNS_MAX] = turn;
	ring->turns++;
	ring->bytes += turn->length;
}

bool
vg_ring_has_after(const struct vg_ring *ring, uint64_t after)
{
	return after <= ring->last && ring->last - after <= ring->turns;
}

struct vg_turn *
vg_ring_get(const struct vg_ring *ring, uint64_t number)
{
	VG_ASSERT(number <= ring->last && ring->last - number < ring->turns);
	return ring->turn[number % VG_RING_TURNS_MAX];
}

void
vg_ring_fini(struct vg_ring *ring)
{
	while (ring->turns > 0)
		drop_oldest(ring);
}
