/* The agent's settings: defaults, and every mistake named with its place. */
#include "agents/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];

static void
write_file(const char *text)
{
	FILE *file;
	int fd;

	(void)snprintf(path, sizeof(path), "/tmp/vinga-agent-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Settings of that text; what is wrong in *errors. */
static bool
load(struct vg_agent_config *config, const char *text, struct vg_yaml_errors *errors)
{
	bool ok;

	write_file(text);
	ok = vg_agent_config_load(config, path, errors);
	(void)unlink(path);
	return ok;
}

static void
the_sample_is_right_and_has_the_defaults(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agent_config config;
	const struct vg_agent_probe *probe;
	const char *near;

	(void)state;
	if (!vg_agent_config_load(&config, VG_SOURCE_DIR "/agents/sample.yaml", &errors))
		fail_msg("%s", errors.text[0]);
	assert_string_equal(config.daemon, "https://vinga.example.org");
	assert_string_equal(config.spool, "/var/lib/vinga-agent/spool.db");
	assert_int_equal(config.spool_bytes_max, INT64_C(256) << 20);
	assert_int_equal(config.send_every_ms, 10000);
	assert_int_equal(config.running_max, 50);
	assert_int_equal(config.probes, 5);
	for (size_t i = 1; i < config.probes; i++)
		assert_true(strcmp(config.probe[i - 1].name, config.probe[i].name) < 0);
	probe = vg_agent_config_find(&config, "web", &near);
	assert_non_null(probe);
	assert_string_equal(probe->type->name, "http");
	assert_int_equal(probe->interval_ms, 60000);
	assert_int_equal(probe->timeout_ms, 10000);
	assert_null(vg_agent_config_find(&config, "wbe", &near));
	assert_string_equal(near, "web");
	assert_null(vg_agent_config_find(&config, "something-else", &near));
	assert_null(near);
	vg_agent_config_fini(&config);
}

static void
a_short_interval_has_a_timeout_of_its_half(void **state)
{
	struct vg_yaml_errors errors = {0};
	struct vg_agent_config config;

	(void)state;
	assert_true(load(&config,
			 "probes: {a: {type: plugin, command: [/bin/true], interval: 10s}}",
			 &errors));
	assert_int_equal(config.probe[0].timeout_ms, 5000);
	vg_agent_config_fini(&config);
}

#define PLUGIN "type: plugin, command: [/bin/true]"

static void
mistakes_are_named_with_their_place(void **state)
{
	static const struct {
		const char *yaml, *error; /* after the file's name */
	} cases[] = {
		{"- a", ":1:1: expected settings as key: value"},
		{"probe: {}", ":1:1: key \"probe\" is not known; did you mean \"probes\"?"},
		{"daemon: https://x",
		 ":1:1: probes: expected a map of names and what each of them checks"},
		{"probes: {Web: {" PLUGIN "}}", ":1:10: probe \"Web\": expected a name of at most "
						"64 letters a-z, digits and . _ -"},
		{"probes: {a: {type: htpp}}",
		 ":1:20: type \"htpp\" is not known; did you mean \"http\"?"},
		{"probes: {a: {command: [/bin/true]}}", ":1:13: type is missing; expected text"},
		{"probes: {a: {" PLUGIN ", intervall: 5s}}",
		 ":1:50: key \"intervall\" is not known; did you mean \"interval\"?"},
		{"probes: {a: {" PLUGIN ", url: x}}",
		 ":1:50: key \"url\" is not known; expected type, interval, timeout, command, "
		 "timeout_state or memory_mib_max"},
		{"probes: {a: {" PLUGIN ", interval: 5s, timeout: 5s}}",
		 ":1:73: timeout: expected less than the interval"},
		{"probes: {a: {" PLUGIN ", interval: 500ms}}",
		 ":1:60: interval: expected 1000 ms to 86400 s"},
		{"daemon: vinga.example.org\nprobes: {}",
		 ":1:1: daemon: expected https://HOST[:PORT] or http://..."},
		{"client_key: /k\nprobes: {}",
		 ":1:1: client_certificate and client_key: expected both or none"},
		{"spool: here\nprobes: {}", ":1:1: spool and token_file: expected absolute paths"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_yaml_errors errors = {0};
		struct vg_agent_config config;

		assert_false(load(&config, cases[i].yaml, &errors));
		assert_int_equal(errors.count, 1);
		assert_int_equal(strncmp(errors.text[0], path, strlen(path)), 0);
		assert_string_equal(errors.text[0] + strlen(path), cases[i].error);
		vg_yaml_errors_free(&errors);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_is_right_and_has_the_defaults),
		cmocka_unit_test(a_short_interval_has_a_timeout_of_its_half),
		cmocka_unit_test(mistakes_are_named_with_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
