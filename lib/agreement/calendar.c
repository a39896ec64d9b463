/* calendar.c - weekly hours and Swedish holidays to UTC intervals.
 *
 * Local dates are walked one by one and each edge is converted on its own; nothing is ever 86 400
 * seconds later than the day before. The hard thing is the edge in the night of a clock change: it
 * exists twice or not at all, and the author is told which reading holds (semantics.md 6). */
#include "lib/agreement/load.h"

#include "lib/civil/civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALWAYS	     "24x7"
#define SPANS_MAX    4 /* open hours of one weekday */
#define DATES_MAX    200
#define HOLIDAYS_MAX 64
#define DAY_MIN	     (24 * 60)
#define DAY_MS	     INT64_C(86400000)
#define NO_HALF_DAYS (-1)

/* Days that close a calendar. */
struct closing {
	unsigned kinds;		/* bit per enum vg_day_kind */
	unsigned eves;		/* bit per eve_names[] */
	int half_day_close_min; /* minutes after midnight */
	size_t also_closed_count, not_closed_count;
	int64_t also_closed[DATES_MAX], not_closed[DATES_MAX];
};

struct span {
	int start_min, end_min; /* after midnight on the wall; end_min up to DAY_MIN */
	const struct vg_yaml_node *at;
};

struct week {
	struct span span[7][SPANS_MAX];
	size_t count[7];		     /* Monday first */
	const struct vg_yaml_node *named[7]; /* where a day was said, to find a second time */
};

/* What the civil calendar says about a day. */
struct day_mark {
	uint8_t kinds; /* bit per enum vg_day_kind */
	uint8_t eves;  /* bit per eve_names[] */
};

static const char *const kind_names[] = {[VG_DAY_ORDINARY] = "ordinary",
					 [VG_DAY_BRIDGE] = "bridge_day",
					 [VG_DAY_HALF] = "half_day",
					 [VG_DAY_EVE] = "eve",
					 [VG_DAY_PUBLIC_HOLIDAY] = "public_holiday",
					 NULL};
static const char *const eve_names[] = {"Midsommarafton", "Julafton",	 "Nyårsafton",
					"Påskafton",	  "Pingstafton", NULL};
#define DEFAULT_EVES 7u /* the first three */

/* --- the settings --- */

/* "07:30" to minutes; 24:00 is an end. -1 when it is something else. */
static int
parse_clock(const char *text, size_t length)
{
	int hour, minute;

	if (length != 5 || text[2] != ':')
		return -1;
	for (size_t i = 0; i < 5; i++)
		if (i != 2 && (text[i] < '0' || text[i] > '9'))
			return -1;
	hour = (text[0] - '0') * 10 + (text[1] - '0');
	minute = (text[3] - '0') * 10 + (text[4] - '0');
	if (minute > 59 || hour > 24 || (hour == 24 && minute > 0))
		return -1;
	return hour * 60 + minute;
}

/* Bits of the words in a list; `fallback` when the list is absent. */
static unsigned
read_words(struct vg_load *load, const struct vg_yaml_node *map, const char *key,
	   const char *const *words, unsigned fallback)
{
	const struct vg_yaml_node *list = vg_load_member(load, map, key, VG_YAML_LIST, false);
	struct vg_load_item item;
	unsigned bits = 0;
	int word;

	if (list == NULL)
		return fallback;
	for (size_t i = 0; i < list->count; i++) {
		word = vg_yaml_get_word(vg_load_item(&item, key, list->item[i]), key, words, -1,
					load->errors);
		if (word >= 0)
			bits |= 1u << word;
	}
	return bits;
}

static void
read_dates(struct vg_load *load, const struct vg_yaml_node *map, const char *key, int64_t *dates,
	   size_t *count)
{
	const struct vg_yaml_node *list = vg_load_member(load, map, key, VG_YAML_LIST, false);
	struct vg_load_item item;

	if (list == NULL)
		return;
	if (list->count > DATES_MAX) {
		vg_yaml_error(load->errors, list, "%s: expected at most %d dates, found %zu", key,
			      DATES_MAX, list->count);
		return;
	}
	for (*count = 0; *count < list->count; (*count)++)
		dates[*count] = vg_yaml_get_date(vg_load_item(&item, key, list->item[*count]), key,
						 true, 0, load->errors);
}

/* Changes to `closing` by map's section "holidays"; what is not named there stays. */
static void
read_holidays(struct vg_load *load, const struct vg_yaml_node *map, struct closing *closing)
{
	static const char *const known[] = {"closed",	   "eves",	 "half_day_close_at",
					    "also_closed", "not_closed", NULL};
	const struct vg_yaml_node *holidays =
		vg_load_member(load, map, "holidays", VG_YAML_MAP, false);
	const char *close_at;

	if (holidays == NULL)
		return;
	(void)vg_yaml_only(holidays, load->errors, known);
	/* "ordinary" is no choice: the list begins after it, and so do the bits. */
	closing->kinds = read_words(load, holidays, "closed", kind_names + 1, closing->kinds >> 1)
			 << 1;
	closing->eves = read_words(load, holidays, "eves", eve_names, closing->eves);
	read_dates(load, holidays, "also_closed", closing->also_closed,
		   &closing->also_closed_count);
	read_dates(load, holidays, "not_closed", closing->not_closed, &closing->not_closed_count);
	close_at = vg_yaml_get_text(holidays, "half_day_close_at", false, NULL, load->errors);
	if (close_at == NULL)
		return;
	closing->half_day_close_min = strcmp(close_at, "none") == 0
					      ? NO_HALF_DAYS
					      : parse_clock(close_at, strlen(close_at));
	if (closing->half_day_close_min < 0 && strcmp(close_at, "none") != 0)
		vg_yaml_error(load->errors, vg_yaml_find(holidays, "half_day_close_at"),
			      "half_day_close_at: expected \"none\" or a time such as 12:00, found "
			      "\"%.60s\"",
			      close_at);
}

/* --- weekly hours --- */

static void
add_span(struct vg_load *load, const struct vg_yaml_node *node, struct span *spans, size_t *count)
{
	struct span span = {.at = node};
	const char *dash;

	if (!vg_load_is(load, node, VG_YAML_SCALAR, "hours"))
		return;
	dash = strchr(node->text, '-');
	span.start_min = dash == NULL ? -1 : parse_clock(node->text, (size_t)(dash - node->text));
	span.end_min = dash == NULL ? -1 : parse_clock(dash + 1, strlen(dash + 1));
	if (span.start_min < 0 || span.end_min < 0)
		vg_yaml_error(load->errors, node,
			      "hours: expected a time span such as 07:30-16:30, found \"%.60s\"",
			      node->text);
	else if (span.end_min <= span.start_min)
		vg_yaml_error(load->errors, node,
			      "hours: %s ends before it starts; hours past midnight belong to the "
			      "next day",
			      node->text);
	else if (*count > 0 && span.start_min < spans[*count - 1].end_min)
		vg_yaml_error(load->errors, node, "hours: %s starts before %s has ended",
			      node->text, spans[*count - 1].at->text);
	else if (*count == SPANS_MAX)
		vg_yaml_error(load->errors, node, "hours: expected at most %d spans in a day",
			      SPANS_MAX);
	else
		spans[(*count)++] = span;
}

/* First and last weekday of "mon" or "mon-fri"; false after an error. */
static bool
read_days(struct vg_load *load, const struct vg_yaml_node *key, int *first, int *last)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

	*first = *last = -1;
	for (int i = 0; i < 7; i++) {
		if (strncmp(key->text, days[i], 3) == 0)
			*first = i;
		if (strlen(key->text) == 7 && key->text[3] == '-' &&
		    strcmp(key->text + 4, days[i]) == 0)
			*last = i;
	}
	if (strlen(key->text) == 3)
		*last = *first;
	if (*first >= 0 && *last >= *first)
		return true;
	vg_yaml_error(load->errors, key,
		      "hours: expected days such as mon, sat or mon-fri, found \"%.60s\"",
		      key->text);
	return false;
}

static void
read_week(struct vg_load *load, const struct vg_yaml_node *hours, struct week *week)
{
	int first, last;

	for (size_t i = 0; i < hours->count; i++) {
		const struct vg_yaml_node *key = hours->key_node[i], *item = hours->item[i];
		struct span spans[SPANS_MAX];
		size_t count = 0;

		if (item->type != VG_YAML_LIST)
			add_span(load, item, spans, &count);
		for (size_t k = 0; item->type == VG_YAML_LIST && k < item->count; k++)
			add_span(load, item->item[k], spans, &count);
		if (!read_days(load, key, &first, &last))
			continue;
		for (int day = first; day <= last; day++) {
			if (week->named[day] != NULL) {
				vg_yaml_error(load->errors, key,
					      "hours: %s has a day that line %d has already",
					      key->text, week->named[day]->line);
				break;
			}
			week->named[day] = key;
			week->count[day] = count;
			memcpy(week->span[day], spans, count * sizeof(spans[0]));
		}
	}
}

/* --- the expansion --- */

static int64_t
first_day(const struct vg_load *load)
{
	return vg_civil_days(load->first_year, 1, 1);
}

static size_t
day_count(const struct vg_load *load)
{
	return (size_t)(vg_civil_days(load->end_year, 1, 1) - first_day(load));
}

/* One mark a day; the caller frees. */
static struct day_mark *
mark_days(struct vg_load *load)
{
	struct day_mark *marks = vg_load_take(load, day_count(load), sizeof(*marks));
	struct vg_holiday rows[HOLIDAYS_MAX];

	for (int year = load->first_year; marks != NULL && year < load->end_year; year++) {
		size_t count = vg_holidays(year, rows, HOLIDAYS_MAX);

		for (size_t i = 0; i < count; i++) {
			struct day_mark *mark = &marks[rows[i].day - first_day(load)];

			mark->kinds |= (uint8_t)(1u << rows[i].kind);
			for (size_t eve = 0; eve_names[eve] != NULL; eve++)
				if (strcmp(rows[i].name, eve_names[eve]) == 0)
					mark->eves |= (uint8_t)(1u << eve);
		}
	}
	return marks;
}

static bool
has_date(const int64_t *dates, size_t count, int64_t day)
{
	for (size_t i = 0; i < count; i++)
		if (dates[i] == day)
			return true;
	return false;
}

/* The author's own dates go before the civil calendar. */
static bool
is_closed(const struct closing *closing, struct day_mark mark, int64_t day)
{
	unsigned kinds = mark.kinds & closing->kinds;

	if (has_date(closing->not_closed, closing->not_closed_count, day))
		return false;
	if (has_date(closing->also_closed, closing->also_closed_count, day))
		return true;
	return (kinds & ~(1u << VG_DAY_EVE)) != 0 ||
	       ((kinds & (1u << VG_DAY_EVE)) != 0 && (mark.eves & closing->eves) != 0);
}

static int64_t
wall_ms(int64_t day, int minute)
{
	struct vg_civil local = {0};

	vg_civil_from_days(minute == DAY_MIN ? day + 1 : day, &local.year, &local.month,
			   &local.day);
	local.hour = minute % DAY_MIN / 60;
	local.minute = minute % 60;
	return vg_civil_to_utc_ms(&local);
}

/* Says how an edge in the changing hour is read. */
static void
warn_edge(struct vg_load *load, const struct span *span, int minute, int64_t day, int64_t day_ms)
{
	int year, month, day_of_month;

	if (minute < 120 || minute >= 180)
		return;
	vg_civil_from_days(day, &year, &month, &day_of_month);
	vg_load_warning(
		load, span->at, "hours: %02d:%02d %s on %04d-%02d-%02d, when the clocks change; %s",
		minute / 60, minute % 60, day_ms < DAY_MS ? "does not exist" : "comes twice", year,
		month, day_of_month,
		day_ms < DAY_MS ? "the offset before the change is used" : "the first is used");
}

struct intervals {
	int64_t *start_ms, *end_ms;
	size_t count;
};

/* Appends what is open on one day; touching intervals grow together, empty ones go. */
static void
expand_day(struct intervals *out, const struct week *week, int64_t day, int close_min)
{
	int weekday = vg_civil_weekday(day);

	for (size_t i = 0; i < week->count[weekday]; i++) {
		const struct span *span = &week->span[weekday][i];
		int64_t start_ms = wall_ms(day, span->start_min);
		int64_t end_ms =
			wall_ms(day, span->end_min < close_min ? span->end_min : close_min);
		int64_t *last_end_ms = out->count > 0 ? &out->end_ms[out->count - 1] : NULL;

		if (last_end_ms != NULL && start_ms < *last_end_ms)
			start_ms = *last_end_ms;
		if (end_ms <= start_ms)
			continue;
		if (last_end_ms != NULL && start_ms == *last_end_ms) {
			*last_end_ms = end_ms;
			continue;
		}
		out->start_ms[out->count] = start_ms;
		out->end_ms[out->count++] = end_ms;
	}
}

static void
expand_week(struct vg_load *load, const struct week *week, const struct closing *closing,
	    const struct day_mark *marks, struct intervals *out)
{
	const struct vg_agreement *agreement = load->agreement;
	int warned = 0; /* both kinds of change, once each */

	for (size_t i = 0; i < agreement->days; i++) {
		int64_t day = agreement->first_day + (int64_t)i;
		int64_t day_ms = agreement->day_start_ms[i + 1] - agreement->day_start_ms[i];
		int weekday = vg_civil_weekday(day), change = day_ms < DAY_MS	? 1
							      : day_ms > DAY_MS ? 2
										: 0;
		bool half = (marks[i].kinds & (1u << VG_DAY_HALF)) != 0 &&
			    closing->half_day_close_min >= 0;

		if (is_closed(closing, marks[i], day))
			continue;
		expand_day(out, week, day, half ? closing->half_day_close_min : DAY_MIN);
		if ((change & ~warned) == 0)
			continue;
		warned |= change;
		for (size_t k = 0; k < week->count[weekday]; k++) {
			warn_edge(load, &week->span[weekday][k], week->span[weekday][k].start_min,
				  day, day_ms);
			warn_edge(load, &week->span[weekday][k], week->span[weekday][k].end_min,
				  day, day_ms);
		}
	}
}

static void
add_calendar(struct vg_load *load, const char *name, bool always, const struct intervals *open)
{
	struct vg_agreement *agreement = load->agreement;
	struct vg_cal *cal = vg_cal_new(name, always, agreement->day_start_ms[0],
					agreement->day_start_ms[agreement->days], open->count,
					open->start_ms, open->end_ms);
	size_t at = agreement->cals;

	if (cal == NULL) { /* the intervals are in order by construction */
		vg_yaml_error(load->errors, load->root, "out of memory");
		return;
	}
	for (; at > 0 && strcmp(agreement->cal[at - 1]->name, name) > 0; at--)
		agreement->cal[at] = agreement->cal[at - 1];
	agreement->cal[at] = cal;
	agreement->cals++;
}

/* --- days and months --- */

static bool
expand_days(struct vg_load *load, const struct closing *closing, const struct day_mark *marks)
{
	struct vg_agreement *agreement = load->agreement;
	size_t days = day_count(load);

	agreement->first_day = first_day(load);
	agreement->day_start_ms = vg_load_take(load, days + 1, sizeof(int64_t));
	agreement->day_working = vg_load_take(load, days, 1);
	if (agreement->day_start_ms == NULL || agreement->day_working == NULL)
		return false;
	for (size_t i = 0; i <= days; i++)
		agreement->day_start_ms[i] = wall_ms(agreement->first_day + (int64_t)i, 0);
	for (size_t i = 0; i < days; i++) {
		int64_t day = agreement->first_day + (int64_t)i;

		agreement->day_working[i] =
			vg_civil_weekday(day) < 5 && !is_closed(closing, marks[i], day);
	}
	agreement->days = days;
	return true;
}

static bool
expand_months(struct vg_load *load)
{
	struct vg_agreement *agreement = load->agreement;
	size_t months = (size_t)(load->end_year - load->first_year) * 12;

	agreement->first_month = load->first_year * 12;
	agreement->month_start_ms = vg_load_take(load, months + 1, sizeof(int64_t));
	if (agreement->month_start_ms == NULL)
		return false;
	for (size_t i = 0; i <= months; i++) {
		int month = agreement->first_month + (int)i;

		agreement->month_start_ms[i] =
			wall_ms(vg_civil_days(month / 12, month % 12 + 1, 1), 0);
	}
	agreement->months = months;
	return true;
}

/* --- the section --- */

static void
read_calendar(struct vg_load *load, const struct vg_yaml_node *key, const struct vg_yaml_node *node,
	      const struct closing *common, const struct day_mark *marks, struct intervals *room)
{
	static const char *const known[] = {"hours", "holidays", NULL};
	struct closing closing = *common;
	struct week week = {0};
	const struct vg_yaml_node *hours = NULL;

	if (!vg_load_is_id(load, key, "calendars"))
		return;
	if (strcmp(key->text, ALWAYS) == 0) {
		vg_yaml_error(load->errors, key,
			      "calendar \"" ALWAYS "\" is always there; leave it out");
		return;
	}
	if (vg_load_is(load, node, VG_YAML_MAP, key->text)) {
		(void)vg_yaml_only(node, load->errors, known);
		read_holidays(load, node, &closing);
		hours = vg_load_member(load, node, "hours", VG_YAML_MAP, true);
	}
	if (hours != NULL)
		read_week(load, hours, &week);
	/* Also after an error: targets that name this calendar are not wrong for that. */
	room->count = 0;
	expand_week(load, &week, &closing, marks, room);
	add_calendar(load, key->text, false, room);
}

static void
read_calendars(struct vg_load *load, const struct closing *common, const struct day_mark *marks)
{
	const struct vg_yaml_node *section =
		vg_load_member(load, load->root, "calendars", VG_YAML_MAP, false);
	size_t count = section == NULL ? 0 : section->count, total = 0;
	const struct intervals none = {0};
	struct intervals room = {0};

	if (count >= VG_AGREEMENT_CALS_MAX) {
		vg_yaml_error(load->errors, section, "calendars: expected at most %d, found %zu",
			      VG_AGREEMENT_CALS_MAX - 1, count);
		count = 0;
	}
	load->agreement->cal = vg_load_take(load, count + 1, sizeof(struct vg_cal *));
	room.start_ms = vg_load_take(load, load->agreement->days * SPANS_MAX, sizeof(int64_t));
	room.end_ms = vg_load_take(load, load->agreement->days * SPANS_MAX, sizeof(int64_t));
	if (load->agreement->cal != NULL && room.start_ms != NULL && room.end_ms != NULL) {
		add_calendar(load, ALWAYS, true, &none);
		for (size_t i = 0; i < count; i++) {
			read_calendar(load, section->key_node[i], section->item[i], common, marks,
				      &room);
			total += room.count;
		}
	}
	if (total > VG_AGREEMENT_INTERVALS_MAX)
		vg_yaml_error(load->errors, section,
			      "calendars: %zu open intervals; expected at most %d", total,
			      VG_AGREEMENT_INTERVALS_MAX);
	free(room.start_ms);
	free(room.end_ms);
}

void
vg_load_calendars(struct vg_load *load)
{
	struct closing common = {.kinds = 1u << VG_DAY_PUBLIC_HOLIDAY | 1u << VG_DAY_EVE,
				 .eves = DEFAULT_EVES,
				 .half_day_close_min = NO_HALF_DAYS};
	struct day_mark *marks = mark_days(load);

	read_holidays(load, load->root, &common);
	if (marks != NULL && expand_days(load, &common, marks) && expand_months(load))
		read_calendars(load, &common, marks);
	free(marks);
}

const struct vg_cal *
vg_load_calendar(struct vg_load *load, const struct vg_yaml_node *map, const char *key)
{
	const struct vg_agreement *agreement = load->agreement;
	const char *words[VG_AGREEMENT_CALS_MAX + 1];
	int word;

	for (size_t i = 0; i < agreement->cals; i++)
		words[i] = agreement->cal[i]->name;
	words[agreement->cals] = NULL;
	word = vg_yaml_get_word(map, key, words, -1, load->errors);
	return word < 0 ? NULL : agreement->cal[word];
}
