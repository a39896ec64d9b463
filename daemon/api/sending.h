/* A webhook's alarms on their way into the ledger: the request is answered when all that it told of
 * is durable, and what comes again within the window of its signature is answered as the first. */
#ifndef VG_SENDING_H
#define VG_SENDING_H

#include "daemon/api/api.h"
#include "lib/mapping/mapping.h"

#define VG_REPLAYS_MAX 65536 /* signed requests that are remembered; the oldest go first */

struct vg_replays;
struct vg_replays *vg_replays_new(void); /* NULL = out of memory */
/* Sendings may still be on their way: the memory goes with the last of them. */
void vg_replays_free(struct vg_replays *replays);

struct vg_sending;
/* NULL: the call is answered, since it is a repetition, or there is no memory. */
struct vg_sending *vg_sending_begin(const struct vg_call *call, struct vg_replays *replays);

/* Sets what the document left open: a time that is not stated is now, and none is later; with
 * `since` a raising is not older than the clearing that came before it, for at_ms is when the fault
 * began, and it is now that the source says that it goes on. Who is bound to one municipality need
 * not name it. False: somebody speaks for another one, and the sending is refused. */
bool vg_sending_complete(struct vg_sending *sending, struct vg_notice *notice, size_t count,
			 bool since);
/* Notices of `source`, completed, through the collector. Takes copies. */
void vg_sending_notices(struct vg_sending *sending, const char *source, struct vg_notice *notice,
			size_t count, bool since);
/* One event of its own, known by its event_id. */
void vg_sending_event(struct vg_sending *sending, const struct vg_event *event);
/* A row that could not be mapped, into quarantine. */
void vg_sending_aside(struct vg_sending *sending, const char *source, const char *mapping,
		      const struct vg_mapped_row *row);
void vg_sending_ignored(struct vg_sending *sending, size_t count);
/* What is wrong with the whole: answered instead of anything else. The first one counts. */
void vg_sending_refuse(struct vg_sending *sending, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool vg_sending_is_refused(const struct vg_sending *sending);
/* Nothing more will be added. */
void vg_sending_end(struct vg_sending *sending);

#endif
