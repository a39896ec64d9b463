/* The agreement: everything outside the facts that decides a figure, as one immutable version.
 *
 * Civil time is already expanded to UTC (architecture 4): calendars, month starts and day starts
 * are content of the version. Versions are shared by reference count; nothing changes one after it
 * has been made. */
#ifndef VG_CORE_AGREEMENT_H
#define VG_CORE_AGREEMENT_H

#include "core/cal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_PRIORITY_MAX 8 /* P1 ... ; the matrix of semantics.md 3.6 has four */
#define VG_LEVELS	4 /* impact 1..4 and urgency 1..4 */

/* What one version may hold; the loader and the JSON form refuse more. */
#define VG_AGREEMENT_YEARS_MAX		40
#define VG_AGREEMENT_CALS_MAX		17     /* with 24x7 */
#define VG_AGREEMENT_INTERVALS_MAX	200000 /* of all calendars */
#define VG_AGREEMENT_MUNICIPALITIES_MAX 400    /* the country has 290 */
#define VG_AGREEMENT_SERVICES_MAX	2000
#define VG_AGREEMENT_DUTIES_MAX		200
#define VG_AGREEMENT_TEXT_MAX		200 /* bytes of any name or address */

enum vg_retarget {
	VG_RETARGET_KEEP_BREACH,   /* segments in the calendar then in force, old breach kept (D) */
	VG_RETARGET_LAST_PRIORITY, /* everything measured by the last priority */
};

enum vg_resolution_clock {
	VG_RESOLUTION_END_TO_END,  /* created -> resolved, minus pauses (D) */
	VG_RESOLUTION_SECOND_LINE, /* OLA2: only while support line >= 2 */
};

/* A row of the target table. response_ms or resolution_ms -1 = no target. */
struct vg_target {
	char *name;		  /* "P1".."P4", or "request" for service requests */
	int64_t response_ms;	  /* of calendar time */
	int64_t resolution_ms;	  /* of calendar time */
	int64_t share_ppm;	  /* share of tickets that must meet it */
	const struct vg_cal *cal; /* borrowed from the version */
};

struct vg_municipality {
	char *code; /* SCB code, four digits */
	char *name;
	char *federation; /* code, "" when none */
	char *size; /* small, medium, large: dated attribute, never computed from population */
	int64_t go_live_ms; /* member from here; INT64_MIN = always */
	int64_t end_ms;	    /* to here; INT64_MAX = no end */
};

struct vg_service {
	char *id;
	char *name;
};

/* Who is called when a municipality hands a ticket to second line. */
struct vg_duty {
	char *name;
	char *municipality; /* SCB code, or "*" for all */
	char *channel;	    /* "webhook" or "mail" */
	char *address;	    /* URL or mail address (a function's, not a person's) */
	int64_t repeat_ms;  /* said again after this until acknowledged; 0 = once */
	int64_t repeats_max;
};

struct vg_agreement {
	int refs;
	char *name;    /* "sample-2016" */
	char *version; /* the author's own version mark */
	char *zone;    /* IANA name the expansion was made with */
	char *tzdata;  /* version of the zone data, "" when unknown */
	int64_t seq;   /* ledger sequence that applied it; 0 outside a ledger */
	int64_t valid_from_ms, valid_to_ms; /* INT64_MAX = no end */

	/* Local months and days. month i is number first_month + i, counted year * 12 + (month -
	 * 1); day i is day first_day + i since 1970-01-01. Both arrays have one more element: the
	 * end of the last. */
	int first_month;
	size_t months;
	int64_t *month_start_ms;
	int64_t first_day;
	size_t days;
	int64_t *day_start_ms;
	uint8_t *day_working; /* 1 = Monday to Friday and not closed */

	size_t cals;
	struct vg_cal **cal; /* sorted by name; "24x7" is always there */

	size_t municipalities;
	struct vg_municipality *municipality; /* sorted by code */
	size_t services;
	struct vg_service *service; /* sorted by id */

	size_t priorities; /* P1 first */
	char *priority[VG_PRIORITY_MAX];
	uint8_t matrix[VG_LEVELS][VG_LEVELS]; /* [impact - 1][urgency - 1] = index of priority */
	size_t targets;
	struct vg_target *target; /* by name; at most priorities + 1 */

	size_t duties;
	struct vg_duty *duty;

	/* Rules with their defaults (D) in semantics.md 3.4 and 3.5. */
	enum vg_retarget retarget;
	enum vg_resolution_clock resolution_clock;
	uint32_t pause_reasons;	    /* bit per enum vg_reason that stops the clock */
	int64_t max_pause_days;	    /* working days; -1 = none */
	int64_t min_n;		    /* below this: too_few (D 10) */
	bool count_open_overdue;    /* (D false) */
	int64_t reopen_window_days; /* (D 14) */
};

/* All zero but refs = 1. vg_agreement_unref frees every pointer with free(), and calendars with
 * vg_cal_free. */
struct vg_agreement *vg_agreement_new(void);
struct vg_agreement *vg_agreement_ref(struct vg_agreement *agreement);
void vg_agreement_unref(struct vg_agreement *agreement);

/* Lookups; NULL or -1 when there is no such thing. Borrowed from the version. */
const struct vg_cal *vg_agreement_cal(const struct vg_agreement *agreement, const char *name);
const struct vg_municipality *vg_agreement_municipality(const struct vg_agreement *agreement,
							const char *code);
const struct vg_service *vg_agreement_service(const struct vg_agreement *agreement, const char *id);
const struct vg_target *vg_agreement_target(const struct vg_agreement *agreement, const char *name);
int vg_agreement_priority(const struct vg_agreement *agreement, const char *name);

/* Month number (year * 12 + month - 1) of an instant, and a month's start; -1 outside the
 * expansion. */
int vg_agreement_month_of(const struct vg_agreement *agreement, int64_t at_ms);
int64_t vg_agreement_month_start_ms(const struct vg_agreement *agreement, int month);
/* Local day number (days since 1970-01-01); INT64_MIN outside the expansion. */
int64_t vg_agreement_day_of(const struct vg_agreement *agreement, int64_t at_ms);
/* The instant `days` working days after at_ms: same time of day on the days-th working day after
 * at_ms's local day. -1 when the expansion ends before that. */
int64_t vg_agreement_add_working_days_ms(const struct vg_agreement *agreement, int64_t at_ms,
					 int64_t days);

#endif
