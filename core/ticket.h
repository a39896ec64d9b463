/* One matter: its facts, and everything that follows from them.
 *
 * A ticket is the sorted list of what was stated about it. Status, lines, clocks, deadlines and
 * verdicts are a pure function of that list, the agreement versions and an instant; so the order of
 * arrival cannot matter, and a correction is one more fact. Rules: semantics.md 3.4. */
#ifndef VG_CORE_TICKET_H
#define VG_CORE_TICKET_H

#include "core/event.h"

struct vg_core;
struct vg_ticket; /* owned by the core */

#define VG_TICKET_FACTS_MAX                                                                        \
	4096 /* further facts are kept in the ledger and flagged, and change nothing */
#define VG_TICKET_REFS_MAX 8

/* Clocks of semantics.md 3.4. */
enum vg_clock {
	VG_CLOCK_END_TO_END,
	VG_CLOCK_FIRST_LINE,
	VG_CLOCK_SECOND_LINE,
	VG_CLOCK_SUPPLIER,
	VG_CLOCK_RESPONSE,
	VG_CLOCK_COUNT
};

/* To whom each second from creation to resolution belongs; the sum equals wall time. `resolved` is
 * the time between a resolution and its reopening, which no clock counts. */
enum vg_side {
	VG_SIDE_FIRST_LINE,
	VG_SIDE_SECOND_LINE,
	VG_SIDE_SUPPLIER,
	VG_SIDE_WAITING_REQUESTER,
	VG_SIDE_WAITING_MUNICIPALITY,
	VG_SIDE_SCHEDULED,
	VG_SIDE_RESOLVED,
	VG_SIDE_COUNT
};

enum vg_sla {
	VG_SLA_NONE, /* no target, or not applicable (cancelled, no agreement): "ej tillämpligt" */
	VG_SLA_RUNNING, /* open, target not used up */
	VG_SLA_PAUSED,	/* open, clock stands still: no due time */
	VG_SLA_OVERDUE, /* open, target used up or an old breach kept */
	VG_SLA_MET,
	VG_SLA_MISSED,
	VG_SLA_COUNT
};

/* Data faults: listed, never repaired in silence. X(constant, name, words in Swedish) */
#define VG_FAULTS(X)                                                                               \
	X(ILLEGAL_TRANSITION, "illegal_transition", "otillåten statusövergång")                    \
	X(PAUSE_WITHOUT_REASON, "pause_without_reason", "paus utan orsak")                         \
	X(PAUSE_NOT_TOLD, "pause_not_told", "beställaren fick inte veta om pausen")                \
	X(PAUSE_TOO_LONG, "pause_too_long", "paus längre än avtalet medger")                       \
	X(NO_PRIORITY, "no_priority", "prioritet saknas")                                          \
	X(NO_MUNICIPALITY, "no_municipality", "kommun saknas")                                     \
	X(OUTSIDE_CALENDAR, "outside_calendar", "tid utanför avtalets kalender")                   \
	X(BEFORE_OPENED, "before_opened", "uppgift före ärendets öppnande")                        \
	X(NO_AGREEMENT, "no_agreement", "inget avtal gällde")                                      \
	X(BYPASSED_FIRST_LINE, "bypassed_first_line", "öppnat direkt i andra linjen")              \
	X(TOO_MANY_FACTS, "too_many_facts", "för många uppgifter")

enum vg_fault {
#define X(constant, name, words) VG_FAULT_##constant,
	VG_FAULTS(X)
#undef X
		VG_FAULT_COUNT
};
/* Those that are faults of data. A ticket that bypassed first line is a fact about its way, told in
 * the same list: it flags no verdict and counts in no KPI of faults. */
#define VG_FAULTS_OF_DATA ((1U << VG_FAULT_COUNT) - 1 - (1U << VG_FAULT_BYPASSED_FIRST_LINE))
const char *vg_fault_name(enum vg_fault fault);
const char *vg_fault_words(enum vg_fault fault);
const char *vg_sla_name(enum vg_sla sla); /* none, running, paused, overdue, met, missed */
const char *vg_side_name(enum vg_side side);
const char *vg_clock_name(enum vg_clock clock);

struct vg_clock_state {
	enum vg_sla sla;
	int64_t elapsed_ms;	  /* counted time, each segment in its calendar */
	int64_t target_ms;	  /* -1 = none */
	int64_t due_ms;		  /* -1 = none, paused or ended */
	int64_t remaining_ms;	  /* target - elapsed; negative when overdue */
	int64_t start_ms, end_ms; /* -1 = not begun, not ended */
	const char *breached_as; /* priority under which an earlier target was missed and kept; NULL
				    = none */
};

/* Everything derived from the facts up to an instant. Strings borrowed from the core. Instants are
 * UTC ms floored to whole seconds; -1 = has not happened. */
struct vg_ticket_view {
	int64_t id; /* V-<id>: sequence of its first row */
	enum vg_status status;
	enum vg_reason reason;
	bool open;     /* neither resolved, closed, cancelled nor rejected */
	bool resolved; /* in a final unbroken run of resolved or closed */
	int64_t created_ms, received_at_ms, second_line_ms, first_resolved_ms, resolved_ms, last_ms;
	int line;				      /* now; 0 = unknown */
	int first_line, highest_line, resolving_line; /* 0 = unknown */
	bool first_line_only; /* resolved, every known line up to the final resolution is 1, at
				 least one known */
	int escalations, deescalations, handovers, reopens;
	int group_changes_second_line; /* group changes while the line stays 2 */
	int64_t current[VG_TF_COUNT];  /* folded statements, TIME in ms; STR as text[] */
	const char *text[VG_TF_COUNT]; /* NULL when not stated, "" when stated to be none */
	uint64_t set;
	const char *priority;  /* in force: stated, or impact x urgency by the matrix, lifted by
				  flags; "" = none */
	const char *sla_class; /* priority, or "request" */
	const struct vg_agreement *agreement; /* version that judges it now; NULL = none */
	struct vg_clock_state clock[VG_CLOCK_COUNT];
	struct vg_clock_state
		resolution; /* the contractual one: END_TO_END or SECOND_LINE by the agreement */
	int64_t side_ms[VG_SIDE_COUNT];
	uint32_t faults;	  /* bit per enum vg_fault */
	int64_t acknowledged_ms;  /* by a person in second line */
	int64_t next_deadline_ms; /* the next instant at which this view changes by itself; -1 =
				     never */
};

/* What happened in one stretch of a ticket's time: the explanation trace, and what the evidence
 * pages print. */
struct vg_segment {
	int64_t from_ms, to_ms;
	enum vg_status status;
	enum vg_reason reason;
	int line;
	enum vg_side side;
	const char *priority;
	const char *calendar;
	int64_t counted_ms; /* of the contractual resolution clock; 0 when the clock stood */
	const char *why;    /* "counts", "paused: requester", "resolved until reopened", "closed
			       hours", ... */
	int64_t fact_seq;   /* ledger row that began it; 0 = creation */
};
typedef void vg_segment_cb(const struct vg_segment *segment, void *arg);

/* The view at an instant: facts later than at_ms are left out, running clocks run to at_ms.
 * INT64_MAX = all facts, clocks of open tickets to the last fact. Every segment is passed to
 * `on_segment` when it is not NULL. */
void vg_ticket_view(const struct vg_core *core, const struct vg_ticket *ticket, int64_t at_ms,
		    struct vg_ticket_view *out, vg_segment_cb *on_segment, void *arg);

/* Time from creation to the final resolution in one calendar; -1 when not resolved. net = the time
 * in states that count: less agreed pauses and resolved-until-reopened; a fact before the stated
 * opening counts from its own instant. */
int64_t vg_ticket_elapsed_ms(const struct vg_core *core, const struct vg_ticket *ticket,
			     const struct vg_cal *cal, bool net);

int64_t vg_ticket_id(const struct vg_ticket *ticket);
int64_t vg_ticket_changed_seq(const struct vg_ticket *ticket);
size_t vg_ticket_ref_count(const struct vg_ticket *ticket);
struct vg_ref vg_ticket_ref(const struct vg_ticket *ticket, size_t index);
const char *vg_ticket_title_digest(const struct vg_ticket *ticket); /* "" = none */

/* One stated fact, in order of (occurred, source_order, event_id). */
struct vg_fact_view {
	int64_t seq, at_ms, source_order;
	const char *source, *event_id, *actor, *import;
	bool voided; /* by a correction or a revoked import: kept, listed, counts for nothing */
	struct vg_ticket_fields fields;
};
size_t vg_ticket_fact_count(const struct vg_ticket *ticket);
void vg_ticket_fact(const struct vg_core *core, const struct vg_ticket *ticket, size_t index,
		    struct vg_fact_view *out);

/* The life cycle (semantics.md 3.4): whether a ticket may go from one status to another. */
bool vg_status_may_follow(enum vg_status from, enum vg_status to);

#endif
