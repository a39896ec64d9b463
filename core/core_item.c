/* core_item.c - everything that is neither ticket, month nor agreement version: imports, quarantine, notifications, user
 * readings, register rows, reports.
 *
 * Each type is a list sorted by its key, and one table says how it is laid out, so that freeing, copying, counting and the
 * checkpoint need no code per type. The hard thing is the notification: it is said again until somebody has acknowledged
 * the ticket, and what the outbox learnt may come after that. */
#include "core/core_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_FIRST_MS INT64_C(30000)
#define RETRY_LONGEST_MS INT64_C(1800000)
#define RETRIES_MAX 20
#define DUTIES_PER_EVENT 16 /* a notification's id is the event's sequence * 16 + index */

/* Layout. */

#define TEXT(type, name) { offsetof(struct type, name), VG_MEMBER_TEXT }
#define INT64(type, name) { offsetof(struct type, name), VG_MEMBER_INT64 }
#define INT(type, name) { offsetof(struct type, name), VG_MEMBER_INT }
#define BOOL(type, name) { offsetof(struct type, name), VG_MEMBER_BOOL }
#define SHAPE(type, max, members, compare)                                                         \
	{ sizeof(struct type), offsetof(struct type, changed_seq), max, members,                   \
		sizeof(members) / sizeof(members[0]), compare }

static const struct vg_member import_members[] = {
	INT64(vg_import, seq), INT64(vg_import, changed_seq), TEXT(vg_import, id),
	TEXT(vg_import, source), TEXT(vg_import, file), TEXT(vg_import, file_sha256),
	TEXT(vg_import, mapping_sha256), TEXT(vg_import, actor), INT64(vg_import, rows),
	INT64(vg_import, taken), INT64(vg_import, quarantined), INT64(vg_import, malformed),
	BOOL(vg_import, finished), BOOL(vg_import, revoked),
};
static const struct vg_member quarantined_members[] = {
	INT64(vg_quarantined, seq), INT64(vg_quarantined, changed_seq),
	INT64(vg_quarantined, occurred_ms), TEXT(vg_quarantined, source),
	TEXT(vg_quarantined, mapping), TEXT(vg_quarantined, reason), TEXT(vg_quarantined, field),
	TEXT(vg_quarantined, value), TEXT(vg_quarantined, payload), TEXT(vg_quarantined, event_id),
	TEXT(vg_quarantined, import), BOOL(vg_quarantined, retaken),
};
static const struct vg_member notification_members[] = {
	INT64(vg_notification, id), INT64(vg_notification, changed_seq),
	INT64(vg_notification, ticket), INT64(vg_notification, made_ms),
	TEXT(vg_notification, duty), TEXT(vg_notification, channel),
	TEXT(vg_notification, address), INT(vg_notification, state), INT(vg_notification, attempts),
	INT(vg_notification, repeats), INT64(vg_notification, next_ms),
	INT64(vg_notification, delivered_ms), INT64(vg_notification, repeat_ms),
	INT64(vg_notification, repeats_max), TEXT(vg_notification, error),
};
static const struct vg_member users_members[] = {
	INT64(vg_users_reading, seq), INT64(vg_users_reading, changed_seq),
	INT64(vg_users_reading, day), INT64(vg_users_reading, users),
	INT64(vg_users_reading, private_users), TEXT(vg_users_reading, municipality),
	TEXT(vg_users_reading, rule),
};
static const struct vg_member register_members[] = {
	INT64(vg_register_row, seq), INT64(vg_register_row, changed_seq),
	INT64(vg_register_row, valid_from_ms), INT64(vg_register_row, valid_to_ms),
	TEXT(vg_register_row, name), TEXT(vg_register_row, key),
	TEXT(vg_register_row, municipality), TEXT(vg_register_row, value),
};
static const struct vg_member report_members[] = {
	INT64(vg_report_made, seq), INT64(vg_report_made, changed_seq),
	INT64(vg_report_made, as_of_seq), INT(vg_report_made, month), TEXT(vg_report_made, head),
	TEXT(vg_report_made, model_sha256), TEXT(vg_report_made, actor),
};

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_imports(const struct vg_item *a, const struct vg_item *b)
{
	return strcmp(a->of.import_.id, b->of.import_.id);
}

static int
compare_quarantined(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.quarantined.seq, b->of.quarantined.seq);
}

static int
compare_notifications(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.notification.id, b->of.notification.id);
}

static int
compare_users(const struct vg_item *a, const struct vg_item *b)
{
	int order = strcmp(a->of.users.municipality, b->of.users.municipality);

	return order != 0 ? order : compare_numbers(a->of.users.day, b->of.users.day);
}

static int
compare_rows(const struct vg_item *a, const struct vg_item *b)
{
	int order = strcmp(a->of.reg.name, b->of.reg.name);

	return order != 0 ? order : strcmp(a->of.reg.key, b->of.reg.key);
}

static int
compare_reports(const struct vg_item *a, const struct vg_item *b)
{
	return compare_numbers(a->of.report.seq, b->of.report.seq);
}

const struct vg_item_shape vg_item_shapes[VG_OBJECT_REPORT + 1] = {
	[VG_OBJECT_IMPORT] = SHAPE(vg_import, VG_CORE_IMPORTS_MAX, import_members, compare_imports),
	[VG_OBJECT_QUARANTINED] = SHAPE(vg_quarantined, VG_CORE_QUARANTINE_MAX,
		quarantined_members, compare_quarantined),
	[VG_OBJECT_NOTIFICATION] = SHAPE(vg_notification, VG_CORE_NOTIFICATIONS_MAX,
		notification_members, compare_notifications),
	[VG_OBJECT_USERS] = SHAPE(vg_users_reading, VG_CORE_USERS_MAX, users_members,
		compare_users),
	[VG_OBJECT_REGISTER] = SHAPE(vg_register_row, VG_CORE_REGISTER_MAX, register_members,
		compare_rows),
	[VG_OBJECT_REPORT] = SHAPE(vg_report_made, VG_CORE_REPORTS_MAX, report_members,
		compare_reports),
};

/* Lists. */

void *
vg_item_member(struct vg_item *item, size_t offset)
{
	return (char *)&item->of + offset;
}

static char **
text_member(struct vg_item *item, const struct vg_member *member)
{
	return vg_item_member(item, member->offset);
}

void
vg_item_free(enum vg_object_type type, struct vg_item *item)
{
	const struct vg_item_shape *shape = &vg_item_shapes[type];

	for (size_t i = 0; item != NULL && i < shape->members; i++) {
		if (shape->member[i].form == VG_MEMBER_TEXT)
			free(*text_member(item, &shape->member[i]));
	}
	free(item);
}

size_t
vg_item_bytes(enum vg_object_type type, const struct vg_item *item)
{
	const struct vg_item_shape *shape = &vg_item_shapes[type];
	size_t bytes = offsetof(struct vg_item, of) + shape->size;

	for (size_t i = 0; i < shape->members; i++) {
		const char *text;

		if (shape->member[i].form != VG_MEMBER_TEXT)
			continue;
		memcpy(&text, (const char *)&item->of + shape->member[i].offset, sizeof(text));
		bytes += strlen(text) + 1;
	}
	return bytes;
}

/* A copy with its own strings of what `source` holds, a public struct of the type. NULL = out of memory. */
static struct vg_item *
item_new(enum vg_object_type type, const void *source)
{
	const struct vg_item_shape *shape = &vg_item_shapes[type];
	struct vg_item *item = calloc(1, offsetof(struct vg_item, of) + shape->size);
	bool whole = item != NULL;

	if (item == NULL)
		return NULL;
	item->link.type = type;
	item->heap_slot = VG_HEAP_NOWHERE;
	memcpy(&item->of, source, shape->size);
	for (size_t i = 0; i < shape->members; i++) {
		char **text = text_member(item, &shape->member[i]);

		if (shape->member[i].form != VG_MEMBER_TEXT)
			continue;
		*text = strdup(*text != NULL ? *text : "");
		whole = whole && *text != NULL;
	}
	if (whole)
		return item;
	vg_item_free(type, item);
	return NULL;
}

/* Place of the first item that is not before `key`. */
static size_t
lower_bound(const struct vg_items *items, enum vg_object_type type, const struct vg_item *key)
{
	size_t low = 0, high = items->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (vg_item_shapes[type].compare(items->item[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct vg_item *
find(const struct vg_core *core, enum vg_object_type type, const struct vg_item *key)
{
	const struct vg_items *items = &core->items[type];
	size_t i = lower_bound(items, type, key);

	return i < items->n && vg_item_shapes[type].compare(items->item[i], key) == 0
		? items->item[i]
		: NULL;
}

int
vg_items_insert(struct vg_core *core, enum vg_object_type type, struct vg_item *item)
{
	struct vg_items *items = &core->items[type];
	size_t i = items->n;

	if (vg_core_reserve((void **)&items->item, &items->size, items->n + 1,
		    sizeof(struct vg_item *)) != 0)
		return VG_CORE_ENOMEM;
	if (i > 0 && vg_item_shapes[type].compare(items->item[i - 1], item) >= 0)
		i = lower_bound(items, type, item);
	memmove(&items->item[i + 1], &items->item[i], (items->n - i) * sizeof(struct vg_item *));
	items->item[i] = item;
	items->n++;
	core->item_bytes += vg_item_bytes(type, item);
	return 0;
}

static void
mark(struct vg_core *core, struct vg_item *item)
{
	vg_core_mark(core, &item->link,
		vg_item_member(item, vg_item_shapes[item->link.type].changed_seq));
}

static bool
full(const struct vg_core *core, enum vg_object_type type, struct vg_verdict *out, const char *what)
{
	if (core->items[type].n < vg_item_shapes[type].max)
		return false;
	vg_verdict_set(out, VG_VERDICT_OVERLOAD, "more than %zu %s", vg_item_shapes[type].max, what);
	return true;
}

/* Copies, inserts and marks. */
static int
add(struct vg_core *core, enum vg_object_type type, const void *source, struct vg_item **out)
{
	struct vg_item *item = item_new(type, source);

	if (item == NULL)
		return VG_CORE_ENOMEM;
	if (vg_items_insert(core, type, item) != 0) {
		vg_item_free(type, item);
		return VG_CORE_ENOMEM;
	}
	mark(core, item);
	if (out != NULL)
		*out = item;
	return 0;
}

/* Puts a new statement in the place of an old one under the same key; seq stays that of the first. */
static int
replace(struct vg_core *core, struct vg_item *old, const void *source)
{
	enum vg_object_type type = old->link.type;
	struct vg_item *fresh = item_new(type, source);
	struct vg_item swap;
	size_t size = offsetof(struct vg_item, of) + vg_item_shapes[type].size;

	if (fresh == NULL)
		return VG_CORE_ENOMEM;
	core->item_bytes += vg_item_bytes(type, fresh);
	core->item_bytes -= vg_item_bytes(type, old);
	fresh->link = old->link;
	memcpy(&swap, old, size);
	memcpy(old, fresh, size);
	memcpy(fresh, &swap, size);
	vg_item_free(type, fresh);
	mark(core, old);
	return 0;
}

static int
set_text(struct vg_core *core, const char **member, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		return VG_CORE_ENOMEM;
	core->item_bytes = core->item_bytes - strlen(*member) + strlen(copy);
	free((char *)*member);
	*member = copy;
	return 0;
}

/* Imports. */

static struct vg_item *
find_import(const struct vg_core *core, const char *id)
{
	struct vg_item key = { .of.import_.id = id };

	return find(core, VG_OBJECT_IMPORT, &key);
}

const struct vg_import *
vg_core_import(const struct vg_core *core, const char *id)
{
	const struct vg_item *item = find_import(core, id);

	return item != NULL ? &item->of.import_ : NULL;
}

static const struct vg_import *
same_file(const struct vg_core *core, const struct vg_import_body *body)
{
	const struct vg_items *items = &core->items[VG_OBJECT_IMPORT];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_import *import = &items->item[i]->of.import_;

		if (!import->revoked && strcmp(import->file_sha256, body->file_sha256) == 0 &&
			strcmp(import->source, body->source) == 0)
			return import;
	}
	return NULL;
}

static int
resume_import(const struct vg_import *import, const struct vg_import_body *body, struct vg_verdict *out)
{
	if (import->revoked)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
			"import %.80s was revoked: start it under another id", import->id);
	if (strcmp(import->file_sha256, body->file_sha256) != 0 ||
		strcmp(import->source, body->source) != 0)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
			"import %.80s was started with another file or source", import->id);
	return 0;
}

static int
start_import(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_import_body *body = &event->body.import_;
	const struct vg_import *known = vg_core_import(core, body->id);
	struct vg_import import = {
		.seq = event->seq, .id = body->id, .source = body->source, .file = body->file,
		.file_sha256 = body->file_sha256, .mapping_sha256 = body->mapping_sha256,
		.actor = event->actor, .rows = -1, .taken = -1, .quarantined = -1, .malformed = -1,
	};

	if (known != NULL)
		return resume_import(known, body, out);
	known = same_file(core, body);
	if (known != NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
			"the same file was imported from %.60s as %.80s: revoke that first",
			known->source, known->id);
	if (full(core, VG_OBJECT_IMPORT, out, "imports"))
		return 0;
	return add(core, VG_OBJECT_IMPORT, &import, NULL);
}

static int
finish_import(struct vg_core *core, struct vg_item *item, const struct vg_import_body *body)
{
	struct vg_import *import = &item->of.import_;

	import->rows = body->rows;
	import->taken = body->taken;
	import->quarantined = body->quarantined;
	import->malformed = body->malformed;
	import->finished = true;
	mark(core, item);
	return 0;
}

int
vg_core_revoke_id(struct vg_core *core, uint32_t import)
{
	size_t i = core->revokeds;

	if (vg_core_reserve((void **)&core->revoked, &core->revokeds_size, core->revokeds + 1,
		    sizeof(*core->revoked)) != 0)
		return VG_CORE_ENOMEM;
	while (i > 0 && core->revoked[i - 1] > import)
		i--;
	memmove(&core->revoked[i + 1], &core->revoked[i],
		(core->revokeds - i) * sizeof(*core->revoked));
	core->revoked[i] = import;
	core->revokeds++;
	return 0;
}

static bool
touched_by(const struct vg_ticket *ticket, uint32_t import)
{
	for (uint32_t i = 0; i < ticket->facts; i++) {
		if (ticket->fact[i]->import == import)
			return true;
	}
	return false;
}

static int
revoke_import(struct vg_core *core, struct vg_item *item)
{
	int64_t id = vg_pool_put(core->pool, item->of.import_.id);
	int rc;

	if (id < 0 || vg_core_revoke_id(core, (uint32_t)id) != 0)
		return VG_CORE_ENOMEM;
	item->of.import_.revoked = true;
	mark(core, item);
	for (size_t i = 0; i < core->tickets; i++) {
		if (touched_by(core->ticket[i], (uint32_t)id) &&
			(rc = vg_core_ticket_settle(core, core->ticket[i], INT64_MIN, NULL)) != 0)
			return rc;
	}
	return 0;
}

int
vg_core_import_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_import_body *body = &event->body.import_;
	struct vg_item *item = find_import(core, body->id);

	if (event->kind == VG_KIND_IMPORT_STARTED)
		return start_import(core, event, out);
	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "no import %.100s", body->id);
	if (item->of.import_.revoked)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "import %.100s is revoked already",
			body->id);
	if (event->kind == VG_KIND_IMPORT_FINISHED)
		return finish_import(core, item, body);
	return revoke_import(core, item);
}

/* Notifications. */

static struct vg_item *
find_notification(const struct vg_core *core, int64_t id)
{
	struct vg_item key = { .of.notification.id = id };

	return find(core, VG_OBJECT_NOTIFICATION, &key);
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
	struct vg_heap_entry entry = { next_ms, notification->id, item, &item->heap_slot };
	struct vg_ticket *ticket = vg_core_ticket_exact(core, notification->ticket);
	bool waited = waits(notification);

	notification->state = state;
	notification->next_ms = next_ms;
	if (waited && !waits(notification) && ticket != NULL)
		ticket->notified--;
	mark(core, item);
	if (state == VG_DELIVERY_PENDING)
		return vg_heap_put(&core->outbox, &entry);
	vg_heap_remove(&core->outbox, &item->heap_slot);
	return 0;
}

/* A notification's id is at least its ticket's times 16, so those of a ticket lie in the list's tail. */
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
		mark(core, items->item[i]);
	}
	to->notified += from->notified;
	from->notified = 0;
}

int
vg_core_notify(struct vg_core *core, const struct vg_event *event, struct vg_ticket *ticket,
	const char *municipality, struct vg_verdict *out)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, event->occurred_ms);
	int index = 0;

	for (size_t i = 0; agreement != NULL && i < agreement->duties; i++) {
		const struct vg_duty *duty = &agreement->duty[i];
		struct vg_notification notification = {
			.id = event->seq * DUTIES_PER_EVENT + index, .ticket = ticket->id,
			.made_ms = core->received_ms, .duty = duty->name, .channel = duty->channel,
			.address = duty->address, .state = VG_DELIVERY_PENDING, .delivered_ms = -1,
			.next_ms = core->received_ms, .repeat_ms = duty->repeat_ms,
			.repeats_max = duty->repeats_max, .error = "",
		};
		struct vg_item *item;
		int rc;

		if (strcmp(duty->municipality, "*") != 0 &&
			strcmp(duty->municipality, municipality) != 0)
			continue;
		if (index == DUTIES_PER_EVENT || core->items[VG_OBJECT_NOTIFICATION].n >=
				VG_CORE_NOTIFICATIONS_MAX)
			return vg_verdict_set(out, VG_VERDICT_FLAGGED,
				"handed over, but duty %.60s was not called: too many notifications",
				duty->name);
		if ((rc = add(core, VG_OBJECT_NOTIFICATION, &notification, &item)) != 0)
			return rc;
		ticket->notified++;
		if ((rc = set_state(core, item, VG_DELIVERY_PENDING, core->received_ms)) != 0)
			return rc;
		index++;
	}
	return 0;
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
		mark(core, item);
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

	if (set_text(core, &notification->error, body->error) != 0)
		return VG_CORE_ENOMEM;
	notification->attempts++;
	if (!waits(notification)) {
		mark(core, item);
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

static int
notification_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
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

/* Quarantine, readings, registers, reports. */

static int
quarantine(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_quarantine_body *body = &event->body.quarantine;
	struct vg_quarantined quarantined = {
		.seq = event->seq, .occurred_ms = event->occurred_ms, .source = event->source,
		.mapping = body->mapping, .reason = body->reason, .field = body->field,
		.value = body->value, .payload = body->payload, .event_id = event->event_id,
		.import = event->import,
	};

	if (full(core, VG_OBJECT_QUARANTINED, out, "facts in quarantine"))
		return 0;
	return add(core, VG_OBJECT_QUARANTINED, &quarantined, NULL);
}

static int
retake(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_item key = { .of.quarantined.seq = event->body.quarantine.seq };
	struct vg_item *item = find(core, VG_OBJECT_QUARANTINED, &key);

	if (item == NULL || item->of.quarantined.retaken)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "nothing in quarantine from event %lld",
			(long long)event->body.quarantine.seq);
	item->of.quarantined.retaken = true;
	mark(core, item);
	return 0;
}

/* The month of a local day, by the newest version's days. */
static int
month_of_day(const struct vg_core *core, int64_t day)
{
	const struct vg_agreement *latest = vg_core_agreement_latest(core);

	if (latest == NULL || latest->days == 0)
		return VG_MONTH_NONE;
	if (day < latest->first_day)
		return latest->first_month;
	if (day - latest->first_day >= (int64_t)latest->days)
		return VG_MONTH_NONE;
	return vg_core_month_of(core, latest->day_start_ms[day - latest->first_day]);
}

static int
users_read(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_users_body *body = &event->body.users;
	struct vg_users_reading reading = {
		.seq = event->seq, .day = body->day, .users = body->users,
		.private_users = body->private_users, .rule = body->rule,
		.municipality = event->has_municipality ? event->municipality : "",
	};
	struct vg_item key = { .of.users = reading };
	struct vg_item *known = find(core, VG_OBJECT_USERS, &key);
	int rc;

	if (known == NULL && full(core, VG_OBJECT_USERS, out, "user readings"))
		return 0;
	if (known != NULL) {
		reading.seq = known->of.users.seq;
		reading.changed_seq = known->of.users.changed_seq;
		rc = replace(core, known, &reading);
	} else {
		rc = add(core, VG_OBJECT_USERS, &reading, NULL);
	}
	return rc != 0 ? rc
		       : vg_core_mark_months(core, month_of_day(core, body->day), core->current_month);
}

const struct vg_users_reading *
vg_core_users_at(const struct vg_core *core, const char *municipality, int64_t day)
{
	const struct vg_items *items = &core->items[VG_OBJECT_USERS];
	struct vg_item key = { .of.users = { .municipality = municipality, .day = day } };
	size_t i = lower_bound(items, VG_OBJECT_USERS, &key);

	if (i < items->n && compare_users(items->item[i], &key) == 0)
		return &items->item[i]->of.users;
	if (i == 0 || strcmp(items->item[i - 1]->of.users.municipality, municipality) != 0)
		return NULL;
	return &items->item[i - 1]->of.users;
}

static int
register_set(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_register_body *body = &event->body.reg;
	struct vg_register_row row = {
		.seq = event->seq, .valid_from_ms = body->valid_from_ms,
		.valid_to_ms = body->valid_to_ms, .name = body->name, .key = body->key,
		.municipality = event->has_municipality ? event->municipality : "",
		.value = body->value,
	};
	struct vg_item key = { .of.reg = row };
	struct vg_item *known = find(core, VG_OBJECT_REGISTER, &key);

	if (known != NULL) {
		row.seq = known->of.reg.seq;
		row.changed_seq = known->of.reg.changed_seq;
		return replace(core, known, &row);
	}
	if (full(core, VG_OBJECT_REGISTER, out, "register rows"))
		return 0;
	return add(core, VG_OBJECT_REGISTER, &row, NULL);
}

static int
report_made(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_report_body *body = &event->body.report;
	struct vg_report_made report = {
		.seq = event->seq, .as_of_seq = body->as_of_seq, .month = body->month,
		.head = body->head, .model_sha256 = body->model_sha256, .actor = event->actor,
	};

	if (full(core, VG_OBJECT_REPORT, out, "reports"))
		return 0;
	return add(core, VG_OBJECT_REPORT, &report, NULL);
}

int
vg_core_item_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	if (event->kind == VG_KIND_INTAKE_QUARANTINED)
		return quarantine(core, event, out);
	if (event->kind == VG_KIND_INTAKE_RETAKEN)
		return retake(core, event, out);
	if (event->kind == VG_KIND_USERS_READ)
		return users_read(core, event, out);
	if (event->kind == VG_KIND_REGISTER_SET)
		return register_set(core, event, out);
	if (event->kind == VG_KIND_REPORT_MADE)
		return report_made(core, event, out);
	return notification_step(core, event, out);
}
