/* Alertmanager's webhook (versions 3 and 4) to notices of alarms, fast: it is what a storm of
 * Prometheus alerts comes as.
 *
 * resource  the label instance, host, node, pod or job (the first that is there), without a port;
 *           else the name of the alert
 * type      alertname; "alert" when it has none
 * qualifier every other label, "name=value,name=value" by name: so two alerts that Alertmanager
 *           tells apart are two alarms here, and one that is resolved never ends the other
 * severity  of a firing alert: the label critical, major or error, minor, warning (semantics.md
 *           8.3), any other is indeterminate; of a resolved one cleared
 * service, municipality, category  the labels of these names, when they are known here
 * at        startsAt, of a resolved alert endsAt */
#ifndef VG_ALERTMANAGER_H
#define VG_ALERTMANAGER_H

#include "core/agreement.h"
#include "core/event.h"
#include "lib/base/err.h"

#define VG_ALERTS_MAX	    10000 /* of one document */
#define VG_ALERT_LABELS_MAX 128	  /* labels and annotations of one alert */

struct vg_alertmanager;				   /* memory that is used again for each document */
struct vg_alertmanager *vg_alertmanager_new(void); /* NULL = out of memory */
void vg_alertmanager_free(struct vg_alertmanager *am);

/* Reads a whole document or nothing. Names are checked against `agreement` (NULL = none: nothing is
 * known). at_ms 0 = not stated. The notices live until the next call; their texts are not masked
 * yet. The caller may change them. VG_EINVALID ("line 1, column 7: expected ...",
 * "alerts.3.status: ..."), VG_ELIMIT. */
VG_MUST_CHECK int vg_alertmanager_read(struct vg_alertmanager *am, const char *bytes, size_t length,
				       const struct vg_agreement *agreement,
				       struct vg_notice **notice, size_t *count,
				       struct vg_err *err);

#endif
