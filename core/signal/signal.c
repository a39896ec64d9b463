/* signal/signal.c - what people should know of: raised once, widened, cleared when it is so no
 * longer.
 *
 * When to look is signal/watch.c's, what to see signal/look.c's. The hard thing is the storm: one
 * event has room for sixteen signals and sixteen notifications; what finds none is looked at again
 * a millisecond later, in the next event, and nothing is lost. */
#include "core/core_private.h"

#include <string.h>

#define SIGNALS_PER_EVENT 16 /* a signal's id is the event's sequence * 16 + index */

const char *
vg_signal_name(enum vg_signal_kind kind)
{
	static const char *const names[VG_SIGNAL_KIND_COUNT] = {
		[VG_SIGNAL_OUTAGE] = "outage",
		[VG_SIGNAL_WINDOW_ENDING] = "window_ending",
		[VG_SIGNAL_WINDOW_OVERRUN] = "window_overrun",
		[VG_SIGNAL_CONTRADICTION] = "contradiction",
		[VG_SIGNAL_AGENT_SILENT] = "agent_silent",
		[VG_SIGNAL_NETWORK] = "network",
		[VG_SIGNAL_ALARM] = "alarm",
	};

	VG_ASSERT((int)kind >= 0 && kind < VG_SIGNAL_KIND_COUNT);
	return names[kind];
}

static unsigned
occasion_of(int kind)
{
	if (kind == VG_SIGNAL_ALARM)
		return VG_OCCASION_ALARM;
	return kind == VG_SIGNAL_WINDOW_ENDING || kind == VG_SIGNAL_WINDOW_OVERRUN
		       ? VG_OCCASION_WINDOW
		       : VG_OCCASION_OUTAGE;
}

/* Those of windows are of one window, whichever service they met first. */
struct vg_item *
vg_signal_find(const struct vg_core *core, enum vg_signal_kind kind, const char *service,
	       const char *subject)
{
	for (size_t i = 0; i < core->raiseds; i++) {
		const struct vg_signal *signal = &core->raised[i]->of.signal;

		if (signal->kind == (int)kind && strcmp(signal->subject, subject) == 0 &&
		    (subject[0] != '\0' || strcmp(signal->service, service) == 0))
			return core->raised[i];
	}
	return NULL;
}

int
vg_signal_keep(struct vg_core *core, struct vg_item *item)
{
	if (vg_core_reserve((void **)&core->raised, &core->raised_size, core->raiseds + 1,
			    sizeof(struct vg_item *)) != 0)
		return VG_CORE_ENOMEM;
	core->raised[core->raiseds++] = item;
	return 0;
}

/* What of `more` is not in `list`: for the duties of those that are hit now. */
static void
added_ids(const char *list, const char *more, char added[VG_SCOPE_TEXT_MAX + 1])
{
	char id[VG_LIST_ID_SIZE];

	added[0] = '\0';
	while (vg_list_next(&more, id)) {
		if (list[0] == '\0' || !vg_list_holds(list, id))
			vg_list_add(added, id);
	}
}

static int
widen(struct vg_core *core, struct vg_item *item, const char *municipalities)
{
	struct vg_signal *signal = &item->of.signal;
	char added[VG_SCOPE_TEXT_MAX + 1], whole[VG_SCOPE_TEXT_MAX + 1] = "";
	char id[VG_LIST_ID_SIZE];
	int rc;

	added_ids(signal->municipalities, municipalities, added);
	if (added[0] == '\0')
		return 0;
	if (!vg_core_can_call(core, occasion_of(signal->kind), added, false))
		return VG_SIGNAL_LATER;
	for (const char *at = signal->municipalities; vg_list_next(&at, id);)
		vg_list_add(whole, id);
	for (const char *at = added; vg_list_next(&at, id);)
		vg_list_add(whole, id);
	if ((rc = vg_item_set_text(core, &signal->municipalities, whole)) != 0)
		return rc;
	vg_item_mark(core, item);
	return vg_core_call(core, signal, occasion_of(signal->kind), added, false);
}

int
vg_signal_raise(struct vg_core *core, const struct vg_signal *what)
{
	struct vg_item *item =
		vg_signal_find(core, (enum vg_signal_kind)what->kind, what->service, what->subject);
	unsigned occasion = occasion_of(what->kind);
	struct vg_signal signal = *what;
	int rc;

	if (item != NULL)
		return widen(core, item, what->municipalities);
	if (core->items[VG_OBJECT_SIGNAL].n >= VG_CORE_SIGNALS_MAX)
		return 0;
	if (core->signals_made >= SIGNALS_PER_EVENT ||
	    !vg_core_can_call(core, occasion, what->municipalities, true))
		return VG_SIGNAL_LATER;
	signal.id = core->seq * SIGNALS_PER_EVENT + core->signals_made++;
	signal.to_ms = -1;
	if ((rc = vg_item_add(core, VG_OBJECT_SIGNAL, &signal, &item)) != 0 ||
	    (rc = vg_signal_keep(core, item)) != 0)
		return rc;
	return vg_core_call(core, &item->of.signal, occasion, what->municipalities, true);
}

void
vg_signal_clear(struct vg_core *core, enum vg_signal_kind kind, const char *service,
		const char *subject, int64_t at_ms)
{
	struct vg_item *item = vg_signal_find(core, kind, service, subject);
	struct vg_signal *signal;
	size_t i = 0;

	if (item == NULL)
		return;
	signal = &item->of.signal;
	signal->to_ms = at_ms > signal->from_ms ? at_ms : signal->from_ms;
	vg_item_mark(core, item);
	vg_core_notifications_end_signal(core, signal->id);
	while (core->raised[i] != item)
		i++;
	core->raiseds--;
	memmove(&core->raised[i], &core->raised[i + 1],
		(core->raiseds - i) * sizeof(struct vg_item *));
}

int
vg_core_settle_signals(struct vg_core *core)
{
	const struct vg_heap_entry *top;
	int rc = 0;

	do {
		if (core->reach_changed)
			rc = vg_core_alarms_stir_reached(core);
		core->reach_changed = false;
		while (rc == 0 && (top = vg_heap_top(&core->watches.due)) != NULL &&
		       top->at_ms <= core->received_ms)
			rc = vg_core_look(core, top->owner);
	} while (rc == 0 && core->reach_changed);
	return rc;
}
