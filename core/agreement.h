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
#define VG_AGREEMENT_CHANNELS_MAX	16
#define VG_AGREEMENT_EDGES_MAX		32 /* dependencies of one service */
#define VG_AGREEMENT_PROBES_MAX		20000
#define VG_AGREEMENT_CALLOFFS_MAX	20000
#define VG_AGREEMENT_EXCEPTIONS_MAX	2000

#define VG_AGREEMENT_PROVIDERS_MAX	      5000
#define VG_AGREEMENT_PRICE_MAX_ORE	      INT64_C(100000000) /* a million kronor per user and year */
#define VG_AGREEMENT_TICKETS_PER_USER_MAX_PPM INT64_C(1000000000) /* a thousand */
#define VG_AGREEMENT_CLOSE_DAY_MAX	      15 /* a month may have no more working days */

#define VG_AGREEMENT_ALARM_FILES_MAX   20
#define VG_AGREEMENT_ALARM_FILE_BYTES  (256 * 1024)
#define VG_AGREEMENT_ALARM_SOURCES_MAX 500

#define VG_AVAILABILITY_TARGET_PPM 998000 /* of a service that states none (D 99.8 %) */
#define VG_PROBE_INTERVAL_MS	   60000  /* of a probe that states none (D) */

/* Rules that hold for whom states nothing, and for alarms before any version is applied (D). */
#define VG_FLAP_CHANGES	      5
#define VG_FLAP_WINDOW_MS     (INT64_C(10) * 60 * 1000)
#define VG_ALARM_TRANSIENT_MS (INT64_C(60) * 60 * 1000)

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

/* From where a service is measured. Quorum is taken within the agreed vantage only. */
enum vg_vantage { VG_VANTAGE_LOCAL, VG_VANTAGE_CENTRAL };

struct vg_municipality {
	char *code; /* SCB code, four digits */
	char *name;
	char *federation; /* code, "" when none */
	char *size; /* small, medium, large: dated attribute, never computed from population */
	int64_t go_live_ms;	 /* member from here; INT64_MIN = always */
	int64_t end_ms;		 /* to here; INT64_MAX = no end */
	enum vg_vantage vantage; /* the agreed one */
	/* What its fee follows from. */
	int64_t signed_day; /* local day of signing: the index's base; INT64_MIN = not said */
	int64_t leaving_ms; /* gives notice: it is leaving from here; INT64_MAX = it is not */
	int fee_from;	    /* first month that is billed; 0 = that of go_live. Before: trial */
	char *customer;	    /* finance's customer number, "" = none */
	char *reference;    /* the municipality's own order or reference, for the invoice; "" */
};

/* A private care provider: its tickets and users are its municipality's. */
struct vg_provider {
	char *id, *name;
	char *municipality;
};

/* An access channel, such as published_app. */
struct vg_access_channel {
	char *id;
	char *name;
};

/* "needs": a hard one takes the service down with it, a soft one degrades it. */
struct vg_edge {
	uint32_t service; /* index in vg_agreement.service; the graph has no cycle */
	bool hard;
};

struct vg_service {
	char *id;
	char *name;
	bool component;	   /* measured, but promised to nobody: it has no cells */
	uint32_t channels; /* bit per index in vg_agreement.channel; 0 = one channel without name */
	const struct vg_cal *hours; /* agreed service hours; borrowed */
	int64_t target_ppm;	    /* of availability; -1 = none */
	size_t edges;
	struct vg_edge *edge;
};

/* What a probe measures; its key is (agent, name). */
struct vg_probe_rule {
	char *agent, *name;
	bool reference; /* a target of the agent's own: says whether its line works; no service */
	bool trace;	/* imported changes of state: each holds until the next */
	uint32_t service;
	int channel;	    /* index; -1 = every channel of the service */
	char *municipality; /* SCB code, "*" = all whose agreed vantage this is; "" = reference */
	enum vg_vantage vantage;
	int64_t interval_ms;
};

/* A service that is named here is promised to those who called it off, from and to. */
struct vg_calloff {
	char *municipality;
	uint32_t service;
	int64_t from_ms, to_ms; /* INT64_MAX = no end */
};

/* Where a municipality has agreed on something else. */
struct vg_exception {
	char *municipality;
	uint32_t service;
	const struct vg_cal *hours; /* NULL = as the service */
	int64_t target_ppm;	    /* -1 = as the service */
};

enum vg_unknown_policy {
	VG_UNKNOWN_EXCLUDE, /* unmeasured time leaves the denominator (D) */
	VG_UNKNOWN_AS_UP,
};
enum vg_external_policy {
	VG_EXTERNAL_AS_UP,   /* time down by a cause outside the provider counts as up (D) */
	VG_EXTERNAL_EXCLUDE, /* it leaves Base */
};

/* On what a duty is called: bits. */
enum {
	VG_OCCASION_ESCALATION = 1,
	VG_OCCASION_OUTAGE = 2,
	VG_OCCASION_WINDOW = 4,
	VG_OCCASION_ALARM = 8
};

/* A file of alarm rules, as written (lib/alarm/rules.h reads it): the core only keeps it. */
struct vg_alarm_file {
	char *name, *text;
};

/* A source of alarms that must not be silent for so long. */
struct vg_alarm_silence {
	char *source;
	int64_t silence_ms;
};

/* Who is called when a municipality hands a ticket to second line. */
struct vg_duty {
	char *name;
	char *municipality; /* SCB code, or "*" for all */
	char *channel;	    /* "webhook" or "mail" */
	char *address;	    /* URL or mail address (a function's, not a person's) */
	unsigned occasions; /* VG_OCCASION_* */
	int64_t repeat_ms;  /* said again after this until acknowledged; 0 = once */
	int64_t repeats_max;
};

enum vg_billing_event {
	VG_BILLING_RESOLVED, /* first resolved, or closed, after second line was reached (D) */
	VG_BILLING_SECOND_LINE,
	VG_BILLING_CLOSED
};
enum vg_count_split {
	VG_SPLIT_PARENT, /* what was split counts, its parts do not (D) */
	VG_SPLIT_EACH
};
enum vg_index_mode {
	VG_INDEX_JANUARY,     /* each 1 January after the signing (D) */
	VG_INDEX_ANNIVERSARY, /* each anniversary: from the first month that begins then or later */
};
enum vg_index_rounding {
	VG_INDEX_ORE_FROM_BASE, /* once, to whole öre (D) */
	VG_INDEX_KRONA,		/* once, to whole kronor */
	VG_INDEX_CHAIN		/* to whole öre each year, from the year before */
};
enum vg_join_month {
	VG_JOIN_PRORATA_DAYS, /* of the joining and the leaving month (D) */
	VG_JOIN_NONE,
	VG_JOIN_FULL
};
/* Something is missing when a month is to be closed. */
enum vg_missing {
	VG_MISSING_CARRY, /* the statement says so, and is put right when it comes */
	VG_MISSING_HOLD	  /* that municipality's statement waits */
};

/* How support and operation are paid for: semantics.md 2, defaults 2.9. */
struct vg_fee_rules {
	bool agreed;	     /* false: the version says nothing of a fee, and the rest is unused */
	int mode;	     /* enum vg_fee_mode (core/fee.h) */
	int64_t support_ore; /* per user and year, before index (D 25 000) */
	int64_t operation_ore;	      /* likewise (D 175 000) */
	int64_t tickets_per_user_ppm; /* that the ticket price rests on (D 1 000 000) */
	enum vg_billing_event billing_event;
	uint32_t chargeable_types; /* bit per enum vg_type */
	uint32_t exclude_sources;  /* bit per enum vg_requester */
	bool exclude_test;	   /* (D true) */
	bool count_duplicates;	   /* (D false) */
	enum vg_count_split count_split;
	bool count_cancelled;			     /* (D false) */
	bool exclude_vgr_cause, exclude_vgr_problem; /* (D true) */
	int64_t misroute_ms; /* (D 10 min) of work in second line; -1 = no such rule */
	int64_t reopen_days; /* (D 14) calendar days from first resolution */
	bool bill_leaving;   /* (D true) to the end, else to leaving_ms */
	bool override_two;   /* (D true) */
	char *index;	     /* name of the series; "" = prices are not indexed (D) */
	enum vg_index_mode index_mode;
	enum vg_index_rounding index_rounding;
	bool index_negative;		  /* (D true); else a rate below 0 counts as 0 */
	char *user_rule;		  /* (D "licensed") what a user is, as readings state it */
	int reading_day;		  /* (D 1) of the month, 1 to 28 */
	enum vg_missing late_reading;	  /* (D carry) */
	enum vg_missing waiting_approval; /* (D hold) */
	enum vg_missing quarantine;	  /* (D carry) */
	enum vg_join_month join_month;
	int64_t close_working_day;	  /* (D 5) of the month after */
	bool automatic_close;		  /* (D false) the calendar may be the second */
	int64_t objection_days;		  /* (D 30) from when it was made available */
	int64_t objection_one_person_ore; /* (D 50 000) accepted by one up to here */
	bool round_total_krona;		  /* (D false) */
	int64_t vat_ppm;		  /* -1 = none is computed (D) */
	int64_t peer_group;		  /* (D 3) smallest group that is compared with */
	int64_t cost_reference_ore;	  /* a year's cost that VGR plans with (D 30 MSEK) */
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

	size_t channels;
	struct vg_access_channel *channel; /* sorted by id */
	size_t probes;
	struct vg_probe_rule *probe; /* sorted by (agent, name) */
	size_t calloffs;
	struct vg_calloff *calloff; /* sorted by (service, municipality, from_ms) */
	size_t exceptions;
	struct vg_exception *exception; /* sorted by (service, municipality) */

	size_t priorities; /* P1 first */
	char *priority[VG_PRIORITY_MAX];
	uint8_t matrix[VG_LEVELS][VG_LEVELS]; /* [impact - 1][urgency - 1] = index of priority */
	size_t targets;
	struct vg_target *target; /* by name; at most priorities + 1 */

	size_t duties;
	struct vg_duty *duty;

	size_t providers;
	struct vg_provider *provider; /* sorted by id */
	struct vg_fee_rules fee;

	/* Rules with their defaults (D) in semantics.md 3.4 and 3.5. */
	enum vg_retarget retarget;
	enum vg_resolution_clock resolution_clock;
	uint32_t pause_reasons;	    /* bit per enum vg_reason that stops the clock */
	int64_t max_pause_days;	    /* working days; -1 = none */
	int64_t min_n;		    /* below this: too_few (D 10) */
	bool count_open_overdue;    /* (D false) */
	int64_t reopen_window_days; /* (D 14) */

	/* Availability, semantics.md 3.1 to 3.3. */
	int64_t slot_ms;	    /* (D 60 s) */
	int64_t confirm_slots;	    /* (D 2); 1 = everything counts as measured */
	int64_t join_gap_s;	    /* (D 300) for the number of outages and MTRS, never for Down */
	int64_t flap_changes;	    /* (D 5) */
	int64_t flap_window_ms;	    /* (D 10 min) */
	int64_t degraded_ppm;	    /* weight of degraded time (D 0) */
	int64_t coverage_ppm;	    /* below it no verdict (D 950 000) */
	int64_t window_notice_days; /* (D 10) local days */
	enum vg_unknown_policy unknown_policy;
	enum vg_external_policy external_policy;

	/* Alarms, semantics.md 3.7. They flap by flap_changes and flap_window_ms. */
	size_t alarm_files;
	struct vg_alarm_file *alarm_file; /* in the order in which they are tried */
	size_t alarm_silences;
	struct vg_alarm_silence *alarm_silence; /* sorted by source */
	int64_t alarm_transient_ms;   /* a transient alarm ends this long after its last notice (D 1
					 h) */
	int64_t major_municipalities; /* so many with alarms on one service (D 3) ... */
	int64_t major_window_ms;      /* ... raised within so long propose a major incident (D 15
					 min) */
	int alarm_ticket_severity;    /* enum vg_severity: from it up an alarm becomes a ticket by
					 itself; 0 = none does (D) */
};

/* All zero but refs = 1. vg_agreement_unref frees every pointer with free(), and calendars with
 * vg_cal_free. */
struct vg_agreement *vg_agreement_new(void);
struct vg_agreement *vg_agreement_ref(struct vg_agreement *agreement);
void vg_agreement_unref(struct vg_agreement *agreement);

/* Sets the rules of availability and, but for `agreed`, of the fee as they are for whom states
 * nothing (D). */
void vg_agreement_set_defaults(struct vg_agreement *agreement);
/* Services that need themselves by way of others: how many, and which, in the order of the need;
 * 0 = there is no cycle. `cycle` has room for every service. */
size_t vg_agreement_cycle(const struct vg_agreement *agreement, uint32_t *cycle);

/* Lookups; NULL or -1 when there is no such thing. Borrowed from the version. */
const struct vg_cal *vg_agreement_cal(const struct vg_agreement *agreement, const char *name);
const struct vg_municipality *vg_agreement_municipality(const struct vg_agreement *agreement,
							const char *code);
const struct vg_provider *vg_agreement_provider(const struct vg_agreement *agreement,
						const char *id);
const struct vg_service *vg_agreement_service(const struct vg_agreement *agreement, const char *id);
const struct vg_target *vg_agreement_target(const struct vg_agreement *agreement, const char *name);
int vg_agreement_priority(const struct vg_agreement *agreement, const char *name);

const struct vg_probe_rule *vg_agreement_probe(const struct vg_agreement *agreement,
					       const char *agent, const char *name);
int vg_agreement_channel(const struct vg_agreement *agreement, const char *id); /* index */
/* Agreed hours, target and membership of a service in a municipality. The service is promised in
 * [*from_ms, *to_ms) of each span; index 0.. until false. */
const struct vg_cal *vg_agreement_hours(const struct vg_agreement *agreement,
					const struct vg_service *service, const char *municipality);
int64_t vg_agreement_target_ppm(const struct vg_agreement *agreement,
				const struct vg_service *service, const char *municipality);
bool vg_agreement_member(const struct vg_agreement *agreement, const struct vg_service *service,
			 const char *municipality, size_t index, int64_t *from_ms, int64_t *to_ms);

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
