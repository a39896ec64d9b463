/* sources.c - where everything comes from and goes to, and when each was last heard: agents,
 * senders of tickets and of alarms, the journal, the database. */
#include "daemon/api/state.h"

#include "daemon/api/queue.h"
#include "daemon/store/sink.h"
#include "lib/journal/journal.h"

#include <stdio.h>
#include <string.h>

#define TICKETS_LATE_MS (INT64_C(24) * 60 * 60 * 1000) /* nobody has no matter for a whole day */

struct list {
	const struct vg_call *call;
	const struct vg_core *core;
	int64_t now_ms;
	json_t *rows;
};

/* `text` is for people; last_ms -1 = never. */
static void
add(struct list *list, const char *kind, const char *name, int64_t last_ms, int64_t errors,
    const char *state, const char *text)
{
	json_array_append_new(
		list->rows,
		json_pack("{s:s, s:s, s:o, s:o, s:I, s:s, s:s}", "kind", kind, "name", name, "last",
			  vg_json_time(last_ms), "lag_s",
			  last_ms < 0 ? json_null() : json_integer((list->now_ms - last_ms) / 1000),
			  "errors", (json_int_t)errors, "state", state, "text", text));
}

/* Who is bound to a municipality is told of its own source alone. */
static bool
may_see(const struct list *list, const char *source)
{
	return *list->call->who->municipality == '\0' ||
	       strcmp(list->call->who->source, source) == 0;
}

static bool
is_silent(const struct vg_core *core, const char *agent)
{
	const struct vg_signal *signal;

	for (size_t i = 0; (signal = vg_core_item(core, VG_OBJECT_SIGNAL, i)) != NULL; i++)
		if (signal->kind == VG_SIGNAL_AGENT_SILENT && signal->to_ms == -1 &&
		    strcmp(signal->subject, agent) == 0)
			return true;
	return false;
}

static void
add_agents(struct list *list)
{
	const struct vg_agent *agent;

	for (size_t i = 0; (agent = vg_core_item(list->core, VG_OBJECT_AGENT, i)) != NULL; i++) {
		const bool silent = is_silent(list->core, agent->source);

		if (may_see(list, agent->source))
			add(list, "agent", agent->source, agent->received_ms,
			    agent->ahead + agent->dropped, silent ? "silent" : "ok",
			    agent->ahead + agent->dropped == 0
				    ? ""
				    : "mätvärden som gått förlorade eller legat i framtiden");
	}
}

/* Rows of a source that could not be mapped, and wait. */
static int64_t
quarantined(const struct vg_core *core, const char *source)
{
	const struct vg_quarantined *row;
	int64_t count = 0;

	for (size_t i = 0; (row = vg_core_item(core, VG_OBJECT_QUARANTINED, i)) != NULL; i++)
		count += !row->retaken && strcmp(row->source, source) == 0;
	return count;
}

static void
add_tickets(struct list *list, const struct vg_queue *queue)
{
	const struct vg_ticket_source *it;

	for (size_t i = 0; (it = vg_queue_source(queue, i)) != NULL; i++) {
		const int64_t errors = quarantined(list->core, it->source);

		if (may_see(list, it->source))
			add(list, "tickets", it->source, it->last_ms, errors,
			    list->now_ms - it->last_ms > TICKETS_LATE_MS ? "late" : "ok",
			    errors == 0 ? "" : "rader i karantän");
	}
}

static void
add_alarms(struct list *list)
{
	const struct vg_alarm_source *it;

	for (size_t i = 0; (it = vg_core_item(list->core, VG_OBJECT_ALARM_SOURCE, i)) != NULL; i++)
		if (may_see(list, it->source))
			add(list, "alarms", it->source, it->received_ms, 0,
			    it->silent ? "silent" : "ok", "");
}

static void
add_journal(struct list *list)
{
	struct vg_journal_state state;

	vg_journal_get_state(vg_live_journal(list->call->api->live), &state);
	add(list, "journal", "journal", vg_core_received_ms(list->core), (int64_t)state.conflicts,
	    state.failed || state.full ? "silent" : "ok", state.why);
}

static void
add_database(struct list *list)
{
	struct vg_sink_state state;
	bool current;
	char text[sizeof(state.text)];

	if (list->call->api->sink == NULL) {
		add(list, "database", "postgresql", -1, 0, "silent", "ingen databas är inställd");
		return;
	}
	vg_sink_get_state(list->call->api->sink, &state);
	current = state.status == VG_SINK_CURRENT;
	(void)snprintf(text, sizeof(text), "%s", state.text);
	if (!current && *text == '\0')
		(void)snprintf(text, sizeof(text), "%lld rader efter",
			       (long long)(vg_core_seq(list->core) - state.read_seq));
	add(list, "database", "postgresql", current ? list->now_ms : -1, 0,
	    current				  ? "ok"
	    : state.status == VG_SINK_CATCHING_UP ? "late"
						  : "silent",
	    text);
}

void
vg_get_sources(struct vg_call *call)
{
	struct list list = {
		.call = call,
		.core = vg_live_core(call->api->live),
		.now_ms = vg_live_now_ms(call->api->live),
		.rows = json_array(),
	};

	add_agents(&list);
	add_tickets(&list, vg_call_queue(call));
	add_alarms(&list);
	if (*call->who->municipality == '\0') {
		add_journal(&list);
		add_database(&list);
	}
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:I, s:o}", "sources", list.rows, "seq",
				(json_int_t)vg_core_seq(list.core), "asof",
				vg_json_time(list.now_ms)));
}
