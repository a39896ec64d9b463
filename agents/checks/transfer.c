/* transfer.c - one run of a check that libcurl talks for.
 *
 * A run ends in one of three ways: libcurl is done, a conversation over libcurl's connection has
 * received enough, or the deadline passes. All three meet in finish(). The hard thing is to say
 * precisely how far it came: the phases are read from libcurl also when it was interrupted. */
#include "agents/checks/transfer.h"

#include <openssl/ssl.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 16384 /* bytes that a conversation reads at once */
#define DAY_S 86400

static void go_on(struct vg_check_run *run);

static bool
keep(struct vg_check_run *run, const char *bytes, size_t length)
{
	size_t room = run->way->body_max - run->body_length;
	size_t taken = length < room ? length : room;

	if (run->body_length + taken + 1 > run->body_size) {
		size_t size = run->body_size < 1024 ? 1024 : run->body_size * 2;
		char *body;

		while (size < run->body_length + taken + 1)
			size *= 2;
		body = realloc(run->body, size);
		if (body == NULL)
			return false;
		run->body = body;
		run->body_size = size;
	}
	memcpy(run->body + run->body_length, bytes, taken);
	run->body_length += taken;
	run->body[run->body_length] = '\0';
	run->cut = run->cut || taken < length;
	return !run->cut;
}

static size_t
on_bytes(char *bytes, size_t unit, size_t count, void *arg)
{
	return keep(arg, bytes, unit * count) ? unit * count : 0;
}

/* As libcurl would, but closed in the plugins that the agent starts, and with errno kept. */
static curl_socket_t
on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct vg_check_run *run = arg;
	int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

	(void)purpose;
	if (fd < 0 && errno != EAFNOSUPPORT)
		run->no_socket = errno;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* The end of each phase that was reached, 0 = not. */
static int64_t
phase_us(const struct vg_check_run *run, CURLINFO which)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(run->easy, which, &us);
	return us;
}

static int64_t
to_ms(int64_t us)
{
	return us > 0 ? (us + 500) / 1000 : -1;
}

/* As plugins write their figures; a phase that was not reached has none. */
static void
add_seconds(struct vg_check_result *result, const char *label, int64_t us)
{
	size_t used = strlen(result->perfdata);

	if (us > 0)
		(void)snprintf(result->perfdata + used, sizeof(result->perfdata) - used,
			       "%s%s=%" PRId64 ".%06" PRId64 "s", used > 0 ? " " : "", label,
			       us / 1000000, us % 1000000);
}

/* Also for a transfer that was interrupted. */
static void
measure(const struct vg_check_run *run, bool failed, struct vg_check_result *result)
{
	int64_t dns_us = phase_us(run, CURLINFO_NAMELOOKUP_TIME_T);
	int64_t connect_us = phase_us(run, CURLINFO_CONNECT_TIME_T);
	int64_t tls_us = phase_us(run, CURLINFO_APPCONNECT_TIME_T);
	int64_t first_us = phase_us(run, CURLINFO_STARTTRANSFER_TIME_T);
	int64_t total_us = phase_us(run, CURLINFO_TOTAL_TIME_T);

	if (failed || run->way->talk != NULL)
		total_us = vg_engine_now_us() - run->begun_us;
	result->phases = (struct vg_check_phases){
		.dns_ms = to_ms(dns_us),
		.connect_ms = to_ms(connect_us),
		.tls_ms = run->settings->tls ? to_ms(tls_us) : -1,
		.first_byte_ms = run->way->talk == NULL && !failed ? to_ms(first_us) : -1,
		.total_ms = (total_us + 500) / 1000,
	};
	result->latency_ms = failed ? -1 : result->phases.total_ms;
	add_seconds(result, "time", total_us);
	add_seconds(result, "dns", dns_us);
	add_seconds(result, "connect", connect_us);
	if (run->settings->tls)
		add_seconds(result, "tls", tls_us);
	if (result->phases.first_byte_ms >= 0)
		add_seconds(result, "first_byte", first_us);
}

/* Takes over state and text when they are worse than what is known. */
static void __attribute__((format(printf, 3, 4)))
worsen(struct vg_check_result *result, enum vg_check_state state, const char *format, ...)
{
	char text[CURL_ERROR_SIZE + VG_CHECK_TEXT_MAX];
	va_list args;

	if (state <= result->state)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	result->state = state;
	vg_check_text(result, "%s", text);
}

/* libcurl dates a connection with TLS only when both are there. */
static const char *
what_was_reached(const struct vg_check_run *run, const struct vg_check_phases *phases)
{
	if (phases->dns_ms < 0)
		return "name not resolved";
	if (phases->connect_ms < 0)
		return run->settings->tls ? "no connection with TLS" : "no connection";
	return run->body_length > 0 ? "the answer was not complete" : "connected, no answer";
}

/* Critical when the target is wrong or silent, unknown when the check itself could not be made. */
static void
judge_failure(const struct vg_check_run *run, CURLcode code, struct vg_check_result *result)
{
	const char *reason = run->reason[0] != '\0' ? run->reason : curl_easy_strerror(code);
	bool ours = code == CURLE_SSL_CERTPROBLEM || code == CURLE_OUT_OF_MEMORY ||
		    code == CURLE_FAILED_INIT || code == CURLE_BAD_FUNCTION_ARGUMENT ||
		    code == CURLE_NOT_BUILT_IN;

	if (code == CURLE_OPERATION_TIMEDOUT)
		worsen(result, VG_CHECK_CRITICAL, "timed out after %" PRId64 " ms: %s",
		       run->timeout_ms, what_was_reached(run, &result->phases));
	else if (code == CURLE_SSL_CACERT_BADFILE)
		worsen(result, VG_CHECK_UNKNOWN, "%s", vg_trust_why(run->settings->trust));
	else if (run->no_socket != 0)
		worsen(result, VG_CHECK_UNKNOWN, "no socket: %s", strerror(run->no_socket));
	else
		worsen(result, ours ? VG_CHECK_UNKNOWN : VG_CHECK_CRITICAL, "%s", reason);
}

static void
judge_common(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct vg_transfer_settings *settings = run->settings;

	if (settings->tls && run->certificate_end_s != 0) {
		int64_t days = (run->certificate_end_s - (int64_t)time(NULL)) / DAY_S;

		if (days < settings->critical_days)
			worsen(result, VG_CHECK_CRITICAL, "certificate ends in %" PRId64 " days",
			       days);
		else if (days < settings->warning_days)
			worsen(result, VG_CHECK_WARNING, "certificate ends in %" PRId64 " days",
			       days);
	}
	if (settings->slow_after_ms > 0 && result->latency_ms > settings->slow_after_ms)
		worsen(result, VG_CHECK_WARNING,
		       "slow: %" PRId64 " ms, expected at most %" PRId64 " ms", result->latency_ms,
		       settings->slow_after_ms);
}

/* The one end of a run. */
static void
finish(struct vg_check_run *run, CURLcode code)
{
	struct vg_check_result result = {.state = VG_CHECK_OK};
	vg_check_done_cb *done = run->done;
	void *arg = run->arg;

	if (run->cut && code == CURLE_WRITE_ERROR)
		code = CURLE_OK;
	measure(run, code != CURLE_OK, &result);
	if (code != CURLE_OK) {
		judge_failure(run, code, &result);
	} else {
		run->way->judge(run, &result);
		judge_common(run, &result);
	}
	vg_transfer_cancel(run);
	done(&result, arg);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	finish(arg, CURLE_OPERATION_TIMEDOUT);
}

static void
on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	go_on(arg);
}

/* Waits until the connection can be read or, with more to send, written. */
static void
await(struct vg_check_run *run)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	(void)curl_easy_getinfo(run->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (run->ready != NULL)
		event_free(run->ready);
	run->ready =
		event_new(vg_engine_base(run->engine), fd,
			  (short)(EV_READ | (run->blocked ? EV_WRITE : 0)), on_socket_ready, run);
	if (run->ready == NULL || event_add(run->ready, NULL) != 0)
		finish(run, CURLE_OUT_OF_MEMORY);
}

static CURLcode
send_some(struct vg_check_run *run)
{
	CURLcode code = CURLE_OK;
	size_t count;

	while (run->sent < run->request_length && code == CURLE_OK) {
		count = 0;
		code = curl_easy_send(run->easy, run->request + run->sent,
				      run->request_length - run->sent, &count);
		run->sent += count;
	}
	run->blocked = code == CURLE_AGAIN;
	return run->blocked ? CURLE_OK : code;
}

CURLcode
vg_transfer_converse(struct vg_check_run *run, bool (*enough)(const struct vg_check_run *run))
{
	char chunk[CHUNK];
	CURLcode code = send_some(run);

	while (code == CURLE_OK && !enough(run)) {
		size_t count = 0;

		code = curl_easy_recv(run->easy, chunk, sizeof(chunk), &count);
		if (code == CURLE_OK && count == 0)
			break; /* closed: what there is, is judged */
		if (code == CURLE_OK && !keep(run, chunk, count))
			return run->cut ? CURLE_OK : CURLE_OUT_OF_MEMORY;
	}
	return code;
}

static void
go_on(struct vg_check_run *run)
{
	CURLcode code = run->way->talk(run);

	if (code == CURLE_AGAIN)
		await(run);
	else
		finish(run, code);
}

static void
on_finished(CURLcode code, void *arg)
{
	struct vg_check_run *run = arg;

	if (code == CURLE_OK && run->way->talk != NULL)
		go_on(run);
	else
		finish(run, code);
}

/* Verifies as OpenSSL does, and keeps when the server's certificate ends. */
static int
on_verify(X509_STORE_CTX *chain, void *arg)
{
	struct vg_check_run *run = arg;
	struct tm end;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(X509_STORE_CTX_get0_cert(chain)), &end) == 1)
		run->certificate_end_s = timegm(&end);
	return X509_verify_cert(chain);
}

/* Before each handshake of the run. */
static CURLcode
on_tls(CURL *easy, void *ssl_ctx, void *arg)
{
	struct vg_check_run *run = arg;

	(void)easy;
	if (!vg_trust_load(run->settings->trust))
		return CURLE_SSL_CACERT_BADFILE;
	SSL_CTX_set_cert_verify_callback(ssl_ctx, on_verify, run);
	return vg_trust_apply(run->settings->trust, ssl_ctx) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

/* Trusted certificates come from on_tls alone. Also for what is no TLS yet: redirects lead there.
 */
static bool
set_tls(struct vg_check_run *run)
{
	const struct vg_transfer_settings *settings = run->settings;
	CURL *easy = run->easy;

	return curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CAINFO, NULL) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, run) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLCERT, settings->client_certificate) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLKEY, settings->client_key) == CURLE_OK;
}

static bool
set_connection(struct vg_check_run *run)
{
	CURL *easy = run->easy;
	bool conversation = run->way->talk != NULL;

	return curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
	       (conversation
			? curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
				  curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L) == CURLE_OK
			: curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK) &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECT_TO, run->settings->connect_to) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, run) == CURLE_OK && set_tls(run);
}

/* QUICK_EXIT: a run that is given up never waits for its name look-up's thread. */
static bool
set_common(struct vg_check_run *run)
{
	CURL *easy = run->easy;

	return curl_easy_setopt(easy, CURLOPT_URL, run->settings->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, run->reason) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "vinga-agent/" VG_VERSION) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, run->settings->headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, run) == CURLE_OK;
}

static bool
start_deadline(struct vg_check_run *run)
{
	struct timeval wait = {run->timeout_ms / 1000, run->timeout_ms % 1000 * 1000};

	run->deadline = evtimer_new(vg_engine_base(run->engine), on_deadline, run);
	return run->deadline != NULL && event_add(run->deadline, &wait) == 0;
}

struct vg_check_run *
vg_transfer_start(struct vg_engine *engine, const struct vg_transfer_way *way,
		  const struct vg_transfer_settings *settings, int64_t timeout_ms,
		  vg_check_done_cb *done, void *arg, char *why)
{
	struct vg_check_run *run = calloc(1, sizeof(*run));

	(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "out of memory");
	if (run == NULL)
		return NULL;
	run->engine = engine;
	run->way = way;
	run->settings = settings;
	run->timeout_ms = timeout_ms;
	run->begun_us = vg_engine_now_us();
	run->done = done;
	run->arg = arg;
	run->job = (struct vg_engine_job){on_finished, run};
	run->easy = curl_easy_init();
	if (run->easy == NULL || !keep(run, "", 0) || !set_common(run) || !set_connection(run) ||
	    (way->prepare != NULL && !way->prepare(run, why)) || !start_deadline(run) ||
	    !vg_engine_begin(engine, run->easy, &run->job)) {
		vg_transfer_cancel(run);
		return NULL;
	}
	return run;
}

void
vg_transfer_cancel(struct vg_check_run *run)
{
	if (run->ready != NULL) /* before its descriptor is closed */
		event_free(run->ready);
	if (run->deadline != NULL)
		event_free(run->deadline);
	if (run->own != NULL)
		run->way->release(run);
	if (run->easy != NULL) {
		vg_engine_end(run->engine, run->easy);
		curl_easy_cleanup(run->easy);
	}
	free(run->request);
	free(run->body);
	free(run);
}
