/* guard.c - attempts by key, in windows of a minute.
 *
 * The hard thing is what is counted: an attempt counts when it begins, or sixteen at once would all
 * be the first; one that succeeds is given back. */
#include "daemon/sign/guard.h"

#include "core/ut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_MS INT64_C(60000)

struct counted {
	char key[VG_GUARD_KEY_LEN];
	unsigned attempts;
	int64_t since_ms;
	UT_hash_handle hh;
};

struct vg_guard {
	struct counted *counted; /* in the order in which they came */
};

struct vg_guard *
vg_guard_new(void)
{
	return calloc(1, sizeof(struct vg_guard));
}

static void
forget(struct vg_guard *guard, struct counted *counted)
{
	HASH_DEL(guard->counted, counted);
	free(counted);
}

void
vg_guard_free(struct vg_guard *guard)
{
	if (guard == NULL)
		return;
	while (guard->counted != NULL)
		forget(guard, guard->counted);
	free(guard);
}

static struct counted *
find(const struct vg_guard *guard, const char *key)
{
	char cut[VG_GUARD_KEY_LEN];
	struct counted *counted;

	(void)snprintf(cut, sizeof(cut), "%s", key);
	HASH_FIND_STR(guard->counted, cut, counted);
	return counted;
}

static struct counted *
begin(struct vg_guard *guard, const char *key, int64_t now_ms)
{
	struct counted *counted = calloc(1, sizeof(*counted));

	if (counted == NULL)
		return NULL;
	(void)snprintf(counted->key, sizeof(counted->key), "%s", key);
	counted->since_ms = now_ms;
	HASH_ADD_STR(guard->counted, key, counted);
	if (counted->hh.tbl == NULL) {
		free(counted);
		return NULL;
	}
	return counted;
}

int64_t
vg_guard_take(struct vg_guard *guard, const char *key, unsigned max, int64_t now_ms)
{
	struct counted *counted;

	while (guard->counted != NULL && (now_ms - guard->counted->since_ms >= WINDOW_MS ||
					  HASH_COUNT(guard->counted) > VG_GUARD_KEYS_MAX))
		forget(guard, guard->counted);
	counted = find(guard, key);
	if (counted == NULL && (counted = begin(guard, key, now_ms)) == NULL)
		return WINDOW_MS;
	if (counted->attempts >= max)
		return counted->since_ms + WINDOW_MS - now_ms;
	counted->attempts++;
	return 0;
}

void
vg_guard_give_back(struct vg_guard *guard, const char *key)
{
	struct counted *counted = find(guard, key);

	if (counted != NULL && counted->attempts > 0)
		counted->attempts--;
}
