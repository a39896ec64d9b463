/* fee/close.c - a month's statements are closed: their lines and years stand from here on.
 *
 * One municipality that is held back holds back nobody else. The hard thing is room: what does not
 * fit is found out before the first line is stored, so a closing is whole or not at all. */
#include "core/fee/private.h"

#include <stdio.h>
#include <string.h>

static bool
has_room(const struct vg_core *core, enum vg_object_type type, size_t more)
{
	return more <= vg_item_shapes[type].max - core->items[type].n;
}

/* Whether everything that the plan may store has its place. */
static bool
all_fits(const struct vg_core *core, const struct vg_fee_plan *plan)
{
	size_t years = 0;

	for (size_t i = 0; i < plan->slots; i++)
		years += plan->slot[i].years;
	return plan->lines < (size_t)1 << VG_FEE_ID_BITS &&
	       has_room(core, VG_OBJECT_FEE_LINE, plan->lines) &&
	       has_room(core, VG_OBJECT_FEE_YEAR, years) &&
	       has_room(core, VG_OBJECT_STATEMENT, plan->slots);
}

/* Adds the statement, or puts it where one that was held stands. */
static int
store_statement(struct vg_core *core, const struct vg_statement *statement)
{
	struct vg_item *held =
		vg_fee_statement_item(core, statement->municipality, statement->month);

	if (held != NULL) {
		struct vg_statement fresh = *statement;

		fresh.changed_seq = held->of.statement.changed_seq;
		return vg_item_replace(core, held, &fresh);
	}
	return vg_item_add(core, VG_OBJECT_STATEMENT, statement, NULL);
}

/* Ids of the lines and years of one event. */
struct numbers {
	int64_t statement, line, year;
};

static int
store_closed(struct vg_core *core, const struct vg_fee_draft *draft, struct numbers *next)
{
	struct vg_statement statement = draft->statement;
	int rc;

	statement.id = next->statement;
	statement.state = VG_STATEMENT_CLOSED;
	rc = store_statement(core, &statement);
	for (size_t i = 0; i < draft->lines && rc == 0; i++) {
		draft->line[i].id = next->line++;
		draft->line[i].statement = statement.id;
		rc = vg_fee_book_add(core, &draft->line[i], statement.trial);
	}
	for (size_t i = 0; i < draft->years && rc == 0; i++) {
		draft->year[i].id = next->year++;
		draft->year[i].statement = statement.id;
		rc = vg_item_add(core, VG_OBJECT_FEE_YEAR, &draft->year[i], NULL);
	}
	return rc;
}

/* What is held says why, and has no figures. */
static int
store_held(struct vg_core *core, const struct vg_fee_slot *slot, const struct vg_statement *draft,
	   int64_t id)
{
	unsigned never = 1U << VG_HOLD_NO_FEE | 1U << VG_HOLD_NOT_MEMBER | 1U << VG_HOLD_CLOSED;
	struct vg_statement statement = {
		.id = id,
		.as_of_seq = draft->as_of_seq,
		.municipality = draft->municipality,
		.month = draft->month,
		.state = VG_STATEMENT_HELD,
		.holds = (int)vg_fee_holding(slot->agreement, slot->holds),
		.trial = draft->trial,
		.mode = draft->mode,
		.agreement = draft->agreement,
		.author = draft->author,
		.approved_by = draft->approved_by,
		.closed_ms = -1,
		.published_ms = -1,
		.invoice_day = -1,
	};

	return (slot->holds & never) != 0 ? 0 : store_statement(core, &statement);
}

/* "closed 47, held 2: 1489 no_rate; 1401 no_reading", as much of it as there is room for. */
static void
tell(const struct vg_fee_plan *plan, struct vg_verdict *out)
{
	size_t held = 0, length;

	for (size_t i = 0; i < plan->slots; i++)
		held += plan->slot[i].held;
	vg_verdict_set(out, VG_VERDICT_TAKEN, "closed %zu, held %zu", plan->slots - held, held);
	for (size_t i = 0, told = 0; i < plan->slots; i++) {
		const struct vg_fee_slot *slot = &plan->slot[i];
		unsigned holding = vg_fee_holding(slot->agreement, slot->holds);

		if (!slot->held)
			continue;
		length = strlen(out->text);
		snprintf(out->text + length, sizeof(out->text) - length, "%s%s",
			 told++ == 0 ? ": " : "; ", slot->municipality);
		for (int hold = 0; hold < VG_HOLD_COUNT; hold++) {
			length = strlen(out->text);
			if ((holding & 1U << hold) != 0)
				snprintf(out->text + length, sizeof(out->text) - length, " %s",
					 vg_fee_hold_name((enum vg_fee_hold)hold));
		}
	}
}

static int
close_slot(struct vg_core *core, const struct vg_fee_plan *plan, const struct vg_fee_slot *slot,
	   const struct vg_statement *closing, struct numbers *next)
{
	struct vg_fee_draft draft;
	int rc = vg_fee_draft_make(plan, slot, &draft);

	draft.statement.author = closing->author;
	draft.statement.approved_by = closing->approved_by;
	draft.statement.closed_ms = closing->closed_ms;
	if (rc == 0)
		rc = slot->held ? store_held(core, slot, &draft.statement, next->statement)
				: store_closed(core, &draft, next);
	next->statement++;
	vg_fee_draft_fini(&draft);
	return rc;
}

int
vg_fee_close(struct vg_core *core, const struct vg_event *event, const struct vg_act *act,
	     struct vg_verdict *out)
{
	const struct vg_statement closing = {
		.author = act->author,
		.approved_by = event->body.act.automatic ? "" : event->actor,
		.closed_ms = event->received_ms,
	};
	struct numbers next;
	struct vg_fee_plan plan;
	int rc = vg_fee_plan_make(core, act->month, act->municipalities, &plan);

	if (rc == VG_CORE_ENOTFOUND) {
		rc = vg_verdict_set(out, VG_VERDICT_REFUSED,
				    "no agreement with a fee covers month %s",
				    vg_month_text(act->month).at);
	} else if (rc == 0 && (event->seq > VG_FEE_SEQ_MAX || !all_fits(core, &plan))) {
		rc = vg_verdict_set(out, VG_VERDICT_OVERLOAD,
				    "no room for %zu lines of statements: nothing was closed",
				    plan.lines);
	} else if (rc == 0) {
		next.statement = next.line = next.year = event->seq << VG_FEE_ID_BITS;
		for (size_t i = 0; i < plan.slots && rc == 0; i++)
			rc = close_slot(core, &plan, &plan.slot[i], &closing, &next);
		tell(&plan, out);
	}
	vg_fee_plan_free(&plan);
	return rc;
}
