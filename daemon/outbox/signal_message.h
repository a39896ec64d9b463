/* The words of a notification about a signal; message.h chooses between these and a ticket's. */
#ifndef VG_SIGNAL_MESSAGE_H
#define VG_SIGNAL_MESSAGE_H

#include "core/core.h"

#include <stddef.h>

/* As their namesakes in message.h. */
char *vg_signal_message_json(const struct vg_core *core, const struct vg_notification *notification,
			     int64_t now_ms);
char *vg_signal_message_mail(const struct vg_core *core, const struct vg_notification *notification,
			     int64_t now_ms);
void vg_signal_message_subject(const struct vg_core *core,
			       const struct vg_notification *notification, int64_t now_ms,
			       char *out, size_t size);

#endif
