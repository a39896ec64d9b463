/* signal/look.c - what there is to see when something is looked at: a service in a municipality, a
 * window; what probes say by themselves is signal/look_probe.c's.
 *
 * Each look compares the state at this instant with the signal that stands or does not, and says
 * when to look next; what a new sample or statement would change is looked at when it comes
 * (signal/stir.c). The hard thing is what changes by silence: a state that rests on samples which
 * come no more, so whatever is not well is looked at again every few minutes, and less often the
 * longer it lasts. */
#include "core/avail.h"
#include "core/core_private.h"

#include <string.h>

#define AGAIN_FIRST_MS	 (INT64_C(5) * 60 * 1000)
#define AGAIN_LONGEST_MS (INT64_C(6) * 60 * 60 * 1000)
#define AGAIN_SHARE	 16			   /* of how long it has lasted */
#define WARNING_MS	 (INT64_C(15) * 60 * 1000) /* before a window's end */

int
vg_look_next(struct vg_core *core, struct vg_watch *watch, int rc, int64_t at_ms)
{
	if (rc == VG_SIGNAL_LATER)
		return vg_watch_set(core, watch, vg_after_ms(core->received_ms, 1));
	if (rc != 0)
		return rc;
	if (at_ms == INT64_MAX && watch->down_ms < 0) {
		vg_watch_drop(core, watch);
		return 0;
	}
	return vg_watch_set(core, watch, at_ms);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
vg_after_ms(int64_t at_ms, int64_t delay_ms)
{
	int64_t sum_ms;

	return __builtin_add_overflow(at_ms, delay_ms, &sum_ms) ? INT64_MAX : sum_ms;
}

int64_t
vg_look_again_ms(const struct vg_core *core, int64_t since_ms)
{
	int64_t wait_ms = core->received_ms / AGAIN_SHARE - since_ms / AGAIN_SHARE;

	if (wait_ms < AGAIN_FIRST_MS)
		wait_ms = AGAIN_FIRST_MS;
	if (wait_ms > AGAIN_LONGEST_MS)
		wait_ms = AGAIN_LONGEST_MS;
	return vg_after_ms(core->received_ms, wait_ms);
}

/* The end of the slot that runs now. */
static int64_t
slot_end_ms(const struct vg_core *core, const struct vg_agreement *agreement)
{
	int64_t slot_ms = agreement->slot_ms > 0 ? agreement->slot_ms : AGAIN_FIRST_MS;

	return vg_after_ms(core->received_ms, slot_ms - core->received_ms % slot_ms);
}

/* Places: a service in a municipality. */

bool
vg_is_promised(const struct vg_agreement *agreement, const char *service, const char *municipality,
	       int64_t at_ms)
{
	const struct vg_service *found = vg_agreement_service(agreement, service);
	int64_t from_ms, to_ms;

	if (found == NULL || found->component)
		return false;
	for (size_t i = 0; vg_agreement_member(agreement, found, municipality, i, &from_ms, &to_ms);
	     i++) {
		if (at_ms >= from_ms && at_ms < to_ms)
			return true;
	}
	return false;
}

/* The outage signal of a service: the places of it that are down, but for those in a window, of
 * which people were told. */
static int
settle_outage(struct vg_core *core, const char *service, int64_t end_ms)
{
	const struct vg_watches *watches = &core->watches;
	char list[VG_SCOPE_TEXT_MAX + 1] = "";
	struct vg_signal signal = {.kind = VG_SIGNAL_OUTAGE,
				   .service = service,
				   .subject = "",
				   .municipalities = list,
				   .from_ms = INT64_MAX};

	for (size_t i = vg_watch_place(core, VG_WATCH_PLACE, service, "");
	     i < watches->n && watches->watch[i]->kind == VG_WATCH_PLACE &&
	     strcmp(watches->watch[i]->service, service) == 0;
	     i++) {
		const struct vg_watch *place = watches->watch[i];

		if (place->down_ms < 0 || place->covered)
			continue;
		vg_list_add(list, place->subject);
		signal.from_ms = sooner(signal.from_ms, place->down_ms);
	}
	if (list[0] != '\0')
		return vg_signal_raise(core, &signal);
	vg_signal_clear(core, VG_SIGNAL_OUTAGE, service, "", end_ms);
	return 0;
}

/* A window whose end nears or has passed hangs on whether its services are down. */
static int
stir_windows(struct vg_core *core)
{
	int rc = 0;

	for (size_t i = 0; i < core->raiseds && rc == 0; i++) {
		const struct vg_signal *signal = &core->raised[i]->of.signal;

		if (signal->kind == VG_SIGNAL_WINDOW_ENDING ||
		    signal->kind == VG_SIGNAL_WINDOW_OVERRUN)
			rc = vg_watch_put(core, VG_WATCH_WINDOW, "", signal->subject,
					  core->received_ms);
	}
	return rc;
}

/* How a place stands; since when it is down is asked of all its past only where the watch does not
 * know yet. */
static int
see_state(const struct vg_core *core, const struct vg_watch *watch, struct vg_avail_now *now)
{
	struct vg_scope scope = {watch->service, NULL, watch->subject};
	int64_t at_ms = core->received_ms;
	int rc = vg_avail_lately(core, &scope, at_ms, now);

	if (rc != 0 || now->confirmed != VG_AVAIL_DOWN || now->since_ms > at_ms - VG_LATELY_MS)
		return rc;
	if (watch->down_ms < 0)
		return vg_avail_at(core, &scope, at_ms, now);
	now->since_ms = watch->down_ms;
	return 0;
}

/* When a state that flaps will have been quiet for long enough; INT64_MAX = it does not flap. */
static int64_t
quiet_ms(const struct vg_core *core, const struct vg_agreement *agreement,
	 const struct vg_avail_now *now)
{
	int64_t at_ms = vg_after_ms(now->since_ms, agreement->flap_window_ms);

	return now->piece.flapping && at_ms > core->received_ms ? at_ms : INT64_MAX;
}

/* Notes how a place stands, and when to look next. One that flaps stays down until it is quiet:
 * what people are told does not flap. */
static void
note_place(const struct vg_core *core, const struct vg_agreement *agreement, struct vg_watch *watch,
	   const struct vg_avail_now *now, int64_t *next_ms)
{
	*next_ms = quiet_ms(core, agreement, now);
	watch->covered = now->window != 0;
	if (now->confirmed == VG_AVAIL_DOWN)
		watch->down_ms = now->since_ms;
	else if (*next_ms == INT64_MAX)
		watch->down_ms = -1;
	if (now->piece.pending)
		*next_ms = sooner(*next_ms, slot_end_ms(core, agreement));
	else if (now->confirmed == VG_AVAIL_DOWN || now->confirmed == VG_AVAIL_DEGRADED)
		*next_ms = sooner(*next_ms, vg_look_again_ms(core, now->since_ms));
}

/* How a place stands: sets what the watch remembers of it, and when to look next. Returns 0 or a
 * negative code. */
static int
see_place(const struct vg_core *core, struct vg_watch *watch, int64_t *end_ms, int64_t *next_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	struct vg_avail_now now;
	int rc = VG_CORE_ENOTFOUND;

	if (agreement != NULL &&
	    vg_is_promised(agreement, watch->service, watch->subject, core->received_ms))
		rc = see_state(core, watch, &now);
	if (rc == 0) {
		*end_ms = now.since_ms;
		note_place(core, agreement, watch, &now, next_ms);
		return 0;
	}
	*end_ms = core->received_ms;
	*next_ms = INT64_MAX;
	watch->down_ms = -1;
	watch->covered = false;
	return rc == VG_CORE_ENOTFOUND ? 0 : rc;
}

static int
look_at_place(struct vg_core *core, struct vg_watch *watch)
{
	bool was_down = watch->down_ms >= 0;
	int64_t end_ms, next_ms;
	int rc = see_place(core, watch, &end_ms, &next_ms);

	if (rc == 0 && was_down != (watch->down_ms >= 0))
		rc = stir_windows(core);
	if (rc == 0 && was_down != (watch->down_ms >= 0))
		rc = vg_core_alarms_stir(core, watch->service);
	if (rc == 0)
		rc = settle_outage(core, watch->service, end_ms);
	return vg_look_next(core, watch, rc, next_ms);
}

/* Windows. */

/* The places in the window's scope that are down since before at_ms; the first one's service goes
 * to *service, which stays as it is when there is none. */
static void
down_in(const struct vg_core *core, const struct vg_window *window, int64_t at_ms,
	char list[VG_SCOPE_TEXT_MAX + 1], const char **service)
{
	list[0] = '\0';
	for (size_t i = core->watches.n; i-- > 0;) {
		const struct vg_watch *place = core->watches.watch[i];

		if (place->kind != VG_WATCH_PLACE || place->down_ms < 0 ||
		    place->down_ms >= at_ms || !vg_list_holds(window->services, place->service) ||
		    !vg_list_holds(window->municipalities, place->subject))
			continue;
		vg_list_add(list, place->subject);
		*service = place->service;
	}
}

/* Where a window begins and ends, places in it that are down begin and end to be covered by it, and
 * alarms to be hidden. */
static int
stir_covered(struct vg_core *core, const struct vg_window *window)
{
	int rc = vg_core_alarms_stir_list(core, window->services);

	for (size_t i = 0; i < core->watches.n && rc == 0; i++) {
		struct vg_watch *place = core->watches.watch[i];

		if (place->kind == VG_WATCH_PLACE && place->down_ms >= 0 &&
		    vg_list_holds(window->services, place->service) &&
		    vg_list_holds(window->municipalities, place->subject))
			rc = vg_watch_set(core, place, core->received_ms);
	}
	return rc;
}

/* An emergency, or what was entered after the fact, runs without approval. */
static bool
holds(const struct vg_window *window)
{
	return !window->withdrawn &&
	       (window->approved_by[0] != '\0' || window->category == VG_WINDOW_EMERGENCY ||
		window->planned_ms > window->from_ms);
}

/* What a window calls for; VG_SIGNAL_KIND_COUNT = nothing. */
static enum vg_signal_kind
see_window(const struct vg_core *core, const struct vg_window *window, struct vg_signal *signal,
	   char list[VG_SCOPE_TEXT_MAX + 1], int64_t *next_ms)
{
	int64_t now_ms = core->received_ms, warn_ms = window->to_ms - WARNING_MS;
	const struct vg_agreement *agreement = vg_core_agreement_at(core, now_ms);

	if (warn_ms < window->from_ms)
		warn_ms = window->from_ms;
	if (!holds(window) || window->ended_ms >= 0)
		return VG_SIGNAL_KIND_COUNT;
	if (now_ms < warn_ms) {
		*next_ms = now_ms < window->from_ms ? window->from_ms : warn_ms;
		return VG_SIGNAL_KIND_COUNT;
	}
	down_in(core, window, now_ms < window->to_ms ? INT64_MAX : window->to_ms, list,
		&signal->service);
	if (now_ms >= window->to_ms) {
		signal->from_ms = window->to_ms;
		return list[0] != '\0' || window->started_ms >= 0 ? VG_SIGNAL_WINDOW_OVERRUN
								  : VG_SIGNAL_KIND_COUNT;
	}
	signal->from_ms = now_ms;
	*next_ms = window->to_ms;
	if (agreement != NULL)
		*next_ms = sooner(*next_ms, slot_end_ms(core, agreement));
	return list[0] != '\0' ? VG_SIGNAL_WINDOW_ENDING : VG_SIGNAL_KIND_COUNT;
}

static int
look_at_window(struct vg_core *core, struct vg_watch *watch)
{
	static const enum vg_signal_kind kinds[] = {VG_SIGNAL_WINDOW_ENDING,
						    VG_SIGNAL_WINDOW_OVERRUN};
	const struct vg_window *window = vg_core_window_named(core, watch->subject);
	char list[VG_SCOPE_TEXT_MAX + 1] = "";
	struct vg_signal signal = {
		.service = "", .subject = watch->subject, .municipalities = list};
	int64_t next_ms = INT64_MAX;
	int rc;

	signal.kind = (int)see_window(core, window, &signal, list, &next_ms);
	for (size_t i = 0; i < 2; i++) {
		if (signal.kind != (int)kinds[i])
			vg_signal_clear(core, kinds[i], "", watch->subject, core->received_ms);
	}
	if ((rc = stir_covered(core, window)) == 0 && signal.kind != VG_SIGNAL_KIND_COUNT)
		rc = vg_signal_raise(core, &signal);
	return vg_look_next(core, watch, rc, next_ms);
}

int
vg_core_look(struct vg_core *core, struct vg_watch *watch)
{
	switch (watch->kind) {
	case VG_WATCH_PLACE:
		return look_at_place(core, watch);
	case VG_WATCH_RECORD:
		return vg_look_at_record(core, watch);
	case VG_WATCH_WINDOW:
		return look_at_window(core, watch);
	case VG_WATCH_AGENT:
		return vg_look_at_agent(core, watch);
	case VG_WATCH_LINE:
		return vg_look_at_line(core, watch);
	case VG_WATCH_ALARMS:
		return vg_look_at_alarms(core, watch);
	case VG_WATCH_SOURCE:
		return vg_look_at_source(core, watch);
	}
	return 0;
}
