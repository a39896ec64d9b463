/* mapped_name.c - names for the keys of alarms, and texts beside them.
 *
 * A key must stay the same from the raising to the clearing, and two things must never share one:
 * so nothing is guessed here, and what is too long is cut with a digest. */
#include "lib/mapping/mapped_name.h"

#include "lib/crypto/crypto.h"

#include <string.h>

#define DIGEST_BYTES 8	  /* of the whole, in a name that is cut */
#define LINE_MAX     1000 /* bytes of a value in a detail */

static bool
is_blank(char c)
{
	return (unsigned char)c <= 0x20 || c == 0x7F;
}

static size_t
cut_name(char out[VG_NAME_MAX + 1], const char *text, size_t length)
{
	size_t used = VG_NAME_MAX - 2 * DIGEST_BYTES - 1;
	uint8_t digest[VG_SHA256_LEN];

	while (used > 0 && ((unsigned char)text[used] & 0xC0) == 0x80)
		used--;
	memcpy(out, text, used);
	out[used++] = '~';
	vg_sha256(text, length, digest);
	(void)vg_hex(digest, DIGEST_BYTES, out + used);
	return used + 2 * DIGEST_BYTES;
}

size_t
vg_mapped_name(char out[VG_NAME_MAX + 1], const char *text, size_t length)
{
	while (length > 0 && is_blank(text[0])) {
		text++;
		length--;
	}
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	if (length > VG_NAME_MAX)
		length = cut_name(out, text, length);
	else
		memcpy(out, text, length);
	for (size_t i = 0; i < length; i++)
		if (is_blank(out[i]))
			out[i] = ' ';
	out[length] = '\0';
	return length;
}

size_t
vg_mapped_resource(char out[VG_NAME_MAX + 1], const char *text, size_t length)
{
	size_t used = vg_mapped_name(out, text, length);

	for (size_t i = 0; i < used && out[i] != '/'; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] - 'A' + 'a');
	return used;
}

static size_t
span_until(const char *text, size_t length, char stop)
{
	const char *found = memchr(text, stop, length);

	return found == NULL ? length : (size_t)(found - text);
}

size_t
vg_mapped_host(const char *text, size_t length, const char **host)
{
	size_t at = 0, colon;

	*host = text;
	for (size_t i = 0; i < length; i++)
		if (is_blank(text[i]))
			return length;
	while (at + 3 <= length && memcmp(text + at, "://", 3) != 0)
		at++;
	if (at + 3 <= length) {
		text += at + 3;
		length -= at + 3;
	}
	length = span_until(text, length, '/');
	if ((at = span_until(text, length, '@')) < length) {
		text += at + 1;
		length -= at + 1;
	}
	*host = text;
	if (length > 0 && text[0] == '[') {
		*host = text + 1;
		return span_until(text + 1, length - 1, ']');
	}
	colon = span_until(text, length, ':');
	if (colon < length && memchr(text + colon + 1, ':', length - colon - 1) != NULL)
		return length;
	return colon;
}

size_t
vg_mapped_text(char *out, size_t max, const char *text)
{
	size_t length = strnlen(text, max + 1);

	if (length > max)
		for (length = max; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80;)
			length--;
	for (size_t i = 0; i < length; i++)
		out[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7F ? ' ' : text[i];
	out[length] = '\0';
	return length;
}

size_t
vg_mapped_line(char detail[VG_NOTICE_DETAIL_MAX + 1], size_t used, const char *name,
	       const char *value)
{
	size_t length = strlen(name), break_length = used > 0 ? 1 : 0, room;

	if (used + break_length + length + 3 >= VG_NOTICE_DETAIL_MAX)
		return used;
	if (used > 0)
		detail[used++] = '\n';
	memcpy(detail + used, name, length);
	memcpy(detail + used + length, " = ", 3);
	used += length + 3;
	room = VG_NOTICE_DETAIL_MAX - used;
	return used + vg_mapped_text(detail + used, room < LINE_MAX ? room : LINE_MAX, value);
}
