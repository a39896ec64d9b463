/* The same rows whether a file comes in one piece or byte by byte. */
#include "lib/csv/csv.h"

#include "core/assert.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t hash;
	int64_t line;
};

static void
mix(struct sum *sum, const void *bytes, size_t length)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < length; i++)
		sum->hash = (sum->hash ^ p[i]) * UINT64_C(1099511628211);
	sum->hash = (sum->hash ^ length) * UINT64_C(1099511628211);
}

static bool
on_row(const struct vg_csv_row *row, void *arg)
{
	struct sum *sum = arg;

	VG_ASSERT(row->line >= sum->line && (row->error == NULL || row->count == 0));
	sum->line = row->line;
	mix(sum, &row->line, sizeof(row->line));
	if (row->error != NULL)
		mix(sum, row->error, strlen(row->error));
	for (size_t i = 0; i < row->count; i++)
		mix(sum, row->field[i], row->length[i] + 1);
	return true;
}

static uint64_t
read_all(const uint8_t *data, size_t size, size_t piece)
{
	struct sum sum = {.hash = 1469598103934665603u};
	struct vg_csv *csv = vg_csv_new(',', on_row, &sum);

	VG_ASSERT(csv != NULL);
	for (size_t at = 0; at < size; at += piece)
		VG_ASSERT(vg_csv_feed(csv, (const char *)data + at,
				      size - at < piece ? size - at : piece) == 0);
	VG_ASSERT(vg_csv_end(csv) == 0);
	vg_csv_free(csv);
	return sum.hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		VG_ASSERT(read_all(data, size, size) == read_all(data, size, 1));
	return 0;
}
