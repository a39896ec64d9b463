/* The open tickets, kept beside the core: which there are, when the time of each is used up, and
 * who sends them.
 *
 * The core knows every ticket of twenty years and stores no view of any; this follows what changes
 * in it, so that a question about the open ones never walks through the closed. */
#ifndef VG_QUEUE_H
#define VG_QUEUE_H

#include "core/core.h"

#include <jansson.h>

struct vg_call;

#define VG_QUEUE_MAX	   100000 /* open tickets; further ones are not listed, and that is told */
#define VG_QUEUE_SYNC_MAX  20000  /* changed objects that one turn looks at */
#define VG_QUEUE_SOON_MS   (INT64_C(30) * 60 * 1000)
#define VG_QUEUE_NO_DUE_MS INT64_MAX

/* Texts are the core's; NULL = not stated. */
struct vg_queued {
	int64_t id;
	bool open;
	enum vg_sla sla; /* of the contractual resolution clock */
	int64_t due_ms;	 /* when its time is, or was, used up; VG_QUEUE_NO_DUE_MS = no such time */
	int64_t created_ms;
	int line; /* 0 = unknown */
	enum vg_status status;
	const char *municipality, *service, *priority, *outage;
};

struct vg_queue;
struct vg_queue *vg_queue_new(void); /* NULL = out of memory */
void vg_queue_free(struct vg_queue *queue);

/* Brings it up to the core's last row, or VG_QUEUE_SYNC_MAX objects closer to it, and to now. */
void vg_queue_sync(struct vg_queue *queue, const struct vg_core *core, int64_t now_ms);
/* Whether it has come to the core's last row, as of the last sync. */
bool vg_queue_is_level(const struct vg_queue *queue);
/* And holds every open ticket. */
bool vg_queue_is_whole(const struct vg_queue *queue);
/* In the order in which they were opened; NULL for the first, NULL after the last. Borrowed until
 * the next sync. */
const struct vg_queued *vg_queue_next(const struct vg_queue *queue, const struct vg_queued *after);

/* Who sends tickets, in the order in which they were first heard; at most VG_QUEUE_SOURCES_MAX, of
 * more the later ones are not told of. NULL past the last. */
#define VG_QUEUE_SOURCES_MAX 500
struct vg_ticket_source {
	const char *source; /* the core's */
	int64_t last_ms;    /* newest fact, by the source's clock */
};
const struct vg_ticket_source *vg_queue_source(const struct vg_queue *queue, size_t index);

bool vg_queued_is_over(const struct vg_queued *row);
/* Not over, and its time is used up within half an hour of now. */
bool vg_queued_is_soon(const struct vg_queued *row, int64_t now_ms);
/* Below 0 when a has less time left than b: those over their time by when it was used up, then
 * those that run by when it will be, then paused ones, then those without target; then by id. */
int vg_queued_compare(const struct vg_queued *a, const struct vg_queued *b);

/* For handlers (tickets_left.c). The queue, up to date. */
const struct vg_queue *vg_call_queue(struct vg_call *call);
/* {open, over, soon, cut} of a municipality's open tickets, NULL = of all. */
json_t *vg_json_queue_counts(const struct vg_queue *queue, const char *municipality,
			     int64_t now_ms);

#endif
