/* rows_fee.c - the fee in the read model: decisions, the book of closed statements, and what people
 * decided about it.
 *
 * A decision stands beside its ticket and goes with it; what has not ended has none. The hard thing
 * is a statement's key: one that was held and is closed later keeps its month and municipality, but
 * not its id, so the month and the municipality are what old rows are deleted by. */
#include "core/fee.h"
#include "lib/rows/rows_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEY_MAX	  (2 * 256 + 32) /* of a ticket that was billed before */
#define HOLDS_MAX 512		 /* the names of all of them */

/* Null for 0: the core's word for no such thing. */
static void
write_id(struct vg_rows_writer *writer, int64_t id)
{
	vg_row_natural(writer, id > 0 ? id : -1);
}

static void
write_month(struct vg_rows_writer *writer, int month)
{
	if (month > 0)
		vg_row_month(writer, month);
	else
		vg_row_null(writer);
}

/* Null for -1 and for days outside the calendar: not said. */
static void
write_day(struct vg_rows_writer *writer, int64_t day)
{
	if (day >= 0)
		vg_row_day(writer, day);
	else
		vg_row_null(writer);
}

void
vg_rows_decision(struct vg_rows_writer *writer, const struct vg_ticket *ticket)
{
	struct vg_fee_decision decision;

	vg_fee_decide(writer->core, ticket, &decision);
	if (!decision.ended)
		return;
	vg_row_begin(writer, VG_TABLE_FEE_DECISION);
	vg_row_number(writer, decision.ticket);
	vg_row_name(writer, decision.municipality);
	write_month(writer, decision.month);
	vg_row_flag(writer, decision.counts);
	vg_row_text(writer, vg_fee_reason_name(decision.reason));
	vg_row_instant(writer, decision.at_ms);
	vg_row_number(writer, decision.price_ore);
	vg_row_flag(writer, decision.cause_blank);
	vg_row_flag(writer, decision.counts_by_links);
	vg_row_flag(writer, decision.bypassed_first_line);
	write_id(writer, decision.act);
	write_id(writer, decision.agreement != NULL ? decision.agreement->seq : 0);
	vg_row_number(writer, vg_ticket_changed_seq(ticket));
	vg_row_end(writer);
}

/* Acts, openings, objections, comments. */

static void
write_amounts(struct vg_rows_writer *writer, const struct vg_act *act)
{
	const bool rate = act->kind == VG_ACT_RATE, opening = act->kind == VG_ACT_OPENING;
	const bool amount = act->kind == VG_ACT_COST || act->kind == VG_ACT_OBJECTION || opening;

	if (rate)
		vg_row_number(writer, act->amount_ore);
	else
		vg_row_null(writer);
	if (amount)
		vg_row_number(writer, act->amount_ore);
	else
		vg_row_null(writer);
	if (opening)
		vg_row_number(writer, act->operation_ore);
	else
		vg_row_null(writer);
}

static void
write_act(struct vg_rows_writer *writer, const struct vg_act *act)
{
	vg_row_key(writer, VG_TABLE_FEE_ACT, act->id);
	vg_row_begin(writer, VG_TABLE_FEE_ACT);
	vg_row_number(writer, act->id);
	vg_row_number(writer, act->changed_seq);
	vg_row_text(writer, vg_act_kind_name((enum vg_act_kind)act->kind));
	vg_row_text(writer, vg_act_state_name((enum vg_act_state)act->state));
	vg_row_name(writer, act->author);
	vg_row_name(writer, act->decided_by);
	vg_row_instant(writer, act->proposed_ms);
	if (act->state == VG_ACT_WAITING)
		vg_row_null(writer);
	else
		vg_row_moment(writer, act->decided_ms);
	vg_row_name(writer, act->reason);
	vg_row_name(writer, act->decided_reason);
	vg_row_name(writer, act->index);
	vg_row_name(writer, act->document);
	write_day(writer, act->decided_day);
	vg_row_ids(writer, act->municipalities);
	write_id(writer, act->year);
	write_month(writer, act->month);
	write_amounts(writer, act);
	write_id(writer, act->ticket);
	vg_row_text(writer, act->kind == VG_ACT_OVERRIDE ? vg_override_words[act->outcome] : NULL);
	write_id(writer, act->objection);
	vg_row_end(writer);
}

static void
write_opening_ticket(struct vg_rows_writer *writer, const struct vg_opening_ticket *row)
{
	char key[KEY_MAX];

	/* With its length in front a source that holds a slash means one pair only. */
	(void)snprintf(key, sizeof(key), "%zu/%s/%s", strlen(row->source), row->source, row->ref);
	vg_row_key_text(writer, VG_TABLE_FEE_OPENING, key);
	vg_row_begin(writer, VG_TABLE_FEE_OPENING);
	vg_row_text(writer, key);
	vg_row_number(writer, row->act);
	vg_row_number(writer, row->changed_seq);
	vg_row_text(writer, row->source);
	vg_row_text(writer, row->ref);
	vg_row_name(writer, row->municipality);
	vg_row_month(writer, row->month);
	vg_row_number(writer, row->price_ore);
	vg_row_end(writer);
}

static void
write_objection(struct vg_rows_writer *writer, const struct vg_objection *objection)
{
	vg_row_key(writer, VG_TABLE_FEE_OBJECTION, objection->id);
	vg_row_begin(writer, VG_TABLE_FEE_OBJECTION);
	vg_row_number(writer, objection->id);
	vg_row_number(writer, objection->changed_seq);
	vg_row_name(writer, objection->municipality);
	vg_row_month(writer, objection->month);
	write_id(writer, objection->ticket);
	write_id(writer, objection->line);
	vg_row_text(writer, objection->reason);
	vg_row_text(writer, objection->author);
	vg_row_instant(writer, objection->raised_ms);
	vg_row_text(writer, vg_objection_state_name((enum vg_objection_state)objection->state));
	vg_row_name(writer, objection->answer);
	vg_row_name(writer, objection->decided_by);
	if (objection->state == VG_OBJECTION_OPEN)
		vg_row_null(writer);
	else
		vg_row_moment(writer, objection->decided_ms);
	write_id(writer, objection->act);
	vg_row_end(writer);
}

static void
write_comment(struct vg_rows_writer *writer, const struct vg_comment *comment)
{
	vg_row_key(writer, VG_TABLE_COMMENT, comment->id);
	vg_row_begin(writer, VG_TABLE_COMMENT);
	vg_row_number(writer, comment->id);
	vg_row_number(writer, comment->changed_seq);
	vg_row_month(writer, comment->month);
	vg_row_name(writer, comment->municipality);
	vg_row_text(writer, comment->kpi);
	vg_row_name(writer, comment->service);
	vg_row_text(writer, comment->cause);
	vg_row_text(writer, comment->action);
	vg_row_text(writer, comment->owner);
	vg_row_text(writer, comment->author);
	write_day(writer, comment->due_day);
	vg_row_instant(writer, comment->made_ms);
	vg_row_end(writer);
}

/* Statements. */

static void
write_holds(struct vg_rows_writer *writer, int holds)
{
	char names[HOLDS_MAX] = "";
	size_t used = 0;

	for (int hold = 0; hold < VG_HOLD_COUNT; hold++)
		if ((holds & 1 << hold) != 0)
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
						 used > 0 ? " " : "",
						 vg_fee_hold_name((enum vg_fee_hold)hold));
	VG_ASSERT(used < sizeof(names));
	vg_row_ids(writer, names);
}

static const char *
state_name(int state)
{
	static const char *const names[] = {[VG_STATEMENT_DRAFT] = "draft",
					    [VG_STATEMENT_HELD] = "held",
					    [VG_STATEMENT_CLOSED] = "closed"};

	return names[state];
}

static void
write_sums(struct vg_rows_writer *writer, const struct vg_statement *statement)
{
	const int64_t sums[] = {statement->ticket_price_ore,	statement->support_price_ore,
				statement->operation_price_ore, statement->counted,
				statement->not_counted,		statement->corrected,
				statement->gross_ore,		statement->adjusted_ore,
				statement->capped_ore,		statement->support_ore,
				statement->operation_ore,	statement->vat_ore,
				statement->rounding_ore,	statement->total_ore,
				statement->blank_count,		statement->blank_ore,
				statement->by_links_ore};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		vg_row_number(writer, sums[i]);
}

static void
write_statement(struct vg_rows_writer *writer, const struct vg_statement *statement)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "%04d-%02d/%s", statement->month / 12,
		       statement->month % 12 + 1, statement->municipality);
	vg_row_key_text(writer, VG_TABLE_FEE_STATEMENT, key);
	vg_row_begin(writer, VG_TABLE_FEE_STATEMENT);
	vg_row_text(writer, key);
	vg_row_number(writer, statement->id);
	vg_row_number(writer, statement->changed_seq);
	vg_row_number(writer, statement->as_of_seq);
	vg_row_text(writer, statement->municipality);
	vg_row_month(writer, statement->month);
	vg_row_text(writer, state_name(statement->state));
	vg_row_flag(writer, statement->trial);
	write_holds(writer, statement->holds);
	vg_row_text(writer, vg_fee_mode_name((enum vg_fee_mode)statement->mode));
	write_id(writer, statement->agreement);
	vg_row_number(writer, statement->users);
	write_id(writer, statement->reading_seq);
	write_sums(writer, statement);
	vg_row_name(writer, statement->author);
	vg_row_name(writer, statement->approved_by);
	if (statement->state == VG_STATEMENT_CLOSED)
		vg_row_moment(writer, statement->closed_ms);
	else
		vg_row_null(writer);
	vg_row_moment(writer, statement->published_ms);
	vg_row_name(writer, statement->model_sha256);
	vg_row_name(writer, statement->previous_sha256);
	vg_row_name(writer, statement->invoice);
	if (statement->invoice != NULL && statement->invoice[0] != '\0')
		vg_row_day(writer, statement->invoice_day);
	else
		vg_row_null(writer);
	vg_row_end(writer);
}

static void
write_line(struct vg_rows_writer *writer, const struct vg_fee_line *line)
{
	vg_row_key(writer, VG_TABLE_FEE_LINE, line->id);
	vg_row_begin(writer, VG_TABLE_FEE_LINE);
	vg_row_number(writer, line->id);
	vg_row_number(writer, line->changed_seq);
	vg_row_number(writer, line->statement);
	vg_row_number(writer, line->no);
	vg_row_text(writer, vg_fee_line_kind_name((enum vg_fee_line_kind)line->kind));
	vg_row_text(writer, line->municipality);
	vg_row_number(writer, line->ticket);
	vg_row_month(writer, line->month);
	vg_row_number(writer, line->amount_ore);
	vg_row_text(writer, vg_fee_reason_name((enum vg_fee_reason)line->reason));
	vg_row_text(writer, line->reason_before >= 0
				    ? vg_fee_reason_name((enum vg_fee_reason)line->reason_before)
				    : NULL);
	write_id(writer, line->corrects);
	write_id(writer, line->act);
	vg_row_flag(writer, line->cause_blank);
	vg_row_flag(writer, line->counts_by_links);
	vg_row_flag(writer, line->bypassed_first_line);
	vg_row_end(writer);
}

static void
write_year(struct vg_rows_writer *writer, const struct vg_fee_year *year)
{
	vg_row_key(writer, VG_TABLE_FEE_YEAR, year->id);
	vg_row_begin(writer, VG_TABLE_FEE_YEAR);
	vg_row_number(writer, year->id);
	vg_row_number(writer, year->changed_seq);
	vg_row_number(writer, year->statement);
	vg_row_text(writer, year->municipality);
	vg_row_number(writer, year->year);
	vg_row_number(writer, year->gross_ore);
	vg_row_number(writer, year->cap_ore);
	for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++)
		vg_row_number(writer, year->net_ore[mode]);
	vg_row_number(writer, year->operation_ore);
	vg_row_number(writer, year->billed_ore);
	vg_row_number(writer, year->operation_billed_ore);
	vg_row_end(writer);
}

void
vg_rows_fee(struct vg_rows_writer *writer, const struct vg_object *object)
{
	if (object->type == VG_OBJECT_ACT)
		write_act(writer, object->of.act);
	else if (object->type == VG_OBJECT_OPENING_TICKET)
		write_opening_ticket(writer, object->of.opening_ticket);
	else if (object->type == VG_OBJECT_OBJECTION)
		write_objection(writer, object->of.objection);
	else if (object->type == VG_OBJECT_COMMENT)
		write_comment(writer, object->of.comment);
	else if (object->type == VG_OBJECT_STATEMENT)
		write_statement(writer, object->of.statement);
	else if (object->type == VG_OBJECT_FEE_LINE)
		write_line(writer, object->of.fee_line);
	else
		write_year(writer, object->of.fee_year);
}
