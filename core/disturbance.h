/* Disturbance information: what is told to those who use the services, in messages that are kept as
 * they were told; and what people say of the accessibility of our pages.
 *
 * A message is no measurement: it changes no figure, and no figure changes it. */
#ifndef VG_CORE_DISTURBANCE_H
#define VG_CORE_DISTURBANCE_H

#include "core/core.h"

#define VG_DISTURBANCE_UPDATE_MAX_MS (INT64_C(24) * 60 * 60 * 1000) /* to the next message */
#define VG_DISTURBANCE_MESSAGES_MAX  100 /* of one; its closing is one more */
#define VG_FEEDBACK_OPEN_MAX	     500 /* unanswered; past it nothing more is taken */

enum vg_disturbance_state {
	VG_DISTURBANCE_DRAFT,
	VG_DISTURBANCE_PUBLISHED,
	VG_DISTURBANCE_CLOSED,
	VG_DISTURBANCE_STATE_COUNT
};
const char *vg_disturbance_state_name(enum vg_disturbance_state state); /* draft, published, ... */

/* "S-<id>". Members as in struct vg_disturbance_body, as last published, or as drafted. */
struct vg_disturbance {
	int64_t id, changed_seq;
	int state; /* enum vg_disturbance_state */
	int kind;  /* enum vg_disturbance_kind */
	const char *services, *municipalities;
	const char *title, *text, *advice;
	const char *title_en, *text_en, *advice_en;
	int64_t started_ms;
	int64_t next_update_ms; /* -1 = none is promised */
	int64_t ended_ms;	/* -1 = it goes on */
	int64_t outage;		/* 0 = none */
	const char *author;	/* who last said something of it */
	int64_t created_ms;
	int64_t published_ms, updated_ms, closed_ms; /* -1 = not yet; published_ms -1 with CLOSED: a
							draft that was dropped, never public */
	int64_t messages;
};
/* "S-<id>", whatever its state; NULL = there is none. */
const struct vg_disturbance *vg_disturbance(const struct vg_core *core, int64_t id);
/* What was promised by now has not come. */
bool vg_disturbance_is_overdue(const struct vg_disturbance *disturbance, int64_t now_ms);

/* One message as it was told, to those whom it then concerned; the last of a closed one says how it
 * ended. Key (disturbance, n), n from 0. */
struct vg_disturbance_message {
	int64_t disturbance, n, seq, changed_seq;
	int64_t at_ms;
	const char *services, *municipalities;
	const char *title, *text, *advice;
	const char *title_en, *text_en, *advice_en;
	int64_t next_update_ms; /* -1 = none */
	bool closing;
	const char *author;
};
/* NULL = it has no such message. */
const struct vg_disturbance_message *vg_disturbance_message(const struct vg_core *core,
							    int64_t disturbance, int64_t n);

/* "T-<id>": what a person wrote stands in the side store. */
struct vg_feedback {
	int64_t id, changed_seq;
	const char *text_digest;
	bool contact; /* they said how they can be reached */
	int64_t received_ms;
	int64_t answered_ms;		  /* -1 = not yet */
	const char *answer, *answered_by; /* "" = none yet */
};
/* NULL = there is none. */
const struct vg_feedback *vg_feedback(const struct vg_core *core, int64_t id);

#endif
