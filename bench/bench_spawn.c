/* Plugins a second: a trivial program through the agent's runner, against a bare loop of
 * posix_spawn and waitpid in the same run; and what a probe takes in memory. usage: bench_spawn
 * [RUNS] */
#include "agents/checks/plugin.h"
#include "agents/engine.h"
#include "agents/schedule.h"
#include "lib/base/log.h"

#include <malloc.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define PROGRAM "/bin/true"
#define ROUNDS	5 /* the best of each counts */
#define PROBES	10000

struct loop {
	struct event_base *base;
	struct vg_engine *engine;
	void *settings;
	long left, running;
	bool failed;
};

static void on_done(const struct vg_check_result *result, void *arg);

static void
start_one(struct loop *loop)
{
	char why[VG_CHECK_TEXT_MAX + 1];

	loop->left--;
	loop->running++;
	if (vg_check_plugin.start(loop->engine, loop->settings, 10000, on_done, loop, why) != NULL)
		return;
	fprintf(stderr, "bench_spawn: %s\n", why);
	loop->failed = true;
	(void)event_base_loopbreak(loop->base);
}

static void
on_done(const struct vg_check_result *result, void *arg)
{
	struct loop *loop = arg;

	loop->running--;
	loop->failed |= result->state != VG_CHECK_OK;
	if (loop->left > 0)
		start_one(loop);
	else if (loop->running == 0)
		(void)event_base_loopbreak(loop->base);
}

/* Milliseconds of `runs` of our own, `at_a_time` of them beside each other. */
static int64_t
run_ours(struct loop *loop, long runs, long at_a_time)
{
	int64_t start_ms = vg_steady_ms();

	loop->left = runs;
	loop->running = 0;
	for (long i = 0; i < at_a_time && !loop->failed; i++)
		start_one(loop);
	if (!loop->failed)
		(void)event_base_dispatch(loop->base);
	return vg_steady_ms() - start_ms;
}

/* The same number of processes with nothing around them; -1 = they cannot be run. */
static int64_t
run_bare(long runs)
{
	static char *const argument[] = {PROGRAM, NULL}, *const environment[] = {NULL};
	int64_t start_ms = vg_steady_ms();
	int status;
	pid_t pid;

	for (long i = 0; i < runs; i++)
		if (posix_spawn(&pid, PROGRAM, NULL, NULL, argument, environment) != 0 ||
		    waitpid(pid, &status, 0) != pid || status != 0)
			return -1;
	return vg_steady_ms() - start_ms;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a == 0 || b < a ? b : a;
}

static bool
measure_runs(struct loop *loop, long runs)
{
	int64_t bare_ms = 0, ours_ms = 0, beside_ms = 0;

	for (int i = 0; i < ROUNDS && !loop->failed; i++) {
		int64_t ms = run_bare(runs);

		if (ms <= 0)
			return false;
		bare_ms = least(bare_ms, ms);
		ours_ms = least(ours_ms, run_ours(loop, runs, 1));
		beside_ms = least(beside_ms, run_ours(loop, runs, 8));
	}
	if (loop->failed || ours_ms == 0 || beside_ms == 0)
		return false;
	printf("bare posix_spawn: %ld/s\n", runs * 1000 / (long)bare_ms);
	printf("plugin runner, one at a time: %ld/s, ratio %.2f (aim 0.80)\n",
	       runs * 1000 / (long)ours_ms, (double)bare_ms / (double)ours_ms);
	printf("plugin runner, eight at a time: %ld/s, ratio %.2f\n", runs * 1000 / (long)beside_ms,
	       (double)bare_ms / (double)beside_ms);
	return true;
}

/* Settings as YAML of that many probes; malloc'ed. */
static char *
write_settings(long probes, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	if (out == NULL)
		return NULL;
	for (long i = 0; i < probes; i++)
		fprintf(out, "probe-%ld: {command: [%s, -H, host-%ld.example.org, -p, 8443]}\n", i,
			PROGRAM, i);
	return fclose(out) == 0 ? text : NULL;
}

static void
ignore_sample(const struct vg_agent_sample *sample, void *arg)
{
	(void)sample;
	(void)arg;
}

static void
ignore_ready(void *arg)
{
	(void)arg;
}

/* Bytes of the heap for each probe: its settings as read, and its place in the schedule. */
static bool
measure_memory(void)
{
	static struct vg_agent_probe probe[PROBES];
	struct vg_schedule_options options = {.probe = probe,
					      .probes = PROBES,
					      .plugins_max = 50,
					      .on_sample = ignore_sample,
					      .on_ready = ignore_ready};
	struct vg_yaml_errors errors = {0};
	struct vg_schedule *schedule = NULL;
	const struct vg_yaml_node *root;
	struct vg_yaml *yaml;
	size_t length = 0, before, settings;
	char *text = write_settings(PROBES, &length);

	if (text == NULL)
		return false;
	before = mallinfo2().uordblks;
	if ((yaml = vg_yaml_load_bytes("probes", text, length, &errors)) == NULL)
		return false;
	root = vg_yaml_root(yaml);
	for (size_t i = 0; i < PROBES; i++)
		probe[i] = (struct vg_agent_probe){
			.name = root->key[i],
			.type = &vg_check_plugin,
			.settings = vg_check_plugin.configure(root->item[i], &errors),
			.interval_ms = 60000,
			.timeout_ms = 10000};
	settings = mallinfo2().uordblks - before;
	if (errors.count > 0 || vg_schedule_new(&schedule, &options, vg_steady_ms(), NULL) != 0)
		return false;
	printf("memory: %zu bytes a probe (settings %zu)\n",
	       (mallinfo2().uordblks - before) / PROBES + sizeof(probe[0]), settings / PROBES);
	vg_schedule_free(schedule);
	for (size_t i = 0; i < PROBES; i++)
		vg_check_plugin.unconfigure(probe[i].settings);
	vg_yaml_free(yaml);
	free(text);
	return true;
}

int
main(int argc, char **argv)
{
	static const char yaml_text[] = "command: [" PROGRAM "]";
	struct vg_yaml_errors errors = {0};
	struct vg_yaml *yaml =
		vg_yaml_load_bytes("bench", yaml_text, sizeof(yaml_text) - 1, &errors);
	struct loop loop = {.base = event_base_new()};
	long runs = argc == 2 ? strtol(argv[1], NULL, 10) : 2000;
	bool ok = false;

	if (runs < 8) {
		fprintf(stderr, "usage: bench_spawn [RUNS] (8 or more)\n");
		return 2;
	}
	if (yaml != NULL && loop.base != NULL)
		loop.settings = vg_check_plugin.configure(vg_yaml_root(yaml), &errors);
	if (loop.settings != NULL && (loop.engine = vg_engine_new(loop.base, NULL)) != NULL)
		ok = measure_runs(&loop, runs) && measure_memory();
	if (!ok)
		fprintf(stderr, "bench_spawn: it could not be measured\n");
	vg_plugin_end();
	if (loop.settings != NULL)
		vg_check_plugin.unconfigure(loop.settings);
	vg_engine_free(loop.engine);
	if (loop.base != NULL)
		event_base_free(loop.base);
	vg_yaml_free(yaml);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
