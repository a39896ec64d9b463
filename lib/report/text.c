/* text.c - figures as Swedish readers write them.
 *
 * The hard thing is that 99,8999 % must never read 99,90 %: every decimal is cut from integers,
 * nothing is rounded. */
#include "lib/report/text.h"

#include "core/fee.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NBSP	"\xc2\xa0"
#define HOUR_MS 3600000
#define DAY_MS	86400000
#define MINUS	"\xe2\x88\x92"

enum vg_figure
vg_figure_of(enum vg_kpi kpi)
{
	switch (vg_kpi_info[kpi].unit) {
	case VG_UNIT_COUNT:
		return VG_FIGURE_COUNT;
	case VG_UNIT_MEAN_MS:
	case VG_UNIT_MS:
		return kpi == VG_KPI_BACKLOG_AGE_P50 || kpi == VG_KPI_BACKLOG_AGE_P90
			       ? VG_FIGURE_DAYS
			       : VG_FIGURE_HOURS;
	case VG_UNIT_SHARE:
		break;
	}
	if (kpi == VG_KPI_REASSIGNMENTS || kpi == VG_KPI_PER_USER_YEAR ||
	    kpi == VG_KPI_PER_USER_T12)
		return VG_FIGURE_RATIO;
	return VG_FIGURE_PERCENT;
}

const char *
vg_figure_unit(enum vg_kpi kpi)
{
	switch (vg_figure_of(kpi)) {
	case VG_FIGURE_PERCENT:
		return "%";
	case VG_FIGURE_HOURS:
		return "h";
	case VG_FIGURE_DAYS:
		return "dygn";
	case VG_FIGURE_RATIO:
		return kpi == VG_KPI_REASSIGNMENTS ? "per ärende" : "per användare och år";
	case VG_FIGURE_COUNT:
		break;
	}
	return "st";
}

static char *
number_text(int64_t number, bool group, char *out)
{
	char digits[24];
	uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, size);
	size_t used = 0;

	if (number < 0)
		used = (size_t)snprintf(out, VG_NUMBER_MAX, MINUS);
	for (size_t i = 0; i < length; i++) {
		if (group && i > 0 && (length - i) % 3 == 0) {
			memcpy(out + used, NBSP, 2);
			used += 2;
		}
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return out;
}

char *
vg_number_text(int64_t number, char *out)
{
	return number_text(number, true, out);
}

char *
vg_kronor_text(int64_t ore, char *out)
{
	uint64_t all = ore < 0 ? -(uint64_t)ore : (uint64_t)ore;
	char kronor[VG_NUMBER_MAX];

	(void)snprintf(out, VG_NUMBER_MAX, "%s%.30s,%02d", ore < 0 ? "\xe2\x88\x92" : "",
		       number_text((int64_t)(all / 100), true, kronor), (int)(all % 100));
	return out;
}

/* num * scale / den with `thousand` = 1000 as the smallest step, in parts that cannot overflow for
 * any real month. */
static char *
quotient_text(int64_t num, int64_t den, int64_t scale, bool group, char *out)
{
	__int128 thousandths = (__int128)num * scale * 1000 / den;
	size_t used;

	number_text((int64_t)(thousandths / 1000), group, out);
	used = strlen(out);
	(void)snprintf(out + used, VG_NUMBER_MAX - used, ",%03d", (int)(thousandths % 1000));
	return out;
}

char *
vg_figure_text(enum vg_kpi kpi, int64_t num, int64_t den, bool group, char *out)
{
	out[0] = '\0';
	switch (vg_figure_of(kpi)) {
	case VG_FIGURE_COUNT:
		return number_text(num, group, out);
	case VG_FIGURE_PERCENT:
		return den > 0 ? quotient_text(num, den, 100, group, out) : out;
	case VG_FIGURE_RATIO:
		return den > 0 ? quotient_text(num, den, 1, group, out) : out;
	case VG_FIGURE_HOURS:
	case VG_FIGURE_DAYS:
		if (den <= 0)
			return out;
		if (vg_kpi_info[kpi].unit == VG_UNIT_MS)
			den = 1;
		return quotient_text(num,
				     den * (vg_figure_of(kpi) == VG_FIGURE_DAYS ? DAY_MS : HOUR_MS),
				     1, group, out);
	}
	return out;
}

char *
vg_share_text(int64_t num, int64_t den, char *out)
{
	int64_t thousandths, rest;

	out[0] = '\0';
	if (den <= 0)
		return out;
	thousandths = num / den;
	rest = num % den;
	for (int digit = 0; digit < 5;
	     digit++) { /* long division: num may be too big to multiply */
		rest *= 10;
		thousandths = thousandths * 10 + rest / den;
		rest %= den;
	}
	(void)snprintf(out, VG_NUMBER_MAX, "%" PRId64 ",%03" PRId64, thousandths / 1000,
		       thousandths % 1000);
	return out;
}

char *
vg_length_text(int64_t seconds, char *out)
{
	const char *minus = seconds < 0 ? MINUS : "";
	int64_t all = seconds < 0 ? -seconds : seconds;
	char hours[VG_NUMBER_MAX];

	if (all >= 3600)
		(void)snprintf(out, VG_NUMBER_MAX,
			       "%s%.16s" NBSP "h" NBSP "%02d" NBSP "min" NBSP "%02d" NBSP "s",
			       minus, vg_number_text(all / 3600, hours), (int)(all / 60 % 60),
			       (int)(all % 60));
	else
		(void)snprintf(out, VG_NUMBER_MAX, "%s%d" NBSP "min" NBSP "%02d" NBSP "s", minus,
			       (int)(all / 60), (int)(all % 60));
	return out;
}

int64_t
vg_figure_numerator(enum vg_kpi kpi, int64_t num)
{
	return vg_figure_of(kpi) == VG_FIGURE_HOURS || vg_figure_of(kpi) == VG_FIGURE_DAYS
		       ? num / 1000
		       : num;
}

const char *
vg_kpi_verdict_words(const char *verdict)
{
	static const char *const words[][2] = {{"no_target", "inget mål"},
					       {"met", "uppfyllt"},
					       {"missed", "under målet"},
					       {"too_few", "för få ärenden"},
					       {"not_applicable", "ej tillämpligt"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], verdict) == 0)
			return words[i][1];
	return verdict;
}

const char *
vg_sla_words(const char *sla)
{
	static const char *const words[][2] = {
		{"none", "ej tillämpligt"},	   {"running", "pågår"}, {"paused", "pausat"},
		{"overdue", "pågår, överskridet"}, {"met", "inom mål"},	 {"missed", "över mål"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], sla) == 0)
			return words[i][1];
	return sla;
}

/* The Swedish word of a pair list that a NULL ends; the word itself when it is not there. */
static const char *
translate(const char *const (*pairs)[2], const char *word)
{
	for (; (*pairs)[0] != NULL; pairs++)
		if (strcmp((*pairs)[0], word) == 0)
			return (*pairs)[1];
	return word;
}

const char *
vg_avail_verdict_words(const char *verdict)
{
	static const char *const words[][2] = {{"no_target", "utan mål"},
					       {"met", "uppfyllt"},
					       {"missed", "under målet"},
					       {"insufficient", "otillräckligt mätunderlag"},
					       {"not_applicable", "ej tillämpligt"},
					       {NULL, NULL}};

	return translate(words, verdict);
}

const char *
vg_avail_state_words(const char *state)
{
	static const char *const words[][2] = {{"up", "uppe"},
					       {"no_data", "inga mätdata"},
					       {"degraded", "nedsatt"},
					       {"down", "nere"},
					       {NULL, NULL}};

	return translate(words, state);
}

const char *
vg_party_words_sv(const char *party)
{
	static const char *const words[][2] = {{"unknown", "okänd"},
					       {"vgr", "VGR"},
					       {"supplier", "leverantör"},
					       {"municipality", "kommun"},
					       {"third_party", "tredje part"},
					       {"force_majeure", "force majeure"},
					       {NULL, NULL}};

	return translate(words, party);
}

const char *
vg_type_words(const char *type)
{
	static const char *const words[][2] = {{"incident", "incident"},
					       {"service_request", "beställning"},
					       {"problem", "problem"},
					       {"change", "ändring"},
					       {"event", "händelse"},
					       {"security", "säkerhetsrapport"},
					       {"personal_data", "personuppgiftsrapport"},
					       {"patient_safety", "patientsäkerhetsrapport"},
					       {"complaint", "klagomål på underlaget"},
					       {NULL, NULL}};

	return translate(words, type);
}

const char *
vg_size_words(const char *size)
{
	static const char *const words[][2] = {{"small", "Små kommuner"},
					       {"medium", "Medelstora kommuner"},
					       {"large", "Stora kommuner"},
					       {NULL, NULL}};

	return translate(words, size);
}

const char *
vg_statement_state_words(const char *state)
{
	static const char *const words[][2] = {{"draft", "Preliminärt"},
					       {"held", "Kvarhållet"},
					       {"closed", "Fastställt"},
					       {"trial", "Provkörning"},
					       {NULL, NULL}};

	return translate(words, state);
}

const char *
vg_line_kind_words(const char *kind)
{
	static const char *const words[][2] = {{"counted", "räknas"},
					       {"not_counted", "räknas inte"},
					       {"credit", "kredit"},
					       {"debit", "debet"},
					       {"late", "sent känt, räknas inte"},
					       {"cap", "årets tak"},
					       {"operation", "drift och förvaltning"},
					       {"vat", "moms"},
					       {"rounding", "öresavrundning"},
					       {NULL, NULL}};

	return translate(words, kind);
}

const char *
vg_fee_reason_words_of(const char *name)
{
	for (int i = 0; i < VG_FEE_REASON_COUNT; i++)
		if (strcmp(vg_fee_reason_name((enum vg_fee_reason)i), name) == 0)
			return vg_fee_reason_words((enum vg_fee_reason)i);
	return name;
}
