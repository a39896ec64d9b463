/* report.c - a month from the ledger: the report's files, and the check that it still comes out the
 * same.
 *
 * Everything is evaluated at the last row's time of reception, never at the clock on the wall: so
 * the same prefix gives the same bytes, whoever runs it and when. */
#include "lib/report/report.h"

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "cli/table_diff.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
write_files(const struct vg_cli *cli, const char *month, const json_t *model)
{
	static const struct vg_file_form forms[] = {
		{".html", vg_report_html},
		{".csv", vg_report_cells_csv},
		{"-tickets.csv", vg_report_tickets_csv},
		{"-availability.csv", vg_report_availability_csv},
		{".json", vg_files_json},
		{NULL, NULL}};
	struct vg_files files;
	char stem[64];
	int rc = vg_files_open(cli, &files, vg_cli_value(cli, "out", "."));

	(void)snprintf(stem, sizeof(stem), "vinga-%s", month);
	if (rc == 0)
		rc = vg_files_write(cli, &files, stem, forms, model);
	vg_files_close(&files);
	return rc;
}

/* That the report was made, and from what, becomes an event; `verify` holds it to that later. */
static int
say_made(struct vg_cli *cli, const char *month, const struct vg_replayed *replayed, const char *sha)
{
	json_t *body, *reply = NULL;
	int rc;

	body = json_pack("{ss sI ss ss}", "month", month, "as_of_seq", (json_int_t)replayed->seq,
			 "head", replayed->head, "model_sha256", sha);
	rc = body != NULL ? vg_remote_call(cli, "POST", "/api/v1/reports", body, &reply)
			  : VG_EXIT_DIFFERS;
	json_decref(body);
	json_decref(reply);
	return rc;
}

int
vg_run_report(struct vg_cli *cli)
{
	struct vg_replayed replayed = {0};
	struct vg_as_of as_of;
	struct vg_err err = {0};
	json_t *model = NULL;
	char sha[65];
	int month, rc;

	if ((rc = vg_cli_month(cli, cli->operand[0], &month)) != 0 ||
	    (rc = vg_cli_as_of(cli, &as_of)) != 0 ||
	    (rc = vg_replay_sound(cli, &as_of, &replayed)) != 0 ||
	    (rc = vg_replay_zone(cli, replayed.core)) != 0)
		goto out;
	model = vg_report_model(replayed.core, month, replayed.received_ms, replayed.head, &err);
	if (model == NULL || vg_report_sha256(model, sha) != 0) {
		rc = vg_cli_fail(cli, vg_cli_exit_of(err.code), "%s: %s", cli->operand[0],
				 err.text);
		goto out;
	}
	rc = write_files(cli, cli->operand[0], model);
	if (rc == 0)
		printf("ledger row %" PRId64 ", chain head %s\nmodel SHA-256 %s\n", replayed.seq,
		       replayed.head, sha);
	if (rc == 0 && !vg_cli_flag(cli, "unrecorded"))
		rc = say_made(cli, cli->operand[0], &replayed, sha);
out:
	json_decref(model);
	vg_replay_fini(&replayed);
	return rc;
}

/* Verify. */

struct made {
	int64_t as_of_seq;
	char sha[65];
	int64_t seq;
};

struct made_list {
	int month;
	size_t count;
	bool failed;
	struct made *row;
};

static bool
collect_made(const struct vg_object *object, void *arg)
{
	struct made_list *list = arg;
	const struct vg_report_made *report = object->of.report;
	struct made *row;

	if (object->type != VG_OBJECT_REPORT || report->month != list->month)
		return true;
	row = reallocarray(list->row, list->count + 1, sizeof(*row));
	if (row == NULL) {
		list->failed = true;
		return false;
	}
	list->row = row;
	row[list->count] = (struct made){.as_of_seq = report->as_of_seq, .seq = report->seq};
	(void)snprintf(row[list->count++].sha, sizeof(row->sha), "%s", report->model_sha256);
	return true;
}

static int
by_as_of(const void *left, const void *right)
{
	const struct made *a = left, *b = right;

	if (a->as_of_seq != b->as_of_seq)
		return a->as_of_seq < b->as_of_seq ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Takes the model back, format by format, until it hashes to `sha`; false when none does. */
static bool
matches(json_t *model, const char *sha)
{
	char own[65];

	do {
		if (vg_report_sha256(model, own) != 0)
			return false;
		if (strcmp(own, sha) == 0)
			return true;
	} while (vg_report_earlier(model));
	return false;
}

/* One recorded report against the same month made again from `then`, which stands at its prefix.
 * The record does not say its format: an earlier version printed less, from the same figures. */
static void
verify_report(const struct made *made, int month, const struct vg_replayed *then,
	      int64_t *differences)
{
	json_t *model = vg_report_model(then->core, month, then->received_ms, then->head, NULL);
	char sha[65] = "nothing";
	const char *format;
	bool whole = model != NULL && vg_report_sha256(model, sha) == 0;

	if (whole && matches(model, made->sha)) {
		format = json_string_value(json_object_get(model, "format"));
		printf("report of ledger row %" PRId64 ": the same bytes again from row %" PRId64
		       " (%.16s...)",
		       made->seq, made->as_of_seq, made->sha);
		if (strcmp(format, VG_REPORT_FORMAT) != 0)
			printf(", in format %s of an earlier version; this one prints %s", format,
			       VG_REPORT_FORMAT);
		putchar('\n');
	} else {
		printf("report of ledger row %" PRId64
		       ": recorded is the model %s, from row %" PRId64
		       " comes %s in format %s, and no earlier format gives the recorded one: the "
		       "report was made by a later version, or its figures are others\n",
		       made->seq, made->sha, made->as_of_seq, sha, VG_REPORT_FORMAT);
		(*differences)++;
	}
	json_decref(model);
}

/* Every report that was made of the month, in one more pass over the ledger. */
static int
verify_reports(struct vg_cli *cli, struct vg_pg *pg, int month, const struct vg_core *core,
	       int64_t *differences)
{
	struct made_list list = {.month = month};
	struct vg_replayed then = {0};
	int rc = 0;

	vg_core_changed_since(core, 0, collect_made, &list);
	if (list.count > 0)
		qsort(list.row, list.count, sizeof(*list.row), by_as_of);
	for (size_t i = 0; i < list.count && rc == 0; i++) {
		struct vg_as_of as_of = {.seq = list.row[i].as_of_seq, .before_ms = INT64_MAX};

		rc = vg_replay_ledger(cli, pg, &as_of, &then);
		if (rc == 0)
			verify_report(&list.row[i], month, &then, differences);
	}
	vg_replay_fini(&then);
	free(list.row);
	return list.failed ? vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory") : rc;
}

/* How deep the samples were checked. */
static void
print_raw(const struct vg_replay_raw *raw)
{
	if (raw->rows + raw->missing == 0)
		return;
	printf("samples: checked down to raw bytes: %" PRId64 " rows, %" PRId64
	       " sealed days; from sealed runs: %" PRId64 " days",
	       raw->rows, raw->days, raw->sealed_days);
	if (raw->missing > 0)
		printf(" (%" PRId64 " raw rows dropped by their age)", raw->missing);
	putchar('\n');
}

static int
verify(struct vg_cli *cli, struct vg_pg *pg, int month, struct vg_replayed *replayed)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	const char *name = cli->operand[0];
	int64_t differences = 0;
	int rc;

	rc = vg_replay_ledger(cli, pg, &all, replayed);
	if (rc != 0)
		return rc;
	if (replayed->broken > 0) {
		printf("%s: does not hold, %" PRId64 " findings in the ledger\n", name,
		       replayed->broken);
		return VG_EXIT_DIFFERS;
	}
	printf("ledger: %" PRId64 " rows hold, chain head %s\n",
	       replayed->seq - replayed->raw.missing, replayed->head);
	print_raw(&replayed->raw);
	rc = vg_table_diff_month(cli, pg, replayed, month, &differences);
	if (rc == 0)
		rc = verify_reports(cli, pg, month, replayed->core, &differences);
	if (rc != 0)
		return rc;
	if (differences > 0) {
		printf("%s: does not hold, %" PRId64 " differences\n", name, differences);
		return VG_EXIT_DIFFERS;
	}
	printf("%s: holds\n", name);
	return VG_EXIT_OK;
}

int
vg_run_verify(struct vg_cli *cli)
{
	struct vg_replayed replayed = {0};
	struct vg_pg *pg = NULL;
	int month, rc;

	rc = vg_cli_month(cli, cli->operand[0], &month);
	if (rc == 0)
		rc = vg_replay_open(cli, &pg);
	if (rc == 0)
		rc = vg_replay_settle(cli, pg);
	if (rc == 0)
		rc = verify(cli, pg, month, &replayed);
	vg_pg_close(pg);
	vg_replay_fini(&replayed);
	return rc;
}
