/* Passwords that are good for one sign-in: which of them have been used.
 *
 * A file of its own and not the ledger: that a used password is not revived must hold whatever the
 * ledger's owner forgets, moves or rebuilds, and it concerns no figure. */
#ifndef VG_ONCE_H
#define VG_ONCE_H

#include "lib/base/err.h"

#include <stddef.h>

#define VG_ONCE_MAX 10000 /* passwords; past it none is good any more */

/* Uses a password, known by its text form in the people file. It is on disk when 0 is returned, so
 * it holds over a crash. VG_ECONFLICT: used before. VG_EFULL, -errno. May wait for the disk: not on
 * the loop, and on one thread only. */
VG_MUST_CHECK int vg_once_use(const char *path, const char *hash, struct vg_err *err);

#endif
