/* What the built-in checks share: the event loop, libcurl's multi handle on it, and the ping
 * sockets.
 *
 * One thread. It has no bound on what runs at once: the scheduler has it (a queue in here would be
 * measured as a slow target). Ignores SIGPIPE in the whole process: a peer that hangs up is an
 * error of that run only. */
#ifndef VG_ENGINE_H
#define VG_ENGINE_H

#include "agents/check.h"
#include "agents/echo.h"

#include <curl/curl.h>
#include <event2/event.h>

/* What libcurl does for one run. Called from the loop, when the transfer is over or, with
 * CURLOPT_CONNECT_ONLY, connected. */
struct vg_engine_job {
	void (*on_finished)(CURLcode code, void *arg);
	void *arg;
};

struct event_base *vg_engine_base(const struct vg_engine *engine);
struct vg_echoes *vg_engine_echoes(const struct vg_engine *engine);

/* Begins a transfer; `job` is borrowed until vg_engine_end and takes the handle's CURLOPT_PRIVATE.
 * Nothing is called back from within. */
bool vg_engine_begin(struct vg_engine *engine, CURL *easy, struct vg_engine_job *job);
/* Takes it out, at any time, also from its own on_finished; closes what it had open. */
void vg_engine_end(struct vg_engine *engine, CURL *easy);

/* Microseconds of a clock that does not jump. */
int64_t vg_engine_now_us(void);

#endif
