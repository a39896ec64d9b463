/* yaml_get.c - typed values out of the tree's text, with errors that say what was expected.
 *
 * The spelling never decides the type: the caller asks for an integer, a share, a date, and the
 * text either is one or the message shows an example. The nearest known name is found by edit
 * distance, since most mistakes are one key away. */
#include "lib/yaml/yaml.h"

#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX	40 /* longer words have no near neighbours worth naming */
#define LIST_TEXT_MAX	300
#define DURATION_MAX_MS (INT64_C(366) * 24 * 3600 * 1000)
#define KRONOR_MAX	INT64_C(1000000000000)

/* --- near names --- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swapped neighbours from one word to the other, case
 * aside. */
static size_t
edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2], *spare;

	for (size_t j = 0; j <= b_length; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = least(least(above[j] + 1, row[j - 1] + 1),
				       above[j - 1] + (same ? 0 : 1));
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b_length];
}

const char *
vg_yaml_nearest(const char *word, const char *const *known)
{
	size_t length = strlen(word), best, distance, candidate_length;
	const char *nearest = NULL;

	if (length == 0 || length > WORD_MAX)
		return NULL;
	best = length / 3 + 2; /* one past what counts as near */
	if (best > length)
		best = length;
	for (; *known != NULL; known++) {
		if ((candidate_length = strlen(*known)) > WORD_MAX)
			continue;
		distance = edit_distance(word, length, *known, candidate_length);
		if (distance < best) {
			best = distance;
			nearest = *known;
		}
	}
	return nearest;
}

/* "a, b or c" of a NULL-ended list. */
static const char *
list_words(const char *const *words, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; words[i] != NULL && used < size; i++) {
		const char *before = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";

		used += (size_t)snprintf(out + used, size - used, "%s%s", before, words[i]);
	}
	return out;
}

bool
vg_yaml_only(const struct vg_yaml_node *map, struct vg_yaml_errors *errors,
	     const char *const *known)
{
	char words[LIST_TEXT_MAX];
	bool ok = true;

	for (size_t i = 0; i < map->count; i++) {
		const char *near;
		size_t k = 0;

		while (known[k] != NULL && strcmp(known[k], map->key[i]) != 0)
			k++;
		if (known[k] != NULL)
			continue;
		ok = false;
		near = errors->count < VG_YAML_ERRORS_MAX ? vg_yaml_nearest(map->key[i], known)
							  : NULL;
		if (near != NULL)
			vg_yaml_error(errors, map->key_node[i],
				      "key \"%.60s\" is not known; did you mean \"%s\"?",
				      map->key[i], near);
		else
			vg_yaml_error(errors, map->key_node[i],
				      "key \"%.60s\" is not known; expected %s", map->key[i],
				      list_words(known, words, sizeof(words)));
	}
	return ok;
}

/* --- values --- */

/* The scalar at map[key]; NULL when absent, or after an error. `expected` completes "expected ...".
 */
static const struct vg_yaml_node *
scalar(const struct vg_yaml_node *map, const char *key, bool required, const char *expected,
       struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, key);

	if (node == NULL) {
		if (required)
			vg_yaml_error(errors, map, "%s is missing; expected %s", key, expected);
		return NULL;
	}
	if (node->type != VG_YAML_SCALAR) {
		vg_yaml_error(errors, node, "%s: expected %s, found a %s", key, expected,
			      node->type == VG_YAML_LIST ? "list" : "map");
		return NULL;
	}
	if (node->text[0] == '\0' && !node->quoted) {
		vg_yaml_error(errors, node, "%s: expected %s, found nothing", key, expected);
		return NULL;
	}
	return node;
}

static void
value_error(struct vg_yaml_errors *errors, const struct vg_yaml_node *node, const char *key,
	    const char *expected)
{
	vg_yaml_error(errors, node, "%s: expected %s, found \"%.60s\"", key, expected, node->text);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads at most 18 digits; false when there are none or more. */
static bool
read_digits(const char **at, int64_t *value)
{
	int digits = 0;

	for (*value = 0; is_digit(**at); (*at)++) {
		if (++digits > 18)
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return digits > 0;
}

static void
skip_spaces(const char **at)
{
	static const char no_break[] = "\xc2\xa0"; /* what a word processor puts before % */

	for (;;) {
		if (**at == ' ')
			(*at)++;
		else if (strncmp(*at, no_break, 2) == 0)
			*at += 2;
		else
			return;
	}
}

const char *
vg_yaml_get_text(const struct vg_yaml_node *map, const char *key, bool required,
		 const char *fallback, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *node = scalar(map, key, required, "text", errors);

	return node != NULL ? node->text : fallback;
}

int64_t
vg_yaml_get_int(const struct vg_yaml_node *map, const char *key, bool required, int64_t min,
		int64_t max, int64_t fallback, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *node;
	char expected[80];
	const char *at;
	int64_t value;
	bool ok;

	(void)snprintf(expected, sizeof(expected), "a whole number from %" PRId64 " to %" PRId64,
		       min, max);
	if ((node = scalar(map, key, required, expected, errors)) == NULL)
		return fallback;
	at = node->text + (node->text[0] == '-' ? 1 : 0);
	ok = !(at[0] == '0' && at[1] != '\0') && read_digits(&at, &value) && *at == '\0';
	if (ok && node->text[0] == '-')
		value = -value;
	if (!ok || value < min || value > max) {
		value_error(errors, node, key, expected);
		return fallback;
	}
	return value;
}

bool
vg_yaml_get_bool(const struct vg_yaml_node *map, const char *key, bool fallback,
		 struct vg_yaml_errors *errors)
{
	static const char expected[] = "yes or no";
	const struct vg_yaml_node *node = scalar(map, key, false, expected, errors);

	if (node == NULL)
		return fallback;
	if (strcmp(node->text, "yes") == 0 || strcmp(node->text, "true") == 0)
		return true;
	if (strcmp(node->text, "no") == 0 || strcmp(node->text, "false") == 0)
		return false;
	value_error(errors, node, key, expected);
	return fallback;
}

bool
vg_yaml_parse_duration(const char *text, int64_t *out_ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {{"ms", 1}, {"min", 60000}, {"m", 60000}, {"s", 1000}, {"h", 3600000}};
	const size_t count = sizeof(units) / sizeof(units[0]);
	int64_t total = 0, value, last = INT64_MAX;
	const char *at = text;

	do {
		size_t u = 0;

		if (!read_digits(&at, &value))
			return false;
		skip_spaces(&at);
		while (u < count && strncmp(at, units[u].name, strlen(units[u].name)) != 0)
			u++;
		if (u == count || units[u].ms >= last || value > DURATION_MAX_MS / units[u].ms)
			return false;
		at += strlen(units[u].name);
		last = units[u].ms;
		total += value * units[u].ms;
		skip_spaces(&at);
	} while (*at != '\0');
	*out_ms = total;
	return total <= DURATION_MAX_MS;
}

int64_t
vg_yaml_get_duration_ms(const struct vg_yaml_node *map, const char *key, bool required,
			int64_t fallback, struct vg_yaml_errors *errors)
{
	static const char expected[] =
		"a duration such as 30s, 15min, 4h or 1h30m (at most 366 days)";
	const struct vg_yaml_node *node = scalar(map, key, required, expected, errors);
	int64_t value;

	if (node == NULL)
		return fallback;
	if (!vg_yaml_parse_duration(node->text, &value)) {
		value_error(errors, node, key, expected);
		return fallback;
	}
	return value;
}

/* The decimals behind a whole number, which stands in *value as so many `scale`: "99" and ",8" with
 * scale 10000 make 998000. False when they are finer than 1. */
static bool
read_decimals(const char **at, int64_t scale, int64_t *value)
{
	if (**at != '.' && **at != ',')
		return true;
	if (!is_digit(*++*at))
		return false;
	for (; is_digit(**at); (*at)++) {
		if ((scale /= 10) == 0)
			return false;
		*value += (**at - '0') * scale;
	}
	return true;
}

static bool
parse_ppm(const char *text, int64_t *out)
{
	const int64_t scale = 10000;
	const char *at = text;

	if (!read_digits(&at, out) || *out > 100)
		return false;
	*out *= scale;
	if (!read_decimals(&at, scale, out))
		return false;
	skip_spaces(&at);
	return strcmp(at, "%") == 0 && *out <= 1000000;
}

/* Digits that may stand in threes with spaces between: "30 000 000". */
static bool
read_grouped(const char **at, int64_t max, int64_t *value)
{
	const char *group;
	int64_t three;

	if (!read_digits(at, value) || *value > max)
		return false;
	for (;;) {
		const char *start = *at;

		skip_spaces(&start);
		if (start == *at || !is_digit(*start))
			return true;
		group = start;
		if (!read_digits(&group, &three) || group - start != 3)
			return false;
		*value = *value * 1000 + three;
		if (*value > max)
			return false;
		*at = group;
	}
}

bool
vg_yaml_parse_ore(const char *text, int64_t *out_ore)
{
	const char *at = text;

	if (!read_grouped(&at, KRONOR_MAX, out_ore))
		return false;
	*out_ore *= 100;
	if (!read_decimals(&at, 100, out_ore))
		return false;
	skip_spaces(&at);
	return strcmp(at, "kr") == 0;
}

int64_t
vg_yaml_get_ore(const struct vg_yaml_node *map, const char *key, bool required, int64_t max_ore,
		int64_t fallback, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *node;
	char expected[80];
	int64_t value;

	(void)snprintf(expected, sizeof(expected),
		       "at most %" PRId64 " kronor, such as 250 kr or 1 234,50 kr", max_ore / 100);
	if ((node = scalar(map, key, required, expected, errors)) == NULL)
		return fallback;
	if (!vg_yaml_parse_ore(node->text, &value) || value > max_ore) {
		value_error(errors, node, key, expected);
		return fallback;
	}
	return value;
}

int64_t
vg_yaml_get_ratio_ppm(const struct vg_yaml_node *map, const char *key, int64_t max_ppm,
		      int64_t fallback, struct vg_yaml_errors *errors)
{
	const int64_t scale = 1000000;
	const struct vg_yaml_node *node;
	char expected[80];
	int64_t value;
	const char *at;

	(void)snprintf(expected, sizeof(expected),
		       "a number above 0 and at most %" PRId64 ", such as 1,0", max_ppm / scale);
	if ((node = scalar(map, key, false, expected, errors)) == NULL)
		return fallback;
	at = node->text;
	if (read_digits(&at, &value) && value <= max_ppm / scale) {
		value *= scale;
		if (read_decimals(&at, scale, &value) && *at == '\0' && value > 0 &&
		    value <= max_ppm)
			return value;
	}
	value_error(errors, node, key, expected);
	return fallback;
}

int64_t
vg_yaml_get_ppm(const struct vg_yaml_node *map, const char *key, bool required, int64_t fallback,
		struct vg_yaml_errors *errors)
{
	static const char expected[] =
		"a share from 0 % to 100 % with at most four decimals, such as 99.95 %";
	const struct vg_yaml_node *node = scalar(map, key, required, expected, errors);
	int64_t value;

	if (node == NULL)
		return fallback;
	if (!parse_ppm(node->text, &value)) {
		value_error(errors, node, key, expected);
		return fallback;
	}
	return value;
}

int
vg_yaml_get_word(const struct vg_yaml_node *map, const char *key, const char *const *words,
		 int fallback, struct vg_yaml_errors *errors)
{
	char expected[LIST_TEXT_MAX];
	const struct vg_yaml_node *node;
	const char *near;

	(void)list_words(words, expected, sizeof(expected));
	if ((node = scalar(map, key, false, expected, errors)) == NULL)
		return fallback;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], node->text) == 0)
			return i;
	near = vg_yaml_nearest(node->text, words);
	vg_yaml_error(errors, node, "%s: expected %s, found \"%.60s\"%s%s%s", key, expected,
		      node->text, near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
		      near != NULL ? "\"?" : "");
	return fallback;
}

/* --- dates --- */

static bool
has_form(const char *text, const char *form)
{
	for (; *form != '\0'; form++, text++)
		if (*form == 'd' ? !is_digit(*text) : *text != *form)
			return false;
	return *text == '\0';
}

static int
year_of(const char *text)
{
	return (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 +
	       (text[3] - '0');
}

static bool
parse_date(const char *text, int64_t *out)
{
	int year, month, day;

	if (!has_form(text, "dddd-dd-dd"))
		return false;
	year = year_of(text);
	month = (text[5] - '0') * 10 + (text[6] - '0');
	day = (text[8] - '0') * 10 + (text[9] - '0');
	if (!vg_civil_valid_date(year, month, day))
		return false;
	*out = vg_civil_days(year, month, day);
	return true;
}

int64_t
vg_yaml_get_date(const struct vg_yaml_node *map, const char *key, bool required, int64_t fallback,
		 struct vg_yaml_errors *errors)
{
	static const char expected[] = "a date such as 2026-01-31";
	const struct vg_yaml_node *node = scalar(map, key, required, expected, errors);
	int64_t value;

	if (node == NULL)
		return fallback;
	if (!parse_date(node->text, &value)) {
		value_error(errors, node, key, expected);
		return fallback;
	}
	return value;
}

int
vg_yaml_get_month(const struct vg_yaml_node *map, const char *key, int fallback,
		  struct vg_yaml_errors *errors)
{
	static const char expected[] = "a month such as 2026-01";
	const struct vg_yaml_node *node = scalar(map, key, false, expected, errors);
	int month;

	if (node == NULL)
		return fallback;
	if (has_form(node->text, "dddd-dd")) {
		month = (node->text[5] - '0') * 10 + (node->text[6] - '0');
		if (month >= 1 && month <= 12)
			return year_of(node->text) * 12 + month - 1;
	}
	value_error(errors, node, key, expected);
	return fallback;
}
