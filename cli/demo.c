/* demo.c - the demonstration's web service, broken and mended through the file that it looks at. */
#include "cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS_MAX 86400

static int
write_state(const struct vg_cli *cli, const char *path, const char *state)
{
	FILE *file = fopen(path, "w");
	bool written = file != NULL && fprintf(file, "%s\n", state) > 0;

	if (file != NULL && fclose(file) != 0)
		written = false;
	return written ? 0 : vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "%s: %s", path, strerror(errno));
}

int
vg_run_demo_outage(struct vg_cli *cli)
{
	const char *path = getenv("VINGA_DEMO"), *text = vg_cli_value(cli, "seconds", NULL);
	char state[64] = "broken", *end = NULL;
	long seconds = 0;
	int rc;

	if (path == NULL || *path == '\0')
		return vg_cli_fail(cli, VG_EXIT_UNREACHABLE,
				   "VINGA_DEMO is not set; ./run prints it when it has started the "
				   "demonstration");
	if (text != NULL) {
		seconds = strtol(text, &end, 10);
		if (end == text || *end != '\0' || seconds < 1 || seconds > SECONDS_MAX)
			return vg_cli_fail(cli, VG_EXIT_USAGE,
					   "--seconds %s: expected a number from 1 to %d", text,
					   SECONDS_MAX);
		(void)snprintf(state, sizeof(state), "broken until %lld",
			       (long long)time(NULL) + seconds);
	}
	if (vg_cli_flag(cli, "end"))
		(void)snprintf(state, sizeof(state), "well");
	rc = write_state(cli, path, state);
	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "end"))
		puts("Demonstrationens webbtjänst svarar igen.");
	else if (text != NULL)
		printf("Demonstrationens webbtjänst svarar 503 i %ld sekunder.\n", seconds);
	else
		puts("Demonstrationens webbtjänst svarar 503 tills `vinga demo outage --end`.");
	return VG_EXIT_OK;
}
