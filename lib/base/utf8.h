/* UTF-8: what may stand in a text that others must be able to read. */
#ifndef VG_BASE_UTF8_H
#define VG_BASE_UTF8_H

#include <stddef.h>

/* Offset of the first byte that is not part of a UTF-8 character (overlong forms, surrogates and
 * what is above U+10FFFF are none); `length` when there is no such byte. */
size_t vg_utf8_valid(const char *text, size_t length);

#endif
