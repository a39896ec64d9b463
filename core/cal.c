/* cal.c - business time.
 *
 * A calendar is a sorted array of disjoint UTC intervals with prefix sums, so both questions ("how
 * much open time lies between", "when is the target used up") are one binary search. The hard thing
 * is the edge: a target used up exactly at closing is due at closing, not at the next opening
 * (semantics.md 3.4). */
#include "core/cal.h"

#include <stdlib.h>
#include <string.h>

static bool
intervals_are_sound(int64_t from_ms, int64_t to_ms, size_t n, const int64_t *start_ms,
		    const int64_t *end_ms)
{
	int64_t last_end_ms = from_ms;
	size_t i;

	for (i = 0; i < n; i++) {
		if (start_ms[i] < last_end_ms || end_ms[i] <= start_ms[i])
			return false;
		last_end_ms = end_ms[i];
	}
	return last_end_ms <= to_ms;
}

static bool
copy_intervals(struct vg_cal *cal, size_t n, const int64_t *start_ms, const int64_t *end_ms)
{
	size_t i;

	cal->start_ms = calloc(n + 1, sizeof *cal->start_ms);
	cal->end_ms = calloc(n + 1, sizeof *cal->end_ms);
	cal->open_ms = calloc(n + 1, sizeof *cal->open_ms);
	if (cal->start_ms == NULL || cal->end_ms == NULL || cal->open_ms == NULL)
		return false;
	for (i = 0; i < n; i++) {
		cal->start_ms[i] = start_ms[i];
		cal->end_ms[i] = end_ms[i];
		cal->open_ms[i + 1] = cal->open_ms[i] + (end_ms[i] - start_ms[i]);
	}
	cal->n = n;
	return true;
}

struct vg_cal *
vg_cal_new(const char *name, bool always, int64_t from_ms, int64_t to_ms, size_t n,
	   const int64_t *start_ms, const int64_t *end_ms)
{
	struct vg_cal *cal;

	VG_ASSERT(name != NULL && (n == 0 || (start_ms != NULL && end_ms != NULL)));
	if (from_ms > to_ms || !intervals_are_sound(from_ms, to_ms, n, start_ms, end_ms))
		return NULL;
	if ((cal = calloc(1, sizeof *cal)) == NULL)
		return NULL;
	cal->always = always;
	cal->from_ms = from_ms;
	cal->to_ms = to_ms;
	if ((cal->name = strdup(name)) == NULL || !copy_intervals(cal, n, start_ms, end_ms)) {
		vg_cal_free(cal);
		return NULL;
	}
	return cal;
}

void
vg_cal_free(struct vg_cal *cal)
{
	if (cal == NULL)
		return;
	free(cal->name);
	free(cal->start_ms);
	free(cal->end_ms);
	free(cal->open_ms);
	free(cal);
}

/* Open time of the whole expansion before an instant: B(t) of semantics.md 3.4. */
static int64_t
open_before_ms(const struct vg_cal *cal, int64_t at_ms)
{
	size_t low = 0, high = cal->n;
	int64_t end_ms;

	while (low < high) { /* low becomes the number of intervals that start before at_ms */
		size_t middle = low + (high - low) / 2;

		if (cal->start_ms[middle] < at_ms)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return 0;
	end_ms = at_ms < cal->end_ms[low - 1] ? at_ms : cal->end_ms[low - 1];
	return cal->open_ms[low - 1] + (end_ms - cal->start_ms[low - 1]);
}

int64_t
vg_cal_between_ms(const struct vg_cal *cal, int64_t from_ms, int64_t to_ms)
{
	if (to_ms <= from_ms)
		return 0;
	if (cal->always)
		return to_ms - from_ms;
	return open_before_ms(cal, to_ms) - open_before_ms(cal, from_ms);
}

int64_t
vg_cal_due_ms(const struct vg_cal *cal, int64_t from_ms, int64_t open_ms)
{
	size_t low = 0, high = cal->n;
	int64_t want_ms, due_ms;

	if (open_ms <= 0)
		return from_ms;
	if (cal->always)
		return __builtin_add_overflow(from_ms, open_ms, &due_ms) ? -1 : due_ms;
	if (__builtin_add_overflow(open_before_ms(cal, from_ms), open_ms, &want_ms) ||
	    want_ms > cal->open_ms[cal->n])
		return -1;
	while (low < high) { /* low becomes the first interval at whose end want_ms is reached */
		size_t middle = low + (high - low) / 2;

		if (cal->open_ms[middle + 1] < want_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return cal->start_ms[low] + (want_ms - cal->open_ms[low]);
}
