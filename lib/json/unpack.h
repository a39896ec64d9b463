/* Strict reading of an agreement's JSON, step by step. Private to lib/json.
 *
 * Every step returns 0, or a code after saying what was wrong: "agreement.<where>[<index>]:
 * expected ...". */
#ifndef VG_UNPACK_H
#define VG_UNPACK_H

#include "core/agreement.h"
#include "lib/base/err.h"

#include <jansson.h>

#define VG_UNPACK_WHOLE SIZE_MAX

/* `where` and `index` are the part being read, for messages; VG_UNPACK_WHOLE is the part itself. */
struct vg_unpack {
	struct vg_agreement *agreement;
	struct vg_err *err;
	const char *where;
	size_t index;
};

void vg_unpack_enter(struct vg_unpack *r, const char *where);
int vg_unpack_refuse(const struct vg_unpack *r, const char *expected);
int vg_unpack_no_memory(const struct vg_unpack *r);
/* Strict json_unpack of an object: every member named, none left over, types as they should be. */
VG_MUST_CHECK int vg_unpack(const struct vg_unpack *r, const json_t *json, const char *format, ...);
/* Enters a list of at most `max` elements. */
VG_MUST_CHECK int vg_unpack_list(struct vg_unpack *r, const char *where, const json_t *json,
				 size_t max, size_t *count);
/* An integer of a list of integers. */
VG_MUST_CHECK int vg_unpack_element(struct vg_unpack *r, const json_t *list, size_t index,
				    int64_t min, int64_t max, int64_t *out);
/* A copy of a text of at most VG_AGREEMENT_TEXT_MAX bytes without control characters. */
VG_MUST_CHECK int vg_unpack_text(const struct vg_unpack *r, const char *text, char **out);
/* The same of letters a-z, digits and . _ - only, at least one. */
VG_MUST_CHECK int vg_unpack_id(const struct vg_unpack *r, const char *text, char **out);
VG_MUST_CHECK int vg_unpack_range(const struct vg_unpack *r, int64_t value, int64_t min,
				  int64_t max, const char *expected);
VG_MUST_CHECK int vg_unpack_instant(const struct vg_unpack *r, int64_t ms);
/* Index in a NULL-ended list. */
VG_MUST_CHECK int vg_unpack_word(const struct vg_unpack *r, const char *word,
				 const char *const *words, int *out);

/* Parts of availability: agreement_read_avail.c. Absent (NULL) lists are empty. */
VG_MUST_CHECK int vg_unpack_channels(struct vg_unpack *r, const json_t *json);
VG_MUST_CHECK int vg_unpack_services(struct vg_unpack *r, const json_t *json);
VG_MUST_CHECK int vg_unpack_probes(struct vg_unpack *r, const json_t *json);
VG_MUST_CHECK int vg_unpack_calloffs(struct vg_unpack *r, const json_t *json);
VG_MUST_CHECK int vg_unpack_exceptions(struct vg_unpack *r, const json_t *json);

/* The rules of alarms: agreement_read_alarm.c. Absent: the defaults that the agreement has. */
VG_MUST_CHECK int vg_unpack_alarms(struct vg_unpack *r, const json_t *json);

#endif
