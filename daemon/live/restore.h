/* The start: from what lies on disk and in PostgreSQL to a core that stands at the journal's end.
 */
#ifndef VG_RESTORE_H
#define VG_RESTORE_H

#include "core/core.h"
#include "lib/journal/journal.h"

struct vg_restore_options {
	const char *state_dir, *journal_path;
	const char *conninfo; /* "" = no database */
	int64_t journal_bytes_max, journal_keep_ms;
	void (*progress)(const char *what, int64_t seq); /* NULL = nobody looks */
};

struct vg_restored {
	struct vg_core *core;
	struct vg_journal *journal;
	int64_t checkpoint_seq;	 /* that was used; 0 = none */
	int64_t restarted_after; /* the journal is new and begins after this row of PostgreSQL; 0 =
				    not so */
};

/* Opens the journal and brings a core to its end: checkpoint + journal when they join up, else the
 * whole journal, else PostgreSQL's ledger + journal. Blocks; on failure nothing is left open. */
VG_MUST_CHECK int vg_restore(const struct vg_restore_options *options, struct vg_restored *out,
			     struct vg_err *err);

#endif
