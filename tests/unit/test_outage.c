/* Outage records: in force at once, waiting for a second person, and refused with a reason. */
#include "tests/unit/object_support.h"

#define RECORD(world, body, minutes)                                                               \
	outage_event(world, VG_KIND_OUTAGE_RECORDED, body, "anna", minutes)

static void
a_record_holds_at_once_and_waits_for_a_second_person(void **state)
{
	struct world world = object_world();
	struct vg_outage_body body = outage_body(10, 70);
	const struct vg_outage_record *record;

	(void)state;
	body.cause = VG_PARTY_SUPPLIER;
	assert_int_equal(RECORD(&world, &body, 80), VG_VERDICT_TAKEN);
	record = vg_core_outage(world.core, 2);
	assert_non_null(record);
	assert_ptr_equal(vg_core_item(world.core, VG_OBJECT_OUTAGE, 0), record);
	assert_null(vg_core_item(world.core, VG_OBJECT_OUTAGE, 1));
	assert_string_equal(record->author, "anna");
	assert_string_equal(record->approved_by, "");
	assert_int_equal(record->to_ms, at_ms(70));
	assert_int_equal(outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "anna", 81),
			 VG_VERDICT_REFUSED);
	assert_refused(&world, "O-2 was last changed by anna: a second principal must approve it");
	assert_int_equal(outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "bo", 82),
			 VG_VERDICT_TAKEN);
	assert_string_equal(vg_core_outage(world.core, 2)->approved_by, "bo");
	outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "cecilia", 83);
	assert_refused(&world, "O-2 was approved by bo already");
	vg_core_free(world.core);
}

static void
a_corrected_record_waits_again_for_another_than_who_corrected(void **state)
{
	struct world world = object_world();
	struct vg_outage_body body = outage_body(10, -1);
	const struct vg_outage_record *record;

	(void)state;
	RECORD(&world, &body, 80);
	outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "bo", 81);
	body = (struct vg_outage_body){.outage = "O-2",
				       .set = VG_OUTAGE_SET_TO | VG_OUTAGE_SET_MUNICIPALITIES |
					      VG_OUTAGE_SET_CAUSE,
				       .to_ms = at_ms(85),
				       .municipalities = "1489",
				       .cause = VG_PARTY_VGR,
				       .reason = "ended"};
	assert_int_equal(outage_event(&world, VG_KIND_OUTAGE_CORRECTED, &body, "bo", 90),
			 VG_VERDICT_TAKEN);
	record = vg_core_outage(world.core, 2);
	assert_int_equal(record->to_ms, at_ms(85));
	assert_int_equal(record->from_ms, at_ms(10));
	assert_int_equal(record->cause, VG_PARTY_VGR);
	assert_string_equal(record->municipalities, "1489");
	assert_string_equal(record->service, "vard");
	assert_string_equal(record->reason, "ended");
	assert_string_equal(record->author, "bo");
	assert_string_equal(record->approved_by, "");
	outage_event(&world, VG_KIND_OUTAGE_CORRECTED, &body, "anna", 91);
	assert_refused(&world, "O-2 says that already: nothing would change");
	outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "bo", 92);
	assert_refused(&world, "a second principal");
	assert_int_equal(outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "anna", 93),
			 VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

static void
a_withdrawn_record_is_changed_no_more_but_its_withdrawal_is_approved(void **state)
{
	struct world world = object_world();
	struct vg_outage_body body = outage_body(10, 70);

	(void)state;
	RECORD(&world, &body, 80);
	assert_int_equal(outage_command(&world, VG_KIND_OUTAGE_WITHDRAWN, "O-2", "anna", 81),
			 VG_VERDICT_TAKEN);
	assert_true(vg_core_outage(world.core, 2)->withdrawn);
	outage_command(&world, VG_KIND_OUTAGE_WITHDRAWN, "O-2", "bo", 82);
	assert_refused(&world, "O-2 was withdrawn by anna already");
	body = (struct vg_outage_body){.outage = "O-2",
				       .set = VG_OUTAGE_SET_EFFECT,
				       .effect = VG_EFFECT_DEGRADED,
				       .reason = "a reason"};
	outage_event(&world, VG_KIND_OUTAGE_CORRECTED, &body, "bo", 83);
	assert_refused(&world, "O-2 was withdrawn by anna already");
	outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "anna", 84);
	assert_refused(&world, "a second principal");
	assert_int_equal(outage_command(&world, VG_KIND_OUTAGE_APPROVED, "O-2", "bo", 85),
			 VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

static void
what_a_record_cannot_say_is_refused_with_what_was_expected(void **state)
{
	static const struct {
		const char *word; /* of the refusal */
		struct vg_outage_body body;
	} cases[] = {
		{"must begin before it ends", {.from_ms = 70, .to_ms = 70}},
		{"begins in the future: plan a window", {.from_ms = 91, .to_ms = 0}},
		{"ends in the future: leave its end open", {.from_ms = 10, .to_ms = 91}},
		{"has no service journal", {.service = "journal"}},
		{"has no channel fax", {.channel = "fax"}},
		{"has no municipality 9999", {.municipalities = "1480 9999"}},
		{"an outage is of one service", {.service = "arkiv vard"}},
		{"service arkiv is not given through channel mobile",
		 {.service = "arkiv", .channel = "mobile"}},
		{"effect cause needs a cause", {.effect = VG_EFFECT_CAUSE}},
		{"effect refute needs an end, or the one probe",
		 {.effect = VG_EFFECT_REFUTE, .to_ms = 0}},
		{"by both its source and its name",
		 {.effect = VG_EFFECT_REFUTE, .source = "agent-1489"}},
		{"only effect refute names a probe", {.source = "agent-1489", .probe = "web"}},
		{"has no probe wep of agent-1489",
		 {.effect = VG_EFFECT_REFUTE, .source = "agent-1489", .probe = "wep"}},
		{"a reason is needed", {.reason = ""}},
	};
	struct world world = object_world();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct vg_outage_body *x = &cases[i].body;
		struct vg_outage_body body = outage_body(10, 70);

		body.effect = x->effect;
		if (x->from_ms != 0)
			body.from_ms = at_ms(x->from_ms);
		if (x->from_ms != 0 || x->effect == VG_EFFECT_REFUTE)
			body.to_ms = x->to_ms != 0 ? at_ms(x->to_ms) : INT64_MAX;
		if (x->service != NULL)
			body.service = x->service;
		if (x->channel != NULL)
			body.channel = x->channel;
		if (x->municipalities != NULL)
			body.municipalities = x->municipalities;
		if (x->source != NULL)
			body.source = x->source;
		if (x->probe != NULL)
			body.probe = x->probe;
		if (x->reason != NULL)
			body.reason = x->reason;
		assert_int_equal(RECORD(&world, &body, 80), VG_VERDICT_REFUSED);
		assert_refused(&world, cases[i].word);
	}
	assert_null(vg_core_item(world.core, VG_OBJECT_OUTAGE, 0));
	vg_core_free(world.core);
}

static void
one_probe_may_be_refuted_without_an_end(void **state)
{
	struct world world = object_world();
	struct vg_outage_body body = outage_body(10, -1);

	(void)state;
	body.effect = VG_EFFECT_REFUTE;
	body.source = "agent-1489";
	body.probe = "web";
	assert_int_equal(RECORD(&world, &body, 80), VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

static void
only_a_record_that_is_there_can_be_spoken_of(void **state)
{
	static const char *const names[] = {"O-7",  "O-", "O-2.1", "W-2",
					    "O-2 ", "2",  "",	   "O-99999999999999999999"};
	struct world world = object_world();
	struct vg_outage_body body = outage_body(10, 70);

	(void)state;
	RECORD(&world, &body, 80);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		outage_command(&world, VG_KIND_OUTAGE_APPROVED, names[i], "bo", 81);
		assert_refused(&world, "expected O- and its number");
	}
	vg_core_free(world.core);
}

static void
no_agreement_knows_no_service(void **state)
{
	struct world world = {.core = vg_core_new()};
	struct vg_outage_body body = outage_body(10, 70);

	(void)state;
	assert_non_null(world.core);
	RECORD(&world, &body, 80);
	assert_refused(&world, "no agreement is applied");
	vg_core_free(world.core);
}

/* From January or February 2016 on to April: an outage that goes on is told by its start. */
static void
a_record_marks_the_months_from_its_old_and_its_new_stretch_on(void **state)
{
	struct world world = object_world();
	struct vg_outage_body body = outage_body(DAYS(40), DAYS(41));
	struct marked marked;

	(void)state;
	RECORD(&world, &body, DAYS(100));
	marked = marked_since(&world, world.seq - 1);
	assert_int_equal(marked.count, 3);
	assert_int_equal(marked.first, JANUARY + 1);
	assert_int_equal(marked.last, JANUARY + 3);
	body = (struct vg_outage_body){.outage = "O-2",
				       .set = VG_OUTAGE_SET_FROM,
				       .from_ms = at_ms(DAYS(10)),
				       .reason = "began earlier"};
	outage_event(&world, VG_KIND_OUTAGE_CORRECTED, &body, "bo", DAYS(100));
	marked = marked_since(&world, world.seq - 1);
	assert_int_equal(marked.count, 4);
	assert_int_equal(marked.first, JANUARY);
	body.set = VG_OUTAGE_SET_TO;
	body.to_ms = INT64_MAX;
	outage_event(&world, VG_KIND_OUTAGE_CORRECTED, &body, "bo", DAYS(100));
	marked = marked_since(&world, world.seq - 1);
	assert_int_equal(marked.first, JANUARY);
	assert_int_equal(marked.last, JANUARY + 3);
	outage_command(&world, VG_KIND_OUTAGE_WITHDRAWN, "O-2", "bo", DAYS(100));
	assert_int_equal(marked_since(&world, world.seq - 1).count, 4);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_holds_at_once_and_waits_for_a_second_person),
		cmocka_unit_test(a_corrected_record_waits_again_for_another_than_who_corrected),
		cmocka_unit_test(
			a_withdrawn_record_is_changed_no_more_but_its_withdrawal_is_approved),
		cmocka_unit_test(what_a_record_cannot_say_is_refused_with_what_was_expected),
		cmocka_unit_test(one_probe_may_be_refuted_without_an_end),
		cmocka_unit_test(only_a_record_that_is_there_can_be_spoken_of),
		cmocka_unit_test(no_agreement_knows_no_service),
		cmocka_unit_test(a_record_marks_the_months_from_its_old_and_its_new_stretch_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
