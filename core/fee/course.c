/* fee/course.c - what the facts of a ticket say of its way through the lines, in one pass.
 *
 * The hard thing is that the billing event stands for ever at one place in time. It is the first
 * resolution after second line was reached: a reopening does not move it, and a ticket that first
 * line resolved, and that was handed over when it was reopened, is placed at its later resolution.
 * What is only told later about a ticket's beginning holds from its beginning. */
#include "core/fee/course.h"

#include "core/core_private.h"

/* --- the course of a ticket --- */

/* The first line that is stated holds from the creation: what was resolved before that statement
 * was resolved there. */
static void
follow_line(struct vg_course *c, const struct vg_fact *fact)
{
	int line = vg_stated_line(fact, c->number);

	if (line == 0)
		return;
	if (c->first_line == 0) {
		c->first_line = line;
		if (line >= VG_LINE_SECOND) {
			c->second_ms = c->created_ms;
			c->resolved_ms = c->done_ms;
			c->closed_ms = c->first_close_ms;
		}
	}
	c->handed_back |= line < c->line;
	c->line = line;
}

static void
note_first(int64_t *first_ms, int64_t at_ms)
{
	if (*first_ms == VG_NEVER)
		*first_ms = at_ms;
}

static void
follow_status(struct vg_course *c, const struct vg_fact *fact, int64_t at_ms)
{
	enum vg_status status = (enum vg_status)c->number[VG_TF_STATUS];
	enum vg_outcome before = c->outcome;

	if ((fact->set & VG_TF_BIT(VG_TF_STATUS)) == 0)
		return;
	c->outcome = vg_outcome_of(status);
	if (c->outcome == VG_OUTCOME_DROPPED && before != VG_OUTCOME_DROPPED)
		c->dropped_ms = at_ms;
	if (c->outcome != VG_OUTCOME_RESOLVED)
		return;
	if (before != VG_OUTCOME_RESOLVED) {
		c->resolving_line = c->line;
		if (c->done_ms == VG_NEVER)
			c->done_seq = fact->seq;
		note_first(&c->done_ms, at_ms);
		if (c->second_ms != VG_NEVER)
			note_first(&c->resolved_ms, at_ms);
	}
	if (status == VG_STATUS_CLOSED) {
		note_first(&c->first_close_ms, at_ms);
		if (c->second_ms != VG_NEVER)
			note_first(&c->closed_ms, at_ms);
	}
}

/* What has ended reaches no line. */
static void
note_second_line(struct vg_course *c, int64_t at_ms)
{
	if (c->line >= VG_LINE_SECOND && c->outcome == VG_OUTCOME_OPEN)
		note_first(&c->second_ms, at_ms);
}

/* A fact may hand a ticket over and resolve it, or reopen it in the line where it is. */
static void
follow(struct vg_course *c, const struct vg_fact *fact)
{
	int64_t at_ms = vg_later_ms(fact->at_ms, c->created_ms);

	vg_fact_fold(fact, c->number);
	c->set |= fact->set;
	follow_line(c, fact);
	note_second_line(c, at_ms);
	follow_status(c, fact, at_ms);
	note_second_line(c, at_ms);
}

const struct vg_fact *
vg_fact_stating(const struct vg_core *core, const struct vg_ticket *ticket,
		enum vg_ticket_field field)
{
	for (uint32_t i = ticket->facts; i-- > 0;) {
		if ((ticket->fact[i]->set & VG_TF_BIT(field)) != 0 &&
		    vg_core_fact_counts(core, ticket->fact[i]))
			return ticket->fact[i];
	}
	return NULL;
}

/* As vg_history_created_ms has it. */
static int64_t
created_ms(const struct vg_core *core, const struct vg_ticket *ticket)
{
	const struct vg_fact *opened = vg_fact_stating(core, ticket, VG_TF_OPENED);
	const struct vg_fact *received = vg_fact_stating(core, ticket, VG_TF_RECEIVED);
	int64_t at_ms = opened != NULL ? vg_fact_number(opened, VG_TF_OPENED) : -1;
	int64_t received_ms = received != NULL ? vg_fact_number(received, VG_TF_RECEIVED) : -1;

	if (at_ms < 0) {
		uint32_t i = 0;

		while (!vg_core_fact_counts(core, ticket->fact[i]))
			i++;
		at_ms = ticket->fact[i]->at_ms;
	}
	return vg_floor_to_second_ms(received_ms >= 0 && received_ms < at_ms ? received_ms : at_ms);
}

void
vg_course_read(const struct vg_core *core, const struct vg_ticket *ticket, struct vg_course *c)
{
	*c = (struct vg_course){.core = core,
				.ticket = ticket,
				.created_ms = created_ms(core, ticket),
				.second_ms = VG_NEVER,
				.done_ms = VG_NEVER,
				.first_close_ms = VG_NEVER,
				.resolved_ms = VG_NEVER,
				.closed_ms = VG_NEVER,
				.dropped_ms = VG_NEVER};
	for (uint32_t i = 0; i < ticket->facts; i++) {
		if (vg_core_fact_counts(core, ticket->fact[i]))
			follow(c, ticket->fact[i]);
	}
}

const char *
vg_course_text(const struct vg_course *c, enum vg_ticket_field field)
{
	return (c->set & VG_TF_BIT(field)) != 0
		       ? vg_pool_get(c->core->pool, (uint32_t)c->number[field])
		       : "";
}

/* --- where it stands in time --- */

static int64_t
billing_ms(const struct vg_course *c, enum vg_billing_event event)
{
	switch (event) {
	case VG_BILLING_SECOND_LINE:
		return c->second_ms;
	case VG_BILLING_CLOSED:
		return c->closed_ms;
	case VG_BILLING_RESOLVED:
		break;
	}
	return c->resolved_ms;
}

/* The version that was valid when it reached second line says which event it is. */
static enum vg_billing_event
billing_event(const struct vg_course *c)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(
		c->core, c->second_ms != VG_NEVER ? c->second_ms : c->created_ms);

	return agreement != NULL && agreement->fee.agreed ? agreement->fee.billing_event
							  : VG_BILLING_RESOLVED;
}

int64_t
vg_course_place_ms(const struct vg_course *c)
{
	int64_t at_ms = billing_ms(c, billing_event(c));

	if (at_ms == VG_NEVER && c->second_ms == VG_NEVER)
		at_ms = c->done_ms;
	return at_ms == VG_NEVER && c->outcome == VG_OUTCOME_DROPPED ? c->dropped_ms : at_ms;
}

bool
vg_course_is_cancelled(const struct vg_course *c)
{
	return c->outcome == VG_OUTCOME_DROPPED &&
	       (c->resolved_ms == VG_NEVER || billing_ms(c, billing_event(c)) == VG_NEVER);
}

/* --- what it names --- */

static const struct vg_ticket *
named(const struct vg_course *c, enum vg_ticket_field field)
{
	const char *text = vg_course_text(c, field);
	uint32_t source;

	if (text[0] == '\0')
		return NULL;
	source = vg_fact_stating(c->core, c->ticket, field)->source;
	return vg_core_ticket_find_text(c->core, vg_pool_get(c->core->pool, source), text);
}

const struct vg_ticket *
vg_course_linked(const struct vg_course *c, enum vg_ticket_field field)
{
	const struct vg_ticket *found = named(c, field);

	return found == c->ticket ? NULL : found;
}

bool
vg_course_names_another(const struct vg_course *c, enum vg_ticket_field field)
{
	return vg_course_text(c, field)[0] != '\0' && named(c, field) != c->ticket;
}
