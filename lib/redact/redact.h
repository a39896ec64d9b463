/* Redaction at the door: Swedish identity numbers are masked before anything is stored or logged
 * (semantics.md 7.2). */
#ifndef VG_REDACT_H
#define VG_REDACT_H

#include <stdbool.h>
#include <stddef.h>

enum vg_identity {
	VG_ID_NONE,
	VG_ID_PERSONAL,
	VG_ID_COORDINATION,
	VG_ID_RESERVE,
	VG_ID_INTERIM,
	VG_ID_TEST
};

struct vg_redact_rules {
	bool mask_invalid_luhn; /* a valid date in the dash form is masked even when its check digit
				   is wrong (D true) */
};
extern const struct vg_redact_rules vg_redact_default;

/* Finds the first identity number at or after `from`: its kind, [*start, *end) in bytes. VG_ID_NONE
 * = none. The text need not be NUL-terminated and may be any bytes. */
enum vg_identity vg_redact_find(const char *text, size_t length, size_t from,
				const struct vg_redact_rules *rules, size_t *start, size_t *end);

/* Copies text with every number replaced by "[PNR]"; malloc'ed, NUL-terminated, *hits = how many.
 * NULL = out of memory. */
char *vg_redact_mask(const char *text, size_t length, const struct vg_redact_rules *rules,
		     size_t *out_length, size_t *hits);

#endif
