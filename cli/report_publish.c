/* report_publish.c - the month's reports, made when the month's last statement is available: of the
 * region, of each federation, and of each municipality beside its statement.
 *
 * They are of the row that closed the month, however late they are made: so they agree with the
 * statements, and the next month's corrections are told from exactly what they say. The hard thing
 * is that what has been published is never made again: a report is due only while the ledger has no
 * row with its files. */
#include "cli/report.h"

#include "cli/replay.h"
#include "core/fee.h"

#include <stdio.h>
#include <string.h>

#define DIRECTORY_BYTES 4096
#define SCOPE_BYTES	(sizeof("municipality:") + VG_AGREEMENT_TEXT_MAX)

struct publishing {
	struct vg_cli *cli;
	const char *directory;
	const struct vg_core *now;
	struct vg_pg *pg;		 /* NULL until something is due */
	struct vg_replayed then, before; /* where the month, and the one before, were closed */
	size_t count;
};

static const struct vg_agreement *
agreement_of(const struct vg_core *core, int month)
{
	return vg_core_agreement_at(core, vg_report_instant_ms(core, month, INT64_MAX) - 1);
}

/* Every member's statement is there for it to read. */
static bool
is_settled(const struct vg_core *core, int month)
{
	const struct vg_agreement *agreement = agreement_of(core, month);
	size_t members = 0;

	for (size_t i = 0; agreement != NULL && i < agreement->municipalities; i++) {
		const char *code = agreement->municipality[i].code;
		const struct vg_statement *statement = vg_fee_statement(core, code, month);
		struct vg_fee_month part;

		if (!vg_fee_month(core, code, month, &part) || part.live_days == 0)
			continue;
		if (statement == NULL || statement->state != VG_STATEMENT_CLOSED ||
		    statement->published_ms < 0)
			return false;
		members++;
	}
	return members > 0;
}

static bool
is_published(const struct vg_core *core, int month, const char *scope)
{
	const struct vg_report_made *report;

	for (size_t i = 0; (report = vg_core_item(core, VG_OBJECT_REPORT, i)) != NULL; i++)
		if (report->month == month && report->files > 0 &&
		    strcmp(report->scope, scope) == 0)
			return true;
	return false;
}

/* Reads on to where the month was closed, and to where the one before was. */
static int
read_on(struct publishing *publishing, int month)
{
	int64_t before_seq = vg_report_before_seq(publishing->now, month);
	int rc = 0;

	if (publishing->pg == NULL)
		rc = vg_replay_open(publishing->cli, &publishing->pg);
	if (rc == 0)
		rc = vg_replay_row(publishing->cli, publishing->pg,
				   vg_report_before_seq(publishing->now, month + 1),
				   &publishing->then);
	if (rc == 0 && before_seq > 0)
		rc = vg_replay_row(publishing->cli, publishing->pg, before_seq,
				   &publishing->before);
	return rc == 0 ? vg_replay_zone(publishing->cli, publishing->then.core) : rc;
}

/* code: the directory below the month's, "" = the month's own. */
static int
publish_one(struct publishing *publishing, int month, const char *scope, const char *code)
{
	char directory[DIRECTORY_BYTES];
	const struct vg_report_order order = {
		.directory = directory, .scope = scope, .month = month, .published = true};
	int rc = 0;

	if (is_published(publishing->now, month, scope))
		return 0;
	if ((size_t)snprintf(directory, sizeof(directory), "%s/%04d-%02d/%s", publishing->directory,
			     month / 12, month % 12 + 1, code) >= sizeof(directory))
		return vg_cli_fail(publishing->cli, VG_EXIT_USAGE, "--out: the path is too long");
	rc = read_on(publishing, month);
	if (rc == 0)
		rc = vg_report_make(
			publishing->cli, &order, publishing->then.core, publishing->then.head,
			vg_report_before_seq(publishing->now, month) > 0 ? publishing->before.core
									 : NULL);
	publishing->count += rc == 0;
	return rc;
}

static bool
is_first(const struct vg_agreement *agreement, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(agreement->municipality[i].federation,
			   agreement->municipality[at].federation) == 0)
			return false;
	return true;
}

static int
publish_federation(struct publishing *publishing, int month, const char *federation)
{
	char scope[SCOPE_BYTES];

	(void)snprintf(scope, sizeof(scope), "federation:%s", federation);
	return publish_one(publishing, month, scope, "");
}

/* Beside its statement. */
static int
publish_municipality(struct publishing *publishing, int month, const char *code)
{
	const struct vg_statement *statement = vg_fee_statement(publishing->now, code, month);
	char scope[SCOPE_BYTES];

	if (statement == NULL)
		return 0;
	(void)snprintf(scope, sizeof(scope), "municipality:%s", code);
	return publish_one(publishing, month, scope, code);
}

static int
publish_month(struct publishing *publishing, int month)
{
	const struct vg_agreement *agreement = agreement_of(publishing->now, month);
	int rc = publish_one(publishing, month, "", "");

	for (size_t i = 0; i < agreement->municipalities && rc == 0; i++)
		if (*agreement->municipality[i].federation != '\0' && is_first(agreement, i))
			rc = publish_federation(publishing, month,
						agreement->municipality[i].federation);
	for (size_t i = 0; i < agreement->municipalities && rc == 0; i++)
		rc = publish_municipality(publishing, month, agreement->municipality[i].code);
	return rc;
}

/* The first and the last month that have statements; false = there are none. */
static bool
months_of(const struct vg_core *core, int *first, int *last)
{
	const struct vg_statement *statement;
	bool any = false;

	for (size_t i = 0; (statement = vg_core_item(core, VG_OBJECT_STATEMENT, i)) != NULL; i++) {
		if (!any || statement->month < *first)
			*first = statement->month;
		if (!any || statement->month > *last)
			*last = statement->month;
		any = true;
	}
	return any;
}

int
vg_report_publish(struct vg_cli *cli, const char *directory, const struct vg_core *now,
		  size_t *count)
{
	struct publishing publishing = {.cli = cli, .directory = directory, .now = now};
	int first = 0, last = -1, rc = 0;

	if (months_of(now, &first, &last))
		for (int month = first; month <= last && rc == 0; month++)
			if (is_settled(now, month))
				rc = publish_month(&publishing, month);
	vg_pg_close(publishing.pg);
	vg_replay_fini(&publishing.then);
	vg_replay_fini(&publishing.before);
	*count = publishing.count;
	return rc;
}
