/* Reading a file from its first byte, plain or gzip (zlib), with progress in bytes of the file as
 * it lies on disk. */
#ifndef VG_CSV_INPUT_H
#define VG_CSV_INPUT_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct vg_input;

/* *total_bytes (may be NULL) is the file's size on disk. -errno when it cannot be opened,
 * VG_EINVALID when it is no regular file or begins like UTF-16. A UTF-8 byte order mark is skipped.
 * The caller closes. */
VG_MUST_CHECK int vg_input_open(struct vg_input **out, const char *path, int64_t *total_bytes,
				struct vg_err *err);
void vg_input_close(struct vg_input *input);

/* Up to `size` bytes; *got 0 = end of file. VG_EIO when the disk fails or the gzip data are broken
 * or cut off. */
VG_MUST_CHECK int vg_input_read(struct vg_input *input, char *buffer, size_t size, size_t *got,
				struct vg_err *err);
/* Bytes of the file on disk that have been used so far. */
int64_t vg_input_done(struct vg_input *input);

#endif
