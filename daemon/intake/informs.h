/* Informs that were taken: so that each is counted once, however often it comes, and answered as
 * soon as it is durable, and again whenever it is repeated. */
#ifndef VG_INFORMS_H
#define VG_INFORMS_H

#include "daemon/intake/datagram.h"
#include "lib/snmp/trap.h"

#define VG_INFORMS_MAX	       65536 /* known at a time: then the oldest durable one is forgotten */
#define VG_INFORMS_KNOWN_MS    150000	  /* longer than anybody repeats: USM's window of time */
#define VG_INFORMS_ANSWERS_MAX (32 << 20) /* bytes of answers that wait for their commit */
#define VG_INFORMS_REFILL_MAX  (256 << 20)

/* One inform. Fields are read-only. Valid until it is forgotten, which one that waits for its
 * commit is by vg_inform_fail alone. */
struct vg_inform {
	bool durable;
	/* What is to be sent once it is durable, and where to. NULL = nothing. */
	struct vg_datagram_path path;
	uint8_t *answer;
	size_t answer_length;
	void *owner; /* whose table it is in */
};

struct vg_informs;
struct vg_informs *vg_informs_new(void *owner); /* NULL = out of memory */
void vg_informs_free(struct vg_informs *informs);
size_t vg_informs_count(const struct vg_informs *informs);

/* NULL = it is new. */
struct vg_inform *vg_informs_find(struct vg_informs *informs, const char *id, int64_t now_ms);
/* A new one, waiting. VG_EFULL: all that are known wait; VG_ENOMEM. */
VG_MUST_CHECK int vg_informs_add(struct vg_informs *informs, const char *id, int64_t now_ms,
				 struct vg_inform **out, struct vg_err *err);
/* Keeps what is to be sent when it is durable, in place of what was kept: senders wait for the
 * answer to their newest repetition. VG_EFULL: too many bytes wait; VG_ENOMEM. */
VG_MUST_CHECK int vg_inform_keep_answer(struct vg_inform *inform,
					const struct vg_datagram_path *path, const uint8_t *bytes,
					size_t length);
/* It is durable, and what was kept has been sent. */
void vg_inform_settle(struct vg_inform *inform);
/* It did not become durable: it is new when it comes again. */
void vg_inform_fail(struct vg_inform *inform);

/* Those of the journal's rows of the last VG_INFORMS_KNOWN_MS: so that what was durable and not yet
 * answered when the daemon died is answered and not counted again. The newest VG_INFORMS_MAX, of at
 * most VG_INFORMS_REFILL_MAX bytes of rows. */
VG_MUST_CHECK int vg_informs_refill(struct vg_informs *informs, const char *journal_path,
				    int64_t last_seq, int64_t now_ms, struct vg_err *err);

#endif
