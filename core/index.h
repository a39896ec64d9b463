/* Things by a key that lies in them: open addressing, sixteen bytes a slot, a quarter of them free
 * at least. The caller hashes and compares; the same things may be found however they were put. */
#ifndef VG_CORE_INDEX_H
#define VG_CORE_INDEX_H

#include "core/assert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_index_slot {
	uint64_t hash;
	void *thing; /* NULL = free */
};
struct vg_index {
	struct vg_index_slot *slot;
	size_t n, size; /* size: a power of two, or 0 */
};
typedef bool vg_index_is_cb(const void *thing, const void *key);

/* Starts, or goes on with, the hash of a key made of several texts: their ends count. */
#define VG_INDEX_HASH UINT64_C(0xcbf29ce484222325)
uint64_t vg_index_hash(uint64_t hash, const char *text, size_t length);

void vg_index_fini(struct vg_index *index);
/* NULL = none. */
void *vg_index_find(const struct vg_index *index, uint64_t hash, vg_index_is_cb *is,
		    const void *key);
/* Puts in what is not there. Returns 0 or VG_CORE_ENOMEM. */
VG_MUST_CHECK int vg_index_put(struct vg_index *index, uint64_t hash, void *thing);
/* Puts another thing with the same key in the place of one, or, with NULL, takes it out. */
void vg_index_set(struct vg_index *index, uint64_t hash, const void *thing, void *other);

#endif
