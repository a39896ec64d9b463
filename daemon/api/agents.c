/* agents.c - who sends samples, and what came from each. */
#include "daemon/api/state.h"

#include <stdio.h>
#include <string.h>

#define PROBES_MAX 1000 /* of one question about oneself */

static bool
is_silent(const struct vg_core *core, const char *source)
{
	const struct vg_signal *signal;

	for (size_t i = 0; (signal = vg_core_item(core, VG_OBJECT_SIGNAL, i)) != NULL; i++)
		if (signal->kind == VG_SIGNAL_AGENT_SILENT && signal->to_ms == -1 &&
		    strcmp(signal->subject, source) == 0)
			return true;
	return false;
}

static json_t *
agent_json(const struct vg_core *core, const struct vg_agent *agent)
{
	return json_pack("{s:s, s:s, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:b, s:[]}", "source",
			 agent->source, "boot_id", agent->boot_id, "batch",
			 (json_int_t)agent->batch, "received", vg_json_time(agent->received_ms),
			 "samples", (json_int_t)agent->samples, "late", (json_int_t)agent->late,
			 "ahead", (json_int_t)agent->ahead, "dropped", (json_int_t)agent->dropped,
			 "offset_ms", (json_int_t)agent->offset_ms, "silent",
			 is_silent(core, agent->source), "probes");
}

struct probes {
	const struct vg_agreement *agreement; /* the newest; NULL = none */
	json_t *by_source;
};

/* What it measures; null: nothing agreed, or a reference. Municipality null: all. */
static void
put_aim(json_t *row, const struct vg_agreement *agreement, const struct vg_probe_seen *probe)
{
	const struct vg_probe_rule *rule =
		agreement == NULL ? NULL
				  : vg_agreement_probe(agreement, probe->source, probe->name);
	const bool aimed = rule != NULL && !rule->reference;

	json_object_set_new(row, "service",
			    aimed ? json_string(agreement->service[rule->service].id)
				  : json_null());
	json_object_set_new(row, "municipality",
			    aimed && strcmp(rule->municipality, "*") != 0
				    ? json_string(rule->municipality)
				    : json_null());
}

static bool
on_probe(const struct vg_probe_seen *probe, void *arg)
{
	const struct probes *probes = arg;
	json_t *agent = json_object_get(probes->by_source, probe->source), *row;

	if (agent == NULL)
		return true;
	row = json_pack("{s:s, s:I, s:o, s:o, s:s, s:o, s:s, s:b}", "probe", probe->name, "samples",
			(json_int_t)probe->samples, "first", vg_json_time(probe->first_ms), "last",
			vg_json_time(probe->last_ms), "state", vg_sample_words[probe->last_state],
			"latency_ms",
			probe->last_latency_ms < 0 ? json_null()
						   : json_integer(probe->last_latency_ms),
			"text", probe->last_text, "agreed", probe->agreed);
	put_aim(row, probes->agreement, probe);
	json_array_append_new(json_object_get(agent, "probes"), row);
	return true;
}

json_t *
vg_agents_json(const struct vg_core *core, const char *source)
{
	struct probes probes = {vg_core_agreement_latest(core), json_object()};
	json_t *list = json_array(), *row;
	const struct vg_agent *agent;
	const char *key;

	for (size_t i = 0; (agent = vg_core_item(core, VG_OBJECT_AGENT, i)) != NULL; i++)
		if (source == NULL || strcmp(agent->source, source) == 0)
			json_object_set_new(probes.by_source, agent->source,
					    agent_json(core, agent));
	vg_probes_seen(core, on_probe, &probes);
	json_object_foreach(probes.by_source, key, row) json_array_append(list, row);
	json_decref(probes.by_source);
	return list;
}

/* Who is bound to a municipality sees itself alone. */
void
vg_get_agents(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const char *source = *call->who->municipality != '\0' ? call->who->source : NULL;

	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:I, s:o}", "agents", vg_agents_json(core, source), "seq",
				(json_int_t)vg_core_seq(core), "asof",
				vg_json_time(vg_live_now_ms(call->api->live))));
}

/* Which of "web,gateway" the newest agreement does not name as probes of this source. */
static json_t *
unknown_probes(struct vg_call *call, const char *names)
{
	const struct vg_agreement *agreement =
		vg_core_agreement_latest(vg_live_core(call->api->live));
	json_t *unknown = json_array();
	char name[VG_NAME_MAX + 1];

	for (int i = 0; i < PROBES_MAX && names != NULL && *names != '\0'; i++) {
		size_t length = strcspn(names, ",");

		(void)snprintf(name, sizeof(name), "%.*s", (int)length, names);
		if (*name != '\0' &&
		    (agreement == NULL ||
		     vg_agreement_probe(agreement, call->who->source, name) == NULL))
			json_array_append_new(unknown, json_string(name));
		names += length;
		names += *names == ',';
	}
	return unknown;
}

void
vg_get_agent_self(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	json_t *agents = vg_agents_json(core, call->who->source);
	json_t *agent = json_array_get(agents, 0);

	vg_reply_json(call->request, 200,
		      json_pack("{s:s, s:s, s:O, s:o, s:o}", "source", call->who->source, "name",
				call->who->name, "agent", agent == NULL ? json_null() : agent,
				"unknown", unknown_probes(call, vg_call_query(call, "probes")),
				"asof", vg_json_time(vg_live_now_ms(call->api->live))));
	json_decref(agents);
}
