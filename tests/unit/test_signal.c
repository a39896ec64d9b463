/* Signals: raised when something is so, widened while it grows, cleared when it is over, and told
 * to the duties whose occasion it is. */
#include "tests/unit/object_support.h"

#define ALL_OK	 "arkiv=ok gateway=ok katalog=ok web=ok"
#define WEB_DOWN "arkiv=ok gateway=ok katalog=ok web=critical"

/* The newest signal of a kind; NULL = none was raised. */
static const struct vg_signal *
newest(const struct world *world, enum vg_signal_kind kind)
{
	const struct vg_signal *signal, *found = NULL;

	for (size_t i = 0; (signal = vg_core_item(world->core, VG_OBJECT_SIGNAL, i)) != NULL; i++) {
		if (signal->kind == (int)kind)
			found = signal;
	}
	return found;
}

static bool
stands(const struct world *world, enum vg_signal_kind kind)
{
	const struct vg_signal *signal = newest(world, kind);

	return signal != NULL && signal->to_ms == -1;
}

static size_t
count(const struct world *world, enum vg_object_type type)
{
	size_t n = 0;

	while (vg_core_item(world->core, type, n) != NULL)
		n++;
	return n;
}

/* How many notifications about a signal are still to be said. */
static size_t
waiting(const struct world *world, const struct vg_signal *signal)
{
	const struct vg_notification *call;
	size_t n = 0;

	for (size_t i = 0; (call = vg_core_item(world->core, VG_OBJECT_NOTIFICATION, i)) != NULL;
	     i++) {
		if (call->signal == signal->id && call->state == VG_DELIVERY_PENDING)
			n++;
	}
	return n;
}

static void
signals_have_names(void **state)
{
	(void)state;
	assert_string_equal(vg_signal_name(VG_SIGNAL_OUTAGE), "outage");
	assert_string_equal(vg_signal_name(VG_SIGNAL_WINDOW_ENDING), "window_ending");
	assert_string_equal(vg_signal_name(VG_SIGNAL_WINDOW_OVERRUN), "window_overrun");
	assert_string_equal(vg_signal_name(VG_SIGNAL_CONTRADICTION), "contradiction");
	assert_string_equal(vg_signal_name(VG_SIGNAL_AGENT_SILENT), "agent_silent");
	assert_string_equal(vg_signal_name(VG_SIGNAL_NETWORK), "network");
}

/* Down at minute 10, confirmed when the slots 10 and 11 have ended; up at 15, confirmed at 17. */
static void
an_outage_is_raised_when_confirmed_and_dated_back(void **state)
{
	struct world world = object_world();
	const struct vg_signal *signal;

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	samples_until(&world, 10, 12, WEB_DOWN);
	assert_false(stands(&world, VG_SIGNAL_OUTAGE));
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(12));
	tick(&world, 12);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	signal = newest(&world, VG_SIGNAL_OUTAGE);
	assert_string_equal(signal->service, "vard");
	assert_string_equal(signal->subject, "");
	assert_string_equal(signal->municipalities, "1489");
	assert_int_equal(signal->from_ms, at_ms(10));
	assert_int_equal(signal->id, world.seq * 16);
	samples_until(&world, 12, 15, WEB_DOWN);
	samples_until(&world, 15, 17, ALL_OK);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	samples_event(&world, 17, ALL_OK);
	assert_false(stands(&world, VG_SIGNAL_OUTAGE));
	assert_int_equal(newest(&world, VG_SIGNAL_OUTAGE)->to_ms, at_ms(15));
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	vg_core_free(world.core);
}

static void
one_failing_sample_raises_nothing(void **state)
{
	struct world world = object_world();

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	samples_event(&world, 10, WEB_DOWN);
	samples_until(&world, 11, 20, ALL_OK);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 0);
	vg_core_free(world.core);
}

/* Down and up every other minute until 29: told of once, and over when it was quiet for ten. */
static void
a_service_that_flaps_is_told_of_once_until_it_is_quiet(void **state)
{
	struct world world = object_world();

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	for (int64_t minute = 10; minute < 30; minute += 2) {
		samples_event(&world, minute, WEB_DOWN);
		samples_event(&world, minute + 1, ALL_OK);
	}
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	samples_until(&world, 30, 39, ALL_OK);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	samples_event(&world, 39, ALL_OK);
	assert_false(stands(&world, VG_SIGNAL_OUTAGE));
	assert_int_equal(newest(&world, VG_SIGNAL_OUTAGE)->to_ms, at_ms(29));
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	vg_core_free(world.core);
}

static void
a_component_that_fails_takes_what_needs_it_down(void **state)
{
	struct world world = object_world();

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	samples_until(&world, 10, 13, "arkiv=ok gateway=ok katalog=critical web=ok");
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	assert_string_equal(newest(&world, VG_SIGNAL_OUTAGE)->service, "vard");
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	vg_core_free(world.core);
}

static void
an_outage_calls_the_duties_whose_occasion_it_is_until_it_is_over(void **state)
{
	struct world world = object_world();
	const struct vg_signal *signal;
	const struct vg_notification *call;

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	samples_until(&world, 10, 13, WEB_DOWN);
	signal = newest(&world, VG_SIGNAL_OUTAGE);
	assert_non_null(signal);
	assert_int_equal(count(&world, VG_OBJECT_NOTIFICATION), 2);
	call = vg_core_notification(world.core, signal->id);
	assert_non_null(call);
	assert_string_equal(call->duty, "all");
	assert_int_equal(call->ticket, 0);
	assert_int_equal(call->signal, signal->id);
	call = vg_core_notification(world.core, signal->id + 1);
	assert_string_equal(call->duty, "alingsas");
	assert_int_equal(waiting(&world, signal), 2);
	samples_until(&world, 13, 16, ALL_OK);
	assert_int_equal(waiting(&world, signal), 0);
	assert_int_equal(vg_core_notification(world.core, signal->id)->state,
			 VG_DELIVERY_ACKNOWLEDGED);
	vg_core_free(world.core);
}

static void
a_duty_is_called_on_its_occasions_alone(void **state)
{
	struct vg_agreement *agreement = object_agreement("1");
	struct world world = {.seq = 1};

	(void)state;
	agreement->duty[0].occasions = VG_OCCASION_OUTAGE;
	agreement->duty[1].occasions = VG_OCCASION_ESCALATION;
	world.core = support_core(agreement);
	report(&world, "T1", 1, "status=new line=1 priority=P1 municipality=1489");
	command(&world, VG_KIND_TICKET_ESCALATED, "T1", 2, 0, "");
	assert_int_equal(count(&world, VG_OBJECT_NOTIFICATION), 1);
	assert_string_equal(vg_core_notification(world.core, world.seq * 16)->duty, "alingsas");
	samples_until(&world, 10, 13, WEB_DOWN);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	assert_int_equal(count(&world, VG_OBJECT_NOTIFICATION), 2);
	vg_core_free(world.core);
}

/* Alingsås' own duty is called when the outage reaches Alingsås, the others once. */
static void
a_signal_that_grows_calls_those_that_it_reaches(void **state)
{
	struct world world = object_world();
	struct vg_outage_body body = outage_body(10, -1);
	const struct vg_signal *signal;

	(void)state;
	body.municipalities = "1480";
	outage_event(&world, VG_KIND_OUTAGE_RECORDED, &body, "anna", 10);
	signal = newest(&world, VG_SIGNAL_OUTAGE);
	assert_non_null(signal);
	assert_string_equal(signal->municipalities, "1480");
	assert_int_equal(waiting(&world, signal), 1);
	body.municipalities = "1489";
	outage_event(&world, VG_KIND_OUTAGE_RECORDED, &body, "anna", 11);
	assert_string_equal(signal->municipalities, "1480 1489");
	assert_int_equal(waiting(&world, signal), 2);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	outage_command(&world, VG_KIND_OUTAGE_WITHDRAWN, "O-2", "anna", 12);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	assert_string_equal(signal->municipalities, "1480 1489");
	outage_command(&world, VG_KIND_OUTAGE_WITHDRAWN, "O-3", "anna", 13);
	assert_false(stands(&world, VG_SIGNAL_OUTAGE));
	assert_int_equal(waiting(&world, signal), 0);
	vg_core_free(world.core);
}

static void
a_silent_agent_is_told_of_until_it_speaks(void **state)
{
	struct world world = object_world();
	const struct vg_signal *signal;

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(9 + 3));
	tick(&world, 11);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 0);
	tick(&world, 12);
	signal = newest(&world, VG_SIGNAL_AGENT_SILENT);
	assert_non_null(signal);
	assert_string_equal(signal->subject, "agent-1489");
	assert_string_equal(signal->municipalities, "1489");
	assert_int_equal(signal->from_ms, at_ms(9));
	assert_int_equal(waiting(&world, signal), 2);
	tick(&world, 100);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	samples_event(&world, 101, ALL_OK);
	assert_false(stands(&world, VG_SIGNAL_AGENT_SILENT));
	assert_int_equal(signal->to_ms, at_ms(101));
	tick(&world, 104);
	assert_true(stands(&world, VG_SIGNAL_AGENT_SILENT));
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 2);
	vg_core_free(world.core);
}

static void
a_sender_of_whom_nothing_is_agreed_may_be_silent(void **state)
{
	struct vg_agreement *agreement = object_agreement("1");
	struct world world = {.seq = 1};

	(void)state;
	for (size_t i = 0; i < agreement->probes; i++)
		agreement->probe[i].trace = true;
	world.core = support_core(agreement);
	samples_event(&world, 1, ALL_OK);
	assert_non_null(vg_core_agent(world.core, "agent-1489"));
	assert_int_equal(vg_core_next_deadline_ms(world.core), INT64_MAX);
	tick(&world, DAYS(1));
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 0);
	vg_core_free(world.core);
}

/* What fails while the agent's own line fails says nothing of the services. */
static void
a_broken_line_is_told_of_instead_of_outages(void **state)
{
	struct world world = object_world();
	const struct vg_signal *signal;

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	samples_until(&world, 10, 12,
		      "arkiv=critical gateway=critical katalog=critical web=critical");
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 0);
	samples_until(&world, 12, 15,
		      "arkiv=critical gateway=critical katalog=critical web=critical");
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	signal = newest(&world, VG_SIGNAL_NETWORK);
	assert_non_null(signal);
	assert_string_equal(signal->subject, "agent-1489");
	assert_string_equal(signal->municipalities, "1489");
	assert_int_equal(signal->from_ms, at_ms(10));
	samples_event(&world, 15, WEB_DOWN);
	assert_false(stands(&world, VG_SIGNAL_NETWORK));
	samples_until(&world, 16, 18, WEB_DOWN);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	vg_core_free(world.core);
}

static void
probes_that_say_up_contradict_an_open_record(void **state)
{
	struct world world = object_world();
	struct vg_outage_body body = outage_body(10, -1);
	const struct vg_signal *signal;

	(void)state;
	samples_until(&world, 0, 11, ALL_OK);
	outage_event(&world, VG_KIND_OUTAGE_RECORDED, &body, "anna", 10);
	samples_event(&world, 11, ALL_OK);
	assert_false(stands(&world, VG_SIGNAL_CONTRADICTION));
	samples_event(&world, 12, ALL_OK);
	signal = newest(&world, VG_SIGNAL_CONTRADICTION);
	assert_non_null(signal);
	assert_string_equal(signal->service, "vard");
	assert_string_equal(signal->subject, "O-13");
	assert_string_equal(signal->municipalities, "1489");
	assert_int_equal(signal->from_ms, at_ms(10));
	samples_event(&world, 13, WEB_DOWN);
	assert_false(stands(&world, VG_SIGNAL_CONTRADICTION));
	samples_until(&world, 14, 17, ALL_OK);
	assert_true(stands(&world, VG_SIGNAL_CONTRADICTION));
	body = (struct vg_outage_body){
		.outage = "O-13", .set = VG_OUTAGE_SET_TO, .to_ms = at_ms(15), .reason = "over"};
	outage_event(&world, VG_KIND_OUTAGE_CORRECTED, &body, "anna", 17);
	assert_false(stands(&world, VG_SIGNAL_CONTRADICTION));
	vg_core_free(world.core);
}

/* A window of vard from minute 60 to 120, approved. */
static void
plan_window(struct world *world)
{
	static const int64_t hour[][2] = {{WORLD_START_MS + HOUR_MS, WORLD_START_MS + 2 * HOUR_MS}};
	struct vg_window_body body = window_body(hour, 1);

	body.services = "vard";
	body.agreed_by = "driftchef";
	window_event(world, VG_KIND_WINDOW_PLANNED, &body, "anna", 0);
	window_command(world, VG_KIND_WINDOW_APPROVED, "W-2.0", "bo", 0, 0);
}

static void
a_window_near_its_end_with_the_service_down_is_told_of(void **state)
{
	struct world world = object_world();
	const struct vg_signal *signal;

	(void)state;
	plan_window(&world);
	samples_until(&world, 50, 60, ALL_OK);
	samples_until(&world, 60, 105, WEB_DOWN);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 0);
	tick(&world, 105);
	signal = newest(&world, VG_SIGNAL_WINDOW_ENDING);
	assert_non_null(signal);
	assert_string_equal(signal->subject, "W-2.0");
	assert_string_equal(signal->service, "vard");
	assert_string_equal(signal->municipalities, "1489");
	assert_int_equal(waiting(&world, signal), 1);
	samples_until(&world, 105, 120, WEB_DOWN);
	assert_true(stands(&world, VG_SIGNAL_WINDOW_ENDING));
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	tick(&world, 120);
	assert_false(stands(&world, VG_SIGNAL_WINDOW_ENDING));
	assert_true(stands(&world, VG_SIGNAL_WINDOW_OVERRUN));
	assert_int_equal(newest(&world, VG_SIGNAL_WINDOW_OVERRUN)->from_ms, at_ms(120));
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	samples_until(&world, 121, 125, ALL_OK);
	assert_false(stands(&world, VG_SIGNAL_WINDOW_OVERRUN));
	assert_false(stands(&world, VG_SIGNAL_OUTAGE));
	vg_core_free(world.core);
}

static void
a_service_that_comes_up_in_time_ends_the_warning(void **state)
{
	struct world world = object_world();

	(void)state;
	plan_window(&world);
	samples_until(&world, 60, 107, WEB_DOWN);
	assert_true(stands(&world, VG_SIGNAL_WINDOW_ENDING));
	samples_until(&world, 107, 122, ALL_OK);
	assert_false(stands(&world, VG_SIGNAL_WINDOW_ENDING));
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	vg_core_free(world.core);
}

static void
work_that_is_begun_and_not_ended_runs_over(void **state)
{
	struct world world = object_world();

	(void)state;
	plan_window(&world);
	samples_until(&world, 50, 60, ALL_OK);
	window_command(&world, VG_KIND_WINDOW_STARTED, "W-2.0", "bo", 60, 60);
	samples_until(&world, 60, 120, ALL_OK);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 0);
	samples_event(&world, 120, ALL_OK);
	assert_true(stands(&world, VG_SIGNAL_WINDOW_OVERRUN));
	assert_string_equal(newest(&world, VG_SIGNAL_WINDOW_OVERRUN)->municipalities, "");
	window_command(&world, VG_KIND_WINDOW_ENDED, "W-2.0", "bo", 122, 121);
	assert_false(stands(&world, VG_SIGNAL_WINDOW_OVERRUN));
	vg_core_free(world.core);
}

static void
a_withdrawn_window_covers_nothing(void **state)
{
	struct world world = object_world();

	(void)state;
	plan_window(&world);
	samples_until(&world, 60, 70, WEB_DOWN);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 0);
	window_command(&world, VG_KIND_WINDOW_WITHDRAWN, "W-2.0", "bo", 70, 0);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	vg_core_free(world.core);
}

/* Fourteen duties more: two services down at once need thirty notifications, and one event has room
 * for sixteen. */
static void
a_storm_is_told_of_in_as_many_events_as_it_needs(void **state)
{
	struct vg_agreement *agreement = object_agreement("1");
	struct world world = {.seq = 1};
	struct vg_event event;

	(void)state;
	agreement->duty = realloc(agreement->duty, 15 * sizeof agreement->duty[0]);
	assert_non_null(agreement->duty);
	for (agreement->duties = 2; agreement->duties < 15; agreement->duties++)
		agreement->duty[agreement->duties] =
			(struct vg_duty){.name = support_copy("more"),
					 .municipality = support_copy("*"),
					 .channel = support_copy("mail"),
					 .address = support_copy("jour@example.org"),
					 .occasions = VG_OCCASION_OUTAGE};
	world.core = support_core(agreement);
	samples_until(&world, 0, 10, ALL_OK);
	samples_until(&world, 10, 13, "arkiv=critical gateway=ok katalog=ok web=critical");
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 1);
	assert_int_equal(count(&world, VG_OBJECT_NOTIFICATION), 15);
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(12) + 1);
	event = world_event(&world, VG_KIND_TICK, 12);
	event.received_ms = at_ms(12) + 1;
	event.body.note = "";
	world_step(&world, &event);
	assert_int_equal(count(&world, VG_OBJECT_SIGNAL), 2);
	assert_int_equal(count(&world, VG_OBJECT_NOTIFICATION), 30);
	assert_true(vg_core_next_deadline_ms(world.core) > at_ms(12) + 1);
	vg_core_free(world.core);
}

static void
a_service_that_is_promised_no_longer_is_not_told_of(void **state)
{
	struct world world = object_world();
	struct vg_agreement *agreement = object_agreement("2");

	(void)state;
	samples_until(&world, 0, 10, ALL_OK);
	samples_until(&world, 10, 13, WEB_DOWN);
	assert_true(stands(&world, VG_SIGNAL_OUTAGE));
	agreement->service[2].component = true;
	world_apply(&world, agreement);
	assert_false(stands(&world, VG_SIGNAL_OUTAGE));
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_have_names),
		cmocka_unit_test(an_outage_is_raised_when_confirmed_and_dated_back),
		cmocka_unit_test(one_failing_sample_raises_nothing),
		cmocka_unit_test(a_service_that_flaps_is_told_of_once_until_it_is_quiet),
		cmocka_unit_test(a_component_that_fails_takes_what_needs_it_down),
		cmocka_unit_test(an_outage_calls_the_duties_whose_occasion_it_is_until_it_is_over),
		cmocka_unit_test(a_duty_is_called_on_its_occasions_alone),
		cmocka_unit_test(a_signal_that_grows_calls_those_that_it_reaches),
		cmocka_unit_test(a_silent_agent_is_told_of_until_it_speaks),
		cmocka_unit_test(a_sender_of_whom_nothing_is_agreed_may_be_silent),
		cmocka_unit_test(a_broken_line_is_told_of_instead_of_outages),
		cmocka_unit_test(probes_that_say_up_contradict_an_open_record),
		cmocka_unit_test(a_window_near_its_end_with_the_service_down_is_told_of),
		cmocka_unit_test(a_service_that_comes_up_in_time_ends_the_warning),
		cmocka_unit_test(work_that_is_begun_and_not_ended_runs_over),
		cmocka_unit_test(a_withdrawn_window_covers_nothing),
		cmocka_unit_test(a_storm_is_told_of_in_as_many_events_as_it_needs),
		cmocka_unit_test(a_service_that_is_promised_no_longer_is_not_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
