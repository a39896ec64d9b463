/* rule.c - recurrence rules walked out, one local date after the other.
 *
 * libical counts on a clock without a zone, which is what RFC 5545 asks for; each wall time becomes
 * an instant by itself afterwards, so no length of a day or week is ever added. The hard thing is
 * UNTIL: it is often given in UTC while the rule walks local time, so it is taken out of the rule
 * and held against each occurrence here. */
#include "lib/ical/ical_private.h"

#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int64_t
floor_days(int64_t wall_s)
{
	return wall_s >= 0 ? wall_s / VG_ICAL_DAY_S
			   : -((VG_ICAL_DAY_S - 1 - wall_s) / VG_ICAL_DAY_S);
}

static struct vg_civil
civil_of(int64_t wall_s)
{
	int64_t days = floor_days(wall_s), rest = wall_s - days * VG_ICAL_DAY_S;
	struct vg_civil civil = {.hour = (int)(rest / 3600),
				 .minute = (int)(rest / 60 % 60),
				 .second = (int)(rest % 60)};

	vg_civil_from_days(days, &civil.year, &civil.month, &civil.day);
	return civil;
}

static int64_t
wall_of(const struct vg_civil *civil)
{
	return vg_civil_days(civil->year, civil->month, civil->day) * VG_ICAL_DAY_S +
	       civil->hour * 3600 + civil->minute * 60 + civil->second;
}

int64_t
vg_ical_instant_ms(int64_t wall_s, struct vg_ical_frame frame)
{
	struct vg_civil civil = civil_of(wall_s);

	return frame.utc ? wall_s * 1000 : vg_civil_to_utc_ms(&civil);
}

int
vg_ical_wall(struct icaltimetype time, int64_t *wall_s, struct vg_err *err)
{
	struct vg_civil civil = {.year = time.year,
				 .month = time.month,
				 .day = time.day,
				 .hour = time.is_date ? 0 : time.hour,
				 .minute = time.is_date ? 0 : time.minute,
				 .second = time.is_date ? 0 : time.second};

	if (civil.year < 1970 || !vg_civil_valid_date(civil.year, civil.month, civil.day) ||
	    civil.hour < 0 || civil.hour > 23 || civil.minute < 0 || civil.minute > 59 ||
	    civil.second < 0 || civil.second > 59)
		return vg_err_set(err, VG_EINVALID,
				  "expected a time of a day from 1970 on, such as 20261025T000000");
	*wall_s = wall_of(&civil);
	return 0;
}

struct icaltimetype
vg_ical_time(int64_t wall_s)
{
	struct vg_civil civil = civil_of(wall_s);
	struct icaltimetype time = icaltime_null_time();

	time.year = civil.year;
	time.month = civil.month;
	time.day = civil.day;
	time.hour = civil.hour;
	time.minute = civil.minute;
	time.second = civil.second;
	return time;
}

/* Whether an occurrence lies past UNTIL. */
static bool
past_until(int64_t wall_s, struct vg_ical_frame frame, struct icaltimetype until, int64_t until_s)
{
	if (until.is_date)
		return floor_days(wall_s) > floor_days(until_s);
	if (icaltime_is_utc(until))
		return vg_ical_instant_ms(wall_s, frame) > until_s * 1000;
	return wall_s > until_s;
}

/* The rule without its UNTIL. Finer frequencies than daily are refused: no window recurs so, and an
 * impossible one of them would be looked for second by second. */
static int
read_rule(const char *text, struct icalrecurrencetype *rule, int64_t *until_s, struct vg_err *err)
{
	int rc = 0;

	icalerror_clear_errno();
	*rule = icalrecurrencetype_from_string(text);
	if (rule->freq == ICAL_NO_RECURRENCE)
		return vg_err_set(err, VG_EINVALID,
				  "rule \"%.100s\": expected one as FREQ=WEEKLY;BYDAY=SU;COUNT=12",
				  text);
	if (rule->freq != ICAL_DAILY_RECURRENCE && rule->freq != ICAL_WEEKLY_RECURRENCE &&
	    rule->freq != ICAL_MONTHLY_RECURRENCE && rule->freq != ICAL_YEARLY_RECURRENCE)
		return vg_err_set(err, VG_EINVALID,
				  "rule \"%.100s\": expected DAILY, WEEKLY, MONTHLY or YEARLY",
				  text);
	if (rule->rscale != NULL)
		return vg_err_set(err, VG_EINVALID, "rule \"%.100s\": RSCALE is not taken", text);
	if (!icaltime_is_null_time(rule->until))
		rc = vg_ical_wall(rule->until, until_s, err);
	return rc == 0 ? 0 : vg_err_wrap(err, rc, "rule \"%.100s\": UNTIL", text);
}

static int
walk(icalrecur_iterator *iterator, int64_t start_s, struct vg_ical_frame frame,
     struct icaltimetype until, int64_t until_s, int64_t *walls, size_t *count, bool *open,
     struct vg_err *err)
{
	int64_t end_s = start_s + (int64_t)VG_ICAL_YEARS_MAX * 366 * VG_ICAL_DAY_S, wall_s;
	struct icaltimetype next;
	int rc;

	*count = 0;
	*open = false;
	while (!icaltime_is_null_time(next = icalrecur_iterator_next(iterator))) {
		if ((rc = vg_ical_wall(next, &wall_s, err)) != 0)
			return rc;
		if (*count == 0 && wall_s != start_s)
			return vg_err_set(err, VG_EINVALID,
					  "the start is no occurrence of its own rule: expected it "
					  "to be the first");
		if (!icaltime_is_null_time(until) && past_until(wall_s, frame, until, until_s))
			return 0;
		if (wall_s >= end_s) {
			*open = true;
			return 0;
		}
		if (*count == VG_ICAL_TIMES_MAX)
			return vg_err_set(err, VG_ELIMIT,
					  "more than %d occurrences: give a nearer UNTIL or COUNT",
					  VG_ICAL_TIMES_MAX);
		walls[(*count)++] = wall_s;
	}
	return 0;
}

int
vg_ical_walk(int64_t start_s, struct vg_ical_frame frame, const char *rrule, int64_t *walls,
	     size_t *count, bool *open, struct vg_err *err)
{
	struct icaltimetype start = vg_ical_time(start_s), until;
	struct icalrecurrencetype rule;
	icalrecur_iterator *iterator;
	int64_t until_s = 0;
	int rc = read_rule(rrule, &rule, &until_s, err);

	if (rc != 0)
		return rc;
	until = rule.until;
	rule.until = icaltime_null_time();
	iterator = icalrecur_iterator_new(rule, start);
	if (iterator == NULL)
		return vg_err_set(err, VG_EINVALID, "rule \"%.100s\": its parts do not go together",
				  rrule);
	rc = walk(iterator, start_s, frame, until, until_s, walls, count, open, err);
	icalrecur_iterator_free(iterator);
	if (rc == 0 && *count == 0)
		rc = vg_err_set(err, VG_EINVALID, "there is no occurrence");
	return rc == 0 ? 0 : vg_err_wrap(err, rc, "rule \"%.100s\"", rrule);
}

static int
by_start(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return a[0] != b[0] ? (a[0] < b[0] ? -1 : 1) : (a[1] > b[1]) - (a[1] < b[1]);
}

int
vg_ical_order(int64_t (*time)[2], size_t *count, struct vg_err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		if (time[i][1] <= time[i][0])
			continue;
		time[kept][0] = time[i][0];
		time[kept++][1] = time[i][1];
	}
	*count = kept;
	if (kept > 0)
		qsort(time, kept, sizeof(*time), by_start);
	for (size_t i = 1; i < kept; i++) {
		char iso[32];

		if (time[i][0] < time[i - 1][1])
			return vg_err_set(err, VG_EINVALID,
					  "the occurrence of %s begins before the one before it "
					  "has ended",
					  vg_civil_iso(time[i][0], iso, sizeof(iso)));
	}
	return 0;
}

int
vg_ical_expand(int64_t from_ms, int64_t to_ms, const char *rrule, int64_t (*time)[2], size_t *times,
	       bool *open, struct vg_err *err)
{
	const struct vg_ical_frame local = {.utc = false};
	int64_t walls[VG_ICAL_TIMES_MAX], from_s, to_s;
	struct vg_civil from, to;
	int rc;

	if (from_ms < 0 || to_ms > VG_ICAL_END_MS)
		return vg_err_set(err, VG_EINVALID,
				  "expected a start and an end from 1970 to 2099");
	if (to_ms <= from_ms)
		return vg_err_set(err, VG_EINVALID, "expected an end after the start");
	vg_civil_from_utc_ms(from_ms, &from);
	vg_civil_from_utc_ms(to_ms, &to);
	from_s = wall_of(&from);
	to_s = wall_of(&to);
	rc = vg_ical_walk(from_s, local, rrule, walls, times, open, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < *times; i++) {
		time[i][0] = vg_ical_instant_ms(walls[i], local);
		time[i][1] = vg_ical_instant_ms(walls[i] + to_s - from_s, local);
	}
	time[0][0] = from_ms; /* said as instants, which an ambiguous hour can name twice */
	time[0][1] = to_ms;
	return vg_ical_order(time, times, err);
}
