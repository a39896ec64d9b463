/* check_text.c - the words of a check's result.
 *
 * What a target answers ends up in a result's text, and from there in terminals, logs and pages. So
 * the text is made one clean line here, once: the hard thing is to cut it between characters. */
#include "agents/check.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LONG_TEXT_MAX 1024 /* bytes that are formatted before they are cleaned and cut */

const char *const vg_check_state_words[] = {"ok", "warning", "critical", "unknown", NULL};

/* Bytes of the UTF-8 character at `text` (NUL-terminated), 0 = it is none. */
static size_t
character_length(const unsigned char *text)
{
	unsigned lead = text[0];
	size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (lead > 0xf4 || length == 0)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if ((lead == 0xe0 && text[1] < 0xa0) || (lead == 0xed && text[1] > 0x9f) ||
	    (lead == 0xf0 && text[1] < 0x90) || (lead == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

static bool
is_control(const unsigned char *text)
{
	return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0);
}

void
vg_check_text(struct vg_check_result *result, const char *format, ...)
{
	char bytes[LONG_TEXT_MAX];
	const unsigned char *from = (const unsigned char *)bytes;
	size_t used = 0;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(bytes, sizeof(bytes), format, args);
	va_end(args);
	while (*from != '\0') {
		size_t length = character_length(from), written = length > 0 ? length : 1;

		if (used + written > VG_CHECK_TEXT_MAX)
			break;
		if (length == 0)
			result->text[used] = '?';
		else if (is_control(from))
			result->text[used] = ' ', written = 1;
		else
			memcpy(result->text + used, from, length);
		used += written;
		from += length > 0 ? length : 1;
	}
	result->text[used] = '\0';
}
