/* checkpoint/codec.c - numbers and strings as bytes, and back.
 *
 * One primitive carries nearly everything: a signed number, zigzag, seven bits a byte, least
 * significant first. The hard thing is that loading meets any bytes at all: nothing is believed
 * before it has been bounded. */
#include "core/checkpoint/private.h"

#include <stdlib.h>
#include <string.h>

uint64_t
vg_codec_sum(uint64_t sum, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

void
vg_codec_flush(struct vg_codec *codec)
{
	if (codec->rc == 0 && codec->used > 0) {
		codec->sum = vg_codec_sum(codec->sum, codec->buffer, codec->used);
		codec->rc = codec->write(codec->buffer, codec->used, codec->arg);
	}
	codec->used = 0;
}

static void
put_bytes(struct vg_codec *codec, const void *bytes, size_t length)
{
	const uint8_t *from = bytes;

	while (length > 0 && codec->rc == 0) {
		size_t room = sizeof(codec->buffer) - codec->used;
		size_t n = length < room ? length : room;

		memcpy(codec->buffer + codec->used, from, n);
		codec->used += n;
		from += n;
		length -= n;
		if (codec->used == sizeof(codec->buffer))
			vg_codec_flush(codec);
	}
}

static void
put_number(struct vg_codec *codec, int64_t value)
{
	uint64_t rest = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
	uint8_t bytes[10];
	size_t n = 0;

	while (rest >= 0x80) {
		bytes[n++] = (uint8_t)(rest | 0x80);
		rest >>= 7;
	}
	bytes[n++] = (uint8_t)rest;
	put_bytes(codec, bytes, n);
}

/* Longer forms of a number than the shortest are refused: the same state has one form. */
static int64_t
get_number(struct vg_codec *codec)
{
	uint64_t rest = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		if (codec->at == codec->end || shift > 63) {
			codec->rc = VG_CODEC_BROKEN;
			return 0;
		}
		byte = *codec->at++;
		if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0)) {
			codec->rc = VG_CODEC_BROKEN;
			return 0;
		}
		rest |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while ((byte & 0x80) != 0);
	return (int64_t)(rest >> 1 ^ (0 - (rest & 1)));
}

void
vg_codec_require(struct vg_codec *codec, bool holds)
{
	if (codec->rc == 0 && !holds)
		codec->rc = VG_CODEC_BROKEN;
}

void
vg_codec_number(struct vg_codec *codec, int64_t *value, int64_t least, int64_t most)
{
	if (codec->rc != 0)
		return;
	if (!codec->loading) {
		put_number(codec, *value);
		return;
	}
	*value = get_number(codec);
	vg_codec_require(codec, *value >= least && *value <= most);
}

void
vg_codec_count(struct vg_codec *codec, size_t *count, size_t most)
{
	VG_CODEC(codec, *count, 0, (int64_t)most);
	if (codec->loading && codec->rc == 0)
		vg_codec_require(codec, *count <= (size_t)(codec->end - codec->at));
	if (codec->rc != 0 && codec->loading)
		*count = 0;
}

void
vg_codec_text(struct vg_codec *codec, char **text)
{
	size_t length = codec->loading ? 0 : strlen(*text);

	vg_codec_count(codec, &length, VG_CODEC_TEXT_MAX);
	if (!codec->loading) {
		put_bytes(codec, *text, length);
		return;
	}
	if (codec->rc != 0)
		return;
	vg_codec_require(codec, memchr(codec->at, '\0', length) == NULL);
	*text = vg_codec_array(codec, length + 1, 1);
	if (codec->rc != 0)
		return;
	memcpy(*text, codec->at, length);
	codec->at += length;
}

void *
vg_codec_array(struct vg_codec *codec, size_t count, size_t element)
{
	void *array;

	if (codec->rc != 0 || count == 0)
		return NULL;
	array = calloc(count, element);
	if (array == NULL)
		codec->rc = VG_CORE_ENOMEM;
	return array;
}
