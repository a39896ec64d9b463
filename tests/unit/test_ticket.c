/* Ticket clocks (semantics.md 3.4): one sentence a row, facts and verdicts in words; metamorphic
 * rules 5 and 6 of 4.3 and the invariants over seeded random tickets. 2026-03-02 is a Monday; P3 is
 * 24 h and P4 40 h of 07:30-16:30. */
#include "tests/unit/core_support.h"

#define FACTS_MAX 12
#define ROUNDS	  400

enum rule {
	RULE_DEFAULT = 0,
	RULE_LAST_PRIORITY = 1,
	RULE_SECOND_LINE = 2, /* the resolution clock of the agreement is OLA2 */
	RULE_NO_MAX_PAUSE = 4,
	RULE_FROM_2026 = 8, /* the version is not valid before */
};

static struct vg_core *
core_with(unsigned rules)
{
	struct vg_agreement *agreement = support_agreement();

	if ((rules & RULE_LAST_PRIORITY) != 0)
		agreement->retarget = VG_RETARGET_LAST_PRIORITY;
	if ((rules & RULE_SECOND_LINE) != 0)
		agreement->resolution_clock = VG_RESOLUTION_SECOND_LINE;
	if ((rules & RULE_NO_MAX_PAUSE) != 0)
		agreement->max_pause_days = -1;
	if ((rules & RULE_FROM_2026) != 0)
		agreement->valid_from_ms = support_at("2026-01-01 00:00");
	return support_core(agreement);
}

static void
step_line(struct vg_core *core, int64_t seq, int64_t order, const char *line)
{
	char store[256], id[32];
	struct vg_event event = support_fact(seq, line, store);

	snprintf(id, sizeof id, "e%lld", (long long)order);
	event.event_id = id;
	event.source_order = order;
	support_step(core, &event);
}

static const struct vg_ticket *
ticket_of(const struct vg_core *core)
{
	const struct vg_ticket *ticket = vg_core_ticket_by_ref(core, "tool", "T1");

	assert_non_null(ticket);
	return ticket;
}

/* A core in which ticket T1 has these facts. */
static struct vg_core *
core_of(unsigned rules, const char *const *facts)
{
	struct vg_core *core = core_with(rules);
	int64_t i;

	for (i = 0; i < FACTS_MAX && facts[i] != NULL; i++)
		step_line(core, i + 2, i, facts[i]);
	return core;
}

static void
view_at(const struct vg_core *core, const char *at, struct vg_ticket_view *view)
{
	vg_ticket_view(core, ticket_of(core), at == NULL ? INT64_MAX : support_at(at), view, NULL,
		       NULL);
}

/* "running 60m of 240m, due 2026-03-02 14:00, breached as P1" */
static const char *
clock_words(const struct vg_clock_state *state, char out[160])
{
	char due[32];
	int n = snprintf(out, 160, "%s %lldm", vg_sla_name(state->sla),
			 (long long)(state->elapsed_ms / MINUTE_MS));

	if (state->elapsed_ms % MINUTE_MS != 0)
		n += snprintf(out + n, 160 - (size_t)n, "%llds",
			      (long long)(state->elapsed_ms % MINUTE_MS / 1000));
	if (state->target_ms >= 0)
		n += snprintf(out + n, 160 - (size_t)n, " of %lldm",
			      (long long)(state->target_ms / MINUTE_MS));
	if (state->due_ms >= 0)
		n += snprintf(out + n, 160 - (size_t)n, ", due %s",
			      support_local(state->due_ms, due));
	if (state->breached_as != NULL)
		snprintf(out + n, 160 - (size_t)n, ", breached as %s", state->breached_as);
	return out;
}

static const char *
fault_words(uint32_t faults, char out[256])
{
	enum vg_fault fault;

	out[0] = '\0';
	for (fault = 0; fault < VG_FAULT_COUNT; fault++)
		if ((faults >> fault & 1) != 0)
			snprintf(out + strlen(out), 256 - strlen(out), "%s%s",
				 out[0] == '\0' ? "" : " ", vg_fault_name(fault));
	return out;
}

/* The resolution clock, by sentence. */

static const struct resolution_case {
	const char *sentence;
	unsigned rules;
	const char *facts[FACTS_MAX];
	const char *at;
	const char *want;
} resolution_cases[] = {
	{"an open ticket runs, due when its target is used up",
	 0,
	 {"2026-03-02 10:00 priority=P1"},
	 "2026-03-02 11:00",
	 "running 60m of 240m, due 2026-03-02 14:00"},
	{"business hours count and nights do not",
	 0,
	 {"2026-03-02 10:00 priority=P3"},
	 "2026-03-03 09:30",
	 "running 510m of 1440m, due 2026-03-04 16:00"},
	{"a start in closed time counts from the next opening",
	 0,
	 {"2026-02-28 12:00 priority=P3"},
	 "2026-03-02 08:30",
	 "running 60m of 1440m, due 2026-03-04 13:30"},
	{"a target used up exactly at closing is due at closing",
	 0,
	 {"2026-03-02 10:30 priority=P3", "2026-03-02 10:30 status=in_progress"},
	 "2026-03-02 12:00",
	 "running 90m of 1440m, due 2026-03-04 16:30"},
	{"a fact in the night after does not move the due instant",
	 0,
	 {"2026-03-02 10:30 priority=P3", "2026-03-04 20:00 group=A"},
	 "2026-03-05 07:30",
	 "running 1440m of 1440m, due 2026-03-04 16:30"},
	{"one second past the target is overdue",
	 0,
	 {"2026-03-02 10:30 priority=P3"},
	 "2026-03-05 07:30:01",
	 "overdue 1440m1s of 1440m, due 2026-03-04 16:30"},
	{"elapsed exactly at the target is met",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 14:00 status=resolved"},
	 NULL,
	 "met 240m of 240m"},
	{"one second more is missed",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 14:00:01 status=resolved"},
	 NULL,
	 "missed 240m1s of 240m"},
	{"due over the night of the spring clock change",
	 0,
	 {"2026-03-28 23:00 priority=P1"},
	 "2026-03-28 23:00",
	 "running 0m of 240m, due 2026-03-29 04:00"},
	{"due over the night of the autumn clock change",
	 0,
	 {"2026-10-24 23:00 priority=P2"},
	 "2026-10-24 23:00",
	 "running 0m of 480m, due 2026-10-25 06:00"},
	{"the clock begins at the stated opening",
	 0,
	 {"2026-03-02 10:00 priority=P1 opened_ms=2026-03-02T09:00"},
	 "2026-03-02 10:00",
	 "running 60m of 240m, due 2026-03-02 13:00"},
	{"the last stated opening holds",
	 0,
	 {"2026-03-02 10:00 priority=P1 opened_ms=2026-03-02T09:00",
	  "2026-03-02 11:00 opened_ms=2026-03-02T08:00"},
	 "2026-03-02 11:00",
	 "running 180m of 240m, due 2026-03-02 12:00"},
	{"the first known priority holds from creation",
	 0,
	 {"2026-03-02 10:00 status=new", "2026-03-02 11:00 priority=P1"},
	 "2026-03-02 12:00",
	 "running 120m of 240m, due 2026-03-02 14:00"},

	{"a paused ticket has no due time and its remaining time stands still",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester"},
	 "2026-03-02 15:00",
	 "paused 60m of 240m"},
	{"at resume the remaining time counts from there",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_municipality",
	  "2026-03-02 15:00 status=in_progress"},
	 "2026-03-02 16:00",
	 "running 120m of 240m, due 2026-03-02 18:00"},
	{"a pause agreed with the requester stops the clock",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=scheduled_by_requester",
	  "2026-03-02 15:00 status=resolved"},
	 NULL,
	 "met 60m of 240m"},
	{"waiting for the supplier never stops the clock",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_supplier"},
	 "2026-03-02 12:00",
	 "running 120m of 240m, due 2026-03-02 14:00"},
	{"waiting for a change never stops the clock",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_change"},
	 "2026-03-02 12:00",
	 "running 120m of 240m, due 2026-03-02 14:00"},
	{"a pause without reason is no pause",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 11:00 status=pending"},
	 "2026-03-02 12:00",
	 "running 120m of 240m, due 2026-03-02 14:00"},
	{"the reason of an earlier pause is not that of the next",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 10:10 status=pending pending_reason=pending_requester",
	  "2026-03-02 10:20 status=in_progress", "2026-03-02 10:30 status=pending"},
	 "2026-03-02 11:00",
	 "running 50m of 240m, due 2026-03-02 14:10"},
	{"a pause of which the requester was not told counts as a pause",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester requester_told=0"},
	 "2026-03-02 15:00",
	 "paused 60m of 240m"},
	{"a pause of length zero changes nothing",
	 0,
	 {"2026-03-02 10:30 priority=P3 status=in_progress",
	  "2026-03-04 20:00 status=pending pending_reason=pending_requester",
	  "2026-03-04 20:00 status=in_progress"},
	 "2026-03-05 07:30",
	 "running 1440m of 1440m, due 2026-03-04 16:30"},
	{"pauses may begin and end within a minute without loss",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 10:00:10 status=pending pending_reason=pending_requester",
	  "2026-03-02 10:00:20 status=in_progress",
	  "2026-03-02 10:00:30 status=pending pending_reason=pending_requester",
	  "2026-03-02 10:00:50 status=in_progress"},
	 "2026-03-02 10:01",
	 "running 0m30s of 240m, due 2026-03-02 14:00:30"},
	{"a pause over its maximum counts again after ten working days",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester"},
	 "2026-03-16 12:00",
	 "running 120m of 240m, due 2026-03-16 14:00"},
	{"up to its maximum it is a pause",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester"},
	 "2026-03-16 10:59:59",
	 "paused 60m of 240m"},
	{"another reason does not begin the pause anew",
	 0,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester",
	  "2026-03-10 11:00 pending_reason=pending_municipality"},
	 "2026-03-16 12:00",
	 "running 120m of 240m, due 2026-03-16 14:00"},
	{"max_pause none lets a pause last",
	 RULE_NO_MAX_PAUSE,
	 {"2026-03-02 10:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester"},
	 "2026-06-16 12:00",
	 "paused 60m of 240m"},

	{"a reopened ticket goes on from where it stopped",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 12:00 status=resolved",
	  "2026-03-05 08:00 status=in_progress"},
	 "2026-03-05 09:00",
	 "running 180m of 240m, due 2026-03-05 10:00"},
	{"the final result replaces the first",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 12:00 status=resolved",
	  "2026-03-05 08:00 status=in_progress", "2026-03-05 11:00 status=resolved"},
	 NULL,
	 "missed 300m of 240m"},
	{"closed after resolved keeps the resolution",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 12:00 status=resolved",
	  "2026-03-09 12:00 status=closed", "2026-03-10 12:00 group=B"},
	 NULL,
	 "met 120m of 240m"},
	{"a cancelled ticket has no verdict",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 12:00 status=cancelled"},
	 NULL,
	 "none 120m of 240m"},

	{"a pause survives a priority change",
	 0,
	 {"2026-03-02 10:00 priority=P2",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester",
	  "2026-03-02 12:00 status=in_progress", "2026-03-02 13:00 priority=P1"},
	 "2026-03-02 13:00",
	 "running 120m of 240m, due 2026-03-02 15:00"},
	{"a priority change during a pause leaves the ticket paused",
	 0,
	 {"2026-03-02 10:00 priority=P2",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester",
	  "2026-03-02 12:00 priority=P1"},
	 "2026-03-02 13:00",
	 "paused 60m of 240m"},
	{"pause then priority change",
	 0,
	 {"2026-03-02 10:00 priority=P2",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester",
	  "2026-03-02 11:00 priority=P1", "2026-03-02 12:00 status=in_progress"},
	 "2026-03-02 13:00",
	 "running 120m of 240m, due 2026-03-02 15:00"},
	{"priority change then pause is the same",
	 0,
	 {"2026-03-02 10:00 priority=P2", "2026-03-02 11:00 priority=P1",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester",
	  "2026-03-02 12:00 status=in_progress"},
	 "2026-03-02 13:00",
	 "running 120m of 240m, due 2026-03-02 15:00"},
	{"each segment is measured in the calendar then in force",
	 0,
	 {"2026-03-02 15:30 priority=P3", "2026-03-02 20:00 priority=P1"},
	 "2026-03-02 21:00",
	 "running 120m of 240m, due 2026-03-02 23:00"},
	{"time beyond the new target is overdue at once",
	 0,
	 {"2026-03-02 08:00 priority=P3", "2026-03-02 14:00 priority=P1"},
	 "2026-03-02 14:00",
	 "overdue 360m of 240m, due 2026-03-02 14:00"},
	{"an old later deadline never lingers",
	 0,
	 {"2026-03-02 08:00 priority=P3", "2026-03-02 11:00 priority=P1"},
	 "2026-03-02 11:00",
	 "running 180m of 240m, due 2026-03-02 12:00"},
	{"a target already missed stays missed, with that priority noted",
	 0,
	 {"2026-03-02 08:00 priority=P1", "2026-03-02 13:00 priority=P3",
	  "2026-03-02 14:00 status=resolved"},
	 NULL,
	 "missed 360m of 1440m, breached as P1"},
	{"a ticket with a kept breach is overdue, and its present target is due later",
	 0,
	 {"2026-03-02 08:00 priority=P1", "2026-03-02 13:00 priority=P3"},
	 "2026-03-02 14:00",
	 "overdue 360m of 1440m, due 2026-03-04 14:00, breached as P1"},
	{"a target not used up leaves nothing behind",
	 0,
	 {"2026-03-02 08:00 priority=P1", "2026-03-02 12:00 priority=P3",
	  "2026-03-02 14:00 status=resolved"},
	 NULL,
	 "met 360m of 1440m"},
	{"a priority that was in force for no time misses nothing",
	 0,
	 {"2026-03-02 08:00 priority=P3", "2026-03-02 14:00 priority=P1",
	  "2026-03-02 14:00 priority=P3"},
	 "2026-03-02 15:00",
	 "running 420m of 1440m, due 2026-03-04 14:00"},
	{"a missed target is noted also while the ticket is paused",
	 0,
	 {"2026-03-02 08:00 priority=P3",
	  "2026-03-02 14:00 status=pending pending_reason=pending_requester priority=P1"},
	 "2026-03-02 15:00",
	 "overdue 360m of 240m"},
	{"an unknown priority changes nothing",
	 0,
	 {"2026-03-02 10:00 priority=P1", "2026-03-02 11:00 priority=P9"},
	 "2026-03-02 12:00",
	 "running 120m of 240m, due 2026-03-02 14:00"},
	{"last_priority measures everything by the last one",
	 RULE_LAST_PRIORITY,
	 {"2026-03-02 08:00 priority=P1", "2026-03-02 20:00 priority=P3",
	  "2026-03-03 08:30 status=resolved"},
	 NULL,
	 "met 570m of 1440m"},
	{"last_priority keeps no breach",
	 RULE_LAST_PRIORITY,
	 {"2026-03-02 08:00 priority=P1", "2026-03-02 13:00 priority=P3"},
	 "2026-03-02 14:00",
	 "running 360m of 1440m, due 2026-03-04 14:00"},

	{"a call counts from when the caller called, not from when it was typed",
	 0,
	 {"2026-03-02 10:00 priority=P1 received_at_ms=2026-03-02T09:30"},
	 "2026-03-02 10:00",
	 "running 30m of 240m, due 2026-03-02 13:30"},
	{"a call that is said to have come after the opening moves nothing",
	 0,
	 {"2026-03-02 10:00 priority=P1 opened_ms=2026-03-02T09:00 "
	  "received_at_ms=2026-03-02T09:30"},
	 "2026-03-02 10:00",
	 "running 60m of 240m, due 2026-03-02 13:00"},
	{"impact and urgency give the priority",
	 0,
	 {"2026-03-02 10:00 impact=1 urgency=2"},
	 "2026-03-02 10:00",
	 "running 0m of 240m, due 2026-03-02 14:00"},
	{"a stated priority goes before the matrix",
	 0,
	 {"2026-03-02 10:00 impact=1 urgency=1 priority=P2"},
	 "2026-03-02 10:00",
	 "running 0m of 480m, due 2026-03-02 18:00"},
	{"patient safety lifts to P2",
	 0,
	 {"2026-03-02 10:00 priority=P4 patient_safety=1"},
	 "2026-03-02 10:00",
	 "running 0m of 480m, due 2026-03-02 18:00"},
	{"a security breach does not lower P1",
	 0,
	 {"2026-03-02 10:00 priority=P1 security_breach=1"},
	 "2026-03-02 10:00",
	 "running 0m of 240m, due 2026-03-02 14:00"},
	{"a service request has the target of its own",
	 0,
	 {"2026-03-02 07:30 type=service_request priority=P3"},
	 "2026-03-02 07:30",
	 "running 0m of 2400m, due 2026-03-06 11:30"},
	{"without priority there is no verdict",
	 0,
	 {"2026-03-02 10:00 status=new"},
	 "2026-03-02 11:00",
	 "none 60m"},
	{"without an agreement there is no verdict",
	 RULE_FROM_2026,
	 {"2025-03-03 10:00 priority=P1", "2025-03-03 11:00 status=resolved"},
	 NULL,
	 "none 60m"},
	{"time outside the calendar has no verdict",
	 0,
	 {"2013-03-04 10:00 priority=P3", "2014-03-03 11:00 status=resolved"},
	 NULL,
	 "none 23430m of 1440m"},

	{"OLA2 counts in second line only",
	 RULE_SECOND_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=1", "2026-03-02 09:00 support_line=2",
	  "2026-03-02 10:00 support_line=1", "2026-03-02 12:00 support_line=2",
	  "2026-03-02 13:00 status=resolved"},
	 NULL,
	 "met 120m of 240m"},
	{"OLA2 stands still after hand-back",
	 RULE_SECOND_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=2", "2026-03-02 10:00 support_line=1"},
	 "2026-03-02 12:00",
	 "paused 120m of 240m"},
	{"OLA2 goes on at the supplier",
	 RULE_SECOND_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=2", "2026-03-02 10:00 support_line=3"},
	 "2026-03-02 11:00",
	 "running 180m of 240m, due 2026-03-02 12:00"},
	{"OLA2 does not apply to a ticket that never arrived",
	 RULE_SECOND_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=1", "2026-03-02 10:00 status=resolved"},
	 NULL,
	 "none 0m of 240m"},
};

static void
resolution_clock_follows_its_sentences(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof resolution_cases / sizeof resolution_cases[0]; i++) {
		const struct resolution_case *c = &resolution_cases[i];
		struct vg_core *core = core_of(c->rules, c->facts);
		struct vg_ticket_view view;
		char got[160];

		view_at(core, c->at, &view);
		if (strcmp(clock_words(&view.resolution, got), c->want) != 0)
			fail_msg("%s:\n  got  %s\n  want %s", c->sentence, got, c->want);
		vg_core_free(core);
	}
}

/* The other clocks. */

static const struct clock_case {
	const char *sentence;
	enum vg_clock clock;
	const char *facts[FACTS_MAX];
	const char *at;
	const char *want;
} clock_cases[] = {
	{"OLA1 runs from creation to the first arrival in second line",
	 VG_CLOCK_FIRST_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=1", "2026-03-02 09:00 support_line=2",
	  "2026-03-02 10:00 support_line=1"},
	 "2026-03-02 12:00",
	 "none 60m"},
	{"OLA1 ends when first line resolves",
	 VG_CLOCK_FIRST_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=1", "2026-03-02 09:30 status=resolved",
	  "2026-03-03 09:30 status=closed"},
	 NULL,
	 "none 90m"},
	{"UC is the time on line 3",
	 VG_CLOCK_SUPPLIER,
	 {"2026-03-02 08:00 priority=P1 support_line=2", "2026-03-02 09:00 support_line=3",
	  "2026-03-02 11:00 support_line=2", "2026-03-02 12:00 support_line=3",
	  "2026-03-02 12:30 status=resolved"},
	 NULL,
	 "none 150m"},
	{"response is due after the arrival in second line",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P1 support_line=1", "2026-03-02 09:00 support_line=2"},
	 "2026-03-02 09:10",
	 "running 10m of 15m, due 2026-03-02 09:15"},
	{"an acknowledgement there is a response",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P1 support_line=2", "2026-03-02 08:15 status=acknowledged"},
	 "2026-03-02 12:00",
	 "met 15m of 15m"},
	{"an assignment to a person there is a response",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P1 support_line=2", "2026-03-02 08:20 assigned=1"},
	 "2026-03-02 12:00",
	 "missed 20m of 15m"},
	{"an automatic receipt is none",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P1 support_line=2",
	  "2026-03-02 08:01 status=acknowledged by_person=0"},
	 "2026-03-02 08:16",
	 "overdue 16m of 15m, due 2026-03-02 08:15"},
	{"an acknowledgement in first line is none",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P1 support_line=1",
	  "2026-03-02 08:05 status=acknowledged assigned=1", "2026-03-02 09:00 support_line=2"},
	 "2026-03-02 09:10",
	 "running 10m of 15m, due 2026-03-02 09:15"},
	{"a response once given is judged by the target it was given under",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P3 support_line=2", "2026-03-02 09:00 assigned=1",
	  "2026-03-02 10:00 priority=P1"},
	 "2026-03-02 12:00",
	 "met 60m of 240m"},
	{"a resolution is the last possible response",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P1 support_line=2", "2026-03-02 08:10 status=resolved"},
	 NULL,
	 "met 10m of 15m"},
	{"a ticket that never arrived has no response clock",
	 VG_CLOCK_RESPONSE,
	 {"2026-03-02 08:00 priority=P1 support_line=1"},
	 "2026-03-02 09:00",
	 "none 0m of 15m"},
	{"a first known line of 2 holds from creation",
	 VG_CLOCK_SECOND_LINE,
	 {"2026-03-02 08:00 priority=P1", "2026-03-02 09:00 support_line=2"},
	 "2026-03-02 10:00",
	 "none 120m"},
	{"an unknown line changes nothing",
	 VG_CLOCK_SECOND_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=2", "2026-03-02 09:00 support_line=0"},
	 "2026-03-02 10:00",
	 "none 120m"},
	{"an arrival after the resolution starts no clock",
	 VG_CLOCK_SECOND_LINE,
	 {"2026-03-02 08:00 priority=P1 support_line=1", "2026-03-02 09:00 status=resolved",
	  "2026-03-02 10:00 support_line=2"},
	 NULL,
	 "none 0m"},
};

static void
line_clocks_follow_their_sentences(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof clock_cases / sizeof clock_cases[0]; i++) {
		const struct clock_case *c = &clock_cases[i];
		struct vg_core *core = core_of(0, c->facts);
		struct vg_ticket_view view;
		char got[160];

		view_at(core, c->at, &view);
		if (strcmp(clock_words(&view.clock[c->clock], got), c->want) != 0)
			fail_msg("%s:\n  got  %s\n  want %s", c->sentence, got, c->want);
		vg_core_free(core);
	}
}

/* What is counted besides time, and the data faults. */

static const struct count_case {
	const char *sentence;
	const char *facts[FACTS_MAX];
	const char
		*want; /* lines first/highest/resolving/now only up down hand in2 reopens: faults */
} count_cases[] = {
	{"resolved in first line",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 support_line=1 group=A",
	  "2026-03-02 09:00 status=resolved"},
	 "1/1/1/1 only 1, up 0 down 0, handed 0 (0 in second), reopened 0:"},
	{"escalated, handed back, escalated again",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 support_line=1 group=A",
	  "2026-03-02 09:00 support_line=2 group=B", "2026-03-02 10:00 support_line=1 group=A",
	  "2026-03-02 11:00 support_line=2 group=C", "2026-03-02 12:00 status=resolved"},
	 "1/2/2/2 only 0, up 2 down 1, handed 3 (0 in second), reopened 0:"},
	{"group changes within second line",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 support_line=1 group=A",
	  "2026-03-02 09:00 support_line=2 group=B", "2026-03-02 10:00 group=C",
	  "2026-03-02 11:00 group=C", "2026-03-02 12:00 support_line=2 group=D"},
	 "1/2/0/2 only 0, up 1 down 0, handed 3 (2 in second), reopened 0:"},
	{"steps after the resolution count, the resolving line stands",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 support_line=1",
	  "2026-03-02 09:00 status=resolved", "2026-03-02 10:00 support_line=2 status=closed"},
	 "1/2/1/2 only 1, up 1 down 0, handed 0 (0 in second), reopened 0:"},
	{"unknown lines and groups are skipped",
	 {"2026-03-02 08:00 priority=P1 municipality=1489", "2026-03-02 09:00 support_line=7",
	  "2026-03-02 10:00 support_line=1 group=A", "2026-03-02 10:30 group=",
	  "2026-03-02 11:00 support_line=0 group=A", "2026-03-02 12:00 status=resolved"},
	 "1/1/1/1 only 1, up 0 down 0, handed 0 (0 in second), reopened 0:"},
	{"each return from a resolved state is a reopening",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 status=new",
	  "2026-03-02 09:00 status=resolved", "2026-03-02 10:00 status=in_progress",
	  "2026-03-02 11:00 status=resolved", "2026-03-02 12:00 status=closed",
	  "2026-03-02 13:00 status=pending pending_reason=pending_requester"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 2:"},
	{"nothing known is listed",
	 {"2026-03-02 08:00 status=new"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: "
	 "no_priority no_municipality"},
	{"opened directly in second line",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 support_line=2"},
	 "2/2/0/2 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: bypassed_first_line"},
	{"registered on behalf, when first line called, bypasses nothing",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 support_line=2 on_behalf=1 "
	  "first_line_called=1"},
	 "2/2/0/2 only 0, up 0 down 0, handed 0 (0 in second), reopened 0:"},
	{"an illegal transition is listed and holds",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 status=in_progress",
	  "2026-03-02 09:00 status=new"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: illegal_transition"},
	{"a pause without reason is listed",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 status=in_progress",
	  "2026-03-02 09:00 status=pending", "2026-03-02 10:00 status=in_progress"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: pause_without_reason"},
	{"a pause of which the requester was not told is listed",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 status=in_progress",
	  "2026-03-02 09:00 status=pending pending_reason=pending_requester requester_told=0",
	  "2026-03-02 10:00 status=in_progress"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: pause_not_told"},
	{"a pause without word of telling is not listed",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 status=in_progress",
	  "2026-03-02 09:00 status=pending pending_reason=pending_requester requester_told=1",
	  "2026-03-02 10:00 status=in_progress",
	  "2026-03-02 11:00 status=pending pending_reason=pending_requester"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0:"},
	{"a pause longer than agreed is listed",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 status=in_progress",
	  "2026-03-02 09:00 status=pending pending_reason=pending_requester",
	  "2026-03-16 09:01 status=in_progress"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: pause_too_long"},
	{"a pause of just the agreed length is not",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 status=in_progress",
	  "2026-03-02 09:00 status=pending pending_reason=pending_requester",
	  "2026-03-16 09:00 status=in_progress"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0:"},
	{"a fact before the opening is listed and holds",
	 {"2026-03-02 08:00 priority=P1 municipality=1489 support_line=1",
	  "2026-03-02 09:00 opened_ms=2026-03-02T08:30"},
	 "1/1/0/1 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: before_opened"},
	{"time outside the calendar is listed",
	 {"2032-03-01 08:00 priority=P3 municipality=1489"},
	 "0/0/0/0 only 0, up 0 down 0, handed 0 (0 in second), reopened 0: outside_calendar"},
};

static void
steps_and_faults_are_counted(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof count_cases / sizeof count_cases[0]; i++) {
		const struct count_case *c = &count_cases[i];
		struct vg_core *core = core_of(0, c->facts);
		struct vg_ticket_view v;
		char got[512], faults[256];

		view_at(core, NULL, &v);
		fault_words(v.faults, faults);
		snprintf(got, sizeof got,
			 "%d/%d/%d/%d only %d, up %d down %d, handed %d (%d in second), "
			 "reopened %d:%s%s",
			 v.first_line, v.highest_line, v.resolving_line, v.line, v.first_line_only,
			 v.escalations, v.deescalations, v.handovers, v.group_changes_second_line,
			 v.reopens, faults[0] == '\0' ? "" : " ", faults);
		if (strcmp(got, c->want) != 0)
			fail_msg("%s:\n  got  %s\n  want %s", c->sentence, got, c->want);
		vg_core_free(core);
	}
}

/* The explanation trace. */

struct trace {
	char text[4096];
	int64_t wall_ms, counted_ms, end_ms;
};

static void
on_trace(const struct vg_segment *segment, void *arg)
{
	struct trace *trace = arg;
	char from[32];
	size_t length = strlen(trace->text);

	if (trace->end_ms != 0)
		assert_int_equal(segment->from_ms, trace->end_ms);
	assert_true(segment->to_ms > segment->from_ms);
	trace->end_ms = segment->to_ms;
	trace->wall_ms += segment->to_ms - segment->from_ms;
	trace->counted_ms += segment->counted_ms;
	snprintf(trace->text + length, sizeof trace->text - length, "%s %s %s/%s +%lldm %s #%lld\n",
		 support_local(segment->from_ms, from), vg_side_name(segment->side),
		 segment->priority, segment->calendar, (long long)(segment->counted_ms / MINUTE_MS),
		 segment->why, (long long)segment->fact_seq);
}

static void
the_trace_tells_each_segment_and_its_reason(void **state)
{
	static const char *const facts[FACTS_MAX] = {
		"2026-03-02 10:00 priority=P1 support_line=1 opened_ms=2026-03-02T09:00",
		"2026-03-02 11:00 support_line=2",
		"2026-03-02 12:00 status=pending pending_reason=pending_requester",
		"2026-03-16 13:00 support_line=3 status=in_progress",
		"2026-03-16 14:00 priority=P3 status=pending pending_reason=pending_supplier",
		"2026-03-16 15:00 status=resolved",
		"2026-03-16 18:00 status=pending",
		"2026-03-16 20:00 status=resolved",
	};
	static const char want[] =
		"2026-03-02 09:00 first_line P1/24x7 +60m counts #0\n"
		"2026-03-02 10:00 first_line P1/24x7 +60m counts #2\n"
		"2026-03-02 11:00 second_line P1/24x7 +60m counts #3\n"
		"2026-03-02 12:00 waiting_requester P1/24x7 +0m paused: requester #4\n"
		"2026-03-16 12:00 second_line P1/24x7 +60m counts: pause longer than agreed #4\n"
		"2026-03-16 13:00 supplier P1/24x7 +60m counts #5\n"
		"2026-03-16 14:00 supplier P3/vardag_0730_1630 +60m counts: pending supplier #6\n"
		"2026-03-16 15:00 resolved P3/vardag_0730_1630 +0m resolved until reopened #7\n"
		"2026-03-16 18:00 supplier P3/vardag_0730_1630 +0m closed hours #8\n";
	struct vg_core *core = core_of(0, facts);
	struct trace trace = {.text = ""};
	struct vg_ticket_view view;

	(void)state;
	vg_ticket_view(core, ticket_of(core), INT64_MAX, &view, on_trace, &trace);
	assert_string_equal(trace.text, want);
	assert_int_equal(trace.counted_ms, view.resolution.elapsed_ms);
	assert_int_equal(trace.wall_ms, view.resolved_ms - view.created_ms);
	vg_core_free(core);
}

static void
the_trace_names_time_outside_second_line(void **state)
{
	static const char *const facts[FACTS_MAX] = {"2026-03-02 10:00 priority=P1 support_line=1",
						     "2026-03-02 11:00 support_line=2",
						     "2026-03-02 12:00 status=resolved"};
	struct vg_core *core = core_of(RULE_SECOND_LINE, facts);
	struct trace trace = {.text = ""};
	struct vg_ticket_view view;

	(void)state;
	vg_ticket_view(core, ticket_of(core), INT64_MAX, &view, on_trace, &trace);
	assert_string_equal(trace.text,
			    "2026-03-02 10:00 first_line P1/24x7 +0m not in second line #2\n"
			    "2026-03-02 11:00 second_line P1/24x7 +60m counts #3\n");
	vg_core_free(core);
}

/* Every pausing reason has its side. */
static void
each_waiting_second_has_its_side(void **state)
{
	static const struct {
		const char *fact;
		enum vg_side side;
	} cases[] = {
		{"2026-03-02 11:00 status=pending pending_reason=pending_requester",
		 VG_SIDE_WAITING_REQUESTER},
		{"2026-03-02 11:00 status=pending pending_reason=pending_municipality",
		 VG_SIDE_WAITING_MUNICIPALITY},
		{"2026-03-02 11:00 status=pending pending_reason=scheduled_by_requester",
		 VG_SIDE_SCHEDULED},
		{"2026-03-02 11:00 status=pending pending_reason=pending_vgr", VG_SIDE_SECOND_LINE},
		{"2026-03-02 11:00 support_line=3", VG_SIDE_SUPPLIER},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *facts[FACTS_MAX] = {"2026-03-02 10:00 priority=P1 support_line=2",
						cases[i].fact};
		struct vg_core *core = core_of(0, facts);
		struct vg_ticket_view view;

		view_at(core, "2026-03-02 13:00", &view);
		assert_true(view.side_ms[cases[i].side] >= 2 * HOUR_MS);
		vg_core_free(core);
	}
}

/* A pause for the supplier stops the clock when an agreement says so, and is the supplier's. */
static void
an_agreement_may_pause_for_the_supplier(void **state)
{
	struct vg_agreement *agreement = support_agreement();
	struct vg_core *core;
	struct vg_ticket_view view;

	(void)state;
	agreement->pause_reasons |= 1U << VG_REASON_SUPPLIER;
	core = support_core(agreement);
	step_line(core, 2, 0, "2026-03-02 10:00 priority=P1 support_line=2");
	step_line(core, 3, 1, "2026-03-02 11:00 status=pending pending_reason=pending_supplier");
	view_at(core, "2026-03-02 13:00", &view);
	assert_int_equal(view.resolution.sla, VG_SLA_PAUSED);
	assert_int_equal(view.side_ms[VG_SIDE_SUPPLIER], 2 * HOUR_MS);
	vg_core_free(core);
}

/* Versions of the agreement. */

/* P1 has 4 h in the first version and 1 h in one valid from 12:00 on 2026-03-02. */
static struct vg_core *
core_of_two_versions(const char *const *facts)
{
	struct vg_core *core = core_with(0);
	struct vg_agreement *second = support_agreement();
	struct vg_event event = support_event(2, 0, "second");
	int64_t i;

	second->valid_from_ms = support_at("2026-03-02 12:00");
	second->target[0].resolution_ms = HOUR_MS;
	event.kind = VG_KIND_AGREEMENT_APPLIED;
	event.body.agreement = second;
	support_step(core, &event);
	vg_agreement_unref(second);
	for (i = 0; i < FACTS_MAX && facts[i] != NULL; i++)
		step_line(core, i + 3, i, facts[i]);
	return core;
}

static void
a_class_is_read_in_the_version_valid_when_it_was_set(void **state)
{
	static const struct {
		const char *facts[FACTS_MAX];
		const char *at, *want;
	} cases[] = {
		{{"2026-03-02 10:00 priority=P1", "2026-03-02 13:00 priority=P1 group=A"},
		 "2026-03-02 13:00",
		 "running 180m of 240m, due 2026-03-02 14:00"},
		{{"2026-03-02 10:00 priority=P2", "2026-03-02 13:00 priority=P1"},
		 "2026-03-02 13:00",
		 "overdue 180m of 60m, due 2026-03-02 13:00"},
		{{"2026-03-02 12:00 priority=P1"},
		 "2026-03-02 12:00",
		 "running 0m of 60m, due 2026-03-02 13:00"},
		{{"2026-03-02 13:00 priority=P1 opened_ms=2026-03-02T11:00"},
		 "2026-03-02 13:00",
		 "running 120m of 240m, due 2026-03-02 15:00"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct vg_core *core = core_of_two_versions(cases[i].facts);
		struct vg_ticket_view view;
		char got[160];

		view_at(core, cases[i].at, &view);
		assert_string_equal(clock_words(&view.resolution, got), cases[i].want);
		vg_core_free(core);
	}
}

/* Random tickets: what must hold for any of them. */

struct random_ticket {
	int64_t n;
	int64_t at_min[FACTS_MAX]; /* after BASE */
	char words[FACTS_MAX][120];
};

#define BASE	    "2026-04-13 00:00" /* a Monday; no clock change until October */
#define SPAN_MIN    (20 * 1440)
#define WEEK_MIN    (7 * 1440)
#define PAUSE_WORDS "status=pending pending_reason="

static void
random_ticket(uint64_t *seed, struct random_ticket *ticket)
{
	static const char *const states[] = {"status=new",
					     "status=acknowledged",
					     "status=in_progress",
					     "status=in_progress",
					     PAUSE_WORDS "pending_requester",
					     PAUSE_WORDS "pending_municipality",
					     PAUSE_WORDS "scheduled_by_requester requester_told=0",
					     PAUSE_WORDS "pending_supplier",
					     "status=pending",
					     "status=resolved",
					     "status=resolved",
					     "status=closed",
					     "status=cancelled"};
	static const char *const others[] = {"",
					     " support_line=1",
					     " support_line=2",
					     " support_line=3 group=C",
					     " priority=P1",
					     " priority=P2",
					     " priority=P3",
					     " priority=P4 group=D",
					     " type=service_request",
					     " assigned=1 group=A",
					     " impact=2 urgency=3",
					     " patient_safety=1"};
	int64_t i, at_min = 0;

	ticket->n = support_below(seed, FACTS_MAX - 1) + 1;
	for (i = 0; i < ticket->n; i++) {
		if (support_below(seed, 4) != 0)
			at_min += support_below(seed, SPAN_MIN / FACTS_MAX);
		ticket->at_min[i] = at_min;
		snprintf(ticket->words[i], sizeof ticket->words[i], "%s%s%s",
			 states[support_below(seed, sizeof states / sizeof states[0])],
			 others[support_below(seed, sizeof others / sizeof others[0])],
			 i == 0 ? " municipality=1489" : "");
	}
}

/* Applies the facts in the order given by order[] (NULL = as they are), shifted by shift_min. */
static struct vg_core *
core_of_random(const struct random_ticket *ticket, const int64_t *order, int64_t shift_min)
{
	struct vg_core *core = core_with(0);
	int64_t i;

	for (i = 0; i < ticket->n; i++) {
		int64_t k = order == NULL ? i : order[i];
		char line[200], at[32];

		snprintf(line, sizeof line, "%s %s",
			 support_local(support_at(BASE) +
					       (ticket->at_min[k] + shift_min) * MINUTE_MS,
				       at),
			 ticket->words[k]);
		step_line(core, i + 2, k, line);
	}
	return core;
}

/* All figures of a view in words, instants relative to base_ms. */
static const char *
figures(const struct vg_ticket_view *v, int64_t base_ms, char out[2048])
{
	char faults[256];
	int i, n = 0;
#define ADD(...)     (n += snprintf(out + n, 2048 - (size_t)n, __VA_ARGS__))
#define SINCE(at_ms) ((long long)((at_ms) < 0 ? -1 : (at_ms)-base_ms))

	for (i = 0; i < VG_CLOCK_COUNT; i++)
		ADD("%s %lld/%lld due %lld from %lld to %lld %s\n", vg_sla_name(v->clock[i].sla),
		    (long long)v->clock[i].elapsed_ms, (long long)v->clock[i].target_ms,
		    SINCE(v->clock[i].due_ms), SINCE(v->clock[i].start_ms),
		    SINCE(v->clock[i].end_ms),
		    v->clock[i].breached_as == NULL ? "" : v->clock[i].breached_as);
	for (i = 0; i < VG_SIDE_COUNT; i++)
		ADD("%lld ", (long long)v->side_ms[i]);
	ADD("\n%lld %lld %lld %lld %lld %lld next %lld\n", SINCE(v->created_ms),
	    SINCE(v->second_line_ms), SINCE(v->first_resolved_ms), SINCE(v->resolved_ms),
	    SINCE(v->last_ms), SINCE(v->acknowledged_ms), SINCE(v->next_deadline_ms));
	ADD("%s %s %s lines %d %d %d %d only %d steps %d %d %d %d %d: %s\n",
	    vg_word(VG_TF_STATUS, v->status), v->priority, v->sla_class, v->first_line,
	    v->highest_line, v->resolving_line, v->line, v->first_line_only, v->escalations,
	    v->deescalations, v->handovers, v->reopens, v->group_changes_second_line,
	    fault_words(v->faults, faults));
	assert_true(n < 2048);
	return out;
#undef ADD
#undef SINCE
}

static void
every_second_has_one_side(void **state)
{
	uint64_t seed = 1;
	int round, i;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct random_ticket ticket;
		struct trace trace = {.text = ""};
		struct vg_ticket_view view;
		struct vg_core *core;
		int64_t at_ms, sum_ms = 0;

		random_ticket(&seed, &ticket);
		core = core_of_random(&ticket, NULL, 0);
		at_ms = support_at(BASE) +
			(ticket.at_min[0] + support_below(&seed, SPAN_MIN)) * MINUTE_MS;
		vg_ticket_view(core, ticket_of(core), at_ms, &view, on_trace, &trace);
		for (i = 0; i < VG_SIDE_COUNT; i++)
			sum_ms += view.side_ms[i];
		assert_int_equal(sum_ms, trace.wall_ms);
		if (view.open)
			assert_int_equal(sum_ms, at_ms - view.created_ms);
		if (view.resolved)
			assert_int_equal(sum_ms, view.resolved_ms - view.created_ms);
		assert_int_equal(trace.counted_ms, view.resolution.elapsed_ms);
		vg_core_free(core);
	}
}

static void
order_of_arrival_does_not_matter(void **state)
{
	uint64_t seed = 2;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct random_ticket ticket;
		int64_t order[FACTS_MAX], i;
		struct vg_core *straight, *shuffled;
		struct vg_ticket_view view;
		char want[2048], got[2048];

		random_ticket(&seed, &ticket);
		for (i = 0; i < ticket.n; i++) {
			int64_t k = support_below(&seed, i + 1);

			order[i] = order[k];
			order[k] = i;
		}
		straight = core_of_random(&ticket, NULL, 0);
		shuffled = core_of_random(&ticket, order, 0);
		view_at(straight, "2026-05-20 12:00", &view);
		figures(&view, 0, want);
		view_at(shuffled, "2026-05-20 12:00", &view);
		assert_string_equal(figures(&view, 0, got), want);
		vg_core_free(straight);
		vg_core_free(shuffled);
	}
}

/* 4.3 rule 5: no holidays in the calendar of these tests, no clock change in the stretch. */
static void
whole_weeks_later_all_figures_are_the_same(void **state)
{
	uint64_t seed = 3;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		int64_t shift_min = WEEK_MIN * (support_below(&seed, 12) + 1);
		struct random_ticket ticket;
		struct vg_core *here, *later;
		struct vg_ticket_view view;
		char want[2048], got[2048];

		random_ticket(&seed, &ticket);
		here = core_of_random(&ticket, NULL, 0);
		later = core_of_random(&ticket, NULL, shift_min);
		view_at(here, NULL, &view);
		figures(&view, 0, want);
		view_at(later, NULL, &view);
		assert_string_equal(figures(&view, shift_min * MINUTE_MS, got), want);
		vg_core_free(here);
		vg_core_free(later);
	}
}

/* 4.3 rule 6, with the pause put anywhere in a ticket in progress. */
static void
a_pause_of_length_zero_anywhere_changes_no_clock(void **state)
{
	uint64_t seed = 4;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		int64_t at_ms = support_at(BASE) + support_below(&seed, 5 * 1440) * MINUTE_MS;
		struct vg_core *core = core_with(0);
		struct vg_ticket_view view;
		char line[128], at[32], want[2048], got[2048];

		step_line(core, 2, 0, BASE " status=in_progress priority=P3 municipality=1489");
		view_at(core, "2026-04-20 12:00", &view);
		view.last_ms = at_ms;
		figures(&view, 0, want);
		snprintf(line, sizeof line, "%s " PAUSE_WORDS "pending_requester",
			 support_local(at_ms, at));
		step_line(core, 3, 1, line);
		snprintf(line, sizeof line, "%s status=in_progress", at);
		step_line(core, 4, 2, line);
		view_at(core, "2026-04-20 12:00", &view);
		assert_string_equal(figures(&view, 0, got), want);
		vg_core_free(core);
	}
}

/* What stands still until the next deadline: everything but the running figures. */
static void
standing(const struct vg_ticket_view *v, char out[256])
{
	snprintf(out, 256, "%d %d %d %d %u %lld", v->status, v->resolution.sla,
		 v->clock[VG_CLOCK_RESPONSE].sla, v->resolution.due_ms >= 0, v->faults,
		 (long long)v->last_ms);
}

static void
between_deadlines_a_view_changes_only_its_running_figures(void **state)
{
	uint64_t seed = 5;
	int round, changes = 0;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct random_ticket ticket;
		struct vg_core *core;
		int64_t at_ms = support_at(BASE);
		struct vg_ticket_view view;
		int step;

		random_ticket(&seed, &ticket);
		core = core_of_random(&ticket, NULL, 0);
		for (step = 0; step < 40; step++) {
			char before[256], just_before[256], at[256];
			int64_t next_ms;

			vg_ticket_view(core, ticket_of(core), at_ms, &view, NULL, NULL);
			next_ms = view.next_deadline_ms;
			standing(&view, before);
			if (next_ms < 0)
				break;
			assert_true(next_ms > at_ms);
			vg_ticket_view(core, ticket_of(core), next_ms - 1000, &view, NULL, NULL);
			standing(&view, just_before);
			assert_string_equal(just_before, before);
			vg_ticket_view(core, ticket_of(core), next_ms, &view, NULL, NULL);
			standing(&view, at);
			changes += strcmp(at, before) != 0;
			at_ms = next_ms;
		}
		vg_ticket_view(core, ticket_of(core), at_ms + 400 * DAY_MS, &view, NULL, NULL);
		assert_int_equal(view.next_deadline_ms, -1);
		vg_core_free(core);
	}
	assert_true(changes > ROUNDS);
}

/* Facts of the same instant keep the source's order; later facts are left out. */
static void
a_view_leaves_later_facts_out(void **state)
{
	static const char *const facts[FACTS_MAX] = {"2026-03-02 10:00 priority=P1 status=new",
						     "2026-03-02 12:00 status=resolved"};
	struct vg_core *core = core_of(0, facts);
	struct vg_ticket_view view;

	(void)state;
	view_at(core, "2026-03-02 09:59:59", &view);
	assert_int_equal(view.created_ms, -1);
	assert_false(view.open);
	assert_int_equal(view.next_deadline_ms, support_at("2026-03-02 10:00"));
	view_at(core, "2026-03-02 11:59:59", &view);
	assert_true(view.open);
	assert_int_equal(view.next_deadline_ms, support_at("2026-03-02 12:00"));
	view_at(core, "2026-03-02 12:00", &view);
	assert_true(view.resolved);
	assert_int_equal(view.next_deadline_ms, -1);
	vg_core_free(core);
}

static void
the_view_folds_what_was_stated(void **state)
{
	static const char *const facts[FACTS_MAX] = {
		"2026-03-02 10:00 priority=P1 municipality=1489 service=journal group=A "
		"received_at_ms=2026-03-02T09:30 source_reassignments=3",
		"2026-03-02 12:00 municipality= group=B"};
	struct vg_core *core = core_of(0, facts);
	struct vg_fact_view fact;
	struct vg_ticket_view view;

	(void)state;
	view_at(core, NULL, &view);
	assert_string_equal(view.text[VG_TF_MUNICIPALITY], "");
	assert_string_equal(view.text[VG_TF_SERVICE], "journal");
	assert_string_equal(view.text[VG_TF_GROUP], "B");
	assert_null(view.text[VG_TF_PROVIDER]);
	assert_int_equal(view.current[VG_TF_SAYS_REASSIGNED], 3);
	assert_int_equal(view.received_at_ms, support_at("2026-03-02 09:30"));
	assert_int_equal(view.id, vg_ticket_id(ticket_of(core)));
	assert_int_equal(vg_ticket_fact_count(ticket_of(core)), 2);
	vg_ticket_fact(core, ticket_of(core), 1, &fact);
	assert_string_equal(fact.event_id, "e1");
	assert_string_equal(fact.source, "tool");
	assert_string_equal(fact.actor, "tester");
	assert_string_equal(fact.import, "");
	assert_string_equal(fact.fields.text[VG_TF_GROUP], "B");
	assert_false(fact.voided);
	assert_string_equal(vg_ticket_title_digest(ticket_of(core)), "");
	assert_int_equal(vg_ticket_ref_count(ticket_of(core)), 1);
	assert_string_equal(vg_ticket_ref(ticket_of(core), 0).ref, "T1");
	assert_true(vg_ticket_changed_seq(ticket_of(core)) == 3);
	vg_core_free(core);
}

static void
elapsed_time_in_a_calendar_is_gross_or_net(void **state)
{
	static const char *const facts[FACTS_MAX] = {
		"2026-03-02 10:00 priority=P1", "2026-03-02 11:00 " PAUSE_WORDS "pending_requester",
		"2026-03-02 12:00 status=resolved", "2026-03-03 10:00 status=in_progress",
		"2026-03-03 18:00 status=resolved"};
	struct vg_core *core = core_of(0, facts);
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	const struct vg_cal *always = vg_agreement_cal(agreement, "24x7");
	const struct vg_cal *office = vg_agreement_cal(agreement, "vardag_0730_1630");

	(void)state;
	assert_int_equal(vg_ticket_elapsed_ms(core, ticket_of(core), always, false), 32 * HOUR_MS);
	assert_int_equal(vg_ticket_elapsed_ms(core, ticket_of(core), always, true), 9 * HOUR_MS);
	assert_int_equal(vg_ticket_elapsed_ms(core, ticket_of(core), office, true),
			 HOUR_MS + 6 * HOUR_MS + 30 * MINUTE_MS);
	step_line(core, 10, 9, "2026-03-04 10:00 opened_ms=2026-03-02T10:30");
	assert_int_equal(vg_ticket_elapsed_ms(core, ticket_of(core), always, false),
			 31 * HOUR_MS + 30 * MINUTE_MS);
	assert_int_equal(vg_ticket_elapsed_ms(core, ticket_of(core), always, true), 9 * HOUR_MS);
	step_line(core, 11, 10, "2026-03-04 11:00 status=in_progress");
	assert_int_equal(vg_ticket_elapsed_ms(core, ticket_of(core), always, true), -1);
	vg_core_free(core);
}

/* An operator's acknowledgement is a person's, whatever status the ticket is in. */
static void
an_acknowledging_command_is_a_response(void **state)
{
	static const char *const facts[FACTS_MAX] = {
		"2026-03-02 10:00 priority=P1 status=in_progress support_line=2"};
	struct vg_core *core = core_of(0, facts);
	struct vg_event event = support_event(9, support_at("2026-03-02 10:10"), "ack");
	struct vg_ticket_view view;
	char got[160];

	(void)state;
	event.kind = VG_KIND_TICKET_ACKNOWLEDGED;
	support_step(core, &event);
	view_at(core, "2026-03-02 12:00", &view);
	assert_string_equal(clock_words(&view.clock[VG_CLOCK_RESPONSE], got), "met 10m of 15m");
	assert_int_equal(view.acknowledged_ms, support_at("2026-03-02 10:10"));
	vg_core_free(core);
}

/* Rows: from. Columns: new acknowledged in_progress pending resolved closed cancelled rejected. */
static void
the_life_cycle_is_a_table(void **state)
{
	static const char *const table[VG_STATUS_COUNT] = {"11111111", "01111111", "01111111",
							   "01111111", "01111100", "01110100",
							   "00000010", "00000001"};
	enum vg_status from, to;

	(void)state;
	for (from = 0; from < VG_STATUS_COUNT; from++)
		for (to = 0; to < VG_STATUS_COUNT; to++)
			assert_int_equal(vg_status_may_follow(from, to), table[from][to] == '1');
	assert_string_equal(vg_fault_words(VG_FAULT_PAUSE_TOO_LONG),
			    "paus längre än avtalet medger");
	assert_string_equal(vg_clock_name(VG_CLOCK_SUPPLIER), "supplier");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolution_clock_follows_its_sentences),
		cmocka_unit_test(line_clocks_follow_their_sentences),
		cmocka_unit_test(steps_and_faults_are_counted),
		cmocka_unit_test(the_trace_tells_each_segment_and_its_reason),
		cmocka_unit_test(the_trace_names_time_outside_second_line),
		cmocka_unit_test(each_waiting_second_has_its_side),
		cmocka_unit_test(an_agreement_may_pause_for_the_supplier),
		cmocka_unit_test(a_class_is_read_in_the_version_valid_when_it_was_set),
		cmocka_unit_test(every_second_has_one_side),
		cmocka_unit_test(order_of_arrival_does_not_matter),
		cmocka_unit_test(whole_weeks_later_all_figures_are_the_same),
		cmocka_unit_test(a_pause_of_length_zero_anywhere_changes_no_clock),
		cmocka_unit_test(between_deadlines_a_view_changes_only_its_running_figures),
		cmocka_unit_test(a_view_leaves_later_facts_out),
		cmocka_unit_test(the_view_folds_what_was_stated),
		cmocka_unit_test(elapsed_time_in_a_calendar_is_gross_or_net),
		cmocka_unit_test(an_acknowledging_command_is_a_response),
		cmocka_unit_test(the_life_cycle_is_a_table),
	};

	return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
