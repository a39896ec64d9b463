/* view.c - tickets as JSON: lists in pages, one ticket whole, and its explanation.
 *
 * The hard thing is that views are computed, not stored: a list may not compute all of them on the
 * loop. So a page ends after so many tickets looked at, and its cursor goes on from there. */
#include "daemon/api/api.h"

#include "daemon/api/titles.h"
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_DEFAULT		100
#define PAGE_MAX		1000
#define LOOKED_AT_MAX		20000 /* tickets of one page, shown or not */
#define NOTIFICATIONS_PER_EVENT 16

/* By enum vg_delivery. */
static const char *const delivery_words[] = {"pending", "delivered", "failed", "acknowledged"};

/* Pieces. */

json_t *
vg_json_time(int64_t at_ms)
{
	char text[64];
	int year, month, day;
	int64_t days, second;

	if (at_ms < 0 || at_ms == INT64_MAX)
		return json_null();
	days = at_ms / 86400000;
	second = at_ms / 1000 % 86400;
	vg_civil_from_days(days, &year, &month, &day);
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
		       (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
	return json_string(text);
}

static void
put(json_t *object, const char *member, json_t *value)
{
	json_object_set_new(object, member, value);
}

static void
put_text(json_t *object, const char *member, const char *text)
{
	put(object, member, text == NULL ? json_null() : json_string(text));
}

static void
put_line(json_t *object, const char *member, int line)
{
	put(object, member, line == 0 ? json_null() : json_integer(line));
}

static json_t *
seconds(int64_t ms)
{
	return ms == -1 ? json_null() : json_integer(ms / 1000);
}

json_t *
vg_json_faults(uint32_t faults)
{
	json_t *list = json_array();

	for (int i = 0; i < VG_FAULT_COUNT; i++)
		if (faults & (1u << i))
			json_array_append_new(list,
					      json_pack("{s:s, s:s}", "name",
							vg_fault_name((enum vg_fault)i), "words",
							vg_fault_words((enum vg_fault)i)));
	return list;
}

static json_t *
clock_json(const struct vg_clock_state *clock)
{
	json_t *object = json_object();

	put_text(object, "state", vg_sla_name(clock->sla));
	put(object, "elapsed_s", json_integer(clock->elapsed_ms / 1000));
	put(object, "target_s", seconds(clock->target_ms));
	put(object, "due", vg_json_time(clock->due_ms));
	put(object, "remaining_s",
	    clock->target_ms < 0 ? json_null() : json_integer(clock->remaining_ms / 1000));
	put(object, "start", vg_json_time(clock->start_ms));
	put(object, "end", vg_json_time(clock->end_ms));
	if (clock->breached_as != NULL)
		put_text(object, "breached_as", clock->breached_as);
	return object;
}

json_t *
vg_json_refs(const struct vg_ticket *ticket)
{
	json_t *list = json_array();

	for (size_t i = 0; i < vg_ticket_ref_count(ticket); i++) {
		struct vg_ref ref = vg_ticket_ref(ticket, i);

		json_array_append_new(
			list, json_pack("{s:s, s:s}", "source", ref.source, "ref", ref.ref));
	}
	return list;
}

static json_t *
value_json(enum vg_ticket_field field, int64_t number, const char *text)
{
	switch (vg_ticket_field_info[field].form) {
	case VG_FORM_STR:
		return text == NULL || *text == '\0' ? json_null() : json_string(text);
	case VG_FORM_WORD:
		return json_string(vg_word(field, number));
	case VG_FORM_FLAG:
		return json_boolean(number);
	case VG_FORM_TIME:
		return vg_json_time(number);
	case VG_FORM_INT:
		break;
	}
	return json_integer(number);
}

static json_t *
fields_json(uint64_t set, const int64_t *number, const char *const *text)
{
	json_t *object = json_object();

	for (int i = 0; i < VG_TF_COUNT; i++)
		if (set & VG_TF_BIT(i))
			put(object, vg_ticket_field_info[i].name,
			    value_json((enum vg_ticket_field)i, number[i], text[i]));
	return object;
}

json_t *
vg_json_notification(const struct vg_notification *notification)
{
	json_t *object = json_object();
	char ticket[32];

	(void)snprintf(ticket, sizeof(ticket), "V-%" PRId64, notification->ticket);
	put(object, "id", json_integer(notification->id));
	put_text(object, "ticket", notification->ticket > 0 ? ticket : NULL);
	put(object, "signal",
	    notification->signal > 0 ? json_integer(notification->signal) : json_null());
	put(object, "made", vg_json_time(notification->made_ms));
	put_text(object, "duty", notification->duty);
	put_text(object, "channel", notification->channel);
	put_text(object, "address", notification->address);
	put_text(object, "state", delivery_words[notification->state]);
	put(object, "attempts", json_integer(notification->attempts));
	put(object, "repeats", json_integer(notification->repeats));
	put(object, "next", vg_json_time(notification->next_ms));
	put(object, "delivered", vg_json_time(notification->delivered_ms));
	put_text(object, "error", notification->error);
	return object;
}

/* Whole tickets. */

/* The calls about it that were not answered: the one that is said (again) first, else the one that
 * was said last. */
static const struct vg_notification *
call_of(const struct vg_core *core, const struct vg_ticket *ticket)
{
	const struct vg_notification *found = NULL, *said;

	for (size_t i = 0; i < vg_ticket_fact_count(ticket); i++) {
		struct vg_fact_view fact;

		vg_ticket_fact(core, ticket, i, &fact);
		for (int j = 0;
		     (said = vg_core_notification(core, fact.seq * NOTIFICATIONS_PER_EVENT + j)) !=
			     NULL &&
		     j < NOTIFICATIONS_PER_EVENT;
		     j++) {
			if (said->state == VG_DELIVERY_ACKNOWLEDGED)
				continue;
			if (found == NULL || said->next_ms < found->next_ms ||
			    (said->next_ms == found->next_ms &&
			     said->delivered_ms > found->delivered_ms))
				found = said;
		}
	}
	return found;
}

/* {level, at, duty, state}: the how-manieth time a duty is called; when, if it waits, else when it
 * was. Null when nobody is called. */
static json_t *
escalation_json(const struct vg_core *core, const struct vg_ticket *ticket,
		const struct vg_ticket_view *view)
{
	const struct vg_notification *call =
		view->open && view->second_line_ms >= 0 ? call_of(core, ticket) : NULL;
	bool waits;
	int said;

	if (call == NULL)
		return json_null();
	waits = call->state == VG_DELIVERY_PENDING;
	said = call->delivered_ms < 0 ? 0 : call->repeats + 1;
	return json_pack("{s:i, s:o, s:s, s:s}", "level", said + (waits || said == 0), "at",
			 vg_json_time(waits ? call->next_ms : call->delivered_ms), "duty",
			 call->duty, "state", delivery_words[call->state]);
}

/* Where the newest pause began. */
static void
on_pause(const struct vg_segment *segment, void *arg)
{
	int64_t *since_ms = arg;

	if (segment->status != VG_STATUS_PENDING)
		*since_ms = -1;
	else if (*since_ms == -1)
		*since_ms = segment->from_ms;
}

/* Since when its clock stands still for a pause. */
static int64_t
paused_since_ms(const struct vg_api *api, const struct vg_ticket *ticket,
		const struct vg_ticket_view *view)
{
	struct vg_ticket_view again;
	int64_t since_ms = -1;

	if (!view->open || view->status != VG_STATUS_PENDING || view->resolution.due_ms != -1 ||
	    view->resolution.target_ms < 0)
		return -1;
	vg_ticket_view(vg_live_core(api->live), ticket, vg_live_now_ms(api->live), &again, on_pause,
		       &since_ms);
	return since_ms;
}

json_t *
vg_json_ticket_row(const struct vg_api *api, const struct vg_ticket *ticket,
		   const struct vg_ticket_view *view)
{
	const struct vg_core *core = vg_live_core(api->live);
	json_t *object = vg_json_ticket_summary(core, ticket, view);
	const bool known = (view->set & VG_TF_BIT(VG_TF_ASSIGNED)) != 0;

	put_text(object, "title", vg_titles_get(api->titles, vg_ticket_id(ticket)));
	put(object, "assigned",
	    known ? json_boolean(view->current[VG_TF_ASSIGNED] != 0) : json_null());
	put(object, "paused_since", vg_json_time(paused_since_ms(api, ticket, view)));
	put(object, "escalation", escalation_json(core, ticket, view));
	return object;
}

json_t *
vg_json_ticket_summary(const struct vg_core *core, const struct vg_ticket *ticket,
		       const struct vg_ticket_view *view)
{
	json_t *object = json_object();
	char id[32];

	(void)core;
	(void)snprintf(id, sizeof(id), "V-%" PRId64, vg_ticket_id(ticket));
	put_text(object, "id", id);
	put(object, "refs", vg_json_refs(ticket));
	put_text(object, "municipality", view->text[VG_TF_MUNICIPALITY]);
	put_text(object, "service", view->text[VG_TF_SERVICE]);
	put_text(object, "status", vg_word(VG_TF_STATUS, view->status));
	put_text(object, "pending_reason", vg_word(VG_TF_REASON, view->reason));
	put(object, "open", json_boolean(view->open));
	put_line(object, "line", view->line);
	put_text(object, "priority", view->priority);
	put_text(object, "sla_class", view->sla_class);
	put(object, "created", vg_json_time(view->created_ms));
	put(object, "resolved", vg_json_time(view->resolved ? view->resolved_ms : -1));
	put(object, "resolution", clock_json(&view->resolution));
	put(object, "changed_seq", json_integer(vg_ticket_changed_seq(ticket)));
	return object;
}

static void
put_history(json_t *object, const struct vg_core *core, const struct vg_ticket *ticket)
{
	json_t *facts = json_array(), *notifications = json_array();

	for (size_t i = 0; i < vg_ticket_fact_count(ticket); i++) {
		struct vg_fact_view fact;
		json_t *row = json_object();

		vg_ticket_fact(core, ticket, i, &fact);
		put(row, "seq", json_integer(fact.seq));
		put(row, "at", vg_json_time(fact.at_ms));
		put_text(row, "source", fact.source);
		put_text(row, "event_id", fact.event_id);
		put_text(row, "actor", fact.actor);
		put_text(row, "import", fact.import);
		put(row, "voided", json_boolean(fact.voided));
		put(row, "fields",
		    fields_json(fact.fields.set, fact.fields.number, fact.fields.text));
		json_array_append_new(facts, row);
		for (int j = 0; j < NOTIFICATIONS_PER_EVENT; j++) {
			const struct vg_notification *said =
				vg_core_notification(core, fact.seq * NOTIFICATIONS_PER_EVENT + j);

			if (said == NULL)
				break;
			json_array_append_new(notifications, vg_json_notification(said));
		}
	}
	put(object, "facts", facts);
	put(object, "notifications", notifications);
}

static void
put_times(json_t *object, const struct vg_ticket_view *view)
{
	put(object, "received_at", vg_json_time(view->received_at_ms));
	put(object, "second_line", vg_json_time(view->second_line_ms));
	put(object, "first_resolved", vg_json_time(view->first_resolved_ms));
	put(object, "acknowledged", vg_json_time(view->acknowledged_ms));
	put(object, "last", vg_json_time(view->last_ms));
}

static void
put_flow(json_t *object, const struct vg_ticket_view *view)
{
	put_line(object, "first_line", view->first_line);
	put_line(object, "highest_line", view->highest_line);
	put_line(object, "resolving_line", view->resolving_line);
	put(object, "first_line_only", json_boolean(view->first_line_only));
	put(object, "escalations", json_integer(view->escalations));
	put(object, "deescalations", json_integer(view->deescalations));
	put(object, "handovers", json_integer(view->handovers));
	put(object, "reopens", json_integer(view->reopens));
}

json_t *
vg_json_ticket(const struct vg_api *api, const struct vg_ticket *ticket,
	       const struct vg_ticket_view *view)
{
	json_t *object = vg_json_ticket_row(api, ticket, view);
	json_t *clocks = json_object(), *sides = json_object();

	put_times(object, view);
	put_flow(object, view);
	for (int i = 0; i < VG_CLOCK_COUNT; i++)
		put(clocks, vg_clock_name((enum vg_clock)i), clock_json(&view->clock[i]));
	for (int i = 0; i < VG_SIDE_COUNT; i++)
		put(sides, vg_side_name((enum vg_side)i), json_integer(view->side_ms[i] / 1000));
	put(object, "clocks", clocks);
	put(object, "sides_s", sides);
	put(object, "fields", fields_json(view->set, view->current, view->text));
	put(object, "faults", vg_json_faults(view->faults));
	if (view->agreement != NULL) {
		put_text(object, "agreement", view->agreement->name);
		put_text(object, "agreement_version", view->agreement->version);
	}
	put_text(object, "title_digest", vg_ticket_title_digest(ticket));
	put_history(object, vg_live_core(api->live), ticket);
	return object;
}

static json_t *
with_seq(struct vg_call *call, json_t *object)
{
	const struct vg_core *core = vg_live_core(call->api->live);

	put(object, "seq", json_integer(vg_core_seq(core)));
	put(object, "asof", vg_json_time(vg_live_now_ms(call->api->live)));
	return object;
}

void
vg_get_ticket(struct vg_call *call)
{
	struct vg_ticket_view view;
	const struct vg_ticket *ticket = vg_call_ticket(call, &view);

	if (ticket != NULL)
		vg_reply_json(call->request, 200,
			      with_seq(call, vg_json_ticket(call->api, ticket, &view)));
}

static void
on_segment(const struct vg_segment *segment, void *arg)
{
	json_t *row = json_object();

	put(row, "from", vg_json_time(segment->from_ms));
	put(row, "to", vg_json_time(segment->to_ms));
	put_text(row, "status", vg_word(VG_TF_STATUS, segment->status));
	put_text(row, "pending_reason", vg_word(VG_TF_REASON, segment->reason));
	put_line(row, "line", segment->line);
	put_text(row, "side", vg_side_name(segment->side));
	put_text(row, "priority", segment->priority);
	put_text(row, "calendar", segment->calendar);
	put(row, "counted_s", json_integer(segment->counted_ms / 1000));
	put_text(row, "why", segment->why);
	put(row, "fact_seq", json_integer(segment->fact_seq));
	json_array_append_new(arg, row);
}

void
vg_get_explain(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	struct vg_ticket_view view;
	const struct vg_ticket *ticket = vg_call_ticket(call, &view);
	json_t *object, *segments;

	if (ticket == NULL)
		return;
	segments = json_array();
	vg_ticket_view(core, ticket, vg_live_now_ms(call->api->live), &view, on_segment, segments);
	object = vg_json_ticket_row(call->api, ticket, &view);
	put_times(object, &view);
	put(object, "faults", vg_json_faults(view.faults));
	if (view.agreement != NULL) {
		put_text(object, "agreement", view.agreement->name);
		put_text(object, "agreement_version", view.agreement->version);
	}
	put(object, "segments", segments);
	vg_reply_json(call->request, 200, with_seq(call, object));
}

/* Lists. */

struct page {
	struct vg_call *call;
	const struct vg_core *core;
	const char *municipality, *status, *source, *ref;
	int open, over;				/* -1 = either */
	int64_t limit, now_ms, looked_at, next; /* next: cursor, -1 = the end was reached */
	json_t *rows;
};

static bool
has_ref(const struct page *page, const struct vg_ticket *ticket)
{
	if (page->source == NULL && page->ref == NULL)
		return true;
	for (size_t i = 0; i < vg_ticket_ref_count(ticket); i++) {
		struct vg_ref ref = vg_ticket_ref(ticket, i);

		if ((page->source == NULL || strcmp(ref.source, page->source) == 0) &&
		    (page->ref == NULL || strcmp(ref.ref, page->ref) == 0))
			return true;
	}
	return false;
}

static bool
fits(const struct page *page, const struct vg_ticket_view *view)
{
	const char *municipality = view->text[VG_TF_MUNICIPALITY];
	bool over = view->resolution.sla == VG_SLA_OVERDUE || view->resolution.sla == VG_SLA_MISSED;

	if (!vg_may_see(page->call->who, municipality))
		return false;
	if (page->municipality != NULL &&
	    strcmp(municipality == NULL ? "" : municipality, page->municipality) != 0)
		return false;
	if (page->status != NULL && strcmp(vg_word(VG_TF_STATUS, view->status), page->status) != 0)
		return false;
	return (page->open < 0 || page->open == view->open) &&
	       (page->over < 0 || page->over == over);
}

/* False when the page is full or has looked at enough. */
static bool
look_at(struct page *page, const struct vg_ticket *ticket)
{
	struct vg_ticket_view view;

	page->looked_at++;
	if (has_ref(page, ticket)) {
		vg_ticket_view(page->core, ticket, page->now_ms, &view, NULL, NULL);
		if (fits(page, &view))
			json_array_append_new(page->rows,
					      vg_json_ticket_row(page->call->api, ticket, &view));
	}
	return (int64_t)json_array_size(page->rows) < page->limit &&
	       page->looked_at < LOOKED_AT_MAX;
}

static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct page *page = arg;
	bool more = true;

	if (object->type == VG_OBJECT_TICKET)
		more = look_at(page, object->of.ticket);
	if (!more)
		page->next = object->changed_seq;
	return more;
}

static void
walk(struct page *page, int64_t after_id)
{
	const struct vg_ticket *ticket =
		after_id == 0 ? NULL : vg_core_ticket(page->core, after_id);

	while ((ticket = vg_core_ticket_next(page->core, ticket)) != NULL)
		if (!look_at(page, ticket)) {
			page->next = vg_ticket_id(ticket);
			return;
		}
}

static bool
read_choice(struct vg_call *call, const char *name, int *value)
{
	const char *text = vg_call_query(call, name);

	*value = text == NULL ? -1 : strcmp(text, "true") == 0;
	if (text == NULL || *value == 1 || strcmp(text, "false") == 0)
		return true;
	vg_reply_problem(call->request, 400, "%s: expected true or false", name);
	return false;
}

static bool
read_page(struct vg_call *call, struct page *page, int64_t *cursor, int64_t *since)
{
	if (!vg_call_number(call, "limit", 1, PAGE_MAX, &page->limit) ||
	    !vg_call_number(call, "cursor", 0, INT64_MAX, cursor) ||
	    !vg_call_number(call, "changed_since", 0, INT64_MAX, since) ||
	    !read_choice(call, "open", &page->open) || !read_choice(call, "over", &page->over))
		return false;
	if (page->status != NULL && vg_word_find(VG_TF_STATUS, page->status) < 0) {
		vg_reply_problem(call->request, 400, "status: expected a word such as in_progress");
		return false;
	}
	if (*cursor > 0 && *since < 0 && vg_core_ticket(page->core, *cursor) == NULL) {
		vg_reply_problem(call->request, 400, "cursor: expected `next` of an earlier page");
		return false;
	}
	return true;
}

void
vg_get_tickets(struct vg_call *call)
{
	struct page page = {
		.call = call,
		.core = vg_live_core(call->api->live),
		.municipality = vg_call_query(call, "municipality"),
		.status = vg_call_query(call, "status"),
		.source = vg_call_query(call, "source"),
		.ref = vg_call_query(call, "ref"),
		.limit = PAGE_DEFAULT,
		.now_ms = vg_live_now_ms(call->api->live),
		.next = -1,
	};
	int64_t cursor = 0, since = -1;

	if (vg_call_query(call, "sort") != NULL) {
		vg_get_tickets_left(call);
		return;
	}
	if (!read_page(call, &page, &cursor, &since))
		return;
	page.rows = json_array();
	if (since >= 0)
		vg_core_changed_since(page.core, cursor > since ? cursor : since, on_changed,
				      &page);
	else
		walk(&page, cursor);
	vg_reply_json(
		call->request, 200,
		with_seq(call, json_pack("{s:o, s:o}", "tickets", page.rows, "next",
					 page.next < 0 ? json_null() : json_integer(page.next))));
}
