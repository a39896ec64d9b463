/* report.c - a month from the ledger: the report's files.
 *
 * Everything is evaluated at the last row's time of reception, never at the clock on the wall: so
 * the same prefix gives the same bytes, whoever runs it and when. */
#include "lib/report/report.h"

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/replay.h"

#include <inttypes.h>

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
