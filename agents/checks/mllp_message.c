/* mllp_message.c - the few fields of HL7 version 2 that a probe needs.
 *
 * The hard thing is the first field separator: it is the byte after "MSH" itself and counts as
 * MSH-1, so MSH-7 stands after the sixth separator of its segment, but MSA-1 after the first. */
#include "agents/checks/mllp_message.h"

#include <stdlib.h>
#include <string.h>

#define START	    '\x0b'
#define END	    '\x1c'
#define SEGMENT_END '\r'
#define STAMP_AT    6 /* separators of MSH before MSH-7 */
#define ID_AT	    9 /* and before MSH-10 */

const char vg_mllp_built_in[] = "MSH|^~\\&|VINGA||||0||NMQ^N01|0|D|2.4\rNCK|0\r";

struct span {
	const char *at;
	size_t length;
};

/* The part of a segment after `count` separators; at NULL = it has fewer. */
static struct span
field(struct span segment, char separator, size_t count)
{
	const char *end = segment.at + segment.length, *from = segment.at, *to;

	for (; count > 0; count--) {
		from = memchr(from, separator, (size_t)(end - from));
		if (from == NULL)
			return (struct span){NULL, 0};
		from++;
	}
	to = memchr(from, separator, (size_t)(end - from));
	return (struct span){from, (size_t)((to != NULL ? to : end) - from)};
}

static struct span
first_line(const char *at, size_t length)
{
	const char *end = memchr(at, SEGMENT_END, length);

	return (struct span){at, end != NULL ? (size_t)(end - at) : length};
}

static bool
is_segment(struct span segment, const char *name)
{
	return segment.length > 3 && memcmp(segment.at, name, 3) == 0;
}

/* A copy with CR as the only line end; NULL = out of memory. */
static char *
with_segment_ends(const char *message, size_t *length)
{
	size_t count = strlen(message), used = 0;
	char *copy = malloc(count + 2);

	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (message[i] != '\n')
			copy[used++] = message[i];
		else if (i == 0 || message[i - 1] != SEGMENT_END)
			copy[used++] = SEGMENT_END;
	if (used > 0 && copy[used - 1] != SEGMENT_END)
		copy[used++] = SEGMENT_END;
	copy[used] = '\0';
	*length = used;
	return copy;
}

static char *
append(char *to, const char *bytes, size_t length)
{
	memcpy(to, bytes, length);
	return to + length;
}

int
vg_mllp_request(char **out, size_t *length, const char *message, const char *stamp,
		const char *control_id, struct vg_err *err)
{
	struct span header, old_stamp = {NULL, 0}, old_id = {NULL, 0};
	size_t count = 0;
	char *text, *to;

	*out = NULL;
	if (strlen(message) > VG_MLLP_MESSAGE_MAX)
		return vg_err_set(err, VG_ELIMIT, "the message is over %d bytes",
				  VG_MLLP_MESSAGE_MAX);
	text = with_segment_ends(message, &count);
	if (text == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	header = first_line(text, count);
	if (is_segment(header, "MSH")) {
		old_stamp = field(header, header.at[3], STAMP_AT);
		old_id = field(header, header.at[3], ID_AT);
	}
	if (old_id.at == NULL || strpbrk(text, "\x0b\x1c") != NULL) {
		free(text);
		return vg_err_set(err, VG_EINVALID,
				  "this is no HL7 message; expected an MSH segment with at least "
				  "10 fields first, and no frame around it");
	}
	*out = to = malloc(count + strlen(stamp) + strlen(control_id) + 3);
	if (to != NULL) {
		*to++ = START;
		to = append(to, text, (size_t)(old_stamp.at - text));
		to = append(to, stamp, strlen(stamp));
		to = append(to, old_stamp.at + old_stamp.length,
			    (size_t)(old_id.at - old_stamp.at) - old_stamp.length);
		to = append(to, control_id, strlen(control_id));
		to = append(to, old_id.at + old_id.length,
			    count - (size_t)(old_id.at - text) - old_id.length);
		*to++ = END;
		*to++ = SEGMENT_END;
		*length = (size_t)(to - *out);
	}
	free(text);
	return *out != NULL ? 0 : vg_err_set(err, VG_ENOMEM, "out of memory");
}

bool
vg_mllp_complete(const char *bytes, size_t length)
{
	const char end[] = {END, SEGMENT_END};

	return memmem(bytes, length, end, sizeof(end)) != NULL;
}

static int
no_ack(struct vg_err *err, const char *why)
{
	return vg_err_set(err, VG_EPROTO, "%s", why);
}

int
vg_mllp_ack_parse(const char *bytes, size_t length, struct vg_mllp_ack *ack, struct vg_err *err)
{
	const char *end = length > 0 ? memchr(bytes, END, length) : NULL;
	struct span line, code, id;
	char separator;

	if (length == 0)
		return no_ack(err, "closed without an answer");
	if (bytes[0] != START || end == NULL || end + 1 == bytes + length || end[1] != SEGMENT_END)
		return no_ack(err, "the answer is no MLLP frame");
	line = first_line(bytes + 1, (size_t)(end - bytes) - 1);
	if (!is_segment(line, "MSH"))
		return no_ack(err, "the answer is no HL7 message");
	separator = line.at[3];
	while (!is_segment(line, "MSA") || line.at[3] != separator) {
		if (line.at + line.length == end)
			return no_ack(err, "the answer has no MSA segment");
		line = first_line(line.at + line.length + 1,
				  (size_t)(end - line.at) - line.length - 1);
	}
	code = field(line, separator, 1);
	id = field(line, separator, 2);
	if (code.length != 2 || memchr("AC", code.at[0], 2) == NULL ||
	    memchr("AER", code.at[1], 3) == NULL)
		return no_ack(err, "the answer has no acknowledgement code");
	if (id.at == NULL || id.length > VG_MLLP_ID_MAX || memchr(id.at, '\0', id.length) != NULL)
		return no_ack(err, "the answer has another message's control id");
	memcpy(ack->code, code.at, 2);
	ack->code[2] = '\0';
	memcpy(ack->control_id, id.at, id.length);
	ack->control_id[id.length] = '\0';
	return 0;
}
