/* JSON read in one pass, without a tree: for the documents that come too often for one.
 *
 * Strict as RFC 8259 says it and as jansson reads it (tests/fuzz/fuzz_hook.c compares them): UTF-8,
 * no control characters, no lone surrogates, no NUL, nothing after the value. What it does not see
 * is a name that stands twice: the caller decides what that means. Once an error is found, nothing
 * is read any more. */
#ifndef VG_SCAN_H
#define VG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define VG_SCAN_DEPTH_MAX 64

struct vg_scan {
	const char *start, *at, *end;
	const char *expected; /* NULL = no error; else what was expected at `at` */
	int depth;
	bool first; /* in the object or list that is read: nothing came yet */
};

/* A string as it stands between its quotes: bytes with escapes in them when `escaped`. */
struct vg_scan_text {
	const char *bytes;
	size_t length;
	bool escaped;
};

void vg_scan_begin(struct vg_scan *scan, const char *bytes, size_t length);
/* The next value's first character, which tells its kind; NUL = there is none, or an error. */
char vg_scan_peek(struct vg_scan *scan);
/* Begins an object or a list; false: it is none, and that is an error now. */
bool vg_scan_object(struct vg_scan *scan);
bool vg_scan_list(struct vg_scan *scan);
/* The next member's name; its value must be read or skipped then. False: the object has ended, or
 * an error. */
bool vg_scan_member(struct vg_scan *scan, struct vg_scan_text *name);
/* Whether a further item follows, which must be read or skipped then. */
bool vg_scan_item(struct vg_scan *scan);
bool vg_scan_string(struct vg_scan *scan, struct vg_scan_text *text);
/* Any value, checked and left out. */
bool vg_scan_skip(struct vg_scan *scan);
/* Whether the document has ended as it should. */
bool vg_scan_end(struct vg_scan *scan);

bool vg_scan_is(const struct vg_scan_text *text, const char *word);
/* Without escapes, into `out` of at least text->length bytes; no NUL behind it. Returns its length.
 */
size_t vg_scan_decode(const struct vg_scan_text *text, char *out);
/* Line and column of an error, from 1. */
void vg_scan_place(const struct vg_scan *scan, int *line, int *column);

#endif
