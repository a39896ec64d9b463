/* What vinga-check says of a pack: Swedish for people, or one JSON object for programs. */
#ifndef VG_CHECK_PRINT_H
#define VG_CHECK_PRINT_H

#include "lib/pack/check.h"

void vg_print_words(const struct vg_pack_check *check, bool holds);
/* Members are listed in vinga-check(1). 0 or VG_ENOMEM. */
VG_MUST_CHECK int vg_print_json(const struct vg_pack_check *check, bool holds);

#endif
