/* iCalendar at the edge: windows out of calendar files, recurring ones walked out to instants, and
 * windows as a feed.
 *
 * RFC 5545 with lib/civil's rule for local times (semantics.md 6): recurrences walk local dates, a
 * time in the spring gap takes the offset before it, an ambiguous one means the first. An end given
 * as a local time is local in each occurrence, so a weekly window from 00:00 to 04:00 lasts five
 * hours on the Sunday in October; a DURATION is exact in its hours. What is empty by that rule is
 * no occurrence. The zone is the process's (vg_civil_set_zone). */
#ifndef VG_ICAL_H
#define VG_ICAL_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_ICAL_TIMES_MAX   366 /* occurrences of one window */
#define VG_ICAL_YEARS_MAX   3	/* an endless rule is walked so far from its start */
#define VG_ICAL_WINDOWS_MAX 1000
#define VG_ICAL_BYTES_MAX   (1 << 20)		   /* of one file */
#define VG_ICAL_END_MS	    INT64_C(4102444800000) /* 2100-01-01: no occurrence is given so late */

/* Walks a rule ("FREQ=WEEKLY;BYDAY=SU;COUNT=12") from a first occurrence whose ends are instants.
 * Writes [from_ms, to_ms) ascending, the first included, at most VG_ICAL_TIMES_MAX; *open is set
 * when the rule goes on past VG_ICAL_YEARS_MAX. 0, VG_EINVALID (a rule that is malformed, finer
 * than daily or does not meet its own start; occurrences that overlap; ends before 1970 or after
 * VG_ICAL_END_MS) or VG_ELIMIT. */
VG_MUST_CHECK int vg_ical_expand(int64_t from_ms, int64_t to_ms, const char *rrule,
				 int64_t (*time)[2], size_t *times, bool *open, struct vg_err *err);

enum vg_ical_status { VG_ICAL_TENTATIVE, VG_ICAL_CONFIRMED, VG_ICAL_CANCELLED };

/* One VEVENT with its overridden occurrences (RECURRENCE-ID) put in their places. */
struct vg_ical_window {
	char *uid;	/* never empty */
	char *name;	/* SUMMARY, "" = none */
	char *rrule;	/* as it stands in the file, "" = none */
	char *services; /* CATEGORIES: ascending, each once, one space between them; "" = none */
	int64_t sequence;
	enum vg_ical_status status;
	bool open; /* as in vg_ical_expand */
	size_t times;
	int64_t (*time)[2];
};

/* Reads a calendar file. Of several VEVENTs of one UID the highest SEQUENCE holds. Times may be in
 * UTC, floating, dates, or in the process's zone by its IANA name (also with a vendor's prefix, and
 * Windows' name for Stockholm's). *out is malloc'ed, ascending by UID; free with
 * vg_ical_windows_free. 0, VG_EINVALID with the event and what was expected, VG_ELIMIT or
 * VG_ENOMEM. */
VG_MUST_CHECK int vg_ical_read(const char *text, size_t length, struct vg_ical_window **out,
			       size_t *count, struct vg_err *err);
void vg_ical_windows_free(struct vg_ical_window *window, size_t count);

/* One occurrence for the feed. */
struct vg_ical_item {
	const char *uid; /* stable: "W-12.0" */
	const char *name;
	const char *services; /* as above */
	int64_t from_ms, to_ms, stamp_ms;
	int64_t sequence; /* rises with every change */
	enum vg_ical_status status;
};
/* The feed as text with CRLF, malloc'ed; NULL = out of memory. */
char *vg_ical_write(const struct vg_ical_item *item, size_t count);

#endif
