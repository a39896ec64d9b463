/* once.c - one probe, once, for a person who looks. */
#include "agents/commands.h"

#include "agents/batch.h"
#include "agents/checks/plugin.h"
#include "agents/daemon.h"
#include "agents/engine.h"
#include "lib/base/log.h"

#include <event2/event.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct once {
	struct event_base *base;
	const struct vg_agent_probe *probe;
	struct vg_check_run *run;
	struct vg_check_result result;
};

static void
print_phase(const char *name, int64_t ms)
{
	if (ms >= 0)
		printf("  %-10s %" PRId64 " ms\n", name, ms);
}

static void
print(const struct vg_agent_sample *sample)
{
	const struct vg_check_result *result = sample->result;
	char *json = vg_batch_sample(sample);

	printf("%s: %s\n%s\n", sample->probe, vg_check_state_words[result->state], result->text);
	print_phase("dns", result->phases.dns_ms);
	print_phase("connect", result->phases.connect_ms);
	print_phase("tls", result->phases.tls_ms);
	print_phase("first byte", result->phases.first_byte_ms);
	print_phase("total", result->phases.total_ms);
	if (*result->perfdata != '\0')
		printf("  perfdata   %s\n", result->perfdata);
	printf("%s\n", json != NULL ? json : "");
	free(json);
}

static void
on_done(const struct vg_check_result *result, void *arg)
{
	struct once *once = arg;

	once->run = NULL;
	once->result = *result;
	(void)event_base_loopbreak(once->base);
}

static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	struct once *once = arg;

	(void)fd;
	(void)what;
	once->probe->type->cancel(once->run);
	vg_schedule_no_answer(once->probe, &once->result);
	(void)event_base_loopbreak(once->base);
}

/* Until the run is over, or its time is. */
static void
run(struct once *once, struct vg_engine *engine)
{
	const int64_t patience_ms = once->probe->timeout_ms + VG_SCHEDULE_GRACE_MS;
	const struct timeval patience = {patience_ms / 1000, patience_ms % 1000 * 1000};
	char why[VG_CHECK_TEXT_MAX + 1] = "";

	once->run = once->probe->type->start(engine, once->probe->settings, once->probe->timeout_ms,
					     on_done, once, why);
	if (once->run == NULL) {
		vg_check_text(&once->result, "%s", why);
		return;
	}
	(void)event_base_once(once->base, -1, EV_TIMEOUT, on_late, once, &patience);
	(void)event_base_dispatch(once->base);
}

int
vg_agent_check(const struct vg_agent_config *config, const char *name)
{
	const struct vg_check_result unknown = {
		.state = VG_CHECK_UNKNOWN, .latency_ms = -1, .phases = {-1, -1, -1, -1, -1}};
	const char *near;
	struct once once = {.probe = vg_agent_config_find(config, name, &near), .result = unknown};
	struct vg_agent_sample sample = {.probe = name, .result = &once.result, .changed = true};
	struct vg_engine *engine = NULL;
	struct vg_err err = {0};

	if (once.probe == NULL) {
		fprintf(stderr, "vinga-agent: there is no probe \"%s\"%s%s%s\n", name,
			near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
			near != NULL ? "\"?" : "");
		return VG_CHECK_UNKNOWN;
	}
	once.base = vg_agent_loop();
	if (once.base == NULL || (engine = vg_engine_new(once.base, &err)) == NULL) {
		fprintf(stderr, "vinga-agent: %s\n", vg_err_text(&err, VG_ENOMEM));
	} else {
		sample.at_ms = vg_wall_ms();
		run(&once, engine);
		print(&sample);
	}
	vg_plugin_end();
	vg_engine_free(engine);
	if (once.base != NULL)
		event_base_free(once.base);
	return (int)once.result.state;
}
