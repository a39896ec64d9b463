/* Availability as JSON: cells, the pieces that they add up from, outages, records and windows. What
 * the report's model, `vinga eval` and the plans of `vinga window` and `vinga outage` share.
 * Members are listed in docs/eval.md. */
#ifndef VG_REPORT_AVAIL_H
#define VG_REPORT_AVAIL_H

#include "core/avail.h"
#include "lib/base/err.h"

#include <jansson.h>

/* Cells as vg_avail_month gives them. A new array; NULL with *err. */
json_t *vg_avail_cells(const struct vg_core *core, int month, int day, int64_t eval_ms,
		       const struct vg_scope *filter, struct vg_err *err);
/* How long outages last and how far they lie apart, in whole seconds, floored (semantics.md 3.3):
 * mean time to restore service, between failures (up to the next), and between service incidents
 * (from start to start). */
struct vg_outage_means {
	int64_t mtrs_s;		 /* -1 = no outage has ended */
	int64_t mtbf_s, mtbsi_s; /* -1 = none has begun */
	int64_t over_s; /* then both are longer than this, all agreed time; -1 = nothing measured */
};
/* From the members of a cell, the daemon's as well as those of vg_avail_cells. */
struct vg_outage_means vg_avail_means(const json_t *cell);
/* The pieces of [from_ms, to_ms) of one scope. */
json_t *vg_avail_pieces(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms,
			int64_t to_ms, struct vg_err *err);
/* [{service, channel?, municipality, pieces}] of every scope that `cells` has, the regions left
 * out. */
json_t *vg_avail_timelines(const struct vg_core *core, const json_t *cells, struct vg_err *err);
/* Measured outages that touch [from_ms, to_ms), each with its key. */
json_t *vg_avail_outages(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
			 const struct vg_scope *filter, struct vg_err *err);
/* Records of persons, and occurrences of windows, that touch [from_ms, to_ms); withdrawn ones too:
 * that they were there stays to be seen. */
json_t *vg_avail_records(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
			 struct vg_err *err);
json_t *vg_avail_windows(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
			 struct vg_err *err);

/* What names a measured outage on the command line: "journal/published_app/1489/20261120T090000Z",
 * "-" where there is no channel. */
#define VG_OUTAGE_KEY_MAX 640
char *vg_outage_key(const struct vg_scope *scope, int64_t from_ms, char out[VG_OUTAGE_KEY_MAX]);
/* Reads it back; the scope points into `text`, which gets ends put in. False: it is no key. */
bool vg_outage_key_read(char *text, struct vg_scope *scope, int64_t *from_ms);

#endif
