/* hooks.c - webhooks through mappings.
 *
 * A webhook has no identity of its own, and its sender tries again when an answer is lost: so the
 * digest of its bytes is the identity, and the same bytes are one event. What is quarantined is
 * known by the payload that is kept of it, so trying that again adds nothing as long as it cannot
 * be mapped, and makes an event once it can. The order of arrival settles ties at the same instant.
 */
#include "daemon/intake/hooks.h"

#include "daemon/intake/api.h"
#include "lib/crypto/crypto.h"
#include "lib/mapping/mapping.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hook {
	char name[100]; /* SOURCE of the address: the file's name */
	struct vg_mapping *mapping;
	struct vg_mapping_run *run;
	int64_t agreement_seq; /* that the run was made with; -1 = not yet */
};

struct vg_hooks {
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
	if (strcmp(file, "tmf621.yaml") == 0) {
		vg_yaml_error(
			errors, &here,
			"tmf621.yaml: the name is taken by TMF621 documents; expected another");
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

struct vg_hooks *
vg_hooks_load(const char *directory, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node here = {.file = directory};
	struct vg_hooks *hooks = calloc(1, sizeof(*hooks));
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
find_hook(struct vg_call *call)
{
	struct vg_hooks *hooks = call->api->hooks;
	const char *name = call->param[0];

	for (size_t i = 0; i < hooks->count; i++) {
		struct hook *hook = &hooks->hook[i];

		if (strcmp(hook->name, name) != 0)
			continue;
		if (strcmp(vg_mapping_source(hook->mapping), call->who->source) != 0 &&
		    !(call->who->rights & VG_RIGHT_CORRECT)) {
			vg_reply_problem(call->request, 403, "%s is not the source %s",
					 call->who->name, vg_mapping_source(hook->mapping));
			return NULL;
		}
		return hook;
	}
	vg_reply_problem(call->request, 404, "no mapping %.100s", name);
	return NULL;
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
	const struct vg_event event = {
		.kind = VG_KIND_INTAKE_QUARANTINED,
		.occurred_ms = vg_live_now_ms(call->api->live),
		.source = vg_mapping_source(hook->mapping),
		.event_id = identity.text,
		.actor = call->who->name,
		.municipality = "",
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

void
vg_post_hook(struct vg_call *call)
{
	static const char *const types[] = {"application/json", "application/cloudevents+json",
					    NULL};
	struct hook *hook = find_hook(call);
	struct identity identity;
	struct vg_mapped_row row;
	const char *bytes;
	size_t length;

	if (hook == NULL || !vg_call_type_is(call, types))
		return;
	if (!refresh(hook, vg_live_core(call->api->live))) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	bytes = vg_request_body(call->request, &length);
	identity = identity_of("hook", bytes, length);
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
