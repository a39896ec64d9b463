/* Business time: how much open time lies between two instants, and when a target is used up.
 *
 * A calendar is a sorted array of disjoint half-open UTC intervals with prefix sums, so that both
 * questions are one binary search. 24x7 is not expanded. Rule: semantics.md 3.4 and 6. */
#ifndef VG_CORE_CAL_H
#define VG_CORE_CAL_H

#include "core/assert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_cal {
	char *name;
	bool always;		/* 24x7: the arrays are unused */
	int64_t from_ms, to_ms; /* the expansion covers [from_ms, to_ms) */
	size_t n;
	int64_t *start_ms; /* n ascending starts, whole seconds */
	int64_t *end_ms;   /* n ends; end_ms[i] <= start_ms[i + 1] */
	int64_t *open_ms;  /* n + 1 prefix sums: open time before interval i */
};

/* A copy of the n intervals, which must be ascending, disjoint, not empty and inside [from_ms,
 * to_ms). NULL when they are not, or when memory is out. Owned by the caller. */
struct vg_cal *vg_cal_new(const char *name, bool always, int64_t from_ms, int64_t to_ms, size_t n,
			  const int64_t *start_ms, const int64_t *end_ms);
void vg_cal_free(struct vg_cal *cal);

/* Open milliseconds in [from_ms, to_ms); to_ms < from_ms gives 0. Outside the expansion counts as
 * closed. */
int64_t vg_cal_between_ms(const struct vg_cal *cal, int64_t from_ms, int64_t to_ms);

/* The earliest instant t with between(from_ms, t) = open_ms. A target used up exactly at closing is
 * due at closing; a start in closed time with a target of 0 is due at the start. Returns -1 when
 * the expansion ends before that. */
int64_t vg_cal_due_ms(const struct vg_cal *cal, int64_t from_ms, int64_t open_ms);

#endif
