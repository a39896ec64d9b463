/* From a request to the ledger: what is checked before an event is submitted, and how it is
 * answered. */
#ifndef VG_TAKE_H
#define VG_TAKE_H

#include "daemon/api/api.h"

#define VG_BATCH_LINES_MAX 1000

/* One JSON event as the principal sent it: parsed, its source set, and checked against rights,
 * scope, clock and agreement. `import` NULL = none. On an error *status is what to answer. */
VG_MUST_CHECK int vg_take_read(struct vg_call *call, const char *bytes, size_t length,
			       const struct vg_import *import, struct vg_parsed_event *out,
			       int *status, struct vg_err *err);
/* The same of a body alone, of an event of `kind` that occurs now and says no more. */
VG_MUST_CHECK int vg_take_read_body(struct vg_call *call, enum vg_kind kind, const char *bytes,
				    size_t length, struct vg_parsed_event *out, int *status,
				    struct vg_err *err);
/* Whether the principal may say this now (take_check.c): its right to the kind, its municipality,
 * the clock, what the agreement knows. VG_EDENIED, or VG_EINVALID with the member's name. */
VG_MUST_CHECK int vg_take_check_event(struct vg_call *call, const struct vg_event *event,
				      struct vg_err *err);
/* References and event ids cannot be masked, since that would join strangers: one that holds an
 * identity number is refused (VG_EINVALID names the member), unless the principal's `references`
 * pattern knows it. Mapped sources have their own rule for this, in the mapping. */
VG_MUST_CHECK int vg_take_check_references(const struct vg_principal *who,
					   const struct vg_event *event, struct vg_err *err);
/* One of them; "" and NULL pass. */
VG_MUST_CHECK int vg_take_check_reference(const struct vg_principal *who, const char *member,
					  const char *text, struct vg_err *err);
/* Whether the agreement knows a name, "" = none stated; VG_EINVALID names `member` and the nearest
 * name that it has. */
VG_MUST_CHECK int vg_take_check_municipality(const struct vg_agreement *agreement,
					     const char *member, const char *code,
					     struct vg_err *err);
VG_MUST_CHECK int vg_take_check_municipalities(const struct vg_agreement *agreement,
					       const char *member, const char *codes,
					       struct vg_err *err); /* a list of ids */
VG_MUST_CHECK int vg_take_check_service(const struct vg_agreement *agreement, const char *member,
					const char *id, struct vg_err *err);
/* Every line of an NDJSON body, answered together when the last is durable. */
void vg_take_batch(struct vg_call *call, const struct vg_import *import);

#endif
