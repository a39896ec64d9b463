/* core.c - one event in, changed state out.
 *
 * The core is a fold: what it knows is a function of the events given so far and of nothing else.
 * The hard thing is that sinks lag by days and nothing may pile up for them; so every object is a
 * member of one list that is ordered by the sequence of its last change, and a sink walks the tail
 * that it has not seen. */
#include "core/disturbance/private.h"
#include "core/fee/private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
vg_core_reserve(void **array, size_t *size, size_t want, size_t element)
{
	size_t grown = *size + *size / 2 + 4;
	void *moved;

	if (want <= *size)
		return 0;
	if (grown < want)
		grown = want;
	moved = reallocarray(*array, grown, element);
	if (moved == NULL)
		return VG_CORE_ENOMEM;
	*array = moved;
	*size = grown;
	return 0;
}

int
vg_verdict_set(struct vg_verdict *out, enum vg_verdict_code code, const char *format, ...)
{
	va_list args;

	out->code = code;
	va_start(args, format);
	vsnprintf(out->text, sizeof(out->text), format, args);
	va_end(args);
	return 0;
}

void
vg_core_link_last(struct vg_core *core, struct vg_link *link)
{
	link->older = core->changed.older;
	link->newer = &core->changed;
	core->changed.older->newer = link;
	core->changed.older = link;
}

void
vg_core_unlink(struct vg_link *link)
{
	link->older->newer = link->newer;
	link->newer->older = link->older;
}

void
vg_core_mark(struct vg_core *core, struct vg_link *link, int64_t *changed_seq)
{
	if (link->newer != NULL) {
		if (*changed_seq == core->seq)
			return;
		vg_core_unlink(link);
	}
	*changed_seq = core->seq;
	vg_core_link_last(core, link);
}

struct vg_core *
vg_core_new(void)
{
	struct vg_core *core = calloc(1, sizeof(*core));

	if (core == NULL)
		return NULL;
	core->changed.older = core->changed.newer = &core->changed;
	core->current_month = VG_MONTH_NONE;
	vg_core_probes_init(&core->probes);
	vg_alarms_init(&core->alarms);
	core->pool = vg_pool_new();
	core->fee_book = vg_fee_book_new();
	if (core->pool != NULL && core->fee_book != NULL)
		return core;
	vg_core_free(core);
	return NULL;
}

static void
free_items(struct vg_core *core)
{
	for (int type = 0; type <= VG_OBJECT_LAST_ITEM; type++) {
		for (size_t i = 0; i < core->items[type].n; i++)
			vg_item_free((enum vg_object_type)type, core->items[type].item[i]);
		free(core->items[type].item);
	}
}

void
vg_core_free(struct vg_core *core)
{
	if (core == NULL)
		return;
	for (size_t i = 0; i < core->tickets; i++)
		vg_core_ticket_free(core->ticket[i]);
	for (size_t i = 0; i < core->versions; i++) {
		vg_agreement_unref(core->version[i]->agreement);
		free(core->version[i]);
	}
	free_items(core);
	vg_core_probes_free(core);
	for (size_t i = 0; i < VG_MONTH_END - VG_MONTH_FIRST; i++) {
		if (core->month[i] != NULL)
			vg_core_month_forget(core->month[i]);
		free(core->month[i]);
		free(core->availability[i]);
	}
	free(core->ticket);
	free(core->reach);
	free(core->version);
	free(core->ref);
	free(core->revoked);
	free(core->raised);
	vg_alarms_fini(&core->alarms);
	vg_core_watches_free(core);
	vg_heap_fini(&core->deadlines);
	vg_heap_fini(&core->outbox);
	vg_fee_book_free(core->fee_book);
	vg_fee_links_fini(&core->fee_links);
	vg_pool_free(core->pool);
	free(core);
}

/* Whether a version judges facts of the same time under the same name: then nobody could tell them
 * apart. */
static bool
same_version(const struct vg_agreement *a, const struct vg_agreement *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->version, b->version) == 0 &&
	       a->valid_from_ms == b->valid_from_ms && a->valid_to_ms == b->valid_to_ms;
}

static bool
has_fact_within(const struct vg_ticket *ticket, int64_t from_ms, int64_t to_ms)
{
	return ticket->facts > 0 && ticket->fact[0]->at_ms < to_ms &&
	       ticket->fact[ticket->facts - 1]->at_ms >= from_ms;
}

/* A new version may judge old facts: every ticket that has one in its validity is computed again,
 * and every month from there on. It may also know more months than the versions before it, or begin
 * them elsewhere. */
static int
rejudge(struct vg_core *core, const struct vg_agreement *agreement)
{
	int rc = vg_core_turn_month(core);

	for (size_t i = 0; i < VG_MONTH_END - VG_MONTH_FIRST; i++) {
		if (core->month[i] != NULL)
			vg_core_month_forget(core->month[i]);
	}
	for (size_t i = 0; i < core->tickets && rc == 0; i++) {
		struct vg_ticket *ticket = core->ticket[i];

		if (has_fact_within(ticket, agreement->valid_from_ms, agreement->valid_to_ms))
			rc = vg_core_ticket_settle(core, ticket, INT64_MIN, NULL);
		else
			rc = vg_core_ticket_remonth(core, ticket);
	}
	if (rc != 0 || (rc = vg_core_probes_rejudge(core, agreement)) != 0)
		return rc;
	return vg_core_mark_months(core, vg_core_month_of(core, agreement->valid_from_ms),
				   core->current_month);
}

static int
apply_agreement(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_agreement *agreement = event->body.agreement;
	struct vg_version *version;
	int64_t unmarked = 0;
	int rc;

	if (agreement->valid_from_ms >= agreement->valid_to_ms)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "agreement %s %s: validity must begin before it ends",
				      agreement->name, agreement->version);
	for (size_t i = 0; i < core->versions; i++) {
		if (same_version(core->version[i]->agreement, agreement))
			return vg_verdict_set(
				out, VG_VERDICT_REFUSED,
				"agreement %s %s was applied by event %lld with the same validity",
				agreement->name, agreement->version,
				(long long)core->version[i]->agreement->seq);
	}
	if (core->versions >= VG_CORE_VERSIONS_MAX)
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD, "more than %d agreement versions",
				      VG_CORE_VERSIONS_MAX);
	if (vg_core_reserve((void **)&core->version, &core->versions_size, core->versions + 1,
			    sizeof(struct vg_version *)) != 0 ||
	    (version = calloc(1, sizeof(*version))) == NULL)
		return VG_CORE_ENOMEM;
	version->link.type = VG_OBJECT_AGREEMENT;
	version->agreement = vg_agreement_ref(agreement);
	agreement->seq = event->seq;
	core->version[core->versions++] = version;
	vg_core_mark(core, &version->link, &unmarked);
	if ((rc = rejudge(core, agreement)) != 0 ||
	    (rc = vg_alarm_sources_expect(core, agreement)) != 0)
		return rc;
	return vg_core_rules_changed(core);
}

static int
apply_window(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	int rc = vg_core_window_step(core, event, out);

	return rc != 0 ? rc : vg_alarm_windows_sort(core);
}

static int
apply(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	switch (event->kind) {
	case VG_KIND_TICKET_REPORTED:
	case VG_KIND_TICKET_ESCALATED:
	case VG_KIND_TICKET_ACKNOWLEDGED:
	case VG_KIND_TICKET_CORRECTED:
		return vg_core_ticket_step(core, event, out);
	case VG_KIND_IMPORT_STARTED:
	case VG_KIND_IMPORT_FINISHED:
	case VG_KIND_IMPORT_REVOKED:
		return vg_core_import_step(core, event, out);
	case VG_KIND_INTAKE_QUARANTINED:
	case VG_KIND_INTAKE_RETAKEN:
	case VG_KIND_USERS_READ:
	case VG_KIND_REGISTER_SET:
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_NOTIFICATION_FAILED:
	case VG_KIND_REPORT_MADE:
	case VG_KIND_ACCESS_NOTED:
		return vg_core_item_step(core, event, out);
	case VG_KIND_AGREEMENT_APPLIED:
		return apply_agreement(core, event, out);
	case VG_KIND_OUTAGE_RECORDED:
	case VG_KIND_OUTAGE_CORRECTED:
	case VG_KIND_OUTAGE_APPROVED:
	case VG_KIND_OUTAGE_WITHDRAWN:
		return vg_core_outage_step(core, event, out);
	case VG_KIND_WINDOW_PLANNED:
	case VG_KIND_WINDOW_APPROVED:
	case VG_KIND_WINDOW_STARTED:
	case VG_KIND_WINDOW_ENDED:
	case VG_KIND_WINDOW_WITHDRAWN:
		return apply_window(core, event, out);
	case VG_KIND_ALARMS_REPORTED:
		return vg_core_notices_step(core, event, out);
	case VG_KIND_ALARM_ACKNOWLEDGED:
	case VG_KIND_ALARM_SHELVED:
	case VG_KIND_ALARM_UNSHELVED:
	case VG_KIND_ALARM_CLOSED:
		return vg_core_alarm_step(core, event, out);
	case VG_KIND_RESOURCES_MAPPED:
		return vg_core_resources_step(core, event, out);
	case VG_KIND_PROPOSAL_ACCEPTED:
	case VG_KIND_PROPOSAL_REFUSED:
		return vg_core_proposal_step(core, event, out);
	case VG_KIND_RATE_PROPOSED:
	case VG_KIND_COST_PROPOSED:
	case VG_KIND_OVERRIDE_PROPOSED:
	case VG_KIND_OPENING_PROPOSED:
	case VG_KIND_CLOSE_PROPOSED:
	case VG_KIND_ACT_APPROVED:
	case VG_KIND_ACT_REJECTED:
	case VG_KIND_OBJECTION_RAISED:
	case VG_KIND_OBJECTION_DECIDED:
	case VG_KIND_STATEMENT_PUBLISHED:
	case VG_KIND_INVOICE_RECORDED:
	case VG_KIND_COMMENT_MADE:
		return vg_fee_step(core, event, out);
	case VG_KIND_DISTURBANCE_DRAFTED:
	case VG_KIND_DISTURBANCE_PUBLISHED:
	case VG_KIND_DISTURBANCE_CLOSED:
		return vg_disturbance_step(core, event, out);
	case VG_KIND_FEEDBACK_RECEIVED:
	case VG_KIND_FEEDBACK_ANSWERED:
		return vg_feedback_step(core, event, out);
	case VG_KIND_SAMPLES_REPORTED:
	case VG_KIND_RAW_SEALED:
		return vg_core_samples_step(core, event, out);
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
	case VG_KIND_COUNT:
		break; /* only time passes */
	}
	return 0;
}

int
vg_core_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_verdict unheard;
	int rc;

	VG_ASSERT(event->seq > core->seq);
	if (out == NULL)
		out = &unheard;
	out->code = VG_VERDICT_TAKEN;
	out->ticket = 0;
	out->faults = 0;
	out->text[0] = '\0';
	core->seq = event->seq;
	core->signals_made = core->called = core->proposals_made = 0;
	core->alarms.own_made = core->alarms.changes_made = 0;
	core->alarms.gave_way = false;
	if (event->received_ms > core->received_ms) {
		const int64_t before_ms = core->received_ms;

		core->received_ms = event->received_ms;
		if ((rc = vg_alarms_sweep(core, before_ms)) != 0 ||
		    (rc = vg_core_turn_month(core)) != 0 ||
		    (rc = vg_core_fire_deadlines(core)) != 0 ||
		    (rc = vg_core_settle_signals(core)) != 0)
			return rc;
	}
	rc = apply(core, event, out);
	return rc != 0 ? rc : vg_core_settle_signals(core);
}

int64_t
vg_core_next_deadline_ms(const struct vg_core *core)
{
	const struct vg_heap_entry *ticket = vg_heap_top(&core->deadlines);
	const struct vg_heap_entry *look = vg_heap_top(&core->watches.due);
	int64_t at_ms = ticket != NULL ? ticket->at_ms : INT64_MAX;

	return look != NULL && look->at_ms < at_ms ? look->at_ms : at_ms;
}

int64_t
vg_core_seq(const struct vg_core *core)
{
	return core->seq;
}

int64_t
vg_core_received_ms(const struct vg_core *core)
{
	return core->received_ms;
}

const struct vg_pool *
vg_core_pool(const struct vg_core *core)
{
	return core->pool;
}

const struct vg_agreement *
vg_core_agreement_at(const struct vg_core *core, int64_t at_ms)
{
	for (size_t i = core->versions; i-- > 0;) {
		const struct vg_agreement *agreement = core->version[i]->agreement;

		if (at_ms >= agreement->valid_from_ms && at_ms < agreement->valid_to_ms)
			return agreement;
	}
	return NULL;
}

const struct vg_agreement *
vg_core_agreement_latest(const struct vg_core *core)
{
	return core->versions > 0 ? core->version[core->versions - 1]->agreement : NULL;
}

size_t
vg_core_agreement_count(const struct vg_core *core)
{
	return core->versions;
}

const struct vg_agreement *
vg_core_agreement(const struct vg_core *core, size_t index)
{
	VG_ASSERT(index < core->versions);
	return core->version[index]->agreement;
}

/* Links stand first in what they are embedded in, so the type tells the whole. */
static struct vg_object
object_of(const struct vg_link *link)
{
	struct vg_object object = {.type = link->type};
	const struct vg_item *item = (const struct vg_item *)link;

	switch (link->type) {
	case VG_OBJECT_TICKET:
		object.of.ticket = (const struct vg_ticket *)link;
		object.changed_seq = object.of.ticket->changed_seq;
		break;
	case VG_OBJECT_AGREEMENT:
		object.of.agreement = ((const struct vg_version *)link)->agreement;
		object.changed_seq = object.of.agreement->seq;
		break;
	case VG_OBJECT_PROBE_DAY:
		object.of.day = vg_day_object((const struct vg_strand_day *)link);
		object.changed_seq = ((const struct vg_strand_day *)link)->changed_seq;
		break;
	case VG_OBJECT_MONTH:
	case VG_OBJECT_AVAILABILITY:
		object.of.month = ((const struct vg_month *)link)->month;
		object.changed_seq = ((const struct vg_month *)link)->changed_seq;
		break;
	case VG_OBJECT_IMPORT:
	case VG_OBJECT_QUARANTINED:
	case VG_OBJECT_NOTIFICATION:
	case VG_OBJECT_USERS:
	case VG_OBJECT_REGISTER:
	case VG_OBJECT_REPORT:
	case VG_OBJECT_OUTAGE:
	case VG_OBJECT_WINDOW:
	case VG_OBJECT_AGENT:
	case VG_OBJECT_SIGNAL:
	case VG_OBJECT_ALARM:
	case VG_OBJECT_ALARM_CHANGE:
	case VG_OBJECT_ALARM_SOURCE:
	case VG_OBJECT_RESOURCE:
	case VG_OBJECT_PROPOSAL:
	case VG_OBJECT_ACT:
	case VG_OBJECT_OPENING_TICKET:
	case VG_OBJECT_OBJECTION:
	case VG_OBJECT_COMMENT:
	case VG_OBJECT_STATEMENT:
	case VG_OBJECT_FEE_LINE:
	case VG_OBJECT_FEE_YEAR:
	case VG_OBJECT_DISTURBANCE:
	case VG_OBJECT_DISTURBANCE_MESSAGE:
	case VG_OBJECT_FEEDBACK:
	case VG_OBJECT_ACCESS:
		object.of.import_ = &item->of.import_;
		memcpy(&object.changed_seq,
		       (const char *)&item->of + vg_item_shapes[link->type].changed_seq,
		       sizeof(object.changed_seq));
		break;
	}
	return object;
}

void
vg_core_changed_since(const struct vg_core *core, int64_t after_seq, vg_object_cb *visit, void *arg)
{
	const struct vg_link *link = &core->changed;

	while (link->older != &core->changed && object_of(link->older).changed_seq > after_seq)
		link = link->older;
	for (; link != &core->changed; link = link->newer) {
		struct vg_object object = object_of(link);

		if (!visit(&object, arg))
			return;
	}
}

size_t
vg_core_memory_bytes(const struct vg_core *core)
{
	size_t bytes =
		sizeof(*core) + vg_pool_bytes(core->pool) + core->fact_bytes + core->item_bytes;

	bytes += vg_core_probes_bytes(core) + vg_alarms_bytes(&core->alarms);
	bytes += core->tickets * sizeof(struct vg_ticket);
	bytes += core->tickets_size * sizeof(struct vg_ticket *);
	bytes += core->reaches_size * sizeof(struct vg_reach);
	bytes += core->refs_size * sizeof(struct vg_ref_slot);
	bytes += (core->deadlines.size + core->outbox.size) * sizeof(struct vg_heap_entry);
	bytes += vg_core_watches_bytes(core) + core->raised_size * sizeof(struct vg_item *);
	bytes += vg_fee_book_bytes(core->fee_book) + vg_fee_links_bytes(&core->fee_links);
	for (int type = 0; type <= VG_OBJECT_LAST_ITEM; type++)
		bytes += core->items[type].size * sizeof(struct vg_item *);
	for (size_t i = 0; i < VG_MONTH_END - VG_MONTH_FIRST; i++) {
		if (core->month[i] != NULL)
			bytes += core->month[i]->pasts_size * sizeof(struct vg_kpi_past);
	}
	return bytes;
}
