/* alarm_mibs.c - `vinga alarm mibs`: MIB texts compiled to the daemon's file of names.
 *
 * The file is written beside its place and moved there when it is whole, so a daemon that starts
 * meanwhile reads the one before. */
#include "cli/commands.h"
#include "lib/snmp/mib.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_MAX_BYTES 4096
#define COMPLAINTS_MAX 50 /* shown */

struct complaints {
	size_t count;
};

static void
on_complaint(const char *text, void *arg)
{
	struct complaints *complaints = arg;

	if (complaints->count++ < COMPLAINTS_MAX)
		fprintf(stderr, "%s\n", text);
}

static void
report(const struct vg_cli *cli, const struct vg_mib_counts *counts, const char *output)
{
	json_t *json;

	if (!vg_cli_flag(cli, "json")) {
		fprintf(stderr, "%zu moduler, %zu namn, %zu med ord för sina tal, %zu anmärkningar",
			counts->modules, counts->names, counts->enumerated, counts->complaints);
		fprintf(stderr, output != NULL ? ": %s\n" : "\n", output);
		return;
	}
	json = json_pack("{s:I, s:I, s:I, s:I}", "modules", (json_int_t)counts->modules, "names",
			 (json_int_t)counts->names, "enumerated", (json_int_t)counts->enumerated,
			 "complaints", (json_int_t)counts->complaints);
	(void)json_dumpf(json, output != NULL ? stdout : stderr, JSON_COMPACT);
	(void)fputc('\n', output != NULL ? stdout : stderr);
	json_decref(json);
}

static int
compile(struct vg_cli *cli, FILE *out, const char *output)
{
	struct complaints complaints = {0};
	struct vg_mib_counts counts;
	struct vg_err err = {0};
	int rc = vg_mib_compile(cli->operand, (size_t)cli->operands, out, on_complaint, &complaints,
				&counts, &err);

	if (rc != 0)
		return vg_cli_fail(cli, vg_cli_exit_of(rc), "%s", err.text);
	if (complaints.count > COMPLAINTS_MAX)
		fprintf(stderr, "... och %zu till\n", complaints.count - COMPLAINTS_MAX);
	if (counts.names == 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: no MIB text in it parses",
				   cli->operand[0]);
	report(cli, &counts, output);
	return VG_EXIT_OK;
}

/* Gives the finished file its name. */
static int
put_in_place(const struct vg_cli *cli, FILE *file, const char *next, const char *output)
{
	bool stored = fsync(fileno(file)) == 0;

	if (fclose(file) == 0 && stored && rename(next, output) == 0)
		return VG_EXIT_OK;
	return vg_cli_fail(cli, VG_EXIT_MALFORMED, "cannot write %s: %s", output, strerror(errno));
}

int
vg_run_alarm_mibs(struct vg_cli *cli)
{
	const char *output = vg_cli_value(cli, "output", NULL);
	char next[PATH_MAX_BYTES];
	FILE *file;
	int code;

	if (output == NULL)
		return compile(cli, stdout, NULL);
	if ((size_t)snprintf(next, sizeof(next), "%s.new", output) >= sizeof(next))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--output: the path is too long");
	file = fopen(next, "we");
	if (file == NULL)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "cannot write %s: %s", next,
				   strerror(errno));
	code = compile(cli, file, output);
	if (code == VG_EXIT_OK)
		return put_in_place(cli, file, next, output);
	(void)fclose(file);
	(void)unlink(next);
	return code;
}
