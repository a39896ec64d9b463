/* The course of a ticket, as its fee follows from it: for core/fee_*.c only. */
#ifndef VG_FEE_COURSE_H
#define VG_FEE_COURSE_H

#include "core/ticket/private.h"

#define VG_NEVER INT64_MIN

/* What the facts say, all of them. Instants: VG_NEVER = has not happened. */
struct vg_course {
	const struct vg_core *core;
	const struct vg_ticket *ticket;
	uint64_t set;
	int64_t number[VG_TF_COUNT]; /* as last stated; STR: pool ids */
	int64_t created_ms;
	int64_t second_ms;		 /* reached second line, being open */
	int64_t done_ms, first_close_ms; /* first resolved or closed, and closed, in any line */
	int64_t resolved_ms, closed_ms;	 /* the same after second line was reached */
	int64_t done_seq;		 /* row of the first resolution; 0 = none */
	int64_t dropped_ms;		 /* the last time that it was cancelled or rejected */
	enum vg_outcome outcome;	 /* now */
	int first_line, line, resolving_line; /* 0 = not known */
	bool handed_back;
};

/* Some fact of the ticket must count. */
void vg_course_read(const struct vg_core *core, const struct vg_ticket *ticket,
		    struct vg_course *out);
/* The billing event, else where it ended; VG_NEVER = it goes on. */
int64_t vg_course_place_ms(const struct vg_course *course);
/* Cancelled or rejected before it was resolved, or before its billing event. */
bool vg_course_is_cancelled(const struct vg_course *course);
/* A STR field; "" when it is not stated, or stated to be none. */
const char *vg_course_text(const struct vg_course *course, enum vg_ticket_field field);
/* The other ticket that a field names, by an id of ours or a reference of the source that states
 * it; NULL = none that is known. */
const struct vg_ticket *vg_course_linked(const struct vg_course *course,
					 enum vg_ticket_field field);
/* Whether a field names something else than the ticket itself, known or not. */
bool vg_course_names_another(const struct vg_course *course, enum vg_ticket_field field);
/* The last fact that counts and states the field; NULL = none. */
const struct vg_fact *vg_fact_stating(const struct vg_core *core, const struct vg_ticket *ticket,
				      enum vg_ticket_field field);

#endif
