/* schedule.c - when each probe runs.
 *
 * A heap of slots by the time when something is to be done with each: its next turn, or the
 * deadline of its run when that comes first. The hard thing is that nothing may pile up: a turn
 * that finds its probe still running or waiting is skipped, one that comes late is made once, and
 * the number of runs is bounded in two lanes, so that slow plugins never hold up built-in checks.
 */
#include "agents/schedule.h"

#include "agents/checks/plugin.h"

#include <stdlib.h>
#include <string.h>

enum slot_state { IDLE, WAITING, RUNNING };

struct slot {
	struct vg_schedule *schedule;
	const struct vg_agent_probe *probe;
	enum slot_state state;
	struct vg_check_run *run;
	struct slot *next_waiting;
	size_t heap_index;
	int64_t due_ms, deadline_ms; /* steady; the deadline holds while RUNNING */
	int64_t at_ms;		     /* UTC, of the run */
	int last;		     /* enum vg_check_state, -1 = none yet */
};

struct lane {
	size_t running, waiting, max;
	struct slot *first, **end;
};

struct vg_schedule {
	struct vg_schedule_options options;
	struct slot *slot;  /* one for each probe, in their order */
	struct slot **heap; /* the earliest first */
	struct lane built_in, plugins;
	struct vg_schedule_counts counts;
};

/* The heap. */

static int64_t
wake_ms(const struct slot *slot)
{
	return slot->state == RUNNING && slot->deadline_ms < slot->due_ms ? slot->deadline_ms
									  : slot->due_ms;
}

static void
put(struct vg_schedule *s, struct slot *slot, size_t index)
{
	s->heap[index] = slot;
	slot->heap_index = index;
}

/* Moves a slot whose time has changed to its place. */
static void
settle(struct vg_schedule *s, struct slot *slot)
{
	size_t at = slot->heap_index, count = s->options.probes;
	int64_t wake = wake_ms(slot);

	for (; at > 0 && wake < wake_ms(s->heap[(at - 1) / 2]); at = (at - 1) / 2)
		put(s, s->heap[(at - 1) / 2], at);
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && wake_ms(s->heap[child + 1]) < wake_ms(s->heap[child]))
			child++;
		if (wake <= wake_ms(s->heap[child]))
			break;
		put(s, s->heap[child], at);
	}
	put(s, slot, at);
}

/* Lanes. */

static struct lane *
lane_of(const struct slot *slot)
{
	struct vg_schedule *s = slot->schedule;

	return slot->probe->type == &vg_check_plugin ? &s->plugins : &s->built_in;
}

static void
wait_for_place(struct slot *slot)
{
	struct lane *lane = lane_of(slot);

	slot->state = WAITING;
	slot->next_waiting = NULL;
	*lane->end = slot;
	lane->end = &slot->next_waiting;
	lane->waiting++;
}

static struct slot *
take_waiting(struct lane *lane)
{
	struct slot *slot = lane->first;

	lane->first = slot->next_waiting;
	if (lane->first == NULL)
		lane->end = &lane->first;
	lane->waiting--;
	return slot;
}

/* Runs. */

static void
tell(struct slot *slot, const struct vg_check_result *result)
{
	const struct vg_agent_sample sample = {
		.probe = slot->probe->name,
		.at_ms = slot->at_ms,
		.result = result,
		.changed = slot->last != (int)result->state,
	};

	slot->last = (int)result->state;
	slot->schedule->options.on_sample(&sample, slot->schedule->options.arg);
}

static void
end_run(struct slot *slot)
{
	slot->run = NULL;
	slot->state = IDLE;
	lane_of(slot)->running--;
	settle(slot->schedule, slot);
}

static void
on_done(const struct vg_check_result *result, void *arg)
{
	struct slot *slot = arg;
	const struct vg_schedule_options *options = &slot->schedule->options;

	end_run(slot);
	tell(slot, result);
	if (lane_of(slot)->waiting > 0)
		options->on_ready(options->arg);
}

void
vg_schedule_no_answer(const struct vg_agent_probe *probe, struct vg_check_result *out)
{
	*out = (struct vg_check_result){
		.state = VG_CHECK_CRITICAL, .latency_ms = -1, .phases = {-1, -1, -1, -1, -1}};
	vg_check_text(out, "no answer within %lld ms", (long long)probe->timeout_ms);
}

static void
give_up(struct slot *slot)
{
	struct vg_check_result result;

	slot->probe->type->cancel(slot->run);
	slot->schedule->counts.given_up++;
	vg_schedule_no_answer(slot->probe, &result);
	end_run(slot);
	tell(slot, &result);
}

static void
begin(struct slot *slot, int64_t now_ms, int64_t wall_ms)
{
	struct vg_schedule *s = slot->schedule;
	const struct vg_agent_probe *probe = slot->probe;
	struct vg_check_result result = {.state = VG_CHECK_UNKNOWN, .latency_ms = -1};
	char why[VG_CHECK_TEXT_MAX + 1] = "";

	slot->at_ms = wall_ms;
	s->counts.runs++;
	slot->run = probe->type->start(s->options.engine, probe->settings, probe->timeout_ms,
				       on_done, slot, why);
	if (slot->run == NULL) {
		slot->state = IDLE;
		vg_check_text(&result, "%s", why);
		tell(slot, &result);
		return;
	}
	slot->state = RUNNING;
	slot->deadline_ms = now_ms + probe->timeout_ms + VG_SCHEDULE_GRACE_MS;
	lane_of(slot)->running++;
	settle(s, slot);
}

/* One turn, also when several have passed. */
static void
take_turn(struct slot *slot, int64_t now_ms)
{
	int64_t interval_ms = slot->probe->interval_ms;

	slot->due_ms += interval_ms * ((now_ms - slot->due_ms) / interval_ms + 1);
	if (slot->state == IDLE)
		wait_for_place(slot);
	else
		slot->schedule->counts.skipped++;
	settle(slot->schedule, slot);
}

static void
fill(struct lane *lane, int64_t now_ms, int64_t wall_ms)
{
	while (lane->waiting > 0 && lane->running < lane->max)
		begin(take_waiting(lane), now_ms, wall_ms);
}

void
vg_schedule_turn(struct vg_schedule *s, int64_t now_ms, int64_t wall_ms)
{
	while (vg_schedule_next_ms(s) <= now_ms) {
		struct slot *slot = s->heap[0];

		if (slot->state == RUNNING && slot->deadline_ms <= now_ms)
			give_up(slot);
		else
			take_turn(slot, now_ms);
	}
	fill(&s->built_in, now_ms, wall_ms);
	fill(&s->plugins, now_ms, wall_ms);
}

int64_t
vg_schedule_next_ms(const struct vg_schedule *s)
{
	return s->options.probes == 0 ? INT64_MAX : wake_ms(s->heap[0]);
}

void
vg_schedule_get_counts(const struct vg_schedule *s, struct vg_schedule_counts *out)
{
	*out = s->counts;
	out->running = s->built_in.running + s->plugins.running;
	out->waiting = s->built_in.waiting + s->plugins.waiting;
}

/* Life. */

/* FNV-1a: the same at every start. */
static uint64_t
hash(const char *name)
{
	uint64_t value = UINT64_C(14695981039346656037);

	for (; *name != '\0'; name++)
		value = (value ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return value;
}

static int64_t
first_due_ms(const struct vg_agent_probe *probe, int64_t now_ms)
{
	int64_t offset_ms = (int64_t)(hash(probe->name) % (uint64_t)probe->interval_ms);
	int64_t late_ms = (now_ms - offset_ms) % probe->interval_ms;

	if (late_ms < 0)
		late_ms += probe->interval_ms;
	return late_ms == 0 ? now_ms : now_ms - late_ms + probe->interval_ms;
}

int
vg_schedule_new(struct vg_schedule **out, const struct vg_schedule_options *options, int64_t now_ms,
		struct vg_err *err)
{
	struct vg_schedule *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->slot = calloc(options->probes + 1, sizeof(*s->slot));
		s->heap = calloc(options->probes + 1, sizeof(*s->heap));
	}
	if (s == NULL || s->slot == NULL || s->heap == NULL) {
		vg_schedule_free(s);
		return vg_err_set(err, VG_ENOMEM, "schedule: out of memory");
	}
	s->options = *options;
	s->built_in = (struct lane){.max = VG_SCHEDULE_BUILT_IN_MAX, .end = &s->built_in.first};
	s->plugins = (struct lane){.max = (size_t)options->plugins_max, .end = &s->plugins.first};
	s->options.probes = 0; /* the heap grows by one */
	for (size_t i = 0; i < options->probes; i++) {
		s->slot[i] = (struct slot){.schedule = s,
					   .probe = &options->probe[i],
					   .due_ms = first_due_ms(&options->probe[i], now_ms),
					   .last = -1};
		put(s, &s->slot[i], s->options.probes++);
		settle(s, &s->slot[i]);
	}
	*out = s;
	return 0;
}

static int
by_name(const void *left, const void *right)
{
	const struct slot *a = left, *b = right;

	return strcmp(a->probe->name, b->probe->name);
}

void
vg_schedule_inherit(struct vg_schedule *s, const struct vg_schedule *before)
{
	s->counts = before->counts;
	for (size_t i = 0; i < s->options.probes && before->options.probes > 0; i++) {
		struct slot *slot = &s->slot[i];
		const struct slot *old =
			bsearch(slot, before->slot, before->options.probes, sizeof(*slot), by_name);

		if (old == NULL)
			continue;
		slot->last = old->last;
		if (old->state != IDLE)
			wait_for_place(slot);
	}
}

void
vg_schedule_free(struct vg_schedule *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->options.probes; i++)
		if (s->slot[i].state == RUNNING)
			s->slot[i].probe->type->cancel(s->slot[i].run);
	free(s->slot);
	free(s->heap);
	free(s);
}
