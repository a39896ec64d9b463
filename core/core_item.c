/* core_item.c - everything that is neither ticket, month, probe-day nor agreement version, see
 * enum vg_object_type; and those of them that have no rules of their own: quarantine, user
 * readings, register rows, reports, the log of who came in.
 *
 * Each type is a list sorted by its key, and one table (core_shape.c) says how it is laid out, so
 * that freeing, copying, counting and the checkpoint need no code per type. The hard thing is the
 * repeat: a statement under a known key takes the old one's place, and readers of the read model
 * must see it as the same row. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

/* Lists. */

void *
vg_item_member(struct vg_item *item, size_t offset)
{
	return (char *)&item->of + offset;
}

static char no_text[] = "";

char *
vg_item_text_new(const char *text)
{
	return text == NULL || text[0] == '\0' ? no_text : strdup(text);
}

void
vg_item_text_free(const char *text)
{
	if (text != no_text)
		free((char *)text);
}

static size_t
text_bytes(const char *text)
{
	return text[0] == '\0' ? 0 : strlen(text) + 1;
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
			vg_item_text_free(*text_member(item, &shape->member[i]));
	}
	free(item);
}

size_t
vg_item_bytes(enum vg_object_type type, const struct vg_item *item)
{
	const struct vg_item_shape *shape = &vg_item_shapes[type];
	size_t bytes = offsetof(struct vg_item, of) + shape->whole;

	for (size_t i = 0; i < shape->members; i++) {
		const char *text;

		if (shape->member[i].form != VG_MEMBER_TEXT)
			continue;
		memcpy(&text, (const char *)&item->of + shape->member[i].offset, sizeof(text));
		bytes += text_bytes(text);
	}
	return bytes;
}

/* A copy with its own strings of what `source` holds, a public struct of the type. NULL = out of
 * memory. */
static struct vg_item *
item_new(enum vg_object_type type, const void *source)
{
	const struct vg_item_shape *shape = &vg_item_shapes[type];
	struct vg_item *item = calloc(1, offsetof(struct vg_item, of) + shape->whole);
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
		*text = vg_item_text_new(*text);
		whole = whole && *text != NULL;
	}
	if (whole)
		return item;
	vg_item_free(type, item);
	return NULL;
}

size_t
vg_items_place(const struct vg_core *core, enum vg_object_type type, const struct vg_item *key)
{
	const struct vg_items *items = &core->items[type];
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

struct vg_item *
vg_item_find(const struct vg_core *core, enum vg_object_type type, const struct vg_item *key)
{
	const struct vg_items *items = &core->items[type];
	size_t i = vg_items_place(core, type, key);

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
		i = vg_items_place(core, type, item);
	memmove(&items->item[i + 1], &items->item[i], (items->n - i) * sizeof(struct vg_item *));
	items->item[i] = item;
	items->n++;
	core->item_bytes += vg_item_bytes(type, item);
	return 0;
}

void
vg_item_mark(struct vg_core *core, struct vg_item *item)
{
	vg_core_mark(core, &item->link,
		     vg_item_member(item, vg_item_shapes[item->link.type].changed_seq));
}

bool
vg_items_full(const struct vg_core *core, enum vg_object_type type, struct vg_verdict *out,
	      const char *what)
{
	if (core->items[type].n < vg_item_shapes[type].max)
		return false;
	vg_verdict_set(out, VG_VERDICT_OVERLOAD, "more than %zu %s", vg_item_shapes[type].max,
		       what);
	return true;
}

int
vg_item_add(struct vg_core *core, enum vg_object_type type, const void *source,
	    struct vg_item **out)
{
	struct vg_item *item = item_new(type, source);

	if (item == NULL)
		return VG_CORE_ENOMEM;
	if (vg_items_insert(core, type, item) != 0) {
		vg_item_free(type, item);
		return VG_CORE_ENOMEM;
	}
	vg_item_mark(core, item);
	if (out != NULL)
		*out = item;
	return 0;
}

int
vg_item_replace(struct vg_core *core, struct vg_item *old, const void *source)
{
	enum vg_object_type type = old->link.type;
	struct vg_item *fresh = item_new(type, source);
	struct vg_item swap;
	size_t size = offsetof(struct vg_item, of) + vg_item_shapes[type].whole;

	if (fresh == NULL)
		return VG_CORE_ENOMEM;
	core->item_bytes += vg_item_bytes(type, fresh);
	core->item_bytes -= vg_item_bytes(type, old);
	fresh->link = old->link;
	memcpy(&swap, old, size);
	memcpy(old, fresh, size);
	memcpy(fresh, &swap, size);
	vg_item_free(type, fresh);
	vg_item_mark(core, old);
	return 0;
}

void
vg_items_drop(struct vg_core *core, enum vg_object_type type, vg_item_goes_cb *goes, void *arg)
{
	struct vg_items *items = &core->items[type];
	size_t kept = 0;

	for (size_t i = 0; i < items->n; i++) {
		struct vg_item *item = items->item[i];

		if (!goes(core, item, arg)) {
			items->item[kept++] = item;
			continue;
		}
		core->item_bytes -= vg_item_bytes(type, item);
		vg_core_unlink(&item->link);
		vg_item_free(type, item);
	}
	items->n = kept;
}

const void *
vg_core_item(const struct vg_core *core, enum vg_object_type type, size_t index)
{
	VG_ASSERT(type > VG_OBJECT_TICKET && type <= VG_OBJECT_LAST_ITEM);
	return index < core->items[type].n ? &core->items[type].item[index]->of : NULL;
}

const struct vg_outage_record *
vg_core_outage(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.outage.id = id};
	const struct vg_item *item = vg_item_find(core, VG_OBJECT_OUTAGE, &key);

	return item != NULL ? &item->of.outage : NULL;
}

const struct vg_window *
vg_core_window(const struct vg_core *core, int64_t series, int64_t n)
{
	struct vg_item key = {.of.window = {.series = series, .n = n}};
	const struct vg_item *item = vg_item_find(core, VG_OBJECT_WINDOW, &key);

	return item != NULL ? &item->of.window : NULL;
}

const struct vg_agent *
vg_core_agent(const struct vg_core *core, const char *source)
{
	struct vg_item key = {.of.agent.source = source};
	const struct vg_item *item = vg_item_find(core, VG_OBJECT_AGENT, &key);

	return item != NULL ? &item->of.agent : NULL;
}

int
vg_item_set_text(struct vg_core *core, const char **member, const char *text)
{
	char *copy = vg_item_text_new(text);

	if (copy == NULL)
		return VG_CORE_ENOMEM;
	core->item_bytes = core->item_bytes - text_bytes(*member) + text_bytes(copy);
	vg_item_text_free(*member);
	*member = copy;
	return 0;
}

/* Quarantine, readings, registers, reports. */

static int
quarantine(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_quarantine_body *body = &event->body.quarantine;
	struct vg_quarantined quarantined = {
		.seq = event->seq,
		.occurred_ms = event->occurred_ms,
		.source = event->source,
		.mapping = body->mapping,
		.reason = body->reason,
		.field = body->field,
		.value = body->value,
		.payload = body->payload,
		.event_id = event->event_id,
		.import = event->import,
		.municipality = event->has_municipality ? event->municipality : "",
	};

	if (vg_items_full(core, VG_OBJECT_QUARANTINED, out, "facts in quarantine"))
		return 0;
	return vg_item_add(core, VG_OBJECT_QUARANTINED, &quarantined, NULL);
}

static int
retake(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct vg_item key = {.of.quarantined.seq = event->body.quarantine.seq};
	struct vg_item *item = vg_item_find(core, VG_OBJECT_QUARANTINED, &key);

	if (item == NULL || item->of.quarantined.retaken)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "nothing in quarantine from event %lld",
				      (long long)event->body.quarantine.seq);
	item->of.quarantined.retaken = true;
	vg_item_mark(core, item);
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

/* Shares of municipalities are weighted by their users, from the reading's day on. */
static int
mark_weights(struct vg_core *core, int64_t day)
{
	const struct vg_agreement *latest = vg_core_agreement_latest(core);
	int64_t from_ms = vg_core_first_known_ms(core);

	if (latest == NULL || from_ms == INT64_MAX)
		return 0;
	day -= latest->first_day;
	if (day >= (int64_t)latest->days)
		return 0;
	if (day >= 0 && latest->day_start_ms[day] > from_ms)
		from_ms = latest->day_start_ms[day];
	return vg_core_mark_availability(core, from_ms);
}

static int
users_read(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_users_body *body = &event->body.users;
	struct vg_users_reading reading = {
		.seq = event->seq,
		.day = body->day,
		.users = body->users,
		.private_users = body->private_users,
		.rule = body->rule,
		.approver = body->approver,
		.municipality = event->has_municipality ? event->municipality : "",
	};
	struct vg_item key = {.of.users = reading};
	struct vg_item *known = vg_item_find(core, VG_OBJECT_USERS, &key);
	int rc;

	if (known == NULL && vg_items_full(core, VG_OBJECT_USERS, out, "user readings"))
		return 0;
	if (known != NULL) {
		reading.seq = known->of.users.seq;
		reading.changed_seq = known->of.users.changed_seq;
		rc = vg_item_replace(core, known, &reading);
	} else {
		rc = vg_item_add(core, VG_OBJECT_USERS, &reading, NULL);
	}
	if (rc != 0)
		return rc;
	rc = vg_core_mark_months(core, month_of_day(core, body->day), core->current_month);
	return rc != 0 ? rc : mark_weights(core, body->day);
}

const struct vg_users_reading *
vg_core_users_at(const struct vg_core *core, const char *municipality, int64_t day)
{
	const struct vg_items *items = &core->items[VG_OBJECT_USERS];
	struct vg_item key = {.of.users = {.municipality = municipality, .day = day}};
	size_t i = vg_items_place(core, VG_OBJECT_USERS, &key);

	if (i < items->n && vg_item_shapes[VG_OBJECT_USERS].compare(items->item[i], &key) == 0)
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
		.seq = event->seq,
		.valid_from_ms = body->valid_from_ms,
		.valid_to_ms = body->valid_to_ms,
		.name = body->name,
		.key = body->key,
		.municipality = event->has_municipality ? event->municipality : "",
		.value = body->value,
	};
	struct vg_item key = {.of.reg = row};
	struct vg_item *known = vg_item_find(core, VG_OBJECT_REGISTER, &key);

	if (known != NULL) {
		row.seq = known->of.reg.seq;
		row.changed_seq = known->of.reg.changed_seq;
		return vg_item_replace(core, known, &row);
	}
	if (vg_items_full(core, VG_OBJECT_REGISTER, out, "register rows"))
		return 0;
	return vg_item_add(core, VG_OBJECT_REGISTER, &row, NULL);
}

static int
report_made(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_report_body *body = &event->body.report;
	struct vg_report_made report = {
		.seq = event->seq,
		.as_of_seq = body->as_of_seq,
		.before_seq = body->before_seq,
		.files = (int64_t)body->count,
		.month = body->month,
		.scope = body->scope,
		.head = body->head,
		.model_sha256 = body->model_sha256,
		.actor = event->actor,
	};

	if (vg_items_full(core, VG_OBJECT_REPORT, out, "reports"))
		return 0;
	return vg_item_add(core, VG_OBJECT_REPORT, &report, NULL);
}

static bool
is_oldest(struct vg_core *core, struct vg_item *item, void *arg)
{
	(void)arg;
	return item == core->items[VG_OBJECT_ACCESS].item[0];
}

static int
access_noted(struct vg_core *core, const struct vg_event *event)
{
	const struct vg_access_body *body = &event->body.access;
	const struct vg_access access = {
		.seq = event->seq,
		.at_ms = event->occurred_ms,
		.count = body->count,
		.what = (int)body->what,
		.who = body->who,
		.by = body->by,
		.about = body->about,
	};

	if (core->items[VG_OBJECT_ACCESS].n >= VG_CORE_ACCESS_MAX)
		vg_items_drop(core, VG_OBJECT_ACCESS, is_oldest, NULL);
	return vg_item_add(core, VG_OBJECT_ACCESS, &access, NULL);
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
	if (event->kind == VG_KIND_ACCESS_NOTED)
		return access_noted(core, event);
	return vg_core_notification_step(core, event, out);
}
