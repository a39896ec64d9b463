/* A profile: what a set of tickets looks like, for `vinga profile` and for dry runs of an import.
 *
 * Counts and durations over all tickets that the core holds, for the whole and by priority,
 * municipality and month of creation. Durations are kept, so every quantile can be asked for. All
 * figures are integers: seconds, ten-thousandths of an hour, millionths. */
#ifndef VG_CORE_PROFILE_H
#define VG_CORE_PROFILE_H

#include "core/core.h"

#define VG_PROFILE_CALS_MAX   4
#define VG_PROFILE_LINES      4	    /* 0 = unknown */
#define VG_PROFILE_GROUPS_MAX 10000 /* of one kind; further ones are counted in the whole alone */

/* X(constant, name). Of tickets, unless the name says otherwise. */
#define VG_PROFILE_COUNTS(X)                                                                       \
	X(CASES, "cases")                                                                          \
	X(EVENTS, "events") /* facts that count */                                                 \
	X(RESOLVED, "resolved_cases")                                                              \
	X(FIRST_LINE, "first_line_resolved") /* every known line to the resolution is 1 */         \
	X(ESCALATED, "escalated_cases")                                                            \
	X(DEESCALATED, "deescalated_cases")                                                        \
	X(PINGPONG, "line_pingpong_cases") /* both */                                              \
	X(HANDED_OVER, "cases_with_team_handover")                                                 \
	X(HANDOVERS, "team_handovers_total") /* steps */                                           \
	X(REOPENED, "reopened_cases")                                                              \
	X(REOPENINGS, "reopenings_total") /* steps */                                              \
	X(SECOND_LINE, "touched_L2_or_L3")                                                         \
	X(SOURCE_SLA_MET, "made_sla")                                                              \
	X(SOURCE_REASSIGNED, "field_reassigned_cases")                                             \
	X(SOURCE_REOPENED, "field_reopened_cases")                                                 \
	X(SOURCE_RESOLVED, "field_resolved_at_known")                                              \
	X(TARGET_JUDGED, "target_judged") /* met or missed, by the contractual clock */            \
	X(TARGET_MET, "demo_target_met")

enum vg_profile_count {
#define X(constant, name) VG_PROFILE_##constant,
	VG_PROFILE_COUNTS(X)
#undef X
		VG_PROFILE_COUNT_COUNT
};
extern const char *const vg_profile_count_name[VG_PROFILE_COUNT_COUNT];

/* Seconds, ascending. */
struct vg_durations {
	int64_t *second;
	size_t n, size;
};

struct vg_profile_group {
	char *name; /* the source's priority, municipality or "2016-04"; "" = none, or the whole */
	int64_t count[VG_PROFILE_COUNT_COUNT];
	/* Creation to final resolution, per calendar; net = less agreed pauses and
	 * resolved-until-reopened; said = to the source's own instant of resolution. */
	struct vg_durations gross[VG_PROFILE_CALS_MAX], net[VG_PROFILE_CALS_MAX],
		said[VG_PROFILE_CALS_MAX];
};

enum vg_profile_by {
	VG_PROFILE_BY_PRIORITY,
	VG_PROFILE_BY_MUNICIPALITY,
	VG_PROFILE_BY_MONTH,
	VG_PROFILE_BY_COUNT
};

struct vg_profile_word {
	char *word;
	int64_t count;
};

struct vg_profile {
	size_t cals;
	const struct vg_cal
		*cal[VG_PROFILE_CALS_MAX]; /* borrowed from the newest agreement version */
	struct vg_profile_group whole;
	struct vg_profile_groups {
		struct vg_profile_group *group; /* by name */
		size_t n, size;
	} by[VG_PROFILE_BY_COUNT];
	struct vg_profile_words {
		struct vg_profile_word
			*word; /* the source's own statuses, one count per fact; by word */
		size_t n, size;
	} statuses;
	int64_t events_by_line[VG_PROFILE_LINES];
	int64_t first_line[VG_PROFILE_LINES], highest_line[VG_PROFILE_LINES];
	int64_t resolving_line[VG_PROFILE_LINES]; /* of resolved tickets */
	int64_t first_ms, last_ms;		  /* of facts; -1 = there are none */
};

/* Over all shown tickets, as of the last fact. `cals` are names in the newest agreement version.
 * Returns 0; VG_ENOTFOUND when a calendar is not there (or there is no agreement); VG_ELIMIT for
 * more than VG_PROFILE_CALS_MAX; VG_ENOMEM. On success the caller frees what `out` holds with
 * vg_profile_fini. */
VG_MUST_CHECK int vg_profile_make(const struct vg_core *core, const char *const *cals,
				  size_t cal_count, struct vg_profile *out);
void vg_profile_fini(struct vg_profile *profile);

/* Ten-thousandths of an hour, rounded half to even; -1 when there are none. The nearest
 * rank is value number ceil(q n), q = percent/100. */
int64_t vg_durations_mean(const struct vg_durations *durations);
int64_t vg_durations_nearest_rank(const struct vg_durations *durations, int percent);
/* Seconds as ten-thousandths of an hour. */
int64_t vg_hours_e4(int64_t seconds);
/* num/den in millionths, rounded half to even; 0 when den is 0. */
int64_t vg_share_ppm(int64_t num, int64_t den);

#endif
