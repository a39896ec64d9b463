/* fee/link.c - whose decisions follow from something else than their own facts.
 *
 * A ticket may name another ticket, an outage record, a window or an alarm, and its decision then
 * follows from that (semantics.md 2.3, rows 9, 10 and 12). When the thing changes, the tickets that
 * name it are marked as changed, so that what was remembered or written of their decisions is made
 * anew.
 *
 * Dependents are filed under what they name: a ticket by its id, or, while nobody knows it, by the
 * reference. The hard thing is that they only ever gather: a ticket that names something else later
 * is still filed here. So what is filed is a hint, and each is asked again before it is marked;
 * then a core from its checkpoint, which files everybody anew, marks the same. */
#include "core/fee/course.h"

#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

#define LINKS_TO_TICKETS                                                                           \
	(VG_TF_BIT(VG_TF_REOPEN_OF) | VG_TF_BIT(VG_TF_MAJOR_INCIDENT) | VG_TF_BIT(VG_TF_PROBLEM))
#define LINKS_TO_CAUSES (VG_TF_BIT(VG_TF_OUTAGE) | VG_TF_BIT(VG_TF_WINDOW) | VG_TF_BIT(VG_TF_ALARM))
#define LINKS		(LINKS_TO_TICKETS | LINKS_TO_CAUSES)

/* What is named. kind: 'V', 'O', 'W', 'A' with our own number, or REFERENCE with pool ids. */
#define REFERENCE '?'
struct target {
	char kind;
	uint32_t source; /* REFERENCE only */
	int64_t id;	 /* of a window: its series */
};

/* Who names it. There are no more of them than tickets, and a ticket is filed at most once for each
 * statement of a link. */
struct dependents {
	struct target target;
	struct vg_ticket **ticket; /* by id */
	size_t n, size;
};

static bool
same(const struct target *a, const struct target *b)
{
	return a->kind == b->kind && a->source == b->source && a->id == b->id;
}

static bool
is_of(const void *thing, const void *key)
{
	return same(&((const struct dependents *)thing)->target, key);
}

static uint64_t
hash_of(const struct target *target)
{
	uint64_t hash = (uint64_t)target->id * UINT64_C(0x9e3779b97f4a7c15);

	return hash ^ ((uint64_t)target->source << 8 | (uint64_t)target->kind);
}

static struct dependents *
find(const struct vg_core *core, const struct target *target)
{
	return vg_index_find(&core->fee_links.index, hash_of(target), is_of, target);
}

/* --- what a ticket names --- */

static struct vg_ticket *
root_of(const struct vg_core *core, struct vg_ticket *ticket)
{
	while (ticket != NULL && ticket->merged_into != 0)
		ticket = vg_core_ticket_exact(core, ticket->merged_into);
	return ticket;
}

/* A ticket that is known goes by the id of what it is now a part of, shown or not. */
static struct target
ticket_target(const struct vg_core *core, const struct vg_fact *fact, enum vg_ticket_field field)
{
	struct vg_ticket_ref_id ref = {fact->source, (uint32_t)vg_fact_number(fact, field)};
	struct vg_ticket *ticket;
	int64_t id, n;

	if (vg_own_id(vg_pool_get(core->pool, ref.ref), 'V', &id, &n) && n < 0) {
		ticket = root_of(core, vg_core_ticket_exact(core, id));
		return (struct target){.kind = 'V', .id = ticket != NULL ? ticket->id : id};
	}
	ticket = vg_core_ref_find(core, ref);
	if (ticket != NULL)
		return (struct target){.kind = 'V', .id = ticket->id};
	return (struct target){.kind = REFERENCE, .source = ref.source, .id = ref.ref};
}

/* False when the field names nothing. */
static bool
target_of(const struct vg_core *core, const struct vg_ticket *ticket, enum vg_ticket_field field,
	  struct target *out)
{
	const struct vg_fact *fact = vg_fact_stating(core, ticket, field);
	const char *text;
	int64_t n;

	if (fact == NULL || vg_fact_number(fact, field) == 0)
		return false;
	if ((LINKS_TO_TICKETS & VG_TF_BIT(field)) != 0) {
		*out = ticket_target(core, fact, field);
		return true;
	}
	text = vg_pool_get(core->pool, (uint32_t)vg_fact_number(fact, field));
	*out = (struct target){.kind = text[0]};
	return strchr("OWA", text[0]) != NULL && vg_own_id(text, text[0], &out->id, &n);
}

static bool
names(const struct vg_core *core, const struct vg_ticket *ticket, const struct target *target)
{
	struct target named;

	for (uint64_t rest = LINKS; rest != 0; rest &= rest - 1) {
		if (target_of(core, ticket, (enum vg_ticket_field)__builtin_ctzll(rest), &named) &&
		    same(&named, target))
			return true;
	}
	return false;
}

/* --- filing --- */

static int
put(struct vg_core *core, const struct target *target, struct dependents **out)
{
	struct dependents *made;

	if ((*out = find(core, target)) != NULL)
		return 0;
	if ((made = calloc(1, sizeof(*made))) == NULL)
		return VG_CORE_ENOMEM;
	made->target = *target;
	if (vg_index_put(&core->fee_links.index, hash_of(target), made) != 0) {
		free(made);
		return VG_CORE_ENOMEM;
	}
	core->fee_links.bytes += sizeof(*made);
	*out = made;
	return 0;
}

static void
drop(struct vg_core *core, struct dependents *dependents)
{
	vg_index_set(&core->fee_links.index, hash_of(&dependents->target), dependents, NULL);
	core->fee_links.bytes -=
		sizeof(*dependents) + dependents->size * sizeof(struct vg_ticket *);
	free(dependents->ticket);
	free(dependents);
}

/* At its place, once. */
static int
add(struct vg_core *core, struct dependents *to, struct vg_ticket *ticket)
{
	size_t i = 0, end = to->n, size = to->size;

	while (i < end) {
		size_t middle = i + (end - i) / 2;

		if (to->ticket[middle]->id < ticket->id)
			i = middle + 1;
		else
			end = middle;
	}
	if (i < to->n && to->ticket[i] == ticket)
		return 0;
	if (vg_core_reserve((void **)&to->ticket, &to->size, to->n + 1,
			    sizeof(struct vg_ticket *)) != 0)
		return VG_CORE_ENOMEM;
	core->fee_links.bytes += (to->size - size) * sizeof(struct vg_ticket *);
	memmove(&to->ticket[i + 1], &to->ticket[i], (to->n - i) * sizeof(struct vg_ticket *));
	to->ticket[i] = ticket;
	to->n++;
	return 0;
}

static int
file(struct vg_core *core, struct vg_ticket *ticket, uint64_t links)
{
	struct dependents *dependents;
	struct target target;

	for (uint64_t rest = links; rest != 0; rest &= rest - 1) {
		if (target_of(core, ticket, (enum vg_ticket_field)__builtin_ctzll(rest), &target) &&
		    (put(core, &target, &dependents) != 0 || add(core, dependents, ticket) != 0))
			return VG_CORE_ENOMEM;
	}
	return 0;
}

/* What was filed under a name goes to the ticket that has it now. */
static int
refile(struct vg_core *core, const struct target *name, const struct vg_ticket *root)
{
	struct target target = {.kind = 'V', .id = root->id};
	struct dependents *from = find(core, name), *to;

	if (from == NULL)
		return 0;
	if (put(core, &target, &to) != 0)
		return VG_CORE_ENOMEM;
	for (size_t i = 0; i < from->n; i++) {
		if (add(core, to, from->ticket[i]) != 0)
			return VG_CORE_ENOMEM;
	}
	drop(core, from);
	return 0;
}

/* Those that name it no longer are let go. */
static void
mark(struct vg_core *core, const struct target *target)
{
	struct dependents *dependents = find(core, target);
	size_t kept = 0;

	if (dependents == NULL)
		return;
	for (size_t i = 0; i < dependents->n; i++) {
		struct vg_ticket *ticket = dependents->ticket[i];

		if (!names(core, ticket, target))
			continue;
		vg_core_mark(core, &ticket->link, &ticket->changed_seq);
		dependents->ticket[kept++] = ticket;
	}
	dependents->n = kept;
	if (kept == 0)
		drop(core, dependents);
}

/* --- what happens --- */

int
vg_fee_ticket_settled(struct vg_core *core, struct vg_ticket *ticket, uint64_t stated)
{
	struct target own = {.kind = 'V', .id = ticket->id};
	struct vg_ticket *root = root_of(core, ticket);
	int rc = file(core, ticket, stated & LINKS);

	if (core->fee_links.index.n == 0)
		return rc;
	for (uint16_t i = 0; i < ticket->refs && rc == 0; i++) {
		struct target name = {.kind = REFERENCE,
				      .source = ticket->ref[i].source,
				      .id = ticket->ref[i].ref};

		rc = refile(core, &name, root);
	}
	if (rc == 0 && root != ticket)
		rc = refile(core, &own, root);
	else if (rc == 0)
		mark(core, &own);
	return rc;
}

void
vg_fee_cause_changed(struct vg_core *core, char kind, int64_t id)
{
	struct target target = {.kind = kind, .id = id};

	mark(core, &target);
}

int
vg_fee_links_derive(struct vg_core *core)
{
	for (size_t i = 0; i < core->tickets; i++) {
		struct vg_ticket *ticket = core->ticket[i];
		uint64_t stated = 0;

		for (uint32_t k = 0; k < ticket->facts; k++)
			stated |= ticket->fact[k]->set;
		if (file(core, ticket, stated & LINKS) != 0)
			return VG_CORE_ENOMEM;
	}
	return 0;
}

size_t
vg_fee_links_bytes(const struct vg_fee_links *links)
{
	return links->bytes + links->index.size * sizeof(struct vg_index_slot);
}

void
vg_fee_links_fini(struct vg_fee_links *links)
{
	for (size_t i = 0; i < links->index.size; i++) {
		struct dependents *dependents = links->index.slot[i].thing;

		if (dependents == NULL)
			continue;
		free(dependents->ticket);
		free(dependents);
	}
	vg_index_fini(&links->index);
	links->bytes = 0;
}
