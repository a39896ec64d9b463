/* core_import.c - imports: started once per file, finished with counts, revoked whole.
 *
 * First mappings are always wrong, so a whole import can be taken back. The hard thing is that
 * nothing is removed then: its facts stay, listed, and count for nothing, whatever came before or
 * after them. */
#include "core/core_private.h"

#include <string.h>

static struct vg_item *
find_import(const struct vg_core *core, const char *id)
{
	struct vg_item key = {.of.import_.id = id};

	return vg_item_find(core, VG_OBJECT_IMPORT, &key);
}

const struct vg_import *
vg_core_import(const struct vg_core *core, const char *id)
{
	const struct vg_item *item = find_import(core, id);

	return item != NULL ? &item->of.import_ : NULL;
}

static const struct vg_import *
same_file(const struct vg_core *core, const struct vg_import_body *body)
{
	const struct vg_items *items = &core->items[VG_OBJECT_IMPORT];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_import *import = &items->item[i]->of.import_;

		if (!import->revoked && strcmp(import->file_sha256, body->file_sha256) == 0 &&
		    strcmp(import->source, body->source) == 0)
			return import;
	}
	return NULL;
}

static int
resume_import(const struct vg_import *import, const struct vg_import_body *body,
	      struct vg_verdict *out)
{
	if (import->revoked)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "import %.80s was revoked: start it under another id",
				      import->id);
	if (strcmp(import->file_sha256, body->file_sha256) != 0 ||
	    strcmp(import->source, body->source) != 0)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "import %.80s was started with another file or source",
				      import->id);
	return 0;
}

static int
start_import(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_import_body *body = &event->body.import_;
	const struct vg_import *known = vg_core_import(core, body->id);
	struct vg_import import = {
		.seq = event->seq,
		.id = body->id,
		.source = body->source,
		.file = body->file,
		.file_sha256 = body->file_sha256,
		.mapping_sha256 = body->mapping_sha256,
		.actor = event->actor,
		.rows = -1,
		.taken = -1,
		.quarantined = -1,
		.malformed = -1,
	};

	if (known != NULL)
		return resume_import(known, body, out);
	known = same_file(core, body);
	if (known != NULL)
		return vg_verdict_set(
			out, VG_VERDICT_REFUSED,
			"the same file was imported from %.60s as %.80s: revoke that first",
			known->source, known->id);
	if (vg_items_full(core, VG_OBJECT_IMPORT, out, "imports"))
		return 0;
	return vg_item_add(core, VG_OBJECT_IMPORT, &import, NULL);
}

static int
finish_import(struct vg_core *core, struct vg_item *item, const struct vg_import_body *body)
{
	struct vg_import *import = &item->of.import_;

	import->rows = body->rows;
	import->taken = body->taken;
	import->quarantined = body->quarantined;
	import->malformed = body->malformed;
	import->finished = true;
	vg_item_mark(core, item);
	return 0;
}

int
vg_core_revoke_id(struct vg_core *core, uint32_t import)
{
	size_t i = core->revokeds;

	if (vg_core_reserve((void **)&core->revoked, &core->revokeds_size, core->revokeds + 1,
			    sizeof(*core->revoked)) != 0)
		return VG_CORE_ENOMEM;
	while (i > 0 && core->revoked[i - 1] > import)
		i--;
	memmove(&core->revoked[i + 1], &core->revoked[i],
		(core->revokeds - i) * sizeof(*core->revoked));
	core->revoked[i] = import;
	core->revokeds++;
	return 0;
}

static bool
touched_by(const struct vg_ticket *ticket, uint32_t import)
{
	for (uint32_t i = 0; i < ticket->facts; i++) {
		if (ticket->fact[i]->import == import)
			return true;
	}
	return false;
}

static int
revoke_import(struct vg_core *core, struct vg_item *item)
{
	int64_t id = vg_pool_put(core->pool, item->of.import_.id);
	int rc;

	if (id < 0 || vg_core_revoke_id(core, (uint32_t)id) != 0)
		return VG_CORE_ENOMEM;
	item->of.import_.revoked = true;
	vg_item_mark(core, item);
	for (size_t i = 0; i < core->tickets; i++) {
		if (touched_by(core->ticket[i], (uint32_t)id) &&
		    (rc = vg_core_ticket_settle(core, core->ticket[i], INT64_MIN, NULL)) != 0)
			return rc;
	}
	return vg_core_probes_revoked(core, (uint32_t)id);
}

int
vg_core_import_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_import_body *body = &event->body.import_;
	struct vg_item *item = find_import(core, body->id);

	if (event->kind == VG_KIND_IMPORT_STARTED)
		return start_import(core, event, out);
	if (item == NULL)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "no import %.100s", body->id);
	if (item->of.import_.revoked)
		return vg_verdict_set(out, VG_VERDICT_REFUSED, "import %.100s is revoked already",
				      body->id);
	if (event->kind == VG_KIND_IMPORT_FINISHED)
		return finish_import(core, item, body);
	return revoke_import(core, item);
}
