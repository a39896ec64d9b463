/* ticket/ticket.c - the ticket's words, its life cycle, and what was stated about it, fact by fact.
 */
#include "core/state.h"

#include <string.h>

static const char *const fault_names[VG_FAULT_COUNT] = {
#define X(constant, name, words) name,
	VG_FAULTS(X)
#undef X
};

static const char *const fault_words[VG_FAULT_COUNT] = {
#define X(constant, name, words) words,
	VG_FAULTS(X)
#undef X
};

_Static_assert(VG_FAULT_COUNT <= 32, "the faults of a ticket are one 32-bit set");

const char *
vg_fault_name(enum vg_fault fault)
{
	VG_ASSERT(fault < VG_FAULT_COUNT);
	return fault_names[fault];
}

const char *
vg_fault_words(enum vg_fault fault)
{
	VG_ASSERT(fault < VG_FAULT_COUNT);
	return fault_words[fault];
}

const char *
vg_sla_name(enum vg_sla sla)
{
	static const char *const names[VG_SLA_COUNT] = {"none",	   "running", "paused",
							"overdue", "met",     "missed"};

	VG_ASSERT(sla < VG_SLA_COUNT);
	return names[sla];
}

const char *
vg_side_name(enum vg_side side)
{
	static const char *const names[VG_SIDE_COUNT] = {
		"first_line",		"second_line", "supplier", "waiting_requester",
		"waiting_municipality", "scheduled",   "resolved"};

	VG_ASSERT(side < VG_SIDE_COUNT);
	return names[side];
}

const char *
vg_clock_name(enum vg_clock clock)
{
	static const char *const names[VG_CLOCK_COUNT] = {"end_to_end", "first_line", "second_line",
							  "supplier", "response"};

	VG_ASSERT(clock < VG_CLOCK_COUNT);
	return names[clock];
}

/* new → acknowledged → in_progress ⇄ pending → resolved → closed. Second line acknowledges what was
 * already in progress in first line; a step may be left out; from resolved and closed back is a
 * reopening; cancelled and rejected are the end. */
bool
vg_status_may_follow(enum vg_status from, enum vg_status to)
{
#define TO(status) (1U << VG_STATUS_##status)
	enum {
		ACTIVE = TO(ACKNOWLEDGED) | TO(IN_PROGRESS) | TO(PENDING),
		DONE = TO(RESOLVED) | TO(CLOSED) | TO(CANCELLED) | TO(REJECTED),
	};
	static const unsigned next[VG_STATUS_COUNT] = {
		[VG_STATUS_NEW] = ACTIVE | DONE,
		[VG_STATUS_ACKNOWLEDGED] = ACTIVE | DONE,
		[VG_STATUS_IN_PROGRESS] = ACTIVE | DONE,
		[VG_STATUS_PENDING] = ACTIVE | DONE,
		[VG_STATUS_RESOLVED] = ACTIVE | TO(CLOSED),
		[VG_STATUS_CLOSED] = ACTIVE,
		[VG_STATUS_CANCELLED] = 0,
		[VG_STATUS_REJECTED] = 0,
	};
#undef TO

	VG_ASSERT(from < VG_STATUS_COUNT && to < VG_STATUS_COUNT);
	return from == to || (next[from] >> to & 1) != 0;
}

int64_t
vg_ticket_id(const struct vg_ticket *ticket)
{
	return ticket->id;
}

int64_t
vg_ticket_changed_seq(const struct vg_ticket *ticket)
{
	return ticket->changed_seq;
}

size_t
vg_ticket_ref_count(const struct vg_ticket *ticket)
{
	return ticket->refs;
}

struct vg_ref
vg_ticket_ref(const struct vg_ticket *ticket, size_t index)
{
	const struct vg_pool *pool = vg_core_pool(ticket->core);
	struct vg_ref ref;

	VG_ASSERT(index < ticket->refs);
	ref.source = vg_pool_get(pool, ticket->ref[index].source);
	ref.ref = vg_pool_get(pool, ticket->ref[index].ref);
	return ref;
}

const char *
vg_ticket_title_digest(const struct vg_ticket *ticket)
{
	return vg_pool_get(vg_core_pool(ticket->core), ticket->title_digest);
}

size_t
vg_ticket_fact_count(const struct vg_ticket *ticket)
{
	return ticket->facts;
}

void
vg_ticket_fact(const struct vg_core *core, const struct vg_ticket *ticket, size_t index,
	       struct vg_fact_view *out)
{
	const struct vg_pool *pool = vg_core_pool(core);
	const struct vg_fact *fact;
	uint64_t rest;

	VG_ASSERT(index < ticket->facts);
	fact = ticket->fact[index];
	memset(out, 0, sizeof *out);
	out->seq = fact->seq;
	out->at_ms = fact->at_ms;
	out->source_order = fact->source_order;
	out->source = vg_pool_get(pool, fact->source);
	out->event_id = vg_fact_event_id(fact);
	out->actor = vg_pool_get(pool, fact->actor);
	out->import = vg_pool_get(pool, fact->import);
	out->voided = !vg_core_fact_counts(core, fact);
	out->fields.set = fact->set;
	vg_fact_fold(fact, out->fields.number);
	for (rest = fact->set; rest != 0; rest &= rest - 1) {
		int field = __builtin_ctzll(rest);

		if (vg_ticket_field_info[field].form == VG_FORM_STR)
			out->fields.text[field] =
				vg_pool_get(pool, (uint32_t)out->fields.number[field]);
	}
}
