/* ticket/view.c - everything that follows from a ticket's facts, as of one instant.
 *
 * Two passes over the facts that count. The survey finds what only the whole list tells: the
 * opening, the first known line and class (they hold from creation), and the run of statuses that
 * ends the ticket. The walk then gives every second from creation to that end to one side and to
 * the clocks that ran.
 *
 * The hard thing is several facts in the same second. A state that lasted no time may leave no
 * trace: so a state is settled (pause begun, class taken, clocks set) only when time passes in it,
 * or when it is the last. */
#include "core/ticket/private.h"

#include <string.h>

struct walk {
	const struct vg_core *core;
	const struct vg_survey *survey;
	struct vg_ticket_view *out;
	vg_segment_cb *on_segment;
	void *arg;
	int64_t at_ms; /* accounted for up to here */
	int64_t fact_seq;
	int64_t number[VG_TF_COUNT]; /* all that is stated so far */
	enum vg_status status;
	enum vg_reason reason;
	int64_t told; /* of this pause: 0, 1, -1 = not stated */
	int line;     /* 0 = unknown */
	uint32_t group;
	bool arrived; /* in second line, before the end */
	bool ended;
	bool pausing;	      /* in an agreed pause, even when it has become too long */
	int64_t pause_end_ms; /* when it becomes too long */
	const struct vg_agreement *pause_rules; /* valid when the ticket became pending */
	struct vg_class_track track;
	struct vg_meters meters;
};

static void
add_fault(struct walk *w, enum vg_fault fault)
{
	w->out->faults |= 1U << fault;
}

/* Walk: the state of an instant. */

static bool
is_paused(const struct walk *w)
{
	return w->pausing && w->at_ms < w->pause_end_ms;
}

static bool
is_agreed_pause(const struct walk *w)
{
	return w->status == VG_STATUS_PENDING && w->reason != VG_REASON_NONE &&
	       w->pause_rules != NULL && (w->pause_rules->pause_reasons >> w->reason & 1) != 0;
}

static enum vg_side
side_of(const struct walk *w)
{
	static const enum vg_side by_line[] = {VG_SIDE_FIRST_LINE, VG_SIDE_FIRST_LINE,
					       VG_SIDE_SECOND_LINE, VG_SIDE_SUPPLIER};

	if (vg_outcome_of(w->status) != VG_OUTCOME_OPEN)
		return VG_SIDE_RESOLVED;
	if (is_paused(w)) {
		if (w->reason == VG_REASON_REQUESTER)
			return VG_SIDE_WAITING_REQUESTER;
		if (w->reason == VG_REASON_MUNICIPALITY)
			return VG_SIDE_WAITING_MUNICIPALITY;
		if (w->reason == VG_REASON_SCHEDULED)
			return VG_SIDE_SCHEDULED;
		if (w->reason == VG_REASON_SUPPLIER)
			return VG_SIDE_SUPPLIER;
	}
	return by_line[w->line];
}

/* The clocks that run. Pauses stop the two that semantics.md 3.4 says "minus pauses" of. The
 * response clock runs while the matter is in second line: nobody there can acknowledge what has
 * been handed back. */
static unsigned
running_clocks(const struct walk *w)
{
	unsigned running = 0;

	if (vg_outcome_of(w->status) != VG_OUTCOME_OPEN)
		return 0;
	if (!is_paused(w))
		running |= VG_CLOCK_BIT(VG_CLOCK_END_TO_END);
	if (!w->arrived)
		return running | VG_CLOCK_BIT(VG_CLOCK_FIRST_LINE);
	if (w->line < VG_LINE_SECOND)
		return running;
	if (!is_paused(w))
		running |= VG_CLOCK_BIT(VG_CLOCK_SECOND_LINE);
	if (w->line == VG_LINE_SUPPLIER)
		running |= VG_CLOCK_BIT(VG_CLOCK_SUPPLIER);
	if (w->out->acknowledged_ms < 0)
		running |= VG_CLOCK_BIT(VG_CLOCK_RESPONSE);
	return running;
}

static const struct vg_sla_class *
class_in_force(const struct walk *w)
{
	const struct vg_survey *survey = w->survey;

	if (survey->last_class.agreement != NULL &&
	    survey->last_class.agreement->retarget == VG_RETARGET_LAST_PRIORITY)
		return &survey->last_class;
	return w->track.class.name[0] != '\0' ? &w->track.class : &survey->first_class;
}

static void
settle_pause(struct walk *w)
{
	bool agreed = is_agreed_pause(w);

	if (w->status == VG_STATUS_PENDING && w->reason == VG_REASON_NONE)
		add_fault(w, VG_FAULT_PAUSE_WITHOUT_REASON);
	if (agreed && w->told == 0)
		add_fault(w, VG_FAULT_PAUSE_NOT_TOLD);
	if (agreed && !w->pausing) {
		w->pause_end_ms = INT64_MAX;
		if (w->pause_rules->max_pause_days >= 0)
			w->pause_end_ms = vg_agreement_add_working_days_ms(
				w->pause_rules, w->at_ms, w->pause_rules->max_pause_days);
		if (w->pause_end_ms < 0) {
			w->pause_end_ms = INT64_MAX;
			add_fault(w, VG_FAULT_OUTSIDE_CALENDAR);
		}
	}
	w->pausing = agreed;
	if (agreed && !is_paused(w))
		add_fault(w, VG_FAULT_PAUSE_TOO_LONG);
}

/* Makes the state that holds from w->at_ms the one that is measured. */
static void
settle(struct walk *w)
{
	settle_pause(w);
	vg_meters_retarget(&w->meters, class_in_force(w), w->at_ms);
	vg_meters_run(&w->meters, running_clocks(w), w->at_ms);
	if (w->arrived)
		vg_meters_end(&w->meters, VG_CLOCK_FIRST_LINE, w->out->second_line_ms);
	if (w->out->acknowledged_ms >= 0)
		vg_meters_end(&w->meters, VG_CLOCK_RESPONSE, w->out->acknowledged_ms);
}

/* Walk: the passing of time. */

static const char *
why(const struct walk *w, bool counts, int64_t counted_ms)
{
	static const char *const paused[VG_REASON_COUNT] = {"paused",
							    "paused: requester",
							    "paused: municipality",
							    "paused: scheduled by requester",
							    "paused: supplier",
							    "paused: change",
							    "paused: vgr"};
	static const char *const pending[VG_REASON_COUNT] = {
		"counts: pause without reason", "counts: pending requester",
		"counts: pending municipality", "counts: scheduled by requester",
		"counts: pending supplier",	"counts: pending change",
		"counts: pending vgr"};

	if (vg_outcome_of(w->status) != VG_OUTCOME_OPEN)
		return "resolved until reopened";
	if (is_paused(w))
		return paused[w->reason];
	if (!counts)
		return "not in second line";
	if (counted_ms == 0)
		return "closed hours";
	if (w->pausing)
		return "counts: pause longer than agreed";
	return w->status == VG_STATUS_PENDING ? pending[w->reason] : "counts";
}

static void
emit_segment(const struct walk *w, int64_t to_ms)
{
	const struct vg_sla_class *class = &w->meters.class;
	bool counts = (running_clocks(w) & VG_CLOCK_BIT(w->meters.contractual)) != 0;
	int64_t counted_ms = counts ? vg_cal_between_ms(class->cal, w->at_ms, to_ms) : 0;
	struct vg_segment segment = {
		.from_ms = w->at_ms,
		.to_ms = to_ms,
		.status = w->status,
		.reason = w->reason,
		.line = w->line,
		.side = side_of(w),
		.priority = class->priority,
		.calendar = class->cal->name,
		.counted_ms = counted_ms,
		.why = why(w, counts, counted_ms),
		.fact_seq = w->fact_seq,
	};

	w->on_segment(&segment, w->arg);
}

/* Gives the time up to to_ms to the present state; a pause that becomes too long meanwhile is cut
 * there. */
static void
account(struct walk *w, int64_t to_ms)
{
	if (to_ms > w->survey->end_ms)
		to_ms = w->survey->end_ms;
	while (w->at_ms < to_ms) {
		int64_t until_ms = to_ms;

		settle(w);
		if (is_paused(w) && w->pause_end_ms < to_ms)
			until_ms = w->pause_end_ms;
		w->out->side_ms[side_of(w)] += until_ms - w->at_ms;
		if (w->on_segment != NULL)
			emit_segment(w, until_ms);
		w->at_ms = until_ms;
	}
}

/* Walk: what a fact changes. */

/* A reason, and whether the requester was told, belong to the pause in which they are stated. */
static void
apply_pause(struct walk *w, const struct vg_fact *fact, enum vg_status before, int64_t at_ms)
{
	if (w->status != VG_STATUS_PENDING) {
		w->reason = VG_REASON_NONE;
		w->told = -1;
		return;
	}
	if (before != VG_STATUS_PENDING)
		w->pause_rules = vg_core_agreement_at(w->core, at_ms);
	if ((fact->set & VG_TF_BIT(VG_TF_REASON)) != 0)
		w->reason = (enum vg_reason)w->number[VG_TF_REASON];
	if ((fact->set & VG_TF_BIT(VG_TF_PAUSE_TOLD)) != 0)
		w->told = w->number[VG_TF_PAUSE_TOLD];
}

static void
apply_status(struct walk *w, const struct vg_fact *fact, int64_t at_ms)
{
	enum vg_status before = w->status;
	bool was_resolved = vg_outcome_of(before) == VG_OUTCOME_RESOLVED;

	if ((fact->set & VG_TF_BIT(VG_TF_STATUS)) != 0) {
		w->status = (enum vg_status)w->number[VG_TF_STATUS];
		if (!vg_status_may_follow(before, w->status))
			add_fault(w, VG_FAULT_ILLEGAL_TRANSITION);
		if (vg_outcome_of(w->status) != VG_OUTCOME_RESOLVED)
			w->out->reopens += was_resolved;
		else if (w->out->first_resolved_ms < 0)
			w->out->first_resolved_ms = at_ms;
	}
	apply_pause(w, fact, before, at_ms);
}

static void
arrive_in_second_line(struct walk *w, int64_t at_ms)
{
	if (w->out->second_line_ms < 0)
		w->out->second_line_ms = at_ms;
	if (w->arrived || w->ended)
		return;
	w->arrived = true;
	vg_meters_start(&w->meters, VG_CLOCK_SECOND_LINE, at_ms);
	vg_meters_start(&w->meters, VG_CLOCK_RESPONSE, at_ms);
}

/* Steps are counted between neighbouring known lines and groups, also after the resolution. */
static void
apply_line_and_group(struct walk *w, const struct vg_fact *fact, int64_t at_ms)
{
	struct vg_ticket_view *out = w->out;
	int line = vg_stated_line(fact, w->number);
	bool stays_second = out->line == VG_LINE_SECOND && (line == 0 || line == VG_LINE_SECOND);

	if (line != 0) {
		out->escalations += out->line != 0 && line > out->line;
		out->deescalations += line < out->line;
		out->highest_line = line > out->highest_line ? line : out->highest_line;
		out->line = w->line = line;
		if (line >= VG_LINE_SECOND)
			arrive_in_second_line(w, at_ms);
	}
	if ((fact->set & VG_TF_BIT(VG_TF_GROUP)) != 0 && w->number[VG_TF_GROUP] != 0) {
		uint32_t group = (uint32_t)w->number[VG_TF_GROUP];
		bool changed = w->group != 0 && group != w->group;

		out->handovers += changed;
		out->group_changes_second_line += changed && stays_second;
		w->group = group;
	}
}

static bool
states(const struct walk *w, const struct vg_fact *fact, enum vg_ticket_field field, int64_t number)
{
	return (fact->set & VG_TF_BIT(field)) != 0 && w->number[field] == number;
}

/* Acknowledged or assigned, and not by an automatic receipt. An operator's command that is said to
 * be a person's act acknowledges in whatever status the ticket is, unless it hands the matter over.
 */
static bool
is_acknowledgement(const struct walk *w, const struct vg_fact *fact)
{
	if (states(w, fact, VG_TF_BY_PERSON, 0))
		return false;
	if (fact->command && states(w, fact, VG_TF_BY_PERSON, 1) &&
	    (fact->set & VG_TF_BIT(VG_TF_LINE)) == 0)
		return true;
	return states(w, fact, VG_TF_STATUS, VG_STATUS_ACKNOWLEDGED) ||
	       states(w, fact, VG_TF_ASSIGNED, 1);
}

/* The first one while in second line, before the end, is the response. */
static void
apply_acknowledgement(struct walk *w, const struct vg_fact *fact, int64_t at_ms)
{
	if (w->out->acknowledged_ms < 0 && !w->ended && w->line >= VG_LINE_SECOND &&
	    is_acknowledgement(w, fact))
		w->out->acknowledged_ms = at_ms;
}

static void
apply(struct walk *w, const struct vg_fact *fact)
{
	int64_t at_ms = vg_later_ms(fact->at_ms, w->survey->created_ms);

	if (fact->at_ms < w->survey->created_ms)
		add_fault(w, VG_FAULT_BEFORE_OPENED);
	vg_fact_fold(fact, w->number);
	apply_status(w, fact, at_ms);
	apply_line_and_group(w, fact, at_ms);
	apply_acknowledgement(w, fact, at_ms);
	vg_class_track_follow(&w->track, w->core, w->number, at_ms);
	w->fact_seq = fact->seq;
}

/* Walk: its begin and end. */

static void
begin_walk(struct walk *w)
{
	const struct vg_survey *survey = w->survey;
	const struct vg_agreement *agreement = survey->last_class.agreement;
	bool second = agreement != NULL && agreement->resolution_clock == VG_RESOLUTION_SECOND_LINE;

	w->at_ms = survey->created_ms;
	w->told = -1;
	vg_class_track_init(&w->track, w->core, survey->created_ms);
	vg_meters_init(&w->meters, second ? VG_CLOCK_SECOND_LINE : VG_CLOCK_END_TO_END,
		       class_in_force(w), survey->created_ms);
	vg_meters_start(&w->meters, VG_CLOCK_END_TO_END, survey->created_ms);
	w->line = survey->first_line; /* the first known line holds from creation */
	if (w->line >= VG_LINE_SECOND)
		arrive_in_second_line(w, survey->created_ms);
}

static void
walk_facts(struct walk *w, const struct vg_history *history)
{
	const struct vg_survey *survey = w->survey;
	uint32_t i;

	begin_walk(w);
	for (i = 0; i < history->n; i++) {
		account(w, vg_later_ms(history->fact[i]->at_ms, survey->created_ms));
		apply(w, history->fact[i]);
		if (survey->outcome == VG_OUTCOME_OPEN || i != survey->final)
			continue;
		w->ended = true;
		if (survey->outcome == VG_OUTCOME_RESOLVED) {
			w->out->resolved_ms = survey->end_ms;
			w->out->resolving_line = w->out->line;
			w->out->first_line_only = w->out->highest_line == 1;
		}
	}
	account(w, survey->end_ms);
	settle(w);
	if (is_paused(w) && w->pause_end_ms != INT64_MAX)
		vg_view_note_deadline(w->out, w->pause_end_ms);
	vg_view_note_deadline(w->out, history->next_ms);
	vg_meters_judge(&w->meters, w->at_ms, survey->outcome, w->out);
}

static bool
is_bypass(const struct vg_ticket_view *view)
{
	return view->first_line == VG_LINE_SECOND &&
	       (view->current[VG_TF_ON_BEHALF] != 1 || view->current[VG_TF_FIRST_LINE_CALLED] != 1);
}

/* What needs no walk: the folded statements and what follows from them. */
static void
describe(const struct walk *w, const struct vg_history *history)
{
	const struct vg_survey *survey = w->survey;
	struct vg_ticket_view *out = w->out;
	uint64_t rest;

	for (rest = out->set; rest != 0; rest &= rest - 1) {
		int field = __builtin_ctzll(rest);

		if (vg_ticket_field_info[field].form == VG_FORM_STR)
			out->text[field] =
				vg_pool_get(vg_core_pool(w->core), (uint32_t)out->current[field]);
	}
	out->status = w->status;
	out->reason = w->reason;
	out->open = survey->outcome == VG_OUTCOME_OPEN;
	out->resolved = survey->outcome == VG_OUTCOME_RESOLVED;
	out->created_ms = survey->created_ms;
	if ((out->set & VG_TF_BIT(VG_TF_RECEIVED)) != 0)
		out->received_at_ms = vg_floor_to_second_ms(out->current[VG_TF_RECEIVED]);
	out->last_ms = history->fact[history->n - 1]->at_ms;
	out->first_line = survey->first_line;
	out->priority = survey->last_class.priority;
	out->sla_class = survey->last_class.name;
	out->agreement = survey->last_class.agreement;
}

static void
list_faults(struct walk *w, const struct vg_ticket *ticket)
{
	const struct vg_ticket_view *out = w->out;
	const char *municipality = out->text[VG_TF_MUNICIPALITY];

	if (out->agreement != NULL && out->sla_class[0] == '\0')
		add_fault(w, VG_FAULT_NO_PRIORITY);
	if (municipality == NULL || municipality[0] == '\0')
		add_fault(w, VG_FAULT_NO_MUNICIPALITY);
	if (is_bypass(out))
		add_fault(w, VG_FAULT_BYPASSED_FIRST_LINE);
	if (ticket->truncated)
		add_fault(w, VG_FAULT_TOO_MANY_FACTS);
}

static void
clear_view(struct vg_ticket_view *out, int64_t id)
{
	memset(out, 0, sizeof *out);
	out->id = id;
	out->created_ms = out->received_at_ms = out->second_line_ms = -1;
	out->first_resolved_ms = out->resolved_ms = out->last_ms = -1;
	out->acknowledged_ms = out->next_deadline_ms = -1;
	out->priority = out->sla_class = "";
}

/* The view; with `earliest`, facts before the stated opening count from their own instant. */
static void
compute_view(const struct vg_core *core, const struct vg_ticket *ticket, int64_t at_ms,
	     bool earliest, struct vg_ticket_view *out, vg_segment_cb *on_segment, void *arg)
{
	struct vg_history history;
	struct vg_survey survey;
	struct walk w;
	int64_t created_ms;

	clear_view(out, ticket->id);
	if (at_ms != INT64_MAX)
		at_ms = vg_floor_to_second_ms(at_ms);
	vg_history_collect(&history, core, ticket, at_ms);
	if (history.n == 0) {
		out->next_deadline_ms = history.next_ms;
		return;
	}
	created_ms = vg_history_created_ms(&history);
	if (earliest && history.fact[0]->at_ms < created_ms)
		created_ms = history.fact[0]->at_ms;
	vg_survey_facts(&survey, &history, core, created_ms, at_ms, out);
	memset(&w, 0, sizeof w);
	w.core = core;
	w.survey = &survey;
	w.out = out;
	w.on_segment = on_segment;
	w.arg = arg;
	walk_facts(&w, &history);
	describe(&w, &history);
	list_faults(&w, ticket);
}

void
vg_ticket_view(const struct vg_core *core, const struct vg_ticket *ticket, int64_t at_ms,
	       struct vg_ticket_view *out, vg_segment_cb *on_segment, void *arg)
{
	compute_view(core, ticket, at_ms, false, out, on_segment, arg);
}

/* Time in one calendar. */

struct net_sum {
	const struct vg_cal *cal;
	int64_t counted_ms;
};

static void
on_net_segment(const struct vg_segment *segment, void *arg)
{
	struct net_sum *sum = arg;

	if (segment->side <= VG_SIDE_SUPPLIER)
		sum->counted_ms += vg_cal_between_ms(sum->cal, segment->from_ms, segment->to_ms);
}

int64_t
vg_ticket_elapsed_ms(const struct vg_core *core, const struct vg_ticket *ticket,
		     const struct vg_cal *cal, bool net)
{
	struct net_sum sum = {cal, 0};
	struct vg_ticket_view view;

	compute_view(core, ticket, INT64_MAX, net, &view, net ? on_net_segment : NULL, &sum);
	if (!view.resolved)
		return -1;
	return net ? sum.counted_ms : vg_cal_between_ms(cal, view.created_ms, view.resolved_ms);
}
