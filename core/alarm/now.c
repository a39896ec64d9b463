/* alarm/now.c - how an alarm stands at an instant: whether it is active, and why it is not shown.
 *
 * Nothing of this is stored, so nothing has to be repaired when a window is approved, a parent goes
 * down or a rule changes. The hard thing is that a list of a hundred thousand alarms asks for each
 * of them: windows are found by time, parents by their host. */
#include "core/core_private.h"

#include <stdlib.h>
#include <string.h>

const char *const vg_alarm_hidden_words[] = {"shown",	 "shelved", "closed", "window",
					     "flapping", "parent",  NULL};

struct vg_alarm_rules
vg_alarm_rules_at(const struct vg_core *core, int64_t at_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);
	struct vg_alarm_rules rules = {VG_FLAP_CHANGES, VG_FLAP_WINDOW_MS, VG_ALARM_TRANSIENT_MS};

	if (agreement == NULL)
		return rules;
	rules.flap_changes = agreement->flap_changes;
	if (rules.flap_changes > VG_ALARM_FLAP_RING)
		rules.flap_changes = VG_ALARM_FLAP_RING;
	rules.flap_window_ms = agreement->flap_window_ms;
	rules.transient_ms = agreement->alarm_transient_ms;
	return rules;
}

/* When it will have been quiet for long enough. */
static int64_t
quiet_ms(const struct vg_alarm_rules *rules, const struct vg_alarm_kept *kept)
{
	return vg_after_ms(kept->alarm.flap_ms[VG_ALARM_FLAP_RING - 1], rules->flap_window_ms);
}

bool
vg_alarm_is_held(const struct vg_alarm_rules *rules, const struct vg_alarm_kept *kept,
		 int64_t at_ms)
{
	return kept->held && at_ms < quiet_ms(rules, kept);
}

int64_t
vg_alarm_ended_ms(const struct vg_alarm_rules *rules, const struct vg_alarm *alarm, int64_t at_ms)
{
	int64_t end_ms = vg_after_ms(alarm->last_ms, rules->transient_ms);

	if (alarm->cleared_ms >= 0)
		return alarm->cleared_ms;
	return alarm->transient && at_ms >= end_ms ? end_ms : -1;
}

/* Windows. */

static int
compare_windows(const void *a, const void *b)
{
	const struct vg_alarm_window *x = a, *y = b;

	if (x->from_ms != y->from_ms)
		return x->from_ms < y->from_ms ? -1 : 1;
	if (x->window->series != y->window->series)
		return x->window->series < y->window->series ? -1 : 1;
	return x->window->n < y->window->n ? -1 : x->window->n > y->window->n;
}

int
vg_alarm_windows_sort(struct vg_core *core)
{
	const struct vg_items *items = &core->items[VG_OBJECT_WINDOW];
	struct vg_alarms *alarms = &core->alarms;
	int64_t latest_ms = INT64_MIN;

	if (vg_core_reserve((void **)&alarms->window, &alarms->window_size, items->n,
			    sizeof(*alarms->window)) != 0)
		return VG_CORE_ENOMEM;
	alarms->windows = 0;
	for (size_t i = 0; i < items->n; i++) {
		const struct vg_window *window = &items->item[i]->of.window;
		int64_t to_ms = window->ended_ms >= 0 && window->ended_ms < window->to_ms
					? window->ended_ms
					: window->to_ms;

		if (!window->withdrawn && window->approved_by[0] != '\0')
			alarms->window[alarms->windows++] =
				(struct vg_alarm_window){window, window->from_ms, to_ms, 0};
	}
	if (alarms->windows > 0)
		qsort(alarms->window, alarms->windows, sizeof(*alarms->window), compare_windows);
	for (size_t i = 0; i < alarms->windows; i++) {
		if (alarms->window[i].to_ms > latest_ms)
			latest_ms = alarms->window[i].to_ms;
		alarms->window[i].latest_ms = latest_ms;
	}
	return 0;
}

/* Whether every id of a list ("" = all) is in another. */
static bool
covers(const char *list, const char *ids)
{
	char id[VG_LIST_ID_SIZE];

	if (ids[0] == '\0')
		return list[0] == '\0';
	while (vg_list_next(&ids, id)) {
		if (!vg_list_holds(list, id))
			return false;
	}
	return true;
}

/* The approved window that runs then and has the alarm's service in all its municipalities; NULL =
 * none. */
static const struct vg_alarm_window *
window_over(const struct vg_core *core, const struct vg_alarm *alarm, int64_t at_ms)
{
	const struct vg_alarms *alarms = &core->alarms;
	size_t low = 0, high = alarms->windows;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (alarms->window[mid].from_ms <= at_ms)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t i = low; i > 0 && alarms->window[i - 1].latest_ms > at_ms; i--) {
		const struct vg_alarm_window *running = &alarms->window[i - 1];

		if (running->to_ms > at_ms &&
		    vg_list_holds(running->window->services, alarm->service) &&
		    covers(running->window->municipalities, alarm->municipalities))
			return running;
	}
	return NULL;
}

/* The alarm of a resource that this one's is reached through; NULL = none. A register that goes in
 * a circle ends where it comes back to the alarm's own host. */
static const struct vg_alarm *
parent_down(const struct vg_core *core, const struct vg_alarm *alarm)
{
	const char *parent = vg_resource_parent(core, alarm->stated, alarm->resource);
	size_t own = vg_resource_host(alarm->resource);
	char name[VG_RESOURCE_TEXT_SIZE];

	for (int i = 0; i < VG_ALARM_PARENTS_MAX && parent[0] != '\0'; i++) {
		const struct vg_alarm *down;
		size_t length;

		vg_core_resource_name(core, parent, name);
		length = vg_resource_host(name);
		if (length == own && memcmp(name, alarm->resource, length) == 0)
			return NULL;
		if ((down = vg_alarm_down_at(core, name, length)) != NULL)
			return down;
		name[length] = '\0';
		parent = vg_resource_parent(core, parent, name);
	}
	return NULL;
}

/* What a person did that still hides it. */
static bool
hidden_by_person(const struct vg_alarm *alarm, int64_t at_ms, struct vg_alarm_now *out)
{
	if (alarm->operator_ == VG_OPERATOR_SHELVED && at_ms < alarm->until_ms) {
		out->hidden = VG_ALARM_SHELVED;
		out->until_ms = alarm->until_ms;
	} else if (alarm->operator_ == VG_OPERATOR_CLOSED) {
		out->hidden = VG_ALARM_CLOSED;
		out->until_ms = INT64_MAX;
	} else {
		return false;
	}
	return true;
}

void
vg_alarm_at(const struct vg_core *core, const struct vg_alarm *alarm, int64_t at_ms,
	    struct vg_alarm_now *out)
{
	const struct vg_alarm_kept *kept = (const struct vg_alarm_kept *)alarm;
	struct vg_alarm_rules rules = vg_alarm_rules_at(core, at_ms);
	const struct vg_alarm_window *window;
	const struct vg_alarm *parent;

	*out = (struct vg_alarm_now){.ended_ms = vg_alarm_ended_ms(&rules, alarm, at_ms),
				     .flapping = vg_alarm_is_held(&rules, kept, at_ms),
				     .hidden = VG_ALARM_SHOWN,
				     .until_ms = INT64_MAX};
	out->active = out->ended_ms < 0;
	if (hidden_by_person(alarm, at_ms, out))
		return;
	if (alarm->service[0] != '\0' && (window = window_over(core, alarm, at_ms)) != NULL) {
		out->hidden = VG_ALARM_WINDOW;
		out->until_ms = window->to_ms;
		out->ref = window->window->series;
		out->ref_n = window->window->n;
	} else if (out->flapping) {
		out->hidden = VG_ALARM_FLAPPING;
		out->until_ms = quiet_ms(&rules, kept);
	} else if ((parent = parent_down(core, alarm)) != NULL) {
		out->hidden = VG_ALARM_PARENT;
		out->ref = parent->id;
	}
}
