/* lot.c - notices that become one row.
 *
 * A storm says the same thing again and again, so equal notices are one with a count. The hard
 * thing is what may be put together: only what follows the same thing without anything else about
 * that alarm between, or a clearing between two raisings would be lost. */
#include "daemon/intake/lot.h"

#include "core/index.h"
#include "lib/base/err.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (64 * 1024)
#define SLOTS	    2048 /* a power of two, at least twice VG_NOTICES_MAX */

struct block {
	struct block *next;
	size_t used;
	char text[BLOCK_BYTES];
};

struct vg_lot {
	size_t count, size, bytes;
	struct vg_notice *notice;
	uint64_t *key; /* hash of each notice's alarm */
	struct block *blocks;
	uint16_t newest[SLOTS]; /* of an alarm: index in `notice` + 1; 0 = free */
};

/* The texts of a notice, for copying and comparing. */
static const size_t texts[] = {
	offsetof(struct vg_notice, resource),	  offsetof(struct vg_notice, type),
	offsetof(struct vg_notice, qualifier),	  offsetof(struct vg_notice, service),
	offsetof(struct vg_notice, municipality), offsetof(struct vg_notice, text),
	offsetof(struct vg_notice, rule),	  offsetof(struct vg_notice, peer),
	offsetof(struct vg_notice, detail),	  offsetof(struct vg_notice, id),
};
#define TEXTS	  (sizeof(texts) / sizeof(texts[0]))
#define KEY_TEXTS 3 /* the first ones */

static const char **
text_at(struct vg_notice *notice, size_t i)
{
	return (const char **)(void *)((char *)notice + texts[i]);
}

static const char *
text_of(const struct vg_notice *notice, size_t i)
{
	const char *text;

	memcpy(&text, (const char *)notice + texts[i], sizeof(text));
	return text;
}

struct vg_lot *
vg_lot_new(void)
{
	return calloc(1, sizeof(struct vg_lot));
}

void
vg_lot_free(struct vg_lot *lot)
{
	struct block *block, *next;

	if (lot == NULL)
		return;
	for (block = lot->blocks; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	free(lot->notice);
	free(lot->key);
	free(lot);
}

static size_t
text_bytes(const struct vg_notice *notice)
{
	size_t bytes = 0;

	for (size_t i = 0; i < TEXTS; i++)
		bytes += strlen(text_of(notice, i)) + 1;
	return bytes;
}

static bool
same_key(const struct vg_notice *a, const struct vg_notice *b)
{
	for (size_t i = 0; i < KEY_TEXTS; i++)
		if (strcmp(text_of(a, i), text_of(b, i)) != 0)
			return false;
	return true;
}

/* Equal but in times and count; what has an id is never equal. */
static bool
says_the_same(const struct vg_notice *a, const struct vg_notice *b)
{
	if (a->severity != b->severity || a->category != b->category ||
	    a->transient != b->transient || *a->id != '\0' || *b->id != '\0')
		return false;
	for (size_t i = KEY_TEXTS; i < TEXTS; i++)
		if (strcmp(text_of(a, i), text_of(b, i)) != 0)
			return false;
	return true;
}

/* The slot of the notice's alarm: with its newest notice, or free. */
static uint16_t *
find_slot(struct vg_lot *lot, const struct vg_notice *notice, uint64_t key)
{
	size_t slot = key % SLOTS;

	while (lot->newest[slot] != 0) {
		size_t i = lot->newest[slot] - 1u;

		if (lot->key[i] == key && same_key(&lot->notice[i], notice))
			break;
		slot = (slot + 1) % SLOTS;
	}
	return &lot->newest[slot];
}

static int
grow(struct vg_lot *lot)
{
	size_t size = lot->size == 0 ? 16 : lot->size * 2;
	struct vg_notice *notice;
	uint64_t *key;

	if (lot->count < lot->size)
		return 0;
	notice = reallocarray(lot->notice, size, sizeof(*notice));
	if (notice == NULL)
		return VG_ENOMEM;
	lot->notice = notice;
	key = reallocarray(lot->key, size, sizeof(*key));
	if (key == NULL)
		return VG_ENOMEM;
	lot->key = key;
	lot->size = size;
	return 0;
}

/* A notice's texts fit in one block: each is bounded where it was read. */
static struct block *
block_for(struct vg_lot *lot, size_t bytes)
{
	struct block *block = lot->blocks;

	if (block != NULL && BLOCK_BYTES - block->used >= bytes)
		return block;
	block = malloc(sizeof(*block));
	if (block == NULL)
		return NULL;
	block->next = lot->blocks;
	block->used = 0;
	lot->blocks = block;
	return block;
}

static void
copy_texts(struct block *block, struct vg_notice *copy)
{
	for (size_t i = 0; i < TEXTS; i++) {
		const char **text = text_at(copy, i);
		size_t bytes = strlen(*text) + 1;

		*text = memcpy(block->text + block->used, *text, bytes);
		block->used += bytes;
	}
}

static void
count_again(struct vg_notice *known, const struct vg_notice *notice)
{
	known->count += notice->count;
	if (notice->at_ms < known->at_ms)
		known->at_ms = notice->at_ms;
	if (notice->last_ms > known->last_ms)
		known->last_ms = notice->last_ms;
}

int
vg_lot_put(struct vg_lot *lot, const struct vg_notice *notice)
{
	uint64_t key = VG_INDEX_HASH;
	size_t bytes = text_bytes(notice);
	struct block *block;
	uint16_t *slot;

	for (size_t i = 0; i < KEY_TEXTS; i++)
		key = vg_index_hash(key, text_of(notice, i), strlen(text_of(notice, i)));
	slot = find_slot(lot, notice, key);
	if (*slot != 0 && says_the_same(&lot->notice[*slot - 1u], notice)) {
		count_again(&lot->notice[*slot - 1u], notice);
		return 0;
	}
	if (bytes > BLOCK_BYTES)
		return VG_ELIMIT;
	if (lot->count == VG_NOTICES_MAX ||
	    (lot->count > 0 && lot->bytes + bytes > VG_LOT_BYTES_MAX))
		return 1;
	if (grow(lot) != 0 || (block = block_for(lot, bytes)) == NULL)
		return VG_ENOMEM;
	lot->notice[lot->count] = *notice;
	copy_texts(block, &lot->notice[lot->count]);
	lot->key[lot->count] = key;
	lot->bytes += bytes;
	*slot = (uint16_t)++lot->count;
	return 0;
}

const struct vg_notice *
vg_lot_notices(const struct vg_lot *lot, size_t *count)
{
	*count = lot->count;
	return lot->notice;
}
