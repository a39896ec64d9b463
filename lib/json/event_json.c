/* event_json.c - events from JSON to the typed form (event_canonical.c writes them).
 *
 * Reading is strict: every member is taken by name, and what was not taken is an error that names
 * it. The hard thing is that messages must help: they name the member, and what was expected. */
#include "lib/json/event_json.h"

#include "lib/json/agreement_json.h"
#include "lib/json/event_reader.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX     VG_AGREEMENT_BYTES_MAX /* of the largest kind */
#define SIDE_TEXT_MAX 8000		     /* title and note, before they go to the side store */

/* Free-form members may hold anything but reals, and are not deep. */
static bool
plain_values(const json_t *value, int depth)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_real(value) || depth > 16)
		return false;
	json_object_foreach((json_t *)(uintptr_t)value, key,
			    item) if (!plain_values(item, depth + 1)) return false;
	json_array_foreach(value, i, item) if (!plain_values(item, depth + 1)) return false;
	return true;
}

/* Canonical text of an object member. */
static const char *
take_object_text(struct vg_reader *reader, const char *member)
{
	const json_t *value = vg_reader_take(reader, member, true);
	const char *text;

	if (value == NULL)
		return "";
	if (!json_is_object(value) || !plain_values(value, 0)) {
		vg_reader_fail(reader, member, "an object without fractions, at most 16 deep");
		return "";
	}
	text = vg_reader_keep(reader, json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS));
	return text != NULL ? text : "";
}

static void
int_range(enum vg_ticket_field field, int64_t *min, int64_t *max)
{
	*min = 0;
	*max = INT32_MAX;
	if (field == VG_TF_LINE) {
		*min = 1;
		*max = 3;
	} else if (field == VG_TF_IMPACT || field == VG_TF_URGENCY) {
		*min = 1;
		*max = VG_LEVELS;
	}
}

static void
read_field(struct vg_reader *reader, enum vg_ticket_field field, const json_t *value,
	   struct vg_ticket_fields *out)
{
	const struct vg_field_info *info = &vg_ticket_field_info[field];
	int64_t min, max;

	switch (info->form) {
	case VG_FORM_WORD: {
		const char *word = vg_reader_as_text(reader, info->name, value, VG_NAME_MAX, false);
		int index = vg_word_find(field, word);
		char expected[160] = "one of";

		for (int i = 0; index < 0 && i < info->word_count; i++) {
			size_t used = strlen(expected);

			(void)snprintf(expected + used, sizeof(expected) - used, " %s",
				       info->words[i]);
		}
		if (index < 0)
			vg_reader_fail(reader, info->name, expected);
		out->number[field] = index < 0 ? 0 : index;
		break;
	}
	case VG_FORM_INT:
		int_range(field, &min, &max);
		out->number[field] = vg_reader_as_int(reader, info->name, value, min, max);
		break;
	case VG_FORM_FLAG:
		if (!json_is_boolean(value))
			vg_reader_fail(reader, info->name, "true or false");
		out->number[field] = json_is_true(value);
		break;
	case VG_FORM_STR:
		out->text[field] = vg_reader_as_text(reader, info->name, value, VG_NAME_MAX, false);
		break;
	case VG_FORM_TIME:
		out->number[field] =
			vg_reader_as_int(reader, info->name, value, 0, VG_INSTANT_MAX_MS);
		break;
	}
	out->set |= VG_TF_BIT(field);
}

static void
read_fields(struct vg_reader *reader, struct vg_ticket_fields *out)
{
	out->set = 0;
	for (int i = 0; i < VG_TF_COUNT; i++) {
		const json_t *value;

		if (i == VG_TF_MUNICIPALITY)
			continue; /* stands in the envelope */
		value = vg_reader_take(reader, vg_ticket_field_info[i].name, false);
		if (value != NULL)
			read_field(reader, (enum vg_ticket_field)i, value, out);
	}
}

static void
read_also(struct vg_reader *reader, struct vg_ticket_body *body)
{
	const json_t *list = vg_reader_take(reader, "also", false), *item;
	size_t i;

	if (list == NULL)
		return;
	if (!json_is_array(list) || json_array_size(list) > VG_EVENT_REFS_MAX) {
		vg_reader_fail(reader, "also", "a list of at most 8 references {source, ref}");
		return;
	}
	json_array_foreach(list, i, item)
	{
		struct vg_reader ref = {.object = item, .path = "body.also.", .err = reader->err};

		if (!json_is_object(item)) {
			vg_reader_fail(reader, "also", "a list of objects {source, ref}");
			return;
		}
		body->also[i].source = vg_reader_name(&ref, "source", VG_NAME_MAX);
		body->also[i].ref = vg_reader_name(&ref, "ref", VG_NAME_MAX);
		if (vg_reader_finish(&ref) != 0) {
			reader->rc = ref.rc != 0 ? ref.rc : VG_EINVALID;
			return;
		}
	}
	body->also_count = json_array_size(list);
}

static const char *
take_side_text(struct vg_reader *reader, const char *member)
{
	const json_t *value = vg_reader_take(reader, member, false);

	return value == NULL ? NULL : vg_reader_as_text(reader, member, value, SIDE_TEXT_MAX, true);
}

static void
read_ticket(struct vg_reader *reader, struct vg_parsed_event *out)
{
	struct vg_ticket_body *body = &out->event.body.ticket;
	enum vg_kind kind = out->event.kind;

	body->ref = body->ticket = body->reason = body->title_digest = "";
	if (kind == VG_KIND_TICKET_REPORTED) {
		body->ref = vg_reader_name(reader, "ref", VG_NAME_MAX);
		read_also(reader, body);
	} else {
		body->ticket = vg_reader_name(reader, "ticket", VG_NAME_MAX);
	}
	if (kind == VG_KIND_TICKET_CORRECTED) {
		body->voids = vg_reader_int(reader, "voids", false, 0, INT64_MAX, 0);
		body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
	}
	body->title_digest = vg_reader_hex(reader, "title_digest", false, 64);
	out->title = take_side_text(reader, "title");
	out->note = take_side_text(reader, "note");
	read_fields(reader, &body->fields);
}

static void
read_import(struct vg_reader *reader, struct vg_event *event)
{
	struct vg_import_body *body = &event->body.import_;

	body->source = body->file = body->file_sha256 = body->mapping_sha256 = body->reason = "";
	body->id = vg_reader_name(reader, "id", VG_NAME_MAX);
	if (event->kind == VG_KIND_IMPORT_STARTED) {
		body->source = vg_reader_name(reader, "source", VG_NAME_MAX);
		body->file = vg_reader_name(reader, "file", VG_NAME_MAX);
		body->file_sha256 = vg_reader_hex(reader, "file_sha256", true, 64);
		body->mapping_sha256 = vg_reader_hex(reader, "mapping_sha256", true, 64);
	} else if (event->kind == VG_KIND_IMPORT_FINISHED) {
		body->rows = vg_reader_int(reader, "rows", true, 0, INT64_MAX, 0);
		body->taken = vg_reader_int(reader, "taken", true, 0, INT64_MAX, 0);
		body->quarantined = vg_reader_int(reader, "quarantined", true, 0, INT64_MAX, 0);
		body->malformed = vg_reader_int(reader, "malformed", true, 0, INT64_MAX, 0);
	} else {
		body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
	}
}

static void
read_quarantine(struct vg_reader *reader, struct vg_event *event)
{
	struct vg_quarantine_body *body = &event->body.quarantine;

	body->mapping = body->reason = body->field = body->value = body->payload = "";
	if (event->kind == VG_KIND_INTAKE_RETAKEN) {
		body->seq = vg_reader_int(reader, "seq", true, 1, INT64_MAX, 0);
		return;
	}
	body->mapping = vg_reader_text(reader, "mapping", true, VG_NAME_MAX);
	body->reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
	body->field = vg_reader_text(reader, "field", true, VG_NAME_MAX);
	body->value = vg_reader_text(reader, "value", true, VG_TEXT_MAX);
	body->payload = take_object_text(reader, "payload");
}

static void
read_agreement(struct vg_reader *reader, struct vg_event *event)
{
	const json_t *value = vg_reader_take(reader, "agreement", true);

	event->body.agreement_reason = vg_reader_name(reader, "reason", VG_TEXT_MAX);
	if (value == NULL || reader->rc != 0)
		return;
	reader->held->agreement = vg_agreement_from_json(value, reader->err);
	if (reader->held->agreement == NULL)
		reader->rc = VG_EINVALID;
	event->body.agreement = reader->held->agreement;
}

static void
read_users(struct vg_reader *reader, struct vg_event *event)
{
	struct vg_users_body *body = &event->body.users;

	body->day = vg_reader_day(reader, "day");
	body->users = vg_reader_int(reader, "users", true, 0, VG_USERS_COUNT_MAX, 0);
	body->private_users =
		vg_reader_int(reader, "private_users", false, 0, VG_USERS_COUNT_MAX, 0);
	body->rule = vg_reader_name(reader, "rule", VG_NAME_MAX);
	body->approver = vg_reader_text(reader, "approver", false, VG_NAME_MAX);
}

static void
read_register(struct vg_reader *reader, struct vg_event *event)
{
	struct vg_register_body *body = &event->body.reg;

	body->name = vg_reader_name(reader, "name", VG_NAME_MAX);
	body->key = vg_reader_name(reader, "key", VG_NAME_MAX);
	body->valid_from_ms = vg_reader_int(reader, "valid_from_ms", true, 0, VG_INSTANT_MAX_MS, 0);
	body->valid_to_ms = vg_reader_int(reader, "valid_to_ms", false, 0, INT64_MAX, INT64_MAX);
	body->value = take_object_text(reader, "value");
}

static void
read_notification(struct vg_reader *reader, struct vg_event *event)
{
	struct vg_notification_body *body = &event->body.notification;

	body->notification = vg_reader_int(reader, "notification", true, 1, INT64_MAX, 0);
	body->at_ms = vg_reader_int(reader, "at_ms", true, 0, VG_INSTANT_MAX_MS, 0);
	body->error = vg_reader_text(reader, "error", event->kind == VG_KIND_NOTIFICATION_FAILED,
				     VG_TEXT_MAX);
}

static void
read_access(struct vg_reader *reader, struct vg_access_body *body)
{
	body->what = (enum vg_access_what)vg_reader_word(reader, "what", true, vg_access_words, 0);
	body->who = vg_reader_text(reader, "who", false, VG_NAME_MAX);
	body->by = vg_reader_text(reader, "by", false, VG_NAME_MAX);
	body->about = vg_reader_text(reader, "about", false, VG_TEXT_MAX);
	body->count = vg_reader_int(reader, "count", false, 1, INT64_MAX, 1);
}

static int
read_body(const json_t *object, struct vg_held *held, struct vg_parsed_event *out,
	  struct vg_err *err)
{
	struct vg_reader reader = {.object = object, .path = "body.", .err = err, .held = held};
	struct vg_event *event = &out->event;

	switch (event->kind) {
	case VG_KIND_TICKET_REPORTED:
	case VG_KIND_TICKET_ESCALATED:
	case VG_KIND_TICKET_ACKNOWLEDGED:
	case VG_KIND_TICKET_CORRECTED:
		read_ticket(&reader, out);
		break;
	case VG_KIND_IMPORT_STARTED:
	case VG_KIND_IMPORT_FINISHED:
	case VG_KIND_IMPORT_REVOKED:
		read_import(&reader, event);
		break;
	case VG_KIND_INTAKE_QUARANTINED:
	case VG_KIND_INTAKE_RETAKEN:
		read_quarantine(&reader, event);
		break;
	case VG_KIND_AGREEMENT_APPLIED:
		read_agreement(&reader, event);
		break;
	case VG_KIND_USERS_READ:
		read_users(&reader, event);
		break;
	case VG_KIND_REGISTER_SET:
		read_register(&reader, event);
		break;
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_NOTIFICATION_FAILED:
		read_notification(&reader, event);
		break;
	case VG_KIND_REPORT_MADE:
		vg_read_report(&reader, &event->body.report);
		break;
	case VG_KIND_ACCESS_NOTED:
		read_access(&reader, &event->body.access);
		break;
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
		event->body.note = vg_reader_text(&reader, "note", false, VG_TEXT_MAX);
		break;
	case VG_KIND_SAMPLES_REPORTED:
		vg_read_samples(&reader, &event->body.samples);
		break;
	case VG_KIND_RAW_SEALED:
		vg_read_sealed(&reader, &event->body.sealed);
		break;
	case VG_KIND_OUTAGE_RECORDED:
	case VG_KIND_OUTAGE_CORRECTED:
	case VG_KIND_OUTAGE_APPROVED:
	case VG_KIND_OUTAGE_WITHDRAWN:
		vg_read_outage(&reader, event->kind, &event->body.outage);
		break;
	case VG_KIND_WINDOW_PLANNED:
	case VG_KIND_WINDOW_APPROVED:
	case VG_KIND_WINDOW_STARTED:
	case VG_KIND_WINDOW_ENDED:
	case VG_KIND_WINDOW_WITHDRAWN:
		vg_read_window(&reader, event->kind, &event->body.window);
		break;
	case VG_KIND_ALARMS_REPORTED:
		vg_read_notices(&reader, &event->body.notices);
		break;
	case VG_KIND_ALARM_ACKNOWLEDGED:
	case VG_KIND_ALARM_SHELVED:
	case VG_KIND_ALARM_UNSHELVED:
	case VG_KIND_ALARM_CLOSED:
		vg_read_alarm(&reader, event->kind, &event->body.alarm);
		break;
	case VG_KIND_RESOURCES_MAPPED:
		vg_read_resources(&reader, &event->body.resources);
		break;
	case VG_KIND_PROPOSAL_ACCEPTED:
	case VG_KIND_PROPOSAL_REFUSED:
		vg_read_proposal(&reader, event->kind, &event->body.proposal);
		break;
	case VG_KIND_RATE_PROPOSED:
	case VG_KIND_COST_PROPOSED:
	case VG_KIND_OVERRIDE_PROPOSED:
	case VG_KIND_OPENING_PROPOSED:
	case VG_KIND_CLOSE_PROPOSED:
	case VG_KIND_ACT_APPROVED:
	case VG_KIND_ACT_REJECTED:
		vg_read_act(&reader, event->kind, event->municipality, &event->body.act);
		break;
	case VG_KIND_OBJECTION_RAISED:
	case VG_KIND_OBJECTION_DECIDED:
		vg_read_objection(&reader, event->kind, &event->body.objection);
		break;
	case VG_KIND_STATEMENT_PUBLISHED:
	case VG_KIND_INVOICE_RECORDED:
		vg_read_statement(&reader, event->kind, &event->body.statement);
		break;
	case VG_KIND_COMMENT_MADE:
		vg_read_comment(&reader, &event->body.comment);
		break;
	case VG_KIND_DISTURBANCE_DRAFTED:
	case VG_KIND_DISTURBANCE_PUBLISHED:
	case VG_KIND_DISTURBANCE_CLOSED:
		vg_read_disturbance(&reader, event->kind, &event->body.disturbance);
		break;
	case VG_KIND_FEEDBACK_RECEIVED:
	case VG_KIND_FEEDBACK_ANSWERED:
		vg_read_feedback(&reader, event->kind, &event->body.feedback);
		break;
	case VG_KIND_COUNT:
		break;
	}
	return vg_reader_finish(&reader);
}

static void
read_municipality(struct vg_reader *reader, struct vg_event *event)
{
	const json_t *value = vg_reader_take(reader, "municipality", false);

	event->municipality = "";
	event->has_municipality = value != NULL;
	if (value != NULL && !json_is_null(value))
		event->municipality =
			vg_reader_as_text(reader, "municipality", value, VG_NAME_MAX, false);
}

static int
read_envelope(struct vg_held *held, struct vg_parsed_event *out, struct vg_err *err)
{
	struct vg_reader reader = {.object = held->root, .path = "", .err = err};
	struct vg_event *event = &out->event;
	const char *kind, *salt;
	const json_t *body;

	(void)vg_reader_int(&reader, "v", true, VG_EVENT_VERSION, VG_EVENT_VERSION, 0);
	kind = vg_reader_text(&reader, "kind", true, VG_NAME_MAX);
	event->kind = vg_kind_find(kind);
	if (reader.rc == 0 && event->kind == VG_KIND_COUNT)
		return vg_err_set(
			err, VG_EINVALID,
			"kind: \"%s\" is no kind of event; expected one such as ticket.reported",
			kind);
	event->occurred_ms = vg_reader_int(&reader, "occurred_ms", true, 0, VG_INSTANT_MAX_MS, 0);
	event->source = vg_reader_text(&reader, "source", false, VG_NAME_MAX);
	event->event_id = vg_reader_text(&reader, "event_id", false, VG_EVENT_ID_MAX);
	event->source_order =
		vg_reader_int(&reader, "source_order", false, INT64_MIN, INT64_MAX, 0);
	event->actor = vg_reader_text(&reader, "actor", false, VG_NAME_MAX);
	event->import = vg_reader_text(&reader, "import", false, VG_NAME_MAX);
	read_municipality(&reader, event);
	salt = vg_reader_hex(&reader, "salt", false, 32);
	body = vg_reader_take(&reader, "body", true);
	if (body != NULL && !json_is_object(body))
		vg_reader_fail(&reader, "body", "an object");
	if (vg_reader_finish(&reader) != 0)
		return VG_EINVALID;
	memcpy(out->salt, salt, strlen(salt) + 1);
	return read_body(body, held, out, err);
}

void
vg_parsed_event_free(struct vg_parsed_event *parsed)
{
	struct vg_held *held = parsed->json;

	if (held != NULL) {
		json_decref(held->root);
		while (held->count > 0)
			free(held->memory[--held->count]);
		if (held->agreement != NULL)
			vg_agreement_unref(held->agreement);
		free(held);
	}
	parsed->json = NULL;
}

size_t
vg_event_bytes_max(enum vg_kind kind)
{
	if (kind == VG_KIND_AGREEMENT_APPLIED)
		return VG_AGREEMENT_BYTES_MAX;
	if (kind == VG_KIND_RAW_SEALED)
		return VG_SEAL_BYTES_MAX;
	if (kind == VG_KIND_ALARMS_REPORTED)
		return VG_NOTICES_BYTES_MAX;
	if (kind == VG_KIND_RESOURCES_MAPPED)
		return VG_RESOURCES_BYTES_MAX;
	if (kind == VG_KIND_OPENING_PROPOSED)
		return VG_OPENING_BYTES_MAX;
	return kind == VG_KIND_SAMPLES_REPORTED ? VG_SAMPLES_BYTES_MAX : VG_EVENT_BYTES_MAX;
}

/* The one JSON object that the bytes are, held by the event. */
static int
load(const char *bytes, size_t length, struct vg_parsed_event *out, struct vg_err *err)
{
	struct vg_held *held;
	json_error_t why;

	memset(out, 0, sizeof(*out));
	if (length > BYTES_MAX)
		return vg_err_set(err, VG_ELIMIT, "event: expected at most %d bytes", BYTES_MAX);
	held = calloc(1, sizeof(*held));
	if (held == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	out->json = held;
	held->root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &why);
	if (held->root == NULL)
		return vg_err_set(err, VG_EINVALID,
				  "line %d, column %d: %s; expected one JSON object", why.line,
				  why.column, why.text);
	if (!json_is_object(held->root))
		return vg_err_set(err, VG_EINVALID, "expected one JSON object");
	return 0;
}

/* What was read, if it was and is not too long for its kind. */
static int
finish(int rc, size_t length, struct vg_parsed_event *out, struct vg_err *err)
{
	if (rc == 0 && length > vg_event_bytes_max(out->event.kind))
		rc = vg_err_set(err, VG_ELIMIT, "event: expected at most %zu bytes",
				vg_event_bytes_max(out->event.kind));
	if (rc != 0)
		vg_parsed_event_free(out);
	return rc;
}

int
vg_event_parse(const char *bytes, size_t length, struct vg_parsed_event *out, struct vg_err *err)
{
	int rc = load(bytes, length, out, err);

	return finish(rc != 0 ? rc : read_envelope(out->json, out, err), length, out, err);
}

int
vg_event_parse_body(enum vg_kind kind, int64_t occurred_ms, const char *bytes, size_t length,
		    struct vg_parsed_event *out, struct vg_err *err)
{
	int rc = load(bytes, length, out, err);
	struct vg_held *held = out->json;

	out->event = (struct vg_event){.kind = kind,
				       .occurred_ms = occurred_ms,
				       .source = "",
				       .event_id = "",
				       .actor = "",
				       .import = "",
				       .municipality = ""};
	return finish(rc != 0 ? rc : read_body(held->root, held, out, err), length, out, err);
}
