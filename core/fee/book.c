/* fee/book.c - what closed statements have billed.
 *
 * The book is its lines: statements and lines are items, and each ticket knows the line in force
 * that bills it and the newest that lists it. The hard thing is that a credit and the debit that
 * follows it may stand in statements of two municipalities, of one event and in any order; so the
 * newest line that bills a ticket is the only one that can be in force, and a credit takes back the
 * line that it names and no other. */
#include "core/fee/private.h"

#include <stdlib.h>
#include <string.h>

struct vg_fee_book *
vg_fee_book_new(void)
{
	return calloc(1, sizeof(struct vg_fee_book));
}

void
vg_fee_book_free(struct vg_fee_book *book)
{
	if (book == NULL)
		return;
	free(book->yearly);
	free(book->opening);
	free(book->memo);
	free(book);
}

size_t
vg_fee_book_bytes(const struct vg_fee_book *book)
{
	return sizeof(*book) + book->yearly_size * sizeof(*book->yearly) +
	       book->opening_size * sizeof(*book->opening) + book->memos * sizeof(*book->memo);
}

/* Decisions that are remembered. */

int
vg_fee_memo_ready(const struct vg_core *core)
{
	struct vg_fee_book *book = core->fee_book;
	const struct vg_agreement *latest = vg_core_agreement_latest(core);
	int64_t rules_seq = book->rules_seq;
	struct vg_fee_memo *memo;

	if (latest != NULL && latest->seq > rules_seq)
		rules_seq = latest->seq;
	if (rules_seq != book->remembered_seq && book->memos > 0)
		memset(book->memo, 0, book->memos * sizeof(*book->memo));
	book->remembered_seq = rules_seq;
	if (core->tickets <= book->memos)
		return 0;
	memo = reallocarray(book->memo, core->tickets_size, sizeof(*memo));
	if (memo == NULL)
		return VG_CORE_ENOMEM;
	memset(memo + book->memos, 0, (core->tickets_size - book->memos) * sizeof(*memo));
	book->memo = memo;
	book->memos = core->tickets_size;
	return 0;
}

const struct vg_fee_memo *
vg_fee_remember(const struct vg_core *core, const struct vg_ticket *ticket)
{
	struct vg_fee_memo *memo = &core->fee_book->memo[ticket->index];

	if (memo->changed_seq == ticket->changed_seq)
		return memo;
	*memo = (struct vg_fee_memo){.changed_seq = ticket->changed_seq};
	vg_fee_decide(core, ticket, &memo->decision);
	if (ticket->merged_into == 0)
		memo->opened = vg_fee_opened(core, ticket);
	if (memo->opened != NULL && !vg_fee_act_stands(core, memo->opened->act))
		memo->opened = NULL;
	return memo;
}

int
vg_fee_unattributed(const struct vg_core *core, int month, struct vg_fee_unattributed *out)
{
	int rc = vg_fee_memo_ready(core);

	*out = (struct vg_fee_unattributed){0};
	for (size_t i = 0; i < core->tickets && rc == 0; i++) {
		const struct vg_ticket *ticket = core->ticket[i];
		const struct vg_fee_memo *memo = vg_fee_remember(core, ticket);
		const struct vg_fee_decision *decision = &memo->decision;

		if (!decision->counts || decision->municipality[0] != '\0' ||
		    decision->month > month || ticket->fee_billed != NULL || memo->opened != NULL)
			continue;
		out->count++;
		out->own += decision->month == month;
	}
	return rc;
}

/* Statements and what is in them. */

struct vg_item *
vg_fee_statement_item(const struct vg_core *core, const char *municipality, int month)
{
	struct vg_item key = {.of.statement = {.municipality = municipality, .month = month}};

	return vg_item_find(core, VG_OBJECT_STATEMENT, &key);
}

const struct vg_statement *
vg_fee_statement(const struct vg_core *core, const char *municipality, int month)
{
	const struct vg_item *item = vg_fee_statement_item(core, municipality, month);

	return item != NULL ? &item->of.statement : NULL;
}

static bool
is_billed(const struct vg_statement *statement)
{
	return statement->state == VG_STATEMENT_CLOSED && !statement->trial;
}

const struct vg_statement *
vg_fee_previous(const struct vg_core *core, const char *municipality, int month)
{
	struct vg_item *const *item = core->items[VG_OBJECT_STATEMENT].item;
	struct vg_item key = {.of.statement = {.municipality = municipality, .month = month}};

	for (size_t i = vg_items_place(core, VG_OBJECT_STATEMENT, &key); i-- > 0;) {
		const struct vg_statement *statement = &item[i]->of.statement;

		if (strcmp(statement->municipality, municipality) != 0)
			break;
		if (is_billed(statement))
			return statement;
	}
	return NULL;
}

int
vg_fee_first_closed(const struct vg_core *core, const char *municipality)
{
	const struct vg_items *items = &core->items[VG_OBJECT_STATEMENT];
	struct vg_item key = {.of.statement.municipality = municipality};

	for (size_t i = vg_items_place(core, VG_OBJECT_STATEMENT, &key); i < items->n; i++) {
		const struct vg_statement *statement = &items->item[i]->of.statement;

		if (strcmp(statement->municipality, municipality) != 0)
			break;
		if (is_billed(statement))
			return statement->month;
	}
	return -1;
}

static int64_t
statement_of(enum vg_object_type type, const struct vg_item *item)
{
	return type == VG_OBJECT_FEE_LINE ? item->of.fee_line.statement
					  : item->of.fee_year.statement;
}

/* Item `index` of a statement: what belongs to one stands together, in the order of statements. */
static const struct vg_item *
part_of(const struct vg_core *core, enum vg_object_type type, int64_t statement, size_t index)
{
	const struct vg_items *items = &core->items[type];
	size_t low = 0, high = items->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (statement_of(type, items->item[mid]) < statement)
			low = mid + 1;
		else
			high = mid;
	}
	if (index >= items->n - low || statement_of(type, items->item[low + index]) != statement)
		return NULL;
	return items->item[low + index];
}

const struct vg_fee_line *
vg_fee_line(const struct vg_core *core, const struct vg_statement *statement, size_t index)
{
	const struct vg_item *item = part_of(core, VG_OBJECT_FEE_LINE, statement->id, index);

	return item != NULL ? &item->of.fee_line : NULL;
}

const struct vg_fee_year *
vg_fee_year(const struct vg_core *core, const struct vg_statement *statement, size_t index)
{
	const struct vg_item *item = part_of(core, VG_OBJECT_FEE_YEAR, statement->id, index);

	return item != NULL ? &item->of.fee_year : NULL;
}

const struct vg_fee_line *
vg_fee_billed(const struct vg_core *core, int64_t ticket)
{
	const struct vg_ticket *found = vg_core_ticket_exact(core, ticket);

	return found != NULL ? found->fee_billed : NULL;
}

const struct vg_fee_line *
vg_fee_listed(const struct vg_core *core, int64_t ticket)
{
	const struct vg_ticket *found = vg_core_ticket_exact(core, ticket);

	return found != NULL ? found->fee_listed : NULL;
}

/* Lines into the book. */

static bool
bills(const struct vg_fee_line *line)
{
	return line->kind == VG_LINE_COUNTED || line->kind == VG_LINE_DEBIT;
}

static void
take_listing(struct vg_ticket *ticket, const struct vg_fee_line *line)
{
	if (ticket->fee_listed == NULL || ticket->fee_listed->id < line->id)
		ticket->fee_listed = line;
	if (bills(line) && (ticket->fee_billed == NULL || ticket->fee_billed->id < line->id))
		ticket->fee_billed = line;
}

static void
take_credit(struct vg_ticket *ticket, const struct vg_fee_line *line)
{
	if (line->kind != VG_LINE_CREDIT)
		return;
	if (line->corrects == 0)
		ticket->fee_opening_over = true;
	else if (ticket->fee_billed != NULL && ticket->fee_billed->id == line->corrects)
		ticket->fee_billed = NULL;
}

int
vg_fee_book_add(struct vg_core *core, const struct vg_fee_line *line, bool trial)
{
	struct vg_ticket *ticket = vg_core_ticket_exact(core, line->ticket);
	struct vg_item *item;
	int rc = vg_item_add(core, VG_OBJECT_FEE_LINE, line, &item);

	if (rc != 0 || trial)
		return rc;
	VG_ASSERT(ticket != NULL);
	take_listing(ticket, &item->of.fee_line);
	take_credit(ticket, &item->of.fee_line);
	return 0;
}

/* A core from its checkpoint. */

static bool
is_money(int64_t ore)
{
	return ore >= -VG_MONEY_MAX_ORE && ore <= VG_MONEY_MAX_ORE;
}

static bool
is_month(int month)
{
	return month >= 0 && month < VG_MONTH_END;
}

static bool
act_holds(const struct vg_core *core, const struct vg_act *act)
{
	bool names_ticket =
		act->kind == VG_ACT_OVERRIDE || (act->kind == VG_ACT_OBJECTION && act->ticket != 0);

	return act->kind < VG_ACT_KIND_COUNT && act->state < VG_ACT_STATE_COUNT &&
	       act->outcome < VG_OVERRIDE_COUNT && is_month(act->month) &&
	       is_money(act->amount_ore) && is_money(act->operation_ore) &&
	       (!names_ticket || vg_core_ticket_exact(core, act->ticket) != NULL);
}

static bool
line_holds(const struct vg_core *core, const struct vg_fee_line *line)
{
	const struct vg_items *items = &core->items[VG_OBJECT_FEE_LINE];
	const struct vg_fee_line *before =
		items->n > 1 ? &items->item[items->n - 2]->of.fee_line : NULL;

	return line->kind < VG_LINE_KIND_COUNT && line->reason < VG_FEE_REASON_COUNT &&
	       line->reason_before < VG_FEE_REASON_COUNT && is_month(line->month) &&
	       is_money(line->amount_ore) && vg_core_ticket_exact(core, line->ticket) != NULL &&
	       (before == NULL || before->statement <= line->statement);
}

static bool
year_holds(const struct vg_core *core, const struct vg_fee_year *year)
{
	const struct vg_items *items = &core->items[VG_OBJECT_FEE_YEAR];
	const struct vg_fee_year *before =
		items->n > 1 ? &items->item[items->n - 2]->of.fee_year : NULL;

	for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++) {
		if (!is_money(year->net_ore[mode]))
			return false;
	}
	return is_money(year->operation_ore) &&
	       (before == NULL || before->statement <= year->statement);
}

int
vg_fee_item_check(const struct vg_core *core, enum vg_object_type type, const struct vg_item *item)
{
	const struct vg_statement *statement = &item->of.statement;
	bool holds = true;

	if (type == VG_OBJECT_ACT)
		holds = act_holds(core, &item->of.act);
	else if (type == VG_OBJECT_OPENING_TICKET)
		holds = is_month(item->of.opening_ticket.month) &&
			is_money(item->of.opening_ticket.price_ore);
	else if (type == VG_OBJECT_OBJECTION)
		holds = item->of.objection.state < VG_OBJECTION_STATE_COUNT;
	else if (type == VG_OBJECT_STATEMENT)
		holds = statement->state <= VG_STATEMENT_CLOSED &&
			statement->mode < VG_FEE_MODE_COUNT && is_month(statement->month);
	else if (type == VG_OBJECT_FEE_LINE)
		holds = line_holds(core, &item->of.fee_line);
	else if (type == VG_OBJECT_FEE_YEAR)
		holds = year_holds(core, &item->of.fee_year);
	return holds ? 0 : VG_CORE_ENOTFOUND;
}

/* Lets every line of what is billed into the book. */
static void
take_lines(struct vg_core *core, void (*take)(struct vg_ticket *, const struct vg_fee_line *))
{
	const struct vg_items *statements = &core->items[VG_OBJECT_STATEMENT];

	for (size_t i = 0; i < statements->n; i++) {
		const struct vg_statement *statement = &statements->item[i]->of.statement;
		const struct vg_fee_line *line;

		if (statement->trial)
			continue;
		for (size_t k = 0; (line = vg_fee_line(core, statement, k)) != NULL; k++)
			take(vg_core_ticket_exact(core, line->ticket), line);
	}
}

int
vg_fee_book_derive(struct vg_core *core)
{
	const struct vg_items *acts = &core->items[VG_OBJECT_ACT];
	int rc = 0;

	for (size_t i = 0; i < acts->n && rc == 0; i++) {
		if (acts->item[i]->of.act.state == VG_ACT_APPROVED)
			rc = vg_fee_act_take(core, &acts->item[i]->of.act);
	}
	take_lines(core, take_listing);
	take_lines(core, take_credit);
	return rc;
}
