/* What speaks for a proposal; for core/proposal*.c only. */
#ifndef VG_PROPOSAL_PRIVATE_H
#define VG_PROPOSAL_PRIVATE_H

#include "core/core_private.h"

/* One kind of proposal about one service, as its alarms stand now. */
struct vg_matter {
	struct vg_core *core;
	const struct vg_agreement *agreement;
	const char *service;
	int64_t promised; /* to so many municipalities now */
	enum vg_proposal_kind kind;
	struct vg_item *newest;		 /* proposal; NULL = none yet */
	int64_t settled_seq;		 /* alarms raised until then were spoken for; 0 = none */
	bool alive;			 /* something that is not settled goes on */
	bool unknown;			 /* and nobody has recorded or measured it */
	const struct vg_alarm **speaker; /* what speaks for it, by id */
	size_t speakers;
};

/* Finds what was proposed before, and who speaks now. `speaker` has room for every voice. */
void vg_matter_hear(struct vg_matter *matter, const struct vg_voice *voice, size_t voices);

static inline bool
vg_matter_is_open(const struct vg_matter *matter)
{
	return matter->newest != NULL && matter->newest->of.proposal.state == VG_PROPOSAL_OPEN;
}

#endif
