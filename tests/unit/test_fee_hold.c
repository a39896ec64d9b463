/* What holds a statement back, by each choice that an agreement has, and the edges of a trial. */
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
	struct vg_event event = fee_event_ms(world, VG_KIND_INTAKE_QUARANTINED, 0);

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

/* A joining month that costs nothing is a month of the member all the same. */
static void
a_joining_month_that_is_free_has_its_statement(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_carried_or_holds),
		cmocka_unit_test(a_window_that_waits_holds_those_whom_it_concerns),
		cmocka_unit_test(a_joining_month_that_is_free_has_its_statement),
		cmocka_unit_test(a_trial_begins_anew_with_the_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
