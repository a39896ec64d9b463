/* read.c - windows out of a calendar file.
 *
 * libical parses leniently and leaves what it could not read behind as error properties; here those
 * are errors, because a window that is read half would move figures. The hard thing is the events
 * that replace one occurrence of another: they are found by the wall time that they replace. */
#include "lib/ical/ical_private.h"

#include "lib/civil/civil.h"

#include <stdlib.h>
#include <string.h>

#define WINDOWS_STOCKHOLM "W. Europe Standard Time"

/* One VEVENT as it stands. */
struct event {
	icalcomponent *component;
	const char *uid; /* borrowed from the component */
	int64_t sequence, start_s, replaces_s;
	int64_t wall_s, exact_s; /* its length: local first, then exact */
	struct vg_ical_frame frame;
	bool replaces; /* RECURRENCE-ID */
	enum vg_ical_status status;
};

/* Where a property's time is shown: UTC, or the process's zone. */
static int
read_frame(icalproperty *property, struct icaltimetype time, struct vg_ical_frame *frame,
	   struct vg_err *err)
{
	icalparameter *parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
	const char *tzid = parameter != NULL ? icalparameter_get_tzid(parameter) : NULL;
	const char *zone = vg_civil_zone();
	size_t length, tail;

	*frame = (struct vg_ical_frame){.utc = icaltime_is_utc(time), .date = time.is_date != 0};
	if (tzid == NULL || frame->date)
		return 0;
	length = strlen(tzid);
	tail = strlen(zone);
	if (strcmp(tzid, zone) == 0 ||
	    (length > tail && tzid[length - tail - 1] == '/' &&
	     strcmp(tzid + length - tail, zone) == 0) ||
	    (strcmp(tzid, WINDOWS_STOCKHOLM) == 0 && strcmp(zone, "Europe/Stockholm") == 0))
		return 0;
	return vg_err_set(err, VG_EINVALID, "TZID \"%.80s\": expected %s, or times in UTC", tzid,
			  zone);
}

static int
read_time(icalproperty *property, struct icaltimetype time, int64_t *wall_s,
	  struct vg_ical_frame *frame, struct vg_err *err)
{
	int rc = vg_ical_wall(time, wall_s, err);

	if (rc == 0)
		rc = read_frame(property, time, frame, err);
	return rc == 0 ? 0 : vg_err_wrap(err, rc, "%s", icalproperty_get_property_name(property));
}

static void
take_duration(struct icaldurationtype duration, int64_t *wall_s, int64_t *exact_s)
{
	*wall_s = ((int64_t)duration.weeks * 7 + duration.days) * VG_ICAL_DAY_S;
	*exact_s =
		(int64_t)duration.hours * 3600 + (int64_t)duration.minutes * 60 + duration.seconds;
}

static int
read_length(struct event *event, struct vg_err *err)
{
	icalproperty *end = icalcomponent_get_first_property(event->component, ICAL_DTEND_PROPERTY);
	icalproperty *duration =
		icalcomponent_get_first_property(event->component, ICAL_DURATION_PROPERTY);
	struct vg_ical_frame frame;
	int64_t end_s;
	int rc;

	if (end != NULL) {
		rc = read_time(end, icalproperty_get_dtend(end), &end_s, &frame, err);
		if (rc == 0 && frame.utc != event->frame.utc)
			rc = vg_err_set(err, VG_EINVALID,
					"DTEND: expected it as DTSTART is, both in UTC or both "
					"local");
		event->wall_s = end_s - event->start_s;
		return rc;
	}
	if (duration != NULL)
		take_duration(icalproperty_get_duration(duration), &event->wall_s, &event->exact_s);
	else if (event->frame.date)
		event->wall_s = VG_ICAL_DAY_S;
	return 0;
}

static int
read_status(struct event *event, struct vg_err *err)
{
	icalproperty *status =
		icalcomponent_get_first_property(event->component, ICAL_STATUS_PROPERTY);
	enum icalproperty_status word =
		status != NULL ? icalproperty_get_status(status) : ICAL_STATUS_CONFIRMED;

	if (word == ICAL_STATUS_TENTATIVE)
		event->status = VG_ICAL_TENTATIVE;
	else if (word == ICAL_STATUS_CANCELLED)
		event->status = VG_ICAL_CANCELLED;
	else if (word == ICAL_STATUS_CONFIRMED)
		event->status = VG_ICAL_CONFIRMED;
	else
		return vg_err_set(err, VG_EINVALID,
				  "STATUS: expected TENTATIVE, CONFIRMED or CANCELLED");
	return 0;
}

static int
read_replaces(struct event *event, struct vg_err *err)
{
	icalproperty *id =
		icalcomponent_get_first_property(event->component, ICAL_RECURRENCEID_PROPERTY);
	struct vg_ical_frame frame;

	if (id == NULL)
		return 0;
	if (icalproperty_get_first_parameter(id, ICAL_RANGE_PARAMETER) != NULL)
		return vg_err_set(err, VG_EINVALID,
				  "RECURRENCE-ID: expected one without RANGE, which replaces one "
				  "occurrence");
	event->replaces = true;
	return read_time(id, icalproperty_get_recurrenceid(id), &event->replaces_s, &frame, err);
}

static int
read_event(icalcomponent *component, struct event *event, struct vg_err *err)
{
	icalproperty *start = icalcomponent_get_first_property(component, ICAL_DTSTART_PROPERTY);
	icalproperty *sequence =
		icalcomponent_get_first_property(component, ICAL_SEQUENCE_PROPERTY);
	icalproperty *uid = icalcomponent_get_first_property(component, ICAL_UID_PROPERTY);
	int rc;

	*event = (struct event){.component = component};
	event->uid = uid != NULL ? icalproperty_get_uid(uid) : NULL;
	if (event->uid == NULL || *event->uid == '\0')
		return vg_err_set(err, VG_EINVALID, "expected a UID");
	if (start == NULL)
		return vg_err_set(err, VG_EINVALID, "expected a DTSTART");
	event->sequence = sequence != NULL ? icalproperty_get_sequence(sequence) : 0;
	rc = read_time(start, icalproperty_get_dtstart(start), &event->start_s, &event->frame, err);
	if (rc == 0)
		rc = read_length(event, err);
	if (rc == 0)
		rc = read_status(event, err);
	if (rc == 0)
		rc = read_replaces(event, err);
	if (rc == 0 && event->wall_s + event->exact_s <= 0 && event->status != VG_ICAL_CANCELLED)
		rc = vg_err_set(err, VG_EINVALID, "expected an end after its start");
	return rc;
}

/* --- occurrences --- */

/* One occurrence while a window is put together. */
struct occurrence {
	int64_t key_s; /* wall time by which EXDATE and RECURRENCE-ID name it */
	int64_t from_ms, to_ms;
};
struct series {
	size_t count;
	struct occurrence one[VG_ICAL_TIMES_MAX];
};

static struct occurrence
occurrence(const struct event *event, int64_t key_s, int64_t start_s, int64_t wall_s,
	   int64_t exact_s)
{
	return (struct occurrence){.key_s = key_s,
				   .from_ms = vg_ical_instant_ms(start_s, event->frame),
				   .to_ms = vg_ical_instant_ms(start_s + wall_s, event->frame) +
					    exact_s * 1000};
}

static int
put(struct series *series, struct occurrence one, struct vg_err *err)
{
	for (size_t i = 0; i < series->count; i++)
		if (series->one[i].key_s == one.key_s)
			return 0;
	if (series->count == VG_ICAL_TIMES_MAX)
		return vg_err_set(err, VG_ELIMIT, "more than %d occurrences", VG_ICAL_TIMES_MAX);
	series->one[series->count++] = one;
	return 0;
}

static bool
drop(struct series *series, int64_t key_s)
{
	for (size_t i = 0; i < series->count; i++)
		if (series->one[i].key_s == key_s) {
			series->one[i] = series->one[--series->count];
			return true;
		}
	return false;
}

/* A time of another property on the event's own clock. */
static int
key_of(const struct event *event, icalproperty *property, struct icaltimetype time, int64_t *key_s,
       struct vg_err *err)
{
	struct vg_ical_frame frame;
	struct vg_civil local;
	int rc = read_time(property, time, key_s, &frame, err);

	if (rc != 0 || frame.utc == event->frame.utc || frame.date)
		return rc;
	if (event->frame.utc) {
		*key_s = vg_ical_instant_ms(*key_s, frame) / 1000;
		return 0;
	}
	vg_civil_from_utc_ms(*key_s * 1000, &local);
	*key_s = vg_civil_days(local.year, local.month, local.day) * VG_ICAL_DAY_S +
		 local.hour * 3600 + local.minute * 60 + local.second;
	return 0;
}

static int
put_rule(const struct event *event, struct series *series, bool *open, struct vg_err *err)
{
	icalproperty *rule =
		icalcomponent_get_first_property(event->component, ICAL_RRULE_PROPERTY);
	int64_t walls[VG_ICAL_TIMES_MAX];
	size_t count = 1;
	int rc = 0;

	walls[0] = event->start_s;
	if (rule != NULL)
		rc = vg_ical_walk(event->start_s, event->frame,
				  icalproperty_get_value_as_string(rule), walls, &count, open, err);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = put(series,
			 occurrence(event, walls[i], walls[i], event->wall_s, event->exact_s), err);
	return rc;
}

static int
put_rdate(const struct event *event, icalproperty *property, struct series *series,
	  struct vg_err *err)
{
	struct icaldatetimeperiodtype date = icalproperty_get_rdate(property);
	bool period = icaltime_is_null_time(date.time) != 0;
	int64_t start_s, end_s, wall_s = event->wall_s, exact_s = event->exact_s;
	int rc = key_of(event, property, period ? date.period.start : date.time, &start_s, err);

	if (rc == 0 && period && !icaltime_is_null_time(date.period.end)) {
		rc = key_of(event, property, date.period.end, &end_s, err);
		wall_s = rc == 0 ? end_s - start_s : 0;
		exact_s = 0;
	} else if (period) {
		take_duration(date.period.duration, &wall_s, &exact_s);
	}
	return rc == 0 ? put(series, occurrence(event, start_s, start_s, wall_s, exact_s), err)
		       : rc;
}

/* EXDATE as a date takes out what begins on that day. */
static void
drop_day(struct series *series, int64_t day_s)
{
	for (size_t i = series->count; i-- > 0;)
		if (series->one[i].key_s >= day_s && series->one[i].key_s < day_s + VG_ICAL_DAY_S)
			(void)drop(series, series->one[i].key_s);
}

static int
put_dates(const struct event *event, struct series *series, struct vg_err *err)
{
	icalcomponent *component = event->component;
	int64_t key_s;
	int rc = 0;

	for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_RDATE_PROPERTY);
	     p != NULL && rc == 0;
	     p = icalcomponent_get_next_property(component, ICAL_RDATE_PROPERTY))
		rc = put_rdate(event, p, series, err);
	for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_EXDATE_PROPERTY);
	     p != NULL && rc == 0;
	     p = icalcomponent_get_next_property(component, ICAL_EXDATE_PROPERTY)) {
		struct icaltimetype time = icalproperty_get_exdate(p);

		rc = key_of(event, p, time, &key_s, err);
		if (rc == 0 && time.is_date)
			drop_day(series, key_s);
		else if (rc == 0)
			(void)drop(series, key_s);
	}
	return rc;
}

/* The occurrences that events of the same UID replace. */
static int
put_replacements(const struct event *event, const struct event *next, const struct event *end,
		 struct series *series, struct vg_err *err)
{
	int64_t key_s;
	int rc = 0;

	for (; next < end && strcmp(next->uid, event->uid) == 0 && rc == 0; next++) {
		icalproperty *id = icalcomponent_get_first_property(next->component,
								    ICAL_RECURRENCEID_PROPERTY);

		rc = key_of(event, id, icalproperty_get_recurrenceid(id), &key_s, err);
		if (rc == 0 && !drop(series, key_s))
			rc = vg_err_set(err, VG_EINVALID,
					"RECURRENCE-ID: names no occurrence of the event");
		if (rc == 0 && next->status != VG_ICAL_CANCELLED)
			rc = put(
				series,
				occurrence(next, key_s, next->start_s, next->wall_s, next->exact_s),
				err);
	}
	return rc;
}

/* --- windows --- */

static int
by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

#define SERVICES_MAX 200

/* CATEGORIES as a list of ids. Ends are put into `text`, which `word` then points into. */
static size_t
split(char *text, const char **word)
{
	size_t count = 0;

	for (char *at = text; *at != '\0' && count < SERVICES_MAX;) {
		size_t length = strcspn(at, " ,\t");
		bool more = at[length] != '\0';

		at[length] = '\0';
		if (length > 0)
			word[count++] = at;
		at += length + more;
	}
	return count;
}

/* All CATEGORIES in one text, a space between. */
static char *
join_categories(icalcomponent *component)
{
	char *text = strdup("");

	for (icalproperty *p =
		     icalcomponent_get_first_property(component, ICAL_CATEGORIES_PROPERTY);
	     p != NULL && text != NULL;
	     p = icalcomponent_get_next_property(component, ICAL_CATEGORIES_PROPERTY)) {
		const char *one = icalproperty_get_categories(p);
		size_t used = strlen(text), length = one != NULL ? strlen(one) : 0;
		char *grown = realloc(text, used + length + 2);

		if (grown == NULL) {
			free(text);
			return NULL;
		}
		text = grown;
		if (one != NULL)
			memcpy(text + used, one, length);
		memcpy(text + used + length, " ", 2);
	}
	return text;
}

static char *
read_services(icalcomponent *component)
{
	char *text = join_categories(component), *out;
	const char *word[SERVICES_MAX];
	size_t count, used = 0;

	if (text == NULL)
		return NULL;
	out = malloc(strlen(text) + 2);
	count = split(text, word);
	if (out != NULL) {
		qsort(word, count, sizeof(*word), by_name);
		for (size_t i = 0; i < count; i++) {
			size_t length = strlen(word[i]);

			if (i > 0 && strcmp(word[i], word[i - 1]) == 0)
				continue;
			if (used > 0)
				out[used++] = ' ';
			memcpy(out + used, word[i], length);
			used += length;
		}
		out[used] = '\0';
	}
	free(text);
	return out;
}

/* A property's text, "" when there is none; malloc'ed. */
static char *
text_of(icalcomponent *component, icalproperty_kind kind)
{
	icalproperty *property = icalcomponent_get_first_property(component, kind);
	const char *text = property != NULL ? icalproperty_get_value_as_string(property) : NULL;

	if (kind == ICAL_SUMMARY_PROPERTY && property != NULL)
		text = icalproperty_get_summary(property); /* without escapes */
	return strdup(text != NULL ? text : "");
}

static int
fill(struct vg_ical_window *window, const struct event *event, const struct series *series,
     struct vg_err *err)
{
	window->uid = strdup(event->uid);
	window->name = text_of(event->component, ICAL_SUMMARY_PROPERTY);
	window->rrule = text_of(event->component, ICAL_RRULE_PROPERTY);
	window->services = read_services(event->component);
	window->time = calloc(series->count + 1, sizeof(*window->time));
	if (window->uid == NULL || window->name == NULL || window->rrule == NULL ||
	    window->services == NULL || window->time == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	window->sequence = event->sequence;
	window->status = event->status;
	window->times = series->count;
	for (size_t i = 0; i < series->count; i++) {
		window->time[i][0] = series->one[i].from_ms;
		window->time[i][1] = series->one[i].to_ms;
	}
	return vg_ical_order(window->time, &window->times, err);
}

static int
make_window(const struct event *event, const struct event *next, const struct event *end,
	    struct vg_ical_window *window, struct vg_err *err)
{
	struct series *series = calloc(1, sizeof(*series));
	int rc;

	if (series == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	rc = put_rule(event, series, &window->open, err);
	if (rc == 0)
		rc = put_dates(event, series, err);
	if (rc == 0)
		rc = put_replacements(event, next, end, series, err);
	if (rc == 0)
		rc = fill(window, event, series, err);
	free(series);
	return rc;
}

/* By UID; the event itself before what replaces its occurrences; the newest first. */
static int
by_uid(const void *left, const void *right)
{
	const struct event *a = left, *b = right;
	int order = strcmp(a->uid, b->uid);

	if (order != 0)
		return order;
	if (a->replaces != b->replaces)
		return a->replaces ? 1 : -1;
	if (a->replaces && a->replaces_s != b->replaces_s)
		return a->replaces_s < b->replaces_s ? -1 : 1;
	return (a->sequence < b->sequence) - (a->sequence > b->sequence);
}

/* Keeps the newest of each; returns how many are left. */
static size_t
keep_newest(struct event *event, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct event *before = kept > 0 ? &event[kept - 1] : NULL;

		if (before != NULL && strcmp(before->uid, event[i].uid) == 0 &&
		    before->replaces == event[i].replaces &&
		    (!before->replaces || before->replaces_s == event[i].replaces_s))
			continue;
		event[kept++] = event[i];
	}
	return kept;
}

static int
make_windows(struct event *event, size_t count, struct vg_ical_window *window, size_t *made,
	     struct vg_err *err)
{
	int rc = 0;

	qsort(event, count, sizeof(*event), by_uid);
	count = keep_newest(event, count);
	for (size_t i = 0; i < count && rc == 0; i++) {
		if (event[i].replaces) {
			if (i == 0 || strcmp(event[i].uid, event[i - 1].uid) != 0)
				rc = vg_err_set(err, VG_EINVALID,
						"RECURRENCE-ID: the file has no event of this UID");
		} else {
			rc = make_window(&event[i], &event[i + 1], event + count,
					 &window[(*made)++], err);
		}
		if (rc != 0)
			return vg_err_wrap(err, rc, "event %.100s", event[i].uid);
	}
	return rc;
}

/* What libical could not read stands as X-LIC-ERROR in the component. */
static int
check_errors(icalcomponent *component, size_t number, struct vg_err *err)
{
	icalproperty *bad = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
	const char *text = bad != NULL ? icalproperty_get_xlicerror(bad) : NULL;

	if (bad == NULL)
		return 0;
	return vg_err_set(err, VG_EINVALID, "event %zu: %.200s", number,
			  text != NULL ? text : "a line that cannot be read");
}

static int
read_events(icalcomponent *root, struct event *event, size_t *count, struct vg_err *err)
{
	int rc = check_errors(root, 0, err);

	for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);
	     c != NULL && rc == 0;
	     c = icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT)) {
		if (*count == VG_ICAL_WINDOWS_MAX)
			return vg_err_set(err, VG_ELIMIT, "more than %d events",
					  VG_ICAL_WINDOWS_MAX);
		rc = check_errors(c, *count + 1, err);
		if (rc == 0 && (rc = read_event(c, &event[*count], err)) != 0)
			(void)vg_err_wrap(err, rc, "event %zu", *count + 1);
		(*count)++;
	}
	return rc;
}

static int
read_calendar(icalcomponent *root, struct vg_ical_window **out, size_t *count, struct vg_err *err)
{
	struct event *event = calloc(VG_ICAL_WINDOWS_MAX + 1, sizeof(*event));
	struct vg_ical_window *window = calloc(VG_ICAL_WINDOWS_MAX, sizeof(*window));
	size_t events = 0, made = 0;
	int rc = 0;

	if (event == NULL || window == NULL)
		rc = vg_err_set(err, VG_ENOMEM, "out of memory");
	if (rc == 0)
		rc = read_events(root, event, &events, err);
	if (rc == 0 && events > 0)
		rc = make_windows(event, events, window, &made, err);
	free(event);
	if (rc != 0) {
		vg_ical_windows_free(window, made);
		return rc;
	}
	*out = window;
	*count = made;
	return 0;
}

int
vg_ical_read(const char *text, size_t length, struct vg_ical_window **out, size_t *count,
	     struct vg_err *err)
{
	icalcomponent *root = NULL;
	char *copy;
	int rc;

	*out = NULL;
	*count = 0;
	if (length > VG_ICAL_BYTES_MAX)
		return vg_err_set(err, VG_ELIMIT, "longer than %d bytes", VG_ICAL_BYTES_MAX);
	if (memchr(text, '\0', length) != NULL)
		return vg_err_set(err, VG_EINVALID, "expected text, found a null byte");
	copy = strndup(text, length);
	if (copy == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	root = icalparser_parse_string(copy);
	if (root == NULL || icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT)
		rc = vg_err_set(err, VG_EINVALID,
				"expected a calendar from BEGIN:VCALENDAR to END:VCALENDAR");
	else
		rc = read_calendar(root, out, count, err);
	if (root != NULL)
		icalcomponent_free(root);
	free(copy);
	return rc;
}

void
vg_ical_windows_free(struct vg_ical_window *window, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(window[i].uid);
		free(window[i].name);
		free(window[i].rrule);
		free(window[i].services);
		free(window[i].time);
	}
	free(window);
}
