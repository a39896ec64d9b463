/* main.c - vinga, the operator's command line.
 *
 * All that changes figures goes through the daemon; reports and checks read PostgreSQL with a role
 * that can only read. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
	char *help[] = {"help"};
	struct vg_cli cli = {0};
	int code;

	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("vinga " VG_VERSION);
		return VG_EXIT_OK;
	}
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		code = vg_cli_parse(&cli, 1, help);
	else
		code = vg_cli_parse(&cli, argc - 1, argv + 1);
	if (code == VG_EXIT_OK && vg_cli_flag(&cli, "help"))
		vg_help_command(cli.command);
	else if (code == VG_EXIT_OK)
		code = cli.command->run(&cli);
	vg_client_free(cli.client);
	if (fflush(stdout) != 0 || ferror(stdout))
		return code != VG_EXIT_OK ? code
					  : vg_cli_fail(&cli, VG_EXIT_DIFFERS,
							"standard output: write failed");
	return code;
}
