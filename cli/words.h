/* Words for people, in Swedish: instants, lengths of time, and what the daemon's members and their
 * values are called. A word that has no translation stands as it is. */
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
/* A member's name: "municipality" to "kommun". */
const char *vg_words_member(const char *member);
/* What the text of a member says: ("status", "in_progress") to "pågår". Texts of members that are
 * no words of ours, such as a title, stand as they are. */
const char *vg_words_value(const char *member, const char *text);
/* What holds a statement, and why a ticket is paid for or not, by their names; an unknown name as
 * it is. */
const char *vg_words_hold(const char *name);
const char *vg_words_reason(const char *name);

#endif
