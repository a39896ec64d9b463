/* KPI cells: the ticket and flow figures of semantics.md 3.4 and 3.5 for one month.
 *
 * A cell is never a bare number: it has numerator and denominator, what was left out, the rule with
 * its version, the target and the verdict. Evidence is the list of tickets with what each put in.
 */
#ifndef VG_CORE_KPI_H
#define VG_CORE_KPI_H

#include "core/core.h"

#define VG_RULE_REV 1 /* raised when a code change changes a figure */

/* X(constant, name, unit, rule, Swedish label). Units: SHARE num/den in ppm; COUNT num; MEAN_MS
 * num/den; MS num (percentile). */
#define VG_KPIS(X)                                                                                 \
	X(INFLOW, "inflow", COUNT, "3.5", "Inkomna ärenden")                                       \
	X(OUTFLOW, "outflow", COUNT, "3.5", "Lösta ärenden")                                       \
	X(BACKLOG, "backlog", COUNT, "3.5", "Ärendebalans")                                        \
	X(BACKLOG_AGE_P50, "backlog_age_p50", MS, "3.5", "Balansens ålder, median")                \
	X(BACKLOG_AGE_P90, "backlog_age_p90", MS, "3.5", "Balansens ålder, p90")                   \
	X(BACKLOG_0_1, "backlog_0_1_days", COUNT, "3.5", "Balans 0–1 dygn")                        \
	X(BACKLOG_2_5, "backlog_2_5_days", COUNT, "3.5", "Balans 2–5 dygn")                        \
	X(BACKLOG_6_10, "backlog_6_10_days", COUNT, "3.5", "Balans 6–10 dygn")                     \
	X(BACKLOG_11_30, "backlog_11_30_days", COUNT, "3.5", "Balans 11–30 dygn")                  \
	X(BACKLOG_31, "backlog_over_30_days", COUNT, "3.5", "Balans över 30 dygn")                 \
	X(RESOLUTION_MET, "resolution_met", SHARE, "3.4", "Åtgärdstid inom mål")                   \
	X(RESPONSE_MET, "response_met", SHARE, "3.4", "Svarstid inom mål")                         \
	X(OPEN_OVERDUE, "open_overdue", COUNT, "3.4", "Pågående överskridna")                      \
	X(RESOLUTION_MEAN, "resolution_mean", MEAN_MS, "3.4", "Åtgärdstid, medel")                 \
	X(RESOLUTION_P50, "resolution_p50", MS, "3.4", "Åtgärdstid, median")                       \
	X(RESOLUTION_P90, "resolution_p90", MS, "3.4", "Åtgärdstid, p90")                          \
	X(ESCALATION_SHARE, "escalation_share", SHARE, "3.5", "Andel till andra linjen")           \
	X(FIRST_LINE_SHARE, "first_line_resolution_share", SHARE, "3.5",                           \
	  "Andel lösta i första linjen")                                                           \
	X(BOUNCE_SHARE, "bounce_share", SHARE, "3.5", "Andel åter till första linjen")             \
	X(REASSIGNMENTS, "reassignments_mean", SHARE, "3.5",                                       \
	  "Omfördelningar per ärende i andra linjen")                                              \
	X(REOPEN_SHARE, "reopen_share", SHARE, "3.5", "Andel återöppnade")                         \
	X(SECOND_LINE, "second_line_tickets", COUNT, "3.5", "Ärenden till andra linjen")           \
	X(PER_USER_YEAR, "tickets_per_user_month_annualised", SHARE, "3.5",                        \
	  "Ärenden per användare och år, månaden uppräknad")                                       \
	X(PER_USER_T12, "tickets_per_user_12_months", SHARE, "3.5",                                \
	  "Ärenden per användare, rullande 12 månader")                                            \
	X(SOURCE_AGREES, "source_verdict_agrees", SHARE, "3.4", "Källans eget utfall lika vårt")   \
	X(SOURCE_SLA_MET, "source_sla_met", SHARE, "3.4", "Källans eget utfall inom mål")          \
	X(DATA_FAULTS, "tickets_with_data_faults", COUNT, "3.4", "Ärenden med datafel")

enum vg_kpi {
#define X(constant, name, unit, rule, label) VG_KPI_##constant,
	VG_KPIS(X)
#undef X
		VG_KPI_COUNT
};
enum vg_kpi_unit { VG_UNIT_COUNT, VG_UNIT_SHARE, VG_UNIT_MEAN_MS, VG_UNIT_MS };
struct vg_kpi_info {
	const char *name, *rule, *label;
	enum vg_kpi_unit unit;
};
extern const struct vg_kpi_info vg_kpi_info[VG_KPI_COUNT];

enum vg_kpi_verdict {
	VG_KPI_NO_TARGET,
	VG_KPI_MET,
	VG_KPI_MISSED,
	VG_KPI_TOO_FEW,
	VG_KPI_NOT_APPLICABLE
};
const char *vg_kpi_verdict_name(
	enum vg_kpi_verdict verdict); /* no_target, met, missed, too_few, not_applicable */

/* What a cell is about; NULL = all. "" = tickets with none (unattributed). line: highest line
 * reached, 0 = all, -1 = unknown. */
struct vg_kpi_key {
	const char *municipality, *service, *priority;
	int line;
};
/* Which of the four dimensions are split; combinations are separate cells. */
enum { VG_BY_MUNICIPALITY = 1, VG_BY_SERVICE = 2, VG_BY_PRIORITY = 4, VG_BY_LINE = 8 };

struct vg_kpi_cell {
	struct vg_kpi_key key;
	enum vg_kpi kpi;
	int64_t num, den;   /* den 0 with SHARE, MEAN_MS or MS = no data */
	int64_t target_ppm; /* -1 = none */
	int64_t left_out;   /* tickets that the rule leaves out of the denominator */
	enum vg_kpi_verdict verdict;
	int64_t rolling_num,
		rolling_den; /* twelve months to this one's end, where verdict is TOO_FEW; else 0 */
};
typedef void vg_kpi_cell_cb(const struct vg_kpi_cell *cell, void *arg);

/* Evidence: what one ticket put into one KPI of the month. */
struct vg_kpi_evidence {
	enum vg_kpi kpi;
	int64_t ticket, num, den;
};
typedef void vg_kpi_evidence_cb(const struct vg_kpi_evidence *evidence, void *arg);

/* Computes the month as the core knows it, evaluated at min(month's end, eval_ms). For each split
 * in `splits` (bit sets of VG_BY_*, 0 = the whole), cells in ascending key order with (kpi)
 * innermost; cells without any ticket are left out, except in split 0. `filter` fields that are not
 * NULL (line not 0) restrict the tickets. Callbacks may be NULL. Returns 0, VG_ENOTFOUND when the
 * month is outside every agreement's expansion, VG_ENOMEM. */
VG_MUST_CHECK int vg_kpi_month(const struct vg_core *core, int month, int64_t eval_ms,
			       const struct vg_kpi_key *filter, const unsigned *splits,
			       size_t split_count, vg_kpi_cell_cb *on_cell,
			       vg_kpi_evidence_cb *on_evidence, void *arg);

/* The splits that the read model stores: leaf, municipality x priority, municipality, priority,
 * whole. */
extern const unsigned vg_kpi_stored_splits[5];

#endif
