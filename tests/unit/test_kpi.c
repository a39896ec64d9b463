/* The month's cells: each KPI's numerator and denominator over a small, known month; splits,
 * targets, small numbers. */
#include "tests/unit/core_support.h"

struct cells {
	struct vg_kpi_cell cell[4000];
	size_t n;
	int64_t evidence_num[VG_KPI_COUNT], evidence_den[VG_KPI_COUNT];
};

static void
keep_cell(const struct vg_kpi_cell *cell, void *arg)
{
	struct cells *cells = arg;

	assert_true(cells->n < 4000);
	cells->cell[cells->n++] = *cell;
}

static void
keep_evidence(const struct vg_kpi_evidence *evidence, void *arg)
{
	struct cells *cells = arg;

	cells->evidence_num[evidence->kpi] += evidence->num;
	cells->evidence_den[evidence->kpi] += evidence->den;
}

static struct cells *
month_of(const struct world *world, int month, const struct vg_kpi_key *filter, unsigned split)
{
	struct cells *cells = support_array(1, sizeof(*cells));

	assert_int_equal(vg_kpi_month(world->core, month, vg_core_received_ms(world->core), filter,
				      &split, 1, keep_cell, keep_evidence, cells),
			 0);
	return cells;
}

static const struct vg_kpi_cell *
find_cell(const struct cells *cells, enum vg_kpi kpi, const char *municipality)
{
	for (size_t i = 0; i < cells->n; i++) {
		const char *is = cells->cell[i].key.municipality;

		if (cells->cell[i].kpi == kpi &&
		    (municipality == NULL || strcmp(is, municipality) == 0))
			return &cells->cell[i];
	}
	fail_msg("no cell of %s", vg_kpi_info[kpi].name);
	return NULL;
}

/* January: T1 solved in first line in an hour; T2 handed over, back and over again, late; T3
 * reopened on the third day and solved; T4 open since the 5th, in second line, overdue; T5 of no
 * municipality, cancelled; T6 known in February, opened in January. */
static void
live_january(struct world *world)
{
	report(world, "T1", DAYS(3),
	       "status=new line=1 priority=P1 municipality=1489 service=vard");
	report(world, "T1", DAYS(3) + 60, "status=resolved source_sla_met=1");
	report(world, "T2", DAYS(3), "status=new line=1 priority=P1 municipality=1489 group=a");
	report(world, "T2", DAYS(3) + 10, "line=2 group=b");
	report(world, "T2", DAYS(3) + 12, "status=acknowledged group=c");
	report(world, "T2", DAYS(3) + 20, "line=1 group=a");
	report(world, "T2", DAYS(3) + 30, "line=2 group=b");
	report(world, "T2", DAYS(3) + 300, "status=resolved source_sla_met=1");
	report(world, "T3", DAYS(4), "status=new line=1 priority=P1 municipality=1480");
	report(world, "T3", DAYS(4) + 30, "status=resolved");
	report(world, "T3", DAYS(7), "status=in_progress");
	report(world, "T3", DAYS(7) + 30, "status=resolved");
	report(world, "T4", DAYS(4), "status=new line=2 priority=P1 municipality=1480");
	report(world, "T5", DAYS(5), "status=new line=1 priority=P1 municipality=-");
	report(world, "T5", DAYS(5) + 9, "status=cancelled");
	report(world, "T6", DAYS(33),
	       "status=new line=1 priority=P1 municipality=1480 "
	       "opened_ms=43200"); /* the 31st */
}

static void
each_kpi_counts_what_its_rule_says(void **state)
{
	static const struct {
		enum vg_kpi kpi;
		int64_t num, den, left_out;
	} rows[] = {
		{VG_KPI_INFLOW, 6, 1, 0},
		{VG_KPI_OUTFLOW, 3, 1, 0},
		{VG_KPI_BACKLOG, 2, 1, 0}, /* T4, T6 */
		{VG_KPI_BACKLOG_0_1, 1, 1, 0},
		{VG_KPI_BACKLOG_11_30, 1, 1, 0},
		{VG_KPI_BACKLOG_AGE_P50, 0, 2, 0},
		{VG_KPI_BACKLOG_AGE_P90, 26 * DAY_MS, 2, 0},
		{VG_KPI_RESOLUTION_MET, 2, 3, 0}, /* T2 took five hours of four */
		{VG_KPI_RESPONSE_MET, 1, 1, 2},
		{VG_KPI_OPEN_OVERDUE, 1, 1, 0},
		{VG_KPI_RESOLUTION_MEAN, (60 + 300 + 60) * MINUTE_MS, 3, 0},
		{VG_KPI_RESOLUTION_P50, 60 * MINUTE_MS, 3, 0},
		{VG_KPI_RESOLUTION_P90, 300 * MINUTE_MS, 3, 0},
		{VG_KPI_ESCALATION_SHARE, 2, 6, 0},
		{VG_KPI_FIRST_LINE_SHARE, 2, 3, 0},
		{VG_KPI_BOUNCE_SHARE, 1, 2, 0},
		{VG_KPI_REASSIGNMENTS, 1, 1, 2}, /* b to c */
		{VG_KPI_REOPEN_SHARE, 1, 3, 0},
		{VG_KPI_SECOND_LINE, 2, 1, 0},
		{VG_KPI_SOURCE_AGREES, 1, 2, 1},
		{VG_KPI_SOURCE_SLA_MET, 2, 2, 1},
		{VG_KPI_DATA_FAULTS, 1, 1, 0}, /* T5; T4 bypassed first line, no fault of data */
	};
	struct world world = world_new();
	struct cells *cells;

	(void)state;
	live_january(&world);
	cells = month_of(&world, JANUARY, NULL, 0);
	assert_int_equal(cells->n, VG_KPI_COUNT);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vg_kpi_cell *cell = find_cell(cells, rows[i].kpi, NULL);

		if (cell->num != rows[i].num || cell->den != rows[i].den ||
		    cell->left_out != rows[i].left_out)
			fail_msg("%s: %lld/%lld, %lld left out", vg_kpi_info[rows[i].kpi].name,
				 (long long)cell->num, (long long)cell->den,
				 (long long)cell->left_out);
	}
	free(cells);
	vg_core_free(world.core);
}

static void
a_month_that_has_passed_does_not_change_by_what_comes_later(void **state)
{
	struct world world = world_new();
	struct cells *before, *after;

	(void)state;
	live_january(&world);
	before = month_of(&world, JANUARY, NULL, VG_BY_MUNICIPALITY | VG_BY_PRIORITY);
	report(&world, "T4", DAYS(40), "status=resolved");
	report(&world, "T3", DAYS(41), "status=in_progress");
	after = month_of(&world, JANUARY, NULL, VG_BY_MUNICIPALITY | VG_BY_PRIORITY);
	assert_int_equal(after->n, before->n);
	for (size_t i = 0; i < before->n; i++) {
		assert_int_equal(after->cell[i].num, before->cell[i].num);
		assert_int_equal(after->cell[i].den, before->cell[i].den);
	}
	free(before);
	free(after);
	vg_core_free(world.core);
}

static void
evidence_and_municipalities_add_up_to_the_whole(void **state)
{
	struct world world = world_new();
	struct cells *whole, *split;

	(void)state;
	live_january(&world);
	whole = month_of(&world, JANUARY, NULL, 0);
	split = month_of(&world, JANUARY, NULL, VG_BY_MUNICIPALITY);
	assert_int_equal(split->n, 3 * VG_KPI_COUNT);
	assert_string_equal(split->cell[0].key.municipality, "");
	for (int kpi = 0; kpi <= VG_KPI_REOPEN_SHARE; kpi++) {
		const struct vg_kpi_cell *cell = find_cell(whole, (enum vg_kpi)kpi, NULL);
		int64_t num = 0;

		if (vg_kpi_info[kpi].unit == VG_UNIT_MS)
			continue;
		for (size_t i = 0; i < split->n; i++)
			num += (int)split->cell[i].kpi == kpi ? split->cell[i].num : 0;
		assert_int_equal(num, cell->num);
		assert_int_equal(whole->evidence_num[kpi], cell->num);
		if (vg_kpi_info[kpi].unit != VG_UNIT_COUNT)
			assert_int_equal(whole->evidence_den[kpi], cell->den);
	}
	free(whole);
	free(split);
	vg_core_free(world.core);
}

static void
a_filter_holds_the_cells_to_its_key(void **state)
{
	const struct vg_kpi_key filter = {"1489", NULL, NULL, 0};
	struct world world = world_new();
	struct cells *cells;

	(void)state;
	live_january(&world);
	cells = month_of(&world, JANUARY, &filter, 0);
	assert_int_equal(find_cell(cells, VG_KPI_INFLOW, "1489")->num, 2);
	assert_int_equal(cells->n, VG_KPI_COUNT);
	free(cells);
	cells = month_of(&world, JANUARY, &filter, VG_BY_LINE | VG_BY_SERVICE);
	assert_int_equal(cells->n, 2 * VG_KPI_COUNT);
	assert_string_equal(cells->cell[0].key.service, "");
	assert_int_equal(cells->cell[0].key.line, 2);
	assert_string_equal(cells->cell[VG_KPI_COUNT].key.service, "vard");
	free(cells);
	vg_core_free(world.core);
}

static void
verdicts_follow_target_and_number(void **state)
{
	struct world world = world_new();
	struct cells *cells;
	const struct vg_kpi_cell *cell;

	(void)state;
	live_january(&world);
	cells = month_of(&world, JANUARY, NULL, VG_BY_MUNICIPALITY);
	cell = find_cell(cells, VG_KPI_RESOLUTION_MET, "1489");
	assert_int_equal(cell->target_ppm, 900000);
	assert_int_equal(cell->verdict, VG_KPI_MISSED);
	cell = find_cell(cells, VG_KPI_RESOLUTION_MET, "1480");
	assert_int_equal(cell->verdict, VG_KPI_TOO_FEW); /* one of at least two */
	assert_int_equal(cell->rolling_num, 1);
	cell = find_cell(cells, VG_KPI_RESOLUTION_MET, "");
	assert_int_equal(cell->verdict, VG_KPI_NOT_APPLICABLE);
	assert_int_equal(find_cell(cells, VG_KPI_INFLOW, "1489")->verdict, VG_KPI_NO_TARGET);
	free(cells);
	vg_core_free(world.core);
}

static void
too_few_shows_the_twelve_months_to_its_end(void **state)
{
	struct world world = world_new();
	struct cells *cells;
	const struct vg_kpi_cell *cell;

	(void)state;
	live_january(&world);
	report(&world, "T7", DAYS(35), "status=new line=1 priority=P1 municipality=1489");
	report(&world, "T7", DAYS(35) + 1, "status=resolved");
	cells = month_of(&world, JANUARY + 1, NULL, VG_BY_MUNICIPALITY);
	cell = find_cell(cells, VG_KPI_RESOLUTION_MET, "1489");
	assert_int_equal(cell->verdict, VG_KPI_TOO_FEW);
	assert_int_equal(cell->num, 1);
	assert_int_equal(cell->rolling_num, 2);
	assert_int_equal(cell->rolling_den, 3);
	free(cells);
	vg_core_free(world.core);
}

static void
classes_with_different_targets_have_none_together(void **state)
{
	struct world world = world_new();
	struct vg_agreement *agreement = world_agreement("2");
	struct cells *cells;

	(void)state;
	agreement->target[1].share_ppm = 800000;
	world_apply(&world, agreement);
	live_january(&world);
	report(&world, "T8", DAYS(10), "status=new line=1 priority=P2 municipality=1489");
	report(&world, "T8", DAYS(10) + 5, "status=resolved");
	cells = month_of(&world, JANUARY, NULL, 0);
	assert_int_equal(find_cell(cells, VG_KPI_RESOLUTION_MET, NULL)->verdict, VG_KPI_NO_TARGET);
	free(cells);
	vg_core_free(world.core);
}

static void
an_overdue_open_ticket_misses_its_target_where_the_agreement_says_so(void **state)
{
	struct world world = world_new();
	struct vg_agreement *agreement = world_agreement("2");
	struct cells *cells;

	(void)state;
	agreement->count_open_overdue = true;
	world_apply(&world, agreement);
	live_january(&world);
	cells = month_of(&world, JANUARY, NULL, 0);
	assert_int_equal(find_cell(cells, VG_KPI_RESOLUTION_MET, NULL)->num, 2);
	assert_int_equal(find_cell(cells, VG_KPI_RESOLUTION_MET, NULL)->den, 4);
	free(cells);
	vg_core_free(world.core);
}

static void
without_first_line_data_the_shares_of_lines_do_not_apply(void **state)
{
	struct world world = world_new();
	struct cells *cells;
	const struct vg_kpi_cell *cell;

	(void)state;
	report(&world, "T1", 10, "status=new line=2 priority=P1 municipality=1489");
	report(&world, "T1", 20, "status=resolved");
	cells = month_of(&world, JANUARY, NULL, 0);
	cell = find_cell(cells, VG_KPI_ESCALATION_SHARE, NULL);
	assert_int_equal(cell->verdict, VG_KPI_NOT_APPLICABLE);
	assert_int_equal(cell->left_out, 1);
	assert_int_equal(find_cell(cells, VG_KPI_FIRST_LINE_SHARE, NULL)->den, 0);
	assert_int_equal(find_cell(cells, VG_KPI_SECOND_LINE, NULL)->num, 1);
	free(cells);
	vg_core_free(world.core);
}

static void
tickets_per_user_follow_the_readings(void **state)
{
	struct world world = world_new();
	struct vg_event event = world_event(&world, VG_KIND_USERS_READ, 0);
	struct cells *cells;
	const struct vg_kpi_cell *cell;

	(void)state;
	event.has_municipality = true;
	event.municipality = "1489";
	event.body.users =
		(struct vg_users_body){support_days(WORLD_FIRST_YEAR, 1, 1), 130, 0, "licensed", ""};
	world_step(&world, &event);
	live_january(&world);
	cells = month_of(&world, JANUARY + 1, NULL, VG_BY_MUNICIPALITY);
	free(cells);
	cells = month_of(&world, JANUARY, NULL, VG_BY_MUNICIPALITY);
	cell = find_cell(cells, VG_KPI_PER_USER_YEAR, "1489");
	assert_int_equal(cell->num, 1 * 366);
	assert_int_equal(cell->den, 31 * 130);
	cell = find_cell(cells, VG_KPI_PER_USER_T12, "1489");
	assert_int_equal(cell->num, 1);
	assert_int_equal(cell->den, 130);
	assert_int_equal(find_cell(cells, VG_KPI_PER_USER_YEAR, "1480")->den, 0);
	free(cells);
	vg_core_free(world.core);
}

static void
a_reopening_counts_up_to_the_fourteenth_day(void **state)
{
	static const struct {
		int day;
		int64_t want;
	} rows[] = {{14, 1}, {15, 0}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world world = world_new();
		struct cells *cells;

		report(&world, "T1", 10, "status=new line=1 priority=P1 municipality=1489");
		report(&world, "T1", 20, "status=resolved");
		report(&world, "T1", DAYS(rows[i].day) + 1430, "status=in_progress");
		report(&world, "T1", DAYS(rows[i].day) + 1435, "status=resolved");
		cells = month_of(&world, JANUARY, NULL, 0);
		assert_int_equal(find_cell(cells, VG_KPI_REOPEN_SHARE, NULL)->num, rows[i].want);
		free(cells);
		vg_core_free(world.core);
	}
}

static void
a_month_without_tickets_has_the_whole_alone(void **state)
{
	struct world world = world_new();
	struct cells *cells = month_of(&world, JANUARY + 5, NULL, 0);

	(void)state;
	assert_int_equal(cells->n, VG_KPI_COUNT);
	free(cells);
	cells = month_of(&world, JANUARY + 5, NULL, VG_BY_PRIORITY);
	assert_int_equal(cells->n, 0);
	free(cells);
	assert_int_equal(vg_kpi_month(world.core, JANUARY + WORLD_MONTHS, 0, NULL, NULL, 0, NULL,
				      NULL, NULL),
			 -1004);
	vg_core_free(world.core);
}

/* A month's tickets lie among hundreds that were resolved long before it. One of the oldest is open
 * all the time, one is opened again, and of one it is told late that it was opened earlier. */
static void
tickets_of_other_months_hide_none_of_its_own(void **state)
{
	enum { PER_MONTH = 200 };
	struct world world = world_new();
	struct cells *january, *february;

	(void)state;
	report(&world, "open", DAYS(1), "status=new line=1 priority=P1 municipality=1489");
	report(&world, "again", DAYS(1), "status=new line=1 priority=P1 municipality=1489");
	report(&world, "again", DAYS(1) + 9, "status=resolved");
	for (int i = 0; i < 2 * PER_MONTH; i++) {
		int64_t at = (i < PER_MONTH ? DAYS(2) : DAYS(33)) + i;
		char ref[24];

		(void)snprintf(ref, sizeof(ref), "T%d", i);
		report(&world, ref, at, "status=new line=1 priority=P1 municipality=1489");
		report(&world, ref, at + 9, "status=resolved");
	}
	report(&world, "again", DAYS(34), "status=in_progress");
	report(&world, "T399", DAYS(34), "opened_ms=43200"); /* the 31st of January */
	january = month_of(&world, JANUARY, NULL, 0);
	february = month_of(&world, JANUARY + 1, NULL, 0);
	assert_int_equal(find_cell(january, VG_KPI_INFLOW, NULL)->num, PER_MONTH + 3);
	assert_int_equal(find_cell(january, VG_KPI_OUTFLOW, NULL)->num, PER_MONTH + 1);
	assert_int_equal(find_cell(january, VG_KPI_BACKLOG, NULL)->num, 2);
	assert_int_equal(find_cell(february, VG_KPI_INFLOW, NULL)->num, PER_MONTH - 1);
	assert_int_equal(find_cell(february, VG_KPI_OUTFLOW, NULL)->num, PER_MONTH);
	assert_int_equal(find_cell(february, VG_KPI_BACKLOG, NULL)->num, 2);
	free(january);
	free(february);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kpi_counts_what_its_rule_says),
		cmocka_unit_test(a_month_that_has_passed_does_not_change_by_what_comes_later),
		cmocka_unit_test(evidence_and_municipalities_add_up_to_the_whole),
		cmocka_unit_test(a_filter_holds_the_cells_to_its_key),
		cmocka_unit_test(verdicts_follow_target_and_number),
		cmocka_unit_test(too_few_shows_the_twelve_months_to_its_end),
		cmocka_unit_test(classes_with_different_targets_have_none_together),
		cmocka_unit_test(
			an_overdue_open_ticket_misses_its_target_where_the_agreement_says_so),
		cmocka_unit_test(without_first_line_data_the_shares_of_lines_do_not_apply),
		cmocka_unit_test(tickets_per_user_follow_the_readings),
		cmocka_unit_test(a_reopening_counts_up_to_the_fourteenth_day),
		cmocka_unit_test(a_month_without_tickets_has_the_whole_alone),
		cmocka_unit_test(tickets_of_other_months_hide_none_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
