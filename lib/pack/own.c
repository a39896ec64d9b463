/* own.c - see own.h.
 *
 * Each row that could be a municipality's belongs to a matter: a ticket, an alarm, or the row that
 * other rows name (a record, a window, an act, an objection). The hard thing is that matters become
 * its own late and through each other; so rows are only noted with their matter, and at the end,
 * oldest first, each row asks its own: a row names older ones only. */
#include "lib/pack/own.h"

#include "core/alarm.h"
#include "core/ut.h"
#include "lib/base/err.h"

#include <stdlib.h>
#include <string.h>

enum matter_type { MATTER_SHARED, MATTER_TICKET, MATTER_ROW, MATTER_ALARM };

struct matter {
	int type;   /* enum matter_type; whole words, so that keys compare as bytes */
	int unused; /* always 0 */
	int64_t id;
};

struct noted {
	int64_t seq;
	struct matter matter;
	bool own; /* once settled */
};

/* A matter that is the municipality's. */
struct mine {
	struct matter matter;
	UT_hash_handle hh;
};

struct vg_pack_own {
	char *municipality;
	struct noted *row;
	size_t rows, size;
	struct mine *mine;
	const struct vg_core *core; /* while a step is looked at */
	int64_t seq;
	bool failed;
};

struct vg_pack_own *
vg_pack_own_new(const char *municipality)
{
	struct vg_pack_own *own = calloc(1, sizeof(*own));

	if (own == NULL || (own->municipality = strdup(municipality)) == NULL) {
		free(own);
		return NULL;
	}
	return own;
}

void
vg_pack_own_free(struct vg_pack_own *own)
{
	struct mine *mine, *next;

	if (own == NULL)
		return;
	HASH_ITER(hh, own->mine, mine, next)
	{
		HASH_DEL(own->mine, mine);
		free(mine);
	}
	free(own->row);
	free(own->municipality);
	free(own);
}

static struct matter
matter(enum matter_type type, int64_t id)
{
	return (struct matter){(int)type, 0, id};
}

static void
note(struct vg_pack_own *own, struct matter matter)
{
	if (own->rows == own->size) {
		size_t size = own->size == 0 ? 1024 : own->size * 2;
		struct noted *row = reallocarray(own->row, size, sizeof(*row));

		if (row == NULL) {
			own->failed = true;
			return;
		}
		own->row = row;
		own->size = size;
	}
	own->row[own->rows++] = (struct noted){own->seq, matter, false};
}

static bool
is_mine(const struct vg_pack_own *own, struct matter matter)
{
	struct mine *mine;

	if (matter.type == MATTER_SHARED)
		return true;
	HASH_FIND(hh, own->mine, &matter, sizeof(matter), mine);
	return mine != NULL;
}

static void
make_mine(struct vg_pack_own *own, struct matter matter)
{
	struct mine *mine;

	if (is_mine(own, matter))
		return;
	mine = calloc(1, sizeof(*mine));
	if (mine == NULL) {
		own->failed = true;
		return;
	}
	mine->matter = matter;
	HASH_ADD(hh, own->mine, matter, sizeof(mine->matter), mine);
	if (mine->hh.tbl == NULL) {
		free(mine);
		own->failed = true;
	}
}

/* The number in "<letter>-12" or "W-7.1"; 0 when the text is not of that form. */
static int64_t
number_in(const char *text, char letter)
{
	int64_t number = 0;

	if (text == NULL || text[0] != letter || text[1] != '-')
		return 0;
	for (text += 2; *text >= '0' && *text <= '9'; text++) {
		if (number > INT64_MAX / 10 - 1)
			return 0;
		number = number * 10 + (*text - '0');
	}
	return *text == '\0' || (letter == 'W' && *text == '.') ? number : 0;
}

/* A list of ids has it, or is empty: all. */
static bool
in_scope(const struct vg_pack_own *own, const char *list)
{
	size_t length = strlen(own->municipality);

	if (*list == '\0')
		return true;
	for (const char *at = list; (at = strstr(at, own->municipality)) != NULL; at++)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static bool
is_code(const struct vg_pack_own *own, const char *code)
{
	return code != NULL && strcmp(code, own->municipality) == 0;
}

static bool
is_provider(const struct vg_pack_own *own, const char *id)
{
	for (size_t i = 0; i < vg_core_agreement_count(own->core); i++) {
		const struct vg_provider *provider =
			vg_agreement_provider(vg_core_agreement(own->core, i), id);

		if (provider != NULL && is_code(own, provider->municipality))
			return true;
	}
	return false;
}

static void
see_ticket(struct vg_pack_own *own, const struct vg_event *event, int64_t ticket)
{
	const struct vg_ticket_fields *fields = &event->body.ticket.fields;
	struct matter id = matter(MATTER_TICKET, ticket);

	if (ticket == 0)
		return;
	note(own, id);
	if ((event->has_municipality && is_code(own, event->municipality)) ||
	    ((fields->set & VG_TF_BIT(VG_TF_MUNICIPALITY)) != 0 &&
	     is_code(own, fields->text[VG_TF_MUNICIPALITY])) ||
	    ((fields->set & VG_TF_BIT(VG_TF_PROVIDER)) != 0 &&
	     is_provider(own, fields->text[VG_TF_PROVIDER])))
		make_mine(own, id);
}

/* A row that others may name, of its own when the condition holds; and one that names another. */
static void
see_named(struct vg_pack_own *own, bool mine)
{
	note(own, matter(MATTER_ROW, own->seq));
	if (mine)
		make_mine(own, matter(MATTER_ROW, own->seq));
}

static void
see_naming(struct vg_pack_own *own, const char *text, char letter)
{
	note(own, matter(MATTER_ROW, number_in(text, letter)));
}

static void
see_outage_corrected(struct vg_pack_own *own, const struct vg_outage_body *body)
{
	see_naming(own, body->outage, 'O');
	if ((body->set & VG_OUTAGE_SET_MUNICIPALITIES) != 0 && in_scope(own, body->municipalities))
		make_mine(own, matter(MATTER_ROW, number_in(body->outage, 'O')));
}

/* Agents that measure for it, for all, or their own line. */
static bool
measures(const struct vg_pack_own *own, const char *agent)
{
	for (size_t i = 0; i < vg_core_agreement_count(own->core); i++) {
		const struct vg_agreement *agreement = vg_core_agreement(own->core, i);

		for (size_t j = 0; j < agreement->probes; j++) {
			const struct vg_probe_rule *probe = &agreement->probe[j];

			if (strcmp(probe->agent, agent) == 0 &&
			    (strcmp(probe->municipality, "*") == 0 ||
			     *probe->municipality == '\0' || is_code(own, probe->municipality)))
				return true;
		}
	}
	return false;
}

static void
see_seal(struct vg_pack_own *own, const struct vg_event *event)
{
	const char *colon = strchr(event->body.sealed.lane, ':');

	if (colon != NULL && measures(own, colon + 1))
		note(own, matter(MATTER_SHARED, 0));
}

/* The alarms that the row at hand has changed. */
static bool
note_alarm(const struct vg_object *object, void *arg)
{
	struct vg_pack_own *own = arg;

	if (object->type == VG_OBJECT_ALARM)
		note(own, matter(MATTER_ALARM, object->of.alarm->id));
	return true;
}

static void
see_override(struct vg_pack_own *own, const struct vg_event *event)
{
	const struct vg_ticket *ticket =
		vg_core_ticket_find_text(own->core, event->source, event->body.act.ticket);

	if (ticket != NULL)
		note(own, matter(MATTER_TICKET, vg_ticket_id(ticket)));
}

static void
see_act(struct vg_pack_own *own, const struct vg_event *event)
{
	const struct vg_act_body *body = &event->body.act;

	if (event->kind == VG_KIND_OVERRIDE_PROPOSED)
		see_override(own, event);
	else if (event->kind == VG_KIND_OPENING_PROPOSED)
		see_named(own, is_code(own, body->municipalities));
	else if (event->kind == VG_KIND_ACT_APPROVED || event->kind == VG_KIND_ACT_REJECTED)
		see_naming(own, body->act, 'P');
	else
		see_named(own, true);
}

/* What lies with a municipality by the envelope alone; `none`: rows of none are shared. */
static void
see_enveloped(struct vg_pack_own *own, const struct vg_event *event, bool none)
{
	bool said = event->has_municipality && *event->municipality != '\0';

	if (said ? is_code(own, event->municipality) : none)
		see_named(own, true);
}

/* All messages of a disturbance of which one was told to it; no drafts. */
static void
see_disturbance(struct vg_pack_own *own, const struct vg_event *event)
{
	const struct vg_disturbance_body *body = &event->body.disturbance;

	if (event->kind == VG_KIND_DISTURBANCE_DRAFTED)
		return;
	see_naming(own, body->disturbance, 'S');
	if (event->kind == VG_KIND_DISTURBANCE_PUBLISHED && in_scope(own, body->municipalities))
		make_mine(own, matter(MATTER_ROW, number_in(body->disturbance, 'S')));
}

static void
see(struct vg_pack_own *own, const struct vg_event *event, int64_t ticket)
{
	switch (event->kind) {
	case VG_KIND_TICKET_REPORTED:
	case VG_KIND_TICKET_ESCALATED:
	case VG_KIND_TICKET_ACKNOWLEDGED:
	case VG_KIND_TICKET_CORRECTED:
		see_ticket(own, event, ticket);
		break;
	case VG_KIND_IMPORT_STARTED:
	case VG_KIND_IMPORT_FINISHED:
	case VG_KIND_IMPORT_REVOKED:
	case VG_KIND_AGREEMENT_APPLIED:
		note(own, matter(MATTER_SHARED, 0));
		break;
	case VG_KIND_INTAKE_QUARANTINED:
	case VG_KIND_USERS_READ:
	case VG_KIND_REGISTER_SET:
	case VG_KIND_OBJECTION_RAISED:
	case VG_KIND_STATEMENT_PUBLISHED:
	case VG_KIND_INVOICE_RECORDED:
		see_enveloped(own, event, false);
		break;
	case VG_KIND_COMMENT_MADE:
		see_enveloped(own, event, true);
		break;
	case VG_KIND_INTAKE_RETAKEN:
		note(own, matter(MATTER_ROW, event->body.quarantine.seq));
		break;
	case VG_KIND_DISTURBANCE_DRAFTED:
	case VG_KIND_DISTURBANCE_PUBLISHED:
	case VG_KIND_DISTURBANCE_CLOSED:
		see_disturbance(own, event);
		break;
	case VG_KIND_RAW_SEALED:
		see_seal(own, event);
		break;
	case VG_KIND_OUTAGE_RECORDED:
		see_named(own, in_scope(own, event->body.outage.municipalities));
		break;
	case VG_KIND_OUTAGE_CORRECTED:
		see_outage_corrected(own, &event->body.outage);
		break;
	case VG_KIND_OUTAGE_APPROVED:
	case VG_KIND_OUTAGE_WITHDRAWN:
		see_naming(own, event->body.outage.outage, 'O');
		break;
	case VG_KIND_WINDOW_PLANNED:
		see_named(own, in_scope(own, event->body.window.municipalities));
		break;
	case VG_KIND_WINDOW_APPROVED:
	case VG_KIND_WINDOW_STARTED:
	case VG_KIND_WINDOW_ENDED:
	case VG_KIND_WINDOW_WITHDRAWN:
		see_naming(own, event->body.window.window, 'W');
		break;
	case VG_KIND_ALARMS_REPORTED:
	case VG_KIND_ALARM_ACKNOWLEDGED:
	case VG_KIND_ALARM_SHELVED:
	case VG_KIND_ALARM_UNSHELVED:
	case VG_KIND_ALARM_CLOSED:
		vg_core_changed_since(own->core, own->seq - 1, note_alarm, own);
		break;
	case VG_KIND_RATE_PROPOSED:
	case VG_KIND_COST_PROPOSED:
	case VG_KIND_OVERRIDE_PROPOSED:
	case VG_KIND_OPENING_PROPOSED:
	case VG_KIND_CLOSE_PROPOSED:
	case VG_KIND_ACT_APPROVED:
	case VG_KIND_ACT_REJECTED:
		see_act(own, event);
		break;
	case VG_KIND_OBJECTION_DECIDED:
		see_naming(own, event->body.objection.objection, 'D');
		break;
	case VG_KIND_SAMPLES_REPORTED: /* in lanes of their own: seals stand for them */
	case VG_KIND_PROPOSAL_ACCEPTED:
	case VG_KIND_PROPOSAL_REFUSED:
	case VG_KIND_RESOURCES_MAPPED:
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_NOTIFICATION_FAILED:
	case VG_KIND_REPORT_MADE:
	case VG_KIND_FEEDBACK_RECEIVED:
	case VG_KIND_ACCESS_NOTED:
	case VG_KIND_FEEDBACK_ANSWERED:
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
	case VG_KIND_COUNT:
		break; /* no statement follows from them */
	}
}

int
vg_pack_own_see(struct vg_pack_own *own, const struct vg_core *core, const struct vg_event *event,
		int64_t ticket)
{
	own->core = core;
	own->seq = event->seq;
	see(own, event, ticket);
	return own->failed ? VG_ENOMEM : 0;
}

/* --- settling --- */

/* The ticket that carries the matter now; one that has vanished stays itself. */
static struct matter
carried(const struct vg_core *core, struct matter id)
{
	const struct vg_ticket *ticket =
		id.type == MATTER_TICKET ? vg_core_ticket(core, id.id) : NULL;

	return ticket != NULL ? matter(MATTER_TICKET, vg_ticket_id(ticket)) : id;
}

/* Tickets that were one become its own together. */
static void
gather_merged(struct vg_pack_own *own)
{
	struct mine *mine, *next;

	HASH_ITER(hh, own->mine, mine, next)
	make_mine(own, carried(own->core, mine->matter));
	for (size_t i = 0; i < own->rows; i++)
		own->row[i].matter = carried(own->core, own->row[i].matter);
}

static void
link_ticket(struct vg_pack_own *own, const char *source, const char *text)
{
	const struct vg_ticket *ticket = vg_core_ticket_find_text(own->core, source, text);

	if (ticket != NULL)
		make_mine(own, matter(MATTER_TICKET, vg_ticket_id(ticket)));
}

/* An alarm, and those before it of the same key: that this one was raised follows from their end.
 */
static void
link_alarm(struct vg_pack_own *own, int64_t id)
{
	const struct vg_alarm *alarm;

	while (id != 0 && !is_mine(own, matter(MATTER_ALARM, id))) {
		make_mine(own, matter(MATTER_ALARM, id));
		alarm = vg_core_alarm(own->core, id);
		id = alarm != NULL && !own->failed ? alarm->previous : 0;
	}
}

/* `outage` may hold a window or an alarm too. */
static void
link_cause(struct vg_pack_own *own, const char *text)
{
	int64_t row = number_in(text, 'O');

	if (row == 0)
		row = number_in(text, 'W');
	if (row != 0)
		make_mine(own, matter(MATTER_ROW, row));
	link_alarm(own, number_in(text, 'A'));
}

static void
link_fact(struct vg_pack_own *own, const struct vg_fact_view *fact)
{
	static const enum vg_ticket_field tickets[] = {VG_TF_PARENT,	     VG_TF_DUPLICATE_OF,
						       VG_TF_SPLIT_FROM,     VG_TF_REOPEN_OF,
						       VG_TF_MAJOR_INCIDENT, VG_TF_PROBLEM};
	static const enum vg_ticket_field causes[] = {VG_TF_OUTAGE, VG_TF_WINDOW, VG_TF_ALARM};
	const struct vg_ticket_fields *fields = &fact->fields;

	for (size_t i = 0; i < sizeof(tickets) / sizeof(tickets[0]); i++)
		if ((fields->set & VG_TF_BIT(tickets[i])) != 0)
			link_ticket(own, fact->source, fields->text[tickets[i]]);
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if ((fields->set & VG_TF_BIT(causes[i])) != 0)
			link_cause(own, fields->text[causes[i]]);
}

/* What a ticket that is its own has ever named; what those name in turn changes nothing of it. */
static void
link_tickets(struct vg_pack_own *own)
{
	struct vg_fact_view fact;
	const struct vg_ticket *ticket;
	struct mine *last =
		own->mine != NULL ? ELMT_FROM_HH(own->mine->hh.tbl, own->mine->hh.tbl->tail) : NULL;

	for (struct mine *mine = own->mine; mine != NULL; mine = mine->hh.next) {
		ticket = mine->matter.type == MATTER_TICKET
				 ? vg_core_ticket(own->core, mine->matter.id)
				 : NULL;
		for (size_t i = 0; ticket != NULL && i < vg_ticket_fact_count(ticket); i++) {
			vg_ticket_fact(own->core, ticket, i, &fact);
			link_fact(own, &fact);
		}
		if (mine == last)
			break;
	}
}

/* Oldest first, so that an act on a ticket is known before its approval is asked. */
static void
settle_rows(struct vg_pack_own *own)
{
	for (size_t i = 0; i < own->rows; i++) {
		struct noted *row = &own->row[i];

		row->own = is_mine(own, row->matter);
		if (row->own)
			make_mine(own, matter(MATTER_ROW, row->seq));
	}
}

int
vg_pack_own_settle(struct vg_pack_own *own, const struct vg_core *core)
{
	own->core = core;
	gather_merged(own);
	link_tickets(own);
	settle_rows(own);
	return own->failed ? VG_ENOMEM : 0;
}

/* Rows are noted in order, one or more times each. */
bool
vg_pack_own_has(const struct vg_pack_own *own, int64_t seq)
{
	size_t low = 0, high = own->rows;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (own->row[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < own->rows && own->row[low].seq == seq; low++)
		if (own->row[low].own)
			return true;
	return false;
}
