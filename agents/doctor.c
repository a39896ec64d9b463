/* doctor.c - looks at each thing that the agent needs, and says the way out of what is wrong.
 *
 * Every look is one line: "ok", "wrong" or "skip", what was looked at, what was found. The hard
 * thing is to change nothing: doctor may be run by root, and a spool that root has made is one that
 * the agent cannot open. */
#include "agents/commands.h"

#include "agents/checks/plugin.h"
#include "agents/daemon.h"
#include "agents/sender.h"
#include "agents/spool.h"

#include <jansson.h>

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROBES_ASKED 50 /* names in one request */

enum finding { FINE, WRONG, SKIPPED };

struct doctor {
	const struct vg_agent_config *config;
	int wrong;
};

static void __attribute__((format(printf, 4, 5)))
say(struct doctor *d, enum finding finding, const char *what, const char *format, ...)
{
	static const char *const words[] = {"ok", "wrong", "skip"};
	char text[VG_ERR_TEXT_MAX + 200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("%-5s  %-8s %s\n", words[finding], what, text);
	d->wrong += finding == WRONG;
}

static void
look_at_token(struct doctor *d)
{
	const char *path = d->config->token_file;
	struct stat file;

	if (stat(path, &file) != 0 || access(path, R_OK) != 0)
		say(d, WRONG, "token",
		    "%s: %s; write the token there, readable by the agent's user", path,
		    strerror(errno));
	else if ((file.st_mode & 037) != 0)
		say(d, WRONG, "token", "%s has mode %03o; others may read it: chmod 0640 or less",
		    path, file.st_mode & 0777);
	else
		say(d, FINE, "token", "%s", path);
}

/* There is no spool yet: the agent will make it. */
static void
look_at_spool_folder(struct doctor *d)
{
	char *path = strdup(d->config->spool);
	const char *folder = path != NULL ? dirname(path) : "/";

	if (access(folder, W_OK | X_OK) == 0)
		say(d, FINE, "spool", "%s is not there yet", d->config->spool);
	else
		say(d, WRONG, "spool", "%s: %s; make it, owned by the agent's user", folder,
		    strerror(errno));
	free(path);
}

static void
look_at_spool(struct doctor *d)
{
	struct vg_spool *spool = NULL;
	struct vg_spool_state state = {0};
	struct vg_err err = {0};
	int rc;

	if (access(d->config->spool, F_OK) != 0) {
		look_at_spool_folder(d);
		return;
	}
	rc = vg_spool_open(&spool, d->config->spool, d->config->spool_bytes_max, &err);
	if (rc == VG_ECONFLICT) {
		say(d, FINE, "spool", "%s is in use by a running agent", d->config->spool);
		return;
	}
	if (rc == 0)
		rc = vg_spool_get_state(spool, &state, &err);
	if (rc != 0)
		say(d, WRONG, "spool", "%s", vg_err_text(&err, rc));
	else
		say(d, FINE, "spool", "%s: %" PRId64 " batches wait, %" PRId64 " samples dropped",
		    d->config->spool, state.batches, state.dropped.count);
	vg_spool_close(spool);
}

/* Checks of type icmp need a socket that an ordinary user may only open by sysctl. */
static void
look_at_ping(struct doctor *d)
{
	bool needed = false;
	int fd;

	for (size_t i = 0; i < d->config->probes; i++)
		needed |= strcmp(d->config->probe[i].type->name, "icmp") == 0;
	if (!needed) {
		say(d, SKIPPED, "ping", "no probe of type icmp");
		return;
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);
	if (fd >= 0) {
		say(d, FINE, "ping", "this user may open ping sockets");
		(void)close(fd);
	} else {
		say(d, WRONG, "ping",
		    "%s; the group of the agent's user must be in net.ipv4.ping_group_range: "
		    "sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"",
		    strerror(errno));
	}
}

static void
look_at_plugins(struct doctor *d)
{
	size_t count = 0, bad = 0;

	for (size_t i = 0; i < d->config->probes; i++) {
		const struct vg_agent_probe *probe = &d->config->probe[i];
		const char *path;
		struct stat file;

		if (probe->type != &vg_check_plugin)
			continue;
		count++;
		path = vg_plugin_path(probe->settings);
		if (stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0)
			continue;
		bad++;
		say(d, WRONG, "plugin", "probe %s: %s is no program that this user may run",
		    probe->name, path);
	}
	if (bad == 0)
		say(d, count > 0 ? FINE : SKIPPED, "plugin", "%zu probes of type plugin", count);
}

/* One GET. False when nobody answered, which has been said. */
static bool
ask(struct doctor *d, const char *what, const char *path, bool with_token,
    struct vg_daemon_reply *reply)
{
	struct curl_slist *headers = NULL;
	struct vg_err err = {0};
	CURL *easy = vg_daemon_handle(d->config, path, reply);
	CURLcode code = CURLE_FAILED_INIT;

	if (easy == NULL)
		say(d, WRONG, what, "out of memory, or a TLS file cannot be read");
	else if (with_token &&
		 vg_daemon_authorize(easy, d->config->token_file, &headers, &err) != 0)
		say(d, WRONG, what, "%s", err.text);
	else {
		code = curl_easy_perform(easy);
		vg_daemon_finish(easy, code, reply, vg_wall_ms());
		if (code != CURLE_OK)
			say(d, WRONG, what, "%s: %s", d->config->daemon, reply->error);
	}
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
	return code == CURLE_OK;
}

static void
look_at_clock(struct doctor *d, const struct vg_daemon_reply *reply)
{
	int64_t offset_ms = reply->clock_offset_ms;

	if (!reply->has_clock)
		say(d, SKIPPED, "clock", "the daemon tells no time");
	else if (offset_ms > VG_SENDER_CLOCK_OFF_MS || offset_ms < -VG_SENDER_CLOCK_OFF_MS)
		say(d, WRONG, "clock", "%" PRId64 " s %s the daemon's; is NTP running on both?",
		    (offset_ms < 0 ? -offset_ms : offset_ms) / 1000,
		    offset_ms < 0 ? "behind" : "ahead of");
	else
		say(d, FINE, "clock", "agrees with the daemon's to the second");
}

/* False: there is no use in asking more. */
static bool
look_at_daemon(struct doctor *d)
{
	struct vg_daemon_reply reply = {0};
	bool answered = ask(d, "daemon", "/health/live", false, &reply);

	if (answered && reply.status == 200)
		say(d, FINE, "daemon", "%s answers", d->config->daemon);
	else if (answered)
		say(d, WRONG, "daemon", "%s answers %ld, expected 200; is it vingad?",
		    d->config->daemon, reply.status);
	if (answered)
		look_at_clock(d, &reply);
	free(reply.text);
	return answered && reply.status == 200;
}

/* Probes from `first` on, by name, as many as one request asks for; malloc'ed. */
static char *
list_probes(const struct vg_agent_config *config, size_t first)
{
	char *path = strdup("/api/v1/agents/self?probes=");

	for (size_t i = first; i < config->probes && i < first + PROBES_ASKED; i++) {
		char *longer = NULL;

		if (path == NULL || asprintf(&longer, "%s%s%s", path, i > first ? "," : "",
					     config->probe[i].name) < 0)
			longer = NULL;
		free(path);
		path = longer;
	}
	return path;
}

/* {"unknown": ["name", ...]}: what the agreement does not know of what was asked. */
static bool
tell_unknown(struct doctor *d, const char *text)
{
	json_t *self = json_loads(text, 0, NULL), *name;
	json_t *unknown = json_object_get(self, "unknown");
	bool is_list = json_is_array(unknown);
	size_t i;

	json_array_foreach(unknown, i, name)
		say(d, WRONG, "probes",
		    "the agreement knows no \"%s\" of this agent: its samples are kept, but count "
		    "for nothing yet",
		    json_is_string(name) ? json_string_value(name) : "");
	if (!is_list)
		say(d, SKIPPED, "probes", "the daemon does not say which it knows");
	json_decref(self);
	return is_list;
}

/* One question about some probes; false when there is no use in asking on. */
static bool
ask_about(struct doctor *d, size_t first)
{
	struct vg_daemon_reply reply = {0};
	char *path = list_probes(d->config, first);
	bool more = false;

	if (path == NULL) {
		say(d, WRONG, "rights", "out of memory");
	} else if (ask(d, "rights", path, true, &reply)) {
		if (reply.status == 401 || reply.status == 403)
			say(d, WRONG, "rights",
			    "the daemon answers %ld: it needs this token's SHA-256 in its "
			    "principals, with role ingest",
			    reply.status);
		else if (reply.status != 200)
			say(d, SKIPPED, "rights", "the daemon answers %ld", reply.status);
		else
			more = tell_unknown(d, reply.length > 0 ? reply.text : "");
	}
	free(path);
	free(reply.text);
	return more;
}

static void
look_at_rights(struct doctor *d)
{
	int wrong = d->wrong;
	size_t asked = 0;

	while (ask_about(d, asked) && (asked += PROBES_ASKED) < d->config->probes)
		;
	if (asked >= d->config->probes && d->wrong == wrong)
		say(d, FINE, "rights", "the token is taken, and the agreement knows all probes");
}

int
vg_agent_doctor(const struct vg_agent_config *config)
{
	struct doctor d = {.config = config};

	say(&d, FINE, "settings", "%zu probes", config->probes);
	look_at_token(&d);
	look_at_spool(&d);
	look_at_ping(&d);
	look_at_plugins(&d);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		say(&d, WRONG, "daemon", "out of memory");
	} else {
		if (look_at_daemon(&d))
			look_at_rights(&d);
		curl_global_cleanup();
	}
	return d.wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
