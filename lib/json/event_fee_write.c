/* event_fee_write.c - canonical bodies of the fee.
 *
 * What may be left out has one form here: a flag that is not set, an empty list of municipalities
 * and an empty text are not there. Tickets and files keep the order in which they were stated. */
#include "lib/json/event_writer.h"

static void
add_year(struct vg_members *members, const struct vg_act_body *body)
{
	vg_add_integer(members, "year", body->year);
	vg_add_day(members, "decided", body->decided_day);
	vg_add_string(members, "document", body->document);
}

static void
add_opening(struct vg_members *members, const struct vg_act_body *body)
{
	struct vg_json_text *list;

	vg_add_month(members, "month", body->month);
	vg_add_integer(members, "support_ore", body->support_ore);
	vg_add_integer(members, "operation_ore", body->operation_ore);
	list = vg_add_json(members, "tickets");
	vg_put_char(list, '[');
	for (size_t i = 0; i < body->count; i++) {
		const struct vg_opening_row *row = &body->row[i];
		struct vg_members one = {.count = 0};

		vg_put_next(list, i);
		vg_add_string(&one, "source", row->source);
		vg_add_string(&one, "ref", row->ref);
		vg_add_month(&one, "month", row->month);
		vg_add_integer(&one, "price_ore", row->price_ore);
		vg_put_object(list, &one);
	}
	vg_put_char(list, ']');
}

void
vg_add_act(struct vg_members *members, enum vg_kind kind, const struct vg_act_body *body)
{
	vg_add_text(members, "reason", body->reason);
	if (kind == VG_KIND_ACT_APPROVED || kind == VG_KIND_ACT_REJECTED) {
		vg_add_string(members, "act", body->act);
		if (body->automatic)
			vg_add(members, "automatic", VG_MEMBER_BOOLEAN, 1, NULL);
	} else if (kind == VG_KIND_RATE_PROPOSED) {
		vg_add_string(members, "index", body->index);
		vg_add_integer(members, "rate_ppb", body->rate_ppb);
		add_year(members, body);
	} else if (kind == VG_KIND_COST_PROPOSED) {
		vg_add_integer(members, "cost_ore", body->cost_ore);
		add_year(members, body);
	} else if (kind == VG_KIND_OVERRIDE_PROPOSED) {
		vg_add_string(members, "ticket", body->ticket);
		vg_add_string(members, "outcome", vg_override_words[body->outcome]);
	} else if (kind == VG_KIND_OPENING_PROPOSED) {
		add_opening(members, body);
	} else {
		vg_add_month(members, "month", body->month);
		vg_add_ids(members, "municipalities", body->municipalities);
	}
}

void
vg_add_objection(struct vg_members *members, enum vg_kind kind,
		 const struct vg_objection_body *body)
{
	vg_add_string(members, "reason", body->reason);
	if (kind == VG_KIND_OBJECTION_RAISED) {
		vg_add_month(members, "month", body->month);
		vg_add_text(members, "ticket", body->ticket);
	} else {
		vg_add_string(members, "objection", body->objection);
		vg_add(members, "accepted", VG_MEMBER_BOOLEAN, body->accepted, NULL);
	}
}

static void
add_files(struct vg_members *members, const struct vg_published_file *file, size_t count)
{
	struct vg_json_text *list = vg_add_json(members, "files");

	vg_put_char(list, '[');
	for (size_t i = 0; i < count; i++) {
		struct vg_members one = {.count = 0};

		vg_put_next(list, i);
		vg_add_string(&one, "name", file[i].name);
		vg_add_string(&one, "sha256", file[i].sha256);
		vg_add_integer(&one, "bytes", file[i].bytes);
		vg_put_object(list, &one);
	}
	vg_put_char(list, ']');
}

void
vg_add_statement(struct vg_members *members, enum vg_kind kind,
		 const struct vg_statement_body *body)
{
	vg_add_month(members, "month", body->month);
	if (kind == VG_KIND_STATEMENT_PUBLISHED) {
		vg_add_string(members, "model_sha256", body->model_sha256);
		add_files(members, body->file, body->count);
	} else {
		vg_add_string(members, "invoice", body->invoice);
		vg_add_day(members, "day", body->day);
	}
}

void
vg_add_report(struct vg_members *members, const struct vg_report_body *body)
{
	vg_add_month(members, "month", body->month);
	vg_add_integer(members, "as_of_seq", body->as_of_seq);
	vg_add_string(members, "head", body->head);
	vg_add_string(members, "model_sha256", body->model_sha256);
	vg_add_text(members, "scope", body->scope);
	if (body->before_seq > 0)
		vg_add_integer(members, "before_seq", body->before_seq);
	if (body->count > 0)
		add_files(members, body->file, body->count);
}

void
vg_add_comment(struct vg_members *members, const struct vg_comment_body *body)
{
	vg_add_month(members, "month", body->month);
	vg_add_string(members, "kpi", body->kpi);
	vg_add_text(members, "service", body->service);
	vg_add_string(members, "cause", body->cause);
	vg_add_string(members, "action", body->action);
	vg_add_string(members, "owner", body->owner);
	if (body->due_day >= 0)
		vg_add_day(members, "due", body->due_day);
}
