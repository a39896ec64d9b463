/* fee.c - the report's fee: each municipality's statement as sums, their total, and the year's
 * income against its cost. */
#include "core/fee.h"

#include "lib/report/parts.h"
#include "lib/report/report.h"

#include <string.h>

/* The year's sums so far, over all municipalities of the month. */
struct fee_list {
	struct maker maker;
	const struct vg_agreement *agreement;
	json_t *rows, *total;
	int year;
	int64_t support_ore, operation_ore;
};

static const char *
name_of(const struct vg_agreement *agreement, const char *code)
{
	const struct vg_municipality *municipality =
		agreement != NULL ? vg_agreement_municipality(agreement, code) : NULL;

	return municipality != NULL ? municipality->name : code;
}

static void
add_year(struct fee_list *list, const struct vg_basis *basis)
{
	const struct vg_fee_year *year;

	for (size_t i = 0; (year = vg_basis_year(basis, i)) != NULL; i++) {
		if (year->year != list->year || basis->statement->trial)
			continue;
		list->support_ore += year->billed_ore + year->net_ore[basis->statement->mode];
		list->operation_ore += year->operation_billed_ore + year->operation_ore;
	}
}

static void
add_basis(const struct vg_basis *basis, void *arg)
{
	struct fee_list *list = arg;
	struct maker *maker = &list->maker;
	const struct vg_statement *statement = basis->statement;
	json_t *row = json_object(), *sums = vg_statement_sums(maker, statement);
	char number[VG_STATEMENT_NUMBER_MAX];

	put(maker, row, "code", json_string(statement->municipality));
	put(maker, row, "name", json_string(name_of(list->agreement, statement->municipality)));
	put(maker, row, "state", json_string(vg_statement_state(basis)));
	if (basis->draft == NULL && !statement->trial)
		put(maker, row, "number",
		    json_string(vg_statement_number(statement->municipality, statement->month,
						    number)));
	put(maker, row, "mode", json_string(vg_fee_mode_name((enum vg_fee_mode)statement->mode)));
	put(maker, row, "notes", vg_statement_notes(maker, statement));
	put_int(maker, row, "users", statement->users);
	if (!statement->trial)
		vg_statement_add(maker, list->total, sums);
	put(maker, row, "sums", sums);
	add_year(list, basis);
	append(maker, list->rows, row);
}

static json_t *
year_json(struct fee_list *list, const struct vg_core *core)
{
	const struct vg_act *cost = vg_fee_cost(core, list->year);
	json_t *year = json_object();

	put_int(&list->maker, year, "year", list->year);
	put_int(&list->maker, year, "support_ore", list->support_ore);
	put_int(&list->maker, year, "operation_ore", list->operation_ore);
	if (cost != NULL)
		put_int(&list->maker, year, "cost_ore", cost->amount_ore);
	if (list->agreement != NULL && list->agreement->fee.agreed)
		put_int(&list->maker, year, "reference_ore",
			list->agreement->fee.cost_reference_ore);
	return year;
}

/* What counts and nobody is known to pay for; nothing when there is none. */
static int
put_unattributed(struct maker *maker, json_t *fee, const struct vg_core *core, int month)
{
	struct vg_fee_unattributed unattributed;
	int rc = vg_fee_unattributed(core, month, &unattributed);

	if (rc == 0 && unattributed.count > 0)
		put(maker, fee, "unattributed",
		    json_pack("{sI sI}", "count", (json_int_t)unattributed.count, "own",
			      (json_int_t)unattributed.own));
	return rc;
}

bool
vg_report_put_fee(json_t *model, const struct vg_core *core, int month, struct vg_err *err)
{
	struct fee_list list = {.agreement = vg_report_agreement_at(
					core, vg_report_instant_ms(core, month, INT64_MAX) - 1),
				.rows = json_array(),
				.total = json_object(),
				.year = month / 12};
	int rc = vg_statement_each(core, month, "", add_basis, &list);

	if (rc == 0 && json_array_size(list.rows) > 0) {
		put(&list.maker, model, "fee",
		    json_pack("{sO sO so}", "municipalities", list.rows, "total", list.total,
			      "year", year_json(&list, core)));
		rc = put_unattributed(&list.maker, json_object_get(model, "fee"), core, month);
	}
	json_decref(list.rows);
	json_decref(list.total);
	if (rc == 0 && list.maker.failed)
		rc = VG_ENOMEM;
	if (rc != 0 && rc != VG_ENOTFOUND)
		(void)vg_err_set(err, rc, "out of memory");
	return rc == 0 || rc == VG_ENOTFOUND;
}
