/* What the core has changed since a sequence, by topic, and whom it concerns.
 *
 * All of it is borrowed from the core: good until its next step. */
#ifndef VG_FEED_CHANGES_H
#define VG_FEED_CHANGES_H

#include "daemon/api/api.h"

/* Things of one turn; what is past it is counted only. For each ticket among them its clocks are
 * computed, about 10 us. */
#define VG_CHANGES_MAX 1000

/* The stream's events that tell what changed, but for the state table. */
enum vg_topic {
	VG_TOPIC_TICKET,
	VG_TOPIC_DISTURBANCE,
	VG_TOPIC_WINDOW,
	VG_TOPIC_OUTAGE,
	VG_TOPIC_ALARM,
	VG_TOPIC_ACT, /* acts, objections, proposals: what waits for somebody */
	VG_TOPIC_COUNT
};
const char *vg_topic_name(enum vg_topic topic);

struct vg_change {
	enum vg_topic topic;
	struct vg_object object;
	char id[64];
	const char *municipality; /* of a ticket; NULL = it has none */
	json_t *row;		  /* of a ticket, as soon as somebody asked for it */
};
struct vg_changes {
	const struct vg_api *api;
	const struct vg_core *core;
	int64_t after_seq, now_ms;
	struct vg_change *change;
	size_t count, room;
	int64_t left_out[VG_TOPIC_COUNT]; /* past VG_CHANGES_MAX, of whomsoever */
	bool agreement;			  /* there is another version of the agreement */
	bool failed;
};

/* What changed after after_seq, each thing once, by the row that changed it last. Must be freed
 * also after VG_ENOMEM. */
VG_MUST_CHECK int vg_changes_make(struct vg_changes *out, const struct vg_api *api,
				  int64_t after_seq);
/* Whether a municipality may know of it; "" = who may see everything. */
bool vg_change_concerns(const struct vg_changes *changes, const struct vg_change *change,
			const char *municipality);
/* A changed ticket as a row of GET /tickets, made once; borrowed. NULL = out of memory. */
json_t *vg_change_row(const struct vg_changes *changes, struct vg_change *change);
void vg_changes_fini(struct vg_changes *changes);

#endif
