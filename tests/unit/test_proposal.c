/* Proposals: what alarms say of a service together, asked of a person once. */
#include "tests/unit/checkpoint_support.h"
#include "tests/unit/proposal_support.h"

/* The newest proposal of a kind about a service; NULL = none was made. */
static const struct vg_proposal *
newest(const struct world *world, enum vg_proposal_kind kind, const char *service)
{
	const struct vg_proposal *proposal, *found = NULL;

	for (size_t i = 0; (proposal = vg_core_item(world->core, VG_OBJECT_PROPOSAL, i)) != NULL;
	     i++) {
		if (proposal->kind == (int)kind && strcmp(proposal->service, service) == 0)
			found = proposal;
	}
	return found;
}

static const struct vg_proposal *
outage_of(const struct world *world)
{
	return newest(world, VG_PROPOSAL_OUTAGE, "vard");
}

static const struct vg_proposal *
major_of(const struct world *world)
{
	return newest(world, VG_PROPOSAL_MAJOR, "vard");
}

static size_t
proposed(const struct world *world, enum vg_proposal_kind kind)
{
	const struct vg_proposal *proposal;
	size_t n = 0;

	for (size_t i = 0; (proposal = vg_core_item(world->core, VG_OBJECT_PROPOSAL, i)) != NULL;
	     i++)
		n += proposal->kind == (int)kind;
	return n;
}

static bool
is_in_state(const struct vg_proposal *proposal, enum vg_proposal_state state)
{
	return proposal != NULL && proposal->state == (int)state;
}

static enum vg_verdict_code
decide(struct world *world, enum vg_kind kind, const char *name, const char *reason,
       int64_t minutes)
{
	struct vg_event event = world_event(world, kind, minutes);

	event.actor = "anna";
	event.body.proposal = (struct vg_proposal_body){
		.proposal = name, .reason = reason, .cause = VG_PARTY_SUPPLIER};
	return world_step(world, &event);
}

static enum vg_verdict_code
accept(struct world *world, const struct vg_proposal *proposal, int64_t minutes)
{
	char name[32];

	snprintf(name, sizeof(name), "F-%lld", (long long)proposal->id);
	return decide(world, VG_KIND_PROPOSAL_ACCEPTED, name, "because", minutes);
}

static enum vg_verdict_code
refuse(struct world *world, const struct vg_proposal *proposal, int64_t minutes)
{
	char name[32];

	snprintf(name, sizeof(name), "F-%lld", (long long)proposal->id);
	return decide(world, VG_KIND_PROPOSAL_REFUSED, name, "because", minutes);
}

static void
assert_alarms(const struct vg_proposal *proposal, const struct vg_alarm *first,
	      const struct vg_alarm *second)
{
	char list[64];
	int used = snprintf(list, sizeof(list), "A-%lld", (long long)first->id);

	if (second != NULL)
		snprintf(list + used, sizeof(list) - (size_t)used, " A-%lld",
			 (long long)second->id);
	assert_string_equal(proposal->alarms, list);
	assert_int_equal(proposal->alarm_count, second != NULL ? 2 : 1);
}

static void
a_critical_alarm_proposes_an_outage_that_grows_and_lapses(void **state)
{
	struct world world = voice_world();
	const struct vg_alarm *first, *second;
	const struct vg_proposal *proposal;

	(void)state;
	first = voice(&world, 10, "srv1 host-down critical service=vard in=1480");
	proposal = outage_of(&world);
	assert_true(is_in_state(proposal, VG_PROPOSAL_OPEN));
	assert_int_equal(proposal->id, world.seq * 16);
	assert_string_equal(proposal->municipalities, "1480");
	assert_alarms(proposal, first, NULL);
	assert_int_equal(proposal->from_ms, at_ms(10));
	assert_int_equal(proposal->to_ms, -1);
	assert_int_equal(proposal->decided_ms, -1);
	assert_ptr_equal(vg_core_proposal(world.core, proposal->id), proposal);
	second = voice(&world, 11, "srv2 power-loss critical service=vard in=1489");
	assert_string_equal(proposal->municipalities, "1480 1489");
	assert_alarms(proposal, first, second);
	voice(&world, 12, "srv1 host-down cleared service=vard");
	assert_true(is_in_state(proposal, VG_PROPOSAL_OPEN));
	voice(&world, 13, "srv2 power-loss cleared service=vard");
	assert_true(is_in_state(proposal, VG_PROPOSAL_LAPSED));
	assert_int_equal(proposal->to_ms, at_ms(13));
	assert_int_equal(accept(&world, proposal, 14), VG_VERDICT_REFUSED);
	assert_refused(&world, "has lapsed");
	vg_core_free(world.core);
}

static void
nothing_is_proposed_of_what_is_less_or_of_no_promised_service(void **state)
{
	struct world world = voice_world();

	(void)state;
	voice(&world, 10, "srv1 host-down major service=vard in=1480");
	voice(&world, 10, "srv2 cpu-high critical service=vard in=1480 cat=performance");
	voice(&world, 10, "srv3 host-down critical");
	voice(&world, 10, "srv4 host-down critical service=katalog");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 0);
	voice(&world, 11, "srv1 host-down critical service=vard in=1480");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 1);
	assert_string_equal(outage_of(&world)->municipalities, "1480");
	voice(&world, 12, "srv1 host-down minor service=vard in=1480");
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_LAPSED));
	vg_core_free(world.core);
}

static void
an_alarm_without_municipalities_is_of_all_of_them(void **state)
{
	struct world world = voice_world();

	(void)state;
	voice(&world, 10, "srv1 host-down critical service=vard in=1480");
	voice(&world, 11, "srv2 host-down critical service=vard");
	assert_string_equal(outage_of(&world)->municipalities, "");
	vg_core_free(world.core);
}

static void
a_service_that_is_promised_no_longer_needs_no_decision(void **state)
{
	struct world world = voice_world();
	struct vg_agreement *agreement = voice_agreement("2");

	(void)state;
	voice(&world, 10, "srv1 host-down critical service=vard");
	agreement->service[2].component = true;
	world.now = 20;
	world_apply(&world, agreement);
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_LAPSED));
	assert_true(is_in_state(newest(&world, VG_PROPOSAL_MAJOR, "vard"), VG_PROPOSAL_LAPSED));
	vg_core_free(world.core);
}

/* The same proposal within ten minutes of the lapse; a new one afterwards. */
static void
what_comes_back_soon_opens_the_same_proposal(void **state)
{
	struct world world = voice_world();
	const struct vg_proposal *proposal;

	(void)state;
	voice(&world, 10, "srv1 host-down critical service=vard");
	proposal = outage_of(&world);
	voice(&world, 12, "srv1 host-down cleared service=vard");
	voice(&world, 15, "srv1 host-down critical service=vard");
	assert_ptr_equal(outage_of(&world), proposal);
	assert_true(is_in_state(proposal, VG_PROPOSAL_OPEN));
	assert_int_equal(proposal->to_ms, -1);
	assert_int_equal(proposal->alarm_count, 2);
	voice(&world, 16, "srv1 host-down cleared service=vard");
	voice(&world, 40, "srv1 host-down critical service=vard");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 2);
	assert_int_equal(outage_of(&world)->from_ms, at_ms(40));
	vg_core_free(world.core);
}

static void
an_accepted_outage_is_a_record_that_waits_for_a_second_person(void **state)
{
	struct world world = voice_world();
	const struct vg_outage_record *record;
	const struct vg_proposal *proposal;
	char made[32];

	(void)state;
	voice(&world, 10, "srv1 host-down critical service=vard in=1480");
	proposal = outage_of(&world);
	assert_int_equal(decide(&world, VG_KIND_PROPOSAL_ACCEPTED, "F-1", "because", 11),
			 VG_VERDICT_REFUSED);
	assert_refused(&world, "no proposal F-1");
	assert_int_equal(accept(&world, proposal, 12), VG_VERDICT_TAKEN);
	snprintf(made, sizeof(made), "O-%lld", (long long)world.seq);
	assert_true(is_in_state(proposal, VG_PROPOSAL_ACCEPTED));
	assert_string_equal(proposal->made, made);
	assert_string_equal(proposal->actor, "anna");
	assert_string_equal(proposal->reason, "because");
	assert_int_equal(proposal->decided_ms, at_ms(12));
	record = vg_core_outage(world.core, world.seq);
	assert_non_null(record);
	assert_int_equal(record->effect, VG_EFFECT_DOWN);
	assert_int_equal(record->cause, VG_PARTY_SUPPLIER);
	assert_string_equal(record->municipalities, "1480");
	assert_int_equal(record->from_ms, at_ms(10));
	assert_int_equal(record->to_ms, INT64_MAX);
	assert_string_equal(record->author, "anna");
	assert_string_equal(record->approved_by, "");
	assert_int_equal(outage_command(&world, VG_KIND_OUTAGE_APPROVED, made, "anna", 13),
			 VG_VERDICT_REFUSED);
	assert_int_equal(outage_command(&world, VG_KIND_OUTAGE_APPROVED, made, "bo", 13),
			 VG_VERDICT_TAKEN);
	assert_int_equal(accept(&world, proposal, 14), VG_VERDICT_REFUSED);
	assert_refused(&world, "was accepted by anna already");
	voice(&world, 15, "srv2 host-down critical service=vard in=1480");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 1);
	vg_core_free(world.core);
}

static void
a_decision_needs_a_reason(void **state)
{
	struct world world = voice_world();
	char name[32];

	(void)state;
	voice(&world, 10, "srv1 host-down critical service=vard");
	snprintf(name, sizeof(name), "F-%lld", (long long)outage_of(&world)->id);
	decide(&world, VG_KIND_PROPOSAL_ACCEPTED, name, "", 11);
	assert_refused(&world, "a reason is needed");
	decide(&world, VG_KIND_PROPOSAL_REFUSED, name, "", 11);
	assert_refused(&world, "a reason is needed");
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_OPEN));
	assert_int_equal(how_many(&world, VG_OBJECT_OUTAGE), 0);
	vg_core_free(world.core);
}

static void
what_was_refused_is_not_asked_again_but_a_later_alarm_is(void **state)
{
	struct world world = voice_world();
	const struct vg_alarm *alarm;

	(void)state;
	voice(&world, 10, "srv1 host-down critical service=vard");
	assert_int_equal(refuse(&world, outage_of(&world), 11), VG_VERDICT_TAKEN);
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_REFUSED));
	assert_string_equal(outage_of(&world)->made, "");
	voice(&world, 12, "srv1 host-down major service=vard");
	voice(&world, 13, "srv1 host-down critical service=vard");
	tick(&world, 600);
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 1);
	alarm = voice(&world, 601, "srv2 host-down critical service=vard");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 2);
	assert_alarms(outage_of(&world), alarm, NULL);
	vg_core_free(world.core);
}

static void
nothing_is_proposed_where_an_outage_is_recorded(void **state)
{
	struct world world = voice_world();
	struct vg_outage_body body = outage_body(5, -1);

	(void)state;
	body.municipalities = "1480";
	assert_true(outage_event(&world, VG_KIND_OUTAGE_RECORDED, &body, "anna", 6) <=
		    VG_VERDICT_FLAGGED);
	voice(&world, 10, "srv1 host-down critical service=vard in=1480");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 0);
	voice(&world, 11, "srv2 host-down critical service=vard in=1489");
	assert_string_equal(outage_of(&world)->municipalities, "1489");
	body.municipalities = "";
	assert_true(outage_event(&world, VG_KIND_OUTAGE_RECORDED, &body, "anna", 12) <=
		    VG_VERDICT_FLAGGED);
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_LAPSED));
	assert_int_equal(outage_of(&world)->to_ms, -1);
	vg_core_free(world.core);
}

/* Confirmed down by probes at minute 12, up again from 20: the alarm that is left asks nothing. */
static void
an_outage_that_probes_confirm_needs_no_proposal(void **state)
{
	struct world world = voice_world();

	(void)state;
	samples_until(&world, 0, 10, "gateway=ok katalog=ok web=ok");
	voice(&world, 10, "srv1 host-down critical service=vard in=1489");
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_OPEN));
	samples_until(&world, 10, 20, "gateway=ok katalog=ok web=critical");
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_LAPSED));
	samples_until(&world, 20, 30, "gateway=ok katalog=ok web=ok");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 1);
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_LAPSED));
	vg_core_free(world.core);
}

static void
what_a_person_shelved_proposes_nothing_and_keeps_what_is_open(void **state)
{
	struct world world = voice_world();
	const struct vg_alarm *alarm = voice(&world, 10, "srv1 host-down critical service=vard");

	(void)state;
	act(&world, VG_KIND_ALARM_SHELVED, alarm, 11, -1);
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_OPEN));
	act(&world, VG_KIND_ALARM_CLOSED, alarm, 12, -1);
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_LAPSED));
	vg_core_free(world.core);
}

static void
an_alarm_raised_in_a_window_proposes_when_it_ends(void **state)
{
	static const int64_t time[1][2] = {
		{WORLD_START_MS + 60 * MINUTE_MS, WORLD_START_MS + 120 * MINUTE_MS}};
	struct world world = voice_world();
	struct vg_window_body window = window_body(time, 1);
	char name[32];

	(void)state;
	window.agreed_by = "driftchef";
	window_event(&world, VG_KIND_WINDOW_PLANNED, &window, "anna", 5);
	snprintf(name, sizeof(name), "W-%lld", (long long)world.seq);
	window_command(&world, VG_KIND_WINDOW_APPROVED, name, "bo", 6, 0);
	voice(&world, 70, "srv1 host-down critical service=vard");
	assert_int_equal(proposed(&world, VG_PROPOSAL_OUTAGE), 0);
	tick(&world, 120);
	assert_true(is_in_state(outage_of(&world), VG_PROPOSAL_OPEN));
	assert_int_equal(outage_of(&world)->from_ms, at_ms(70));
	vg_core_free(world.core);
}

static void
several_municipalities_at_once_are_a_major_incident(void **state)
{
	struct world world = voice_world();
	const struct vg_alarm *first, *second;

	(void)state;
	voice(&world, 10, "srv1 latency-high major service=vard in=1480 cat=performance");
	first = voice(&world, 30, "srv2 latency-high major service=vard in=1480 cat=performance");
	assert_null(major_of(&world));
	second = voice(&world, 44, "srv3 latency-high major service=vard in=1489 cat=performance");
	assert_true(is_in_state(major_of(&world), VG_PROPOSAL_OPEN));
	assert_string_equal(major_of(&world)->municipalities, "1480 1489");
	assert_alarms(major_of(&world), first, second);
	assert_int_equal(major_of(&world)->from_ms, at_ms(30));
	assert_null(outage_of(&world));
	voice(&world, 90, "srv4 latency-high critical service=vard cat=performance");
	assert_int_equal(major_of(&world)->alarm_count, 3);
	assert_string_equal(major_of(&world)->municipalities, "");
	assert_int_equal(accept(&world, major_of(&world), 91), VG_VERDICT_TAKEN);
	assert_true(is_in_state(major_of(&world), VG_PROPOSAL_ACCEPTED));
	assert_string_equal(major_of(&world)->made, "");
	assert_int_equal(how_many(&world, VG_OBJECT_OUTAGE), 0);
	voice(&world, 92, "srv5 latency-high major service=vard in=1480 cat=performance");
	assert_int_equal(proposed(&world, VG_PROPOSAL_MAJOR), 1);
	vg_core_free(world.core);
}

static void
alarms_too_far_apart_or_over_are_none(void **state)
{
	struct world world = voice_world();

	(void)state;
	voice(&world, 10, "srv1 cpu-high major service=vard in=1480 cat=performance");
	voice(&world, 26, "srv2 cpu-high major service=vard in=1489 cat=performance");
	voice(&world, 26, "srv3 cpu-high major service=arkiv in=1480 cat=performance");
	voice(&world, 30, "srv2 cpu-high cleared service=vard");
	voice(&world, 31, "srv4 cpu-high major service=vard in=1480 cat=performance");
	assert_int_equal(proposed(&world, VG_PROPOSAL_MAJOR), 0);
	vg_core_free(world.core);
}

#define MANY 1000

/* The list has room for fewer; the count is of all. */
static void
a_list_that_is_full_counts_on(void **state)
{
	static struct vg_notice notice[MANY];
	static char store[MANY][256];
	struct world world = voice_world();
	const struct vg_proposal *proposal;
	char line[100], first[32];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), "srv%d host-down critical service=vard in=1480", i);
		notice[i] = voice_notice(line, 10, store[i]);
	}
	voices(&world, 10, notice, MANY);
	proposal = outage_of(&world);
	assert_int_equal(proposal->alarm_count, MANY);
	snprintf(first, sizeof(first), "A-%lld ", (long long)world.seq * VG_ALARM_ID_STEP);
	assert_true(strncmp(proposal->alarms, first, strlen(first)) == 0);
	assert_true(strlen(proposal->alarms) > VG_SCOPE_TEXT_MAX - 10 &&
		    strlen(proposal->alarms) <= VG_SCOPE_TEXT_MAX);
	vg_core_free(world.core);
}

#define SERVICES 20

/* Sixteen in one event, the rest in the next. */
static void
a_storm_proposes_in_as_many_events_as_it_needs(void **state)
{
	static struct vg_notice notice[SERVICES];
	static char store[SERVICES][256];
	struct vg_agreement *agreement = voice_agreement("1");
	struct world world = {.seq = 1};
	char text[100];

	(void)state;
	agreement->service = realloc(agreement->service, (agreement->services + SERVICES) *
								 sizeof(*agreement->service));
	assert_non_null(agreement->service);
	for (int i = 0; i < SERVICES; i++) {
		snprintf(text, sizeof(text), "x%02d", i);
		agreement->service[agreement->services++] =
			(struct vg_service){.id = support_copy(text),
					    .name = support_copy(text),
					    .hours = vg_agreement_cal(agreement, "24x7"),
					    .target_ppm = -1};
		snprintf(text, sizeof(text), "srv%d host-down critical service=x%02d in=1480", i,
			 i);
		notice[i] = voice_notice(text, 10, store[i]);
	}
	world.core = support_core(agreement);
	voices(&world, 10, notice, SERVICES);
	assert_int_equal(how_many(&world, VG_OBJECT_PROPOSAL), 16);
	assert_int_equal(vg_core_next_deadline_ms(world.core), at_ms(10) + 1);
	tick_due(&world);
	assert_int_equal(how_many(&world, VG_OBJECT_PROPOSAL), SERVICES);
	assert_int_equal(how_many(&world, VG_OBJECT_SIGNAL), SERVICES);
	vg_core_free(world.core);
}

/* Lives at random: what stands is what a look at every alarm says, and wherever a checkpoint is
 * taken, what follows is the same. */

struct tally {
	const struct vg_core *core;
	const char *service;
	bool calls, goes_on;
};

static bool
count_voice(const struct vg_alarm *alarm, void *arg)
{
	struct tally *tally = arg;
	struct vg_alarm_now now;

	vg_alarm_at(tally->core, alarm, vg_core_received_ms(tally->core), &now);
	if (!now.active || alarm->severity != VG_SEVERITY_CRITICAL ||
	    strcmp(alarm->service, tally->service) != 0)
		return true;
	tally->goes_on = true;
	if (now.hidden == VG_ALARM_SHOWN)
		tally->calls = true;
	return true;
}

static bool
is_called(const struct world *world, const char *service)
{
	const struct vg_signal *signal;

	for (size_t i = 0; (signal = vg_core_item(world->core, VG_OBJECT_SIGNAL, i)) != NULL; i++) {
		if (signal->kind == VG_SIGNAL_ALARM && signal->to_ms == -1 &&
		    strcmp(signal->service, service) == 0)
			return true;
	}
	return false;
}

static void
assert_settled(const struct world *world)
{
	static const char *const services[] = {"vard", "arkiv", ""};

	for (int i = 0; i < 3; i++) {
		struct tally tally = {.core = world->core, .service = services[i]};

		vg_core_alarms_open(world->core, count_voice, &tally);
		assert_int_equal(is_called(world, services[i]), tally.calls);
		if (is_in_state(newest(world, VG_PROPOSAL_OUTAGE, services[i]), VG_PROPOSAL_OPEN))
			assert_true(tally.goes_on);
	}
}

static void
live_on(struct world *world, uint64_t *seed, int64_t minute)
{
	static const char *const severities[] = {"critical", "major", "cleared", "critical"};
	static const char *const services[] = {" service=vard", " service=arkiv", "",
					       " service=vard in=1480"};
	const struct vg_alarm *alarm;
	const struct vg_proposal *proposal;
	char line[200];

	snprintf(line, sizeof(line), "srv%d host-down %s%s%s", (int)support_below(seed, 150),
		 severities[support_below(seed, 4)], services[support_below(seed, 4)],
		 support_below(seed, 5) == 0 ? " transient" : "");
	alarm = voice(world, minute, line);
	if (support_below(seed, 15) == 0)
		voice(world, minute,
		      support_below(seed, 2) == 0 ? "sw1 host-down major"
						  : "sw1 host-down cleared");
	if (alarm != NULL && alarm->operator_ == VG_OPERATOR_NONE && support_below(seed, 10) == 0)
		act(world, VG_KIND_ALARM_SHELVED, alarm, minute, minute + 30);
	proposal = vg_core_item(world->core, VG_OBJECT_PROPOSAL, (size_t)support_below(seed, 20));
	if (is_in_state(proposal, VG_PROPOSAL_OPEN) && support_below(seed, 20) == 0)
		refuse(world, proposal, minute);
}

/* The first fifty are reached through one that fails now and then; vard has a window at minute 600.
 */
static struct world
live_begins(void)
{
	static const int64_t time[1][2] = {
		{WORLD_START_MS + 600 * MINUTE_MS, WORLD_START_MS + 700 * MINUTE_MS}};
	struct world world = voice_world();
	struct vg_event event = world_event(&world, VG_KIND_RESOURCES_MAPPED, 1);
	struct vg_window_body window = window_body(time, 1);
	struct vg_resource_row row[50];
	char name[50][16], id[32];

	for (int i = 0; i < 50; i++) {
		snprintf(name[i], sizeof(name[i]), "srv%d", i);
		row[i] = (struct vg_resource_row){.name = name[i],
						  .resource = "",
						  .service = "",
						  .municipalities = "",
						  .parent = "sw1"};
	}
	event.body.resources = (struct vg_resources_body){.count = 50, .row = row};
	assert_int_equal(world_step(&world, &event), VG_VERDICT_TAKEN);
	window.services = "vard";
	window.agreed_by = "driftchef";
	window_event(&world, VG_KIND_WINDOW_PLANNED, &window, "anna", 2);
	snprintf(id, sizeof(id), "W-%lld", (long long)world.seq);
	window_command(&world, VG_KIND_WINDOW_APPROVED, id, "bo", 3, 0);
	return world;
}

/* The other core comes from a checkpoint of this one, and lived the last fifty minutes too. */
static void
compare_and_reload(const struct world *world, struct world *other)
{
	struct bytes a = save(world->core), b;

	if (other->core != NULL) {
		b = save(other->core);
		assert_int_equal(a.n, b.n);
		assert_memory_equal(a.at, b.at, a.n);
		free(b.at);
		vg_core_free(other->core);
	}
	*other = *world;
	other->core = vg_core_load(a.at, a.n);
	assert_non_null(other->core);
	free(a.at);
}

static void
a_life_at_random_is_settled_and_survives_checkpoints(void **state)
{
	(void)state;
	for (uint64_t first = 1; first < 5; first++) {
		struct world world = live_begins(), other = {0};
		uint64_t seed = first, again;

		for (int64_t minute = 10; minute < 1500; minute++) {
			if (minute % 50 == 10)
				compare_and_reload(&world, &other);
			again = seed;
			live_on(&world, &seed, minute);
			live_on(&other, &again, minute);
			assert_settled(&world);
			assert_int_equal(vg_core_next_deadline_ms(world.core),
					 vg_core_next_deadline_ms(other.core));
		}
		assert_true(how_many(&world, VG_OBJECT_PROPOSAL) > 5);
		vg_core_free(world.core);
		vg_core_free(other.core);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_critical_alarm_proposes_an_outage_that_grows_and_lapses),
		cmocka_unit_test(nothing_is_proposed_of_what_is_less_or_of_no_promised_service),
		cmocka_unit_test(an_alarm_without_municipalities_is_of_all_of_them),
		cmocka_unit_test(a_service_that_is_promised_no_longer_needs_no_decision),
		cmocka_unit_test(what_comes_back_soon_opens_the_same_proposal),
		cmocka_unit_test(an_accepted_outage_is_a_record_that_waits_for_a_second_person),
		cmocka_unit_test(a_decision_needs_a_reason),
		cmocka_unit_test(what_was_refused_is_not_asked_again_but_a_later_alarm_is),
		cmocka_unit_test(nothing_is_proposed_where_an_outage_is_recorded),
		cmocka_unit_test(an_outage_that_probes_confirm_needs_no_proposal),
		cmocka_unit_test(what_a_person_shelved_proposes_nothing_and_keeps_what_is_open),
		cmocka_unit_test(an_alarm_raised_in_a_window_proposes_when_it_ends),
		cmocka_unit_test(several_municipalities_at_once_are_a_major_incident),
		cmocka_unit_test(alarms_too_far_apart_or_over_are_none),
		cmocka_unit_test(a_list_that_is_full_counts_on),
		cmocka_unit_test(a_storm_proposes_in_as_many_events_as_it_needs),
		cmocka_unit_test(a_life_at_random_is_settled_and_survives_checkpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
