/* decision.c - which tickets count, and why. */
#include "lib/report/decision.h"

#include "core/fee.h"
#include "lib/report/parts.h"

static json_t *
decision_json(struct maker *maker, const struct vg_core *core,
	      const struct vg_fee_decision *decision)
{
	json_t *row = json_object();

	put_id(maker, row, "ticket", 'V', decision->ticket);
	put(maker, row, "counts", json_boolean(decision->counts));
	put(maker, row, "reason", json_string(vg_fee_reason_name(decision->reason)));
	put_text(maker, row, "municipality", decision->municipality);
	put_known(maker, row, "at_ms", decision->at_ms);
	if (decision->month >= 0)
		put_month(maker, row, "month", decision->month);
	put_int(maker, row, "price_ore", decision->price_ore);
	put_true(maker, row, "cause_blank", decision->cause_blank);
	put_true(maker, row, "by_links", decision->counts_by_links);
	put_true(maker, row, "bypassed_first_line", decision->bypassed_first_line);
	vg_statement_put_act(maker, row, core, decision->act);
	if (decision->agreement != NULL)
		put_text(maker, row, "agreement", decision->agreement->version);
	return row;
}

json_t *
vg_report_decisions(const struct vg_core *core, struct vg_err *err)
{
	struct maker maker = {false};
	json_t *array = json_array();

	for (const struct vg_ticket *ticket = vg_core_ticket_next(core, NULL); ticket != NULL;
	     ticket = vg_core_ticket_next(core, ticket)) {
		struct vg_fee_decision decision;

		vg_fee_decide(core, ticket, &decision);
		if (decision.ended)
			append(&maker, array, decision_json(&maker, core, &decision));
	}
	return made(&maker, array, err);
}
