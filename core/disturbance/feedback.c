/* disturbance/feedback.c - what people say of the accessibility of the public pages, and when they
 * were answered.
 *
 * Anybody may write, so what waits is bounded; the ledger holds a digest of what was written, never
 * the words. */
#include "core/disturbance/private.h"

static struct vg_item *
item_of(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.feedback.id = id};

	return vg_item_find(core, VG_OBJECT_FEEDBACK, &key);
}

const struct vg_feedback *
vg_feedback(const struct vg_core *core, int64_t id)
{
	const struct vg_item *item = item_of(core, id);

	return item != NULL ? &item->of.feedback : NULL;
}

static size_t
unanswered(const struct vg_core *core)
{
	const struct vg_items *items = &core->items[VG_OBJECT_FEEDBACK];
	size_t count = 0;

	for (size_t i = 0; i < items->n; i++)
		count += items->item[i]->of.feedback.answered_ms == -1;
	return count;
}

static int
receive(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_feedback feedback = {.id = event->seq,
					     .text_digest = event->body.feedback.text_digest,
					     .contact = event->body.feedback.contact,
					     .received_ms = event->received_ms,
					     .answered_ms = -1,
					     .answer = "",
					     .answered_by = ""};

	if (vg_items_full(core, VG_OBJECT_FEEDBACK, out, "feedback"))
		return 0;
	if (unanswered(core) >= VG_FEEDBACK_OPEN_MAX)
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD, "%d wait for an answer",
				      VG_FEEDBACK_OPEN_MAX);
	return vg_item_add(core, VG_OBJECT_FEEDBACK, &feedback, NULL);
}

static int
answer(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_feedback_body *body = &event->body.feedback;
	struct vg_item *item = NULL;
	struct vg_feedback changed;
	int64_t id, n;

	if (vg_own_id(body->feedback, 'T', &id, &n) && n < 0)
		item = item_of(core, id);
	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no feedback %.60s; expected T-<number>", body->feedback);
	changed = item->of.feedback;
	if (changed.answered_ms != -1)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "T-%lld is answered", (long long)id);
	if (body->answer[0] == '\0')
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "an answer is needed");
	changed.answered_ms = event->received_ms;
	changed.answer = body->answer;
	changed.answered_by = event->actor;
	return vg_item_replace(core, item, &changed);
}

int
vg_feedback_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	return event->kind == VG_KIND_FEEDBACK_RECEIVED ? receive(core, event, out)
							: answer(core, event, out);
}
