/* ticket/clock.c - the meters of one ticket, and the verdict from them.
 *
 * Elapsed time is the sum of stretches, each measured in the calendar of the class then in force;
 * it is compared with the present target, which applies from creation. The hard thing is what an
 * old target leaves behind: one that was passed while it was in force stays missed, but its due
 * time is gone at once (semantics.md 3.4, priority change). */
#include "core/ticket/private.h"

#include <string.h>

/* The accounting's resolution: overdue is first seen one second past the target. */
#define SECOND_MS 1000

static void
add_fault(struct vg_meters *meters, enum vg_fault fault)
{
	meters->faults |= 1U << fault;
}

static int64_t
target_of(const struct vg_meters *meters, enum vg_clock clock)
{
	const struct vg_target *target = meters->class.target;

	if (target == NULL)
		return -1;
	if (clock == VG_CLOCK_RESPONSE)
		return target->response_ms;
	return clock == meters->contractual ? target->resolution_ms : -1;
}

/* Counted time of the running stretch up to at_ms. */
static int64_t
stretch_ms(struct vg_meters *meters, const struct vg_meter *meter, int64_t at_ms)
{
	const struct vg_cal *cal = meters->class.cal;

	if (!meter->running)
		return 0;
	if (!cal->always && (meter->from_ms < cal->from_ms || at_ms > cal->to_ms))
		add_fault(meters, VG_FAULT_OUTSIDE_CALENDAR);
	return vg_cal_between_ms(cal, meter->from_ms, at_ms);
}

/* When the running stretch brings the sum to `elapsed_ms`; -1 when the expansion ends before. */
static int64_t
reached_ms(const struct vg_meters *meters, const struct vg_meter *meter, int64_t elapsed_ms)
{
	return vg_cal_due_ms(meters->class.cal, meter->from_ms, elapsed_ms - meter->elapsed_ms);
}

static void
stop(struct vg_meters *meters, struct vg_meter *meter, int64_t at_ms)
{
	int64_t elapsed_ms = meter->elapsed_ms + stretch_ms(meters, meter, at_ms);

	if (meter->target_ms >= 0 && meter->passed_ms < 0 && elapsed_ms > meter->target_ms)
		meter->passed_ms = reached_ms(meters, meter, meter->target_ms);
	meter->elapsed_ms = elapsed_ms;
	meter->running = false;
}

static void
take_class(struct vg_meters *meters, const struct vg_sla_class *class, int64_t at_ms)
{
	meters->class = *class;
	meters->class_from_ms = at_ms;
	if (class->agreement == NULL)
		add_fault(meters, VG_FAULT_NO_AGREEMENT);
}

void
vg_meters_init(struct vg_meters *meters, enum vg_clock contractual,
	       const struct vg_sla_class *class, int64_t at_ms)
{
	enum vg_clock clock;

	memset(meters, 0, sizeof *meters);
	meters->contractual = contractual;
	take_class(meters, class, at_ms);
	for (clock = 0; clock < VG_CLOCK_COUNT; clock++) {
		struct vg_meter *meter = &meters->meter[clock];

		meter->target_ms = target_of(meters, clock);
		meter->passed_ms = meter->start_ms = meter->end_ms = -1;
	}
}

/* Ends the stretches measured in the class that goes; a target passed while it was in force stays
 * missed. */
static unsigned
leave_class(struct vg_meters *meters, int64_t at_ms)
{
	unsigned running = 0;
	enum vg_clock clock;

	for (clock = 0; clock < VG_CLOCK_COUNT; clock++) {
		struct vg_meter *meter = &meters->meter[clock];

		if (meter->running)
			running |= VG_CLOCK_BIT(clock);
		stop(meters, meter, at_ms);
		if (at_ms > meters->class_from_ms && meter->target_ms >= 0 &&
		    meter->elapsed_ms > meter->target_ms && meter->breached_as == NULL)
			meter->breached_as = meters->class.name;
	}
	return running;
}

void
vg_meters_retarget(struct vg_meters *meters, const struct vg_sla_class *class, int64_t at_ms)
{
	unsigned running;
	enum vg_clock clock;

	if (class->agreement == meters->class.agreement &&
	    strcmp(class->name, meters->class.name) == 0)
		return;
	running = leave_class(meters, at_ms);
	take_class(meters, class, at_ms);
	for (clock = 0; clock < VG_CLOCK_COUNT; clock++) {
		struct vg_meter *meter = &meters->meter[clock];

		if (meter->end_ms >=
		    0) /* a response once given is judged by the target it was given under */
			continue;
		meter->target_ms = target_of(meters, clock);
		meter->passed_ms = meter->elapsed_ms > meter->target_ms ? at_ms : -1;
	}
	vg_meters_run(meters, running, at_ms);
}

void
vg_meters_run(struct vg_meters *meters, unsigned running, int64_t at_ms)
{
	enum vg_clock clock;

	for (clock = 0; clock < VG_CLOCK_COUNT; clock++) {
		struct vg_meter *meter = &meters->meter[clock];
		bool runs = (running & VG_CLOCK_BIT(clock)) != 0;

		if (meter->running && !runs)
			stop(meters, meter, at_ms);
		if (!meter->running && runs) {
			meter->running = true;
			meter->from_ms = at_ms;
			vg_meters_start(meters, clock, at_ms);
		}
	}
}

void
vg_meters_start(struct vg_meters *meters, enum vg_clock clock, int64_t at_ms)
{
	if (meters->meter[clock].start_ms < 0)
		meters->meter[clock].start_ms = at_ms;
}

void
vg_meters_end(struct vg_meters *meters, enum vg_clock clock, int64_t at_ms)
{
	struct vg_meter *meter = &meters->meter[clock];

	if (meter->start_ms >= 0 && meter->end_ms < 0)
		meter->end_ms = at_ms;
}

/* elapsed_ms of the state is filled in. An ended clock has its verdict; an open one tells how it
 * stands. */
static enum vg_sla
verdict_of(const struct vg_meter *meter, const struct vg_clock_state *state)
{
	bool missed = meter->breached_as != NULL || state->elapsed_ms > meter->target_ms;

	if (meter->target_ms < 0 || meter->start_ms < 0)
		return VG_SLA_NONE;
	if (meter->end_ms >= 0)
		return missed ? VG_SLA_MISSED : VG_SLA_MET;
	if (missed)
		return VG_SLA_OVERDUE;
	return meter->running ? VG_SLA_RUNNING : VG_SLA_PAUSED;
}

static void
tell_state(struct vg_meters *meters, enum vg_clock clock, int64_t at_ms, struct vg_clock_state *out)
{
	const struct vg_meter *meter = &meters->meter[clock];

	out->elapsed_ms = meter->elapsed_ms + stretch_ms(meters, meter, at_ms);
	out->target_ms = meter->target_ms;
	out->due_ms = -1;
	out->remaining_ms = 0;
	out->start_ms = meter->start_ms;
	out->end_ms = meter->end_ms;
	out->breached_as = meter->breached_as;
	if (meter->target_ms >= 0) {
		out->remaining_ms = meter->target_ms - out->elapsed_ms;
		if (meter->running)
			out->due_ms = meter->passed_ms >= 0
					      ? meter->passed_ms
					      : reached_ms(meters, meter, meter->target_ms);
	}
	out->sla = verdict_of(meter, out);
}

void
vg_meters_judge(struct vg_meters *meters, int64_t at_ms, enum vg_outcome outcome,
		struct vg_ticket_view *out)
{
	const uint32_t unjudged = 1U << VG_FAULT_OUTSIDE_CALENDAR | 1U << VG_FAULT_NO_AGREEMENT;
	enum vg_clock clock;

	for (clock = 0; clock < VG_CLOCK_COUNT; clock++) {
		if (outcome != VG_OUTCOME_OPEN)
			vg_meters_end(meters, clock, at_ms);
		tell_state(meters, clock, at_ms, &out->clock[clock]);
	}
	for (clock = 0; clock < VG_CLOCK_COUNT; clock++) {
		struct vg_clock_state *state = &out->clock[clock];

		if (outcome == VG_OUTCOME_DROPPED || (meters->faults & unjudged) != 0)
			state->sla = VG_SLA_NONE;
		if (state->sla == VG_SLA_RUNNING)
			vg_view_note_deadline(out, reached_ms(meters, &meters->meter[clock],
							      state->target_ms + SECOND_MS));
	}
	out->resolution = out->clock[meters->contractual];
	out->faults |= meters->faults;
}
