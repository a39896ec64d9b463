/* A world for tests of the fee: an agreement with the fee of semantics.md 2.9, municipalities 1480
 * and 1489 that have always been members, and what happens there, each thing by its local date.
 *
 * Time is written "2026-03-10 10:00". What comes in is received when it happened, or when the thing
 * before it was, whichever is later: so anything may come late. */
#ifndef VG_TEST_FEE_WORLD_H
#define VG_TEST_FEE_WORLD_H

#include "core/fee.h"
#include "tests/unit/core_support.h"

#define FEE_END_YEAR	   2032
#define MONTH(year, month) ((year)*12 + (month)-1)

/* The first month that it bills is January of first_year: it is valid from there on. */
SUPPORT struct vg_agreement *
fee_agreement(int first_year)
{
	struct vg_agreement *agreement = support_agreement_over(first_year - 1, FEE_END_YEAR);

	agreement->valid_from_ms = support_local_ms(support_days(first_year, 1, 1), 0);
	vg_agreement_set_defaults(agreement);
	agreement->fee.agreed = true;
	agreement->fee.index = support_copy("");
	agreement->fee.user_rule = support_copy("licensed");
	for (size_t i = 0; i < agreement->municipalities; i++) {
		struct vg_municipality *party = &agreement->municipality[i];

		party->signed_day = INT64_MIN;
		party->leaving_ms = INT64_MAX;
		party->customer = support_copy("");
		party->reference = support_copy("");
	}
	return agreement;
}

/* The municipality in a version that is still to be applied. */
SUPPORT struct vg_municipality *
fee_party(struct vg_agreement *agreement, const char *code)
{
	for (size_t i = 0; i < agreement->municipalities; i++) {
		if (strcmp(agreement->municipality[i].code, code) == 0)
			return &agreement->municipality[i];
	}
	fail_msg("no municipality %s", code);
	return NULL;
}

/* Takes over the version. */
SUPPORT struct world
fee_world_of(struct vg_agreement *agreement)
{
	return (struct world){.core = support_core(agreement), .seq = 1};
}

SUPPORT struct world
fee_world(int first_year)
{
	return fee_world_of(fee_agreement(first_year));
}

/* An event that is complete but for its body; from_ms is when it happened. */
SUPPORT struct vg_event
fee_event_ms(struct world *world, enum vg_kind kind, int64_t from_ms)
{
	struct vg_event event = world_event(world, kind, 0);

	event.occurred_ms = from_ms;
	event.received_ms = vg_core_received_ms(world->core);
	if (from_ms > event.received_ms)
		event.received_ms = from_ms;
	return event;
}

SUPPORT struct vg_event
fee_event(struct world *world, enum vg_kind kind, const char *at)
{
	return fee_event_ms(world, kind, support_at(at));
}

/* Applies the version, which it takes over. */
SUPPORT enum vg_verdict_code
fee_apply(struct world *world, struct vg_agreement *agreement)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_AGREEMENT_APPLIED, 0);
	enum vg_verdict_code code;

	event.body.agreement = agreement;
	code = world_step(world, &event);
	vg_agreement_unref(agreement);
	return code;
}

SUPPORT enum vg_verdict_code
fee_users(struct world *world, const char *municipality, const char *date, int64_t users)
{
	char at[32];
	struct vg_event event;
	int year, month, day;

	assert_int_equal(sscanf(date, "%4d-%2d-%2d", &year, &month, &day), 3);
	snprintf(at, sizeof at, "%s 00:00", date);
	event = fee_event(world, VG_KIND_USERS_READ, at);
	event.has_municipality = true;
	event.municipality = municipality;
	event.body.users = (struct vg_users_body){.day = support_days(year, month, day),
						  .users = users,
						  .rule = "licensed",
						  .approver = ""};
	return world_step(world, &event);
}

SUPPORT enum vg_verdict_code
fee_report_ms(struct world *world, const char *ref, int64_t at_ms, const char *fields)
{
	struct vg_event event = fee_event_ms(world, VG_KIND_TICKET_REPORTED, at_ms);
	char store[256];

	event.body.ticket = (struct vg_ticket_body){.ref = ref, .title_digest = ""};
	support_fields(&event.body.ticket.fields, fields, store);
	return world_step(world, &event);
}

/* A report of "tool" about its ticket `ref`. */
SUPPORT enum vg_verdict_code
fee_report(struct world *world, const char *ref, const char *at, const char *fields)
{
	return fee_report_ms(world, ref, support_at(at), fields);
}

/* A ticket that would count: opened two hours before in first line, handed to second line an hour
 * before, worked on there and resolved at `at_ms`. `fields` is stated when it is resolved. */
SUPPORT const struct vg_ticket *
fee_ticket_ms(struct world *world, const char *ref, const char *municipality, int64_t at_ms,
	      const char *fields)
{
	char line[200];

	snprintf(line, sizeof line, "status=new line=1 priority=P3 type=incident municipality=%s",
		 municipality);
	fee_report_ms(world, ref, at_ms - 2 * HOUR_MS, line);
	fee_report_ms(world, ref, at_ms - HOUR_MS, "status=in_progress line=2");
	snprintf(line, sizeof line, "status=resolved %s", fields);
	fee_report_ms(world, ref, at_ms, line);
	return vg_core_ticket_by_ref(world->core, "tool", ref);
}

SUPPORT const struct vg_ticket *
fee_ticket(struct world *world, const char *ref, const char *municipality, const char *at,
	   const char *fields)
{
	return fee_ticket_ms(world, ref, municipality, support_at(at), fields);
}

/* n of them, "<prefix>0" and on, a minute apart from noon of a day. */
SUPPORT void
fee_tickets(struct world *world, const char *prefix, int n, const char *municipality,
	    const char *date)
{
	char ref[32], at[32];

	snprintf(at, sizeof at, "%s 12:00", date);
	for (int i = 0; i < n; i++) {
		snprintf(ref, sizeof ref, "%s%d", prefix, i);
		fee_ticket_ms(world, ref, municipality, support_at(at) + i * MINUTE_MS, "");
	}
}

/* Sequence of the act that `actor` proposes: its number. The verdict stays in the world. */
SUPPORT int64_t
fee_propose(struct world *world, enum vg_kind kind, const char *actor,
	    const struct vg_act_body *body)
{
	struct vg_event event = fee_event_ms(world, kind, 0);

	event.actor = actor;
	event.body.act = *body;
	world_step(world, &event);
	return event.seq;
}

/* kind: VG_KIND_ACT_APPROVED or VG_KIND_ACT_REJECTED. */
SUPPORT enum vg_verdict_code
fee_decide_act(struct world *world, enum vg_kind kind, const char *actor, int64_t act)
{
	struct vg_event event = fee_event_ms(world, kind, 0);
	char name[32];

	snprintf(name, sizeof name, "P-%lld", (long long)act);
	event.actor = actor;
	event.body.act = (struct vg_act_body){.act = name, .reason = "test"};
	return world_step(world, &event);
}

/* Proposed by one and approved by another. Returns the act's number. */
SUPPORT int64_t
fee_act(struct world *world, enum vg_kind kind, const struct vg_act_body *body)
{
	int64_t act = fee_propose(world, kind, "one", body);

	if (world->verdict.code != VG_VERDICT_TAKEN)
		fail_msg("proposal %lld: %s", (long long)act, world->verdict.text);
	if (fee_decide_act(world, VG_KIND_ACT_APPROVED, "two", act) != VG_VERDICT_TAKEN)
		fail_msg("approval of %lld: %s", (long long)act, world->verdict.text);
	return act;
}

SUPPORT int64_t
fee_rate(struct world *world, const char *index, int year, int64_t rate_ppb)
{
	struct vg_act_body body = {.reason = "test",
				   .index = index,
				   .year = year,
				   .rate_ppb = rate_ppb,
				   .decided_day = support_days(year - 1, 12, 1),
				   .document = "decision"};

	return fee_act(world, VG_KIND_RATE_PROPOSED, &body);
}

/* `ticket` as "V-3". */
SUPPORT int64_t
fee_override(struct world *world, const char *ticket, enum vg_override outcome)
{
	struct vg_act_body body = {.reason = "test", .ticket = ticket, .outcome = outcome};

	return fee_act(world, VG_KIND_OVERRIDE_PROPOSED, &body);
}

/* The fee's judgement of a ticket of "tool". */
SUPPORT struct vg_fee_decision
fee_decision(const struct world *world, const char *ref)
{
	const struct vg_ticket *ticket = vg_core_ticket_by_ref(world->core, "tool", ref);
	struct vg_fee_decision decision;

	assert_non_null(ticket);
	vg_fee_decide(world->core, ticket, &decision);
	return decision;
}

#endif
