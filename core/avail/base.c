/* avail/base.c - which time counts: agreed hours, membership, service windows.
 *
 * Several of these may begin and end at any instant, so time is cut wherever one does, and each
 * part is asked what holds in it. */
#include "core/avail/private.h"

#include <stdlib.h>
#include <string.h>

struct frame {
	const struct vg_core *core;
	const struct vg_scope *scope;
	const struct vg_window **window; /* those of the scope that touch the span */
	size_t windows, windows_size;
};

/* Whether a window of some channels holds for all of the service's together. */
static bool
all_channels_in(const struct vg_core *core, const struct vg_window *window,
		const struct vg_scope *scope)
{
	const struct vg_agreement *rules = vg_core_agreement_at(core, window->from_ms);
	const struct vg_service *service =
		rules != NULL ? vg_agreement_service(rules, scope->service) : NULL;

	for (size_t i = 0; service != NULL && i < rules->channels; i++) {
		if ((service->channels >> i & 1) != 0 &&
		    !vg_list_holds(window->channels, rules->channel[i].id))
			return false;
	}
	return service != NULL && service->channels != 0;
}

static bool
window_holds(const struct vg_core *core, const struct vg_window *window,
	     const struct vg_scope *scope)
{
	if (!vg_list_holds(window->services, scope->service) ||
	    !vg_list_holds(window->municipalities, scope->municipality))
		return false;
	if (window->channels[0] == '\0')
		return true;
	return scope->channel != NULL ? vg_list_holds(window->channels, scope->channel)
				      : all_channels_in(core, window, scope);
}

/* Whether the window leaves time out of Base: planned, in time or agreed to, and approved; one
 * entered after the fact counts at once. */
bool
vg_base_window_counts(const struct vg_core *core, const struct vg_window *window)
{
	const struct vg_agreement *rules = vg_core_agreement_at(core, window->from_ms);
	int64_t announced_ms =
		window->announced_ms >= 0 ? window->announced_ms : window->planned_ms;

	if (window->category != VG_WINDOW_PLANNED || rules == NULL)
		return false;
	if (window->approved_by[0] == '\0' && window->planned_ms <= window->from_ms)
		return false;
	return window->agreed_by[0] != '\0' ||
	       vg_window_notice_kept(rules, announced_ms, window->from_ms);
}

static int
find_window(struct frame *frame, const struct vg_window *window, int64_t from_ms, int64_t to_ms)
{
	if (window->to_ms <= from_ms || window->from_ms >= to_ms ||
	    !window_holds(frame->core, window, frame->scope))
		return 0;
	if (vg_core_reserve((void **)&frame->window, &frame->windows_size, frame->windows + 1,
			    sizeof(*frame->window)) != 0)
		return VG_CORE_ENOMEM;
	frame->window[frame->windows++] = window;
	return 0;
}

static int
find_windows(struct frame *frame, const struct vg_window *planned, int64_t from_ms, int64_t to_ms)
{
	const struct vg_items *items = &frame->core->items[VG_OBJECT_WINDOW];
	int rc = planned == NULL ? 0 : find_window(frame, planned, from_ms, to_ms);

	for (size_t i = 0; i < items->n && rc == 0; i++)
		rc = find_window(frame, &items->item[i]->of.window, from_ms, to_ms);
	return rc;
}

/* Looks at one of the things that begin and end: whether it holds at at_ms, and until when that
 * stays so. */
static bool
holds(int64_t from_ms, int64_t to_ms, int64_t at_ms, int64_t *until_ms)
{
	from_ms = from_ms > INT64_MIN ? vg_floor_to_second_ms(from_ms) : from_ms;
	to_ms = to_ms < INT64_MAX ? vg_floor_to_second_ms(to_ms) : to_ms;
	if (from_ms > at_ms && from_ms < *until_ms)
		*until_ms = from_ms;
	if (to_ms > at_ms && to_ms < *until_ms)
		*until_ms = to_ms;
	return from_ms <= at_ms && at_ms < to_ms;
}

static bool
is_open(const struct vg_cal *cal, int64_t at_ms, int64_t *until_ms)
{
	size_t low = 0, high = cal->n;

	if (cal->always)
		return true;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cal->end_ms[mid] <= at_ms)
			low = mid + 1;
		else
			high = mid;
	}
	return low < cal->n && holds(cal->start_ms[low], cal->end_ms[low], at_ms, until_ms);
}

static bool
is_agreed(const struct frame *frame, int64_t at_ms, int64_t *until_ms)
{
	const struct vg_agreement *rules = vg_core_agreement_at(frame->core, at_ms);
	const struct vg_scope *scope = frame->scope;
	int64_t end_ms = vg_version_end_ms(frame->core, at_ms), from_ms, to_ms;
	const struct vg_service *service;
	bool member = false;

	if (end_ms < *until_ms) /* a second that two versions share is the first one's */
		*until_ms = vg_floor_to_second_ms(end_ms - 1) + 1000;
	service = rules != NULL ? vg_agreement_service(rules, scope->service) : NULL;
	if (service == NULL)
		return false;
	for (size_t i = 0;
	     vg_agreement_member(rules, service, scope->municipality, i, &from_ms, &to_ms); i++)
		member = holds(from_ms, to_ms, at_ms, until_ms) || member;
	return is_open(vg_agreement_hours(rules, service, scope->municipality), at_ms, until_ms) &&
	       member;
}

static struct vg_base_part
part_at(const struct frame *frame, int64_t at_ms, int64_t to_ms)
{
	struct vg_base_part part = {.from_ms = at_ms, .to_ms = to_ms};

	part.agreed = is_agreed(frame, at_ms, &part.to_ms);
	for (size_t i = 0; i < frame->windows; i++) {
		const struct vg_window *window = frame->window[i];

		if (!holds(window->from_ms, window->to_ms, at_ms, &part.to_ms))
			continue;
		if (window->category == VG_WINDOW_EMERGENCY && !window->withdrawn)
			part.emergency = true;
		if (!vg_base_window_counts(frame->core, window))
			continue;
		part.window = part.window || !window->withdrawn;
		part.provisional =
			part.provisional || (window->withdrawn ? window->withdrawal_approved_by
							       : window->approved_by)[0] == '\0';
	}
	return part;
}

int
vg_base_make(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms,
	     int64_t to_ms, struct vg_base *base)
{
	struct frame frame = {.core = core, .scope = scope};
	int rc = find_windows(&frame, base->planned, from_ms, to_ms);

	base->n = 0;
	while (from_ms < to_ms && rc == 0) {
		rc = vg_core_reserve((void **)&base->part, &base->size, base->n + 1,
				     sizeof(*base->part));
		if (rc != 0)
			break;
		base->part[base->n] = part_at(&frame, from_ms, to_ms);
		from_ms = base->part[base->n++].to_ms;
	}
	free(frame.window);
	return rc;
}

int
vg_avail_excluded(const struct vg_core *core, const struct vg_scope *scope, int64_t from_ms,
		  int64_t to_ms, vg_avail_span_cb *on_span, void *arg)
{
	struct vg_base base = {0};
	int rc = vg_base_make(core, scope, from_ms, to_ms - to_ms % 1000, &base);

	for (size_t i = 0; i < base.n && rc == 0; i++)
		if (base.part[i].agreed && base.part[i].window)
			on_span(base.part[i].from_ms, base.part[i].to_ms, arg);
	free(base.part);
	return rc;
}

const struct vg_window *
vg_base_window_at(const struct vg_core *core, const struct vg_scope *scope, int64_t at_ms)
{
	const struct vg_items *items = &core->items[VG_OBJECT_WINDOW];

	for (size_t i = 0; i < items->n; i++) {
		const struct vg_window *window = &items->item[i]->of.window;

		if (window->from_ms <= at_ms && at_ms < window->to_ms && !window->withdrawn &&
		    vg_base_window_counts(core, window) && window_holds(core, window, scope))
			return window;
	}
	return NULL;
}

bool
vg_avail_promised(const struct vg_agreement *rules, const struct vg_service *service,
		  const char *municipality, int64_t from_ms, int64_t to_ms)
{
	int64_t begin_ms, end_ms;

	for (size_t i = 0; vg_agreement_member(rules, service, municipality, i, &begin_ms, &end_ms);
	     i++) {
		if (begin_ms < to_ms && end_ms > from_ms)
			return true;
	}
	return false;
}

size_t
vg_avail_channels(const struct vg_agreement *rules, const struct vg_service *service,
		  const struct vg_scope *filter, const char *channel[VG_AGREEMENT_CHANNELS_MAX + 1])
{
	const char *only = filter != NULL ? filter->channel : NULL;
	size_t n = 0;

	for (size_t i = 0; i < rules->channels; i++) {
		if ((service->channels >> i & 1) != 0 &&
		    vg_avail_passes(only, rules->channel[i].id))
			channel[n++] = rules->channel[i].id;
	}
	if (only == NULL || (only[0] == '\0' && service->channels == 0))
		channel[n++] = NULL;
	return n;
}
