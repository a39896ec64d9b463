/* alarm_counts.c - alarms in numbers, for status, metrics and whoever watches the daemon. */
#include "daemon/api/state.h"

#include "daemon/api/alarm_feed.h"
#include "daemon/intake/notices.h"
#include "daemon/intake/snmp.h"
#include "daemon/intake/syslog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct counting {
	const struct vg_core *core;
	int64_t now_ms;
	struct vg_alarm_counts *out;
};

static bool
on_open(const struct vg_alarm *alarm, void *arg)
{
	const struct counting *counting = arg;
	struct vg_alarm_counts *out = counting->out;
	struct vg_alarm_now now;

	vg_alarm_at(counting->core, alarm, counting->now_ms, &now);
	if (!now.active)
		return true;
	out->active++;
	out->hidden[now.hidden]++;
	out->unmapped += *alarm->service == '\0';
	if (now.hidden != VG_ALARM_SHOWN)
		return true;
	out->shown[alarm->severity]++;
	out->acknowledged += alarm->operator_ == VG_OPERATOR_ACK;
	return true;
}

void
vg_state_alarms(const struct vg_core *core, int64_t now_ms, struct vg_alarm_counts *out)
{
	struct counting counting = {core, now_ms, out};
	const struct vg_alarm_source *source;
	const struct vg_proposal *proposal;

	*out = (struct vg_alarm_counts){.active = 0};
	vg_core_alarms_open(core, on_open, &counting);
	for (size_t i = 0; (source = vg_core_item(core, VG_OBJECT_ALARM_SOURCE, i)) != NULL; i++) {
		out->sources++;
		out->silent += source->silent;
		out->notices += source->notices;
	}
	for (size_t i = 0; (proposal = vg_core_item(core, VG_OBJECT_PROPOSAL, i)) != NULL; i++)
		out->proposals += proposal->state == VG_PROPOSAL_OPEN;
}

json_t *
vg_alarm_counts_json(const struct vg_core *core, int64_t now_ms)
{
	struct vg_alarm_counts counts;
	json_t *object, *hidden = json_object();

	vg_state_alarms(core, now_ms, &counts);
	object = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "active",
			   (json_int_t)counts.active, "acknowledged",
			   (json_int_t)counts.acknowledged, "unmapped", (json_int_t)counts.unmapped,
			   "sources", (json_int_t)counts.sources, "sources_silent",
			   (json_int_t)counts.silent, "notices", (json_int_t)counts.notices,
			   "proposals", (json_int_t)counts.proposals);
	for (int i = VG_SEVERITY_COUNT - 1; i > VG_SEVERITY_CLEARED; i--)
		json_object_set_new(object, vg_severity_words[i], json_integer(counts.shown[i]));
	for (int i = VG_ALARM_SHOWN + 1; i < VG_ALARM_HIDDEN_COUNT; i++)
		json_object_set_new(hidden, vg_alarm_hidden_words[i],
				    json_integer(counts.hidden[i]));
	json_object_set_new(object, "hidden", hidden);
	return object;
}

/* Metrics. */

static void
print_head(FILE *out, const char *name, const char *type, const char *help)
{
	(void)fprintf(out, "# TYPE vinga_%s %s\n# HELP vinga_%s %s\n", name, type, name, help);
}

static void
print_number(FILE *out, const char *name, const char *type, const char *help, int64_t value)
{
	print_head(out, name, type, help);
	(void)fprintf(out, "vinga_%s%s %" PRId64 "\n", name,
		      strcmp(type, "counter") == 0 ? "_total" : "", value);
}

static void
print_label(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)fputc('\\', out);
		(void)fputc(*text, out);
	}
}

static void
print_alarms(FILE *out, const struct vg_alarm_counts *counts)
{
	print_head(out, "alarms", "gauge", "Active alarms that need a look, by severity.");
	for (int i = VG_SEVERITY_CLEARED + 1; i < VG_SEVERITY_COUNT; i++)
		(void)fprintf(out, "vinga_alarms{severity=\"%s\"} %" PRId64 "\n",
			      vg_severity_words[i], counts->shown[i]);
	print_head(out, "alarms_hidden", "gauge", "Active alarms that are not shown, by reason.");
	for (int i = VG_ALARM_SHOWN + 1; i < VG_ALARM_HIDDEN_COUNT; i++)
		(void)fprintf(out, "vinga_alarms_hidden{reason=\"%s\"} %" PRId64 "\n",
			      vg_alarm_hidden_words[i], counts->hidden[i]);
	print_number(out, "alarms_acknowledged", "gauge", "Of those that need a look, taken.",
		     counts->acknowledged);
	print_number(out, "alarms_unmapped", "gauge", "Active alarms without a service.",
		     counts->unmapped);
	print_number(out, "proposals", "gauge", "Outages and major incidents to decide on.",
		     counts->proposals);
	print_number(out, "alarm_sources_silent", "gauge",
		     "Sources of alarms that are silent for longer than agreed.", counts->silent);
}

static void
print_sources(FILE *out, const struct vg_core *core)
{
	const struct vg_alarm_source *source;

	print_head(out, "alarm_notices", "counter", "Notices of alarms, by source.");
	for (size_t i = 0; (source = vg_core_item(core, VG_OBJECT_ALARM_SOURCE, i)) != NULL; i++) {
		(void)fputs("vinga_alarm_notices_total{source=\"", out);
		print_label(out, source->source);
		(void)fprintf(out, "\"} %" PRId64 "\n", source->notices);
	}
}

static void
print_syslog(FILE *out, const struct vg_syslog_listener *syslog)
{
	struct vg_syslog_counts c;

	vg_syslog_listener_get_counts(syslog, &c);
	print_number(out, "syslog_lines", "counter", "Lines read.", c.lines);
	print_number(out, "syslog_notices", "counter", "Lines that became notices.", c.notices);
	print_number(out, "syslog_unknown", "counter", "Lines that no rule fits: not kept.",
		     c.unknown);
	print_number(out, "syslog_ignored", "counter", "Lines that a rule calls nothing.",
		     c.ignored);
	print_number(out, "syslog_refused", "counter", "From networks that may not send.",
		     c.refused);
	print_number(out, "syslog_dropped", "counter", "Datagrams that the kernel dropped.",
		     c.dropped);
	print_number(out, "syslog_cut", "counter", "Lines that were longer than is taken.", c.cut);
	print_number(out, "syslog_broken", "counter",
		     "Connections that ended within a message or broke the framing.", c.broken);
	print_number(out, "syslog_connections_cut", "counter",
		     "Connections closed at once, over a limit.", c.connections_cut);
	print_number(out, "syslog_lost", "counter", "Notices that there was no room for.", c.lost);
	print_number(out, "syslog_connections", "gauge", "Open connections.", c.connections);
}

void
vg_alarm_metrics(const struct vg_api *api, int64_t now_ms, FILE *out)
{
	const struct vg_core *core = vg_live_core(api->live);
	struct vg_alarm_counts counts;

	vg_state_alarms(core, now_ms, &counts);
	print_alarms(out, &counts);
	print_sources(out, core);
	if (api->notices != NULL)
		print_number(out, "notices_waiting", "gauge", "Notices that are not durable yet.",
			     (int64_t)vg_notices_waiting(api->notices));
	print_number(out, "alarm_waiters", "gauge", "Who waits for changes of alarms.",
		     (int64_t)vg_alarm_feed_waiting(api->feed));
	if (api->syslog != NULL)
		print_syslog(out, api->syslog);
	if (api->snmp != NULL)
		vg_snmp_intake_print(api->snmp, out);
}
