/* The live stream: whoever has a page open is told what changes (docs/api.md, "Live").
 *
 * What changed is gathered into turns, at most one each 250 ms, rendered once for all who may see
 * the same, and sent to them by reference: a thousand readers cost a thousand writes, not a
 * thousand renderings, and no memory each. Loop thread only. */
#ifndef VG_FEED_H
#define VG_FEED_H

#include "daemon/api/api.h"

#define VG_FEED_TURN_MS	     250
#define VG_FEED_LOOK_MS	     1000	  /* time alone changes states */
#define VG_FEED_HEARTBEAT_MS 15000	  /* below the minute of silence that proxies bear */
#define VG_FEED_READERS_MAX  2000	  /* the next one is answered 503 */
#define VG_FEED_WAITING_MAX  (256 * 1024) /* bytes; a slower reader is cut off */
#define VG_FEED_SCOPES_MAX   320	  /* municipalities of which a stream is read, and all */
#define VG_FEED_KEPT_MS	     60000	  /* turns of a scope that nobody reads any more */

struct vg_feed;

/* `api` must outlive it, and its server must be freed before. */
VG_MUST_CHECK int vg_feed_new(struct vg_feed **out, struct event_base *base, struct vg_api *api,
			      struct vg_err *err);
void vg_feed_free(struct vg_feed *feed); /* NULL is allowed */

/* Answers a call with a stream. `municipality`: whose changes it has; "" = everybody's. last_id:
 * what the reader says it saw last; NULL = nothing. */
void vg_feed_join(struct vg_feed *feed, struct vg_call *call, const char *municipality,
		  const char *last_id);
/* Something was applied: a turn follows when its time has come. Costs nothing while nobody reads.
 */
void vg_feed_poke(struct vg_feed *feed);
/* Ends the streams of a session that is no more; 0 = everybody's. */
void vg_feed_end(struct vg_feed *feed, uint64_t session);

struct vg_feed_counts {
	size_t readers, scopes;
	uint64_t turns;	  /* rendered */
	uint64_t resyncs; /* said to a reader that came back too late */
	uint64_t cut;	  /* readers that were too slow */
};
void vg_feed_get_counts(const struct vg_feed *feed, struct vg_feed_counts *out);

#endif
