/* signal/look_alarm.c - what the alarms of one service say together: the signal that calls a duty,
 * and the proposals that wait for a person.
 *
 * A watch stands for the alarms of a service that may count, those of at least major that nothing
 * has cleared. The hard thing is the storm: every change asks for a look, and a look listens to all
 * of them. So looks at many alarms keep a distance that grows with their number, but for the first
 * critical one, which is heard at once. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

#define ALARMS_PER_MS 20 /* of a service: so many let a millisecond pass between two looks */

static bool
may_count(const struct vg_alarm *alarm)
{
	return alarm->cleared_ms < 0 && alarm->severity >= VG_SEVERITY_MAJOR;
}

static struct vg_watch *
find_watch(const struct vg_core *core, const char *service)
{
	size_t place = vg_watch_place(core, VG_WATCH_ALARMS, service, "");
	struct vg_watch *watch = place < core->watches.n ? core->watches.watch[place] : NULL;

	return watch != NULL && watch->kind == VG_WATCH_ALARMS &&
			       strcmp(watch->service, service) == 0
		       ? watch
		       : NULL;
}

static int
remember(struct vg_watch *watch, int64_t alarm)
{
	if (watch->alarms > 0 && watch->alarm[watch->alarms - 1] == alarm)
		return 0;
	if (vg_core_reserve((void **)&watch->alarm, &watch->alarms_size, watch->alarms + 1,
			    sizeof(watch->alarm[0])) != 0)
		return VG_CORE_ENOMEM;
	watch->alarm[watch->alarms++] = alarm;
	return 0;
}

/* Asks for a look at the end of this step, or as soon after it as the number of alarms allows. */
static int
ask(struct vg_core *core, struct vg_watch *watch, bool at_once)
{
	int64_t at_ms = core->received_ms;

	if (!at_once && watch->down_ms > at_ms)
		at_ms = watch->down_ms;
	return watch->at_ms <= at_ms ? 0 : vg_watch_set(core, watch, at_ms);
}

/* Whether nobody was called for this service yet, and somebody is to be. */
static bool
calls(const struct vg_core *core, const struct vg_alarm *alarm)
{
	struct vg_alarm_now now;

	if (!may_count(alarm) || alarm->severity != VG_SEVERITY_CRITICAL ||
	    vg_signal_find(core, VG_SIGNAL_ALARM, alarm->service, "") != NULL)
		return false;
	vg_alarm_at(core, alarm, core->received_ms, &now);
	return now.active && now.hidden == VG_ALARM_SHOWN;
}

int
vg_core_alarm_changed(struct vg_core *core, struct vg_item *item)
{
	const struct vg_alarm *alarm = &item->of.alarm;
	struct vg_watch *watch;
	int rc;

	if (alarm->worst < VG_SEVERITY_MAJOR)
		return 0;
	if (alarm->category == VG_ALARM_AVAILABILITY)
		core->reach_changed = true;
	watch = find_watch(core, alarm->service);
	if (watch == NULL && !may_count(alarm))
		return 0;
	if (watch == NULL) {
		rc = vg_watch_put(core, VG_WATCH_ALARMS, alarm->service, "", core->received_ms);
		if (rc != 0)
			return rc;
		watch = find_watch(core, alarm->service);
	}
	if (may_count(alarm) && remember(watch, alarm->id) != 0)
		return VG_CORE_ENOMEM;
	return ask(core, watch, calls(core, alarm));
}

int
vg_core_alarms_stir(struct vg_core *core, const char *service)
{
	struct vg_watch *watch = find_watch(core, service);

	return watch != NULL ? ask(core, watch, false) : 0;
}

static int
stir_where(struct vg_core *core, const char *services, bool reached)
{
	const struct vg_watches *watches = &core->watches;
	int rc = 0;

	for (size_t i = vg_watch_place(core, VG_WATCH_ALARMS, "", "");
	     i < watches->n && watches->watch[i]->kind == VG_WATCH_ALARMS && rc == 0; i++) {
		struct vg_watch *watch = watches->watch[i];

		if ((watch->covered || !reached) && vg_list_holds(services, watch->service))
			rc = ask(core, watch, false);
	}
	return rc;
}

int
vg_core_alarms_stir_list(struct vg_core *core, const char *services)
{
	return stir_where(core, services, false);
}

int
vg_core_alarms_stir_reached(struct vg_core *core)
{
	return stir_where(core, "", true);
}

struct gathering {
	struct vg_core *core;
	int rc;
};

static bool
gather_alarm(const struct vg_alarm *alarm, void *arg)
{
	struct gathering *gathering = arg;
	struct vg_watch *watch =
		may_count(alarm) ? find_watch(gathering->core, alarm->service) : NULL;

	if (watch != NULL)
		gathering->rc = remember(watch, alarm->id);
	return gathering->rc == 0;
}

int
vg_core_alarms_gather(struct vg_core *core)
{
	struct gathering gathering = {core, 0};

	vg_core_alarms_open(core, gather_alarm, &gathering);
	return gathering.rc;
}

/* What is heard in one look. */
struct hearing {
	struct vg_voice *voice; /* the active ones, by id */
	size_t voices;
	bool calls;	 /* a critical one is shown; of these: */
	bool everywhere; /* one is felt wherever the service is promised */
	int64_t from_ms; /* the first was raised */
	char places[VG_SCOPE_TEXT_MAX + 1];
	bool reached;	 /* some is reached through another resource */
	int64_t next_ms; /* when something of it changes by itself */
};

static int
compare_ids(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static void
sooner(int64_t *next_ms, int64_t at_ms)
{
	if (at_ms < *next_ms)
		*next_ms = at_ms;
}

/* When a transient alarm ends if nothing more is said of it; INT64_MAX = it is not transient. */
static int64_t
runs_out_ms(const struct vg_core *core, const struct vg_alarm *alarm)
{
	struct vg_alarm_rules rules = vg_alarm_rules_at(core, core->received_ms);

	return alarm->transient ? vg_after_ms(alarm->last_ms, rules.transient_ms) : INT64_MAX;
}

/* When what hides the alarm ends, and when the alarm itself runs out. */
static void
note_next(const struct vg_core *core, const struct vg_alarm *alarm, const struct vg_alarm_now *now,
	  int64_t *next_ms)
{
	const struct vg_alarm *parent;

	sooner(next_ms, runs_out_ms(core, alarm));
	if (now->hidden == VG_ALARM_PARENT && (parent = vg_core_alarm(core, now->ref)) != NULL)
		sooner(next_ms, runs_out_ms(core, parent));
	else if (now->hidden != VG_ALARM_SHOWN)
		sooner(next_ms, now->until_ms);
}

static void
note_call(const struct vg_alarm *alarm, struct hearing *hearing)
{
	if (!hearing->calls || alarm->raised_ms < hearing->from_ms)
		hearing->from_ms = alarm->raised_ms;
	hearing->calls = true;
	if (alarm->municipalities[0] == '\0')
		hearing->everywhere = true;
	else
		vg_list_join(hearing->places, alarm->municipalities);
}

static void
hear(const struct vg_core *core, const struct vg_alarm *alarm, struct hearing *hearing)
{
	struct vg_alarm_now now;

	vg_alarm_at(core, alarm, core->received_ms, &now);
	if (!now.active)
		return;
	hearing->voice[hearing->voices++] = (struct vg_voice){alarm, now.hidden};
	note_next(core, alarm, &now, &hearing->next_ms);
	if (!hearing->reached && core->items[VG_OBJECT_RESOURCE].n > 0)
		hearing->reached =
			vg_resource_parent(core, alarm->stated, alarm->resource)[0] != '\0';
	if (now.hidden == VG_ALARM_SHOWN && alarm->severity == VG_SEVERITY_CRITICAL)
		note_call(alarm, hearing);
}

/* The alarm with this id, from *place on; NULL = none. Whoever asks for many by id walks once. */
static const struct vg_alarm *
next_alarm(const struct vg_core *core, size_t *place, int64_t id)
{
	const struct vg_items *items = &core->items[VG_OBJECT_ALARM];
	struct vg_item key = {.of.alarm.id = id};

	if (*place < items->n && items->item[*place]->of.alarm.id < id)
		(*place)++;
	if (*place < items->n && items->item[*place]->of.alarm.id < id)
		*place = vg_items_place(core, VG_OBJECT_ALARM, &key);
	if (*place >= items->n || items->item[*place]->of.alarm.id != id)
		return NULL;
	return &items->item[*place]->of.alarm;
}

static bool
is_ascending(const int64_t *id, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (id[i] <= id[i - 1])
			return false;
	}
	return true;
}

/* Listens to the alarms of the watch, and forgets those that count no more. */
static int
listen(const struct vg_core *core, struct vg_watch *watch, struct hearing *hearing)
{
	size_t place = 0;
	int64_t last = 0;

	if (watch->alarms == 0)
		return 0;
	hearing->voice = calloc(watch->alarms, sizeof(hearing->voice[0]));
	if (hearing->voice == NULL)
		return VG_CORE_ENOMEM;
	if (!is_ascending(watch->alarm, watch->alarms))
		qsort(watch->alarm, watch->alarms, sizeof(watch->alarm[0]), compare_ids);
	for (size_t i = 0; i < watch->alarms; i++) {
		const struct vg_alarm *alarm =
			watch->alarm[i] != last ? next_alarm(core, &place, watch->alarm[i]) : NULL;

		last = watch->alarm[i];
		if (alarm != NULL && may_count(alarm) &&
		    strcmp(alarm->service, watch->service) == 0)
			hear(core, alarm, hearing);
	}
	for (size_t i = 0; i < hearing->voices; i++)
		watch->alarm[i] = hearing->voice[i].alarm->id;
	watch->alarms = hearing->voices;
	return 0;
}

static int
settle_signal(struct vg_core *core, const char *service, struct hearing *hearing)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	const struct vg_signal signal = {.kind = VG_SIGNAL_ALARM,
					 .service = service,
					 .subject = "",
					 .municipalities = hearing->places,
					 .from_ms = hearing->from_ms};

	if (!hearing->calls) {
		vg_signal_clear(core, VG_SIGNAL_ALARM, service, "", core->received_ms);
		return 0;
	}
	for (size_t i = 0;
	     hearing->everywhere && agreement != NULL && i < agreement->municipalities; i++) {
		const char *code = agreement->municipality[i].code;

		if (vg_is_promised(agreement, service, code, core->received_ms))
			vg_list_add(hearing->places, code);
	}
	return vg_signal_raise(core, &signal);
}

int
vg_look_at_alarms(struct vg_core *core, struct vg_watch *watch)
{
	struct hearing hearing = {.next_ms = INT64_MAX};
	int rc = listen(core, watch, &hearing);
	int later = 0;

	watch->covered = hearing.reached;
	watch->down_ms = -1;
	if (watch->alarms > 0)
		watch->down_ms = core->received_ms + (int64_t)watch->alarms / ALARMS_PER_MS;
	if (rc == 0)
		rc = later = settle_signal(core, watch->service, &hearing);
	if (rc >= 0)
		rc = vg_core_proposals_settle(core, watch->service, hearing.voice, hearing.voices);
	free(hearing.voice);
	if (hearing.next_ms <= core->received_ms)
		hearing.next_ms = vg_after_ms(core->received_ms, 1);
	return vg_look_next(core, watch, rc == 0 ? later : rc, hearing.next_ms);
}
