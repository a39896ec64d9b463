/* What one ticket puts into one month, and the collection of all of them; for core/kpi*.c only. */
#ifndef VG_KPI_PRIVATE_H
#define VG_KPI_PRIVATE_H

#include "core/core_private.h"
#include "core/kpi.h"

#define VG_KPI_BIT(kpi) (UINT32_C(1) << (kpi))

/* The month that is computed: [start_ms, end_ms), as of instant_ms. */
struct vg_kpi_span {
	int month;
	int64_t start_ms, end_ms;
	int64_t instant_ms;		  /* min(end, evaluation) */
	int64_t at_ms;			  /* last instant that belongs to it, for views */
	const struct vg_agreement *rules; /* version valid at at_ms, else the newest */
};

/* Numerators and denominators are 0 or 1 but for the four values below. */
struct vg_kpi_record {
	struct vg_kpi_key key;	  /* the ticket's own */
	struct vg_kpi_key sorted; /* projected to the split that is being made */
	int64_t ticket;
	uint32_t counts;       /* bit per KPI: in the denominator, or counted */
	uint32_t reached;      /* bit per KPI: in the numerator */
	uint32_t left_out;     /* bit per KPI */
	bool first_line_known; /* was in first line at some time */
	int group_changes;
	int64_t elapsed_ms; /* to the final resolution */
	int64_t age_ms;	    /* of what is open */
	int64_t share_ppm;  /* target of its class, -1 = none */
};

/* Whether the ticket's months reach the span's. */
bool vg_kpi_touches(const struct vg_ticket *ticket, const struct vg_kpi_span *span);
/* Ascending by municipality, service, priority, line; NULL first. */
int vg_kpi_compare_keys(const struct vg_kpi_key *a, const struct vg_kpi_key *b);

/* KPIs that look back over twelve months: those with a target, and tickets per user. */
extern const enum vg_kpi vg_kpi_rolling[VG_KPI_ROLLING];
/* Makes the sums of a month that remembers none. Returns 0 or VG_CORE_ENOMEM, after which the month
 * holds a part of them and is to be made to forget. */
VG_MUST_CHECK int vg_kpi_remember(const struct vg_core *core, const struct vg_kpi_span *span,
				  struct vg_month *month);

/* Fills a record; false when the ticket does not touch the month. */
bool vg_kpi_record_make(const struct vg_core *core, const struct vg_ticket *ticket,
			const struct vg_kpi_span *span, struct vg_kpi_record *out);
/* What the record puts into a KPI whose bit is in `counts`. */
int64_t vg_kpi_record_number(const struct vg_kpi_record *record, enum vg_kpi kpi);

/* Finds the month in the newest version that knows it. Returns 0 or VG_CORE_ENOTFOUND. */
VG_MUST_CHECK int vg_kpi_span_find(const struct vg_core *core, int month, int64_t eval_ms,
				   struct vg_kpi_span *out);
/* Local days from one instant to another. */
int64_t vg_kpi_days_between(const struct vg_agreement *rules, int64_t from_ms, int64_t to_ms);

#endif
