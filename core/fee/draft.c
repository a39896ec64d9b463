/* fee/draft.c - a municipality's statement: its lines in order, its fee years, its sums.
 *
 * Every year is settled to its target: what it should have cost so far, as everything is known now,
 * less what it has been billed. So a late fact, a cap that falls and a reading that comes
 * afterwards are all put right by the same subtraction (semantics.md 2.5 to 2.8). The hard thing is
 * a month whose predecessors are open: they count as if they were closed now, so what they have
 * billed is their target, and nothing is left to adjust. */
#include "core/fee/private.h"

#include <stdlib.h>
#include <string.h>

#define PPM 1000000

/* Lines. */

static bool
is_own(const struct vg_fee_line *line)
{
	return line->kind == VG_LINE_COUNTED || line->kind == VG_LINE_NOT_COUNTED;
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* What counts, what does not, then adjustments: those two by time, these by month. */
static int
compare_rows(const void *a, const void *b)
{
	const struct vg_fee_row *x = a, *y = b;
	bool own = is_own(&x->line);
	int order = compare_numbers(own ? x->line.kind : VG_LINE_KIND_COUNT,
				    is_own(&y->line) ? y->line.kind : VG_LINE_KIND_COUNT);

	if (order == 0)
		order = own ? compare_numbers(x->at_ms, y->at_ms)
			    : compare_numbers(x->line.month, y->line.month);
	if (order == 0)
		order = compare_numbers(x->line.ticket, y->line.ticket);
	if (order == 0)
		order = compare_numbers(x->line.kind, y->line.kind);
	return order != 0 ? order : compare_numbers(x->line.corrects, y->line.corrects);
}

static void
add_to_sums(struct vg_statement *sums, const struct vg_fee_line *line)
{
	if (line->kind == VG_LINE_COUNTED) {
		sums->counted++;
		sums->gross_ore = vg_ore_add(sums->gross_ore, line->amount_ore);
		if (line->cause_blank) {
			sums->blank_count++;
			sums->blank_ore = vg_ore_add(sums->blank_ore, line->amount_ore);
		}
	} else if (line->kind == VG_LINE_NOT_COUNTED) {
		sums->not_counted++;
	} else {
		sums->corrected++;
		sums->adjusted_ore = vg_ore_add(sums->adjusted_ore, line->amount_ore);
	}
}

static int
make_lines(const struct vg_fee_slot *slot, struct vg_fee_draft *out)
{
	if (slot->rows == 0)
		return 0;
	out->line = calloc(slot->rows, sizeof(*out->line));
	if (out->line == NULL)
		return VG_CORE_ENOMEM;
	qsort(slot->row, slot->rows, sizeof(*slot->row), compare_rows);
	for (size_t i = 0; i < slot->rows; i++) {
		out->line[i] = slot->row[i].line;
		out->line[i].no = (int64_t)i + 1;
		add_to_sums(&out->statement, &out->line[i]);
	}
	out->lines = slot->rows;
	return 0;
}

/* Years. */

/* What a fee year has been billed, by each mode. */
struct billed {
	int64_t support_ore[VG_FEE_MODE_COUNT], operation_ore;
};

static void
add_opening(const struct vg_core *core, const struct vg_fee_slot *slot, struct billed *billed)
{
	const struct vg_act *opening = vg_fee_opening(core, slot->municipality);
	int year;

	if (opening == NULL || opening->month / 12 < slot->first_year)
		return;
	year = opening->month / 12 - slot->first_year;
	for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++)
		billed[year].support_ore[mode] = opening->amount_ore;
	billed[year].operation_ore = opening->operation_ore;
}

static void
add_statement(const struct vg_core *core, const struct vg_fee_slot *slot,
	      const struct vg_statement *statement, struct billed *billed)
{
	const struct vg_fee_year *year;

	for (size_t i = 0; (year = vg_fee_year(core, statement, i)) != NULL; i++) {
		struct billed *of;

		if (year->year < slot->first_year ||
		    (size_t)(year->year - slot->first_year) >= slot->years)
			continue;
		of = &billed[year->year - slot->first_year];
		for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++)
			of->support_ore[mode] =
				vg_ore_add(of->support_ore[mode], year->net_ore[mode]);
		of->operation_ore = vg_ore_add(of->operation_ore, year->operation_ore);
	}
}

/* What closed statements and an opening have billed. */
static void
add_closed(const struct vg_core *core, const struct vg_fee_slot *slot, struct billed *billed)
{
	const struct vg_items *items = &core->items[VG_OBJECT_STATEMENT];
	struct vg_item key = {.of.statement.municipality = slot->municipality};
	size_t i = vg_items_place(core, VG_OBJECT_STATEMENT, &key);

	add_opening(core, slot, billed);
	for (; i < items->n; i++) {
		const struct vg_statement *statement = &items->item[i]->of.statement;

		if (strcmp(statement->municipality, slot->municipality) != 0)
			break;
		if (!statement->trial)
			add_statement(core, slot, statement, billed);
	}
}

/* What it would have been billed, were every month before this one closed now: the month's own year
 * is all that is left to settle. */
static void
add_virtual(const struct vg_fee_plan *plan, const struct vg_fee_slot *slot, struct billed *billed)
{
	int year = plan->month / 12, from = vg_fee_year_from(plan->core, slot, year);
	struct billed *own = &billed[slot->years - 1];
	struct vg_fee_target target;

	vg_fee_target(plan->core, slot->municipality, from, plan->month - 1,
		      slot->sum[slot->years - 1].before_ore, &target);
	memcpy(own->support_ore, target.support_ore, sizeof(own->support_ore));
	own->operation_ore = target.operation_ore;
}

/* That of the version valid at the year's first billed month. */
static enum vg_fee_mode
mode_of(const struct vg_core *core, const struct vg_fee_slot *slot, int year)
{
	int from = year > slot->first_year ? year * 12 : slot->first;
	const struct vg_agreement *agreement = vg_fee_agreement(core, slot->municipality, from);

	return (enum vg_fee_mode)(agreement != NULL ? agreement->fee.mode
						    : slot->agreement->fee.mode);
}

static bool
is_news(const struct vg_fee_year *year)
{
	for (int mode = 0; mode < VG_FEE_MODE_COUNT; mode++) {
		if (year->net_ore[mode] != 0)
			return true;
	}
	return year->operation_ore != 0;
}

/* Settles one fee year; `due_ore` is what the mode in force asks for so far. */
static struct vg_fee_year
settle_year(const struct vg_fee_plan *plan, const struct vg_fee_slot *slot, size_t index,
	    const struct billed *billed, int64_t *due_ore)
{
	int number = slot->first_year + (int)index, last = number * 12 + 11;
	enum vg_fee_mode mode = mode_of(plan->core, slot, number);
	struct vg_fee_year year = {
		.municipality = slot->municipality,
		.year = number,
		.gross_ore = slot->sum[index].gross_ore,
		.billed_ore = billed->support_ore[mode],
		.operation_billed_ore = billed->operation_ore,
	};
	struct vg_fee_target target;

	vg_fee_target(plan->core, slot->municipality, vg_fee_year_from(plan->core, slot, number),
		      last < plan->month ? last : plan->month, year.gross_ore, &target);
	year.cap_ore = target.cap_ore;
	for (int i = 0; i < VG_FEE_MODE_COUNT; i++)
		year.net_ore[i] = target.support_ore[i] - billed->support_ore[i];
	year.operation_ore = target.operation_ore - billed->operation_ore;
	*due_ore = target.support_ore[mode];
	return year;
}

/* The month's own year always, others when something of them is billed or taken back. */
static int
make_years(const struct vg_fee_plan *plan, const struct vg_fee_slot *slot, struct vg_fee_draft *out)
{
	size_t own = slot->years - 1;
	struct billed *billed = calloc(slot->years, sizeof(*billed));

	out->year = calloc(slot->years, sizeof(*out->year));
	if (billed == NULL || out->year == NULL) {
		free(billed);
		return VG_CORE_ENOMEM;
	}
	if (slot->settles)
		add_closed(plan->core, slot, billed);
	else
		add_virtual(plan, slot, billed);
	for (size_t i = slot->settles ? 0 : own; i < slot->years; i++) {
		struct vg_statement *sums = &out->statement;
		int64_t due_ore;
		struct vg_fee_year year = settle_year(plan, slot, i, &billed[i], &due_ore);
		enum vg_fee_mode mode = mode_of(plan->core, slot, year.year);

		sums->support_ore = vg_ore_add(sums->support_ore, year.net_ore[mode]);
		sums->operation_ore = vg_ore_add(sums->operation_ore, year.operation_ore);
		if (i == own) {
			sums->mode = (int)mode;
			sums->capped_ore = year.gross_ore > due_ore ? year.gross_ore - due_ore : 0;
		}
		if (i == own || is_news(&year))
			out->year[out->years++] = year;
	}
	free(billed);
	return 0;
}

/* The statement. */

/* VAT once, on the net total; then the total is rounded, where that is agreed. */
static void
total(const struct vg_fee_rules *fee, struct vg_statement *sums)
{
	int64_t net_ore = vg_ore_add(sums->support_ore, sums->operation_ore), whole_ore;

	if (fee->vat_ppm >= 0)
		sums->vat_ore = vg_money_round((vg_wide)net_ore * fee->vat_ppm, PPM);
	sums->total_ore = vg_ore_add(net_ore, sums->vat_ore);
	if (!fee->round_total_krona)
		return;
	whole_ore = vg_money_round(sums->total_ore, 100) * 100;
	sums->rounding_ore = whole_ore - sums->total_ore;
	sums->total_ore = whole_ore;
}

static struct vg_statement
statement_of(const struct vg_fee_slot *slot)
{
	const struct vg_fee_month *month = &slot->month;

	return (struct vg_statement){
		.municipality = slot->municipality,
		.month = month->month,
		.state = VG_STATEMENT_DRAFT,
		.holds = (int)slot->holds,
		.trial = month->trial,
		.agreement = slot->agreement->seq,
		.users = month->users,
		.reading_seq = month->reading_seq,
		.ticket_price_ore = month->price.ticket_ore,
		.support_price_ore = month->price.support_ore,
		.operation_price_ore = month->price.operation_ore,
		.by_links_ore = slot->by_links_ore,
		.author = "",
		.approved_by = "",
		.published_ms = -1,
		.model_sha256 = "",
		.previous_sha256 = "",
		.invoice = "",
		.invoice_day = -1,
	};
}

/* The hash of the statement that this one follows; a trial follows none. */
static const char *
previous_sha256(const struct vg_core *core, const struct vg_fee_slot *slot)
{
	const struct vg_statement *before =
		vg_fee_previous(core, slot->municipality, slot->month.month);

	return before != NULL ? before->model_sha256 : "";
}

int
vg_fee_draft_make(const struct vg_fee_plan *plan, const struct vg_fee_slot *slot,
		  struct vg_fee_draft *out)
{
	int rc;

	*out = (struct vg_fee_draft){.statement = statement_of(slot), .held = slot->held};
	out->statement.as_of_seq = plan->core->seq;
	if (slot->years == 0 || (slot->holds & 1U << VG_HOLD_CLOSED) != 0)
		return 0;
	out->statement.previous_sha256 = previous_sha256(plan->core, slot);
	if ((rc = make_lines(slot, out)) != 0 || (rc = make_years(plan, slot, out)) != 0)
		return rc;
	total(&slot->agreement->fee, &out->statement);
	return 0;
}

void
vg_fee_draft_fini(struct vg_fee_draft *draft)
{
	free(draft->line);
	free(draft->year);
}

int
vg_fee_slot_differs(const struct vg_fee_plan *plan, const struct vg_fee_slot *slot, bool *out)
{
	struct vg_fee_draft draft;
	int rc = vg_fee_draft_make(plan, slot, &draft);

	*out = false;
	for (size_t i = 0; i < draft.lines; i++)
		*out |= draft.line[i].kind == VG_LINE_CREDIT;
	for (size_t i = 0; i < draft.years; i++)
		*out |= is_news(&draft.year[i]);
	vg_fee_draft_fini(&draft);
	return rc;
}

int
vg_fee_drafts(const struct vg_core *core, int month, const char *municipalities,
	      vg_fee_draft_cb *on_draft, void *arg)
{
	struct vg_fee_plan plan;
	int rc = vg_fee_plan_make(core, month, municipalities, &plan);

	for (size_t i = 0; i < plan.slots && rc == 0; i++) {
		struct vg_fee_draft draft;

		rc = vg_fee_draft_make(&plan, &plan.slot[i], &draft);
		if (rc == 0)
			rc = on_draft(&draft, arg);
		vg_fee_draft_fini(&draft);
	}
	vg_fee_plan_free(&plan);
	return rc;
}
