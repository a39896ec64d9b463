/* Civil time: local wall time to UTC and back, local dates, and Swedish holidays.
 *
 * RFC 5545 rule: a local time in the spring gap takes the offset before the gap, one in the autumn
 * overlap means the first occurrence (semantics.md 6). glibc, one zone per process. */
#ifndef VG_CIVIL_H
#define VG_CIVIL_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets the process's zone once, before any thread; VG_EINVALID when the zone file does not exist
 * (glibc would take UTC in silence). Calling it again with the same name is harmless. */
VG_MUST_CHECK int vg_civil_set_zone(const char *zone, struct vg_err *err);
/* The zone that was set, "" = none yet. */
const char *vg_civil_zone(void);
/* Version of the zone data ("2024a"), "" when the system does not tell. */
const char *vg_civil_tzdata_version(void);

struct vg_civil {
	int year, month, day, hour, minute, second; /* month 1..12 */
};

/* Days since 1970-01-01 of a Gregorian date, and back. */
int64_t vg_civil_days(int year, int month, int day);
void vg_civil_from_days(int64_t days, int *year, int *month, int *day);
bool vg_civil_valid_date(int year, int month, int day);
/* 0 = Monday ... 6 = Sunday. */
int vg_civil_weekday(int64_t days);

/* These three want the zone set: without it glibc would take UTC in silence, so they assert it. */
int64_t vg_civil_to_utc_ms(const struct vg_civil *local);
void vg_civil_from_utc_ms(int64_t at_ms, struct vg_civil *local);
/* Seconds east of UTC at an instant. */
int vg_civil_offset_s(int64_t at_ms);

/* "2026-10-25T19:00:00+01:00" in the process's zone; out has at least 32 bytes. Returns out. */
char *vg_civil_iso(int64_t at_ms, char *out, size_t size);

/* Reads an instant by a pattern of %d %m %Y %H %M %S %z and literal characters; digits may lack
 * leading zeros; %z takes Z, +hh:mm, +hhmm. A fraction of a second after %S is read to the
 * millisecond. Without %z the text is local wall time of the process's zone. The names "iso"
 * (date-time, optional fraction and offset), "epoch_s" and "epoch_ms" are patterns too. VG_EINVALID
 * names what was expected at which character. */
VG_MUST_CHECK int vg_civil_parse(const char *text, const char *pattern, int64_t *at_ms,
				 struct vg_err *err);

/* Holidays (act 1989:253) and the customary eves, half days and bridge days of semantics.md 6. */
enum vg_day_kind { VG_DAY_ORDINARY, VG_DAY_BRIDGE, VG_DAY_HALF, VG_DAY_EVE, VG_DAY_PUBLIC_HOLIDAY };
struct vg_holiday {
	int64_t day;
	enum vg_day_kind kind;
	const char *name; /* Swedish */
};
/* All rows of a year in ascending order, one date may have two; ordinary Sundays are not listed.
 * Returns the count, at most `max` (64 is enough) are written. */
size_t vg_holidays(int year, struct vg_holiday *out, size_t max);

#endif
