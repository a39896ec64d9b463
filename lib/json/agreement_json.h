/* An agreement version as canonical JSON: the body of agreement.applied, with its expanded
 * calendars. */
#ifndef VG_AGREEMENT_JSON_H
#define VG_AGREEMENT_JSON_H

#include "core/agreement.h"
#include "lib/base/err.h"

#include <jansson.h>

/* A new json_t object; NULL = out of memory. Instants are ms; calendars as [start, length, gap,
 * length, ...] in seconds after from_ms, so that ten years of working days stay under 100 KiB. */
json_t *vg_agreement_to_json(const struct vg_agreement *agreement);
/* NULL with *err when the JSON is not what vg_agreement_to_json writes. */
struct vg_agreement *vg_agreement_from_json(const json_t *json, struct vg_err *err);

#endif
