/* publish.c - closed statements made available: files with their hashes, and the event that says
 * so.
 *
 * Each is made at the ledger row that closed it, in one pass over the ledger. The hard thing is
 * that what has been published is never made again: only a statement without a recorded hash is
 * written, and it is recorded after its files lie on the disk. */
#include "cli/publish.h"

#include "cli/commands.h"
#include "cli/remote.h"
#include "cli/replay.h"
#include "core/fee.h"
#include "lib/report/report.h"
#include "lib/xlsx/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTORY_BYTES 4096

static int
print_html(const json_t *model, FILE *out)
{
	return vg_statement_html(model, VG_SWEDISH, out);
}

static int
print_excel_csv(const json_t *model, FILE *out)
{
	return vg_statement_csv(model, VG_CSV_EXCEL, out);
}

static int
print_machine_csv(const json_t *model, FILE *out)
{
	return vg_statement_csv(model, VG_CSV_MACHINE, out);
}

static int
print_workbook(const json_t *model, FILE *out)
{
	struct vg_err err = {0};
	int rc = vg_xlsx_statement(model, VG_SWEDISH, out, &err);

	if (rc != 0)
		fprintf(stderr, "vinga: %s\n", vg_err_text(&err, rc));
	return rc;
}

static const struct vg_file_form forms[] = {
	{".json", vg_files_json},	    {".html", print_html},     {".csv", print_excel_csv},
	{"-maskin.csv", print_machine_csv}, {".xlsx", print_workbook}, {NULL, NULL}};

/* When the figures were frozen: what dates a PDF. */
static int64_t
frozen_ms(const json_t *model)
{
	const json_t *closed = json_object_get(json_object_get(model, "closing"), "closed_ms");

	return json_integer_value(closed != NULL ? closed : json_object_get(model, "evaluated_ms"));
}

int
vg_statement_write(struct vg_cli *cli, const char *directory, const json_t *model, json_t **made)
{
	struct vg_files files;
	char stem[256];
	int rc = vg_files_open(cli, &files, directory);

	(void)snprintf(
		stem, sizeof(stem), "avgiftsunderlag-%s-%.200s",
		json_string_value(json_object_get(model, "month")),
		json_string_value(json_object_get(json_object_get(model, "municipality"), "code")));
	if (rc == 0)
		rc = vg_files_write(cli, &files, stem, forms, model);
	if (rc == 0 && !vg_cli_flag(cli, "no-pdf"))
		rc = vg_files_pdf(cli, &files, stem, frozen_ms(model));
	if (made != NULL)
		*made = json_incref(files.made);
	vg_files_close(&files);
	return rc;
}

/* --- publishing --- */

struct closed {
	int64_t as_of_seq;
	int month;
	char municipality[VG_AGREEMENT_TEXT_MAX + 1];
};
struct closed_list {
	size_t count;
	struct closed *row;
};

static int
by_row(const void *left, const void *right)
{
	const struct closed *a = left, *b = right;

	if (a->as_of_seq != b->as_of_seq)
		return a->as_of_seq < b->as_of_seq ? -1 : 1;
	return strcmp(a->municipality, b->municipality);
}

/* Closed and not published, in order of closing. */
static int
list_unpublished(const struct vg_core *core, int month, const char *municipality,
		 struct closed_list *out)
{
	const struct vg_statement *statement;

	for (size_t i = 0; (statement = vg_core_item(core, VG_OBJECT_STATEMENT, i)) != NULL; i++) {
		struct closed *grown;

		if (statement->state != VG_STATEMENT_CLOSED || statement->published_ms >= 0 ||
		    (month != 0 && statement->month != month) ||
		    (municipality != NULL && strcmp(statement->municipality, municipality) != 0))
			continue;
		grown = reallocarray(out->row, out->count + 1, sizeof(*grown));
		if (grown == NULL)
			return VG_ENOMEM;
		out->row = grown;
		grown[out->count] = (struct closed){.as_of_seq = statement->as_of_seq,
						    .month = statement->month};
		(void)snprintf(grown[out->count++].municipality, sizeof(grown->municipality), "%s",
			       statement->municipality);
	}
	if (out->count > 0)
		qsort(out->row, out->count, sizeof(*out->row), by_row);
	return 0;
}

static int
say_published(struct vg_cli *cli, const struct closed *closed, const char *sha, json_t *made)
{
	json_t *body = json_pack("{ss sO}", "model_sha256", sha, "files", made), *reply = NULL;
	struct vg_path path;
	char month[16];
	int rc;

	(void)snprintf(month, sizeof(month), "%04d-%02d", closed->month / 12,
		       closed->month % 12 + 1);
	if (body == NULL || !vg_path_start(&path, "/api/v1/statements") ||
	    !vg_path_part(&path, month) || !vg_path_part(&path, closed->municipality) ||
	    !vg_path_part(&path, "published"))
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	else
		rc = vg_remote_call(cli, "POST", path.text, body, &reply);
	json_decref(body);
	json_decref(reply);
	return rc;
}

static int
publish_one(struct vg_cli *cli, const char *directory, const struct closed *closed,
	    const struct vg_replayed *then)
{
	char path[DIRECTORY_BYTES], sha[65];
	struct vg_err err = {0};
	json_t *model, *made = NULL;
	int rc;

	if ((size_t)snprintf(path, sizeof(path), "%s/%04d-%02d/%s", directory, closed->month / 12,
			     closed->month % 12 + 1, closed->municipality) >= sizeof(path))
		return vg_cli_fail(cli, VG_EXIT_USAGE, "--out: the path is too long");
	model = vg_statement_model(then->core, closed->municipality, closed->month, then->head,
				   &err);
	if (model == NULL || vg_report_sha256(model, sha) != 0) {
		json_decref(model);
		return vg_cli_fail(cli, VG_EXIT_DIFFERS, "%s: %s", closed->municipality, err.text);
	}
	rc = vg_statement_write(cli, path, model, &made);
	if (rc == 0)
		rc = say_published(cli, closed, sha, made);
	json_decref(made);
	json_decref(model);
	return rc;
}

static int
publish_list(struct vg_cli *cli, const char *directory, const struct closed_list *list,
	     size_t *count)
{
	struct vg_replayed then = {0};
	struct vg_pg *pg = NULL;
	int rc = vg_replay_open(cli, &pg);

	for (size_t i = 0; i < list->count && rc == 0; i++) {
		struct vg_as_of as_of = {.seq = list->row[i].as_of_seq, .before_ms = INT64_MAX};

		rc = vg_replay_ledger(cli, pg, &as_of, &then);
		if (rc == 0)
			rc = vg_replay_zone(cli, then.core);
		if (rc == 0)
			rc = publish_one(cli, directory, &list->row[i], &then);
		*count += rc == 0;
	}
	vg_pg_close(pg);
	vg_replay_fini(&then);
	return rc;
}

int
vg_publish(struct vg_cli *cli, const char *directory, int month, const char *municipality,
	   size_t *count)
{
	const struct vg_as_of all = {.seq = INT64_MAX, .before_ms = INT64_MAX};
	struct vg_replayed replayed = {0};
	struct closed_list list = {0};
	int rc = vg_remote_settle(cli);

	*count = 0;
	if (rc == 0)
		rc = vg_replay_sound(cli, &all, &replayed);
	if (rc == 0 && list_unpublished(replayed.core, month, municipality, &list) != 0)
		rc = vg_cli_fail(cli, VG_EXIT_DIFFERS, "out of memory");
	vg_replay_fini(&replayed);
	if (rc == 0 && list.count > 0)
		rc = publish_list(cli, directory, &list, count);
	free(list.row);
	return rc;
}

int
vg_run_publish(struct vg_cli *cli)
{
	size_t count;
	int month, rc = vg_cli_month(cli, cli->operand[0], &month);

	if (rc == 0)
		rc = vg_publish(cli, vg_cli_value(cli, "out", "."), month,
				vg_cli_value(cli, "municipality", NULL), &count);
	if (rc == 0)
		printf("%s: %zu underlag tillgängliggjorda\n", cli->operand[0], count);
	return rc;
}
