/* Builders for tests of the book: months that are closed by two persons and made available, and
 * what stands in their statements. */
#ifndef VG_TEST_BOOK_SUPPORT_H
#define VG_TEST_BOOK_SUPPORT_H

#include "tests/unit/fee_world.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* Nothing comes until then. */
SUPPORT void
book_wait_ms(struct world *world, int64_t until_ms)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_TICK, until_ms);

	event.body.note = "";
	world_step(world, &event);
}

SUPPORT void
book_wait(struct world *world, const char *at)
{
	book_wait_ms(world, support_at(at));
}

/* The month is over. */
SUPPORT void
book_end(struct world *world, int month)
{
	int next = month + 1;

	book_wait_ms(world,
		     support_local_ms(support_days(next / 12, next % 12 + 1, 1), 8 * HOUR_MS));
}

/* Proposed by one and approved by another; the verdict stays in the world. */
SUPPORT int64_t
book_close(struct world *world, int month, const char *municipalities)
{
	struct vg_act_body body = {
		.reason = "month close", .month = month, .municipalities = municipalities};

	return fee_act(world, VG_KIND_CLOSE_PROPOSED, &body);
}

SUPPORT struct vg_event
book_statement_event(struct world *world, enum vg_kind kind, const char *municipality, int month)
{
	struct vg_event event = fee_event_ms(world, kind, 0);

	event.has_municipality = true;
	event.municipality = municipality;
	event.body.statement = (struct vg_statement_body){
		.month = month, .model_sha256 = SHA_A, .invoice = "", .day = -1};
	return event;
}

SUPPORT enum vg_verdict_code
book_publish(struct world *world, const char *municipality, int month)
{
	struct vg_event event =
		book_statement_event(world, VG_KIND_STATEMENT_PUBLISHED, municipality, month);

	return world_step(world, &event);
}

/* Makes available every statement of the month that is closed. */
SUPPORT void
book_publish_all(struct world *world, int month)
{
	const struct vg_statement *statement;

	for (size_t i = 0; (statement = vg_core_item(world->core, VG_OBJECT_STATEMENT, i)) != NULL;
	     i++) {
		if (statement->month == month && statement->state == VG_STATEMENT_CLOSED &&
		    statement->published_ms == -1)
			assert_int_equal(book_publish(world, statement->municipality, month),
					 VG_VERDICT_TAKEN);
	}
}

/* The whole of a month: its end, its closing for all, and what comes of it made available. */
SUPPORT void
book_month(struct world *world, int month)
{
	book_end(world, month);
	book_close(world, month, "");
	book_publish_all(world, month);
}

SUPPORT void
book_months(struct world *world, int from, int to)
{
	for (int month = from; month <= to; month++)
		book_month(world, month);
}

/* The closed statement. */
SUPPORT const struct vg_statement *
book_closed(const struct world *world, const char *municipality, int month)
{
	const struct vg_statement *statement = vg_fee_statement(world->core, municipality, month);

	if (statement == NULL || statement->state != VG_STATEMENT_CLOSED)
		fail_msg("%s %d-%02d is not closed: %s", municipality, month / 12, month % 12 + 1,
			 world->verdict.text);
	return statement;
}

/* The draft of one municipality; lines and years are copied, and to be freed. */
struct book_draft {
	struct vg_fee_draft draft;
	int count;
};

SUPPORT int
book_keep_draft(const struct vg_fee_draft *draft, void *arg)
{
	struct book_draft *out = arg;

	out->draft = *draft;
	out->draft.line = support_array(draft->lines + 1, sizeof(*draft->line));
	out->draft.year = support_array(draft->years + 1, sizeof(*draft->year));
	for (size_t i = 0; i < draft->lines; i++)
		out->draft.line[i] = draft->line[i];
	for (size_t i = 0; i < draft->years; i++)
		out->draft.year[i] = draft->year[i];
	out->count++;
	return 0;
}

SUPPORT struct vg_fee_draft
book_draft(const struct world *world, const char *municipality, int month)
{
	struct book_draft kept = {.count = 0};

	assert_int_equal(vg_fee_drafts(world->core, month, municipality, book_keep_draft, &kept),
			 0);
	assert_int_equal(kept.count, 1);
	return kept.draft;
}

SUPPORT void
book_free_draft(struct vg_fee_draft *draft)
{
	free(draft->line);
	free(draft->year);
}

SUPPORT void
assert_refused(const struct world *world, const char *part)
{
	if (world->verdict.code != VG_VERDICT_REFUSED || strstr(world->verdict.text, part) == NULL)
		fail_msg("expected a refusal with \"%s\", got %d \"%s\"", part, world->verdict.code,
			 world->verdict.text);
}

/* States more of a ticket of "tool", now. */
SUPPORT void
book_state(struct world *world, const char *ref, const char *fields)
{
	fee_report_ms(world, ref, vg_core_received_ms(world->core), fields);
}

#endif
