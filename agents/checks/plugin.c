/* plugin.c - runs a program and takes its word.
 *
 * posix_spawn with an argument vector, an environment of two variables, and a process group of its
 * own; pipes and a pidfd make all of it events. The hard thing is the end. What counts is the first
 * of exit and deadline; the group is killed while its leader is still unreaped, so that its number
 * can be nobody else's; and a process that not even SIGKILL ends (it hangs in the kernel) is left
 * behind, once for each check, without a place among those that run.
 *
 * Limits are set on the child with prlimit after posix_spawn has returned, when it is in its
 * loader: they are there against accidents, not against malice. A program that leaves its session
 * is ended by the service manager, with the agent. */
#include "agents/checks/plugin.h"

#include "agents/engine.h"
#include "core/ut.h"
#include "lib/base/log.h"

#include <event2/event.h>
#include <event2/event_struct.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES_MAX     256
#define PROCESSES_MAX 1024 /* of the agent's user, all plugins together */
#define DRAIN_READS   32   /* of what is left in a pipe when the program has ended */
#define READ_BYTES    4096

struct plugin {
	char **argument; /* NULL-ended */
	enum vg_check_state timeout_state;
	int64_t memory_bytes_max;
};

enum phase { RUNNING, TERMINATED, KILLED }; /* the last two: reported already, or given up */

struct pipe_end {
	int fd;
	struct event readable;
	char *text; /* of `size` bytes, the last of them for the NUL */
	size_t size, length;
	bool cut;
};

struct vg_check_run {
	struct vg_check_run *prev, *next;
	const struct plugin *plugin; /* NULL when the configuration is gone */
	enum phase phase;
	pid_t pid;
	int pidfd;
	int64_t started_ms, timeout_ms;
	struct event ended, late;
	struct pipe_end out, err;
	vg_check_done_cb *done;
	void *arg;
	char out_text[VG_PLUGIN_OUTPUT_MAX + 1], err_text[VG_PLUGIN_ERROR_MAX + 1];
};

static struct vg_check_run *runs; /* of the process, left-over ones too */

/* Configuration. */

static const char *const keys[] = {"command", "timeout_state", "memory_mib_max", NULL};

static void
unconfigure(void *settings)
{
	struct plugin *plugin = settings;
	struct vg_check_run *run;

	DL_FOREACH(runs, run)
	if (run->plugin == plugin)
		run->plugin = NULL;
	for (size_t i = 0; plugin->argument != NULL && plugin->argument[i] != NULL; i++)
		free(plugin->argument[i]);
	free(plugin->argument);
	free(plugin);
}

static void
read_command(struct plugin *plugin, const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	const struct vg_yaml_node *list = vg_yaml_find(map, "command");

	if (list == NULL || list->type != VG_YAML_LIST || list->count == 0 ||
	    list->count > VG_PLUGIN_ARGUMENTS_MAX) {
		vg_yaml_error(errors, list != NULL ? list : map,
			      "command: expected a list of 1 to %d texts: the program's path and "
			      "its arguments",
			      VG_PLUGIN_ARGUMENTS_MAX);
		return;
	}
	if ((plugin->argument = calloc(list->count + 1, sizeof(*plugin->argument))) == NULL) {
		vg_yaml_error(errors, list, "out of memory");
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (list->item[i]->type != VG_YAML_SCALAR) {
			vg_yaml_error(errors, list->item[i], "command: expected a text");
			return;
		}
		plugin->argument[i] = strdup(list->item[i]->text);
		if (plugin->argument[i] == NULL) {
			vg_yaml_error(errors, list, "out of memory");
			return;
		}
	}
	if (*plugin->argument[0] != '/')
		vg_yaml_error(errors, list->item[0],
			      "command: expected the program's absolute path, found \"%.80s\"",
			      plugin->argument[0]);
}

static void *
configure(const struct vg_yaml_node *map, struct vg_yaml_errors *errors)
{
	static const char *const states[] = {"critical", "unknown", NULL};
	struct plugin *plugin = calloc(1, sizeof(*plugin));
	size_t before = errors->count;

	if (plugin == NULL)
		return NULL;
	read_command(plugin, map, errors);
	plugin->timeout_state = vg_yaml_get_word(map, "timeout_state", states, 1, errors) == 0
					? VG_CHECK_CRITICAL
					: VG_CHECK_UNKNOWN;
	plugin->memory_bytes_max =
		vg_yaml_get_int(map, "memory_mib_max", false, 16, 1 << 20, 1024, errors) << 20;
	if (errors->count == before)
		return plugin;
	unconfigure(plugin);
	return NULL;
}

const char *
vg_plugin_path(const void *settings)
{
	return ((const struct plugin *)settings)->argument[0];
}

/* The process. */

static void
kill_group(const struct vg_check_run *run, int signal_number)
{
	(void)kill(-run->pid, signal_number);
}

static void
limit(pid_t pid, int what, int64_t value)
{
	const struct rlimit bounds = {(rlim_t)value, (rlim_t)value};

	(void)prlimit(pid, (__rlimit_resource_t)what, &bounds, NULL); /* ESRCH: it has ended */
}

static void
set_limits(pid_t pid, const struct plugin *plugin, int64_t timeout_ms)
{
	limit(pid, RLIMIT_CPU, timeout_ms / 1000 + 1);
	limit(pid, RLIMIT_AS, plugin->memory_bytes_max);
	limit(pid, RLIMIT_NOFILE, FILES_MAX);
	limit(pid, RLIMIT_NPROC, PROCESSES_MAX);
	limit(pid, RLIMIT_CORE, 0);
}

/* Standard input is empty, output and error are the pipes, and nothing else is open. */
static int
spawn(pid_t *pid, const struct plugin *plugin, int out_fd, int err_fd)
{
	static char *const environment[] = {
		"LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int rc;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	if ((rc = posix_spawn_file_actions_init(&files)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&attributes)) != 0) {
		(void)posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	if ((rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&files, out_fd, 1)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&files, err_fd, 2)) == 0 &&
	    (rc = posix_spawn_file_actions_addclosefrom_np(&files, 3)) == 0 &&
	    (rc = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
	    (rc = posix_spawnattr_setsigdefault(&attributes, &all)) == 0 &&
	    (rc = posix_spawnattr_setpgroup(&attributes, 0)) == 0 &&
	    (rc = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
								POSIX_SPAWN_SETSIGDEF |
								POSIX_SPAWN_SETPGROUP)) == 0)
		rc = posix_spawn(pid, plugin->argument[0], &files, &attributes, plugin->argument,
				 environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);
	return rc;
}

/* What it prints. */

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void
close_pipe(struct pipe_end *end)
{
	if (end->fd >= 0)
		(void)event_del(&end->readable);
	close_fd(&end->fd);
}

/* One read; false when there is nothing more for now. */
static bool
read_some(struct pipe_end *end)
{
	char past[READ_BYTES];
	size_t room = end->size - 1 - end->length;
	ssize_t got = read(end->fd, room > 0 ? end->text + end->length : past,
			   room > 0 ? room : sizeof(past));

	if (got < 0)
		return errno == EINTR;
	if (got == 0) {
		close_pipe(end);
		return false;
	}
	if (room > 0)
		end->length += (size_t)got;
	else
		end->cut = true;
	return true;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)read_some(arg); /* the loop comes again while there is more */
}

static void
drain(struct pipe_end *end)
{
	for (int i = 0; i < DRAIN_READS && end->fd >= 0 && read_some(end); i++)
		;
	end->text[end->length] = '\0';
}

/* The end. */

static void
run_free(struct vg_check_run *run)
{
	close_pipe(&run->out);
	close_pipe(&run->err);
	(void)event_del(&run->ended);
	(void)event_del(&run->late);
	close_fd(&run->pidfd);
	DL_DELETE(runs, run);
	free(run);
}

/* The first line that the program wrote there; "" = none. */
static int
first_line_length(const char *text)
{
	return (int)strcspn(text, "\r\n");
}

static void
set_unknown(struct vg_check_result *result, const char *reason, const char *err_text)
{
	int length = first_line_length(err_text);

	result->state = VG_CHECK_UNKNOWN;
	vg_check_text(result, "%s%s%.*s", reason, length > 0 ? ": " : "", length, err_text);
}

/* What exit code and output say together. */
static void
judge(const struct vg_check_run *run, const siginfo_t *how, struct vg_check_result *result)
{
	char reason[80], said[VG_CHECK_TEXT_MAX + 1];

	vg_plugin_parse(run->out.text, result);
	if (how->si_code != CLD_EXITED) {
		(void)snprintf(reason, sizeof(reason), "ended by signal %d", how->si_status);
		set_unknown(result, reason, run->err.text);
		return;
	}
	if (how->si_status < VG_CHECK_OK || how->si_status > VG_CHECK_UNKNOWN) {
		(void)snprintf(reason, sizeof(reason), "exit status %d, expected 0 to 3",
			       how->si_status);
		set_unknown(result, reason, run->err.text);
		return;
	}
	result->state = (enum vg_check_state)how->si_status;
	if (*result->text == '\0' && result->state == VG_CHECK_UNKNOWN)
		set_unknown(result, "no output", run->err.text);
	else if (*result->text == '\0')
		vg_check_text(result, "no output");
	if (run->out.cut) {
		memcpy(said, result->text, sizeof(said));
		vg_check_text(result, "(output cut at %d bytes) %s", VG_PLUGIN_OUTPUT_MAX, said);
	}
}

static void
on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct vg_check_result result = {.latency_ms = -1, .phases = {-1, -1, -1, -1, -1}};
	struct vg_check_run *run = arg;
	vg_check_done_cb *done = run->phase == RUNNING ? run->done : NULL;
	void *done_arg = run->arg;
	siginfo_t how = {0};

	(void)fd;
	(void)what;
	kill_group(run, SIGKILL); /* what it left in the background; it is a zombie itself */
	if (waitid(P_PIDFD, (id_t)run->pidfd, &how, WEXITED | WNOHANG) != 0 || how.si_pid == 0)
		return; /* not yet: the pidfd stays readable when it has */
	if (done != NULL) {
		drain(&run->out);
		drain(&run->err);
		judge(run, &how, &result);
		result.phases.total_ms = vg_steady_ms() - run->started_ms;
	}
	run_free(run);
	if (done != NULL)
		done(&result, done_arg);
}

/* From here on nobody waits for the run; it is asked to end, then made to. */
static void
dismiss(struct vg_check_run *run)
{
	static const struct timeval patience = {VG_PLUGIN_KILL_MS / 1000, 0};

	run->phase = TERMINATED;
	run->done = NULL;
	close_pipe(&run->out);
	close_pipe(&run->err);
	kill_group(run, SIGTERM);
	(void)event_add(&run->late, &patience);
}

static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	struct vg_check_result result = {.latency_ms = -1, .phases = {-1, -1, -1, -1, -1}};
	struct vg_check_run *run = arg;
	vg_check_done_cb *done = run->done;
	void *done_arg = run->arg;

	(void)fd;
	(void)what;
	if (run->phase != RUNNING) {
		run->phase = KILLED;
		kill_group(run, SIGKILL);
		return;
	}
	result.state = run->plugin != NULL ? run->plugin->timeout_state : VG_CHECK_UNKNOWN;
	vg_check_text(&result, "timed out after %g s", (double)run->timeout_ms / 1000);
	dismiss(run);
	done(&result, done_arg);
}

static void
cancel(struct vg_check_run *run)
{
	VG_ASSERT(run->phase == RUNNING);
	dismiss(run);
}

void
vg_plugin_end(void)
{
	struct vg_check_run *run, *next;

	DL_FOREACH_SAFE(runs, run, next)
	{
		kill_group(run, SIGKILL);
		run_free(run);
	}
}

/* The beginning. */

static bool
is_left_over(const struct plugin *plugin)
{
	struct vg_check_run *run;

	DL_FOREACH(runs, run)
	if (run->plugin == plugin && run->phase == KILLED)
		return true;
	return false;
}

/* Pipes, process and pidfd; why it failed, as an errno. */
static int
launch(struct vg_check_run *run, int64_t timeout_ms)
{
	int out[2] = {-1, -1}, err[2] = {-1, -1}, rc = 0;

	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(err[0], F_SETFL, O_NONBLOCK) != 0)
		rc = errno;
	if (rc == 0)
		rc = spawn(&run->pid, run->plugin, out[1], err[1]);
	close_fd(&out[1]);
	close_fd(&err[1]);
	if (rc == 0 && (run->pidfd = pidfd_open(run->pid, 0)) < 0) {
		rc = errno;
		kill_group(run, SIGKILL);
		(void)waitpid(run->pid, NULL, 0);
	}
	if (rc != 0) {
		close_fd(&out[0]);
		close_fd(&err[0]);
		return rc;
	}
	set_limits(run->pid, run->plugin, timeout_ms);
	run->out.fd = out[0];
	run->err.fd = err[0];
	return 0;
}

/* False: the loop takes no more (memory, or the kernel's bound on watches). */
static bool
watch(struct vg_check_run *run, int64_t timeout_ms)
{
	const struct timeval deadline = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	return event_add(&run->late, &deadline) == 0 && event_add(&run->ended, NULL) == 0 &&
	       event_add(&run->out.readable, NULL) == 0 && event_add(&run->err.readable, NULL) == 0;
}

static void
assign(struct vg_check_run *run, struct event_base *base)
{
	const short read = EV_READ | EV_PERSIST;
	struct pipe_end *out = &run->out, *err = &run->err;

	VG_ASSERT(event_assign(&run->late, base, -1, 0, on_late, run) == 0);
	VG_ASSERT(event_assign(&run->ended, base, run->pidfd, read, on_ended, run) == 0);
	VG_ASSERT(event_assign(&out->readable, base, out->fd, read, on_readable, out) == 0);
	VG_ASSERT(event_assign(&err->readable, base, err->fd, read, on_readable, err) == 0);
}

/* Says why a run could not be started. */
static struct vg_check_run *
refuse(char *why, const char *what, const char *reason)
{
	(void)snprintf(why, VG_CHECK_TEXT_MAX + 1, "%.120s%s%.60s", what,
		       *reason != '\0' ? ": " : "", reason);
	return NULL;
}

/* Its texts stay as they are: they are read up to their length. */
static struct vg_check_run *
run_new(const struct plugin *plugin, int64_t timeout_ms, vg_check_done_cb *done, void *arg)
{
	struct vg_check_run *run = malloc(sizeof(*run));

	if (run == NULL)
		return NULL;
	memset(run, 0, offsetof(struct vg_check_run, out_text));
	run->plugin = plugin;
	run->started_ms = vg_steady_ms();
	run->timeout_ms = timeout_ms;
	run->done = done;
	run->arg = arg;
	run->out = (struct pipe_end){.text = run->out_text, .size = sizeof(run->out_text)};
	run->err = (struct pipe_end){.text = run->err_text, .size = sizeof(run->err_text)};
	return run;
}

static struct vg_check_run *
start(struct vg_engine *engine, const void *settings, int64_t timeout_ms, vg_check_done_cb *done,
      void *arg, char *why)
{
	const struct plugin *plugin = settings;
	struct vg_check_run *run;
	char what[130];
	int rc;

	if (is_left_over(plugin))
		return refuse(why, "the process of an earlier run hangs and cannot be killed", "");
	if ((run = run_new(plugin, timeout_ms, done, arg)) == NULL)
		return refuse(why, "out of memory", "");
	if ((rc = launch(run, timeout_ms)) != 0) {
		free(run);
		(void)snprintf(what, sizeof(what), "cannot run %s", plugin->argument[0]);
		return refuse(why, what, strerror(rc));
	}
	DL_APPEND(runs, run);
	assign(run, vg_engine_base(engine));
	if (watch(run, timeout_ms))
		return run;
	kill_group(run, SIGKILL);
	(void)waitpid(run->pid, NULL, 0);
	run_free(run);
	return refuse(why, "the event loop takes no more", "");
}

const struct vg_check_type vg_check_plugin = {
	.name = "plugin",
	.keys = keys,
	.configure = configure,
	.unconfigure = unconfigure,
	.start = start,
	.cancel = cancel,
};
