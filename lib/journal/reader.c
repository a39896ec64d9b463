/* reader.c - reading the journal beside its writer.
 *
 * The hard thing is not to stand in the way: a read transaction that stays open keeps the WAL from
 * being reset, and it grows (pitfalls J5). So rows are copied out in chunks, each in a transaction
 * of its own that has ended before the first row of the chunk is shown. */
#include "lib/journal/journal.h"

#include "lib/crypto/crypto.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_ROWS  256
#define CHUNK_BYTES (1 << 20) /* a larger row is a chunk of its own */
#define BUSY_MS	    5000

struct vg_journal_reader {
	sqlite3 *handle;
	sqlite3_stmt *select;
	char *path;
	struct vg_journal_row row[CHUNK_ROWS]; /* pointers lead into text */
	size_t rows;
	char *text;
	size_t text_used, text_size;
};

static const char select_sql[] =
	"SELECT l.seq, l.received_ms, l.occurred_ms, l.lane, l.kind, l.source, l.event_id,"
	" l.municipality, l.bytes, l.d, l.h, t.text, n.text FROM ledger l"
	" LEFT JOIN side_title t ON t.seq = l.seq LEFT JOIN side_note n ON n.seq = l.seq"
	" WHERE l.seq > ?1 AND l.seq <= ?2 ORDER BY l.seq LIMIT ?3";
enum column {
	SEQ,
	RECEIVED,
	OCCURRED,
	LANE,
	KIND,
	SOURCE,
	EVENT_ID,
	MUNICIPALITY,
	BYTES,
	D,
	H,
	TITLE,
	NOTE,
	COLUMNS
};

static int
fail(struct vg_journal_reader *reader, struct vg_err *err, const char *doing)
{
	int rc = sqlite3_errcode(reader->handle) & 0xff;
	int code = rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? VG_EBROKEN : VG_EIO;

	return vg_err_set(err, code, "%s: %s: %s (SQLite %d)", reader->path, doing,
			  sqlite3_errmsg(reader->handle), sqlite3_extended_errcode(reader->handle));
}

static int
open_steps(struct vg_journal_reader *reader, struct vg_err *err)
{
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

	if (access(reader->path, F_OK) != 0)
		return vg_err_set(err, errno == ENOENT ? VG_ENOTFOUND : VG_EIO, "%s: %s",
				  reader->path, strerror(errno));
	if (sqlite3_open_v2(reader->path, &reader->handle, flags, NULL) != SQLITE_OK)
		return reader->handle == NULL ? vg_err_set(err, VG_ENOMEM, "out of memory")
					      : fail(reader, err, "open");
	(void)sqlite3_busy_timeout(reader->handle, BUSY_MS);
	if (sqlite3_exec(reader->handle,
			 "PRAGMA trusted_schema=OFF; PRAGMA mmap_size=0;"
			 "PRAGMA cache_size=-2048",
			 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v3(reader->handle, select_sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &reader->select, NULL) != SQLITE_OK)
		return fail(reader, err, "prepare");
	return 0;
}

int
vg_journal_reader_open(struct vg_journal_reader **out, const char *path, struct vg_err *err)
{
	struct vg_journal_reader *reader = calloc(1, sizeof(*reader));
	int rc;

	if (reader == NULL || (reader->path = strdup(path)) == NULL) {
		free(reader);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	if ((rc = open_steps(reader, err)) != 0) {
		vg_journal_reader_close(reader);
		return rc;
	}
	*out = reader;
	return 0;
}

void
vg_journal_reader_close(struct vg_journal_reader *reader)
{
	if (reader == NULL)
		return;
	sqlite3_finalize(reader->select);
	VG_ASSERT(sqlite3_close(reader->handle) == SQLITE_OK);
	free(reader->text);
	free(reader->path);
	free(reader);
}

/* Makes room for one more row's texts. *room = false: not in this chunk. */
static int
reserve(struct vg_journal_reader *reader, bool *room, struct vg_err *err)
{
	size_t need = 0, size = CHUNK_BYTES;
	char *grown;

	for (int column = LANE; column < COLUMNS; column++)
		need += (size_t)sqlite3_column_bytes(reader->select, column) + 1;
	*room = reader->rows == 0 || reader->text_used + need <= reader->text_size;
	if (!*room || reader->text_used + need <= reader->text_size)
		return 0;
	if (size < need)
		size = need;
	if ((grown = realloc(reader->text, size)) == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory for a row of %zu bytes", need);
	reader->text = grown;
	reader->text_size = size;
	return 0;
}

/* A NUL-terminated copy in the chunk's text; NULL stays NULL. */
static const char *
keep(struct vg_journal_reader *reader, enum column column)
{
	char *copy = reader->text + reader->text_used;
	const void *value = sqlite3_column_blob(reader->select, (int)column);
	size_t length = (size_t)sqlite3_column_bytes(reader->select, (int)column);

	if (sqlite3_column_type(reader->select, (int)column) == SQLITE_NULL)
		return NULL;
	if (length > 0)
		memcpy(copy, value, length);
	copy[length] = '\0';
	reader->text_used += length + 1;
	return copy;
}

static int
keep_row(struct vg_journal_reader *reader, struct vg_err *err)
{
	struct vg_journal_row *row = &reader->row[reader->rows];
	sqlite3_stmt *select = reader->select;

	row->seq = sqlite3_column_int64(select, SEQ);
	if (reader->rows > 0 && row->seq != row[-1].seq + 1)
		return vg_err_set(err, VG_EBROKEN,
				  "%s: rows %" PRId64 " to %" PRId64 " are missing", reader->path,
				  row[-1].seq + 1, row->seq - 1);
	if (sqlite3_column_bytes(select, D) != VG_SHA256_LEN ||
	    sqlite3_column_bytes(select, H) != VG_SHA256_LEN)
		return vg_err_set(err, VG_EBROKEN,
				  "%s: row %" PRId64 ": a digest is not of 32 bytes", reader->path,
				  row->seq);
	row->received_ms = sqlite3_column_int64(select, RECEIVED);
	row->occurred_ms = sqlite3_column_int64(select, OCCURRED);
	row->lane = keep(reader, LANE);
	row->kind = keep(reader, KIND);
	row->source = keep(reader, SOURCE);
	row->event_id = keep(reader, EVENT_ID);
	row->municipality = keep(reader, MUNICIPALITY);
	row->length = (size_t)sqlite3_column_bytes(select, BYTES);
	row->bytes = keep(reader, BYTES);
	row->d = (const uint8_t *)keep(reader, D);
	row->h = (const uint8_t *)keep(reader, H);
	row->title = keep(reader, TITLE);
	row->note = keep(reader, NOTE);
	reader->rows++;
	return 0;
}

/* Fills the chunk in one read transaction, which ends with the reset. */
static int
read_chunk(struct vg_journal_reader *reader, int64_t after_seq, int64_t to_seq, int64_t max,
	   struct vg_err *err)
{
	sqlite3_stmt *select = reader->select;
	bool room = true;
	int rc = 0, step = SQLITE_DONE;

	reader->rows = 0;
	reader->text_used = 0;
	(void)sqlite3_bind_int64(select, 1, after_seq);
	(void)sqlite3_bind_int64(select, 2, to_seq);
	(void)sqlite3_bind_int64(select, 3, max < CHUNK_ROWS ? max : CHUNK_ROWS);
	while (rc == 0 && room && (step = sqlite3_step(select)) == SQLITE_ROW) {
		rc = reserve(reader, &room, err);
		if (rc == 0 && room)
			rc = keep_row(reader, err);
	}
	if (rc == 0 && step != SQLITE_ROW && step != SQLITE_DONE)
		rc = fail(reader, err, "read rows");
	(void)sqlite3_reset(select);
	return rc;
}

int64_t
vg_journal_read(struct vg_journal_reader *reader, int64_t after_seq, int64_t to_seq, int64_t max,
		vg_journal_row_cb *on_row, void *arg, struct vg_err *err)
{
	int64_t count = 0;
	int rc;

	while (count < max) {
		if ((rc = read_chunk(reader, after_seq, to_seq, max - count, err)) != 0)
			return rc;
		if (reader->rows == 0)
			break;
		for (size_t i = 0; i < reader->rows; i++) {
			count++;
			if (!on_row(&reader->row[i], arg))
				return count;
		}
		after_seq = reader->row[reader->rows - 1].seq;
	}
	return count;
}

int
vg_journal_read_lane(struct vg_journal_reader *reader, const char *name,
		     struct vg_journal_lane *out, struct vg_err *err)
{
	static const char sql[] =
		"SELECT seq, head, sealed_seq, open_rows FROM lane WHERE name = ?1";
	sqlite3_stmt *row = NULL;
	int rc = 0, step = SQLITE_ERROR;

	memset(out, 0, sizeof(*out));
	if (sqlite3_prepare_v2(reader->handle, sql, -1, &row, NULL) == SQLITE_OK &&
	    sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC) == SQLITE_OK)
		step = sqlite3_step(row);
	if (step == SQLITE_ROW && sqlite3_column_bytes(row, 1) == VG_SHA256_LEN) {
		out->seq = sqlite3_column_int64(row, 0);
		memcpy(out->head, sqlite3_column_blob(row, 1), sizeof(out->head));
		out->sealed_seq = sqlite3_column_int64(row, 2);
		out->open_rows = sqlite3_column_int64(row, 3);
	} else if (step != SQLITE_DONE) {
		rc = fail(reader, err, "read a lane");
	}
	sqlite3_finalize(row);
	return rc;
}
