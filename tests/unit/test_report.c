/* The report: numbers as Swedes write them, cut and never rounded; one model, equal in all forms;
 * hostile text. */
#include "lib/report/report.h"

#include "core/kpi.h"
#include "lib/civil/civil.h"
#include "lib/report/avail.h"
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

static void
shares_are_cut_however_big_their_numbers_are(void **state)
{
	static const struct {
		int64_t num, den;
		const char *want;
	} cases[] = {
		{2661780, 2664000, "99,916"},
		{899999, 900000, "99,999"}, /* never 100 */
		{7, 7, "100,000"},
		{0, 5, "0,000"},
		{0, 0, ""}, /* nothing measured is no figure */
		{INT64_C(99899999999999999), INT64_C(100000000000000000), "99,899"},
	};
	char out[VG_NUMBER_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(vg_share_text(cases[i].num, cases[i].den, out), cases[i].want);
}

static void
keys_of_outages_read_back(void **state)
{
	static const char *const bad[] = {"",
					  "a",
					  "a/b/c",
					  "a/b/c/igår",
					  "a//c/20261120T090000Z",
					  "a/b/c/20261120T090000Z/d",
					  "a/b/c/20261320T090000Z"};
	const struct vg_scope channel = {"journal", "mobile", "1489"},
			      whole = {"journal", NULL, "1489"};
	char text[VG_OUTAGE_KEY_MAX];
	struct vg_scope scope;
	int64_t from_ms;

	(void)state;
	assert_string_equal(vg_outage_key(&channel, INT64_C(1795165200000), text),
			    "journal/mobile/1489/20261120T090000Z");
	assert_true(vg_outage_key_read(text, &scope, &from_ms));
	assert_string_equal(scope.service, "journal");
	assert_string_equal(scope.channel, "mobile");
	assert_string_equal(scope.municipality, "1489");
	assert_int_equal(from_ms, INT64_C(1795165200000));
	assert_string_equal(vg_outage_key(&whole, 0, text), "journal/-/1489/19700101T000000Z");
	assert_true(vg_outage_key_read(text, &scope, &from_ms));
	assert_null(scope.channel);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s", bad[i]);
		if (vg_outage_key_read(text, &scope, &from_ms))
			fail_msg("\"%s\" was read", bad[i]);
	}
}

static void
means_are_of_what_ended_and_of_what_began(void **state)
{
	/* base, down, unknown, outages, ended, restore; MTRS, MTBF, MTBSI, or longer than */
	static const int64_t cases[][10] = {
		{2664000, 2220, 0, 1, 1, 2220, 2220, 2661780, 2664000, -1},
		{100, 10, 0, 3, 2, 9, 4, 30, 33, -1},	/* one goes on; floored */
		{100, 5, 0, 0, 1, 65, 65, -1, -1, 100}, /* it began the month before */
		{100, 0, 20, 0, 0, 0, -1, -1, -1, 100},
		{100, 0, 100, 0, 0, 0, -1, -1, -1, -1}, /* silence is no long time without */
		{0, 0, 0, 0, 0, 0, -1, -1, -1, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int64_t *c = cases[i];
		json_t *cell = json_pack("{sI sI sI sI sI sI}", "base_s", (json_int_t)c[0],
					 "down_s", (json_int_t)c[1], "unknown_s", (json_int_t)c[2],
					 "outages", (json_int_t)c[3], "ended", (json_int_t)c[4],
					 "restore_s", (json_int_t)c[5]);
		struct vg_outage_means mean = vg_avail_means(cell);

		assert_int_equal(mean.mtrs_s, c[6]);
		assert_int_equal(mean.mtbf_s, c[7]);
		assert_int_equal(mean.mtbsi_s, c[8]);
		assert_int_equal(mean.over_s, c[9]);
		json_decref(cell);
	}
}

static void
lengths_have_their_units(void **state)
{
	char out[VG_NUMBER_MAX];

	(void)state;
	assert_string_equal(vg_length_text(127, out), "2" NBSP "min" NBSP "07" NBSP "s");
	assert_string_equal(vg_length_text(2664000, out),
			    "740" NBSP "h" NBSP "00" NBSP "min" NBSP "00" NBSP "s");
	assert_string_equal(vg_length_text(-3600, out),
			    "\xe2\x88\x92"
			    "1" NBSP "h" NBSP "00" NBSP "min" NBSP "00" NBSP "s");
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

typedef int table_cb(const json_t *model, enum vg_csv_form form, FILE *out);

static char *
table_of(const json_t *model, enum vg_csv_form form, table_cb *print)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(print(model, form, out), 0);
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
	cells = table_of(model, VG_CSV_EXCEL, vg_report_cells_csv);
	assert_non_null(strstr(html, ">1" NBSP "234</a>"));
	assert_non_null(strstr(cells, "inflow;Inkomna ärenden;1234;st;1234;"));
	assert_non_null(strstr(html, "66,666" NBSP "%"));
	assert_non_null(strstr(cells, ";66,666;%;2;3;0;90,000;under målet;"));
	assert_non_null(strstr(html, "2 uppgifter från källorna ligger i karantän"));
	assert_memory_equal(cells, "\xef\xbb\xbf", 3);
	free(cells);
	cells = table_of(model, VG_CSV_MACHINE, vg_report_cells_csv);
	assert_memory_equal(cells, "month,municipality,", 19);
	assert_non_null(strstr(cells, ",66.666,%,2,3,0,90.000,missed,"));
	free(html);
	free(cells);
	json_decref(model);
}

/* The small model with one service that was down. */
static json_t *
available_model(void)
{
	json_t *model = small_model();
	int rc = json_object_update_new(
		model,
		json_pack("{s[{ss ss ss sI sI sI sI sI sI si si sI sI si ss sb s{s[ii]}}]"
			  " s[{ss ss ss sI sI si sb ss}] s[{ss ss ss sI ss sb}]"
			  " s[{ss ss sI sI ss sb}]}",
			  "availability", "service", "journal", "channel", "", "municipality",
			  "1489", "period_s", (json_int_t)2682000, "base_s", (json_int_t)2664000,
			  "excluded_s", (json_int_t)18000, "down_s", (json_int_t)2220, "num",
			  (json_int_t)2661780, "den", (json_int_t)2664000, "target_ppm", 998000,
			  "outages", 1, "restore_s", (json_int_t)2220, "user_seconds",
			  (json_int_t)2731, "ended", 1, "verdict", "met", "running", 1, "compare",
			  "zabbix", 1, 2, "outages", "service", "journal", "channel", "",
			  "municipality", "1489", "from_ms", (json_int_t)1459494000000, "to_ms",
			  (json_int_t)1459496220000, "counted_s", 2220, "running", 1, "cause",
			  "supplier", "outage_records", "id", "O-7", "effect", "cause", "service",
			  "journal", "from_ms", (json_int_t)1459494000000, "cause", "supplier",
			  "waiting", 1, "windows", "id", "W-8.0", "name", "<b>Byte</b>", "from_ms",
			  (json_int_t)1459494000000, "to_ms", (json_int_t)1459512000000, "category",
			  "planned", "withdrawn", 1));

	assert_int_equal(rc, 0);
	return model;
}

static void
availability_stands_in_page_and_table(void **state)
{
	json_t *model = available_model();
	char *html, *table;

	(void)state;
	html = printed(model, vg_report_html);
	table = table_of(model, VG_CSV_EXCEL, vg_report_availability_csv);
	assert_non_null(strstr(html, "href=\"#tillganglighet\""));
	assert_non_null(strstr(html, "99,916" NBSP "%"));
	assert_non_null(strstr(html, ">2" NBSP "664" NBSP "000</td>"));
	assert_non_null(strstr(html, "uppfyllt, pågår"));
	assert_non_null(strstr(html, "<td>leverantör</td><td>mätning</td>"));
	assert_non_null(strstr(html, "väntar på andra person"));
	assert_non_null(strstr(html, "&lt;b&gt;Byte&lt;/b&gt;"));
	assert_non_null(strstr(html, "återtagen"));
	assert_non_null(strstr(table, "2016-04;journal;utan;1489;"));
	assert_non_null(strstr(table, ";99,916;;"));
	assert_non_null(strstr(table, ";99,800;uppfyllt;pågår;2682000;;18000;2664000;"));
	assert_non_null(strstr(table, ";50,000;;;2220;2661780;2664000;45\r\n"));
	free(html);
	free(table);
	json_decref(model);
}

static json_t *
cell_of(const char *service, const char *municipality, int64_t base_s, int64_t unknown_s)
{
	return json_pack("{ss ss sI sI ss}", "service", service, "municipality", municipality,
			 "base_s", (json_int_t)base_s, "unknown_s", (json_int_t)unknown_s,
			 "verdict", base_s > unknown_s ? "missed" : "not_applicable");
}

static void
what_was_not_measured_and_what_was_equal_is_told_once(void **state)
{
	json_t *model = small_model(), *cells = json_array(), *outages = json_array();
	static const char *const codes[] = {"1480", "1489", "1490"};
	char *html;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(json_array_append_new(cells, cell_of("journal", codes[i], 100,
								      i == 2 ? 100 : 0)),
				 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(json_array_append_new(cells, cell_of("tyst", codes[i], 100, 100)),
				 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
			json_array_append_new(outages,
					      json_pack("{ss ss sI sI si ss}", "service", "journal",
							"municipality", codes[i], "from_ms",
							(json_int_t)1459494000000, "to_ms",
							(json_int_t)1459496220000, "counted_s",
							i == 0 ? 2220 : 60, "cause", "supplier")),
			0);
	assert_int_equal(json_object_set_new(model, "availability", cells), 0);
	assert_int_equal(json_object_set_new(model, "outages", outages), 0);
	assert_int_equal(
		json_object_set_new(model, "services",
				    json_pack("[{ss ss}]", "id", "tyst", "name", "Den tysta")),
		0);
	html = printed(model, vg_report_html);
	assert_non_null(strstr(html, "6 utfall: 2 under målet, 4 ej tillämpligt."));
	assert_non_null(strstr(html, "ingen tid var avtalad: 1490 (1 kommun).</p>"));
	assert_non_null(strstr(html, "därför ej tillämpliga: Den tysta.</p>"));
	assert_null(strstr(html, "<h3>Den tysta</h3>"));
	assert_non_null(strstr(html, "<summary>2 kommuner</summary>"));
	assert_null(strstr(html, "<summary>3 kommuner</summary>"));
	free(html);
	json_decref(model);
}

static void
page_without_services_says_nothing_of_availability(void **state)
{
	json_t *model = small_model();
	char *html = printed(model, vg_report_html);

	(void)state;
	assert_null(strstr(html, "illgänglighet"));
	free(html);
	json_decref(model);
}

static void
foreign_text_is_neither_markup_nor_formula(void **state)
{
	json_t *model = small_model();
	char *html, *tickets;

	(void)state;
	html = printed(model, vg_report_html);
	tickets = table_of(model, VG_CSV_EXCEL, vg_report_tickets_csv);
	assert_null(strstr(html, "<Alings"));
	assert_non_null(strstr(html, "&lt;Alingsås&gt;"));
	assert_non_null(strstr(tickets, ";\"'=1+1;\"\"x\"\"\";"));
	free(html);
	free(tickets);
	json_decref(model);
}

/* Before anything is agreed, a source may name a municipality as it likes. */
static void
a_municipality_that_no_agreement_knows_is_no_markup(void **state)
{
	static const char code[] = "\"><script>x";
	json_t *model = small_model(), *stated;
	char *html;

	(void)state;
	stated = json_object_get(json_array_get(json_object_get(model, "tickets"), 0), "stated");
	assert_int_equal(json_object_set_new(json_array_get(json_object_get(model, "cells"), 1),
					     "municipality", json_string(code)),
			 0);
	assert_int_equal(json_object_set_new(stated, "municipality", json_string(code)), 0);
	html = printed(model, vg_report_html);
	assert_null(strstr(html, "<script"));
	assert_non_null(strstr(html, "<h3 id=\"k-&quot;&gt;&lt;script&gt;x\">"));
	assert_non_null(strstr(html, "<a href=\"#t-&quot;&gt;&lt;script&gt;x\">"));
	free(html);
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

static void
an_earlier_format_is_the_model_without_what_came_since(void **state)
{
	json_t *model = available_model(), *first = small_model();
	char a[65], b[65];

	(void)state;
	assert_int_equal(json_object_set_new(first, "format", json_string("vinga.report/1")), 0);
	assert_int_equal(json_object_set_new(model, "fee", json_object()), 0);
	assert_int_equal(json_object_set_new(model, "comments", json_array()), 0);
	assert_true(vg_report_earlier(model));
	assert_null(json_object_get(model, "fee"));
	assert_null(json_object_get(model, "comments"));
	assert_non_null(json_object_get(model, "availability"));
	assert_true(vg_report_earlier(model));
	assert_int_equal(vg_report_sha256(model, a), 0);
	assert_int_equal(vg_report_sha256(first, b), 0);
	assert_string_equal(a, b);
	assert_false(vg_report_earlier(model));
	json_decref(model);
	json_decref(first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_grouped),
		cmocka_unit_test(figures_are_cut_and_never_rounded),
		cmocka_unit_test(shares_are_cut_however_big_their_numbers_are),
		cmocka_unit_test(keys_of_outages_read_back),
		cmocka_unit_test(means_are_of_what_ended_and_of_what_began),
		cmocka_unit_test(lengths_have_their_units),
		cmocka_unit_test(availability_stands_in_page_and_table),
		cmocka_unit_test(what_was_not_measured_and_what_was_equal_is_told_once),
		cmocka_unit_test(page_without_services_says_nothing_of_availability),
		cmocka_unit_test(all_forms_say_the_same),
		cmocka_unit_test(foreign_text_is_neither_markup_nor_formula),
		cmocka_unit_test(a_municipality_that_no_agreement_knows_is_no_markup),
		cmocka_unit_test(the_model_hashes_to_its_canonical_bytes),
		cmocka_unit_test(an_earlier_format_is_the_model_without_what_came_since),
	};

	if (vg_civil_set_zone("Europe/Stockholm", NULL) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
