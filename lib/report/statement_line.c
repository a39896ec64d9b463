/* statement_line.c - the lines of a statement: what was decided of each ticket, and from what.
 *
 * A line tells enough for the municipality to find the ticket in its own tool, and nothing that
 * anybody wrote in it. Its input hash names every ledger row that the decision follows from; who
 * has the rows can make it again. */
#include "lib/crypto/crypto.h"
#include "lib/report/report.h"
#include "lib/report/statement.h"
#include "lib/report/parts.h"

#include <string.h>

/* The input's canonical bytes, on their way into the hash. */
struct input {
	struct vg_sha256_state *state;
	const char *before; /* the next sequence: "" in an empty list, else "," */
};

static void
add_text(struct input *input, const char *text)
{
	vg_sha256_add(input->state, text, strlen(text));
}

static void
add_row(int64_t seq, void *arg)
{
	struct input *input = arg;
	char text[32];

	(void)snprintf(text, sizeof(text), "%s%" PRId64, input->before, seq);
	add_text(input, text);
	input->before = ",";
}

static void
add_facts(struct input *input, const struct vg_core *core, const struct vg_ticket *ticket)
{
	for (size_t i = 0; i < vg_ticket_fact_count(ticket); i++) {
		struct vg_fact_view fact;

		vg_ticket_fact(core, ticket, i, &fact);
		if (!fact.voided)
			add_row(fact.seq, input);
	}
}

/* Of {"facts":[...],"rows":[...],"rule_rev":1,"ticket":"V-1"}: the ticket's facts that count, and
 * the other rows. A statement has as many of them as lines, so no JSON is built for it. */
static void
put_input(struct maker *maker, json_t *row, const struct vg_core *core,
	  const struct vg_ticket *ticket)
{
	struct input input = {vg_sha256_begin(), ""};
	uint8_t digest[VG_SHA256_LEN];
	char text[VG_HEX_LEN(VG_SHA256_LEN)];

	if (input.state == NULL) {
		maker->failed = true;
		return;
	}
	add_text(&input, "{\"facts\":[");
	add_facts(&input, core, ticket);
	add_text(&input, "],\"rows\":[");
	input.before = "";
	vg_fee_decision_rows(core, ticket, add_row, &input);
	(void)snprintf(text, sizeof(text), "],\"rule_rev\":%d,\"ticket\":\"V-%" PRId64 "\"}",
		       VG_RULE_REV, vg_ticket_id(ticket));
	add_text(&input, text);
	vg_sha256_end(input.state, digest);
	put(maker, row, "input_sha256", json_string(vg_hex(digest, sizeof(digest), text)));
}

static void
put_stated(struct maker *maker, json_t *row, const struct vg_ticket_view *view)
{
	static const struct {
		const char *member;
		enum vg_ticket_field field;
	} texts[] = {{"service", VG_TF_SERVICE},
		     {"access", VG_TF_ACCESS},
		     {"provider", VG_TF_PROVIDER},
		     {"administration", VG_TF_ADMINISTRATION},
		     {"municipality_ref", VG_TF_OWN_REF}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		put_text(maker, row, texts[i].member, view->text[texts[i].field]);
	put(maker, row, "type",
	    json_string((view->set & VG_TF_BIT(VG_TF_TYPE)) != 0
				? vg_word(VG_TF_TYPE, view->current[VG_TF_TYPE])
				: vg_word(VG_TF_TYPE, VG_TYPE_INCIDENT)));
	if ((view->set & VG_TF_BIT(VG_TF_CHANNEL)) != 0)
		put(maker, row, "channel",
		    json_string(vg_word(VG_TF_CHANNEL, view->current[VG_TF_CHANNEL])));
	if ((view->set & VG_TF_BIT(VG_TF_CAUSE)) != 0)
		put(maker, row, "cause",
		    json_string(vg_word(VG_TF_CAUSE, view->current[VG_TF_CAUSE])));
}

static void
put_ticket(struct maker *maker, json_t *row, const struct vg_core *core,
	   const struct vg_ticket *ticket)
{
	struct vg_fee_decision decision;
	struct vg_ticket_view view;

	vg_ticket_view(core, ticket, INT64_MAX, &view, NULL, NULL);
	vg_fee_decide(core, ticket, &decision);
	put_known(maker, row, "opened_ms", view.created_ms);
	put_known(maker, row, "second_line_ms", view.second_line_ms);
	put_known(maker, row, "resolved_ms", view.resolved_ms);
	if (decision.ended)
		put_known(maker, row, "event_ms", decision.at_ms);
	put_text(maker, row, "priority", view.priority);
	put_stated(maker, row, &view);
	put(maker, row, "refs", vg_report_refs(maker, ticket));
	put_input(maker, row, core, ticket);
}

/* The line with that id, in the statement that was closed by the same event. */
static const struct vg_fee_line *
line_by_id(const struct vg_core *core, const struct vg_statement *statement, int64_t id)
{
	size_t low = 0,
	       high = (size_t)(statement->counted + statement->not_counted + statement->corrected);
	const struct vg_fee_line *line;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		line = vg_fee_line(core, statement, middle);
		if (line != NULL && line->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	line = vg_fee_line(core, statement, low);
	return line != NULL && line->id == id ? line : NULL;
}

/* What the line puts right: the number of its statement, and its place there. What an opening
 * billed has neither. */
static void
put_corrects(struct maker *maker, json_t *row, const struct vg_basis *basis,
	     const struct vg_fee_line *line)
{
	const char *municipality = basis->statement->municipality;
	char number[VG_STATEMENT_NUMBER_MAX];
	int first;

	if (line->corrects == 0)
		return;
	first = vg_fee_first_month(basis->core, municipality);
	for (int month = basis->statement->month - 1; month >= first; month--) {
		const struct vg_statement *then =
			vg_fee_statement(basis->core, municipality, month);
		const struct vg_fee_line *corrected = NULL;

		if (then != NULL && then->id >> 24 == line->corrects >> 24)
			corrected = line_by_id(basis->core, then, line->corrects);
		if (corrected == NULL)
			continue;
		put(maker, row, "corrects",
		    json_pack("{ss sI}", "number", vg_statement_number(municipality, month, number),
			      "no", (json_int_t)corrected->no));
		return;
	}
}

void
vg_statement_put_act(struct maker *maker, json_t *row, const struct vg_core *core, int64_t id)
{
	if (id != 0)
		put_id(maker, row, "act", vg_fee_act(core, id) != NULL ? 'P' : 'D', id);
}

/* The tickets whose billing somebody objects to and has not been answered: {"V-1": true}. */
static json_t *
disputed_tickets(struct maker *maker, const struct vg_basis *basis)
{
	const struct vg_objection *objection;
	json_t *tickets = json_object();
	char id[32];

	for (size_t i = 0; (objection = vg_core_item(basis->core, VG_OBJECT_OBJECTION, i)) != NULL;
	     i++) {
		if (objection->state != VG_OBJECTION_OPEN || objection->ticket == 0 ||
		    strcmp(objection->municipality, basis->statement->municipality) != 0)
			continue;
		(void)snprintf(id, sizeof(id), "V-%" PRId64, objection->ticket);
		put(maker, tickets, id, json_true());
	}
	return tickets;
}

static json_t *
line_json(struct maker *maker, const struct vg_basis *basis, const struct vg_fee_line *line,
	  const json_t *disputed)
{
	const struct vg_ticket *ticket = vg_core_ticket(basis->core, line->ticket);
	json_t *row = json_object();

	put_int(maker, row, "no", line->no);
	put(maker, row, "kind",
	    json_string(vg_fee_line_kind_name((enum vg_fee_line_kind)line->kind)));
	put_id(maker, row, "ticket", 'V', line->ticket);
	put_month(maker, row, "month", line->month);
	put_int(maker, row, "amount_ore", line->amount_ore);
	put(maker, row, "reason",
	    json_string(vg_fee_reason_name((enum vg_fee_reason)line->reason)));
	if (line->reason_before >= 0)
		put(maker, row, "reason_before",
		    json_string(vg_fee_reason_name((enum vg_fee_reason)line->reason_before)));
	put_corrects(maker, row, basis, line);
	vg_statement_put_act(maker, row, basis->core, line->act);
	put_true(maker, row, "cause_blank", line->cause_blank);
	put_true(maker, row, "by_links", line->counts_by_links);
	put_true(maker, row, "bypassed_first_line", line->bypassed_first_line);
	put_true(maker, row, "disputed",
		 json_object_get(disputed, json_string_value(json_object_get(row, "ticket"))));
	if (ticket != NULL && vg_ticket_id(ticket) == line->ticket)
		put_ticket(maker, row, basis->core, ticket);
	else if (ticket != NULL)
		put_id(maker, row, "merged_into", 'V', vg_ticket_id(ticket));
	return row;
}

json_t *
vg_statement_lines(struct maker *maker, const struct vg_basis *basis)
{
	json_t *lines = json_array(), *disputed = disputed_tickets(maker, basis);
	const struct vg_fee_line *line;

	for (size_t i = 0; (line = vg_basis_line(basis, i)) != NULL; i++)
		append(maker, lines, line_json(maker, basis, line, disputed));
	json_decref(disputed);
	return lines;
}
