/* Who waits for changes of alarms: GET /api/v1/alarms/changes is answered as soon as an alarm has
 * changed after the sequence that the caller knows. Loop thread only. */
#ifndef VG_ALARM_FEED_H
#define VG_ALARM_FEED_H

#include "daemon/api/api.h"

#define VG_ALARM_WAITERS_MAX 200 /* the next one is answered 503 */

struct event_base;
struct vg_alarm_feed;

VG_MUST_CHECK int vg_alarm_feed_new(struct vg_alarm_feed **out, struct event_base *base,
				    struct vg_err *err);
/* Nobody may wait any more: release first, or free the server first. */
void vg_alarm_feed_free(struct vg_alarm_feed *feed);

/* After each group of events that the core has applied. Costs nothing while nobody waits; answers
 * go out in the loop's next turn, so that groups that follow at once share them. */
void vg_alarms_applied(struct vg_api *api);
/* Answers all who wait with what there is, and those who come later at once: the daemon ends. */
void vg_alarms_release(struct vg_api *api);

size_t vg_alarm_feed_waiting(const struct vg_alarm_feed *feed); /* NULL = 0 */

#endif
