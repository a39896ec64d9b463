/* When each probe runs.
 *
 * A probe is due at offset + k * interval on the steady clock, where the offset is a hash of its
 * name: probes are spread over their interval, never drift, and keep their place over a restart. A
 * run that is not over at the probe's next turn skips that turn. At most so many run at a time; the
 * others wait in the order in which they became due. Time is an argument: the owner calls turn() at
 * next_ms(), and soon after `on_ready`. */
#ifndef VG_SCHEDULE_H
#define VG_SCHEDULE_H

#include "agents/config.h"

#define VG_SCHEDULE_BUILT_IN_MAX 1000 /* runs at a time that need no process */
#define VG_SCHEDULE_GRACE_MS	 250  /* after its timeout a run is given up, if it has not ended */

struct vg_agent_sample {
	const char *probe;
	int64_t at_ms; /* UTC, when the run began */
	const struct vg_check_result *result;
	bool changed; /* another state than the probe's sample before, or its first */
};

struct vg_schedule_options {
	struct vg_engine
		*engine; /* for the check types; may be NULL when none of them looks at it */
	const struct vg_agent_probe *probe; /* by name */
	size_t probes;
	int64_t plugins_max; /* processes at a time */
	/* From within turn() and from within a check's own callback; the sample is borrowed. */
	void (*on_sample)(const struct vg_agent_sample *sample, void *arg);
	void (*on_ready)(void *arg); /* a place is free and somebody waits for it */
	void *arg;
};

struct vg_schedule_counts {
	int64_t runs, skipped, given_up; /* since the start */
	size_t running, waiting;
};

struct vg_schedule;
/* Options are copied, probes borrowed for its whole life. now_ms is vg_steady_ms(). */
VG_MUST_CHECK int vg_schedule_new(struct vg_schedule **out,
				  const struct vg_schedule_options *options, int64_t now_ms,
				  struct vg_err *err);
/* Gives up what runs. */
void vg_schedule_free(struct vg_schedule *schedule);

/* Takes over from the schedule before a reload: last states and counts, and what was under way
 * there begins anew at the next turn(). Before the first one; `before` may be freed afterwards. */
void vg_schedule_inherit(struct vg_schedule *schedule, const struct vg_schedule *before);

/* Gives up what is late, begins what is due. wall_ms: UTC now. */
void vg_schedule_turn(struct vg_schedule *schedule, int64_t now_ms, int64_t wall_ms);
/* When turn() is to be called next, on the steady clock; INT64_MAX = there are no probes. */
int64_t vg_schedule_next_ms(const struct vg_schedule *schedule);
/* What a run that had to be given up says. A check ends by itself at its timeout and knows better
 * why; this is for one that does not. */
void vg_schedule_no_answer(const struct vg_agent_probe *probe, struct vg_check_result *out);
void vg_schedule_get_counts(const struct vg_schedule *schedule, struct vg_schedule_counts *out);

#endif
