/* A chunk of the ledger on its way from the journal to PostgreSQL, as COPY text.
 *
 * It continues a position without a hole: every sequence, and every link of lane main's chain, is
 * checked while it is read, so that nothing reaches PostgreSQL that does not follow from what is
 * there. */
#ifndef VG_CHUNK_H
#define VG_CHUNK_H

#include "lib/base/err.h"
#include "lib/journal/journal.h"
#include "lib/pg/pg.h"

#include <stddef.h>
#include <stdint.h>

#define VG_CHUNK_ROWS_MAX  4096
#define VG_CHUNK_BYTES_MAX (8 << 20) /* a chunk ends with the row that passes it */

#define VG_CHUNK_ROW_COLUMNS                                                                       \
	"month,seq,lane,kind,source,event_id,municipality,occurred_ms,received_ms,bytes,d,h"
#define VG_CHUNK_TITLE_COLUMNS "seq,title,received_at"

struct vg_text {
	char *data;
	size_t length, size;
};

/* All zero = empty. Rows of one UTC month of reception. */
struct vg_chunk {
	struct vg_text rows;   /* VG_CHUNK_ROW_COLUMNS, for ledger.row */
	struct vg_text raw;    /* the same of samples, for ledger.raw */
	struct vg_text alarm;  /* the same of notices that were no news, for ledger.alarm */
	struct vg_text titles; /* VG_CHUNK_TITLE_COLUMNS */
	size_t count;
	int64_t seq;	  /* of the last row */
	uint8_t head[32]; /* of lane main after it */
	int64_t day;	  /* the first row's day of reception, UTC, since 1970-01-01 */
	char month[11];	  /* "2026-10-01" */
};

/* Replaces the chunk's content by the rows after `position`, up to to_seq or the maxima. No row =
 * count 0. VG_EBROKEN: the journal does not continue the position; the text names the rows. */
VG_MUST_CHECK int vg_chunk_read(struct vg_chunk *chunk, struct vg_journal_reader *reader,
				const struct vg_pg_position *position, int64_t to_seq,
				struct vg_err *err);
void vg_chunk_free(struct vg_chunk *chunk); /* what it holds, not the struct; leaves it empty */

#endif
