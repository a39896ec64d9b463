/* event_json.c - events from JSON to the typed form (event_canonical.c writes them).
 *
 * Reading is strict: every member is taken by name, and what was not taken is an error that names
 * it. The hard thing is that messages must help: they name the member, and what was expected. */
#include "lib/json/event_json.h"

#include "lib/civil/civil.h"
#include "lib/json/agreement_json.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX    64
#define INSTANT_MAX_MS INT64_C(4102444800000) /* 2100-01-01 */
#define SIDE_TEXT_MAX  8000		      /* title and note, before they go to the side store */

/* What a parsed event keeps alive. */
struct held {
	json_t *root;
	char *text; /* one member that is kept as canonical JSON text */
	struct vg_agreement *agreement;
};

/* One JSON object being read; `path` is what messages call it. */
struct reader {
	const json_t *object;
	const char *path;
	struct vg_err *err;
	int rc; /* of the first error */
	size_t taken;
	const char *name[MEMBERS_MAX];
};

static int
fail(struct reader *reader, const char *member, const char *expected)
{
	if (reader->rc == 0)
		reader->rc = vg_err_set(reader->err, VG_EINVALID, "%s%s: expected %s", reader->path,
					member, expected);
	return reader->rc;
}

static const json_t *
take(struct reader *reader, const char *member, bool required)
{
	const json_t *value = json_object_get(reader->object, member);

	if (value == NULL) {
		if (required)
			fail(reader, member, "this member, which is missing");
		return NULL;
	}
	VG_ASSERT(reader->taken < MEMBERS_MAX);
	reader->name[reader->taken++] = member;
	return value;
}

static bool
clean_text(const char *text, bool lines)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && !(lines && (c == '\n' || c == '\t' || c == '\r'))) || c == 0x7f)
			return false;
	}
	return true;
}

static const char *
as_text(struct reader *reader, const char *member, const json_t *value, size_t max, bool lines)
{
	char expected[64];

	if (!json_is_string(value)) {
		fail(reader, member, "a string");
		return "";
	}
	if (json_string_length(value) > max) {
		(void)snprintf(expected, sizeof(expected), "at most %zu bytes", max);
		fail(reader, member, expected);
		return "";
	}
	if (!clean_text(json_string_value(value), lines)) {
		fail(reader, member, "text without control characters");
		return "";
	}
	return json_string_value(value);
}

static const char *
take_text(struct reader *reader, const char *member, bool required, size_t max)
{
	const json_t *value = take(reader, member, required);

	return value == NULL ? "" : as_text(reader, member, value, max, false);
}

/* A member that must be there and say something. */
static const char *
take_name(struct reader *reader, const char *member, size_t max)
{
	const char *text = take_text(reader, member, true, max);

	if (*text == '\0')
		fail(reader, member, "text that is not empty");
	return text;
}

static const char *
take_hex(struct reader *reader, const char *member, bool required, size_t digits)
{
	const char *text = take_text(reader, member, required, digits);
	char expected[48];

	if ((*text != '\0' || required) &&
	    (strlen(text) != digits || strspn(text, "0123456789abcdef") != digits)) {
		(void)snprintf(expected, sizeof(expected), "%zu lower-case hex digits", digits);
		fail(reader, member, expected);
	}
	return text;
}

static int64_t
as_int(struct reader *reader, const char *member, const json_t *value, int64_t min, int64_t max)
{
	char expected[96];

	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		(void)snprintf(expected, sizeof(expected), "an integer from %lld to %lld",
			       (long long)min, (long long)max);
		fail(reader, member, expected);
		return min;
	}
	return json_integer_value(value);
}

static int64_t
take_int(struct reader *reader, const char *member, bool required, int64_t min, int64_t max,
	 int64_t fallback)
{
	const json_t *value = take(reader, member, required);

	return value == NULL ? fallback : as_int(reader, member, value, min, max);
}

static int
finish(struct reader *reader)
{
	const char *key;
	json_t *value;

	if (reader->rc != 0)
		return reader->rc;
	json_object_foreach((json_t *)(uintptr_t)reader->object, key, value)
	{
		size_t i;

		for (i = 0; i < reader->taken; i++)
			if (strcmp(reader->name[i], key) == 0)
				break;
		if (i == reader->taken)
			return vg_err_set(reader->err, VG_EINVALID,
					  "%s%.100s: no such member is known here", reader->path,
					  key);
	}
	return 0;
}

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

/* Canonical text of an object member, owned by `held`. */
static const char *
take_object_text(struct reader *reader, struct held *held, const char *member)
{
	const json_t *value = take(reader, member, true);

	if (value == NULL)
		return "";
	if (!json_is_object(value) || !plain_values(value, 0)) {
		fail(reader, member, "an object without fractions, at most 16 deep");
		return "";
	}
	held->text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
	if (held->text == NULL) {
		reader->rc = vg_err_set(reader->err, VG_ENOMEM, "out of memory");
		return "";
	}
	return held->text;
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
read_field(struct reader *reader, enum vg_ticket_field field, const json_t *value,
	   struct vg_ticket_fields *out)
{
	const struct vg_field_info *info = &vg_ticket_field_info[field];
	int64_t min, max;

	switch (info->form) {
	case VG_FORM_WORD: {
		const char *word = as_text(reader, info->name, value, VG_NAME_MAX, false);
		int index = vg_word_find(field, word);
		char expected[160] = "one of";

		for (int i = 0; index < 0 && i < info->word_count; i++) {
			size_t used = strlen(expected);

			(void)snprintf(expected + used, sizeof(expected) - used, " %s",
				       info->words[i]);
		}
		if (index < 0)
			fail(reader, info->name, expected);
		out->number[field] = index < 0 ? 0 : index;
		break;
	}
	case VG_FORM_INT:
		int_range(field, &min, &max);
		out->number[field] = as_int(reader, info->name, value, min, max);
		break;
	case VG_FORM_FLAG:
		if (!json_is_boolean(value))
			fail(reader, info->name, "true or false");
		out->number[field] = json_is_true(value);
		break;
	case VG_FORM_STR:
		out->text[field] = as_text(reader, info->name, value, VG_NAME_MAX, false);
		break;
	case VG_FORM_TIME:
		out->number[field] = as_int(reader, info->name, value, 0, INSTANT_MAX_MS);
		break;
	}
	out->set |= VG_TF_BIT(field);
}

static void
read_fields(struct reader *reader, struct vg_ticket_fields *out)
{
	out->set = 0;
	for (int i = 0; i < VG_TF_COUNT; i++) {
		const json_t *value;

		if (i == VG_TF_MUNICIPALITY)
			continue; /* stands in the envelope */
		value = take(reader, vg_ticket_field_info[i].name, false);
		if (value != NULL)
			read_field(reader, (enum vg_ticket_field)i, value, out);
	}
}

static void
read_also(struct reader *reader, struct vg_ticket_body *body)
{
	const json_t *list = take(reader, "also", false), *item;
	size_t i;

	if (list == NULL)
		return;
	if (!json_is_array(list) || json_array_size(list) > VG_EVENT_REFS_MAX) {
		fail(reader, "also", "a list of at most 8 references {source, ref}");
		return;
	}
	json_array_foreach(list, i, item)
	{
		struct reader ref = {.object = item, .path = "body.also.", .err = reader->err};

		if (!json_is_object(item)) {
			fail(reader, "also", "a list of objects {source, ref}");
			return;
		}
		body->also[i].source = take_name(&ref, "source", VG_NAME_MAX);
		body->also[i].ref = take_name(&ref, "ref", VG_NAME_MAX);
		if (finish(&ref) != 0) {
			reader->rc = ref.rc != 0 ? ref.rc : VG_EINVALID;
			return;
		}
	}
	body->also_count = json_array_size(list);
}

static const char *
take_side_text(struct reader *reader, const char *member)
{
	const json_t *value = take(reader, member, false);

	return value == NULL ? NULL : as_text(reader, member, value, SIDE_TEXT_MAX, true);
}

static void
read_ticket(struct reader *reader, struct vg_parsed_event *out)
{
	struct vg_ticket_body *body = &out->event.body.ticket;
	enum vg_kind kind = out->event.kind;

	body->ref = body->ticket = body->reason = body->title_digest = "";
	if (kind == VG_KIND_TICKET_REPORTED) {
		body->ref = take_name(reader, "ref", VG_NAME_MAX);
		read_also(reader, body);
	} else {
		body->ticket = take_name(reader, "ticket", VG_NAME_MAX);
	}
	if (kind == VG_KIND_TICKET_CORRECTED) {
		body->voids = take_int(reader, "voids", false, 0, INT64_MAX, 0);
		body->reason = take_name(reader, "reason", VG_TEXT_MAX);
	}
	body->title_digest = take_hex(reader, "title_digest", false, 64);
	out->title = take_side_text(reader, "title");
	out->note = take_side_text(reader, "note");
	read_fields(reader, &body->fields);
}

static void
read_import(struct reader *reader, struct vg_event *event)
{
	struct vg_import_body *body = &event->body.import_;

	body->source = body->file = body->file_sha256 = body->mapping_sha256 = body->reason = "";
	body->id = take_name(reader, "id", VG_NAME_MAX);
	if (event->kind == VG_KIND_IMPORT_STARTED) {
		body->source = take_name(reader, "source", VG_NAME_MAX);
		body->file = take_name(reader, "file", VG_NAME_MAX);
		body->file_sha256 = take_hex(reader, "file_sha256", true, 64);
		body->mapping_sha256 = take_hex(reader, "mapping_sha256", true, 64);
	} else if (event->kind == VG_KIND_IMPORT_FINISHED) {
		body->rows = take_int(reader, "rows", true, 0, INT64_MAX, 0);
		body->taken = take_int(reader, "taken", true, 0, INT64_MAX, 0);
		body->quarantined = take_int(reader, "quarantined", true, 0, INT64_MAX, 0);
		body->malformed = take_int(reader, "malformed", true, 0, INT64_MAX, 0);
	} else {
		body->reason = take_name(reader, "reason", VG_TEXT_MAX);
	}
}

static void
read_quarantine(struct reader *reader, struct held *held, struct vg_event *event)
{
	struct vg_quarantine_body *body = &event->body.quarantine;

	body->mapping = body->reason = body->field = body->value = body->payload = "";
	if (event->kind == VG_KIND_INTAKE_RETAKEN) {
		body->seq = take_int(reader, "seq", true, 1, INT64_MAX, 0);
		return;
	}
	body->mapping = take_text(reader, "mapping", true, VG_NAME_MAX);
	body->reason = take_name(reader, "reason", VG_TEXT_MAX);
	body->field = take_text(reader, "field", true, VG_NAME_MAX);
	body->value = take_text(reader, "value", true, VG_TEXT_MAX);
	body->payload = take_object_text(reader, held, "payload");
}

static void
read_agreement(struct reader *reader, struct held *held, struct vg_event *event)
{
	const json_t *value = take(reader, "agreement", true);

	event->body.agreement_reason = take_name(reader, "reason", VG_TEXT_MAX);
	if (value == NULL || reader->rc != 0)
		return;
	held->agreement = vg_agreement_from_json(value, reader->err);
	if (held->agreement == NULL)
		reader->rc = VG_EINVALID;
	event->body.agreement = held->agreement;
}

/* "2026-01-01" to days since 1970-01-01. */
static int64_t
take_day(struct reader *reader, const char *member)
{
	const char *text = take_text(reader, member, true, 10);
	int year, month, day, used = 0;

	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 ||
	    text[used] != '\0' || !vg_civil_valid_date(year, month, day)) {
		fail(reader, member, "a date as 2026-01-31");
		return 0;
	}
	return vg_civil_days(year, month, day);
}

static void
read_users(struct reader *reader, struct vg_event *event)
{
	struct vg_users_body *body = &event->body.users;

	body->day = take_day(reader, "day");
	body->users = take_int(reader, "users", true, 0, 100000000, 0);
	body->private_users = take_int(reader, "private_users", false, 0, 100000000, 0);
	body->rule = take_name(reader, "rule", VG_NAME_MAX);
}

static void
read_register(struct reader *reader, struct held *held, struct vg_event *event)
{
	struct vg_register_body *body = &event->body.reg;

	body->name = take_name(reader, "name", VG_NAME_MAX);
	body->key = take_name(reader, "key", VG_NAME_MAX);
	body->valid_from_ms = take_int(reader, "valid_from_ms", true, 0, INSTANT_MAX_MS, 0);
	body->valid_to_ms = take_int(reader, "valid_to_ms", false, 0, INT64_MAX, INT64_MAX);
	body->value = take_object_text(reader, held, "value");
}

static void
read_notification(struct reader *reader, struct vg_event *event)
{
	struct vg_notification_body *body = &event->body.notification;

	body->notification = take_int(reader, "notification", true, 1, INT64_MAX, 0);
	body->at_ms = take_int(reader, "at_ms", true, 0, INSTANT_MAX_MS, 0);
	body->error =
		take_text(reader, "error", event->kind == VG_KIND_NOTIFICATION_FAILED, VG_TEXT_MAX);
}

static void
read_report(struct reader *reader, struct vg_event *event)
{
	struct vg_report_body *body = &event->body.report;
	const char *text = take_text(reader, "month", true, 7);
	int year = 0, month = 0, used = 0;

	if (sscanf(text, "%4d-%2d%n", &year, &month, &used) != 2 || used != 7 || month < 1 ||
	    month > 12 || year < 1970)
		fail(reader, "month", "a month as 2026-01");
	body->month = year * 12 + month - 1;
	body->as_of_seq = take_int(reader, "as_of_seq", true, 0, INT64_MAX, 0);
	body->head = take_hex(reader, "head", true, 64);
	body->model_sha256 = take_hex(reader, "model_sha256", true, 64);
}

static int
read_body(const json_t *object, struct held *held, struct vg_parsed_event *out, struct vg_err *err)
{
	struct reader reader = {.object = object, .path = "body.", .err = err};
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
		read_quarantine(&reader, held, event);
		break;
	case VG_KIND_AGREEMENT_APPLIED:
		read_agreement(&reader, held, event);
		break;
	case VG_KIND_USERS_READ:
		read_users(&reader, event);
		break;
	case VG_KIND_REGISTER_SET:
		read_register(&reader, held, event);
		break;
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_NOTIFICATION_FAILED:
		read_notification(&reader, event);
		break;
	case VG_KIND_REPORT_MADE:
		read_report(&reader, event);
		break;
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
		event->body.note = take_text(&reader, "note", false, VG_TEXT_MAX);
		break;
	case VG_KIND_SAMPLES_REPORTED:
	case VG_KIND_OUTAGE_RECORDED:
	case VG_KIND_OUTAGE_CORRECTED:
	case VG_KIND_OUTAGE_APPROVED:
	case VG_KIND_OUTAGE_WITHDRAWN:
	case VG_KIND_WINDOW_PLANNED:
	case VG_KIND_WINDOW_APPROVED:
	case VG_KIND_WINDOW_STARTED:
	case VG_KIND_WINDOW_ENDED:
	case VG_KIND_WINDOW_WITHDRAWN:
	case VG_KIND_RAW_SEALED:
	case VG_KIND_COUNT:
		break;
	}
	return finish(&reader);
}

static void
read_municipality(struct reader *reader, struct vg_event *event)
{
	const json_t *value = take(reader, "municipality", false);

	event->municipality = "";
	event->has_municipality = value != NULL;
	if (value != NULL && !json_is_null(value))
		event->municipality = as_text(reader, "municipality", value, VG_NAME_MAX, false);
}

static int
read_envelope(struct held *held, struct vg_parsed_event *out, struct vg_err *err)
{
	struct reader reader = {.object = held->root, .path = "", .err = err};
	struct vg_event *event = &out->event;
	const char *kind, *salt;
	const json_t *body;

	(void)take_int(&reader, "v", true, VG_EVENT_VERSION, VG_EVENT_VERSION, 0);
	kind = take_text(&reader, "kind", true, VG_NAME_MAX);
	event->kind = vg_kind_find(kind);
	if (reader.rc == 0 && event->kind == VG_KIND_COUNT)
		return vg_err_set(
			err, VG_EINVALID,
			"kind: \"%s\" is no kind of event; expected one such as ticket.reported",
			kind);
	event->occurred_ms = take_int(&reader, "occurred_ms", true, 0, INSTANT_MAX_MS, 0);
	event->source = take_text(&reader, "source", false, VG_NAME_MAX);
	event->event_id = take_text(&reader, "event_id", false, VG_EVENT_ID_MAX);
	event->source_order = take_int(&reader, "source_order", false, INT64_MIN, INT64_MAX, 0);
	event->actor = take_text(&reader, "actor", false, VG_NAME_MAX);
	event->import = take_text(&reader, "import", false, VG_NAME_MAX);
	read_municipality(&reader, event);
	salt = take_hex(&reader, "salt", false, 32);
	body = take(&reader, "body", true);
	if (body != NULL && !json_is_object(body))
		fail(&reader, "body", "an object");
	if (finish(&reader) != 0)
		return VG_EINVALID;
	memcpy(out->salt, salt, strlen(salt) + 1);
	return read_body(body, held, out, err);
}

void
vg_parsed_event_free(struct vg_parsed_event *parsed)
{
	struct held *held = parsed->json;

	if (held != NULL) {
		json_decref(held->root);
		free(held->text);
		if (held->agreement != NULL)
			vg_agreement_unref(held->agreement);
		free(held);
	}
	parsed->json = NULL;
}

int
vg_event_parse(const char *bytes, size_t length, struct vg_parsed_event *out, struct vg_err *err)
{
	struct held *held;
	json_error_t why;
	int rc;

	memset(out, 0, sizeof(*out));
	if (length > VG_AGREEMENT_BYTES_MAX)
		return vg_err_set(err, VG_ELIMIT, "event: expected at most %d bytes",
				  VG_AGREEMENT_BYTES_MAX);
	held = calloc(1, sizeof(*held));
	if (held == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	out->json = held;
	held->root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &why);
	if (held->root == NULL)
		rc = vg_err_set(err, VG_EINVALID,
				"line %d, column %d: %s; expected one JSON object", why.line,
				why.column, why.text);
	else if (!json_is_object(held->root))
		rc = vg_err_set(err, VG_EINVALID, "expected one JSON object");
	else
		rc = read_envelope(held, out, err);
	if (rc == 0 && length > VG_EVENT_BYTES_MAX && out->event.kind != VG_KIND_AGREEMENT_APPLIED)
		rc = vg_err_set(err, VG_ELIMIT, "event: expected at most %d bytes",
				VG_EVENT_BYTES_MAX);
	if (rc != 0)
		vg_parsed_event_free(out);
	return rc;
}
