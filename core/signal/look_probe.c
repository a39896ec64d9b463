/* signal/look_probe.c - what there is to see where probes are listened to one by one: an outage
 * record that they contradict, an agent that is silent, an agent's line.
 *
 * The hard thing is not to take one lost packet for the truth: what probes say here counts when it
 * has lasted as long as a state needs to be confirmed. */
#include "core/avail.h"
#include "core/core_private.h"

#include <string.h>

#define SILENT_MIN_MS (INT64_C(3) * 60 * 1000)
#define SILENT_TURNS  3 /* an agent's longest intervals without a word */

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
confirm_ms(const struct vg_agreement *agreement)
{
	return agreement->confirm_slots * agreement->slot_ms;
}

/* What a probe says at this instant, and since when. */
struct saying {
	bool speaks;
	enum vg_sample_state state;
	int64_t since_ms;
};

static void
take_run(const struct vg_run *run, void *arg)
{
	struct vg_run *last = arg;

	*last = *run;
}

/* since_ms is right as far back as `reach_ms`. */
static int
listen_to(const struct vg_core *core, const struct vg_probe_rule *rule, int64_t reach_ms,
	  struct saying *out)
{
	int64_t silent_ms = 2 * rule->interval_ms;
	struct vg_run last = {.last_ms = INT64_MIN};
	int rc = vg_probe_runs(core, rule->agent, rule->name,
			       core->received_ms - reach_ms - silent_ms,
			       vg_after_ms(core->received_ms, VG_AHEAD_MAX_MS), take_run, &last);

	if (rc != 0 && rc != VG_CORE_ENOTFOUND)
		return rc;
	out->speaks = last.last_ms != INT64_MIN && last.state != VG_SAMPLE_UNKNOWN &&
		      last.last_ms >= core->received_ms - silent_ms;
	out->state = last.state;
	out->since_ms = last.first_ms;
	return 0;
}

/* Open outage records. */

/* Whether the probe is alive, of the vantage agreed for the municipality, and measures the record's
 * scope there. */
static bool
measures(const struct vg_agreement *agreement, const struct vg_probe_rule *rule,
	 const struct vg_outage_record *record, const struct vg_municipality *party)
{
	if (rule->reference || rule->trace || rule->vantage != party->vantage ||
	    strcmp(agreement->service[rule->service].id, record->service) != 0 ||
	    (strcmp(rule->municipality, "*") != 0 && strcmp(rule->municipality, party->code) != 0))
		return false;
	return rule->channel < 0 || record->channel[0] == '\0' ||
	       strcmp(agreement->channel[rule->channel].id, record->channel) == 0;
}

/* Since when every probe that speaks says up; INT64_MAX = one does not, or none speaks. */
static int
up_since(const struct vg_core *core, const struct vg_agreement *agreement,
	 const struct vg_outage_record *record, const struct vg_municipality *party,
	 int64_t *since_ms)
{
	int64_t latest_ms = INT64_MIN;
	struct saying saying;
	int rc;

	*since_ms = INT64_MAX;
	for (size_t i = 0; i < agreement->probes; i++) {
		if (!measures(agreement, &agreement->probe[i], record, party))
			continue;
		rc = listen_to(core, &agreement->probe[i], confirm_ms(agreement), &saying);
		if (rc != 0)
			return rc;
		if (saying.speaks && saying.state != VG_SAMPLE_OK)
			return 0;
		if (saying.speaks && saying.since_ms > latest_ms)
			latest_ms = saying.since_ms;
	}
	if (latest_ms != INT64_MIN)
		*since_ms = latest_ms;
	return 0;
}

/* The municipalities of the record that are measured up, long enough to be confirmed. */
static int
see_contradiction(const struct vg_core *core, const struct vg_outage_record *record,
		  struct vg_signal *signal, char list[VG_SCOPE_TEXT_MAX + 1], int64_t *next_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);

	for (size_t i = 0; agreement != NULL && i < agreement->municipalities; i++) {
		const struct vg_municipality *party = &agreement->municipality[i];
		int64_t since_ms;
		int rc;

		if (!vg_list_holds(record->municipalities, party->code))
			continue;
		if ((rc = up_since(core, agreement, record, party, &since_ms)) != 0)
			return rc;
		if (since_ms == INT64_MAX)
			continue;
		if (since_ms < record->from_ms)
			since_ms = record->from_ms;
		if (since_ms + confirm_ms(agreement) > core->received_ms) {
			*next_ms = sooner(*next_ms, since_ms + confirm_ms(agreement));
			continue;
		}
		vg_list_add(list, party->code);
		signal->from_ms = sooner(signal->from_ms, since_ms);
	}
	return 0;
}

int
vg_look_at_record(struct vg_core *core, struct vg_watch *watch)
{
	const struct vg_outage_record *record = vg_core_outage_named(core, watch->subject);
	char list[VG_SCOPE_TEXT_MAX + 1] = "";
	struct vg_signal signal = {.kind = VG_SIGNAL_CONTRADICTION,
				   .service = record->service,
				   .subject = watch->subject,
				   .municipalities = list,
				   .from_ms = INT64_MAX};
	int64_t next_ms = INT64_MAX;
	int rc = 0;

	if (!record->withdrawn && record->effect == VG_EFFECT_DOWN && record->to_ms == INT64_MAX) {
		next_ms = vg_look_again_ms(core, record->from_ms);
		rc = see_contradiction(core, record, &signal, list, &next_ms);
	}
	if (rc == 0 && list[0] != '\0')
		rc = vg_signal_raise(core, &signal);
	else if (rc == 0)
		vg_signal_clear(core, VG_SIGNAL_CONTRADICTION, "", watch->subject,
				core->received_ms);
	return vg_look_next(core, watch, rc, next_ms);
}

/* Agents. */

/* The agent's probes are [first, end) of the version's. */
static size_t
probes_of(const struct vg_agreement *agreement, const char *agent, size_t *end)
{
	size_t low = 0, high = agreement->probes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(agreement->probe[mid].agent, agent) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (*end = low;
	     *end < agreement->probes && strcmp(agreement->probe[*end].agent, agent) == 0;)
		(*end)++;
	return low;
}

int64_t
vg_agent_silence_ms(const struct vg_core *core, const char *agent)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	int64_t longest_ms = 0;
	size_t end;

	if (agreement == NULL)
		return INT64_MAX;
	for (size_t i = probes_of(agreement, agent, &end); i < end; i++) {
		const struct vg_probe_rule *rule = &agreement->probe[i];

		if (!rule->trace && rule->interval_ms > longest_ms)
			longest_ms = rule->interval_ms;
	}
	if (longest_ms == 0)
		return INT64_MAX;
	longest_ms *= SILENT_TURNS;
	return longest_ms > SILENT_MIN_MS ? longest_ms : SILENT_MIN_MS;
}

/* Where an agent's own probes stand. */
static void
list_homes(const struct vg_core *core, const char *agent, char list[VG_SCOPE_TEXT_MAX + 1])
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	size_t end;

	list[0] = '\0';
	for (size_t i = probes_of(agreement, agent, &end); i < end; i++) {
		const char *municipality = agreement->probe[i].municipality;

		if (municipality[0] != '\0' && strcmp(municipality, "*") != 0)
			vg_list_add(list, municipality);
	}
}

int
vg_look_at_agent(struct vg_core *core, struct vg_watch *watch)
{
	const struct vg_agent *agent = vg_core_agent(core, watch->subject);
	int64_t silence_ms = vg_agent_silence_ms(core, watch->subject);
	char list[VG_SCOPE_TEXT_MAX + 1];
	struct vg_signal signal = {.kind = VG_SIGNAL_AGENT_SILENT,
				   .service = "",
				   .subject = watch->subject,
				   .municipalities = list,
				   .from_ms = agent->received_ms};
	int64_t next_ms = INT64_MAX;
	int rc = 0;

	if (silence_ms != INT64_MAX &&
	    vg_after_ms(agent->received_ms, silence_ms) <= core->received_ms) {
		list_homes(core, watch->subject, list);
		rc = vg_signal_raise(core, &signal);
	} else {
		vg_signal_clear(core, VG_SIGNAL_AGENT_SILENT, "", watch->subject,
				agent->received_ms);
		if (silence_ms != INT64_MAX)
			next_ms = vg_after_ms(agent->received_ms, silence_ms);
	}
	return vg_look_next(core, watch, rc, next_ms);
}

/* Since when all the agent's reference targets that speak fail; INT64_MAX = one does not, or none
 * speaks. */
static int
line_down_since(const struct vg_core *core, const struct vg_agreement *agreement, const char *agent,
		int64_t *since_ms)
{
	int64_t latest_ms = INT64_MIN;
	struct saying saying;
	size_t end;
	int rc;

	*since_ms = INT64_MAX;
	for (size_t i = probes_of(agreement, agent, &end); i < end; i++) {
		if (!agreement->probe[i].reference)
			continue;
		rc = listen_to(core, &agreement->probe[i], confirm_ms(agreement), &saying);
		if (rc != 0)
			return rc;
		if (saying.speaks && saying.state != VG_SAMPLE_CRITICAL)
			return 0;
		if (saying.speaks && saying.since_ms > latest_ms)
			latest_ms = saying.since_ms;
	}
	if (latest_ms != INT64_MIN)
		*since_ms = latest_ms;
	return 0;
}

int
vg_look_at_line(struct vg_core *core, struct vg_watch *watch)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	char list[VG_SCOPE_TEXT_MAX + 1];
	struct vg_signal signal = {.kind = VG_SIGNAL_NETWORK,
				   .service = "",
				   .subject = watch->subject,
				   .municipalities = list,
				   .from_ms = INT64_MAX};
	int64_t next_ms = INT64_MAX;
	int rc = 0;

	if (agreement != NULL)
		rc = line_down_since(core, agreement, watch->subject, &signal.from_ms);
	if (rc == 0 && signal.from_ms == INT64_MAX) {
		vg_signal_clear(core, VG_SIGNAL_NETWORK, "", watch->subject, core->received_ms);
	} else if (rc == 0 && signal.from_ms + confirm_ms(agreement) > core->received_ms) {
		next_ms = signal.from_ms + confirm_ms(agreement);
	} else if (rc == 0) {
		list_homes(core, watch->subject, list);
		rc = vg_signal_raise(core, &signal);
		next_ms = vg_look_again_ms(core, signal.from_ms);
	}
	return vg_look_next(core, watch, rc, next_ms);
}
