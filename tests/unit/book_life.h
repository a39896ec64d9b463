/* A short life of the fee in which everything happens once: an opening, a cost, a rate that is
 * rejected, an override, closings, a statement made available, objections, an invoice, a comment, a
 * month that is held. Each event by its number, so that a life can end at any of them. */
#ifndef VG_TEST_BOOK_LIFE_H
#define VG_TEST_BOOK_LIFE_H

#include "tests/unit/fee_world.h"

#define BOOK_LIFE_SHA "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

struct book_deed {
	enum vg_kind kind;
	const char *at, *actor;
	const char *municipality; /* of the envelope, or the list of an act; "" = none */
	const char *words;	  /* fields of a ticket, or the name of what is decided on */
	const char *ref;	  /* of a ticket */
	int64_t number;		  /* users, or a month */
};

/* Sequence 1 is the agreement, so deed i has sequence i + 2. */
static const struct book_deed book_deeds[] = {
	{VG_KIND_USERS_READ, "2026-01-01 00:00", "anna", "1480", "", "", 10},
	{VG_KIND_USERS_READ, "2026-01-01 00:00", "anna", "1489", "", "", 12},
	{VG_KIND_OPENING_PROPOSED, "2026-01-02 08:00", "anna", "1480", "", "O1", MONTH(2026, 2)},
	{VG_KIND_ACT_APPROVED, "2026-01-02 09:00", "bo", "", "P-4", "", 0}, /* 5 */
	{VG_KIND_COST_PROPOSED, "2026-01-02 09:00", "anna", "", "", "", 2025},
	{VG_KIND_ACT_APPROVED, "2026-01-02 09:00", "bo", "", "P-6", "", 0},
	{VG_KIND_RATE_PROPOSED, "2026-01-02 09:00", "anna", "", "", "", 2026},
	{VG_KIND_ACT_REJECTED, "2026-01-02 09:00", "bo", "", "P-8", "", 0},
	{VG_KIND_TICKET_REPORTED, "2026-01-20 08:00", "tool", "1489", "status=new line=1", "T1",
	 0}, /* 10 */
	{VG_KIND_TICKET_REPORTED, "2026-01-20 09:00", "tool", "", "line=2", "T1", 0},
	{VG_KIND_TICKET_REPORTED, "2026-01-20 10:00", "tool", "", "status=resolved", "T1", 0},
	{VG_KIND_TICKET_REPORTED, "2026-01-21 08:00", "tool", "1489", "status=new line=2", "T2", 0},
	{VG_KIND_TICKET_REPORTED, "2026-01-21 10:00", "tool", "", "status=resolved", "T2", 0},
	{VG_KIND_OVERRIDE_PROPOSED, "2026-01-22 08:00", "anna", "", "T2", "", 0}, /* 15 */
	{VG_KIND_ACT_APPROVED, "2026-01-22 09:00", "bo", "", "P-15", "", 0},
	{VG_KIND_CLOSE_PROPOSED, "2026-02-06 08:00", "anna", "1489", "", "", MONTH(2026, 1)},
	{VG_KIND_ACT_APPROVED, "2026-02-06 09:00", "bo", "", "P-17", "", 0},
	{VG_KIND_STATEMENT_PUBLISHED, "2026-02-06 10:00", "", "1489", "", "", MONTH(2026, 1)},
	{VG_KIND_INVOICE_RECORDED, "2026-02-07 10:00", "", "1489", "", "", MONTH(2026, 1)}, /* 20 */
	{VG_KIND_OBJECTION_RAISED, "2026-02-08 10:00", "kommun", "1489", "T1", "", MONTH(2026, 1)},
	{VG_KIND_OBJECTION_DECIDED, "2026-02-09 10:00", "anna", "", "D-21", "", 0},
	{VG_KIND_COMMENT_MADE, "2026-02-10 10:00", "anna", "1489", "", "", MONTH(2026, 1)},
	{VG_KIND_TICKET_REPORTED, "2026-02-11 08:00", "tool", "1480", "status=new line=2", "T3", 0},
	{VG_KIND_TICKET_REPORTED, "2026-02-11 10:00", "tool", "", "status=resolved", "T3",
	 0}, /* 25 */
	{VG_KIND_TICKET_REPORTED, "2026-02-12 10:00", "tool", "1480",
	 "status=resolved line=2 cause_party=vgr", "O1", 0},
	{VG_KIND_CLOSE_PROPOSED, "2026-03-06 08:00", "anna", "", "", "", MONTH(2026, 2)},
	{VG_KIND_ACT_APPROVED, "2026-03-06 09:00", "bo", "", "P-27", "", 0},
	{VG_KIND_STATEMENT_PUBLISHED, "2026-03-06 10:00", "", "1480", "", "", MONTH(2026, 2)},
	{VG_KIND_OBJECTION_RAISED, "2026-03-08 10:00", "kommun", "1480", "", "",
	 MONTH(2026, 2)}, /* 30 */
	{VG_KIND_CLOSE_PROPOSED, "2026-04-08 08:00", "anna", "", "", "", MONTH(2026, 3)},
	{VG_KIND_ACT_APPROVED, "2026-04-08 09:00", "bo", "", "P-31", "", 0},
};
#define BOOK_DEEDS (sizeof(book_deeds) / sizeof(book_deeds[0]))

SUPPORT void
book_fill_act(const struct book_deed *deed, struct vg_act_body *body)
{
	static const struct vg_opening_row row = {"tool", "O1", MONTH(2026, 1), 25000};

	*body = (struct vg_act_body){.act = deed->words,
				     .reason = "because",
				     .index = "vgr",
				     .year = (int)deed->number,
				     .rate_ppb = 1000000,
				     .cost_ore = 100,
				     .decided_day = 20000,
				     .document = "RS 1",
				     .ticket = deed->words,
				     .outcome = VG_OVERRIDE_NOT,
				     .month = (int)deed->number,
				     .municipalities = deed->municipality,
				     .support_ore = 25000,
				     .operation_ore = 1,
				     .count = 1,
				     .row = &row};
}

/* The deed as an event; `store` must outlive it. */
SUPPORT struct vg_event
book_life_event(size_t index, char store[256])
{
	const struct book_deed *deed = &book_deeds[index];
	struct vg_event event = support_event((int64_t)index + 2, support_at(deed->at), "e");
	int month = (int)deed->number;

	event.kind = deed->kind;
	event.actor = deed->actor;
	event.has_municipality = deed->municipality[0] != '\0';
	event.municipality = deed->municipality;
	if (deed->kind == VG_KIND_TICKET_REPORTED) {
		event.body.ticket.ref = deed->ref;
		support_fields(&event.body.ticket.fields, deed->words, store);
	} else if (deed->kind == VG_KIND_USERS_READ) {
		event.body.users =
			(struct vg_users_body){support_days(2026, 1, 1), deed->number, 0, "", ""};
	} else if (deed->kind <= VG_KIND_ACT_REJECTED) {
		book_fill_act(deed, &event.body.act);
	} else if (deed->kind <= VG_KIND_OBJECTION_DECIDED) {
		event.body.objection =
			(struct vg_objection_body){deed->words, deed->words, "why", month, true};
	} else if (deed->kind <= VG_KIND_INVOICE_RECORDED) {
		event.body.statement = (struct vg_statement_body){
			.month = month, .model_sha256 = BOOK_LIFE_SHA, .invoice = "F-1"};
	} else {
		event.body.comment = (struct vg_comment_body){month,  "availability", "vard", "why",
							      "hire", "drift",	      -1};
	}
	return event;
}

/* The life up to and with so many deeds. Returns 0, or what a step returned. */
SUPPORT int
book_live(struct vg_core *core, struct vg_agreement *agreement, size_t deeds)
{
	struct vg_event event = support_event(1, support_at("2026-01-01 00:00"), "agreement");
	struct vg_verdict verdict;
	char store[256];
	int rc;

	event.kind = VG_KIND_AGREEMENT_APPLIED;
	event.body.agreement = agreement;
	rc = vg_core_step(core, &event, &verdict);
	for (size_t i = 0; i < deeds && rc == 0; i++) {
		event = book_life_event(i, store);
		rc = vg_core_step(core, &event, &verdict);
		if (rc == 0 && verdict.code > VG_VERDICT_FLAGGED)
			fail_msg("event %lld: %s", (long long)event.seq, verdict.text);
	}
	return rc;
}

/* An agreement with a provider, and with everything that the fee may say of a municipality. */
SUPPORT struct vg_agreement *
book_life_agreement(void)
{
	struct vg_agreement *agreement = fee_agreement(2026);
	struct vg_municipality *party = fee_party(agreement, "1489");

	party->signed_day = support_days(2025, 5, 1);
	party->fee_from = MONTH(2026, 1);
	free(party->customer);
	party->customer = support_copy("K-1489");
	free(party->reference);
	party->reference = NULL;
	agreement->providers = 1;
	agreement->provider = support_array(1, sizeof(*agreement->provider));
	agreement->provider[0] = (struct vg_provider){
		support_copy("omsorg"), support_copy("Omsorg AB"), support_copy("1489")};
	return agreement;
}

SUPPORT int
book_count_draft(const struct vg_fee_draft *draft, void *arg)
{
	*(int64_t *)arg += draft->statement.total_ore / 2;
	return 0;
}

#endif
