/* fetch.c - one page as a browser gets it.
 *
 * The hard thing is the certificate's last day: libcurl tells it only as a text among the fields of
 * the chain, server's own first, and only for a connection that was made in this call. */
#include "plugins/checks/fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define URL_BYTES_MAX 4096

struct vg_fetch {
	const struct vg_fetch_options *options;
	CURL *easy;
	struct curl_slist *connect_to;
	char *body;
	size_t length;
	char url[URL_BYTES_MAX], reason[CURL_ERROR_SIZE], why[CURL_ERROR_SIZE + 60];
};

static size_t
on_bytes(char *bytes, size_t unit, size_t count, void *arg)
{
	struct vg_fetch *fetch = arg;
	size_t length = unit * count, room = VG_FETCH_BODY_MAX - fetch->length;
	size_t kept = length < room ? length : room;

	memcpy(fetch->body + fetch->length, bytes, kept);
	fetch->length += kept;
	fetch->body[fetch->length] = '\0';
	return length;
}

static bool
set_up(struct vg_fetch *fetch)
{
	static const long versions[] = {CURL_SSLVERSION_TLSv1_0, CURL_SSLVERSION_TLSv1_1,
					CURL_SSLVERSION_TLSv1_2, CURL_SSLVERSION_TLSv1_3};
	const struct vg_fetch_options *options = fetch->options;
	const char *protocols = options->https_only ? "https" : "http,https";
	CURL *easy = fetch->easy;

	return curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->reason) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, protocols) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "vinga-check/" VG_VERSION) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLVERSION, versions[options->tls_minor]) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION,
				options->redirects_max > 0 ? 1L : 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)options->redirects_max) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch) == CURLE_OK &&
	       (options->ca_file == NULL ||
		curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file) == CURLE_OK) &&
	       (fetch->connect_to == NULL ||
		curl_easy_setopt(easy, CURLOPT_CONNECT_TO, fetch->connect_to) == CURLE_OK);
}

struct vg_fetch *
vg_fetch_new(const struct vg_fetch_options *options)
{
	struct vg_fetch *fetch = calloc(1, sizeof(*fetch));
	const char *address = options->address;
	bool bare_ipv6 = address != NULL && strchr(address, ':') != NULL && *address != '[';
	char where[300];

	if (fetch == NULL)
		return NULL;
	fetch->options = options;
	fetch->body = malloc(VG_FETCH_BODY_MAX + 1);
	if (address != NULL) {
		(void)snprintf(where, sizeof(where), "::%s%.250s%s:", bare_ipv6 ? "[" : "", address,
			       bare_ipv6 ? "]" : "");
		fetch->connect_to = curl_slist_append(NULL, where);
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		fetch->easy = curl_easy_init();
	if (fetch->body == NULL || fetch->easy == NULL ||
	    (address != NULL && fetch->connect_to == NULL) || !set_up(fetch)) {
		vg_fetch_free(fetch);
		return NULL;
	}
	return fetch;
}

void
vg_fetch_free(struct vg_fetch *fetch)
{
	if (fetch == NULL)
		return;
	if (fetch->easy != NULL)
		curl_easy_cleanup(fetch->easy);
	curl_slist_free_all(fetch->connect_to);
	free(fetch->body);
	free(fetch);
}

/* A relative address becomes whole by the page before. */
static bool
whole_url(struct vg_fetch *fetch, const char *url)
{
	CURLU *parts = curl_url();
	char *whole = NULL;
	bool ok = parts != NULL &&
		  (*fetch->url == '\0' ||
		   curl_url_set(parts, CURLUPART_URL, fetch->url, 0) == CURLUE_OK) &&
		  curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
		  curl_url_get(parts, CURLUPART_URL, &whole, 0) == CURLUE_OK &&
		  strlen(whole) < sizeof(fetch->url);

	if (ok)
		memcpy(fetch->url, whole, strlen(whole) + 1);
	curl_free(whole);
	curl_url_cleanup(parts);
	return ok;
}

static double
seconds(CURL *easy, CURLINFO what)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(easy, what, &us);
	return (double)us / 1e6;
}

static void
read_certificate(CURL *easy, struct vg_page *out)
{
	static const char field[] = "Expire date:";
	struct curl_certinfo *chain = NULL;
	time_t end;

	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
	    chain->num_of_certs < 1)
		return;
	for (const struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next) {
		if (strncasecmp(line->data, field, sizeof(field) - 1) != 0)
			continue;
		end = curl_getdate(line->data + sizeof(field) - 1, NULL);
		out->has_certificate = end > 0;
		out->certificate_days = (long)((end - time(NULL)) / 86400);
	}
}

static void
read_answer(struct vg_fetch *fetch, struct vg_page *out)
{
	const char *url = NULL;
	CURL *easy = fetch->easy;

	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &out->status);
	(void)curl_easy_getinfo(easy, CURLINFO_REDIRECT_COUNT, &out->redirects);
	(void)curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
	if (url != NULL && strlen(url) < sizeof(fetch->url))
		memcpy(fetch->url, url, strlen(url) + 1);
	out->url = fetch->url;
	out->body = fetch->body;
	out->length = fetch->length;
	out->dns_s = seconds(easy, CURLINFO_NAMELOOKUP_TIME_T);
	out->connect_s = seconds(easy, CURLINFO_CONNECT_TIME_T);
	out->tls_s = seconds(easy, CURLINFO_APPCONNECT_TIME_T);
	out->first_byte_s = seconds(easy, CURLINFO_STARTTRANSFER_TIME_T);
	out->total_s = seconds(easy, CURLINFO_TOTAL_TIME_T);
	read_certificate(easy, out);
}

/* What failed, in the reader's words, with libcurl's own after them: of OpenSSL's only the end,
 * which says something. */
static const char *
failure(struct vg_fetch *fetch, CURLcode code)
{
	static const struct {
		CURLcode code;
		const char *words;
	} known[] = {{CURLE_COULDNT_RESOLVE_HOST, "namnet ger ingen adress"},
		     {CURLE_COULDNT_CONNECT, "ingen anslutning"},
		     {CURLE_OPERATION_TIMEDOUT, "inget svar i tid"},
		     {CURLE_SSL_CONNECT_ERROR, "TLS går inte"},
		     {CURLE_PEER_FAILED_VERIFICATION, "certifikatet godtas inte"},
		     {CURLE_TOO_MANY_REDIRECTS, "för många omdirigeringar"},
		     {CURLE_GOT_NOTHING, "tomt svar"}};
	const char *reason = fetch->reason[0] != '\0' ? fetch->reason : curl_easy_strerror(code);
	const char *end = strstr(reason, " routines::"), *words = NULL;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == code)
			words = known[i].words;
	if (end != NULL)
		reason = end + strlen(" routines::");
	(void)snprintf(fetch->why, sizeof(fetch->why), "%s%s%s%s", words != NULL ? words : "",
		       words != NULL ? " (" : "", reason, words != NULL ? ")" : "");
	return fetch->why;
}

void
vg_fetch_page(struct vg_fetch *fetch, const char *url, struct vg_page *out)
{
	CURLcode code;

	memset(out, 0, sizeof(*out));
	fetch->length = 0;
	fetch->body[0] = '\0';
	fetch->reason[0] = '\0';
	if (!whole_url(fetch, url)) {
		out->error = "adressen är ingen webbadress";
		return;
	}
	(void)curl_easy_setopt(fetch->easy, CURLOPT_URL, fetch->url);
	code = curl_easy_perform(fetch->easy);
	read_answer(fetch, out);
	if (code != CURLE_OK)
		out->error = failure(fetch, code);
}
