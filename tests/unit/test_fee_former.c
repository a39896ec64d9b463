/* Those who have left: what comes late of them is settled in a later month, and nothing else is;
 * and who comes back goes on where it was. */
#include "tests/unit/book_support.h"

#define LEFT MONTH(2026, 4)

static void
end_world(struct world *world)
{
	vg_core_free(world->core);
}

/* 1489 has left before April 2026, and its months are closed; 1480 stays. T0 and T1 were billed.
 * Takes the agreement over. */
static struct world
world_that_was_left_under(struct vg_agreement *agreement)
{
	struct world world;

	fee_party(agreement, "1489")->end_ms = support_at("2026-04-01 00:00");
	world = fee_world_of(agreement);
	fee_users(&world, "1480", "2026-01-01", 100);
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_tickets(&world, "T", 2, "1489", "2026-02-10");
	book_months(&world, MONTH(2026, 1), LEFT - 1);
	return world;
}

static struct world
world_that_was_left(void)
{
	return world_that_was_left_under(fee_agreement(2026));
}

static int
count_draft(const struct vg_fee_draft *draft, void *arg)
{
	*(int *)arg += draft->statement.municipality[3] == '9';
	return 0;
}

/* Whether 1489 is one of those whom the month concerns. */
static bool
is_listed(const struct world *world, int month)
{
	int listed = 0;

	assert_int_equal(vg_fee_drafts(world->core, month, "", count_draft, &listed), 0);
	return listed == 1;
}

static void
assert_held(const struct world *world, int month, int holds)
{
	struct vg_fee_draft draft = book_draft(world, "1489", month);

	assert_true(draft.held);
	assert_int_equal(draft.statement.holds, holds);
	book_free_draft(&draft);
}

static void
nothing_to_settle_is_no_statement(void **state)
{
	struct world world = world_that_was_left();

	(void)state;
	fee_ticket(&world, "LATER", "1489", "2026-04-10 12:00", "");
	book_end(&world, LEFT);
	assert_false(is_listed(&world, LEFT));
	assert_held(&world, LEFT, 1 << VG_HOLD_NOT_MEMBER);
	book_close(&world, LEFT, "");
	assert_string_equal(world.verdict.text, "closed 1, held 0");
	book_close(&world, LEFT, "1489");
	assert_string_equal(world.verdict.text, "closed 0, held 1: 1489 not_member");
	assert_null(vg_fee_statement(world.core, "1489", LEFT));
	end_world(&world);
}

static void
a_late_fact_is_settled_after_it_left(void **state)
{
	struct world world = world_that_was_left();
	const struct vg_statement *statement;
	struct vg_event event;

	(void)state;
	book_month(&world, LEFT);
	book_state(&world, "T1", "cause_party=vgr");
	assert_true(is_listed(&world, LEFT + 2));
	book_end(&world, LEFT + 2);
	book_close(&world, LEFT + 2, "1489");
	statement = book_closed(&world, "1489", LEFT + 2);
	assert_int_equal(statement->corrected, 1);
	assert_int_equal(statement->support_ore, -25000);
	assert_int_equal(statement->total_ore, -25000);
	assert_int_equal(statement->holds, 0);
	assert_string_equal(statement->previous_sha256, SHA_A);
	assert_true(is_listed(&world, LEFT + 2));
	assert_false(is_listed(&world, LEFT + 3));
	/* a month before what was closed last is over, and the next waits for what was closed */
	book_state(&world, "T0", "cause_party=vgr");
	assert_false(is_listed(&world, LEFT + 1));
	book_end(&world, LEFT + 3);
	assert_held(&world, LEFT + 3, 1 << VG_HOLD_PREVIOUS_UNPUBLISHED);
	event = book_statement_event(&world, VG_KIND_STATEMENT_PUBLISHED, "1489", LEFT + 2);
	event.body.statement.model_sha256 = SHA_B;
	world_step(&world, &event);
	book_close(&world, LEFT + 3, "1489");
	assert_string_equal(book_closed(&world, "1489", LEFT + 3)->previous_sha256, SHA_B);
	end_world(&world);
}

/* Also when all that differs is what a year should have cost, and years later. */
static void
a_late_reading_is_settled_after_it_left(void **state)
{
	struct world world = world_that_was_left();
	const struct vg_statement *statement;

	(void)state;
	book_months(&world, LEFT, MONTH(2027, 1));
	assert_null(vg_fee_statement(world.core, "1489", MONTH(2027, 1)));
	fee_users(&world, "1489", "2026-03-01", 160);
	book_month(&world, MONTH(2027, 2));
	statement = book_closed(&world, "1489", MONTH(2027, 2));
	assert_int_equal(statement->corrected, 0);
	assert_int_equal(statement->operation_ore, 60 * 175000 / 12);
	assert_int_equal(vg_fee_year(world.core, statement, 0)->year, 2026);
	assert_int_equal(vg_fee_year(world.core, statement, 1)->year, 2027);
	assert_int_equal(vg_fee_year(world.core, statement, 1)->cap_ore, 0);
	end_world(&world);
}

/* The sum stays, the lines do not: its billing event turns out to be of another month. */
static void
a_line_that_moves_is_settled_after_it_left(void **state)
{
	struct world world = world_that_was_left();
	const struct vg_statement *statement;

	(void)state;
	fee_report(&world, "T0", "2026-01-10 10:00", "line=2");
	fee_report(&world, "T0", "2026-01-10 12:00", "status=resolved");
	book_month(&world, LEFT);
	statement = book_closed(&world, "1489", LEFT);
	assert_int_equal(statement->corrected, 2);
	assert_int_equal(statement->total_ore, 0);
	end_world(&world);
}

static void
its_last_month_must_be_closed_first(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->end_ms = support_at("2026-04-01 00:00");
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_ticket(&world, "T", "1489", "2026-01-10 12:00", "");
	book_months(&world, MONTH(2026, 1), MONTH(2026, 2));
	book_state(&world, "T", "cause_party=vgr");
	book_end(&world, LEFT);
	assert_false(is_listed(&world, LEFT));
	assert_held(&world, LEFT, 1 << VG_HOLD_PREVIOUS_OPEN | 1 << VG_HOLD_NOT_MEMBER);
	end_world(&world);
}

/* A ticket that turns out to be another's: credited to who left, and billed, in one closing. */
static void
a_ticket_moves_from_one_that_left(void **state)
{
	struct world world = world_that_was_left();

	(void)state;
	book_state(&world, "T0", "municipality=1480");
	book_month(&world, LEFT);
	assert_int_equal(book_closed(&world, "1489", LEFT)->adjusted_ore, -25000);
	assert_int_equal(book_closed(&world, "1480", LEFT)->adjusted_ore, 25000);
	/* and back: there it counts, in a month that it was a member */
	book_state(&world, "T0", "municipality=1489");
	book_month(&world, LEFT + 1);
	assert_int_equal(book_closed(&world, "1489", LEFT + 1)->adjusted_ore, 25000);
	assert_int_equal(book_closed(&world, "1480", LEFT + 1)->adjusted_ore, -25000);
	end_world(&world);
}

/* The agreement need not name it any longer: here another has its place. */
static void
one_that_is_named_no_more_is_settled(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026), *later = fee_agreement(2026);
	struct world world;

	(void)state;
	agreement->valid_to_ms = later->valid_from_ms = support_at("2026-05-01 00:00");
	fee_party(later, "1489")->code[3] = '8';
	world = world_that_was_left_under(agreement);
	assert_int_equal(fee_apply(&world, later), VG_VERDICT_TAKEN);
	book_month(&world, LEFT);
	book_state(&world, "T0", "cause_party=supplier");
	book_end(&world, LEFT + 1);
	book_close(&world, LEFT + 1, "1489");
	assert_int_equal(book_closed(&world, "1489", LEFT + 1)->support_ore, -25000);
	end_world(&world);
}

/* By a version that knows only of its return. */
static void
who_comes_back_goes_on(void **state)
{
	struct world world = world_that_was_left();
	struct vg_agreement *agreement = fee_agreement(2026);
	const struct vg_statement *back;

	(void)state;
	agreement->valid_from_ms = support_at("2026-06-01 00:00");
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-06-01 00:00");
	assert_int_equal(fee_apply(&world, agreement), VG_VERDICT_TAKEN);
	assert_int_equal(vg_fee_first_month(world.core, "1489"), MONTH(2026, 1));
	book_months(&world, LEFT, LEFT + 1);
	assert_null(vg_fee_statement(world.core, "1489", LEFT + 1));
	fee_ticket(&world, "BACK", "1489", "2026-06-10 12:00", "");
	book_state(&world, "T0", "cause_party=vgr");
	book_month(&world, LEFT + 2);
	back = book_closed(&world, "1489", LEFT + 2);
	assert_false(back->trial);
	assert_int_equal(back->counted, 1);
	assert_int_equal(back->adjusted_ore, -25000);
	assert_int_equal(back->support_ore, 0);
	/* ten of twelve months */
	assert_int_equal(vg_fee_year(world.core, back, 0)->cap_ore, 2500000 * 10 / 12);
	end_world(&world);
}

/* What was billed stays so when a later first month is agreed on for the return. */
static void
a_return_has_no_second_trial(void **state)
{
	struct world world = world_that_was_left();
	struct vg_agreement *agreement = fee_agreement(2026);

	(void)state;
	agreement->valid_from_ms = support_at("2026-06-01 00:00");
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-06-01 00:00");
	fee_party(agreement, "1489")->fee_from = MONTH(2026, 8);
	assert_int_equal(fee_apply(&world, agreement), VG_VERDICT_TAKEN);
	book_months(&world, LEFT, LEFT + 2);
	assert_false(book_closed(&world, "1489", LEFT + 2)->trial);
	end_world(&world);
}

/* A version agreed on before the first month is closed shall not make it a trial either. */
static void
a_return_that_is_agreed_early_hides_no_month(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026), *later = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-02-10 00:00");
	fee_party(agreement, "1489")->end_ms = support_at("2026-04-01 00:00");
	world = fee_world_of(agreement);
	later->valid_from_ms = support_at("2026-06-01 00:00");
	fee_party(later, "1489")->go_live_ms = support_at("2026-06-01 00:00");
	assert_int_equal(fee_apply(&world, later), VG_VERDICT_TAKEN);
	assert_int_equal(vg_fee_first_month(world.core, "1489"), MONTH(2026, 2));
	end_world(&world);
}

/* --- nobody's --- */

static void
assert_unattributed(const struct world *world, int month, int64_t count, int64_t own)
{
	struct vg_fee_unattributed nobodys;

	assert_int_equal(vg_fee_unattributed(world->core, month, &nobodys), 0);
	assert_int_equal(nobodys.count, count);
	assert_int_equal(nobodys.own, own);
}

static void
tickets_of_nobody_are_told_until_they_are_somebodys(void **state)
{
	struct world world = fee_world(2026);

	(void)state;
	fee_users(&world, "1480", "2026-01-01", 100);
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_report(&world, "A", "2026-01-10 10:00", "status=new line=2");
	fee_report(&world, "A", "2026-01-10 12:00", "status=resolved");
	fee_report(&world, "B", "2026-02-10 10:00", "status=new line=2");
	fee_report(&world, "B", "2026-02-10 12:00", "status=resolved");
	fee_report(&world, "VGR", "2026-02-10 10:00", "status=new line=2 cause_party=vgr");
	fee_report(&world, "VGR", "2026-02-10 12:00", "status=resolved");
	fee_report(&world, "OPEN", "2026-02-10 10:00", "status=new line=2");
	assert_unattributed(&world, MONTH(2025, 12), 0, 0);
	assert_unattributed(&world, MONTH(2026, 1), 1, 1);
	assert_unattributed(&world, MONTH(2026, 2), 2, 1);
	book_month(&world, MONTH(2026, 1));
	book_state(&world, "A", "municipality=1489");
	assert_unattributed(&world, MONTH(2026, 2), 1, 1);
	book_month(&world, MONTH(2026, 2));
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 2))->adjusted_ore, 25000);
	/* one that was billed, and of whom nobody is known any longer, is credited first */
	book_state(&world, "A", "municipality=");
	assert_unattributed(&world, MONTH(2026, 3), 1, 0);
	book_month(&world, MONTH(2026, 3));
	assert_unattributed(&world, MONTH(2026, 3), 2, 0);
	end_world(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_settle_is_no_statement),
		cmocka_unit_test(a_late_fact_is_settled_after_it_left),
		cmocka_unit_test(a_late_reading_is_settled_after_it_left),
		cmocka_unit_test(a_line_that_moves_is_settled_after_it_left),
		cmocka_unit_test(its_last_month_must_be_closed_first),
		cmocka_unit_test(a_ticket_moves_from_one_that_left),
		cmocka_unit_test(one_that_is_named_no_more_is_settled),
		cmocka_unit_test(who_comes_back_goes_on),
		cmocka_unit_test(a_return_has_no_second_trial),
		cmocka_unit_test(a_return_that_is_agreed_early_hides_no_month),
		cmocka_unit_test(tickets_of_nobody_are_told_until_they_are_somebodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
