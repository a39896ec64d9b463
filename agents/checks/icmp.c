/* icmp.c - does a host answer echo requests, how many, and how soon?
 *
 * The requests of a run go out at even steps in the first half of its time, so the last of them has
 * as long for its answer as the others had. The hard thing is to be sure what an answer answers:
 * see agents/echo.h. */
#include "agents/checks/lookup.h"
#include "agents/engine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX   20
#define STEP_MAX_MS 200 /* between two requests */

struct settings {
	char *host;
	int64_t count, warning_ppm, critical_ppm, slow_after_ms;
};

struct vg_check_run {
	const struct settings *settings;
	struct vg_engine *engine;
	struct vg_lookup *lookup; /* NULL = the host is an address */
	struct event *deadline, *next;
	struct vg_echo echo;
	bool joined;
	struct sockaddr_storage to;
	socklen_t to_length;
	int64_t begun_us, found_us, timeout_ms;
	int64_t sent_us[COUNT_MAX], round_trip_us[COUNT_MAX]; /* -1 = no answer */
	int64_t sent, received;
	int error;			     /* errno of a request that could not be sent */
	int not_found;			     /* status of the look-up */
	char refused[VG_CHECK_TEXT_MAX + 1]; /* why there is no ping socket */
	vg_check_done_cb *done;
	void *arg;
};

static const char *const keys[] = {"host", "count", "loss", "slow_after", NULL};

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	free(settings->host);
	free(settings);
}

static void
read_loss(struct settings *settings, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const known[] = {"warning", "critical", NULL};
	const struct vg_yaml_node *loss = vg_yaml_find(map, "loss");

	settings->warning_ppm = 1;
	settings->critical_ppm = 1000000;
	if (loss == NULL)
		return;
	if (loss->type != VG_YAML_MAP) {
		vg_yaml_error(errors, loss,
			      "loss is no map; expected { warning: 20 %%, critical: 60 %% }");
		return;
	}
	if (!vg_yaml_only(loss, errors, known))
		return;
	settings->warning_ppm =
		vg_yaml_get_ppm(loss, "warning", false, settings->warning_ppm, errors);
	settings->critical_ppm =
		vg_yaml_get_ppm(loss, "critical", false, settings->critical_ppm, errors);
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	size_t before = errors->count;
	const char *host;

	if (settings == NULL)
		return NULL;
	host = vg_yaml_get_text(map, "host", true, NULL, errors);
	settings->count = vg_yaml_get_int(map, "count", false, 1, COUNT_MAX, 3, errors);
	settings->slow_after_ms = vg_yaml_get_duration_ms(map, "slow_after", false, 0, errors);
	read_loss(settings, map, errors);
	settings->host = host != NULL ? strdup(host) : NULL;
	if (settings->host == NULL || errors->count != before) {
		unconfigure(settings);
		return NULL;
	}
	return settings;
}

static int64_t
average_us(const struct vg_check_run *run)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < run->sent; i++)
		sum += run->round_trip_us[i] > 0 ? run->round_trip_us[i] : 0;
	return run->received > 0 ? sum / run->received : 0;
}

static void
judge_answers(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct settings *settings = run->settings;
	int64_t lost = settings->count - run->received, us = average_us(run);
	int64_t loss_ppm = lost * 1000000 / settings->count;

	result->latency_ms = run->received > 0 ? (us + 500) / 1000 : -1;
	(void)snprintf(result->perfdata, sizeof(result->perfdata),
		       "rta=%" PRId64 ".%03" PRId64 "ms pl=%" PRId64 "%%", us / 1000, us % 1000,
		       loss_ppm / 10000);
	if (run->error != 0) {
		result->state = VG_CHECK_CRITICAL;
		vg_check_text(result, "%s: %s", settings->host, strerror(run->error));
	} else if (lost > 0 && loss_ppm >= settings->warning_ppm) {
		result->state =
			loss_ppm >= settings->critical_ppm ? VG_CHECK_CRITICAL : VG_CHECK_WARNING;
		vg_check_text(result, "%" PRId64 " of %" PRId64 " requests not answered", lost,
			      settings->count);
	} else if (settings->slow_after_ms > 0 && us > settings->slow_after_ms * 1000) {
		result->state = VG_CHECK_WARNING;
		vg_check_text(result, "slow: %" PRId64 " ms, expected at most %" PRId64 " ms",
			      result->latency_ms, settings->slow_after_ms);
	} else {
		result->state = VG_CHECK_OK;
		vg_check_text(result,
			      "%" PRId64 " of %" PRId64 " answered, %" PRId64 ".%03" PRId64 " ms",
			      run->received, settings->count, us / 1000, us % 1000);
	}
}

static void
cancel(struct vg_check_run *run)
{
	if (run->joined)
		vg_echo_leave(vg_engine_echoes(run->engine), &run->echo);
	vg_lookup_free(run->lookup);
	if (run->deadline != NULL)
		event_free(run->deadline);
	if (run->next != NULL)
		event_free(run->next);
	free(run);
}

static void
on_over(evutil_socket_t fd, short what, void *arg)
{
	struct vg_check_run *run = arg;
	struct vg_check_result result = {.latency_ms = -1, .phases = {-1, -1, -1, -1, -1}};
	vg_check_done_cb *done = run->done;
	void *done_arg = run->arg;

	(void)fd;
	(void)what;
	result.phases.total_ms = (vg_engine_now_us() - run->begun_us + 500) / 1000;
	if (run->lookup != NULL && run->found_us > 0)
		result.phases.dns_ms = (run->found_us - run->begun_us + 500) / 1000;
	if (run->refused[0] != '\0') {
		result.state = VG_CHECK_UNKNOWN;
		vg_check_text(&result, "%s", run->refused);
	} else if (run->to_length == 0) {
		result.state = VG_CHECK_CRITICAL;
		vg_check_text(&result, "%s not found: %s", run->settings->host,
			      ares_strerror(run->not_found));
	} else {
		judge_answers(run, &result);
	}
	cancel(run);
	done(&result, done_arg);
}

static void
on_reply(uint16_t sequence, void *arg)
{
	struct vg_check_run *run = arg;

	if (sequence >= run->sent || run->round_trip_us[sequence] >= 0)
		return;
	run->round_trip_us[sequence] = vg_engine_now_us() - run->sent_us[sequence];
	if (++run->received == run->settings->count)
		event_active(run->deadline, EV_TIMEOUT, 0);
}

/* Sends the next request, and arms the one after it. */
static void
on_next(evutil_socket_t fd, short what, void *arg)
{
	struct vg_check_run *run = arg;
	int64_t step_ms = run->timeout_ms / (2 * run->settings->count);
	struct timeval wait = {0, (step_ms < STEP_MAX_MS ? step_ms : STEP_MAX_MS) * 1000};
	uint16_t sequence = (uint16_t)run->sent;
	int rc;

	(void)fd;
	(void)what;
	run->sent_us[sequence] = vg_engine_now_us();
	run->round_trip_us[sequence] = -1;
	run->sent++;
	rc = vg_echo_send(vg_engine_echoes(run->engine), &run->echo, sequence,
			  (const struct sockaddr *)&run->to, run->to_length);
	if (rc != 0) {
		run->error = -rc;
		event_active(run->deadline, EV_TIMEOUT, 0);
	} else if (run->sent < run->settings->count) {
		(void)event_add(run->next, &wait);
	}
}

/* The address is known: opens what is needed, and lets the loop send. */
static bool
begin(struct vg_check_run *run, const struct sockaddr *to, socklen_t length)
{
	struct vg_echoes *echoes = vg_engine_echoes(run->engine);
	struct vg_err err = {0};

	memcpy(&run->to, to, length);
	run->to_length = length;
	run->found_us = vg_engine_now_us();
	if (vg_echoes_open(echoes, to->sa_family, &err) != 0) {
		(void)snprintf(run->refused, sizeof(run->refused), "%.*s", VG_CHECK_TEXT_MAX,
			       err.text);
		return false;
	}
	run->joined = vg_echo_join(echoes, &run->echo);
	if (!run->joined) {
		(void)snprintf(run->refused, sizeof(run->refused), "out of memory");
		return false;
	}
	event_active(run->next, EV_TIMEOUT, 0);
	return true;
}

static void
on_found(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
	struct vg_check_run *run = arg;

	(void)timeouts;
	run->not_found = status;
	if (status == ARES_EDESTRUCTION)
		return;
	if (status != ARES_SUCCESS || found->nodes == NULL ||
	    !begin(run, found->nodes->ai_addr, found->nodes->ai_addrlen))
		event_active(run->deadline, EV_TIMEOUT, 0);
	if (found != NULL)
		ares_freeaddrinfo(found);
}

static bool
find_host(struct vg_check_run *run, int64_t timeout_ms)
{
	struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};

	run->not_found = ARES_ETIMEOUT;
	run->lookup = vg_lookup_new(vg_engine_base(run->engine), NULL, 2, timeout_ms / 2);
	if (run->lookup == NULL)
		return false;
	ares_getaddrinfo(vg_lookup_channel(run->lookup), run->settings->host, NULL, &hints,
			 on_found, run);
	vg_lookup_wait(run->lookup);
	return true;
}

/* An address needs no look-up; a refused socket is then known at once. */
static bool
begin_with_host(struct vg_check_run *run, int64_t timeout_ms, char *why)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *address = NULL;
	bool ok;

	if (getaddrinfo(run->settings->host, NULL, &hints, &address) != 0)
		return find_host(run, timeout_ms);
	ok = begin(run, address->ai_addr, address->ai_addrlen);
	if (!ok)
		(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "%s", run->refused);
	freeaddrinfo(address);
	return ok;
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	struct vg_check_run *run = calloc(1, sizeof(*run));
	struct timeval wait = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "out of memory");
	if (run == NULL)
		return NULL;
	run->settings = settings;
	run->engine = engine;
	run->timeout_ms = timeout_ms;
	run->begun_us = vg_engine_now_us();
	run->echo.on_reply = on_reply;
	run->echo.arg = run;
	run->done = done;
	run->arg = arg;
	run->deadline = evtimer_new(vg_engine_base(engine), on_over, run);
	run->next = evtimer_new(vg_engine_base(engine), on_next, run);
	if (run->deadline == NULL || run->next == NULL || event_add(run->deadline, &wait) != 0 ||
	    !begin_with_host(run, timeout_ms, why)) {
		cancel(run);
		return NULL;
	}
	return run;
}

const struct vg_check_type vg_check_icmp = {
	"icmp", keys, configure, unconfigure, start, cancel,
};
