/* Titles of the tickets that were open at the start, from side.title. */
#ifndef VG_TITLES_LOAD_H
#define VG_TITLES_LOAD_H

#include "daemon/api/api.h"

struct event_base;
struct vg_titles_load;

/* Begins to read them, on the worker, by a connection of its own; what comes in meanwhile is newer
 * and stays. A database that does not answer is asked again every half minute. VG_ENOMEM, VG_EFULL.
 * `conninfo` is borrowed; the worker must be freed before. */
VG_MUST_CHECK int vg_titles_load_new(struct vg_titles_load **out, struct event_base *base,
				     struct vg_api *api, const char *conninfo, struct vg_err *err);
void vg_titles_load_free(struct vg_titles_load *load); /* NULL is allowed */

#endif
