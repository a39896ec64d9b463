/* chunk.c - ledger rows of the journal as COPY text.
 *
 * The hard thing is to know that the journal continues what PostgreSQL has, also when the journal
 * is younger than the ledger and holds no row of it: then the next row's link h = SHA-256(head, d)
 * is the proof. */
#include "daemon/store/chunk.h"

#include "lib/civil/civil.h"
#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

struct reading {
	struct vg_chunk *chunk;
	struct vg_err *err;
	int rc;
};

static int
text_reserve(struct vg_text *text, size_t more)
{
	size_t size = text->size > 0 ? text->size : 4096;
	char *data;

	while (size - text->length < more)
		size *= 2;
	if (size == text->size)
		return 0;
	data = realloc(text->data, size);
	if (data == NULL)
		return VG_ENOMEM;
	text->data = data;
	text->size = size;
	return 0;
}

/* What COPY would take for its own gets a backslash. `end` ends the column or the row. */
static int
text_add(struct vg_text *text, const char *value, size_t length, char end)
{
	size_t i;

	if (text_reserve(text, 2 * length + 1) != 0)
		return VG_ENOMEM;
	for (i = 0; i < length; i++) {
		char c = value[i];

		if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
			text->data[text->length++] = '\\';
			c = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c;
		}
		text->data[text->length++] = c;
	}
	text->data[text->length++] = end;
	return 0;
}

static int
text_add_string(struct vg_text *text, const char *value, char end)
{
	if (value != NULL)
		return text_add(text, value, strlen(value), end);
	if (text_reserve(text, 3) != 0)
		return VG_ENOMEM;
	memcpy(text->data + text->length, (const char[]){'\\', 'N', end}, 3);
	text->length += 3;
	return 0;
}

static int
text_add_number(struct vg_text *text, int64_t value, char end)
{
	char digits[24];

	return text_add(text, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, value),
			end);
}

static int
text_add_digest(struct vg_text *text, const uint8_t digest[32], char end)
{
	char hex[2 + VG_HEX_LEN(VG_SHA256_LEN)] = "\\x";

	(void)vg_hex(digest, VG_SHA256_LEN, hex + 2);
	return text_add(text, hex, strlen(hex), end);
}

static int64_t
floor_day(int64_t at_ms)
{
	return at_ms / DAY_MS - (at_ms % DAY_MS < 0);
}

/* "2026-10-31 23:59:59.999Z"; out has 40 bytes. */
static void
format_instant(int64_t at_ms, char *out)
{
	int64_t day = floor_day(at_ms), ms = at_ms - day * DAY_MS;
	int year, month, day_of_month;

	vg_civil_from_days(day, &year, &month, &day_of_month);
	(void)snprintf(out, 40, "%04d-%02d-%02d %02d:%02d:%02d.%03dZ", year, month, day_of_month,
		       (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
		       (int)(ms % 1000));
}

static void
format_month(int64_t at_ms, char out[11])
{
	char instant[40];

	format_instant(at_ms, instant);
	memcpy(out, instant, 8);
	memcpy(out + 8, "01", 3);
}

/* The rows of the lane's table. */
static struct vg_text *
table_of(struct vg_chunk *chunk, const char *lane)
{
	if (strncmp(lane, VG_LANE_PROBE, strlen(VG_LANE_PROBE)) == 0)
		return &chunk->raw;
	return strcmp(lane, VG_LANE_ALARM) == 0 ? &chunk->alarm : &chunk->rows;
}

static int
add_row(struct vg_chunk *chunk, const struct vg_journal_row *row)
{
	struct vg_text *rows = table_of(chunk, row->lane);
	char received[40];

	if (text_add_string(rows, chunk->month, '\t') != 0 ||
	    text_add_number(rows, row->seq, '\t') != 0 ||
	    text_add_string(rows, row->lane, '\t') != 0 ||
	    text_add_string(rows, row->kind, '\t') != 0 ||
	    text_add_string(rows, row->source, '\t') != 0 ||
	    text_add_string(rows, row->event_id, '\t') != 0 ||
	    text_add_string(rows, row->municipality, '\t') != 0 ||
	    text_add_number(rows, row->occurred_ms, '\t') != 0 ||
	    text_add_number(rows, row->received_ms, '\t') != 0 ||
	    text_add(rows, row->bytes, row->length, '\t') != 0 ||
	    text_add_digest(rows, row->d, '\t') != 0 || text_add_digest(rows, row->h, '\n') != 0)
		return VG_ENOMEM;
	if (row->title == NULL)
		return 0;
	format_instant(row->received_ms, received);
	if (text_add_number(&chunk->titles, row->seq, '\t') != 0 ||
	    text_add_string(&chunk->titles, row->title, '\t') != 0 ||
	    text_add_string(&chunk->titles, received, '\n') != 0)
		return VG_ENOMEM;
	return 0;
}

static int
check_link(const struct vg_chunk *chunk, const struct vg_journal_row *row, uint8_t head[32],
	   struct vg_err *err)
{
	if (row->seq != chunk->seq + 1)
		return vg_err_set(err, VG_EBROKEN,
				  "the journal goes on with row %" PRId64 "; row %" PRId64
				  " was expected",
				  row->seq, chunk->seq + 1);
	memcpy(head, chunk->head, VG_SHA256_LEN);
	if (strcmp(row->lane, VG_LANE_MAIN) != 0)
		return 0;
	vg_ledger_chain(chunk->head, row->d, head);
	if (memcmp(head, row->h, VG_SHA256_LEN) != 0)
		return vg_err_set(err, VG_EBROKEN,
				  "the journal's row %" PRId64
				  " does not follow from the chain's head at row %" PRId64,
				  row->seq, chunk->seq);
	return 0;
}

static bool
on_row(const struct vg_journal_row *row, void *arg)
{
	struct reading *self = arg;
	struct vg_chunk *chunk = self->chunk;
	uint8_t head[VG_SHA256_LEN];
	char month[11];

	format_month(row->received_ms, month);
	if (chunk->count > 0 && strcmp(month, chunk->month) != 0)
		return false;
	if ((self->rc = check_link(chunk, row, head, self->err)) != 0)
		return false;
	if (chunk->count == 0) {
		memcpy(chunk->month, month, sizeof(month));
		chunk->day = floor_day(row->received_ms);
	}
	if (add_row(chunk, row) != 0) {
		self->rc = vg_err_set(self->err, VG_ENOMEM, "out of memory at ledger row %" PRId64,
				      row->seq);
		return false;
	}
	chunk->count++;
	chunk->seq = row->seq;
	memcpy(chunk->head, head, sizeof(head));
	return chunk->rows.length + chunk->raw.length + chunk->alarm.length < VG_CHUNK_BYTES_MAX;
}

int
vg_chunk_read(struct vg_chunk *chunk, struct vg_journal_reader *reader,
	      const struct vg_pg_position *position, int64_t to_seq, struct vg_err *err)
{
	struct reading self = {.chunk = chunk, .err = err};
	int64_t found;

	chunk->rows.length = 0;
	chunk->raw.length = 0;
	chunk->alarm.length = 0;
	chunk->titles.length = 0;
	chunk->count = 0;
	chunk->seq = position->seq;
	memcpy(chunk->head, position->head, sizeof(chunk->head));
	found = vg_journal_read(reader, position->seq, to_seq, VG_CHUNK_ROWS_MAX, on_row, &self,
				err);
	if (self.rc != 0)
		return self.rc;
	return found < 0 ? (int)found : 0;
}

void
vg_chunk_free(struct vg_chunk *chunk)
{
	free(chunk->rows.data);
	free(chunk->raw.data);
	free(chunk->alarm.data);
	free(chunk->titles.data);
	memset(chunk, 0, sizeof(*chunk));
}
