/* Events as JSON: strict parsing into the typed form, and the canonical bytes that the ledger
 * keeps.
 *
 * Canonical: UTF-8, sorted keys, no white space, integers only, no nulls but `municipality` (stated
 * to be none), a sample's latency (none) and a corrected outage's `to_ms` (open again). The salt
 * (32 hex digits) is part of the bytes, so that a digest shown to others does not let them guess a
 * short event. */
#ifndef VG_EVENT_JSON_H
#define VG_EVENT_JSON_H

#include "core/event.h"
#include "lib/base/err.h"

#include <stdint.h>

#define VG_EVENT_BYTES_MAX     (64 * 1024)	 /* one event */
#define VG_SAMPLES_BYTES_MAX   (256 * 1024)	 /* samples.reported */
#define VG_NOTICES_BYTES_MAX   (1024 * 1024)	 /* alarms.reported */
#define VG_RESOURCES_BYTES_MAX (256 * 1024)	 /* resources.mapped */
#define VG_OPENING_BYTES_MAX   (256 * 1024)	 /* opening.proposed */
#define VG_SEAL_BYTES_MAX      (4 * 1024 * 1024) /* raw.sealed */
#define VG_AGREEMENT_BYTES_MAX (4 * 1024 * 1024) /* agreement.applied */
#define VG_EVENT_ID_MAX	       200
#define VG_NAME_MAX	       200  /* every other identifying string */
#define VG_TEXT_MAX	       2000 /* reasons, values */
#define VG_SAMPLE_TEXT_MAX     200  /* what a probe says beside its state */

/* What one event of a kind may have, as above. */
size_t vg_event_bytes_max(enum vg_kind kind);

/* A parsed event and the memory behind its strings. */
struct vg_parsed_event {
	struct vg_event event; /* seq 0 and received_ms 0 until the journal gives them */
	char salt[33];	       /* "" when the input had none */
	const char *title;     /* input only: free text for the side store; NULL = none. Never in
				  canonical bytes */
	const char *note;      /* input only: what an escalating person wrote; NULL = none */
	void *json;	       /* private */
};
void vg_parsed_event_free(struct vg_parsed_event *parsed); /* frees what it holds, not the struct */

/* Parses one JSON object. Unknown members, wrong types, duplicate keys, reals, control characters,
 * over-long strings and bad UTF-8 are errors that name the member ("body.priority: expected a
 * string"). `source` and `actor` in the input are allowed and kept: the caller decides whom it
 * trusts. On success the caller frees `out`. */
VG_MUST_CHECK int vg_event_parse(const char *bytes, size_t length, struct vg_parsed_event *out,
				 struct vg_err *err);
/* Parses the body alone, one JSON object, of an event of `kind` at `occurred_ms` that says no more:
 * what it holds cannot become a member of the event around it. Otherwise as vg_event_parse. */
VG_MUST_CHECK int vg_event_parse_body(enum vg_kind kind, int64_t occurred_ms, const char *bytes,
				      size_t length, struct vg_parsed_event *out,
				      struct vg_err *err);

/* An alarms.reported that was made in memory becomes a parsed one, without the way through JSON:
 * checked as vg_event_parse does it, all its texts copied into one piece of memory. VG_EINVALID
 * names the member, as there. */
VG_MUST_CHECK int vg_event_copy_notices(const struct vg_event *event, struct vg_parsed_event *out,
					struct vg_err *err);

/* The canonical bytes, malloc'ed, *length without the final NUL. `salt`: 32 hex digits. title and
 * note are left out; their digests are in the body already. NULL = out of memory. */
char *vg_event_canonical(const struct vg_event *event, const char *salt, size_t *length);

/* What a repeat must equal: SHA-256 of the canonical form without salt, import and actor. 0 or
 * VG_ENOMEM. */
VG_MUST_CHECK int vg_event_repeat_digest(const struct vg_event *event, uint8_t out[32]);

/* Both, of a body that is written once: the canonical bytes, and in `repeat` that digest. NULL =
 * out of memory. */
char *vg_event_ledger_form(const struct vg_event *event, const char *salt, size_t *length,
			   uint8_t repeat[32]);

#endif
