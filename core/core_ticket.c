/* core_ticket.c - tickets: found by reference, given facts, and computed again.
 *
 * One matter may live in several tools, so a ticket has several references and two tickets may turn out to be one: the
 * younger's facts then move into the older, and its id and references lead there for ever. The hard thing is to do no
 * more than one computation per event: replay is a million of them a second. */
#include "core/core_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* References. */

static size_t
ref_home(const struct vg_core *core, struct vg_ticket_ref_id id)
{
	uint64_t key = (uint64_t)id.source << 32 | id.ref;

	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (core->refs_size - 1);
}

static struct vg_ref_slot *
ref_slot(const struct vg_core *core, struct vg_ticket_ref_id id)
{
	size_t i = ref_home(core, id);

	while (core->ref[i].ticket != NULL &&
		(core->ref[i].id.ref != id.ref || core->ref[i].id.source != id.source))
		i = (i + 1) & (core->refs_size - 1);
	return &core->ref[i];
}

static int
grow_refs(struct vg_core *core)
{
	struct vg_ref_slot *old = core->ref;
	size_t old_size = core->refs_size;

	core->refs_size = old_size == 0 ? 64 : old_size * 2;
	core->ref = calloc(core->refs_size, sizeof(*core->ref));
	if (core->ref == NULL) {
		core->ref = old;
		core->refs_size = old_size;
		return VG_CORE_ENOMEM;
	}
	for (size_t i = 0; i < old_size; i++) {
		if (old[i].ticket != NULL)
			*ref_slot(core, old[i].id) = old[i];
	}
	free(old);
	return 0;
}

struct vg_ticket *
vg_core_ticket_exact(const struct vg_core *core, int64_t id)
{
	size_t low = 0, high = core->tickets;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (core->ticket[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < core->tickets && core->ticket[low]->id == id ? core->ticket[low] : NULL;
}

/* The ticket that now carries the matter. A younger ticket moves into an older one, so this ends. */
static struct vg_ticket *
root_of(const struct vg_core *core, struct vg_ticket *ticket)
{
	while (ticket != NULL && ticket->merged_into != 0)
		ticket = vg_core_ticket_exact(core, ticket->merged_into);
	return ticket;
}

struct vg_ticket *
vg_core_ref_find(const struct vg_core *core, struct vg_ticket_ref_id id)
{
	return core->refs_size == 0 ? NULL : root_of(core, ref_slot(core, id)->ticket);
}

int
vg_core_ref_index(struct vg_core *core, struct vg_ticket_ref_id id, struct vg_ticket *ticket)
{
	struct vg_ref_slot *slot;

	if ((core->refs + 1) * 4 > core->refs_size * 3 && grow_refs(core) != 0)
		return VG_CORE_ENOMEM;
	slot = ref_slot(core, id);
	if (slot->ticket != NULL)
		return 0;
	*slot = (struct vg_ref_slot){ id, ticket };
	core->refs++;
	return 0;
}

/* Lookups for everybody. */

static const struct vg_ticket *
shown(const struct vg_ticket *ticket)
{
	return ticket != NULL && !ticket->vanished ? ticket : NULL;
}

size_t
vg_core_ticket_count(const struct vg_core *core)
{
	return core->tickets - core->vanished;
}

const struct vg_ticket *
vg_core_ticket(const struct vg_core *core, int64_t id)
{
	return shown(root_of(core, vg_core_ticket_exact(core, id)));
}

static struct vg_ticket *
find_ref(const struct vg_core *core, const char *source, const char *ref)
{
	int64_t source_id = vg_pool_find(core->pool, source);
	int64_t ref_id = vg_pool_find(core->pool, ref);

	if (source_id < 0 || ref_id < 0)
		return NULL;
	return vg_core_ref_find(core,
		(struct vg_ticket_ref_id){ (uint32_t)source_id, (uint32_t)ref_id });
}

const struct vg_ticket *
vg_core_ticket_by_ref(const struct vg_core *core, const char *source, const char *ref)
{
	return shown(find_ref(core, source, ref));
}

/* The number in "V-123"; 0 when the text is not of that form. */
static int64_t
own_number(const char *text)
{
	int64_t id = 0;

	if (strncmp(text, "V-", 2) != 0 || text[2] == '\0')
		return 0;
	for (text += 2; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || id > INT64_MAX / 10 - 1)
			return 0;
		id = id * 10 + (*text - '0');
	}
	return id;
}

const struct vg_ticket *
vg_core_ticket_find_text(const struct vg_core *core, const char *source, const char *text)
{
	int64_t id = own_number(text);

	if (id != 0)
		return vg_core_ticket(core, id);
	return source != NULL ? vg_core_ticket_by_ref(core, source, text) : NULL;
}

const struct vg_ticket *
vg_core_ticket_next(const struct vg_core *core, const struct vg_ticket *after)
{
	for (size_t i = after == NULL ? 0 : (size_t)after->index + 1; i < core->tickets; i++) {
		if (!core->ticket[i]->vanished)
			return core->ticket[i];
	}
	return NULL;
}

bool
vg_core_fact_counts(const struct vg_core *core, const struct vg_fact *fact)
{
	size_t low = 0, high = core->revokeds;

	if (fact->voided)
		return false;
	if (fact->import == 0)
		return true;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (core->revoked[mid] < fact->import)
			low = mid + 1;
		else
			high = mid;
	}
	return low == core->revokeds || core->revoked[low] != fact->import;
}

/* Making and changing. */

int
vg_core_ticket_add(struct vg_core *core, int64_t id, struct vg_ticket **out)
{
	struct vg_ticket *ticket;

	if (vg_core_reserve((void **)&core->ticket, &core->tickets_size, core->tickets + 1,
		    sizeof(struct vg_ticket *)) != 0 ||
		(ticket = calloc(1, sizeof(*ticket))) == NULL)
		return VG_CORE_ENOMEM;
	ticket->link.type = VG_OBJECT_TICKET;
	ticket->id = id;
	ticket->core = core;
	ticket->deadline_ms = -1;
	ticket->heap_index = VG_HEAP_NOWHERE;
	ticket->month_from = ticket->month_to = VG_MONTH_NONE;
	ticket->index = (uint32_t)core->tickets;
	core->ticket[core->tickets++] = ticket;
	*out = ticket;
	return 0;
}

void
vg_core_ticket_free(struct vg_ticket *ticket)
{
	for (uint32_t i = 0; i < ticket->facts; i++)
		free(ticket->fact[i]);
	free(ticket->fact);
	free(ticket);
}

/* Takes over `fact` (also on failure). Facts mostly come in order, so its place is looked for from the end. */
static int
insert_fact(struct vg_core *core, struct vg_ticket *ticket, struct vg_fact *fact)
{
	size_t size = ticket->facts_max;
	uint32_t i = ticket->facts;

	if (ticket->facts >= VG_TICKET_FACTS_MAX) {
		ticket->truncated = true;
		free(fact);
		return 0;
	}
	if (vg_core_reserve((void **)&ticket->fact, &size, i + 1, sizeof(struct vg_fact *)) != 0) {
		free(fact);
		return VG_CORE_ENOMEM;
	}
	core->fact_bytes += (size - ticket->facts_max) * sizeof(struct vg_fact *) + vg_fact_bytes(fact);
	ticket->facts_max = (uint32_t)size;
	while (i > 0 && vg_fact_compare(ticket->fact[i - 1], fact) > 0)
		i--;
	memmove(&ticket->fact[i + 1], &ticket->fact[i],
		(ticket->facts - i) * sizeof(struct vg_fact *));
	ticket->fact[i] = fact;
	ticket->facts++;
	return 0;
}

/* "Now" for a ticket: the core's time, or its own last fact when a source's clock goes before ours. */
static int64_t
now_of(const struct vg_core *core, const struct vg_ticket *ticket)
{
	int64_t last_ms = ticket->facts > 0 ? ticket->fact[ticket->facts - 1]->at_ms : INT64_MIN;

	return last_ms > core->received_ms ? last_ms : core->received_ms;
}

void
vg_core_ticket_set_vanished(struct vg_core *core, struct vg_ticket *ticket)
{
	bool vanished = true;

	for (uint32_t i = 0; i < ticket->facts && vanished; i++)
		vanished = !vg_core_fact_counts(core, ticket->fact[i]);
	if (vanished != ticket->vanished)
		core->vanished = vanished ? core->vanished + 1 : core->vanished - 1;
	ticket->vanished = vanished;
}

static int
set_deadline(struct vg_core *core, struct vg_ticket *ticket, int64_t at_ms)
{
	struct vg_heap_entry entry = { at_ms, ticket->id, ticket, &ticket->heap_index };

	ticket->deadline_ms = at_ms;
	if (at_ms < 0) {
		vg_heap_remove(&core->deadlines, &ticket->heap_index);
		return 0;
	}
	return vg_heap_put(&core->deadlines, &entry);
}

static int
lesser(int a, int b)
{
	return a == VG_MONTH_NONE || (b != VG_MONTH_NONE && b < a) ? b : a;
}

static void
find_months(const struct vg_core *core, struct vg_ticket *ticket, const struct vg_ticket_view *view)
{
	ticket->month_from = ticket->month_to = VG_MONTH_NONE;
	if (ticket->vanished)
		return;
	ticket->month_from = vg_core_month_of(core, view->created_ms);
	if (ticket->month_from != VG_MONTH_NONE)
		ticket->month_to = view->open ? VG_MONTH_OPEN : vg_core_month_of(core, view->last_ms);
}

/* Marks the months between the first that what happened at from_ms can touch and the last that the ticket touches, as
 * it was or as it is. */
static int
mark_months_of(struct vg_core *core, struct vg_ticket *ticket, int64_t from_ms,
	const struct vg_ticket_view *view)
{
	int was_from = ticket->month_from, was_to = ticket->month_to;
	int first, last = ticket->vanished ? VG_MONTH_NONE : vg_core_month_of(core, view->last_ms);

	find_months(core, ticket, view);
	first = vg_core_month_of(core, from_ms);
	if (from_ms == INT64_MIN || was_from != ticket->month_from)
		first = lesser(was_from, ticket->month_from);
	if (core->current_month > last && (was_to == VG_MONTH_OPEN || ticket->month_to == VG_MONTH_OPEN))
		last = core->current_month;
	else if (was_to != VG_MONTH_OPEN && was_to > last)
		last = was_to;
	return vg_core_mark_months(core, first, last);
}

int
vg_core_ticket_settle(struct vg_core *core, struct vg_ticket *ticket, int64_t from_ms,
	struct vg_ticket_view *view)
{
	struct vg_ticket_view own;
	int rc;

	if (view == NULL)
		view = &own;
	vg_core_mark(core, &ticket->link, &ticket->changed_seq);
	vg_core_ticket_set_vanished(core, ticket);
	if (!ticket->vanished) {
		vg_ticket_view(core, ticket, now_of(core, ticket), view, NULL, NULL);
		if (!view->open)
			vg_core_notifications_end(core, ticket);
	}
	if ((rc = mark_months_of(core, ticket, from_ms, view)) != 0)
		return rc;
	return set_deadline(core, ticket, ticket->vanished ? -1 : view->next_deadline_ms);
}

int
vg_core_ticket_remonth(struct vg_core *core, struct vg_ticket *ticket)
{
	struct vg_ticket_view view;

	if (ticket->vanished)
		return 0;
	vg_ticket_view(core, ticket, now_of(core, ticket), &view, NULL, NULL);
	return mark_months_of(core, ticket, INT64_MIN, &view);
}

int
vg_core_fire_deadlines(struct vg_core *core)
{
	const struct vg_heap_entry *top;

	while ((top = vg_heap_top(&core->deadlines)) != NULL && top->at_ms <= core->received_ms) {
		struct vg_ticket *ticket = top->owner;
		int64_t at_ms = top->at_ms;
		int rc = vg_core_ticket_settle(core, ticket, at_ms, NULL);

		if (rc != 0)
			return rc;
		VG_ASSERT(ticket->deadline_ms == -1 || ticket->deadline_ms > at_ms);
	}
	return 0;
}

/* Moves the younger ticket's facts into the older one; its references lead there from now on. */
static int
merge(struct vg_core *core, struct vg_ticket *older, struct vg_ticket *younger)
{
	int rc;

	for (uint32_t i = 0; i < younger->facts; i++) {
		struct vg_fact *fact = younger->fact[i];

		core->fact_bytes -= vg_fact_bytes(fact);
		if ((rc = insert_fact(core, older, fact)) != 0) {
			memmove(younger->fact, &younger->fact[i + 1],
				(younger->facts - i - 1) * sizeof(struct vg_fact *));
			younger->facts -= i + 1;
			return rc;
		}
	}
	younger->facts = 0;
	younger->merged_into = older->id;
	for (uint16_t i = 0; i < younger->refs && older->refs < VG_TICKET_REFS_MAX; i++)
		older->ref[older->refs++] = younger->ref[i];
	if (older->title_digest == 0)
		older->title_digest = younger->title_digest;
	vg_core_notifications_move(core, younger, older);
	return vg_core_ticket_settle(core, younger, INT64_MIN, NULL);
}

/* Events. */

static int
ref_id(struct vg_core *core, const char *source, const char *ref, struct vg_ticket_ref_id *out)
{
	int64_t source_id = vg_pool_put(core->pool, source);
	int64_t id = vg_pool_put(core->pool, ref);

	if (source_id < 0 || id < 0)
		return VG_CORE_ENOMEM;
	*out = (struct vg_ticket_ref_id){ (uint32_t)source_id, (uint32_t)id };
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

/* The ticket that the references name, joined into one when they name several (*joined); a new one when they name
 * none. */
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

			rc = merge(core, older, older == found ? other : found);
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
keep_refs(struct vg_core *core, struct vg_ticket *ticket, const struct vg_ticket_ref_id *id, size_t ids)
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

/* Where a new fact makes earlier months differ: it may say what the ticket was from the beginning. */
static int64_t
reach_of(const struct vg_fact *fact)
{
	uint64_t backwards = VG_TF_BIT(VG_TF_OPENED) | VG_TF_BIT(VG_TF_LINE);

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
	if (ticket->vanished || view->faults == 0)
		return;
	out->code = VG_VERDICT_FLAGGED;
	out->faults = view->faults;
	list_faults(out);
}

/* Adds what the event states as a fact and computes the ticket again. from_ms: the earliest instant that something else
 * in this event has touched, INT64_MAX = nothing. */
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
	if ((rc = insert_fact(core, ticket, fact)) != 0 ||
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
	bool found = find_ref(core, event->source, body->ref) != NULL;

	for (size_t i = 0; i < body->also_count && !found; i++)
		found = find_ref(core, body->also[i].source, body->also[i].ref) != NULL;
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
	vg_ticket_view(core, ticket, now_of(core, ticket), view, NULL, NULL);
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
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "ticket V-%lld is in line %d already",
			(long long)ticket->id, view.line);
	stated_fields(event, &fields);
	if ((fields.set & VG_TF_BIT(VG_TF_LINE)) == 0 || fields.number[VG_TF_LINE] < 2) {
		fields.set |= VG_TF_BIT(VG_TF_LINE);
		fields.number[VG_TF_LINE] = 2;
	}
	if ((rc = add_fact(core, ticket, event, &fields, INT64_MAX, &view, out)) != 0)
		return rc;
	return vg_core_notify(core, event, ticket,
		view.text[VG_TF_MUNICIPALITY] != NULL ? view.text[VG_TF_MUNICIPALITY] : "",
		out);
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
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
			"a correction takes a fact out or states a field; this does neither");
	if (voids != 0 && (fact = fact_by_seq(ticket, voids)) == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
			"ticket V-%lld has no fact of event %lld that still counts",
			(long long)ticket->id, (long long)voids);
	if (fact != NULL)
		fact->voided = true;
	if (fields.set != 0)
		return add_fact(core, ticket, event, &fields,
			fact != NULL ? INT64_MIN : INT64_MAX, &view, out);
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
