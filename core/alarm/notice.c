/* alarm/notice.c - notices become alarms: raised, changed, cleared, said again.
 *
 * What a notice does is decided in one place (judge), without doing it, so that the intake can ask
 * beforehand whether it is news, and get the answer that the ledger will bear out. The hard thing
 * is flapping: while a key is held together as one instance, a clearing and a raising are changes
 * of that instance, and only when it has been quiet does the next raising begin another. */
#include "core/core_private.h"

#include <stdio.h>
#include <string.h>

#define OWN_FIRST 1000 /* index of the core's own alarms of an event */
#define OWN_MAX	  (VG_ALARM_ID_STEP - OWN_FIRST)

enum effect {
	EFFECT_NOTHING, /* clears what is not there */
	EFFECT_COUNTED, /* said again, or too late to change anything */
	EFFECT_JOINS,	/* said again, by another source or with more words */
	EFFECT_RAISES,
	EFFECT_REOPENS, /* flaps: raised again as the same instance */
	EFFECT_SEVERITY,
	EFFECT_CLEARS
};

/* A notice as it is understood here. */
struct taken {
	const struct vg_notice *notice;
	const char *source;
	int64_t source_id;	/* in the pool; -1 = never said anything */
	int64_t at_ms, last_ms; /* never ahead of when it was taken in */
	char resource[VG_RESOURCE_TEXT_SIZE];
	struct vg_item *item; /* newest instance of the key; NULL = none */
	struct vg_alarm_rules rules;
};

static int64_t
between_ms(int64_t at_ms, int64_t least_ms, int64_t most_ms)
{
	if (at_ms > most_ms)
		at_ms = most_ms;
	return at_ms < least_ms ? least_ms : at_ms;
}

static void
understand(const struct vg_core *core, struct taken *taken, const struct vg_notice *notice,
	   int64_t now_ms)
{
	struct vg_alarm_key key = {taken->resource, notice->type, notice->qualifier};

	taken->notice = notice;
	taken->at_ms = between_ms(notice->at_ms, 0, now_ms);
	taken->last_ms = between_ms(notice->last_ms, taken->at_ms, now_ms);
	vg_core_resource_name(core, notice->resource, taken->resource);
	taken->item = vg_alarm_newest(core, &key);
}

/* Whether the source finds room among those of the alarm, and is not there. */
static bool
adds_source(const struct vg_alarm *alarm, const char *source)
{
	return !vg_list_holds(alarm->sources, source) &&
	       strlen(alarm->sources) + 1 + strlen(source) <= VG_ALARM_SOURCES_TEXT;
}

/* Whether the notice says more of the alarm than is known: who, where, that it can be cleared. */
static bool
joins(const struct vg_alarm *alarm, const struct taken *taken)
{
	const struct vg_notice *notice = taken->notice;

	return adds_source(alarm, taken->source) || (alarm->transient && !notice->transient) ||
	       (alarm->service[0] == '\0' && notice->service[0] != '\0') ||
	       (alarm->municipalities[0] == '\0' && notice->municipality[0] != '\0');
}

static enum effect
judge(const struct taken *taken)
{
	const struct vg_notice *notice = taken->notice;
	const struct vg_alarm_kept *kept;
	bool ended;

	if (taken->item == NULL)
		return notice->severity == VG_SEVERITY_CLEARED ? EFFECT_NOTHING : EFFECT_RAISES;
	kept = &taken->item->of.kept;
	ended = vg_alarm_has_ended(&taken->rules, kept, taken->at_ms);
	if (ended && notice->severity == VG_SEVERITY_CLEARED)
		return EFFECT_NOTHING;
	if (taken->at_ms < kept->change_ms && taken->source_id == kept->change_source)
		return EFFECT_COUNTED;
	if (notice->severity == VG_SEVERITY_CLEARED)
		return EFFECT_CLEARS;
	if (ended)
		return vg_alarm_is_held(&taken->rules, kept, taken->at_ms) &&
				       kept->alarm.operator_ != VG_OPERATOR_CLOSED &&
				       kept->alarm.merged_into == 0
			       ? EFFECT_REOPENS
			       : EFFECT_RAISES;
	if ((int)notice->severity != kept->alarm.severity)
		return EFFECT_SEVERITY;
	return joins(&kept->alarm, taken) ? EFFECT_JOINS : EFFECT_COUNTED;
}

bool
vg_core_notice_is_news(const struct vg_core *core, const char *source,
		       const struct vg_notice *notice, int64_t now_ms)
{
	struct taken taken = {.source = source, .source_id = vg_pool_find(core->pool, source)};

	if (now_ms < core->received_ms)
		now_ms = core->received_ms;
	if (vg_alarm_source_is_news(core, source, now_ms))
		return true;
	taken.rules = vg_alarm_rules_at(core, now_ms);
	understand(core, &taken, notice, now_ms);
	return judge(&taken) > EFFECT_COUNTED;
}

/* What changes. */

static void
add_count(int64_t *sum, int64_t count)
{
	if (__builtin_add_overflow(*sum, count, sum))
		*sum = INT64_MAX;
}

static void
count_notice(struct vg_core *core, struct vg_alarm *alarm, const struct taken *taken)
{
	add_count(&alarm->count, taken->notice->count);
	if (taken->last_ms > alarm->last_ms)
		alarm->last_ms = taken->last_ms;
	alarm->last_seq = core->seq;
}

static int
set_text(struct vg_core *core, const char **member, const char *text)
{
	return strcmp(*member, text) == 0 ? 0 : vg_item_set_text(core, member, text);
}

static int
add_sources(struct vg_core *core, struct vg_alarm *alarm, const char *source)
{
	char list[VG_SCOPE_TEXT_MAX + 1];

	if (!adds_source(alarm, source))
		return 0;
	memcpy(list, alarm->sources, strlen(alarm->sources) + 1);
	vg_list_add(list, source);
	return vg_item_set_text(core, &alarm->sources, list);
}

/* What the alarms of the former service say together is looked at as well. */
int
vg_alarm_set_service(struct vg_core *core, struct vg_item *item, const char *service)
{
	struct vg_alarm *alarm = &item->of.alarm;
	int rc = 0;

	if (strcmp(alarm->service, service) == 0)
		return 0;
	rc = vg_core_alarms_stir(core, alarm->service);
	return rc != 0 ? rc : vg_item_set_text(core, &alarm->service, service);
}

/* Lets the alarm know what the notice says more of it. */
static int
join(struct vg_core *core, struct vg_item *item, const struct taken *taken)
{
	struct vg_alarm *alarm = &item->of.alarm;
	const struct vg_notice *notice = taken->notice;
	int rc = add_sources(core, alarm, taken->source);

	alarm->transient = alarm->transient && notice->transient;
	if (rc == 0 && alarm->service[0] == '\0' && notice->service[0] != '\0') {
		item->of.kept.own_service = true;
		rc = vg_alarm_set_service(core, item, notice->service);
	}
	if (rc == 0 && alarm->municipalities[0] == '\0' && notice->municipality[0] != '\0') {
		item->of.kept.own_municipality = true;
		rc = vg_item_set_text(core, &alarm->municipalities, notice->municipality);
	}
	return rc;
}

/* Whether the key has changed so often lately that it flaps. */
static bool
changes_too_often(const struct vg_alarm_rules *rules, const struct vg_alarm *alarm)
{
	int64_t first_ms;

	if (rules->flap_changes < 2)
		return false;
	first_ms = alarm->flap_ms[VG_ALARM_FLAP_RING - rules->flap_changes];
	return first_ms >= 0 && vg_after_ms(first_ms, rules->flap_window_ms) >
					alarm->flap_ms[VG_ALARM_FLAP_RING - 1];
}

/* A change of fault, the raising among them: it is one of the newest of the key. */
static void
note_change(struct vg_alarm_kept *kept, const struct taken *taken)
{
	struct vg_alarm *alarm = &kept->alarm;
	int64_t last_ms = alarm->flap_ms[VG_ALARM_FLAP_RING - 1];

	kept->held = vg_alarm_is_held(&taken->rules, kept, taken->at_ms);
	memmove(&alarm->flap_ms[0], &alarm->flap_ms[1],
		(VG_ALARM_FLAP_RING - 1) * sizeof(alarm->flap_ms[0]));
	alarm->flap_ms[VG_ALARM_FLAP_RING - 1] = taken->at_ms > last_ms ? taken->at_ms : last_ms;
	kept->held = kept->held || changes_too_often(&taken->rules, alarm);
	kept->change_ms = taken->at_ms;
	kept->change_source = (int)taken->source_id;
	alarm->changes++;
}

static int
log_change(struct vg_core *core, const struct taken *taken)
{
	const struct vg_alarm_change line = {.at_ms = taken->at_ms,
					     .severity = (int)taken->notice->severity,
					     .actor = taken->source,
					     .text = taken->notice->text,
					     .until_ms = -1};

	return vg_alarm_log(core, taken->item, &line);
}

int
vg_alarm_settle(struct vg_core *core, struct vg_item *item)
{
	int rc = vg_alarm_place(core, item);

	vg_item_mark(core, item);
	return rc != 0 ? rc : vg_core_alarm_changed(core, item);
}

static void
set_severity(struct vg_alarm *alarm, int severity)
{
	alarm->severity = severity;
	if (severity > alarm->worst)
		alarm->worst = severity;
}

static int
change(struct vg_core *core, const struct taken *taken, enum effect effect)
{
	const struct vg_notice *notice = taken->notice;
	struct vg_alarm *alarm = &taken->item->of.alarm;
	int rc;

	if ((rc = log_change(core, taken)) != 0)
		return rc;
	note_change(&taken->item->of.kept, taken);
	vg_alarm_carry_on(&taken->item->of.kept);
	count_notice(core, alarm, taken);
	if (effect == EFFECT_CLEARS) {
		alarm->cleared_ms = between_ms(taken->at_ms, alarm->raised_ms, INT64_MAX);
	} else {
		alarm->cleared_ms = -1;
		set_severity(alarm, (int)notice->severity);
	}
	if ((rc = join(core, taken->item, taken)) != 0 ||
	    (rc = set_text(core, &alarm->rule, notice->rule)) != 0 ||
	    (rc = set_text(core, &alarm->peer, notice->peer)) != 0 ||
	    (notice->text[0] != '\0' && (rc = set_text(core, &alarm->text, notice->text)) != 0))
		return rc;
	return vg_alarm_settle(core, taken->item);
}

static int
add_counted(struct vg_core *core, const struct taken *taken)
{
	count_notice(core, &taken->item->of.alarm, taken);
	if (vg_alarm_carry_on(&taken->item->of.kept))
		return vg_alarm_settle(core, taken->item);
	vg_item_mark(core, taken->item);
	return 0;
}

static int
add_joined(struct vg_core *core, const struct taken *taken)
{
	int rc = join(core, taken->item, taken);

	vg_alarm_carry_on(&taken->item->of.kept);
	count_notice(core, &taken->item->of.alarm, taken);
	return rc != 0 ? rc : vg_alarm_settle(core, taken->item);
}

/* The newest changes of the key go over to its next instance. */
static void
take_over_changes(struct vg_alarm *alarm, struct vg_alarm_kept *kept, const struct taken *taken)
{
	if (taken->item == NULL) {
		for (size_t i = 0; i < VG_ALARM_FLAP_RING; i++)
			alarm->flap_ms[i] = -1;
		return;
	}
	memcpy(alarm->flap_ms, taken->item->of.alarm.flap_ms, sizeof(alarm->flap_ms));
	kept->held = taken->item->of.kept.held;
}

static int
raise_alarm(struct vg_core *core, const struct taken *taken, int64_t id)
{
	const struct vg_notice *notice = taken->notice;
	struct vg_alarm_kept carried = {.held = false};
	struct vg_alarm alarm = {.id = id,
				 .resource = taken->resource,
				 .type = notice->type,
				 .qualifier = notice->qualifier,
				 .stated = notice->resource,
				 .sources = taken->source,
				 .service = notice->service,
				 .municipalities = notice->municipality,
				 .text = notice->text,
				 .rule = notice->rule,
				 .peer = notice->peer,
				 .severity = (int)notice->severity,
				 .worst = (int)notice->severity,
				 .category = (int)notice->category,
				 .transient = notice->transient,
				 .raised_ms = taken->at_ms,
				 .received_ms = core->received_ms,
				 .last_ms = taken->last_ms,
				 .last_seq = core->seq,
				 .cleared_ms = -1,
				 .count = notice->count,
				 .operator_ms = -1,
				 .until_ms = -1,
				 .acked_ms = -1};
	struct vg_item *item;
	int rc;

	if (taken->item != NULL &&
	    (rc = vg_alarm_settle_run_out(core, taken->item, taken->at_ms)) != 0)
		return rc;
	take_over_changes(&alarm, &carried, taken);
	if (alarm.service[0] == '\0')
		alarm.service = vg_resource_service(core, &alarm);
	if (alarm.municipalities[0] == '\0')
		alarm.municipalities = vg_resource_municipalities(core, &alarm);
	if ((rc = vg_alarm_add(core, &alarm, &item)) != 0)
		return rc;
	item->of.kept.own_service = notice->service[0] != '\0';
	item->of.kept.own_municipality = notice->municipality[0] != '\0';
	item->of.kept.held = carried.held;
	note_change(&item->of.kept, taken);
	return vg_alarm_settle(core, item);
}

/* Does what a notice says; a new alarm gets this id. */
static int
take(struct vg_core *core, struct taken *taken, const struct vg_notice *notice, int64_t id,
     struct vg_verdict *out)
{
	bool room = vg_alarms_make_room(core);
	enum effect effect;

	understand(core, taken, notice, core->received_ms);
	effect = judge(taken);
	switch (effect) {
	case EFFECT_NOTHING:
		return 0;
	case EFFECT_COUNTED:
		return add_counted(core, taken);
	case EFFECT_JOINS:
		return add_joined(core, taken);
	case EFFECT_RAISES:
		if (room)
			return raise_alarm(core, taken, id);
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD, "more than %zu active alarms",
				      core->alarms.most);
	case EFFECT_REOPENS:
	case EFFECT_SEVERITY:
	case EFFECT_CLEARS:
		break;
	}
	return change(core, taken, effect);
}

static int
taken_from(struct vg_core *core, const char *source, struct taken *out)
{
	int64_t source_id = vg_pool_put(core->pool, source);

	if (source_id < 0)
		return VG_CORE_ENOMEM;
	*out = (struct taken){.source = source,
			      .source_id = source_id,
			      .rules = vg_alarm_rules_at(core, core->received_ms)};
	return 0;
}

int
vg_core_notices_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_notices_body *body = &event->body.notices;
	struct taken taken;
	int rc;

	VG_ASSERT(body->count <= VG_NOTICES_MAX);
	if ((rc = taken_from(core, event->source, &taken)) != 0 ||
	    (rc = vg_alarm_source_heard(core, event)) != 0)
		return rc;
	for (size_t i = 0; i < body->count && rc == 0; i++)
		rc = take(core, &taken, &body->notice[i],
			  event->seq * VG_ALARM_ID_STEP + (int64_t)i, out);
	return rc;
}

int
vg_alarm_own(struct vg_core *core, const struct vg_notice *notice)
{
	struct vg_verdict unheard;
	struct taken taken;
	int rc;

	if (core->alarms.own_made >= OWN_MAX)
		return VG_SIGNAL_LATER;
	if ((rc = taken_from(core, VG_ALARM_TICKET_SOURCE, &taken)) != 0)
		return rc;
	return take(core, &taken, notice,
		    core->seq * VG_ALARM_ID_STEP + OWN_FIRST + core->alarms.own_made++, &unheard);
}

/* Two names became one resource. */

static int
log_merge(struct vg_core *core, struct vg_item *item, int severity, const char *words,
	  int64_t other)
{
	char text[64];
	struct vg_alarm_change line = {.at_ms = core->received_ms,
				       .severity = severity,
				       .actor = VG_ALARM_TICKET_SOURCE,
				       .text = text,
				       .until_ms = -1};
	int rc;

	snprintf(text, sizeof(text), "%s A-%lld", words, (long long)other);
	rc = vg_alarm_log(core, item, &line);
	item->of.alarm.changes++;
	return rc;
}

/* What one knew goes over to the other. */
static int
hand_over(struct vg_core *core, struct vg_alarm *from, struct vg_item *item)
{
	struct vg_alarm *into = &item->of.alarm;
	char id[VG_LIST_ID_SIZE];
	const char *at = from->sources;
	int rc = 0;

	while (rc == 0 && vg_list_next(&at, id))
		rc = add_sources(core, into, id);
	add_count(&into->count, from->count);
	from->count = 0;
	into->transient = into->transient && from->transient;
	if (from->last_ms > into->last_ms)
		into->last_ms = from->last_ms;
	if (from->worst > into->worst)
		into->worst = from->worst;
	if (rc != 0 || from->severity <= into->severity)
		return rc;
	rc = log_merge(core, item, from->severity, "merged with", from->id);
	set_severity(into, from->severity);
	return rc;
}

int
vg_alarm_merge(struct vg_core *core, struct vg_item *from, struct vg_item *into)
{
	struct vg_alarm *alarm = &from->of.alarm;
	int rc;

	alarm->cleared_ms = between_ms(core->received_ms, alarm->raised_ms, INT64_MAX);
	alarm->merged_into = into->of.alarm.id;
	if ((rc = hand_over(core, alarm, into)) != 0 ||
	    (rc = log_merge(core, from, VG_SEVERITY_CLEARED, "merged into", into->of.alarm.id)) !=
		    0 ||
	    (rc = vg_alarm_settle(core, from)) != 0)
		return rc;
	return vg_alarm_settle(core, into);
}
