/* disturbance/disturbance.c - drafted, published, updated, closed.
 *
 * Each message states the whole content, so that what stood on the public page at any instant is
 * one row of the ledger. The hard thing is the promise: a message that is published says when the
 * next one comes, and nobody may leave it open. */
#include "core/disturbance/private.h"

#include <string.h>

static const char *const state_names[VG_DISTURBANCE_STATE_COUNT] = {
	[VG_DISTURBANCE_DRAFT] = "draft",
	[VG_DISTURBANCE_PUBLISHED] = "published",
	[VG_DISTURBANCE_CLOSED] = "closed",
};

const char *
vg_disturbance_state_name(enum vg_disturbance_state state)
{
	VG_ASSERT(state < VG_DISTURBANCE_STATE_COUNT);
	return state_names[state];
}

static struct vg_item *
item_of(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.disturbance.id = id};

	return vg_item_find(core, VG_OBJECT_DISTURBANCE, &key);
}

const struct vg_disturbance *
vg_disturbance(const struct vg_core *core, int64_t id)
{
	const struct vg_item *item = item_of(core, id);

	return item != NULL ? &item->of.disturbance : NULL;
}

bool
vg_disturbance_is_overdue(const struct vg_disturbance *disturbance, int64_t now_ms)
{
	return disturbance->state == VG_DISTURBANCE_PUBLISHED &&
	       disturbance->next_update_ms != -1 && disturbance->next_update_ms < now_ms;
}

const struct vg_disturbance_message *
vg_disturbance_message(const struct vg_core *core, int64_t disturbance, int64_t n)
{
	struct vg_item key = {.of.disturbance_message = {.disturbance = disturbance, .n = n}};
	const struct vg_item *item = vg_item_find(core, VG_OBJECT_DISTURBANCE_MESSAGE, &key);

	return item != NULL ? &item->of.disturbance_message : NULL;
}

/* What is said. */

static bool
refuse(struct vg_verdict *out, const char *reason)
{
	vg_verdict_set(out, VG_VERDICT_REFUSED, "%s", reason);
	return false;
}

static bool
is_known_outage(const struct vg_core *core, const struct vg_disturbance_body *body,
		struct vg_verdict *out)
{
	if (body->outage[0] == '\0' || vg_core_outage_named(core, body->outage) != NULL)
		return true;
	vg_verdict_set(out, VG_VERDICT_REFUSED, "no outage %.60s; expected O-<number>",
		       body->outage);
	return false;
}

/* What holds of a draft too. */
static bool
content_holds(const struct vg_core *core, const struct vg_disturbance_body *body,
	      struct vg_verdict *out)
{
	const struct vg_scope_lists scope = {body->services, "", body->municipalities};
	const size_t title = strlen(body->title);

	if (title == 0 || title > VG_DISTURBANCE_TITLE_MAX)
		return refuse(out, "a title is needed, of at most 120 bytes");
	if (strlen(body->text) > VG_DISTURBANCE_TEXT_MAX)
		return refuse(out, "a text has at most 2000 bytes");
	return vg_scope_agreement(core, body->started_ms, &scope, out) != NULL &&
	       is_known_outage(core, body, out);
}

/* The next message is promised for the 24 hours from this one on, or from the start of what is
 * planned. */
static bool
promise_holds(const struct vg_core *core, const struct vg_disturbance_body *body,
	      struct vg_verdict *out)
{
	const int64_t now_ms = core->received_ms;
	int64_t from_ms = now_ms;

	if (body->kind == VG_DISTURBANCE_PLANNED && body->started_ms > now_ms)
		from_ms = body->started_ms;
	if (body->next_update_ms == -1)
		return refuse(out, "a next update is needed: when more will be said");
	if (body->next_update_ms <= now_ms)
		return refuse(out, "the next update lies in the past");
	if (body->next_update_ms > from_ms + VG_DISTURBANCE_UPDATE_MAX_MS)
		return refuse(out, body->kind == VG_DISTURBANCE_PLANNED
					   ? "the next update comes within 24 hours of the start"
					   : "the next update comes within 24 hours");
	return true;
}

static bool
message_holds(const struct vg_core *core, const struct vg_disturbance_body *body,
	      struct vg_verdict *out)
{
	if (body->text[0] == '\0')
		return refuse(out, "a text is needed: what has happened, and for whom");
	if (body->kind == VG_DISTURBANCE_FAULT &&
	    body->started_ms > core->received_ms + VG_AHEAD_MAX_MS)
		return refuse(out, "what has not started yet is of the kind planned");
	return promise_holds(core, body, out);
}

/* Lays over what the body states. */
static void
restate(struct vg_disturbance *disturbance, const struct vg_disturbance_body *body)
{
	int64_t n;

	disturbance->kind = (int)body->kind;
	disturbance->services = body->services;
	disturbance->municipalities = body->municipalities;
	disturbance->title = body->title;
	disturbance->text = body->text;
	disturbance->advice = body->advice;
	disturbance->title_en = body->title_en;
	disturbance->text_en = body->text_en;
	disturbance->advice_en = body->advice_en;
	disturbance->started_ms = body->started_ms;
	disturbance->next_update_ms = body->next_update_ms;
	if (!vg_own_id(body->outage, 'O', &disturbance->outage, &n))
		disturbance->outage = 0;
}

/* The one that the event is about; NULL after a refusal. */
static struct vg_item *
named_item(const struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const char *name = event->body.disturbance.disturbance;
	struct vg_item *item = NULL;
	int64_t id, n;

	if (vg_own_id(name, 'S', &id, &n) && n < 0)
		item = item_of(core, id);
	if (item == NULL)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "no disturbance %.60s; expected S-<number>",
			       name);
	else if (item->of.disturbance.state == VG_DISTURBANCE_CLOSED)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "S-%lld is closed", (long long)id);
	else
		return item;
	return NULL;
}

/* --- drafts --- */

static int
draft_new(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_disturbance disturbance = {.id = event->seq,
					     .state = VG_DISTURBANCE_DRAFT,
					     .author = event->actor,
					     .created_ms = event->received_ms,
					     .published_ms = -1,
					     .updated_ms = -1,
					     .closed_ms = -1,
					     .ended_ms = -1};

	if (vg_items_full(core, VG_OBJECT_DISTURBANCE, out, "disturbances"))
		return 0;
	restate(&disturbance, &event->body.disturbance);
	return vg_item_add(core, VG_OBJECT_DISTURBANCE, &disturbance, NULL);
}

static int
draft(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_disturbance changed;
	struct vg_item *item;

	if (!content_holds(core, &event->body.disturbance, out))
		return 0;
	if (event->body.disturbance.disturbance[0] == '\0')
		return draft_new(core, event, out);
	if ((item = named_item(core, event, out)) == NULL)
		return 0;
	changed = item->of.disturbance;
	if (changed.state != VG_DISTURBANCE_DRAFT)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "S-%lld is published: publish the update",
				      (long long)changed.id);
	restate(&changed, &event->body.disturbance);
	changed.author = event->actor;
	return vg_item_replace(core, item, &changed);
}

/* --- messages --- */

/* Adds what the disturbance says now as its next message. */
static int
tell(struct vg_core *core, struct vg_disturbance *disturbance, const struct vg_event *event)
{
	const bool closing = event->kind == VG_KIND_DISTURBANCE_CLOSED;
	const struct vg_disturbance_body *body = &event->body.disturbance;
	const struct vg_disturbance_message message = {
		.disturbance = disturbance->id,
		.n = disturbance->messages++,
		.seq = event->seq,
		.at_ms = event->received_ms,
		.services = disturbance->services,
		.municipalities = disturbance->municipalities,
		.title = disturbance->title,
		.text = body->text,
		.advice = closing ? "" : disturbance->advice,
		.title_en = disturbance->title_en,
		.text_en = body->text_en,
		.advice_en = closing ? "" : disturbance->advice_en,
		.next_update_ms = disturbance->next_update_ms,
		.closing = closing,
		.author = event->actor,
	};

	return vg_item_add(core, VG_OBJECT_DISTURBANCE_MESSAGE, &message, NULL);
}

static int
publish(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_item *item = named_item(core, event, out);
	struct vg_disturbance changed;
	int rc;

	if (item == NULL || !content_holds(core, &event->body.disturbance, out) ||
	    !message_holds(core, &event->body.disturbance, out))
		return 0;
	changed = item->of.disturbance;
	if (changed.messages >= VG_DISTURBANCE_MESSAGES_MAX)
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD,
				      "S-%lld has %d messages: close it and draft another",
				      (long long)changed.id, VG_DISTURBANCE_MESSAGES_MAX);
	restate(&changed, &event->body.disturbance);
	if (changed.state == VG_DISTURBANCE_DRAFT)
		changed.published_ms = event->received_ms;
	else
		changed.updated_ms = event->received_ms;
	changed.state = VG_DISTURBANCE_PUBLISHED;
	changed.author = event->actor;
	if ((rc = tell(core, &changed, event)) != 0)
		return rc;
	return vg_item_replace(core, item, &changed);
}

static bool
end_holds(const struct vg_core *core, const struct vg_disturbance *disturbance,
	  const struct vg_disturbance_body *body, struct vg_verdict *out)
{
	if (body->text[0] == '\0')
		return refuse(out, "a text is needed: how it ended");
	if (body->ended_ms > core->received_ms + VG_AHEAD_MAX_MS)
		return refuse(out, "what has ended did not end in the future");
	if (disturbance->kind == VG_DISTURBANCE_FAULT && body->ended_ms < disturbance->started_ms)
		return refuse(out, "it ended before it started");
	return true;
}

/* A draft that is closed was never public, and leaves no message. */
static int
end(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_disturbance_body *body = &event->body.disturbance;
	struct vg_item *item = named_item(core, event, out);
	struct vg_disturbance changed;
	int rc;

	if (item == NULL || !end_holds(core, &item->of.disturbance, body, out))
		return 0;
	changed = item->of.disturbance;
	changed.ended_ms = body->ended_ms;
	changed.next_update_ms = -1;
	changed.closed_ms = event->received_ms;
	changed.author = event->actor;
	if (changed.state == VG_DISTURBANCE_PUBLISHED && (rc = tell(core, &changed, event)) != 0)
		return rc;
	changed.state = VG_DISTURBANCE_CLOSED;
	return vg_item_replace(core, item, &changed);
}

int
vg_disturbance_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	if (event->kind == VG_KIND_DISTURBANCE_DRAFTED)
		return draft(core, event, out);
	if (event->kind == VG_KIND_DISTURBANCE_PUBLISHED)
		return publish(core, event, out);
	return end(core, event, out);
}

/* --- checkpoint --- */

/* A disturbance is loaded before its messages, which come in order. */
static bool
message_belongs(const struct vg_core *core, const struct vg_disturbance_message *message)
{
	const struct vg_disturbance *disturbance = vg_disturbance(core, message->disturbance);

	return disturbance != NULL && message->n >= 0 && message->n < disturbance->messages &&
	       (message->n == 0 ||
		vg_disturbance_message(core, message->disturbance, message->n - 1) != NULL);
}

bool
vg_disturbance_item_holds(const struct vg_core *core, enum vg_object_type type,
			  const struct vg_item *item)
{
	const struct vg_disturbance *disturbance = &item->of.disturbance;

	if (type == VG_OBJECT_DISTURBANCE)
		return disturbance->state < VG_DISTURBANCE_STATE_COUNT &&
		       disturbance->kind < VG_DISTURBANCE_KIND_COUNT &&
		       disturbance->messages >= 0 &&
		       disturbance->messages <= VG_DISTURBANCE_MESSAGES_MAX + 1;
	if (type == VG_OBJECT_DISTURBANCE_MESSAGE)
		return message_belongs(core, &item->of.disturbance_message);
	return true;
}
