/* What the daemon refuses or remarks, in Swedish. */
#ifndef VG_VERDICTS_H
#define VG_VERDICTS_H

#define VG_VERDICT_WORDS_MAX 512

/* The Swedish sentence for a verdict's text; the text itself where there is none. Returns out, cut
 * to its size. */
char *vg_verdict_words(const char *text, char out[VG_VERDICT_WORDS_MAX]);

#endif
