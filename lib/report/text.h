/* Numbers in Swedish: U+00A0 between groups, decimal comma, U+2212 for minus. From integers only,
 * truncated. */
#ifndef VG_REPORT_TEXT_H
#define VG_REPORT_TEXT_H

#include "core/kpi.h"

#include <stddef.h>
#include <stdint.h>

#define VG_NUMBER_MAX 48

/* How a figure is read: what its value counts. */
enum vg_figure {
	VG_FIGURE_COUNT,
	VG_FIGURE_PERCENT,
	VG_FIGURE_RATIO,
	VG_FIGURE_HOURS,
	VG_FIGURE_DAYS
};
enum vg_figure vg_figure_of(enum vg_kpi kpi);
/* "", "%", "per ärende" ... as a column of units shows it. */
const char *vg_figure_unit(enum vg_kpi kpi);

/* "1 234 567". Returns out, which has VG_NUMBER_MAX bytes. */
char *vg_number_text(int64_t number, char *out);
/* Öre as kronor: "1 234,50", U+2212 before what is negative. Display form of semantics.md 2.7. */
char *vg_kronor_text(int64_t ore, char *out);
/* A cell's value with three decimals, without its unit: "93,333", "4,391"; "" when there are no
 * data. `group` puts U+00A0 between thousands. */
char *vg_figure_text(enum vg_kpi kpi, int64_t num, int64_t den, bool group, char *out);
/* A share in percent with three decimals, "99,916"; "" when den is 0. */
char *vg_share_text(int64_t num, int64_t den, char *out);
/* Seconds as a length: "9 h 00 min 05 s", "2 min 07 s". */
char *vg_length_text(int64_t seconds, char *out);
/* Numerator as printed beside the value: times in whole seconds. */
int64_t vg_figure_numerator(enum vg_kpi kpi, int64_t num);
/* "uppfyllt", "under målet" ... */
const char *vg_kpi_verdict_words(const char *verdict);
/* "uppfyllt", "otillräckligt mätunderlag" ... for an availability cell's. */
const char *vg_avail_verdict_words(const char *verdict);
/* "uppe", "nere" ... */
const char *vg_avail_state_words(const char *state);
/* "leverantör" ... for a cause party. */
const char *vg_party_words_sv(const char *party);
/* "beställning" ... for a ticket's type. */
const char *vg_type_words(const char *type);
/* "inom mål", "överskriden" ... for a ticket's verdict. */
const char *vg_sla_words(const char *sla);
/* "Små kommuner" ... for a size category. */
const char *vg_size_words(const char *size);
/* "Preliminärt", "Fastställt" ... for a statement's state. */
const char *vg_statement_state_words(const char *state);
/* "räknas", "kredit" ... for a kind of line; what a statement's CSV has besides lines, too. */
const char *vg_line_kind_words(const char *kind);
/* "dubblett eller sammanslaget" ... for a reason by its name. */
const char *vg_fee_reason_words_of(const char *name);

#endif
