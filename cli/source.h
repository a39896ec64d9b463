/* What import, dry run and retake share: the mapping, the agreement in force, complaints about
 * rows, and rows as JSON. */
#ifndef VG_SOURCE_H
#define VG_SOURCE_H

#include "cli/cli.h"
#include "core/agreement.h"
#include "lib/mapping/mapping.h"

/* --mapping; complaints are printed. NULL when it cannot be read. */
struct vg_mapping *vg_source_mapping(const struct vg_cli *cli);
/* The agreement that the daemon has in force, or the directory of --agreement. *out NULL when there
 * is none. An exit code. */
int vg_source_agreement(struct vg_cli *cli, struct vg_agreement **out);

/* The JSON line of a mapped event, malloc'ed; the event id gets "@generation" from the second
 * generation on. NULL = out of memory. */
char *vg_source_line(const struct vg_mapped_row *row, int generation, size_t *length);

/* Rows that could not be taken, printed as they come up to a maximum, and counted by field and
 * value. */
#define VG_UNMAPPED_MAX                                                                            \
	10000 /* kinds of unmapped values kept apart; further ones count as "others" */
struct vg_unmapped;
struct vg_unmapped *vg_unmapped_new(void); /* NULL = out of memory */
void vg_unmapped_free(struct vg_unmapped *unmapped);
/* A malformed row, in words to standard error: at most 20, then only counted. */
void vg_unmapped_malformed(struct vg_unmapped *unmapped, const char *file,
			   const struct vg_mapped_row *row);
/* A value that the mapping does not know. */
void vg_unmapped_value(struct vg_unmapped *unmapped, const char *field, const char *value);
/* The commonest values, at most `max` lines to standard output. */
void vg_unmapped_print(struct vg_unmapped *unmapped, int max);

/* SHA-256 of a file's bytes. 0, or an exit code after the complaint. */
int vg_source_sha256(const struct vg_cli *cli, const char *path, uint8_t out[32]);

#endif
