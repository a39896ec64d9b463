/* help.c - help from the table of commands; `help --list` is what shell completion reads. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static void
print_options(const struct vg_option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		char left[80];

		(void)snprintf(left, sizeof(left), "--%s%s%s", options->name,
			       options->argument != NULL ? " " : "",
			       options->argument != NULL ? options->argument : "");
		printf("  %-26s %s\n", left, options->help);
	}
}

static bool
in_group(const struct vg_command *command, const char *group)
{
	size_t length = strlen(group);

	return length == 0 ||
	       (strncmp(command->name, group, length) == 0 && command->name[length] == ' ');
}

static bool
has_group(const char *group)
{
	const struct vg_command *c = vg_commands;

	while (c->name != NULL && !in_group(c, group))
		c++;
	return c->name != NULL;
}

/* The commands of a group, a line each; "" = all commands. */
static void
print_group(const char *group)
{
	for (const struct vg_command *c = vg_commands; c->name != NULL; c++) {
		char left[80];

		if (!in_group(c, group))
			continue;
		(void)snprintf(left, sizeof(left), "%s %s", c->name, c->operands);
		printf("  %-34s %s\n", left, c->summary);
	}
}

void
vg_help_command(const struct vg_command *command)
{
	printf("vinga %s%s%s%s\n\n%s.\n", command->name, *command->operands != '\0' ? " " : "",
	       command->operands, command->options != NULL ? " [options]" : "", command->summary);
	if (command->options != NULL) {
		puts("\nOptions:");
		print_options(command->options);
	}
	puts("\nCommon options:");
	print_options(vg_common_options);
	if (has_group(command->name)) {
		puts("\nBesides:");
		print_group(command->name);
	}
	puts("\nThe manual vinga(1) says more.");
}

static int
list_names(const struct vg_cli *cli)
{
	if (cli->operands == 0) {
		for (const struct vg_command *c = vg_commands; c->name != NULL; c++)
			puts(c->name);
		return VG_EXIT_OK;
	}
	for (const struct vg_command *c = vg_commands; c->name != NULL; c++) {
		if (strcmp(c->name, cli->operand[0]) != 0)
			continue;
		for (const struct vg_option *o = c->options; o != NULL && o->name != NULL; o++)
			printf("--%s\n", o->name);
		for (const struct vg_option *o = vg_common_options; o->name != NULL; o++)
			printf("--%s\n", o->name);
	}
	return VG_EXIT_OK;
}

int
vg_help(struct vg_cli *cli)
{
	char name[200] = "";
	size_t length = 0;

	for (int i = 0; i < cli->operands && length < sizeof(name); i++)
		length += (size_t)snprintf(name + length, sizeof(name) - length, "%s%s",
					   i > 0 ? " " : "", cli->operand[i]);
	if (vg_cli_flag(cli, "list")) {
		cli->operand[0] = name;
		return list_names(cli);
	}
	for (const struct vg_command *c = vg_commands; c->name != NULL && *name != '\0'; c++)
		if (strcmp(c->name, name) == 0) {
			vg_help_command(c);
			return VG_EXIT_OK;
		}
	if (!has_group(name))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "\"%s\" is no command; `vinga help` lists all", name);
	if (*name == '\0')
		puts("vinga - incidents and service levels, every figure with its "
		     "proof\n\nCommands:");
	print_group(name);
	puts("\n`vinga help COMMAND` lists a command's options; every command takes --json.\n"
	     "Exit codes: 0 done; 1 does not hold, or refused; 2 usage; 3 daemon or database out "
	     "of reach; 4 malformed input.");
	return VG_EXIT_OK;
}
