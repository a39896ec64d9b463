/* Disturbance information as other answers carry it: what is published, and what is said of a cell.
 */
#ifndef VG_TOLD_H
#define VG_TOLD_H

#include "daemon/api/picture.h"

struct vg_disturbance;

/* Those that are published and concern a municipality (NULL = any), the newest first, as in GET
 * /disturbances; at most VG_TOLD_MAX. */
#define VG_TOLD_MAX 50
json_t *vg_json_told(const struct vg_core *core, const char *municipality, int64_t now_ms);
/* The published one that speaks of a cell: of its outage record, else of its service there, the
 * newest first. NULL = nothing is told. */
const struct vg_disturbance *vg_told_of(const struct vg_core *core, const struct vg_cell *cell);

#endif
