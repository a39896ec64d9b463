/* signal/stir.c - what a new sample or statement makes worth a look.
 *
 * A look costs a timeline, so as few as possible are asked for: where a probe says another thing
 * than before, in the municipalities that it measures, for its service and those that need it. The
 * hard thing is reach: a component fails far from where people see it, and an agent's reference
 * target decides what its other probes are worth. */
#include "core/avail.h"
#include "core/core_private.h"

#include <stdio.h>
#include <string.h>

/* Marks a service and all that need it, directly or through others. */
static void
mark_needing(const struct vg_agreement *agreement, uint32_t service,
	     bool needs[VG_AGREEMENT_SERVICES_MAX])
{
	bool more = true;

	memset(needs, 0, VG_AGREEMENT_SERVICES_MAX * sizeof(needs[0]));
	needs[service] = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < agreement->services; i++) {
			const struct vg_service *other = &agreement->service[i];

			for (size_t e = 0; e < other->edges && !needs[i]; e++) {
				if (needs[other->edge[e].service])
					needs[i] = more = true;
			}
		}
	}
}

/* Where to look: at the municipalities of a list, and of these, when `vantage` is not NULL, at
 * those for which it is agreed. */
struct reach {
	const char *municipalities;
	const enum vg_vantage *vantage;
};

static int
stir_places(struct vg_core *core, const struct vg_agreement *agreement, uint32_t service,
	    const struct reach *reach)
{
	bool needs[VG_AGREEMENT_SERVICES_MAX];
	int rc = 0;

	mark_needing(agreement, service, needs);
	for (size_t i = 0; i < agreement->services; i++) {
		const struct vg_service *other = &agreement->service[i];

		for (size_t m = 0; m < agreement->municipalities && rc == 0; m++) {
			const struct vg_municipality *party = &agreement->municipality[m];

			if (needs[i] && !other->component &&
			    (reach->vantage == NULL || *reach->vantage == party->vantage) &&
			    vg_list_holds(reach->municipalities, party->code))
				rc = vg_watch_put(core, VG_WATCH_PLACE, other->id, party->code,
						  core->received_ms);
		}
	}
	return rc;
}

static int
stir_probe(struct vg_core *core, const struct vg_agreement *agreement,
	   const struct vg_probe_rule *rule)
{
	bool everywhere = strcmp(rule->municipality, "*") == 0;
	struct reach reach = {everywhere ? "" : rule->municipality, &rule->vantage};

	return stir_places(core, agreement, rule->service, &reach);
}

/* Every probe of the agent: what they are worth hangs on its reference targets. */
static int
stir_line(struct vg_core *core, const struct vg_agreement *agreement, const char *agent)
{
	int rc = vg_watch_put(core, VG_WATCH_LINE, "", agent, core->received_ms);

	for (size_t i = 0; i < agreement->probes && rc == 0; i++) {
		const struct vg_probe_rule *rule = &agreement->probe[i];

		if (!rule->reference && strcmp(rule->agent, agent) == 0)
			rc = stir_probe(core, agreement, rule);
	}
	return rc;
}

/* Open records of a service: probes may contradict them from now on, or no longer. */
static int
stir_records(struct vg_core *core, const char *service)
{
	const struct vg_watches *watches = &core->watches;
	int rc = 0;

	for (size_t i = vg_watch_place(core, VG_WATCH_RECORD, "", "");
	     i < watches->n && watches->watch[i]->kind == VG_WATCH_RECORD && rc == 0; i++) {
		const struct vg_outage_record *record =
			vg_core_outage_named(core, watches->watch[i]->subject);

		if (strcmp(record->service, service) == 0)
			rc = vg_watch_set(core, watches->watch[i], core->received_ms);
	}
	return rc;
}

int
vg_core_probe_changed(struct vg_core *core, const char *source, const char *probe)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	const struct vg_probe_rule *rule =
		agreement != NULL ? vg_agreement_probe(agreement, source, probe) : NULL;
	int rc;

	if (rule == NULL)
		return 0;
	if (rule->reference)
		return stir_line(core, agreement, source);
	if ((rc = stir_probe(core, agreement, rule)) != 0)
		return rc;
	return stir_records(core, agreement->service[rule->service].id);
}

int
vg_core_outage_changed(struct vg_core *core, const struct vg_outage_record *record,
		       const char *municipalities)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, core->received_ms);
	const struct vg_service *service =
		agreement != NULL ? vg_agreement_service(agreement, record->service) : NULL;
	struct reach reach = {municipalities, NULL};
	char name[32];
	int rc;

	snprintf(name, sizeof(name), "O-%lld", (long long)record->id);
	rc = vg_watch_put(core, VG_WATCH_RECORD, "", name, core->received_ms);
	if (rc == 0)
		rc = vg_core_alarms_stir(core, record->service);
	if (rc != 0 || service == NULL)
		return rc;
	return stir_places(core, agreement, (uint32_t)(service - agreement->service), &reach);
}

int
vg_core_window_changed(struct vg_core *core, const struct vg_window *window)
{
	char name[48];

	snprintf(name, sizeof(name), "W-%lld.%lld", (long long)window->series,
		 (long long)window->n);
	return vg_watch_put(core, VG_WATCH_WINDOW, "", name, core->received_ms);
}

int
vg_core_agent_heard(struct vg_core *core, const struct vg_agent *agent)
{
	int64_t silence_ms = vg_agent_silence_ms(core, agent->source);
	int64_t at_ms = core->received_ms;

	if (silence_ms == INT64_MAX)
		return 0;
	if (vg_signal_find(core, VG_SIGNAL_AGENT_SILENT, "", agent->source) == NULL)
		at_ms = vg_after_ms(agent->received_ms, silence_ms);
	return vg_watch_put(core, VG_WATCH_AGENT, "", agent->source, at_ms);
}

struct stirring {
	struct vg_core *core;
	int rc;
};

static bool
stir_seen(const struct vg_probe_seen *probe, void *arg)
{
	struct stirring *stirring = arg;

	stirring->rc = vg_core_probe_changed(stirring->core, probe->source, probe->name);
	return stirring->rc == 0;
}

int
vg_core_rules_changed(struct vg_core *core)
{
	const struct vg_items *agents = &core->items[VG_OBJECT_AGENT];
	struct stirring stirring = {core, 0};

	for (size_t i = 0; i < core->watches.n && stirring.rc == 0; i++)
		stirring.rc = vg_watch_set(core, core->watches.watch[i], core->received_ms);
	for (size_t i = 0; i < agents->n && stirring.rc == 0; i++)
		stirring.rc = vg_watch_put(core, VG_WATCH_AGENT, "",
					   agents->item[i]->of.agent.source, core->received_ms);
	if (stirring.rc == 0)
		vg_probes_seen(core, stir_seen, &stirring);
	return stirring.rc;
}
