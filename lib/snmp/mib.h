/* MIB texts compiled to the file of names that lib/alarm/oid_names.h reads.
 *
 * net-snmp's parser is forgiving, keeps all it ever read in memory of its own and knows one tree a
 * process: so a command runs it, never the daemon. */
#ifndef VG_SNMP_MIB_H
#define VG_SNMP_MIB_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdio.h>

/* What is wrong with a text, "FILE:LINE: what" where the parser says where; lent for the call. */
typedef void vg_mib_complaint_cb(const char *text, void *arg);

struct vg_mib_counts {
	size_t modules;	   /* that were read */
	size_t names;	   /* lines written */
	size_t enumerated; /* of them, objects whose numbers have words */
	size_t complaints;
};

/* Reads every file of the directories (of a module that is there twice the first one) and writes
 * the lines in order of OID. What does not parse is complained of and left out, with what hangs on
 * it. Once a process. VG_ENOTFOUND: a directory cannot be read, or has no module; VG_EIO: `out`
 * cannot be written. */
VG_MUST_CHECK int vg_mib_compile(const char *const *directories, size_t count, FILE *out,
				 vg_mib_complaint_cb *on_complaint, void *arg,
				 struct vg_mib_counts *counts, struct vg_err *err);

#endif
