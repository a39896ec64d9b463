/* What holds a statement back, by each choice that an agreement has, and the edges of a trial,
 * of a year and of a correction. */
#include "tests/unit/book_support.h"

#define FIRST MONTH(2026, 1)

static void
end_world(struct world *world)
{
	vg_core_free(world->core);
}

static void
assert_draft(const struct world *world, int month, int holds, bool held)
{
	struct vg_fee_draft draft = book_draft(world, "1489", month);

	assert_int_equal(draft.statement.holds, holds);
	assert_int_equal(draft.held, held);
	book_free_draft(&draft);
}

static void
quarantine_fact(struct world *world)
{
	struct vg_event event =
		fee_event_ms(world, VG_KIND_INTAKE_QUARANTINED, vg_core_received_ms(world->core));

	event.has_municipality = true;
	event.municipality = "1489";
	event.body.quarantine =
		(struct vg_quarantine_body){"m", "unknown", "state", "-100", "{}", 0};
	world_step(world, &event);
}

static void
what_is_missing_is_carried_or_holds(void **state)
{
	(void)state;
	for (int hold = 0; hold <= 1; hold++) {
		struct vg_agreement *agreement = fee_agreement(2026);
		struct world world;

		agreement->fee.late_reading = hold ? VG_MISSING_HOLD : VG_MISSING_CARRY;
		agreement->fee.quarantine = hold ? VG_MISSING_CARRY : VG_MISSING_HOLD;
		world = fee_world_of(agreement);
		fee_users(&world, "1489", "2026-01-01", 10);
		quarantine_fact(&world);
		book_end(&world, FIRST);
		assert_draft(&world, FIRST, 1 << VG_HOLD_QUARANTINE, !hold);
		book_month(&world, FIRST);
		book_end(&world, FIRST + 1);
		if (hold)
			assert_draft(&world, FIRST + 1,
				     1 << VG_HOLD_QUARANTINE | 1 << VG_HOLD_LATE_READING, true);
		end_world(&world);
	}
}

static struct vg_event
window_event(struct world *world, enum vg_kind kind, const char *at, const char *name)
{
	struct vg_event event = fee_event(world, kind, at);

	event.body.window = (struct vg_window_body){.name = "test",
						    .services = "",
						    .channels = "",
						    .municipalities = "1489",
						    .announced_ms = -1,
						    .agreed_by = "the municipality",
						    .rrule = "",
						    .uid = "",
						    .reason = "test",
						    .window = name};
	return event;
}

/* One that was entered after it began, and one that was taken back after it had: until another
 * agrees, the month that it is in waits, and the months after. */
static void
a_window_that_waits_holds_those_whom_it_concerns(void **state)
{
	const int64_t time[][2] = {
		{support_at("2026-01-20 01:00"), support_at("2026-01-20 02:00")}};
	struct world world = fee_world(2026);
	struct vg_event event;
	char name[32];

	(void)state;
	fee_users(&world, "1480", "2026-01-01", 10);
	fee_users(&world, "1489", "2026-01-01", 10);
	event = window_event(&world, VG_KIND_WINDOW_PLANNED, "2026-01-21 12:00", "");
	event.body.window.times = 1;
	event.body.window.time = time;
	assert_true(world_step(&world, &event) <= VG_VERDICT_FLAGGED);
	snprintf(name, sizeof(name), "W-%lld", (long long)event.seq);
	book_end(&world, FIRST);
	assert_draft(&world, FIRST, 1 << VG_HOLD_WAITS_APPROVAL, true);
	book_close(&world, FIRST, "");
	assert_string_equal(world.verdict.text, "closed 1, held 1: 1489 waits_approval");
	event = window_event(&world, VG_KIND_WINDOW_APPROVED, "2026-02-02 12:00", name);
	event.actor = "another";
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_draft(&world, FIRST, 0, false);
	event = window_event(&world, VG_KIND_WINDOW_WITHDRAWN, "2026-02-03 12:00", name);
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_draft(&world, FIRST, 1 << VG_HOLD_WAITS_APPROVAL, true);
	event = window_event(&world, VG_KIND_WINDOW_APPROVED, "2026-02-04 12:00", name);
	event.actor = "another";
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_draft(&world, FIRST, 0, false);
	end_world(&world);
}

/* Nor does one hold that was planned ahead, or anything that waits of a later month. */
static void
what_waits_of_a_later_month_holds_no_earlier_one(void **state)
{
	const int64_t time[][2] = {
		{support_at("2026-02-20 01:00"), support_at("2026-02-20 02:00")}};
	const struct vg_act_body override = {
		.reason = "test", .ticket = "T", .outcome = VG_OVERRIDE_NOT};
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;
	struct vg_event event;

	(void)state;
	agreement->fee.quarantine = VG_MISSING_HOLD;
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-01-01", 10);
	event = window_event(&world, VG_KIND_WINDOW_PLANNED, "2026-01-21 12:00", "");
	event.body.window.times = 1;
	event.body.window.time = time;
	assert_true(world_step(&world, &event) <= VG_VERDICT_FLAGGED);
	fee_ticket(&world, "T", "1489", "2026-02-10 12:00", "");
	book_wait(&world, "2026-02-19 12:00");
	assert_draft(&world, FIRST, 0, false);
	assert_draft(&world, FIRST + 1,
		     1 << VG_HOLD_NOT_ENDED | 1 << VG_HOLD_PREVIOUS_OPEN |
			     1 << VG_HOLD_LATE_READING,
		     true);
	event = window_event(&world, VG_KIND_WINDOW_PLANNED, "2026-02-21 12:00", "");
	event.body.window.times = 1;
	event.body.window.time = time;
	assert_true(world_step(&world, &event) <= VG_VERDICT_FLAGGED);
	event = fee_event_ms(&world, VG_KIND_OUTAGE_RECORDED, 0);
	event.body.outage = (struct vg_outage_body){.service = "vard",
						    .channel = "",
						    .municipalities = "1489",
						    .from_ms = support_at("2026-02-10 10:00"),
						    .to_ms = support_at("2026-02-10 11:00"),
						    .reason = "a reason",
						    .source = "",
						    .probe = ""};
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	quarantine_fact(&world);
	fee_propose(&world, VG_KIND_OVERRIDE_PROPOSED, "one", &override);
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	assert_draft(&world, FIRST, 0, false);
	assert_draft(&world, FIRST + 1,
		     1 << VG_HOLD_NOT_ENDED | 1 << VG_HOLD_PREVIOUS_OPEN |
			     1 << VG_HOLD_LATE_READING | 1 << VG_HOLD_WAITS_APPROVAL |
			     1 << VG_HOLD_QUARANTINE,
		     true);
	end_world(&world);
}

/* A joining month that costs nothing is a month of the member all the same. */
static void
a_joining_month_that_is_free_has_its_statement(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct vg_fee_draft draft;
	struct world world;

	(void)state;
	agreement->fee.join_month = VG_JOIN_NONE;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-02-10 00:00");
	fee_party(agreement, "1489")->end_ms = support_at("2026-04-01 00:00");
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-02-10", 12);
	book_end(&world, FIRST + 3);
	assert_draft(&world, FIRST,
		     1 << VG_HOLD_NO_READING | 1 << VG_HOLD_NOT_MEMBER | 1 << VG_HOLD_TRIAL, true);
	draft = book_draft(&world, "1489", FIRST);
	assert_int_equal(draft.years, 0);
	book_free_draft(&draft);
	assert_draft(&world, FIRST + 1, 0, false);
	assert_draft(&world, FIRST + 3,
		     1 << VG_HOLD_PREVIOUS_OPEN | 1 << VG_HOLD_LATE_READING |
			     1 << VG_HOLD_NOT_MEMBER,
		     true);
	book_close(&world, FIRST + 1, "1489");
	assert_int_equal(book_closed(&world, "1489", FIRST + 1)->operation_ore, 0);
	end_world(&world);
}

/* A trial of two years: each counts its own months, and nothing of them is billed. */
static void
a_trial_begins_anew_with_the_year(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;
	const struct vg_statement *trial;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-11-01 00:00");
	fee_party(agreement, "1489")->fee_from = MONTH(2027, 3);
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-11-01", 120);
	fee_ticket(&world, "D", "1489", "2026-12-10 12:00", "");
	book_months(&world, MONTH(2026, 11), MONTH(2027, 1));
	trial = book_closed(&world, "1489", MONTH(2027, 1));
	assert_true(trial->trial);
	assert_int_equal(trial->corrected, 0);
	assert_int_equal(trial->support_ore, 0);
	assert_int_equal(trial->operation_ore, 120 * 175000 / 12);
	assert_string_equal(trial->previous_sha256, "");
	end_world(&world);
}

/* The credit of a ticket that moves waits with its municipality, and so does its debit. */
static void
what_is_held_lets_no_ticket_go(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	agreement->fee.quarantine = VG_MISSING_HOLD;
	world = fee_world_of(agreement);
	fee_users(&world, "1480", "2026-01-01", 100);
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_ticket(&world, "T", "1489", "2026-01-10 12:00", "");
	book_month(&world, FIRST);
	book_state(&world, "T", "municipality=1480");
	quarantine_fact(&world);
	book_month(&world, FIRST + 1);
	assert_int_equal(book_closed(&world, "1480", FIRST + 1)->corrected, 0);
	assert_int_equal(vg_fee_statement(world.core, "1489", FIRST + 1)->state, VG_STATEMENT_HELD);
	end_world(&world);
}

/* What is credited and billed by one municipality stands in its draft, held or not. */
static void
a_draft_that_is_held_has_both_lines_of_a_correction(void **state)
{
	struct world world = fee_world(2026);
	struct vg_fee_draft draft;

	(void)state;
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_ticket(&world, "T", "1489", "2026-02-10 12:00", "");
	book_months(&world, FIRST, FIRST + 1);
	fee_report(&world, "T", "2026-01-10 10:00", "line=2");
	fee_report(&world, "T", "2026-01-10 12:00", "status=resolved");
	draft = book_draft(&world, "1489", FIRST + 2);
	assert_true(draft.held);
	assert_int_equal(draft.lines, 2);
	assert_int_equal(draft.line[0].month, FIRST);
	assert_int_equal(draft.line[0].amount_ore, 25000);
	assert_int_equal(draft.line[1].amount_ore, -25000);
	book_free_draft(&draft);
	end_world(&world);
}

/* Of a year whose months are all open, the next bills nothing. */
static void
an_open_year_is_not_settled_in_a_draft_of_the_next(void **state)
{
	struct world world = fee_world(2026);
	struct vg_fee_draft draft;

	(void)state;
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_tickets(&world, "T", 3, "1489", "2026-02-10");
	book_end(&world, MONTH(2027, 2));
	for (int month = MONTH(2027, 1); month <= MONTH(2027, 2); month++) {
		draft = book_draft(&world, "1489", month);
		assert_int_equal(draft.years, 1);
		assert_int_equal(draft.statement.support_ore, 0);
		assert_int_equal(draft.statement.operation_ore / 1000, 1458);
		book_free_draft(&draft);
	}
	end_world(&world);
}

/* Another rate for a year whose months are closed: each ticket is credited and billed anew. */
static void
a_price_that_changes_is_put_right(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	const struct vg_statement *statement;
	struct world world;

	(void)state;
	free(agreement->fee.index);
	agreement->fee.index = support_copy("vgr");
	fee_party(agreement, "1489")->signed_day = support_days(2025, 5, 1);
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_rate(&world, "vgr", 2026, 20000000);
	fee_ticket(&world, "T", "1489", "2026-01-10 12:00", "");
	book_month(&world, FIRST);
	fee_rate(&world, "vgr", 2026, 30000000);
	book_month(&world, FIRST + 1);
	statement = book_closed(&world, "1489", FIRST + 1);
	assert_int_equal(statement->corrected, 2);
	assert_int_equal(statement->adjusted_ore, 25750 - 25500);
	end_world(&world);
}

/* What was resolved before the first month is on no statement, counted or not. */
static void
a_ticket_of_an_earlier_time_is_not_listed(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-02-01 00:00");
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-02-01", 100);
	fee_ticket(&world, "T", "1489", "2026-01-10 12:00", "");
	book_month(&world, FIRST + 1);
	assert_int_equal(book_closed(&world, "1489", FIRST + 1)->corrected, 0);
	end_world(&world);
}

/* That of the version valid when its first month begins, not of January's. */
static void
the_mode_of_the_first_year_is_that_of_its_first_month(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026), *later = fee_agreement(2026);
	struct world world;

	(void)state;
	agreement->fee.mode = VG_FEE_FLAT_PER_USER;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-04-01 00:00");
	world = fee_world_of(agreement);
	later->valid_from_ms = support_at("2026-03-01 00:00");
	fee_party(later, "1489")->go_live_ms = support_at("2026-04-01 00:00");
	assert_int_equal(fee_apply(&world, later), VG_VERDICT_TAKEN);
	fee_users(&world, "1489", "2026-04-01", 100);
	book_month(&world, MONTH(2026, 4));
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 4))->mode,
			 VG_FEE_PER_TICKET_CAPPED);
	end_world(&world);
}

/* What an opening billed is credited when the trial is over; until then nobody else bills it. */
static void
a_trial_lets_no_ticket_go(void **state)
{
	static const struct vg_opening_row rows[] = {{"tool", "A", FIRST, 25000},
						     {"tool", "UNKNOWN", FIRST, 25000}};
	const struct vg_act_body opening = {.reason = "test",
					    .municipalities = "1489",
					    .month = FIRST + 1,
					    .support_ore = 50000,
					    .count = 2,
					    .row = rows};
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->fee_from = FIRST + 2;
	world = fee_world_of(agreement);
	fee_users(&world, "1480", "2026-01-01", 100);
	fee_users(&world, "1489", "2026-01-01", 100);
	fee_act(&world, VG_KIND_OPENING_PROPOSED, &opening);
	book_month(&world, FIRST);
	fee_ticket(&world, "A", "1480", "2026-01-10 12:00", "");
	book_month(&world, FIRST + 1);
	assert_true(book_closed(&world, "1489", FIRST + 1)->trial);
	assert_int_equal(
		vg_fee_year(world.core, book_closed(&world, "1489", FIRST + 1), 0)->gross_ore, 0);
	assert_int_equal(book_closed(&world, "1480", FIRST + 1)->corrected, 0);
	book_month(&world, FIRST + 2);
	assert_int_equal(book_closed(&world, "1489", FIRST + 2)->adjusted_ore, -25000);
	assert_int_equal(book_closed(&world, "1480", FIRST + 2)->adjusted_ore, 25000);
	end_world(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_carried_or_holds),
		cmocka_unit_test(a_window_that_waits_holds_those_whom_it_concerns),
		cmocka_unit_test(what_waits_of_a_later_month_holds_no_earlier_one),
		cmocka_unit_test(a_joining_month_that_is_free_has_its_statement),
		cmocka_unit_test(a_trial_begins_anew_with_the_year),
		cmocka_unit_test(a_trial_lets_no_ticket_go),
		cmocka_unit_test(what_is_held_lets_no_ticket_go),
		cmocka_unit_test(a_draft_that_is_held_has_both_lines_of_a_correction),
		cmocka_unit_test(an_open_year_is_not_settled_in_a_draft_of_the_next),
		cmocka_unit_test(a_price_that_changes_is_put_right),
		cmocka_unit_test(a_ticket_of_an_earlier_time_is_not_listed),
		cmocka_unit_test(the_mode_of_the_first_year_is_that_of_its_first_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
