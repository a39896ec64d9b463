/* deadline.c - a binary heap in which every owner knows its own place.
 *
 * Tickets move their deadline at nearly every event, so an entry is moved where it stands and never
 * searched for. The order is (instant, id): two objects due at the same millisecond come out alike
 * in every run. */
#include "core/deadline.h"

#include "core/core_private.h"

#include <stdbool.h>
#include <stdlib.h>

static bool
before(const struct vg_heap_entry *a, const struct vg_heap_entry *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->id < b->id;
}

static void
place(struct vg_heap *heap, size_t i, const struct vg_heap_entry *entry)
{
	heap->entry[i] = *entry;
	*entry->slot = (uint32_t)i;
}

/* Sinks or lifts `entry` from the hole at i to where it belongs. */
static void
settle(struct vg_heap *heap, size_t i, struct vg_heap_entry entry)
{
	while (i > 0 && before(&entry, &heap->entry[(i - 1) / 2])) {
		place(heap, i, &heap->entry[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < heap->n && before(&heap->entry[child + 1], &heap->entry[child]))
			child++;
		if (child >= heap->n || before(&entry, &heap->entry[child]))
			break;
		place(heap, i, &heap->entry[child]);
		i = child;
	}
	place(heap, i, &entry);
}

void
vg_heap_fini(struct vg_heap *heap)
{
	free(heap->entry);
	*heap = (struct vg_heap){0};
}

int
vg_heap_put(struct vg_heap *heap, const struct vg_heap_entry *entry)
{
	if (*entry->slot != VG_HEAP_NOWHERE) {
		settle(heap, *entry->slot, *entry);
		return 0;
	}
	if (vg_core_reserve((void **)&heap->entry, &heap->size, heap->n + 1,
			    sizeof(*heap->entry)) != 0)
		return VG_CORE_ENOMEM;
	heap->n++;
	settle(heap, heap->n - 1, *entry);
	return 0;
}

void
vg_heap_remove(struct vg_heap *heap, uint32_t *slot)
{
	size_t i = *slot;

	if (*slot == VG_HEAP_NOWHERE)
		return;
	VG_ASSERT(i < heap->n && heap->entry[i].slot == slot);
	*slot = VG_HEAP_NOWHERE;
	heap->n--;
	if (i < heap->n)
		settle(heap, i, heap->entry[heap->n]);
}

const struct vg_heap_entry *
vg_heap_top(const struct vg_heap *heap)
{
	return heap->n > 0 ? &heap->entry[0] : NULL;
}
