/* stamp.c - when a line was written, as its sender says.
 *
 * RFC 5424 has one form. Before it there were "Nov 22 08:54:14" and what makers added to it: a year
 * before or after the time, a fraction, an offset, the name of a zone, a mark that the clock is not
 * set, a colon. The hard thing is the missing year: it is the one that puts the time nearest to
 * when the line was received, so a line of New Year's Eve that comes late keeps its year. */
#include "lib/syslog/syslog_private.h"

#include "lib/civil/civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISO_MAX 40
#define HOUR_S	3600

char *
vg_syslog_stamp_iso(char *text, int64_t *at_ms)
{
	size_t length = strcspn(text, " ");
	char copy[ISO_MAX];

	if (length >= sizeof(copy) || length < strlen("2026-11-22T08:54:14") || text[4] != '-' ||
	    (text[10] != 'T' && text[10] != 't'))
		return NULL;
	(void)snprintf(copy, sizeof(copy), "%.*s",
		       (int)(text[length - 1] == ':' ? length - 1 : length), text);
	return vg_civil_parse(copy, "iso", at_ms, NULL) == 0 ? text + length : NULL;
}

/* --- "Nov 22 08:54:14" and its kin --- */

struct reading {
	const char *at;
	struct vg_civil local;
	int millisecond;
	bool has_year, has_offset;
	int offset_s;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number of digits_min to digits_max digits that no digit follows. */
static bool
read_number(struct reading *r, int digits_min, int digits_max, int min, int max, int *out)
{
	const char *at = r->at;
	int value = 0;

	while (is_digit(*at) && at - r->at < digits_max)
		value = value * 10 + (*at++ - '0');
	if (at - r->at < digits_min || is_digit(*at) || value < min || value > max)
		return false;
	*out = value;
	r->at = at;
	return true;
}

static bool
read_char(struct reading *r, char c)
{
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static bool
read_spaces(struct reading *r)
{
	size_t count = strspn(r->at, " ");

	r->at += count;
	return count > 0;
}

static bool
read_month(struct reading *r)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(r->at, names + 3 * i, 3) == 0) {
			r->at += 3;
			r->local.month = i + 1;
			return true;
		}
	return false;
}

static bool
read_year(struct reading *r)
{
	if (r->has_year || !read_number(r, 4, 4, 1970, 2199, &r->local.year))
		return false;
	r->has_year = true;
	return true;
}

static void
read_fraction(struct reading *r)
{
	int scale = 100;

	if ((*r->at != '.' && *r->at != ',') || !is_digit(r->at[1]))
		return;
	for (r->at++; is_digit(*r->at); r->at++, scale /= 10)
		r->millisecond += (*r->at - '0') * scale;
}

/* "Z", "+01:00", "+0100" right behind the time. */
static void
read_offset(struct reading *r)
{
	struct reading ahead = *r;
	int sign = *r->at == '-' ? -1 : 1, hours, minutes;

	if (read_char(&ahead, 'Z')) {
		ahead.has_offset = true;
	} else if (*r->at == '+' || *r->at == '-') {
		ahead.at++;
		if (read_number(&ahead, 4, 4, 0, 1500, &hours)) {
			minutes = hours % 100;
			hours /= 100;
		} else if (!read_number(&ahead, 2, 2, 0, 15, &hours) || !read_char(&ahead, ':') ||
			   !read_number(&ahead, 2, 2, 0, 59, &minutes)) {
			return;
		}
		ahead.has_offset = true;
		ahead.offset_s = sign * (hours * HOUR_S + minutes * 60);
	}
	if (ahead.has_offset)
		*r = ahead;
}

/* " UTC" and others, with a colon behind; what is not known means the local zone. */
static void
read_zone_name(struct reading *r)
{
	static const struct {
		const char *name;
		int offset_s;
	} zones[] = {{"UTC", 0},      {"GMT", 0},	    {"CET", HOUR_S},
		     {"MET", HOUR_S}, {"CEST", 2 * HOUR_S}, {"MEST", 2 * HOUR_S}};
	const char *name = r->at + strspn(r->at, " ");
	size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (name == r->at || length < 3 || length > 5 || name[length] != ':')
		return;
	r->at = name + length;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strlen(zones[i].name) == length && memcmp(zones[i].name, name, length) == 0) {
			r->has_offset = true;
			r->offset_s = zones[i].offset_s;
		}
}

static bool
read_bsd(struct reading *r)
{
	struct reading ahead;

	if (!read_month(r) || !read_spaces(r) || !read_number(r, 1, 2, 1, 31, &r->local.day) ||
	    !read_spaces(r))
		return false;
	if (read_year(r) && !read_spaces(r))
		return false;
	if (!read_number(r, 1, 2, 0, 23, &r->local.hour) || !read_char(r, ':') ||
	    !read_number(r, 2, 2, 0, 59, &r->local.minute) || !read_char(r, ':') ||
	    !read_number(r, 2, 2, 0, 59, &r->local.second))
		return false;
	read_fraction(r);
	read_offset(r);
	read_zone_name(r);
	ahead = *r;
	if (read_spaces(&ahead) && read_year(&ahead) && (*ahead.at == ' ' || *ahead.at == ':'))
		*r = ahead;
	(void)read_char(r, ':');
	return *r->at == ' ' || *r->at == '\0';
}

/* The year that puts month and day nearest to the day of receiving; false = that day is in none of
 * three. */
static bool
choose_year(struct vg_civil *local, int64_t received_ms)
{
	struct vg_civil now;
	int64_t today, nearest = INT64_MAX;

	vg_civil_from_utc_ms(received_ms, &now);
	today = vg_civil_days(now.year, now.month, now.day);
	for (int year = now.year - 1; year <= now.year + 1; year++) {
		int64_t away;

		if (!vg_civil_valid_date(year, local->month, local->day))
			continue;
		away = llabs(vg_civil_days(year, local->month, local->day) - today);
		if (away < nearest) {
			nearest = away;
			local->year = year;
		}
	}
	return nearest != INT64_MAX;
}

static int64_t
instant(const struct reading *r)
{
	const struct vg_civil *local = &r->local;

	if (!r->has_offset)
		return vg_civil_to_utc_ms(local) + r->millisecond;
	return (vg_civil_days(local->year, local->month, local->day) * 86400 +
		local->hour * HOUR_S + local->minute * 60 + local->second - r->offset_s) *
		       1000 +
	       r->millisecond;
}

char *
vg_syslog_stamp_bsd(char *text, int64_t received_ms, int64_t *at_ms)
{
	bool unset = *text == '*'; /* Cisco: the clock was never set */
	struct reading r = {.at = unset || *text == '.' ? text + 1 : text};
	bool known;

	if (!read_bsd(&r))
		return NULL;
	known = !unset && (r.has_year || choose_year(&r.local, received_ms)) &&
		vg_civil_valid_date(r.local.year, r.local.month, r.local.day);
	*at_ms = known ? instant(&r) : -1;
	return text + (r.at - text);
}
