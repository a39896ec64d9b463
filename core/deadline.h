/* A binary heap of instants: what is due first, and the same order for the same content. */
#ifndef VG_CORE_DEADLINE_H
#define VG_CORE_DEADLINE_H

#include "core/assert.h"

#include <stddef.h>
#include <stdint.h>

#define VG_HEAP_NOWHERE UINT32_MAX

struct vg_heap_entry {
	int64_t at_ms, id; /* ordered by both */
	void *owner;
	uint32_t *slot; /* the owner's note of its place; VG_HEAP_NOWHERE when it is not in the heap
			 */
};

struct vg_heap {
	struct vg_heap_entry *entry;
	size_t n, size;
};

void vg_heap_fini(struct vg_heap *heap);
/* Puts an entry in, or moves it when *entry->slot is in the heap. Returns 0 or VG_CORE_ENOMEM. */
VG_MUST_CHECK int vg_heap_put(struct vg_heap *heap, const struct vg_heap_entry *entry);
/* Takes the entry out whose slot this is; nothing happens when it is not in. */
void vg_heap_remove(struct vg_heap *heap, uint32_t *slot);
/* The first by (at_ms, id); NULL when the heap is empty. Borrowed until the next change. */
const struct vg_heap_entry *vg_heap_top(const struct vg_heap *heap);

#endif
