/* Samples of an imported file, gathered into batches: one samples.reported event each. */
#ifndef VG_GATHER_H
#define VG_GATHER_H

#include "core/event.h"

struct vg_gather;
/* `boot_id` names the import; borrowed. NULL = out of memory. */
struct vg_gather *vg_gather_new(const char *boot_id);
void vg_gather_free(struct vg_gather *gather);

/* Copies a sample. False: the batch is full (VG_SAMPLES_MAX, or the bytes of an event), or, when it
 * is empty, out of memory. */
bool vg_gather_add(struct vg_gather *gather, const struct vg_sample *sample);
size_t vg_gather_count(const struct vg_gather *gather);
/* The batch as a JSON line, malloc'ed, and the next one begins. NULL = out of memory. */
char *vg_gather_line(struct vg_gather *gather, size_t *length);

#endif
