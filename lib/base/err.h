/* Errors: what went wrong, in words, with a code.
 *
 * World errors are returned as negative codes (VG_E*, or -errno); programmer errors are asserted.
 * The text is lower case, without full stop, names the object and says what was expected. */
#ifndef VG_BASE_ERR_H
#define VG_BASE_ERR_H

#include "core/assert.h"

#include <stddef.h>

/* Own codes lie below every -errno. */
enum {
	VG_EINVALID = -1001,  /* input is malformed or breaks a rule: the sender must change it */
	VG_ELIMIT = -1002,    /* a stated maximum was passed */
	VG_ECONFLICT = -1003, /* same identity, other content */
	VG_ENOTFOUND = -1004, /* the named object does not exist */
	VG_EFULL = -1005,     /* the store has reached its maximum: try again later */
	VG_EIO = -1006,	      /* disk or database failed */
	VG_EPROTO = -1007,    /* a peer broke the protocol */
	VG_EDENIED = -1008,   /* the principal has no right to this */
	VG_EBROKEN = -1009,   /* stored evidence does not hold together */
	VG_ENOMEM = -1010,
};

#define VG_ERR_TEXT_MAX 512

/* Filled by the failing function when `err` is not NULL. Needs no freeing. */
struct vg_err {
	int code;
	char text[VG_ERR_TEXT_MAX];
};

/* Sets code and text (replacing what was there) and returns `code`, so `return vg_err_set(...)`.
 * `err` may be NULL. */
int vg_err_set(struct vg_err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "<context>: " before the text that is already there; returns `code`. */
int vg_err_wrap(struct vg_err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The text, or the code's general meaning when no text was set. */
const char *vg_err_text(const struct vg_err *err, int code);

#endif
