/* Instants and lengths of time in words, for people. */
#ifndef VG_WORDS_H
#define VG_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define VG_WORDS_MAX 48

/* "2016-04-29T08:00:00Z" to "2016-04-29 10:00:00" of the process's zone; anything else as it is.
 * Returns out. */
char *vg_words_local(const char *iso, char out[VG_WORDS_MAX]);
/* Seconds to "9 h 00 min 05 s", "-12 min 00 s". Returns out. */
char *vg_words_length(int64_t seconds, char out[VG_WORDS_MAX]);

#endif
