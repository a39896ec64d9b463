/* How far a long job has come: a bar on a terminal, a line now and then elsewhere. On standard
 * error. */
#ifndef VG_PROGRESS_H
#define VG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct vg_progress {
	const char *what;
	bool terminal;
	int64_t begun_ms, shown_ms; /* monotonic */
};

void vg_progress_begin(struct vg_progress *progress, const char *what);
/* At most ten times a second on a terminal, once in ten seconds elsewhere. */
void vg_progress_show(struct vg_progress *progress, int64_t done_bytes, int64_t total_bytes,
		      int64_t rows);
/* The last state, and a line feed after a bar. */
void vg_progress_end(struct vg_progress *progress, int64_t rows);

#endif
