/* The monthly report: one model of integers, and the forms that are printed from it.
 *
 * The model is a JSON object; its canonical bytes are what report.made hashes and `vinga verify`
 * makes again. HTML and CSV are printed from that object and from nothing else, so their totals
 * cannot differ. Members are listed in docs/eval.md. */
#ifndef VG_REPORT_H
#define VG_REPORT_H

#include "core/core.h"
#include "core/kpi.h"
#include "lib/base/err.h"
#include "lib/report/statement.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define VG_REPORT_FORMAT "vinga.report/3"

/* The month evaluated at min(its end, eval_ms); head: 64 hex digits, the chain head of lane main at
 * the core's sequence. A new object; NULL with *err when the month lies outside every agreement
 * (VG_ENOTFOUND) or memory is out. */
json_t *vg_report_model(const struct vg_core *core, int month, int64_t eval_ms, const char *head,
			struct vg_err *err);

/* What a report is of, and what it is compared with. */
enum vg_report_kind {
	VG_REPORT_REGION,
	VG_REPORT_FEDERATION, /* its municipalities; no quantiles, which do not add up */
	VG_REPORT_MUNICIPALITY,
	VG_REPORT_ADMINISTRATION, /* tickets that state it, in any municipality: ticket figures
				     alone, without quantiles and figures per user */
	VG_REPORT_KIND_COUNT
};
struct vg_report_wish {
	enum vg_report_kind kind;
	const char *code; /* of the federation or municipality, the administration's name; "" */
	const struct vg_core *before; /* as it stood at vg_report_before_seq: gives the report its
					 corrections; NULL = it has none */
};
/* Reads "" or "region", "federation:GR", "municipality:1489", "administration:Skola" into kind and
 * code, which points into the text. False: it is none of them. */
bool vg_report_wish_read(const char *text, struct vg_report_wish *wish);
/* As vg_report_model, which is of the region and without corrections. VG_ENOTFOUND too when the
 * agreement has no such municipality or federation. */
json_t *vg_report_model_of(const struct vg_core *core, int month, int64_t eval_ms, const char *head,
			   const struct vg_report_wish *wish, struct vg_err *err);
/* The ledger row by which the month before was closed, the last municipality's; 0 = it is not. */
int64_t vg_report_before_seq(const struct vg_core *core, int month);
/* KPI cells with a target and availability cells of the twelve months before `month` that differ
 * between two states of one ledger: [{month, kpi? | service, channel?, municipality?, was?, is?,
 * difference_ppm?, turned?}]; was and is {num, den, verdict}. NULL with *err. */
json_t *vg_report_corrections(const struct vg_core *before, const struct vg_core *now, int month,
			      struct vg_err *err);

/* Makes a model what the format before its own had: the same figures, less the members that came
 * with its own. False: there is none before. */
bool vg_report_earlier(json_t *model);

/* Parts of the model, which `vinga eval` prints too. Cells of the given splits (as in
 * vg_kpi_month), or of the read model's when `splits` is NULL; filter as in vg_kpi_month. */
json_t *vg_report_cells(const struct vg_core *core, int month, int64_t eval_ms,
			const struct vg_kpi_key *filter, const unsigned *splits, size_t split_count,
			struct vg_err *err);
enum vg_report_scope {
	VG_REPORT_TICKETS_OF_MONTH, /* those that put something into a cell of the month */
	VG_REPORT_TICKETS_ALL,	    /* all that the core knows, each with all its clocks */
};
/* Tickets in order of id, each with what it put into the month's whole-region cells. A ticket that
 * is open is shown at the evaluation instant, or at its last fact when that is later. */
json_t *vg_report_tickets(const struct vg_core *core, int month, int64_t eval_ms,
			  const struct vg_kpi_key *filter, enum vg_report_scope scope,
			  struct vg_err *err);
/* The versions that judge facts of the month: [{name, version, seq, valid_from_ms, valid_to_ms}].
 */
json_t *vg_report_agreements(const struct vg_core *core, int month);
/* Start of the month; -1 when no agreement covers it. */
int64_t vg_report_start_ms(const struct vg_core *core, int month);
/* min(end of month, eval_ms); -1 when no agreement covers the month. */
int64_t vg_report_instant_ms(const struct vg_core *core, int month, int64_t eval_ms);

/* Canonical bytes (sorted keys, no white space, one line), malloc'ed; NULL = out of memory. */
char *vg_report_canonical(const json_t *json, size_t *length);
/* Hex SHA-256 of the canonical bytes. 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_report_sha256(const json_t *model, char out[65]);

/* Printed forms, in Swedish, or the page in another language. 0, or VG_EIO when the stream fails.
 * The page is one file without scripts; a CSV file for programs has the model's own words. */
VG_MUST_CHECK int vg_report_html(const json_t *model, FILE *out);
VG_MUST_CHECK int vg_report_html_in(const json_t *model, enum vg_language language, FILE *out);
VG_MUST_CHECK int vg_report_cells_csv(const json_t *model, enum vg_csv_form form, FILE *out);
VG_MUST_CHECK int vg_report_tickets_csv(const json_t *model, enum vg_csv_form form, FILE *out);
VG_MUST_CHECK int vg_report_availability_csv(const json_t *model, enum vg_csv_form form, FILE *out);

#endif
