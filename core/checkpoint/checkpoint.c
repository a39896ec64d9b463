/* checkpoint/checkpoint.c - the whole state as bytes, the same bytes for the same ledger prefix.
 *
 * Only what was stated or decided is written; whatever follows from it (indexes, queues, which
 * tickets have vanished) is built again. The hard thing is that both directions must agree to the
 * byte, so each object is described once and the codec knows which way it goes. A checkpoint of
 * another format is refused: the ledger is replayed instead. */
#include "core/checkpoint/private.h"

#include "core/disturbance/private.h"
#include "core/fee/private.h"

#include <stdlib.h>
#include <string.h>

static const char tag[8] = {'V', 'G', 'C', 'K', 'P', 'T', '0', '7'};
/* The format before: what the newer one has at its end is missing, and there was none of it. */
static const char tag_before[8] = {'V', 'G', 'C', 'K', 'P', 'T', '0', '6'};
#define SUM_BYTES 8

/* Every id in the pool, from 1 on. */
static void
codec_pool(struct vg_codec *codec, struct vg_core *core)
{
	size_t count = codec->loading ? 0 : vg_pool_count(core->pool);

	vg_codec_count(codec, &count, UINT32_MAX);
	for (size_t id = 1; id < count && codec->rc == 0; id++) {
		char *text = codec->loading ? NULL : (char *)vg_pool_get(core->pool, (uint32_t)id);
		int64_t given;

		vg_codec_text(codec, &text);
		if (!codec->loading || codec->rc != 0)
			continue;
		given = vg_pool_put(core->pool, text);
		free(text);
		if (given == VG_CORE_ENOMEM)
			codec->rc = VG_CORE_ENOMEM;
		vg_codec_require(codec, given == (int64_t)id);
	}
}

static void
codec_pool_id(struct vg_codec *codec, const struct vg_core *core, uint32_t *id)
{
	VG_CODEC(codec, *id, 0, (int64_t)vg_pool_count(core->pool) - 1);
}

/* One that has cells, or none. */
static void
codec_month(struct vg_codec *codec, int32_t *month, int most)
{
	VG_CODEC(codec, *month, VG_MONTH_NONE, most);
	vg_codec_require(codec, *month == VG_MONTH_NONE || *month >= VG_MONTH_FIRST);
}

static void
codec_versions(struct vg_codec *codec, struct vg_core *core)
{
	size_t count = core->versions;

	vg_codec_count(codec, &count, VG_CORE_VERSIONS_MAX);
	if (codec->loading) {
		core->version = vg_codec_array(codec, count, sizeof(struct vg_version *));
		core->versions_size = count;
	}
	for (size_t i = 0; i < count && codec->rc == 0; i++) {
		struct vg_agreement *agreement =
			codec->loading ? NULL : core->version[i]->agreement;
		struct vg_version *version;

		vg_codec_agreement(codec, &agreement);
		if (!codec->loading || codec->rc != 0)
			continue;
		vg_codec_require(codec, agreement->seq > 0 && agreement->seq <= core->seq);
		version = vg_codec_array(codec, 1, sizeof(*version));
		if (version == NULL) {
			vg_agreement_unref(agreement);
			return;
		}
		version->link.type = VG_OBJECT_AGREEMENT;
		version->agreement = agreement;
		core->version[core->versions++] = version;
	}
}

/* Tickets. */

/* A value that no fact could have given would end in a table's wrong row. */
static void
check_field(struct vg_codec *codec, const struct vg_core *core, const struct vg_fact *fact,
	    enum vg_ticket_field field)
{
	const struct vg_field_info *info = &vg_ticket_field_info[field];
	int64_t value = vg_fact_number(fact, field);

	if (info->form == VG_FORM_WORD)
		vg_codec_require(codec, value >= 0 && value < info->word_count);
	else if (info->form == VG_FORM_STR)
		vg_codec_require(codec, value >= 0 && value < (int64_t)vg_pool_count(core->pool));
	else if (info->form == VG_FORM_FLAG)
		vg_codec_require(codec, value == 0 || value == 1);
}

static void
codec_fact_head(struct vg_codec *codec, const struct vg_core *core, struct vg_fact *fact)
{
	VG_CODEC(codec, fact->seq, 1, core->seq);
	VG_CODEC_INT64(codec, fact->at_ms);
	VG_CODEC_INT64(codec, fact->source_order);
	VG_CODEC(codec, fact->set, 0, (int64_t)(VG_TF_BIT(VG_TF_COUNT) - 1));
	codec_pool_id(codec, core, &fact->source);
	codec_pool_id(codec, core, &fact->actor);
	codec_pool_id(codec, core, &fact->import);
	VG_CODEC(codec, fact->voided, 0, 1);
	VG_CODEC(codec, fact->command, 0, 1);
}

static uint16_t
slots_of(uint64_t set)
{
	int slots = 0;

	for (int field = 0; field < VG_TF_COUNT; field++) {
		if ((set & VG_TF_BIT(field)) != 0)
			slots += vg_ticket_field_info[field].form == VG_FORM_TIME ? 2 : 1;
	}
	return (uint16_t)slots;
}

static void
save_fact(struct vg_codec *codec, const struct vg_core *core, struct vg_fact *fact)
{
	char *event_id = (char *)vg_fact_event_id(fact);

	codec_fact_head(codec, core, fact);
	vg_codec_text(codec, &event_id);
	for (uint16_t i = 0; i < fact->slots; i++)
		VG_CODEC(codec, fact->data[i], 0, UINT32_MAX);
}

static struct vg_fact *
load_fact(struct vg_codec *codec, const struct vg_core *core)
{
	struct vg_fact head = {0}, *fact = NULL;
	char *event_id = NULL;
	size_t length;

	codec_fact_head(codec, core, &head);
	vg_codec_text(codec, &event_id);
	if (codec->rc != 0)
		return NULL;
	head.slots = slots_of(head.set);
	length = strlen(event_id) + 1;
	fact = vg_codec_array(codec, 1, sizeof(head) + head.slots * sizeof(head.data[0]) + length);
	if (fact != NULL) {
		*fact = head;
		memcpy(&fact->data[head.slots], event_id, length);
		for (uint16_t i = 0; i < head.slots; i++)
			VG_CODEC(codec, fact->data[i], 0, UINT32_MAX);
		for (int field = 0; field < VG_TF_COUNT; field++) {
			if ((head.set & VG_TF_BIT(field)) != 0)
				check_field(codec, core, fact, (enum vg_ticket_field)field);
		}
	}
	free(event_id);
	return fact;
}

static void
codec_facts(struct vg_codec *codec, struct vg_core *core, struct vg_ticket *ticket)
{
	size_t count = ticket->facts;

	vg_codec_count(codec, &count, VG_TICKET_FACTS_MAX);
	if (codec->loading) {
		ticket->fact = vg_codec_array(codec, count, sizeof(struct vg_fact *));
		ticket->facts_max = ticket->fact != NULL ? (uint32_t)count : 0;
		core->fact_bytes += ticket->facts_max * sizeof(struct vg_fact *);
	}
	for (size_t i = 0; i < count && codec->rc == 0; i++) {
		if (!codec->loading) {
			save_fact(codec, core, ticket->fact[i]);
			continue;
		}
		ticket->fact[i] = load_fact(codec, core);
		if (ticket->fact[i] == NULL)
			return;
		ticket->facts++;
		core->fact_bytes += vg_fact_bytes(ticket->fact[i]);
		vg_codec_require(
			codec, i == 0 || vg_fact_compare(ticket->fact[i - 1], ticket->fact[i]) < 0);
	}
}

static void
codec_refs(struct vg_codec *codec, struct vg_core *core, struct vg_ticket *ticket)
{
	VG_CODEC(codec, ticket->refs, 0, VG_TICKET_REFS_MAX);
	for (uint16_t i = 0; i < ticket->refs && codec->rc == 0; i++) {
		codec_pool_id(codec, core, &ticket->ref[i].source);
		codec_pool_id(codec, core, &ticket->ref[i].ref);
		if (codec->loading && codec->rc == 0)
			codec->rc = vg_core_ref_index(core, ticket->ref[i], ticket);
	}
}

static void
codec_ticket(struct vg_codec *codec, struct vg_core *core, struct vg_ticket *ticket)
{
	VG_CODEC(codec, ticket->changed_seq, ticket->id, core->seq);
	codec_pool_id(codec, core, &ticket->title_digest);
	VG_CODEC(codec, ticket->merged_into, 0, ticket->id - 1);
	VG_CODEC(codec, ticket->deadline_ms, -1, INT64_MAX);
	codec_month(codec, &ticket->month_from, VG_MONTH_END - 1);
	codec_month(codec, &ticket->month_to, VG_MONTH_OPEN);
	VG_CODEC(codec, ticket->truncated, 0, 1);
	codec_refs(codec, core, ticket);
	codec_facts(codec, core, ticket);
}

/* What follows from a loaded ticket. */
static int
derive_ticket(struct vg_core *core, struct vg_ticket *ticket)
{
	struct vg_heap_entry entry = {ticket->deadline_ms, ticket->id, ticket, &ticket->heap_index};

	if (ticket->merged_into != 0 &&
	    (vg_core_ticket_exact(core, ticket->merged_into) == NULL || ticket->facts > 0))
		return VG_CODEC_BROKEN;
	vg_core_ticket_set_vanished(core, ticket);
	vg_core_ticket_reaches(core, ticket, VG_MONTH_NONE);
	if (ticket->deadline_ms < 0)
		return 0;
	if (ticket->vanished || ticket->deadline_ms <= core->received_ms)
		return VG_CODEC_BROKEN;
	return vg_heap_put(&core->deadlines, &entry);
}

static void
codec_tickets(struct vg_codec *codec, struct vg_core *core)
{
	size_t count = core->tickets;
	int64_t last = 0;

	vg_codec_count(codec, &count, VG_CORE_TICKETS_MAX);
	for (size_t i = 0; i < count && codec->rc == 0; i++) {
		int64_t id = codec->loading ? 0 : core->ticket[i]->id;
		struct vg_ticket *ticket = codec->loading ? NULL : core->ticket[i];

		vg_codec_number(codec, &id, last + 1, core->seq);
		if (codec->loading && codec->rc == 0)
			codec->rc = vg_core_ticket_add(core, id, &ticket);
		if (codec->rc != 0)
			return;
		codec_ticket(codec, core, ticket);
		if (codec->loading && codec->rc == 0)
			codec->rc = derive_ticket(core, ticket);
		last = id;
	}
}

/* Items. */

static void
codec_item_text(struct vg_codec *codec, char **text)
{
	char *loaded;

	vg_codec_text(codec, text);
	if (!codec->loading || codec->rc != 0 || (loaded = *text)[0] != '\0')
		return;
	*text = vg_item_text_new("");
	free(loaded);
}

static void
codec_member(struct vg_codec *codec, struct vg_item *item, const struct vg_member *member)
{
	void *at = vg_item_member(item, member->offset);

	switch (member->form) {
	case VG_MEMBER_TEXT:
		codec_item_text(codec, at);
		break;
	case VG_MEMBER_INT64:
		VG_CODEC_INT64(codec, *(int64_t *)at);
		break;
	case VG_MEMBER_INT:
		VG_CODEC(codec, *(int *)at, 0, INT32_MAX);
		break;
	case VG_MEMBER_INT_ANY:
		VG_CODEC(codec, *(int *)at, -1, INT32_MAX);
		break;
	case VG_MEMBER_BOOL:
		VG_CODEC(codec, *(bool *)at, 0, 1);
		break;
	}
}

static int
derive_notification(struct vg_core *core, struct vg_item *item)
{
	struct vg_notification *notification = &item->of.notification;
	struct vg_ticket *ticket = vg_core_ticket_exact(core, notification->ticket);
	struct vg_item signal = {.of.signal.id = notification->signal};
	struct vg_heap_entry entry = {notification->next_ms, notification->id, item,
				      &item->heap_slot};

	if ((ticket == NULL && vg_item_find(core, VG_OBJECT_SIGNAL, &signal) == NULL) ||
	    (int)notification->state > VG_DELIVERY_ACKNOWLEDGED)
		return VG_CODEC_BROKEN;
	if (ticket != NULL && (notification->state == VG_DELIVERY_PENDING ||
			       notification->state == VG_DELIVERY_DELIVERED))
		ticket->notified++;
	return notification->state == VG_DELIVERY_PENDING ? vg_heap_put(&core->outbox, &entry) : 0;
}

static int
derive_import(struct vg_core *core, const struct vg_import *import)
{
	int64_t id;

	if (!import->revoked)
		return 0;
	id = vg_pool_find(core->pool, import->id);
	return id < 0 ? VG_CODEC_BROKEN : vg_core_revoke_id(core, (uint32_t)id);
}

/* What follows from a loaded item, or must hold for it. */
static int
derive_item(struct vg_core *core, enum vg_object_type type, struct vg_item *item)
{
	if (type == VG_OBJECT_NOTIFICATION)
		return derive_notification(core, item);
	if (type == VG_OBJECT_IMPORT)
		return derive_import(core, &item->of.import_);
	if (type == VG_OBJECT_OUTAGE &&
	    (item->of.outage.effect >= VG_EFFECT_COUNT || item->of.outage.cause >= VG_PARTY_COUNT))
		return VG_CODEC_BROKEN;
	if (type == VG_OBJECT_WINDOW && item->of.window.category >= VG_WINDOW_CATEGORY_COUNT)
		return VG_CODEC_BROKEN;
	if (type == VG_OBJECT_ALARM)
		return vg_alarm_derive(core, item);
	if (type == VG_OBJECT_ALARM_CHANGE)
		return vg_alarm_change_derive(core, item);
	if (type == VG_OBJECT_ALARM_SOURCE && item->of.alarm_source.events >= INT64_MAX / 2)
		return VG_CODEC_BROKEN;
	if (type == VG_OBJECT_RESOURCE)
		return vg_resource_derive(core, item);
	if (type == VG_OBJECT_PROPOSAL && (item->of.proposal.kind >= VG_PROPOSAL_KIND_COUNT ||
					   item->of.proposal.state >= VG_PROPOSAL_STATE_COUNT))
		return VG_CODEC_BROKEN;
	if (type == VG_OBJECT_USERS &&
	    (item->of.users.users < 0 || item->of.users.users > VG_USERS_COUNT_MAX))
		return VG_CODEC_BROKEN;
	if (type == VG_OBJECT_ACCESS)
		return item->of.access.what >= VG_ACCESS_COUNT ? VG_CODEC_BROKEN : 0;
	if (type >= VG_OBJECT_DISTURBANCE)
		return vg_disturbance_item_holds(core, type, item) ? 0 : VG_CODEC_BROKEN;
	if (type >= VG_OBJECT_ACT)
		return vg_fee_item_check(core, type, item) != 0 ? VG_CODEC_BROKEN : 0;
	if (type != VG_OBJECT_SIGNAL)
		return 0;
	if (item->of.signal.kind >= VG_SIGNAL_KIND_COUNT)
		return VG_CODEC_BROKEN;
	return item->of.signal.to_ms == -1 ? vg_signal_keep(core, item) : 0;
}

/* Takes over a loaded item, or frees it. */
static int
take_item(struct vg_core *core, enum vg_object_type type, struct vg_item *item)
{
	const struct vg_item_shape *shape = &vg_item_shapes[type];
	struct vg_items *items = &core->items[type];
	int64_t changed_seq;

	memcpy(&changed_seq, vg_item_member(item, shape->changed_seq), sizeof(changed_seq));
	if (changed_seq <= 0 || changed_seq > core->seq ||
	    (items->n > 0 && shape->compare(items->item[items->n - 1], item) >= 0)) {
		vg_item_free(type, item);
		return VG_CODEC_BROKEN;
	}
	if (vg_items_insert(core, type, item) != 0) {
		vg_item_free(type, item);
		return VG_CORE_ENOMEM;
	}
	return derive_item(core, type, item);
}

static void
codec_items(struct vg_codec *codec, struct vg_core *core, enum vg_object_type type)
{
	const struct vg_item_shape *shape = &vg_item_shapes[type];
	size_t count = core->items[type].n;

	vg_codec_count(codec, &count, shape->max);
	for (size_t i = 0; i < count && codec->rc == 0; i++) {
		struct vg_item *item =
			codec->loading ? vg_codec_array(codec, 1,
							offsetof(struct vg_item, of) + shape->whole)
				       : core->items[type].item[i];

		if (item == NULL)
			return;
		for (size_t m = 0; m < shape->members; m++)
			codec_member(codec, item, &shape->member[m]);
		if (!codec->loading)
			continue;
		item->link.type = type;
		item->heap_slot = VG_HEAP_NOWHERE;
		if (codec->rc != 0)
			vg_item_free(type, item);
		else
			codec->rc = take_item(core, type, item);
	}
}

static size_t
count_months(struct vg_month *const *month)
{
	size_t count = 0;

	for (size_t i = 0; i < VG_MONTH_END - VG_MONTH_FIRST; i++)
		count += month[i] != NULL;
	return count;
}

typedef int put_month_cb(struct vg_core *core, int month, struct vg_month **out);

static void
codec_months(struct vg_codec *codec, struct vg_core *core, struct vg_month *const *known,
	     put_month_cb *put)
{
	size_t count = codec->loading ? 0 : count_months(known);
	int month = VG_MONTH_FIRST;

	vg_codec_count(codec, &count, VG_MONTH_END - VG_MONTH_FIRST);
	for (size_t i = 0; i < count && codec->rc == 0; i++, month++) {
		struct vg_month *object;

		while (!codec->loading && known[month - VG_MONTH_FIRST] == NULL)
			month++;
		VG_CODEC(codec, month, month, VG_MONTH_END - 1);
		if (codec->rc != 0 || (codec->rc = put(core, month, &object)) != 0)
			return;
		VG_CODEC(codec, object->changed_seq, 1, core->seq);
	}
}

/* Watches. */

/* Whether what the watch names is there. */
static bool
watch_holds(const struct vg_core *core, const struct vg_watch *watch)
{
	struct vg_item key;

	switch (watch->kind) {
	case VG_WATCH_RECORD:
		return vg_core_outage_named(core, watch->subject) != NULL;
	case VG_WATCH_WINDOW:
		return vg_core_window_named(core, watch->subject) != NULL;
	case VG_WATCH_AGENT:
		return vg_core_agent(core, watch->subject) != NULL;
	case VG_WATCH_SOURCE:
		key.of.alarm_source.source = watch->subject;
		return vg_item_find(core, VG_OBJECT_ALARM_SOURCE, &key) != NULL;
	case VG_WATCH_PLACE:
	case VG_WATCH_LINE:
	case VG_WATCH_ALARMS:
		break;
	}
	return true;
}

/* Takes over a loaded watch, or frees it. */
static int
take_watch(struct vg_core *core, struct vg_watch *watch)
{
	struct vg_watches *watches = &core->watches;
	struct vg_heap_entry entry = {watch->at_ms, watch->order, watch, &watch->heap_slot};
	int rc = VG_CODEC_BROKEN;

	if (watch->at_ms > core->received_ms && watch_holds(core, watch) &&
	    (watches->n == 0 || vg_watch_compare(watches->watch[watches->n - 1], watch) < 0) &&
	    (rc = vg_watch_insert(core, watches->n, watch)) == 0)
		return watch->at_ms != INT64_MAX ? vg_heap_put(&watches->due, &entry) : 0;
	vg_watch_free(watch);
	return rc;
}

static void
codec_watches(struct vg_codec *codec, struct vg_core *core)
{
	size_t count = core->watches.n;

	VG_CODEC(codec, core->watches.made, 0, INT64_MAX / 2);
	vg_codec_count(codec, &count, UINT32_MAX);
	for (size_t i = 0; i < count && codec->rc == 0; i++) {
		struct vg_watch *watch = codec->loading ? vg_codec_array(codec, 1, sizeof(*watch))
							: core->watches.watch[i];

		if (watch == NULL)
			return;
		VG_CODEC(codec, watch->kind, VG_WATCH_PLACE, VG_WATCH_SOURCE);
		vg_codec_text(codec, &watch->service);
		vg_codec_text(codec, &watch->subject);
		VG_CODEC_INT64(codec, watch->at_ms);
		VG_CODEC(codec, watch->order, 0, core->watches.made - 1);
		VG_CODEC(codec, watch->down_ms, -1, INT64_MAX);
		VG_CODEC(codec, watch->covered, 0, 1);
		if (!codec->loading)
			continue;
		watch->heap_slot = VG_HEAP_NOWHERE;
		if (codec->rc != 0)
			vg_watch_free(watch);
		else
			codec->rc = take_watch(core, watch);
	}
}

/* The list of changed objects: sorted by sequence, and among equals in the order of writing. */
struct place {
	int64_t changed_seq;
	size_t index;
	struct vg_link *link;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->changed_seq != y->changed_seq)
		return x->changed_seq < y->changed_seq ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void
add_place(struct place *place, size_t *n, int64_t changed_seq, struct vg_link *link)
{
	place[*n] = (struct place){changed_seq, *n, link};
	(*n)++;
}

static void
gather_months(struct place *place, size_t *n, struct vg_month *const *month)
{
	for (size_t i = 0; i < VG_MONTH_END - VG_MONTH_FIRST; i++) {
		if (month[i] != NULL)
			add_place(place, n, month[i]->changed_seq, &month[i]->link);
	}
}

static void
gather_days(struct place *place, size_t *n, const struct vg_core *core)
{
	for (size_t i = 0; i < core->probes.n; i++) {
		for (const struct vg_strand *strand = core->probes.probe[i]->strand; strand != NULL;
		     strand = strand->next) {
			for (size_t k = 0; k < strand->days; k++)
				add_place(place, n, strand->day[k]->changed_seq,
					  &strand->day[k]->link);
		}
	}
}

static size_t
gather(struct vg_core *core, struct place *place)
{
	size_t n = 0;

	for (size_t i = 0; i < core->versions; i++)
		add_place(place, &n, core->version[i]->agreement->seq, &core->version[i]->link);
	for (size_t i = 0; i < core->tickets; i++)
		add_place(place, &n, core->ticket[i]->changed_seq, &core->ticket[i]->link);
	for (int type = 0; type <= VG_OBJECT_LAST_ITEM; type++) {
		for (size_t i = 0; i < core->items[type].n; i++) {
			struct vg_item *item = core->items[type].item[i];

			add_place(
				place, &n,
				*(int64_t *)vg_item_member(item, vg_item_shapes[type].changed_seq),
				&item->link);
		}
	}
	gather_months(place, &n, core->month);
	gather_months(place, &n, core->availability);
	gather_days(place, &n, core);
	return n;
}

static int
link_all(struct vg_core *core)
{
	size_t most = core->versions + core->tickets + count_months(core->month) +
		      count_months(core->availability) + core->probes.days;
	size_t n;
	struct place *place;

	for (int type = 0; type <= VG_OBJECT_LAST_ITEM; type++)
		most += core->items[type].n;
	place = calloc(most + 1, sizeof(*place));
	if (place == NULL)
		return VG_CORE_ENOMEM;
	n = gather(core, place);
	qsort(place, n, sizeof(*place), compare_places);
	for (size_t i = 0; i < n; i++)
		vg_core_link_last(core, place[i].link);
	free(place);
	return 0;
}

/* Imports stand before tickets, since a revoked one decides which facts count; signals before the
 * notifications about them. */
static void
codec_core(struct vg_codec *codec, struct vg_core *core)
{
	int64_t fields = VG_TF_COUNT;

	vg_codec_number(codec, &fields, VG_TF_COUNT, VG_TF_COUNT);
	VG_CODEC(codec, core->seq, 0, VG_FEE_SEQ_MAX);
	VG_CODEC_INT64(codec, core->received_ms);
	codec_pool(codec, core);
	codec_versions(codec, core);
	codec_items(codec, core, VG_OBJECT_IMPORT);
	codec_tickets(codec, core);
	codec_items(codec, core, VG_OBJECT_SIGNAL);
	for (int type = VG_OBJECT_QUARANTINED; type < VG_OBJECT_DISTURBANCE; type++) {
		if (type != VG_OBJECT_SIGNAL)
			codec_items(codec, core, (enum vg_object_type)type);
	}
	if (codec->loading && codec->rc == 0)
		codec->rc = vg_alarm_windows_sort(core);
	codec_watches(codec, core);
	if (codec->loading && codec->rc == 0)
		codec->rc = vg_core_alarms_gather(core);
	if (codec->loading && codec->rc == 0)
		codec->rc = vg_fee_book_derive(core);
	if (codec->loading && codec->rc == 0)
		codec->rc = vg_fee_links_derive(core);
	codec_month(codec, &core->current_month, VG_MONTH_END - 1);
	codec_months(codec, core, core->month, vg_core_month_put);
	codec_months(codec, core, core->availability, vg_core_availability_put);
	vg_codec_probes(codec, core);
	for (int type = VG_OBJECT_DISTURBANCE; type <= VG_OBJECT_LAST_ITEM; type++)
		if (!codec->before)
			codec_items(codec, core, (enum vg_object_type)type);
}

static void
sum_bytes(uint64_t sum, uint8_t out[SUM_BYTES])
{
	for (int i = 0; i < SUM_BYTES; i++)
		out[i] = (uint8_t)(sum >> 8 * i);
}

int
vg_core_save(const struct vg_core *core, vg_write_cb *write, void *arg)
{
	struct vg_codec *codec = calloc(1, sizeof(*codec));
	uint8_t sum[SUM_BYTES];
	int rc;

	if (codec == NULL)
		return VG_CORE_ENOMEM;
	codec->write = write;
	codec->arg = arg;
	codec->sum = VG_CODEC_SUM_START;
	memcpy(codec->buffer, tag, sizeof(tag));
	codec->used = sizeof(tag);
	codec_core(codec, (struct vg_core *)core); /* saving only reads */
	vg_codec_flush(codec);
	sum_bytes(codec->sum, sum);
	rc = codec->rc != 0 ? codec->rc : write(sum, sizeof(sum), arg);
	free(codec);
	return rc;
}

static bool
is_whole(const uint8_t *bytes, size_t length)
{
	uint8_t sum[SUM_BYTES];

	if (length < sizeof(tag) + SUM_BYTES ||
	    (memcmp(bytes, tag, sizeof(tag)) != 0 && memcmp(bytes, tag_before, sizeof(tag)) != 0))
		return false;
	sum_bytes(vg_codec_sum(VG_CODEC_SUM_START, bytes, length - SUM_BYTES), sum);
	return memcmp(bytes + length - SUM_BYTES, sum, SUM_BYTES) == 0;
}

struct vg_core *
vg_core_load(const void *bytes, size_t length)
{
	struct vg_codec *codec;
	struct vg_core *core;

	if (!is_whole(bytes, length) || (codec = calloc(1, sizeof(*codec))) == NULL)
		return NULL;
	codec->loading = true;
	codec->before = memcmp(bytes, tag_before, sizeof(tag_before)) == 0;
	codec->at = (const uint8_t *)bytes + sizeof(tag);
	codec->end = (const uint8_t *)bytes + length - SUM_BYTES;
	core = vg_core_new();
	if (core == NULL)
		codec->rc = VG_CORE_ENOMEM;
	else
		codec_core(codec, core);
	vg_codec_require(codec, codec->at == codec->end);
	if (codec->rc == 0)
		codec->rc = link_all(core);
	if (codec->rc != 0) {
		vg_core_free(core);
		core = NULL;
	}
	free(codec);
	return core;
}
