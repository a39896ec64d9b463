/* Names and texts of alarms, made of what senders call things. */
#ifndef VG_MAPPED_NAME_H
#define VG_MAPPED_NAME_H

#include "lib/json/event_json.h"

#include <stddef.h>

/* The text as a name: one line without white space around it, at most VG_NAME_MAX bytes. Of a
 * longer one the end is replaced by "~" and 16 hex digits of the digest of the whole, so that two
 * of them stay two. `text` is UTF-8 and need not end in NUL. Returns the name's length. */
size_t vg_mapped_name(char out[VG_NAME_MAX + 1], const char *text, size_t length);

/* The same, of a resource: its host part, up to the first "/", in lower case (a-z). */
size_t vg_mapped_resource(char out[VG_NAME_MAX + 1], const char *text, size_t length);

/* The host in "host:port", "[2001:db8::1]:port", "scheme://user@host:port/path" or "host"; a bare
 * IPv6 address, and what has white space in it and so is no address, stay whole. Lies in `text`.
 * Returns its length, 0 when there is none. */
size_t vg_mapped_host(const char *text, size_t length, const char **host);

/* Adds the line "NAME = VALUE" to a detail of `used` bytes: a line's value at most 1,000 bytes and
 * without control characters, a line for whose name there is no room left out. Returns how many
 * bytes the detail has then; NUL behind them. */
size_t vg_mapped_line(char detail[VG_NOTICE_DETAIL_MAX + 1], size_t used, const char *name,
		      const char *value);

/* The text on one line, at most `max` bytes, not ending inside a character. `out` has max + 1
 * bytes. Returns its length. */
size_t vg_mapped_text(char *out, size_t max, const char *text);

#endif
