/* alarm/proposal.c - what alarms together say of a service, for a person to accept or refuse.
 *
 * Two kinds: the service is out (a critical alarm of its availability), and a major incident
 * (several municipalities have it at the same time). One of a kind is open for a service, and
 * widened while more speaks for it. The hard thing is to ask once: an alarm that spoke for what a
 * person has decided, or for an outage that was recorded or measured meanwhile, speaks for nothing
 * again, however long it goes on (alarm/proposal_hear.c). */
#include "core/alarm/proposal_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROPOSALS_PER_EVENT 16 /* a proposal's id is the event's sequence * 16 + index */

const char *const vg_proposal_kind_words[] = {"outage", "major_incident", NULL};
const char *const vg_proposal_state_words[] = {"open", "accepted", "refused", "lapsed", NULL};

/* What the proposal says. */

struct saying {
	int64_t from_ms, alarm_count;
	char municipalities[VG_SCOPE_TEXT_MAX + 1];
	char alarms[VG_SCOPE_TEXT_MAX + 1];
};

/* False when there is no room for it. */
static bool
append_alarm(char list[VG_SCOPE_TEXT_MAX + 1], size_t *used, int64_t id)
{
	char name[32];
	int length = snprintf(name, sizeof(name), "%sA-%lld", *used > 0 ? " " : "", (long long)id);

	if (*used + (size_t)length > VG_SCOPE_TEXT_MAX)
		return false;
	memcpy(list + *used, name, (size_t)length + 1);
	*used += (size_t)length;
	return true;
}

/* The next alarm of a list, INT64_MAX at its end. */
static int64_t
next_alarm(const char **list)
{
	char name[VG_LIST_ID_SIZE];
	int64_t id, n;

	return vg_list_next(list, name) && vg_own_id(name, 'A', &id, &n) ? id : INT64_MAX;
}

/* Lists those that spoke before and those that speak now, the oldest first. Counted are all that
 * are listed or, where that is more, all that speak now. */
static void
list_alarms(const struct vg_matter *matter, const char *before, struct saying *saying)
{
	int64_t listed = next_alarm(&before), counted = 0;
	size_t used = 0, i = 0;

	while (listed != INT64_MAX || i < matter->speakers) {
		int64_t speaks = i < matter->speakers ? matter->speaker[i]->id : INT64_MAX;

		if (!append_alarm(saying->alarms, &used, listed < speaks ? listed : speaks))
			break;
		counted++;
		i += speaks <= listed;
		if (listed <= speaks)
			listed = next_alarm(&before);
	}
	if (counted > saying->alarm_count)
		saying->alarm_count = counted;
	if ((int64_t)matter->speakers > saying->alarm_count)
		saying->alarm_count = (int64_t)matter->speakers;
}

/* Lays what speaks now over what was said before. */
static void
say(const struct vg_matter *matter, const struct vg_proposal *before, struct saying *saying)
{
	bool everywhere = before != NULL && before->municipalities[0] == '\0';
	const char *last = ""; /* most often the next one says the same */

	saying->from_ms = before != NULL ? before->from_ms : INT64_MAX;
	saying->alarm_count = before != NULL ? before->alarm_count : 0;
	if (before != NULL)
		vg_list_join(saying->municipalities, before->municipalities);
	for (size_t i = 0; i < matter->speakers; i++) {
		const struct vg_alarm *alarm = matter->speaker[i];

		if (alarm->raised_ms < saying->from_ms)
			saying->from_ms = alarm->raised_ms;
		everywhere = everywhere || alarm->municipalities[0] == '\0';
		if (i == 0 || strcmp(alarm->municipalities, last) != 0)
			vg_list_join(saying->municipalities, alarm->municipalities);
		last = alarm->municipalities;
	}
	if (everywhere)
		saying->municipalities[0] = '\0';
	list_alarms(matter, before != NULL ? before->alarms : "", saying);
}

static int
make(struct vg_matter *matter)
{
	struct vg_core *core = matter->core;
	struct saying saying = {.municipalities = "", .alarms = ""};
	struct vg_proposal proposal = {.kind = (int)matter->kind,
				       .service = matter->service,
				       .municipalities = saying.municipalities,
				       .alarms = saying.alarms,
				       .to_ms = -1,
				       .state = VG_PROPOSAL_OPEN,
				       .actor = "",
				       .reason = "",
				       .decided_ms = -1,
				       .made = ""};

	if (core->items[VG_OBJECT_PROPOSAL].n >= VG_CORE_PROPOSALS_MAX)
		return 0;
	if (core->proposals_made >= PROPOSALS_PER_EVENT)
		return VG_SIGNAL_LATER;
	say(matter, NULL, &saying);
	proposal.id = core->seq * PROPOSALS_PER_EVENT + core->proposals_made++;
	proposal.from_ms = saying.from_ms;
	proposal.alarm_count = saying.alarm_count;
	return vg_item_add(core, VG_OBJECT_PROPOSAL, &proposal, NULL);
}

/* Widens it; one that has lapsed is open again. */
static int
widen(struct vg_matter *matter)
{
	struct vg_proposal *proposal = &matter->newest->of.proposal;
	struct saying saying = {.municipalities = "", .alarms = ""};
	int rc;

	say(matter, proposal, &saying);
	if (proposal->state == VG_PROPOSAL_OPEN && proposal->from_ms == saying.from_ms &&
	    proposal->alarm_count == saying.alarm_count &&
	    strcmp(proposal->municipalities, saying.municipalities) == 0 &&
	    strcmp(proposal->alarms, saying.alarms) == 0)
		return 0;
	if ((rc = vg_item_set_text(matter->core, &proposal->municipalities,
				   saying.municipalities)) != 0 ||
	    (rc = vg_item_set_text(matter->core, &proposal->alarms, saying.alarms)) != 0)
		return rc;
	proposal->state = VG_PROPOSAL_OPEN;
	proposal->to_ms = -1;
	proposal->from_ms = saying.from_ms;
	proposal->alarm_count = saying.alarm_count;
	vg_item_mark(matter->core, matter->newest);
	return 0;
}

/* When the last of the listed alarms ended. */
static int64_t
ended_ms(const struct vg_core *core, const struct vg_proposal *proposal)
{
	const char *at = proposal->alarms;
	int64_t end_ms = -1, id;

	while ((id = next_alarm(&at)) != INT64_MAX) {
		const struct vg_alarm *alarm = vg_core_alarm(core, id);
		struct vg_alarm_now now;

		if (alarm == NULL)
			continue;
		vg_alarm_at(core, alarm, core->received_ms, &now);
		if (now.ended_ms > end_ms)
			end_ms = now.ended_ms;
	}
	return end_ms >= proposal->from_ms ? end_ms : core->received_ms;
}

/* Its alarms have ended, or what they said is known now. */
static void
lapse(struct vg_matter *matter)
{
	struct vg_proposal *proposal = &matter->newest->of.proposal;

	proposal->state = VG_PROPOSAL_LAPSED;
	if (!matter->alive)
		proposal->to_ms = ended_ms(matter->core, proposal);
	vg_item_mark(matter->core, matter->newest);
}

/* Alarms that come and go make one proposal that opens and lapses, not one each time. */
static bool
lapsed_lately(const struct vg_matter *matter)
{
	const struct vg_proposal *proposal =
		matter->newest != NULL ? &matter->newest->of.proposal : NULL;

	return proposal != NULL && proposal->state == VG_PROPOSAL_LAPSED && proposal->to_ms >= 0 &&
	       matter->core->received_ms - proposal->to_ms < matter->agreement->flap_window_ms;
}

static int
settle(struct vg_matter *matter, const struct vg_voice *voice, size_t voices)
{
	vg_matter_hear(matter, voice, voices);
	if (vg_matter_is_open(matter) && !matter->unknown) {
		lapse(matter);
		return 0;
	}
	if (matter->speakers == 0)
		return 0;
	return vg_matter_is_open(matter) || lapsed_lately(matter) ? widen(matter) : make(matter);
}

static int64_t
count_promised(const struct vg_agreement *agreement, const char *service, int64_t at_ms)
{
	int64_t promised = 0;

	for (size_t i = 0; i < agreement->municipalities; i++)
		promised +=
			vg_is_promised(agreement, service, agreement->municipality[i].code, at_ms);
	return promised;
}

int
vg_core_proposals_settle(struct vg_core *core, const char *service, const struct vg_voice *voice,
			 size_t voices)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	const struct vg_alarm **speaker;
	int64_t promised;
	int rc = 0;

	if (service[0] == '\0' || agreement == NULL)
		return 0;
	promised = count_promised(agreement, service, core->received_ms);
	if (promised == 0)
		voices = 0; /* nobody is to hear of it, and what is open lapses */
	speaker = calloc(voices + 1, sizeof(speaker[0]));
	if (speaker == NULL)
		return VG_CORE_ENOMEM;
	for (int kind = 0; kind < VG_PROPOSAL_KIND_COUNT && rc >= 0; kind++) {
		struct vg_matter matter = {.core = core,
					   .agreement = agreement,
					   .service = service,
					   .promised = promised,
					   .kind = (enum vg_proposal_kind)kind,
					   .speaker = speaker};
		int settled = settle(&matter, voice, voices);

		rc = settled != 0 ? settled : rc;
	}
	free(speaker);
	return rc;
}

/* What a person decides. */

static struct vg_item *
find_proposal(const struct vg_core *core, int64_t id)
{
	struct vg_item key = {.of.proposal.id = id};

	return vg_item_find(core, VG_OBJECT_PROPOSAL, &key);
}

const struct vg_proposal *
vg_core_proposal(const struct vg_core *core, int64_t id)
{
	const struct vg_item *item = find_proposal(core, id);

	return item != NULL ? &item->of.proposal : NULL;
}

/* The outage that an accepted proposal says: open, since its alarms are. */
static int
record_outage(struct vg_core *core, const struct vg_proposal *proposal,
	      const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_outage_body body = {.outage = "",
					    .effect = VG_EFFECT_DOWN,
					    .service = proposal->service,
					    .channel = "",
					    .municipalities = proposal->municipalities,
					    .from_ms = proposal->from_ms,
					    .to_ms = INT64_MAX,
					    .cause = event->body.proposal.cause,
					    .reason = event->body.proposal.reason,
					    .source = "",
					    .probe = ""};

	return vg_core_outage_record(core, event, &body, out);
}

static int
decide(struct vg_core *core, struct vg_item *item, const struct vg_event *event,
       struct vg_verdict *out)
{
	struct vg_proposal *proposal = &item->of.proposal;
	bool accepted = event->kind == VG_KIND_PROPOSAL_ACCEPTED;
	bool outage = accepted && proposal->kind == VG_PROPOSAL_OUTAGE;
	char made[32] = "";
	int rc;

	if (outage) {
		rc = record_outage(core, proposal, event, out);
		if (rc != 0 || out->code == VG_VERDICT_REFUSED || out->code == VG_VERDICT_OVERLOAD)
			return rc;
		snprintf(made, sizeof(made), "O-%lld", (long long)event->seq);
	}
	if ((rc = vg_item_set_text(core, &proposal->actor, event->actor)) != 0 ||
	    (rc = vg_item_set_text(core, &proposal->reason, event->body.proposal.reason)) != 0 ||
	    (rc = vg_item_set_text(core, &proposal->made, made)) != 0)
		return rc;
	proposal->state = accepted ? VG_PROPOSAL_ACCEPTED : VG_PROPOSAL_REFUSED;
	proposal->decided_ms = event->received_ms;
	vg_item_mark(core, item);
	return 0;
}

int
vg_core_proposal_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_proposal_body *body = &event->body.proposal;
	struct vg_item *item = NULL;
	const struct vg_proposal *proposal;
	int64_t id, n;

	if (vg_own_id(body->proposal, 'F', &id, &n) && n < 0)
		item = find_proposal(core, id);
	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no proposal %.60s: expected F- and its number",
				      body->proposal);
	proposal = &item->of.proposal;
	if (proposal->state == VG_PROPOSAL_LAPSED)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "F-%lld has lapsed: its alarms have ended, or the outage is "
				      "recorded or measured",
				      (long long)id);
	if (proposal->state != VG_PROPOSAL_OPEN)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "F-%lld was %s by %.100s already",
				      (long long)id, vg_proposal_state_words[proposal->state],
				      proposal->actor);
	if (body->reason[0] == '\0')
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "a reason is needed: it stands beside what was decided");
	return decide(core, item, event, out);
}
