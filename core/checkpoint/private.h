/* One description of the checkpoint's content for both directions; for core/checkpoint*.c only.
 *
 * Every function below writes what it points at, or reads it there, as `loading` says. The first
 * failure is kept in `rc` and makes the rest do nothing, so callers look at it only where they
 * would loop or allocate. */
#ifndef VG_CHECKPOINT_PRIVATE_H
#define VG_CHECKPOINT_PRIVATE_H

#include "core/core_private.h"

#define VG_CODEC_BUFFER	  16384
#define VG_CODEC_BROKEN	  (-1) /* the bytes are not what saving writes */
#define VG_CODEC_TEXT_MAX (8 * 1024 * 1024)

struct vg_codec {
	bool loading;
	bool before; /* the bytes are of the format before this one */
	int rc;	     /* 0, VG_CODEC_BROKEN, VG_CORE_ENOMEM, or what `write` returned */
	/* saving */
	vg_write_cb *write;
	void *arg;
	uint64_t sum; /* of all bytes written */
	size_t used;
	uint8_t buffer[VG_CODEC_BUFFER];
	/* loading */
	const uint8_t *at, *end;
};

uint64_t vg_codec_sum(uint64_t sum, const uint8_t *bytes, size_t length);
#define VG_CODEC_SUM_START UINT64_C(0xcbf29ce484222325)

void vg_codec_flush(struct vg_codec *codec);
/* A number in [least, most], in as few bytes as it needs. */
void vg_codec_number(struct vg_codec *codec, int64_t *value, int64_t least, int64_t most);
/* The same for a variable of any integer type that holds [least, most]. */
#define VG_CODEC(codec, lvalue, least, most)                                                       \
	do {                                                                                       \
		int64_t number_ = (int64_t)(lvalue);                                               \
		vg_codec_number(codec, &number_, least, most);                                     \
		if ((codec)->loading && (codec)->rc == 0)                                          \
			(lvalue) = (__typeof__(lvalue))number_;                                    \
	} while (0)
#define VG_CODEC_INT64(codec, lvalue) VG_CODEC(codec, lvalue, INT64_MIN, INT64_MAX)
/* A count of things of which each takes at least one byte, so that a damaged count cannot ask for
 * more than there is. */
void vg_codec_count(struct vg_codec *codec, size_t *count, size_t most);
/* A string; loading allocates it. */
void vg_codec_text(struct vg_codec *codec, char **text);
/* Zeroed memory for `count` elements while loading, where count is not 0. */
void *vg_codec_array(struct vg_codec *codec, size_t count, size_t element);
/* Ends the loading when something that always holds does not. */
void vg_codec_require(struct vg_codec *codec, bool holds);

/* checkpoint_agreement.c. Loading makes a new one; NULL after a failure. */
void vg_codec_agreement(struct vg_codec *codec, struct vg_agreement **agreement);

/* checkpoint_probe.c. Versions are there before, and the days are linked after it. */
void vg_codec_probes(struct vg_codec *codec, struct vg_core *core);

#endif
