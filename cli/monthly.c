/* monthly.c - what the calendar does: preliminary statements when a month has ended, the second yes
 * on its closing day where that is agreed, what has been closed made available, and the month's
 * reports when all of it is.
 *
 * It is run every morning by a timer and does what is due and not yet done, so a day that was
 * missed is caught up with, and running it twice does nothing twice. */
#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/report.h"
#include "core/fee.h"
#include "lib/civil/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PATH_BYTES 4096

struct monthly {
	struct vg_cli *cli;
	const char *directory;
	struct vg_replayed now;
	int64_t today; /* local day */
	int month;     /* the one that ended last */
};

static int
local_today(struct monthly *monthly)
{
	const char *text = vg_cli_value(monthly->cli, "today", NULL);
	int64_t now_ms = (int64_t)time(NULL) * 1000;
	struct vg_err err = {0};
	struct vg_civil local;

	if (text != NULL && vg_civil_parse(text, "%Y-%m-%d", &now_ms, &err) != 0)
		return vg_cli_fail(monthly->cli, VG_EXIT_MALFORMED, "--today: %s", err.text);
	vg_civil_from_utc_ms(now_ms, &local);
	monthly->today = vg_civil_days(local.year, local.month, local.day);
	monthly->month = local.year * 12 + local.month - 2;
	return 0;
}

/* --- preliminary --- */

static int
write_preliminary(struct monthly *monthly, const char *directory)
{
	struct vg_err err = {0};
	json_t *models =
		vg_statement_models(monthly->now.core, monthly->month, "", monthly->now.head, &err);
	const json_t *model;
	size_t i;
	int rc = 0;

	if (models == NULL)
		return vg_cli_fail(monthly->cli, vg_cli_exit_of(err.code), "%s", err.text);
	json_array_foreach(json_object_get(models, "municipalities"), i, model)
	{
		rc = vg_statement_write(monthly->cli, directory, model, NULL);
		if (rc != 0)
			break;
	}
	json_decref(models);
	return rc;
}

static bool
has_open(const struct monthly *monthly)
{
	const struct vg_agreement *agreement = vg_core_agreement_latest(monthly->now.core);

	for (size_t i = 0; i < agreement->municipalities; i++) {
		const struct vg_statement *statement = vg_fee_statement(
			monthly->now.core, agreement->municipality[i].code, monthly->month);

		if (statement == NULL || statement->state != VG_STATEMENT_CLOSED)
			return true;
	}
	return false;
}

static int
preliminary(struct monthly *monthly)
{
	char path[PATH_BYTES];
	struct stat stat_;

	if ((size_t)snprintf(path, sizeof(path), "%s/%04d-%02d/preliminary", monthly->directory,
			     monthly->month / 12, monthly->month % 12 + 1) >= sizeof(path))
		return vg_cli_fail(monthly->cli, VG_EXIT_USAGE, "--out: the path is too long");
	if (stat(path, &stat_) == 0 || !has_open(monthly))
		return 0;
	return write_preliminary(monthly, path);
}

/* --- the second yes --- */

static int
approve(struct monthly *monthly, const struct vg_act *act)
{
	json_t *body = json_pack("{sb ss}", "automatic", true, "reason",
				 "avtalad dag för fastställande"),
	       *reply = NULL;
	char path[96];
	int rc;

	(void)snprintf(path, sizeof(path), "/api/v1/acts/P-%" PRId64 "/approve", act->id);
	rc = vg_remote_call(monthly->cli, "POST", path, body, &reply);
	if (rc == 0)
		printf("P-%" PRId64 ": godkänd av kalendern\n", act->id);
	json_decref(body);
	json_decref(reply);
	return rc;
}

static int
approve_waiting(struct monthly *monthly)
{
	const struct vg_act *act;
	int rc = 0;

	for (size_t i = 0;
	     (act = vg_core_item(monthly->now.core, VG_OBJECT_ACT, i)) != NULL && rc == 0; i++) {
		int64_t day;

		if (act->kind != VG_ACT_CLOSE || act->state != VG_ACT_WAITING)
			continue;
		day = vg_fee_closing_day(monthly->now.core, act->month);
		if (day >= 0 && monthly->today >= day)
			rc = approve(monthly, act);
	}
	return rc;
}

/* With what this run has published. */
static int
read_again(struct monthly *monthly)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	int rc = vg_remote_settle(monthly->cli);

	vg_replay_fini(&monthly->now);
	return rc == 0 ? vg_replay_sound(monthly->cli, &all, &monthly->now) : rc;
}

static int
run(struct monthly *monthly)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	const struct vg_agreement *agreement;
	size_t count = 0, reports = 0;
	int rc = vg_replay_sound(monthly->cli, &all, &monthly->now);

	if (rc == 0)
		rc = vg_replay_zone(monthly->cli, monthly->now.core);
	if (rc == 0)
		rc = local_today(monthly);
	if (rc != 0)
		return rc;
	agreement = vg_core_agreement_latest(monthly->now.core);
	if (!agreement->fee.agreed)
		return vg_cli_fail(monthly->cli, VG_EXIT_DIFFERS,
				   "the agreement says nothing of a fee");
	rc = preliminary(monthly);
	if (rc == 0 && agreement->fee.automatic_close)
		rc = approve_waiting(monthly);
	if (rc == 0)
		rc = vg_publish(monthly->cli, monthly->directory, 0, NULL, &count);
	if (rc == 0 && count > 0)
		rc = read_again(monthly);
	if (rc == 0)
		rc = vg_report_publish(monthly->cli, monthly->directory, monthly->now.core,
				       &reports);
	if (rc == 0)
		printf("%zu underlag och %zu rapporter tillgängliggjorda\n", count, reports);
	return rc;
}

int
vg_run_monthly(struct vg_cli *cli)
{
	struct monthly monthly = {.cli = cli, .directory = vg_cli_value(cli, "out", ".")};
	int rc = run(&monthly);

	vg_replay_fini(&monthly.now);
	return rc;
}
