/* scan.c - JSON in one pass.
 *
 * The hard thing is to be no laxer than a parser that builds a tree: each string is checked for its
 * escapes and its UTF-8 when it is passed, so that decoding cannot fail, and what is skipped is
 * checked as well as what is read. */
#include "lib/mapping/scan.h"

#include "lib/base/utf8.h"

#include <stdint.h>
#include <string.h>

static bool
fail(struct vg_scan *scan, const char *expected)
{
	if (scan->expected == NULL)
		scan->expected = expected;
	return false;
}

static void
skip_blanks(struct vg_scan *scan)
{
	while (scan->at < scan->end &&
	       (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
		scan->at++;
}

void
vg_scan_begin(struct vg_scan *scan, const char *bytes, size_t length)
{
	*scan = (struct vg_scan){.start = bytes, .at = bytes, .end = bytes + length};
}

char
vg_scan_peek(struct vg_scan *scan)
{
	skip_blanks(scan);
	return scan->expected != NULL || scan->at == scan->end ? '\0' : *scan->at;
}

static bool
take(struct vg_scan *scan, char c, const char *expected)
{
	if (vg_scan_peek(scan) != c)
		return fail(scan, expected);
	scan->at++;
	return true;
}

static bool
open(struct vg_scan *scan, char c, const char *expected)
{
	if (scan->depth == VG_SCAN_DEPTH_MAX)
		return fail(scan, "at most 64 levels");
	if (!take(scan, c, expected))
		return false;
	scan->depth++;
	scan->first = true;
	return true;
}

bool
vg_scan_object(struct vg_scan *scan)
{
	return open(scan, '{', "an object");
}

bool
vg_scan_list(struct vg_scan *scan)
{
	return open(scan, '[', "a list");
}

/* Whether something follows in the object or list that `close` ends. */
static bool
go_on(struct vg_scan *scan, char close, const char *expected)
{
	char c = vg_scan_peek(scan);

	if (scan->expected != NULL)
		return false;
	if (c == close) {
		scan->at++;
		scan->depth--;
		scan->first = false;
		return false;
	}
	if (!scan->first) {
		if (c != ',')
			return fail(scan, expected);
		scan->at++;
	}
	scan->first = false;
	return true;
}

bool
vg_scan_member(struct vg_scan *scan, struct vg_scan_text *name)
{
	return go_on(scan, '}', "\",\" or \"}\"") && vg_scan_string(scan, name) &&
	       take(scan, ':', "\":\"");
}

bool
vg_scan_item(struct vg_scan *scan)
{
	return go_on(scan, ']', "\",\" or \"]\"");
}

/* --- strings --- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits behind "\u"; -1 = there are none. */
static int32_t
unit(const char *at, const char *end)
{
	int32_t value = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(at[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static bool
is_high(int32_t value)
{
	return value >= 0xD800 && value <= 0xDBFF;
}

static bool
is_low(int32_t value)
{
	return value >= 0xDC00 && value <= 0xDFFF;
}

/* Past the escape at `at`. */
static bool
pass_escape(struct vg_scan *scan)
{
	static const char expected[] = "an escape such as \\n or \\u00e5";
	const char *at = scan->at;
	int32_t value;

	if (scan->end - at >= 2 && at[1] != '\0' && strchr("\"\\/bfnrt", at[1]) != NULL) {
		scan->at += 2;
		return true;
	}
	value = unit(at, scan->end);
	if (value <= 0 || is_low(value) || (is_high(value) && !is_low(unit(at + 6, scan->end))))
		return fail(scan, expected);
	scan->at += is_high(value) ? 12 : 6;
	return true;
}

bool
vg_scan_string(struct vg_scan *scan, struct vg_scan_text *text)
{
	bool ascii = true;
	size_t good;

	if (!take(scan, '"', "a string"))
		return false;
	*text = (struct vg_scan_text){.bytes = scan->at};
	for (;;) {
		unsigned char c;

		if (scan->at == scan->end)
			return fail(scan, "the end of a string");
		c = (unsigned char)*scan->at;
		if (c == '"')
			break;
		if (c < 0x20)
			return fail(scan, "no control character in a string");
		if (c == '\\') {
			text->escaped = true;
			if (!pass_escape(scan))
				return false;
			continue;
		}
		ascii = ascii && c < 0x80;
		scan->at++;
	}
	text->length = (size_t)(scan->at - text->bytes);
	if (!ascii && (good = vg_utf8_valid(text->bytes, text->length)) < text->length) {
		scan->at = text->bytes + good;
		return fail(scan, "UTF-8");
	}
	scan->at++;
	return true;
}

static size_t
put_utf8(int32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | (code >> 6));
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | (code >> 12));
		out[1] = (char)(0x80 | ((code >> 6) & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | (code >> 18));
	out[1] = (char)(0x80 | ((code >> 12) & 0x3F));
	out[2] = (char)(0x80 | ((code >> 6) & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

static size_t
decode_escape(const char **at, const char *end, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int32_t value;

	if ((*at)[1] != 'u') {
		*out = to[strchr(from, (*at)[1]) - from];
		*at += 2;
		return 1;
	}
	value = unit(*at, end);
	*at += 6;
	if (is_high(value)) {
		value = 0x10000 + ((value - 0xD800) << 10) + (unit(*at, end) - 0xDC00);
		*at += 6;
	}
	return put_utf8(value, out);
}

size_t
vg_scan_decode(const struct vg_scan_text *text, char *out)
{
	const char *at = text->bytes, *end = text->bytes + text->length;
	size_t used = 0;

	if (!text->escaped) {
		memcpy(out, text->bytes, text->length);
		return text->length;
	}
	while (at < end) {
		if (*at == '\\')
			used += decode_escape(&at, end, out + used);
		else
			out[used++] = *at++;
	}
	return used;
}

bool
vg_scan_is(const struct vg_scan_text *text, const char *word)
{
	size_t length = strlen(word);

	return text->length == length && memcmp(text->bytes, word, length) == 0;
}

/* --- other values --- */

static bool
pass_digits(struct vg_scan *scan)
{
	const char *start = scan->at;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
		scan->at++;
	return scan->at > start ? true : fail(scan, "a digit");
}

static bool
is_next(const struct vg_scan *scan, const char *any)
{
	return scan->at < scan->end && *scan->at != '\0' && strchr(any, *scan->at) != NULL;
}

static bool
pass_number(struct vg_scan *scan)
{
	if (is_next(scan, "-"))
		scan->at++;
	if (is_next(scan, "0"))
		scan->at++;
	else if (!pass_digits(scan))
		return false;
	if (is_next(scan, ".")) {
		scan->at++;
		if (!pass_digits(scan))
			return false;
	}
	if (is_next(scan, "eE")) {
		scan->at++;
		if (is_next(scan, "+-"))
			scan->at++;
		return pass_digits(scan);
	}
	return true;
}

static bool
pass_word(struct vg_scan *scan, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
		return fail(scan, "a value");
	scan->at += length;
	return true;
}

bool
vg_scan_skip(struct vg_scan *scan)
{
	struct vg_scan_text text;

	switch (vg_scan_peek(scan)) {
	case '{':
		if (vg_scan_object(scan))
			while (vg_scan_member(scan, &text) && vg_scan_skip(scan))
				;
		return scan->expected == NULL;
	case '[':
		if (vg_scan_list(scan))
			while (vg_scan_item(scan) && vg_scan_skip(scan))
				;
		return scan->expected == NULL;
	case '"':
		return vg_scan_string(scan, &text);
	case 't':
		return pass_word(scan, "true");
	case 'f':
		return pass_word(scan, "false");
	case 'n':
		return pass_word(scan, "null");
	default:
		return scan->expected == NULL && is_next(scan, "-0123456789")
			       ? pass_number(scan)
			       : fail(scan, "a value");
	}
}

bool
vg_scan_end(struct vg_scan *scan)
{
	skip_blanks(scan);
	if (scan->expected == NULL && scan->at < scan->end)
		return fail(scan, "nothing after the document");
	return scan->expected == NULL;
}

void
vg_scan_place(const struct vg_scan *scan, int *line, int *column)
{
	*line = *column = 1;
	for (const char *p = scan->start; p < scan->at; p++) {
		*column = *p == '\n' ? 1 : *column + 1;
		*line += *p == '\n';
	}
}
