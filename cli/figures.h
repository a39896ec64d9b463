/* What a core says of some months, each figure under a name, so that two cores can be compared. */
#ifndef VG_FIGURES_H
#define VG_FIGURES_H

#include "core/core.h"

#include <jansson.h>

#define VG_FIGURES_MONTHS_MAX 480

/* Availability and KPI cells of the months, statements of those that have begun and are not closed,
 * and the decision on every ticket. A month that has begun is evaluated at now_ms, one that has not
 * at its end. A new object: {section: {name: figure}}; NULL = out of memory. */
json_t *vg_figures(const struct vg_core *core, const int *month, size_t months, int64_t now_ms);
/* What differs: {section: [{name, was?, is?}]}, every section there. */
json_t *vg_figures_changes(const json_t *was, const json_t *is);

/* Prints changes for people, without availability: KPI cells, tickets, kronor. `agreement` gives
 * the municipalities' names. */
void vg_figures_print(const json_t *changes, const struct vg_agreement *agreement);

#endif
