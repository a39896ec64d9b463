/* What the addresses of the fee share on their way out. */
#ifndef VG_API_FEE_H
#define VG_API_FEE_H

#include "core/fee.h"
#include "daemon/api/alarms.h"

/* "P-12"; null for 0. */
json_t *vg_json_named(char letter, int64_t id);
/* Days since 1970-01-01 as "2026-11-06"; null for -1. */
json_t *vg_json_day(int64_t day);
/* null for "". */
json_t *vg_json_text(const char *text);

/* An act, objection, comment or fee line by its id; NULL = none. */
const void *vg_api_by_id(const struct vg_core *core, enum vg_object_type type, int64_t id);

/* Whether an act concerns a municipality; "" = everybody. Prices are everybody's, the rest is seen
 * by whom it concerns. */
bool vg_act_concerns(const struct vg_core *core, const struct vg_act *act, const char *municipality,
		     int64_t now_ms);

/* One page of things that have ids, the newest first. */
struct vg_page {
	int64_t limit;
	int64_t below; /* only ids below it: the cursor */
	int state;     /* index of the query's `state` among the words; -1 = any */
};
/* From limit, cursor and state of the query; without `state` it is index `fallback`. False: the
 * call is answered. */
bool vg_page_read(struct vg_call *call, const char *const *states, int fallback,
		  struct vg_page *out);
/* {member: rows, next}: `next` is the last row's id when the page is full, else null. */
void vg_page_reply(struct vg_call *call, const struct vg_page *page, const char *member,
		   json_t *rows, int64_t last_id);

#endif
