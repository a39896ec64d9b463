/* form.c - fields of a form, decoded. */
#include "daemon/status/form.h"

#include "lib/base/utf8.h"

#include <string.h>

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of a value, and past it; -1 = a wrong escape. */
static int
next_byte(const char **at, const char *end)
{
	const char c = *(*at)++;
	int high, low;

	if (c == '+')
		return ' ';
	if (c != '%')
		return (unsigned char)c;
	if (end - *at < 2 || (high = digit((*at)[0])) < 0 || (low = digit((*at)[1])) < 0)
		return -1;
	*at += 2;
	return high * 16 + low;
}

static bool
decode(const char *at, const char *end, char *out, size_t size)
{
	size_t used = 0;

	while (at < end) {
		const int c = next_byte(&at, end);

		if (c == '\r')
			continue;
		if (c < 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || used + 1 == size)
			return false;
		out[used++] = (char)c;
	}
	out[used] = '\0';
	return vg_utf8_valid(out, used) == used;
}

bool
vg_form_field(const char *bytes, size_t length, const char *name, char *out, size_t size)
{
	const char *at = bytes, *end = bytes + length;
	const size_t name_length = strlen(name);

	out[0] = '\0';
	while (at < end) {
		const char *stop = memchr(at, '&', (size_t)(end - at));

		stop = stop != NULL ? stop : end;
		if ((size_t)(stop - at) > name_length && memcmp(at, name, name_length) == 0 &&
		    at[name_length] == '=')
			return decode(at + name_length + 1, stop, out, size);
		at = stop + 1;
	}
	return true;
}
