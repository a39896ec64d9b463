/* engine.c - libcurl on the event loop.
 *
 * libcurl says which sockets it waits for and when it wants to be called; the loop calls it, and
 * what is finished is picked up right after. The hard thing is re-entry: libcurl's own callbacks
 * below only arm events, and runs are ended and begun where libcurl is not on the stack. */
#include "agents/engine.h"

#include <ares.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct vg_engine {
	struct event_base *base;
	CURLM *multi;
	struct event *timer; /* when libcurl wants to be called */
	struct vg_echoes *echoes;
};

struct event_base *
vg_engine_base(const struct vg_engine *engine)
{
	return engine->base;
}

struct vg_echoes *
vg_engine_echoes(const struct vg_engine *engine)
{
	return engine->echoes;
}

int64_t
vg_engine_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
settle(struct vg_engine *engine)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(engine->multi, &left)) != NULL) {
		struct vg_engine_job *job = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&job);
		job->on_finished(message->data.result, job->arg);
	}
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct vg_engine *engine = arg;
	int mask = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
		   ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
	int running;

	(void)curl_multi_socket_action(engine->multi, fd, mask, &running);
	settle(engine);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct vg_engine *engine = arg;
	int running;

	(void)fd;
	(void)what;
	(void)curl_multi_socket_action(engine->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	settle(engine);
}

static int
on_curl_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct vg_engine *engine = arg;
	struct timeval wait = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	(void)multi;
	if (timeout_ms < 0)
		return event_del(engine->timer);
	return event_add(engine->timer, &wait);
}

/* The event travels with libcurl's socket: at the removal the descriptor may already be another's.
 */
static int
on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *watch)
{
	struct vg_engine *engine = arg;
	struct event *event = watch;
	short events = EV_PERSIST;

	(void)easy;
	if (event != NULL)
		event_free(event);
	(void)curl_multi_assign(engine->multi, fd, NULL);
	if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE)
		return 0;
	if (what != CURL_POLL_OUT)
		events |= EV_READ;
	if (what != CURL_POLL_IN)
		events |= EV_WRITE;
	event = event_new(engine->base, fd, events, on_ready, engine);
	if (event == NULL)
		return -1;
	(void)curl_multi_assign(engine->multi, fd, event);
	return event_add(event, NULL);
}

bool
vg_engine_begin(struct vg_engine *engine, CURL *easy, struct vg_engine_job *job)
{
	return curl_easy_setopt(easy, CURLOPT_PRIVATE, job) == CURLE_OK &&
	       curl_multi_add_handle(engine->multi, easy) == CURLM_OK;
}

void
vg_engine_end(struct vg_engine *engine, CURL *easy)
{
	(void)curl_multi_remove_handle(engine->multi, easy);
}

static bool
set_up_multi(struct vg_engine *engine)
{
	return curl_multi_setopt(engine->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket) ==
		       CURLM_OK &&
	       curl_multi_setopt(engine->multi, CURLMOPT_SOCKETDATA, engine) == CURLM_OK &&
	       curl_multi_setopt(engine->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer) ==
		       CURLM_OK &&
	       curl_multi_setopt(engine->multi, CURLMOPT_TIMERDATA, engine) == CURLM_OK;
}

struct vg_engine *
vg_engine_new(struct event_base *base, struct vg_err *err)
{
	struct vg_engine *engine = calloc(1, sizeof(*engine));

	VG_ASSERT(base != NULL);
	if (engine == NULL)
		goto fail;
	engine->base = base;
	(void)signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto fail;
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		goto fail;
	engine->timer = evtimer_new(base, on_timer, engine);
	engine->multi = curl_multi_init();
	engine->echoes = vg_echoes_new(base);
	if (engine->timer == NULL || engine->multi == NULL || engine->echoes == NULL ||
	    !set_up_multi(engine))
		goto fail;
	return engine;
fail:
	vg_engine_free(engine);
	(void)vg_err_set(err, VG_ENOMEM, "the engine of the checks cannot be set up");
	return NULL;
}

void
vg_engine_free(struct vg_engine *engine)
{
	if (engine == NULL)
		return;
	vg_echoes_free(engine->echoes);
	if (engine->multi != NULL)
		(void)curl_multi_cleanup(engine->multi);
	if (engine->timer != NULL)
		event_free(engine->timer);
	free(engine);
	ares_library_cleanup();
	curl_global_cleanup();
}
