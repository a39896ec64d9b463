/* Evidence packs: any bytes are read to their end or their first fault. After a first byte "e" each
 * line is taken for an event instead, and a pack is made of them whose chain holds: so the core
 * gets what it would not get past a chain. */
#include "lib/pack/check.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether a pack could be read; what is wrong with it has its words and its place. */
static bool
check_pack(const char *bytes, size_t length)
{
	struct vg_pack_anchor anchor = {.month = 2026 * 12};
	struct vg_pack_check check = {.anchor = &anchor, .anchors = 1};
	FILE *file = fmemopen((void *)bytes, length, "r");
	bool holds, read;

	VG_ASSERT(file != NULL);
	holds = vg_pack_check(&check, file);
	VG_ASSERT(check.place.line >= 1 && check.place.own <= check.place.rows);
	VG_ASSERT(vg_pack_fault_swedish(check.fault)[0] != '\0' &&
		  vg_pack_fault_english(check.fault)[0] != '\0');
	VG_ASSERT(!anchor.holds || anchor.found);
	read = check.fault == VG_PACK_FAULT_NONE;
	VG_ASSERT(read || !holds);
	vg_pack_check_fini(&check);
	(void)fclose(file);
	return read;
}

static void
put_rows(struct vg_pack_writer *writer, const char *at, const char *end)
{
	uint8_t head[VG_SHA256_LEN] = {0};

	for (int64_t seq = 1; at < end && seq <= LINES_MAX; seq++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct vg_pack_row row = {.own = true,
					  .seq = seq,
					  .received_ms = INT64_C(1790000000000) + seq * 86400000};
		struct vg_parsed_event parsed;
		char *bytes;

		row.length = (size_t)((stop != NULL ? stop : end) - at);
		if (row.length <= VG_EVENT_BYTES_MAX &&
		    vg_event_parse(at, row.length, &parsed, NULL) == 0) {
			bytes = vg_event_canonical(&parsed.event,
						   "00112233445566778899aabbccddeeff", &row.length);
			VG_ASSERT(bytes != NULL);
			row.bytes = bytes;
			vg_ledger_digest(row.seq, row.received_ms, bytes, row.length, row.d);
			vg_ledger_chain(head, row.d, row.h);
			memcpy(head, row.h, sizeof(head));
			VG_ASSERT(vg_pack_write(writer, &row, NULL) == 0);
			free(bytes);
			vg_parsed_event_free(&parsed);
		}
		at = stop != NULL ? stop + 1 : end;
	}
}

static void
check_events(const char *bytes, size_t length)
{
	json_t *none = json_array();
	struct vg_pack_writer *writer;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	VG_ASSERT(none != NULL && file != NULL);
	VG_ASSERT(vg_pack_writer_new(&writer, file, "1489", NULL) == 0);
	put_rows(writer, bytes, bytes + length);
	VG_ASSERT(vg_pack_write_end(writer, none, NULL) == 0);
	vg_pack_writer_free(writer);
	json_decref(none);
	VG_ASSERT(fclose(file) == 0);
	VG_ASSERT(check_pack(text, size));
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] == 'e')
		check_events((const char *)data + 1, size - 1);
	else
		(void)check_pack((const char *)data, size);
	return 0;
}
