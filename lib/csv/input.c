/* input.c - a file's bytes through zlib.
 *
 * zlib reads plain files as they are, so there is one path for both. The hard thing is a gzip file
 * that was cut off: zlib hands out what it could unpack and reports an ordinary end of file; only
 * gzerror() tells that the end came too early. */
#include "lib/csv/input.h"

#include <zlib.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUFFER (128 * 1024)

struct vg_input {
	gzFile file;
	bool started; /* the byte order mark has been looked at */
	char *path;
};

int
vg_input_open(struct vg_input **out, const char *path, int64_t *total_bytes, struct vg_err *err)
{
	struct vg_input *input;
	struct stat st;

	VG_ASSERT(out != NULL && path != NULL);
	if (stat(path, &st) != 0)
		return vg_err_set(err, -errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return vg_err_set(err, VG_EINVALID, "%s: expected a regular file", path);
	if ((input = calloc(1, sizeof(*input))) == NULL || (input->path = strdup(path)) == NULL) {
		free(input);
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	}
	errno = 0;
	if ((input->file = gzopen(path, "rbe")) == NULL) {
		int code = errno != 0 ? -errno : VG_ENOMEM;

		vg_input_close(input);
		return vg_err_set(err, code, "%s: %s", path, vg_err_text(NULL, code));
	}
	(void)gzbuffer(input->file, BUFFER);
	if (total_bytes != NULL)
		*total_bytes = (int64_t)st.st_size;
	*out = input;
	return 0;
}

void
vg_input_close(struct vg_input *input)
{
	if (input == NULL)
		return;
	if (input->file != NULL)
		(void)gzclose_r(input->file);
	free(input->path);
	free(input);
}

static int
read_some(struct vg_input *input, char *buffer, size_t size, size_t *got, struct vg_err *err)
{
	int n = gzread(input->file, buffer, size < BUFFER ? (unsigned)size : BUFFER);
	int code = Z_OK;
	const char *text = gzerror(input->file, &code);

	if (n > 0) {
		*got = (size_t)n;
		return 0;
	}
	*got = 0;
	if (n == 0 && code == Z_OK)
		return 0;
	if (code == Z_BUF_ERROR)
		return vg_err_set(err, VG_EIO,
				  "%s: the gzip data end too early; is the file cut off?",
				  input->path);
	return vg_err_set(err, VG_EIO, "%s: %s", input->path,
			  code == Z_ERRNO ? strerror(errno) : text);
}

/* Drops a UTF-8 byte order mark, refuses UTF-16. */
static int
look_at_start(struct vg_input *input, char *buffer, size_t *got, struct vg_err *err)
{
	const unsigned char *p = (const unsigned char *)buffer;

	if (*got >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF)))
		return vg_err_set(err, VG_EINVALID, "%s: is UTF-16; expected UTF-8", input->path);
	if (*got >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
		*got -= 3;
		memmove(buffer, buffer + 3, *got);
	}
	return 0;
}

int
vg_input_read(struct vg_input *input, char *buffer, size_t size, size_t *got, struct vg_err *err)
{
	int rc;

	VG_ASSERT(input != NULL && buffer != NULL && size >= 4 && got != NULL);
	if ((rc = read_some(input, buffer, size, got, err)) != 0 || input->started)
		return rc;
	input->started = true;
	if ((rc = look_at_start(input, buffer, got, err)) != 0 || *got > 0)
		return rc;
	return read_some(input, buffer, size, got, err); /* nothing but the mark so far */
}

int64_t
vg_input_done(struct vg_input *input)
{
	z_off_t at = gzoffset(input->file);

	return at < 0 ? 0 : (int64_t)at;
}
