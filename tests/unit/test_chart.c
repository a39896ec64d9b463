/* Charts: the axis, what is drawn of which number, and that each has its words and its table. */
#include "lib/report/chart.h"

#include "lib/report/text.h"
#include "tests/unit/core_support.h"

static const char *const labels[] = {"jan", "feb", "mar"};

static char *
drawn(const struct vg_chart_series *series, size_t count)
{
	const struct vg_chart chart = {.id = "c",
				       .title = "A <title>",
				       .desc = "What it says",
				       .subject = "Månad",
				       .points = 3,
				       .series = count,
				       .label = labels,
				       .of = series,
				       .text = vg_number_text};
	char *text = NULL;
	size_t length = 0;
	struct vg_page page = {.out = open_memstream(&text, &length)};

	assert_non_null(page.out);
	vg_chart(&page, &chart);
	assert_int_equal(fclose(page.out), 0);
	return text;
}

static size_t
count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		count++;
	return count;
}

static void
it_has_title_description_and_table(void **state)
{
	const int64_t value[] = {1, 2, 3};
	const struct vg_chart_series series[] = {{"Antal", false, value}};
	char *text = drawn(series, 1);

	(void)state;
	assert_non_null(strstr(text, "role=img aria-labelledby=\"c-t c-d\""));
	assert_non_null(strstr(text, "<title id=\"c-t\">A &lt;title&gt;</title>"));
	assert_non_null(strstr(text, "<desc id=\"c-d\">What it says</desc>"));
	assert_non_null(strstr(text, "<caption>A &lt;title&gt;</caption>"));
	assert_non_null(strstr(text, "<tr><th scope=row>mar</th><td class=n>3</td></tr>"));
	assert_int_equal(count_of(text, "<rect"), 3 + 1); /* and the legend's */
	free(text);
}

static void
the_axis_ends_at_a_round_number(void **state)
{
	static const struct {
		int64_t most;
		const char *top;
	} cases[] = {{3, ">3</text>"},
		     {11, ">15</text>"},
		     {99, ">100</text>"},
		     {75000, ">80\xc2\xa0"
			     "000</text>"},
		     {0, ">1</text>"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int64_t value[] = {0, cases[i].most, 0};
		const struct vg_chart_series series[] = {{"Antal", false, value}};
		char *text = drawn(series, 1);

		if (strstr(text, cases[i].top) == NULL)
			fail_msg("no %s for %lld", cases[i].top, (long long)cases[i].most);
		free(text);
	}
}

/* Height 232, from 14: 10 of 10 is all of it, -10 hangs below the line of 0. */
static void
bars_stand_on_nought_and_hang_from_it(void **state)
{
	const int64_t up[] = {10, VG_CHART_NONE, 0}, both[] = {10, -10, 0};
	const struct vg_chart_series rising[] = {{"Antal", false, up}},
				     mixed[] = {{"Antal", false, both}};
	char *text = drawn(rising, 1);

	(void)state;
	assert_non_null(strstr(text, "y=\"14.00\" height=\"232.00\""));
	assert_int_equal(count_of(text, "<rect"), 2 + 1); /* none for what is not known */
	assert_non_null(strstr(text, "<td class=n>–</td>"));
	free(text);
	text = drawn(mixed, 1);
	assert_non_null(strstr(text, "y=\"14.00\" height=\"116.00\""));
	assert_non_null(strstr(text, "y=\"130.00\" height=\"116.00\""));
	free(text);
}

static void
lines_stop_where_nothing_is_known(void **state)
{
	const int64_t value[] = {5, VG_CHART_NONE, 5};
	const struct vg_chart_series series[] = {{"Antal", true, value}};
	char *text = drawn(series, 1), *path = strstr(text, "<path class=\"l0\" d=\"");

	(void)state;
	assert_non_null(path);
	*strchr(path + 20, '"') = '\0';
	assert_int_equal(count_of(path + 19, "M"), 2);
	assert_int_equal(count_of(path + 19, "L"), 0);
	free(text);
}

/* Bars beside bars are told apart by hatching, not by colour alone. */
static void
kinds_of_bars_are_hatched(void **state)
{
	const int64_t value[] = {1, 2, 3};
	const struct vg_chart_series series[] = {{"A", false, value}, {"B", false, value}};
	char *text = drawn(series, 2);

	(void)state;
	assert_int_equal(count_of(text, "<pattern id=\"c-p1\""), 1);
	assert_int_equal(count_of(text, "fill=\"url(#c-p1)\""), 3 + 1);
	assert_int_equal(count_of(text, "fill=currentColor"), 3 + 1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_title_description_and_table),
		cmocka_unit_test(the_axis_ends_at_a_round_number),
		cmocka_unit_test(bars_stand_on_nought_and_hang_from_it),
		cmocka_unit_test(lines_stop_where_nothing_is_known),
		cmocka_unit_test(kinds_of_bars_are_hatched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
