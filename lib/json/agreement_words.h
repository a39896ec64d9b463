/* The words for an agreement's choices in its JSON, by enum value, NULL at the end; of the fee they
 * are the words of the YAML too. Private to the writing and the reading of agreements. */
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

extern const char *const vg_agreement_fee_mode_words[];	      /* enum vg_fee_mode */
extern const char *const vg_agreement_billing_words[];	      /* enum vg_billing_event */
extern const char *const vg_agreement_chargeable_words[];     /* enum vg_type: all that may be */
extern const char *const vg_agreement_source_words[];	      /* from VG_REQUESTER_VGR on */
extern const char *const vg_agreement_split_words[];	      /* enum vg_count_split */
extern const char *const vg_agreement_index_mode_words[];     /* enum vg_index_mode */
extern const char *const vg_agreement_index_rounding_words[]; /* enum vg_index_rounding */
extern const char *const vg_agreement_user_rule_words[];      /* the first is the default */
extern const char *const vg_agreement_missing_words[];	      /* enum vg_missing */
extern const char *const vg_agreement_join_words[];	      /* enum vg_join_month */

#endif
