/* What a notification says: as JSON for a webhook, as Swedish text for a mail. */
#ifndef VG_MESSAGE_H
#define VG_MESSAGE_H

#include "core/core.h"

#include <stddef.h>

/* Both malloc'ed and NUL-terminated; NULL = out of memory. `note` NULL = delivered before, or gone.
 */
char *vg_message_json(const struct vg_core *core, const struct vg_notification *notification,
		      const char *note, int64_t now_ms);
char *vg_message_mail(const struct vg_core *core, const struct vg_notification *notification,
		      const char *note, int64_t now_ms);
/* Subject line in ASCII, at most `size` with the NUL. */
void vg_message_subject(const struct vg_core *core, const struct vg_notification *notification,
			int64_t now_ms, char *out, size_t size);

#endif
