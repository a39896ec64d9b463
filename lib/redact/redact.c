/* redact.c - finding Swedish identity numbers in free text.
 *
 * One walk over the text. At the start of every run of digits a bounded look ahead reads what may
 * be a number in one of its written forms (date, separator, last four) into a candidate; the
 * candidate is then judged by date and check digit. No run is read twice, so hostile input costs
 * linear time. The hard thing is to be neither blind nor greedy: an organisation number has the
 * same ten digits and the same check digit, and only its third digit, which cannot begin a month,
 * tells it apart; so no rule here may accept a month above 12. */
#include "lib/redact/redact.h"

#include "core/assert.h"
#include "lib/civil/civil.h"

#include <stdlib.h>
#include <string.h>

#define MASK	   "[PNR]"
#define SPACES_MAX 3 /* on each side of a dash */

const struct vg_redact_rules vg_redact_default = {.mask_invalid_luhn = true};

/* The text and its length, as all readers below need both. */
struct text {
	const unsigned char *at;
	size_t length;
};

/* What was read at a run of digits. body: century, year, month, day, last four (letters in upper
 * case); the century is "00" in the short forms. */
struct candidate {
	char body[13];
	bool century;
	bool dash;   /* a dash or plus stands before the last four */
	bool spaced; /* something else stands there */
	bool iso;    /* the date itself is written with separators */
	int letters; /* at the start of the last four: 0, 1 or 2 */
	size_t end;
};

static bool
is_digit(unsigned c)
{
	return c >= '0' && c <= '9';
}

static char
upper_letter(unsigned c)
{
	if (c >= 'a' && c <= 'z')
		c -= 'a' - 'A';
	return c >= 'A' && c <= 'Z' ? (char)c : '\0';
}

static bool
digit_at(struct text text, size_t at)
{
	return at < text.length && is_digit(text.at[at]);
}

static bool
alnum_at(struct text text, size_t at)
{
	return digit_at(text, at) || (at < text.length && upper_letter(text.at[at]) != '\0');
}

/* Bytes of the space at `at`: blank, control character (a line break becomes a blank in a title),
 * U+00A0, U+2000-U+200B, U+202F; 0 = none. */
static size_t
space_at(struct text text, size_t at)
{
	const unsigned char *p = text.at + at;
	size_t left = text.length - at;

	if (left >= 1 && (p[0] <= ' ' || p[0] == 0x7F))
		return 1;
	if (left >= 2 && p[0] == 0xC2 && p[1] == 0xA0)
		return 2;
	if (left >= 3 && p[0] == 0xE2 && p[1] == 0x80 &&
	    ((p[2] >= 0x80 && p[2] <= 0x8B) || p[2] == 0xAF))
		return 3;
	return 0;
}

/* Bytes of the dash at `at`: '-', '+', U+2010-U+2015, U+2212; 0 = none. */
static size_t
dash_at(struct text text, size_t at)
{
	const unsigned char *p = text.at + at;
	size_t left = text.length - at;

	if (left >= 1 && (p[0] == '-' || p[0] == '+'))
		return 1;
	if (left >= 3 && p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0x95)
		return 3;
	if (left >= 3 && p[0] == 0xE2 && p[1] == 0x88 && p[2] == 0x92)
		return 3;
	return 0;
}

static size_t
skip_spaces(struct text text, size_t at)
{
	size_t bytes;

	for (int i = 0; i < SPACES_MAX && (bytes = space_at(text, at)) > 0; i++)
		at += bytes;
	return at;
}

/* Past spaces, at most one dash, and spaces. */
static size_t
skip_separator(struct text text, size_t at, bool *dash)
{
	size_t bytes;

	at = skip_spaces(text, at);
	bytes = dash_at(text, at);
	*dash = bytes > 0;
	return bytes > 0 ? skip_spaces(text, at + bytes) : at;
}

/* Exactly `count` digits that are a run of their own, to out. */
static bool
read_run(struct text text, size_t at, size_t count, char *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!digit_at(text, at + i))
			return false;
		out[i] = (char)text.at[at + i];
	}
	return !digit_at(text, at + count);
}

/* The last four: four digits, or one or two letters and digits, not running on into more of the
 * same. */
static bool
read_last_four(struct text text, size_t at, struct candidate *c)
{
	char *out = c->body + 8;
	int letters = 0;

	for (size_t i = 0; i < 4; i++) {
		if (digit_at(text, at + i)) {
			out[i] = (char)text.at[at + i];
		} else if (at + i < text.length && letters == (int)i && letters < 2 &&
			   upper_letter(text.at[at + i]) != '\0') {
			out[i] = upper_letter(text.at[at + i]);
			letters++;
		} else {
			return false;
		}
	}
	c->letters = letters;
	c->end = at + 4;
	return letters > 0 ? !alnum_at(text, c->end) : !digit_at(text, c->end);
}

/* yyyy-mm-dd with the same kind of separator, as far as the day. */
static bool
read_iso_date(struct text text, size_t at, struct candidate *c, size_t *end)
{
	bool dash;

	if (!read_run(text, at, 4, c->body))
		return false;
	at = skip_separator(text, at + 4, &dash);
	if (!read_run(text, at, 2, c->body + 4))
		return false;
	at = skip_separator(text, at + 2, &dash);
	if (!read_run(text, at, 2, c->body + 6))
		return false;
	*end = at + 2;
	return true;
}

/* Reads what stands at a run of `run` digits in one of the written forms. */
static bool
read_candidate(struct text text, size_t at, size_t run, struct candidate *c)
{
	size_t date_end = at + run, tail;

	*c = (struct candidate){.body = "00", .century = run != 6 && run != 10};
	switch (run) {
	case 12:
	case 10:
		memcpy(c->body + 12 - run, text.at + at, run);
		c->end = at + run;
		return true;
	case 8:
	case 6:
		memcpy(c->body + 8 - run, text.at + at, run);
		break;
	case 4:
		if (!read_iso_date(text, at, c, &date_end))
			return false;
		c->iso = true;
		break;
	default:
		return false;
	}
	tail = skip_separator(text, date_end, &c->dash);
	c->spaced = !c->dash && tail > date_end;
	return read_last_four(text, tail, c);
}

static int
number(const char *digits, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

/* Luhn over `count` characters, the last being the check digit; the reserve letters stand for
 * digits. */
static bool
luhn(const char *text, int count)
{
	int sum = 0;

	for (int i = 0; i < count; i++) {
		char c = text[i];
		int digit = c == 'K' ? 5 : c == 'M' ? 7 : c == 'X' ? 8 : c - '0';
		int weighted = (count - i) % 2 == 0 ? 2 * digit : digit;

		sum += weighted > 9 ? weighted - 9 : weighted;
	}
	return sum % 10 == 0;
}

/* A date of the 19th to 21st century; in the short forms of any of them. */
static bool
valid_date(const struct candidate *c, int day)
{
	int year = number(c->body, 4), month = number(c->body + 4, 2);

	if (c->century)
		return year >= 1800 && year <= 2099 && vg_civil_valid_date(year, month, day);
	return vg_civil_valid_date(2000 + year, month, day) ||
	       vg_civil_valid_date(1900 + year, month, day);
}

/* Coordination numbers also go to people whose day (60) or month (00) of birth is not known, or who
 * named a day that the month does not have; of those the check digit must be right. */
static bool
odd_coordination(const struct candidate *c, int day)
{
	int century = number(c->body, 2), month = number(c->body + 4, 2);

	return month <= 12 && day >= 60 && day <= 91 &&
	       (!c->century || (century >= 18 && century <= 20));
}

static enum vg_identity
judge_digits(const struct candidate *c, const struct vg_redact_rules *rules)
{
	int century = number(c->body, 2), month = number(c->body + 4, 2),
	    day = number(c->body + 6, 2);
	bool check = luhn(c->body + 2, 10);
	bool enough = check || (c->dash && !c->iso && rules->mask_invalid_luhn);

	if (enough && valid_date(c, day))
		return VG_ID_PERSONAL;
	if (enough && valid_date(c, day - 60))
		return VG_ID_COORDINATION;
	if (check && odd_coordination(c, day))
		return VG_ID_COORDINATION;
	if (!c->century || c->iso)
		return VG_ID_NONE;
	if (century >= 18 && century <= 20 && month >= 1 && month <= 12 && day >= 32 && day <= 59)
		return VG_ID_TEST;
	if (century == 99 && number(c->body + 2, 2) >= 18 && number(c->body + 2, 2) <= 20 &&
	    luhn(c->body + 4, 8))
		return VG_ID_RESERVE;
	return VG_ID_NONE;
}

/* VGR's own: the two characters after the letter tell the sex (odd M, even K) or that it is not
 * known (X). */
static bool
vgr_reserve(const struct candidate *c)
{
	int serial = number(c->body + 9, 2);

	if (!luhn(c->body + 2, 10))
		return false;
	switch (c->body[8]) {
	case 'M':
		return serial >= 6 && serial <= 79 && serial % 2 == 1;
	case 'K':
		return serial >= 6 && serial <= 79 && serial % 2 == 0;
	case 'X':
		return serial >= 80 && serial <= 89;
	default:
		return false;
	}
}

static enum vg_identity
judge_letters(const struct candidate *c)
{
	if (c->iso || !valid_date(c, number(c->body + 6, 2)))
		return VG_ID_NONE;
	if (c->letters == 1 && c->century && vgr_reserve(c))
		return VG_ID_RESERVE;
	if (c->letters == 1 && strchr("TRSUWXJKLMN", c->body[8]) != NULL)
		return VG_ID_INTERIM;
	return (c->century || c->dash) && !c->spaced ? VG_ID_RESERVE : VG_ID_NONE;
}

enum vg_identity
vg_redact_find(const char *bytes, size_t length, size_t from, const struct vg_redact_rules *rules,
	       size_t *start, size_t *end)
{
	struct text text = {(const unsigned char *)bytes, length};
	size_t at = from;

	VG_ASSERT(rules != NULL && start != NULL && end != NULL && from <= length);
	if (from > 0 && is_digit((unsigned char)bytes[from - 1]))
		while (digit_at(text, at)) /* the rest of a run that began before */
			at++;
	while (at < length) {
		struct candidate c;
		enum vg_identity kind = VG_ID_NONE;
		size_t run = 0;

		while (digit_at(text, at + run))
			run++;
		if (run > 0 && read_candidate(text, at, run, &c))
			kind = c.letters > 0 ? judge_letters(&c) : judge_digits(&c, rules);
		if (kind != VG_ID_NONE) {
			*start = at;
			*end = c.end;
			return kind;
		}
		at += run > 0 ? run : 1;
	}
	return VG_ID_NONE;
}

char *
vg_redact_mask(const char *bytes, size_t length, const struct vg_redact_rules *rules,
	       size_t *out_length, size_t *hits)
{
	/* every number is longer than its mask, so the result is never longer than the text */
	char *out = malloc(length + 1);
	size_t from = 0, used = 0, start, end;

	if (out == NULL)
		return NULL;
	*hits = 0;
	while (vg_redact_find(bytes, length, from, rules, &start, &end) != VG_ID_NONE) {
		memcpy(out + used, bytes + from, start - from);
		used += start - from;
		memcpy(out + used, MASK, sizeof(MASK) - 1);
		used += sizeof(MASK) - 1;
		from = end;
		(*hits)++;
	}
	if (length > from)
		memcpy(out + used, bytes + from, length - from);
	used += length - from;
	out[used] = '\0';
	*out_length = used;
	return out;
}
