/* A table file as one text. */
#ifndef VG_ALARM_WHOLE_H
#define VG_ALARM_WHOLE_H

#include "lib/base/err.h"

#include <stddef.h>

/* The whole file, to be freed, ending in NUL and with none in it. VG_ELIMIT past `max` bytes,
 * VG_EINVALID when it is no plain file or no text; the message names the path. */
VG_MUST_CHECK int vg_whole_read(const char *path, size_t max, char **out, struct vg_err *err);

/* The next line, cut off where it stands: NULL at the end. */
char *vg_whole_line(char **at);

#endif
