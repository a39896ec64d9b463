/* Evidence packs as the server makes them (docs/evidence.md). */
#ifndef VG_EVIDENCE_H
#define VG_EVIDENCE_H

#include "cli/cli.h"

/* Writes the municipality's pack of the whole ledger to `path`, reads it back, and makes each of
 * its closed statements again from the pack alone. An exit code; a statement that does not come out
 * is named with its tickets that are judged otherwise, or else the first member that differs, and
 * the pack is kept. */
int vg_evidence_export(struct vg_cli *cli, const char *municipality, const char *path);

#endif
