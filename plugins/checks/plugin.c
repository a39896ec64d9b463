/* plugin.c - what every check plugin shares.
 *
 * The hard thing is the time limit: a name server that does not answer can hold a library call far
 * longer than any limit given to it, and a monitoring system that has to kill its plugin shows
 * nothing of use. So the limit is a signal, and what it says is made ready before anything can
 * hang. */
#include "plugins/checks/plugin.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_S     10
#define TIMEOUT_MAX_S 600
#define OPTIONS_MAX   32

static const struct vg_plugin_option common_options[] = {
	{'w', "warning", "RANGE", "warning threshold"},
	{'c', "critical", "RANGE", "critical threshold"},
	{'t', "timeout", "SECONDS", "whole time limit, 1 to 600 (10)"},
	{'h', "help", NULL, "this text"},
	{'V', "version", NULL, "name and version"},
	{0},
};

static const char *const state_words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* --- ranges --- */

/* A decimal number at *text, which is moved behind it. */
static bool
read_number(const char **text, double *out)
{
	size_t length = strspn(*text, "-.0123456789");
	char *end;

	if (length == 0)
		return false;
	errno = 0;
	*out = strtod(*text, &end);
	if (end != *text + length || errno != 0)
		return false;
	*text = end;
	return true;
}

bool
vg_range_parse(const char *text, struct vg_range *out)
{
	struct vg_range range = {.set = true, .high = INFINITY, .text = text};
	const char *at = text;

	*out = (struct vg_range){.set = false};
	if (*at == '@') {
		range.inside = true;
		at++;
	}
	if (strchr(at, ':') == NULL) {
		if (!read_number(&at, &range.high))
			return false;
	} else {
		if (*at == '~') {
			range.low = -INFINITY;
			at++;
		} else if (*at != ':' && !read_number(&at, &range.low)) {
			return false;
		}
		if (*at++ != ':' || (*at != '\0' && !read_number(&at, &range.high)))
			return false;
	}
	if (*at != '\0' || range.low > range.high)
		return false;
	*out = range;
	return true;
}

bool
vg_range_alerts(const struct vg_range *range, double value)
{
	bool within = value >= range->low && value <= range->high;

	return range->set && within == range->inside;
}

enum vg_plugin_state
vg_plugin_judge(const struct vg_plugin *plugin, double value)
{
	if (vg_range_alerts(&plugin->critical, value))
		return VG_PLUGIN_CRITICAL;
	return vg_range_alerts(&plugin->warning, value) ? VG_PLUGIN_WARNING : VG_PLUGIN_OK;
}

/* --- the time limit --- */

static char too_late[200]; /* what the signal prints */
static size_t too_late_length;
static int too_late_code;

static void
on_alarm(int number)
{
	(void)number;
	if (write(STDOUT_FILENO, too_late, too_late_length) < 0)
		_exit(VG_PLUGIN_UNKNOWN);
	_exit(too_late_code);
}

static void
start_clock(const struct vg_plugin *plugin)
{
	struct sigaction action = {.sa_handler = on_alarm};

	(void)snprintf(too_late, sizeof(too_late), "%s %s - inget svar inom %d s\n", plugin->label,
		       state_words[plugin->at_timeout], plugin->timeout_s);
	too_late_length = strlen(too_late);
	too_late_code = (int)plugin->at_timeout;
	(void)sigaction(SIGALRM, &action, NULL);
	(void)alarm((unsigned)plugin->timeout_s);
}

/* --- options --- */

static void
print_options(const struct vg_plugin_option *options)
{
	for (; options->code != 0; options++) {
		char letter[8] = "    ", left[80];

		if (options->code < 256)
			(void)snprintf(letter, sizeof(letter), "-%c, ", options->code);
		(void)snprintf(left, sizeof(left), "%s--%s%s%s", letter, options->name,
			       options->argument != NULL ? "=" : "",
			       options->argument != NULL ? options->argument : "");
		printf("  %-30s %s\n", left, options->help);
	}
}

static _Noreturn void
print_help(const struct vg_plugin *plugin)
{
	printf("%s %s\n\n%s\n\nUsage: %s [options]\n\nOptions:\n", plugin->name, VG_VERSION,
	       plugin->summary, plugin->name);
	print_options(plugin->options);
	print_options(common_options);
	printf("\n%s\n\nRANGE: 10 alerts outside 0 to 10; 10: below 10; ~:10 above 10; 10:20 "
	       "outside;\n@10:20 inside. Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown.\n",
	       plugin->thresholds);
	exit(VG_PLUGIN_UNKNOWN);
}

void
vg_plugin_usage(const struct vg_plugin *plugin, const char *format, ...)
{
	va_list args;

	printf("%s UNKNOWN - ", plugin->label);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	printf("; %s --help lists the options\n", plugin->name);
	exit(VG_PLUGIN_UNKNOWN);
}

long
vg_plugin_number(const struct vg_plugin *plugin, const char *option, const char *text, long min,
		 long max)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || errno != 0 || value < min || value > max)
		vg_plugin_usage(plugin, "--%s %s: expected a whole number from %ld to %ld", option,
				text, min, max);
	return value;
}

static void
take_range(const struct vg_plugin *plugin, const char *option, const char *text,
	   struct vg_range *range)
{
	if (!vg_range_parse(text, range))
		vg_plugin_usage(plugin, "--%s %s: expected a range, such as 10, 10:, ~:10 or 10:20",
				option, text);
}

static void
take_option(struct vg_plugin *plugin, int code, const char *value)
{
	switch (code) {
	case 'w':
		take_range(plugin, "warning", value, &plugin->warning);
		break;
	case 'c':
		take_range(plugin, "critical", value, &plugin->critical);
		break;
	case 't':
		plugin->timeout_s =
			(int)vg_plugin_number(plugin, "timeout", value, 1, TIMEOUT_MAX_S);
		break;
	case 'h':
		print_help(plugin);
	case 'V':
		printf("%s %s\n", plugin->name, VG_VERSION);
		exit(VG_PLUGIN_UNKNOWN);
	default:
		plugin->take(plugin, code, value);
	}
}

/* Adds a list to what getopt_long reads; returns how many there are then. */
static size_t
add_options(const struct vg_plugin_option *from, struct option *longs, char *letters, size_t count)
{
	size_t used = strlen(letters);

	for (; from->code != 0 && count < OPTIONS_MAX; from++) {
		longs[count++] = (struct option){
			.name = from->name,
			.has_arg = from->argument != NULL ? required_argument : no_argument,
			.val = from->code};
		if (from->code >= 256)
			continue;
		letters[used++] = (char)from->code;
		if (from->argument != NULL)
			letters[used++] = ':';
	}
	letters[used] = '\0';
	return count;
}

void
vg_plugin_begin(struct vg_plugin *plugin, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX + 1] = {0};
	char letters[2 * OPTIONS_MAX + 2] = ":";
	size_t count = add_options(common_options, longs, letters, 0);
	int code;

	(void)add_options(plugin->options, longs, letters, count);
	plugin->timeout_s = TIMEOUT_S;
	while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (code == ':')
			vg_plugin_usage(plugin, "%s: expected a value", argv[optind - 1]);
		if (code == '?')
			vg_plugin_usage(plugin, "%s: unknown option", argv[optind - 1]);
		take_option(plugin, code, optarg);
	}
	if (optind < argc)
		vg_plugin_usage(plugin, "%s: expected options only", argv[optind]);
	start_clock(plugin);
}

/* --- the result --- */

static int
badness(enum vg_plugin_state state)
{
	static const int order[] = {[VG_PLUGIN_OK] = 0,
				    [VG_PLUGIN_UNKNOWN] = 1,
				    [VG_PLUGIN_WARNING] = 2,
				    [VG_PLUGIN_CRITICAL] = 3};

	return order[state];
}

static void
replace_controls(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F || *text == '|')
			*text = ' ';
}

/* One line, in which "|" would begin perfdata. */
static void
make_line(char *text)
{
	size_t length = strlen(text);

	replace_controls(text);
	if (length < VG_PLUGIN_TEXT_MAX)
		return;
	while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80)
		length--;
	text[length > 0 ? length - 1 : 0] = '\0'; /* the last character may have been cut */
}

void
vg_plugin_worsen(struct vg_plugin *plugin, enum vg_plugin_state state)
{
	if (badness(state) > badness(plugin->state))
		plugin->state = state;
}

void
vg_plugin_say(struct vg_plugin *plugin, enum vg_plugin_state state, const char *format, ...)
{
	size_t used = strlen(plugin->text);
	va_list args;

	vg_plugin_worsen(plugin, state);
	if (used > 0)
		used += (size_t)snprintf(plugin->text + used, sizeof(plugin->text) - used, ", ");
	if (used >= sizeof(plugin->text) - 1)
		return;
	va_start(args, format);
	(void)vsnprintf(plugin->text + used, sizeof(plugin->text) - used, format, args);
	va_end(args);
	make_line(plugin->text);
}

void
vg_plugin_more(struct vg_plugin *plugin, const char *format, ...)
{
	size_t used = strlen(plugin->more), size = sizeof(plugin->more) - used;
	va_list args;
	int length;

	if (size < 3)
		return;
	va_start(args, format);
	length = vsnprintf(plugin->more + used, size - 1, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= size - 1) {
		plugin->more[used] = '\0';
		return;
	}
	replace_controls(plugin->more + used);
	memcpy(plugin->more + used + length, "\n", 2);
}

void
vg_plugin_perf(struct vg_plugin *plugin, const struct vg_perf *perf)
{
	const char *quote = strpbrk(perf->label, " ='") != NULL ? "'" : "";
	size_t used = strlen(plugin->perfdata), size = sizeof(plugin->perfdata) - used;
	int length =
		snprintf(plugin->perfdata + used, size, "%s%s%s%s=%.*f%s;%s;%s;%s;%s",
			 used > 0 ? " " : "", quote, perf->label, quote, perf->decimals,
			 perf->value, perf->unit, perf->warning != NULL ? perf->warning : "",
			 perf->critical != NULL ? perf->critical : "",
			 perf->min != NULL ? perf->min : "", perf->max != NULL ? perf->max : "");

	if (length < 0 || (size_t)length >= size)
		plugin->perfdata[used] = '\0';
}

void
vg_plugin_end(const struct vg_plugin *plugin)
{
	(void)alarm(0);
	printf("%s %s - %s%s%s\n%s", plugin->label, state_words[plugin->state], plugin->text,
	       *plugin->perfdata != '\0' ? " | " : "", plugin->perfdata, plugin->more);
	if (fflush(stdout) != 0)
		exit(VG_PLUGIN_UNKNOWN);
	exit((int)plugin->state);
}
