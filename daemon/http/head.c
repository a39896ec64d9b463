/* head.c - a strict reader of HTTP/1.1 request heads (pitfalls of lenient ones: request smuggling).
 *
 * The head is cut in place: each CRLF, the colons, slashes and ampersands become NUL. The hard
 * thing is that every rule must hold before the cut, so bytes are checked first and cut afterwards.
 */
#include "daemon/http/head.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const method_names[VG_METHOD_COUNT] = {"GET", "HEAD", "POST", "PATCH"};

const char *
vg_method_name(enum vg_method method)
{
	return method_names[method];
}

static int
refuse(struct vg_err *err, int status, const char *text)
{
	(void)vg_err_set(err, VG_EINVALID, "%s", text);
	return status;
}

static bool
is_token(const char *text)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (!((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
		      (*text >= '0' && *text <= '9') || strchr(others, *text) != NULL))
			return false;
	return true;
}

/* Lines end in CRLF, and nothing else is a control character but the tab. */
static int
check_bytes(const char *bytes, size_t length, struct vg_err *err)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\r' && (i + 1 == length || bytes[i + 1] != '\n'))
			return refuse(err, 400, "bare carriage return in the head; expected CRLF");
		if (c == '\n' && (i == 0 || bytes[i - 1] != '\r'))
			return refuse(err, 400, "bare line feed in the head; expected CRLF");
		if ((c < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7f)
			return refuse(err, 400, "control character in the head");
	}
	return 0;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* In place; a decoded control character, NUL included, is refused. */
static bool
decode(char *text, bool plus_is_space)
{
	char *out = text;

	for (; *text != '\0'; text++) {
		int c = (unsigned char)*text;

		if (c == '%') {
			int high = hex_value(text[1]), low = high < 0 ? -1 : hex_value(text[2]);

			if (low < 0)
				return false;
			c = high * 16 + low;
			text += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		if (c < 0x20 || c == 0x7f)
			return false;
		*out++ = (char)c;
	}
	*out = '\0';
	return true;
}

static int
cut_path(char *path, struct vg_head *out, struct vg_err *err)
{
	char *rest = path + 1, *segment;

	while ((segment = strsep(&rest, "/")) != NULL) {
		if (out->segments == VG_SEGMENTS_MAX)
			return refuse(err, 414, "path: expected at most 8 parts");
		if (!decode(segment, false) || strcmp(segment, "..") == 0 ||
		    strcmp(segment, ".") == 0)
			return refuse(err, 400,
				      "path: \"..\", control characters and bad percent codes are "
				      "refused");
		out->segment[out->segments++] = segment;
	}
	return 0;
}

static int
cut_query(char *query, struct vg_head *out, struct vg_err *err)
{
	char *part;

	while ((part = strsep(&query, "&")) != NULL) {
		char *value = strchr(part, '=');

		if (*part == '\0')
			continue;
		if (value == NULL)
			return refuse(err, 400, "query: expected name=value");
		*value++ = '\0';
		if (out->queries == VG_QUERY_MAX)
			return refuse(err, 414, "query: expected at most 16 pairs");
		if (!decode(part, true) || !decode(value, true))
			return refuse(
				err, 400,
				"query: control characters and bad percent codes are refused");
		if (vg_head_query(out, part) != NULL)
			return refuse(err, 400, "query: a name is given twice");
		out->query[out->queries++] = (struct vg_pair){part, value};
	}
	return 0;
}

static int
parse_request_line(char *line, struct vg_head *out, struct vg_err *err)
{
	char *target = strchr(line, ' '), *version, *query;
	int i, rc;

	if (target == NULL || (version = strchr(target + 1, ' ')) == NULL ||
	    strchr(version + 1, ' ') != NULL)
		return refuse(err, 400, "request line: expected METHOD /path HTTP/1.1");
	*target++ = '\0';
	*version++ = '\0';
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		return refuse(err, 505, "expected HTTP/1.1");
	out->keep_alive = strcmp(version, "HTTP/1.1") == 0;
	if (*target != '/')
		return refuse(err, 400, "request line: expected a path that begins with /");
	for (i = 0; i < VG_METHOD_COUNT && strcmp(line, method_names[i]) != 0; i++)
		;
	if (i == VG_METHOD_COUNT)
		return refuse(err, 405, "method: expected GET, HEAD, POST or PATCH");
	out->method = (enum vg_method)i;
	query = strchr(target, '?');
	if (query != NULL)
		*query++ = '\0';
	(void)snprintf(out->path, sizeof(out->path), "%s", target);
	rc = cut_path(target, out, err);
	if (rc == 0 && query != NULL)
		rc = cut_query(query, out, err);
	return rc;
}

static int
parse_header(char *line, struct vg_head *out, struct vg_err *err)
{
	char *value = strchr(line, ':'), *end;

	if (*line == ' ' || *line == '\t')
		return refuse(err, 400, "header: folded lines are refused");
	if (value == NULL)
		return refuse(err, 400, "header: expected name: value");
	*value++ = '\0';
	if (!is_token(line))
		return refuse(err, 400, "header: the name is no token");
	if (out->headers == VG_HEADERS_MAX)
		return refuse(err, 431, "header: expected at most 64 of them");
	value += strspn(value, " \t");
	for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
		end[-1] = '\0';
	out->header[out->headers++] = (struct vg_pair){line, value};
	return 0;
}

static size_t
count_of(const struct vg_head *head, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < head->headers; i++)
		count += strcasecmp(head->header[i].name, name) == 0;
	return count;
}

static int
parse_length(const char *text, struct vg_head *out, struct vg_err *err)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 15 || text[digits] != '\0')
		return refuse(err, 400, "Content-Length: expected plain digits");
	out->content_length = 0;
	for (; *text != '\0'; text++)
		out->content_length = out->content_length * 10 + (*text - '0');
	return 0;
}

/* How long is the body, and does the connection live on: said exactly once, in one way. */
static int
read_framing(struct vg_head *out, struct vg_err *err)
{
	const char *length = vg_head_header(out, "Content-Length");
	const char *coding = vg_head_header(out, "Transfer-Encoding");
	const char *connection = vg_head_header(out, "Connection");
	const char *expect = vg_head_header(out, "Expect");

	if (count_of(out, "Content-Length") > 1 || count_of(out, "Transfer-Encoding") > 1)
		return refuse(err, 400, "Content-Length or Transfer-Encoding is given twice");
	if (count_of(out, "Host") > 1 || (out->keep_alive && count_of(out, "Host") == 0))
		return refuse(err, 400, "Host: expected exactly once");
	if (length != NULL && coding != NULL)
		return refuse(err, 400, "both Content-Length and Transfer-Encoding");
	if (coding != NULL && strcasecmp(coding, "chunked") != 0)
		return refuse(err, 501, "Transfer-Encoding: expected nothing but chunked");
	if (coding != NULL && !out->keep_alive)
		return refuse(err, 400, "Transfer-Encoding: not in HTTP/1.0");
	out->chunked = coding != NULL;
	if (connection != NULL && strcasecmp(connection, "close") == 0)
		out->keep_alive = false;
	if (expect != NULL && strcasecmp(expect, "100-continue") != 0)
		return refuse(err, 417, "Expect: expected 100-continue");
	out->expect_continue = expect != NULL && out->keep_alive;
	return length == NULL ? 0 : parse_length(length, out, err);
}

int
vg_head_parse(char *bytes, size_t length, struct vg_head *out, struct vg_err *err)
{
	char *line = bytes, *end = bytes + length - 2; /* before the empty line's CRLF */
	int rc;

	memset(out, 0, sizeof(*out));
	out->content_length = -1;
	VG_ASSERT(length >= 4 && memcmp(end - 2, "\r\n\r\n", 4) == 0);
	rc = check_bytes(bytes, length, err);
	if (rc != 0)
		return rc;
	for (bool first = true; rc == 0 && line < end; first = false) {
		char *next = strchr(line, '\r');

		*next = '\0';
		rc = first ? parse_request_line(line, out, err) : parse_header(line, out, err);
		line = next + 2;
	}
	return rc != 0 ? rc : read_framing(out, err);
}

static const char *
find(const struct vg_pair *pairs, size_t count, const char *name,
     int (*compare)(const char *, const char *))
{
	for (size_t i = 0; i < count; i++)
		if (compare(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

const char *
vg_head_header(const struct vg_head *head, const char *name)
{
	return find(head->header, head->headers, name, strcasecmp);
}

const char *
vg_head_query(const struct vg_head *head, const char *name)
{
	return find(head->query, head->queries, name, strcmp);
}

bool
vg_head_knows(const struct vg_head *head, const char *etag)
{
	const char *known = vg_head_header(head, "If-None-Match");

	return *etag != '\0' && known != NULL &&
	       (strcmp(known, "*") == 0 || strstr(known, etag) != NULL);
}

int64_t
vg_chunk_size(const char *line)
{
	int64_t size = 0;
	size_t digits = 0;

	for (; line[digits] != '\0'; digits++) {
		int value = hex_value(line[digits]);

		if (value < 0 || digits == 8)
			return -1;
		size = size * 16 + value;
	}
	return digits == 0 ? -1 : size;
}
