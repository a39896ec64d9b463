/* main.c - vingad: parts are made, wired to one loop, and taken down in order.
 *
 * The hard thing is the order. READY is said when core, journal and listeners stand; at the end
 * nobody is let in any more, requests in work get their answers, then outbox, sink, core and
 * journal are closed, each after those that use it. */
#include "daemon/config.h"
#include "daemon/api/alarm_feed.h"
#include "daemon/api/api.h"
#include "daemon/api/hooks.h"
#include "daemon/api/picture.h"
#include "daemon/api/queue.h"
#include "daemon/api/titles.h"
#include "daemon/api/titles_load.h"
#include "daemon/feed/feed.h"
#include "daemon/intake/notices.h"
#include "daemon/intake/snmp.h"
#include "daemon/intake/syslog.h"
#include "daemon/live/seal.h"
#include "daemon/outbox/outbox.h"
#include "daemon/redis/redis.h"
#include "daemon/sign/sign.h"
#include "daemon/status/status.h"
#include "daemon/store/sink.h"
#include "daemon/web/web.h"
#include "daemon/work/work.h"
#include "lib/base/log.h"
#include "lib/civil/civil.h"
#include "lib/redact/redact.h"

#include <event2/event.h>

#ifdef VG_HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRIORITIES     3 /* 0 journal results and signals, 1 sources, 2 sinks */
#define DRAIN_MS       10000
#define ROWS_BYTES_MAX (1 << 20) /* of read-model text collected in one turn */
#define FILES_SPARE    256	 /* descriptors that are not client connections */
#define LAG_WINDOW     60	 /* seconds that the worst lateness is remembered */

struct daemon {
	struct vg_config config;
	struct event_base *base;
	struct vg_live *live;
	struct vg_sealer *sealer;
	struct vg_server *server;
	struct vg_auth *auth;
	struct vg_people *people; /* until sign-in takes them */
	struct vg_sign *sign;
	struct vg_hooks *hooks;
	struct vg_notices *notices;
	struct vg_snmp_engine snmp_engine;
	struct vg_snmp_access *snmp_access; /* until the listener takes it */
	struct vg_snmp_intake *snmp;
	struct vg_alarm_feed *feed;
	struct vg_work *work;
	struct vg_web *web;
	struct vg_sink *sink;
	struct vg_outbox *outbox;
	struct vg_titles_load *titles_load;
	struct vg_redis *redis;
	struct vg_api api;
	struct vg_rows rows; /* being collected for the sink, a month a turn */
	struct event *on_sink, *on_rows, *on_second, *on_term, *on_int, *on_hup;
	struct vg_complaint database, journal, read_model; /* what lasts and is not well */
	int lock_fd;
	int64_t drain_until_ms; /* 0 = running */
	int64_t last_second_ms;
	int64_t lag_ms[LAG_WINDOW];
	unsigned second;
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
on_progress(const char *what, int64_t seq)
{
	tell_supervisor("EXTEND_TIMEOUT_USEC=30000000\nSTATUS=replaying %s, row %" PRId64, what,
			seq);
}

/* Wiring. */

static void
on_applied(void *arg)
{
	struct daemon *d = arg;

	if (d->sink != NULL)
		vg_sink_offer(d->sink, vg_core_seq(vg_live_core(d->live)));
	if (d->outbox != NULL)
		vg_outbox_poke(d->outbox);
	if (d->redis != NULL)
		vg_redis_poke(d->redis);
	vg_alarms_applied(&d->api);
	if (d->api.events != NULL)
		vg_feed_poke(d->api.events);
	if (d->api.live != NULL && d->drain_until_ms == 0)
		vg_alarm_ticket_turn(&d->api);
}

static void
on_note(int64_t seq, const char *note, void *arg)
{
	struct daemon *d = arg;

	vg_outbox_keep_note(d->outbox, seq, note);
}

static void
on_title(int64_t ticket, int64_t seq, const char *title, void *arg)
{
	struct daemon *d = arg;

	if (d->api.titles != NULL)
		vg_titles_put(d->api.titles, ticket, seq, title);
}

/* Gives what was collected, or goes on in the loop's next turn. */
static void
give_rows(struct daemon *d, int rc)
{
	static const struct timeval next_turn = {0, 0};

	vg_complain(&d->read_model, "read_model.late",
		    rc != 0 ? "out of memory; tried again in a second" : NULL, vg_steady_ms());
	if (rc != 0)
		return;
	if (d->rows.unfinished)
		(void)evtimer_add(d->on_rows, &next_turn);
	else
		vg_sink_give(d->sink, &d->rows);
}

static void
on_rows(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	if (d->rows.unfinished)
		give_rows(d, vg_rows_go_on(vg_live_core(d->live), &d->rows));
}

/* What is being collected is gone on with, unless the sink has begun elsewhere meanwhile. */
static void
collect_rows(struct daemon *d, int64_t after_seq)
{
	if (d->rows.unfinished && d->rows.from_seq == after_seq)
		return;
	vg_rows_free(&d->rows);
	give_rows(d, vg_rows_begin(vg_live_core(d->live), after_seq, vg_live_now_ms(d->live),
				   ROWS_BYTES_MAX, &d->rows));
}

static void
on_sink(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	struct vg_sink_state state;
	int64_t after_seq;

	(void)fd;
	(void)what;
	if (vg_sink_wants(d->sink, &after_seq))
		collect_rows(d, after_seq);
	vg_sink_get_state(d->sink, &state);
	vg_journal_trim(vg_live_journal(d->live), state.ledger_seq, vg_live_checkpoint_seq(d->live),
			vg_live_now_ms(d->live));
}

/* The timer's own lateness is the loop's: the watchdog is fed only while the loop turns. */
static void
measure_lag(struct daemon *d)
{
	int64_t now = vg_steady_ms(), worst = 0;

	d->lag_ms[d->second++ % LAG_WINDOW] =
		d->last_second_ms == 0 ? 0 : now - d->last_second_ms - 1000;
	d->last_second_ms = now;
	for (int i = 0; i < LAG_WINDOW; i++)
		worst = d->lag_ms[i] > worst ? d->lag_ms[i] : worst;
	d->api.loop_lag_ms = worst;
}

static bool
is_trouble(enum vg_sink_status status)
{
	return status != VG_SINK_CURRENT && status != VG_SINK_CATCHING_UP;
}

static void
report_health(struct daemon *d)
{
	struct vg_journal_state journal;
	struct vg_sink_state sink = {0};

	vg_journal_get_state(vg_live_journal(d->live), &journal);
	if (d->sink != NULL)
		vg_sink_get_state(d->sink, &sink);
	vg_complain(&d->journal, "journal.refuses",
		    journal.failed || journal.full ? journal.why : NULL, vg_steady_ms());
	vg_complain(&d->database, "database.trouble",
		    d->sink != NULL && is_trouble(sink.status) ? sink.text : NULL, vg_steady_ms());
	tell_supervisor("%sSTATUS=seq %" PRId64 ", PostgreSQL %" PRId64 "%s%s",
			journal.failed ? "" : "WATCHDOG=1\n", vg_core_seq(vg_live_core(d->live)),
			sink.ledger_seq, *sink.text != '\0' ? ", " : "", sink.text);
}

static void
on_second(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	bool idle;

	(void)fd;
	(void)what;
	measure_lag(d);
	report_health(d);
	vg_sign_turn(d->sign);
	if (d->drain_until_ms == 0) {
		vg_sealer_turn(d->sealer);
		vg_public_turn(d->api.pages, vg_live_core(d->live), vg_live_now_ms(d->live));
		return;
	}
	idle = vg_server_in_work(d->server) == 0 && vg_notices_waiting(d->notices) == 0 &&
	       vg_live_in_flight(d->live) == 0;
	if (idle || vg_steady_ms() > d->drain_until_ms)
		(void)event_base_loopbreak(d->base);
}

static void
stop_syslog(struct daemon *d)
{
	vg_syslog_listener_free(d->api.syslog);
	d->api.syslog = NULL;
}

static void
on_stop_signal(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval soon = {0, 20 * 1000};
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	if (d->drain_until_ms != 0)
		return;
	tell_supervisor("STOPPING=1");
	d->drain_until_ms = vg_steady_ms() + DRAIN_MS;
	vg_server_drain(d->server);
	stop_syslog(d);
	vg_alarms_release(&d->api);
	vg_sign_stop(d->sign);
	if (d->snmp != NULL)
		vg_snmp_intake_stop(d->snmp);
	vg_outbox_pause(d->outbox);
	(void)event_add(d->on_second, &soon); /* looks more often from now on */
}

/* Settings. */

/* Tells what is wrong; returns whether nothing is. */
static bool
tell_errors(struct vg_yaml_errors *errors)
{
	bool none = errors->count == 0;

	for (size_t i = 0; i < errors->count && i < VG_YAML_ERRORS_MAX; i++)
		vg_log(VG_LOG_ERROR, "setting.wrong", VG_LOG_TEXT("why", errors->text[i]));
	vg_yaml_errors_free(errors);
	return none;
}

struct sources {
	struct vg_auth *auth;
	struct vg_people *people;
	struct vg_hooks *hooks;
};

static void
free_sources(struct sources *sources)
{
	vg_auth_free(sources->auth);
	vg_people_free(sources->people);
	vg_hooks_free(sources->hooks);
	*sources = (struct sources){0};
}

/* Principals, people and mappings, all or none. */
static bool
load_sources(const struct vg_config *config, struct sources *out)
{
	const bool production = strcmp(config->purpose, "production") == 0;
	struct vg_yaml_errors errors = {0};

	out->auth = vg_auth_load(config->principals, &errors);
	out->people = vg_people_load(config->people, production, &errors);
	out->hooks = vg_hooks_load(config->mappings, &errors);
	if (tell_errors(&errors) && out->auth != NULL && out->people != NULL && out->hooks != NULL)
		return true;
	free_sources(out);
	return false;
}

/* Who may send traps; nothing when nobody listens for them. */
static bool
load_snmp_access(const struct vg_config *config, struct vg_snmp_access **out)
{
	struct vg_yaml_errors errors = {0};

	*out = *config->snmp_listen == '\0' ? NULL
					    : vg_snmp_access_load(config->snmp_access, &errors);
	return tell_errors(&errors) && (*out != NULL || *config->snmp_listen == '\0');
}

static bool
load(struct daemon *d, const char *path)
{
	struct vg_yaml_errors errors = {0};
	struct sources sources = {0};
	struct vg_err err = {0};
	bool ok = vg_config_load(&d->config, path, &errors);
	int rc;

	if (!tell_errors(&errors) || !ok)
		return false;
	rc = vg_civil_set_zone(d->config.zone, &err);
	if (rc != 0)
		vg_log(VG_LOG_ERROR, "setting.wrong", VG_LOG_TEXT("setting", "zone"),
		       VG_LOG_TEXT("why", vg_err_text(&err, rc)));
	ok = load_sources(&d->config, &sources);
	d->auth = sources.auth;
	d->people = sources.people;
	d->hooks = sources.hooks;
	ok = load_snmp_access(&d->config, &d->snmp_access) && ok;
	return ok && rc == 0;
}

/* What is in flight points to its principal, so that is answered before principals change. */
static bool
replace_sources(struct daemon *d)
{
	struct sources sources;
	struct vg_err err = {0};
	int rc;

	if (!load_sources(&d->config, &sources))
		return false;
	if (!vg_live_settle(d->live)) {
		vg_log(VG_LOG_ERROR, "reload.late",
		       VG_LOG_TEXT("why", "the journal does not answer"));
		free_sources(&sources);
		return false;
	}
	rc = vg_sign_replace(d->sign, sources.people, &err);
	sources.people = NULL; /* taken over */
	if (rc != 0) {
		vg_log(VG_LOG_ERROR, "reload.late", VG_LOG_TEXT("why", vg_err_text(&err, rc)));
		free_sources(&sources);
		return false;
	}
	vg_feed_end(d->api.events, 0); /* they come back, with the rights that they then have */
	vg_auth_free(d->auth);
	vg_hooks_free(d->hooks);
	d->api.auth = d->auth = sources.auth;
	d->api.hooks = d->hooks = sources.hooks;
	return true;
}

/* Takes the access over. */
static bool
replace_snmp_access(struct daemon *d, struct vg_snmp_access *access)
{
	struct vg_err err = {0};
	int rc = vg_snmp_intake_reload(d->snmp, access, &err);

	if (rc != 0)
		vg_log(VG_LOG_ERROR, "setting.wrong", VG_LOG_TEXT("setting", "snmp_access"),
		       VG_LOG_TEXT("why", vg_err_text(&err, rc)));
	return rc == 0;
}

/* All files are read before anything is replaced. */
static bool
replace_all(struct daemon *d)
{
	struct vg_snmp_access *access;

	if (!load_snmp_access(&d->config, &access))
		return false;
	if (!replace_sources(d)) {
		vg_snmp_access_free(access);
		return false;
	}
	return d->snmp == NULL || replace_snmp_access(d, access);
}

static void
on_reload_signal(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	if (d->drain_until_ms != 0)
		return;
	tell_supervisor("RELOADING=1");
	if (replace_all(d))
		vg_log(VG_LOG_INFO, "reloaded");
	else
		vg_log(VG_LOG_ERROR, "reload.failed",
		       VG_LOG_TEXT("next", "what was not replaced stays as it was"));
	tell_supervisor("READY=1");
}

/* Start. */

static int
lock_state(struct daemon *d, struct vg_err *err)
{
	char path[4096];

	if (mkdir(d->config.state_dir, 0700) != 0 && errno != EEXIST)
		return vg_err_set(err, -errno, "cannot make %s: %s", d->config.state_dir,
				  strerror(errno));
	(void)snprintf(path, sizeof(path), "%s/lock", d->config.state_dir);
	d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->lock_fd < 0)
		return vg_err_set(err, -errno, "cannot open %s: %s", path, strerror(errno));
	if (flock(d->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return vg_err_set(err, VG_ECONFLICT, "%s is in use by another vingad",
				  d->config.state_dir);
	return 0;
}

/* As many descriptors as the system lets us have; no more connections than they carry. */
static size_t
connections_possible(const struct vg_config *config)
{
	struct rlimit limit;
	size_t most = (size_t)config->connections_max;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return most;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < most + FILES_SPARE) {
		most = limit.rlim_cur > 2 * FILES_SPARE ? limit.rlim_cur - FILES_SPARE
							: FILES_SPARE;
		vg_log(VG_LOG_WARNING, "connections.fewer", VG_LOG_INT("most", (int64_t)most),
		       VG_LOG_INT("file_descriptors", (int64_t)limit.rlim_cur));
	}
	return most;
}

static int
make_base(struct daemon *d, struct vg_err *err)
{
	struct event_config *options = event_config_new();

	if (options != NULL) {
		(void)event_config_set_flag(options,
					    EVENT_BASE_FLAG_PRECISE_TIMER | EVENT_BASE_FLAG_NOLOCK);
		d->base = event_base_new_with_config(options);
		event_config_free(options);
	}
	if (d->base == NULL || event_base_priority_init(d->base, PRIORITIES) != 0)
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	return 0;
}

static int
start_live(struct daemon *d, struct vg_err *err)
{
	const struct vg_live_options options = {
		.base = d->base,
		.state_dir = d->config.state_dir,
		.conninfo = d->config.database,
		.journal_bytes_max = d->config.journal_bytes_max,
		.journal_keep_ms = d->config.journal_keep_ms,
		.progress = on_progress,
		.on_applied = on_applied,
		.on_note = on_note,
		.on_title = on_title,
		.arg = d,
	};
	const struct vg_outbox_options outbox = {
		.base = d->base,
		.smtp_url = d->config.smtp_url,
		.smtp_from = d->config.smtp_from,
	};
	int rc = vg_live_start(&d->live, &options, err);

	if (rc == 0)
		rc = vg_sealer_new(&d->sealer, d->live, err);
	if (rc != 0)
		return rc;
	return vg_outbox_new(&d->outbox, &outbox, d->live, err);
}

static int
start_notices(struct daemon *d, struct vg_err *err)
{
	const struct vg_notices_options options = {
		.base = d->base,
		.live = d->live,
		.rules = d->config.alarm_rules,
		.oid_names = d->config.oid_names,
	};

	return vg_notices_new(&d->notices, &options, err);
}

static int
start_syslog(struct daemon *d, struct vg_err *err)
{
	const struct vg_syslog_options options = {
		.base = d->base,
		.live = d->live,
		.notices = d->notices,
		.listen = d->config.syslog_listen,
		.from = d->config.syslog_from,
	};

	if (*options.listen == '\0')
		return 0;
	return vg_syslog_listener_new(&d->api.syslog, &options, err);
}

static int
start_sink(struct daemon *d, struct vg_err *err)
{
	struct vg_journal_state journal;
	struct vg_sink_options options = {.conninfo = d->config.database,
					  .journal_path = vg_live_journal_path(d->live)};
	int rc;

	if (*d->config.database == '\0')
		return 0;
	vg_journal_get_state(vg_live_journal(d->live), &journal);
	options.instance = journal.instance;
	rc = vg_sink_start(&d->sink, &options, err);
	if (rc != 0)
		return rc;
	d->on_sink = event_new(d->base, vg_sink_fd(d->sink), EV_READ | EV_PERSIST, on_sink, d);
	d->on_rows = evtimer_new(d->base, on_rows, d);
	if (d->on_sink == NULL || d->on_rows == NULL || event_priority_set(d->on_sink, 2) != 0 ||
	    event_priority_set(d->on_rows, 2) != 0 || event_add(d->on_sink, NULL) != 0)
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	vg_sink_offer(d->sink, vg_core_seq(vg_live_core(d->live)));
	return 0;
}

/* Before threads are started: net-snmp wants the environment changed. */
static int
start_snmp_engine(struct daemon *d, struct vg_err *err)
{
	char path[4096];
	int rc;

	if (*d->config.snmp_listen == '\0')
		return 0;
	(void)snprintf(path, sizeof(path), "%s/snmp-engine", d->config.state_dir);
	rc = vg_snmp_engine_load(&d->snmp_engine, path, err);
	if (rc == 0)
		vg_snmp_start(&d->snmp_engine);
	return rc;
}

static int
start_snmp(struct daemon *d, struct vg_err *err)
{
	const struct vg_snmp_options options = {
		.base = d->base,
		.live = d->live,
		.notices = d->notices,
		.engine = &d->snmp_engine,
		.access = d->snmp_access,
		.listen = d->config.snmp_listen,
	};
	int rc;

	if (*d->config.snmp_listen == '\0')
		return 0;
	d->snmp_access = NULL; /* taken over */
	rc = vg_snmp_intake_new(&d->snmp, &options, err);
	d->api.snmp = d->snmp;
	return rc;
}

/* What the pages are drawn from. Every open ticket is found before anybody asks. */
static int
start_reading(struct daemon *d, struct vg_err *err)
{
	const struct vg_core *core = vg_live_core(d->live);

	d->api.picture = vg_picture_new();
	d->api.queue = vg_queue_new();
	d->api.titles = vg_titles_new(core);
	d->api.pages = vg_public_new(d->live);
	if (d->api.picture == NULL || d->api.queue == NULL || d->api.titles == NULL ||
	    d->api.pages == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	do {
		vg_queue_sync(d->api.queue, core, vg_live_now_ms(d->live));
	} while (!vg_queue_is_level(d->api.queue));
	return *d->config.database == '\0' ? 0
					   : vg_titles_load_new(&d->titles_load, d->base, &d->api,
								d->config.database, err);
}

static void
stop_reading(struct daemon *d)
{
	vg_titles_load_free(d->titles_load);
	vg_picture_free(d->api.picture);
	vg_queue_free(d->api.queue);
	vg_titles_free(d->api.titles);
	vg_public_free(d->api.pages);
}

/* What somebody reads of the live stream ends with the session. */
static void
on_session_ended(uint64_t session, void *arg)
{
	struct daemon *d = arg;

	vg_feed_end(d->api.events, session);
}

static int
start_sign(struct daemon *d, struct vg_err *err)
{
	const struct vg_sign_options options = {
		.work = d->work,
		.live = d->live,
		.state_dir = d->config.state_dir,
		.on_ended = on_session_ended,
		.arg = d,
	};
	struct vg_people *people = d->people;

	d->people = NULL; /* taken over */
	return vg_sign_new(&d->sign, &options, people, err);
}

static int
start_server(struct daemon *d, struct vg_err *err)
{
	const struct vg_server_options options = {
		.base = d->base,
		.connections_max = connections_possible(&d->config),
		.per_address_max = (size_t)d->config.per_address_max,
		.head_ms = 10000,
		.body_ms = 30000,
		.idle_ms = 60000,
		.body_max = vg_api_body_max,
		.on_request = vg_api_on_request,
		.arg = &d->api,
	};
	int rc = vg_server_new(&d->server, &options, err);

	if (rc == 0)
		rc = vg_alarm_feed_new(&d->feed, d->base, err);
	if (rc == 0)
		rc = vg_work_new(&d->work, d->base, err);
	if (rc == 0 && *d->config.web_root != '\0')
		rc = vg_web_load(&d->web, d->config.web_root, err);
	if (rc == 0)
		rc = start_sign(d, err);
	d->api = (struct vg_api){
		.live = d->live,
		.server = d->server,
		.auth = d->auth,
		.sign = d->sign,
		.sink = d->sink,
		.hooks = d->hooks,
		.notices = d->notices,
		.feed = d->feed,
		.work = d->work,
		.web = d->web,
		.reports = d->config.reports,
		.purpose = d->config.purpose,
		.started_ms = vg_live_now_ms(d->live),
	};
	if (rc == 0)
		rc = start_reading(d, err);
	if (rc == 0)
		rc = vg_feed_new(&d->api.events, d->base, &d->api, err);
	if (rc == 0 && *d->config.listen != '\0')
		rc = vg_server_listen(d->server, d->config.listen, err);
	if (rc == 0 && *d->config.socket != '\0')
		rc = vg_server_listen_unix(d->server, d->config.socket, err);
	return rc;
}

static int
start_redis(struct daemon *d, struct vg_err *err)
{
	const struct vg_redis_options options = {
		.base = d->base,
		.api = &d->api,
		.address = d->config.redis,
		.password_file = d->config.redis_password_file,
	};
	int rc;

	if (*options.address == '\0')
		return 0;
	rc = vg_redis_new(&d->redis, &options, err);
	d->api.redis = d->redis;
	return rc;
}

static int
hook_signals(struct daemon *d, struct vg_err *err)
{
	static const struct timeval second = {1, 0};

	d->on_term = evsignal_new(d->base, SIGTERM, on_stop_signal, d);
	d->on_int = evsignal_new(d->base, SIGINT, on_stop_signal, d);
	d->on_hup = evsignal_new(d->base, SIGHUP, on_reload_signal, d);
	d->on_second = event_new(d->base, -1, EV_PERSIST, on_second, d);
	if (d->on_term == NULL || d->on_int == NULL || d->on_hup == NULL || d->on_second == NULL ||
	    event_add(d->on_term, NULL) != 0 || event_add(d->on_int, NULL) != 0 ||
	    event_add(d->on_hup, NULL) != 0 || event_add(d->on_second, &second) != 0)
		return vg_err_set(err, VG_ENOMEM, "event loop: out of memory");
	return 0;
}

/* Stop. */

static void
free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

static void
stop(struct daemon *d)
{
	free_event(d->on_sink);
	free_event(d->on_rows);
	vg_rows_free(&d->rows);
	free_event(d->on_second);
	free_event(d->on_term);
	free_event(d->on_int);
	free_event(d->on_hup);
	if (d->outbox != NULL)
		vg_outbox_free(d->outbox);
	vg_redis_free(d->redis);
	if (d->sink != NULL)
		vg_sink_stop(d->sink);
	vg_work_free(d->work);
	if (d->server != NULL)
		vg_server_free(d->server);
	vg_sign_free(d->sign);
	vg_alarm_feed_free(d->feed);
	vg_feed_free(d->api.events);
	d->api.events = NULL;
	vg_web_free(d->web);
	vg_sealer_free(d->sealer);
	stop_syslog(d);
	vg_notices_free(d->notices);
	vg_snmp_intake_free(d->snmp);
	vg_snmp_access_free(d->snmp_access);
	if (d->live != NULL)
		vg_live_stop(d->live);
	stop_reading(d);
	vg_hooks_free(d->hooks);
	vg_auth_free(d->auth);
	vg_people_free(d->people);
	if (d->base != NULL)
		event_base_free(d->base);
	vg_config_fini(&d->config);
	if (d->lock_fd >= 0)
		(void)close(d->lock_fd);
}

static int
run(struct daemon *d)
{
	struct vg_err err = {0};
	int rc;

	if ((rc = lock_state(d, &err)) != 0 || (rc = make_base(d, &err)) != 0 ||
	    (rc = hook_signals(d, &err)) != 0 || (rc = start_snmp_engine(d, &err)) != 0 ||
	    (rc = start_live(d, &err)) != 0 || (rc = start_notices(d, &err)) != 0 ||
	    (rc = start_sink(d, &err)) != 0 || (rc = start_server(d, &err)) != 0 ||
	    (rc = start_redis(d, &err)) != 0 || (rc = start_snmp(d, &err)) != 0 ||
	    (rc = start_syslog(d, &err)) != 0) {
		vg_log(VG_LOG_ERROR, "start.failed", VG_LOG_TEXT("why", vg_err_text(&err, rc)));
		return EXIT_FAILURE;
	}
	vg_log(VG_LOG_INFO, "started", VG_LOG_TEXT("version", VG_VERSION),
	       VG_LOG_INT("seq", vg_core_seq(vg_live_core(d->live))));
	tell_supervisor("READY=1");
	(void)event_base_dispatch(d->base);
	if (vg_live_in_flight(d->live) > 0) {
		/* requests still point into what would be freed: the journal has what was
		 * acknowledged */
		vg_log(VG_LOG_ERROR, "stop.incomplete",
		       VG_LOG_TEXT("why", "the journal did not answer in time; no checkpoint"));
		_exit(EXIT_FAILURE);
	}
	return EXIT_SUCCESS;
}

/* The program. */

static char *
mask(const char *text, size_t length)
{
	size_t hits;

	return vg_redact_mask(text, length, &vg_redact_default, &length, &hits);
}

static bool
open_log(void)
{
	struct vg_err err = {0};
	int rc = vg_log_init(getenv("VINGA_LOG"), mask, &err);

	if (rc != 0)
		vg_log(VG_LOG_ERROR, "setting.wrong", VG_LOG_TEXT("why", err.text));
	return rc == 0;
}

static int
usage(FILE *out)
{
	fputs("usage: vingad [--config FILE] [--check] [--routes] [--version]\n"
	      "  --config FILE  settings (default: built in; see vingad(8))\n"
	      "  --check        read settings, principals and mappings, tell what is wrong, end\n"
	      "  --routes       print the HTTP routes, one a line, end\n",
	      out);
	return out == stdout ? EXIT_SUCCESS : 2;
}

int
main(int argc, char **argv)
{
	struct daemon d = {.lock_fd = -1};
	const char *config = NULL;
	bool check = false;
	int status = EXIT_FAILURE;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			config = argv[++i];
		} else if (strcmp(argv[i], "--check") == 0) {
			check = true;
		} else if (strcmp(argv[i], "--routes") == 0) {
			vg_api_print_routes();
			return EXIT_SUCCESS;
		} else if (strcmp(argv[i], "--version") == 0) {
			puts("vingad " VG_VERSION);
			return EXIT_SUCCESS;
		} else {
			return usage(strcmp(argv[i], "--help") == 0 ? stdout : stderr);
		}
	}
	(void)umask(0077);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN); /* until the loop takes it: nothing is read twice before */
	json_object_seed(0);
	if (open_log() && load(&d, config))
		status = check ? EXIT_SUCCESS : run(&d);
	stop(&d);
	return status;
}
