/* A pack held against itself: its rows and chain, the heads that were printed on earlier
 * statements, and each statement made again from its rows by the same core. */
#ifndef VG_PACK_CHECK_H
#define VG_PACK_CHECK_H

#include "lib/pack/closed.h"
#include "lib/pack/pack.h"

/* A head that stands on a statement which the municipality has had all the time. */
struct vg_pack_anchor {
	int month;
	char head[65];
	bool found; /* out: the pack has a closed statement of that month */
	bool holds; /* out: with that head */
};

struct vg_pack_check {
	/* In: */
	struct vg_pack_anchor *anchor;
	size_t anchors;
	vg_closed_cb *on_made; /* may be NULL */
	void *arg;
	/* Out: */
	enum vg_pack_fault fault;
	struct vg_pack_place place; /* where the fault is, or the end */
	struct vg_err err;	    /* more of the fault; "" = nothing */
	char head[65];		    /* after the last row that holds */
	char municipality[201];
	struct vg_closed *closed; /* the statements; NULL = the header was not read */
	bool listed;		  /* the trailer names the very statements that the rows give */
};

/* Reads the file to its end or to its first fault. True when everything holds: rows, chain,
 * trailer, anchors, and each statement made again. Free with vg_pack_check_fini either way. */
bool vg_pack_check(struct vg_pack_check *check, FILE *file);
void vg_pack_check_fini(struct vg_pack_check *check);

#endif
