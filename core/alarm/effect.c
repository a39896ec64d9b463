/* alarm/effect.c - what alarms were worth: how many, what became of them, and whether they told of
 * outages before users did.
 *
 * The definitions are those of docs/alarms.md. The hard thing is that three lists meet, outages,
 * tickets and alarms, each of which may be long: outages are sorted once, and tickets and alarms
 * walk past them. */
#include "core/avail.h"
#include "core/core_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EARLY_MS                                                                                   \
	(INT64_C(5) * 60 * 1000) /* an alarm may be so much before the outage it tells of */

struct outage {
	const char *service, *municipality;
	int64_t from_ms, to_ms;
	int64_t told_ms;   /* by an alarm or a probe, first; INT64_MAX = by none */
	int64_t ticket_ms; /* first ticket of a user; INT64_MAX = none */
};

struct effect {
	const struct vg_core *core;
	int64_t from_ms, to_ms;
	const char *service, *municipality; /* "" = all */
	struct vg_alarm_effect *out;
	const struct vg_agreement *rules; /* that say which services there are; NULL = none */
	int64_t first_ms, last_ms;	  /* the first outage begins, the last ends */
	struct outage *outage;		  /* by (service, municipality, from_ms) */
	size_t outages, outages_size;
	int64_t *ack_ms;
	size_t acks, acks_size;
	int rc;
};

const struct vg_ticket *
vg_core_alarm_ticket(const struct vg_core *core, const struct vg_alarm *alarm)
{
	char name[32];

	snprintf(name, sizeof(name), "A-%" PRId64, alarm->id);
	return vg_core_ticket_by_ref(core, VG_ALARM_TICKET_SOURCE, name);
}

/* Outages. */

/* When enough slots had ended for the measurement to count; INT64_MAX = it never did, or a person
 * said that the service was down. */
static int64_t
confirmed_ms(const struct vg_core *core, const struct vg_outage_seen *seen)
{
	const struct vg_agreement *rules = vg_core_agreement_at(core, seen->from_ms);
	const struct vg_outage_record *record =
		seen->record != 0 ? vg_core_outage(core, seen->record) : NULL;
	int64_t at_ms;

	if (rules == NULL || rules->slot_ms <= 0 ||
	    (record != NULL && record->effect == VG_EFFECT_DOWN))
		return INT64_MAX;
	at_ms = (seen->from_ms / rules->slot_ms + rules->confirm_slots) * rules->slot_ms;
	return at_ms <= seen->to_ms ? at_ms : INT64_MAX;
}

static void
take_outage(const struct vg_outage_seen *seen, void *arg)
{
	struct effect *effect = arg;
	const struct vg_service *service = vg_agreement_service(effect->rules, seen->scope.service);

	if (effect->rc != 0 || seen->scope.channel != NULL || service->component ||
	    seen->from_ms < effect->from_ms || seen->from_ms >= effect->to_ms)
		return;
	effect->rc = vg_core_reserve((void **)&effect->outage, &effect->outages_size,
				     effect->outages + 1, sizeof(effect->outage[0]));
	if (effect->rc != 0)
		return;
	if (seen->from_ms < effect->first_ms)
		effect->first_ms = seen->from_ms;
	if (seen->to_ms > effect->last_ms)
		effect->last_ms = seen->to_ms;
	effect->outage[effect->outages++] =
		(struct outage){.service = seen->scope.service,
				.municipality = seen->scope.municipality,
				.from_ms = seen->from_ms,
				.to_ms = seen->to_ms,
				.told_ms = confirmed_ms(effect->core, seen),
				.ticket_ms = INT64_MAX};
}

static int
find_outages(struct effect *effect)
{
	const struct vg_scope filter = {
		.service = effect->service[0] != '\0' ? effect->service : NULL,
		.municipality = effect->municipality[0] != '\0' ? effect->municipality : NULL};
	int64_t now_ms = vg_core_received_ms(effect->core);
	int64_t to_ms = effect->to_ms < now_ms ? effect->to_ms : now_ms;
	int rc;

	effect->rules = vg_core_agreement_at(effect->core, to_ms - 1);
	if (effect->rules == NULL)
		effect->rules = vg_core_agreement_latest(effect->core);
	rc = vg_outages_seen(effect->core, effect->from_ms, to_ms, &filter, take_outage, effect);
	return rc != 0 ? rc : effect->rc;
}

/* The first outage of the service, and of the municipality where one is named. */
static size_t
first_outage(const struct effect *effect, const char *service, const char *municipality)
{
	size_t low = 0, high = effect->outages;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(effect->outage[mid].service, service);

		if (order == 0 && municipality != NULL)
			order = strcmp(effect->outage[mid].municipality, municipality);
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Tickets. */

static bool
is_users(const struct vg_ticket_view *view)
{
	uint64_t needed = VG_TF_BIT(VG_TF_REQUESTER) | VG_TF_BIT(VG_TF_TYPE) |
			  VG_TF_BIT(VG_TF_SERVICE) | VG_TF_BIT(VG_TF_MUNICIPALITY);

	return (view->set & needed) == needed &&
	       view->current[VG_TF_REQUESTER] == VG_REQUESTER_USER &&
	       view->current[VG_TF_TYPE] == VG_TYPE_INCIDENT;
}

static void
match_ticket(struct effect *effect, const struct vg_ticket *ticket)
{
	struct vg_ticket_view view;
	const char *service, *municipality;

	vg_ticket_view(effect->core, ticket, INT64_MAX, &view, NULL, NULL);
	if (!is_users(&view))
		return;
	service = view.text[VG_TF_SERVICE];
	municipality = view.text[VG_TF_MUNICIPALITY];
	for (size_t i = first_outage(effect, service, municipality); i < effect->outages; i++) {
		struct outage *outage = &effect->outage[i];

		if (strcmp(outage->service, service) != 0 ||
		    strcmp(outage->municipality, municipality) != 0)
			break;
		if (view.created_ms >= outage->from_ms && view.created_ms <= outage->to_ms &&
		    view.created_ms < outage->ticket_ms)
			outage->ticket_ms = view.created_ms;
	}
}

/* A ticket counts months from the one in which it was created. */
static void
match_tickets(struct effect *effect)
{
	const struct vg_core *core = effect->core;
	int first = vg_core_month_of(core, effect->first_ms);
	int last = vg_core_month_of(core, effect->last_ms);

	for (size_t i = 0; effect->outages > 0 && i < core->tickets; i++) {
		const struct vg_ticket *ticket = core->ticket[i];

		if (!ticket->vanished && ticket->month_from >= first && ticket->month_from <= last)
			match_ticket(effect, ticket);
	}
}

/* Alarms. */

static void
match_alarm(struct effect *effect, const struct vg_alarm *alarm)
{
	if (alarm->service[0] == '\0' || alarm->received_ms < effect->first_ms - EARLY_MS ||
	    alarm->received_ms > effect->last_ms)
		return;
	for (size_t i = first_outage(effect, alarm->service, NULL); i < effect->outages; i++) {
		struct outage *outage = &effect->outage[i];

		if (strcmp(outage->service, alarm->service) != 0)
			break;
		if (vg_list_holds(alarm->municipalities, outage->municipality) &&
		    alarm->received_ms >= outage->from_ms - EARLY_MS &&
		    alarm->received_ms <= outage->to_ms && alarm->received_ms < outage->told_ms)
			outage->told_ms = alarm->received_ms;
	}
}

/* An alarm that names no municipality concerns all, if its service is known. */
static bool
is_in_scope(const struct effect *effect, const struct vg_alarm *alarm)
{
	if (alarm->received_ms < effect->from_ms || alarm->received_ms >= effect->to_ms ||
	    (effect->service[0] != '\0' && strcmp(effect->service, alarm->service) != 0))
		return false;
	if (effect->municipality[0] == '\0')
		return true;
	if (alarm->municipalities[0] == '\0' && alarm->service[0] == '\0')
		return false;
	return vg_list_holds(alarm->municipalities, effect->municipality);
}

static int
note_acknowledged(struct effect *effect, const struct vg_alarm *alarm)
{
	if (vg_core_reserve((void **)&effect->ack_ms, &effect->acks_size, effect->acks + 1,
			    sizeof(effect->ack_ms[0])) != 0)
		return VG_CORE_ENOMEM;
	effect->ack_ms[effect->acks++] =
		alarm->acked_ms > alarm->received_ms ? alarm->acked_ms - alarm->received_ms : 0;
	return 0;
}

static int
count_alarm(struct effect *effect, const struct vg_alarm *alarm)
{
	struct vg_alarm_effect *out = effect->out;

	out->alarms++;
	out->by_severity[alarm->worst]++;
	out->notices += alarm->count;
	out->tickets += vg_core_alarm_ticket(effect->core, alarm) != NULL;
	if (alarm->operator_ == VG_OPERATOR_CLOSED) {
		out->closed++;
		out->false_alarms += alarm->false_alarm;
	}
	return alarm->acked_ms >= 0 ? note_acknowledged(effect, alarm) : 0;
}

/* Those that were merged into another are counted there. */
static int
walk_alarms(struct effect *effect)
{
	const struct vg_items *alarms = &effect->core->items[VG_OBJECT_ALARM];
	int rc = 0;

	for (size_t i = 0; i < alarms->n && rc == 0; i++) {
		const struct vg_alarm *alarm = &alarms->item[i]->of.alarm;

		match_alarm(effect, alarm);
		if (alarm->merged_into == 0 && is_in_scope(effect, alarm))
			rc = count_alarm(effect, alarm);
	}
	return rc;
}

static int
compare_times(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static void
sum_up(struct effect *effect)
{
	struct vg_alarm_effect *out = effect->out;
	size_t n = effect->acks;

	out->acknowledged = (int64_t)n;
	out->ack_median_ms = out->ack_max_ms = -1;
	for (size_t i = 0; i < n; i++)
		out->ack_sum_ms += effect->ack_ms[i];
	if (n > 0) {
		qsort(effect->ack_ms, n, sizeof(effect->ack_ms[0]), compare_times);
		out->ack_median_ms = (effect->ack_ms[(n - 1) / 2] + effect->ack_ms[n / 2]) / 2;
		out->ack_max_ms = effect->ack_ms[n - 1];
	}
	out->outages = (int64_t)effect->outages;
	for (size_t i = 0; i < effect->outages; i++) {
		const struct outage *outage = &effect->outage[i];

		if (outage->ticket_ms == INT64_MAX)
			continue;
		out->outages_ticketed++;
		out->detected_first += outage->told_ms < outage->ticket_ms;
	}
}

int
vg_core_alarm_effect(const struct vg_core *core, int64_t from_ms, int64_t to_ms,
		     const char *service, const char *municipality, struct vg_alarm_effect *out)
{
	struct effect effect = {.core = core,
				.from_ms = from_ms,
				.to_ms = to_ms,
				.service = service,
				.municipality = municipality,
				.out = out,
				.first_ms = INT64_MAX,
				.last_ms = INT64_MIN};
	int rc;

	memset(out, 0, sizeof(*out));
	rc = find_outages(&effect);
	if (rc == 0) {
		match_tickets(&effect);
		rc = walk_alarms(&effect);
	}
	if (rc == 0)
		sum_up(&effect);
	free(effect.outage);
	free(effect.ack_ms);
	return rc;
}
