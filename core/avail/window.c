/* avail/window.c - service windows: planned, approved, begun and ended, withdrawn.
 *
 * Every occurrence is an object of its own; a command about "W-17" is about each of them, one about
 * "W-17.2" about that one. The hard thing is time going backwards: a window entered after its start
 * takes seconds out of a figure that people have seen, so it must lie within what was announced or
 * carry the municipality's agreement, and one withdrawn after its start gives them back; both hold
 * at once and wait for a second person (semantics.md 4.2). */
#include "core/core_private.h"

#include <string.h>

/* What a command is about: occurrences [first, end) of the core's list. */
struct selection {
	struct vg_items *items;
	size_t first, end;
};

static int
refuse(struct vg_verdict *out, const struct vg_window *window, const char *reason)
{
	return vg_verdict_set(out, VG_VERDICT_REFUSED, "W-%lld.%lld %s", (long long)window->series,
			      (long long)window->n, reason);
}

/* Figures, signals and fees follow a window. */
static int
tell_change(struct vg_core *core, const struct vg_window *window)
{
	int rc = vg_core_window_changed(core, window);

	vg_fee_cause_changed(core, 'W', window->series);
	return rc != 0 ? rc : vg_core_mark_availability(core, window->from_ms);
}

/* Planning. */

bool
vg_window_notice_kept(const struct vg_agreement *agreement, int64_t announced_ms, int64_t from_ms)
{
	int64_t day = vg_agreement_day_of(agreement, from_ms);
	int64_t before, since_midnight_ms;

	if (day == INT64_MIN || day - agreement->window_notice_days < agreement->first_day)
		return false;
	day -= agreement->first_day;
	before = day - agreement->window_notice_days;
	since_midnight_ms = from_ms - agreement->day_start_ms[day];
	return announced_ms <= agreement->day_start_ms[before] + since_midnight_ms;
}

static bool
times_hold(const struct vg_window_body *body, struct vg_verdict *out)
{
	const char *wrong = NULL;
	size_t i;

	if (body->times == 0 || body->times > VG_WINDOW_TIMES_MAX) {
		vg_verdict_set(out, VG_VERDICT_REFUSED, "a window has 1 to %d occurrences, not %zu",
			       VG_WINDOW_TIMES_MAX, body->times);
		return false;
	}
	for (i = 0; i < body->times && wrong == NULL; i++) {
		if (body->time[i][0] >= body->time[i][1])
			wrong = "must begin before it ends";
		else if (i > 0 && body->time[i][0] < body->time[i - 1][1])
			wrong = "must not begin before the one before it has ended";
	}
	if (wrong != NULL)
		vg_verdict_set(out, VG_VERDICT_REFUSED, "occurrence %zu of the window %s", i - 1,
			       wrong);
	return wrong == NULL;
}

/* Entered after the fact, a window that leaves time out needs a ground that is older than itself.
 */
static bool
retroactive_holds(const struct vg_agreement *agreement, const struct vg_window_body *body,
		  int64_t from_ms, struct vg_verdict *out)
{
	if (body->reason[0] == '\0')
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "a window entered after its start needs a reason");
	else if (body->category == VG_WINDOW_PLANNED && body->agreed_by[0] == '\0' &&
		 (body->announced_ms < 0 ||
		  !vg_window_notice_kept(agreement, body->announced_ms, from_ms)))
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "a window entered after its start needs announced at least %lld "
			       "days before it, or agreed_by",
			       (long long)agreement->window_notice_days);
	else
		return true;
	return false;
}

static bool
plan_holds(const struct vg_core *core, const struct vg_window_body *body, struct vg_verdict *out)
{
	struct vg_scope_lists scope = {body->services, body->channels, body->municipalities};
	const struct vg_agreement *agreement;

	if (!times_hold(body, out))
		return false;
	if (body->announced_ms > core->received_ms + VG_AHEAD_MAX_MS) {
		vg_verdict_set(out, VG_VERDICT_REFUSED,
			       "a window cannot have been announced in the future");
		return false;
	}
	for (size_t i = 0; i < body->times; i++) {
		int64_t from_ms = body->time[i][0];

		agreement = vg_scope_agreement(core, from_ms, &scope, out);
		if (agreement == NULL)
			return false;
		if (vg_agreement_day_of(agreement, body->time[i][1]) == INT64_MIN ||
		    vg_agreement_day_of(agreement, from_ms) == INT64_MIN) {
			vg_verdict_set(out, VG_VERDICT_REFUSED,
				       "occurrence %zu of the window lies outside the years of "
				       "agreement %.40s %.20s",
				       i, agreement->name, agreement->version);
			return false;
		}
		if (from_ms < core->received_ms &&
		    !retroactive_holds(agreement, body, from_ms, out))
			return false;
	}
	return true;
}

/* A planned window may come too late to leave time out: that is said at once. */
static void
warn_of_notice(const struct vg_core *core, const struct vg_window *window, struct vg_verdict *out)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, window->from_ms);

	if (out->code != VG_VERDICT_TAKEN || window->category != VG_WINDOW_PLANNED ||
	    window->agreed_by[0] != '\0' || agreement == NULL ||
	    vg_window_notice_kept(agreement, window->announced_ms, window->from_ms))
		return;
	vg_verdict_set(out, VG_VERDICT_FLAGGED,
		       "W-%lld.%lld was announced less than %lld days before: without agreed_by "
		       "it leaves no time out",
		       (long long)window->series, (long long)window->n,
		       (long long)agreement->window_notice_days);
}

static int
plan(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	const struct vg_window_body *body = &event->body.window;
	struct vg_window window = {
		.series = event->seq,
		.name = body->name,
		.services = body->services,
		.channels = body->channels,
		.municipalities = body->municipalities,
		.category = (int)body->category,
		.planned_ms = core->received_ms,
		.announced_ms = body->announced_ms >= 0 ? body->announced_ms : core->received_ms,
		.agreed_by = body->agreed_by,
		.rrule = body->rrule,
		.uid = body->uid,
		.reason = body->reason,
		.author = event->actor,
		.started_ms = -1,
		.ended_ms = -1,
	};
	int rc = 0;

	if (!plan_holds(core, body, out))
		return 0;
	if (core->items[VG_OBJECT_WINDOW].n + body->times > VG_CORE_WINDOWS_MAX)
		return vg_verdict_set(out, VG_VERDICT_OVERLOAD,
				      "more than %d occurrences of windows", VG_CORE_WINDOWS_MAX);
	for (size_t i = 0; i < body->times && rc == 0; i++) {
		window.n = (int64_t)i;
		window.from_ms = body->time[i][0];
		window.to_ms = body->time[i][1];
		warn_of_notice(core, &window, out);
		if ((rc = vg_item_add(core, VG_OBJECT_WINDOW, &window, NULL)) == 0)
			rc = tell_change(core, &window);
	}
	return rc;
}

/* Approving. */

/* Who must not be the one that approves, and where the approval is noted; NULL = nothing waits. */
static const char *
waits_for_second(struct vg_window *window, const char ***approval)
{
	if (window->withdrawn) {
		*approval = &window->withdrawal_approved_by;
		return **approval[0] == '\0' ? window->withdrawn_by : NULL;
	}
	*approval = &window->approved_by;
	return **approval[0] == '\0' ? window->author : NULL;
}

/* Approves what of the selection waits and is another's; *own: some of it is the actor's. */
static int
approve_each(struct vg_core *core, const struct selection *selection, const char *actor,
	     size_t *approved, const struct vg_window **own)
{
	for (size_t i = selection->first; i < selection->end; i++) {
		struct vg_item *item = selection->items->item[i];
		struct vg_window *window = &item->of.window;
		const char **approval;
		const char *author = waits_for_second(window, &approval);
		int rc;

		if (author == NULL)
			continue;
		if (strcmp(author, actor) == 0) {
			*own = window;
			continue;
		}
		if (vg_item_set_text(core, approval, actor) != 0)
			return VG_CORE_ENOMEM;
		vg_item_mark(core, item);
		if ((rc = tell_change(core, window)) != 0)
			return rc;
		(*approved)++;
	}
	return 0;
}

static int
approve(struct vg_core *core, const struct selection *selection, const struct vg_event *event,
	struct vg_verdict *out)
{
	const struct vg_window *own = NULL;
	size_t approved = 0;
	int rc = approve_each(core, selection, event->actor, &approved, &own);

	if (rc != 0 || approved > 0)
		return rc;
	if (own == NULL)
		return refuse(out, &selection->items->item[selection->first]->of.window,
			      "waits for no approval");
	return refuse(out, own, "was stated by the same: a second principal must approve it");
}

/* Withdrawing. */

/* Time that was left out comes back only with a second person's word; what has not begun, or never
 * counted, needs none. */
static bool
needs_second(const struct vg_core *core, const struct vg_window *window)
{
	return window->from_ms < core->received_ms && window->category == VG_WINDOW_PLANNED &&
	       (window->approved_by[0] != '\0' || window->planned_ms > window->from_ms);
}

static int
withdraw_one(struct vg_core *core, struct vg_item *item, const struct vg_event *event)
{
	struct vg_window changed = item->of.window;
	int rc;

	changed.withdrawn = true;
	changed.withdrawn_by = event->actor;
	changed.withdrawn_reason = event->body.window.reason;
	changed.withdrawal_approved_by = needs_second(core, &changed) ? "" : event->actor;
	if ((rc = vg_item_replace(core, item, &changed)) != 0)
		return rc;
	return tell_change(core, &changed);
}

static int
withdraw(struct vg_core *core, const struct selection *selection, const struct vg_event *event,
	 struct vg_verdict *out)
{
	const struct vg_window *first = &selection->items->item[selection->first]->of.window;
	bool withdrew = false;
	int rc = 0;

	if (event->body.window.reason[0] == '\0')
		return refuse(out, first,
			      "is withdrawn with a reason: it stands beside the figure");
	for (size_t i = selection->first; i < selection->end && rc == 0; i++) {
		struct vg_item *item = selection->items->item[i];

		if (item->of.window.withdrawn)
			continue;
		rc = withdraw_one(core, item, event);
		withdrew = true;
	}
	return withdrew ? rc : refuse(out, first, "was withdrawn already");
}

/* Beginning and ending. */

static const char *
wrong_start(const struct vg_core *core, const struct vg_window *window, int64_t at_ms)
{
	if (window->withdrawn)
		return "was withdrawn: it cannot begin";
	if (window->started_ms >= 0)
		return "was begun already";
	if (at_ms > core->received_ms + VG_AHEAD_MAX_MS)
		return "cannot have begun in the future";
	return at_ms >= window->to_ms ? "was to end before that: it cannot begin" : NULL;
}

static const char *
wrong_end(const struct vg_core *core, const struct vg_window *window, int64_t at_ms)
{
	if (window->started_ms < 0)
		return "was not begun: it cannot end";
	if (window->ended_ms >= 0)
		return "was ended already";
	if (at_ms > core->received_ms + VG_AHEAD_MAX_MS)
		return "cannot have ended in the future";
	return at_ms <= window->started_ms ? "must end after it began" : NULL;
}

static int
begin_or_end(struct vg_core *core, const struct selection *selection, const struct vg_event *event,
	     struct vg_verdict *out)
{
	struct vg_item *item = selection->items->item[selection->first];
	struct vg_window *window = &item->of.window;
	int64_t at_ms = event->body.window.at_ms;
	bool begins = event->kind == VG_KIND_WINDOW_STARTED;
	const char *wrong;

	if (selection->end - selection->first > 1)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "W-%lld has %zu occurrences: name the one, such as W-%lld.0",
				      (long long)window->series, selection->end - selection->first,
				      (long long)window->series);
	wrong = begins ? wrong_start(core, window, at_ms) : wrong_end(core, window, at_ms);
	if (wrong != NULL)
		return refuse(out, window, wrong);
	if (begins)
		window->started_ms = at_ms;
	else
		window->ended_ms = at_ms;
	vg_item_mark(core, item);
	return tell_change(core, window);
}

/* The occurrences of a series stand together, by number. */
static struct selection
select_windows(struct vg_core *core, const char *name)
{
	struct selection selection = {.items = &core->items[VG_OBJECT_WINDOW]};
	struct vg_item key;
	struct vg_item *const *item = selection.items->item;
	int64_t n;

	if (!vg_own_id(name, 'W', &key.of.window.series, &n))
		return selection;
	key.of.window.n = n < 0 ? 0 : n;
	selection.first = selection.end = vg_items_place(core, VG_OBJECT_WINDOW, &key);
	while (selection.end < selection.items->n &&
	       item[selection.end]->of.window.series == key.of.window.series &&
	       (n < 0 || item[selection.end]->of.window.n == n))
		selection.end++;
	return selection;
}

const struct vg_window *
vg_core_window_named(const struct vg_core *core, const char *name)
{
	int64_t series, n;

	return vg_own_id(name, 'W', &series, &n) ? vg_core_window(core, series, n) : NULL;
}

int
vg_core_window_step(struct vg_core *core, const struct vg_event *event, struct vg_verdict *out)
{
	struct selection selection;

	if (event->kind == VG_KIND_WINDOW_PLANNED)
		return plan(core, event, out);
	selection = select_windows(core, event->body.window.window);
	if (selection.first == selection.end)
		return vg_verdict_set(out, VG_VERDICT_REFUSED,
				      "no window %.60s: expected W-, its number, and for one "
				      "occurrence a dot and its number",
				      event->body.window.window);
	if (event->kind == VG_KIND_WINDOW_APPROVED)
		return approve(core, &selection, event, out);
	if (event->kind == VG_KIND_WINDOW_WITHDRAWN)
		return withdraw(core, &selection, event, out);
	return begin_or_end(core, &selection, event, out);
}
