/* Decisions on tickets: each row of semantics.md 2.3 alone, in order and by each setting of 2.9;
 * where a ticket stands in time; and who is marked when something that they name changes. */
#include "core/alarm.h"
#include "core/core_private.h"
#include "tests/unit/checkpoint_support.h"
#include "tests/unit/fee_world.h"

static void
assert_reason(const struct world *world, const char *ref, enum vg_fee_reason want)
{
	struct vg_fee_decision decision = fee_decision(world, ref);

	if (!decision.ended || decision.reason != want)
		fail_msg("%s: %s%s, not %s", ref, decision.ended ? "" : "open, ",
			 vg_fee_reason_name(decision.reason), vg_fee_reason_name(want));
	if (want != VG_FEE_OVERRIDE)
		assert_int_equal(decision.counts, want == VG_FEE_COUNTABLE);
}

static int64_t
seq_of_change(const struct world *world, const char *ref)
{
	return vg_ticket_changed_seq(vg_core_ticket_by_ref(world->core, "tool", ref));
}

static void
everything_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(vg_fee_reason_name(VG_FEE_COUNTABLE), "countable");
	assert_string_equal(vg_fee_reason_words(VG_FEE_GONE), "ärendet finns inte längre");
	assert_string_equal(vg_fee_hold_name(VG_HOLD_NOT_ENDED), "not_ended");
	assert_string_equal(vg_fee_hold_words(VG_HOLD_TRIAL), "provkörning");
	assert_string_equal(vg_fee_mode_name(VG_FEE_PER_TICKET_CAPPED), "per_ticket_capped");
	assert_string_equal(vg_fee_mode_name(VG_FEE_PER_TICKET_UNCAPPED), "per_ticket_uncapped");
	assert_string_equal(vg_fee_line_kind_name(VG_LINE_COUNTED), "counted");
	assert_string_equal(vg_fee_line_kind_name(VG_LINE_LATE), "late");
	assert_string_equal(vg_act_kind_name(VG_ACT_RATE), "rate");
	assert_string_equal(vg_act_kind_name(VG_ACT_OBJECTION), "objection");
	assert_string_equal(vg_act_state_name(VG_ACT_REJECTED), "rejected");
	assert_string_equal(vg_objection_state_name(VG_OBJECTION_OPEN), "open");
}

/* --- tickets of every shape, called T --- */

static void
make_cancelled(struct world *world)
{
	fee_report(world, "T", "2026-03-10 08:00", "status=new line=1 municipality=1489");
	fee_report(world, "T", "2026-03-10 09:00", "status=in_progress line=2");
	fee_report(world, "T", "2026-03-10 10:00", "status=cancelled");
}

/* In second line for an hour, ten minutes of it in progress. */
static void
make_misrouted(struct world *world)
{
	fee_report(world, "T", "2026-03-10 08:00", "status=new line=1 municipality=1489");
	fee_report(world, "T", "2026-03-10 09:00", "line=2");
	fee_report(world, "T", "2026-03-10 09:50", "status=in_progress");
	fee_report(world, "T", "2026-03-10 10:00", "line=1");
	fee_report(world, "T", "2026-03-10 12:00", "status=resolved");
}

static void
make_plain(struct world *world, const char *fields)
{
	fee_ticket(world, "T", "1489", "2026-03-10 12:00", fields);
}

static void
make_reopening(struct world *world)
{
	fee_ticket(world, "OLD", "1489", "2026-02-24 12:00", "");
	make_plain(world, "reopen_of=OLD");
}

static void
make_of_problem(struct world *world)
{
	fee_report(world, "PRB", "2026-03-01 12:00", "status=new type=problem cause_party=vgr");
	make_plain(world, "problem=PRB");
}

/* Reaches second line in February, is resolved in March and closed in April. */
static void
make_long(struct world *world)
{
	fee_report(world, "T", "2026-02-20 08:00", "status=new line=1 municipality=1489");
	fee_report(world, "T", "2026-02-20 09:00", "status=in_progress line=2");
	fee_report(world, "T", "2026-03-10 12:00", "status=resolved");
	fee_report(world, "T", "2026-04-02 12:00", "status=closed");
}

/* --- rows --- */

static void
each_row_decides_alone(void **state)
{
	static const struct {
		const char *fields;
		enum vg_fee_reason want;
	} rows[] = {
		{"test=1", VG_FEE_TEST},
		{"test=0", VG_FEE_COUNTABLE},
		{"requester_class=vgr", VG_FEE_INTERNAL},
		{"requester_class=alarm", VG_FEE_ALARM},
		{"requester_class=probe", VG_FEE_ALARM},
		{"requester_class=municipality", VG_FEE_COUNTABLE},
		{"type=service_request", VG_FEE_COUNTABLE},
		{"type=problem", VG_FEE_TYPE},
		{"type=change", VG_FEE_TYPE},
		{"type=event", VG_FEE_TYPE},
		{"type=security", VG_FEE_TYPE},
		{"type=personal_data", VG_FEE_TYPE},
		{"type=patient_safety", VG_FEE_TYPE},
		{"type=complaint", VG_FEE_TYPE},
		{"duplicate_of=unknown", VG_FEE_DUPLICATE},
		{"duplicate_of=-", VG_FEE_COUNTABLE},
		{"duplicate_of=T", VG_FEE_COUNTABLE},
		{"parent=P", VG_FEE_DUPLICATE},
		{"parent=T", VG_FEE_COUNTABLE},
		{"split_from=P", VG_FEE_SPLIT_CHILD},
		{"split_from=T", VG_FEE_COUNTABLE},
		{"cause_party=vgr", VG_FEE_VGR_CAUSE},
		{"cause_party=supplier", VG_FEE_VGR_CAUSE},
		{"cause_party=municipality", VG_FEE_COUNTABLE},
		{"cause_party=third_party", VG_FEE_COUNTABLE},
		{"cause_party=force_majeure", VG_FEE_COUNTABLE},
		{"cause_party=unknown", VG_FEE_COUNTABLE},
		{"problem=P", VG_FEE_COUNTABLE},
		{"reopen_of=unknown", VG_FEE_COUNTABLE},
		{"municipality=0114", VG_FEE_NOT_LIVE},
		{"municipality=-", VG_FEE_COUNTABLE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct world world = fee_world(2026);

		fee_report(&world, "P", "2026-03-01 12:00", "status=new line=2");
		make_plain(&world, rows[i].fields);
		assert_reason(&world, "T", rows[i].want);
		vg_core_free(world.core);
	}
}

/* Everything holds at first; what the row says is then taken back, row by row. */
static void
the_first_row_that_holds_decides(void **state)
{
	static const struct {
		enum vg_fee_reason want;
		const char *at, *then;
	} rows[] = {
		{VG_FEE_TEST, "2026-03-10 14:00", "test=0"},
		{VG_FEE_INTERNAL, "2026-03-10 14:00", "requester_class=user"},
		{VG_FEE_TYPE, "2026-03-10 14:00", "type=incident"},
		{VG_FEE_FIRST_LINE_ONLY, "2026-03-10 09:00", "line=2"},
		{VG_FEE_DUPLICATE, "2026-03-10 14:00", "duplicate_of=-"},
		{VG_FEE_SPLIT_CHILD, "2026-03-10 14:00", "split_from=-"},
		{VG_FEE_CANCELLED, "2026-03-10 12:00", "status=resolved"},
		{VG_FEE_VGR_CAUSE, "2026-03-10 14:00", "cause_party=unknown"},
		{VG_FEE_VGR_PROBLEM, "2026-03-10 14:00", "problem=-"},
		{VG_FEE_MISROUTED, "2026-03-10 11:30", "line=2"},
		{VG_FEE_REOPEN, "2026-03-10 14:00", "reopen_of=-"},
		{VG_FEE_NOT_LIVE, "2026-03-10 14:00", "municipality=1489"},
	};
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1480")->go_live_ms = support_at("2026-04-01 00:00");
	world = fee_world_of(agreement);
	fee_ticket(&world, "OLD", "1489", "2026-03-01 12:00", "");
	fee_report(&world, "PRB", "2026-03-01 12:00", "status=new type=problem cause_party=vgr");
	fee_report(&world, "T", "2026-03-10 08:00",
		   "status=new line=1 municipality=1480 test=1 requester_class=vgr type=change");
	fee_report(&world, "T", "2026-03-10 08:00",
		   "duplicate_of=OLD split_from=OLD cause_party=vgr problem=PRB reopen_of=OLD");
	fee_report(&world, "T", "2026-03-10 10:00", "line=1");
	fee_report(&world, "T", "2026-03-10 11:00", "status=cancelled");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_reason(&world, "T", rows[i].want);
		fee_report(&world, "T", rows[i].at, rows[i].then);
	}
	assert_reason(&world, "T", VG_FEE_COUNTABLE);
	vg_core_free(world.core);
}

static void
no_test(struct vg_fee_rules *fee)
{
	fee->exclude_test = false;
}

static void
incidents_only(struct vg_fee_rules *fee)
{
	fee->chargeable_types = 1U << VG_TYPE_INCIDENT;
}

static void
every_type(struct vg_fee_rules *fee)
{
	fee->chargeable_types = UINT32_MAX;
}

static void
every_source(struct vg_fee_rules *fee)
{
	fee->exclude_sources = 0;
}

static void
duplicates_too(struct vg_fee_rules *fee)
{
	fee->count_duplicates = true;
}

static void
each_part(struct vg_fee_rules *fee)
{
	fee->count_split = VG_SPLIT_EACH;
}

static void
cancelled_too(struct vg_fee_rules *fee)
{
	fee->count_cancelled = true;
}

static void
no_vgr_cause(struct vg_fee_rules *fee)
{
	fee->exclude_vgr_cause = false;
}

static void
no_vgr_problem(struct vg_fee_rules *fee)
{
	fee->exclude_vgr_problem = false;
}

static void
no_misroute(struct vg_fee_rules *fee)
{
	fee->misroute_ms = -1;
}

static void
nine_minutes(struct vg_fee_rules *fee)
{
	fee->misroute_ms = 9 * MINUTE_MS;
}

static void
thirteen_days(struct vg_fee_rules *fee)
{
	fee->reopen_days = 13;
}

static void
make_test(struct world *world)
{
	make_plain(world, "test=1");
}

static void
make_request(struct world *world)
{
	make_plain(world, "type=service_request");
}

static void
make_complaint(struct world *world)
{
	make_plain(world, "type=complaint");
}

static void
make_alarm(struct world *world)
{
	make_plain(world, "requester_class=alarm");
}

static void
make_duplicate(struct world *world)
{
	make_plain(world, "duplicate_of=X");
}

static void
make_part(struct world *world)
{
	make_plain(world, "split_from=X");
}

static void
make_vgr_caused(struct world *world)
{
	make_plain(world, "cause_party=vgr");
}

/* semantics.md 2.9: by the default, and by the other choice. */
static void
each_setting_can_be_changed(void **state)
{
	static const struct {
		void (*make)(struct world *world);
		void (*set)(struct vg_fee_rules *fee);
		enum vg_fee_reason by_default, then;
	} rows[] = {
		{make_test, no_test, VG_FEE_TEST, VG_FEE_COUNTABLE},
		{make_request, incidents_only, VG_FEE_COUNTABLE, VG_FEE_TYPE},
		{make_complaint, every_type, VG_FEE_TYPE, VG_FEE_TYPE},
		{make_alarm, every_source, VG_FEE_ALARM, VG_FEE_COUNTABLE},
		{make_duplicate, duplicates_too, VG_FEE_DUPLICATE, VG_FEE_COUNTABLE},
		{make_part, each_part, VG_FEE_SPLIT_CHILD, VG_FEE_COUNTABLE},
		{make_cancelled, cancelled_too, VG_FEE_CANCELLED, VG_FEE_COUNTABLE},
		{make_vgr_caused, no_vgr_cause, VG_FEE_VGR_CAUSE, VG_FEE_COUNTABLE},
		{make_of_problem, no_vgr_problem, VG_FEE_VGR_PROBLEM, VG_FEE_COUNTABLE},
		{make_misrouted, no_misroute, VG_FEE_MISROUTED, VG_FEE_COUNTABLE},
		{make_misrouted, nine_minutes, VG_FEE_MISROUTED, VG_FEE_COUNTABLE},
		{make_reopening, thirteen_days, VG_FEE_REOPEN, VG_FEE_COUNTABLE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct vg_agreement *agreement = fee_agreement(2026);
		struct world plain = fee_world(2026), changed;

		rows[i].set(&agreement->fee);
		changed = fee_world_of(agreement);
		rows[i].make(&plain);
		rows[i].make(&changed);
		assert_reason(&plain, "T", rows[i].by_default);
		assert_reason(&changed, "T", rows[i].then);
		vg_core_free(plain.core);
		vg_core_free(changed.core);
	}
}

static void
a_leaving_municipality_is_billed_to_its_end_or_not_at_all(void **state)
{
	(void)state;
	for (int billed = 0; billed < 2; billed++) {
		struct vg_agreement *agreement = fee_agreement(2026);
		struct vg_municipality *party = fee_party(agreement, "1489");
		struct world world;

		agreement->fee.bill_leaving = billed == 1;
		party->leaving_ms = support_at("2026-03-01 00:00");
		party->end_ms = support_at("2026-04-01 00:00");
		world = fee_world_of(agreement);
		fee_ticket(&world, "before", "1489", "2026-02-28 23:00", "");
		fee_ticket(&world, "leaving", "1489", "2026-03-31 23:59", "");
		fee_ticket(&world, "after", "1489", "2026-04-01 00:00", "");
		assert_reason(&world, "before", VG_FEE_COUNTABLE);
		assert_reason(&world, "leaving", billed ? VG_FEE_COUNTABLE : VG_FEE_NOT_LIVE);
		assert_reason(&world, "after", VG_FEE_NOT_LIVE);
		vg_core_free(world.core);
	}
}

static void
an_override_decides_until_it_is_taken_back(void **state)
{
	struct world world = fee_world(2026);
	const struct vg_ticket *ticket =
		fee_ticket(&world, "T", "1489", "2026-03-10 12:00", "cause_party=vgr");
	struct vg_fee_decision decision;
	char name[32];
	int64_t act;

	(void)state;
	snprintf(name, sizeof name, "V-%lld", (long long)vg_ticket_id(ticket));
	act = fee_override(&world, name, VG_OVERRIDE_COUNTS);
	decision = fee_decision(&world, "T");
	assert_int_equal(decision.reason, VG_FEE_OVERRIDE);
	assert_true(decision.counts);
	assert_int_equal(decision.act, act);
	assert_int_equal(vg_ticket_changed_seq(ticket), world.seq);
	act = fee_override(&world, name, VG_OVERRIDE_NOT);
	decision = fee_decision(&world, "T");
	assert_false(decision.counts);
	assert_int_equal(decision.act, act);
	fee_report(&world, "T", "2026-03-10 13:00", "test=1");
	assert_reason(&world, "T", VG_FEE_TEST);
	fee_report(&world, "T", "2026-03-10 13:01", "test=0");
	fee_override(&world, name, VG_OVERRIDE_RULES);
	assert_reason(&world, "T", VG_FEE_VGR_CAUSE);
	assert_int_equal(fee_decision(&world, "T").act, 0);
	vg_core_free(world.core);
}

/* --- places in time --- */

static void
assert_at(const struct world *world, const char *ref, const char *at, int month)
{
	struct vg_fee_decision decision = fee_decision(world, ref);
	char got[32];

	if (!decision.ended || decision.at_ms != support_at(at) || decision.month != month)
		fail_msg("%s: %s, not %s", ref, support_local(decision.at_ms, got), at);
}

static void
the_billing_event_is_by_the_agreement(void **state)
{
	static const struct {
		enum vg_billing_event event;
		const char *at;
		int month;
	} rows[] = {
		{VG_BILLING_RESOLVED, "2026-03-10 12:00", MONTH(2026, 3)},
		{VG_BILLING_SECOND_LINE, "2026-02-20 09:00", MONTH(2026, 2)},
		{VG_BILLING_CLOSED, "2026-04-02 12:00", MONTH(2026, 4)},
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct vg_agreement *agreement = fee_agreement(2026);
		struct world world;

		agreement->fee.billing_event = rows[i].event;
		world = fee_world_of(agreement);
		make_long(&world);
		assert_at(&world, "T", rows[i].at, rows[i].month);
		assert_reason(&world, "T", VG_FEE_COUNTABLE);
		vg_core_free(world.core);
	}
}

/* Facts of ticket T, and where it stands: "" = it goes on. */
static void
a_ticket_stands_at_one_place_in_time(void **state)
{
	static const struct {
		const char *what;
		const char *facts[6]; /* "<time> <fields>" of 10 March */
		const char *at;
		enum vg_fee_reason reason;
	} rows[] = {
		{"open", {"08:00 status=new line=2"}, "", VG_FEE_COUNTABLE},
		{"resolved directly in second line",
		 {"08:00 status=resolved line=2"},
		 "08:00",
		 VG_FEE_COUNTABLE},
		{"closed only",
		 {"08:00 status=new line=2", "09:00 status=closed"},
		 "09:00",
		 VG_FEE_COUNTABLE},
		{"closed, reopened and resolved: the first",
		 {"08:00 status=new line=2", "09:00 status=closed", "10:00 status=in_progress",
		  "11:00 status=resolved"},
		 "09:00",
		 VG_FEE_COUNTABLE},
		{"first line only",
		 {"08:00 status=new line=1", "09:00 status=resolved", "10:00 status=in_progress"},
		 "09:00",
		 VG_FEE_FIRST_LINE_ONLY},
		{"resolved in first line, reopened, handed over, resolved: the last",
		 {"08:00 status=new line=1", "09:00 status=resolved", "10:00 status=in_progress",
		  "11:00 line=2", "12:00 status=resolved"},
		 "12:00",
		 VG_FEE_COUNTABLE},
		{"handed over, and still open",
		 {"08:00 status=new line=1", "09:00 status=resolved", "10:00 status=in_progress",
		  "11:00 line=2"},
		 "",
		 VG_FEE_COUNTABLE},
		{"handed over after its end",
		 {"08:00 status=new line=1", "09:00 status=resolved", "10:00 line=2"},
		 "09:00",
		 VG_FEE_FIRST_LINE_ONLY},
		{"the first known line holds from the beginning",
		 {"08:00 status=new", "09:00 status=resolved", "10:00 line=2"},
		 "09:00",
		 VG_FEE_COUNTABLE},
		{"nobody knows a line",
		 {"08:00 status=new", "09:00 status=resolved"},
		 "09:00",
		 VG_FEE_FIRST_LINE_ONLY},
		{"cancelled in first line",
		 {"08:00 status=new line=1", "09:00 status=cancelled"},
		 "09:00",
		 VG_FEE_FIRST_LINE_ONLY},
		{"rejected in second line",
		 {"08:00 status=new line=2", "09:00 status=rejected"},
		 "09:00",
		 VG_FEE_CANCELLED},
		{"reopened and cancelled: it was resolved before",
		 {"08:00 status=new line=2", "09:00 status=resolved", "10:00 status=in_progress",
		  "11:00 status=cancelled"},
		 "09:00",
		 VG_FEE_COUNTABLE},
		{"facts before the stated opening count from it",
		 {"08:00 status=resolved line=2 opened_ms=2026-03-10T08:30"},
		 "08:30",
		 VG_FEE_COUNTABLE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct world world = fee_world(2026);
		char at[32];

		for (size_t k = 0; k < 6 && rows[i].facts[k] != NULL; k++) {
			snprintf(at, sizeof at, "2026-03-10 %.5s", rows[i].facts[k]);
			fee_report(&world, "T", at, rows[i].facts[k] + 6);
		}
		if (rows[i].at[0] == '\0') {
			assert_false(fee_decision(&world, "T").ended);
		} else {
			snprintf(at, sizeof at, "2026-03-10 %s", rows[i].at);
			assert_at(&world, "T", at, MONTH(2026, 3));
			assert_reason(&world, "T", rows[i].reason);
		}
		vg_core_free(world.core);
	}
}

static void
E14_the_month_is_local(void **state)
{
	struct world world = fee_world(2026);

	(void)state;
	fee_ticket_ms(&world, "october", "1489", support_at("2026-10-31 23:59:59"), "");
	fee_ticket_ms(&world, "november", "1489", support_at("2026-11-01 00:00:00"), "");
	assert_int_equal(fee_decision(&world, "october").month, MONTH(2026, 10));
	assert_int_equal(fee_decision(&world, "november").month, MONTH(2026, 11));
	vg_core_free(world.core);
}

static void
outside_every_agreement_nothing_counts(void **state)
{
	struct world world = fee_world(2026);
	struct vg_fee_decision decision;

	(void)state;
	fee_ticket(&world, "T", "1489", "2025-12-31 23:00", "");
	decision = fee_decision(&world, "T");
	assert_true(decision.ended);
	assert_int_equal(decision.reason, VG_FEE_NOT_LIVE);
	assert_int_equal(decision.month, -1);
	assert_null(decision.agreement);
	assert_int_equal(decision.price_ore, 0);
	vg_core_free(world.core);
}

/* --- vectors --- */

static void
count(const struct world *world, int reasons[VG_FEE_REASON_COUNT])
{
	const struct vg_ticket *ticket = NULL;

	memset(reasons, 0, VG_FEE_REASON_COUNT * sizeof(int));
	while ((ticket = vg_core_ticket_next(world->core, ticket)) != NULL) {
		struct vg_fee_decision decision;

		vg_fee_decide(world->core, ticket, &decision);
		if (decision.ended)
			reasons[decision.reason]++;
	}
}

static const struct vg_outage_body plain_outage = {.service = "vard",
						   .channel = "",
						   .municipalities = "",
						   .reason = "test",
						   .source = "",
						   .probe = ""};

/* "O-<number>" of an outage of an hour before `at`. */
static int64_t
record_outage(struct world *world, const char *at, enum vg_party cause, char name[32])
{
	struct vg_event event = fee_event(world, VG_KIND_OUTAGE_RECORDED, at);

	event.body.outage = plain_outage;
	event.body.outage.from_ms = support_at(at) - HOUR_MS;
	event.body.outage.to_ms = support_at(at);
	event.body.outage.cause = cause;
	assert_int_equal(world_step(world, &event), VG_VERDICT_TAKEN);
	snprintf(name, 32, "O-%lld", (long long)event.seq);
	return event.seq;
}

static void
E2_exclusions(void **state)
{
	struct world world = fee_world(2026);
	int reasons[VG_FEE_REASON_COUNT];
	char name[32], fields[64];

	(void)state;
	record_outage(&world, "2026-01-05 12:00", VG_PARTY_VGR, name);
	snprintf(fields, sizeof fields, "outage=%s", name);
	fee_report(&world, "MI", "2026-01-05 12:00", "status=new line=2 cause_party=vgr");
	fee_tickets(&world, "counts", 6, "1489", "2026-01-10");
	fee_ticket(&world, "d1", "1489", "2026-01-11 12:00", "duplicate_of=counts0");
	fee_ticket(&world, "d2", "1489", "2026-01-11 12:00", "duplicate_of=counts1");
	fee_ticket(&world, "mi", "1489", "2026-01-11 12:00", "parent=MI");
	fee_ticket(&world, "o1", "1489", "2026-01-12 12:00", fields);
	fee_ticket(&world, "o2", "1489", "2026-01-12 12:00", fields);
	fee_ticket(&world, "o3", "1489", "2026-01-12 12:00", fields);
	fee_ticket(&world, "a", "1489", "2026-01-13 12:00", "requester_class=alarm");
	fee_report(&world, "w", "2026-01-14 12:00", "status=new line=2 municipality=1489");
	fee_report(&world, "w", "2026-01-14 13:00", "status=cancelled");
	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof name, "first%d", i);
		fee_report(&world, name, "2026-01-15 12:00", "status=new line=1 municipality=1489");
		fee_report(&world, name, "2026-01-15 13:00", "status=resolved");
	}
	count(&world, reasons);
	assert_int_equal(reasons[VG_FEE_COUNTABLE], 6);
	assert_int_equal(reasons[VG_FEE_DUPLICATE], 3);
	assert_int_equal(reasons[VG_FEE_VGR_CAUSE], 3);
	assert_int_equal(reasons[VG_FEE_CANCELLED], 1);
	assert_int_equal(reasons[VG_FEE_ALARM], 1);
	assert_int_equal(reasons[VG_FEE_FIRST_LINE_ONLY], 5);
	assert_int_equal(fee_decision(&world, "counts0").price_ore, 25000);
	vg_core_free(world.core);
}

static void
E4_reopening(void **state)
{
	struct world world = fee_world(2026);

	(void)state;
	fee_ticket(&world, "T", "1489", "2026-03-10 15:00", "");
	fee_report(&world, "T", "2026-03-20 09:00", "status=in_progress");
	fee_report(&world, "day14", "2026-03-24 23:50",
		   "status=new line=2 municipality=1489 reopen_of=T");
	fee_report(&world, "day14", "2026-03-25 12:00", "status=resolved");
	fee_report(&world, "day15", "2026-03-25 00:10",
		   "status=new line=2 municipality=1489 reopen_of=T");
	fee_report(&world, "day15", "2026-03-26 12:00", "status=resolved");
	fee_report(&world, "T", "2026-04-02 09:00", "status=resolved");
	assert_at(&world, "T", "2026-03-10 15:00", MONTH(2026, 3));
	assert_reason(&world, "T", VG_FEE_COUNTABLE);
	assert_at(&world, "day14", "2026-03-25 12:00", MONTH(2026, 3));
	assert_reason(&world, "day14", VG_FEE_REOPEN);
	assert_at(&world, "day15", "2026-03-26 12:00", MONTH(2026, 3));
	assert_reason(&world, "day15", VG_FEE_COUNTABLE);
	vg_core_free(world.core);
}

static void
what_was_opened_before_the_other_was_resolved_reopens_nothing(void **state)
{
	struct world world = fee_world(2026);

	(void)state;
	fee_ticket(&world, "T", "1489", "2026-03-10 15:00", "");
	fee_report(&world, "before", "2026-03-10 14:59",
		   "status=new line=2 municipality=1489 reopen_of=T");
	fee_report(&world, "before", "2026-03-11 12:00", "status=resolved");
	fee_report(&world, "same", "2026-03-10 15:00",
		   "status=new line=2 municipality=1489 reopen_of=T");
	fee_report(&world, "same", "2026-03-11 12:00", "status=resolved");
	assert_reason(&world, "before", VG_FEE_COUNTABLE);
	assert_reason(&world, "same", VG_FEE_REOPEN);
	vg_core_free(world.core);
}

/* Resolved by first line, reopened and handed over: nobody has sent it back. */
static void
what_is_still_in_second_line_is_not_misrouted(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	agreement->fee.billing_event = VG_BILLING_SECOND_LINE;
	world = fee_world_of(agreement);
	fee_report(&world, "T", "2026-03-10 10:00",
		   "status=new line=1 type=incident municipality=1489");
	fee_report(&world, "T", "2026-03-10 11:00", "status=resolved line=1");
	fee_report(&world, "T", "2026-03-10 12:00", "status=new line=2");
	assert_reason(&world, "T", VG_FEE_COUNTABLE);
	vg_core_free(world.core);
}

static void
E8_joins_within_a_month(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	fee_party(agreement, "1489")->go_live_ms = support_at("2026-03-16 00:00");
	world = fee_world_of(agreement);
	fee_ticket(&world, "before", "1489", "2026-03-12 12:00", "");
	fee_ticket(&world, "first", "1489", "2026-03-20 12:00", "");
	fee_ticket(&world, "second", "1489", "2026-03-20 13:00", "");
	assert_reason(&world, "before", VG_FEE_NOT_LIVE);
	assert_int_equal(fee_decision(&world, "before").month, MONTH(2026, 3));
	fee_ticket(&world, "edge", "1489", "2026-03-16 00:00", "");
	assert_reason(&world, "first", VG_FEE_COUNTABLE);
	assert_reason(&world, "second", VG_FEE_COUNTABLE);
	assert_reason(&world, "edge", VG_FEE_COUNTABLE);
	vg_core_free(world.core);
}

/* --- owners and marks --- */

static void
a_providers_tickets_are_its_municipalitys(void **state)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct world world;

	(void)state;
	agreement->providers = 1;
	agreement->provider = support_array(1, sizeof agreement->provider[0]);
	agreement->provider[0] = (struct vg_provider){.id = support_copy("omsorg"),
						      .name = support_copy("Omsorg"),
						      .municipality = support_copy("1489")};
	world = fee_world_of(agreement);
	fee_ticket(&world, "own", "1480", "2026-03-10 12:00", "provider=omsorg");
	fee_ticket(&world, "none", "-", "2026-03-10 12:00", "provider=omsorg");
	fee_ticket(&world, "unknown", "-", "2026-03-10 12:00", "provider=other");
	assert_string_equal(fee_decision(&world, "own").municipality, "1480");
	assert_string_equal(fee_decision(&world, "none").municipality, "1489");
	assert_int_equal(fee_decision(&world, "none").price_ore, 25000);
	assert_string_equal(fee_decision(&world, "unknown").municipality, "");
	assert_true(fee_decision(&world, "unknown").counts);
	assert_int_equal(fee_decision(&world, "unknown").price_ore, 0);
	vg_core_free(world.core);
}

static void
a_blank_cause_and_a_way_past_first_line_are_told(void **state)
{
	struct world world = fee_world(2026);

	(void)state;
	fee_ticket(&world, "blank", "1489", "2026-03-10 12:00", "");
	fee_ticket(&world, "unknown", "1489", "2026-03-10 12:00", "cause_party=unknown");
	fee_ticket(&world, "stated", "1489", "2026-03-10 12:00", "cause_party=municipality");
	fee_report(&world, "direct", "2026-03-10 12:00", "status=resolved line=2");
	fee_report(&world, "called", "2026-03-10 12:00",
		   "status=resolved line=2 on_behalf=1 first_line_called=1");
	assert_true(fee_decision(&world, "blank").cause_blank);
	assert_true(fee_decision(&world, "unknown").cause_blank);
	assert_false(fee_decision(&world, "stated").cause_blank);
	assert_false(fee_decision(&world, "blank").bypassed_first_line);
	assert_true(fee_decision(&world, "direct").bypassed_first_line);
	assert_true(fee_decision(&world, "direct").counts);
	assert_false(fee_decision(&world, "called").bypassed_first_line);
	vg_core_free(world.core);
}

static void
by_links_alone_a_stated_cause_leaves_nothing_out(void **state)
{
	struct world world = fee_world(2026);
	char name[32], fields[64];

	(void)state;
	record_outage(&world, "2026-03-05 12:00", VG_PARTY_SUPPLIER, name);
	snprintf(fields, sizeof fields, "cause_party=vgr outage=%s", name);
	fee_ticket(&world, "stated", "1489", "2026-03-10 12:00", "cause_party=vgr");
	fee_ticket(&world, "linked", "1489", "2026-03-10 12:00", fields);
	fee_ticket(&world, "test", "1489", "2026-03-10 12:00", "cause_party=vgr test=1");
	fee_ticket(&world, "plain", "1489", "2026-03-10 12:00", "");
	assert_reason(&world, "stated", VG_FEE_VGR_CAUSE);
	assert_true(fee_decision(&world, "stated").counts_by_links);
	assert_reason(&world, "linked", VG_FEE_VGR_CAUSE);
	assert_false(fee_decision(&world, "linked").counts_by_links);
	assert_false(fee_decision(&world, "test").counts_by_links);
	assert_true(fee_decision(&world, "plain").counts_by_links);
	vg_core_free(world.core);
}

/* The decision is another one, and the ticket is marked. */
static void
assert_moved(const struct world *world, const char *ref, enum vg_fee_reason want)
{
	assert_reason(world, ref, want);
	assert_int_equal(seq_of_change(world, ref), world->seq);
}

static void
an_outage_record_leads_its_tickets(void **state)
{
	struct world world = fee_world(2026);
	struct vg_event event;
	char name[32], fields[64];

	(void)state;
	record_outage(&world, "2026-03-05 12:00", VG_PARTY_UNKNOWN, name);
	snprintf(fields, sizeof fields, "outage=%s", name);
	fee_ticket(&world, "T", "1489", "2026-03-10 12:00", fields);
	fee_ticket(&world, "other", "1489", "2026-03-10 12:00", "");
	assert_reason(&world, "T", VG_FEE_COUNTABLE);
	event = fee_event(&world, VG_KIND_OUTAGE_CORRECTED, "2026-03-11 12:00");
	event.body.outage = plain_outage;
	event.body.outage.outage = name;
	event.body.outage.set = VG_OUTAGE_SET_CAUSE;
	event.body.outage.cause = VG_PARTY_SUPPLIER;
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_moved(&world, "T", VG_FEE_VGR_CAUSE);
	assert_int_not_equal(seq_of_change(&world, "other"), world.seq);
	event = fee_event(&world, VG_KIND_OUTAGE_WITHDRAWN, "2026-03-12 12:00");
	event.body.outage = plain_outage;
	event.body.outage.outage = name;
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_moved(&world, "T", VG_FEE_COUNTABLE);
	vg_core_free(world.core);
}

static void
withdraw_window(struct world *world, const char *name)
{
	struct vg_event event = fee_event(world, VG_KIND_WINDOW_WITHDRAWN, "2026-03-11 12:00");

	event.body.window = (struct vg_window_body){.window = name, .reason = "test"};
	assert_int_equal(world_step(world, &event), VG_VERDICT_TAKEN);
}

/* A window of two nights in March. Its number. */
static int64_t
plan_window(struct world *world)
{
	const int64_t times[][2] = {
		{support_at("2026-03-05 01:00"), support_at("2026-03-05 02:00")},
		{support_at("2026-03-06 01:00"), support_at("2026-03-06 02:00")}};
	struct vg_event event = fee_event(world, VG_KIND_WINDOW_PLANNED, "2026-02-01 12:00");

	event.body.window = (struct vg_window_body){.name = "test",
						    .services = "",
						    .channels = "",
						    .municipalities = "",
						    .announced_ms = -1,
						    .agreed_by = "",
						    .rrule = "",
						    .uid = "",
						    .reason = "",
						    .times = 2,
						    .time = times};
	world_step(world, &event);
	return event.seq;
}

/* By an occurrence, which leads as long as it stands, or by the whole, of which one must. */
static void
a_window_leads_its_tickets(void **state)
{
	struct world world = fee_world(2026);
	const long long window = plan_window(&world);
	char first[32], second[32], fields[64];

	(void)state;
	snprintf(first, sizeof first, "W-%lld.0", window);
	snprintf(second, sizeof second, "W-%lld.1", window);
	snprintf(fields, sizeof fields, "window=%s", first);
	fee_ticket(&world, "ONE", "1489", "2026-03-10 12:00", fields);
	snprintf(fields, sizeof fields, "outage=W-%lld", window);
	fee_ticket(&world, "ALL", "1489", "2026-03-10 13:00", fields);
	snprintf(fields, sizeof fields, "window=W-%lld", window + 1);
	fee_ticket(&world, "NONE", "1489", "2026-03-10 14:00", fields);
	assert_reason(&world, "ONE", VG_FEE_VGR_CAUSE);
	assert_reason(&world, "ALL", VG_FEE_VGR_CAUSE);
	assert_reason(&world, "NONE", VG_FEE_COUNTABLE);
	withdraw_window(&world, first);
	assert_moved(&world, "ONE", VG_FEE_COUNTABLE);
	assert_moved(&world, "ALL", VG_FEE_VGR_CAUSE);
	withdraw_window(&world, second);
	assert_moved(&world, "ALL", VG_FEE_COUNTABLE);
	vg_core_free(world.core);
}

/* Its number. */
static int64_t
raise_alarm(struct world *world)
{
	struct vg_notice notice = {.at_ms = support_at("2026-03-05 12:00"),
				   .last_ms = support_at("2026-03-05 12:00"),
				   .count = 1,
				   .resource = "host",
				   .type = "down",
				   .qualifier = "",
				   .severity = VG_SEVERITY_MAJOR,
				   .service = "vard",
				   .municipality = "",
				   .text = "",
				   .rule = "",
				   .peer = "",
				   .detail = "",
				   .id = ""};
	struct vg_event event = fee_event(world, VG_KIND_ALARMS_REPORTED, "2026-03-05 12:00");

	event.body.notices = (struct vg_notices_body){.count = 1, .notice = &notice};
	world_step(world, &event);
	return vg_core_alarm_of(world->core, "host", "down", "")->id;
}

/* One that nobody keeps any longer was raised by an earlier row than that which names it. */
static void
an_alarm_leads_its_tickets(void **state)
{
	struct world world = fee_world(2026);
	const long long alarm = raise_alarm(&world), gone = VG_ALARM_ID_STEP;
	struct vg_event event;
	char name[32], fields[64];

	(void)state;
	snprintf(name, sizeof name, "A-%lld", alarm);
	snprintf(fields, sizeof fields, "alarm=%s", name);
	fee_ticket(&world, "T", "1489", "2026-03-10 12:00", fields);
	fee_ticket(&world, "wrong", "1489", "2026-03-10 12:00", "alarm=A-5");
	snprintf(fields, sizeof fields, "alarm=A-%lld", gone);
	fee_ticket(&world, "gone", "1489", "2026-03-10 12:00", fields);
	snprintf(fields, sizeof fields, "alarm=A-%lld", gone * (world.seq + 3));
	fee_ticket(&world, "itself", "1489", "2026-03-10 12:00", fields);
	assert_reason(&world, "T", VG_FEE_VGR_CAUSE);
	assert_reason(&world, "wrong", VG_FEE_COUNTABLE);
	assert_reason(&world, "gone", VG_FEE_VGR_CAUSE);
	assert_reason(&world, "itself", VG_FEE_COUNTABLE);
	event = fee_event(&world, VG_KIND_ALARM_CLOSED, "2026-03-11 12:00");
	event.body.alarm =
		(struct vg_alarm_body){.alarm = name, .reason = "test", .false_alarm = true};
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	assert_moved(&world, "T", VG_FEE_COUNTABLE);
	vg_core_free(world.core);
}

/* Before anybody knows the problem, when it comes, when its cause is stated, and when it turns out
 * to be the same as an older one. */
static void
a_problem_leads_its_tickets(void **state)
{
	struct world world = fee_world(2026);
	struct vg_event event;

	(void)state;
	fee_report(&world, "OLDER", "2026-03-01 12:00", "status=new type=problem");
	fee_ticket(&world, "T", "1489", "2026-03-10 12:00", "problem=PRB");
	assert_reason(&world, "T", VG_FEE_COUNTABLE);
	fee_report(&world, "PRB", "2026-03-11 12:00", "status=new type=problem cause_party=vgr");
	assert_moved(&world, "T", VG_FEE_VGR_PROBLEM);
	fee_report(&world, "PRB", "2026-03-12 12:00", "cause_party=third_party");
	assert_moved(&world, "T", VG_FEE_COUNTABLE);
	event = fee_event(&world, VG_KIND_TICKET_REPORTED, "2026-03-13 12:00");
	event.body.ticket = (struct vg_ticket_body){
		.ref = "PRB", .also_count = 1, .also = {{"tool", "OLDER"}}, .title_digest = ""};
	world_step(&world, &event);
	assert_moved(&world, "T", VG_FEE_COUNTABLE);
	fee_report(&world, "OLDER", "2026-03-14 12:00", "cause_party=supplier");
	assert_moved(&world, "T", VG_FEE_VGR_PROBLEM);
	fee_report(&world, "T", "2026-03-15 12:00", "problem=-");
	fee_report(&world, "OLDER", "2026-03-16 12:00", "cause_party=vgr");
	assert_int_not_equal(seq_of_change(&world, "T"), world.seq);
	vg_core_free(world.core);
}

/* Cause not stated: VGR's, until another is. */
static void
a_major_incident_leads_its_tickets(void **state)
{
	static const struct {
		const char *at, *cause;
		enum vg_fee_reason want;
	} rows[] = {
		{"2026-03-11 12:00", "cause_party=municipality", VG_FEE_COUNTABLE},
		{"2026-03-12 12:00", "cause_party=unknown", VG_FEE_VGR_CAUSE},
		{"2026-03-13 12:00", "cause_party=third_party", VG_FEE_COUNTABLE},
		{"2026-03-14 12:00", "cause_party=supplier", VG_FEE_VGR_CAUSE},
	};
	struct world world = fee_world(2026);

	(void)state;
	fee_ticket(&world, "MI", "1489", "2026-03-10 12:00", "major_incident=MI");
	fee_ticket(&world, "T", "1480", "2026-03-10 12:00", "major_incident=MI");
	assert_reason(&world, "MI", VG_FEE_COUNTABLE);
	assert_reason(&world, "T", VG_FEE_VGR_CAUSE);
	for (size_t i = 0; i < 4; i++) {
		fee_report(&world, "MI", rows[i].at, rows[i].cause);
		assert_moved(&world, "T", rows[i].want);
	}
	vg_core_free(world.core);
}

static void
a_ticket_that_is_gone_counts_nowhere(void **state)
{
	struct world world = fee_world(2026);
	const struct vg_ticket *older = fee_ticket(&world, "A", "1489", "2026-03-10 12:00", "");
	const struct vg_ticket *younger = fee_ticket(&world, "B", "1489", "2026-03-10 12:00", "");
	struct vg_event event = fee_event(&world, VG_KIND_TICKET_REPORTED, "2026-03-13 12:00");
	struct vg_fee_decision decision;

	(void)state;
	event.body.ticket = (struct vg_ticket_body){
		.ref = "A", .also_count = 1, .also = {{"tool", "B"}}, .title_digest = ""};
	world_step(&world, &event);
	vg_fee_decide(world.core, younger, &decision);
	assert_true(decision.ended);
	assert_false(decision.counts);
	assert_int_equal(decision.reason, VG_FEE_GONE);
	vg_fee_decide(world.core, older, &decision);
	assert_true(decision.counts);
	vg_core_free(world.core);
}

static void
a_core_from_its_checkpoint_marks_the_same(void **state)
{
	struct world world = fee_world(2026), copy;
	struct bytes bytes;

	(void)state;
	fee_ticket(&world, "T", "1489", "2026-03-10 12:00", "problem=PRB");
	fee_ticket(&world, "U", "1489", "2026-03-10 12:00", "problem=PRB");
	fee_report(&world, "PRB", "2026-03-11 12:00", "status=new type=problem");
	fee_report(&world, "U", "2026-03-11 12:00", "problem=-");
	bytes = save(world.core);
	copy = world;
	copy.core = vg_core_load(bytes.at, bytes.n);
	assert_non_null(copy.core);
	free(bytes.at);
	fee_report(&world, "PRB", "2026-03-12 12:00", "cause_party=vgr");
	fee_report(&copy, "PRB", "2026-03-12 12:00", "cause_party=vgr");
	assert_moved(&world, "T", VG_FEE_VGR_PROBLEM);
	assert_moved(&copy, "T", VG_FEE_VGR_PROBLEM);
	assert_int_equal(seq_of_change(&copy, "U"), seq_of_change(&world, "U"));
	assert_int_not_equal(seq_of_change(&copy, "U"), copy.seq);
	vg_core_free(copy.core);
	vg_core_free(world.core);
}

/* --- at random --- */

#define RANDOM_TICKETS 12
#define RANDOM_EVENTS  400

static bool
same_decision(const struct vg_fee_decision *a, const struct vg_fee_decision *b)
{
	return a->ended == b->ended && a->counts == b->counts && a->reason == b->reason &&
	       strcmp(a->municipality, b->municipality) == 0 && a->at_ms == b->at_ms &&
	       a->month == b->month && a->price_ore == b->price_ore &&
	       a->cause_blank == b->cause_blank && a->counts_by_links == b->counts_by_links &&
	       a->bypassed_first_line == b->bypassed_first_line;
}

/* Tickets that name each other, by references that may be unknown or by our ids, and three outage
 * records, the first three events after the agreement. */
static const char *
random_fields(uint64_t *seed, char out[128])
{
	static const char *const plain[] = {
		"status=resolved",
		"status=in_progress",
		"status=closed",
		"line=2",
		"line=1",
		"cause_party=vgr",
		"cause_party=supplier",
		"cause_party=municipality",
		"cause_party=unknown",
		"municipality=1489",
		"status=resolved line=2",
		"status=cancelled",
	};
	static const char *const links[] = {"problem", "major_incident", "reopen_of"};
	int64_t n = support_below(seed, 12), other = support_below(seed, RANDOM_TICKETS);

	if (n < 6)
		snprintf(out, 128, "%s", plain[support_below(seed, 12)]);
	else if (n < 9)
		snprintf(out, 128, "%s=T%lld", links[n - 6], (long long)other);
	else if (n < 11)
		snprintf(out, 128, "%s=V-%lld", links[n - 9],
			 (long long)(5 + support_below(seed, 30)));
	else
		snprintf(out, 128, "outage=O-%lld", (long long)(2 + support_below(seed, 3)));
	return out;
}

/* One event of any kind, the same for the same seed and time. */
static void
random_event(struct world *world, uint64_t *seed, int64_t at_ms)
{
	char ref[16], other[16], name[32], fields[128];
	int64_t kind = support_below(seed, 20);
	struct vg_event event;

	snprintf(ref, sizeof ref, "T%d", (int)support_below(seed, RANDOM_TICKETS));
	snprintf(other, sizeof other, "T%d", (int)support_below(seed, RANDOM_TICKETS));
	if (kind == 0) {
		event = fee_event_ms(world, VG_KIND_TICKET_REPORTED, at_ms);
		event.body.ticket = (struct vg_ticket_body){
			.ref = ref, .also_count = 1, .also = {{"tool", other}}, .title_digest = ""};
		world_step(world, &event);
	} else if (kind == 1) {
		event = fee_event_ms(world, VG_KIND_OUTAGE_CORRECTED, at_ms);
		snprintf(name, sizeof name, "O-%d", 2 + (int)support_below(seed, 3));
		event.body.outage = plain_outage;
		event.body.outage.outage = name;
		event.body.outage.set = VG_OUTAGE_SET_CAUSE;
		event.body.outage.cause = (enum vg_party)support_below(seed, VG_PARTY_COUNT);
		world_step(world, &event);
	} else if (kind == 2) {
		event = fee_event_ms(world, VG_KIND_TICKET_CORRECTED, at_ms);
		event.body.ticket =
			(struct vg_ticket_body){.ticket = ref,
						.voids = 5 + support_below(seed, world->seq - 4),
						.reason = "test"};
		world_step(world, &event);
	} else {
		fee_report_ms(world, ref, at_ms, random_fields(seed, fields));
	}
}

/* A decision that is not marked is as it was. */
static void
assert_marked(const struct world *world, struct vg_fee_decision *known, size_t *n)
{
	for (size_t i = 0; i < world->core->tickets; i++) {
		const struct vg_ticket *ticket = world->core->ticket[i];
		struct vg_fee_decision now;

		vg_fee_decide(world->core, ticket, &now);
		if (i < *n && !same_decision(&known[i], &now) && ticket->changed_seq != world->seq)
			fail_msg("event %lld made V-%lld %s, unmarked", (long long)world->seq,
				 (long long)ticket->id, vg_fee_reason_name(now.reason));
		known[i] = now;
	}
	*n = world->core->tickets;
}

static void
reload(struct world *world)
{
	struct bytes bytes = save(world->core);

	vg_core_free(world->core);
	world->core = vg_core_load(bytes.at, bytes.n);
	assert_non_null(world->core);
	free(bytes.at);
}

static void
no_decision_changes_without_a_mark_and_checkpoints_mark_the_same(void **state)
{
	static struct vg_fee_decision known[RANDOM_EVENTS];

	(void)state;
	for (uint64_t round = 0; round < 20; round++) {
		struct world world = fee_world(2026), copy = fee_world(2026);
		uint64_t seed = round, copy_seed = round;
		struct bytes a, b;
		char name[32];
		size_t n = 0;

		for (int i = 0; i < 3; i++) {
			record_outage(&world, "2026-03-01 12:00", VG_PARTY_VGR, name);
			record_outage(&copy, "2026-03-01 12:00", VG_PARTY_VGR, name);
		}
		for (int i = 0; i < RANDOM_EVENTS; i++) {
			int64_t at_ms = support_at("2026-03-02 12:00") + i * HOUR_MS;

			random_event(&world, &seed, at_ms);
			random_event(&copy, &copy_seed, at_ms);
			assert_marked(&world, known, &n);
			if (i % 40 == 39)
				reload(&copy);
		}
		a = save(world.core);
		b = save(copy.core);
		assert_int_equal(a.n, b.n);
		assert_memory_equal(a.at, b.at, a.n);
		free(a.at);
		free(b.at);
		vg_core_free(world.core);
		vg_core_free(copy.core);
	}
}

/* --- rows of a decision --- */

struct kept_rows {
	int64_t seq[16];
	size_t n;
};

static void
keep_row(int64_t seq, void *arg)
{
	struct kept_rows *kept = arg;

	assert_true(kept->n < 16 && (kept->n == 0 || kept->seq[kept->n - 1] < seq));
	kept->seq[kept->n++] = seq;
}

static void
a_decision_names_the_rows_that_it_follows_from(void **state)
{
	struct world world = fee_world(2026);
	struct kept_rows kept = {.n = 0};
	int64_t outage, problem, cause, old;
	const struct vg_ticket *ticket;
	char name[32], fields[128];

	(void)state;
	outage = record_outage(&world, "2026-03-01 12:00", VG_PARTY_MUNICIPALITY, name);
	fee_report(&world, "PRB", "2026-03-02 12:00", "status=new type=problem");
	problem = world.seq;
	fee_report(&world, "PRB", "2026-03-03 12:00", "cause_party=third_party");
	cause = world.seq;
	old = vg_ticket_id(fee_ticket(&world, "OLD", "1489", "2026-03-04 12:00", ""));
	snprintf(fields, sizeof fields, "outage=%s problem=PRB reopen_of=OLD", name);
	ticket = fee_ticket(&world, "T", "1489", "2026-03-10 12:00", fields);
	vg_fee_decision_rows(world.core, ticket, keep_row, &kept);
	assert_int_equal(kept.n, 6);
	assert_int_equal(kept.seq[0], 1); /* the agreement */
	assert_int_equal(kept.seq[1], outage);
	assert_int_equal(kept.seq[2], problem);
	assert_int_equal(kept.seq[3], cause);
	assert_int_equal(kept.seq[4], old);
	assert_int_equal(kept.seq[5], old + 2); /* its resolution */
	vg_core_free(world.core);
}

/* In order, each once, also when what came first is named last. */
static void
rows_of_windows_alarms_and_overrides_are_named(void **state)
{
	struct world world = fee_world(2026);
	struct kept_rows kept = {.n = 0};
	const long long window = plan_window(&world), alarm = raise_alarm(&world);
	const int64_t raised = world.seq;
	const struct vg_ticket *ticket;
	char fields[96];
	int64_t act;

	(void)state;
	snprintf(fields, sizeof fields, "alarm=A-%lld window=W-%lld.1 outage=W-%lld", alarm, window,
		 window);
	ticket = fee_ticket(&world, "T", "1489", "2026-03-10 12:00", fields);
	act = fee_override(&world, "T", VG_OVERRIDE_COUNTS);
	vg_fee_decision_rows(world.core, ticket, keep_row, &kept);
	assert_int_equal(kept.n, 4);
	assert_int_equal(kept.seq[0], 1); /* the agreement */
	assert_int_equal(kept.seq[1], window);
	assert_int_equal(kept.seq[2], raised);
	assert_int_equal(kept.seq[3], act);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_has_its_name),
		cmocka_unit_test(each_row_decides_alone),
		cmocka_unit_test(the_first_row_that_holds_decides),
		cmocka_unit_test(each_setting_can_be_changed),
		cmocka_unit_test(a_leaving_municipality_is_billed_to_its_end_or_not_at_all),
		cmocka_unit_test(an_override_decides_until_it_is_taken_back),
		cmocka_unit_test(the_billing_event_is_by_the_agreement),
		cmocka_unit_test(a_ticket_stands_at_one_place_in_time),
		cmocka_unit_test(E14_the_month_is_local),
		cmocka_unit_test(outside_every_agreement_nothing_counts),
		cmocka_unit_test(E2_exclusions),
		cmocka_unit_test(E4_reopening),
		cmocka_unit_test(what_was_opened_before_the_other_was_resolved_reopens_nothing),
		cmocka_unit_test(what_is_still_in_second_line_is_not_misrouted),
		cmocka_unit_test(E8_joins_within_a_month),
		cmocka_unit_test(a_providers_tickets_are_its_municipalitys),
		cmocka_unit_test(a_blank_cause_and_a_way_past_first_line_are_told),
		cmocka_unit_test(by_links_alone_a_stated_cause_leaves_nothing_out),
		cmocka_unit_test(an_outage_record_leads_its_tickets),
		cmocka_unit_test(a_window_leads_its_tickets),
		cmocka_unit_test(an_alarm_leads_its_tickets),
		cmocka_unit_test(a_problem_leads_its_tickets),
		cmocka_unit_test(a_major_incident_leads_its_tickets),
		cmocka_unit_test(a_ticket_that_is_gone_counts_nowhere),
		cmocka_unit_test(a_core_from_its_checkpoint_marks_the_same),
		cmocka_unit_test(no_decision_changes_without_a_mark_and_checkpoints_mark_the_same),
		cmocka_unit_test(a_decision_names_the_rows_that_it_follows_from),
		cmocka_unit_test(rows_of_windows_alarms_and_overrides_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
