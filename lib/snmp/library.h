/* net-snmp as a part of this program: it reads no files, heeds no environment, and logs where we
 * do. Its state is the process's, so there is one engine a process; loop thread only.
 *
 * Who receives informs is an SNMP engine with a name and a count of its starts, and peers refuse an
 * engine whose count went back. So the count is on disk before anything is answered. */
#ifndef VG_SNMP_LIBRARY_H
#define VG_SNMP_LIBRARY_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define VG_SNMP_ENGINE_MAX 32	      /* bytes of an engine's id, RFC 3411 */
#define VG_SNMP_BOOTS_MAX  2147483646 /* the greatest count is the last: RFC 3414, 2.2.2 */

struct vg_snmp_engine {
	uint8_t id[VG_SNMP_ENGINE_MAX];
	size_t length; /* 5 to 32 */
	int64_t boots; /* starts, this one among them */
};

/* A new engine with a random id in its first start. */
void vg_snmp_engine_new(struct vg_snmp_engine *out);
/* The engine of the file, which holds lines "engine HEX" and "boots N"; a new one when there is no
 * file. The file is on disk, with this start counted, when it returns. VG_EINVALID: the file is
 * something else; VG_EIO. */
VG_MUST_CHECK int vg_snmp_engine_load(struct vg_snmp_engine *out, const char *path,
				      struct vg_err *err);

/* Sets the library up as this engine. Sets the variable MIBS, so before threads are started. A
 * second call in a process does nothing. */
void vg_snmp_start(const struct vg_snmp_engine *engine);
/* Takes every user out of the library. */
void vg_snmp_forget_users(void);

#endif
