/* tmf.c - TMF621 trouble tickets, version 4: create, patch, get, list.
 *
 * Their ticket is a document that is changed; ours is a list of statements. So a create and each
 * patch become one ticket.reported with what they state, and a document is written from the view.
 * The hard thing is a word that we do not know: a status, type, municipality or service is never
 * guessed, nor is the document refused, since many senders never try again. It waits in quarantine,
 * without its free text, and is read once more when an agreement knows the word: as the same event
 * of the same source that it would have been at first. Rule: semantics.md 8.2. */
#include "daemon/api/api.h"
#include "daemon/api/take.h"

#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIST_DEFAULT  100
#define LIST_MAX      500
#define LOOKED_AT_MAX 20000
#define BASE	      "/tmf-api/troubleTicket/v4/troubleTicket/"
#define MAPPING	      "tmf621"		/* what rows in quarantine name */
#define WAITS	      "quarantine-tmf:" /* before the key, in the identity of such a row */

struct word {
	const char *theirs;
	int ours;
};

static const struct word statuses[] = {{"acknowledged", VG_STATUS_ACKNOWLEDGED},
				       {"inProgress", VG_STATUS_IN_PROGRESS},
				       {"pending", VG_STATUS_PENDING},
				       {"held", VG_STATUS_PENDING},
				       {"resolved", VG_STATUS_RESOLVED},
				       {"closed", VG_STATUS_CLOSED},
				       {"cancelled", VG_STATUS_CANCELLED},
				       {"rejected", VG_STATUS_REJECTED},
				       {NULL, 0}};

static const struct word types[] = {{"incident", VG_TYPE_INCIDENT},
				    {"serviceRequest", VG_TYPE_SERVICE_REQUEST},
				    {"problem", VG_TYPE_PROBLEM},
				    {"change", VG_TYPE_CHANGE},
				    {"security", VG_TYPE_SECURITY},
				    {"complaint", VG_TYPE_COMPLAINT},
				    {NULL, 0}};

static const struct word severities[] = {{"critical", 1}, {"major", 2}, {"minor", 3},
					 {"low", 4},	  {"1", 1},	{"2", 2},
					 {"3", 3},	  {"4", 4},	{NULL, 0}};

static const struct word relations[] = {
	{"duplicates", VG_TF_DUPLICATE_OF}, {"parent", VG_TF_PARENT}, {"causedBy", VG_TF_PROBLEM},
	{"reopens", VG_TF_REOPEN_OF},	    {"outage", VG_TF_OUTAGE}, {NULL, 0}};

/* Lists of objects, and the members of each that must be texts. */
static const struct list_shape {
	const char *member, *keys[2];
} lists[] = {{"relatedParty", {"id", "role"}},
	     {"relatedEntity", {"id", "role"}},
	     {"troubleTicketRelationship", {"id", "relationshipType"}},
	     {"characteristic", {"name", NULL}}};

/* A document being read into an event. */
struct reading {
	struct vg_call *call;
	const json_t *document;
	const struct vg_quarantined
		*row; /* that is taken in again; NULL = it comes from its sender */
	struct vg_event event;
	char key[VG_HEX_LEN(VG_SHA256_LEN)]; /* what its identity is made of */
	char event_id[sizeof(WAITS) + VG_HEX_LEN(VG_SHA256_LEN)];
	char ref[64];
	char ticket[32];	   /* that is patched; "" = a create */
	const char *field, *value; /* the first thing that is not known; NULL = all is */
	char reason[VG_ERR_TEXT_MAX];
	bool answered; /* malformed, and the sender told so */
};

static int
find_word(const struct word *words, const char *text)
{
	for (; words->theirs != NULL; words++)
		if (strcasecmp(words->theirs, text) == 0)
			return words->ours;
	return -1;
}

/* A row that is taken in again and still cannot be mapped is in quarantine already. */
static void
answer_waits(const struct reading *r, const char *field, const char *reason)
{
	vg_reply_json(r->call->request, 202,
		      json_pack("{s:s, s:s, s:s, s:I}", "verdict", "quarantined", "field", field,
				"reason", reason, "seq", (json_int_t)r->row->seq));
}

/* The first thing that is wrong with the form is the answer; a row keeps waiting. */
static void __attribute__((format(printf, 2, 3))) refuse(struct reading *r, const char *format, ...)
{
	char text[VG_ERR_TEXT_MAX];
	va_list args;

	if (r->answered)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (r->row == NULL)
		vg_reply_problem(r->call->request, 422, "%s", text);
	else
		answer_waits(r, "document", text);
	r->answered = true;
}

static const char *
text_of(struct reading *r, const char *member)
{
	const json_t *value = json_object_get(r->document, member);

	if (value == NULL || json_is_null(value))
		return NULL;
	if (!json_is_string(value)) {
		refuse(r, "%s: expected a string", member);
		return NULL;
	}
	return json_string_value(value);
}

/* Notes the first thing that cannot be mapped. */
static void __attribute__((format(printf, 4, 5)))
unknown(struct reading *r, const char *field, const char *value, const char *format, ...)
{
	va_list args;

	if (*value == '\0')
		refuse(r, "%s: expected something, not an empty string", field);
	if (r->field != NULL)
		return;
	r->field = field;
	r->value = value;
	va_start(args, format);
	(void)vsnprintf(r->reason, sizeof(r->reason), format, args);
	va_end(args);
}

static void
unknown_word(struct reading *r, const char *field, const char *value, const struct word *known)
{
	char list[200] = "";
	size_t used = 0;

	for (; known->theirs != NULL && used < sizeof(list); known++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 used > 0 ? ", " : "", known->theirs);
	unknown(r, field, value, "not known; expected one of %s", list);
}

static void
state_number(struct reading *r, enum vg_ticket_field field, int64_t value)
{
	struct vg_ticket_fields *fields = &r->event.body.ticket.fields;

	fields->set |= VG_TF_BIT(field);
	fields->number[field] = value;
}

static void
state_text(struct reading *r, enum vg_ticket_field field, const char *value)
{
	struct vg_ticket_fields *fields = &r->event.body.ticket.fields;

	if (value == NULL)
		return;
	fields->set |= VG_TF_BIT(field);
	fields->text[field] = value;
}

static bool
read_time(struct reading *r, const char *member, int64_t *at_ms)
{
	const char *text = text_of(r, member);
	struct vg_err err = {0};

	if (text == NULL)
		return false;
	if (vg_parse_time(text, at_ms, &err))
		return true;
	refuse(r, "%s: %s", member, err.text);
	return false;
}

/* The id of the first entry with this role in a list of {id, role}; NULL = none. */
static const char *
by_role(const struct reading *r, const char *member, const char *role)
{
	const json_t *list = json_object_get(r->document, member), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *is = json_string_value(json_object_get(entry, "role"));

		if (is != NULL && strcasecmp(is, role) == 0)
			return json_string_value(json_object_get(entry, "id"));
	}
	return NULL;
}

static void
read_status(struct reading *r)
{
	const char *text = text_of(r, "status"), *why = text_of(r, "statusChangeReason");
	int status, reason;

	if (text == NULL)
		return;
	status = find_word(statuses, text);
	if (status < 0) {
		unknown_word(r, "status", text, statuses);
		return;
	}
	state_number(r, VG_TF_STATUS, status);
	state_text(r, VG_TF_SOURCE_STATUS, text);
	if (status != VG_STATUS_PENDING)
		return;
	/* a reason in our words; `held` without one waits for nobody but VGR, so the clock goes on
	 */
	reason = why == NULL ? -1 : vg_word_find(VG_TF_REASON, why);
	if (reason >= 0)
		state_number(r, VG_TF_REASON, reason);
	else if (strcasecmp(text, "held") == 0)
		state_number(r, VG_TF_REASON, VG_REASON_VGR);
}

static void
read_class(struct reading *r)
{
	const char *type = text_of(r, "ticketType"), *severity = text_of(r, "severity");
	const char *priority = text_of(r, "priority");
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(r->call->api->live));
	int value;

	if (type != NULL && (value = find_word(types, type)) >= 0)
		state_number(r, VG_TF_TYPE, value);
	else if (type != NULL)
		unknown_word(r, "ticketType", type, types);
	if (severity != NULL && (value = find_word(severities, severity)) >= 0)
		state_number(r, VG_TF_IMPACT, value);
	if (priority != NULL && agreement != NULL &&
	    vg_agreement_priority(agreement, priority) >= 0)
		state_text(r, VG_TF_PRIORITY, priority);
	state_text(r, VG_TF_SOURCE_PRIORITY, priority);
}

static void
read_parties(struct reading *r)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(r->call->api->live));
	const char *customer = by_role(r, "relatedParty", "customer");
	const char *service = by_role(r, "relatedEntity", "affectedService");

	if (customer == NULL && r->row == NULL && *r->call->who->municipality != '\0')
		customer = r->call->who->municipality;
	if (customer != NULL && agreement != NULL &&
	    vg_agreement_municipality(agreement, customer) == NULL)
		unknown(r, "relatedParty.customer", customer,
			"not in the agreement %s; expected an SCB code", agreement->name);
	if (service != NULL && agreement != NULL &&
	    vg_agreement_service(agreement, service) == NULL)
		unknown(r, "relatedEntity.affectedService", service, "not in the agreement %s",
			agreement->name);
	r->event.has_municipality = customer != NULL;
	r->event.municipality = customer == NULL ? "" : customer;
	state_text(r, VG_TF_SERVICE, service);
	state_text(r, VG_TF_PROVIDER, by_role(r, "relatedParty", "provider"));
	state_text(r, VG_TF_GROUP, by_role(r, "relatedParty", "assignee"));
}

/* The value of the characteristic supportLine; NULL = none. */
static const char *
support_line(struct reading *r)
{
	const json_t *list = json_object_get(r->document, "characteristic"), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const json_t *value = json_object_get(entry, "value");

		if (strcmp(json_string_value(json_object_get(entry, "name")), "supportLine") != 0)
			continue;
		if (!json_is_string(value))
			refuse(r, "characteristic.supportLine: expected a string");
		return json_string_value(value);
	}
	return NULL;
}

static void
read_line(struct reading *r)
{
	const char *line = support_line(r);

	if (line == NULL)
		return;
	if (strlen(line) == 1 && *line >= '1' && *line <= '3')
		state_number(r, VG_TF_LINE, *line - '0');
	else
		unknown(r, "characteristic.supportLine", line, "expected 1, 2 or 3");
}

static void
read_relations(struct reading *r)
{
	const json_t *list = json_object_get(r->document, "troubleTicketRelationship"), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *type = json_string_value(json_object_get(entry, "relationshipType"));
		int field = find_word(relations, type);

		if (field >= 0)
			state_text(r, (enum vg_ticket_field)field,
				   json_string_value(json_object_get(entry, "id")));
	}
}

/* Whether a member is a list of objects with the texts that it must have. */
static bool
list_fits(struct reading *r, const struct list_shape *shape)
{
	const json_t *list = json_object_get(r->document, shape->member), *entry;
	size_t i;

	if (list == NULL || json_is_null(list))
		return true;
	if (!json_is_array(list)) {
		refuse(r, "%s: expected a list", shape->member);
		return false;
	}
	json_array_foreach(list, i, entry)
	{
		for (size_t k = 0; k < 2 && shape->keys[k] != NULL; k++)
			if (!json_is_string(json_object_get(entry, shape->keys[k]))) {
				refuse(r, "%s: expected objects with the string %s", shape->member,
				       shape->keys[k]);
				return false;
			}
	}
	return true;
}

static bool
shapes_fit(struct reading *r)
{
	const json_t *channel = json_object_get(r->document, "channel");

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!list_fits(r, &lists[i]))
			return false;
	if (channel != NULL && !json_is_null(channel) &&
	    !json_is_string(json_object_get(channel, "id")))
		refuse(r, "channel: expected an object with the string id");
	return !r->answered;
}

static void
read_document(struct reading *r)
{
	const json_t *channel = json_object_get(r->document, "channel");
	const char *name = json_string_value(json_object_get(channel, "id"));
	int64_t at_ms;
	int word;

	if (!shapes_fit(r))
		return;
	read_status(r);
	read_class(r);
	read_parties(r);
	read_relations(r);
	read_line(r);
	(void)text_of(r, "name");
	word = name == NULL ? -1 : vg_word_find(VG_TF_CHANNEL, name);
	if (word >= 0)
		state_number(r, VG_TF_CHANNEL, word);
	if (read_time(r, "resolutionDate", &at_ms))
		state_number(r, VG_TF_SAYS_RESOLVED, at_ms);
}

/* Writing. */

static const char *
their_status(const struct vg_ticket_view *view)
{
	bool held = view->reason == VG_REASON_SUPPLIER || view->reason == VG_REASON_CHANGE ||
		    view->reason == VG_REASON_VGR || view->reason == VG_REASON_SCHEDULED;

	if (view->status == VG_STATUS_NEW)
		return "acknowledged";
	if (view->status == VG_STATUS_PENDING)
		return held ? "held" : "pending";
	for (const struct word *word = statuses; word->theirs != NULL; word++)
		if (word->ours == (int)view->status)
			return word->theirs;
	return "acknowledged";
}

static const char *
their_type(const struct vg_ticket_view *view)
{
	if (view->set & VG_TF_BIT(VG_TF_TYPE))
		for (const struct word *word = types; word->theirs != NULL; word++)
			if (word->ours == (int)view->current[VG_TF_TYPE])
				return word->theirs;
	return "incident";
}

static void
put_related(json_t *list, const char *id, const char *role, const char *type)
{
	if (id != NULL && *id != '\0')
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", id, "role", role,
						      "@referredType", type));
}

/* Members that are not known are left out. */
static void
put_time(json_t *object, const char *member, int64_t at_ms)
{
	if (at_ms >= 0)
		json_object_set_new(object, member, vg_json_time(at_ms));
}

static json_t *
document_of(const struct vg_call *call, const struct vg_ticket *ticket,
	    const struct vg_ticket_view *view)
{
	json_t *object = json_object(), *parties = json_array(), *entities = json_array();
	char id[32], href[80], line[2] = {(char)('0' + view->line), '\0'};

	(void)snprintf(id, sizeof(id), "V-%" PRId64, vg_ticket_id(ticket));
	(void)snprintf(href, sizeof(href), BASE "%s", id);
	json_object_set_new(object, "id", json_string(id));
	json_object_set_new(object, "href", json_string(href));
	json_object_set_new(object, "@type", json_string("TroubleTicket"));
	for (size_t i = 0; i < vg_ticket_ref_count(ticket); i++)
		if (strcmp(vg_ticket_ref(ticket, i).source, call->who->source) == 0)
			json_object_set_new(object, "externalId",
					    json_string(vg_ticket_ref(ticket, i).ref));
	json_object_set_new(object, "ticketType", json_string(their_type(view)));
	json_object_set_new(object, "status", json_string(their_status(view)));
	if (view->reason != VG_REASON_NONE)
		json_object_set_new(object, "statusChangeReason",
				    json_string(vg_word(VG_TF_REASON, view->reason)));
	if (view->set & VG_TF_BIT(VG_TF_IMPACT))
		json_object_set_new(object, "severity",
				    json_sprintf("%" PRId64, view->current[VG_TF_IMPACT]));
	if (view->priority != NULL && *view->priority != '\0')
		json_object_set_new(object, "priority", json_string(view->priority));
	put_time(object, "creationDate", view->created_ms);
	put_time(object, "lastUpdate", view->last_ms);
	put_time(object, "resolutionDate", view->resolved ? view->resolved_ms : -1);
	put_time(object, "expectedResolutionDate", view->resolution.due_ms);
	put_related(parties, view->text[VG_TF_MUNICIPALITY], "customer", "Organization");
	put_related(parties, view->text[VG_TF_PROVIDER], "provider", "Organization");
	put_related(parties, view->text[VG_TF_GROUP], "assignee", "Organization");
	put_related(entities, view->text[VG_TF_SERVICE], "affectedService", "Service");
	json_object_set_new(object, "relatedParty", parties);
	json_object_set_new(object, "relatedEntity", entities);
	if (view->line > 0)
		json_object_set_new(
			object, "characteristic",
			json_pack("[{s:s, s:s}]", "name", "supportLine", "value", line));
	return object;
}

/* Keeps what ?fields=a,b names, and id and href besides. */
static json_t *
select_fields(const struct vg_call *call, json_t *document)
{
	const char *fields = vg_call_query(call, "fields");
	json_t *kept;

	if (fields == NULL)
		return document;
	kept = json_object();
	for (const char *name = fields; *name != '\0'; name += strspn(name, ",")) {
		size_t length = strcspn(name, ",");
		char key[64];

		if (length < sizeof(key)) {
			memcpy(key, name, length);
			key[length] = '\0';
			json_object_set(kept, key, json_object_get(document, key));
		}
		name += length;
	}
	json_object_set(kept, "id", json_object_get(document, "id"));
	json_object_set(kept, "href", json_object_get(document, "href"));
	json_decref(document);
	return kept;
}

static json_t *
render(struct vg_call *call, int64_t id)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const struct vg_ticket *ticket = vg_core_ticket(core, id);
	struct vg_ticket_view view;

	if (ticket == NULL)
		return json_object();
	vg_ticket_view(core, ticket, vg_live_now_ms(call->api->live), &view, NULL, NULL);
	return document_of(call, ticket, &view);
}

/* Taking. */

static void
begin(struct reading *r, struct vg_call *call, const json_t *document, const char *source,
      int64_t at_ms)
{
	*r = (struct reading){.call = call, .document = document};
	r->event = (struct vg_event){
		.kind = VG_KIND_TICKET_REPORTED,
		.occurred_ms = at_ms,
		.source = source,
		.event_id = r->event_id,
		.source_order = at_ms, /* patches of one second keep their order */
		.actor = call->who->name,
		.import = "",
		.municipality = "",
		.body.ticket = {.ref = r->ref, .ticket = "", .reason = "", .title_digest = ""},
	};
}

static void
random_key(char *out)
{
	uint8_t random[16];

	vg_random(random, sizeof(random));
	vg_hex(random, sizeof(random), out);
}

static json_t *
kept_relations(const struct reading *r)
{
	const json_t *list = json_object_get(r->document, "troubleTicketRelationship"), *entry;
	json_t *kept = json_array();
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *type = json_string_value(json_object_get(entry, "relationshipType"));

		if (find_word(relations, type) >= 0)
			json_array_append_new(kept,
					      json_pack("{s:s, s:O}", "relationshipType", type,
							"id", json_object_get(entry, "id")));
	}
	return kept;
}

/* What is read of a document, and nothing else: no free text, no persons. New reference. */
static json_t *
kept_document(struct reading *r)
{
	static const char *const members[] = {"externalId",   "status",	       "statusChangeDate",
					      "ticketType",   "severity",      "priority",
					      "creationDate", "resolutionDate"};
	json_t *kept = json_object(), *parties = json_array(), *entities = json_array();
	const char *line = support_line(r), *why = text_of(r, "statusChangeReason");
	const json_t *channel = json_object_get(json_object_get(r->document, "channel"), "id");

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		json_t *value = json_object_get(r->document, members[i]);

		if (json_is_string(value))
			json_object_set(kept, members[i], value);
	}
	if (why != NULL && vg_word_find(VG_TF_REASON, why) >= 0)
		json_object_set_new(kept, "statusChangeReason", json_string(why));
	if (*r->ticket != '\0')
		json_object_set_new(kept, "id", json_string(r->ticket));
	put_related(parties, r->event.municipality, "customer", "Organization");
	put_related(parties, by_role(r, "relatedParty", "provider"), "provider", "Organization");
	put_related(parties, by_role(r, "relatedParty", "assignee"), "assignee", "Organization");
	put_related(entities, by_role(r, "relatedEntity", "affectedService"), "affectedService",
		    "Service");
	json_object_set_new(kept, "relatedParty", parties);
	json_object_set_new(kept, "relatedEntity", entities);
	json_object_set_new(kept, "troubleTicketRelationship", kept_relations(r));
	if (line != NULL)
		json_object_set_new(
			kept, "characteristic",
			json_pack("[{s:s, s:s}]", "name", "supportLine", "value", line));
	if (channel != NULL)
		json_object_set_new(kept, "channel", json_pack("{s:O}", "id", channel));
	return kept;
}

/* The customer when the agreement knows it, else whom the sender is bound to; "" = nobody. */
static const char *
known_owner(const struct reading *r)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(r->call->api->live));

	return agreement != NULL && r->event.has_municipality &&
			       vg_agreement_municipality(agreement, r->event.municipality) != NULL
		       ? r->event.municipality
		       : r->call->who->municipality;
}

static void
quarantine(struct reading *r)
{
	json_t *kept = kept_document(r);
	char *text = json_dumps(kept, JSON_COMPACT | JSON_SORT_KEYS);
	struct vg_event event = r->event;

	json_decref(kept);
	if (text == NULL) {
		vg_reply_json(r->call->request, 503, NULL);
		return;
	}
	(void)snprintf(r->event_id, sizeof(r->event_id), WAITS "%s", r->key);
	event.kind = VG_KIND_INTAKE_QUARANTINED;
	event.occurred_ms = event.source_order; /* when it came, which dates it once it is read */
	event.municipality = known_owner(r);
	event.has_municipality = *event.municipality != '\0';
	event.body.quarantine = (struct vg_quarantine_body){.mapping = MAPPING,
							    .reason = r->reason,
							    .field = r->field,
							    .value = r->value,
							    .payload = text};
	vg_take_event(
		r->call, &event,
		&(struct vg_take){.status = 202,
				  .extra = json_pack("{s:s, s:s, s:s}", "verdict", "quarantined",
						     "field", r->field, "reason", r->reason)});
	free(text);
}

static void
take(struct reading *r, const struct vg_take *how)
{
	struct vg_err err = {0};

	if (r->answered)
		return;
	(void)snprintf(r->event_id, sizeof(r->event_id), "tmf:%s", r->key);
	if (vg_take_check_references(r->call->who, &r->event, &err) != 0)
		vg_reply_problem(r->call->request, 422, "%s", err.text);
	else if (r->event.has_municipality && !vg_may_see(r->call->who, r->event.municipality))
		vg_reply_problem(r->call->request, 403,
				 "relatedParty.customer: %s speaks for %s only", r->call->who->name,
				 r->call->who->municipality);
	else if (r->field == NULL)
		vg_take_event(r->call, &r->event, how);
	else if (r->row == NULL)
		quarantine(r);
	else
		answer_waits(r, r->field, r->reason);
}

/* A create with an externalId may be sent again: its bytes are its identity. */
static void
key_create(struct reading *r)
{
	const char *external = text_of(r, "externalId"), *bytes;
	uint8_t digest[VG_SHA256_LEN];
	size_t length;

	if (external == NULL || *external == '\0') {
		random_key(r->key);
		return;
	}
	bytes = vg_request_body(r->call->request, &length);
	vg_sha256(bytes, length, digest);
	vg_hex(digest, sizeof(digest), r->key);
}

static void
read_create(struct reading *r)
{
	const char *external = text_of(r, "externalId");
	int64_t at_ms;

	if (external != NULL && *external != '\0')
		r->event.body.ticket.ref = external;
	else
		(void)snprintf(r->ref, sizeof(r->ref), "T-%.12s", r->key);
	state_number(r, VG_TF_STATUS, VG_STATUS_NEW);
	state_number(r, VG_TF_CHANNEL, VG_CHANNEL_API);
	read_document(r);
	if (read_time(r, "creationDate", &at_ms) && at_ms <= r->event.occurred_ms) {
		state_number(r, VG_TF_OPENED, at_ms);
		r->event.occurred_ms = at_ms;
	}
}

/* What the standard demands of a create. */
static void
require(struct reading *r)
{
	static const char *const members[] = {"description", "severity", "ticketType"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (text_of(r, members[i]) == NULL)
			refuse(r, "%s: missing; expected a string", members[i]);
}

void
vg_tmf_post(struct vg_call *call)
{
	json_t *document = vg_call_object(call);
	struct reading r;

	if (document == NULL)
		return;
	begin(&r, call, document, call->who->source, vg_live_now_ms(call->api->live));
	require(&r);
	key_create(&r);
	read_create(&r);
	take(&r, &(struct vg_take){.title = json_string_value(json_object_get(document, "name")),
				   .render = render});
	json_decref(document);
}

/* A ticket of another source is named by that source's reference, and ours is put beside it. */
static void
name_patch(struct reading *r, const struct vg_ticket *ticket)
{
	struct vg_ticket_body *body = &r->event.body.ticket;

	(void)snprintf(r->ticket, sizeof(r->ticket), "V-%" PRId64, vg_ticket_id(ticket));
	for (size_t i = 0; i < vg_ticket_ref_count(ticket); i++)
		if (strcmp(vg_ticket_ref(ticket, i).source, r->event.source) == 0) {
			body->ref = vg_ticket_ref(ticket, i).ref;
			return;
		}
	body->ref = r->ticket;
	body->also_count = 1;
	body->also[0] = vg_ticket_ref(ticket, 0);
}

static void
read_patch(struct reading *r, const struct vg_ticket *ticket)
{
	int64_t at_ms;

	name_patch(r, ticket);
	read_document(r);
	if (read_time(r, "statusChangeDate", &at_ms) && at_ms <= r->event.occurred_ms)
		r->event.occurred_ms = at_ms;
}

void
vg_tmf_patch(struct vg_call *call)
{
	struct vg_ticket_view view;
	const struct vg_ticket *ticket = vg_call_ticket(call, &view);
	json_t *document;
	struct reading r;

	if (ticket == NULL || (document = vg_call_object(call)) == NULL)
		return;
	begin(&r, call, document, call->who->source, vg_live_now_ms(call->api->live));
	random_key(r.key);
	read_patch(&r, ticket);
	take(&r, &(struct vg_take){.title = json_string_value(json_object_get(document, "name")),
				   .status = 200,
				   .render = render});
	json_decref(document);
}

/* Taking in again. */

struct wanted {
	int64_t seq;
	const struct vg_quarantined *row;
};

/* A row that waits has not changed since it came, so it is the first that changed at its sequence.
 */
static bool
on_object(const struct vg_object *object, void *arg)
{
	struct wanted *wanted = arg;

	if (object->changed_seq > wanted->seq)
		return false;
	if (object->type == VG_OBJECT_QUARANTINED && object->of.quarantined->seq == wanted->seq)
		wanted->row = object->of.quarantined;
	return wanted->row == NULL;
}

/* The row of ours that the path names; NULL: then the call is answered. */
static const struct vg_quarantined *
find_row(struct vg_call *call)
{
	const char *text = call->param[0];
	struct wanted wanted = {0};

	if (strspn(text, "0123456789") == strlen(text) && strlen(text) <= 15)
		wanted.seq = strtoll(text, NULL, 10);
	if (wanted.seq > 0)
		vg_core_changed_since(vg_live_core(call->api->live), wanted.seq - 1, on_object,
				      &wanted);
	if (wanted.row != NULL && strcmp(wanted.row->mapping, MAPPING) == 0 &&
	    strncmp(wanted.row->event_id, WAITS, strlen(WAITS)) == 0 &&
	    vg_may_see(call->who, wanted.row->municipality))
		return wanted.row;
	vg_reply_problem(call->request, 404,
			 "no TMF621 document %.100s waits in quarantine; expected its sequence",
			 text);
	return NULL;
}

static void
retake(struct vg_call *call, const struct vg_quarantined *row, const json_t *document)
{
	const char *id = json_string_value(json_object_get(document, "id"));
	const struct vg_ticket *ticket = NULL;
	struct reading r;

	begin(&r, call, document, row->source, row->occurred_ms);
	r.row = row;
	(void)snprintf(r.key, sizeof(r.key), "%s", row->event_id + strlen(WAITS));
	if (id != NULL)
		ticket = vg_core_ticket_find_text(vg_live_core(call->api->live), row->source, id);
	if (id == NULL)
		read_create(&r);
	else if (ticket != NULL)
		read_patch(&r, ticket);
	else
		unknown(&r, "id", id, "no such ticket any more");
	take(&r, &(struct vg_take){0});
}

void
vg_tmf_retake(struct vg_call *call)
{
	json_t *nothing = vg_call_object(call), *document;
	const struct vg_quarantined *row;

	if (nothing == NULL)
		return;
	json_decref(nothing);
	row = find_row(call);
	if (row == NULL)
		return;
	document = json_loads(row->payload, 0, NULL);
	if (document == NULL)
		vg_reply_json(call->request, 503, NULL);
	else
		retake(call, row, document);
	json_decref(document);
}

void
vg_tmf_get(struct vg_call *call)
{
	struct vg_ticket_view view;
	const struct vg_ticket *ticket = vg_call_ticket(call, &view);

	if (ticket != NULL)
		vg_reply_json(call->request, 200,
			      select_fields(call, document_of(call, ticket, &view)));
}

void
vg_tmf_list(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	int64_t offset = 0, limit = LIST_DEFAULT, looked_at = 0, seen = 0;
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	const struct vg_ticket *ticket = NULL;
	struct vg_ticket_view view;
	json_t *list;

	if (!vg_call_number(call, "offset", 0, LOOKED_AT_MAX, &offset) ||
	    !vg_call_number(call, "limit", 1, LIST_MAX, &limit))
		return;
	list = json_array();
	while ((ticket = vg_core_ticket_next(core, ticket)) != NULL &&
	       (int64_t)json_array_size(list) < limit && looked_at++ < LOOKED_AT_MAX) {
		vg_ticket_view(core, ticket, now_ms, &view, NULL, NULL);
		if (vg_may_see(call->who, view.text[VG_TF_MUNICIPALITY]) && seen++ >= offset)
			json_array_append_new(
				list, select_fields(call, document_of(call, ticket, &view)));
	}
	vg_reply_json(call->request, 200, list);
}
