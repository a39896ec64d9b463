/* Evidence packs: what one municipality's statements follow from, in one file that needs no server.
 *
 * A pack is the ledger's lane main, row by row, as lines of canonical JSON (docs/evidence.md). Rows
 * that are the municipality's own, and those that all share, stand there with their bytes; every
 * other row by its digest alone, so that the chain can be followed and nothing be read. No byte of
 * a row is left out of the chain: rows of others do not even say their sequence, which could not be
 * checked. Header and trailer are under the trailer's checksum. */
#ifndef VG_PACK_H
#define VG_PACK_H

#include "lib/base/err.h"
#include "lib/crypto/crypto.h"
#include "lib/json/event_json.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define VG_PACK_FORMAT "vinga.evidence/1"
/* Bytes of a line: the longest event, every byte of it escaped, and what stands around it. */
#define VG_PACK_LINE_MAX     ((size_t)2 * VG_AGREEMENT_BYTES_MAX + 4096)
#define VG_PACK_RECEIVED_MAX INT64_C(253402300799999) /* the year 9999 */

/* One row of lane main. */
struct vg_pack_row {
	int64_t line;		  /* of the file, from 1 */
	bool own;		  /* else only d and h are there */
	int64_t seq, received_ms; /* own: of the ledger */
	const char *bytes;	  /* own: canonical event; borrowed until the next row */
	size_t length;
	uint8_t d[VG_SHA256_LEN], h[VG_SHA256_LEN];
};

/* --- writing --- */

struct vg_pack_writer;

/* Writes the header. The file stays the caller's. VG_EIO, VG_ENOMEM. */
VG_MUST_CHECK int vg_pack_writer_new(struct vg_pack_writer **out, FILE *file,
				     const char *municipality, struct vg_err *err);
void vg_pack_writer_free(struct vg_pack_writer *writer);
/* Rows in the ledger's order, every one of lane main from the first on. `line` is not looked at. */
VG_MUST_CHECK int vg_pack_write(struct vg_pack_writer *writer, const struct vg_pack_row *row,
				struct vg_err *err);
/* Writes the trailer, and flushes. statements: as vg_closed_list gives them, borrowed. */
VG_MUST_CHECK int vg_pack_write_end(struct vg_pack_writer *writer, json_t *statements,
				    struct vg_err *err);

/* --- reading --- */

/* What is wrong with a pack: X(constant, broken, Swedish, English). broken: its evidence does not
 * hold; else it is not what a pack should be. */
#define VG_PACK_FAULTS(X)                                                                          \
	X(NONE, false, "inget fel", "no fault")                                                    \
	X(READ, false, "filen kan inte läsas", "the file cannot be read")                          \
	X(MEMORY, false, "minnet räcker inte", "out of memory")                                    \
	X(LONG, false, "raden är längre än en rad får vara", "the line is longer than one may be") \
	X(JSON, false, "raden är inte kanonisk JSON", "the line is not canonical JSON")            \
	X(FORMAT, false, "filen är inget bevispaket av formatet " VG_PACK_FORMAT,                  \
	  "the file is no evidence pack of format " VG_PACK_FORMAT)                                \
	X(MEMBERS, false, "raden har inte de fält som den ska ha",                                 \
	  "the line does not have the members that it should have")                                \
	X(CUT, false, "filen slutar utan slutrad", "the file ends without its last line")          \
	X(MORE, false, "något följer efter slutraden", "something follows after the last line")    \
	X(EVENT, false, "innehållet är ingen händelse som den här versionen kan läsa",             \
	  "the bytes are no event that this version can read")                                     \
	X(STOPPED, false, "kontrollen avbröts", "the check was ended")                             \
	X(ORDER, true, "radnummer eller tid ligger före raden före",                               \
	  "sequence or time lies before the row before it")                                        \
	X(CHAIN, true, "kedjehuvudet följer inte av raden och raderna före",                       \
	  "the chain value does not follow from the row and those before it")                      \
	X(END, true, "slutraden säger annat än raderna",                                           \
	  "the last line says something else than the rows")                                       \
	X(SUM, true, "första eller sista raden är ändrad: kontrollsumman stämmer inte",            \
	  "the first or the last line was changed: the checksum does not fit")

enum vg_pack_fault {
#define X(constant, broken, swedish, english) VG_PACK_FAULT_##constant,
	VG_PACK_FAULTS(X)
#undef X
		VG_PACK_FAULT_COUNT
};
bool vg_pack_fault_broken(enum vg_pack_fault fault);
const char *vg_pack_fault_swedish(enum vg_pack_fault fault);
const char *vg_pack_fault_english(enum vg_pack_fault fault);

struct vg_pack_reader;

/* Reads the header. The file stays the caller's; no more than one line of it is held. */
VG_MUST_CHECK enum vg_pack_fault vg_pack_open(struct vg_pack_reader **out, FILE *file);
void vg_pack_close(struct vg_pack_reader *reader);
/* The next row, its digest and chain checked; *more = false after the last, when the trailer is
 * checked too. After a fault the reader can only be asked where it stands, and closed. */
VG_MUST_CHECK enum vg_pack_fault vg_pack_next(struct vg_pack_reader *reader,
					      struct vg_pack_row *row, bool *more);

/* SCB code of whom the pack is for. */
const char *vg_pack_municipality(const struct vg_pack_reader *reader);
/* Where the reader stands: the last line read; the sequence of that line's row, 0 = it is none's
 * own, and of the last own row before it. */
struct vg_pack_place {
	int64_t line, seq, after_seq;
	int64_t rows, own; /* that hold */
};
struct vg_pack_place vg_pack_place(const struct vg_pack_reader *reader);
/* Hex chain head after the last row that holds; out has 65 bytes. */
void vg_pack_head(const struct vg_pack_reader *reader, char *out);
/* The trailer's list of statements, after the last row; borrowed. */
const json_t *vg_pack_statements(const struct vg_pack_reader *reader);

#endif
