/* files.c - files that are made from a model.
 *
 * What has been published is never made again, so a file is there whole or not at all, and its
 * hash is taken from the bytes on the disk and not from those that were meant. */
#include "cli/files.h"

#include "cli/source.h"
#include "lib/crypto/crypto.h"
#include "lib/report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES 4096

extern char **environ;

static int
make_directories(const char *directory)
{
	char path[PATH_BYTES];

	if ((size_t)snprintf(path, sizeof(path), "%s", directory) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(path, 0755) == 0 || errno == EEXIST ? 0 : -1;
}

int
vg_files_open(const struct vg_cli *cli, struct vg_files *files, const char *directory)
{
	*files = (struct vg_files){.directory = directory, .made = json_array()};
	if (files->made == NULL)
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	return make_directories(directory) == 0
		       ? 0
		       : vg_cli_fail(cli, VG_EXIT_MALFORMED, "--out %s: %s", directory,
				     strerror(errno));
}

void
vg_files_close(struct vg_files *files)
{
	json_decref(files->made);
	files->made = NULL;
}

static int
path_of(const struct vg_cli *cli, const struct vg_files *files, const char *stem,
	const char *suffix, char out[PATH_BYTES])
{
	return snprintf(out, PATH_BYTES, "%s/%s%s", files->directory, stem, suffix) < PATH_BYTES
		       ? 0
		       : vg_cli_fail(cli, VG_EXIT_USAGE, "--out: the path is too long");
}

int
vg_files_note(const struct vg_cli *cli, struct vg_files *files, const char *name)
{
	uint8_t digest[VG_SHA256_LEN];
	char path[PATH_BYTES], hex[VG_HEX_LEN(VG_SHA256_LEN)];
	struct stat stat_;
	int rc = path_of(cli, files, name, "", path);

	if (rc == 0)
		rc = vg_source_sha256(cli, path, digest);
	if (rc != 0)
		return rc;
	if (stat(path, &stat_) != 0)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: %s", path, strerror(errno));
	(void)json_array_append_new(files->made, json_pack("{ss ss sI}", "name", name, "sha256",
							   vg_hex(digest, sizeof(digest), hex),
							   "bytes", (json_int_t)stat_.st_size));
	printf("%s\n", path);
	return 0;
}

static int
write_one(const struct vg_cli *cli, struct vg_files *files, const char *stem,
	  const struct vg_file_form *form, const json_t *model)
{
	char path[PATH_BYTES], beside[PATH_BYTES + 8];
	FILE *file;
	int rc = path_of(cli, files, stem, form->suffix, path);

	if (rc != 0)
		return rc;
	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	file = fopen(beside, "we");
	if (file == NULL)
		return vg_cli_fail(cli, VG_EXIT_MALFORMED, "%s: %s", beside, strerror(errno));
	rc = form->print(model, file);
	if (fclose(file) != 0 || rc != 0 || rename(beside, path) != 0) {
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s", path, strerror(errno));
		(void)unlink(beside);
		return rc;
	}
	return vg_files_note(cli, files, path + strlen(files->directory) + 1);
}

int
vg_files_write(const struct vg_cli *cli, struct vg_files *files, const char *stem,
	       const struct vg_file_form *forms, const json_t *model)
{
	int rc = 0;

	for (; forms->print != NULL && rc == 0; forms++)
		rc = write_one(cli, files, stem, forms, model);
	return rc;
}

/* Runs the script between two files. Its exit code; -1 when it could not be run. */
static int
run_script(char *const argv[], const char *from, const char *to)
{
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	if (posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, from, O_RDONLY, 0) == 0 &&
	    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, to,
					     O_WRONLY | O_CREAT | O_TRUNC, 0644) == 0 &&
	    posix_spawn(&pid, argv[0], &actions, NULL, argv, environ) == 0 &&
	    (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)))
		status = -1;
	(void)posix_spawn_file_actions_destroy(&actions);
	return status >= 0 ? WEXITSTATUS(status) : -1;
}

int
vg_files_pdf(const struct vg_cli *cli, struct vg_files *files, const char *stem, int64_t freeze_ms)
{
	char html[PATH_BYTES], pdf[PATH_BYTES], beside[PATH_BYTES + 8], frozen[32];
	char script[] = VG_SCRIPTS "/report-pdf";
	char *argv[] = {script, frozen, NULL};
	time_t seconds = (time_t)(freeze_ms / 1000);
	struct tm utc;
	int rc = path_of(cli, files, stem, ".html", html);

	if (rc == 0)
		rc = path_of(cli, files, stem, ".pdf", pdf);
	if (rc != 0)
		return rc;
	(void)snprintf(beside, sizeof(beside), "%s.new", pdf);
	(void)strftime(frozen, sizeof(frozen), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
	rc = run_script(argv, html, beside);
	if (rc == 0 && rename(beside, pdf) == 0)
		return vg_files_note(cli, files, pdf + strlen(files->directory) + 1);
	(void)unlink(beside);
	fprintf(stderr, "vinga: PDF saknas: %s\n", pdf);
	return 0;
}

int
vg_files_json(const json_t *model, FILE *out)
{
	size_t length;
	char *text = vg_report_canonical(model, &length);
	bool written =
		text != NULL && fwrite(text, 1, length, out) == length && fputc('\n', out) != EOF;

	free(text);
	return written ? 0 : VG_EIO;
}
