/* signal/watch.c - what is to be looked at again, and when.
 *
 * Signals are not looked for all over the place every minute: a watch stands for one thing that may
 * have changed or will change by itself, and is gone when nothing of the kind is left. So a year of
 * quiet costs nothing, at replay as at work. The hard thing is that a watch is state (a core fresh
 * from its checkpoint looks at the same things at the same instants), so it is named by texts and
 * ordered by number, never by address. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

int
vg_watch_compare(const struct vg_watch *a, const struct vg_watch *b)
{
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (order == 0)
		order = strcmp(a->service, b->service);
	return order != 0 ? order : strcmp(a->subject, b->subject);
}

size_t
vg_watch_place(const struct vg_core *core, enum vg_watch_kind kind, const char *service,
	       const char *subject)
{
	const struct vg_watches *watches = &core->watches;
	const struct vg_watch key = {
		.kind = kind, .service = (char *)service, .subject = (char *)subject};
	size_t low = 0, high = watches->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (vg_watch_compare(watches->watch[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void
vg_watch_free(struct vg_watch *watch)
{
	if (watch == NULL)
		return;
	free(watch->service);
	free(watch->subject);
	free(watch->alarm);
	free(watch);
}

static struct vg_watch *
watch_new(struct vg_core *core, enum vg_watch_kind kind, const char *service, const char *subject)
{
	struct vg_watch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL)
		return NULL;
	watch->kind = kind;
	watch->order = core->watches.made++;
	watch->at_ms = INT64_MAX;
	watch->down_ms = -1;
	watch->heap_slot = VG_HEAP_NOWHERE;
	watch->service = strdup(service);
	watch->subject = strdup(subject);
	if (watch->service != NULL && watch->subject != NULL)
		return watch;
	vg_watch_free(watch);
	return NULL;
}

int
vg_watch_insert(struct vg_core *core, size_t place, struct vg_watch *watch)
{
	struct vg_watches *watches = &core->watches;

	if (vg_core_reserve((void **)&watches->watch, &watches->size, watches->n + 1,
			    sizeof(struct vg_watch *)) != 0)
		return VG_CORE_ENOMEM;
	memmove(&watches->watch[place + 1], &watches->watch[place],
		(watches->n - place) * sizeof(struct vg_watch *));
	watches->watch[place] = watch;
	watches->n++;
	return 0;
}

int
vg_watch_set(struct vg_core *core, struct vg_watch *watch, int64_t at_ms)
{
	struct vg_heap_entry entry = {at_ms, watch->order, watch, &watch->heap_slot};

	watch->at_ms = at_ms;
	if (at_ms != INT64_MAX)
		return vg_heap_put(&core->watches.due, &entry);
	vg_heap_remove(&core->watches.due, &watch->heap_slot);
	return 0;
}

int
vg_watch_put(struct vg_core *core, enum vg_watch_kind kind, const char *service,
	     const char *subject, int64_t at_ms)
{
	struct vg_watches *watches = &core->watches;
	size_t place = vg_watch_place(core, kind, service, subject);
	struct vg_watch *watch;

	if (place < watches->n && watches->watch[place]->kind == kind &&
	    strcmp(watches->watch[place]->service, service) == 0 &&
	    strcmp(watches->watch[place]->subject, subject) == 0)
		return vg_watch_set(core, watches->watch[place], at_ms);
	watch = watch_new(core, kind, service, subject);
	if (watch == NULL)
		return VG_CORE_ENOMEM;
	if (vg_watch_insert(core, place, watch) != 0) {
		vg_watch_free(watch);
		return VG_CORE_ENOMEM;
	}
	return vg_watch_set(core, watch, at_ms);
}

void
vg_watch_drop(struct vg_core *core, struct vg_watch *watch)
{
	struct vg_watches *watches = &core->watches;
	size_t place = vg_watch_place(core, watch->kind, watch->service, watch->subject);

	vg_heap_remove(&watches->due, &watch->heap_slot);
	watches->n--;
	memmove(&watches->watch[place], &watches->watch[place + 1],
		(watches->n - place) * sizeof(struct vg_watch *));
	vg_watch_free(watch);
}

void
vg_core_watches_free(struct vg_core *core)
{
	for (size_t i = 0; i < core->watches.n; i++)
		vg_watch_free(core->watches.watch[i]);
	free(core->watches.watch);
	vg_heap_fini(&core->watches.due);
}

size_t
vg_core_watches_bytes(const struct vg_core *core)
{
	const struct vg_watches *watches = &core->watches;
	size_t bytes = watches->size * sizeof(struct vg_watch *) +
		       watches->due.size * sizeof(struct vg_heap_entry) +
		       watches->n * sizeof(struct vg_watch);

	for (size_t i = 0; i < watches->n; i++)
		bytes += watches->watch[i]->alarms_size * sizeof(int64_t);
	return bytes;
}
