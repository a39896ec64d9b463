/* fee/step.c - events of the fee: acts, objections, statements that are made available, invoices,
 * comments.
 *
 * The hard thing is the repeat: a program that was cut off publishes again, and only the same bytes
 * may be published twice. */
#include "core/fee/private.h"

#include <string.h>

#define SHA256_HEX 64

static int
refuse(struct vg_verdict *out, const char *reason)
{
	return vg_verdict_set(out, VG_VERDICT_REFUSED, "%s", reason);
}

static const char *
municipality_of(const struct vg_event *event)
{
	return event->has_municipality ? event->municipality : "";
}

/* --- statements --- */

/* The closed statement that the event is about; NULL after a refusal. */
static struct vg_item *
closed_item(const struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	int month = event->body.statement.month;
	struct vg_item *item = vg_fee_statement_item(core, municipality_of(event), month);

	if (item != NULL && item->of.statement.state == VG_STATEMENT_CLOSED)
		return item;
	vg_verdict_set(out, VG_VERDICT_REFUSED, "\"%.60s\" has no closed statement of %s",
		       municipality_of(event), vg_month_text(month).at);
	return NULL;
}

static int
publish(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const char *sha256 = event->body.statement.model_sha256;
	struct vg_item *item = closed_item(core, event, out);
	struct vg_statement *statement;

	if (item == NULL)
		return 0;
	if (sha256 == NULL || strlen(sha256) != SHA256_HEX)
		return refuse(out, "expected the model's SHA-256, 64 hexadecimal digits");
	statement = &item->of.statement;
	if (statement->published_ms != -1 && strcmp(statement->model_sha256, sha256) == 0)
		return 0;
	if (statement->published_ms != -1)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "the statement of %s was made available with other bytes: "
				      "%.64s",
				      vg_month_text(statement->month).at, statement->model_sha256);
	if (vg_item_set_text(core, &statement->model_sha256, sha256) != 0)
		return VG_CORE_ENOMEM;
	statement->published_ms = event->received_ms;
	vg_item_mark(core, item);
	return 0;
}

/* Finance may put a number right. */
static int
record_invoice(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_statement_body *body = &event->body.statement;
	struct vg_item *item = closed_item(core, event, out);

	if (item == NULL)
		return 0;
	if (item->of.statement.trial)
		return refuse(out, "a statement on trial is not invoiced");
	if (item->of.statement.published_ms == -1)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "the statement of %s is not made available yet",
				      vg_month_text(body->month).at);
	if (body->invoice == NULL || body->invoice[0] == '\0')
		return refuse(out, "the invoice's number is missing");
	if (vg_item_set_text(core, &item->of.statement.invoice, body->invoice) != 0)
		return VG_CORE_ENOMEM;
	item->of.statement.invoice_day = body->day;
	vg_item_mark(core, item);
	return 0;
}

/* --- comments --- */

static bool
is_kpi(const char *name)
{
	bool known = strcmp(name, "availability") == 0;

	for (int kpi = 0; kpi < VG_KPI_COUNT && !known; kpi++)
		known = strcmp(name, vg_kpi_info[kpi].name) == 0;
	return known;
}

static int
comment(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_comment_body *body = &event->body.comment;
	const struct vg_agreement *latest = vg_core_agreement_latest(core);
	struct vg_comment made = {.id = event->seq,
				  .month = body->month,
				  .municipality = municipality_of(event),
				  .kpi = body->kpi,
				  .service = body->service,
				  .cause = body->cause,
				  .action = body->action,
				  .owner = body->owner,
				  .author = event->actor,
				  .due_day = body->due_day,
				  .made_ms = event->received_ms};

	if (body->month < VG_MONTH_FIRST || body->month >= VG_MONTH_END || latest == NULL ||
	    vg_agreement_month_start_ms(latest, body->month) == -1)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "no agreement covers month %s",
				      vg_month_text(body->month).at);
	if (made.municipality[0] != '\0' &&
	    vg_agreement_municipality(latest, made.municipality) == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "agreement %.40s %.20s has no municipality %.60s",
				      latest->name, latest->version, made.municipality);
	if (!is_kpi(body->kpi))
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no KPI %.60s: expected the name of one, or availability",
				      body->kpi);
	if (vg_items_full(core, VG_OBJECT_COMMENT, out, "comments"))
		return 0;
	return vg_item_add(core, VG_OBJECT_COMMENT, &made, NULL);
}

int
vg_fee_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	if (event->kind == VG_KIND_OBJECTION_RAISED || event->kind == VG_KIND_OBJECTION_DECIDED)
		return vg_fee_objection_step(core, event, out);
	if (event->kind == VG_KIND_STATEMENT_PUBLISHED)
		return publish(core, event, out);
	if (event->kind == VG_KIND_INVOICE_RECORDED)
		return record_invoice(core, event, out);
	if (event->kind == VG_KIND_COMMENT_MADE)
		return comment(core, event, out);
	return vg_fee_act_step(core, event, out);
}
