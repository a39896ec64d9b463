/* lists.c - what the core holds besides tickets: imports, quarantine, agreements, registers,
 * reports, notifications. Each list is one walk over the objects by the sequence of their last
 * change. */
#include "daemon/api/api.h"

#include "lib/json/agreement_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_DEFAULT 500
#define PAGE_MAX     5000

struct list {
	const struct vg_call *call;
	enum vg_object_type type;
	const char *name; /* of a register */
	int64_t limit, next;
	bool all; /* also quarantined rows that were retaken */
	json_t *rows;
};

static json_t *
import_json(const struct vg_import *import)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:b}", "seq",
			 (json_int_t)import->seq, "id", import->id, "source", import->source,
			 "file", import->file, "file_sha256", import->file_sha256, "mapping_sha256",
			 import->mapping_sha256, "actor", import->actor, "rows",
			 (json_int_t)import->rows, "taken", (json_int_t)import->taken,
			 "quarantined", (json_int_t)import->quarantined, "malformed",
			 (json_int_t)import->malformed, "finished", import->finished, "revoked",
			 import->revoked);
}

static json_t *
quarantined_json(const struct vg_quarantined *row)
{
	return json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:b}", "seq",
			 (json_int_t)row->seq, "occurred", vg_json_time(row->occurred_ms), "source",
			 row->source, "mapping", row->mapping, "reason", row->reason, "field",
			 row->field, "value", row->value, "payload",
			 *row->payload != '\0' ? json_loads(row->payload, 0, NULL) : json_null(),
			 "event_id", row->event_id, "import", row->import, "municipality",
			 row->municipality, "retaken", row->retaken);
}

static json_t *
agreement_json(const struct vg_agreement *agreement)
{
	return json_pack(
		"{s:I, s:s, s:s, s:s, s:o, s:o, s:I, s:I}", "seq", (json_int_t)agreement->seq,
		"name", agreement->name, "version", agreement->version, "zone", agreement->zone,
		"valid_from", vg_json_time(agreement->valid_from_ms), "valid_to",
		vg_json_time(agreement->valid_to_ms), "municipalities",
		(json_int_t)agreement->municipalities, "services", (json_int_t)agreement->services);
}

static json_t *
users_json(const struct vg_users_reading *reading)
{
	return json_pack("{s:I, s:s, s:o, s:I, s:I, s:s, s:s}", "seq", (json_int_t)reading->seq,
			 "municipality", reading->municipality, "day",
			 vg_json_time(reading->day * 86400000), "users", (json_int_t)reading->users,
			 "private_users", (json_int_t)reading->private_users, "rule", reading->rule,
			 "approver", reading->approver);
}

static json_t *
register_json(const struct vg_register_row *row)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:o}", "seq", (json_int_t)row->seq, "name",
			 row->name, "key", row->key, "municipality", row->municipality,
			 "valid_from", vg_json_time(row->valid_from_ms), "valid_to",
			 vg_json_time(row->valid_to_ms), "value", json_loads(row->value, 0, NULL));
}

static json_t *
report_json(const struct vg_report_made *report)
{
	char month[16];

	(void)snprintf(month, sizeof(month), "%04d-%02d", report->month / 12,
		       report->month % 12 + 1);
	return json_pack(
		"{s:I, s:s, s:s, s:I, s:I, s:s, s:s, s:I, s:s}", "seq", (json_int_t)report->seq,
		"month", month, "scope", *report->scope != '\0' ? report->scope : "region",
		"as_of_seq", (json_int_t)report->as_of_seq, "before_seq",
		(json_int_t)report->before_seq, "head", report->head, "model_sha256",
		report->model_sha256, "files", (json_int_t)report->files, "actor", report->actor);
}

/* Whose it is decides who may see it. */
static bool
visible(const struct list *list, const struct vg_object *object)
{
	const struct vg_principal *who = list->call->who;
	const struct vg_core *core = vg_live_core(list->call->api->live);
	struct vg_ticket_view view;

	switch (object->type) {
	case VG_OBJECT_QUARANTINED:
		return (list->all || !object->of.quarantined->retaken) &&
		       *who->municipality == '\0';
	case VG_OBJECT_USERS:
		return vg_may_see(who, object->of.users->municipality);
	case VG_OBJECT_REGISTER:
		return strcmp(object->of.reg->name, list->name) == 0 &&
		       vg_may_see(who, object->of.reg->municipality);
	case VG_OBJECT_NOTIFICATION:
		if (*who->municipality == '\0')
			return true;
		if (object->of.notification->ticket == 0)
			return false;
		vg_ticket_view(core, vg_core_ticket(core, object->of.notification->ticket),
			       vg_live_now_ms(list->call->api->live), &view, NULL, NULL);
		return vg_may_see(who, view.text[VG_TF_MUNICIPALITY]);
	case VG_OBJECT_IMPORT:
		return *who->municipality == '\0';
	case VG_OBJECT_TICKET:
	case VG_OBJECT_REPORT:
	case VG_OBJECT_AGREEMENT:
	case VG_OBJECT_MONTH:
	case VG_OBJECT_OUTAGE:
	case VG_OBJECT_WINDOW:
	case VG_OBJECT_AGENT:
	case VG_OBJECT_SIGNAL:
	case VG_OBJECT_ALARM:
	case VG_OBJECT_ALARM_CHANGE:
	case VG_OBJECT_ALARM_SOURCE:
	case VG_OBJECT_RESOURCE:
	case VG_OBJECT_PROPOSAL:
	case VG_OBJECT_ACT:
	case VG_OBJECT_OPENING_TICKET:
	case VG_OBJECT_OBJECTION:
	case VG_OBJECT_COMMENT:
	case VG_OBJECT_STATEMENT:
	case VG_OBJECT_FEE_LINE:
	case VG_OBJECT_FEE_YEAR:
	case VG_OBJECT_DISTURBANCE:
	case VG_OBJECT_DISTURBANCE_MESSAGE:
	case VG_OBJECT_FEEDBACK:
	case VG_OBJECT_ACCESS:
	case VG_OBJECT_PROBE_DAY:
	case VG_OBJECT_AVAILABILITY:
		break;
	}
	return true;
}

static json_t *
object_json(const struct vg_object *object)
{
	switch (object->type) {
	case VG_OBJECT_IMPORT:
		return import_json(object->of.import_);
	case VG_OBJECT_QUARANTINED:
		return quarantined_json(object->of.quarantined);
	case VG_OBJECT_NOTIFICATION:
		return vg_json_notification(object->of.notification);
	case VG_OBJECT_USERS:
		return users_json(object->of.users);
	case VG_OBJECT_REGISTER:
		return register_json(object->of.reg);
	case VG_OBJECT_REPORT:
		return report_json(object->of.report);
	case VG_OBJECT_AGREEMENT:
		return agreement_json(object->of.agreement);
	case VG_OBJECT_TICKET:
	case VG_OBJECT_MONTH:
	case VG_OBJECT_OUTAGE:
	case VG_OBJECT_WINDOW:
	case VG_OBJECT_AGENT:
	case VG_OBJECT_SIGNAL:
	case VG_OBJECT_ALARM:
	case VG_OBJECT_ALARM_CHANGE:
	case VG_OBJECT_ALARM_SOURCE:
	case VG_OBJECT_RESOURCE:
	case VG_OBJECT_PROPOSAL:
	case VG_OBJECT_ACT:
	case VG_OBJECT_OPENING_TICKET:
	case VG_OBJECT_OBJECTION:
	case VG_OBJECT_COMMENT:
	case VG_OBJECT_STATEMENT:
	case VG_OBJECT_FEE_LINE:
	case VG_OBJECT_FEE_YEAR:
	case VG_OBJECT_DISTURBANCE:
	case VG_OBJECT_DISTURBANCE_MESSAGE:
	case VG_OBJECT_FEEDBACK:
	case VG_OBJECT_ACCESS:
	case VG_OBJECT_PROBE_DAY:
	case VG_OBJECT_AVAILABILITY:
		break;
	}
	return json_null();
}

static bool
on_object(const struct vg_object *object, void *arg)
{
	struct list *list = arg;

	if (object->type != list->type || !visible(list, object))
		return true;
	if ((int64_t)json_array_size(list->rows) == list->limit)
		return false;
	json_array_append_new(list->rows, object_json(object));
	list->next = object->changed_seq;
	return true;
}

/* `next` is a cursor when the page is full, else null. */
static void
reply_list(struct vg_call *call, enum vg_object_type type, const char *member, const char *name)
{
	struct list list = {.call = call, .type = type, .name = name, .limit = PAGE_DEFAULT};
	const char *all = vg_call_query(call, "all");
	int64_t after = 0;

	if (!vg_call_number(call, "limit", 1, PAGE_MAX, &list.limit) ||
	    !vg_call_number(call, "cursor", 0, INT64_MAX, &after))
		return;
	list.all = all != NULL && strcmp(all, "true") == 0;
	list.rows = json_array();
	vg_core_changed_since(vg_live_core(call->api->live), after, on_object, &list);
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:o, s:I}", member, list.rows, "next",
				(int64_t)json_array_size(list.rows) == list.limit
					? json_integer(list.next)
					: json_null(),
				"seq", (json_int_t)vg_core_seq(vg_live_core(call->api->live))));
}

void
vg_get_imports(struct vg_call *call)
{
	reply_list(call, VG_OBJECT_IMPORT, "imports", NULL);
}

void
vg_get_quarantine(struct vg_call *call)
{
	reply_list(call, VG_OBJECT_QUARANTINED, "quarantine", NULL);
}

void
vg_get_agreements(struct vg_call *call)
{
	reply_list(call, VG_OBJECT_AGREEMENT, "agreements", NULL);
}

void
vg_get_notifications(struct vg_call *call)
{
	reply_list(call, VG_OBJECT_NOTIFICATION, "notifications", NULL);
}

void
vg_get_reports(struct vg_call *call)
{
	reply_list(call, VG_OBJECT_REPORT, "reports", NULL);
}

void
vg_get_register(struct vg_call *call)
{
	if (strcmp(call->param[0], "users") == 0)
		reply_list(call, VG_OBJECT_USERS, "users", NULL);
	else if (strcmp(call->param[0], "contacts") == 0 || strcmp(call->param[0], "aliases") == 0)
		reply_list(call, VG_OBJECT_REGISTER, "rows", call->param[0]);
	else
		vg_reply_problem(call->request, 404,
				 "no register %.60s; expected users, contacts or aliases",
				 call->param[0]);
}

void
vg_get_agreement_current(struct vg_call *call)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(call->api->live));

	if (agreement == NULL)
		vg_reply_problem(call->request, 404, "no agreement has been applied yet");
	else
		vg_reply_json(call->request, 200,
			      json_pack("{s:I, s:o}", "seq", (json_int_t)agreement->seq,
					"agreement", vg_agreement_to_json(agreement)));
}
