/* init.c - the settings of a real installation, on a database that is empty.
 *
 * The hard thing is what must never happen: demonstration data in a real ledger. So a database that
 * has rows already is refused, and no file that exists is written over. */
#include "cli/commands.h"
#include "cli/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
look_at_database(const struct vg_cli *cli, const char *conninfo)
{
	struct vg_pg_position position;
	struct vg_pg *pg = NULL;
	struct vg_err err = {0};
	int rc = vg_pg_open(&pg, conninfo, "vinga init", &err);

	if (rc != 0)
		return vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "%s", vg_err_text(&err, rc));
	rc = vg_pg_position(pg, &position, &err);
	vg_pg_close(pg);
	if (rc != 0)
		return vg_cli_fail(
			cli, VG_EXIT_UNREACHABLE,
			"%s; deploy the schema first, in the folder sql: sqitch deploy db:pg:vinga",
			vg_err_text(&err, rc));
	if (position.seq > 0)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS,
				   "that database holds a ledger of %" PRId64
				   " rows; a new installation begins with an empty one",
				   position.seq);
	return 0;
}

/* A value in double quotes, as YAML has it. */
static void
put_setting(FILE *file, const char *name, const char *value)
{
	fprintf(file, "%s: \"", name);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', file);
		fputc(*value, file);
	}
	fputs("\"\n", file);
}

static int
write_settings(const struct vg_cli *cli, const char *path, const char *conninfo, const char *state,
	       const char *mappings)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (file == NULL)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s", path, strerror(errno));
	fputs("# vingad's settings: paths, addresses and limits. What changes figures is in the "
	      "agreement.\n",
	      file);
	put_setting(file, "state_dir", state);
	put_setting(file, "listen", vg_cli_value(cli, "listen", "127.0.0.1:8620"));
	put_setting(file, "socket", vg_cli_value(cli, "socket", "/run/vinga/vinga.sock"));
	put_setting(file, "database", conninfo);
	put_setting(file, "mappings", mappings);
	if (fclose(file) != 0)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s", path, strerror(errno));
	return 0;
}

static int
make_directory(const struct vg_cli *cli, const char *path, mode_t mode)
{
	if (mkdir(path, mode) != 0 && errno != EEXIST)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s", path, strerror(errno));
	return 0;
}

int
vg_run_init(struct vg_cli *cli)
{
	const char *dir = vg_cli_value(cli, "dir", "/etc/vinga"),
		   *conninfo = vg_cli_value(cli, "database", NULL);
	const char *state = vg_cli_value(cli, "state-dir", "/var/lib/vinga");
	char path[4096], mappings[4096];
	int rc;

	if (conninfo == NULL)
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "expected --database, such as \"host=/run/postgresql "
				   "dbname=vinga user=vinga_writer\"");
	if ((size_t)snprintf(path, sizeof(path), "%s/vingad.yaml", dir) >= sizeof(path) ||
	    (size_t)snprintf(mappings, sizeof(mappings), "%s/mappings", dir) >= sizeof(mappings))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--dir: the path is too long");
	rc = look_at_database(cli, conninfo);
	if (rc == 0)
		rc = make_directory(cli, dir, 0755);
	if (rc == 0)
		rc = make_directory(cli, mappings, 0755);
	if (rc == 0)
		rc = make_directory(cli, state, 0700);
	if (rc == 0)
		rc = write_settings(cli, path, conninfo, state, mappings);
	if (rc == 0)
		printf("%s\nNext: put the mappings of your sources into %s, start vingad with "
		       "--config %s,\n"
		       "then `vinga agreement apply DIR --reason ...` with your agreement.\n",
		       path, mappings, path);
	return rc;
}
