/* words.c - the pairs. */
#include "lib/report/words.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const char *const vg_word_pairs[][2] = {
	{"Tid", "Time"},
};
/* clang-format on */
const size_t vg_word_pair_count = sizeof(vg_word_pairs) / sizeof(vg_word_pairs[0]);

static int
by_swedish(const void *key, const void *pair)
{
	return strcmp(key, ((const char *const *)pair)[0]);
}

const char *
vg_words(enum vg_language language, const char *swedish)
{
	const char *const *pair = NULL;

	if (language == VG_ENGLISH)
		pair = bsearch(swedish, vg_word_pairs, vg_word_pair_count, sizeof(vg_word_pairs[0]),
			       by_swedish);
	return pair != NULL ? pair[1] : swedish;
}
