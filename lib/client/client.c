/* client.c - the daemon's HTTP, as its command line needs it.
 *
 * The hard thing is a reply without end: the write callback counts, and ends the transfer at the
 * stated maximum. */
#include "lib/client/client.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_MAX 8192

struct vg_client {
	CURL *easy;
	char *url, *authorization, *where;
	bool on_socket;
	char reason[CURL_ERROR_SIZE];
};

struct collector {
	struct vg_reply *reply;
	size_t size;
	bool too_long;
};

void
vg_reply_free(struct vg_reply *reply)
{
	free(reply->body);
	memset(reply, 0, sizeof(*reply));
}

static size_t
on_bytes(char *bytes, size_t unit, size_t count, void *arg)
{
	struct collector *to = arg;
	size_t length = unit * count, need = to->reply->length + length + 1;
	char *body;

	if (need > VG_CLIENT_REPLY_MAX) {
		to->too_long = true;
		return 0;
	}
	if (need > to->size) {
		to->size = need < 4096 ? 4096 : need * 2;
		body = realloc(to->reply->body, to->size);
		if (body == NULL)
			return 0;
		to->reply->body = body;
	}
	memcpy(to->reply->body + to->reply->length, bytes, length);
	to->reply->length += length;
	to->reply->body[to->reply->length] = '\0';
	return length;
}

static bool
set_up(struct vg_client *client, const struct vg_client_options *options)
{
	CURL *easy = client->easy;

	return curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, client->reason) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)VG_CLIENT_TIMEOUT_MS) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
	       (options->socket == NULL ||
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, options->socket) == CURLE_OK);
}

int
vg_client_new(struct vg_client **out, const struct vg_client_options *options, struct vg_err *err)
{
	struct vg_client *client = calloc(1, sizeof(*client));

	*out = NULL;
	if (client == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	client->url = strdup(options->url);
	client->on_socket = options->socket != NULL;
	client->where = strdup(options->socket != NULL ? options->socket : options->url);
	if (options->token != NULL &&
	    asprintf(&client->authorization, "Authorization: Bearer %s", options->token) < 0)
		client->authorization = NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		client->easy = curl_easy_init();
	if (client->url == NULL || client->where == NULL || client->easy == NULL ||
	    (options->token != NULL && client->authorization == NULL) || !set_up(client, options)) {
		vg_client_free(client);
		return vg_err_set(err, VG_ENOMEM, "http client: cannot be set up");
	}
	*out = client;
	return 0;
}

void
vg_client_free(struct vg_client *client)
{
	if (client == NULL)
		return;
	if (client->easy != NULL)
		curl_easy_cleanup(client->easy);
	free(client->url);
	free(client->where);
	free(client->authorization);
	free(client);
}

static struct curl_slist *
headers(const struct vg_client *client, const char *type)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *more;
	char line[200];

	if (list != NULL && client->authorization != NULL) {
		more = curl_slist_append(list, client->authorization);
		if (more == NULL)
			goto fail;
	}
	if (list != NULL && type != NULL) {
		(void)snprintf(line, sizeof(line), "Content-Type: %s", type);
		more = curl_slist_append(list, line);
		if (more == NULL)
			goto fail;
	}
	return list;
fail:
	curl_slist_free_all(list);
	return NULL;
}

/* curl would name the host of the URL, which means nothing on a socket. */
static const char *
reason_of(const struct vg_client *client, CURLcode code)
{
	if (client->on_socket && code == CURLE_COULDNT_CONNECT)
		return "nobody listens on that socket, or you may not use it";
	return client->reason[0] != '\0' ? client->reason : curl_easy_strerror(code);
}

static int
perform(struct vg_client *client, const char *method, const char *url, const void *body,
	size_t length, struct vg_reply *reply, struct vg_err *err)
{
	struct collector collector = {.reply = reply};
	CURL *easy = client->easy;
	CURLcode code;

	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, &collector);
	if (body != NULL) {
		(void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	} else {
		(void)curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	}
	(void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	client->reason[0] = '\0';
	code = curl_easy_perform(easy);
	if (collector.too_long)
		return vg_err_set(err, VG_ELIMIT, "%s: the reply is longer than %u MiB",
				  client->where, VG_CLIENT_REPLY_MAX >> 20);
	if (code != CURLE_OK)
		return vg_err_set(err, VG_EIO, "vingad at %s: %s", client->where,
				  reason_of(client, code));
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply->status);
	if (reply->body == NULL)
		reply->body = calloc(1, 1);
	return reply->body != NULL ? 0 : vg_err_set(err, VG_ENOMEM, "out of memory");
}

int
vg_client_request(struct vg_client *client, const char *method, const char *path, const char *type,
		  const void *body, size_t length, struct vg_reply *reply, struct vg_err *err)
{
	struct curl_slist *list;
	char url[URL_MAX];
	int rc;

	memset(reply, 0, sizeof(*reply));
	if ((size_t)snprintf(url, sizeof(url), "%s%s", client->url, path) >= sizeof(url))
		return vg_err_set(err, VG_ELIMIT, "the request's address is longer than %d bytes",
				  URL_MAX - 1);
	list = headers(client, type);
	if (list == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	(void)curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, list);
	rc = perform(client, method, url, body, length, reply, err);
	(void)curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
	if (rc != 0)
		vg_reply_free(reply);
	return rc;
}

char *
vg_client_escape(const char *text)
{
	char *escaped = curl_easy_escape(NULL, text, 0), *copy;

	copy = escaped != NULL ? strdup(escaped) : NULL;
	curl_free(escaped);
	return copy;
}
