/* core_notify.c - who is called, at a hand-over or when something is raised, and until when.
 *
 * A notification is said again until somebody has acknowledged the ticket or it is no longer open;
 * one about a signal, until that no longer stands. The hard thing is that what the outbox learnt
 * comes back as an event, perhaps after the acknowledgement: then it is noted, and wakes nobody. */
#include "core/core_private.h"

#include <string.h>

#define RETRY_FIRST_MS	 INT64_C(30000)
#define RETRY_LONGEST_MS INT64_C(1800000)
#define RETRIES_MAX	 20
#define DUTIES_PER_EVENT 16 /* a notification's id is the event's sequence * 16 + index */

static struct vg_item *
find_notification(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.notification.id = id};

	return vg_item_find(core, VG_OBJECT_NOTIFICATION, &key);
}

const struct vg_notification *
vg_core_notification(const struct vg_core *core, int64_t id)
{
	const struct vg_item *item = find_notification(core, id);

	return item != NULL ? &item->of.notification : NULL;
}

const struct vg_notification *
vg_core_notification_next(const struct vg_core *core)
{
	const struct vg_heap_entry *top = vg_heap_top(&core->outbox);

	return top != NULL ? &((const struct vg_item *)top->owner)->of.notification : NULL;
}

static bool
waits(const struct vg_notification *notification)
{
	return notification->state == VG_DELIVERY_PENDING ||
	       notification->state == VG_DELIVERY_DELIVERED;
}

/* The only place that sets a notification's state; the outbox's queue follows it. */
static int
set_state(struct vg_core *core, struct vg_item *item, enum vg_delivery state, int64_t next_ms)
{
	struct vg_notification *notification = &item->of.notification;
	struct vg_heap_entry entry = {next_ms, notification->id, item, &item->heap_slot};
	struct vg_ticket *ticket = vg_core_ticket_exact(core, notification->ticket);
	bool waited = waits(notification);

	notification->state = state;
	notification->next_ms = next_ms;
	if (waited && !waits(notification) && ticket != NULL)
		ticket->notified--;
	vg_item_mark(core, item);
	if (state == VG_DELIVERY_PENDING)
		return vg_heap_put(&core->outbox, &entry);
	vg_heap_remove(&core->outbox, &item->heap_slot);
	return 0;
}

/* A notification's id is at least its ticket's times 16, so those of a ticket lie in the list's
 * tail. */
void
vg_core_notifications_end(struct vg_core *core, struct vg_ticket *ticket)
{
	struct vg_items *items = &core->items[VG_OBJECT_NOTIFICATION];

	for (size_t i = items->n; i-- > 0 && ticket->notified > 0;) {
		struct vg_item *item = items->item[i];

		if (item->of.notification.ticket == ticket->id && waits(&item->of.notification)) {
			int rc = set_state(core, item, VG_DELIVERY_ACKNOWLEDGED, INT64_MAX);

			VG_ASSERT(rc == 0); /* leaving the queue needs no memory */
		}
	}
}

void
vg_core_notifications_move(struct vg_core *core, struct vg_ticket *from, struct vg_ticket *to)
{
	struct vg_items *items = &core->items[VG_OBJECT_NOTIFICATION];

	for (size_t i = 0; i < items->n; i++) {
		if (items->item[i]->of.notification.ticket != from->id)
			continue;
		items->item[i]->of.notification.ticket = to->id;
		vg_item_mark(core, items->item[i]);
	}
	to->notified += from->notified;
	from->notified = 0;
}

/* Calls one duty about a ticket or, ticket NULL, about a signal. */
static int
call_duty(struct vg_core *core, const struct vg_duty *duty, struct vg_ticket *ticket,
	  int64_t signal)
{
	struct vg_notification notification = {
		.id = core->seq * DUTIES_PER_EVENT + core->called++,
		.ticket = ticket != NULL ? ticket->id : 0,
		.signal = signal,
		.made_ms = core->received_ms,
		.duty = duty->name,
		.channel = duty->channel,
		.address = duty->address,
		.state = VG_DELIVERY_PENDING,
		.delivered_ms = -1,
		.next_ms = core->received_ms,
		.repeat_ms = duty->repeat_ms,
		.repeats_max = duty->repeats_max,
		.error = "",
	};
	struct vg_item *item;
	int rc = vg_item_add(core, VG_OBJECT_NOTIFICATION, &notification, &item);

	if (rc != 0)
		return rc;
	if (ticket != NULL)
		ticket->notified++;
	return set_state(core, item, VG_DELIVERY_PENDING, core->received_ms);
}

static bool
has_room(const struct vg_core *core)
{
	return core->called < DUTIES_PER_EVENT &&
	       core->items[VG_OBJECT_NOTIFICATION].n < VG_CORE_NOTIFICATIONS_MAX;
}

int
vg_core_notify(struct vg_core *core, const struct vg_event *event, struct vg_ticket *ticket,
	       const char *municipality, struct vg_verdict *out)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, event->occurred_ms);

	for (size_t i = 0; agreement != NULL && i < agreement->duties; i++) {
		const struct vg_duty *duty = &agreement->duty[i];
		int rc;

		if ((duty->occasions & VG_OCCASION_ESCALATION) == 0 ||
		    (strcmp(duty->municipality, "*") != 0 &&
		     strcmp(duty->municipality, municipality) != 0))
			continue;
		if (!has_room(core))
			return vg_verdict_set(out, VG_VERDICT_FLAGGED,
					      "handed over, but duty %.60s was not called: too "
					      "many notifications",
					      duty->name);
		if ((rc = call_duty(core, duty, ticket, 0)) != 0)
			return rc;
	}
	return 0;
}

static bool
is_called(const struct vg_duty *duty, unsigned occasion, const char *municipalities, bool first)
{
	if ((duty->occasions & occasion) == 0)
		return false;
	if (strcmp(duty->municipality, "*") == 0)
		return first;
	return municipalities[0] != '\0' && vg_list_holds(municipalities, duty->municipality);
}

bool
vg_core_can_call(const struct vg_core *core, unsigned occasion, const char *municipalities,
		 bool first)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	int duties = 0;

	for (size_t i = 0; agreement != NULL && i < agreement->duties; i++)
		duties += is_called(&agreement->duty[i], occasion, municipalities, first);
	return core->called == 0 || core->called + duties <= DUTIES_PER_EVENT;
}

int
vg_core_call(struct vg_core *core, const struct vg_signal *signal, unsigned occasion,
	     const char *municipalities, bool first)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	int rc = 0;

	for (size_t i = 0; agreement != NULL && i < agreement->duties && rc == 0; i++) {
		if (is_called(&agreement->duty[i], occasion, municipalities, first) &&
		    has_room(core))
			rc = call_duty(core, &agreement->duty[i], NULL, signal->id);
	}
	return rc;
}

/* They were made in the signal's own event or later. */
void
vg_core_notifications_end_signal(struct vg_core *core, int64_t signal)
{
	const struct vg_items *items = &core->items[VG_OBJECT_NOTIFICATION];
	struct vg_item key = {.of.notification.id = signal / DUTIES_PER_EVENT * DUTIES_PER_EVENT};

	for (size_t i = vg_items_place(core, VG_OBJECT_NOTIFICATION, &key); i < items->n; i++) {
		struct vg_item *item = items->item[i];

		if (item->of.notification.signal == signal && waits(&item->of.notification)) {
			int rc = set_state(core, item, VG_DELIVERY_ACKNOWLEDGED, INT64_MAX);

			VG_ASSERT(rc == 0); /* leaving the queue needs no memory */
		}
	}
}

static int
delivered(struct vg_core *core, struct vg_item *item, int64_t at_ms)
{
	struct vg_notification *notification = &item->of.notification;
	bool again;

	if (notification->delivered_ms >= 0)
		notification->repeats++;
	notification->delivered_ms = at_ms;
	notification->attempts = 0;
	if (!waits(notification)) { /* acknowledged while it was on its way */
		vg_item_mark(core, item);
		return 0;
	}
	again = notification->repeat_ms > 0 && notification->repeats < notification->repeats_max;
	return set_state(core, item, again ? VG_DELIVERY_PENDING : VG_DELIVERY_DELIVERED,
			 again ? at_ms + notification->repeat_ms : INT64_MAX);
}

static int
failed(struct vg_core *core, struct vg_item *item, const struct vg_notification_body *body)
{
	struct vg_notification *notification = &item->of.notification;
	int64_t wait_ms = RETRY_FIRST_MS;

	if (vg_item_set_text(core, &notification->error, body->error) != 0)
		return VG_CORE_ENOMEM;
	notification->attempts++;
	if (!waits(notification)) {
		vg_item_mark(core, item);
		return 0;
	}
	if (notification->attempts >= RETRIES_MAX)
		return set_state(core, item, VG_DELIVERY_FAILED, INT64_MAX);
	for (int i = 1; i < notification->attempts && wait_ms < RETRY_LONGEST_MS; i++)
		wait_ms *= 2;
	if (wait_ms > RETRY_LONGEST_MS)
		wait_ms = RETRY_LONGEST_MS;
	return set_state(core, item, VG_DELIVERY_PENDING, body->at_ms + wait_ms);
}

int
vg_core_notification_step(struct vg_core *core, const struct vg_event *event,
			  struct vg_verdict *out)
{
	const struct vg_notification_body *body = &event->body.notification;
	struct vg_item *item = find_notification(core, body->notification);

	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_FLAGGED, "no notification %lld",
				      (long long)body->notification);
	out->ticket = item->of.notification.ticket;
	if (event->kind == VG_KIND_NOTIFICATION_DELIVERED)
		return delivered(core, item, body->at_ms);
	return failed(core, item, body);
}
