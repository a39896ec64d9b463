/* What all commands of `vinga` share: the table of commands, given options, exit codes, complaints.
 */
#ifndef VG_CLI_H
#define VG_CLI_H

#include "lib/base/err.h"
#include "lib/client/client.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes, documented in vinga(1). */
enum {
	VG_EXIT_OK = 0,
	VG_EXIT_DIFFERS = 1, /* a figure, a hash or a check does not hold, or the daemon refused the
				command */
	VG_EXIT_USAGE = 2,   /* no such command or option */
	VG_EXIT_UNREACHABLE =
		3, /* neither daemon nor database answers, or the daemon cannot take it now */
	VG_EXIT_MALFORMED = 4, /* a file or a value is not what it should be */
};

struct vg_option {
	const char *name;     /* without dashes; NULL ends a list */
	const char *argument; /* NULL = a flag */
	const char *help;
};

struct vg_cli;
struct vg_command {
	const char *name;     /* "ticket list"; NULL ends the table */
	const char *operands; /* as help shows them */
	int operands_min, operands_max;
	const char *summary;
	const struct vg_option *options; /* besides the common ones; NULL = none */
	int (*run)(struct vg_cli *cli);	 /* exit code */
};
/* The one table that parsing, help, completion and the manual follow. commands.c */
extern const struct vg_command vg_commands[];
extern const struct vg_option vg_common_options[];

#define VG_OPERANDS_MAX 1000 /* alarms of one page of their list */
#define VG_OPTIONS_MAX	80 /* a region has 49 municipalities */
struct vg_cli {
	const struct vg_command *command;
	const char *operand[VG_OPERANDS_MAX];
	int operands;
	struct {
		const char *name, *value;
	} given[VG_OPTIONS_MAX];
	int givens;
	struct vg_client *client; /* made by the first call to the daemon */
};

/* Reads the arguments after the program's name. 0, or an exit code after the complaint has been
 * printed. */
int vg_cli_parse(struct vg_cli *cli, int argc, char **argv);
bool vg_cli_flag(const struct vg_cli *cli, const char *name);
/* Value of an option, the last one given; `fallback` when it was not given. */
const char *vg_cli_value(const struct vg_cli *cli, const char *name, const char *fallback);

/* "vinga COMMAND: message" to standard error; returns `code`. */
int vg_cli_fail(const struct vg_cli *cli, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Exit code that fits an error of a library. */
int vg_cli_exit_of(int rc);

/* The zone of dates on the command line where no agreement says another: architecture 4. */
#define VG_ZONE_DEFAULT "Europe/Stockholm"
/* Sets it when the process has no zone yet. */
void vg_cli_default_zone(void);

/* "2016-04" to a month number; an exit code other than 0 after the complaint. */
int vg_cli_month(const struct vg_cli *cli, const char *text, int *month);

/* How far the ledger is read: a sequence, or all that was received before an instant. */
struct vg_as_of {
	int64_t seq;	   /* INT64_MAX = no limit */
	int64_t before_ms; /* INT64_MAX = no limit */
};
/* --as-of SEQ, YYYY-MM-DD (that day's end) or an ISO instant; absent = everything. Dates are days
 * of VG_ZONE_DEFAULT when the process has no zone yet. */
int vg_cli_as_of(const struct vg_cli *cli, struct vg_as_of *as_of);

/* help.c: the texts of `vinga help`. */
int vg_help(struct vg_cli *cli);
void vg_help_command(const struct vg_command *command);

#endif
