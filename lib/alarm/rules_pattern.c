/* rules_pattern.c - what a value must be: a glob, a range of numbers, or an extended regular
 * expression.
 *
 * The hard thing is speed on lines of syslog, where every rule's expression would be tried in turn:
 * so each expression is searched, when it is read, for a literal that every match must hold, and a
 * line without it never reaches the matcher. */
#include "lib/alarm/rules_private.h"

#include <string.h>

#define EXPRESSION_BYTES 1000
#define REPEATS_MAX	 1000
#define NUMBER_DIGITS	 18

/* --- patterns --- */

/* A whole number, with nothing or a unit behind it ("100 minutes"). */
static bool
read_number(const char *text, const char **end, int64_t *out)
{
	size_t minus = *text == '-', digits = strspn(text + minus, "0123456789");
	int64_t value = 0;

	if (digits == 0 || digits > NUMBER_DIGITS)
		return false;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (text[minus + i] - '0');
	*out = minus != 0 ? -value : value;
	*end = text + minus + digits;
	return true;
}

static bool
read_comparison(struct pattern *out, const char *text)
{
	bool less = text[0] == '<', equal = text[1] == '=';
	const char *end;
	int64_t bound;

	text += 1 + equal;
	text += strspn(text, " ");
	if (!read_number(text, &end, &bound) || *end != '\0')
		return false;
	out->from = less ? INT64_MIN : bound + !equal;
	out->to = less ? bound - !equal : INT64_MAX;
	return true;
}

/* "5..10"; false when it is no range at all. */
static bool
read_range(struct pattern *out, const char *text)
{
	const char *end;

	return read_number(text, &end, &out->from) && strncmp(end, "..", 2) == 0 &&
	       read_number(end + 2, &end, &out->to) && *end == '\0';
}

bool
vg_pattern_read(struct pattern *out, const struct vg_yaml_node *at, const char *text,
		struct vg_yaml_errors *errors)
{
	*out = (struct pattern){.glob = NULL};
	if (text[0] == '<' || text[0] == '>') {
		if (read_comparison(out, text))
			return true;
		vg_yaml_error(errors, at, "\"%.60s\" is no comparison; expected such as \"< 5\"",
			      text);
		return false;
	}
	if (!read_range(out, text)) {
		out->glob = text;
	} else if (out->from > out->to) {
		vg_yaml_error(errors, at,
			      "the range \"%.60s\" is empty; expected the lower end "
			      "first",
			      text);
		return false;
	}
	return true;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* `*` any bytes, `?` one; letters A to Z in either case. Linear but for the last star. */
static bool
glob_fits(const char *glob, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text != '\0') {
		if (*glob == '*') {
			star = ++glob;
			resume = text;
		} else if (*glob != '\0' && (*glob == '?' || lower(*glob) == lower(*text))) {
			glob++;
			text++;
		} else if (star != NULL) {
			glob = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	return glob[strspn(glob, "*")] == '\0';
}

bool
vg_pattern_fits(const struct pattern *pattern, const char *text)
{
	const char *end;
	int64_t number;

	if (pattern->glob != NULL)
		return glob_fits(pattern->glob, text);
	return read_number(text, &end, &number) && (*end == '\0' || *end == ' ') &&
	       number >= pattern->from && number <= pattern->to;
}

/* --- expressions --- */

/* Behind the bracket expression that starts at `at`. */
static const char *
skip_bracket(const char *at)
{
	at += at[1] == '^' ? 2 : 1;
	at += *at == ']';
	while (*at != '\0' && *at != ']') {
		const char *end = NULL;

		if (*at == '[' && at[1] != '\0' && strchr(":.=", at[1]) != NULL)
			end = strchr(at + 2, ']'); /* of a class, such as [:digit:] */
		at = end != NULL ? end + 1 : at + 1;
	}
	return at + (*at == ']');
}

/* Behind the group that starts at `at`. */
static const char *
skip_group(const char *at)
{
	int depth = 0;

	while (*at != '\0') {
		char c = *at;

		at = c == '[' ? skip_bracket(at) : at + 1 + (c == '\\' && at[1] != '\0');
		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
		if (depth == 0)
			break;
	}
	return at;
}

/* A character that stands for itself at *at; '\0' = something else does. */
static char
plain(const char *at, size_t *length)
{
	*length = *at == '\\' && at[1] != '\0' ? 2 : 1;
	if (*at == '\\')
		return strchr("\\.[](){}*+?|^$/\"-", at[1]) != NULL ? at[1] : '\0';
	return *at != '\0' && strchr(".[(){}*+?|^$", *at) == NULL ? *at : '\0';
}

/* The longest run of plain characters outside groups, none of which may be left out. */
static void
find_literal(const char *expression, char out[EXPRESSION_BYTES + 1])
{
	char run[EXPRESSION_BYTES + 1];
	size_t used = 0, best = 0;

	for (const char *at = expression; *at != '\0';) {
		size_t length;
		char c = plain(at, &length);
		bool optional =
			c != '\0' && strchr("*?{", at[length]) != NULL && at[length] != '\0';

		if (*at == '|') {
			best = 0;
			break;
		}
		if (c != '\0' && !optional)
			run[used++] = c;
		if (used > best) {
			memcpy(out, run, used);
			best = used;
		}
		if (c == '\0' || optional || at[length] == '+')
			used = 0;
		if (*at == '{')
			at += strcspn(at, "}") + (strchr(at, '}') != NULL);
		else if (*at == '[')
			at = skip_bracket(at);
		else
			at = *at == '(' ? skip_group(at) : at + length;
	}
	out[best] = '\0';
}

/* A reference back makes the matcher exponential. */
static bool
refers_back(const char *expression)
{
	for (const char *at = strchr(expression, '\\'); at != NULL && at[1] != '\0';
	     at = strchr(at + 2, '\\'))
		if (at[1] >= '1' && at[1] <= '9')
			return true;
	return false;
}

/* Repetitions of repetitions are written out by the compiler, as memory: {2,9} within {1,9} is 81.
 */
static bool
repeats_too_often(const char *expression)
{
	size_t times = 1;

	for (const char *at = strchr(expression, '{'); at != NULL; at = strchr(at + 1, '{')) {
		size_t most = 0;

		for (const char *p = at + 1; strchr("0123456789,", *p) != NULL && *p != '\0'; p++)
			most = *p == ',' ? 0 : most * 10 + (size_t)(*p - '0');
		if (most > REPEATS_MAX || (times *= most > 0 ? most : 1) > REPEATS_MAX)
			return true;
	}
	return false;
}

const struct expression *
vg_expression_read(struct vg_rules *rules, const struct vg_yaml_node *at,
		   struct vg_yaml_errors *errors)
{
	char literal[EXPRESSION_BYTES + 1], reason[200];
	struct expression *out;
	int rc;

	if (at->type != VG_YAML_SCALAR || strlen(at->text) > EXPRESSION_BYTES ||
	    refers_back(at->text) || repeats_too_often(at->text)) {
		vg_yaml_error(errors, at,
			      "expected a POSIX extended regular expression of at most %d bytes, "
			      "without references back, whose {} multiply to at most %d",
			      EXPRESSION_BYTES, REPEATS_MAX);
		return NULL;
	}
	find_literal(at->text, literal);
	out = vg_arena_take(&rules->arena, sizeof(*out));
	if (out == NULL ||
	    (out->literal = vg_arena_text(&rules->arena, literal, strlen(literal))) == NULL) {
		vg_yaml_error(errors, at, "out of memory");
		return NULL;
	}
	if ((rc = regcomp(&out->compiled, at->text, REG_EXTENDED)) != 0) {
		(void)regerror(rc, &out->compiled, reason, sizeof(reason));
		vg_yaml_error(errors, at, "the expression cannot be read: %s", reason);
		return NULL;
	}
	out->next = rules->expressions;
	rules->expressions = out;
	return out;
}

bool
vg_expression_fits(const struct expression *expression, const char *text,
		   regmatch_t match[CAPTURES])
{
	return (expression->literal[0] == '\0' || strstr(text, expression->literal) != NULL) &&
	       regexec(&expression->compiled, text, CAPTURES, match, 0) == 0;
}
