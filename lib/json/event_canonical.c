/* event_canonical.c - the canonical bytes that the ledger keeps.
 *
 * The hard thing is that two spellings of one event must give the same bytes, for ever: a repeat
 * would look like a conflict, and a stored row would not be found again. So bytes are written from
 * the typed form only, and by this file alone: a library's next version must not be able to change
 * the ledger. Members are collected, sorted by name and written; free-form members are canonical
 * text already. */
#include "lib/json/event_json.h"

#include "lib/civil/civil.h"
#include "lib/crypto/crypto.h"
#include "lib/json/agreement_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 64

/* A growing text; after a failed allocation it stays failed. */
struct text {
	char *bytes;
	size_t length, size;
	bool failed;
};

enum form { INTEGER, STRING, BOOLEAN, NOTHING, RAW };

struct member {
	const char *name;
	enum form form;
	int64_t number;
	const char *text; /* borrowed */
};

struct members {
	size_t n;
	struct member member[MEMBERS_MAX];
};

/* Text. */

static char *
reserve(struct text *text, size_t length)
{
	if (text->failed)
		return NULL;
	if (text->length + length + 1 > text->size) {
		size_t size = (text->length + length + 1) * 2;
		char *bytes = realloc(text->bytes, size);

		if (bytes == NULL) {
			text->failed = true;
			return NULL;
		}
		text->bytes = bytes;
		text->size = size;
	}
	return text->bytes + text->length;
}

static void
put_bytes(struct text *text, const char *bytes, size_t length)
{
	char *at = reserve(text, length);

	if (at == NULL)
		return;
	memcpy(at, bytes, length);
	at[length] = '\0';
	text->length += length;
}

static void
put_char(struct text *text, char c)
{
	put_bytes(text, &c, 1);
}

static void
put_escape(struct text *text, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *known = c != '\0' ? strchr(plain, c) : NULL;
	char escape[8];

	if (known != NULL)
		(void)snprintf(escape, sizeof(escape), "\\%c", letter[known - plain]);
	else
		(void)snprintf(escape, sizeof(escape), "\\u%04X", c);
	put_bytes(text, escape, strlen(escape));
}

/* Only what JSON demands is escaped: the quote, the backslash and what lies below the space. */
static void
put_string(struct text *text, const char *string)
{
	const char *from = string;

	put_char(text, '"');
	for (; *string != '\0'; string++) {
		unsigned char c = (unsigned char)*string;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		put_bytes(text, from, (size_t)(string - from));
		put_escape(text, c);
		from = string + 1;
	}
	put_bytes(text, from, (size_t)(string - from));
	put_char(text, '"');
}

static void
put_integer(struct text *text, int64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lld", (long long)number);

	put_bytes(text, digits, (size_t)length);
}

/* Members. */

static void
add(struct members *members, const char *name, enum form form, int64_t number, const char *text)
{
	VG_ASSERT(members->n < MEMBERS_MAX);
	members->member[members->n++] = (struct member){name, form, number, text};
}

static void
add_text(struct members *members, const char *name, const char *text)
{
	if (text != NULL && *text != '\0')
		add(members, name, STRING, 0, text);
}

static void
add_integer(struct members *members, const char *name, int64_t number)
{
	add(members, name, INTEGER, number, NULL);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void
put_value(struct text *text, const struct member *member)
{
	switch (member->form) {
	case INTEGER:
		put_integer(text, member->number);
		break;
	case STRING:
		put_string(text, member->text);
		break;
	case BOOLEAN:
		put_bytes(text, member->number ? "true" : "false", member->number ? 4 : 5);
		break;
	case NOTHING:
		put_bytes(text, "null", 4);
		break;
	case RAW:
		put_bytes(text, member->text, strlen(member->text));
		break;
	}
}

/* Names are ours and need no escape. */
static void
put_object(struct text *text, struct members *members)
{
	qsort(members->member, members->n, sizeof(members->member[0]), by_name);
	put_char(text, '{');
	for (size_t i = 0; i < members->n; i++) {
		if (i > 0)
			put_char(text, ',');
		put_char(text, '"');
		put_bytes(text, members->member[i].name, strlen(members->member[i].name));
		put_bytes(text, "\":", 2);
		put_value(text, &members->member[i]);
	}
	put_char(text, '}');
}

/* Bodies. `held` is text that members borrow: a list, a date, an agreement. */

static void
add_fields(struct members *members, const struct vg_ticket_fields *fields)
{
	for (uint64_t rest = fields->set & ~VG_TF_BIT(VG_TF_MUNICIPALITY); rest != 0;
	     rest &= rest - 1) {
		int i = __builtin_ctzll(rest);
		const struct vg_field_info *info = &vg_ticket_field_info[i];

		if (info->form == VG_FORM_STR)
			add(members, info->name, STRING, 0, fields->text[i]);
		else if (info->form == VG_FORM_WORD)
			add(members, info->name, STRING, 0, info->words[fields->number[i]]);
		else if (info->form == VG_FORM_FLAG)
			add(members, info->name, BOOLEAN, fields->number[i], NULL);
		else
			add_integer(members, info->name, fields->number[i]);
	}
}

static void
add_ticket(struct members *members, const struct vg_ticket_body *body, struct text *held)
{
	add_text(members, "ref", body->ref);
	add_text(members, "ticket", body->ticket);
	add_text(members, "title_digest", body->title_digest);
	add_text(members, "reason", body->reason);
	if (body->voids != 0)
		add_integer(members, "voids", body->voids);
	if (body->also_count > 0) {
		put_char(held, '[');
		for (size_t i = 0; i < body->also_count; i++) {
			struct members ref = {.n = 0};

			if (i > 0)
				put_char(held, ',');
			add(&ref, "source", STRING, 0, body->also[i].source);
			add(&ref, "ref", STRING, 0, body->also[i].ref);
			put_object(held, &ref);
		}
		put_char(held, ']');
		add(members, "also", RAW, 0, held->failed ? "" : held->bytes);
	}
	add_fields(members, &body->fields);
}

static void
add_import(struct members *members, const struct vg_event *event)
{
	const struct vg_import_body *body = &event->body.import_;

	add_text(members, "id", body->id);
	add_text(members, "source", body->source);
	add_text(members, "file", body->file);
	add_text(members, "file_sha256", body->file_sha256);
	add_text(members, "mapping_sha256", body->mapping_sha256);
	add_text(members, "reason", body->reason);
	if (event->kind == VG_KIND_IMPORT_FINISHED) {
		add_integer(members, "rows", body->rows);
		add_integer(members, "taken", body->taken);
		add_integer(members, "quarantined", body->quarantined);
		add_integer(members, "malformed", body->malformed);
	}
}

static void
add_quarantine(struct members *members, const struct vg_quarantine_body *body)
{
	add(members, "mapping", STRING, 0, body->mapping);
	add(members, "reason", STRING, 0, body->reason);
	add(members, "field", STRING, 0, body->field);
	add(members, "value", STRING, 0, body->value);
	VG_ASSERT(body->payload[0] == '{');
	add(members, "payload", RAW, 0, body->payload);
}

static void
add_agreement(struct members *members, const struct vg_event *event, struct text *held)
{
	json_t *object = vg_agreement_to_json(event->body.agreement);
	char *json = object != NULL ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(object);
	if (json == NULL)
		held->failed = true;
	else
		put_bytes(held, json, strlen(json));
	free(json);
	add(members, "agreement", RAW, 0, held->failed ? "" : held->bytes);
	add(members, "reason", STRING, 0, event->body.agreement_reason);
}

static void
add_users(struct members *members, const struct vg_users_body *body, struct text *held)
{
	char day[16];
	int y, m, d;

	vg_civil_from_days(body->day, &y, &m, &d);
	(void)snprintf(day, sizeof(day), "%04d-%02d-%02d", y, m, d);
	put_bytes(held, day, strlen(day));
	add_text(members, "day", held->failed ? "" : held->bytes);
	add_integer(members, "users", body->users);
	add_integer(members, "private_users", body->private_users);
	add_text(members, "rule", body->rule);
}

static void
add_register(struct members *members, const struct vg_register_body *body)
{
	add_text(members, "name", body->name);
	add_text(members, "key", body->key);
	add_integer(members, "valid_from_ms", body->valid_from_ms);
	if (body->valid_to_ms != INT64_MAX)
		add_integer(members, "valid_to_ms", body->valid_to_ms);
	VG_ASSERT(body->value[0] == '{');
	add(members, "value", RAW, 0, body->value);
}

static void
add_report(struct members *members, const struct vg_report_body *body, struct text *held)
{
	char month[16];

	(void)snprintf(month, sizeof(month), "%04d-%02d", body->month / 12, body->month % 12 + 1);
	put_bytes(held, month, strlen(month));
	add_text(members, "month", held->failed ? "" : held->bytes);
	add_integer(members, "as_of_seq", body->as_of_seq);
	add_text(members, "head", body->head);
	add_text(members, "model_sha256", body->model_sha256);
}

static void
add_body(struct members *members, const struct vg_event *event, struct text *held)
{
	switch (event->kind) {
	case VG_KIND_TICKET_REPORTED:
	case VG_KIND_TICKET_ESCALATED:
	case VG_KIND_TICKET_ACKNOWLEDGED:
	case VG_KIND_TICKET_CORRECTED:
		add_ticket(members, &event->body.ticket, held);
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
		add_integer(members, "seq", event->body.quarantine.seq);
		break;
	case VG_KIND_AGREEMENT_APPLIED:
		add_agreement(members, event, held);
		break;
	case VG_KIND_USERS_READ:
		add_users(members, &event->body.users, held);
		break;
	case VG_KIND_REGISTER_SET:
		add_register(members, &event->body.reg);
		break;
	case VG_KIND_NOTIFICATION_DELIVERED:
	case VG_KIND_NOTIFICATION_FAILED:
		add_integer(members, "notification", event->body.notification.notification);
		add_integer(members, "at_ms", event->body.notification.at_ms);
		if (event->kind == VG_KIND_NOTIFICATION_FAILED)
			add(members, "error", STRING, 0, event->body.notification.error);
		break;
	case VG_KIND_REPORT_MADE:
		add_report(members, &event->body.report, held);
		break;
	case VG_KIND_JOURNAL_RESTARTED:
	case VG_KIND_CLOCK_STEPPED:
	case VG_KIND_TICK:
		add_text(members, "note", event->body.note);
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
}

/* salt NULL: the form that repeats are compared by, without salt, import and actor. NULL = out of
 * memory. */
static char *
write_event(const struct vg_event *event, const char *salt, size_t *length)
{
	struct text out = {0}, body = {0}, held = {0};
	struct members members = {.n = 0};

	add_body(&members, event, &held);
	put_object(&body, &members);
	members.n = 0;
	add_integer(&members, "v", VG_EVENT_VERSION);
	add_text(&members, "kind", vg_kind_name(event->kind));
	add_integer(&members, "occurred_ms", event->occurred_ms);
	add(&members, "source", STRING, 0, event->source);
	add(&members, "event_id", STRING, 0, event->event_id);
	add_integer(&members, "source_order", event->source_order);
	if (event->has_municipality)
		add(&members, "municipality", *event->municipality != '\0' ? STRING : NOTHING, 0,
		    event->municipality);
	if (salt != NULL) {
		add_text(&members, "actor", event->actor);
		add_text(&members, "import", event->import);
		add_text(&members, "salt", salt);
	}
	add(&members, "body", RAW, 0, body.failed ? "" : body.bytes);
	put_object(&out, &members);
	if (body.failed || held.failed || out.failed) {
		free(out.bytes);
		out = (struct text){0};
	}
	free(body.bytes);
	free(held.bytes);
	*length = out.length;
	return out.bytes;
}

char *
vg_event_canonical(const struct vg_event *event, const char *salt, size_t *length)
{
	VG_ASSERT(salt != NULL);
	return write_event(event, salt, length);
}

int
vg_event_repeat_digest(const struct vg_event *event, uint8_t out[32])
{
	size_t length;
	char *text = write_event(event, NULL, &length);

	if (text == NULL)
		return VG_ENOMEM;
	vg_sha256(text, length, out);
	free(text);
	return 0;
}
