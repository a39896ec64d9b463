/* dns.c - does a name server answer, and with what it should?
 *
 * The server is asked itself, once, by its address: no search list, no other server, no hosts file.
 * c-ares reads the answer. The hard thing is its callback, which may come while the question is
 * still being asked: the result waits in the run for the loop. */
#include "agents/checks/lookup.h"
#include "agents/engine.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define EXPECT_MAX   16
#define ANSWERS_MAX  32	 /* of one reply; more are not looked at */
#define ANSWER_MAX   256 /* bytes of one, as text */
#define NAME_MAX_DNS 255

struct answers {
	size_t count;
	char text[ANSWERS_MAX][ANSWER_MAX];
};

struct record {
	const char *word;
	int type;
	int (*read)(const unsigned char *reply, int length, struct answers *answers);
};

struct settings {
	char server[INET6_ADDRSTRLEN + 10];
	char name[NAME_MAX_DNS + 1];
	const struct record *record;
	char *expect[EXPECT_MAX];
	size_t expect_count;
	int64_t slow_after_ms;
};

struct vg_check_run {
	const struct settings *settings;
	struct vg_lookup *lookup;
	struct event *over; /* at the deadline, or at once when there is an answer */
	int64_t begun_us, ended_us, timeout_ms;
	int status; /* ARES_ETIMEOUT until there is another */
	struct answers answers;
	vg_check_done_cb *done;
	void *arg;
};

static const char *const keys[] = {"server", "name", "record", "expect", "slow_after", NULL};

static void
add_answer(struct answers *answers, const char *text)
{
	if (answers->count < ANSWERS_MAX)
		(void)snprintf(answers->text[answers->count++], ANSWER_MAX, "%s", text);
}

static int
read_a(const unsigned char *reply, int length, struct answers *answers)
{
	struct ares_addrttl found[ANSWERS_MAX];
	char text[INET_ADDRSTRLEN];
	int count = ANSWERS_MAX, status = ares_parse_a_reply(reply, length, NULL, found, &count);

	for (int i = 0; status == ARES_SUCCESS && i < count; i++)
		add_answer(answers, inet_ntop(AF_INET, &found[i].ipaddr, text, sizeof(text)));
	return status;
}

static int
read_aaaa(const unsigned char *reply, int length, struct answers *answers)
{
	struct ares_addr6ttl found[ANSWERS_MAX];
	char text[INET6_ADDRSTRLEN];
	int count = ANSWERS_MAX, status = ares_parse_aaaa_reply(reply, length, NULL, found, &count);

	for (int i = 0; status == ARES_SUCCESS && i < count; i++)
		add_answer(answers, inet_ntop(AF_INET6, &found[i].ip6addr, text, sizeof(text)));
	return status;
}

static void
add_aliases(struct hostent *host, struct answers *answers)
{
	for (char **alias = host->h_aliases; *alias != NULL; alias++)
		add_answer(answers, *alias);
	ares_free_hostent(host);
}

static int
read_ptr(const unsigned char *reply, int length, struct answers *answers)
{
	struct hostent *host = NULL;
	int status = ares_parse_ptr_reply(reply, length, NULL, 0, AF_INET, &host);

	if (status == ARES_SUCCESS)
		add_aliases(host, answers);
	return status;
}

static int
read_ns(const unsigned char *reply, int length, struct answers *answers)
{
	struct hostent *host = NULL;
	int status = ares_parse_ns_reply(reply, length, &host);

	if (status == ARES_SUCCESS)
		add_aliases(host, answers);
	return status;
}

static int
read_mx(const unsigned char *reply, int length, struct answers *answers)
{
	struct ares_mx_reply *first = NULL;
	int status = ares_parse_mx_reply(reply, length, &first);

	for (struct ares_mx_reply *one = first; one != NULL; one = one->next)
		add_answer(answers, one->host);
	ares_free_data(first);
	return status;
}

static int
read_srv(const unsigned char *reply, int length, struct answers *answers)
{
	struct ares_srv_reply *first = NULL;
	int status = ares_parse_srv_reply(reply, length, &first);

	for (struct ares_srv_reply *one = first; one != NULL; one = one->next)
		add_answer(answers, one->host);
	ares_free_data(first);
	return status;
}

static int
read_txt(const unsigned char *reply, int length, struct answers *answers)
{
	struct ares_txt_reply *first = NULL;
	int status = ares_parse_txt_reply(reply, length, &first);

	for (struct ares_txt_reply *one = first; one != NULL; one = one->next)
		add_answer(answers, (const char *)one->txt);
	ares_free_data(first);
	return status;
}

static const struct record records[] = {
	{"A", ns_t_a, read_a},	     {"AAAA", ns_t_aaaa, read_aaaa}, {"PTR", ns_t_ptr, read_ptr},
	{"NS", ns_t_ns, read_ns},    {"MX", ns_t_mx, read_mx},	     {"SRV", ns_t_srv, read_srv},
	{"TXT", ns_t_txt, read_txt},
};
static const char *const record_words[] = {"A", "AAAA", "PTR", "NS", "MX", "SRV", "TXT", NULL};

static void
unconfigure(void *arg)
{
	struct settings *settings = arg;

	if (settings == NULL)
		return;
	for (size_t i = 0; i < settings->expect_count; i++)
		free(settings->expect[i]);
	free(settings);
}

/* "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353". */
static bool
read_server(struct settings *settings, const struct vg_yaml_node *map,
	    struct vg_yaml_errors *errors)
{
	const char *text = vg_yaml_get_text(map, "server", true, NULL, errors);
	const char *port = text != NULL ? strrchr(text, ':') : NULL;
	char address[INET6_ADDRSTRLEN] = "";
	struct in6_addr six;
	struct in_addr four;
	int number = 53, end = 0;

	if (text == NULL)
		return false;
	if (inet_pton(AF_INET6, text, &six) == 1) {
		(void)snprintf(address, sizeof(address), "%s", text);
	} else if (text[0] == '[' && port != NULL && port > text && port[-1] == ']') {
		(void)snprintf(address, sizeof(address), "%.*s", (int)(port - text) - 2, text + 1);
	} else {
		(void)snprintf(address, sizeof(address), "%.*s",
			       port != NULL ? (int)(port - text) : (int)strlen(text), text);
		if (port == NULL)
			port = text + strlen(text);
	}
	if (inet_pton(AF_INET6, text, &six) != 1 && *port == ':' &&
	    (sscanf(port, ":%5d%n", &number, &end) != 1 || port[end] != '\0'))
		number = 0;
	if (number < 1 || number > 65535 ||
	    (inet_pton(AF_INET, address, &four) != 1 && inet_pton(AF_INET6, address, &six) != 1)) {
		vg_yaml_error(errors, vg_yaml_find(map, "server"),
			      "server is \"%s\"; expected an address such as 192.0.2.53, "
			      "192.0.2.53:5353 or [2001:db8::53]:5353",
			      text);
		return false;
	}
	(void)snprintf(settings->server, sizeof(settings->server),
		       strchr(address, ':') != NULL ? "[%s]:%d" : "%s:%d", address, number);
	return true;
}

/* The name under which an address is found backwards; false when it is no address. */
static bool
backward_name(const char *address, char *out, size_t size)
{
	unsigned char bytes[16];
	size_t used = 0;

	if (inet_pton(AF_INET, address, bytes) == 1)
		return snprintf(out, size, "%u.%u.%u.%u.in-addr.arpa", bytes[3], bytes[2], bytes[1],
				bytes[0]) < (int)size;
	if (inet_pton(AF_INET6, address, bytes) != 1)
		return false;
	for (size_t i = 16; i-- > 0;)
		used += (size_t)snprintf(out + used, size - used, "%x.%x.", bytes[i] & 15u,
					 bytes[i] >> 4);
	(void)snprintf(out + used, size - used, "ip6.arpa");
	return true;
}

static bool
read_name(struct settings *settings, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const char *name = vg_yaml_get_text(map, "name", true, NULL, errors);

	if (name == NULL)
		return false;
	if (settings->record->type == ns_t_ptr &&
	    backward_name(name, settings->name, sizeof(settings->name)))
		return true;
	if (*name == '\0' || strlen(name) > NAME_MAX_DNS) {
		vg_yaml_error(errors, vg_yaml_find(map, "name"),
			      "name: expected a name of at most %d bytes", NAME_MAX_DNS);
		return false;
	}
	(void)snprintf(settings->name, sizeof(settings->name), "%s", name);
	return true;
}

/* One expected answer, in the form in which answers are written. */
static char *
in_answer_form(const char *text)
{
	unsigned char bytes[16];
	char form[ANSWER_MAX];
	size_t length = strlen(text);

	if (inet_pton(AF_INET6, text, bytes) == 1)
		return strdup(inet_ntop(AF_INET6, bytes, form, sizeof(form)));
	if (length > 1 && text[length - 1] == '.')
		length--;
	return strndup(text, length);
}

static bool
read_expect(struct settings *settings, const struct vg_yaml_node *map,
	    struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *node = vg_yaml_find(map, "expect");
	size_t count = node == NULL ? 0 : node->type == VG_YAML_LIST ? node->count : 1;

	for (size_t i = 0; i < count; i++) {
		const struct vg_yaml_node *one = node->type == VG_YAML_LIST ? node->item[i] : node;
		char *text;

		if (one->type != VG_YAML_SCALAR || *one->text == '\0' || i == EXPECT_MAX) {
			vg_yaml_error(errors, one, "expect: expected at most %d addresses or names",
				      EXPECT_MAX);
			return false;
		}
		text = in_answer_form(one->text);
		if (text == NULL)
			return false;
		settings->expect[settings->expect_count++] = text;
	}
	return true;
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	size_t before = errors->count;

	if (settings == NULL)
		return NULL;
	settings->record = &records[vg_yaml_get_word(map, "record", record_words, 0, errors)];
	settings->slow_after_ms = vg_yaml_get_duration_ms(map, "slow_after", false, 0, errors);
	if (!read_server(settings, map, errors) || !read_name(settings, map, errors) ||
	    !read_expect(settings, map, errors) || errors->count != before) {
		unconfigure(settings);
		return NULL;
	}
	return settings;
}

static bool
is_answered(const struct answers *answers, const char *expected)
{
	for (size_t i = 0; i < answers->count; i++)
		if (strcasecmp(answers->text[i], expected) == 0)
			return true;
	return false;
}

/* The first expected answer that is missing; NULL = none is. */
static const char *
missing(const struct vg_check_run *run)
{
	for (size_t i = 0; i < run->settings->expect_count; i++)
		if (!is_answered(&run->answers, run->settings->expect[i]))
			return run->settings->expect[i];
	return NULL;
}

static void
judge(const struct vg_check_run *run, struct vg_check_result *result)
{
	const struct settings *settings = run->settings;
	const char *absent = missing(run), *word = settings->record->word;
	int64_t slow_ms = settings->slow_after_ms;

	result->state = VG_CHECK_CRITICAL;
	if (run->status == ARES_ENOMEM) {
		result->state = VG_CHECK_UNKNOWN;
		vg_check_text(result, "out of memory");
	} else if (run->status == ARES_ETIMEOUT) {
		vg_check_text(result, "no answer from %s within %" PRId64 " ms", settings->server,
			      run->timeout_ms);
	} else if (run->status != ARES_SUCCESS) {
		vg_check_text(result, "%s %s: %s", settings->name, word,
			      ares_strerror(run->status));
	} else if (absent != NULL) {
		vg_check_text(result, "%s %s is %s%s, expected %s", settings->name, word,
			      run->answers.count > 0 ? run->answers.text[0] : "nothing",
			      run->answers.count > 1 ? " and others" : "", absent);
	} else if (slow_ms > 0 && result->latency_ms > slow_ms) {
		result->state = VG_CHECK_WARNING;
		vg_check_text(result, "slow: %" PRId64 " ms, expected at most %" PRId64 " ms",
			      result->latency_ms, slow_ms);
	} else {
		result->state = VG_CHECK_OK;
		vg_check_text(result, "%s %s is %s%s in %" PRId64 " ms", settings->name, word,
			      run->answers.text[0], run->answers.count > 1 ? " and others" : "",
			      result->latency_ms);
	}
}

static void
cancel(struct vg_check_run *run)
{
	vg_lookup_free(run->lookup); /* calls back, once more, into the run */
	if (run->over != NULL)
		event_free(run->over);
	free(run);
}

static void
on_over(evutil_socket_t fd, short what, void *arg)
{
	struct vg_check_run *run = arg;
	struct vg_check_result result = {.latency_ms = -1, .phases = {-1, -1, -1, -1, -1}};
	vg_check_done_cb *done = run->done;
	void *done_arg = run->arg;
	int64_t us = (run->ended_us > 0 ? run->ended_us : vg_engine_now_us()) - run->begun_us;

	(void)fd;
	(void)what;
	result.phases.total_ms = (us + 500) / 1000;
	if (run->status == ARES_SUCCESS)
		result.latency_ms = result.phases.total_ms;
	(void)snprintf(result.perfdata, sizeof(result.perfdata), "time=%" PRId64 ".%06" PRId64 "s",
		       us / 1000000, us % 1000000);
	judge(run, &result);
	cancel(run);
	done(&result, done_arg);
}

static void
on_reply(void *arg, int status, int timeouts, unsigned char *reply, int length)
{
	struct vg_check_run *run = arg;

	(void)timeouts;
	run->ended_us = vg_engine_now_us();
	run->status = status;
	if (status == ARES_SUCCESS)
		run->status = run->settings->record->read(reply, length, &run->answers);
	if (run->status == ARES_SUCCESS && run->answers.count == 0)
		run->status = ARES_ENODATA;
	event_active(run->over, EV_TIMEOUT, 0);
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	struct vg_check_run *run = calloc(1, sizeof(*run));
	struct timeval wait = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "the resolver cannot be set up");
	if (run == NULL)
		return NULL;
	run->settings = settings;
	run->timeout_ms = timeout_ms;
	run->status = ARES_ETIMEOUT;
	run->done = done;
	run->arg = arg;
	run->over = evtimer_new(vg_engine_base(engine), on_over, run);
	run->lookup = vg_lookup_new(vg_engine_base(engine), run->settings->server, 1, timeout_ms);
	if (run->over == NULL || run->lookup == NULL || event_add(run->over, &wait) != 0) {
		cancel(run);
		return NULL;
	}
	run->begun_us = vg_engine_now_us();
	ares_query(vg_lookup_channel(run->lookup), run->settings->name, ns_c_in,
		   run->settings->record->type, on_reply, run);
	vg_lookup_wait(run->lookup);
	return run;
}

const struct vg_check_type vg_check_dns = {
	"dns", keys, configure, unconfigure, start, cancel,
};
