/* take_check.c - what is looked at before an event is submitted: rights, scope, clock, agreement,
 * and that no identity number hides in what names things.
 *
 * The hard thing is that names cannot be masked: a reference without its digits would join
 * strangers, so it is refused, and texts are left to the masking that everything passes. */
#include "daemon/api/take.h"

#include "daemon/api/judge.h"
#include "lib/redact/redact.h"
#include "lib/yaml/yaml.h"

#include <ctype.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUTURE_MAX_MS (INT64_C(10) * 60 * 1000)

static unsigned
right_of(const struct vg_event *event)
{
	switch (event->kind) {
	case VG_KIND_TICKET_REPORTED:
	case VG_KIND_INTAKE_QUARANTINED:
	case VG_KIND_SAMPLES_REPORTED:
	case VG_KIND_ALARMS_REPORTED:
		return VG_RIGHT_INGEST;
	case VG_KIND_TICKET_ESCALATED:
	case VG_KIND_TICKET_ACKNOWLEDGED:
	case VG_KIND_ALARM_ACKNOWLEDGED:
	case VG_KIND_ALARM_SHELVED:
	case VG_KIND_ALARM_UNSHELVED:
	case VG_KIND_ALARM_CLOSED:
		return VG_RIGHT_WORK;
	case VG_KIND_AGREEMENT_APPLIED:
		return VG_RIGHT_AGREEMENT;
	case VG_KIND_RATE_PROPOSED:
	case VG_KIND_COST_PROPOSED:
	case VG_KIND_OVERRIDE_PROPOSED:
	case VG_KIND_OPENING_PROPOSED:
	case VG_KIND_CLOSE_PROPOSED:
	case VG_KIND_ACT_APPROVED:
	case VG_KIND_ACT_REJECTED:
	case VG_KIND_OBJECTION_DECIDED:
	case VG_KIND_STATEMENT_PUBLISHED:
	case VG_KIND_INVOICE_RECORDED:
		return VG_RIGHT_FINANCE;
	case VG_KIND_REPORT_MADE: /* made available: with the statements that it sums up */
		return event->body.report.count > 0 ? VG_RIGHT_FINANCE : VG_RIGHT_CORRECT;
	case VG_KIND_OBJECTION_RAISED:
		return VG_RIGHT_OBJECT;
	case VG_KIND_TICKET_CORRECTED:
	case VG_KIND_IMPORT_STARTED:
	case VG_KIND_IMPORT_FINISHED:
	case VG_KIND_IMPORT_REVOKED:
	case VG_KIND_INTAKE_RETAKEN:
	case VG_KIND_USERS_READ:
	case VG_KIND_REGISTER_SET:
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_NOTIFICATION_FAILED:
	case VG_KIND_OUTAGE_RECORDED:
	case VG_KIND_OUTAGE_CORRECTED:
	case VG_KIND_OUTAGE_APPROVED:
	case VG_KIND_OUTAGE_WITHDRAWN:
	case VG_KIND_WINDOW_PLANNED:
	case VG_KIND_WINDOW_APPROVED:
	case VG_KIND_WINDOW_STARTED:
	case VG_KIND_WINDOW_ENDED:
	case VG_KIND_WINDOW_WITHDRAWN:
	case VG_KIND_RESOURCES_MAPPED:
	case VG_KIND_PROPOSAL_ACCEPTED:
	case VG_KIND_PROPOSAL_REFUSED:
	case VG_KIND_COMMENT_MADE:
	case VG_KIND_DISTURBANCE_DRAFTED:
	case VG_KIND_DISTURBANCE_PUBLISHED:
	case VG_KIND_DISTURBANCE_CLOSED:
	case VG_KIND_FEEDBACK_RECEIVED:
	case VG_KIND_ACCESS_NOTED:
	case VG_KIND_FEEDBACK_ANSWERED:
	case VG_KIND_RAW_SEALED:
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
	case VG_KIND_COUNT:
		break;
	}
	return VG_RIGHT_CORRECT;
}

int
vg_take_check_municipality(const struct vg_agreement *agreement, const char *member,
			   const char *code, struct vg_err *err)
{
	const char **known, *nearest;

	if (*code == '\0' || vg_agreement_municipality(agreement, code) != NULL)
		return 0;
	known = calloc(agreement->municipalities + 1, sizeof(*known));
	for (size_t i = 0; known != NULL && i < agreement->municipalities; i++)
		known[i] = agreement->municipality[i].code;
	nearest = known == NULL ? NULL : vg_yaml_nearest(code, known);
	free(known);
	return vg_err_set(err, VG_EINVALID,
			  "%s: \"%.60s\" is not in the agreement %s; expected an SCB code%s%s",
			  member, code, agreement->name, nearest != NULL ? " such as " : "",
			  nearest != NULL ? nearest : "");
}

int
vg_take_check_service(const struct vg_agreement *agreement, const char *member, const char *id,
		      struct vg_err *err)
{
	const char **known, *nearest;

	if (*id == '\0' || vg_agreement_service(agreement, id) != NULL)
		return 0;
	known = calloc(agreement->services + 1, sizeof(*known));
	for (size_t i = 0; known != NULL && i < agreement->services; i++)
		known[i] = agreement->service[i].id;
	nearest = known == NULL ? NULL : vg_yaml_nearest(id, known);
	free(known);
	return vg_err_set(err, VG_EINVALID, "%s: \"%.60s\" is not in the agreement %s%s%s", member,
			  id, agreement->name, nearest != NULL ? "; nearest is " : "",
			  nearest != NULL ? nearest : "");
}

int
vg_take_check_municipalities(const struct vg_agreement *agreement, const char *member,
			     const char *codes, struct vg_err *err)
{
	char code[VG_NAME_MAX + 1];
	int rc = 0;

	while (rc == 0 && *codes != '\0') {
		const size_t length = strcspn(codes, " ");

		(void)snprintf(code, sizeof(code), "%.*s", (int)length, codes);
		rc = vg_take_check_municipality(agreement, member, code, err);
		codes += length;
		codes += *codes == ' ';
	}
	return rc;
}

/* Member of one of a list of notices or resources: "body.notices[3].service". */
static const char *
member_name(char out[64], const char *list, size_t index, const char *member)
{
	(void)snprintf(out, 64, "body.%s[%zu].%s", list, index, member);
	return out;
}

static int
check_notices(const struct vg_agreement *agreement, const struct vg_notices_body *body,
	      struct vg_err *err)
{
	char member[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < body->count; i++) {
		const struct vg_notice *notice = &body->notice[i];

		rc = vg_take_check_service(agreement, member_name(member, "notices", i, "service"),
					   notice->service, err);
		if (rc == 0)
			rc = vg_take_check_municipality(
				agreement, member_name(member, "notices", i, "municipality"),
				notice->municipality, err);
	}
	return rc;
}

static int
check_resources(const struct vg_agreement *agreement, const struct vg_resources_body *body,
		struct vg_err *err)
{
	char member[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < body->count; i++) {
		const struct vg_resource_row *row = &body->row[i];

		rc = vg_take_check_service(agreement,
					   member_name(member, "resources", i, "service"),
					   row->service, err);
		if (rc == 0)
			rc = vg_take_check_municipalities(
				agreement, member_name(member, "resources", i, "municipalities"),
				row->municipalities, err);
	}
	return rc;
}

static int
check_against_agreement(const struct vg_core *core, const struct vg_event *event,
			struct vg_err *err)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, event->occurred_ms);
	int rc;

	if (agreement == NULL)
		agreement = vg_core_agreement_latest(core);
	if (agreement == NULL)
		return 0; /* nothing is agreed on yet, so nothing is unknown */
	rc = event->has_municipality ? vg_take_check_municipality(agreement, "municipality",
								  event->municipality, err)
				     : 0;
	if (rc != 0)
		return rc;
	if (event->kind == VG_KIND_TICKET_REPORTED &&
	    (event->body.ticket.fields.set & VG_TF_BIT(VG_TF_SERVICE)))
		return vg_take_check_service(agreement, "body.service",
					     event->body.ticket.fields.text[VG_TF_SERVICE], err);
	if (event->kind == VG_KIND_ALARMS_REPORTED)
		return check_notices(agreement, &event->body.notices, err);
	if (event->kind == VG_KIND_RESOURCES_MAPPED)
		return check_resources(agreement, &event->body.resources, err);
	if (event->kind == VG_KIND_CLOSE_PROPOSED)
		return vg_take_check_municipalities(agreement, "body.municipalities",
						    event->body.act.municipalities, err);
	if (event->kind == VG_KIND_COMMENT_MADE)
		return vg_take_check_service(agreement, "body.service", event->body.comment.service,
					     err);
	return 0;
}

/* What is of one municipality, and nothing without it. */
static int
check_owner(const struct vg_event *event, struct vg_err *err)
{
	if (event->kind != VG_KIND_OPENING_PROPOSED && event->kind != VG_KIND_OBJECTION_RAISED &&
	    event->kind != VG_KIND_STATEMENT_PUBLISHED && event->kind != VG_KIND_INVOICE_RECORDED)
		return 0;
	return *event->municipality != '\0'
		       ? 0
		       : vg_err_set(err, VG_EINVALID,
				    "municipality: expected the SCB code of the one that %s is of",
				    vg_kind_name(event->kind));
}

/* What everybody reads is said by one. */
static bool
is_of_the_region(enum vg_kind kind)
{
	return kind == VG_KIND_DISTURBANCE_DRAFTED || kind == VG_KIND_DISTURBANCE_PUBLISHED ||
	       kind == VG_KIND_DISTURBANCE_CLOSED || kind == VG_KIND_FEEDBACK_ANSWERED;
}

static int
check_principal(const struct vg_core *core, const struct vg_principal *who,
		const struct vg_event *event, struct vg_err *err)
{
	unsigned right = right_of(event);

	if (vg_kind_class(event->kind) == VG_CLASS_OWN)
		return vg_err_set(err, VG_EINVALID, "kind: %s is made by the daemon alone",
				  vg_kind_name(event->kind));
	if ((who->rights & right) != right)
		return vg_err_set(err, VG_EDENIED, "%s may not send %s", who->name,
				  vg_kind_name(event->kind));
	if (event->has_municipality && !vg_may_see(who, event->municipality))
		return vg_err_set(err, VG_EDENIED, "municipality: %s speaks for %s only", who->name,
				  who->municipality);
	if (*who->municipality != '\0' && is_of_the_region(event->kind))
		return vg_err_set(err, VG_EDENIED, "%s speaks for %s only: %s is the region's",
				  who->name, who->municipality, vg_kind_name(event->kind));
	if (event->kind == VG_KIND_ALARMS_REPORTED && event->body.notices.repeats)
		return vg_err_set(err, VG_EINVALID,
				  "body.repeats: the daemon alone knows what repeats; expected "
				  "nothing");
	if (!vg_judge_may(core, who, event))
		return vg_err_set(err, VG_EDENIED,
				  "municipalities: %s speaks for %s only; expected [\"%s\"]",
				  who->name, who->municipality, who->municipality);
	return 0;
}

/* Bare digits beside a letter are part of a ticket number or a digest, such as INC8101012394. */
static bool
is_part_of_word(const char *text, size_t start, size_t end)
{
	if (end - start != strspn(text + start, "0123456789"))
		return false;
	return (start > 0 && isalpha((unsigned char)text[start - 1])) ||
	       isalpha((unsigned char)text[end]);
}

int
vg_take_check_reference(const struct vg_principal *who, const char *member, const char *text,
			struct vg_err *err)
{
	size_t start, end = 0, length = text != NULL ? strlen(text) : 0;

	if (length == 0 || fnmatch(who->references, text, 0) == 0)
		return 0;
	while (vg_redact_find(text, length, end, &vg_redact_default, &start, &end) != VG_ID_NONE)
		if (!is_part_of_word(text, start, end))
			return vg_err_set(err, VG_EINVALID,
					  "%s: looks like a personal identity number; expected a "
					  "reference without one (a pattern of references can be "
					  "allowed for the principal)",
					  member);
	return 0;
}

/* Names of resources and qualifiers are identities too. */
static int
check_alarm_names(const struct vg_principal *who, const struct vg_notices_body *body,
		  struct vg_err *err)
{
	char member[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < body->count; i++) {
		rc = vg_take_check_reference(who, member_name(member, "notices", i, "resource"),
					     body->notice[i].resource, err);
		if (rc == 0)
			rc = vg_take_check_reference(who,
						     member_name(member, "notices", i, "qualifier"),
						     body->notice[i].qualifier, err);
	}
	return rc;
}

static int
check_resource_names(const struct vg_principal *who, const struct vg_resources_body *body,
		     struct vg_err *err)
{
	char member[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < body->count; i++) {
		rc = vg_take_check_reference(who, member_name(member, "resources", i, "name"),
					     body->row[i].name, err);
		if (rc == 0)
			rc = vg_take_check_reference(
				who, member_name(member, "resources", i, "resource"),
				body->row[i].resource, err);
	}
	return rc;
}

static int
check_opening_references(const struct vg_principal *who, const struct vg_act_body *body,
			 struct vg_err *err)
{
	char member[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < body->count; i++)
		rc = vg_take_check_reference(who, member_name(member, "tickets", i, "ref"),
					     body->row[i].ref, err);
	return rc;
}

static int
check_file_names(const struct vg_principal *who, const struct vg_published_file *file, size_t count,
		 struct vg_err *err)
{
	char member[64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = vg_take_check_reference(who, member_name(member, "files", i, "name"),
					     file[i].name, err);
	return rc;
}

/* What decisions about the fee name: tickets, invoices, files. */
static int
check_fee_references(const struct vg_principal *who, const struct vg_event *event,
		     struct vg_err *err)
{
	if (event->kind == VG_KIND_OVERRIDE_PROPOSED)
		return vg_take_check_reference(who, "body.ticket", event->body.act.ticket, err);
	if (event->kind == VG_KIND_OPENING_PROPOSED)
		return check_opening_references(who, &event->body.act, err);
	if (event->kind == VG_KIND_OBJECTION_RAISED)
		return vg_take_check_reference(who, "body.ticket", event->body.objection.ticket,
					       err);
	if (event->kind == VG_KIND_STATEMENT_PUBLISHED)
		return check_file_names(who, event->body.statement.file,
					event->body.statement.count, err);
	if (event->kind == VG_KIND_REPORT_MADE)
		return check_file_names(who, event->body.report.file, event->body.report.count,
					err);
	if (event->kind == VG_KIND_INVOICE_RECORDED)
		return vg_take_check_reference(who, "body.invoice", event->body.statement.invoice,
					       err);
	return 0;
}

int
vg_take_check_references(const struct vg_principal *who, const struct vg_event *event,
			 struct vg_err *err)
{
	static const enum vg_ticket_field references[] = {
		VG_TF_OWN_REF,	      VG_TF_PARENT, VG_TF_DUPLICATE_OF, VG_TF_SPLIT_FROM,
		VG_TF_REOPEN_OF,      VG_TF_OUTAGE, VG_TF_WINDOW,	VG_TF_ALARM,
		VG_TF_MAJOR_INCIDENT, VG_TF_PROBLEM};
	const struct vg_ticket_body *body = &event->body.ticket;
	int rc = vg_take_check_reference(who, "event_id", event->event_id, err);

	if (rc == 0 && event->kind == VG_KIND_ALARMS_REPORTED)
		return check_alarm_names(who, &event->body.notices, err);
	if (rc == 0 && event->kind == VG_KIND_RESOURCES_MAPPED)
		return check_resource_names(who, &event->body.resources, err);
	if (rc == 0)
		rc = check_fee_references(who, event, err);
	if (event->kind != VG_KIND_TICKET_REPORTED && event->kind != VG_KIND_TICKET_ESCALATED &&
	    event->kind != VG_KIND_TICKET_ACKNOWLEDGED && event->kind != VG_KIND_TICKET_CORRECTED)
		return rc;
	if (rc == 0)
		rc = vg_take_check_reference(who, "body.ref", body->ref, err);
	for (size_t i = 0; rc == 0 && i < body->also_count; i++)
		rc = vg_take_check_reference(who, "body.also.ref", body->also[i].ref, err);
	for (size_t i = 0; rc == 0 && i < sizeof(references) / sizeof(references[0]); i++)
		if (body->fields.set & VG_TF_BIT(references[i]))
			rc = vg_take_check_reference(who, vg_ticket_field_info[references[i]].name,
						     body->fields.text[references[i]], err);
	return rc;
}

static int
check_clock(const struct vg_notices_body *body, int64_t now_ms, struct vg_err *err)
{
	for (size_t i = 0; i < body->count; i++)
		if (body->notice[i].last_ms > now_ms + FUTURE_MAX_MS)
			return vg_err_set(err, VG_EINVALID,
					  "body.notices[%zu].at_ms: lies %" PRId64
					  " s in the future; expected at most 600",
					  i, (body->notice[i].last_ms - now_ms) / 1000);
	return 0;
}

int
vg_take_check_event(struct vg_call *call, const struct vg_event *event, struct vg_err *err)
{
	int64_t ahead_ms = event->occurred_ms - vg_live_now_ms(call->api->live);
	int rc = check_principal(vg_live_core(call->api->live), call->who, event, err);

	if (rc == 0 && ahead_ms > FUTURE_MAX_MS)
		rc = vg_err_set(err, VG_EINVALID,
				"occurred_ms: lies %" PRId64
				" s in the future; expected at most 600",
				ahead_ms / 1000);
	if (rc == 0 && event->kind == VG_KIND_ALARMS_REPORTED)
		rc = check_clock(&event->body.notices, vg_live_now_ms(call->api->live), err);
	if (rc == 0)
		rc = check_owner(event, err);
	if (rc == 0)
		rc = check_against_agreement(vg_live_core(call->api->live), event, err);
	return rc;
}
