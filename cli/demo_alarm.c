/* demo_alarm.c - alarms for the demonstration: a server that is down, the ports of a switch, and a
 * power supply on battery, all of a made-up site in Alingsås.
 *
 * With VINGA_DEMO_TRAPS ("community@address:port", which ./run sets when the tools are there) the
 * switch and the power supply say it themselves, by real SNMP traps; else all goes through the API.
 */
#include "cli/alarm_view.h"
#include "cli/commands.h"
#include "core/event.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define PORTS 5

extern char **environ;

/* --- by the API --- */

static json_t *
notice(const char *resource, const char *type, const char *severity, const char *category,
       const char *text)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "at_ms",
			 (json_int_t)time(NULL) * 1000, "resource", resource, "type", type,
			 "severity", severity, "category", category, "service", "journal_kommun",
			 "municipality", "1489", "text", text);
}

static json_t *
notices(bool end, bool devices)
{
	json_t *list = json_array();

	(void)json_array_append_new(list,
				    notice("demo-app-1", "host-down", end ? "cleared" : "critical",
					   "availability", "servern svarar inte"));
	for (int port = 1; devices && port <= PORTS; port++) {
		char resource[32];

		(void)snprintf(resource, sizeof(resource), "demo-sw-1/ge-0/0/%d", port);
		(void)json_array_append_new(list,
					    notice(resource, "link-down", end ? "cleared" : "major",
						   "availability", "länken är nere"));
	}
	if (devices)
		(void)json_array_append_new(
			list, notice("demo-ups-1", "power-on-battery", end ? "cleared" : "minor",
				     "environment", "strömavbrott: batteriet räcker 12 minuter"));
	return list;
}

static int
post(struct vg_cli *cli, bool end, bool devices)
{
	json_t *event = json_pack("{s:i, s:s, s:I, s:{s:o}}", "v", VG_EVENT_VERSION, "kind",
				  "alarms.reported", "occurred_ms", (json_int_t)time(NULL) * 1000,
				  "body", "notices", notices(end, devices));
	json_t *reply = NULL;
	int rc = vg_remote_call(cli, "POST", "/api/v1/events", event, &reply);

	json_decref(event);
	json_decref(reply);
	return rc;
}

/* --- by traps --- */

/* snmptrap's arguments behind the address, up to NULL. */
static int
send_trap(const struct vg_cli *cli, const char *community, const char *address,
	  const char *const *arguments)
{
	const char *argv[32] = {"snmptrap", "-v2c", "-c", community, address, ""};
	int count = 6, status = 0, rc;
	pid_t child;

	while (*arguments != NULL && count < 31)
		argv[count++] = *arguments++;
	rc = posix_spawnp(&child, "snmptrap", NULL, NULL, (char *const *)(uintptr_t)argv, environ);
	if (rc != 0)
		return vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "snmptrap: %s", strerror(rc));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0
		       ? 0
		       : vg_cli_fail(cli, VG_EXIT_UNREACHABLE, "snmptrap to %s failed", address);
}

static int
send_link(const struct vg_cli *cli, const char *community, const char *address, int port, bool up)
{
	char index[40], admin[40], oper[40], name[48], number[16], text[24];

	(void)snprintf(number, sizeof(number), "%d", port);
	(void)snprintf(index, sizeof(index), "1.3.6.1.2.1.2.2.1.1.%d", port);
	(void)snprintf(admin, sizeof(admin), "1.3.6.1.2.1.2.2.1.7.%d", port);
	(void)snprintf(oper, sizeof(oper), "1.3.6.1.2.1.2.2.1.8.%d", port);
	(void)snprintf(name, sizeof(name), "1.3.6.1.2.1.31.1.1.1.1.%d", port);
	(void)snprintf(text, sizeof(text), "ge-0/0/%d", port);
	return send_trap(cli, community, address,
			 (const char *[]){up ? "1.3.6.1.6.3.1.1.5.4" : "1.3.6.1.6.3.1.1.5.3", index,
					  "i", number, admin, "i", "1", oper, "i", up ? "1" : "2",
					  name, "s", text, NULL});
}

static int
send_traps(const struct vg_cli *cli, const char *where, bool end)
{
	/* upsTrapOnBattery: minutes left, seconds on battery, minutes at which it is low */
	static const char *const on_battery[] = {"1.3.6.1.2.1.33.2.1",
						 "1.3.6.1.2.1.33.1.2.3.0",
						 "i",
						 "12",
						 "1.3.6.1.2.1.33.1.2.2.0",
						 "i",
						 "30",
						 "1.3.6.1.2.1.33.1.9.7.0",
						 "i",
						 "5",
						 NULL};
	/* upsTrapAlarmEntryRemoved: it was on battery */
	static const char *const mains_back[] = {"1.3.6.1.2.1.33.2.4",
						 "1.3.6.1.2.1.33.1.6.2.1.1.1",
						 "i",
						 "1",
						 "1.3.6.1.2.1.33.1.6.2.1.2.1",
						 "o",
						 "1.3.6.1.2.1.33.1.6.3.2",
						 NULL};
	const char *at = strchr(where, '@');
	char community[64];
	int rc = 0;

	if (at == NULL || (size_t)(at - where) >= sizeof(community))
		return vg_cli_fail(cli, VG_EXIT_USAGE,
				   "VINGA_DEMO_TRAPS=%s: expected community@address:port", where);
	(void)snprintf(community, sizeof(community), "%.*s", (int)(at - where), where);
	for (int port = 1; port <= PORTS && rc == 0; port++)
		rc = send_link(cli, community, at + 1, port, end);
	if (rc == 0)
		rc = send_trap(cli, community, at + 1, end ? mains_back : on_battery);
	return rc;
}

/* Made-up alarms have no business in a real ledger. */
static int
require_demonstration(struct vg_cli *cli)
{
	json_t *status;
	int rc = vg_remote_call(cli, "GET", "/api/v1/status", NULL, &status);

	if (rc != 0)
		return rc;
	if (strcmp(vg_alarm_text(status, "purpose"), "demonstration") != 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS,
				 "this is no demonstration: its purpose is \"%s\"",
				 vg_alarm_text(status, "purpose"));
	json_decref(status);
	return rc;
}

int
vg_run_demo_alarm(struct vg_cli *cli)
{
	const bool end = vg_cli_flag(cli, "end");
	const char *traps = getenv("VINGA_DEMO_TRAPS");
	int rc = require_demonstration(cli);

	if (traps != NULL && *traps == '\0')
		traps = NULL;
	if (rc == 0)
		rc = post(cli, end, traps == NULL);
	if (rc == 0 && traps != NULL)
		rc = send_traps(cli, traps, end);
	if (rc != 0)
		return rc;
	puts(end ? "Larmen har upphört; vinga alarm list --ended."
		 : "Larm har skickats; vinga alarm list, vinga proposal list, och vinga demo alarm "
		   "--end när du är klar.");
	return VG_EXIT_OK;
}
