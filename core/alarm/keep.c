/* alarm/keep.c - the alarms that there are, and what leads to them: the newest of a key, the open
 * ones, those that take down a host, the lines of a history.
 *
 * A storm raises and clears hundreds of thousands, so nothing here may cost by how many there are:
 * an ended alarm stays in the list of open ones until half of it is over, what gives way does so by
 * the tenth, and the line of a raising, which says what the alarm itself does, is written when
 * there is more to tell. The hard thing is that all of it must come out the same from a checkpoint,
 * so what cannot be told from the alarms (which of a key is the newest, once names were joined) is
 * kept with them. */
#include "core/checkpoint/private.h"

#include <stdlib.h>
#include <string.h>

#define ACTS_ROOM 50 /* lines of a history that changes of fault leave to people */

void
vg_alarms_init(struct vg_alarms *alarms)
{
	alarms->most = VG_CORE_ALARMS_MAX;
	alarms->changes_most = VG_CORE_CHANGES_MAX;
}

struct vg_item *
vg_alarm_item(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.alarm.id = id};

	return vg_item_find(core, VG_OBJECT_ALARM, &key);
}

/* The newest instance of a key. */

static uint64_t
hash_key(const struct vg_alarm_key *key)
{
	uint64_t hash = vg_index_hash(VG_INDEX_HASH, key->resource, strlen(key->resource));

	hash = vg_index_hash(hash, key->type, strlen(key->type));
	return vg_index_hash(hash, key->qualifier, strlen(key->qualifier));
}

static struct vg_alarm_key
key_of(const struct vg_alarm *alarm)
{
	return (struct vg_alarm_key){alarm->resource, alarm->type, alarm->qualifier};
}

static bool
has_key(const void *thing, const void *key)
{
	const struct vg_alarm *alarm = &((const struct vg_item *)thing)->of.alarm;
	const struct vg_alarm_key *wanted = key;

	return strcmp(alarm->resource, wanted->resource) == 0 &&
	       strcmp(alarm->type, wanted->type) == 0 &&
	       strcmp(alarm->qualifier, wanted->qualifier) == 0;
}

struct vg_item *
vg_alarm_newest(const struct vg_core *core, const struct vg_alarm_key *key)
{
	return vg_index_find(&core->alarms.keys, hash_key(key), has_key, key);
}

/* Makes it the newest instance of its key, after the one that was. */
static int
become_newest(struct vg_core *core, struct vg_item *item)
{
	struct vg_alarm_key key = key_of(&item->of.alarm);
	struct vg_item *before = vg_alarm_newest(core, &key);

	item->of.kept.newest = true;
	if (before == NULL)
		return vg_index_put(&core->alarms.keys, hash_key(&key), item);
	before->of.kept.newest = false;
	item->of.alarm.previous = before->of.alarm.id;
	vg_index_set(&core->alarms.keys, hash_key(&key), before, item);
	return 0;
}

/* Gives its place to the one before it, where that is known and has the same key. */
static void
leave_newest(struct vg_core *core, struct vg_item *item)
{
	struct vg_alarm_key key = key_of(&item->of.alarm);
	struct vg_item *before = item;

	do
		before = vg_alarm_item(core, before->of.alarm.previous);
	while (before != NULL && before->of.kept.going && has_key(before, &key));
	if (before != NULL && !has_key(before, &key))
		before = NULL;
	if (before != NULL)
		before->of.kept.newest = true;
	vg_index_set(&core->alarms.keys, hash_key(&key), item, before);
	item->of.kept.newest = false;
}

/* Open alarms. */

static bool
is_open(const struct vg_item *item)
{
	return item->of.alarm.cleared_ms < 0;
}

/* Place of the first that is not before the id. */
static size_t
open_place(const struct vg_alarms *alarms, int64_t id)
{
	size_t low = 0, high = alarms->opens;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (alarms->open[mid]->of.alarm.id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
drop_over(struct vg_alarms *alarms)
{
	size_t kept = 0;

	for (size_t i = 0; i < alarms->opens; i++) {
		if (is_open(alarms->open[i]) && !alarms->open[i]->of.kept.going)
			alarms->open[kept++] = alarms->open[i];
	}
	alarms->opens = kept;
	alarms->over = 0;
}

static int
insert_open(struct vg_alarms *alarms, size_t place, struct vg_item *item)
{
	if (vg_core_reserve((void **)&alarms->open, &alarms->open_size, alarms->opens + 1,
			    sizeof(struct vg_item *)) != 0)
		return VG_CORE_ENOMEM;
	memmove(&alarms->open[place + 1], &alarms->open[place],
		(alarms->opens - place) * sizeof(struct vg_item *));
	alarms->open[place] = item;
	alarms->opens++;
	return 0;
}

static int
place_open(struct vg_alarms *alarms, struct vg_item *item)
{
	size_t place;

	if (is_open(item) == item->of.kept.open)
		return 0;
	item->of.kept.open = !item->of.kept.open;
	if (!item->of.kept.open) {
		if (++alarms->over > alarms->opens / 2)
			drop_over(alarms);
		return 0;
	}
	place = open_place(alarms, item->of.alarm.id);
	if (place < alarms->opens && alarms->open[place] == item) {
		alarms->over--;
		return 0;
	}
	return insert_open(alarms, place, item);
}

size_t
vg_core_alarms_open_count(const struct vg_core *core)
{
	return core->alarms.opens - core->alarms.over;
}

void
vg_core_alarms_open(const struct vg_core *core, vg_alarm_cb *visit, void *arg)
{
	for (size_t i = 0; i < core->alarms.opens; i++) {
		const struct vg_item *item = core->alarms.open[i];

		if (is_open(item) && !visit(&item->of.alarm, arg))
			return;
	}
}

/* Hosts that are down: a heap of such alarms for each, the oldest first. */

struct vg_downs {
	struct vg_heap heap; /* never empty */
};
struct host {
	const char *text;
	size_t length;
};

static struct host
host_of(const struct vg_item *item)
{
	const char *resource = item->of.alarm.resource;

	return (struct host){resource, vg_resource_host(resource)};
}

static uint64_t
hash_host(const struct host *host)
{
	return vg_index_hash(VG_INDEX_HASH, host->text, host->length);
}

static bool
is_of_host(const void *thing, const void *key)
{
	const struct vg_downs *downs = thing;
	struct host own = host_of(vg_heap_top(&downs->heap)->owner);
	const struct host *host = key;

	return own.length == host->length && memcmp(own.text, host->text, own.length) == 0;
}

static struct vg_downs *
find_downs(const struct vg_core *core, const struct host *host)
{
	return vg_index_find(&core->alarms.hosts, hash_host(host), is_of_host, host);
}

const struct vg_alarm *
vg_alarm_down_at(const struct vg_core *core, const char *host, size_t length)
{
	struct host key = {host, length};
	const struct vg_downs *downs = find_downs(core, &key);

	return downs != NULL ? &((const struct vg_item *)vg_heap_top(&downs->heap)->owner)->of.alarm
			     : NULL;
}

/* With room for one: most hosts have no more. NULL = out of memory. */
static struct vg_downs *
downs_new(void)
{
	struct vg_downs *downs = calloc(1, sizeof(*downs));

	if (downs == NULL)
		return NULL;
	downs->heap.entry = malloc(sizeof(struct vg_heap_entry));
	if (downs->heap.entry != NULL) {
		downs->heap.size = 1;
		return downs;
	}
	free(downs);
	return NULL;
}

static void
downs_free(struct vg_downs *downs)
{
	vg_heap_fini(&downs->heap);
	free(downs);
}

static int
enter_downs(struct vg_core *core, struct vg_item *item)
{
	struct vg_heap_entry entry = {0, item->of.alarm.id, item, &item->heap_slot};
	struct host host = host_of(item);
	struct vg_downs *downs = find_downs(core, &host);

	item->of.kept.downs = downs;
	if (downs != NULL)
		return vg_heap_put(&downs->heap, &entry);
	if ((downs = downs_new()) == NULL)
		return VG_CORE_ENOMEM;
	if (vg_heap_put(&downs->heap, &entry) != 0 ||
	    vg_index_put(&core->alarms.hosts, hash_host(&host), downs) != 0) {
		downs_free(downs);
		return VG_CORE_ENOMEM;
	}
	item->of.kept.downs = downs;
	return 0;
}

static void
leave_downs(struct vg_core *core, struct vg_item *item)
{
	struct vg_downs *downs = item->of.kept.downs;
	struct host host = host_of(item);

	item->of.kept.downs = NULL;
	vg_heap_remove(&downs->heap, &item->heap_slot);
	if (vg_heap_top(&downs->heap) != NULL)
		return;
	vg_index_set(&core->alarms.hosts, hash_host(&host), downs, NULL);
	downs_free(downs);
}

/* A transient one hides nothing: nobody would say when the host is back. */
static bool
takes_down(const struct vg_alarm *alarm)
{
	return alarm->cleared_ms < 0 && !alarm->transient && alarm->severity >= VG_SEVERITY_MAJOR &&
	       alarm->category == VG_ALARM_AVAILABILITY;
}

static int
place_down(struct vg_core *core, struct vg_item *item)
{
	bool down = takes_down(&item->of.alarm);

	if (down == (item->of.kept.downs != NULL))
		return 0;
	if (down)
		return enter_downs(core, item);
	leave_downs(core, item);
	return 0;
}

void
vg_alarms_fini(struct vg_alarms *alarms)
{
	for (size_t i = 0; i < alarms->hosts.size; i++) {
		if (alarms->hosts.slot[i].thing != NULL)
			downs_free(alarms->hosts.slot[i].thing);
	}
	vg_index_fini(&alarms->keys);
	vg_index_fini(&alarms->hosts);
	vg_index_fini(&alarms->names);
	free(alarms->open);
	free(alarms->window);
}

size_t
vg_alarms_bytes(const struct vg_alarms *alarms)
{
	size_t bytes = (alarms->keys.size + alarms->hosts.size + alarms->names.size) *
			       sizeof(struct vg_index_slot) +
		       alarms->open_size * sizeof(struct vg_item *) +
		       alarms->window_size * sizeof(struct vg_alarm_window);

	for (size_t i = 0; i < alarms->hosts.size; i++) {
		const struct vg_downs *downs = alarms->hosts.slot[i].thing;

		if (downs != NULL)
			bytes += sizeof(*downs) + downs->heap.size * sizeof(struct vg_heap_entry);
	}
	return bytes;
}

/* Coming, moving and going. */

int
vg_alarm_place(struct vg_core *core, struct vg_item *item)
{
	int rc = place_open(&core->alarms, item);

	return rc != 0 ? rc : place_down(core, item);
}

int
vg_alarm_add(struct vg_core *core, const struct vg_alarm *alarm, struct vg_item **out)
{
	int rc;

	if ((rc = vg_item_add(core, VG_OBJECT_ALARM, alarm, out)) != 0 ||
	    (rc = become_newest(core, *out)) != 0)
		return rc;
	return vg_alarm_place(core, *out);
}

int
vg_alarm_move(struct vg_core *core, struct vg_item *item, const char *resource)
{
	int rc;

	if (item->of.kept.downs != NULL)
		leave_downs(core, item);
	leave_newest(core, item);
	if ((rc = vg_item_set_text(core, &item->of.alarm.resource, resource)) != 0 ||
	    (rc = become_newest(core, item)) != 0)
		return rc;
	return place_down(core, item);
}

/* Chooses the oldest ended ones, and forgets what leads to them. */
static void
choose_going(struct vg_core *core, size_t left)
{
	struct vg_alarm_rules rules = vg_alarm_rules_at(core, core->received_ms);
	const struct vg_items *items = &core->items[VG_OBJECT_ALARM];

	for (size_t i = 0; i < items->n && left > 0; i++) {
		struct vg_item *item = items->item[i];

		if (vg_alarm_ended_ms(&rules, &item->of.alarm, core->received_ms) < 0)
			continue;
		item->of.kept.going = true;
		vg_fee_cause_changed(core, 'A', item->of.alarm.id);
		if (item->of.kept.newest)
			leave_newest(core, item);
		left--;
	}
}

static bool
is_going(struct vg_core *core, struct vg_item *item, void *arg)
{
	(void)core;
	(void)arg;
	return item->of.kept.going;
}

static bool
is_of_nothing(struct vg_core *core, struct vg_item *item, void *arg)
{
	(void)arg;
	return vg_alarm_item(core, item->of.alarm_change.alarm) == NULL;
}

bool
vg_alarms_make_room(struct vg_core *core)
{
	struct vg_alarms *alarms = &core->alarms;

	if (core->items[VG_OBJECT_ALARM].n < alarms->most)
		return true;
	if (alarms->gave_way)
		return false;
	alarms->gave_way = true;
	choose_going(core, alarms->most / 10 + 1);
	drop_over(alarms);
	vg_items_drop(core, VG_OBJECT_ALARM, is_going, NULL);
	vg_items_drop(core, VG_OBJECT_ALARM_CHANGE, is_of_nothing, NULL);
	return core->items[VG_OBJECT_ALARM].n < alarms->most;
}

/* History. */

static bool
change_goes(struct vg_core *core, struct vg_item *item, void *arg)
{
	const struct vg_alarm_change *change = &item->of.alarm_change;
	struct vg_item *alarm;
	size_t *left = arg;

	if (*left == 0)
		return false;
	(*left)--;
	alarm = vg_alarm_item(core, change->alarm);
	VG_ASSERT(alarm != NULL);
	alarm->of.kept.listed--;
	if (alarm->of.kept.change == change->id)
		alarm->of.kept.change = 0;
	return true;
}

/* Whether nothing was written of it: what its raising said is all that there is to say. */
static bool
is_as_raised(const struct vg_alarm *alarm)
{
	return alarm->changes == 1 && alarm->operator_ms < 0;
}

/* What its raising said, of an alarm that is as it was raised. */
static struct vg_alarm_change
raising_of(const struct vg_core *core, const struct vg_alarm_kept *kept)
{
	const struct vg_alarm *alarm = &kept->alarm;

	return (struct vg_alarm_change){
		.changed_seq = alarm->id / VG_ALARM_ID_STEP,
		.alarm = alarm->id,
		.at_ms = alarm->raised_ms,
		.received_ms = alarm->received_ms,
		.severity = alarm->severity,
		.actor = vg_pool_get(core->pool, (uint32_t)kept->change_source),
		.text = alarm->text,
		.until_ms = -1};
}

static int
write_line(struct vg_core *core, struct vg_alarm_kept *kept, struct vg_alarm_change *line)
{
	struct vg_alarms *alarms = &core->alarms;
	size_t going = alarms->changes_most / 10 + 1;
	int rc;

	if (core->items[VG_OBJECT_ALARM_CHANGE].n >= alarms->changes_most)
		vg_items_drop(core, VG_OBJECT_ALARM_CHANGE, change_goes, &going);
	line->alarm = kept->alarm.id;
	line->previous = kept->change;
	if ((rc = vg_item_add(core, VG_OBJECT_ALARM_CHANGE, line, NULL)) != 0)
		return rc;
	kept->change = line->id;
	kept->listed++;
	return 0;
}

int
vg_alarm_log(struct vg_core *core, struct vg_item *item, const struct vg_alarm_change *line)
{
	struct vg_alarms *alarms = &core->alarms;
	struct vg_alarm_kept *kept = &item->of.kept;
	struct vg_alarm_change change = *line, raising;
	int most = VG_ALARM_CHANGES_MAX - (line->severity >= 0 ? ACTS_ROOM : 0);
	int64_t id = core->seq * VG_ALARM_LINE_STEP + 2 * (int64_t)alarms->changes_made;
	int rc;

	if (kept->listed >= most || alarms->changes_made >= VG_ALARM_ID_STEP)
		return 0;
	alarms->changes_made++;
	if (is_as_raised(&kept->alarm)) {
		raising = raising_of(core, kept);
		raising.id = id;
		if ((rc = write_line(core, kept, &raising)) != 0)
			return rc;
	}
	change.id = id + 1;
	change.received_ms = core->received_ms;
	return write_line(core, kept, &change);
}

void
vg_core_alarm_history(const struct vg_core *core, const struct vg_alarm *alarm,
		      vg_alarm_change_cb *visit, void *arg)
{
	const struct vg_alarm_kept *kept = (const struct vg_alarm_kept *)alarm;
	struct vg_item key;
	const struct vg_item *line;

	if (is_as_raised(alarm)) {
		struct vg_alarm_change raising = raising_of(core, kept);

		visit(&raising, arg);
		return;
	}
	for (int64_t id = kept->change; id != 0; id = line->of.alarm_change.previous) {
		key.of.alarm_change.id = id;
		line = vg_item_find(core, VG_OBJECT_ALARM_CHANGE, &key);
		if (line == NULL || !visit(&line->of.alarm_change, arg))
			return;
	}
}

/* From a checkpoint. */

static bool
alarm_holds(const struct vg_core *core, const struct vg_alarm_kept *kept)
{
	const struct vg_alarm *alarm = &kept->alarm;

	return alarm->id >= VG_ALARM_ID_STEP && alarm->id / VG_ALARM_ID_STEP <= core->seq &&
	       alarm->severity > VG_SEVERITY_CLEARED && alarm->severity < VG_SEVERITY_COUNT &&
	       alarm->worst >= alarm->severity && alarm->worst < VG_SEVERITY_COUNT &&
	       alarm->category < VG_ALARM_CATEGORY_COUNT && alarm->operator_ < VG_OPERATOR_COUNT &&
	       alarm->cleared_ms >= -1 &&
	       (alarm->cleared_ms >= 0 || alarm->transient || kept->newest) &&
	       (!kept->ran_out || (alarm->cleared_ms >= 0 && alarm->transient)) &&
	       (size_t)kept->change_source < vg_pool_count(core->pool);
}

int
vg_alarm_derive(struct vg_core *core, struct vg_item *item)
{
	struct vg_alarm_key key = key_of(&item->of.alarm);
	int rc;

	if (!alarm_holds(core, &item->of.kept))
		return VG_CODEC_BROKEN;
	if (item->of.kept.newest) {
		if (vg_alarm_newest(core, &key) != NULL)
			return VG_CODEC_BROKEN;
		if ((rc = vg_index_put(&core->alarms.keys, hash_key(&key), item)) != 0)
			return rc;
	}
	return vg_alarm_place(core, item);
}

int
vg_alarm_change_derive(struct vg_core *core, struct vg_item *item)
{
	const struct vg_alarm_change *change = &item->of.alarm_change;
	struct vg_item *alarm = vg_alarm_item(core, change->alarm);

	if (alarm == NULL || change->severity >= VG_SEVERITY_COUNT ||
	    change->operator_ >= VG_OPERATOR_COUNT || change->id <= 0 ||
	    change->previous >= change->id)
		return VG_CODEC_BROKEN;
	alarm->of.kept.change = change->id;
	alarm->of.kept.listed++;
	return 0;
}
