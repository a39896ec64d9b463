/* Availability: what each service was worth, seconds for seconds (semantics.md 3.1 to 3.3).
 *
 * Samples become runs, runs of all probes of the agreed vantage become a timeline of pieces, pieces
 * cut with service hours, membership and windows become cells. All of it is computed from the
 * core's state when somebody asks; nothing of it is state. Instants of a timeline are floored to
 * whole seconds, so pieces and cells add up exactly. */
#ifndef VG_CORE_AVAIL_H
#define VG_CORE_AVAIL_H

#include "core/core.h"

/* What a figure is about. */
struct vg_scope {
	const char *service;
	const char *channel; /* NULL = all channels together; "" = the one of a service without */
	const char *municipality; /* SCB code; NULL = the region (cells only) */
};

enum vg_avail_state {
	VG_AVAIL_UP,
	VG_AVAIL_NO_DATA,
	VG_AVAIL_DEGRADED,
	VG_AVAIL_DOWN,
	VG_AVAIL_STATE_COUNT
};
const char *vg_avail_state_name(enum vg_avail_state state); /* up, no_data, degraded, down */

/* A stretch of one state with one explanation. */
struct vg_avail_piece {
	int64_t from_ms, to_ms; /* whole seconds, from < to */
	enum vg_avail_state state;
	enum vg_party cause; /* of DOWN and DEGRADED; unknown until a person decides */
	int64_t record;	     /* outage record that set state or cause; 0 = none */
	const char *root;    /* service that the state came from along a dependency; "" = its own */
	bool rewritten;	     /* the short-interval rule changed what was measured */
	bool flapping;
	bool provisional; /* rests on a record that waits for the second person */
	bool pending;	  /* newest piece, not yet confirmed */
};
typedef void vg_avail_piece_cb(const struct vg_avail_piece *piece, void *arg);

/* The pieces of [from_ms, to_ms) in order, without gap or overlap; the state of a scope that nobody
 * measures is NO_DATA. to_ms is at most "now": what lies after it is not known. scope->municipality
 * is not NULL. Returns 0, VG_ENOTFOUND (the newest agreement at from_ms has no such service,
 * channel or municipality) or VG_ENOMEM. */
VG_MUST_CHECK int vg_timeline(const struct vg_core *core, const struct vg_scope *scope,
			      int64_t from_ms, int64_t to_ms, vg_avail_piece_cb *on_piece,
			      void *arg);

/* What figures leave out of [from_ms, to_ms) because of service windows: stretches of agreed time
 * with an approved planned one, whole seconds, in order. scope->municipality is not NULL. Returns
 * 0, VG_ENOTFOUND as vg_timeline(), or VG_ENOMEM. */
typedef void vg_avail_span_cb(int64_t from_ms, int64_t to_ms, void *arg);
VG_MUST_CHECK int vg_avail_excluded(const struct vg_core *core, const struct vg_scope *scope,
				    int64_t from_ms, int64_t to_ms, vg_avail_span_cb *on_span,
				    void *arg);

/* How a scope stands at an instant. */
struct vg_avail_now {
	struct vg_avail_piece piece; /* to_ms = end of the instant's second; pending: measured, not
					yet confirmed */
	enum vg_avail_state confirmed; /* what stands until a pending state is confirmed */
	int64_t since_ms;	       /* of `confirmed`; -1 = up or no data for over a day */
	int64_t window; /* seq of the window that runs now, 0 = none: displayed as maintenance */
	int32_t window_n;
	bool agreed_time; /* inside agreed service time */
};
VG_MUST_CHECK int vg_avail_at(const struct vg_core *core, const struct vg_scope *scope,
			      int64_t at_ms, struct vg_avail_now *out);

enum vg_avail_verdict {
	VG_AVAIL_NO_TARGET,
	VG_AVAIL_MET,
	VG_AVAIL_MISSED,
	VG_AVAIL_INSUFFICIENT,	 /* coverage below the limit */
	VG_AVAIL_NOT_APPLICABLE, /* nothing in Base, or nothing of it measured */
};
const char *vg_avail_verdict_name(enum vg_avail_verdict verdict);

/* What another product's published formula makes of the same seconds (semantics.md 4.1). */
enum vg_twin {
	VG_TWIN_ZABBIX,	 /* windows left out, any state but OK is down */
	VG_TWIN_ICINGA,	 /* windows count as OK and stay in the denominator */
	VG_TWIN_CHECKMK, /* OK / total, windows not left out */
	VG_TWIN_COUNT
};
extern const char *const vg_twin_names[VG_TWIN_COUNT];

/* One cell. All *_s are whole seconds. period = outside + excluded + base, and base = up + external
 * + degraded + down + unknown: invariants. */
struct vg_avail_cell {
	struct vg_scope scope;
	int64_t from_ms, to_ms; /* the period; to_ms = min(its end, evaluation) */
	int64_t period_s;
	int64_t outside_s;  /* outside agreed hours or membership */
	int64_t excluded_s; /* approved planned windows, and external causes under that policy */
	int64_t base_s;
	int64_t up_s;
	int64_t external_s; /* down or degraded by a cause outside the provider: counts as up */
	int64_t degraded_s, down_s, unknown_s;
	int64_t rewritten_s, flapping_s, provisional_s; /* part of the above, for print */
	int64_t emergency_s;	  /* emergency windows in agreed time: not excluded */
	int64_t num, den;	  /* the policy in force; den 0 = not applicable */
	int64_t low_num, low_den; /* A_low: unmeasured counts as down */
	int64_t target_ppm;	  /* -1 = none */
	enum vg_avail_verdict verdict;
	int64_t outages;	  /* that start in it, gaps below join_gap joined */
	int64_t ended, restore_s; /* that ended in it, and the sum of their lengths: MTRS */
	int64_t longest_s;
	bool running;	      /* an outage goes on at to_ms: "pågår" */
	int64_t users;	      /* reading in force at the period's start; -1 = none */
	int64_t user_seconds; /* down seconds x users; -1 = no reading */
	/* Below 0 when used up; -1 too where there is none: no target, a day's month, the region.
	 */
	int64_t budget_month_s;	 /* of the whole month's Base as planned now, less down */
	int64_t budget_earned_s; /* of Base up to to_ms, less down */
	int64_t twin_num[VG_TWIN_COUNT], twin_den[VG_TWIN_COUNT];
	/* The region only: the mean of the municipalities' shares weighted by users is num/den,
	 * this is the plain one. In billionths, floored, so that neither reads higher than it is.
	 */
	int64_t unweighted_num, unweighted_den;
};
typedef void vg_avail_cell_cb(const struct vg_avail_cell *cell, void *arg);

/* The cells of a month (or, day >= 0, of that local day of it, counted from 0), evaluated at
 * min(its end, eval_ms): for each service that is promised, by id, for each municipality by code
 * and then the region, for each channel and then all together. `filter` may be NULL, as may its
 * fields. Returns 0, VG_ENOTFOUND when the month is outside every agreement's expansion, VG_ENOMEM.
 */
VG_MUST_CHECK int vg_avail_month(const struct vg_core *core, int month, int day, int64_t eval_ms,
				 const struct vg_scope *filter, vg_avail_cell_cb *on_cell,
				 void *arg);

/* The same cells as if one more window stood in the core; its strings are lists as in struct
 * vg_window, approved_by is not "", and it is borrowed. NULL = none more. */
VG_MUST_CHECK int vg_avail_month_if(const struct vg_core *core, const struct vg_window *planned,
				    int month, int day, int64_t eval_ms,
				    const struct vg_scope *filter, vg_avail_cell_cb *on_cell,
				    void *arg);
/* What such a window would do to a scope (municipality not NULL), all within its own time. */
struct vg_window_effect {
	bool in_notice;	    /* announced as long before as the agreement wants */
	bool counts;	    /* it leaves time out of figures: planned, and in notice or agreed to */
	int64_t agreed_s;   /* agreed service time in it */
	int64_t excluded_s; /* of that, what it alone leaves out */
};
VG_MUST_CHECK int vg_avail_window_effect(const struct vg_core *core, const struct vg_window *window,
					 const struct vg_scope *scope,
					 struct vg_window_effect *out);

/* Measured outages that touch [from_ms, to_ms): joined DOWN of one service and municipality, all
 * causes, by (service, channel, municipality, start). */
struct vg_outage_seen {
	struct vg_scope scope;
	int64_t from_ms, to_ms; /* whole, not cut; to_ms = evaluation while it runs */
	int64_t counted_s;	/* of it in Base of the span and counted as down */
	bool running, provisional;
	enum vg_party cause;
	int64_t record;
	const char *root;
};
typedef void vg_outage_seen_cb(const struct vg_outage_seen *outage, void *arg);
VG_MUST_CHECK int vg_outages_seen(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
				  const struct vg_scope *filter, vg_outage_seen_cb *on_outage,
				  void *arg);

/* One probe by itself, without agreement: how many samples, and the runs of [from_ms, to_ms), the
 * adjacent ones of one state joined when the gap is at most two intervals (trace: any gap). For
 * evidence, and for the comparison with other products' figures. */
struct vg_run {
	int64_t first_ms, last_ms; /* milliseconds as sampled */
	int64_t count;
	enum vg_sample_state state;
	bool sealed;
};
typedef void vg_run_cb(const struct vg_run *run, void *arg);
VG_MUST_CHECK int vg_probe_runs(const struct vg_core *core, const char *source, const char *probe,
				int64_t from_ms, int64_t to_ms, vg_run_cb *on_run, void *arg);

/* Probes that have samples, by (source, name). */
struct vg_probe_seen {
	const char *source, *name;
	int64_t samples, first_ms, last_ms; /* newest sample */
	enum vg_sample_state last_state;
	int64_t last_latency_ms;
	const char *last_text;
	bool agreed; /* the newest agreement names it */
};
typedef bool vg_probe_seen_cb(const struct vg_probe_seen *probe, void *arg);
void vg_probes_seen(const struct vg_core *core, vg_probe_seen_cb *visit, void *arg);

/* Sealing (semantics.md 4.4). A source's UTC day is due 24 hours after its end, and again when
 * something came to it later. */
struct vg_seal_due {
	const char *source, *import; /* import "" = none */
	int64_t day;		     /* UTC days since 1970-01-01 */
};
bool vg_seal_next(const struct vg_core *core, int64_t now_ms, struct vg_seal_due *out);
/* The day's runs as the body of raw.sealed, by probe; *run is malloc'ed by the core (free it), its
 * strings are borrowed from the core. */
VG_MUST_CHECK int vg_seal_runs(const struct vg_core *core, const struct vg_seal_due *due,
			       struct vg_sealed_run **run, size_t *count);

#endif
