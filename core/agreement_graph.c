/* agreement_graph.c - what services need of each other must have no cycle: a service that needs
 * itself would be down for ever once it was.
 *
 * Depth first, without recursion, since the depth is an author's choice. */
#include "core/agreement.h"

#include <string.h>

enum colour { WHITE, ON_PATH, DONE };

struct walk {
	const struct vg_agreement *agreement;
	uint8_t colour[VG_AGREEMENT_SERVICES_MAX];
	uint8_t next[VG_AGREEMENT_SERVICES_MAX]; /* edge to follow from there */
	uint32_t *path;
	size_t depth;
};

static void
step_into(struct walk *walk, uint32_t service)
{
	walk->colour[service] = ON_PATH;
	walk->path[walk->depth++] = service;
}

/* Walks all that can be reached from `service`; true when the way comes back to itself: then it is
 * path[*first..depth). */
static bool
find_from(struct walk *walk, uint32_t service, size_t *first)
{
	step_into(walk, service);
	while (walk->depth > 0) {
		uint32_t at = walk->path[walk->depth - 1], to;
		const struct vg_service *here = &walk->agreement->service[at];

		if (walk->next[at] == here->edges) {
			walk->colour[at] = DONE;
			walk->depth--;
			continue;
		}
		to = here->edge[walk->next[at]++].service;
		if (walk->colour[to] == ON_PATH) {
			for (*first = 0; walk->path[*first] != to; (*first)++)
				continue;
			return true;
		}
		if (walk->colour[to] == WHITE)
			step_into(walk, to);
	}
	return false;
}

size_t
vg_agreement_cycle(const struct vg_agreement *agreement, uint32_t *cycle)
{
	struct walk walk = {.agreement = agreement, .path = cycle};
	size_t first;

	VG_ASSERT(agreement->services <= VG_AGREEMENT_SERVICES_MAX);
	for (uint32_t i = 0; i < agreement->services; i++)
		if (walk.colour[i] == WHITE && find_from(&walk, i, &first)) {
			memmove(cycle, cycle + first, (walk.depth - first) * sizeof(*cycle));
			return walk.depth - first;
		}
	return 0;
}
