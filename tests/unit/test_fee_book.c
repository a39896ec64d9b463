/* The book: semantics.md 9.1 through whole closings, corrections, moves, openings, trials, and what
 * holds a statement back. */
#include "tests/unit/book_support.h"

static void
end_world(struct world *world)
{
	vg_core_free(world->core);
}

/* A world whose 1489 has so many users from the first of the year on. */
static struct world
world_with_users(int year, int64_t users)
{
	struct world world = fee_world(year);
	char date[16];

	snprintf(date, sizeof(date), "%d-01-01", year);
	fee_users(&world, "1489", date, users);
	return world;
}

static void
assert_sums(const struct world *world, int month, int64_t gross, int64_t adjusted, int64_t support)
{
	const struct vg_statement *statement = book_closed(world, "1489", month);

	assert_int_equal(statement->gross_ore, gross);
	assert_int_equal(statement->adjusted_ore, adjusted);
	assert_int_equal(statement->support_ore, support);
}

static void
E1_plain_month(void **state)
{
	struct world world = world_with_users(2026, 130);
	const struct vg_statement *statement;
	const struct vg_fee_year *year;

	(void)state;
	fee_tickets(&world, "T", 9, "1489", "2026-01-12");
	book_month(&world, MONTH(2026, 1));
	assert_sums(&world, MONTH(2026, 1), 225000, 0, 225000);
	statement = book_closed(&world, "1489", MONTH(2026, 1));
	assert_int_equal(statement->counted, 9);
	assert_int_equal(statement->users, 130);
	assert_int_equal(statement->operation_ore, 1895833);
	assert_int_equal(statement->total_ore, 225000 + 1895833);
	assert_int_equal(statement->blank_count, 9);
	assert_int_equal(statement->by_links_ore, 225000);
	year = vg_fee_year(world.core, statement, 0);
	assert_int_equal(year->cap_ore, 3250000);
	assert_int_equal(year->net_ore[VG_FEE_FLAT_PER_USER], 270833);
	assert_null(vg_fee_year(world.core, statement, 1));
	end_world(&world);
}

static void
E5_cap_reached(void **state)
{
	struct world world = world_with_users(2026, 130);

	(void)state;
	fee_tickets(&world, "S", 118, "1489", "2026-09-10");
	book_months(&world, MONTH(2026, 1), MONTH(2026, 9));
	fee_tickets(&world, "O", 20, "1489", "2026-10-12");
	book_month(&world, MONTH(2026, 10));
	fee_tickets(&world, "N", 10, "1489", "2026-11-12");
	book_month(&world, MONTH(2026, 11));
	book_month(&world, MONTH(2026, 12));
	assert_sums(&world, MONTH(2026, 9), 2950000, 0, 2950000);
	assert_sums(&world, MONTH(2026, 10), 500000, 0, 300000);
	assert_sums(&world, MONTH(2026, 11), 250000, 0, 0);
	assert_sums(&world, MONTH(2026, 12), 0, 0, 0);
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 12))->capped_ore, 450000);
	end_world(&world);
}

static void
E6_users_rise(void **state)
{
	struct world world = world_with_users(2026, 130);

	(void)state;
	fee_tickets(&world, "S", 135, "1489", "2026-06-10");
	book_months(&world, MONTH(2026, 1), MONTH(2026, 6));
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 6))->capped_ore, 125000);
	fee_users(&world, "1489", "2026-07-01", 160);
	fee_tickets(&world, "J", 3, "1489", "2026-07-10");
	book_month(&world, MONTH(2026, 7));
	assert_sums(&world, MONTH(2026, 6), 3375000, 0, 3250000);
	assert_sums(&world, MONTH(2026, 7), 75000, 0, 200000);
	assert_int_equal(
		vg_fee_year(world.core, book_closed(&world, "1489", MONTH(2026, 7)), 0)->cap_ore,
		3625000);
	end_world(&world);
}

static void
E7_users_fall(void **state)
{
	struct world world = world_with_users(2026, 130);

	(void)state;
	fee_tickets(&world, "A", 124, "1489", "2026-08-10");
	book_months(&world, MONTH(2026, 1), MONTH(2026, 8));
	fee_users(&world, "1489", "2026-09-01", 100);
	fee_tickets(&world, "S", 2, "1489", "2026-09-10");
	book_month(&world, MONTH(2026, 9));
	assert_sums(&world, MONTH(2026, 8), 3100000, 0, 3100000);
	assert_sums(&world, MONTH(2026, 9), 50000, 0, -100000);
	end_world(&world);
}

static void
E8_joins_in_a_month(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;
	const struct vg_fee_line *line;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-03-16 00:00");
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-03-16", 60);
	fee_ticket(&world, "T1", "1489", "2026-03-12 12:00", "");
	fee_ticket(&world, "T2", "1489", "2026-03-20 12:00", "");
	fee_ticket(&world, "T3", "1489", "2026-03-20 13:00", "");
	book_month(&world, MONTH(2026, 3));
	assert_sums(&world, MONTH(2026, 3), 50000, 0, 50000);
	assert_int_equal(
		vg_fee_year(world.core, book_closed(&world, "1489", MONTH(2026, 3)), 0)->cap_ore,
		1189516);
	line = vg_fee_line(world.core, book_closed(&world, "1489", MONTH(2026, 3)), 2);
	assert_int_equal(line->kind, VG_LINE_NOT_COUNTED);
	assert_int_equal(line->reason, VG_FEE_NOT_LIVE);
	assert_int_equal(line->amount_ore, 0);
	end_world(&world);
}

static void
E10_a_correction_is_credited_in_the_next_month(void **state)
{
	struct world world = world_with_users(2026, 130);
	const struct vg_statement *march, *april;
	struct vg_statement before;
	const struct vg_fee_line *line;

	(void)state;
	book_months(&world, MONTH(2026, 1), MONTH(2026, 2));
	fee_tickets(&world, "M", 9, "1489", "2026-03-12");
	book_month(&world, MONTH(2026, 3));
	before = *book_closed(&world, "1489", MONTH(2026, 3));
	fee_tickets(&world, "A", 7, "1489", "2026-04-13");
	book_state(&world, "M4", "cause_party=vgr");
	book_month(&world, MONTH(2026, 4));
	assert_sums(&world, MONTH(2026, 4), 175000, -25000, 150000);
	march = book_closed(&world, "1489", MONTH(2026, 3));
	april = book_closed(&world, "1489", MONTH(2026, 4));
	assert_memory_equal(march, &before, sizeof(before));
	line = vg_fee_line(world.core, april, 7);
	assert_int_equal(line->no, 8);
	assert_int_equal(line->kind, VG_LINE_CREDIT);
	assert_int_equal(line->amount_ore, -25000);
	assert_int_equal(line->month, MONTH(2026, 3));
	assert_int_equal(line->reason, VG_FEE_VGR_CAUSE);
	assert_int_equal(line->reason_before, VG_FEE_COUNTABLE);
	assert_int_equal(line->corrects, vg_fee_line(world.core, march, 4)->id);
	assert_null(vg_fee_billed(world.core, line->ticket));
	assert_ptr_equal(vg_fee_listed(world.core, line->ticket), line);
	assert_null(vg_fee_line(world.core, april, 8));
	end_world(&world);
}

/* 140 tickets in 2025, capped at 3,250,000; `withdrawn` of them are taken back in February 2026. */
static struct world
earlier_capped_year(int withdrawn)
{
	struct world world = world_with_users(2025, 130);

	fee_tickets(&world, "T", 140, "1489", "2025-06-10");
	book_months(&world, MONTH(2025, 1), MONTH(2026, 1));
	assert_sums(&world, MONTH(2025, 6), 3500000, 0, 3250000);
	for (int i = 0; i < withdrawn; i++) {
		char ref[16];

		snprintf(ref, sizeof(ref), "T%d", i);
		book_state(&world, ref, "cause_party=supplier");
	}
	book_month(&world, MONTH(2026, 2));
	return world;
}

static void
E11_earlier_capped_year(void **state)
{
	struct world world = earlier_capped_year(5);
	const struct vg_statement *statement = book_closed(&world, "1489", MONTH(2026, 2));
	const struct vg_fee_year *year = vg_fee_year(world.core, statement, 0);

	(void)state;
	assert_sums(&world, MONTH(2026, 2), 0, -125000, 0);
	assert_int_equal(year->year, 2025);
	assert_int_equal(year->gross_ore, 3375000);
	assert_int_equal(year->net_ore[VG_FEE_PER_TICKET_CAPPED], 0);
	assert_int_equal(year->net_ore[VG_FEE_PER_TICKET_UNCAPPED], -125000);
	end_world(&world);

	world = earlier_capped_year(12);
	statement = book_closed(&world, "1489", MONTH(2026, 2));
	year = vg_fee_year(world.core, statement, 0);
	assert_sums(&world, MONTH(2026, 2), 0, -300000, -50000);
	assert_int_equal(year->year, 2025);
	assert_int_equal(year->billed_ore, 3250000);
	assert_int_equal(year->net_ore[VG_FEE_PER_TICKET_CAPPED], -50000);
	assert_int_equal(vg_fee_year(world.core, statement, 1)->year, 2026);
	end_world(&world);
}

static void
E14_month_boundary(void **state)
{
	struct world world = world_with_users(2026, 130);

	(void)state;
	fee_ticket(&world, "T1", "1489", "2026-10-31 23:59:59", "");
	fee_ticket(&world, "T2", "1489", "2026-11-01 00:00", "");
	book_months(&world, MONTH(2026, 1), MONTH(2026, 11));
	assert_sums(&world, MONTH(2026, 10), 25000, 0, 25000);
	assert_sums(&world, MONTH(2026, 11), 25000, 0, 25000);
	end_world(&world);
}

static void
lines_stand_in_order(void **state)
{
	static const struct {
		const char *ref;
		enum vg_fee_line_kind kind;
	} want[] = {
		{"B", VG_LINE_COUNTED}, {"A", VG_LINE_COUNTED},	 {"C", VG_LINE_NOT_COUNTED},
		{"LATE", VG_LINE_LATE}, {"OLD", VG_LINE_CREDIT}, {"NEW", VG_LINE_DEBIT},
	};
	struct world world = world_with_users(2026, 130);
	const struct vg_statement *statement;

	(void)state;
	fee_ticket(&world, "OLD", "1489", "2026-02-10 12:00", "");
	book_months(&world, MONTH(2026, 1), MONTH(2026, 2));
	fee_ticket(&world, "A", "1489", "2026-03-12 12:00", "");
	fee_ticket(&world, "B", "1489", "2026-03-11 12:00", "");
	fee_ticket(&world, "C", "1489", "2026-03-10 12:00", "requester_class=vgr");
	fee_ticket(&world, "LATE", "1489", "2026-01-20 12:00", "test=1");
	fee_ticket(&world, "NEW", "1489", "2026-02-20 12:00", "");
	book_state(&world, "OLD", "cause_party=vgr");
	book_month(&world, MONTH(2026, 3));
	statement = book_closed(&world, "1489", MONTH(2026, 3));
	assert_int_equal(statement->counted, 2);
	assert_int_equal(statement->not_counted, 1);
	assert_int_equal(statement->corrected, 3);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const struct vg_fee_line *line = vg_fee_line(world.core, statement, i);
		const struct vg_ticket *ticket =
			vg_core_ticket_by_ref(world.core, "tool", want[i].ref);

		assert_non_null(line);
		assert_int_equal(line->no, i + 1);
		assert_int_equal(line->kind, want[i].kind);
		assert_int_equal(line->ticket, vg_ticket_id(ticket));
	}
	assert_null(vg_fee_line(world.core, statement, 6));
	end_world(&world);
}

/* How many of its lines bill a ticket: those that count, less those that credit. */
static int
times_billed(const struct world *world, int64_t ticket)
{
	const struct vg_fee_line *line;
	int times = 0;

	for (size_t i = 0; (line = vg_core_item(world->core, VG_OBJECT_FEE_LINE, i)) != NULL; i++) {
		if (line->ticket != ticket)
			continue;
		times += line->kind == VG_LINE_COUNTED || line->kind == VG_LINE_DEBIT;
		times -= line->kind == VG_LINE_CREDIT;
	}
	return times;
}

static void
a_moved_ticket_is_billed_when_its_credit_is_closed(void **state)
{
	struct world world = world_with_users(2026, 130);
	const struct vg_ticket *ticket;
	int64_t id;

	(void)state;
	fee_users(&world, "1480", "2026-01-01", 500);
	ticket = fee_ticket(&world, "T", "1489", "2026-01-20 12:00", "");
	id = vg_ticket_id(ticket);
	book_month(&world, MONTH(2026, 1));
	book_state(&world, "T", "municipality=1480");
	book_end(&world, MONTH(2026, 2));
	book_close(&world, MONTH(2026, 2), "1480");
	assert_string_equal(world.verdict.text, "closed 1, held 0");
	assert_int_equal(book_closed(&world, "1480", MONTH(2026, 2))->adjusted_ore, 0);
	assert_int_equal(times_billed(&world, id), 1);
	book_close(&world, MONTH(2026, 2), "1489");
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 2))->adjusted_ore, -25000);
	assert_int_equal(times_billed(&world, id), 0);
	book_publish_all(&world, MONTH(2026, 2));
	book_month(&world, MONTH(2026, 3));
	assert_int_equal(book_closed(&world, "1480", MONTH(2026, 3))->adjusted_ore, 25000);
	assert_int_equal(times_billed(&world, id), 1);
	/* and back, in one closing: the debit stands before the credit, and is in force */
	book_state(&world, "T", "municipality=1489");
	book_month(&world, MONTH(2026, 4));
	assert_int_equal(book_closed(&world, "1480", MONTH(2026, 4))->adjusted_ore, -25000);
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 4))->adjusted_ore, 25000);
	assert_int_equal(times_billed(&world, id), 1);
	assert_string_equal(vg_fee_billed(world.core, id)->municipality, "1489");
	end_world(&world);
}

static void
a_merged_ticket_is_credited_once(void **state)
{
	struct world world = world_with_users(2026, 130);
	struct vg_event event;
	int64_t older, younger;

	(void)state;
	older = vg_ticket_id(fee_ticket(&world, "T1", "1489", "2026-01-20 12:00", ""));
	younger = vg_ticket_id(fee_ticket(&world, "T2", "1489", "2026-01-21 12:00", ""));
	book_month(&world, MONTH(2026, 1));
	event = fee_event_ms(&world, VG_KIND_TICKET_REPORTED, vg_core_received_ms(world.core));
	event.body.ticket = (struct vg_ticket_body){
		.ref = "T1", .title_digest = "", .also_count = 1, .also = {{"tool", "T2"}}};
	world_step(&world, &event);
	assert_non_null(vg_fee_billed(world.core, younger));
	book_month(&world, MONTH(2026, 2));
	assert_null(vg_fee_billed(world.core, younger));
	assert_int_equal(vg_fee_listed(world.core, younger)->reason, VG_FEE_GONE);
	assert_int_equal(times_billed(&world, older), 1);
	assert_sums(&world, MONTH(2026, 2), 0, -25000, -25000);
	book_month(&world, MONTH(2026, 3));
	assert_sums(&world, MONTH(2026, 3), 0, 0, 0);
	end_world(&world);
}

static void
a_billing_that_moves_to_another_month_is_credited_and_billed(void **state)
{
	struct world world = world_with_users(2026, 130);
	const struct vg_ticket *ticket = fee_ticket(&world, "T", "1489", "2026-01-20 12:00", "");
	const struct vg_statement *march;
	struct vg_fact_view fact;

	(void)state;
	book_months(&world, MONTH(2026, 1), MONTH(2026, 2));
	vg_ticket_fact(world.core, ticket, vg_ticket_fact_count(ticket) - 1, &fact);
	command(&world, VG_KIND_TICKET_CORRECTED, "V-3", 0, fact.seq, "");
	fee_report(&world, "T", "2026-02-03 12:00", "status=resolved");
	book_month(&world, MONTH(2026, 3));
	march = book_closed(&world, "1489", MONTH(2026, 3));
	assert_int_equal(vg_fee_line(world.core, march, 0)->kind, VG_LINE_CREDIT);
	assert_int_equal(vg_fee_line(world.core, march, 0)->month, MONTH(2026, 1));
	assert_int_equal(vg_fee_line(world.core, march, 1)->kind, VG_LINE_DEBIT);
	assert_int_equal(vg_fee_line(world.core, march, 1)->month, MONTH(2026, 2));
	assert_int_equal(vg_fee_line(world.core, march, 1)->corrects,
			 vg_fee_line(world.core, march, 0)->corrects);
	assert_sums(&world, MONTH(2026, 3), 0, 0, 0);
	end_world(&world);
}

/* --- openings --- */

static void
open_1489(struct world *world)
{
	static const struct vg_opening_row rows[] = {{"tool", "T1", MONTH(2026, 4), 25000},
						     {"tool", "T2", MONTH(2026, 5), 25000},
						     {"old", "X", MONTH(2026, 5), 25000}};
	struct vg_act_body body = {.reason = "cut-over",
				   .municipalities = "1489",
				   .month = MONTH(2026, 6),
				   .support_ore = 75000,
				   .operation_ore = 9479167,
				   .count = 3,
				   .row = rows};

	fee_act(world, VG_KIND_OPENING_PROPOSED, &body);
}

static void
what_an_opening_billed_is_billed(void **state)
{
	struct world world = world_with_users(2026, 130);
	const struct vg_statement *june;
	const struct vg_fee_year *year;

	(void)state;
	fee_ticket(&world, "T1", "1489", "2026-04-10 12:00", "");
	fee_ticket(&world, "T2", "1489", "2026-05-10 12:00", "");
	fee_ticket(&world, "T3", "1489", "2026-05-11 12:00", "");
	open_1489(&world);
	fee_ticket(&world, "T4", "1489", "2026-06-10 12:00", "");
	book_month(&world, MONTH(2026, 6));
	june = book_closed(&world, "1489", MONTH(2026, 6));
	year = vg_fee_year(world.core, june, 0);
	assert_int_equal(june->counted, 1);
	assert_int_equal(june->corrected, 0);
	assert_int_equal(year->gross_ore, 100000);
	assert_int_equal(year->billed_ore, 75000);
	assert_int_equal(year->cap_ore, 3250000);
	assert_int_equal(june->support_ore, 25000);
	assert_int_equal(june->operation_ore, 11375000 - 9479167);
	/* one of them turns out to be VGR's own fault */
	book_state(&world, "T2", "cause_party=vgr");
	book_month(&world, MONTH(2026, 7));
	assert_sums(&world, MONTH(2026, 7), 0, -25000, -25000);
	book_state(&world, "T2", "cause_party=municipality");
	book_month(&world, MONTH(2026, 8));
	assert_sums(&world, MONTH(2026, 8), 0, 25000, 25000);
	book_month(&world, MONTH(2026, 9));
	assert_sums(&world, MONTH(2026, 9), 0, 0, 0);
	end_world(&world);
}

/* The older of the two is billed by a line, the other by the opening: the line is one too many. */
static void
what_turns_out_to_be_billed_twice_is_credited_once(void **state)
{
	struct world world = world_with_users(2026, 130);
	struct vg_event event;

	(void)state;
	fee_report(&world, "A", "2026-03-01 12:00", "status=new line=1 municipality=1489");
	fee_ticket(&world, "T1", "1489", "2026-04-10 12:00", "");
	open_1489(&world);
	fee_report(&world, "A", "2026-06-09 12:00", "line=2");
	fee_report(&world, "A", "2026-06-10 12:00", "status=resolved");
	book_month(&world, MONTH(2026, 6));
	assert_sums(&world, MONTH(2026, 6), 25000, 0, 25000);
	event = fee_event_ms(&world, VG_KIND_TICKET_REPORTED, vg_core_received_ms(world.core));
	event.body.ticket = (struct vg_ticket_body){
		.ref = "A", .title_digest = "", .also_count = 1, .also = {{"tool", "T1"}}};
	world_step(&world, &event);
	book_month(&world, MONTH(2026, 7));
	assert_sums(&world, MONTH(2026, 7), 0, -25000, -25000);
	assert_int_equal(
		vg_fee_line(world.core, book_closed(&world, "1489", MONTH(2026, 7)), 0)->reason,
		VG_FEE_DUPLICATE);
	book_month(&world, MONTH(2026, 8));
	assert_sums(&world, MONTH(2026, 8), 0, 0, 0);
	end_world(&world);
}

/* --- trials --- */

static void
a_trial_bills_nothing(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;
	const struct vg_statement *trial, *first;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-02-01 00:00");
	fee_party(agreement, "1489")->fee_from = MONTH(2026, 4);
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-02-01", 12);
	fee_tickets(&world, "F", 2, "1489", "2026-02-10");
	fee_tickets(&world, "M", 30, "1489", "2026-03-10");
	book_months(&world, MONTH(2026, 2), MONTH(2026, 3));
	trial = book_closed(&world, "1489", MONTH(2026, 3));
	assert_true(trial->trial);
	assert_int_equal(trial->counted, 30);
	assert_int_equal(trial->gross_ore, 750000);
	/* the cap of February to December is 12 * 25,000 * 11 / 12 */
	assert_int_equal(trial->support_ore, 275000 - 50000);
	assert_null(vg_fee_billed(world.core, vg_fee_line(world.core, trial, 0)->ticket));
	fee_tickets(&world, "A", 1, "1489", "2026-04-10");
	book_month(&world, MONTH(2026, 4));
	first = book_closed(&world, "1489", MONTH(2026, 4));
	assert_false(first->trial);
	assert_int_equal(first->corrected, 0);
	assert_int_equal(first->support_ore, 25000);
	assert_int_equal(vg_fee_year(world.core, first, 0)->cap_ore, 225000);
	assert_string_equal(first->previous_sha256, "");
	end_world(&world);
}

/* --- drafts --- */

static void
open_months_before_count_as_if_closed_now(void **state)
{
	struct world world = world_with_users(2026, 130);
	struct vg_fee_draft draft;

	(void)state;
	fee_tickets(&world, "J", 4, "1489", "2026-01-10");
	fee_tickets(&world, "F", 3, "1489", "2026-02-10");
	book_end(&world, MONTH(2026, 2));
	draft = book_draft(&world, "1489", MONTH(2026, 2));
	assert_true(draft.held);
	assert_int_equal(draft.statement.holds & 1 << VG_HOLD_PREVIOUS_OPEN,
			 1 << VG_HOLD_PREVIOUS_OPEN);
	assert_int_equal(draft.lines, 3);
	assert_int_equal(draft.statement.corrected, 0);
	assert_int_equal(draft.statement.support_ore, 75000);
	assert_int_equal(draft.years, 1);
	assert_int_equal(draft.year[0].billed_ore, 100000);
	assert_int_equal(draft.year[0].operation_ore, 1895834);
	book_free_draft(&draft);
	end_world(&world);
}

static void
a_draft_is_what_is_closed(void **state)
{
	struct world world = world_with_users(2026, 130);
	struct vg_fee_draft draft;
	const struct vg_statement *closed;

	(void)state;
	fee_tickets(&world, "J", 4, "1489", "2026-01-10");
	book_month(&world, MONTH(2026, 1));
	book_state(&world, "J2", "cause_party=vgr");
	fee_tickets(&world, "F", 3, "1489", "2026-02-10");
	book_end(&world, MONTH(2026, 2));
	draft = book_draft(&world, "1489", MONTH(2026, 2));
	assert_false(draft.held);
	book_close(&world, MONTH(2026, 2), "1489");
	closed = book_closed(&world, "1489", MONTH(2026, 2));
	assert_int_equal(closed->total_ore, draft.statement.total_ore);
	assert_int_equal(closed->holds, draft.statement.holds);
	for (size_t i = 0; i < draft.lines; i++) {
		const struct vg_fee_line *line = vg_fee_line(world.core, closed, i);

		assert_int_equal(line->ticket, draft.line[i].ticket);
		assert_int_equal(line->amount_ore, draft.line[i].amount_ore);
	}
	assert_null(vg_fee_line(world.core, closed, draft.lines));
	book_free_draft(&draft);
	end_world(&world);
}

static int
stop_at_once(const struct vg_fee_draft *draft, void *arg)
{
	(void)draft;
	(*(int *)arg)++;
	return -7;
}

static void
drafts_end_where_the_reader_ends_them(void **state)
{
	struct world world = world_with_users(2026, 130);
	int calls = 0;

	(void)state;
	assert_int_equal(vg_fee_drafts(world.core, MONTH(2026, 1), "", stop_at_once, &calls), -7);
	assert_int_equal(calls, 1);
	assert_int_equal(vg_fee_drafts(world.core, MONTH(2024, 12), "", stop_at_once, &calls),
			 -1004);
	assert_int_equal(vg_fee_drafts(world.core, -5, "", stop_at_once, &calls), -1004);
	fee_ticket(&world, "T", "1489", "2026-01-20 12:00", "");
	assert_int_equal(vg_fee_drafts(world.core, MONTH(2026, 1), "9999", stop_at_once, &calls),
			 0);
	assert_int_equal(calls, 1);
	end_world(&world);
}

/* --- money --- */

static void
vat_is_computed_once_and_the_total_rounded_on_its_own_line(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;
	const struct vg_statement *statement;

	(void)state;
	agreement->fee.vat_ppm = 250000;
	agreement->fee.round_total_krona = true;
	agreement->fee.operation_ore = 0;
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-01-01", 1);
	fee_tickets(&world, "T", 2, "1489", "2026-01-10");
	book_month(&world, MONTH(2026, 1));
	statement = book_closed(&world, "1489", MONTH(2026, 1));
	assert_int_equal(statement->support_ore, 25000);
	assert_int_equal(statement->vat_ore, 6250);
	assert_int_equal(statement->rounding_ore, 50);
	assert_int_equal(statement->total_ore, 31300);
	fee_users(&world, "1489", "2026-02-01", 0);
	book_month(&world, MONTH(2026, 2));
	statement = book_closed(&world, "1489", MONTH(2026, 2));
	assert_int_equal(statement->support_ore, 2083 - 25000);
	assert_int_equal(statement->vat_ore, -5729);
	assert_int_equal(statement->total_ore, -28600);
	assert_int_equal(statement->rounding_ore, -28600 + 22917 + 5729);
	end_world(&world);
}

/* --- holds --- */

static int
holds_of(const struct world *world, int month)
{
	struct vg_fee_draft draft = book_draft(world, "1489", month);
	int holds = draft.statement.holds;

	book_free_draft(&draft);
	return holds;
}

static void
assert_hold(const struct world *world, int month, enum vg_fee_hold hold, bool held)
{
	struct vg_fee_draft draft = book_draft(world, "1489", month);

	assert_int_equal(draft.statement.holds & 1 << hold, 1 << hold);
	assert_int_equal(draft.held, held);
	book_free_draft(&draft);
}

static void
what_is_missing_holds_one_municipality_back(void **state)
{
	struct world world = fee_world(2026);
	const struct vg_statement *held;

	(void)state;
	fee_users(&world, "1480", "2026-01-01", 10);
	assert_hold(&world, MONTH(2026, 1), VG_HOLD_NOT_ENDED, true);
	book_end(&world, MONTH(2026, 1));
	assert_hold(&world, MONTH(2026, 1), VG_HOLD_NO_READING, true);
	book_close(&world, MONTH(2026, 1), "");
	assert_string_equal(world.verdict.text, "closed 1, held 1: 1489 no_reading");
	held = vg_fee_statement(world.core, "1489", MONTH(2026, 1));
	assert_int_equal(held->state, VG_STATEMENT_HELD);
	assert_int_equal(held->holds, 1 << VG_HOLD_NO_READING);
	assert_null(vg_fee_line(world.core, held, 0));
	fee_users(&world, "1489", "2026-01-01", 130);
	book_close(&world, MONTH(2026, 1), "");
	assert_string_equal(world.verdict.text, "closed 1, held 1: 1480 closed");
	assert_hold(&world, MONTH(2026, 1), VG_HOLD_CLOSED, true);
	book_end(&world, MONTH(2026, 2));
	assert_hold(&world, MONTH(2026, 2), VG_HOLD_PREVIOUS_UNPUBLISHED, true);
	assert_hold(&world, MONTH(2026, 3), VG_HOLD_PREVIOUS_OPEN, true);
	book_publish(&world, "1489", MONTH(2026, 1));
	assert_hold(&world, MONTH(2026, 2), VG_HOLD_LATE_READING, false);
	end_world(&world);
}

static void
an_index_holds_until_it_is_known(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	free(agreement->fee.index);
	agreement->fee.index = support_copy("vgr");
	fee_party(agreement, "1480")->signed_day = support_days(2025, 5, 1);
	world = fee_world_of(agreement);
	fee_users(&world, "1480", "2026-01-01", 10);
	fee_users(&world, "1489", "2026-01-01", 10);
	book_end(&world, MONTH(2026, 1));
	book_close(&world, MONTH(2026, 1), "");
	assert_string_equal(world.verdict.text, "closed 0, held 2: 1480 no_rate; 1489 no_signing");
	fee_rate(&world, "vgr", 2026, 20000000);
	book_close(&world, MONTH(2026, 1), "1480");
	assert_int_equal(book_closed(&world, "1480", MONTH(2026, 1))->ticket_price_ore, 25500);
	end_world(&world);
}

static void
what_waits_holds_as_agreed(void **state)
{
	struct world world = world_with_users(2026, 130);
	const struct vg_ticket *ticket = fee_ticket(&world, "T", "1489", "2026-01-20 12:00", "");
	struct vg_act_body body = {.reason = "test", .ticket = "V-3", .outcome = VG_OVERRIDE_NOT};
	struct vg_event event;
	int64_t act;

	(void)state;
	assert_int_equal(vg_ticket_id(ticket), 3);
	book_end(&world, MONTH(2026, 1));
	act = fee_propose(&world, VG_KIND_OVERRIDE_PROPOSED, "one", &body);
	assert_hold(&world, MONTH(2026, 1), VG_HOLD_WAITS_APPROVAL, true);
	fee_decide_act(&world, VG_KIND_ACT_REJECTED, "two", act);
	assert_int_equal(holds_of(&world, MONTH(2026, 1)), 0);
	event = fee_event(&world, VG_KIND_INTAKE_QUARANTINED, "2026-01-31 23:00");
	event.has_municipality = true;
	event.municipality = "1489";
	event.body.quarantine =
		(struct vg_quarantine_body){"m", "unknown", "state", "-100", "{}", 0};
	world_step(&world, &event);
	assert_hold(&world, MONTH(2026, 1), VG_HOLD_QUARANTINE, false);
	event = fee_event_ms(&world, VG_KIND_INTAKE_RETAKEN, 0);
	event.body.quarantine.seq = world.seq - 1;
	world_step(&world, &event);
	assert_int_equal(holds_of(&world, MONTH(2026, 1)), 0);
	end_world(&world);
}

static void
an_outage_that_waits_holds_those_whom_it_hit(void **state)
{
	struct world world = world_with_users(2026, 130);
	struct vg_event event;

	(void)state;
	book_end(&world, MONTH(2026, 1));
	event = fee_event_ms(&world, VG_KIND_OUTAGE_RECORDED, 0);
	event.body.outage = (struct vg_outage_body){.service = "vard",
						    .channel = "",
						    .municipalities = "1489",
						    .from_ms = support_at("2026-01-10 10:00"),
						    .to_ms = support_at("2026-01-10 11:00"),
						    .reason = "a reason",
						    .source = "",
						    .probe = ""};
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_hold(&world, MONTH(2026, 1), VG_HOLD_WAITS_APPROVAL, true);
	event = fee_event_ms(&world, VG_KIND_OUTAGE_APPROVED, 0);
	event.actor = "another";
	event.body.outage = (struct vg_outage_body){.outage = "O-4", .reason = ""};
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_int_equal(holds_of(&world, MONTH(2026, 1)), 0);
	end_world(&world);
}

static void
a_late_reading_is_carried_and_put_right(void **state)
{
	struct world world = world_with_users(2026, 120);

	(void)state;
	book_months(&world, MONTH(2026, 1), MONTH(2026, 2));
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 2))->holds,
			 1 << VG_HOLD_LATE_READING);
	fee_users(&world, "1489", "2026-02-01", 240);
	book_month(&world, MONTH(2026, 3));
	/* 120, 240, 240 users: 10 + 20 + 20 of 1,750 kr, less the 20 that were billed */
	assert_int_equal(book_closed(&world, "1489", MONTH(2026, 3))->operation_ore,
			 INT64_C(30) * 175000);
	end_world(&world);
}

/* Ids of lines are made of the sequence, which a forged ledger may state as it likes. */
static void
a_sequence_that_leaves_no_room_for_ids_closes_nothing(void **state)
{
	const struct vg_act_body body = {
		.reason = "month close", .month = MONTH(2026, 1), .municipalities = ""};
	struct world world = world_with_users(2026, 130);
	int64_t act;

	(void)state;
	book_end(&world, MONTH(2026, 1));
	world.seq = INT64_C(1) << 40;
	act = fee_propose(&world, VG_KIND_CLOSE_PROPOSED, "one", &body);
	assert_int_equal(fee_decide_act(&world, VG_KIND_ACT_APPROVED, "two", act),
			 VG_VERDICT_OVERLOAD);
	assert_null(vg_core_item(world.core, VG_OBJECT_STATEMENT, 0));
	end_world(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(E1_plain_month),
		cmocka_unit_test(E5_cap_reached),
		cmocka_unit_test(E6_users_rise),
		cmocka_unit_test(E7_users_fall),
		cmocka_unit_test(E8_joins_in_a_month),
		cmocka_unit_test(E10_a_correction_is_credited_in_the_next_month),
		cmocka_unit_test(E11_earlier_capped_year),
		cmocka_unit_test(E14_month_boundary),
		cmocka_unit_test(lines_stand_in_order),
		cmocka_unit_test(a_moved_ticket_is_billed_when_its_credit_is_closed),
		cmocka_unit_test(a_merged_ticket_is_credited_once),
		cmocka_unit_test(a_billing_that_moves_to_another_month_is_credited_and_billed),
		cmocka_unit_test(what_an_opening_billed_is_billed),
		cmocka_unit_test(what_turns_out_to_be_billed_twice_is_credited_once),
		cmocka_unit_test(a_trial_bills_nothing),
		cmocka_unit_test(open_months_before_count_as_if_closed_now),
		cmocka_unit_test(a_draft_is_what_is_closed),
		cmocka_unit_test(drafts_end_where_the_reader_ends_them),
		cmocka_unit_test(vat_is_computed_once_and_the_total_rounded_on_its_own_line),
		cmocka_unit_test(what_is_missing_holds_one_municipality_back),
		cmocka_unit_test(an_index_holds_until_it_is_known),
		cmocka_unit_test(what_waits_holds_as_agreed),
		cmocka_unit_test(an_outage_that_waits_holds_those_whom_it_hit),
		cmocka_unit_test(a_late_reading_is_carried_and_put_right),
		cmocka_unit_test(a_sequence_that_leaves_no_room_for_ids_closes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
