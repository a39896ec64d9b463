/* Runs of the built-in checks: given up at any point they leave nothing behind and never call back;
 * left alone they end themselves, once; and what they say is one clean line. */
#include "agents/engine.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define TURNS_MAX 6 /* of the loop before a run is given up */

/* Sockets that take connections and questions, and never answer. */
struct silence {
	int tcp, udp;
	int tcp_port, udp_port;
};

struct count {
	int calls;
	struct vg_check_result last;
};

static int
open_socket(int type, int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 100), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static int
set_up(void **state)
{
	static struct silence silence;

	silence.tcp = open_socket(SOCK_STREAM, &silence.tcp_port);
	silence.udp = open_socket(SOCK_DGRAM, &silence.udp_port);
	*state = &silence;
	return 0;
}

static int
tear_down(void **state)
{
	const struct silence *silence = *state;

	(void)close(silence->tcp);
	(void)close(silence->udp);
	return 0;
}

static void
on_done(const struct vg_check_result *result, void *arg)
{
	struct count *count = arg;

	count->calls++;
	count->last = *result;
}

static const struct check_case {
	const char *type, *before, *after; /* the port of the silent peer, TCP but for DNS */
} checks[] = {
	{"http", "url: http://127.0.0.1:", "/\n"},
	{"http", "url: https://localhost:", "/\n"},
	{"fhir", "url: http://localhost:", "/fhir\n"},
	{"tcp", "host: 127.0.0.1\nport: ", "\nexpect_text: x\n"},
	{"tcp", "host: localhost\nport: ", "\ntls: yes\n"},
	{"mllp", "host: 127.0.0.1\nport: ", "\n"},
	{"ldap", "url: ldap://127.0.0.1:", "/dc=x??sub\n"},
	{"dns", "server: 127.0.0.1:", "\nname: web.example\n"},
};

static const struct vg_check_type *
find_type(const char *name)
{
	size_t i = 0;

	while (vg_check_types[i] != NULL && strcmp(vg_check_types[i]->name, name) != 0)
		i++;
	assert_non_null(vg_check_types[i]);
	return vg_check_types[i];
}

static void *
configure(const struct check_case *check, const struct silence *silence)
{
	int port = strcmp(check->type, "dns") == 0 ? silence->udp_port : silence->tcp_port;
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml;
	char text[200];
	void *settings;

	(void)snprintf(text, sizeof(text), "%s%d%s", check->before, port, check->after);
	yaml = vg_yaml_load_bytes("test", text, strlen(text), &errors);
	assert_non_null(yaml);
	settings = find_type(check->type)->configure(vg_yaml_root(yaml), &errors);
	assert_int_equal(errors.count, 0);
	assert_non_null(settings);
	vg_yaml_free(yaml);
	return settings;
}

static void
a_run_can_be_given_up_at_any_point(void **state)
{
	struct event_base *base = event_base_new();
	struct vg_engine *engine = vg_engine_new(base, NULL);
	struct count count = {0};

	assert_non_null(engine);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		const struct vg_check_type *type = find_type(checks[i].type);
		void *settings = configure(&checks[i], *state);

		for (int turns = 0; turns < TURNS_MAX; turns++) {
			char why[VG_CHECK_TEXT_MAX + 1];
			struct vg_check_run *run =
				type->start(engine, settings, 60000, on_done, &count, why);

			assert_non_null(run);
			for (int turn = 0; turn < turns; turn++)
				(void)event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
			type->cancel(run);
		}
		type->unconfigure(settings);
	}
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(count.calls, 0);
	vg_engine_free(engine);
	event_base_free(base);
}

static void
a_silent_peer_ends_every_run_once_and_critical(void **state)
{
	enum { CHECKS = sizeof(checks) / sizeof(checks[0]) };
	struct event_base *base = event_base_new();
	struct vg_engine *engine = vg_engine_new(base, NULL);
	struct count counts[CHECKS] = {0};
	void *settings[CHECKS];

	assert_non_null(engine);
	for (size_t i = 0; i < CHECKS; i++) {
		char why[VG_CHECK_TEXT_MAX + 1];

		settings[i] = configure(&checks[i], *state);
		assert_non_null(
			find_type(checks[i].type)
				->start(engine, settings[i], 200, on_done, &counts[i], why));
	}
	assert_true(event_base_dispatch(base) >= 0); /* until nothing is waited for */
	for (size_t i = 0; i < CHECKS; i++) {
		assert_int_equal(counts[i].calls, 1);
		assert_int_equal(counts[i].last.state, VG_CHECK_CRITICAL);
		assert_int_equal(counts[i].last.latency_ms, -1);
		assert_non_null(strstr(counts[i].last.text, "200 ms"));
		find_type(checks[i].type)->unconfigure(settings[i]);
	}
	vg_engine_free(engine);
	event_base_free(base);
}

static const struct {
	const char *text, *want;
} texts[] = {
	{"", ""},
	{"HTTP 200", "HTTP 200"},
	{"två\nrader\tmed \x1b[31mfärg\x7f", "två rader med  [31mfärg "},
	{"latin \xe5, cut \xc3", "latin ?, cut ?"},
	{"overlong \xc0\xaf, surrogate \xed\xa0\x80, beyond \xf4\x90\x80\x80",
	 "overlong ??, surrogate ???, beyond ????"},
	{"next line \xc2\x85.", "next line  ."},
	{"\xe2\x82\xac \xf0\x9f\x9a\x91", "\xe2\x82\xac \xf0\x9f\x9a\x91"},
};

static void
a_text_is_one_clean_line(void **state)
{
	struct vg_check_result result;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		vg_check_text(&result, "%s", texts[i].text);
		assert_string_equal(result.text, texts[i].want);
	}
}

static void
a_long_text_is_cut_between_characters(void **state)
{
	struct vg_check_result result;
	char text[3 * VG_CHECK_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < VG_CHECK_TEXT_MAX; i++)
		memcpy(text + 3 * i, "\xe2\x82\xac", 4);
	vg_check_text(&result, "%s", text);
	assert_int_equal(strlen(result.text), VG_CHECK_TEXT_MAX / 3 * 3);
	assert_memory_equal(result.text, text, strlen(result.text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_can_be_given_up_at_any_point),
		cmocka_unit_test(a_silent_peer_ends_every_run_once_and_critical),
		cmocka_unit_test(a_text_is_one_clean_line),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
