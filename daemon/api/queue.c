/* queue.c - the open tickets, followed by what changes in the core.
 *
 * The hard thing is that a view changes in three ways: by a row about the ticket, by time alone,
 * and by another agreement version. Rows come by the core's list of changes; each view says when
 * time will change it; another version makes all of them be looked at again. */
#include "daemon/api/queue.h"

#include "core/ut.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	struct vg_queued row;
	int64_t next_ms; /* when it changes by itself; INT64_MAX = never */
	UT_hash_handle hh;
};

struct vg_queue {
	struct entry *entries; /* by id, in order of arrival */
	int64_t seq;	       /* the last change that was looked at */
	int64_t core_seq;      /* of the core at the last sync */
	size_t agreements;
	int64_t next_ms; /* when the first of them changes by itself, or earlier */
	bool left_out;	 /* one that is open is not here: there was no room */
	struct vg_ticket_source source[VG_QUEUE_SOURCES_MAX];
	size_t sources;
};

struct vg_queue *
vg_queue_new(void)
{
	return calloc(1, sizeof(struct vg_queue));
}

static void
drop(struct vg_queue *queue, struct entry *entry)
{
	HASH_DEL(queue->entries, entry);
	free(entry);
}

void
vg_queue_free(struct vg_queue *queue)
{
	struct entry *entry, *next;

	if (queue == NULL)
		return;
	HASH_ITER(hh, queue->entries, entry, next)
	{
		drop(queue, entry);
	}
	free(queue);
}

static void
fill(struct vg_queue *queue, struct entry *entry, const struct vg_ticket_view *view)
{
	const struct vg_clock_state *clock = &view->resolution;

	entry->next_ms = view->next_deadline_ms < 0 ? INT64_MAX : view->next_deadline_ms;
	if (entry->next_ms < queue->next_ms)
		queue->next_ms = entry->next_ms;
	entry->row = (struct vg_queued){
		.id = view->id,
		.open = view->open,
		.sla = clock->sla,
		.due_ms = clock->due_ms < 0 ? VG_QUEUE_NO_DUE_MS : clock->due_ms,
		.created_ms = view->created_ms,
		.line = view->line,
		.status = view->status,
		.municipality = view->text[VG_TF_MUNICIPALITY],
		.service = view->text[VG_TF_SERVICE],
		.priority = view->priority,
		.outage = view->text[VG_TF_OUTAGE],
	};
}

static struct entry *
add(struct vg_queue *queue, int64_t id)
{
	struct entry *entry = NULL;

	if (HASH_COUNT(queue->entries) < VG_QUEUE_MAX)
		entry = calloc(1, sizeof(*entry));
	if (entry != NULL) {
		entry->row.id = id;
		HASH_ADD(hh, queue->entries, row.id, sizeof(entry->row.id), entry);
		if (entry->hh.tbl == NULL) { /* uthash is out of memory */
			free(entry);
			entry = NULL;
		}
	}
	queue->left_out = queue->left_out || entry == NULL;
	return entry;
}

static void
look_at(struct vg_queue *queue, const struct vg_core *core, int64_t id, int64_t now_ms)
{
	const struct vg_ticket *ticket = vg_core_ticket(core, id);
	struct vg_ticket_view view;
	struct entry *entry;
	bool keep = false;

	/* one that was merged leads to another, which has its own row */
	if (ticket != NULL && vg_ticket_id(ticket) == id) {
		vg_ticket_view(core, ticket, now_ms, &view, NULL, NULL);
		keep = view.open || view.next_deadline_ms >= 0;
	}
	HASH_FIND(hh, queue->entries, &id, sizeof(id), entry);
	if (keep && entry == NULL)
		entry = add(queue, id);
	if (entry == NULL)
		return;
	if (keep)
		fill(queue, entry, &view);
	else
		drop(queue, entry);
}

/* Who said the newest of it, when that is who sent it. */
static void
hear(struct vg_queue *queue, const struct vg_core *core, const struct vg_ticket *ticket)
{
	const size_t facts = vg_ticket_fact_count(ticket);
	struct vg_fact_view fact;
	size_t i = 0;

	if (facts == 0 || vg_ticket_ref_count(ticket) == 0)
		return;
	vg_ticket_fact(core, ticket, facts - 1, &fact);
	if (strcmp(fact.source, vg_ticket_ref(ticket, 0).source) != 0)
		return;
	while (i < queue->sources && strcmp(queue->source[i].source, fact.source) != 0)
		i++;
	if (i == VG_QUEUE_SOURCES_MAX)
		return;
	if (i == queue->sources)
		queue->source[queue->sources++] = (struct vg_ticket_source){fact.source, -1};
	if (fact.at_ms > queue->source[i].last_ms)
		queue->source[i].last_ms = fact.at_ms;
}

struct sync {
	struct vg_queue *queue;
	const struct vg_core *core;
	int64_t now_ms, looked_at;
	bool cut;
};

/* What one row of the ledger changed stays together: the next sync begins after it. */
static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct sync *sync = arg;

	sync->cut = sync->looked_at >= VG_QUEUE_SYNC_MAX && object->changed_seq > sync->queue->seq;
	if (sync->cut)
		return false;
	sync->looked_at++;
	if (object->type == VG_OBJECT_TICKET) {
		look_at(sync->queue, sync->core, vg_ticket_id(object->of.ticket), sync->now_ms);
		hear(sync->queue, sync->core, object->of.ticket);
	}
	sync->queue->seq = object->changed_seq;
	return true;
}

/* Those whose time has come, or all. */
static void
refresh(struct vg_queue *queue, const struct vg_core *core, int64_t now_ms, bool all)
{
	struct entry *entry, *next;

	if (!all && now_ms < queue->next_ms)
		return;
	queue->next_ms = INT64_MAX;
	HASH_ITER(hh, queue->entries, entry, next)
	{
		if (all || entry->next_ms <= now_ms)
			look_at(queue, core, entry->row.id, now_ms);
		else if (entry->next_ms < queue->next_ms)
			queue->next_ms = entry->next_ms;
	}
}

void
vg_queue_sync(struct vg_queue *queue, const struct vg_core *core, int64_t now_ms)
{
	const size_t agreements = vg_core_agreement_count(core);
	struct sync sync = {queue, core, now_ms, 0, false};

	if (queue->left_out && HASH_COUNT(queue->entries) < VG_QUEUE_MAX / 2) {
		queue->left_out = false; /* there is room again: from the beginning */
		queue->seq = 0;
	}
	queue->core_seq = vg_core_seq(core);
	vg_core_changed_since(core, queue->seq, on_changed, &sync);
	if (!sync.cut)
		queue->seq = queue->core_seq;
	refresh(queue, core, now_ms, agreements != queue->agreements);
	queue->agreements = agreements;
}

bool
vg_queue_is_level(const struct vg_queue *queue)
{
	return queue->seq == queue->core_seq;
}

bool
vg_queue_is_whole(const struct vg_queue *queue)
{
	return !queue->left_out && vg_queue_is_level(queue);
}

const struct vg_queued *
vg_queue_next(const struct vg_queue *queue, const struct vg_queued *after)
{
	const struct entry *entry = after == NULL
					    ? queue->entries
					    : ((const struct entry *)(const void *)after)->hh.next;

	return entry == NULL ? NULL : &entry->row;
}

const struct vg_ticket_source *
vg_queue_source(const struct vg_queue *queue, size_t index)
{
	return index < queue->sources ? &queue->source[index] : NULL;
}

bool
vg_queued_is_over(const struct vg_queued *row)
{
	return row->sla == VG_SLA_OVERDUE;
}

bool
vg_queued_is_soon(const struct vg_queued *row, int64_t now_ms)
{
	return row->sla == VG_SLA_RUNNING && row->due_ms != VG_QUEUE_NO_DUE_MS &&
	       row->due_ms - now_ms <= VG_QUEUE_SOON_MS;
}

static int
class_of(const struct vg_queued *row)
{
	switch (row->sla) {
	case VG_SLA_OVERDUE:
		return 0;
	case VG_SLA_RUNNING:
		return 1;
	case VG_SLA_PAUSED:
		return 2;
	case VG_SLA_NONE:
	case VG_SLA_MET:
	case VG_SLA_MISSED:
	case VG_SLA_COUNT:
		break;
	}
	return 3;
}

int
vg_queued_compare(const struct vg_queued *a, const struct vg_queued *b)
{
	const int class_a = class_of(a), class_b = class_of(b);

	if (class_a != class_b)
		return class_a < class_b ? -1 : 1;
	if (a->due_ms != b->due_ms)
		return a->due_ms < b->due_ms ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}
