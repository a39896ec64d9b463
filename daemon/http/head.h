/* The head of an HTTP/1.1 request, strictly: what is doubtful is refused, since two readers that
 * differ over where a request ends let one smuggle a request past the other.
 *
 * Pure: bytes in, fields out. Refused are bare CR or LF, folded lines, spaces before a colon, names
 * that are no tokens, control characters, a second Content-Length, Transfer-Encoding or Host, both
 * framings at once, any coding but `chunked`, lengths that are not plain digits, and paths with
 * %00, "..", or control characters. */
#ifndef VG_HEAD_H
#define VG_HEAD_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_HEAD_BYTES_MAX (16 * 1024)
#define VG_HEADERS_MAX	  64
#define VG_SEGMENTS_MAX	  8  /* of a path */
#define VG_QUERY_MAX	  16 /* name=value pairs */

enum vg_method { VG_GET, VG_HEAD, VG_POST, VG_PATCH, VG_METHOD_COUNT };
const char *vg_method_name(enum vg_method method);

struct vg_pair {
	const char *name, *value;
};

/* Strings lie in the parsed bytes. */
struct vg_head {
	enum vg_method method;
	char path[200]; /* as sent, without query, cut: for messages */
	size_t segments;
	char *segment[VG_SEGMENTS_MAX]; /* decoded */
	size_t queries;
	struct vg_pair query[VG_QUERY_MAX]; /* decoded */
	size_t headers;
	struct vg_pair header[VG_HEADERS_MAX];
	int64_t content_length; /* -1 = none stated */
	bool chunked, keep_alive, expect_continue;
};

/* Parses a whole head, `length` bytes up to and with the empty line; writes into it. Returns 0 or
 * the HTTP status that refuses it (400, 405, 414, 417, 431, 501, 505), with the reason in *err. */
VG_MUST_CHECK int vg_head_parse(char *bytes, size_t length, struct vg_head *out,
				struct vg_err *err);

/* NULL = absent. Header names in any case. */
const char *vg_head_header(const struct vg_head *head, const char *name);
const char *vg_head_query(const struct vg_head *head, const char *name);
/* Whether If-None-Match names an ETag, given with its quotes: the answer is 304 then. A proxy that
 * has packed the answer says W/ in front, so that does not count. "" is never known. */
bool vg_head_knows(const struct vg_head *head, const char *etag);

/* The size line of a chunk, without CRLF: 1 to 8 hex digits and nothing else. -1 = anything else.
 */
int64_t vg_chunk_size(const char *line);

#endif
