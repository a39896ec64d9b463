/* utf8.c - where a text stops being UTF-8.
 *
 * The one hard thing is the second byte: it is there that overlong forms, surrogates and what lies
 * above U+10FFFF are told from characters. */
#include "lib/base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Whether the character that begins at p[0], of `more` further bytes, is well formed. */
static bool
is_character(const unsigned char *p, size_t more)
{
	unsigned second_min = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
	unsigned second_max = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;

	if (p[0] < 0xC2 || p[0] > 0xF4 || p[1] < second_min || p[1] > second_max)
		return false;
	for (size_t i = 2; i <= more; i++)
		if (p[i] < 0x80 || p[i] > 0xBF)
			return false;
	return true;
}

/* Texts are mostly ASCII: eight bytes at once. */
static bool
is_ascii(const unsigned char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return (x & UINT64_C(0x8080808080808080)) == 0;
}

size_t
vg_utf8_valid(const char *text, size_t length)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t at = 0;

	while (at < length) {
		size_t more;

		if (length - at >= 8 && is_ascii(p + at)) {
			at += 8;
			continue;
		}
		more = p[at] < 0x80 ? 0 : p[at] < 0xE0 ? 1 : p[at] < 0xF0 ? 2 : 3;
		if (more > 0 && (length - at <= more || !is_character(p + at, more)))
			return at;
		at += more + 1;
	}
	return length;
}
