/* What every check plugin shares: options, threshold ranges, perfdata, exit codes, the time limit
 * (the monitoring plugins' guidelines).
 *
 * A plugin prints one line, "LABEL STATE - text | perfdata", then lines of detail if it has any,
 * and ends with 0 ok, 1 warning, 2 critical or 3 unknown. Unknown means that the check itself could
 * not be made. */
#ifndef VG_PLUGIN_H
#define VG_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>

#define VG_PLUGIN_TEXT_MAX 2000 /* bytes of the text; more is cut at a character */
#define VG_PLUGIN_PERF_MAX 8000 /* bytes of perfdata; what does not fit whole is left out */
#define VG_PLUGIN_MORE_MAX 4000 /* bytes of further lines; a line that does not fit is left out */

enum vg_plugin_state {
	VG_PLUGIN_OK,
	VG_PLUGIN_WARNING,
	VG_PLUGIN_CRITICAL,
	VG_PLUGIN_UNKNOWN,
};

/* "10" alerts outside 0 to 10, "10:" below 10, "~:10" above 10, "10:20" outside, "@10:20" inside
 * and at the ends. */
struct vg_range {
	bool set, inside;
	double low, high;
	const char *text; /* as given; borrowed */
};
/* False: `text` is no range; *out is then not set. */
bool vg_range_parse(const char *text, struct vg_range *out);
/* A range that is not set never alerts. */
bool vg_range_alerts(const struct vg_range *range, double value);

struct vg_plugin_option {
	int code;	      /* the short letter, or from 256 when there is none; 0 ends a list */
	const char *name;     /* without dashes */
	const char *argument; /* NULL = a flag */
	const char *help;
};

struct vg_plugin {
	/* set before vg_plugin_begin */
	const char *name, *label, *summary;
	const struct vg_plugin_option *options; /* besides -h -V -t -w -c */
	const char *thresholds;			/* what -w and -c are compared with */
	enum vg_plugin_state at_timeout;
	/* Takes one option; vg_plugin_usage() when its value is wrong. */
	void (*take)(struct vg_plugin *plugin, int code, const char *value);
	void *arg;
	/* set by vg_plugin_begin */
	struct vg_range warning, critical;
	int timeout_s; /* -t, 1 to 600; 10 when it is not given */
	/* the result, which starts as ok */
	enum vg_plugin_state state;
	char text[VG_PLUGIN_TEXT_MAX + 1], perfdata[VG_PLUGIN_PERF_MAX + 1];
	char more[VG_PLUGIN_MORE_MAX + 1];
};

/* Reads the arguments and starts the clock: when timeout_s has passed the process ends in state
 * at_timeout. Does not return after --help, --version or a wrong argument. */
void vg_plugin_begin(struct vg_plugin *plugin, int argc, char **argv);
/* A wrong argument: unknown, with the text. */
_Noreturn void vg_plugin_usage(const struct vg_plugin *plugin, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A whole number from an argument; vg_plugin_usage() when it is none or out of range. */
long vg_plugin_number(const struct vg_plugin *plugin, const char *option, const char *text,
		      long min, long max);

/* Makes the result at least this bad (critical, warning, unknown, ok) and adds to its text, after
 * ", " when there is one. */
void vg_plugin_say(struct vg_plugin *plugin, enum vg_plugin_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same without a text. */
void vg_plugin_worsen(struct vg_plugin *plugin, enum vg_plugin_state state);
/* Adds a line of detail. */
void vg_plugin_more(struct vg_plugin *plugin, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Compares with -w and -c. */
enum vg_plugin_state vg_plugin_judge(const struct vg_plugin *plugin, double value);

struct vg_perf {
	const char *label, *unit; /* "s", "%", "" */
	double value;
	int decimals;
	const char *warning, *critical; /* ranges; NULL = none */
	const char *min, *max;		/* NULL = none */
};
void vg_plugin_perf(struct vg_plugin *plugin, const struct vg_perf *perf);

/* Prints the line and ends the process. */
_Noreturn void vg_plugin_end(const struct vg_plugin *plugin);

#endif
