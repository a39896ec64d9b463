/* The report: numbers as Swedes write them, cut and never rounded; one model, equal in all forms;
 * hostile text. */
#include "lib/report/report.h"

#include "core/kpi.h"
#include "lib/civil/civil.h"
#include "lib/report/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define NBSP "\xc2\xa0"

static void
numbers_are_grouped(void **state)
{
	char out[VG_NUMBER_MAX];

	(void)state;
	assert_string_equal(vg_number_text(0, out), "0");
	assert_string_equal(vg_number_text(999, out), "999");
	assert_string_equal(vg_number_text(1234567, out), "1" NBSP "234" NBSP "567");
	assert_string_equal(vg_number_text(-1000, out), "\xe2\x88\x92"
							"1" NBSP "000");
	assert_string_equal(vg_number_text(INT64_MIN, out),
			    "\xe2\x88\x92"
			    "9" NBSP "223" NBSP "372" NBSP "036" NBSP "854" NBSP "775" NBSP "808");
}

static const struct figure {
	enum vg_kpi kpi;
	int64_t num, den;
	const char *want;
} figures[] = {
	{VG_KPI_RESOLUTION_MET, 998999, 1000000, "99,899"},
	{VG_KPI_RESOLUTION_MET, 999999, 1000000, "99,999"}, /* never 100 */
	{VG_KPI_RESOLUTION_MET, 2, 3, "66,666"},
	{VG_KPI_RESOLUTION_MET, 7, 7, "100,000"},
	{VG_KPI_RESOLUTION_MET, 0, 0, ""}, /* no data is no figure */
	{VG_KPI_INFLOW, 12394, 1, "12394"},
	{VG_KPI_REASSIGNMENTS, 11, 12, "0,916"},
	{VG_KPI_RESOLUTION_MEAN, 39600000, 1, "11,000"},
	{VG_KPI_RESOLUTION_MEAN, INT64_C(520783320000), 8118, "17,819"},
	{VG_KPI_RESOLUTION_P90, 186960000, 40,
	 "51,933"}, /* a percentile is a value, not a quotient */
	{VG_KPI_BACKLOG_AGE_P50, 1036800000, 9, "12,000"},
};

static void
figures_are_cut_and_never_rounded(void **state)
{
	char out[VG_NUMBER_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		assert_string_equal(
			vg_figure_text(figures[i].kpi, figures[i].num, figures[i].den, false, out),
			figures[i].want);
}

static json_t *
small_model(void)
{
	return json_pack(
		"{ss ss si sI sI sI sI sI ss si s[{ss ss ss si}] s[{ss ss}] s[{ss si si si ss ss},"
		"{ss ss si si si si ss ss}] s[{ss s[{ss ss}] ss ss ss sI sI s[] s{ss} s{s[ii]}}]}",
		"format", VG_REPORT_FORMAT, "month", "2016-04", "rule_rev", 1, "from_ms",
		(json_int_t)1459461600000, "to_ms", (json_int_t)1462053600000, "evaluated_ms",
		(json_int_t)1462053600000, "as_of_seq", (json_int_t)9, "as_of_ms",
		(json_int_t)1462053600000, "head", "00", "quarantined", 2, "agreements", "name",
		"a", "version", "1", "zone", "Europe/Stockholm", "seq", 1, "municipalities", "code",
		"1489", "name", "<Alings\xc3\xa5s>", "cells", "kpi", "inflow", "num", 1234, "den",
		1, "left_out", 0, "verdict", "no_target", "rule", "3.5", "kpi", "resolution_met",
		"municipality", "1489", "num", 2, "den", 3, "left_out", 0, "target_ppm", 900000,
		"verdict", "missed", "rule", "3.4", "tickets", "id", "V-7", "refs", "source", "s",
		"ref", "=1+1;\"x\"", "priority", "P3", "status", "resolved", "verdict", "missed",
		"created_ms", (json_int_t)1459494000000, "elapsed_ms", (json_int_t)3600000,
		"faults", "stated", "municipality", "1489", "evidence", "resolution_met", 0, 1);
}

typedef int print_cb(const json_t *model, FILE *out);

static char *
printed(const json_t *model, print_cb *print)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(print(model, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
all_forms_say_the_same(void **state)
{
	json_t *model = small_model();
	char *html, *cells;

	(void)state;
	assert_non_null(model);
	html = printed(model, vg_report_html);
	cells = printed(model, vg_report_cells_csv);
	assert_non_null(strstr(html, ">1" NBSP "234</a>"));
	assert_non_null(strstr(cells, "inflow;Inkomna ärenden;1234;st;1234;"));
	assert_non_null(strstr(html, "66,666" NBSP "%"));
	assert_non_null(strstr(cells, ";66,666;%;2;3;0;90,000;under målet;"));
	assert_non_null(strstr(html, "2 uppgifter från källorna ligger i karantän"));
	assert_memory_equal(cells, "\xef\xbb\xbf", 3);
	free(html);
	free(cells);
	json_decref(model);
}

static void
foreign_text_is_neither_markup_nor_formula(void **state)
{
	json_t *model = small_model();
	char *html, *tickets;

	(void)state;
	html = printed(model, vg_report_html);
	tickets = printed(model, vg_report_tickets_csv);
	assert_null(strstr(html, "<Alings"));
	assert_non_null(strstr(html, "&lt;Alingsås&gt;"));
	assert_non_null(strstr(tickets, ";\"'=1+1;\"\"x\"\"\";"));
	free(html);
	free(tickets);
	json_decref(model);
}

static void
the_model_hashes_to_its_canonical_bytes(void **state)
{
	json_t *model = small_model(), *again = small_model();
	char a[65], b[65];

	(void)state;
	assert_int_equal(vg_report_sha256(model, a), 0);
	assert_int_equal(vg_report_sha256(again, b), 0);
	assert_string_equal(a, b);
	assert_int_equal(json_object_set_new(again, "quarantined", json_integer(3)), 0);
	assert_int_equal(vg_report_sha256(again, b), 0);
	assert_string_not_equal(a, b);
	json_decref(model);
	json_decref(again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_grouped),
		cmocka_unit_test(figures_are_cut_and_never_rounded),
		cmocka_unit_test(all_forms_say_the_same),
		cmocka_unit_test(foreign_text_is_neither_markup_nor_formula),
		cmocka_unit_test(the_model_hashes_to_its_canonical_bytes),
	};

	if (vg_civil_set_zone("Europe/Stockholm", NULL) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
