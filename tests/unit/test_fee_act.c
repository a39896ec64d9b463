/* What persons decide about the fee: two for an act, objections and their answers, statements that
 * are made available, invoices, comments; and everything that is refused, with its reason. */
#include "tests/unit/book_support.h"

static void
end_world(struct world *world)
{
	vg_core_free(world->core);
}

static struct world
world_with_users(void)
{
	struct world world = fee_world(2026);

	fee_users(&world, "1489", "2026-01-01", 130);
	fee_users(&world, "1480", "2026-01-01", 500);
	return world;
}

static const struct vg_act *
act_of(const struct world *world, int64_t id)
{
	const struct vg_act *act;

	for (size_t i = 0; (act = vg_core_item(world->core, VG_OBJECT_ACT, i)) != NULL; i++) {
		if (act->id == id)
			return act;
	}
	fail_msg("no act P-%lld", (long long)id);
	return NULL;
}

/* --- acts --- */

static const struct vg_act_body rate = {.reason = "decided",
					.index = "vgr",
					.year = 2026,
					.rate_ppb = 25000000,
					.document = "RS 1"};

static void
an_act_holds_when_another_approves_it(void **state)
{
	struct world world = fee_world(2026);
	int64_t id = fee_propose(&world, VG_KIND_RATE_PROPOSED, "anna", &rate);

	(void)state;
	assert_int_equal(act_of(&world, id)->state, VG_ACT_WAITING);
	assert_null(vg_fee_rate(world.core, "vgr", 2026));
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "anna", id);
	assert_refused(&world, "was proposed by anna: a second principal must approve it");
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "", id);
	assert_refused(&world, "a second principal");
	assert_int_equal(fee_decide_act(&world, VG_KIND_ACT_APPROVED, "bo", id), VG_VERDICT_TAKEN);
	assert_int_equal(vg_fee_rate(world.core, "vgr", 2026)->amount_ore, 25000000);
	assert_string_equal(act_of(&world, id)->decided_by, "bo");
	fee_decide_act(&world, VG_KIND_ACT_REJECTED, "bo", id);
	assert_refused(&world, "is approved already, by bo");
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "bo", 4711);
	assert_refused(&world, "no act P-4711");
	end_world(&world);
}

static void
a_rejected_act_holds_nothing(void **state)
{
	struct world world = fee_world(2026);
	int64_t id = fee_propose(&world, VG_KIND_RATE_PROPOSED, "anna", &rate);

	(void)state;
	assert_int_equal(fee_decide_act(&world, VG_KIND_ACT_REJECTED, "anna", id),
			 VG_VERDICT_TAKEN);
	assert_int_equal(act_of(&world, id)->state, VG_ACT_REJECTED);
	assert_null(vg_fee_rate(world.core, "vgr", 2026));
	fee_propose(&world, VG_KIND_RATE_PROPOSED, "", &rate);
	assert_refused(&world, "nobody proposes this");
	end_world(&world);
}

/* The one that was approved last, whichever was proposed first. */
static void
the_newest_approval_of_a_rate_holds(void **state)
{
	struct world world = fee_world(2026);
	struct vg_act_body other = rate;
	int64_t first, second;

	(void)state;
	other.rate_ppb = -5000000;
	first = fee_propose(&world, VG_KIND_RATE_PROPOSED, "anna", &rate);
	second = fee_propose(&world, VG_KIND_RATE_PROPOSED, "anna", &other);
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "bo", second);
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "bo", first);
	assert_int_equal(vg_fee_rate(world.core, "vgr", 2026)->id, first);
	assert_null(vg_fee_rate(world.core, "vgr", 2027));
	assert_null(vg_fee_rate(world.core, "other", 2026));
	assert_null(vg_fee_rate(world.core, "", 2026));
	end_world(&world);
}

static void
the_cost_of_a_year_is_no_rate(void **state)
{
	struct world world = fee_world(2026);
	struct vg_act_body cost = {.reason = "accounts",
				   .year = 2026,
				   .cost_ore = INT64_C(3000000000),
				   .document = "A"};

	(void)state;
	fee_act(&world, VG_KIND_COST_PROPOSED, &cost);
	assert_int_equal(vg_fee_cost(world.core, 2026)->amount_ore, 3000000000);
	assert_null(vg_fee_cost(world.core, 2025));
	assert_null(vg_fee_rate(world.core, "", 2026));
	end_world(&world);
}

static void
refuse_act(struct world *world, enum vg_kind kind, const struct vg_act_body *body, const char *part)
{
	fee_propose(world, kind, "anna", body);
	assert_refused(world, part);
}

static void
what_is_out_of_range_is_refused(void **state)
{
	struct world world = world_with_users();
	struct vg_act_body body = rate;

	(void)state;
	body.rate_ppb = 1000000001;
	refuse_act(&world, VG_KIND_RATE_PROPOSED, &body, "rate 1000000001 ppb: expected");
	body.rate_ppb = -1000000000;
	refuse_act(&world, VG_KIND_RATE_PROPOSED, &body, "rate -1000000000 ppb: expected");
	body = rate;
	body.year = 1969;
	refuse_act(&world, VG_KIND_RATE_PROPOSED, &body, "year 1969: expected 1970");
	body = rate;
	body.index = "";
	refuse_act(&world, VG_KIND_RATE_PROPOSED, &body, "its name is missing");
	body = (struct vg_act_body){.reason = "r", .year = 2026, .cost_ore = -1};
	refuse_act(&world, VG_KIND_COST_PROPOSED, &body, "a cost of -1");
	body = (struct vg_act_body){.reason = "r", .ticket = "V-77"};
	refuse_act(&world, VG_KIND_OVERRIDE_PROPOSED, &body, "no ticket V-77");
	body = (struct vg_act_body){.reason = "r", .month = MONTH(2025, 12), .municipalities = ""};
	refuse_act(&world, VG_KIND_CLOSE_PROPOSED, &body,
		   "no agreement with a fee covers month 2025-12");
	body.month = -3;
	refuse_act(&world, VG_KIND_CLOSE_PROPOSED, &body, "no agreement with a fee");
	body.month = MONTH(2026, 1);
	body.municipalities = "1480 9999";
	refuse_act(&world, VG_KIND_CLOSE_PROPOSED, &body, "has no municipality 9999");
	end_world(&world);
}

/* --- overrides --- */

static void
an_override_decides_until_it_is_taken_back(void **state)
{
	struct world world = world_with_users();
	int64_t id = vg_ticket_id(
		fee_ticket(&world, "T", "1489", "2026-01-20 12:00", "cause_party=vgr"));
	char name[32];

	(void)state;
	snprintf(name, sizeof(name), "V-%lld", (long long)id);
	assert_int_equal(fee_decision(&world, "T").reason, VG_FEE_VGR_CAUSE);
	fee_override(&world, name, VG_OVERRIDE_COUNTS);
	assert_true(fee_decision(&world, "T").counts);
	assert_int_equal(fee_decision(&world, "T").reason, VG_FEE_OVERRIDE);
	assert_int_equal(fee_decision(&world, "T").act, vg_fee_override(world.core, id)->id);
	fee_override(&world, name, VG_OVERRIDE_RULES);
	assert_null(vg_fee_override(world.core, id));
	assert_false(fee_decision(&world, "T").counts);
	end_world(&world);
}

static void
an_override_needs_a_reason(void **state)
{
	struct world world = world_with_users();
	struct vg_act_body body = {.reason = "", .ticket = "T", .outcome = VG_OVERRIDE_NOT};

	(void)state;
	fee_ticket(&world, "T", "1489", "2026-01-20 12:00", "");
	refuse_act(&world, VG_KIND_OVERRIDE_PROPOSED, &body, "a reason is needed");
	end_world(&world);
}

static void
one_person_may_override_where_that_is_agreed(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct vg_act_body body = {.reason = "r", .ticket = "T", .outcome = VG_OVERRIDE_NOT};
	struct world world;
	int64_t id;

	(void)state;
	agreement->fee.override_two = false;
	world = fee_world_of(agreement);
	fee_ticket(&world, "T", "1489", "2026-01-20 12:00", "");
	id = fee_propose(&world, VG_KIND_OVERRIDE_PROPOSED, "anna", &body);
	assert_int_equal(act_of(&world, id)->state, VG_ACT_APPROVED);
	assert_false(fee_decision(&world, "T").counts);
	end_world(&world);
}

/* --- openings --- */

static const struct vg_opening_row opening_rows[] = {{"tool", "T1", MONTH(2026, 4), 25000},
						     {"tool", "T2", MONTH(2026, 5), 25000}};
static const struct vg_act_body opening = {.reason = "cut-over",
					   .municipalities = "1489",
					   .month = MONTH(2026, 6),
					   .support_ore = 50000,
					   .operation_ore = 70000,
					   .count = 2,
					   .row = opening_rows};

static void
openings_add_up_until_a_month_is_closed(void **state)
{
	static const struct vg_opening_row more[] = {{"tool", "T3", MONTH(2026, 4), 25000}};
	struct world world = world_with_users();
	struct vg_act_body second = opening;
	int64_t id;

	(void)state;
	fee_act(&world, VG_KIND_OPENING_PROPOSED, &opening);
	assert_int_equal(vg_fee_opening(world.core, "1489")->amount_ore, 50000);
	assert_int_equal(vg_fee_first_month(world.core, "1489"), MONTH(2026, 6));
	assert_null(vg_fee_opening(world.core, "1480"));
	refuse_act(&world, VG_KIND_OPENING_PROPOSED, &opening, "stands in opening P-");
	second.row = more;
	second.count = 1;
	second.month = MONTH(2026, 7);
	refuse_act(&world, VG_KIND_OPENING_PROPOSED, &second, "names the same month");
	second.month = MONTH(2026, 6);
	fee_act(&world, VG_KIND_OPENING_PROPOSED, &second);
	assert_int_equal(vg_fee_opening(world.core, "1489")->amount_ore, 100000);
	second.count = 0;
	id = fee_propose(&world, VG_KIND_OPENING_PROPOSED, "anna", &second);
	book_month(&world, MONTH(2026, 6)); /* which it holds back */
	fee_decide_act(&world, VG_KIND_ACT_REJECTED, "bo", id);
	book_month(&world, MONTH(2026, 6));
	book_closed(&world, "1489", MONTH(2026, 6));
	refuse_act(&world, VG_KIND_OPENING_PROPOSED, &second, "1489 has closed statements");
	end_world(&world);
}

static void
an_opening_is_judged_again_when_it_is_approved(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct vg_act_body body = opening;
	struct world world;
	int64_t id;

	(void)state;
	agreement->fee.waiting_approval = VG_MISSING_CARRY;
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-01-01", 130);
	body.count = 0;
	body.month = MONTH(2026, 1);
	id = fee_propose(&world, VG_KIND_OPENING_PROPOSED, "anna", &body);
	book_month(&world, MONTH(2026, 1));
	book_closed(&world, "1489", MONTH(2026, 1));
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "bo", id);
	assert_refused(&world, "1489 has closed statements");
	refuse_act(&world, VG_KIND_OPENING_PROPOSED, &body, "1489 has closed statements");
	end_world(&world);
}

static void
rows_of_an_opening_are_checked_one_by_one(void **state)
{
	static const struct vg_opening_row twice[] = {{"tool", "T1", MONTH(2026, 4), 25000},
						      {"x", "T1", MONTH(2026, 4), 25000},
						      {"tool", "T1", MONTH(2026, 5), 25000}};
	static const struct vg_opening_row late[] = {{"tool", "T1", MONTH(2026, 6), 25000}};
	static const struct vg_opening_row early[] = {{"tool", "T1", MONTH(2025, 12), 25000}};
	static const struct vg_opening_row dear[] = {{"tool", "T1", MONTH(2026, 4), -1}};
	static const struct {
		const struct vg_opening_row *row;
		size_t count;
		const char *part;
	} cases[] = {
		{twice, 3, "ticket T1 of tool is named twice"},
		{late, 1, "expected a month of 2026 before 2026-06, not 2026-06"},
		{early, 1, "expected a month of 2026 before 2026-06, not 2025-12"},
		{dear, 1, "a price of -1"},
	};
	struct world world = world_with_users();
	struct vg_act_body body = opening;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		body.row = cases[i].row;
		body.count = cases[i].count;
		refuse_act(&world, VG_KIND_OPENING_PROPOSED, &body, cases[i].part);
	}
	body = opening;
	body.municipalities = "1480 1489";
	refuse_act(&world, VG_KIND_OPENING_PROPOSED, &body, "of one municipality");
	body.municipalities = "9999";
	refuse_act(&world, VG_KIND_OPENING_PROPOSED, &body, "has no municipality 9999");
	body = opening;
	body.support_ore = -1;
	refuse_act(&world, VG_KIND_OPENING_PROPOSED, &body, "support of -1");
	assert_null(vg_core_item(world.core, VG_OBJECT_OPENING_TICKET, 0));
	end_world(&world);
}

static void
a_rejected_opening_frees_its_tickets(void **state)
{
	struct world world = world_with_users();
	int64_t id = fee_propose(&world, VG_KIND_OPENING_PROPOSED, "anna", &opening);

	(void)state;
	assert_non_null(vg_core_item(world.core, VG_OBJECT_OPENING_TICKET, 1));
	fee_decide_act(&world, VG_KIND_ACT_REJECTED, "bo", id);
	assert_null(vg_core_item(world.core, VG_OBJECT_OPENING_TICKET, 0));
	fee_act(&world, VG_KIND_OPENING_PROPOSED, &opening);
	end_world(&world);
}

/* --- closing --- */

static enum vg_verdict_code
approve_by_calendar(struct world *world, int64_t act)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_ACT_APPROVED, 0);
	char name[32];

	snprintf(name, sizeof(name), "P-%lld", (long long)act);
	event.actor = "";
	event.body.act = (struct vg_act_body){.act = name, .reason = "", .automatic = true};
	return world_step(world, &event);
}

static void
the_calendar_is_the_second_where_that_is_agreed(void **state)
{
	struct vg_act_body body = {
		.reason = "r", .month = MONTH(2026, 1), .municipalities = "1489"};
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world = world_with_users();
	const struct vg_statement *statement;
	int64_t id;

	(void)state;
	book_end(&world, MONTH(2026, 1));
	id = fee_propose(&world, VG_KIND_CLOSE_PROPOSED, "anna", &body);
	book_wait(&world, "2026-02-10 08:00");
	approve_by_calendar(&world, id);
	assert_refused(&world, "lets no calendar approve it");
	end_world(&world);

	agreement->fee.automatic_close = true;
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-01-01", 130);
	book_end(&world, MONTH(2026, 1));
	id = fee_propose(&world, VG_KIND_CLOSE_PROPOSED, "anna", &body);
	book_wait(&world, "2026-02-05 23:59");
	approve_by_calendar(&world, id);
	assert_refused(&world, "from working day 5");
	book_wait(&world, "2026-02-06 00:00"); /* a Friday, the fifth */
	assert_int_equal(approve_by_calendar(&world, id), VG_VERDICT_TAKEN);
	statement = book_closed(&world, "1489", MONTH(2026, 1));
	assert_string_equal(statement->author, "anna");
	assert_string_equal(statement->approved_by, "");
	id = fee_propose(&world, VG_KIND_RATE_PROPOSED, "anna", &rate);
	approve_by_calendar(&world, id);
	assert_refused(&world, "needs a second person");
	end_world(&world);
}

/* --- statements --- */

static void
a_statement_is_made_available_once(void **state)
{
	struct world world = world_with_users();
	const struct vg_statement *statement;
	struct vg_event event;
	int64_t published_ms;

	(void)state;
	book_publish(&world, "1489", MONTH(2026, 1));
	assert_refused(&world, "\"1489\" has no closed statement of 2026-01");
	book_end(&world, MONTH(2026, 1));
	book_close(&world, MONTH(2026, 1), "");
	event = book_statement_event(&world, VG_KIND_INVOICE_RECORDED, "1489", MONTH(2026, 1));
	event.body.statement.invoice = "F-1";
	world_step(&world, &event);
	assert_refused(&world, "not made available yet");
	event = book_statement_event(&world, VG_KIND_STATEMENT_PUBLISHED, "1489", MONTH(2026, 1));
	event.body.statement.model_sha256 = "aa";
	world_step(&world, &event);
	assert_refused(&world, "64 hexadecimal digits");
	assert_int_equal(book_publish(&world, "1489", MONTH(2026, 1)), VG_VERDICT_TAKEN);
	statement = book_closed(&world, "1489", MONTH(2026, 1));
	published_ms = statement->published_ms;
	assert_string_equal(statement->model_sha256, SHA_A);
	book_wait(&world, "2026-02-03 08:00");
	assert_int_equal(book_publish(&world, "1489", MONTH(2026, 1)), VG_VERDICT_TAKEN);
	assert_int_equal(statement->published_ms, published_ms);
	event.body.statement.model_sha256 = SHA_B;
	event.seq = ++world.seq;
	event.received_ms = vg_core_received_ms(world.core);
	world_step(&world, &event);
	assert_refused(&world, "with other bytes: " SHA_A);
	event = book_statement_event(&world, VG_KIND_INVOICE_RECORDED, "1489", MONTH(2026, 1));
	world_step(&world, &event);
	assert_refused(&world, "number is missing");
	event = book_statement_event(&world, VG_KIND_INVOICE_RECORDED, "1489", MONTH(2026, 1));
	event.body.statement.invoice = "F-17";
	event.body.statement.day = support_days(2026, 2, 4);
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_string_equal(statement->invoice, "F-17");
	assert_int_equal(statement->invoice_day, support_days(2026, 2, 4));
	book_end(&world, MONTH(2026, 2));
	book_close(&world, MONTH(2026, 2), "1489");
	assert_string_equal(book_closed(&world, "1489", MONTH(2026, 2))->previous_sha256, SHA_A);
	end_world(&world);
}

/* --- objections --- */

static int64_t
object_to(struct world *world, const char *municipality, int month, const char *ticket)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_OBJECTION_RAISED, 0);

	event.has_municipality = true;
	event.municipality = municipality;
	event.actor = "kommun";
	event.body.objection = (struct vg_objection_body){
		.month = month, .ticket = ticket, .reason = "not ours", .objection = ""};
	world_step(world, &event);
	return event.seq;
}

static enum vg_verdict_code
answer(struct world *world, const char *actor, int64_t objection, bool accepted)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_OBJECTION_DECIDED, 0);
	char name[32];

	snprintf(name, sizeof(name), "D-%lld", (long long)objection);
	event.actor = actor;
	event.body.objection = (struct vg_objection_body){
		.objection = name, .ticket = "", .reason = "looked into", .accepted = accepted};
	return world_step(world, &event);
}

static const struct vg_objection *
objection_of(const struct world *world, int64_t id)
{
	const struct vg_objection *objection;

	for (size_t i = 0; (objection = vg_core_item(world->core, VG_OBJECT_OBJECTION, i)) != NULL;
	     i++) {
		if (objection->id == id)
			return objection;
	}
	fail_msg("no objection D-%lld", (long long)id);
	return NULL;
}

/* January is closed with T0 and T1 of 1489, and made available on the first of February. */
static struct world
world_with_january(int64_t one_person_ore)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	agreement->fee.objection_one_person_ore = one_person_ore;
	world = fee_world_of(agreement);
	fee_users(&world, "1489", "2026-01-01", 130);
	fee_users(&world, "1480", "2026-01-01", 500);
	fee_tickets(&world, "T", 2, "1489", "2026-01-20");
	fee_ticket(&world, "N", "1489", "2026-01-21 12:00", "test=1");
	book_month(&world, MONTH(2026, 1));
	return world;
}

static void
an_accepted_objection_is_credited(void **state)
{
	struct world world = world_with_january(25000);
	const struct vg_statement *february;
	int64_t id;

	(void)state;
	id = object_to(&world, "1489", MONTH(2026, 1), "T0");
	assert_int_equal(objection_of(&world, id)->state, VG_OBJECTION_OPEN);
	assert_int_equal(
		objection_of(&world, id)->line,
		vg_fee_line(world.core, book_closed(&world, "1489", MONTH(2026, 1)), 0)->id);
	assert_true(fee_decision(&world, "T0").counts);
	assert_int_equal(answer(&world, "vgr", id, true), VG_VERDICT_TAKEN);
	assert_int_equal(objection_of(&world, id)->state, VG_OBJECTION_ACCEPTED);
	assert_int_equal(fee_decision(&world, "T0").reason, VG_FEE_OVERRIDE);
	assert_int_equal(fee_decision(&world, "T0").act, id);
	answer(&world, "vgr", id, false);
	assert_refused(&world, "is accepted already, by vgr");
	object_to(&world, "1489", MONTH(2026, 1), "T0"); /* which is billed until the next one */
	assert_refused(&world, "to the same is accepted already");
	book_month(&world, MONTH(2026, 2));
	february = book_closed(&world, "1489", MONTH(2026, 2));
	assert_int_equal(february->adjusted_ore, -25000);
	assert_int_equal(vg_fee_line(world.core, february, 0)->act, id);
	object_to(&world, "1489", MONTH(2026, 1), "T0");
	assert_refused(&world, "is not billed by the statement of 2026-01");
	end_world(&world);
}

static void
a_large_one_is_accepted_by_two(void **state)
{
	struct world world = world_with_january(24999);
	int64_t id = object_to(&world, "1489", MONTH(2026, 1), "T1"), act;

	(void)state;
	answer(&world, "vgr", id, true);
	act = objection_of(&world, id)->act;
	assert_int_equal(objection_of(&world, id)->state, VG_OBJECTION_OPEN);
	assert_int_equal(act_of(&world, act)->amount_ore, 25000);
	assert_true(fee_decision(&world, "T1").counts);
	answer(&world, "vgr", id, true);
	assert_refused(&world, "waits for a second principal: decide on P-");
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "vgr", act);
	assert_refused(&world, "a second principal must approve it");
	assert_int_equal(fee_decide_act(&world, VG_KIND_ACT_REJECTED, "chef", act),
			 VG_VERDICT_TAKEN);
	assert_int_equal(objection_of(&world, id)->act, 0);
	answer(&world, "vgr", id, true);
	act = objection_of(&world, id)->act;
	fee_decide_act(&world, VG_KIND_ACT_APPROVED, "chef", act);
	assert_int_equal(objection_of(&world, id)->state, VG_OBJECTION_ACCEPTED);
	assert_string_equal(objection_of(&world, id)->decided_by, "chef");
	assert_false(fee_decision(&world, "T1").counts);
	end_world(&world);
}

static void
a_rejected_objection_changes_nothing(void **state)
{
	struct world world = world_with_january(25000);
	int64_t id = object_to(&world, "1489", MONTH(2026, 1), "T0");

	(void)state;
	answer(&world, "kommun", id, false);
	assert_refused(&world, "another principal decides");
	object_to(&world, "1489", MONTH(2026, 1), "T0");
	assert_refused(&world, "is open already");
	assert_int_equal(answer(&world, "vgr", id, false), VG_VERDICT_TAKEN);
	assert_string_equal(objection_of(&world, id)->answer, "looked into");
	assert_true(fee_decision(&world, "T0").counts);
	answer(&world, "vgr", 4711, false);
	assert_refused(&world, "no objection D-4711");
	end_world(&world);
}

static void
an_objection_to_users_is_recorded(void **state)
{
	struct world world = world_with_january(25000);
	int64_t id = object_to(&world, "1489", MONTH(2026, 1), "");

	(void)state;
	assert_int_equal(objection_of(&world, id)->line, 0);
	assert_int_equal(answer(&world, "vgr", id, true), VG_VERDICT_TAKEN);
	assert_int_equal(objection_of(&world, id)->state, VG_OBJECTION_ACCEPTED);
	assert_int_equal(objection_of(&world, id)->act, 0);
	end_world(&world);
}

/* Also of one that names the line by our own number; who accepts alone leaves the act behind. */
static void
who_objects_and_who_decides_say_why(void **state)
{
	struct world world = world_with_january(25000);
	struct vg_event event = fee_event_ms(&world, VG_KIND_OBJECTION_RAISED, 0);
	char ticket[32], name[32];
	int64_t objection;

	(void)state;
	event.has_municipality = true;
	event.municipality = "1489";
	event.body.objection =
		(struct vg_objection_body){.month = MONTH(2026, 1), .ticket = "T0", .reason = ""};
	world_step(&world, &event);
	assert_refused(&world, "says why");
	snprintf(ticket, sizeof(ticket), "V-%lld",
		 (long long)vg_ticket_id(vg_core_ticket_by_ref(world.core, "tool", "T0")));
	objection = object_to(&world, "1489", MONTH(2026, 1), ticket);
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	snprintf(name, sizeof(name), "D-%lld", (long long)objection);
	event = fee_event_ms(&world, VG_KIND_OBJECTION_DECIDED, 0);
	event.body.objection = (struct vg_objection_body){.objection = name, .reason = ""};
	world_step(&world, &event);
	assert_refused(&world, "says why");
	assert_int_equal(objection_of(&world, objection)->act, 0);
	assert_int_equal(answer(&world, "one", objection, true), VG_VERDICT_TAKEN);
	assert_int_equal(objection_of(&world, objection)->state, VG_OBJECTION_ACCEPTED);
	assert_int_equal(objection_of(&world, objection)->act, world.seq);
	end_world(&world);
}

static void
what_cannot_be_objected_to_is_refused(void **state)
{
	struct world world = world_with_january(25000);

	(void)state;
	object_to(&world, "", MONTH(2026, 1), "T0");
	assert_refused(&world, "it states none");
	object_to(&world, "1489", MONTH(2026, 2), "T0");
	assert_refused(&world, "no closed statement of 2026-02");
	object_to(&world, "1489", MONTH(2026, 1), "T9");
	assert_refused(&world, "no ticket T9");
	object_to(&world, "1489", MONTH(2026, 1), "N");
	assert_refused(&world, "is not billed by");
	object_to(&world, "1480", MONTH(2026, 1), "T0");
	assert_refused(&world, "is not billed by");
	book_end(&world, MONTH(2026, 2));
	book_close(&world, MONTH(2026, 2), "1489");
	object_to(&world, "1489", MONTH(2026, 2), "T0");
	assert_refused(&world, "not made available yet");
	book_wait(&world, "2026-03-03 23:59"); /* day 30 from the first of February */
	object_to(&world, "1489", MONTH(2026, 1), "T0");
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	book_wait(&world, "2026-03-04 00:00");
	object_to(&world, "1489", MONTH(2026, 1), "T1");
	assert_refused(&world, "too late: objections to 2026-01 were taken for 30 days");
	end_world(&world);
}

/* --- comments --- */

static enum vg_verdict_code
say(struct world *world, const char *municipality, int month, const char *kpi)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_COMMENT_MADE, 0);

	event.has_municipality = municipality[0] != '\0';
	event.municipality = municipality;
	event.body.comment = (struct vg_comment_body){.month = month,
						      .kpi = kpi,
						      .service = "",
						      .cause = "vacancies",
						      .action = "hire",
						      .owner = "drift",
						      .due_day = -1};
	return world_step(world, &event);
}

static void
comments_name_a_kpi_and_a_month(void **state)
{
	struct world world = fee_world(2026);
	const struct vg_comment *comment;

	(void)state;
	assert_int_equal(say(&world, "1489", MONTH(2026, 1), "resolution_met"), VG_VERDICT_TAKEN);
	assert_int_equal(say(&world, "", MONTH(2026, 1), "availability"), VG_VERDICT_TAKEN);
	comment = vg_core_item(world.core, VG_OBJECT_COMMENT, 0);
	assert_string_equal(comment->municipality, "1489");
	assert_string_equal(comment->action, "hire");
	assert_string_equal(comment->author, "tester");
	say(&world, "", MONTH(2026, 1), "speed");
	assert_refused(&world, "no KPI speed");
	say(&world, "9999", MONTH(2026, 1), "availability");
	assert_refused(&world, "has no municipality 9999");
	say(&world, "", MONTH(1999, 1), "availability");
	assert_refused(&world, "no agreement covers month 1999-01");
	end_world(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_act_holds_when_another_approves_it),
		cmocka_unit_test(a_rejected_act_holds_nothing),
		cmocka_unit_test(the_newest_approval_of_a_rate_holds),
		cmocka_unit_test(the_cost_of_a_year_is_no_rate),
		cmocka_unit_test(what_is_out_of_range_is_refused),
		cmocka_unit_test(an_override_decides_until_it_is_taken_back),
		cmocka_unit_test(an_override_needs_a_reason),
		cmocka_unit_test(one_person_may_override_where_that_is_agreed),
		cmocka_unit_test(openings_add_up_until_a_month_is_closed),
		cmocka_unit_test(an_opening_is_judged_again_when_it_is_approved),
		cmocka_unit_test(rows_of_an_opening_are_checked_one_by_one),
		cmocka_unit_test(a_rejected_opening_frees_its_tickets),
		cmocka_unit_test(the_calendar_is_the_second_where_that_is_agreed),
		cmocka_unit_test(a_statement_is_made_available_once),
		cmocka_unit_test(an_accepted_objection_is_credited),
		cmocka_unit_test(a_large_one_is_accepted_by_two),
		cmocka_unit_test(a_rejected_objection_changes_nothing),
		cmocka_unit_test(an_objection_to_users_is_recorded),
		cmocka_unit_test(who_objects_and_who_decides_say_why),
		cmocka_unit_test(what_cannot_be_objected_to_is_refused),
		cmocka_unit_test(comments_name_a_kpi_and_a_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
