/* Checkpoints: the same bytes for the same ledger prefix, however it was reached; and any bytes are
 * survived. */
#include "tests/unit/checkpoint_support.h"
#include "tests/unit/object_support.h"

/* A window about to end and another to come, a record that probes contradict, an agent that falls
 * silent, and what is said of them all. */
static void
live_with_outages(struct world *world, int part)
{
	static const int64_t hours[][2] = {
		{WORLD_START_MS + DAY_MS, WORLD_START_MS + DAY_MS + HOUR_MS},
		{WORLD_START_MS + 60 * DAY_MS, WORLD_START_MS + 61 * DAY_MS}};
	struct vg_outage_body outage = outage_body(DAYS(1) + 10, -1);
	struct vg_window_body window = window_body(hours, 2);

	if (part == 0) {
		window.agreed_by = "driftchef";
		window_event(world, VG_KIND_WINDOW_PLANNED, &window, "anna", 42);
		window_command(world, VG_KIND_WINDOW_APPROVED, "W-10", "bo", 42, 0);
		samples_until(world, DAYS(1), DAYS(1) + 20, "gateway=ok katalog=critical web=ok");
		outage_event(world, VG_KIND_OUTAGE_RECORDED, &outage, "anna", DAYS(1) + 20);
		samples_until(world, DAYS(1) + 20, DAYS(1) + 50, "gateway=critical web=ok");
		return;
	}
	window_command(world, VG_KIND_WINDOW_STARTED, "W-10.0", "bo", DAYS(1) + 51, DAYS(1) + 1);
	tick(world, DAYS(1) + 70);
	outage_command(world, VG_KIND_OUTAGE_APPROVED, "O-32", "bo", DAYS(1) + 71);
	window_command(world, VG_KIND_WINDOW_WITHDRAWN, "W-10.0", "bo", DAYS(1) + 72, 0);
	samples_event(world, DAYS(1) + 73, "gateway=ok web=critical");
}

/* The second version: promised to some only, and otherwise to some of them. */
static struct vg_agreement *
second_version(void)
{
	struct vg_agreement *agreement = object_agreement("2");

	agreement->calloffs = 2;
	agreement->calloff = support_array(2, sizeof(*agreement->calloff));
	agreement->calloff[0] = (struct vg_calloff){support_copy("1480"), 0, INT64_MIN, INT64_MAX};
	agreement->calloff[1] =
		(struct vg_calloff){support_copy("1489"), 0, at_ms(DAYS(3)), at_ms(DAYS(9))};
	agreement->exceptions = 2;
	agreement->exception = support_array(2, sizeof(*agreement->exception));
	agreement->exception[0] =
		(struct vg_exception){support_copy("1480"), 0, agreement->cal[0], -1};
	agreement->exception[1] = (struct vg_exception){support_copy("1489"), 0, NULL, 990000};
	return agreement;
}

/* Every kind of object, a merge, a revoked import, a voided fact. */
static void
live_a_little(struct world *world, int part)
{
	struct vg_event event;
	char store[256];

	if (part == 0) {
		report(world, "T1", 10,
		       "status=new line=1 priority=P3 municipality=1489 opened_ms=5");
		report(world, "T2", 20, "status=new line=1 priority=P1 municipality=1480");
		report(world, "T3", 25, "status=new line=1 priority=P2 municipality=-");
		command(world, VG_KIND_TICKET_ESCALATED, "T2", 30, 0, "group=vgr");
		import_event(world, VG_KIND_IMPORT_STARTED, "i1", "aa");
		event = world_event(world, VG_KIND_TICKET_REPORTED, 40);
		event.import = "i1";
		event.body.ticket = (struct vg_ticket_body){.ref = "T4", .title_digest = "d"};
		support_fields(&event.body.ticket.fields, "status=new line=1", store);
		world_step(world, &event);
		event = world_event(world, VG_KIND_INTAKE_QUARANTINED, 41);
		event.body.quarantine =
			(struct vg_quarantine_body){"m", "unknown", "state", "-100", "{}", 0};
		world_step(world, &event);
		live_with_outages(world, part);
		return;
	}
	live_with_outages(world, part);
	event = world_event(world, VG_KIND_TICKET_REPORTED, 50);
	event.body.ticket = (struct vg_ticket_body){
		.ref = "T1", .title_digest = "", .also_count = 1, .also = {{"tool", "T3"}}};
	support_fields(&event.body.ticket.fields, "status=in_progress source_sla_met=1", store);
	world_step(world, &event);
	import_event(world, VG_KIND_IMPORT_REVOKED, "i1", "aa");
	event = world_event(world, VG_KIND_NOTIFICATION_FAILED, 60);
	event.body.notification = (struct vg_notification_body){5 * 16, "refused", at_ms(60)};
	world_step(world, &event);
	command(world, VG_KIND_TICKET_CORRECTED, "T1", 65, 2, "priority=P2");
	event = world_event(world, VG_KIND_USERS_READ, 70);
	event.has_municipality = true;
	event.municipality = "1489";
	event.body.users = (struct vg_users_body){support_days(2016, 1, 1), 130, 0, "licensed", ""};
	world_step(world, &event);
	event = world_event(world, VG_KIND_REGISTER_SET, 71);
	event.body.reg = (struct vg_register_body){"contacts", "k", 0, INT64_MAX, "{}"};
	world_step(world, &event);
	event = world_event(world, VG_KIND_REPORT_MADE, DAYS(40));
	event.body.report = (struct vg_report_body){.month = JANUARY,
						    .as_of_seq = 9,
						    .head = "head",
						    .model_sha256 = "sha",
						    .scope = ""};
	world_step(world, &event);
	world_apply(world, second_version());
}

static void
loading_and_saving_again_gives_the_same_bytes(void **state)
{
	struct world world = object_world();
	struct bytes first, second;
	struct vg_core *loaded;

	(void)state;
	live_a_little(&world, 0);
	live_a_little(&world, 1);
	first = save(world.core);
	loaded = vg_core_load(first.at, first.n);
	assert_non_null(loaded);
	second = save(loaded);
	assert_int_equal(second.n, first.n);
	assert_memory_equal(second.at, first.at, first.n);
	assert_int_equal(vg_core_ticket_count(loaded), vg_core_ticket_count(world.core));
	assert_int_equal(vg_core_next_deadline_ms(loaded), vg_core_next_deadline_ms(world.core));
	assert_int_equal(vg_core_notification_next(loaded)->id,
			 vg_core_notification_next(world.core)->id);
	vg_core_free(loaded);
	vg_core_free(world.core);
	free(first.at);
	free(second.at);
}

static void
replay_and_a_load_in_the_middle_end_in_the_same_bytes(void **state)
{
	struct world whole = object_world(), halves = object_world();
	struct bytes middle, a, b;

	(void)state;
	live_a_little(&whole, 0);
	live_a_little(&whole, 1);
	live_a_little(&halves, 0);
	middle = save(halves.core);
	vg_core_free(halves.core);
	halves.core = vg_core_load(middle.at, middle.n);
	assert_non_null(halves.core);
	live_a_little(&halves, 1);
	a = save(whole.core);
	b = save(halves.core);
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.at, b.at, a.n);
	vg_core_free(whole.core);
	vg_core_free(halves.core);
	free(middle.at);
	free(a.at);
	free(b.at);
}

static uint32_t
random_below(uint64_t *seed, uint32_t limit)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*seed >> 33) % limit;
}

/* What people and an agent say of availability; much of it is refused. */
static void
live_randomly_with_outages(struct world *world, uint64_t *seed)
{
	static const char *const samples[] = {
		"gateway=ok web=ok", "gateway=ok web=critical", "gateway=critical web=critical",
		"web=warning",	     "katalog=critical",	"katalog=ok arkiv=critical"};
	int64_t minutes = world->now + random_below(seed, 3);
	int64_t hour[][2] = {{at_ms(minutes + random_below(seed, 40)), at_ms(minutes + 60)}};
	struct vg_outage_body outage = outage_body(minutes - random_below(seed, 100),
						   random_below(seed, 2) == 0 ? -1 : minutes + 1);
	struct vg_window_body window = window_body(hour, 1);
	char name[32];

	snprintf(name, sizeof(name), "%c-%lld", random_below(seed, 2) == 0 ? 'O' : 'W',
		 (long long)world->seq - random_below(seed, 10));
	outage.effect = (enum vg_outage_effect)random_below(seed, VG_EFFECT_COUNT);
	outage.cause = VG_PARTY_VGR;
	window.agreed_by = "driftchef";
	window.services = random_below(seed, 2) == 0 ? "" : "vard";
	switch (random_below(seed, 16)) {
	case 0:
		outage_event(world, VG_KIND_OUTAGE_RECORDED, &outage, "anna", minutes);
		break;
	case 1:
		window_event(world, VG_KIND_WINDOW_PLANNED, &window, "anna", minutes);
		break;
	case 2:
		outage_command(world, VG_KIND_OUTAGE_WITHDRAWN, name, "bo", minutes);
		break;
	case 3:
		window_command(world, VG_KIND_WINDOW_APPROVED, name, "bo", minutes, 0);
		break;
	case 4:
		window_command(world, VG_KIND_WINDOW_STARTED, name, "bo", minutes, minutes);
		break;
	case 5:
		window_command(world, VG_KIND_WINDOW_ENDED, name, "bo", minutes, minutes);
		break;
	case 6:
		tick(world, minutes + random_below(seed, 30));
		break;
	default:
		samples_event(world, minutes,
			      samples[random_below(seed, sizeof(samples) / sizeof(samples[0]))]);
	}
}

/* One random event: a report in or out of order, a command that may be refused, a merge, a tick. */
static void
live_randomly(struct world *world, uint64_t *seed)
{
	static const char *const facts[] = {"status=new line=1 priority=P3 municipality=1489",
					    "status=in_progress priority=P1",
					    "status=pending pending_reason=pending_requester",
					    "status=resolved",
					    "status=closed",
					    "line=2 group=a",
					    "line=1 group=b",
					    "status=new impact=2 urgency=1 municipality=1480",
					    "status=cancelled",
					    "status=pending",
					    "opened_ms=1000 service=vard",
					    "line=3"};
	int64_t minutes = world->now + random_below(seed, 1000);
	char ref[16], other[16], store[256];
	struct vg_event event;

	snprintf(ref, sizeof(ref), "T%u", random_below(seed, 40));
	snprintf(other, sizeof(other), "T%u", random_below(seed, 40));
	if (random_below(seed, 3) > 0) {
		live_randomly_with_outages(world, seed);
		return;
	}
	switch (random_below(seed, 16)) {
	case 0:
		command(world, VG_KIND_TICKET_ESCALATED, ref, minutes, 0, "");
		break;
	case 1:
		command(world, VG_KIND_TICKET_ACKNOWLEDGED, ref, minutes, 0, "");
		break;
	case 2:
		command(world, VG_KIND_TICKET_CORRECTED, ref, minutes,
			random_below(seed, (uint32_t)world->seq), "priority=P2");
		break;
	case 3:
		event = world_event(world, VG_KIND_TICKET_REPORTED, minutes);
		event.body.ticket =
			(struct vg_ticket_body){.ref = ref,
						.title_digest = "",
						.also_count = random_below(seed, 4) == 0,
						.also = {{"tool", other}}};
		support_fields(&event.body.ticket.fields, "status=in_progress", store);
		world_step(world, &event);
		break;
	case 4:
		event = world_event(world, VG_KIND_TICK, minutes);
		world_step(world, &event);
		break;
	default: /* late by up to a week, and sometimes before its time */
		minutes += (int64_t)random_below(seed, 100) - random_below(seed, 10080);
		event = world_event(world, VG_KIND_TICKET_REPORTED, world->now);
		event.occurred_ms = at_ms(minutes > 0 ? minutes : 0);
		event.body.ticket = (struct vg_ticket_body){.ref = ref, .title_digest = ""};
		support_fields(&event.body.ticket.fields,
			       facts[random_below(seed, sizeof(facts) / sizeof(facts[0]))], store);
		world_step(world, &event);
	}
}

static void
add_cell(const struct vg_kpi_cell *cell, void *arg)
{
	uint64_t *sum = arg;
	int64_t parts[] = {cell->kpi,	      cell->num,	cell->den,
			   cell->target_ppm,  cell->left_out,	(int)cell->verdict,
			   cell->rolling_num, cell->rolling_den};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		*sum = (*sum ^ (uint64_t)parts[i]) * UINT64_C(0x100000001b3);
}

/* A sum over all cells of four months. */
static uint64_t
cells_of(const struct vg_core *core)
{
	uint64_t sum = 1;

	for (int month = JANUARY; month < JANUARY + 4; month++)
		assert_int_equal(vg_kpi_month(core, month, vg_core_received_ms(core), NULL,
					      vg_kpi_stored_splits, 5, add_cell, NULL, &sum),
				 0);
	return sum;
}

/* A world in which every share has too few tickets, so that every cell looks back. */
static struct world
cautious_world(void)
{
	struct world world = object_world();
	struct vg_agreement *agreement = object_agreement("2");

	agreement->min_n = 1000;
	world_apply(&world, agreement);
	return world;
}

/* What a core remembers from one computation of cells to the next is never out of date: a core
 * fresh from its checkpoint gives the same cells. */
static void
random_lives_end_alike_however_often_they_are_loaded(void **state)
{
	(void)state;
	for (uint64_t start = 1; start <= 8; start++) {
		struct world straight = cautious_world(), loaded = cautious_world();
		uint64_t a_seed = start, b_seed = start;
		struct bytes a, b;

		for (int i = 0; i < 1800; i++) {
			live_randomly(&straight, &a_seed);
			live_randomly(&loaded, &b_seed);
			if (i % 100 == 99) {
				b = save(loaded.core);
				vg_core_free(loaded.core);
				loaded.core = vg_core_load(b.at, b.n);
				assert_non_null(loaded.core);
				free(b.at);
			}
			if (i % 25 == 24)
				assert_int_equal(cells_of(loaded.core), cells_of(straight.core));
		}
		a = save(straight.core);
		b = save(loaded.core);
		assert_int_equal(a.n, b.n);
		assert_memory_equal(a.at, b.at, a.n);
		assert_true(vg_core_next_deadline_ms(straight.core) >
			    vg_core_received_ms(straight.core));
		free(a.at);
		free(b.at);
		vg_core_free(straight.core);
		vg_core_free(loaded.core);
	}
}

static void
a_damaged_checkpoint_is_refused(void **state)
{
	struct world world = object_world();
	struct bytes bytes;

	(void)state;
	live_a_little(&world, 0);
	bytes = save(world.core);
	for (size_t i = 0; i < bytes.n; i += 7) {
		bytes.at[i] ^= 1;
		assert_null(vg_core_load(bytes.at, bytes.n));
		bytes.at[i] ^= 1;
	}
	for (size_t n = 0; n < bytes.n; n += 11)
		assert_null(vg_core_load(bytes.at, n));
	vg_core_free(world.core);
	free(bytes.at);
}

static void
damage_under_a_right_checksum_is_survived(void **state)
{
	struct world world = object_world();
	struct bytes bytes;
	uint64_t seed = 1;

	(void)state;
	live_a_little(&world, 0);
	live_a_little(&world, 1);
	bytes = save(world.core);
	vg_core_free(world.core);
	for (int round = 0; round < 3000; round++) {
		uint8_t *copy = malloc(bytes.n);
		struct vg_core *core;
		size_t tail;

		assert_non_null(copy);
		memcpy(copy, bytes.at, bytes.n);
		for (int hit = 0; hit <= round % 3; hit++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
			/* the second agreement's hours are the tail's bulk: aim at the state before
			 * it too */
			tail = round % 2 == 0 ? bytes.n - 8 : 3000;
			copy[8 + (seed >> 33) % (tail - 8)] = (uint8_t)(seed >> 20);
		}
		seal(copy, bytes.n);
		core = vg_core_load(copy, bytes.n);
		if (core != NULL) {
			struct world damaged = {core, vg_core_seq(core), 1000000, {0}};
			struct bytes again = save(core);

			assert_int_equal(again.n, bytes.n);
			assert_memory_equal(again.at, copy, bytes.n);
			free(again.at);
			if (damaged.seq < INT64_MAX / 32)
				report(&damaged, "T2", 1000000, "status=resolved");
			vg_core_free(core);
		}
		free(copy);
	}
	free(bytes.at);
}

static int
refuse(const void *bytes, size_t length, void *arg)
{
	(void)bytes;
	(void)length;
	(void)arg;
	return -5;
}

static void
a_writer_that_fails_ends_the_saving(void **state)
{
	struct world world = object_world();

	(void)state;
	assert_int_equal(vg_core_save(world.core, refuse, NULL), -5);
	vg_core_free(world.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loading_and_saving_again_gives_the_same_bytes),
		cmocka_unit_test(replay_and_a_load_in_the_middle_end_in_the_same_bytes),
		cmocka_unit_test(random_lives_end_alike_however_often_they_are_loaded),
		cmocka_unit_test(a_damaged_checkpoint_is_refused),
		cmocka_unit_test(damage_under_a_right_checksum_is_survived),
		cmocka_unit_test(a_writer_that_fails_ends_the_saving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
