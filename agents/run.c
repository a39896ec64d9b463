/* run.c - the agent at work: schedule, batch, spool and sender on one loop.
 *
 * A run's end adds a sample to the batch. A timer, at most once a second, has the spool keep what
 * is new in the batch, or takes the whole batch there when it is time to send, which is at once
 * when a state has changed; the sender takes it from there. The hard thing is what happens when a
 * part does not do its work: a full disk keeps samples in memory up to one batch, then counts what
 * it loses; nothing stops the probing. */
#include "agents/commands.h"

#include "agents/checks/plugin.h"
#include "agents/daemon.h"
#include "agents/engine.h"
#include "agents/schedule.h"
#include "agents/sender.h"
#include "agents/spool.h"
#include "lib/base/log.h"

#include <event2/event.h>

#ifdef VG_HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define WRITE_GAP_MS 1000 /* each write is flushed to the disk */
#define STATUS_S     10

struct agent {
	const char *config_path;
	struct vg_agent_config config;
	struct event_base *base;
	struct vg_engine *engine;
	struct vg_schedule *schedule;
	struct vg_spool *spool;
	struct vg_sender *sender;
	struct vg_batch batch;
	struct event *on_turn, *on_write, *on_status, *on_term, *on_int, *on_hup;
	int64_t written_ms, put_due_ms; /* steady; INT64_MAX = there is nothing to put */
	struct vg_complaint unspooled, skipping;
	int64_t skipped; /* at the last status */
};

static void __attribute__((format(printf, 1, 2))) tell_supervisor(const char *format, ...)
{
#ifdef VG_HAVE_SYSTEMD
	char text[300];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)sd_notify(0, text);
#else
	(void)format;
#endif
}

static void
arm(struct event *event, int64_t wait_ms)
{
	const struct timeval wait = {wait_ms / 1000, wait_ms % 1000 * 1000};

	(void)event_add(event, &wait);
}

/* Samples. */

/* When something is to be kept, or the batch to be put. */
static void
arm_write(struct agent *a)
{
	int64_t at_ms = a->written_ms + WRITE_GAP_MS, now_ms = vg_steady_ms();

	if (a->batch.kept == a->batch.length && a->put_due_ms > at_ms)
		at_ms = a->put_due_ms;
	arm(a->on_write, at_ms > now_ms ? at_ms - now_ms : 0);
}

static void
tell_written(struct agent *a, int rc, const struct vg_err *err)
{
	a->written_ms = vg_steady_ms();
	vg_complain(&a->unspooled, "spool.refuses", rc != 0 ? vg_err_text(err, rc) : NULL,
		    a->written_ms);
}

static void
keep(struct agent *a)
{
	struct vg_err err = {0};

	tell_written(a, vg_spool_keep(a->spool, &a->batch, &err), &err);
}

/* Whether the batch is in the spool, and so empty. */
static bool
put(struct agent *a)
{
	struct vg_err err = {0};
	int rc;

	a->put_due_ms = INT64_MAX;
	if (a->batch.span.count == 0)
		return true;
	rc = vg_spool_put(a->spool, &a->batch, vg_wall_ms(), &err);
	tell_written(a, rc, &err);
	if (rc != 0) {
		a->put_due_ms = a->written_ms + a->config.send_every_ms;
		return false;
	}
	vg_batch_clear(&a->batch);
	vg_sender_poke(a->sender);
	return true;
}

static void
on_sample(const struct vg_agent_sample *sample, void *arg)
{
	const struct vg_span one = {1, sample->at_ms, sample->at_ms};
	struct agent *a = arg;
	int64_t due_ms = vg_steady_ms() + (sample->changed ? 0 : a->config.send_every_ms);

	if (!vg_batch_add(&a->batch, sample)) {
		if (!put(a)) {
			vg_spool_lose(a->spool, &a->batch.span);
			vg_batch_clear(&a->batch);
		}
		if (!vg_batch_add(&a->batch, sample))
			vg_spool_lose(a->spool, &one);
	}
	if (sample->changed)
		vg_log(VG_LOG_INFO, "probe.state", VG_LOG_TEXT("probe", sample->probe),
		       VG_LOG_TEXT("state", vg_check_state_words[sample->result->state]),
		       VG_LOG_TEXT("text", sample->result->text));
	if (due_ms < a->put_due_ms)
		a->put_due_ms = due_ms;
	arm_write(a);
}

static void
on_write(evutil_socket_t fd, short what, void *arg)
{
	struct agent *a = arg;

	(void)fd;
	(void)what;
	if (vg_steady_ms() >= a->put_due_ms)
		(void)put(a);
	else
		keep(a);
	if (a->batch.length > 0)
		arm_write(a);
}

/* Turns. */

static void
turn(struct agent *a)
{
	int64_t next_ms;

	vg_schedule_turn(a->schedule, vg_steady_ms(), vg_wall_ms());
	next_ms = vg_schedule_next_ms(a->schedule);
	if (next_ms != INT64_MAX) {
		next_ms -= vg_steady_ms();
		arm(a->on_turn, next_ms > 0 ? next_ms : 0);
	}
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	turn(arg);
}

static void
on_ready(void *arg)
{
	arm(((struct agent *)arg)->on_turn, 0);
}

static int
make_schedule(struct agent *a, const struct vg_agent_config *config, struct vg_schedule **out,
	      struct vg_err *err)
{
	const struct vg_schedule_options options = {
		.engine = a->engine,
		.probe = config->probe,
		.probes = config->probes,
		.plugins_max = config->running_max,
		.on_sample = on_sample,
		.on_ready = on_ready,
		.arg = a,
	};

	return vg_schedule_new(out, &options, vg_steady_ms(), err);
}

/* Tells what is wrong; returns whether nothing is. */
static bool
load(struct vg_agent_config *config, const char *path)
{
	struct vg_yaml_errors errors = {0};
	bool ok = vg_agent_config_load(config, path, &errors);

	for (size_t i = 0; i < errors.count && i < VG_YAML_ERRORS_MAX; i++)
		vg_log(VG_LOG_ERROR, "setting.wrong", VG_LOG_TEXT("why", errors.text[i]));
	vg_yaml_errors_free(&errors);
	return ok;
}

/* All or nothing. What runs is given up, and begins anew in the new schedule. */
static bool
reload(struct agent *a)
{
	struct vg_agent_config config;
	struct vg_schedule *schedule = NULL;
	struct vg_err err = {0};
	int rc;

	if (!load(&config, a->config_path))
		return false;
	if ((rc = make_schedule(a, &config, &schedule, &err)) != 0) {
		vg_log(VG_LOG_ERROR, "reload.late", VG_LOG_TEXT("why", vg_err_text(&err, rc)));
		vg_agent_config_fini(&config);
		return false;
	}
	vg_schedule_inherit(schedule, a->schedule);
	vg_schedule_free(a->schedule);
	vg_agent_config_fini(&a->config);
	a->config = config;
	a->schedule = schedule;
	turn(a);
	return true;
}

static void
on_reload_signal(evutil_socket_t fd, short what, void *arg)
{
	struct agent *a = arg;

	(void)fd;
	(void)what;
	tell_supervisor("RELOADING=1\nMONOTONIC_USEC=%" PRId64, vg_steady_ms() * 1000);
	if (reload(a))
		vg_log(VG_LOG_INFO, "reloaded", VG_LOG_INT("probes", (int64_t)a->config.probes));
	else
		vg_log(VG_LOG_ERROR, "reload.failed",
		       VG_LOG_TEXT("next", "the probes stay as they were"));
	tell_supervisor("READY=1");
}

static void
on_stop_signal(evutil_socket_t fd, short what, void *arg)
{
	struct agent *a = arg;

	(void)fd;
	(void)what;
	tell_supervisor("STOPPING=1");
	(void)event_base_loopbreak(a->base);
}

/* The watchdog is fed by the loop that does the work. */
static void
on_status(evutil_socket_t fd, short what, void *arg)
{
	struct agent *a = arg;
	struct vg_schedule_counts counts;
	struct vg_spool_state spool = {0};
	char why[100];

	(void)fd;
	(void)what;
	vg_schedule_get_counts(a->schedule, &counts);
	(void)snprintf(why, sizeof(why), "%" PRId64 " turns skipped in %d s, %zu runs wait",
		       counts.skipped - a->skipped, STATUS_S, counts.waiting);
	vg_complain(&a->skipping, "schedule.behind", counts.skipped > a->skipped ? why : NULL,
		    vg_steady_ms());
	a->skipped = counts.skipped;
	if (vg_spool_get_state(a->spool, &spool, NULL) != 0)
		spool.batches = 0; /* its trouble is told when it is written */
	tell_supervisor("WATCHDOG=1\nSTATUS=%zu probes, %zu running, %" PRId64 " batches wait",
			a->config.probes, counts.running, spool.batches);
}

/* Life. */

struct event_base *
vg_agent_loop(void)
{
	struct event_config *options = event_config_new();
	struct event_base *base = NULL;

	if (options != NULL && event_config_set_flag(options, EVENT_BASE_FLAG_PRECISE_TIMER |
								      EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(options);
	if (options != NULL)
		event_config_free(options);
	return base;
}

static int
hook_events(struct agent *a, struct vg_err *err)
{
	static const struct timeval status = {STATUS_S, 0};

	a->on_turn = event_new(a->base, -1, 0, on_turn, a);
	a->on_write = event_new(a->base, -1, 0, on_write, a);
	a->on_status = event_new(a->base, -1, EV_PERSIST, on_status, a);
	a->on_term = evsignal_new(a->base, SIGTERM, on_stop_signal, a);
	a->on_int = evsignal_new(a->base, SIGINT, on_stop_signal, a);
	a->on_hup = evsignal_new(a->base, SIGHUP, on_reload_signal, a);
	if (a->on_turn == NULL || a->on_write == NULL || a->on_status == NULL ||
	    a->on_term == NULL || a->on_int == NULL || a->on_hup == NULL ||
	    event_add(a->on_term, NULL) != 0 || event_add(a->on_int, NULL) != 0 ||
	    event_add(a->on_hup, NULL) != 0 || event_add(a->on_status, &status) != 0)
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	return 0;
}

static int
start(struct agent *a, struct vg_err *err)
{
	int rc;

	if ((a->base = vg_agent_loop()) == NULL)
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	if ((rc = hook_events(a, err)) != 0)
		return rc;
	if ((a->engine = vg_engine_new(a->base, err)) == NULL)
		return VG_ENOMEM;
	if ((rc = vg_spool_open(&a->spool, a->config.spool, a->config.spool_bytes_max, err)) != 0 ||
	    (rc = vg_spool_resume(a->spool, &a->batch, err)) != 0 ||
	    (rc = vg_sender_new(&a->sender, a->engine, a->spool, &a->config, err)) != 0)
		return rc;
	return make_schedule(a, &a->config, &a->schedule, err);
}

static void
free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

/* What has been measured is made durable; what still runs is given up. */
static void
stop(struct agent *a)
{
	struct vg_err err = {0};
	int rc = 0;

	vg_schedule_free(a->schedule);
	vg_plugin_end();
	if (a->batch.span.count > 0)
		rc = vg_spool_put(a->spool, &a->batch, vg_wall_ms(), &err);
	if (rc != 0)
		vg_log(VG_LOG_ERROR, "stop.incomplete", VG_LOG_INT("samples", a->batch.span.count),
		       VG_LOG_TEXT("why", vg_err_text(&err, rc)));
	vg_batch_fini(&a->batch);
	vg_sender_free(a->sender);
	vg_spool_close(a->spool);
	vg_engine_free(a->engine);
	free_event(a->on_turn);
	free_event(a->on_write);
	free_event(a->on_status);
	free_event(a->on_term);
	free_event(a->on_int);
	free_event(a->on_hup);
	if (a->base != NULL)
		event_base_free(a->base);
	vg_agent_config_fini(&a->config);
}

int
vg_agent_run(const char *config_path)
{
	struct agent a = {.config_path = config_path};
	struct vg_err err = {0};
	int rc;

	if (!load(&a.config, config_path))
		return EXIT_FAILURE;
	a.written_ms = vg_steady_ms() - WRITE_GAP_MS;
	a.put_due_ms = INT64_MAX;
	if ((rc = start(&a, &err)) != 0) {
		vg_log(VG_LOG_ERROR, "start.failed", VG_LOG_TEXT("why", vg_err_text(&err, rc)));
	} else {
		vg_log(VG_LOG_INFO, "started", VG_LOG_TEXT("version", VG_VERSION),
		       VG_LOG_INT("probes", (int64_t)a.config.probes),
		       VG_LOG_TEXT("boot_id", vg_spool_boot_id(a.spool)));
		tell_supervisor("READY=1");
		(void)put(&a); /* what the process before had kept */
		vg_sender_poke(a.sender);
		turn(&a);
		(void)event_base_dispatch(a.base);
		vg_log(VG_LOG_INFO, "stopped");
	}
	stop(&a);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
