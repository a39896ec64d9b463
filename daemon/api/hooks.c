/* hooks.c - webhooks through mappings.
 *
 * A webhook has no identity of its own, and its sender tries again when an answer is lost. Of a
 * ticket the digest of its bytes is the identity, and the same bytes are one event; of an alarm the
 * same again is one more notice, which changes nothing, unless it is signed or a CloudEvent, which
 * tell apart. What is quarantined is known by the payload that is kept of it, so trying that again
 * adds nothing as long as it cannot be mapped, and makes an event once it can. The order of arrival
 * settles ties at the same instant. */
#include "daemon/api/hooks.h"

#include "daemon/api/api.h"
#include "daemon/api/sending.h"
#include "daemon/api/hook_cloudevents.h"
#include "lib/base/log.h"
#include "lib/crypto/crypto.h"
#include "lib/mapping/alertmanager.h"
#include "lib/mapping/mapping.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALERTMANAGER "alertmanager" /* read without a mapping */
#define CLOUDEVENTS  "cloudevents"  /* read by the mapping of their type or, without one, this */

struct hook {
	char name[100]; /* SOURCE of the address: the file's name */
	struct vg_mapping *mapping;
	struct vg_mapping_run *run;
	int64_t agreement_seq; /* that the run was made with; -1 = not yet */
};

struct vg_hooks {
	struct vg_alertmanager *alertmanager;
	struct vg_replays *replays;
	/* of the document that is mapped */
	struct vg_notice *notice;
	size_t notices, size;
	size_t count;
	struct hook hook[VG_HOOKS_MAX];
};

static void
load_one(struct vg_hooks *hooks, const char *directory, const char *file,
	 struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node here = {.file = directory};
	struct hook *hook = &hooks->hook[hooks->count];
	size_t length = strlen(file);
	char path[4096];

	if (length <= 5 || strcmp(file + length - 5, ".yaml") != 0 ||
	    length - 5 >= sizeof(hook->name))
		return;
	if (strcmp(file, "tmf621.yaml") == 0 || strcmp(file, ALERTMANAGER ".yaml") == 0) {
		vg_yaml_error(errors, &here,
			      "%s: the name is taken by what needs no mapping; expected another",
			      file);
		return;
	}
	if (hooks->count == VG_HOOKS_MAX) {
		vg_yaml_error(errors, &here, "expected at most %d mappings", VG_HOOKS_MAX);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", directory, file);
	hook->mapping = vg_mapping_load(path, errors);
	if (hook->mapping == NULL)
		return;
	if (strcmp(vg_mapping_format(hook->mapping), "csv") == 0) {
		vg_mapping_free(hook->mapping); /* for files, not for webhooks */
		hook->mapping = NULL;
		return;
	}
	memcpy(hook->name, file, length - 5);
	hook->name[length - 5] = '\0';
	hook->agreement_seq = -1;
	hooks->count++;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct hook *)a)->name, ((const struct hook *)b)->name);
}

static struct vg_hooks *
new_hooks(void)
{
	struct vg_hooks *hooks = calloc(1, sizeof(*hooks));

	if (hooks == NULL)
		return NULL;
	hooks->alertmanager = vg_alertmanager_new();
	hooks->replays = vg_replays_new();
	if (hooks->alertmanager != NULL && hooks->replays != NULL)
		return hooks;
	vg_hooks_free(hooks);
	return NULL;
}

struct vg_hooks *
vg_hooks_load(const char *directory, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node here = {.file = directory};
	struct vg_hooks *hooks = new_hooks();
	size_t before = errors->count;
	struct dirent *entry;
	DIR *dir;

	if (hooks == NULL || *directory == '\0')
		return hooks;
	dir = opendir(directory);
	if (dir == NULL)
		vg_yaml_error(errors, &here, "cannot read the mappings: %s", strerror(errno));
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		load_one(hooks, directory, entry->d_name, errors);
	if (dir != NULL)
		(void)closedir(dir);
	if (errors->count > before) {
		vg_hooks_free(hooks);
		return NULL;
	}
	qsort(hooks->hook, hooks->count, sizeof(hooks->hook[0]), by_name);
	return hooks;
}

void
vg_hooks_free(struct vg_hooks *hooks)
{
	if (hooks == NULL)
		return;
	for (size_t i = 0; i < hooks->count; i++) {
		vg_mapping_run_free(hooks->hook[i].run);
		vg_mapping_free(hooks->hook[i].mapping);
	}
	vg_alertmanager_free(hooks->alertmanager);
	if (hooks->replays != NULL)
		vg_replays_free(hooks->replays);
	free(hooks->notice);
	free(hooks);
}

/* A run knows the agreement it was made with: a new version makes a new run. */
static bool
refresh(struct hook *hook, const struct vg_core *core)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(core);
	int64_t seq = agreement == NULL ? 0 : agreement->seq;

	if (hook->run != NULL && hook->agreement_seq == seq)
		return true;
	vg_mapping_run_free(hook->run);
	hook->run = vg_mapping_run_new(hook->mapping, agreement);
	hook->agreement_seq = seq;
	return hook->run != NULL;
}

static struct hook *
find_named(struct vg_hooks *hooks, const char *name)
{
	for (size_t i = 0; i < hooks->count; i++)
		if (strcmp(hooks->hook[i].name, name) == 0)
			return &hooks->hook[i];
	return NULL;
}

static bool
may_speak(const struct vg_call *call, const struct hook *hook)
{
	return strcmp(vg_mapping_source(hook->mapping), call->who->source) == 0 ||
	       (call->who->rights & VG_RIGHT_CORRECT);
}

static struct hook *
find_hook(struct vg_call *call)
{
	struct hook *hook = find_named(call->api->hooks, call->param[0]);

	if (hook == NULL) {
		vg_reply_problem(call->request, 404, "no mapping %.100s", call->param[0]);
	} else if (!may_speak(call, hook)) {
		vg_reply_problem(call->request, 403, "%s is not the source %s", call->who->name,
				 vg_mapping_source(hook->mapping));
		hook = NULL;
	}
	return hook;
}

struct identity {
	char text[12 + VG_HEX_LEN(VG_SHA256_LEN)];
};

static struct identity
identity_of(const char *kind, const char *bytes, size_t length)
{
	char hex[VG_HEX_LEN(VG_SHA256_LEN)];
	uint8_t digest[VG_SHA256_LEN];
	struct identity identity;

	vg_sha256(bytes, length, digest);
	(void)snprintf(identity.text, sizeof(identity.text), "%s:%s", kind,
		       vg_hex(digest, sizeof(digest), hex));
	return identity;
}

static void
take_mapped(struct vg_call *call, const struct hook *hook, struct vg_mapped_row *row,
	    const struct identity *identity)
{
	struct vg_event *event = &row->event;

	event->source = vg_mapping_source(hook->mapping);
	event->actor = call->who->name;
	event->import = "";
	event->event_id = identity->text;
	event->source_order = vg_live_now_ms(call->api->live);
	if (event->has_municipality && !vg_may_see(call->who, event->municipality))
		vg_reply_problem(call->request, 403, "municipality: %s speaks for %s only",
				 call->who->name, call->who->municipality);
	else
		vg_take_event(call, event, &(struct vg_take){.title = row->title});
}

static void
quarantine(struct vg_call *call, const struct hook *hook, const struct vg_mapped_row *row)
{
	const struct identity identity =
		identity_of("quarantine", row->payload, strlen(row->payload));
	const char *municipality = vg_may_see(call->who, row->event.municipality)
					   ? row->event.municipality
					   : call->who->municipality;
	const struct vg_event event = {
		.kind = VG_KIND_INTAKE_QUARANTINED,
		.occurred_ms = row->event.occurred_ms,
		.source = vg_mapping_source(hook->mapping),
		.event_id = identity.text,
		.actor = call->who->name,
		.has_municipality = *municipality != '\0',
		.municipality = municipality,
		.import = "",
		.body.quarantine = {.mapping = hook->name,
				    .reason = row->reason,
				    .field = row->field,
				    .value = row->value,
				    .payload = row->payload},
	};

	vg_take_event(
		call, &event,
		&(struct vg_take){.status = 202,
				  .extra = json_pack("{s:s, s:s, s:s}", "verdict", "quarantined",
						     "reason", row->reason, "field", row->field)});
}

static void
take_ticket(struct vg_call *call, struct hook *hook, const char *bytes, size_t length)
{
	const struct identity identity = identity_of("hook", bytes, length);
	struct vg_mapped_row row;

	vg_mapping_document(hook->run, bytes, length, 1, &row);
	switch (row.outcome) {
	case VG_MAPPED_EVENT:
		take_mapped(call, hook, &row, &identity);
		break;
	case VG_MAPPED_QUARANTINE:
		quarantine(call, hook, &row);
		break;
	case VG_MAPPED_MALFORMED:
		vg_reply_problem(call->request, 422, "%s: %s", row.field, row.reason);
		break;
	case VG_MAPPED_IGNORED:
		vg_reply_json(call->request, 202, json_pack("{s:s}", "verdict", "ignored"));
		break;
	}
}

/* Alarms. */

/* A document on its way through a mapping of alarms. */
struct mapping_alarms {
	struct vg_hooks *hooks;
	const struct hook *hook;
	struct vg_sending *sending;
	bool since; /* the notices so far are told so; a file says it of all */
};

static bool
keep_notice(struct vg_hooks *hooks, const struct vg_notice *notice)
{
	size_t size = hooks->size == 0 ? 64 : 2 * hooks->size;
	struct vg_notice *grown;

	if (hooks->notices == hooks->size) {
		if ((grown = realloc(hooks->notice, size * sizeof(*grown))) == NULL)
			return false;
		hooks->notice = grown;
		hooks->size = size;
	}
	hooks->notice[hooks->notices++] = *notice;
	return true;
}

static bool
on_alarm(const struct vg_mapped_row *row, void *arg)
{
	struct mapping_alarms *m = arg;
	const char *name = m->hook->name;
	struct vg_notice notice;

	switch (row->outcome) {
	case VG_MAPPED_EVENT:
		notice = *row->event.body.notices.notice;
		notice.rule = name;
		m->since = m->since || row->since;
		if (keep_notice(m->hooks, &notice))
			return true;
		vg_sending_refuse(m->sending, 503, "out of memory");
		return false;
	case VG_MAPPED_QUARANTINE:
		vg_sending_aside(m->sending, vg_mapping_source(m->hook->mapping), name, row);
		return true;
	case VG_MAPPED_IGNORED:
		if (row->title != NULL)
			vg_log(VG_LOG_WARNING, "hook.told", VG_LOG_TEXT("hook", name),
			       VG_LOG_TEXT("said", row->title));
		vg_sending_ignored(m->sending, 1);
		return true;
	case VG_MAPPED_MALFORMED:
		break;
	}
	vg_sending_refuse(m->sending, 422, "%s%s%s", row->field, *row->field != '\0' ? ": " : "",
			  row->reason);
	return false;
}

/* The document's notices into hooks->notice; what cannot be mapped is on its way already. */
static void
map_alarms(struct mapping_alarms *m, struct vg_call *call, const char *bytes, size_t length)
{
	m->hooks->notices = 0;
	m->since = false;
	vg_mapping_alarms(m->hook->run, bytes, length, vg_live_now_ms(call->api->live), on_alarm,
			  m);
}

static void
take_alarms(struct vg_call *call, struct hook *hook, const char *bytes, size_t length)
{
	struct vg_hooks *hooks = call->api->hooks;
	struct mapping_alarms m = {
		.hooks = hooks, .hook = hook, .sending = vg_sending_begin(call, hooks->replays)};

	if (m.sending == NULL)
		return;
	map_alarms(&m, call, bytes, length);
	if (!vg_sending_is_refused(m.sending))
		vg_sending_notices(m.sending, vg_mapping_source(hook->mapping), hooks->notice,
				   hooks->notices, m.since);
	vg_sending_end(m.sending);
}

static void
take_alertmanager(struct vg_call *call, const char *bytes, size_t length)
{
	struct vg_hooks *hooks = call->api->hooks;
	struct vg_sending *sending = vg_sending_begin(call, hooks->replays);
	struct vg_notice *notice;
	struct vg_err err = {0};
	size_t count;
	int rc;

	if (sending == NULL)
		return;
	rc = vg_alertmanager_read(hooks->alertmanager, bytes, length,
				  vg_core_agreement_latest(vg_live_core(call->api->live)), &notice,
				  &count, &err);
	if (rc == 0)
		vg_sending_notices(sending, call->who->source, notice, count, true);
	else
		vg_sending_refuse(sending, vg_status_of(rc, vg_err_text(&err, rc)), "%s",
				  vg_err_text(&err, rc));
	vg_sending_end(sending);
}

/* CloudEvents. */

struct cloudevents {
	struct vg_call *call;
	struct vg_sending *sending;
};

/* The first mapping that names the type, else the one that is called as the address. */
static struct hook *
hook_of_type(struct vg_hooks *hooks, const char *type)
{
	for (size_t i = 0; i < hooks->count; i++)
		if (vg_mapping_takes_type(hooks->hook[i].mapping, type))
			return &hooks->hook[i];
	return find_named(hooks, CLOUDEVENTS);
}

/* One row of the ledger, known by its source and id, so that the same event is taken once. */
static void
submit_cloudevent(struct cloudevents *c, const struct mapping_alarms *m,
		  const struct vg_cloudevent *cloudevent)
{
	struct vg_hooks *hooks = m->hooks;
	char key[4096];
	int length = snprintf(key, sizeof(key), "%s%c%s", cloudevent->source, '\n', cloudevent->id);
	const struct identity identity = identity_of(
		"ce", key, (size_t)length < sizeof(key) ? (size_t)length : sizeof(key) - 1);
	const struct vg_event event = {
		.kind = VG_KIND_ALARMS_REPORTED,
		.occurred_ms = vg_live_now_ms(c->call->api->live),
		.source = vg_mapping_source(m->hook->mapping),
		.event_id = identity.text,
		.actor = c->call->who->name,
		.municipality = "",
		.import = "",
		.body.notices = {.count = hooks->notices, .notice = hooks->notice},
	};

	if (!vg_sending_complete(c->sending, hooks->notice, hooks->notices, m->since))
		return;
	if ((size_t)length >= sizeof(key))
		vg_sending_refuse(c->sending, 422, "id and source: expected less than 4 KiB");
	else if (hooks->notices > VG_NOTICES_MAX)
		vg_sending_refuse(c->sending, 422, "data: expected at most %d alarms in an event",
				  VG_NOTICES_MAX);
	else if (hooks->notices > 0)
		vg_sending_event(c->sending, &event);
}

static bool
on_cloudevent(const struct vg_cloudevent *cloudevent, void *arg)
{
	struct cloudevents *c = arg;
	struct vg_hooks *hooks = c->call->api->hooks;
	struct hook *hook = hook_of_type(hooks, cloudevent->type);
	struct mapping_alarms m = {.hooks = hooks, .hook = hook, .sending = c->sending};

	if (hook == NULL)
		vg_sending_refuse(c->sending, 404, "type: no mapping for \"%.100s\"",
				  cloudevent->type);
	else if (!may_speak(c->call, hook))
		vg_sending_refuse(c->sending, 403, "%s is not the source %s", c->call->who->name,
				  vg_mapping_source(hook->mapping));
	else if (!refresh(hook, vg_live_core(c->call->api->live)))
		vg_sending_refuse(c->sending, 503, "out of memory");
	else
		map_alarms(&m, c->call, cloudevent->document, cloudevent->length);
	if (vg_sending_is_refused(c->sending))
		return false;
	submit_cloudevent(c, &m, cloudevent);
	return true;
}

static void
take_cloudevents(struct vg_call *call, const char *bytes, size_t length)
{
	struct cloudevents c = {.call = call,
				.sending = vg_sending_begin(call, call->api->hooks->replays)};
	struct vg_err err = {0};
	int rc;

	if (c.sending == NULL)
		return;
	rc = vg_cloudevents_read(vg_request_head(call->request), bytes, length, on_cloudevent, &c,
				 &err);
	if (rc != 0)
		vg_sending_refuse(c.sending, vg_status_of(rc, vg_err_text(&err, rc)), "%s",
				  vg_err_text(&err, rc));
	vg_sending_end(c.sending);
}

void
vg_post_hook(struct vg_call *call)
{
	static const char *const types[] = {"application/json", "application/cloudevents+json",
					    NULL};
	static const char *const lax[] = {"application/json", "text/plain", NULL};
	const char *bytes;
	struct hook *hook;
	size_t length;
	bool alarms;

	bytes = vg_request_body(call->request, &length);
	if (strcmp(call->param[0], ALERTMANAGER) == 0) {
		if (vg_call_type_is(call, lax))
			take_alertmanager(call, bytes, length);
		return;
	}
	if (strcmp(call->param[0], CLOUDEVENTS) == 0 &&
	    vg_cloudevents_are(vg_request_head(call->request))) {
		take_cloudevents(call, bytes, length);
		return;
	}
	if ((hook = find_hook(call)) == NULL)
		return;
	alarms = vg_mapping_kind(hook->mapping) == VG_KIND_ALARMS_REPORTED;
	if (!vg_call_type_is(call, alarms ? lax : types)) /* SNS says text/plain */
		return;
	if (!refresh(hook, vg_live_core(call->api->live)))
		vg_reply_json(call->request, 503, NULL);
	else if (alarms)
		take_alarms(call, hook, bytes, length);
	else
		take_ticket(call, hook, bytes, length);
}
