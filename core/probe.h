/* Probes: what was sampled, as the core keeps it; for core/ only.
 *
 * A probe is (source, name). Its live samples are one strand, those of each import another, so that
 * a revoked import counts no longer. A strand is a list of UTC days; a day holds raw samples until
 * it is sealed, and runs always. */
#ifndef VG_CORE_PROBE_H
#define VG_CORE_PROBE_H

#include "core/avail.h"
#include "core/state.h"

#define VG_PROBE_DAY_MS (INT64_C(24) * 3600 * 1000)

struct vg_raw {
	int64_t seq; /* event that brought it */
	uint32_t at; /* ms of its UTC day */
	uint32_t state;
};

struct vg_strand_day {
	struct vg_link link;
	int64_t changed_seq;
	struct vg_strand *strand;
	int64_t day;		   /* UTC days since 1970-01-01 */
	int64_t gap_ms;		   /* longest gap within a run; INT64_MAX = any (trace) */
	struct vg_run *sealed_run; /* as sealed last */
	size_t sealed_runs;
	struct vg_raw *raw; /* by time, then arrival: what came since; the day is open */
	size_t raws, raws_size;
	struct vg_run *run; /* what both give; unused while nothing is raw */
	size_t runs, runs_size;
	struct vg_strand_day *prev, *next; /* open days */
};

struct vg_strand {
	struct vg_strand *next; /* of the same probe */
	struct vg_probe *probe;
	uint32_t import;	    /* pool id; 0 = live */
	const char *import_text;    /* borrowed from the pool */
	struct vg_strand_day **day; /* ascending */
	size_t days, days_size;
	int64_t samples;
	int64_t last_ms; /* newest sample, with what it said beside its state */
	int64_t last_latency_ms;
	char *last_text;
};

struct vg_probe_id {
	uint32_t source, name; /* pool ids */
};

struct vg_probe {
	UT_hash_handle hh;
	struct vg_probe_id id;
	const char *source, *name; /* borrowed from the pool */
	bool agreed;		   /* the newest agreement names it */
	struct vg_strand *strand;  /* in order of appearance */
	int64_t stirred_seq;	   /* batch that last asked for a look at what rests on it */
};

/* All probes, embedded in the core. */
struct vg_probes {
	struct vg_probe *table;	 /* by id */
	struct vg_probe **probe; /* by (source, name) */
	size_t n, size;
	struct vg_strand_day *open; /* days with raw samples */
	size_t days;
	size_t bytes;	   /* but for what is raw */
	int64_t first_ms;  /* of all samples; INT64_MAX = none */
	int64_t marked_ms; /* when a batch that changed no run's shape last marked a month */
};

/* The runs of a day, ascending and disjoint. */
const struct vg_run *vg_day_runs(const struct vg_strand_day *day, size_t *runs);
/* NULL = no samples of it. */
struct vg_probe *vg_probe_find(const struct vg_core *core, const char *source, const char *name);
bool vg_strand_counts(const struct vg_core *core, const struct vg_strand *strand);
/* Index of the first day that is not before `day`. */
size_t vg_strand_lower(const struct vg_strand *strand, int64_t day);
/* The strand's newest sample before the day, else the day's begin: until there the day changes
 * nothing that the strand says. */
int64_t vg_day_known_ms(const struct vg_strand_day *day);
/* How bad a sample is: one that says nothing gives way to every other. */
int vg_sample_rank(enum vg_sample_state state);

static inline int64_t
vg_floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

#endif
