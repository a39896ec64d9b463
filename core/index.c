/* index.c - things by a key that lies in them.
 *
 * The hard thing is taking out: whatever stands behind the gap in the same run of slots moves up
 * when it would not be found past it, so no slot is ever spent on what is gone. */
#include "core/index.h"

#include "core/core_private.h"

#include <stdlib.h>

#define SLOTS_FIRST 64

uint64_t
vg_index_hash(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return (hash ^ 0xff) * UINT64_C(0x100000001b3); /* no byte of UTF-8 */
}

void
vg_index_fini(struct vg_index *index)
{
	free(index->slot);
	*index = (struct vg_index){0};
}

/* The upper bits of a product: texts that differ in their last byte alone lie far apart. */
static size_t
home_of(const struct vg_index *index, uint64_t hash)
{
	return (size_t)((hash * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (index->size - 1);
}

static size_t
next_slot(const struct vg_index *index, size_t i)
{
	return (i + 1) & (index->size - 1);
}

void *
vg_index_find(const struct vg_index *index, uint64_t hash, vg_index_is_cb *is, const void *key)
{
	if (index->size == 0)
		return NULL;
	for (size_t i = home_of(index, hash); index->slot[i].thing != NULL;
	     i = next_slot(index, i)) {
		if (index->slot[i].hash == hash && is(index->slot[i].thing, key))
			return index->slot[i].thing;
	}
	return NULL;
}

static void
put(struct vg_index *index, struct vg_index_slot slot)
{
	size_t i = home_of(index, slot.hash);

	while (index->slot[i].thing != NULL)
		i = next_slot(index, i);
	index->slot[i] = slot;
}

static int
grow(struct vg_index *index)
{
	struct vg_index grown = {.size = index->size == 0 ? SLOTS_FIRST : index->size * 2,
				 .n = index->n};

	grown.slot = calloc(grown.size, sizeof(*grown.slot));
	if (grown.slot == NULL)
		return VG_CORE_ENOMEM;
	for (size_t i = 0; i < index->size; i++) {
		if (index->slot[i].thing != NULL)
			put(&grown, index->slot[i]);
	}
	free(index->slot);
	*index = grown;
	return 0;
}

int
vg_index_put(struct vg_index *index, uint64_t hash, void *thing)
{
	if ((index->n + 1) * 4 > index->size * 3 && grow(index) != 0)
		return VG_CORE_ENOMEM;
	put(index, (struct vg_index_slot){hash, thing});
	index->n++;
	return 0;
}

/* Whether what stands at `at` is still found when the slot `gap` before it is free. */
static bool
found_past(const struct vg_index *index, size_t gap, size_t at)
{
	size_t home = home_of(index, index->slot[at].hash);
	size_t mask = index->size - 1;

	return ((at - home) & mask) < ((at - gap) & mask);
}

void
vg_index_set(struct vg_index *index, uint64_t hash, const void *thing, void *other)
{
	size_t i, gap;

	VG_ASSERT(index->size > 0);
	for (i = home_of(index, hash); index->slot[i].thing != thing; i = next_slot(index, i))
		VG_ASSERT(index->slot[i].thing != NULL);
	index->slot[i].thing = other;
	if (other != NULL)
		return;
	index->n--;
	gap = i;
	for (i = next_slot(index, i); index->slot[i].thing != NULL; i = next_slot(index, i)) {
		if (found_past(index, gap, i))
			continue;
		index->slot[gap] = index->slot[i];
		index->slot[i].thing = NULL;
		gap = i;
	}
}
