/* Words in two languages. Swedish is written where it is said, and is the key to the English: a
 * page reads like the text that it prints, and one table has every pair.
 *
 * Instants look the same in both. */
#ifndef VG_REPORT_WORDS_H
#define VG_REPORT_WORDS_H

#include "lib/report/statement.h"

#include <stddef.h>

/* The text in that language: itself in Swedish, or when the table does not have it. Borrowed for
 * ever. */
const char *vg_words(enum vg_language language, const char *swedish) __attribute__((format_arg(2)));

/* Puts a number of lib/report/text.h into the language: "1 234,50" is "1,234.50" in English, with
 * its minus and its unit as they were. Returns text. */
char *vg_words_number(enum vg_language language, char *text);

/* The table, {Swedish, English}, ascending by the bytes of the Swedish. */
extern const char *const vg_word_pairs[][2];
extern const size_t vg_word_pair_count;

#endif
