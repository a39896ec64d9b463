/* Alarms against a slow oracle: seeded worlds of few keys, several sources with clocks of their
 * own, names that are told later, people, quiet times; after every event each instance is compared
 * field by field. And what must hold of any world: a notice is news exactly when it changes more
 * than counts, and without those that are not, every alarm that is cleared lives the same life.
 *
 * The oracle knows of the hourly sweep only that it shows an end: by every rule of what a notice
 * does, a transient alarm that ran out is as if nobody had looked. It keeps whole lists where the
 * core keeps the newest eight changes, looks through all instances where the core has an index, and
 * works out from the beginning, at every question, whether a key flaps. */
#include "tests/unit/alarm_support.h"
#include "tests/unit/checkpoint_support.h"

#include "core/core_private.h"

enum { INSTANCES = 2000, CHANGES = 400, ROWS = 8, WORLDS = 150, EVENTS = 120 };

#define FLAP_CHANGES   5
#define FLAP_WINDOW_MS (10 * MINUTE_MS)
#define TRANSIENT_MS   (60 * MINUTE_MS)

struct instance {
	int64_t id, rank; /* rank: grows with each coming to be the newest of a key */
	char resource[32], stated[32], sources[32], service[16], municipalities[16], text[16];
	char reason[16];
	char type;
	int severity, worst, category, operator_;
	bool transient, false_alarm, own_service, own_municipality;
	bool swept; /* its end is shown, until something of it comes late */
	int64_t raised_ms, received_ms, last_ms, last_seq, cleared_ms, count, changes;
	int64_t operator_ms, until_ms, acked_ms, previous, merged_into;
	int64_t change_ms[CHANGES]; /* of the key, with those of instances before */
	size_t change_count;
	int64_t stated_ms; /* newest change, by the clock of who stated it */
	char stated_by[8];
};

struct row {
	char name[16], resource[16], service[16], municipalities[16], parent[16];
	bool removed;
};

struct model {
	struct instance *instance;
	size_t n;
	int64_t rank, now_ms;
	struct row row[ROWS];
	size_t rows;
};

/* The register. */

static const struct row *
row_named(const struct model *model, const char *name, size_t length)
{
	for (size_t i = 0; i < model->rows; i++) {
		if (strlen(model->row[i].name) == length &&
		    strncmp(model->row[i].name, name, length) == 0)
			return model->row[i].removed ? NULL : &model->row[i];
	}
	return NULL;
}

static void
model_name(const struct model *model, const char *name, char out[32])
{
	const struct row *whole = row_named(model, name, strlen(name));
	const struct row *host = row_named(model, name, strcspn(name, "/"));

	if (whole != NULL)
		snprintf(out, 32, "%s", whole->resource[0] != '\0' ? whole->resource : name);
	else if (host != NULL && host->resource[0] != '\0')
		snprintf(out, 32, "%s%s", host->resource, name + strcspn(name, "/"));
	else
		snprintf(out, 32, "%s", name);
}

/* The first of the four places in which the register may say it. */
static const char *
model_says(const struct model *model, const char *stated, const char *resource,
	   const char *(*of)(const struct row *row))
{
	const struct row *row[] = {row_named(model, stated, strlen(stated)),
				   row_named(model, stated, strcspn(stated, "/")),
				   row_named(model, resource, strlen(resource)),
				   row_named(model, resource, strcspn(resource, "/"))};

	for (int i = 0; i < 4; i++) {
		if (row[i] != NULL && of(row[i])[0] != '\0')
			return of(row[i]);
	}
	return "";
}

static const char *
service_of(const struct row *row)
{
	return row->service;
}

static const char *
municipalities_of(const struct row *row)
{
	return row->municipalities;
}

static const char *
parent_of(const struct row *row)
{
	return row->parent;
}

/* Instances. */

static struct instance *
model_newest(const struct model *model, const char *resource, char type)
{
	struct instance *newest = NULL;

	for (size_t i = 0; i < model->n; i++) {
		struct instance *one = &model->instance[i];

		if (one->type == type && strcmp(one->resource, resource) == 0 &&
		    (newest == NULL || one->rank > newest->rank))
			newest = one;
	}
	return newest;
}

static bool
model_ended(const struct instance *one, int64_t at_ms)
{
	return one->cleared_ms >= 0 || (one->transient && at_ms - one->last_ms >= TRANSIENT_MS);
}

static void
model_run_out(struct instance *one)
{
	if (one->cleared_ms < 0)
		one->cleared_ms = one->last_ms + TRANSIENT_MS;
}

/* Time goes on: with each hour, the end of what has run out is shown. */
static void
model_turn(struct model *model, int64_t now_ms)
{
	for (size_t i = 0; i < model->n && now_ms / HOUR_MS > model->now_ms / HOUR_MS; i++) {
		if (model_ended(&model->instance[i], now_ms))
			model->instance[i].swept = true;
	}
	model->now_ms = now_ms;
}

static int64_t
model_shown_end(const struct instance *one)
{
	return one->cleared_ms < 0 && one->swept ? one->last_ms + TRANSIENT_MS : one->cleared_ms;
}

/* Whether the key flaps at an instant, from its first change on. */
static bool
model_flaps(const struct instance *one, int64_t at_ms)
{
	bool flaps = false;

	for (size_t i = 0; i < one->change_count; i++) {
		int64_t change_ms = one->change_ms[i];
		size_t near = 0;

		if (i > 0 && change_ms - one->change_ms[i - 1] >= FLAP_WINDOW_MS)
			flaps = false;
		for (size_t k = 0; k <= i; k++)
			near += change_ms - one->change_ms[k] < FLAP_WINDOW_MS;
		flaps = flaps || near >= FLAP_CHANGES;
	}
	return flaps && at_ms - one->change_ms[one->change_count - 1] < FLAP_WINDOW_MS;
}

static void
model_add_source(struct instance *one, const char *source)
{
	static const char *const known[] = {"s1", "s2", "s3", "vinga"};
	char list[32] = "";

	for (int i = 0; i < 4; i++) {
		if (strcmp(known[i], source) != 0 && strstr(one->sources, known[i]) == NULL)
			continue;
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 list[0] != '\0' ? " " : "", known[i]);
	}
	memcpy(one->sources, list, sizeof(list));
}

static void
model_changed(struct instance *one, const char *source, int64_t at_ms)
{
	int64_t last_ms = one->change_count > 0 ? one->change_ms[one->change_count - 1] : 0;

	assert_true(one->change_count < CHANGES);
	one->change_ms[one->change_count++] = at_ms > last_ms ? at_ms : last_ms;
	one->stated_ms = at_ms;
	snprintf(one->stated_by, sizeof(one->stated_by), "%s", source);
	one->changes++;
}

static void
model_know(struct instance *one, const struct vg_notice *notice, const char *source)
{
	model_add_source(one, source);
	if (!notice->transient)
		one->transient = false;
	if (one->service[0] == '\0' && notice->service[0] != '\0') {
		snprintf(one->service, sizeof(one->service), "%s", notice->service);
		one->own_service = true;
	}
	if (one->municipalities[0] == '\0' && notice->municipality[0] != '\0') {
		snprintf(one->municipalities, sizeof(one->municipalities), "%s",
			 notice->municipality);
		one->own_municipality = true;
	}
}

static void
model_count(struct instance *one, const struct vg_notice *notice, int64_t last_ms, int64_t seq)
{
	one->count += notice->count;
	one->last_ms = last_ms > one->last_ms ? last_ms : one->last_ms;
	one->last_seq = seq;
	one->swept = false;
}

static void
model_raise(struct model *model, const struct vg_notice *notice, const char *source,
	    const char *resource, int64_t id, int64_t received_ms)
{
	struct instance *before = model_newest(model, resource, notice->type[0]);
	struct instance *one = &model->instance[model->n];
	int64_t at_ms = notice->at_ms < received_ms ? notice->at_ms : received_ms;

	assert_true(model->n++ < INSTANCES);
	memset(one, 0, sizeof(*one));
	one->id = id;
	one->rank = ++model->rank;
	snprintf(one->resource, sizeof(one->resource), "%s", resource);
	snprintf(one->stated, sizeof(one->stated), "%s", notice->resource);
	snprintf(one->text, sizeof(one->text), "%s", notice->text);
	one->type = notice->type[0];
	one->severity = one->worst = (int)notice->severity;
	one->category = (int)notice->category;
	one->transient = notice->transient;
	one->raised_ms = one->last_ms = at_ms;
	one->received_ms = received_ms;
	one->cleared_ms = one->operator_ms = one->until_ms = one->acked_ms = -1;
	if (before != NULL) {
		model_run_out(before);
		one->previous = before->id;
		one->change_count = before->change_count;
		memcpy(one->change_ms, before->change_ms, sizeof(one->change_ms));
	}
	model_know(one, notice, source);
	if (!one->own_service)
		snprintf(one->service, sizeof(one->service), "%s",
			 model_says(model, one->stated, resource, service_of));
	if (!one->own_municipality)
		snprintf(one->municipalities, sizeof(one->municipalities), "%s",
			 model_says(model, one->stated, resource, municipalities_of));
	model_count(one, notice, notice->last_ms < received_ms ? notice->last_ms : received_ms,
		    id / VG_ALARM_ID_STEP);
	model_changed(one, source, at_ms);
}

static void
model_notice(struct model *model, const struct vg_notice *notice, const char *source, int64_t id,
	     int64_t received_ms)
{
	int64_t at_ms = notice->at_ms < received_ms ? notice->at_ms : received_ms;
	int64_t last_ms = notice->last_ms < received_ms ? notice->last_ms : received_ms;
	bool clears = notice->severity == VG_SEVERITY_CLEARED, ended;
	struct instance *one;
	char resource[32];

	model_name(model, notice->resource, resource);
	one = model_newest(model, resource, notice->type[0]);
	ended = one == NULL || model_ended(one, at_ms);
	if (ended && clears)
		return;
	if (one != NULL && strcmp(one->stated_by, source) == 0 && at_ms < one->stated_ms) {
		model_count(one, notice, last_ms, id / VG_ALARM_ID_STEP);
		return;
	}
	if (ended && (one == NULL || one->operator_ == VG_OPERATOR_CLOSED ||
		      one->merged_into != 0 || !model_flaps(one, at_ms))) {
		model_raise(model, notice, source, resource, id, received_ms);
		return;
	}
	model_count(one, notice, last_ms, id / VG_ALARM_ID_STEP);
	model_know(one, notice, source);
	if (!clears && !ended && (int)notice->severity == one->severity)
		return;
	one->cleared_ms = -1;
	if (clears)
		one->cleared_ms = at_ms > one->raised_ms ? at_ms : one->raised_ms;
	else
		one->severity = (int)notice->severity;
	one->worst = one->severity > one->worst ? one->severity : one->worst;
	if (notice->text[0] != '\0')
		snprintf(one->text, sizeof(one->text), "%s", notice->text);
	model_changed(one, source, at_ms);
}

/* People. Returns whether it may be done. */
static bool
model_act(struct model *model, enum vg_kind kind, const struct vg_alarm_body *body, int64_t id,
	  int64_t now_ms)
{
	struct instance *one = NULL;
	bool shelved;

	for (size_t i = 0; i < model->n; i++)
		one = model->instance[i].id == id ? &model->instance[i] : one;
	if (one == NULL || one->merged_into != 0 || one->operator_ == VG_OPERATOR_CLOSED)
		return false;
	shelved = one->operator_ == VG_OPERATOR_SHELVED && one->until_ms > now_ms;
	if (kind == VG_KIND_ALARM_ACKNOWLEDGED) {
		if (one->operator_ == VG_OPERATOR_ACK || shelved)
			return false;
		one->operator_ = VG_OPERATOR_ACK;
		one->acked_ms = one->acked_ms < 0 ? now_ms : one->acked_ms;
	} else if (kind == VG_KIND_ALARM_UNSHELVED) {
		if (!shelved)
			return false;
		one->operator_ = VG_OPERATOR_UNSHELVED;
	} else if (kind == VG_KIND_ALARM_SHELVED) {
		if (body->reason[0] == '\0' || body->until_ms <= now_ms ||
		    (shelved && one->until_ms == body->until_ms))
			return false;
		one->operator_ = VG_OPERATOR_SHELVED;
	} else {
		one->operator_ = VG_OPERATOR_CLOSED;
		one->false_alarm = body->false_alarm;
	}
	one->operator_ms = now_ms;
	one->until_ms = kind == VG_KIND_ALARM_SHELVED ? body->until_ms : -1;
	snprintf(one->reason, sizeof(one->reason), "%s", body->reason);
	return true;
}

/* Names anew. */

static void
model_merge(struct instance *from, struct instance *into, int64_t now_ms)
{
	static const char *const known[] = {"s1", "s2", "s3"};

	from->cleared_ms = now_ms > from->raised_ms ? now_ms : from->raised_ms;
	from->merged_into = into->id;
	from->changes++;
	into->count += from->count;
	from->count = 0;
	into->last_ms = from->last_ms > into->last_ms ? from->last_ms : into->last_ms;
	into->transient = into->transient && from->transient;
	into->worst = from->worst > into->worst ? from->worst : into->worst;
	for (int i = 0; i < 3; i++) {
		if (strstr(from->sources, known[i]) != NULL)
			model_add_source(into, known[i]);
	}
	if (from->severity > into->severity) {
		into->severity = from->severity;
		into->changes++;
	}
}

static void
model_map(struct model *model, int64_t now_ms)
{
	for (size_t i = 0; i < model->n; i++) {
		if (model_ended(&model->instance[i], now_ms))
			model_run_out(&model->instance[i]);
	}
	for (size_t i = 0; i < model->n; i++) {
		struct instance *one = &model->instance[i], *other;
		char name[32];

		if (one->cleared_ms >= 0)
			continue;
		model_name(model, one->stated, name);
		if (strcmp(name, one->resource) != 0) {
			other = model_newest(model, name, one->type);
			if (other != NULL && other->cleared_ms < 0) {
				model_merge(one, other, now_ms);
				continue;
			}
			if (other != NULL)
				one->previous = other->id;
			memcpy(one->resource, name, sizeof(name));
			one->rank = ++model->rank;
		}
		if (!one->own_service)
			snprintf(one->service, sizeof(one->service), "%s",
				 model_says(model, one->stated, name, service_of));
		if (!one->own_municipality)
			snprintf(one->municipalities, sizeof(one->municipalities), "%s",
				 model_says(model, one->stated, name, municipalities_of));
	}
}

/* How an instance stands. */

static const struct instance *
model_parent(const struct model *model, const struct instance *one)
{
	const char *parent = model_says(model, one->stated, one->resource, parent_of);

	for (int up = 0; up < VG_ALARM_PARENTS_MAX && parent[0] != '\0'; up++) {
		char name[32];
		size_t length;

		model_name(model, parent, name);
		length = strcspn(name, "/");
		name[length] = '\0';
		if (strcspn(one->resource, "/") == length &&
		    strncmp(one->resource, name, length) == 0)
			return NULL;
		for (size_t i = 0; i < model->n; i++) {
			const struct instance *other = &model->instance[i];

			if (other->cleared_ms < 0 && !other->transient &&
			    other->severity >= VG_SEVERITY_MAJOR &&
			    other->category == VG_ALARM_AVAILABILITY &&
			    strcspn(other->resource, "/") == length &&
			    strncmp(other->resource, name, length) == 0)
				return other;
		}
		parent = model_says(model, parent, name, parent_of);
	}
	return NULL;
}

static enum vg_alarm_hidden
model_hidden(const struct model *model, const struct instance *one, int64_t now_ms)
{
	if (one->operator_ == VG_OPERATOR_SHELVED && one->until_ms > now_ms)
		return VG_ALARM_SHELVED;
	if (one->operator_ == VG_OPERATOR_CLOSED)
		return VG_ALARM_CLOSED;
	if (model_flaps(one, now_ms))
		return VG_ALARM_FLAPPING;
	return model_parent(model, one) != NULL ? VG_ALARM_PARENT : VG_ALARM_SHOWN;
}

/* Comparing. */

#define SAME(member) assert_int_equal(alarm->member, one->member)

static void
compare_fault(const struct vg_alarm *alarm, const struct instance *one)
{
	SAME(id);
	SAME(severity);
	SAME(worst);
	SAME(category);
	SAME(transient);
	SAME(raised_ms);
	SAME(received_ms);
	SAME(last_ms);
	SAME(last_seq);
	assert_int_equal(alarm->cleared_ms, model_shown_end(one));
	SAME(count);
	SAME(changes);
	SAME(previous);
	SAME(merged_into);
	assert_int_equal(alarm->type[0], one->type);
	assert_string_equal(alarm->resource, one->resource);
	assert_string_equal(alarm->stated, one->stated);
	assert_string_equal(alarm->sources, one->sources);
	assert_string_equal(alarm->service, one->service);
	assert_string_equal(alarm->municipalities, one->municipalities);
	assert_string_equal(alarm->text, one->text);
	for (size_t i = 0; i < VG_ALARM_FLAP_RING; i++) {
		size_t back = VG_ALARM_FLAP_RING - i;

		assert_int_equal(
			alarm->flap_ms[i],
			back <= one->change_count ? one->change_ms[one->change_count - back] : -1);
	}
}

static void
compare_acts(const struct vg_alarm *alarm, const struct instance *one)
{
	SAME(operator_);
	SAME(operator_ms);
	SAME(until_ms);
	SAME(acked_ms);
	SAME(false_alarm);
	assert_string_equal(alarm->reason, one->reason);
}

static void
compare_now(const struct world *world, const struct model *model, const struct vg_alarm *alarm,
	    const struct instance *one)
{
	int64_t now_ms = vg_core_received_ms(world->core);
	struct vg_alarm_now now;
	bool shown;

	vg_alarm_at(world->core, alarm, now_ms, &now);
	shown = now.hidden == VG_ALARM_SHOWN;
	assert_int_equal(now.active, !model_ended(one, now_ms));
	assert_int_equal(now.flapping, model_flaps(one, now_ms));
	assert_int_equal(now.hidden, model_hidden(model, one, now_ms));
	if (now.hidden == VG_ALARM_PARENT)
		assert_int_equal(now.ref, model_parent(model, one)->id);
	assert_true(shown || now.until_ms > now_ms);
}

static bool
count_open(const struct vg_alarm *alarm, void *arg)
{
	int64_t *last = arg;

	assert_true(alarm->cleared_ms < 0 && alarm->id > *last);
	*last = alarm->id;
	return true;
}

static void
compare(const struct world *world, const struct model *model)
{
	const struct vg_items *items = &world->core->items[VG_OBJECT_ALARM];
	size_t open = 0;
	int64_t last = 0;

	assert_int_equal(items->n, model->n);
	for (size_t i = 0; i < model->n; i++) {
		const struct instance *one = &model->instance[i];
		const struct vg_alarm *alarm = vg_core_alarm(world->core, one->id);
		struct vg_alarm_key key = {one->resource, one->type == 'x' ? "x" : "y", ""};

		assert_non_null(alarm);
		compare_fault(alarm, one);
		compare_acts(alarm, one);
		compare_now(world, model, alarm, one);
		assert_int_equal(vg_alarm_newest(world->core, &key)->of.alarm.id,
				 model_newest(model, one->resource, one->type)->id);
		open += model_shown_end(one) < 0;
	}
	assert_int_equal(vg_core_alarms_open_count(world->core), open);
	vg_core_alarms_open(world->core, count_open, &last);
}

/* Random worlds. */

struct play {
	struct world world;
	struct model model;
	uint64_t seed;
	int64_t minute;
	bool check_news;       /* one notice an event, each asked about beforehand */
	struct world *without; /* another world, which gets only what is news; NULL = none */
};

static int
below(struct play *play, int limit)
{
	return (int)support_below(&play->seed, limit);
}

static struct vg_notice
random_notice(struct play *play)
{
	static const char *const names[] = {"a", "b", "a/1", "b/1", "c", "10.0.0.1", "10.0.0.1/1"};
	static const char *const texts[] = {"", "t1", "t2"};
	static const enum vg_severity severities[] = {VG_SEVERITY_CLEARED, VG_SEVERITY_CLEARED,
						      VG_SEVERITY_MINOR,   VG_SEVERITY_MAJOR,
						      VG_SEVERITY_MAJOR,   VG_SEVERITY_CRITICAL};
	struct vg_notice notice = {.count = 1 + below(play, 3),
				   .resource = names[below(play, 7)],
				   .type = below(play, 3) == 0 ? "y" : "x",
				   .qualifier = "",
				   .severity = severities[below(play, 6)],
				   .category = below(play, 2) == 0 ? VG_ALARM_AVAILABILITY
								   : VG_ALARM_OTHER,
				   .service = below(play, 6) == 0 ? "vard" : "",
				   .municipality = below(play, 6) == 0 ? "1489" : "",
				   .text = texts[below(play, 3)],
				   .rule = "",
				   .peer = "",
				   .detail = "",
				   .id = ""};

	notice.transient = notice.type[0] == 'y' && below(play, 3) > 0;
	notice.at_ms = at_ms(play->minute + 2 - below(play, 3) * below(play, 4));
	if (below(play, 10) == 0)
		notice.at_ms -= below(play, 90) * MINUTE_MS;
	notice.last_ms = notice.at_ms + below(play, 2) * MINUTE_MS;
	return notice;
}

/* Where an alarm stands as having ended by itself, its last notice says when. */
static int64_t
stated_end(const struct vg_alarm *alarm)
{
	return ((const struct vg_alarm_kept *)alarm)->ran_out ? -1 : alarm->cleared_ms;
}

/* Everything but counts: of each alarm, and of sources whether they are silent; of one type of
 * alarm alone, nothing of sources. */
static void
digest(const struct vg_core *core, char *out, size_t size, const char *type)
{
	const struct vg_alarm_source *source;
	const struct vg_alarm *a;
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; (a = vg_core_item(core, VG_OBJECT_ALARM, i)) != NULL; i++) {
		if (type != NULL && strcmp(a->type, type) != 0)
			continue;
		used += (size_t)snprintf(
			out + used, size - used,
			"%lld %s %s %s %s %s %s %s %s %d %d %d %d %lld %lld %lld %lld %d %s %lld "
			"%lld %lld %d %lld %lld %d\n",
			(long long)a->id, a->resource, a->type, a->qualifier, a->stated, a->sources,
			a->service, a->municipalities, a->text, a->severity, a->worst, a->category,
			a->transient, (long long)a->raised_ms, (long long)a->received_ms,
			(long long)stated_end(a), (long long)a->changes, a->operator_, a->reason,
			(long long)a->operator_ms, (long long)a->until_ms, (long long)a->acked_ms,
			a->false_alarm, (long long)a->previous, (long long)a->merged_into,
			((const struct vg_alarm_kept *)a)->held);
		assert_true(used < size);
	}
	for (size_t i = 0;
	     type == NULL && (source = vg_core_item(core, VG_OBJECT_ALARM_SOURCE, i)) != NULL; i++)
		used += (size_t)snprintf(out + used, size - used, "%s %d\n", source->source,
					 source->silent);
	assert_true(used < size);
}

static char before[1 << 20], after[1 << 20];

static void
step_both(struct play *play, struct vg_event *event)
{
	world_step(&play->world, event);
	if (play->without != NULL) {
		world_step(play->without, event);
		play->without->seq = event->seq;
	}
}

/* Time passes first, so that what it changes is not laid to the notice. */
static void
let_time_pass(struct play *play)
{
	struct vg_event event = world_event(&play->world, VG_KIND_TICK, play->minute);

	event.body.note = "";
	step_both(play, &event);
}

static void
play_notices(struct play *play)
{
	static const char *const sources[] = {"s1", "s2", "s3"};
	struct vg_notice notice[4];
	struct vg_event event;
	bool news = true;

	if (play->check_news)
		let_time_pass(play);
	event = world_event(&play->world, VG_KIND_ALARMS_REPORTED, play->minute);
	event.source = sources[below(play, 3)];
	event.body.notices.count = play->check_news ? 1 : 1 + (size_t)below(play, 4);
	event.body.notices.notice = notice;
	model_turn(&play->model, event.received_ms);
	for (size_t i = 0; i < event.body.notices.count; i++) {
		notice[i] = random_notice(play);
		if (play->model.instance != NULL)
			model_notice(&play->model, &notice[i], event.source,
				     event.seq * VG_ALARM_ID_STEP + (int64_t)i, event.received_ms);
	}
	if (!play->check_news) {
		world_step(&play->world, &event);
		return;
	}
	news = vg_core_notice_is_news(play->world.core, event.source, &notice[0],
				      event.received_ms);
	event.body.notices.repeats = !news;
	digest(play->world.core, before, sizeof(before), NULL);
	world_step(&play->world, &event);
	digest(play->world.core, after, sizeof(after), NULL);
	assert_int_equal(strcmp(before, after) != 0, news);
	if (news && play->without != NULL)
		world_step(play->without, &event);
}

static void
play_act(struct play *play)
{
	enum vg_kind kind = (enum vg_kind)(VG_KIND_ALARM_ACKNOWLEDGED + below(play, 4));
	const struct vg_items *items = &play->world.core->items[VG_OBJECT_ALARM];
	struct vg_event event;
	bool may = true;
	char name[32];
	int64_t id;

	if (items->n == 0)
		return;
	/* in both worlds, only alarms that neither's repeats decide about */
	id = items->item[items->n - 1 - (size_t)below(play, items->n < 4 ? (int)items->n : 4)]
		     ->of.alarm.id;
	if (play->without != NULL && vg_core_alarm(play->world.core, id)->type[0] != 'x')
		return;
	snprintf(name, sizeof(name), "A-%lld", (long long)id);
	event = world_event(&play->world, kind, play->minute);
	event.body.alarm =
		(struct vg_alarm_body){.alarm = name,
				       .reason = below(play, 4) == 0 ? "" : "why",
				       .until_ms = at_ms(play->minute - 1 + below(play, 30)),
				       .false_alarm = below(play, 2) == 0};
	model_turn(&play->model, event.received_ms);
	if (play->model.instance != NULL)
		may = model_act(&play->model, kind, &event.body.alarm, id, event.received_ms);
	step_both(play, &event);
	if (play->model.instance != NULL)
		assert_int_equal(play->world.verdict.code,
				 may ? VG_VERDICT_TAKEN : VG_VERDICT_REFUSED);
}

/* Returns whether the row says another thing than before. */
static bool
model_row(struct model *model, const struct vg_resource_row *row)
{
	struct row *own = NULL, old;

	for (size_t i = 0; i < model->rows; i++)
		own = strcmp(model->row[i].name, row->name) == 0 ? &model->row[i] : own;
	if (own == NULL)
		own = &model->row[model->rows++];
	old = *own;
	if (row->removed) {
		own->removed = true;
		return !old.removed;
	}
	*own = (struct row){.removed = false};
	snprintf(own->name, sizeof(own->name), "%s", row->name);
	snprintf(own->resource, sizeof(own->resource), "%s", row->resource);
	snprintf(own->service, sizeof(own->service), "%s", row->service);
	snprintf(own->municipalities, sizeof(own->municipalities), "%s", row->municipalities);
	snprintf(own->parent, sizeof(own->parent), "%s", row->parent);
	return old.removed || strcmp(old.name, own->name) != 0 ||
	       strcmp(old.resource, own->resource) != 0 || strcmp(old.service, own->service) != 0 ||
	       strcmp(old.municipalities, own->municipalities) != 0 ||
	       strcmp(old.parent, own->parent) != 0;
}

static void
play_resources(struct play *play)
{
	static const char *const names[] = {"a", "b", "a/1", "c", "10.0.0.1"};
	static const char *const resources[] = {"", "", "a", "b", "c"};
	static const char *const parents[] = {"", "a", "b", "c", "10.0.0.1/1"};
	struct vg_event event = world_event(&play->world, VG_KIND_RESOURCES_MAPPED, play->minute);
	struct vg_resource_row row = {.name = names[below(play, 5)],
				      .resource = resources[below(play, 5)],
				      .service = below(play, 2) == 0 ? "arkiv" : "",
				      .municipalities = below(play, 2) == 0 ? "1480" : "",
				      .parent = parents[below(play, 5)]};

	row.removed = below(play, 4) == 0;
	model_turn(&play->model, event.received_ms);
	event.body.resources = (struct vg_resources_body){1, &row};
	step_both(play, &event);
	if (play->world.verdict.code != VG_VERDICT_TAKEN || play->model.instance == NULL)
		return;
	if (model_row(&play->model, &row))
		model_map(&play->model, event.received_ms);
}

static void
play_event(struct play *play)
{
	int what = below(play, 20);

	play->minute += below(play, 12) == 0 ? 3 + below(play, 80) : below(play, 3);
	if (what == 0)
		play_resources(play);
	else if (what <= 3)
		play_act(play);
	else
		play_notices(play);
}

static struct play
new_play(uint64_t seed)
{
	return (struct play){.world = alarm_world(), .seed = seed, .minute = 10};
}

/* Goes on with a core from its own checkpoint, whose own has the same bytes. */
static void
reload(struct world *world)
{
	struct bytes bytes = save(world->core), again;
	size_t most = world->core->alarms.most, changes_most = world->core->alarms.changes_most;

	vg_core_free(world->core);
	world->core = vg_core_load(bytes.at, bytes.n);
	assert_non_null(world->core);
	world->core->alarms.most = most;
	world->core->alarms.changes_most = changes_most;
	again = save(world->core);
	assert_int_equal(again.n, bytes.n);
	assert_memory_equal(again.at, bytes.at, bytes.n);
	free(bytes.at);
	free(again.at);
}

static void
every_instance_is_as_the_oracle_says(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct play play = new_play(seed);

		play.model.instance = support_array(INSTANCES, sizeof(struct instance));
		for (int i = 0; i < EVENTS; i++) {
			play_event(&play);
			if (below(&play, 20) == 0)
				reload(&play.world);
			compare(&play.world, &play.model);
		}
		free(play.model.instance);
		vg_core_free(play.world.core);
	}
}

/* Where old ones give way all the time, what leads to alarms is as it is from a checkpoint. */
static void
worlds_at_their_limits_go_on_from_checkpoints(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct play play = new_play(3000 + seed);
		struct world *world = &play.world;

		world->core->alarms.most = 4 + seed % 20;
		world->core->alarms.changes_most = 10 + seed % 30;
		for (int i = 0; i < EVENTS; i++) {
			if (i % 30 == 29)
				reload(world);
			play_event(&play);
			assert_true(world->core->items[VG_OBJECT_ALARM].n <=
				    world->core->alarms.most);
			assert_true(world->core->items[VG_OBJECT_ALARM_CHANGE].n <=
				    world->core->alarms.changes_most);
		}
		vg_core_free(world->core);
	}
}

static void
a_notice_is_news_when_it_changes_more_than_counts(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct play play = new_play(1000 + seed);

		play.check_news = true;
		for (int i = 0; i < EVENTS; i++)
			play_event(&play);
		vg_core_free(play.world.core);
	}
}

/* Leaving out every row of repeats changes count, last_ms and last_seq of an alarm, and nothing
 * else. It is different for what is transient: its repeats carry it on, so without them it ends
 * earlier, by its last news; what is said of it after that begins another instance. Type y may be
 * transient here, type x is not. */
static void
without_repeats_alarms_live_the_same_life(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct play play = new_play(2000 + seed);
		struct world without = alarm_world();

		play.check_news = true;
		play.without = &without;
		for (int i = 0; i < EVENTS; i++) {
			play_event(&play);
			digest(play.world.core, before, sizeof(before), "x");
			digest(without.core, after, sizeof(after), "x");
			assert_string_equal(before, after);
		}
		vg_core_free(without.core);
		vg_core_free(play.world.core);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_instance_is_as_the_oracle_says),
		cmocka_unit_test(worlds_at_their_limits_go_on_from_checkpoints),
		cmocka_unit_test(a_notice_is_news_when_it_changes_more_than_counts),
		cmocka_unit_test(without_repeats_alarms_live_the_same_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
