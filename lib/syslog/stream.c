/* stream.c - messages over TCP, in pieces of any size.
 *
 * The hard thing is a message longer than we take: its beginning is given as a message, and the
 * rest is thrown away without losing where the next one begins. */
#include "lib/syslog/syslog.h"

#include <string.h>

#define DIGITS_MAX 9

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Keeps what fits. */
static void
keep(struct vg_syslog_stream *stream, const char *bytes, size_t length)
{
	size_t room = sizeof(stream->message) - stream->length;

	if (length > room) {
		stream->cut = true;
		length = room;
	}
	memcpy(stream->message + stream->length, bytes, length);
	stream->length += length;
}

static void
give(struct vg_syslog_stream *stream, vg_syslog_message_cb *on_message, void *arg)
{
	if (stream->length > 0)
		on_message(stream->message, stream->length, stream->cut, arg);
	stream->length = 0;
	stream->cut = false;
}

/* Reads the count and its space; returns how many bytes were used. */
static int
take_count(struct vg_syslog_stream *stream, char c, struct vg_err *err)
{
	if (is_digit(c) && stream->digits < DIGITS_MAX) {
		stream->left = stream->left * 10 + (size_t)(c - '0');
		stream->digits++;
	} else if (c == ' ' && stream->digits > 0) {
		stream->in_message = true;
		stream->digits = 0;
	} else if (stream->digits > 0 || (c != '\n' && c != '\r')) {
		/* a newline between messages is sent by some, and harms nobody */
		return vg_err_set(err, VG_EPROTO,
				  "expected the length of a message as digits and a space, found "
				  "byte 0x%02x",
				  (unsigned)(unsigned char)c);
	}
	return 0;
}

static int
take_counted(struct vg_syslog_stream *stream, const char *bytes, size_t length,
	     vg_syslog_message_cb *on_message, void *arg, struct vg_err *err)
{
	while (length > 0) {
		size_t used = 1;
		int rc;

		if (stream->in_message) {
			used = stream->left < length ? stream->left : length;
			keep(stream, bytes, used);
			stream->left -= used;
		} else if ((rc = take_count(stream, *bytes, err)) != 0) {
			return rc;
		}
		bytes += used;
		length -= used;
		if (stream->in_message && stream->left == 0) {
			give(stream, on_message, arg);
			stream->in_message = false;
		}
	}
	return 0;
}

static void
take_lines(struct vg_syslog_stream *stream, const char *bytes, size_t length,
	   vg_syslog_message_cb *on_message, void *arg)
{
	while (length > 0) {
		size_t line = 0;

		while (line < length && bytes[line] != '\n' && bytes[line] != '\0')
			line++;
		keep(stream, bytes, line);
		if (line == length)
			return;
		give(stream, on_message, arg);
		bytes += line + 1;
		length -= line + 1;
	}
}

int
vg_syslog_stream_take(struct vg_syslog_stream *stream, const char *bytes, size_t length,
		      vg_syslog_message_cb *on_message, void *arg, struct vg_err *err)
{
	if (length > 0 && stream->framing == VG_FRAMING_UNKNOWN)
		stream->framing = is_digit(*bytes) ? VG_FRAMING_COUNTED : VG_FRAMING_LINES;
	if (stream->framing == VG_FRAMING_COUNTED)
		return take_counted(stream, bytes, length, on_message, arg, err);
	take_lines(stream, bytes, length, on_message, arg);
	return 0;
}

bool
vg_syslog_stream_end(struct vg_syslog_stream *stream, vg_syslog_message_cb *on_message, void *arg)
{
	if (stream->framing == VG_FRAMING_COUNTED)
		return !stream->in_message && stream->digits == 0;
	give(stream, on_message, arg);
	return true;
}
