/* command.c - what people and programs ask for: tickets by hand, hand-over, corrections, imports,
 * agreements, registers.
 *
 * Each is one event: the handler takes the request's object, adds what the address says, and leaves
 * the strict reading to the event's own parser, so that there is one place that knows the members.
 */
#include "daemon/api/take.h"
#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put_default(json_t *object, const char *member, const char *text)
{
	if (json_object_get(object, member) == NULL)
		json_object_set_new(object, member, json_string(text));
}

/* A random identity for what a person registers, since a person has no reference of his own. */
static void
new_ref(char out[32])
{
	uint8_t random[6];
	char hex[VG_HEX_LEN(sizeof(random))];

	vg_random(random, sizeof(random));
	(void)snprintf(out, 32, "H-%s", vg_hex(random, sizeof(random), hex));
}

/* "received_at": ISO time with offset, as people and their programs write it. */
static bool
read_received_at(struct vg_call *call, json_t *object)
{
	const json_t *text = json_object_get(object, "received_at");
	struct vg_err err = {0};
	int64_t at_ms;

	if (text == NULL)
		return true;
	if (!json_is_string(text) || !vg_parse_time(json_string_value(text), &at_ms, &err)) {
		vg_reply_problem(call->request, 422,
				 "received_at: expected a time as 2026-11-20T08:30:00+01:00");
		return false;
	}
	json_object_del(object, "received_at");
	json_object_set_new(object, "received_at_ms", json_integer(at_ms));
	return true;
}

void
vg_post_ticket(struct vg_call *call)
{
	json_t *object = vg_call_object(call);
	char ref[32];

	if (object == NULL)
		return;
	if (!read_received_at(call, object)) {
		json_decref(object);
		return;
	}
	new_ref(ref);
	put_default(object, "ref", ref);
	put_default(object, "channel", "phone");
	put_default(object, "status", "new");
	if (json_object_get(object, "by_person") == NULL)
		json_object_set_new(object, "by_person", json_true());
	vg_take_command(call, VG_KIND_TICKET_REPORTED, object);
}

static void
post_about_ticket(struct vg_call *call, enum vg_kind kind)
{
	struct vg_ticket_view view;
	const struct vg_ticket *ticket = vg_call_ticket(call, &view);
	json_t *object;
	char id[32];

	if (ticket == NULL || (object = vg_call_object(call)) == NULL)
		return;
	(void)snprintf(id, sizeof(id), "V-%" PRId64, vg_ticket_id(ticket));
	json_object_set_new(object, "ticket", json_string(id));
	vg_take_command(call, kind, object);
}

void
vg_post_escalate(struct vg_call *call)
{
	post_about_ticket(call, VG_KIND_TICKET_ESCALATED);
}

void
vg_post_acknowledge(struct vg_call *call)
{
	post_about_ticket(call, VG_KIND_TICKET_ACKNOWLEDGED);
}

void
vg_post_correct(struct vg_call *call)
{
	post_about_ticket(call, VG_KIND_TICKET_CORRECTED);
}

/* Imports. */

static const struct vg_import *
find_import(struct vg_call *call)
{
	const struct vg_import *import =
		vg_core_import(vg_live_core(call->api->live), call->param[0]);

	if (import == NULL)
		vg_reply_problem(call->request, 404, "no import %.100s", call->param[0]);
	return import;
}

static bool
is_text(const json_t *object, const char *member, const char *text)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value != NULL && strcmp(value, text) == 0;
}

/* Demonstration data never go into a real ledger. Steals the object when it has answered. */
static bool
refuse_demonstration(struct vg_call *call, json_t *object)
{
	const char *source = json_string_value(json_object_get(object, "source"));

	if (source == NULL || strncmp(source, "demo.", 5) != 0 ||
	    strcmp(call->api->purpose, "demonstration") == 0)
		return false;
	vg_reply_problem(call->request, 409,
			 "source: %.100s is demonstration data, and this ledger is for real ones",
			 source);
	json_decref(object);
	return true;
}

/* A start that was made before, with the same file and mapping, is a repeat: imports are resumed
 * so. */
void
vg_post_import(struct vg_call *call)
{
	json_t *object = vg_call_object(call);
	const char *id = json_string_value(json_object_get(object, "id"));
	const struct vg_import *import;

	if (object == NULL)
		return;
	if (refuse_demonstration(call, object))
		return;
	import = id == NULL ? NULL : vg_core_import(vg_live_core(call->api->live), id);
	if (import == NULL) {
		vg_take_command(call, VG_KIND_IMPORT_STARTED, object);
		return;
	}
	if (is_text(object, "file_sha256", import->file_sha256) &&
	    is_text(object, "mapping_sha256", import->mapping_sha256) && !import->revoked)
		vg_reply_json(call->request, 200,
			      json_pack("{s:s, s:I, s:s, s:b}", "id", import->id, "seq",
					(json_int_t)import->seq, "verdict", "repeat", "finished",
					import->finished));
	else
		vg_reply_problem(call->request, 409,
				 import->revoked ? "import %s was revoked; begin a new generation"
						 : "import %s came before with another file or "
						   "mapping; revoke it first",
				 import->id);
	json_decref(object);
}

void
vg_post_import_events(struct vg_call *call)
{
	static const char *const types[] = {"application/x-ndjson", NULL};
	const struct vg_import *import = find_import(call);

	if (import == NULL || !vg_call_type_is(call, types))
		return;
	if (import->revoked)
		vg_reply_problem(call->request, 409, "import %s is revoked", import->id);
	else
		vg_take_batch(call, import);
}

static void
post_about_import(struct vg_call *call, enum vg_kind kind)
{
	const struct vg_import *import = find_import(call);
	json_t *object;

	if (import == NULL || (object = vg_call_object(call)) == NULL)
		return;
	json_object_set_new(object, "id", json_string(import->id));
	vg_take_command(call, kind, object);
}

void
vg_post_import_finish(struct vg_call *call)
{
	post_about_import(call, VG_KIND_IMPORT_FINISHED);
}

void
vg_post_import_revoke(struct vg_call *call)
{
	post_about_import(call, VG_KIND_IMPORT_REVOKED);
}

/* Quarantine. An importer may name its import: then the row is that source's. */

static bool
knows_municipality(struct vg_call *call, const char *code, struct vg_err *err)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(call->api->live));

	return agreement == NULL ||
	       vg_take_check_municipality(agreement, "municipality", code, err) == 0;
}

static void
post_quarantine_of_import(struct vg_call *call, json_t *object, const char *id)
{
	const struct vg_import *import = vg_core_import(vg_live_core(call->api->live), id);
	json_t *event_id = json_object_get(object, "event_id"),
	       *payload = json_object_get(object, "payload");
	char *text = payload == NULL ? NULL : json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS);
	json_t *occurred = json_object_get(object, "occurred_ms");
	const char *municipality = json_string_value(json_object_get(object, "municipality"));
	const char *member[4] = {"mapping", "reason", "field", "value"}, *value[4];
	struct vg_event event = {
		.kind = VG_KIND_INTAKE_QUARANTINED,
		.occurred_ms = json_is_integer(occurred) ? json_integer_value(occurred)
							 : vg_live_now_ms(call->api->live),
		.event_id = json_is_string(event_id) ? json_string_value(event_id) : "",
		.actor = call->who->name,
		.has_municipality = municipality != NULL,
		.municipality = municipality != NULL ? municipality : "",
	};
	struct vg_err err = {0};

	for (int i = 0; i < 4; i++) {
		value[i] = json_string_value(json_object_get(object, member[i]));
		value[i] = value[i] == NULL ? "" : value[i];
	}
	if (import == NULL || text == NULL || !(call->who->rights & VG_RIGHT_CORRECT)) {
		vg_reply_problem(call->request, 422,
				 "import: expected one that exists; payload: expected an object");
	} else if (!knows_municipality(call, event.municipality, &err)) {
		vg_reply_problem(call->request, 422, "%s", err.text);
	} else {
		event.source = import->source;
		event.import = import->id;
		event.body.quarantine = (struct vg_quarantine_body){.mapping = value[0],
								    .reason = value[1],
								    .field = value[2],
								    .value = value[3],
								    .payload = text};
		vg_take_event(call, &event, &(struct vg_take){0});
	}
	free(text);
	json_decref(object);
}

void
vg_post_quarantine(struct vg_call *call)
{
	json_t *object = vg_call_object(call);
	const char *import = json_string_value(json_object_get(object, "import"));

	if (object == NULL)
		return;
	if (import != NULL)
		post_quarantine_of_import(call, object, import);
	else
		vg_take_command(call, VG_KIND_INTAKE_QUARANTINED, object);
}

/* A row of another municipality is as one that is not there. */
static bool
is_hidden(const struct vg_call *call, int64_t seq)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_quarantined *row;

	for (size_t i = 0; (row = vg_core_item(core, VG_OBJECT_QUARANTINED, i)) != NULL; i++)
		if (row->seq == seq)
			return !vg_may_see(call->who, row->municipality);
	return false;
}

void
vg_post_retaken(struct vg_call *call)
{
	const char *text = call->param[0];
	json_t *object;

	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 15 ||
	    is_hidden(call, strtoll(text, NULL, 10))) {
		vg_reply_problem(call->request, 404,
				 "no row %.100s in quarantine; expected its sequence", text);
		return;
	}
	object = vg_call_object(call);
	if (object == NULL)
		return;
	json_object_set_new(object, "seq", json_integer(strtoll(text, NULL, 10)));
	vg_take_command(call, VG_KIND_INTAKE_RETAKEN, object);
}

/* The identity of an agreement is its content: applying the same twice is one act. */
void
vg_post_agreement(struct vg_call *call)
{
	json_t *object = vg_call_object(call);
	char *text, id[11 + VG_HEX_LEN(VG_SHA256_LEN)] = "agreement:";
	uint8_t digest[VG_SHA256_LEN];

	if (object == NULL)
		return;
	text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
	if (text != NULL) {
		vg_sha256(text, strlen(text), digest);
		vg_hex(digest, sizeof(digest), id + strlen(id));
		put_default(object, "event_id", id);
	}
	free(text);
	vg_take_command(call, VG_KIND_AGREEMENT_APPLIED, object);
}

void
vg_post_users(struct vg_call *call)
{
	json_t *object = vg_call_object(call);

	if (object != NULL)
		vg_take_command(call, VG_KIND_USERS_READ, object);
}

static void
post_register(struct vg_call *call, const char *name)
{
	json_t *object = vg_call_object(call);

	if (object == NULL)
		return;
	json_object_set_new(object, "name", json_string(name));
	vg_take_command(call, VG_KIND_REGISTER_SET, object);
}

void
vg_post_contacts(struct vg_call *call)
{
	post_register(call, "contacts");
}

void
vg_post_aliases(struct vg_call *call)
{
	post_register(call, "aliases");
}

void
vg_post_report(struct vg_call *call)
{
	json_t *object = vg_call_object(call);

	if (object != NULL)
		vg_take_command(call, VG_KIND_REPORT_MADE, object);
}
