/* Titles of open tickets, masked, beside the core: the ledger has only their digests.
 *
 * They are filled at intake, and at start from side.title. Without a database those from before the
 * start are not known. */
#ifndef VG_TITLES_H
#define VG_TITLES_H

#include "lib/base/err.h"

#include <stdint.h>

struct vg_core;

/* At a maximum the title of a ticket that is closed gives way, the oldest first; where none does
 * the new one is not kept, and reads as unknown. */
#define VG_TITLES_MAX	    100000
#define VG_TITLES_BYTES_MAX (64 * 1024 * 1024)

struct vg_titles;
/* NULL = out of memory. `core` is borrowed. */
struct vg_titles *vg_titles_new(const struct vg_core *core);
void vg_titles_free(struct vg_titles *titles);

/* NULL = not known. Borrowed until the next put. */
const char *vg_titles_get(const struct vg_titles *titles, int64_t ticket);
/* What row `seq` says is the title, unless a newer row said another; copied. "" = none. */
void vg_titles_put(struct vg_titles *titles, int64_t ticket, int64_t seq, const char *title);

#endif
