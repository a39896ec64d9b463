/* Sockets that systemd opened for us and passed on (sd_listen_fds(3)): so a port below 1024 needs
 * no right of the daemon's own. */
#ifndef VG_PASSED_H
#define VG_PASSED_H

#include "lib/base/err.h"

#include <stddef.h>

#define VG_PASSED_MAX 8 /* of one name */

/* Finds those that the unit calls `name` (FileDescriptorName=), which must be of `type`
 * (SOCK_DGRAM, SOCK_STREAM). The caller owns them from then on. Returns how many, at most
 * VG_PASSED_MAX; VG_ENOTFOUND when there are none, VG_EINVALID when one is of another type. */
VG_MUST_CHECK int vg_passed_sockets(const char *name, int type, int fds[VG_PASSED_MAX],
				    struct vg_err *err);

#endif
