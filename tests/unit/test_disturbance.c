/* Disturbance information: what may be published, what is kept of it, and how it is written down;
 * and feedback on our pages. */
#include "core/disturbance.h"
#include "lib/rows/rows.h"
#include "tests/unit/checkpoint_support.h"
#include "tests/unit/event_json_support.h"
#include "tests/unit/object_support.h"

/* --- what people say --- */

/* Of the service vard in 1489, since half an hour, with more to come in one. */
static struct vg_disturbance_body
message(const struct world *world, const char *disturbance)
{
	const int64_t now_ms = at_ms(world->now);

	return (struct vg_disturbance_body){.disturbance = disturbance,
					    .kind = VG_DISTURBANCE_FAULT,
					    .services = "vard",
					    .municipalities = "1489",
					    .title = "Journalen svarar långsamt",
					    .text = "Vi söker felet.",
					    .advice = "Vänta eller ring.",
					    .title_en = "",
					    .text_en = "",
					    .advice_en = "",
					    .started_ms = now_ms - HOUR_MS / 2,
					    .next_update_ms = now_ms + HOUR_MS,
					    .ended_ms = -1,
					    .outage = ""};
}

static enum vg_verdict_code
say(struct world *world, enum vg_kind kind, const struct vg_disturbance_body *body)
{
	struct vg_event event = world_event(world, kind, world->now);

	event.actor = "anna";
	event.body.disturbance = *body;
	return world_step(world, &event);
}

static enum vg_verdict_code
draft(struct world *world)
{
	const struct vg_disturbance_body body = message(world, "");

	return say(world, VG_KIND_DISTURBANCE_DRAFTED, &body);
}

static enum vg_verdict_code
publish(struct world *world, const char *disturbance)
{
	const struct vg_disturbance_body body = message(world, disturbance);

	return say(world, VG_KIND_DISTURBANCE_PUBLISHED, &body);
}

static enum vg_verdict_code
end(struct world *world, const char *disturbance)
{
	struct vg_disturbance_body body = message(world, disturbance);

	body.text = "Felet är rättat.";
	body.ended_ms = at_ms(world->now);
	return say(world, VG_KIND_DISTURBANCE_CLOSED, &body);
}

static enum vg_verdict_code
write_in(struct world *world)
{
	struct vg_event event = world_event(world, VG_KIND_FEEDBACK_RECEIVED, world->now);

	event.body.feedback = (struct vg_feedback_body){
		.text_digest = "00", .contact = true, .feedback = "", .answer = ""};
	return world_step(world, &event);
}

static enum vg_verdict_code
answer(struct world *world, const char *feedback)
{
	struct vg_event event = world_event(world, VG_KIND_FEEDBACK_ANSWERED, world->now);

	event.actor = "bo";
	event.body.feedback = (struct vg_feedback_body){
		.text_digest = "", .feedback = feedback, .answer = "Rättat."};
	return world_step(world, &event);
}

static void
expect_refused(const struct world *world, enum vg_verdict_code code, const char *why)
{
	assert_int_equal(code, VG_VERDICT_REFUSED);
	assert_refused(world, why);
}

/* --- a life --- */

static void
a_draft_is_published_updated_and_closed(void **state)
{
	struct world world = object_world();
	const struct vg_disturbance *it;
	struct vg_disturbance_body body;
	char id[32];

	(void)state;
	world.now = 60;
	assert_int_equal(draft(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	it = vg_disturbance(world.core, world.seq);
	assert_int_equal(it->state, VG_DISTURBANCE_DRAFT);
	assert_int_equal(it->published_ms, -1);
	assert_int_equal(it->messages, 0);

	world.now = 65;
	assert_int_equal(publish(&world, id), VG_VERDICT_TAKEN);
	assert_int_equal(it->state, VG_DISTURBANCE_PUBLISHED);
	assert_int_equal(it->published_ms, at_ms(65));
	assert_int_equal(it->updated_ms, -1);
	assert_string_equal(it->author, "anna");

	world.now = 100;
	body = message(&world, id);
	body.text = "Felet är hittat.";
	body.municipalities = "";
	assert_int_equal(say(&world, VG_KIND_DISTURBANCE_PUBLISHED, &body), VG_VERDICT_TAKEN);
	assert_int_equal(it->updated_ms, at_ms(100));
	assert_string_equal(it->text, "Felet är hittat.");

	world.now = 120;
	assert_int_equal(end(&world, id), VG_VERDICT_TAKEN);
	assert_int_equal(it->state, VG_DISTURBANCE_CLOSED);
	assert_int_equal(it->ended_ms, at_ms(120));
	assert_int_equal(it->next_update_ms, -1);
	assert_string_equal(it->text, "Felet är hittat.");

	assert_int_equal(it->messages, 3);
	assert_string_equal(vg_disturbance_message(world.core, it->id, 0)->text, "Vi söker felet.");
	assert_string_equal(vg_disturbance_message(world.core, it->id, 0)->municipalities, "1489");
	assert_string_equal(vg_disturbance_message(world.core, it->id, 1)->municipalities, "");
	assert_true(vg_disturbance_message(world.core, it->id, 2)->closing);
	assert_string_equal(vg_disturbance_message(world.core, it->id, 2)->text,
			    "Felet är rättat.");
	assert_null(vg_disturbance_message(world.core, it->id, 3));

	expect_refused(&world, publish(&world, id), "is closed");
	expect_refused(&world, end(&world, id), "is closed");
	vg_core_free(world.core);
}

static void
a_draft_is_written_again_until_it_is_published(void **state)
{
	struct world world = object_world();
	struct vg_disturbance_body body;
	char id[32];

	(void)state;
	assert_int_equal(draft(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	body = message(&world, id);
	body.title = "En annan rubrik";
	assert_int_equal(say(&world, VG_KIND_DISTURBANCE_DRAFTED, &body), VG_VERDICT_TAKEN);
	assert_string_equal(vg_disturbance(world.core, world.seq - 1)->title, "En annan rubrik");
	assert_int_equal(publish(&world, id), VG_VERDICT_TAKEN);
	expect_refused(&world, say(&world, VG_KIND_DISTURBANCE_DRAFTED, &body),
		       "is published: publish the update");
	vg_core_free(world.core);
}

static void
a_dropped_draft_was_never_public(void **state)
{
	struct world world = object_world();
	const struct vg_disturbance *it;
	char id[32];

	(void)state;
	assert_int_equal(draft(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	it = vg_disturbance(world.core, world.seq);
	assert_int_equal(end(&world, id), VG_VERDICT_TAKEN);
	assert_int_equal(it->state, VG_DISTURBANCE_CLOSED);
	assert_int_equal(it->published_ms, -1);
	assert_int_equal(it->messages, 0);
	vg_core_free(world.core);
}

static void
it_is_overdue_when_the_promised_instant_has_passed(void **state)
{
	struct world world = object_world();
	const struct vg_disturbance *it;
	char id[32];

	(void)state;
	assert_int_equal(draft(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	it = vg_disturbance(world.core, world.seq);
	assert_false(vg_disturbance_is_overdue(it, it->next_update_ms + 1));
	assert_int_equal(publish(&world, id), VG_VERDICT_TAKEN);
	assert_false(vg_disturbance_is_overdue(it, it->next_update_ms));
	assert_true(vg_disturbance_is_overdue(it, it->next_update_ms + 1));
	assert_int_equal(end(&world, id), VG_VERDICT_TAKEN);
	assert_false(vg_disturbance_is_overdue(it, INT64_MAX));
	vg_core_free(world.core);
}

/* --- what is refused --- */

static void
what_is_published_says_what_for_whom_and_when_more_comes(void **state)
{
	static char long_title[VG_DISTURBANCE_TITLE_MAX + 2];
	struct world world = object_world();
	struct vg_disturbance_body body;
	char id[32];

	(void)state;
	world.now = DAYS(2);
	assert_int_equal(draft(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	memset(long_title, 'x', sizeof(long_title) - 1);
#define REFUSED(member, value, why)                                                                \
	do {                                                                                       \
		body = message(&world, id);                                                        \
		body.member = (value);                                                             \
		expect_refused(&world, say(&world, VG_KIND_DISTURBANCE_PUBLISHED, &body), why);    \
	} while (0)
	REFUSED(title, "", "a title is needed");
	REFUSED(title, long_title, "at most 120 bytes");
	REFUSED(text, "", "a text is needed");
	REFUSED(services, "telefoni", "has no service telefoni");
	REFUSED(municipalities, "1489 9999", "has no municipality 9999");
	REFUSED(outage, "O-4711", "no outage O-4711");
	REFUSED(next_update_ms, -1, "a next update is needed");
	REFUSED(next_update_ms, at_ms(world.now), "lies in the past");
	REFUSED(next_update_ms, at_ms(world.now) + DAY_MS + 1, "within 24 hours");
	REFUSED(started_ms, at_ms(world.now) + HOUR_MS, "of the kind planned");
	REFUSED(disturbance, "S-4711", "no disturbance S-4711");
	REFUSED(disturbance, "D-1", "expected S-<number>");
#undef REFUSED
	body = message(&world, id);
	body.next_update_ms = at_ms(world.now) + DAY_MS;
	assert_int_equal(say(&world, VG_KIND_DISTURBANCE_PUBLISHED, &body), VG_VERDICT_TAKEN);
	body.ended_ms = body.started_ms - 1;
	expect_refused(&world, say(&world, VG_KIND_DISTURBANCE_CLOSED, &body),
		       "ended before it started");
	body.ended_ms = at_ms(world.now) + HOUR_MS;
	expect_refused(&world, say(&world, VG_KIND_DISTURBANCE_CLOSED, &body), "in the future");
	body.text = "";
	expect_refused(&world, say(&world, VG_KIND_DISTURBANCE_CLOSED, &body), "how it ended");
	vg_core_free(world.core);
}

static void
what_is_planned_promises_from_its_start_on(void **state)
{
	struct world world = object_world();
	struct vg_disturbance_body body = message(&world, "");
	char id[32];

	(void)state;
	body.kind = VG_DISTURBANCE_PLANNED;
	body.started_ms = at_ms(DAYS(7));
	body.next_update_ms = at_ms(DAYS(8)) + 1;
	assert_int_equal(say(&world, VG_KIND_DISTURBANCE_DRAFTED, &body), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	body.disturbance = id;
	expect_refused(&world, say(&world, VG_KIND_DISTURBANCE_PUBLISHED, &body),
		       "within 24 hours of the start");
	body.next_update_ms--;
	assert_int_equal(say(&world, VG_KIND_DISTURBANCE_PUBLISHED, &body), VG_VERDICT_TAKEN);
	body.ended_ms = at_ms(world.now); /* called off */
	assert_int_equal(say(&world, VG_KIND_DISTURBANCE_CLOSED, &body), VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

static void
one_disturbance_has_so_many_messages_and_its_end(void **state)
{
	struct world world = object_world();
	char id[32];

	(void)state;
	assert_int_equal(draft(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	for (int i = 0; i < VG_DISTURBANCE_MESSAGES_MAX; i++)
		assert_int_equal(publish(&world, id), VG_VERDICT_TAKEN);
	assert_int_equal(publish(&world, id), VG_VERDICT_OVERLOAD);
	assert_non_null(strstr(world.verdict.text, "close it and draft another"));
	assert_int_equal(end(&world, id), VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

/* --- feedback --- */

static void
feedback_is_answered_once(void **state)
{
	struct world world = object_world();
	const struct vg_feedback *it;
	char id[32];

	(void)state;
	assert_int_equal(write_in(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "T-%lld", (long long)world.seq);
	it = vg_feedback(world.core, world.seq);
	assert_int_equal(it->answered_ms, -1);
	world.now += 10;
	assert_int_equal(answer(&world, id), VG_VERDICT_TAKEN);
	assert_int_equal(it->answered_ms, at_ms(world.now));
	assert_string_equal(it->answered_by, "bo");
	expect_refused(&world, answer(&world, id), "is answered");
	expect_refused(&world, answer(&world, "T-4711"), "no feedback T-4711");
	vg_core_free(world.core);
}

static void
what_waits_for_an_answer_is_bounded(void **state)
{
	struct world world = object_world();
	char id[32];

	(void)state;
	for (int i = 0; i < VG_FEEDBACK_OPEN_MAX; i++)
		assert_int_equal(write_in(&world), VG_VERDICT_TAKEN);
	(void)snprintf(id, sizeof(id), "T-%lld", (long long)world.seq);
	assert_int_equal(write_in(&world), VG_VERDICT_OVERLOAD);
	assert_int_equal(answer(&world, id), VG_VERDICT_TAKEN);
	assert_int_equal(write_in(&world), VG_VERDICT_TAKEN);
	vg_core_free(world.core);
}

/* --- what is kept --- */

static struct world
lived(void)
{
	struct world world = object_world();
	char id[32];

	(void)draft(&world);
	(void)snprintf(id, sizeof(id), "S-%lld", (long long)world.seq);
	(void)publish(&world, id);
	(void)end(&world, id);
	(void)draft(&world);
	(void)write_in(&world);
	return world;
}

static void
a_checkpoint_keeps_every_message(void **state)
{
	struct world world = lived();
	struct bytes bytes = save(world.core), again;
	struct vg_core *core = vg_core_load(bytes.at, bytes.n);

	(void)state;
	assert_non_null(core);
	again = save(core);
	assert_int_equal(again.n, bytes.n);
	assert_memory_equal(again.at, bytes.at, bytes.n);
	vg_core_free(core);
	vg_core_free(world.core);
	free(bytes.at);
	free(again.at);
}

/* Which ends before the disturbances: four counts of nothing. */
static void
a_checkpoint_of_the_format_before_is_loaded(void **state)
{
	struct world world = object_world();
	struct bytes bytes = save(world.core), again;
	struct vg_core *core;
	uint8_t *before = malloc(bytes.n - 4);

	(void)state;
	assert_non_null(before);
	memcpy(before, bytes.at, bytes.n - 8 - 4);
	assert_memory_equal(before, "VGCKPT07", 8);
	before[7] = '6';
	seal(before, bytes.n - 4);
	core = vg_core_load(before, bytes.n - 4);
	assert_non_null(core);
	again = save(core);
	assert_int_equal(again.n, bytes.n);
	assert_memory_equal(again.at, bytes.at, bytes.n);
	vg_core_free(core);
	vg_core_free(world.core);
	free(bytes.at);
	free(again.at);
	free(before);
}

static void
damage_under_a_right_checksum_is_survived(void **state)
{
	struct world world = lived();
	struct bytes bytes = save(world.core);
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		uint8_t *copy = malloc(bytes.n);
		struct vg_core *core;

		assert_non_null(copy);
		memcpy(copy, bytes.at, bytes.n);
		copy[bytes.n - 9 - (size_t)support_below(&seed, 600)] =
			(uint8_t)support_random(&seed);
		seal(copy, bytes.n);
		core = vg_core_load(copy, bytes.n);
		if (core != NULL)
			vg_core_free(core);
		free(copy);
	}
	vg_core_free(world.core);
	free(bytes.at);
}

static void
the_read_model_has_a_row_for_each(void **state)
{
	static const char told[] = "\t{vard}\t{1489}\tJournalen svarar långsamt\t";
	struct world world = lived();
	struct vg_rows rows;

	(void)state;
	assert_int_equal(vg_rows_collect(world.core, 0, at_ms(world.now), SIZE_MAX, &rows), 0);
	assert_int_equal(rows.table[VG_TABLE_DISTURBANCE].rows, 2);
	assert_int_equal(rows.table[VG_TABLE_DISTURBANCE_MESSAGE].rows, 2);
	assert_int_equal(rows.table[VG_TABLE_FEEDBACK].rows, 1);
	assert_non_null(memmem(rows.table[VG_TABLE_DISTURBANCE_MESSAGE].copy,
			       rows.table[VG_TABLE_DISTURBANCE_MESSAGE].length, told,
			       strlen(told)));
	vg_rows_free(&rows);
	vg_core_free(world.core);
}

/* --- JSON --- */

static void
there_is_one_spelling(void **state)
{
	static const struct spelling spellings[] = {
		{"disturbance.drafted",
		 "{\"text\":\"En rad\\ntill\",\"title\":\"T\",\"started_ms\":5,\"services\":[\"b\","
		 "\"a\",\"b\"],\"municipalities\":[],\"advice\":\"\",\"outage\":\"\"}",
		 "{\"kind\":\"disturbance\",\"services\":[\"a\",\"b\"],\"started_ms\":5,\"text\":"
		 "\"En rad\\ntill\",\"title\":\"T\"}"},
		{"disturbance.published",
		 "{\"advice\":\"Ring\",\"advice_en\":\"Call\",\"disturbance\":\"S-12\",\"kind\":"
		 "\"planned\",\"municipalities\":[\"1489\"],\"next_update_ms\":9,\"outage\":\"O-"
		 "7\","
		 "\"services\":[\"vard\"],\"started_ms\":5,\"text\":\"x\",\"text_en\":\"y\","
		 "\"title\":\"T\",\"title_en\":\"E\"}",
		 NULL},
		{"disturbance.closed",
		 "{\"disturbance\":\"S-12\",\"ended_ms\":7,\"text\":\"Klart\"}", NULL},
		{"feedback.received", "{\"contact\":true,\"text_digest\":\"" SALT SALT "\"}", NULL},
		{"feedback.answered", "{\"answer\":\"Rättat\",\"feedback\":\"T-9\"}", NULL},
	};

	(void)state;
	expect_one_spelling(spellings, sizeof(spellings) / sizeof(spellings[0]));
	expect_what_a_library_writes(spellings, sizeof(spellings) / sizeof(spellings[0]));
}

static void
what_is_not_said_right_is_refused(void **state)
{
	static const struct refusal refusals[] = {
		{"disturbance.drafted", "{\"started_ms\":5}",
		 "body.title: expected this member, which is missing"},
		{"disturbance.drafted", "{\"title\":\"T\"}",
		 "body.started_ms: expected this member, which is missing"},
		{"disturbance.drafted", "{\"title\":\"T\",\"started_ms\":5,\"kind\":\"fault\"}",
		 "body.kind: expected disturbance or planned"},
		{"disturbance.drafted", "{\"title\":\"T\\u0007\",\"started_ms\":5}", "body.title"},
		{"disturbance.drafted", "{\"title\":\"T\",\"started_ms\":5,\"outage\":\"O 7\"}",
		 "body.outage: expected O-<number>"},
		{"disturbance.drafted", "{\"title\":\"T\",\"started_ms\":5,\"ended_ms\":9}",
		 "body.ended_ms: no such member is known here"},
		{"disturbance.published", "{\"title\":\"T\",\"started_ms\":5}",
		 "body.disturbance: expected this member, which is missing"},
		{"disturbance.closed", "{\"disturbance\":\"S-1\",\"text\":\"x\"}",
		 "body.ended_ms: expected this member, which is missing"},
		{"feedback.received", "{\"text\":\"x\"}",
		 "body.text: no such member is known here"},
		{"feedback.answered", "{\"feedback\":\"T-1\",\"answer\":\"\"}",
		 "body.answer: expected text that is not empty"},
	};

	(void)state;
	expect_refusals(refusals, sizeof(refusals) / sizeof(refusals[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_is_published_updated_and_closed),
		cmocka_unit_test(a_draft_is_written_again_until_it_is_published),
		cmocka_unit_test(a_dropped_draft_was_never_public),
		cmocka_unit_test(it_is_overdue_when_the_promised_instant_has_passed),
		cmocka_unit_test(what_is_published_says_what_for_whom_and_when_more_comes),
		cmocka_unit_test(what_is_planned_promises_from_its_start_on),
		cmocka_unit_test(one_disturbance_has_so_many_messages_and_its_end),
		cmocka_unit_test(feedback_is_answered_once),
		cmocka_unit_test(what_waits_for_an_answer_is_bounded),
		cmocka_unit_test(a_checkpoint_keeps_every_message),
		cmocka_unit_test(a_checkpoint_of_the_format_before_is_loaded),
		cmocka_unit_test(damage_under_a_right_checksum_is_survived),
		cmocka_unit_test(the_read_model_has_a_row_for_each),
		cmocka_unit_test(there_is_one_spelling),
		cmocka_unit_test(what_is_not_said_right_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
