/* core_report.c - what an event does to a ticket: a source's report, and people's commands.
 *
 * One matter may live in several tools, so a ticket has several references and two tickets may turn
 * out to be one: the younger's facts then move into the older, and its id and references lead there
 * for ever. Reports are never refused; commands are, with the reason, when the ticket's state does
 * not allow them. */
#include "core/core_private.h"

#include <stdio.h>
#include <string.h>

static int
ref_id(struct vg_core *core, const char *source, const char *ref, struct vg_ticket_ref_id *out)
{
	int64_t source_id = vg_pool_put(core->pool, source);
	int64_t id = vg_pool_put(core->pool, ref);

	if (source_id < 0 || id < 0)
		return VG_CORE_ENOMEM;
	*out = (struct vg_ticket_ref_id){(uint32_t)source_id, (uint32_t)id};
	return 0;
}

/* All references of a report: its own first, then what it says the matter is called elsewhere. */
static int
report_refs(struct vg_core *core, const struct vg_event *event,
	    struct vg_ticket_ref_id out[1 + VG_EVENT_REFS_MAX])
{
	const struct vg_ticket_body *body = &event->body.ticket;
	int rc = ref_id(core, event->source, body->ref, &out[0]);

	VG_ASSERT(body->also_count <= VG_EVENT_REFS_MAX);
	for (size_t i = 0; i < body->also_count && rc == 0; i++)
		rc = ref_id(core, body->also[i].source, body->also[i].ref, &out[1 + i]);
	return rc;
}

/* The ticket that the references name, joined into one when they name several (*joined); a new one
 * when they name none. */
static int
find_or_add(struct vg_core *core, const struct vg_event *event, const struct vg_ticket_ref_id *id,
	    size_t ids, struct vg_ticket **out, bool *joined)
{
	struct vg_ticket *found = NULL;
	int rc = 0;

	for (size_t i = 0; i < ids && rc == 0; i++) {
		struct vg_ticket *other = vg_core_ref_find(core, id[i]);

		if (found == NULL) {
			found = other;
		} else if (other != NULL && other != found) {
			struct vg_ticket *older = other->id < found->id ? other : found;

			rc = vg_core_ticket_merge(core, older, older == found ? other : found);
			found = older;
			*joined = true;
		}
	}
	if (found == NULL && rc == 0)
		rc = vg_core_ticket_add(core, event->seq, &found);
	*out = found;
	return rc;
}

/* Keeps the references that are new. Returns how many found no room, or VG_CORE_ENOMEM. */
static int
keep_refs(struct vg_core *core, struct vg_ticket *ticket, const struct vg_ticket_ref_id *id,
	  size_t ids)
{
	int over = 0;

	for (size_t i = 0; i < ids; i++) {
		if (vg_core_ref_find(core, id[i]) == ticket)
			continue;
		if (ticket->refs >= VG_TICKET_REFS_MAX) {
			over++;
			continue;
		}
		if (vg_core_ref_index(core, id[i], ticket) != 0)
			return VG_CORE_ENOMEM;
		ticket->ref[ticket->refs++] = id[i];
	}
	return over;
}

static int
set_title(struct vg_core *core, struct vg_ticket *ticket, const char *digest)
{
	int64_t id = digest == NULL ? 0 : vg_pool_put(core->pool, digest);

	if (id < 0)
		return VG_CORE_ENOMEM;
	if (id != 0)
		ticket->title_digest = (uint32_t)id;
	return 0;
}

/* Where a new fact makes earlier months differ: it may say what the ticket was from the beginning.
 */
static int64_t
reach_of(const struct vg_fact *fact)
{
	uint64_t backwards =
		VG_TF_BIT(VG_TF_OPENED) | VG_TF_BIT(VG_TF_RECEIVED) | VG_TF_BIT(VG_TF_LINE);

	return (fact->set & backwards) != 0 ? INT64_MIN : fact->at_ms;
}

static void
list_faults(struct vg_verdict *out)
{
	size_t length = strlen(out->text);

	for (int fault = 0; fault < VG_FAULT_COUNT; fault++) {
		int n;

		if ((out->faults & UINT32_C(1) << fault) == 0)
			continue;
		n = snprintf(out->text + length, sizeof(out->text) - length, "%s%s",
			     length > 0 ? ", " : "", vg_fault_name((enum vg_fault)fault));
		if (n < 0 || (size_t)n >= sizeof(out->text) - length)
			return;
		length += (size_t)n;
	}
}

static void
judge(struct vg_verdict *out, const struct vg_ticket *ticket, const struct vg_ticket_view *view)
{
	out->ticket = ticket->id;
	if (ticket->vanished || (view->faults & VG_FAULTS_OF_DATA) == 0)
		return;
	out->code = VG_VERDICT_FLAGGED;
	out->faults = view->faults & VG_FAULTS_OF_DATA;
	list_faults(out);
}

/* Adds what the event states as a fact and computes the ticket again. from_ms: the earliest instant
 * that something else in this event has touched, INT64_MAX = nothing. */
static int
add_fact(struct vg_core *core, struct vg_ticket *ticket, const struct vg_event *event,
	 const struct vg_ticket_fields *fields, int64_t from_ms, struct vg_ticket_view *view,
	 struct vg_verdict *out)
{
	struct vg_fact *fact = vg_fact_new(core->pool, event, fields);
	int64_t reach_ms;
	int rc;

	if (fact == NULL)
		return VG_CORE_ENOMEM;
	fact->command = vg_kind_class(event->kind) == VG_CLASS_COMMAND;
	reach_ms = reach_of(fact);
	if ((rc = vg_core_ticket_insert(core, ticket, fact)) != 0 ||
	    (rc = vg_core_ticket_settle(core, ticket, reach_ms < from_ms ? reach_ms : from_ms,
					view)) != 0)
		return rc;
	judge(out, ticket, view);
	return 0;
}

/* The stated fields; the envelope's municipality is one of them. */
static void
stated_fields(const struct vg_event *event, struct vg_ticket_fields *out)
{
	*out = event->body.ticket.fields;
	if (event->has_municipality) {
		out->set |= VG_TF_BIT(VG_TF_MUNICIPALITY);
		out->text[VG_TF_MUNICIPALITY] = event->municipality;
	}
}

static bool
names_a_ticket(const struct vg_core *core, const struct vg_event *event)
{
	const struct vg_ticket_body *body = &event->body.ticket;
	bool found = vg_core_ref_find_text(core, event->source, body->ref) != NULL;

	for (size_t i = 0; i < body->also_count && !found; i++)
		found = vg_core_ref_find_text(core, body->also[i].source, body->also[i].ref) !=
			NULL;
	return found;
}

static int
report(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_ticket_ref_id id[1 + VG_EVENT_REFS_MAX];
	size_t ids = 1 + event->body.ticket.also_count;
	struct vg_ticket_fields fields;
	struct vg_ticket_view view;
	struct vg_ticket *ticket;
	bool joined = false;
	int rc, over;

	if (core->tickets >= VG_CORE_TICKETS_MAX && !names_a_ticket(core, event))
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD, "more than %d tickets",
				      VG_CORE_TICKETS_MAX);
	stated_fields(event, &fields);
	if ((rc = report_refs(core, event, id)) != 0 ||
	    (rc = find_or_add(core, event, id, ids, &ticket, &joined)) != 0 ||
	    (rc = over = keep_refs(core, ticket, id, ids)) < 0 ||
	    (rc = set_title(core, ticket, event->body.ticket.title_digest)) != 0)
		return rc;
	if (over > 0)
		vg_verdict_set(out, VG_VERDICT_FLAGGED, "over %d references, %d not kept",
			       VG_TICKET_REFS_MAX, over);
	return add_fact(core, ticket, event, &fields, joined ? INT64_MIN : INT64_MAX, &view, out);
}

/* The ticket that a command names, as it stands; NULL after a refusal. */
static struct vg_ticket *
commanded(struct vg_core *core, const struct vg_event *event, struct vg_ticket_view *view,
	  struct vg_verdict *out)
{
	const char *text = event->body.ticket.ticket;
	const struct vg_ticket *found = vg_core_ticket_find_text(core, event->source, text);
	struct vg_ticket *ticket;

	if (found == NULL) {
		vg_verdict_set(out, VG_VERDICT_REFUSED, "no ticket %.100s", text);
		return NULL;
	}
	ticket = core->ticket[found->index];
	out->ticket = ticket->id;
	vg_ticket_view(core, ticket, vg_core_ticket_now_ms(core, ticket), view, NULL, NULL);
	return ticket;
}

static int
escalate(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_ticket_fields fields;
	struct vg_ticket_view view;
	struct vg_ticket *ticket = commanded(core, event, &view, out);
	int rc;

	if (ticket == NULL)
		return 0;
	if (!view.open)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "ticket V-%lld is %s: not open",
				      (long long)ticket->id, vg_word(VG_TF_STATUS, view.status));
	if (view.line >= 2)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "ticket V-%lld is in line %d already", (long long)ticket->id,
				      view.line);
	stated_fields(event, &fields);
	if ((fields.set & VG_TF_BIT(VG_TF_LINE)) == 0 || fields.number[VG_TF_LINE] < 2) {
		fields.set |= VG_TF_BIT(VG_TF_LINE);
		fields.number[VG_TF_LINE] = 2;
	}
	if ((rc = add_fact(core, ticket, event, &fields, INT64_MAX, &view, out)) != 0)
		return rc;
	return vg_core_notify(
		core, event, ticket,
		view.text[VG_TF_MUNICIPALITY] != NULL ? view.text[VG_TF_MUNICIPALITY] : "", out);
}

static int
acknowledge(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_ticket_fields fields;
	struct vg_ticket_view view;
	struct vg_ticket *ticket = commanded(core, event, &view, out);

	if (ticket == NULL)
		return 0;
	if (!view.open)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "ticket V-%lld is %s: not open",
				      (long long)ticket->id, vg_word(VG_TF_STATUS, view.status));
	if (view.line < 2)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "ticket V-%lld is not in second line: escalate it first",
				      (long long)ticket->id);
	stated_fields(event, &fields);
	fields.set |= VG_TF_BIT(VG_TF_BY_PERSON);
	fields.number[VG_TF_BY_PERSON] = 1;
	if (view.status == VG_STATUS_NEW && (fields.set & VG_TF_BIT(VG_TF_STATUS)) == 0) {
		fields.set |= VG_TF_BIT(VG_TF_STATUS);
		fields.number[VG_TF_STATUS] = VG_STATUS_ACKNOWLEDGED;
	}
	vg_core_notifications_end(core, ticket);
	return add_fact(core, ticket, event, &fields, INT64_MAX, &view, out);
}

static struct vg_fact *
fact_by_seq(const struct vg_ticket *ticket, int64_t seq)
{
	for (uint32_t i = 0; i < ticket->facts; i++) {
		if (ticket->fact[i]->seq == seq && !ticket->fact[i]->voided)
			return ticket->fact[i];
	}
	return NULL;
}

static int
correct(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	int64_t voids = event->body.ticket.voids;
	struct vg_fact *fact = NULL;
	struct vg_ticket_fields fields;
	struct vg_ticket_view view;
	struct vg_ticket *ticket = commanded(core, event, &view, out);
	int rc;

	if (ticket == NULL)
		return 0;
	stated_fields(event, &fields);
	if (voids == 0 && fields.set == 0)
		return vg_verdict_set(
			out, VG_VERDICT_REFUSED,
			"a correction takes a fact out or states a field; this does neither");
	if (voids != 0 && (fact = fact_by_seq(ticket, voids)) == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "ticket V-%lld has no fact of event %lld that still counts",
				      (long long)ticket->id, (long long)voids);
	if (fact != NULL)
		fact->voided = true;
	if (fields.set != 0)
		return add_fact(core, ticket, event, &fields, fact != NULL ? INT64_MIN : INT64_MAX,
				&view, out);
	if ((rc = vg_core_ticket_settle(core, ticket, INT64_MIN, &view)) != 0)
		return rc;
	judge(out, ticket, &view);
	return 0;
}

int
vg_core_ticket_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	if (event->kind == VG_KIND_TICKET_REPORTED)
		return report(core, event, out);
	if (event->kind == VG_KIND_TICKET_ESCALATED)
		return escalate(core, event, out);
	if (event->kind == VG_KIND_TICKET_ACKNOWLEDGED)
		return acknowledge(core, event, out);
	return correct(core, event, out);
}
