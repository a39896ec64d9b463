/* holidays.c - the Swedish year: holidays, eves, half days and bridge days.
 *
 * Act 1989:253 as amended by 2004:1320, in force from 2005; eves and half days by custom
 * (semantics.md 6). Every entry is a rule of one of three forms, so that no year needs a table of
 * its own. The hard thing is the bridge day: it depends on all the others, and on the weekday. */
#include "lib/civil/civil.h"

#define SATURDAY 5

enum rule_form {
	FIXED,	       /* month, day */
	EASTER,	       /* offset in days from Easter Sunday */
	SATURDAY_FROM, /* the first Saturday on or after month, day; plus offset */
};

static const struct rule {
	const char *name;
	enum vg_day_kind kind;
	enum rule_form form;
	int month, day, offset;
} rules[] = {
	{"Nyårsdagen", VG_DAY_PUBLIC_HOLIDAY, FIXED, 1, 1, 0},
	{"Trettondagsafton", VG_DAY_HALF, FIXED, 1, 5, 0},
	{"Trettondedag jul", VG_DAY_PUBLIC_HOLIDAY, FIXED, 1, 6, 0},
	{"Skärtorsdagen", VG_DAY_HALF, EASTER, 0, 0, -3},
	{"Långfredagen", VG_DAY_PUBLIC_HOLIDAY, EASTER, 0, 0, -2},
	{"Påskafton", VG_DAY_EVE, EASTER, 0, 0, -1},
	{"Påskdagen", VG_DAY_PUBLIC_HOLIDAY, EASTER, 0, 0, 0},
	{"Annandag påsk", VG_DAY_PUBLIC_HOLIDAY, EASTER, 0, 0, 1},
	{"Valborgsmässoafton", VG_DAY_HALF, FIXED, 4, 30, 0},
	{"Första maj", VG_DAY_PUBLIC_HOLIDAY, FIXED, 5, 1, 0},
	{"Dagen före Kristi himmelsfärdsdag", VG_DAY_HALF, EASTER, 0, 0, 38},
	{"Kristi himmelsfärdsdag", VG_DAY_PUBLIC_HOLIDAY, EASTER, 0, 0, 39},
	{"Pingstafton", VG_DAY_EVE, EASTER, 0, 0, 48},
	{"Pingstdagen", VG_DAY_PUBLIC_HOLIDAY, EASTER, 0, 0, 49},
	{"Dagen före Sveriges nationaldag", VG_DAY_HALF, FIXED, 6, 5, 0},
	{"Sveriges nationaldag", VG_DAY_PUBLIC_HOLIDAY, FIXED, 6, 6, 0},
	{"Midsommarafton", VG_DAY_EVE, SATURDAY_FROM, 6, 20, -1},
	{"Midsommardagen", VG_DAY_PUBLIC_HOLIDAY, SATURDAY_FROM, 6, 20, 0},
	{"Allhelgonaafton", VG_DAY_HALF, SATURDAY_FROM, 10, 31, -1},
	{"Alla helgons dag", VG_DAY_PUBLIC_HOLIDAY, SATURDAY_FROM, 10, 31, 0},
	{"Julafton", VG_DAY_EVE, FIXED, 12, 24, 0},
	{"Juldagen", VG_DAY_PUBLIC_HOLIDAY, FIXED, 12, 25, 0},
	{"Annandag jul", VG_DAY_PUBLIC_HOLIDAY, FIXED, 12, 26, 0},
	{"Nyårsafton", VG_DAY_EVE, FIXED, 12, 31, 0},
};

#define RULES	 (sizeof(rules) / sizeof(rules[0]))
#define ROWS_MAX 64

/* Easter Sunday: the Sunday after the first ecclesiastical full moon on or after 21 March. */
static int64_t
easter(int year)
{
	int golden = year % 19, century = year / 100;
	/* Epact: the moon's age, corrected for dropped leap days and for the moon's own drift. */
	int drift = (century - (century + 8) / 25 + 1) / 3;
	int age = (19 * golden + century - century / 4 - drift + 15) % 30;
	int64_t moon;

	/* The two late dates that the church moved a day forward. */
	if (age == 29 || (age == 28 && golden > 10))
		age--;
	moon = vg_civil_days(year, 3, 21) + age;
	return moon + 7 - (vg_civil_weekday(moon) + 1) % 7;
}

static int64_t
rule_day(const struct rule *rule, int year, int64_t easter_day)
{
	int64_t day;

	if (rule->form == EASTER)
		return easter_day + rule->offset;
	day = vg_civil_days(year, rule->month, rule->day);
	if (rule->form == SATURDAY_FROM)
		day += (SATURDAY - vg_civil_weekday(day) + 7) % 7;
	return day + rule->offset;
}

/* Insertion by date; on the same date after what is there. */
static void
insert(struct vg_holiday *rows, size_t *count, struct vg_holiday row)
{
	size_t at = *count;

	VG_ASSERT(*count < ROWS_MAX);
	for (; at > 0 && rows[at - 1].day > row.day; at--)
		rows[at] = rows[at - 1];
	rows[at] = row;
	(*count)++;
}

static bool
closed(const struct vg_holiday *rows, size_t count, int64_t day)
{
	if (vg_civil_weekday(day) >= SATURDAY)
		return true;
	for (size_t i = 0; i < count; i++)
		if (rows[i].day == day && rows[i].kind >= VG_DAY_EVE)
			return true;
	return false;
}

size_t
vg_holidays(int year, struct vg_holiday *out, size_t max)
{
	struct vg_holiday rows[ROWS_MAX];
	size_t count = 0;
	int64_t easter_day = easter(year), last = vg_civil_days(year, 12, 31);

	for (size_t i = 0; i < RULES; i++)
		insert(rows, &count,
		       (struct vg_holiday){rule_day(&rules[i], year, easter_day), rules[i].kind,
					   rules[i].name});
	for (int64_t day = vg_civil_days(year, 1, 1); day <= last; day++)
		if (!closed(rows, count, day) && closed(rows, count, day - 1) &&
		    closed(rows, count, day + 1))
			insert(rows, &count, (struct vg_holiday){day, VG_DAY_BRIDGE, "Klämdag"});
	for (size_t i = 0; i < count && i < max; i++)
		out[i] = rows[i];
	return count;
}
