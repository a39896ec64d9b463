/* The fold: tickets and their references, commands and refusals, imports, notifications, the list
 * of changes. */
#include "tests/unit/core_support.h"

static void
a_report_makes_a_ticket_named_after_its_row(void **state)
{
	struct world world = world_new();
	const struct vg_ticket *ticket;

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P3 municipality=1489");
	ticket = vg_core_ticket_by_ref(world.core, "tool", "T1");
	assert_non_null(ticket);
	assert_int_equal(vg_ticket_id(ticket), 2);
	assert_int_equal(world.verdict.ticket, 2);
	assert_ptr_equal(vg_core_ticket_find_text(world.core, NULL, "V-2"), ticket);
	assert_ptr_equal(vg_core_ticket_find_text(world.core, "tool", "T1"), ticket);
	assert_null(vg_core_ticket_find_text(world.core, "tool", "V-"));
	assert_null(vg_core_ticket_find_text(world.core, "other", "T1"));
	assert_null(vg_core_ticket_find_text(world.core, NULL, "V-99999999999999999999"));
	report(&world, "T1", 20, "status=in_progress");
	assert_int_equal(vg_core_ticket_count(world.core), 1);
	assert_int_equal(vg_ticket_fact_count(ticket), 2);
	assert_int_equal(vg_ticket_changed_seq(ticket), 3);
	vg_core_free(world.core);
}

static void
report_also(struct world *world, const char *ref, int64_t minutes, const char *fields,
	    const char *source, const char *also)
{
	struct vg_event event = world_event(world, VG_KIND_TICKET_REPORTED, minutes);
	char store[256];

	event.body.ticket = (struct vg_ticket_body){
		.ref = ref, .also_count = 1, .also = {{source, also}}, .title_digest = "d1"};
	support_fields(&event.body.ticket.fields, fields, store);
	world_step(world, &event);
}

static void
a_reference_in_another_tool_leads_to_the_same_ticket(void **state)
{
	struct world world = world_new();

	(void)state;
	report_also(&world, "T1", 10, "status=new line=1 priority=P3", "vgr", "INC7");
	assert_non_null(vg_core_ticket_by_ref(world.core, "vgr", "INC7"));
	report_also(&world, "T9", 20, "status=in_progress", "vgr", "INC7");
	assert_int_equal(vg_core_ticket_count(world.core), 1);
	assert_int_equal(vg_ticket_ref_count(vg_core_ticket_by_ref(world.core, "tool", "T9")), 3);
	assert_string_equal(vg_ticket_title_digest(vg_core_ticket_by_ref(world.core, "tool", "T1")),
			    "d1");
	vg_core_free(world.core);
}

static void
two_tickets_that_turn_out_to_be_one_are_joined_in_the_older(void **state)
{
	struct world world = world_new();
	const struct vg_ticket *older;

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P3 municipality=1489");
	report(&world, "T2", 5, "status=new line=1 priority=P3 municipality=1489");
	report(&world, "T2", 15, "status=in_progress");
	older = vg_core_ticket_by_ref(world.core, "tool", "T1");
	report_also(&world, "T1", 30, "status=resolved", "tool", "T2");
	assert_int_equal(vg_core_ticket_count(world.core), 1);
	assert_ptr_equal(vg_core_ticket_by_ref(world.core, "tool", "T2"), older);
	assert_ptr_equal(vg_core_ticket(world.core, 3), older);
	assert_int_equal(vg_ticket_fact_count(older), 4);
	assert_int_equal(view_of(&world, "T2").created_ms, at_ms(5));
	assert_ptr_equal(vg_core_ticket_next(world.core, NULL), older);
	assert_null(vg_core_ticket_next(world.core, older));
	vg_core_free(world.core);
}

static void
references_over_the_maximum_are_flagged_and_not_kept(void **state)
{
	struct world world = world_new();
	char ref[16];

	(void)state;
	report_also(&world, "A", 1, "status=new line=1 priority=P3 municipality=1489", "x", "0");
	for (int i = 1; i < VG_TICKET_REFS_MAX - 1; i++) {
		snprintf(ref, sizeof(ref), "%d", i);
		report_also(&world, "A", 1 + i, "status=in_progress", "x", ref);
		assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	}
	report_also(&world, "A", 20, "status=in_progress", "x", "one too many");
	assert_int_equal(world.verdict.code, VG_VERDICT_FLAGGED);
	assert_non_null(strstr(world.verdict.text, "8 references"));
	assert_null(vg_core_ticket_by_ref(world.core, "x", "one too many"));
	assert_int_equal(vg_core_ticket_count(world.core), 1);
	vg_core_free(world.core);
}

static void
faults_are_flagged_by_name(void **state)
{
	struct world world = world_new();

	(void)state;
	assert_int_equal(report(&world, "T1", 10, "status=new line=1"), VG_VERDICT_FLAGGED);
	assert_non_null(strstr(world.verdict.text, "no_priority"));
	assert_non_null(strstr(world.verdict.text, "no_municipality"));
	vg_core_free(world.core);
}

static void
bypassing_first_line_is_told_but_flags_no_verdict(void **state)
{
	struct world world = world_new();

	(void)state;
	assert_int_equal(
		report(&world, "T1", 10, "status=new line=2 priority=P3 municipality=1489"),
		VG_VERDICT_TAKEN);
	assert_int_equal(world.verdict.faults, 0);
	assert_int_equal(view_of(&world, "T1").faults, 1U << VG_FAULT_BYPASSED_FIRST_LINE);
	assert_int_equal(report(&world, "T2", 10, "status=new line=2 priority=P3"),
			 VG_VERDICT_FLAGGED);
	assert_string_equal(world.verdict.text, "no_municipality");
	vg_core_free(world.core);
}

static void
the_envelopes_municipality_is_stated_like_a_field(void **state)
{
	struct world world = world_new();
	struct vg_event event = world_event(&world, VG_KIND_TICKET_REPORTED, 10);

	(void)state;
	event.body.ticket = (struct vg_ticket_body){.ref = "T1", .title_digest = ""};
	event.has_municipality = true;
	event.municipality = "1480";
	world_step(&world, &event);
	assert_string_equal(view_of(&world, "T1").text[VG_TF_MUNICIPALITY], "1480");
	report(&world, "T1", 20, "status=in_progress");
	assert_string_equal(view_of(&world, "T1").text[VG_TF_MUNICIPALITY], "1480");
	vg_core_free(world.core);
}

static void
facts_over_the_maximum_change_nothing(void **state)
{
	struct world world = world_new();

	(void)state;
	for (int i = 0; i < VG_TICKET_FACTS_MAX; i++)
		report(&world, "T1", i, "status=new line=1 priority=P3 municipality=1489");
	assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
	assert_int_equal(report(&world, "T1", 5000, "status=resolved"), VG_VERDICT_FLAGGED);
	assert_true(world.verdict.faults & 1U << VG_FAULT_TOO_MANY_FACTS);
	assert_true(view_of(&world, "T1").open);
	vg_core_free(world.core);
}

static void
escalation_is_refused_with_its_reason(void **state)
{
	struct world world = world_new();

	(void)state;
	assert_int_equal(command(&world, VG_KIND_TICKET_ESCALATED, "T1", 5, 0, ""),
			 VG_VERDICT_REFUSED);
	assert_string_equal(world.verdict.text, "no ticket T1");
	report(&world, "T1", 10, "status=new line=2 priority=P3 municipality=1489");
	assert_int_equal(command(&world, VG_KIND_TICKET_ESCALATED, "T1", 15, 0, ""),
			 VG_VERDICT_REFUSED);
	assert_string_equal(world.verdict.text, "ticket V-3 is in line 2 already");
	report(&world, "T1", 20, "status=resolved");
	assert_int_equal(command(&world, VG_KIND_TICKET_ESCALATED, "V-3", 25, 0, ""),
			 VG_VERDICT_REFUSED);
	assert_string_equal(world.verdict.text, "ticket V-3 is resolved: not open");
	assert_int_equal(world.verdict.ticket, 3);
	vg_core_free(world.core);
}

static void
notification_result(struct world *world, enum vg_kind kind, int64_t id, int64_t minutes)
{
	struct vg_event event = world_event(world, kind, minutes);

	event.body.notification = (struct vg_notification_body){id, "refused", at_ms(minutes)};
	world_step(world, &event);
}

static void
escalate_one(struct world *world, const char *municipality)
{
	char fields[80];

	snprintf(fields, sizeof(fields), "status=new line=1 priority=P1 municipality=%s",
		 municipality);
	report(world, "T1", 10, fields);
	assert_int_equal(command(world, VG_KIND_TICKET_ESCALATED, "T1", 20, 0, "group=vgr-2"),
			 VG_VERDICT_TAKEN);
}

static void
escalation_starts_second_line_and_calls_the_duty(void **state)
{
	struct world world = world_new();
	const struct vg_notification *next;
	struct vg_ticket_view view;

	(void)state;
	escalate_one(&world, "1480");
	view = view_of(&world, "T1");
	assert_int_equal(view.line, 2);
	assert_int_equal(view.second_line_ms, at_ms(20));
	assert_string_equal(view.text[VG_TF_GROUP], "vgr-2");
	next = vg_core_notification_next(world.core);
	assert_non_null(next);
	assert_int_equal(next->id, 3 * 16);
	assert_int_equal(next->next_ms, at_ms(20));
	assert_string_equal(next->duty, "all");
	assert_null(vg_core_notification(world.core, 3 * 16 + 1));
	vg_core_free(world.core);

	world = world_new();
	escalate_one(&world, "1489");
	assert_string_equal(vg_core_notification(world.core, 3 * 16 + 1)->duty, "alingsas");
	vg_core_free(world.core);
}

static void
a_notification_is_said_again_until_acknowledged(void **state)
{
	struct world world = world_new();
	const struct vg_notification *it;

	(void)state;
	escalate_one(&world, "1480");
	it = vg_core_notification(world.core, 48);
	notification_result(&world, VG_KIND_NOTIFICATION_DELIVERED, 48, 21);
	assert_int_equal(it->state, VG_DELIVERY_PENDING);
	assert_int_equal(it->next_ms, at_ms(31));
	assert_int_equal(it->delivered_ms, at_ms(21));
	notification_result(&world, VG_KIND_NOTIFICATION_DELIVERED, 48, 31);
	assert_int_equal(it->repeats, 1);
	notification_result(&world, VG_KIND_NOTIFICATION_DELIVERED, 48, 41);
	assert_int_equal(it->repeats, 2);
	assert_int_equal(it->state, VG_DELIVERY_DELIVERED);
	assert_null(vg_core_notification_next(world.core));
	assert_int_equal(command(&world, VG_KIND_TICKET_ACKNOWLEDGED, "T1", 45, 0, ""),
			 VG_VERDICT_TAKEN);
	assert_int_equal(it->state, VG_DELIVERY_ACKNOWLEDGED);
	assert_int_equal(view_of(&world, "T1").status, VG_STATUS_ACKNOWLEDGED);
	assert_int_equal(view_of(&world, "T1").acknowledged_ms, at_ms(45));
	vg_core_free(world.core);
}

static void
a_failed_notification_is_tried_later_and_later_then_given_up(void **state)
{
	struct world world = world_new();
	const struct vg_notification *it;

	(void)state;
	escalate_one(&world, "1480");
	it = vg_core_notification(world.core, 48);
	notification_result(&world, VG_KIND_NOTIFICATION_FAILED, 48, 21);
	assert_int_equal(it->next_ms, at_ms(21) + 30000);
	assert_string_equal(it->error, "refused");
	notification_result(&world, VG_KIND_NOTIFICATION_FAILED, 48, 22);
	assert_int_equal(it->next_ms, at_ms(23));
	for (int i = 3; i < 20; i++)
		notification_result(&world, VG_KIND_NOTIFICATION_FAILED, 48, 30);
	assert_int_equal(it->next_ms, at_ms(60));
	notification_result(&world, VG_KIND_NOTIFICATION_FAILED, 48, 61);
	assert_int_equal(it->state, VG_DELIVERY_FAILED);
	assert_null(vg_core_notification_next(world.core));
	notification_result(&world, VG_KIND_NOTIFICATION_FAILED, 999, 62);
	assert_int_equal(world.verdict.code, VG_VERDICT_FLAGGED);
	vg_core_free(world.core);
}

static void
duties_over_sixteen_are_not_called_and_the_hand_over_holds(void **state)
{
	struct world world = world_new();
	struct vg_agreement *agreement = world_agreement("2");

	(void)state;
	free(agreement->duty[1].name);
	free(agreement->duty[1].municipality);
	free(agreement->duty[1].channel);
	free(agreement->duty[1].address);
	agreement->duty = realloc(agreement->duty, 17 * sizeof(agreement->duty[0]));
	assert_non_null(agreement->duty);
	for (agreement->duties = 1; agreement->duties < 17; agreement->duties++)
		agreement->duty[agreement->duties] =
			(struct vg_duty){.name = support_copy("next"),
					 .municipality = support_copy("*"),
					 .channel = support_copy("mail"),
					 .address = support_copy("jour@example.org"),
					 .repeat_ms = 0,
					 .repeats_max = 0,
					 .occasions = VG_OCCASION_ESCALATION};
	world_apply(&world, agreement);
	report(&world, "T1", 10, "status=new line=1 priority=P1 municipality=1489");
	assert_int_equal(command(&world, VG_KIND_TICKET_ESCALATED, "T1", 20, 0, ""),
			 VG_VERDICT_FLAGGED);
	assert_non_null(strstr(world.verdict.text, "duty next was not called"));
	assert_non_null(vg_core_notification(world.core, 4 * 16 + 15));
	assert_int_equal(view_of(&world, "T1").line, 2);
	vg_core_free(world.core);
}

static void
resolving_a_ticket_ends_its_notifications(void **state)
{
	struct world world = world_new();

	(void)state;
	escalate_one(&world, "1489");
	report(&world, "T1", 30, "status=resolved");
	assert_int_equal(vg_core_notification(world.core, 48)->state, VG_DELIVERY_ACKNOWLEDGED);
	assert_int_equal(vg_core_notification(world.core, 49)->state, VG_DELIVERY_ACKNOWLEDGED);
	notification_result(&world, VG_KIND_NOTIFICATION_DELIVERED, 48, 31);
	assert_int_equal(vg_core_notification(world.core, 48)->state, VG_DELIVERY_ACKNOWLEDGED);
	notification_result(&world, VG_KIND_NOTIFICATION_FAILED, 49, 32);
	assert_int_equal(vg_core_notification(world.core, 49)->state, VG_DELIVERY_ACKNOWLEDGED);
	assert_null(vg_core_notification_next(world.core));
	vg_core_free(world.core);
}

static void
acknowledgement_needs_an_open_ticket_in_second_line(void **state)
{
	struct world world = world_new();

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P3 municipality=1489");
	assert_int_equal(command(&world, VG_KIND_TICKET_ACKNOWLEDGED, "T1", 15, 0, ""),
			 VG_VERDICT_REFUSED);
	assert_non_null(strstr(world.verdict.text, "not in second line"));
	report(&world, "T1", 20, "status=cancelled");
	assert_int_equal(command(&world, VG_KIND_TICKET_ACKNOWLEDGED, "T1", 25, 0, ""),
			 VG_VERDICT_REFUSED);
	assert_non_null(strstr(world.verdict.text, "not open"));
	vg_core_free(world.core);
}

static void
a_correction_takes_a_fact_out_and_states_what_holds(void **state)
{
	struct world world = world_new();
	struct vg_fact_view fact;

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P3 municipality=1489");
	report(&world, "T1", 20, "status=resolved");
	assert_int_equal(
		command(&world, VG_KIND_TICKET_CORRECTED, "T1", 15, 3, "status=in_progress"),
		VG_VERDICT_TAKEN);
	assert_true(view_of(&world, "T1").open);
	vg_ticket_fact(world.core, vg_core_ticket(world.core, 2), 2, &fact);
	assert_int_equal(fact.seq, 3);
	assert_true(fact.voided);
	assert_int_equal(command(&world, VG_KIND_TICKET_CORRECTED, "T1", 15, 3, ""),
			 VG_VERDICT_REFUSED);
	assert_string_equal(world.verdict.text,
			    "ticket V-2 has no fact of event 3 that still counts");
	assert_int_equal(command(&world, VG_KIND_TICKET_CORRECTED, "T1", 15, 0, ""),
			 VG_VERDICT_REFUSED);
	assert_int_equal(command(&world, VG_KIND_TICKET_CORRECTED, "none", 15, 0, "line=1"),
			 VG_VERDICT_REFUSED);
	vg_core_free(world.core);
}

static void
imported(struct world *world, const char *ref, int64_t minutes, const char *import)
{
	struct vg_event event = world_event(world, VG_KIND_TICKET_REPORTED, minutes);
	char store[256];

	event.import = import;
	event.body.ticket = (struct vg_ticket_body){.ref = ref, .title_digest = ""};
	support_fields(&event.body.ticket.fields, "status=new line=1 priority=P3 municipality=1489",
		       store);
	world_step(world, &event);
}

static void
a_revoked_import_counts_for_nothing(void **state)
{
	struct world world = world_new();

	(void)state;
	assert_int_equal(import_event(&world, VG_KIND_IMPORT_STARTED, "i1", "aa"),
			 VG_VERDICT_TAKEN);
	imported(&world, "T1", 10, "i1");
	report(&world, "T2", 5, "status=new line=1 priority=P3 municipality=1489");
	imported(&world, "T2", 12, "i1");
	assert_int_equal(import_event(&world, VG_KIND_IMPORT_FINISHED, "i1", "aa"),
			 VG_VERDICT_TAKEN);
	assert_int_equal(vg_core_import(world.core, "i1")->taken, 2);
	assert_int_equal(vg_core_ticket_count(world.core), 2);
	assert_int_equal(import_event(&world, VG_KIND_IMPORT_REVOKED, "i1", "aa"),
			 VG_VERDICT_TAKEN);
	assert_int_equal(vg_core_ticket_count(world.core), 1);
	assert_null(vg_core_ticket_by_ref(world.core, "tool", "T1"));
	assert_int_equal(view_of(&world, "T2").last_ms, at_ms(5));
	imported(&world, "T2", 13, "i1");
	assert_int_equal(view_of(&world, "T2").last_ms, at_ms(5));
	report(&world, "T1", 20, "status=new line=1 priority=P3 municipality=1489");
	assert_int_equal(vg_core_ticket_count(world.core), 2);
	vg_core_free(world.core);
}

static void
an_import_is_refused_when_it_repeats_or_does_not_exist(void **state)
{
	static const struct {
		enum vg_kind kind;
		const char *id, *sha256;
		enum vg_verdict_code want;
	} rows[] = {
		{VG_KIND_IMPORT_STARTED, "i1", "aa", VG_VERDICT_TAKEN},
		{VG_KIND_IMPORT_STARTED, "i1", "aa", VG_VERDICT_TAKEN}, /* resumed */
		{VG_KIND_IMPORT_STARTED, "i1", "bb", VG_VERDICT_REFUSED},
		{VG_KIND_IMPORT_STARTED, "i2", "aa", VG_VERDICT_REFUSED},
		{VG_KIND_IMPORT_FINISHED, "i9", "", VG_VERDICT_REFUSED},
		{VG_KIND_IMPORT_REVOKED, "i9", "", VG_VERDICT_REFUSED},
		{VG_KIND_IMPORT_REVOKED, "i1", "", VG_VERDICT_TAKEN},
		{VG_KIND_IMPORT_REVOKED, "i1", "", VG_VERDICT_REFUSED},
		{VG_KIND_IMPORT_STARTED, "i1", "aa", VG_VERDICT_REFUSED},
		{VG_KIND_IMPORT_STARTED, "i2", "aa", VG_VERDICT_TAKEN},
	};
	struct world world = world_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(import_event(&world, rows[i].kind, rows[i].id, rows[i].sha256),
				 rows[i].want);
	vg_core_free(world.core);
}

static void
quarantine_is_listed_and_retaken_once(void **state)
{
	struct world world = world_new();
	struct vg_event event = world_event(&world, VG_KIND_INTAKE_QUARANTINED, 1);

	(void)state;
	event.body.quarantine =
		(struct vg_quarantine_body){"m", "unknown status", "state", "-100", "{}", 0};
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	event = world_event(&world, VG_KIND_INTAKE_RETAKEN, 2);
	event.body.quarantine.seq = 2;
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	event = world_event(&world, VG_KIND_INTAKE_RETAKEN, 3);
	event.body.quarantine.seq = 2;
	assert_int_equal(world_step(&world, &event), VG_VERDICT_REFUSED);
	assert_string_equal(world.verdict.text, "nothing in quarantine from event 2");
	vg_core_free(world.core);
}

static void
quarantine_over_its_maximum_is_told_and_not_kept(void **state)
{
	struct world world = world_new();
	struct vg_event event;

	(void)state;
	for (int i = 0; i <= VG_CORE_QUARANTINE_MAX; i++) {
		assert_int_equal(world.verdict.code, VG_VERDICT_TAKEN);
		event = world_event(&world, VG_KIND_INTAKE_QUARANTINED, 1);
		event.body.quarantine =
			(struct vg_quarantine_body){"m", "unknown", "state", "-100", "{}", 0};
		world_step(&world, &event);
	}
	assert_int_equal(world.verdict.code, VG_VERDICT_OVERLOAD);
	assert_string_equal(world.verdict.text, "more than 100000 facts in quarantine");
	event = world_event(&world, VG_KIND_INTAKE_RETAKEN, 2);
	event.body.quarantine.seq = world.seq - 1;
	assert_int_equal(world_step(&world, &event), VG_VERDICT_REFUSED);
	vg_core_free(world.core);
}

static void
read_users(struct world *world, const char *municipality, int64_t day, int64_t users)
{
	struct vg_event event = world_event(world, VG_KIND_USERS_READ, world->now);

	event.has_municipality = true;
	event.municipality = municipality;
	event.body.users = (struct vg_users_body){day, users, 0, "licensed", ""};
	world_step(world, &event);
}

static void
the_latest_reading_at_or_before_a_day_holds(void **state)
{
	struct world world = world_new();

	(void)state;
	read_users(&world, "1489", 17000, 130);
	read_users(&world, "1489", 16900, 100);
	read_users(&world, "1480", 16950, 900);
	assert_null(vg_core_users_at(world.core, "1489", 16899));
	assert_int_equal(vg_core_users_at(world.core, "1489", 16999)->users, 100);
	assert_int_equal(vg_core_users_at(world.core, "1489", 17000)->users, 130);
	read_users(&world, "1489", 17000, 131);
	assert_int_equal(vg_core_users_at(world.core, "1489", 20000)->users, 131);
	assert_null(vg_core_users_at(world.core, "1400", 20000));
	vg_core_free(world.core);
}

static void
an_agreement_is_refused_when_it_repeats_or_ends_before_it_begins(void **state)
{
	struct world world = world_new();
	struct vg_agreement *agreement = world_agreement("2");

	(void)state;
	assert_int_equal(world_apply(&world, world_agreement("1")), VG_VERDICT_REFUSED);
	agreement->valid_to_ms = agreement->valid_from_ms;
	assert_int_equal(world_apply(&world, agreement), VG_VERDICT_REFUSED);
	assert_int_equal(vg_core_agreement_count(world.core), 1);
	agreement = world_agreement("2");
	agreement->valid_from_ms = at_ms(DAYS(31));
	assert_int_equal(world_apply(&world, agreement), VG_VERDICT_TAKEN);
	assert_string_equal(vg_core_agreement_at(world.core, at_ms(0))->version, "1");
	assert_string_equal(vg_core_agreement_at(world.core, at_ms(DAYS(31)))->version, "2");
	assert_null(vg_core_agreement_at(world.core, at_ms(-1)));
	assert_int_equal(vg_core_agreement_latest(world.core)->seq, 4);
	vg_core_free(world.core);
}

/* Every change of a ticket's state that time brings is a deadline, and marks the ticket. */
static void
a_ticket_that_becomes_overdue_is_marked(void **state)
{
	struct world world = world_new();
	const struct vg_ticket *ticket;
	struct vg_event tick;
	int64_t due_ms;

	(void)state;
	assert_int_equal(vg_core_next_deadline_ms(world.core), INT64_MAX);
	report(&world, "T1", 10, "status=new line=1 priority=P1 municipality=1489");
	ticket = vg_core_ticket_by_ref(world.core, "tool", "T1");
	due_ms = vg_core_next_deadline_ms(world.core);
	assert_true(due_ms > at_ms(10 + 240) && due_ms <= at_ms(10 + 240) + 1000);
	tick = world_event(&world, VG_KIND_TICK, 249);
	world_step(&world, &tick);
	assert_int_equal(vg_ticket_changed_seq(ticket), 2);
	tick = world_event(&world, VG_KIND_TICK, 251);
	world_step(&world, &tick);
	assert_int_equal(vg_ticket_changed_seq(ticket), tick.seq);
	assert_int_equal(view_of(&world, "T1").resolution.sla, VG_SLA_OVERDUE);
	report(&world, "T1", 300, "status=resolved");
	assert_int_equal(vg_core_next_deadline_ms(world.core), INT64_MAX);
	vg_core_free(world.core);
}

struct seen {
	int64_t last;
	size_t n, tickets;
	int months[8];
	size_t month_count;
};

static bool
see(const struct vg_object *object, void *arg)
{
	struct seen *seen = arg;

	assert_true(object->changed_seq >= seen->last);
	seen->last = object->changed_seq;
	seen->n++;
	seen->tickets += object->type == VG_OBJECT_TICKET;
	if (object->type == VG_OBJECT_MONTH && seen->month_count < 8)
		seen->months[seen->month_count++] = object->of.month;
	return true;
}

static void
changes_are_listed_in_order_of_sequence(void **state)
{
	struct world world = world_new();
	struct seen seen = {0};

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P3 municipality=1489");
	report(&world, "T2", 20, "status=new line=1 priority=P3 municipality=1489");
	report(&world, "T1", 30, "status=resolved");
	vg_core_changed_since(world.core, 0, see, &seen);
	assert_int_equal(seen.n, 4); /* version, two tickets, January */
	assert_int_equal(seen.last, 4);
	seen = (struct seen){0};
	vg_core_changed_since(world.core, 3, see, &seen);
	assert_int_equal(seen.tickets, 1);
	seen = (struct seen){0};
	vg_core_changed_since(world.core, 4, see, &seen);
	assert_int_equal(seen.n, 0);
	vg_core_free(world.core);
}

static void
a_late_fact_marks_the_months_from_then_on(void **state)
{
	struct world world = world_new();
	struct seen seen = {0};

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P3 municipality=1489");
	report(&world, "T1", DAYS(70), "status=in_progress");
	vg_core_changed_since(world.core, 2, see, &seen);
	assert_int_equal(seen.month_count, 3); /* January ended, time has turned to March */
	seen = (struct seen){0};
	report(&world, "T1", DAYS(40), "status=pending pending_reason=pending_requester");
	vg_core_changed_since(world.core, 3, see, &seen);
	assert_int_equal(seen.month_count, 2);
	assert_int_equal(seen.months[0], JANUARY + 1);
	assert_int_equal(seen.months[1], JANUARY + 2);
	vg_core_free(world.core);
}

static void
a_reading_marks_the_months_from_its_day_on(void **state)
{
	static const struct {
		int year, month;
		size_t months; /* of January to March */
	} rows[] = {{2015, 6, 3}, {2016, 2, 2}, {2030, 1, 0}};
	struct world world = world_new();
	struct vg_event tick = world_event(&world, VG_KIND_TICK, DAYS(70));

	(void)state;
	world_step(&world, &tick);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = {0};

		read_users(&world, "1489", support_days(rows[i].year, rows[i].month, 5), 100);
		vg_core_changed_since(world.core, world.seq - 1, see, &seen);
		assert_int_equal(seen.month_count, rows[i].months);
	}
	vg_core_free(world.core);
}

static void
a_later_version_leaves_earlier_tickets_as_they_were_judged(void **state)
{
	struct world world = world_new();
	struct vg_agreement *agreement = world_agreement("2");
	struct seen seen = {0};

	(void)state;
	report(&world, "T1", 10, "status=new line=1 priority=P3 municipality=1489");
	report(&world, "T1", 20, "status=resolved");
	agreement->valid_from_ms = at_ms(DAYS(31));
	world_apply(&world, agreement);
	vg_core_changed_since(world.core, 3, see, &seen);
	assert_int_equal(seen.tickets, 0);
	assert_string_equal(view_of(&world, "T1").agreement->version, "1");
	vg_core_free(world.core);
}

static void
memory_of_an_open_ticket_stays_under_a_kibibyte(void **state)
{
	struct world world = world_new();
	size_t before, tickets = 2000;
	char ref[16];

	(void)state;
	before = vg_core_memory_bytes(world.core);
	for (size_t i = 0; i < tickets * 6; i++) {
		snprintf(ref, sizeof(ref), "INC%07zu", i % tickets);
		report(&world, ref, (int64_t)(i / 10),
		       i < tickets ? "status=new line=1 priority=P3 municipality=1489 service=vard "
				     "group=g1 channel=api"
				   : "status=in_progress line=1 group=g2 priority=P3");
	}
	assert_in_range((vg_core_memory_bytes(world.core) - before) / tickets, 1, 1024);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_makes_a_ticket_named_after_its_row),
		cmocka_unit_test(a_reference_in_another_tool_leads_to_the_same_ticket),
		cmocka_unit_test(two_tickets_that_turn_out_to_be_one_are_joined_in_the_older),
		cmocka_unit_test(references_over_the_maximum_are_flagged_and_not_kept),
		cmocka_unit_test(faults_are_flagged_by_name),
		cmocka_unit_test(bypassing_first_line_is_told_but_flags_no_verdict),
		cmocka_unit_test(the_envelopes_municipality_is_stated_like_a_field),
		cmocka_unit_test(facts_over_the_maximum_change_nothing),
		cmocka_unit_test(escalation_is_refused_with_its_reason),
		cmocka_unit_test(escalation_starts_second_line_and_calls_the_duty),
		cmocka_unit_test(a_notification_is_said_again_until_acknowledged),
		cmocka_unit_test(a_failed_notification_is_tried_later_and_later_then_given_up),
		cmocka_unit_test(duties_over_sixteen_are_not_called_and_the_hand_over_holds),
		cmocka_unit_test(resolving_a_ticket_ends_its_notifications),
		cmocka_unit_test(acknowledgement_needs_an_open_ticket_in_second_line),
		cmocka_unit_test(a_correction_takes_a_fact_out_and_states_what_holds),
		cmocka_unit_test(a_revoked_import_counts_for_nothing),
		cmocka_unit_test(an_import_is_refused_when_it_repeats_or_does_not_exist),
		cmocka_unit_test(quarantine_is_listed_and_retaken_once),
		cmocka_unit_test(quarantine_over_its_maximum_is_told_and_not_kept),
		cmocka_unit_test(the_latest_reading_at_or_before_a_day_holds),
		cmocka_unit_test(a_reading_marks_the_months_from_its_day_on),
		cmocka_unit_test(a_later_version_leaves_earlier_tickets_as_they_were_judged),
		cmocka_unit_test(an_agreement_is_refused_when_it_repeats_or_ends_before_it_begins),
		cmocka_unit_test(a_ticket_that_becomes_overdue_is_marked),
		cmocka_unit_test(changes_are_listed_in_order_of_sequence),
		cmocka_unit_test(a_late_fact_marks_the_months_from_then_on),
		cmocka_unit_test(memory_of_an_open_ticket_stays_under_a_kibibyte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
