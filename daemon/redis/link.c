/* link.c - hiredis asks for events by four hooks, and libevent keeps them.
 *
 * The hard thing is who frees: hiredis frees its context within its own read and write functions,
 * and calls our hook for that, so an event may be freed in its own callback (which libevent allows)
 * and nothing may be touched after either function has returned. */
#include "daemon/redis/link.h"

#include <event2/event.h>
#include <event2/util.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRIORITY_SINKS 2

/* Addresses. */

/* "127.0.0.1:6379", "[::1]:6379" */
static bool
parse_numeric(struct vg_redis_address *out, const char *text)
{
	struct sockaddr_storage address;
	struct sockaddr *any = (struct sockaddr *)&address;
	int length = sizeof(address);
	const void *bytes = &((struct sockaddr_in *)(void *)&address)->sin_addr;
	in_port_t port;

	if (evutil_parse_sockaddr_port(text, any, &length) != 0)
		return false;
	port = ((struct sockaddr_in *)(void *)&address)->sin_port;
	if (any->sa_family == AF_INET6) {
		bytes = &((struct sockaddr_in6 *)(void *)&address)->sin6_addr;
		port = ((struct sockaddr_in6 *)(void *)&address)->sin6_port;
	}
	out->port = ntohs(port);
	return out->port != 0 &&
	       inet_ntop(any->sa_family, bytes, out->host, sizeof(out->host)) != NULL;
}

int
vg_redis_address_parse(struct vg_redis_address *out, const char *text, struct vg_err *err)
{
	static const char scheme[] = "unix:";
	const char *path = text + sizeof(scheme) - 1;

	memset(out, 0, sizeof(*out));
	if (strncmp(text, scheme, sizeof(scheme) - 1) != 0) {
		if (parse_numeric(out, text))
			return 0;
		return vg_err_set(err, VG_EINVALID,
				  "redis \"%.80s\": expected unix:/path, or a numeric address and "
				  "port such as 127.0.0.1:6379",
				  text);
	}
	if (*path != '/' || strlen(path) > VG_REDIS_PATH_MAX)
		return vg_err_set(err, VG_EINVALID,
				  "redis \"%.80s\": expected an absolute path of at most %d bytes",
				  text, VG_REDIS_PATH_MAX);
	(void)snprintf(out->host, sizeof(out->host), "%s", path);
	return 0;
}

/* Events. */

struct link {
	redisAsyncContext *context;
	struct event *readable, *writable;
};

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	redisAsyncHandleRead(((struct link *)arg)->context);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	redisAsyncHandleWrite(((struct link *)arg)->context);
}

static void
add_read(void *arg)
{
	(void)event_add(((struct link *)arg)->readable, NULL);
}

static void
del_read(void *arg)
{
	(void)event_del(((struct link *)arg)->readable);
}

static void
add_write(void *arg)
{
	(void)event_add(((struct link *)arg)->writable, NULL);
}

static void
del_write(void *arg)
{
	(void)event_del(((struct link *)arg)->writable);
}

static void
clean_up(void *arg)
{
	struct link *link = arg;

	if (link->readable != NULL)
		event_free(link->readable);
	if (link->writable != NULL)
		event_free(link->writable);
	free(link);
}

static bool
attach(redisAsyncContext *context, struct event_base *base)
{
	struct link *link = calloc(1, sizeof(*link));

	if (link == NULL)
		return false;
	*link = (struct link){
		.context = context,
		.readable = event_new(base, context->c.fd, EV_READ | EV_PERSIST, on_readable, link),
		.writable =
			event_new(base, context->c.fd, EV_WRITE | EV_PERSIST, on_writable, link),
	};
	context->ev.data = link;
	context->ev.cleanup = clean_up; /* the only hook until both events are there */
	if (link->readable == NULL || link->writable == NULL ||
	    event_priority_set(link->readable, PRIORITY_SINKS) != 0 ||
	    event_priority_set(link->writable, PRIORITY_SINKS) != 0)
		return false;
	context->ev.addRead = add_read;
	context->ev.delRead = del_read;
	context->ev.addWrite = add_write;
	context->ev.delWrite = del_write;
	return event_add(link->writable, NULL) == 0; /* tells when it is connected */
}

int
vg_redis_link(redisAsyncContext **out, const struct vg_redis_address *address,
	      struct event_base *base, struct vg_err *err)
{
	redisAsyncContext *context = address->port == 0
					     ? redisAsyncConnectUnix(address->host)
					     : redisAsyncConnect(address->host, address->port);
	int rc = 0;

	*out = NULL;
	if (context == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	if (context->err != 0)
		rc = vg_err_set(err, VG_EIO, "%s", context->errstr);
	else if (!attach(context, base))
		rc = vg_err_set(err, VG_ENOMEM, "out of memory");
	if (rc == 0)
		*out = context;
	else
		redisAsyncFree(context);
	return rc;
}
