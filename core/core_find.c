/* core_find.c - tickets by reference, by id, in order.
 *
 * A ticket that was merged leads to the one that took its facts. References are looked up by open
 * addressing: there is one for every ticket at least, and a node each would cost as much as two
 * facts. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

static size_t
ref_home(const struct vg_core *core, struct vg_ticket_ref_id id)
{
	uint64_t key = (uint64_t)id.source << 32 | id.ref;

	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (core->refs_size - 1);
}

static struct vg_ref_slot *
ref_slot(const struct vg_core *core, struct vg_ticket_ref_id id)
{
	size_t i = ref_home(core, id);

	while (core->ref[i].ticket != NULL &&
	       (core->ref[i].id.ref != id.ref || core->ref[i].id.source != id.source))
		i = (i + 1) & (core->refs_size - 1);
	return &core->ref[i];
}

static int
grow_refs(struct vg_core *core)
{
	struct vg_ref_slot *old = core->ref;
	size_t old_size = core->refs_size;

	core->refs_size = old_size == 0 ? 64 : old_size * 2;
	core->ref = calloc(core->refs_size, sizeof(*core->ref));
	if (core->ref == NULL) {
		core->ref = old;
		core->refs_size = old_size;
		return VG_CORE_ENOMEM;
	}
	for (size_t i = 0; i < old_size; i++) {
		if (old[i].ticket != NULL)
			*ref_slot(core, old[i].id) = old[i];
	}
	free(old);
	return 0;
}

struct vg_ticket *
vg_core_ticket_exact(const struct vg_core *core, int64_t id)
{
	size_t low = 0, high = core->tickets;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (core->ticket[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < core->tickets && core->ticket[low]->id == id ? core->ticket[low] : NULL;
}

/* The ticket that now carries the matter. A younger ticket moves into an older one, so this ends.
 */
static struct vg_ticket *
root_of(const struct vg_core *core, struct vg_ticket *ticket)
{
	while (ticket != NULL && ticket->merged_into != 0)
		ticket = vg_core_ticket_exact(core, ticket->merged_into);
	return ticket;
}

struct vg_ticket *
vg_core_ref_find(const struct vg_core *core, struct vg_ticket_ref_id id)
{
	return core->refs_size == 0 ? NULL : root_of(core, ref_slot(core, id)->ticket);
}

int
vg_core_ref_index(struct vg_core *core, struct vg_ticket_ref_id id, struct vg_ticket *ticket)
{
	struct vg_ref_slot *slot;

	if ((core->refs + 1) * 4 > core->refs_size * 3 && grow_refs(core) != 0)
		return VG_CORE_ENOMEM;
	slot = ref_slot(core, id);
	if (slot->ticket != NULL)
		return 0;
	*slot = (struct vg_ref_slot){id, ticket};
	core->refs++;
	return 0;
}

/* Lookups for everybody. */

static const struct vg_ticket *
shown(const struct vg_ticket *ticket)
{
	return ticket != NULL && !ticket->vanished ? ticket : NULL;
}

size_t
vg_core_ticket_count(const struct vg_core *core)
{
	return core->tickets - core->vanished;
}

const struct vg_ticket *
vg_core_ticket(const struct vg_core *core, int64_t id)
{
	return shown(root_of(core, vg_core_ticket_exact(core, id)));
}

struct vg_ticket *
vg_core_ref_find_text(const struct vg_core *core, const char *source, const char *ref)
{
	int64_t source_id = vg_pool_find(core->pool, source);
	int64_t ref_id = vg_pool_find(core->pool, ref);

	if (source_id < 0 || ref_id < 0)
		return NULL;
	return vg_core_ref_find(core,
				(struct vg_ticket_ref_id){(uint32_t)source_id, (uint32_t)ref_id});
}

const struct vg_ticket *
vg_core_ticket_by_ref(const struct vg_core *core, const char *source, const char *ref)
{
	return shown(vg_core_ref_find_text(core, source, ref));
}

/* The number in "V-123"; 0 when the text is not of that form. */
static int64_t
own_number(const char *text)
{
	int64_t id = 0;

	if (strncmp(text, "V-", 2) != 0 || text[2] == '\0')
		return 0;
	for (text += 2; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || id > INT64_MAX / 10 - 1)
			return 0;
		id = id * 10 + (*text - '0');
	}
	return id;
}

const struct vg_ticket *
vg_core_ticket_find_text(const struct vg_core *core, const char *source, const char *text)
{
	int64_t id = own_number(text);

	if (id != 0)
		return vg_core_ticket(core, id);
	return source != NULL ? vg_core_ticket_by_ref(core, source, text) : NULL;
}

const struct vg_ticket *
vg_core_ticket_next(const struct vg_core *core, const struct vg_ticket *after)
{
	for (size_t i = after == NULL ? 0 : (size_t)after->index + 1; i < core->tickets; i++) {
		if (!core->ticket[i]->vanished)
			return core->ticket[i];
	}
	return NULL;
}
