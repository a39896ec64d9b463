/* changes.c - what has changed, and for whom.
 *
 * One table says of each kind of object under which topic it is told, by which id, and whom it
 * concerns: the same as the address that lists it would show. The hard thing is a flood: an import
 * changes thousands of tickets in a turn, and no reader wants them one by one, so a turn looks at
 * so many and says of the rest how many there are. */
#include "daemon/feed/changes.h"

#include "core/disturbance.h"
#include "daemon/api/alarms.h"
#include "daemon/api/fee.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 32

const char *
vg_topic_name(enum vg_topic topic)
{
	static const char *const names[VG_TOPIC_COUNT] = {
		[VG_TOPIC_TICKET] = "ticket", [VG_TOPIC_DISTURBANCE] = "disturbance",
		[VG_TOPIC_WINDOW] = "window", [VG_TOPIC_OUTAGE] = "outage",
		[VG_TOPIC_ALARM] = "alarm",   [VG_TOPIC_ACT] = "act",
	};

	return names[topic];
}

/* Kinds of objects. Number and part of the id, "W-<number>.<part>"; part -1 = none. */
struct id {
	char letter;
	int64_t number, part;
};

static struct id
ticket_id(const struct vg_object *object)
{
	return (struct id){'V', vg_ticket_id(object->of.ticket), -1};
}

static bool
ticket_concerns(const struct vg_changes *changes, const struct vg_change *change,
		const char *municipality)
{
	(void)changes;
	return change->municipality != NULL && strcmp(change->municipality, municipality) == 0;
}

static struct id
outage_id(const struct vg_object *object)
{
	return (struct id){'O', object->of.outage->id, -1};
}

static bool
outage_concerns(const struct vg_changes *changes, const struct vg_change *change,
		const char *municipality)
{
	(void)changes;
	return vg_judge_has_id(change->object.of.outage->municipalities, municipality);
}

static struct id
disturbance_id(const struct vg_object *object)
{
	return (struct id){'S', object->of.disturbance->id, -1};
}

/* Whoever was told of it once hears of it again, also that it concerns them no more. Drafts are
 * nobody's but theirs who write them. */
static bool
disturbance_concerns(const struct vg_changes *changes, const struct vg_change *change,
		     const char *municipality)
{
	const int64_t id = change->object.of.disturbance->id;
	const struct vg_disturbance_message *message;

	for (int64_t n = 0; (message = vg_disturbance_message(changes->core, id, n)) != NULL; n++) {
		if (vg_judge_has_id(message->municipalities, municipality))
			return true;
	}
	return false;
}

static struct id
window_id(const struct vg_object *object)
{
	return (struct id){'W', object->of.window->series, object->of.window->n};
}

static bool
window_concerns(const struct vg_changes *changes, const struct vg_change *change,
		const char *municipality)
{
	(void)changes;
	return vg_judge_has_id(change->object.of.window->municipalities, municipality);
}

/* An alarm, or a line of its history. */
static int64_t
alarm_of(const struct vg_object *object)
{
	return object->type == VG_OBJECT_ALARM ? object->of.alarm->id
					       : object->of.alarm_change->alarm;
}

static struct id
alarm_id(const struct vg_object *object)
{
	return (struct id){'A', alarm_of(object), -1};
}

static bool
alarm_concerns(const struct vg_changes *changes, const struct vg_change *change,
	       const char *municipality)
{
	const struct vg_alarm *alarm = vg_core_alarm(changes->core, alarm_of(&change->object));

	return alarm != NULL &&
	       vg_alarm_concerns(changes->core, alarm, municipality, changes->now_ms);
}

static struct id
act_id(const struct vg_object *object)
{
	return (struct id){'P', object->of.act->id, -1};
}

static bool
act_concerns(const struct vg_changes *changes, const struct vg_change *change,
	     const char *municipality)
{
	return vg_act_concerns(changes->core, change->object.of.act, municipality, changes->now_ms);
}

static struct id
objection_id(const struct vg_object *object)
{
	return (struct id){'D', object->of.objection->id, -1};
}

static bool
objection_concerns(const struct vg_changes *changes, const struct vg_change *change,
		   const char *municipality)
{
	(void)changes;
	return strcmp(change->object.of.objection->municipality, municipality) == 0;
}

static struct id
proposal_id(const struct vg_object *object)
{
	return (struct id){'F', object->of.proposal->id, -1};
}

static bool
proposal_concerns(const struct vg_changes *changes, const struct vg_change *change,
		  const char *municipality)
{
	const char *concerned = change->object.of.proposal->municipalities;

	(void)changes;
	return *concerned != '\0' && vg_judge_has_id(concerned, municipality);
}

/* What is not in here is told by no event. */
static const struct kind {
	enum vg_topic topic;
	struct id (*id)(const struct vg_object *object);
	bool (*concerns)(const struct vg_changes *changes, const struct vg_change *change,
			 const char *municipality);
} kinds[] = {
	[VG_OBJECT_TICKET] = {VG_TOPIC_TICKET, ticket_id, ticket_concerns},
	[VG_OBJECT_DISTURBANCE] = {VG_TOPIC_DISTURBANCE, disturbance_id, disturbance_concerns},
	[VG_OBJECT_OUTAGE] = {VG_TOPIC_OUTAGE, outage_id, outage_concerns},
	[VG_OBJECT_WINDOW] = {VG_TOPIC_WINDOW, window_id, window_concerns},
	[VG_OBJECT_ALARM] = {VG_TOPIC_ALARM, alarm_id, alarm_concerns},
	[VG_OBJECT_ALARM_CHANGE] = {VG_TOPIC_ALARM, alarm_id, alarm_concerns},
	[VG_OBJECT_ACT] = {VG_TOPIC_ACT, act_id, act_concerns},
	[VG_OBJECT_OBJECTION] = {VG_TOPIC_ACT, objection_id, objection_concerns},
	[VG_OBJECT_PROPOSAL] = {VG_TOPIC_ACT, proposal_id, proposal_concerns},
};

/* NULL = it is not told. */
static const struct kind *
kind_of(const struct vg_object *object)
{
	const size_t type = (size_t)object->type;

	return type < sizeof(kinds) / sizeof(kinds[0]) && kinds[type].id != NULL ? &kinds[type]
										 : NULL;
}

/* Collecting. */

static struct vg_change *
new_change(struct vg_changes *changes)
{
	const size_t room = changes->room == 0 ? ROOM_FIRST : changes->room * 2;
	struct vg_change *change;

	if (changes->count == changes->room) {
		change = reallocarray(changes->change, room, sizeof(*change));
		if (change == NULL)
			return NULL;
		changes->change = change;
		changes->room = room;
	}
	return &changes->change[changes->count++];
}

/* An alarm is news when it is raised and when a line is added to its history, not each time that it
 * is said again; and however often it changed, once in a turn. */
static bool
is_news(const struct vg_changes *changes, const struct vg_object *object)
{
	if (object->type == VG_OBJECT_ALARM &&
	    object->of.alarm->id / VG_ALARM_ID_STEP <= changes->after_seq)
		return false;
	if (object->type != VG_OBJECT_ALARM && object->type != VG_OBJECT_ALARM_CHANGE)
		return true;
	for (size_t i = changes->count; i-- > 0;) {
		const struct vg_change *told = &changes->change[i];

		if (told->topic == VG_TOPIC_ALARM && alarm_of(&told->object) == alarm_of(object))
			return false;
	}
	return true;
}

static void
put_id(struct vg_change *change, struct id id)
{
	const size_t room = sizeof(change->id);

	if (id.part < 0)
		(void)snprintf(change->id, room, "%c-%" PRId64, id.letter, id.number);
	else
		(void)snprintf(change->id, room, "%c-%" PRId64 ".%" PRId64, id.letter, id.number,
			       id.part);
}

static bool
on_changed(const struct vg_object *object, void *arg)
{
	struct vg_changes *changes = arg;
	const struct kind *kind = kind_of(object);
	struct vg_ticket_view view;
	struct vg_change *change;

	changes->agreement |= object->type == VG_OBJECT_AGREEMENT;
	if (kind == NULL || !is_news(changes, object))
		return true;
	if (changes->count == VG_CHANGES_MAX) {
		changes->left_out[kind->topic]++;
		return true;
	}
	change = new_change(changes);
	if (change == NULL) {
		changes->failed = true;
		return false;
	}
	*change = (struct vg_change){.topic = kind->topic, .object = *object};
	put_id(change, kind->id(object));
	if (object->type == VG_OBJECT_TICKET) {
		vg_ticket_view(changes->core, object->of.ticket, changes->now_ms, &view, NULL,
			       NULL);
		change->municipality = view.text[VG_TF_MUNICIPALITY];
	}
	return true;
}

int
vg_changes_make(struct vg_changes *out, const struct vg_api *api, int64_t after_seq)
{
	*out = (struct vg_changes){.api = api,
				   .core = vg_live_core(api->live),
				   .after_seq = after_seq,
				   .now_ms = vg_live_now_ms(api->live)};
	vg_core_changed_since(out->core, after_seq, on_changed, out);
	return out->failed ? VG_ENOMEM : 0;
}

bool
vg_change_concerns(const struct vg_changes *changes, const struct vg_change *change,
		   const char *municipality)
{
	return *municipality == '\0' ||
	       kind_of(&change->object)->concerns(changes, change, municipality);
}

json_t *
vg_change_row(const struct vg_changes *changes, struct vg_change *change)
{
	const struct vg_ticket *ticket = change->object.of.ticket;
	struct vg_ticket_view view;

	if (change->row == NULL) {
		vg_ticket_view(changes->core, ticket, changes->now_ms, &view, NULL, NULL);
		change->row = vg_json_ticket_row(changes->api, ticket, &view);
	}
	return change->row;
}

void
vg_changes_fini(struct vg_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		json_decref(changes->change[i].row);
	free(changes->change);
	*changes = (struct vg_changes){.core = NULL};
}
