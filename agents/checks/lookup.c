/* lookup.c - c-ares on the event loop.
 *
 * c-ares says which sockets it waits for; one timer serves its retries. The hard thing is that a
 * callback may come out of any call into c-ares: so a channel is never freed in one. */
#include "agents/checks/lookup.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>

#define SOCKETS_MAX 16 /* of one channel; c-ares opens two for a server */

struct vg_lookup {
	struct event_base *base;
	ares_channel channel;
	struct event *timer;
	struct event *ready[SOCKETS_MAX]; /* NULL = free */
};

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct vg_lookup *lookup = arg;

	ares_process_fd(lookup->channel, (what & EV_READ) != 0 ? fd : ARES_SOCKET_BAD,
			(what & EV_WRITE) != 0 ? fd : ARES_SOCKET_BAD);
	vg_lookup_wait(lookup);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct vg_lookup *lookup = arg;

	(void)fd;
	(void)what;
	ares_process_fd(lookup->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	vg_lookup_wait(lookup);
}

/* A socket beyond the maximum is not watched: its query times out. */
static void
on_socket_state(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct vg_lookup *lookup = arg;
	struct event **slot = NULL;
	short events = (short)((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));

	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		if (lookup->ready[i] == NULL && slot == NULL)
			slot = &lookup->ready[i];
		if (lookup->ready[i] == NULL || event_get_fd(lookup->ready[i]) != fd)
			continue;
		slot = &lookup->ready[i];
		event_free(*slot);
		*slot = NULL;
		break;
	}
	if (slot == NULL || events == 0)
		return;
	*slot = event_new(lookup->base, fd, (short)(events | EV_PERSIST), on_ready, lookup);
	if (*slot != NULL)
		(void)event_add(*slot, NULL);
}

struct vg_lookup *
vg_lookup_new(struct event_base *base, const char *servers, int tries, int64_t timeout_ms)
{
	struct vg_lookup *lookup = calloc(1, sizeof(*lookup));
	int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
	struct ares_options options = {
		.sock_state_cb = on_socket_state,
		.sock_state_cb_data = lookup,
		.timeout = (int)timeout_ms,
		.tries = tries,
	};

	if (lookup == NULL)
		return NULL;
	if (servers != NULL) {
		mask |= ARES_OPT_FLAGS;
		options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP;
	}
	lookup->base = base;
	lookup->timer = evtimer_new(base, on_timer, lookup);
	if (lookup->timer == NULL ||
	    ares_init_options(&lookup->channel, &options, mask) != ARES_SUCCESS) {
		lookup->channel = NULL;
		vg_lookup_free(lookup);
		return NULL;
	}
	if (servers != NULL &&
	    ares_set_servers_ports_csv(lookup->channel, servers) != ARES_SUCCESS) {
		vg_lookup_free(lookup);
		return NULL;
	}
	return lookup;
}

void
vg_lookup_free(struct vg_lookup *lookup)
{
	if (lookup == NULL)
		return;
	if (lookup->channel != NULL)
		ares_destroy(lookup->channel); /* frees the events too */
	if (lookup->timer != NULL)
		event_free(lookup->timer);
	free(lookup);
}

ares_channel
vg_lookup_channel(const struct vg_lookup *lookup)
{
	return lookup->channel;
}

void
vg_lookup_wait(struct vg_lookup *lookup)
{
	struct timeval room;
	const struct timeval *wait = ares_timeout(lookup->channel, NULL, &room);

	if (wait == NULL)
		(void)event_del(lookup->timer);
	else
		(void)event_add(lookup->timer, wait);
}
