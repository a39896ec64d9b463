/* state.c - how things stand now: services in municipalities, signals, agents. */
#include "daemon/api/state.h"

#include "daemon/api/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of a service's state in its municipalities. */
static const struct vg_avail_now *
count(struct vg_service_counts *counts, const struct vg_avail_now *now)
{
	counts->in_state[now->confirmed]++;
	if (now->confirmed > counts->worst)
		counts->worst = now->confirmed;
	return now;
}

typedef void on_scope(const struct vg_scope *scope, const struct vg_avail_now *now, void *arg);

/* Each municipality that a service is promised to at an instant. */
static int
look(const struct vg_core *core, const struct vg_agreement *agreement,
     const struct vg_service *service, const char *only, int64_t at_ms, on_scope *on, void *arg)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < agreement->municipalities; i++) {
		const char *code = agreement->municipality[i].code;
		const struct vg_scope scope = {.service = service->id, .municipality = code};
		struct vg_avail_now now;
		int64_t from_ms, to_ms;
		bool member = false;

		if (only != NULL && strcmp(only, code) != 0)
			continue;
		for (size_t k = 0;
		     !member && vg_agreement_member(agreement, service, code, k, &from_ms, &to_ms);
		     k++)
			member = from_ms <= at_ms && at_ms < to_ms;
		if (!member)
			continue;
		rc = vg_avail_at(core, &scope, at_ms, &now);
		if (rc == 0)
			on(&scope, &now, arg);
	}
	return rc;
}

static void
on_count(const struct vg_scope *scope, const struct vg_avail_now *now, void *arg)
{
	(void)scope;
	(void)count(arg, now);
}

void
vg_state_count(const struct vg_core *core, int64_t at_ms, vg_service_counts_cb *on_service,
	       void *arg)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);

	for (size_t i = 0; agreement != NULL && i < agreement->services; i++) {
		const struct vg_service *service = &agreement->service[i];
		struct vg_service_counts counts = {.service = service->id};

		if (!service->component &&
		    look(core, agreement, service, NULL, at_ms, on_count, &counts) == 0)
			on_service(&counts, arg);
	}
}

/* As JSON. */

struct service_rows {
	struct vg_service_counts counts;
	json_t *rows;
};

static void
on_row(const struct vg_scope *scope, const struct vg_avail_now *now, void *arg)
{
	struct service_rows *service = arg;
	json_t *row = vg_judge_piece(&now->piece);
	char id[64];

	(void)count(&service->counts, now);
	(void)snprintf(id, sizeof(id), "W-%" PRId64 ".%d", now->window, now->window_n);
	json_object_del(row, "from");
	json_object_del(row, "to");
	json_object_del(row, "seconds");
	json_object_update_new(row, json_pack("{s:s, s:s, s:s, s:o, s:o, s:b}", "municipality",
					      scope->municipality, "state",
					      vg_avail_state_name(now->confirmed), "measured",
					      vg_avail_state_name(now->piece.state), "since",
					      vg_json_time(now->since_ms), "window",
					      now->window > 0 ? json_string(id) : json_null(),
					      "agreed_time", now->agreed_time));
	json_array_append_new(service->rows, row);
}

/* NULL = out of memory, or not asked for. */
static json_t *
service_json(const struct vg_core *core, const struct vg_agreement *agreement,
	     const struct vg_service *service, const struct vg_scope *filter, int64_t at_ms)
{
	struct service_rows rows = {.counts = {.service = service->id}, .rows = json_array()};
	const int64_t *n = rows.counts.in_state;

	if (look(core, agreement, service, filter->municipality, at_ms, on_row, &rows) != 0) {
		json_decref(rows.rows);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:b, s:s, s:I, s:I, s:I, s:I, s:o}", "service", service->id,
			 "name", service->name, "component", service->component, "state",
			 vg_avail_state_name(rows.counts.worst), "down",
			 (json_int_t)n[VG_AVAIL_DOWN], "degraded", (json_int_t)n[VG_AVAIL_DEGRADED],
			 "no_data", (json_int_t)n[VG_AVAIL_NO_DATA], "up",
			 (json_int_t)n[VG_AVAIL_UP], "municipalities", rows.rows);
}

static json_t *
services_json(const struct vg_core *core, const struct vg_scope *filter, int64_t at_ms)
{
	const struct vg_agreement *agreement = vg_core_agreement_at(core, at_ms);
	json_t *list = json_array();

	for (size_t i = 0; agreement != NULL && i < agreement->services; i++) {
		const struct vg_service *service = &agreement->service[i];

		if (filter->service == NULL || strcmp(filter->service, service->id) == 0)
			json_array_append_new(
				list, service_json(core, agreement, service, filter, at_ms));
	}
	return list;
}

static json_t *
signal_json(const struct vg_signal *signal)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)signal->id,
			 "kind", vg_signal_name((enum vg_signal_kind)signal->kind), "service",
			 signal->service, "subject", signal->subject, "municipalities",
			 vg_judge_ids(signal->municipalities), "from",
			 vg_json_time(signal->from_ms), "to", vg_json_time(signal->to_ms));
}

/* What nobody has a service for concerns no municipality, though none is named. */
static bool
concerns(const struct vg_signal *signal, const char *municipality)
{
	return (signal->kind != VG_SIGNAL_ALARM || *signal->service != '\0') &&
	       vg_judge_has_id(signal->municipalities, municipality);
}

/* Those that are raised now. */
static json_t *
signals_json(const struct vg_core *core, const char *municipality)
{
	const struct vg_signal *signal;
	json_t *list = json_array();

	for (size_t i = 0; (signal = vg_core_item(core, VG_OBJECT_SIGNAL, i)) != NULL; i++)
		if (signal->to_ms == -1 && (municipality == NULL || concerns(signal, municipality)))
			json_array_append_new(list, signal_json(signal));
	return list;
}

void
vg_state_signals(const struct vg_core *core, int64_t raised[VG_SIGNAL_KIND_COUNT])
{
	const struct vg_signal *signal;

	memset(raised, 0, VG_SIGNAL_KIND_COUNT * sizeof(raised[0]));
	for (size_t i = 0; (signal = vg_core_item(core, VG_OBJECT_SIGNAL, i)) != NULL; i++)
		raised[signal->kind] += signal->to_ms == -1;
}

void
vg_get_state(struct vg_call *call)
{
	const struct vg_core *core = vg_live_core(call->api->live);
	const int64_t now_ms = vg_live_now_ms(call->api->live);
	const char *own = *call->who->municipality != '\0' ? call->who->source : NULL;
	struct vg_scope filter;

	if (!vg_judge_filter(call, &filter))
		return;
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:o, s:o, s:I, s:o}", "services",
				services_json(core, &filter, now_ms), "signals",
				signals_json(core, filter.municipality), "agents",
				vg_agents_json(core, own), "seq", (json_int_t)vg_core_seq(core),
				"asof", vg_json_time(now_ms)));
}
