/* What outages, windows, alarms and figures of availability share on their way in and out. */
#ifndef VG_JUDGE_H
#define VG_JUDGE_H

#include "core/avail.h"
#include "daemon/api/take.h"

/* Whether a principal that is bound to a municipality may say this of availability or alarms: what
 * it states and what it is about must concern its own municipality alone. Everything else passes.
 */
bool vg_judge_may(const struct vg_core *core, const struct vg_principal *who,
		  const struct vg_event *event);

/* "from": "2026-11-20T08:30:00+01:00" becomes "from_ms"; null stays null. False when it is no time:
 * then the call is answered and the object is the caller's still. */
bool vg_judge_time(struct vg_call *call, json_t *object, const char *member, const char *ms_member);

/* A list of ids, "a b", as an array; "" = none. */
json_t *vg_judge_ids(const char *ids);
/* Whether such a list has an id; "" = all. */
bool vg_judge_has_id(const char *ids, const char *id);

/* "O-12", "W-12", "W-12.3": number after the letter and the dash, n after the point (-1 = none
 * stated). False when it is none. */
bool vg_judge_id(const char *text, char letter, int64_t *number, int64_t *n);

/* A stretch of one state (availability.c). */
json_t *vg_judge_piece(const struct vg_avail_piece *piece);
/* Puts a scope's members; channel absent = all together, municipality null = the region. */
void vg_judge_put_scope(json_t *object, const struct vg_scope *scope);

/* Outages as in GET /outages (outages.c): as measured, and what persons say of them. */
json_t *vg_json_outage_seen(const struct vg_outage_seen *outage);
json_t *vg_json_outage_record(const struct vg_outage_record *record);
/* The record that the path names, when the principal may see it. NULL: the call is answered. */
const struct vg_outage_record *vg_call_outage(struct vg_call *call);

/* Disturbance information with its messages, as everybody gets it (disturbances.c). */
json_t *vg_json_disturbance(const struct vg_core *core, const struct vg_disturbance *disturbance,
			    int64_t now_ms);

/* Service, channel and municipality of the query; who is bound to a municipality gets its own.
 * False: the call is answered. */
bool vg_judge_filter(struct vg_call *call, struct vg_scope *filter);
/* The month of the query (`wanted`) or the present one, and its instants by the newest agreement.
 * False: the call is answered. */
bool vg_judge_month(struct vg_call *call, bool wanted, int *month, int64_t *from_ms,
		    int64_t *to_ms);
/* "2026-11" */
json_t *vg_judge_month_name(int month);

#endif
