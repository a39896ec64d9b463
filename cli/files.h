/* Files that are made from a model: written whole or not at all, each with its hash. */
#ifndef VG_FILES_H
#define VG_FILES_H

#include "cli/cli.h"

#include <stdio.h>

/* Prints one form of a model; 0 or a negative code. */
typedef int vg_files_print(const json_t *model, FILE *out);
struct vg_file_form {
	const char *suffix;    /* ".html" */
	vg_files_print *print; /* NULL ends a list */
};

struct vg_files {
	const char *directory;
	json_t *made; /* [{name, sha256, bytes}] */
};

/* Makes the directory, and those above it. An exit code after the complaint. */
int vg_files_open(const struct vg_cli *cli, struct vg_files *files, const char *directory);
/* Writes <stem><suffix> of each form, beside and then renamed, and prints its path. */
int vg_files_write(const struct vg_cli *cli, struct vg_files *files, const char *stem,
		   const struct vg_file_form *forms, const json_t *model);
/* <stem>.pdf from <stem>.html, dated freeze_ms. When Chromium is not there or fails (a month of
 * many thousand tickets may take it too long), says "PDF saknas" and goes on: the page is the
 * master, and nobody waits for its print. */
int vg_files_pdf(const struct vg_cli *cli, struct vg_files *files, const char *stem,
		 int64_t freeze_ms);
/* Notes a file that has been written to the directory. */
int vg_files_note(const struct vg_cli *cli, struct vg_files *files, const char *name);
void vg_files_close(struct vg_files *files);

/* The model's canonical bytes and a line feed. */
vg_files_print vg_files_json;

#endif
