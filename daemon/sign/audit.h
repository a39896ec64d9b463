/* Who came in, and who took out what: rows access.noted of the ledger (docs/people.md).
 *
 * Written are names as the people file or the proxy has them, never a password, nor an address: the
 * log of the proxy has those. A name that nobody has is not written either, since people type
 * passwords there. */
#ifndef VG_AUDIT_H
#define VG_AUDIT_H

#include "core/event.h"

#include <stdint.h>

struct vg_live;
struct vg_refusals;

/* How somebody is known. */
enum vg_by { VG_BY_NOBODY, VG_BY_SOCKET, VG_BY_TOKEN, VG_BY_SESSION, VG_BY_PROXY };
const char *vg_by_word(enum vg_by by);

#define VG_REFUSALS_MAX 1000 /* kinds gathered at once; past it they are counted as one */

/* One row. When the journal takes none it stands in the log alone. */
void vg_audit_note(struct vg_live *live, enum vg_access_what what, const char *who, enum vg_by by,
		   const char *about);
/* `who` was given a file, or another thing that leaves the house. */
void vg_audit_export(struct vg_live *live, const char *who, enum vg_by by, const char *file);

/* Refusals: at most one row a minute for each name, with their count. NULL = out of memory. */
struct vg_refusals *vg_audit_refusals_new(struct vg_live *live);
void vg_audit_refusals_free(struct vg_refusals *refusals);
void vg_audit_refused(struct vg_refusals *refusals, const char *who, enum vg_by by,
		      const char *about, int64_t now_ms);
/* Writes what was gathered a minute ago; with INT64_MAX all of it. */
void vg_audit_turn(struct vg_refusals *refusals, int64_t now_ms);

#endif
