/* The limit for durable intake: an evhttp server that answers a POST with its own body and stores
 * nothing. usage: bench_echo PORT */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include <stdio.h>
#include <stdlib.h>

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct evbuffer *body = evbuffer_new();

	(void)arg;
	if (body == NULL ||
	    evbuffer_add_buffer(body, evhttp_request_get_input_buffer(request)) != 0) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
	} else {
		evhttp_send_reply(request, HTTP_OK, "OK", body);
	}
	if (body != NULL)
		evbuffer_free(body);
}

int
main(int argc, char **argv)
{
	struct event_base *base = event_base_new();
	struct evhttp *http = base != NULL ? evhttp_new(base) : NULL;
	long port = argc == 2 ? strtol(argv[1], NULL, 10) : 0;

	if (http == NULL || port < 1 || port > 65535 ||
	    evhttp_bind_socket(http, "127.0.0.1", (uint16_t)port) != 0) {
		fprintf(stderr, "usage: bench_echo PORT (a free one)\n");
		return 2;
	}
	evhttp_set_gencb(http, on_request, NULL);
	event_base_dispatch(base);
	return 0;
}
