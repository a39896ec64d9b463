/* What has been measured since the last batch, as it will be sent: the body of samples.reported.
 *
 * {"boot_id":B,"batch":N,"sent_ms":MS,"samples":[[probe,at_ms,state,latency_ms|null,text?],...],
 *  "dropped":[count,from_ms,to_ms]?} */
#ifndef VG_BATCH_H
#define VG_BATCH_H

#include "agents/schedule.h"

#define VG_BATCH_SAMPLES_MAX 1000
#define VG_BATCH_BYTES_MAX   (250 << 10) /* of the samples; the daemon takes 256 KiB in all */

/* Samples by number and time range, UTC. */
struct vg_span {
	int64_t count, from_ms, to_ms; /* count 0 = none */
};
void vg_span_add(struct vg_span *span, const struct vg_span *more);

/* Zeroed at start. */
struct vg_batch {
	struct vg_span span;
	char *text; /* the samples, each followed by a comma */
	size_t length, size;
	size_t kept; /* of length: what the spool has been given to keep (vg_spool_keep) */
};

/* False: it is full, or memory is out; the sample is not in it. */
VG_MUST_CHECK bool vg_batch_add(struct vg_batch *batch, const struct vg_agent_sample *sample);
/* One sample as it stands in a batch; malloc'ed, NULL = out of memory. */
char *vg_batch_sample(const struct vg_agent_sample *sample);
/* Appends samples as they stand in a batch, each with its comma; the caller counts them in the
 * span. False: too long, or memory is out. */
VG_MUST_CHECK bool vg_batch_append(struct vg_batch *batch, const char *text, size_t length);
/* The body, malloc'ed and NUL-terminated; NULL = out of memory. The batch is not empty. */
char *vg_batch_body(const struct vg_batch *batch, const char *boot_id, int64_t number,
		    int64_t sent_ms, const struct vg_span *dropped);
void vg_batch_clear(struct vg_batch *batch); /* keeps its memory */
void vg_batch_fini(struct vg_batch *batch);

#endif
