/* alarm/proposal_hear.c - which of a service's alarms speak for a proposal.
 *
 * An outage is said by a critical alarm of availability, a major incident by alarms in several
 * municipalities within a stretch of time. The hard thing is what an alarm must not say: anything
 * that was decided, recorded or measured already. */
#include "core/alarm/proposal_private.h"

#include <stdlib.h>
#include <string.h>

/* Lapsed with its alarms still active: recorded or measured, so nothing was left to propose. */
static bool
is_settled(const struct vg_proposal *proposal)
{
	return proposal->state == VG_PROPOSAL_ACCEPTED || proposal->state == VG_PROPOSAL_REFUSED ||
	       (proposal->state == VG_PROPOSAL_LAPSED && proposal->to_ms < 0);
}

static void
find_past(struct vg_matter *matter)
{
	const struct vg_items *items = &matter->core->items[VG_OBJECT_PROPOSAL];

	for (size_t i = items->n; i-- > 0 && matter->settled_seq == 0;) {
		const struct vg_proposal *proposal = &items->item[i]->of.proposal;

		if (proposal->kind != (int)matter->kind ||
		    strcmp(proposal->service, matter->service) != 0)
			continue;
		if (matter->newest == NULL)
			matter->newest = items->item[i];
		if (is_settled(proposal))
			matter->settled_seq = proposal->changed_seq;
	}
}

/* Whether an alarm goes on, and no person has closed it or decided what it spoke for. */
static bool
goes_on(const struct vg_matter *matter, const struct vg_voice *voice)
{
	return voice->hidden != VG_ALARM_CLOSED &&
	       voice->alarm->id / VG_ALARM_ID_STEP > matter->settled_seq;
}

/* Whether it is to make anybody think of a proposal: what is hidden by a person or a window is not;
 * what a parent hides takes its service down all the same. */
static bool
is_heard(const struct vg_voice *voice)
{
	return voice->hidden != VG_ALARM_SHELVED && voice->hidden != VG_ALARM_WINDOW;
}

/* Where an outage of the service is known of. */
struct known {
	bool everywhere; /* where it is promised */
	char places[VG_SCOPE_TEXT_MAX + 1];
};

static void
know_places(struct known *known, const char *municipalities)
{
	char id[VG_LIST_ID_SIZE];

	if (municipalities[0] == '\0')
		known->everywhere = true;
	while (vg_list_next(&municipalities, id))
		vg_list_add(known->places, id);
}

static bool
knows(const struct known *known, const char *id)
{
	return known->places[0] != '\0' && vg_list_holds(known->places, id);
}

static bool
knows_all_promised(const struct vg_matter *matter, const struct known *known)
{
	const struct vg_agreement *agreement = matter->agreement;

	for (size_t i = 0; i < agreement->municipalities; i++) {
		const char *code = agreement->municipality[i].code;

		if (vg_is_promised(agreement, matter->service, code, matter->core->received_ms) &&
		    !knows(known, code))
			return false;
	}
	return true;
}

static void
find_known(const struct vg_matter *matter, struct known *known)
{
	const struct vg_core *core = matter->core;
	const struct vg_items *records = &core->items[VG_OBJECT_OUTAGE];
	const struct vg_watches *watches = &core->watches;

	for (size_t i = 0; i < records->n; i++) {
		const struct vg_outage_record *record = &records->item[i]->of.outage;

		if (!record->withdrawn && record->effect == VG_EFFECT_DOWN &&
		    record->channel[0] == '\0' && record->to_ms > core->received_ms &&
		    strcmp(record->service, matter->service) == 0)
			know_places(known, record->municipalities);
	}
	for (size_t i = vg_watch_place(core, VG_WATCH_PLACE, matter->service, "");
	     i < watches->n && watches->watch[i]->kind == VG_WATCH_PLACE &&
	     strcmp(watches->watch[i]->service, matter->service) == 0;
	     i++) {
		if (watches->watch[i]->down_ms >= 0)
			vg_list_add(known->places, watches->watch[i]->subject);
	}
	known->everywhere = known->everywhere || knows_all_promised(matter, known);
}

/* Whether all that the alarm says is known. */
static bool
is_known(const struct known *known, const struct vg_alarm *alarm)
{
	const char *at = alarm->municipalities;
	char id[VG_LIST_ID_SIZE];

	if (known->everywhere || known->places[0] == '\0' || at[0] == '\0')
		return known->everywhere;
	while (vg_list_next(&at, id)) {
		if (!knows(known, id))
			return false;
	}
	return true;
}

static void
hear_outage(struct vg_matter *matter, const struct vg_voice *voice, size_t voices)
{
	struct known known = {0};
	bool looked = false;

	for (size_t i = 0; i < voices; i++) {
		const struct vg_alarm *alarm = voice[i].alarm;

		if (alarm->severity != VG_SEVERITY_CRITICAL ||
		    alarm->category != VG_ALARM_AVAILABILITY || !goes_on(matter, &voice[i]))
			continue;
		if (!looked)
			find_known(matter, &known);
		looked = matter->alive = true;
		if (is_known(&known, alarm))
			continue;
		matter->unknown = true;
		if (is_heard(&voice[i]))
			matter->speaker[matter->speakers++] = alarm;
	}
}

/* Major incidents. */

struct tally {
	uint32_t alarms[VG_AGREEMENT_MUNICIPALITIES_MAX]; /* by index in the agreement */
	int64_t named;					  /* municipalities with some */
	int64_t everywhere;				  /* alarms that name none */
};

static void
count_alarm(const struct vg_matter *matter, struct tally *tally, const struct vg_alarm *alarm,
	    bool more)
{
	const struct vg_agreement *agreement = matter->agreement;
	const char *at = alarm->municipalities;
	char id[VG_LIST_ID_SIZE];

	if (at[0] == '\0')
		tally->everywhere += more ? 1 : -1;
	while (vg_list_next(&at, id)) {
		const struct vg_municipality *found = vg_agreement_municipality(agreement, id);
		uint32_t *alarms;

		if (found == NULL)
			continue;
		alarms = &tally->alarms[found - agreement->municipality];
		if (more)
			tally->named += (*alarms)++ == 0;
		else
			tally->named -= --*alarms == 0;
	}
}

static bool
is_major(const struct vg_matter *matter, const struct tally *tally)
{
	int64_t hit = tally->named;

	if (tally->everywhere > 0 && matter->promised > hit)
		hit = matter->promised;
	return hit >= matter->agreement->major_municipalities;
}

static int
compare_raised(const void *a, const void *b)
{
	const struct vg_alarm *x = *(const struct vg_alarm *const *)a;
	const struct vg_alarm *y = *(const struct vg_alarm *const *)b;

	if (x->raised_ms != y->raised_ms)
		return x->raised_ms < y->raised_ms ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int
compare_alarms(const void *a, const void *b)
{
	const struct vg_alarm *x = *(const struct vg_alarm *const *)a;
	const struct vg_alarm *y = *(const struct vg_alarm *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

/* As most of them are: raised in the order of their ids. */
static bool
is_in_order(const struct vg_alarm **speaker, size_t n, int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < n; i++) {
		if (compare(&speaker[i - 1], &speaker[i]) > 0)
			return false;
	}
	return true;
}

/* When the first stretch began in which so many municipalities were hit; INT64_MAX = there is none.
 */
static int64_t
find_stretch(const struct vg_matter *matter)
{
	const struct vg_alarm **speaker = matter->speaker;
	int64_t window_ms = matter->agreement->major_window_ms;
	struct tally tally = {.named = 0};
	int64_t from_ms = INT64_MAX;
	size_t start = 0;

	if (!is_in_order(speaker, matter->speakers, compare_raised))
		qsort(speaker, matter->speakers, sizeof(speaker[0]), compare_raised);
	for (size_t end = 0; end < matter->speakers && from_ms == INT64_MAX; end++) {
		count_alarm(matter, &tally, speaker[end], true);
		while (speaker[end]->raised_ms - speaker[start]->raised_ms > window_ms)
			count_alarm(matter, &tally, speaker[start++], false);
		if (is_major(matter, &tally))
			from_ms = speaker[start]->raised_ms;
	}
	if (!is_in_order(speaker, matter->speakers, compare_alarms))
		qsort(speaker, matter->speakers, sizeof(speaker[0]), compare_alarms);
	return from_ms;
}

static void
hear_major(struct vg_matter *matter, const struct vg_voice *voice, size_t voices)
{
	int64_t from_ms =
		vg_matter_is_open(matter) ? matter->newest->of.proposal.from_ms : INT64_MIN;
	size_t kept = 0;

	for (size_t i = 0; i < voices; i++) {
		if (!goes_on(matter, &voice[i]) || voice[i].alarm->raised_ms < from_ms)
			continue;
		matter->alive = matter->unknown = true;
		if (is_heard(&voice[i]))
			matter->speaker[matter->speakers++] = voice[i].alarm;
	}
	if (vg_matter_is_open(matter))
		return;
	from_ms = matter->agreement->major_municipalities > 0 ? find_stretch(matter) : INT64_MAX;
	for (size_t i = 0; i < matter->speakers; i++) {
		if (matter->speaker[i]->raised_ms >= from_ms)
			matter->speaker[kept++] = matter->speaker[i];
	}
	matter->speakers = kept;
}

void
vg_matter_hear(struct vg_matter *matter, const struct vg_voice *voice, size_t voices)
{
	find_past(matter);
	if (matter->kind == VG_PROPOSAL_OUTAGE)
		hear_outage(matter, voice, voices);
	else
		hear_major(matter, voice, voices);
}
