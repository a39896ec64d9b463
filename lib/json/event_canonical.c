/* event_canonical.c - the canonical bytes that the ledger keeps.
 *
 * The hard thing is that two spellings of one event must give the same bytes, for ever: a repeat
 * would look like a conflict, and a stored row would not be found again. So bytes are written from
 * the typed form only, and by this folder alone: a library's next version must not be able to
 * change the ledger. Free-form members are canonical text already. */
#include "lib/json/event_json.h"

#include "lib/crypto/crypto.h"
#include "lib/json/agreement_json.h"
#include "lib/json/event_writer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void
add_fields(struct vg_members *members, const struct vg_ticket_fields *fields)
{
	for (uint64_t rest = fields->set & ~VG_TF_BIT(VG_TF_MUNICIPALITY); rest != 0;
	     rest &= rest - 1) {
		int i = __builtin_ctzll(rest);
		const struct vg_field_info *info = &vg_ticket_field_info[i];

		if (info->form == VG_FORM_STR)
			vg_add_string(members, info->name, fields->text[i]);
		else if (info->form == VG_FORM_WORD)
			vg_add_string(members, info->name, info->words[fields->number[i]]);
		else if (info->form == VG_FORM_FLAG)
			vg_add(members, info->name, VG_MEMBER_BOOLEAN, fields->number[i], NULL);
		else
			vg_add_integer(members, info->name, fields->number[i]);
	}
}

static void
add_ticket(struct vg_members *members, const struct vg_ticket_body *body)
{
	vg_add_text(members, "ref", body->ref);
	vg_add_text(members, "ticket", body->ticket);
	vg_add_text(members, "title_digest", body->title_digest);
	vg_add_text(members, "reason", body->reason);
	if (body->voids != 0)
		vg_add_integer(members, "voids", body->voids);
	if (body->also_count > 0) {
		struct vg_json_text *list = vg_add_json(members, "also");

		vg_put_char(list, '[');
		for (size_t i = 0; i < body->also_count; i++) {
			struct vg_members ref = {.count = 0};

			vg_put_next(list, i);
			vg_add_string(&ref, "source", body->also[i].source);
			vg_add_string(&ref, "ref", body->also[i].ref);
			vg_put_object(list, &ref);
		}
		vg_put_char(list, ']');
	}
	add_fields(members, &body->fields);
}

static void
add_import(struct vg_members *members, const struct vg_event *event)
{
	const struct vg_import_body *body = &event->body.import_;

	vg_add_text(members, "id", body->id);
	vg_add_text(members, "source", body->source);
	vg_add_text(members, "file", body->file);
	vg_add_text(members, "file_sha256", body->file_sha256);
	vg_add_text(members, "mapping_sha256", body->mapping_sha256);
	vg_add_text(members, "reason", body->reason);
	if (event->kind == VG_KIND_IMPORT_FINISHED) {
		vg_add_integer(members, "rows", body->rows);
		vg_add_integer(members, "taken", body->taken);
		vg_add_integer(members, "quarantined", body->quarantined);
		vg_add_integer(members, "malformed", body->malformed);
	}
}

static void
add_quarantine(struct vg_members *members, const struct vg_quarantine_body *body)
{
	vg_add_string(members, "mapping", body->mapping);
	vg_add_string(members, "reason", body->reason);
	vg_add_string(members, "field", body->field);
	vg_add_string(members, "value", body->value);
	VG_ASSERT(body->payload[0] == '{');
	vg_add(members, "payload", VG_MEMBER_RAW, 0, body->payload);
}

static void
add_agreement(struct vg_members *members, const struct vg_event *event)
{
	struct vg_json_text *text = vg_add_json(members, "agreement");
	json_t *object = vg_agreement_to_json(event->body.agreement);
	char *json = object != NULL ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(object);
	if (json == NULL)
		text->failed = true;
	else
		vg_put_bytes(text, json, strlen(json));
	free(json);
	vg_add_string(members, "reason", event->body.agreement_reason);
}

static void
add_users(struct vg_members *members, const struct vg_users_body *body)
{
	vg_add_day(members, "day", body->day);
	vg_add_integer(members, "users", body->users);
	vg_add_integer(members, "private_users", body->private_users);
	vg_add_text(members, "rule", body->rule);
	vg_add_text(members, "approver", body->approver);
}

static void
add_access(struct vg_members *members, const struct vg_access_body *body)
{
	vg_add_string(members, "what", vg_access_words[body->what]);
	vg_add_text(members, "who", body->who);
	vg_add_text(members, "by", body->by);
	vg_add_text(members, "about", body->about);
	vg_add_integer(members, "count", body->count);
}

static void
add_register(struct vg_members *members, const struct vg_register_body *body)
{
	vg_add_text(members, "name", body->name);
	vg_add_text(members, "key", body->key);
	vg_add_integer(members, "valid_from_ms", body->valid_from_ms);
	if (body->valid_to_ms != INT64_MAX)
		vg_add_integer(members, "valid_to_ms", body->valid_to_ms);
	VG_ASSERT(body->value[0] == '{');
	vg_add(members, "value", VG_MEMBER_RAW, 0, body->value);
}

static void
add_body(struct vg_members *members, const struct vg_event *event)
{
	switch (event->kind) {
	case VG_KIND_TICKET_REPORTED:
	case VG_KIND_TICKET_ESCALATED:
	case VG_KIND_TICKET_ACKNOWLEDGED:
	case VG_KIND_TICKET_CORRECTED:
		add_ticket(members, &event->body.ticket);
		break;
	case VG_KIND_IMPORT_STARTED:
	case VG_KIND_IMPORT_FINISHED:
	case VG_KIND_IMPORT_REVOKED:
		add_import(members, event);
		break;
	case VG_KIND_INTAKE_QUARANTINED:
		add_quarantine(members, &event->body.quarantine);
		break;
	case VG_KIND_INTAKE_RETAKEN:
		vg_add_integer(members, "seq", event->body.quarantine.seq);
		break;
	case VG_KIND_AGREEMENT_APPLIED:
		add_agreement(members, event);
		break;
	case VG_KIND_USERS_READ:
		add_users(members, &event->body.users);
		break;
	case VG_KIND_REGISTER_SET:
		add_register(members, &event->body.reg);
		break;
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_NOTIFICATION_FAILED:
		vg_add_integer(members, "notification", event->body.notification.notification);
		vg_add_integer(members, "at_ms", event->body.notification.at_ms);
		if (event->kind == VG_KIND_NOTIFICATION_FAILED)
			vg_add_string(members, "error", event->body.notification.error);
		break;
	case VG_KIND_REPORT_MADE:
		vg_add_report(members, &event->body.report);
		break;
	case VG_KIND_ACCESS_NOTED:
		add_access(members, &event->body.access);
		break;
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
		vg_add_text(members, "note", event->body.note);
		break;
	case VG_KIND_SAMPLES_REPORTED:
		vg_add_samples(members, &event->body.samples);
		break;
	case VG_KIND_RAW_SEALED:
		vg_add_sealed(members, &event->body.sealed);
		break;
	case VG_KIND_OUTAGE_RECORDED:
	case VG_KIND_OUTAGE_CORRECTED:
	case VG_KIND_OUTAGE_APPROVED:
	case VG_KIND_OUTAGE_WITHDRAWN:
		vg_add_outage(members, event->kind, &event->body.outage);
		break;
	case VG_KIND_WINDOW_PLANNED:
	case VG_KIND_WINDOW_APPROVED:
	case VG_KIND_WINDOW_STARTED:
	case VG_KIND_WINDOW_ENDED:
	case VG_KIND_WINDOW_WITHDRAWN:
		vg_add_window(members, event->kind, &event->body.window);
		break;
	case VG_KIND_ALARMS_REPORTED:
		vg_add_notices(members, &event->body.notices);
		break;
	case VG_KIND_ALARM_ACKNOWLEDGED:
	case VG_KIND_ALARM_SHELVED:
	case VG_KIND_ALARM_UNSHELVED:
	case VG_KIND_ALARM_CLOSED:
		vg_add_alarm(members, event->kind, &event->body.alarm);
		break;
	case VG_KIND_RESOURCES_MAPPED:
		vg_add_resources(members, &event->body.resources);
		break;
	case VG_KIND_PROPOSAL_ACCEPTED:
	case VG_KIND_PROPOSAL_REFUSED:
		vg_add_proposal(members, event->kind, &event->body.proposal);
		break;
	case VG_KIND_RATE_PROPOSED:
	case VG_KIND_COST_PROPOSED:
	case VG_KIND_OVERRIDE_PROPOSED:
	case VG_KIND_OPENING_PROPOSED:
	case VG_KIND_CLOSE_PROPOSED:
	case VG_KIND_ACT_APPROVED:
	case VG_KIND_ACT_REJECTED:
		vg_add_act(members, event->kind, &event->body.act);
		break;
	case VG_KIND_OBJECTION_RAISED:
	case VG_KIND_OBJECTION_DECIDED:
		vg_add_objection(members, event->kind, &event->body.objection);
		break;
	case VG_KIND_STATEMENT_PUBLISHED:
	case VG_KIND_INVOICE_RECORDED:
		vg_add_statement(members, event->kind, &event->body.statement);
		break;
	case VG_KIND_COMMENT_MADE:
		vg_add_comment(members, &event->body.comment);
		break;
	case VG_KIND_DISTURBANCE_DRAFTED:
	case VG_KIND_DISTURBANCE_PUBLISHED:
	case VG_KIND_DISTURBANCE_CLOSED:
		vg_add_disturbance(members, event->kind, &event->body.disturbance);
		break;
	case VG_KIND_FEEDBACK_RECEIVED:
	case VG_KIND_FEEDBACK_ANSWERED:
		vg_add_feedback(members, event->kind, &event->body.feedback);
		break;
	case VG_KIND_COUNT:
		break;
	}
}

/* The object around a body that is written already. salt NULL: the form that repeats are compared
 * by, without salt, import and actor. */
static struct vg_json_text
write_around(const struct vg_event *event, const struct vg_json_text *body, const char *salt)
{
	struct vg_json_text out = {.failed = body->failed};
	struct vg_members members = {.count = 0};

	if (out.failed)
		return out;
	vg_add(&members, "body", VG_MEMBER_RAW, 0, body->bytes);
	vg_add_integer(&members, "v", VG_EVENT_VERSION);
	vg_add_text(&members, "kind", vg_kind_name(event->kind));
	vg_add_integer(&members, "occurred_ms", event->occurred_ms);
	vg_add_string(&members, "source", event->source);
	vg_add_string(&members, "event_id", event->event_id);
	vg_add_integer(&members, "source_order", event->source_order);
	if (event->has_municipality)
		vg_add(&members, "municipality",
		       *event->municipality != '\0' ? VG_MEMBER_STRING : VG_MEMBER_NOTHING, 0,
		       event->municipality);
	if (salt != NULL) {
		vg_add_text(&members, "actor", event->actor);
		vg_add_text(&members, "import", event->import);
		vg_add_text(&members, "salt", salt);
	}
	vg_put_object(&out, &members);
	return out;
}

static struct vg_json_text
write_body(const struct vg_event *event)
{
	struct vg_json_text text = {0};
	struct vg_members members = {.count = 0};

	add_body(&members, event);
	vg_put_object(&text, &members);
	return text;
}

/* Frees the text; VG_ENOMEM when it could not be written. */
static int
digest(struct vg_json_text *text, uint8_t out[VG_SHA256_LEN])
{
	bool failed = text->failed;

	if (!failed)
		vg_sha256(text->bytes, text->length, out);
	free(text->bytes);
	return failed ? VG_ENOMEM : 0;
}

char *
vg_event_ledger_form(const struct vg_event *event, const char *salt, size_t *length,
		     uint8_t repeat[VG_SHA256_LEN])
{
	struct vg_json_text body = write_body(event), out, bare;
	bool failed;

	VG_ASSERT(salt != NULL);
	out = write_around(event, &body, salt);
	failed = out.failed;
	if (repeat != NULL) {
		bare = write_around(event, &body, NULL);
		failed = digest(&bare, repeat) != 0 || failed;
	}
	free(body.bytes);
	if (failed) {
		free(out.bytes);
		out = (struct vg_json_text){0};
	}
	*length = out.length;
	return out.bytes;
}

char *
vg_event_canonical(const struct vg_event *event, const char *salt, size_t *length)
{
	return vg_event_ledger_form(event, salt, length, NULL);
}

int
vg_event_repeat_digest(const struct vg_event *event, uint8_t out[VG_SHA256_LEN])
{
	struct vg_json_text body = write_body(event), text = write_around(event, &body, NULL);

	free(body.bytes);
	return digest(&text, out);
}
