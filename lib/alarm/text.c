/* text.c - text into a buffer of fixed size, and memory that is given back all at once.
 *
 * What devices send ends up on pages and in files, so no control character gets through, and what
 * is too long is cut between characters, never in one. */
#include "lib/alarm/rules_private.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 65536

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) char bytes[];
};

void *
vg_arena_take(struct block **arena, size_t size)
{
	size_t want = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	struct block *block = *arena;
	void *out;

	if (block == NULL || block->size - block->used < want) {
		size_t bytes = want > BLOCK_BYTES ? want : BLOCK_BYTES;

		if ((block = calloc(1, sizeof(*block) + bytes)) == NULL)
			return NULL;
		block->size = bytes;
		block->next = *arena;
		*arena = block;
	}
	out = block->bytes + block->used;
	block->used += want;
	return out;
}

char *
vg_arena_text(struct block **arena, const char *text, size_t length)
{
	char *out = vg_arena_take(arena, length + 1);

	if (out != NULL)
		memcpy(out, text, length);
	return out;
}

void
vg_arena_free(struct block **arena)
{
	while (*arena != NULL) {
		struct block *next = (*arena)->next;

		free(*arena);
		*arena = next;
	}
}

struct text
vg_text_into(char *buffer, size_t size)
{
	VG_ASSERT(size > 0);
	buffer[0] = '\0';
	return (struct text){.at = buffer, .size = size};
}

void
vg_text_put(struct text *text, const char *bytes, size_t length)
{
	size_t room = text->size - 1 - text->used, take = length;

	if (text->cut)
		return;
	if (take > room) {
		text->cut = true;
		for (take = room; take > 0 && ((unsigned char)bytes[take] & 0xc0) == 0x80;)
			take--;
	}
	for (size_t i = 0; i < take; i++) {
		unsigned char c = (unsigned char)bytes[i];

		text->at[text->used + i] = c < ' ' || c == 0x7f ? ' ' : (char)c;
	}
	text->used += take;
	text->at[text->used] = '\0';
}

void
vg_text_puts(struct text *text, const char *string)
{
	vg_text_put(text, string, strlen(string));
}
