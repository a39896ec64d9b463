/* parse.c - instants from other systems' texts.
 *
 * A pattern is read with the text, side by side. Everything is checked against the calendar before
 * it is converted, and an error says at which character what was expected: a mapping's author finds
 * the wrong field from that alone. */
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EPOCH_MAX_S INT64_C(253402300799) /* the last second of year 9999 */

/* What has been read so far; `at` is the next character of `text`. */
struct reading {
	const char *text, *at;
	struct vg_civil local;
	int millisecond;
	bool has_year, has_month, has_day;
	bool has_offset;
	int offset_s;
	struct vg_err *err;
};

static int
expected(const struct reading *r, const char *at, const char *what)
{
	if (*at == '\0')
		return vg_err_set(r->err, VG_EINVALID,
				  "time \"%.80s\": character %td: expected %s, found the end",
				  r->text, at - r->text + 1, what);
	return vg_err_set(r->err, VG_EINVALID,
			  "time \"%.80s\": character %td: expected %s, found \"%.20s\"", r->text,
			  at - r->text + 1, what, at);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* From digits_min to digits_max digits, as a number between min and max. */
static int
read_number(struct reading *r, int digits_min, int digits_max, int min, int max, const char *what,
	    int *out)
{
	const char *start = r->at;
	int value = 0, digits = 0;

	while (digits < digits_max && is_digit(*r->at)) {
		value = value * 10 + (*r->at++ - '0');
		digits++;
	}
	if (digits < digits_min || value < min || value > max)
		return expected(r, start, what);
	*out = value;
	return 0;
}

static int
read_literal(struct reading *r, char literal)
{
	char what[] = "\"?\"";

	if (*r->at == literal) {
		r->at++;
		return 0;
	}
	what[1] = literal;
	return expected(r, r->at, what);
}

/* A fraction to the millisecond; further digits are dropped. `next` is what the pattern wants here.
 */
static void
read_fraction(struct reading *r, char next)
{
	int scale = 100;

	if ((*r->at != '.' && *r->at != ',') || *r->at == next || !is_digit(r->at[1]))
		return;
	for (r->at++; is_digit(*r->at); r->at++) {
		r->millisecond += (*r->at - '0') * scale;
		scale /= 10;
	}
}

static int
read_offset(struct reading *r)
{
	static const char what[] = "Z or an offset such as +01:00";
	const char *start = r->at;
	int sign, hours = 0, minutes = 0, rc;

	r->has_offset = true;
	if (*r->at == 'Z' || *r->at == 'z') {
		r->at++;
		return 0;
	}
	if (*r->at != '+' && *r->at != '-')
		return expected(r, start, what);
	sign = *r->at++ == '-' ? -1 : 1;
	if ((rc = read_number(r, 2, 2, 0, 15, what, &hours)) != 0)
		return rc;
	if (*r->at == ':')
		r->at++;
	if ((rc = read_number(r, 2, 2, 0, 59, what, &minutes)) != 0)
		return rc;
	r->offset_s = sign * (hours * 3600 + minutes * 60);
	return 0;
}

/* One %-directive; `next` is the pattern's character after it. */
static int
read_directive(struct reading *r, char directive, char next)
{
	int rc;

	switch (directive) {
	case 'Y':
		r->has_year = true;
		return read_number(r, 4, 4, 1, 9999, "a year of four digits", &r->local.year);
	case 'm':
		r->has_month = true;
		return read_number(r, 1, 2, 1, 12, "a month from 1 to 12", &r->local.month);
	case 'd':
		r->has_day = true;
		return read_number(r, 1, 2, 1, 31, "a day from 1 to 31", &r->local.day);
	case 'H':
		return read_number(r, 1, 2, 0, 23, "an hour from 0 to 23", &r->local.hour);
	case 'M':
		return read_number(r, 1, 2, 0, 59, "a minute from 0 to 59", &r->local.minute);
	case 'S':
		rc = read_number(r, 1, 2, 0, 59, "a second from 0 to 59", &r->local.second);
		if (rc == 0)
			read_fraction(r, next);
		return rc;
	case 'z':
		return read_offset(r);
	case '%':
		return read_literal(r, '%');
	default:
		return vg_err_set(r->err, VG_EINVALID,
				  "time pattern: \"%%%c\" is not known; expected %%d %%m %%Y %%H "
				  "%%M %%S %%z or %%%%",
				  directive);
	}
}

static int
read_pattern(struct reading *r, const char *pattern)
{
	int rc;

	for (const char *p = pattern; *p != '\0'; p++) {
		if (*p == '%' && p[1] == '\0')
			return vg_err_set(r->err, VG_EINVALID,
					  "time pattern \"%.80s\": ends in a lone %%", pattern);
		if (*p == '%') {
			p++;
			rc = read_directive(r, *p, p[1]);
		} else {
			rc = read_literal(r, *p);
		}
		if (rc != 0)
			return rc;
	}
	if (!r->has_year || !r->has_month || !r->has_day)
		return vg_err_set(r->err, VG_EINVALID,
				  "time pattern \"%.80s\": expected %%Y, %%m and %%d in it",
				  pattern);
	return 0;
}

/* Date, T or a space, hours and minutes; seconds, fraction and offset when they are there. */
static int
read_iso(struct reading *r)
{
	int rc;

	if ((rc = read_pattern(r, "%Y-%m-%d")) != 0)
		return rc;
	if (*r->at != 'T' && *r->at != 't' && *r->at != ' ')
		return expected(r, r->at, "\"T\" and the time of day");
	r->at++;
	if ((rc = read_directive(r, 'H', ':')) != 0 || (rc = read_literal(r, ':')) != 0 ||
	    (rc = read_directive(r, 'M', '\0')) != 0)
		return rc;
	if (*r->at == ':') {
		r->at++;
		if ((rc = read_directive(r, 'S', '\0')) != 0)
			return rc;
	}
	return *r->at == '\0' ? 0 : read_offset(r);
}

static int
finish(struct reading *r, int64_t *at_ms)
{
	const struct vg_civil *local = &r->local;

	if (*r->at != '\0')
		return expected(r, r->at, "the end");
	if (!vg_civil_valid_date(local->year, local->month, local->day))
		return vg_err_set(r->err, VG_EINVALID,
				  "time \"%.80s\": there is no day %04d-%02d-%02d", r->text,
				  local->year, local->month, local->day);
	if (r->has_offset)
		*at_ms = (vg_civil_days(local->year, local->month, local->day) * 86400 +
			  local->hour * 3600 + local->minute * 60 + local->second - r->offset_s) *
			 1000;
	else
		*at_ms = vg_civil_to_utc_ms(local);
	*at_ms += r->millisecond;
	return 0;
}

static int
read_epoch(struct reading *r, int64_t unit_ms, int64_t *at_ms)
{
	int64_t limit = EPOCH_MAX_S * 1000 / unit_ms, value = 0;
	bool negative = *r->at == '-';

	if (negative)
		r->at++;
	if (!is_digit(*r->at))
		return expected(r, r->at, "digits");
	for (; is_digit(*r->at); r->at++) {
		value = value * 10 + (*r->at - '0');
		if (value > limit)
			return vg_err_set(r->err, VG_EINVALID,
					  "time \"%.80s\": expected at most %" PRId64
					  " (the year 9999)",
					  r->text, limit);
	}
	if (*r->at != '\0')
		return expected(r, r->at, "the end");
	*at_ms = (negative ? -value : value) * unit_ms;
	return 0;
}

int
vg_civil_parse(const char *text, const char *pattern, int64_t *at_ms, struct vg_err *err)
{
	struct reading r = {.text = text, .at = text, .err = err};
	int rc;

	VG_ASSERT(text != NULL && pattern != NULL && at_ms != NULL);
	if (strcmp(pattern, "epoch_s") == 0)
		return read_epoch(&r, 1000, at_ms);
	if (strcmp(pattern, "epoch_ms") == 0)
		return read_epoch(&r, 1, at_ms);
	rc = strcmp(pattern, "iso") == 0 ? read_iso(&r) : read_pattern(&r, pattern);
	return rc != 0 ? rc : finish(&r, at_ms);
}
