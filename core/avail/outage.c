/* avail/outage.c - outage records: what a person says about availability.
 *
 * A record holds from the moment it is stated, and waits for a second person; whatever changes it
 * (a correction, a withdrawal) makes it wait again. The hard thing is to refuse what would be read
 * as something else later: an end that nobody can know yet, a refutation of measurements that are
 * still to come. */
#include "core/core_private.h"

#include <string.h>

static int
refuse(struct vg_verdict *out, const char *reason)
{
	return vg_verdict_set(out, VG_VERDICT_REFUSED, "%s", reason);
}

static bool
times_hold(const struct vg_core *core, const struct vg_outage_record *record,
	   struct vg_verdict *out)
{
	int64_t latest_ms = core->received_ms + VG_AHEAD_MAX_MS;

	if (record->from_ms >= record->to_ms)
		refuse(out, "the outage must begin before it ends");
	else if (record->from_ms > latest_ms)
		refuse(out, "the outage begins in the future: plan a window instead");
	else if (record->to_ms != INT64_MAX && record->to_ms > latest_ms)
		refuse(out, "the outage ends in the future: leave its end open until it is over");
	else
		return true;
	return false;
}

static bool
effect_holds(const struct vg_agreement *agreement, const struct vg_outage_record *record,
	     struct vg_verdict *out)
{
	bool probe = record->source[0] != '\0' && record->probe[0] != '\0';

	if (record->effect == VG_EFFECT_CAUSE && record->cause == VG_PARTY_UNKNOWN)
		refuse(out, "effect cause needs a cause: vgr, supplier, municipality, third_party "
			    "or force_majeure");
	else if (!probe && (record->source[0] != '\0' || record->probe[0] != '\0'))
		refuse(out, "a probe is named by both its source and its name");
	else if (probe && record->effect != VG_EFFECT_REFUTE)
		refuse(out, "only effect refute names a probe");
	else if (!probe && record->effect == VG_EFFECT_REFUTE && record->to_ms == INT64_MAX)
		refuse(out, "effect refute needs an end, or the one probe that is wrong: it would "
			    "silence all measuring to come");
	else if (probe && vg_agreement_probe(agreement, record->source, record->probe) == NULL)
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "agreement %.40s %.20s has no probe %.40s of %.40s", agreement->name,
			       agreement->version, record->probe, record->source);
	else
		return true;
	return false;
}

static bool
channel_holds(const struct vg_agreement *agreement, const struct vg_outage_record *record,
	      struct vg_verdict *out)
{
	const struct vg_service *service = vg_agreement_service(agreement, record->service);
	int channel = vg_agreement_channel(agreement, record->channel);

	if (service == NULL)
		refuse(out, "an outage is of one service");
	else if (record->channel[0] != '\0' &&
		 (channel < 0 || (service->channels >> channel & 1) == 0))
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "service %.60s is not given through channel %.60s", record->service,
			       record->channel);
	else
		return true;
	return false;
}

static bool
holds(const struct vg_core *core, const struct vg_outage_record *record, struct vg_verdict *out)
{
	struct vg_scope_lists scope = {record->service, record->channel, record->municipalities};
	const struct vg_agreement *agreement;

	if (record->reason[0] == '\0') {
		refuse(out, "a reason is needed: it stands beside the figure that it changes");
		return false;
	}
	return times_hold(core, record, out) &&
	       (agreement = vg_scope_agreement(core, record->from_ms, &scope, out)) != NULL &&
	       channel_holds(agreement, record, out) && effect_holds(agreement, record, out);
}

int
vg_core_outage_record(struct vg_core *core, const struct vg_event *event,
		      const struct vg_outage_body *body, struct vg_verdict *out)
{
	struct vg_outage_record record = {
		.id = event->seq,
		.effect = (int)body->effect,
		.service = body->service,
		.channel = body->channel,
		.municipalities = body->municipalities,
		.from_ms = body->from_ms,
		.to_ms = body->to_ms,
		.cause = (int)body->cause,
		.reason = body->reason,
		.source = body->source,
		.probe = body->probe,
		.author = event->actor,
		.approved_by = "",
	};
	int rc;

	if (!holds(core, &record, out) || vg_items_full(core, VG_OBJECT_OUTAGE, out, "outages"))
		return 0;
	vg_fee_cause_changed(core, 'O', record.id);
	if ((rc = vg_item_add(core, VG_OBJECT_OUTAGE, &record, NULL)) != 0 ||
	    (rc = vg_core_outage_changed(core, &record, record.municipalities)) != 0)
		return rc;
	return vg_core_mark_availability(core, record.from_ms);
}

static void
lay_over(struct vg_outage_record *record, const struct vg_outage_body *body)
{
	if ((body->set & VG_OUTAGE_SET_EFFECT) != 0)
		record->effect = (int)body->effect;
	if ((body->set & VG_OUTAGE_SET_CHANNEL) != 0)
		record->channel = body->channel;
	if ((body->set & VG_OUTAGE_SET_MUNICIPALITIES) != 0)
		record->municipalities = body->municipalities;
	if ((body->set & VG_OUTAGE_SET_FROM) != 0)
		record->from_ms = body->from_ms;
	if ((body->set & VG_OUTAGE_SET_TO) != 0)
		record->to_ms = body->to_ms;
	if ((body->set & VG_OUTAGE_SET_CAUSE) != 0)
		record->cause = (int)body->cause;
}

static bool
says_the_same(const struct vg_outage_record *a, const struct vg_outage_record *b)
{
	return a->effect == b->effect && a->cause == b->cause && a->from_ms == b->from_ms &&
	       a->to_ms == b->to_ms && strcmp(a->channel, b->channel) == 0 &&
	       strcmp(a->municipalities, b->municipalities) == 0;
}

/* Takes `changed` for what the record says; its author is who changed it, and it waits. */
static int
restate(struct vg_core *core, struct vg_item *item, struct vg_outage_record *changed,
	const struct vg_event *event)
{
	int64_t from_ms = item->of.outage.from_ms;
	int rc;

	if (changed->from_ms < from_ms)
		from_ms = changed->from_ms;
	changed->reason = event->body.outage.reason;
	changed->author = event->actor;
	changed->approved_by = "";
	vg_fee_cause_changed(core, 'O', changed->id);
	if ((rc = vg_core_outage_changed(core, changed, item->of.outage.municipalities)) != 0 ||
	    (rc = vg_core_outage_changed(core, changed, changed->municipalities)) != 0 ||
	    (rc = vg_item_replace(core, item, changed)) != 0)
		return rc;
	return vg_core_mark_availability(core, from_ms);
}

static int
correct(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
	struct vg_verdict *out)
{
	struct vg_outage_record changed = item->of.outage;

	lay_over(&changed, &event->body.outage);
	changed.reason = event->body.outage.reason;
	if (says_the_same(&changed, &item->of.outage))
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "O-%lld says that already: nothing would change",
				      (long long)changed.id);
	return holds(core, &changed, out) ? restate(core, item, &changed, event) : 0;
}

static int
withdraw(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
	 struct vg_verdict *out)
{
	struct vg_outage_record changed = item->of.outage;

	if (event->body.outage.reason[0] == '\0')
		return refuse(out, "a reason is needed: it stands beside the figure that it "
				   "changes");
	changed.withdrawn = true;
	return restate(core, item, &changed, event);
}

/* A withdrawal too is approved: it changes the figure as a record does. */
static int
approve(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
	struct vg_verdict *out)
{
	struct vg_outage_record *record = &item->of.outage;

	if (record->approved_by[0] != '\0')
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "O-%lld was approved by %.100s already",
				      (long long)record->id, record->approved_by);
	if (strcmp(record->author, event->actor) == 0)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "O-%lld was last changed by %.100s: a second principal must "
				      "approve it",
				      (long long)record->id, record->author);
	if (vg_item_set_text(core, &record->approved_by, event->actor) != 0)
		return VG_CORE_ENOMEM;
	vg_item_mark(core, item);
	return vg_core_mark_availability(core, record->from_ms);
}

static struct vg_item *
find_outage(const struct vg_core *core, const char *name)
{
	struct vg_item key;
	int64_t n;

	if (!vg_own_id(name, 'O', &key.of.outage.id, &n) || n >= 0)
		return NULL;
	return vg_item_find(core, VG_OBJECT_OUTAGE, &key);
}

const struct vg_outage_record *
vg_core_outage_named(const struct vg_core *core, const char *name)
{
	const struct vg_item *item = find_outage(core, name);

	return item != NULL ? &item->of.outage : NULL;
}

int
vg_core_outage_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_item *item;

	if (event->kind == VG_KIND_OUTAGE_RECORDED)
		return vg_core_outage_record(core, event, &event->body.outage, out);
	item = find_outage(core, event->body.outage.outage);
	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no outage record %.60s: expected O- and its number",
				      event->body.outage.outage);
	if (event->kind == VG_KIND_OUTAGE_APPROVED)
		return approve(core, item, event, out);
	if (item->of.outage.withdrawn)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "O-%lld was withdrawn by %.100s already",
				      (long long)item->of.outage.id, item->of.outage.author);
	if (event->kind == VG_KIND_OUTAGE_CORRECTED)
		return correct(core, item, event, out);
	return withdraw(core, item, event, out);
}
