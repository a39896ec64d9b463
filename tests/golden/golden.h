/* The golden ledger in memory: rows go in, statements come out, packs are made. Used by the program
 * that makes it and by the test that holds later versions to it.
 *
 * tests/data/golden: ledger.ndjson, a pack in which every row has its bytes; statements.ndjson, the
 * models of all closed statements in the order in which they were closed, as published;
 * pack-1489.ndjson, what one municipality gets. */
#ifndef VG_TEST_GOLDEN_H
#define VG_TEST_GOLDEN_H

#include "lib/crypto/crypto.h"
#include "lib/json/event_json.h"
#include "lib/pack/closed.h"
#include "lib/pack/own.h"
#include "lib/pack/pack.h"
#include "lib/report/report.h"

#include <stdlib.h>
#include <string.h>

#define GOLDEN	    __attribute__((unused)) static
#define GOLDEN_ROWS 20000

static const char *const golden_codes[] = {"1441", "1480", "1489"};
#define GOLDEN_CODES (sizeof(golden_codes) / sizeof(golden_codes[0]))

struct golden {
	struct vg_core *core;
	struct vg_closed *closed;
	struct vg_pack_own *own[GOLDEN_CODES];
	struct vg_pack_row row[GOLDEN_ROWS]; /* bytes are its own */
	size_t rows, seq; /* seq: of the newest row, or of a row of another lane */
	uint8_t head[VG_SHA256_LEN];
	struct vg_verdict verdict; /* of the newest row */
};

GOLDEN struct golden *
golden_new(vg_closed_cb *on_made, void *arg)
{
	struct golden *golden = calloc(1, sizeof(*golden));

	VG_ASSERT(golden != NULL);
	golden->core = vg_core_new();
	golden->closed = vg_closed_new("", -1, on_made, arg);
	VG_ASSERT(golden->core != NULL && golden->closed != NULL);
	for (size_t i = 0; i < GOLDEN_CODES; i++) {
		golden->own[i] = vg_pack_own_new(golden_codes[i]);
		VG_ASSERT(golden->own[i] != NULL);
	}
	return golden;
}

GOLDEN void
golden_free(struct golden *golden)
{
	for (size_t i = 0; i < golden->rows; i++)
		free((char *)golden->row[i].bytes);
	for (size_t i = 0; i < GOLDEN_CODES; i++)
		vg_pack_own_free(golden->own[i]);
	vg_closed_free(golden->closed);
	vg_core_free(golden->core);
	free(golden);
}

/* Takes a row in: the canonical bytes of an event, taken over. 0 or a negative code with *err. */
GOLDEN int
golden_row(struct golden *golden, int64_t seq, int64_t received_ms, char *bytes, size_t length,
	   struct vg_err *err)
{
	struct vg_pack_row *row = &golden->row[golden->rows];
	struct vg_parsed_event parsed;
	char head[VG_HEX_LEN(VG_SHA256_LEN)];
	int rc;

	VG_ASSERT(golden->rows < GOLDEN_ROWS);
	*row = (struct vg_pack_row){.own = true,
				    .seq = seq,
				    .received_ms = received_ms,
				    .bytes = bytes,
				    .length = length};
	golden->rows++;
	vg_ledger_digest(seq, received_ms, bytes, length, row->d);
	vg_ledger_chain(golden->head, row->d, row->h);
	memcpy(golden->head, row->h, sizeof(golden->head));
	if ((rc = vg_event_parse(bytes, length, &parsed, err)) != 0)
		return rc;
	parsed.event.seq = seq;
	parsed.event.received_ms = received_ms;
	rc = vg_core_step(golden->core, &parsed.event, &golden->verdict);
	for (size_t i = 0; i < GOLDEN_CODES && rc == 0; i++)
		rc = vg_pack_own_see(golden->own[i], golden->core, &parsed.event,
				     golden->verdict.ticket);
	if (rc == 0)
		rc = vg_closed_step(golden->closed, golden->core, &parsed.event,
				    vg_hex(golden->head, sizeof(golden->head), head), err);
	vg_parsed_event_free(&parsed);
	return rc;
}

/* The statements of one municipality, or of all with "", as a trailer lists them. */
GOLDEN json_t *
golden_statements(const struct golden *golden, const char *code)
{
	json_t *all = vg_closed_list(golden->closed), *own = json_array(), *row;
	size_t i;

	json_array_foreach(all, i, row)
	{
		if (*code == '\0' ||
		    strcmp(json_string_value(json_object_get(row, "municipality")), code) == 0)
			VG_ASSERT(json_array_append(own, row) == 0);
	}
	json_decref(all);
	return own;
}

/* Writes the pack of golden_codes[which]; every row with its bytes when `whole`. */
GOLDEN void
golden_pack(struct golden *golden, size_t which, bool whole, FILE *file)
{
	json_t *statements = golden_statements(golden, golden_codes[which]);
	struct vg_pack_writer *writer;

	VG_ASSERT(vg_pack_own_settle(golden->own[which], golden->core) == 0);
	VG_ASSERT(vg_pack_writer_new(&writer, file, golden_codes[which], NULL) == 0);
	for (size_t i = 0; i < golden->rows; i++) {
		struct vg_pack_row row = golden->row[i];

		row.own = whole || vg_pack_own_has(golden->own[which], row.seq);
		VG_ASSERT(vg_pack_write(writer, &row, NULL) == 0);
	}
	VG_ASSERT(vg_pack_write_end(writer, statements, NULL) == 0);
	vg_pack_writer_free(writer);
	json_decref(statements);
}

#endif
