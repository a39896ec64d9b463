/* civil.c - local wall time, UTC and calendar dates.
 *
 * The hard thing is the two Sundays a year on which local time is not a function of UTC in both
 * directions. mktime() answers them differently from one C library to the next, so the conversion
 * is done here by trying the offsets that hold the day before and the day after: RFC 5545's rule,
 * the same on every machine (pitfalls.md 10). */
#include "lib/civil/civil.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ZONE_DIR      "/usr/share/zoneinfo"
#define ZONE_NAME_MAX 64
#define DAY_S	      86400
#define CYCLE_DAYS    146097 /* 400 Gregorian years */

static const int days_before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static int64_t
floor_div(int64_t value, int64_t by)
{
	int64_t quotient = value / by;

	return value % by < 0 ? quotient - 1 : quotient;
}

/* --- the zone --- */

static char current[ZONE_NAME_MAX + 1]; /* "" = not set yet */

static bool
zone_name_plain(const char *zone)
{
	const char *allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t length = strlen(zone);

	return length > 0 && length <= ZONE_NAME_MAX && strspn(zone, allowed) == length &&
	       zone[0] != '/' && zone[length - 1] != '/';
}

static int
check_zone_file(const char *path, const char *zone, struct vg_err *err)
{
	char magic[4];
	FILE *file = fopen(path, "rbe");
	size_t got;

	if (file == NULL)
		return vg_err_set(err, VG_EINVALID,
				  "zone \"%s\": cannot read %s: %s; expected an IANA name such as "
				  "Europe/Stockholm",
				  zone, path, strerror(errno));
	got = fread(magic, 1, sizeof(magic), file);
	(void)fclose(file);
	if (got != sizeof(magic) || memcmp(magic, "TZif", sizeof(magic)) != 0)
		return vg_err_set(err, VG_EINVALID,
				  "zone \"%s\": %s is not a zone file; expected an IANA name such "
				  "as Europe/Stockholm",
				  zone, path);
	return 0;
}

int
vg_civil_set_zone(const char *zone, struct vg_err *err)
{
	char path[sizeof(ZONE_DIR) + 1 + ZONE_NAME_MAX + 1];
	int rc;

	VG_ASSERT(zone != NULL);
	if (strcmp(current, zone) == 0 && current[0] != '\0')
		return 0;
	if (!zone_name_plain(zone))
		return vg_err_set(err, VG_EINVALID,
				  "zone \"%.*s\": expected an IANA name such as Europe/Stockholm",
				  ZONE_NAME_MAX, zone);
	(void)snprintf(path, sizeof(path), ZONE_DIR "/%s", zone);
	if ((rc = check_zone_file(path, zone, err)) != 0)
		return rc;
	if (current[0] != '\0')
		return vg_err_set(err, VG_ECONFLICT,
				  "zone \"%s\": this process already keeps %s time", zone, current);
	if (setenv("TZ", path, 1) != 0) /* an absolute path: TZDIR has no say */
		return vg_err_set(err, VG_ENOMEM, "zone \"%s\": out of memory", zone);
	tzset();
	(void)snprintf(current, sizeof(current), "%s", zone);
	return 0;
}

const char *
vg_civil_zone(void)
{
	return current;
}

static char tzdata_version[16];

static void
read_tzdata_version(void)
{
	static const char mark[] = "# version ";
	char line[64] = "";
	FILE *file = fopen(ZONE_DIR "/tzdata.zi", "re");

	if (file == NULL)
		return;
	if (fgets(line, sizeof(line), file) != NULL && strncmp(line, mark, strlen(mark)) == 0) {
		const char *version = line + strlen(mark);

		(void)snprintf(tzdata_version, sizeof(tzdata_version), "%.*s",
			       (int)strcspn(version, " \r\n"), version);
	}
	(void)fclose(file);
}

const char *
vg_civil_tzdata_version(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, read_tzdata_version);
	return tzdata_version;
}

/* --- dates --- */

static bool
leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool
vg_civil_valid_date(int year, int month, int day)
{
	int length;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	length = days_before_month[month] - days_before_month[month - 1];
	if (month == 2 && leap_year(year))
		length++;
	return day <= length;
}

/* Days from 1 January of year 0 to 1 January of `year`. */
static int64_t
days_before_year(int64_t year)
{
	int64_t past = year - 1;

	/* Year 0 is a leap year, hence the 1. */
	return year * 365 + floor_div(past, 4) - floor_div(past, 100) + floor_div(past, 400) + 1;
}

int64_t
vg_civil_days(int year, int month, int day)
{
	VG_ASSERT(month >= 1 && month <= 12);
	return days_before_year(year) - days_before_year(1970) + days_before_month[month - 1] +
	       (month > 2 && leap_year(year) ? 1 : 0) + day - 1;
}

void
vg_civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t since_zero = days + days_before_year(1970);
	int64_t cycle = floor_div(since_zero, CYCLE_DAYS);
	int64_t y =
		cycle * 400 + (since_zero - cycle * CYCLE_DAYS) / 366; /* never too late a year */
	int of_year, m = 1, leap;

	while (days_before_year(y + 1) <= since_zero)
		y++;
	of_year = (int)(since_zero - days_before_year(y));
	leap = leap_year((int)y) ? 1 : 0;
	while (of_year >= days_before_month[m] + (m >= 2 ? leap : 0))
		m++;
	*year = (int)y;
	*month = m;
	*day = of_year - days_before_month[m - 1] - (m > 2 ? leap : 0) + 1;
}

int
vg_civil_weekday(int64_t days)
{
	int64_t since_monday = days + 3; /* 1970-01-01 was a Thursday */

	return (int)(since_monday - floor_div(since_monday, 7) * 7);
}

/* --- local time and UTC --- */

static int64_t
offset_at_s(int64_t at_s)
{
	time_t at = at_s;
	struct tm local;

	VG_ASSERT(current[0] != '\0'); /* else glibc would take UTC in silence */
	VG_ASSERT(localtime_r(&at, &local) != NULL);
	return local.tm_gmtoff;
}

int
vg_civil_offset_s(int64_t at_ms)
{
	return (int)offset_at_s(floor_div(at_ms, 1000));
}

int64_t
vg_civil_to_utc_ms(const struct vg_civil *local)
{
	int64_t naive = vg_civil_days(local->year, local->month, local->day) * DAY_S +
			(int64_t)local->hour * 3600 + (int64_t)local->minute * 60 + local->second;
	int64_t by_before = naive - offset_at_s(naive - DAY_S);
	int64_t by_after = naive - offset_at_s(naive + DAY_S);
	int64_t first = by_before < by_after ? by_before : by_after;
	int64_t second = by_before < by_after ? by_after : by_before;

	if (first + offset_at_s(first) == naive)
		return first * 1000; /* plain, or the first occurrence of a doubled time */
	if (second + offset_at_s(second) == naive)
		return second * 1000;
	return by_before * 1000; /* in a gap: the offset before it */
}

void
vg_civil_from_utc_ms(int64_t at_ms, struct vg_civil *local)
{
	int64_t at_s = floor_div(at_ms, 1000);
	int64_t naive = at_s + offset_at_s(at_s);
	int64_t days = floor_div(naive, DAY_S);
	int of_day = (int)(naive - days * DAY_S);

	vg_civil_from_days(days, &local->year, &local->month, &local->day);
	local->hour = of_day / 3600;
	local->minute = of_day / 60 % 60;
	local->second = of_day % 60;
}

char *
vg_civil_iso(int64_t at_ms, char *out, size_t size)
{
	struct vg_civil local;
	int offset = vg_civil_offset_s(at_ms);
	int minutes = abs(offset) / 60;

	VG_ASSERT(out != NULL && size >= 32);
	vg_civil_from_utc_ms(at_ms, &local);
	(void)snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", local.year,
		       local.month, local.day, local.hour, local.minute, local.second,
		       offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
	return out;
}
