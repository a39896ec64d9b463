/* Turns as the text of an event stream. */
#ifndef VG_FEED_RENDER_H
#define VG_FEED_RENDER_H

#include "daemon/feed/board.h"
#include "daemon/feed/changes.h"
#include "daemon/feed/ring.h"

#define VG_FEED_IDS_MAX	    100 /* of one topic in a turn; the rest is counted */
#define VG_FEED_TICKETS_MAX 50	/* tickets in a turn, each with its clocks */
/* A larger turn says `resync` instead: twice as much may wait for a reader. */
#define VG_FEED_TURN_BYTES_MAX (128 * 1024)
#define VG_EPOCH_LENGTH	       8    /* hex digits */
#define VG_FEED_RETRY_MS       2000 /* a reader comes back after */

/* Where a stream stands: <epoch>.<turn> is an event's id. */
struct vg_feed_place {
	const char *epoch;
	uint64_t turn;
	int64_t seq, now_ms;
};

/* What a turn is made of. */
struct vg_feed_news {
	const struct vg_board *board;
	enum vg_board_news states;
	const struct vg_changes *changes;
};

/* What a reader gets first; `reason` = it has missed something, NULL = it has not. One holder; NULL
 * = out of memory. */
struct vg_turn *vg_render_hello(const struct vg_feed_place *place, const char *reason);
/* What says that the stream lives: an event, since a page cannot see a comment. It is no turn and
 * has no id. One holder; NULL = out of memory. */
struct vg_turn *vg_render_beat(const struct vg_feed_place *place);
/* The turn at `place` for those who may see `municipality`, "" = everything. One holder. *out NULL:
 * nothing of it is for them. VG_ENOMEM. */
VG_MUST_CHECK int vg_render_turn(const struct vg_feed_news *news, const struct vg_feed_place *place,
				 const char *municipality, struct vg_turn **out);

#endif
