/* rules_index.c - which rules a trap may fit, without asking the others.
 *
 * Rules are filed under the OID of the trap, or of the subtree, that they name. The order of the
 * files must hold across both, so the few lists that concern a trap are merged as they are walked.
 */
#include "lib/alarm/rules_private.h"

#include <string.h>

bool
vg_trap_key(const char *oid, char out[OID_MAX + 1])
{
	size_t length = strlen(oid);
	const char *last = strrchr(oid, '.');

	if (length > OID_MAX)
		return false;
	memcpy(out, oid, length + 1);
	if (last != NULL && last - oid > 2 && last[-1] == '0' && last[-2] == '.')
		memcpy(out + (last - oid) - 2, last, strlen(last) + 1);
	return true;
}

static size_t
arcs(const char *oid)
{
	size_t count = 1;

	for (; (oid = strchr(oid, '.')) != NULL; oid++)
		count++;
	return count;
}

bool
vg_index_add(struct vg_rules *rules, const char *oid, bool subtree, struct entry *entry)
{
	struct bucket **table = subtree ? &rules->subtree : &rules->exact, *bucket;

	HASH_FIND_STR(*table, oid, bucket);
	if (bucket == NULL) {
		if ((bucket = vg_arena_take(&rules->arena, sizeof(*bucket))) == NULL ||
		    (bucket->oid = vg_arena_text(&rules->arena, oid, strlen(oid))) == NULL)
			return false;
		HASH_ADD_KEYPTR(hh, *table, bucket->oid, strlen(bucket->oid), bucket);
		if (bucket->hh.tbl == NULL)
			return false;
	}
	if (bucket->last != NULL)
		bucket->last->next = entry;
	else
		bucket->first = entry;
	bucket->last = entry;
	if (subtree)
		rules->depths |= UINT64_C(1) << arcs(oid);
	return true;
}

void
vg_index_free(struct vg_rules *rules)
{
	HASH_CLEAR(hh, rules->exact);
	HASH_CLEAR(hh, rules->subtree);
}

static void
walk_bucket(struct bucket *table, const char *oid, size_t length, struct index_walk *walk)
{
	struct bucket *bucket;

	HASH_FIND(hh, table, oid, length, bucket);
	if (bucket != NULL)
		walk->head[walk->heads++] = bucket->first;
}

void
vg_index_walk(const struct vg_rules *rules, const char *key, struct index_walk *walk)
{
	size_t depth = 1;

	walk->heads = 0;
	walk_bucket(rules->exact, key, strlen(key), walk);
	for (const char *dot = strchr(key, '.'); dot != NULL && depth <= ARCS_MAX;
	     dot = strchr(dot + 1, '.'), depth++)
		if ((rules->depths >> depth & 1) != 0)
			walk_bucket(rules->subtree, key, (size_t)(dot - key), walk);
}

const struct entry *
vg_index_next(struct index_walk *walk)
{
	const struct entry *entry;
	size_t least = 0;

	if (walk->heads == 0)
		return NULL;
	for (size_t i = 1; i < walk->heads; i++)
		if (walk->head[i]->order < walk->head[least]->order)
			least = i;
	entry = walk->head[least];
	walk->head[least] = entry->next;
	if (entry->next == NULL)
		walk->head[least] = walk->head[--walk->heads];
	return entry;
}
