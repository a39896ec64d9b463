/* write.c - evidence packs, written.
 *
 * The checksum in the trailer covers every line before it, as written. */
#include "lib/pack/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vg_pack_writer {
	FILE *file;
	struct vg_sha256_state *sum;
	int64_t rows, own;
	uint8_t head[VG_SHA256_LEN];
};

static int
put(struct vg_pack_writer *writer, const char *bytes, size_t length, struct vg_err *err)
{
	if (fwrite(bytes, 1, length, writer->file) != length || fputc('\n', writer->file) == EOF)
		return vg_err_set(err, VG_EIO, "write evidence pack: %s", strerror(errno));
	if (writer->sum != NULL) {
		vg_sha256_add(writer->sum, bytes, length);
		vg_sha256_add(writer->sum, "\n", 1);
	}
	return 0;
}

/* Takes the object over. */
static int
put_json(struct vg_pack_writer *writer, json_t *json, struct vg_err *err)
{
	char *text = json != NULL ? json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
	int rc = text != NULL ? put(writer, text, strlen(text), err)
			      : vg_err_set(err, VG_ENOMEM, "out of memory");

	free(text);
	json_decref(json);
	return rc;
}

int
vg_pack_writer_new(struct vg_pack_writer **out, FILE *file, const char *municipality,
		   struct vg_err *err)
{
	struct vg_pack_writer *writer = calloc(1, sizeof(*writer));
	int rc;

	if (writer == NULL || (writer->sum = vg_sha256_begin()) == NULL) {
		free(writer);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	writer->file = file;
	rc = put_json(writer,
		      json_pack("{ss ss}", "format", VG_PACK_FORMAT, "municipality", municipality),
		      err);
	if (rc != 0) {
		vg_pack_writer_free(writer);
		return rc;
	}
	*out = writer;
	return 0;
}

void
vg_pack_writer_free(struct vg_pack_writer *writer)
{
	if (writer == NULL)
		return;
	if (writer->sum != NULL)
		vg_sha256_end(writer->sum, NULL);
	free(writer);
}

static int
put_own(struct vg_pack_writer *writer, const struct vg_pack_row *row, const char *h,
	struct vg_err *err)
{
	return put_json(writer,
			json_pack("{ss% ss sI sI}", "b", row->bytes, row->length, "h", h, "r",
				  (json_int_t)row->received_ms, "s", (json_int_t)row->seq),
			err);
}

/* Hex needs no escaping. */
static int
put_other(struct vg_pack_writer *writer, const struct vg_pack_row *row, const char *h,
	  struct vg_err *err)
{
	char d[VG_HEX_LEN(VG_SHA256_LEN)], line[200];
	int length = snprintf(line, sizeof(line), "{\"d\":\"%s\",\"h\":\"%s\"}",
			      vg_hex(row->d, sizeof(row->d), d), h);

	return put(writer, line, (size_t)length, err);
}

int
vg_pack_write(struct vg_pack_writer *writer, const struct vg_pack_row *row, struct vg_err *err)
{
	char h[VG_HEX_LEN(VG_SHA256_LEN)];
	int rc;

	(void)vg_hex(row->h, sizeof(row->h), h);
	rc = row->own ? put_own(writer, row, h, err) : put_other(writer, row, h, err);
	writer->rows++;
	writer->own += row->own;
	memcpy(writer->head, row->h, sizeof(writer->head));
	return rc;
}

int
vg_pack_write_end(struct vg_pack_writer *writer, json_t *statements, struct vg_err *err)
{
	char head[VG_HEX_LEN(VG_SHA256_LEN)], sum[VG_HEX_LEN(VG_SHA256_LEN)];
	uint8_t digest[VG_SHA256_LEN];
	int rc;

	VG_ASSERT(writer->sum != NULL);
	vg_sha256_end(writer->sum, digest);
	writer->sum = NULL;
	(void)vg_hex(writer->head, sizeof(writer->head), head);
	(void)vg_hex(digest, sizeof(digest), sum);
	rc = put_json(writer,
		      json_pack("{s{ss sI sI ss} sO}", "end", "head", head, "own",
				(json_int_t)writer->own, "rows", (json_int_t)writer->rows, "sha256",
				sum, "statements", statements),
		      err);
	if (rc == 0 && fflush(writer->file) != 0)
		rc = vg_err_set(err, VG_EIO, "write evidence pack: %s", strerror(errno));
	return rc;
}
