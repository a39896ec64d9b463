/* main.c - vinga-agent: reads what it is told and does it. */
#include "agents/commands.h"

#include "lib/base/log.h"
#include "lib/redact/redact.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int
usage(FILE *out)
{
	fputs("usage: vinga-agent run [--config FILE]\n"
	      "       vinga-agent check NAME [--config FILE]\n"
	      "       vinga-agent doctor [--config FILE]\n"
	      "       vinga-agent --help | --version\n"
	      "  run     run the probes and bring what they say to the daemon\n"
	      "  check   run one probe once and print its result; the exit status is its state\n"
	      "  doctor  look at everything that the agent needs, and say the way out\n"
	      "  FILE    settings (default /etc/vinga-agent/agent.yaml); see vinga-agent(8)\n",
	      out);
	return out == stdout ? EXIT_SUCCESS : 2;
}

/* Tells what is wrong; returns whether nothing is. */
static bool
load(struct vg_agent_config *config, const char *path)
{
	struct vg_yaml_errors errors = {0};
	bool ok = vg_agent_config_load(config, path, &errors);

	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		fprintf(stderr, "%s\n", errors.text[i]);
	vg_yaml_errors_free(&errors);
	return ok;
}

static int
look(const char *command, const char *name, const char *path)
{
	struct vg_agent_config config;
	int status;

	if (!load(&config, path))
		return name != NULL ? VG_CHECK_UNKNOWN : EXIT_FAILURE;
	status = strcmp(command, "check") == 0 ? vg_agent_check(&config, name)
					       : vg_agent_doctor(&config);
	vg_agent_config_fini(&config);
	return status;
}

/* What a plugin prints may hold anything. */
static char *
mask(const char *text, size_t length)
{
	size_t hits;

	return vg_redact_mask(text, length, &vg_redact_default, &length, &hits);
}

static bool
open_log(void)
{
	struct vg_err err = {0};
	int rc = vg_log_init(getenv("VINGA_LOG"), mask, &err);

	if (rc != 0)
		fprintf(stderr, "vinga-agent: VINGA_LOG: %s\n", vg_err_text(&err, rc));
	return rc == 0;
}

int
main(int argc, char **argv)
{
	const char *path = "/etc/vinga-agent/agent.yaml", *command = argc > 1 ? argv[1] : "",
		   *name = NULL;
	bool is_check = strcmp(command, "check") == 0;

	if (strcmp(command, "--version") == 0) {
		puts("vinga-agent " VG_VERSION);
		return EXIT_SUCCESS;
	}
	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0)
		return usage(stdout);
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			path = argv[++i];
		else if (is_check && name == NULL && *argv[i] != '-')
			name = argv[i];
		else
			return usage(stderr);
	}
	(void)umask(0077);
	(void)signal(SIGPIPE, SIG_IGN);
	if (!open_log())
		return EXIT_FAILURE;
	if (strcmp(command, "run") == 0)
		return vg_agent_run(path);
	if ((is_check && name != NULL) || strcmp(command, "doctor") == 0)
		return look(command, name, path);
	return usage(stderr);
}
