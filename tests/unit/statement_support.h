/* A small story of two months at 1489, for tests of what is printed of them. */
#ifndef VG_TEST_STATEMENT_SUPPORT_H
#define VG_TEST_STATEMENT_SUPPORT_H

#include "lib/report/statement.h"
#include "tests/unit/fee_world.h"

#define HEAD "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

SUPPORT int64_t
int_of(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	if (!json_is_integer(value))
		fail_msg("no number %s", member);
	return json_integer_value(value);
}

SUPPORT const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

SUPPORT const json_t *
sums_of(const json_t *model)
{
	return json_object_get(json_object_get(model, "fee"), "sums");
}

SUPPORT json_t *
model_of(const struct world *world, const char *municipality, int month)
{
	struct vg_err err = {0};
	json_t *model = vg_statement_model(world->core, municipality, month, HEAD, &err);

	if (model == NULL)
		fail_msg("%s", err.text);
	return model;
}

SUPPORT void
close_month(struct world *world, int month)
{
	struct vg_act_body body = {.reason = "month", .month = month};

	(void)fee_act(world, VG_KIND_CLOSE_PROPOSED, &body);
}

SUPPORT void
publish(struct world *world, const char *municipality, int month)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_STATEMENT_PUBLISHED, 0);

	event.has_municipality = true;
	event.municipality = municipality;
	event.body.statement = (struct vg_statement_body){.month = month, .model_sha256 = SHA};
	if (world_step(world, &event) != VG_VERDICT_TAKEN)
		fail_msg("%s", world->verdict.text);
}

/* January: two tickets count, one is VGR's fault and one never left first line. */
SUPPORT struct world
january(void)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct vg_municipality *party = fee_party(agreement, "1489");
	struct world world;

	free(party->customer);
	party->customer = support_copy("4711");
	world = fee_world_of(agreement);
	fee_users(&world, "1480", "2026-01-01", 100);
	fee_users(&world, "1489", "2026-01-01", 3);
	fee_ticket(&world, "A1", "1489", "2026-01-12 10:00",
		   "municipality_ref=K-7 service=journal");
	fee_ticket(&world, "A2", "1489", "2026-01-13 10:00", "cause_party=municipality");
	fee_ticket(&world, "A3", "1489", "2026-01-14 10:00", "cause_party=vgr");
	fee_report(&world, "A4", "2026-01-15 09:00",
		   "status=new line=1 priority=P3 municipality=1489 type=service_request");
	fee_report(&world, "A4", "2026-01-15 10:00", "status=resolved");
	fee_users(&world, "1480", "2026-02-01", 100);
	fee_users(&world, "1489", "2026-02-01", 3);
	return world;
}

/* January is closed and published; in February it turns out that A1 was VGR's fault; three tickets
 * count, of which the cap takes one and a half. */
SUPPORT struct world
february(void)
{
	struct world world = january();
	struct vg_event comment;

	close_month(&world, MONTH(2026, 1));
	publish(&world, "1480", MONTH(2026, 1));
	publish(&world, "1489", MONTH(2026, 1));
	fee_report(&world, "A1", "2026-02-10 10:00", "cause_party=vgr");
	fee_tickets(&world, "B", 3, "1489", "2026-02-11");
	fee_users(&world, "1489", "2026-03-01", 3);
	comment = fee_event_ms(&world, VG_KIND_COMMENT_MADE, 0);
	comment.actor = "one";
	comment.has_municipality = true;
	comment.municipality = "1489";
	comment.body.comment = (struct vg_comment_body){.month = MONTH(2026, 2),
							.kpi = "resolution_met",
							.service = "",
							.cause = "Byte av <nyckel>",
							.action = "Rutin",
							.owner = "Driften",
							.due_day = support_days(2026, 4, 1)};
	assert_int_equal(world_step(&world, &comment), VG_VERDICT_TAKEN);
	return world;
}

#endif
