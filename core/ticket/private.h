/* What the files of the ticket's view share: the SLA class in force, the survey of the facts, and
 * the meters. For core/ticket*.c only. */
#ifndef VG_TICKET_PRIVATE_H
#define VG_TICKET_PRIVATE_H

#include "core/state.h"

/* What a stretch of a ticket's time is measured with. Borrowed from the agreement version. */
struct vg_sla_class {
	const struct vg_agreement *agreement; /* NULL = none was in force */
	const char *priority;		      /* "" = not known */
	const char *name;		/* the target's: the priority, or "request"; "" = none */
	const struct vg_target *target; /* NULL = no target */
	const struct vg_cal *cal;	/* never NULL: 24x7 when there is no target */
};

/* Follows the class from fact to fact. */
struct vg_class_track {
	int64_t inputs[6]; /* values that the class follows from, as last seen */
	struct vg_sla_class class;
};

/* ticket/class.c */
/* Nothing known yet, in the version valid at creation. */
void vg_class_track_init(struct vg_class_track *track, const struct vg_core *core,
			 int64_t created_ms);
/* number[]: all that is stated up to and with a fact at at_ms. */
void vg_class_track_follow(struct vg_class_track *track, const struct vg_core *core,
			   const int64_t number[VG_TF_COUNT], int64_t at_ms);

/* The support lines that rules speak of. */
#define VG_LINE_SECOND	 2
#define VG_LINE_SUPPLIER 3

/* How the ticket stands at the end of the accounting. */
enum vg_outcome { VG_OUTCOME_OPEN, VG_OUTCOME_RESOLVED, VG_OUTCOME_DROPPED };

/* The facts that count, up to an instant. */
struct vg_history {
	const struct vg_fact *fact[VG_TICKET_FACTS_MAX];
	uint32_t n;
	int64_t next_ms; /* the first fact later than the instant; -1 = none */
};

struct vg_survey {
	int64_t created_ms, end_ms; /* the accounting's span */
	enum vg_outcome outcome;
	uint32_t final; /* index of the fact that began the ending run of statuses */
	int first_line; /* first known one; 0 = none */
	struct vg_sla_class first_class, last_class;
};

/* ticket/survey.c */
enum vg_outcome vg_outcome_of(enum vg_status status);
/* The line that a fact states; 0 = none, or one that is not known. */
int vg_stated_line(const struct vg_fact *fact, const int64_t number[VG_TF_COUNT]);
void vg_history_collect(struct vg_history *history, const struct vg_core *core,
			const struct vg_ticket *ticket, int64_t at_ms);
/* The last stated opening, else the first fact. There must be a fact. */
int64_t vg_history_created_ms(const struct vg_history *history);
/* Folds all facts into out->current and out->set. at_ms: INT64_MAX = up to the last fact. */
void vg_survey_facts(struct vg_survey *survey, const struct vg_history *history,
		     const struct vg_core *core, int64_t created_ms, int64_t at_ms,
		     struct vg_ticket_view *out);

static inline int64_t
vg_later_ms(int64_t a_ms, int64_t b_ms)
{
	return a_ms > b_ms ? a_ms : b_ms;
}

/* One clock: stretches of counted time. Its stretches are cut only where it stops or its calendar
 * changes, so that a fact that changes nothing moves no due time. */
struct vg_meter {
	bool running;
	int64_t from_ms;    /* of the running stretch */
	int64_t elapsed_ms; /* of the stretches before it */
	int64_t target_ms;  /* -1 = none */
	int64_t passed_ms;  /* when an earlier stretch passed the present target; -1 = none did */
	int64_t start_ms, end_ms;
	const char *breached_as;
};

struct vg_meters {
	struct vg_sla_class class;
	int64_t class_from_ms;
	enum vg_clock contractual; /* the clock that has the resolution target */
	uint32_t faults;
	struct vg_meter meter[VG_CLOCK_COUNT];
};

#define VG_CLOCK_BIT(clock) (1U << (clock))

/* ticket/clock.c */
void vg_meters_init(struct vg_meters *meters, enum vg_clock contractual,
		    const struct vg_sla_class *class, int64_t at_ms);
/* A new class holds from at_ms. */
void vg_meters_retarget(struct vg_meters *meters, const struct vg_sla_class *class, int64_t at_ms);
/* From at_ms just the clocks in the set `running` run. */
void vg_meters_run(struct vg_meters *meters, unsigned running, int64_t at_ms);
/* Notes where a clock begins (else where it first runs) or ends; the first note holds. */
void vg_meters_start(struct vg_meters *meters, enum vg_clock clock, int64_t at_ms);
void vg_meters_end(struct vg_meters *meters, enum vg_clock clock, int64_t at_ms);
/* Writes clock[], resolution, faults and next_deadline_ms as of at_ms, which no stretch passes. */
void vg_meters_judge(struct vg_meters *meters, int64_t at_ms, enum vg_outcome outcome,
		     struct vg_ticket_view *out);

static inline void
vg_view_note_deadline(struct vg_ticket_view *view, int64_t at_ms)
{
	if (at_ms >= 0 && (view->next_deadline_ms < 0 || at_ms < view->next_deadline_ms))
		view->next_deadline_ms = at_ms;
}

#endif
