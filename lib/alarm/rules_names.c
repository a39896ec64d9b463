/* rules_names.c - names for what a message holds.
 *
 * Three know names: the site's compiled MIBs, the table that ships with the rules, and the
 * catalogue of notifications. In a storm the same few OIDs are asked for again and again, so the
 * answers are kept in a small table where a newcomer takes the place of whoever stood there. */
#include "lib/alarm/rules_private.h"

#include <string.h>

static bool
is_numeric(const char *text)
{
	return *text >= '0' && *text <= '9' && text[strspn(text, "0123456789.")] == '\0';
}

/* Roots that everything is below tell nothing. */
static bool
is_root(const char *name)
{
	return strncmp(name, "SNMPv2-SMI::", strlen("SNMPv2-SMI::")) == 0;
}

static const char *
find_name(const struct vg_rules *rules, const char *oid, const char **rest)
{
	const char *theirs = NULL, *ours = NULL, *ours_rest = NULL;

	if (rules->names != NULL)
		theirs = vg_oid_name(rules->names, oid, rest);
	if (rules->own != NULL)
		ours = vg_oid_name(rules->own, oid, &ours_rest);
	if (theirs != NULL && is_root(theirs))
		theirs = NULL;
	if (ours != NULL && is_root(ours))
		ours = NULL;
	if (theirs != NULL && (ours == NULL || strlen(*rest) <= strlen(ours_rest)))
		return theirs;
	*rest = ours_rest;
	return ours;
}

const struct vg_oid_words *
vg_rules_words(const struct vg_rules *rules, const char *oid)
{
	const struct vg_oid_words *words = NULL;

	if (rules->names != NULL)
		words = vg_oid_words(rules->names, oid);
	if (words == NULL && rules->own != NULL)
		words = vg_oid_words(rules->own, oid);
	return words;
}

static struct cached *
find_slot(struct vg_rules *rules, const char *oid, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)oid[i]) * 16777619u;
	return &rules->cache[(hash ^ hash >> 15) % CACHE_SLOTS];
}

const char *
vg_rules_name(struct vg_rules *rules, const char *oid, size_t *rest,
	      const struct vg_oid_words **words)
{
	size_t length = strlen(oid);
	struct cached *slot = length < CACHE_OID ? find_slot(rules, oid, length) : NULL;
	const char *name, *after = NULL;

	if (slot != NULL && slot->oid[0] != '\0' && strcmp(slot->oid, oid) == 0) {
		*rest = slot->rest;
		*words = slot->words;
		return slot->name;
	}
	name = find_name(rules, oid, &after);
	*rest = name != NULL ? (size_t)(after - oid) : 0;
	*words = vg_rules_words(rules, oid);
	if (slot != NULL) {
		*slot = (struct cached){.name = name, .rest = *rest, .words = *words};
		memcpy(slot->oid, oid, length + 1);
	}
	return name;
}

const char *
vg_rules_oid(const struct vg_rules *rules, const char *name)
{
	const struct known *known;
	const char *oid = NULL;

	if (is_numeric(name))
		return name;
	if (rules->own != NULL)
		oid = vg_oid_of(rules->own, name);
	if (oid == NULL && rules->names != NULL)
		oid = vg_oid_of(rules->names, name);
	if (oid == NULL && (known = vg_catalogue_named(rules, name)) != NULL)
		oid = known->oid;
	return oid;
}
