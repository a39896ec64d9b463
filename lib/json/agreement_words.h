/* The words for an agreement's choices in its JSON, by enum value, NULL at the end. Private to the
 * writing and the reading of agreements. */
#ifndef VG_AGREEMENT_WORDS_H
#define VG_AGREEMENT_WORDS_H

extern const char *const vg_agreement_retarget_words[]; /* enum vg_retarget */
extern const char *const vg_agreement_clock_words[];	/* enum vg_resolution_clock */
extern const char *const vg_agreement_reason_words[];	/* enum vg_reason */
extern const char *const vg_agreement_vantage_words[];	/* enum vg_vantage */
extern const char *const vg_agreement_unknown_words[];	/* enum vg_unknown_policy */
extern const char *const vg_agreement_external_words[]; /* enum vg_external_policy */
extern const char *const vg_agreement_occasion_words[]; /* by the number of the bit */
/* enum vg_severity from which alarms become tickets; the first, VG_SEVERITY_CLEARED, says that none
 * does. */
extern const char *const vg_agreement_ticket_words[];

#endif
