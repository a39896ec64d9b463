/* agent.c - who sends samples, and how each of its probes was last. */
#include "cli/commands.h"
#include "cli/remote.h"

#include <stdio.h>

/* All probes as rows of one table, each with its agent's name. */
static json_t *
probe_rows(const json_t *agents)
{
	json_t *rows = json_array(), *agent, *probe;
	size_t i, j;

	json_array_foreach(agents, i, agent)
		json_array_foreach(json_object_get(agent, "probes"), j, probe)
	{
		json_t *row = json_copy(probe);

		(void)json_object_set(row, "source", json_object_get(agent, "source"));
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

int
vg_run_agent_list(struct vg_cli *cli)
{
	static const struct vg_column agents[] = {
		{"source", "agent"},	    {"silent", "silent"}, {"received", "last"},
		{"samples", "samples"},	    {"late", "late"},	  {"dropped", "dropped"},
		{"offset_ms", "offset_ms"}, {NULL, NULL}};
	static const struct vg_column probes[] = {{"source", "agent"},
						  {"probe", "probe"},
						  {"state", "sample"},
						  {"last", "last"},
						  {"latency_ms", "latency_ms"},
						  {"samples", "samples"},
						  {"agreed", "agreed"},
						  {"text", "text"},
						  {NULL, NULL}};
	json_t *reply, *rows;
	int rc = vg_remote_call(cli, "GET", "/api/v1/agents", NULL, &reply);

	if (rc != 0)
		return rc;
	if (vg_cli_flag(cli, "json")) {
		rc = vg_print_json(cli, reply);
	} else {
		rows = probe_rows(json_object_get(reply, "agents"));
		vg_print_table(json_object_get(reply, "agents"), agents);
		puts("\nSonder");
		vg_print_table(rows, probes);
		json_decref(rows);
	}
	json_decref(reply);
	return rc;
}
