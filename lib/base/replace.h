/* Files that are replaced whole: whatever happens, the name leads to the old bytes or to the new.
 */
#ifndef VG_BASE_REPLACE_H
#define VG_BASE_REPLACE_H

#include "lib/base/err.h"

#include <stddef.h>
#include <sys/uio.h>

/* Makes the parts, one after the other, the file at `path`, mode 0600: on disk under its name when
 * it returns. `path` + ".new" lies beside it meanwhile. Returns 0 or -errno. */
VG_MUST_CHECK int vg_replace_file(const char *path, const struct iovec *part, size_t parts);

#endif
