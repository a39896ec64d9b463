/* read.c - evidence packs, read line by line.
 *
 * The hard thing is that nobody vouches for the file: each line is bounded, must be the one
 * canonical way to write what it says, and is held against the chain before anybody sees it. */
#include "lib/pack/pack.h"

#include <stdlib.h>
#include <string.h>

#define CODE_MAX 200 /* bytes of a municipality's code: VG_NAME_MAX of an event */

struct vg_pack_reader {
	FILE *file;
	char *line;
	size_t length, size;
	json_t *json; /* of the line */
	json_t *end;  /* the trailer, once it has been read */
	struct vg_sha256_state *sum;
	struct vg_pack_place place;
	int64_t received_ms; /* of the last own row */
	uint8_t head[VG_SHA256_LEN];
	char municipality[CODE_MAX + 1];
};

static const struct {
	bool broken;
	const char *swedish, *english;
} faults[] = {
#define X(constant, broken, swedish, english) {broken, swedish, english},
	VG_PACK_FAULTS(X)
#undef X
};

bool
vg_pack_fault_broken(enum vg_pack_fault fault)
{
	return faults[fault].broken;
}

const char *
vg_pack_fault_swedish(enum vg_pack_fault fault)
{
	return faults[fault].swedish;
}

const char *
vg_pack_fault_english(enum vg_pack_fault fault)
{
	return faults[fault].english;
}

/* The line doubles up to its maximum; what is longer is refused unread. */
static enum vg_pack_fault
keep(struct vg_pack_reader *reader, int c)
{
	if (reader->length == VG_PACK_LINE_MAX)
		return VG_PACK_FAULT_LONG;
	if (reader->length == reader->size) {
		size_t size = reader->size == 0 ? 4096 : reader->size * 2;
		char *line = realloc(reader->line, size);

		if (line == NULL)
			return VG_PACK_FAULT_MEMORY;
		reader->line = line;
		reader->size = size;
	}
	reader->line[reader->length++] = (char)c;
	return VG_PACK_FAULT_NONE;
}

/* A line without its line feed, which each has. */
static enum vg_pack_fault
read_line(struct vg_pack_reader *reader)
{
	enum vg_pack_fault fault = VG_PACK_FAULT_NONE;
	int c;

	reader->length = 0;
	reader->place.line++;
	while (fault == VG_PACK_FAULT_NONE && (c = getc_unlocked(reader->file)) != '\n') {
		if (c == EOF)
			return ferror(reader->file) ? VG_PACK_FAULT_READ : VG_PACK_FAULT_CUT;
		fault = keep(reader, c);
	}
	return fault;
}

/* There is one way only to write a line: as it would be written again. */
static enum vg_pack_fault
parse_line(struct vg_pack_reader *reader)
{
	bool same;
	char *text;

	json_decref(reader->json);
	reader->json = json_loadb(reader->line, reader->length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(reader->json))
		return VG_PACK_FAULT_JSON;
	text = json_dumps(reader->json, JSON_SORT_KEYS | JSON_COMPACT);
	if (text == NULL)
		return VG_PACK_FAULT_MEMORY;
	same = strlen(text) == reader->length && memcmp(text, reader->line, reader->length) == 0;
	free(text);
	return same ? VG_PACK_FAULT_NONE : VG_PACK_FAULT_JSON;
}

/* Lines before the trailer are under its checksum. */
static enum vg_pack_fault
next_line(struct vg_pack_reader *reader)
{
	enum vg_pack_fault fault = read_line(reader);

	if (fault != VG_PACK_FAULT_NONE || (fault = parse_line(reader)) != VG_PACK_FAULT_NONE)
		return fault;
	if (json_object_get(reader->json, "end") == NULL) {
		vg_sha256_add(reader->sum, reader->line, reader->length);
		vg_sha256_add(reader->sum, "\n", 1);
	}
	return VG_PACK_FAULT_NONE;
}

static enum vg_pack_fault
read_header(struct vg_pack_reader *reader)
{
	enum vg_pack_fault fault = next_line(reader);
	const char *format, *code;

	if (fault == VG_PACK_FAULT_JSON || fault == VG_PACK_FAULT_CUT)
		return VG_PACK_FAULT_FORMAT;
	if (fault != VG_PACK_FAULT_NONE)
		return fault;
	format = json_string_value(json_object_get(reader->json, "format"));
	code = json_string_value(json_object_get(reader->json, "municipality"));
	if (format == NULL || strcmp(format, VG_PACK_FORMAT) != 0)
		return VG_PACK_FAULT_FORMAT;
	if (json_object_size(reader->json) != 2 || code == NULL || *code == '\0' ||
	    strlen(code) > CODE_MAX)
		return VG_PACK_FAULT_MEMBERS;
	memcpy(reader->municipality, code, strlen(code) + 1);
	return VG_PACK_FAULT_NONE;
}

enum vg_pack_fault
vg_pack_open(struct vg_pack_reader **out, FILE *file)
{
	struct vg_pack_reader *reader = calloc(1, sizeof(*reader));

	*out = reader;
	if (reader == NULL || (reader->sum = vg_sha256_begin()) == NULL)
		return VG_PACK_FAULT_MEMORY;
	reader->file = file;
	return read_header(reader);
}

void
vg_pack_close(struct vg_pack_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->sum != NULL)
		vg_sha256_end(reader->sum, NULL);
	json_decref(reader->json);
	json_decref(reader->end);
	free(reader->line);
	free(reader);
}

/* 64 hex digits, lower case: there is one way only to write a digest. */
static bool
get_digest(const json_t *json, const char *member, uint8_t out[VG_SHA256_LEN])
{
	const char *text = json_string_value(json_object_get(json, member));

	return text != NULL && strlen(text) == 2 * (size_t)VG_SHA256_LEN &&
	       strspn(text, "0123456789abcdef") == 2 * (size_t)VG_SHA256_LEN &&
	       vg_unhex(text, out, VG_SHA256_LEN) == 0;
}

static bool
get_number(const json_t *json, const char *member, int64_t min, int64_t max, int64_t *out)
{
	const json_t *value = json_object_get(json, member);

	*out = json_integer_value(value);
	return json_is_integer(value) && *out >= min && *out <= max;
}

static enum vg_pack_fault
read_own(struct vg_pack_reader *reader, struct vg_pack_row *row)
{
	const json_t *bytes = json_object_get(reader->json, "b");

	if (json_object_size(reader->json) != 4 || !json_is_string(bytes) ||
	    !get_digest(reader->json, "h", row->h) ||
	    !get_number(reader->json, "s", 1, INT64_MAX - 1, &row->seq) ||
	    !get_number(reader->json, "r", 0, VG_PACK_RECEIVED_MAX, &row->received_ms))
		return VG_PACK_FAULT_MEMBERS;
	row->bytes = json_string_value(bytes);
	row->length = json_string_length(bytes);
	reader->place.seq = row->seq;
	vg_ledger_digest(row->seq, row->received_ms, row->bytes, row->length, row->d);
	return VG_PACK_FAULT_NONE;
}

static enum vg_pack_fault
read_other(struct vg_pack_reader *reader, struct vg_pack_row *row)
{
	return json_object_size(reader->json) == 2 && get_digest(reader->json, "d", row->d) &&
			       get_digest(reader->json, "h", row->h)
		       ? VG_PACK_FAULT_NONE
		       : VG_PACK_FAULT_MEMBERS;
}

static enum vg_pack_fault
check_row(struct vg_pack_reader *reader, const struct vg_pack_row *row)
{
	uint8_t want[VG_SHA256_LEN];

	vg_ledger_chain(reader->head, row->d, want);
	if (memcmp(want, row->h, sizeof(want)) != 0)
		return VG_PACK_FAULT_CHAIN;
	if (row->own &&
	    (row->seq <= reader->place.after_seq || row->received_ms < reader->received_ms))
		return VG_PACK_FAULT_ORDER;
	memcpy(reader->head, row->h, sizeof(reader->head));
	reader->place.rows++;
	reader->place.own += row->own;
	if (row->own)
		reader->received_ms = row->received_ms;
	return VG_PACK_FAULT_NONE;
}

static enum vg_pack_fault
check_end(struct vg_pack_reader *reader)
{
	const json_t *end = json_object_get(reader->end, "end");
	uint8_t head[VG_SHA256_LEN], told[VG_SHA256_LEN], sum[VG_SHA256_LEN];
	int64_t rows, own;

	if (json_object_size(reader->end) != 2 || json_object_size(end) != 4 ||
	    !json_is_array(json_object_get(reader->end, "statements")) ||
	    !get_digest(end, "head", head) || !get_digest(end, "sha256", told) ||
	    !get_number(end, "rows", 0, INT64_MAX, &rows) ||
	    !get_number(end, "own", 0, INT64_MAX, &own))
		return VG_PACK_FAULT_MEMBERS;
	vg_sha256_end(reader->sum, sum);
	reader->sum = NULL;
	if (rows != reader->place.rows || own != reader->place.own ||
	    memcmp(head, reader->head, sizeof(head)) != 0)
		return VG_PACK_FAULT_END;
	if (memcmp(sum, told, sizeof(sum)) != 0)
		return VG_PACK_FAULT_SUM;
	return getc_unlocked(reader->file) == EOF ? VG_PACK_FAULT_NONE : VG_PACK_FAULT_MORE;
}

enum vg_pack_fault
vg_pack_next(struct vg_pack_reader *reader, struct vg_pack_row *row, bool *more)
{
	enum vg_pack_fault fault;

	VG_ASSERT(reader->end == NULL);
	if (reader->place.seq != 0)
		reader->place.after_seq = reader->place.seq;
	reader->place.seq = 0;
	if ((fault = next_line(reader)) != VG_PACK_FAULT_NONE)
		return fault;
	*more = json_object_get(reader->json, "end") == NULL;
	if (!*more) {
		reader->end = json_incref(reader->json);
		return check_end(reader);
	}
	memset(row, 0, sizeof(*row));
	row->line = reader->place.line;
	row->own = json_object_get(reader->json, "b") != NULL;
	fault = row->own ? read_own(reader, row) : read_other(reader, row);
	return fault == VG_PACK_FAULT_NONE ? check_row(reader, row) : fault;
}

const char *
vg_pack_municipality(const struct vg_pack_reader *reader)
{
	return reader->municipality;
}

struct vg_pack_place
vg_pack_place(const struct vg_pack_reader *reader)
{
	return reader->place;
}

void
vg_pack_head(const struct vg_pack_reader *reader, char *out)
{
	(void)vg_hex(reader->head, sizeof(reader->head), out);
}

const json_t *
vg_pack_statements(const struct vg_pack_reader *reader)
{
	return json_object_get(reader->end, "statements");
}
