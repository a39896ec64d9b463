/* init.c - `vinga init` is the script scripts/init: making a cluster, deploying a schema and
 * writing settings is a shell's work. Here it is found, and becomes this process with the options
 * given. */
#include "cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAX (2 * VG_OPTIONS_MAX + 2)

/* "--name" and "value" for each option; the names are made for exec and die with the process. */
static int
fill_arguments(const struct vg_cli *cli, const char *script, char **out)
{
	int count = 0;

	out[count++] = (char *)(uintptr_t)script;
	for (int i = 0; i < cli->givens; i++) {
		if (asprintf(&out[count++], "--%s", cli->given[i].name) < 0)
			return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
		out[count++] = (char *)(uintptr_t)cli->given[i].value;
	}
	out[count] = NULL;
	return 0;
}

int
vg_run_init(struct vg_cli *cli)
{
	const char *folder = getenv("VINGA_SCRIPTS");
	char script[4096], *arguments[ARGUMENTS_MAX];
	int rc;

	if (folder == NULL)
		folder = VG_SCRIPTS;
	if ((size_t)snprintf(script, sizeof(script), "%s/init", folder) >= sizeof(script))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "VINGA_SCRIPTS: the path is too long");
	rc = fill_arguments(cli, script, arguments);
	if (rc != 0)
		return rc;
	(void)execv(script, arguments);
	return vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s; VINGA_SCRIPTS names the folder scripts",
			   script, strerror(errno));
}
