/* The public pages: how things stand and what is told of disturbances, for anybody, without
 * JavaScript or sign-in; feeds and calendars of the same; and the accessibility statement.
 *
 * They show services, municipalities and what was published; no person, no host, no draft. All of
 * it is computed from the live core that the API answers from. Loop thread only. */
#ifndef VG_PUBLIC_PAGES_H
#define VG_PUBLIC_PAGES_H

#include "daemon/api/api.h"

struct vg_public;

#define VG_FORM_BYTES_MAX (16 * 1024) /* of what a form sends */

/* NULL = out of memory. `live` is borrowed. */
struct vg_public *vg_public_new(struct vg_live *live);
void vg_public_free(struct vg_public *pages);
/* Once a second: counts some more of the last 90 days, for at most about 20 ms. */
void vg_public_turn(struct vg_public *pages, const struct vg_core *core, int64_t now_ms);

/* What a person wrote of accessibility, masked; NULL = it is not known here (any more). */
const char *vg_public_feedback_text(const struct vg_public *pages, int64_t id);

vg_handler vg_get_front, vg_get_front_feed, vg_get_front_calendar; /* /status, and of a place */
vg_handler vg_get_places;					   /* list of municipalities */
vg_handler vg_get_story;					   /* one disturbance */
vg_handler vg_get_accessibility, vg_post_accessibility;
vg_handler vg_get_status_style, vg_get_status_icon;

#endif
