/* daemon.c - requests to the daemon, by libcurl.
 *
 * What all of them have in common, for the sender on its loop and for doctor without one. The hard
 * thing is to trust nothing of an answer: its size, its text and its clock are only looked at. */
#include "agents/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS  10000L
#define TRANSFER_TIMEOUT_MS 30000L

int64_t
vg_wall_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t
keep(char *bytes, size_t size, size_t count, void *arg)
{
	struct vg_daemon_reply *reply = arg;
	size_t more = size * count;
	char *text;

	if (more > VG_DAEMON_REPLY_MAX - reply->length ||
	    (text = realloc(reply->text, reply->length + more + 1)) == NULL)
		return 0;
	memcpy(text + reply->length, bytes, more);
	reply->text = text;
	reply->length += more;
	reply->text[reply->length] = '\0';
	return more;
}

static bool
set_file(CURL *easy, CURLoption option, const char *path)
{
	return *path == '\0' || curl_easy_setopt(easy, option, path) == CURLE_OK;
}

CURL *
vg_daemon_handle(const struct vg_agent_config *config, const char *path,
		 struct vg_daemon_reply *reply)
{
	CURL *easy = curl_easy_init();
	char *url = NULL;
	size_t length = strlen(config->daemon);

	while (length > 0 && config->daemon[length - 1] == '/')
		length--;
	if (asprintf(&url, "%.*s%s", (int)length, config->daemon, path) < 0)
		url = NULL;
	if (easy != NULL && url != NULL && curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TRANSFER_TIMEOUT_MS) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reply->error) == CURLE_OK &&
	    set_file(easy, CURLOPT_CAINFO, config->ca_file) &&
	    set_file(easy, CURLOPT_SSLCERT, config->client_certificate) &&
	    set_file(easy, CURLOPT_SSLKEY, config->client_key)) {
		free(url);
		return easy;
	}
	free(url);
	curl_easy_cleanup(easy);
	return NULL;
}

static int
read_token(const char *path, char out[VG_TOKEN_MAX], struct vg_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, out, VG_TOKEN_MAX - 1);
	int saved = errno;

	if (fd >= 0)
		(void)close(fd);
	if (got < 0)
		return vg_err_set(err, -saved, "token_file %s cannot be read: %s", path,
				  strerror(saved));
	out[got] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
	if (*out == '\0' || strpbrk(out, " \t") != NULL)
		return vg_err_set(err, VG_EINVALID,
				  "token_file %s: expected one token in its first line", path);
	return 0;
}

static bool
add_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

int
vg_daemon_authorize(CURL *easy, const char *token_file, struct curl_slist **headers,
		    struct vg_err *err)
{
	char token[VG_TOKEN_MAX], line[VG_TOKEN_MAX + 32];
	int rc = read_token(token_file, token, err);

	if (rc != 0)
		return rc;
	curl_slist_free_all(*headers);
	*headers = NULL;
	(void)snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
	if (!add_header(headers, line) || !add_header(headers, "Content-Type: application/json") ||
	    !add_header(headers, "Expect:") ||
	    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers) != CURLE_OK)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	return 0;
}

void
vg_daemon_finish(CURL *easy, CURLcode code, struct vg_daemon_reply *reply, int64_t now_ms)
{
	struct curl_header *date;
	time_t seconds;

	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply->status);
	reply->has_clock = false;
	if (code != CURLE_OK && *reply->error == '\0')
		(void)snprintf(reply->error, sizeof(reply->error), "%s", curl_easy_strerror(code));
	if (curl_easy_header(easy, "Date", 0, CURLH_HEADER, -1, &date) != CURLHE_OK ||
	    (seconds = curl_getdate(date->value, NULL)) < 0)
		return;
	reply->has_clock = true;
	reply->clock_offset_ms = now_ms - ((int64_t)seconds * 1000 + 500);
}
