/* fee/opening.c - what a municipality was billed before Vinga billed it.
 *
 * An opening tells the sums of the fee year so far, and names the tickets in them, so that none is
 * billed again. Several of one municipality add up, until its first statement is closed. The hard
 * thing is that they are judged twice: what was in order when one was proposed need not be so when
 * it is approved. */
#include "core/fee/private.h"

#include <stdlib.h>
#include <string.h>

static size_t
opening_place(const struct vg_fee_book *book, const char *municipality)
{
	size_t low = 0, high = book->openings;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(book->opening[mid].municipalities, municipality) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct vg_act *
vg_fee_opening(const struct vg_core *core, const char *municipality)
{
	const struct vg_fee_book *book = core->fee_book;
	size_t i = opening_place(book, municipality);

	return i < book->openings && strcmp(book->opening[i].municipalities, municipality) == 0
		       ? &book->opening[i]
		       : NULL;
}

/* The second one of a municipality adds to the first. */
int
vg_fee_opening_take(struct vg_core *core, const struct vg_act *act)
{
	struct vg_fee_book *book = core->fee_book;
	size_t i = opening_place(book, act->municipalities);

	if (vg_fee_opening(core, act->municipalities) != NULL) {
		struct vg_act *sum = &book->opening[i];

		sum->amount_ore = vg_ore_add(sum->amount_ore, act->amount_ore);
		sum->operation_ore = vg_ore_add(sum->operation_ore, act->operation_ore);
		return 0;
	}
	if (vg_core_reserve((void **)&book->opening, &book->opening_size, book->openings + 1,
			    sizeof(*book->opening)) != 0)
		return VG_CORE_ENOMEM;
	memmove(&book->opening[i + 1], &book->opening[i],
		(book->openings - i) * sizeof(*book->opening));
	book->opening[i] = *act;
	book->openings++;
	return 0;
}

void
vg_fee_opening_mark(struct vg_core *core, const struct vg_act *act)
{
	const struct vg_items *rows = &core->items[VG_OBJECT_OPENING_TICKET];

	for (size_t i = 0; i < rows->n; i++) {
		const struct vg_opening_ticket *row = &rows->item[i]->of.opening_ticket;
		struct vg_ticket *ticket;

		if (row->act == act->id &&
		    (ticket = vg_core_ref_find_text(core, row->source, row->ref)) != NULL)
			vg_core_mark(core, &ticket->link, &ticket->changed_seq);
	}
}

bool
vg_fee_opening_stands(const struct vg_core *core, const struct vg_act *act, struct vg_verdict *out)
{
	const struct vg_act *before = vg_fee_opening(core, act->municipalities);

	if (vg_fee_first_closed(core, act->municipalities) >= 0)
		vg_verdict_set(
			out, VG_VERDICT_REFUSED,
			"%.60s has closed statements: what was billed before them is settled",
			act->municipalities);
	else if (before != NULL && before->month != act->month)
		vg_verdict_set(
			out, VG_VERDICT_REFUSED,
			"%.60s is billed from %s by P-%lld: a further opening adds to it and "
			"names the same month",
			act->municipalities, vg_month_text(before->month).at,
			(long long)before->id);
	else
		return true;
	return false;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct vg_opening_row *x = a, *y = b;
	int order = strcmp(x->source, y->source);

	return order != 0 ? order : strcmp(x->ref, y->ref);
}

static bool
row_holds(const struct vg_core *core, const struct vg_opening_row *row, int month,
	  struct vg_verdict *out)
{
	struct vg_item key = {.of.opening_ticket = {.source = row->source, .ref = row->ref}};
	const struct vg_item *known = vg_item_find(core, VG_OBJECT_OPENING_TICKET, &key);

	if (known != NULL)
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "ticket %.60s of %.60s stands in opening P-%lld already", row->ref,
			       row->source, (long long)known->of.opening_ticket.act);
	else if (row->month >= month || row->month < month / 12 * 12)
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "ticket %.60s of %.60s: expected a month of %d before %s, not %s",
			       row->ref, row->source, month / 12, vg_month_text(month).at,
			       vg_month_text(row->month).at);
	else
		return vg_fee_money_holds(row->price_ore, "a price", out);
	return false;
}

/* Every row by itself, and none twice. Returns 0 with *hold set, or VG_CORE_ENOMEM. */
static int
rows_hold(const struct vg_core *core, const struct vg_act_body *body, bool *hold,
	  struct vg_verdict *out)
{
	struct vg_opening_row *sorted;

	*hold = true;
	for (size_t i = 0; i < body->count && *hold; i++)
		*hold = row_holds(core, &body->row[i], body->month, out);
	if (!*hold || body->count == 0)
		return 0;
	if ((sorted = calloc(body->count, sizeof(*sorted))) == NULL)
		return VG_CORE_ENOMEM;
	memcpy(sorted, body->row, body->count * sizeof(*sorted));
	qsort(sorted, body->count, sizeof(*sorted), compare_rows);
	for (size_t i = 1; i < body->count && *hold; i++) {
		if (compare_rows(&sorted[i - 1], &sorted[i]) != 0)
			continue;
		vg_verdict_set(out, VG_VERDICT_REFUSED, "ticket %.60s of %.60s is named twice",
			       sorted[i].ref, sorted[i].source);
		*hold = false;
	}
	free(sorted);
	return 0;
}

static bool
opening_holds(const struct vg_core *core, const struct vg_act_body *body, struct vg_act *act,
	      struct vg_verdict *out)
{
	const char *list = body->municipalities;

	if (list == NULL || list[0] == '\0' || strchr(list, ' ') != NULL) {
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "an opening is of one municipality: name it");
		return false;
	}
	act->municipalities = list;
	act->month = body->month;
	act->amount_ore = body->support_ore;
	act->operation_ore = body->operation_ore;
	return vg_fee_money_holds(body->support_ore, "support", out) &&
	       vg_fee_money_holds(body->operation_ore, "operation", out) &&
	       vg_fee_scope_holds(core, body->month, list, out) &&
	       vg_fee_opening_stands(core, act, out);
}

int
vg_fee_opening_propose(struct vg_core *core, const struct vg_event *event, struct vg_act *act,
		       struct vg_verdict *out)
{
	const struct vg_act_body *body = &event->body.act;
	const struct vg_items *rows = &core->items[VG_OBJECT_OPENING_TICKET];
	bool hold = opening_holds(core, body, act, out);
	int rc = hold ? rows_hold(core, body, &hold, out) : 0;

	if (rc != 0 || !hold)
		return rc;
	if (body->count > VG_CORE_OPENING_MAX - rows->n)
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD, "more than %d tickets of openings",
				      VG_CORE_OPENING_MAX);
	rc = vg_fee_act_add(core, act, out);
	for (size_t i = 0; i < body->count && rc == 0 && out->code == VG_VERDICT_TAKEN; i++) {
		struct vg_opening_ticket row = {.act = act->id,
						.source = body->row[i].source,
						.ref = body->row[i].ref,
						.municipality = act->municipalities,
						.month = body->row[i].month,
						.price_ore = body->row[i].price_ore};

		rc = vg_item_add(core, VG_OBJECT_OPENING_TICKET, &row, NULL);
	}
	return rc;
}

static bool
is_of_act(struct vg_core *core, struct vg_item *item, void *arg)
{
	(void)core;
	return item->of.opening_ticket.act == *(const int64_t *)arg;
}

void
vg_fee_opening_drop(struct vg_core *core, const struct vg_act *act)
{
	int64_t id = act->id;

	vg_items_drop(core, VG_OBJECT_OPENING_TICKET, is_of_act, &id);
}
