/* Words in two languages. Swedish is written where it is said, and is the key to the English: a
 * page reads like the text that it prints, and one table has every pair.
 *
 * Numbers, instants and money look the same in both. */
#ifndef VG_REPORT_WORDS_H
#define VG_REPORT_WORDS_H

#include "lib/report/statement.h"

#include <stddef.h>

/* The text in that language: itself in Swedish, or when the table does not have it. Borrowed for
 * ever. */
const char *vg_words(enum vg_language language, const char *swedish) __attribute__((format_arg(2)));

/* The table, {Swedish, English}, ascending by the bytes of the Swedish. */
extern const char *const vg_word_pairs[][2];
extern const size_t vg_word_pair_count;

#endif
