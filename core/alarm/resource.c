/* alarm/resource.c - what the names that alarms come under mean: which is the same thing, which
 * service it carries, through what it is reached.
 *
 * A name is looked up whole, else by its host part, without regard to case, and one step far: what
 * a row calls a resource is its name, whatever another row says of that. The hard thing is a row
 * that comes later than the alarms it is about: every open one is named again, and where two of
 * them have become the same, one takes over the other. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

size_t
vg_resource_host(const char *resource)
{
	return strcspn(resource, "/");
}

/* Names in lower case: of ASCII alone, as host names are. */

static void
fold(const char *name, size_t length, char out[VG_RESOURCE_TEXT_SIZE])
{
	if (length >= VG_RESOURCE_TEXT_SIZE)
		length = VG_RESOURCE_TEXT_SIZE - 1;
	for (size_t i = 0; i < length; i++)
		out[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
	out[length] = '\0';
}

static uint64_t
hash_name(const char *name)
{
	return vg_index_hash(VG_INDEX_HASH, name, strlen(name));
}

static bool
is_named(const void *thing, const void *key)
{
	return strcmp(((const struct vg_item *)thing)->of.resource.name, key) == 0;
}

static struct vg_item *
find_row(const struct vg_core *core, const char *name, size_t length)
{
	char key[VG_RESOURCE_TEXT_SIZE];

	if (core->alarms.names.n == 0)
		return NULL;
	fold(name, length, key);
	return vg_index_find(&core->alarms.names, hash_name(key), is_named, key);
}

static const struct vg_resource *
row_in_force(const struct vg_core *core, const char *name, size_t length)
{
	const struct vg_item *item = find_row(core, name, length);

	return item != NULL && !item->of.resource.removed ? &item->of.resource : NULL;
}

const struct vg_resource *
vg_core_resource(const struct vg_core *core, const char *name)
{
	const struct vg_resource *row = row_in_force(core, name, strlen(name));

	return row != NULL ? row : row_in_force(core, name, vg_resource_host(name));
}

static size_t
append(char out[VG_RESOURCE_TEXT_SIZE], size_t at, const char *text, size_t length)
{
	if (length > VG_RESOURCE_TEXT_SIZE - 1 - at)
		length = VG_RESOURCE_TEXT_SIZE - 1 - at;
	memcpy(out + at, text, length);
	out[at + length] = '\0';
	return at + length;
}

void
vg_core_resource_name(const struct vg_core *core, const char *name, char out[VG_RESOURCE_TEXT_SIZE])
{
	const struct vg_resource *row = row_in_force(core, name, strlen(name));
	const char *rest = "";
	size_t length;

	if (row == NULL) {
		rest = name + vg_resource_host(name);
		row = row_in_force(core, name, vg_resource_host(name));
	}
	if (row == NULL || row->resource[0] == '\0') {
		append(out, 0, name, strlen(name));
		return;
	}
	length = append(out, 0, row->resource, strlen(row->resource));
	append(out, length, rest, strlen(rest));
}

/* What rows say beside the name: that of the whole resource before that of its host. */

static const char *
row_says(const struct vg_core *core, const char *name, size_t length, size_t member)
{
	const struct vg_resource *row = row_in_force(core, name, length);
	const char *text = "";

	if (row != NULL)
		memcpy(&text, (const char *)row + member, sizeof(text));
	return text;
}

static const char *
register_says(const struct vg_core *core, const char *stated, const char *resource, size_t member)
{
	const char *const names[] = {stated, resource};
	const char *text = "";

	for (size_t i = 0; i < 2 && text[0] == '\0'; i++) {
		text = row_says(core, names[i], strlen(names[i]), member);
		if (text[0] == '\0')
			text = row_says(core, names[i], vg_resource_host(names[i]), member);
	}
	return text;
}

const char *
vg_resource_service(const struct vg_core *core, const struct vg_alarm *alarm)
{
	return register_says(core, alarm->stated, alarm->resource,
			     offsetof(struct vg_resource, service));
}

const char *
vg_resource_municipalities(const struct vg_core *core, const struct vg_alarm *alarm)
{
	return register_says(core, alarm->stated, alarm->resource,
			     offsetof(struct vg_resource, municipalities));
}

const char *
vg_resource_parent(const struct vg_core *core, const char *stated, const char *resource)
{
	return register_says(core, stated, resource, offsetof(struct vg_resource, parent));
}

/* Rows. */

static bool
row_holds(const struct vg_core *core, const struct vg_resource_row *row, struct vg_verdict *out)
{
	struct vg_scope_lists scope = {row->service, "", row->municipalities};

	if (row->name[0] == '\0')
		vg_verdict_set(out, VG_VERDICT_REFUSED, "a resource has a name");
	else if (row->removed && find_row(core, row->name, strlen(row->name)) == NULL)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "no resource %.120s to remove", row->name);
	else if (strcmp(row->name, row->parent) == 0)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "resource %.120s is its own parent",
			       row->name);
	else if (row->removed || (row->service[0] == '\0' && row->municipalities[0] == '\0'))
		return true;
	else
		return vg_scope_agreement(core, core->received_ms, &scope, out) != NULL;
	return false;
}

static bool
rows_hold(const struct vg_core *core, const struct vg_resources_body *body, struct vg_verdict *out)
{
	size_t fresh = 0;

	for (size_t i = 0; i < body->count; i++) {
		if (!row_holds(core, &body->row[i], out))
			return false;
		fresh += find_row(core, body->row[i].name, strlen(body->row[i].name)) == NULL;
	}
	if (core->items[VG_OBJECT_RESOURCE].n + fresh <= VG_CORE_RESOURCES_MAX)
		return true;
	vg_verdict_set(out, VG_VERDICT_OVERLOAD, "more than %d resources", VG_CORE_RESOURCES_MAX);
	return false;
}

static bool
says_the_same(const struct vg_resource *a, const struct vg_resource *b)
{
	return a->removed == b->removed && strcmp(a->resource, b->resource) == 0 &&
	       strcmp(a->service, b->service) == 0 &&
	       strcmp(a->municipalities, b->municipalities) == 0 &&
	       strcmp(a->parent, b->parent) == 0;
}

/* *changed: it says another thing than before. */
static int
set_row(struct vg_core *core, const struct vg_resource_row *row, const char *author, bool *changed)
{
	char name[VG_RESOURCE_TEXT_SIZE];
	struct vg_resource resource = {.seq = core->seq,
				       .name = name,
				       .resource = row->resource,
				       .service = row->service,
				       .municipalities = row->municipalities,
				       .parent = row->parent,
				       .author = author,
				       .removed = row->removed};
	struct vg_item *item = find_row(core, row->name, strlen(row->name));
	int rc;

	fold(row->name, strlen(row->name), name);
	if (item == NULL) {
		*changed = true;
		rc = vg_item_add(core, VG_OBJECT_RESOURCE, &resource, &item);
		return rc != 0 ? rc : vg_resource_derive(core, item);
	}
	if (row->removed) {
		resource = item->of.resource;
		resource.seq = core->seq;
		resource.author = author;
		resource.removed = true;
	}
	if (says_the_same(&item->of.resource, &resource))
		return 0;
	*changed = true;
	resource.changed_seq = item->of.resource.changed_seq;
	return vg_item_replace(core, item, &resource);
}

int
vg_resource_derive(struct vg_core *core, struct vg_item *item)
{
	return vg_index_put(&core->alarms.names, hash_name(item->of.resource.name), item);
}

/* Open alarms follow. */

static int
map_scope(struct vg_core *core, struct vg_item *item, bool *changed)
{
	struct vg_alarm *alarm = &item->of.alarm;
	int rc = 0;

	if (!item->of.kept.own_service) {
		const char *service = vg_resource_service(core, alarm);

		*changed = *changed || strcmp(alarm->service, service) != 0;
		rc = vg_alarm_set_service(core, item, service);
	}
	if (rc == 0 && !item->of.kept.own_municipality) {
		const char *list = vg_resource_municipalities(core, alarm);

		*changed = *changed || strcmp(alarm->municipalities, list) != 0;
		rc = vg_item_set_text(core, &alarm->municipalities, list);
	}
	return rc;
}

/* Names an open alarm anew; where that resource has an open alarm of the kind, it goes over to it.
 */
static int
map_alarm(struct vg_core *core, struct vg_item *item)
{
	const struct vg_alarm *alarm = &item->of.alarm;
	char name[VG_RESOURCE_TEXT_SIZE];
	struct vg_alarm_key key = {name, alarm->type, alarm->qualifier};
	bool changed = false;
	int rc;

	if ((rc = vg_alarm_settle_run_out(core, item, core->received_ms)) != 0 ||
	    !item->of.kept.open)
		return rc;
	vg_core_resource_name(core, alarm->stated, name);
	if (strcmp(name, alarm->resource) != 0) {
		struct vg_item *other = vg_alarm_newest(core, &key);

		if (other != NULL &&
		    (rc = vg_alarm_settle_run_out(core, other, core->received_ms)) != 0)
			return rc;
		if (other != NULL && other->of.alarm.cleared_ms < 0)
			return vg_alarm_merge(core, item, other);
		if ((rc = vg_alarm_move(core, item, name)) != 0)
			return rc;
		changed = true;
	}
	if ((rc = map_scope(core, item, &changed)) != 0 || !changed)
		return rc;
	vg_item_mark(core, item);
	return vg_core_alarm_changed(core, item);
}

/* The list of open alarms may lose what is over while it is walked, so ids are walked. */
static int
map_open(struct vg_core *core)
{
	size_t n = 0;
	int64_t *id = calloc(core->alarms.opens + 1, sizeof(*id));
	int rc = 0;

	if (id == NULL)
		return VG_CORE_ENOMEM;
	for (size_t i = 0; i < core->alarms.opens; i++) {
		if (core->alarms.open[i]->of.kept.open)
			id[n++] = core->alarms.open[i]->of.alarm.id;
	}
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct vg_item *item = vg_alarm_item(core, id[i]);

		if (item->of.kept.open)
			rc = map_alarm(core, item);
	}
	free(id);
	return rc;
}

int
vg_core_resources_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_resources_body *body = &event->body.resources;
	bool changed = false;
	int rc = 0;

	if (!rows_hold(core, body, out))
		return 0;
	for (size_t i = 0; i < body->count && rc == 0; i++)
		rc = set_row(core, &body->row[i], event->actor, &changed);
	if (rc != 0 || !changed)
		return rc;
	vg_alarms_settle_swept(core);
	rc = map_open(core);
	return rc != 0 ? rc : vg_core_alarms_stir_list(core, ""); /* parents, and who lost one */
}

/* Hosts that no row knows. */

struct stranger {
	struct stranger *next;
	struct vg_unmapped seen;
	char host[];
};
struct strangers {
	struct stranger *first;
	struct vg_index index;
};

static bool
is_stranger(const void *thing, const void *host)
{
	return strcmp(((const struct stranger *)thing)->host, host) == 0;
}

static struct stranger *
put_stranger(struct strangers *strangers, const char *resource)
{
	char host[VG_RESOURCE_TEXT_SIZE];
	struct stranger *stranger;

	fold(resource, vg_resource_host(resource), host);
	stranger = vg_index_find(&strangers->index, hash_name(host), is_stranger, host);
	if (stranger != NULL)
		return stranger;
	stranger = calloc(1, sizeof(*stranger) + strlen(host) + 1);
	if (stranger == NULL)
		return NULL;
	memcpy(stranger->host, host, strlen(host) + 1);
	stranger->seen.host = stranger->host;
	stranger->next = strangers->first;
	strangers->first = stranger;
	return vg_index_put(&strangers->index, hash_name(host), stranger) == 0 ? stranger : NULL;
}

static int
gather(const struct vg_core *core, struct strangers *strangers)
{
	const struct vg_items *items = &core->items[VG_OBJECT_ALARM];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_alarm *alarm = &items->item[i]->of.alarm;
		struct stranger *stranger;

		if (vg_core_resource(core, alarm->stated) != NULL ||
		    strcmp(alarm->sources, VG_ALARM_TICKET_SOURCE) == 0)
			continue;
		if ((stranger = put_stranger(strangers, alarm->stated)) == NULL)
			return VG_CORE_ENOMEM;
		stranger->seen.alarms++;
		if (__builtin_add_overflow(stranger->seen.notices, alarm->count,
					   &stranger->seen.notices))
			stranger->seen.notices = INT64_MAX;
		if (alarm->last_ms > stranger->seen.last_ms)
			stranger->seen.last_ms = alarm->last_ms;
		stranger->seen.newest = alarm;
	}
	return 0;
}

/* The commonest first. */
static int
compare_strangers(const void *a, const void *b)
{
	const struct vg_unmapped *x = &(*(struct stranger *const *)a)->seen;
	const struct vg_unmapped *y = &(*(struct stranger *const *)b)->seen;

	if (x->alarms != y->alarms)
		return x->alarms > y->alarms ? -1 : 1;
	if (x->notices != y->notices)
		return x->notices > y->notices ? -1 : 1;
	return strcmp(x->host, y->host);
}

static int
visit_sorted(const struct strangers *strangers, vg_unmapped_cb *visit, void *arg)
{
	const struct stranger **sorted = calloc(strangers->index.n + 1, sizeof(*sorted));
	size_t n = 0;

	if (sorted == NULL)
		return VG_CORE_ENOMEM;
	for (const struct stranger *one = strangers->first; one != NULL; one = one->next)
		sorted[n++] = one;
	qsort(sorted, n, sizeof(*sorted), compare_strangers);
	for (size_t i = 0; i < n && visit(&sorted[i]->seen, arg); i++)
		continue;
	free(sorted);
	return 0;
}

int
vg_core_unmapped(const struct vg_core *core, vg_unmapped_cb *visit, void *arg)
{
	struct strangers strangers = {0};
	struct stranger *one;
	int rc = gather(core, &strangers);

	if (rc == 0)
		rc = visit_sorted(&strangers, visit, arg);
	while ((one = strangers.first) != NULL) {
		strangers.first = one->next;
		free(one);
	}
	vg_index_fini(&strangers.index);
	return rc;
}
