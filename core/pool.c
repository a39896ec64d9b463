/* pool.c - interned strings.
 *
 * A string once put stays where it is until the pool is freed, so views may lend it out. Ids count
 * up in the order of first putting: the same ledger gives the same ids, whatever the hash. Text
 * lies in chunks; the table is open addressing over ids. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

#define STRINGS_MAX                                                                                \
	(UINT32_C(1) << 28) /* beyond the sum of the core's maxima; then as out of memory */
#define CHUNK_BYTES   (64 * 1024)
#define STRINGS_FIRST 64 /* a power of two */

struct chunk {
	struct chunk *next;
	size_t used, size;
	char text[];
};

struct vg_pool {
	const char **text; /* by id */
	uint32_t *hash;	   /* by id */
	uint32_t *table;   /* ids; 0 = free. Twice `size` slots */
	size_t n, size;	   /* size: room in text and hash, a power of two */
	size_t chunk_bytes;
	struct chunk *chunk; /* newest first; only the newest takes more */
};

/* FNV-1a. */
static uint32_t
hash_of(const char *text)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT32_C(16777619);
	return hash;
}

/* The slot where a string is, or where it would go. */
static size_t
slot_of(const struct vg_pool *pool, const char *text, uint32_t hash)
{
	size_t mask = 2 * pool->size - 1;
	size_t slot = hash & mask;
	uint32_t id;

	while ((id = pool->table[slot]) != 0) {
		if (pool->hash[id] == hash && strcmp(pool->text[id], text) == 0)
			break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

static bool
fill_table(struct vg_pool *pool, size_t size)
{
	uint32_t *table = calloc(2 * size, sizeof *table);
	size_t mask = 2 * size - 1;
	uint32_t id;

	if (table == NULL)
		return false;
	for (id = 1; id < pool->n; id++) {
		size_t slot = pool->hash[id] & mask;

		while (table[slot] != 0)
			slot = (slot + 1) & mask;
		table[slot] = id;
	}
	free(pool->table);
	pool->table = table;
	pool->size = size;
	return true;
}

static bool
grow(struct vg_pool *pool, size_t size)
{
	const char **text;
	uint32_t *hash;

	if ((text = realloc(pool->text, size * sizeof *text)) == NULL)
		return false;
	pool->text = text;
	if ((hash = realloc(pool->hash, size * sizeof *hash)) == NULL)
		return false;
	pool->hash = hash;
	return fill_table(pool, size);
}

/* A copy that stays where it is. */
static const char *
keep_text(struct vg_pool *pool, const char *text)
{
	size_t length = strlen(text) + 1;
	struct chunk *chunk = pool->chunk;
	char *copy;

	if (chunk == NULL || chunk->size - chunk->used < length) {
		size_t size = length > CHUNK_BYTES ? length : CHUNK_BYTES;

		if ((chunk = malloc(sizeof *chunk + size)) == NULL)
			return NULL;
		chunk->next = pool->chunk;
		chunk->used = 0;
		chunk->size = size;
		pool->chunk = chunk;
		pool->chunk_bytes += sizeof *chunk + size;
	}
	copy = chunk->text + chunk->used;
	memcpy(copy, text, length);
	chunk->used += length;
	return copy;
}

struct vg_pool *
vg_pool_new(void)
{
	struct vg_pool *pool = calloc(1, sizeof *pool);

	if (pool == NULL)
		return NULL;
	if (!grow(pool, STRINGS_FIRST)) {
		vg_pool_free(pool);
		return NULL;
	}
	pool->text[0] = ""; /* id 0, which the table leaves to "free" */
	pool->hash[0] = 0;
	pool->n = 1;
	return pool;
}

void
vg_pool_free(struct vg_pool *pool)
{
	struct chunk *chunk;

	if (pool == NULL)
		return;
	while ((chunk = pool->chunk) != NULL) {
		pool->chunk = chunk->next;
		free(chunk);
	}
	free(pool->text);
	free(pool->hash);
	free(pool->table);
	free(pool);
}

int64_t
vg_pool_put(struct vg_pool *pool, const char *text)
{
	uint32_t hash = hash_of(text);
	size_t slot;

	if (text[0] == '\0')
		return 0;
	slot = slot_of(pool, text, hash);
	if (pool->table[slot] != 0)
		return pool->table[slot];
	if (pool->n == pool->size) {
		if (pool->n >= STRINGS_MAX || !grow(pool, 2 * pool->size))
			return VG_CORE_ENOMEM;
		slot = slot_of(pool, text, hash);
	}
	if ((pool->text[pool->n] = keep_text(pool, text)) == NULL)
		return VG_CORE_ENOMEM;
	pool->hash[pool->n] = hash;
	pool->table[slot] = (uint32_t)pool->n;
	return (int64_t)pool->n++;
}

int64_t
vg_pool_find(const struct vg_pool *pool, const char *text)
{
	uint32_t id;

	if (text[0] == '\0')
		return 0;
	id = pool->table[slot_of(pool, text, hash_of(text))];
	return id == 0 ? -1 : (int64_t)id;
}

const char *
vg_pool_get(const struct vg_pool *pool, uint32_t id)
{
	VG_ASSERT(id < pool->n);
	return pool->text[id];
}

size_t
vg_pool_count(const struct vg_pool *pool)
{
	return pool->n;
}

size_t
vg_pool_bytes(const struct vg_pool *pool)
{
	return sizeof *pool + pool->chunk_bytes +
	       pool->size * (sizeof *pool->text + sizeof *pool->hash + 2 * sizeof *pool->table);
}
