/* status.c - how the daemon is: for people, for supervisors, for metrics.
 *
 * One snapshot is taken and told three ways, so that they cannot disagree. */
#include "daemon/api/state.h"

#include "daemon/feed/feed.h"
#include "daemon/redis/redis.h"
#include "daemon/store/sink.h"
#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct snapshot {
	int64_t seq, now_ms;
	char head[VG_HEX_LEN(VG_SHA256_LEN)];
	struct vg_journal_state journal;
	bool has_sink;
	struct vg_sink_state sink;
	struct vg_server_counts http;
	struct vg_feed_counts live;
};

static const char *const sink_words[] = {
	[VG_SINK_CONNECTING] = "connecting", [VG_SINK_CATCHING_UP] = "catching_up",
	[VG_SINK_CURRENT] = "current",	     [VG_SINK_GAP] = "gap",
	[VG_SINK_REFUSED] = "refused",
};

static void
take_snapshot(const struct vg_api *api, struct snapshot *out)
{
	memset(out, 0, sizeof(*out));
	out->seq = vg_core_seq(vg_live_core(api->live));
	out->now_ms = vg_live_now_ms(api->live);
	vg_journal_get_state(vg_live_journal(api->live), &out->journal);
	vg_hex(out->journal.head, sizeof(out->journal.head), out->head);
	out->has_sink = api->sink != NULL;
	if (out->has_sink)
		vg_sink_get_state(api->sink, &out->sink);
	vg_server_get_counts(api->server, &out->http);
	vg_feed_get_counts(api->events, &out->live);
}

static json_t *
sink_json(const struct snapshot *s)
{
	if (!s->has_sink)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:s, s:I, s:I}", "status", sink_words[s->sink.status],
			 "ledger_seq", (json_int_t)s->sink.ledger_seq, "read_seq",
			 (json_int_t)s->sink.read_seq, "text", s->sink.text, "transactions",
			 (json_int_t)s->sink.transactions, "rows", (json_int_t)s->sink.rows);
}

static json_t *
redis_json(const struct vg_redis *redis)
{
	struct vg_redis_state s;

	if (redis == NULL)
		return json_null();
	vg_redis_get_state(redis, &s);
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "status",
			 vg_redis_status_name(s.status), "seq", (json_int_t)s.seq, "connects",
			 (json_int_t)s.connects, "transactions", (json_int_t)s.transactions,
			 "messages", (json_int_t)s.messages, "waiting_bytes",
			 (json_int_t)s.waiting_bytes, "left_out", (json_int_t)s.left_out, "text",
			 s.text);
}

static json_t *
journal_json(const struct vg_journal_state *j)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:s, s:I, s:I, s:I, s:I}",
			 "instance", j->instance, "first_seq", (json_int_t)j->first_seq, "last_seq",
			 (json_int_t)j->last_seq, "bytes", (json_int_t)j->bytes, "bytes_max",
			 (json_int_t)j->bytes_max, "queued", (json_int_t)j->queued, "full", j->full,
			 "failed", j->failed, "why", j->why, "commits", (json_int_t)j->commits,
			 "records", (json_int_t)j->records, "repeats", (json_int_t)j->repeats,
			 "conflicts", (json_int_t)j->conflicts);
}

/* Services by their worst state, signals that are raised, agents and what they brought. */
struct standing {
	int64_t services[VG_AVAIL_STATE_COUNT];
	int64_t raised[VG_SIGNAL_KIND_COUNT];
	int64_t agents, samples, late, ahead, dropped;
};

static void
on_service(const struct vg_service_counts *counts, void *arg)
{
	struct standing *standing = arg;

	standing->services[counts->worst]++;
}

static void
count_agents(const struct vg_core *core, struct standing *out)
{
	const struct vg_agent *agent;

	while ((agent = vg_core_item(core, VG_OBJECT_AGENT, (size_t)out->agents)) != NULL) {
		out->agents++;
		out->samples += agent->samples;
		out->late += agent->late;
		out->ahead += agent->ahead;
		out->dropped += agent->dropped;
	}
}

static json_t *
availability_json(const struct vg_core *core, int64_t now_ms)
{
	struct standing s = {.agents = 0};
	int64_t raised = 0;

	vg_state_count(core, now_ms, on_service, &s);
	vg_state_signals(core, s.raised);
	count_agents(core, &s);
	for (int kind = 0; kind < VG_SIGNAL_KIND_COUNT; kind++)
		raised += s.raised[kind];
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "services_up",
			 (json_int_t)s.services[VG_AVAIL_UP], "services_down",
			 (json_int_t)s.services[VG_AVAIL_DOWN], "services_degraded",
			 (json_int_t)s.services[VG_AVAIL_DEGRADED], "services_no_data",
			 (json_int_t)s.services[VG_AVAIL_NO_DATA], "signals", (json_int_t)raised,
			 "agents", (json_int_t)s.agents, "agents_silent",
			 (json_int_t)s.raised[VG_SIGNAL_AGENT_SILENT], "samples",
			 (json_int_t)s.samples);
}

static json_t *
http_json(const struct vg_server_counts *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "connections",
			 (json_int_t)c->connections, "accepted", (json_int_t)c->accepted,
			 "turned_away", (json_int_t)c->refused, "requests", (json_int_t)c->requests,
			 "timeouts", (json_int_t)c->timeouts, "malformed",
			 (json_int_t)c->bad_requests);
}

static json_t *
live_json(const struct vg_feed_counts *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "readers", (json_int_t)c->readers, "scopes",
			 (json_int_t)c->scopes, "turns", (json_int_t)c->turns, "resyncs",
			 (json_int_t)c->resyncs, "cut", (json_int_t)c->cut);
}

void
vg_get_status(struct vg_call *call)
{
	const struct vg_api *api = call->api;
	const struct vg_core *core = vg_live_core(api->live);
	struct snapshot s;

	take_snapshot(api, &s);
	vg_reply_json(call->request, 200,
		      json_pack("{s:s, s:s, s:I, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:I, s:I, "
				"s:I, s:I, s:I, s:I, s:o, s:o}",
				"version", VG_VERSION, "purpose", api->purpose, "seq",
				(json_int_t)s.seq, "head", s.head, "asof", vg_json_time(s.now_ms),
				"uptime_s", (json_int_t)((s.now_ms - api->started_ms) / 1000),
				"journal", journal_json(&s.journal), "sink", sink_json(&s), "redis",
				redis_json(api->redis), "http", http_json(&s.http), "live",
				live_json(&s.live), "checkpoint_seq",
				(json_int_t)vg_live_checkpoint_seq(api->live), "loop_lag_ms",
				(json_int_t)api->loop_lag_ms, "tickets",
				(json_int_t)vg_core_ticket_count(core), "agreements",
				(json_int_t)vg_core_agreement_count(core), "core_bytes",
				(json_int_t)vg_core_memory_bytes(core), "masked",
				(json_int_t)vg_live_masked(api->live), "availability",
				availability_json(core, s.now_ms), "alarms",
				vg_alarm_counts_json(core, s.now_ms)));
}

/* Health. */

void
vg_get_live(struct vg_call *call)
{
	vg_reply_json(call->request, 200, json_pack("{s:s}", "status", "live"));
}

/* Intake needs the journal; PostgreSQL away makes the daemon degraded, not unready. */
void
vg_get_ready(struct vg_call *call)
{
	json_t *problems = json_array();
	struct snapshot s;
	bool ready, degraded;

	take_snapshot(call->api, &s);
	ready = !s.journal.failed && !s.journal.full;
	degraded = s.has_sink && s.sink.status != VG_SINK_CURRENT &&
		   s.sink.status != VG_SINK_CATCHING_UP;
	if (!ready)
		json_array_append_new(problems, json_pack("{s:s, s:s}", "part", "journal", "text",
							  s.journal.why));
	if (degraded)
		json_array_append_new(problems,
				      json_pack("{s:s, s:s, s:s}", "part", "postgresql", "state",
						sink_words[s.sink.status], "text", s.sink.text));
	vg_reply_json(call->request, ready ? 200 : 503,
		      json_pack("{s:s, s:o}", "status",
				!ready	   ? "failed"
				: degraded ? "degraded"
					   : "ready",
				"problems", problems));
}

/* Metrics, in OpenMetrics' text form. */

struct metric {
	const char *name, *type, *help;
	int64_t value;
};

static void
print_head(FILE *out, const struct metric *metric)
{
	(void)fprintf(out, "# TYPE vinga_%s %s\n# HELP vinga_%s %s\n", metric->name, metric->type,
		      metric->name, metric->help);
}

static void
print_metric(FILE *out, const struct metric *metric)
{
	const char *suffix = strcmp(metric->type, "counter") == 0 ? "_total" : "";

	print_head(out, metric);
	(void)fprintf(out, "vinga_%s%s %" PRId64 "\n", metric->name, suffix, metric->value);
}

static void
print_label(FILE *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			(void)fputc('\\', out);
		(void)fputc(*value, out);
	}
}

/* Ids of services are letters, digits, dots, dashes and underscores: nothing to escape. */
static void
on_service_metric(const struct vg_service_counts *counts, void *arg)
{
	for (int state = 0; state < VG_AVAIL_STATE_COUNT; state++)
		(void)fprintf(arg,
			      "vinga_service_municipalities{service=\"%s\",state=\"%s\"} %" PRId64
			      "\n",
			      counts->service, vg_avail_state_name((enum vg_avail_state)state),
			      counts->in_state[state]);
}

static void
print_redis(FILE *out, const struct vg_redis *redis)
{
	struct vg_redis_state s;

	if (redis == NULL)
		return;
	vg_redis_get_state(redis, &s);
	{
		const struct metric metrics[] = {
			{"redis_state", "gauge", "0 away, 1 connecting, 2 telling, 3 current.",
			 (int64_t)s.status},
			{"redis_seq", "gauge", "Sequence that Redis has been told of.", s.seq},
			{"redis_waiting_bytes", "gauge", "Size of the transaction under way.",
			 (int64_t)s.waiting_bytes},
			{"redis_connects", "counter", "Connections to Redis.", (int64_t)s.connects},
			{"redis_transactions", "counter", "Transactions that Redis took.",
			 (int64_t)s.transactions},
			{"redis_messages", "counter", "Messages that Redis took.",
			 (int64_t)s.messages},
		};

		for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
			print_metric(out, &metrics[i]);
	}
}

static void
print_live(FILE *out, const struct vg_feed_counts *c)
{
	const struct metric metrics[] = {
		{"live_readers", "gauge", "Readers of the live stream.", (int64_t)c->readers},
		{"live_scopes", "gauge", "Municipalities of which a stream is kept, and all.",
		 (int64_t)c->scopes},
		{"live_turns", "counter", "Turns rendered.", (int64_t)c->turns},
		{"live_resyncs", "counter", "Readers that came back too late.",
		 (int64_t)c->resyncs},
		{"live_cut", "counter", "Readers that were too slow.", (int64_t)c->cut},
	};

	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		print_metric(out, &metrics[i]);
}

static void
print_availability(FILE *out, const struct vg_core *core, int64_t now_ms)
{
	struct standing s = {.agents = 0};
	const struct vg_agent *agent;

	count_agents(core, &s);
	{
		const struct metric metrics[] = {
			{"agents", "gauge", "Senders of samples.", s.agents},
			{"samples", "counter", "Samples taken.", s.samples},
			{"samples_late", "counter", "Samples that came over 24 hours late.",
			 s.late},
			{"samples_ahead", "counter", "Samples of the future, not used.", s.ahead},
			{"samples_dropped", "counter", "Samples lost by the agents' spools.",
			 s.dropped},
		};

		for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
			print_metric(out, &metrics[i]);
	}
	print_head(out, &(struct metric){"agent_lag_ms", "gauge",
					 "Time since an agent's newest batch.", 0});
	for (size_t i = 0; (agent = vg_core_item(core, VG_OBJECT_AGENT, i)) != NULL; i++) {
		(void)fputs("vinga_agent_lag_ms{agent=\"", out);
		print_label(out, agent->source);
		(void)fprintf(out, "\"} %" PRId64 "\n", now_ms - agent->received_ms);
	}
	print_head(out,
		   &(struct metric){"service_municipalities", "gauge",
				    "Municipalities by a service's confirmed state in them.", 0});
	vg_state_count(core, now_ms, on_service_metric, out);
	vg_state_signals(core, s.raised);
	print_head(out, &(struct metric){"signals", "gauge", "Signals that are raised.", 0});
	for (int kind = 0; kind < VG_SIGNAL_KIND_COUNT; kind++)
		(void)fprintf(out, "vinga_signals{kind=\"%s\"} %" PRId64 "\n",
			      vg_signal_name((enum vg_signal_kind)kind), s.raised[kind]);
}

static void
print_people(FILE *out, const struct vg_sign *sign)
{
	struct vg_sign_counts counts;

	vg_sign_get_counts(sign, &counts);
	{
		const struct metric metrics[] = {
			{"sessions", "gauge", "People who are signed in by an account.",
			 (int64_t)counts.sessions},
			{"sign_ins", "counter", "Sign-ins by an account.",
			 (int64_t)counts.signed_in},
			{"sign_ins_refused", "counter", "Sign-ins with what did not fit.",
			 (int64_t)counts.refused},
			{"proxy_headers_ignored", "counter",
			 "Requests with a proxy's headers that did not come from it.",
			 (int64_t)counts.foreign_headers},
		};

		for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
			print_metric(out, &metrics[i]);
	}
}

void
vg_get_metrics(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	struct snapshot s;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	take_snapshot(call->api, &s);
	{
		const struct metric metrics[] = {
			{"seq", "gauge", "Last sequence applied by the live core.", s.seq},
			{"journal_bytes", "gauge", "Size of the journal's file.", s.journal.bytes},
			{"journal_bytes_max", "gauge", "Maximum of the journal's file.",
			 s.journal.bytes_max},
			{"journal_queued", "gauge", "Records that wait for their commit.",
			 s.journal.queued},
			{"journal_ok", "gauge", "1 when the journal takes records.",
			 !s.journal.full && !s.journal.failed},
			{"journal_records", "counter", "Records made durable.",
			 (int64_t)s.journal.records},
			{"journal_commits", "counter", "Commits of the journal.",
			 (int64_t)s.journal.commits},
			{"journal_repeats", "counter", "Repeats answered.",
			 (int64_t)s.journal.repeats},
			{"journal_conflicts", "counter", "Same identity, other content.",
			 (int64_t)s.journal.conflicts},
			{"sink_ledger_seq", "gauge", "Ledger rows committed in PostgreSQL.",
			 s.sink.ledger_seq},
			{"sink_read_seq", "gauge", "Read model committed in PostgreSQL.",
			 s.sink.read_seq},
			{"sink_state", "gauge",
			 "0 connecting, 1 catching up, 2 current, 3 gap, 4 refused.",
			 (int64_t)s.sink.status},
			{"checkpoint_seq", "gauge", "Sequence of the newest checkpoint.",
			 vg_live_checkpoint_seq(call->api->live)},
			{"http_connections", "gauge", "Open connections.",
			 (int64_t)s.http.connections},
			{"http_requests", "counter", "Requests read.", (int64_t)s.http.requests},
			{"http_turned_away", "counter", "Connections over a maximum.",
			 (int64_t)s.http.refused},
			{"http_timeouts", "counter", "Requests that did not come in time.",
			 (int64_t)s.http.timeouts},
			{"http_malformed", "counter", "Requests refused by the reader.",
			 (int64_t)s.http.bad_requests},
			{"identity_numbers_masked", "counter",
			 "Identity numbers masked at the door.",
			 (int64_t)vg_live_masked(call->api->live)},
			{"tickets", "gauge", "Tickets in the live core.",
			 (int64_t)vg_core_ticket_count(core)},
			{"core_bytes", "gauge", "Memory of the live core.",
			 (int64_t)vg_core_memory_bytes(core)},
			{"loop_lag_ms", "gauge",
			 "Worst lateness of the loop's timer in the last minute.",
			 call->api->loop_lag_ms},
		};

		for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
			print_metric(out, &metrics[i]);
	}
	print_availability(out, core, s.now_ms);
	vg_alarm_metrics(call->api, s.now_ms, out);
	print_redis(out, call->api->redis);
	print_live(out, &s.live);
	print_people(out, call->api->sign);
	(void)fputs("# EOF\n", out);
	if (fclose(out) != 0)
		vg_reply_json(call->request, 503, NULL);
	else
		vg_request_reply(call->request, 200,
				 "application/openmetrics-text; version=1.0.0; charset=utf-8", "",
				 text, length);
	free(text);
}
