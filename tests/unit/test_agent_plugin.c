/* Plugins: what they print, how they end, and that nothing of them is left. Real processes on a
 * real loop; a FIFO that a process holds open tells when it is gone. */
#include "agents/checks/plugin.h"
#include "agents/engine.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 60000 /* longer than any step here takes, under valgrind too */

struct rig {
	struct event_base *base;
	struct vg_engine *engine;
	struct vg_yaml *yaml;
	void *settings;
	struct vg_check_run *run;
	struct vg_check_result result;
	int results;
	char why[VG_CHECK_TEXT_MAX + 1];
	char directory[64], fifo[80];
};

static int
set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	(void)snprintf(rig->directory, sizeof(rig->directory), "/tmp/vinga-plugin-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	(void)snprintf(rig->fifo, sizeof(rig->fifo), "%s/fifo", rig->directory);
	assert_int_equal(mkfifo(rig->fifo, 0600), 0);
	rig->base = event_base_new();
	assert_non_null(rig->base);
	rig->engine = vg_engine_new(rig->base, NULL);
	assert_non_null(rig->engine);
	*state = rig;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	vg_plugin_end();
	if (rig->settings != NULL)
		vg_check_plugin.unconfigure(rig->settings);
	vg_yaml_free(rig->yaml);
	vg_engine_free(rig->engine);
	event_base_free(rig->base);
	(void)unlink(rig->fifo);
	(void)rmdir(rig->directory);
	free(rig);
	return 0;
}

static void
configure(struct rig *rig, const char *yaml)
{
	struct vg_yaml_errors errors = {0};

	if (rig->settings != NULL)
		vg_check_plugin.unconfigure(rig->settings);
	vg_yaml_free(rig->yaml);
	rig->yaml = vg_yaml_load_bytes("test", yaml, strlen(yaml), &errors);
	assert_non_null(rig->yaml);
	rig->settings = vg_check_plugin.configure(vg_yaml_root(rig->yaml), &errors);
	if (rig->settings == NULL)
		fail_msg("%s", errors.text[0]);
}

/* A command for the shell as a plugin; the texts here hold no apostrophes. */
static void
configure_shell(struct rig *rig, const char *script, const char *more)
{
	char yaml[1000];

	(void)snprintf(yaml, sizeof(yaml), "command: [/bin/sh, -c, '%s']\n%s", script, more);
	configure(rig, yaml);
}

static void
on_done(const struct vg_check_result *result, void *arg)
{
	struct rig *rig = arg;

	rig->result = *result;
	rig->results++;
	rig->run = NULL;
	(void)event_base_loopbreak(rig->base);
}

static void
begin(struct rig *rig, int64_t timeout_ms)
{
	rig->results = 0;
	rig->run = vg_check_plugin.start(rig->engine, rig->settings, timeout_ms, on_done, rig,
					 rig->why);
}

static void
run(struct rig *rig, int64_t timeout_ms)
{
	begin(rig, timeout_ms);
	if (rig->run == NULL)
		fail_msg("%s", rig->why);
	(void)event_base_dispatch(rig->base);
	assert_int_equal(rig->results, 1);
}

static void
run_shell(struct rig *rig, const char *script)
{
	configure_shell(rig, script, "");
	run(rig, LONG_MS);
}

static void
on_fifo(evutil_socket_t fd, short what, void *arg)
{
	struct rig *rig = arg;
	char byte;

	(void)what;
	if (read(fd, &byte, 1) == 0)
		(void)event_base_loopbreak(rig->base);
}

/* The reading end is opened before the process: end of file then means that all writers are gone.
 */
static int
open_fifo(const struct rig *rig)
{
	int fd = open(rig->fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void
wait_until_nobody_holds(struct rig *rig, int fd)
{
	struct event *event = event_new(rig->base, fd, EV_READ | EV_PERSIST, on_fifo, rig);

	assert_non_null(event);
	assert_int_equal(event_add(event, NULL), 0);
	(void)event_base_dispatch(rig->base);
	event_free(event);
	(void)close(fd);
}

static void
output_is_taken_apart(void **state)
{
	static const struct {
		const char *output, *text, *perfdata;
		int64_t latency_ms;
	} cases[] = {
		{"OK - fine\n", "OK - fine", "", -1},
		{"OK - fine", "OK - fine", "", -1},
		{"", "", "", -1},
		{"\n\nlate\n", "late", "", -1},
		{"HTTP OK | time=0.012345s;1;2;0 size=5B\n", "HTTP OK",
		 "time=0.012345s;1;2;0 size=5B", 12},
		{"PING OK|rta=1.700000ms;200;500 pl=0%;20;60\n", "PING OK",
		 "rta=1.700000ms;200;500 pl=0%;20;60", 1},
		{"x | a=1;2 time=1500us", "x", "a=1;2 time=1500us", 1},
		{"x | time=1", "x", "time=1", -1},
		{"x | runtime=3s", "x", "runtime=3s", -1},
		{"x | time=", "x", "time=", -1},
		{"x | time=-1s", "x", "time=-1s", -1},
		{"|", "", "", -1},
		{"| time=2s", "", "time=2s", 2000},
		{"a | b=1\nlong text\nmore | c=2\n", "a", "b=1 c=2", -1},
		{"a\nlong | c=2 time=3s", "a", "c=2 time=3s", 3000},
		{"a\r\nb", "a", "", -1},
		{"gr\xc3\xb6n \xff\x01 slut", "gr\xc3\xb6n ?  slut", "", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_check_result result = {0};

		vg_plugin_parse(cases[i].output, &result);
		assert_string_equal(result.text, cases[i].text);
		assert_string_equal(result.perfdata, cases[i].perfdata);
		assert_int_equal(result.latency_ms, cases[i].latency_ms);
	}
}

static void
the_exit_status_is_the_state(void **state)
{
	static const struct {
		const char *script;
		enum vg_check_state state;
		const char *text;
	} cases[] = {
		{"echo fine; exit 0", VG_CHECK_OK, "fine"},
		{"echo so so; exit 1", VG_CHECK_WARNING, "so so"},
		{"echo bad; exit 2", VG_CHECK_CRITICAL, "bad"},
		{"echo what; exit 3", VG_CHECK_UNKNOWN, "what"},
		{"exit 2", VG_CHECK_CRITICAL, "no output"},
		{"echo no config >&2; exit 3", VG_CHECK_UNKNOWN, "no output: no config"},
		{"echo fine; exit 4", VG_CHECK_UNKNOWN, "exit status 4, expected 0 to 3"},
		{"echo gone >&2; exit 127", VG_CHECK_UNKNOWN,
		 "exit status 127, expected 0 to 3: gone"},
		{"echo fine; kill -9 $$", VG_CHECK_UNKNOWN, "ended by signal 9"},
		{"echo oops >&2; kill -11 $$", VG_CHECK_UNKNOWN, "ended by signal 11: oops"},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run_shell(rig, cases[i].script);
		assert_int_equal(rig->result.state, cases[i].state);
		assert_string_equal(rig->result.text, cases[i].text);
		assert_true(rig->result.phases.total_ms >= 0);
	}
}

static void
a_flood_is_read_to_its_end_and_cut(void **state)
{
	struct rig *rig = *state;

	run_shell(rig, "yes | head -c 1000000; yes | head -c 500000 >&2; exit 1");
	assert_int_equal(rig->result.state, VG_CHECK_WARNING);
	assert_string_equal(rig->result.text, "(output cut at 8192 bytes) y");
}

static void
an_endless_flood_times_out(void **state)
{
	struct rig *rig = *state;

	configure(rig, "command: [/usr/bin/yes]");
	run(rig, 300);
	assert_int_equal(rig->result.state, VG_CHECK_UNKNOWN);
	assert_string_equal(rig->result.text, "timed out after 0.3 s");
}

static void
a_program_that_hangs_is_what_timeout_state_says(void **state)
{
	struct rig *rig = *state;

	configure(rig, "command: [/bin/sleep, 1000]");
	run(rig, 100);
	assert_int_equal(rig->result.state, VG_CHECK_UNKNOWN);
	configure(rig, "command: [/bin/sleep, 1000]\ntimeout_state: critical");
	run(rig, 100);
	assert_int_equal(rig->result.state, VG_CHECK_CRITICAL);
	assert_string_equal(rig->result.text, "timed out after 0.1 s");
}

static void
one_that_ignores_sigterm_is_killed_with_its_children(void **state)
{
	struct rig *rig = *state;
	int fifo = open_fifo(rig);
	char script[300];

	(void)snprintf(script, sizeof(script),
		       "trap \"\" TERM; exec 9>%s; echo a >&9; sleep 1000 & wait; sleep 1000",
		       rig->fifo);
	configure_shell(rig, script, "");
	run(rig, 500);
	assert_int_equal(rig->result.state, VG_CHECK_UNKNOWN);
	wait_until_nobody_holds(rig, fifo);
}

static void
what_a_program_leaves_in_the_background_is_killed(void **state)
{
	struct rig *rig = *state;
	int fifo = open_fifo(rig);
	char script[300];

	(void)snprintf(script, sizeof(script),
		       "exec 9>%s; echo a >&9; sleep 1000 & echo done; exit 0", rig->fifo);
	run_shell(rig, script); /* the child holds our pipes too: its end is not waited for */
	assert_int_equal(rig->result.state, VG_CHECK_OK);
	assert_string_equal(rig->result.text, "done");
	wait_until_nobody_holds(rig, fifo);
}

static void
a_cancelled_run_ends_without_a_word(void **state)
{
	struct rig *rig = *state;
	int fifo = open_fifo(rig);
	char script[300];

	(void)snprintf(script, sizeof(script), "exec 9>%s; echo a >&9; sleep 1000", rig->fifo);
	configure_shell(rig, script, "");
	begin(rig, LONG_MS);
	assert_non_null(rig->run);
	vg_check_plugin.cancel(rig->run);
	vg_check_plugin.unconfigure(rig->settings); /* as a reload does while it still dies */
	rig->settings = NULL;
	(void)event_base_dispatch(rig->base); /* until no run has an event any more */
	assert_int_equal(rig->results, 0);
	(void)close(fifo);
}

static void
it_gets_a_clean_world(void **state)
{
	struct rig *rig = *state;
	int open_fd = fcntl(STDERR_FILENO, F_DUPFD, 50); /* stays open over exec */
	char script[80];
	sigset_t blocked;

	(void)sigemptyset(&blocked);
	assert_true(open_fd >= 50);
	(void)setenv("VINGA_SECRET", "x", 1);
	(void)signal(SIGPIPE, SIG_IGN);
	run_shell(rig, "cat; echo [$VINGA_SECRET$HOME] $LC_ALL");
	assert_string_equal(rig->result.text, "[] C");
	(void)snprintf(script, sizeof(script), "[ -e /proc/$$/fd/%d ] || echo not there", open_fd);
	run_shell(rig, script);
	assert_string_equal(rig->result.text, "not there");
	run_shell(rig, "kill -13 $$; echo lives"); /* what we ignore, it does not */
	assert_string_equal(rig->result.text, "ended by signal 13");
	(void)sigaddset(&blocked, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &blocked, NULL);
	run_shell(rig, "kill -10 $$; echo lives"); /* nor what we hold back */
	assert_string_equal(rig->result.text, "ended by signal 10");
	run_shell(rig, "exec grep ^SigBlk /proc/self/status");
	assert_string_equal(rig->result.text, "SigBlk: 0000000000000000");
	(void)sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	(void)close(open_fd);
}

/* Set right after the start: so it waits for them. */
static void
it_runs_under_limits(void **state)
{
	struct rig *rig = *state;

	configure_shell(rig,
			"until [ \"$(ulimit -v)\" = 65536 ]; do :; done; ulimit -n; "
			"exit $(ulimit -c)",
			"memory_mib_max: 64");
	run(rig, LONG_MS);
	assert_int_equal(rig->result.state, VG_CHECK_OK);
	assert_string_equal(rig->result.text, "256");
}

static void
what_cannot_be_run_says_why(void **state)
{
	struct rig *rig = *state;

	configure(rig, "command: [/no/such/program, -x]");
	begin(rig, 100);
	assert_null(rig->run);
	assert_string_equal(rig->why, "cannot run /no/such/program: No such file or directory");
}

static void
wrong_settings_are_named_with_their_place(void **state)
{
	static const struct {
		const char *yaml, *error;
	} cases[] = {
		{"timeout_state: unknown", "test:1:1: command: expected a list of 1 to 100 texts: "
					   "the program's path and its arguments"},
		{"command: /bin/true", "test:1:10: command: expected a list of 1 to 100 texts: the "
				       "program's path and its arguments"},
		{"command: [true]",
		 "test:1:11: command: expected the program's absolute path, found \"true\""},
		{"command: [/bin/echo, [a]]", "test:1:22: command: expected a text"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vg_yaml_errors errors = {0};
		struct vg_yaml *yaml =
			vg_yaml_load_bytes("test", cases[i].yaml, strlen(cases[i].yaml), &errors);

		assert_non_null(yaml);
		assert_null(vg_check_plugin.configure(vg_yaml_root(yaml), &errors));
		assert_int_equal(errors.count, 1);
		assert_string_equal(errors.text[0], cases[i].error);
		vg_yaml_errors_free(&errors);
		vg_yaml_free(yaml);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_is_taken_apart),
		cmocka_unit_test_setup_teardown(the_exit_status_is_the_state, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_flood_is_read_to_its_end_and_cut, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_endless_flood_times_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_program_that_hangs_is_what_timeout_state_says,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			one_that_ignores_sigterm_is_killed_with_its_children, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_program_leaves_in_the_background_is_killed,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cancelled_run_ends_without_a_word, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(it_gets_a_clean_world, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_runs_under_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_run_says_why, set_up, tear_down),
		cmocka_unit_test(wrong_settings_are_named_with_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
