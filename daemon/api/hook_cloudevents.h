/* CloudEvents 1.0 over HTTP: structured, batched and binary. What an event means is a mapping's to
 * say; here it becomes one document, the envelope with its data. */
#ifndef VG_HOOK_CLOUDEVENTS_H
#define VG_HOOK_CLOUDEVENTS_H

#include "daemon/http/head.h"

#define VG_CLOUDEVENTS_MAX 1000 /* of one batch */

/* All are borrowed during the call. */
struct vg_cloudevent {
	const char *id, *source, *type;
	const char *document; /* JSON: the attributes, and `data` */
	size_t length;
};
typedef bool vg_cloudevent_cb(const struct vg_cloudevent *event, void *arg);

/* Whether a request is one of the three modes. */
bool vg_cloudevents_are(const struct vg_head *head);
/* Checks the whole request first, then hands over its events in order until on_event returns false.
 * VG_EINVALID names what is wrong; VG_ELIMIT: too many events. */
VG_MUST_CHECK int vg_cloudevents_read(const struct vg_head *head, const char *body, size_t length,
				      vg_cloudevent_cb *on_event, void *arg, struct vg_err *err);

#endif
