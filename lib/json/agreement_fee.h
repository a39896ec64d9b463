/* The fee's settings as the member "fee" of an agreement's JSON. Private to lib/json. */
#ifndef VG_AGREEMENT_FEE_H
#define VG_AGREEMENT_FEE_H

#include "lib/json/unpack.h"

/* A new object with every setting; NULL = out of memory. */
json_t *vg_agreement_fee_to_json(const struct vg_fee_rules *fee);
/* Absent (NULL): nothing is agreed. A setting that is absent keeps the default that stands in
 * r->agreement. */
VG_MUST_CHECK int vg_unpack_fee(struct vg_unpack *r, const json_t *json);

#endif
