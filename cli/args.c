/* args.c - from words on the command line to a command with its options.
 *
 * Commands have one or two words; a word that is not known is answered with the nearest one that
 * is. */
#include "cli/cli.h"

#include "cli/choices.h"
#include "lib/civil/civil.h"
#include "lib/yaml/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 160

int
vg_cli_fail(const struct vg_cli *cli, int code, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "vinga%s%s: ", cli->command != NULL ? " " : "",
		cli->command != NULL ? cli->command->name : "");
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

int
vg_cli_exit_of(int rc)
{
	switch (rc) {
	case 0:
		return VG_EXIT_OK;
	case VG_EIO:
	case VG_EFULL:
	case VG_EPROTO:
	case VG_EDENIED:
		return VG_EXIT_UNREACHABLE;
	case VG_EINVALID:
	case VG_ELIMIT:
		return VG_EXIT_MALFORMED;
	default:
		return VG_EXIT_DIFFERS;
	}
}

/* Words of `name` that the arguments begin with; 0 = another command. */
static int
words_matching(const char *name, int argc, char **argv)
{
	int words = 0;

	while (*name != '\0') {
		size_t length = strcspn(name, " ");

		if (words >= argc || strlen(argv[words]) != length ||
		    strncmp(argv[words], name, length) != 0)
			return 0;
		words++;
		name += length + (name[length] == ' ');
	}
	return words;
}

static int
unknown_command(const struct vg_cli *cli, int argc, char **argv)
{
	const char *names[NAMES_MAX], *near;
	char typed[200];
	size_t count = 0;

	for (const struct vg_command *c = vg_commands; c->name != NULL && count < NAMES_MAX - 1;
	     c++)
		names[count++] = c->name;
	names[count] = NULL;
	(void)snprintf(typed, sizeof(typed), "%s%s%s", argv[0], argc > 1 ? " " : "",
		       argc > 1 ? argv[1] : "");
	near = vg_yaml_nearest(typed, names);
	if (near == NULL)
		near = vg_yaml_nearest(argv[0], names);
	for (size_t i = 0; near == NULL && i < count; i++)
		if (strncmp(names[i], argv[0], strlen(argv[0])) == 0)
			near = names[i];
	if (near != NULL)
		return vg_cli_fail(
			cli, VG_EXIT_USAGE,
			"\"%s\" is no command; did you mean \"%s\"? `vinga help` lists all", typed,
			near);
	return vg_cli_fail(cli, VG_EXIT_USAGE, "\"%s\" is no command; `vinga help` lists all",
			   typed);
}

static int
find_command(struct vg_cli *cli, int argc, char **argv)
{
	int best = 0;

	for (const struct vg_command *command = vg_commands; command->name != NULL; command++) {
		int words = words_matching(command->name, argc, argv);

		if (words > best) {
			best = words;
			cli->command = command;
		}
	}
	return best;
}

/* "window", alone or before options: commands begin with it, and none of them is meant. */
static bool
names_group(int argc, char **argv)
{
	size_t length = strlen(argv[0]);

	if (argc > 1 && strncmp(argv[1], "--", 2) != 0)
		return false;
	for (const struct vg_command *c = vg_commands; c->name != NULL; c++)
		if (strncmp(c->name, argv[0], length) == 0 && c->name[length] == ' ')
			return true;
	return false;
}

/* As `vinga help GROUP`. */
static int
take_group(struct vg_cli *cli, const char *group)
{
	static char *help[] = {"help"};

	(void)find_command(cli, 1, help);
	cli->operand[cli->operands++] = group;
	return 0;
}

static const struct vg_option *
find_option(const struct vg_option *list, const char *name, size_t length)
{
	for (; list != NULL && list->name != NULL; list++)
		if (strlen(list->name) == length && strncmp(list->name, name, length) == 0)
			return list;
	return NULL;
}

static int
unknown_option(const struct vg_cli *cli, const char *name)
{
	const char *names[NAMES_MAX], *near;
	size_t count = 0;

	for (const struct vg_option *o = cli->command->options; o != NULL && o->name != NULL; o++)
		names[count++] = o->name;
	for (const struct vg_option *o = vg_common_options; o->name != NULL; o++)
		names[count++] = o->name;
	names[count] = NULL;
	near = vg_yaml_nearest(name, names);
	return vg_cli_fail(cli, VG_EXIT_USAGE,
			   "--%s is no option here; %s%s%s`vinga help %s` lists them", name,
			   near != NULL ? "did you mean --" : "", near != NULL ? near : "",
			   near != NULL ? "? " : "", cli->command->name);
}

/* One "--name", "--name=value" or "--name value"; *used says how many words it took. */
static int
take_option(struct vg_cli *cli, int argc, char **argv, int *used)
{
	const char *name = argv[0] + 2, *value = NULL;
	size_t length = strcspn(name, "=");
	const struct vg_option *option = find_option(cli->command->options, name, length);

	if (option == NULL)
		option = find_option(vg_common_options, name, length);
	if (option == NULL)
		return unknown_option(cli, name);
	*used = 1;
	if (name[length] == '=')
		value = name + length + 1;
	if (option->argument == NULL && value != NULL)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--%s takes no value", option->name);
	if (option->argument != NULL && value == NULL) {
		if (argc < 2)
			return vg_cli_fail(cli, VG_EXIT_USAGE, "--%s: expected %s after it",
					   option->name, option->argument);
		value = argv[1];
		*used = 2;
	}
	if (cli->givens == VG_OPTIONS_MAX)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "more than %d options", VG_OPTIONS_MAX);
	cli->given[cli->givens].name = option->name;
	cli->given[cli->givens++].value = value != NULL ? value : "";
	return value != NULL ? vg_check_option(cli, option->name, value) : 0;
}

int
vg_cli_parse(struct vg_cli *cli, int argc, char **argv)
{
	int at = find_command(cli, argc, argv), used = 0, rc;
	bool options = true;

	if (at == 0)
		return names_group(argc, argv) ? take_group(cli, argv[0])
					       : unknown_command(cli, argc, argv);
	while (at < argc) {
		if (options && strcmp(argv[at], "--") == 0) {
			options = false;
			at++;
		} else if (options && strncmp(argv[at], "--", 2) == 0) {
			rc = take_option(cli, argc - at, argv + at, &used);
			if (rc != 0)
				return rc;
			at += used;
		} else if (cli->operands < VG_OPERANDS_MAX) {
			cli->operand[cli->operands++] = argv[at++];
		} else {
			return vg_cli_fail(cli, VG_EXIT_USAGE, "too many words; `vinga help %s`",
					   cli->command->name);
		}
	}
	if (vg_cli_flag(cli, "help"))
		return 0;
	if (cli->operands < cli->command->operands_min ||
	    cli->operands > cli->command->operands_max)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "expected %s%s; `vinga help %s` says more",
				   *cli->command->operands != '\0' ? cli->command->operands
								   : "no further words",
				   cli->operands > cli->command->operands_max ? " and no more" : "",
				   cli->command->name);
	return 0;
}

bool
vg_cli_flag(const struct vg_cli *cli, const char *name)
{
	return vg_cli_value(cli, name, NULL) != NULL;
}

const char *
vg_cli_value(const struct vg_cli *cli, const char *name, const char *fallback)
{
	for (int i = cli->givens; i > 0; i--)
		if (strcmp(cli->given[i - 1].name, name) == 0)
			return cli->given[i - 1].value;
	return fallback;
}

int
vg_cli_month(const struct vg_cli *cli, const char *text, int *month)
{
	int year, of_year, end = 0;

	if (sscanf(text, "%4d-%2d%n", &year, &of_year, &end) != 2 || end != 7 || text[7] != '\0' ||
	    year < 1970 || of_year < 1 || of_year > 12)
		return vg_cli_fail(cli, VG_EXIT_USAGE, "\"%s\": expected a month such as 2016-04",
				   text);
	*month = year * 12 + of_year - 1;
	return 0;
}

void
vg_cli_default_zone(void)
{
	if (vg_civil_set_zone(VG_ZONE_DEFAULT, NULL) != 0)
		return; /* an agreement has set another, or there is no zone data: then dates are
			   UTC's */
}

int
vg_cli_as_of(const struct vg_cli *cli, struct vg_as_of *as_of)
{
	const char *text = vg_cli_value(cli, "as-of", NULL);
	struct vg_civil day = {0};
	struct vg_err err = {0};
	int end = 0;

	*as_of = (struct vg_as_of){.seq = INT64_MAX, .before_ms = INT64_MAX};
	if (text == NULL)
		return 0;
	if (*text != '\0' && text[strspn(text, "0123456789")] == '\0' && strlen(text) <= 18) {
		as_of->seq = strtoll(text, NULL, 10);
		return 0;
	}
	vg_cli_default_zone();
	if (sscanf(text, "%4d-%2d-%2d%n", &day.year, &day.month, &day.day, &end) == 3 &&
	    end == 10 && text[10] == '\0' && vg_civil_valid_date(day.year, day.month, day.day)) {
		vg_civil_from_days(vg_civil_days(day.year, day.month, day.day) + 1, &day.year,
				   &day.month, &day.day);
		as_of->before_ms = vg_civil_to_utc_ms(&day);
		return 0;
	}
	if (vg_civil_parse(text, "iso", &as_of->before_ms, &err) == 0)
		return 0;
	return vg_cli_fail(cli, VG_EXIT_USAGE,
			   "--as-of %s: expected a ledger sequence, a date such as 2016-05-01 or "
			   "an instant: %s",
			   text, err.text);
}
