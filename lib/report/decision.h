/* Fee decisions as JSON: what `vinga eval` prints. Members are listed in docs/eval.md. */
#ifndef VG_REPORT_DECISION_H
#define VG_REPORT_DECISION_H

#include "core/core.h"
#include "lib/base/err.h"

#include <jansson.h>

/* Of every ticket that has ended, in order of id. A new array; NULL with *err. */
json_t *vg_report_decisions(const struct vg_core *core, struct vg_err *err);

#endif
